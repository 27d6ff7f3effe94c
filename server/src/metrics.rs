//! Figures for whoever watches the service: `/metrics`, in the text format that Prometheus reads.
//!
//! Requests are named by the template of their route, so that no reference, digest or token becomes a label. Who may read
//! them: whoever sends the token of the configuration; without one, this machine alone, and nobody through a proxy.

use std::{
    fmt::Write as _,
    net::SocketAddr,
    sync::{Arc, atomic::AtomicU64},
    time::Instant,
};

use app::request::services::Services;
use axum::{
    extract::{ConnectInfo, MatchedPath, Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use jiff::{SignedDuration, Timestamp};
use journey::base::ids::Digest;
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::{Registry, Unit},
};

use crate::config::Secret;

/// Upper bounds of the times that are counted, in seconds.
const TIMES: [f64; 10] = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// What proxies write into a request that they pass on.
const PASSED_ON: [&str; 4] = ["x-forwarded-for", "x-real-ip", "forwarded", "via"];

/// For how long a letter that cannot be delivered is counted: the figure comes down by itself when somebody has looked.
const UNDELIVERED: SignedDuration = SignedDuration::from_hours(7 * 24);

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    route: String,
    method: &'static str,
    status: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Phase {
    phase: String,
}

type Times = Family<Answered, Histogram, fn() -> Histogram>;

/// What is counted, and who may read it.
#[derive(Clone)]
pub struct Metrics {
    registry: Arc<Registry>,
    requests: Times,
    sign_ins: Counter,
    panics: Counter,
    letters: Gauge,
    oldest: Gauge<f64, AtomicU64>,
    undelivered: Gauge,
    journeys: Family<Phase, Gauge>,
    up: Gauge,
    /// Only the digest: so that comparing takes as long for every guess.
    token: Option<Digest>,
}

impl Metrics {
    /// Nothing is counted yet.
    #[must_use]
    pub fn new(token: Option<&Secret>) -> Self {
        let requests: Times = Family::new_with_constructor(|| Histogram::new(TIMES));
        let (sign_ins, panics) = (Counter::default(), Counter::default());
        let (letters, oldest, up) = (Gauge::default(), Gauge::default(), Gauge::default());
        let undelivered = Gauge::default();
        let journeys: Family<Phase, Gauge> = Family::default();
        let mut registry = Registry::with_prefix("gpc");
        registry.register_with_unit("request", "Time to the first byte of an answer", Unit::Seconds, requests.clone());
        registry.register("sign_in_failures", "Tries to sign in that were refused", sign_ins.clone());
        registry.register("panics", "Requests that ended in a fault of the program", panics.clone());
        registry.register("letters_waiting", "Emails that wait to be sent", letters.clone());
        registry.register_with_unit("letters_oldest", "Age of the oldest email that waits", Unit::Seconds, oldest.clone());
        registry.register(
            "letters_undelivered",
            "Emails of the last seven days that cannot be delivered and are not tried any more",
            undelivered.clone(),
        );
        registry.register("journeys", "Journeys by phase", journeys.clone());
        registry.register("database_up", "1 when the database answered just now", up.clone());
        let token = token.map(|token| Digest::of(token.reveal().as_bytes()));
        Self { registry: Arc::new(registry), requests, sign_ins, panics, letters, oldest, undelivered, journeys, up, token }
    }

    /// A request ended in a fault of the program.
    pub fn panicked(&self) {
        self.panics.inc();
    }

    fn may_read(&self, request: &Request) -> bool {
        let headers = request.headers();
        match &self.token {
            Some(token) => bearer(headers).is_some_and(|sent| Digest::of(sent.as_bytes()) == *token),
            None => {
                let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
                // A proxy on this machine is a peer on this machine, and speaks for somebody else.
                let passed_on = PASSED_ON.iter().any(|name| headers.contains_key(*name));
                peer.is_some_and(|peer| peer.0.ip().is_loopback()) && !passed_on
            }
        }
    }

    async fn refresh(&self, services: &Services) {
        let waiting = services.store.letters_waiting().await;
        let now = services.clock.now();
        let week = now.checked_sub(UNDELIVERED).unwrap_or(Timestamp::MIN);
        let undelivered = services.store.letters_undelivered(week).await;
        let phases = services.store.phases().await;
        self.up.set(i64::from(waiting.is_ok() && phases.is_ok()));
        if let Ok((count, oldest)) = waiting {
            self.letters.set(i64::from(count));
            self.oldest.set(oldest.map_or(0.0, |at| (now - at).total(jiff::Unit::Second).unwrap_or(0.0).max(0.0)));
        }
        if let Ok(count) = undelivered {
            self.undelivered.set(i64::from(count));
        }
        self.journeys.clear();
        for (phase, count) in phases.unwrap_or_default() {
            self.journeys.get_or_create(&Phase { phase }).set(i64::from(count));
        }
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

/// Counts a request and its time, and tries to sign in that were sent back to the same page.
pub async fn count(State(metrics): State<Metrics>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("other", MatchedPath::as_str).to_owned();
    let method = match *request.method() {
        axum::http::Method::GET | axum::http::Method::HEAD => "GET",
        axum::http::Method::POST => "POST",
        _ => "other",
    };
    let begun = Instant::now();
    let response = next.run(request).await;
    let to = response.headers().get(header::LOCATION).and_then(|to| to.to_str().ok()).unwrap_or_default();
    if route == "/do/account/sign-in" && to.starts_with("/sign-in") && !to.starts_with(app::base::paths::SIGN_IN_SECOND_STEP) {
        metrics.sign_ins.inc();
    }
    let status = match response.status().as_u16() / 100 {
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        5 => "5xx",
        _ => "1xx",
    };
    metrics.requests.get_or_create(&Answered { route, method, status }).observe(begun.elapsed().as_secs_f64());
    response
}

/// `GET /metrics`. Whoever may not read it learns nothing, not even that it is there.
pub async fn get(State((metrics, services)): State<(Metrics, Services)>, request: Request) -> Response {
    if !metrics.may_read(&request) {
        return (StatusCode::NOT_FOUND, "not found").into_response();
    }
    metrics.refresh(&services).await;
    let mut text = String::new();
    if encode(&mut text, &metrics.registry).is_err() {
        text.clear();
        let _ = write!(text, "# the figures cannot be written");
    }
    ([(header::CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], text).into_response()
}
