//! What somebody pasted into a form that keeps nothing: it travels with the one request that shows what came of it.

use axum::http::request::Parts;
use leptos::prelude::use_context;

/// A request to GP Connect as it was pasted.
#[derive(Clone, Debug, Default)]
pub struct Pasted {
    /// The text.
    pub text: String,
    /// It was longer than is taken.
    pub too_long: bool,
}

/// What was pasted, on the page that answers the form.
#[must_use]
pub fn pasted() -> Option<Pasted> {
    use_context::<Parts>().and_then(|parts| parts.extensions.get::<Pasted>().cloned())
}
