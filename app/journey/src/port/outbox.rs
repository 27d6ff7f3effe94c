//! Letters that wait to be sent, and those that cannot arrive.

use std::str::FromStr;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::{
    base::{
        ids::{Digest, OrganisationId},
        named::named,
    },
    port::{
        answer::{Answer, Letter},
        audit::Noted,
    },
};

/// A letter taken from the outbox to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// The letter.
    pub letter: Letter,
    /// How often it was tried before.
    pub tries: u32,
    /// Since when it waits.
    pub since: Timestamp,
}

named! {
    /// Why a letter is not tried any more.
    pub enum Undelivered {
        /// What it is sent to is no address.
        NoAddress = "no_address",
        /// A mail server refused it for good.
        Refused = "refused",
        /// It was tried for as long as letters are tried.
        GivenUp = "given_up",
    }
}

impl Undelivered {
    /// In words for whoever caused the letter: the rest of a sentence that ends there.
    #[must_use]
    pub fn in_words(self) -> &'static str {
        match self {
            Self::NoAddress => "this is not an address that email can be sent to",
            Self::Refused => "its mail server refused it and knows no such mailbox, or takes no email for it",
            Self::GivenUp => "no mail server took it for three days",
        }
    }
}

/// No reason has this name.
#[derive(Debug, thiserror::Error)]
#[error("no reason has this name")]
pub struct NoReason;

impl FromStr for Undelivered {
    type Err = NoReason;

    fn from_str(name: &str) -> Result<Self, NoReason> {
        Undelivered::named(name).ok_or(NoReason)
    }
}

/// A letter that has not gone, as an operator sees it. Its words are not shown: they may hold a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsent {
    /// Its id.
    pub id: String,
    /// The address.
    pub to: String,
    /// The subject line.
    pub subject: String,
    /// How often it was tried.
    pub tries: u32,
    /// Since when it waits.
    pub since: Timestamp,
    /// What the mail server, or the way to it, said last.
    pub last_error: String,
    /// Why and since when it is not tried any more; `None` while it is.
    pub undelivered: Option<(Undelivered, Timestamp)>,
}

/// Letters that wait to be sent, and those that cannot arrive.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// Takes the next letter that is due and hides it from others until `hidden_until`.
    async fn next_letter(&self, now: Timestamp, hidden_until: Timestamp) -> Answer<Option<Outgoing>>;
    /// The letter has gone.
    async fn letter_sent(&self, id: &str, at: Timestamp) -> Answer<()>;
    /// The letter did not go; try again at `again`.
    async fn letter_failed(&self, id: &str, why: &str, again: Timestamp) -> Answer<()>;
    /// The letter did not go and is not tried any more. `tell` is written with it: to whoever caused it.
    async fn letter_undelivered(
        &self,
        id: &str,
        reason: Undelivered,
        why: &str,
        at: Timestamp,
        tell: Option<Letter>,
    ) -> Answer<()>;
    /// Letters that wait, and the oldest of them. Those that are not tried any more do not wait.
    async fn letters_waiting(&self) -> Answer<(u32, Option<Timestamp>)>;
    /// How many were given up since this time.
    async fn letters_undelivered(&self, since: Timestamp) -> Answer<u32>;
    /// Letters that have not gone: those that are not tried any more first, the latest of them first, then those that
    /// wait, oldest first.
    async fn letters_unsent(&self, limit: u32) -> Answer<Vec<Unsent>>;
    /// Tries a letter again that has not gone, from now on as if it were new. Answers whether there is such a letter.
    async fn letter_again(&self, id: &str, now: Timestamp) -> Answer<bool>;
    /// The same of these, or of every letter that is not tried any more when none is named, and notes who did it, with the
    /// addresses. Answers how many there were; nothing is noted where there was none.
    async fn letters_again(&self, ids: &[String], noted: Noted) -> Answer<u32>;
    /// Open invitations to an organisation whose letters are not tried any more, by the digest of their token.
    async fn invitations_undelivered(&self, organisation: &OrganisationId) -> Answer<Vec<(Digest, Undelivered)>>;
}
