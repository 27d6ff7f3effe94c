//! Who was asked to sign for the members of a group, and who has, as a CSV file.

use app::{
    act::load::load,
    base::{dates, halt::Halt},
    request::visitor::Caller,
    work::signatories::rows::{Row, asked, rows},
};
use axum::{
    Extension,
    extract::{Path, State},
    response::Response,
};
use journey::{base::calendar, ledger::machine::Verb, plan::process::TaskSpec, rule::offers};

use crate::{
    downloads::{answered, attached},
    register::plain,
    uploads::Uploads,
};

/// The head of the file.
const HEAD: [&str; 8] =
    ["ODS code", "Organisation", "State", "About it", "Who was asked", "Email address", "Last letter", "Please answer by"];

/// Hands it out: `GET /journeys/{reference}/tasks/{task}/signatories.csv`, to whoever reads the task. Addresses are for whoever may ask.
pub async fn get(
    State(uploads): State<Uploads>,
    Extension(caller): Extension<Caller>,
    Path((reference, task)): Path<(String, String)>,
) -> Response {
    answered(written(&uploads, &caller, &reference, &task).await)
}

async fn written(uploads: &Uploads, caller: &Caller, reference: &str, task: &str) -> Result<Response, Halt> {
    let services = &uploads.services;
    let visitor = caller.visitor.clone().ok_or(Halt::SignIn)?;
    let loaded = load(services, &visitor, reference).await?;
    let journey = &loaded.journey;
    let reads = |spec: &&'static TaskSpec| spec.applies(&journey.opening) && journey.may_read(&visitor.actor, spec);
    let spec = task.parse().ok().and_then(|id| journey.process.task(&id)).filter(reads).ok_or(Halt::Missing)?;
    let all = asked(services, journey, spec).await?;
    let may = offers::judge(journey, &visitor.actor, Verb::AskToSign, &spec.id).is_ok();
    let fault = |error: &dyn std::fmt::Display| Halt::Fault(error.to_string());
    // Spreadsheet programs take a file without the mark for one of their own alphabet.
    let mut file = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    file.write_record(HEAD).map_err(|error| fault(&error))?;
    for row in rows(journey, spec, &all) {
        file.write_record(line(&row, may).map(|cell| plain(&cell))).map_err(|error| fault(&error))?;
    }
    let bytes = file.into_inner().map_err(|error| fault(&error))?;
    let day = calendar::date_of(services.clock.now());
    attached(bytes, &format!("signatures-{}-{day}.csv", journey.reference), "text/csv; charset=utf-8")
}

fn line(row: &Row<'_>, may: bool) -> [String; 8] {
    let asked = row.asked.filter(|one| one.ended.is_none()).map(|one| &one.asked);
    let of = |text: Option<String>| text.unwrap_or_default();
    [
        row.member.ods_code.clone(),
        row.member.name.clone(),
        row.how.word().to_owned(),
        row.about(),
        of(asked.map(|one| one.name.clone())),
        of(asked.filter(|_| may).map(|one| one.email.clone())),
        of(asked.map(|one| dates::day_of(one.sent_at))),
        of(asked.map(|one| dates::date(one.due))),
    ]
}
