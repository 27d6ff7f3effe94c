//! The program is killed while twenty people write (design/reliability.md R1, R2): nothing that was acknowledged is lost,
//! nothing is there by half, and the lists are the fold of the ledgers. A few kills here; `KILLS=200` for the long run
//! (scripts/prove.sh). A disk with no room left (R4) and a database that is killed under the program (R5) are answered
//! plainly, and it recovers from both by itself.
#![expect(clippy::unwrap_used, reason = "a test says what failed by panicking")]

mod common;

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use common::{
    Folder,
    postgres::{self, Own},
    process::{Running, client, sent},
    world::OPENING,
};
use journey::{base::ids::JourneyRef, port::Ledger as _};
use reqwest::{Client, StatusCode, header};
use server::{commands::verify, demo::PASSWORD, file_store::FileStore};
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
    let answer = sent(client, base, action, fields).await?;
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
    let file_store = FileStore::folder(&folder.path().join("files")).unwrap();
    let faults = verify::examine(&db, &file_store).await.unwrap().faults;
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
        let begun = Instant::now();
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
    let Some(server) = postgres::server() else { return };
    let database = postgres::Fresh::on(&server).await;
    killed_while_writing(Some(database.url.clone())).await;
    database.dropped().await;
}

/// Whether `/readyz` answers so. What it found is good for a second.
async fn is_soon(client: &Client, base: &str, wanted: StatusCode) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(5) {
        if looked_at(client, &format!("{base}/readyz")).await.0 == wanted {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    false
}

/// An answer, the words of its page, and how long it took.
async fn looked_at(client: &Client, url: &str) -> (StatusCode, String, Duration) {
    let begun = Instant::now();
    let answer = client.get(url).header(header::ACCEPT, "text/html").send().await.expect("an answer, whatever happens");
    let status = answer.status();
    (status, answer.text().await.unwrap(), begun.elapsed())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_killed_under_it_is_said_plainly_and_nothing_is_lost() {
    /// Longest time in which somebody is told, and in which everything works again: R5 with room for a busy machine.
    const TOLD_WITHIN: Duration = Duration::from_secs(6);
    const BACK_WITHIN: Duration = Duration::from_secs(10);
    let Some(database) = Own::start() else { return };
    let mut settings =
        vec![("DEMO", "true"), ("RATE_PER_SECOND", "100000"), ("TRIES_PER_ADDRESS", "100000"), ("RUST_LOG", "error")];
    settings.push(("DATABASE_URL", &database.url));
    let running = Running::start(Folder::new(), &settings);
    let base = format!("http://{}", running.address);
    let mut writers = Vec::new();
    while writers.len() < 6 {
        writers.push(Writer::new(&base).await);
    }
    // One of them reads: her page is open and listens.
    let Writer { client, journey: reference } = writers.pop().unwrap();
    let journey = reference.to_string();
    let page = format!("{base}/journeys/{journey}");
    let on = [("journey", journey.as_str()), ("task", "try-demonstrator"), ("seen", "1000000")];
    let submit = [on.as_slice(), &[("answers[note][]", "Sent when the database was there again.")]].concat();
    let mut open = client.get(format!("{base}/live/journeys/{journey}")).send().await.unwrap();
    assert!(String::from_utf8_lossy(&open.chunk().await.unwrap().unwrap()).contains("listening"));
    let told: Told = Arc::default();
    for round in 0..2 {
        let before = told.lock().unwrap().len();
        let at_work: Vec<_> = writers.iter().map(|w| tokio::spawn(w.clone().write(base.clone(), round, told.clone()))).collect();
        let begun = Instant::now();
        while told.lock().unwrap().len() < before + 10 {
            assert!(begun.elapsed() < Duration::from_secs(30), "nobody could write");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        database.kill();
        let (status, words, took) = looked_at(&client, &page).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{words}");
        assert!(words.contains("Try again in a moment") && took < TOLD_WITHIN, "after {took:?}: {words}");
        for inside in ["postgres", "sqlx", "connection", "pool"] {
            assert!(!words.to_lowercase().contains(inside), "{inside}: {words}");
        }
        let (status, _) = post(&client, &base, "task/submit", &submit).await.expect("an answer");
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(looked_at(&client, &format!("{base}/healthz")).await.0, StatusCode::OK, "the program itself is well");
        assert!(is_soon(&client, &base, StatusCode::SERVICE_UNAVAILABLE).await, "it says that it is not ready");
        database.start_again();
        let begun = Instant::now();
        while looked_at(&client, &page).await.0 != StatusCode::OK {
            assert!(begun.elapsed() < BACK_WITHIN, "still away");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert!(is_soon(&client, &base, StatusCode::OK).await, "it says that it is ready again");
        // Those who were writing go on, signed in as they were.
        let before = told.lock().unwrap().len();
        while told.lock().unwrap().len() < before + 10 {
            assert!(begun.elapsed() < 3 * BACK_WITHIN, "nobody can write again");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        for writer in at_work {
            writer.abort();
        }
    }
    // The stream of the open page lived through it. It said that something may have been missed; now it says what is new.
    while tokio::time::timeout(Duration::from_millis(500), open.chunk()).await.is_ok_and(|chunk| chunk.unwrap().is_some()) {}
    let (status, to) = post(&client, &base, "task/submit", &submit).await.unwrap();
    assert_eq!((status, to), (StatusCode::SEE_OTHER, format!("/journeys/{journey}")));
    let changed = async {
        loop {
            let heard = open.chunk().await.unwrap().expect("the stream goes on");
            // Between what it says it breathes.
            if heard.as_ref() != b":\n\n" {
                return String::from_utf8_lossy(&heard).into_owned();
            }
        }
    };
    let heard = tokio::time::timeout(BACK_WITHIN, changed).await.expect("the open page hears again");
    assert!(heard.contains("changed"), "{heard}");
    told.lock().unwrap().push((reference, "Sent when the database was there again.".to_owned()));
    assert!(!running.said().contains("panicked"), "{}", running.said());
    let folder = running.killed();
    nothing_is_lost(&database.url, &folder, &told, 2).await;
    println!("2 kills of the database, {} writes were told, none is lost", told.lock().unwrap().len());
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
        let (status, _) = submit(&format!("{count} {words}")).await;
        let reopened = [("journey", journey.as_str()), ("task", "try-demonstrator"), ("seen", "1000000"), ("reason", "Again.")];
        if status == StatusCode::SERVICE_UNAVAILABLE {
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
    let begun = Instant::now();
    loop {
        let (status, to) = submit("There is room again.").await;
        if status == StatusCode::SEE_OTHER {
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
