//! What came of a rule.

/// How a check ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// As it must be.
    Passed,
    /// Not as it must be: what was found.
    Failed(String),
    /// Unusual, or left open by the specification, and for a person to judge: what was found.
    Doubtful(String),
    /// Worth knowing, and no fault: what was found.
    Noted(String),
    /// It could not be made, or is not about this request: why.
    NotMade(String),
}

impl Outcome {
    /// As it must be, or nothing to say about it.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        matches!(self, Outcome::Passed | Outcome::NotMade(_))
    }

    /// What was found, or why nothing was looked at; empty for what passed.
    #[must_use]
    pub fn words(&self) -> &str {
        match self {
            Outcome::Passed => "",
            Outcome::Failed(words) | Outcome::Doubtful(words) | Outcome::Noted(words) | Outcome::NotMade(words) => words,
        }
    }

    /// The word for files.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Outcome::Passed => "passed",
            Outcome::Failed(_) => "failed",
            Outcome::Doubtful(_) => "doubtful",
            Outcome::Noted(_) => "noted",
            Outcome::NotMade(_) => "not-made",
        }
    }
}

/// One rule with its outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Its number in the catalogue, such as `HDR-01`.
    pub rule: &'static str,
    /// What must hold, in a line.
    pub about: &'static str,
    /// What must stand there.
    pub must: &'static str,
    /// Whether it does.
    pub outcome: Outcome,
}
