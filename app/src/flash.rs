//! One thing said, or one refused form kept, for one redirect. What is said travels in a cookie of its own: it is short, and
//! kept in the session it would be two more writes for every action. A refused form waits in the session until its page is
//! shown.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::{HeaderMap, header};
use journey::form::{Answers, Problem};
use serde::{Deserialize, Serialize};
use tower_sessions::{
    Session,
    cookie::{Cookie, SameSite, time::Duration},
};

use crate::{halt::Halt, visitor::Caller};

const KEPT: &str = "kept";

/// The longest heading and the longest text that are carried, in bytes as they travel: browsers refuse cookies of over 4,096.
const LONGEST: usize = 1_800;

/// How long it waits for its page.
const HEARD_WITHIN: Duration = Duration::minutes(5);

/// What happened, whose turn it is, by when.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Banner {
    /// What happened.
    pub heading: String,
    /// What follows from it.
    pub text: String,
}

/// A form that was not accepted, with every word that was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The page it belongs to.
    pub path: String,
    /// What could not be done.
    pub heading: String,
    /// Why, what would change it, who can.
    pub detail: String,
    /// Answers to put right.
    pub problems: Vec<Problem>,
    /// What was typed. Passwords are never kept.
    pub typed: Answers,
}

impl Kept {
    /// What to say of one answer, if anything.
    #[must_use]
    pub fn problem(&self, field: &str) -> Option<String> {
        self.problems.iter().find(|problem| problem.field == field).map(|problem| problem.says.clone())
    }
}

/// What is said to a browser: what came with its request, until a page has shown it, and what an action wants to be shown.
#[derive(Clone, Debug, Default)]
pub struct Said(Arc<Mutex<Saying>>);

#[derive(Debug, Default)]
enum Saying {
    #[default]
    Nothing,
    /// It came with the request.
    Waiting(Banner),
    /// It was shown.
    Shown,
    /// The next page is to show it: the cookie's value.
    New(String),
}

impl Said {
    /// What came with a request.
    #[must_use]
    pub fn read(headers: &HeaderMap, secure: bool) -> Self {
        let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
        let said = lines.flat_map(Cookie::split_parse).flatten().find(|cookie| cookie.name() == name_of(secure));
        let mut banner = Banner::default();
        for (name, value) in form_urlencoded::parse(said.as_ref().map_or("", Cookie::value).as_bytes()) {
            match &*name {
                "heading" => banner.heading = value.into_owned(),
                "text" => banner.text = value.into_owned(),
                _ => {}
            }
        }
        let saying = if banner.heading.is_empty() { Saying::Nothing } else { Saying::Waiting(banner) };
        Self(Arc::new(Mutex::new(saying)))
    }

    /// The cookie that goes with the answer, if it changes.
    #[must_use]
    pub fn cookie(&self, secure: bool) -> Option<Cookie<'static>> {
        let (value, age) = match &*self.lock() {
            Saying::Nothing | Saying::Waiting(_) => return None,
            Saying::Shown => (String::new(), Duration::ZERO),
            Saying::New(value) => (value.clone(), HEARD_WITHIN),
        };
        let cookie = Cookie::build((name_of(secure), value)).http_only(true).same_site(SameSite::Lax).secure(secure);
        Some(cookie.path("/").max_age(age).build())
    }

    fn lock(&self) -> MutexGuard<'_, Saying> {
        // Nobody leaves it half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The prefix makes browsers insist on TLS, no domain and the root path: nobody else's page says something in our name.
fn name_of(secure: bool) -> &'static str {
    if secure { "__Host-said" } else { "said" }
}

/// Says something on the next page. An empty heading says nothing.
pub fn say(caller: &Caller, heading: impl AsRef<str>, text: impl AsRef<str>) {
    let (heading, text) = (travelling(heading.as_ref()), travelling(text.as_ref()));
    if !heading.is_empty() {
        *caller.said.lock() = Saying::New(format!("heading={heading}&text={text}"));
    }
}

/// What was to be said, once.
#[must_use]
pub fn heard(caller: &Caller) -> Option<Banner> {
    let mut saying = caller.said.lock();
    let Saying::Waiting(banner) = &*saying else { return None };
    let banner = banner.clone();
    *saying = Saying::Shown;
    Some(banner)
}

/// A text as it travels, with the end cut off when there is no room for it.
fn travelling(text: &str) -> String {
    let mut cut = String::new();
    for character in text.chars() {
        let one: String = form_urlencoded::byte_serialize(character.encode_utf8(&mut [0; 4]).as_bytes()).collect();
        if cut.len() + one.len() > LONGEST {
            break;
        }
        cut.push_str(&one);
    }
    cut
}

/// Keeps a refused form until its page is shown.
///
/// # Errors
/// When the session cannot be kept.
pub async fn keep(session: &Session, kept: Kept) -> Result<(), Halt> {
    session.insert(KEPT, kept).await.map_err(Halt::session)
}

/// The refused form of this page, once. One of another page is left where it is.
///
/// # Errors
/// When the session cannot be read.
pub async fn take(session: &Session, path: &str) -> Result<Option<Kept>, Halt> {
    let kept: Option<Kept> = session.get(KEPT).await.map_err(Halt::session)?;
    match kept {
        Some(kept) if kept.path == path => {
            session.remove_value(KEPT).await.map_err(Halt::session)?;
            Ok(Some(kept))
        }
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(cookies: &str, secure: bool) -> Said {
        Said::read(&HeaderMap::from_iter([(header::COOKIE, cookies.parse().expect("a header"))]), secure)
    }

    fn waiting(said: &Said) -> Option<Banner> {
        match &*said.lock() {
            Saying::Waiting(banner) => Some(banner.clone()),
            _ => None,
        }
    }

    #[test]
    fn what_is_said_arrives_whole_or_with_its_end_cut_off() {
        let long = "𝄞;\"=, ".repeat(400);
        for (heading, text) in
            [("It is with GP Connect", "Answer by 3 May; thank you"), ("Zoë = 50 % & “more”", ""), (&long, &long)]
        {
            let value = format!("heading={}&text={}", travelling(heading), travelling(text));
            assert!(value.len() + 200 < 4_096, "{} bytes", value.len());
            for (name, secure) in [("said", false), ("__Host-said", true)] {
                let banner = waiting(&sent(&format!("session=1; {name}={value}"), secure)).expect("it is there");
                assert!(heading.starts_with(&banner.heading) && text.starts_with(&banner.text), "{banner:?}");
                assert!(heading.len() > 100 || (banner.heading == heading && banner.text == text), "{banner:?}");
            }
        }
    }

    #[test]
    fn nonsense_says_nothing() {
        for cookies in ["said", "said=", "said=%%%", "said=text=a", "said=heading=", "x=said=heading=a", "__Host-said=heading=a"]
        {
            let said = sent(cookies, false);
            assert_eq!(waiting(&said), None, "{cookies}");
            assert_eq!(said.cookie(false), None, "{cookies}");
        }
    }
}
