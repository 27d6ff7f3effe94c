//! A journey that is downloaded stands by itself: everything in it is found to be what the ledger says, and whatever is
//! changed, left out or put in is found.

use std::{
    collections::BTreeMap,
    io::{Cursor, Read as _, Write as _},
    process::Command as Run,
};

use crate::common::{
    Folder,
    world::{Play, Small, invite, opening, shipped, signing, task},
};
use axum::http::StatusCode;
use journey::{
    base::{
        actor::{Actor, Role},
        ids::Digest,
    },
    ledger::agreement_text::AgreementText,
    plan::opening::Opening,
    port::Ledger as _,
    rule::command::Command,
    task::agreement,
};
use server::pack;
use sqlx::{Connection as _, SqliteConnection};
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

const AGREEMENT: &str = "receive-connection-agreement";

type Parts = BTreeMap<String, Vec<u8>>;

fn parts_of(bytes: &[u8]) -> Parts {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut parts = BTreeMap::new();
    for at in 0..zip.len() {
        let mut part = zip.by_index(at).unwrap();
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).unwrap();
        parts.insert(part.name().unwrap().into_owned(), bytes);
    }
    parts
}

fn zipped(parts: &Parts) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn text_of<'a>(parts: &'a Parts, name: &str) -> &'a str {
    std::str::from_utf8(&parts[name]).unwrap()
}

/// What is wrong, in one sentence or several.
fn faults(parts: &Parts) -> Vec<String> {
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
    let authority = agreement::authority_in_words(spec, AgreementText::to_send(spec), &signing(AGREEMENT)).unwrap();
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
        (&checked.journey, checked.digests.len(), checked.head()),
        (&reference, recorded.len(), recorded.last().unwrap().digest.clone())
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
    assert!(
        said.status.success() && words.contains(checked.head().as_str()),
        "{words} {}",
        String::from_utf8_lossy(&said.stderr)
    );

    // The words that were signed can be read in it, and what to do with it.
    let parts = parts_of(&bytes);
    let signed = |name: &String| name.starts_with("texts/") && text_of(&parts, name).contains("9. Whoever signs has authority");
    assert!(parts.keys().any(signed));
    let readme = text_of(&parts, "README.txt");
    assert!(readme.contains("verify --pack") && readme.contains(checked.head().as_str()), "{readme}");
    assert!(readme.contains(checked.ledger.unwrap().as_str()) && readme.contains("/verify/heads"), "{readme}");
    let events = text_of(&parts, "ledger.jsonl").lines().count();
    assert_eq!(events, recorded.len());

    // The certificate is in it as anybody downloads it, though nobody had asked for it; what is signed in part is not.
    let documents: Vec<&String> = parts.keys().filter(|name| name.starts_with("documents/")).collect();
    assert!(matches!(&documents[..], [one] if one.starts_with("documents/TCC-") && one.ends_with(".pdf")), "{documents:?}");
    let certificate = &parts[documents[0]];
    let page = format!("/journeys/{reference}/tasks/receive-technical-conformance-certificate/certificate.pdf");
    assert!(*certificate == small.lead.browser.download(&page).await.1);
    assert!(text_of(&parts, "journey.json").contains(Digest::of(certificate).as_str()));
    assert!(readme.contains(Digest::of(certificate).as_str()) && readme.contains(documents[0]), "{readme}");
    let (_, again) = lead.download(&path).await;
    assert!(parts_of(&again) == parts, "it is made once");

    // One changed letter anywhere but in what no digest speaks of.
    for (name, bytes) in parts.iter().filter(|(name, _)| !["README.txt", "names.json"].contains(&name.as_str())) {
        for at in [bytes.len() / 3, bytes.len() / 2, bytes.len() - 2] {
            let at = (at..bytes.len()).find(|at| bytes[*at].is_ascii_alphanumeric()).unwrap_or(0);
            let mut changed = bytes.clone();
            changed[at] = if changed[at] == b'7' { b'3' } else { b'7' };
            let mut with = parts.clone();
            with.insert(name.clone(), changed);
            assert!(!faults(&with).is_empty(), "{name}, letter {at}");
        }
        let mut without = parts.clone();
        without.remove(name);
        assert!(!faults(&without).is_empty(), "without {name}");
    }
    let mut more = parts.clone();
    more.insert("submissions/of-nobody.json".to_owned(), b"{}".to_vec());
    more.insert("documents/of-nobody.pdf".to_owned(), b"%PDF-".to_vec());
    let unknown =
        ["documents/of-nobody.pdf", "submissions/of-nobody.json"].map(|name| format!("the ledger does not speak of {name}"));
    assert_eq!(faults(&more), unknown);
    let mut shorter: Vec<&str> = text_of(&parts, "ledger.jsonl").lines().collect();
    shorter.remove(3);
    let mut gap = parts.clone();
    gap.insert("ledger.jsonl".to_owned(), shorter.join("\n").into_bytes());
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
    let user = crate::common::world::admit(
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
