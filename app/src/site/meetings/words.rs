//! How a meeting is spoken of, the same on pages, in emails and in calendars.

use jiff::Timestamp;
use journey::{
    base::{actor::Side, ids::TaskId},
    ledger::journey::Journey,
    rule::meeting::{Act, Meeting, Stage, Step},
};

use crate::base::dates;

/// What it is about: "Clinical meeting 1", or the product.
pub(crate) fn subject(journey: &Journey, task: Option<&TaskId>) -> String {
    match task {
        Some(task) => journey.process.noun(task).to_owned(),
        None => "this journey".to_owned(),
    }
}

/// A side by name: the supplier has one that everybody knows.
pub(crate) fn side(journey: &Journey, side: Side) -> String {
    match side {
        Side::Supplier => {
            journey.identity(&journey.organisation).map_or_else(|| "the supplier".to_owned(), |identity| identity.name.clone())
        }
        Side::Programme => "NHS England".to_owned(),
        Side::EndUser => "the end-user group".to_owned(),
        Side::Commissioner => "the commissioner".to_owned(),
        Side::Operator => "the operator".to_owned(),
    }
}

/// From when to when, with the day of the week.
pub(crate) fn span(step: &Step, start: Timestamp) -> String {
    dates::span(start, step.end_of(start))
}

/// What was done, after the name of whoever did it: "offered 2 times".
pub(crate) fn did(step: &Step) -> String {
    let times = if step.times.len() == 1 { "1 time".to_owned() } else { format!("{} times", step.times.len()) };
    match step.act {
        Act::Proposed => format!("proposed the meeting and offered {times}"),
        Act::Others => format!("offered {}", if step.times.len() == 1 { "another time" } else { "other times" }),
        Act::Agreed => {
            let chosen = step.times.first().map(|start| span(step, *start)).unwrap_or_default();
            format!("chose {chosen}")
        }
        Act::Declined => "said no to the times".to_owned(),
        Act::Moved => "asked to move the meeting".to_owned(),
        Act::Cancelled => "cancelled the meeting".to_owned(),
    }
}

/// How it stands, in a word or two for a tag, and in a sentence for whoever is on this side.
pub(crate) fn stands(journey: &Journey, meeting: &Meeting, own: Side, now: Timestamp) -> (&'static str, String) {
    let other = side(journey, meeting.other(own));
    let waits = |step: &Step| {
        if step.side == own {
            format!("It waits until {other} has chosen a time.")
        } else if step.ahead(now).next().is_none() {
            "Every time that was offered has passed. Offer other times, or say no.".to_owned()
        } else {
            format!("{} waits until you have chosen a time.", journey::base::text::capital(&other))
        }
    };
    let at = |step: &Step| step.times.first().map(|start| span(step, *start)).unwrap_or_default();
    match meeting.stage() {
        Some(Stage::Waiting(step)) => (if step.side == own { "Proposed" } else { "Answer it" }, waits(step)),
        Some(Stage::Moving { agreed, asked }) => {
            let word = if asked.side == own { "Asked to move" } else { "Answer it" };
            (word, format!("{}, unless another time is chosen. {}", at(agreed), waits(asked)))
        }
        Some(Stage::Agreed(step)) if meeting.is_over(now) => ("Past", at(step)),
        Some(Stage::Agreed(step)) => ("Agreed", at(step)),
        Some(Stage::Declined(step)) => ("Declined", format!("{} said no.", step.name)),
        Some(Stage::Cancelled(step)) => ("Cancelled", format!("{} cancelled it.", step.name)),
        None => ("Cancelled", String::new()),
    }
}

/// The look of the word for how it stands.
pub(crate) fn tag(word: &str) -> &'static str {
    match word {
        "Answer it" => "nhsuk-tag nhsuk-tag--orange",
        "Agreed" => "nhsuk-tag nhsuk-tag--blue",
        "Proposed" | "Asked to move" => "nhsuk-tag nhsuk-tag--white",
        _ => "nhsuk-tag nhsuk-tag--grey",
    }
}
