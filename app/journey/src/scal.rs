//! The SCAL: which rows a journey answers, who owns each, what an answer needs (domain/scal.md).

use std::sync::LazyLock;

use serde::Deserialize;

use crate::{
    actor::Role,
    form::{Answers, Choice, Field, Form, Kind, Part, Rule},
    forms::MOST_FILES,
    ids::FieldId,
    opening::{Capability, Opening},
    process::Fault,
};

/// The catalogue version that this release asks.
pub const VERSION: &str = "2026-1";

const CATALOGUE: &str = include_str!("../catalogues/scal-2026-1.csv");

/// What a supplier says of a row (domain/scal.md, "Answer types to model").
pub const STATUSES: &[Choice] = &[
    ("met", "Met", "Say where the evidence is, or add it."),
    ("partly", "Partly met", "Say what is missing and by when."),
    ("not_met", "Not met, with justification", "A justification is read by the team that owns the row."),
    ("not_applicable", "Does not apply", "Say why, for example that the interaction is not implemented."),
];

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
    /// For consumers; otherwise for providers only.
    pub consumer: bool,
}

impl Row {
    /// The team that settles the row: the owner of its section.
    #[must_use]
    pub fn owner(&self) -> Role {
        match self.section {
            2 | 4 => Role::InformationGovernance,
            3 => Role::ClinicalSafety,
            _ => Role::FunctionalAssurance,
        }
    }

    /// The field that takes the words.
    #[must_use]
    pub fn words(&self) -> String {
        format!("{}_words", self.field)
    }

    /// The field that takes the files.
    #[must_use]
    pub fn files(&self) -> String {
        format!("{}_files", self.field)
    }
}

#[derive(Deserialize)]
struct Line {
    id: String,
    capability: String,
    section: String,
    level: String,
    who: String,
    requirement: String,
    evidence_expected: String,
    source: String,
}

/// Reads a catalogue.
///
/// # Errors
/// Every fault with its line.
pub fn read(text: &str) -> Result<Vec<Row>, Vec<Fault>> {
    let mut rows: Vec<Row> = Vec::new();
    let mut faults = Vec::new();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    for line in reader.deserialize::<Line>() {
        let read = line.map_err(|error| {
            let line = error.position().map_or(0, |at| usize::try_from(at.line()).unwrap_or(0));
            Fault { line, says: error.to_string() }
        });
        // The heading is line 1.
        let at = rows.len() + faults.len() + 2;
        match read.and_then(|line| row(line, at)) {
            Ok(row) if rows.iter().any(|known| known.field == row.field) => {
                faults.push(Fault { line: at, says: format!("“{}” is there already", row.id) });
            }
            Ok(row) => rows.push(row),
            Err(fault) => faults.push(fault),
        }
    }
    if faults.is_empty() { Ok(rows) } else { Err(faults) }
}

fn row(line: Line, at: usize) -> Result<Row, Fault> {
    let fault = |says: String| Fault { line: at, says };
    let (number, title) = line.section.split_once(' ').ok_or_else(|| fault(format!("“{}” has no number", line.section)))?;
    Ok(Row {
        field: line.id.to_lowercase().replace('.', "-").parse().map_err(|error| fault(format!("{error}")))?,
        id: line.id,
        tab: line.capability,
        section: number.parse().map_err(|_| fault(format!("“{number}” is not the number of a section")))?,
        section_title: title.to_owned(),
        level: match line.level.as_str() {
            "MUST" => Level::Must,
            "SHOULD" => Level::Should,
            "MAY" => Level::May,
            other => return Err(fault(format!("“{other}” is not a level; known are MUST, SHOULD, MAY"))),
        },
        requirement: line.requirement,
        evidence: line.evidence_expected,
        source: line.source,
        consumer: match line.who.as_str() {
            "both" | "consumer" => true,
            "provider" => false,
            other => return Err(fault(format!("“{other}” is nobody; known are both, consumer, provider"))),
        },
    })
}

/// Every row of this release, in the order of the catalogue.
///
/// # Errors
/// Every fault: such a release must not start.
pub fn catalogue() -> Result<&'static [Row], &'static [Fault]> {
    static READ: LazyLock<Result<Vec<Row>, Vec<Fault>>> = LazyLock::new(|| read(CATALOGUE));
    READ.as_ref().map(Vec::as_slice).map_err(Vec::as_slice)
}

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

/// The rows that a consumer with these capabilities answers, by section.
#[must_use]
pub fn rows(opening: &Opening) -> Vec<&'static Row> {
    let wanted = |tab: &str| tab == "Common" || opening.capabilities.iter().any(|c| tabs(c.capability).contains(&tab));
    let mut rows: Vec<&Row> = catalogue().unwrap_or_default().iter().filter(|row| row.consumer && wanted(&row.tab)).collect();
    rows.sort_by_key(|row| row.section);
    rows
}

/// The questions of one row.
#[must_use]
pub fn row_form(row: &Row) -> Form {
    let status = row.field.to_string();
    let mut form = Form::of(vec![
        Field::new(&status, "Status", Kind::Choice(STATUSES.to_vec())).required(&format!("Answer {}", row.id)),
        Field::new(&row.words(), "Answer and where the evidence is", Kind::Words { max: 4000 }).hint(&row.evidence),
        Field::new(&row.files(), "Files", Kind::Files { most: MOST_FILES }),
    ]);
    form.rules = vec![
        Rule::Needs {
            when: status.clone(),
            is: &["met"],
            one_of: vec![row.words(), row.files()],
            says: format!("Say where the evidence for {} is, or add it", row.id),
        },
        Rule::Needs {
            when: status,
            is: &["partly", "not_met", "not_applicable"],
            one_of: vec![row.words()],
            says: format!("Say why for {}", row.id),
        },
    ];
    form.parts = vec![Part {
        id: row.field.clone(),
        label: format!("{} ({})", row.id, row.level.name()),
        about: row.requirement.clone(),
        fields: form.fields.iter().map(|field| field.id.clone()).collect(),
        owner: Some(row.owner()),
    }];
    form
}

/// The whole SCAL as one form: what is submitted, and what is judged row by row.
#[must_use]
pub fn form(opening: &Opening) -> Form {
    rows(opening).into_iter().map(row_form).fold(Form::default(), |mut whole, row| {
        whole.fields.extend(row.fields);
        whole.rules.extend(row.rules);
        whole.parts.extend(row.parts);
        whole
    })
}

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
        }
    }

    #[test]
    fn the_catalogue_of_this_release_is_lawful_and_whole() {
        assert_eq!(catalogue().expect("lawful").len(), 202);
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
    fn every_fault_of_a_catalogue_names_its_line() {
        let text = "id,capability,section,level,who,requirement,evidence_expected,source,origin\n\
                    A-1,Common,1 One,MUST,both,r,e,s,derived\n\
                    A-1,Common,1 One,MUST,both,r,e,s,derived\n\
                    A-2,Common,One,MUST,both,r,e,s,derived\n\
                    A-3,Common,1 One,WILL,both,r,e,s,derived\n";
        let lines: Vec<usize> = read(text).expect_err("three faults").into_iter().map(|fault| fault.line).collect();
        assert_eq!(lines, [3, 4, 5]);
    }

    #[test]
    fn a_row_that_is_met_names_its_evidence_and_any_other_says_why() {
        let row = rows(&opening(&[Capability::SendDocument]))[0];
        let with = |status: &str| Answers::default().with(row.field.as_str(), status);
        assert!(!is_answered(row, &Answers::default()));
        assert!(!is_answered(row, &with("met")) && !is_answered(row, &with("not_applicable")));
        assert!(is_answered(row, &with("partly").with(&row.words(), "By May.")));
        let file = format!("{} scan.pdf", "ab".repeat(32));
        assert!(is_answered(row, &with("met").with(&row.files(), &file)));
    }
}
