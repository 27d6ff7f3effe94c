//! What is done to sites: recorded, corrected, taken back.

use journey::{
    form::Answers,
    ledger::{event::Event, refusal::Refusal},
    rule::{command::Command, go_live},
};
use leptos::prelude::*;

use crate::{
    act::{
        action::{ActionResult, Typed, act},
        load::load,
        post::perform,
    },
    base::dates,
    desk::actions::{id_of, stay, wish},
    request::{services::services, visitor::calling},
    work::go_live::sites,
};

/// Records that a site is live, or corrects it.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "go-live/record-site")]
pub async fn record_site(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] seen: u64,
    #[server(default)] answers: Typed,
) -> ActionResult {
    act(async move {
        let (services, caller) = (services()?, calling()?);
        let typed = Answers(answers);
        // Whoever may not see the journey learns nothing: `perform` asks first.
        let sent = match &caller.visitor {
            Some(visitor) => sites::sent_of(&services, &load(&services, visitor, &journey).await?.journey).await?,
            None => go_live::Sent::default(),
        };
        perform(
            wish(&journey, &task, seen, typed.clone()),
            |journey, spec| {
                let site = go_live::site(journey, &typed).map_err(Refusal::Invalid)?;
                Ok(Command::RecordSite { task: id_of(spec)?, site, sent: sent.clone() })
            },
            |after, events| {
                let heading = match events.first() {
                    Some(Event::SiteLive { site, .. }) => {
                        format!("{} is recorded as live since {}", site.name, dates::date(site.live_on))
                    }
                    _ => "The site is recorded".to_owned(),
                };
                stay(after, events, heading)
            },
        )
        .await
    })
    .await
}

/// Takes a recorded site back.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "go-live/take-back-site")]
pub async fn take_back_site(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] seen: u64,
    #[server(default)] ods_code: String,
    #[server(default)] reason: String,
) -> ActionResult {
    act(perform(
        wish(&journey, &task, seen, Answers::default().with("reason", &reason)),
        |_, spec| Ok(Command::TakeBackSite { task: id_of(spec)?, ods_code: ods_code.clone(), reason: reason.clone() }),
        |after, events| stay(after, events, "The site is taken back. Its record stays in the history".to_owned()),
    ))
    .await
}
