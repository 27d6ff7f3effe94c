//! What a workbook may claim and hold, looked at before its reader is. The reader believes numbers in the file: it makes room
//! for as many strings as `uniqueCount` says and for as many formulas as `si` says, and memory that cannot be had ends the
//! process. So every part is unpacked once to nowhere, counted, and refused beyond these bounds.

use std::io::{BufReader, Cursor, Read as _, copy, sink};

use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};

use super::NO_WORKBOOK;

/// Longest file when it is unpacked, all parts together, in bytes.
const UNPACKED: u64 = 24 * 1024 * 1024;
/// Parts that a workbook may have.
const MOST_PARTS: usize = 500;
/// Elements of all sheets and of the shared strings together: a SCAL has about ten thousand.
const MOST_ELEMENTS: u64 = 600_000;
/// Elements of all other parts: styles and names cost far more memory than they have bytes.
const MOST_OTHERS: u64 = 50_000;
/// The largest number that a part may claim of itself: strings, formulas.
const MOST_CLAIMED: u64 = 200_000;
/// Rows of all sheets together, empty ones too. With more than [`journey::scal::sheet::MOST_ROWS`] that hold something a
/// sheet is refused later, by name.
const MOST_LINES: u64 = 200_000;
/// Places where cells are merged; each is told, up to the bound of what is told.
const MOST_MERGED: u64 = 2_000;
/// How deep elements of a part may stand in each other.
const DEEPEST: u32 = 100;

const LARGER: &str = "The file is far larger unpacked than a SCAL is. Send the file that you downloaded";
const STRANGE: &str = "The file claims to hold more than a SCAL does. Send the file that you downloaded, with its rows changed";

/// What was counted so far, in all parts.
#[derive(Default)]
struct Counted {
    elements: u64,
    others: u64,
    lines: u64,
    merged: u64,
}

/// Looks at every part of a workbook, and says why it is refused.
pub(super) fn look(bytes: &[u8]) -> Result<(), String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| NO_WORKBOOK.to_owned())?;
    if archive.len() > MOST_PARTS {
        return Err("The file has more parts than a workbook of this service has. Send the file that you downloaded".to_owned());
    }
    let mut left = UNPACKED;
    let mut counted = Counted::default();
    for at in 0..archive.len() {
        let part = archive.by_index(at).map_err(|_| NO_WORKBOOK.to_owned())?;
        let name = part.name().map_err(|_| NO_WORKBOOK.to_owned())?.to_lowercase();
        if name.ends_with("vbaproject.bin") {
            return Err("The file holds macros. Save it as .xlsx, without macros".to_owned());
        }
        let mut bounded = part.take(left + 1);
        if name.ends_with(".xml") || name.ends_with(".rels") {
            let inner = name.contains("worksheets/") || name.ends_with("sharedstrings.xml");
            read_part(&mut bounded, inner, &mut counted)?;
        }
        // What the parts held that are no XML, and what stood behind the end of one that is.
        copy(&mut bounded, &mut sink()).map_err(|_| NO_WORKBOOK.to_owned())?;
        left = bounded.limit().checked_sub(1).ok_or(LARGER)?;
    }
    Ok(())
}

/// Counts what a part holds and looks at what it claims.
fn read_part(part: &mut impl std::io::Read, inner: bool, counted: &mut Counted) -> Result<(), String> {
    let mut reader = Reader::from_reader(BufReader::new(part));
    let mut buffer = Vec::with_capacity(1024);
    let mut depth = 0;
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(element)) => {
                depth += 1;
                if depth > DEEPEST {
                    return Err(STRANGE.to_owned());
                }
                count(&element, inner, counted)?;
            }
            Ok(Event::Empty(element)) => count(&element, inner, counted)?,
            Ok(Event::End(_)) => depth = depth.saturating_sub(1),
            Ok(Event::Eof) => return Ok(()),
            Ok(_) => {}
            Err(_) => return Err(NO_WORKBOOK.to_owned()),
        }
    }
}

fn count(element: &BytesStart<'_>, inner: bool, counted: &mut Counted) -> Result<(), String> {
    let Counted { elements, others, lines, merged } = counted;
    *(if inner { &mut *elements } else { &mut *others }) += 1;
    let name = element.local_name();
    match name.as_ref() {
        "row" => *lines += 1,
        "mergeCell" => *merged += 1,
        // `si` of a formula is the number of the group that it shares.
        "sst" | "f" => {
            for attribute in element.attributes().with_checks(false) {
                let attribute = attribute.map_err(|_| NO_WORKBOOK.to_owned())?;
                let claims = matches!(attribute.key.local_name().as_ref(), "count" | "uniqueCount" | "si");
                if claims && !attribute.value.trim().parse::<u64>().is_ok_and(|number| number <= MOST_CLAIMED) {
                    return Err(STRANGE.to_owned());
                }
            }
        }
        _ => {}
    }
    if *lines > MOST_LINES {
        return Err(
            "The file has far more rows than a SCAL has. Delete the empty rows below yours, or send the file that you downloaded"
                .to_owned(),
        );
    }
    if *merged > MOST_MERGED {
        return Err(format!(
            "More than {MOST_MERGED} places have merged cells. Take them apart, or send the file that you downloaded"
        ));
    }
    if *elements > MOST_ELEMENTS || *others > MOST_OTHERS {
        return Err(LARGER.to_owned());
    }
    Ok(())
}
