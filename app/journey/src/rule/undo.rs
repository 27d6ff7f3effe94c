//! Second thoughts: a decision is undone by whoever made it while nothing was built on it, a round taken back by whoever sent it
//! while nobody who decides on it has opened it. Neither is struck from the ledger: an entry says that it is passed over.

use jiff::{SignedDuration, Timestamp};

use crate::{
    base::{actor::Role, ids::TaskId},
    ledger::{
        event::{Event, Recorded},
        journey::Journey,
        refusal::Refusal,
    },
    plan::process::{Settle, TaskSpec},
};

/// For so many minutes a decision can be undone.
pub const MINUTES: i64 = 10;

/// Letters about it wait a little longer, so that none goes while it is being undone.
const LETTERS_WAIT: i64 = MINUTES + 1;

/// Until when what was decided at this moment can be undone.
#[must_use]
pub fn until(decided: Timestamp) -> Timestamp {
    decided + SignedDuration::from_mins(MINUTES)
}

/// When letters about these entries go: those about a decision that can be undone wait for that. `None` where they go at once.
#[must_use]
pub fn letters_wait(journey: &Journey, recorded: &[Recorded]) -> Option<Timestamp> {
    let task = recorded.first()?.event.task()?;
    let decided = journey.undoable(journey.process.task(task)?)?;
    recorded.iter().any(|one| one.seq == decided.seq).then(|| decided.at + SignedDuration::from_mins(LETTERS_WAIT))
}

/// Until when the decision on a task can be undone by whoever made it; `None` where it cannot, or not any more.
#[must_use]
pub fn undoable_until(journey: &Journey, spec: &TaskSpec, now: Timestamp) -> Option<Timestamp> {
    let until = until(journey.undoable(spec)?.at);
    (now <= until).then_some(until)
}

/// Whether decisions on this task can be undone.
pub(crate) fn decides(spec: &TaskSpec) -> bool {
    matches!(spec.settle, Settle::ByReview | Settle::ByAcknowledgement)
}

/// The roles that decide on a task, and that which sends it back early: one of these made the decision.
pub(crate) fn undone_by(journey: &Journey, spec: &TaskSpec) -> Vec<Role> {
    let mut roles = journey.deciders(spec);
    if spec.settle == Settle::ByReview && !roles.contains(&Role::ProgrammeLead) {
        roles.push(Role::ProgrammeLead);
    }
    roles
}

/// The decision on this task is undone.
pub(crate) fn undone(journey: &Journey, spec: &TaskSpec, task: TaskId, at: Timestamp) -> Result<Event, Refusal> {
    let decided = journey.undoable(spec).ok_or(Refusal::NothingToDo)?;
    if at > until(decided.at) { Err(Refusal::TooLateToUndo) } else { Ok(Event::Undone { task, of: decided.seq }) }
}

/// The round that waits is taken back.
pub(crate) fn taken_back(journey: &Journey, spec: &TaskSpec, task: TaskId) -> Result<Event, Refusal> {
    let sent = journey.recallable(spec).ok_or(Refusal::NothingToDo)?;
    Ok(Event::RoundTakenBack { round: journey.task(&task).round, of: sent.seq, task })
}
