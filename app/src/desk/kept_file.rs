//! What was read of a file that somebody sent to a task, until it is applied or another one takes its place. It is kept as a
//! draft of theirs: one person's file does not take the place of another's.

use journey::{base::ids::TaskId, ledger::journey::Journey, port::WriteError, rule::draft::Draft};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    base::halt::Halt,
    desk::context::TaskContext,
    request::{services::Services, visitor::Visitor},
};

fn subject(visitor: &Visitor) -> String {
    format!("import.{}", visitor.actor.person)
}

/// Keeps what was read.
///
/// # Errors
/// When the database does not answer.
pub async fn keep<T: Serialize>(
    services: &Services,
    visitor: &Visitor,
    journey: &Journey,
    task: &TaskId,
    read: &T,
) -> Result<(), Halt> {
    let subject = subject(visitor);
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
) -> Result<(), Halt> {
    let there = services.store.draft(&journey.reference, task, &subject(visitor)).await?;
    if there.is_some() { keep(services, visitor, journey, task, &T::default()).await } else { Ok(()) }
}

/// What is kept for whoever reads this page.
///
/// # Errors
/// A fault when it cannot be read.
pub async fn kept<T: DeserializeOwned + Default>(desk: &TaskContext) -> Result<T, Halt> {
    let draft = desk.context.services.store.draft(&desk.journey().reference, &desk.spec.id, &subject(&desk.visitor)).await?;
    match draft {
        Some(draft) => serde_json::from_str(&draft.body).map_err(|error| Halt::Fault(format!("a kept file: {error}"))),
        None => Ok(T::default()),
    }
}
