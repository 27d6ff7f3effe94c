//! Reports of test suites, read when they were added (`results`).

use std::collections::BTreeMap;

use async_trait::async_trait;

use crate::{
    base::ids::{Digest, JourneyRef, TaskId},
    port::answer::Answer,
    task::results::{MOST, Run},
};

/// Reports that one question answers: those of a run and of the run before.
pub const MOST_ASKED: usize = 2 * MOST;

/// Runs of test suites.
#[async_trait]
pub trait Runs: Send + Sync {
    /// Keeps what was read of a report, under the digest of its bytes. The same bytes read again replace it.
    async fn add_run(&self, journey: &JourneyRef, task: &TaskId, digest: &Digest, run: &Run) -> Answer<()>;
    /// The runs of a task with these digests; at most [`MOST_ASKED`] are looked for, and those not known are left out.
    async fn runs(&self, journey: &JourneyRef, task: &TaskId, digests: &[Digest]) -> Answer<BTreeMap<Digest, Run>>;
}
