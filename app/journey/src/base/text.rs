//! Text that people type, paste or send in a file, made one: what nobody can see is no answer, no reason and no difference
//! between two texts, whoever asks. Passwords are the one text that is never tidied.

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization as _, is_nfc};

/// Characters that show nothing: Unicode's `Default_Ignorable_Code_Point`, the noncharacter that marks the order of bytes
/// among them, and the marks of annotations. Some turn the direction of what stands behind them, so that a sentence reads
/// differently from what is stored and signed.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// A character as it is kept; `None` when it shows nothing.
fn kept(c: char) -> Option<char> {
    match c {
        '\n' | '\t' => Some(c),
        // A spreadsheet and a word processor break lines with these; Unicode has two marks of its own, and IBM had one.
        '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some('\n'),
        // A space that does not break, or is of another width, reads like any other. So does the empty pattern of Braille.
        '\u{2800}' => Some(' '),
        c if c.is_whitespace() => Some(' '),
        c if c.is_control() || is_invisible(c) => None,
        c => Some(c),
    }
}

/// Whether something that shows nothing by itself changes what stands beside it: it joins or parts two letters of a script
/// that writes so, or makes one picture of several.
fn joins(c: char, before: Option<char>, after: Option<char>) -> bool {
    let shows = |other: Option<char>, from: char| other.is_some_and(|other| other >= from && kept(other) == Some(other));
    match c {
        '\u{200c}' | '\u{200d}' => (shows(before, '\u{600}') || before == Some('\u{fe0f}')) && shows(after, '\u{600}'),
        '\u{fe00}'..='\u{fe0f}' => shows(before, '\u{2000}'),
        _ => false,
    }
}

/// The text as it is kept while somebody still writes it: every end of a line is `\n`, spaces are plain, what shows nothing
/// is gone unless it changes its neighbours, and letters are composed (NFC). What stands at the ends stays.
#[must_use]
pub fn clean(text: &str) -> Cow<'_, str> {
    if is_nfc(text) && text.chars().all(|c| kept(c) == Some(c)) {
        return Cow::Borrowed(text);
    }
    let lines = text.replace("\r\n", "\n");
    let mut clean = String::with_capacity(lines.len());
    let mut letters = lines.chars().peekable();
    while let Some(c) = letters.next() {
        let joins = joins(c, clean.chars().next_back(), letters.peek().copied());
        clean.extend(if joins { Some(c) } else { kept(c) });
    }
    Cow::Owned(clean.nfc().collect())
}

/// The same without spaces and empty lines around it: the text as it is judged, compared and recorded.
#[must_use]
pub fn tidy(text: &str) -> String {
    clean(text).trim().to_owned()
}

/// The same on one line, with one space between two words: for names, headings and the words of a list.
#[must_use]
pub fn line(text: &str) -> String {
    clean(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether there is nothing to see in it.
#[must_use]
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|c| kept(c).is_none_or(char::is_whitespace))
}

/// The same beginning with a small letter, for the middle of a sentence.
#[must_use]
pub fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// The same beginning with a capital letter, for the beginning of a sentence.
#[must_use]
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// "A", "A and B", "A, B and C"; with another word than "and" where another is meant.
#[must_use]
pub fn joined(items: &[String], word: &str) -> String {
    match items.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} {word} {last}", rest.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From lists of characters that people were seen to paste, and Unicode's own list of what shows nothing.
    const NOTHING: &[char] = &[
        '\u{0}',
        '\u{7}',
        '\u{1b}',
        '\u{7f}',
        '\u{9f}',
        '\u{ad}',
        '\u{34f}',
        '\u{61c}',
        '\u{180e}',
        '\u{200b}',
        '\u{200c}',
        '\u{200d}',
        '\u{200e}',
        '\u{200f}',
        '\u{202a}',
        '\u{202e}',
        '\u{2060}',
        '\u{2062}',
        '\u{2066}',
        '\u{2069}',
        '\u{206f}',
        '\u{3164}',
        '\u{fe0f}',
        '\u{feff}',
        '\u{fffb}',
        '\u{e0001}',
        '\u{e007f}',
    ];

    #[test]
    fn what_nobody_can_see_is_nothing() {
        for c in NOTHING {
            assert_eq!(tidy(&format!("{c}a{c}b{c}")), "ab", "{c:?}");
            assert!(is_blank(&format!("{c} {c}")), "{c:?}");
        }
        for space in
            ['\u{a0}', '\u{1680}', '\u{2002}', '\u{2003}', '\u{2007}', '\u{2009}', '\u{202f}', '\u{205f}', '\u{2800}', '\u{3000}']
        {
            assert_eq!(tidy(&format!("{space}a{space}b{space}")), "a b", "{space:?}");
            assert!(is_blank(&space.to_string()), "{space:?}");
        }
        assert!(is_blank("") && is_blank(" \r\n\t") && !is_blank("."));
    }

    #[test]
    fn a_line_ends_in_one_way() {
        for end in ["\r\n", "\n", "\r", "\u{b}", "\u{c}", "\u{85}", "\u{2028}", "\u{2029}"] {
            assert_eq!(tidy(&format!("a{end}b{end}")), "a\nb", "{end:?}");
        }
        assert_eq!(clean("a\r\n\r\nb "), "a\n\nb ", "what is still written keeps its ends");
        assert_eq!(line(" Does\u{a0} not\n apply "), "Does not apply");
    }

    #[test]
    fn the_same_letter_is_the_same_text() {
        assert_eq!(tidy("Zoe\u{308}"), "Zo\u{eb}");
        assert_eq!(tidy("Zo\u{eb} \u{1f600} ﬁ"), "Zo\u{eb} \u{1f600} ﬁ", "nothing that can be seen is another");
        // What joins the parts of one picture, or two letters of a script that writes so, can be seen.
        for whole in
            ["\u{1f469}\u{1f3fd}\u{200d}\u{2695}\u{fe0f}", "\u{646}\u{645}\u{6cc}\u{200c}\u{62e}\u{648}\u{627}\u{647}\u{645}"]
        {
            assert_eq!(tidy(whole), whole);
            assert!(!is_blank(whole));
        }
        assert_eq!(tidy("a\u{200d}\u{646}, \u{1f469} \u{200d}"), "a\u{646}, \u{1f469}");
        assert!(matches!(clean("plain\tand\nsimple"), Cow::Borrowed(_)));
    }
}
