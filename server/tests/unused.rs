//! Bytes that nobody owns: what was taken out again is not handed out, is removed after a day, and nobody may fill the disk.

use std::{path::PathBuf, sync::Arc, time::SystemTime};

use crate::common::{
    ADDS_FILES, Browser, House, Page, Quick, multipart, multipart_named,
    world::{Play, Small, admit, invite},
};
use axum::http::StatusCode;
use journey::{
    base::{
        actor::{Role, Side},
        ids::{Digest, JourneyRef},
    },
    port::files::Files as _,
};
use server::unused;

const KEPT: &[u8] = b"%PDF-1.7\nKept.\n";
const LOST: &[u8] = b"%PDF-1.7\nNot for anybody.\n";

async fn adds(browser: &mut Browser, journey: &JourneyRef, version: &str, files: &[(&str, &[u8])]) -> Page {
    let journey = journey.to_string();
    let words = [("journey", journey.as_str()), ("task", "s-dspt"), ("subject", "answers"), ("version", version)];
    let answer = browser.send(multipart_named("file[files][]", ADDS_FILES, &words, files)).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    browser.follow(answer).await
}

fn link_to(journey: &JourneyRef, bytes: &[u8]) -> String {
    format!("/files/{}?journey={journey}&task=s-dspt", Digest::of(bytes))
}

fn place(house: &House, bytes: &[u8]) -> PathBuf {
    let digest = Digest::of(bytes).to_string();
    house.folder.path().join("files").join(&digest[..2]).join(&digest[2..4]).join(digest)
}

/// The clock of the house moves by hand; the disk's is set to match it.
fn made_old(path: &std::path::Path, house: &House, hours: i64) {
    let at = house.services.clock.now() - jiff::SignedDuration::from_hours(hours);
    std::fs::File::options().write(true).open(path).unwrap().set_modified(SystemTime::from(at)).unwrap();
}

#[tokio::test]
async fn a_file_that_was_taken_out_and_never_sent_is_nobodys_and_goes_after_a_day() {
    let mut small = Small::new().await;
    let house = &small.house;
    let journey = Play::open(house, &small.lead).written(house).await;
    let mut colleague = invite(house, &mut small.lead, "dev@acme.example", Role::Developer).await;
    let mut reviewer = admit(house, Side::Programme, "NHS England", "iga@nhs.example", &[Role::InformationGovernance]).await;
    adds(&mut small.lead.browser, &journey, "0", &[("kept.pdf", KEPT), ("lost.pdf", LOST)]).await;
    assert_eq!(colleague.browser.get(&link_to(&journey, LOST)).await.status, 200, "while the draft names it");
    // The draft goes on without one of them.
    let version = small.lead.browser.get(&format!("/journeys/{journey}/tasks/s-dspt")).await.hidden("version");
    let (text, kept, lost) =
        (journey.to_string(), format!("{} kept.pdf", Digest::of(KEPT)), format!("{} lost.pdf", Digest::of(LOST)));
    let without = [
        ("journey", text.as_str()),
        ("task", "s-dspt"),
        ("subject", "answers"),
        ("version", &version),
        ("answers[files][]", &kept),
        ("answers[files][]", &lost),
        ("remove", &lost),
    ];
    let page = small.lead.browser.submit("files/remove", &without).await;
    assert!(page.body.contains("lost.pdf is removed"), "{}", page.body);
    assert!(!house.db.is_named(&journey, &"s-dspt".parse().unwrap(), &Digest::of(LOST)).await.unwrap(), "it was taken out");
    assert_eq!(colleague.browser.get(&link_to(&journey, LOST)).await.status, 404);
    assert_eq!(reviewer.browser.get(&link_to(&journey, LOST)).await.status, 404);
    assert_eq!(colleague.browser.get(&link_to(&journey, KEPT)).await.status, 200);
    assert_eq!(small.lead.browser.get(&link_to(&journey, LOST)).await.status, 200, "who added it may still be writing");

    // A day later nothing names it: looked for, then removed. Bytes that no row knows go too; what is named stays.
    let file_store = house.config.place.file_store().unwrap();
    let stray = b"%PDF-1.7\nKilled before it was noted.\n";
    std::fs::create_dir_all(place(house, stray).parent().unwrap()).unwrap();
    std::fs::write(place(house, stray), stray).unwrap();
    for bytes in [KEPT, LOST, stray] {
        made_old(&place(house, bytes), house, 0);
    }
    let now = house.services.clock.now();
    assert_eq!(unused::everywhere(&house.db, &file_store, true, now).await.unwrap(), [], "not on the same day");
    house.clock.forward(25 * 3600);
    small.lead.browser.sign_in(&small.lead.email).await;
    assert_eq!(small.lead.browser.get(&link_to(&journey, LOST)).await.status, 404, "not even to whoever added it");
    let now = house.services.clock.now();
    let mut wanted = [Digest::of(LOST), Digest::of(stray)];
    wanted.sort();
    let found = unused::everywhere(&house.db, &file_store, false, now).await.unwrap();
    let mut digests: Vec<Digest> = found.iter().map(|kept| kept.digest.clone()).collect();
    digests.sort();
    assert_eq!(digests, wanted);
    let said = unused::listed(&found, now);
    assert!(said.contains(&format!("{}\t{} bytes\t25 hours old", Digest::of(LOST), LOST.len())), "{said}");
    assert!(place(house, LOST).is_file(), "looking removes nothing");
    // The sweep of a day comes to every place.
    let mut gone = 0;
    for run in 0..64 {
        let then = now + jiff::SignedDuration::from_secs(600 * run);
        gone += unused::sweep(&house.db, &file_store, then).await.unwrap();
    }
    assert_eq!(gone, 2);
    assert!(!place(house, LOST).exists() && !place(house, stray).exists() && place(house, KEPT).is_file());
    assert_eq!(house.db.file(&journey, &"s-dspt".parse().unwrap(), &Digest::of(LOST)).await.unwrap(), None);
    // Added again it is there again, and new.
    adds(&mut small.lead.browser, &journey, "2", &[("lost.pdf", LOST)]).await;
    assert!(place(house, LOST).is_file());
}

#[tokio::test]
async fn what_a_killed_upload_left_half_written_is_swept() {
    let house = House::new().await;
    let file_store = house.config.place.file_store().unwrap();
    let incoming = house.folder.path().join("files/incoming");
    std::fs::create_dir_all(&incoming).unwrap();
    for name in ["a#1", "b#1", "c"] {
        std::fs::write(incoming.join(name), "half").unwrap();
        made_old(&incoming.join(name), &house, if name == "b#1" { 1 } else { 25 });
    }
    assert_eq!(file_store.sweep(house.services.clock.now()).await.unwrap(), 2);
    let left: Vec<String> =
        std::fs::read_dir(&incoming).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(left, ["b#1"], "what is being written stays");
}

#[tokio::test]
async fn an_organisation_has_a_quota_and_reads_how_much_is_used() {
    let house = House::with(|config| config.quota_mb = 1, Arc::new(Quick)).await;
    let mut small = Small::of(house).await;
    let journey = Play::open(&small.house, &small.lead).written(&small.house).await;
    let file = |first: u8, bytes: usize| [b"%PDF-1.7\n".as_slice(), &vec![first; bytes - 9]].concat();
    let (large, other) = (file(b'a', 700_000), file(b'b', 400_000));
    let page = adds(&mut small.lead.browser, &journey, "0", &[("large.pdf", &large), ("other.pdf", &other)]).await;
    let says = "other.pdf: your organisation has used 700 kB of the 1 MB that it may keep here, and this file does not fit.";
    assert!(page.body.contains(says), "{}", page.body);
    assert!(page.body.contains("help@example.org") && page.body.contains("large.pdf"));
    assert!(!place(&small.house, &other).exists(), "nothing of it is kept");
    // What fits is taken; a message counts as well.
    let text = journey.to_string();
    let words = [("journey", text.as_str()), ("audience", "all"), ("words", "See this."), ("message", "a-message-of-a-form")];
    let answer = small.lead.browser.send(multipart("messages/send", &words, &[("third.pdf", &other)])).await;
    let page = small.lead.browser.follow(answer).await;
    assert!(page.body.contains("third.pdf: your organisation has used 700 kB"), "{}", page.body);
    let page = adds(&mut small.lead.browser, &journey, "1", &[("small.pdf", &file(b'c', 200_000))]).await;
    assert!(page.done().is_some(), "{}", page.body);
    assert_eq!(small.house.db.bytes_of(&small.lead.organisation.id).await.unwrap(), 900_000);
}
