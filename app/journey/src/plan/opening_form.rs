//! The questions at the start of a journey, and what is read from their answers.

use std::collections::BTreeSet;

use crate::{
    base::edition::Edition,
    form::{Answers, Field, Form, Kind, Problem, Problems, Rule},
    plan::{
        capability::{Capability, Chosen, PdsRoute},
        opening::{Opening, Plan},
        track::PROVIDER,
    },
};

/// The questions that open a journey of this side, with their help and messages. A provider is asked only what its plan
/// depends on.
#[must_use]
pub fn form(side: &str) -> Form {
    let mut fields = vec![
        Field::new("product", "What is the product called?", Kind::Line { max: 80 })
            .hint("Its name, for example Bedside View.")
            .required("Enter the name of the product"),
        Field::new("version", "Which version is to be assessed?", Kind::Line { max: 40 })
            .hint("Optional, for example 4.2.1. It is filled in wherever a version is asked for."),
    ];
    fields.extend(capability_form(side).fields);
    fields.push(yes_or_no(
        "hscn",
        "Are you connected to the Health and Social Care Network (HSCN)?",
        "Needed for the INT environment and for live use.",
        "Select yes if you are connected to HSCN",
    ));
    let supporting = yes_or_no(
        "supporting_tasks",
        "Should the plan include the supporting tasks?",
        "Network, clinical safety, registrations with Spine. If you say no, those that bear on safety stay in the plan until \
the assurance team agrees.",
        "Select yes if the plan should include the supporting tasks",
    );
    if side == PROVIDER {
        fields.push(supporting);
        return Form::of(fields).rule(PRODUCT);
    }
    fields.extend([
        Field::new(
            "pds",
            "How does the product find patients on PDS?",
            Kind::Choice(vec![
                ("own", "It is PDS compliant itself", ""),
                ("third_party", "Through a mini service provider (SMSP) or another third party", ""),
                ("none", "It cannot yet", "We add the choice of a PDS route to your plan."),
            ]),
        )
        .hint("The Personal Demographics Service confirms who a patient is and where they are registered.")
        .required("Select how the product finds patients on PDS"),
        yes_or_no(
            "already_conformant",
            "Does the product already have a certificate for a GP Connect capability?",
            "",
            "Select yes if the product already has a certificate",
        ),
        yes_or_no(
            "other_organisations",
            "Will organisations other than your own use it?",
            "For example practices, trusts or a hub. They read and sign before go-live.",
            "Select yes if other organisations will use it",
        ),
        supporting,
    ]);
    Form::of(fields).rule(PRODUCT)
}

/// The name of a product stands in the subject of emails.
const PRODUCT: Rule = Rule::NoAddress { field: "product" };

/// Which capabilities, each at which version. Asked when a journey is opened and again by `choose-capabilities` or, of a
/// provider, by `p-specifications`.
#[must_use]
pub fn capability_form(side: &str) -> Form {
    let (asked, hint) = if side == PROVIDER {
        ("Which capabilities will it provide?", "Select all that apply. You can change them later.")
    } else {
        (
            "Which capabilities will it use?",
            "Select all that apply. You can change them later; an approved use case is then looked at again.",
        )
    };
    let options = Capability::ALL.iter();
    let mut fields = vec![
        Field::new("capabilities", asked, Kind::Choices(options.clone().map(|c| (c.name(), c.title(), c.about())).collect()))
            .hint(hint)
            .required("Select at least one capability"),
    ];
    for capability in options {
        fields.push(Field::new(
            &version_field(*capability),
            &format!("Version of {}", capability.title()),
            Kind::Pick(capability.versions().iter().map(|v| (*v, *v, "")).collect()),
        ));
    }
    Form::of(fields)
}

/// The questions of [`capability_form`] that these answers say something with: a version is asked of each capability, and counts
/// for those that were chosen.
#[must_use]
pub fn of_chosen(mut form: Form, answers: &Answers) -> Form {
    let chosen: Vec<String> = chosen(answers).iter().map(|one| version_field(one.capability)).collect();
    form.fields.retain(|field| !field.id.as_str().starts_with(VERSION_OF) || chosen.iter().any(|id| id == field.id.as_str()));
    form
}

/// The capabilities that checked answers of [`capability_form`] name; the newest version where none was picked.
#[must_use]
pub fn chosen(answers: &Answers) -> Vec<Chosen> {
    let named: BTreeSet<Capability> = answers.many("capabilities").iter().filter_map(|c| c.parse().ok()).collect();
    let version = |capability: Capability| {
        let picked = answers.one(&version_field(capability));
        if picked.is_empty() { capability.versions()[0].to_owned() } else { picked.to_owned() }
    };
    named.into_iter().map(|capability| Chosen { capability, version: version(capability) }).collect()
}

/// The answers of [`capability_form`] that name these capabilities.
#[must_use]
pub fn as_answers(capabilities: &[Chosen]) -> Answers {
    let mut answers = Answers::default();
    answers.0.insert("capabilities".to_owned(), capabilities.iter().map(|c| c.capability.name().to_owned()).collect());
    for chosen in capabilities {
        answers.0.insert(version_field(chosen.capability), vec![chosen.version.clone()]);
    }
    answers
}

fn yes_or_no(id: &str, label: &str, hint: &str, missing: &str) -> Field {
    Field::new(id, label, Kind::Choice(vec![("yes", "Yes", ""), ("no", "No", "")])).hint(hint).required(missing)
}

/// How the id of a version begins.
const VERSION_OF: &str = "version_";

fn version_field(capability: Capability) -> String {
    format!("{VERSION_OF}{}", capability.name().replace('-', "_"))
}

/// Reads the answers of [`form`] for a journey on this edition of the catalogue; every problem at once. What a provider is not asked is set so that it asks for nothing:
/// such a product is called, it calls nobody, and practices use it.
///
/// # Errors
/// The problems, in page order.
pub fn read(side: &str, answers: &Answers, catalogue: Edition) -> Result<Opening, Problems> {
    let Plan { product, version, capabilities, hscn, pds, already_conformant, other_organisations, supporting_tasks } =
        read_plan(side, answers)?;
    Ok(Opening {
        product,
        version,
        capabilities,
        hscn,
        pds,
        already_conformant,
        other_organisations,
        supporting_tasks,
        catalogue,
        unconfirmed: true,
    })
}

/// The same as the assurance team confirms or corrects it.
///
/// # Errors
/// The problems, in page order.
pub fn read_plan(side: &str, answers: &Answers) -> Result<Plan, Problems> {
    let answers = form(side).check(answers)?;
    let provider = side == PROVIDER;
    let one = |id: &str| answers.one(id).to_owned();
    let capabilities = chosen(&answers);
    if capabilities.is_empty() {
        return Err(Problems(vec![Problem::new("capabilities", "Select at least one capability")]));
    }
    Ok(Plan {
        product: one("product"),
        version: one("version"),
        capabilities,
        hscn: one("hscn") == "yes",
        pds: match one("pds").as_str() {
            _ if provider => PdsRoute::Own,
            "own" => PdsRoute::Own,
            "third_party" => PdsRoute::ThirdParty,
            _ => PdsRoute::None,
        },
        already_conformant: one("already_conformant") == "yes",
        other_organisations: provider || one("other_organisations") == "yes",
        supporting_tasks: one("supporting_tasks") == "yes",
    })
}

/// The answers of [`form`] that say this.
#[must_use]
pub fn plan_answers(plan: &Plan) -> Answers {
    let yes = |value: bool| if value { "yes" } else { "no" };
    as_answers(&plan.capabilities)
        .with("product", &plan.product)
        .with("version", &plan.version)
        .with("hscn", yes(plan.hscn))
        .with("pds", plan.pds.name())
        .with("already_conformant", yes(plan.already_conformant))
        .with("other_organisations", yes(plan.other_organisations))
        .with("supporting_tasks", yes(plan.supporting_tasks))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{opening::Route, track::CONSUMER};

    fn opening(capability: Capability, hscn: bool, pds: PdsRoute, conformant: bool) -> Route {
        Opening {
            product: "Bedside 1".into(),
            version: String::new(),
            capabilities: vec![Chosen { capability, version: capability.versions()[0].into() }],
            hscn,
            pds,
            already_conformant: conformant,
            other_organisations: true,
            supporting_tasks: true,
            catalogue: Default::default(),
            unconfirmed: false,
        }
        .route()
    }

    #[test]
    fn the_questionnaire_chooses_the_route_of_the_test_pathways() {
        use Capability::{AccessRecordHtml, SendDocument};
        assert_eq!(opening(AccessRecordHtml, false, PdsRoute::ThirdParty, false), Route::A);
        assert_eq!(opening(AccessRecordHtml, true, PdsRoute::None, false), Route::B);
        assert_eq!(opening(AccessRecordHtml, true, PdsRoute::Own, false), Route::C);
        assert_eq!(opening(AccessRecordHtml, true, PdsRoute::Own, true), Route::D);
        assert_eq!(opening(SendDocument, true, PdsRoute::ThirdParty, false), Route::H);
        assert_eq!(opening(SendDocument, false, PdsRoute::Own, false), Route::I);
    }

    #[test]
    fn nothing_filled_in_names_every_missing_answer_once() {
        let problems = read(CONSUMER, &Answers::default(), Edition::default()).expect_err("nothing was answered").0;
        let fields: Vec<&str> = problems.iter().map(|p| p.field.as_str()).collect();
        assert_eq!(
            fields,
            ["product", "capabilities", "hscn", "pds", "already_conformant", "other_organisations", "supporting_tasks"]
        );
    }

    #[test]
    fn a_provider_is_asked_only_what_its_plan_depends_on() {
        let problems = read(PROVIDER, &Answers::default(), Edition::default()).expect_err("nothing was answered").0;
        let fields: Vec<&str> = problems.iter().map(|p| p.field.as_str()).collect();
        assert_eq!(fields, ["product", "capabilities", "hscn", "supporting_tasks"]);
        let answers = Answers::default()
            .with("product", "Practice One 9")
            .with("capabilities", "access-record-structured")
            .with("hscn", "yes")
            .with("supporting_tasks", "no");
        let opening = read(PROVIDER, &answers, Edition::default()).expect("complete");
        assert!(opening.other_organisations && opening.hscn && !opening.supporting_tasks);
    }
}
