//! Live runs with what was sent to them (`practice::run`).

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::{
    base::ids::{Digest, JourneyRef},
    port::answer::{Answer, WriteError},
    practice::{
        exchange::{Kept, Summary},
        proof::{Counted, Totals},
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
    /// Only those in which this rule failed: its number in the catalogue.
    pub rule: Option<&'static str>,
    /// Only those before this number; the newest ones when it is not given.
    pub before: Option<u32>,
}

/// Runs that are counted for the programme at once: the newest ones.
pub const MOST_COUNTED: u32 = 5_000;

/// How often rules failed in a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failures {
    /// The journey of the run.
    pub journey: JourneyRef,
    /// In how many of its requests each rule failed, mended or not.
    pub failed: BTreeMap<String, u32>,
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
    /// Keeps a run that was read from a file, with all its exchanges or not at all.
    ///
    /// # Errors
    /// [`WriteError::Conflict`] when its id is taken.
    async fn keep_live_run(&self, run: &LiveRun, kept: &[Kept]) -> Result<(), WriteError>;
    /// The newest runs of a journey with what their requests came to, newest first.
    async fn counted_runs(&self, journey: &JourneyRef, limit: u32) -> Answer<Vec<Counted>>;
    /// What the requests of one run came to.
    async fn live_totals(&self, id: &str) -> Answer<Totals>;
    /// How often rules failed in runs that were opened since; at most [`MOST_COUNTED`], the newest first.
    async fn rule_failures(&self, since: Timestamp) -> Answer<Vec<Failures>>;
    /// Notes which file is the record of a run, instead of the one that was noted before.
    async fn note_live_record(&self, id: &str, file: &Digest) -> Answer<()>;
}
