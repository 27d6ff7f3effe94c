//! Ledgers: what was written is there, whole, once and in order.

use journey::{
    base::{
        actor::Role,
        ids::{Digest, JourneyRef, Round, Seq},
    },
    ledger::{
        event::{Event, Recorded},
        journey::{Corrupt, Journey},
    },
    port::{Drafts, Ledger, Outbox, People, WriteError},
    rule::draft::Draft,
    view::overview,
};

use crate::{
    cast::{
        Walk, at, by, count, everybody, id, letter, listed, organisation, processes, seen, submission, submitted, task, tick,
    },
    support::House,
};

pub async fn what_is_appended_is_told_again_and_the_chain_holds(house: House) {
    let db = house.db;
    everybody(&db).await;
    let (mut walk, opened) = Walk::open(1, "“Tü” & 'x' \\ % _", tick(1));
    let reference = walk.0.reference.clone();
    assert_eq!(db.history(&reference).await.unwrap(), Vec::new());
    let mut written = opened.recorded.clone();
    db.append(opened).await.unwrap();
    for (number, event) in [submitted("read-capabilities", 1), submitted("study-prerequisites", 1)].into_iter().enumerate() {
        let batch = walk.then(vec![event], Some(by("ada", "acme")), tick(2 + i64::try_from(number).unwrap()));
        written.extend(batch.recorded.clone());
        db.append(batch).await.unwrap();
    }
    // Time itself may do something, and several things may happen at once.
    let both = vec![Event::Withdrawn { reason: "no\nmoney".to_owned() }, Event::Resumed { reason: "€ found".to_owned() }];
    let batch = walk.then(both, None, tick(9));
    written.extend(batch.recorded.clone());
    db.append(batch).await.unwrap();

    let told = db.history(&reference).await.unwrap();
    assert_eq!(told, written);
    assert_eq!(db.history_from(&reference, Seq(4)).await.unwrap(), written[3..]);
    assert_eq!(db.history_from(&reference, Seq(6)).await.unwrap(), Vec::new());
    let journey = Journey::replay(&reference, &told, processes()).unwrap();
    assert_eq!((journey.seq, journey.head), (Seq(5), walk.0.head.clone()));
    assert_eq!(db.history(&JourneyRef::from_bits(2)).await.unwrap(), Vec::new());
}

pub async fn the_second_writer_at_a_place_is_refused_and_leaves_nothing(house: House) {
    let db = house.db;
    everybody(&db).await;
    let (walk, opened) = Walk::open(1, "Patient view", at(0));
    let reference = walk.0.reference.clone();
    db.append(opened.clone()).await.unwrap();
    let draft = Draft {
        task: id("study-prerequisites"),
        subject: "answers".into(),
        version: 0,
        body: "{}".into(),
        by: id("bob"),
        at: at(1),
        sent: false,
    };
    db.save_draft(&reference, draft, 0).await.unwrap();

    let mut first = walk.would(submitted("read-capabilities", 1), by("ada", "acme"), at(2));
    first.letters = vec![letter("first")];
    let mut second = walk.would(submitted("study-prerequisites", 1), by("bob", "acme"), at(3));
    second.letters = vec![letter("second")];
    second.submissions = vec![submission("study-prerequisites", 1, "{}")];
    second.drafts_done = vec![seen("study-prerequisites", "answers", 1)];
    db.append(first.clone()).await.unwrap();
    let letters = count(&house.url, "outbox").await;
    assert!(matches!(db.append(second).await, Err(WriteError::Conflict)));

    assert_eq!(db.history(&reference).await.unwrap(), [opened.recorded, first.recorded].concat());
    assert_eq!(db.projection(&reference).await.unwrap(), Some(first.projection));
    assert_eq!(db.submissions(&reference, &id("study-prerequisites")).await.unwrap(), Vec::new());
    assert!(db.draft(&reference, &id("study-prerequisites"), "answers").await.unwrap().is_some());
    assert_eq!(count(&house.url, "outbox").await, letters);
    // Opening it once more is no way in either.
    let (_, again) = Walk::open(1, "Patient view", at(9));
    assert!(matches!(db.append(again).await, Err(WriteError::Conflict)));
}

pub async fn a_batch_that_fails_at_its_end_leaves_nothing(house: House) {
    let db = house.db;
    everybody(&db).await;
    let (mut walk, opened) = Walk::open(1, "Patient view", at(0));
    let reference = walk.0.reference.clone();
    db.append(opened).await.unwrap();
    let mut once = walk.then(vec![submitted("read-capabilities", 1)], Some(by("ada", "acme")), at(1));
    once.submissions = vec![submission("read-capabilities", 1, "[1]")];
    db.append(once.clone()).await.unwrap();
    let mut twice = walk.then(vec![submitted("study-prerequisites", 1)], Some(by("ada", "acme")), at(2));
    twice.submissions = vec![submission("study-prerequisites", 1, "[2]"), submission("read-capabilities", 1, "[3]")];
    assert!(matches!(db.append(twice).await, Err(WriteError::Conflict)));
    assert_eq!(db.history(&reference).await.unwrap().len(), 2);
    assert_eq!(db.submissions(&reference, &id("study-prerequisites")).await.unwrap(), Vec::new());
    assert_eq!(db.submissions(&reference, &id("read-capabilities")).await.unwrap(), once.submissions);
}

pub async fn an_event_that_does_not_follow_what_is_stored_is_refused(house: House) {
    let db = house.db;
    everybody(&db).await;
    let (mut walk, opened) = Walk::open(1, "Patient view", at(0));
    let reference = walk.0.reference.clone();
    let unborn = walk.would(submitted("read-capabilities", 1), by("ada", "acme"), at(1));
    assert!(matches!(db.append(unborn).await, Err(WriteError::Conflict)), "before the journey is opened");
    db.append(opened.clone()).await.unwrap();
    walk.then(vec![submitted("read-capabilities", 1)], Some(by("ada", "acme")), at(1));
    let gap = walk.then(vec![submitted("study-prerequisites", 1)], Some(by("ada", "acme")), at(2));
    assert!(matches!(db.append(gap).await, Err(WriteError::Conflict)), "place 3 after place 1");
    // At the right place, but chained to another past.
    let (other, _) = Walk::open(1, "Another past", at(0));
    let forked = other.would(submitted("read-capabilities", 1), by("ada", "acme"), at(1));
    assert!(matches!(db.append(forked).await, Err(WriteError::Conflict)), "another past");
    assert_eq!(db.history(&reference).await.unwrap(), opened.recorded);
}

pub async fn of_twenty_writers_exactly_one_wins(house: House) {
    let db = house.db;
    everybody(&db).await;
    let (walk, opened) = Walk::open(1, "Patient view", at(0));
    db.append(opened).await.unwrap();
    let writers: Vec<_> = (0..20)
        .map(|number| {
            let batch = walk.would(submitted("read-capabilities", 1), by("ada", "acme"), at(number));
            let db = db.clone();
            tokio::spawn(async move { db.append(batch).await })
        })
        .collect();
    let (mut won, mut lost) = (0, 0);
    for writer in writers {
        match writer.await.unwrap() {
            Ok(()) => won += 1,
            Err(WriteError::Conflict) => lost += 1,
            Err(WriteError::Store(error)) => panic!("{error}"),
        }
    }
    assert_eq!((won, lost), (1, 19));
    let told = db.history(&walk.0.reference).await.unwrap();
    assert_eq!(Journey::replay(&walk.0.reference, &told, processes()).unwrap().seq, Seq(2));
}

pub async fn submissions_of_a_task_come_oldest_first(house: House) {
    let db = house.db;
    everybody(&db).await;
    let (mut walk, opened) = Walk::open(1, "Patient view", at(0));
    let reference = walk.0.reference.clone();
    db.append(opened).await.unwrap();
    let mut sent = Vec::new();
    for round in 1..=12 {
        let mut batch = walk.then(vec![submitted("describe-use-case", round)], Some(by("ada", "acme")), at(i64::from(round)));
        batch.submissions =
            vec![submission("describe-use-case", round, &format!("{{\"round\":{round},\"words\":\"“é”\\u0000\"}}"))];
        sent.extend(batch.submissions.clone());
        db.append(batch).await.unwrap();
    }
    assert_eq!(db.submissions(&reference, &id("describe-use-case")).await.unwrap(), sent);
    assert_eq!(db.submissions(&reference, &id("read-capabilities")).await.unwrap(), Vec::new());
    // Only those that are asked for, whatever else there is.
    let rounds = async |task: &str, wanted: &[u32]| {
        let wanted: Vec<Round> = wanted.iter().copied().map(Round).collect();
        db.rounds(&reference, &id(task), &wanted).await.unwrap()
    };
    assert_eq!(rounds("describe-use-case", &[12, 3, 99]).await, [sent[2].clone(), sent[11].clone()]);
    assert_eq!(rounds("describe-use-case", &[]).await, []);
    assert_eq!(rounds("read-capabilities", &[1]).await, []);
    assert_eq!(db.rounds(&JourneyRef::from_bits(2), &id("describe-use-case"), &[Round(1)]).await.unwrap(), []);
}

pub async fn names_know_everybody_in_a_ledger(house: House) {
    let db = house.db;
    everybody(&db).await;
    db.add_organisation(organisation("ward", journey::base::actor::Side::EndUser), at(0)).await.unwrap();
    crate::cast::supplier(&db, "other", "zoe").await;
    let (mut walk, opened) = Walk::open(1, "Patient view", at(0));
    let reference = walk.0.reference.clone();
    db.append(opened).await.unwrap();
    let joined = Event::Joined { organisation: id("ward"), side: None, identity: None, part: None };
    db.append(walk.then(vec![submitted("study-prerequisites", 1), joined], Some(by("ada", "acme")), at(1))).await.unwrap();
    let contact = Event::Submitted {
        task: id("contact-gp-connect-team"),
        round: Round(1),
        digest: Digest::of(b""),
        justified: Vec::new(),
        group: None,
        along: Vec::new(),
        judged: Vec::new(),
        agrees: Vec::new(),
        text: None,
        use_case: None,
    };
    db.append(walk.then(vec![contact], Some(by("ada", "acme")), at(2))).await.unwrap();
    let answered = Event::Acknowledged {
        task: id("contact-gp-connect-team"),
        round: Round(1),
        role: journey::base::actor::Role::ProgrammeLead,
        note: String::new(),
    };
    db.append(walk.then(vec![answered], Some(by("grace", "programme")), at(3))).await.unwrap();
    let draft = Draft {
        task: id("try-demonstrator"),
        subject: "answers".into(),
        version: 0,
        body: "{}".into(),
        by: id("bob"),
        at: at(1),
        sent: false,
    };
    db.save_draft(&reference, draft, 0).await.unwrap();
    db.claim(&reference, &id("describe-use-case"), Role::ProgrammeLead, &id("hal"), at(4)).await.unwrap();

    let names = db.names(&reference).await.unwrap();
    assert_eq!(names.people.keys().cloned().collect::<Vec<_>>(), crate::cast::people(&["ada", "bob", "grace", "hal"]));
    assert_eq!(names.people[&id("ada")], "Ada O'Neill");
    let organisations: Vec<_> = names.organisations.iter().map(|(id, name)| (id.as_str(), name.as_str())).collect();
    assert_eq!(organisations, [("acme", "acme & Söhne"), ("programme", "programme & Söhne"), ("ward", "ward & Söhne")]);
    assert_eq!(names.claims.into_iter().collect::<Vec<_>>(), [((task("describe-use-case"), Role::ProgrammeLead), id("hal"))]);
    let nobody = db.names(&JourneyRef::from_bits(9)).await.unwrap();
    assert!(nobody.people.is_empty() && nobody.organisations.is_empty() && nobody.claims.is_empty());
}

pub async fn what_lists_show_is_the_fold_of_the_ledger(house: House) {
    use journey::base::actor::Role::{ClinicalSafety, FunctionalAssurance, ProgrammeLead};
    let db = house.db;
    everybody(&db).await;
    let (mut walk, opened) = Walk::open(1, "Patient view", at(0));
    let reference = walk.0.reference.clone();
    assert_eq!(db.projection(&reference).await.unwrap(), None);
    db.append(opened).await.unwrap();
    let ada = || Some(by("ada", "acme"));
    let grace = || Some(by("grace", "programme"));
    let approve = |role| Event::Approved {
        task: id("obtain-use-case-approval"),
        round: Round(1),
        role,
        note: String::new(),
        accepted: Vec::new(),
        conditions: Vec::new(),
        facts: None,
    };
    let steps = [
        (vec![submitted("study-prerequisites", 1), submitted("read-capabilities", 1)], ada()),
        (vec![submitted("choose-capabilities", 1), submitted("contact-gp-connect-team", 1)], ada()),
        (
            vec![Event::Acknowledged {
                task: id("contact-gp-connect-team"),
                round: Round(1),
                role: ProgrammeLead,
                note: "hi".into(),
            }],
            grace(),
        ),
        (vec![submitted("describe-use-case", 1)], ada()),
        (vec![approve(ProgrammeLead)], grace()),
        (vec![submitted("submit-scal", 1)], ada()),
        (vec![Event::Started { task: id("develop-product") }], ada()),
        (vec![Event::Withdrawn { reason: "tired".into() }], ada()),
        (vec![Event::Resumed { reason: "rested".into() }], grace()),
    ];
    let mut lapsed = 0;
    for (number, (events, who)) in steps.into_iter().enumerate() {
        let batch = walk.then(events, who, tick(1 + i64::try_from(number).unwrap()));
        db.append(batch).await.unwrap();
        let history = db.history(&reference).await.unwrap();
        let fold = overview::project(&Journey::replay(&reference, &history, processes()).unwrap());
        lapsed += usize::from(fold.lapses_at.is_some());
        assert_eq!(db.projection(&reference).await.unwrap(), Some(fold), "after step {number}");
    }
    assert!(lapsed > 0, "no step had an approval that lapses");

    // A turn of several roles, in an order that is nobody's alphabet.
    let mut batch = walk.then(vec![Event::Withdrawn { reason: "again".into() }], None, at(60));
    let mut turn =
        crate::cast::turn("submit-scal", &[ProgrammeLead, ClinicalSafety, FunctionalAssurance], at(9), Some("2026-02-28"));
    turn.awaited = false;
    batch.projection.turns =
        vec![turn, crate::cast::turn("approval-to-go-live", &[ClinicalSafety, ProgrammeLead], tick(9), None)];
    db.append(batch.clone()).await.unwrap();
    assert_eq!(db.projection(&reference).await.unwrap(), Some(batch.projection));
}

pub async fn references_are_walked_once_in_order(house: House) {
    let db = house.db;
    everybody(&db).await;
    let mut made = Vec::new();
    for number in 0..23u64 {
        made.push(listed(&db, number * 0x0123_4567_8901 % 0x0007_ffff_ffff, "Patient view", "acme", at(0), Vec::new()).await);
    }
    made.sort_by_key(ToString::to_string);
    let mut walked = db.references(None, 5).await.unwrap();
    while let Some(last) = walked.last().cloned() {
        let more = db.references(Some(&last), 5).await.unwrap();
        if more.is_empty() {
            break;
        }
        walked.extend(more);
    }
    assert_eq!(walked, made);
}

pub async fn an_approval_that_lapses_is_found_when_it_does(house: House) {
    let db = house.db;
    everybody(&db).await;
    let lapse = [None, Some(at(100)), Some(at(50)), Some(at(200))];
    let mut references = Vec::new();
    for (bits, lapses_at) in (1..).zip(lapse) {
        let (walk, mut batch) = Walk::open(bits, "Patient view", at(0));
        batch.projection.lapses_at = lapses_at;
        db.append(batch).await.unwrap();
        references.push(walk.0.reference);
    }
    assert_eq!(db.lapsing(at(49), None, 9).await.unwrap(), Vec::new());
    assert_eq!(db.lapsing(at(100), None, 9).await.unwrap(), [references[1].clone(), references[2].clone()]);
    // Whoever cannot be brought up to date does not keep the next ones waiting.
    let mut walked = db.lapsing(at(999), None, 1).await.unwrap();
    while let Some(next) = db.lapsing(at(999), walked.last(), 1).await.unwrap().pop() {
        walked.push(next);
    }
    assert_eq!(walked, references[1..]);
    // What has lapsed is a new event, and then it is no longer there.
    let (mut walk, _) = Walk::open(3, "Patient view", at(0));
    db.append(walk.then(vec![Event::Withdrawn { reason: "x".into() }], None, at(60))).await.unwrap();
    assert_eq!(db.lapsing(at(100), None, 9).await.unwrap(), [references[1].clone()]);
}

/// Whatever is changed behind the store's back, reading the ledger notices.
pub async fn one_changed_byte_is_noticed(house: House) {
    let changes = [
        "UPDATE events SET body = REPLACE(body, 'Patient view', 'Patient vieW') WHERE seq = 1",
        // Read as the same event, and not what was stored.
        "UPDATE events SET body = REPLACE(body, ',', ', ') WHERE seq = 1",
        "UPDATE events SET body = body || ' ' WHERE seq = 2",
        "UPDATE events SET body = REPLACE(body, '{\"event\"', '{\"unheard_of\":1,\"event\"') WHERE seq = 2",
        "UPDATE events SET body = REPLACE(body, 'submitted', '\\u0073ubmitted') WHERE seq = 2",
        "UPDATE events SET at_us = at_us + 1 WHERE seq = 2",
        "UPDATE events SET person = 'bob' WHERE seq = 2",
        "UPDATE events SET organisation = NULL WHERE seq = 2",
        "UPDATE events SET prev = SUBSTR(prev, 2, 63) || SUBSTR(prev, 1, 1) WHERE seq = 3",
        "UPDATE events SET digest = SUBSTR(digest, 2, 63) || SUBSTR(digest, 1, 1) WHERE seq = 2",
        "DELETE FROM events WHERE seq = 2",
        "DELETE FROM events WHERE seq = 1",
    ];
    everybody(&house.db).await;
    for (bits, change) in (1..).zip(changes) {
        let (mut walk, opened) = Walk::open(bits, "Patient view", at(0));
        let reference = walk.0.reference.clone();
        house.db.append(opened).await.unwrap();
        for (second, name) in (1..).zip(["read-capabilities", "study-prerequisites", "try-demonstrator"]) {
            house.db.append(walk.then(vec![submitted(name, 1)], Some(by("ada", "acme")), at(second))).await.unwrap();
        }
        let replay = |told: &[Recorded]| Journey::replay(&reference, told, processes()).map(|journey| journey.seq);
        assert_eq!(replay(&house.db.history(&reference).await.unwrap()), Ok(Seq(4)));
        house.by_hand(&format!("{change} AND stream = '{reference}'")).await;
        let told = house.db.history(&reference).await.unwrap();
        assert!(matches!(replay(&told), Err(Corrupt::Broken(_))), "{change}: {:?}", replay(&told));
    }
    // The stream of accounts is chained in the same way.
    house.by_hand("UPDATE events SET at_us = at_us + 1 WHERE stream = 'people' AND seq = 2").await;
    let people = house.db.people_events(Seq(0), 99).await.unwrap();
    assert!(people[0].follows("people", None));
    assert!(!people[1].follows("people", Some((people[0].seq, &people[0].digest))));
    // And a letter that was to go out is still there.
    assert!(house.db.letters_waiting().await.unwrap().0 > 0);
}
