//! What may be done to a message that was sent. Sending one is a form with files: see `server/src/messages.rs`.

use journey::{base::ids::MessageId, port::WriteError, rule::conversation};
use leptos::prelude::*;

use crate::{
    act::{
        action::{ActionResult, act, signed_in},
        load::load,
    },
    base::{halt::Halt, said::RefusedForm},
    request::{flash, services::services, visitor::calling},
    site::messages::{send::MessageForm, thread::too_old},
};

/// Takes back one's own message, soon after it was written.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "messages/take-back")]
pub async fn take_back(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] message: String,
) -> ActionResult {
    act(async move {
        let (services, caller) = (services()?, calling()?);
        let page = MessageForm { journey: journey.clone(), task, ..MessageForm::default() }.page();
        let visitor = signed_in(&caller, &page, &Default::default()).await?;
        let loaded = load(&services, &visitor, &journey).await?;
        let id: MessageId = message.parse().map_err(|_| Halt::Missing)?;
        let reference = &loaded.journey.reference;
        let there = services.store.message(reference, &id).await?.ok_or(Halt::Missing)?;
        if !conversation::may_read(&loaded.journey, &visitor.actor, there.task.as_ref(), there.audience) {
            return Err(Halt::Missing);
        }
        let now = services.clock.now();
        let written = (&there.by.person, there.at);
        let may = conversation::may_take_back(&loaded.journey, &visitor.actor, there.task.as_ref(), written, now);
        let done = match there.taken_back {
            // A second click.
            Some(_) if there.by.person == visitor.actor.person => true,
            None if may => match services.store.unsay(reference, &id, &visitor.actor.person, too_old(now), now).await {
                Ok(()) => true,
                Err(WriteError::Conflict) => false,
                Err(WriteError::Store(error)) => return Err(error.into()),
            },
            _ => false,
        };
        if done {
            flash::say(&caller, "Your message is taken back", "Its words and files are gone. That it was there is still to be seen.");
        } else {
            let kept = RefusedForm {
                path: page.clone(),
                heading: "The message was not taken back".to_owned(),
                detail: "Only the person who wrote it can take it back, for 15 minutes, and not once the journey is withdrawn. Write another one to put it right.".to_owned(),
                ..RefusedForm::default()
            };
            flash::keep(&caller.session, kept).await?;
        }
        Ok(page)
    })
    .await
}
