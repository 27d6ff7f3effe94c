//! Each hears as they chose: at once, in one letter a day, or not at all.

use journey::{
    base::ids::JourneyRef,
    port::{
        Ledger, Letter, People,
        messages::{Messages, NewMessage},
        notices::{Notice, NoticeBook},
    },
    rule::conversation::Audience,
    view::notices::{Asks, Notices},
};

use crate::{
    cast::{Walk, at, by, everybody, id, letter, submitted},
    messages::{letters, notice},
    support::House,
};

fn told(name: &str, second: i64, notices: Vec<Notice>) -> NewMessage {
    NewMessage {
        id: id(name),
        journey: JourneyRef::from_bits(1),
        task: None,
        defect: None,
        audience: Audience::All,
        by: by("ada", "acme"),
        at: at(second),
        words: "Hello.".to_owned(),
        mentions: Vec::new(),
        files: Vec::new(),
        notices,
    }
}

pub async fn a_notice_goes_as_its_reader_chose(house: House) {
    let db = house.db;
    everybody(&db).await;
    letters(&db).await;
    assert_eq!(db.notices_of(&id("bob")).await.unwrap(), Notices::Needed);
    db.choose_notices(&id("grace"), Notices::Daily).await.unwrap();
    db.choose_notices(&id("hal"), Notices::Daily).await.unwrap();
    db.choose_notices(&id("hal"), Notices::Never).await.unwrap();
    assert_eq!(db.notices_of(&id("hal")).await.unwrap(), Notices::Never);
    let three = |name: &str, urgent| ["bob", "grace", "hal"].map(|person| notice(name, person, urgent)).to_vec();
    db.say(told("one", 1, three("one", false))).await.unwrap();
    assert_eq!(letters(&db).await, ["bob@example.org: About one"]);
    db.say(told("two", 2, three("two", true))).await.unwrap();
    assert_eq!(letters(&db).await, ["bob@example.org: About two", "grace@example.org: About two"], "spoken to by name");
    let held = db.held(&id("grace"), at(10)).await.unwrap();
    assert_eq!(
        held.iter().map(|h| (h.subject.as_str(), h.link.as_str(), h.seen)).collect::<Vec<_>>(),
        [("About one", "https://x/one", false)]
    );
    assert_eq!(db.held(&id("hal"), at(10)).await.unwrap(), []);
    // Seen on the page is told already.
    db.mark_seen(&id("grace"), &JourneyRef::from_bits(1), None, 1).await.unwrap();
    assert!(db.held(&id("grace"), at(10)).await.unwrap()[0].seen);
    // The same with what is recorded in a ledger; a letter that always goes is not asked.
    let (mut walk, opened) = Walk::open(1, "Patient view", at(3));
    db.append(opened).await.unwrap();
    let mut batch = walk.then(vec![submitted("study-prerequisites", 1)], Some(by("ada", "acme")), at(4));
    let of = |person: &str| Notice { message: None, ..notice("turn", person, false) };
    batch.notices = vec![of("bob"), of("grace"), of("hal")];
    batch.letters = vec![letter("hal")];
    db.append(batch).await.unwrap();
    assert_eq!(letters(&db).await, ["bob@example.org: About turn", "hal@example.org: About hal"]);
    assert_eq!(db.held(&id("grace"), at(10)).await.unwrap().len(), 2);
    // Who wants nothing any more gets nothing of what waited.
    db.choose_notices(&id("grace"), Notices::Never).await.unwrap();
    assert_eq!(db.held(&id("grace"), at(10)).await.unwrap(), []);
}

/// Who has chosen nothing hears at once of what asks something of them, and once a day of the rest. A choice that was made stays.
pub async fn what_asks_nothing_waits_for_the_daily_letter(house: House) {
    let db = house.db;
    everybody(&db).await;
    letters(&db).await;
    db.choose_notices(&id("grace"), Notices::AtOnce).await.unwrap();
    let asking = |name: &str, asks: Asks| ["bob", "grace"].map(|who| Notice { asks, ..notice(name, who, false) }).to_vec();
    db.say(told("one", 1, asking("one", Asks::Nothing))).await.unwrap();
    assert_eq!(letters(&db).await, ["grace@example.org: About one"]);
    db.say(told("two", 2, asking("two", Asks::Act))).await.unwrap();
    assert_eq!(letters(&db).await, ["bob@example.org: About two", "grace@example.org: About two"]);
    let held = db.held(&id("bob"), at(10)).await.unwrap();
    assert_eq!(held.iter().map(|line| line.subject.as_str()).collect::<Vec<_>>(), ["About one"]);
    assert_eq!(db.news(&id("bob"), None, 10).await.unwrap().len(), 2, "the pages show both");
}

pub async fn of_ten_who_send_a_daily_letter_one_does(house: House) {
    let db = house.db;
    everybody(&db).await;
    letters(&db).await;
    for person in ["grace", "hal"] {
        db.choose_notices(&id(person), Notices::Daily).await.unwrap();
    }
    let both = |name: &str| vec![notice(name, "grace", false), notice(name, "hal", false)];
    db.say(told("one", 1, both("one"))).await.unwrap();
    db.say(told("two", 2, both("two"))).await.unwrap();
    db.say(told("late", 20, both("late"))).await.unwrap();
    assert_eq!(db.held_for(at(0), 10).await.unwrap(), []);
    assert_eq!(db.held_for(at(10), 1).await.unwrap(), [id("grace")]);
    assert_eq!(db.held_for(at(10), 10).await.unwrap(), [id("grace"), id("hal")]);
    let lines = async |person: &str| -> Vec<String> {
        db.held(&id(person), at(10)).await.unwrap().into_iter().map(|line| line.id).collect()
    };
    let read = lines("grace").await;
    assert_eq!(read.len(), 2);
    let senders: Vec<_> = (0..10)
        .map(|number| {
            let (db, read) = (db.clone(), read.clone());
            let daily = Letter { id: format!("daily-{number}"), ..letter("grace") };
            tokio::spawn(async move { db.send_held(&id("grace"), &read, Some(daily), at(30)).await.unwrap() })
        })
        .collect();
    let mut sent = 0;
    for sender in senders {
        sent += usize::from(sender.await.unwrap());
    }
    assert_eq!(sent, 1);
    assert_eq!(letters(&db).await, ["grace@example.org: About grace"]);
    assert_eq!(db.held(&id("grace"), at(100)).await.unwrap().len(), 1, "what came later waits");
    // Everything was seen: it is taken away without a letter.
    assert!(db.send_held(&id("hal"), &lines("hal").await, None, at(30)).await.unwrap());
    assert_eq!(letters(&db).await, [] as [&str; 0]);
    assert_eq!(db.held_for(at(10), 10).await.unwrap(), []);
}

/// What was not read is not thrown away: more lines than one letter takes, and those that came after it was read.
pub async fn nothing_held_is_dropped_untold(house: House) {
    let db = &house.db;
    everybody(db).await;
    letters(db).await;
    db.choose_notices(&id("grace"), Notices::Daily).await.unwrap();
    house
        .by_hand(
            "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 599) INSERT INTO held
                 SELECT 'line' || i, 'grace', CAST(1760000000000000 AS BIGINT) + i, 'About ' || i, '', '' FROM n;",
        )
        .await;
    let read = |held: Vec<journey::port::notices::Held>| held.into_iter().map(|line| line.id).collect::<Vec<String>>();
    let first = read(db.held(&id("grace"), at(10)).await.unwrap());
    assert_eq!(first.len(), 500);
    // A replica whose clock is behind adds one meanwhile.
    db.say(told("behind", 1, vec![notice("behind", "grace", false)])).await.unwrap();
    let daily = |number: u32| Letter { id: format!("daily-{number}"), ..letter("grace") };
    assert!(db.send_held(&id("grace"), &first, Some(daily(1)), at(30)).await.unwrap());
    assert!(!db.send_held(&id("grace"), &first, Some(daily(2)), at(30)).await.unwrap(), "they are told already");
    assert_eq!(db.held_for(at(10), 10).await.unwrap(), [id("grace")], "there is more");
    let second = read(db.held(&id("grace"), at(10)).await.unwrap());
    assert_eq!(second.len(), 101);
    // Of what another has told in part nothing is told twice.
    assert!(!db.send_held(&id("grace"), &[first, second.clone()].concat(), Some(daily(3)), at(30)).await.unwrap());
    assert!(db.send_held(&id("grace"), &second, Some(daily(4)), at(30)).await.unwrap());
    assert!(!db.send_held(&id("grace"), &[], Some(daily(5)), at(30)).await.unwrap());
    assert_eq!(letters(db).await, ["grace@example.org: About grace"; 2]);
    assert_eq!(db.held_for(at(10), 10).await.unwrap(), []);
}

pub async fn what_a_person_was_told_stands_on_their_pages_whatever_emails_they_chose(house: House) {
    let db = house.db;
    everybody(&db).await;
    db.choose_notices(&id("hal"), Notices::Never).await.unwrap();
    let to = |name: &str| ["bob", "hal"].map(|person| notice(name, person, false)).to_vec();
    db.say(told("one", 1, to("one"))).await.unwrap();
    db.say(told("two", 2, to("two"))).await.unwrap();
    let words = async |person: &str| {
        let news = db.news(&id(person), None, 9).await.unwrap();
        news.into_iter().map(|one| (one.words, one.unseen)).collect::<Vec<_>>()
    };
    let unseen = async |person: &str| db.account(&id(person)).await.unwrap().unwrap().2;
    let both = vec![("About two".to_owned(), true), ("About one".to_owned(), true)];
    assert_eq!((words("bob").await, words("hal").await), (both.clone(), both));
    assert_eq!((unseen("hal").await, unseen("grace").await), (2, 0));
    // In steps, each once.
    let first = db.news(&id("hal"), None, 1).await.unwrap().remove(0);
    let rest = db.news(&id("hal"), Some((first.at, first.id)), 9).await.unwrap();
    assert_eq!(rest.iter().map(|one| one.words.as_str()).collect::<Vec<_>>(), ["About one"]);
    db.see_news(&id("hal"), at(1)).await.unwrap();
    assert_eq!(words("hal").await, [("About two".to_owned(), true), ("About one".to_owned(), false)]);
    assert_eq!((unseen("hal").await, unseen("bob").await), (1, 2), "nobody else has seen it");
    assert_eq!(db.forget_news(at(2)).await.unwrap(), 2);
    assert_eq!(words("hal").await, [("About two".to_owned(), true)]);
}
