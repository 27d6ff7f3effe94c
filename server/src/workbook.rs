//! A SCAL as an Excel workbook: one sheet for each section, written for people and read back with suspicion. What a cell
//! means is decided in `journey::scal::sheet`; here a file is only opened, bounded and turned into lines.
//!
//! Refused as a whole: what is no workbook, what is larger unpacked than it may be, macros, formulas, merged cells, other
//! columns than ours, more rows than any catalogue has. Cells are read one by one, never as a rectangle, because two cells
//! at the corners of a sheet would ask for all that lies between.

mod bounds;

use std::{collections::BTreeMap, io::Cursor};

use calamine::{DataRef, Reader as _, Xlsx};
use journey::scal::{
    HEADING, Row,
    book::Entry,
    row_form,
    sheet::{COLUMNS, ID, Line, MOST_ROWS, NOTES, STATUS, WORDS, statuses},
};
use rust_xlsxwriter::{DataValidation, Format, FormatAlign, ProtectionOptions, Workbook, XlsxError};

/// Longest file, in bytes.
pub const LONGEST: u64 = 5 * 1024 * 1024;
/// Refusals that are told.
const MOST_TOLD: usize = 20;
/// Characters of a cell: what Excel itself takes.
const LONGEST_CELL: usize = 32_767;
/// Text taken from one workbook, all its cells together, in bytes. One text that many cells share counts for each.
const MOST_TEXT: usize = 8 * 1024 * 1024;

/// What stands beside the rows when they are written.
pub struct Beside<'a> {
    /// Name of whoever looks after a row.
    pub assigned: &'a (dyn Fn(&Entry) -> String + Sync),
    /// Whether notes of the own side are written.
    pub own: bool,
}

/// Writes the rows as a workbook.
///
/// # Errors
/// When the workbook cannot be made.
pub fn write(entries: &[Entry], beside: &Beside<'_>) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let head = Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top);
    // A text that begins like a formula stays a text, also after it is edited.
    let fixed = Format::new().set_text_wrap().set_align(FormatAlign::Top).set_quote_prefix();
    let open = fixed.clone().set_unlocked();
    let choices = DataValidation::new()
        .allow_list_strings(&statuses())?
        .set_error_title("Status")?
        .set_error_message("Choose one of the words in the list.")?;
    let widths = [18.0, 9.0, 45.0, 30.0, 16.0, 22.0, 60.0, 30.0, 8.0, 18.0, 20.0, 45.0, 8.0];
    let options = ProtectionOptions { format_columns: true, format_rows: true, use_autofilter: true, ..ProtectionOptions::new() };
    let mut section = 0;
    let mut start = 0;
    while start < entries.len() {
        let row = entries[start].row;
        section += 1;
        let of_section: Vec<&Entry> = entries[start..].iter().take_while(|entry| entry.row.section == row.section).collect();
        start += of_section.len();
        let sheet = workbook.add_worksheet();
        sheet.set_name(sheet_name(row.section, &row.section_title))?;
        for (column, (title, width)) in COLUMNS.iter().zip(widths).enumerate() {
            let column = u16::try_from(column).unwrap_or(u16::MAX);
            sheet.set_column_width(column, width)?;
            sheet.write_string_with_format(0, column, *title, &head)?;
        }
        for (at, entry) in of_section.iter().enumerate() {
            let line = u32::try_from(at + 1).unwrap_or(u32::MAX);
            for (column, text) in cells(entry, beside).into_iter().enumerate() {
                let editable = matches!(column, STATUS | WORDS | NOTES);
                let format = if editable { &open } else { &fixed };
                sheet.write_string_with_format(line, u16::try_from(column).unwrap_or(u16::MAX), text, format)?;
            }
        }
        let last = u32::try_from(of_section.len()).unwrap_or(u32::MAX);
        let status = u16::try_from(STATUS).unwrap_or(u16::MAX);
        sheet.add_data_validation(1, status, last, status, &choices)?;
        sheet.set_freeze_panes(1, 1)?;
        sheet.autofilter(0, 0, last, u16::try_from(COLUMNS.len() - 1).unwrap_or(u16::MAX))?;
        sheet.set_landscape();
        sheet.set_repeat_rows(0, 0)?;
        sheet.set_print_fit_to_pages(1, 0);
        sheet.protect_with_options(&options);
    }
    if section == 0 {
        workbook.add_worksheet().write_string(0, 0, "No row fits.")?;
    }
    workbook.save_to_buffer()
}

/// What spreadsheet programs take as the name of a sheet: 31 characters, without some signs.
fn sheet_name(section: u32, title: &str) -> String {
    let plain = |c: &char| !matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '\'');
    format!("{section} {title}").chars().filter(plain).take(31).collect::<String>().trim().to_owned()
}

fn cells(entry: &Entry, beside: &Beside<'_>) -> Vec<String> {
    let row = entry.row;
    let status = row_form(row).in_words(&row.field, &entry.answers);
    let said = entry.verdict.as_ref().and_then(|v| v.finding.clone().or_else(|| v.condition.clone())).unwrap_or_default();
    let files = row_form(row).in_words(&row.files().parse().unwrap_or_else(|_| row.field.clone()), &entry.answers);
    vec![
        row.id.clone(),
        row.level.name().to_owned(),
        row.requirement.clone(),
        row.evidence.clone(),
        row.environment.title().to_owned(),
        if status.is_empty() { statuses()[0].to_owned() } else { status },
        entry.words().to_owned(),
        if beside.own { entry.note.clone() } else { String::new() },
        files.lines().chain(entry.links()).collect::<Vec<_>>().join("\n"),
        (beside.assigned)(entry),
        entry.stands.word().to_owned(),
        said,
        entry.verdict.as_ref().map(|verdict| verdict.round.to_string()).unwrap_or_default(),
    ]
}

/// Reads a workbook into lines.
///
/// # Errors
/// Why it is refused, in sentences for whoever sent it, each with its cell where there is one.
pub fn read(bytes: Vec<u8>) -> Result<Vec<Line>, Vec<String>> {
    let refuse = |says: &str| vec![says.to_owned()];
    // An archive may begin behind something else, which the reader would look at first.
    if !bytes.starts_with(b"PK") {
        return Err(refuse(NO_WORKBOOK));
    }
    bounds::look(&bytes).map_err(|says| vec![says])?;
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| refuse(NO_WORKBOOK))?;
    let names = workbook.sheet_names();
    let mut refusals = merged(&mut workbook, &names)?;
    let mut lines = Vec::new();
    let mut text = MOST_TEXT;
    for name in &names {
        let found = cells_of(&mut workbook, name, COLUMNS.len(), &mut refusals, &mut text)?;
        match taken(name, &found) {
            Ok(read) => lines.extend(read),
            Err(says) => refusals.push(says),
        }
        if refusals.len() >= MOST_TOLD {
            return Err(refusals);
        }
        if lines.len() > MOST_ROWS {
            return Err(refuse(&format!(
                "The file has more than {MOST_ROWS} rows. Send the file that you downloaded, with its rows changed"
            )));
        }
    }
    if lines.is_empty() && refusals.is_empty() {
        refusals.push("There is no row in the file".to_owned());
    }
    if refusals.is_empty() { Ok(lines) } else { Err(refusals) }
}

type Book = Xlsx<Cursor<Vec<u8>>>;

/// What stands in a sheet: by line and column, both from 0.
type Cells = BTreeMap<u32, BTreeMap<u32, String>>;

/// A refusal for each place where cells are merged.
fn merged(workbook: &mut Book, names: &[String]) -> Result<Vec<String>, Vec<String>> {
    let mut refusals = Vec::new();
    for name in names {
        for region in workbook.merge_cells_by_sheet_name(name).map_err(|_| vec![NO_WORKBOOK.to_owned()])? {
            if refusals.len() == MOST_TOLD {
                return Err(refusals);
            }
            let (row, column) = region.start;
            refusals.push(format!("{}: cells are merged here. Take them apart", cell(name, row, column)));
        }
    }
    Ok(refusals)
}

/// The texts of the first columns of a sheet. What is no text is told in `refusals`; `left` is how much text may still be
/// taken from this workbook, in bytes.
fn cells_of(
    workbook: &mut Book,
    name: &str,
    columns: usize,
    refusals: &mut Vec<String>,
    left: &mut usize,
) -> Result<Cells, Vec<String>> {
    let unread = || vec![NO_WORKBOOK.to_owned()];
    let mut sheet = workbook.worksheet_cells_reader(name).map_err(|_| unread())?;
    let mut found = Cells::new();
    while let Some(read) = sheet.next_cell_with_formula().map_err(|_| unread())? {
        if refusals.len() >= MOST_TOLD {
            return Err(std::mem::take(refusals));
        }
        let (row, column) = read.pos;
        if read.formula.is_some() {
            refusals.push(format!("{}: there is a formula. Write the words themselves", cell(name, row, column)));
        }
        let length = length_of(&read.value);
        if length == 0 {
            continue;
        }
        if usize::try_from(row).unwrap_or(usize::MAX) > MOST_ROWS {
            return Err(vec![format!(
                "The sheet “{name}” has more than {MOST_ROWS} rows. Send the file that you downloaded, with its rows changed"
            )]);
        }
        // What stands to the right of our columns is somebody's own; it is left alone.
        if !usize::try_from(column).is_ok_and(|column| column < columns) {
            continue;
        }
        // A text is looked at where it lies: thousands of cells may share one, and each would be a copy.
        if length > 4 * LONGEST_CELL {
            refusals.push(format!("{}: the text is longer than {LONGEST_CELL} characters. Shorten it", cell(name, row, column)));
            continue;
        }
        if let DataRef::Error(error) = &read.value {
            refusals.push(format!("{}: there is the error {error}. Write the words themselves", cell(name, row, column)));
            continue;
        }
        let text = text_of(&read.value);
        if text.chars().count() > LONGEST_CELL {
            refusals.push(format!("{}: the text is longer than {LONGEST_CELL} characters. Shorten it", cell(name, row, column)));
            continue;
        }
        *left = left.checked_sub(text.len()).ok_or_else(|| {
            vec![format!("The cells hold more than {} MB of text, far more than a SCAL. Shorten them", MOST_TEXT / 1024 / 1024)]
        })?;
        if !text.is_empty() && found.entry(row).or_default().insert(column, text).is_some() {
            refusals.push(format!("{}: the file has this cell twice. Save it again and send that", cell(name, row, column)));
        }
    }
    Ok(found)
}

/// Writes an edition of the catalogue as a workbook of one sheet, to be changed and sent back.
///
/// # Errors
/// When the workbook cannot be made.
pub fn write_catalogue(rows: &[Row]) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let head = Format::new().set_bold();
    let text = Format::new().set_text_wrap().set_align(FormatAlign::Top).set_quote_prefix();
    let sheet = workbook.add_worksheet();
    sheet.set_name("Catalogue")?;
    for (column, name) in (0..).zip(HEADING) {
        sheet.write_string_with_format(0, column, *name, &head)?;
        sheet.set_column_width(column, if matches!(*name, "requirement" | "evidence_expected") { 60.0 } else { 18.0 })?;
    }
    for (line, row) in (1..).zip(rows) {
        for (column, value) in (0..).zip(row.record()) {
            sheet.write_string_with_format(line, column, value, &text)?;
        }
    }
    sheet.set_freeze_panes(1, 1)?;
    workbook.save_to_buffer()
}

/// A catalogue as the CSV text that `scal::read` reads, from a workbook of one sheet or from a CSV file.
///
/// # Errors
/// Why it is refused, in sentences for whoever sent it.
pub fn read_catalogue(bytes: Vec<u8>) -> Result<String, Vec<String>> {
    let refuse = |says: &str| vec![says.to_owned()];
    if !bytes.starts_with(b"PK") {
        let text = String::from_utf8(bytes).map_err(|_| refuse("This is neither an Excel workbook nor a CSV text in UTF-8"))?;
        return Ok(text.trim_start_matches('\u{feff}').to_owned());
    }
    bounds::look(&bytes).map_err(|says| vec![says])?;
    let mut workbook: Book = Xlsx::new(Cursor::new(bytes)).map_err(|_| refuse(NO_WORKBOOK))?;
    let names = workbook.sheet_names();
    let [name] = names.as_slice() else { return Err(refuse("The workbook has more than one sheet. Keep the one with the rows")) };
    let mut refusals = merged(&mut workbook, &names)?;
    let found = cells_of(&mut workbook, name, MOST_COLUMNS, &mut refusals, &mut { MOST_TEXT })?;
    if !refusals.is_empty() {
        return Err(refusals);
    }
    let width = found.get(&0).and_then(|head| head.keys().max()).map_or(0, |last| last + 1);
    let mut written = csv::Writer::from_writer(Vec::new());
    // A line without anything in it would be one value in CSV; it stays a line, so that faults name the line of the sheet.
    for line in 0..=found.keys().max().copied().unwrap_or(0) {
        let record = (0..width).map(|column| found.get(&line).and_then(|cells| cells.get(&column)).map_or("", String::as_str));
        written.write_record(record).map_err(|error| vec![error.to_string()])?;
    }
    let text = written.into_inner().map_err(|error| vec![error.to_string()])?;
    String::from_utf8(text).map_err(|error| vec![error.to_string()])
}

/// Columns of a catalogue that are looked at.
const MOST_COLUMNS: usize = 40;

const NO_WORKBOOK: &str = "This is not an Excel workbook that can be read. Save it as .xlsx and send that";

fn cell(sheet: &str, row: u32, column: u32) -> String {
    let line = Line { sheet: sheet.to_owned(), line: row + 1, ..Line::default() };
    line.cell(usize::try_from(column).unwrap_or(0))
}

/// Bytes of what stands in a cell, without a copy; 1 for what is no text.
fn length_of(value: &DataRef<'_>) -> usize {
    match value {
        DataRef::String(text) => text.len(),
        DataRef::SharedString(text) => text.len(),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.len(),
        DataRef::Empty => 0,
        DataRef::Error(_) | DataRef::Int(_) | DataRef::Float(_) | DataRef::Bool(_) | DataRef::DateTime(_) => 1,
    }
}

fn text_of(value: &DataRef<'_>) -> String {
    match value {
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::Bool(yes) => yes.to_string(),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::DateTime(at) => at.to_string(),
        DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}

/// The lines of a sheet. An empty one has none.
fn taken(name: &str, found: &Cells) -> Result<Vec<Line>, String> {
    let Some(head) = found.get(&0) else {
        return if found.is_empty() {
            Ok(Vec::new())
        } else {
            Err(format!("{name}: the first line with the names of the columns is missing"))
        };
    };
    for (column, title) in COLUMNS.iter().enumerate() {
        let there = u32::try_from(column).ok().and_then(|column| head.get(&column)).map_or("", String::as_str);
        if there != *title {
            let at = cell(name, 0, u32::try_from(column).unwrap_or(0));
            return Err(format!("{at}: the column is called “{title}”. Do not move, remove or rename columns"));
        }
    }
    let text = |cells: &BTreeMap<u32, String>, column: usize| {
        u32::try_from(column).ok().and_then(|column| cells.get(&column)).cloned().unwrap_or_default()
    };
    Ok(found
        .iter()
        .filter(|(row, _)| **row > 0)
        .map(|(row, cells)| Line {
            sheet: name.to_owned(),
            line: row + 1,
            id: text(cells, ID).trim().to_owned(),
            status: text(cells, STATUS),
            words: text(cells, WORDS),
            note: text(cells, NOTES),
        })
        .collect())
}
