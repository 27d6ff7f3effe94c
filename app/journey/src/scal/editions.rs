//! Editions of the catalogue. A journey pins the one it was opened with; moving it to a newer one is a deed of its own.
//! What this release ships is one file with the edition of each row; what operators publish joins it while the service
//! runs. An edition never changes once it is known, so that whoever reads it reads the same for ever.

use std::{
    collections::BTreeMap,
    fmt,
    str::FromStr,
    sync::{LazyLock, PoisonError, RwLock},
};

use serde::{Deserialize, Serialize};

use super::{Row, read};
use crate::{
    actor::{Actor, Role},
    form::Problem,
    ids::FieldId,
    process::Fault,
};

const SHIPPED: &str = include_str!("../../catalogues/scal.csv");

/// Name of an edition: a year and a number, such as `2026-1`. Ordered by time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Edition {
    year: u16,
    number: u16,
}

impl Edition {
    /// Whether it is the one that journeys follow that name none: they were opened before there was a second one.
    #[must_use]
    pub fn is_first(&self) -> bool {
        *self == Self::default()
    }
}

impl Default for Edition {
    fn default() -> Self {
        Self { year: 2026, number: 1 }
    }
}

/// A text that names no edition.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not an edition; write a year and a number, like 2026-1")]
pub struct NotAnEdition(String);

impl FromStr for Edition {
    type Err = NotAnEdition;

    fn from_str(text: &str) -> Result<Self, NotAnEdition> {
        let parts = text.split_once('-').and_then(|(year, number)| Some((year.parse().ok()?, number.parse().ok()?)));
        match parts {
            Some((year @ 2020..=2099, number @ 1..=999)) if format!("{year}-{number}") == text => Ok(Self { year, number }),
            _ => Err(NotAnEdition(text.chars().take(40).collect())),
        }
    }
}

impl TryFrom<String> for Edition {
    type Error = NotAnEdition;

    fn try_from(text: String) -> Result<Self, NotAnEdition> {
        text.parse()
    }
}

impl From<Edition> for String {
    fn from(edition: Edition) -> Self {
        edition.to_string()
    }
}

impl fmt::Display for Edition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.year, self.number)
    }
}

/// Every row of the shipped file, of every edition.
///
/// # Errors
/// Every fault: such a release must not start.
pub fn shipped() -> Result<&'static [Row], &'static [Fault]> {
    static READ: LazyLock<Result<Vec<Row>, Vec<Fault>>> = LazyLock::new(|| read(SHIPPED));
    READ.as_ref().map(Vec::as_slice).map_err(Vec::as_slice)
}

type Shelf = BTreeMap<Edition, &'static [Row]>;

static SHELF: LazyLock<RwLock<Shelf>> = LazyLock::new(|| {
    let all = shipped().unwrap_or_default();
    let mut names: Vec<&Edition> = all.iter().flat_map(|row| [Some(&row.since), row.until.as_ref()]).flatten().collect();
    names.sort();
    names.dedup();
    let asks = |edition: &Edition| {
        let rows: Vec<Row> = all
            .iter()
            .filter(|row| row.since <= *edition && row.until.as_ref().is_none_or(|until| *edition < *until))
            .cloned()
            .collect();
        &*rows.leak()
    };
    RwLock::new(names.into_iter().map(|edition| (edition.clone(), asks(edition))).collect())
});

/// The rows of an edition, in the order of the catalogue; none when it is not known here.
#[must_use]
pub fn rows(edition: &Edition) -> &'static [Row] {
    SHELF.read().unwrap_or_else(PoisonError::into_inner).get(edition).copied().unwrap_or_default()
}

/// Whether this edition is known here.
#[must_use]
pub fn knows(edition: &Edition) -> bool {
    SHELF.read().unwrap_or_else(PoisonError::into_inner).contains_key(edition)
}

/// Every known edition, oldest first.
#[must_use]
pub fn all() -> Vec<Edition> {
    SHELF.read().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect()
}

/// The edition that a new journey follows.
#[must_use]
pub fn newest() -> Edition {
    all().pop().unwrap_or_default()
}

/// Makes an edition known that was published in the service. One that is known already stays as it is.
/// The rows live as long as the process: editions are few and never forgotten.
pub fn learn(edition: Edition, mut rows: Vec<Row>) {
    rows.retain(|row| row.until.as_ref().is_none_or(|until| edition < *until));
    let mut shelf = SHELF.write().unwrap_or_else(PoisonError::into_inner);
    shelf.entry(edition).or_insert_with(|| rows.leak());
}

/// Operators publish editions.
#[must_use]
pub fn may_publish(actor: &Actor) -> bool {
    actor.is(Role::Operator)
}

/// An edition as it is proposed: later than every known one, lawful, and with rows.
///
/// # Errors
/// What to put right; the fields are `edition` and `body`.
pub fn proposed(edition: &str, body: &str) -> Result<(Edition, Vec<Row>), Vec<Problem>> {
    let edition: Edition = edition.parse().map_err(|error: NotAnEdition| vec![Problem::new("edition", error.to_string())])?;
    let newest = newest();
    if edition <= newest {
        return Err(vec![Problem::new("edition", format!("Name it later than {newest}, which is the newest"))]);
    }
    let rows = read(body).map_err(|faults| {
        faults.into_iter().take(MOST_TOLD).map(|fault| Problem::new("body", fault.to_string())).collect::<Vec<_>>()
    })?;
    if rows.is_empty() {
        return Err(vec![Problem::new("body", "There is no row in it")]);
    }
    Ok((edition, rows))
}

/// Faults that are told at once.
const MOST_TOLD: usize = 30;

/// What differs between two editions.
#[derive(Clone, Debug, Default)]
pub struct Difference {
    /// Asked by the newer one only.
    pub new: Vec<Row>,
    /// Asked by both in other words: as it was, as it is.
    pub changed: Vec<(Row, Row)>,
    /// Asked by the older one only.
    pub withdrawn: Vec<Row>,
}

impl Difference {
    /// Between these rows, older first.
    #[must_use]
    pub fn between(old: &[Row], new: &[Row]) -> Self {
        let known: BTreeMap<&FieldId, &Row> = old.iter().map(|row| (&row.field, row)).collect();
        let mut difference = Self::default();
        for row in new {
            match known.get(&row.field) {
                None => difference.new.push(row.clone()),
                Some(before) if before.asks_the_same(row) => {}
                Some(before) => difference.changed.push(((*before).clone(), row.clone())),
            }
        }
        let gone = |row: &&Row| !new.iter().any(|now| now.field == row.field);
        difference.withdrawn = old.iter().filter(gone).cloned().collect();
        difference
    }

    /// Whether both ask the same.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.new.is_empty() && self.changed.is_empty() && self.withdrawn.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn editions_are_read_as_they_are_written_and_ordered_by_time() {
        let read = |text: &str| text.parse::<Edition>();
        assert_eq!(read("2026-2").expect("an edition").to_string(), "2026-2");
        let sorted = ["2026-2", "2026-10", "2027-1"].map(|text| read(text).expect("an edition"));
        assert!(sorted.is_sorted());
        for text in ["", "2026", "2026-", "2026-0", "2026-01", "26-1", "2026-1 ", "1999-1"] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_published_is_known_and_never_changes() {
        let edition: Edition = "2091-7".parse().expect("an edition");
        let row = shipped().expect("lawful")[0].clone();
        assert!(!knows(&edition));
        learn(edition.clone(), vec![row.clone()]);
        learn(edition.clone(), Vec::new());
        assert_eq!(rows(&edition).len(), 1, "the first one stands");
        assert_eq!(rows(&edition)[0].id, row.id);
    }

    #[test]
    fn a_difference_names_new_changed_and_withdrawn_rows() {
        let old = &shipped().expect("lawful")[..3];
        let mut new = old[1..].to_vec();
        new[0].requirement.push_str(" And more.");
        let mut added = old[0].clone();
        added.field = "scal-org-99".parse().expect("a name");
        new.push(added);
        let difference = Difference::between(old, &new);
        let names = |rows: &[Row]| rows.iter().map(|row| row.field.to_string()).collect::<Vec<_>>();
        assert_eq!(names(&difference.new), ["scal-org-99"]);
        assert_eq!(difference.changed[0].1.field, old[1].field);
        assert_eq!(names(&difference.withdrawn), [old[0].field.to_string()]);
        assert!(Difference::between(old, old).is_empty());
    }
}
