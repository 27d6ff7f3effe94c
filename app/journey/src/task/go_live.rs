//! The way into use: the request, the deployment approach, and the sites that are live (domain/journeys.md, phase 5).

use crate::{
    form::{
        Field, Form, Kind,
        short::{day, files, line, words},
    },
    ledger::journey::Journey,
};

/// Sites that a plan may have.
const MOST_SITES: usize = 500;

fn sites(label: &str) -> Field {
    Field::new("sites", label, Kind::Organisations { most: MOST_SITES })
        .hint("One a line: the ODS code, then the name. Like: A21471 Willow Lane Surgery.")
        .required("Enter the sites")
}

/// The questions of `approval-to-go-live`.
#[must_use]
pub fn request() -> Form {
    Form::of(vec![
        sites("At which sites will the product go live first?"),
        day("first_on", "When is the first site planned to go live?", "Enter the planned date"),
        words(
            "support",
            "How are the sites supported?",
            "Who answers, in which hours, and how an incident reaches you.",
            "Say how the sites are supported",
        ),
        words(
            "training",
            "How are users trained?",
            "Who trains whom, in what, and how the consumer hazards are taught.",
            "Say how users are trained",
        ),
        words(
            "safety",
            "What is open in clinical safety?",
            "Residual risks, and what the sites must do about them. Write “nothing” if nothing is open.",
            "Say what is open in clinical safety",
        ),
        words("note", "Anything to add", "Optional.", ""),
        files("Optional. Training material, the support model, the safety case."),
    ])
}

/// The questions of `deployment-approach`.
#[must_use]
pub fn approach() -> Form {
    Form::of(vec![
        sites("Which sites are in the plan?"),
        words(
            "waves",
            "In which waves do they go live?",
            "Dates, and what must be true before the next wave begins.",
            "Say in which waves the sites go live",
        ),
        line(
            "endpoints",
            "Production endpoints",
            "Domain names, and where the product is hosted.",
            "Enter the production endpoints",
        ),
        words("training", "Training before each site starts", "", "Say how users are trained before their site starts"),
        words(
            "benefits",
            "What shall get better, and what is it today?",
            "A figure that you can measure again later.",
            "Say what shall get better",
        ),
        words(
            "rollback",
            "What is the way back if something goes wrong?",
            "Who decides, how the product is switched off, and how the site works without it.",
            "Say what the way back is",
        ),
        line(
            "agreed_with",
            "Who agreed to this plan?",
            "The commissioner where there is one: name, role, organisation and date.",
            "Enter who agreed to this plan",
        ),
        files("Optional. The plan as a document."),
    ])
}

/// What is asked when the first sites are live: the sites themselves are recorded one by one.
#[must_use]
pub fn completion() -> Form {
    Form::of(vec![
        words(
            "checks",
            "What did the early checks show?",
            "First calls, audit entries, feedback of users, incidents.",
            "Say what the early checks showed",
        ),
        words("note", "Anything to add", "Optional.", ""),
    ])
}

/// The questions about one site of this journey: for a provider also which capabilities the practice has turned on.
#[must_use]
pub fn site_form(journey: &Journey) -> Form {
    let mut fields = vec![
        Field::new("ods_code", "ODS code of the site", Kind::OdsCode).required("Enter the ODS code of the site"),
        line("name", "Name of the site", "", "Enter the name of the site"),
    ];
    if journey.process.is_provider() {
        let chosen = journey.opening.capabilities.iter().map(|c| (c.capability.name(), c.capability.title(), ""));
        fields.push(
            Field::new("capabilities", "Which capabilities has the practice turned on?", Kind::Choices(chosen.collect()))
                .hint("Those that are not selected are off.")
                .required("Select the capabilities that the practice has turned on"),
        );
        fields.push(day("live_on", "Day on which the practice turned them on", "Enter the day"));
    } else {
        fields.push(day("live_on", "Day of its first successful live call", "Enter the day of the first successful call"));
    }
    fields.push(
        Field::new("checked", "What was checked?", Kind::Words { max: 1000 })
            .hint("Optional. Who called, what was seen, what the audit says."),
    );
    fields.push(
        Field::new(OUTSIDE_PLAN, "Why is it live though the plan does not name it?", Kind::Words { max: 1000 })
            .hint("Only for a site that the plan does not name."),
    );
    Form::of(fields)
}

/// The question about a site that the plan does not name.
pub(crate) const OUTSIDE_PLAN: &str = "outside_plan";
