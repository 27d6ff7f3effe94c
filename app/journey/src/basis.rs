//! What a settlement rests on: what stood before it, and the facts that it looked at. When one of them is no longer what it
//! was, the task stands as "Check again" (`standing`): the work is kept, and does not count as done.
//!
//! Source: domain/journeys.md, rework; domain/testing.md §9 ("evidence from a lower version turns stale").

use jiff::Timestamp;
use serde::Serialize;

use crate::{
    ids::{Digest, Round, Seq, TaskId},
    journey::Journey,
    opening::Chosen,
    process::{Process, Rests, Settle, TaskSpec},
    scal::Edition,
    standing::{State, TaskRecord},
};

/// What a task was when another one was settled on it: the same as long as it is not settled anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ground {
    /// The event that settled or waived it. `None` where only the words that were sent count.
    pub settled: Option<Seq>,
    /// The round that was sent last; 0 when there is none.
    pub round: Round,
    /// Digest of that round.
    pub digest: Option<Digest>,
    /// When that was.
    pub at: Timestamp,
}

impl Ground {
    /// A task as it is settled or waived now; `None` when it is neither.
    pub(crate) fn settled(record: &TaskRecord) -> Option<Self> {
        matches!(record.state, State::Settled { .. } | State::Waived { .. }).then(|| Self {
            settled: record.settled,
            round: record.round,
            digest: record.sent.last().map(|sent| sent.digest.clone()),
            at: record.since,
        })
    }

    /// The words of a task that were sent last: what a signature names.
    fn sent(record: &TaskRecord) -> Option<Self> {
        let sent = record.sent.last()?;
        Some(Self { settled: None, round: sent.round, digest: Some(sent.digest.clone()), at: sent.at })
    }
}

/// All that a settlement rests on. Facts that the task does not look at are `None`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Basis {
    /// The tasks before it; `None` for one that was not in the plan.
    pub needs: Vec<(TaskId, Option<Ground>)>,
    /// The capabilities with their versions.
    pub capabilities: Option<Vec<Chosen>>,
    /// The product with its version, as it was being assessed.
    pub product: Option<String>,
    /// The edition of the SCAL catalogue.
    pub edition: Option<Edition>,
}

impl Basis {
    /// What a settlement of this task would rest on now.
    #[must_use]
    pub fn now(journey: &Journey, spec: &TaskSpec) -> Self {
        let rests = |fact: Rests| rests_on(spec, fact);
        Self {
            needs: grounds(journey, spec).map(|(task, ground)| (task.clone(), ground)).collect(),
            capabilities: rests(Rests::Capabilities).then(|| journey.opening.capabilities.clone()),
            product: rests(Rests::Version).then(|| journey.product().to_owned()),
            edition: rests(Rests::Edition).then(|| journey.opening.catalogue.clone()),
        }
    }

    /// Whether a settlement of this task would rest on the same now.
    #[must_use]
    pub fn holds(&self, journey: &Journey, spec: &TaskSpec) -> bool {
        self.capabilities.as_ref().is_none_or(|then| *then == journey.opening.capabilities)
            && self.product.as_ref().is_none_or(|then| then == journey.product())
            && self.edition.as_ref().is_none_or(|then| *then == journey.opening.catalogue)
            && grounds(journey, spec).eq(self.needs.iter().map(|(task, ground)| (task, ground.clone())))
    }

    /// Names it: whoever says that a settlement still holds says it of exactly this.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(serde_json::to_string(self).expect("a basis is plain data").as_bytes())
    }

    /// What differs between this and what a settlement would rest on now, in the order of the process.
    #[must_use]
    pub fn changes(&self, journey: &Journey, spec: &TaskSpec) -> Vec<Change> {
        let now = Self::now(journey, spec);
        let mut changes = Vec::new();
        let then_of = |task: &TaskId| self.needs.iter().find(|(known, _)| known == task).and_then(|(_, ground)| ground.clone());
        for (task, ground) in now.needs {
            let then = then_of(&task);
            if then != ground {
                changes.push(Change::Need { task, then, now: ground });
            }
        }
        if let (Some(then), Some(now)) = (&self.capabilities, now.capabilities)
            && *then != now
        {
            changes.push(Change::Capabilities { then: then.clone(), now });
        }
        if let (Some(then), Some(now)) = (&self.product, now.product)
            && *then != now
        {
            changes.push(Change::Product { then: then.clone(), now });
        }
        if let (Some(then), Some(now)) = (&self.edition, now.edition)
            && *then != now
        {
            changes.push(Change::Edition { then: then.clone(), now });
        }
        changes
    }
}

/// One thing that is no longer what a settlement rested on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A task before it was done again, is open again, or came into the plan or left it.
    Need {
        /// Which.
        task: TaskId,
        /// As it was.
        then: Option<Ground>,
        /// As it is; `None` when it is not settled, or not needed.
        now: Option<Ground>,
    },
    /// Other capabilities were chosen.
    Capabilities {
        /// Before.
        then: Vec<Chosen>,
        /// Now.
        now: Vec<Chosen>,
    },
    /// Another version of the product is assessed.
    Product {
        /// Before.
        then: String,
        /// Now.
        now: String,
    },
    /// The journey answers another edition of the SCAL catalogue.
    Edition {
        /// Before.
        then: Edition,
        /// Now.
        now: Edition,
    },
}

/// Whether a task looks at a fact. What is signed names capabilities and version in its words.
fn rests_on(spec: &TaskSpec, fact: Rests) -> bool {
    spec.rests.contains(&fact) || (spec.settle == Settle::BySignatures && fact != Rests::Edition)
}

/// The tasks that a settlement rests on, as they are now. A signature rests on the words that it names and on nothing else:
/// those that were filled in, and those of other tasks that became part of them.
fn grounds<'a>(journey: &'a Journey, spec: &'a TaskSpec) -> impl Iterator<Item = (&'a TaskId, Option<Ground>)> {
    let process: &'a Process = journey.process;
    let signed = spec.settle == Settle::BySignatures;
    let named = signed.then(|| crate::agreement::bound(process, spec)).into_iter().flatten();
    let needed = spec.needs.iter().filter(move |_| !signed).filter_map(|need| process.task(need));
    let of = move |task: &'a TaskSpec| {
        let record = journey.task(&task.id);
        let ground = if signed {
            Ground::sent(record)
        } else if task.applies(&journey.opening) {
            Ground::settled(record)
        } else {
            None
        };
        (&task.id, ground)
    };
    named.chain(needed).map(of)
}
