//! Accounts, organisations, and links in letters.

use async_trait::async_trait;
use jiff::Timestamp;

use crate::{
    base::{
        actor::{Role, Side},
        identity::Identity,
        ids::{Digest, OrganisationId, PersonId, Seq},
        named::named,
    },
    ledger::event::Recorded,
    people::rules::PeopleEvent,
    port::answer::{Answer, Letter, WriteError},
};

/// An account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Who.
    pub id: PersonId,
    /// Lower-case address.
    pub email: String,
    /// Full name.
    pub name: String,
    /// argon2id hash.
    pub password: String,
    /// Whether letters reach them.
    pub confirmed: bool,
    /// Whether an operator locked the account: nobody signs in to it.
    pub locked: bool,
}

/// An organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organisation {
    /// Which.
    pub id: OrganisationId,
    /// Its name.
    pub name: String,
    /// Its code; empty when not known.
    pub ods_code: String,
    /// The side it registered for.
    pub side: Side,
}

impl Organisation {
    /// Who it is.
    #[must_use]
    pub fn identity(&self) -> Identity {
        Identity { name: self.name.clone(), ods_code: self.ods_code.clone() }
    }
}

/// A person's place in an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// Where.
    pub organisation: Organisation,
    /// As what.
    pub roles: Vec<Role>,
}

/// A member of an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub person: PersonId,
    /// Full name.
    pub name: String,
    /// Address.
    pub email: String,
    /// As what.
    pub roles: Vec<Role>,
    /// Since when.
    pub since: Timestamp,
}

/// What somebody has in hand in an organisation, which others must see to when they leave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InHand {
    /// Rows of its SCALs that they look after.
    pub rows: u32,
    /// Reviews that they have claimed.
    pub claims: u32,
}

named! {
    /// What a link in a letter is for.
    pub enum LinkPurpose {
        /// Confirm an address.
        Confirm = "confirm",
        /// Accept an invitation.
        Invite = "invite",
        /// Set a new password.
        Reset = "reset",
    }
}

/// A link in a letter: single-purpose, expiring, used once. Only the digest of its token is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// SHA-256 of the token.
    pub token: Digest,
    /// What for.
    pub purpose: LinkPurpose,
    /// For whom it was made, if they have an account.
    pub person: Option<PersonId>,
    /// For which organisation, for invitations.
    pub organisation: Option<OrganisationId>,
    /// The address it was sent to.
    pub email: String,
    /// The roles offered, for invitations.
    pub roles: Vec<Role>,
    /// Who made it.
    pub by: Option<PersonId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops working.
    pub expires_at: Timestamp,
}

/// Invitations that one question answers.
pub const MOST_INVITATIONS: usize = 200;

/// Accounts and links. Every change also appends to the `people` stream.
#[async_trait]
pub trait People: Send + Sync {
    /// A new organisation with its first person. `Conflict` when the address has an account, or its side an organisation
    /// with this code.
    async fn register(
        &self,
        organisation: Organisation,
        person: Person,
        roles: Vec<Role>,
        link: Link,
        letter: Letter,
    ) -> Result<(), WriteError>;
    /// A new organisation without people: for `admin`. `Conflict` when its side has one with this code.
    async fn add_organisation(&self, organisation: Organisation, at: Timestamp) -> Result<(), WriteError>;
    /// The organisation with this name on this side.
    async fn organisation_named(&self, side: Side, name: &str) -> Answer<Option<Organisation>>;
    /// The organisation with this ODS code on this side.
    async fn organisation_coded(&self, side: Side, ods_code: &str) -> Answer<Option<Organisation>>;
    /// An organisation.
    async fn organisation(&self, id: &OrganisationId) -> Answer<Option<Organisation>>;
    /// The account of an address.
    async fn person_by_email(&self, email: &str) -> Answer<Option<Person>>;
    /// An account.
    async fn person(&self, id: &PersonId) -> Answer<Option<Person>>;
    /// An account, where it belongs, oldest first, and how many notifications were not seen, up to
    /// [`MOST_UNSEEN`](crate::port::notices::MOST_UNSEEN): asked by every request of somebody signed in, so in one statement.
    async fn account(&self, id: &PersonId) -> Answer<Option<(Person, Vec<Membership>, u32)>>;
    /// Where a person belongs, oldest first.
    async fn memberships(&self, person: &PersonId) -> Answer<Vec<Membership>>;
    /// Who belongs to an organisation, by name.
    async fn members(&self, organisation: &OrganisationId) -> Answer<Vec<Member>>;
    /// What a member has in hand there.
    async fn in_hand(&self, organisation: &OrganisationId, person: &PersonId) -> Answer<InHand>;
    /// Addresses of everybody with one of these roles in any of these organisations, or in the programme for `None`: for
    /// letters about a journey. Each person once, however many organisations they belong to.
    async fn addresses(&self, of: Option<&[OrganisationId]>, roles: &[Role]) -> Answer<Vec<(PersonId, String)>>;
    /// Writes a link and its letter.
    async fn add_link(&self, link: Link, letter: Letter) -> Answer<()>;
    /// A link that still works, without using it.
    async fn link(&self, token: &Digest, purpose: LinkPurpose, now: Timestamp) -> Answer<Option<Link>>;
    /// Invitations to an organisation that still wait, oldest first: at most [`MOST_INVITATIONS`].
    async fn invitations(&self, organisation: &OrganisationId, now: Timestamp) -> Answer<Vec<Link>>;
    /// Uses a confirmation link. `Conflict` when it does not work any more.
    async fn confirm(&self, token: &Digest, now: Timestamp) -> Result<(), WriteError>;
    /// Uses an invitation: a new account when `new` is given, otherwise for the existing person. Roles held already stay.
    /// The other invitations of this address to this organisation end, and those that somebody who is not of it made.
    async fn accept(&self, token: &Digest, person: PersonId, new: Option<Person>, now: Timestamp) -> Result<(), WriteError>;
    /// Changes what a person is called, where they are found as well. [`WriteError::Conflict`] when there is no such person.
    async fn rename(&self, person: &PersonId, name: &str, now: Timestamp) -> Result<(), WriteError>;
    /// Sets a password, ends every session but `keep`, and uses the link that permitted it.
    async fn set_password(
        &self,
        person: &PersonId,
        hash: &str,
        keep: Option<&str>,
        link: Option<&Digest>,
        now: Timestamp,
    ) -> Result<(), WriteError>;
    /// The `people` stream after a position: for `verify` and audit.
    async fn people_events(&self, after: Seq, limit: u32) -> Answer<Vec<Recorded<PeopleEvent>>>;
}
