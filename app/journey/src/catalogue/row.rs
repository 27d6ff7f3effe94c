//! A row of the SCAL catalogue: what it asks, who owns it, what an answer needs (domain/scal.md).

use std::sync::OnceLock;

use crate::{
    base::{actor::Role, edition::Edition, environment::Environment, ids::FieldId, named::named},
    form::{Answers, Choice, Field, Form, Kind, Part, Problems, Rule, short::MOST_FILES},
    plan::capability::Capability,
};

/// What a supplier says of a row (domain/scal.md, "Answer types to model").
pub const STATUSES: &[Choice] = &[
    ("met", "Met", "Say where the evidence is, or add it."),
    ("partly", "Partly met", "Say what is missing and by when."),
    ("not_met", "Not met (with justification)", "A justification is read by the team that owns the row."),
    ("not_applicable", "Does not apply", "Say why, for example that the interaction is not implemented."),
];

/// The status of a row that is said not to apply.
pub const NOT_APPLICABLE: &str = "not_applicable";

/// The status of a row that is not met.
pub const NOT_MET: &str = "not_met";

named! {
    /// How strongly a row is meant.
    pub enum Level {
        /// Must be met.
        Must = "MUST",
        /// Should be met.
        Should = "SHOULD",
        /// May be met.
        May = "MAY",
    }
}

impl Level {
    /// The same as a sentence of its own.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Level::Must => "Must.",
            Level::Should => "Should.",
            Level::May => "May.",
        }
    }
}

named! {
    /// Who answers a row.
    pub enum Who {
        /// Consumers and providers.
        Both = "both",
        /// Consumers only.
        Consumer = "consumer",
        /// Providers only.
        Provider = "provider",
    }
}

/// A row of the catalogue.
#[derive(Clone, Debug)]
pub struct Row {
    /// As published, such as `GPC-IG10-01`.
    pub id: String,
    /// The same, fit for URLs and forms.
    pub field: FieldId,
    /// The tab it stands on, such as `Common` or `Spine`.
    pub tab: String,
    /// Number of the section, from 1.
    pub section: u32,
    /// Heading of the section.
    pub section_title: String,
    /// How strongly it is meant.
    pub level: Level,
    /// What is asked.
    pub requirement: String,
    /// The evidence that is expected.
    pub evidence: String,
    /// Where it comes from.
    pub source: String,
    /// Where it can be closed.
    pub environment: Environment,
    /// The team that settles it.
    pub owner: Role,
    /// Who answers it.
    pub who: Who,
    /// The edition that asked it first in these words.
    pub since: Edition,
    /// The edition that no longer asks it; `None` while it is asked.
    pub until: Option<Edition>,
    /// The document that is handed over with it, such as `hazard log`: words alone do not show it.
    pub document: Option<String>,
    /// Its questions, made once: a page looks at hundreds of rows.
    pub(crate) form: OnceLock<Form>,
}

impl Row {
    /// Whether an edition asks both of them under one id.
    pub(crate) fn overlaps(&self, other: &Row) -> bool {
        let ends = |row: &Row, at: &Edition| row.until.as_ref().is_some_and(|until| until <= at);
        self.field == other.field && !ends(self, &other.since) && !ends(other, &self.since)
    }

    /// Whether both ask the same, and the same team judges it: an answer to one, with its verdict, stands for the other.
    #[must_use]
    pub fn asks_the_same(&self, other: &Row) -> bool {
        (&self.requirement, &self.evidence, self.level, self.environment, self.owner, &self.document)
            == (&other.requirement, &other.evidence, other.level, other.environment, other.owner, &other.document)
    }

    /// The id of one of its questions, in the order of [`questions`].
    fn asked(&self, place: usize) -> &str {
        row_form(self).fields.get(place).map_or("", |field| field.id.as_str())
    }

    /// The field that takes the words.
    #[must_use]
    pub fn words(&self) -> &str {
        self.asked(1)
    }

    /// The field that takes the files.
    #[must_use]
    pub fn files(&self) -> &str {
        self.asked(2)
    }

    /// The field that takes links to evidence that is kept elsewhere.
    #[must_use]
    pub fn links(&self) -> &str {
        self.asked(3)
    }
}

/// The tab that every product answers.
pub const COMMON: &str = "Common";

/// The tabs that a capability needs beside the common sections (domain/scal.md, "Tabs needed per capability").
pub(crate) fn tabs(capability: Capability) -> &'static [&'static str] {
    match capability {
        Capability::AccessRecordHtml => &["Spine", "Access Record HTML"],
        Capability::AccessRecordStructured => &["Spine", "Access Record Structured"],
        Capability::AccessDocument => &["Spine", "Access Document"],
        Capability::AppointmentManagement => &["Spine", "Foundations", "Appointment Management"],
        Capability::SendDocument => &["Send Document"],
    }
}

/// Whether a catalogue may have rows on this tab: one that no capability needs would be asked of nobody.
#[must_use]
pub fn is_tab(name: &str) -> bool {
    name == COMMON || Capability::ALL.iter().any(|capability| tabs(*capability).contains(&name))
}

/// Links that one row takes.
const MOST_LINKS: usize = 10;

/// The questions of one row.
#[must_use]
pub fn row_form(row: &Row) -> &Form {
    row.form.get_or_init(|| questions(row))
}

/// The document that is handed over with a row, as its catalogue names it.
#[must_use]
pub fn document(row: &Row) -> Option<&str> {
    row.document.as_deref()
}

/// Whether the evidence of a row is something to hand over: its document, or what a test has left.
#[must_use]
pub fn expects_evidence(row: &Row) -> bool {
    document(row).is_some() || row.environment != Environment::Statement
}

/// Status, words, files, links.
fn questions(row: &Row) -> Form {
    let status = row.field.to_string();
    let [words, files, links] = ["words", "files", "links"].map(|part| format!("{status}_{part}"));
    let expected =
        document(row).map_or_else(String::new, |document| format!("The {document} is expected here, or a link to it below."));
    let mut form = Form::of(vec![
        Field::new(&status, "Status", Kind::Choice(STATUSES.to_vec())).required(&format!("Answer {}", row.id)),
        Field::new(&words, "Answer and where the evidence is", Kind::Words { max: 4000 }).hint(&row.evidence),
        Field::new(&files, "Files", Kind::Files { most: MOST_FILES }).hint(&expected),
        Field::new(&links, "Links to evidence", Kind::Links { most: MOST_LINKS }).hint("One per line, beginning with https://."),
    ]);
    let (proves, says) = match document(row) {
        Some(document) => (vec![files, links], format!("Add the {document} to {}: a file, or a link to it", row.id)),
        None => (vec![words.clone(), files, links], format!("Say where the evidence for {} is, or add it", row.id)),
    };
    form.rules = vec![
        Rule::Needs { when: status.clone(), is: &["met"], one_of: proves, says },
        Rule::Needs {
            when: status,
            is: &["partly", "not_met", "not_applicable"],
            one_of: vec![words],
            says: format!("Say why for {}", row.id),
        },
    ];
    form.parts = vec![Part {
        id: row.field.clone(),
        label: format!("{} ({})", row.id, row.level.name()),
        about: row.requirement.clone(),
        fields: form.fields.iter().map(|field| field.id.clone()).collect(),
        owner: Some(row.owner),
    }];
    form
}

/// Whether a row takes the files and links that an answer names.
///
/// # Errors
/// What is too many, or no file and no link.
pub fn files_fit(row: &Row, answers: &Answers) -> Result<(), Problems> {
    let mut form = row_form(row).clone();
    form.fields.retain(|field| matches!(field.kind, Kind::Files { .. } | Kind::Links { .. }));
    form.rules.clear();
    form.check(answers).map(drop)
}

/// The role that gives the verdict on a row with this answer.
#[must_use]
pub fn judge_of(row: &Row, answers: &Answers) -> Role {
    if answers.one(row.field.as_str()) == NOT_MET { Role::TechnicalArchitect } else { row.owner }
}

/// Whether a row has an answer that would be taken.
#[must_use]
pub fn is_answered(row: &Row, answers: &Answers) -> bool {
    row_form(row).check(answers).is_ok()
}
