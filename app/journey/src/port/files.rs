//! Files that were added to a task: what the memory knows of them. The bytes lie elsewhere, under their digest.

use async_trait::async_trait;
use jiff::Timestamp;

use super::Answer;
use crate::ids::{Digest, JourneyRef, PersonId, TaskId};

/// A file of a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredFile {
    /// SHA-256 of its bytes.
    pub digest: Digest,
    /// For which task it was added.
    pub task: TaskId,
    /// The name it was sent under, for people.
    pub name: String,
    /// Its kind, by content: a media type.
    pub kind: String,
    /// How many bytes.
    pub bytes: u64,
    /// Who added it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// Files of journeys.
#[async_trait]
pub trait Files: Send + Sync {
    /// Notes a file whose bytes are stored. The same bytes on the same task are noted once, under the first name.
    async fn add_file(&self, journey: &JourneyRef, file: StoredFile) -> Answer<()>;
    /// The file of a task with this digest.
    async fn file(&self, journey: &JourneyRef, task: &TaskId, digest: &Digest) -> Answer<Option<StoredFile>>;
    /// Every file of a task, by name.
    async fn files(&self, journey: &JourneyRef, task: &TaskId) -> Answer<Vec<StoredFile>>;
}
