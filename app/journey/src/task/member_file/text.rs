//! A file that is no workbook, read as a table: whatever its encoding, and whatever stands between its columns.

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::task::member_file::columns::{Cell, Line, MOST_COLUMNS, MOST_LINES};

/// Longest text, in bytes: 500 members with their addresses are a tenth of it.
pub const LONGEST: usize = 1024 * 1024;

/// The table that stands in a text.
///
/// # Errors
/// Why it is none, in a sentence for whoever sent it.
pub fn lines(bytes: &[u8]) -> Result<Vec<Line>, String> {
    if bytes.len() > LONGEST {
        return Err("The file is larger than 1 MB. Keep the columns with the codes and the names, and send that".to_owned());
    }
    let text = decoded(bytes)?;
    // The first line of some programs only says what stands between the columns.
    let (said, rest, skipped) = match text.split_once('\n') {
        Some((first, rest)) if first.trim().to_ascii_lowercase().starts_with("sep=") => {
            (first.trim().as_bytes().get("sep=".len()).copied(), rest, 1)
        }
        _ => (None, text.as_str(), 0),
    };
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(said.unwrap_or_else(|| delimiter(rest)))
        .from_reader(rest.as_bytes());
    let mut lines = Vec::new();
    let mut record = csv::StringRecord::new();
    let (mut row, mut counted) = (1 + skipped, 0);
    while reader.read_record(&mut record).map_err(|_| NO_TABLE.to_owned())? {
        // Where the record begins, behind empty lines that the reader passes over.
        let begun = record.position().and_then(|at| usize::try_from(at.byte()).ok()).unwrap_or(counted);
        let begun = begun + rest[begun..].bytes().take_while(|byte| *byte == b'\n').count();
        row += rest[counted..begun].bytes().filter(|byte| *byte == b'\n').count();
        counted = begun;
        let cells: Vec<Cell> = record.iter().take(MOST_COLUMNS).map(Cell::text).collect();
        if cells.iter().all(Cell::is_empty) {
            continue;
        }
        lines.push(Line { row, cells });
        if lines.len() > MOST_LINES {
            return Err(format!("The file has more than {MOST_LINES} rows. Keep the rows of the members, and send that"));
        }
    }
    if lines.is_empty() { Err("The file is empty".to_owned()) } else { Ok(lines) }
}

const NO_TABLE: &str =
    "This is neither a table as text (CSV) nor an Excel workbook. Save the list as .xlsx or .csv and send that";

/// The text: UTF-16 or UTF-8 where it says so or is so, otherwise as Windows writes Western European text. So `é` survives
/// whichever program wrote it.
fn decoded(bytes: &[u8]) -> Result<String, String> {
    let encoding = match Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding,
        None => wide(bytes).unwrap_or_else(|| if std::str::from_utf8(bytes).is_ok() { encoding_rs::UTF_8 } else { WINDOWS_1252 }),
    };
    let (text, _, broken) = encoding.decode(bytes);
    let strange = |c: char| {
        c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{b}' | '\u{c}' | '\u{1a}') && !('\u{80}'..='\u{9f}').contains(&c)
    };
    if broken || text.contains(strange) {
        return Err(NO_TABLE.to_owned());
    }
    Ok(text.replace("\r\n", "\n").replace('\r', "\n"))
}

/// UTF-16 that does not say so: every second byte of plain letters is 0.
fn wide(bytes: &[u8]) -> Option<&'static Encoding> {
    let beginning = &bytes[..bytes.len().min(2_000)];
    let zeros = |from: usize| beginning.iter().skip(from).step_by(2).filter(|byte| **byte == 0).count() * 4;
    let many = beginning.len();
    match (zeros(0) > many, zeros(1) > many) {
        (false, true) => Some(UTF_16LE),
        (true, false) => Some(UTF_16BE),
        _ => None,
    }
}

/// What stands between the columns: the sign that most of the first lines have, outside of quotation marks.
fn delimiter(text: &str) -> u8 {
    let has = |line: &str, sign: char| {
        let mut quoted = false;
        line.chars().any(|c| {
            quoted ^= c == '"';
            c == sign && !quoted
        })
    };
    let first: Vec<&str> = text.split(['\n', '\r']).filter(|line| !line.trim().is_empty()).take(50).collect();
    let lines = |sign: char| first.iter().filter(|line| has(line, sign)).count();
    // A comma stands within names, a semicolon or a tab hardly ever: where as many lines have either, it is not the comma.
    let (tabs, semicolons, commas) = (lines('\t'), lines(';'), lines(','));
    match tabs.max(semicolons).max(commas) {
        0 => b',',
        most if tabs == most => b'\t',
        most if semicolons == most => b';',
        _ => b',',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Vec<(usize, Vec<String>)> {
        let lines = lines(bytes).expect("a table");
        lines.into_iter().map(|line| (line.row, line.cells.into_iter().map(|cell| cell.text).collect())).collect()
    }

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn a_table_is_the_same_in_every_encoding_that_programs_write() {
        let text = "Code,Name\r\nA20047,Caf\u{e9} Lane – The Elms\r\n";
        let expected = vec![
            (1, vec!["Code".to_owned(), "Name".to_owned()]),
            (2, vec!["A20047".to_owned(), "Caf\u{e9} Lane – The Elms".to_owned()]),
        ];
        let with_mark = format!("\u{feff}{text}");
        for (name, bytes) in [
            ("UTF-8", text.as_bytes().to_vec()),
            ("UTF-8 with a mark", with_mark.as_bytes().to_vec()),
            ("UTF-16, little", utf16(&with_mark, u16::to_le_bytes)),
            ("UTF-16, big", utf16(&with_mark, u16::to_be_bytes)),
            ("UTF-16, little, without a mark", utf16(text, u16::to_le_bytes)),
            ("UTF-16, big, without a mark", utf16(text, u16::to_be_bytes)),
            ("Windows-1252", b"Code,Name\r\nA20047,Caf\xe9 Lane \x96 The Elms\r\n".to_vec()),
            ("old Macintosh ends of lines", text.replace("\r\n", "\r").into_bytes()),
        ] {
            let read = read(&bytes);
            assert_eq!(
                read.iter().map(|(_, cells)| cells).collect::<Vec<_>>(),
                expected.iter().map(|(_, cells)| cells).collect::<Vec<_>>(),
                "{name}"
            );
        }
        assert_eq!(read(text.as_bytes()), expected);
    }

    #[test]
    fn columns_are_parted_by_whatever_most_lines_have() {
        let two = |code: &str, name: &str| vec![code.to_owned(), name.to_owned()];
        for text in [
            "A20047;Elms, The\nB82617;Willow Lane\n",
            "A20047\tElms, The\nB82617\tWillow Lane\n",
            "A20047,\"Elms, The\"\nB82617,Willow Lane\n",
            "\"A20047\";\"Elms, The\"\n\"B82617\";\"Willow Lane\"\n",
        ] {
            let read: Vec<Vec<String>> = read(text.as_bytes()).into_iter().map(|(_, cells)| cells).collect();
            assert_eq!(read, [two("A20047", "Elms, The"), two("B82617", "Willow Lane")], "{text}");
        }
        // What the file says itself, and the number of a row as a spreadsheet shows it.
        assert_eq!(read(b"sep=|\r\nA20047|Elms, The\r\n"), [(2, two("A20047", "Elms, The"))]);
        let rows: Vec<usize> =
            read(b"\r\nA20047;Elms\r\n\r\n;;\r\n\r\nB82617;\"Wil\r\nlow\"\r\nA1;X").into_iter().map(|(row, _)| row).collect();
        assert_eq!(rows, [2, 6, 8]);
    }

    #[test]
    fn what_is_no_table_is_refused_in_words() {
        for (bytes, says) in [
            (&b"%PDF-1.7\n\x00\x01\x02"[..], "neither a table"),
            (&[0xff, 0xd8, 0xff, 0xe0, 0x00, 0x10][..], "neither a table"),
            (&[0xff, 0xfe, 0x41][..], "neither a table"),
            (b"", "empty"),
            (b"\n , ;\n".as_slice(), "empty"),
        ] {
            let said = match lines(bytes) {
                Err(said) => said,
                Ok(lines) => format!("{lines:?}"),
            };
            assert!(said.contains(says) || (bytes.len() == 6 && said.contains("row")), "{bytes:?}: {said}");
        }
        assert!(lines(&vec![b'a'; LONGEST + 1]).is_err_and(|said| said.contains("1 MB")));
        assert!(lines("A20047,Elm\n".repeat(MOST_LINES + 1).as_bytes()).is_err_and(|said| said.contains("2000 rows")));
    }
}
