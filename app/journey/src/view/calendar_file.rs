//! A meeting as a file for calendars (RFC 5545). The file of a meeting is the same bytes each time until something changes,
//! and keeps its `UID`, so that a calendar changes the entry that it has instead of making a second one.

use jiff::Timestamp;

use crate::rule::meeting::{Meeting, Stage};

/// What a calendar shows of a meeting beside its time.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its line in a calendar.
    pub summary: String,
    /// What it is about, and by whom.
    pub description: String,
    /// The page of the meeting.
    pub page: String,
    /// The name of this service on the network: with the id of the meeting it is known nowhere else.
    pub host: String,
}

/// The file of a meeting; `None` where no time was ever agreed.
#[must_use]
pub fn file(meeting: &Meeting, entry: &Entry) -> Option<String> {
    let (start, agreed) = meeting.held()?;
    let (status, changed) = match meeting.stage()? {
        Stage::Cancelled(step) => ("CANCELLED", step.at),
        _ => ("CONFIRMED", agreed.at),
    };
    let lines = [
        ("BEGIN", "VCALENDAR".to_owned()),
        ("VERSION", "2.0".to_owned()),
        ("PRODID", "-//NHS England//GP Connect onboarding//EN".to_owned()),
        ("CALSCALE", "GREGORIAN".to_owned()),
        ("METHOD", "PUBLISH".to_owned()),
        ("BEGIN", "VEVENT".to_owned()),
        ("UID", escaped(&format!("{}@{}", meeting.id, entry.host))),
        ("DTSTAMP", utc(changed)),
        ("LAST-MODIFIED", utc(changed)),
        ("SEQUENCE", meeting.sequence().to_string()),
        ("DTSTART", utc(start)),
        ("DTEND", utc(agreed.end_of(start))),
        ("SUMMARY", escaped(&entry.summary)),
        ("DESCRIPTION", escaped(&entry.description)),
        ("LOCATION", escaped(&agreed.place)),
        ("URL", entry.page.clone()),
        ("STATUS", status.to_owned()),
        ("TRANSP", "OPAQUE".to_owned()),
        ("END", "VEVENT".to_owned()),
        ("END", "VCALENDAR".to_owned()),
    ];
    Some(lines.iter().map(|(name, value)| folded(&format!("{name}:{value}"))).collect())
}

/// An instant as calendars everywhere read it: in UTC, so that no rule about summer time is needed.
fn utc(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// A text value: backslash, semicolon, comma and line ends are written with a backslash (section 3.3.11).
fn escaped(words: &str) -> String {
    let mut text = String::with_capacity(words.len());
    for letter in words.replace("\r\n", "\n").chars() {
        match letter {
            '\\' | ';' | ',' => text.extend(['\\', letter]),
            '\n' | '\r' => text.push_str("\\n"),
            letter if letter.is_control() && letter != '\t' => {}
            letter => text.push(letter),
        }
    }
    text
}

/// A line cut so that no part is longer than 75 octets, each but the first after a space (section 3.1). No letter is cut.
fn folded(line: &str) -> String {
    const LONGEST: usize = 75;
    let (mut text, mut used) = (String::with_capacity(line.len() + 8), 0);
    for letter in line.chars() {
        if used + letter.len_utf8() > LONGEST {
            text.push_str("\r\n ");
            used = 1;
        }
        text.push(letter);
        used += letter.len_utf8();
    }
    text.push_str("\r\n");
    text
}
