//! The daily list of heads: where every ledger that moved since the list before ends. Each list names the digest of the one before,
//! and the service signs it; who keeps one outside the database can tell later whether anything was cut off or written anew.
//!
//! A list is a text that people read and check by hand, so that it is read back strictly: what is read is written again and must be
//! the same, byte for byte. Signatures are made and checked in `server`, nothing here knows a key.

use std::fmt::Write as _;

use jiff::{Timestamp, civil::Date};

use crate::base::ids::{Digest, Seq};

/// The first line of every list.
const TITLE: &str = "GP Connect onboarding: where every ledger ends that moved since the list before";

/// What stands before the signature, on the last line of a list as a file.
const SIGNATURE: &str = "signature ";

/// What the name of a ledger in a list is made of, beside its own name and the digest of its first entry.
const NAME: &str = "GP Connect onboarding ledger";

/// Where one ledger ends.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Head {
    /// The ledger, by [`name_of`].
    pub ledger: Digest,
    /// Position of its last entry.
    pub seq: Seq,
    /// Digest of its last entry.
    pub digest: Digest,
}

/// The name that a ledger has in lists. Nobody who does not know the digest of its first entry can make it: a reference has so few
/// characters that all of them can be tried.
#[must_use]
pub fn name_of(stream: &str, first: &Digest) -> Digest {
    Digest::of(format!("{NAME} {stream} {first}").as_bytes())
}

/// A list of one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeadList {
    /// Its place among all lists, from 1.
    pub number: u64,
    /// The UK day on which it was made.
    pub day: Date,
    /// When it was made.
    pub made_at: Timestamp,
    /// Digest of the text of the list before; [`Digest::root`] for the first.
    pub before: Digest,
    /// The public key (Ed25519) that it is signed with, as 64 hexadecimal digits.
    pub key: String,
    /// Where ledgers end, by their names in lists.
    pub heads: Vec<Head>,
}

impl HeadList {
    /// The list as it is signed.
    #[must_use]
    pub fn text(&self) -> String {
        let Self { number, day, made_at, before, key, heads } = self;
        let mut text =
            format!("{TITLE}\nnumber {number}\nday {day}\nmade {made_at}\nbefore {before}\nkey {key}\nledgers {}\n", heads.len());
        for Head { ledger, seq, digest } in heads {
            // Writing to a text cannot fail.
            let _written = writeln!(text, "{ledger} {seq} {digest}");
        }
        text
    }

    /// The list that a text is.
    ///
    /// # Errors
    /// Why it is none, in a sentence.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut lines = text.lines();
        if lines.next() != Some(TITLE) {
            return Err("this is no list of heads: its first line is another one".to_owned());
        }
        let mut field = |name: &str| {
            let line = lines.next().and_then(|line| line.strip_prefix(name)).and_then(|rest| rest.strip_prefix(' '));
            line.map(str::to_owned).ok_or_else(|| format!("the line “{name} …” is not where it should be"))
        };
        let (number, day, made_at) = (field("number")?, field("day")?, field("made")?);
        let (before, key, count) = (field("before")?, field("key")?, field("ledgers")?);
        let mut heads = Vec::new();
        for line in lines {
            heads.push(head(line).ok_or_else(|| format!("“{}” says of no ledger where it ends", short(line)))?);
        }
        let list = Self {
            number: number.parse().map_err(|_| format!("“{}” is not the number of a list", short(&number)))?,
            day: day.parse().map_err(|_| format!("“{}” is no day", short(&day)))?,
            made_at: made_at.parse().map_err(|_| format!("“{}” is no time", short(&made_at)))?,
            before: before.parse().map_err(|_| format!("“{}” is no digest", short(&before)))?,
            key,
            heads,
        };
        if list.heads.len().to_string() != count {
            return Err(format!("it says that it has {} ledgers and has {}", short(&count), list.heads.len()));
        }
        if list.text() != text {
            return Err("it is not written as lists are".to_owned());
        }
        Ok(list)
    }
}

fn head(line: &str) -> Option<Head> {
    let mut parts = line.split(' ');
    let (ledger, seq, digest) = (parts.next()?, parts.next()?, parts.next()?);
    Some(Head { ledger: ledger.parse().ok()?, seq: Seq(seq.parse().ok()?), digest: digest.parse().ok()? })
}

fn short(text: &str) -> String {
    text.chars().take(80).collect()
}

/// A list with its signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedList {
    /// The list as it is signed.
    pub text: String,
    /// The signature (Ed25519) of these bytes, as 128 hexadecimal digits.
    pub signature: String,
}

impl SignedList {
    /// As a file to keep: the list, and the signature on a line behind it.
    #[must_use]
    pub fn file(&self) -> String {
        format!("{}{SIGNATURE}{}\n", self.text, self.signature)
    }

    /// What such a file holds. Line ends of Windows, which mail programs make, are taken for ours.
    ///
    /// # Errors
    /// When there is no signature at its end.
    pub fn of_file(file: &str) -> Result<Self, String> {
        let file = file.replace("\r\n", "\n");
        let before = file.trim_end().rsplit_once('\n');
        let signed = before.and_then(|(text, last)| Some((text, last.strip_prefix(SIGNATURE)?)));
        let (text, signature) = signed.ok_or("this is no list of heads: its last line is no signature")?;
        Ok(Self { text: format!("{text}\n"), signature: signature.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list() -> HeadList {
        HeadList {
            number: 12,
            day: jiff::civil::date(2026, 3, 29),
            made_at: "2026-03-28T23:59:60Z".parse().expect("a time"),
            before: Digest::of(b"before"),
            key: "ab".repeat(32),
            heads: vec![
                Head { ledger: name_of("7K3M-9PX4", &Digest::of(b"first")), seq: Seq(40), digest: Digest::of(b"last") },
                Head { ledger: name_of("people", &Digest::of(b"first")), seq: Seq(7), digest: Digest::of(b"other") },
            ],
        }
    }

    #[test]
    fn a_list_is_read_as_it_was_written() {
        for list in [list(), HeadList { heads: Vec::new(), ..list() }] {
            assert_eq!(HeadList::read(&list.text()).as_ref(), Ok(&list));
        }
    }

    #[test]
    fn a_text_that_is_written_otherwise_is_no_list() {
        let text = list().text();
        for (from, to) in [
            ("number 12", "number 012"),
            ("number 12", "number -12"),
            ("number 12\n", ""),
            ("ledgers 2", "ledgers 3"),
            ("day 2026-03-29", "day 20260329"),
            ("day 2026-03-29", "day 2026-02-30"),
            (" 40 ", " 40  "),
            (" 40 ", " +40 "),
            ("GP Connect", "GP connect"),
            ("before ", "Before "),
        ] {
            let changed = text.replacen(from, to, 1);
            assert_ne!(changed, text, "{from}");
            assert!(HeadList::read(&changed).is_err(), "{to}");
        }
        for changed in ["", "\n", &text[..text.len() - 1], &format!("{text}\n"), &format!("{text}a b c\n")] {
            assert!(HeadList::read(changed).is_err(), "{changed:?}");
        }
    }

    #[test]
    fn a_file_holds_the_list_and_its_signature() {
        let signed = SignedList { text: list().text(), signature: "01".repeat(64) };
        assert_eq!(SignedList::of_file(&signed.file()).as_ref(), Ok(&signed));
        assert_eq!(SignedList::of_file(&signed.file().replace('\n', "\r\n")).as_ref(), Ok(&signed));
        for no_list in ["", "signature 01", &signed.text] {
            assert!(SignedList::of_file(no_list).is_err(), "{no_list:?}");
        }
    }

    #[test]
    fn the_name_of_a_ledger_hangs_on_its_first_entry() {
        let name = |stream: &str, first: &[u8]| name_of(stream, &Digest::of(first));
        assert_eq!(name("7K3M-9PX4", b"a"), name("7K3M-9PX4", b"a"));
        assert_ne!(name("7K3M-9PX4", b"a"), name("7K3M-9PX4", b"b"));
        assert_ne!(name("7K3M-9PX4", b"a"), name("people", b"a"));
    }
}
