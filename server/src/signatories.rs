//! Who was asked to sign for the members of a group, and who has, as a CSV file.

use app::{
    base::{dates, halt::Halt},
    request::visitor::Caller,
    work::signatories::rows::{Row, asked, rows},
};
use axum::{
    Extension,
    extract::{Path, State},
    response::Response,
};
use journey::{base::calendar, ledger::machine::Verb, rule::offers};

use crate::{
    downloads::{answered, csv_file, task_of},
    uploads::Uploads,
};

/// The head of the file.
const HEAD: [&str; 8] =
    ["ODS code", "Organisation", "State", "About it", "Who was asked", "Email address", "Last email", "Please answer by"];

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
    let (loaded, visitor, spec) = task_of(uploads, caller, (reference, task), |_| true).await?;
    let journey = &loaded.journey;
    let all = asked(services, journey, spec).await?;
    let may = offers::judge(journey, &visitor.actor, Verb::AskToSign, &spec.id).is_ok();
    let name = format!("signatures-{}-{}.csv", journey.reference, calendar::date_of(services.clock.now()));
    csv_file(&name, HEAD, rows(journey, spec, &all).into_iter().map(|row| line(&row, may)))
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
