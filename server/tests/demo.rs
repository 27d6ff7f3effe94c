//! The demo: everybody can sign in, every list says what its ledger says, and it is the same every time.

use std::collections::BTreeMap;

use crate::common::{Folder, House};
use jiff::Timestamp;
use journey::{
    ledger::{event::Event, journey::Journey},
    plan::process::Processes,
    port::{JourneyFilter, Ledger as _, Outbox as _, People as _, messages::Messages as _},
};
use server::{
    commands::verify,
    demo::{self, PASSWORD, Size},
    file_store::FileStore,
    login::MachineSecrets,
};
use store::Db;

fn now() -> Timestamp {
    "2026-11-24T15:00:00Z".parse().unwrap()
}

async fn filled(folder: &Folder, size: Size) -> Db {
    let db = Db::open(&format!("sqlite://{}?mode=rwc", folder.path().join("onboarding.sqlite").display())).await.unwrap();
    db.migrate().await.unwrap();
    demo::fill(&db, &FileStore::folder(&folder.path().join("files")).unwrap(), size, now()).await.unwrap();
    db
}

async fn journeys(db: &Db) -> Vec<Journey> {
    let mut all = Vec::new();
    for reference in db.references(None, 1000).await.unwrap() {
        let history = db.history(&reference).await.unwrap();
        assert!(history.windows(2).all(|pair| pair[0].at <= pair[1].at), "{reference}: time goes on");
        assert!(history.iter().all(|recorded| recorded.at < now()), "{reference}: nothing happens in the future");
        all.push(Journey::replay(&reference, &history, Processes::shipped().unwrap()).unwrap());
    }
    all
}

#[tokio::test]
async fn a_demo_has_journeys_in_every_state_and_holds_against_its_ledgers() {
    let folder = Folder::new();
    let db = filled(&folder, Size::default()).await;
    let found = verify::examine(&db, &FileStore::folder(&folder.path().join("files")).unwrap()).await.unwrap();
    assert_eq!(found.faults, Vec::<String>::new());
    assert!(found.files > 20, "evidence comes with files: {found:?}");
    let mut phases: BTreeMap<String, u32> = BTreeMap::new();
    for line in db.journeys(&JourneyFilter { limit: 100, ..JourneyFilter::default() }).await.unwrap() {
        *phases.entry(format!("{} {}", line.phase, line.stage)).or_default() += 1;
    }
    for wanted in [
        "open Get started and explore",
        "open Engagement",
        "open Development and assurance",
        "open Deployment",
        "live Deployment",
        "open Test and assure",
        // A provider whose roll-out has begun has no stage left.
        "live ",
    ] {
        assert!(phases.contains_key(wanted), "{wanted} is missing: {phases:?}");
    }
    assert!(phases.keys().any(|phase| phase.starts_with("withdrawn")), "{phases:?}");
    let filter = JourneyFilter { find: "Ward Round".to_owned(), limit: 1, ..JourneyFilter::default() };
    let journey = db.journeys(&filter).await.unwrap()[0].reference.clone();
    let amara = db.person_by_email("amara@northmoor.example").await.unwrap().unwrap();
    let unseen = db.unseen(&amara.id, &journey, None).await.unwrap();
    assert!(unseen.iter().any(|(_, count)| *count > 0), "somebody has something to read");
    // No letter waits for people who do not exist.
    assert_eq!(db.letters_waiting().await.unwrap().0, 0);
    let all = journeys(&db).await;
    let group = all.iter().find(|journey| journey.opening.product == "Shared Care Window 2.1").expect("it is in the demo");
    let task = "start-end-user-engagement".parse().unwrap();
    let sent = db.submissions(&group.reference, &task).await.unwrap().remove(0).body;
    assert!(sent.contains("secondary_care") && !sent.contains("general_practice"), "a hospital leads the group: {sent}");
    let lapsed = all.iter().find(|journey| journey.opening.product == "Repeat Requests 2.2").expect("it is in the demo");
    let history = db.history(&lapsed.reference).await.unwrap();
    assert!(history.iter().any(|recorded| matches!(recorded.event, Event::Lapsed { .. })), "its approval has lapsed");
}

#[tokio::test]
async fn the_demo_is_the_same_every_time_and_refuses_what_is_not_empty() {
    let (one, two) = (Folder::new(), Folder::new());
    let (first, second) = (filled(&one, Size::default()).await, filled(&two, Size::default()).await);
    let heads = |journeys: Vec<Journey>| journeys.into_iter().map(|j| (j.reference.to_string(), j.head)).collect::<Vec<_>>();
    assert_eq!(heads(journeys(&first).await), heads(journeys(&second).await));
    let again = demo::fill(&first, &FileStore::folder(one.path()).unwrap(), Size::default(), now()).await;
    assert!(again.is_err_and(|why| why.contains("not empty")));
}

#[tokio::test]
async fn a_large_demo_is_as_large_as_it_is_asked_to_be() {
    let folder = Folder::new();
    let db = filled(&folder, Size { journeys: 60, people: 50 }).await;
    assert_eq!(journeys(&db).await.len(), 60);
    let people = db.people_events(journey::base::ids::Seq(0), 1000).await.unwrap().len();
    assert!(people >= 50, "{people}");
    let found = verify::examine(&db, &FileStore::folder(&folder.path().join("files")).unwrap()).await.unwrap();
    assert_eq!(found.faults, Vec::<String>::new());
}

#[tokio::test]
async fn everybody_on_the_printed_table_signs_in() {
    let folder = Folder::new();
    let db = filled(&folder, Size::default()).await;
    db.close().await;
    let table = demo::sign_ins();
    let emails: Vec<&str> = table.lines().filter_map(|line| line.split(' ').next()).filter(|word| word.contains('@')).collect();
    assert_eq!(emails.len(), 29, "{table}");
    let change = |config: &mut server::config::Serve| config.place.database.data = folder.path().to_owned();
    let house = House::with(change, std::sync::Arc::new(MachineSecrets::new())).await;
    assert!(demo::is_demo(&house.db).await.unwrap());
    for email in [emails[0], emails[10], emails[24], emails[27]] {
        let mut browser = house.browser();
        let page = browser.post("account/sign-in", &[("email", email), ("password", PASSWORD)]).await;
        let page = browser.through_second_step(page).await;
        let home = match email {
            email if email.starts_with("olive") => "/operator",
            email if email.ends_with("@programme.example") => "/worklist",
            _ => "/journeys",
        };
        assert_eq!(page.to(), home, "{email}");
        let page = browser.visit("/journeys").await;
        assert_eq!(page.status, 200, "{email}: {}", page.body);
        assert!(house.db.person_by_email(email).await.unwrap().unwrap().confirmed);
    }
}
