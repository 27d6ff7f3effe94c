//! `try`: live runs on a developer's own machine. The same pages, rules and practice as in the service, with one supplier, one journey
//! and no account, in a database that is gone when the program ends.

use std::{path::PathBuf, sync::Arc, time::Duration};

use app::{
    act::{decided, letters::Mail, post},
    base::paths,
    request::services::{Clock as _, Services},
};
use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse as _, Redirect, Response},
};
use clap::Parser as _;
use journey::{
    base::{
        actor::{Role, Side},
        environment::Environment,
        ids::{JourneyRef, PersonId},
    },
    guidance::spine::interactions::Area,
    plan::{
        capability::{Capability, Chosen},
        opening::Opening,
        track::CONSUMER,
    },
    practice::{
        exchange::rules,
        run::{LiveRun, Opened},
    },
};
use store::Sessions;
use tokio::{sync::Mutex, time::Instant};
use tower_sessions::{
    SessionStore as _,
    session::{Id, Record},
};

use crate::{
    config::{Cli, Command, Serve, Try},
    demo::cast,
    gate::{Limits, turned_away},
    listen,
    live::Live,
    login::MachineClock,
    run_address::PREFIX,
    serve, start,
    terminal::say,
    uploads::Uploads,
};

/// How long one session is used: shorter than one that is idle may stay.
const SESSION: Duration = Duration::from_secs(20 * 60);

/// The folder for everything, which goes when this does.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// Whoever opens a page is this person.
#[derive(Clone)]
struct Only {
    person: PersonId,
    services: Services,
    sessions: Sessions,
    session: Arc<Mutex<Option<(Id, Instant)>>>,
    first: Arc<str>,
    loopback: bool,
}

/// The settings of a service in this folder, whatever the environment says of another one.
fn settings(given: &Try, folder: &Folder) -> Result<Serve, String> {
    let words = ["gpc-onboarding", "serve"];
    let Command::Serve(parsed) = Cli::try_parse_from(words).map_err(|error| error.to_string())?.command else {
        return Err("these are not the settings of a service".to_owned());
    };
    let mut config = *parsed;
    config.listen = given.listen;
    config.site.clone_from(&given.site);
    config.place.database.data.clone_from(&folder.0);
    (config.place.database.database_url, config.base_url) = (None, None);
    (config.place.files.files_dir, config.place.files.files_url) = (None, None);
    (config.letters.smtp_url, config.letters.mail_dir) = (None, None);
    (config.heads_key, config.seal_key, config.seal_chain) = (None, None, None);
    (config.trust_proxy, config.client_certificate_header, config.metrics_token) = (0, None, None);
    Ok(config)
}

/// Runs until it is told to stop.
///
/// # Errors
/// When the address is taken, or the folder cannot be made.
pub async fn run(given: Try) -> Result<(), String> {
    let name = format!("gpc-try-{}-{}", std::process::id(), MachineClock.now().as_microsecond());
    let folder = Folder(std::env::temp_dir().join(name));
    std::fs::create_dir(&folder.0).map_err(|error| format!("{}: {error}", folder.0.display()))?;
    let listener = tokio::net::TcpListener::bind(given.listen).await.map_err(|error| format!("{}: {error}", given.listen))?;
    let mut config = settings(&given, &folder)?;
    config.listen = listener.local_addr().map_err(|error| error.to_string())?;
    let db = start::open(&config.place.database).await?;
    let services = serve::services(&config, db.clone())?;
    let (person, run) = seeded(&services, &given).await?;
    let (end_streams, ending) = tokio::sync::watch::channel(false);
    let sessions = Sessions::new(db.clone());
    let limits = Limits::new(config.rate_per_second, 0);
    let uploads = Uploads::new(config.place.file_store()?, services.clone(), 1_000_000);
    let live = Live::new(services.clone(), db.clone(), ending.clone());
    let first = paths::live_run(&run.opened.journey, &run.opened.id);
    let key = run.key.clone().unwrap_or_default();
    let only = Only {
        person,
        services: services.clone(),
        sessions: sessions.clone(),
        session: Arc::default(),
        first: first.as_str().into(),
        loopback: config.listen.ip().is_loopback(),
    };
    let app =
        serve::router(&config, &services, &uploads, live, sessions, limits).layer(middleware::from_fn_with_state(only, enter));
    let base = config.public_url();
    if !config.listen.ip().is_loopback() {
        eprintln!("There are no accounts here: everybody who reaches {} sees and does everything.", config.listen);
    }
    say(&format!("Watch the run     {base}{first}"));
    say(&format!("Send requests to  {base}{PREFIX}{key}/https://provider.example.nhs.uk/T99999/STU3/1/gpconnect/…"));
    say("Everything here is gone when you end this program (Ctrl-C): download the run first.");
    tokio::spawn(async move {
        serve::told_to_stop().await;
        end_streams.send_replace(true);
    });
    listen::serve(listener, app, ending).await;
    db.close().await;
    drop(folder);
    Ok(())
}

/// One supplier with one person, one journey, and a run that is open.
async fn seeded(services: &Services, given: &Try) -> Result<(PersonId, LiveRun), String> {
    let now = services.clock.now();
    let member = ("You".to_owned(), "you@localhost.example".to_owned(), &[Role::OnboardingLead, Role::Developer][..]);
    // Nobody signs in with a password: there is none.
    let company = cast::join(services, "", now, ("This machine", "T99999", Side::Supplier), &[member]).await?;
    let someone = company.people.first().ok_or("nobody is here")?;
    let reference: JourneyRef = services.journey_ref();
    let capabilities = Capability::ALL
        .iter()
        .filter(|capability| Area::of(**capability).is_some())
        .map(|capability| Chosen { capability: *capability, version: capability.versions()[0].to_owned() });
    let opening = Opening {
        version: given.product_version.clone(),
        capabilities: capabilities.collect(),
        ..Opening::with_one("Your product", Capability::AccessRecordStructured)
    };
    let identity = company.organisation.identity();
    let deed = decided::opened(services, &someone.actor, CONSUMER, &reference, opening, identity, now)
        .map_err(|halt| format!("{halt:?}"))?;
    post::write(services, vec![deed], Mail::default()).await.map_err(|error| error.to_string())?;
    let opened = Opened {
        id: services.secrets.id(),
        journey: reference,
        at: now,
        by: someone.actor.person.clone(),
        environment: Environment::Internet.name().to_owned(),
        version: given.product_version.clone(),
        tester: "You".to_owned(),
        areas: Area::ALL.iter().map(|area| area.name().to_owned()).filter(|name| name != "foundations").collect(),
        rules: rules(),
        file: None,
    };
    let run = LiveRun::begin(opened, services.secrets.token());
    services.store.open_live_run(&run).await.map_err(|error| error.to_string())?;
    Ok((someone.actor.person.clone(), run))
}

/// Lets whoever is at this machine in. A page of somebody else, whose name leads here, is not let in; requests of products are, whatever
/// name they know this machine by.
async fn enter(State(only): State<Only>, mut request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if path.starts_with(PREFIX) {
        return next.run(request).await;
    }
    let host = request.headers().get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if only.loopback && !is_here(host) {
        return turned_away(StatusCode::FORBIDDEN, "Open this page as 127.0.0.1", "It is for this machine alone.");
    }
    if path == "/" {
        return Redirect::to(&only.first).into_response();
    }
    match only.cookie().await {
        Some(cookie) => {
            let said = request.headers().get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
            let others = said.flat_map(|value| value.split(';')).map(str::trim).filter(|pair| !pair.starts_with("session="));
            let all = others.map(str::to_owned).chain([cookie]).collect::<Vec<_>>().join("; ");
            if let Ok(value) = HeaderValue::try_from(all) {
                request.headers_mut().insert(header::COOKIE, value);
            }
            next.run(request).await
        }
        None => crate::gate::try_again(),
    }
}

/// A name or a number of this machine, with or without a port.
fn is_here(host: &str) -> bool {
    let name = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit())).map_or(host, |(name, _)| name);
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    bare == "localhost" || bare.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback())
}

impl Only {
    /// The session of the one person, made anew before it ends.
    async fn cookie(&self) -> Option<String> {
        let mut session = self.session.lock().await;
        if let Some((id, since)) = session.as_ref()
            && since.elapsed() < SESSION
        {
            return Some(format!("session={id}"));
        }
        let now = self.services.clock.now().as_second();
        let mut record = Record {
            id: Id::default(),
            data: std::collections::HashMap::from([
                ("person".to_owned(), serde_json::json!(self.person)),
                ("since".to_owned(), serde_json::json!(now)),
                ("seen".to_owned(), serde_json::json!(now)),
                ("agent".to_owned(), serde_json::json!("")),
            ]),
            expiry_date: time::OffsetDateTime::from_unix_timestamp(now + 12 * 3600).ok()?,
        };
        self.sessions.create(&mut record).await.ok()?;
        *session = Some((record.id, Instant::now()));
        Some(format!("session={}", record.id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_here() {
        for host in ["127.0.0.1", "127.0.0.1:8123", "localhost:8123", "[::1]:8123", "[::1]"] {
            assert!(is_here(host), "{host}");
        }
        for host in ["", "evil.example", "evil.example:8123", "127.0.0.1.evil.example", "10.0.0.1:8123", "localhost.evil.example"]
        {
            assert!(!is_here(host), "{host}");
        }
    }
}
