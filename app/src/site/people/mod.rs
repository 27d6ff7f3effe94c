//! Accounts: register, confirm, sign in and out, invite, accept, reset, and what a person sees of their own.

pub mod account;
pub mod invitations;
pub mod leave;
pub mod name;
pub mod organisation;
pub mod register;
pub mod reset;
pub mod second_step;
pub mod second_step_reset;
pub mod second_step_set_up;
pub mod sign_in;
pub mod stay;
pub mod tries;

use jiff::{Timestamp, ToSpan as _};
use journey::{
    base::ids::Digest,
    port::{Link, LinkPurpose},
};

use crate::request::services::Services;

/// How long a link in a letter works.
const HOURS: [(LinkPurpose, i64); 3] = [(LinkPurpose::Confirm, 48), (LinkPurpose::Invite, 14 * 24), (LinkPurpose::Reset, 1)];

/// A new link and the token that opens it. Only the token's digest is kept.
#[must_use]
pub fn new_link(services: &Services, purpose: LinkPurpose, email: &str) -> (Link, String) {
    let token = services.secrets.token();
    let created_at = services.clock.now();
    let hours = HOURS.iter().find(|(p, _)| *p == purpose).map_or(1, |(_, hours)| *hours);
    let link = Link {
        token: Digest::of(token.as_bytes()),
        purpose,
        person: None,
        organisation: None,
        email: email.to_owned(),
        roles: Vec::new(),
        by: None,
        created_at,
        expires_at: later(created_at, hours),
    };
    (link, token)
}

/// So many hours later; the end of time if there is no such instant.
pub(crate) fn later(at: Timestamp, hours: i64) -> Timestamp {
    at.checked_add(hours.hours()).unwrap_or(Timestamp::MAX)
}
