//! Live runs: one chain whoever writes, nothing after the end, and nothing of another journey.

use journey::{
    base::ids::{Digest, JourneyRef},
    guidance::spine::{interactions::interaction, worked::worked},
    port::{
        WriteError,
        live_runs::{LiveRuns, MOST_SHOWN, Shown},
    },
    practice::{
        answer::answer,
        ask::Answer,
        exchange::{Kept, To, Took, is_whole, keep, rules},
        proof::Totals,
        run::{LASTS, LiveRun, Opened, SourceFile},
        seam,
        state::{Change, Practice},
    },
};
use store::Db;

use crate::{
    cast::{at, id},
    support::House,
};

pub fn begun(name: &str, journey: &JourneyRef, second: i64) -> LiveRun {
    let opened = Opened {
        id: name.to_owned(),
        journey: journey.clone(),
        at: at(second),
        by: id("ada"),
        environment: "int".to_owned(),
        version: "4.2 “é”".to_owned(),
        tester: "Ada Lovelace".to_owned(),
        areas: vec!["appointments".to_owned()],
        rules: rules(),
        file: None,
    };
    LiveRun::begin(opened, format!("key of {name}"))
}

/// An exchange that follows on what the run holds; `good` says whether the request is as it must be.
pub fn exchanged(run: &LiveRun, good: bool, change: Option<Change>) -> Kept {
    let mut request = worked(interaction("fhir:rest:read:patient-1").expect("it is known"));
    if !good {
        request.headers.retain(|(name, _)| name != "Ssp-TraceID");
    }
    let checks = seam::checked(&request, &Default::default(), None);
    let answer = Answer { change, ..answer(&mut Practice::default(), &request, &checks, at(1)) };
    let took = Took { after: (run.count, &run.head), at: at(1), to: To::Practice, request, certificate: Vec::new(), checks };
    keep(&run.opened, took, &answer)
}

async fn now(db: &Db, run: &LiveRun) -> LiveRun {
    db.live_run(&run.opened.journey, &run.opened.id).await.unwrap().expect("it is there")
}

pub async fn a_run_is_a_chain_and_is_found_by_its_key(house: House) {
    let db = house.db;
    let (one, other) = (JourneyRef::from_bits(1), JourneyRef::from_bits(2));
    let mut run = begun("run1", &one, 0);
    db.open_live_run(&run).await.unwrap();
    assert!(matches!(db.open_live_run(&run).await, Err(WriteError::Conflict)), "once");
    assert_eq!(now(&db, &run).await, run);
    assert!(db.live_run(&other, "run1").await.unwrap().is_none(), "of its own journey only");
    let by_key = async |key: &str| db.live_run_by_key(&Digest::of(key.as_bytes())).await.unwrap();
    assert_eq!(by_key("key of run1").await.as_ref(), Some(&run));
    assert!(by_key("key of run2").await.is_none() && by_key("").await.is_none());
    let registered = Change::Registered { ods: "T99999".to_owned(), number: "9324926233".to_owned() };
    for (good, change) in [(true, None), (false, None), (true, Some(registered.clone()))] {
        db.add_exchange(&run, &exchanged(&run, good, change)).await.unwrap();
        let stale = exchanged(&run, true, None);
        assert!(matches!(db.add_exchange(&run, &stale).await, Err(WriteError::Conflict)), "it has moved on");
        run = now(&db, &run).await;
    }
    assert_eq!(run.count, 3);
    let whole = db.whole_live_run("run1").await.unwrap();
    assert!(is_whole(&run.opened, &whole, &run.head));
    assert_eq!(run.bytes, whole.iter().map(Kept::bytes).sum::<u64>());
    assert_eq!(db.live_changes("run1").await.unwrap(), [registered]);
    let numbers = |kept: Vec<Kept>| kept.iter().filter_map(Kept::exchange).map(|one| one.number).collect::<Vec<_>>();
    assert_eq!(numbers(db.exchanges("run1", Shown::default()).await.unwrap()), [3, 2, 1]);
    assert_eq!(numbers(db.exchanges("run1", Shown { failed: true, ..Shown::default() }).await.unwrap()), [2]);
    assert_eq!(numbers(db.exchanges("run1", Shown { before: Some(2), ..Shown::default() }).await.unwrap()), [1]);
    assert_eq!(numbers(db.exchanges("run1", Shown { rule: Some("HDR-01"), ..Shown::default() }).await.unwrap()), [2]);
    assert!(db.exchanges("run1", Shown { rule: Some("JWT-01"), ..Shown::default() }).await.unwrap().is_empty());
    assert_eq!(db.exchange("run1", 2).await.unwrap().as_ref(), Some(&whole[1]));
    assert!(whole[0].held_back[0].1.starts_with("Bearer "));
    assert!(db.exchange("run1", 4).await.unwrap().is_none() && db.exchange("run2", 1).await.unwrap().is_none());
    let summaries = db.live_summaries("run1").await.unwrap();
    assert_eq!(summaries, whole.iter().filter_map(Kept::exchange).map(|one| one.summary()).collect::<Vec<_>>());
}

pub async fn nothing_is_added_to_a_run_that_was_closed_and_its_key_is_forgotten(house: House) {
    let db = house.db;
    let journey = JourneyRef::from_bits(1);
    let (run, later) = (begun("run1", &journey, 0), begun("run2", &journey, 10));
    db.open_live_run(&run).await.unwrap();
    db.open_live_run(&later).await.unwrap();
    db.add_exchange(&run, &exchanged(&run, true, None)).await.unwrap();
    db.close_live_run(&JourneyRef::from_bits(2), "run1", at(20)).await.unwrap();
    let open = now(&db, &run).await;
    assert_eq!((open.closed, open.key.is_some()), (None, true), "nobody of another journey closes it");
    db.close_live_run(&journey, "run1", at(20)).await.unwrap();
    db.close_live_run(&journey, "run1", at(30)).await.unwrap();
    let closed = now(&db, &run).await;
    assert_eq!((closed.closed, closed.key.clone(), closed.count), (Some(at(20)), None, 1), "as it was closed first");
    assert!(matches!(db.add_exchange(&closed, &exchanged(&closed, true, None)).await, Err(WriteError::Conflict)));
    let found = db.live_run_by_key(&Digest::of(b"key of run1")).await.unwrap();
    assert_eq!(found.map(|run| run.opened.id), Some("run1".to_owned()), "so that whoever still sends is told");
    let ids: Vec<String> = db.live_runs(&journey, 9).await.unwrap().into_iter().map(|run| run.opened.id).collect();
    assert_eq!(ids, ["run2", "run1"]);
    assert_eq!(db.live_runs(&journey, 1).await.unwrap().len(), 1);
    assert_eq!(db.forget_live_keys(at(10) + LASTS - jiff::SignedDuration::from_secs(1)).await.unwrap(), 0);
    assert_eq!(db.forget_live_keys(at(10) + LASTS).await.unwrap(), 1);
    assert_eq!(now(&db, &later).await.key, None);
}

pub async fn of_twenty_who_send_at_once_each_stands_once_in_the_chain(house: House) {
    let db = house.db;
    let journey = JourneyRef::from_bits(1);
    let run = begun("run1", &journey, 0);
    db.open_live_run(&run).await.unwrap();
    let senders = (0..20).map(|_| {
        let (db, run) = (db.clone(), run.clone());
        tokio::spawn(async move {
            loop {
                let stands = now(&db, &run).await;
                match db.add_exchange(&stands, &exchanged(&stands, true, None)).await {
                    Ok(()) => return,
                    Err(WriteError::Conflict) => {}
                    Err(WriteError::Store(why)) => panic!("{why}"),
                }
            }
        })
    });
    for sender in senders.collect::<Vec<_>>() {
        sender.await.unwrap();
    }
    let run = now(&db, &run).await;
    let whole = db.whole_live_run("run1").await.unwrap();
    assert_eq!((run.count, whole.len()), (20, 20));
    assert!(is_whole(&run.opened, &whole, &run.head));
    assert!(db.exchanges("run1", Shown::default()).await.unwrap().len() <= MOST_SHOWN as usize);
}

pub async fn what_a_run_comes_to_is_counted_as_it_grows_and_found_again_where_it_is_missing(house: House) {
    let (one, other) = (JourneyRef::from_bits(1), JourneyRef::from_bits(2));
    for (name, journey, second) in [("run1", &one, 0), ("run2", &one, 10), ("run3", &other, 20)] {
        let run = begun(name, journey, second);
        house.db.open_live_run(&run).await.unwrap();
        for good in [false, true, false] {
            let run = now(&house.db, &run).await;
            house.db.add_exchange(&run, &exchanged(&run, good, None)).await.unwrap();
        }
    }
    let db = &house.db;
    let counted = db.counted_runs(&one, 9).await.unwrap();
    assert_eq!(counted.iter().map(|one| one.run.opened.id.as_str()).collect::<Vec<_>>(), ["run2", "run1"]);
    assert_eq!(db.counted_runs(&one, 1).await.unwrap().len(), 1);
    let totals = &counted[1].totals;
    assert_eq!((totals.requests, totals.failed["HDR-01"], totals.seen.len()), (3, 2, 3));
    assert_eq!(totals.at.values().copied().collect::<Vec<_>>(), [3], "the last request of its interaction");
    assert_eq!(&db.live_totals("run1").await.unwrap(), totals);
    assert_eq!(db.live_totals("nobody").await.unwrap(), Totals::default());
    let failed = async |since| -> Vec<(JourneyRef, u32)> {
        let all = db.rule_failures(since).await.unwrap();
        all.into_iter().map(|one| (one.journey, one.failed["HDR-01"])).collect()
    };
    assert_eq!(failed(at(10)).await, [(other.clone(), 2), (one.clone(), 2)]);
    assert_eq!(failed(at(21)).await, []);
    // A run of before this was counted.
    house.by_hand("DELETE FROM live_totals WHERE run = 'run1'").await;
    assert_eq!(&db.counted_runs(&one, 9).await.unwrap()[1].totals, totals);
    let run = now(db, &begun("run1", &one, 0)).await;
    db.add_exchange(&run, &exchanged(&run, false, None)).await.unwrap();
    let later = db.live_totals("run1").await.unwrap();
    assert_eq!((later.requests, later.failed["HDR-01"]), (4, 3), "and is counted from then on, with what was there");
}

pub async fn a_run_from_a_file_is_kept_whole_and_takes_nothing_more(house: House) {
    let db = house.db;
    let journey = JourneyRef::from_bits(1);
    let mut kept = Vec::new();
    let mut run = begun("run1", &journey, 0);
    run.opened.file = Some(SourceFile { name: "a “é”.har".to_owned(), digest: Digest::of(b"har") });
    (run.head, run.key) = (run.opened.digest(), None);
    for good in [true, false] {
        let one = exchanged(&run, good, None);
        (run.count, run.bytes, run.head) = (run.count + 1, run.bytes + one.bytes(), one.digest());
        kept.push(one);
    }
    run.closed = Some(at(5));
    db.keep_live_run(&run, &kept).await.unwrap();
    assert!(matches!(db.keep_live_run(&run, &kept).await, Err(WriteError::Conflict)), "once");
    assert_eq!(now(&db, &run).await, run);
    assert_eq!(db.whole_live_run("run1").await.unwrap(), kept);
    assert_eq!(db.live_totals("run1").await.unwrap().requests, 2);
    assert!(matches!(db.add_exchange(&run, &exchanged(&run, true, None)).await, Err(WriteError::Conflict)));
    let other = begun("run2", &journey, 1);
    db.keep_live_run(&LiveRun { key: None, closed: Some(at(5)), ..other }, &[]).await.expect("a second one");
    let record = async || db.counted_runs(&journey, 9).await.unwrap().pop().and_then(|counted| counted.record);
    assert_eq!(record().await, None);
    for file in [Digest::of(b"record"), Digest::of(b"of a later release")] {
        db.note_live_record("run1", &file).await.unwrap();
        assert_eq!(record().await, Some(file));
    }
}

pub async fn a_text_that_was_changed_is_not_shown(house: House) {
    let journey = JourneyRef::from_bits(1);
    let run = begun("run1", &journey, 0);
    house.db.open_live_run(&run).await.unwrap();
    house.db.add_exchange(&run, &exchanged(&run, false, None)).await.unwrap();
    house.by_hand("UPDATE live_exchanges SET body = REPLACE(body, 'failed', 'passed')").await;
    assert!(house.db.exchange("run1", 1).await.is_err());
}
