//! Search over what everybody may read: stages, tasks, capabilities, decisions, interactions, words. The index is made of
//! the same data as the pages, corrections of operators included, so that it cannot say anything that they do not.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use crate::{
    guidance::{corrections, pages, spine::interactions},
    plan::{
        capability::Capability,
        process::Processes,
        track::{CONSUMER, PROVIDER},
    },
    view::ecosystem::diagram,
};

/// Something that can be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Where it is read.
    pub to: String,
    /// Its heading.
    pub title: String,
    /// What kind of thing it is.
    pub kind: &'static str,
    /// Its words.
    pub text: String,
    /// The text that it shows, where operators can correct it.
    subject: Option<String>,
}

/// An entry that fits, with the part of its text around what was looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// What was found.
    pub entry: Entry,
    /// Why it is here.
    pub excerpt: String,
}

/// Words of a question that are looked for; more are left out.
pub const MOST_WORDS: usize = 8;

/// Letters of an excerpt, roughly.
const EXCERPT: usize = 200;

/// Everything that can be found, with how often each word stands in it; a word of the title counts like several.
struct Index {
    entries: Vec<Entry>,
    words: BTreeMap<String, Vec<(usize, u32)>>,
}

const IN_TITLE: u32 = 8;

/// Of the texts of this release.
fn index() -> &'static Index {
    static MADE: LazyLock<Index> = LazyLock::new(|| Index::of(entries()));
    &MADE
}

impl Index {
    fn of(entries: Vec<Entry>) -> Self {
        let mut words: BTreeMap<String, Vec<(usize, u32)>> = BTreeMap::new();
        for (at, entry) in entries.iter().enumerate() {
            let mut counts: BTreeMap<String, u32> = BTreeMap::new();
            for word in words_of(&entry.text) {
                *counts.entry(word).or_default() += 1;
            }
            for word in words_of(&entry.title) {
                *counts.entry(word).or_default() += IN_TITLE;
            }
            for (word, count) in counts {
                words.entry(word).or_default().push((at, count.min(IN_TITLE * 2)));
            }
        }
        Self { entries, words }
    }

    /// The same with what operators have corrected. Made anew for each question: corrections are few and rare, and it takes
    /// no longer than a page does.
    fn corrected(corrected: &BTreeMap<String, String>) -> Self {
        let mut entries = index().entries.clone();
        for entry in &mut entries {
            if let Some(text) = entry.subject.as_ref().and_then(|subject| corrected.get(subject)) {
                entry.text.clone_from(text);
            }
        }
        Self::of(entries)
    }
}

/// Words in small letters, cut at everything that is neither letter nor digit.
fn words_of(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase)
}

/// What fits every word of a question, best first. The beginning of a word is enough; a whole one counts more, and so does
/// a rare one. `corrected` are the texts that operators have corrected, by subject (`corrections`).
#[must_use]
pub fn search(question: &str, corrected: &BTreeMap<String, String>) -> Vec<Hit> {
    if corrected.is_empty() { index().search(question) } else { Index::corrected(corrected).search(question) }
}

impl Index {
    fn search(&self, question: &str) -> Vec<Hit> {
        let asked: BTreeSet<String> = words_of(question).take(MOST_WORDS).collect();
        let mut scores: Option<BTreeMap<usize, u32>> = None;
        for word in &asked {
            let mut here: BTreeMap<usize, u32> = BTreeMap::new();
            let begins = self.words.range(word.clone()..).take_while(|(known, _)| known.starts_with(word.as_str()));
            for (known, places) in begins {
                let whole = if known == word { 4 } else { 1 };
                let rare = 1 + u32::try_from(self.entries.len() / places.len().max(1)).unwrap_or(1).ilog2();
                for (at, count) in places {
                    *here.entry(*at).or_default() += count * whole * rare;
                }
            }
            scores = Some(match scores {
                None => here,
                Some(before) => {
                    before.into_iter().filter_map(|(at, score)| here.get(&at).map(|more| (at, score + more))).collect()
                }
            });
        }
        let mut found: Vec<(usize, u32)> = scores.unwrap_or_default().into_iter().collect();
        for (at, score) in &mut found {
            // Whoever types a title wants that page.
            if words_of(&self.entries[*at].title).collect::<BTreeSet<String>>() == asked {
                *score = score.saturating_mul(10);
            }
        }
        found.sort_by_key(|(at, score)| (std::cmp::Reverse(*score), *at));
        found
            .into_iter()
            .map(|(at, _)| Hit { excerpt: excerpt(&self.entries[at].text, &asked), entry: self.entries[at].clone() })
            .collect()
    }
}

/// The text from a little before the first word that was asked for.
fn excerpt(text: &str, asked: &BTreeSet<String>) -> String {
    let letters: Vec<char> = text.chars().collect();
    let starts =
        (0..letters.len()).filter(|at| letters[*at].is_alphanumeric() && (*at == 0 || !letters[at - 1].is_alphanumeric()));
    let fits = |at: &usize| {
        let word: String = letters[*at..].iter().take_while(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
        asked.iter().any(|wanted| word.starts_with(wanted.as_str()))
    };
    let first = starts.clone().find(fits).unwrap_or(0);
    // Whole words on both ends.
    let from = starts.clone().take_while(|at| *at <= first).filter(|at| first - at <= EXCERPT / 3).min().unwrap_or(0);
    let from = if from < EXCERPT / 4 { 0 } else { from };
    let to = starts.filter(|at| *at > from + EXCERPT).min().unwrap_or(letters.len());
    let shown: String = letters[from..to].iter().collect();
    format!("{}{}{}", if from > 0 { "… " } else { "" }, shown.trim_end(), if to < letters.len() { " …" } else { "" })
}

fn entries() -> Vec<Entry> {
    let mut all = vec![
        page(
            "/",
            "Connect a product to GP Connect",
            "What the service is for: suppliers, NHS England teams, practices, trusts and groups.",
        ),
        page(
            "/example",
            "An example journey",
            "Look at a journey moment by moment before you open one of your own: plan, use case, SCAL, tests, certificate, agreement, go live.",
        ),
        page(
            "/spine",
            "Spine integration in six steps",
            "How a request travels: PDS, SDS, SSP, the practice’s system. Headers, token, claims, LDAP filter, errors.",
        ),
        page(
            "/accessibility",
            "Accessibility statement",
            "Keyboard, zoom, screen reader, contrast, without JavaScript. How to report a problem.",
        ),
        page("/privacy", "Privacy", "What is kept about you, who sees it, your rights."),
        page("/cookies", "Cookies", "The one cookie of this service: your session."),
        page("/register", "Create an account for your organisation", "For suppliers who want to connect a product."),
        page("/sign-in", "Sign in", "With your email address and password."),
    ];
    for side in [CONSUMER, PROVIDER] {
        all.extend(of_side(side));
    }
    for capability in Capability::ALL {
        let text = format!("{} Versions {}.", capability.about(), capability.versions().join(", "));
        all.push(Entry {
            to: format!("/capabilities/{}", capability.name()),
            title: capability.title().to_owned(),
            kind: "Capability",
            subject: None,
            text,
        });
        for decision in pages::decisions().iter().filter(|decision| decision.capability == capability.title()) {
            all.push(Entry {
                to: format!("/capabilities/{}#{}", capability.name(), decision.id.to_lowercase()),
                title: decision.title.clone(),
                kind: "Design decision",
                subject: None,
                text: format!("{} {}: {}", decision.status.label(), decision.id, decision.chosen_option),
            });
        }
    }
    for known in interactions::interactions() {
        all.push(Entry {
            to: format!("/spine?step=3&capability={}&interaction={}", known.area.name(), known.id),
            title: format!("{} ({})", known.operation, known.area.title()),
            kind: "Interaction",
            subject: None,
            text: format!("{} {} {} {}", known.method, known.path, known.full_id(), known.scope),
        });
    }
    for term in pages::glossary() {
        all.push(Entry {
            to: format!("/glossary#{}", term.anchor()),
            title: term.term.clone(),
            kind: "Word",
            subject: Some(corrections::word(term)),
            text: term.meaning.clone(),
        });
    }
    all
}

fn page(to: &str, title: &str, text: &str) -> Entry {
    Entry { to: to.to_owned(), title: title.to_owned(), kind: "Page", text: text.to_owned(), subject: None }
}

fn of_side(side: &'static str) -> Vec<Entry> {
    let (Some(picture), Some(process)) = (diagram(side), Processes::shipped().ok().and_then(|all| all.newest(side))) else {
        return Vec::new();
    };
    let mut all = vec![page(
        &format!("/ecosystem/{side}"),
        &picture.name,
        &format!("The {side} journey as a picture, stage by stage. {}", picture.team),
    )];
    for group in &picture.groups {
        let troubles: Vec<String> = pages::troubles()
            .iter()
            .filter(|trouble| trouble.side == side && trouble.stage == group.id)
            .map(|trouble| format!("{} {}", trouble.what, trouble.cure))
            .collect();
        let tasks: Vec<&str> = picture.tasks_of(group, process).iter().map(|task| task.label.as_str()).collect();
        all.push(Entry {
            to: format!("/stages/{side}/{}", group.id),
            title: format!("{}, {side} journey", group.name),
            kind: "Stage",
            subject: None,
            text: format!("{}. {}", tasks.join(", "), troubles.join(" ")),
        });
    }
    for task in &process.tasks {
        let group = picture.nodes.iter().find(|node| node.id == task.node).map_or(task.node.as_str(), |node| node.group.as_str());
        all.push(Entry {
            to: format!("/stages/{side}/{group}#{}", task.id),
            title: format!("{} ({side})", task.label),
            kind: "Task",
            subject: Some(format!("{side}/{}", task.id)),
            text: task.help.clone(),
        });
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search(question: &str) -> Vec<Hit> {
        super::search(question, &BTreeMap::new())
    }

    #[test]
    fn what_operators_have_corrected_is_found_and_shown() {
        let corrected = BTreeMap::from([("words/asid".to_owned(), "The zebra number of a system.".to_owned())]);
        assert!(search("zebra").is_empty());
        let found = super::search("zebra", &corrected);
        assert_eq!(found.iter().map(|hit| hit.entry.to.as_str()).collect::<Vec<_>>(), ["/glossary#asid"]);
        assert_eq!(found[0].excerpt, "The zebra number of a system.");
    }

    fn first(question: &str) -> String {
        search(question).first().map_or_else(String::new, |hit| hit.entry.to.clone())
    }

    #[test]
    fn what_a_supplier_looks_for_comes_first() {
        assert_eq!(first("asid"), "/glossary#asid");
        assert_eq!(first("privacy"), "/privacy");
        assert_eq!(first("send document"), "/capabilities/send-document");
        assert!(first("free slots").starts_with("/spine?step=3&capability=appointments"), "{}", first("free slots"));
        assert!(first("connection agreement").contains("connection-agreement"), "{}", first("connection agreement"));
    }

    #[test]
    fn the_beginning_of_a_word_is_enough_and_every_word_must_fit() {
        assert!(search("apoin").is_empty());
        assert!(search("appoin").iter().any(|hit| hit.entry.to == "/capabilities/appointment-management"));
        assert!(search("asid nonsenseword").is_empty());
        assert!(search("").is_empty() && search(" -_- ").is_empty());
        assert_eq!(search("ASID"), search("asid"));
    }

    #[test]
    fn an_excerpt_shows_what_was_asked_for() {
        let hits = search("reviewer");
        assert!(!hits.is_empty(), "something is found");
        for hit in hits {
            let text = format!("{} {}", hit.excerpt, hit.entry.title).to_lowercase();
            assert!(text.contains("reviewer"), "{hit:?}");
            assert!(hit.excerpt.chars().count() < 2 * EXCERPT);
        }
    }

    #[test]
    fn nothing_is_found_twice_at_one_place() {
        let places: BTreeSet<&str> = index().entries.iter().map(|entry| entry.to.as_str()).collect();
        let twice: Vec<&str> = index()
            .entries
            .iter()
            .map(|entry| entry.to.as_str())
            .filter(|to| index().entries.iter().filter(|e| e.to == **to).count() > 1)
            .collect();
        assert_eq!(places.len(), index().entries.len(), "{twice:?}");
        assert!(index().entries.iter().all(|entry| entry.to.starts_with('/') && !entry.title.is_empty()));
    }
}
