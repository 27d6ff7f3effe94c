//! What time brings without anybody asking.

use crate::common::{
    postgres::by_hand,
    world::{Play, Small, journey_of},
};
use journey::{base::ids::JourneyRef, ledger::event::Event, view::overview};
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
    let lapsed = |journey: &journey::ledger::journey::Journey| overview::project(journey).lapses_at.is_none();
    assert!(!lapsed(&journey_of(&small.house, &reference).await));
    serve::lapse_all(&small.house.services).await;
    let history = journey::port::Ledger::history(&small.house.db, &reference).await.unwrap();
    assert!(matches!(history.last().unwrap().event, Event::Lapsed { .. }), "{:?}", history.last());
}

/// Whoever only looks writes nothing: what time has brought is on the page, and recorded by the next deed.
#[tokio::test]
async fn reading_a_journey_records_nothing() {
    let small = Small::new().await;
    let mut play = Play::open(&small.house, &small.lead);
    play.until_ready(&small.cast(), "receive-scal");
    let reference = play.written(&small.house).await;
    let lapses = overview::project(&play.journey).lapses_at.unwrap();
    let wait = lapses.as_second() - small.house.services.clock.now().as_second();
    let page = format!("/journeys/{reference}");
    small.house.clock.forward(wait + 1);
    // Long after the session has ended.
    let mut browser = small.house.browser();
    browser.sign_in(&small.lead.email).await;
    let recorded = journey::port::Ledger::history(&small.house.db, &reference).await.unwrap().len();
    let history = browser.get(&format!("{page}/history")).await.body;
    assert!(!history.contains("let this lapse"), "no entry is told, and no digest, that is not recorded");
    assert!(browser.get(&format!("{page}/tasks/obtain-use-case-approval")).await.body.contains("lapsed"));
    let now = journey::port::Ledger::history(&small.house.db, &reference).await.unwrap().len();
    assert_eq!(now, recorded, "looking recorded something");
    // The next deed records both, in their order.
    let fields =
        [("journey", reference.to_string()), ("task", "read-capabilities".to_owned()), ("reason", "Read anew.".to_owned())];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    browser.post("task/reopen", &fields).await;
    let history = journey::port::Ledger::history(&small.house.db, &reference).await.unwrap();
    assert!(matches!(history[recorded].event, Event::Lapsed { .. }), "{:?}", history.last());
    assert!(browser.get(&format!("{page}/history")).await.body.contains("let this lapse"));
}
