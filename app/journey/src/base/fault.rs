//! What is wrong in a text that was read, with its line.

/// One thing wrong with a definition.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// Line of the definition, from 1; 0 when it is about the whole.
    pub line: usize,
    /// What is wrong and what would be right.
    pub says: String,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}: {}", self.line, self.says)
    }
}
