//! What is done to a use case: go on to the check, submit.

use journey::{
    base::ids::TaskId,
    form::Answers,
    ledger::refusal::Refusal,
    rule::{answering, command::Command, draft::DraftSeen},
};
use leptos::prelude::*;

use crate::{
    act::{
        action::{ActionRequest, ActionResult, Typed, act, signed_in},
        decided::answered,
        load::load,
        post::perform,
    },
    base::{halt::Halt, paths, said::RefusedForm, words::encode},
    desk::drafts::{Saving, keep_unsaved, save},
    request::{flash, services::services, visitor::calling},
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
) -> ActionResult {
    act(async move {
        let (services, caller) = (services()?, calling()?);
        let typed = Answers(answers);
        let page = paths::task(&encode(&journey), &encode(&task));
        let visitor = signed_in(&caller, &page, &typed).await?;
        let saving = save(&journey, &task, "answers", version, &typed).await?;
        if !matches!(saving, Saving::Saved(_)) {
            keep_unsaved(&journey, &page, saving, typed).await?;
            return Ok(page);
        }
        let loaded = load(&services, &visitor, &journey).await?;
        let spec = task.parse().ok().and_then(|id| loaded.journey.process.task(&id)).ok_or(Halt::Missing)?;
        let checked = match answering::sent(spec, &loaded.journey.opening, &typed).check(&typed) {
            Ok(clean) => answered(&services, &loaded.journey, spec, &clean).await?,
            Err(problems) => Err(problems),
        };
        match checked {
            Ok(()) => Ok(format!("{page}/check")),
            Err(problems) => {
                let refusal = Refusal::Invalid(problems.clone());
                let (heading, detail) = refusal.sentence(loaded.journey.process);
                flash::keep(&caller.session, RefusedForm { path: page.clone(), heading, detail, problems: problems.0, typed })
                    .await?;
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
) -> ActionResult {
    act(async move {
        let (services, caller) = (services()?, calling()?);
        let page = paths::task(&encode(&journey), &encode(&task));
        let visitor = signed_in(&caller, &page, &Answers::default()).await?;
        let loaded = load(&services, &visitor, &journey).await?;
        let reference = loaded.journey.reference.clone();
        let id: TaskId = task.parse().map_err(|_| Halt::Missing)?;
        let draft = services.store.draft(&reference, &id, "answers").await?;
        let sent = format!("{page}/sent");
        let answers: Answers = match &draft {
            Some(draft) if draft.version != version => {
                let kept = RefusedForm {
                    path: format!("{page}/check"),
                    heading: "The draft changed after you checked it".to_owned(),
                    detail: "A colleague saved it meanwhile. Check the answers below again, then submit.".to_owned(),
                    ..RefusedForm::default()
                };
                flash::keep(&caller.session, kept).await?;
                return Ok(format!("{page}/check"));
            }
            Some(draft) => serde_json::from_str(&draft.body).map_err(|error| Halt::Fault(format!("draft of {id}: {error}")))?,
            // A second click: the draft has become the submission.
            None if loaded.journey.task(&id).sent.last().is_some_and(|sent| sent.by == visitor.actor.person) => return Ok(sent),
            None => return Ok(page),
        };
        let wish = ActionRequest {
            journey: journey.clone(),
            task: task.clone(),
            seen: Some(seen),
            page: format!("/tasks/{}", encode(&task)),
            typed: answers.clone(),
            role: None,
            instead: String::new(),
            drafts: vec![DraftSeen { task: id, subject: "answers".to_owned(), version }],
            sent: Vec::new(),
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
