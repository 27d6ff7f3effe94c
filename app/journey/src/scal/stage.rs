//! The rows of the SCAL that go with the record of a test stage.

use crate::{
    catalogue::row,
    form::Answers,
    plan::{opening::Opening, process::TaskSpec},
    rule::answering,
    scal::book::Entry,
    task::testing::{own, rows},
};

/// What was typed, with the replies to what came back and the rows that go along: those that are complete in the SCAL now.
/// What was typed of rows is dropped.
#[must_use]
pub fn with_rows(spec: &TaskSpec, opening: &Opening, typed: &Answers, entries: &[Entry]) -> Answers {
    let mut answers = answering::with_replies(own(spec), spec, opening, typed).only(typed);
    for row in rows(spec, opening) {
        if let Some(entry) = entries.iter().find(|entry| entry.row.field == row.field && goes_along(entry)) {
            answers.0.extend(entry.answers.0.clone());
        }
    }
    answers
}

/// Whether a row can go with the record of its test stage.
#[must_use]
pub fn goes_along(entry: &Entry) -> bool {
    row::is_answered(entry.row, &entry.answers)
}
