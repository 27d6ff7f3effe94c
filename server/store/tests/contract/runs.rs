//! Reports of test suites: kept as read, found on their task and nowhere else.

use journey::{
    base::ids::{Digest, JourneyRef},
    port::runs::{MOST_ASKED, Runs},
    task::results::{read, scripts::named},
};

use crate::{
    cast::{at, everybody, id},
    support::House,
};

pub async fn a_report_is_kept_as_it_was_read_and_found_on_its_task_only(house: House) {
    let db = house.db;
    let (one, other) = (JourneyRef::from_bits(1), JourneyRef::from_bits(2));
    let report = |name: &str| {
        format!("<testsuite name=\"Patient Read\"><testcase name=\"{name} ’é’\"><failure>no</failure></testcase></testsuite>")
    };
    let (first, second) = (report("a"), report("b"));
    let (digest, later) = (Digest::of(first.as_bytes()), Digest::of(second.as_bytes()));
    let run = read(first.as_bytes()).unwrap();
    db.add_run(&one, &id("p-self-test"), &digest, &run).await.unwrap();
    db.add_run(&one, &id("p-self-test"), &digest, &run).await.unwrap();
    db.add_run(&one, &id("p-self-test"), &later, &read(second.as_bytes()).unwrap()).await.unwrap();
    let found = db.runs(&one, &id("p-self-test"), std::slice::from_ref(&digest)).await.unwrap();
    assert_eq!(found.into_iter().collect::<Vec<_>>(), [(digest.clone(), run)]);
    let both = vec![Digest::of(b"unknown"), later, digest.clone()];
    assert_eq!(db.runs(&one, &id("p-self-test"), &both).await.unwrap().len(), 2);
    assert!(db.runs(&one, &id("p-provider-testing-assurance"), &both).await.unwrap().is_empty());
    assert!(db.runs(&other, &id("p-self-test"), &both).await.unwrap().is_empty());
    assert!(db.runs(&one, &id("p-self-test"), &[]).await.unwrap().is_empty());
    let many: Vec<Digest> = (0..MOST_ASKED + 5).map(|n| Digest::of(&[u8::try_from(n).unwrap()])).chain([digest]).collect();
    assert!(db.runs(&one, &id("p-self-test"), &many).await.unwrap().is_empty(), "only so many are looked for");
}

pub async fn what_somebody_matched_by_hand_is_remembered_of_their_supplier(house: House) {
    let db = house.db;
    everybody(&db).await;
    let (acme, other) = (id("acme"), id("programme"));
    assert!(db.script_matches(&acme).await.unwrap().is_empty());
    let scripts = named("GPC-SPN-TST-10 GPC-FOU-FPA-01/3");
    db.match_scripts(&acme, "Spine: The ’é’ token", &scripts, &id("ada"), at(1)).await.unwrap();
    db.match_scripts(&acme, "Spine: Headers", &named("GPC-SPN-TST-12"), &id("ada"), at(2)).await.unwrap();
    let found = db.script_matches(&acme).await.unwrap();
    assert_eq!(found.len(), 2);
    assert_eq!(found["Spine: The ’é’ token"], scripts);
    assert!(db.script_matches(&other).await.unwrap().is_empty(), "of nobody else");
    db.match_scripts(&acme, "Spine: Headers", &named("GPC-SPN-TST-13"), &id("bob"), at(3)).await.unwrap();
    assert_eq!(db.script_matches(&acme).await.unwrap()["Spine: Headers"], named("GPC-SPN-TST-13"), "said anew");
    db.match_scripts(&acme, "Spine: Headers", &named(""), &id("bob"), at(4)).await.unwrap();
    assert_eq!(db.script_matches(&acme).await.unwrap().len(), 1, "and taken back");
}
