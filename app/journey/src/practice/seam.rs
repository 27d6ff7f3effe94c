//! What is done with a request before it is answered and kept: the one place that names the checks and the masking.

use jiff::Timestamp;

use crate::{
    base::environment::Environment,
    conformance::{
        check::check,
        exchange::{Context, Exchange},
        mask::mask,
        report::Check,
    },
    guidance::spine::worked::Captured,
    practice::run::Opened,
};

/// What is known around a request of a run.
#[must_use]
pub fn context(opened: &Opened) -> Context {
    Context { environment: Environment::named(&opened.environment), version: Some(opened.version.clone()), ..Context::default() }
}

/// Every rule held against a request as it came. `at` is when it came, where that is to count.
#[must_use]
pub fn checked(captured: &Captured, context: &Context, at: Option<Timestamp>) -> Vec<Check> {
    check(&Exchange { at, ..Exchange::from(captured.clone()) }, context)
}

/// A request without what must not be kept: numbers of people who may be patients.
#[must_use]
pub fn masked(captured: Captured) -> Captured {
    mask(Exchange::from(captured)).0.request
}
