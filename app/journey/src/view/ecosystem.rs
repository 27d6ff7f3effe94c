//! The two pictures as data: groups, stops, the line between them (domain/diagram.md §1 and §2), and how each stop stands
//! on a journey. How it is drawn is the app's business.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;

use crate::{
    base::ids::{StageId, TaskId},
    ledger::{journey::Journey, standing::Standing},
    plan::process::{Origin, Process, TaskSpec},
};

/// A place in the drawing: from the left, from the top.
pub type Point = [f64; 2];

/// The arrowhead of an edge: from the left, from the top, degrees clockwise from pointing right.
pub type Head = [f64; 3];

/// A picture.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Diagram {
    /// `consumer` or `provider`.
    pub side: String,
    /// What it shows, as its accessible name.
    pub name: String,
    /// Width and height.
    pub size: Point,
    /// The team in the middle.
    pub team: String,
    /// The dashed line between test and live: from the left, top, bottom.
    pub gateway: Option<[f64; 3]>,
    /// A line below the picture.
    pub footnote: Option<String>,
    /// In the order of the tour.
    #[serde(rename = "group")]
    pub groups: Vec<Group>,
    /// In the order of the tour.
    #[serde(rename = "node")]
    pub nodes: Vec<Node>,
    /// The line, and the arrows of the engagement.
    #[serde(rename = "edge")]
    pub edges: Vec<Edge>,
    /// Words beside the line.
    #[serde(rename = "caption", default)]
    pub captions: Vec<Caption>,
}

/// A stage of the picture.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Name in addresses.
    pub id: String,
    /// `1` to `5`, `a`, `b`; empty for the engagement.
    pub number: String,
    /// The heading.
    pub title: String,
    /// The heading with its number, as it is read out.
    pub name: String,
    /// Where the heading stands.
    pub title_at: Point,
    /// Name of its colour in the sheet.
    pub colour: String,
    /// A part of the group before it.
    #[serde(default)]
    pub inner: bool,
    /// The count stands below the heading and not beside it.
    #[serde(default)]
    pub below: bool,
    /// Left, top, width, height.
    pub rect: Option<[f64; 4]>,
    /// Centre and radius.
    pub circle: Option<[f64; 3]>,
    /// Who walks it, when it is not the supplier of the picture.
    pub who: Option<String>,
    /// Where it is said who walks it.
    pub who_at: Option<Point>,
    /// Where its number stands in the small picture, when there is one.
    pub small_at: Option<Point>,
    /// The stage of the process that is the same: its figure counts its tasks.
    pub stage: Option<StageId>,
}

/// A stop.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Node {
    /// The name that tasks use.
    pub id: String,
    /// In full.
    pub name: String,
    /// The same in lines.
    pub label: Vec<String>,
    /// Its group.
    pub group: String,
    /// Its centre.
    pub at: Point,
    /// Name of its icon.
    pub icon: String,
    /// `below`, `above`, `left` or `right`.
    pub label_at: String,
    /// `triangle`, `diamond`, or a disc.
    pub shape: Option<String>,
    /// Where its badge stands, seen from the centre.
    pub badge: Point,
    /// How far the label is moved from where it would stand.
    #[serde(default)]
    pub shift: Point,
    /// Where the arrow keys lead.
    #[serde(default)]
    pub keys: BTreeMap<String, String>,
    /// Why no task stands on it.
    pub why: Option<String>,
    /// The official task that the stop is named after, where others stand on it as well: the stop stands as that one.
    pub task: Option<TaskId>,
    /// The task whose end also ends this stop, when it has no official one of its own.
    pub follows: Option<TaskId>,
}

/// A leg of the line, or an arrow of the engagement.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edge {
    /// Where it begins.
    pub from: String,
    /// Where it ends.
    pub to: String,
    /// The path, as SVG writes it.
    pub path: String,
    /// Its arrowhead.
    pub head: Option<Head>,
    /// The arrowhead of the other end.
    pub tail: Option<Head>,
    /// An arrow of the engagement.
    #[serde(default)]
    pub talk: bool,
}

/// Words beside the line.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Caption {
    /// Line by line.
    pub lines: Vec<String>,
    /// Where the first begins.
    pub at: Point,
}

const CONSUMER: &str = include_str!("../../processes/consumer-2026-1.diagram.toml");
const PROVIDER: &str = include_str!("../../processes/provider-2026-1.diagram.toml");

/// The picture of a side; `None` when there is no such side.
///
/// # Panics
/// When the data of this release cannot be read, which the tests rule out.
#[must_use]
pub fn diagram(side: &str) -> Option<&'static Diagram> {
    static READ: LazyLock<[Diagram; 2]> =
        LazyLock::new(|| [CONSUMER, PROVIDER].map(|text| toml::from_str(text).expect("the pictures of this release are lawful")));
    READ.iter().find(|diagram| diagram.side == side)
}

impl Diagram {
    /// The group in the middle, through which a journey talks.
    #[must_use]
    pub fn engagement(&self) -> Option<&Group> {
        self.groups.iter().find(|group| group.number.is_empty())
    }

    /// The group with this id.
    #[must_use]
    pub fn group(&self, id: &str) -> Option<&Group> {
        self.groups.iter().find(|group| group.id == id)
    }

    /// The stops of a group, those of its parts included.
    pub fn nodes_of<'a>(&'a self, group: &'a Group) -> impl Iterator<Item = &'a Node> {
        let at = self.groups.iter().position(|known| known.id == group.id).unwrap_or(0);
        let inner: Vec<&str> =
            self.groups[at + 1..].iter().take_while(|next| next.inner && !group.inner).map(|next| next.id.as_str()).collect();
        self.nodes.iter().filter(move |node| node.group == group.id || inner.contains(&node.group.as_str()))
    }

    /// The tasks that the figure of a group counts: those of the stage that has its name, so that the list of stages says the
    /// same, or else those of its stops that no other group counts.
    #[must_use]
    pub fn counted<'p>(&self, group: &Group, process: &'p Process) -> Vec<&'p TaskSpec> {
        let mut tasks = match &group.stage {
            Some(stage) => process.tasks.iter().filter(|task| task.stage == *stage).collect(),
            None => {
                let at = self.groups.iter().position(|known| known.id == group.id).unwrap_or(0);
                let inner = self.groups[at + 1..].iter().take_while(|next| next.inner && !group.inner).count();
                let others = self.groups.iter().enumerate().filter(|(place, _)| !(at..=at + inner).contains(place));
                let counted: Vec<&StageId> = others.filter_map(|(_, other)| other.stage.as_ref()).collect();
                let mut tasks = self.tasks_of(group, process);
                // The middle is no part of the way: it shows its own.
                tasks.retain(|task| group.number.is_empty() || !counted.contains(&&task.stage));
                tasks
            }
        };
        tasks.retain(|task| task.is_work());
        tasks
    }

    /// The tasks of a group, in the order of the process: those of its stops, or its own.
    #[must_use]
    pub fn tasks_of<'p>(&self, group: &Group, process: &'p Process) -> Vec<&'p TaskSpec> {
        let stops: Vec<&str> = self.nodes_of(group).map(|node| node.id.as_str()).chain([group.id.as_str()]).collect();
        process.tasks.iter().filter(|task| stops.contains(&task.node.as_str())).collect()
    }
}

/// How a stop stands on a journey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// Taken from the task that it is named after, or from its official ones.
    pub standing: Standing,
    /// Own tasks done, own tasks in the plan.
    pub count: (usize, usize),
    /// The task that decides how it stands: where a click leads.
    pub task: Option<TaskId>,
    /// What keeps it closed, directly.
    pub missing: Vec<TaskId>,
    /// Other tasks of the plan that belong here, with how each stands. They never make it ready or done.
    pub beside: Vec<(TaskId, Standing)>,
}

/// How a stop with these tasks stands. What came back is shown before what waits, and what waits before what can be done.
#[must_use]
pub fn stop(journey: &Journey, standings: &BTreeMap<&'static TaskId, Standing>, name: &str, node: Option<&Node>) -> Stop {
    let here = journey.process.tasks.iter().filter(|task| task.node == name && task.is_work());
    let (own, others): (Vec<_>, Vec<_>) = here
        .filter_map(|task| standings.get(&task.id).map(|standing| (task, standing)))
        .partition(|(task, _)| match node.and_then(|node| node.task.as_ref()) {
            Some(named) => task.id == *named,
            None => task.origin != Origin::Supporting,
        });
    let needed = |standing: &Standing| !matches!(standing, Standing::NotNeeded { .. });
    let beside = others.iter().filter(|(_, standing)| needed(standing));
    let beside = beside.map(|(task, standing)| (task.id.clone(), (*standing).clone())).collect();
    if own.is_empty() {
        // A stop without tasks of its own is passed when what it leads to is, or at once.
        let followed = node.and_then(|node| node.follows.as_ref()).and_then(|task| standings.get(task).map(|s| (task, s)));
        let (task, standing) = followed.map_or((None, Standing::Settled), |(task, s)| (Some(task.clone()), s.clone()));
        return Stop { standing, count: (0, 0), task, missing: Vec::new(), beside };
    }
    let planned = own.iter().filter(|(_, standing)| needed(standing)).count();
    let done = own.iter().filter(|(_, standing)| needed(standing) && standing.is_done()).count();
    let rank = |standing: &Standing| match standing {
        Standing::Returned | Standing::CheckAgain { .. } => 0,
        Standing::Submitted => 1,
        Standing::Draft => 2,
        Standing::Ready => 3,
        Standing::Locked { .. } => 4,
        Standing::Settled => 5,
        Standing::NotNeeded { .. } => 6,
    };
    let first = own.iter().min_by_key(|(_, standing)| rank(standing));
    let (task, standing) =
        first.map_or((None, Standing::Settled), |(task, standing)| (Some(task.id.clone()), (*standing).clone()));
    let missing = standing.waiting_on().to_vec();
    // Some of it is done already: it has been opened.
    let begun = done > 0 && matches!(standing, Standing::Ready | Standing::Locked { .. });
    Stop { standing: if begun { Standing::Draft } else { standing }, count: (done, planned), task, missing, beside }
}
