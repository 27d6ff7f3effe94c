//! What was typed and not sent yet.

use jiff::Timestamp;

use crate::base::ids::{PersonId, TaskId};

/// What is being typed, kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// For which task.
    pub task: TaskId,
    /// `answers` of the supplier or `review` of the programme.
    pub subject: String,
    /// Counts the saves, from 1: what a writer must have seen.
    pub version: u64,
    /// The answers as JSON.
    pub body: String,
    /// Who saved it last.
    pub by: PersonId,
    /// When: for people to read. What is newer, versions say.
    pub at: Timestamp,
    /// Whether this very version went into what was sent. Saving does not look at it: what is saved was not sent.
    pub sent: bool,
}

/// A draft as somebody saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftSeen {
    /// For which task.
    pub task: TaskId,
    /// On which subject.
    pub subject: String,
    /// Which version; 0 when there was none.
    pub version: u64,
}
