//! What was looked at in a request, and what came of it.

/// How a check ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// As it must be.
    Passed,
    /// Not as it must be: what was found, and what must stand there.
    Failed(String),
    /// Unusual, and for a person to judge.
    Doubtful(String),
    /// It could not be made: what was missing.
    NotMade(String),
}

/// One check with its outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Its number in the catalogue, such as `HDR-01`.
    pub rule: &'static str,
    /// What must hold.
    pub about: &'static str,
    /// Whether it does.
    pub outcome: Outcome,
}

/// The checks of one request, as they are made.
#[derive(Debug, Default)]
pub(crate) struct Report(pub(crate) Vec<Check>);

impl Report {
    pub(crate) fn add(&mut self, rule: &'static str, about: &'static str, outcome: Outcome) {
        self.0.push(Check { rule, about, outcome });
    }

    /// Fails with these words unless it holds.
    pub(crate) fn must(&mut self, rule: &'static str, about: &'static str, holds: bool, otherwise: impl Into<String>) {
        self.add(rule, about, if holds { Outcome::Passed } else { Outcome::Failed(otherwise.into()) });
    }

    /// Is doubtful with these words unless it holds.
    pub(crate) fn should(&mut self, rule: &'static str, about: &'static str, holds: bool, otherwise: impl Into<String>) {
        self.add(rule, about, if holds { Outcome::Passed } else { Outcome::Doubtful(otherwise.into()) });
    }
}

/// What somebody sent, short enough to be shown.
pub(crate) fn cut(text: &str) -> String {
    let shown: String = text.chars().take(120).collect();
    if shown.len() < text.len() { format!("{shown}…") } else { shown }
}
