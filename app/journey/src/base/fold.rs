//! Text as it is looked for: whoever types a name has no accents at hand, does not know which apostrophe or dash was written, and
//! is not always sure of the spelling. The lists of the database and every search ask here, so that all of them find the same.

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

use crate::base::text;

/// Marks that stand in the middle of a word and make no other one: apostrophes, primes and dashes, however they are written.
fn is_inside_a_word(c: char) -> bool {
    matches!(
        c,
        '\'' | '`'
            | '´'
            | '‘'
            | '’'
            | '‚'
            | '‛'
            | 'ʹ'
            | 'ʻ'
            | 'ʼ'
            | 'ˈ'
            | '′'
            | '＇'
            | '-'
            | '‐'
            | '‑'
            | '‒'
            | '–'
            | '—'
            | '―'
            | '−'
            | '⁃'
            | '﹣'
            | '－'
    )
}

/// A letter that Unicode does not take apart, as an English keyboard has it.
fn plain_letter(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'þ' => "th",
        'ı' => "i",
        'ς' => "σ",
        _ => return None,
    })
}

/// Small letters without accents. Marks inside a word stay.
fn bare(given: &str) -> String {
    let mut bare = String::with_capacity(given.len());
    for c in given.nfkd().flat_map(char::to_lowercase).filter(|c| !is_combining_mark(*c)) {
        match plain_letter(c) {
            Some(letters) => bare.push_str(letters),
            None => bare.push(c),
        }
    }
    bare
}

/// A text as lists keep it beside the one that is shown: small letters without accents, apostrophes and dashes, on one line.
#[must_use]
pub fn folded(given: &str) -> String {
    let line: String = bare(&text::line(given)).chars().filter(|c| !is_inside_a_word(*c)).collect();
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The words of a question to a list, each to be found somewhere in a [`folded`] text, in whatever order.
#[must_use]
pub fn asked(question: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in folded(question).split(' ') {
        let bare = word.trim_matches([',', ';', '“', '”']);
        let word = if bare.is_empty() { word } else { bare };
        if !word.is_empty() && !words.iter().any(|known| known == word) {
            words.push(word.to_owned());
        }
    }
    words
}

/// The words of a text, cut at everything that is neither letter nor digit. Apostrophes cut nothing: `patient’s` is one word.
pub fn words(given: &str) -> impl Iterator<Item = String> + use<> {
    let parted: String = given.chars().filter(|c| !is_inside_a_word(*c) || is_dash(*c)).collect();
    let bare = bare(&text::clean(&parted));
    let words: Vec<String> =
        bare.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect();
    words.into_iter()
}

fn is_dash(c: char) -> bool {
    is_inside_a_word(c) && !matches!(c, '\'' | '`' | '´' | '‘' | '’' | '‚' | '‛' | 'ʹ' | 'ʻ' | 'ʼ' | 'ˈ' | '′' | '＇')
}

/// An id without whatever separates its parts: `GPC–SSP04–02` and `gpc ssp0402` are one.
#[must_use]
pub fn id(given: &str) -> String {
    bare(&text::line(given)).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// One form for one word and for several of it. English alone, and only what is regular: everything else is found by how it begins.
#[must_use]
pub fn singular(word: &str) -> &str {
    let letters = word.chars().count();
    if letters < 4 || word.chars().any(|c| c.is_ascii_digit()) {
        return word;
    }
    if word.ends_with("sses") || word.ends_with("xes") || word.ends_with("ches") || word.ends_with("shes") {
        return &word[..word.len() - 2];
    }
    // "studies" and "study" begin alike, and the end is not looked at.
    if letters > 4 && word.ends_with("ies") {
        return &word[..word.len() - 3];
    }
    match word.strip_suffix('s') {
        Some(one) if !one.ends_with(['s', 'u', 'i']) => one,
        _ => word,
    }
}

/// Words that stand in every text and tell none from another.
const EVERYWHERE: &[&str] = &[
    "the", "and", "of", "to", "an", "in", "is", "it", "for", "you", "we", "on", "that", "this", "with", "be", "are", "have",
    "or", "as", "at", "by", "not", "can", "will", "your", "our", "from", "was", "has", "if", "do",
];

/// Characters of a word that an index looks at: a key is short.
const LONGEST_WORD: usize = 40;

/// The words under which a text is kept in an index and looked for there, each once: one form for one and for many, without words of
/// one letter and those that every text has.
#[must_use]
pub fn keywords(text: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for word in words(text) {
        let word: String = singular(&word).chars().take(LONGEST_WORD).collect();
        if word.chars().count() > 1 && !EVERYWHERE.contains(&word.as_str()) && !all.contains(&word) {
            all.push(word);
        }
    }
    all
}

/// How far a word is from another that was perhaps meant: letters that are wrong, missing, too many or in the wrong order. `None` when
/// it is too far to be a slip, or when one of them has digits: an id is typed as it is.
#[must_use]
pub fn slips(typed: &str, meant: &str) -> Option<usize> {
    let (one, other) = (typed.chars().count(), meant.chars().count());
    let most = match one {
        0..=3 => return None,
        4..=7 => 1,
        _ => 2,
    };
    let letters = |word: &str| word.chars().all(char::is_alphabetic);
    if one.abs_diff(other) > most || typed.chars().next() != meant.chars().next() || !letters(typed) || !letters(meant) {
        return None;
    }
    Some(strsim::osa_distance(typed, meant)).filter(|slips| *slips <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_in_several_ways_is_one_text() {
        for (one, other) in [
            ("O'Neill", "O’Neill"),
            ("O'Brien", "OBrien"),
            ("Zoe", "ZOË"),
            ("Zoe", "Zoe\u{308}"),
            ("MediLien", "MédiLien"),
            ("GPC-SSP04-02", "gpc–ssp04–02"),
            ("ZYGX507X", "zygx-507x"),
            ("Strasse", "straße"),
            ("Smorrebrod", "Smørrebrød"),
            ("İSTANBUL", "istanbul"),
            ("ﬁle", "FILE"),
            ("a  b", " a\u{a0}b\n"),
            ("soft\u{ad}hyphen", "softhyphen"),
        ] {
            assert_eq!(folded(one), folded(other), "{one} and {other}");
        }
        assert_eq!(folded("50% of a_b!"), "50% of a_b!", "what is no letter is taken as it is");
        assert_eq!(folded("– —"), "");
    }

    #[test]
    fn a_question_is_its_words_each_once() {
        assert_eq!(asked("  Round Ward, round "), ["round", "ward"]);
        assert_eq!(asked("Tarn – Software"), ["tarn", "software"]);
        assert_eq!(asked(","), [","]);
        assert_eq!(asked(" \u{200b} "), Vec::<String>::new());
        assert_eq!(
            words("The patient’s NHS-number (10 digits)").collect::<Vec<_>>(),
            ["the", "patients", "nhs", "number", "10", "digits"]
        );
        assert_eq!(id("GPC–SSP04–02"), id("gpc ssp0402"));
    }

    #[test]
    fn an_index_keeps_what_tells_texts_apart() {
        assert_eq!(keywords("The hazard logs of O’Neill, and the log"), ["hazard", "log", "oneill"]);
        assert_eq!(keywords("a to the"), Vec::<String>::new());
        assert_eq!(keywords(&"x".repeat(5_000))[0].len(), LONGEST_WORD);
    }

    #[test]
    fn several_are_found_by_one_and_a_slip_is_seen() {
        for (many, one) in [("logs", "log"), ("asids", "asid"), ("addresses", "address"), ("boxes", "box"), ("cases", "case")] {
            assert_eq!(singular(many), one);
        }
        for word in ["status", "access", "nhs", "analysis", "gp2s", "bus"] {
            assert_eq!(singular(word), word);
        }
        assert!("study".starts_with(singular("studies")));
        assert_eq!(slips("declartion", "declaration"), Some(1));
        assert_eq!(slips("pratice", "practice"), Some(1));
        assert_eq!(slips("pracitce", "practice"), Some(1), "two letters that changed places are one slip");
        for (typed, meant) in [("gp", "gpc"), ("form", "warm"), ("abcd", "abef"), ("0160", "0161"), ("table", "stable")] {
            assert_eq!(slips(typed, meant), None, "{typed} is not {meant}");
        }
    }
}
