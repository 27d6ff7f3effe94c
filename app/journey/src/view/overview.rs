//! The four questions of a journey: where are we, what is next, whose turn is it, what is stopping us.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::{
    base::{
        actor::{Role, Side},
        ids::{OrganisationId, PersonId, ProcessId, Round, StageId, TaskId},
    },
    ledger::{
        journey::{Journey, Phase},
        machine::StateKind,
        standing::Standing,
    },
    plan::process::{Stage, TaskSpec},
    rule::{claims, decide},
    view::{
        register::{self, Registered},
        turns::{Turn, turns_since},
    },
};

/// One stage of the strip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageCount {
    /// Which.
    pub id: StageId,
    /// Its heading.
    pub title: String,
    /// Tasks done.
    pub done: usize,
    /// Tasks in the plan.
    pub all: usize,
    /// Something in it can be done or waits now.
    pub open: bool,
}

/// Something that keeps the next milestone away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// The task that is missing.
    pub task: TaskId,
    /// The side that holds it now; `None` when it cannot start yet.
    pub side: Option<Side>,
}

/// The answers to the four questions.
#[derive(Clone, Debug)]
pub struct Overview {
    /// Tasks done, tasks in the plan.
    pub count: (usize, usize),
    /// The stages, in order.
    pub stages: Vec<StageCount>,
    /// The stage in which somebody waits for somebody, else the first with something to do; `None` when all is done.
    pub stage: Option<usize>,
    /// Every turn now, in page order.
    pub turns: Vec<Turn>,
    /// The next locked task on the way, and what it waits for.
    pub next: Option<(TaskId, Vec<Stop>)>,
    /// How every task of the process stands.
    pub standings: BTreeMap<&'static TaskId, Standing>,
}

/// What to do next of these turns: what came back first, then what was asked for, then what could be started.
#[must_use]
pub fn first_of<'a>(journey: &Journey, turns: impl IntoIterator<Item = &'a Turn>) -> Option<&'a Turn> {
    let rank = |turn: &&Turn| match journey.task(&turn.task).state.kind() {
        StateKind::Returned => 0,
        _ if turn.awaited => 1,
        _ => 2,
    };
    turns.into_iter().min_by_key(rank)
}

/// The answers for a journey now.
#[must_use]
pub fn overview(journey: &Journey) -> Overview {
    let standings = journey.standings();
    let mut stages: Vec<StageCount> = Vec::new();
    for Stage { id, title, .. } in &journey.process.stages {
        let tasks: Vec<&TaskSpec> = journey.plan().filter(|task| task.stage == *id && task.is_work()).collect();
        let done = tasks.iter().filter(|task| standings[&task.id].is_done()).count();
        let open = tasks.iter().any(|task| !standings[&task.id].is_done() && standings[&task.id].waiting_on().is_empty());
        if !tasks.is_empty() {
            stages.push(StageCount { id: id.clone(), title: title.clone(), done, all: tasks.len(), open });
        }
    }
    let mut known = BTreeMap::new();
    let turns: Vec<Turn> = journey.plan().flat_map(|task| turns_since(journey, task, &standings[&task.id], &mut known)).collect();
    let stops_of = |waiting_on: &[TaskId]| {
        let side = |id: &TaskId| turns.iter().find(|turn| turn.task == *id).map(|turn| turn.side);
        waiting_on.iter().map(|id| Stop { task: id.clone(), side: side(id) }).collect::<Vec<Stop>>()
    };
    let next = journey.plan().find_map(|task| match &standings[&task.id] {
        Standing::Locked { waiting_on } => Some((task.id.clone(), stops_of(waiting_on))),
        _ => None,
    });
    let count = stages.iter().fold((0, 0), |(done, all), stage| (done + stage.done, all + stage.all));
    // Where somebody waits for somebody is where the journey is; a task left over from an earlier stage is not.
    let waits = turns.iter().find(|turn| turn.awaited).and_then(|turn| journey.process.task(&turn.task));
    let stage = waits
        .and_then(|task| stages.iter().position(|stage| stage.id == task.stage && stage.done < stage.all))
        .or_else(|| stages.iter().position(|stage| stage.open))
        .or_else(|| stages.iter().position(|stage| stage.done < stage.all));
    Overview { count, stages, stage, turns, next, standings }
}

/// Which lines of lists this release makes of a ledger: one more whenever [`project`] makes another line of the same ledger,
/// so that those that an earlier release made are made anew.
pub const LISTS: u32 = 8;

/// What lists show of a journey.
#[must_use]
pub fn project(journey: &Journey) -> crate::view::overview::Projection {
    let now = overview(journey);
    let small = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    // Of what has ended nothing is checked again.
    let goes_on = !matches!(journey.phase, Phase::Withdrawn { .. });
    let again = journey.plan().filter(|task| goes_on && matches!(now.standings[&task.id], Standing::CheckAgain { .. })).count();
    crate::view::overview::Projection {
        process: journey.process.id.clone(),
        organisation: journey.organisation.clone(),
        product: journey.opening.product.clone(),
        phase: match journey.phase {
            Phase::Open => "open",
            Phase::Live { .. } => "live",
            Phase::Withdrawn { .. } => "withdrawn",
        }
        .to_owned(),
        stage: now.stage.and_then(|at| now.stages.get(at)).map_or_else(String::new, |stage| stage.title.clone()),
        done: small(now.count.0),
        all: small(now.count.1),
        opened_at: journey.opened_at,
        changed_at: journey.changed_at,
        lapses_at: decide::due_at(journey),
        again: small(again),
        known_as: journey.known_as().collect::<Vec<_>>().join("\n"),
        had_before: had_before(journey, &now.turns),
        turns: now.turns,
        registered: register::registered(journey),
    }
}

/// Whom the worklist names beside a turn of the programme: who of that team decided on the round before.
fn had_before(journey: &Journey, turns: &[Turn]) -> Vec<HadBefore> {
    let awaited = turns.iter().filter(|turn| turn.awaited && turn.side == Side::Programme);
    let of_turn = |turn: &Turn| {
        let of_role = |role: &Role| {
            let (person, _) = claims::had_before(journey, &turn.task, *role)?;
            Some(HadBefore { task: turn.task.clone(), role: *role, round: turn.round, person: person.clone() })
        };
        turn.roles.iter().filter_map(of_role).collect::<Vec<_>>()
    };
    let mut found: Vec<HadBefore> = awaited.flat_map(of_turn).collect();
    found.sort();
    found
}

/// Who of a team decided on an earlier round of what waits for that team now.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct HadBefore {
    /// The task that waits.
    pub task: TaskId,
    /// The team.
    pub role: Role,
    /// The round that waits.
    pub round: Round,
    /// Who decided on the last one before it.
    pub person: PersonId,
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
    /// When time alone changes something next, if it will: an approval lapses, or a certificate expires.
    pub lapses_at: Option<Timestamp>,
    /// Tasks that stand as "Check again"; none of a journey that was withdrawn.
    pub again: u32,
    /// Every name that the product, the supplier and the organisations with a part have had, one a line.
    pub known_as: String,
    /// Whose turn it is, task by task.
    pub turns: Vec<Turn>,
    /// Who decided on the round before, of what waits for the programme now; in order.
    pub had_before: Vec<HadBefore>,
    /// What everybody may read of it.
    pub registered: Registered,
}
