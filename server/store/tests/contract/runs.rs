//! Reports of test suites: kept as read, found on their task and nowhere else.

use journey::{
    base::ids::{Digest, JourneyRef},
    port::runs::{MOST_ASKED, Runs},
    task::results::read,
};

use crate::{cast::id, support::House};

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
