//! New versions of a product whose SCAL was accepted: only the rows that a version touches are asked again
//! (domain/scal.md: "later edits need a controlled uplift"), and some are touched by every version.

use std::cmp::Ordering;

use crate::{
    base::{ids::FieldId, version_order},
    catalogue::{
        row::Row,
        scal::{PRODUCT_VERSION, rows},
    },
    form::{Answers, Field, Form, Kind, Rule},
    ledger::{basis::Change, journey::Journey, refusal::Refusal},
    plan::{opening::Opening, process::TaskSpec},
};

/// Rows that every version touches, each with the reason (domain/scal.csv).
pub const EVERY_VERSION: &[(&str, &str)] = &[
    ("scal-org-03", "It names the version that is registered with Spine."),
    ("scal-cs-05", "The safety case is for the version under assurance."),
    ("scal-cs-10", "Hazards are assessed again for each release that matters."),
];

/// Whether a task was settled for another version of the product than the one that is assessed.
pub(crate) fn changes_product(journey: &Journey, spec: &TaskSpec) -> bool {
    journey.changes(spec).iter().any(|change| matches!(change, Change::Product { .. }))
}

/// A version as a supplier writes it.
///
/// # Errors
/// [`Refusal::Invalid`] when nothing is written, or too much.
pub fn named(product: &str) -> Result<String, Refusal> {
    let asked = Field::new(PRODUCT_VERSION, "Product version", Kind::Line { max: 40 }).required("Enter the product version");
    let typed = Answers::default().with(PRODUCT_VERSION, product);
    let clean = Form::of(vec![asked]).check(&typed).map_err(Refusal::Invalid)?;
    Ok(clean.one(PRODUCT_VERSION).to_owned())
}

/// The question for what a product is called from now on.
pub const PRODUCT_NAME: &str = "product_name";

/// What a product is called from its next version on; nothing where it keeps its name.
///
/// # Errors
/// [`Refusal::Invalid`] when it is too long, or an address stands in it.
pub fn renamed(opening: &Opening, name: &str) -> Result<String, Refusal> {
    let mut form = Form::of(vec![Field::new(PRODUCT_NAME, "Name of the product", Kind::Line { max: 80 })]);
    form.rules.push(Rule::NoAddress { field: PRODUCT_NAME });
    let clean = form.check(&Answers::default().with(PRODUCT_NAME, name)).map_err(Refusal::Invalid)?;
    let name = clean.one(PRODUCT_NAME);
    Ok(if name == opening.product { String::new() } else { name.to_owned() })
}

/// A version that is later than the one assessed before. When none was named before, every version is.
///
/// # Errors
/// [`Refusal::Invalid`] when it is not one, or not later.
pub fn later(before: &str, product: &str) -> Result<String, Refusal> {
    let product = named(product)?;
    if !before.is_empty() && version_order::compare(&product, before) != Ordering::Greater {
        return Err(Refusal::problem(PRODUCT_VERSION, &format!("Enter a version later than {before}, which was assessed last")));
    }
    Ok(product)
}

/// Whether every version asks this row again.
#[must_use]
pub fn always(row: &Row) -> Option<&'static str> {
    EVERY_VERSION.iter().find(|known| known.0 == row.field.as_str()).map(|known| known.1)
}

/// The rows that are asked again when these were chosen, in the order of the catalogue. What is no row here is left out.
#[must_use]
pub fn touched(opening: &Opening, chosen: &[FieldId]) -> Vec<FieldId> {
    let asked = |row: &&Row| always(row).is_some() || chosen.contains(&row.field);
    rows(opening).into_iter().filter(asked).map(|row| row.field.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::editions;

    #[test]
    fn every_row_that_is_always_asked_is_in_the_catalogue() {
        let shipped = editions::shipped().expect("lawful");
        for (id, _) in EVERY_VERSION {
            assert!(
                shipped.iter().any(|row| row.field.as_str() == *id && row.who != crate::catalogue::row::Who::Provider),
                "{id}"
            );
        }
    }

    #[test]
    fn a_new_version_is_later_than_the_one_before() {
        assert_eq!(later("4.2", " 4.10 ").expect("later"), "4.10");
        assert_eq!(later("", "1").expect("the first"), "1");
        for old in ["4.2", "4.1.9", "", "   ", "x".repeat(41).as_str()] {
            assert!(later("4.2", old).is_err(), "{old}");
        }
    }
}
