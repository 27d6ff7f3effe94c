//! A page that remembers a journey shows what its ledger says: what others wrote, and what is no longer there.

use crate::common::{
    postgres::by_hand,
    world::{Play, Small, shipped},
};
use app::base::remembered::{KnownLedger, Remembered};
use journey::{
    base::ids::{Digest, JourneyRef, Seq},
    ledger::journey::{Corrupt, Journey},
    port::Ledger as _,
    view::overview,
};

#[tokio::test]
async fn whatever_was_known_before_the_same_is_known_after() {
    let small = Small::new().await;
    let reference = Play::open(&small.house, &small.lead).until_ready(&small.cast(), "receive-scal").written(&small.house).await;
    let history = small.house.db.history(&reference).await.unwrap();
    assert!(history.len() > 8);
    let whole = Journey::replay(&reference, &history, shipped()).unwrap();
    for known in 1..=history.len() {
        let told = KnownLedger::of(&reference, history[..known].to_vec(), shipped()).unwrap();
        assert_eq!(told.last(), Seq(known as u64));
        let told = told.then(&history[known - 1..], shipped()).unwrap().unwrap();
        assert_eq!(*told.history, history);
        assert_eq!((told.last(), &told.journey.head), (whole.seq, &whole.head));
        assert_eq!(overview::project(&told.journey), overview::project(&whole));
        assert_eq!(format!("{:?}", told.journey), format!("{whole:?}"));
    }
}

#[tokio::test]
async fn what_does_not_follow_from_what_is_known_does_not_count() {
    let small = Small::new().await;
    let reference = Play::open(&small.house, &small.lead).until_ready(&small.cast(), "receive-scal").written(&small.house).await;
    let history = small.house.db.history(&reference).await.unwrap();
    let told = KnownLedger::of(&reference, history[..4].to_vec(), shipped()).unwrap();
    let then = |since: &[_]| told.clone().then(since, shipped()).map(|told| told.is_some());

    assert_eq!(then(&history[3..]), Ok(true));
    assert_eq!(then(&[]), Ok(false), "the last event known is gone");
    assert_eq!(then(&history[2..]), Ok(false), "another event has its place");
    let mut other = history[3..].to_vec();
    other[0].digest = Digest::of(b"other");
    assert_eq!(then(&other), Ok(false));
    let mut hole = history[3..].to_vec();
    hole.remove(2);
    assert_eq!(then(&hole), Err(Corrupt::Broken(Seq(7))));
    let mut changed = history[3..].to_vec();
    changed[3].body = changed[3].body.replacen(':', ": ", 1);
    assert_eq!(then(&changed), Err(Corrupt::Broken(Seq(7))));
}

#[tokio::test]
async fn only_the_journeys_that_were_looked_at_last_are_kept() {
    let small = Small::new().await;
    let remembered = Remembered::default();
    let play = Play::open(&small.house, &small.lead).written(&small.house).await;
    let first = small.house.db.history(&play).await.unwrap();
    let told = KnownLedger::of(&play, first, shipped()).unwrap();
    let as_if = |bits: u64| {
        let mut journey = Journey::clone(&told.journey);
        journey.reference = JourneyRef::from_bits(bits);
        KnownLedger { journey: journey.into(), history: told.history.clone() }
    };
    for bits in 0..1000 {
        remembered.keep(&as_if(bits));
        assert!(remembered.of(&JourneyRef::from_bits(0)).is_some(), "looked at all the time");
    }
    let kept = (0..1000).filter(|bits| remembered.of(&JourneyRef::from_bits(*bits)).is_some()).count();
    assert!((2..100).contains(&kept), "{kept}");
    remembered.forget(&JourneyRef::from_bits(0));
    assert!(remembered.of(&JourneyRef::from_bits(0)).is_none());
}

#[tokio::test]
async fn a_page_shows_what_another_process_wrote_and_what_a_restored_backup_says() {
    let small = Small::new().await;
    let (mut lead, house) = (small.lead.browser.clone(), &small.house);
    let mut play = Play::open(house, &small.lead);
    let reference = play.written(house).await;
    let path = format!("/journeys/{reference}/tasks/describe-use-case");
    assert!(!lead.get(&path).await.body.contains("Some words of a test."));

    // Another process, as far as this one can know.
    play.until_ready(&small.cast(), "receive-scal").written(house).await;
    let page = lead.get(&path).await;
    assert!(page.body.contains("Some words of a test."), "{}", page.body);
    assert!(lead.get(&format!("/journeys/{reference}/history")).await.body.contains("Verified when this page was made"));

    // What was changed behind its back is seen where the whole ledger is read.
    let url = house.config.place.database.url().reveal().to_owned();
    let first = |change: &str| format!("UPDATE events SET at_us = at_us {change} WHERE stream = '{reference}' AND seq = 1");
    by_hand(&url, &first("+ 1")).await;
    assert_eq!(lead.get(&format!("/journeys/{reference}/history")).await.status, 500);
    assert_eq!(lead.get(&path).await.status, 500, "and then on every page");
    by_hand(&url, &first("- 1")).await;
    assert_eq!(lead.get(&path).await.status, 200);

    // An older backup: the last events are gone, and nothing of them is shown.
    by_hand(&url, &format!("DELETE FROM events WHERE stream = '{reference}' AND seq > 1")).await;
    let page = lead.get(&path).await;
    assert_eq!(page.status, 200);
    assert!(!page.body.contains("was approved"), "{}", page.body);
    let history = lead.get(&format!("/journeys/{reference}/history")).await;
    assert!(history.body.contains("Verified when this page was made: 1 entry"), "{}", history.body);
}
