//! What is signed: the parts that are filled in first, and the words. A signature binds the digest of the words, so they
//! are made here from the journey alone; the parts enter by the digest under which they were submitted.
//!
//! Topics: connection agreement, domain/journeys.md source CA; data sharing and declaration, domain/end_users.md §3 and §4.
//! The sentences are this product's own.

use crate::{
    form::{
        Field, Form, Kind,
        short::{choice, files, line, past_day, words},
    },
    plan::process::{Signs, TaskSpec},
};

/// The parts of an agreement or declaration that are filled in before it is signed.
#[must_use]
pub fn parts(spec: &TaskSpec) -> Form {
    match spec.signs {
        Some(Signs::Declaration) => declaration_parts(),
        Some(Signs::Sharing) => sharing_parts(),
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
            Kind::Organisations { most: crate::task::end_users::MOST_MEMBERS },
        )
        .hint("One a line: the ODS code, then the name.")
        .required("Enter the organisations"),
        line("cso", "Clinical safety officer of the group", "Name and registration.", "Enter the clinical safety officer"),
        line("incidents", "How is an incident reported?", "Who reports it, to whom.", "Say how an incident is reported"),
        words("training", "How are users trained, and how is access controlled?", "", "Say how users are trained"),
        words("note", "Anything to add", "Optional. Limits of use, or what differs between the organisations.", ""),
    ])
}

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
