//! What every request passes: same-site posts only, limits, and who asks. Denies unless something allows.
//!
//! Long because what every request passes before a page is here, in its order.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use app::{
    base::halt::{Doing, End},
    request::{
        flash,
        said::Flash,
        services::Services,
        visitor::{Account, Caller, SECOND_STEP, Visitor},
    },
};
use axum::{
    body::Body,
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use jiff::Timestamp;
use journey::{
    base::{
        actor::Actor,
        ids::{OrganisationId, PersonId},
    },
    people::second_steps,
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
    /// Proxies in front of the service, each of which writes down who asked it.
    hops: u8,
    /// Whether it was said already that what they write cannot be read.
    told: Arc<AtomicBool>,
}

impl Limits {
    /// So many a second on average, five times as many at once. `hops` is the number of proxies in front; 0 is none.
    #[must_use]
    pub fn new(per_second: u32, hops: u8) -> Self {
        let rate = NonZeroU32::new(per_second).unwrap_or(NonZeroU32::MIN);
        let burst = NonZeroU32::new(per_second.saturating_mul(5)).unwrap_or(NonZeroU32::MIN);
        let limiter = Arc::new(RateLimiter::keyed(Quota::per_second(rate).allow_burst(burst)));
        Self { limiter, hops, told: Arc::default() }
    }

    /// Forgets addresses that have been quiet.
    pub fn sweep(&self) {
        self.limiter.retain_recent();
    }

    /// Whether whoever sends this may send more.
    pub fn allows(&self, request: &Request) -> bool {
        self.limiter.check_key(&counted_as(self.address(request))).is_ok()
    }

    /// The visitor's address: the peer's, or behind proxies the one that the outermost of them wrote down.
    fn address(&self, request: &Request) -> IpAddr {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |c| c.0.ip());
        if self.hops == 0 {
            return peer;
        }
        forwarded(request.headers(), self.hops).unwrap_or_else(|| {
            if !self.told.swap(true, Ordering::Relaxed) {
                tracing::warn!(
                    hops = self.hops,
                    "X-Forwarded-For does not name the visitor's address: limits count the proxy's instead. See TRUST_PROXY. \
                     This is said once"
                );
            }
            peer
        })
    }
}

/// The address that the outermost of so many trusted proxies wrote down: the last but `hops - 1`, over all lines of the
/// header, because some proxies add a line of their own instead of writing on.
fn forwarded(headers: &HeaderMap, hops: u8) -> Option<IpAddr> {
    let lines = headers.get_all("x-forwarded-for").iter().rev().map(|line| line.to_str().unwrap_or_default());
    let said = lines.flat_map(|line| line.rsplit(',')).nth(usize::from(hops).checked_sub(1)?)?.trim();
    let bare = said.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(said);
    bare.parse().ok().or_else(|| said.parse().ok().map(|with_port: SocketAddr| with_port.ip()))
}

/// What limits count by: an address of IPv4, or the network of one of IPv6, of which everybody has 2^64 to choose from.
fn counted_as(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64)).into(),
        v4 => v4,
    }
}

/// Path of the style sheet, for pages that are made here and know no names of built files.
pub const STYLE: &str = "/style.css";

/// The page for what is turned away before there is anybody to draw pages. It has no name and no menu: who asks is not
/// known here.
pub fn turned_away(status: StatusCode, heading: &str, text: &str) -> Response {
    let body = format!(
        "<!DOCTYPE html><html lang=\"en-GB\" class=\"nhsuk-template\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{heading} – GP Connect onboarding</title>\
         <link rel=\"icon\" href=\"/favicon.svg\" type=\"image/svg+xml\"><link rel=\"stylesheet\" href=\"{STYLE}\"></head>\
         <body class=\"nhsuk-template__body\"><header class=\"nhsuk-header\"><div class=\"nhsuk-header__container nhsuk-width-container\">\
         <div class=\"nhsuk-header__service\"><a class=\"nhsuk-header__service-logo\" href=\"/\">\
         <span class=\"nhsuk-header__service-name\">GP Connect onboarding</span></a></div></div></header>\
         <div class=\"nhsuk-width-container\"><main class=\"nhsuk-main-wrapper gpc-tight\" id=\"maincontent\"><div class=\"nhsuk-grid-row\">\
         <div class=\"nhsuk-grid-column-two-thirds\"><h1 class=\"nhsuk-heading-l\">{heading}</h1><p>{text}</p>\
         <p><a href=\"/\">Go to the start page</a></p></div></div></main></div></body></html>"
    );
    (status, [(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"))], body).into_response()
}

/// What to do when the database does not answer. An answer to a form is not a redirect here, so loading it again sends the form again;
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
    let address = counted_as(limits.address(&request));
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

/// The visitor's address as limits count it, found out once.
#[derive(Clone, Debug)]
struct Address(String);

/// The span that every line about this request stands in.
#[derive(Clone, Debug)]
struct OfRequest(tracing::Span);

/// Refuses everything that changes something unless the browser says it comes from our own pages. `origin` is where the
/// service is reached.
pub async fn same_site(State(origin): State<Arc<str>>, request: Request, next: Next) -> Response {
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD);
    if changes && !is_own(request.headers(), &origin) {
        return turned_away(
            StatusCode::FORBIDDEN,
            "This did not come from our own pages",
            "Nothing was changed. Open the page here and send the form from there.",
        );
    }
    next.run(request).await
}

/// `Sec-Fetch-Site` decides where browsers send it; otherwise `Origin` must be where the service is reached, scheme and port
/// included. With neither, no. What `Host` says is the sender's word as well, and decides nothing.
fn is_own(headers: &HeaderMap, own: &str) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match (text("sec-fetch-site"), text("origin")) {
        (Some(site), _) => site == "same-origin",
        (None, Some(origin)) => origin == own,
        (None, None) => false,
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
    let said = Flash::read(request.headers(), secure);
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
        Some(id) if now - since < ABSOLUTE && now - seen < IDLE => {
            services.store.account(&id).await?.filter(|(person, ..)| !person.locked)
        }
        _ => None,
    };
    let Some((person, memberships, news)) = known else {
        flash::expire(session).await.map_err(away)?;
        return Ok((None, None));
    };
    // An open page that keeps itself up to date must not keep its reader signed in.
    let mut used = seen;
    if now - seen >= SEEN_EVERY && !in_background {
        session.insert("seen", now).await.map_err(away)?;
        used = now;
    }
    let ends = (used + IDLE).min(since + ABSOLUTE);
    let at_latest = since + ABSOLUTE <= used + IDLE;
    let wanted: Option<OrganisationId> =
        session.get::<String>("organisation").await.map_err(away)?.and_then(|id| id.parse().ok());
    let acting =
        memberships.iter().find(|m| Some(&m.organisation.id) == wanted.as_ref()).or_else(|| memberships.first()).cloned();
    let shown = session.get::<i64>(SECOND_STEP).await.map_err(away)?.and_then(|at| Timestamp::from_second(at).ok());
    // The one place where roles are withheld: whoever must show a second step and has not is somebody without an organisation.
    let withheld = shown.is_none() && second_steps::must(memberships.iter().flat_map(|m| m.roles.iter().copied()));
    let account = Account {
        person: person.id.clone(),
        name: person.name.clone(),
        email: person.email.clone(),
        ends: Timestamp::from_second(ends).unwrap_or(Timestamp::MAX),
        at_latest,
        second_step: shown,
        withheld,
    };
    let Some(acting) = acting.filter(|_| !withheld) else { return Ok((Some(account), None)) };
    let actor = Actor {
        person: person.id,
        organisation: acting.organisation.id.clone(),
        member_of: memberships.iter().map(|m| m.organisation.id.clone()).collect(),
        roles: acting.roles.into_iter().collect(),
    };
    let visitor = Visitor {
        name: person.name,
        email: person.email,
        organisation: acting.organisation,
        memberships,
        actor,
        news,
        second_step: shown,
    };
    Ok((Some(account), Some(visitor)))
}

/// How `server_fn` marks an answer that is an error.
const UNREAD: &str = "serverfnerror";

/// Every action answers with a redirect that makes the browser fetch a page (303), or says here that it could not. An
/// action whose fields cannot be read at all, which none of our forms sends, gets a plain sentence.
pub async fn redirects(mut request: Request, next: Next) -> Response {
    let is_action = request.uri().path().starts_with("/do/");
    // Without a redirect of ours the framework leads back to the page that `Referer` names, whoever wrote that.
    request.headers_mut().remove(header::REFERER);
    let plain = request.headers().get(header::ACCEPT).and_then(|v| v.to_str().ok()).is_some_and(|v| v.contains("text/html"));
    let doing = request.extensions().get::<Caller>().map(|caller| caller.doing.clone()).unwrap_or_default();
    let mut response = next.run(request).await;
    if !is_action {
        return response;
    }
    match doing.end() {
        End::Unavailable => return try_again(),
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
        let is_own = |pairs: &[(&'static str, &'static str)]| super::is_own(&headers(pairs), "https://onboarding.example");
        assert!(is_own(&[host, ("sec-fetch-site", "same-origin")]));
        assert!(is_own(&[host, ("origin", "https://onboarding.example")]));
        for bad in [
            vec![host],
            vec![host, ("sec-fetch-site", "cross-site")],
            vec![host, ("sec-fetch-site", "same-site")],
            vec![host, ("sec-fetch-site", "none")],
            vec![host, ("sec-fetch-site", "cross-site"), ("origin", "https://onboarding.example")],
            vec![host, ("origin", "null")],
            vec![host, ("origin", "https://onboarding.example.evil.example")],
            vec![host, ("origin", "https://evil.example")],
            vec![host, ("origin", "http://onboarding.example")],
            vec![host, ("origin", "https://onboarding.example:8443")],
            vec![host, ("origin", "file://onboarding.example")],
            vec![("host", "evil.example"), ("origin", "https://evil.example")],
        ] {
            assert!(!is_own(&bad), "{bad:?}");
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

    #[test]
    fn the_address_is_what_the_outermost_trusted_proxy_wrote() {
        let of = |lines: &[&'static str], hops| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append("x-forwarded-for", HeaderValue::from_static(line));
            }
            forwarded(&headers, hops).map(|address| address.to_string())
        };
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(of(&["10.0.0.1, 192.0.2.1"], 1), some("192.0.2.1"));
        assert_eq!(of(&["10.0.0.1", "192.0.2.1"], 1), some("192.0.2.1"), "a proxy that adds a line");
        assert_eq!(of(&["10.0.0.1, 192.0.2.1", "192.0.2.9"], 2), some("192.0.2.1"), "two proxies");
        assert_eq!(of(&["192.0.2.1:5678"], 1), some("192.0.2.1"));
        assert_eq!(of(&["[2001:db8::1]:80"], 1), some("2001:db8::1"));
        assert_eq!(of(&["[2001:db8::1]"], 1), some("2001:db8::1"));
        assert_eq!(of(&["2001:db8::1"], 1), some("2001:db8::1"));
        for (lines, hops) in [(&["unknown"][..], 1), (&["192.0.2.1, "], 1), (&["192.0.2.1"], 2), (&[], 1)] {
            assert_eq!(of(lines, hops), None, "{lines:?} {hops}");
        }
    }

    #[test]
    fn limits_count_networks_of_ipv6() {
        let counted = |text: &str| counted_as(text.parse().expect("an address")).to_string();
        assert_eq!(counted("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(counted("2001:db8:1:2::1"), counted("2001:db8:1:2:ffff::"));
        assert_ne!(counted("2001:db8:1:2::1"), counted("2001:db8:1:3::1"));
        assert_eq!(counted("::ffff:192.0.2.1"), "192.0.2.1", "the same visitor by either way");
        assert_eq!(counted("192.0.2.1"), "192.0.2.1");
    }
}
