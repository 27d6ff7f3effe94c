//! What is wrong with a sentence: phrases that nobody says (`banned.toml` has them, with what to say instead), words that stand twice,
//! the wrong article, blanks where none belong.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::words::read::{Said, without_values};

const BANNED: &str = include_str!("banned.toml");

/// A phrase that is not used, as `banned.toml` has it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Banned {
    /// The phrase in small letters; found as whole words.
    pub say_not: String,
    /// What to say instead.
    pub say: String,
    /// Only where it is all that stands there: a button, a heading.
    #[serde(default)]
    pub whole: bool,
    /// Wordings in which it means something else.
    #[serde(default)]
    pub unless: Vec<String>,
    /// Places where it stays, by how their path begins, each with the reason.
    #[serde(default)]
    pub stays: BTreeMap<String, String>,
}

impl Banned {
    /// Whether it is in this text, which is folded already, where it does not mean something else.
    fn is_in(&self, folded: &str) -> bool {
        if self.whole {
            return folded == fold(&self.say_not);
        }
        let without = self.unless.iter().fold(folded.to_owned(), |text, other| text.replace(&fold(other), " "));
        without.contains(&fold(&self.say_not))
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    phrase: Vec<Banned>,
}

/// The list of phrases that are not used.
///
/// # Errors
/// When it cannot be read.
pub fn banned() -> Result<Vec<Banned>, String> {
    let list: List = toml::from_str(BANNED).map_err(|error| format!("banned.toml: {error}"))?;
    Ok(list.phrase)
}

/// What is wrong with this, each in a sentence.
#[must_use]
pub fn faults(said: &Said, banned: &[Banned]) -> Vec<String> {
    let bare = without_values(&said.text);
    let mut all = Vec::new();
    let folded = fold(&bare);
    for phrase in banned.iter().filter(|phrase| phrase.is_in(&folded)) {
        if !phrase.stays.keys().any(|stays| said.file.starts_with(stays.as_str())) {
            all.push(format!("“{}”: say “{}”", phrase.say_not, phrase.say));
        }
    }
    all.extend(twice(&bare));
    all.extend(articles(&bare));
    for (wrong, says) in
        [("  ", "two blanks"), (" .", "a blank before a full stop"), (" ,", "a blank before a comma"), ("(s)", "“(s)”: count it")]
    {
        let ellipsis = wrong == " ."
            && (bare.contains(" ..") || bare.split(" .").skip(1).any(|rest| rest.starts_with(char::is_alphanumeric)));
        let aligned = wrong == "  " && bare.split("  ").any(|part| part.starts_with(' ') || part == part.to_uppercase());
        if bare.trim().contains(wrong) && !ellipsis && !aligned && !is_code(&bare) {
            all.push(says.to_owned());
        }
    }
    all
}

/// Lines that are laid out or generated: two blanks have a meaning there.
fn is_code(text: &str) -> bool {
    text.contains("//") || text.contains('=') || text.contains('|') || text.contains('\\')
}

/// Small letters, straight marks, one blank around each word.
fn fold(text: &str) -> String {
    let words = text.to_lowercase().replace('’', "'");
    let words =
        words.split(|c: char| !(c.is_alphanumeric() || c == '\'' || c == '?' || c == '…')).filter(|word| !word.is_empty());
    format!(" {} ", words.collect::<Vec<_>>().join(" "))
}

/// Words with the mark, if any, that ends them.
fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

fn twice(text: &str) -> Vec<String> {
    const MAY: [&str; 4] = ["that", "had", "…", "is"];
    let words = words(text);
    let pairs = words.windows(2).filter(|pair| {
        let word = pair[0].to_lowercase();
        word == pair[1].to_lowercase().trim_end_matches(['.', ',', ';', ':', '?', '!'])
            && word.chars().all(|c| c.is_alphabetic() || c == '’')
            && !MAY.contains(&word.as_str())
    });
    pairs.map(|pair| format!("“{} {}”: one is enough", pair[0], pair[1])).collect()
}

/// Whether a word begins with the sound of a vowel; `None` where that is not known.
fn vowel_sound(word: &str) -> Option<bool> {
    // Written in capitals and said as a word.
    const SAID_AS_WORDS: [&str; 19] = [
        "SCAL", "SHA", "FHIR", "MESH", "LOAD", "RAM", "ZIP", "MUST", "SHOULD", "MAY", "LIVE", "PIN", "NICE", "SOAP", "SIRO",
        "SNOMED", "NOT", "NO", "HAR",
    ];
    const SILENT: [&str; 4] = ["hour", "honest", "honour", "heir"];
    const AS_YOU: [&str; 11] = ["uni", "use", "usu", "uk", "eu", "one", "once", "ubi", "urn", "util", "ure"];
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    let first = word.chars().next()?;
    if first.is_ascii_digit() {
        return Some(first == '8' || word.starts_with("11") || word.starts_with("18"));
    }
    let capitals: String = word.chars().take_while(|c| c.is_uppercase()).collect();
    if capitals.len() > 1 && !SAID_AS_WORDS.contains(&word.split('-').next().unwrap_or(word)) {
        return Some("AEFHILMNORSX".contains(first));
    }
    let small = word.to_lowercase();
    // Said letter by letter: "https", "S3".
    if !small.chars().take(4).any(|c| "aeiouyáéíóú".contains(c)) {
        return Some("aefhilmnorsx".contains(small.chars().next()?));
    }
    if SILENT.iter().any(|silent| small.starts_with(silent)) {
        return Some(true);
    }
    if AS_YOU.iter().any(|you| small.starts_with(you)) && !["unin", "unim", "unid"].iter().any(|not| small.starts_with(not)) {
        return Some(false);
    }
    first.is_alphabetic().then(|| "aeiouáéíóú".contains(small.chars().next().unwrap_or(first)))
}

fn articles(text: &str) -> Vec<String> {
    let words = words(text);
    let wrong = words.windows(2).filter_map(|pair| {
        let article = pair[0].trim_start_matches(['(', '“', '"']);
        let begins = pair[1].chars().next()?;
        // A value, a mark or a letter by its name.
        if !begins.is_alphanumeric() && !"“‘\"'(".contains(begins)
            || pair[1].trim_matches(|c: char| !c.is_alphanumeric()).len() < 2
        {
            return None;
        }
        // "routes A and B": a letter by its name.
        if pair[1] == "and" || pair[1] == "or" {
            return None;
        }
        let vowel = vowel_sound(pair[1])?;
        let wrong = matches!((article, vowel), ("a" | "A", true) | ("an" | "An", false));
        wrong.then(|| format!("“{} {}”: the other article", pair[0], pair[1]))
    });
    wrong.collect()
}
