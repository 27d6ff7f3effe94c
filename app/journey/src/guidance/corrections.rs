//! Which texts of the guidance an operator may correct without a release, and what a text must be. Only words are
//! corrected: tasks, gates, roles and targets are the process, and change with a version of it.

use std::{collections::BTreeMap, sync::LazyLock};

use crate::{
    base::{
        actor::{Actor, Side},
        fold,
        ids::PersonId,
    },
    form::{Answers, Field, Form, Kind, Problems},
    guidance::pages,
    plan::{
        process::Processes,
        track::{CONSUMER, PROVIDER},
    },
};

/// Longest text, in characters.
pub const LONGEST: usize = 800;

/// Longest reason, in characters.
pub const LONGEST_REASON: usize = 500;

/// A text that can be corrected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// Kind and name, such as `words/asid` or `consumer/submit-scal`: as in its address.
    pub id: String,
    /// What it is about.
    pub title: String,
    /// What kind of text it is.
    pub kind: &'static str,
    /// What the release says.
    pub released: String,
}

/// Every text that can be corrected: the words of the glossary, and what each task says of itself.
#[must_use]
pub fn subjects() -> &'static [Subject] {
    static LISTED: LazyLock<Vec<Subject>> = LazyLock::new(|| {
        let words = pages::glossary().iter().map(|term| Subject {
            id: word(term),
            title: term.term.clone(),
            kind: "Glossary",
            released: term.meaning.clone(),
        });
        let processes = Processes::shipped().ok();
        let sides = [(CONSUMER, "Task of a consumer"), (PROVIDER, "Task of a provider")];
        let tasks = sides.into_iter().filter_map(|(side, kind)| Some((side, kind, processes?.newest(side)?))).flat_map(
            |(side, kind, process)| {
                process.tasks.iter().map(move |task| Subject {
                    id: format!("{side}/{}", task.id),
                    title: task.label.clone(),
                    kind,
                    released: task.help.clone(),
                })
            },
        );
        words.chain(tasks).collect()
    });
    &LISTED
}

/// The subject of a word.
#[must_use]
pub fn word(term: &pages::Term) -> String {
    format!("words/{}", term.anchor())
}

/// The text with this id.
#[must_use]
pub fn subject(id: &str) -> Option<&'static Subject> {
    subjects().iter().find(|subject| subject.id == id)
}

/// Whether this person may propose corrected texts.
#[must_use]
pub fn may_correct(actor: &Actor) -> bool {
    actor.on(Side::Operator)
}

/// Whether this person may publish a text that `writer` proposed, or send it back: never one's own.
#[must_use]
pub fn may_publish(actor: &Actor, writer: &PersonId) -> bool {
    may_correct(actor) && actor.person != *writer
}

/// Whether this person may take back a text that `writer` proposed.
#[must_use]
pub fn may_take_back(actor: &Actor, writer: &PersonId) -> bool {
    may_correct(actor) && actor.person == *writer
}

/// What is read: the correction if there is one, else the text of the release.
#[must_use]
pub fn read<'a>(corrected: &'a BTreeMap<String, String>, id: &str, released: &'a str) -> &'a str {
    corrected.get(id).map_or(released, String::as_str)
}

/// What is asked of somebody who corrects a text.
#[must_use]
pub fn form() -> Form {
    let words = Field::new("words", "What should it say?", Kind::Words { max: LONGEST })
        .hint("Plain text in short sentences. Words of the glossary become links by themselves.")
        .required("Enter the text");
    let reason = Field::new("reason", "Why is it corrected?", Kind::Words { max: LONGEST_REASON })
        .hint("Say what was wrong and where the right words stand. Whoever publishes the text reads it.")
        .required("Say why it is corrected");
    Form::of(vec![words, reason])
}

/// The text as it is proposed, and why.
///
/// # Errors
/// What has to be put right.
pub fn check(typed: &Answers) -> Result<(String, String), Problems> {
    form().check(typed).map(|clean| (clean.one("words").to_owned(), clean.one("reason").to_owned()))
}

/// What is asked of somebody who sends a proposed text back.
#[must_use]
pub fn sending_back() -> Form {
    let why = Field::new("why", "What should be different?", Kind::Words { max: LONGEST_REASON })
        .hint("Whoever wrote it reads this.")
        .required("Say what should be different");
    Form::of(vec![why])
}

/// The texts that a search finds in their title, their kind, or what they say now.
pub fn found<'a>(
    asked: &str,
    kind: &str,
    corrected: &'a BTreeMap<String, String>,
) -> impl Iterator<Item = &'static Subject> + use<'a> {
    let (words, kind) = (fold::asked(asked), kind.to_owned());
    subjects().iter().filter(move |subject| {
        let text = fold::folded(&format!("{} {}", subject.title, read(corrected, &subject.id, &subject.released)));
        (kind.is_empty() || subject.kind == kind) && words.iter().all(|word| text.contains(word.as_str()))
    })
}

/// The kinds of texts, in their order.
#[must_use]
pub fn kinds() -> Vec<&'static str> {
    let mut kinds: Vec<&'static str> = subjects().iter().map(|subject| subject.kind).collect();
    kinds.dedup();
    kinds
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::base::actor::Role;

    #[test]
    fn every_text_has_a_name_of_its_own_and_fits_its_form() {
        let ids: BTreeSet<&str> = subjects().iter().map(|subject| subject.id.as_str()).collect();
        assert_eq!(ids.len(), subjects().len());
        for subject in subjects() {
            assert_eq!(subject.id.split('/').count(), 2, "{}", subject.id);
            let again = check(&Answers::default().with("words", &subject.released).with("reason", "As it was."));
            let again = again.map(|(words, _)| words);
            assert_eq!(again.as_deref(), Ok(subject.released.as_str()), "{} can be published as it was released", subject.id);
        }
        let typed = |words: &str, reason: &str| check(&Answers::default().with("words", words).with("reason", reason));
        assert!(typed("New.", "It was wrong.").is_ok());
        assert!(typed("", "It was wrong.").is_err() && typed("New.", " ").is_err());
        assert!(typed(&"x".repeat(LONGEST + 1), "Long.").is_err() && typed("New.", &"x".repeat(LONGEST_REASON + 1)).is_err());
        assert!(subject("words/asid").is_some() && subject("words/none").is_none());
    }

    #[test]
    fn operators_alone_correct() {
        for role in Role::ALL {
            let actor = Actor {
                person: "p".parse().expect("an id"),
                organisation: "o".parse().expect("an id"),
                member_of: Vec::new(),
                roles: [*role].into(),
            };
            assert_eq!(may_correct(&actor), role.side() == Side::Operator, "{}", role.name());
            let (own, other) = ("p".parse().expect("an id"), "q".parse().expect("an id"));
            assert!(!may_publish(&actor, &own), "nobody publishes what they wrote");
            assert_eq!(may_publish(&actor, &other), role.side() == Side::Operator);
            assert_eq!((may_take_back(&actor, &own), may_take_back(&actor, &other)), (role.side() == Side::Operator, false));
        }
    }

    #[test]
    fn texts_are_found_by_what_they_say_now() {
        let corrected = BTreeMap::from([("words/asid".to_owned(), "A marmalade number.".to_owned())]);
        let ids = |asked: &str, kind: &str| -> Vec<&str> { found(asked, kind, &corrected).map(|s| s.id.as_str()).collect() };
        assert_eq!(ids("MARMALADE", ""), ["words/asid"]);
        assert!(ids("marmalade", "Task of a consumer").is_empty());
        assert_eq!(ids("", "").len(), subjects().len());
        assert_eq!(kinds(), ["Glossary", "Task of a consumer", "Task of a provider"]);
    }

    #[test]
    fn a_correction_is_read_instead_of_the_release() {
        let corrected = BTreeMap::from([("words/asid".to_owned(), "New.".to_owned())]);
        assert_eq!(read(&corrected, "words/asid", "Old."), "New.");
        assert_eq!(read(&corrected, "words/pds", "Old."), "Old.");
    }
}
