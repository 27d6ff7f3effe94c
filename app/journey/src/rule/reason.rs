//! The words that come with a decision: there have to be some, and not too many.

use crate::{
    form::{Answers, Field, Form, Kind},
    ledger::refusal::Refusal,
};

/// Longest reason, note or finding, in characters.
pub const LONGEST_WORDS: usize = 4_000;

pub(crate) fn reason_of(text: &str) -> Result<String, Refusal> {
    words(text, "reason", "Give a reason")
}

/// Words that came with a decision. With an empty `missing` they may be left out.
pub(crate) fn words(text: &str, field: &str, missing: &str) -> Result<String, Refusal> {
    let mut asked = Field::new(field, "What you wrote", Kind::Words { max: LONGEST_WORDS });
    if !missing.is_empty() {
        asked = asked.required(missing);
    }
    let form = Form::of(vec![asked]);
    let clean = form.check(&Answers::default().with(field, text)).map_err(Refusal::Invalid)?;
    Ok(clean.one(field).to_owned())
}
