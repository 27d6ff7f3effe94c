//! What is known of a file that proves something: on which product version, in which environment, when and by whom it was
//! made (domain/testing.md §9: "Evidence must name environment, date, product version, tester; evidence from a lower
//! product version turns stale"), and who may read it.

use std::cmp::Ordering;

use jiff::{Timestamp, civil::Date};

use crate::{
    base::{
        calendar,
        environment::Environment,
        ids::{Digest, PersonId},
        version_order::compare,
    },
    form::{Answers, Choice, Field, Form, Kind},
    ledger::{file_sort::Sort, refusal::Refusal},
};

/// The facts about one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// SHA-256 of its bytes.
    pub digest: Digest,
    /// What it is.
    pub sort: Sort,
    /// The product version it was made on, as the supplier writes it.
    pub product: String,
    /// Where it was made.
    pub environment: Option<Environment>,
    /// The day it was made.
    pub effective: Option<Date>,
    /// Who made it; may be empty.
    pub tester: String,
    /// The earlier file that it takes the place of.
    pub replaces: Option<Digest>,
    /// Who said so.
    pub by: PersonId,
    /// When it was received.
    pub at: Timestamp,
}

impl Evidence {
    /// Whether it was made on an older version than the one that is assessed now. What names no version is not judged.
    #[must_use]
    pub fn is_stale(&self, now: &str) -> bool {
        !self.product.is_empty() && !now.is_empty() && compare(&self.product, now) == Ordering::Less
    }
}

/// The questions about a file.
#[must_use]
pub fn form() -> Form {
    let environments: Vec<Choice> = Environment::ALL.iter().map(|e| (e.name(), e.title(), "")).collect();
    // What a group keeps for itself is no evidence of a supplier.
    let sorts = Sort::ALL.iter().filter(|sort| **sort != Sort::LocalSafety);
    let sorts: Vec<Choice> = sorts.map(|s| (s.name(), s.title(), "")).collect();
    Form::of(vec![
        Field::new("sort", "What is it?", Kind::Pick(sorts)),
        Field::new("product", "Product version", Kind::Line { max: 40 })
            .hint("As registered with Spine, for example 4.2.3.")
            .required("Enter the product version it was made on"),
        Field::new("environment", "Environment", Kind::Pick(environments)).required("Choose where it was made"),
        Field::new("effective", "Day it was made", Kind::Day).required("Enter the day it was made").past(),
        Field::new("tester", "Who made it", Kind::Line { max: 100 }),
    ])
}

/// Reads the facts about a file.
///
/// # Errors
/// [`Refusal::Invalid`] with every problem.
pub fn read(digest: Digest, typed: &Answers, replaces: Option<Digest>, by: PersonId, at: Timestamp) -> Result<Evidence, Refusal> {
    let clean = form().check(typed).map_err(Refusal::Invalid)?;
    form().days(&clean, calendar::date_of(at), None).map_err(Refusal::Invalid)?;
    Ok(Evidence {
        digest,
        sort: Sort::named(clean.one("sort")).unwrap_or_default(),
        product: clean.one("product").to_owned(),
        environment: Environment::named(clean.one("environment")),
        effective: clean.one("effective").parse().ok(),
        tester: clean.one("tester").to_owned(),
        replaces,
        by,
        at,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_of_an_older_version_is_stale_and_nothing_else_is() {
        let made = |product: &str, day: &str| {
            let typed = Answers::default()
                .with("product", product)
                .with("environment", "int")
                .with("effective", day)
                .with("sort", "plain");
            let by = "ada".parse().expect("an id");
            read(Digest::of(b"x"), &typed, None, by, "2026-03-02T09:00:00Z".parse().expect("an instant"))
        };
        let of = |product: &str| made(product, "2 3 2026").expect("complete");
        assert!(made("4.2.1", "3 3 2026").is_err(), "nothing is made tomorrow");
        assert!(of("4.2.1").is_stale("4.2.3"));
        assert!(!of("4.2.3").is_stale("4.2.3") && !of("4.3").is_stale("4.2.3") && !of("4.2.1").is_stale(""));
        assert_eq!(of("4.2.1").environment, Some(Environment::Int));
    }
}
