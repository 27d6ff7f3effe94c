//! Rows that a SCAL does not ask any more, because its edition or its capabilities are others: what was answered to them stays
//! readable, sent or not.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::{
    base::ids::{FieldId, PersonId, Round},
    catalogue::{editions, row::Row, scal::rows},
    form::Answers,
    plan::opening::Opening,
    rule::draft::Draft,
    scal::book,
};

/// An answer to a row that is no longer asked.
#[derive(Clone, Debug)]
pub struct Withdrawn {
    /// The row, in the words of the last edition that asked it.
    pub row: &'static Row,
    /// The answer.
    pub answers: Answers,
    /// The round that it was sent in last; `None` for a draft that was never sent, or has changed since.
    pub round: Option<Round>,
    /// Who saved that draft, and when.
    pub saved: Option<(PersonId, Timestamp)>,
}

/// What was answered to rows that are no longer asked, by section. `sent` is every round, oldest first; `drafts` are those of
/// rows that the reader may see.
///
/// # Errors
/// A sentence for the log when a draft cannot be read.
pub fn withdrawn(opening: &Opening, sent: &[(Round, Answers)], drafts: &[Draft]) -> Result<Vec<Withdrawn>, String> {
    let asked: BTreeSet<&FieldId> = rows(opening).into_iter().map(|row| &row.field).collect();
    let mut known: BTreeMap<&FieldId, &'static Row> = BTreeMap::new();
    for edition in editions::all().into_iter().filter(|edition| *edition <= opening.catalogue) {
        known.extend(editions::rows(&edition).iter().map(|row| (&row.field, row)));
    }
    let mut all = Vec::new();
    for (field, row) in known.into_iter().filter(|(field, _)| !asked.contains(field)) {
        let subject = book::subject_of(field);
        let draft = drafts.iter().find(|draft| draft.subject == subject && !draft.sent);
        if let Some(draft) = draft {
            let body: Answers = serde_json::from_str(&draft.body).map_err(|error| format!("draft of {}: {error}", row.id))?;
            let answers = book::of_row(row, &body);
            if !answers.is_blank() {
                all.push(Withdrawn { row, answers, round: None, saved: Some((draft.by.clone(), draft.at)) });
                continue;
            }
        }
        let last = sent.iter().rev().map(|(round, answers)| (round, book::of_row(row, answers)));
        if let Some((round, answers)) = last.into_iter().find(|(_, answers)| !answers.is_blank()) {
            all.push(Withdrawn { row, answers, round: Some(*round), saved: None });
        }
    }
    all.sort_by_key(|one| one.row.section);
    Ok(all)
}
