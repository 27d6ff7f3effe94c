//! One thing said, or one refused form kept, for one redirect. It waits in the session until its page is shown.

use journey::form::{Answers, Problem};
use serde::{Deserialize, Serialize};
use tower_sessions::Session;

use crate::halt::Halt;

const BANNER: &str = "banner";
const KEPT: &str = "kept";

/// What happened, whose turn it is, by when.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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

/// Says something on the next page. An empty heading says nothing.
///
/// # Errors
/// When the session cannot be kept.
pub async fn say(session: &Session, heading: impl Into<String>, text: impl Into<String>) -> Result<(), Halt> {
    let heading = heading.into();
    if heading.is_empty() {
        return Ok(());
    }
    session.insert(BANNER, Banner { heading, text: text.into() }).await.map_err(Halt::session)
}

/// What was to be said, once.
///
/// # Errors
/// When the session cannot be read.
pub async fn heard(session: &Session) -> Result<Option<Banner>, Halt> {
    let banner = session.get(BANNER).await.map_err(Halt::session)?;
    // To remove, even nothing, makes the session a changed one, which is written: that would be a write for every page.
    if banner.is_some() {
        session.remove_value(BANNER).await.map_err(Halt::session)?;
    }
    Ok(banner)
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
