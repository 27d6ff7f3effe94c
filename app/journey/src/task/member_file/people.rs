//! People who are asked to sign for members, as a file: which columns hold the codes of the members, the names and the addresses of
//! the people. Columns stand in any order, as those of members do.

use serde::{Deserialize, Serialize};

use crate::task::member_file::columns::{self, CODES, Cell, Line, RowFile, letters};

/// A row of a file that was sent, with what was found in its three columns.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonRow {
    /// Its number as a spreadsheet shows it, from 1.
    pub row: usize,
    /// The cell of the code: `A12`.
    pub cell: String,
    /// What stands there.
    pub code: String,
    /// Why it is not what was typed; empty where it is.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub strange: String,
    /// The name of the person; empty where there is none that can be read.
    pub name: String,
    /// Their address, as it stands there.
    pub email: String,
}

/// A file of people who are asked to sign.
pub type PeopleFile = RowFile<PersonRow>;

/// What columns of names of people are called, the surest first. `Name` alone is a person here: of which organisation is said by the
/// code.
const PEOPLE: &[&str] = &[
    "signatory",
    "signatoryname",
    "nameofsignatory",
    "nameofthesignatory",
    "nameofperson",
    "nameoftheperson",
    "personname",
    "contactname",
    "fullname",
    "name",
    "person",
    "contact",
];

/// What columns of addresses are called, the surest first.
const ADDRESSES: &[&str] = &[
    "email",
    "emailaddress",
    "signatoryemail",
    "emailofsignatory",
    "contactemail",
    "mail",
    "emailaddressofsignatory",
    "address",
];

/// The rows of a table by the columns of the code, the name and the address.
///
/// # Errors
/// Why there are none, in a sentence for whoever sent it.
pub fn find(lines: &[Line]) -> Result<PeopleFile, String> {
    let named = columns::headed(lines, &[CODES, PEOPLE, ADDRESSES]);
    let (from, code, name, email) = match named.map(|(at, found)| (at, found[0], found[1], found[2])) {
        Some((at, Some(code), Some(name), Some(email))) => (at + 1, code, name, email),
        _ => {
            let (code, name, email) = by_content(lines).ok_or(
                "Not all of the three columns are found. Write “ODS code” above the codes of the members, “Name” above the names of the people and “Email” above their addresses",
            )?;
            (0, code, name, email)
        }
    };
    let mut file = PeopleFile::default();
    for line in &lines[from..] {
        let at = |column: usize| line.cells.get(column).cloned().unwrap_or_default();
        let (mut code_cell, name_cell, address) = (at(code), at(name), at(email));
        if [&code_cell, &name_cell, &address].iter().all(|cell| cell.is_empty()) {
            continue;
        }
        if code_cell.strange.is_empty() && !columns::is_one_word(&code_cell.text) {
            code_cell.strange = format!("“{}” is more than a code", code_cell.text);
        }
        let readable = |cell: Cell| if cell.strange.is_empty() { cell.text } else { String::new() };
        file.rows.push(PersonRow {
            row: line.row,
            cell: format!("{}{}", letters(code), line.row),
            code: code_cell.text,
            strange: code_cell.strange,
            name: readable(name_cell),
            email: readable(address),
        });
    }
    if file.rows.is_empty() { Err("There is no row below the heading".to_owned()) } else { Ok(file) }
}

/// Without a heading: the column of codes, that of addresses, and the words nearest before the addresses.
fn by_content(lines: &[Line]) -> Option<(usize, usize, usize)> {
    let (code, _) = columns::by_content(lines)?;
    let count = lines.iter().map(|line| line.cells.len()).max().unwrap_or(0);
    let cells = |column: usize| lines.iter().filter_map(move |line| line.cells.get(column));
    let addresses = |column: &usize| cells(*column).filter(|cell| cell.text.contains('@')).count();
    let email = (0..count).max_by_key(addresses).filter(|column| addresses(column) > 0)?;
    let words = |column: &usize| {
        let words = |cell: &&Cell| cell.text.contains(' ') && !cell.text.contains('@');
        *column != code && *column != email && 2 * cells(*column).filter(words).count() > cells(*column).count()
    };
    let name = (0..email).rev().find(words).or_else(|| (email..count).find(words))?;
    Some((code, name, email))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::member_file::text;

    #[test]
    fn the_three_columns_stand_in_any_order() {
        for table in [
            "ODS code,Name,Email\nA21471,Rae Reader,rae@willow.example\n",
            "Email address;Practice name;Signatory;Organisation code\nrae@willow.example;Willow Lane Surgery;Rae Reader;A21471\n",
            "Who signs for us\n\nPractice,Full name,ODS Code,E-mail:\nWillow Lane Surgery,Rae Reader,A21471,rae@willow.example\n",
            "A21471,Willow Lane Surgery,Rae Reader,rae@willow.example\n",
            "rae@willow.example\tRae Reader\tA21471\n",
        ] {
            let file = find(&text::lines(table.as_bytes()).expect("a table")).expect("columns");
            assert_eq!(file.rows.len(), 1, "{table}");
            let row = &file.rows[0];
            let told = (row.code.as_str(), row.name.as_str(), row.email.as_str());
            assert_eq!(told, ("A21471", "Rae Reader", "rae@willow.example"), "{table}");
        }
        let none = find(&text::lines(b"ODS code,Name\nA21471,Rae Reader\n").expect("a table"));
        assert!(none.is_err_and(|says| says.contains("“Email” above their addresses")));
    }
}
