//! A file that somebody sends to a task to look at what it would do: the form that sends it, and what was read of it, until it is
//! applied or another one takes its place. It is kept as a draft of theirs: one person's file does not take the place of another's.

use journey::{base::ids::TaskId, ledger::journey::Journey, port::WriteError, rule::draft::Draft};
use leptos::prelude::*;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    base::halt::Halt,
    design::{ask, group_class},
    desk::context::TaskContext,
    islands::upload::Upload,
    request::{services::Services, visitor::Visitor},
};

/// What a file is kept as, where a task takes one sort of file.
pub const FILE: &str = "import";

/// A file as it was read.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ReadFile<F> {
    /// Its name.
    pub name: String,
    /// What was read of it. What was kept in another shape by a release of before is not offered any more.
    #[serde(default)]
    pub file: F,
}

/// What a form asks for: what its file may be, the endings that a browser offers, and the button.
pub struct Asks {
    /// "Excel (.xlsx, up to 5 MB) or CSV file (up to 1 MB)".
    pub label: &'static str,
    /// As `accept` of HTML has them.
    pub endings: &'static str,
    /// What the button says.
    pub button: &'static str,
}

/// A file of rows.
pub const ROWS: Asks = Asks {
    label: "Excel (.xlsx, up to 5 MB) or CSV file (up to 1 MB)",
    endings: ".xlsx,.csv,.txt,.tsv",
    button: "Upload and look at the rows",
};

/// The form that sends a file to look at it.
pub fn form(desk: &TaskContext, id: &'static str, action: &'static str, asks: &Asks) -> AnyView {
    let problem = desk.context.kept.as_ref().and_then(|kept| kept.problem("file"));
    let class = group_class(problem.is_some());
    view! {
        <form action=action method="post" enctype="multipart/form-data" id=id>
            {desk.hidden()}
            <div class=class>
                <label class="nhsuk-label nhsuk-label--s" for="file">{asks.label}</label>
                {ask::message("file", problem)}
                <div class="gpc-upload">
                    <input class="nhsuk-file-upload" id="file" type="file" name="file" accept=asks.endings />
                    <button class="nhsuk-button nhsuk-button--secondary" formenctype="multipart/form-data" formaction=action>{asks.button}</button>
                </div>
            </div>
            <Upload />
        </form>
    }
    .into_any()
}

fn subject(kept_as: &str, visitor: &Visitor) -> String {
    format!("{kept_as}.{}", visitor.actor.person)
}

/// Keeps what was read. A task that takes several sorts of files keeps each as something else.
///
/// # Errors
/// When the database does not answer.
pub async fn keep<T: Serialize>(
    services: &Services,
    visitor: &Visitor,
    journey: &Journey,
    task: &TaskId,
    kept_as: &str,
    read: &T,
) -> Result<(), Halt> {
    let subject = subject(kept_as, visitor);
    let before = services.store.draft(&journey.reference, task, &subject).await?;
    let seen = before.map_or(0, |draft| draft.version);
    let body = serde_json::to_string(read).map_err(|error| Halt::Fault(error.to_string()))?;
    let (by, at) = (visitor.actor.person.clone(), services.clock.now());
    let draft = Draft { task: task.clone(), subject, version: seen, body, by, at, sent: false };
    match services.store.save_draft(&journey.reference, draft, seen).await {
        // The same person in another window was faster: that file is shown.
        Ok(_) | Err(WriteError::Conflict) => Ok(()),
        Err(WriteError::Store(error)) => Err(error.into()),
    }
}

/// Forgets the file of before: it is not offered under another one that was refused.
///
/// # Errors
/// When the database does not answer.
pub async fn forget<T: Serialize + Default>(
    services: &Services,
    visitor: &Visitor,
    journey: &Journey,
    task: &TaskId,
    kept_as: &str,
) -> Result<(), Halt> {
    let there = services.store.draft(&journey.reference, task, &subject(kept_as, visitor)).await?;
    if there.is_some() { keep(services, visitor, journey, task, kept_as, &T::default()).await } else { Ok(()) }
}

/// What is kept for whoever reads this page.
///
/// # Errors
/// A fault when it cannot be read.
pub async fn kept<T: DeserializeOwned + Default>(desk: &TaskContext, kept_as: &str) -> Result<T, Halt> {
    let subject = subject(kept_as, &desk.visitor);
    let draft = desk.context.services.store.draft(&desk.journey().reference, &desk.spec.id, &subject).await?;
    match draft {
        Some(draft) => serde_json::from_str(&draft.body).map_err(|error| Halt::Fault(format!("a kept file: {error}"))),
        None => Ok(T::default()),
    }
}
