//! Files in answers: an answer may name only what was added to its own task, so that nobody can reach the bytes of
//! another journey by naming their digest.

use journey::form::{Answers, FileRef};
use leptos::prelude::*;

use crate::{
    act::action::{ActionResult, Typed, act, signed_in},
    base::words::{encode, tail},
    desk::drafts::{self, Saving},
    request::{flash, visitor::calling},
};

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
) -> ActionResult {
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
