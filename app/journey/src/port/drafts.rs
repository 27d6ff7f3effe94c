//! Drafts: what is typed but not yet sent.

use async_trait::async_trait;

use crate::{
    base::ids::{JourneyRef, TaskId},
    port::answer::{Answer, WriteError},
    rule::draft::Draft,
};

/// Drafts that one question answers: twice the rows of the largest catalogue that is taken.
pub const MOST_DRAFTS: usize = 2_000;

/// Drafts: what is typed but not yet sent.
#[async_trait]
pub trait Drafts: Send + Sync {
    /// The draft of a task.
    async fn draft(&self, journey: &JourneyRef, task: &TaskId, subject: &str) -> Answer<Option<Draft>>;
    /// Every draft of a task whose subject begins with these letters; at most [`MOST_DRAFTS`].
    async fn drafts(&self, journey: &JourneyRef, task: &TaskId, beginning: &str) -> Answer<Vec<Draft>>;
    /// Tasks with a draft on this subject. Rows of the SCAL belong to its `answers`.
    async fn drafted(&self, journey: &JourneyRef, subject: &str) -> Answer<Vec<TaskId>>;
    /// Saves a draft over the version that the writer saw (0 for none). `Conflict` when it is not the stored one.
    async fn save_draft(&self, journey: &JourneyRef, draft: Draft, seen: u64) -> Result<u64, WriteError>;
    /// Saves several drafts, each over its own `version` (0 for none): all of them, or none and `Conflict`.
    async fn save_drafts(&self, journey: &JourneyRef, drafts: Vec<Draft>) -> Result<(), WriteError>;
}
