//! One question: what sort of answer it takes, and what is said when an answer does not fit.

use std::{collections::BTreeSet, fmt};

use crate::{
    base::{
        ids::{Digest, FieldId},
        text,
    },
    form::{
        answers::{LONGEST, Problem},
        read::{LONGEST_LINK, day, links, looks_like_email, numbered, ods_code, organisations},
        waves::{Wave, waves},
    },
};

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
    /// A time in whole milliseconds that must be below one limit and should be below another.
    Figure {
        /// Milliseconds that it must be below.
        must: u32,
        /// Milliseconds that it should be below.
        should: u32,
    },
    /// Organisations, one a line: the ODS code, then the name. At most so many.
    Organisations {
        /// Lines.
        most: usize,
    },
    /// Sites as [`Kind::Organisations`], in waves: a line like `Wave 2 from 2 March 2027` begins the next. At most so many sites.
    Waves {
        /// Sites.
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
        let named = (1..=LONGEST_NAME).contains(&name.chars().count()) && !name.chars().any(char::is_control);
        let digest = digest.parse().ok().filter(|_| named)?;
        Some(Self { digest, name: name.to_owned() })
    }
}

impl fmt::Display for FileRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.digest, self.name)
    }
}

/// How a figure stands against its limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Against {
    /// Below what it should be below.
    Target,
    /// Below what it must be below, and not below what it should be.
    Limit,
    /// Not below what it must be below.
    Missed,
}

/// Whole milliseconds as a person writes them: `180`, `180 ms`. What is not plain enough to be compared is none.
fn milliseconds(text: &str) -> Option<u32> {
    let number = text.trim().trim_end_matches("milliseconds").trim_end_matches("ms").trim_end();
    number.parse().ok()
}

/// Waves of sites that one plan may have.
pub const MOST_WAVES: usize = 20;

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
    /// It tells of the past: a day that is answered has come ([`super::Form::days`]).
    pub past: bool,
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
            past: false,
        }
    }

    /// Tells of the past.
    #[must_use]
    pub fn past(mut self) -> Self {
        self.past = true;
        self
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

    /// How an answer stands against the limits of this question; `None` where it has none, or the answer is no figure.
    #[must_use]
    pub fn against(&self, answer: &str) -> Option<Against> {
        let Kind::Figure { must, should } = self.kind else { return None };
        let figure = milliseconds(answer)?;
        Some(match figure {
            figure if figure < should => Against::Target,
            figure if figure < must => Against::Limit,
            _ => Against::Missed,
        })
    }

    /// A figure with its limits, as a sentence.
    pub(crate) fn figure_in_words(&self, answer: &str) -> Option<String> {
        let Kind::Figure { must, should } = self.kind else { return None };
        let how = match self.against(answer)? {
            Against::Target => format!("below {should} ms, as it should be"),
            Against::Limit => format!("below the limit of {must} ms, not below {should} ms, as it should be"),
            Against::Missed => format!("not below the limit of {must} ms"),
        };
        Some(format!("{} ms: {how}.", milliseconds(answer)?))
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
            Kind::Organisations { most } | Kind::Waves { most } => Some(most * 120),
            Kind::Links { most } => Some(most * LONGEST_LINK),
            _ => None,
        }
    }

    /// The values of this question in what was sent. A question that takes one has the first; of many, empty ones are none.
    pub(crate) fn values(&self, sent: &[String]) -> Vec<String> {
        match self.kind {
            Kind::Choices(_) | Kind::Files { .. } => sent.iter().filter(|value| !value.is_empty()).cloned().collect(),
            _ => sent.iter().take(1).cloned().collect(),
        }
    }

    /// Why no draft keeps these values, if none does.
    pub(crate) fn cannot_keep(&self, values: &[String]) -> Option<Problem> {
        let most = match &self.kind {
            Kind::Choices(options) => options.len(),
            Kind::Files { most } => *most,
            _ => 1,
        };
        let over = values.len().saturating_sub(most);
        if over > 0 {
            let things = if matches!(self.kind, Kind::Files { .. }) { "files" } else { "answers" };
            let says = format!("“{}” takes at most {most} {things}. Remove {over}", self.label);
            return Some(Problem::new(self.id.as_str(), says));
        }
        let longest = self.limit().unwrap_or(0).max(LONGEST);
        let over = values.iter().any(|value| value.chars().count() > longest);
        over.then(|| self.too_long(values)).flatten()
    }

    /// By how much an answer is longer than this question takes, if it is.
    pub(crate) fn too_long(&self, values: &[String]) -> Option<Problem> {
        let max = self.limit().unwrap_or(LONGEST);
        let over = values.iter().map(|value| value.chars().count().saturating_sub(max)).max().filter(|over| *over > 0)?;
        let s = if over == 1 { "" } else { "s" };
        Some(Problem::new(self.id.as_str(), format!("Shorten “{}” by {over} character{s}", self.label)))
    }

    pub(crate) fn check(&self, values: &[String]) -> Result<Vec<String>, Problem> {
        let problem = |says: String| Problem::new(self.id.as_str(), says);
        let mut values: Vec<String> = values.iter().map(|v| text::tidy(v)).filter(|v| !v.is_empty()).collect();
        if !matches!(self.kind, Kind::Choices(_) | Kind::Files { .. }) {
            values.truncate(1);
        }
        if values.is_empty() {
            return self.missing.as_ref().map_or(Ok(values), |says| Err(problem(says.clone())));
        }
        match &self.kind {
            Kind::Line { .. } | Kind::Words { .. } => {
                if let Some(problem) = self.too_long(&values) {
                    return Err(problem);
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
                Ok(code) => values[0] = code,
                Err(says) => return Err(problem(says)),
            },
            Kind::Organisations { most } => {
                let lines = numbered(&values[0]).count();
                if lines > *most {
                    let says = format!("“{}” takes at most {most} organisations. There are {lines} lines", self.label);
                    return Err(problem(says));
                }
                let read = organisations(&values[0]).map_err(&problem)?;
                let lines: Vec<String> = read.iter().map(|o| format!("{} {}", o.ods_code, o.name)).collect();
                values[0] = lines.join("\n");
            }
            Kind::Waves { most } => {
                let lines = numbered(&values[0]).count();
                if lines > most + MOST_WAVES {
                    let says = format!("“{}” takes at most {most} sites. There are {lines} lines", self.label);
                    return Err(problem(says));
                }
                let read = waves(&values[0]).map_err(&problem)?;
                let sites: usize = read.iter().map(|wave| wave.sites.len()).sum();
                if sites > *most || read.len() > MOST_WAVES {
                    let says = format!("“{}” takes at most {most} sites in {MOST_WAVES} waves", self.label);
                    return Err(problem(says));
                }
                values[0] = read.iter().map(Wave::to_string).collect::<Vec<_>>().join("\n");
            }
            Kind::Links { most } => {
                let read = links(&values[0]).map_err(&problem)?;
                if read.len() > *most {
                    return Err(problem(format!("“{}” takes at most {most} links. Remove {}", self.label, read.len() - most)));
                }
                values[0] = read.join("\n");
            }
            Kind::Figure { .. } => match milliseconds(&values[0]) {
                Some(figure) => values[0] = figure.to_string(),
                None => return Err(problem("Enter whole milliseconds, such as 180".to_owned())),
            },
            Kind::Day => match day(&values[0]) {
                Ok(day) => values[0] = day.to_string(),
                Err(why) => return Err(problem(why.says(&self.label))),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::{answers::Answers, questions::Form};

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
    fn an_address_is_the_same_with_what_nobody_can_see_in_it() {
        let form = Form::of(vec![Field::new("email", "Email", Kind::Email)]);
        let read = |typed: &str| form.check(&Answers::default().with("email", typed)).map(|clean| clean.one("email").to_owned());
        for typed in
            ["Claire@NHS.net", "\u{a0}claire@nhs.net\u{200b}", "claire\u{ad}@nhs.net\u{feff}", "\u{202a}claire@nhs.net\u{202c}"]
        {
            assert_eq!(read(typed).as_deref(), Ok("claire@nhs.net"), "{typed:?}");
        }
        assert!(read("claire\u{a0}jones@nhs.net").is_err(), "a space that can be seen is one");
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
}
