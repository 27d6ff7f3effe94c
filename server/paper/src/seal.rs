//! The place of a digital signature in a document that is finished, and what such a signature covers.
//!
//! The document is added to and not written anew (ISO 32000-1, 7.5.6): its bytes stand first, unchanged, and behind them the
//! signature as a field that nobody sees but everybody finds, also who has the document read aloud (PDF/UA-1, 7.18). The
//! signature covers everything but itself, and says that nothing may be added after it (DocMDP, level 1).
//!
//! Only what [`crate::set`] writes is taken: objects one by one and a table of where each is. Another file is refused, not
//! guessed at. A library that reads any PDF would bring fifteen more.

use std::ops::Range;

use jiff::{Timestamp, tz::TimeZone};

/// Where a signature goes, and what stands beside it in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealPlace {
    /// Who signs, as programs that show documents name it.
    pub by: String,
    /// Why, in a sentence.
    pub reason: String,
    /// When it is signed. Written to the second.
    pub at: Timestamp,
    /// Bytes that are kept free for the signature.
    pub room: usize,
}

/// A document with a place that is still empty.
#[derive(Clone, Debug)]
pub struct Unsealed {
    bytes: Vec<u8>,
    /// What is left free, its angle brackets included.
    hole: Range<usize>,
}

/// What stands in the place of a signature, and what it covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealFound<'a> {
    /// Everything before the signature and everything after it.
    pub covered: [&'a [u8]; 2],
    /// The signature, with the zeros that fill its place up.
    pub signature: Vec<u8>,
}

/// Digits of a place in a file, filled up with spaces: files are smaller than ten gigabytes.
const DIGITS: usize = 10;

const RANGE: &[u8] = b"/ByteRange[";

/// A document with an empty place for a signature.
///
/// # Errors
/// When the document is none that was made here: what of it was not understood.
pub fn with_place(pdf: &[u8], place: &SealPlace) -> Result<Unsealed, String> {
    let old = Old::read(pdf)?;
    let catalog_at = old.reference(old.trailer, b"/Root ")?;
    let catalog = old.object(catalog_at)?;
    let root_at = old.reference(catalog, b"/StructTreeRoot ")?;
    let root = old.object(root_at)?;
    let document_at = old.reference(root, b"/K[")?;
    let document = old.object(document_at)?;
    let mut page_at = old.reference(catalog, b"/Pages ")?;
    let page = loop {
        let page = old.object(page_at)?;
        if find(page, b"/Kids[").is_none() {
            break page;
        }
        page_at = old.reference(page, b"/Kids[")?;
    };
    let key = number_after(root, b"/ParentTreeNextKey ").ok_or("the tree of tags has no next key")?;
    let (widget, signature, form) = (old.size, old.size + 1, old.size + 2);

    let catalog =
        with_entries(catalog, &format!("/AcroForm<</Fields[{widget} 0 R]/SigFlags 3>>/Perms<</DocMDP {signature} 0 R>>"))?;
    let page = match find(page, b"/Annots[") {
        Some(_) => with_item(page, b"/Annots[", &format!(" {widget} 0 R"))?,
        None => with_entries(page, &format!("/Annots[{widget} 0 R]"))?,
    };
    let document = with_item(document, b"/K[", &format!(" {form} 0 R"))?;
    let root = with_item(root, b"/Nums[", &format!(" {key} {form} 0 R"))?;
    let root = replaced(&root, &format!("/ParentTreeNextKey {key}"), &format!("/ParentTreeNextKey {}", key + 1))?;
    let name = text(&format!("Digital signature of {}", place.by));
    let widget_body = format!(
        "<</Type/Annot/Subtype/Widget/FT/Sig/T(Seal)/TU{name}/Contents{name}/Rect[0 0 0 0]/F 132/P {page_at} 0 R/StructParent {key}/V {signature} 0 R>>"
    );
    let form_body = format!(
        "<</Type/StructElem/S/Form/P {document_at} 0 R/Alt{name}/Pg {page_at} 0 R/K[<</Type/OBJR/Pg {page_at} 0 R/Obj {widget} 0 R>>]>>"
    );
    let at = place.at.to_zoned(TimeZone::UTC).strftime("D:%Y%m%d%H%M%SZ").to_string();
    let free = " ".repeat(3 * (DIGITS + 1));
    let before_hole = format!(
        "<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/Name{}/Reason{}/M({at})\
         /Reference[<</Type/SigRef/TransformMethod/DocMDP/TransformParams<</Type/TransformParams/P 1/V/1.2>>>>]\
         /ByteRange[0{free}]/Contents",
        text(&place.by),
        text(&place.reason),
    );

    let mut bytes = pdf.to_vec();
    bytes.push(b'\n');
    let mut entries: Vec<(usize, usize)> = Vec::new();
    let mut hole = 0..0;
    let changed = [(catalog_at, catalog), (root_at, root), (document_at, document), (page_at, page)];
    let added = [(widget, widget_body.into_bytes()), (signature, before_hole.into_bytes()), (form, form_body.into_bytes())];
    for (number, body) in changed.into_iter().chain(added) {
        entries.push((number, bytes.len()));
        bytes.extend(format!("{number} 0 obj\n").into_bytes());
        bytes.extend(body);
        if number == signature {
            let from = bytes.len();
            bytes.push(b'<');
            bytes.resize(from + 1 + 2 * place.room, b'0');
            bytes.push(b'>');
            hole = from..bytes.len();
            bytes.extend(b">>");
        }
        bytes.extend(b"\nendobj\n");
    }
    let table = bytes.len();
    entries.sort_unstable();
    bytes.extend(b"xref\n");
    for (number, at) in entries {
        bytes.extend(format!("{number} 1\n{at:010} 00000 n \n").into_bytes());
    }
    let trailer = replaced(old.trailer, &format!("/Size {}", old.size), &format!("/Size {}", form + 1))?;
    let trailer = with_entries(&trailer, &format!("/Prev {}", old.table))?;
    bytes.extend(b"trailer\n");
    bytes.extend(trailer);
    bytes.extend(format!("\nstartxref\n{table}\n%%EOF\n").into_bytes());

    // Where the place is can be written only now that all is there.
    let range = format!(" {} {} {}", hole.start, hole.end, bytes.len() - hole.end);
    let range_at = last(&bytes[..hole.start], RANGE).ok_or("the place of the signature is not there")? + RANGE.len() + 1;
    let fits = range.len() <= 3 * (DIGITS + 1);
    bytes
        .get_mut(range_at..range_at + range.len())
        .filter(|_| fits)
        .ok_or("the file is too large")?
        .copy_from_slice(range.as_bytes());
    Ok(Unsealed { bytes, hole })
}

impl Unsealed {
    /// What is signed: everything but the place of the signature.
    #[must_use]
    pub fn covered(&self) -> [&[u8]; 2] {
        [&self.bytes[..self.hole.start], &self.bytes[self.hole.end..]]
    }

    /// The document with this signature in its place.
    ///
    /// # Errors
    /// When the signature is larger than the room that was kept.
    pub fn sealed(mut self, signature: &[u8]) -> Result<Vec<u8>, String> {
        let room = (self.hole.len() - 2) / 2;
        if signature.len() > room {
            return Err(format!("a signature of {} bytes does not fit into {room}", signature.len()));
        }
        let digits: String = signature.iter().map(|byte| format!("{byte:02x}")).collect();
        self.bytes[self.hole.start + 1..][..digits.len()].copy_from_slice(digits.as_bytes());
        Ok(self.bytes)
    }
}

/// The signature in a document that was made here; `None` when it has none.
///
/// # Errors
/// When there is one that does not cover everything but itself, or what is there cannot be read.
pub fn seal_in(pdf: &[u8]) -> Result<Option<SealFound<'_>>, String> {
    let old = Old::read(pdf)?;
    let Some(before) = number_after(old.trailer, b"/Prev ") else { return Ok(None) };
    // What people typed stands before the first table. Behind it there is only what is written above.
    let added = pdf.get(before..).ok_or("the table before is not in the file")?;
    let at = find(added, RANGE).ok_or("something was added to the document that is no signature")? + before + RANGE.len();
    if find(&pdf[at..], RANGE).is_some() {
        return Err("it has more than one signature".to_owned());
    }
    let end = at + find(&pdf[at..], b"]").ok_or("what the signature covers has no end")?;
    let numbers = std::str::from_utf8(&pdf[at..end]).unwrap_or_default();
    let numbers: Option<Vec<usize>> = numbers.split_ascii_whitespace().map(|number| number.parse().ok()).collect();
    let Some([0, first, second, rest]) = numbers.as_deref() else {
        return Err("what the signature covers cannot be read".to_owned());
    };
    let whole = second.checked_add(*rest) == Some(pdf.len()) && *first > end && first < second;
    let hole = pdf.get(*first..*second).filter(|_| whole).ok_or("the signature does not cover the whole file")?;
    let digits = hole.strip_prefix(b"<").and_then(|hole| hole.strip_suffix(b">")).ok_or("the signature has no brackets")?;
    let signature: Option<Vec<u8>> = digits
        .chunks(2)
        .map(|two| std::str::from_utf8(two).ok().filter(|two| two.len() == 2).and_then(|two| u8::from_str_radix(two, 16).ok()))
        .collect();
    let signature = signature.ok_or("the signature is not written in hexadecimal digits")?;
    Ok(Some(SealFound { covered: [&pdf[..*first], &pdf[*second..]], signature }))
}

/// A file that was written here.
struct Old<'a> {
    pdf: &'a [u8],
    /// Where its table of objects begins.
    table: usize,
    /// Where each object is; empty when the table is an addition to another one.
    places: Vec<usize>,
    /// The number of the next object.
    size: usize,
    trailer: &'a [u8],
}

impl<'a> Old<'a> {
    fn read(pdf: &'a [u8]) -> Result<Self, String> {
        let tail = last(pdf, b"startxref\n").ok_or("it does not say where its objects are")?;
        let table = number_after(&pdf[tail..], b"startxref\n").ok_or("it does not say where its objects are")?;
        let rest = pdf.get(table..tail).ok_or("its objects are not where it says")?;
        let trailer_at = find(rest, b"trailer\n").ok_or("its objects are listed in another way")?;
        let trailer = rest[trailer_at + 8..].trim_ascii_end();
        let size = number_after(trailer, b"/Size ").ok_or("it does not say how many objects it has")?;
        let listed = rest[..trailer_at].strip_prefix(format!("xref\n0 {size}\n").as_bytes()).unwrap_or_default();
        let place = |entry: &[u8]| std::str::from_utf8(entry.get(..10)?).ok()?.parse().ok();
        let places = listed.chunks(20).filter_map(place).collect();
        Ok(Self { pdf, table, places, size, trailer })
    }

    /// What stands in an object.
    fn object(&self, number: usize) -> Result<&'a [u8], String> {
        let at = *self.places.get(number).ok_or_else(|| format!("object {number} is not listed"))?;
        let rest = self.pdf.get(at..).unwrap_or_default();
        let body = rest.strip_prefix(format!("{number} 0 obj\n").as_bytes());
        let body = body.ok_or_else(|| format!("object {number} is not where it is listed"))?;
        let end = find(body, b"\nendobj").ok_or_else(|| format!("object {number} has no end"))?;
        Ok(&body[..end])
    }

    /// The object that is named right behind these words.
    fn reference(&self, within: &[u8], key: &[u8]) -> Result<usize, String> {
        number_after(within, key).ok_or_else(|| format!("there is no {} of the document", String::from_utf8_lossy(key)))
    }
}

fn find(within: &[u8], what: &[u8]) -> Option<usize> {
    within.windows(what.len()).position(|some| some == what)
}

fn last(within: &[u8], what: &[u8]) -> Option<usize> {
    within.windows(what.len()).rposition(|some| some == what)
}

/// The number right behind these words.
fn number_after(within: &[u8], key: &[u8]) -> Option<usize> {
    let rest = &within[find(within, key)? + key.len()..];
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    std::str::from_utf8(&rest[..digits]).ok()?.parse().ok()
}

/// A dictionary with more entries at its end.
fn with_entries(dictionary: &[u8], entries: &str) -> Result<Vec<u8>, String> {
    let open = dictionary.strip_suffix(b">>").ok_or("an object is no dictionary")?;
    Ok([open, entries.as_bytes(), b">>"].concat())
}

/// A dictionary whose list under this key has one item more.
fn with_item(dictionary: &[u8], key: &[u8], item: &str) -> Result<Vec<u8>, String> {
    let missing = || format!("there is no {} in an object", String::from_utf8_lossy(key));
    let from = find(dictionary, key).ok_or_else(missing)? + key.len();
    let end = from + find(&dictionary[from..], b"]").ok_or_else(missing)?;
    Ok([&dictionary[..end], item.as_bytes(), &dictionary[end..]].concat())
}

fn replaced(within: &[u8], what: &str, by: &str) -> Result<Vec<u8>, String> {
    let at = find(within, what.as_bytes()).ok_or_else(|| format!("there is no {what} in an object"))?;
    Ok([&within[..at], by.as_bytes(), &within[at + what.len()..]].concat())
}

/// A text as PDF has it: UTF-16 in hexadecimal digits, so that no character means anything else.
fn text(words: &str) -> String {
    let units: String = words.encode_utf16().map(|unit| format!("{unit:04X}")).collect();
    format!("<FEFF{units}>")
}
