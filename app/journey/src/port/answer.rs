//! What a question to the database answers.

use std::{fmt, str::FromStr};

use crate::base::ids::{JourneyRef, Seq, TaskId};

/// The database could not answer. Never shown to a person as it is.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Away, busy or full: try again (503).
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// A row that this release cannot have written (500).
    #[error("{table} {key}: {column} cannot be read: {why}")]
    Unreadable {
        /// Which table.
        table: &'static str,
        /// Which row.
        key: String,
        /// Which column.
        column: &'static str,
        /// What is wrong with it.
        why: String,
    },
}

/// Why a write did not happen.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// Somebody else was first, or the link was used before.
    #[error("somebody else was first")]
    Conflict,
    /// The database could not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a question to the database answers.
pub type Answer<T> = Result<T, StoreError>;

/// A letter to be sent, written in the same transaction as its reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Unique, so that one promise is one letter.
    pub id: String,
    /// The address.
    pub to: String,
    /// The subject line.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// The document that goes with it.
    pub enclosed: Option<Enclosed>,
}

/// A document that goes with a letter: what a task had left at an entry of its journey's ledger. The letter names it and does not
/// hold it, so that hundreds of letters with the same document are small.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enclosed {
    /// The journey.
    pub journey: JourneyRef,
    /// The task that left it.
    pub task: TaskId,
    /// The entry: the document says what was true with it, whatever came after.
    pub seq: Seq,
}

impl fmt::Display for Enclosed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.journey, self.task, self.seq)
    }
}

impl FromStr for Enclosed {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let none = || format!("{text:?} names no document");
        let mut parts = text.split('/');
        let (Some(journey), Some(task), Some(seq), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
            return Err(none());
        };
        Ok(Self {
            journey: journey.parse().map_err(|_| none())?,
            task: task.parse().map_err(|_| none())?,
            seq: Seq(seq.parse().map_err(|_| none())?),
        })
    }
}
