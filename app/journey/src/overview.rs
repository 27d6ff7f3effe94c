//! The four questions of a journey: where are we, what is next, whose turn is it, what is stopping us.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};

use crate::{
    actor::{Actor, Role, Side},
    calendar, decide,
    ids::{Round, StageId, TaskId},
    journey::{Journey, Phase},
    process::{Settle, Stage, TaskSpec},
    standing::{Standing, StateKind},
};

/// Who holds a task now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// The task.
    pub task: TaskId,
    /// The side.
    pub side: Side,
    /// The roles that may act, on that side.
    pub roles: Vec<Role>,
    /// Since when.
    pub since: Timestamp,
    /// By when an answer is aimed at: only the programme has targets.
    pub due: Option<Date>,
    /// The round it is about; 0 when nothing was sent yet.
    pub round: Round,
    /// It came back or was sent: somebody waits for this. A task that could merely be started is not.
    pub awaited: bool,
}

/// Whose turn it is on one task, if it is anybody's.
#[must_use]
pub fn turn(journey: &Journey, spec: &TaskSpec, standing: &Standing) -> Option<Turn> {
    if matches!(journey.phase, Phase::Withdrawn { .. }) || spec.settle == Settle::WithJourney {
        return None;
    }
    let record = journey.task(&spec.id);
    let pending = || -> Vec<Role> { journey.deciders(spec).into_iter().filter(|role| !record.has_finished(*role)).collect() };
    let roles = match (standing, spec.settle) {
        (Standing::Submitted, _) => pending(),
        (Standing::Ready | Standing::Draft, Settle::ByIssue) => spec.decide.clone(),
        (Standing::Ready | Standing::Draft, Settle::BySignatures) => {
            journey.signs_next(spec).map_or_else(|| spec.by.clone(), |role| vec![role])
        }
        (Standing::Ready | Standing::Draft | Standing::Returned, _) => spec.by.clone(),
        (Standing::CheckAgain { waiting_on }, _) if waiting_on.is_empty() => checks_again(journey, spec),
        _ => return None,
    };
    let side = roles.first()?.side();
    let roles: Vec<Role> = roles.into_iter().filter(|role| role.side() == side).collect();
    let since = journey.since(spec);
    let target = spec.target_days.filter(|_| side == Side::Programme);
    let awaited = match spec.settle {
        Settle::ByIssue | Settle::BySignatures => true,
        _ => matches!(standing, Standing::Submitted | Standing::Returned | Standing::CheckAgain { .. }),
    };
    Some(Turn {
        task: spec.id.clone(),
        side,
        roles,
        since,
        due: target.map(|days| calendar::after(calendar::date_of(since), days)),
        round: record.round,
        awaited,
    })
}

/// Who looks again at what was settled: those who may say that it still holds; where nobody may, those who do it again.
fn checks_again(journey: &Journey, spec: &TaskSpec) -> Vec<Role> {
    let confirms = journey.confirms(spec);
    let confirmed = journey.confirmed(spec);
    let left: Vec<Role> = confirms.into_iter().filter(|role| !confirmed.contains(role)).collect();
    match spec.settle {
        _ if !left.is_empty() => left,
        Settle::BySignatures => journey.signs_next(spec).map_or_else(|| spec.by.clone(), |role| vec![role]),
        Settle::ByIssue => spec.decide.clone(),
        _ => spec.by.clone(),
    }
}

/// Whether this turn is one that this person may take. Of a task that is being signed: whose organisation has not signed.
#[must_use]
pub fn is_theirs(turn: &Turn, actor: &Actor, journey: &Journey) -> bool {
    let signing = journey.process.task(&turn.task).filter(|spec| {
        let asked = journey.signs_next(spec).is_some_and(|role| turn.roles == [role]);
        spec.settle == Settle::BySignatures && turn.round > Round(0) && asked
    });
    let asked = |role: Role| signing.is_none_or(|spec| decide::may_sign_for(journey, spec, actor, role));
    turn.roles.iter().any(|role| journey.stands_for(actor, *role) && asked(*role))
}

/// A proposal to do without a task waits for a programme lead, beside whatever else goes on there.
fn waiver_turn(journey: &Journey, spec: &TaskSpec) -> Option<Turn> {
    let proposal = journey.task(&spec.id).proposal.as_ref().filter(|_| !matches!(journey.phase, Phase::Withdrawn { .. }))?;
    Some(Turn {
        task: spec.id.clone(),
        side: Side::Programme,
        roles: vec![Role::ProgrammeLead],
        since: proposal.at,
        due: None,
        round: Round(0),
        awaited: true,
    })
}

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

/// What to do next for one side: what came back first, then what was asked for, then what could be started.
#[must_use]
pub fn first_for<'a>(journey: &Journey, turns: &'a [Turn], side: Side) -> Option<&'a Turn> {
    let rank = |turn: &&Turn| match journey.task(&turn.task).state.kind() {
        StateKind::Returned => 0,
        _ if turn.awaited => 1,
        _ => 2,
    };
    turns.iter().filter(|turn| turn.side == side).min_by_key(rank)
}

/// The answers for a journey now.
#[must_use]
pub fn overview(journey: &Journey) -> Overview {
    let standings = journey.standings();
    let mut stages: Vec<StageCount> = Vec::new();
    for Stage { id, title, .. } in &journey.process.stages {
        let tasks: Vec<&TaskSpec> = journey.plan().filter(|task| task.stage == *id).collect();
        let done = tasks.iter().filter(|task| standings[&task.id].is_done()).count();
        let open = tasks.iter().any(|task| {
            task.settle != Settle::WithJourney && !standings[&task.id].is_done() && standings[&task.id].waiting_on().is_empty()
        });
        if !tasks.is_empty() {
            stages.push(StageCount { id: id.clone(), title: title.clone(), done, all: tasks.len(), open });
        }
    }
    let turns: Vec<Turn> = journey
        .plan()
        .flat_map(|task| {
            let own = turn(journey, task, &standings[&task.id]);
            let waiver = waiver_turn(journey, task).filter(|w| own.as_ref().is_none_or(|own| own.side != w.side));
            own.into_iter().chain(waiver)
        })
        .collect();
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

/// What lists show of a journey.
#[must_use]
pub fn project(journey: &Journey) -> crate::port::Projection {
    let now = overview(journey);
    let small = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    crate::port::Projection {
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
        lapses_at: journey.lapses().map(|(_, at)| at),
        turns: now.turns,
    }
}
