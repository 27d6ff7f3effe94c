//! Conversations: said once, counted in order, seen by each, taken back by its writer, told to those who take part.

use journey::{
    base::{
        actor::{Role, Side},
        ids::{Digest, JourneyRef},
    },
    form::FileRef,
    ledger::event::Event,
    port::{
        Ledger, Letter, Outbox, People, WriteError,
        messages::{Listener, Message, Messages, NewMessage, Thread, ThreadFilter, Upload},
        notices::{Notice, NoticeBook},
    },
    rule::conversation::Audience,
    view::notices::{Asks, Notices},
};
use store::Db;

use crate::{
    cast::{Walk, at, by, everybody, id, member, organisation, token},
    support::House,
};

fn said(name: &str, person: &str, organisation: &str, audience: Audience, second: i64) -> NewMessage {
    NewMessage {
        id: id(name),
        journey: JourneyRef::from_bits(1),
        task: None,
        defect: None,
        audience,
        by: by(person, organisation),
        at: at(second),
        words: format!("“{name}” é\0\n100%"),
        mentions: vec!["Grace O'Neill".to_owned()],
        files: Vec::new(),
        notices: Vec::new(),
    }
}

fn all(own: Option<Audience>) -> ThreadFilter {
    ThreadFilter {
        journey: JourneyRef::from_bits(1),
        task: None,
        own,
        reader: id("bob"),
        before: None,
        notes_before: None,
        limit: 50,
    }
}

fn ids(messages: &[Message]) -> Vec<&str> {
    messages.iter().map(|message| message.id.as_str()).collect()
}

fn upload(bytes: &[u8], name: &str) -> Upload {
    let file = FileRef { digest: Digest::of(bytes), name: name.to_owned() };
    Upload { file, kind: "application/pdf".to_owned(), bytes: bytes.len() as u64, at: at(1) }
}

/// A notice about this message for a person: one that mentions them, or one that asks something of them.
pub fn notice(message: &str, person: &str, urgent: bool) -> Notice {
    let asks = if urgent { Asks::Now } else { Asks::Act };
    let letter = Letter {
        id: format!("message-{message}-{person}"),
        to: format!("{person}@example.org"),
        subject: format!("About {message}"),
        body: "Hello.\n".to_owned(),
        enclosed: None,
    };
    Notice { person: id(person), letter, link: format!("https://x/{message}"), asks, message: Some(id(message)) }
}

/// Subjects of the letters that wait, each taken as sent.
pub async fn letters(db: &Db) -> Vec<String> {
    let mut subjects = Vec::new();
    while let Some(out) = db.next_letter(at(1_000_000), at(2_000_000)).await.unwrap() {
        db.letter_sent(&out.letter.id, at(1_000_000)).await.unwrap();
        subjects.push(format!("{}: {}", out.letter.to, out.letter.subject));
    }
    subjects.sort();
    subjects
}

pub async fn what_was_said_is_read_in_order_by_its_audience(house: House) {
    let db = house.db;
    everybody(&db).await;
    for (place, (name, person, organisation, audience)) in [
        ("one", "ada", "acme", Audience::All),
        ("two", "grace", "programme", Audience::Programme),
        ("three", "grace", "programme", Audience::All),
        ("four", "bob", "acme", Audience::Supplier),
    ]
    .into_iter()
    .enumerate()
    {
        let seq = db.say(said(name, person, organisation, audience, place as i64)).await.unwrap();
        assert_eq!(seq, place as u64 + 1);
    }
    let elsewhere = NewMessage { task: Some(id("s-pentest")), ..said("task", "ada", "acme", Audience::All, 9) };
    assert_eq!(db.say(elsewhere).await.unwrap(), 5);
    let other = NewMessage { journey: JourneyRef::from_bits(2), ..said("other", "ada", "acme", Audience::All, 9) };
    assert_eq!(db.say(other).await.unwrap(), 1, "each journey counts for itself");
    let read = |own: Option<Audience>| {
        let db = db.clone();
        async move {
            let thread = db.thread(&all(own)).await.unwrap();
            (ids(&thread.all).join(" "), ids(&thread.notes).join(" "))
        }
    };
    assert_eq!(read(None).await, ("one three".to_owned(), String::new()));
    assert_eq!(read(Some(Audience::Programme)).await, ("one three".to_owned(), "two".to_owned()));
    assert_eq!(read(Some(Audience::Supplier)).await, ("one three".to_owned(), "four".to_owned()));
    let of_task = db.thread(&ThreadFilter { task: Some(id("s-pentest")), ..all(None) }).await.unwrap();
    assert_eq!(ids(&of_task.all), ["task"]);
    assert_eq!(of_task.all[0].task, Some(id("s-pentest")));
    // One message as it is kept.
    let one = Message {
        id: id("one"),
        seq: 1,
        task: None,
        defect: None,
        audience: Audience::All,
        by: by("ada", "acme"),
        name: "Ada O'Neill".to_owned(),
        organisation: "acme & Söhne".to_owned(),
        at: at(0),
        words: "“one” é\u{fffd}\n100%".to_owned(),
        mentions: vec!["Grace O'Neill".to_owned()],
        files: Vec::new(),
        taken_back: None,
    };
    assert_eq!(db.message(&JourneyRef::from_bits(1), &id("one")).await.unwrap(), Some(one));
    assert_eq!(db.message(&JourneyRef::from_bits(2), &id("one")).await.unwrap(), None);
    // The last of them, then those before.
    let last = db.thread(&ThreadFilter { limit: 1, ..all(None) }).await.unwrap();
    assert_eq!(ids(&last.all), ["three"]);
    let before = db.thread(&ThreadFilter { before: Some(last.all[0].seq), ..all(None) }).await.unwrap();
    assert_eq!(ids(&before.all), ["one"]);
    assert_eq!(db.thread(&ThreadFilter { notes_before: Some(0), ..all(Some(Audience::Supplier)) }).await.unwrap().notes, []);
    let nothing = ThreadFilter { journey: JourneyRef::from_bits(9), ..all(None) };
    assert_eq!(db.thread(&nothing).await.unwrap(), Thread::default());
}

pub async fn a_form_is_sent_once_and_writers_at_once_are_counted_without_gaps(house: House) {
    let db = house.db;
    everybody(&db).await;
    db.say(NewMessage { notices: vec![notice("one", "bob", false)], ..said("one", "ada", "acme", Audience::All, 0) })
        .await
        .unwrap();
    let again = NewMessage { notices: vec![notice("again", "bob", false)], ..said("one", "ada", "acme", Audience::All, 1) };
    assert!(matches!(db.say(again).await, Err(WriteError::Conflict)));
    assert_eq!(letters(&db).await.iter().filter(|line| line.starts_with("bob") && line.contains("About one")).count(), 1);
    let writers: Vec<_> = (0..12)
        .map(|number| {
            let db = db.clone();
            tokio::spawn(async move {
                let name = format!("m{}", number / 2);
                db.say(said(&name, "ada", "acme", Audience::All, 2)).await
            })
        })
        .collect();
    let mut positions = Vec::new();
    for writer in writers {
        match writer.await.unwrap() {
            Ok(seq) => positions.push(seq),
            Err(WriteError::Conflict) => {}
            Err(WriteError::Store(error)) => panic!("{error}"),
        }
    }
    positions.sort_unstable();
    assert_eq!(positions, [2, 3, 4, 5, 6, 7]);
}

pub async fn what_is_seen_is_not_new_and_never_becomes_new_again(house: House) {
    let db = house.db;
    everybody(&db).await;
    let journey = JourneyRef::from_bits(1);
    let on_task = |name: &str, audience| NewMessage { task: Some(id("s-pentest")), ..said(name, "ada", "acme", audience, 1) };
    db.say(said("one", "ada", "acme", Audience::All, 0)).await.unwrap();
    db.say(on_task("two", Audience::All)).await.unwrap();
    db.say(on_task("three", Audience::Supplier)).await.unwrap();
    let unseen = |person: &'static str, own| {
        let (db, journey) = (db.clone(), journey.clone());
        async move { db.unseen(&id(person), &journey, own).await.unwrap() }
    };
    let task = Some(id("s-pentest"));
    assert_eq!(unseen("bob", Some(Audience::Supplier)).await, [(None, 1), (task.clone(), 2)]);
    assert_eq!(unseen("grace", Some(Audience::Programme)).await, [(None, 1), (task.clone(), 1)]);
    assert_eq!(unseen("hal", None).await, [(None, 1), (task.clone(), 1)]);
    assert_eq!(unseen("ada", Some(Audience::Supplier)).await, [], "one's own words are not news");
    let sum = db.unseen_of(&id("bob"), &[JourneyRef::from_bits(7), journey.clone()], Some(Audience::Supplier)).await.unwrap();
    assert_eq!(sum, [(journey.clone(), None, 1), (journey.clone(), task.clone(), 2)]);
    let many: Vec<JourneyRef> = (1..60).map(JourneyRef::from_bits).collect();
    assert_eq!(
        db.unseen_of(&id("bob"), &many, None).await.unwrap(),
        [(journey.clone(), None, 1), (journey.clone(), task.clone(), 1)]
    );
    for seen in [2, 1] {
        db.mark_seen(&id("bob"), &journey, task.as_ref(), seen).await.unwrap();
        assert_eq!(unseen("bob", Some(Audience::Supplier)).await, [(None, 1), (task.clone(), 1)], "seen up to {seen}");
    }
    assert_eq!(db.thread(&ThreadFilter { task: task.clone(), ..all(None) }).await.unwrap().seen, 2);
    db.mark_seen(&id("bob"), &journey, None, 99).await.unwrap();
    assert_eq!(unseen("bob", None).await, []);
    assert_eq!(unseen("grace", None).await.len(), 2, "each sees for themselves");
    // What was taken back is no news.
    db.unsay(&journey, &id("one"), &id("ada"), at(-1), at(3)).await.unwrap();
    assert_eq!(unseen("grace", None).await, [(task, 1)]);
}

pub async fn a_message_is_taken_back_by_its_writer_soon_and_leaves_nothing(house: House) {
    let db = house.db;
    everybody(&db).await;
    let journey = JourneyRef::from_bits(1);
    letters(&db).await;
    db.add_upload(&id("ada"), &id("one"), upload(b"report", "Report.pdf")).await.unwrap();
    db.choose_notices(&id("grace"), Notices::Daily).await.unwrap();
    let message = NewMessage {
        files: vec![Digest::of(b"report")],
        notices: vec![notice("one", "bob", false), notice("one", "grace", false)],
        ..said("one", "ada", "acme", Audience::All, 5)
    };
    db.say(message).await.unwrap();
    db.say(NewMessage { notices: vec![notice("two", "bob", false)], ..said("two", "ada", "acme", Audience::All, 6) })
        .await
        .unwrap();
    for (person, since) in [("bob", at(0)), ("ada", at(5))] {
        let late = db.unsay(&journey, &id("one"), &id(person), since, at(7)).await;
        assert!(matches!(late, Err(WriteError::Conflict)), "{person}");
    }
    assert!(matches!(db.unsay(&JourneyRef::from_bits(2), &id("one"), &id("ada"), at(0), at(7)).await, Err(WriteError::Conflict)));
    db.unsay(&journey, &id("one"), &id("ada"), at(4), at(7)).await.unwrap();
    assert!(matches!(db.unsay(&journey, &id("one"), &id("ada"), at(4), at(8)).await, Err(WriteError::Conflict)));
    let taken = db.message(&journey, &id("one")).await.unwrap().unwrap();
    assert_eq!((taken.words.as_str(), taken.files.len(), taken.mentions.len()), ("", 0, 0));
    assert_eq!(taken.taken_back, Some(at(7)));
    assert_eq!(db.uploads(&id("ada"), &id("one")).await.unwrap(), []);
    assert_eq!(letters(&db).await, ["bob@example.org: About two"], "nobody is told any more");
    assert_eq!(db.held(&id("grace"), at(100)).await.unwrap(), []);
}

pub async fn files_come_with_the_message_that_names_them(house: House) {
    let db = house.db;
    everybody(&db).await;
    let (report, list) = (upload(b"report", "Report “é”.pdf"), upload(b"list", "A list.pdf"));
    for one in [&report, &list] {
        db.add_upload(&id("ada"), &id("one"), one.clone()).await.unwrap();
        db.add_upload(&id("ada"), &id("never"), one.clone()).await.unwrap();
    }
    db.add_upload(&id("bob"), &id("one"), upload(b"planted", "planted.pdf")).await.unwrap();
    assert_eq!(db.uploads(&id("ada"), &id("one")).await.unwrap(), [list.clone(), report.clone()]);
    // A digest that this person did not upload for it comes along as little as one that is not named.
    let message = NewMessage {
        files: vec![Digest::of(b"report"), Digest::of(b"planted"), Digest::of(b"nothing")],
        ..said("one", "ada", "acme", Audience::All, 0)
    };
    db.say(message).await.unwrap();
    let kept = db.message(&JourneyRef::from_bits(1), &id("one")).await.unwrap().unwrap();
    assert_eq!(kept.files, std::slice::from_ref(&report.file));
    assert_eq!(db.uploads(&id("ada"), &id("one")).await.unwrap(), std::slice::from_ref(&report));
    assert_eq!(db.forget_uploads(at(1)).await.unwrap(), 0, "too young");
    assert_eq!(db.forget_uploads(at(2)).await.unwrap(), 3, "two were never sent, and one belongs to nobody's message");
    assert_eq!(db.uploads(&id("ada"), &id("one")).await.unwrap(), [report]);
}

pub async fn those_who_take_part_are_told_and_nobody_else(house: House) {
    let db = house.db;
    everybody(&db).await;
    let (mut walk, opened) = Walk::open(1, "Patient view", at(0));
    let journey = walk.0.reference.clone();
    db.append(opened).await.unwrap();
    db.add_organisation(organisation("trust", Side::EndUser), at(0)).await.unwrap();
    db.add_organisation(organisation("elsewhere", Side::EndUser), at(0)).await.unwrap();
    member(&db, "trust", "uma", &[Role::GroupLead]).await;
    member(&db, "elsewhere", "eve", &[Role::GroupLead]).await;
    let names = |listeners: &[Listener]| {
        listeners.iter().map(|one| format!("{}@{}", one.person, one.organisation)).collect::<Vec<String>>().join(" ")
    };
    // Ada registered and did not confirm her address yet.
    assert_eq!(names(&db.listeners(&journey).await.unwrap()), "bob@acme");
    db.confirm(&token("confirm ada"), at(1)).await.unwrap();
    let joined = Event::Joined { organisation: id("trust"), side: Some(Side::EndUser), identity: None, part: None };
    db.append(walk.then(vec![joined], Some(by("ada", "acme")), at(2))).await.unwrap();
    db.claim(&journey, &id("s-pentest"), Role::InformationGovernance, &id("hal"), at(3)).await.unwrap();
    assert_eq!(names(&db.listeners(&journey).await.unwrap()), "ada@acme bob@acme hal@programme uma@trust");
    db.say(NewMessage { journey: journey.clone(), ..said("one", "grace", "programme", Audience::Programme, 4) }).await.unwrap();
    let listeners = db.listeners(&journey).await.unwrap();
    assert_eq!(names(&listeners), "ada@acme bob@acme grace@programme hal@programme uma@trust");
    let hal = &listeners[3];
    assert_eq!((hal.name.as_str(), hal.email.as_str()), ("Hal O'Neill", "hal@example.org"));
    assert_eq!(hal.roles, [Role::FunctionalAssurance, Role::ClinicalSafety]);
    assert_eq!(hal.organisation_name, "programme & Söhne");
}

pub async fn what_is_said_about_a_defect_is_read_with_it_and_with_its_stage(house: House) {
    let db = house.db;
    everybody(&db).await;
    let on = |name: &str, person: &str, organisation: &str, audience, second, defect| NewMessage {
        task: Some(id("test-int-providers")),
        defect,
        ..said(name, person, organisation, audience, second)
    };
    db.say(on("first", "ada", "acme", Audience::All, 1, Some(2))).await.unwrap();
    db.say(on("note", "grace", "programme", Audience::Programme, 2, Some(2))).await.unwrap();
    db.say(on("other", "ada", "acme", Audience::All, 3, Some(1))).await.unwrap();
    db.say(on("stage", "ada", "acme", Audience::All, 4, None)).await.unwrap();
    db.say(on("last", "grace", "programme", Audience::All, 5, Some(2))).await.unwrap();
    let journey = JourneyRef::from_bits(1);
    let about = |number: u32, own, limit| {
        let (db, journey) = (db.clone(), journey.clone());
        async move { ids(&db.about_defect(&journey, number, own, limit).await.unwrap()).join(" ") }
    };
    assert_eq!(about(2, None, 50).await, "first last", "oldest first");
    assert_eq!(about(2, Some(Audience::Programme), 50).await, "first note last");
    assert_eq!(about(2, Some(Audience::Supplier), 50).await, "first last", "notes of others are not read");
    assert_eq!(about(2, None, 1).await, "last", "the last ones");
    assert_eq!(about(1, None, 50).await, "other");
    assert_eq!(about(3, None, 50).await, "");
    assert_eq!(db.about_defect(&JourneyRef::from_bits(2), 2, None, 50).await.unwrap(), [], "of no other journey");
    let of_stage = db.thread(&ThreadFilter { task: Some(id("test-int-providers")), ..all(None) }).await.unwrap();
    let told: Vec<(&str, Option<u32>)> = of_stage.all.iter().map(|one| (one.id.as_str(), one.defect)).collect();
    assert_eq!(told, [("first", Some(2)), ("other", Some(1)), ("stage", None), ("last", Some(2))]);
    assert_eq!(db.message(&journey, &id("first")).await.unwrap().unwrap().defect, Some(2));
}
