//! What time brings without anybody asking.
#![expect(clippy::unwrap_used, reason = "a test says what failed by panicking")]

mod common;

use common::{
    postgres::by_hand,
    world::{Play, Small, journey_of},
};
use journey::{event::Event, ids::JourneyRef, overview};
use server::serve;

/// Journeys that cannot be brought up to date, however many, keep no other waiting.
#[tokio::test]
async fn an_approval_lapses_behind_a_hundred_journeys_that_are_broken() {
    let small = Small::new().await;
    let mut play = Play::open(&small.house, &small.lead);
    play.until_ready(&small.cast(), "receive-scal");
    let reference = play.written(&small.house).await;
    let lapses = overview::project(&play.journey).lapses_at.unwrap();
    let wait = lapses.as_second() - small.house.services.clock.now().as_second();
    small.house.clock.forward(wait + 1);
    // Before and after it, in whatever order they are taken, and due for longer.
    let mut text = String::new();
    let broken = (0..110_u64).chain((0..110).map(|n| u64::MAX - n)).map(JourneyRef::from_bits);
    for other in broken.filter(|other| *other != reference) {
        text.push_str(&format!(
            "INSERT INTO journeys SELECT '{other}', process, organisation, product, phase, stage, done, planned, supplier_turns, \
             programme_turns, opened_us, changed_us, 1, folded FROM journeys WHERE ref = '{reference}';"
        ));
    }
    by_hand(&format!("sqlite://{}", small.house.file().display()), &text).await;
    let lapsed = |journey: &journey::journey::Journey| overview::project(journey).lapses_at.is_none();
    assert!(!lapsed(&journey_of(&small.house, &reference).await));
    serve::lapse_all(&small.house.services).await;
    let history = journey::port::Ledger::history(&small.house.db, &reference).await.unwrap();
    assert!(matches!(history.last().unwrap().event, Event::Lapsed { .. }), "{:?}", history.last());
}
