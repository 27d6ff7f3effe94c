//! What a reviewer's answers mean, for every task that is reviewed: a verdict on each part, and one decision.

use std::collections::BTreeSet;

use crate::{
    base::{
        actor::Role,
        ids::{FieldId, Round, TaskId},
        text,
    },
    form::{Answers, Form, Part, Problem, Problems},
    ledger::{
        event::{Along, Finding},
        journey::Journey,
        refusal::Refusal,
        standing::TaskRecord,
    },
    plan::process::TaskSpec,
    rule::command::Command,
    task::{forms, testing},
};

/// How one part stands for a reviewer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answered {
    /// Changed since the last review, or never judged: needs a verdict now.
    ToJudge,
    /// Accepted before and unchanged: the verdict is kept.
    Kept,
    /// A change was requested and the answer is still the same.
    Unanswered,
}

/// What subjects of the drafts of reviews begin with: each team has its own.
pub const SUBJECT: &str = "review.";

/// Subject of the draft of a team's review.
#[must_use]
pub fn subject_of(role: Role) -> String {
    format!("{SUBJECT}{}", role.name())
}

/// What differs between the round in which this team judged each part last and the newest one. `sent` is every round, oldest
/// first. A round that came between, and that somebody else returned, does not make an answered finding look unanswered.
#[must_use]
pub fn changed(form: &Form, role: Role, record: &TaskRecord, sent: &[(Round, Answers)]) -> Vec<FieldId> {
    let Some((_, new)) = sent.last() else { return Vec::new() };
    let differs = |part: &Part| {
        let judged = record.verdicts.of(&part.id, role)?.round;
        let (_, old) = sent.iter().find(|(round, _)| *round == judged)?;
        Some(part.differs(old, new))
    };
    form.to_review().into_iter().filter(|part| differs(part) == Some(true)).map(|part| part.id).collect()
}

/// How each part that this role judges stands, in page order: by its own words, whatever other teams say of the same part.
/// `changed` is what differs between the round last judged and
/// this one.
#[must_use]
pub fn to_judge(form: &Form, role: Role, record: &TaskRecord, changed: &[FieldId]) -> Vec<(Part, Answered)> {
    let stands = |id: &FieldId| match record.verdicts.of(id, role) {
        _ if changed.contains(id) => Answered::ToJudge,
        Some(verdict) if verdict.finding.is_none() => Answered::Kept,
        Some(_) => Answered::Unanswered,
        None => Answered::ToJudge,
    };
    let owned = |part: &Part| part.owner.is_none_or(|owner| owner == role);
    form.to_review().into_iter().filter(owned).map(|part| (part.clone(), stands(&part.id))).collect()
}

/// The parts on which this team has still to say something before it can approve, as far as the ledger tells: those that it
/// has never judged, and those where it asked for a change; of rows that went with a test stage also those that were answered
/// anew. Nobody approves for a team what another one has read.
#[must_use]
pub fn unjudged(journey: &Journey, spec: &TaskSpec, role: Role) -> Vec<FieldId> {
    let record = journey.task(&spec.id);
    let says = |id: &FieldId| {
        let verdict = record.verdicts.of(id, role).filter(|verdict| verdict.finding.is_none());
        verdict.is_some_and(|verdict| record.answers_the_same(id, verdict.round))
    };
    let own = parts(journey, spec).filter(|(_, owner)| owner.is_none_or(|owner| owner == role)).map(|(id, _)| id);
    own.filter(|id| !says(id)).collect()
}

/// Those of these answers that are not another team's to judge.
#[must_use]
pub fn own(journey: &Journey, spec: &TaskSpec, role: Role, mut answers: Vec<FieldId>) -> Vec<FieldId> {
    let of_others = parts(journey, spec).filter(|(_, owner)| owner.is_some_and(|owner| owner != role)).map(|(id, _)| id);
    let of_others: BTreeSet<FieldId> = of_others.collect();
    answers.retain(|id| !of_others.contains(id));
    answers
}

/// The parts of what is reviewed, each with the one team that judges it; `None` for a part that every team judges. What asks
/// for an exception is judged by whoever may grant it.
fn parts<'a>(journey: &'a Journey, spec: &'a TaskSpec) -> impl Iterator<Item = (FieldId, Option<Role>)> + 'a {
    let work = spec.reviews.as_ref().and_then(|id| journey.process.task(id)).unwrap_or(spec);
    let justified = journey.submitted_in(spec).sent.last().map(|sent| sent.justified.as_slice()).unwrap_or_default();
    let owner = |part: &Part| match spec.escalate.first() {
        Some(exceptions) if justified.contains(&part.id) => Some(*exceptions),
        _ => part.owner,
    };
    // What is judged of a test stage is known by its ledger. Where that does not say which rows went along, they are shown
    // with the others.
    let form = if work.closes.is_some() { testing::judged(journey, work) } else { forms::form_of(work, &journey.opening) };
    form.to_review().into_iter().map(move |part| (part.id.clone(), owner(&part)))
}

/// What a reviewer judges of the round with these answers, each part with its team.
#[must_use]
pub fn judged_form(journey: &Journey, work: &TaskSpec, sent: &Answers) -> Form {
    let by_row = !journey.went_along(work).is_empty();
    if by_row { testing::judged(journey, work) } else { forms::judged(work, &journey.opening, sent) }
}

/// Rows that are named one by one when they wait for a verdict.
const MOST_TOLD: usize = 20;

/// The question for the verdict: `accept`, `condition` or `change`.
#[must_use]
pub fn verdict_of(row: &FieldId) -> String {
    format!("verdict_{row}")
}

/// The question for the words with it.
#[must_use]
pub fn finding_of(row: &FieldId) -> String {
    format!("finding_{row}")
}

/// What is typed of a record, with the verdicts that were kept on the rows of the SCAL that went along, and none that was
/// not: nobody accepts rows that they have not looked at.
///
/// # Errors
/// [`Refusal::Invalid`] with each row that has no verdict yet.
pub fn with_rows(along: &[Along], judged: &[(Part, Answered)], typed: &Answers, kept: &Answers) -> Result<Answers, Refusal> {
    let mut whole = typed.clone();
    let mut problems = Vec::new();
    for (part, stands) in judged.iter().filter(|(part, _)| along.iter().any(|along| along.row == part.id)) {
        let (verdict, finding) = (verdict_of(&part.id), finding_of(&part.id));
        for field in [&verdict, &finding] {
            whole.0.remove(field);
            whole.0.extend(kept.0.get_key_value(field).map(|(field, values)| (field.clone(), values.clone())));
        }
        if kept.one(&verdict).is_empty() && *stands != Answered::Kept {
            let says =
                if *stands == Answered::Unanswered { "has an open finding and no new verdict" } else { "has no verdict yet" };
            problems.push(Problem::new(&verdict, format!("{} {says}. Judge it with the rows of the SCAL", part.label)));
        }
    }
    let more = problems.len().saturating_sub(MOST_TOLD);
    if more > 0 {
        problems.truncate(MOST_TOLD);
        problems.push(Problem::new("rows", format!("{more} more rows have no verdict yet")));
    }
    if problems.is_empty() || typed.one("decision") == "refuse" { Ok(whole) } else { Err(Refusal::Invalid(Problems(problems))) }
}

/// What the reviewer's form asks for. In `typed`, `verdict_{part}` is `accept`, `condition` or `change`, `finding_{part}` the words;
/// `rest` is `accept` when every part without a verdict shall be accepted; `decision` is `approve`, `return` or `refuse`,
/// with `note` or `reason`.
///
/// # Errors
/// [`Refusal::Invalid`] with every problem: a verdict is missing, words are missing, or the decision contradicts the verdicts.
pub fn review(task: &TaskId, judged: &[(Part, Answered)], typed: &Answers) -> Result<Command, Refusal> {
    let decision = typed.one("decision");
    if decision == "refuse" {
        return Ok(Command::Refuse { task: task.clone(), reason: typed.one("reason").to_owned() });
    }
    let rest = typed.one("rest") == "accept";
    let mut problems = Vec::new();
    let mut findings = Vec::new();
    let mut accepted = Vec::new();
    let mut conditions = Vec::new();
    for (part, stands) in judged {
        let id = &part.id;
        let words = text::tidy(typed.one(&format!("finding_{id}")));
        match (typed.one(&format!("verdict_{id}")), stands) {
            ("accept", _) => accepted.push(id.clone()),
            // The verdict of an earlier round stands, with the name and day of whoever gave it.
            ("", Answered::Kept) => {}
            ("", Answered::ToJudge) if rest => accepted.push(id.clone()),
            ("change", _) if words.is_empty() => {
                problems.push(Problem::new(&format!("finding_{id}"), "Say what to change"));
            }
            ("condition", _) if words.is_empty() => {
                problems.push(Problem::new(&format!("finding_{id}"), "Say under what condition"));
            }
            ("condition", _) => conditions.push(Finding { field: Some(id.clone()), words }),
            ("change", _) => findings.push(Finding { field: Some(id.clone()), words }),
            _ => problems.push(Problem::new(&format!("verdict_{id}"), "Accept this answer or request a change")),
        }
    }
    match decision {
        "approve" if !findings.is_empty() => {
            problems.push(Problem::new(
                "decision",
                "You cannot approve while a change is requested. Return it to the supplier, or accept every answer",
            ));
        }
        "return" if findings.is_empty() && problems.is_empty() => {
            problems.push(Problem::new("decision", "Every answer is accepted. Approve it, or request a change"));
        }
        "approve" | "return" => {}
        _ => problems.push(Problem::new("decision", "Choose what to do with it")),
    }
    if !problems.is_empty() {
        return Err(Refusal::Invalid(Problems(problems)));
    }
    Ok(if decision == "approve" {
        Command::Approve { task: task.clone(), note: typed.one("note").to_owned(), accepted, conditions }
    } else {
        Command::Return { task: task.clone(), findings, accepted, conditions }
    })
}
