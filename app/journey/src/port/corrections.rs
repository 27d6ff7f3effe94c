//! Texts of the guidance that were corrected after a release (`corrections`).

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::{
    base::ids::PersonId,
    port::answer::{Answer, WriteError},
};

/// Versions of one text that a page shows: the newest.
pub const MOST_VERSIONS: u32 = 20;

/// One version of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// 1 is the first correction; 0 is the text of the release.
    pub number: u32,
    /// What it says.
    pub words: String,
    /// Who published it: their name.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// Corrected texts.
#[async_trait]
pub trait Corrections: Send + Sync {
    /// The newest version of every text that was corrected, by its subject.
    async fn corrected(&self) -> Answer<BTreeMap<String, String>>;
    /// The versions of one text, newest first, [`MOST_VERSIONS`] at most.
    async fn versions(&self, subject: &str) -> Answer<Vec<Version>>;
    /// Publishes a text after the version that was seen (0 for the release). [`WriteError::Conflict`] when there is a newer one.
    async fn publish(&self, subject: &str, seen: u32, words: &str, by: &PersonId, at: Timestamp) -> Result<(), WriteError>;
}
