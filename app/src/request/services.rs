//! What a page or an action may reach: the store, the clock, secrets, names of the built files. Given by the server in
//! the context; tests give their own.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use journey::{
    base::ids::{JourneyRef, OrganisationId, PersonId},
    plan::process::Processes,
    port::{Store, StoreError},
};
use leptos::prelude::use_context;

use crate::base::remembered::Remembered;

/// The time. Pages never ask the machine themselves, so that tests can move it.
pub trait Clock: Send + Sync {
    /// Now, in whole microseconds.
    fn now(&self) -> Timestamp;
}

/// The password service is busy: too many people sign in at once.
#[derive(Debug, thiserror::Error)]
#[error("too many sign-ins at once")]
pub struct Busy;

/// Randomness and password hashing.
#[async_trait]
pub trait Secrets: Send + Sync {
    /// A token for a link in a letter: 256 bits, fit for a URL.
    fn token(&self) -> String;
    /// An id that nobody else has.
    fn id(&self) -> String;
    /// Bits for a journey's reference.
    fn bits(&self) -> u64;
    /// argon2id hash of a password.
    async fn hash(&self, password: String) -> Result<String, Busy>;
    /// Whether the password fits the hash. With no hash it takes as long and says no.
    async fn fits(&self, password: String, hash: Option<String>) -> Result<bool, Busy>;
}

/// Names of the files that a page loads. They carry a digest, so that they may be cached for ever.
#[derive(Clone, Debug, Default)]
pub struct Assets {
    /// The style sheet.
    pub css: String,
    /// The glue that loads the islands.
    pub js: String,
    /// The islands.
    pub wasm: String,
}

/// What is known of the machine that this service runs on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Host {
    /// The release.
    pub version: &'static str,
    /// Which database.
    pub database: &'static str,
    /// Where files are kept, in words.
    pub files: String,
    /// Bytes that are free there, and bytes in all; `None` where that cannot be known.
    pub disk: Option<(u64, u64)>,
}

/// Looks at the machine.
pub trait Hosting: Send + Sync {
    /// As it is now.
    fn look(&self) -> Host;
}

/// Everything the server lends to pages and actions.
#[derive(Clone)]
pub struct Services {
    /// The memory.
    pub store: Arc<dyn Store>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The machine.
    pub hosting: Arc<dyn Hosting>,
    /// Randomness and hashing.
    pub secrets: Arc<dyn Secrets>,
    /// Journeys as they were last read.
    pub remembered: Arc<Remembered>,
    /// The processes of this release.
    pub processes: &'static Processes,
    /// Names of built files.
    pub assets: Arc<Assets>,
    /// Where the service is reached, for links in letters; without slash at the end.
    pub base_url: Arc<str>,
    /// Failed tries to sign in that one address may make in a quarter of an hour.
    pub tries_per_address: u32,
    /// MB that a file of a task or a message may have.
    pub longest_file_mb: u64,
    /// Show the NHS logo: only for services that may use it.
    pub nhs_brand: bool,
    /// Where people are told to write for help.
    pub help_address: Arc<str>,
    /// Pages that ask for a code show it, and a code counts more than once: for the demo alone, where everybody signs in as everybody.
    pub shows_codes: bool,
}

impl Services {
    /// Whether cookies may only travel over TLS.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.base_url.starts_with("https://")
    }

    /// A new person's id.
    #[must_use]
    pub fn person_id(&self) -> PersonId {
        self.secrets.id().parse().expect("random ids are ids")
    }

    /// A new organisation's id.
    #[must_use]
    pub fn organisation_id(&self) -> OrganisationId {
        self.secrets.id().parse().expect("random ids are ids")
    }

    /// A new journey's reference.
    #[must_use]
    pub fn journey_ref(&self) -> JourneyRef {
        JourneyRef::from_bits(self.secrets.bits())
    }
}

/// The services of this request.
///
/// # Errors
/// [`StoreError::Unavailable`] when the server gave none, which it always does.
pub fn services() -> Result<Services, StoreError> {
    use_context::<Services>().ok_or_else(|| StoreError::Unavailable("no services in this request".to_owned()))
}
