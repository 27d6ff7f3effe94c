//! What was sent that single sites are held against: the plan with its waves, and the declaration. The ledger has only digests of both.

use journey::{
    base::ids::TaskId,
    form::{self, Wave},
    ledger::journey::Journey,
    plan::process::Page,
    rule::go_live::Sent,
};

use crate::{act::sent, base::halt::Halt, request::services::Services};

/// What was sent that sites are held against. The plan is the deployment approach, or the request to go live when there is
/// none; for a provider, the practices that were registered.
///
/// # Errors
/// When it cannot be read.
pub async fn sent_of(services: &Services, journey: &Journey) -> Result<Sent, Halt> {
    let mut planned = Vec::new();
    // Of several plans the last one counts: the approach is agreed after the request.
    for spec in journey.process.tasks.iter().rev().filter(|spec| spec.plans_sites) {
        if let Some(named) = named(services, journey, &spec.id, "sites").await? {
            planned = named;
            break;
        }
    }
    let declaration = journey.plan().find(|spec| spec.page == Page::Declaration);
    let declared = match declaration {
        Some(spec) => named(services, journey, &spec.id, "members").await?.unwrap_or_default(),
        None => Vec::new(),
    };
    Ok(Sent {
        waves: planned.into_iter().filter(|wave| !wave.sites.is_empty()).collect(),
        declared: declared.into_iter().flat_map(|wave| wave.sites).collect(),
    })
}

/// The organisations that the last round of a task names in one of its answers, in waves where it has some.
async fn named(services: &Services, journey: &Journey, task: &TaskId, field: &str) -> Result<Option<Vec<Wave>>, Halt> {
    let Some(last) = sent::last(services, journey, task).await? else { return Ok(None) };
    let answers = sent::answers_of(&last)?;
    Ok(Some(form::waves(answers.one(field)).unwrap_or_default()))
}
