//! One thing said, or one refused form kept, for one redirect. What is said travels in a cookie of its own: it is short, and
//! kept in the session it would be two more writes for every action. A refused form waits in the session of whoever sent it
//! until they are shown its page; of somebody who is not signed in nothing is stored here, so their short forms (sign in,
//! register) travel in the cookie too.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::{HeaderMap, header};
use journey::{
    form::{Answers, Problem},
    ids::PersonId,
};
use serde::{Deserialize, Serialize};
use tower_sessions::{
    Session,
    cookie::{Cookie, SameSite, time::Duration},
};

use crate::{
    halt::Halt,
    visitor::{Caller, calling},
};

/// What a session holds: who is signed in, whose it was while nobody is, and one refused form.
const PERSON: &str = "person";
const WAS: &str = "was";
const KEPT: &str = "kept";

/// Bytes of a refused form in a session of somebody who was signed out.
pub const MOST_WAITING: usize = 64 * 1024;

/// Bytes of a refused form of somebody who is signed in: a form may have 512 kB, and a little more as it is stored.
pub const MOST_KEPT: usize = 1024 * 1024;

/// Problems that are told of one form.
const MOST_PROBLEMS: usize = 50;

/// Bytes of a refused form in a cookie, as they travel.
const MOST_TRAVELLING: usize = 3_600;

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
    /// A refused form of nobody's came with the request.
    Refused(Box<Kept>),
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
        let mut kept: Option<Kept> = None;
        for (name, value) in form_urlencoded::parse(said.as_ref().map_or("", Cookie::value).as_bytes()) {
            match &*name {
                "heading" => banner.heading = value.into_owned(),
                "text" => banner.text = value.into_owned(),
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
    pub fn refuse(&self, mut kept: Kept) {
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
    fn refused(&self, path: &str) -> Option<Kept> {
        let mut saying = self.lock();
        let Saying::Refused(kept) = &*saying else { return None };
        let kept = (kept.path == path).then(|| (**kept).clone())?;
        *saying = Saying::Shown;
        Some(kept)
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

/// A refused form as a session holds it.
#[derive(Debug, Serialize, Deserialize)]
struct Stored {
    /// The person who typed it: it is shown to nobody else.
    #[serde(default)]
    of: String,
    #[serde(flatten)]
    kept: Kept,
}

/// Keeps a refused form until its page is shown to whoever sent it. Of somebody who is not signed in nothing is stored: it
/// travels in a cookie, cut to what that holds.
///
/// # Errors
/// When the session cannot be kept.
pub async fn keep(session: &Session, kept: Kept) -> Result<(), Halt> {
    match session.get::<String>(PERSON).await.map_err(Halt::session)? {
        Some(of) => store(session, of, within(kept, MOST_KEPT)).await,
        None => {
            calling()?.said.refuse(kept);
            Ok(())
        }
    }
}

async fn store(session: &Session, of: String, kept: Kept) -> Result<(), Halt> {
    session.insert(KEPT, Stored { of, kept }).await.map_err(Halt::session)
}

/// The form within its bounds. Words that are too many are left out, and it says so.
fn within(mut kept: Kept, most: usize) -> Kept {
    let more = kept.problems.len().saturating_sub(MOST_PROBLEMS);
    if more > 0 {
        kept.problems.truncate(MOST_PROBLEMS);
        kept.detail = format!("{} There are {more} more problems than are shown.", kept.detail).trim().to_owned();
    }
    if serde_json::to_string(&kept).is_ok_and(|text| text.len() > most) {
        kept.typed = Answers::default();
        kept.problems.iter_mut().for_each(|problem| problem.says = problem.says.chars().take(500).collect());
        kept.detail = format!("{} Your words were too long to keep here: go back, your browser still has them.", kept.detail);
    }
    kept
}

/// The refused form of this page, once. One of another page, or of another person, is left where it is.
///
/// # Errors
/// When the session cannot be read.
pub async fn take(caller: &Caller, path: &str) -> Result<Option<Kept>, Halt> {
    if let Some(kept) = caller.said.refused(path) {
        return Ok(Some(kept));
    }
    let session = &caller.session;
    let Some(person) = session.get::<String>(PERSON).await.map_err(Halt::session)? else { return Ok(None) };
    // What an older release kept names nobody, and is shown to nobody.
    let stored: Option<Stored> = session.get(KEPT).await.map_err(Halt::session)?;
    match stored {
        Some(stored) if stored.kept.path == path && stored.of == person => {
            session.remove_value(KEPT).await.map_err(Halt::session)?;
            Ok(Some(stored.kept))
        }
        _ => Ok(None),
    }
}

/// Ends what a session is good for. It remembers whose it was, so that words which its person sends too late are kept for
/// them, and for nobody else.
///
/// # Errors
/// When the session cannot be kept.
pub async fn expire(session: &Session) -> Result<(), tower_sessions::session::Error> {
    let person: Option<String> = session.get(PERSON).await?;
    let kept: Option<serde_json::Value> = session.get_value(KEPT).await?;
    session.clear().await;
    session.insert(WAS, person).await?;
    if let Some(kept) = kept {
        session.insert_value(KEPT, kept).await?;
    }
    Ok(())
}

/// Whose session this was, if somebody was signed in before and nobody is now.
///
/// # Errors
/// When the session cannot be read.
pub async fn was(session: &Session) -> Result<Option<PersonId>, Halt> {
    let person: Option<Option<String>> = session.get(WAS).await.map_err(Halt::session)?;
    Ok(person.flatten().and_then(|person| person.parse().ok()))
}

/// What became of the words of somebody who is not signed in any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waiting {
    /// They are kept until their writer has signed in again.
    Kept,
    /// They are more than is kept.
    TooLong,
    /// Nobody was signed in before: nothing is kept.
    Nothing,
    /// Nothing was typed.
    NoWords,
}

/// Keeps the words of somebody who was signed out, until they sign in again: at most [`MOST_WAITING`] bytes, and only in a
/// session in which they had been signed in. `without` are files, which have to be chosen again.
///
/// # Errors
/// When the session cannot be kept.
pub async fn wait(session: &Session, page: &str, typed: Answers, without: &[(String, String)]) -> Result<Waiting, Halt> {
    if typed.0.is_empty() && without.is_empty() {
        return Ok(Waiting::NoWords);
    }
    let Some(of) = was(session).await? else { return Ok(Waiting::Nothing) };
    let problems = without.iter().map(|(field, name)| Problem::new(field, format!("{name} was not kept: choose it again")));
    let kept = Kept {
        path: page.split(['?', '#']).next().unwrap_or_default().to_owned(),
        heading: "You were signed out before this was sent".to_owned(),
        detail: "Nothing was recorded. Your words are below: check them and send them again.".to_owned(),
        problems: problems.take(MOST_PROBLEMS).collect(),
        typed,
    };
    if serde_json::to_string(&kept).map_or(true, |text| text.len() > MOST_WAITING) {
        return Ok(Waiting::TooLong);
    }
    store(session, of.to_string(), kept).await?;
    Ok(Waiting::Kept)
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
    fn a_refused_form_travels_whole_or_cut_and_is_shown_once() {
        let long = "𝄞;\"=, ".repeat(40_000);
        let refusal = |typed: &str, problems: usize| Kept {
            path: "/sign-in".to_owned(),
            heading: "There is a problem".to_owned(),
            detail: String::new(),
            problems: vec![
                Problem::new("email", "Check the email address and the password: they do not belong together");
                problems
            ],
            typed: Answers::default().with("email", typed),
        };
        for (typed, problems) in [("zoë@example.org", 1), (long.as_str(), 1), (long.as_str(), 500)] {
            let said = Said::default();
            said.refuse(refusal(typed, problems));
            let cookie = said.cookie(false).expect("it travels").value().to_owned();
            assert!(cookie.len() + 200 < 4_096, "{} bytes", cookie.len());
            let back = sent(&format!("said={cookie}"), false);
            if problems == 500 {
                assert_eq!(waiting(&back).expect("what happened").heading, "There is a problem");
                continue;
            }
            assert_eq!(back.refused("/register"), None, "it belongs to its page");
            let kept = back.refused("/sign-in").expect("it arrives");
            assert!(typed.starts_with(kept.typed.one("email")) && kept.problems.len() == 1, "{kept:?}");
            assert!(typed.len() > 100 || kept.typed.one("email") == typed);
            assert_eq!(back.refused("/sign-in"), None, "once");
        }
    }

    #[test]
    fn a_kept_form_stays_within_its_bounds_and_says_what_it_left_out() {
        let kept = |length: usize, problems: usize| Kept {
            typed: Answers::default().with("words", &"w".repeat(length)),
            problems: vec![Problem::new("words", "no"); problems],
            ..Kept::default()
        };
        let whole = within(kept(500_000, 50), MOST_KEPT);
        assert_eq!((whole.typed.one("words").len(), whole.problems.len(), whole.detail.as_str()), (500_000, 50, ""));
        let cut = within(kept(MOST_KEPT + 1, 300_000), MOST_KEPT);
        assert_eq!((cut.typed.one("words"), cut.problems.len()), ("", 50));
        assert!(
            cut.detail.contains("299950 more problems") && cut.detail.contains("your browser still has them"),
            "{}",
            cut.detail
        );
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
