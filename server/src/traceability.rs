//! The traceability of a journey as a workbook: a line for each row of its SCAL.

use app::{
    base::halt::Halt,
    request::visitor::Caller,
    work::{live_runs::proofs::line as run_in_words, trace::found::found},
};
use axum::{
    Extension,
    extract::{Path, State},
    response::Response,
};
use journey::{
    base::calendar::date_of,
    practice::{
        exchange::Ended,
        trace::{Flag, Line},
    },
    task::results::Outcome,
};

use crate::{
    downloads::{answered, attached},
    uploads::Uploads,
    workbook::list::{self, Cell, EXCEL},
};

/// The head of the sheet.
const HEAD: [&str; 15] = [
    "Row",
    "Level",
    "Requirement",
    "Environment",
    "Team",
    "To look at",
    "Test scripts",
    "Newest run",
    "Rules that passed",
    "Rules that failed",
    "Rules to judge",
    "Record of the run",
    "Evidence",
    "Evidence of older versions",
    "Stands",
];

/// `GET /journeys/{reference}/traceability.xlsx`
pub async fn get(
    State(uploads): State<Uploads>,
    Extension(caller): Extension<Caller>,
    Path(reference): Path<String>,
) -> Response {
    answered(written(&uploads, &caller, &reference).await)
}

async fn written(uploads: &Uploads, caller: &Caller, reference: &str) -> Result<Response, Halt> {
    let services = &uploads.services;
    let visitor = caller.visitor.as_ref().ok_or_else(|| caller.nobody())?;
    let found = found(services, visitor, reference).await?;
    let today = date_of(services.clock.now());
    let name = format!("Traceability {} {today}.xlsx", found.loaded.journey.reference);
    let made = uploads.parse(move || {
        let rules = |line: &Line<'_>, is: &[Ended]| {
            let held = line.run.iter().flat_map(|(_, held)| held).filter(|held| is.contains(&held.ended));
            held.map(|held| held.rule).collect::<Vec<_>>().join(", ")
        };
        let lines = found.lines();
        let rows = lines.iter().map(|line| {
            let row = line.entry.row;
            let scripts = line.scripts.iter().map(|(script, outcome)| {
                let words = match outcome {
                    Some(Outcome::Passed) => "passed",
                    Some(Outcome::Failed) => "failed",
                    Some(Outcome::Skipped) => "not run",
                    None => "in no report",
                };
                format!("{script}: {words}")
            });
            let run = line.run.as_ref().map(|(at, _)| &found.counted[*at]);
            let old = line.files.iter().filter(|(_, facts)| facts.is_some_and(|facts| facts.is_stale(&found.product)));
            let links = line.entry.links();
            let evidence = line.files.iter().map(|(file, _)| file.name.as_str()).chain(links);
            let grave = line.flags.iter().any(|flag| flag.is_grave());
            let cells = [
                row.id.clone(),
                row.level.name().to_owned(),
                row.requirement.clone(),
                row.environment.title().to_owned(),
                row.owner.title().to_owned(),
                line.flags.iter().map(|flag: &Flag| flag.title()).collect::<Vec<_>>().join("; "),
                scripts.collect::<Vec<_>>().join("\n"),
                run.map(run_in_words).unwrap_or_default(),
                rules(line, &[Ended::Passed]),
                rules(line, &[Ended::Failed]),
                rules(line, &[Ended::Doubtful]),
                run.map(|one| one.run.head.to_string()).unwrap_or_default(),
                evidence.collect::<Vec<_>>().join("\n"),
                old.map(|(file, _)| file.name.clone()).collect::<Vec<_>>().join("\n"),
                line.entry.stands.word().to_owned(),
            ];
            // What contradicts a verdict or a claim is in red, as on the page.
            let cell = |(at, words)| if grave && matches!(at, 0 | 5) { Cell::Alarm(words) } else { Cell::Text(words) };
            cells.into_iter().enumerate().map(cell).collect()
        });
        list::write("Traceability", &HEAD, rows)
    });
    let bytes = made.await?.map_err(|error| Halt::Fault(error.to_string()))?;
    attached(bytes, &name, EXCEL)
}
