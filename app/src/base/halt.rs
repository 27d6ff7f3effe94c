//! Why a page or an action stops: three kinds. A refusal is the visitor's to change, unavailable passes, a fault is ours.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use journey::{
    form::Answers,
    port::{StoreError, WriteError},
};

/// Why there is no page.
#[derive(Debug)]
pub enum Halt {
    /// Nobody is signed in: sign in first, then come back.
    SignIn,
    /// There is no such page, or not for this person (404 either way).
    Missing,
    /// It exists, they know it does, and other people do it (403).
    NotYours {
        /// What they cannot do.
        heading: String,
        /// What would change it and who can.
        detail: String,
    },
    /// The database does not answer: try again (503).
    Unavailable(String),
    /// A fault of this service (500). Told plainly, logged once.
    Fault(String),
    /// Go there instead.
    Elsewhere(String),
}

impl Halt {
    /// A session that could not be read or kept.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "fits map_err")]
    pub fn session(error: tower_sessions::session::Error) -> Self {
        Halt::Unavailable(error.to_string())
    }
}

impl From<StoreError> for Halt {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(why) => Halt::Unavailable(why),
            unreadable @ StoreError::Unreadable { .. } => Halt::Fault(unreadable.to_string()),
        }
    }
}

impl From<WriteError> for Halt {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Conflict => Halt::Unavailable("somebody else was first, again and again".to_owned()),
            WriteError::Store(error) => error.into(),
        }
    }
}

impl From<journey::ledger::journey::Corrupt> for Halt {
    fn from(error: journey::ledger::journey::Corrupt) -> Self {
        Halt::Fault(error.to_string())
    }
}

/// How far an action came, told by the action and read by the gate: an answer is never guessed from its looks.
#[derive(Clone, Debug, Default)]
pub struct Doing(Arc<Mutex<Deed>>);

#[derive(Debug, Default)]
struct Deed {
    pub(crate) sent: Option<(String, Answers)>,
    pub(crate) end: End,
}

/// How an action ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum End {
    /// No action ran: what was sent could not be read, or is no action.
    #[default]
    NotBegun,
    /// With a redirect.
    Answered,
    /// The memory did not answer (503). The form itself is answered, so that the browser can send it again.
    Unavailable,
    /// With a fault of this service (500), likewise.
    Fault,
}

impl Doing {
    /// Remembers which page a form came from and what was typed.
    pub fn begin(&self, page: &str, typed: &Answers) {
        self.lock().sent = Some((page.to_owned(), typed.clone()));
    }

    /// The page that the form came from and what was typed; once.
    #[must_use]
    pub fn take(&self) -> Option<(String, Answers)> {
        self.lock().sent.take()
    }

    /// Notes how it ended.
    pub fn finish(&self, end: End) {
        self.lock().end = end;
    }

    /// How it ended.
    #[must_use]
    pub fn end(&self) -> End {
        self.lock().end
    }

    fn lock(&self) -> MutexGuard<'_, Deed> {
        // Nobody leaves it half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
