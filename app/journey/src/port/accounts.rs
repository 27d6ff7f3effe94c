//! Accounts and organisations as operators look after them. Every change asks its rules in the transaction that makes it, and
//! appends to the stream of accounts with its reason.

use async_trait::async_trait;
use jiff::Timestamp;

use crate::{
    base::{
        actor::Role,
        ids::{JourneyRef, OrganisationId, PersonId},
    },
    ledger::event::By,
    people::operators::MergeRefusal,
    port::{
        answer::{Answer, Letter, StoreError},
        people::{Link, Member, Membership, Organisation, Person},
    },
};

/// Which people.
#[derive(Clone, Debug, Default)]
pub struct PeopleFilter {
    /// Their name or address, or the name or code of an organisation of theirs, contains this.
    pub find: String,
    /// Only those who are locked.
    pub locked: bool,
    /// Continue after this address.
    pub after: String,
    /// At most so many.
    pub limit: u32,
}

/// A person as a list shows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonLine {
    /// Who.
    pub person: PersonId,
    /// Full name.
    pub name: String,
    /// Address.
    pub email: String,
    /// Whether letters reach them.
    pub confirmed: bool,
    /// Whether they are locked.
    pub locked: bool,
    /// The organisation they came to first; empty when they belong nowhere.
    pub organisation: String,
    /// To how many they belong.
    pub organisations: u32,
}

/// That somebody is locked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lock {
    /// Why.
    pub reason: String,
    /// By whom.
    pub by: String,
    /// Since when.
    pub at: Timestamp,
}

/// Everything about one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountFile {
    /// The person.
    pub person: Person,
    /// When the account was made.
    pub created: Timestamp,
    /// Where they belong.
    pub places: Vec<Membership>,
    /// Whether they are locked, and why.
    pub lock: Option<Lock>,
}

/// What merging one organisation into another does, before it is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MergeShown {
    /// The one that goes.
    pub goes: Organisation,
    /// The one that stays.
    pub stays: Organisation,
    /// Who moves, with the roles they will have.
    pub moves: Vec<Member>,
    /// Open invitations that move along.
    pub invitations: u32,
    /// Those who look after the people of the one that stays.
    pub keepers: Vec<Member>,
    /// Why it is not done; empty when it can be.
    pub refusals: Vec<MergeRefusal>,
}

/// That an organisation was merged into another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    /// Into which.
    pub kept: Organisation,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

/// Why an act of an operator was not done.
#[derive(Debug, thiserror::Error)]
pub enum AccountsRefused {
    /// Whoever wants it does not operate this service any more.
    #[error("not an operator any more")]
    NotAnOperator,
    /// Nobody locks themselves.
    #[error("oneself")]
    Oneself,
    /// Nobody could operate this service any more.
    #[error("the last operator")]
    LastOperator,
    /// Nobody would look after the people of these organisations any more, by name.
    #[error("the last keeper of {0:?}")]
    LastKeeper(Vec<String>),
    /// Somebody looks after the people of this organisation.
    #[error("somebody keeps it")]
    HasAKeeper,
    /// It is so already, or it was changed after the page was opened.
    #[error("it was changed meanwhile")]
    ChangedSince,
    /// Two organisations cannot be merged.
    #[error("they cannot be merged: {0:?}")]
    NotMerged(Vec<MergeRefusal>),
    /// The database could not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Accounts and organisations, for operators.
#[async_trait]
pub trait Accounts: Send + Sync {
    /// A page of people, by address.
    async fn find_people(&self, filter: &PeopleFilter) -> Answer<Vec<PersonLine>>;
    /// One account.
    async fn account_file(&self, person: &PersonId) -> Answer<Option<AccountFile>>;
    /// The names of these people and organisations, by id.
    async fn names_of(&self, people: &[PersonId], organisations: &[OrganisationId]) -> Answer<Vec<(String, String)>>;
    /// Whether this operator may lock this person.
    async fn can_lock(&self, person: &PersonId, by: &By) -> Result<(), AccountsRefused>;
    /// Locks a person: every session ends, and they cannot sign in. `letter` tells them.
    async fn lock(&self, person: &PersonId, reason: &str, by: By, now: Timestamp, letter: Letter) -> Result<(), AccountsRefused>;
    /// Unlocks a person.
    async fn unlock(
        &self,
        person: &PersonId,
        reason: &str,
        by: By,
        now: Timestamp,
        letter: Letter,
    ) -> Result<(), AccountsRefused>;
    /// Ends every session of a person.
    async fn end_all_sessions(
        &self,
        person: &PersonId,
        reason: &str,
        by: By,
        now: Timestamp,
        letter: Letter,
    ) -> Result<(), AccountsRefused>;
    /// Sends a person a link to set a new password.
    async fn send_reset(&self, link: Link, letter: Letter, reason: &str, by: By) -> Result<(), AccountsRefused>;
    /// Gives the role that looks after people to a member of an organisation in which nobody who can sign in has it.
    async fn give_back(
        &self,
        organisation: &OrganisationId,
        person: &PersonId,
        reason: &str,
        by: By,
        now: Timestamp,
        letter: Letter,
    ) -> Result<Role, AccountsRefused>;
    /// Who belongs to an organisation, and whether they are locked, by name.
    async fn people_of(&self, organisation: &OrganisationId) -> Answer<Vec<(Member, bool)>>;
    /// References of the journeys whose ledgers name an organisation, at most so many.
    async fn journeys_naming(&self, organisation: &OrganisationId, limit: u32) -> Answer<Vec<JourneyRef>>;
    /// Into which organisation this one was merged.
    async fn merged(&self, organisation: &OrganisationId) -> Answer<Option<Merged>>;
    /// What merging would do.
    async fn merge_shown(&self, goes: &OrganisationId, stays: &OrganisationId, now: Timestamp) -> Answer<Option<MergeShown>>;
    /// Merges one organisation into another: its people and open invitations move, its code is free again. `seen` is who moves,
    /// as the page showed.
    async fn merge(
        &self,
        goes: &OrganisationId,
        stays: &OrganisationId,
        seen: &[PersonId],
        reason: &str,
        by: By,
        now: Timestamp,
        letters: Vec<Letter>,
    ) -> Result<(), AccountsRefused>;
}
