//! What cannot be read says where it is.

use journey::{
    base::{
        actor::Role,
        ids::{Round, Seq, TaskId},
    },
    port::{
        Drafts, JourneyFilter, Ledger, LinkPurpose, Outbox, People, SignIns, Store, StoreError, Submission, WorkFilter, Worklist,
    },
    rule::draft::Draft,
};
use store::{Dialect, Sessions};
use time::{Duration, OffsetDateTime};
use tower_sessions::{
    SessionStore,
    session::{Id, Record},
};

use crate::{
    cast::{Walk, at, by, everybody, id, invitation, letter, submitted, token},
    support::House,
};

pub async fn the_memory_says_when_it_is_ready(house: House) {
    house.db.ready().await.unwrap();
    house.by_hand("ALTER TABLE organisations RENAME TO elsewhere").await;
    assert!(matches!(house.db.ready().await, Err(StoreError::Unavailable(_))));
}

fn told<T: std::fmt::Debug>(answer: Result<T, StoreError>, what: &str) -> (&'static str, String, &'static str) {
    match answer {
        Err(StoreError::Unreadable { table, key, column, why }) => {
            assert!(!why.is_empty());
            (table, key, column)
        }
        other => panic!("{what}: {other:?}"),
    }
}

pub async fn an_unreadable_row_is_named(house: House) {
    let db = &house.db;
    everybody(db).await;
    let (mut walk, opened) = Walk::open(1, "Patient view", at(0));
    let journey = walk.0.reference.clone();
    let mut batch = opened;
    batch.projection.lapses_at = Some(at(5));
    db.append(batch).await.unwrap();
    let (contact, use_case): (TaskId, TaskId) = (id("contact-gp-connect-team"), id("describe-use-case"));
    let sent = vec![submitted("study-prerequisites", 1), submitted("contact-gp-connect-team", 1)];
    let mut batch = walk.then(sent, Some(by("ada", "acme")), at(1));
    batch.submissions = vec![Submission { digest: token("x"), task: contact.clone(), round: Round(1), body: "{}".into() }];
    batch.projection.turns.retain(|turn| turn.task == contact);
    batch.projection.lapses_at = Some(at(5));
    db.append(batch).await.unwrap();
    db.claim(&journey, &contact, Role::ProgrammeLead, &id("grace"), at(2)).await.unwrap();
    let draft = Draft {
        task: use_case.clone(),
        subject: "answers".into(),
        version: 0,
        body: "{}".into(),
        by: id("ada"),
        at: at(1),
        sent: false,
    };
    db.save_draft(&journey, draft, 0).await.unwrap();
    let invite = invitation("eve", "acme", &[Role::Developer]);
    db.add_link(invite.clone(), letter("eve")).await.unwrap();
    let sessions = Sessions::new(db.clone());
    let data = [("person".to_owned(), serde_json::json!("ada"))].into_iter().collect();
    let mut session = Record { id: Id::default(), data, expiry_date: OffsetDateTime::UNIX_EPOCH + Duration::days(40_000) };
    sessions.create(&mut session).await.unwrap();

    let every = JourneyFilter { limit: 9, ..JourneyFilter::default() };
    let work = WorkFilter { roles: vec![Role::ProgrammeLead], limit: 9, ..WorkFilter::default() };
    let reference = journey.to_string();
    let line = format!("{journey} contact-gp-connect-team");
    let event = format!("{journey} 2");
    let handle = token(&session.id.to_string()).to_string();

    // Writes nonsense into a column, asks, and puts the right value back.
    macro_rules! named {
        ($($table:literal $column:literal: $nonsense:literal for $good:expr, $ask:expr, $key:expr;)*) => {$({
            let rows = match $table {
                "events" => " WHERE stream <> 'people' AND seq = 2",
                "organisations" => " WHERE id = 'acme'",
                "memberships" => " WHERE person = 'ada'",
                "links" => " WHERE email = 'eve@example.org'",
                "outbox" => " WHERE id = 'confirm-ada'",
                _ => "",
            };
            let set = async |value: &str| {
                house.by_hand(&format!("UPDATE {} SET {} = {value}{rows}", $table, $column)).await;
            };
            set($nonsense).await;
            let broken = concat!($table, " ", $column, " = ", $nonsense);
            assert_eq!(told($ask, broken), ($table, $key.to_string(), $column), "{broken}");
            set(&$good.to_string()).await;
            $ask.unwrap();
        })*};
    }
    let then = at(0).as_microsecond();
    named! {
        "events" "body": "'{\"event\":\"new\"}'" for "'{\"event\":\"went_live\"}'", db.history(&journey).await, event;
        "events" "at_us": "9000000000000000000" for then, db.history(&journey).await, event;
        "events" "person": "'Nobody!'" for "'ada'", db.history(&journey).await, event;
        "events" "organisation": "''" for "'acme'", db.history(&journey).await, event;
        "events" "prev": "''" for "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'", db.history(&journey).await, event;
        "events" "digest": "'Ä'" for "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'", db.history(&journey).await, event;
        "submissions" "digest": "''" for "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'", db.submissions(&journey, &contact).await, format!("{line} 1");
        "submissions" "round": "-1" for 1, db.submissions(&journey, &contact).await, format!("{line} {}", -1);
        "journeys" "done": "-1" for 1, db.journeys(&every).await, reference;
        "journeys" "planned": "4294967296" for 1, db.journeys(&every).await, reference;
        "journeys" "changed_us": "9000000000000000000" for then, db.journeys(&every).await, reference;
        "journeys" "supplier_turns": "-1" for 1, db.journeys(&every).await, reference;
        "journeys" "programme_turns": "-1" for 1, db.journeys(&every).await, reference;
        "journeys" "process": "'Ä'" for "'consumer-2026-1'", db.projection(&journey).await, reference;
        "journeys" "opened_us": "9000000000000000000" for then, db.projection(&journey).await, reference;
        "journeys" "lapses_us": "-9000000000000000000" for then, db.projection(&journey).await, reference;
        "found_by" "again": "-1" for 0, db.projection(&journey).await, reference;
        "turns" "task": "'Ä'" for "'contact-gp-connect-team'", db.projection(&journey).await, format!("{journey} Ä");
        "turns" "role": "'tea_lady'" for "'programme_lead'", db.projection(&journey).await, line;
        "turn_hands" "not_by": "'Ä'" for "''", db.projection(&journey).await, line;
        "turn_hands" "organisations": "'Ä'" for "''", db.projection(&journey).await, line;
        "turns" "round": "-1" for 1, db.projection(&journey).await, line;
        "turns" "due": "'31/12/2026'" for "'2026-12-31'", db.worklist(&work).await, line;
        "turns" "since_us": "9000000000000000000" for then, db.worklist(&work).await, line;
        "team_claims" "task": "'Ä'" for "'contact-gp-connect-team'", db.names(&journey).await, format!("{journey} Ä programme_lead");
        "team_claims" "role": "'tea_lady'" for "'programme_lead'", db.names(&journey).await, format!("{journey} contact-gp-connect-team tea_lady");
        "drafts" "version": "-1" for 1, db.draft(&journey, &use_case, "answers").await, format!("{journey} describe-use-case answers");
        "drafts" "saved_us": "9000000000000000000" for then, db.draft(&journey, &use_case, "answers").await, format!("{journey} describe-use-case answers");
        "drafts" "task": "'Ä'" for "'describe-use-case'", db.drafted(&journey, "answers").await, reference;
        "organisations" "side": "'moon'" for "'supplier'", db.organisation(&id("acme")).await, "acme";
        "memberships" "roles": "'developer tea_lady'" for "'developer'", db.memberships(&id("ada")).await, "ada acme";
        "memberships" "since_us": "9000000000000000000" for then, db.members(&id("acme")).await, "ada acme";
        "links" "roles": "'Ä'" for "'developer'", db.link(&invite.token, LinkPurpose::Invite, at(1)).await, invite.token;
        "links" "created_us": "9000000000000000000" for then, db.invitations(&id("acme"), at(1)).await, invite.token;
        "sessions" "seen_us": "9000000000000000000" for then, db.sessions(&id("ada"), at(0)).await, handle;
        "sessions" "handle": "''" for format!("'{handle}'"), db.sessions(&id("ada"), at(0)).await, "";
        "outbox" "tries": "-1" for 0, db.next_letter(at(5), at(0)).await, "confirm-ada";
        "outbox" "queued_us": "-9000000000000000000" for then, db.letters_waiting().await, "oldest";
    }
    // SQLite keeps any kind of value in any column; PostgreSQL never does.
    if db.dialect() == Dialect::Sqlite {
        named! {
            "events" "at_us": "'noon'" for then, db.history(&journey).await, event;
            "events" "body": "x'00ff'" for "'{\"event\":\"went_live\"}'", db.history(&journey).await, event;
            "submissions" "round": "'first'" for 1, db.submissions(&journey, &contact).await, format!("{line} first");
            "journeys" "done": "'most'" for 1, db.journeys(&every).await, reference;
            "journeys" "lapses_us": "2.5" for then, db.projection(&journey).await, reference;
            "turns" "since_us": "'noon'" for then, db.worklist(&work).await, line;
            "turns" "round": "'first'" for 1, db.projection(&journey).await, line;
            "drafts" "version": "'first'" for 1, db.draft(&journey, &use_case, "answers").await, format!("{journey} describe-use-case answers");
            "memberships" "since_us": "'noon'" for then, db.members(&id("acme")).await, "ada acme";
            "links" "expires_us": "'noon'" for then + 86_400_000_000, db.invitations(&id("acme"), at(1)).await, invite.token;
            "sessions" "seen_us": "'noon'" for then, db.sessions(&id("ada"), at(0)).await, handle;
            "outbox" "tries": "'often'" for 0, db.next_letter(at(5), at(0)).await, "confirm-ada";
        }
    }
    // The stream of accounts is read in the same way.
    house.by_hand("UPDATE events SET body = '{}' WHERE stream = 'people' AND seq = 2").await;
    assert_eq!(told(db.people_events(Seq(0), 9).await, "people"), ("events", "people 2".to_owned(), "body"));
}
