//! Builds the router and runs it: who passes which wall, in which order, and what goes on beside.
//!
//! Long because it puts everything together: router, what is lent to pages, start, sweep, end.

use std::{path::Path, sync::Arc, time::Duration};

use app::{
    request::services::{Assets, Clock as _, Services},
    top::{routes, shell::shell},
    work::agreement::remind,
};
use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    http::{StatusCode, header},
    middleware,
    response::{IntoResponse as _, Response},
    routing::get,
};
use jiff::civil::Date;
use journey::{
    base::{calendar, ids::JourneyRef},
    catalogue::editions,
    port::seals::SealCertificate,
};
use leptos::{config::LeptosOptions, prelude::provide_context};
use leptos_axum::{AxumRouteListing, LeptosRoutes as _, generate_route_list};
use store::{Db, Dialect, Sessions};
use tokio::{sync::Mutex, time::Instant};
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::CompressionLayer,
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    services::{ServeDir, ServeFile},
    trace::TraceLayer,
};
use tower_sessions::{Expiry, SessionManagerLayer, cookie::SameSite};

use crate::{
    config::{Brand, Serve},
    demo,
    gate::{self, Limits},
    headers,
    heads::{self, HeadsKey},
    host::Machine,
    listen,
    live::{self, Live},
    login::{MachineClock, MachineSecrets},
    metrics::{self, Metrics},
    outbox::{self, Post},
    raw_routes::RawRoutes,
    run_address::RunAddress,
    seal::Seal,
    start::{self, processes},
    terminal::say,
    unused,
    uploads::Uploads,
};

/// Longest body of a form.
const LONGEST_BODY: usize = 512 * 1024;
/// How long an answer to "are you ready" is good for: a flood of questions costs one look a second.
const READY_FOR: Duration = Duration::from_secs(1);
/// Days before the end of a certificate from which the log warns of it: another one takes weeks to get.
const SOON: i64 = 60;

/// Every page of the service.
#[must_use]
pub fn pages() -> Vec<AxumRouteListing> {
    generate_route_list(routes::Pages)
}

/// How this server draws its views, in the words of `names.json` (docs/decisions/0012-views-of-one-type.md).
const VIEWS: &str = if cfg!(erase_components) { "one" } else { "each" };

/// The names of the built files. A page without style is better than none, so what is missing is said and left out; so are
/// scripts that expect other markup than this server draws.
#[must_use]
pub fn assets(site: &Path) -> Assets {
    let names = std::fs::read_to_string(site.join("pkg/names.json"))
        .ok()
        .and_then(|text| serde_json::from_str::<serde_json::Value>(&text).ok());
    let Some(names) = names else {
        tracing::warn!(site = %site.display(), "no built style sheet and scripts there: pages will be plain");
        return Assets::default();
    };
    let name = |kind: &str| names.get(kind).and_then(|v| v.as_str()).unwrap_or_default().to_owned();
    if !["", VIEWS].contains(&name("views").as_str()) {
        tracing::warn!(
            site = %site.display(),
            "the scripts there were built for another server: pages will be without. Build both at once: cargo xtask build, \
             or cargo xtask build --release"
        );
        return Assets { css: name("css"), ..Assets::default() };
    }
    Assets { css: name("css"), js: name("js"), wasm: name("wasm") }
}

/// The services of a running server.
///
/// # Errors
/// Every fault of a shipped process: such a release must not start.
pub fn services(config: &Serve, db: Db) -> Result<Services, String> {
    let processes = processes()?;
    let database = match db.dialect() {
        Dialect::Sqlite => "SQLite",
        Dialect::Postgres => "PostgreSQL",
    };
    let files = config.place.files.files_url.is_none().then(|| config.place.files_in());
    Ok(Services {
        store: Arc::new(db),
        hosting: Arc::new(Machine { database, files }),
        clock: Arc::new(MachineClock),
        secrets: Arc::new(MachineSecrets::new()),
        remembered: Arc::default(),
        processes,
        assets: Arc::new(assets(&config.site)),
        base_url: config.public_url().into(),
        tries_per_address: config.tries_per_address,
        longest_file_mb: config.longest_file_mb,
        nhs_brand: config.brand == Brand::Nhs,
        help_address: config.help_address.as_str().into(),
        shows_codes: false,
    })
}

/// The whole service as one router.
pub fn router(config: &Serve, services: &Services, uploads: &Uploads, live: Live, sessions: Sessions, limits: Limits) -> Router {
    let secure = services.is_secure();
    let options = LeptosOptions::builder().output_name("gpc-onboarding").site_root(config.site.display().to_string()).build();
    let session_layer = SessionManagerLayer::new(sessions)
        // The prefix makes browsers insist on TLS, no domain and the root path.
        .with_name(if secure { "__Host-session" } else { "session" })
        .with_secure(secure)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        // The gate ends sessions earlier (30 minutes idle); this is how long the row and the cookie may stay.
        .with_expiry(Expiry::OnInactivity(time::Duration::hours(12)));
    let given = services.clone();
    let context = move || provide_context(given.clone());
    let pages: Router = Router::new()
        .leptos_routes_with_context(&options, pages(), context.clone(), shell)
        .fallback(leptos_axum::render_app_async_with_context(context, shell))
        .with_state(options);
    let people = pages
        .layer(middleware::from_fn_with_state(live.clone(), live::drawn))
        .layer(middleware::from_fn(gate::redirects))
        .layer(middleware::from_fn_with_state(services.clone(), gate::who))
        .layer(session_layer.clone())
        .layer(middleware::from_fn(gate::session_away))
        .layer(middleware::from_fn_with_state(services.base_url.clone(), gate::same_site))
        .layer(DefaultBodyLimit::max(LONGEST_BODY))
        .layer(tower_http::limit::RequestBodyLimitLayer::new(LONGEST_BODY))
        .layer(middleware::from_fn(too_long))
        .layer(CompressionLayer::new());
    let files = Router::new()
        .nest_service("/pkg", ServeDir::new(config.site.join("pkg")).precompressed_br())
        .route_service(gate::STYLE, ServeFile::new(config.site.join("pkg").join(&services.assets.css)).precompressed_br())
        .route_service("/favicon.svg", ServeFile::new(config.site.join("favicon.svg")))
        .route_service("/robots.txt", ServeFile::new(config.site.join("robots.txt")))
        .route_service("/licences.txt", ServeFile::new(config.site.join("licences.txt")))
        .route("/ecosystem/consumer.svg", get(picture(services, "consumer")))
        .route("/ecosystem/provider.svg", get(picture(services, "provider")))
        .nest_service("/assets", ServeDir::new(config.site.join("assets")));
    // Forms with files have limits of their own, and none on how long all of it takes (`form`). Streams last as long as a page
    // is open.
    let beside = RawRoutes::ALL.into_iter().fold(Router::new(), |all, one| all.route(one.path(), one.route(uploads, &live)));
    let with_files = beside
        .layer(middleware::from_fn_with_state(services.clone(), gate::who))
        .layer(session_layer.clone())
        .layer(middleware::from_fn(gate::session_away))
        .layer(middleware::from_fn_with_state(services.base_url.clone(), gate::same_site));
    let metrics = Metrics::new(config.metrics_token.as_ref());
    let machines = Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(ready).with_state(Readiness { services: services.clone(), last: Arc::default() }))
        .route("/metrics", get(metrics::get).with_state((metrics.clone(), services.clone())));
    let counted = metrics.clone();
    let certificates = config.client_certificate_header.clone().filter(|_| config.trust_proxy > 0);
    let runs = RunAddress::new(services.clone(), limits.clone(), certificates).routes();
    Router::new()
        .merge(files)
        .merge(people)
        .layer(middleware::from_fn_with_state(limits.clone(), gate::rate))
        .merge(machines)
        .layer(middleware::from_fn(gate::in_time))
        .merge(runs)
        .merge(with_files.layer(middleware::from_fn_with_state(limits, gate::rate)))
        .layer(CatchPanicLayer::custom(move |_: Box<dyn std::any::Any + Send>| {
            counted.panicked();
            gate::turned_away(
                StatusCode::INTERNAL_SERVER_ERROR,
                "There is a fault in the service",
                "It is ours, not yours, and it was noted. Nothing was changed.",
            )
        }))
        .layer(middleware::from_fn_with_state(metrics, metrics::count))
        .layer(middleware::from_fn_with_state(headers::Own::at(&services.base_url), headers::table))
        .layer(
            TraceLayer::new_for_http()
                .make_span_with(|request: &Request| {
                    let id = request.headers().get(REQUEST_ID).and_then(|v| v.to_str().ok()).unwrap_or_default();
                    let (path, shown) = (request.uri().path(), without_token(request.uri().path()));
                    let journey = path.strip_prefix("/journeys/").and_then(|rest| rest.split('/').next());
                    let journey = journey.and_then(|text| text.parse::<JourneyRef>().ok()).map(tracing::field::display);
                    tracing::info_span!("request", %id, method = %request.method(), path = %shown, journey, person = tracing::field::Empty)
                })
                .on_response(|response: &Response, took: Duration, _: &tracing::Span| {
                    tracing::debug!(status = response.status().as_u16(), ms = took.as_millis(), "answered");
                }),
        )
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
        .layer(middleware::from_fn_with_state(config.trust_proxy > 0, own_id))
}

const REQUEST_ID: &str = "x-request-id";

/// Takes away the id that somebody gave their request: it stands in the log. A proxy may give one, if it looks like one.
async fn own_id(State(behind_proxy): State<bool>, mut request: Request, next: middleware::Next) -> Response {
    let looks_like_one =
        |text: &str| (1..=64).contains(&text.len()) && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f' | b'-'));
    let given = request.headers_mut().remove(REQUEST_ID);
    if let Some(id) = given.filter(|id| behind_proxy && id.to_str().is_ok_and(looks_like_one)) {
        request.headers_mut().insert(REQUEST_ID, id);
    }
    next.run(request).await
}

/// A path as the log shows it. What follows in the path of a link in a letter is a secret: only its kind is shown. So is a
/// path that begins in disguise.
fn without_token(path: &str) -> String {
    let mut segments = path.split('/').filter(|segment| !segment.is_empty());
    match (segments.next(), segments.next()) {
        (Some(kind @ ("invitations" | "register" | "reset-password" | "sign" | "try")), Some(_)) => format!("/{kind}/…"),
        (Some(first), _) if first.contains('%') => "/…".to_owned(),
        _ => path.to_owned(),
    }
}

/// A picture as a file to keep.
fn picture(services: &Services, side: &'static str) -> impl Fn() -> std::future::Ready<Response> + Clone + use<> {
    let services = services.clone();
    move || {
        let today = calendar::date_of(services.clock.now());
        let process = services.processes.newest(side);
        let drawn = process.and_then(|process| app::work::ecosystem::public::saved(side, &process.id, today, &services.base_url));
        std::future::ready(drawn.map_or_else(
            || StatusCode::NOT_FOUND.into_response(),
            |drawn| {
                let disposition = format!("attachment; filename=\"gp-connect-{side}.svg\"");
                let headers = [(header::CONTENT_TYPE, "image/svg+xml".to_owned()), (header::CONTENT_DISPOSITION, disposition)];
                (headers, drawn).into_response()
            },
        ))
    }
}

/// Whether the database answers, as it was found a moment ago.
#[derive(Clone)]
struct Readiness {
    services: Services,
    last: Arc<Mutex<Option<(Instant, bool)>>>,
}

async fn ready(State(Readiness { services, last }): State<Readiness>) -> Response {
    let look = async move {
        let ready = services.store.ready().await;
        if let Err(why) = &ready {
            tracing::warn!(%why, "not ready");
        }
        ready.is_ok()
    };
    // By itself, so that whoever hangs up does not make the next one look again.
    match tokio::spawn(lately(last, look)).await {
        Ok(true) => "ready".into_response(),
        _ => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer").into_response(),
    }
}

/// What was found less than [`READY_FOR`] ago, or is found now. Whoever asks while somebody looks waits for that answer.
async fn lately(last: Arc<Mutex<Option<(Instant, bool)>>>, look: impl Future<Output = bool>) -> bool {
    let mut last = last.lock().await;
    if let Some((_, found)) = last.filter(|(at, _)| at.elapsed() < READY_FOR) {
        return found;
    }
    let found = look.await;
    *last = Some((Instant::now(), found));
    found
}

/// A body over the limit gets a sentence instead of a bare status.
async fn too_long(request: Request, next: middleware::Next) -> Response {
    let response = next.run(request).await;
    if response.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return gate::turned_away(
            StatusCode::PAYLOAD_TOO_LARGE,
            "That is too long",
            "A form can hold about 500,000 characters. Nothing was changed. Go back: your browser keeps what you typed. Shorten it, then send it again.",
        );
    }
    response
}

/// Runs the service until it is told to stop.
///
/// # Errors
/// When it cannot start: the database, the address or a process.
pub async fn run(mut config: Serve) -> Result<(), String> {
    start_log(config.log_json);
    let listener = tokio::net::TcpListener::bind(config.listen).await.map_err(|error| format!("{}: {error}", config.listen))?;
    // Port 0 asks the machine for a free one.
    config.listen = listener.local_addr().map_err(|error| error.to_string())?;
    for (setting, value) in config.in_words() {
        tracing::info!(setting, value, "configured");
    }
    if config.base_url.is_none() && !config.listen.ip().is_loopback() {
        tracing::warn!("BASE_URL is not set: links in emails lead nowhere, and cookies travel without TLS");
    }
    let db = start::open(&config.place.database).await?;
    let file_store = config.place.file_store()?;
    file_store.ready().await.map_err(|error| format!("the file store does not answer: {error}"))?;
    if config.demo && db.is_empty().await.map_err(|error| error.to_string())? {
        tracing::info!("filling the empty database with the demo");
        demo::fill(&db, &file_store, demo::Size::default(), MachineClock.now()).await?;
    }
    let heads_key = HeadsKey::of(&config)?;
    if heads_key.is_none() {
        tracing::warn!(
            "HEADS_KEY is not set: no daily lists of heads are made, so that a ledger that was cut is not found by them"
        );
    }
    let seal = Seal::of(&config, MachineClock.now())?;
    match &seal {
        None => tracing::warn!("SEAL_KEY is not set: documents are made without a digital signature"),
        Some(seal) => told_of(seal.certificate()),
    }
    let is_demo = config.demo && demo::is_demo(&db).await?;
    let services = Services { shows_codes: is_demo, ..services(&config, db.clone())? };
    if let Some(seal) = &seal {
        let kept = services.store.keep_seal(seal.certificate().clone(), services.clock.now()).await;
        kept.map_err(|error| error.to_string())?;
    }
    app::request::ledger::learn(&services).await.map_err(|halt| format!("{halt:?}"))?;
    let sessions = Sessions::new(db.clone());
    let limits = Limits::new(config.rate_per_second, config.trust_proxy);
    let post = Post::new(&config)?;
    let uploads = Uploads::new(file_store, services.clone(), config.longest_file_mb.saturating_mul(1_000_000))
        .with_quota(config.quota_mb.saturating_mul(1_000_000))
        .with_seal(seal);
    let (end_streams, ending) = tokio::sync::watch::channel(false);
    let post = post.with_enclosures(Arc::new(uploads.clone()));
    let live = Live::new(services.clone(), db.clone(), ending.clone());
    let app = router(&config, &services, &uploads, live, sessions.clone(), limits.clone());
    let letters = tokio::spawn(outbox::run(services.clone(), post));
    let listening = tokio::spawn(db.clone().listen());
    let sweeps = tokio::spawn(sweep(services.clone(), uploads, sessions, limits, heads_key));
    let people = if is_demo { demo::sign_ins() } else { String::new() };
    // In one piece: whoever waits for the first line may read the rest.
    say(&format!("{}{people}", welcome(&config)));
    let mut stopped = ending.clone();
    let told = tokio::spawn(async move {
        told_to_stop().await;
        tracing::info!("told to stop: what runs is finished, nothing new is taken");
        // Streams would never end by themselves.
        end_streams.send_replace(true);
    });
    let patience = Duration::from_secs(config.stop_within);
    let too_late = async {
        drop(stopped.wait_for(|stop| *stop).await);
        tokio::time::sleep(patience).await;
    };
    tokio::select! {
        () = listen::serve(listener, app, ending) => {}
        () = too_late => tracing::warn!(seconds = config.stop_within, "requests were still running and are broken off"),
    }
    told.abort();
    letters.abort();
    listening.abort();
    sweeps.abort();
    db.close().await;
    tracing::info!("stopped");
    Ok(())
}

/// Says which certificate documents are signed with, and when it ends soon.
fn told_of(certificate: &SealCertificate) {
    let days = certificate.until.duration_since(MachineClock.now()).as_hours() / 24;
    if days < SOON {
        tracing::warn!(
            fingerprint = %certificate.fingerprint,
            until = %certificate.until,
            "the certificate that documents are signed with ends soon: after that they are made without a digital signature"
        );
    } else {
        tracing::info!(fingerprint = %certificate.fingerprint, until = %certificate.until, "documents are signed");
    }
}

/// Days for which the audit keeps network addresses, and sign-ins.
const ADDRESSES_KEPT: i64 = 2;
const SIGN_INS_KEPT: i64 = 90;

/// What time brings without anybody asking: lapsed approvals, the daily list of heads, daily letters, expired sessions.
async fn sweep(services: Services, uploads: Uploads, sessions: Sessions, limits: Limits, heads_key: Option<HeadsKey>) {
    let mut reminded = None;
    loop {
        lapse_all(&services).await;
        // Another replica may have published or withdrawn an edition.
        if let Err(why) = app::request::ledger::learn(&services).await {
            tracing::warn!(?why, "cannot look for new editions of the catalogue");
        }
        remind_of_duties(&services, &mut reminded).await;
        if let Some(key) = &heads_key {
            match heads::publish(&services, key).await {
                Ok(None) => {}
                Ok(Some(day)) => tracing::info!(%day, "the daily list of heads"),
                Err(why) => tracing::warn!(%why, "cannot make the daily list of heads"),
            }
        }
        if let Err(why) = sessions.sweep().await {
            tracing::warn!(%why, "cannot sweep sessions");
        }
        let now = services.clock.now();
        let ago = |days: i64| now.checked_sub(jiff::SignedDuration::from_hours(24 * days)).unwrap_or(jiff::Timestamp::MIN);
        if let Err(why) = services.store.forget_noted(ago(ADDRESSES_KEPT), ago(SIGN_INS_KEPT)).await {
            tracing::warn!(%why, "cannot forget old sign-ins");
        }
        let yesterday = services.clock.now().checked_sub(jiff::SignedDuration::from_hours(24)).unwrap_or(jiff::Timestamp::MIN);
        let half_a_year_ago = services.clock.now() - jiff::SignedDuration::from_hours(24 * 182);
        if let Err(why) = services.store.forget_news(half_a_year_ago).await {
            tracing::warn!(%why, "cannot forget old notifications");
        }
        if let Err(why) = services.store.forget_uploads(yesterday).await {
            tracing::warn!(%why, "cannot forget files of messages that were never sent");
        }
        match app::site::messages::daily::send_due(&services).await {
            Ok(0) => {}
            Ok(sent) => tracing::info!(sent, "daily emails"),
            Err(why) => tracing::warn!(%why, "cannot write daily emails"),
        }
        match app::work::signatories::remind::send_due(&services).await {
            Ok(0) => {}
            Ok(sent) => tracing::info!(sent, "reminders to people who are asked to sign"),
            Err(why) => tracing::warn!(?why, "cannot write reminders"),
        }
        if let Err(why) = uploads.file_store.sweep(services.clock.now()).await {
            tracing::warn!(%why, "cannot sweep broken uploads");
        }
        match unused::sweep(&*services.store, &uploads.file_store, services.clock.now()).await {
            Ok(0) => {}
            Ok(gone) => tracing::info!(gone, "files that nothing names any more are removed"),
            Err(why) => tracing::warn!(%why, "cannot remove files that nothing names"),
        }
        if let Err(why) = services.store.forget_live_keys(services.clock.now()).await {
            tracing::warn!(%why, "cannot forget the keys of live runs that have ended");
        }
        limits.sweep();
        tokio::time::sleep(Duration::from_secs(600)).await;
    }
}

/// Writes the letters about duties that are late, once on each working day: ledgers are read for it. `done` is the day whose letters are
/// written.
async fn remind_of_duties(services: &Services, done: &mut Option<Date>) {
    let Some(today) = remind::day_of(services.clock.now()).filter(|today| *done != Some(*today)) else { return };
    match remind::send_due(services, &editions::published(), today).await {
        Ok(letters) => {
            *done = Some(today);
            if letters > 0 {
                tracing::info!(letters, "emails about duties that are late");
            }
        }
        Err(why) => tracing::warn!(?why, "cannot write emails about duties that are late"),
    }
}

/// Records every approval that has lapsed. One that cannot be recorded is told and left for the next time.
pub async fn lapse_all(services: &Services) {
    let now = services.clock.now();
    let mut last: Option<JourneyRef> = None;
    loop {
        let journeys = match services.store.lapsing(now, last.as_ref(), 100).await {
            Ok(journeys) => journeys,
            Err(why) => return tracing::warn!(%why, "cannot look for lapsed approvals"),
        };
        for reference in &journeys {
            if let Err(why) = lapse(services, reference).await {
                tracing::warn!(journey = %reference, why, "could not be brought up to date");
            }
        }
        last = journeys.into_iter().last();
        if last.is_none() {
            return;
        }
    }
}

async fn lapse(services: &Services, reference: &JourneyRef) -> Result<(), String> {
    let told = app::request::ledger::whole(services, reference).await.map_err(|halt| format!("{halt:?}"))?;
    app::act::post::bring_up_to_date(services, &told.journey).await.map(drop).map_err(|halt| format!("{halt:?}"))
}

fn start_log(json: bool) {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info,sqlx=warn".into());
    // A line that cannot be written (no room on the disk) is lost; to complain about it there would end the request.
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_target(false).log_internal_errors(false);
    let started = if json { log.json().try_init() } else { log.compact().try_init() };
    drop(started);
}

fn welcome(config: &Serve) -> String {
    let url = config.public_url();
    // As this program was called, so that the line can be copied.
    let program = std::env::args().next().unwrap_or_else(|| "gpc-onboarding".to_owned());
    let data = config.place.database.data.display();
    let letters = match &config.letters.smtp_url {
        None => format!("Emails, with their links    here below, and in {}", config.letters_in().display()),
        Some(_) => "Emails go by SMTP.".to_owned(),
    };
    format!(
        "
GP Connect onboarding is ready: {url}

  A supplier signs up at       {url}/register
  The first programme lead by  {program} admin invite --data {data} --email you@example.nhs.uk --role programme_lead
  {letters}

"
    )
}

/// Ends when somebody stops the program.
pub(crate) async fn told_to_stop() {
    let interrupt = async { drop(tokio::signal::ctrl_c().await) };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! { () = interrupt => {}, () = terminate => {} }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_flood_of_questions_whether_it_is_ready_costs_one_look_a_second() {
        let (last, looks) = (Arc::default(), AtomicUsize::new(0));
        let look = async |found: bool| {
            let look = async {
                looks.fetch_add(1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(300)).await;
                found
            };
            lately(Arc::clone(&last), look).await
        };
        let all = futures_util::future::join_all((0..500).map(|_| look(true))).await;
        assert!(all.into_iter().all(|found| found));
        assert_eq!(looks.load(Ordering::SeqCst), 1, "at the same time");
        tokio::time::advance(READY_FOR - Duration::from_millis(1)).await;
        assert!(look(false).await, "it is remembered");
        tokio::time::advance(Duration::from_millis(1)).await;
        assert!(!look(false).await, "and looked at again");
        assert!(!look(true).await, "a no is remembered too");
        assert_eq!(looks.load(Ordering::SeqCst), 2);
    }

    #[test]
    fn no_path_shows_its_token() {
        for kind in ["invitations", "register", "reset-password", "sign", "try"] {
            for path in ["/KIND/0123", "/KIND/0123/", "/KIND/0123/x", "//KIND//0123", "/KIND//0123/x/y", "KIND/0123"] {
                assert_eq!(without_token(&path.replace("KIND", kind)), format!("/{kind}/…"), "{path}");
            }
            assert_eq!(without_token(&format!("/{kind}")), format!("/{kind}"));
        }
        assert_eq!(without_token("/%69nvitations/0123"), "/…");
        assert_eq!(without_token("/journeys/7K3M-9PX4/tasks/a"), "/journeys/7K3M-9PX4/tasks/a");
        assert_eq!(without_token("/"), "/");
    }
}
