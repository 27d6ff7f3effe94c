//! A SCAL as a workbook that people edit and send back: which columns it has, what is written into them, and what of it may
//! come back. Reading and writing the file is the server's; what a cell means is decided here. A file is taken as far as it
//! is ours: what is strange in it is told by its cell and left out, and everything else is offered.
//!
//! Long because what is written into a workbook and what may come back are one table of columns.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    base::{
        edition::Edition,
        ids::{FieldId, JourneyRef},
        text::{self, tidy},
    },
    catalogue::{
        editions,
        row::{Row, STATUSES, row_form},
    },
    form::{Answers, day},
    plan::opening::Opening,
    scal::book::{Entry, NOTE, draft_form},
};

/// The columns of every sheet, left to right. The three that may be edited are [`STATUS`], [`WORDS`] and [`NOTES`].
pub const COLUMNS: &[&str] = &[
    "Row",
    "Level",
    "Requirement",
    "Evidence expected",
    "Environment",
    "Status",
    "Answer and where the evidence is",
    "Note for your own side",
    "Files and links",
    "Assigned to",
    "How it stands",
    "Last finding or condition",
    "Round",
];

/// Column of the id.
pub const ID: usize = 0;
/// Column of the status.
pub const STATUS: usize = 5;
/// Column of the words.
pub const WORDS: usize = 6;
/// Column of the note of the own side.
pub const NOTES: usize = 7;

/// Column of the files and links.
pub const PROOFS: usize = 8;
/// Column of who looks after a row.
pub const ASSIGNED: usize = 9;
/// Column of the last finding.
pub const FINDING: usize = 11;

/// Whether a column may be edited.
#[must_use]
pub fn may_be_edited(column: usize) -> bool {
    matches!(column, STATUS | WORDS | NOTES)
}

/// Rows of all sheets that a file may have: more than any catalogue.
pub const MOST_ROWS: usize = 2_000;

/// The words of the drop-down for the status; the first one stands for no answer.
#[must_use]
pub fn statuses() -> Vec<&'static str> {
    std::iter::once("Not answered").chain(STATUSES.iter().map(|status| status.1)).collect()
}

/// What is written of a row, by column. `assigned` is the name of whoever looks after it; notes are written for the own side.
#[must_use]
pub fn cells(entry: &Entry, assigned: &str, own: bool) -> Vec<String> {
    let row = entry.row;
    let status = row_form(row).in_words(&row.field, &entry.answers);
    let said = entry.verdict.as_ref().and_then(|v| v.finding.clone().or_else(|| v.condition.clone())).unwrap_or_default();
    let files = row_form(row).in_words(&row.files().parse().unwrap_or_else(|_| row.field.clone()), &entry.answers);
    let cells = vec![
        row.id.clone(),
        row.level.name().to_owned(),
        row.requirement.clone(),
        row.evidence.clone(),
        row.environment.title().to_owned(),
        if status.is_empty() { statuses()[0].to_owned() } else { status },
        entry.words().to_owned(),
        if own { entry.note.clone() } else { String::new() },
        files.lines().chain(entry.links()).collect::<Vec<_>>().join("\n"),
        assigned.to_owned(),
        entry.stands.word().to_owned(),
        said,
        entry.verdict.as_ref().map(|verdict| verdict.round.to_string()).unwrap_or_default(),
    ];
    cells.iter().map(|text| tidy(text)).collect()
}

/// What a workbook says of itself: whose SCAL it is, as it was when it was downloaded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// The journey.
    pub journey: JourneyRef,
    /// Name of the product.
    pub product: String,
    /// The edition of the catalogue whose rows it has.
    pub edition: Edition,
    /// The day on which it was downloaded, in the UK.
    pub day: Date,
}

/// Name of the sheet that says it, and what stands in its first cell.
pub const ABOUT: &str = "About this file";

impl Stamp {
    /// The lines of the sheet under [`ABOUT`]: what, and which.
    #[must_use]
    pub fn lines(&self) -> Vec<(&'static str, String)> {
        vec![
            ("Journey", self.journey.to_string()),
            ("Product", self.product.clone()),
            ("Edition", self.edition.to_string()),
            ("Downloaded on", self.day.strftime("%-d %B %Y").to_string()),
            (
                "Read when it comes back",
                "Status, answer and note. Files, links and who looks after a row are changed on the page.".to_owned(),
            ),
        ]
    }

    /// Reads these lines; `None` when they do not say whose the file is.
    #[must_use]
    pub fn read(lines: &[(String, String)]) -> Option<Self> {
        let value = |what: &str| {
            lines.iter().find(|(name, _)| text::line(name).eq_ignore_ascii_case(what)).map(|line| text::line(&line.1))
        };
        Some(Self {
            journey: value("Journey")?.parse().ok()?,
            product: value("Product")?,
            edition: value("Edition")?.parse().ok()?,
            day: day(&value("Downloaded on")?).ok()?,
        })
    }
}

/// A line of a sheet as it was read: text by column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Name of the sheet.
    pub sheet: String,
    /// Number of the line in it, from 1 as the program shows it.
    pub line: u32,
    /// What stands in "Row".
    pub id: String,
    /// What stands in "Status".
    pub status: String,
    /// What stands in the words.
    pub words: String,
    /// What stands in the note.
    pub note: String,
    /// What stands in the columns that may not be edited, by column, as [`beginning`] cuts it; none of a column means that
    /// nothing stands there, none at all that it was not looked at.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub others: BTreeMap<usize, String>,
    /// Cells of the line that hold something else than text: the column, and what is wrong.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub strange: Vec<(usize, String)>,
}

impl Line {
    /// The name of a cell of this line, such as `3 Clinical safety, F7`.
    #[must_use]
    pub fn cell(&self, column: usize) -> String {
        let mut letters = Vec::new();
        let mut left = column + 1;
        while left > 0 {
            letters.push(u8::try_from((left - 1) % 26).map_or('?', |letter| char::from(b'A' + letter)));
            left = (left - 1) / 26;
        }
        format!("{}, {}{}", self.sheet, letters.iter().rev().collect::<String>(), self.line)
    }
}

/// As much of a text as is compared of a column that may not be edited.
#[must_use]
pub fn beginning(text: &str) -> String {
    let start: String = text.chars().take(1_000).collect();
    text::line(&start).chars().take(200).collect()
}

/// A cell or a sheet, and what is to be said of it, as a sentence without full stop.
pub type Told = (String, String);

/// What was read of a workbook.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// Its lines, sheet by sheet.
    pub lines: Vec<Line>,
    /// What of it is not ours and was not looked at.
    #[serde(default)]
    pub left_out: Vec<Told>,
    /// What it says of itself; `None` when it says nothing, as those of before.
    #[serde(default)]
    pub of: Option<Stamp>,
}

/// The SCAL that a file is compared with.
pub struct Here<'a> {
    /// The journey.
    pub journey: &'a JourneyRef,
    /// What it was opened with.
    pub opening: &'a Opening,
    /// Its working copy.
    pub entries: &'a [Entry],
    /// The name of whoever looks after a row.
    pub assigned: &'a dyn Fn(&Entry) -> String,
}

/// A row that would change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Which.
    pub row: FieldId,
    /// As published.
    pub id: String,
    /// What its draft holds now.
    pub before: Answers,
    /// What it would hold.
    pub after: Answers,
    /// What it would still lack, such as a reason.
    pub missing: Vec<String>,
    /// Version of its draft.
    pub version: u64,
}

/// What a file would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// Rows that would change, in the order of the catalogue.
    pub changes: Vec<Change>,
    /// Cells whose rows cannot be taken, and why.
    pub faults: Vec<Told>,
    /// What of the file was left out, while everything else is offered.
    pub left_out: Vec<Told>,
    /// Rows that are as they are here.
    pub same: usize,
    /// Rows that the file does not have: they stay as they are.
    pub absent: usize,
    /// Why the file may be another one than was meant; empty when it is of this SCAL as it is now, or does not say.
    pub doubts: Vec<String>,
    /// Whether it is of another journey: then nobody should have to take a tick away.
    pub of_another: bool,
}

/// Compares what was read with the working copy.
///
/// # Errors
/// Why nothing of the file can be taken, each with its cell: no line of it is a row of this SCAL.
pub fn compare(here: &Here<'_>, file: &File) -> Result<Comparison, Vec<Told>> {
    let mut comparison = Comparison { left_out: file.left_out.clone(), ..Comparison::default() };
    let known: BTreeMap<String, &Entry> = here.entries.iter().map(|entry| (canonical(&entry.row.id), entry)).collect();
    let mut found: BTreeMap<&FieldId, Vec<&Line>> = BTreeMap::new();
    for line in &file.lines {
        match known.get(&canonical(&line.id)) {
            Some(entry) => found.entry(&entry.row.field).or_default().push(line),
            None if !text::is_blank(&line.id) => comparison.left_out.push((line.cell(ID), unknown(here.opening, &line.id))),
            None if [&line.status, &line.words, &line.note].iter().any(|text| !text::is_blank(text)) => {
                let says = "There is text in a line without the id of a row. It was left out".to_owned();
                comparison.left_out.push((line.cell(ID), says));
            }
            None => {}
        }
    }
    if found.is_empty() {
        let nothing = || (String::from("The file"), String::from("There is no row of this SCAL in it"));
        let mut refusals = comparison.left_out;
        if refusals.is_empty() {
            refusals.push(nothing());
        }
        return Err(refusals);
    }
    for entry in here.entries {
        let line = match found.get(&entry.row.field).map(Vec::as_slice) {
            None => {
                comparison.absent += 1;
                continue;
            }
            Some([line]) => *line,
            Some(lines) => {
                let places: Vec<String> = lines.iter().map(|line| line.cell(ID)).collect();
                let says = format!("{} is in the file {} times. Keep one of them", entry.row.id, lines.len());
                comparison.faults.push((places.join(" and "), says));
                continue;
            }
        };
        comparison.left_out.extend(touched(here, file, entry, line));
        match read(entry, line) {
            Ok(after) if same(entry, &after) => comparison.same += 1,
            Ok(after) => comparison.changes.push(Change {
                row: entry.row.field.clone(),
                id: entry.row.id.clone(),
                before: entry.body(),
                missing: missing(entry.row, &after),
                after,
                version: entry.version,
            }),
            Err(faults) => comparison.faults.extend(faults),
        }
    }
    if let Some(of) = &file.of {
        comparison.of_another = of.journey != *here.journey;
        if comparison.of_another {
            comparison.doubts.push(format!(
                "This file is the SCAL of {} ({}). This is {} ({}). Nothing is ticked: tick only what is true of this product too.",
                of.product, of.journey, here.opening.product, here.journey
            ));
        }
        if of.edition != here.opening.catalogue {
            comparison.doubts.push(format!(
                "This file has the rows of edition {} of the catalogue. This SCAL follows edition {}: look at the rows that read differently.",
                of.edition, here.opening.catalogue
            ));
        }
    }
    Ok(comparison)
}

/// An id as it is found: in capitals or not, with any dash, with spaces around and between.
fn canonical(id: &str) -> String {
    let dash = |c: char| if matches!(c, '\u{2010}'..='\u{2015}' | '\u{2212}') { '-' } else { c.to_ascii_uppercase() };
    text::clean(id).chars().filter(|c| !c.is_whitespace()).map(dash).collect()
}

/// Why a line is left out whose id is no row here.
fn unknown(opening: &Opening, id: &str) -> String {
    let (shown, wanted) = (shortened(&text::line(id)), canonical(id));
    let asks = |edition: &Edition| editions::rows(edition).iter().find(|row| canonical(&row.id) == wanted);
    if wanted.parse::<f64>().is_ok() {
        return format!("“{shown}” looks like a number that a spreadsheet changed, and is not the id of a row. It was left out");
    }
    if let Some(row) = asks(&opening.catalogue) {
        return format!("{} is not asked of this product. It is in the catalogue under {}, and was left out", row.id, row.tab);
    }
    if editions::all().iter().any(|edition| asks(edition).is_some()) {
        return format!("{shown} is not asked in edition {}, which this SCAL follows. It was left out", opening.catalogue);
    }
    format!("“{shown}” is not a row of this SCAL. It was left out")
}

fn shortened(text: &str) -> String {
    text.chars().take(40).collect()
}

fn same(entry: &Entry, after: &Answers) -> bool {
    let of = |id: &str| (tidy(entry.body().one(id)), tidy(after.one(id)));
    [entry.row.field.as_str(), entry.row.words(), NOTE].iter().all(|id| {
        let (before, after) = of(id);
        before == after
    })
}

/// What an answer would lack to count as one; nothing where there is none.
fn missing(row: &Row, after: &Answers) -> Vec<String> {
    let problems = row_form(row).check(after).err().map(|problems| problems.0).unwrap_or_default();
    problems.into_iter().filter(|_| !after.one(row.field.as_str()).is_empty()).map(|problem| problem.says).collect()
}

/// Cells that somebody changed and that are not taken from a file. Of what others may have changed here meanwhile only what
/// was written is told, and of what the catalogue says nothing where the file follows another edition.
fn touched(here: &Here<'_>, file: &File, entry: &Entry, line: &Line) -> Option<Told> {
    if line.others.is_empty() {
        return None;
    }
    let edition = file.of.as_ref().is_none_or(|of| of.edition == here.opening.catalogue);
    let now = cells(entry, &(here.assigned)(entry), true);
    let differs = |column: &usize| {
        let there = line.others.get(column).map_or("", String::as_str);
        there != beginning(&now[*column])
            && match *column {
                PROOFS | ASSIGNED | FINDING => !there.is_empty(),
                column => column < STATUS && edition,
            }
    };
    let columns: Vec<usize> = (ID + 1..COLUMNS.len()).filter(|column| !may_be_edited(*column)).filter(differs).collect();
    let names: Vec<String> = columns.iter().map(|column| format!("“{}”", COLUMNS[*column])).collect();
    let says = format!("{} reads differently here, and is not taken from a file", names.join(", "));
    Some((line.cell(*columns.first()?), says))
}

/// What a line makes of a row, with files and assignee as they are; everything that keeps it out, by its cell.
fn read(entry: &Entry, line: &Line) -> Result<Answers, Vec<Told>> {
    let mut faults: Vec<Told> = line
        .strange
        .iter()
        .filter(|cell| may_be_edited(cell.0))
        .map(|(column, says)| (line.cell(*column), says.clone()))
        .collect();
    let is_strange = |column: usize| line.strange.iter().any(|cell| cell.0 == column);
    let status = status_of(&line.status);
    if status.is_none() && !is_strange(STATUS) {
        let says =
            format!("“{}” is not a status. Choose one of: {}", shortened(&text::line(&line.status)), statuses().join(", "));
        faults.push((line.cell(STATUS), says));
    }
    let mut after = entry.body();
    let mut set = |id: &str, value: String| {
        if value.is_empty() {
            after.0.remove(id);
        } else {
            after.0.insert(id.to_owned(), vec![value]);
        }
    };
    set(entry.row.field.as_str(), status.unwrap_or_default().to_owned());
    set(entry.row.words(), tidy(&line.words));
    set(NOTE, tidy(&line.note));
    let form = draft_form(entry.row);
    for (column, id) in [(WORDS, entry.row.words()), (NOTES, NOTE)] {
        let limit = form.field(id).and_then(crate::form::Field::limit).unwrap_or(usize::MAX);
        let over = after.one(id).chars().count().saturating_sub(limit);
        if over > 0 && !is_strange(column) {
            faults.push((line.cell(column), format!("Shorten it by {over} characters: the limit is {limit}")));
        }
    }
    if faults.is_empty() { Ok(after) } else { Err(faults) }
}

/// The status that these words stand for, empty for none; “Not met” is enough for “Not met (with justification)”.
fn status_of(text: &str) -> Option<&'static str> {
    let said = text::line(text);
    let is = |words: &str| {
        said.eq_ignore_ascii_case(words) || words.split_once(" (").is_some_and(|it| said.eq_ignore_ascii_case(it.0))
    };
    if said.is_empty() || is(statuses()[0]) {
        return Some("");
    }
    STATUSES.iter().find(|known| is(known.1)).map(|known| known.0)
}
