//! What is said to a browser once, in a cookie that goes with the next page.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::{HeaderMap, header};
use tower_sessions::cookie::{Cookie, SameSite, time::Duration};

use crate::base::said::{Banner, RefusedForm};

/// What is said to a browser: what came with its request, until a page has shown it, and what an action wants to be shown.
#[derive(Clone, Debug, Default)]
pub struct Flash(Arc<Mutex<Saying>>);

impl Flash {
    /// What came with a request.
    #[must_use]
    pub fn read(headers: &HeaderMap, secure: bool) -> Self {
        let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
        let said = lines.flat_map(Cookie::split_parse).flatten().find(|cookie| cookie.name() == name_of(secure));
        let mut banner = Banner::default();
        let mut kept: Option<RefusedForm> = None;
        for (name, value) in form_urlencoded::parse(said.as_ref().map_or("", Cookie::value).as_bytes()) {
            match &*name {
                "heading" => banner.heading = value.into_owned(),
                "text" => banner.text = value.into_owned(),
                "on" => banner.goes_on = true,
                "undo" => banner.undo = value.split_once('/').map(|(journey, task)| (journey.to_owned(), task.to_owned())),
                "kept" => kept = serde_json::from_str(&value).ok(),
                _ => {}
            }
        }
        let saying = match kept {
            Some(kept) => Saying::Refused(Box::new(kept)),
            None if banner.heading.is_empty() => Saying::Nothing,
            None => Saying::Waiting(banner),
        };
        Self(Arc::new(Mutex::new(saying)))
    }

    /// The cookie that goes with the answer, if it changes.
    #[must_use]
    pub fn cookie(&self, secure: bool) -> Option<Cookie<'static>> {
        let (value, age) = match &*self.lock() {
            Saying::Nothing | Saying::Waiting(_) | Saying::Refused(_) => return None,
            Saying::Shown => (String::new(), Duration::ZERO),
            Saying::New(value) => (value.clone(), HEARD_WITHIN),
        };
        let cookie = Cookie::build((name_of(secure), value)).http_only(true).same_site(SameSite::Lax).secure(secure);
        Some(cookie.path("/").max_age(age).build())
    }

    /// Lets a refused form travel with the answer, as much of it as a cookie holds.
    pub fn refuse(&self, mut kept: RefusedForm) {
        kept.problems.truncate(MOST_PROBLEMS);
        for room in [1_000, 200, 50, 0] {
            for value in kept.typed.0.values_mut().flatten() {
                *value = value.chars().take(room).collect();
            }
            let text = serde_json::to_string(&kept).unwrap_or_default();
            let text: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
            if text.len() <= MOST_TRAVELLING {
                *self.lock() = Saying::New(format!("kept={text}"));
                return;
            }
        }
        let (heading, text) = (travelling(&kept.heading), travelling(&kept.detail));
        *self.lock() = Saying::New(format!("heading={heading}&text={text}"));
    }

    /// The refused form of this page that came with the request, once.
    pub(crate) fn refused(&self, path: &str) -> Option<RefusedForm> {
        let mut saying = self.lock();
        let Saying::Refused(kept) = &*saying else { return None };
        let kept = (kept.path == path).then(|| (**kept).clone())?;
        *saying = Saying::Shown;
        Some(kept)
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Saying> {
        // Nobody leaves it half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Debug, Default)]
pub(crate) enum Saying {
    #[default]
    Nothing,
    /// It came with the request.
    Waiting(Banner),
    /// A refused form of nobody's came with the request.
    Refused(Box<RefusedForm>),
    /// It was shown.
    Shown,
    /// The next page is to show it: the cookie's value.
    New(String),
}

/// The prefix makes browsers insist on TLS, no domain and the root path: nobody else's page says something in our name.
fn name_of(secure: bool) -> &'static str {
    if secure { "__Host-said" } else { "said" }
}

/// A text as it travels, with the end cut off when there is no room for it.
pub(crate) fn travelling(text: &str) -> String {
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

/// How long it waits for its page.
const HEARD_WITHIN: Duration = Duration::minutes(5);

/// Bytes of a refused form in a cookie, as they travel.
const MOST_TRAVELLING: usize = 3_600;

/// Problems that are told of one form.
pub(crate) const MOST_PROBLEMS: usize = 50;

/// The longest heading and the longest text that are carried, in bytes as they travel: browsers refuse cookies of over 4,096.
const LONGEST: usize = 1_800;
