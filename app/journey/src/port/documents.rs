//! Documents that were made for people to keep: certificates, and what was signed. Each is made once and kept byte for byte.

use async_trait::async_trait;
use jiff::Timestamp;

use crate::{
    base::ids::{Digest, JourneyRef, TaskId},
    port::answer::Answer,
};

/// A document as it is handed out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Digest of what it says: the same words make the same document.
    pub content: Digest,
    /// What it is about.
    pub about: DocumentAbout,
    /// The file.
    pub bytes: Vec<u8>,
}

/// What a document is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentAbout {
    /// The journey.
    pub journey: JourneyRef,
    /// The task that left it.
    pub task: TaskId,
    /// The number of the certificate; empty for what was signed.
    pub number: String,
    /// When it was made.
    pub made_at: Timestamp,
}

/// Documents by what they say and by their bytes.
#[async_trait]
pub trait Documents: Send + Sync {
    /// The file that says this, if it was made before.
    async fn document(&self, content: &Digest) -> Answer<Option<Vec<u8>>>;
    /// Keeps a document. Of several that say the same the first is kept.
    async fn keep_document(&self, document: Document) -> Answer<()>;
    /// What the file with this digest is about; `None` for one that was not made here or was changed since.
    async fn document_with(&self, digest: &Digest) -> Answer<Option<DocumentAbout>>;
    /// Documents of a journey after this one, in the order of what they say.
    async fn documents_of(&self, journey: &JourneyRef, after: Option<&Digest>, limit: u32) -> Answer<Vec<Document>>;
    /// What each says and the digest that it has, with its bytes, after this one: for whoever checks them.
    async fn documents_after(&self, content: Option<&Digest>, limit: u32) -> Answer<Vec<(Digest, Digest, Vec<u8>)>>;
}
