//! How each task of a journey stands, since when, and what that rests on.

use std::collections::BTreeMap;

use jiff::{Timestamp, ToSpan as _, civil::Date};

use crate::{
    base::{
        actor::Role,
        calendar,
        ids::{Round, TaskId},
    },
    ledger::{
        basis::{Basis, Change},
        journey::{Journey, Phase},
        standing::{Standing, State, TaskRecord},
    },
    plan::{
        certificates,
        process::{Page, Settle, TaskSpec},
    },
};

impl Journey {
    /// How one task stands.
    #[must_use]
    pub fn standing(&self, task: &TaskId) -> Standing {
        self.stands().get(task).cloned().unwrap_or(Standing::NotNeeded { because: None })
    }

    fn stands(&self) -> &BTreeMap<&'static TaskId, Standing> {
        self.stands.get_or_init(|| {
            let mut known = BTreeMap::new();
            for spec in &self.process.tasks {
                self.stand(spec, &mut known);
            }
            known
        })
    }

    /// How every task of the process stands.
    #[must_use]
    pub fn standings(&self) -> BTreeMap<&'static TaskId, Standing> {
        self.stands().clone()
    }

    /// Gates have no circles (`check`), so this ends.
    fn stand(&self, spec: &'static TaskSpec, known: &mut BTreeMap<&'static TaskId, Standing>) -> Standing {
        if let Some(standing) = known.get(&spec.id) {
            return standing.clone();
        }
        let standing = self.stand_now(spec, known);
        known.insert(&spec.id, standing.clone());
        standing
    }

    fn stand_now(&self, spec: &'static TaskSpec, known: &mut BTreeMap<&'static TaskId, Standing>) -> Standing {
        if let Some(because) = spec.when.iter().copied().find(|condition| !condition.holds(&self.opening)) {
            return Standing::NotNeeded { because: Some(because) };
        }
        let record = self.task(&spec.id);
        if matches!(record.state, State::Waived { .. }) {
            return Standing::NotNeeded { because: None };
        }
        let settled = matches!(record.state, State::Settled { .. });
        let process = self.process;
        let mut waiting_on = Vec::new();
        for need in spec.needs.iter().filter_map(|need| process.task(need)) {
            if !self.stand(need, known).is_done() {
                waiting_on.push(need.id.clone());
            }
        }
        // A certificate that is to be issued waits for the stages with a defect that blocks it. One that holds goes on holding.
        if !settled || !waiting_on.is_empty() || !self.holds(spec, record) {
            for defect in self.blocked_by(spec) {
                if !waiting_on.contains(&defect.task) {
                    waiting_on.push(defect.task.clone());
                }
            }
        }
        if settled && (!waiting_on.is_empty() || !self.holds(spec, record)) {
            return Standing::CheckAgain { waiting_on };
        }
        if !waiting_on.is_empty() {
            return Standing::Locked { waiting_on };
        }
        if spec.settle == Settle::WithJourney {
            return if matches!(self.phase, Phase::Live { .. }) { Standing::Settled } else { Standing::Ready };
        }
        match &record.state {
            State::Open if record.started.is_some() || !record.signatures.is_empty() => Standing::Draft,
            State::Open if spec.settle == Settle::BySignatures && record.round > Round(0) => Standing::Draft,
            State::Open if spec.page == Page::Sites && !self.sites.is_empty() => Standing::Draft,
            State::Open => Standing::Ready,
            State::Submitted => Standing::Submitted,
            State::Returned { .. } => Standing::Returned,
            State::Settled { .. } => Standing::Settled,
            State::Waived { .. } => Standing::NotNeeded { because: None },
        }
    }

    /// Whether what a settled task rests on is what it was, its certificate counts, and a use case is for the capabilities of now.
    pub(crate) fn holds(&self, spec: &TaskSpec, record: &TaskRecord) -> bool {
        let other_use = spec.page == Page::UseCase && self.is_for_another_use();
        record.stopped.is_none()
            && record.expired.is_none()
            && !other_use
            && record.basis.as_ref().is_none_or(|basis| basis.holds(self, spec))
    }

    /// What is no longer as it was when a task was settled; empty for one that is not settled.
    #[must_use]
    pub fn changes(&self, spec: &TaskSpec) -> Vec<Change> {
        let record = self.task(&spec.id);
        let basis = record.basis.as_ref().filter(|_| matches!(record.state, State::Settled { .. }));
        let mut changes = basis.map(|basis| basis.changes(self, spec)).unwrap_or_default();
        changes.extend(record.expired.map(|on| Change::Expired { on }));
        changes.extend(record.stopped.as_ref().map(|stopped| Change::Stopped { withdrawn: stopped.withdrawn, at: stopped.at }));
        changes
    }

    /// The roles that may say that a settled task still holds: those that settled it. Of a certificate and of signatures
    /// nobody may: the one is issued anew, the others are given for the words as they are now. Nor of a SCAL whose rows or
    /// product are others.
    #[must_use]
    pub fn confirms(&self, spec: &TaskSpec) -> Vec<Role> {
        if certificates::kind(spec).is_some() {
            return Vec::new();
        }
        // What it says of the capabilities is no longer true: it is written anew, and that is decided on.
        let use_case = |spec: &TaskSpec| spec.page == Page::UseCase;
        let reviewed = spec.reviews.as_ref().and_then(|other| self.process.task(other));
        if (use_case(spec) || reviewed.is_some_and(use_case)) && self.is_for_another_use() {
            return Vec::new();
        }
        let other_rows = |change: &Change| !matches!(change, Change::Need { .. });
        match spec.settle {
            Settle::ByReview if spec.page == Page::Scal && self.changes(spec).iter().any(other_rows) => Vec::new(),
            Settle::OnSubmit => spec.by.clone(),
            // Rows of the SCAL that went along are asked again by the SCAL.
            Settle::ByReview if spec.page == Page::Testing => spec.decide.clone(),
            Settle::ByReview => self.deciders(spec),
            Settle::ByAcknowledgement | Settle::ByIssue => spec.decide.clone(),
            Settle::BySignatures | Settle::WithJourney => Vec::new(),
        }
    }

    /// The roles among [`Journey::confirms`] that have said so of what the task rests on now.
    #[must_use]
    pub fn confirmed(&self, spec: &TaskSpec) -> Vec<Role> {
        let record = self.task(&spec.id);
        if record.confirmed.is_empty() {
            return Vec::new();
        }
        let now = Basis::now(self, spec).digest();
        record.confirmed.iter().filter(|said| said.basis == now).map(|said| said.role).collect()
    }

    /// Since when a task can be worked on as it stands: not before everything in front of it was settled, and not while the
    /// journey was withdrawn. So no clock runs while somebody else holds the work up.
    #[must_use]
    pub fn since(&self, spec: &'static TaskSpec) -> Timestamp {
        self.since_known(spec, &mut BTreeMap::new())
    }

    /// The same for many tasks; `known` keeps since when each was settled with everything before it.
    pub(crate) fn since_known(&self, spec: &'static TaskSpec, known: &mut BTreeMap<&'static TaskId, Timestamp>) -> Timestamp {
        let process = self.process;
        let gates = spec.needs.iter().filter_map(|need| process.task(need));
        let open = gates.map(|need| self.settled_since(need, known)).max().unwrap_or(self.opened_at);
        let going_on = self.resumed.unwrap_or(self.opened_at);
        let record = self.task(&spec.id);
        let settled = matches!(record.state, State::Settled { .. });
        // What is checked again is so since the facts changed; what was said to hold is settled since then.
        let own = match &record.stopped {
            Some(stopped) => stopped.at,
            None if record.expired.is_some() => record.expired.unwrap_or(record.since),
            None if settled && !self.holds(spec, record) => record.since.max(self.facts_since),
            None => record.since,
        };
        own.max(record.held.unwrap_or(own)).max(open).max(going_on)
    }

    /// Since when a gate is open. Gates have no circles (`check`), so this ends.
    fn settled_since(&self, spec: &'static TaskSpec, known: &mut BTreeMap<&'static TaskId, Timestamp>) -> Timestamp {
        if let Some(at) = known.get(&spec.id) {
            return *at;
        }
        let record = self.task(&spec.id);
        let at = match record.state {
            _ if !spec.applies(&self.opening) => self.opened_at,
            // What is done without waits for nothing either.
            State::Waived { .. } => record.since,
            _ => self.since_known(spec, known),
        };
        known.insert(&spec.id, at);
        at
    }

    /// Tasks in the plan and how many of them are done, for one stage or for all.
    #[must_use]
    pub fn count(&self, stage: Option<&crate::base::ids::StageId>) -> (usize, usize) {
        let standings = self.stands();
        let of_plan = self.plan().filter(|task| task.is_work() && stage.is_none_or(|stage| task.stage == *stage));
        of_plan.fold((0, 0), |(done, all), task| (done + usize::from(standings[&task.id].is_done()), all + 1))
    }

    /// When an approval of this journey lapses unless the work it permits starts: the first instant after the last day.
    #[must_use]
    pub fn lapses(&self) -> Option<(TaskId, Timestamp)> {
        if self.phase != Phase::Open {
            return None;
        }
        self.plan().find_map(|spec| {
            let lapse = spec.lapse.as_ref()?;
            let record = self.tasks.get(&spec.id)?;
            let approved = matches!(record.state, State::Settled { .. });
            let work = self.task(&lapse.unless_started);
            // Work that was sent once has started, also when it is opened again.
            if !approved || work.started.is_some() || work.round > Round(0) || work.state != State::Open {
                return None;
            }
            let months = i32::try_from(lapse.months).ok()?;
            let last = calendar::date_of(record.since).checked_add(months.months()).ok()?;
            let after = last.tomorrow().ok()?.to_zoned(calendar::uk()).ok()?;
            Some((spec.id.clone(), after.timestamp()))
        })
    }

    /// When each certificate of this journey expires that has not yet: the first instant after its last day.
    pub fn expire(&self) -> impl Iterator<Item = (&'static TaskId, Timestamp)> {
        let ended = matches!(self.phase, Phase::Withdrawn { .. });
        self.plan().filter(move |_| !ended).filter_map(|spec| {
            let record = self.tasks.get(&spec.id)?;
            let newest = record.certificate.as_ref().filter(|newest| record.settled == Some(newest.seq))?;
            let counts = record.expired.is_none() && record.stopped.as_ref().is_none_or(|stopped| !stopped.withdrawn);
            let last = last_day(newest.at, spec.valid_months.filter(|_| counts)?)?;
            let after = last.tomorrow().ok()?.to_zoned(calendar::uk()).ok()?;
            Some((&spec.id, after.timestamp()))
        })
    }

    /// When time alone changes something here next, if it will: an approval lapses, or a certificate expires.
    #[must_use]
    pub fn moves_by_itself(&self) -> Option<Timestamp> {
        self.lapses().map(|(_, at)| at).into_iter().chain(self.expire().map(|(_, at)| at)).min()
    }
}

/// The last day of what is valid for so many months from this moment on; `None` beyond the calendar.
#[must_use]
pub fn last_day(from: Timestamp, months: u32) -> Option<Date> {
    calendar::date_of(from).checked_add(i32::try_from(months).ok()?.months()).ok()
}
