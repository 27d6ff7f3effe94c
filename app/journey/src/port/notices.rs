//! Letters that come as their reader chose: at once, in one letter a day, or not at all.

use async_trait::async_trait;
use jiff::Timestamp;

use crate::{
    base::ids::{MessageId, PersonId},
    port::answer::{Answer, Letter},
    view::notices::{Asks, Notices},
};

/// A letter that goes as its reader chose when it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Whose choice decides.
    pub person: PersonId,
    /// The letter for those who want each at once.
    pub letter: Letter,
    /// Where it leads: its line in the daily letter.
    pub link: String,
    /// What it asks of this person.
    pub asks: Asks,
    /// The message it is about, if it is about one: once that is seen there is nothing to tell.
    pub message: Option<MessageId>,
}

/// A line of a daily letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Which.
    pub id: String,
    /// What it is about.
    pub subject: String,
    /// Where it leads.
    pub link: String,
    /// Whether the person has seen it meanwhile.
    pub seen: bool,
}

/// A notification: something that a person was told of, on their pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// Which.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// What it is about: the subject of its letter.
    pub words: String,
    /// Where it leads.
    pub link: String,
    /// Whether the person has not seen it yet.
    pub unseen: bool,
}

/// So many unseen notifications are counted, and not more.
pub const MOST_UNSEEN: u32 = 100;

/// Choices and what waits for a daily letter.
#[async_trait]
pub trait NoticeBook: Send + Sync {
    /// What a person chose.
    async fn notices_of(&self, person: &PersonId) -> Answer<Notices>;
    /// Notes a choice. What waits for somebody who wants no letters is thrown away.
    async fn choose_notices(&self, person: &PersonId, choice: Notices) -> Answer<()>;
    /// People for whom something waits from before this time.
    async fn held_for(&self, before: Timestamp, limit: u32) -> Answer<Vec<PersonId>>;
    /// What waits for a person from before this time, oldest first; at most 500 lines.
    async fn held(&self, person: &PersonId, before: Timestamp) -> Answer<Vec<Held>>;
    /// Takes these lines away, which were read before, and writes the letter about them, if there is one. Of several who try
    /// at once one does it; answers whether it was this one. What was not read stays.
    async fn send_held(&self, person: &PersonId, lines: &[String], letter: Option<Letter>, now: Timestamp) -> Answer<bool>;
    /// What a person was told of, newest first, after this one.
    async fn news(&self, person: &PersonId, after: Option<(Timestamp, String)>, limit: u32) -> Answer<Vec<News>>;
    /// Notes that a person has seen what they were told of up to this time.
    async fn see_news(&self, person: &PersonId, until: Timestamp) -> Answer<()>;
    /// Forgets what people were told of before this time. Answers how much.
    async fn forget_news(&self, before: Timestamp) -> Answer<u64>;
}
