//! The address of a live run: `/try/{key}/https://provider…`. Whoever has the key sends requests there as to Spine's proxy, and a
//! practice that is not there answers. Nothing is ever sent on from here: this file knows no client.
//!
//! There is no session and no rule about our own pages: the key is what allows, it is good for one run, and what is sent there changes
//! nothing but that run. What comes back is JSON that no browser runs.

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use app::request::services::Services;
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    response::Response,
    routing::any,
};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use journey::{
    base::ids::Digest,
    guidance::spine::{interactions::example, worked::Captured},
    port::WriteError,
    practice::{
        answer::{answer, refused_by_proxy},
        ask::Answer,
        certificate, directory,
        exchange::{To, Took, keep, turned_away},
        run::{A_SECOND, LONGEST_BODY, LONGEST_HEADERS, LiveRun},
        seam,
        state::Practice,
    },
};
use tokio::{sync::Mutex, time::timeout};

use crate::{gate::Limits, headers::SANDBOX, run_refusals::Refusals};

/// Where addresses of runs begin.
pub const PREFIX: &str = "/try/";

/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(10);

/// How often an exchange is tried again when another replica was faster.
const TRIES: usize = 5;

/// Requests of one run are answered one after the other, in as many rows as there are here.
const ROWS: usize = 64;

/// Runs whose pace is remembered before quiet ones are forgotten.
const MOST_REMEMBERED: usize = 1_000;

/// Headers that proxies in front of us write: what a product sent is shown without them.
const OF_PROXIES: [&str; 7] =
    ["x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-forwarded-port", "x-real-ip", "forwarded", "x-request-id"];

/// What may be sent from a page of somebody else (CORS). No cookies: the key is all there is.
const CORS: [(&str, &str); 5] = [
    ("access-control-allow-origin", "*"),
    ("access-control-allow-methods", "GET, POST, PUT, DELETE"),
    (
        "access-control-allow-headers",
        "accept, authorization, content-type, if-match, prefer, ssp-from, ssp-interactionid, ssp-to, ssp-traceid",
    ),
    ("access-control-expose-headers", "etag, location"),
    ("access-control-max-age", "600"),
];

/// What answers at the addresses of runs.
#[derive(Clone)]
pub struct RunAddress {
    services: Services,
    limits: Limits,
    each: Arc<DefaultKeyedRateLimiter<String>>,
    rows: Arc<[Mutex<()>; ROWS]>,
    refusals: Arc<Refusals>,
    certificates: Option<HeaderName>,
}

impl RunAddress {
    /// With the limits that everybody has by their network address. `certificates` is the header in which the proxy in front says what
    /// it saw of the client's certificate; only one that is trusted may say so.
    #[must_use]
    pub fn new(services: Services, limits: Limits, certificates: Option<HeaderName>) -> Self {
        let rate = NonZeroU32::new(A_SECOND).unwrap_or(NonZeroU32::MIN);
        let burst = NonZeroU32::new(A_SECOND * 10).unwrap_or(NonZeroU32::MIN);
        let each = Arc::new(RateLimiter::keyed(Quota::per_second(rate).allow_burst(burst)));
        Self {
            services,
            limits,
            each,
            rows: Arc::new([const { Mutex::const_new(()) }; ROWS]),
            refusals: Arc::default(),
            certificates,
        }
    }

    /// The routes.
    pub fn routes(self) -> Router {
        Router::new().route("/try/{key}", any(take)).route("/try/{key}/{*rest}", any(take)).with_state(self)
    }
}

/// Takes a request in, whatever it is, and answers as the practice would.
async fn take(State(address): State<RunAddress>, request: Request) -> Response {
    if request.method() == Method::OPTIONS && request.headers().contains_key("access-control-request-method") {
        return sent(Answer { status: 204, headers: Vec::new(), body: String::new(), change: None });
    }
    let path = request.uri().path_and_query().map_or("", axum::http::uri::PathAndQuery::as_str).to_owned();
    let after = path.strip_prefix(PREFIX).unwrap_or_default();
    let (key, rest) = after.split_at(after.find(['/', '?']).unwrap_or(after.len()));
    if !address.limits.allows(&request) {
        // Counted, and said with the next request of the run that is let in: nothing is read or written for a flood.
        address.refusals.count(key, 429);
        return sent(refused_by_proxy(
            429,
            "This network address sends more than a person or a product can. Wait a few seconds.",
        ));
    }
    sent(match address.open(key).await {
        Ok(run) => address.answered(run, key, rest.trim_start_matches('/'), request).await,
        Err(answer) => answer,
    })
}

impl RunAddress {
    /// The run that a key opens.
    async fn open(&self, key: &str) -> Result<LiveRun, Answer> {
        let found = self.services.store.live_run_by_key(&Digest::of(key.as_bytes())).await.map_err(|why| away(&why))?;
        let Some(run) = found else {
            let words = "There is no run with this address. Copy it again from the page of the run, or open a new run.";
            return Err(refused_by_proxy(404, words));
        };
        match run.closing(self.services.clock.now()) {
            Some(closing) => {
                self.refusals.forget(key);
                let words = format!("This run takes no more requests: it was {}. Open a new run.", closing.title());
                Err(refused_by_proxy(410, &words))
            }
            None => Ok(run),
        }
    }

    async fn answered(&self, run: LiveRun, key: &str, rest: &str, request: Request) -> Answer {
        if rest.is_empty() {
            let words = "Send requests to this address with https://, the name of the provider and the rest behind it, or with sds or pds.";
            return refused_by_proxy(400, words);
        }
        self.refusals.know(key);
        if self.each.len() > MOST_REMEMBERED {
            self.each.retain_recent();
        }
        let (parts, body) = request.into_parts();
        let body = match self.taken_in(&run, &parts.headers, body).await {
            Ok(body) => body,
            Err((status, words)) => {
                self.refusals.count(key, status);
                self.say_refusals(&run, key).await;
                return refused_by_proxy(status, &words);
            }
        };
        self.say_refusals(&run, key).await;
        let certificate = self.certificate(&parts.headers);
        let to = to(rest);
        let captured = Captured {
            method: parts.method.as_str().to_owned(),
            url: format!("https://{}/{}", example::PROXY_HOST, as_sent(rest)),
            headers: self.shown(&parts.headers),
            body,
        };
        self.kept(run, key, to, captured, certificate).await
    }

    /// The body of a request within the bounds of a run; else status and words.
    async fn taken_in(&self, run: &LiveRun, headers: &HeaderMap, body: Body) -> Result<String, (u16, String)> {
        if self.each.check_key(&run.opened.id).is_err() {
            return Err((429, format!("A run takes {A_SECOND} requests a second. Wait a few seconds and send this one again.")));
        }
        if headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum::<usize>() > LONGEST_HEADERS {
            return Err((431, "The headers have more than 16 KB.".to_owned()));
        }
        match timeout(PATIENCE, to_bytes(body, LONGEST_BODY)).await {
            Ok(Ok(body)) => Ok(String::from_utf8_lossy(&body).into_owned()),
            Ok(Err(_)) => Err((413, "The body has more than 128 KB, or was broken off.".to_owned())),
            Err(_) => Err((408, "The body did not arrive within 10 seconds.".to_owned())),
        }
    }

    /// Puts into the run what was turned away, once a minute at most. When that cannot be written, the run goes on without it.
    async fn say_refusals(&self, run: &LiveRun, key: &str) {
        let now = self.services.clock.now();
        let Some(counts) = self.refusals.due(key, now) else { return };
        let _turn = self.row(run).lock().await;
        for _ in 0..TRIES {
            let Ok(run) = self.open(key).await else { return };
            match self.services.store.add_exchange(&run, &turned_away(&run, now, &counts)).await {
                Err(WriteError::Conflict) => {}
                Ok(()) => return,
                Err(WriteError::Store(why)) => {
                    tracing::warn!(%why, "what was turned away from a live run could not be kept");
                    return;
                }
            }
        }
    }

    /// Requests of one run stand in one row.
    fn row(&self, run: &LiveRun) -> &Mutex<()> {
        let row = run.opened.id.bytes().fold(0usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(byte))) % ROWS;
        &self.rows[row]
    }

    /// What the proxy in front says of the client's certificate; `None` where none is trusted to.
    fn certificate(&self, headers: &HeaderMap) -> Option<Vec<(String, String)>> {
        let name = self.certificates.as_ref()?;
        Some(headers.get(name).map(|value| certificate::facts(&String::from_utf8_lossy(value.as_bytes()))).unwrap_or_default())
    }

    fn shown(&self, headers: &HeaderMap) -> Vec<(String, String)> {
        let sent = |name: &HeaderName| !OF_PROXIES.contains(&name.as_str()) && Some(name) != self.certificates.as_ref();
        let pairs = headers.iter().filter(|(name, _)| sent(name));
        pairs.map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())).collect()
    }

    /// Checks, answers and keeps a request. Those of one run are answered in the order in which they come.
    async fn kept(
        &self,
        mut run: LiveRun,
        key: &str,
        to: To,
        captured: Captured,
        certificate: Option<Vec<(String, String)>>,
    ) -> Answer {
        let turn = self.row(&run).lock().await;
        let now = self.services.clock.now();
        // Looked at as it came; what is kept and answered is without numbers of people.
        let mut checks = match to {
            To::Practice => seam::checked(&captured, &seam::context(&run.opened), Some(now)),
            To::Sds | To::Pds | To::Refused => Vec::new(),
        };
        let request = seam::masked(captured);
        if let (To::Practice, Some(facts)) = (to, &certificate) {
            checks.extend(certificate::checked(facts, &request, now));
        }
        for _ in 0..TRIES {
            // Somebody may have sent another one, or closed the run, while this one waited.
            run = match self.open(key).await {
                Ok(run) => run,
                Err(answer) => return answer,
            };
            let answer = match to {
                To::Sds => directory::sds(&request),
                // No address is one of what was turned away.
                To::Pds | To::Refused => directory::pds(&request),
                To::Practice => {
                    let changes = match self.services.store.live_changes(&run.opened.id).await {
                        Ok(changes) => changes,
                        Err(why) => return away(&why),
                    };
                    answer(&mut Practice::after(&changes), &request, &checks, now)
                }
            };
            let took = Took {
                after: (run.count, &run.head),
                at: now,
                to,
                request: request.clone(),
                certificate: certificate.clone().unwrap_or_default(),
                checks: checks.clone(),
            };
            match self.services.store.add_exchange(&run, &keep(&run.opened, took, &answer)).await {
                Ok(()) => return answer,
                Err(WriteError::Conflict) => {}
                Err(WriteError::Store(why)) => return away(&why),
            }
        }
        drop(turn);
        refused_by_proxy(503, "Too many requests of this run came at once. Send this one again.")
    }
}

/// What a request is sent to.
fn to(rest: &str) -> To {
    match rest.split(['/', '?']).next() {
        Some("sds") => To::Sds,
        Some("pds") => To::Pds,
        _ => To::Practice,
    }
}

/// The provider's part of an address as it was written: clients that tidy an address make one slash of two, or escape the colon.
fn as_sent(rest: &str) -> String {
    let lower: String = rest.chars().take(16).collect::<String>().to_ascii_lowercase();
    for scheme in ["https%3a%2f%2f", "https%3a//", "https%3a/", "https://", "https:/"] {
        if lower.starts_with(scheme) {
            return format!("https://{}", &rest[scheme.len()..]);
        }
    }
    rest.to_owned()
}

fn away(why: &journey::port::StoreError) -> Answer {
    tracing::warn!(%why, "a request of a live run could not be kept");
    refused_by_proxy(
        503,
        "The service cannot reach its records just now, and kept nothing of this request. Send it again in a few seconds.",
    )
}

/// An answer on its way: never something that a browser would run.
fn sent(answer: Answer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    for (name, value) in &answer.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name.as_str()), HeaderValue::try_from(value.as_str())) {
            headers.insert(name, value);
        }
    }
    for (name, value) in CORS {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    if matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    }
    headers.insert(SANDBOX, HeaderValue::from_static("1"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_a_client_tidied_is_read_as_it_was_meant() {
        for written in [
            "https://p.example/T99999",
            "https:/p.example/T99999",
            "HTTPS://p.example/T99999",
            "https%3A%2F%2Fp.example/T99999",
            "https%3A//p.example/T99999",
        ] {
            assert_eq!(as_sent(written), "https://p.example/T99999", "{written}");
        }
        for other in ["http://p.example/", "p.example/T99999", "", "é", "https"] {
            assert_eq!(as_sent(other), other);
        }
        assert_eq!(
            (to("sds?filter=x"), to("pds"), to("sdsx/"), to("https://sds")),
            (To::Sds, To::Pds, To::Practice, To::Practice)
        );
    }
}
