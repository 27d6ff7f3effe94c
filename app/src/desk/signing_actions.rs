//! Actions on what is signed.

use journey::{
    form::Answers,
    ledger::{event::Event, refusal::Refusal, words},
    rule::command::Command,
    task::agreement,
};

use leptos::prelude::*;

use crate::{
    act::{
        action::{ActionRequest, ActionResult, Typed, act},
        post::perform,
    },
    base::dates,
    desk::actions::{id_of, stay, wish},
    request::visitor::calling,
};

/// Signs the words shown, in the name of whoever is signed in.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "task/sign")]
pub async fn sign(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] seen: u64,
    #[server(default)] answers: Typed,
    #[server(default)] words: String,
    #[server(default)] instead: String,
) -> ActionResult {
    act(async move {
        let typed = Answers(answers);
        let name = calling()?.visitor.map(|visitor| visitor.name.clone()).unwrap_or_default();
        perform(
            ActionRequest { instead, ..wish(&journey, &task, seen, typed.clone()) },
            |journey, spec| {
                let digest = words.parse().map_err(|_| Refusal::WordsChanged)?;
                let signed = spec.ok_or(Refusal::Unknown)?;
                let text = words::text_of(journey, signed);
                let authority = agreement::authority_in_words(signed, text, &typed).map_err(Refusal::Invalid)?;
                Ok(Command::Sign { task: id_of(spec)?, name: name.clone(), authority, words: digest })
            },
            |after, events| stay(after, events, "Signed".to_owned()),
        )
        .await
    })
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
    #[server(default)] until: String,
) -> ActionResult {
    let typed = Answers::default().with("reason", &reason).with("until", &until).with("form", "withdraw-signature");
    act(perform(
        wish(&journey, &task, seen, typed),
        |_, spec| Ok(Command::WithdrawSignature { task: id_of(spec)?, reason: reason.clone(), until: until.clone() }),
        |after, events| {
            let says = match events.first() {
                Some(Event::SignatureWithdrawn { until: Some(until), .. }) => {
                    format!("Your organisation's signature counts until {}", dates::date(*until))
                }
                _ => "Your organisation's signature is taken back".to_owned(),
            };
            stay(after, events, says)
        },
    ))
    .await
}
