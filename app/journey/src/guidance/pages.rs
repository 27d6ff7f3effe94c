//! Public guidance as data: the register of design decisions and the glossary (domain/decisions.md, domain/glossary.md).
//! Read once; a release whose guidance cannot be read fails its tests.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::{
    catalogue::{editions, row::Row},
    plan::capability::Capability,
};

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
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Term {
    /// The word.
    pub term: String,
    /// What it is, in a sentence or two.
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

/// What often goes wrong in a stage, and what helps.
#[derive(Clone, Debug, Deserialize)]
pub struct Trouble {
    /// `consumer` or `provider`.
    pub side: String,
    /// The group of the picture.
    pub stage: String,
    /// What goes wrong.
    pub what: String,
    /// What helps.
    pub cure: String,
}

/// A supplier whose GP systems provide GP Connect, as the specification names it.
#[derive(Clone, Debug, Deserialize)]
pub struct Provider {
    /// Its name.
    pub name: String,
    /// What it supplies.
    pub about: String,
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
    static READ: LazyLock<Vec<Decision>> = LazyLock::new(|| read(include_str!("../../guidance/decisions.csv")));
    &READ
}

/// An option that a decision did not choose (domain/decisions.md, "Rejected options worth showing").
#[derive(Clone, Debug, Deserialize)]
pub struct Rejected {
    /// The number of the decision.
    pub id: String,
    /// What was not chosen.
    pub option: String,
}

/// The options that a decision did not choose, as far as they are known.
pub fn rejected(id: &str) -> impl Iterator<Item = &'static Rejected> {
    static READ: LazyLock<Vec<Rejected>> = LazyLock::new(|| read(include_str!("../../guidance/rejected.csv")));
    READ.iter().filter(move |one| one.id == id)
}

/// Where a decision is read: on the page of its capability; one that several share, on that of the first which has it.
#[must_use]
pub fn decision_place(id: &str) -> Option<String> {
    let decision = decisions().iter().find(|decision| decision.id == id)?;
    let has = |capability: &&Capability| decisions_of(**capability).any(|known| known.id == decision.id);
    let capability = Capability::ALL.iter().find(has)?;
    Some(format!("/capabilities/{}#{}", capability.name(), decision.id.to_lowercase()))
}

/// Where a row of the newest edition is read by everybody.
#[must_use]
pub fn row_place(id: &str) -> Option<String> {
    let row = editions::rows(&editions::newest()).iter().find(|row| row.id == id)?;
    Some(place_of_row(row))
}

/// Where this row is read by everybody.
#[must_use]
pub fn place_of_row(row: &Row) -> String {
    format!("/scal/{}#{}", tab_name(&row.tab), row.id.to_lowercase())
}

/// A tab of the SCAL in an address.
#[must_use]
pub fn tab_name(tab: &str) -> String {
    tab.to_lowercase().replace(' ', "-")
}

/// What often goes wrong, stage by stage.
#[must_use]
pub fn troubles() -> &'static [Trouble] {
    static READ: LazyLock<Vec<Trouble>> = LazyLock::new(|| read(include_str!("../../guidance/troubles.csv")));
    &READ
}

/// Suppliers whose systems provide GP Connect.
#[must_use]
pub fn providers() -> &'static [Provider] {
    static READ: LazyLock<Vec<Provider>> = LazyLock::new(|| read(include_str!("../../guidance/providers.csv")));
    &READ
}

/// A piece of a text: plain, or a word of the glossary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'t> {
    /// As it stands.
    Plain(&'t str),
    /// This much of the text is this term.
    Explained(&'t str, &'static Term),
}

/// A text with its glossary words found, each once: whole words, longest first, as they are written in the glossary. Words
/// that begin small, and are everybody's, are left alone.
#[must_use]
pub fn explained(text: &str) -> Vec<Piece<'_>> {
    static TERMS: LazyLock<Vec<&'static Term>> = LazyLock::new(|| {
        let special = |term: &&Term| term.term.chars().filter(|c| c.is_uppercase()).count() > 1;
        let mut terms: Vec<&'static Term> = glossary().iter().filter(special).collect();
        terms.sort_by_key(|term| std::cmp::Reverse(term.term.len()));
        terms
    });
    let whole = |at: usize, end: usize| {
        let letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        !letter(text[..at].chars().next_back()) && !letter(text[end..].chars().next())
    };
    let mut found: Vec<(usize, usize, &'static Term)> = Vec::new();
    for term in TERMS.iter() {
        let place = text.match_indices(term.term.as_str()).map(|(at, word)| (at, at + word.len()));
        let free = |&(at, end): &(usize, usize)| whole(at, end) && found.iter().all(|(from, to, _)| end <= *from || at >= *to);
        if let Some((at, end)) = place.into_iter().find(free) {
            found.push((at, end, term));
        }
    }
    found.sort_by_key(|(at, ..)| *at);
    let mut pieces = Vec::new();
    let mut from = 0;
    for (at, end, term) in found {
        pieces.extend((at > from).then(|| Piece::Plain(&text[from..at])));
        pieces.push(Piece::Explained(&text[at..end], term));
        from = end;
    }
    pieces.extend((from < text.len()).then(|| Piece::Plain(&text[from..])));
    pieces
}

/// The decisions of a capability, with those that every capability shares.
pub fn decisions_of(capability: Capability) -> impl Iterator<Item = &'static Decision> {
    let shared = move |name: &str| match name {
        // What is shared is about requests through the proxy; Send Document travels over MESH and has no decisions of its own.
        "Cross-cutting" => capability != Capability::SendDocument,
        "Foundations" => capability == Capability::AppointmentManagement,
        name => name == capability.title(),
    };
    decisions().iter().filter(move |decision| shared(&decision.capability))
}

/// The glossary, by term.
#[must_use]
pub fn glossary() -> &'static [Term] {
    static READ: LazyLock<Vec<Term>> = LazyLock::new(|| read(include_str!("../../guidance/glossary.csv")));
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
    fn what_was_rejected_belongs_to_a_decision() {
        let count = |id: &str| rejected(id).count();
        let with: Vec<(&str, usize)> =
            decisions().iter().map(|d| (d.id.as_str(), count(&d.id))).filter(|(_, count)| *count > 0).collect();
        let known = [
            ("DEC-HTML-12", 2),
            ("DEC-HTML-18", 3),
            ("DEC-HTML-21", 1),
            ("DEC-HTML-27", 1),
            ("DEC-APT-02", 2),
            ("DEC-APT-03", 2),
            ("DEC-APT-05", 1),
            ("DEC-APT-09", 2),
        ];
        assert_eq!(with, known, "as in domain/decisions.md");
    }

    /// It goes over MESH: no mutual TLS, no token, no decisions at all.
    #[test]
    fn send_document_has_no_design_decisions() {
        assert_eq!(decisions_of(Capability::SendDocument).count(), 0);
        assert!(decisions_of(Capability::AccessDocument).all(|decision| decision.capability == "Cross-cutting"));
        assert!(decisions_of(Capability::AccessDocument).count() > 0);
    }

    #[test]
    fn every_stage_says_what_goes_wrong_and_every_trouble_is_of_a_stage() {
        for side in ["consumer", "provider"] {
            let picture = crate::view::ecosystem::diagram(side).expect("a picture of each side");
            for group in &picture.groups {
                assert!(troubles().iter().any(|t| t.side == side && t.stage == group.id), "{} of the {side}", group.id);
            }
            let known = |stage: &str| picture.groups.iter().any(|group| group.id == stage);
            assert!(troubles().iter().filter(|t| t.side == side).all(|t| known(&t.stage)));
        }
        assert!(troubles().iter().all(|t| matches!(t.side.as_str(), "consumer" | "provider")));
        assert_eq!(providers().len(), 4);
    }

    #[test]
    fn words_of_the_glossary_are_found_whole_and_once() {
        let pieces = explained("SCAL and SCALs, an ASID, Access Record HTML; SCAL");
        let words: Vec<&str> =
            pieces.iter().filter_map(|piece| if let Piece::Explained(word, _) = piece { Some(*word) } else { None }).collect();
        assert_eq!(words, ["SCAL", "ASID", "Access Record HTML"]);
        let joined: String = pieces
            .iter()
            .map(|piece| match piece {
                Piece::Plain(text) | Piece::Explained(text, _) => *text,
            })
            .collect();
        assert_eq!(joined, "SCAL and SCALs, an ASID, Access Record HTML; SCAL");
        assert_eq!(explained(""), []);
        assert_eq!(explained("nothing"), [Piece::Plain("nothing")]);
    }

    #[test]
    fn every_term_has_a_meaning_and_an_anchor_of_its_own() {
        let anchors: BTreeSet<String> = glossary().iter().map(Term::anchor).collect();
        assert_eq!(anchors.len(), glossary().len());
        assert!(glossary().len() > 60);
        assert!(glossary().iter().all(|term| !term.meaning.trim().is_empty() && !term.anchor().is_empty()));
    }
}
