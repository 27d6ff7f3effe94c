//! The shelf: where the bytes of files lie, and how much of them is taken in and looked into at once.

use std::{num::NonZero, sync::Arc};

use app::{halt::Halt, services::Services, visitor::Visitor};
use axum::body::Bytes;
use futures_util::Stream;
use journey::forms;
use tokio::sync::Semaphore;

use crate::{
    form::{Broken, MOST_HELD, MOST_TEXT, Part, Stop},
    heavy,
    kinds::kind_of,
    places::Places,
    quota,
    vault::{Lost, Taken, Vault, too_large},
};

/// Forms with files that are read at once, in all and of one person.
pub const AT_ONCE: usize = 64;
/// See [`AT_ONCE`].
pub const OF_ONE: usize = 4;

/// The files of journeys: where their bytes lie, and the limits.
#[derive(Clone)]
pub struct Shelf {
    /// Where the bytes lie.
    pub vault: Vault,
    /// What the pages are lent too.
    pub services: Services,
    /// Bytes that one file may have.
    pub longest: u64,
    /// Bytes that one organisation may keep here; 0 when nobody counts.
    pub quota: u64,
    /// Forms that are read at once.
    pub(crate) places: Places,
    /// Workbooks and reports that are read or written at once: one for each core.
    parsing: Arc<Semaphore>,
    /// Bytes that are left for files which are held whole.
    pub(crate) room: Arc<Semaphore>,
}

impl Shelf {
    /// Files up to so many bytes each.
    #[must_use]
    pub fn new(vault: Vault, services: Services, longest: u64) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        Self {
            vault,
            services,
            longest,
            quota: 0,
            places: Places::new(AT_ONCE, OF_ONE),
            parsing: Arc::new(Semaphore::new(cores)),
            room: Arc::new(Semaphore::new(MOST_HELD)),
        }
    }

    /// The same, where one organisation may keep so many bytes; 0 for as many as it likes.
    #[must_use]
    pub fn with_quota(self, quota: u64) -> Self {
        Self { quota, ..self }
    }

    /// Bytes that a form with files may have, its files included.
    pub(crate) fn longest_form(&self) -> u64 {
        self.longest.saturating_mul(forms::MOST_FILES as u64) + MOST_TEXT as u64
    }

    /// Reads or makes a file beside everything else, not more of them at once than there are cores.
    ///
    /// # Errors
    /// When it panics: a fault.
    pub(crate) async fn parse<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Halt> {
        let place = self.parsing.clone().acquire_owned().await.map_err(|error| Halt::Fault(error.to_string()))?;
        let parsed = heavy::run(move || {
            // Held until the work is done, though nobody may wait for it any more.
            let _place = place;
            work()
        });
        parsed.await.ok_or_else(|| Halt::Fault("a file could not be read or made: the thread that did it ended".to_owned()))
    }
}

/// Streams a file to the vault, or says why it is not taken.
///
/// # Errors
/// When the vault does not answer, or the sender breaks off.
pub async fn stored(shelf: &Shelf, visitor: &Visitor, part: &mut Part) -> Result<Result<Taken, String>, Stop> {
    let kept = kept(shelf, visitor, &mut part.bytes).await?;
    if kept.is_err() {
        part.bytes.drained().await?;
    }
    Ok(kept)
}

/// Keeps what a sender sends, or says why it is not taken.
///
/// # Errors
/// When the vault does not answer, or the sender breaks off.
pub async fn kept<S, E>(shelf: &Shelf, visitor: &Visitor, sender: &mut S) -> Result<Result<Taken, String>, Stop>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
    E: std::fmt::Display,
{
    let temporary = shelf.services.secrets.id();
    let left = quota::left(shelf, visitor).await?;
    let longest = left.map_or(shelf.longest, |left| left.min(shelf.longest));
    match shelf.vault.keep(sender, longest, &temporary, kind_of).await {
        Ok(Err(says)) if longest < shelf.longest && says == too_large(longest) => Ok(Err(quota::full(shelf, longest))),
        Ok(kept) => Ok(kept),
        Err(Lost::Sender(why)) => Err(Broken::Unreadable(why).into()),
        Err(Lost::Store(why)) => Err(Halt::Away(why).into()),
    }
}
