//! `make bench`: the figures of the budgets, each beside a reference in the same run (docs/performance.md).
//!
//! The release binary serves a demo of 1,000 journeys and 200 people on SQLite; the reference is a bare axum handler that
//! returns the same number of bytes, in a process of its own. CPU is what the kernel counts for the process, so that the
//! cost of asking is not in it. Machines are noisy: a ratio says more than a figure. Nothing here is a test; it never fails
//! because something is slow.
//!
//! `BENCH_ONLY=signing` measures signing alone and `BENCH_ONLY=live-runs` live runs, also unoptimised, to see that it works. `BENCH_GROWTH=0` leaves out the large database, `BENCH_WRITE=1` writes the table into docs/performance.md.
#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on shall stop there")]
#![expect(clippy::cast_precision_loss, reason = "counts become figures")]

mod live_runs;
mod load;
mod process;
mod scal;
mod signing;
mod table;

use std::{path::Path, time::Instant};

use journey::port::{JourneyFilter, Ledger as _};
use load::{Person, at_once, bytes_of, durable, in_turn, one_by_one};
use process::{Bare, Service, demo};
use store::Db;
use table::Table;

/// Requests one after the other for a figure of CPU, and at most so many seconds.
const COUNT: usize = 400;
/// Seconds of load from 16 clients.
const SECONDS: u64 = 4;

#[tokio::main]
async fn main() {
    // `cargo bench` says `--bench`; the reference is this program, started again.
    if let Ok(port) = std::env::var("BARE") {
        return process::serve_bare(port.parse().unwrap()).await;
    }
    let folder = std::env::temp_dir().join(format!("gpc-bench-{}", std::process::id()));
    let mut table = Table::default();
    if std::env::var("BENCH_ONLY").is_ok_and(|only| only == "signing") {
        demo(&folder, 0, 0);
        let (service, _) = Service::start(&folder);
        let db = Db::open(&format!("sqlite://{}", folder.join("onboarding.sqlite").display())).await.unwrap();
        sign(&mut table, &service, &db, &folder).await;
        drop(service);
        drop(std::fs::remove_dir_all(&folder));
        return table.print();
    }
    if std::env::var("BENCH_ONLY").is_ok_and(|only| only == "live-runs") {
        demo(&folder, 60, 0);
        let (service, _) = Service::start(&folder);
        try_at_once(&mut table, &service, &Bare::start(), &folder).await;
        drop(service);
        drop(std::fs::remove_dir_all(&folder));
        return table.print();
    }
    if cfg!(erase_components) {
        eprintln!(
            "Only what is shipped is worth measuring: make bench, or RUSTFLAGS= cargo bench --package server --bench budgets"
        );
        std::process::exit(2);
    }
    measure(&mut table, &folder).await;
    drop(std::fs::remove_dir_all(&folder));
    table.print();
    if std::env::var("BENCH_WRITE").is_ok_and(|set| set == "1") {
        table.write(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/performance.md"));
    }
}

async fn reference_of(db: &Db, product: &str) -> String {
    let filter = JourneyFilter { find: product.to_owned(), limit: 1, ..JourneyFilter::default() };
    db.journeys(&filter).await.unwrap()[0].reference.to_string()
}

/// The pages that are measured: a name, who asks, the path, CPU budget in ms.
async fn pages(db: &Db) -> Vec<(&'static str, &'static str, String, f64)> {
    let ward = reference_of(db, "Ward Round 1.4").await;
    let care = reference_of(db, "Care Home View 1.1").await;
    vec![
        ("journey page", "amara@northmoor.example", format!("/journeys/{ward}"), 1.3),
        ("task page", "amara@northmoor.example", format!("/journeys/{ward}/tasks/describe-use-case"), 1.3),
        ("worklist, 25 rows", "rdelaney@programme.example", "/worklist".to_owned(), 1.3),
        ("SCAL page, in a draft", "joe@tarn.example", format!("/journeys/{care}/tasks/submit-scal"), 10.0),
    ]
}

/// Signing by a link, beside bare commits.
async fn sign(table: &mut Table, service: &Service, db: &Db, data: &Path) {
    let reference = reference_of(db, "Urgent Care Link 5.0").await;
    let signed = signing::by_links(service, data, &reference).await;
    let bare = load::bare_commits(data).await;
    let label = format!("CPU, signature by a link with its letter and PDF, of {}", signed.count);
    table.add(&label, signed.cost, "ms", "none yet", None, None);
    let minute = signed.per_second * 60.0;
    table.at_least("signatures by a link, all at once", minute, "1/min", "≥ 240, a group", 240.0, signed.per_second / bare);
    table.add("signatures refused or lost", signed.lost as f64, "", "0", Some(0.0), None);
}

/// Fifty live runs, beside the bare handler.
async fn try_at_once(table: &mut Table, service: &Service, bare: &Bare, data: &Path) {
    let runs = live_runs::at_once(service, bare, data).await;
    let ratio = runs.per_second / runs.bare_per_second;
    table.at_least("requests checked, 50 live runs at once", runs.per_second, "1/s", "≥ 500, ten a run", 500.0, ratio);
    table.add("CPU, one request of a live run", runs.cost, "ms", "none yet", None, None);
    table.add("p99 of a request, 50 live runs at once", runs.slowest, "ms", "≤ 1000, a second", Some(1000.0), None);
    table.add("requests of live runs refused or lost", runs.lost as f64, "", "0", Some(0.0), None);
}

async fn measure(table: &mut Table, folder: &Path) {
    let small = folder.join("small");
    let begun = Instant::now();
    demo(&small, 1_000, 200);
    table.add("demo of 1,000 journeys, 200 people", begun.elapsed().as_secs_f64(), "s", "≤ 120", Some(120.0), None);

    let mut starts: Vec<f64> = Vec::new();
    for _ in 0..5 {
        let (service, took) = Service::start(&small);
        starts.push(took);
        drop(service);
    }
    starts.sort_by(f64::total_cmp);
    table.add("cold start to first answer", starts[2], "s", "≤ 0.2", Some(0.2), None);

    let db = Db::open(&format!("sqlite://{}", small.join("onboarding.sqlite").display())).await.unwrap();
    scal::publish(&db).await;
    let (service, _) = Service::start(&small);
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    table.add("memory, idle", service.memory(), "MiB", "≤ 30", Some(30.0), None);
    let bare = Bare::start();
    let pages = pages(&db).await;
    for (name, who, path, budget) in &pages {
        let person = Person::signed_in(&service.base, who).await;
        let size = bytes_of(&person, path).await;
        let (cost, median) = one_by_one(&service, &person, path, COUNT).await;
        let nobody = Person::stranger(&bare.base);
        let (reference, _) = one_by_one(&bare, &nobody, &format!("/{size}"), COUNT * 4).await;
        let label = format!("CPU, {name} ({} kB)", size / 1000);
        table.add(&label, cost, "ms", &format!("≤ {budget}"), Some(*budget), Some(cost / reference.max(0.001)));
        if *name == "SCAL page, in a draft" {
            continue;
        }
        let (rate, slowest) = at_once(&person, path, SECONDS).await;
        let (bare_rate, _) = at_once(&nobody, &format!("/{size}"), SECONDS).await;
        table.at_least(
            &format!("pages/s, {name}, 16 clients"),
            rate,
            "1/s",
            "≥ 1/10 of bare",
            bare_rate / 10.0,
            rate / bare_rate,
        );
        let times = slowest / median.max(0.01);
        table.add(&format!("p99 at 16 against p50 at 1, {name}"), slowest, "ms", "≤ 20 ×", Some(20.0 * median), Some(times));
    }
    // More journeys than the service remembers: the whole ledger of each is read and verified.
    let all =
        db.references(None, 200).await.unwrap().iter().map(|reference| format!("/journeys/{reference}")).collect::<Vec<_>>();
    let reviewer = Person::signed_in(&service.base, "rdelaney@programme.example").await;
    let (cost, _) = in_turn(&service, &reviewer, &all, COUNT).await;
    table.add("CPU, journey page, 200 journeys in turn", cost, "ms", "≤ 1.3", Some(1.3), None);
    table.add("memory, after load", service.memory(), "MiB", "≤ 80", Some(80.0), None);
    let begun = Instant::now();
    for _ in 0..10 {
        Person::signed_in(&service.base, "priya@larkfield.example").await;
    }
    table.add("sign-in, with hashing", begun.elapsed().as_secs_f64() * 100.0, "ms", "hash ≥ 19 MiB, t = 2", None, None);
    let outcome = durable(&service, &small).await;
    let ratio = outcome.per_second / outcome.bare_per_second;
    let half = outcome.bare_per_second / 2.0;
    table.at_least("durable submit, 16 writers", outcome.per_second, "1/s", "≥ 1/2 of bare commits", half, ratio);
    table.add("submits refused or lost", outcome.lost as f64, "", "0", Some(0.0), None);
    sign(table, &service, &db, &small).await;
    try_at_once(table, &service, &bare, &small).await;
    table.add("memory, after writing and hashing", service.memory(), "MiB", "hashing apart", None, None);
    let care = reference_of(&db, "Care Home View 1.1").await;
    let joe = Person::signed_in(&service.base, "joe@tarn.example").await;
    scal::move_to_it(&joe, &care).await;
    for (name, path, budget) in scal::pages(&care) {
        let size = bytes_of(&joe, &path).await;
        let (cost, _) = one_by_one(&service, &joe, &path, COUNT / 4).await;
        let (reference, _) = one_by_one(&bare, &Person::stranger(&bare.base), &format!("/{size}"), COUNT).await;
        table.add(
            &format!("CPU, {name} ({} kB)", size / 1000),
            cost,
            "ms",
            &format!("≤ {budget}"),
            Some(budget),
            Some(cost / reference.max(0.001)),
        );
    }
    let cost = scal::saving(&service, &joe, &care).await;
    table.add("CPU, saving one row of 500", cost, "ms", "≤ 2", Some(2.0), None);
    let nobody = Person::stranger(&service.base);
    for (name, bytes, budget) in load::first_visit(&nobody).await {
        table.add(name, bytes as f64 / 1000.0, "kB", &format!("≤ {budget}"), Some(budget), None);
    }
    for (name, seconds) in process::vitals(&service.base) {
        table.add(&name, seconds, "s", "≤ 1.5", Some(1.5), None);
    }
    drop((service, db));

    if std::env::var("BENCH_GROWTH").is_ok_and(|set| set == "0") {
        return;
    }
    let large = folder.join("large");
    demo(&large, 10_000, 200);
    let (few, many) = (House::open(&small).await, House::open(&large).await);
    for ((name, who, path, _), (_, _, there, _)) in pages.iter().zip(self::pages(&many.db).await) {
        let (mut before, mut after) = (f64::MAX, f64::MAX);
        // In turns, and the better of each: what else the machine does meanwhile is no growth.
        for _ in 0..3 {
            before = before.min(few.cost(who, path).await);
            after = after.min(many.cost(who, &there).await);
        }
        let label = format!("CPU at 10,000 journeys, {name}");
        table.add(&label, after, "ms", "≤ 1.2 ×", Some(before * 1.2), Some(after / before));
    }
}

/// A service on its data.
struct House {
    service: Service,
    db: Db,
}

impl House {
    async fn open(data: &Path) -> Self {
        let (service, _) = Service::start(data);
        Self { service, db: Db::open(&format!("sqlite://{}", data.join("onboarding.sqlite").display())).await.unwrap() }
    }

    async fn cost(&self, who: &str, path: &str) -> f64 {
        let person = Person::signed_in(&self.service.base, who).await;
        one_by_one(&self.service, &person, path, COUNT).await.0
    }
}
