//! Actions on what is signed.

use journey::{form::Answers, ledger::refusal::Refusal, rule::command::Command};

use leptos::prelude::*;

use crate::{
    act::{
        action::{ActionRequest, ActionResult, act},
        post::perform,
    },
    desk::actions::{id_of, stay, wish},
};

/// Signs the words shown.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "task/sign")]
pub async fn sign(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] seen: u64,
    #[server(default)] name: String,
    #[server(default)] authority: String,
    #[server(default)] words: String,
    #[server(default)] instead: String,
) -> ActionResult {
    act(perform(
        ActionRequest {
            instead,
            ..wish(&journey, &task, seen, Answers::default().with("name", &name).with("authority", &authority))
        },
        |_, spec| {
            let words = words.parse().map_err(|_| Refusal::WordsChanged)?;
            Ok(Command::Sign { task: id_of(spec)?, name: name.clone(), authority: authority.clone(), words })
        },
        |after, events| stay(after, events, "Signed".to_owned()),
    ))
    .await
}

/// Declines to sign, with a reason.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "task/decline")]
pub async fn decline(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] seen: u64,
    #[server(default)] reason: String,
) -> ActionResult {
    act(perform(
        wish(&journey, &task, seen, Answers::default().with("reason", &reason).with("form", "decline")),
        |_, spec| Ok(Command::Decline { task: id_of(spec)?, reason: reason.clone() }),
        |after, events| stay(after, events, "You declined. Nobody's signature counts any more".to_owned()),
    ))
    .await
}

/// Takes the signature of one's own organisation back.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "task/withdraw-signature")]
pub async fn withdraw_signature(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] seen: u64,
    #[server(default)] reason: String,
) -> ActionResult {
    act(perform(
        wish(&journey, &task, seen, Answers::default().with("reason", &reason).with("form", "withdraw-signature")),
        |_, spec| Ok(Command::WithdrawSignature { task: id_of(spec)?, reason: reason.clone() }),
        |after, events| stay(after, events, "Your organisation's signature is taken back".to_owned()),
    ))
    .await
}
