//! Questions, their checks and their messages, kept together: one [`Form`] per page that asks something.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::{
    actor::Role,
    ids::{Digest, FieldId},
};

/// Longest text that any answer may have before it is even looked at, in characters.
/// Longer ones are cut off by the gate as a body that is too large; this bounds a single field of a lawful body.
pub const LONGEST: usize = 20_000;

/// What was typed: for each question the values sent, in page order. One value for a line of text, several for tick boxes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Answers(pub BTreeMap<String, Vec<String>>);

impl Answers {
    /// The single value of a question; empty when there is none.
    #[must_use]
    pub fn one(&self, field: &str) -> &str {
        self.0.get(field).and_then(|values| values.first()).map_or("", String::as_str)
    }

    /// All values of a question.
    #[must_use]
    pub fn many(&self, field: &str) -> &[String] {
        self.0.get(field).map_or(&[], Vec::as_slice)
    }

    /// The same with this question answered.
    #[must_use]
    pub fn with(mut self, field: &str, value: &str) -> Self {
        self.0.insert(field.to_owned(), vec![value.to_owned()]);
        self
    }

    /// Whether nothing at all was typed.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.0.values().flatten().all(|value| value.trim().is_empty())
    }

    /// The text that is stored and whose digest is signed: JSON with keys in order, so that equal answers are equal bytes.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|_| "{}".to_owned())
    }
}

/// One thing to put right, said to the person who can.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The question it belongs to; the summary links there.
    pub field: String,
    /// What to do, as a sentence without full stop.
    pub says: String,
}

impl Problem {
    /// A problem with this question.
    #[must_use]
    pub fn new(field: &str, says: impl Into<String>) -> Self {
        Self { field: field.to_owned(), says: says.into() }
    }
}

/// Everything to put right, in page order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

/// An option of a choice: value, words, one line of explanation (may be empty).
pub type Choice = (&'static str, &'static str, &'static str);

/// What sort of answer a question takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One line of text, at most so many characters.
    Line {
        /// Characters.
        max: usize,
    },
    /// Several lines of text, at most so many characters.
    Words {
        /// Characters.
        max: usize,
    },
    /// One of these.
    Choice(Vec<Choice>),
    /// One of these, from a short list that is usually left as it is.
    Pick(Vec<Choice>),
    /// Any of these.
    Choices(Vec<Choice>),
    /// An address for email.
    Email,
    /// A code of the Organisation Data Service (domain/end_users.md §8).
    OdsCode,
    /// A day, as `2026-11-24`; a person may type it in other usual ways.
    Day,
    /// Organisations, one a line: the ODS code, then the name. At most so many.
    Organisations {
        /// Lines.
        most: usize,
    },
    /// Addresses of pages, one a line. At most so many.
    Links {
        /// Lines.
        most: usize,
    },
    /// Files that were uploaded before, each as [`FileRef`] writes it.
    Files {
        /// At most so many.
        most: usize,
    },
}

/// A file as an answer names it: the digest of its bytes, a space, the name it was sent under. So whoever signs or
/// submits an answer is bound to the bytes and not to a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRef {
    /// SHA-256 of the bytes.
    pub digest: Digest,
    /// The name it was sent under, for people.
    pub name: String,
}

impl FileRef {
    /// Reads what [`fmt::Display`] writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (digest, name) = text.split_once(' ')?;
        let fits = digest.len() == 64 && digest.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'a'..=b'f'));
        let named = (1..=LONGEST_NAME).contains(&name.chars().count()) && !name.chars().any(char::is_control);
        let digest = digest.parse().ok().filter(|_| fits && named)?;
        Some(Self { digest, name: name.to_owned() })
    }
}

impl fmt::Display for FileRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.digest, self.name)
    }
}

/// Longest name of a file, in characters.
pub const LONGEST_NAME: usize = 200;

/// One question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Name in the form, the draft and the submission.
    pub id: FieldId,
    /// The question, as asked.
    pub label: String,
    /// Help below it; may be empty.
    pub hint: String,
    /// What sort of answer.
    pub kind: Kind,
    /// What is said when nothing was answered; `None` when that is fine.
    pub missing: Option<String>,
}

impl Field {
    /// A question that may be left out.
    ///
    /// # Panics
    /// When the id is not one: ids are written in the source, never typed by a person.
    #[must_use]
    pub fn new(id: &str, label: &str, kind: Kind) -> Self {
        Self {
            id: id.parse().expect("ids of questions are written in the source"),
            label: label.to_owned(),
            hint: String::new(),
            kind,
            missing: None,
        }
    }

    /// With help below the question.
    #[must_use]
    pub fn hint(mut self, hint: &str) -> Self {
        hint.clone_into(&mut self.hint);
        self
    }

    /// Must be answered; this is said when it is not.
    #[must_use]
    pub fn required(mut self, missing: &str) -> Self {
        self.missing = Some(missing.to_owned());
        self
    }

    /// The options of a choice.
    #[must_use]
    pub fn options(&self) -> &[Choice] {
        match &self.kind {
            Kind::Choice(options) | Kind::Pick(options) | Kind::Choices(options) => options,
            _ => &[],
        }
    }

    /// Longest answer, in characters, where there is such a limit.
    #[must_use]
    pub fn limit(&self) -> Option<usize> {
        match self.kind {
            Kind::Line { max } | Kind::Words { max } => Some(max),
            Kind::Organisations { most } => Some(most * 120),
            Kind::Links { most } => Some(most * LONGEST_LINK),
            _ => None,
        }
    }

    /// How many values an answer may have.
    fn most(&self) -> usize {
        match &self.kind {
            Kind::Choices(options) => options.len(),
            Kind::Files { most } => *most,
            _ => 1,
        }
    }

    fn check(&self, values: &[String]) -> Result<Vec<String>, Problem> {
        let problem = |says: String| Problem::new(self.id.as_str(), says);
        let mut values: Vec<String> = values.iter().map(|v| tidy(v)).filter(|v| !v.is_empty()).collect();
        if !matches!(self.kind, Kind::Choices(_) | Kind::Files { .. }) {
            values.truncate(1);
        }
        if values.is_empty() {
            return self.missing.as_ref().map_or(Ok(values), |says| Err(problem(says.clone())));
        }
        match &self.kind {
            Kind::Line { max } | Kind::Words { max } => {
                let length = values[0].chars().count();
                if length > *max {
                    let over = length - max;
                    let s = if over == 1 { "" } else { "s" };
                    return Err(problem(format!("Shorten “{}” by {over} character{s}", self.label)));
                }
                if matches!(self.kind, Kind::Line { .. }) && values[0].contains('\n') {
                    return Err(problem(format!("Write the answer to “{}” on one line", self.label)));
                }
            }
            Kind::Choice(options) | Kind::Pick(options) | Kind::Choices(options) => {
                if values.iter().any(|v| !options.iter().any(|o| o.0 == v)) {
                    return Err(problem(format!("Select one of the answers shown for “{}”", self.label)));
                }
                let order = |v: &String| options.iter().position(|o| o.0 == v);
                values.sort_by_key(order);
                values.dedup();
            }
            Kind::Email => {
                values[0] = values[0].to_lowercase();
                if !looks_like_email(&values[0]) {
                    return Err(problem("Enter an email address in the right format, like name@example.com".to_owned()));
                }
            }
            Kind::OdsCode => match ods_code(&values[0]) {
                Some(code) => values[0] = code,
                None => return Err(problem("Enter an ODS code: 3 to 10 letters and digits, like YGA01".to_owned())),
            },
            Kind::Organisations { most } => {
                let read = organisations(&values[0]).map_err(&problem)?;
                if read.len() > *most {
                    return Err(problem(format!("“{}” takes at most {most} organisations", self.label)));
                }
                let lines: Vec<String> = read.iter().map(|o| format!("{} {}", o.ods_code, o.name)).collect();
                values[0] = lines.join("\n");
            }
            Kind::Links { most } => {
                let read = links(&values[0]).map_err(&problem)?;
                if read.len() > *most {
                    return Err(problem(format!("“{}” takes at most {most} links. Remove {}", self.label, read.len() - most)));
                }
                values[0] = read.join("\n");
            }
            Kind::Day => match day(&values[0]) {
                Some(day) => values[0] = day.to_string(),
                None => return Err(problem(format!("Enter a date for “{}”, like 24 11 2026", self.label))),
            },
            Kind::Files { most } => {
                let mut there = BTreeSet::new();
                values.retain(|value| FileRef::parse(value).is_none_or(|file| there.insert(file.digest)));
                if values.iter().any(|value| FileRef::parse(value).is_none()) {
                    return Err(problem(format!("Add the files for “{}” again", self.label)));
                }
                if values.len() > *most {
                    return Err(problem(format!("“{}” takes at most {most} files. Remove {}", self.label, values.len() - most)));
                }
            }
        }
        Ok(values)
    }
}

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
        .filter(|c| !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'))
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
fn looks_like_email(text: &str) -> bool {
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
        && local.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '@' | '<' | '>' | '(' | ')' | ',' | ';' | ':' | '"' | '\\'))
        && domain.contains('.')
        && domain.split('.').all(label)
}

/// What answers must be together, beside what each must be alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rule {
    /// The second day is not before the first.
    NotBefore {
        /// The earlier one.
        from: &'static str,
        /// The later one.
        to: &'static str,
        /// What is said otherwise, of the later one.
        says: &'static str,
    },
    /// When a question has one of these answers, another one must be answered too.
    Needs {
        /// The question.
        when: String,
        /// The answers.
        is: &'static [&'static str],
        /// One of these must be answered then; what is said goes to the first.
        one_of: Vec<String>,
        /// What is said otherwise.
        says: String,
    },
    /// One of several questions has this answer.
    Any {
        /// The questions; what is said goes to the first.
        of: Vec<&'static str>,
        /// The answer.
        is: &'static str,
        /// What is said otherwise.
        says: &'static str,
    },
    /// A question must not have this answer.
    Not {
        /// The question.
        field: &'static str,
        /// The answer.
        is: &'static str,
        /// What is said then.
        says: &'static str,
    },
}

impl Rule {
    fn broken(&self, answers: &Answers) -> Option<Problem> {
        match self {
            Rule::NotBefore { from, to, says } => {
                let (from, last) = (answers.one(from), answers.one(to));
                // Days are stored as they sort.
                (!from.is_empty() && !last.is_empty() && last < from).then(|| Problem::new(to, *says))
            }
            Rule::Needs { when, is, one_of, says } => {
                let asked = is.contains(&answers.one(when));
                let answered = one_of.iter().any(|field| !answers.many(field).is_empty());
                (asked && !answered).then(|| Problem::new(one_of.first().map_or("", String::as_str), says.clone()))
            }
            Rule::Any { of, is, says } => {
                let some = of.iter().any(|field| answers.one(field) == *is);
                (!some).then(|| Problem::new(of.first().copied().unwrap_or_default(), *says))
            }
            Rule::Not { field, is, says } => (answers.one(field) == *is).then(|| Problem::new(field, *says)),
        }
    }
}

/// Answers that are judged together, such as a row of the SCAL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What findings name.
    pub id: FieldId,
    /// Its heading.
    pub label: String,
    /// What the reviewer must know; may be empty.
    pub about: String,
    /// The questions in it.
    pub fields: Vec<FieldId>,
    /// The role that judges it; `None` for every role that decides.
    pub owner: Option<Role>,
}

impl Part {
    /// An answer that is judged by itself.
    #[must_use]
    pub fn alone(field: &Field) -> Self {
        Self {
            id: field.id.clone(),
            label: field.label.clone(),
            about: String::new(),
            fields: vec![field.id.clone()],
            owner: None,
        }
    }

    /// Whether nothing in it was answered.
    #[must_use]
    pub fn is_blank(&self, answers: &Answers) -> bool {
        self.fields.iter().all(|id| answers.many(id.as_str()).is_empty())
    }

    /// Whether an answer of this part differs between two submissions.
    #[must_use]
    pub fn differs(&self, old: &Answers, new: &Answers) -> bool {
        self.fields.iter().any(|id| old.many(id.as_str()) != new.many(id.as_str()))
    }
}

/// The questions of one page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// In page order.
    pub fields: Vec<Field>,
    /// What answers must be together.
    pub rules: Vec<Rule>,
    /// What is judged together; empty when each answer is judged by itself.
    pub parts: Vec<Part>,
}

impl Form {
    /// Questions that have nothing to do with each other.
    #[must_use]
    pub fn of(fields: Vec<Field>) -> Self {
        Self { fields, ..Self::default() }
    }

    /// The same with a rule.
    #[must_use]
    pub fn rule(mut self, rule: Rule) -> Self {
        self.rules.push(rule);
        self
    }

    /// What a reviewer gives a verdict on, in page order.
    #[must_use]
    pub fn to_review(&self) -> Vec<Part> {
        if !self.parts.is_empty() {
            return self.parts.clone();
        }
        self.fields.iter().map(Part::alone).collect()
    }

    /// The answers of a part in words, one below the other; with the questions when there are several.
    #[must_use]
    pub fn part_in_words(&self, part: &Part, answers: &Answers) -> String {
        let one = |id: &FieldId| {
            let words = self.in_words(id, answers);
            match self.field(id.as_str()) {
                Some(field) if part.fields.len() > 1 && !words.is_empty() => format!("{}: {words}", field.label),
                _ => words,
            }
        };
        part.fields.iter().map(one).filter(|words| !words.is_empty()).collect::<Vec<String>>().join("\n")
    }

    /// The question with this id.
    #[must_use]
    pub fn field(&self, id: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.id.as_str() == id)
    }

    /// The answers tidied, with nothing that was not asked.
    ///
    /// # Errors
    /// Every problem at once, in page order.
    pub fn check(&self, answers: &Answers) -> Result<Answers, Problems> {
        let mut clean = Answers::default();
        let mut problems = Vec::new();
        for field in &self.fields {
            match field.check(answers.many(field.id.as_str())) {
                Ok(values) if values.is_empty() => {}
                Ok(values) => {
                    clean.0.insert(field.id.to_string(), values);
                }
                Err(problem) => problems.push(problem),
            }
        }
        // A rule about an answer that cannot stand anyway would only say it twice.
        for problem in self.rules.iter().filter_map(|rule| rule.broken(&clean)) {
            if !problems.iter().any(|known| known.field == problem.field) {
                problems.push(problem);
            }
        }
        let place = |problem: &Problem| self.fields.iter().position(|field| field.id.as_str() == problem.field);
        problems.sort_by_key(place);
        if problems.is_empty() { Ok(clean) } else { Err(Problems(problems)) }
    }

    /// What a draft keeps: only what was asked, and never more than [`LONGEST`] characters of it. Nothing is judged.
    #[must_use]
    pub fn keep(&self, answers: &Answers) -> Answers {
        let mut kept = Answers::default();
        for field in &self.fields {
            let values: Vec<String> =
                answers.many(field.id.as_str()).iter().take(field.most()).map(|v| v.chars().take(LONGEST).collect()).collect();
            if !values.is_empty() {
                kept.0.insert(field.id.to_string(), values);
            }
        }
        kept
    }

    /// An answer in words: options by their label, lists joined.
    #[must_use]
    pub fn in_words(&self, field: &FieldId, answers: &Answers) -> String {
        let Some(asked) = self.field(field.as_str()) else { return String::new() };
        let word = |value: &String| match asked.kind {
            Kind::Files { .. } => FileRef::parse(value).map_or_else(|| value.clone(), |file| file.name),
            _ => asked.options().iter().find(|o| o.0 == value).map_or_else(|| value.clone(), |o| o.1.to_owned()),
        };
        answers.many(field.as_str()).iter().map(word).collect::<Vec<_>>().join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(max: usize) -> Form {
        Form::of(vec![Field::new("name", "Name", Kind::Line { max }).required("Enter a name")])
    }

    #[test]
    fn the_limit_counts_characters_and_says_how_many_too_many() {
        let form = line(3);
        assert!(form.check(&Answers::default().with("name", "äöü")).is_ok());
        let says = form.check(&Answers::default().with("name", "äöüß")).expect_err("four").0[0].says.clone();
        assert_eq!(says, "Shorten “Name” by 1 character");
    }

    #[test]
    fn control_and_direction_characters_never_reach_a_submission() {
        let typed = Answers::default().with("name", " a\u{0}\u{202e}b\u{7} ");
        assert_eq!(line(9).check(&typed).expect("fits").one("name"), "ab");
    }

    #[test]
    fn what_was_not_asked_is_dropped() {
        let typed = Answers::default().with("name", "a").with("admin", "yes");
        assert_eq!(line(9).check(&typed).expect("fits").0.len(), 1);
        assert_eq!(line(9).keep(&typed).0.len(), 1);
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
    fn answers_must_agree_with_each_other() {
        let form = Form::of(vec![
            Field::new("from", "From", Kind::Day),
            Field::new("to", "To", Kind::Day),
            Field::new("met", "Met?", Kind::Choice(vec![("yes", "Yes", ""), ("no", "No", "")])),
            Field::new("why", "Why?", Kind::Words { max: 9 }),
        ])
        .rule(Rule::NotBefore { from: "from", to: "to", says: "Too early" })
        .rule(Rule::Needs {
            when: "met".to_owned(),
            is: &["no"],
            one_of: vec!["why".to_owned()],
            says: "Say why".to_owned(),
        });
        let typed = Answers::default().with("from", "2 3 2026").with("to", "1 3 2026").with("met", "no");
        let says = |typed: &Answers| form.check(typed).err().map(|p| p.0.into_iter().map(|p| p.says).collect::<Vec<_>>());
        assert_eq!(says(&typed), Some(vec!["Too early".to_owned(), "Say why".to_owned()]));
        assert_eq!(says(&typed.with("to", "2 3 2026").with("why", "because")), None);
    }

    #[test]
    fn files_are_digests_with_a_name_and_no_more_than_asked() {
        let form = Form::of(vec![Field::new("files", "Files", Kind::Files { most: 2 })]);
        let file = |name: &str| FileRef { digest: Digest::of(name.as_bytes()), name: name.to_owned() }.to_string();
        let sent = |values: Vec<String>| form.check(&Answers([("files".to_owned(), values)].into()));
        assert_eq!(sent(vec![file("a b.pdf"), file("c")]).expect("two").many("files").len(), 2);
        assert!(sent(vec![file("a"), file("b"), file("c")]).is_err());
        assert!(sent(vec!["0123 a.pdf".to_owned()]).is_err());
        assert_eq!(form.in_words(&"files".parse().expect("id"), &Answers::default().with("files", &file("a b.pdf"))), "a b.pdf");
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
        for bad in ["", "@", "a@", "@b.co", "a@b", "a b@c.de", "a@b..co", "a@-b.co", "a@b.co\nBcc: x@y.zz", "a,b@c.de"] {
            assert!(!looks_like_email(bad), "{bad}");
        }
    }
}
