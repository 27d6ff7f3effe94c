//! The program is killed while the members of a group sign by their links: whoever was told that it is recorded has signed, nobody
//! has signed twice, and those who were not told sign when it is there again. A few kills; `KILLS` for more.
#![expect(clippy::unwrap_used, reason = "a test says what failed by panicking")]

mod common;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use common::{
    Folder, postgres,
    process::{Running, client, sent},
    world::{fields_of, signing},
};
use journey::{
    base::ids::{Digest, JourneyRef},
    ledger::{event::Event, journey::Journey, signing as signatures},
    plan::process::Processes,
    port::{JourneyFilter, Ledger as _},
};
use reqwest::{Client, header};
use server::{commands::verify, demo::PASSWORD, file_store::FileStore};
use store::Db;

const SHARING: &str = "data-sharing-agreement";

/// A practice that has its link and has entered its code.
#[derive(Clone)]
struct Practice {
    code: String,
    client: Client,
    token: String,
}

/// The newest letter to somebody whose text has this in it; it waits for it.
async fn letter(mail: &Path, to: &str, with: &str) -> String {
    let begun = Instant::now();
    loop {
        let mut theirs: Vec<_> = std::fs::read_dir(mail)
            .into_iter()
            .flatten()
            .filter_map(|file| Some((file.as_ref().ok()?.metadata().ok()?.modified().ok()?, file.ok()?.path())))
            .filter(|(_, path)| path.extension().is_some_and(|end| end == "eml"))
            .filter_map(|(at, path)| Some((at, std::fs::read_to_string(path).ok()?)))
            .filter(|(_, text)| text.starts_with(&format!("To: {to}\n")) && text.contains(with))
            .collect();
        theirs.sort();
        if let Some((_, text)) = theirs.pop() {
            return text;
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "no letter to {to} with “{with}”");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

fn after<'a>(text: &'a str, mark: &str) -> &'a str {
    text.split_once(mark).unwrap_or_else(|| panic!("no “{mark}” in {text}")).1
}

/// Who has signed for which member, and how often.
fn signed(history: &[journey::ledger::event::Recorded]) -> BTreeMap<String, usize> {
    let mut all = BTreeMap::new();
    for recorded in history {
        if let Event::Signed { member: Some(member), .. } = &recorded.event {
            *all.entry(member.ods_code.clone()).or_default() += 1;
        }
    }
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_a_group_signs_it_loses_and_doubles_no_signature() {
    killed_while_a_group_signs(None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_a_group_signs_it_loses_and_doubles_no_signature_on_postgres() {
    let Some(server) = postgres::server() else { return };
    let database = postgres::Fresh::on(&server).await;
    killed_while_a_group_signs(Some(&database.url)).await;
    database.dropped().await;
}

/// On a file of its own, or on this database of PostgreSQL, which goes on when the program is killed.
async fn killed_while_a_group_signs(database: Option<&str>) {
    let mut settings =
        vec![("DEMO", "true"), ("RATE_PER_SECOND", "100000"), ("TRIES_PER_ADDRESS", "100000"), ("RUST_LOG", "error")];
    settings.extend(database.map(|url| ("DATABASE_URL", url)));
    let mut running = Running::start(Folder::new(), &settings);
    let url = |folder: &Folder| {
        let file = || format!("sqlite://{}?mode=rwc", folder.path().join("onboarding.sqlite").display());
        database.map_or_else(file, str::to_owned)
    };
    let (reference, words, waiting) = group(&url(&running.folder)).await;
    let mut base = format!("http://{}", running.address);
    let lead = client();
    sent(&lead, &base, "account/sign-in", &[("email", "bea@saltmarsh.example"), ("password", PASSWORD)]).await.unwrap();
    let lines: Vec<String> = waiting.iter().map(|code| format!("{code}, Person of {code}, {code}@crash.example")).collect();
    let (lines, journey) = (lines.join("\n"), reference.to_string());
    sent(&lead, &base, "signatories/ask", &[("journey", &journey), ("task", SHARING), ("signatories", &lines)]).await.unwrap();
    let mail = running.folder.path().join("mail");
    let mut practices = Vec::new();
    for code in &waiting {
        let (client, email) = (client(), format!("{}@crash.example", code.to_lowercase()));
        let asked = letter(&mail, &email, "asks you to sign").await;
        let token = after(&asked, "/sign/").split_whitespace().next().unwrap().to_owned();
        sent(&client, &base, "sign/code", &[("token", &token)]).await.unwrap();
        let text = letter(&mail, &email, "Your code is ").await;
        let entered = &after(&text, "Your code is ")[..6];
        sent(&client, &base, "sign/enter", &[("token", &token), ("code", entered)]).await.unwrap();
        practices.push(Practice { code: code.clone(), client, token });
    }
    let told: Arc<Mutex<BTreeSet<String>>> = Arc::default();
    let kills: u64 = std::env::var("KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(3);
    for round in 0..=kills {
        let left: Vec<Practice> = practices.iter().filter(|one| !told.lock().unwrap().contains(&one.code)).cloned().collect();
        let at_work: Vec<_> = left
            .into_iter()
            .map(|one| {
                let (base, told, words) = (base.clone(), told.clone(), words.clone());
                tokio::spawn(async move {
                    let fields = fields_of(&signing(SHARING));
                    let mut fields: Vec<(&str, &str)> = fields.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
                    fields.extend([("token", one.token.as_str()), ("words", words.as_str())]);
                    let Some(answer) = sent(&one.client, &base, "sign/sign", &fields).await else { return };
                    // What is said on the next page travels in a cookie.
                    let said = answer.headers().get_all(header::SET_COOKIE).iter().any(|value| {
                        value.to_str().is_ok_and(|text| {
                            text.contains("signature+is+recorded") || text.contains("signature%20is%20recorded")
                        })
                    });
                    if said {
                        told.lock().unwrap().insert(one.code);
                    }
                })
            })
            .collect();
        if round < kills {
            tokio::time::sleep(Duration::from_millis(15 + 20 * round)).await;
            let folder = running.killed();
            for one in at_work {
                one.await.unwrap();
            }
            let db = Db::open(&url(&folder)).await.unwrap();
            let there = signed(&db.history(&reference).await.unwrap());
            for code in told.lock().unwrap().iter() {
                assert_eq!(there.get(code), Some(&1), "{code} was told, after kill {round}");
            }
            db.close().await;
            running = Running::start(folder, &settings);
            base = format!("http://{}", running.address);
        } else {
            for one in at_work {
                one.await.unwrap();
            }
        }
    }
    let folder = running.killed();
    let db = Db::open(&url(&folder)).await.unwrap();
    let there = signed(&db.history(&reference).await.unwrap());
    assert!(waiting.iter().all(|code| there.get(code) == Some(&1)), "each once, and none is lost: {there:?}");
    let file_store = FileStore::folder(&folder.path().join("files")).unwrap();
    assert_eq!(verify::examine(&db, &file_store).await.unwrap().faults, Vec::<String>::new());
    println!("{} practices signed through {kills} kills", waiting.len());
    db.close().await;
}

/// The journey of the demo whose group signs by letter, the digest of its words, and the members that have not signed.
async fn group(url: &str) -> (JourneyRef, String, Vec<String>) {
    let db = Db::open(url).await.unwrap();
    let filter = JourneyFilter { find: "Urgent Care Link".to_owned(), limit: 1, ..JourneyFilter::default() };
    let reference = db.journeys(&filter).await.unwrap()[0].reference.clone();
    let history = db.history(&reference).await.unwrap();
    let journey = Journey::replay(&reference, &history, Processes::shipped().unwrap()).unwrap();
    let spec = journey.process.task(&SHARING.parse().unwrap()).unwrap();
    let words: Digest = signatures::words(&journey, spec);
    let waiting = journey::rule::by_link::unsigned(&journey, spec).into_iter().map(|member| member.ods_code.clone()).collect();
    db.close().await;
    (reference, words.to_string(), waiting)
}
