//! What was checked of members, as a file: the code of each, how it stands in the DSPT, when that was checked, and by what it shares
//! data. Columns stand in any order; those of data sharing may be left out, or those of the DSPT.

use serde::{Deserialize, Serialize};

use crate::task::member_file::columns::{self, CODES, Line, RowFile, letters};

/// A row of a file that was sent, with what was found in its columns.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckRow {
    /// Its number as a spreadsheet shows it, from 1.
    pub row: usize,
    /// The cell of the code: `A12`.
    pub cell: String,
    /// The code, as it stands there.
    pub code: String,
    /// Why it is not what was typed; empty where it is.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub strange: String,
    /// How the member stands in the DSPT, as it stands there.
    pub dspt: String,
    /// The day of the check.
    pub on: String,
    /// By what it shares data.
    pub sharing: String,
    /// The version of that text.
    pub version: String,
}

/// A file of checks.
pub type CheckFile = RowFile<CheckRow>;

/// What the columns are called, the surest first.
const DSPT: &[&str] = &["dspt", "dsptstatus", "dsptstandard", "statusdspt", "status", "assessment"];
const DAYS: &[&str] = &["checkedon", "dsptcheckedon", "dsptdate", "datechecked", "dateofcheck", "date", "day"];
const SHARING: &[&str] = &["datasharing", "sharing", "agreement", "typeofagreement"];
const VERSIONS: &[&str] = &["version", "versionofthetext", "textversion", "versionoftext"];

/// The rows of a table by their columns.
///
/// # Errors
/// Why there are none, in a sentence for whoever sent it.
pub fn find(lines: &[Line]) -> Result<CheckFile, String> {
    let (from, found) = columns::headed(lines, &[CODES, DSPT, DAYS, SHARING, VERSIONS])
        .filter(|(_, found)| (found[1].is_some() && found[2].is_some()) || (found[3].is_some() && found[4].is_some()))
        .ok_or("Not all columns are found. Write “ODS code” above the codes, “DSPT” and “Checked on” above what you found and when, and if you record it “Data sharing” and “Version”")?;
    let mut file = CheckFile::default();
    for line in &lines[from + 1..] {
        let at = |place: usize| found[place].and_then(|column| line.cells.get(column)).cloned().unwrap_or_default();
        let mut code = at(0);
        let text =
            |place: usize| Some(at(place)).filter(|cell| cell.strange.is_empty()).map(|cell| cell.text).unwrap_or_default();
        // A day is a day, also where a spreadsheet keeps it as a date of its own.
        let (dspt, on, sharing, version) = (text(1), at(2).text, text(3), text(4));
        if code.is_empty() && [&dspt, &on, &sharing, &version].iter().all(|text| text.is_empty()) {
            continue;
        }
        if code.strange.is_empty() && !columns::is_one_word(&code.text) {
            code.strange = format!("“{}” is more than a code", code.text);
        }
        let cell = format!("{}{}", letters(found[0].unwrap_or(0)), line.row);
        file.rows.push(CheckRow { row: line.row, cell, code: code.text, strange: code.strange, dspt, on, sharing, version });
    }
    if file.rows.is_empty() { Err("There is no row below the heading".to_owned()) } else { Ok(file) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::member_file::text;

    #[test]
    fn the_columns_stand_in_any_order_and_one_pair_is_enough() {
        let found = |table: &str| find(&text::lines(table.as_bytes()).expect("a table")).map(|file| file.rows);
        let rows =
            found("Checked on;Practice;DSPT status;ODS Code\n1 3 2026;Willow Lane;Standards met;A21471\n").expect("columns");
        assert_eq!((rows[0].code.as_str(), rows[0].dspt.as_str(), rows[0].on.as_str()), ("A21471", "Standards met", "1 3 2026"));
        let rows = found("ODS code,Data sharing,Version\nA21471,National arrangement,2.1\n").expect("columns");
        assert_eq!((rows[0].sharing.as_str(), rows[0].version.as_str()), ("National arrangement", "2.1"));
        assert!(found("ODS code,Name\nA21471,Willow Lane\n").is_err_and(|says| says.contains("“DSPT” and “Checked on”")));
    }
}
