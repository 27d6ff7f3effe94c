//! The questions that most forms ask, in the shape in which they ask them.

use crate::form::{
    field::{Choice, Field, Kind},
    questions::{Form, Rule},
};

/// Files that one question takes.
pub const MOST_FILES: usize = 20;

pub(crate) fn line(id: &str, label: &str, hint: &str, missing: &str) -> Field {
    let field = Field::new(id, label, Kind::Line { max: 200 }).hint(hint);
    if missing.is_empty() { field } else { field.required(missing) }
}

pub(crate) fn words(id: &str, label: &str, hint: &str, missing: &str) -> Field {
    let field = Field::new(id, label, Kind::Words { max: 4000 }).hint(hint);
    if missing.is_empty() { field } else { field.required(missing) }
}

pub(crate) fn choice(id: &str, label: &str, hint: &str, options: &[Choice], missing: &str) -> Field {
    Field::new(id, label, Kind::Choice(options.to_vec())).hint(hint).required(missing)
}

pub(crate) fn day(id: &str, label: &str, missing: &str) -> Field {
    let field = Field::new(id, label, Kind::Day).hint("For example, 24 11 2026.");
    if missing.is_empty() { field } else { field.required(missing) }
}

/// A day of what has happened.
pub(crate) fn past_day(id: &str, label: &str, missing: &str) -> Field {
    day(id, label, missing).past()
}

/// What went on from one day to another, asked as `from` and `to`.
pub(crate) fn in_order(form: Form) -> Form {
    form.rule(Rule::NotBefore { from: "from", to: "to", says: "The last day cannot be before the first" })
}

/// Whoever answers `when` with one of `is` answers `field` as well.
pub(crate) fn needs(when: &str, is: &'static [&'static str], field: &str, says: &str) -> Rule {
    Rule::Needs { when: when.to_owned(), is, one_of: vec![field.to_owned()], says: says.to_owned() }
}

pub(crate) fn files(hint: &str) -> Field {
    Field::new("files", "Files", Kind::Files { most: MOST_FILES }).hint(hint)
}

pub(crate) fn note(label: &str, hint: &str) -> Field {
    Field::new("note", label, Kind::Words { max: 4000 }).hint(hint)
}
