//! Files in answers: an answer may name only what was added to its own task, so that nobody can reach the bytes of
//! another journey by naming their digest.

use std::collections::BTreeSet;

use journey::{
    command::Refusal,
    form::{Answers, FileRef, Form},
    forms,
    ids::Digest,
    journey::Journey,
    process::TaskSpec,
};
use leptos::prelude::*;

use crate::{
    flash,
    halt::Halt,
    post::{Done, Typed, act, encode, signed_in},
    scal::filter::tail,
    services::Services,
    tasks::drafts::{self, Saving},
    visitor::calling,
};

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
/// When the memory does not answer.
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
/// When the memory does not answer. The inner error is for the person.
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

/// Takes a file out of a draft; everything else that was typed is kept.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "files/remove")]
pub async fn remove(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] subject: String,
    #[server(default)] version: u64,
    #[server(default)] page: String,
    #[server(default)] filter: String,
    #[server(default)] remove: String,
    #[server(default)] answers: Typed,
) -> Done {
    act(async move {
        let caller = calling()?;
        let mut typed = Answers(answers);
        for values in typed.0.values_mut() {
            values.retain(|value| *value != remove);
        }
        let page = page_within(&journey, &task, &page);
        signed_in(&caller, &page, &typed).await?;
        match drafts::save(&journey, &task, &subject, version, &typed).await? {
            Saving::Saved(_) => {
                let name = FileRef::parse(&remove).map_or_else(|| "The file".to_owned(), |file| file.name);
                flash::say(&caller, format!("{name} is removed"), "Your words are saved.");
            }
            unsaved => drafts::keep_unsaved(&journey, &page, unsaved, typed).await?,
        }
        Ok(format!("{page}{}", tail(&filter)))
    })
    .await
}

/// The page that a form with files came from: below the path of its task, never anywhere else.
#[must_use]
pub fn page_within(journey: &str, task: &str, page: &str) -> String {
    let own = format!("/tasks/{}", encode(task));
    let lawful = page.starts_with(&own) && page.chars().all(|c| c.is_ascii_alphanumeric() || "/-_".contains(c));
    format!("/journeys/{}{}", encode(journey), if lawful { page } else { &own })
}
