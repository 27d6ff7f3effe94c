//! The use case: its questions, and what a reviewer's answers mean (domain/journeys.md, `describe-use-case`).

use std::collections::BTreeSet;

use crate::{
    form::{Answers, Choice, Field, Form, Kind},
    ledger::{journey::Journey, refusal::Refusal, use_case::UseCase},
    plan::{
        capability::Capability,
        opening::Opening,
        process::{Page, TaskSpec},
    },
};

/// Care settings, after the list of the data sharing portal (domain/end_users.md §5).
pub const CARE_SETTINGS: &[Choice] = &[
    ("general_practice", "General practice", ""),
    ("primary_care_network", "Primary care network or hub", ""),
    ("extended_access", "Extended access hub", ""),
    ("pharmacy", "Pharmacy", ""),
    ("optometry", "Optometry", ""),
    ("nhs_111", "NHS 111", ""),
    ("urgent_treatment", "Urgent treatment centre", ""),
    ("emergency", "Accident and emergency", ""),
    ("secondary_care", "Secondary care (hospital)", ""),
    ("mental_health", "Mental health", ""),
    ("hospice", "Hospice", ""),
    ("social_care", "Social care", ""),
    ("shared_care_record", "Shared care record", ""),
    ("online_consultation", "Online or remote consultation", ""),
    ("other", "Somewhere else", "Say where in the answer about organisations."),
];

/// The questions. The capabilities offered are all there are: those of the opening are chosen beforehand.
#[must_use]
pub fn form(_opening: &Opening) -> Form {
    let words = |id: &str, label: &str, hint: &str, missing: &str, max: usize| {
        Field::new(id, label, Kind::Words { max }).hint(hint).required(missing)
    };
    Form::of(vec![
        Field::new("purpose", "What is the product for?", Kind::Line { max: 200 })
            .hint("One sentence. We show it to the organisations that will use the product.")
            .required("Say what the product is for"),
        words(
            "problem",
            "What problem does it solve?",
            "What do staff do today, and what goes wrong?",
            "Say what problem it solves",
            2000,
        ),
        Field::new("care_settings", "Where will it be used?", Kind::Choices(CARE_SETTINGS.to_vec()))
            .hint("Select all that apply.")
            .required("Select where it will be used"),
        words(
            "users",
            "Who will use it and when?",
            "Name the roles and the moment of care.",
            "Say who will use it and when",
            1200,
        ),
        words(
            "organisations",
            "Which organisations will use it?",
            "Name them, or say what kind and how many you expect in the first year.",
            "Say which organisations will use it",
            1200,
        ),
        Field::new(
            "capabilities",
            "Which capabilities does it need?",
            Kind::Choices(Capability::ALL.iter().map(|c| (c.name(), c.title(), c.about())).collect()),
        )
        .hint("Select all that apply. Ask only for what the use case needs.")
        .required("Select the capabilities it needs"),
        words(
            "capability_use",
            "What will it do with each of them?",
            "For each capability: what is shown or written, and to whom.",
            "Say what it will do with each capability",
            2000,
        ),
        words(
            "direct_care",
            "How does the data support direct care?",
            "GP Connect may be used for direct care only. Say what a clinician decides with the data.",
            "Say how the data supports direct care",
            2000,
        ),
    ])
}

/// A care setting in words; `None` for one that nobody can choose.
#[must_use]
pub fn setting(value: &str) -> Option<String> {
    CARE_SETTINGS.iter().find(|(known, ..)| *known == value).map(|(_, label, _)| (*label).to_owned())
}

/// What stands of a use case in what is signed.
#[must_use]
pub fn told(answers: &Answers) -> UseCase {
    let care_settings = answers.many("care_settings").iter().filter_map(|value| setting(value)).collect();
    UseCase { purpose: answers.one("purpose").to_owned(), care_settings }
}

/// A use case is sent for the capabilities of its journey and no others: so its approval is one of what is assessed.
///
/// # Errors
/// [`Refusal::Invalid`] with the capabilities of the journey, and where to choose others.
pub fn is_for(journey: &Journey, spec: &TaskSpec, answers: &Answers) -> Result<(), Refusal> {
    if spec.page != Page::UseCase {
        return Ok(());
    }
    let named: BTreeSet<Capability> = answers.many("capabilities").iter().filter_map(|name| name.parse().ok()).collect();
    let chosen = journey.chosen();
    if named == chosen {
        return Ok(());
    }
    let titles: Vec<&str> = chosen.iter().map(|capability| capability.title()).collect();
    let chooses = journey.process.tasks.iter().find(|task| task.page == Page::Capabilities);
    let says = format!(
        "Select the capabilities of this journey: {}. If the product needs others, change them first under “{}”",
        titles.join(", "),
        chooses.map_or("Choose capabilities", |task| &task.label),
    );
    Err(Refusal::problem("capabilities", &says))
}

/// What the opening already answers, for an empty draft.
#[must_use]
pub fn beforehand(opening: &Opening) -> Answers {
    let mut answers = Answers::default();
    let chosen = opening.capabilities.iter().map(|c| c.capability.name().to_owned()).collect();
    answers.0.insert("capabilities".to_owned(), chosen);
    answers
}
