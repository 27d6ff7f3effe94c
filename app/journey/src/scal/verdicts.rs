//! What a reviewer says of a row while reviewing: kept row by row, so that nothing is lost and a colleague of the same
//! team can go on. Only finishing the sections makes a decision of it.

use super::Row;
use crate::{
    decide,
    form::{Answers, Field, Form, Kind},
    ids::FieldId,
    port::Draft,
    review::Answered,
    text,
};

/// What subjects of verdicts begin with.
pub const SUBJECT: &str = "verdict.";

/// Subject of the draft of a verdict.
#[must_use]
pub fn subject_of(row: &FieldId) -> String {
    format!("{SUBJECT}{row}")
}

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

/// What the draft of a verdict may hold.
#[must_use]
pub fn draft_form(row: &Row) -> Form {
    Form::of(vec![
        Field::new(&verdict_of(&row.field), "Verdict", Kind::Line { max: 10 }),
        Field::new(&finding_of(&row.field), "Words with it", Kind::Words { max: decide::LONGEST_WORDS }),
    ])
}

/// What is kept of all verdicts, as one answer to the reviewer's form.
///
/// # Errors
/// A sentence for the log when a draft cannot be read.
pub fn typed(drafts: &[Draft]) -> Result<Answers, String> {
    let mut typed = Answers::default();
    for draft in drafts.iter().filter(|draft| draft.subject.starts_with(SUBJECT)) {
        let body: Answers = serde_json::from_str(&draft.body).map_err(|error| format!("draft {}: {error}", draft.subject))?;
        typed.0.extend(body.0);
    }
    Ok(typed)
}

/// How a row stands for the reviewer who looks at it now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Says {
    /// Needs a verdict.
    None,
    /// A change is requested and words are missing.
    WordsMissing,
    /// A change is requested.
    Change,
    /// Accepted under a condition.
    Condition,
    /// Accepted now.
    Accept,
    /// Accepted in an earlier round; nothing has changed.
    Kept,
}

impl Says {
    /// What is typed for a row, before anything is decided.
    #[must_use]
    pub fn of(row: &FieldId, stands: &Answered, typed: &Answers) -> Self {
        let words = !text::is_blank(typed.one(&finding_of(row)));
        match (typed.one(&verdict_of(row)), stands) {
            ("accept", _) => Says::Accept,
            ("condition", _) if words => Says::Condition,
            ("change", _) if words => Says::Change,
            ("condition" | "change", _) => Says::WordsMissing,
            (_, Answered::Kept) => Says::Kept,
            _ => Says::None,
        }
    }

    /// Whether a row can be accepted without a second look: nobody has found anything, it is met, and there is evidence.
    #[must_use]
    pub fn is_plain(self, stands: &Answered, status: &str, files: usize) -> bool {
        self == Says::None && *stands == Answered::ToJudge && status == "met" && files > 0
    }

    /// What a team decides with these verdicts: one change returns the whole (`review::review`).
    #[must_use]
    pub fn decision(verdicts: impl IntoIterator<Item = Says>) -> &'static str {
        if verdicts.into_iter().any(|says| says == Says::Change) { "return" } else { "approve" }
    }

    /// The word on a page.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Says::None => "No verdict",
            Says::WordsMissing => "Words missing",
            Says::Change => "Change requested",
            Says::Condition => "Accepted with condition",
            Says::Accept => "Accepted",
            Says::Kept => "Kept",
        }
    }

    /// Whether the sections cannot be finished while a row stands like this.
    #[must_use]
    pub fn blocks(self) -> bool {
        self <= Says::WordsMissing
    }
}
