//! How often somebody may try. Guessing is slow, and nobody can keep the owner of an account out by guessing wrong on purpose.
//!
//! A browser that signed in to an account before is counted by itself: its cookie holds a digest that only the stored
//! password hash gives, so nobody makes one up, nothing is kept for it, and it is worth nothing after a new password. All
//! other browsers are counted per account and address, per address, and per account: what strangers use up is theirs alone.

use axum::http::{HeaderMap, HeaderValue, header, request::Parts};
use jiff::{Timestamp, ToSpan as _};
use journey::{base::ids::Digest, port::Person};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use tower_sessions::cookie::{Cookie, SameSite, time::Duration};

use crate::{
    base::halt::Halt,
    request::{services::Services, visitor::Caller},
};

/// Wrong tries at one account from one address, or by one browser that signed in to it before, in a quarter of an hour.
pub const TRIES: u32 = 10;
/// Wrong tries at one account in a quarter of an hour by all browsers that never signed in to it: 100 an hour, which is
/// what OWASP ASVS 2.2.1 allows.
pub const OF_STRANGERS: u32 = 25;
const WINDOW_MINUTES: i64 = 15;
/// How long a browser is known after it signed in.
const KNOWN_FOR: Duration = Duration::days(90);

/// A quarter of an hour ago.
pub(crate) fn a_while_ago(now: Timestamp) -> Timestamp {
    now.checked_sub(WINDOW_MINUTES.minutes()).unwrap_or(now)
}

/// One try, under everything that it counts for.
pub(crate) struct Try<'a> {
    services: &'a Services,
    at: Timestamp,
    /// Names, and how many each may hold.
    buckets: Vec<(String, u32)>,
}

impl<'a> Try<'a> {
    fn new(services: &'a Services, at: Timestamp, buckets: Vec<(String, u32)>) -> Self {
        Self { services, at, buckets }
    }

    /// A password for an account that nobody may have.
    pub(crate) fn sign_in(services: &'a Services, caller: &Caller, email: &str, known: bool, at: Timestamp) -> Self {
        let buckets = if known {
            vec![(of_known(email), TRIES)]
        } else {
            vec![
                (format!("sign-in account {email} address {}", caller.address), TRIES),
                (format!("sign-in address {}", caller.address), services.tries_per_address),
                (format!("sign-in account {email}"), OF_STRANGERS),
            ]
        };
        Self::new(services, at, buckets)
    }

    /// A code for the second step of an account: whoever tries it knows the password. All browsers that never came in share few tries,
    /// because a code is short; a known one has its own, so that nobody keeps the owner out.
    pub(crate) fn second_step(services: &'a Services, caller: &Caller, email: &str, known: bool, at: Timestamp) -> Self {
        let buckets = if known {
            vec![(format!("second-step known {email}"), TRIES)]
        } else {
            vec![
                (format!("second-step account {email}"), TRIES),
                (format!("second-step address {}", caller.address), services.tries_per_address),
            ]
        };
        Self::new(services, at, buckets)
    }

    /// Something that only the owner of a link or of a session can try at an account.
    pub(crate) fn own(services: &'a Services, caller: &Caller, what: &str, email: &str, at: Timestamp) -> Self {
        let of_address = (format!("{what} address {}", caller.address), services.tries_per_address);
        Self::new(services, at, vec![(format!("{what} account {email}"), TRIES), of_address])
    }

    /// Something that anybody may ask for, whatever account it names.
    pub(crate) fn of_address(services: &'a Services, caller: &Caller, what: &str, at: Timestamp) -> Self {
        Self::new(services, at, vec![(format!("{what} address {}", caller.address), services.tries_per_address)])
    }

    /// Notes the try and says whether there were too many. A refused try counts for nothing: whoever goes on trying must
    /// not keep somebody out for ever.
    pub(crate) async fn too_many(&self) -> Result<bool, Halt> {
        let since = a_while_ago(self.at);
        for (at, (bucket, most)) in self.buckets.iter().enumerate() {
            if self.services.store.attempt(bucket, self.at, since).await? > *most {
                for (noted, _) in &self.buckets[..=at] {
                    self.services.store.take_back(noted, self.at).await?;
                }
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// A try that was right counts for nothing, and the wrong ones before it no more.
    pub(crate) async fn right(&self) -> Result<(), Halt> {
        for (place, (bucket, _)) in self.buckets.iter().enumerate() {
            match place {
                0 => self.services.store.forgive(bucket).await?,
                // What others tried goes on counting.
                _ => self.services.store.take_back(bucket, self.at).await?,
            }
        }
        Ok(())
    }
}

fn of_known(email: &str) -> String {
    format!("sign-in known {email}")
}

/// Whether this browser signed in to the account before, with the password that it has now.
#[must_use]
pub(crate) fn is_known(services: &Services, email: &str, person: Option<&Person>) -> bool {
    let headers = use_context::<Parts>().map(|parts| parts.headers).unwrap_or_default();
    let stored = person.map_or("", |person| person.password.as_str());
    // Digests of both, so that comparing takes as long for every guess.
    let sent = sent(&headers, services.is_secure());
    let fits = Digest::of(sent.as_bytes()) == Digest::of(mark(email, stored).as_bytes());
    fits && person.is_some()
}

/// Notes in the browser that it signed in to this account, and forgets what it tried before.
pub(crate) async fn remember(services: &Services, email: &str, stored: &str) -> Result<(), Halt> {
    services.store.forgive(&of_known(email)).await?;
    let secure = services.is_secure();
    let cookie = Cookie::build((name_of(secure), mark(email, stored))).http_only(true).same_site(SameSite::Strict).secure(secure);
    let cookie = cookie.path("/").max_age(KNOWN_FOR).build().to_string();
    if let (Some(response), Ok(value)) = (use_context::<ResponseOptions>(), HeaderValue::try_from(cookie)) {
        response.append_header(header::SET_COOKIE, value);
    }
    Ok(())
}

/// What a browser holds that signed in: it tells nothing about the password, and nobody can work it out without the salt
/// and the hash.
fn mark(email: &str, stored: &str) -> String {
    Digest::of(format!("a browser that signed in as {email} with {stored}").as_bytes()).to_string()
}

fn sent(headers: &HeaderMap, secure: bool) -> String {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let known = lines.flat_map(Cookie::split_parse).flatten().find(|cookie| cookie.name() == name_of(secure));
    known.map(|cookie| cookie.value().to_owned()).unwrap_or_default()
}

fn name_of(secure: bool) -> &'static str {
    if secure { "__Host-known" } else { "known" }
}
