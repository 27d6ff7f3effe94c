//! The worklist as a file: the same tasks as its page, with its filters and in its order, all of them up to a bound.

use std::collections::BTreeMap;

use app::{
    act::worklist::{Asked, teams},
    base::{halt::Halt, paths},
    request::visitor::Caller,
    work::worklist::figures::{by, first_month, name_of},
};
use axum::{
    Extension,
    extract::{Query, State},
    response::Response,
};
use journey::{base::calendar, port::WorkLine};

use crate::{
    downloads::{answered, attached, csv_file},
    uploads::Uploads,
    workbook::list::{self, Cell, EXCEL},
};

/// Tasks of one file: more than this is no list that anybody works through.
pub const MOST: usize = 5_000;

/// Tasks that are asked for at once.
const STEP: u32 = 500;

/// The head of the file.
const HEAD: [&str; 10] =
    ["Task", "Team", "Product", "Supplier", "Reference", "Round", "With us since", "Due", "Claimed by", "Page"];

/// `GET /worklist.csv`
pub async fn csv(
    State(uploads): State<Uploads>,
    Extension(caller): Extension<Caller>,
    Query(fields): Query<BTreeMap<String, String>>,
) -> Response {
    answered(written(&uploads, &caller, &fields, false).await)
}

/// `GET /worklist.xlsx`
pub async fn excel(
    State(uploads): State<Uploads>,
    Extension(caller): Extension<Caller>,
    Query(fields): Query<BTreeMap<String, String>>,
) -> Response {
    answered(written(&uploads, &caller, &fields, true).await)
}

async fn written(uploads: &Uploads, caller: &Caller, fields: &BTreeMap<String, String>, excel: bool) -> Result<Response, Halt> {
    let services = &uploads.services;
    let visitor = caller.visitor.as_ref().ok_or_else(|| caller.nobody())?;
    let mine = teams(visitor);
    if mine.is_empty() {
        return Err(Halt::Missing);
    }
    let today = calendar::date_of(services.clock.now());
    // A file has no pages.
    let mut asked =
        Asked::read(|name| if name == "after" { String::new() } else { fields.get(name).cloned().unwrap_or_default() });
    let mut lines = Vec::new();
    loop {
        let step = services.store.worklist(&asked.filter(&mine, &visitor.actor.person, today, STEP)).await?;
        let (last, full) = (step.last().cloned(), step.len() == STEP as usize);
        let room = MOST - lines.len();
        lines.extend(step.into_iter().take(room));
        match last {
            Some(last) if full && lines.len() < MOST => asked = asked.after(&last),
            _ => break,
        }
    }
    let label = |line: &WorkLine| services.processes.label(&line.process, &line.task);
    let page = |line: &WorkLine| format!("{}{}", services.base_url, paths::task(&line.journey, &line.task));
    let round = |line: &WorkLine| if line.round.0 == 0 { String::new() } else { line.round.to_string() };
    let claimed = |line: &WorkLine| line.claimed_by.as_ref().map(|(_, name)| name.clone()).unwrap_or_default();
    let name = format!("worklist-{today}");
    if excel {
        let rows = lines.iter().map(|line| {
            vec![
                Cell::Text(label(line)),
                Cell::Text(line.role.title().to_owned()),
                Cell::Text(line.product.clone()),
                Cell::Text(line.supplier.clone()),
                Cell::Text(line.journey.to_string()),
                Cell::Text(round(line)),
                Cell::Day(Some(calendar::date_of(line.since))),
                Cell::Day(line.due),
                Cell::Text(claimed(line)),
                Cell::Text(page(line)),
            ]
        });
        let bytes = list::write("Worklist", &HEAD, rows).map_err(|error| Halt::Fault(error.to_string()))?;
        return attached(bytes, &format!("{name}.xlsx"), EXCEL);
    }
    let rows = lines.iter().map(|line| {
        [
            label(line),
            line.role.title().to_owned(),
            line.product.clone(),
            line.supplier.clone(),
            line.journey.to_string(),
            round(line),
            calendar::date_of(line.since).to_string(),
            line.due.map(|due| due.to_string()).unwrap_or_default(),
            claimed(line),
            page(line),
        ]
    });
    csv_file(&format!("{name}.csv"), HEAD, rows)
}

/// The head of the figures.
const FIGURES: [&str; 10] = [
    "Month",
    "Task",
    "Team",
    "Answers",
    "First rounds",
    "Median (working days)",
    "9 of 10 within (working days)",
    "With a target",
    "Late",
    "On time",
];

/// `GET /worklist/figures.csv`: the same figures as their page, by month, task and team.
pub async fn figures(State(uploads): State<Uploads>, Extension(caller): Extension<Caller>) -> Response {
    answered(counted(&uploads, &caller).await)
}

async fn counted(uploads: &Uploads, caller: &Caller) -> Result<Response, Halt> {
    let services = &uploads.services;
    let visitor = caller.visitor.as_ref().ok_or_else(|| caller.nobody())?;
    if teams(visitor).is_empty() {
        return Err(Halt::Missing);
    }
    let today = calendar::date_of(services.clock.now());
    let counts = services.store.wait_counts(&first_month(today)).await?;
    let lines = by(&counts, |count| (count.month.clone(), name_of(services.processes, count), count.role));
    let lines = lines.into_iter().map(|((month, task, role), told)| {
        let usual = told.usual();
        let days = |days: Option<u32>| days.map(|days| days.to_string()).unwrap_or_default();
        [
            month,
            task,
            role.title().to_owned(),
            told.times.to_string(),
            told.first.to_string(),
            days(usual.map(|usual| usual.half)),
            days(usual.map(|usual| usual.most)),
            told.with_target.to_string(),
            told.late.to_string(),
            told.on_time(),
        ]
    });
    csv_file(&format!("figures-{today}.csv"), FIGURES, lines)
}
