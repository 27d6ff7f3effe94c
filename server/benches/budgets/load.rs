//! Asking, in bounded loops and of this machine only.

use std::{
    path::Path,
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use journey::{base::ids::JourneyRef, port::Ledger as _};
use reqwest::{Client, header, redirect};
use server::demo::PASSWORD;
use store::Db;

use crate::process::{Measured, Service};

/// Clients that ask at once.
const CLIENTS: usize = 16;
/// Journeys that each writer opens; two tasks of each are submitted.
const EACH: usize = 10;
/// Seconds that any loop may take.
const LONGEST: Duration = Duration::from_secs(60);

/// Somebody with a browser.
#[derive(Clone)]
pub struct Person {
    client: Client,
    base: String,
}

impl Person {
    pub fn stranger(base: &str) -> Self {
        // Some provider must be there before a client is built, though nothing here speaks TLS.
        drop(rustls::crypto::ring::default_provider().install_default());
        let client = Client::builder().cookie_store(true).redirect(redirect::Policy::none()).build().unwrap();
        Self { client, base: base.to_owned() }
    }

    pub async fn signed_in(base: &str, email: &str) -> Self {
        let person = Self::stranger(base);
        let mut to = person.post("account/sign-in", &[("email", email), ("password", PASSWORD)]).await;
        if to == "/sign-in/second-step" {
            // The demo shows the code.
            let page = person.text(&to).await;
            let code: String = page.split_once("id=\"shared-code\">").unwrap_or_default().1.chars().take(6).collect();
            to = person.post("account/second-step", &[("code", &code)]).await;
        }
        let home = if email.contains("@programme.") { "/worklist" } else { "/journeys" };
        assert_eq!(to, home, "{email}");
        person
    }

    /// Where a form leads.
    pub async fn post(&self, action: &str, fields: &[(&str, &str)]) -> String {
        let request = self.client.post(format!("{}/do/{action}", self.base)).header("sec-fetch-site", "same-origin");
        let answer = request.header(header::ACCEPT, "text/html").form(fields).send().await.unwrap();
        answer.headers().get(header::LOCATION).map_or(String::new(), |to| to.to_str().unwrap().to_owned())
    }

    /// A page as text.
    pub async fn text(&self, path: &str) -> String {
        String::from_utf8(self.get(path, "identity").await).unwrap()
    }

    async fn get(&self, path: &str, encoding: &str) -> Vec<u8> {
        let request = self.client.get(format!("{}{path}", self.base)).header(header::ACCEPT, "text/html");
        let answer = request.header(header::ACCEPT_ENCODING, encoding).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.bytes().await.unwrap().to_vec()
    }
}

/// How long the page is.
pub async fn bytes_of(person: &Person, path: &str) -> usize {
    person.get(path, "identity").await.len()
}

/// Asks for a page one time after the other: ms of CPU for each, and the median of the times in ms.
pub async fn one_by_one(process: &impl Measured, person: &Person, path: &str, count: usize) -> (f64, f64) {
    in_turn(process, person, &[path], count).await
}

/// The same for these pages in turn.
pub async fn in_turn(process: &impl Measured, person: &Person, paths: &[impl AsRef<str>], count: usize) -> (f64, f64) {
    let mut paths = paths.iter().map(AsRef::as_ref).cycle();
    let mut next = || paths.next().expect("a page to ask for");
    for _ in 0..20 {
        person.get(next(), "identity").await;
    }
    let (before, begun) = (process.cpu(), Instant::now());
    let mut times = Vec::with_capacity(count);
    while times.len() < count && begun.elapsed() < LONGEST {
        let one = Instant::now();
        person.get(next(), "identity").await;
        times.push(one.elapsed().as_secs_f64() * 1000.0);
    }
    let cost = (process.cpu() - before) * 1000.0 / times.len() as f64;
    times.sort_by(f64::total_cmp);
    (cost, times[times.len() / 2])
}

/// Asks from sixteen sides for so many seconds: pages a second, and the 99th of a hundred times in ms.
pub async fn at_once(person: &Person, path: &str, seconds: u64) -> (f64, f64) {
    let begun = Instant::now();
    let until = begun + Duration::from_secs(seconds);
    let all = (0..CLIENTS).map(|_| {
        let (person, path) = (person.clone(), path.to_owned());
        tokio::spawn(async move {
            let mut times = Vec::new();
            while Instant::now() < until {
                let one = Instant::now();
                person.get(&path, "identity").await;
                times.push(one.elapsed().as_secs_f64() * 1000.0);
            }
            times
        })
    });
    let mut times: Vec<f64> = futures_util::future::join_all(all).await.into_iter().flat_map(Result::unwrap).collect();
    let rate = times.len() as f64 / begun.elapsed().as_secs_f64();
    times.sort_by(f64::total_cmp);
    (rate, times[times.len() * 99 / 100])
}

/// What sixteen writers achieve.
pub struct Durable {
    pub per_second: f64,
    pub bare_per_second: f64,
    pub lost: usize,
}

/// Sixteen suppliers submit; beside it one connection commits one row after the other, as durably.
pub async fn durable(service: &Service, data: &Path) -> Durable {
    let opening = [
        ("answers[product][]", "Bench 1.0"),
        ("answers[capabilities][]", "access-record-html"),
        ("answers[hscn][]", "yes"),
        ("answers[pds][]", "own"),
        ("answers[already_conformant][]", "no"),
        ("answers[other_organisations][]", "no"),
        ("answers[supporting_tasks][]", "no"),
    ];
    let mut writers = Vec::new();
    for number in 1..=CLIENTS {
        let person = Person::signed_in(&service.base, &format!("person0@supplier{number}.example")).await;
        let mut journeys = Vec::new();
        for _ in 0..EACH {
            person.post("journey/plan", &opening).await;
            journeys.push(person.post("journey/open", &[]).await.rsplit('/').next().unwrap().to_owned());
        }
        writers.push((person, journeys));
    }
    let acknowledged = AtomicUsize::new(0);
    let begun = Instant::now();
    let counted = &acknowledged;
    let all = writers.iter().map(|(person, journeys)| async move {
        for journey in journeys {
            for task in ["read-capabilities", "try-demonstrator"] {
                let to = person.post("task/submit", &[("journey", journey), ("task", task), ("seen", "1")]).await;
                if to == format!("/journeys/{journey}") {
                    counted.fetch_add(1, Ordering::Relaxed);
                }
            }
        }
    });
    futures_util::future::join_all(all).await;
    let count = CLIENTS * EACH * 2;
    let per_second = count as f64 / begun.elapsed().as_secs_f64();
    let db = Db::open(&format!("sqlite://{}", data.join("onboarding.sqlite").display())).await.unwrap();
    let mut stored = 0;
    for reference in writers.iter().flat_map(|(_, journeys)| journeys) {
        stored += db.history(&reference.parse::<JourneyRef>().unwrap()).await.unwrap().len() - 1;
    }
    let lost = count - acknowledged.load(Ordering::Relaxed).min(stored);
    Durable { per_second, bare_per_second: bare_commits(data).await, lost }
}

/// Commits a second of one row each, in a database beside the other.
pub async fn bare_commits(data: &Path) -> f64 {
    use sqlx::Connection as _;
    sqlx::any::install_default_drivers();
    let url = format!("sqlite://{}?mode=rwc", data.join("bare.sqlite").display());
    let mut connection = sqlx::AnyConnection::connect(&url).await.unwrap();
    let begin = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; DROP TABLE IF EXISTS rows; CREATE TABLE rows (id BIGINT PRIMARY KEY, body TEXT NOT NULL)";
    sqlx::raw_sql(begin).execute(&mut connection).await.unwrap();
    let begun = Instant::now();
    let mut count = 0i64;
    while begun.elapsed() < Duration::from_secs(3) {
        let row = sqlx::query("INSERT INTO rows (id, body) VALUES ($1, $2)").bind(count).bind("x".repeat(300));
        row.execute(&mut connection).await.unwrap();
        count += 1;
    }
    count as f64 / begun.elapsed().as_secs_f64()
}

/// Bytes of a first visit, compressed: the start page with its style, and with the islands too. Empty without a build.
pub async fn first_visit(person: &Person) -> Vec<(&'static str, usize, f64)> {
    // A page with islands names all of them; the start page has none.
    let page = String::from_utf8(person.get("/ecosystem/consumer", "identity").await).unwrap();
    let names: Vec<String> =
        page.split(['"', '\'']).filter(|part| part.starts_with("/pkg/") && part.contains('.')).map(str::to_owned).collect();
    let name = |end: &str| names.iter().find(|name| name.ends_with(end)).cloned();
    let (Some(css), Some(js), Some(wasm)) = (name(".css"), name(".js"), name(".wasm")) else {
        println!("no built style sheet and scripts: run cargo xtask build --release --front for their sizes");
        return Vec::new();
    };
    let mut sizes = Vec::new();
    for path in ["/", &css, &js, &wasm] {
        sizes.push(person.get(path, "br").await.len());
    }
    let plain = sizes[0] + sizes[1];
    let islands = sizes[2] + sizes[3];
    let picture = person.get("/ecosystem/consumer", "br").await.len();
    vec![
        ("picture of the journey, the page alone, brotli", picture, 45.0 - sizes[1] as f64 / 1000.0),
        ("first visit without islands, brotli", plain, 45.0),
        ("first visit with islands, brotli", plain + islands, 150.0),
        ("of which wasm and glue", islands, 90.0),
    ]
}
