//! What was submitted, as pages show it: the rounds that the ledger names, each with the words whose digest the ledger
//! holds. What lies beside it in the table of submissions is shown to nobody.

use std::collections::BTreeSet;

use journey::{
    base::ids::{Digest, Round, TaskId},
    form::Answers,
    ledger::{journey::Journey, standing::Sent},
    plan::process::TaskSpec,
    port::Submission,
};

use crate::{base::halt::Halt, request::services::Services};

/// The answers of a submission.
///
/// # Errors
/// [`Halt::Fault`] when they cannot be read.
pub fn answers_of(submission: &Submission) -> Result<Answers, Halt> {
    serde_json::from_str(&submission.body).map_err(|error| Halt::Fault(format!("submission {}: {error}", submission.digest)))
}

/// The last round of a task.
///
/// # Errors
/// A fault when its words are not those that were submitted.
pub async fn last(services: &Services, journey: &Journey, task: &TaskId) -> Result<Option<Submission>, Halt> {
    let sent: Vec<&Sent> = journey.task(task).sent.last().into_iter().collect();
    Ok(of(services, journey, task, sent).await?.pop())
}

/// The words of the round that was taken back last.
///
/// # Errors
/// As [`last`].
pub async fn kept_back(services: &Services, journey: &Journey, task: &TaskId) -> Result<Option<Submission>, Halt> {
    let Some((round, digest)) = &journey.task(task).kept_back else { return Ok(None) };
    let kept = services.store.rounds(&journey.reference, task, &[*round]).await?;
    let is_it = |submission: &Submission| Digest::of(submission.body.as_bytes()) == *digest;
    kept.into_iter().find(is_it).map(Some).ok_or_else(|| not_those(journey, task, *round))
}

fn not_those(journey: &Journey, task: &TaskId, round: Round) -> Halt {
    Halt::Fault(format!("{}: the words of {task}, round {round}, are not those that were submitted", journey.reference))
}

/// One round of a task, when the ledger names it.
///
/// # Errors
/// As [`last`].
pub async fn round(services: &Services, journey: &Journey, task: &TaskId, round: Round) -> Result<Option<Submission>, Halt> {
    let sent: Vec<&Sent> = journey.task(task).sent.iter().filter(|sent| sent.round == round).collect();
    Ok(of(services, journey, task, sent).await?.pop())
}

/// The rounds that a page about a task looks at, oldest first: the last two, and those that verdicts are about.
///
/// # Errors
/// As [`last`].
pub async fn needed(services: &Services, journey: &Journey, spec: &TaskSpec) -> Result<Vec<Submission>, Halt> {
    let record = journey.submitted_in(spec);
    let judged: BTreeSet<Round> = journey
        .task(&spec.id)
        .verdicts
        .rounds()
        .chain(journey.process.reviewer_of(&spec.id).into_iter().flat_map(|review| journey.task(&review.id).verdicts.rounds()))
        .collect();
    let from = record.sent.len().saturating_sub(2);
    let wanted = record.sent.iter().enumerate().filter(|(at, sent)| *at >= from || judged.contains(&sent.round));
    of(services, journey, spec.reviews.as_ref().unwrap_or(&spec.id), wanted.map(|(_, sent)| sent).collect()).await
}

/// Every round of a task, oldest first: for a page that tells its whole story.
///
/// # Errors
/// As [`last`].
pub async fn every(services: &Services, journey: &Journey, task: &TaskId) -> Result<Vec<Submission>, Halt> {
    of(services, journey, task, journey.task(task).sent.iter().collect()).await
}

async fn of(services: &Services, journey: &Journey, task: &TaskId, sent: Vec<&Sent>) -> Result<Vec<Submission>, Halt> {
    if sent.is_empty() {
        return Ok(Vec::new());
    }
    let rounds: Vec<Round> = sent.iter().map(|sent| sent.round).collect();
    let mut kept = services.store.rounds(&journey.reference, task, &rounds).await?;
    let mut found = Vec::with_capacity(sent.len());
    for sent in sent {
        let at = kept
            .iter()
            .position(|submission| submission.round == sent.round && Digest::of(submission.body.as_bytes()) == sent.digest);
        let at = at.ok_or_else(|| not_those(journey, task, sent.round))?;
        found.push(kept.swap_remove(at));
    }
    Ok(found)
}
