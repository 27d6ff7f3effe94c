//! Results of the provider test suites, read from the reports they write: JUnit XML, TRX and Cucumber JSON
//! (domain/testing.md §4). One row per scenario; totals by capability; a rerun compared with the run before.
//!
//! A report comes from outside: its size, depth and number of scenarios are bounded, XML without a document type only,
//! so that no entity is ever expanded. What is wrong is said with its line.

mod json;
mod xml;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use crate::process::Fault;
use crate::process::Page;

/// The question that takes the reports.
pub const FIELD: &str = "results";

/// Reports of one run: a suite may write one per capability.
pub const MOST: usize = 6;

/// Bytes of one report.
pub const LONGEST: u64 = 8_000_000;

/// Scenarios of one report. The largest known suite has about 1,050 cases.
pub const MOST_ROWS: usize = 10_000;

/// Nesting of one report.
const DEEPEST: usize = 64;

const LONGEST_NAME: usize = 300;
const LONGEST_MESSAGE: usize = 600;

/// Whether the files of this question are reports that are read when they are added.
#[must_use]
pub fn reads(page: Page, field: &str) -> bool {
    page == Page::Results && field == FIELD
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
    /// What came out.
    #[serde(rename = "o")]
    pub outcome: Outcome,
    /// How long it took, in milliseconds.
    #[serde(rename = "t", default)]
    pub millis: u64,
    /// What was said of it; empty when it passed.
    #[serde(rename = "m", default, skip_serializing_if = "String::is_empty")]
    pub message: String,
}

impl Row {
    fn key(&self) -> (&str, &str, &str) {
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
    /// Time taken, in milliseconds.
    pub millis: u64,
}

impl Count {
    /// All of them.
    #[must_use]
    pub fn all(self) -> usize {
        self.passed + self.failed + self.skipped
    }

    fn add(&mut self, row: &Row) {
        match row.outcome {
            Outcome::Passed => self.passed += 1,
            Outcome::Failed => self.failed += 1,
            Outcome::Skipped => self.skipped += 1,
        }
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
    /// Were there before and are missing now: a test that is left out proves nothing.
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
            _ => {}
        }
    }
    rerun.gone = before.iter().filter(|row| !is.contains_key(&row.key())).collect();
    rerun
}

/// Reads a report, whichever of the three it is.
///
/// # Errors
/// What is wrong and in which line; the first fault only, because a report is made by a program.
pub fn read(bytes: &[u8]) -> Result<Run, Fault> {
    let fault = |line: usize, says: &str| Fault { line, says: says.to_owned() };
    if bytes.len() as u64 > LONGEST {
        return Err(fault(1, "the report is larger than 8 MB. Split it by capability"));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = bytes.iter().take(error.valid_up_to()).filter(|byte| **byte == b'\n').count() + 1;
        fault(line, "this is not text in UTF-8. Save the report in that encoding")
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    // The words of a reader may repeat what stands in the report, however long that is.
    let shortly = |wrong: Fault| Fault { says: cut(&wrong.says, LONGEST_MESSAGE).to_owned(), ..wrong };
    let run = match text.trim_start().chars().next() {
        Some('<') => xml::read(text).map_err(shortly)?,
        Some('[' | '{') => json::read(text).map_err(shortly)?,
        Some(_) => return Err(fault(1, "this is neither XML nor JSON. Add a JUnit XML, TRX or Cucumber JSON report")),
        None => return Err(fault(1, "the report is empty")),
    };
    if run.rows.is_empty() {
        return Err(fault(1, "the report has no scenario in it"));
    }
    Ok(Run { rows: numbered(run.rows), ..run })
}

/// Scenarios that share their names are examples of one: told apart by their number.
fn numbered(mut rows: Vec<Row>) -> Vec<Row> {
    let mut seen = BTreeMap::new();
    let mut times = Vec::with_capacity(rows.len());
    for row in &rows {
        let so_far: &mut usize = seen.entry(row.key()).or_default();
        *so_far += 1;
        times.push(*so_far);
    }
    for (row, times) in rows.iter_mut().zip(times).filter(|(_, times)| *times > 1) {
        row.example = format!("{} #{times}", row.example).trim().to_owned();
    }
    rows
}

/// What a reader found of a scenario. Each becomes a row here, where its texts are cut: one text may be named by thousands.
struct Found<'a> {
    /// Taken with [`cut`] once, where it is found: all scenarios of a feature share it.
    feature: &'a str,
    /// The scenario and which example of it.
    name: (&'a str, &'a str),
    outcome: Outcome,
    /// Seconds.
    took: f64,
    message: &'a str,
}

impl Found<'_> {
    fn row(&self) -> Row {
        Row {
            feature: short(self.feature, LONGEST_NAME),
            scenario: short(self.name.0, LONGEST_NAME),
            example: short(self.name.1, LONGEST_NAME),
            outcome: self.outcome,
            millis: millis(self.took),
            message: short(self.message, LONGEST_MESSAGE),
        }
    }
}

/// The beginning of a text, at most so many characters.
fn cut(text: &str, most: usize) -> &str {
    text.char_indices().nth(most).map_or(text, |(end, _)| &text[..end])
}

/// A name that many rows share: with room for the spaces that go.
fn name_of(text: &str) -> &str {
    cut(text.trim(), 4 * LONGEST_NAME)
}

/// One line without control characters, at most so many characters.
fn short(text: &str, most: usize) -> String {
    let spaced =
        text.split_whitespace().enumerate().flat_map(|(at, word)| (at > 0).then_some(' ').into_iter().chain(word.chars()));
    let plain = spaced.filter(|c| !c.is_control() && !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'));
    plain.take(most).collect()
}

/// Seconds as a report writes them, in milliseconds; nonsense is no time.
fn millis(seconds: f64) -> u64 {
    if seconds.is_finite() && seconds > 0.0 { (seconds.min(1e9) * 1000.0).round() as u64 } else { 0 }
}

/// `Name(arguments)` and `Name: Variant 2` are examples of `Name`.
fn example_of(name: &str) -> (&str, &str) {
    let name = name.trim();
    if let Some(open) = name.find('(').filter(|at| *at > 0 && name.ends_with(')')) {
        return (name[..open].trim(), name[open + 1..name.len() - 1].trim());
    }
    for mark in [": Variant ", ": Example ", " - Example #", " -- @"] {
        if let Some((scenario, example)) = name.split_once(mark) {
            return (scenario.trim(), example.trim());
        }
    }
    (name, "")
}
