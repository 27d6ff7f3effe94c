//! What a question to the database answers.

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
}
