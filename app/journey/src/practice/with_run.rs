//! A row of the SCAL answered with a run: its words, and the record of the run as its evidence. What was written before stays.

use crate::{
    base::ids::Digest,
    catalogue::row,
    form::{Answers, Field, FileRef, Problems},
    ledger::refusal::Refusal,
    practice::proof::Counted,
    scal::book::{Entry, draft_form},
};

/// What the draft of a row holds once it is answered with a run. `words` are those of
/// [`proof::words`](crate::practice::proof::words), `record` is the file.
///
/// # Errors
/// [`Refusal::Invalid`] when the row has no place left for the words or the file.
pub fn answered(entry: &Entry, words: &str, record: &FileRef) -> Result<Answers, Refusal> {
    // Whoever answers a row anew has looked at it.
    let mut body = entry.confirmed_body();
    let before = body.one(entry.row.words()).trim_end().to_owned();
    let told = match before.as_str() {
        "" => words.to_owned(),
        _ if before.contains(words) => before,
        _ => format!("{before}\n\n{words}"),
    };
    let limit = row::row_form(entry.row).field(entry.row.words()).and_then(Field::limit).unwrap_or(usize::MAX);
    let over = told.chars().count().saturating_sub(limit);
    if over > 0 {
        let says = format!("{}: what the run says does not fit. Shorten the answer by {over} characters first", entry.row.id);
        return Err(Refusal::problem("rows", &says));
    }
    body = body.with(entry.row.field.as_str(), "met").with(entry.row.words(), &told);
    let files = body.0.entry(entry.row.files().to_owned()).or_default();
    if !files.iter().filter_map(|value| FileRef::parse(value)).any(|known| known.digest == record.digest) {
        files.push(record.to_string());
    }
    let named = |Problems(problems): Problems| {
        let says = problems.into_iter().next().map(|problem| problem.says).unwrap_or_default();
        Refusal::problem("rows", &format!("{}: {says}", entry.row.id))
    };
    row::files_fit(entry.row, &body).map_err(named)?;
    draft_form(entry.row).keep(&body).map_err(named)
}

/// The files of a row that are records of these runs: the places of the runs in the list.
#[must_use]
pub fn used(files: &[String], counted: &[Counted]) -> Vec<usize> {
    let files: Vec<FileRef> = files.iter().filter_map(|value| FileRef::parse(value)).collect();
    let is_there = |record: &Digest| files.iter().any(|file| file.digest == *record);
    (0..counted.len()).filter(|at| counted[*at].record.as_ref().is_some_and(is_there)).collect()
}
