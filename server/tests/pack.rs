//! A journey that is downloaded stands by itself: everything in it is found to be what the ledger says, and whatever is
//! changed, left out or put in is found.
#![expect(clippy::unwrap_used, reason = "a test says what failed by panicking")]

mod common;

use std::{
    collections::BTreeMap,
    io::{Cursor, Read as _, Write as _},
    process::Command as Run,
};

use axum::http::StatusCode;
use common::{
    Folder,
    world::{Play, Small, invite, opening, shipped, signing, task},
};
use journey::{
    base::actor::{Actor, Role},
    plan::opening::Opening,
    port::Ledger as _,
    rule::command::Command,
    task::agreement,
};
use server::pack;
use sqlx::{Connection as _, SqliteConnection};
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

const AGREEMENT: &str = "receive-connection-agreement";

fn parts_of(bytes: &[u8]) -> BTreeMap<String, String> {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut parts = BTreeMap::new();
    for at in 0..zip.len() {
        let mut part = zip.by_index(at).unwrap();
        let mut text = String::new();
        part.read_to_string(&mut text).unwrap();
        parts.insert(part.name().unwrap().into_owned(), text);
    }
    parts
}

fn zipped(parts: &BTreeMap<String, String>) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// What is wrong, in one sentence or several.
fn faults(parts: &BTreeMap<String, String>) -> Vec<String> {
    match pack::check(Cursor::new(zipped(parts)), shipped()) {
        Ok(checked) => checked.faults,
        Err(says) => vec![says],
    }
}

#[tokio::test]
async fn a_journey_that_was_downloaded_is_checked_without_the_service() {
    let mut small = Small::new().await;
    let mut teams = small.assurance.actor.clone();
    teams.roles.extend([Role::ClinicalSafety, Role::InformationGovernance, Role::ServiceManagement]);
    let signatory = invite(&small.house, &mut small.lead, "signe@acme.example", Role::Signatory).await.actor;
    let cast: Vec<Actor> = small.cast().into_iter().cloned().chain([teams]).collect();
    let cast: Vec<&Actor> = cast.iter().collect();
    let opening = Opening { supporting_tasks: false, other_organisations: false, ..opening() };
    let mut play = Play::open_with("consumer", &small.house, &small.lead, opening);
    play.until_ready(&cast, AGREEMENT).submits(&small.lead.actor, AGREEMENT);
    let spec = shipped().all().find_map(|process| process.task(&task(AGREEMENT))).unwrap();
    let authority = agreement::authority_in_words(spec, &signing(AGREEMENT)).unwrap();
    let words = play.words(AGREEMENT);
    play.does(&signatory, Command::Sign { task: task(AGREEMENT), name: "A Name".to_owned(), authority, words });
    let reference = play.written(&small.house).await;

    let path = format!("/journeys/{reference}/pack.zip");
    let mut lead = small.lead.browser.clone();
    let history = lead.get(&format!("/journeys/{reference}/history")).await;
    assert!(history.body.contains(&format!("href=\"{path}\"")), "{}", history.body);
    let (status, bytes) = lead.download(&path).await;
    assert_eq!(status, StatusCode::OK);
    let checked = pack::check(Cursor::new(&bytes), shipped()).unwrap();
    assert_eq!(checked.faults, Vec::<String>::new());
    let recorded = small.house.db.history(&reference).await.unwrap();
    assert_eq!(
        (checked.journey, checked.events, &checked.head),
        (reference.clone(), recorded.len(), &recorded.last().unwrap().digest)
    );

    // By the program, as somebody would who was handed the file.
    let folder = Folder::new();
    let file = folder.path().join("journey.zip");
    std::fs::write(&file, &bytes).unwrap();
    let verify = |file: &std::path::Path| {
        Run::new(env!("CARGO_BIN_EXE_gpc-onboarding")).args(["verify", "--pack"]).arg(file).output().unwrap()
    };
    let said = verify(&file);
    let words = String::from_utf8_lossy(&said.stdout).into_owned();
    assert!(said.status.success() && words.contains(checked.head.as_str()), "{words} {}", String::from_utf8_lossy(&said.stderr));

    // The words that were signed can be read in it, and what to do with it.
    let parts = parts_of(&bytes);
    assert!(parts.iter().any(|(name, text)| name.starts_with("texts/") && text.contains("8. Whoever signs has authority")));
    assert!(parts["README.txt"].contains("verify --pack") && parts["README.txt"].contains(checked.head.as_str()));
    let events = parts["ledger.jsonl"].lines().count();
    assert_eq!(events, recorded.len());

    // One changed letter anywhere but in what no digest speaks of.
    for (name, text) in parts.iter().filter(|(name, _)| !["README.txt", "names.json"].contains(&name.as_str())) {
        for at in [text.len() / 3, text.len() / 2, text.len() - 2] {
            let at = (at..text.len()).find(|at| text.as_bytes()[*at].is_ascii_alphanumeric()).unwrap_or(0);
            let mut changed = text.clone().into_bytes();
            changed[at] = if changed[at] == b'7' { b'3' } else { b'7' };
            let mut with = parts.clone();
            with.insert(name.clone(), String::from_utf8(changed).unwrap());
            assert!(!faults(&with).is_empty(), "{name}, letter {at}");
        }
        let mut without = parts.clone();
        without.remove(name);
        assert!(!faults(&without).is_empty(), "without {name}");
    }
    let mut more = parts.clone();
    more.insert("submissions/of-nobody.json".to_owned(), "{}".to_owned());
    assert_eq!(faults(&more), ["the ledger does not speak of submissions/of-nobody.json"]);
    let mut shorter: Vec<&str> = parts["ledger.jsonl"].lines().collect();
    shorter.remove(3);
    let mut gap = parts.clone();
    gap.insert("ledger.jsonl".to_owned(), shorter.join("\n"));
    assert!(!faults(&gap).is_empty(), "an entry was taken out");

    std::fs::write(&file, b"PK nothing").unwrap();
    let said = verify(&file);
    assert!(!said.status.success() && String::from_utf8_lossy(&said.stderr).contains("this is no ZIP file"));
}

#[tokio::test]
async fn a_pack_is_for_those_to_whom_nothing_is_closed() {
    let small = Small::new().await;
    let reference = small.submitted().await;
    let path = format!("/journeys/{reference}/pack.zip");
    for (browser, status) in [(&small.lead.browser, StatusCode::OK), (&small.reviewer.browser, StatusCode::OK)] {
        assert_eq!(browser.clone().download(&path).await.0, status);
    }
    let user = common::world::admit(
        &small.house,
        journey::base::actor::Side::EndUser,
        "Willow Lane Surgery",
        "bea@willow.example",
        &[Role::GroupLead],
    )
    .await;
    assert_eq!(user.browser.clone().download(&path).await.0, StatusCode::NOT_FOUND);
    assert_eq!(small.house.browser().download(&path).await.0, StatusCode::SEE_OTHER);
}

/// Whoever sends without end does not make the service hold all of it at once.
#[tokio::test]
async fn a_journey_that_is_too_long_is_not_handed_out_as_one_file() {
    let small = Small::new().await;
    let reference = small.submitted().await;
    let mut other = SqliteConnection::connect(&format!("sqlite://{}", small.house.file().display())).await.unwrap();
    sqlx::query("UPDATE submissions SET body = replace(hex(zeroblob(9000000)), '0', 'x') WHERE task = 'describe-use-case'")
        .execute(&mut other)
        .await
        .unwrap();
    let (status, page) = small.lead.browser.clone().download(&format!("/journeys/{reference}/pack.zip")).await;
    let page = String::from_utf8_lossy(&page).into_owned();
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE, "{page}");
    assert!(page.contains("This journey is too long for one file"), "{page}");
}
