//! An action: who sent it, what it answers with, and how somebody comes back who was signed out.

use std::sync::Arc;

use journey::{base::actor::Role, form::Answers, rule::draft::DraftSeen};
use leptos::server_fn::ServerFnError;

use crate::{
    base::{
        halt::{End, Halt},
        said::RefusedForm,
        words::encode,
    },
    request::{
        flash::{self, Waiting},
        visitor::{Caller, Visitor, calling},
    },
};

/// What an action answers: nothing, the redirect says it all.
pub type ActionResult = Result<(), ServerFnError>;

/// Answers as they come from a form: for each question the values sent.
pub type Typed = std::collections::BTreeMap<String, Vec<String>>;

/// Where a form came from and what it is about.
#[derive(Clone, Debug)]
pub struct ActionRequest {
    /// The journey, as typed in the form.
    pub journey: String,
    /// The task; empty for the journey as a whole.
    pub task: String,
    /// The last event of the task that was on the page.
    pub seen: Option<u64>,
    /// The page to come back to when it is refused: below the journey's own path.
    pub page: String,
    /// Everything that was typed.
    pub typed: Answers,
    /// The one of their roles in which somebody who holds several decides; `None` for whichever fits.
    pub role: Option<Role>,
    /// The drafts that become what is recorded, each as its writer saw it. Where a newer one is kept, nothing is recorded.
    pub drafts: Vec<DraftSeen>,
    /// Colleagues in whose place it is decided, though they have claimed it: their ids, with spaces between.
    pub instead: String,
    /// The drafts that were read into it and stay.
    pub sent: Vec<DraftSeen>,
}

/// Runs an action. Its answer is a redirect, or, where nothing could be recorded, the form's own answer (503 or 500: see
/// [`End`]), which lets the browser send the form again.
pub async fn act(work: impl Future<Output = Result<String, Halt>>) -> ActionResult {
    let caller = calling().ok();
    let answer = match (work.await, &caller) {
        (Err(Halt::NotYours { heading, detail }), Some(caller)) => come_back(caller, heading, detail).await,
        (answer, _) => answer,
    };
    let (to, end) = match answer {
        Ok(to) | Err(Halt::Elsewhere(to)) => (Some(to), End::Answered),
        Err(Halt::SignIn) => (Some("/sign-in".to_owned()), End::Answered),
        Err(Halt::Missing) => (Some("/not-found".to_owned()), End::Answered),
        Err(Halt::NotYours { .. }) => (Some("/not-yours".to_owned()), End::Answered),
        Err(Halt::Unavailable(why)) => {
            tracing::warn!(why, "the database does not answer");
            (None, End::Unavailable)
        }
        Err(Halt::Fault(why)) => {
            tracing::error!(why, "fault in an action");
            (None, End::Fault)
        }
    };
    if let Some(to) = to {
        leptos_axum::redirect(&to);
    }
    if let Some(caller) = caller {
        caller.doing.finish(end);
    }
    Ok(())
}

/// Brings somebody back to the page that their form came from, with the reason why nothing was done and what they typed.
///
/// # Errors
/// When the session cannot be kept.
pub async fn come_back(caller: &Caller, heading: String, detail: String) -> Result<String, Halt> {
    let Some((page, typed)) = caller.doing.take() else {
        let path = "/not-yours".to_owned();
        caller.said.refuse(RefusedForm { path: path.clone(), heading, detail, ..RefusedForm::default() });
        return Ok(path);
    };
    let path = page.split(['?', '#']).next().unwrap_or_default().to_owned();
    flash::keep(&caller.session, RefusedForm { path, heading, detail, problems: Vec::new(), typed }).await?;
    Ok(page)
}

/// The signed-in person, or the way to sign in. What was typed waits until then if they had been signed in before.
///
/// # Errors
/// [`Halt::Elsewhere`] to the sign-in page.
pub async fn signed_in(caller: &Caller, page: &str, typed: &Answers) -> Result<Arc<Visitor>, Halt> {
    if let Some(visitor) = &caller.visitor {
        caller.doing.begin(page, typed);
        return Ok(visitor.clone());
    }
    if caller.account.is_some() {
        return Err(caller.nobody());
    }
    let waiting = flash::wait(&caller.session, page, typed.clone(), &[]).await?;
    Err(Halt::Elsewhere(to_sign_in(page, waiting)))
}

/// Where to sign in, and go on with this page.
#[must_use]
pub fn to_sign_in(page: &str, waiting: Waiting) -> String {
    let why = match waiting {
        Waiting::Kept => "signed-out",
        Waiting::TooLong => "too-long",
        Waiting::Nothing => "not-kept",
        Waiting::NoWords => "first",
    };
    format!("/sign-in?next={}&why={why}", encode(page))
}

/// What the sign-in page says of the words that led there, by `why` of its address ([`to_sign_in`]).
#[must_use]
pub fn why_sign_in(why: &str) -> Option<&'static str> {
    match why {
        "signed-out" => Some("You were signed out. Sign in to continue: the words you sent are kept until then."),
        "too-long" => Some(
            "You were signed out. The words you sent were too long to keep (more than 64 kB): go back, your browser still has \
             them. Sign in using another window, then send them again.",
        ),
        "not-kept" => Some(
            "Sign in first. Nothing of what you sent was kept: go back to find your words in your browser, sign in using another window, then send them again.",
        ),
        "first" => Some("Sign in first, then do it again. Nothing has been done yet."),
        _ => None,
    }
}
