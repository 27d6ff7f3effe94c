//! The one table of response headers. Pages bring their nonce in [`app::top::shell::NONCE_HEADER`]; it becomes part of the
//! content security policy here and is taken away.

use std::sync::Arc;

use app::top::shell::NONCE_HEADER;
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};

/// A response with this header is something that a person sent us: no browser may run it in our name.
pub const SANDBOX: &str = "x-sandbox";

/// Its value for a PDF that is shown: browsers refuse to start their viewer in a sandbox, so it may do nothing instead.
pub const VIEWER: &str = "viewer";

/// Headers that every response carries.
const ALWAYS: &[(&str, &str)] = &[
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    // same-origin, not no-referrer: with the latter browsers send "Origin: null" with our own forms.
    ("referrer-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
];

/// For a year, once the service is reached over TLS.
const HSTS: &str = "max-age=31536000; includeSubDomains";

/// What the table has to know of the service.
#[derive(Clone)]
pub struct Own {
    /// Whether it is reached over TLS.
    secure: bool,
    /// Where its scripts lie: nothing else that it hands out is ever run.
    scripts: Arc<str>,
}

impl Own {
    /// Of a service that is reached there: scheme, name and port.
    #[must_use]
    pub fn at(origin: &str) -> Self {
        Self { secure: origin.starts_with("https://"), scripts: format!("{origin}/pkg/").into() }
    }
}

/// Only our own files; scripts only with the page's nonce, which covers what they import, or from the folder of built ones.
fn policy(scripts: &str, nonce: Option<&str>) -> String {
    let nonce = nonce.map(|nonce| format!(" 'nonce-{nonce}'")).unwrap_or_default();
    format!(
        "default-src 'none'; script-src {scripts}{nonce} 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
         connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}

/// Adds the table to a response.
pub async fn table(State(own): State<Own>, request: Request, next: Next) -> Response {
    let file = request.uri().path().strip_prefix("/pkg/").is_some_and(carries_digest);
    let mut response = next.run(request).await;
    // A file that is missing now may be there after the next release: nobody may remember for a year that it is not.
    let file = file && !response.status().is_client_error() && !response.status().is_server_error();
    apply(response.headers_mut(), &own, file);
    response
}

/// Whether a name says which bytes it stands for: `name.DIGEST.kind`. A plain name may be another file tomorrow.
fn carries_digest(name: &str) -> bool {
    let mut parts = name.rsplit('.').skip(1);
    let digest = parts.next().unwrap_or_default();
    parts.next().is_some() && !digest.is_empty() && digest.bytes().all(|b| b.is_ascii_hexdigit())
}

fn apply(headers: &mut HeaderMap, own: &Own, file: bool) {
    let nonce = headers.remove(NONCE_HEADER).and_then(|value| value.to_str().ok().map(str::to_owned));
    for (name, value) in ALWAYS {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    let policy = match headers.remove(SANDBOX) {
        Some(value) if value == VIEWER => {
            "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'".to_owned()
        }
        Some(_) => "default-src 'none'; sandbox".to_owned(),
        None => policy(&own.scripts, nonce.as_deref()),
    };
    if let Ok(value) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, value);
    }
    if own.secure {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(HSTS));
    }
    // What is no such file may be somebody's own.
    let cache = if file { "public, max-age=31536000, immutable" } else { "no-store" };
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static(cache));
}

#[cfg(test)]
mod tests {
    use super::carries_digest;

    #[test]
    fn a_plain_name_carries_no_digest() {
        assert!(carries_digest("gpc-onboarding.c5f336d1883f1dd2.wasm"));
        for plain in ["gpc-onboarding.wasm", "names.json", "gpc-onboarding.min.js", "c5f336d1883f1dd2.js", "", "a..js"] {
            assert!(!carries_digest(plain), "{plain}");
        }
    }
}
