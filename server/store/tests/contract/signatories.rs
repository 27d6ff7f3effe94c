//! People who are asked by letter to sign: one for each member at a time, links that end with the request, codes that work once.

use journey::{
    base::{identity::Identity, ids::Digest},
    port::{
        Ledger as _, Letter, Outbox as _, WriteError,
        outbox::Undelivered,
        signatories::{Asked, AskedChange, HowEnded, MOST_CODES, MOST_TRIES, Signatories as _, SigningLink},
    },
};
use store::Db;

use crate::{
    cast::{Walk, at, everybody, id, letter},
    support::House,
};

/// Somebody who is asked for a member of the group of "Patient view", and the link in their letter.
pub fn asked(name: &str, code: &str, seconds: i64) -> (Asked, SigningLink) {
    let (walk, _) = Walk::open(1, "Patient view", at(0));
    let asked = Asked {
        id: id(name),
        journey: walk.0.reference,
        task: id("data-sharing-agreement"),
        member: Identity { name: "Willow “Lane” é".to_owned(), ods_code: code.to_owned() },
        name: format!("{name} O'Neill"),
        email: format!("{name}@willow.example"),
        by: id("ada"),
        at: at(seconds),
        due: "2026-03-16".parse().unwrap(),
        letter: format!("sign-{name}"),
        sent_at: at(seconds),
        remind_at: Some(at(seconds + 1_000)),
    };
    let token = Digest::of(format!("token of {name} {seconds}").as_bytes());
    (asked, SigningLink { token, created_at: at(seconds), expires_at: at(seconds + 10_000) })
}

async fn ask(db: &Db, name: &str, code: &str, seconds: i64) -> (Asked, SigningLink) {
    let (asked, link) = asked(name, code, seconds);
    let change = AskedChange::Asked { asked: asked.clone(), link: link.clone() };
    let mail = Letter { id: asked.letter.clone(), ..letter(name) };
    db.change_signatories(&[change], &[mail], at(seconds)).await.unwrap();
    (asked, link)
}

fn is_conflict(done: Result<(), WriteError>) -> bool {
    matches!(done, Err(WriteError::Conflict))
}

fn ended(name: &str, how: HowEnded, seconds: i64) -> AskedChange {
    AskedChange::Ended { id: id(name), how, reason: "“é”".to_owned(), at: at(seconds) }
}

pub async fn one_person_is_asked_for_a_member_at_a_time(house: House) {
    let db = house.db;
    everybody(&db).await;
    let (rae, first) = ask(&db, "rae", "A21471", 10).await;
    // Somebody else for the same member only when the one before is not asked any more; whole or not at all.
    let (bo, link) = asked("bo", "A21471", 20);
    let next = AskedChange::Asked { asked: bo.clone(), link: link.clone() };
    assert!(is_conflict(db.change_signatories(std::slice::from_ref(&next), &[letter("bo")], at(20)).await));
    assert_eq!(db.signatory(&bo.id).await.unwrap(), None);
    assert_eq!(db.signatory_of(&link.token).await.unwrap(), None);
    db.change_signatories(&[ended("rae", HowEnded::Replaced, 21), next], &[], at(21)).await.unwrap();
    ask(&db, "cy", "B82617", 22).await;
    let all = db.signatories(&rae.journey, &rae.task).await.unwrap();
    let told: Vec<_> = all.iter().map(|one| (one.asked.id.as_str(), one.ended.as_ref().map(|(how, ..)| *how))).collect();
    assert_eq!(told, [("rae", Some(HowEnded::Replaced)), ("bo", None), ("cy", None)], "by member, the newest last");
    assert_eq!(all[1].asked, bo);
    // An old link is still known, with what has become of it.
    let (found, link_of) = db.signatory_of(&first.token).await.unwrap().unwrap();
    assert_eq!((link_of, found.ended), (first, Some((HowEnded::Replaced, "“é”".to_owned(), at(21)))));
    // Who is not asked any more does nothing.
    assert!(is_conflict(db.change_signatories(&[AskedChange::Signed { id: id("rae"), at: at(30) }], &[], at(30)).await));
    assert!(is_conflict(db.change_signatories(&[ended("rae", HowEnded::Declined, 30)], &[], at(30)).await));
    db.change_signatories(&[AskedChange::Signed { id: id("bo"), at: at(31) }], &[], at(31)).await.unwrap();
    assert_eq!(db.signatory(&bo.id).await.unwrap().unwrap().signed_at, Some(at(31)));
    assert!(db.signatories(&rae.journey, &id("end-user-declaration")).await.unwrap().is_empty());
}

pub async fn a_request_goes_with_its_event_or_not_at_all(house: House) {
    let db = house.db;
    everybody(&db).await;
    let (mut walk, opened) = Walk::open(1, "Patient view", at(0));
    db.append(opened).await.unwrap();
    let (rae, link) = asked("rae", "A21471", 10);
    let with = |mut batch: journey::port::Batch| {
        batch.signatories = vec![AskedChange::Asked { asked: rae.clone(), link: link.clone() }];
        batch
    };
    let event = || journey::ledger::event::Event::Started { task: id("describe-use-case") };
    let late = walk.would(event(), crate::cast::by("ada", "acme"), at(9));
    db.append(with(walk.then(vec![event()], Some(crate::cast::by("ada", "acme")), at(10)))).await.unwrap();
    assert_eq!(db.signatory(&rae.id).await.unwrap().unwrap().asked, rae);
    let (bo, other) = asked("bo", "B82617", 11);
    let mut late = late;
    late.signatories = vec![AskedChange::Asked { asked: bo.clone(), link: other }];
    assert!(is_conflict(db.append(late).await));
    assert_eq!(db.signatory(&bo.id).await.unwrap(), None);
}

pub async fn a_code_works_once_in_its_time_and_only_a_few_are_tried(house: House) {
    let db = house.db;
    everybody(&db).await;
    let (rae, _) = ask(&db, "rae", "A21471", 10).await;
    let code = |text: &str| Digest::of(text.as_bytes());
    assert!(!db.take_code(&rae.id, &code("1"), at(20), at(0)).await.unwrap(), "none was sent");
    db.send_code(&rae.id, &code("1"), letter("c1"), at(20), at(0)).await.unwrap();
    assert!(is_conflict(db.send_code(&rae.id, &code("2"), letter("c2"), at(30), at(19)).await), "one was sent just now");
    assert!(!db.take_code(&rae.id, &code("2"), at(31), at(0)).await.unwrap());
    assert!(!db.take_code(&rae.id, &code("1"), at(2_000), at(1_000)).await.unwrap(), "it is too old");
    assert!(db.take_code(&rae.id, &code("1"), at(32), at(0)).await.unwrap());
    assert_eq!(db.signatory(&rae.id).await.unwrap().unwrap().opened_at, Some(at(32)));
    assert!(!db.take_code(&rae.id, &code("1"), at(33), at(0)).await.unwrap(), "once");
    // A new code ends the one before, and a few wrong tries end it.
    db.send_code(&rae.id, &code("3"), letter("c3"), at(100), at(40)).await.unwrap();
    db.send_code(&rae.id, &code("4"), letter("c4"), at(200), at(140)).await.unwrap();
    for _ in 0..MOST_TRIES {
        assert!(!db.take_code(&rae.id, &code("3"), at(201), at(0)).await.unwrap());
    }
    assert!(!db.take_code(&rae.id, &code("4"), at(202), at(0)).await.unwrap(), "too many were tried");
    for at_a_time in 3..i64::from(MOST_CODES) {
        db.send_code(&rae.id, &code("5"), letter(&format!("d{at_a_time}")), at(1_000 * at_a_time), at(1_000 * at_a_time - 1))
            .await
            .unwrap();
    }
    assert!(is_conflict(db.send_code(&rae.id, &code("6"), letter("d9"), at(90_000), at(89_000)).await), "enough were sent");
    assert!(db.take_code(&rae.id, &code("5"), at(90_001), at(0)).await.unwrap());
    // Of ten who try the right code at once one is let in.
    let (bo, _) = ask(&db, "bo", "B82617", 10).await;
    db.send_code(&bo.id, &code("7"), letter("e1"), at(20), at(0)).await.unwrap();
    let mut tries = tokio::task::JoinSet::new();
    for _ in 0..10 {
        let (db, id, code) = (db.clone(), bo.id.clone(), code("7"));
        tries.spawn(async move { db.take_code(&id, &code, at(21), at(0)).await.unwrap() });
    }
    assert_eq!(tries.join_all().await.into_iter().filter(|right| *right).count(), 1);
    db.keep_typed(&bo.id, "{\"a\":[\"é\"]}").await.unwrap();
    assert_eq!(db.signatory(&bo.id).await.unwrap().unwrap().kept, "{\"a\":[\"é\"]}");
    db.change_signatories(&[ended("bo", HowEnded::TakenBack, 30)], &[], at(30)).await.unwrap();
    assert!(is_conflict(db.send_code(&bo.id, &code("8"), letter("e2"), at(99_000), at(98_000)).await), "they are not asked");
}

pub async fn people_are_reminded_in_their_time_and_not_twice(house: House) {
    let db = house.db;
    everybody(&db).await;
    let (rae, _) = ask(&db, "rae", "A21471", 10).await;
    let (bo, _) = ask(&db, "bo", "B82617", 5).await;
    assert!(db.to_remind(at(1_004), 10).await.unwrap().is_empty());
    let due = db.to_remind(at(1_010), 10).await.unwrap();
    assert_eq!(due.iter().map(|one| one.asked.id.as_str()).collect::<Vec<_>>(), ["bo", "rae"], "the longest overdue first");
    assert_eq!(db.to_remind(at(1_010), 1).await.unwrap().len(), 1);
    let again = |seconds: i64| {
        let (_, link) = asked("rae", "A21471", seconds);
        let letter = format!("sign-again-{seconds}");
        AskedChange::Sent { id: rae.id.clone(), link, letter, before: at(10), remind_at: Some(at(3_000)), by_itself: true }
    };
    db.change_signatories(&[again(1_011)], &[], at(1_011)).await.unwrap();
    assert!(is_conflict(db.change_signatories(&[again(1_012)], &[], at(1_012)).await), "another process was faster");
    let reminded = db.signatory(&rae.id).await.unwrap().unwrap();
    assert_eq!((reminded.reminders, reminded.asked.sent_at, reminded.asked.remind_at), (1, at(1_011), Some(at(3_000))));
    // Both of their links work.
    let (_, old) = asked("rae", "A21471", 10);
    assert_eq!(db.signatory_of(&old.token).await.unwrap().unwrap().0.asked.id, rae.id);
    let later = AskedChange::Later { id: bo.id.clone(), remind_at: None };
    db.change_signatories(&[later], &[], at(1_013)).await.unwrap();
    assert!(db.to_remind(at(2_000), 10).await.unwrap().is_empty());
    // Whoever has signed or is not asked is never reminded.
    db.change_signatories(&[AskedChange::Signed { id: rae.id.clone(), at: at(1_020) }], &[], at(1_020)).await.unwrap();
    assert!(db.to_remind(at(9_000), 10).await.unwrap().is_empty());
    // What they signed for has changed: whoever has signed is looked at again, with all the reminders of the first time.
    let (journey, task, due) = (rae.journey.clone(), rae.task.clone(), "2026-12-24".parse().unwrap());
    let other = AskedChange::Again { journey: journey.clone(), task: id("end-user-declaration"), at: at(1_025), due };
    db.change_signatories(&[other], &[], at(1_025)).await.unwrap();
    assert!(db.to_remind(at(9_000), 10).await.unwrap().is_empty(), "nobody has signed that");
    db.change_signatories(&[AskedChange::Again { journey, task, at: at(1_026), due }], &[], at(1_026)).await.unwrap();
    let due_now = db.to_remind(at(1_026), 10).await.unwrap();
    assert_eq!(due_now.iter().map(|one| one.asked.id.as_str()).collect::<Vec<_>>(), ["rae"], "bo has not signed");
    assert_eq!((due_now[0].reminders, due_now[0].asked.due), (0, due));
    // A letter that cannot arrive is seen beside whom it was sent to.
    let lost = "sign-bo".to_owned();
    db.letter_undelivered(&lost, Undelivered::Refused, "550", at(1_030), None).await.unwrap();
    assert_eq!(db.signatory(&bo.id).await.unwrap().unwrap().undelivered, Some(Undelivered::Refused));
}
