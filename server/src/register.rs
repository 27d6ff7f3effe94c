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

use crate::{downloads::csv_file, gate::turned_away, uploads::Uploads};

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
    let mut lines = Vec::new();
    loop {
        let entries = services.store.products(&asked.filter(STEP)).await?;
        lines.extend(entries.iter().take(MOST - lines.len()).map(|entry| line(services, entry)));
        match entries.last() {
            Some(last) if lines.len() < MOST && entries.len() == STEP as usize => asked = asked.after(last),
            _ => break,
        }
    }
    csv_file(&format!("register-of-products-{}.csv", calendar::date_of(services.clock.now())), HEAD, lines)
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
