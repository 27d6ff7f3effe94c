//! The published test scripts (domain/testing.md §5), as reports, requirements and people name them: `GPC-SPN-TST-10`,
//! `gpcspntst10`, `GPC-SPN-TST-01 to 03`, `FOU-FPA-01/1-3`. A number is read whole, so that `TST-1` is never `TST-10`.

use std::{collections::BTreeSet, fmt};

use crate::catalogue::row::Row;

/// Scripts that are numbered together.
struct Family {
    /// Its letters without what stands between them, as they follow `GPC` or `GPCM`.
    key: &'static str,
    /// As it is written before the number.
    shown: &'static str,
    /// First and last number that is published; where the source gives no last one, two digits.
    numbers: (u16, u16),
    /// Whether a number has parts: `01/3`.
    parts: bool,
}

const fn family(key: &'static str, shown: &'static str, numbers: (u16, u16)) -> Family {
    Family { key, shown, numbers, parts: false }
}

const fn foundations(key: &'static str, shown: &'static str) -> Family {
    Family { key, shown, numbers: (1, 1), parts: true }
}

const FAMILIES: [Family; 16] = [
    family("SPNTST", "GPC-SPN-TST", (1, 13)),
    foundations("FOUCAP", "GPC-FOU-CAP"),
    foundations("FOUFPA", "GPC-FOU-FPA"),
    foundations("FOURPA", "GPC-FOU-RPA"),
    foundations("FOUREG", "GPC-FOU-REG"),
    foundations("FOUFPR", "GPC-FOU-FPR"),
    foundations("FOURPR", "GPC-FOU-RPR"),
    foundations("FOUFOR", "GPC-FOU-FOR"),
    foundations("FOUROR", "GPC-FOU-ROR"),
    foundations("FOURLO", "GPC-FOU-RLO"),
    family("ARHTML", "GPC-ARHTML", (1, 41)),
    family("STRTSTGEN", "GPC-STR-TST-GEN", (2, 27)),
    family("STRTSTMED", "GPC-STR-TST-MED", (1, 9)),
    family("STRTSTALG", "GPC-STR-TST-ALG", (1, 8)),
    family("MIGTSTGEN", "GPC-MIG-TST-GEN", (5, 99)),
    family("SDTST", "GPCM-SD-TST", (1, 99)),
];

/// How requirements name families of the structured record in short.
const SHORT: [(&str, &str); 3] = [("GEN", "STRTSTGEN"), ("MED", "STRTSTMED"), ("ALG", "STRTSTALG")];

/// Letters of the longest name of a family, in words: `GPC STR TST GEN`.
const MOST_WORDS: usize = 4;

/// Characters between the words and numbers of an id.
const BETWEEN: &str = "-_/.: @#\u{2010}\u{2011}\u{2013}";

/// A published test script, or a part of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Script {
    family: usize,
    number: u16,
    part: u16,
}

impl Script {
    /// Whether this is that script, or a part of it.
    #[must_use]
    pub fn is_of(&self, whole: &Self) -> bool {
        (self.family, self.number) == (whole.family, whole.number) && (whole.part == 0 || whole.part == self.part)
    }
}

impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = FAMILIES.get(self.family).map_or("", |family| family.shown);
        write!(f, "{shown}-{:02}", self.number)?;
        if self.part > 0 { write!(f, "/{}", self.part) } else { Ok(()) }
    }
}

#[derive(Clone, Copy)]
enum Token<'a> {
    Letters(&'a str),
    Digits(&'a str),
    Other(char),
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let run = |fits: fn(&char) -> bool| rest.find(|c: char| !fits(&c)).unwrap_or(rest.len());
        let end = if first.is_ascii_alphabetic() {
            let end = run(char::is_ascii_alphabetic);
            tokens.push(Token::Letters(&rest[..end]));
            end
        } else if first.is_ascii_digit() {
            let end = run(char::is_ascii_digit);
            tokens.push(Token::Digits(&rest[..end]));
            end
        } else {
            tokens.push(Token::Other(first));
            first.len_utf8()
        };
        rest = &rest[end..];
    }
    tokens
}

/// The family that the letters before place `at` name.
fn family_before(tokens: &[Token<'_>], at: usize, short: bool) -> Option<usize> {
    let mut words: Vec<&str> = Vec::new();
    let mut place = at;
    while place > 0 && words.len() < MOST_WORDS {
        place -= 1;
        match tokens[place] {
            Token::Letters(word) => words.push(word),
            Token::Other(between) if BETWEEN.contains(between) => {}
            _ => break,
        }
    }
    // The longest name first: `STR-TST-GEN` before `GEN`.
    (1..=words.len()).rev().find_map(|count| {
        let name: String = words[..count].iter().rev().flat_map(|word| word.chars()).map(|c| c.to_ascii_uppercase()).collect();
        let named = |key: &str| {
            name == key || ["GPC", "GPCM"].iter().any(|start| name.strip_suffix(key).is_some_and(|rest| rest.ends_with(start)))
        };
        let long = SHORT.iter().find(|(word, _)| short && *word == name).map(|(_, key)| *key);
        FAMILIES.iter().position(|family| named(family.key) || long == Some(family.key))
    })
}

fn number(digits: &str) -> Option<u16> {
    if digits.len() > 3 { None } else { digits.parse().ok() }
}

/// What follows a number: another one, or the end of a range.
enum Follows {
    Upto(u16),
    Also(u16),
}

/// What joins the number before place `at` to one after it, and the place behind that one.
fn follows(tokens: &[Token<'_>], at: usize) -> Option<(Follows, usize)> {
    let blank = |place: &usize| matches!(tokens.get(*place), Some(Token::Other(c)) if c.is_whitespace());
    let skip = |mut place: usize| {
        while blank(&place) {
            place += 1;
        }
        place
    };
    let join = skip(at);
    let range = match tokens.get(join)? {
        Token::Other('-' | '\u{2010}' | '\u{2011}' | '\u{2013}') => true,
        Token::Letters(word) if word.eq_ignore_ascii_case("to") => true,
        Token::Letters(word) if word.eq_ignore_ascii_case("and") => false,
        Token::Other(',' | '&' | '+') => false,
        _ => return None,
    };
    let place = skip(join + 1);
    let Token::Digits(digits) = tokens.get(place)? else { return None };
    let number = number(digits)?;
    Some((if range { Follows::Upto(number) } else { Follows::Also(number) }, place + 1))
}

/// The numbers that begin with `first`, with lists and ranges, within `within`; and the place behind them.
fn numbers(tokens: &[Token<'_>], first: u16, at: usize, within: (u16, u16)) -> (BTreeSet<u16>, usize) {
    let lawful = |number: u16| (within.0..=within.1).contains(&number);
    let mut found: BTreeSet<u16> = Some(first).filter(|number| lawful(*number)).into_iter().collect();
    let (mut last, mut at) = (first, at);
    while let Some((follows, behind)) = follows(tokens, at) {
        match follows {
            Follows::Upto(end) if end > last && lawful(end) => {
                found.extend(last.max(within.0)..=end);
                last = end;
            }
            Follows::Also(number) if lawful(number) => {
                found.insert(number);
                last = number;
            }
            _ => break,
        }
        at = behind;
    }
    (found, at)
}

fn read(text: &str, short: bool) -> BTreeSet<Script> {
    let tokens = tokens(text);
    let mut scripts = BTreeSet::new();
    for (at, token) in tokens.iter().enumerate() {
        let Token::Digits(digits) = token else { continue };
        let Some((family, first)) = family_before(&tokens, at, short).zip(number(digits)) else { continue };
        let kind = &FAMILIES[family];
        if !kind.parts {
            let (found, _) = numbers(&tokens, first, at + 1, kind.numbers);
            scripts.extend(found.into_iter().map(|number| Script { family, number, part: 0 }));
            continue;
        }
        if !(kind.numbers.0..=kind.numbers.1).contains(&first) {
            continue;
        }
        let part = match (tokens.get(at + 1), tokens.get(at + 2)) {
            (Some(Token::Other('/' | '-' | '_' | '.')), Some(Token::Digits(digits))) => self::number(digits),
            _ => None,
        };
        match part {
            Some(part) => {
                let (found, _) = numbers(&tokens, part, at + 3, (1, 99));
                scripts.extend(found.into_iter().map(|part| Script { family, number: first, part }));
            }
            None => {
                scripts.insert(Script { family, number: first, part: 0 });
            }
        }
    }
    scripts
}

/// The scripts that a text names, such as the name of a scenario.
#[must_use]
pub fn named(text: &str) -> BTreeSet<Script> {
    read(text, false)
}

/// The scripts that a row of the SCAL gives as its source: those of the consumer test scripts.
#[must_use]
pub fn of_row(row: &Row) -> BTreeSet<Script> {
    let parts = row.source.split(';').filter_map(|part| part.trim().strip_prefix("CSW "));
    parts.flat_map(|part| read(part, true)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{base::edition::Edition, catalogue::editions};

    fn said(found: &BTreeSet<Script>) -> String {
        found.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn an_id_is_read_however_it_is_written_and_never_as_another() {
        for (text, wanted) in [
            ("GPC-SPN-TST-10", "GPC-SPN-TST-10"),
            ("GPC-SPN-TST-1", "GPC-SPN-TST-01"),
            ("gpcspntst10", "GPC-SPN-TST-10"),
            ("test_gpcspntst10__jwt_is_valid__with_unk", "GPC-SPN-TST-10"),
            ("test_s.TestGpcSpnTst07", "GPC-SPN-TST-07"),
            ("@GPC_SPN_TST_10", "GPC-SPN-TST-10"),
            ("GPC SPN TST 010 works", "GPC-SPN-TST-10"),
            ("GPC\u{2011}SPN\u{2011}TST\u{2011}11", "GPC-SPN-TST-11"),
            ("GPC-SPN-TST-01 to 03", "GPC-SPN-TST-01 GPC-SPN-TST-02 GPC-SPN-TST-03"),
            ("GPC-SPN-TST-08, 09 and 12", "GPC-SPN-TST-08 GPC-SPN-TST-09 GPC-SPN-TST-12"),
            ("GPC-SPN-TST-08 and GPC-SPN-TST-10", "GPC-SPN-TST-08 GPC-SPN-TST-10"),
            ("GPC-SPN-TST-10-2", "GPC-SPN-TST-10"),
            ("GPC_SPN_TST_10_12", "GPC-SPN-TST-10"),
            ("GPC-FOU-FPA-01/4", "GPC-FOU-FPA-01/4"),
            ("GPC-FOU-REG-01/3-6,11", "GPC-FOU-REG-01/3 GPC-FOU-REG-01/4 GPC-FOU-REG-01/5 GPC-FOU-REG-01/6 GPC-FOU-REG-01/11"),
            ("GPC-FOU-CAP-01", "GPC-FOU-CAP-01"),
            ("GPC-STR-TST-GEN-05 and GPC-ARHTML-41", "GPC-ARHTML-41 GPC-STR-TST-GEN-05"),
            ("GPCM-SD-TST-04", "GPCM-SD-TST-04"),
            // No published script, and no id.
            ("GPC-SPN-TST-14", ""),
            ("GPC-SPN-TST-100", ""),
            ("GPC-SPN-TST-2026", ""),
            ("GPC-STR-MED14-(03-17)", ""),
            ("TST-10", ""),
            ("GEN-17", ""),
            ("GPC-FOU-FPA-02/1", ""),
            ("Booked on 3 days", ""),
        ] {
            assert_eq!(said(&named(text)), wanted, "{text}");
        }
    }

    #[test]
    fn rows_of_the_scal_name_their_scripts() {
        let rows = editions::rows(&Edition::default());
        let of = |id: &str| said(&of_row(rows.iter().find(|row| row.id == id).expect("a row")));
        assert_eq!(of("GPC-SSP08-01"), "GPC-SPN-TST-08 GPC-SPN-TST-09");
        assert_eq!(of("GPC-SSP10-01"), "GPC-SPN-TST-10 GPC-SPN-TST-11");
        assert_eq!(of("GPC-FOU-FPA-01"), "GPC-FOU-FPA-01/1 GPC-FOU-FPA-01/2 GPC-FOU-FPA-01/3");
        assert_eq!(of("SCAL-ORG-01"), "");
        let all: BTreeSet<Script> = rows.iter().flat_map(of_row).collect();
        let spine = all.iter().filter(|script| script.family == 0).count();
        assert_eq!(spine, 13, "every script of Spine belongs to a row: {}", said(&all));
        assert!(all.len() > 60, "{}", said(&all));
    }

    #[test]
    fn a_part_belongs_to_its_whole() {
        let one = |text: &str| named(text).into_iter().next().expect("an id");
        assert!(one("FOU-FPA-01/3").is_of(&one("GPC-FOU-FPA-01")));
        assert!(!one("GPC-FOU-FPA-01").is_of(&one("GPC-FOU-FPA-01/3")));
        assert!(!one("GPC-SPN-TST-10").is_of(&one("GPC-SPN-TST-01")));
    }
}
