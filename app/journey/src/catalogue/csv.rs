//! A catalogue as a file: reads it with every fault and its line, and writes a row back as it stood there.

use std::sync::OnceLock;

use serde::Deserialize;

use crate::{
    base::{
        actor::{Role, Side},
        edition::Edition,
        environment::Environment,
        fault::Fault,
        text,
    },
    catalogue::row::{Level, Row, Who},
};

#[derive(Deserialize)]
struct Line {
    id: String,
    capability: String,
    section: String,
    level: String,
    who: String,
    requirement: String,
    evidence_expected: String,
    environment: String,
    owner: String,
    source: String,
    since: Edition,
    until: Option<Edition>,
    document: Option<String>,
}

/// Reads a catalogue. Where it has no column of documents, `documents` says which one goes with the row of an id.
///
/// # Errors
/// Every fault with its line.
pub fn read(text: &str, documents: impl Fn(&str) -> Option<String>) -> Result<Vec<Row>, Vec<Fault>> {
    let mut rows: Vec<Row> = Vec::new();
    let mut faults = Vec::new();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let missing: Vec<&str> = match reader.headers() {
        Ok(head) => {
            let there = |name: &str| name == DOCUMENT || head.iter().any(|there| there == name);
            HEADING.iter().copied().filter(|name| !there(name)).collect()
        }
        Err(error) => return Err(vec![Fault { line: 1, says: in_words(&error) }]),
    };
    if !missing.is_empty() {
        return Err(vec![Fault { line: 1, says: format!("the heading has no column {}", missing.join(", ")) }]);
    }
    let head = reader.headers().cloned().unwrap_or_default();
    let says_documents = head.iter().any(|there| there == DOCUMENT);
    let place = |at: Option<&csv::Position>| at.map_or(0, |at| usize::try_from(at.line()).unwrap_or(0));
    for record in reader.records() {
        // A text of several lines takes as many of the file.
        let at = record.as_ref().map_or_else(|error| place(error.position()), |record| place(record.position()));
        let read = record.and_then(|record| record.deserialize::<Line>(Some(&head)));
        let read = read.map_err(|error| Fault { line: at, says: in_words(&error) });
        match read.and_then(|line| row(line, at)) {
            Ok(row) if rows.iter().any(|known| known.overlaps(&row)) => {
                faults.push(Fault { line: at, says: format!("“{}” is there already", row.id) });
            }
            Ok(row) if says_documents => rows.push(row),
            Ok(row) => rows.push(Row { document: documents(&row.id), ..row }),
            Err(fault) => faults.push(fault),
        }
    }
    if faults.is_empty() { Ok(rows) } else { Err(faults) }
}

/// The column of the document that is handed over with a row. Editions that were published before there was one go without.
const DOCUMENT: &str = "document";

/// Longest name of a document, in characters.
const LONGEST_DOCUMENT: usize = 60;

/// The columns that are read. Others may stand beside them.
pub const HEADING: &[&str] = &[
    "id",
    "capability",
    "section",
    "level",
    "who",
    "requirement",
    "evidence_expected",
    "environment",
    "owner",
    "source",
    "since",
    "until",
    DOCUMENT,
];

/// What is wrong with a line, for whoever wrote it.
fn in_words(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("it has {len} values instead of {expected_len}; put quotation marks round a value that contains a comma")
        }
        csv::ErrorKind::Utf8 { .. } => "it is not UTF-8 text".to_owned(),
        csv::ErrorKind::Deserialize { err, .. } => err.kind().to_string(),
        _ => error.to_string(),
    }
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
        environment: Environment::named(&line.environment).ok_or_else(|| {
            let known: Vec<&str> = Environment::ALL.iter().map(|e| e.name()).collect();
            fault(format!("“{}” is not an environment; known are {}", line.environment, known.join(", ")))
        })?,
        owner: line
            .owner
            .parse()
            .ok()
            .filter(|role: &Role| role.side() == Side::Programme)
            .ok_or_else(|| fault(format!("“{}” is not a role of a team that reviews", line.owner)))?,
        source: line.source,
        since: line.since,
        until: line.until,
        document: match line.document {
            Some(name) if text::is_blank(&name) => {
                return Err(fault("the name of its document holds nothing that can be read".to_owned()));
            }
            Some(name) if name.chars().count() > LONGEST_DOCUMENT => {
                return Err(fault(format!("the name of its document has more than {LONGEST_DOCUMENT} characters")));
            }
            Some(name) => Some(text::tidy(&name)),
            None => None,
        },
        form: OnceLock::new(),
        who: Who::named(&line.who)
            .ok_or_else(|| fault(format!("“{}” is nobody; known are both, consumer, provider", line.who)))?,
    })
}

impl Row {
    /// The row as a catalogue writes it, under [`HEADING`].
    #[must_use]
    pub fn record(&self) -> Vec<String> {
        vec![
            self.id.clone(),
            self.tab.clone(),
            format!("{} {}", self.section, self.section_title),
            self.level.name().to_owned(),
            self.who.name().to_owned(),
            self.requirement.clone(),
            self.evidence.clone(),
            self.environment.name().to_owned(),
            self.owner.name().to_owned(),
            self.source.clone(),
            self.since.to_string(),
            self.until.as_ref().map(ToString::to_string).unwrap_or_default(),
            self.document.clone().unwrap_or_default(),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<Row>, Vec<Fault>> {
        super::read(text, |_| None)
    }

    #[test]
    fn every_fault_of_a_catalogue_names_its_line() {
        let text = "id,capability,section,level,who,requirement,evidence_expected,environment,owner,source,origin,since,until\n\
                    A-1,Common,1 One,MUST,both,r,e,int,functional_assurance,s,derived,2026-1,\n\
                    A-1,Common,1 One,MUST,both,r,e,int,functional_assurance,s,derived,2026-1,\n\
                    A-2,Common,One,MUST,both,r,e,int,functional_assurance,s,derived,2026-1,\n\
                    A-3,Common,1 One,WILL,both,r,e,int,functional_assurance,s,derived,2026-1,\n\
                    A-4,Common,1 One,MUST,both,r,e,moon,functional_assurance,s,derived,2026-1,\n\
                    A-5,Common,1 One,MUST,both,r,e,int,developer,s,derived,2026-1,\n\
                    A-6,Common,1 One,MUST,both,r,e,int,functional_assurance,s,derived,soon,\n";
        let lines: Vec<usize> = read(text).expect_err("six faults").into_iter().map(|fault| fault.line).collect();
        assert_eq!(lines, [3, 4, 5, 6, 7, 8]);
        // Behind a text of three lines, and behind a line that is empty.
        let long = text.replacen("both,r,e", "both,\"r\nr\n\nr\",e", 1);
        let lines: Vec<usize> = read(&long).expect_err("six faults").into_iter().map(|fault| fault.line).collect();
        assert_eq!(lines, [6, 7, 8, 9, 10, 11]);
        let says = |text: &str| read(text).expect_err("a fault").into_iter().map(|fault| fault.to_string()).collect::<Vec<_>>();
        assert!(says("id,nonsense\n1,2\n")[0].starts_with("line 1: the heading has no column capability, section"));
        let short = format!("{}\nA-1,Common\n", text.lines().next().expect("a heading"));
        assert_eq!(
            says(&short),
            ["line 2: it has 2 values instead of 13; put quotation marks round a value that contains a comma"]
        );
    }
}
