//! Drafts: the version decides, and nobody's words are overwritten unseen.

use journey::{
    ids::{JourneyRef, Round},
    port::{Draft, Drafts, Ledger, WriteError},
};

use crate::{
    cast::{Walk, at, by, everybody, id, submitted},
    support::House,
};

fn draft(task: &str, body: &str, by: &str, second: i64) -> Draft {
    Draft { task: id(task), subject: "answers".into(), version: 0, body: body.into(), by: id(by), at: at(second) }
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
    batch.drafts_done = vec![(id("read-capabilities"), "answers".into())];
    db.append(batch).await.unwrap();
    assert_eq!(db.drafted(&reference, "answers").await.unwrap(), [id("study-prerequisites")]);
    // Who still types over it is told; the words of a new round begin at version 1.
    assert!(matches!(db.save_draft(&reference, draft("read-capabilities", "{}", "bob", 3), 1).await, Err(WriteError::Conflict)));
    assert_eq!(db.save_draft(&reference, draft("read-capabilities", "{}", "bob", 4), 0).await.unwrap(), 1);
    assert_eq!(walk.0.task(&id("read-capabilities")).round, Round(1));
}
