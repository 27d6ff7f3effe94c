//! What makes a definition lawful. Every fault at once: a release with one refuses to start.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    base::{
        actor::{Role, Side},
        fault::Fault,
        ids::TaskId,
    },
    plan::{
        certificates,
        opening::Condition,
        process::{Page, Process, Settle, TaskSpec},
    },
};

/// Months that a certificate may be valid for.
const MOST_MONTHS: u32 = 120;

/// Nodes of the consumer and provider diagrams (domain/diagram.md §1 and §2) that a task may stand on.
pub const NODES: &[&str] = &[
    "n1",
    "n2",
    "n3",
    "w1",
    "n4",
    "n5",
    "n6",
    "n7",
    "n8",
    "n9",
    "n10",
    "n11",
    "n12",
    "n13",
    "n14",
    "n15",
    "n16",
    "engagement",
    "p1",
    "p2",
    "p3",
    "pw",
    "p4",
    "p5",
    "p6",
    "p7",
    "p8",
    "p9",
    "pg",
    "p10",
    "p11",
    "p12",
    "p13",
    "p-engagement",
];

/// Every fault of a definition whose parts could be read.
#[must_use]
pub fn lawful(process: &Process) -> Vec<Fault> {
    let mut faults = Vec::new();
    unique(process, &mut faults);
    for task in &process.tasks {
        shape(process, task, &mut faults);
    }
    match process.task(&process.last) {
        None => faults.push(Fault { line: 1, says: format!("last: there is no task “{}”", process.last) }),
        // A journey is live when this one is settled: so it is in every plan, and somebody settles it.
        Some(last) if !last.when.is_empty() || last.waivable || last.settle == Settle::WithJourney => {
            let says = format!("task “{}”: the last one has no when, is not waivable and does not settle with_journey", last.id);
            faults.push(Fault { line: last.line, says });
        }
        Some(_) => {}
    }
    cycles(process, &mut faults);
    faults
}

fn unique(process: &Process, faults: &mut Vec<Fault>) {
    let mut first: BTreeMap<&TaskId, usize> = BTreeMap::new();
    for task in &process.tasks {
        if let Some(line) = first.insert(&task.id, task.line) {
            faults.push(Fault { line: task.line, says: format!("task “{}” is defined before, in line {line}", task.id) });
        }
    }
    let mut stages = BTreeSet::new();
    for stage in &process.stages {
        if !stages.insert(&stage.id) {
            faults.push(Fault { line: stage.line, says: format!("stage “{}” is defined before", stage.id) });
        }
        if !process.tasks.iter().any(|task| task.stage == stage.id) {
            faults.push(Fault { line: stage.line, says: format!("stage “{}” has no task", stage.id) });
        }
    }
}

fn shape(process: &Process, task: &TaskSpec, faults: &mut Vec<Fault>) {
    let mut fault = |says: String| faults.push(Fault { line: task.line, says: format!("task “{}”: {says}", task.id) });
    if !process.stages.iter().any(|stage| stage.id == task.stage) {
        fault(format!("there is no stage “{}”", task.stage));
    }
    if !NODES.contains(&task.node.as_str()) {
        fault(format!("the diagram has no node “{}”", task.node));
    }
    for need in &task.needs {
        match process.task(need) {
            None => fault(format!("needs “{need}”, which does not exist")),
            Some(need) if need.settle == Settle::WithJourney => {
                fault(format!("needs “{}”, which stays open until the journey is live", need.id));
            }
            Some(_) => {}
        }
    }
    if let Some(lapse) = &task.lapse {
        let starts = process.task(&lapse.unless_started);
        if !starts.is_some_and(|t| t.can_start) {
            fault(format!("lapses unless “{}” is started, which cannot be", lapse.unless_started));
        }
        if task.settle != Settle::ByReview {
            fault("only an approval by review can lapse".to_owned());
        }
    }
    let waits = task.decide.iter().any(|role| role.side() == Side::Programme);
    if waits && task.target.is_none() {
        fault("say by when it is answered: target = “5 working days”, “14 calendar days” or “none”".to_owned());
    }
    if !waits && task.target.is_some() {
        fault("only the programme has a target, and it does not decide here: remove target".to_owned());
    }
    if task.opens_engagement {
        let answered = task.settle == Settle::ByAcknowledgement;
        if !answered || task.waivable || !task.when.is_empty() {
            fault(
                "whoever opens the engagement confirms the plan: settle by_acknowledgement, not waivable, and no when".to_owned(),
            );
        }
        if process.tasks.iter().filter(|other| other.opens_engagement).count() > 1 {
            fault("the engagement is opened by one task".to_owned());
        }
    }
    if task.when.contains(&Condition::Safety) && !process.tasks.iter().any(|other| other.opens_engagement) {
        fault("when: “safety” waits until the plan is confirmed, and no task opens the engagement".to_owned());
    }
    for side in &task.readers {
        if !matches!(side, Side::EndUser | Side::Commissioner) {
            fault(format!("readers: only end_user and commissioner can be named, and not {}", side.name()));
        } else if task.by.iter().chain(&task.decide).any(|role| role.side() == *side) {
            fault(format!("readers: {} has something to do here and reads it anyway", side.name()));
        }
    }
    match task.settle {
        Settle::OnSubmit | Settle::WithJourney => {
            if !task.decide.is_empty() {
                fault("nobody decides on a task that settles by itself: remove decide".to_owned());
            }
        }
        Settle::ByReview | Settle::ByAcknowledgement => {
            if task.decide.is_empty() {
                fault("name in decide who answers".to_owned());
            }
            if task.decide.iter().any(|role| role.side() != Side::Programme) {
                fault("only a team of the programme can answer".to_owned());
            }
        }
        Settle::ByIssue | Settle::BySignatures => {
            if task.decide.is_empty() {
                fault("name in decide who issues or signs".to_owned());
            }
        }
    }
    let signed = task.settle == Settle::BySignatures;
    if signed != task.signs.is_some() {
        fault("signs says what is signed: it goes with by_signatures, and with nothing else".to_owned());
    }
    if task.renew_months.is_some() && !task.is_signed_by_users() {
        fault("renew_months: no organisation that uses the product signs it".to_owned());
    }
    if task.renew_months.is_some_and(|months| !(2..=MOST_MONTHS).contains(&months)) {
        fault(format!("renew_months: a signature counts for 2 to {MOST_MONTHS} months"));
    }
    for other in &task.binds {
        if !signed {
            fault("only what is signed binds the words of other tasks: remove binds".to_owned());
        } else if process.task(other).is_none() {
            fault(format!("binds “{other}”, which does not exist"));
        }
    }
    if task.closes.is_some() && task.page != Page::Testing {
        fault("only a test stage closes rows of the SCAL: remove closes".to_owned());
    }
    if task.valid_months.is_some() && task.certificate.is_none() {
        fault("valid_months: it leaves no certificate".to_owned());
    }
    if task.valid_months.is_some_and(|months| !(1..=MOST_MONTHS).contains(&months)) {
        fault(format!("valid_months: a certificate is valid for 1 to {MOST_MONTHS} months"));
    }
    if task.certificate.is_some() && certificates::kind(task).is_none() {
        let known = certificates::names().collect::<Vec<_>>().join(", ");
        fault(format!("there is no such certificate: write one of {known}"));
    }
    if task.confirm && task.settle != Settle::ByAcknowledgement {
        fault("only what settles by_acknowledgement is confirmed: remove confirm".to_owned());
    }
    let submitted = task.settle != Settle::ByIssue;
    let starts = submitted && !matches!(task.settle, Settle::BySignatures | Settle::WithJourney);
    if task.can_start && (!starts || task.by.is_empty()) {
        fault("only a task that somebody submits can be started".to_owned());
    }
    let escalates = task.settle == Settle::ByReview && task.page == Page::Scal;
    if !task.escalate.is_empty() && (!escalates || task.escalate.iter().any(|role| role.side() != Side::Programme)) {
        fault("only a SCAL that is reviewed can call in another team of the programme".to_owned());
    }
    let of_others = task.agrees.iter().all(|role| matches!(role.side(), Side::EndUser | Side::Commissioner));
    if !task.agrees.is_empty() && (task.settle != Settle::ByReview || !of_others) {
        fault("only what settles by_review is agreed to, by roles of end users or commissioners".to_owned());
    }
    if task.holds_waves && process.comes_after(task, &process.last) {
        fault("what holds back later waves cannot wait until the journey is live: remove holds_waves".to_owned());
    }
    match &task.reviews {
        Some(other) => {
            if task.settle != Settle::ByReview || !task.by.is_empty() {
                fault("a task that reviews another settles by_review and has no by".to_owned());
            }
            if !task.needs.contains(other) {
                fault(format!("reviews “{other}” and so must need it"));
            }
            if process.task(other).is_some_and(|t| t.settle != Settle::OnSubmit || t.when != task.when) {
                fault(format!("“{other}” must settle on_submit and have the same when"));
            }
            // Its page shows what the other one sent.
            let unlike = |other: &TaskSpec| Side::ALL.iter().any(|side| other.is_read_by(*side) != task.is_read_by(*side));
            if process.task(other).is_some_and(unlike) {
                fault(format!("“{other}” must have the same readers"));
            }
            // Nobody submits to a review by itself: without the other one there is nothing to decide on.
            if process.task(other).is_some_and(|t| t.waivable) {
                fault(format!("“{other}” must not be waivable, or this one never ends"));
            }
            if process.reviewer_of(other).is_some_and(|first| first.id != task.id) {
                fault(format!("“{other}” is reviewed by another task already"));
            }
        }
        None if submitted && task.by.is_empty() => fault("name in by who acts".to_owned()),
        None => {}
    }
    if task.by.iter().chain(&task.decide).any(|role| *role == Role::Operator) {
        fault("an operator has no part in a journey".to_owned());
    }
}

/// Walks the gates depth first; a task met again on its own way down is in a circle.
fn cycles(process: &Process, faults: &mut Vec<Fault>) {
    fn visit<'a>(
        process: &'a Process,
        task: &'a TaskSpec,
        way: &mut Vec<&'a TaskId>,
        done: &mut BTreeSet<&'a TaskId>,
        faults: &mut Vec<Fault>,
    ) {
        if done.contains(&task.id) {
            return;
        }
        if let Some(start) = way.iter().position(|id| **id == task.id) {
            let circle: Vec<&str> = way[start..].iter().map(|id| id.as_str()).chain([task.id.as_str()]).collect();
            faults.push(Fault { line: task.line, says: format!("gates go in a circle: {}", circle.join(" needs ")) });
            return;
        }
        way.push(&task.id);
        for need in task.needs.iter().filter_map(|need| process.task(need)) {
            visit(process, need, way, done, faults);
        }
        way.pop();
        done.insert(&task.id);
    }
    let mut done = BTreeSet::new();
    for task in &process.tasks {
        visit(process, task, &mut Vec::new(), &mut done, faults);
    }
}
