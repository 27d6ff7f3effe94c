//! The SCAL of a journey: which rows it answers, as one form (domain/scal.md).

use crate::{
    base::{
        ids::{Digest, FieldId},
        text,
    },
    catalogue::{
        editions,
        row::{COMMON, NOT_MET, Row, Who, judge_of, row_form, tabs},
    },
    form::{Answers, Field, Form, Kind},
    plan::opening::Opening,
};

/// The rows that a consumer with these capabilities answers, by section.
#[must_use]
pub fn rows(opening: &Opening) -> Vec<&'static Row> {
    asked_of(editions::rows(&opening.catalogue), opening)
}

/// Those of these rows that a consumer with these capabilities answers, by section.
#[must_use]
pub fn asked_of<'a>(rows: &'a [Row], opening: &Opening) -> Vec<&'a Row> {
    let wanted = |tab: &str| tab == COMMON || opening.capabilities.iter().any(|c| tabs(c.capability).contains(&tab));
    let mut rows: Vec<&Row> = rows.iter().filter(|row| row.who != Who::Provider && wanted(&row.tab)).collect();
    rows.sort_by_key(|row| row.section);
    rows
}

/// The question for the version of the product that is assessed: evidence of an older one is stale.
pub const PRODUCT_VERSION: &str = "product_version";

/// The whole SCAL as one form: what is submitted, and what is judged row by row.
#[must_use]
pub fn form(opening: &Opening) -> Form {
    let version = Field::new(PRODUCT_VERSION, "Product version that is assessed", Kind::Line { max: 40 });
    rows(opening).into_iter().map(|row| row_form(row).clone()).fold(Form::of(vec![version]), |mut whole, row| {
        whole.fields.extend(row.fields);
        whole.rules.extend(row.rules);
        whole.parts.extend(row.parts);
        whole
    })
}

/// The SCAL as reviewers judge it: a row that is not met is decided by the technical architect, whoever owns it
/// (domain/scal.md: "Non-compliance is triaged by a technical architect").
#[must_use]
pub fn judged_form(opening: &Opening, answers: &Answers) -> Form {
    let mut form = form(opening);
    for (part, row) in form.parts.iter_mut().zip(rows(opening)) {
        part.owner = Some(judge_of(row, answers));
    }
    form
}

/// Of the answer to a row, as it was sent: whoever judged one with this digest has judged this one.
#[must_use]
pub fn digest_of(row: &Row, answers: &Answers) -> Digest {
    let mut own = Answers::default();
    for id in row_form(row).fields.iter().map(|field| field.id.as_str()) {
        let values: Vec<String> =
            answers.many(id).iter().map(|value| text::tidy(value)).filter(|value| !value.is_empty()).collect();
        if !values.is_empty() {
            own.0.insert(id.to_owned(), values);
        }
    }
    Digest::of(own.to_json().as_bytes())
}

/// Rows that are not met and say why.
#[must_use]
pub fn justified(opening: &Opening, answers: &Answers) -> Vec<FieldId> {
    rows(opening).into_iter().filter(|row| answers.one(row.field.as_str()) == NOT_MET).map(|row| row.field.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        base::edition::Edition,
        catalogue::row::is_answered,
        plan::capability::{Capability, Chosen, PdsRoute},
    };

    fn opening(capabilities: &[Capability]) -> Opening {
        Opening {
            product: String::new(),
            capabilities: capabilities.iter().map(|c| Chosen { capability: *c, version: c.versions()[0].to_owned() }).collect(),
            hscn: true,
            pds: PdsRoute::Own,
            already_conformant: false,
            other_organisations: false,
            supporting_tasks: false,
            catalogue: Edition::default(),
            unconfirmed: false,
            version: String::new(),
        }
    }

    #[test]
    fn the_catalogue_of_this_release_is_lawful_and_whole() {
        assert_eq!(editions::shipped().expect("lawful").len(), 202);
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
    fn a_row_that_is_met_names_its_evidence_and_any_other_says_why() {
        let row = rows(&opening(&[Capability::SendDocument]))[0];
        let with = |status: &str| Answers::default().with(row.field.as_str(), status);
        assert!(!is_answered(row, &Answers::default()));
        assert!(!is_answered(row, &with("met")) && !is_answered(row, &with("not_applicable")));
        assert!(is_answered(row, &with("partly").with(row.words(), "By May.")));
        let file = format!("{} scan.pdf", "ab".repeat(32));
        assert!(is_answered(row, &with("met").with(row.files(), &file)));
        assert!(is_answered(row, &with("met").with(row.links(), "https://example.org/evidence")));
        assert!(!is_answered(row, &with("met").with(row.links(), "see the wiki")));
    }
}
