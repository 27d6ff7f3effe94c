//! What a workbook may claim and hold, looked at before its reader is. The reader believes numbers in the file: it makes room
//! for as many strings as `uniqueCount` says and for as many formulas as `si` says, and memory that cannot be had ends the
//! process. It also copies what is long once for each thing that refers to it, and opens whatever part a relationship names, as
//! often as it is named. So every part is unpacked once to nowhere, counted, and refused beyond these bounds, and no
//! relationship may lead the reader to a part that is not counted.

use std::{
    collections::BTreeSet,
    io::{BufReader, Cursor, Read as _, copy, sink},
};

use quick_xml::{
    Reader,
    escape::unescape,
    events::{BytesStart, Event},
};

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
/// Sheets of a workbook: a SCAL has one for each section.
const MOST_SHEETS: usize = 100;
/// Characters of the name of a sheet, as in Excel. The name is copied to each line.
const LONGEST_NAME: usize = 31;
/// Bytes of one element with its attributes: a list of cells is the longest that programs write.
const LONGEST_TAG: usize = 64 * 1024;
/// Bytes of one text, and of the comments in it: a full cell with each of its characters escaped is a fifth of that.
const LONGEST_TEXT: usize = 1024 * 1024;

const LARGER: &str = "The file is far larger unpacked than a SCAL is. Send the file that you downloaded";
const STRANGE: &str = "The file claims to hold more than a SCAL does. Send the file that you downloaded, with its rows changed";

/// What was counted so far, in all parts.
#[derive(Default)]
struct Counted {
    elements: u64,
    others: u64,
    lines: u64,
    merged: u64,
    /// Formats of cells; the reader copies a code and the name of a font to each.
    formats: usize,
    longest_code: usize,
    longest_font: usize,
    sheets: usize,
    /// Names of sheets in small letters, and the numbers of the relationships and names of the parts that they lead to.
    names: BTreeSet<String>,
    led: BTreeSet<String>,
    parts: BTreeSet<String>,
}

/// Looks at every part of a workbook, and says why it is refused.
pub(crate) fn look(bytes: &[u8]) -> Result<(), String> {
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
    if counted.formats.saturating_mul(counted.longest_code + counted.longest_font) > MOST_TEXT {
        return Err("The cells have more and longer formats than a SCAL has. Send the file that you downloaded".to_owned());
    }
    Ok(())
}

/// Counts what a part holds and looks at what it claims.
fn read_part(part: &mut impl std::io::Read, inner: bool, counted: &mut Counted) -> Result<(), String> {
    let mut reader = Reader::from_reader(BufReader::new(part));
    let mut buffer = Vec::with_capacity(1024);
    let (mut depth, mut text) = (0, 0);
    // Whether it is inside an element whose text the reader keeps whole, whatever stands between.
    let mut kept = false;
    loop {
        buffer.clear();
        let event = reader.read_event_into(&mut buffer).map_err(|_| NO_WORKBOOK.to_owned())?;
        match &event {
            Event::Start(element) | Event::Empty(element) => {
                if kept || element.len() > LONGEST_TAG {
                    return Err(STRANGE.to_owned());
                }
                count(element, inner, counted)?;
                text = 0;
                if matches!(event, Event::Start(_)) {
                    kept = matches!(element.local_name().as_ref(), "t" | "v" | "f" | "definedName");
                    depth += 1;
                    if depth > DEEPEST {
                        return Err(STRANGE.to_owned());
                    }
                }
            }
            Event::End(_) => (depth, text, kept) = (depth.saturating_sub(1), 0, false),
            Event::Eof => return Ok(()),
            other => {
                text += other.len();
                if text > LONGEST_TEXT {
                    return Err(LARGER.to_owned());
                }
            }
        }
    }
}

fn count(element: &BytesStart<'_>, inner: bool, counted: &mut Counted) -> Result<(), String> {
    let name = element.local_name();
    let name = name.as_ref();
    // What is dear is dear under each name of a part.
    let dear = matches!(name, "xf" | "font" | "fill" | "border" | "numFmt" | "sheet" | "definedName" | "Relationship");
    *(if inner && !dear { &mut counted.elements } else { &mut counted.others }) += 1;
    match name {
        "row" => counted.lines += 1,
        "mergeCell" => counted.merged += 1,
        _ => {}
    }
    match name {
        "row" | "c" | "mergeCell" | "dimension" => places(element)?,
        "xf" => counted.formats += 1,
        "numFmt" => counted.longest_code = counted.longest_code.max(longest(element, "formatCode")?),
        "name" => counted.longest_font = counted.longest_font.max(longest(element, "val")?),
        "sheet" => sheet(element, counted)?,
        "Relationship" => relationship(element, counted)?,
        // `si` of a formula is the number of the group that it shares.
        "sst" | "f" => {
            places(element)?;
            each(element, |key, value| {
                let claims = matches!(local(key), "count" | "uniqueCount" | "si");
                let lawful = !claims || value.trim().parse::<u64>().is_ok_and(|number| number <= MOST_CLAIMED);
                lawful.then_some(()).ok_or_else(|| STRANGE.to_owned())
            })?;
        }
        _ => {}
    }
    if counted.lines > MOST_LINES {
        return Err(
            "The file has far more rows than a SCAL has. Delete the empty rows below yours, or send the file that you downloaded"
                .to_owned(),
        );
    }
    if counted.merged > MOST_MERGED {
        return Err(format!(
            "More than {MOST_MERGED} places have merged cells. Take them apart, or send the file that you downloaded"
        ));
    }
    if counted.elements > MOST_ELEMENTS || counted.others > MOST_OTHERS {
        return Err(LARGER.to_owned());
    }
    Ok(())
}

/// A sheet that the workbook lists: its name is short, and it and its part are listed once.
fn sheet(element: &BytesStart<'_>, counted: &mut Counted) -> Result<(), String> {
    counted.sheets += 1;
    if counted.sheets > MOST_SHEETS {
        return Err(format!("The file has more than {MOST_SHEETS} sheets. Send the file that you downloaded"));
    }
    each(element, |key, value| match local(key) {
        "name" => {
            let name = unescape(value).map_err(|_| NO_WORKBOOK.to_owned())?;
            if name.chars().count() > LONGEST_NAME {
                return Err(format!("The name of a sheet is longer than {LONGEST_NAME} characters. Shorten it"));
            }
            once(&mut counted.names, name.to_lowercase())
        }
        "id" => once(&mut counted.led, value.to_owned()),
        _ => Ok(()),
    })
}

/// Where the reader goes for the workbook and its sheets: to parts that are looked at here, to each once.
fn relationship(element: &BytesStart<'_>, counted: &mut Counted) -> Result<(), String> {
    let (mut targets, mut kinds) = (Vec::new(), Vec::new());
    each(element, |key, value| {
        match local(key) {
            "Target" => targets.push(value.to_ascii_lowercase()),
            "Type" => kinds.push(value.rsplit('/').next().unwrap_or_default().to_owned()),
            _ => {}
        }
        Ok(())
    })?;
    let any = |names: &[&str]| kinds.iter().any(|kind| names.contains(&kind.as_str()));
    if any(&["chartsheet", "dialogsheet"]) {
        return Err("A sheet of the file is a chart or a dialogue. Delete it".to_owned());
    }
    if any(&["officeDocument", "worksheet"]) && !targets.iter().all(|target| target.ends_with(".xml")) {
        return Err(NO_WORKBOOK.to_owned());
    }
    if any(&["worksheet"]) {
        // A part can be named from the top or from the workbook; what it is called itself is the same.
        for target in targets {
            once(&mut counted.parts, target.rsplit(['/', '\\']).next().unwrap_or_default().to_owned())?;
        }
    }
    Ok(())
}

/// Where a cell or a row is, and from where to where something goes: beyond the end of a sheet the numbers of the reader run over.
fn places(element: &BytesStart<'_>) -> Result<(), String> {
    each(element, |key, value| {
        if !matches!(local(key), "r" | "ref") {
            return Ok(());
        }
        let mut from = (0, 0);
        for place in value.split(':') {
            let to = place_of(place).ok_or_else(|| STRANGE.to_owned())?;
            if to.0 < from.0 || to.1 < from.1 {
                return Err(STRANGE.to_owned());
            }
            from = to;
        }
        Ok(())
    })
}

/// Row and column of a place like `XFD1048576`, from 1; the column of a row is 0.
fn place_of(place: &str) -> Option<(u32, u32)> {
    let digits = place.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let letters = &place[..place.len() - digits.len()];
    if letters.len() > 3 || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let column = letters.bytes().fold(0, |sum, letter| sum * 26 + u32::from(letter.to_ascii_uppercase() - b'A') + 1);
    let row = digits.parse().ok()?;
    ((1..=1_048_576).contains(&row) && column <= 16_384).then_some((row, column))
}

fn once(seen: &mut BTreeSet<String>, name: String) -> Result<(), String> {
    let new = seen.insert(name);
    new.then_some(()).ok_or_else(|| "The file has the same sheet twice. Send the file that you downloaded".to_owned())
}

/// Bytes of an attribute as it is written.
fn longest(element: &BytesStart<'_>, name: &str) -> Result<usize, String> {
    let mut longest = 0;
    each(element, |key, value| {
        if local(key) == name {
            longest = longest.max(value.len());
        }
        Ok(())
    })?;
    Ok(longest)
}

fn each(element: &BytesStart<'_>, mut see: impl FnMut(&str, &str) -> Result<(), String>) -> Result<(), String> {
    for attribute in element.attributes().with_checks(false) {
        let attribute = attribute.map_err(|_| NO_WORKBOOK.to_owned())?;
        see(attribute.key.as_ref(), &attribute.value)?;
    }
    Ok(())
}

/// What stands behind the last colon, as the reader takes it.
fn local(key: &str) -> &str {
    key.rsplit(':').next().unwrap_or_default()
}

/// Text taken from one workbook, all its cells together, in bytes. One text that many cells share counts for each.
pub(crate) const MOST_TEXT: usize = 8 * 1024 * 1024;

pub(crate) const NO_WORKBOOK: &str = "This is not an Excel workbook that can be read. Save it as .xlsx and send that";
