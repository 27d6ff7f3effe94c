//! Tasks that are completed with the form of another one.

use journey::{
    base::ids::TaskId,
    plan::process::{Page, TaskSpec},
    rule::{beside, command::Command},
};
use leptos::prelude::*;

use crate::{
    act::{load::load, post},
    base::{halt::Halt, words::listed},
    desk::context::TaskContext,
    request::{flash, services::services, visitor::calling},
};

/// The field that names the other tasks, as the form sends it and as refused words keep it.
pub const ALSO: &str = "also";

/// The other tasks that can be completed with this one; nothing where there are none. What somebody has begun is left to its own
/// page, so that no kept words are passed over.
///
/// # Errors
/// When the database does not answer.
pub async fn others(desk: &TaskContext) -> Result<Option<AnyView>, Halt> {
    let journey = desk.journey();
    let mut others = beside::completed_with(journey, &desk.visitor.actor, desk.spec);
    if !others.is_empty() {
        let begun = desk.context.services.store.drafted(&journey.reference, "answers").await?;
        others.retain(|spec| !begun.contains(&spec.id));
    }
    if others.is_empty() {
        return Ok(None);
    }
    let kept = desk.context.kept.as_ref();
    let items = others
        .into_iter()
        .map(|spec| {
            let id = format!("also-{}", spec.id);
            let chosen = kept.is_some_and(|kept| kept.typed.many(ALSO).iter().any(|id| *id == spec.id.as_str()));
            let hint = (spec.page == Page::Capabilities).then(|| {
                let chosen = journey.opening.capabilities.iter();
                let words = chosen.map(|one| format!("{} {}", one.capability.title(), one.version)).collect();
                let hint = format!("{id}-hint");
                (hint.clone(), view! { <div class="nhsuk-hint nhsuk-checkboxes__hint" id=hint>{format!("As you said at the start: {}.", listed(words))}</div> })
            });
            let (described, hint) = hint.unzip();
            view! {
                <div class="nhsuk-checkboxes__item">
                    <input class="nhsuk-checkboxes__input" id=id.clone() type="checkbox" name=format!("{ALSO}[]") value=spec.id.to_string() checked=chosen aria-describedby=described />
                    <label class="nhsuk-label nhsuk-checkboxes__label" for=id>{spec.label.clone()}</label>
                    {hint}
                </div>
            }
        })
        .collect_view();
    Ok(Some(
        view! {
            <fieldset class="nhsuk-fieldset nhsuk-form-group">
                <legend class="nhsuk-fieldset__legend nhsuk-fieldset__legend--s">"Have you done any of these as well?"</legend>
                <div class="nhsuk-checkboxes nhsuk-checkboxes--small">{items}</div>
            </fieldset>
        }
        .into_any(),
    ))
}

/// Completes these tasks after the one whose form named them, and says what was done and what was not.
///
/// # Errors
/// When the database does not answer.
pub async fn complete(journey: &str, done: &'static TaskSpec, also: &[String]) -> Result<(), Halt> {
    let (services, caller) = (services()?, calling()?);
    let Some(visitor) = &caller.visitor else { return Ok(()) };
    let (mut completed, mut left) = (vec![done.noun.clone()], Vec::new());
    for id in also.iter().filter_map(|id| id.parse::<TaskId>().ok()) {
        let journey = load(&services, visitor, journey).await?.journey;
        let Some(spec) = journey.process.task(&id) else { continue };
        // Only what the form may name: nothing else is sent without its words.
        let offered = beside::completed_with(&journey, &visitor.actor, done).iter().any(|other| other.id == id)
            && !services.store.drafted(&journey.reference, "answers").await?.contains(&id);
        let command = Command::Submit { task: id, answers: beside::answers_of(&journey, spec) };
        if offered && post::record(&services, visitor, &journey.reference, &command).await? {
            completed.push(spec.noun.clone());
        } else {
            left.push(spec.noun.clone());
        }
    }
    let text =
        if left.is_empty() { String::new() } else { format!("Not completed with it: {}. Open each to see why.", listed(left)) };
    flash::say(&caller, format!("{}: completed", listed(completed)), text);
    Ok(())
}
