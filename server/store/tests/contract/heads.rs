//! The daily lists of heads: what has grown is found once, one list is made of a day, and what it names is remembered.

use jiff::civil::{Date, date};
use journey::{
    base::ids::{Digest, Seq},
    ledger::{
        event::Event,
        heads::{SignedList, name_of},
    },
    port::{
        Ledger as _, WriteError,
        heads::{HeadLists as _, KeptList, LedgerEnd, ListFacts, ListKey, ListedHead},
    },
};

use crate::{
    cast::{Walk, at, by, count, everybody, id},
    support::House,
};

/// A list with this number, of this day.
pub fn list(number: u64, day: Date, key: &str) -> KeptList {
    let text = format!("What list {number} says, “é”.\n");
    let digest = Digest::of(text.as_bytes());
    KeptList {
        facts: ListFacts { number, day, made_at: at(10), digest, key: key.to_owned(), ledgers: 1 },
        signed: SignedList { text, signature: "ab".repeat(64) },
    }
}

/// What a list of this day notes of ledgers that end there.
pub fn noted(ends: Vec<LedgerEnd>, day: Date) -> Vec<ListedHead> {
    let head = |end: LedgerEnd| ListedHead {
        ledger: name_of(&end.stream, &end.first),
        stream: end.stream,
        seq: end.seq,
        digest: end.digest,
        day,
    };
    ends.into_iter().map(head).collect()
}

fn streams(ends: &[LedgerEnd]) -> Vec<(&str, u64)> {
    let mut streams: Vec<_> = ends.iter().map(|end| (end.stream.as_str(), end.seq.0)).collect();
    streams.sort_unstable();
    streams
}

pub async fn what_has_grown_is_named_once(house: House) {
    let db = house.db;
    assert_eq!(db.grown_ledgers().await.unwrap(), []);
    everybody(&db).await;
    let accounts = db.grown_ledgers().await.unwrap();
    assert!(matches!(&accounts[..], [one] if one.stream == "people"), "{accounts:?}");
    let people = accounts[0].seq.0;
    let (mut one, opened) = Walk::open(1, "Patient view", at(0));
    let first = opened.recorded[0].digest.clone();
    db.append(opened).await.unwrap();
    let (other, opened) = Walk::open(2, "Ward round", at(0));
    db.append(opened).await.unwrap();
    let (a, b) = (one.0.reference.to_string(), other.0.reference.to_string());
    let grown = db.grown_ledgers().await.unwrap();
    let mut wanted = [(a.as_str(), 1), (b.as_str(), 1), ("people", people)];
    wanted.sort_unstable();
    assert_eq!(streams(&grown), wanted);
    let day = date(2026, 3, 2);
    db.publish_list(list(1, day, "key"), noted(grown, day)).await.unwrap();
    assert_eq!(db.grown_ledgers().await.unwrap(), [], "all of it is named");

    // However late its time is, what is recorded afterwards is found.
    let more = one.then(vec![Event::Started { task: id("submit-scal") }, Event::WentLive], Some(by("ada", "acme")), at(-5));
    let last = more.recorded[1].digest.clone();
    db.append(more).await.unwrap();
    let grown = db.grown_ledgers().await.unwrap();
    assert_eq!(grown, [LedgerEnd { stream: a.clone(), first: first.clone(), seq: Seq(3), digest: last.clone() }]);
    assert_eq!(db.listed_head(&a).await.unwrap().unwrap().seq, Seq(1));
    let next = date(2026, 3, 3);
    db.publish_list(list(2, next, "key"), noted(grown, next)).await.unwrap();
    let head = ListedHead { ledger: name_of(&a, &first), stream: a.clone(), seq: Seq(3), digest: last, day: next };
    assert_eq!(db.listed_head(&a).await.unwrap(), Some(head.clone()));
    assert_eq!(db.listed_head(&b).await.unwrap().unwrap().day, day);
    assert_eq!(db.listed_head("nobody").await.unwrap(), None);
    let mut all = Vec::new();
    let mut after = String::new();
    while let Some(one) = db.listed_heads(&after, 1).await.unwrap().into_iter().next() {
        after = one.stream.clone();
        all.push(one);
    }
    assert_eq!(all.len(), 3);
    assert!(all.contains(&head));
}

pub async fn of_ten_who_make_a_list_one_does(house: House) {
    let db = house.db;
    everybody(&db).await;
    let day = date(2026, 3, 2);
    let ends = db.grown_ledgers().await.unwrap();
    let makers = (0..10).map(|_| {
        let (db, named) = (db.clone(), noted(ends.clone(), day));
        tokio::spawn(async move { db.publish_list(list(1, day, "key"), named).await })
    });
    let mut made = 0;
    for maker in makers {
        match maker.await.unwrap() {
            Ok(()) => made += 1,
            Err(WriteError::Conflict) => {}
            Err(WriteError::Store(error)) => panic!("{error}"),
        }
    }
    assert_eq!(made, 1);
    assert_eq!((count(&house.url, "head_lists").await, count(&house.url, "listed_heads").await), (1, 1));
    // A day has one list, and so has a number; whoever loses notes nothing.
    let other = vec![ListedHead { stream: "other".to_owned(), ..noted(ends, day).remove(0) }];
    for lost in [list(2, day, "key"), list(1, date(2026, 3, 3), "key")] {
        assert!(matches!(db.publish_list(lost, other.clone()).await, Err(WriteError::Conflict)));
    }
    assert_eq!(db.listed_head("other").await.unwrap(), None);
}

pub async fn lists_are_read_by_day_and_in_order(house: House) {
    let db = house.db;
    assert_eq!(db.newest_list().await.unwrap(), None);
    assert_eq!(db.list_keys().await.unwrap(), []);
    let days = [date(2026, 3, 28), date(2026, 3, 29), date(2026, 4, 2)];
    let lists = [list(1, days[0], "old"), list(2, days[1], "old"), list(3, days[2], "new")];
    for one in &lists {
        db.publish_list(one.clone(), Vec::new()).await.unwrap();
    }
    let facts: Vec<ListFacts> = lists.iter().map(|list| list.facts.clone()).collect();
    assert_eq!(db.newest_list().await.unwrap(), Some(facts[2].clone()));
    assert_eq!(db.list_of(days[1]).await.unwrap(), Some(lists[1].clone()));
    assert_eq!(db.list_of(date(2026, 3, 30)).await.unwrap(), None);
    assert_eq!(db.lists_before(u64::MAX, 2).await.unwrap(), [facts[2].clone(), facts[1].clone()]);
    assert_eq!(db.lists_before(2, 2).await.unwrap(), [facts[0].clone()]);
    assert_eq!(db.lists_after(0, 2).await.unwrap(), lists[..2]);
    assert_eq!(db.lists_after(2, 2).await.unwrap(), lists[2..]);
    let key = |key: &str, from: Date, until: Date| ListKey { key: key.to_owned(), from, until };
    assert_eq!(db.list_keys().await.unwrap(), [key("new", days[2], days[2]), key("old", days[0], days[1])]);
}
