//! Bytes as text: UTF-8 and UTF-16 with or without their mark. Other files are called by their name.

use std::borrow::Cow;

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};

/// What files of another kind begin with, and what they are.
const OTHERS: [(&[u8], &str); 12] = [
    (b"PK\x03\x04", "a ZIP file or a document of Word or Excel"),
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"\x1f\x8b", "a file compressed with gzip"),
    (b"\xd0\xcf\x11\xe0", "an older document of Word or Excel"),
    (b"\xd4\xc3\xb2\xa1", "a network trace (pcap)"),
    (b"\xa1\xb2\xc3\xd4", "a network trace (pcap)"),
    (b"\x0a\x0d\x0d\x0a", "a network trace (pcapng)"),
    (b"{\\rtf", "a document in RTF"),
    (b"\x7fELF", "a program"),
];

/// What is taken, for sentences.
pub(crate) const TAKEN: &str = "Send a HAR file, raw HTTP text, curl commands, or a Postman collection or run.";

/// Its text, with a note where it was not written in UTF-8.
///
/// # Errors
/// What it is instead, as a sentence.
pub(crate) fn decoded(bytes: &[u8]) -> Result<(Cow<'_, str>, Option<String>), String> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err("It is empty.".to_owned());
    }
    if let Some((_, what)) = OTHERS.iter().find(|(mark, _)| bytes.starts_with(mark)) {
        return Err(format!("It is {what}. {TAKEN}"));
    }
    let wide = match bytes {
        [0xff, 0xfe, ..] => Some(UTF_16LE),
        [0xfe, 0xff, ..] => Some(UTF_16BE),
        // Without its mark: every second byte of plain text is nothing.
        [first, 0, second, 0, ..] if *first != 0 && *second != 0 => Some(UTF_16LE),
        [0, first, 0, second, ..] if *first != 0 && *second != 0 => Some(UTF_16BE),
        _ => None,
    };
    if let Some(encoding) = wide {
        let (text, broken) = encoding.decode_with_bom_removal(bytes);
        if broken {
            return Err("It begins as text in UTF-16 and is broken.".to_owned());
        }
        return Ok((text, Some("It was written in UTF-16.".to_owned())));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) if text.contains('\0') => {
            Err(format!("It is no text: line {} has a byte 0. {TAKEN}", line_of(bytes, text.find('\0').unwrap_or(0))))
        }
        Ok(text) => Ok((Cow::Borrowed(text), None)),
        Err(error) => {
            let line = line_of(bytes, error.valid_up_to());
            // What was copied out of older programs: quotes and spaces of one byte each.
            if bytes.contains(&0) || bytes.iter().filter(|b| **b >= 0x80).count() > bytes.len() / 8 {
                return Err(format!("It is no text: line {line} is neither UTF-8 nor UTF-16. {TAKEN}"));
            }
            let (text, _) = WINDOWS_1252.decode_without_bom_handling(bytes);
            Ok((Cow::Owned(text.into_owned()), Some(format!("Line {line} is not UTF-8. It was read as Windows-1252."))))
        }
    }
}

fn line_of(bytes: &[u8], at: usize) -> usize {
    1 + bytes[..at].iter().filter(|b| **b == b'\n').count()
}
