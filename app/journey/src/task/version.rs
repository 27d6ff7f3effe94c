//! The version of the product: asked once, at the start, and carried to wherever a form asks for it. What was sent for
//! another one is said to both sides; nothing is refused, because a stage may have been tested on an earlier version.

use std::cmp::Ordering;

use crate::{
    base::version_order::compare,
    form::{Answers, Form},
    ledger::journey::Journey,
    plan::opening::Opening,
};

/// The question of a form that asks for the version of the product.
pub const FIELD: &str = "version";

/// The question of a form that asks for the name of the product.
const NAME: &str = "product";

/// What a form need not ask again: the version that is assessed, and the name of the product.
#[must_use]
pub fn beforehand(form: &Form, opening: &Opening) -> Answers {
    let asks = |id: &str| form.fields.iter().any(|field| field.id.as_str() == id);
    if opening.version.is_empty() || !asks(FIELD) {
        return Answers::default();
    }
    let answers = Answers::default().with(FIELD, &opening.version);
    if asks(NAME) { answers.with(NAME, &opening.product) } else { answers }
}

/// What to say of answers that name another version of the product than the one that is assessed; nothing where either is
/// not known.
#[must_use]
pub fn other(journey: &Journey, answers: &Answers) -> Option<String> {
    let (named, assessed) = (answers.one(FIELD).trim(), journey.opening.version.as_str());
    // "Bedside View 4.2" names 4.2.
    let of_product = named.strip_prefix(&journey.opening.product).map_or(named, str::trim);
    let same = named.is_empty() || assessed.is_empty() || compare(of_product, assessed) == Ordering::Equal;
    (!same).then(|| format!("This was sent for version {named}. The version of this journey is {assessed}."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::short::line;

    #[test]
    fn a_version_that_is_known_is_not_asked_again() {
        let form = Form::of(vec![line("version", "Version", "", ""), line("product", "Product", "", "")]);
        let known = crate::plan::opening_form::read(
            "consumer",
            &Answers::default()
                .with("product", "Bedside View")
                .with("version", "4.2.1")
                .with("capabilities", "send-document")
                .with("hscn", "yes")
                .with("pds", "own")
                .with("already_conformant", "no")
                .with("other_organisations", "no")
                .with("supporting_tasks", "yes"),
            crate::base::edition::Edition::default(),
        )
        .expect("complete");
        let before = beforehand(&form, &known);
        assert_eq!((before.one("version"), before.one("product")), ("4.2.1", "Bedside View"));
        assert_eq!(beforehand(&Form::of(vec![line("name", "Name", "", "")]), &known), Answers::default());
        let unknown = Opening { version: String::new(), ..known };
        assert_eq!(beforehand(&form, &unknown), Answers::default());
    }
}
