//! Queries of the group about rows of the accepted SCAL (domain/journeys.md: "EUO query reopens the SCAL row"). The group asks, the
//! supplier replies with words or changes the answer, and the group says that it is answered or asks again. While one is open, the
//! review cannot be sent.
//!
//! A query changes nothing of the SCAL. What the supplier changes because of it goes the way of every changed row: the SCAL is open
//! again, the row is asked again, its team judges it, and every other row keeps its verdict (decision 0030).

use crate::{
    base::{
        actor::{Role, Side},
        ids::FieldId,
    },
    catalogue::{row::Row, scal},
    ledger::{
        event::Event,
        journey::Journey,
        machine::StateKind,
        refusal::Refusal,
        standing::{Query, QueryWord, TaskRecord},
    },
    plan::process::{Page, TaskSpec},
    rule::reason::words,
    task::end_users,
};

/// Whether this is the task on which the group reviews the SCAL.
#[must_use]
pub fn reviews(journey: &Journey, spec: &TaskSpec) -> bool {
    spec.page == Page::Form && spec.form.as_deref() == Some(end_users::SCAL_REVIEW) && journey.process.scal().is_some()
}

/// The task of this journey on which the group reviews the SCAL.
#[must_use]
pub fn review(journey: &Journey) -> Option<&'static TaskSpec> {
    journey.plan().find(|spec| reviews(journey, spec))
}

/// The roles that ask, and say that they have their answer: those of the group that review.
#[must_use]
pub fn asked_by(spec: &TaskSpec) -> Vec<Role> {
    spec.by.iter().copied().filter(|role| role.side() == Side::EndUser).collect()
}

/// The roles that reply: those that answer the SCAL.
#[must_use]
pub fn answered_by(journey: &Journey) -> Vec<Role> {
    journey.process.scal().map(|scal| scal.by.clone()).unwrap_or_default()
}

/// The queries whose last word is that of one side, oldest row first.
fn last_by(record: &TaskRecord, group: bool) -> impl Iterator<Item = (&FieldId, &QueryWord)> {
    let last = record.queries.iter().filter_map(|(row, query)| Some((row, query.last()?)));
    last.filter(move |(_, word)| (word.role.side() == Side::EndUser) == group)
}

/// The rows about which a query waits for the supplier, with what was asked last.
pub fn for_supplier(record: &TaskRecord) -> impl Iterator<Item = (&FieldId, &QueryWord)> {
    last_by(record, true)
}

/// The rows about which a reply waits for the group, with the reply.
pub fn for_group(record: &TaskRecord) -> impl Iterator<Item = (&FieldId, &QueryWord)> {
    last_by(record, false)
}

/// What the group asked about a row, open or not, with the task on which it did.
#[must_use]
pub fn of_row<'a>(journey: &'a Journey, row: &FieldId) -> Option<(&'static TaskSpec, &'a Query)> {
    let spec = review(journey)?;
    Some((spec, journey.task(&spec.id).queries.get(row)?))
}

/// The row of this journey's SCAL that somebody names by its id.
fn row_of(journey: &Journey, named: &str) -> Result<&'static Row, Refusal> {
    let named = named.trim();
    let is_it = |row: &&'static Row| row.id.eq_ignore_ascii_case(named) || row.field.as_str() == named;
    scal::rows(&journey.opening).into_iter().find(is_it).ok_or_else(|| {
        let named: String = named.chars().take(40).collect();
        let says = match named.as_str() {
            "" => "Enter the row that you ask about, for example GPC-IG1".to_owned(),
            named => format!("“{named}” is not a row of this SCAL. Enter its id, for example GPC-IG1"),
        };
        Refusal::problem("row", &says)
    })
}

/// The query among these that somebody names by its row: also of a row that the SCAL does not ask any more.
fn named<'a>(mut queries: impl Iterator<Item = (&'a FieldId, &'a QueryWord)>, row: &str) -> Result<FieldId, Refusal> {
    let is_it = |(known, _): &(&FieldId, &QueryWord)| known.as_str().eq_ignore_ascii_case(row.trim());
    queries.find(is_it).map(|(known, _)| known.clone()).ok_or(Refusal::NothingToDo)
}

/// A query about a row, or another word of one.
///
/// # Errors
/// No such row, no words, or the one that was asked before has no reply yet.
pub(crate) fn raised(journey: &Journey, spec: &TaskSpec, role: Role, row: &str, typed: &str) -> Result<Event, Refusal> {
    let row = row_of(journey, row);
    let text = words(typed, "words", "Write what you ask");
    let (row, words) = match (row, text) {
        (Ok(row), Ok(text)) => (row, text),
        (Err(Refusal::Invalid(mut first)), Err(Refusal::Invalid(second))) => {
            first.0.extend(second.0);
            return Err(Refusal::Invalid(first));
        }
        (Err(refusal), _) | (_, Err(refusal)) => return Err(refusal),
    };
    if for_supplier(journey.task(&spec.id)).any(|(known, _)| *known == row.field) {
        let says = format!("You asked about {} already. The supplier has not replied yet", row.id);
        return Err(Refusal::problem("row", &says));
    }
    Ok(Event::QueryRaised { task: spec.id.clone(), role, row: row.field.clone(), words })
}

/// Whether the answer to a row can be changed now: the SCAL is accepted, or in the hands of the supplier.
#[must_use]
pub fn may_change(journey: &Journey) -> bool {
    let kind = |scal: &TaskSpec| journey.task(&scal.id).state.kind();
    journey.process.scal().is_some_and(|scal| matches!(kind(scal), StateKind::Settled | StateKind::Open | StateKind::Returned))
}

/// The reply of the supplier.
///
/// # Errors
/// No such query waits, no words, or the answer cannot be changed while the teams look at the SCAL.
pub(crate) fn answered(
    journey: &Journey,
    spec: &TaskSpec,
    (role, row, typed): (Role, &str, &str),
    changes: bool,
) -> Result<Event, Refusal> {
    let row = named(for_supplier(journey.task(&spec.id)), row)?;
    let words = words(typed, "words", "Write a reply")?;
    if changes && !scal::rows(&journey.opening).iter().any(|known| known.field == row) {
        return Err(Refusal::problem("words", "This row is not asked any more. Reply in words"));
    }
    if changes && !may_change(journey) {
        let says = "The SCAL is with NHS England now. Reply in words, or change the answer when they have finished";
        return Err(Refusal::problem("words", says));
    }
    Ok(Event::QueryAnswered { task: spec.id.clone(), role, row, words, changes })
}

/// What follows when the supplier changes the answer: an accepted SCAL is open again.
pub(crate) fn reopened(journey: &Journey, answered: &Event) -> Option<Event> {
    let Event::QueryAnswered { row, changes: true, .. } = answered else { return None };
    let scal = journey.process.scal()?;
    let accepted = journey.task(&scal.id).state.kind() == StateKind::Settled;
    let row = row.as_str().to_uppercase();
    let reason = format!("The group that will use the product asked about {row}, and its answer is changed.");
    accepted.then(|| Event::Reopened { task: scal.id.clone(), reason })
}

/// The group has its answer.
///
/// # Errors
/// No such row, or no reply of the supplier waits there.
pub(crate) fn closed(journey: &Journey, spec: &TaskSpec, role: Role, row: &str) -> Result<Event, Refusal> {
    let row = named(for_group(journey.task(&spec.id)), row)?;
    Ok(Event::QueryClosed { task: spec.id.clone(), role, row })
}

/// The ids of the rows about which a query is open, as people write them.
#[must_use]
pub fn open_rows(record: &TaskRecord) -> Vec<String> {
    record.queries.iter().filter(|(_, query)| query.closed.is_none()).map(|(row, _)| row.as_str().to_uppercase()).collect()
}
