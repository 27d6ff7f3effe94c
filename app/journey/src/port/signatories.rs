//! People who are asked by letter to sign for a member of a group, without an account. The signature is an event; here is what
//! their letters and their links need.

use async_trait::async_trait;
use jiff::{Timestamp, civil::Date};

use crate::{
    base::{
        identity::Identity,
        ids::{Digest, JourneyRef, PersonId, TaskId},
        named::named,
    },
    port::{
        answer::{Answer, Letter, WriteError},
        outbox::Undelivered,
    },
};

/// People who were ever asked for one task, of which lists are made: members may be asked several times over.
pub const MOST_ASKED: u32 = 2_000;

/// Codes that one person is sent until they are asked anew.
pub const MOST_CODES: u32 = 20;

/// Tries for one code.
pub const MOST_TRIES: u32 = 5;

named! {
    /// Why somebody is not asked any more.
    pub enum HowEnded {
        /// They declined.
        Declined = "declined",
        /// They named somebody else in their organisation, who is asked now.
        PassedOn = "passed_on",
        /// Whoever asked them took it back.
        TakenBack = "taken_back",
        /// Whoever asked them asks somebody else, or at another address.
        Replaced = "replaced",
    }
}

/// Somebody who is asked to sign for a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Who acts in the ledger when they sign.
    pub id: PersonId,
    /// In which journey.
    pub journey: JourneyRef,
    /// Which task.
    pub task: TaskId,
    /// For which member.
    pub member: Identity,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Who asked.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// By which day.
    pub due: Date,
    /// The id of the letter with their newest link.
    pub letter: String,
    /// When that letter was written.
    pub sent_at: Timestamp,
    /// When they are reminded next; `None` when no more.
    pub remind_at: Option<Timestamp>,
}

/// The same with what has become of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedSince {
    /// Who is asked.
    pub asked: Asked,
    /// When they entered a code for the first time.
    pub opened_at: Option<Timestamp>,
    /// Reminders that were sent.
    pub reminders: u32,
    /// What they typed and saved for later; empty when nothing.
    pub kept: String,
    /// When they signed last. The ledger says whether that still counts.
    pub signed_at: Option<Timestamp>,
    /// That they are not asked any more: how, why and when.
    pub ended: Option<(HowEnded, String, Timestamp)>,
    /// Why their newest letter cannot arrive.
    pub undelivered: Option<Undelivered>,
}

/// A link in a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigningLink {
    /// Digest of its token.
    pub token: Digest,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it works.
    pub expires_at: Timestamp,
}

/// What happens to somebody who is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AskedChange {
    /// They are asked. `Conflict` while somebody else is asked for the same member.
    Asked {
        /// Who.
        asked: Asked,
        /// The link in the letter.
        link: SigningLink,
    },
    /// They are not asked any more. `Conflict` when they are not.
    Ended {
        /// Who.
        id: PersonId,
        /// How.
        how: HowEnded,
        /// Why; may be empty.
        reason: String,
        /// When.
        at: Timestamp,
    },
    /// They have signed. `Conflict` when they are not asked any more.
    Signed {
        /// Who.
        id: PersonId,
        /// When.
        at: Timestamp,
    },
    /// They are reminded at another time, or not any more. `Conflict` when they are not asked any more.
    Later {
        /// Who.
        id: PersonId,
        /// When they are reminded next.
        remind_at: Option<Timestamp>,
    },
    /// Whoever has signed for a task is looked at again at this time, as often as somebody who is asked for the first time: what they
    /// signed for has changed, or is due to be renewed. Those whose signature counts get no letter.
    Again {
        /// In which journey.
        journey: JourneyRef,
        /// Which task.
        task: TaskId,
        /// From when on.
        at: Timestamp,
        /// By which day an answer is asked for.
        due: Date,
    },
    /// They were sent another letter with a link; links of before go on. `Conflict` when they are not asked any more, or when a
    /// letter was sent since the one that the sender knew of.
    Sent {
        /// Who.
        id: PersonId,
        /// The new link.
        link: SigningLink,
        /// The id of the letter.
        letter: String,
        /// When the letter before it was sent, as the sender knew it.
        before: Timestamp,
        /// When they are reminded next.
        remind_at: Option<Timestamp>,
        /// The service reminded them by itself.
        by_itself: bool,
    },
}

/// People who are asked by letter.
#[async_trait]
pub trait Signatories: Send + Sync {
    /// Everybody who was ever asked for a task, by the code of the member, the newest last. At most [`MOST_ASKED`].
    async fn signatories(&self, journey: &JourneyRef, task: &TaskId) -> Answer<Vec<AskedSince>>;
    /// Whom the letter with this link asked, and the link, also when it does not work any more.
    async fn signatory_of(&self, token: &Digest) -> Answer<Option<(AskedSince, SigningLink)>>;
    /// One of them.
    async fn signatory(&self, id: &PersonId) -> Answer<Option<AskedSince>>;
    /// Changes that have no event, with letters: whole or not at all.
    async fn change_signatories(&self, changes: &[AskedChange], letters: &[Letter], at: Timestamp) -> Result<(), WriteError>;
    /// Sends a code; one of before does not work any more. `Conflict` when one was sent after `not_since`, [`MOST_CODES`] were
    /// sent, or they are not asked any more.
    async fn send_code(
        &self,
        id: &PersonId,
        code: &Digest,
        letter: Letter,
        at: Timestamp,
        not_since: Timestamp,
    ) -> Result<(), WriteError>;
    /// Takes a code: each works once, when it was sent after `not_before` and fewer than [`MOST_TRIES`] were tried.
    async fn take_code(&self, id: &PersonId, code: &Digest, at: Timestamp, not_before: Timestamp) -> Answer<bool>;
    /// Keeps what was typed for later.
    async fn keep_typed(&self, id: &PersonId, typed: &str) -> Answer<()>;
    /// Those who are reminded now, the longest overdue first.
    async fn to_remind(&self, now: Timestamp, limit: u32) -> Answer<Vec<AskedSince>>;
}
