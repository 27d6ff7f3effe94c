//! How many bytes one organisation may keep here, so that no account fills the disk for everybody.

use app::{halt::Halt, visitor::Visitor};

use crate::{shelf::Shelf, vault::size};

/// Bytes that the people of this person's organisation may still add; `None` when nobody counts. The programme is not
/// counted.
///
/// # Errors
/// When the memory does not answer.
pub async fn left(shelf: &Shelf, visitor: &Visitor) -> Result<Option<u64>, Halt> {
    if shelf.quota == 0 || visitor.is_programme() {
        return Ok(None);
    }
    let used = shelf.services.store.bytes_of(&visitor.organisation.id).await?;
    Ok(Some(shelf.quota.saturating_sub(used)))
}

/// What somebody reads whose file does not fit: how much is used, and what to do.
#[must_use]
pub fn full(shelf: &Shelf, left: u64) -> String {
    format!(
        "your organisation has used {} of the {} that it may keep here, and this file does not fit. Remove files that you have \
         not sent (their space is free again after a day), or write to {}",
        size(shelf.quota.saturating_sub(left)),
        size(shelf.quota),
        shelf.services.help_address
    )
}
