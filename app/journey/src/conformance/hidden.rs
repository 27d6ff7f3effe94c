//! NHS numbers that may be of patients, found however they are written and encoded, and tokens: what must not be kept or told.
//!
//! Long because finding, hiding and what is no NHS number after all are read together.

use std::collections::BTreeSet;

use base64::{
    Engine as _,
    alphabet::{STANDARD, URL_SAFE},
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

use crate::{
    conformance::{
        exchange::Exchange,
        numbers::{MASK, is_test},
        reading::{Token, token_of},
    },
    guidance::spine::formats::is_nhs_number,
};

/// How many numbers of an exchange may be patients. Numbers that were taken out before count as one.
#[must_use]
pub fn real(exchange: &Exchange) -> usize {
    let mut found = BTreeSet::new();
    let mut masked = false;
    each(exchange, &mut |text| {
        masked |= text.contains(MASK);
        let _ = rewritten(text, &mut found, 0);
    });
    if let Token::Read(_, _, claims) = token_of(exchange) {
        masked |= claims.to_string().contains(MASK);
    }
    found.len().max(usize::from(masked))
}

/// Every text of an exchange.
fn each(exchange: &Exchange, look: &mut dyn FnMut(&str)) {
    look(&exchange.request.url);
    look(&exchange.request.body);
    exchange.request.headers.iter().for_each(|(_, value)| look(value));
    if let Some(answer) = &exchange.answer {
        look(&answer.body);
        answer.headers.iter().for_each(|(_, value)| look(value));
    }
}

/// The text without numbers that may be patients; `None` where there are none. The numbers go into `found`.
#[must_use]
pub fn rewritten(text: &str, found: &mut BTreeSet<String>, depth: u8) -> Option<String> {
    let mut changes = digits(text, found);
    if depth < 2 {
        encoded(text, found, depth, &mut changes);
    }
    if changes.is_empty() {
        return None;
    }
    changes.sort_by_key(|(start, ..)| *start);
    let mut made = String::with_capacity(text.len());
    let mut at = 0;
    for (start, end, instead) in changes {
        if start >= at {
            made.push_str(&text[at..start]);
            made.push_str(&instead);
            at = end;
        }
    }
    made.push_str(&text[at..]);
    Some(made)
}

type Changes = Vec<(usize, usize, String)>;

/// One character with how many bytes it takes, however it is written: as itself, `%39`, `\u0039`, `&#57;`.
fn next(text: &str, at: usize) -> Option<(char, usize)> {
    let rest = &text.as_bytes()[at..];
    let hex = |from: usize, to: usize| -> Option<u32> {
        let digits = text.get(at + from..at + to)?;
        digits.bytes().all(|b| b.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok()).flatten()
    };
    match rest.first()? {
        b'%' => {
            if let Some(code) = hex(1, 3).filter(|code| *code < 128).and_then(char::from_u32) {
                return Some((code, 3));
            }
        }
        b'\\' if rest.get(1) == Some(&b'u') => {
            if let Some(code) = hex(2, 6).and_then(char::from_u32) {
                return Some((code, 6));
            }
        }
        b'&' if rest.get(1) == Some(&b'#') => {
            let end = rest.iter().take(8).position(|b| *b == b';').unwrap_or(0);
            let code = text.get(at + 2..at + end).and_then(|digits| digits.parse().ok()).and_then(char::from_u32);
            if let Some(code) = code {
                return Some((code, end + 1));
            }
        }
        _ => {}
    }
    let c = text[at..].chars().next()?;
    // Digits of full width are digits to whoever reads them.
    let plain = match c {
        '\u{ff10}'..='\u{ff19}' => char::from_u32(u32::from(c) - 0xff10 + u32::from('0')).unwrap_or(c),
        _ => c,
    };
    Some((plain, c.len_utf8()))
}

fn is_unseen(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
}

fn parts(c: char) -> bool {
    matches!(c, ' ' | '-' | '.' | '+' | '_' | '\u{a0}' | '\u{2009}' | '\u{202f}' | '\u{2010}'..='\u{2013}')
}

/// Ten digits from here on, in one piece or as 3, 3 and 4: where they end, and what they are.
fn ten(text: &str, start: usize) -> Option<(usize, String, bool)> {
    let (mut at, mut read, mut grouped, mut between) = (start, String::with_capacity(10), false, 0);
    while read.len() < 10 {
        let (c, length) = next(text, at)?;
        if c.is_ascii_digit() {
            if between > 0 && !matches!(read.len(), 3 | 6) {
                return None;
            }
            // Once in groups, always in groups.
            if between == 0 && grouped && read.len() == 6 {
                return None;
            }
            read.push(c);
            between = 0;
        } else if parts(c) && matches!(read.len(), 3 | 6) && between < 3 {
            if read.len() == 6 && !grouped {
                return None;
            }
            grouped = true;
            between += 1;
        } else if !is_unseen(c) || read.is_empty() {
            return None;
        }
        at += length;
    }
    match next(text, at) {
        Some((c, _)) if c.is_ascii_digit() => None,
        _ => Some((at, read, grouped)),
    }
}

/// Numbers that stand in the text as they are read.
fn digits(text: &str, found: &mut BTreeSet<String>) -> Changes {
    let bytes = text.as_bytes();
    let mut changes = Vec::new();
    // What the run of letters and digits up to here holds.
    let (mut letters, mut digit) = (0_usize, false);
    let mut at = 0;
    while at < bytes.len() {
        let b = bytes[at];
        if b.is_ascii_alphabetic() {
            letters += 1;
            at += 1;
            continue;
        }
        if !(b.is_ascii_digit() || matches!(b, b'%' | b'\\' | b'&') || b >= 0x80) {
            (letters, digit) = (0, false);
            at += 1;
            continue;
        }
        let Some((c, length)) = next(text, at) else { break };
        if !c.is_ascii_digit() {
            if c.is_alphanumeric() {
                letters += 1
            } else if !is_unseen(c) {
                (letters, digit) = (0, false)
            }
            at += length;
            continue;
        }
        if !digit && let Some((end, number, grouped)) = ten(text, at) {
            if is_nhs_number(&number)
                && !is_test(&number)
                && stands_alone(text, end, letters, grouped)
                && !is_else(text, at, end, &number)
            {
                found.insert(number);
                changes.push((at, end, instead(text, at, end)));
            }
            (letters, digit) = (0, true);
            at = end;
            continue;
        }
        digit = true;
        at += length;
    }
    changes
}

/// No part of a longer id: of a UUID, a digest, a file name of letters and digits.
fn stands_alone(text: &str, end: usize, before: usize, grouped: bool) -> bool {
    if grouped {
        return true;
    }
    let (mut at, mut after) = (end, 0);
    while let Some((c, length)) = next(text, at) {
        if c.is_ascii_digit() {
            return false;
        }
        if !c.is_alphanumeric() || after > 20 {
            break;
        }
        after += 1;
        at += length;
    }
    // The last part of a UUID has 12.
    before + after <= 20 && before + after != 2
}

/// A number that is known to be something else: a time in seconds, or an id of SNOMED CT beside its system.
fn is_else(text: &str, at: usize, end: usize, number: &str) -> bool {
    let before = text[..at].trim_end_matches([' ', '\t', '\n', '\r']);
    let after = text[end..].trim_start_matches([' ', '\t', '\n', '\r']);
    let bare = before.ends_with("\":") && after.starts_with([',', '}']);
    let whole = before.is_empty() && after.is_empty();
    if (bare || whole) && ("1500000000".."2100000000").contains(&number) {
        return true;
    }
    let quoted = before.ends_with('"') && after.starts_with('"');
    let near = |text: &str| text.contains("snomed") || text.contains("descriptionId") || text.contains("descriptionDisplay");
    quoted && is_snomed(number) && {
        let (from, to) = (floor(text, at.saturating_sub(400)), floor(text, (end + 400).min(text.len())));
        near(&text[from..to]) && !text[from..to].contains("nhs-number")
    }
}

fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// An id of SNOMED CT: its two digits before the last say what it names, and its last follows from the others (Verhoeff).
fn is_snomed(number: &str) -> bool {
    const TURN: [[usize; 10]; 8] = [
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
        [1, 5, 7, 6, 2, 8, 3, 0, 9, 4],
        [5, 8, 0, 3, 7, 9, 6, 1, 4, 2],
        [8, 9, 1, 6, 0, 4, 3, 5, 2, 7],
        [9, 4, 5, 3, 1, 2, 6, 8, 7, 0],
        [4, 2, 8, 6, 5, 7, 3, 9, 0, 1],
        [2, 7, 9, 3, 8, 0, 6, 4, 1, 5],
        [7, 0, 4, 6, 9, 1, 3, 2, 5, 8],
    ];
    let times = |a: usize, b: usize| match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => (a + b) % 5 + 5,
        (false, true) => (a - b) % 5 + 5,
        (false, false) => (a + 5 - b) % 5,
    };
    let sum = number.bytes().rev().enumerate().fold(0, |sum, (at, b)| times(sum, TURN[at % 8][usize::from(b - b'0')]));
    sum == 0 && matches!(&number[number.len() - 3..number.len() - 1], "00" | "01" | "02" | "10" | "11" | "12")
}

/// What is written instead: a number without quotes in JSON gets them, so that it stays JSON.
fn instead(text: &str, at: usize, end: usize) -> String {
    let before = text[..at].trim_end_matches([' ', '\t', '\n', '\r']);
    let after = text[end..].trim_start_matches([' ', '\t', '\n', '\r']);
    if before.ends_with("\":") && after.starts_with([',', '}', ']']) { format!("\"{MASK}\"") } else { MASK.to_owned() }
}

/// Shortest run that is tried: ten digits take 14 characters in base64.
const RUN: usize = 14;

/// Numbers in what is encoded as base64: the parts of a token, a document.
fn encoded(text: &str, found: &mut BTreeSet<String>, depth: u8, changes: &mut Changes) {
    let is_of = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'-' | b'_');
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if !is_of(bytes[at]) {
            at += 1;
            continue;
        }
        let start = at;
        while at < bytes.len() && is_of(bytes[at]) {
            at += 1;
        }
        let end = at;
        while at < bytes.len() && bytes[at] == b'=' && at - end < 2 {
            at += 1;
        }
        if end - start < RUN {
            continue;
        }
        let run = &text[start..end];
        let safe = run.contains(['-', '_']);
        if safe && run.contains(['+', '/']) {
            continue;
        }
        let padded = at > end;
        let config = GeneralPurposeConfig::new()
            .with_decode_padding_mode(DecodePaddingMode::Indifferent)
            .with_decode_allow_trailing_bits(true)
            .with_encode_padding(padded);
        let engine = GeneralPurpose::new(if safe { &URL_SAFE } else { &STANDARD }, config);
        let Some(inner) = engine.decode(run).ok().and_then(|bytes| String::from_utf8(bytes).ok()) else { continue };
        if let Some(made) = rewritten(&inner, found, depth + 1) {
            // The parts of a token keep their alphabet, also where the text of it had none of its special characters.
            let token =
                run.starts_with("ey") || text.as_bytes().get(end) == Some(&b'.') || (start > 0 && bytes[start - 1] == b'.');
            let engine = GeneralPurpose::new(if safe || token { &URL_SAFE } else { &STANDARD }, config);
            changes.push((start, at, engine.encode(made)));
        }
    }
}

/// What somebody sent, without numbers that may be patients.
#[must_use]
pub fn without_numbers(text: &str) -> String {
    rewritten(text, &mut BTreeSet::new(), 0).unwrap_or_else(|| text.to_owned())
}

/// A sentence without numbers that may be patients and without tokens.
#[must_use]
pub fn told(text: String) -> String {
    let text = without_numbers(&text);
    without_tokens(&text).unwrap_or(text)
}

/// The text without tokens; `None` where there are none.
#[must_use]
pub fn without_tokens(text: &str) -> Option<String> {
    let mut made = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("eyJ") {
        let run = rest[at..]
            .bytes()
            .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'+' | b'/' | b'='))
            .count();
        let word = &rest[at..at + run];
        made.push_str(&rest[..at]);
        if run > 30 {
            made.push_str("[token]");
        } else {
            made.push_str(word);
        }
        rest = &rest[at + run..];
    }
    if made.is_empty() && rest.len() == text.len() {
        None
    } else {
        made.push_str(rest);
        Some(made)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(text: &str) -> (String, usize) {
        let mut found = BTreeSet::new();
        let made = rewritten(text, &mut found, 0).unwrap_or_else(|| text.to_owned());
        (made, found.len())
    }

    #[test]
    fn other_numbers_are_found_however_they_are_written() {
        for text in [
            "9434765919",
            "943 476 5919",
            "943-476-5919",
            "943\u{a0}476\u{a0}5919",
            "943%20476%205919",
            "943+476+5919",
            "%39434765919",
            "nhs-number%7C9434765919",
            "nhs-number|9434765919&x=1",
            "\\u0039434765919",
            "&#57;434765919",
            "９434765919",
            "943\u{200b}4765919",
            "patient9434765919",
            "NHS:9434765919.",
            "12 943 476 5919",
            "<value value='9434765919'/>",
            "OTQzNDc2NTkxOQ==",
            "eyJ2YWx1ZSI6Ijk0MzQ3NjU5MTkifQ",
        ] {
            let (made, count) = masked(text);
            assert_eq!(count, 1, "{text} → {made}");
            assert!(!made.contains("5919") && masked(&made).1 == 0, "{text} → {made}");
        }
        assert_eq!(masked(r#"{"value": 9434765919}"#).0, r#"{"value": "NHS-NUMBER-HIDDEN"}"#);
        assert_eq!(masked("943 476 5919, 9434765919").1, 1, "one number, however often");
    }

    #[test]
    fn what_is_no_nhs_number_stays() {
        for text in [
            "9434765918",
            "94347659190",
            "19434765919",
            r#"{"iat":1772532000,"exp":1772532300}"#,
            "09a01679-2564-4fb4-9129-aecc81ea2706",
            "629ea9ba-a077-4d99-b289-a9434765919b",
            "sha256:0b9434765919aa9434765919",
            "2026-03-10T09:00:00+00:00",
            "918999198738",
            "943 4765919 1",
        ] {
            assert_eq!(masked(text), (text.to_owned(), 0));
        }
        // An id of SNOMED CT beside its system; without it, it may be a patient.
        let id = (0..10_000_000_u64)
            .map(|value| format!("{:07}", value + 1_219_251))
            .flat_map(|head| (0..10).map(move |last| format!("{head}01{last}")))
            .find(|id| is_snomed(id) && is_nhs_number(id))
            .expect("there is one");
        assert!(is_snomed("22298006") && !is_snomed("22298007"));
        let coded = format!(r#"{{"system":"http://snomed.info/sct","extension":[{{"url":"descriptionId","valueId":"{id}"}}]}}"#);
        assert_eq!(masked(&coded).1, 0);
        assert_eq!(masked(&format!(r#"{{"value":"{id}"}}"#)).1, 1);
    }

    #[test]
    fn tokens_are_left_out_of_sentences() {
        assert_eq!(
            without_tokens("It is “eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJpc3Mi.” here."),
            Some("It is “[token]” here.".to_owned())
        );
        assert_eq!(without_tokens("no token"), None);
    }
}
