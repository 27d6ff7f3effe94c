//! The technical conformance certificate: its number and what it says (domain/testing.md §8).

use crate::{ids::Seq, journey::Journey};

/// The number of a certificate: the journey's reference and the place of its issue in the ledger, so that a certificate
/// issued anew has another number and each can be found in the history.
#[must_use]
pub fn number(journey: &Journey, issued: Seq) -> String {
    format!("TCC-{}-{issued}", journey.reference)
}

/// What a certificate does not say. Stands on every one.
pub const NOT: &str = "This certificate says that the product version named here met the technical requirements of GP Connect in the tests \
named here. It is not a clinical acceptance by an organisation that uses the product, and it is not an approval to go live.";

/// What ends it.
pub const ENDS: &str = "It no longer holds when the product changes in a way that touches GP Connect, or when a new major version of the \
specification replaces the one named here. The supplier then submits what changed.";
