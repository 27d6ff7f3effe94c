//! The way into use: the request, the deployment approach, and the sites that are live (domain/journeys.md, phase 5).

use crate::{
    form::{
        Choice, Field, Form, Kind,
        short::{choice, day, files, line, words},
    },
    ledger::{journey::Journey, site::Step},
};

/// Sites that a plan may have.
pub const MOST_SITES: usize = 500;

/// Sites in waves.
fn waves(label: &str) -> Field {
    Field::new("sites", label, Kind::Waves { most: MOST_SITES })
        .hint(
            "One per line: the ODS code, then the name. Begin each wave with a line of its own, like: Wave 1 from 12 January 2027. \
Sites of later waves go live when the First of Type pilot is accepted. Without such lines all sites may go live at once.",
        )
        .required("Enter the sites")
}

fn sites(label: &str) -> Field {
    Field::new("sites", label, Kind::Organisations { most: MOST_SITES })
        .hint("One per line: the ODS code, then the name. Like: A21471 Willow Lane Surgery.")
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
        waves("Which sites are in the plan, and in which wave?"),
        words(
            "waves",
            "What must be true before the next wave begins?",
            "Figures, checks, who decides.",
            "Say what must be true before the next wave begins",
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
            "What should improve, and what is the figure today?",
            "A figure that you can measure again later.",
            "Say what should improve, and today's figure",
        ),
        words(
            "rollback",
            "What is the rollback plan if something goes wrong?",
            "Who decides, how the product is switched off, and how the site works without it.",
            "Give the rollback plan",
        ),
        line(
            "agreed_with",
            "Who agreed to this plan?",
            "Name, role, organisation and date. If a commissioner takes part in this journey, it agrees here when you have sent this: then write that it is asked.",
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
        if journey.opening.capabilities.len() > 1 {
            let chosen = journey.opening.capabilities.iter().map(|c| (c.capability.name(), c.capability.title(), ""));
            fields.push(
                Field::new("capabilities", "Which capabilities are live there?", Kind::Choices(chosen.collect()))
                    .hint("Leave this empty if all of them are."),
            );
        }
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

/// The sites that a step is recorded for, as the form names the question for the lines that are typed.
pub const PLACES: &str = "places";

/// The capabilities that a step is recorded for.
pub const FOR: &str = "for_capabilities";

/// The same for those that are ticked in the list.
pub const TICKED: &str = "ticked";

/// The questions about a step that is done at sites. `steps` are those that whoever records may choose from.
#[must_use]
pub fn step_form(journey: &Journey, steps: &[Step]) -> Form {
    let steps: Vec<Choice> = steps.iter().map(|step| (step.name(), step.title(), "")).collect();
    let chosen = journey.opening.capabilities.iter().map(|c| (c.capability.name(), c.capability.title(), ""));
    Form::of(vec![
        choice("step", "What was done?", "", &steps, "Select what was done"),
        Field::new(FOR, "For which capabilities?", Kind::Choices(chosen.collect()))
            .required("Select at least one capability"),
        day("on", "On which day?", "Enter the day on which it was done"),
        Field::new(PLACES, "At which other sites?", Kind::Words { max: MOST_SITES * 60 })
            .hint("Optional, beside those that you ticked. One per line: the ODS code, and for an ASID its 12 digits after it. You can paste columns from a spreadsheet. Like: A21471 918999198738"),
    ])
}

/// The question for the identifier of one site.
#[must_use]
pub fn asid_form() -> Form {
    Form::of(vec![Field::new("asid", "ASID", Kind::Line { max: 40 }).hint("Only when it was registered: 12 digits.")])
}

/// The answer of an early check that found nothing.
pub const FINE: &str = "fine";

/// The questions about an early check at a live site.
#[must_use]
pub fn check_form() -> Form {
    Form::of(vec![
        day("checked_on", "Day of the check", "Enter the day of the check"),
        choice(
            "outcome",
            "What did it show?",
            "",
            &[(FINE, "Nothing that has to be put right", ""), ("found", "Something has to be put right", "")],
            "Select what the check showed",
        ),
        words(
            "looked_at",
            "What was looked at, and what did it show?",
            "Calls and their answers, the audit trail, incidents, what users say. No details of patients.",
            "Say what was looked at",
        ),
    ])
}

/// The question about a site that the plan does not name.
pub(crate) const OUTSIDE_PLAN: &str = "outside_plan";
