//! What was typed, and what is to be put right in it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::text;

/// Longest text that a draft keeps of any answer, in characters, unless its question takes longer ones. It is more than most
/// questions take, so that what is too long to be sent can be kept and shortened later.
pub const LONGEST: usize = 20_000;

/// What was typed: for each question the values sent, in page order. One value for a line of text, several for tick boxes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Answers(pub BTreeMap<String, Vec<String>>);

impl Answers {
    /// The single value of a question; empty when there is none.
    #[must_use]
    pub fn one(&self, field: &str) -> &str {
        self.0.get(field).and_then(|values| values.first()).map_or("", String::as_str)
    }

    /// All values of a question.
    #[must_use]
    pub fn many(&self, field: &str) -> &[String] {
        self.0.get(field).map_or(&[], Vec::as_slice)
    }

    /// The same with this question answered.
    #[must_use]
    pub fn with(mut self, field: &str, value: &str) -> Self {
        self.0.insert(field.to_owned(), vec![value.to_owned()]);
        self
    }

    /// Whether nothing at all was typed.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.0.values().flatten().all(|value| text::is_blank(value))
    }

    /// The text that is stored and whose digest is signed: JSON with keys in order, so that equal answers are equal bytes.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|_| "{}".to_owned())
    }
}

/// One thing to put right, said to the person who can.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The question it belongs to; the summary links there.
    pub field: String,
    /// What to do, as a sentence without full stop.
    pub says: String,
}

impl Problem {
    /// A problem with this question.
    #[must_use]
    pub fn new(field: &str, says: impl Into<String>) -> Self {
        Self { field: field.to_owned(), says: says.into() }
    }
}

/// Everything to put right, in page order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);
