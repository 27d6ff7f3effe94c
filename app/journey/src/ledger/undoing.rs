//! What its doer may take back: a decision that nothing was built on, and a round that nobody has decided on.

use crate::{
    base::ids::TaskId,
    ledger::{journey::Journey, machine::StateKind, standing::LastDeed},
    plan::process::TaskSpec,
};

impl Journey {
    /// The decision on a task that was recorded last, as long as nothing was recorded since of the task, of any that stands behind
    /// it, or of the journey as a whole.
    #[must_use]
    pub fn undoable(&self, spec: &TaskSpec) -> Option<&LastDeed> {
        self.task(&spec.id).decided.as_ref().filter(|deed| self.is_last(spec, deed))
    }

    /// The round that was sent last, as long as it waits whole for whoever decides on it.
    #[must_use]
    pub fn recallable(&self, spec: &TaskSpec) -> Option<&LastDeed> {
        let decides = self.process.reviewer_of(&spec.id).unwrap_or(spec);
        let waits = self.task(&decides.id).state.kind() == StateKind::Submitted;
        self.task(&spec.id).handed_in.as_ref().filter(|deed| waits && self.is_last(spec, deed))
    }

    /// Whether nothing was built on what was done to this task.
    fn is_last(&self, spec: &TaskSpec, deed: &LastDeed) -> bool {
        let reviewer = self.process.reviewer_of(&spec.id).map(|task| &task.id);
        let own = [Some(&spec.id), spec.reviews.as_ref(), reviewer].into_iter().flatten();
        // Whoever signs by a link leaves the task as it was for everybody else.
        let is_before = |task: &TaskId| {
            let record = self.task(task);
            record.changed <= deed.seq && record.signatures.iter().all(|signature| signature.at <= deed.at)
        };
        own.flat_map(|task| self.behind(task)).all(is_before) && self.whole_changed < deed.seq
    }
}
