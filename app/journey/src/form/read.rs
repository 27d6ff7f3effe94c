//! What people type, read as what it means: days, ODS codes, organisations, links, addresses.

use jiff::civil::Date;
use url::Url;

/// An organisation as a form names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Named {
    /// Its ODS code, upper case.
    pub ods_code: String,
    /// Its name.
    pub name: String,
}

/// An ODS code, trimmed and in upper case: 3 to 10 letters and digits (domain/end_users.md §8, "general safe rule").
#[must_use]
pub fn ods_code(text: &str) -> Option<String> {
    let code = text.trim().to_uppercase().replace(' ', "");
    ((3..=10).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_alphanumeric())).then_some(code)
}

/// Organisations written one a line: the code, then the name, with a space, comma or tab between. Empty lines are skipped.
///
/// # Errors
/// A sentence that names each line that cannot be read (the first five), and codes that come twice.
pub fn organisations(text: &str) -> Result<Vec<Named>, String> {
    let mut read: Vec<Named> = Vec::new();
    let mut faults = Vec::new();
    for (at, line) in text.lines().enumerate().map(|(at, line)| (at + 1, line.trim())).filter(|(_, line)| !line.is_empty()) {
        let (code, name) = line.split_once(|c: char| c.is_whitespace() || c == ',' || c == ';').unwrap_or((line, ""));
        let name = name.trim_matches(|c: char| c.is_whitespace() || c == ',' || c == ';');
        let digit = code.bytes().any(|b| b.is_ascii_digit()) || code.len() <= 5;
        match ods_code(code).filter(|_| digit) {
            None => faults.push(format!("line {at} does not begin with an ODS code")),
            Some(code) if name.is_empty() => faults.push(format!("line {at}: write the name after {code}")),
            Some(code) if name.chars().count() > 100 => {
                faults.push(format!("line {at}: the name of {code} is longer than 100 characters"))
            }
            Some(code) if read.iter().any(|known| known.ods_code == code) => {
                faults.push(format!("line {at}: {code} is there already"))
            }
            Some(code) => read.push(Named { ods_code: code, name: name.to_owned() }),
        }
    }
    if faults.is_empty() {
        return Ok(read);
    }
    let more = faults.len().saturating_sub(5);
    faults.truncate(5);
    let more = if more > 0 { format!("; and {more} more") } else { String::new() };
    Err(format!("Write one organisation a line, like “A21471 Willow Lane Surgery”: {}{more}", faults.join("; ")))
}

/// Longest link, in characters.
pub const LONGEST_LINK: usize = 500;

/// Links written one a line, as browsers understand them: `https`, a host, nobody's name and password. Empty lines are
/// skipped, and the same link twice is one.
///
/// # Errors
/// A sentence that names the first line that is no such link.
pub fn links(text: &str) -> Result<Vec<String>, String> {
    let mut read: Vec<String> = Vec::new();
    for (at, line) in text.lines().enumerate().map(|(at, line)| (at + 1, line.trim())).filter(|(_, line)| !line.is_empty()) {
        let link = Url::parse(line).ok().filter(|link| {
            link.scheme() == "https" && link.host_str().is_some() && link.username().is_empty() && link.password().is_none()
        });
        let Some(link) = link.map(String::from).filter(|link| link.chars().count() <= LONGEST_LINK) else {
            return Err(format!(
                "Line {at} is not a link that can be opened. Write one a line, like https://example.org/evidence"
            ));
        };
        if !read.contains(&link) {
            read.push(link);
        }
    }
    Ok(read)
}

/// Line ends as `\n`, control characters gone, outer space trimmed. Bidirectional overrides go too: they can make a
/// sentence read differently from what is stored and signed.
pub(crate) fn tidy(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.chars()
        .filter(|c| *c == '\n' || *c == '\t' || !c.is_control())
        // The two separators of Unicode would break a line where none is expected.
        .filter(|c| !matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'))
        .collect::<String>()
        .trim()
        .to_owned()
}

/// A day as people write it: `2026-11-24`, `24 11 2026`, `24/11/2026`, `24 November 2026`. Years from 1900 to 2199.
#[must_use]
pub fn day(text: &str) -> Option<Date> {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let parts: Vec<String> =
        text.split(|c: char| c.is_whitespace() || "/.-,".contains(c)).filter(|p| !p.is_empty()).map(str::to_lowercase).collect();
    let [first, month, last] = parts.as_slice() else { return None };
    let (year, day) = if first.len() == 4 { (first, last) } else { (last, first) };
    let month = month.parse::<i8>().ok().or_else(|| {
        let at = MONTHS.iter().position(|m| month.is_char_boundary(3) && month.len() >= 3 && month.starts_with(m))?;
        i8::try_from(at + 1).ok()
    })?;
    let year = year.parse::<i16>().ok().filter(|year| (1900..2200).contains(year))?;
    Date::new(year, month, day.parse().ok()?).ok()
}

/// One `@`, something before it, a dotted domain after it, no spaces, at most 254 bytes. Whether letters arrive is
/// proved by the link in the first one, not by syntax.
pub(super) fn looks_like_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let label = |l: &str| {
        !l.is_empty()
            && l.len() <= 63
            && l.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            && !l.starts_with('-')
            && !l.ends_with('-')
    };
    text.len() <= 254
        && !local.is_empty()
        && local.len() <= 64
        && local.split('.').all(|part| !part.is_empty())
        && local.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '@' | '<' | '>' | '(' | ')' | ',' | ';' | ':' | '"' | '\\'))
        && domain.contains('.')
        && domain.split('.').all(label)
}

/// Whether a text holds something that mail programs make a link of: a web address or an address for email.
pub(super) fn holds_address(text: &str) -> bool {
    let text = text.to_lowercase();
    // `St.Mary's` and `Dr.Jones` are names; `evil.example` is a host.
    let host = |word: &str| {
        let word = word.split(['/', '?', '#', ':']).next().unwrap_or_default().trim_matches(|c: char| !c.is_alphanumeric());
        let mut labels = word.rsplit('.');
        let (last, before) = (labels.next().unwrap_or_default(), labels.next().unwrap_or_default());
        last.len() >= 2 && last.chars().all(char::is_alphabetic) && before.chars().count() >= 4
    };
    text.contains("://") || text.contains("www.") || text.contains('@') || text.split_whitespace().any(host)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::{Answers, Field, Form, Kind};

    #[test]
    fn a_name_is_told_from_an_address() {
        for name in [
            "St.Mary's Hospital",
            "Dr.Jones",
            "J. R. Smith",
            "A.N.Other Ltd.",
            "Acme Systems Ltd.",
            "Zoë O'Neill",
            "NHS 24",
            "3.5 Ltd",
        ] {
            assert!(!holds_address(name), "{name}");
        }
        for address in [
            "Visit https://evil.example/login to keep your access",
            "www.evil.example",
            "Go to evil.example/login now",
            "(evil.example)",
            "evil.example:8080/x",
            "write to me@evil.example",
            "Evil.Example",
        ] {
            assert!(holds_address(address), "{address}");
        }
    }

    #[test]
    fn days_are_read_as_people_write_them() {
        let wanted = Some(jiff::civil::date(2026, 11, 4));
        for text in ["2026-11-04", "4 11 2026", "04/11/2026", "4 November 2026", "4 nov 2026", " 4. 11. 2026 "] {
            assert_eq!(day(text), wanted, "{text}");
        }
        for text in ["", "yesterday", "31 2 2026", "4 11 26", "4 é11 2026", "2026-13-01", "4 11 99999", "1 2 3 4"] {
            assert_eq!(day(text), None, "{text}");
        }
    }

    #[test]
    fn organisations_are_read_line_by_line_and_every_fault_names_its_line() {
        let read = organisations("a21471 Willow Lane Surgery\n\nRLP, Longshore Trust\tNorth").expect("two");
        assert_eq!(read.iter().map(|o| o.ods_code.as_str()).collect::<Vec<_>>(), ["A21471", "RLP"]);
        assert_eq!(read[1].name, "Longshore Trust\tNorth");
        let says = organisations("Willowlane Surgery\nA21471\nB82617 One\nB82617 Two").expect_err("three faults");
        for words in ["line 1 does not", "line 2: write the name after A21471", "line 4: B82617 is there already"] {
            assert!(says.contains(words), "{says}");
        }
    }

    #[test]
    fn links_are_for_browsers_and_only_over_tls() {
        let form = Form::of(vec![Field::new("links", "Links", Kind::Links { most: 2 })]);
        let sent = |text: &str| form.check(&Answers::default().with("links", text)).map(|clean| clean.one("links").to_owned());
        let tidy = sent("  HTTPS://Example.org/a b \n\nhttps://example.org/a%20b").expect("one link, written twice");
        assert_eq!(tidy, "https://example.org/a%20b");
        for bad in
            ["javascript:alert(1)", "http://example.org", "https://", "example.org", "https://nhs.uk@evil.example/", "//x.org"]
        {
            let says = sent(&format!("https://example.org\n{bad}")).expect_err(bad).0[0].says.clone();
            assert!(says.starts_with("Line 2 is not a link"), "{says}");
        }
        assert!(sent(&format!("https://example.org/{}", "x".repeat(LONGEST_LINK))).is_err());
        assert!(sent("https://a.org\nhttps://b.org\nhttps://c.org").is_err(), "one too many");
    }

    #[test]
    fn emails_are_told_from_nonsense() {
        for good in ["a@b.co", "first.last+tag@sub.nhs.net", "o'neill@example.org"] {
            assert!(looks_like_email(good), "{good}");
        }
        for bad in [
            "",
            "@",
            "a@",
            "@b.co",
            "a@b",
            "a..b@c.de",
            ".a@b.co",
            "a.@b.co",
            "a b@c.de",
            "a@b..co",
            "a@-b.co",
            "a@b.co\nBcc: x@y.zz",
            "a,b@c.de",
        ] {
            assert!(!looks_like_email(bad), "{bad}");
        }
    }
}
