//! What is usual where NHS England publishes no target: from its own times of the last year.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use journey::{
    base::{actor::Side, calendar, ids::TaskId},
    port::{StoreError, work::MOST_TASKS},
    view::{turns::Turn, waits::Usual},
};

use crate::request::services::Services;

/// Times of so many days count.
const A_YEAR: i64 = 365;

/// What is usual for each of these tasks, where enough is known.
///
/// # Errors
/// When the database does not answer.
pub async fn of(services: &Services, tasks: &BTreeSet<TaskId>) -> Result<BTreeMap<TaskId, Usual>, StoreError> {
    let since: Timestamp = services.clock.now() - SignedDuration::from_hours(24 * A_YEAR);
    let tasks: Vec<TaskId> = tasks.iter().cloned().collect();
    let mut usual = BTreeMap::new();
    for some in tasks.chunks(MOST_TASKS) {
        for (task, waits) in services.store.waited(some, since).await? {
            usual.extend(Usual::of(waits).map(|one| (task, one)));
        }
    }
    Ok(usual)
}

/// Gives every turn of the programme that is awaited and has no target the day by which an answer may be expected.
///
/// # Errors
/// When the database does not answer.
pub async fn expect(services: &Services, turns: &mut [Turn]) -> Result<(), StoreError> {
    let without = |turn: &Turn| turn.awaited && turn.side == Side::Programme && turn.due.is_none();
    let tasks: BTreeSet<TaskId> = turns.iter().filter(|turn| without(turn)).map(|turn| turn.task.clone()).collect();
    if tasks.is_empty() {
        return Ok(());
    }
    let usual = of(services, &tasks).await?;
    for turn in turns.iter_mut().filter(|turn| without(turn)) {
        turn.expected = usual.get(&turn.task).map(|usual| usual.expected(calendar::date_of(turn.since)));
    }
    Ok(())
}
