//! Drafts: the version decides, and nobody's words are overwritten unseen.

use journey::{
    base::ids::{JourneyRef, Round, TaskId},
    ledger::event::Event,
    port::{Drafts, Ledger, WriteError},
    rule::draft::Draft,
};

use crate::{
    cast::{Walk, at, by, everybody, id, seen, submission, submitted},
    support::House,
};

fn draft(task: &str, body: &str, by: &str, second: i64) -> Draft {
    Draft { task: id(task), subject: "answers".into(), version: 0, body: body.into(), by: id(by), at: at(second), sent: false }
}

pub async fn a_draft_counts_its_saves_and_refuses_a_stale_one(house: House) {
    let db = house.db;
    everybody(&db).await;
    let journey = JourneyRef::from_bits(1);
    let task = id("describe-use-case");
    assert_eq!(db.draft(&journey, &task, "answers").await.unwrap(), None);
    // Nobody has saved version 3.
    assert!(matches!(db.save_draft(&journey, draft("describe-use-case", "{}", "ada", 0), 3).await, Err(WriteError::Conflict)));
    assert_eq!(db.save_draft(&journey, draft("describe-use-case", "[1]", "ada", 1), 0).await.unwrap(), 1);
    assert_eq!(db.save_draft(&journey, draft("describe-use-case", "[\"“é\\u0000\"]", "bob", 2), 1).await.unwrap(), 2);
    for stale in [0, 1, 3, u64::MAX] {
        let late = db.save_draft(&journey, draft("describe-use-case", "[3]", "ada", 3), stale).await;
        assert!(matches!(late, Err(WriteError::Conflict)), "over version {stale}");
    }
    let kept = Draft { version: 2, ..draft("describe-use-case", "[\"“é\\u0000\"]", "bob", 2) };
    assert_eq!(db.draft(&journey, &task, "answers").await.unwrap(), Some(kept));
    assert_eq!(db.draft(&journey, &task, "review").await.unwrap(), None);
    assert_eq!(db.draft(&JourneyRef::from_bits(2), &task, "answers").await.unwrap(), None);

    let review = Draft { subject: "review".into(), ..draft("submit-scal", "{}", "grace", 4) };
    db.save_draft(&journey, review, 0).await.unwrap();
    db.save_draft(&journey, draft("choose-capabilities", "{}", "ada", 4), 0).await.unwrap();
    let mut drafted = db.drafted(&journey, "answers").await.unwrap();
    drafted.sort();
    assert_eq!(drafted, [id("choose-capabilities"), id("describe-use-case")]);
    assert_eq!(db.drafted(&journey, "review").await.unwrap(), [id("submit-scal")]);
}

pub async fn of_ten_writers_over_one_version_one_wins(house: House) {
    let db = house.db;
    everybody(&db).await;
    let journey = JourneyRef::from_bits(1);
    for seen in [0, 1] {
        let writers: Vec<_> = (0..10)
            .map(|number| {
                let (db, journey) = (db.clone(), journey.clone());
                tokio::spawn(async move {
                    db.save_draft(&journey, draft("describe-use-case", &number.to_string(), "ada", 1), seen).await
                })
            })
            .collect();
        let mut won = Vec::new();
        for writer in writers {
            match writer.await.unwrap() {
                Ok(version) => won.push(version),
                Err(WriteError::Conflict) => {}
                Err(WriteError::Store(error)) => panic!("{error}"),
            }
        }
        assert_eq!(won, [seen + 1]);
    }
}

pub async fn a_draft_ends_with_its_submission(house: House) {
    let db = house.db;
    everybody(&db).await;
    let (mut walk, opened) = Walk::open(1, "Patient view", at(0));
    let reference = walk.0.reference.clone();
    db.append(opened).await.unwrap();
    db.save_draft(&reference, draft("read-capabilities", "{}", "ada", 1), 0).await.unwrap();
    db.save_draft(&reference, draft("study-prerequisites", "{}", "ada", 1), 0).await.unwrap();
    let mut batch = walk.then(vec![submitted("read-capabilities", 1)], Some(by("ada", "acme")), at(2));
    batch.drafts_done = vec![seen("read-capabilities", "answers", 1)];
    db.append(batch).await.unwrap();
    assert_eq!(db.drafted(&reference, "answers").await.unwrap(), [id("study-prerequisites")]);
    // Who still types over it is told; the words of a new round begin at version 1.
    assert!(matches!(db.save_draft(&reference, draft("read-capabilities", "{}", "bob", 3), 1).await, Err(WriteError::Conflict)));
    assert_eq!(db.save_draft(&reference, draft("read-capabilities", "{}", "bob", 4), 0).await.unwrap(), 1);
    assert_eq!(walk.0.task(&id("read-capabilities")).round, Round(1));
}

/// Ada sends version 1 while Ben saves version 2: nothing is sent over his words, and nothing is half written.
pub async fn a_draft_that_nobody_saw_stops_what_would_end_it(house: House) {
    let db = house.db;
    everybody(&db).await;
    let (walk, opened) = Walk::open(1, "Patient view", at(0));
    let reference = walk.0.reference.clone();
    db.append(opened.clone()).await.unwrap();
    let task = id("read-capabilities");
    db.save_draft(&reference, draft("read-capabilities", "[\"Ada\"]", "ada", 9), 0).await.unwrap();
    db.save_draft(&reference, draft("read-capabilities", "[\"Ben\"]", "bob", 1), 1).await.unwrap();
    for version in [0, 1, 3] {
        let mut batch = walk.would(submitted("read-capabilities", 1), by("ada", "acme"), at(10));
        batch.drafts_done = vec![seen("read-capabilities", "answers", version)];
        batch.submissions = vec![submission("read-capabilities", 1, "[\"Ada\"]")];
        assert!(matches!(db.append(batch).await, Err(WriteError::Conflict)), "over version {version}");
        assert_eq!(db.history(&reference).await.unwrap(), opened.recorded);
        assert_eq!(db.submissions(&reference, &task).await.unwrap(), []);
        assert_eq!(db.draft(&reference, &task, "answers").await.unwrap().unwrap().body, "[\"Ben\"]");
    }
    let mut batch = walk.would(submitted("read-capabilities", 1), by("ada", "acme"), at(10));
    batch.drafts_done = vec![seen("read-capabilities", "answers", 2), seen("read-capabilities", "review", 0)];
    db.append(batch).await.unwrap();
    assert_eq!(db.draft(&reference, &task, "answers").await.unwrap(), None);
}

/// The rows of a SCAL stay when it is sent, and know which version went in, whatever clocks say.
pub async fn what_went_into_a_round_is_marked_and_what_came_later_is_not(house: House) {
    let db = house.db;
    everybody(&db).await;
    let (mut walk, opened) = Walk::open(1, "Patient view", at(0));
    let reference = walk.0.reference.clone();
    let task = id("submit-scal");
    db.append(opened).await.unwrap();
    let row = |row: &str, version: u64, second: i64| Draft {
        subject: format!("row.{row}"),
        version,
        ..draft("submit-scal", "{}", "ada", second)
    };
    db.save_drafts(&reference, vec![row("a", 0, 1), row("b", 0, 1), row("c", 0, 1)]).await.unwrap();
    // What is sent was read; then `b` is saved again, by a clock that is an hour behind; then the round is written.
    db.save_drafts(&reference, vec![row("b", 1, -3600)]).await.unwrap();
    let mut batch = walk.then(vec![submitted("submit-scal", 1)], Some(by("ada", "acme")), at(2));
    batch.drafts_sent = vec![seen("submit-scal", "row.a", 1), seen("submit-scal", "row.b", 1)];
    db.append(batch).await.unwrap();
    let marks = async || {
        let drafts = db.drafts(&reference, &task, "row.").await.unwrap();
        drafts.into_iter().map(|draft| (draft.subject, draft.version, draft.sent)).collect::<Vec<_>>()
    };
    let told = |row: &str, version: u64, sent: bool| (format!("row.{row}"), version, sent);
    assert_eq!(marks().await, [told("a", 1, true), told("b", 2, false), told("c", 1, false)]);
    assert!(db.draft(&reference, &task, "row.a").await.unwrap().unwrap().sent);
    assert!(!db.draft(&reference, &task, "row.b").await.unwrap().unwrap().sent);
    // A row that is saved again was not sent; the next round takes what is there then, and an older one takes nothing back.
    db.save_drafts(&reference, vec![row("a", 1, 3)]).await.unwrap();
    let mut batch = walk.then(vec![submitted("submit-scal", 2)], Some(by("ada", "acme")), at(4));
    batch.drafts_sent = vec![seen("submit-scal", "row.a", 1), seen("submit-scal", "row.b", 2), seen("submit-scal", "row.c", 1)];
    db.append(batch).await.unwrap();
    assert_eq!(marks().await, [told("a", 2, false), told("b", 2, true), told("c", 1, true)]);
    let mut batch = walk.then(vec![submitted("submit-scal", 3)], Some(by("ada", "acme")), at(5));
    batch.drafts_sent = vec![seen("submit-scal", "row.b", 1)];
    db.append(batch).await.unwrap();
    assert_eq!(marks().await[1], told("b", 2, true));
}

/// Until release 0080 of the schema clocks said what had been sent and what had been looked at again.
pub async fn drafts_of_before_count_as_they_did(house: House) {
    let db = &house.db;
    everybody(db).await;
    let (mut walk, opened) = Walk::open(1, "Patient view", at(0));
    let reference = walk.0.reference.clone();
    let task: TaskId = id("submit-scal");
    db.append(opened).await.unwrap();
    let row =
        |row: &str, body: &str, second: i64| Draft { subject: format!("row.{row}"), ..draft("submit-scal", body, "ada", second) };
    let reassessed = Event::Reassessed { task: task.clone(), product: "4.3".to_owned(), name: String::new(), rows: Vec::new() };
    let other = Draft { body: "{}".to_owned(), ..draft("s-dspt", "{}", "ada", 30) };
    for (event, second) in [(submitted("submit-scal", 1), 10), (submitted("s-dspt", 1), 15), (reassessed, 20)] {
        db.append(walk.then(vec![event], Some(by("ada", "acme")), at(second))).await.unwrap();
    }
    let product = row("product", "{\"product_version\":[\"4.2\"]}", 25);
    let drafts = vec![
        row("a", "{\"a\":[\"met\"]}", 10),
        row("b", "{\"b\":[\"met\"]}", 11),
        row("c", "{}", 25),
        row("d", "{\"d\":[\"“é”\"]}", 25),
        product,
        other,
    ];
    db.save_drafts(&reference, drafts).await.unwrap();
    house.by_hand("DROP TABLE drafts_sent").await;
    house.by_hand(include_str!("../../../../migrations/0080_drafts_sent.sql")).await;
    let found = db.drafts(&reference, &task, "row.").await.unwrap();
    let found: Vec<(&str, bool, &str)> =
        found.iter().map(|draft| (draft.subject.as_str(), draft.sent, draft.body.as_str())).collect();
    assert_eq!(
        found,
        [
            ("row.a", true, "{\"a\":[\"met\"]}"),
            ("row.b", false, "{\"b\":[\"met\"]}"),
            ("row.c", false, "{\"confirmed\":[\"4\"]}"),
            ("row.d", false, "{\"confirmed\":[\"4\"],\"d\":[\"“é”\"]}"),
            ("row.product", false, "{\"product_version\":[\"4.2\"]}"),
        ]
    );
    assert_eq!(db.draft(&reference, &id("s-dspt"), "answers").await.unwrap().unwrap().body, "{}");
}
