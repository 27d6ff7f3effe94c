//! Where people are signed in, and how often somebody tried to.

use async_trait::async_trait;
use jiff::Timestamp;

use crate::{
    base::ids::{Digest, PersonId},
    port::{
        answer::{Answer, Letter},
        people::Link,
    },
};

/// A place where somebody is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionLine {
    /// A digest of its id: good for ending it, useless for taking it over.
    pub handle: Digest,
    /// When it began.
    pub since: Timestamp,
    /// When it was last seen.
    pub seen: Timestamp,
    /// Browser and system, as it said itself.
    pub agent: String,
}

/// Sessions, tries, and links that anybody may ask for. What is counted is a bucket: an account or an address, and what was
/// tried.
#[async_trait]
pub trait SignIns: Send + Sync {
    /// Where a person is signed in, last seen first.
    async fn sessions(&self, person: &PersonId, now: Timestamp) -> Answer<Vec<SessionLine>>;
    /// Ends one session of a person, or all but `keep`.
    async fn end_sessions(&self, person: &PersonId, handle: Option<&Digest>, keep: Option<&str>) -> Answer<()>;
    /// Notes a try and says how many there were in this bucket since then, this one included.
    async fn attempt(&self, bucket: &str, now: Timestamp, since: Timestamp) -> Answer<u32>;
    /// Forgets the tries of a bucket.
    async fn forgive(&self, bucket: &str) -> Answer<()>;
    /// Takes back one try of a bucket: it was right.
    async fn take_back(&self, bucket: &str, at: Timestamp) -> Answer<()>;
    /// Keeps a link, with its letter, unless one of the same purpose was made for the same address since then and nobody
    /// has used it: of two at once one is kept. Says whether it was. Without a letter it asks and writes as much; such links are for
    /// addresses without an account, and are swept once they have expired.
    async fn add_link_once(&self, link: Link, letter: Option<Letter>, since: Timestamp) -> Answer<bool>;
}
