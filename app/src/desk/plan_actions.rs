//! Actions that take a task out of the plan, or open it again.

use journey::{form::Answers, rule::command::Command};

use leptos::prelude::*;

use crate::{
    act::{
        action::{ActionRequest, ActionResult, act},
        post::perform,
    },
    desk::actions::{id_of, stay, wish},
};

/// Proposes to do without a task.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "task/propose-waiver")]
pub async fn propose_waiver(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] seen: u64,
    #[server(default)] reason: String,
) -> ActionResult {
    act(perform(
        wish(&journey, &task, seen, Answers::default().with("reason", &reason)),
        |_, spec| Ok(Command::ProposeWaiver { task: id_of(spec)?, reason: reason.clone() }),
        |after, events| stay(after, events, "You asked to skip it. A programme lead decides".to_owned()),
    ))
    .await
}

/// Agrees to do without a task.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "task/confirm-waiver")]
pub async fn confirm_waiver(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] seen: u64,
    #[server(default)] instead: String,
) -> ActionResult {
    act(perform(
        ActionRequest { instead, ..wish(&journey, &task, seen, Answers::default()) },
        |_, spec| Ok(Command::ConfirmWaiver { task: id_of(spec)? }),
        |after, events| stay(after, events, "The task is not needed any more".to_owned()),
    ))
    .await
}

/// Keeps a task that somebody proposed to do without.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "task/decline-waiver")]
pub async fn decline_waiver(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] seen: u64,
    #[server(default)] reason: String,
    #[server(default)] instead: String,
) -> ActionResult {
    act(perform(
        ActionRequest { instead, ..wish(&journey, &task, seen, Answers::default().with("reason", &reason)) },
        |_, spec| Ok(Command::DeclineWaiver { task: id_of(spec)?, reason: reason.clone() }),
        |after, events| stay(after, events, "The task stays in the plan".to_owned()),
    ))
    .await
}

/// Opens a completed task again.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "task/reopen")]
pub async fn reopen(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] seen: u64,
    #[server(default)] reason: String,
) -> ActionResult {
    act(perform(
        wish(&journey, &task, seen, Answers::default().with("reason", &reason)),
        |_, spec| Ok(Command::Reopen { task: id_of(spec)?, reason: reason.clone() }),
        |after, events| stay(after, events, "It is open again".to_owned()),
    ))
    .await
}
