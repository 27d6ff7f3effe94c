//! Who did what and when: entries of the ledgers, and what is noted beside them.

use async_trait::async_trait;
use jiff::Timestamp;

use crate::{
    base::{
        ids::{JourneyRef, OrganisationId, PersonId},
        named::named,
    },
    people::rules::PeopleEvent,
    port::answer::Answer,
};

named! {
    /// Something that is no event of a ledger and is noted all the same.
    pub enum Act {
        /// Somebody signed in.
        SignedIn = ("signed_in", "Signed in"),
        /// Somebody tried to sign in and could not.
        SignInFailed = ("sign_in_failed", "Could not sign in"),
        /// Somebody downloaded a list or a journey.
        Exported = ("exported", "Downloaded a file"),
        /// Emails are tried again.
        EmailAgain = ("email_again", "Sent an email again"),
        /// An edition of the catalogue was published.
        EditionPublished = ("edition_published", "Published an edition of the catalogue"),
        /// An edition of the catalogue was withdrawn.
        EditionWithdrawn = ("edition_withdrawn", "Withdrew an edition of the catalogue"),
        /// A text of the guidance was proposed.
        TextProposed = ("text_proposed", "Proposed a text of the guidance"),
        /// A text of the guidance was published.
        TextPublished = ("text_published", "Published a text of the guidance"),
        /// A proposed text was sent back by a second person, or taken back by its writer.
        TextSentBack = ("text_sent_back", "Sent or took back a text of the guidance"),
    }
}

impl Act {
    /// What kind of entry it is.
    #[must_use]
    pub fn kind(self) -> AuditKind {
        match self {
            Self::SignedIn | Self::SignInFailed => AuditKind::SignIns,
            Self::Exported => AuditKind::Exports,
            Self::EmailAgain => AuditKind::Emails,
            Self::EditionPublished | Self::EditionWithdrawn => AuditKind::Catalogue,
            Self::TextProposed | Self::TextPublished | Self::TextSentBack => AuditKind::Guidance,
        }
    }
}

named! {
    /// Kinds of entries, as they are filtered.
    pub enum AuditKind {
        /// Who signed in, and who could not.
        SignIns = ("sign_ins", "Sign-ins"),
        /// Accounts, roles, invitations, locks and organisations.
        Accounts = ("accounts", "Accounts and roles"),
        /// Entries of journeys.
        Journeys = ("journeys", "Journeys"),
        /// Files that were downloaded.
        Exports = ("exports", "Downloads"),
        /// Emails that were sent again.
        Emails = ("emails", "Emails"),
        /// Editions of the catalogue.
        Catalogue = ("catalogue", "Catalogue"),
        /// Texts of the guidance.
        Guidance = ("guidance", "Guidance"),
    }
}

/// Something to be noted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Noted {
    /// An id that nobody else has.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// What.
    pub act: Act,
    /// Who, if that is known.
    pub person: Option<PersonId>,
    /// For which organisation.
    pub organisation: Option<OrganisationId>,
    /// On which journey.
    pub journey: Option<JourneyRef>,
    /// What it was about, in words or as an id.
    pub about: String,
    /// Why.
    pub reason: String,
    /// From which network address.
    pub address: String,
}

/// What an entry says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// What was noted.
    Act(Act),
    /// What happened to an account or an organisation.
    People(Box<PeopleEvent>),
    /// What was recorded on a journey: the name of the event, and its task. Its words stay there.
    Journey {
        /// The name of the event, as the ledger has it.
        event: String,
        /// The task, if it has one.
        task: Option<String>,
    },
}

impl Entry {
    /// What kind it is.
    #[must_use]
    pub fn kind(&self) -> AuditKind {
        match self {
            Self::Act(act) => act.kind(),
            Self::People(_) => AuditKind::Accounts,
            Self::Journey { .. } => AuditKind::Journeys,
        }
    }
}

/// The place of an entry among all: what is read next stands after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// When.
    pub at: Timestamp,
    /// 0 for what was noted, 1 for the ledgers.
    pub source: u8,
    /// Its id, or the name of its ledger.
    pub key: String,
    /// Its position in the ledger.
    pub seq: u64,
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditLine {
    /// Its place.
    pub mark: Mark,
    /// What.
    pub entry: Entry,
    /// Who: id and name.
    pub person: Option<(PersonId, String)>,
    /// For which organisation: id and name.
    pub organisation: Option<(OrganisationId, String)>,
    /// On which journey.
    pub journey: Option<JourneyRef>,
    /// What it was about.
    pub about: String,
    /// Why.
    pub reason: String,
    /// From which network address, while that is kept.
    pub address: String,
}

/// Which entries, newest first.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// By this person, or about their account.
    pub person: Option<PersonId>,
    /// For this organisation, or about it.
    pub organisation: Option<OrganisationId>,
    /// On this journey.
    pub journey: Option<JourneyRef>,
    /// Of this kind.
    pub kind: Option<AuditKind>,
    /// Since this instant.
    pub from: Option<Timestamp>,
    /// Before this instant.
    pub until: Option<Timestamp>,
    /// After this one.
    pub after: Option<Mark>,
    /// At most so many.
    pub limit: u32,
}

/// What is noted, and the audit as it is read.
#[async_trait]
pub trait Audit: Send + Sync {
    /// Notes something.
    async fn note(&self, noted: Noted) -> Answer<()>;
    /// A page of the audit, newest first.
    async fn audit(&self, filter: &AuditFilter) -> Answer<Vec<AuditLine>>;
    /// When this person last signed in, as far as it is kept.
    async fn last_sign_in(&self, person: &PersonId) -> Answer<Option<Timestamp>>;
    /// Forgets network addresses that were noted before the first instant, and sign-ins before the second.
    async fn forget_noted(&self, addresses: Timestamp, sign_ins: Timestamp) -> Answer<()>;
}
