//! The program is killed while twenty people write (design/reliability.md R1, R2): nothing that was acknowledged is lost,
//! nothing is there by half, and the lists are the fold of the ledgers. A few kills here; `KILLS=200` for the long run
//! (scripts/prove.sh). And a disk with no room left answers plainly and recovers (R4).
#![expect(clippy::unwrap_used, reason = "a test says what failed by panicking")]

mod common;

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
    time::Duration,
};

use common::{
    Folder,
    process::{Running, client},
    world::OPENING,
};
use journey::{ids::JourneyRef, port::Ledger as _};
use reqwest::{Client, StatusCode, header};
use server::{commands::verify, demo::PASSWORD, vault::Vault};
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _};
use store::Db;

const WRITERS: usize = 20;

/// What one person was told is recorded: the journey, and the words that were sent.
type Told = Arc<Mutex<Vec<(JourneyRef, String)>>>;

#[derive(Clone)]
struct Writer {
    client: Client,
    journey: JourneyRef,
}

async fn post(client: &Client, base: &str, action: &str, fields: &[(&str, &str)]) -> Option<(StatusCode, String)> {
    let request = client.post(format!("{base}/do/{action}")).header("sec-fetch-site", "same-origin");
    let answer = request.header(header::ACCEPT, "text/html").form(fields).send().await.ok()?;
    let to = answer.headers().get(header::LOCATION).and_then(|to| to.to_str().ok()).unwrap_or_default().to_owned();
    Some((answer.status(), to))
}

impl Writer {
    async fn new(base: &str) -> Self {
        let client = client();
        let signed =
            post(&client, base, "account/sign-in", &[("email", "amara@northmoor.example"), ("password", PASSWORD)]).await;
        assert_eq!(signed.unwrap().1, "/journeys");
        post(&client, base, "journey/plan", OPENING).await.unwrap();
        let (_, to) = post(&client, base, "journey/open", &[]).await.unwrap();
        Self { client, journey: to.rsplit('/').next().unwrap().parse().unwrap() }
    }

    /// Marks a task as done and opens it again, over and over, each time with other words, until nobody answers.
    async fn write(self, base: String, round: usize, told: Told) {
        let journey = self.journey.to_string();
        for count in 0.. {
            let words = format!("round {round}, time {count}");
            let on = [("journey", journey.as_str()), ("task", "try-demonstrator"), ("seen", "1000000")];
            let submit = [on.as_slice(), &[("answers[note][]", words.as_str())]].concat();
            // Accepted, it leads to the journey; refused, back to the task.
            match post(&self.client, &base, "task/submit", &submit).await {
                Some((StatusCode::SEE_OTHER, to)) if to == format!("/journeys/{journey}") => {
                    told.lock().unwrap().push((self.journey.clone(), words));
                }
                Some(_) => {}
                None => return,
            }
            let reopen = [on.as_slice(), &[("reason", "Once more.")]].concat();
            if post(&self.client, &base, "task/reopen", &reopen).await.is_none() {
                return;
            }
        }
    }
}

/// Everything that was told is there, and everything that is there is whole.
async fn nothing_is_lost(url: &str, folder: &Folder, told: &Told, round: usize) {
    let db = Db::open(url).await.unwrap();
    let vault = Vault::folder(&folder.path().join("files")).unwrap();
    let faults = verify::examine(&db, &vault).await.unwrap().faults;
    assert!(faults.is_empty(), "after kill {round}: {faults:#?}");
    let told = told.lock().unwrap().clone();
    let journeys: BTreeSet<&JourneyRef> = told.iter().map(|(journey, _)| journey).collect();
    for journey in journeys {
        let sent = db.submissions(journey, &"try-demonstrator".parse().unwrap()).await.unwrap();
        for (_, words) in told.iter().filter(|(of, _)| of == journey) {
            assert!(sent.iter().any(|s| s.body.contains(&format!("\"{words}\""))), "{journey}: “{words}” was told and is lost");
        }
    }
    db.close().await;
}

fn kills() -> usize {
    std::env::var("KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(4)
}

async fn killed_while_writing(url: Option<String>) {
    let mut folder = Folder::new();
    let sqlite = format!("sqlite://{}?mode=rwc", folder.path().join("onboarding.sqlite").display());
    let place = url.clone().unwrap_or(sqlite);
    let mut settings =
        vec![("DEMO", "true"), ("RATE_PER_SECOND", "100000"), ("TRIES_PER_ADDRESS", "100000"), ("RUST_LOG", "error")];
    if let Some(url) = &url {
        settings.push(("DATABASE_URL", url));
    }
    let told: Told = Arc::default();
    let mut writers: Vec<Writer> = Vec::new();
    for round in 0..kills() {
        let running = Running::start(folder, &settings);
        let base = format!("http://{}", running.address);
        while writers.len() < WRITERS {
            writers.push(Writer::new(&base).await);
        }
        let before = told.lock().unwrap().len();
        let at_work: Vec<_> = writers.iter().map(|w| tokio::spawn(w.clone().write(base.clone(), round, told.clone()))).collect();
        // Another moment each time, spread without randomness; never before something was told.
        let begun = std::time::Instant::now();
        while told.lock().unwrap().len() == before && begun.elapsed() < Duration::from_secs(20) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        tokio::time::sleep(Duration::from_millis(400 + (round as u64 * 137) % 700)).await;
        folder = running.killed();
        for writer in at_work {
            writer.await.unwrap();
        }
        assert!(told.lock().unwrap().len() > before, "round {round}: nothing was told before the kill");
        nothing_is_lost(&place, &folder, &told, round).await;
    }
    println!("{} kills, {} writes were told, none is lost", kills(), told.lock().unwrap().len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_on_sqlite_it_loses_nothing_it_told() {
    killed_while_writing(None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_on_postgres_it_loses_nothing_it_told() {
    let given = std::env::var("TEST_POSTGRES_URL").ok().filter(|url| !url.is_empty());
    if given.is_none() && std::env::var("SKIP_POSTGRES").is_ok_and(|skip| skip == "1") {
        println!("skipped: no PostgreSQL (SKIP_POSTGRES=1)");
        return;
    }
    let server = given.expect("set TEST_POSTGRES_URL to a PostgreSQL server, or SKIP_POSTGRES=1 to leave this half out");
    sqlx::any::install_default_drivers();
    let name = format!("gpc_crash_{}", std::process::id());
    let by_hand = async |statement: String| {
        let mut connection = AnyConnection::connect(&server).await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    };
    by_hand(format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")).await;
    let (address, _) = server.split_once('?').unwrap_or((&server, ""));
    let url = format!("{}/{name}", address.rsplit_once('/').unwrap().0);
    killed_while_writing(Some(url)).await;
    by_hand(format!("DROP DATABASE {name} WITH (FORCE)")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_with_no_room_answers_plainly_and_recovers() {
    let settings = [("DEMO", "true"), ("RATE_PER_SECOND", "100000"), ("TRIES_PER_ADDRESS", "100000"), ("RUST_LOG", "error")];
    let running = Running::start(Folder::new(), &settings);
    let base = format!("http://{}", running.address);
    let writer = Writer::new(&base).await;
    let journey = writer.journey.to_string();
    let page = async || {
        let answer =
            writer.client.get(format!("{base}/journeys/{journey}")).header(header::ACCEPT, "text/html").send().await.unwrap();
        (answer.status(), answer.text().await.unwrap())
    };
    let submit = async |words: &str| {
        let fields =
            [("journey", journey.as_str()), ("task", "try-demonstrator"), ("seen", "1000000"), ("answers[note][]", words)];
        post(&writer.client, &base, "task/submit", &fields).await.expect("an answer, whatever the disk does")
    };
    assert_eq!(page().await.0, StatusCode::OK);
    // The files of the process may not grow any more: for a program that is a full disk.
    running.may_grow_files(false);
    let words = "x".repeat(3_900);
    let mut refused = 0;
    for count in 0..200 {
        let (status, to) = submit(&format!("{count} {words}")).await;
        let reopened = [("journey", journey.as_str()), ("task", "try-demonstrator"), ("seen", "1000000"), ("reason", "Again.")];
        if status == StatusCode::SERVICE_UNAVAILABLE || to.ends_with("/try-again") {
            refused += 1;
            if refused > 3 {
                break;
            }
        } else {
            post(&writer.client, &base, "task/reopen", &reopened).await.expect("an answer");
        }
    }
    assert!(refused > 3, "the disk was full and nobody was told");
    let (status, text) = page().await;
    assert!(status == StatusCode::OK || status == StatusCode::SERVICE_UNAVAILABLE, "{status}");
    assert!(!text.to_lowercase().contains("sqlite") && !text.contains("disk"), "{text}");
    running.may_grow_files(true);
    let begun = std::time::Instant::now();
    loop {
        let (status, to) = submit("There is room again.").await;
        if status == StatusCode::SEE_OTHER && !to.ends_with("/try-again") {
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(5), "it did not recover: {status} {to}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(page().await.0, StatusCode::OK);
    assert!(!running.said().contains("panicked"), "{}", running.said());
    let folder = running.killed();
    let url = format!("sqlite://{}?mode=rwc", folder.path().join("onboarding.sqlite").display());
    nothing_is_lost(&url, &folder, &Told::default(), 0).await;
}
