//! What is said to somebody on the next page, and a form that was refused with everything that was typed into it.

use journey::form::{Answers, Problem};
use serde::{Deserialize, Serialize};

/// What happened, whose turn it is, by when.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Banner {
    /// What happened.
    pub heading: String,
    /// What follows from it.
    pub text: String,
    /// Whether whoever reads it is shown where to go on.
    pub goes_on: bool,
    /// The journey and the task on which the decision can be undone.
    pub undo: Option<(String, String)>,
    /// Where to go on: address and words.
    pub links: Vec<(String, String)>,
}

/// A form that was not accepted, with every word that was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedForm {
    /// The page it belongs to.
    pub path: String,
    /// What could not be done.
    pub heading: String,
    /// Why, what would change it, who can.
    pub detail: String,
    /// Answers to put right.
    pub problems: Vec<Problem>,
    /// What was typed. Passwords are never kept.
    pub typed: Answers,
}

impl RefusedForm {
    /// What to say of one answer, if anything.
    #[must_use]
    pub fn problem(&self, field: &str) -> Option<String> {
        self.problems.iter().find(|problem| problem.field == field).map(|problem| problem.says.clone())
    }
}
