//! Reports of test suites, read when they were added (`results`).

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use jiff::Timestamp;

use crate::{
    base::ids::{Digest, JourneyRef, OrganisationId, PersonId, TaskId},
    port::answer::Answer,
    task::results::{MOST, Run, scripts::Script},
};

/// Reports that one question answers: those of a run and of the run before.
pub const MOST_ASKED: usize = 2 * MOST;

/// Scenarios of one supplier that were matched by hand and are read.
pub const MOST_MATCHES: usize = 2_000;

/// Runs of test suites.
#[async_trait]
pub trait Runs: Send + Sync {
    /// Keeps what was read of a report, under the digest of its bytes. The same bytes read again replace it.
    async fn add_run(&self, journey: &JourneyRef, task: &TaskId, digest: &Digest, run: &Run) -> Answer<()>;
    /// The runs of a task with these digests; at most [`MOST_ASKED`] are looked for, and those not known are left out.
    async fn runs(&self, journey: &JourneyRef, task: &TaskId, digests: &[Digest]) -> Answer<BTreeMap<Digest, Run>>;
    /// Which published scripts scenarios of a supplier's suites belong to, by what they are called
    /// ([`matched::called`](crate::task::results::matched::called)); at most [`MOST_MATCHES`].
    async fn script_matches(&self, supplier: &OrganisationId) -> Answer<BTreeMap<String, BTreeSet<Script>>>;
    /// Remembers it of one scenario; no script forgets it.
    async fn match_scripts(
        &self,
        supplier: &OrganisationId,
        scenario: &str,
        scripts: &BTreeSet<Script>,
        by: &PersonId,
        at: Timestamp,
    ) -> Answer<()>;
}
