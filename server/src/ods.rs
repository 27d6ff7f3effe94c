//! Files of the Organisation Data Service, read into the register of ODS codes: one organisation a line, without a heading, in
//! the layout that they all share; or who came after whom (`succ.csv`). Read line by line, so that a file of any length costs
//! the memory of one line and of a hundred thousand rows. A line that cannot be read is told by its number and left out.

use std::io::{BufRead, Read as _};

use jiff::{Timestamp, civil::Date};
use journey::{base::ods::Listed, port::ods::SAMPLE};
use store::{Db, OdsFile};

/// Bytes of a line: those of the files have some hundred.
const LONGEST_LINE: u64 = 16 * 1024;
/// Lines that are told one by one.
const MOST_TOLD: usize = 20;
/// Characters of a name that are kept.
const LONGEST_NAME: usize = 200;

/// What a file brought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Organisations that were read.
    pub codes: u64,
    /// Those of them that are closed.
    pub closed: u64,
    /// Successions that were read.
    pub successors: u64,
    /// Lines that were left out.
    pub left_out: u64,
    /// What was wrong with the first of them, with their numbers.
    pub told: Vec<String>,
}

impl Summary {
    /// The same as sentences, for the person at the terminal.
    #[must_use]
    pub fn in_words(&self, name: &str) -> String {
        let mut words = match self.successors {
            0 => format!("{name}: {} organisations, {} of them closed.", self.codes, self.closed),
            some => format!("{name}: {some} successions."),
        };
        if self.left_out > 0 {
            words += &format!(" {} lines could not be read and were left out:\n", self.left_out);
            words += &self.told.iter().map(|line| format!("  {name}, {line}\n")).collect::<String>();
            let more = self.left_out.saturating_sub(self.told.len() as u64);
            words += &if more > 0 { format!("  and {more} more") } else { String::new() };
        }
        words.trim_end().to_owned()
    }
}

/// Loads one file into the register, whole or not at all. Its name says what its organisations are.
///
/// # Errors
/// Why nothing of it was loaded.
pub async fn load(db: &Db, name: &str, lines: impl BufRead, now: Timestamp) -> Result<Summary, String> {
    let stem = stem_of(name);
    if PEOPLE.contains(&stem.as_str()) {
        return Err(format!("{name} holds people and not organisations. It is not loaded"));
    }
    let mut file = db.load_ods(name);
    let summary = read(&mut file, &stem, lines).await.map_err(|error| format!("{name}: {error}"))?;
    if summary.codes + summary.successors == 0 {
        let first = summary.told.first().cloned().unwrap_or_else(|| "it is empty".to_owned());
        return Err(format!(
            "{name}: nothing could be read, so nothing was loaded: {first}. Is it a CSV file of the Organisation Data Service?"
        ));
    }
    file.done(now).await.map_err(|error| error.to_string())?;
    Ok(summary)
}

/// Loads the sample of invented organisations, for the demo. Whoever loads a real file loses it.
///
/// # Errors
/// When the database does not answer.
pub async fn load_sample(db: &Db, now: Timestamp) -> Result<(), String> {
    let mut file = db.load_ods(SAMPLE);
    for (stem, text) in SAMPLES {
        read(&mut file, stem, text.as_bytes()).await?;
    }
    file.done(now).await.map_err(|error| error.to_string())
}

/// The sample, in the layout of the real files. Nobody in it exists.
pub const SAMPLES: &[(&str, &str)] = &[
    ("epraccur", include_str!("demo/ods/epraccur.csv")),
    ("etr", include_str!("demo/ods/etr.csv")),
    ("eother", include_str!("demo/ods/eother.csv")),
    ("succ", include_str!("demo/ods/succ.csv")),
];

/// `epraccur` of `/tmp/ODS/Epraccur (2).csv`.
fn stem_of(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default().to_lowercase();
    last.chars().take_while(char::is_ascii_alphanumeric).collect()
}

async fn read(file: &mut OdsFile, stem: &str, mut lines: impl BufRead) -> Result<Summary, String> {
    let mut summary = Summary::default();
    let (mut line, mut number) = (Vec::new(), 0_u64);
    loop {
        line.clear();
        number += 1;
        let taken = lines.by_ref().take(LONGEST_LINE + 1).read_until(b'\n', &mut line).map_err(|error| error.to_string())?;
        if taken == 0 {
            return Ok(summary);
        }
        let read = if taken as u64 > LONGEST_LINE {
            pass(&mut lines).map_err(|error| error.to_string())?;
            Err(format!("it is longer than {LONGEST_LINE} bytes"))
        } else {
            fields(&line)
        };
        let fields = match read {
            Ok(fields) if fields.iter().all(String::is_empty) => continue,
            // Some who pass the files on put a heading above them.
            Ok(fields) if number == 1 && fields[0].to_lowercase().replace(' ', "").contains("code") => continue,
            read => read,
        };
        let told = if stem.starts_with("succ") {
            match fields.and_then(|fields| succession(&fields)) {
                Ok((code, next, since)) => {
                    file.succeeded(code, next, since).await.map_err(|error| error.to_string())?;
                    summary.successors += 1;
                    continue;
                }
                Err(told) => told,
            }
        } else {
            match fields.and_then(|fields| organisation(stem, &fields)) {
                Ok(listed) => {
                    summary.closed += u64::from(listed.ended);
                    summary.codes += 1;
                    file.organisation(listed).await.map_err(|error| error.to_string())?;
                    continue;
                }
                Err(told) => told,
            }
        };
        summary.left_out += 1;
        if summary.told.len() < MOST_TOLD {
            summary.told.push(format!("line {number}: {told}"));
        }
    }
}

/// Reads past the rest of a line.
fn pass(lines: &mut impl BufRead) -> std::io::Result<()> {
    loop {
        let there = lines.fill_buf()?;
        let end = there.iter().position(|byte| *byte == b'\n');
        let taken = end.map_or(there.len(), |at| at + 1);
        lines.consume(taken);
        if end.is_some() || taken == 0 {
            return Ok(());
        }
    }
}

/// The fields of a line, in UTF-8 or as Windows writes text.
fn fields(line: &[u8]) -> Result<Vec<String>, String> {
    let text = match std::str::from_utf8(line) {
        Ok(text) => text.trim_start_matches('\u{feff}').to_owned(),
        Err(_) => encoding_rs::WINDOWS_1252.decode(line).0.into_owned(),
    };
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .buffer_capacity(text.len().max(1))
        .from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    match reader.read_record(&mut record) {
        Ok(true) => Ok(record.iter().map(journey::base::text::line).collect()),
        Ok(false) => Ok(Vec::new()),
        Err(error) => Err(error.to_string()),
    }
}

/// An organisation in the layout that the files share: code, name, two groupings, five lines of address, postcode, the days on
/// which it opened and closed, a status; further on, for practices, the setting in which they prescribe.
fn organisation(stem: &str, fields: &[String]) -> Result<Listed, String> {
    let at = |column: usize| fields.get(column).map(String::as_str).unwrap_or_default();
    if fields.len() < 12 {
        return Err(format!("it has {} columns, and a file of organisations has 27", fields.len()));
    }
    let code = code(at(0))?;
    let name: String = at(1).chars().take(LONGEST_NAME).collect();
    if name.is_empty() {
        return Err(format!("{code} has no name"));
    }
    let (opened, closed) = (day(at(10), "opened")?, day(at(11), "closed")?);
    // A day to come closes nothing yet; the other signs are those of older and newer files.
    let ended = matches!(at(12).to_ascii_uppercase().as_str(), "C" | "CLOSED" | "I" | "INACTIVE");
    let role = role(stem, &code, at(25)).to_owned();
    Ok(Listed { name, role, opened, closed, ended, code, successors: Vec::new() })
}

/// Who came after whom, since when: the two codes, a reason, a day.
fn succession(fields: &[String]) -> Result<(String, String, Option<Date>), String> {
    let [before, after, rest @ ..] = fields else {
        return Err(format!("it has {} columns, and a file of successions has the code before and the code after", fields.len()));
    };
    let (before, after) = (code(before)?, code(after)?);
    if before == after {
        return Err(format!("{before} does not come after itself"));
    }
    let since = rest.iter().take(3).find_map(|text| day(text, "").ok().flatten());
    Ok((before, after, since))
}

fn code(text: &str) -> Result<String, String> {
    let code = text.to_ascii_uppercase();
    let is_code = (2..=12).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_alphanumeric());
    if is_code { Ok(code) } else { Err(format!("“{}” is no ODS code", text.chars().take(40).collect::<String>())) }
}

/// A day as the files write it, `20260302`, or as others do.
fn day(text: &str, what: &str) -> Result<Option<Date>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let plain = text.replace('-', "");
    let part = |range| plain.get(range).and_then(|digits: &str| digits.parse::<i16>().ok());
    let is_day = plain.len() == 8 && plain.bytes().all(|b| b.is_ascii_digit());
    let read = || {
        let (month, day) = (i8::try_from(part(4..6)?).ok()?, i8::try_from(part(6..8)?).ok()?);
        Date::new(part(0..4)?, month, day).ok()
    };
    match is_day.then(read).flatten() {
        Some(day) => Ok(Some(day)),
        None => Err(format!("the day on which it {what}, “{}”, cannot be read", text.chars().take(20).collect::<String>())),
    }
}

/// What the organisations of a file are, by its name; of practices, by the setting in which they prescribe.
fn role(stem: &str, code: &str, setting: &str) -> &'static str {
    if stem == "epraccur" {
        return match setting {
            "4" | "" => "GP practice",
            "1" | "2" | "3" => "Walk-in or out-of-hours practice",
            "8" => "Public health service",
            "9" => "Community health service",
            "10" => "Hospital service",
            "11" => "Optometry service",
            "12" => "Urgent and emergency care",
            "13" => "Hospice",
            "14" => "Care home or nursing home",
            "15" | "16" | "17" | "18" | "19" | "20" | "21" | "24" | "25" => "Health service of the justice estate",
            "22" => "Sexual assault referral centre",
            _ => "Prescribing cost centre",
        };
    }
    // Boards stand among other authorities.
    if stem == "eauth" && code.len() == 3 && code.starts_with('Q') {
        return "Integrated care board";
    }
    ROLES.iter().find(|(name, _)| *name == stem).map_or("", |(_, role)| role)
}

/// Files by their names, after the predefined reports of the Organisation Data Service.
const ROLES: &[(&str, &str)] = &[
    ("eauth", "Health authority"),
    ("ebranchs", "Branch of a GP practice"),
    ("ecarehomehq", "Headquarters of care homes"),
    ("ecarehomesite", "Care home"),
    ("ecare", "Care home"),
    ("eccg", "Sub-location of an integrated care board"),
    ("eccgsite", "Site of a sub-location"),
    ("ecsu", "Commissioning support unit"),
    ("ecsusite", "Site of a commissioning support unit"),
    ("ect", "Care trust"),
    ("ectsite", "Site of a care trust"),
    ("edispensary", "Pharmacy"),
    ("egdpprac", "Dental practice"),
    ("ehospice", "Hospice"),
    ("eicb", "Integrated care board"),
    ("ejustice", "Organisation of justice"),
    ("elauth", "Local authority"),
    ("elauthsite", "Site of a local authority"),
    ("enonnhs", "Organisation outside the NHS"),
    ("ensa", "NHS support agency"),
    ("eopthq", "Headquarters of opticians"),
    ("eoptsite", "Optician"),
    ("eother", "Other organisation"),
    ("epcn", "Primary care network"),
    ("epharmacyhq", "Headquarters of pharmacies"),
    ("ephp", "Independent provider"),
    ("ephpsite", "Site of an independent provider"),
    ("eprison", "Prison"),
    ("eschools", "School"),
    ("espha", "Special health authority"),
    ("etr", "NHS trust"),
    ("etreat", "Treatment centre"),
    ("ets", "Site of an NHS trust"),
];

/// Files of people: practitioners, dentists, nurses, consultants. What is not needed is not kept.
const PEOPLE: &[&str] = &["egpcur", "egparc", "egdp", "enurse", "econcur", "econarc"];

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn parsed(stem: &str, line: &str) -> Result<Listed, String> {
        organisation(stem, &fields(line.as_bytes()).expect("fields"))
    }

    #[test]
    fn a_line_is_read_in_the_layout_of_the_files() {
        let line = "\"A81001\",\"THE DENSHAM SURGERY\",\"Y63\",\"QHM\",\"THE HEALTH CENTRE\",\"LAWSON STREET\",\"STOCKTON\",\"CLEVELAND\",\"\",\"TS18 1HU\",\"19740401\",\"20250401\",\"C\",\"B\",\"16C\",\"20130401\",\"\",\"01642 672351\",\"\",\"\",\"\",\"0\",\"\",\"16C\",\"\",\"4\",\"\"\r\n";
        let read = parsed("epraccur", line).expect("a line");
        assert_eq!(
            (read.code.as_str(), read.name.as_str(), read.role.as_str()),
            ("A81001", "THE DENSHAM SURGERY", "GP practice")
        );
        assert_eq!((read.opened, read.closed, read.ended), (Some(date(1974, 4, 1)), Some(date(2025, 4, 1)), true));
        let line = "RXQ,CAF\u{c9} TRUST,Y,Q,,,,,,XX1 1XX,2001-04-01,,ACTIVE";
        let read = parsed("etr", line).expect("a short line");
        assert_eq!((read.role.as_str(), read.opened, read.ended), ("NHS trust", Some(date(2001, 4, 1)), false));
        assert_eq!(fields(b"RXQ,CAF\xc9 TRUST\n").expect("Windows-1252")[1], "CAF\u{c9} TRUST");
        assert_eq!(role("eauth", "QHM", ""), "Integrated care board");
        assert_eq!(role("enew", "QHM", ""), "");
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        for (line, says) in [
            ("A81001,Short", "2 columns"),
            ("A 81,Name,,,,,,,,,,", "“A 81” is no ODS code"),
            ("A81001,,,,,,,,,,,", "A81001 has no name"),
            ("A81001,Name,,,,,,,,,19740431,", "opened, “19740431”, cannot be read"),
            ("A81001,Name,,,,,,,,,,soon", "closed, “soon”, cannot be read"),
        ] {
            assert!(parsed("epraccur", line).is_err_and(|why| why.contains(says)), "{line}");
        }
        let succession = |line: &str| succession(&fields(line.as_bytes()).expect("fields"));
        assert_eq!(succession("5A1,5b2,R,20130401,1"), Ok(("5A1".to_owned(), "5B2".to_owned(), Some(date(2013, 4, 1)))));
        assert_eq!(succession("5A1,5B2"), Ok(("5A1".to_owned(), "5B2".to_owned(), None)));
        assert!(succession("5A1,5A1").is_err() && succession("5A1").is_err());
    }

    #[test]
    fn names_of_files_say_what_they_hold() {
        for (name, stem) in [("/tmp/ODS/Epraccur (2).csv", "epraccur"), ("C:\\ods\\etr.CSV", "etr"), ("succ.csv", "succ")] {
            assert_eq!(stem_of(name), stem);
        }
    }

    #[test]
    fn the_sample_can_be_read_and_all_of_it_is_invented() {
        for (stem, text) in SAMPLES {
            for line in text.lines() {
                let read = fields(line.as_bytes()).expect("fields");
                let code = if stem.starts_with("succ") {
                    succession(&read).map(|it| it.0)
                } else {
                    organisation(stem, &read).map(|it| it.code)
                };
                assert!(code.is_ok_and(|code| code.starts_with("T99")), "{line}");
            }
        }
    }
}
