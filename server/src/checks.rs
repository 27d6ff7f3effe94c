//! What is known of each member of a group, as a CSV file: how it stands in the DSPT, by what it shares data, what it has signed,
//! and the identifiers of its systems.

use app::{
    base::{dates, halt::Halt},
    request::visitor::Caller,
    work::end_users::checks::{Row, reviewed, rows},
};
use axum::{
    Extension,
    extract::{Path, State},
    response::Response,
};
use jiff::civil::Date;
use journey::{base::calendar, ledger::standing::Signature, plan::process::Page};

use crate::{
    downloads::{answered, csv_file, task_of},
    uploads::Uploads,
};

/// The head of the file.
const HEAD: [&str; 10] = [
    "ODS code",
    "Organisation",
    "DSPT",
    "Checked on",
    "More than a year ago",
    "Data sharing",
    "Data sharing signed",
    "SCAL accepted by the group",
    "Declaration signed",
    "ASID",
];

/// Hands it out: `GET /journeys/{reference}/tasks/{task}/checks.csv`, to whoever reads the task of the group.
pub async fn get(
    State(uploads): State<Uploads>,
    Extension(caller): Extension<Caller>,
    Path((reference, task)): Path<(String, String)>,
) -> Response {
    answered(written(&uploads, &caller, &reference, &task).await)
}

async fn written(uploads: &Uploads, caller: &Caller, reference: &str, task: &str) -> Result<Response, Halt> {
    let (loaded, ..) = task_of(uploads, caller, (reference, task), |spec| spec.page == Page::Group).await?;
    let journey = &loaded.journey;
    let (today, reviewed) = (calendar::date_of(uploads.services.clock.now()), reviewed(journey));
    let lines = rows(journey).into_iter().map(|row| line(&row, today, reviewed));
    csv_file(&format!("members-{}-{today}.csv", journey.reference), HEAD, lines)
}

fn line(row: &Row<'_>, today: Date, reviewed: Option<Date>) -> [String; 10] {
    let (dspt, on) = row.dspt();
    let day = |signature: Option<&Signature>| signature.map_or_else(String::new, |signature| dates::day_of(signature.at));
    [
        row.member.ods_code.clone(),
        row.member.name.clone(),
        dspt,
        on,
        if row.is_old(today) { "Yes" } else { "" }.to_owned(),
        row.sharing(),
        day(row.shares),
        reviewed.map(dates::date).unwrap_or_default(),
        day(row.declares),
        row.asids.join(" "),
    ]
}
