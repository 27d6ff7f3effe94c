//! What was sent, as those judge it who decide.

use journey::{
    base::{actor::Role, ids::Round},
    form::{Answers, Field, Form, Kind, Part},
    ledger::standing::TaskRecord,
    port::Submission,
    rule::{
        reason,
        review::{Answered, changed, to_judge},
    },
};

use crate::{act::sent, base::halt::Halt};

/// The fields that a reviewer types: a verdict and a finding per answer, the decision, a reason, a note.
#[must_use]
pub fn typed_form(form: &Form) -> Form {
    let mut fields = Vec::new();
    for part in form.to_review() {
        fields.push(Field::new(&format!("verdict_{}", part.id), "", Kind::Line { max: 10 }));
        fields.push(Field::new(&format!("finding_{}", part.id), "", Kind::Words { max: reason::LONGEST_WORDS }));
    }
    fields.push(Field::new("rest", "", Kind::Line { max: 10 }));
    fields.push(Field::new("decision", "", Kind::Line { max: 10 }));
    fields.push(Field::new("note", "", Kind::Words { max: reason::LONGEST_WORDS }));
    fields.push(Field::new("reason", "", Kind::Words { max: reason::LONGEST_WORDS }));
    Form::of(fields)
}

/// Every round that was sent, with its answers.
///
/// # Errors
/// When a submission cannot be read.
pub fn rounds(sent: &[Submission]) -> Result<Vec<(Round, Answers)>, Halt> {
    sent.iter().map(|submission| Ok((submission.round, sent::answers_of(submission)?))).collect()
}

/// What a reviewer judges now in this role, and how each part stands. Used by the page and by the action alike.
///
/// # Errors
/// When a submission cannot be read.
pub fn judged(form: &Form, role: Role, record: &TaskRecord, sent: &[Submission]) -> Result<Vec<(Part, Answered)>, Halt> {
    Ok(to_judge(form, role, record, &changed(form, role, record, &rounds(sent)?)))
}
