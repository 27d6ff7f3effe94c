//! Letters about accounts: invitations, and what becomes of them.

use journey::port::{JourneyFilter, Letter, Link, StoreError, Undelivered, seats::Invited};

use crate::{base::dates, request::services::Services};

/// What is said after somebody was invited; otherwise what is wrong with the address, in words for whoever typed it.
///
/// # Errors
/// When nobody was invited.
pub fn of_invitation(outcome: Invited, email: &str) -> Result<(String, String), String> {
    match outcome {
        Invited::Sent => Ok((format!("{email} was invited"), "They get a link by email. It works for 14 days.".to_owned())),
        Invited::Already(at) => Ok((
            format!("{email} was invited at {}", dates::time_of(at)),
            "One email was sent, and its link works. If it does not arrive, invite them again in 15 minutes.".to_owned(),
        )),
        Invited::TooManyOfOrganisation => {
            Err("Your organisation has invited as many people today as it may. Invite the others tomorrow".to_owned())
        }
        Invited::TooManyToAddress => {
            Err("This address was invited too often today. Invite it again tomorrow, or ask its owner whether emails arrive"
                .to_owned())
        }
    }
}

/// A letter about an account. `id` makes it one letter however often it is written.
#[must_use]
pub fn account(id: String, to: &str, subject: &str, text: &str, link: &str) -> Letter {
    Letter {
        id,
        to: to.to_owned(),
        subject: subject.to_owned(),
        body: format!(
            "Hello,\n\n{text}\n\n{link}\n\nIf you did not expect this email, you can ignore it: nothing happens without the link.\n"
        ),
        enclosed: None,
    }
}

/// Tells whoever invited somebody that the invitation cannot be delivered; nobody when nobody in particular did, or when
/// it was to themselves.
///
/// # Errors
/// When the database does not answer.
pub async fn undelivered(
    services: &Services,
    letter: &Letter,
    invitation: &Link,
    reason: Undelivered,
) -> Result<Option<Letter>, StoreError> {
    let store = &services.store;
    let (Some(by), Some(organisation)) = (&invitation.by, &invitation.organisation) else { return Ok(None) };
    let (Some(person), Some(organisation)) = (store.person(by).await?, store.organisation(organisation).await?) else {
        return Ok(None);
    };
    if person.email == letter.to {
        return Ok(None);
    }
    // A lead invites colleagues on the page of their organisation; the programme invites for a part in a journey.
    let colleague = store.memberships(by).await?.iter().any(|membership| membership.organisation.id == organisation.id);
    let journey = JourneyFilter { party: Some(organisation.id.clone()), limit: 1, ..JourneyFilter::default() };
    let page = match store.journeys(&journey).await?.first() {
        Some(line) if !colleague => format!("/journeys/{}/organisations?again={}", line.reference, organisation.id),
        _ => "/organisation".to_owned(),
    };
    let link = format!("{}{page}", services.base_url);
    Ok(Some(Letter {
        id: format!("undelivered-{}", letter.id),
        to: person.email,
        subject: "Your invitation could not be delivered".to_owned(),
        body: format!(
            "Hello {},\n\nYou invited {} to join {}. The email could not be delivered: {}.\n\nCheck the address and invite them again:\n{link}\n",
            person.name,
            letter.to,
            organisation.identity().in_words(),
            reason.in_words(),
        ),
        enclosed: None,
    }))
}

/// What pages say of an invitation that cannot be delivered.
#[must_use]
pub fn undelivered_in_words(email: &str, reason: Undelivered) -> String {
    format!("Could not be delivered to {email}: {}. Check the address and invite again.", reason.in_words())
}
