//! Bytes that nobody owns: taken back, replaced, or never noted. They are removed when nothing has named them for a day
//! after they were added.

use futures_util::TryStreamExt as _;
use jiff::{SignedDuration, Timestamp};
use journey::port::files::Files;

use crate::file_store::{FileInStore, FileStore};

/// For so long after they were added bytes stay, whatever names them: somebody may still be writing.
pub const FRESH: SignedDuration = SignedDuration::from_hours(24);

/// Files lie in so many places, by the first byte of their digest.
const PLACES: i64 = 256;
/// Places that one run of the sweep looks into, and seconds between runs. All of them are looked into in half a day.
const PLACES_AT_ONCE: i64 = 4;
const EVERY: i64 = 600;

/// Before this time is not fresh.
#[must_use]
pub fn fresh_since(now: Timestamp) -> Timestamp {
    now.checked_sub(FRESH).unwrap_or(Timestamp::MIN)
}

/// Looks for bytes that nothing names in the place of digests that begin like this, two hexadecimal digits. With `remove`
/// they are removed, and what is known of them is forgotten first.
///
/// # Errors
/// When the database or the store does not answer.
pub async fn in_place(
    files: &(impl Files + ?Sized),
    file_store: &FileStore,
    beginning: &str,
    remove: bool,
    now: Timestamp,
) -> Result<Vec<FileInStore>, String> {
    let fresh = fresh_since(now);
    let mut unused = Vec::new();
    let there: Vec<FileInStore> = file_store.kept_in(beginning).try_collect().await?;
    for kept in there.into_iter().filter(|kept| kept.at < fresh) {
        let goes = if remove {
            files.let_go(&kept.digest, fresh).await
        } else {
            files.is_in_use(&kept.digest, fresh).await.map(|used| !used)
        };
        if !goes.map_err(|error| error.to_string())? {
            continue;
        }
        // Whoever sends the same bytes just now has made them new.
        if remove && !file_store.remove(&kept.digest, fresh).await? {
            continue;
        }
        unused.push(kept);
    }
    Ok(unused)
}

/// The same in every place.
///
/// # Errors
/// When the database or the store does not answer.
pub async fn everywhere(
    files: &(impl Files + ?Sized),
    file_store: &FileStore,
    remove: bool,
    now: Timestamp,
) -> Result<Vec<FileInStore>, String> {
    let mut unused = Vec::new();
    for place in 0..PLACES {
        unused.extend(in_place(files, file_store, &format!("{place:02x}"), remove, now).await?);
    }
    Ok(unused)
}

/// Removes what nothing names in the places whose turn it is. Answers how many.
///
/// # Errors
/// When the database or the store does not answer.
pub async fn sweep(files: &(impl Files + ?Sized), file_store: &FileStore, now: Timestamp) -> Result<usize, String> {
    let first = now.as_second().div_euclid(EVERY) * PLACES_AT_ONCE;
    let mut gone = 0;
    for place in first..first + PLACES_AT_ONCE {
        gone += in_place(files, file_store, &format!("{:02x}", place.rem_euclid(PLACES)), true, now).await?.len();
    }
    Ok(gone)
}

/// What was found, one a line: digest, bytes, hours since it was added.
#[must_use]
pub fn listed(unused: &[FileInStore], now: Timestamp) -> String {
    let line = |kept: &FileInStore| {
        let hours = now.duration_since(kept.at).as_hours();
        format!("{}\t{} bytes\t{hours} hours old\n", kept.digest, kept.bytes)
    };
    unused.iter().map(line).collect()
}
