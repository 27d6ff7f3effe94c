//! Signing by a link in a letter: the page of whoever asks, the pages of whoever signs, and what they do.

mod about;
pub mod actions;
pub mod file;
pub mod letters;
pub mod list;
pub mod page;
pub mod remind;
pub mod rows;
pub mod signer;

use jiff::{Timestamp, ToSpan as _};
use journey::{
    base::{calendar, ids::Digest},
    port::{
        Letter, WriteError,
        signatories::{AskedChange, SigningLink},
    },
    rule::asked_anew::answer_by,
};

use crate::{base::halt::Halt, request::services::Services};

/// Days that a link works.
const LINK_DAYS: i64 = 30;

/// Working days until the next reminder, and how many there are.
const REMIND_AFTER: u32 = 5;
const MOST_REMINDERS: u32 = 3;

/// Writes what happens to people who are asked, with letters. Says no when somebody was faster, or they are not asked any more:
/// nothing is written then.
///
/// # Errors
/// When the database does not answer.
async fn changed(services: &Services, changes: &[AskedChange], letters: &[Letter], at: Timestamp) -> Result<bool, Halt> {
    match services.store.change_signatories(changes, letters, at).await {
        Ok(()) => Ok(true),
        Err(WriteError::Conflict) => Ok(false),
        Err(WriteError::Store(error)) => Err(error.into()),
    }
}

/// A new link and the token that opens it. Only the token's digest is kept.
fn new_link(services: &Services, at: Timestamp) -> (SigningLink, String) {
    let token = services.secrets.token();
    let expires_at = at.checked_add((LINK_DAYS * 24).hours()).unwrap_or(Timestamp::MAX);
    (SigningLink { token: Digest::of(token.as_bytes()), created_at: at, expires_at }, token)
}

/// When somebody who was written to at this time is reminded: at nine on a working day. `None` after the last reminder.
fn remind_at(at: Timestamp, reminders: u32) -> Option<Timestamp> {
    if reminders >= MOST_REMINDERS {
        return None;
    }
    let day = calendar::after(calendar::date_of(at), REMIND_AFTER);
    day.at(9, 0, 0, 0).to_zoned(calendar::uk()).ok().map(|nine| nine.timestamp())
}
