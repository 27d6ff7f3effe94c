//! A SCAL as an Excel workbook: one sheet for each section, and one that says whose it is, written for people and read back
//! with suspicion. What a cell means is decided in `journey::scal::sheet`; here a file is only opened, bounded and turned
//! into lines.
//!
//! Refused as a whole: what is no workbook, what is larger unpacked than it may be, macros, a cell that is there twice, more
//! rows than any catalogue has, more strange cells than anybody would read of. A sheet that is not ours is left out and
//! named; a formula, a merged cell, an error, a date or a number costs its cell. Cells are read one by one, never as a
//! rectangle, because two cells at the corners of a sheet would ask for all that lies between.
//!
//! Long because writing and reading a workbook are one table of cells.

pub mod bounds;
pub mod list;
pub mod table;

use std::{collections::BTreeMap, io::Cursor};

use calamine::{DataRef, Reader as _, Xlsx};
use journey::{
    base::text::{self, tidy},
    catalogue::{csv::HEADING, row::Row},
    scal::{
        book::Entry,
        sheet::{self, ABOUT, COLUMNS, File, ID, Line, MOST_ROWS, NOTES, STATUS, Stamp, Told, WORDS, beginning, statuses},
    },
};
use rust_xlsxwriter::{DataValidation, DocProperties, Format, FormatAlign, ProtectionOptions, Workbook, XlsxError};

use crate::workbook::bounds::{MOST_TEXT, NO_WORKBOOK};

/// Longest file, in bytes.
pub const LONGEST: u64 = 5 * 1024 * 1024;
/// Refusals that are told.
const MOST_TOLD: usize = 20;
/// Cells of one workbook that hold something strange, while the rest is still offered.
const MOST_STRANGE: usize = 200;
/// Formulas beside our columns, which are left alone.
const MOST_FORMULAS: usize = 1_000;
/// Characters of a cell: what Excel itself takes.
const LONGEST_CELL: usize = 32_767;

/// What stands beside the rows when they are written.
pub struct Beside<'a> {
    /// Name of whoever looks after a row.
    pub assigned: &'a (dyn Fn(&Entry) -> String + Sync),
    /// Whether notes of the own side are written.
    pub own: bool,
    /// Whose it is, as of when.
    pub of: Stamp,
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
    // As text, so that what is typed stays as it was typed: 1.10, 01/09/2026, 35%.
    let open = fixed.clone().set_unlocked().set_num_format("@");
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
        let page = workbook.add_worksheet();
        page.set_name(sheet_name(row.section, &row.section_title))?;
        for (column, (title, width)) in COLUMNS.iter().zip(widths).enumerate() {
            let column = u16::try_from(column).unwrap_or(u16::MAX);
            page.set_column_width(column, width)?;
            page.write_string_with_format(0, column, *title, &head)?;
        }
        for (at, entry) in of_section.iter().enumerate() {
            let line = u32::try_from(at + 1).unwrap_or(u32::MAX);
            for (column, text) in sheet::cells(entry, &(beside.assigned)(entry), beside.own).into_iter().enumerate() {
                let format = if sheet::may_be_edited(column) { &open } else { &fixed };
                page.write_string_with_format(line, u16::try_from(column).unwrap_or(u16::MAX), text, format)?;
            }
        }
        let last = u32::try_from(of_section.len()).unwrap_or(u32::MAX);
        let status = u16::try_from(STATUS).unwrap_or(u16::MAX);
        page.add_data_validation(1, status, last, status, &choices)?;
        page.set_freeze_panes(1, 1)?;
        page.autofilter(0, 0, last, u16::try_from(COLUMNS.len() - 1).unwrap_or(u16::MAX))?;
        page.set_landscape();
        page.set_repeat_rows(0, 0)?;
        page.set_print_fit_to_pages(1, 0);
        page.protect_with_options(&options);
    }
    if section == 0 {
        workbook.add_worksheet().write_string(0, 0, "No row fits.")?;
    }
    let about = workbook.add_worksheet();
    about.set_name(ABOUT)?.set_column_width(0, 26.0)?.set_column_width(1, 70.0)?;
    about.write_string_with_format(0, 0, ABOUT, &head)?;
    for (line, (name, value)) in (1..).zip(beside.of.lines()) {
        about.write_string_with_format(line, 0, name, &fixed)?.write_string_with_format(line, 1, tidy(&value), &fixed)?;
    }
    about.protect();
    let of = &beside.of;
    let properties = DocProperties::new()
        .set_title(format!("SCAL of {}", tidy(&of.product)))
        .set_subject(of.journey.to_string())
        .set_custom_property("Journey", of.journey.to_string().as_str())
        .set_custom_property("Edition", of.edition.to_string().as_str());
    workbook.set_properties(&properties);
    workbook.save_to_buffer()
}

/// What spreadsheet programs take as the name of a sheet: 31 characters, without some signs.
fn sheet_name(section: u32, title: &str) -> String {
    let plain = |c: &char| !matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '\'');
    format!("{section} {title}").chars().filter(plain).take(31).collect::<String>().trim().to_owned()
}

/// Reads a workbook as far as it is ours.
///
/// # Errors
/// Why nothing of it is taken, in sentences for whoever sent it, each with its cell where there is one.
pub fn read(bytes: Vec<u8>) -> Result<File, Vec<String>> {
    let refuse = |says: &str| vec![says.to_owned()];
    let mut workbook = opened(bytes)?;
    let mut file = File::default();
    let mut text = MOST_TEXT;
    let mut strange = 0;
    for name in &workbook.sheet_names() {
        let mut found = cells_of(&mut workbook, name, COLUMNS.len(), true, &mut text)?;
        if matches!(found.head, Head::Ours) {
            merged(&mut workbook, name, &mut found)?;
        }
        strange += found.strange.len();
        if strange > MOST_STRANGE {
            return Err(found.refusals(name));
        }
        match found.head {
            Head::None => {}
            Head::About => file.of = file.of.or(found.stamp()),
            Head::Other(told) => file.left_out.push(told),
            Head::Ours => file.lines.extend(lines_of(name, &found)),
        }
        if file.lines.len() > MOST_ROWS {
            return Err(refuse(&format!(
                "The file has more than {MOST_ROWS} rows. Send the file that you downloaded, with its rows changed"
            )));
        }
    }
    if file.lines.is_empty() {
        file.left_out.truncate(MOST_TOLD);
        let says: Vec<String> = file.left_out.into_iter().map(|(cell, says)| format!("{cell}: {says}")).collect();
        return Err(if says.is_empty() { refuse("There is no row in the file") } else { says });
    }
    Ok(file)
}

type Book = Xlsx<Cursor<Vec<u8>>>;

/// Whether it is in the container of old Office files, into which programs also put what they protect.
pub(crate) fn is_old_or_protected(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0])
}

/// The workbook, once it was looked at.
fn opened(bytes: Vec<u8>) -> Result<Book, Vec<String>> {
    let refuse = |says: &str| vec![says.to_owned()];
    if is_old_or_protected(&bytes) {
        return Err(refuse(
            "This is not an Excel workbook that can be read: it is protected by a password or a label, or it is an old .xls. Take the protection off, or save it as .xlsx, and send that",
        ));
    }
    // An archive may begin behind something else, which the reader would look at first.
    if !bytes.starts_with(b"PK") {
        return Err(refuse(NO_WORKBOOK));
    }
    bounds::look(&bytes).map_err(|says| vec![says])?;
    Xlsx::new(Cursor::new(bytes)).map_err(|_| refuse(NO_WORKBOOK))
}

/// What the first line of a sheet makes of it.
enum Head {
    /// Nothing stands in the sheet.
    None,
    /// It says whose the file is.
    About,
    /// The columns are ours.
    Ours,
    /// It is another one: where, and what is said of it.
    Other(Told),
}

/// What stands in a sheet: texts by line and column, both from 0, and what is no text.
struct Found {
    head: Head,
    cells: BTreeMap<u32, BTreeMap<u32, String>>,
    strange: Vec<(u32, u32, String)>,
}

impl Found {
    /// What is strange in it, as refusals.
    fn refusals(&self, sheet: &str) -> Vec<String> {
        self.strange.iter().take(MOST_TOLD).map(|(row, column, says)| format!("{}: {says}", cell(sheet, *row, *column))).collect()
    }

    fn stamp(&self) -> Option<Stamp> {
        let text = |cells: &BTreeMap<u32, String>, column: u32| cells.get(&column).cloned().unwrap_or_default();
        Stamp::read(&self.cells.values().take(20).map(|cells| (text(cells, 0), text(cells, 1))).collect::<Vec<_>>())
    }

    /// Notes something strange in a cell; too much of it ends the reading.
    fn note(&mut self, sheet: &str, (row, column): (u32, u32), says: &str) -> Result<(), Vec<String>> {
        self.strange.push((row, column, says.to_owned()));
        if self.strange.len() > MOST_STRANGE { Err(self.refusals(sheet)) } else { Ok(()) }
    }
}

/// Keeps the rows out in which cells are merged.
fn merged(workbook: &mut Book, name: &str, found: &mut Found) -> Result<(), Vec<String>> {
    const SAYS: &str = "cells are merged here. Take them apart";
    let regions = workbook.merge_cells_by_sheet_name(name).map_err(|_| vec![NO_WORKBOOK.to_owned()])?;
    if regions.len() > MOST_STRANGE {
        return Err(regions
            .iter()
            .take(MOST_TOLD)
            .map(|region| format!("{}: {SAYS}", cell(name, region.start.0, region.start.1)))
            .collect());
    }
    for region in regions {
        let (status, notes) = (u32::try_from(STATUS).unwrap_or(0), u32::try_from(NOTES).unwrap_or(0));
        // Told of a cell that may be edited where there is one among them: that is what keeps a row out.
        let edited = region.start.1 <= notes && region.end.1 >= status;
        let column = if edited { region.start.1.max(status) } else { region.start.1 };
        let rows: Vec<u32> = found.cells.range(region.start.0.max(1)..=region.end.0).map(|(row, _)| *row).collect();
        for row in rows {
            found.note(name, (row, column), SAYS)?;
        }
    }
    Ok(())
}

/// What stands in the first columns of a sheet. `left` is how much text may still be taken from this workbook, in bytes. Where
/// `scal` is set, a sheet whose first line is not ours is read no further, and so is what stands beside our columns.
fn cells_of(workbook: &mut Book, name: &str, columns: usize, scal: bool, left: &mut usize) -> Result<Found, Vec<String>> {
    let unread = || vec![NO_WORKBOOK.to_owned()];
    let mut sheet = workbook.worksheet_cells_reader(name).map_err(|_| unread())?;
    let mut found = Found { head: Head::None, cells: BTreeMap::new(), strange: Vec::new() };
    let mut formulas = 0;
    let mut headed = !scal;
    while let Some(read) = sheet.next_cell_with_formula().map_err(|_| unread())? {
        let (row, column) = read.pos;
        let inside = usize::try_from(column).is_ok_and(|column| column < columns);
        if row > 0 && !headed {
            headed = true;
            found.head = head_of(name, &found.cells);
        }
        if matches!(found.head, Head::Other(_)) {
            break;
        }
        if read.formula.is_some() {
            formulas += 1;
            if inside || !scal || formulas > MOST_FORMULAS {
                found.note(name, read.pos, "there is a formula. Write the words themselves")?;
                if !inside && scal {
                    return Err(found.refusals(name));
                }
                continue;
            }
        }
        let length = length_of(&read.value);
        // What nobody can see is nothing, wherever it stands.
        if length == 0 || is_blank(&read.value) {
            continue;
        }
        if usize::try_from(row).unwrap_or(usize::MAX) > MOST_ROWS {
            return Err(vec![format!(
                "The sheet “{name}” has more than {MOST_ROWS} rows: something stands in {}. Send the file that you downloaded, with its rows changed",
                cell(name, row, column)
            )]);
        }
        // What stands to the right of our columns is somebody's own; it is left alone.
        if !inside {
            continue;
        }
        // A text is looked at where it lies: thousands of cells may share one, and each would be a copy.
        if length > 4 * LONGEST_CELL {
            found.note(name, read.pos, &format!("the text is longer than {LONGEST_CELL} characters. Shorten it"))?;
            continue;
        }
        let edited = !scal || row > 0 && usize::try_from(column).is_ok_and(sheet::may_be_edited);
        if let Some(says) = strange(&read.value).filter(|_| edited) {
            found.note(name, read.pos, &says)?;
            continue;
        }
        let text = text_of(&read.value);
        if text.chars().count() > LONGEST_CELL {
            found.note(name, read.pos, &format!("the text is longer than {LONGEST_CELL} characters. Shorten it"))?;
            continue;
        }
        *left = left.checked_sub(text.len()).ok_or_else(|| {
            vec![format!("The cells hold more than {} MB of text, far more than a SCAL. Shorten them", MOST_TEXT / 1024 / 1024)]
        })?;
        if found.cells.entry(row).or_default().insert(column, text).is_some() {
            return Err(vec![format!("{}: the file has this cell twice. Save it again and send that", cell(name, row, column))]);
        }
    }
    if !headed && !found.cells.is_empty() {
        found.head = head_of(name, &found.cells);
    }
    Ok(found)
}

/// What a sheet is by its first line.
fn head_of(name: &str, found: &BTreeMap<u32, BTreeMap<u32, String>>) -> Head {
    let nothing = BTreeMap::new();
    let head = found.get(&0).unwrap_or(&nothing);
    let there = |column: usize| {
        u32::try_from(column).ok().and_then(|column| head.get(&column)).map_or_else(String::new, |it| text::line(it))
    };
    if there(0) == ABOUT {
        return Head::About;
    }
    let other = |column: &usize| !there(*column).eq_ignore_ascii_case(COLUMNS[*column]);
    let others: Vec<usize> = (0..COLUMNS.len()).filter(other).collect();
    match others.first() {
        None => Head::Ours,
        Some(column) if others.len() <= COLUMNS.len() / 2 => {
            let at = cell(name, 0, u32::try_from(*column).unwrap_or(0));
            let is: String = there(*column).chars().take(40).collect();
            let is = if is.is_empty() { "nothing".to_owned() } else { format!("“{is}”") };
            let says = format!(
                "the column is called “{}”, and here stands {is}. Put the columns back; the sheet was left out",
                COLUMNS[*column]
            );
            Head::Other((at, says))
        }
        Some(_) => {
            let says = "its first line does not hold the names of the columns of a SCAL, so the sheet was left out".to_owned();
            Head::Other((format!("The sheet “{name}”"), says))
        }
    }
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
            sheet.write_string_with_format(line, column, tidy(&value), &text)?;
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
    if !bytes.starts_with(b"PK") && !is_old_or_protected(&bytes) {
        let text = String::from_utf8(bytes).map_err(|_| refuse("This is neither an Excel workbook nor a CSV text in UTF-8"))?;
        return Ok(text.trim_start_matches('\u{feff}').to_owned());
    }
    let mut workbook = opened(bytes)?;
    let names = workbook.sheet_names();
    let [name] = names.as_slice() else { return Err(refuse("The workbook has more than one sheet. Keep the one with the rows")) };
    let mut found = cells_of(&mut workbook, name, MOST_COLUMNS, false, &mut { MOST_TEXT })?;
    merged(&mut workbook, name, &mut found)?;
    if !found.strange.is_empty() {
        return Err(found.refusals(name));
    }
    let found = found.cells;
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

fn is_blank(value: &DataRef<'_>) -> bool {
    match value {
        DataRef::String(text) => text::is_blank(text),
        DataRef::SharedString(text) => text::is_blank(text),
        _ => false,
    }
}

/// What is wrong with a cell that holds no text: a spreadsheet keeps other values in its own way, and what was written is lost.
fn strange(value: &DataRef<'_>) -> Option<String> {
    let as_text = "Write it as text, with an apostrophe (') in front";
    match value {
        DataRef::String(_) | DataRef::SharedString(_) | DataRef::Empty => None,
        DataRef::Error(error) => Some(format!("there is the error {error}. Write the words themselves")),
        DataRef::DateTime(_) | DataRef::DateTimeIso(_) | DataRef::DurationIso(_) => {
            Some(format!("there is a date or a time, which a spreadsheet keeps as a number. {as_text}"))
        }
        DataRef::Int(_) | DataRef::Float(_) => Some(format!(
            "there is the number {}, as a spreadsheet keeps numbers, percentages and versions. {as_text}",
            text_of(value)
        )),
        DataRef::Bool(_) => Some(format!("there is a value and no text. {as_text}")),
    }
}

pub(crate) fn text_of(value: &DataRef<'_>) -> String {
    match value {
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::Bool(yes) => yes.to_string(),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::DateTime(at) => at.to_string(),
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    }
}

/// The lines of a sheet that is ours.
fn lines_of(name: &str, found: &Found) -> Vec<Line> {
    let text = |cells: &BTreeMap<u32, String>, column: usize| {
        u32::try_from(column).ok().and_then(|column| cells.get(&column)).cloned().unwrap_or_default()
    };
    let mut strange: BTreeMap<u32, Vec<(usize, String)>> = BTreeMap::new();
    for (row, column, says) in &found.strange {
        strange.entry(*row).or_default().push((usize::try_from(*column).unwrap_or(0), says.clone()));
    }
    let others = |cells: &BTreeMap<u32, String>| {
        let known = cells.iter().filter_map(|(column, text)| Some((usize::try_from(*column).ok()?, text)));
        known
            .filter(|(column, _)| *column != ID && !sheet::may_be_edited(*column))
            .map(|(column, text)| (column, beginning(text)))
            .collect()
    };
    found
        .cells
        .iter()
        .filter(|(row, _)| **row > 0)
        .map(|(row, cells)| Line {
            sheet: name.to_owned(),
            line: row + 1,
            id: text(cells, ID).chars().take(200).collect(),
            status: text(cells, STATUS),
            words: text(cells, WORDS),
            note: text(cells, NOTES),
            others: others(cells),
            strange: strange.remove(row).unwrap_or_default(),
        })
        .collect()
}
