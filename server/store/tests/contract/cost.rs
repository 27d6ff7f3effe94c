//! What a page and an action cost: each statement is a way to the server and back.

use std::{
    fmt::Debug,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

use journey::{
    base::actor::Role,
    port::{Drafts, JourneyFilter, Ledger, Link, LinkPurpose, SignIns, WorkFilter, Worklist},
};
use tracing::{
    Dispatch, Event, Metadata, Subscriber,
    field::{Field, Visit},
    instrument::WithSubscriber,
    span::{Attributes, Id, Record},
};

use crate::{
    cast::{Walk, at, by, everybody, id, letter, link, seen, submitted, token},
    support::House,
};

/// Counts what sqlx says it ran.
#[derive(Clone, Default)]
struct Statements(Arc<AtomicUsize>);

impl Subscriber for Statements {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "sqlx::query"
    }
    fn event(&self, event: &Event<'_>) {
        event.record(&mut self.clone());
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

impl Visit for Statements {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        // A new connection of the pool sets its time limits first.
        if field.name() == "summary" && !format!("{value:?}").contains("SET statement_timeout") {
            self.0.fetch_add(1, Relaxed);
        }
    }
}

async fn statements<T>(work: impl Future<Output = T>) -> usize {
    // While there is one subscriber, whichever test reaches a place in sqlx first settles whether anybody listens there, and the
    // others listen to nobody. With two, each is asked.
    static BESIDE: LazyLock<[Dispatch; 2]> = LazyLock::new(|| [(); 2].map(|()| Dispatch::new(Statements::default())));
    LazyLock::force(&BESIDE);
    let count = Statements::default();
    work.with_subscriber(count.clone()).await;
    count.0.load(Relaxed)
}

pub async fn a_page_and_an_action_take_few_statements(house: House) {
    let db = house.db;
    everybody(&db).await;
    let (mut walk, opened) = Walk::open(1, "Patient view", at(0));
    let journey = walk.0.reference.clone();
    let opening = statements(db.append(opened)).await;
    let mut batch = walk.then(vec![submitted("study-prerequisites", 1)], Some(by("ada", "acme")), at(1));
    batch.letters = vec![letter("told")];
    batch.drafts_done = vec![seen("study-prerequisites", "answers", 0)];
    let turns: usize = batch.projection.turns.iter().map(|turn| turn.roles.len()).sum();
    let acting = statements(db.append(batch)).await;
    println!("opening a journey: {opening} statements; acting: {acting}, with {turns} turns");
    // The event, the draft, the line in lists and what else it is found by, old turns and claims away, new turns and whom they ask,
    // the letter, the announcement.
    assert!(turns > 5 && (4..=11).contains(&acting), "{acting} statements with {turns} turns");
    assert_eq!(statements(db.history(&journey)).await, 1);
    assert_eq!(statements(db.names(&journey)).await, 1);
    assert_eq!(statements(db.drafted(&journey, "answers")).await, 1);
    // What `verify` alone asks for: its line in lists, the lines and the sites of the register, and who had the round before.
    assert_eq!(statements(db.projection(&journey)).await, 4);
    assert_eq!(statements(db.journeys(&JourneyFilter { limit: 26, ..JourneyFilter::default() })).await, 1);
    let filter = WorkFilter { roles: vec![Role::ProgrammeLead], limit: 26, ..WorkFilter::default() };
    assert_eq!(statements(db.worklist(&filter)).await, 1);
}

pub async fn many_read_at_once_and_nobody_once_it_is_closed(house: House) {
    let db = house.db;
    everybody(&db).await;
    let (_, opened) = Walk::open(1, "Patient view", at(0));
    let journey = opened.journey.clone();
    db.append(opened).await.unwrap();
    let all = (0..60).map(|_| {
        let (db, journey) = (db.clone(), journey.clone());
        tokio::spawn(async move { db.history(&journey).await.unwrap().len() })
    });
    for read in futures_util::future::join_all(all).await {
        assert_eq!(read.unwrap(), 1);
    }
    db.close().await;
    assert!(db.history(&journey).await.is_err());
}

/// The time in which a link is asked for must not tell whether the address has an account.
pub async fn a_link_costs_as_much_for_an_address_without_an_account(house: House) {
    let db = house.db;
    everybody(&db).await;
    let of = |name: &str, email: &str| Link { email: email.to_owned(), ..link(name, LinkPurpose::Reset) };
    let known = Link { person: Some(id("ada")), ..of("known", "ada@example.org") };
    let unknown = Link { expires_at: at(0), ..of("unknown", "nobody@example.org") };
    for second in [false, true] {
        let known = Link { token: token(&format!("known {second}")), ..known.clone() };
        let unknown = Link { token: token(&format!("unknown {second}")), ..unknown.clone() };
        let of_known = statements(db.add_link_once(known, Some(letter("known")), at(-9))).await;
        let of_unknown = statements(db.add_link_once(unknown, None, at(-9))).await;
        assert_eq!(of_known, of_unknown, "asked again: {second}");
        assert!(of_known > 1, "they are counted");
    }
}
