//! What stands beside the rows of a SCAL: editions that operators published, phrases of the teams, facts about evidence.

use async_trait::async_trait;
use jiff::Timestamp;

use crate::{
    base::{
        actor::Role,
        edition::Edition,
        ids::{Digest, JourneyRef, PersonId, TaskId},
    },
    port::{
        answer::{Answer, WriteError},
        audit::Noted,
        notices::Notice,
    },
    scal::evidence::Evidence,
};

/// An edition of the catalogue that was published in the service: whole, as a CSV text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Catalogue {
    /// Its name.
    pub edition: Edition,
    /// Its rows.
    pub body: String,
    /// What has changed, in words.
    pub note: String,
    /// Who published it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// When it was withdrawn, and why.
    pub withdrawn: Option<(Timestamp, String)>,
}

/// A finding that a team writes often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrase {
    /// Which.
    pub id: String,
    /// The team.
    pub role: Role,
    /// The words.
    pub words: String,
    /// How often it was used.
    pub used: u64,
    /// Who wrote it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// Phrases that one question answers.
pub const MOST_PHRASES: usize = 100;

/// What stands beside the rows of a SCAL.
#[async_trait]
pub trait Scal: Send + Sync {
    /// Every published edition, oldest first.
    async fn catalogues(&self) -> Answer<Vec<Catalogue>>;
    /// Publishes an edition, with the letters that follow from it. `Conflict` when there is one with this name: nothing is
    /// written then.
    async fn publish_catalogue(&self, catalogue: Catalogue, notices: Vec<Notice>) -> Result<(), WriteError>;
    /// Journeys whose ledger names this edition, whatever became of them. `since` is when it was published: no older entry is
    /// looked at.
    async fn journeys_on(&self, edition: &Edition, since: Timestamp) -> Answer<u64>;
    /// Withdraws a published edition; its rows stay. `Conflict` when there is none that stands.
    async fn withdraw_catalogue(&self, edition: &Edition, noted: Noted, notices: Vec<Notice>) -> Result<(), WriteError>;
    /// Journeys that are not withdrawn: those that a new edition may move.
    async fn journeys_under_way(&self) -> Answer<u64>;
    /// The phrases of a team, most used first; at most [`MOST_PHRASES`].
    async fn phrases(&self, role: Role) -> Answer<Vec<Phrase>>;
    /// Adds a phrase.
    async fn add_phrase(&self, phrase: Phrase) -> Answer<()>;
    /// Removes a phrase of this team. Says whether it was there.
    async fn remove_phrase(&self, id: &str, role: Role) -> Answer<bool>;
    /// Counts a use of a phrase of this team. One that is gone is not counted.
    async fn phrase_used(&self, id: &str, role: Role) -> Answer<()>;
    /// The facts about the files of a task.
    async fn evidence(&self, journey: &JourneyRef, task: &TaskId) -> Answer<Vec<Evidence>>;
    /// Writes the facts about one file, over those that were there.
    async fn tell_evidence(&self, journey: &JourneyRef, task: &TaskId, evidence: Evidence) -> Answer<()>;
    /// The facts about one file, wherever in this journey it was added.
    async fn evidence_of(&self, journey: &JourneyRef, digest: &Digest) -> Answer<Option<Evidence>>;
}
