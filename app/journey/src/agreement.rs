//! What is signed: the parts that are filled in first, and the words. A signature binds the digest of the words, so they
//! are made here from the journey alone; the parts enter by the digest under which they were submitted.
//!
//! Topics: connection agreement, domain/journeys.md source CA; data sharing and declaration, domain/end_users.md §3 and §4.
//! The sentences are this product's own.

use crate::{
    form::{Field, Form, Kind},
    forms::{choice, files, line, past_day, words},
    journey::Journey,
    process::{Page, Process, TaskSpec},
};

/// The parts of an agreement or declaration that are filled in before it is signed.
#[must_use]
pub fn parts(spec: &TaskSpec) -> Form {
    match (spec.page, spec.id.as_str()) {
        (Page::Declaration, _) => declaration_parts(),
        (_, "data-sharing-agreement") => sharing_parts(),
        _ => connection_parts(),
    }
}

fn connection_parts() -> Form {
    Form::of(vec![
        line("legal_name", "Legal name of the supplier", "", "Enter the legal name of the supplier"),
        words("address", "Registered address", "", "Enter the registered address"),
        line(
            "contact",
            "Contact for this agreement",
            "Name, telephone number and email address.",
            "Enter the contact for this agreement",
        ),
        words(
            "services",
            "Services form: what does the product do with each capability?",
            "And for which kinds of organisation.",
            "Say what the product does with each capability",
        ),
        choice(
            "data_role",
            "Processing form: which role do you have in data protection?",
            "",
            &[
                ("processor", "Processor for the organisations that use the product", ""),
                ("joint", "Joint controller", ""),
                ("controller", "Independent controller", ""),
            ],
            "Select your role in data protection",
        ),
        words(
            "processing",
            "Where is data processed, by whom, and how long is it kept?",
            "Name sub-processors and countries.",
            "Say where data is processed",
        ),
        files("Optional. Annexes."),
    ])
}

fn sharing_parts() -> Form {
    Form::of(vec![
        words(
            "reason",
            "Why is the data shared?",
            "The reason is published for patients: plain words.",
            "Say why the data is shared",
        ),
        choice(
            "dspt",
            "Has every organisation that signs met the Data Security and Protection Toolkit standards?",
            "Under its own ODS code.",
            &[("met", "Yes, standards met or exceeded", ""), ("not_yet", "Not yet", "Wait until each has met them.")],
            "Say whether every organisation has met the standards",
        ),
        past_day("checked_on", "When was that checked?", "Enter the day of the check"),
        Field::new("privacy_notice", "Web address of the privacy notice", Kind::Links { most: 1 })
            .hint("Where patients read how their data is shared. It begins with https://.")
            .required("Enter the web address of the privacy notice"),
        files("Optional. The data protection impact assessment."),
    ])
    .rule(crate::form::Rule::Not {
        field: "dspt",
        is: "not_yet",
        says: "Wait until every organisation has met the standards. Your draft is kept",
    })
}

fn declaration_parts() -> Form {
    Form::of(vec![
        Field::new(
            "members",
            "For which organisations is this declared?",
            Kind::Organisations { most: crate::end_users::MOST_MEMBERS },
        )
        .hint("One a line: the ODS code, then the name.")
        .required("Enter the organisations"),
        line("cso", "Clinical safety officer of the group", "Name and registration.", "Enter the clinical safety officer"),
        line("incidents", "How is an incident reported?", "Who reports it, to whom.", "Say how an incident is reported"),
        words("training", "How are users trained, and how is access controlled?", "", "Say how users are trained"),
        words("note", "Anything to add", "Optional. Limits of use, or what differs between the organisations.", ""),
    ])
}

/// The words to sign for a task, as shown and as hashed.
#[must_use]
pub fn words_to_sign(journey: &Journey, spec: &TaskSpec) -> String {
    let capabilities: Vec<String> =
        journey.opening.capabilities.iter().map(|c| format!("{} {}", c.capability.title(), c.version)).collect();
    let statements: &[&str] = match (spec.page, spec.id.as_str()) {
        (Page::Declaration, _) => DECLARATION,
        (Page::Witness, _) => WITNESS,
        (_, "data-sharing-agreement") => SHARING,
        _ => CONNECTION,
    };
    let mut text = format!(
        "{}\n\nJourney {}\n{}Product: {}\nCapabilities: {}\n",
        spec.label,
        journey.reference,
        // Ledgers of before do not say who the supplier is; what was signed there keeps its words.
        journey.identity(&journey.organisation).map_or_else(String::new, |it| format!("Supplier: {}\n", it.in_words())),
        journey.named(),
        capabilities.join(", ")
    );
    // A version that was assessed later than the journey was opened is what is signed for.
    if let Some((product, _)) = journey.product_version() {
        text += &format!("Version assessed: {product}\n");
    }
    for task in bound(journey.process, spec) {
        if let Some(sent) = journey.task(&task.id).sent.last() {
            text += &format!("{}: round {}, digest {}\n", bound_as(spec, task), sent.round, sent.digest);
        }
    }
    for (number, statement) in statements.iter().enumerate() {
        text += &format!("\n{}. {statement}", number + 1);
    }
    text
}

/// The tasks whose words become part of what is signed for a task: the parts filled in first, the SCAL, and for a
/// declaration the data sharing agreement.
pub(crate) fn bound<'a>(process: &'a Process, spec: &TaskSpec) -> impl Iterator<Item = &'a TaskSpec> + use<'a> {
    let scal = (spec.id.as_str() != SHARING_TASK).then_some(SCAL_TASK);
    let sharing = (spec.page == Page::Declaration).then_some(SHARING_TASK);
    let own = process.task(&spec.id);
    let others = [scal, sharing].into_iter().flatten();
    own.into_iter().chain(others.filter_map(|id| process.tasks.iter().find(|task| task.id.as_str() == id)))
}

fn bound_as(spec: &TaskSpec, bound: &TaskSpec) -> &'static str {
    match bound.id.as_str() {
        SCAL_TASK => "SCAL as accepted, which is part of this",
        _ if bound.id == spec.id => "Parts filled in",
        _ => "Data sharing agreement",
    }
}

const SCAL_TASK: &str = "submit-scal";
const SHARING_TASK: &str = "data-sharing-agreement";

const CONNECTION: &[&str] = &[
    "The supplier connects the product to GP Connect as described in the parts filled in, and for nothing else.",
    "Data obtained through GP Connect is used for the direct care of the patient only, and is not sold or used for charging.",
    "The SCAL as accepted is part of this agreement. A change that touches it is submitted before it is released.",
    "The supplier keeps a clinical safety officer, a hazard log and a safety case, and reports a clinical safety incident within 48 hours.",
    "The supplier keeps the standards of the Data Security and Protection Toolkit, and checks them for each organisation before it goes live.",
    "The supplier runs a service desk and joins a high severity incident within 30 minutes.",
    "NHS England may suspend the connection when patients or data are at risk, and says why.",
    "Whoever signs has authority to sign for their organisation.",
];

const SHARING: &[&str] = &[
    "The organisation has read the terms for sharing data through GP Connect and accepts them.",
    "The organisation has met the standards of the Data Security and Protection Toolkit under its own ODS code.",
    "The organisation follows data protection law and the duty of confidentiality; its impact assessment, privacy notice and records say that GP Connect is used.",
    "GP Connect is used for direct care only.",
    "Whoever signs is the Caldicott Guardian, the Senior Information Risk Owner or the Data Protection Officer, or signs with their authority.",
    "NHS England may audit the use.",
];

const WITNESS: &[&str] = &[
    "The tests named in the parts filled in were demonstrated on the product version and in the environment named there.",
    "What was seen is written down in the parts filled in, and nothing that was seen to fail is left out.",
    "Points that stay open are named there, each with an owner.",
    "Whoever signs was present from the first script to the last.",
    "This is the record of what was watched. It is no certificate and no approval to go live.",
];

const DECLARATION: &[&str] = &[
    "This is declared for the organisations named in the parts filled in, with authority to do so.",
    "GP Connect is used for direct care only.",
    "Each organisation has met the standards of the Data Security and Protection Toolkit.",
    "Clinical risk is managed as DCB0160 asks, with the clinical safety officer named in the parts filled in.",
    "The SCAL, the safety case and the hazard log of the supplier were looked at, in the version named above.",
    "Access is controlled by role, and users are trained before they use the product.",
    "Incidents and mistakes in the data are reported to the supplier and to the practice concerned.",
    "The privacy notice tells patients, and audits are answered.",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::Answers;

    #[test]
    fn a_privacy_notice_is_a_page_that_can_be_opened() {
        let says = |typed: &str| {
            let problems =
                sharing_parts().check(&Answers::default().with("privacy_notice", typed)).expect_err("the rest is missing");
            problems.0.into_iter().find(|problem| problem.field == "privacy_notice").map(|problem| problem.says)
        };
        assert_eq!(says("https://www.example.org/privacy"), None);
        for bad in ["none", "www.example.org", "http://example.org/privacy", "https://a.example\nhttps://b.example"] {
            assert!(says(bad).is_some(), "{bad}");
        }
    }
}
