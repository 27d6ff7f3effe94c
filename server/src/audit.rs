//! The audit as a CSV file, and the note that somebody downloaded something of others.

use std::collections::BTreeMap;

use app::{
    base::halt::Halt,
    request::{services::Services, visitor::Caller},
    site::operator::{
        asked::AuditAsked,
        entries,
        forms::{noted, operators_only},
    },
};
use axum::{
    Extension,
    extract::{Query, Request, State},
    http::StatusCode,
    middleware::Next,
    response::Response,
};
use journey::{
    base::{calendar, ids::JourneyRef},
    port::audit::{Act, AuditLine},
};

use crate::{
    downloads::{answered, csv_file},
    gate::turned_away,
    uploads::Uploads,
};

/// Lines of one file: more than this is narrowed by day.
pub const MOST: usize = 5_000;

/// Lines that are asked for at once.
const STEP: u32 = 500;

/// The head of the file.
const HEAD: [&str; 10] = [
    "When (UTC)",
    "Kind",
    "What",
    "Who",
    "Person id",
    "For organisation",
    "Organisation id",
    "Journey",
    "Reason",
    "From address",
];

/// Hands the audit out: `GET /audit.csv`, with the filter of the page, to operators. That somebody took it is noted too.
pub async fn get(
    State(uploads): State<Uploads>,
    Extension(caller): Extension<Caller>,
    Query(fields): Query<BTreeMap<String, String>>,
) -> Response {
    // A file has no pages.
    let of = |name: &str| if name == "after" { String::new() } else { fields.get(name).cloned().unwrap_or_default() };
    match written(&uploads.services, &caller, &AuditAsked::read(of)).await {
        Ok(Some(response)) => response,
        Ok(None) => turned_away(
            StatusCode::BAD_REQUEST,
            "This question cannot be answered",
            "Go back to the audit: it says what is to be put right.",
        ),
        Err(halt) => answered(Err(halt)),
    }
}

async fn written(services: &Services, caller: &Caller, asked: &AuditAsked) -> Result<Option<Response>, Halt> {
    let visitor = caller.visitor.as_ref().ok_or(Halt::SignIn)?;
    operators_only(&visitor.actor)?;
    let Ok(mut filter) = asked.filter(services, STEP).await? else { return Ok(None) };
    let mut lines = Vec::new();
    loop {
        let entries = services.store.audit(&filter).await?;
        let names = entries::names(services, &entries).await?;
        lines.extend(entries.iter().take(MOST - lines.len()).map(|entry| line(services, entry, &names)));
        match entries.last() {
            Some(last) if lines.len() < MOST && entries.len() == STEP as usize => filter.after = Some(last.mark.clone()),
            _ => break,
        }
    }
    let about = format!("audit.csv, {} entries{}", lines.len(), asked.tail().replace('?', ", "));
    services.store.note(noted(services, caller, Act::Exported, &about, "")).await?;
    csv_file(&format!("audit-{}.csv", calendar::date_of(services.clock.now())), HEAD, lines).map(Some)
}

fn line(services: &Services, entry: &AuditLine, names: &entries::Names) -> [String; 10] {
    let (person, _) = entries::who(entry);
    let person_id = entry.person.as_ref().map(|(id, _)| id.to_string()).unwrap_or_default();
    let of = entries::of_whom(entry).unwrap_or_default();
    let of_id = entry.organisation.as_ref().map(|(id, _)| id.to_string()).unwrap_or_default();
    [
        entry.mark.at.to_string(),
        entry.entry.kind().title().to_owned(),
        entries::what(services.processes, entry, names),
        person,
        person_id,
        of,
        of_id,
        entry.journey.as_ref().map(ToString::to_string).unwrap_or_default(),
        entry.reason.clone(),
        entry.address.clone(),
    ]
}

/// Notes that somebody downloaded a list or a journey. What is not handed out is not noted; and what cannot be noted is not
/// handed out.
pub async fn note_export(State(services): State<Services>, request: Request, next: Next) -> Response {
    let caller = request.extensions().get::<Caller>().cloned();
    let path = request.uri().path().to_owned();
    let response = next.run(request).await;
    let Some(caller) = caller.filter(|caller| caller.visitor.is_some() && response.status() == StatusCode::OK) else {
        return response;
    };
    let mut parts = path.split('/').skip(2);
    let journey: Option<JourneyRef> = parts.next().and_then(|reference| reference.parse().ok());
    let file = path.rsplit('/').next().unwrap_or_default();
    let mut note = noted(&services, &caller, Act::Exported, file, "");
    note.journey = journey;
    match services.store.note(note).await {
        Ok(()) => response,
        Err(error) => answered(Err(error.into())),
    }
}
