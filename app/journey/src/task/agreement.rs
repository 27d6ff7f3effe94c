//! What is signed: the parts that are filled in first, and the words. A signature binds the digest of the words, so they
//! are made here from the journey alone; the parts enter by the digest under which they were submitted.
//!
//! Topics: connection agreement, domain/journeys.md source CA; data sharing and declaration, domain/end_users.md §3 and §4.
//! The sentences are this product's own.

use crate::{
    form::{
        Answers, Choice, Field, Form, Kind, Problems, Rule,
        short::{choice, files, line, needs, past_day, words},
    },
    ledger::{agreement_text::AgreementText, words::statements},
    plan::process::{Signs, TaskSpec},
};

const DIRECTOR: &str = "director";
const BEHALF: &str = "behalf";
const OTHER: &str = "other";

const AUTHORITIES: &[Choice] = &[
    (DIRECTOR, "Director, partner or owner", ""),
    ("caldicott_guardian", "Caldicott Guardian", ""),
    ("senior_information_risk_owner", "Senior Information Risk Owner (SIRO)", ""),
    ("data_protection_officer", "Data Protection Officer", ""),
    (BEHALF, "I sign on behalf of one of these", "You have their authority, and can show it."),
    (OTHER, "Another authority", ""),
];

/// The authorities by which one may sign this. What practices and hospitals share is for those whom its words name to sign, and a
/// director is none of them (domain/end_users.md §1).
fn authorities(spec: &TaskSpec) -> Vec<Choice> {
    let shares = spec.signs == Some(Signs::Sharing);
    AUTHORITIES.iter().copied().filter(|(name, ..)| !(shares && *name == DIRECTOR)).collect()
}

/// How the statements are named in a form: more than any text has.
const NUMBERS: [&str; 9] = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];

/// What whoever signs is asked: each statement by itself, and by what authority they sign for their organisation
/// (domain/end_users.md §1, "Signatory"). Who signs is not asked: it is whoever is signed in. `text` is the version that the parts
/// were sent with (`words::text_of`).
#[must_use]
pub fn signing(spec: &TaskSpec, text: Option<AgreementText>) -> Form {
    let statements: Vec<Choice> =
        NUMBERS.into_iter().zip(statements(spec, text)).map(|(number, statement)| (number, statement, "")).collect();
    let all = Rule::Every { field: "statements", of: statements.len(), says: EVERY };
    Form::of(vec![
        Field::new("statements", "Do you agree to each statement?", Kind::Choices(statements))
            .hint("Tick each one that you agree to. You can sign when you agree to all of them.")
            .required(EVERY),
        choice("authority", "By what authority do you sign?", "", &authorities(spec), "Select by what authority you sign"),
        line(BEHALF, "On behalf of whom?", "Only if you sign on behalf of somebody: their name, position and email address.", ""),
        line(OTHER, "Which other authority?", "Only for another authority: your position, and who gave it to you.", ""),
    ])
    .rule(all)
    .rule(needs("authority", &[BEHALF], BEHALF, "Enter on whose behalf you sign"))
    .rule(needs("authority", &[OTHER], OTHER, "Enter your position, and who gave you the authority"))
}

const EVERY: &str = "Tick each statement that you agree to. If you do not agree to one, decline to sign and say why";

/// The authority as it stands beside the signature.
///
/// # Errors
/// What is missing: an authority, or a statement that was not agreed to.
pub fn authority_in_words(spec: &TaskSpec, text: Option<AgreementText>, typed: &Answers) -> Result<String, Problems> {
    let answers = signing(spec, text).check(typed)?;
    Ok(match answers.one("authority") {
        BEHALF => format!("On behalf of {}", answers.one(BEHALF)),
        OTHER => answers.one(OTHER).to_owned(),
        chosen => AUTHORITIES.iter().find(|known| known.0 == chosen).map_or("", |known| known.1).to_owned(),
    })
}

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

/// The answer of a data sharing agreement that is published.
pub const REASON: &str = "reason";

fn sharing_parts() -> Form {
    Form::of(vec![
        words(
            REASON,
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
        .hint("One per line: the ODS code, then the name.")
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
    use crate::{
        plan::process::{Processes, Settle},
        task::agreement,
    };

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

    #[test]
    fn nobody_signs_without_each_statement_and_an_authority() {
        let shipped = Processes::shipped().expect("lawful");
        let signed = shipped.all().flat_map(|process| &process.tasks).filter(|spec| spec.settle == Settle::BySignatures);
        // What was sent before there was a text is signed as it was.
        let signed =
            signed.flat_map(|spec| [(spec, None)].into_iter().chain(AgreementText::to_send(spec).map(|text| (spec, Some(text)))));
        let mut seen = 0;
        for (spec, text) in signed {
            let count = statements(spec, text).len();
            let numbers = |most: usize| NUMBERS.iter().take(most).map(|number| (*number).to_owned()).collect::<Vec<_>>();
            let typed = |ticked: Vec<String>, authority: &str| {
                let mut answers = Answers::default().with("authority", authority);
                answers.0.insert("statements".to_owned(), ticked);
                answers
            };
            let says = |answers: &Answers| agreement::authority_in_words(spec, text, answers);
            let as_director = says(&typed(numbers(count), "director"));
            if spec.id.as_str() == "data-sharing-agreement" {
                assert_eq!(as_director.expect_err("its words name others").0[0].field, "authority");
            } else {
                assert_eq!(as_director.as_deref(), Ok("Director, partner or owner"), "{}", spec.id);
            }
            let guardian = says(&typed(numbers(count), "caldicott_guardian"));
            assert_eq!(guardian.as_deref(), Ok("Caldicott Guardian"), "{}", spec.id);
            let twice = vec!["1".to_owned(); count];
            for ticked in [numbers(count - 1), Vec::new(), twice] {
                let problems = says(&typed(ticked, "caldicott_guardian")).expect_err("not every statement").0;
                assert!(problems.iter().all(|problem| problem.field == "statements" && problem.says == EVERY), "{problems:?}");
            }
            assert!(says(&typed(numbers(count), "")).is_err() && says(&typed(numbers(count), "king")).is_err());
            let behalf = typed(numbers(count), BEHALF);
            assert_eq!(says(&behalf).expect_err("of whom").0[0].field, BEHALF);
            assert_eq!(says(&behalf.with(BEHALF, "Dr Leah Sand")).as_deref(), Ok("On behalf of Dr Leah Sand"));
            seen += 1;
        }
        assert!(seen >= 4, "each text is signed somewhere: {seen}");
    }
}
