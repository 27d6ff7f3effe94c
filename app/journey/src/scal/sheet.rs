//! A SCAL as a workbook that people edit and send back: which columns it has, and what of it may come back. Reading and
//! writing the file is the server's; what a cell means is decided here. A file is refused as a whole when its shape is not
//! ours; a cell that cannot be taken keeps its row out and names itself, and every other row can be applied.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{
    STATUSES,
    book::{Entry, NOTE, draft_form},
};
use crate::{form::Answers, ids::FieldId, text::tidy};

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

/// Rows of all sheets that a file may have: more than any catalogue.
pub const MOST_ROWS: usize = 2_000;

/// The words of the drop-down for the status; the first one stands for no answer.
#[must_use]
pub fn statuses() -> Vec<&'static str> {
    std::iter::once("Not answered").chain(STATUSES.iter().map(|status| status.1)).collect()
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
}

impl Line {
    /// The name of a cell of this line, such as `3 Clinical safety, F7`.
    #[must_use]
    pub fn cell(&self, column: usize) -> String {
        let letter = u8::try_from(column).map_or('?', |column| char::from(b'A' + column % 26));
        format!("{}, {letter}{}", self.sheet, self.line)
    }
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
    /// Version of its draft.
    pub version: u64,
}

/// What a file would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// Rows that would change, in the order of the catalogue.
    pub changes: Vec<Change>,
    /// Rows that cannot be taken: the cell, and why.
    pub faults: Vec<(String, String)>,
    /// Rows that are as they are here.
    pub same: usize,
    /// Rows that the file does not have: they stay as they are.
    pub absent: usize,
}

/// Compares what was read with the working copy.
///
/// # Errors
/// Why the file is refused as a whole, each with its cell: rows that are not known, or that come twice.
pub fn compare(entries: &[Entry], lines: &[Line]) -> Result<Comparison, Vec<(String, String)>> {
    let mut refusals = Vec::new();
    let mut seen = BTreeSet::new();
    for line in lines {
        let known = entries.iter().any(|entry| entry.row.id == line.id);
        if !known {
            let says = if line.id.is_empty() {
                "The id of the row is missing. Do not change or clear the first column".to_owned()
            } else {
                format!(
                    "“{}” is not a row of this SCAL. Do not change the first column, and do not add rows",
                    shortened(&line.id)
                )
            };
            refusals.push((line.cell(ID), says));
        } else if !seen.insert(line.id.as_str()) {
            refusals.push((line.cell(ID), format!("{} stands in the file twice", line.id)));
        }
    }
    if !refusals.is_empty() {
        return Err(refusals);
    }
    let mut comparison = Comparison::default();
    for entry in entries {
        let Some(line) = lines.iter().find(|line| line.id == entry.row.id) else {
            comparison.absent += 1;
            continue;
        };
        match read(entry, line) {
            Ok(after) if same(entry, &after) => comparison.same += 1,
            Ok(after) => comparison.changes.push(Change {
                row: entry.row.field.clone(),
                id: entry.row.id.clone(),
                before: entry.body(),
                after,
                version: entry.version,
            }),
            Err(fault) => comparison.faults.push(fault),
        }
    }
    Ok(comparison)
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

/// What a line makes of a row, with files and assignee as they are.
fn read(entry: &Entry, line: &Line) -> Result<Answers, (String, String)> {
    let status = tidy(&line.status);
    let value = match STATUSES.iter().find(|known| known.1.eq_ignore_ascii_case(&status)) {
        Some(known) => known.0,
        None if status.is_empty() || status.eq_ignore_ascii_case("Not answered") => "",
        None => {
            let known = statuses().join(", ");
            return Err((line.cell(STATUS), format!("“{}” is not a status. Choose one of: {known}", shortened(&status))));
        }
    };
    let mut after = entry.body();
    let mut set = |id: &str, value: String| {
        if value.is_empty() {
            after.0.remove(id);
        } else {
            after.0.insert(id.to_owned(), vec![value]);
        }
    };
    set(entry.row.field.as_str(), value.to_owned());
    set(entry.row.words(), tidy(&line.words));
    set(NOTE, tidy(&line.note));
    let form = draft_form(entry.row);
    for (column, id) in [(WORDS, entry.row.words()), (NOTES, NOTE)] {
        let limit = form.field(id).and_then(crate::form::Field::limit).unwrap_or(usize::MAX);
        let over = after.one(id).chars().count().saturating_sub(limit);
        if over > 0 {
            return Err((line.cell(column), format!("Shorten it by {over} characters: the limit is {limit}")));
        }
    }
    Ok(after)
}
