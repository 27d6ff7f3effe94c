//! The worklist of the programme's teams: what waits, for whom, what somebody recorded, and how each person likes to look at it.

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::{Timestamp, civil::Date};

use crate::{
    base::{
        actor::Role,
        ids::{JourneyRef, PersonId, ProcessId, Round, Seq, TaskId},
    },
    ledger::event::Event,
    port::answer::{Answer, WriteError},
    view::waits::Wait,
};

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
    /// Who of that team decided on the round before: the next one is offered to them first.
    pub had_before: Option<(PersonId, String)>,
}

/// What a line without a target has for a due date in [`WorkLine::key`]: later than every day.
pub const NO_DUE: &str = "9999-12-31";

impl WorkLine {
    /// By what this line has its place in an order.
    #[must_use]
    pub fn key(&self, order: WorkOrder) -> String {
        match order {
            WorkOrder::Oldest | WorkOrder::Newest => self.since.as_microsecond().to_string(),
            WorkOrder::Due | WorkOrder::DueLast => self.due.map_or_else(|| NO_DUE.to_owned(), |due| due.to_string()),
        }
    }
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
    /// Whose claims `mine` are.
    pub me: Option<PersonId>,
    /// Only what is due from this day on, and up to this one.
    pub due: (Option<Date>, Option<Date>),
    /// In which order.
    pub order: WorkOrder,
    /// Continue after this line: its [`WorkLine::key`], journey, task, role.
    pub after: Option<(String, JourneyRef, TaskId, Role)>,
    /// At most so many.
    pub limit: u32,
}

/// The orders of the worklist.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WorkOrder {
    /// What has waited longest first.
    #[default]
    Oldest,
    /// What came last first.
    Newest,
    /// What is due first first; what has no target comes last.
    Due,
    /// What is due last first.
    DueLast,
}

impl WorkOrder {
    /// Every order.
    pub const ALL: [WorkOrder; 4] = [WorkOrder::Oldest, WorkOrder::Newest, WorkOrder::Due, WorkOrder::DueLast];

    /// Its word in an address; the first has none.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            WorkOrder::Oldest => "",
            WorkOrder::Newest => "newest",
            WorkOrder::Due => "due",
            WorkOrder::DueLast => "due-last",
        }
    }
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

/// What waits for one team and is claimed by one person, or by nobody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkShare {
    /// The team.
    pub role: Role,
    /// Who has claimed it.
    pub person: Option<(PersonId, String)>,
    /// Tasks.
    pub all: u32,
    /// Of these, past their due date.
    pub overdue: u32,
}

/// Something that a person recorded on a journey.
#[derive(Clone, Debug, PartialEq)]
pub struct Deed {
    /// The journey.
    pub journey: JourneyRef,
    /// Where it stands in its ledger.
    pub seq: Seq,
    /// When.
    pub at: Timestamp,
    /// What.
    pub event: Event,
    /// The process of the journey, for the names of tasks.
    pub process: ProcessId,
    /// The product.
    pub product: String,
    /// The supplier's name.
    pub supplier: String,
}

/// Waits of one team for one task that ended in one month after so many working days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitCount {
    /// `2026-11`.
    pub month: String,
    /// The task.
    pub task: TaskId,
    /// The team.
    pub role: Role,
    /// Working days.
    pub days: u32,
    /// How many.
    pub times: u32,
    /// Of these, in the first round.
    pub first: u32,
    /// Of these, with a day by which an answer was due.
    pub with_target: u32,
    /// Of these, after that day.
    pub late: u32,
}

/// Tasks that one question about waits takes.
pub const MOST_TASKS: usize = 16;

/// Views of the worklist that one person may keep.
pub const MOST_VIEWS: usize = 12;

/// The worklist.
#[async_trait]
pub trait Worklist: Send + Sync {
    /// A page of the worklist.
    async fn worklist(&self, filter: &WorkFilter) -> Answer<Vec<WorkLine>>;
    /// The figures above it. `soon` is the last day that counts as soon.
    async fn figures(&self, roles: &[Role], me: &PersonId, today: Date, soon: Date) -> Answer<WorkFigures>;
    /// How what waits for these teams is shared out. What is due before `today` is overdue.
    async fn work_shares(&self, roles: &[Role], today: Date) -> Answer<Vec<WorkShare>>;
    /// What a person recorded on journeys, newest first, after this entry.
    async fn deeds(&self, person: &PersonId, after: Option<(Timestamp, JourneyRef, Seq)>, limit: u32) -> Answer<Vec<Deed>>;
    /// How long each of these tasks, at most [`MOST_TASKS`], waited for the programme, of what has ended since then: working days and how often.
    async fn waited(&self, tasks: &[TaskId], since: Timestamp) -> Answer<BTreeMap<TaskId, Vec<(u32, u32)>>>;
    /// The same from this month on (`2026-11`), by month, task and team.
    async fn wait_counts(&self, from: &str) -> Answer<Vec<WaitCount>>;
    /// Keeps waits of a journey that ended before they were counted, each once.
    async fn keep_waits(&self, journey: &JourneyRef, waits: &[Wait]) -> Answer<()>;
    /// How many tasks wait for one of these teams since before this time.
    async fn ahead(&self, roles: &[Role], since: Timestamp) -> Answer<u32>;
    /// Who of those that decide on a round opened it first, and when.
    async fn opened(&self, journey: &JourneyRef, task: &TaskId, round: Round) -> Answer<Option<(PersonId, Timestamp)>>;
    /// Notes that somebody who decides on a round has opened it. The first one counts.
    async fn note_opened(
        &self,
        journey: &JourneyRef,
        task: &TaskId,
        round: Round,
        person: &PersonId,
        at: Timestamp,
    ) -> Answer<()>;
    /// The views that a person keeps, by name: the name and the end of the worklist's address.
    async fn work_views(&self, person: &PersonId) -> Answer<Vec<(String, String)>>;
    /// Keeps a view; one of the same name is replaced. `Conflict` when there are [`MOST_VIEWS`] others.
    async fn keep_view(&self, person: &PersonId, name: &str, query: &str) -> Result<(), WriteError>;
    /// Forgets a view.
    async fn drop_view(&self, person: &PersonId, name: &str) -> Answer<()>;
}
