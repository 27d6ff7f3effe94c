//! The use case: its questions, and what a reviewer's answers mean (domain/journeys.md, `describe-use-case`).

use crate::{
    command::{Command, Refusal},
    event::Finding,
    form::{Answers, Field, Form, Kind, Problem, Problems},
    ids::{FieldId, TaskId},
    opening::{Capability, Opening},
    standing::TaskRecord,
};

/// Care settings, after the list of the data sharing portal (domain/end_users.md §5).
const CARE_SETTINGS: &[(&str, &str, &str)] = &[
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
    Form {
        fields: vec![
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
        ],
    }
}

/// What the opening already answers, for an empty draft.
#[must_use]
pub fn beforehand(opening: &Opening) -> Answers {
    let mut answers = Answers::default();
    let chosen = opening.capabilities.iter().map(|c| c.capability.name().to_owned()).collect();
    answers.0.insert("capabilities".to_owned(), chosen);
    answers
}

/// How one answer stands for a reviewer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answered {
    /// Changed since the last review, or never judged: needs a verdict now.
    ToJudge,
    /// Accepted before and unchanged: the verdict is kept.
    Kept,
    /// A change was requested and the answer is still the same.
    Unanswered,
}

/// How each answer stands, in page order. `changed` is what differs between the round last judged and this one.
#[must_use]
pub fn to_judge(form: &Form, record: &TaskRecord, changed: &[FieldId]) -> Vec<(FieldId, Answered)> {
    let stands = |id: &FieldId| match record.verdicts.get(id) {
        _ if changed.contains(id) => Answered::ToJudge,
        Some(verdict) if verdict.finding.is_none() => Answered::Kept,
        Some(_) => Answered::Unanswered,
        None => Answered::ToJudge,
    };
    form.fields.iter().map(|field| (field.id.clone(), stands(&field.id))).collect()
}

/// What the reviewer's form asks for. In `typed`, `verdict_{question}` is `accept` or `change`, `finding_{question}` the
/// words; `decision` is `approve`, `return` or `refuse`, with `note` or `reason`.
///
/// # Errors
/// [`Refusal::Invalid`] with every problem: a verdict is missing, words are missing, or the decision contradicts the verdicts.
pub fn review(task: &TaskId, judged: &[(FieldId, Answered)], typed: &Answers) -> Result<Command, Refusal> {
    let decision = typed.one("decision");
    if decision == "refuse" {
        return Ok(Command::Refuse { task: task.clone(), reason: typed.one("reason").to_owned() });
    }
    let mut problems = Vec::new();
    let mut findings = Vec::new();
    let mut accepted = Vec::new();
    for (field, stands) in judged {
        let words = typed.one(&format!("finding_{field}")).trim().to_owned();
        match (typed.one(&format!("verdict_{field}")), stands) {
            ("accept", _) => accepted.push(field.clone()),
            // The verdict of an earlier round stands, with the name and day of whoever gave it.
            ("", Answered::Kept) => {}
            ("change", _) if words.is_empty() => {
                problems.push(Problem::new(&format!("finding_{field}"), "Say what to change"));
            }
            ("change", _) => findings.push(Finding { field: Some(field.clone()), words }),
            _ => problems.push(Problem::new(&format!("verdict_{field}"), "Accept this answer or request a change")),
        }
    }
    match decision {
        "approve" if !findings.is_empty() => {
            problems.push(Problem::new(
                "decision",
                "You cannot approve while a change is requested. Return it to the supplier, or accept every answer",
            ));
        }
        "return" if findings.is_empty() && problems.is_empty() => {
            problems.push(Problem::new("decision", "Every answer is accepted. Approve the use case, or request a change"));
        }
        "approve" | "return" => {}
        _ => problems.push(Problem::new("decision", "Choose what to do with the use case")),
    }
    if !problems.is_empty() {
        return Err(Refusal::Invalid(Problems(problems)));
    }
    Ok(if decision == "approve" {
        Command::Approve { task: task.clone(), note: typed.one("note").to_owned() }
    } else {
        Command::Return { task: task.clone(), findings, accepted }
    })
}
