//! What a file is, by its first bytes alone, and what it may be called on a page.

use journey::{base::text, form::LONGEST_NAME};

/// Most characters that are taken for the ending of a name, such as `.spreadsheet`.
const LONGEST_ENDING: usize = 12;

/// A name fit to be shown: without folders, and without what nobody can see or what turns the direction of writing. One that is too
/// long keeps its ending, by which people and machines open it.
pub(crate) fn shown_name(sent: &str) -> String {
    let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    let whole = text::line(last);
    let whole = whole.trim();
    if whole.is_empty() {
        return "file".to_owned();
    }
    if whole.chars().count() <= LONGEST_NAME {
        return whole.to_owned();
    }
    let ending = whole.rsplit_once('.').map_or("", |(_, ending)| ending);
    let ending = if (1..=LONGEST_ENDING).contains(&ending.chars().count()) { format!(".{ending}") } else { String::new() };
    let start: String = whole.chars().take(LONGEST_NAME - ending.chars().count()).collect();
    format!("{}{ending}", start.trim_end())
}

/// Media types that are kept. Everything else is refused, whatever its name says.
const KEPT: &[&str] = &[
    "application/pdf",
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "application/zip",
    "application/gzip",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "application/vnd.oasis.opendocument.text",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.tcpdump.pcap",
];

/// The test file of virus scanners: who sends it wants to see it refused.
const EICAR: &[u8] = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE";

/// The kind of a file by its first bytes; its name says nothing.
pub(crate) fn kind_of(head: &[u8]) -> Result<&'static str, &'static str> {
    if head.windows(EICAR.len()).any(|window| window == EICAR) {
        return Err("it looks harmful");
    }
    if let Some(kind) = infer::get(head) {
        let known = KEPT.iter().find(|known| **known == kind.mime_type()).copied();
        // A text that begins like markup or a script is still a text; it is only ever handed out as an attachment.
        let text = matches!(kind.matcher_type(), infer::MatcherType::Text);
        return known.or_else(|| text.then_some("text/plain")).ok_or(OTHER);
    }
    // pcap next generation: the kind of network captures that the list of signatures leaves out.
    if head.starts_with(&[0x0a, 0x0d, 0x0d, 0x0a]) {
        return Ok("application/vnd.tcpdump.pcap");
    }
    if is_utf16(head) {
        return Ok("text/plain");
    }
    let text = match std::str::from_utf8(head) {
        Ok(_) => true,
        // A character may be cut at the end of what was read.
        Err(error) => error.error_len().is_none(),
    };
    // Texts have tabs and line ends and nothing below; a program has both what lies below and no signature when it is cut.
    let plain = head.iter().all(|byte| *byte >= b'\t');
    if text && plain { Ok("text/plain") } else { Err(OTHER) }
}

/// Text as Windows writes it, which says with its first two bytes that it is UTF-16. A browser believes these bytes more
/// than any header.
fn is_utf16(head: &[u8]) -> bool {
    let pair: fn([u8; 2]) -> u16 = match head {
        [0xff, 0xfe, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] => u16::from_be_bytes,
        _ => return false,
    };
    // A character may be cut at the end of what was read.
    let units: Vec<u16> = head.as_chunks::<2>().0.iter().map(|two| pair(*two)).collect();
    let read: Vec<_> = char::decode_utf16(units).collect();
    let last = read.len().saturating_sub(1);
    read.len() > 1 && read.iter().enumerate().all(|(at, c)| c.as_ref().map_or(at == last, |c| *c >= '\t'))
}

const OTHER: &str =
    "files of this kind are not accepted. Send a PDF, a picture, a text, a log, an Office document, a ZIP or a network capture";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_is_read_from_the_bytes_and_not_from_the_name() {
        assert_eq!(kind_of(b"%PDF-1.7\n..."), Ok("application/pdf"));
        assert_eq!(kind_of("caf\u{e9} log line\n".as_bytes()), Ok("text/plain"));
        assert_eq!(kind_of(&"é".as_bytes()[..1]), Ok("text/plain"), "a character that was cut is no fault");
        assert_eq!(kind_of(b"<html><script>alert(1)</script>"), Ok("text/plain"), "and is handed out as a text");
        for (order, pair) in [([0xff, 0xfe], u16::to_le_bytes as fn(u16) -> [u8; 2]), ([0xfe, 0xff], u16::to_be_bytes)] {
            let text: Vec<u8> = order.into_iter().chain("<TestRun>\u{1f600}".encode_utf16().flat_map(pair)).collect();
            assert_eq!(kind_of(&text), Ok("text/plain"));
            assert_eq!(kind_of(&text[..text.len() - 2]), Ok("text/plain"), "cut in the middle of a character");
            assert!(kind_of(&[&text[..], &[0, 0, 0, 0]].concat()).is_err(), "and no program");
            assert!(kind_of(&order).is_err());
        }
        for bad in
            [&b"MZ\x90\x00\x03"[..], b"\x7fELF\x02\x01\x01", b"\x00\x01\x02\x03", b"X5O!EICAR-STANDARD-ANTIVIRUS-TEST-FILE!"]
        {
            assert!(kind_of(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn names_lose_what_could_deceive() {
        assert_eq!(shown_name("..\\..\\etc/passwd"), "passwd");
        assert_eq!(shown_name("gpj.\u{202e}exe\u{0}"), "gpj.exe");
        assert_eq!(shown_name("Zoe\u{308}\u{200b}\u{a0}\n1.pdf\u{2028}"), "Zo\u{eb} 1.pdf");
        assert_eq!(shown_name("///"), "file");
        assert_eq!(shown_name(&"x".repeat(500)).len(), LONGEST_NAME);
        assert_eq!(shown_name(&format!("{}.pdf", "x".repeat(500))), format!("{}.pdf", "x".repeat(LONGEST_NAME - 4)));
        assert_eq!(shown_name(&format!("a.{}", "x".repeat(500))).len(), LONGEST_NAME, "that is no ending");
    }
}
