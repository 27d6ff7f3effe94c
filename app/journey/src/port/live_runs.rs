//! Live runs with what was sent to them (`practice::run`).

use async_trait::async_trait;
use jiff::Timestamp;

use crate::{
    base::ids::{Digest, JourneyRef},
    port::answer::{Answer, WriteError},
    practice::{
        exchange::{Kept, Summary},
        run::LiveRun,
        state::Change,
    },
};

/// Exchanges that one question answers.
pub const MOST_SHOWN: u32 = 10;

/// Which exchanges of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// Only those with a rule that failed.
    pub failed: bool,
    /// Only those before this number; the newest ones when it is not given.
    pub before: Option<u32>,
}

/// Live runs.
#[async_trait]
pub trait LiveRuns: Send + Sync {
    /// Opens a run. Its key is looked up by its digest; the key itself is forgotten when the run closes.
    ///
    /// # Errors
    /// [`WriteError::Conflict`] when its id or its key is taken.
    async fn open_live_run(&self, run: &LiveRun) -> Result<(), WriteError>;
    /// The run whose key has this digest, open or not.
    async fn live_run_by_key(&self, key: &Digest) -> Answer<Option<LiveRun>>;
    /// A run of a journey.
    async fn live_run(&self, journey: &JourneyRef, id: &str) -> Answer<Option<LiveRun>>;
    /// The runs of a journey, newest first.
    async fn live_runs(&self, journey: &JourneyRef, limit: u32) -> Answer<Vec<LiveRun>>;
    /// Adds an exchange to a run that stands as `run` says, and tells those who look at the journey.
    ///
    /// # Errors
    /// [`WriteError::Conflict`] when the run has moved on or was closed.
    async fn add_exchange(&self, run: &LiveRun, exchange: &Kept) -> Result<(), WriteError>;
    /// Closes a run. Whoever closes one that was closed changes nothing.
    async fn close_live_run(&self, journey: &JourneyRef, id: &str, at: Timestamp) -> Result<(), WriteError>;
    /// Forgets the keys of runs that have ended by now.
    async fn forget_live_keys(&self, now: Timestamp) -> Answer<u64>;
    /// What was changed at the practice of a run, in order.
    async fn live_changes(&self, id: &str) -> Answer<Vec<Change>>;
    /// Exchanges of a run with their digests, newest first, at most [`MOST_SHOWN`].
    async fn exchanges(&self, id: &str, shown: Shown) -> Answer<Vec<Kept>>;
    /// One exchange.
    async fn exchange(&self, id: &str, number: u32) -> Answer<Option<Kept>>;
    /// Every exchange of a run in order: at most as many as a run may have.
    async fn whole_live_run(&self, id: &str) -> Answer<Vec<Kept>>;
    /// How the rules of each exchange ended, in order.
    async fn live_summaries(&self, id: &str) -> Answer<Vec<Summary>>;
}
