//! Which files somebody may name in what they send.

use std::collections::BTreeSet;

use journey::{
    base::ids::Digest,
    form::{Answers, FileRef, Form},
    ledger::{journey::Journey, refusal::Refusal},
    plan::process::TaskSpec,
    task::forms,
};

use crate::{base::halt::Halt, request::services::Services};

/// The questions of a form that take files.
fn fields(form: &Form) -> Vec<String> {
    form.takes_files().map(|field| field.id.to_string()).collect()
}

/// Digests of the files that were added to a task; nothing is asked when the answers name none.
async fn known(services: &Services, journey: &Journey, spec: &TaskSpec, named: bool) -> Result<BTreeSet<Digest>, Halt> {
    if !named {
        return Ok(BTreeSet::new());
    }
    let mut digests = BTreeSet::new();
    for lender in journey.process.lends_files(spec) {
        let files = services.store.files(&journey.reference, &lender.id).await?;
        digests.extend(files.into_iter().map(|file| file.digest));
    }
    Ok(digests)
}

fn is_known(value: &str, known: &BTreeSet<Digest>) -> bool {
    FileRef::parse(value).is_some_and(|file| known.contains(&file.digest))
}

/// The answers without files that were not added to this task: what a draft keeps of this form.
///
/// # Errors
/// When the database does not answer.
pub async fn own(
    services: &Services,
    journey: &Journey,
    spec: &TaskSpec,
    form: &Form,
    mut answers: Answers,
) -> Result<Answers, Halt> {
    let fields: Vec<String> = fields(form).into_iter().filter(|field| !answers.many(field).is_empty()).collect();
    let known = known(services, journey, spec, !fields.is_empty()).await?;
    for field in fields {
        if let Some(values) = answers.0.get_mut(&field) {
            values.retain(|value| is_known(value, &known));
        }
    }
    Ok(answers)
}

/// Whether every file that the answers name was added to this task.
///
/// # Errors
/// When the database does not answer. The inner error is for the person.
pub async fn lawful(
    services: &Services,
    journey: &Journey,
    spec: Option<&TaskSpec>,
    answers: &Answers,
) -> Result<Result<(), Refusal>, Halt> {
    let Some(spec) = spec else { return Ok(Ok(())) };
    let fields: Vec<String> =
        fields(&forms::form_of(spec, &journey.opening)).into_iter().filter(|field| !answers.many(field).is_empty()).collect();
    let known = known(services, journey, spec, !fields.is_empty()).await?;
    for field in fields {
        if answers.many(&field).iter().any(|value| !is_known(value, &known)) {
            return Ok(Err(Refusal::problem(&field, "Add the files again: one of them is not stored with this task")));
        }
    }
    Ok(Ok(()))
}
