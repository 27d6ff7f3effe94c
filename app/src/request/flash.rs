//! One thing said, or one refused form kept, for one redirect. What is said travels in a cookie of its own: it is short, and
//! kept in the session it would be two more writes for every action. A refused form waits in the session of whoever sent it
//! until they are shown its page; of somebody who is not signed in nothing is stored here, so their short forms (sign in,
//! register) travel in the cookie too.

use journey::{
    base::ids::{JourneyRef, PersonId, TaskId},
    form::{Answers, Problem},
};
use serde::{Deserialize, Serialize};
use tower_sessions::Session;

use crate::{
    base::{
        halt::Halt,
        said::{Banner, RefusedForm},
    },
    request::{
        said::{MOST_PROBLEMS, Saying, travelling},
        visitor::{Caller, calling},
    },
};

/// What a session holds: who is signed in, whose it was while nobody is, and one refused form.
const PERSON: &str = "person";
const WAS: &str = "was";
const KEPT: &str = "kept";

/// Bytes of a refused form in a session of somebody who was signed out.
pub const MOST_WAITING: usize = 64 * 1024;

/// Bytes of a refused form of somebody who is signed in: a form may have 512 kB, and a little more as it is stored.
pub const MOST_KEPT: usize = 1024 * 1024;

/// Says something on the next page. An empty heading says nothing.
pub fn say(caller: &Caller, heading: impl AsRef<str>, text: impl AsRef<str>) {
    let (heading, text) = (travelling(heading.as_ref()), travelling(text.as_ref()));
    if !heading.is_empty() {
        *caller.said.lock() = Saying::New(format!("heading={heading}&text={text}"));
    }
}

/// Says it, and shows where to go on, and the way to undo the decision on this task.
pub fn say_and_go_on(caller: &Caller, heading: impl AsRef<str>, text: impl AsRef<str>, undo: Option<(&JourneyRef, &TaskId)>) {
    say(caller, heading, text);
    if let Saying::New(value) = &mut *caller.said.lock() {
        value.push_str("&on=1");
        if let Some((journey, task)) = undo {
            value.push_str(&format!("&undo={journey}/{task}"));
        }
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

/// A refused form as a session holds it.
#[derive(Debug, Serialize, Deserialize)]
struct Stored {
    /// The person who typed it: it is shown to nobody else.
    #[serde(default)]
    of: String,
    #[serde(flatten)]
    kept: RefusedForm,
}

/// Keeps a refused form until its page is shown to whoever sent it. Of somebody who is not signed in nothing is stored: it
/// travels in a cookie, cut to what that holds. Of a page with a query only the path counts.
///
/// # Errors
/// When the session cannot be kept.
pub async fn keep(session: &Session, mut kept: RefusedForm) -> Result<(), Halt> {
    kept.path.truncate(kept.path.find(['?', '#']).unwrap_or(kept.path.len()));
    match session.get::<String>(PERSON).await.map_err(Halt::session)? {
        Some(of) => store(session, of, within(kept, MOST_KEPT)).await,
        None => {
            calling()?.said.refuse(kept);
            Ok(())
        }
    }
}

async fn store(session: &Session, of: String, kept: RefusedForm) -> Result<(), Halt> {
    session.insert(KEPT, Stored { of, kept }).await.map_err(Halt::session)
}

/// The form within its bounds. Words that are too many are left out, and it says so.
fn within(mut kept: RefusedForm, most: usize) -> RefusedForm {
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
pub async fn take(caller: &Caller, path: &str) -> Result<Option<RefusedForm>, Halt> {
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
    let kept = RefusedForm {
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
    use axum::http::{HeaderMap, header};

    use super::*;
    use crate::request::said::Flash;

    fn sent(cookies: &str, secure: bool) -> Flash {
        Flash::read(&HeaderMap::from_iter([(header::COOKIE, cookies.parse().expect("a header"))]), secure)
    }

    fn waiting(said: &Flash) -> Option<Banner> {
        match &*said.lock() {
            Saying::Waiting(banner) => Some(banner.clone()),
            _ => None,
        }
    }

    #[test]
    fn a_refused_form_travels_whole_or_cut_and_is_shown_once() {
        let long = "𝄞;\"=, ".repeat(40_000);
        let refusal = |typed: &str, problems: usize| RefusedForm {
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
            let said = Flash::default();
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
        let kept = |length: usize, problems: usize| RefusedForm {
            typed: Answers::default().with("words", &"w".repeat(length)),
            problems: vec![Problem::new("words", "no"); problems],
            ..RefusedForm::default()
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
