//! Journeys: their events, and what lists show of them.

use async_trait::async_trait;
use jiff::Timestamp;

use crate::{
    base::{
        actor::Role,
        ids::{Digest, JourneyRef, OrganisationId, PersonId, Round, Seq, TaskId},
    },
    ledger::event::Recorded,
    port::{
        answer::{Answer, Letter, WriteError},
        notices, seats, signatories,
    },
    rule::draft::DraftSeen,
    scal::evidence::Evidence,
    view::{
        names::Names,
        overview::Projection,
        turns::{Around, Turn},
    },
};

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
    /// What happens to people who are asked by letter to sign.
    pub signatories: Vec<signatories::AskedChange>,
    /// What is known of files from now on.
    pub evidence: Vec<(TaskId, Evidence)>,
    /// Letters that always go.
    pub letters: Vec<Letter>,
    /// Letters that go as their reader chose.
    pub notices: Vec<notices::Notice>,
    /// When letters and notices go, where they wait until a decision cannot be undone any more.
    pub letters_go: Option<Timestamp>,
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
    /// Journeys in which time has changed something up to now (an approval lapses, a certificate expires), after this one, in the order of their references.
    async fn lapsing(&self, now: Timestamp, after: Option<&JourneyRef>, limit: u32) -> Answer<Vec<JourneyRef>>;
    /// How many journeys there are in each phase: for whoever watches the service.
    async fn phases(&self) -> Answer<Vec<(String, u32)>>;
    /// What lists show of a journey, as stored: for `verify`, which compares it with the fold.
    async fn projection(&self, journey: &JourneyRef) -> Answer<Option<Projection>>;
    /// Whose turn it is in these journeys, at most [`MOST_JOURNEYS`]: for each that there is its turns, and who is around.
    async fn turns_of(&self, journeys: &[JourneyRef]) -> Answer<Vec<(JourneyRef, Vec<Turn>, Around)>>;
    /// By which rules the lines of lists were made ([`crate::view::overview::LISTS`]); 0 when that was never noted.
    async fn lists_made(&self) -> Answer<u32>;
    /// Notes it, when every line was made by these.
    async fn note_lists_made(&self, rules: u32) -> Answer<()>;
    /// Makes what lists show of a journey anew, from its ledger up to `at`. `Conflict` when the ledger has gone on.
    async fn make_again(&self, journey: &JourneyRef, at: Seq, projection: &Projection) -> Result<(), WriteError>;
    /// Claims for a person what a task asks of one team. `Conflict` when somebody of that team has it.
    async fn claim(
        &self,
        journey: &JourneyRef,
        task: &TaskId,
        team: Role,
        person: &PersonId,
        at: Timestamp,
    ) -> Result<(), WriteError>;
    /// Gives to this person what a task asks of one team, and tells them. `held` is who had it when that was decided; `Conflict`
    /// when it is somebody else by now, or nobody.
    async fn give_claim(
        &self,
        journey: &JourneyRef,
        task: &TaskId,
        team: Role,
        held: Option<&PersonId>,
        person: &PersonId,
        notice: Option<notices::Notice>,
        at: Timestamp,
    ) -> Result<(), WriteError>;
    /// Gives a claim back. Whoever holds it, it is free afterwards.
    async fn release(&self, journey: &JourneyRef, task: &TaskId, team: Role) -> Result<(), WriteError>;
}
