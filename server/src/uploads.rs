//! Where the bytes of files lie, and how much of them is taken in and looked into at once.

use std::{num::NonZero, sync::Arc};

use app::{
    base::halt::Halt,
    request::{services::Services, visitor::Visitor},
};
use axum::body::Bytes;
use futures_util::Stream;
use journey::form::short;
use tokio::sync::Semaphore;

use crate::{
    file_store::{FileStore, Lost, Taken, size, too_large},
    form::{Broken, Form, MOST_HELD, MOST_TEXT, Part, Stop, Texts, Whole},
    heavy,
    kinds::kind_of,
    places::Places,
    seal::Seal,
    workbook,
};

/// Forms with files that are read at once, in all and of one person.
pub const AT_ONCE: usize = 64;
/// See [`AT_ONCE`].
pub const OF_ONE: usize = 4;

/// The files of journeys: where their bytes lie, and the limits.
#[derive(Clone)]
pub struct Uploads {
    /// Where the bytes lie.
    pub file_store: FileStore,
    /// What the pages are lent too.
    pub services: Services,
    /// Bytes that one file may have.
    pub longest: u64,
    /// Bytes that one organisation may keep here; 0 when nobody counts.
    pub quota: u64,
    /// What documents are sealed with; `None` when they are made without.
    pub(crate) seal: Option<Arc<Seal>>,
    /// Forms that are read at once.
    pub(crate) places: Places,
    /// Workbooks and reports that are read or written at once: one for each core.
    parsing: Arc<Semaphore>,
    /// Bytes that are left for files which are held whole.
    pub(crate) room: Arc<Semaphore>,
}

impl Uploads {
    /// Files up to so many bytes each.
    #[must_use]
    pub fn new(file_store: FileStore, services: Services, longest: u64) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        Self {
            file_store,
            services,
            longest,
            quota: 0,
            seal: None,
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

    /// The same, where documents are sealed.
    #[must_use]
    pub fn with_seal(self, seal: Option<Seal>) -> Self {
        Self { seal: seal.map(Arc::new), ..self }
    }

    /// Bytes that a form with files may have, its files included.
    pub(crate) fn longest_form(&self) -> u64 {
        self.longest.saturating_mul(short::MOST_FILES as u64) + MOST_TEXT as u64
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

/// The last file of a form that takes one, held whole, with its name; `None` where there is none. `may` is asked before the bytes
/// of a file are read, with the words that came before it, and again at the end: its answer comes back with the file.
///
/// # Errors
/// What `may` says; when the sender breaks off.
pub(crate) async fn one_file<T, F>(
    uploads: &Uploads,
    form: &mut Form,
    may: impl Fn(Texts) -> F,
) -> Result<(T, Option<(String, Whole)>), Stop>
where
    F: Future<Output = Result<T, Halt>>,
{
    let mut sent = None;
    while let Some(mut part) = form.next_file().await? {
        may(form.texts.clone()).await?;
        sent = Some((part.name.clone(), part.bytes.whole(workbook::LONGEST, &uploads.room).await?));
    }
    Ok((may(form.texts.clone()).await?, sent))
}

/// Streams a file to the file store, or says why it is not taken.
///
/// # Errors
/// When the file store does not answer, or the sender breaks off.
pub async fn stored(uploads: &Uploads, visitor: &Visitor, part: &mut Part) -> Result<Result<Taken, String>, Stop> {
    let kept = kept(uploads, visitor, &mut part.bytes).await?;
    if kept.is_err() {
        part.bytes.drained().await?;
    }
    Ok(kept)
}

/// Keeps what a sender sends, or says why it is not taken.
///
/// # Errors
/// When the file store does not answer, or the sender breaks off.
pub async fn kept<S, E>(uploads: &Uploads, visitor: &Visitor, sender: &mut S) -> Result<Result<Taken, String>, Stop>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
    E: std::fmt::Display,
{
    let temporary = uploads.services.secrets.id();
    let left = left(uploads, visitor).await?;
    let longest = left.map_or(uploads.longest, |left| left.min(uploads.longest));
    match uploads.file_store.keep(sender, longest, &temporary, kind_of).await {
        Ok(Err(says)) if longest < uploads.longest && says == too_large(longest) => Ok(Err(full(uploads, longest))),
        Ok(kept) => Ok(kept),
        Err(Lost::Sender(why)) => Err(Broken::Unreadable(why).into()),
        Err(Lost::Store(why)) => Err(Halt::Unavailable(why).into()),
    }
}

/// Bytes that the people of this person's organisation may still add; `None` when nobody counts. The programme is not
/// counted.
///
/// # Errors
/// When the database does not answer.
pub async fn left(uploads: &Uploads, visitor: &Visitor) -> Result<Option<u64>, Halt> {
    if uploads.quota == 0 || visitor.is_programme() {
        return Ok(None);
    }
    let used = uploads.services.store.bytes_of(&visitor.organisation.id).await?;
    Ok(Some(uploads.quota.saturating_sub(used)))
}

/// What somebody reads whose file does not fit: how much is used, and what to do.
#[must_use]
pub fn full(uploads: &Uploads, left: u64) -> String {
    format!(
        "your organisation has used {} of the {} that it may keep here, and this file does not fit. Remove files that you have \
         not sent (their space is free again after a day), or write to {}",
        size(uploads.quota.saturating_sub(left)),
        size(uploads.quota),
        uploads.services.help_address
    )
}
