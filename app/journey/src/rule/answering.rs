//! An answer that came back: whoever sends it again has changed it, or says why it stays as it is. So nobody reads the same
//! words twice without a word about what was found. Rows of the SCAL have a rule of their own (`scal::book::to_send`).

use crate::{
    base::{ids::FieldId, text},
    form::{Answers, Field, Form, Kind, Part, Problem, Problems},
    ledger::{event::Finding, journey::Journey, standing::State},
    plan::{
        opening::Opening,
        process::{Page, Settle, TaskSpec},
    },
    rule::reason,
    task::{forms, testing},
};

/// The question for a reply to what was said of the whole; with `_` and the name of an answer, to a finding on that one.
const REPLY: &str = "reply";

/// The question for the reply to a finding: on an answer, or on the whole when there is none.
#[must_use]
pub fn reply_to(answer: Option<&FieldId>) -> String {
    answer.map_or_else(|| REPLY.to_owned(), |answer| format!("{REPLY}_{answer}"))
}

/// What a task came back with, as far as it must be answered before the task is sent again. Who declined to sign may have
/// found fault with what is not in the parts; a SCAL is answered row by row.
#[must_use]
pub fn findings<'a>(journey: &'a Journey, spec: &TaskSpec) -> &'a [Finding] {
    match &journey.task(&spec.id).state {
        State::Returned { findings, .. } if spec.settle != Settle::BySignatures && spec.page != Page::Scal => findings,
        _ => &[],
    }
}

/// What findings may name: what is judged together, and of a test stage each row that goes along.
fn parts(spec: &TaskSpec, opening: &Opening) -> Vec<Part> {
    let mut parts = forms::form_of(spec, opening).to_review();
    parts.extend(testing::rows(spec, opening).into_iter().map(testing::part_of));
    parts
}

/// What a finding is about, as a page names it; empty when that is not asked any more.
#[must_use]
pub fn label_of(spec: &TaskSpec, opening: &Opening, answer: &FieldId) -> String {
    parts(spec, opening).into_iter().find(|part| part.id == *answer).map(|part| part.label).unwrap_or_default()
}

fn question(answer: Option<&Part>) -> Field {
    let label = match answer {
        Some(part) => format!("Your reply about “{}”", part.label),
        None => "Your reply to what was asked for".to_owned(),
    };
    let hint = "Only if you leave the answer as it is: say why. NHS England reads this with the next round.";
    let id = reply_to(answer.map(|part| &part.id));
    Field::new(&id, &label, Kind::Words { max: reason::LONGEST_WORDS }).hint(hint)
}

/// The form of a submission: what the task asks, and the replies that came with these answers.
#[must_use]
pub fn sent(spec: &TaskSpec, opening: &Opening, answers: &Answers) -> Form {
    with_replies(forms::form_of(spec, opening), spec, opening, answers)
}

/// A form of this task with the questions for the replies that stand in these answers, behind all others.
#[must_use]
pub fn with_replies(mut form: Form, spec: &TaskSpec, opening: &Opening, answers: &Answers) -> Form {
    // Nearly no answers have any.
    if !answers.0.keys().any(|key| key.starts_with(REPLY)) {
        return form;
    }
    let questions: Vec<Field> = std::iter::once(None)
        .chain(parts(spec, opening).iter().map(Some))
        .map(question)
        .filter(|field| answers.0.contains_key(field.id.as_str()))
        .collect();
    form.fields.extend(questions);
    form
}

/// What a person types into the page of a task now: what it asks, with a reply below each answer that something was found on.
#[must_use]
pub fn asked(journey: &Journey, spec: &TaskSpec) -> Form {
    let mut form = forms::asked(spec, &journey.opening);
    let findings = findings(journey, spec);
    if findings.is_empty() {
        return form;
    }
    let parts = parts(spec, &journey.opening);
    for finding in findings {
        let part = named(&parts, finding);
        let field = question(part);
        if form.fields.iter().any(|known| known.id == field.id) {
            continue;
        }
        let of_part = |known: &Field| part.is_some_and(|part| part.fields.contains(&known.id));
        let place = form.fields.iter().rposition(of_part).map_or(form.fields.len(), |last| last + 1);
        form.fields.insert(place, field);
    }
    form
}

/// The answer that a finding is about; none when it is about the whole, or about what is not asked any more.
fn named<'a>(parts: &'a [Part], finding: &Finding) -> Option<&'a Part> {
    parts.iter().find(|part| finding.field.as_ref() == Some(&part.id))
}

/// What was sent before, as the next round begins with it: a reply belongs to the round that it was sent with.
#[must_use]
pub fn without_replies(mut answers: Answers) -> Answers {
    answers.0.retain(|key, _| !key.starts_with(REPLY));
    answers
}

/// Whether every finding is answered: what it is about has changed since the round that came back, or a reply says why not.
///
/// # Errors
/// A problem for each finding that is not, at the question for its reply.
pub fn answered(journey: &Journey, spec: &TaskSpec, before: &Answers, now: &Answers) -> Result<(), Problems> {
    let findings = findings(journey, spec);
    if findings.is_empty() {
        return Ok(());
    }
    let form = sent(spec, &journey.opening, now);
    // What cannot be sent is told as such.
    let Ok(now) = form.check(now) else { return Ok(()) };
    let parts = parts(spec, &journey.opening);
    let rows = testing::rows(spec, &journey.opening);
    let mut problems: Vec<Problem> = Vec::new();
    for finding in findings {
        let part = named(&parts, finding);
        let row = part.and_then(|part| rows.iter().find(|row| row.field == part.id));
        if let (Some(part), Some(row)) = (part, row)
            && part.is_blank(&now)
        {
            let says = format!("A change was asked for on {}. Answer it in the SCAL, so that it goes along again", row.id);
            problems.push(Problem::new("rows-along", says));
            continue;
        }
        let changed = match part {
            Some(part) => part.differs(before, &now),
            None => parts.iter().any(|part| part.differs(before, &now)),
        };
        let field = reply_to(part.map(|part| &part.id));
        let reply = text::tidy(now.one(&field));
        let replied = !reply.is_empty() && reply != text::tidy(before.one(&field));
        if changed || replied || problems.iter().any(|known| known.field == field) {
            continue;
        }
        let says = match (part, row) {
            (_, Some(row)) => format!("Change the answer to {} in the SCAL, or say here why it stays as it is", row.id),
            (Some(part), None) => format!("Change “{}”, or say here why it stays as it is", part.label),
            (None, None) => "Change what was asked for, or say here why everything stays as it is".to_owned(),
        };
        problems.push(Problem::new(&field, says));
    }
    if problems.is_empty() { Ok(()) } else { Err(Problems(problems)) }
}

/// The reply that came with these answers to the finding on an answer, or on the whole; empty when there is none.
#[must_use]
pub fn reply<'a>(answers: &'a Answers, answer: Option<&FieldId>) -> &'a str {
    answers.one(&reply_to(answer))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{plan::process::Processes, view::example};

    /// A question of a task that began like a reply would be taken for one; and every answer can be replied about.
    #[test]
    fn no_question_of_a_task_is_named_like_a_reply() {
        let opening = example::example("consumer").at(0).opening;
        for spec in Processes::shipped().expect("lawful").all().flat_map(|process| &process.tasks) {
            for field in forms::form_of(spec, &opening).fields {
                assert!(!field.id.as_str().starts_with(REPLY), "{} asks {}", spec.id, field.id);
            }
            let replies: Vec<Field> = parts(spec, &opening).iter().map(Some).map(question).collect();
            assert!(replies.iter().all(|field| field.id.as_str().starts_with(REPLY)), "{}", spec.id);
        }
    }
}
