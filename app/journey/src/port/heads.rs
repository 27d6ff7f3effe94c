//! The daily lists of heads: where ledgers end, which lists were made, and which of them names a ledger last.

use async_trait::async_trait;
use jiff::{Timestamp, civil::Date};

use crate::{
    base::ids::{Digest, Seq},
    ledger::heads::SignedList,
    port::answer::{Answer, WriteError},
};

/// Where a ledger ends, by its own name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerEnd {
    /// A journey's reference, or `people`.
    pub stream: String,
    /// Digest of its first entry.
    pub first: Digest,
    /// Position of its last entry.
    pub seq: Seq,
    /// Digest of its last entry.
    pub digest: Digest,
}

/// What is known of a list without reading it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListFacts {
    /// Its place among all lists, from 1.
    pub number: u64,
    /// The UK day on which it was made.
    pub day: Date,
    /// When it was made.
    pub made_at: Timestamp,
    /// Digest of its text.
    pub digest: Digest,
    /// The public key that it is signed with, as 64 hexadecimal digits.
    pub key: String,
    /// How many ledgers it names.
    pub ledgers: u32,
}

/// A list as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptList {
    /// What is known of it.
    pub facts: ListFacts,
    /// The list with its signature.
    pub signed: SignedList,
}

/// Where a list named a ledger last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedHead {
    /// A journey's reference, or `people`.
    pub stream: String,
    /// Its name in lists.
    pub ledger: Digest,
    /// The position that the list names.
    pub seq: Seq,
    /// The digest that the list names.
    pub digest: Digest,
    /// The day of the list.
    pub day: Date,
}

/// A key that lists are signed with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListKey {
    /// The public key, as 64 hexadecimal digits.
    pub key: String,
    /// The day of the first list that it signed.
    pub from: Date,
    /// The day of the last one.
    pub until: Date,
}

/// The daily lists of heads.
#[async_trait]
pub trait HeadLists: Send + Sync {
    /// Where each ledger ends that has grown since a list named it, the stream of accounts among them.
    async fn grown_ledgers(&self) -> Answer<Vec<LedgerEnd>>;
    /// Keeps a list and notes where it names the ledgers, all or nothing. `Conflict` when there is a list with its number or of its
    /// day: of several who make one at once, one does.
    async fn publish_list(&self, list: KeptList, named: Vec<ListedHead>) -> Result<(), WriteError>;
    /// The list with the highest number.
    async fn newest_list(&self) -> Answer<Option<ListFacts>>;
    /// The list of a day.
    async fn list_of(&self, day: Date) -> Answer<Option<KeptList>>;
    /// Lists with a lower number than this one, newest first.
    async fn lists_before(&self, number: u64, limit: u32) -> Answer<Vec<ListFacts>>;
    /// Lists with a higher number than this one, oldest first, to be read.
    async fn lists_after(&self, number: u64, limit: u32) -> Answer<Vec<KeptList>>;
    /// Every key that a list is signed with, the one that came last first.
    async fn list_keys(&self) -> Answer<Vec<ListKey>>;
    /// Where a list named this ledger last; `None` for one that began since.
    async fn listed_head(&self, stream: &str) -> Answer<Option<ListedHead>>;
    /// The same of all ledgers after this one, by the names of the streams.
    async fn listed_heads(&self, after: &str, limit: u32) -> Answer<Vec<ListedHead>>;
}
