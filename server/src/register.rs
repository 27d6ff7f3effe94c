//! The register of products as a CSV file: the same lines as its page, all of them up to a bound, for whoever compares or counts.

use std::collections::BTreeMap;

use app::{
    base::{halt::Halt, paths},
    request::services::Services,
    site::register::asked::Asked,
};
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use journey::{base::calendar, port::register::RegisterEntry};

use crate::{downloads::attached, gate::turned_away, uploads::Uploads};

/// Lines of one file. The newest register of the field has some hundred products; more than this is no list that anybody reads.
pub const MOST: usize = 5_000;

/// Lines that are asked for at once.
const STEP: u32 = 500;

/// The head of the file.
const HEAD: [&str; 14] = [
    "Product",
    "Type",
    "Supplier",
    "Supplier ODS code",
    "Supplier today",
    "Capabilities",
    "Assured on",
    "Certificate",
    "Kind of certificate",
    "State",
    "State since",
    "Live since",
    "Live sites",
    "Page",
];

/// Hands the register out: `GET /register-of-products.csv`, with the filter of the page.
pub async fn get(State(uploads): State<Uploads>, Query(fields): Query<BTreeMap<String, String>>) -> Response {
    // A file has no pages.
    let of = |name: &str| if name == "after" { String::new() } else { fields.get(name).cloned().unwrap_or_default() };
    match written(&uploads.services, Asked::read(of)).await {
        Ok(response) => response,
        Err(Halt::Unavailable(why)) => {
            tracing::warn!(why, "the register could not be read");
            turned_away(StatusCode::SERVICE_UNAVAILABLE, "The register cannot be read just now", "Wait a moment, then try again.")
        }
        Err(halt) => {
            tracing::error!(?halt, "fault in the register as a file");
            turned_away(StatusCode::INTERNAL_SERVER_ERROR, "The file cannot be made", "We have noted the fault.")
        }
    }
}

async fn written(services: &Services, mut asked: Asked) -> Result<Response, Halt> {
    let fault = |error: &dyn std::fmt::Display| Halt::Fault(error.to_string());
    // Spreadsheet programs take a file without the mark for one of their own alphabet.
    let mut file = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    file.write_record(HEAD).map_err(|error| fault(&error))?;
    let mut written = 0;
    loop {
        let entries = services.store.products(&asked.filter(STEP)).await?;
        for entry in entries.iter().take(MOST - written) {
            file.write_record(line(services, entry).map(|cell| plain(&cell))).map_err(|error| fault(&error))?;
        }
        written += entries.len();
        match entries.last() {
            Some(last) if written < MOST && entries.len() == STEP as usize => asked = asked.after(last),
            _ => break,
        }
    }
    let bytes = file.into_inner().map_err(|error| fault(&error))?;
    let day = calendar::date_of(services.clock.now());
    attached(bytes, &format!("register-of-products-{day}.csv"), "text/csv; charset=utf-8")
}

fn line(services: &Services, entry: &RegisterEntry) -> [String; 14] {
    let line = &entry.line;
    let supplier = entry.supplier();
    let capabilities: Vec<String> =
        line.capabilities.iter().map(|one| format!("{} {}", one.capability.title(), one.version)).collect();
    let day = |at| calendar::date_of(at).to_string();
    [
        line.product.clone(),
        line.side.title().to_owned(),
        supplier.name.clone(),
        supplier.ods_code.clone(),
        entry.supplier_now.name.clone(),
        capabilities.join("; "),
        day(line.issued_at),
        line.number.to_string(),
        line.number.kind().title.to_owned(),
        line.validity.title().to_owned(),
        line.since.map(day).unwrap_or_default(),
        line.live_since.map(|day| day.to_string()).unwrap_or_default(),
        line.sites.to_string(),
        format!("{}{}", services.base_url, paths::registered(&line.number)),
    ]
}

/// A cell that no spreadsheet program takes for a formula, whatever somebody called a product.
pub(crate) fn plain(cell: &str) -> String {
    const STARTS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
    let begins = cell.starts_with(['\t', '\r', '\n']) || cell.trim_start().starts_with(STARTS);
    if begins { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn a_cell_is_never_a_formula() {
        for formula in ["=1+1", "+44", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =HYPERLINK(\"https://evil.example\")", "＝1"] {
            assert!(plain(formula).starts_with('\''), "{formula:?}");
        }
        for words in ["Bedside View 4.2", "A-Z", "", "O'Neill = Co", "2026-03-02"] {
            assert_eq!(plain(words), words);
        }
    }
}
