//! What can be completed with the form of another task: what is only read or tried, and a choice that was made at the start.

use crate::{
    base::{actor::Actor, ids::TaskId},
    form::Answers,
    ledger::{journey::Journey, machine::Verb, standing::Standing},
    plan::process::{Page, TaskSpec},
    rule::offers,
    task::forms,
};

/// The other tasks that this person may complete together with this one, in the order of the plan; none beside a task that is
/// more than read or tried. What waits for this one alone is among them: it is completed after it.
#[must_use]
pub fn completed_with(journey: &Journey, actor: &Actor, spec: &TaskSpec) -> Vec<&'static TaskSpec> {
    if spec.page != Page::Mark {
        return Vec::new();
    }
    let ready = |other: &TaskSpec| match journey.standing(&other.id) {
        Standing::Ready => offers::judge(journey, actor, Verb::Submit, &other.id).is_ok(),
        Standing::Locked { waiting_on } => {
            waiting_on.iter().all(|id: &TaskId| *id == spec.id)
                && other.by == spec.by
                && offers::judge(journey, actor, Verb::Submit, &spec.id).is_ok()
        }
        _ => false,
    };
    let known = |other: &TaskSpec| match other.page {
        Page::Mark => true,
        Page::Capabilities => !answers_of(journey, other).is_blank(),
        _ => false,
    };
    journey.plan().filter(|other| other.id != spec.id && known(other) && ready(other)).collect()
}

/// What is sent for a task that is completed so: what was said at the start, or nothing.
#[must_use]
pub fn answers_of(journey: &Journey, spec: &TaskSpec) -> Answers {
    forms::beforehand(spec, &journey.opening)
}
