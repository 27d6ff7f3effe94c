//! What a reviewer says of a row while reviewing: kept row by row, so that nothing is lost and a colleague of the same
//! team can go on. Only finishing the sections makes a decision of it.

use crate::{
    base::{ids::FieldId, text},
    catalogue::row::Row,
    form::{Answers, Field, Form, Kind},
    rule::{
        draft::Draft,
        reason,
        review::{Answered, finding_of, verdict_of},
    },
};

/// What subjects of verdicts begin with.
pub const SUBJECT: &str = "verdict.";

/// Subject of the draft of a verdict.
#[must_use]
pub fn subject_of(row: &FieldId) -> String {
    format!("{SUBJECT}{row}")
}

/// What the draft of a verdict may hold.
#[must_use]
pub fn draft_form(row: &Row) -> Form {
    Form::of(vec![
        Field::new(&verdict_of(&row.field), "Verdict", Kind::Line { max: 10 }),
        Field::new(&finding_of(&row.field), "Words with it", Kind::Words { max: reason::LONGEST_WORDS }),
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
pub enum VerdictStatus {
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

impl VerdictStatus {
    /// What is typed for a row, before anything is decided.
    #[must_use]
    pub fn of(row: &FieldId, stands: &Answered, typed: &Answers) -> Self {
        let words = !text::is_blank(typed.one(&finding_of(row)));
        match (typed.one(&verdict_of(row)), stands) {
            ("accept", _) => VerdictStatus::Accept,
            ("condition", _) if words => VerdictStatus::Condition,
            ("change", _) if words => VerdictStatus::Change,
            ("condition" | "change", _) => VerdictStatus::WordsMissing,
            (_, Answered::Kept) => VerdictStatus::Kept,
            _ => VerdictStatus::None,
        }
    }

    /// Whether a row can be accepted without a second look: nobody has found anything, it is met, and there is evidence.
    #[must_use]
    pub fn is_plain(self, stands: &Answered, status: &str, files: usize) -> bool {
        self == VerdictStatus::None && *stands == Answered::ToJudge && status == "met" && files > 0
    }

    /// What a team decides with these verdicts: one change returns the whole (`review::review`).
    #[must_use]
    pub fn decision(verdicts: impl IntoIterator<Item = VerdictStatus>) -> &'static str {
        if verdicts.into_iter().any(|says| says == VerdictStatus::Change) { "return" } else { "approve" }
    }

    /// The word on a page.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            VerdictStatus::None => "No verdict",
            VerdictStatus::WordsMissing => "Words missing",
            VerdictStatus::Change => "Change requested",
            VerdictStatus::Condition => "Accepted with condition",
            VerdictStatus::Accept => "Accepted",
            VerdictStatus::Kept => "Kept",
        }
    }

    /// Whether the sections cannot be finished while a row stands like this.
    #[must_use]
    pub fn blocks(self) -> bool {
        self <= VerdictStatus::WordsMissing
    }
}
