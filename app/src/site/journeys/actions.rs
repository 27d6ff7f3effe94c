//! What may be done to a journey as a whole.

use journey::{form::Answers, rule::command::Command};
use leptos::prelude::*;

use crate::{
    act::{
        action::{ActionRequest, ActionResult, act},
        post::perform,
    },
    base::paths,
};

fn wish(journey: String, reason: &str) -> ActionRequest {
    ActionRequest {
        journey,
        task: String::new(),
        seen: None,
        page: String::new(),
        typed: Answers::default().with("reason", reason),
        role: None,
        instead: String::new(),
        drafts: Vec::new(),
        sent: Vec::new(),
    }
}

/// Ends a journey before it is live.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "journey/withdraw")]
pub async fn withdraw(#[server(default)] journey: String, #[server(default)] reason: String) -> ActionResult {
    act(perform(
        wish(journey, &reason),
        |_, _| Ok(Command::Withdraw { reason: reason.clone() }),
        |after, _| {
            (
                paths::journey(&after.reference),
                "The journey is withdrawn".to_owned(),
                "Everything that was recorded stays.".to_owned(),
            )
        },
    ))
    .await
}

/// Goes on with a withdrawn journey.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "journey/resume")]
pub async fn resume(#[server(default)] journey: String, #[server(default)] reason: String) -> ActionResult {
    act(perform(
        wish(journey, &reason),
        |_, _| Ok(Command::Resume { reason: reason.clone() }),
        |after, _| (paths::journey(&after.reference), "The journey is resumed".to_owned(), "The supplier was told.".to_owned()),
    ))
    .await
}
