//! The picture of one journey: how each stop stands, whose turn it is, what is next for the reader.

use std::collections::BTreeMap;

use jiff::civil::Date;
use journey::{
    base::{
        actor::{Actor, Side},
        calendar,
        ids::TaskId,
    },
    ledger::{journey::Journey, standing::Standing},
    view::{
        ecosystem::{Diagram, Group, Node, diagram, stop},
        overview::{self, Overview},
        turns::{self, Turn},
    },
};
use leptos::prelude::*;

use crate::{
    act::wording,
    base::{dates, paths, words},
    request::visitor::Visitor,
    work::ecosystem::{
        picture::{Look, Middle, Picture},
        public::{both, stage_path},
    },
};

fn class(standing: &Standing) -> &'static str {
    match standing {
        Standing::NotNeeded { .. } => "none",
        Standing::Locked { .. } => "locked",
        Standing::Ready => "ready",
        Standing::Draft => "draft",
        Standing::Submitted => "submitted",
        Standing::Returned => "returned",
        Standing::CheckAgain { .. } => "again",
        Standing::Settled => "settled",
    }
}

/// The reader's next task: where the halo stands.
fn next<'a>(now: &'a Overview, reader: &Actor, journey: &Journey) -> Option<&'a Turn> {
    overview::first_of(journey, now.turns.iter().filter(|turn| turns::is_theirs(turn, reader, journey)))
}

fn look_of(
    journey: &Journey,
    diagram: &Diagram,
    node: &Node,
    now: &Overview,
    shown: &Shown,
    next: Option<&TaskId>,
    to_task: &dyn Fn(&TaskId) -> Option<String>,
    today: Date,
) -> Look {
    let stop = stop(journey, shown, &node.id, Some(node));
    let here = next.filter(|task| journey.process.task(task).is_some_and(|spec| spec.node == node.id));
    let noun = |task: &TaskId| journey.process.noun(task).to_owned();
    let turn = stop.task.as_ref().and_then(|task| now.turns.iter().find(|turn| turn.task == *task && turn.awaited));
    let word = match (&stop.standing, stop.count, turn.and_then(|turn| answered_by(turn, today))) {
        (Standing::Submitted, _, Some(by)) => format!("{}, {by}", stop.standing.word()),
        (Standing::Draft, (done, all), _) if done > 0 && all > 1 => format!("{}, {done} of {all}", stop.standing.word()),
        (standing, ..) => standing.word().to_owned(),
    };
    let mut title: Vec<String> = Vec::new();
    if !stop.missing.is_empty() {
        let spec = stop.task.as_ref().and_then(|task| journey.process.task(task));
        let blocks = |need: &TaskId| spec.map_or_else(String::new, |spec| wording::blocks(journey, spec, need));
        let missing = stop.missing.iter().map(|need| format!("{}{}", noun(need), blocks(need)));
        title.push(format!("Waiting for: {}.", words::listed(missing.collect())));
    }
    if let Some(turn) = turn {
        let since = dates::date(calendar::date_of(turn.since));
        let by = match (turn.due, turn.expected) {
            (Some(due), _) => format!(", due {}", dates::date(due)),
            (None, Some(day)) => format!(", usually answered by {}", dates::date(day)),
            (None, None) => String::new(),
        };
        title.push(format!("{}: with {} since {since}{by}.", noun(&turn.task), turn.side.title()));
    }
    if let Some(task) = here.filter(|task| stop.task.as_ref() != Some(*task)) {
        title.push(format!("Next for you here: {}.", noun(task)));
    }
    // What is not for the reader leads to what the stop is about.
    let about = || format!("{}#{}", stage_path(diagram, &node.group), node.id);
    let leads = |task: &TaskId| to_task(task).unwrap_or_else(about);
    // The certificate of a consumer stands beside the SCAL: what blocks it is told there.
    for (task, standing) in &stop.beside {
        let Some(spec) = journey.process.task(task) else { continue };
        let blocks: String = standing.waiting_on().iter().map(|need| wording::blocks(journey, spec, need)).collect();
        if !blocks.is_empty() {
            title.push(format!("{}{blocks}.", noun(task)));
        }
    }
    let beside: Vec<(String, String, String)> = stop
        .beside
        .iter()
        .map(|(task, standing)| (journey.process.label(task).to_owned(), standing.word().to_owned(), leads(task)))
        .collect();
    let to = stop.task.as_ref().filter(|task| journey.process.task(task).is_some_and(|t| t.applies(&journey.opening)));
    Look {
        class: class(&stop.standing),
        words: word,
        title: title.join(" "),
        href: to.map_or_else(about, leads),
        next: here.is_some(),
        beside_done: stop.beside.iter().filter(|(_, standing)| standing.is_done()).count(),
        beside,
        ..Look::default()
    }
}

/// By when an answer of the programme is due, or usual, in as few words as stand below a stop; the year stands with the task.
fn answered_by(turn: &Turn, today: Date) -> Option<String> {
    let day = |date: Date| {
        let whole = dates::date(date);
        whole.rsplit_once(' ').map_or(whole.clone(), |(day, _)| day.to_owned())
    };
    match (turn.due, turn.expected) {
        _ if turn.side != Side::Programme => None,
        (Some(due), _) if calendar::is_late(due, today) => Some("late".to_owned()),
        (Some(due), _) => Some(format!("due {}", day(due))),
        (None, Some(expected)) if expected >= today => Some(format!("by {}", day(expected))),
        _ => None,
    }
}

/// How each task stands for the reader.
pub type Shown = BTreeMap<&'static TaskId, Standing>;

/// The picture with its list, for the page of a journey.
pub fn view(journey: &Journey, now: &Overview, shown: &Shown, visitor: &Visitor, today: Date) -> AnyView {
    let to = |task: &TaskId| {
        let reads = journey.may_read_task(&visitor.actor, task);
        reads.then(|| paths::task(&journey.reference, &task))
    };
    seen_by(journey, now, shown, &visitor.actor, &to, today)
}

/// The same with the eyes of this person; `to_task` says where a task is to be read, if it is for them.
pub fn seen_by(
    journey: &Journey,
    now: &Overview,
    shown: &Shown,
    reader: &Actor,
    to_task: &dyn Fn(&TaskId) -> Option<String>,
    today: Date,
) -> AnyView {
    let Some(diagram) = diagram(&journey.process.side) else { return ().into_any() };
    let next = next(now, reader, journey).map(|turn| turn.task.clone());
    let stops = |node: &Node| look_of(journey, diagram, node, now, shown, next.as_ref(), to_task, today);
    let count = |group: &Group| {
        let tasks = diagram.counted(group, journey.process);
        let planned: Vec<_> = tasks.into_iter().filter(|task| task.applies(&journey.opening)).collect();
        let done = planned.iter().filter(|task| now.standings[&task.id].is_done()).count();
        (done, planned.len())
    };
    let groups = |group: &Group| {
        let (done, all) = count(group);
        let words = if all == 0 { "Not needed".to_owned() } else { format!("{done} of {all} completed") };
        Look { words, href: stage_path(diagram, &group.id), ..Look::default() }
    };
    let middle = diagram.engagement().map_or_else(Middle::default, |group| {
        let own = diagram.counted(group, journey.process);
        let planned = own.iter().filter(|task| task.applies(&journey.opening));
        let (done, all) = count(group);
        let mut lines = vec![format!("{done} of {all} completed")];
        let awaited = now.turns.iter().filter(|turn| turn.awaited);
        if let Some(turn) = awaited.clone().find(|turn| turns::is_theirs(turn, reader, journey)).or(awaited.clone().next()) {
            let mine = turns::is_theirs(turn, reader, journey);
            lines.push(if mine { "Your turn".to_owned() } else { format!("With {}", turn.side.title()) });
            // The ring is narrow: it says when it will be done, or else since when it is not, and the year stands with the task.
            let since = dates::date(calendar::date_of(turn.since));
            let since = || format!("since {}", since.rsplit_once(' ').map_or(since.as_str(), |(day, _)| day));
            lines.push(answered_by(turn, today).filter(|_| !mine).unwrap_or_else(since));
        }
        Middle { tasks: planned.map(|task| now.standings[&task.id].is_done()).collect(), lines }
    });
    let picture = Picture::new(diagram, stops, groups, middle);
    view! {
        <section class="gpc-eco-part" aria-labelledby="map">
            <h2 class="nhsuk-u-visually-hidden" id="map">"The journey as a picture"</h2>
            {both(&picture)}
            <p class="gpc-meta gpc-eco__key">"A solid line is travelled, a hollow one is still ahead. A ring marks what is next for you. Each stop leads to its task."</p>
        </section>
    }
    .into_any()
}
