//! All that the rules and the pages ask of the world's memory. One implementation, in `server/store`: the traits are the
//! wall that keeps SQL out of `app`. Split by concern; [`Store`] is all of them.

pub mod corrections;
pub mod files;
pub mod messages;
pub mod notices;
mod outbox;
mod people;
pub mod picture;
pub mod runs;
pub mod scal;
pub mod seats;
mod sign_ins;
pub mod texts;

use async_trait::async_trait;
use jiff::{Timestamp, civil::Date};

use crate::{
    actor::Role,
    event::Recorded,
    ids::{Digest, JourneyRef, OrganisationId, PersonId, ProcessId, Round, Seq, TaskId},
    scal::evidence::Evidence,
    turns::{Around, Turn},
};

pub use outbox::{Outbox, Outgoing, Undelivered, Unsent};
pub use people::{InHand, Link, LinkPurpose, MOST_INVITATIONS, Member, Membership, Organisation, People, Person};
pub use sign_ins::{SessionLine, SignIns};

/// The memory could not answer. Never shown to a person as it is.
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
    /// The memory could not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a question to the memory answers.
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

/// The words of a submission: immutable, known by their digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    /// Of the body.
    pub digest: Digest,
    /// For which task.
    pub task: TaskId,
    /// In which round.
    pub round: Round,
    /// The answers as JSON.
    pub body: String,
}

/// What lists need to know of a journey, made from its fold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Projection {
    /// The pinned process version.
    pub process: ProcessId,
    /// The supplier.
    pub organisation: OrganisationId,
    /// The product.
    pub product: String,
    /// `open`, `live` or `withdrawn`.
    pub phase: String,
    /// Heading of the present stage.
    pub stage: String,
    /// Tasks done.
    pub done: u32,
    /// Tasks in the plan.
    pub all: u32,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// When an approval lapses, if one does.
    pub lapses_at: Option<Timestamp>,
    /// Tasks that stand as "Check again"; none of a journey that was withdrawn.
    pub again: u32,
    /// Every name that the product, the supplier and the organisations with a part have had, one a line.
    pub known_as: String,
    /// Whose turn it is, task by task.
    pub turns: Vec<Turn>,
}

/// One write to one journey, whole or not at all.
#[derive(Clone, Debug)]
pub struct Batch {
    /// Which journey.
    pub journey: JourneyRef,
    /// The new events. The first must follow what is stored; otherwise [`WriteError::Conflict`].
    pub recorded: Vec<Recorded>,
    /// The words submitted.
    pub submissions: Vec<Submission>,
    /// Texts that these events name by their digest: what was signed or issued.
    pub texts: Vec<String>,
    /// Drafts that have become a submission or a decision, and go with it. When another version is stored than the one
    /// named, nothing is written: [`WriteError::Conflict`].
    pub drafts_done: Vec<DraftSeen>,
    /// Drafts that went into a submission and stay, such as the rows of the SCAL with their notes. Another version than the
    /// one named did not go in, and counts as not sent.
    pub drafts_sent: Vec<DraftSeen>,
    /// What becomes of seats with it.
    pub seats: Vec<seats::SeatChange>,
    /// What is known of files from now on.
    pub evidence: Vec<(TaskId, Evidence)>,
    /// Letters that always go.
    pub letters: Vec<Letter>,
    /// Letters that go as their reader chose.
    pub notices: Vec<notices::Notice>,
    /// What lists show from now on.
    pub projection: Projection,
}

/// A line in a list of journeys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JourneyLine {
    /// Its short code.
    pub reference: JourneyRef,
    /// The product.
    pub product: String,
    /// The supplier's name.
    pub supplier: String,
    /// `open`, `live` or `withdrawn`.
    pub phase: String,
    /// Heading of the present stage.
    pub stage: String,
    /// Tasks done.
    pub done: u32,
    /// Tasks in the plan.
    pub all: u32,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// Turns of the supplier that somebody waits for.
    pub with_supplier: u32,
    /// Turns of the programme.
    pub with_programme: u32,
    /// Every name that the product, the supplier and the organisations with a part have had, one a line.
    pub known_as: String,
}

/// In place of a phase: journeys with a task that stands as "Check again".
pub const AGAIN: &str = "again";

/// Which journeys.
#[derive(Clone, Debug, Default)]
pub struct JourneyFilter {
    /// Of this supplier; `None` for all.
    pub organisation: Option<OrganisationId>,
    /// Only those in which this organisation was given a part.
    pub party: Option<OrganisationId>,
    /// Product, supplier or reference contains this, or a name that one of these or an organisation with a part has had.
    pub find: String,
    /// `open`, `live`, `withdrawn`, [`AGAIN`], or empty for all.
    pub phase: String,
    /// Continue after this line.
    pub after: Option<(Timestamp, JourneyRef)>,
    /// At most so many.
    pub limit: u32,
}

/// A line of the worklist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkLine {
    /// The journey.
    pub journey: JourneyRef,
    /// The task.
    pub task: TaskId,
    /// The pinned process version, for the task's label.
    pub process: ProcessId,
    /// The role that is asked.
    pub role: Role,
    /// The product.
    pub product: String,
    /// The supplier's name.
    pub supplier: String,
    /// The round.
    pub round: Round,
    /// With us since.
    pub since: Timestamp,
    /// Due.
    pub due: Option<Date>,
    /// Who has claimed it for that team.
    pub claimed_by: Option<(PersonId, String)>,
}

/// Which lines of the worklist.
#[derive(Clone, Debug, Default)]
pub struct WorkFilter {
    /// For these roles.
    pub roles: Vec<Role>,
    /// Product, supplier or reference contains this.
    pub find: String,
    /// Only this task; empty for all.
    pub task: String,
    /// `mine`, `free`, or empty for all.
    pub claimed: String,
    /// Who asks.
    pub me: Option<PersonId>,
    /// `due` for due date first; otherwise oldest first.
    pub by_due: bool,
    /// Continue after this line: its `since` in microseconds or its due date (`9999-12-31` for none), journey, task, role.
    pub after: Option<(String, JourneyRef, TaskId, Role)>,
    /// At most so many.
    pub limit: u32,
}

/// The figures above the worklist.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WorkFigures {
    /// Everything that waits for these roles.
    pub all: u32,
    /// Past its due date.
    pub overdue: u32,
    /// Due up to the given day, today included.
    pub soon: u32,
    /// Claimed by me.
    pub mine: u32,
    /// Claimed by nobody.
    pub free: u32,
}

/// Journeys that one question about turns takes.
pub const MOST_JOURNEYS: usize = 25;

/// Journeys: their ledgers and what lists show of them.
#[async_trait]
pub trait Ledger: Send + Sync {
    /// The whole ledger of a journey, oldest first; empty when there is none.
    async fn history(&self, journey: &JourneyRef) -> Answer<Vec<Recorded>> {
        self.history_from(journey, Seq(1)).await
    }
    /// The ledger of a journey from this event on, itself included, oldest first.
    async fn history_from(&self, journey: &JourneyRef, from: Seq) -> Answer<Vec<Recorded>>;
    /// Writes a batch.
    async fn append(&self, batch: Batch) -> Result<(), WriteError>;
    /// These rounds of one task, oldest first; those that are not there are left out.
    async fn rounds(&self, journey: &JourneyRef, task: &TaskId, rounds: &[Round]) -> Answer<Vec<Submission>>;
    /// Every submission of one task, oldest first.
    async fn submissions(&self, journey: &JourneyRef, task: &TaskId) -> Answer<Vec<Submission>>;
    /// Names of everybody who appears in a ledger or claims a task of it, and of the supplier and other organisations.
    async fn names(&self, journey: &JourneyRef) -> Answer<Names>;
    /// A page of journeys, last changed first.
    async fn journeys(&self, filter: &JourneyFilter) -> Answer<Vec<JourneyLine>>;
    /// References after this one, in order: for sweeps over everything.
    async fn references(&self, after: Option<&JourneyRef>, limit: u32) -> Answer<Vec<JourneyRef>>;
    /// Journeys whose approval lapses up to now, after this one, in the order of their references.
    async fn lapsing(&self, now: Timestamp, after: Option<&JourneyRef>, limit: u32) -> Answer<Vec<JourneyRef>>;
    /// How many journeys there are in each phase: for whoever watches the service.
    async fn phases(&self) -> Answer<Vec<(String, u32)>>;
    /// What lists show of a journey, as stored: for `verify`, which compares it with the fold.
    async fn projection(&self, journey: &JourneyRef) -> Answer<Option<Projection>>;
    /// Whose turn it is in these journeys, at most [`MOST_JOURNEYS`]: for each that there is its turns, and who is around.
    async fn turns_of(&self, journeys: &[JourneyRef]) -> Answer<Vec<(JourneyRef, Vec<Turn>, Around)>>;
    /// By which rules the lines of lists were made ([`crate::overview::LISTS`]); 0 when that was never noted.
    async fn lists_made(&self) -> Answer<u32>;
    /// Notes it, when every line was made by these.
    async fn note_lists_made(&self, rules: u32) -> Answer<()>;
    /// Makes what lists show of a journey anew, from its ledger up to `at`. `Conflict` when the ledger has gone on.
    async fn make_again(&self, journey: &JourneyRef, at: Seq, projection: &Projection) -> Result<(), WriteError>;
    /// A page of the worklist.
    async fn worklist(&self, filter: &WorkFilter) -> Answer<Vec<WorkLine>>;
    /// The figures above it. `soon` is the last day that counts as soon.
    async fn figures(&self, roles: &[Role], me: &PersonId, today: Date, soon: Date) -> Answer<WorkFigures>;
    /// Claims for a person what a task asks of one team. `Conflict` when somebody of that team has it.
    async fn claim(
        &self,
        journey: &JourneyRef,
        task: &TaskId,
        team: Role,
        person: &PersonId,
        at: Timestamp,
    ) -> Result<(), WriteError>;
    /// Gives a claim back. Whoever holds it, it is free afterwards.
    async fn release(&self, journey: &JourneyRef, task: &TaskId, team: Role) -> Result<(), WriteError>;
}

/// Names by id.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// People.
    pub people: std::collections::BTreeMap<PersonId, String>,
    /// Organisations.
    pub organisations: std::collections::BTreeMap<OrganisationId, String>,
    /// Who has claimed which task, for which team.
    pub claims: std::collections::BTreeMap<(TaskId, Role), PersonId>,
}

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

/// Drafts that one question answers: twice the rows of the largest catalogue that is taken.
pub const MOST_DRAFTS: usize = 2_000;

/// Drafts: what is typed but not yet sent.
#[async_trait]
pub trait Drafts: Send + Sync {
    /// The draft of a task.
    async fn draft(&self, journey: &JourneyRef, task: &TaskId, subject: &str) -> Answer<Option<Draft>>;
    /// Every draft of a task whose subject begins with these letters; at most [`MOST_DRAFTS`].
    async fn drafts(&self, journey: &JourneyRef, task: &TaskId, beginning: &str) -> Answer<Vec<Draft>>;
    /// Tasks with a draft on this subject. Rows of the SCAL belong to its `answers`.
    async fn drafted(&self, journey: &JourneyRef, subject: &str) -> Answer<Vec<TaskId>>;
    /// Saves a draft over the version that the writer saw (0 for none). `Conflict` when it is not the stored one.
    async fn save_draft(&self, journey: &JourneyRef, draft: Draft, seen: u64) -> Result<u64, WriteError>;
    /// Saves several drafts, each over its own `version` (0 for none): all of them, or none and `Conflict`.
    async fn save_drafts(&self, journey: &JourneyRef, drafts: Vec<Draft>) -> Result<(), WriteError>;
}

/// The whole memory.
#[async_trait]
pub trait Store:
    Ledger
    + Drafts
    + People
    + SignIns
    + Outbox
    + corrections::Corrections
    + files::Files
    + messages::Messages
    + notices::NoticeBook
    + picture::Picture
    + runs::Runs
    + texts::Texts
    + scal::Scal
    + seats::Seats
{
    /// Answers when the memory can be read and written.
    async fn ready(&self) -> Answer<()>;
}
