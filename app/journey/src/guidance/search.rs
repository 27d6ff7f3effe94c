//! Search over what everybody may read: stages, tasks, capabilities, decisions, rows of the SCAL, interactions, what travels over
//! Spine and what goes wrong there, words. The index is made of the same data as the pages, corrections of operators included, so
//! that it cannot say anything that they do not.
//! What can be found is in `entries`.
//!
//! Long because an index is read beside how it is asked, and with what people type.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, PoisonError, RwLock},
};

use crate::{
    base::{edition::Edition, fold},
    guidance::entries::{Entry, entries},
};

/// An entry that fits, with the part of its text around what was looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// What was found.
    pub entry: Entry,
    /// Why it is here.
    pub excerpt: String,
}

/// What a question finds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// What fits, best first.
    pub hits: Vec<Hit>,
    /// Words that nothing has, each with the one that was looked for in its place.
    pub instead: Vec<(String, String)>,
    /// Words that nothing has and that are like no other.
    pub unknown: Vec<String>,
    /// Nothing has all the words: these have most of them.
    pub partly: bool,
    /// The first is called exactly as the question says.
    pub exact: bool,
}

impl Found {
    /// The question with the words that were looked for.
    #[must_use]
    pub fn meant(&self, question: &str) -> Option<String> {
        if self.instead.is_empty() {
            return None;
        }
        let one = |word: String| self.instead.iter().find(|(typed, _)| *typed == word).map_or(word, |(_, meant)| meant.clone());
        Some(fold::words(question).map(one).collect::<Vec<_>>().join(" "))
    }
}

/// Words of a question that are looked for; more are left out. A full interaction id has ten.
pub const MOST_WORDS: usize = 16;

/// Letters of an excerpt, roughly.
const EXCERPT: usize = 200;

/// Everything that can be found, with how often each word stands in it; a word of the title counts like several.
struct Index {
    entries: Vec<Entry>,
    words: BTreeMap<String, Vec<(usize, u32)>>,
    ids: BTreeMap<String, Vec<usize>>,
}

const IN_TITLE: u32 = 8;

/// What an index was made of: texts that operators have corrected, by subject, and the edition whose rows it has.
type Of = (BTreeMap<String, String>, Edition);

/// The index of these. The last one is kept: corrections and editions are few and rare.
fn index(corrected: &BTreeMap<String, String>, edition: &Edition, beside: fn() -> Vec<Entry>) -> Arc<Index> {
    static LAST: RwLock<Option<(Of, Arc<Index>)>> = RwLock::new(None);
    let kept = LAST.read().unwrap_or_else(PoisonError::into_inner).clone();
    if let Some((_, index)) = kept.filter(|((of, rows), _)| of == corrected && rows == edition) {
        return index;
    }
    let mut entries = entries(edition);
    entries.extend(beside());
    for entry in &mut entries {
        if let Some(text) = entry.subject.as_ref().and_then(|subject| corrected.get(subject)) {
            entry.text.clone_from(text);
        }
    }
    let made = Arc::new(Index::of(entries));
    *LAST.write().unwrap_or_else(PoisonError::into_inner) = Some(((corrected.clone(), edition.clone()), made.clone()));
    made
}

/// Where an id is cut into what people remember of it: `dcb0160` is found by `0160`.
fn parts(word: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut from = 0;
    let letters: Vec<(usize, char)> = word.char_indices().collect();
    for pair in letters.windows(2) {
        if pair[0].1.is_ascii_digit() != pair[1].1.is_ascii_digit() {
            parts.push(&word[from..pair[1].0]);
            from = pair[1].0;
        }
    }
    if from > 0 {
        parts.push(&word[from..]);
    }
    parts
}

impl Index {
    fn of(entries: Vec<Entry>) -> Self {
        let mut words: BTreeMap<String, Vec<(usize, u32)>> = BTreeMap::new();
        let mut ids: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (at, entry) in entries.iter().enumerate() {
            let mut counts: BTreeMap<String, u32> = BTreeMap::new();
            for (text, weight) in [(&entry.text, 1), (&entry.title, if entry.refers { 1 } else { IN_TITLE })] {
                for word in fold::words(text) {
                    for part in parts(&word).into_iter().filter(|part| part.len() > 1) {
                        *counts.entry(part.to_owned()).or_default() += 1;
                    }
                    *counts.entry(word).or_default() += weight;
                }
            }
            for (word, count) in counts {
                words.entry(word).or_default().push((at, count.min(IN_TITLE * 2)));
            }
            for id in &entry.ids {
                let places = ids.entry(fold::id(id)).or_default();
                if !places.contains(&at) {
                    places.push(at);
                }
            }
        }
        Self { entries, words, ids }
    }
}

/// What fits every word of a question, best first. `corrected` are the texts that operators have corrected, by subject
/// (`corrections`); rows of the SCAL are those of `edition`. `beside` has what stands in higher layers, always the same.
#[must_use]
pub fn search(question: &str, corrected: &BTreeMap<String, String>, edition: &Edition, beside: fn() -> Vec<Entry>) -> Found {
    index(corrected, edition, beside).search(question)
}

/// How well each entry fits one word of the question.
type Scores = BTreeMap<usize, u32>;

impl Index {
    /// What has the word, or begins a word with it. A whole word counts more, and so does a rare one.
    fn has(&self, word: &str) -> Scores {
        let one = fold::singular(word);
        let mut scores = Scores::new();
        let begins = self.words.range(one.to_owned()..).take_while(|(known, _)| known.starts_with(one));
        for (known, places) in begins {
            // "scal" finds "scals" whole, and "scaled" by its beginning.
            let whole = if known == word {
                6
            } else if fold::singular(known) == one {
                4
            } else if known.starts_with(word) || one.len() > 3 {
                1
            } else {
                continue;
            };
            let rare = 1 + u32::try_from(self.entries.len() / places.len().max(1)).unwrap_or(1).ilog2();
            for (at, count) in places {
                *scores.entry(*at).or_default() += count * whole * rare;
            }
        }
        scores
    }

    /// The known word that was most likely meant.
    fn meant(&self, typed: &str) -> Option<&str> {
        let near = self.words.iter().filter_map(|(known, places)| {
            let slips = fold::slips(typed, known).or_else(|| fold::slips(fold::singular(typed), fold::singular(known)))?;
            Some((slips, std::cmp::Reverse(places.len()), known.as_str()))
        });
        near.min().map(|(_, _, known)| known)
    }

    /// Two known words that were written as one.
    fn parted(&self, typed: &str) -> Option<Scores> {
        let cuts = typed.char_indices().map(|(at, _)| at).filter(|at| *at > 2 && typed.len() - at > 2);
        cuts.filter_map(|at| {
            let (one, other) = (self.has(&typed[..at]), self.has(&typed[at..]));
            let whole = |word: &str| self.words.keys().any(|known| fold::singular(known) == fold::singular(word));
            (whole(&typed[..at]) && whole(&typed[at..])).then(|| both(one, &other))
        })
        .find(|both| !both.is_empty())
    }

    fn search(&self, question: &str) -> Found {
        let mut asked: Vec<String> = Vec::new();
        for word in fold::words(question).take(MOST_WORDS) {
            if !asked.contains(&word) {
                asked.push(word);
            }
        }
        let mut found = Found::default();
        let mut each: Vec<Scores> = Vec::new();
        for word in &asked {
            let scores = self.has(word);
            if !scores.is_empty() {
                each.push(scores);
            } else if let Some(scores) = self.parted(word) {
                each.push(scores);
            } else if let Some(meant) = self.meant(word) {
                each.push(self.has(meant));
                found.instead.push((word.clone(), meant.to_owned()));
            } else {
                each.push(Scores::new());
                found.unknown.push(word.clone());
            }
        }
        // Two words that the texts write as one: "smart card".
        for at in 1..asked.len() {
            let joined = self.has(&format!("{}{}", asked[at - 1], asked[at]));
            for (entry, score) in joined {
                for word in [at - 1, at] {
                    let known = each[word].entry(entry).or_default();
                    *known = (*known).max(score);
                }
            }
        }
        let mut fits: BTreeMap<usize, (usize, u32)> = BTreeMap::new();
        for scores in &each {
            for (at, score) in scores {
                let fit = fits.entry(*at).or_default();
                *fit = (fit.0 + 1, fit.1.saturating_add(*score));
            }
        }
        let shown: Vec<String> = asked
            .iter()
            .filter(|word| !found.unknown.contains(word))
            .map(|word| found.instead.iter().find(|(typed, _)| typed == word).map_or(word, |(_, meant)| meant).clone())
            .collect();
        let wanted: BTreeSet<&str> = shown.iter().map(|word| fold::singular(word)).collect();
        for (at, (_, score)) in &mut fits {
            // Whoever types a title wants that page.
            let title: Vec<String> = fold::words(&self.entries[*at].title).collect();
            if title.iter().map(|word| fold::singular(word)).collect::<BTreeSet<&str>>() == wanted {
                *score = score.saturating_mul(10);
            }
        }
        // What is called exactly so comes first, whatever else has the words.
        let exact: &[usize] = self.ids.get(&fold::id(question)).map_or(&[], Vec::as_slice);
        for at in exact {
            let fit = fits.entry(*at).or_default();
            *fit = (asked.len(), u32::MAX);
        }
        found.exact = !exact.is_empty();
        let most = fits.values().map(|(words, _)| *words).max().unwrap_or(0);
        found.partly = most > 0 && most < asked.len();
        fits.retain(|_, (words, _)| *words == most);
        let mut order: Vec<(usize, u32)> = fits.into_iter().map(|(at, (_, score))| (at, score)).collect();
        let place = |at: &usize| exact.iter().position(|one| one == at).unwrap_or(usize::MAX);
        order.sort_by_key(|(at, score)| (place(at), std::cmp::Reverse(*score), *at));
        found.hits = order
            .into_iter()
            .map(|(at, _)| Hit { excerpt: excerpt(&self.entries[at].text, &shown), entry: self.entries[at].clone() })
            .collect();
        found
    }
}

fn both(one: Scores, other: &Scores) -> Scores {
    one.into_iter().filter_map(|(at, score)| other.get(&at).map(|more| (at, score + more))).collect()
}

/// The text from a little before the first word that was asked for.
#[must_use]
pub fn excerpt(text: &str, asked: &[String]) -> String {
    let letters: Vec<char> = text.chars().collect();
    let starts =
        (0..letters.len()).filter(|at| letters[*at].is_alphanumeric() && (*at == 0 || !letters[at - 1].is_alphanumeric()));
    let fits = |at: &usize| {
        let word: String = letters[*at..].iter().take_while(|c| c.is_alphanumeric() || matches!(c, '’' | '\'')).collect();
        let word = fold::folded(&word);
        asked.iter().any(|wanted| word.starts_with(fold::singular(wanted)))
    };
    let first = starts.clone().find(fits).unwrap_or(0);
    // Whole words on both ends.
    let from = starts.clone().take_while(|at| *at <= first).filter(|at| first - at <= EXCERPT / 3).min().unwrap_or(0);
    let from = if from < EXCERPT / 4 { 0 } else { from };
    let to = starts.filter(|at| *at > from + EXCERPT).min().unwrap_or(letters.len());
    let shown: String = letters[from..to].iter().collect();
    format!("{}{}{}", if from > 0 { "… " } else { "" }, shown.trim_end(), if to < letters.len() { " …" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guidance::entries::Kind;

    fn looked(question: &str) -> Found {
        super::search(question, &BTreeMap::new(), &shipped(), Vec::new)
    }

    fn search(question: &str) -> Vec<Hit> {
        looked(question).hits
    }

    /// Other tests make editions known beside those of this release.
    fn shipped() -> Edition {
        Edition::default()
    }

    #[test]
    fn what_operators_have_corrected_is_found_and_shown() {
        let corrected = BTreeMap::from([("words/asid".to_owned(), "The zebra number of a system.".to_owned())]);
        assert!(search("zebra").is_empty());
        for _ in 0..2 {
            let found = super::search("zebra", &corrected, &shipped(), Vec::new).hits;
            assert_eq!(found.iter().map(|hit| hit.entry.to.as_str()).collect::<Vec<_>>(), ["/glossary#asid"]);
            assert_eq!(found[0].excerpt, "The zebra number of a system.");
        }
    }

    /// What people type, and where what they want is read: the first result, or its beginning.
    const TYPED: &[(&str, &str)] = &[
        ("asid", "/glossary#asid"),
        ("asids", "/glossary#asid"),
        ("ASID", "/glossary#asid"),
        ("privacy", "/privacy"),
        ("send document", "/capabilities/send-document"),
        ("free slots", "/spine?step=3&capability=appointments"),
        ("hazard logs", "/glossary#hazard-log"),
        ("NHS numbers", "/glossary#nhs-number"),
        ("declartion", "/stages/consumer/assure-b#end-user-declaration"),
        ("pratice", "/"),
        ("prerequisits", "/"),
        ("0160", "/"),
        ("DCB0160", "/glossary#dcb0160"),
        ("smart card", "/"),
        ("smartcard", "/"),
        ("jwt", "/glossary#jwt"),
        ("practice manager", "/"),
        ("403", "/spine?step=4"),
        ("no_patient_consent", "/spine?step=5"),
        ("NO_PATIENT_CONSENT", "/spine?step=5"),
        ("Ssp-TraceID", "/spine?step=3#"),
        ("ssp traceid", "/spine?step=3#"),
        ("nhsMhsEndPoint", "/spine?step=2#"),
        ("ASID_CHECK_FAILED_MESSAGESENDER", "/spine?step="),
        ("GPC-SSP04-02", "/scal/spine#gpc-ssp04-02"),
        ("GPC–SSP04–02", "/scal/spine#gpc-ssp04-02"),
        ("gpcssp0402", "/scal/spine#gpc-ssp04-02"),
        ("GPC-SPN-TST-10", "/scal/spine#gpc-ssp10-01"),
        ("DEC-HTML-18a", "/capabilities/access-record-html#dec-html-18a"),
        ("dec-apt-07", "/capabilities/appointment-management#dec-apt-07"),
        (
            "urn:nhs:names:services:gpconnect:fhir:operation:gpc.getcarerecord-1",
            "/spine?step=3&capability=html&interaction=fhir:operation:gpc.getcarerecord",
        ),
        (
            "urn:nhs:names:services:gpconnect:fhir:rest:search:slot-1",
            "/spine?step=3&capability=appointments&interaction=fhir:rest:search:slot-1",
        ),
        ("gpc.getstructuredrecord", "/spine?step=3&capability=structured&interaction=fhir:operation:gpc.getstructuredrecord-1"),
    ];

    #[test]
    fn what_people_type_finds_what_they_want_first() {
        let mut wrong = Vec::new();
        for (typed, wanted) in TYPED {
            let first = search(typed).first().map_or_else(|| "nothing".to_owned(), |hit| hit.entry.to.clone());
            if !first.starts_with(wanted) {
                wrong.push(format!("{typed}: {first}, not {wanted}"));
            }
        }
        assert_eq!(wrong, Vec::<String>::new());
        // Where the token is explained is found too, with its claims decoded.
        for typed in ["jwt", "requesting_practitioner", "unsigned token"] {
            assert!(search(typed).iter().any(|hit| hit.entry.to.starts_with("/spine?step=3")), "{typed}");
        }
        let dcb = search("0160");
        assert!(dcb.iter().any(|hit| hit.entry.to == "/glossary#dcb0160"), "{dcb:?}");
        let cards = search("smart card");
        assert!(cards.iter().any(|hit| format!("{} {}", hit.entry.title, hit.entry.text).to_lowercase().contains("smartcard")));
    }

    #[test]
    fn a_slip_is_told_and_what_is_like_nothing_is_named() {
        let found = looked("hazard declartion");
        assert_eq!(found.instead, [("declartion".to_owned(), "declaration".to_owned())]);
        assert_eq!(found.meant("hazard declartion"), Some("hazard declaration".to_owned()));
        let found = looked("asid nonsenseword");
        assert_eq!(found.unknown, ["nonsenseword"]);
        assert!(found.partly && found.hits[0].entry.to == "/glossary#asid");
        let nothing = looked("zzqq");
        assert_eq!((nothing.hits.len(), nothing.unknown.len()), (0, 1));
        assert_eq!(looked("asid").meant("asid"), None);
    }

    #[test]
    fn the_beginning_of_a_word_is_enough_and_every_word_must_fit() {
        assert!(search("appoin").iter().any(|hit| hit.entry.to == "/capabilities/appointment-management"));
        assert!(search("").is_empty() && search(" -_- ").is_empty() && search("%").is_empty());
        assert_eq!(search("ASID"), search("asid"));
        for hit in search("hazard log") {
            let text = format!("{} {}", hit.entry.title, hit.entry.text).to_lowercase();
            assert!(text.contains("hazard") && text.contains("log"), "{hit:?}");
        }
        assert_eq!(search(&"xq%".repeat(100_000)), Vec::new());
        assert!(search(&"asid ".repeat(10_000)).len() > 1);
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
        let index = index(&BTreeMap::new(), &shipped(), Vec::new);
        let mut places: Vec<&str> = index.entries.iter().map(|entry| entry.to.as_str()).collect();
        places.sort_unstable();
        let twice: Vec<&[&str]> = places.windows(2).filter(|pair| pair[0] == pair[1]).collect();
        assert_eq!(twice, Vec::<&[&str]>::new());
        assert!(index.entries.iter().all(|entry| entry.to.starts_with('/') && !entry.title.is_empty()));
        for kind in Kind::ALL {
            assert!(index.entries.iter().any(|entry| entry.kind == *kind), "{}", kind.title());
        }
    }
}
