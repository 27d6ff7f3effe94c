//! What people are told when an operator did something to their account.

use journey::port::{Letter, Organisation};

use crate::request::services::Services;

/// An email to somebody whom an act of an operator concerns.
fn told(services: &Services, kind: &str, (name, to): (&str, &str), subject: &str, text: &str, reason: &str) -> Letter {
    Letter {
        id: format!("{kind}-{}", services.secrets.id()),
        to: to.to_owned(),
        subject: subject.to_owned(),
        body: format!("Hello {name},\n\n{text}\n\nThe reason: {reason}\n\nQuestions? Write to {}.\n", services.help_address),
        enclosed: None,
    }
}

/// The account was locked.
pub(crate) fn locked(services: &Services, to: (&str, &str), reason: &str) -> Letter {
    let text = "An operator of GP Connect onboarding has locked your account. You are signed out everywhere and cannot sign in until it is unlocked.";
    told(services, "locked", to, "Your account is locked", text, reason)
}

/// The account was unlocked.
pub(crate) fn unlocked(services: &Services, to: (&str, &str), reason: &str) -> Letter {
    let text = format!(
        "An operator of GP Connect onboarding has unlocked your account. You can sign in again:\n{}/sign-in",
        services.base_url
    );
    told(services, "unlocked", to, "Your account is unlocked", &text, reason)
}

/// Every session was ended.
pub(crate) fn sessions_ended(services: &Services, to: (&str, &str), reason: &str) -> Letter {
    let text = format!(
        "An operator of GP Connect onboarding has signed you out everywhere. You can sign in again:\n{}/sign-in",
        services.base_url
    );
    told(services, "sessions-ended", to, "You were signed out everywhere", &text, reason)
}

/// A link to set a new password, which they did not ask for themselves.
pub(crate) fn reset(services: &Services, to: (&str, &str), token: &str, reason: &str) -> Letter {
    let text = format!(
        "An operator of GP Connect onboarding sends you this link to set a new password. It works for one hour. You are then signed out everywhere else.\n\n{}/reset-password/{token}",
        services.base_url
    );
    told(services, "reset", to, "Set a new password", &text, reason)
}

/// A role was given back.
pub(crate) fn given_back(services: &Services, to: (&str, &str), organisation: &Organisation, role: &str, reason: &str) -> Letter {
    let text = format!(
        "Nobody could look after the people of {} any more. An operator of GP Connect onboarding has therefore given you the role “{role}” there. You can invite people and change their roles:\n{}/organisation",
        organisation.name, services.base_url
    );
    told(services, "given-back", to, "You have a new role", &text, reason)
}

/// Two organisations were merged, told to somebody who moved.
pub(crate) fn moved(services: &Services, to: (&str, &str), (goes, stays): (&str, &str), reason: &str) -> Letter {
    let text = format!(
        "{goes} was in GP Connect onboarding twice. An operator has merged the two: you now belong to {stays}, with the roles that you had."
    );
    told(services, "merged", to, "Your organisation was merged with its double", &text, reason)
}

/// The same, told to whoever looks after the people of the one that stays.
pub(crate) fn joined(services: &Services, to: (&str, &str), (goes, stays): (&str, &str), names: &str, reason: &str) -> Letter {
    let text = format!(
        "{goes} was in GP Connect onboarding twice. An operator has merged it into {stays}. These people now belong to it: {names}. Check that their roles are right:\n{}/organisation",
        services.base_url
    );
    told(services, "joined", to, "People have joined your organisation", &text, reason)
}
