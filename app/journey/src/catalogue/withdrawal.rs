//! Whether an edition of the catalogue may be withdrawn: one that was published in the service and that no journey has ever
//! answered. What a journey names stays what it is for ever (docs/decisions/0009-scal-rows-and-editions.md).

use crate::{
    base::edition::Edition,
    catalogue::editions::{is_withdrawn, published},
};

/// Why an edition stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stays {
    /// It came with the release, or there is no such edition.
    Shipped,
    /// It is withdrawn already.
    Withdrawn,
    /// So many journeys name it.
    Used(u64),
}

/// Whether an edition that `used` journeys name may be withdrawn.
///
/// # Errors
/// Why it stays.
pub fn may_go(edition: &Edition, used: u64) -> Result<(), Stays> {
    if !published().iter().any(|(known, _)| known == edition) {
        return Err(Stays::Shipped);
    }
    if is_withdrawn(edition) {
        return Err(Stays::Withdrawn);
    }
    if used > 0 { Err(Stays::Used(used)) } else { Ok(()) }
}
