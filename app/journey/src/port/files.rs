//! Files that were added to a task: what the database knows of them. The bytes lie elsewhere, under their digest.

use async_trait::async_trait;
use jiff::Timestamp;

use crate::{
    base::ids::{Digest, JourneyRef, OrganisationId, PersonId, TaskId},
    port::answer::Answer,
};

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
    /// Notes a file whose bytes are stored. The same bytes on the same task are noted once, under the first name;
    /// their age counts from the last time.
    async fn add_file(&self, journey: &JourneyRef, file: StoredFile) -> Answer<()>;
    /// The file of a task with this digest.
    async fn file(&self, journey: &JourneyRef, task: &TaskId, digest: &Digest) -> Answer<Option<StoredFile>>;
    /// Whether the present words of a task, a submission of it or an event of its journey name the file.
    async fn is_named(&self, journey: &JourneyRef, task: &TaskId, digest: &Digest) -> Answer<bool>;
    /// Bytes of all files that people of an organisation have added to tasks and messages. The same bytes twice count twice.
    async fn bytes_of(&self, organisation: &OrganisationId) -> Answer<u64>;
    /// Every file of a task, by name.
    async fn files(&self, journey: &JourneyRef, task: &TaskId) -> Answer<Vec<StoredFile>>;
    /// Whether anything names these bytes: a file of a message, or a file of a task that was added after `fresh` or that
    /// words, an event or later evidence of its journey name.
    async fn is_in_use(&self, digest: &Digest, fresh: Timestamp) -> Answer<bool>;
    /// Forgets all that is known of bytes that are not in use, so that they can be removed. Answers whether they can.
    async fn let_go(&self, digest: &Digest, fresh: Timestamp) -> Answer<bool>;
}
