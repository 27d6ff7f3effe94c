//! The second step of signing in: who must show one, how long it counts, and the codes that show it.

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};
use totp_rs::{Algorithm, Builder, Secret, Totp};
use url::form_urlencoded::byte_serialize;

use crate::base::{
    actor::{Role, Side},
    ids::{Digest, PersonId},
};

/// Minutes after which what needs a fresh second step asks for it again.
pub const FRESH_MINUTES: i64 = 15;
/// Minutes for which a password that fitted waits for the second step.
pub const WAITING_MINUTES: i64 = 10;
/// Recovery codes that are made at once.
pub const RECOVERY_CODES: usize = 10;
/// Seconds for which an authenticator app shows one code.
pub const STEP_SECONDS: i64 = 30;
/// Digits of a code.
const DIGITS: u8 = 6;
/// What an authenticator app calls this service.
const ISSUER: &str = "GP Connect onboarding";

/// Whether somebody with these roles, wherever they hold them, has none of them before a second step was shown.
#[must_use]
pub fn must(mut roles: impl Iterator<Item = Role>) -> bool {
    roles.any(|role| matches!(role.side(), Side::Programme | Side::Operator))
}

/// Whether a second step that was shown then still counts for what needs a fresh one.
#[must_use]
pub fn is_fresh(shown: Timestamp, now: Timestamp) -> bool {
    now.duration_since(shown) < SignedDuration::from_mins(FRESH_MINUTES)
}

/// The key that an authenticator app shares with the service: 160 bits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppKey(Secret);

impl AppKey {
    /// The key that follows from a token, which must be random and kept nowhere.
    #[must_use]
    pub fn from_token(token: &str) -> Self {
        Self(Secret::from(drawn::<20>("key", token)))
    }

    /// The key of everybody in the demo who must have one. Whoever reads the demo's table of sign-ins knows it.
    #[must_use]
    pub fn of_demo() -> Self {
        Self::from_token("the demo")
    }

    /// The key that is written so; `None` for what is no key.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        Secret::try_from_base32(text).ok().filter(|secret| secret.as_bytes().len() == 20).map(Self)
    }

    /// The key as people type it and as it is kept: 32 letters and digits.
    #[must_use]
    pub fn text(&self) -> String {
        self.0.to_base32()
    }

    /// What the picture says that an app scans.
    #[must_use]
    pub fn address(&self, account: &str) -> String {
        let part = |text: &str| byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20");
        let (issuer, account) = (part(ISSUER), part(account));
        format!("otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}", self.text())
    }

    /// The code of this moment.
    #[must_use]
    pub fn code(&self, now: Timestamp) -> String {
        self.code_of(step(now))
    }

    fn code_of(&self, step: i64) -> String {
        let seconds = u64::try_from(step.saturating_mul(STEP_SECONDS)).unwrap_or_default();
        self.totp().generate(seconds).to_string()
    }

    fn totp(&self) -> Totp {
        Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(DIGITS)
            .with_skew(0)
            .with_step_duration(STEP_SECONDS.unsigned_abs())
            .with_secret(self.0.clone())
            .build_noncompliant()
    }

    /// The 30 seconds whose code this is: those of now, or the ones before and after, because clocks differ. Codes up to `last`
    /// were used before. `None` for a code that does not fit.
    #[must_use]
    pub fn accepts(&self, typed: &str, now: Timestamp, last: i64) -> Option<i64> {
        let typed: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
        let now = step(now);
        // Digests of both, so that comparing takes as long for every guess.
        let fits = |step: i64| Digest::of(self.code_of(step).as_bytes()) == Digest::of(typed.as_bytes());
        (now - 1..=now + 1).filter(|step| *step > last).find(|step| fits(*step))
    }
}

/// The number of the 30 seconds that a moment lies in.
fn step(at: Timestamp) -> i64 {
    at.as_second().div_euclid(STEP_SECONDS)
}

/// A lost second step that somebody asked to take away, and who could agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResetPlace {
    /// Whose it is.
    pub person: PersonId,
    /// Who asked.
    pub asked_by: PersonId,
    /// Those who look after the people of the organisation.
    pub keepers: Vec<PersonId>,
    /// Whether it is an organisation of operators.
    pub operates: bool,
}

/// Whether this person may agree that it is taken away: never its owner, and not who asked for it, except an operator of two, where
/// there is nobody else. `operator` says whether they operate the service.
#[must_use]
pub fn may_confirm_reset(by: &PersonId, place: &ResetPlace, operator: bool) -> bool {
    let others = place.keepers.iter().any(|keeper| *keeper != place.person && *keeper != place.asked_by);
    let second = *by != place.asked_by || (place.operates && !others);
    *by != place.person && second && (operator || place.keepers.contains(by))
}

/// A recovery code from a token, which must be random and kept nowhere: 80 bits, in four groups of four.
#[must_use]
pub fn recovery_code(token: &str) -> String {
    let text = Secret::from(drawn::<10>("recovery", token)).to_base32().to_lowercase();
    let groups: Vec<String> = text.chars().collect::<Vec<_>>().chunks(4).map(|group| group.iter().collect()).collect();
    groups.join("-")
}

/// What is kept of somebody's recovery code, however they typed it.
#[must_use]
pub fn recovery_digest(person: &PersonId, typed: &str) -> Digest {
    let typed: String = typed.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    Digest::of(format!("recovery code of {person}: {typed}").as_bytes())
}

/// Bytes that follow from a token and tell nothing about it.
fn drawn<const N: usize>(what: &str, token: &str) -> [u8; N] {
    let digest = Sha256::digest(format!("{what}: {token}").as_bytes());
    std::array::from_fn(|at| digest[at])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).expect("an instant")
    }

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238, appendix B, the last six of its eight digits.
        let key = AppKey(Secret::from(*b"12345678901234567890"));
        let known = [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")];
        for (seconds, code) in known {
            assert_eq!(key.code(at(seconds)), code);
        }
        assert_eq!(key.text(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(AppKey::read(&key.text()), Some(key));
        assert_eq!(AppKey::read("GEZDGNBV"), None);
    }

    #[test]
    fn a_code_counts_a_little_before_and_after_and_once() {
        let key = AppKey::from_token("a token");
        let (then, noon) = (at(1_800_000_000), 1_800_000_000 / 30);
        for (later, counts) in [(-31, false), (-30, true), (0, true), (30, true), (59, true), (60, false)] {
            assert_eq!(key.accepts(&key.code(then), at(1_800_000_000 + later), 0).is_some(), counts, "{later} seconds later");
        }
        let code = key.code(then);
        let spaced = format!(" {} {}", &code[..3], &code[3..]);
        assert_eq!(key.accepts(&spaced, then, noon - 1), Some(noon));
        assert_eq!(key.accepts(&spaced, then, noon), None, "it was used");
        assert_eq!(key.accepts("", then, 0), None);
        assert_ne!(AppKey::from_token("another").code(then), key.code(then));
    }

    #[test]
    fn a_recovery_code_is_read_however_it_is_typed_and_belongs_to_one_person() {
        let code = recovery_code("a token");
        assert_eq!(code.len(), 19, "{code}");
        let ada: PersonId = "ada".parse().expect("an id");
        let typed = format!(" {} ", code.replace('-', " ").to_uppercase());
        assert_eq!(recovery_digest(&ada, &typed), recovery_digest(&ada, &code));
        assert_ne!(recovery_digest(&"bob".parse().expect("an id"), &code), recovery_digest(&ada, &code));
        assert_ne!(recovery_code("another"), code);
    }

    #[test]
    fn the_programme_and_operators_must_and_a_fresh_one_is_a_quarter_of_an_hour_old() {
        let must = |roles: &[Role]| super::must(roles.iter().copied());
        assert!(must(&[Role::Operator]) && must(&[Role::OnboardingLead, Role::FunctionalAssurance]));
        assert!(!must(&[Role::OnboardingLead, Role::Signatory, Role::AuthorisedPerson, Role::Commissioner]) && !must(&[]));
        assert!(is_fresh(at(0), at(14 * 60)) && !is_fresh(at(0), at(15 * 60)));
    }

    #[test]
    fn a_lost_second_step_is_taken_away_by_two() {
        let id = |name: &str| -> PersonId { name.parse().expect("an id") };
        let place = |keepers: &[&str], operates| ResetPlace {
            person: id("owner"),
            asked_by: id("asker"),
            keepers: keepers.iter().map(|name| id(name)).collect(),
            operates,
        };
        let keepers = place(&["owner", "asker", "other"], false);
        assert!(may_confirm_reset(&id("other"), &keepers, false) && may_confirm_reset(&id("olive"), &keepers, true));
        for (who, operator) in [("owner", true), ("asker", true), ("olive", false)] {
            assert!(!may_confirm_reset(&id(who), &keepers, operator), "{who}");
        }
        assert!(!may_confirm_reset(&id("asker"), &place(&["asker"], false), true), "an operator confirms it");
        assert!(may_confirm_reset(&id("asker"), &place(&["owner", "asker"], true), true), "of two operators the other one");
        assert!(!may_confirm_reset(&id("asker"), &place(&["owner", "asker", "other"], true), true));
    }

    #[test]
    fn an_app_reads_for_which_account_a_key_is() {
        let address = AppKey::from_token("a token").address("ada+x@acme.example");
        assert!(address.starts_with("otpauth://totp/GP%20Connect%20onboarding:ada%2Bx%40acme.example?secret="), "{address}");
    }
}
