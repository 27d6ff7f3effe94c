//! What an operator does about a second step that somebody has lost: asks to take it away, or confirms what another person asked.

use journey::{
    base::ids::PersonId,
    people::second_steps::may_confirm_reset,
    port::{WriteError, second_steps::Reset},
};
use leptos::prelude::*;

use crate::{
    act::action::{ActionResult, Typed, act},
    base::halt::Halt,
    site::{
        operator::forms::{operating, person_page},
        people::{
            second_step::told,
            second_step_reset::{confirm, place},
        },
    },
};

/// Asks to take away the second step of somebody, or confirms it where another person has asked.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "operator/reset-second-step")]
pub async fn reset_second_step(#[server(default)] person: String, #[server(default)] answers: Typed) -> ActionResult {
    act(async move {
        let id: PersonId = person.parse().map_err(|_| Halt::Missing)?;
        let by = match operating(person_page(&id), "second-step", answers).await? {
            Ok(operating) => operating,
            Err(page) => return Ok(page),
        };
        let store = &by.services.store;
        if id == by.visitor.actor.person {
            return by.refuse("This is your own second step", "Another operator has to ask.").await;
        }
        if let Some(reset) = store.second_step_reset(&id).await? {
            let members = store.members(&reset.organisation).await?;
            if !may_confirm_reset(&by.visitor.actor.person, &place(&reset, &members), true) {
                return by.refuse("You asked for this", "Another person has to confirm it.").await;
            }
            confirm(&by.services, &by.caller, &by.visitor, &reset).await?;
            return Ok(person_page(&id));
        }
        let file = store.account_file(&id).await?.ok_or(Halt::Missing)?;
        let Some(membership) = file.places.first() else {
            return by.refuse("They belong to no organisation", "Nothing was changed.").await;
        };
        let reset = Reset {
            person: id.clone(),
            organisation: membership.organisation.id.clone(),
            asked_by: by.visitor.actor.person.clone(),
            reason: by.reason.clone(),
            at: by.services.clock.now(),
        };
        let text = "An operator of GP Connect onboarding asked to take away your second step, because you have lost it.";
        let letter = told(&by.services, &file.person.email, "Is your second step lost?", text);
        match store.ask_second_step_reset(&reset, by.visitor.by(), letter).await {
            Ok(()) => by.done("It is asked for", "Another person has to confirm it."),
            Err(WriteError::Conflict) => by.refuse("They have no second step", "Nothing was changed.").await,
            Err(WriteError::Store(error)) => Err(error.into()),
        }
    })
    .await
}
