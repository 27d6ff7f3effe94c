//! What every request passes: same-site posts only, limits, and who asks. Denies unless something allows.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    num::NonZeroU32,
    sync::{Arc, OnceLock},
    time::Duration,
};

use app::{
    flash::{self, Said},
    halt::{Doing, End},
    services::Services,
    visitor::{Account, Caller, Visitor},
};
use axum::{
    body::Body,
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use journey::{
    actor::Actor,
    ids::{OrganisationId, PersonId},
    port::StoreError,
};
use tower_sessions::Session;

/// Seconds without use after which a session ends, and after which it ends whatever happens (design/reliability.md S5).
const IDLE: i64 = 30 * 60;
const ABSOLUTE: i64 = 12 * 60 * 60;
/// How often "last seen" is written: not at every request.
const SEEN_EVERY: i64 = 60;

/// Requests per address.
#[derive(Clone)]
pub struct Limits {
    limiter: Arc<DefaultKeyedRateLimiter<IpAddr>>,
    trust_proxy: bool,
}

impl Limits {
    /// So many a second on average, five times as many at once.
    #[must_use]
    pub fn new(per_second: u32, trust_proxy: bool) -> Self {
        let rate = NonZeroU32::new(per_second).unwrap_or(NonZeroU32::MIN);
        let burst = NonZeroU32::new(per_second.saturating_mul(5)).unwrap_or(NonZeroU32::MIN);
        Self { limiter: Arc::new(RateLimiter::keyed(Quota::per_second(rate).allow_burst(burst))), trust_proxy }
    }

    /// Forgets addresses that have been quiet.
    pub fn sweep(&self) {
        self.limiter.retain_recent();
    }

    /// The visitor's address: the peer's, or behind a proxy the last one that the proxy itself wrote down.
    fn address(&self, request: &Request) -> IpAddr {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |c| c.0.ip());
        if !self.trust_proxy {
            return peer;
        }
        let forwarded = request.headers().get("x-forwarded-for").and_then(|value| value.to_str().ok());
        forwarded.and_then(|list| list.rsplit(',').next()).and_then(|last| last.trim().parse().ok()).unwrap_or(peer)
    }
}

/// Path of the style sheet, for pages that are made here. Set once, when the router is built.
pub static STYLE: OnceLock<String> = OnceLock::new();

/// The page for what is turned away before there is anybody to draw pages. It has no name and no menu: who asks is not
/// known here.
pub fn turned_away(status: StatusCode, heading: &str, text: &str) -> Response {
    let style = STYLE.get().map_or("", String::as_str);
    let body = format!(
        "<!DOCTYPE html><html lang=\"en-GB\" class=\"nhsuk-template\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{heading} – GP Connect onboarding</title>\
         <link rel=\"icon\" href=\"/favicon.svg\" type=\"image/svg+xml\"><link rel=\"stylesheet\" href=\"{style}\"></head>\
         <body class=\"nhsuk-template__body\"><header class=\"nhsuk-header\"><div class=\"nhsuk-header__container nhsuk-width-container\">\
         <div class=\"nhsuk-header__service\"><a class=\"nhsuk-header__service-logo\" href=\"/\">\
         <span class=\"nhsuk-header__service-name\">GP Connect onboarding</span></a></div></div></header>\
         <div class=\"nhsuk-width-container\"><main class=\"nhsuk-main-wrapper gpc-tight\" id=\"maincontent\"><div class=\"nhsuk-grid-row\">\
         <div class=\"nhsuk-grid-column-two-thirds\"><h1 class=\"nhsuk-heading-l\">{heading}</h1><p>{text}</p>\
         <p><a href=\"/\">Go to the start page</a></p></div></div></main></div></body></html>"
    );
    (status, [(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"))], body).into_response()
}

/// What to do when the memory is away. An answer to a form is not a redirect here, so loading it again sends the form again;
/// nothing is recorded twice (`seen`).
const AGAIN: &str = "The service cannot reach its records just now. Nothing was changed and nothing that was recorded is lost. Wait a few seconds, \
                     then load this page again. If you sent a form, your browser offers to send your words again: say yes.";

/// Answer to a form that could not be recorded just now.
pub fn try_again() -> Response {
    let mut response = turned_away(StatusCode::SERVICE_UNAVAILABLE, "Try again in a moment", AGAIN);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    response
}

/// Refuses an address that asks too often.
pub async fn rate(State(limits): State<Limits>, mut request: Request, next: Next) -> Response {
    let address = limits.address(&request);
    if limits.limiter.check_key(&address).is_err() {
        let mut response = turned_away(
            StatusCode::TOO_MANY_REQUESTS,
            "Too many requests",
            "This address asks more often than a person can. Wait a few seconds, then load this page again. If you sent a form, your browser offers to send your words again: say yes.",
        );
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        return response;
    }
    request.extensions_mut().insert(Address(address.to_string()));
    // Further in, other spans may be the current one.
    request.extensions_mut().insert(OfRequest(tracing::Span::current()));
    next.run(request).await
}

/// The visitor's address, found out once.
#[derive(Clone, Debug)]
struct Address(String);

/// The span that every line about this request stands in.
#[derive(Clone, Debug)]
struct OfRequest(tracing::Span);

/// Refuses everything that changes something unless the browser says it comes from our own pages.
pub async fn same_site(request: Request, next: Next) -> Response {
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD);
    if changes && !is_own(request.headers()) {
        return turned_away(
            StatusCode::FORBIDDEN,
            "This did not come from our own pages",
            "Nothing was changed. Open the page here and send the form from there.",
        );
    }
    next.run(request).await
}

/// `Sec-Fetch-Site` decides where browsers send it; otherwise `Origin` must be the host that was asked. With neither, no.
fn is_own(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match (text("sec-fetch-site"), text("origin"), text("host")) {
        (Some(site), ..) => site == "same-origin",
        (None, Some(origin), Some(host)) => origin.split_once("://").is_some_and(|(_, named)| named == host),
        _ => false,
    }
}

/// The mark of every answer that [`who`] lets out.
#[derive(Clone, Copy, Debug)]
struct Ours;

/// The layer of sessions answers by itself when a session could not be kept: every page of ours that says so has words.
/// Whatever was to be said or kept for the next page may be lost then; what was recorded is not.
pub async fn session_away(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if response.extensions_mut().remove::<Ours>().is_some() { response } else { try_again() }
}

/// Longest time for one answer.
const LONGEST_ANSWER: Duration = Duration::from_secs(30);

/// Ends what takes too long, with words.
pub async fn in_time(request: Request, next: Next) -> Response {
    within(LONGEST_ANSWER, next.run(request)).await
}

async fn within(longest: Duration, answer: impl Future<Output = Response>) -> Response {
    match tokio::time::timeout(longest, answer).await {
        Ok(response) => response,
        Err(_) => turned_away(
            StatusCode::GATEWAY_TIMEOUT,
            "This took too long",
            "The service gave up after 30 seconds. Wait a moment, then load this page again. If you sent a form, your browser offers to send \
             your words again: say yes. Nothing is recorded twice.",
        ),
    }
}

/// Finds out who asks and puts a [`Caller`] into the request. The session ends when it was idle or old enough.
pub async fn who(State(services): State<Services>, mut request: Request, next: Next) -> Response {
    let Some(session) = request.extensions().get::<Session>().cloned() else { return try_again() };
    let address = request.extensions().get::<Address>().map(|a| a.0.clone()).unwrap_or_default();
    let agent =
        request.headers().get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default().chars().take(200).collect();
    let in_background = is_in_background(request.method(), request.headers());
    let (account, visitor) = match visitor_of(&services, &session, in_background).await {
        Ok(found) => found,
        Err(why) => {
            tracing::warn!(%why, "cannot tell who asks");
            let mut response = try_again();
            response.extensions_mut().insert(Ours);
            return response;
        }
    };
    if let Some(visitor) = &visitor {
        let span = request.extensions().get::<OfRequest>().map(|of| of.0.clone()).unwrap_or_else(tracing::Span::current);
        span.record("person", visitor.actor.person.as_str());
    }
    let secure = services.is_secure();
    let said = Said::read(request.headers(), secure);
    let (visitor, doing) = (visitor.map(Arc::new), Doing::default());
    let caller = Caller { visitor, account, session, said: said.clone(), doing, address, agent, in_background };
    request.extensions_mut().insert(caller);
    let mut response = next.run(request).await;
    if let Some(cookie) = said.cookie(secure).and_then(|cookie| HeaderValue::try_from(cookie.to_string()).ok()) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response.extensions_mut().insert(Ours);
    response
}

/// A page or a stream that a script of an open page asks for, or a page that a browser fetches ahead of time. Browsers say
/// so; what a person asks for is a document.
fn is_in_background(method: &Method, headers: &HeaderMap) -> bool {
    let says = |name: &str, word: &str| {
        headers.get(name).and_then(|value| value.to_str().ok()).is_some_and(|value| value.contains(word))
    };
    *method == Method::GET && (says("sec-fetch-dest", "empty") || says("sec-purpose", "prefetch"))
}

/// Who is signed in, and for whom they act: nobody, when they belong to no organisation.
async fn visitor_of(
    services: &Services,
    session: &Session,
    in_background: bool,
) -> Result<(Option<Account>, Option<Visitor>), StoreError> {
    let away = |error: tower_sessions::session::Error| StoreError::Unavailable(error.to_string());
    let Some(person) = session.get::<String>("person").await.map_err(away)? else { return Ok((None, None)) };
    let now = services.clock.now().as_second();
    let since = session.get::<i64>("since").await.map_err(away)?.unwrap_or(0);
    let seen = session.get::<i64>("seen").await.map_err(away)?.unwrap_or(0);
    let id: Option<PersonId> = person.parse().ok();
    let known = match id {
        Some(id) if now - since < ABSOLUTE && now - seen < IDLE => services.store.account(&id).await?,
        _ => None,
    };
    let Some((person, memberships)) = known else {
        flash::expire(session).await.map_err(away)?;
        return Ok((None, None));
    };
    // An open page that keeps itself up to date must not keep its reader signed in.
    if now - seen >= SEEN_EVERY && !in_background {
        session.insert("seen", now).await.map_err(away)?;
    }
    let wanted: Option<OrganisationId> =
        session.get::<String>("organisation").await.map_err(away)?.and_then(|id| id.parse().ok());
    let acting =
        memberships.iter().find(|m| Some(&m.organisation.id) == wanted.as_ref()).or_else(|| memberships.first()).cloned();
    let account = Account { person: person.id.clone(), name: person.name.clone(), email: person.email.clone() };
    let Some(acting) = acting else { return Ok((Some(account), None)) };
    let actor = Actor {
        person: person.id,
        organisation: acting.organisation.id.clone(),
        member_of: memberships.iter().map(|m| m.organisation.id.clone()).collect(),
        roles: acting.roles.into_iter().collect(),
    };
    let visitor = Visitor { name: person.name, email: person.email, organisation: acting.organisation, memberships, actor };
    Ok((Some(account), Some(visitor)))
}

/// How `server_fn` marks an answer that is an error.
const UNREAD: &str = "serverfnerror";

/// Every action answers with a redirect that makes the browser fetch a page (303), or says here that it could not. An
/// action whose fields cannot be read at all, which none of our forms sends, gets a plain sentence.
pub async fn redirects(request: Request, next: Next) -> Response {
    let is_action = request.uri().path().starts_with("/do/");
    let plain = request.headers().get(header::ACCEPT).and_then(|v| v.to_str().ok()).is_some_and(|v| v.contains("text/html"));
    let doing = request.extensions().get::<Caller>().map(|caller| caller.doing.clone()).unwrap_or_default();
    let mut response = next.run(request).await;
    if !is_action {
        return response;
    }
    match doing.end() {
        End::Away => return try_again(),
        End::Fault => return fault(),
        End::NotBegun if response.headers().contains_key(UNREAD) => {
            return turned_away(
                StatusCode::BAD_REQUEST,
                "This form could not be read",
                "Nothing was changed. Go back, load the page again and send the form from there.",
            );
        }
        End::NotBegun | End::Answered => {}
    }
    if response.headers().contains_key(header::LOCATION) && plain {
        *response.status_mut() = StatusCode::SEE_OTHER;
        *response.body_mut() = Body::empty();
        response.headers_mut().remove(header::CONTENT_TYPE);
        response.headers_mut().remove(header::CONTENT_LENGTH);
    }
    response
}

/// Answer to a form that met a fault of ours.
pub fn fault() -> Response {
    turned_away(
        StatusCode::INTERNAL_SERVER_ERROR,
        "There is a fault in the service",
        "It is ours, not yours, and it was noted. Nothing was changed. Go back: your browser keeps what you typed. If it happens again, \
         tell us what you were doing and when.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (header::HeaderName::from_static(name), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn only_our_own_pages_may_change_something() {
        let host = ("host", "onboarding.example");
        assert!(is_own(&headers(&[host, ("sec-fetch-site", "same-origin")])));
        assert!(is_own(&headers(&[host, ("origin", "https://onboarding.example")])));
        for bad in [
            vec![host],
            vec![host, ("sec-fetch-site", "cross-site")],
            vec![host, ("sec-fetch-site", "same-site")],
            vec![host, ("sec-fetch-site", "none")],
            vec![host, ("sec-fetch-site", "cross-site"), ("origin", "https://onboarding.example")],
            vec![host, ("origin", "null")],
            vec![host, ("origin", "https://onboarding.example.evil.example")],
            vec![host, ("origin", "https://evil.example")],
            vec![("origin", "https://onboarding.example")],
        ] {
            assert!(!is_own(&headers(&bad)), "{bad:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_takes_too_long_ends_with_words() {
        let long = tokio::time::Duration::from_secs(3600);
        let answer = within(LONGEST_ANSWER, async {
            tokio::time::sleep(long).await;
            StatusCode::OK.into_response()
        });
        let response = answer.await;
        assert_eq!(response.status(), StatusCode::GATEWAY_TIMEOUT);
        let body = axum::body::to_bytes(response.into_body(), 1 << 20).await.expect("a page");
        assert!(String::from_utf8_lossy(&body).contains("This took too long"));
    }
}
