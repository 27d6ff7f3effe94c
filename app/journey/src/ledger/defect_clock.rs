//! What defects hold up: the certificate that waits for those that block, and the clock of the supplier that stands still while
//! others mend one.

use jiff::{SignedDuration, Timestamp};

use crate::{
    base::{calendar, ids::TaskId},
    ledger::{
        defect::{DefectRecord, Owner, Pause},
        journey::Journey,
    },
    plan::{
        certificates,
        process::{Page, Settle, TaskSpec},
    },
};

/// Since when the clock of the supplier on a test stage stands still, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paused {
    /// Since when.
    pub since: Timestamp,
    /// The number of the defect, the oldest of several.
    pub number: u32,
    /// Who mends it.
    pub owner: Owner,
}

/// Whether tests are recorded on this task, so that it can have defects.
#[must_use]
pub fn has_defects(spec: &TaskSpec) -> bool {
    spec.settle == Settle::ByReview && matches!(spec.page, Page::Testing | Page::Results)
}

impl Journey {
    /// Open defects for which the certificate of a task waits: those that block, of every test stage before it. None of a task that
    /// leaves no certificate.
    #[must_use]
    pub fn blocked_by(&self, spec: &TaskSpec) -> Vec<&DefectRecord> {
        if certificates::kind(spec).is_none() || self.defects.iter().all(|defect| !defect.is_blocking()) {
            return Vec::new();
        }
        let before = |defect: &&DefectRecord| defect.is_blocking() && self.behind(&defect.task).contains(&spec.id);
        self.defects.iter().filter(before).collect()
    }

    /// Whether the clock of the supplier on this task stands still now.
    #[must_use]
    pub fn paused(&self, task: &TaskId) -> Option<Paused> {
        let since = self.pauses.get(task)?.last().filter(|pause| pause.until.is_none())?.from;
        let of_provider = self.process.is_provider();
        let mut holding = self.defects.iter().filter(|defect| defect.task == *task && defect.is_with_others(of_provider));
        holding.next().map(|defect| Paused { since, number: defect.number, owner: defect.assessment.owner })
    }

    /// Since when a supplier has had the work on this task, by its clock: working days in which others mended a defect are not
    /// counted. `since` is when it could begin.
    #[must_use]
    pub fn supplier_since(&self, task: &TaskId, since: Timestamp) -> Timestamp {
        let Some(pauses) = self.pauses.get(task) else { return since };
        let days = |pause: &Pause| {
            let until = pause.until?;
            let from = pause.from.max(since);
            (from < until).then(|| calendar::between(calendar::date_of(from), calendar::date_of(until)))
        };
        let stood: u32 = pauses.iter().filter_map(days).sum();
        let (day, later) = (calendar::date_of(since), calendar::after(calendar::date_of(since), stood));
        since.checked_add(SignedDuration::from_hours(later.duration_since(day).as_hours())).unwrap_or(since)
    }

    /// Notes whether the clock of a task stands still from now on, or goes on.
    pub(super) fn note_pause(&mut self, task: &TaskId, at: Timestamp) {
        let of_provider = self.process.is_provider();
        let stands = self.defects.iter().any(|defect| defect.task == *task && defect.is_with_others(of_provider));
        let pauses = self.pauses.entry(task.clone()).or_default();
        match pauses.last_mut().filter(|pause| pause.until.is_none()) {
            Some(pause) if !stands => pause.until = Some(at),
            None if stands => pauses.push(Pause { from: at, until: None }),
            _ => {}
        }
    }
}
