//! A request to GP Connect that somebody pasted: it is held against the rules and shown with what was found. Nothing of it is kept.

use std::time::Duration;

use app::{request::pasted::Pasted, top::shell::shell};
use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{Method, StatusCode, Uri, header},
    response::Response,
};
use leptos::prelude::provide_context;
use tokio::{sync::Semaphore, time::timeout};
use url::form_urlencoded;

use crate::{gate::turned_away, uploads::Uploads};

/// Bytes of a text.
const LONGEST: usize = 256 * 1024;

/// Bytes of a form with it: every byte of a text may take three.
const LONGEST_FORM: usize = 3 * LONGEST + 64;

/// How long a form may take to come in.
const PATIENCE: Duration = Duration::from_secs(20);

/// Texts that are checked at the same time.
static CHECKING: Semaphore = Semaphore::const_new(4);

/// Takes a text in and shows the page with what was found: `POST /do/spine/check`, by anybody.
pub async fn check(State(uploads): State<Uploads>, request: Request) -> Response {
    let Ok(_place) = CHECKING.try_acquire() else {
        return turned_away(
            StatusCode::SERVICE_UNAVAILABLE,
            "Many requests are being checked just now",
            "Wait a few seconds, then go back and send yours again.",
        );
    };
    let (mut parts, body) = request.into_parts();
    let pasted = match timeout(PATIENCE, to_bytes(body, LONGEST_FORM)).await {
        Ok(Ok(bytes)) => {
            let text = form_urlencoded::parse(&bytes).find(|(name, _)| name == "request").map(|(_, text)| text.into_owned());
            let text = text.unwrap_or_default();
            if text.len() > LONGEST { Pasted { too_long: true, ..Pasted::default() } } else { Pasted { text, too_long: false } }
        }
        Ok(Err(_)) => Pasted { too_long: true, ..Pasted::default() },
        Err(_) => {
            return turned_away(
                StatusCode::REQUEST_TIMEOUT,
                "The text did not arrive whole",
                "Check your connection, then go back and send it again.",
            );
        }
    };
    // The page of the form shows what was found: it is drawn as if it had been asked for, with the text beside.
    parts.method = Method::GET;
    parts.uri = Uri::from_static("/spine/check");
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.remove(header::CONTENT_TYPE);
    parts.extensions.insert(pasted);
    let services = uploads.services.clone();
    let draw = leptos_axum::render_app_async_with_context(move || provide_context(services.clone()), shell);
    draw(Request::from_parts(parts, Body::empty())).await
}
