//! What runs say of a row of the SCAL, beside the row: for its supplier with a button that answers it, for reviewers to judge by.

use jiff::Timestamp;
use journey::{
    catalogue::row::Row,
    ledger::journey::Journey,
    practice::{
        exchange::Ended,
        proof::{self, Counted, Held},
        with_run,
    },
};
use leptos::prelude::*;

use crate::{
    base::{
        dates, paths,
        words::{counted, encode},
    },
    design::{Details, Hidden},
    work::{conformance::rules::address, live_runs::look},
};

/// Runs that are told of one row.
const TOLD: usize = 5;

/// Rules that passed and are named one by one; more are folded.
const FEW: usize = 4;

/// Where the rules of a row are looked at.
pub(crate) struct Around<'a> {
    /// The journey.
    pub journey: &'a Journey,
    /// Its runs, newest first.
    pub counted: &'a [Counted],
    /// The version that is assessed.
    pub product: &'a str,
    /// Now.
    pub now: Timestamp,
    /// Whoever reads may answer the row.
    pub answers: bool,
    /// Whoever reads may open runs.
    pub tests: bool,
}

/// The rules of a row with how they ended, failed ones first; those that passed in one line.
pub(crate) fn rules(held: &[Held], run: &str) -> AnyView {
    let (good, bad): (Vec<&Held>, Vec<&Held>) = held.iter().partition(|one| one.ended == Ended::Passed);
    let bad = bad
        .into_iter()
        .map(|one| {
            let place = if one.interactions.is_empty() { String::new() } else { format!(" In {}.", one.interactions.join(", ")) };
            let requests = (one.ended == Ended::Failed && !one.interactions.is_empty()).then(|| {
                let to = format!("{run}?rule={}#requests", one.rule);
                view! { " "<a href=to>{format!("Requests where {} failed", one.rule)}</a> }
            });
            view! { <li>{look::tag(one.ended)}" "<a href=address(one.rule)>{one.rule}</a>{format!(" {}.", one.about)}<span class="gpc-break">{place}</span>{requests}</li> }
        })
        .collect_view();
    let last = good.len();
    let many = last > FEW;
    let good: Vec<_> = good
        .iter()
        .enumerate()
        .map(|(at, one)| {
            let after = if at + 1 < last { ", " } else { "" };
            view! { <a href=address(one.rule) title=one.about>{one.rule}</a>{after} }
        })
        .collect();
    let passed = (last > 0).then(|| {
        let body = view! { {good} }.into_any();
        if many {
            let summary = format!("{last} rules passed");
            view! { <li><Details summary=summary body=body /></li> }.into_any()
        } else {
            view! { <li>{look::tag(Ended::Passed)}" "{body}</li> }.into_any()
        }
    });
    view! { <ul class="nhsuk-list gpc-rules">{bad}{passed}</ul> }.into_any()
}

/// A run in a line: when, which version, where, how much.
#[must_use]
pub fn line(counted_run: &Counted) -> String {
    let opened = &counted_run.run.opened;
    let requests = counted(counted_run.totals.requests as usize, "request");
    let file = opened.file.as_ref().map(|file| format!(", from the file {}", file.name)).unwrap_or_default();
    format!("{}: version {}, {}, {requests}{file}", dates::moment(opened.at), opened.version, opened.environment_title())
}

/// The last request of each interaction, which is what counts.
fn requests(one: &Counted, run: &str) -> Option<AnyView> {
    let items = one.totals.at.iter().map(|(interaction, number)| {
        let name = if interaction.is_empty() { "no interaction" } else { interaction.as_str() };
        view! { <li class="gpc-break"><a href=format!("{run}/{number}")>{format!("Request {number}: {name}")}</a></li> }
    });
    let items: Vec<_> = items.collect();
    (!items.is_empty()).then(|| view! { <ul class="nhsuk-list gpc-meta">{items}</ul> }.into_any())
}

/// What the runs of a journey say of a row whose answer has these files; nothing where no rule supports it.
pub(crate) fn beside(row: &Row, files: &[String], around: &Around<'_>) -> Option<AnyView> {
    let rules_of = proof::rules_of(row);
    if rules_of.is_empty() {
        return None;
    }
    let reference = &around.journey.reference;
    let used = with_run::used(files, around.counted);
    let mut shown: Vec<(usize, Vec<Held>)> = around
        .counted
        .iter()
        .enumerate()
        .map(|(at, one)| (at, proof::held(row, &one.run.opened, &one.totals)))
        .filter(|(at, held)| !held.is_empty() || used.contains(at))
        .collect();
    // What the row rests on first.
    shown.sort_by_key(|(at, _)| (!used.contains(at), *at));
    let more = shown.len().saturating_sub(TOLD);
    let none = shown.is_empty();
    let items = shown
        .into_iter()
        .take(TOLD)
        .map(|(at, held)| {
            let one = &around.counted[at];
            let to = paths::live_run(reference, &one.run.opened.id);
            let rests = used.contains(&at);
            let fits = proof::answers(row, one, &around.journey.opening, around.product, around.now);
            let says = match &fits {
                Ok(_) if rests || !around.answers => None,
                Ok(_) => Some(answer_form(around.journey, one, row)),
                Err(unfit) => Some(view! { <p class="gpc-meta">{unfit.words()}</p> }.into_any()),
            };
            view! {
                <li>
                    <p class="nhsuk-u-margin-bottom-1">
                        <a href=to.clone()>{line(one)}</a>
                        {rests.then(|| view! { " "<strong class="nhsuk-tag nhsuk-tag--blue">"Evidence of this answer"</strong> })}
                    </p>
                    {rules(&held, &to)}
                    {requests(one, &to)}
                    {says}
                </li>
            }
        })
        .collect_view();
    let numbers = rules_of.iter().map(|rule| rule.id).collect::<Vec<_>>();
    let supports = match numbers.as_slice() {
        [first] => first.to_string(),
        [first, .., last] => format!("{} rules, {first} to {last}", numbers.len()),
        [] => String::new(),
    };
    let open = around.tests.then(|| {
        let to = format!("{}#open", paths::live_runs(reference));
        view! { <p><a href=to>"Open a live run"</a></p> }
    });
    Some(
        view! {
            <section class="gpc-below" aria-labelledby="runs-of-row">
                <h3 class="nhsuk-heading-s" id="runs-of-row">"Runs"</h3>
                <p class="gpc-meta">{format!("Requests are held against {supports}. A rule supports this row; whoever judges decides.")}</p>
                {none.then(|| view! { <p>"No run has looked at them yet."</p> })}
                <ul class="nhsuk-list">{items}</ul>
                {(more > 0).then(|| view! { <p><a href=paths::live_runs(reference)>{format!("{} more", counted(more, "run"))}</a></p> })}
                {open}
            </section>
        }
        .into_any(),
    )
}

fn answer_form(journey: &Journey, one: &Counted, row: &Row) -> AnyView {
    let which = format!(" of {}", dates::moment(one.run.opened.at));
    let values = vec![
        ("journey", journey.reference.to_string()),
        ("run", one.run.opened.id.clone()),
        ("rows", row.field.to_string()),
        ("back", "row".to_owned()),
    ];
    view! {
        <form action="/do/live-runs/answer" method="post" enctype="multipart/form-data">
            <Hidden values=values />
            <button class="nhsuk-button nhsuk-button--secondary nhsuk-button--small">
                "Answer with this run"<span class="nhsuk-u-visually-hidden">{which}</span>
            </button>
        </form>
    }
    .into_any()
}

/// The page of a row of the SCAL.
pub(crate) fn row_page(journey: &Journey, row: &Row) -> Option<String> {
    let scal = journey.process.scal()?;
    Some(format!("{}/{}#open-row", paths::task(&journey.reference, &scal.id), encode(row.field.as_str())))
}
