//! The SCAL: which rows a journey answers, who owns each, what an answer needs (domain/scal.md). `editions` are the
//! versions of the catalogue, `catalogue` reads and writes one, `book` is the copy that a supplier works on, `verdicts`
//! what reviewers say of it.

pub mod book;
mod catalogue;
pub mod editions;
pub mod evidence;
pub mod sheet;
pub mod verdicts;
pub mod versions;
pub mod withdrawn;

use std::sync::OnceLock;

use crate::{
    actor::Role,
    form::{Answers, Choice, Field, Form, Kind, Part, Problems, Rule},
    forms::MOST_FILES,
    ids::{Digest, FieldId},
    opening::{Capability, Opening},
    text,
};

pub use catalogue::{HEADING, read};
pub use editions::Edition;

/// What a supplier says of a row (domain/scal.md, "Answer types to model").
pub const STATUSES: &[Choice] = &[
    ("met", "Met", "Say where the evidence is, or add it."),
    ("partly", "Partly met", "Say what is missing and by when."),
    ("not_met", "Not met (with justification)", "A justification is read by the team that owns the row."),
    ("not_applicable", "Does not apply", "Say why, for example that the interaction is not implemented."),
];

/// The status of a row that is said not to apply.
pub const NOT_APPLICABLE: &str = "not_applicable";

/// How strongly a row is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Must be met.
    Must,
    /// Should be met.
    Should,
    /// May be met.
    May,
}

impl Level {
    /// Every one, strongest first.
    pub const ALL: &'static [Level] = &[Level::Must, Level::Should, Level::May];

    /// The one with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|known| known.name() == name)
    }

    /// The same as a sentence of its own.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Level::Must => "Must.",
            Level::Should => "Should.",
            Level::May => "May.",
        }
    }

    /// The word on a page.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Level::Must => "MUST",
            Level::Should => "SHOULD",
            Level::May => "MAY",
        }
    }
}

/// Where the evidence for a row is gathered (domain/scal.md, "Columns seen").
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Environment {
    /// A statement is enough; no environment is needed.
    Statement,
    /// The internet-facing demonstrator.
    Internet,
    /// OpenTest, or INT where a journey does without OpenTest.
    OpenTest,
    /// INT with the demonstrator.
    Int,
    /// INT with the test systems of providers.
    Providers,
}

impl Environment {
    /// Every one, in the order of the test stages.
    pub const ALL: &'static [Environment] =
        &[Environment::Statement, Environment::Internet, Environment::OpenTest, Environment::Int, Environment::Providers];

    /// The name in a catalogue and in addresses.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Environment::Statement => "statement",
            Environment::Internet => "internet",
            Environment::OpenTest => "opentest",
            Environment::Int => "int",
            Environment::Providers => "providers",
        }
    }

    /// The words on a page.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Environment::Statement => "Statement",
            Environment::Internet => "Internet-facing",
            Environment::OpenTest => "OpenTest",
            Environment::Int => "INT",
            Environment::Providers => "INT with providers",
        }
    }

    /// The one with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|known| known.name() == name)
    }
}

/// Who answers a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Consumers and providers.
    Both,
    /// Consumers only.
    Consumer,
    /// Providers only.
    Provider,
}

impl Who {
    const ALL: [Who; 3] = [Who::Both, Who::Consumer, Who::Provider];

    fn name(self) -> &'static str {
        match self {
            Who::Both => "both",
            Who::Consumer => "consumer",
            Who::Provider => "provider",
        }
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
    form: OnceLock<Form>,
}

impl Row {
    /// Whether an edition asks both of them under one id.
    fn overlaps(&self, other: &Row) -> bool {
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
fn tabs(capability: Capability) -> &'static [&'static str] {
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

/// The rows that a consumer with these capabilities answers, by section.
#[must_use]
pub fn rows(opening: &Opening) -> Vec<&'static Row> {
    asked_of(editions::rows(&opening.catalogue), opening)
}

/// Those of these rows that a consumer with these capabilities answers, by section.
#[must_use]
pub fn asked_of<'a>(rows: &'a [Row], opening: &Opening) -> Vec<&'a Row> {
    let wanted = |tab: &str| tab == COMMON || opening.capabilities.iter().any(|c| tabs(c.capability).contains(&tab));
    let mut rows: Vec<&Row> = rows.iter().filter(|row| row.who != Who::Provider && wanted(&row.tab)).collect();
    rows.sort_by_key(|row| row.section);
    rows
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
        Field::new(&links, "Links to evidence", Kind::Links { most: MOST_LINKS }).hint("One a line, beginning with https://."),
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

/// The question for the version of the product that is assessed: evidence of an older one is stale.
pub const PRODUCT_VERSION: &str = "product_version";

/// The whole SCAL as one form: what is submitted, and what is judged row by row.
#[must_use]
pub fn form(opening: &Opening) -> Form {
    let version = Field::new(PRODUCT_VERSION, "Product version that is assessed", Kind::Line { max: 40 });
    rows(opening).into_iter().map(|row| row_form(row).clone()).fold(Form::of(vec![version]), |mut whole, row| {
        whole.fields.extend(row.fields);
        whole.rules.extend(row.rules);
        whole.parts.extend(row.parts);
        whole
    })
}

/// The SCAL as reviewers judge it: a row that is not met is decided by the technical architect, whoever owns it
/// (domain/scal.md: "Non-compliance is triaged by a technical architect").
#[must_use]
pub fn judged_form(opening: &Opening, answers: &Answers) -> Form {
    let mut form = form(opening);
    for (part, row) in form.parts.iter_mut().zip(rows(opening)) {
        part.owner = Some(judge_of(row, answers));
    }
    form
}

/// The role that gives the verdict on a row with this answer.
#[must_use]
pub fn judge_of(row: &Row, answers: &Answers) -> Role {
    if answers.one(row.field.as_str()) == NOT_MET { Role::TechnicalArchitect } else { row.owner }
}

/// Of the answer to a row, as it was sent: whoever judged one with this digest has judged this one.
#[must_use]
pub fn digest_of(row: &Row, answers: &Answers) -> Digest {
    let mut own = Answers::default();
    for id in row_form(row).fields.iter().map(|field| field.id.as_str()) {
        let values: Vec<String> =
            answers.many(id).iter().map(|value| text::tidy(value)).filter(|value| !value.is_empty()).collect();
        if !values.is_empty() {
            own.0.insert(id.to_owned(), values);
        }
    }
    Digest::of(own.to_json().as_bytes())
}

/// Rows that are not met and say why.
#[must_use]
pub fn justified(opening: &Opening, answers: &Answers) -> Vec<FieldId> {
    rows(opening).into_iter().filter(|row| answers.one(row.field.as_str()) == NOT_MET).map(|row| row.field.clone()).collect()
}

/// The status of a row that is not met.
pub const NOT_MET: &str = "not_met";

/// Whether a row has an answer that would be taken.
#[must_use]
pub fn is_answered(row: &Row, answers: &Answers) -> bool {
    row_form(row).check(answers).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::opening::{Chosen, PdsRoute};

    fn opening(capabilities: &[Capability]) -> Opening {
        Opening {
            product: String::new(),
            capabilities: capabilities.iter().map(|c| Chosen { capability: *c, version: c.versions()[0].to_owned() }).collect(),
            hscn: true,
            pds: PdsRoute::Own,
            already_conformant: false,
            other_organisations: false,
            supporting_tasks: false,
            catalogue: Edition::default(),
            unconfirmed: false,
            version: String::new(),
        }
    }

    #[test]
    fn the_catalogue_of_this_release_is_lawful_and_whole() {
        assert_eq!(editions::shipped().expect("lawful").len(), 202);
    }

    #[test]
    fn a_journey_answers_the_rows_of_its_capabilities_and_of_consumers_only() {
        // Common 66, Spine 16, HTML 24, Send Document 12, counted in the catalogue by hand.
        assert_eq!(rows(&opening(&[Capability::AccessRecordHtml])).len(), 66 + 16 + 24);
        assert_eq!(rows(&opening(&[Capability::SendDocument])).len(), 66 + 12);
        let both = rows(&opening(&[Capability::AccessRecordHtml, Capability::AppointmentManagement]));
        assert_eq!(both.len(), 66 + 16 + 24 + 14 + 9, "Spine is asked once");
        assert!(both.windows(2).all(|pair| pair[0].section <= pair[1].section));
    }

    #[test]
    fn a_row_that_is_met_names_its_evidence_and_any_other_says_why() {
        let row = rows(&opening(&[Capability::SendDocument]))[0];
        let with = |status: &str| Answers::default().with(row.field.as_str(), status);
        assert!(!is_answered(row, &Answers::default()));
        assert!(!is_answered(row, &with("met")) && !is_answered(row, &with("not_applicable")));
        assert!(is_answered(row, &with("partly").with(row.words(), "By May.")));
        let file = format!("{} scan.pdf", "ab".repeat(32));
        assert!(is_answered(row, &with("met").with(row.files(), &file)));
        assert!(is_answered(row, &with("met").with(row.links(), "https://example.org/evidence")));
        assert!(!is_answered(row, &with("met").with(row.links(), "see the wiki")));
    }
}
