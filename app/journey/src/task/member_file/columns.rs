//! Which columns of a table hold the codes and the names: found by their heading, or by what stands in them.

use serde::{Deserialize, Serialize};

use crate::{
    base::text,
    form::{ods_code, organisations},
};

/// Rows that are read: a list has 500 members at most, and some that belong to nobody.
pub const MOST_LINES: usize = 2_000;
/// Columns that are looked at.
pub const MOST_COLUMNS: usize = 30;
/// Characters of a cell that are kept.
const LONGEST_CELL: usize = 200;
/// Rows at the top among which a heading is looked for: titles and dates may stand above it.
const TOP: usize = 10;

/// A cell of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// What can be read in it, on one line.
    pub text: String,
    /// Why that is not what was typed; empty where it is.
    pub strange: String,
}

impl Cell {
    /// A cell that holds text. What programs put around a code to keep it a text is taken off: `="02345"`, `'02345`.
    #[must_use]
    pub fn text(text: &str) -> Self {
        let breaks = text.trim().contains(['\n', '\r']);
        let line = text::line(text);
        let bare = line.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')).unwrap_or(&line);
        let bare = bare.strip_prefix('\'').filter(|rest| ods_code(rest).is_ok()).unwrap_or(bare);
        let strange = if breaks { "it goes over several lines. Is a quotation mark not closed?" } else { "" };
        Self { text: cut(bare), strange: strange.to_owned() }
    }

    /// A cell that holds something else, read as this text.
    #[must_use]
    pub fn strange(text: &str, why: &str) -> Self {
        Self { text: cut(&text::line(text)), strange: why.to_owned() }
    }

    /// Whether nothing stands in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.is_empty() && self.strange.is_empty()
    }

    fn is_code(&self) -> bool {
        self.strange.is_empty()
            && is_one_word(&self.text)
            && ods_code(&self.text).is_ok_and(|code| code.bytes().any(|b| b.is_ascii_digit()) || self.text == code)
    }
}

/// Whether a text is written like a code: as one word, or with a space behind its first letter. `Ward 4` is no code.
pub(super) fn is_one_word(text: &str) -> bool {
    text.split_once(' ').is_none_or(|(first, rest)| first.chars().count() == 1 && !rest.contains(' '))
}

fn cut(text: &str) -> String {
    text.chars().take(LONGEST_CELL).collect()
}

/// A row of a table that holds something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// Its number as a spreadsheet shows it, from 1.
    pub row: usize,
    /// Its cells from the left.
    pub cells: Vec<Cell>,
}

/// A row of a file that was sent, with what was found in the columns of the code and of the name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRow {
    /// Its number as a spreadsheet shows it, from 1.
    pub row: usize,
    /// The cell of the code: `A12`.
    pub cell: String,
    /// What stands there.
    pub code: String,
    /// Why it is not what was typed; empty where it is.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub strange: String,
    /// The name beside it; empty where there is none that can be read.
    pub name: String,
}

/// What was read of a file of rows of one sort.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowFile<R> {
    /// Its rows, from the top.
    pub rows: Vec<R>,
    /// What else is to be said of it, as sentences.
    #[serde(default)]
    pub notes: Vec<String>,
}

impl<R> Default for RowFile<R> {
    fn default() -> Self {
        Self { rows: Vec::new(), notes: Vec::new() }
    }
}

/// A file of members.
pub type MemberFile = RowFile<FileRow>;

/// The rows of a table by the columns of the code and of the name.
///
/// # Errors
/// Why there are none, in a sentence for whoever sent it.
pub fn find(lines: &[Line]) -> Result<MemberFile, String> {
    let mut file = MemberFile::default();
    let (from, code, name) = match heading(lines) {
        Some((at, code, name)) => {
            if name.is_none() {
                file.notes.push("No column is called “Name”, so names come from the register of ODS codes".to_owned());
            }
            (at + 1, code, name)
        }
        None => {
            let (code, name) = by_content(lines).ok_or(
                "No column holds ODS codes. Put them into one column and write “ODS code” above it, and “Name” above the names",
            )?;
            (0, code, name)
        }
    };
    for line in &lines[from..] {
        let at = |column: usize| line.cells.get(column).cloned().unwrap_or_default();
        let (mut code_cell, name_cell) = (at(code), name.map(at).unwrap_or_default());
        let mut called = if name_cell.strange.is_empty() { name_cell.text } else { String::new() };
        if code_cell.is_empty() && called.is_empty() {
            continue;
        }
        // Code and name in one cell, as they are typed into the list.
        let typed = if name.is_none() && !code_cell.is_code() { organisations(&code_cell.text).ok() } else { None };
        if let Some(both) = typed.and_then(|mut typed| typed.pop()) {
            (code_cell.text, called) = (both.ods_code, both.name);
        }
        if code_cell.strange.is_empty() && !is_one_word(&code_cell.text) {
            code_cell.strange = format!("“{}” is more than a code", code_cell.text);
        }
        file.rows.push(FileRow {
            row: line.row,
            cell: format!("{}{}", letters(code), line.row),
            code: code_cell.text,
            strange: code_cell.strange,
            name: called,
        });
    }
    if file.rows.is_empty() { Err("There is no row below the heading".to_owned()) } else { Ok(file) }
}

/// What columns of codes are called, the surest first.
pub(super) const CODES: &[&str] = &[
    "odscode",
    "organisationcode",
    "organizationcode",
    "organisationodscode",
    "orgcode",
    "practicecode",
    "gppracticecode",
    "sitecode",
    "membercode",
    "nacscode",
    "ods",
    "code",
];

/// What columns of names are called, the surest first.
const NAMES: &[&str] = &[
    "organisationname",
    "organizationname",
    "orgname",
    "practicename",
    "gppracticename",
    "sitename",
    "membername",
    "nameoforganisation",
    "name",
    "organisation",
    "organization",
    "practice",
    "surgery",
    "site",
    "member",
];

/// The row of the heading, and the columns of the code and of the name.
fn heading(lines: &[Line]) -> Option<(usize, usize, Option<usize>)> {
    headed(lines, &[CODES, NAMES]).and_then(|(at, found)| Some((at, found[0]?, found[1])))
}

/// The row of the heading, and the columns that are called so: one for each of these, of which the first is there.
pub(super) fn headed(lines: &[Line], wanted: &[&[&str]]) -> Option<(usize, Vec<Option<usize>>)> {
    lines.iter().take(TOP).enumerate().find_map(|(at, line)| {
        let called: Vec<String> = line.cells.iter().map(|cell| plain(&cell.text)).collect();
        let column = |names: &&[&str]| names.iter().find_map(|name| called.iter().position(|there| there == name));
        let found: Vec<Option<usize>> = wanted.iter().map(column).collect();
        found.first().copied().flatten().map(|_| (at, found))
    })
}

/// Letters alone, in small ones: `ODS Code:` is `odscode`.
fn plain(text: &str) -> String {
    text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect()
}

/// The column that holds the most codes, and the one that holds the longest words.
pub(super) fn by_content(lines: &[Line]) -> Option<(usize, Option<usize>)> {
    let cells = |column: usize| lines.iter().filter_map(move |line| line.cells.get(column));
    let columns = lines.iter().map(|line| line.cells.len()).max().unwrap_or(0);
    // What a spreadsheet spoiled was a code too: a column of nothing but these is still found. So is one of nothing but digits,
    // which may be codes or the sizes of lists.
    let digits = |cell: &Cell| cell.text.bytes().all(|b| b.is_ascii_digit());
    let spoiled = |cell: &Cell| {
        let odd = cell.is_code() || ods_code(&cell.text).is_err_and(|why| why.starts_with('“'));
        cell.text.starts_with(|c: char| c.is_ascii_digit()) && odd
    };
    let both = |cell: &Cell| organisations(&cell.text).is_ok_and(|typed| !typed.is_empty());
    let codes = |column: usize| {
        let sure = cells(column).filter(|cell| (cell.is_code() && !digits(cell)) || (columns == 1 && both(cell))).count();
        (sure, cells(column).filter(|cell| spoiled(cell)).count())
    };
    let code = (0..columns).rev().max_by_key(|column| codes(*column)).filter(|column| codes(*column) > (0, 0))?;
    let words = |column: &usize| {
        let letters = |cell: &Cell| {
            if cell.is_code() || cell.text.contains('@') { 0 } else { cell.text.chars().filter(|c| c.is_alphabetic()).count() }
        };
        cells(*column).map(letters).sum::<usize>()
    };
    // Among columns of words the nearest is the name: addresses stand further on.
    let filled = |column: &usize| cells(*column).filter(|cell| !cell.is_empty()).count();
    let likely: Vec<usize> = (0..columns).filter(|column| *column != code && words(column) > 3 * filled(column)).collect();
    let name = likely.iter().copied().find(|column| *column > code).or(likely.first().copied());
    Some((code, name))
}

/// The letters of a column as a spreadsheet shows them.
pub(super) fn letters(column: usize) -> String {
    let letter = |at: usize| char::from(b'A' + u8::try_from(at % 26).unwrap_or(0));
    if column < 26 { letter(column).to_string() } else { format!("{}{}", letter(column / 26 - 1), letter(column)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::member_file::text;

    fn found(table: &str) -> Vec<(String, String, String)> {
        let file = find(&text::lines(table.as_bytes()).expect("a table")).expect("columns");
        file.rows.into_iter().map(|row| (row.cell, row.code, row.name)).collect()
    }

    fn one(cell: &str, code: &str, name: &str) -> Vec<(String, String, String)> {
        vec![(cell.to_owned(), code.to_owned(), name.to_owned())]
    }

    #[test]
    fn columns_are_found_by_their_heading_wherever_they_stand() {
        for (table, cell) in [
            ("ODS code,Name\nA20047,Elm Surgery\n", "A2"),
            ("Postcode,Practice name,List size,Organisation Code\nXX1 1XX,Elm Surgery,8123,A20047\n", "D2"),
            ("Members of the group\n\nName;ODS Code:;Contact\nElm Surgery;A20047;c.jones@nhs.net\n", "B4"),
            ("No,Organisation,Code\n1,Elm Surgery,A20047\n", "C2"),
        ] {
            assert_eq!(found(table), one(cell, "A20047", "Elm Surgery"), "{table}");
        }
        assert_eq!(found("code\nA20047\n"), one("A2", "A20047", ""));
        assert!(find(&text::lines(b"ODS code,Name\n").expect("a table")).is_err_and(|says| says.contains("no row")));
    }

    #[test]
    fn without_a_heading_they_are_found_by_what_stands_in_them() {
        for (table, cell) in [
            ("A20047,Elm Surgery\n", "A1"),
            ("1,Elm Surgery,A20047\n", "C1"),
            ("Elm Surgery;c.jones@nhs.net;A20047;8123\n", "C1"),
            ("812,A20047,Elm Surgery\n", "B1"),
            ("A20047 Elm Surgery\n", "A1"),
            ("A20047,Elm Surgery,1 High Street Anytown in the Fields,XX1 1XX\n", "A1"),
        ] {
            assert_eq!(found(table), one(cell, "A20047", "Elm Surgery"), "{table}");
        }
        assert!(
            find(&text::lines(b"Elm Surgery,Claire\nWillow Lane,Ann\n").expect("a table"))
                .is_err_and(|says| says.contains("No column holds ODS codes"))
        );
    }

    #[test]
    fn what_keeps_a_code_a_text_is_taken_off_and_the_rest_is_left() {
        for (typed, text) in
            [("=\"02345\"", "02345"), ("'02345", "02345"), (" a20047\u{a0}", "a20047"), ("'t Hooge Huys", "'t Hooge Huys")]
        {
            assert_eq!(Cell::text(typed).text, text, "{typed}");
        }
        let told = |table: &str| find(&text::lines(table.as_bytes()).expect("a table")).expect("columns").rows.remove(0).strange;
        assert!(told("Code,Name\nWard 4,The ward\n").contains("“Ward 4” is more than a code"));
        assert_eq!(told("Code,Name\nA 20047,The ward\n"), "");
        assert_eq!(found("A20047,Ward 4\n"), one("A1", "A20047", "Ward 4"));
        assert!(Cell::text("A20047\nB82617").strange.contains("several lines"));
    }

    #[test]
    fn columns_have_the_letters_of_a_spreadsheet() {
        for (column, written) in [(0, "A"), (25, "Z"), (26, "AA"), (29, "AD")] {
            assert_eq!(letters(column), written);
        }
    }
}
