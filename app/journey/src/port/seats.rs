//! Seats: who an organisation is, which parts wait to be given, and who is invited to sit for it.

use async_trait::async_trait;
use jiff::Timestamp;

use crate::{
    base::{
        actor::{Role, Side},
        identity::Identity,
        ids::{Digest, JourneyRef, OrganisationId, PartId, PersonId},
    },
    ledger::event::By,
    people::rules::InvitationLimit,
    port::{
        answer::{Answer, Letter, StoreError, WriteError},
        outbox::Undelivered,
        people::{Link, Organisation},
    },
};

/// What goes along with events of a journey when a part is asked for, given or taken back: written in their transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SeatChange {
    /// A part was asked for. Until it is answered, this says whom to invite.
    Asked {
        /// The request.
        part: PartId,
        /// The person who will be invited.
        email: String,
        /// With which roles.
        roles: Vec<Role>,
    },
    /// A request is answered or was taken back: nobody needs its address any more.
    Answered {
        /// The request.
        part: PartId,
    },
    /// The programme confirmed an organisation that was not here: it is made. `Conflict` when its code has one.
    Made(Organisation),
    /// Its first person is invited. Older invitations of this address to this organisation end.
    Invited {
        /// The link.
        link: Box<Link>,
        /// The email with it.
        letter: Letter,
    },
    /// A part was taken back. Where nobody has come yet and no other journey gave a part, invitations end.
    Left {
        /// Of which organisation.
        organisation: OrganisationId,
    },
}

/// A part that waits for the programme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingPart {
    /// The request.
    pub part: PartId,
    /// In which journey.
    pub journey: JourneyRef,
    /// The product of that journey.
    pub product: String,
    /// The supplier's name.
    pub supplier: String,
    /// For which side.
    pub side: Side,
    /// The organisation, as the supplier names it.
    pub identity: Identity,
    /// The address of its first person.
    pub email: String,
    /// Their roles.
    pub roles: Vec<Role>,
    /// Who asked: id, name, address.
    pub by: (PersonId, String, String),
    /// When.
    pub at: Timestamp,
}

/// Another name or code that an organisation asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedDetails {
    /// What it should be called.
    pub identity: Identity,
    /// Who asked, by name; empty when a code was found twice and nobody asked.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// An organisation as the programme sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisteredOrganisation {
    /// The organisation.
    pub organisation: Organisation,
    /// When the programme confirmed who it is; `None` when it only says so itself.
    pub confirmed: Option<Timestamp>,
    /// How many people belong to it.
    pub people: u32,
    /// What it asked to be changed.
    pub asked: Option<AskedDetails>,
}

/// Which organisations.
#[derive(Clone, Debug, Default)]
pub struct OrganisationFilter {
    /// Name or code contains this.
    pub find: String,
    /// Only those that asked for another name or code.
    pub asked: bool,
    /// Continue after this name ([`crate::base::fold::folded`]) and id.
    pub after: Option<(String, OrganisationId)>,
    /// At most so many.
    pub limit: u32,
}

/// An organisation with a part in a journey, and whether anybody of it has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartyLine {
    /// The organisation.
    pub organisation: Organisation,
    /// How many people belong to it.
    pub people: u32,
    /// Open invitations where nobody has come yet.
    pub invited: Vec<OpenInvitation>,
}

/// An invitation that nobody has accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenInvitation {
    /// SHA-256 of the token of its link.
    pub token: Digest,
    /// The address it was sent to.
    pub email: String,
    /// When its link stops working.
    pub until: Timestamp,
    /// Why its letter cannot arrive, if it cannot.
    pub undelivered: Option<Undelivered>,
}

/// What became of an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invited {
    /// It is on its way. Older ones of the same address to the same organisation do not work any more.
    Sent,
    /// The same was sent a moment ago, at this time, and still works: a second click.
    Already(Timestamp),
    /// This organisation has invited as many people as it may in a day.
    TooManyOfOrganisation,
    /// This address was invited as often as it may be in a day.
    TooManyToAddress,
}

/// Why roles were not changed.
#[derive(Debug, thiserror::Error)]
pub enum RolesRefused {
    /// Nobody would be left who can invite people.
    #[error("nobody would be left who can invite")]
    LeavesNobody,
    /// Somebody changed them after the page was opened.
    #[error("they were changed meanwhile")]
    ChangedSince,
    /// Whoever wants it may not any more.
    #[error("not for this person any more")]
    NotAKeeper,
    /// The database could not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Organisations as the programme confirms them, and invitations to them.
#[async_trait]
pub trait Seats: Send + Sync {
    /// A page of the parts that wait for the programme, oldest first, after this request.
    async fn waiting_parts(&self, after: Option<(Timestamp, PartId)>, limit: u32) -> Answer<Vec<WaitingPart>>;
    /// The parts of one journey that wait.
    async fn waiting_parts_of(&self, journey: &JourneyRef) -> Answer<Vec<WaitingPart>>;
    /// The organisations with a part in a journey, by name.
    async fn parties_of(&self, journey: &JourneyRef, now: Timestamp) -> Answer<Vec<PartyLine>>;
    /// How many parts and how many changes of details wait for the programme.
    async fn seats_waiting(&self) -> Answer<(u32, u32)>;
    /// A page of organisations, by name.
    async fn organisations(&self, filter: &OrganisationFilter) -> Answer<Vec<RegisteredOrganisation>>;
    /// One organisation as the programme sees it.
    async fn registered(&self, id: &OrganisationId) -> Answer<Option<RegisteredOrganisation>>;
    /// Asks the programme to confirm another name or code. A later request replaces an earlier one.
    async fn ask_details(&self, organisation: &OrganisationId, identity: &Identity, by: By, now: Timestamp) -> Answer<()>;
    /// The programme confirms name and code: what was asked is answered. `Conflict` when another organisation of this side
    /// has the code.
    async fn set_details(
        &self,
        organisation: &OrganisationId,
        identity: &Identity,
        by: By,
        now: Timestamp,
    ) -> Result<(), WriteError>;
    /// The programme does not change what was asked, or whoever asked takes it back.
    async fn decline_details(&self, organisation: &OrganisationId, reason: &str, by: By, now: Timestamp) -> Answer<()>;
    /// Invites somebody to an organisation, within limits.
    async fn invite(&self, link: Link, letter: Letter, limit: InvitationLimit) -> Answer<Invited>;
    /// Changes a member's roles; an empty list removes them. Rules are asked in the transaction that changes them. `seen`
    /// is what the page showed. With a removal the person's open invitations end, and with a lead's role those they made.
    async fn set_roles(
        &self,
        organisation: &OrganisationId,
        person: &PersonId,
        roles: &[Role],
        seen: Option<&[Role]>,
        by: By,
        now: Timestamp,
    ) -> Result<(), RolesRefused>;
    /// Takes an invitation back.
    async fn cancel_invitation(&self, organisation: &OrganisationId, token: &Digest, by: By, now: Timestamp) -> Answer<()>;
}
