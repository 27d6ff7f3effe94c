//! What a settlement rests on: what stood before it, and the facts that it looked at. When one of them is no longer what it
//! was, the task stands as "Check again" (`standing`): the work is kept, and does not count as done.
//!
//! Source: domain/journeys.md, rework; domain/testing.md §9 ("evidence from a lower version turns stale").

use jiff::Timestamp;
use serde::Serialize;

use crate::{
    base::{
        edition::Edition,
        ids::{Digest, Round, Seq, TaskId},
    },
    ledger::use_case::{ApprovedUse, UseCase},
    plan::capability::Chosen,
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
    /// The use case that was approved, where what is signed names it. Left out of the digest where it does not, so that what was
    /// said of a basis of before goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub use_case: Option<ApprovedUse>,
    /// The care setting of the group, likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub care_setting: Option<String>,
}

impl Basis {
    /// Names it: whoever says that a settlement still holds says it of exactly this.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(serde_json::to_string(self).expect("a basis is plain data").as_bytes())
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
    /// Its certificate has expired: nothing that it rests on has changed, and it does not count.
    Expired {
        /// Since when.
        on: Timestamp,
    },
    /// Its certificate was suspended or withdrawn: nothing that it rests on has changed, and it does not count.
    Stopped {
        /// Withdrawn and not merely suspended.
        withdrawn: bool,
        /// Since when.
        at: Timestamp,
    },
    /// Another use case was approved.
    UseCase {
        /// Before.
        then: UseCase,
        /// Now; `None` where none counts.
        now: Option<UseCase>,
    },
    /// The group uses the product in another care setting.
    CareSetting {
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
