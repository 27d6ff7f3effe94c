//! What was done at sites before their first live call, as a file: the code of each site, for which capability, and the day of each
//! step. It has the columns of the file that the page of the sites gives out, so that one can be filled in and sent back.

use serde::{Deserialize, Serialize};

use crate::{
    ledger::site::Step,
    task::member_file::columns::{self, CODES, Cell, Line, RowFile, letters},
};

/// A row of a file that was sent, with what was found in its columns.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteStepRow {
    /// Its number as a spreadsheet shows it, from 1.
    pub row: usize,
    /// The cell of the code: `A12`.
    pub cell: String,
    /// The code, as it stands there.
    pub code: String,
    /// Why the code, or another cell, is not what was typed; empty where all are.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub strange: String,
    /// The capability; empty where it is for every one of the product.
    pub capability: String,
    /// The identifier of the system there.
    pub asid: String,
    /// The day of each step, in their order; empty where none is said.
    pub days: [String; 3],
}

/// A file of steps.
pub type SiteStepFile = RowFile<SiteStepRow>;

/// What the columns are called, the surest first.
const CAPABILITIES: &[&str] = &["capability", "capabilities", "product", "service"];
const ASIDS: &[&str] = &["asid", "asidnumber", "accreditedsystemid", "identifier"];
const REGISTERED: &[&str] = &["asidregisteredon", "asidregistered", "asiddate", "registeredon"];
const SHARED: &[&str] = &["sharingconfiguredon", "sharingconfigured", "sharingon", "sharingdate"];
const ENABLED: &[&str] = &["enabledbythepracticeon", "enabledbythepractice", "enabledon", "enabled", "enableddate"];

/// The column of each step, as a person writes it.
#[must_use]
pub fn heading(step: Step) -> &'static str {
    match step {
        Step::Asid => "ASID registered on",
        Step::Sharing => "Sharing configured on",
        Step::Enabled => "Enabled by the practice on",
    }
}

/// The rows of a table by their columns.
///
/// # Errors
/// Why there are none, in a sentence for whoever sent it.
pub fn find(lines: &[Line]) -> Result<SiteStepFile, String> {
    let (from, found) = columns::headed(lines, &[CODES, CAPABILITIES, ASIDS, REGISTERED, SHARED, ENABLED])
        .filter(|(_, found)| found[3..].iter().any(Option::is_some))
        .ok_or("Not all columns are found. Write “ODS code” above the codes, and “ASID registered on”, “Sharing configured on” or “Enabled by the practice on” above the days. The file that you download from the list of sites has them")?;
    let mut file = SiteStepFile::default();
    for line in &lines[from + 1..] {
        let at = |place: usize| found[place].and_then(|column| line.cells.get(column)).cloned().unwrap_or_default();
        let name = |place: usize| format!("{}{}", letters(found[place].unwrap_or(0)), line.row);
        let (mut code, asid) = (at(0), at(2));
        let days = [at(3), at(4), at(5)];
        if code.is_empty() && days.iter().all(Cell::is_empty) {
            continue;
        }
        if code.strange.is_empty() && !columns::is_one_word(&code.text) {
            code.strange = format!("“{}” is more than a code", code.text);
        }
        // An identifier has twelve digits and a day is a day, also where a spreadsheet keeps them as numbers. Anything else that is
        // no text is told.
        let odd = (1..6).map(|place| (place, at(place))).find(|(place, cell)| {
            let whole = !cell.text.is_empty() && (*place != 1);
            !cell.strange.is_empty() && !whole
        });
        let strange = match odd {
            _ if !code.strange.is_empty() => code.strange,
            Some((place, cell)) => format!("in cell {} {}", name(place), cell.strange),
            None => String::new(),
        };
        file.rows.push(SiteStepRow {
            row: line.row,
            cell: name(0),
            code: code.text,
            strange,
            capability: at(1).text,
            asid: asid.text,
            days: days.map(|cell| cell.text),
        });
    }
    if file.rows.is_empty() { Err("There is no row below the heading".to_owned()) } else { Ok(file) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::member_file::text;

    #[test]
    fn the_columns_of_the_file_that_is_given_out_are_found_again() {
        let table = "ODS code,Site,Wave,Signed,Capability,State,ASID,ASID registered on,Sharing configured on,Enabled by the practice on\n\
                     A21471,Willow Lane,1,Signed,Access Record: HTML,Not started,918999198738,2026-03-01,,1 3 2026\n";
        let file = find(&text::lines(table.as_bytes()).expect("a table")).expect("columns");
        let row = &file.rows[0];
        assert_eq!(
            (row.code.as_str(), row.capability.as_str(), row.asid.as_str()),
            ("A21471", "Access Record: HTML", "918999198738")
        );
        assert_eq!(row.days, ["2026-03-01", "", "1 3 2026"]);
        let one = find(&text::lines(b"Enabled on;Practice code\n1 3 2026;A21471\n").expect("a table")).expect("columns");
        assert_eq!((one.rows[0].code.as_str(), one.rows[0].days[2].as_str()), ("A21471", "1 3 2026"));
        let none = find(&text::lines(b"ODS code,Name\nA21471,Willow Lane\n").expect("a table"));
        assert!(none.is_err_and(|says| says.contains("“Sharing configured on”")));
    }
}
