//! Texts of the guidance that were corrected after a release (`corrections`).

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::{
    base::{ids::PersonId, named::named},
    port::{
        answer::{Answer, Letter, WriteError},
        audit::Noted,
    },
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
    /// Why it was corrected; empty for what was published before a reason was asked for.
    pub reason: String,
    /// Who wrote it: their name.
    pub by: String,
    /// Who published it, if that is somebody else: their name.
    pub published_by: Option<String>,
    /// When it was published.
    pub at: Timestamp,
}

named! {
    /// What became of a proposed text.
    pub enum Fate {
        /// It waits for a second person.
        Waiting = ("waiting", "Waits for a second person"),
        /// A second person published it.
        Published = ("published", "Published"),
        /// A second person sent it back, and says why.
        SentBack = ("sent_back", "Sent back"),
        /// Whoever wrote it took it back.
        TakenBack = ("taken_back", "Taken back"),
    }
}

/// A text that somebody wrote, and that a second person publishes or sends back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Which text.
    pub subject: String,
    /// Its number among those of its text, from 1.
    pub number: u32,
    /// The version that it was written after.
    pub follows: u32,
    /// What the text would say.
    pub words: String,
    /// Why.
    pub reason: String,
    /// Who wrote it.
    pub by: PersonId,
    /// Their name.
    pub named: String,
    /// When.
    pub at: Timestamp,
    /// What became of it.
    pub fate: Fate,
    /// Why it was sent back.
    pub answer: String,
    /// Who answered, and when.
    pub answered: Option<(String, Timestamp)>,
}

/// What somebody proposes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewProposal {
    /// Which text.
    pub subject: String,
    /// The version that was seen.
    pub seen: u32,
    /// What the text would say.
    pub words: String,
    /// Why.
    pub reason: String,
}

/// Corrected texts.
#[async_trait]
pub trait Corrections: Send + Sync {
    /// The newest version of every text that was corrected, by its subject.
    async fn corrected(&self) -> Answer<BTreeMap<String, String>>;
    /// The versions of one text, newest first, [`MOST_VERSIONS`] at most.
    async fn versions(&self, subject: &str) -> Answer<Vec<Version>>;
    /// The newest proposal of every text that has one, by its subject.
    async fn proposals(&self) -> Answer<BTreeMap<String, Proposal>>;
    /// Proposes a text. [`WriteError::Conflict`] when one waits already, or there is a newer version than the one that was seen.
    async fn propose(&self, proposal: NewProposal, noted: Noted, letters: Vec<Letter>) -> Result<(), WriteError>;
    /// Answers a proposal that waits; publishing it makes the next version. [`WriteError::Conflict`] when it does not wait any
    /// more, or there is a newer version than the one that it follows.
    async fn answer_proposal(
        &self,
        subject: &str,
        number: u32,
        fate: Fate,
        noted: Noted,
        letter: Option<Letter>,
    ) -> Result<(), WriteError>;
}
