//! What a team judges in this round: its rows, how each stands, and what is typed of it.

use journey::{
    base::{actor::Role, ids::FieldId},
    catalogue::{row::Row, scal},
    form::{Answers, FileRef},
    plan::process::Page,
    rule::{
        draft::Draft,
        review::{self as team_review, Answered},
    },
    scal::{
        book::Filter,
        verdicts::{self, VerdictStatus},
    },
};

use crate::{
    base::halt::Halt,
    desk::{
        context::TaskContext,
        judged::{judged, rounds},
        working::{last_sent, typed},
    },
};

/// A row as a reviewer looks at it.
pub struct Judged {
    /// As the catalogue asks it.
    pub row: &'static Row,
    /// How it stands since the last round.
    pub stands: Answered,
    /// What is typed of it.
    pub says: VerdictStatus,
    /// Its answer in words.
    pub now: String,
    /// The answer of the round before.
    pub before: Option<String>,
    /// Its files.
    pub files: Vec<FileRef>,
    /// Links to evidence that is kept elsewhere.
    pub links: Vec<String>,
}

impl Judged {
    /// How many pieces of evidence it names.
    #[must_use]
    pub fn proofs(&self) -> usize {
        self.files.len() + self.links.len()
    }
}

/// Where the list of rows is: the page of the SCAL, or below the record of the test stage that they went with.
#[must_use]
pub fn list_path(desk: &TaskContext) -> String {
    if desk.spec.page == Page::Testing { format!("{}/rows", desk.path()) } else { desk.path() }
}

/// The pages of the SCAL itself, from wherever its rows are judged.
#[must_use]
pub fn scal_path(desk: &TaskContext) -> String {
    let journey = desk.journey();
    journey.process.scal().map_or_else(|| desk.path(), |scal| format!("/journeys/{}/tasks/{}", journey.reference, scal.id))
}

/// Which rows a reviewer sees.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Show {
    /// Those without a verdict that one is owed.
    ToDo,
    /// Those whose answer is new since this team looked.
    Changed,
    /// Those sent again without a word on their finding.
    Unanswered,
    /// Those that one verdict may accept together: met, with evidence.
    Plain,
    /// Those with a verdict in this round.
    Judged,
    /// Those whose verdict stands from before.
    Kept,
    /// All of them.
    All,
}

/// Every one, its word in an address and its words on the page.
pub const SHOWS: &[(Show, &str, &str)] = &[
    (Show::ToDo, "todo", "Need a verdict"),
    (Show::Changed, "changed", "New or changed"),
    (Show::Unanswered, "unanswered", "Finding not answered"),
    (Show::Plain, "plain", "Met, with evidence"),
    (Show::Judged, "judged", "Judged in this round"),
    (Show::Kept, "kept", "Kept from before"),
    (Show::All, "all", "All rows"),
];

impl Show {
    /// Whether a row is among them.
    #[must_use]
    pub fn lets_pass(self, judged: &Judged, answers: &Answers) -> bool {
        match self {
            Show::ToDo => judged.says.blocks(),
            Show::Changed => judged.stands == Answered::ToJudge,
            Show::Unanswered => judged.stands == Answered::Unanswered,
            Show::Plain => judged.says.is_plain(&judged.stands, answers.one(judged.row.field.as_str()), judged.proofs()),
            Show::Judged => !matches!(judged.says, VerdictStatus::None | VerdictStatus::Kept),
            Show::Kept => judged.says == VerdictStatus::Kept,
            Show::All => true,
        }
    }
}

/// Everything that a team judges in this round, and what it has typed.
pub struct ReviewContext {
    /// In the order of the catalogue.
    pub rows: Vec<Judged>,
    /// What was sent last.
    pub answers: Answers,
    /// Every verdict that is typed.
    pub typed: Answers,
    drafts: Vec<Draft>,
}

impl ReviewContext {
    /// Loads what this role judges.
    ///
    /// # Errors
    /// When the database does not answer, or something cannot be read.
    pub async fn load(desk: &TaskContext, role: Role) -> Result<Self, Halt> {
        let answers = last_sent(desk)?;
        let rounds = rounds(&desk.sent)?;
        let record = desk.record();
        // What this team looked at last: the round of its verdict, or else the round before this one.
        let before = |field: &FieldId| {
            let judged = record.verdicts.of(field, role).map(|verdict| verdict.round);
            let then = rounds.iter().find(|(round, _)| Some(*round) == judged).or_else(|| rounds.iter().rev().nth(1));
            then.filter(|(round, _)| rounds.last().is_some_and(|(last, _)| last != round)).map(|(_, answers)| answers)
        };
        let form = team_review::judged_form(desk.journey(), desk.spec, &answers);
        let (typed, drafts) = typed(desk).await?;
        let rows = scal::rows(&desk.journey().opening);
        let found = judged(&form, role, record, &desk.sent)?;
        let row_of = |id: &FieldId| rows.iter().copied().find(|row| row.field == *id);
        let rows = found
            .into_iter()
            .filter_map(|(part, stands)| {
                let row = row_of(&part.id)?;
                let files = answers.many(row.files()).iter().filter_map(|value| FileRef::parse(value)).collect();
                Some(Judged {
                    row,
                    says: VerdictStatus::of(&part.id, &stands, &typed),
                    now: form.part_in_words(&part, &answers),
                    before: before(&part.id).map(|old| form.part_in_words(&part, old)),
                    files,
                    links: answers.one(row.links()).lines().map(str::to_owned).collect(),
                    stands,
                })
            })
            .collect();
        Ok(Self { rows, answers, typed, drafts })
    }

    /// Version of what is kept of a row; 0 when there is nothing.
    #[must_use]
    pub fn version(&self, row: &FieldId) -> u64 {
        self.draft(row).map_or(0, |draft| draft.version)
    }

    /// What is kept of a row.
    #[must_use]
    pub fn draft(&self, row: &FieldId) -> Option<&Draft> {
        let subject = verdicts::subject_of(row);
        self.drafts.iter().find(|draft| draft.subject == subject)
    }

    /// The rows that this filter shows. `show` is the word of the address.
    #[must_use]
    pub fn shown(&self, filter: &Filter, show: &str) -> Vec<&Judged> {
        let show = SHOWS.iter().find(|known| known.1 == show).map_or(Show::ToDo, |known| known.0);
        self.rows
            .iter()
            .filter(|judged| show.lets_pass(judged, &self.answers) && filter.fits(judged.row, &[&judged.now]))
            .collect()
    }
}
