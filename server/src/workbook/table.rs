//! A workbook that is not ours, read as a table: the cells of its first sheet that holds anything, whatever stands in them. What
//! is no text is kept with the reason why it may not be what was typed; nobody guesses what a number was.

use std::io::Cursor;

use calamine::{DataRef, Reader as _, Xlsx};
use journey::task::member_file::{
    columns::{Cell, Line, MOST_COLUMNS, MOST_LINES},
    text,
};

use crate::workbook::{
    bounds::{self, MOST_TEXT, NO_WORKBOOK},
    is_old_or_protected, text_of,
};

/// The table of a file: of a workbook, or of a text with columns. Answers with it what is to be said of the file.
///
/// # Errors
/// Why there is none, in a sentence for whoever sent it.
pub fn read(bytes: Vec<u8>) -> Result<(Vec<Line>, Vec<String>), String> {
    if is_old_or_protected(&bytes) {
        return Err("This is an old .xls, or a workbook that is protected by a password or a label. Save it as .xlsx without protection, or as CSV, and send that".to_owned());
    }
    if !bytes.starts_with(b"PK") {
        return text::lines(&bytes).map(|lines| (lines, Vec::new()));
    }
    // Its sentences are about a SCAL.
    bounds::look(&bytes).map_err(|says| if says.contains("macros") { says } else { LARGER.to_owned() })?;
    let mut workbook = Xlsx::new(Cursor::new(bytes)).map_err(|_| NO_WORKBOOK.to_owned())?;
    let names = workbook.sheet_names();
    let mut left = MOST_TEXT;
    for (at, name) in names.iter().enumerate() {
        let lines = sheet(&mut workbook, name, &mut left)?;
        if lines.is_empty() {
            continue;
        }
        let others = names.len() - at - 1;
        let more = (others > 0).then(|| format!("Only the sheet “{name}” was read. The file has {others} more after it"));
        return Ok((lines, more.into_iter().collect()));
    }
    Err("There is nothing in the workbook".to_owned())
}

const LARGER: &str = "This workbook cannot be read, or it holds far more than a list of members. Save the sheet with the codes and the names as CSV and send that";

fn sheet(workbook: &mut Xlsx<Cursor<Vec<u8>>>, name: &str, left: &mut usize) -> Result<Vec<Line>, String> {
    let mut cells = workbook.worksheet_cells_reader(name).map_err(|_| NO_WORKBOOK.to_owned())?;
    let mut lines: Vec<Line> = Vec::new();
    while let Some(read) = cells.next_cell_with_formula().map_err(|_| NO_WORKBOOK.to_owned())? {
        let (row, column) = read.pos;
        let (Ok(row), Ok(column)) = (usize::try_from(row), usize::try_from(column)) else { continue };
        if column >= MOST_COLUMNS {
            continue;
        }
        let cell = cell(&read.value, read.formula.is_some());
        if cell.is_empty() {
            continue;
        }
        *left = left.checked_sub(cell.text.len()).ok_or_else(|| LARGER.to_owned())?;
        if lines.last().is_none_or(|line| line.row != row + 1) {
            // Rows come in their order; one that comes again is another's work.
            if lines.last().is_some_and(|line| line.row > row + 1) {
                return Err(LARGER.to_owned());
            }
            lines.push(Line { row: row + 1, cells: Vec::new() });
            if lines.len() > MOST_LINES {
                return Err(format!(
                    "The sheet “{name}” has more than {MOST_LINES} rows. Keep the rows of the members, and send that"
                ));
            }
        }
        if let Some(line) = lines.last_mut() {
            if line.cells.len() <= column {
                line.cells.resize(column + 1, Cell::default());
            }
            line.cells[column] = cell;
        }
    }
    Ok(lines)
}

/// Bytes of a text that are looked at: a name or a code is far shorter.
const LONGEST_TEXT: usize = 4_000;

fn cell(value: &DataRef<'_>, formula: bool) -> Cell {
    let text = match value {
        DataRef::String(text) if text.len() > LONGEST_TEXT => return Cell::strange("", "the text is far too long"),
        DataRef::SharedString(text) if text.len() > LONGEST_TEXT => return Cell::strange("", "the text is far too long"),
        DataRef::Empty if formula => return Cell::strange("", "there is a formula. Write the code itself"),
        DataRef::Empty => return Cell::default(),
        // Where a day is asked for, that is what it is.
        DataRef::DateTime(at) if at.is_datetime() => {
            let (year, month, day, ..) = at.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        value => text_of(value),
    };
    let why = match value {
        // A formula that looks a name up says what everybody sees.
        DataRef::String(_) | DataRef::SharedString(_) => return Cell::text(&text),
        DataRef::Int(_) | DataRef::Float(_) => format!(
            "there is the number {text}. Excel takes zeros from the front of a code and changes codes like 5E01. Write the code as text, with an apostrophe (') in front"
        ),
        DataRef::DateTime(_) | DataRef::DateTimeIso(_) | DataRef::DurationIso(_) => {
            "Excel made a date of a code. Write the code as text, with an apostrophe (') in front".to_owned()
        }
        DataRef::Error(error) => format!("there is the error {error}. Write the code itself"),
        _ => "there is a value and no text. Write the code as text, with an apostrophe (') in front".to_owned(),
    };
    Cell::strange(&text, &why)
}
