//! What is done to a use case: go on to the check, submit, review.

use journey::{
    command::{Command, Refusal},
    decide,
    event::Event,
    form::Answers,
    port::Submission,
    use_case,
};
use leptos::prelude::*;

use crate::{
    flash::{self, Kept},
    halt::Halt,
    post::{Done, Typed, Wish, act, encode, load, perform, signed_in},
    services::services,
    tasks::{
        actions::done,
        drafts::{Saving, keep_conflict, save},
    },
    use_case::review::judged,
    visitor::calling,
};

/// Keeps the draft and goes on to the check, if every answer will do.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "use-case/continue")]
pub async fn go_on(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] version: u64,
    #[server(default)] answers: Typed,
) -> Done {
    act(async move {
        let (services, caller) = (services()?, calling()?);
        let typed = Answers(answers);
        let page = format!("/journeys/{}/tasks/{}", encode(&journey), encode(&task));
        let visitor = signed_in(&caller, &page, &typed).await?;
        if let Saving::Conflict(theirs) = save(&journey, &task, "answers", version, &typed).await? {
            keep_conflict(&journey, &page, theirs, typed).await?;
            return Ok(page);
        }
        let loaded = load(&services, &visitor, &journey).await?;
        let spec = task.parse().ok().and_then(|id| loaded.journey.process.task(&id)).ok_or(Halt::Missing)?;
        match decide::form_of(spec, &loaded.journey.opening).check(&typed) {
            Ok(_) => Ok(format!("{page}/check")),
            Err(problems) => {
                let refusal = Refusal::Invalid(problems.clone());
                let (heading, detail) = refusal.sentence(loaded.journey.process);
                flash::keep(&caller.session, Kept { path: page.clone(), heading, detail, problems: problems.0, typed }).await?;
                Ok(page)
            }
        }
    })
    .await
}

/// Submits the draft that was checked.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "use-case/submit")]
pub async fn submit(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] seen: u64,
    #[server(default)] version: u64,
) -> Done {
    act(async move {
        let (services, caller) = (services()?, calling()?);
        let page = format!("/journeys/{}/tasks/{}", encode(&journey), encode(&task));
        let visitor = signed_in(&caller, &page, &Answers::default()).await?;
        let loaded = load(&services, &visitor, &journey).await?;
        let reference = loaded.journey.reference.clone();
        let id = task.parse().map_err(|_| Halt::Missing)?;
        let draft = services.store.draft(&reference, &id, "answers").await?;
        let sent = format!("{page}/sent");
        let answers: Answers = match &draft {
            Some(draft) if draft.version != version => {
                let kept = Kept {
                    path: format!("{page}/check"),
                    heading: "The draft changed after you checked it".to_owned(),
                    detail: "A colleague saved it meanwhile. Check the answers below again, then submit.".to_owned(),
                    ..Kept::default()
                };
                flash::keep(&caller.session, kept).await?;
                return Ok(format!("{page}/check"));
            }
            Some(draft) => serde_json::from_str(&draft.body).map_err(|error| Halt::Fault(format!("draft of {id}: {error}")))?,
            // A second click: the draft has become the submission.
            None if loaded.journey.task(&id).sent.last().is_some_and(|sent| sent.by == visitor.actor.person) => return Ok(sent),
            None => return Ok(page),
        };
        let wish = Wish {
            journey: journey.clone(),
            task: task.clone(),
            seen: Some(seen),
            page: format!("/tasks/{}", encode(&task)),
            typed: answers.clone(),
        };
        perform(
            wish,
            |_, spec| Ok(Command::Submit { task: spec.map(|s| s.id.clone()).ok_or(Refusal::Unknown)?, answers: answers.clone() }),
            |_, _| (sent, String::new(), String::new()),
        )
        .await
    })
    .await
}

/// Approves, returns with findings, or refuses.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "use-case/review")]
pub async fn review(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] seen: u64,
    #[server(default)] answers: Typed,
) -> Done {
    act(async move {
        let services = services()?;
        let typed = Answers(answers);
        let wish = Wish {
            journey: journey.clone(),
            task: task.clone(),
            seen: Some(seen),
            page: format!("/tasks/{}", encode(&task)),
            typed: typed.clone(),
        };
        let sent = submissions(&services, &journey, &task).await?;
        perform(
            wish,
            |journey, spec| {
                let spec = spec.ok_or(Refusal::Unknown)?;
                let work = spec.reviews.as_ref().and_then(|id| journey.process.task(id)).unwrap_or(spec);
                let form = decide::form_of(work, &journey.opening);
                let judged = judged(&form, &journey.task(&spec.id), &sent).map_err(|_| Refusal::NothingToDo)?;
                use_case::review(&spec.id, &judged, &typed)
            },
            |after, events| {
                let heading = match events.first() {
                    Some(Event::Approved { .. }) => "The use case is approved",
                    Some(Event::Returned { .. }) => "Returned to the supplier",
                    _ => "The use case is refused",
                };
                done(after, events, heading.to_owned())
            },
        )
        .await
    })
    .await
}

/// The submissions that a review task decides on. Whoever may not see the journey learns nothing: `perform` asks first.
async fn submissions(services: &crate::services::Services, journey: &str, task: &str) -> Result<Vec<Submission>, Halt> {
    let caller = calling()?;
    let (Some(visitor), Ok(id)) = (&caller.visitor, task.parse()) else { return Ok(Vec::new()) };
    let loaded = load(services, visitor, journey).await?;
    let Some(spec) = loaded.journey.process.task(&id) else { return Ok(Vec::new()) };
    let work = spec.reviews.as_ref().unwrap_or(&spec.id);
    Ok(services.store.submissions(&loaded.journey.reference, work).await?)
}
