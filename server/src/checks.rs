//! What is known of each member of a group, as a CSV file: how it stands in the DSPT, by what it shares data, what it has signed.

use app::{
    act::load::load,
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
use journey::{
    base::calendar,
    ledger::standing::Signature,
    plan::process::{Page, TaskSpec},
};

use crate::{
    downloads::{answered, attached},
    register::plain,
    uploads::Uploads,
};

/// The head of the file.
const HEAD: [&str; 9] = [
    "ODS code",
    "Organisation",
    "DSPT",
    "Checked on",
    "More than a year ago",
    "Data sharing",
    "Data sharing signed",
    "SCAL accepted by the group",
    "Declaration signed",
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
    let services = &uploads.services;
    let visitor = caller.visitor.clone().ok_or(Halt::SignIn)?;
    let loaded = load(services, &visitor, reference).await?;
    let journey = &loaded.journey;
    let reads = |spec: &&'static TaskSpec| {
        spec.page == Page::Group && spec.applies(&journey.opening) && journey.may_read(&visitor.actor, spec)
    };
    task.parse().ok().and_then(|id| journey.process.task(&id)).filter(reads).ok_or(Halt::Missing)?;
    let fault = |error: &dyn std::fmt::Display| Halt::Fault(error.to_string());
    let (today, reviewed) = (calendar::date_of(services.clock.now()), reviewed(journey));
    // Spreadsheet programs take a file without the mark for one of their own alphabet.
    let mut file = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    file.write_record(HEAD).map_err(|error| fault(&error))?;
    for row in rows(journey) {
        file.write_record(line(&row, today, reviewed).map(|cell| plain(&cell))).map_err(|error| fault(&error))?;
    }
    let bytes = file.into_inner().map_err(|error| fault(&error))?;
    attached(bytes, &format!("members-{}-{today}.csv", journey.reference), "text/csv; charset=utf-8")
}

fn line(row: &Row<'_>, today: Date, reviewed: Option<Date>) -> [String; 9] {
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
    ]
}
