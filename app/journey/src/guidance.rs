//! Public guidance as data: the register of design decisions and the glossary (domain/decisions.md, domain/glossary.md).
//! Read once; a release whose guidance cannot be read fails its tests.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::opening::Capability;

/// What a decision is worth (domain/decisions.md, "Meaning of the labels").
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Status {
    /// One option out of a set was chosen.
    Selected,
    /// Plainly decided.
    Decision,
    /// Assumed, and open to be proved wrong.
    Assumption,
    /// Stated in prose, without a label.
    Unlabelled,
    /// Replaced by a later one.
    Superseded,
}

impl Status {
    /// Every status, in the order of a filter.
    pub const ALL: &'static [Status] =
        &[Status::Selected, Status::Decision, Status::Assumption, Status::Unlabelled, Status::Superseded];

    /// The label as published, and in addresses in lower case.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Status::Selected => "SELECTED",
            Status::Decision => "DECISION",
            Status::Assumption => "ASSUMPTION",
            Status::Unlabelled => "UNLABELLED",
            Status::Superseded => "SUPERSEDED",
        }
    }

    /// What it means.
    #[must_use]
    pub fn about(self) -> &'static str {
        match self {
            Status::Selected => "One option of several was chosen.",
            Status::Decision => "It was decided, without a list of options.",
            Status::Assumption => "It is assumed and still has to be confirmed.",
            Status::Unlabelled => "The source states it without a label.",
            Status::Superseded => "A later decision replaced it.",
        }
    }
}

/// One line of the register.
#[derive(Clone, Debug, Deserialize)]
pub struct Decision {
    /// Its number.
    pub id: String,
    /// The capability, or what several share.
    pub capability: String,
    /// The question.
    pub title: String,
    /// What it is worth.
    pub status: Status,
    /// The answer.
    pub chosen_option: String,
    /// Where it comes from.
    pub source: String,
}

/// A word and what it means.
#[derive(Clone, Debug, Deserialize)]
pub struct Term {
    /// The word.
    pub term: String,
    /// One sentence.
    pub meaning: String,
}

impl Term {
    /// Its anchor on the page.
    #[must_use]
    pub fn anchor(&self) -> String {
        let letters =
            self.term.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect::<String>();
        letters.split('-').filter(|part| !part.is_empty()).collect::<Vec<&str>>().join("-")
    }
}

/// # Panics
/// When a file of this release cannot be read, which the tests rule out.
fn read<T: serde::de::DeserializeOwned>(text: &str) -> Vec<T> {
    let rows = csv::Reader::from_reader(text.as_bytes()).into_deserialize().collect::<Result<Vec<T>, csv::Error>>();
    rows.expect("the guidance of this release is lawful")
}

/// The register, in the order of the source.
#[must_use]
pub fn decisions() -> &'static [Decision] {
    static READ: LazyLock<Vec<Decision>> = LazyLock::new(|| read(include_str!("../guidance/decisions.csv")));
    &READ
}

/// The decisions of a capability, with those that every capability shares.
pub fn decisions_of(capability: Capability) -> impl Iterator<Item = &'static Decision> {
    let shared = move |name: &str| match name {
        "Cross-cutting" => true,
        "Foundations" => capability == Capability::AppointmentManagement,
        name => name == capability.title(),
    };
    decisions().iter().filter(move |decision| shared(&decision.capability))
}

/// The glossary, by term.
#[must_use]
pub fn glossary() -> &'static [Term] {
    static READ: LazyLock<Vec<Term>> = LazyLock::new(|| read(include_str!("../guidance/glossary.csv")));
    &READ
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_register_is_whole_and_what_was_replaced_names_its_successor() {
        assert_eq!(decisions().len(), 59);
        let ids: BTreeSet<&str> = decisions().iter().map(|decision| decision.id.as_str()).collect();
        assert_eq!(ids.len(), 59, "numbers are unique");
        for decision in decisions().iter().filter(|decision| decision.status == Status::Superseded) {
            assert!(ids.iter().any(|id| decision.chosen_option.contains(*id)), "{} is replaced by something", decision.id);
        }
        let known: BTreeSet<&str> = Capability::ALL.iter().map(|c| c.title()).chain(["Cross-cutting", "Foundations"]).collect();
        assert!(decisions().iter().all(|decision| known.contains(decision.capability.as_str())), "each belongs somewhere");
    }

    #[test]
    fn every_term_has_a_meaning_and_an_anchor_of_its_own() {
        let anchors: BTreeSet<String> = glossary().iter().map(Term::anchor).collect();
        assert_eq!(anchors.len(), glossary().len());
        assert!(glossary().len() > 60);
        assert!(glossary().iter().all(|term| !term.meaning.trim().is_empty() && !term.anchor().is_empty()));
    }
}
