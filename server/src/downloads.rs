//! Files streamed out again, as attachments, to those who may see the task or the message that they belong to.

use std::sync::Arc;

use app::{
    act::load::{Loaded, load},
    base::{halt::Halt, words::encode},
    request::visitor::{Caller, Visitor},
};
use axum::{
    Extension,
    body::Body,
    extract::{Path, Query, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Redirect, Response},
};
use futures_util::TryStreamExt as _;
use journey::{
    base::ids::{Digest, MessageId, TaskId},
    ledger::{file_sort::Sort, journey::Journey},
    plan::process::TaskSpec,
    rule::conversation,
    task::end_users,
};
use serde::Deserialize;

use crate::{
    gate::turned_away,
    headers::{SANDBOX, VIEWER},
    unused::fresh_since,
    uploads::Uploads,
};

/// Which task or message a file is asked for from.
#[derive(Deserialize)]
pub struct Source {
    #[serde(default)]
    journey: String,
    #[serde(default)]
    task: String,
    #[serde(default)]
    message: String,
    #[serde(default)]
    show: String,
}

/// Hands a file out: `GET /files/{digest}?journey=…&task=…` or `…&message=…`, as an attachment that no browser opens in our
/// name. With `&show=1` a picture, a text or a PDF is shown instead: what is in it runs nothing and reaches nothing.
pub async fn get(
    State(uploads): State<Uploads>,
    Extension(caller): Extension<Caller>,
    Path(digest): Path<String>,
    Query(from): Query<Source>,
) -> Response {
    answered(handed_out(&uploads, &caller, &digest, &from).await)
}

/// What is handed out, or a page that says why it is not.
pub(crate) fn answered(made: Result<Response, Halt>) -> Response {
    match made {
        Ok(response) => response,
        Err(Halt::SignIn) => Redirect::to("/sign-in").into_response(),
        Err(Halt::Unavailable(why)) => {
            tracing::warn!(why, "a file could not be read");
            turned_away(
                StatusCode::SERVICE_UNAVAILABLE,
                "The file cannot be read just now",
                "Nothing is lost. Wait a moment, then try again.",
            )
        }
        Err(Halt::Fault(why)) => {
            tracing::error!(why, "fault in handing a file out");
            turned_away(
                StatusCode::INTERNAL_SERVER_ERROR,
                "The file cannot be handed out",
                "It is safe. We have noted the fault.",
            )
        }
        Err(_) => turned_away(
            StatusCode::NOT_FOUND,
            "File not found",
            "The link may be wrong, or the file may belong to another organisation.",
        ),
    }
}

/// Bytes to be saved under this name.
pub(crate) fn attached(bytes: Vec<u8>, name: &str, kind: &'static str) -> Result<Response, Halt> {
    let disposition = format!("attachment; filename*=UTF-8''{}", encode(name).replace('/', "%2F"));
    let mut response = bytes.into_response();
    for (name, value) in [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_DISPOSITION, HeaderValue::from_str(&disposition).map_err(|error| Halt::Fault(error.to_string()))?),
        (header::HeaderName::from_static(SANDBOX), HeaderValue::from_static("1")),
    ] {
        response.headers_mut().insert(name, value);
    }
    Ok(response)
}

/// Lines as a CSV file of this name. Spreadsheet programs read it in its alphabet, and take no cell of it for a formula.
pub(crate) fn csv_file<const N: usize>(
    name: &str,
    head: [&str; N],
    lines: impl IntoIterator<Item = [String; N]>,
) -> Result<Response, Halt> {
    let fault = |error: &dyn std::fmt::Display| Halt::Fault(error.to_string());
    // Without the mark they take it for one of their own alphabet.
    let mut file = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    file.write_record(head).map_err(|error| fault(&error))?;
    for line in lines {
        file.write_record(line.map(|cell| plain(&cell))).map_err(|error| fault(&error))?;
    }
    attached(file.into_inner().map_err(|error| fault(&error))?, name, "text/csv; charset=utf-8")
}

/// A cell that no spreadsheet program takes for a formula, whatever somebody called a product.
fn plain(cell: &str) -> String {
    const STARTS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
    let begins = cell.starts_with(['\t', '\r', '\n']) || cell.trim_start().starts_with(STARTS);
    if begins { format!("'{cell}") } else { cell.to_owned() }
}

/// The task of an address, with its journey and whoever asks, where they read it and it is one of these.
///
/// # Errors
/// [`Halt::SignIn`]; [`Halt::Missing`] for everything that is not theirs to read.
pub(crate) async fn task_of(
    uploads: &Uploads,
    caller: &Caller,
    (reference, task): (&str, &str),
    is_one: fn(&TaskSpec) -> bool,
) -> Result<(Loaded, Arc<Visitor>, &'static TaskSpec), Halt> {
    let visitor = caller.visitor.clone().ok_or(Halt::SignIn)?;
    let loaded = load(&uploads.services, &visitor, reference).await?;
    let journey = &loaded.journey;
    let reads =
        |spec: &&'static TaskSpec| is_one(spec) && spec.applies(&journey.opening) && journey.may_read(&visitor.actor, spec);
    let spec = task.parse().ok().and_then(|id| journey.process.task(&id)).filter(reads).ok_or(Halt::Missing)?;
    Ok((loaded, visitor, spec))
}

async fn handed_out(uploads: &Uploads, caller: &Caller, digest: &str, from: &Source) -> Result<Response, Halt> {
    let visitor = caller.visitor.clone().ok_or(Halt::SignIn)?;
    let loaded = load(&uploads.services, &visitor, &from.journey).await?;
    let digest: Digest = digest.parse().map_err(|_| Halt::Missing)?;
    let mut sort = Sort::Plain;
    let (name, kind) = match from.message.as_str() {
        "" => {
            let task: TaskId = from.task.parse().map_err(|_| Halt::Missing)?;
            let reads = |spec: &&TaskSpec| loaded.journey.may_read(&visitor.actor, spec);
            let spec = loaded.journey.process.task(&task).filter(reads).ok_or(Halt::Missing)?;
            sort = end_users::file_sort(spec);
            let mut file = None;
            for lender in loaded.journey.process.lends_files(spec).filter(reads) {
                if file.is_none() {
                    file = uploads.services.store.file(&loaded.journey.reference, &lender.id, &digest).await?;
                }
            }
            let file = file.ok_or(Halt::Missing)?;
            // One that was removed and never sent is nobody's to read. Whoever added it may still be writing.
            let fresh = file.by == visitor.actor.person && file.at > fresh_since(uploads.services.clock.now());
            if !fresh && !uploads.services.store.is_named(&loaded.journey.reference, &file.task, &digest).await? {
                return Err(Halt::Missing);
            }
            (file.name, file.kind)
        }
        id => of_message(uploads, &visitor, &loaded.journey, id, &digest).await?,
    };
    if !sort.may_be_read_by(&visitor.actor) {
        return Err(Halt::Missing);
    }
    // Hazard logs and reports of penetration tests are for those who answer for them and those who review them.
    let told = uploads.services.store.evidence_of(&loaded.journey.reference, &digest).await?;
    if told.is_some_and(|facts| !facts.sort.may_be_read_by(&visitor.actor)) {
        return Err(Halt::Missing);
    }
    let found = match uploads.file_store.get(&digest).await {
        Ok(Some(found)) => found,
        Ok(None) => return Err(Halt::Unavailable(format!("the bytes of {digest} are not there"))),
        Err(lost) => return Err(Halt::Unavailable(lost.to_string())),
    };
    let length = found.meta.size;
    let body = Body::from_stream(found.into_stream().map_err(std::io::Error::other));
    let shown = !from.show.is_empty() && can_be_shown(&kind);
    let how = if shown { "inline" } else { "attachment" };
    let disposition = format!("{how}; filename*=UTF-8''{}", encode(&name).replace('/', "%2F"));
    let sandbox = if shown && kind == PDF { VIEWER } else { "1" };
    // By their first bytes texts are UTF-8.
    let kind = if kind == "text/plain" { "text/plain; charset=utf-8".to_owned() } else { kind };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_str(&kind)),
        (header::CONTENT_DISPOSITION, HeaderValue::from_str(&disposition)),
        (header::CONTENT_LENGTH, HeaderValue::from_str(&length.to_string())),
        (header::HeaderName::from_static(SANDBOX), Ok(HeaderValue::from_static(sandbox))),
    ];
    let mut response = body.into_response();
    for (name, value) in headers {
        let value = value.map_err(|error| Halt::Fault(error.to_string()))?;
        response.headers_mut().insert(name, value);
    }
    Ok(response)
}

const PDF: &str = "application/pdf";

/// Kinds that browsers show by themselves without running anything of the file.
fn can_be_shown(kind: &str) -> bool {
    matches!(kind, "image/png" | "image/jpeg" | "image/gif" | "image/webp" | "text/plain" | PDF)
}

/// Name and kind of a file that came with a message, for whoever may read the message.
async fn of_message(
    uploads: &Uploads,
    visitor: &Visitor,
    journey: &Journey,
    id: &str,
    digest: &Digest,
) -> Result<(String, String), Halt> {
    let id: MessageId = id.parse().map_err(|_| Halt::Missing)?;
    let message = uploads.services.store.message(&journey.reference, &id).await?.ok_or(Halt::Missing)?;
    if !conversation::may_read(journey, &visitor.actor, message.task.as_ref(), message.audience) {
        return Err(Halt::Missing);
    }
    let named = message.files.into_iter().find(|file| file.digest == *digest).ok_or(Halt::Missing)?;
    let ready = uploads.services.store.uploads(&message.by.person, &id).await?;
    let upload = ready.into_iter().find(|upload| upload.file.digest == *digest).ok_or(Halt::Missing)?;
    Ok((named.name, upload.kind))
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
