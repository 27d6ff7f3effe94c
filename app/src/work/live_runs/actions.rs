//! Opening and closing runs.

use journey::{
    form::Answers,
    port::WriteError,
    practice::{
        exchange::rules,
        run::{self, LiveRun, Opened},
    },
};
use leptos::prelude::*;

use crate::{
    act::{
        action::{ActionResult, Typed, act, signed_in},
        load::Loaded,
    },
    base::{halt::Halt, paths, said::RefusedForm},
    request::{
        flash,
        services::services,
        visitor::{Visitor, calling},
    },
    work::live_runs::seen::{MOST_LISTED, journey_with_runs, one_run},
};

/// Those who test, and nobody else.
pub(super) fn tests(loaded: &Loaded, visitor: &Visitor) -> Result<(), Halt> {
    if run::may_test(&loaded.journey, &visitor.actor) {
        return Ok(());
    }
    Err(Halt::NotYours {
        heading: "Only the supplier’s testers open and close runs".to_owned(),
        detail: "An onboarding lead or a developer of the supplier can, while the journey is not withdrawn.".to_owned(),
    })
}

/// Opens a run.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "live-runs/open")]
pub async fn open(#[server(default)] journey: String, #[server(default)] answers: Typed) -> ActionResult {
    act(async move {
        let (services, caller) = (services()?, calling()?);
        let (page, typed) = (paths::live_runs(&journey), Answers(answers));
        let visitor = signed_in(&caller, &page, &typed).await?;
        let loaded = journey_with_runs(&services, &visitor, &journey).await?;
        tests(&loaded, &visitor)?;
        let reference = &loaded.journey.reference;
        let page = paths::live_runs(reference);
        let now = services.clock.now();
        let full = run::full(&services.store.live_runs(reference, MOST_LISTED).await?, now);
        let checked = match (full, run::form().check(&typed)) {
            (None, Ok(checked)) => checked,
            (full, checked) => {
                let heading = if full.is_some() { "No run was opened" } else { "There is a problem" };
                let detail = full.unwrap_or_default().to_owned();
                let problems = checked.err().map(|problems| problems.0).unwrap_or_default();
                let kept = RefusedForm { path: page.clone(), heading: heading.to_owned(), detail, problems, typed };
                flash::keep(&caller.session, kept).await?;
                return Ok(page);
            }
        };
        let opened = Opened::said(services.secrets.id(), reference, (&visitor.actor.person, now), &checked, rules(), None);
        let to = paths::live_run(reference, &opened.id);
        match services.store.open_live_run(&LiveRun::begin(opened, services.secrets.token())).await {
            Ok(()) => {}
            Err(WriteError::Conflict) => return Err(Halt::Fault("a random id was taken".to_owned())),
            Err(WriteError::Store(error)) => return Err(error.into()),
        }
        flash::say(&caller, "The run is open", "Copy its address into your product and send the first request.");
        Ok(to)
    })
    .await
}

/// Closes a run for good.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "live-runs/close")]
pub async fn close(#[server(default)] journey: String, #[server(default)] run: String) -> ActionResult {
    act(async move {
        let (services, caller) = (services()?, calling()?);
        let page = paths::live_run(&journey, &run);
        let visitor = signed_in(&caller, &page, &Answers::default()).await?;
        let (loaded, one) = one_run(&services, &visitor, &journey, &run).await?;
        tests(&loaded, &visitor)?;
        let now = services.clock.now();
        if one.closing(now).is_none() {
            let closed = services.store.close_live_run(&loaded.journey.reference, &one.opened.id, now).await;
            closed.map_err(|error| match error {
                WriteError::Conflict => Halt::Fault("a run could not be closed".to_owned()),
                WriteError::Store(error) => error.into(),
            })?;
        }
        flash::say(&caller, "The run is closed", "It takes no more requests, and nothing in it changes any more.");
        Ok(page)
    })
    .await
}
