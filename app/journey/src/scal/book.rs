//! The copy of a SCAL that a supplier works on: every row with its answer, who looks after it, how it stands and what is
//! still missing. It is made from what was sent last and from the drafts of the rows, and it decides what may be sent.
//!
//! Long because how a row stands, what may be sent and what is missing come from one look at the same drafts.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::{
    base::{
        actor::Role,
        environment::Environment,
        fold,
        ids::{FieldId, PersonId, Round, Seq},
        named::named,
        text,
    },
    catalogue::row::{Level, Row, row_form},
    form::{Answers, Field, Form, Kind, Problem, Problems},
    ledger::{
        journey::{Again, Journey, Why},
        refusal::Refusal,
        standing::{TaskRecord, Verdict},
    },
    rule::{
        draft::{Draft, DraftSeen},
        reason,
    },
};

/// Subject of the draft of one row.
#[must_use]
pub fn subject_of(row: &FieldId) -> String {
    format!("{SUBJECT}{row}")
}

/// What subjects of rows begin with.
pub const SUBJECT: &str = "row.";

/// The question for words that only the own side reads.
pub const NOTE: &str = "note";

/// The question for who looks after a row.
pub const ASSIGNEE: &str = "assignee";

/// The question for the event that asked a row again, named by whoever has looked at the row since: its position in the ledger.
pub const CONFIRMED: &str = "confirmed";

/// What the draft of a row may hold: its answer, a note of the own side, who looks after it, and that it was looked at again.
#[must_use]
pub fn draft_form(row: &Row) -> Form {
    let mut form = row_form(row).clone();
    form.fields.push(Field::new(NOTE, "Note for your own side", Kind::Words { max: reason::LONGEST_WORDS }));
    form.fields.push(Field::new(ASSIGNEE, "Who looks after this row", Kind::Line { max: 60 }));
    form.fields.push(Field::new(CONFIRMED, "Looked at again", Kind::Line { max: 20 }));
    form
}

/// How a row stands for those who answer it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RowStatus {
    /// A change was requested, and the answer is still the same.
    ChangeRequested,
    /// The catalogue asks something else now, or the product is another one: the answer must be looked at.
    AskedAgain,
    /// Nothing was answered.
    ToAnswer,
    /// Something is written, and something is missing.
    Started,
    /// Answered, and not judged yet.
    Answered,
    /// Accepted under a condition.
    AcceptedWithCondition,
    /// Accepted.
    Accepted,
}

impl RowStatus {
    /// Every one, worst first.
    pub const ALL: &'static [RowStatus] = &[
        RowStatus::ChangeRequested,
        RowStatus::AskedAgain,
        RowStatus::ToAnswer,
        RowStatus::Started,
        RowStatus::Answered,
        RowStatus::AcceptedWithCondition,
        RowStatus::Accepted,
    ];

    /// The words on a page and in a workbook (design/product.md, "Words").
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            RowStatus::ChangeRequested => "Change requested",
            RowStatus::AskedAgain => "Asked again",
            RowStatus::ToAnswer => "Not answered",
            RowStatus::Started => "Started",
            RowStatus::Answered => "Answered",
            RowStatus::AcceptedWithCondition => "Accepted with condition",
            RowStatus::Accepted => "Accepted",
        }
    }

    /// Whether something must be done before the SCAL can be sent.
    #[must_use]
    pub fn blocks(self) -> bool {
        self <= RowStatus::Started
    }
}

/// A row with everything that is known of it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// As the catalogue asks it.
    pub row: &'static Row,
    /// Its answer.
    pub answers: Answers,
    /// Words that only the own side reads.
    pub note: String,
    /// Who looks after it.
    pub assignee: Option<PersonId>,
    /// Whoever looked after it has left the supplier: it needs somebody else ([`find_left`]).
    pub left: bool,
    /// Who saved it last, and when.
    pub saved: Option<(PersonId, Timestamp)>,
    /// Version of its draft; 0 when there is none.
    pub version: u64,
    /// The event for which somebody has said last that the answer is right; empty when nobody has.
    pub confirmed: String,
    /// The last word of a reviewer on it.
    pub verdict: Option<Verdict>,
    /// How it stands.
    pub stands: RowStatus,
    /// Since when and why it is asked again, while it is.
    pub again: Option<Again>,
}

impl Entry {
    /// Its status, `met` and so on; empty when there is none.
    #[must_use]
    pub fn status(&self) -> &str {
        self.answers.one(self.row.field.as_str())
    }

    /// Its words.
    #[must_use]
    pub fn words(&self) -> &str {
        self.answers.one(self.row.words())
    }

    /// Its files.
    #[must_use]
    pub fn files(&self) -> &[String] {
        self.answers.many(self.row.files())
    }

    /// Its links, one by one.
    #[must_use]
    pub fn links(&self) -> Vec<&str> {
        self.answers.one(self.row.links()).lines().collect()
    }

    /// How many pieces of evidence it names.
    #[must_use]
    pub fn proofs(&self) -> usize {
        self.files().len() + self.links().len()
    }

    /// Whether it is said to be met and names none of the evidence that is expected: to be told before it is sent.
    #[must_use]
    pub fn lacks_evidence(&self) -> bool {
        self.status() == "met" && crate::catalogue::row::expects_evidence(self.row) && self.proofs() == 0
    }

    /// What its draft holds now: the answer with note, assignee and confirmation.
    #[must_use]
    pub fn body(&self) -> Answers {
        let mut body = self.answers.clone();
        if !self.note.is_empty() {
            body = body.with(NOTE, &self.note);
        }
        if let Some(person) = &self.assignee {
            body = body.with(ASSIGNEE, person.as_str());
        }
        if !self.confirmed.is_empty() {
            body = body.with(CONFIRMED, &self.confirmed);
        }
        body
    }

    /// The same, said to be right for what is asked now. Nothing but this ends that a row is asked again.
    #[must_use]
    pub fn confirmed_body(&self) -> Answers {
        let body = self.body();
        match &self.again {
            Some(again) => body.with(CONFIRMED, &again.since.to_string()),
            None => body,
        }
    }
}

/// Only what a row asks.
pub(crate) fn of_row(row: &Row, answers: &Answers) -> Answers {
    let mut own = Answers::default();
    for field in &row_form(row).fields {
        let id = field.id.as_str();
        // Drafts of before kept line ends as browsers send them, and what nobody can see.
        let values: Vec<String> = match field.kind {
            Kind::Files { .. } => answers.many(id).iter().filter(|v| !v.is_empty()).cloned().collect(),
            _ => answers.many(id).iter().map(|v| text::tidy(v)).filter(|v| !v.is_empty()).collect(),
        };
        if !values.is_empty() {
            own.0.insert(id.to_owned(), values);
        }
    }
    own
}

/// Every row of a journey's SCAL. `sent` is every round, oldest first; `drafts` are those of its rows and may hold others.
///
/// # Errors
/// A sentence for the log when a draft cannot be read.
pub fn entries(
    journey: &Journey,
    record: &TaskRecord,
    sent: &[(Round, Answers)],
    drafts: &[Draft],
) -> Result<Vec<Entry>, String> {
    let nothing = Answers::default();
    let last = sent.last().map_or(&nothing, |(_, answers)| answers);
    let rounds = sent;
    let drafts: HashMap<&str, &Draft> =
        drafts.iter().filter_map(|draft| Some((draft.subject.strip_prefix(SUBJECT)?, draft))).collect();
    let read = |row: &'static Row| -> Result<Entry, String> {
        let draft = drafts.get(row.field.as_str()).copied();
        let body: Option<Answers> = match draft {
            Some(draft) => Some(serde_json::from_str(&draft.body).map_err(|error| format!("draft of {}: {error}", row.id))?),
            None => None,
        };
        let before = of_row(row, last);
        // What was read into the last round counts as that round says it; what was saved beside it is newer.
        let newer = draft.is_some_and(|draft| !draft.sent);
        let answers = match &body {
            Some(body) if newer => of_row(row, body),
            _ => before,
        };
        let kept = body.unwrap_or_default();
        let verdict = record.verdicts.last(&row.field).cloned();
        let confirmed = kept.one(CONFIRMED).parse().map_or(Seq(0), Seq);
        let again = journey.asked_again(&row.field).filter(|again| confirmed < again.since && !answers.is_blank());
        // A verdict is about the words of its round, whatever was sent since.
        let judged = |verdict: &&Verdict| {
            rounds.iter().find(|(round, _)| *round == verdict.round).is_some_and(|(_, then)| of_row(row, then) == answers)
        };
        let stands = stands(row, &answers, verdict.as_ref().filter(judged), again.is_some());
        Ok(Entry {
            row,
            stands,
            answers,
            note: text::tidy(kept.one(NOTE)),
            assignee: kept.one(ASSIGNEE).parse().ok(),
            left: false,
            saved: draft.map(|draft| (draft.by.clone(), draft.at)),
            version: draft.map_or(0, |draft| draft.version),
            confirmed: kept.one(CONFIRMED).to_owned(),
            verdict,
            again: again.cloned(),
        })
    };
    crate::catalogue::scal::rows(&journey.opening).into_iter().map(read).collect()
}

/// `verdict` is that of exactly this answer.
fn stands(row: &Row, answers: &Answers, verdict: Option<&Verdict>, asked_again: bool) -> RowStatus {
    match verdict {
        _ if asked_again => RowStatus::AskedAgain,
        Some(verdict) if verdict.finding.is_some() => RowStatus::ChangeRequested,
        Some(verdict) if verdict.condition.is_some() => RowStatus::AcceptedWithCondition,
        Some(_) => RowStatus::Accepted,
        None if answers.is_blank() => RowStatus::ToAnswer,
        None if crate::catalogue::row::is_answered(row, answers) => RowStatus::Answered,
        None => RowStatus::Started,
    }
}

/// The drafts that go into a submission made of these: every version that was not sent yet.
#[must_use]
pub fn taken(drafts: &[Draft]) -> Vec<DraftSeen> {
    let seen = |draft: &Draft| DraftSeen { task: draft.task.clone(), subject: draft.subject.clone(), version: draft.version };
    drafts.iter().filter(|draft| draft.subject.starts_with(SUBJECT) && !draft.sent).map(seen).collect()
}

/// Marks the rows whose assignee is none of these members any more.
pub fn find_left<'a>(entries: &mut [Entry], members: impl IntoIterator<Item = &'a PersonId>) {
    let members: Vec<&PersonId> = members.into_iter().collect();
    for entry in entries {
        entry.left = entry.assignee.as_ref().is_some_and(|person| !members.contains(&person));
    }
}

/// A confirmation as it may be kept: of an event that has happened.
#[must_use]
pub fn confirmable(journey: &Journey, named: &str) -> bool {
    named.parse().is_ok_and(|seq| Seq(seq) <= journey.seq)
}

/// Everything that can be sent, or what is missing, row by row.
///
/// # Errors
/// A problem for each row that blocks.
pub fn to_send(entries: &[Entry]) -> Result<Answers, Problems> {
    let mut whole = Answers::default();
    let mut problems = Vec::new();
    for entry in entries {
        let id = entry.row.field.as_str();
        let name = &entry.row.id;
        match entry.stands {
            RowStatus::ChangeRequested => problems.push(Problem::new(id, format!("Change the answer to {name}, as was asked"))),
            RowStatus::AskedAgain => {
                let why = match entry.again.as_ref().map(|again| &again.why) {
                    Some(Why::NewVersion(product)) => format!("version {product} touches it"),
                    Some(Why::Query) => "the group asked about it".to_owned(),
                    _ => "the catalogue asks something else".to_owned(),
                };
                problems.push(Problem::new(id, format!("Look at {name} again: {why}")));
            }
            RowStatus::ToAnswer => problems.push(Problem::new(id, format!("Answer {name}"))),
            RowStatus::Started => {
                let says = row_form(entry.row).check(&entry.answers).err().and_then(|p| p.0.into_iter().next()).map(|p| p.says);
                problems.push(Problem::new(id, says.unwrap_or_else(|| format!("Complete {name}"))));
            }
            RowStatus::Answered | RowStatus::Accepted | RowStatus::AcceptedWithCondition => {}
        }
        whole.0.extend(entry.answers.0.clone());
    }
    if problems.is_empty() { Ok(whole) } else { Err(Problems(problems)) }
}

/// The rows that somebody names by their ids, with spaces, commas or line ends between; case does not matter.
///
/// # Errors
/// [`Refusal::Invalid`] for `rows` when none is named, or one is not a row of this SCAL.
pub fn named<'a>(entries: &'a [Entry], ids: &str) -> Result<Vec<&'a Entry>, Refusal> {
    let mut found: Vec<&Entry> = Vec::new();
    for id in ids.split(|c: char| c.is_whitespace() || c == ',' || c == ';').filter(|id| !id.is_empty()) {
        let Some(entry) = entries.iter().find(|entry| entry.row.id.eq_ignore_ascii_case(id)) else {
            let id: String = id.chars().take(40).collect();
            return Err(Refusal::problem("rows", &format!("“{id}” is not a row of this SCAL")));
        };
        if !found.iter().any(|known| known.row.field == entry.row.field) {
            found.push(entry);
        }
    }
    if found.is_empty() { Err(Refusal::problem("rows", "Name at least one row, for example GPC-IG1")) } else { Ok(found) }
}

/// The answer of another SCAL that can be taken over here: of the common sections, asked in the same words, answered there
/// in words, and not answered here. Files stay where they are: evidence is given for each product in its own right
/// (domain/scal.md).
#[must_use]
pub fn to_take_over(here: &Entry, there: &Entry) -> Option<Answers> {
    let fits =
        here.row.field == there.row.field && here.row.tab == crate::catalogue::row::COMMON && here.row.asks_the_same(there.row);
    let answered = !there.status().is_empty() && !there.words().is_empty();
    (fits && answered && here.answers.is_blank())
        .then(|| Answers::default().with(here.row.field.as_str(), there.status()).with(here.row.words(), there.words()))
}

named! {
    /// Which rows are shown.
    #[derive(Default)]
    pub enum Show {
        /// Those that must be looked at before the SCAL can be sent.
        #[default]
        ToDo = ("todo", "To do"),
        /// Those with a change requested.
        Returned = ("returned", "Change requested"),
        /// Those that I look after.
        Mine = ("mine", "Assigned to me"),
        /// Those with an answer that nobody has judged yet.
        Answered = ("answered", "Answered"),
        /// Those that are accepted.
        Accepted = ("accepted", "Accepted"),
        /// Every row.
        All = ("all", "All rows"),
    }
}

/// What narrows the table: each part that is `None` or empty lets everything pass.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// By how rows stand.
    pub show: Show,
    /// By number of the section.
    pub section: Option<u32>,
    /// By where it can be closed.
    pub environment: Option<Environment>,
    /// By level.
    pub level: Option<Level>,
    /// By the team that settles it.
    pub owner: Option<Role>,
    /// By who looks after it: somebody's id, or `nobody`.
    pub assigned: String,
    /// By words in the id, requirement, answer or note; case does not matter.
    pub text: String,
}

/// Rows that nobody looks after, also because whoever did has left.
pub const NOBODY: &str = "nobody";

impl Filter {
    /// Whether a row is shown to this person.
    #[must_use]
    pub fn lets_pass(&self, entry: &Entry, me: &PersonId) -> bool {
        let shown = match self.show {
            Show::All => true,
            Show::ToDo => entry.stands.blocks(),
            Show::Returned => entry.stands == RowStatus::ChangeRequested,
            Show::Mine => entry.assignee.as_ref() == Some(me),
            Show::Answered => entry.stands == RowStatus::Answered,
            Show::Accepted => entry.stands >= RowStatus::AcceptedWithCondition,
        };
        let assigned = match (self.assigned.as_str(), &entry.assignee) {
            ("", _) | (NOBODY, None) => true,
            (NOBODY, Some(_)) => entry.left,
            (_, None) => false,
            (wanted, Some(person)) => person.as_str() == wanted,
        };
        shown && assigned && self.fits(entry.row, &[entry.words(), &entry.note])
    }

    /// Whether a row fits, by what the catalogue says of it and by words in it or in these texts.
    #[must_use]
    pub fn fits(&self, row: &Row, texts: &[&str]) -> bool {
        let texts: Vec<&str> = [row.id.as_str(), &row.requirement].into_iter().chain(texts.iter().copied()).collect();
        self.section.is_none_or(|section| row.section == section)
            && self.environment.is_none_or(|environment| row.environment == environment)
            && self.level.is_none_or(|level| row.level == level)
            && self.owner.is_none_or(|owner| row.owner == owner)
            && contains(&self.text, &texts)
    }
}

/// Whether every word of a search stands in one of these texts, however accents, apostrophes and dashes are written.
fn contains(search: &str, texts: &[&str]) -> bool {
    if search.is_empty() {
        return true;
    }
    let texts: Vec<String> = texts.iter().map(|text| fold::folded(text)).collect();
    fold::asked(search).iter().all(|word| texts.iter().any(|text| text.contains(word.as_str())))
}

/// How far a part of the SCAL is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Rows.
    pub all: usize,
    /// Rows that can be sent as they are.
    pub ready: usize,
    /// Of these, rows that are said not to apply: nobody has done anything for them, and a reviewer looks at why.
    pub not_applicable: usize,
    /// Rows that are accepted.
    pub accepted: usize,
    /// Rows with a change requested.
    pub returned: usize,
}

/// How far these rows are.
#[must_use]
pub fn progress<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Progress {
    let mut progress = Progress::default();
    for entry in entries {
        progress.all += 1;
        progress.ready += usize::from(!entry.stands.blocks());
        progress.not_applicable += usize::from(!entry.stands.blocks() && entry.status() == crate::catalogue::row::NOT_APPLICABLE);
        progress.accepted += usize::from(entry.stands >= RowStatus::AcceptedWithCondition);
        progress.returned += usize::from(entry.stands == RowStatus::ChangeRequested);
    }
    progress
}
