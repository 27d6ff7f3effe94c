//! Randomness and passwords. Hashing is costly on purpose, so it has its own small queue: a flood of sign-ins gets 503
//! and cannot take the memory.

use std::{sync::Arc, time::Duration};

use app::request::services::{Busy, Clock, Secrets};
use argon2::{
    Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version,
    password_hash::{Output, PasswordHash, SaltString},
};
use async_trait::async_trait;
use jiff::Timestamp;
use tokio::{sync::Semaphore, time::timeout};

use crate::{file_store::hex, heavy};

/// Memory of one hash in KiB (19 MiB) and passes: the floor of design/budgets.md.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
/// Sign-ins that may wait for a place.
const QUEUE: usize = 64;
/// How long one of them waits at most.
const PATIENCE: Duration = Duration::from_secs(10);

/// The machine's clock, in whole microseconds: what the database can keep.
#[derive(Clone, Copy, Debug)]
pub struct MachineClock;

impl Clock for MachineClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that is handed to everybody else")]
    fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(Timestamp::now().as_microsecond()).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

/// Randomness of the machine, and argon2id with at most one hash per core at a time.
#[derive(Clone)]
pub struct MachineSecrets {
    /// Who is in the queue or at work. Whoever leaves, for whatever reason, drops what they hold.
    queue: Arc<Semaphore>,
    /// Who is at work.
    places: Arc<Semaphore>,
    /// A hash that no password fits: verifying against it takes as long as against a real one.
    nobody: Arc<str>,
}

impl MachineSecrets {
    /// As many places as cores.
    #[must_use]
    pub fn new() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let nobody = nobody().unwrap_or_default();
        let (queue, places) = (Arc::new(Semaphore::new(cores + QUEUE)), Arc::new(Semaphore::new(cores)));
        Self { queue, places, nobody: nobody.into() }
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Busy> {
        let queued = self.queue.clone().try_acquire_owned().map_err(|_| Busy)?;
        let place = timeout(PATIENCE, self.places.clone().acquire_owned()).await;
        let place = place.map_err(|_| Busy)?.map_err(|_| Busy)?;
        // Work that has begun goes on when nobody waits for it any more, and keeps its place until it is done.
        let done = heavy::run(move || {
            let _held = (queued, place);
            work()
        });
        done.await.ok_or(Busy)
    }
}

impl Default for MachineSecrets {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Secrets for MachineSecrets {
    fn token(&self) -> String {
        token()
    }

    fn id(&self) -> String {
        hex(&bytes::<10>())
    }

    fn bits(&self) -> u64 {
        u64::from_le_bytes(bytes())
    }

    async fn hash(&self, password: String) -> Result<String, Busy> {
        self.run(move || hash(&password)).await?.ok_or(Busy)
    }

    async fn fits(&self, password: String, stored: Option<String>) -> Result<bool, Busy> {
        let known = stored.is_some();
        let stored = stored.unwrap_or_else(|| self.nobody.to_string());
        let fits = self.run(move || verify(&password, &stored)).await?;
        Ok(fits && known)
    }
}

fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the machine has randomness");
    bytes
}

fn token() -> String {
    hex(&bytes::<32>())
}

fn params() -> Params {
    Params::new(MEMORY_KIB, PASSES, 1, None).unwrap_or_default()
}

fn argon() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params())
}

/// Looks like every other hash and is none: drawn by lot, so that the service starts without the memory of a hash.
fn nobody() -> Option<String> {
    let salt = SaltString::encode_b64(&bytes::<16>()).ok()?;
    let hash = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: (&params()).try_into().ok()?,
        salt: Some(salt.as_salt()),
        hash: Some(Output::new(&bytes::<32>()).ok()?),
    };
    Some(hash.to_string())
}

fn hash(password: &str) -> Option<String> {
    let salt = SaltString::encode_b64(&bytes::<16>()).ok()?;
    argon().hash_password(password.as_bytes(), &salt).ok().map(|hash| hash.to_string())
}

fn verify(password: &str, stored: &str) -> bool {
    PasswordHash::new(stored).is_ok_and(|hash| argon().verify_password(password.as_bytes(), &hash).is_ok())
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn a_password_fits_its_own_hash_only() {
        let secrets = MachineSecrets::new();
        let stored = secrets.hash("correct horse battery".to_owned()).await.expect("not busy");
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert!(secrets.fits("correct horse battery".to_owned(), Some(stored.clone())).await.expect("not busy"));
        assert!(!secrets.fits("correct horse batterx".to_owned(), Some(stored.clone())).await.expect("not busy"));
        assert!(!secrets.fits(String::new(), None).await.expect("not busy"));
        let (like, real) = (PasswordHash::new(&secrets.nobody).expect("a hash"), PasswordHash::new(&stored).expect("a hash"));
        assert_eq!((like.algorithm, like.version, &like.params), (real.algorithm, real.version, &real.params));
        assert_eq!(like.hash.map(|hash| hash.len()), real.hash.map(|hash| hash.len()));
    }

    #[tokio::test]
    async fn a_flood_is_turned_away_and_the_next_one_gets_in() {
        let secrets = MachineSecrets::new();
        let mut turned_away = 0;
        let mut tasks = tokio::task::JoinSet::new();
        for one in (0..secrets.queue.available_permits() + 40).map(|_| secrets.clone()) {
            tasks.spawn(async move { one.fits("x".to_owned(), None).await.is_err() });
        }
        while let Some(busy) = tasks.join_next().await {
            turned_away += usize::from(busy.expect("no panic"));
        }
        assert!(turned_away > 0, "the queue has an end");
        assert!(secrets.fits("x".to_owned(), None).await.is_ok());
    }

    /// People close their browsers while they wait.
    #[tokio::test]
    async fn whoever_leaves_the_queue_gives_their_place_back() {
        let secrets = MachineSecrets::new();
        let places = secrets.places.available_permits();
        let all = secrets.places.clone().acquire_many_owned(u32::try_from(places).expect("few cores")).await.expect("open");
        for _ in 0..3 {
            let mut waiting: Vec<_> = (0..60).map(|_| secrets.fits("x".to_owned(), None)).collect();
            for one in &mut waiting {
                assert!(one.now_or_never().is_none(), "it waits for a place");
            }
        }
        drop(all);
        assert!(secrets.fits("x".to_owned(), None).await.is_ok(), "the next one signs in");
        assert_eq!(secrets.places.available_permits(), places);
    }
}
