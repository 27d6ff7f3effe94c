//! Reads a report, whichever of the known kinds it is.

use std::{borrow::Cow, collections::BTreeMap};

use crate::{
    base::fault::Fault,
    task::results::{
        json,
        rows::{LONGEST, LONGEST_MESSAGE, Row, Run, cut},
        xml,
    },
};

/// Reads a report, whichever of the three it is.
///
/// # Errors
/// What is wrong and in which line; the first fault only, because a report is made by a program.
pub fn read(bytes: &[u8]) -> Result<Run, Fault> {
    let fault = |line: usize, says: &str| Fault { line, says: says.to_owned() };
    if bytes.len() as u64 > LONGEST {
        return Err(fault(1, "the report is larger than 8 MB. Split it by capability"));
    }
    let text = decoded(bytes)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    // The words of a reader may repeat what stands in the report, however long that is.
    let shortly = |wrong: Fault| Fault { says: cut(&wrong.says, LONGEST_MESSAGE).to_owned(), ..wrong };
    let run = match text.trim_start().chars().next() {
        Some('<') => xml::read(text).map_err(shortly)?,
        Some('[' | '{') => json::read(text).map_err(shortly)?,
        Some(_) => return Err(fault(1, "this is neither XML nor JSON. Add a JUnit XML, TRX or Cucumber JSON report")),
        None => return Err(fault(1, "the report is empty")),
    };
    if run.rows.is_empty() {
        return Err(fault(1, "the report has no scenario in it"));
    }
    Ok(Run { rows: numbered(run.rows), ..run })
}

/// The text of a report: UTF-8, or UTF-16 that says so with its first two bytes, as Windows writes it.
fn decoded(bytes: &[u8]) -> Result<Cow<'_, str>, Fault> {
    let pair: fn([u8; 2]) -> u16 = match bytes {
        [0xff, 0xfe, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] => u16::from_be_bytes,
        _ => {
            let text = std::str::from_utf8(bytes).map_err(|error| {
                let line = bytes.iter().take(error.valid_up_to()).filter(|byte| **byte == b'\n').count() + 1;
                Fault { line, says: "this is not text in UTF-8. Save the report in that encoding".to_owned() }
            })?;
            return Ok(Cow::Borrowed(text));
        }
    };
    let (pairs, rest) = bytes.as_chunks::<2>();
    let text: Result<String, _> = char::decode_utf16(pairs.iter().map(|two| pair(*two))).collect();
    match text {
        Ok(text) if rest.is_empty() => Ok(Cow::Owned(text)),
        _ => Err(Fault { line: 1, says: "this begins like text in UTF-16 and is none. Save the report in UTF-8".to_owned() }),
    }
}

/// Scenarios that share their names are examples of one: told apart by their number.
fn numbered(mut rows: Vec<Row>) -> Vec<Row> {
    let mut seen = BTreeMap::new();
    let mut times = Vec::with_capacity(rows.len());
    for row in &rows {
        let so_far: &mut usize = seen.entry(row.key()).or_default();
        *so_far += 1;
        times.push(*so_far);
    }
    for (row, times) in rows.iter_mut().zip(times).filter(|(_, times)| *times > 1) {
        row.example = format!("{} #{times}", row.example).trim().to_owned();
    }
    rows
}
