//! What people type, read as what it means: days, ODS codes, organisations, links, addresses.
//!
//! Long because codes, lists, links, days and addresses are read by the same few rules, and their tests stand below.

use std::collections::BTreeMap;

use jiff::civil::Date;
use url::Url;

use crate::base::text;

/// An organisation as a form names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Named {
    /// Its ODS code, upper case.
    pub ods_code: String,
    /// Its name.
    pub name: String,
}

/// An ODS code as it is kept: in capitals, without spaces. 3 to 10 letters and digits (domain/end_users.md §8, "general safe
/// rule"), one of which is a digit, unless it has a shape that codes without a digit have. So no word is taken for a code.
///
/// # Errors
/// What to do, with what looks wrong: a number, a date or letters that a spreadsheet or a typist put in place of a code.
pub fn ods_code(text: &str) -> Result<String, String> {
    let text = text::line(text);
    let written = text.replace(' ', "");
    let code = written.to_ascii_uppercase();
    let plain = (3..=10).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_alphanumeric());
    let shown: String = text.chars().take(40).collect();
    let spoiled = "looks like a number that a spreadsheet changed";
    if plain && code.bytes().all(|b| b.is_ascii_digit()) && code.len() > 3 && !code.starts_with('0') {
        return Err(format!("“{shown}” {spoiled}: was it 0{code}? Enter the code as the organisation writes it"));
    }
    if let Some(meant) = digits_meant(&code) {
        return Err(format!("“{shown}” has a letter where this kind of code has a digit. Was it {meant}?"));
    }
    if plain && (code.bytes().any(|b| b.is_ascii_digit()) || is_known_word(&code)) {
        return Ok(code);
    }
    if written.contains(['.', ',', '+']) && written.parse::<f64>().is_ok() {
        return Err(format!("“{shown}” {spoiled}. Enter the ODS code as the organisation writes it"));
    }
    if is_part_of_a_date(&written) {
        return Err(format!("“{shown}” looks like a date that a spreadsheet made of a code. Enter the ODS code"));
    }
    if plain {
        return Err(format!("“{shown}” is a word, not an ODS code. Enter the code, like YGA01"));
    }
    Err("Enter an ODS code: 3 to 10 letters and digits, like YGA01".to_owned())
}

/// Shapes of codes that may have no digit: a trust or its site, a board, a supplier (domain/end_users.md §8).
fn is_known_word(code: &str) -> bool {
    matches!((code.len(), code.as_bytes().first()), (3, Some(b'R' | b'Q' | b'Y')) | (5, Some(b'R')))
}

/// `A2OO47`: the code of a practice or a network, were its letters O, I and L digits. `None` when it needs no such change.
fn digits_meant(code: &str) -> Option<String> {
    let (first, rest) = code.split_at_checked(1).filter(|(_, rest)| rest.len() == 5)?;
    let meant: String = rest
        .chars()
        .map(|c| match c {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect();
    // One that has no digit at all is a word.
    let wrong = meant != rest && rest.bytes().any(|b| b.is_ascii_digit());
    let digits = first.bytes().all(|b| b.is_ascii_alphabetic()) && meant.bytes().all(|b| b.is_ascii_digit());
    (wrong && digits).then(|| format!("{first}{meant}"))
}

/// `01-Dec`, `Dec-01`, `01/12/2026`.
fn is_part_of_a_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split(['-', '/']).collect();
    let number = |part: &&str| (1..=4).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    (2..=3).contains(&parts.len()) && parts.iter().all(|part| number(part) || month(part).is_some()) && parts.iter().any(number)
}

/// Organisations written one a line: the code, then the name, with a space, comma or tab between. Empty lines are skipped.
///
/// # Errors
/// A sentence that names each line that cannot be read (the first five), and codes that come twice.
pub fn organisations(text: &str) -> Result<Vec<Named>, String> {
    let mut read: Vec<Named> = Vec::new();
    let mut lines: BTreeMap<String, usize> = BTreeMap::new();
    let mut faults = Vec::new();
    for (at, named) in each_organisation(text) {
        match named {
            Ok(known) if lines.contains_key(&known.ods_code) => {
                faults.push(format!("line {at}: {} is there already, in line {}", known.ods_code, lines[&known.ods_code]));
            }
            Ok(known) => {
                lines.insert(known.ods_code.clone(), at);
                read.push(known);
            }
            Err(says) => faults.push(format!("line {at}{says}")),
        }
    }
    if faults.is_empty() {
        return Ok(read);
    }
    let more = faults.len().saturating_sub(5);
    faults.truncate(5);
    let more = if more > 0 { format!("; and {more} more") } else { String::new() };
    Err(format!("Write one organisation per line, like “A21471 Willow Lane Surgery”: {}{more}", faults.join("; ")))
}

/// The same, each line by itself: its number from 1, and the organisation that it names or what is wrong with it, to be said
/// after its number. For whoever looks at a list that is still being written.
pub fn each_organisation(text: &str) -> impl Iterator<Item = (usize, Result<Named, String>)> {
    numbered(text).map(|(at, line)| (at, organisation(line)))
}

/// The lines that are not empty, with their numbers from 1.
pub(crate) fn numbered(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(at, line)| (at + 1, line.trim())).filter(|(_, line)| !line.is_empty())
}

pub(super) fn between(c: char) -> bool {
    c.is_whitespace() || matches!(c, ',' | ';' | '"')
}

/// One line of organisations; what is wrong, to be said after its number.
fn organisation(line: &str) -> Result<Named, String> {
    let line = line.trim_matches(between);
    let (first, rest) = line.split_once(between).unwrap_or((line, ""));
    let rest = rest.trim_matches(between);
    // A word in front of a name is a code only in capitals: “Red Lion Surgery” begins with none.
    let mut code = ods_code(first).and_then(|code| {
        let capitals = !first.bytes().any(|b| b.is_ascii_lowercase());
        let digit = code.bytes().any(|b| b.is_ascii_digit());
        if digit || capitals { Ok((code, rest)) } else { Err(format!("“{first}” is a word, not an ODS code")) }
    });
    // `A 20047 Elm`: the letter and the number of a practice or a network, taken apart.
    if let (1, Some((number, name))) = (first.len(), line[first.len()..].trim_start().split_once(between))
        && let Ok(joined) = ods_code(&format!("{first}{number}"))
        && joined.len() == 6
        && number.bytes().all(|b| b.is_ascii_digit())
    {
        code = Ok((joined, name.trim_matches(between)));
    }
    // The code of a practice further on says that the columns stand in another order.
    let practice = |word: &&str| word.len() == 6 && word.bytes().skip(1).all(|b| b.is_ascii_digit()) && ods_code(word).is_ok();
    let elsewhere = rest.split(between).find(practice);
    if let Some(there) =
        elsewhere.filter(|_| code.as_ref().is_ok_and(|(code, _)| !code.bytes().any(|b| b.is_ascii_digit())) || code.is_err())
    {
        return Err(format!(": begin with the code, {}, then the name alone", there.to_ascii_uppercase()));
    }
    let (code, name) = match code {
        Ok(found) => found,
        Err(why) if why.starts_with('“') => return Err(format!(" does not begin with an ODS code: {why}")),
        Err(_) => return Err(" does not begin with an ODS code".to_owned()),
    };
    if name.is_empty() {
        return Err(format!(": write the name after {code}"));
    }
    if name.contains('@') {
        return Err(format!(": write the name of {code} alone, without an email address"));
    }
    if name.chars().count() > 100 {
        return Err(format!(": the name of {code} is longer than 100 characters"));
    }
    Ok(Named { ods_code: code, name: name.to_owned() })
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
    for (at, line) in numbered(text) {
        let link = Url::parse(line).ok().filter(|link| {
            link.scheme() == "https" && link.host_str().is_some() && link.username().is_empty() && link.password().is_none()
        });
        let Some(link) = link.map(String::from).filter(|link| link.chars().count() <= LONGEST_LINK) else {
            return Err(format!(
                "Line {at} is not a link that can be opened. Write one per line, like https://example.org/evidence"
            ));
        };
        if !read.contains(&link) {
            read.push(link);
        }
    }
    Ok(read)
}

/// Why a text is no day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoDay {
    /// It is written in no way that is known here.
    Unread,
    /// This word is no month.
    NoMonth(String),
    /// The year has two digits.
    ShortYear,
    /// The year is not between 1900 and 2199.
    FarYear(String),
    /// There is no such day, for this reason.
    Missing(String),
}

impl NoDay {
    /// What to do about it, for the question with this label.
    #[must_use]
    pub fn says(&self, label: &str) -> String {
        let enter = format!("Enter a date for “{label}”");
        match self {
            NoDay::Unread => format!("{enter}, like 24 11 2026"),
            NoDay::NoMonth(word) => format!("{enter}, like 24 11 2026. “{word}” is not a month"),
            NoDay::ShortYear => format!("{enter} and write the year with four digits, like 24 11 2026"),
            NoDay::FarYear(year) => format!("{enter}, like 24 11 2026. The year {year} is too far away"),
            NoDay::Missing(why) => format!("{enter} that exists, with the day first: {why}"),
        }
    }
}

/// A day as people write it: `2026-11-24`, `24 11 2026`, `24/11/2026`, `24 November 2026`, `24th Nov 2026`, `Nov 24, 2026`.
/// Years from 1900 to 2199. It is read whole or not at all.
///
/// # Errors
/// Why it is none.
pub fn day(text: &str) -> Result<Date, NoDay> {
    let text = text::line(text).to_lowercase();
    let parts: Vec<&str> =
        text.split(|c: char| c.is_whitespace() || "/.-,".contains(c)).filter(|part| !part.is_empty()).collect();
    let [first, second, third] = parts.as_slice() else { return Err(NoDay::Unread) };
    let is_word = |part: &str| part.starts_with(|c: char| c.is_alphabetic());
    let (year, month_part, day) = match (first.len() == 4 && !is_word(first), is_word(first)) {
        (true, _) => (first, second, third),
        // A month in words in front of the day cannot be taken for another.
        (_, true) => (third, first, second),
        _ => (third, second, first),
    };
    let digits = |part: &str, most: usize| (1..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    let day = ["st", "nd", "rd", "th"].iter().find_map(|end| day.strip_suffix(end)).unwrap_or(day);
    let month = match month_part {
        word if is_word(word) => month(word).ok_or_else(|| NoDay::NoMonth(word.chars().take(40).collect()))?,
        number if digits(number, 2) => number.parse().map_err(|_| NoDay::Unread)?,
        _ => return Err(NoDay::Unread),
    };
    if !digits(day, 2) || !digits(year, 9) {
        return Err(NoDay::Unread);
    }
    if year.len() < 3 {
        return Err(NoDay::ShortYear);
    }
    let far = || NoDay::FarYear((*year).to_owned());
    let year: i16 = year.parse().map_err(|_| far())?;
    if !(1900..2200).contains(&year) {
        return Err(far());
    }
    let day: i8 = day.parse().map_err(|_| NoDay::Unread)?;
    let Some(name) = usize::try_from(month).ok().and_then(|month| MONTHS.get(month.checked_sub(1)?)) else {
        return Err(NoDay::Missing(format!("there is no month {month}")));
    };
    Date::new(year, month, day).map_err(|_| {
        let last = Date::new(year, month, 1).map_or(31, |first| first.days_in_month());
        NoDay::Missing(format!("{name} {year} has {last} days"))
    })
}

const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/// The month of this name, whole or its beginning with three letters at least.
fn month(word: &str) -> Option<i8> {
    let fits = |name: &str| name.get(..word.len()).is_some_and(|beginning| beginning.eq_ignore_ascii_case(word));
    let at = MONTHS.iter().position(|name| word.len() >= 3 && fits(name))?;
    i8::try_from(at + 1).ok()
}

/// One `@`, something before it, a dotted domain after it, no spaces, at most 254 bytes. Whether letters arrive is
/// proved by the link in the first one, not by syntax.
pub(crate) fn looks_like_email(text: &str) -> bool {
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
pub(crate) fn holds_address(text: &str) -> bool {
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
    use crate::form::{
        answers::Answers,
        field::{Field, Kind},
        questions::Form,
    };

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
            assert_eq!(day(text).ok(), wanted, "{text}");
        }
        for text in ["4th November 2026", "Nov 4 2026", "November 4, 2026", "4\u{a0}NOV\u{200b} 2026", "2026 November 4"] {
            assert_eq!(day(text).ok(), wanted, "{text}");
        }
        assert_eq!(day("1 Sept 2026").ok(), Some(jiff::civil::date(2026, 9, 1)));
    }

    #[test]
    fn a_day_is_read_whole_or_refused_with_what_is_wrong() {
        for text in ["", "yesterday", "1 2 3 4", "15", "+1 2 2026", "1 -2 2026 5", "1 2 2026th", "4 11 1e3", "1st 2nd 2026"] {
            assert_eq!(day(text), Err(NoDay::Unread), "{text}");
        }
        let says = |text: &str| day(text).expect_err(text).says("First day");
        for (text, part) in [
            ("31/2/2027", "that exists, with the day first: February 2027 has 28 days"),
            ("29/2/2027", "February 2027 has 28 days"),
            ("0 3 2026", "March 2026 has 31 days"),
            ("11/24/2026", "there is no month 24"),
            ("2026-13-01", "there is no month 13"),
            ("1 0 2026", "there is no month 0"),
            ("1/9/26", "write the year with four digits"),
            ("Sept 1 26", "write the year with four digits"),
            ("4 11 99999", "The year 99999 is too far away"),
            ("4 11 1899", "The year 1899 is too far away"),
            ("1 marmalade 2026", "“marmalade” is not a month"),
            ("1 Septober 2026", "“septober” is not a month"),
            ("1 se 2026", "“se” is not a month"),
            ("4 é11 2026", "“é11” is not a month"),
        ] {
            assert!(
                says(text).starts_with("Enter a date for “First day”") && says(text).contains(part),
                "{text}: {}",
                says(text)
            );
        }
    }

    #[test]
    fn a_word_is_no_code_and_what_a_spreadsheet_made_of_one_is_told() {
        for (text, code) in [
            (" a20047 ", "A20047"),
            ("A\u{a0}20047\u{200b}", "A20047"),
            ("rlp", "RLP"),
            ("RLP01", "RLP01"),
            ("QOX", "QOX"),
            ("14D", "14D"),
            ("U12345", "U12345"),
            ("FA123", "FA123"),
            ("A6JR", "A6JR"),
            ("YGA", "YGA"),
            ("GP0001", "GP0001"),
            ("T99999", "T99999"),
            ("02345", "02345"),
            ("302", "302"),
        ] {
            assert_eq!(ods_code(text).as_deref(), Ok(code), "{text}");
        }
        for (text, says) in [
            ("2345", "looks like a number that a spreadsheet changed: was it 02345?"),
            ("5.00E+01", "looks like a number that a spreadsheet changed"),
            ("2,345", "Enter an ODS code"),
            ("01-Dec", "looks like a date"),
            ("Dec-01", "looks like a date"),
            ("01/12/2026", "looks like a date"),
            ("A2OO47", "Was it A20047?"),
            ("b8261l", "Was it B82611?"),
            ("The", "is a word, not an ODS code"),
            ("north", "is a word, not an ODS code"),
            ("Surgery", "is a word, not an ODS code"),
            ("ßA1", "Enter an ODS code"),
            ("ı23", "Enter an ODS code"),
            ("A20047.", "Enter an ODS code"),
            ("A1", "Enter an ODS code"),
            ("", "Enter an ODS code"),
        ] {
            let said = ods_code(text).expect_err(text);
            assert!(said.contains(says), "{text}: {said}");
        }
    }

    #[test]
    fn a_line_without_a_code_names_no_organisation() {
        for (line, code, name) in [
            ("A 20047 Elm", "A20047", "Elm"),
            ("a20047, Elm Surgery", "A20047", "Elm Surgery"),
            ("\"A20047\",\"Elm Surgery\"", "A20047", "Elm Surgery"),
            ("RLP Longshore Trust", "RLP", "Longshore Trust"),
            ("RLP 1234567 Trust", "RLP", "1234567 Trust"),
            ("C81002;The Elms", "C81002", "The Elms"),
        ] {
            let read = organisations(line).expect(line);
            assert_eq!(read, [Named { ods_code: code.to_owned(), name: name.to_owned() }], "{line}");
        }
        for (line, says) in [
            ("The Surgery,A20047,Claire Jones,c.jones@nhs.net", "line 1: begin with the code, A20047, then the name alone"),
            ("Elm Surgery A20047", "line 1: begin with the code, A20047"),
            ("RED LION SURGERY,a20047", "line 1: begin with the code, A20047"),
            ("Red Lion Surgery", "line 1 does not begin with an ODS code: “Red” is a word"),
            ("North Surgery", "line 1 does not begin with an ODS code: “North” is a word"),
            ("North,5.00E+01,A Person,a@nhs.net", "line 1 does not begin with an ODS code: “North” is a word"),
            ("5.00E+01,North", "line 1 does not begin with an ODS code: “5.00E+01” looks like a number"),
            ("01-Dec North", "line 1 does not begin with an ODS code: “01-Dec” looks like a date"),
            ("2345 Zeros", "“2345” looks like a number that a spreadsheet changed: was it 02345?"),
            ("A2OO47 Elm", "Was it A20047?"),
            ("A20047,The Surgery,c.jones@nhs.net", "write the name of A20047 alone, without an email address"),
            ("A Better Surgery", "line 1 does not begin with an ODS code"),
        ] {
            let said = organisations(line).expect_err(line);
            assert!(said.contains(says), "{line}: {said}");
        }
    }

    #[test]
    fn a_very_long_list_is_counted_before_it_is_read() {
        let form = Form::of(vec![Field::new("sites", "Sites", Kind::Organisations { most: 500 })]);
        let mut list = String::new();
        for at in 0..60_000 {
            list += &format!("X{at:06} A\n");
        }
        let says = form.check(&Answers::default().with("sites", &list)).expect_err("too many").0[0].says.clone();
        assert_eq!(says, "“Sites” takes at most 500 organisations. There are 60000 lines");
        // What is lawful in number is compared with a set.
        assert_eq!(organisations(&list).expect("each is another").len(), 60_000);
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
