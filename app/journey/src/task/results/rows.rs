//! Results of the provider test suites, read from the reports they write: JUnit XML, TRX and Cucumber JSON
//! (domain/testing.md §4). One row per scenario; totals by capability; a rerun compared with the run before.
//!
//! A report comes from outside: its size, depth and number of scenarios are bounded, XML without a document type only,
//! so that no entity is ever expanded. What is wrong is said with its line. What can be understood in part is read in part:
//! a time that is none costs the time, an outcome that nobody knows costs its scenario, which then was not run. Nothing
//! but a plain pass stands as one.
//!
//! Long because what all kinds of report have in common is here, and its tests stand below.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{base::text, plan::process::Page};

/// The question that takes the reports.
pub const FIELD: &str = "results";

/// Reports of one run: a suite may write one per capability.
pub const MOST: usize = 6;

/// Bytes of one report.
pub const LONGEST: u64 = 8_000_000;

/// Scenarios of one report. The largest known suite has about 1,050 cases.
pub const MOST_ROWS: usize = 10_000;

/// Nesting of one report.
pub(crate) const DEEPEST: usize = 64;

const LONGEST_NAME: usize = 300;
pub(crate) const LONGEST_MESSAGE: usize = 600;

/// Whether the files of this question are reports that are read when they are added.
#[must_use]
pub fn reads(page: Page, field: &str) -> bool {
    matches!(page, Page::Results | Page::Testing) && field == FIELD
}

/// What came out of a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It did what the specification asks.
    Passed,
    /// It did not, or the test broke.
    Failed,
    /// It was not run to its end.
    Skipped,
}

impl Outcome {
    /// The word on a page.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Outcome::Passed => "Passed",
            Outcome::Failed => "Failed",
            Outcome::Skipped => "Not run",
        }
    }
}

/// One scenario of a run, or one example of a scenario outline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The feature that it belongs to.
    #[serde(rename = "f")]
    pub feature: String,
    /// The scenario.
    #[serde(rename = "s")]
    pub scenario: String,
    /// Which example of an outline; empty when there is only one.
    #[serde(rename = "e", default, skip_serializing_if = "String::is_empty")]
    pub example: String,
    /// What it is marked with, as the suite wrote it.
    #[serde(rename = "g", default, skip_serializing_if = "String::is_empty")]
    pub tags: String,
    /// What came out.
    #[serde(rename = "o")]
    pub outcome: Outcome,
    /// How long it took, in milliseconds.
    #[serde(rename = "t", default)]
    pub millis: u64,
    /// What was said of it; empty when it passed at once.
    #[serde(rename = "m", default, skip_serializing_if = "String::is_empty")]
    pub message: String,
    /// Whether it failed before it passed in the same run.
    #[serde(rename = "r", default, skip_serializing_if = "std::ops::Not::not")]
    pub retried: bool,
}

impl Row {
    pub(crate) fn key(&self) -> (&str, &str, &str) {
        (&self.feature, &self.scenario, &self.example)
    }
}

/// A run as read from one report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// `JUnit XML`, `TRX` or `Cucumber JSON`.
    pub format: String,
    /// In the order of the report.
    pub rows: Vec<Row>,
    /// What does not agree in the report, and what of it could not be read: sentences for people.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// A part of the specification to which features of the suite belong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Area {
    /// Find and read patients, practitioners, organisations, locations; register a patient.
    Foundations,
    /// Appointments and free slots.
    Appointments,
    /// Access Record Structured.
    Structured,
    /// Access Document.
    Documents,
    /// Migration of a record.
    Migrate,
    /// Access Record HTML.
    Html,
    /// What every capability shares: FHIR, HTTP, tokens, the proxy, security.
    Common,
    /// A feature that names none of these.
    Other,
}

impl Area {
    /// The words on a page.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Area::Foundations => "Foundations",
            Area::Appointments => "Appointment Management",
            Area::Structured => "Access Record Structured",
            Area::Documents => "Access Document",
            Area::Migrate => "Migrate",
            Area::Html => "Access Record HTML",
            Area::Common => "Common technical tests",
            Area::Other => "Other features",
        }
    }

    /// The part that a feature belongs to, by its name as the suites write it.
    #[must_use]
    pub fn of(feature: &str) -> Self {
        let name: String = feature.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
        let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
        match () {
            () if has(&["migrat"]) => Area::Migrate,
            () if has(&["document"]) => Area::Documents,
            () if has(&["structured"]) => Area::Structured,
            () if has(&["appointment", "freeslot", "slot"]) => Area::Appointments,
            () if has(&["html", "accessrecord", "carerecord"]) => Area::Html,
            () if has(&["patient", "practitioner", "organization", "organisation", "location"]) => Area::Foundations,
            () if has(&["fhir", "http", "jwt", "ssp", "security", "ssl", "spine"]) => Area::Common,
            () => Area::Other,
        }
    }
}

/// How many scenarios came out how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Passed.
    pub passed: usize,
    /// Failed.
    pub failed: usize,
    /// Not run.
    pub skipped: usize,
    /// Of those that passed: after a retry.
    pub retried: usize,
    /// Time taken, in milliseconds.
    pub millis: u64,
}

impl Count {
    /// All of them.
    #[must_use]
    pub fn all(self) -> usize {
        self.passed + self.failed + self.skipped
    }

    /// What is said where nothing failed; `doubtful` when a report does not agree with itself.
    #[must_use]
    pub fn without_failure(self, doubtful: bool) -> String {
        let said = match (self.passed, self.skipped) {
            (0, _) => return "No scenario was run.".to_owned(),
            (_, 0) => "No scenario failed.".to_owned(),
            (_, 1) => "No scenario failed, and 1 was not run.".to_owned(),
            (_, many) => format!("No scenario failed, and {many} were not run."),
        };
        if doubtful { format!("{said} But not all that the reports say agrees.") } else { said }
    }

    fn add(&mut self, row: &Row) {
        match row.outcome {
            Outcome::Passed => self.passed += 1,
            Outcome::Failed => self.failed += 1,
            Outcome::Skipped => self.skipped += 1,
        }
        self.retried += usize::from(row.retried);
        self.millis = self.millis.saturating_add(row.millis);
    }
}

/// Totals by part of the specification, and of everything.
#[must_use]
pub fn totals(rows: &[Row]) -> (BTreeMap<Area, Count>, Count) {
    let mut by_area: BTreeMap<Area, Count> = BTreeMap::new();
    let mut all = Count::default();
    for row in rows {
        by_area.entry(Area::of(&row.feature)).or_default().add(row);
        all.add(row);
    }
    (by_area, all)
}

/// A rerun beside the run before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rerun<'a> {
    /// Failed before, passed now.
    pub fixed: Vec<&'a Row>,
    /// Fail now and did not fail before, or were not there.
    pub broken: Vec<&'a Row>,
    /// Failed before and now.
    pub still: Vec<&'a Row>,
    /// Passed or failed before, and were not run now: a test that is left out proves nothing.
    pub unrun: Vec<&'a Row>,
    /// Were there before and are missing now.
    pub gone: Vec<&'a Row>,
}

/// Compares two runs, scenario by scenario.
#[must_use]
pub fn compare<'a>(before: &'a [Row], now: &'a [Row]) -> Rerun<'a> {
    let was: BTreeMap<_, Outcome> = before.iter().map(|row| (row.key(), row.outcome)).collect();
    let is: BTreeMap<_, Outcome> = now.iter().map(|row| (row.key(), row.outcome)).collect();
    let mut rerun = Rerun::default();
    for row in now {
        match (was.get(&row.key()), row.outcome) {
            (Some(Outcome::Failed), Outcome::Passed) => rerun.fixed.push(row),
            (Some(Outcome::Failed), Outcome::Failed) => rerun.still.push(row),
            (_, Outcome::Failed) => rerun.broken.push(row),
            (Some(Outcome::Passed | Outcome::Failed), Outcome::Skipped) => rerun.unrun.push(row),
            _ => {}
        }
    }
    rerun.gone = before.iter().filter(|row| !is.contains_key(&row.key())).collect();
    rerun
}

/// Notes of one report; more of them say no more.
const MOST_NOTES: usize = 20;

/// Adds what is to be said of a report, while there is room.
pub(crate) fn note(notes: &mut Vec<String>, says: String) {
    if notes.len() < MOST_NOTES {
        notes.push(cut(&says, LONGEST_MESSAGE).to_owned());
    }
}

/// What is said of times that could not be read.
pub(crate) fn note_of_times(notes: &mut Vec<String>, lost: usize) {
    match lost {
        0 => {}
        1 => note(notes, "1 time could not be read and counts as none.".to_owned()),
        many => note(notes, format!("{many} times could not be read and count as none.")),
    }
}

/// What a reader found of a scenario. Each becomes a row here, where its texts are cut: one text may be named by thousands.
pub(crate) struct Found<'a> {
    /// Taken with [`cut`] once, where it is found: all scenarios of a feature share it.
    pub(crate) feature: &'a str,
    /// The scenario and which example of it.
    pub(crate) name: (&'a str, &'a str),
    pub(crate) outcome: Outcome,
    /// Seconds.
    pub(crate) took: f64,
    pub(crate) message: &'a str,
    pub(crate) tags: &'a str,
    pub(crate) retried: bool,
}

impl Found<'_> {
    pub(crate) fn row(&self) -> Row {
        Row {
            feature: short(self.feature, LONGEST_NAME),
            scenario: short(self.name.0, LONGEST_NAME),
            example: short(self.name.1, LONGEST_NAME),
            outcome: self.outcome,
            millis: millis(self.took),
            message: short(self.message, LONGEST_MESSAGE),
            tags: short(self.tags, LONGEST_NAME),
            retried: self.retried,
        }
    }
}

/// The beginning of a text, at most so many characters.
pub(crate) fn cut(text: &str, most: usize) -> &str {
    text.char_indices().nth(most).map_or(text, |(end, _)| &text[..end])
}

/// A name that many rows share: with room for the spaces that go.
pub(crate) fn name_of(text: &str) -> &str {
    cut(text.trim(), 4 * LONGEST_NAME)
}

/// One line without what nobody can see, at most so many characters.
fn short(text: &str, most: usize) -> String {
    // A message may be as long as the report; what is far behind is not looked at.
    text::line(cut(text.trim_start(), 4 * most)).chars().take(most).collect()
}

/// Seconds as a report writes them, in milliseconds; nonsense is no time.
fn millis(seconds: f64) -> u64 {
    if seconds.is_finite() && seconds > 0.0 { (seconds.min(1e9) * 1000.0).round() as u64 } else { 0 }
}

/// A time as suites write it, in seconds: `0.160`, `0,160`, `1,024.12`, `80.803us`, `0.160s`, `00:00:01.5`, `1.00:00:01`.
/// `None` for what can be read in no way, or in two.
pub(crate) fn seconds(text: &str) -> Option<f64> {
    let text = text.trim();
    if text.contains(':') {
        return clock(text);
    }
    let number = text.trim_end_matches(char::is_alphabetic);
    let unit = match text[number.len()..].to_lowercase().as_str() {
        "" | "s" | "sec" | "secs" | "second" | "seconds" => 1.0,
        "ms" | "msec" | "millis" => 1e-3,
        "us" | "\u{b5}s" | "\u{3bc}s" => 1e-6,
        "ns" => 1e-9,
        "m" | "min" => 60.0,
        "h" => 3600.0,
        _ => return None,
    };
    Some(decimal(number.trim_end())? * unit)
}

/// A number with a point or a comma before its decimals, and the other one between thousands.
fn decimal(number: &str) -> Option<f64> {
    let plain = match (number.rfind(','), number.rfind('.')) {
        (None, _) => number.to_owned(),
        (Some(comma), Some(point)) if comma < point => number.replace(',', ""),
        (Some(_), Some(_)) => number.replace('.', "").replace(',', "."),
        (Some(comma), None) => {
            let (whole, rest) = (&number[..comma], &number[comma + 1..]);
            let grouped = rest.len() == 3 && (1..=3).contains(&whole.len()) && !whole.starts_with('0');
            match number.matches(',').count() {
                // `1,024` may be a second or a thousand of them.
                1 if grouped => return None,
                1 => number.replace(',', "."),
                _ => number.replace(',', ""),
            }
        }
    };
    plain.parse().ok().filter(|number: &f64| number.is_finite() && *number >= 0.0)
}

/// `00:00:01.2345678`, or with days before it `1.00:00:01`, in seconds.
fn clock(text: &str) -> Option<f64> {
    let mut parts = text.split(':');
    let (hours, minutes, seconds) = (parts.next()?, parts.next()?, parts.next()?);
    let (days, hours) = hours.split_once('.').unwrap_or(("0", hours));
    let days: f64 = days.parse::<u32>().ok()?.into();
    let hours: f64 = hours.parse::<u32>().ok()?.into();
    let minutes: f64 = minutes.parse::<u32>().ok()?.into();
    let seconds = decimal(seconds)?;
    parts.next().is_none().then_some(((days * 24.0 + hours) * 60.0 + minutes) * 60.0 + seconds)
}

/// `Name(arguments)` and `Name: Variant 2` are examples of `Name`, as programs that turn scenarios into tests name them.
/// What a person wrote in brackets behind a name is a part of the name.
pub(crate) fn example_of(name: &str) -> (&str, &str) {
    let name = name.trim();
    if let Some((scenario, inner)) = name.strip_suffix(')').and_then(|rest| rest.split_once('('))
        && are_arguments(scenario, inner)
    {
        return (scenario.trim(), inner.trim());
    }
    marked(name)
}

/// Whether these are arguments as a program writes them: texts in quotes, numbers, truths, `null`, directly behind the name.
fn are_arguments(scenario: &str, inner: &str) -> bool {
    let inner = inner.trim();
    if inner.starts_with(['"', '\'']) || inner.starts_with("Data Row ") {
        return !scenario.trim().is_empty();
    }
    let literal = |part: &str| {
        let part = part.trim();
        part.starts_with('"') || matches!(part, "null" | "true" | "false" | "True" | "False") || part.parse::<f64>().is_ok()
    };
    scenario.ends_with(|c: char| c.is_alphanumeric() || c == '_') && inner.split(',').all(literal)
}

/// `Name: Variant 2` and its kind.
pub(crate) fn marked(name: &str) -> (&str, &str) {
    for mark in [": Variant ", ": Example ", " - Example #", " -- @"] {
        if let Some((scenario, example)) = name.split_once(mark) {
            return (scenario.trim(), example.trim());
        }
    }
    (name.trim(), "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_suites_write_them_or_not_at_all() {
        for (text, wanted) in [
            ("0.160", 0.16),
            ("0,160", 0.16),
            ("12,5", 12.5),
            ("1,024.12", 1024.12),
            ("1.024,12", 1024.12),
            ("1,024,000", 1_024_000.0),
            ("0.160s", 0.16),
            ("0.160 s", 0.16),
            ("80.803us", 0.000_080_803),
            ("80.803\u{b5}s", 0.000_080_803),
            ("12ms", 0.012),
            ("1.5E-3", 0.0015),
            ("00:00:01.5", 1.5),
            ("1.00:00:01", 86_401.0),
            ("00:01:02,5", 62.5),
        ] {
            let read = seconds(text).expect(text);
            assert!((read - wanted).abs() < 1e-9, "{text}: {read}");
        }
        for text in ["1,024", "soon", "", "NaN", "inf", "-1", "1:2", "1m30s", "0.5 parsecs", "1:2:3:4", "1.x:0:1"] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }

    #[test]
    fn what_a_person_wrote_in_brackets_is_a_part_of_the_name() {
        for (name, scenario, example) in [
            ("Wrong claims(\"exp\",\"299\")", "Wrong claims", "\"exp\",\"299\""),
            ("Wrong claims (\"exp\")", "Wrong claims", "\"exp\""),
            ("WrongClaims(1,null,True)", "WrongClaims", "1,null,True"),
            ("WrongClaims (Data Row 0)", "WrongClaims", "Data Row 0"),
            ("Booked: Variant 2", "Booked", "2"),
            ("GPC-STR-MED14-(03-17)", "GPC-STR-MED14-(03-17)", ""),
            ("GPC-STR-MED14-(03)", "GPC-STR-MED14-(03)", ""),
            ("Medication (repeat)", "Medication (repeat)", ""),
            ("Slots on 3 days (2)", "Slots on 3 days (2)", ""),
            ("(\"a\")", "(\"a\")", ""),
        ] {
            assert_eq!(example_of(name), (scenario, example), "{name}");
        }
    }
}
