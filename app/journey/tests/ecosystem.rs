//! The pictures are the processes: every task has a stop, every stop a task or a reason, every leg two ends.

mod common;

use std::collections::BTreeSet;

use common::shipped;
use journey::{
    plan::{check, process::Origin},
    view::ecosystem::{Diagram, diagram},
};

fn both() -> [&'static Diagram; 2] {
    ["consumer", "provider"].map(|side| diagram(side).expect("a picture of each side"))
}

#[test]
fn every_task_has_a_stop_and_every_stop_a_task_or_a_reason() {
    for picture in both() {
        let process = shipped().newest(&picture.side).expect("a process of each side");
        let middle = &picture.engagement().expect("a middle").id;
        let stops: BTreeSet<&str> = picture.nodes.iter().map(|node| node.id.as_str()).chain([middle.as_str()]).collect();
        assert_eq!(stops.len(), picture.nodes.len() + 1, "stops have names of their own");
        for task in &process.tasks {
            assert!(stops.contains(task.node.as_str()), "{} stands nowhere in the picture of the {}", task.id, picture.side);
        }
        for node in &picture.nodes {
            let has = process.tasks.iter().any(|task| task.node == node.id);
            assert_ne!(has, node.why.is_some(), "{} has either tasks or a reason for having none", node.id);
            assert!(check::NODES.contains(&node.id.as_str()), "{} is known to definitions", node.id);
            assert!(node.follows.iter().all(|task| process.task(task).is_some()), "{} follows a task", node.id);
            let stands_here = |id| process.task(id).is_some_and(|task| task.node == node.id && task.origin != Origin::Supporting);
            assert!(node.task.iter().all(stands_here), "{} is named after an official task of its own", node.id);
            assert!(node.name.starts_with(&node.label[0].replace('*', "")), "the label of {} begins its name", node.id);
        }
    }
}

#[test]
fn every_leg_key_and_group_leads_somewhere() {
    for picture in both() {
        let groups: BTreeSet<&str> = picture.groups.iter().map(|group| group.id.as_str()).collect();
        let nodes: BTreeSet<&str> = picture.nodes.iter().map(|node| node.id.as_str()).collect();
        let middle = picture.engagement().expect("a middle").id.as_str();
        for edge in &picture.edges {
            let ends = if edge.talk { &groups } else { &nodes };
            assert!(ends.contains(edge.to.as_str()), "{} to {}", edge.from, edge.to);
            assert!(if edge.talk { edge.from == middle } else { nodes.contains(edge.from.as_str()) }, "from {}", edge.from);
            assert!(edge.path.starts_with('M') && edge.path.chars().all(|c| "MLQA -.".contains(c) || c.is_ascii_digit()));
        }
        for node in &picture.nodes {
            assert!(groups.contains(node.group.as_str()), "{} has a group", node.id);
            for to in node.keys.values() {
                assert!(nodes.contains(to.as_str()) || to == middle, "a key of {} leads to {to}", node.id);
            }
            let [x, y] = node.at;
            assert!((0.0..=picture.size[0]).contains(&x) && (0.0..=picture.size[1]).contains(&y), "{} is inside", node.id);
        }
    }
}

/// The order of the tour is the order of the gates, but where the published tasks themselves go back to an earlier stop.
#[test]
fn the_tour_runs_against_a_gate_only_where_the_source_does() {
    let mut against = BTreeSet::new();
    for picture in both() {
        let process = shipped().newest(&picture.side).expect("a process");
        let place = |node: &str| picture.nodes.iter().position(|known| known.id == node);
        let official = |task: &&journey::plan::process::TaskSpec| task.origin != journey::plan::process::Origin::Supporting;
        for task in process.tasks.iter().filter(official) {
            for need in task.needs.iter().filter_map(|need| process.task(need)).filter(official) {
                if place(&need.node) > place(&task.node) && place(&task.node).is_some() {
                    against.insert(format!("{} needs {}", task.id, need.id));
                }
            }
        }
    }
    // The SCAL is submitted before the tests against providers, which are integration testing once more.
    assert_eq!(against, BTreeSet::from(["test-int-providers needs submit-scal".to_owned()]));
}
