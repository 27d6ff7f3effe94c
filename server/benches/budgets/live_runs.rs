//! Fifty live runs at once: fifty products that send their requests as fast as they are answered, each request held against every rule,
//! answered and kept in the chain of its run.

use std::{path::Path, time::Instant};

use app::request::services::Clock as _;
use journey::{
    base::ids::JourneyRef,
    guidance::spine::{
        interactions::interaction,
        worked::{Captured, worked},
    },
    port::{Ledger as _, live_runs::LiveRuns as _},
    practice::{
        exchange::{Ended, rules},
        run::{LiveRun, Opened},
    },
};
use reqwest::{Client, Method};
use server::login::MachineClock;
use store::Db;

use crate::process::{Bare, Measured as _, Service};

/// Runs that are open at once.
const RUNS: usize = 50;
/// Requests of each: as many as a run takes at once without being told to wait.
const EACH: usize = 90;

/// What fifty runs came to.
pub struct Runs {
    /// Requests checked a second.
    pub per_second: f64,
    /// Pages a second of the bare handler, as many bytes each, asked in the same way.
    pub bare_per_second: f64,
    /// ms of CPU for one.
    pub cost: f64,
    /// The 99th of a hundred times, in ms.
    pub slowest: f64,
    /// Requests that were not answered, not kept, or not as they must be.
    pub lost: usize,
}

/// Opens the runs and sends to all of them at once.
pub async fn at_once(service: &Service, bare: &Bare, data: &Path) -> Runs {
    drop(rustls::crypto::ring::default_provider().install_default());
    let db = Db::open(&format!("sqlite://{}", data.join("onboarding.sqlite").display())).await.unwrap();
    let mut runs = Vec::new();
    for (number, journey) in db.references(None, RUNS as u32).await.unwrap().into_iter().enumerate() {
        runs.push(open(&db, number, journey).await);
    }
    assert_eq!(runs.len(), RUNS, "the demo has as many journeys");
    let read = worked(interaction("fhir:rest:read:patient-1").unwrap());
    let bytes = one(&Client::new(), &service.base, &runs[0].1, &read).await.1;
    let (used, begun) = (service.cpu(), Instant::now());
    let products = runs.iter().map(|(_, key)| {
        let (base, key, read) = (service.base.clone(), key.clone(), read.clone());
        tokio::spawn(async move {
            let client = Client::new();
            let mut times = Vec::new();
            let mut refused = 0;
            for _ in 0..EACH {
                let begun = Instant::now();
                let (status, _) = one(&client, &base, &key, &read).await;
                refused += usize::from(status != 200);
                times.push(begun.elapsed().as_secs_f64() * 1000.0);
            }
            (times, refused)
        })
    });
    let answered = futures_util::future::join_all(products).await;
    let seconds = begun.elapsed().as_secs_f64();
    let count = RUNS * EACH;
    let cost = (service.cpu() - used) * 1000.0 / count as f64;
    let (mut times, mut lost) = (Vec::new(), 0);
    for one in answered {
        let (its, refused) = one.unwrap();
        times.extend(its);
        lost += refused;
    }
    times.sort_by(f64::total_cmp);
    for (run, _) in &runs {
        let kept = db.whole_live_run(run).await.unwrap();
        let right = kept.iter().filter_map(|one| one.exchange()).filter(|one| one.count(Ended::Failed) == 0).count();
        lost += EACH.saturating_sub(right);
    }
    let bare_per_second = bare_at_once(bare, bytes).await;
    Runs { per_second: count as f64 / seconds, bare_per_second, cost, slowest: times[times.len() * 99 / 100], lost }
}

async fn open(db: &Db, number: usize, journey: JourneyRef) -> (String, String) {
    let opened = Opened {
        id: format!("bench-{number}"),
        journey,
        at: MachineClock.now(),
        by: "bench".parse().unwrap(),
        environment: "int".to_owned(),
        version: "1.0".to_owned(),
        tester: "Bench".to_owned(),
        areas: vec!["foundations".to_owned()],
        rules: rules(),
        file: None,
    };
    let (id, key) = (opened.id.clone(), format!("the-key-of-bench-{number}"));
    db.open_live_run(&LiveRun::begin(opened, key.clone())).await.unwrap();
    (id, key)
}

/// Sends a worked example to a run: status and bytes of the answer.
async fn one(client: &Client, base: &str, key: &str, captured: &Captured) -> (u16, usize) {
    let target = captured.url.split_once(".nhs.uk/").unwrap().1;
    let method: Method = captured.method.parse().unwrap();
    let mut request = client.request(method, format!("{base}/try/{key}/{target}"));
    for (name, value) in &captured.headers {
        request = request.header(name, value);
    }
    let answer = request.body(captured.body.clone()).send().await.unwrap();
    (answer.status().as_u16(), answer.bytes().await.unwrap().len())
}

/// The same number of clients and requests at the bare handler.
async fn bare_at_once(bare: &Bare, bytes: usize) -> f64 {
    let begun = Instant::now();
    let clients = (0..RUNS).map(|_| {
        let address = format!("{}/{bytes}", bare.base);
        tokio::spawn(async move {
            let client = Client::new();
            for _ in 0..EACH {
                client.get(&address).send().await.unwrap().bytes().await.unwrap();
            }
        })
    });
    futures_util::future::join_all(clients).await;
    (RUNS * EACH) as f64 / begun.elapsed().as_secs_f64()
}
