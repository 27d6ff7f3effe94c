//! Locking, unlocking, ending sessions and sending a link. Each is recorded with its reason, and tells the person.

use journey::{
    base::ids::PersonId,
    port::{LinkPurpose, Person, accounts::AccountsRefused},
};
use leptos::prelude::*;

use crate::{
    act::action::{ActionResult, Typed, act},
    base::halt::Halt,
    site::{
        operator::{
            forms::{Operating, operating, person_page},
            letters,
        },
        people::new_link,
    },
};

/// What an operator does about an account. Its name is that of its form.
#[derive(Clone, Copy)]
enum Deed {
    Lock,
    Unlock,
    End,
    Reset,
}

impl Deed {
    fn key(self) -> &'static str {
        match self {
            Self::Lock => "lock",
            Self::Unlock => "unlock",
            Self::End => "end",
            Self::Reset => "reset",
        }
    }

    /// Does it, and tells the person. Says what was done.
    async fn done(self, by: &Operating, person: &Person) -> Result<(&'static str, String), AccountsRefused> {
        let (services, reason, to) = (&by.services, by.reason.as_str(), (person.name.as_str(), person.email.as_str()));
        let (store, id, now, who) = (&services.store, &person.id, services.clock.now(), by.visitor.by());
        let name = &person.name;
        Ok(match self {
            Self::Lock => {
                store.lock(id, reason, who, now, letters::locked(services, to, reason)).await?;
                ("The account is locked", format!("{name} was signed out everywhere and is told by email."))
            }
            Self::Unlock => {
                store.unlock(id, reason, who, now, letters::unlocked(services, to, reason)).await?;
                ("The account is unlocked", format!("{name} can sign in again and is told by email."))
            }
            Self::End => {
                store.end_all_sessions(id, reason, who, now, letters::sessions_ended(services, to, reason)).await?;
                ("Every session has ended", format!("{name} is told by email."))
            }
            Self::Reset => {
                let (mut link, token) = new_link(services, LinkPurpose::Reset, &person.email);
                link.person = Some(id.clone());
                link.by = Some(who.person.clone());
                store.send_reset(link, letters::reset(services, to, &token, reason), reason, who).await?;
                ("The link is on its way", format!("{name} gets it by email. It works for one hour."))
            }
        })
    }
}

/// Does something about an account, or says why not.
async fn about(deed: Deed, person: String, answers: Typed) -> Result<String, Halt> {
    let id: PersonId = person.parse().map_err(|_| Halt::Missing)?;
    let operating = match operating(person_page(&id), deed.key(), answers).await? {
        Ok(operating) => operating,
        Err(page) => return Ok(page),
    };
    let person = operating.services.store.person(&id).await?.ok_or(Halt::Missing)?;
    match deed.done(&operating, &person).await {
        Ok((heading, text)) => {
            tracing::info!(person = %operating.visitor.actor.person, about = %id, deed = deed.key(), "an operator acted");
            operating.done(heading, &text)
        }
        Err(refused) => operating.refused(refused).await,
    }
}

/// Locks an account.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "operator/lock")]
pub async fn lock(#[server(default)] person: String, #[server(default)] answers: Typed) -> ActionResult {
    act(about(Deed::Lock, person, answers)).await
}

/// Unlocks an account.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "operator/unlock")]
pub async fn unlock(#[server(default)] person: String, #[server(default)] answers: Typed) -> ActionResult {
    act(about(Deed::Unlock, person, answers)).await
}

/// Ends every session of a person.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "operator/end-sessions")]
pub async fn end_sessions(#[server(default)] person: String, #[server(default)] answers: Typed) -> ActionResult {
    act(about(Deed::End, person, answers)).await
}

/// Sends a person a link to set a new password.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "operator/send-reset")]
pub async fn send_reset(#[server(default)] person: String, #[server(default)] answers: Typed) -> ActionResult {
    act(about(Deed::Reset, person, answers)).await
}
