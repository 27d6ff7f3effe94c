//! Links in letters: each for one purpose, for a time, and once.

use journey::{
    base::{actor::Role, ids::Seq},
    people::rules::PeopleEvent,
    port::{Link, LinkPurpose, Outbox, People, Person, SignIns, WriteError, seats::Seats},
};
use store::Sessions;
use time::OffsetDateTime;
use tower_sessions::{
    SessionStore,
    session::{Id, Record},
};

use crate::{
    accounts::verified,
    cast::{at, by, everybody, id, invitation, letter, link, person, supplier, token},
    support::House,
};

pub async fn a_link_works_for_its_purpose_until_it_expires(house: House) {
    let db = house.db;
    everybody(&db).await;
    let reset = Link { person: Some(id("ada")), by: None, ..link("reset ada", LinkPurpose::Reset) };
    let before = verified(&db).await.len();
    db.add_link(reset.clone(), letter("reset")).await.unwrap();
    assert_eq!(verified(&db).await.len(), before, "a letter that anybody may ask for is no event");
    assert_eq!(db.link(&reset.token, LinkPurpose::Reset, at(86_399)).await.unwrap(), Some(reset.clone()));
    assert_eq!(db.link(&reset.token, LinkPurpose::Reset, at(86_400)).await.unwrap(), None);
    assert_eq!(db.link(&reset.token, LinkPurpose::Confirm, at(1)).await.unwrap(), None);
    assert_eq!(db.link(&token("another"), LinkPurpose::Reset, at(1)).await.unwrap(), None);
    let mut letters = Vec::new();
    while let Some(taken) = db.next_letter(at(10), at(99)).await.unwrap() {
        letters.push(taken.letter.id);
    }
    assert!(letters.contains(&"reset".to_owned()));
}

pub async fn invitations_wait_until_they_are_cancelled(house: House) {
    let db = house.db;
    everybody(&db).await;
    let first = Link { by: Some(id("ada")), ..invitation("first", "acme", &[Role::Developer, Role::Signatory]) };
    let second = Link { created_at: at(1), expires_at: at(60), ..invitation("second", "acme", &[Role::Developer]) };
    let theirs = invitation("theirs", "programme", &[Role::ServiceManagement]);
    for link in [&second, &first, &theirs] {
        db.add_link(link.clone(), letter(&link.email)).await.unwrap();
    }
    assert_eq!(db.invitations(&id("acme"), at(2)).await.unwrap(), [first.clone(), second.clone()]);
    assert_eq!(db.invitations(&id("acme"), at(60)).await.unwrap(), std::slice::from_ref(&first));
    let before = verified(&db).await;
    let invited = PeopleEvent::Invited { organisation: id("acme"), roles: first.roles.clone() };
    assert!(before.contains(&invited));

    // Another organisation cannot take it back.
    db.cancel_invitation(&id("programme"), &first.token, by("grace", "programme"), at(3)).await.unwrap();
    assert_eq!(verified(&db).await.len(), before.len());
    for _ in 0..2 {
        db.cancel_invitation(&id("acme"), &first.token, by("ada", "acme"), at(3)).await.unwrap();
        assert_eq!(verified(&db).await.len(), before.len() + 1);
    }
    assert_eq!(db.invitations(&id("acme"), at(2)).await.unwrap(), [second]);
    assert_eq!(db.link(&first.token, LinkPurpose::Invite, at(4)).await.unwrap(), None);
    assert!(matches!(db.accept(&first.token, id("eve"), Some(person("eve", true)), at(4)).await, Err(WriteError::Conflict)));
}

pub async fn an_address_is_confirmed_once(house: House) {
    let db = house.db;
    supplier(&db, "acme", "ada").await;
    let link = token("confirm ada");
    assert!(matches!(db.confirm(&link, at(86_400)).await, Err(WriteError::Conflict)), "too late");
    assert!(matches!(db.confirm(&token("none"), at(1)).await, Err(WriteError::Conflict)));
    assert!(!db.person(&id("ada")).await.unwrap().unwrap().confirmed);
    db.confirm(&link, at(1)).await.unwrap();
    assert!(db.person(&id("ada")).await.unwrap().unwrap().confirmed);
    assert!(matches!(db.confirm(&link, at(2)).await, Err(WriteError::Conflict)), "twice");
    assert_eq!(verified(&db).await[1..], [PeopleEvent::Confirmed { person: id("ada") }]);
}

pub async fn an_invitation_makes_an_account_or_a_membership_once(house: House) {
    let db = house.db;
    everybody(&db).await;
    let before = verified(&db).await.len();
    let new = invitation("eve", "acme", &[Role::Signatory]);
    let known = invitation("grace", "acme", &[Role::ClinicalSafetyOfficer]);
    db.add_link(new.clone(), letter("eve")).await.unwrap();
    db.add_link(known.clone(), letter("grace")).await.unwrap();
    db.accept(&new.token, id("eve"), Some(person("eve", true)), at(5)).await.unwrap();
    db.accept(&known.token, id("grace"), None, at(6)).await.unwrap();
    assert_eq!(db.person(&id("eve")).await.unwrap(), Some(person("eve", true)));
    assert_eq!(db.memberships(&id("eve")).await.unwrap()[0].roles, [Role::Signatory]);
    let places = db.memberships(&id("grace")).await.unwrap();
    assert_eq!((places.len(), places[1].roles.as_slice()), (2, [Role::ClinicalSafetyOfficer].as_slice()));
    for again in [&new, &known] {
        assert!(matches!(db.accept(&again.token, id("ada"), None, at(7)).await, Err(WriteError::Conflict)));
    }
    let accepted = PeopleEvent::Accepted { person: id("eve"), organisation: id("acme"), roles: vec![Role::Signatory] };
    let told = verified(&db).await;
    assert_eq!((told.len(), &told[before + 2]), (before + 4, &accepted));
    let first = &db.people_events(Seq(u64::try_from(before).unwrap() + 2), 1).await.unwrap()[0];
    assert_eq!(first.by, Some(by("eve", "acme")));
}

pub async fn of_ten_who_accept_one_wins(house: House) {
    let db = house.db;
    everybody(&db).await;
    let link = invitation("guest", "acme", &[Role::Developer]);
    db.add_link(link.clone(), letter("guest")).await.unwrap();
    let guests: Vec<_> = (0..10)
        .map(|number| {
            let (db, token) = (db.clone(), link.token.clone());
            let guest = person(&format!("guest{number}"), true);
            tokio::spawn(async move { db.accept(&token, guest.id.clone(), Some(guest), at(5)).await })
        })
        .collect();
    let mut won = 0;
    for guest in guests {
        match guest.await.unwrap() {
            Ok(()) => won += 1,
            Err(WriteError::Conflict) => {}
            Err(WriteError::Store(error)) => panic!("{error}"),
        }
    }
    assert_eq!(won, 1);
    assert_eq!(db.members(&id("acme")).await.unwrap().len(), 3);
    verified(&db).await;
}

pub async fn an_invitation_survives_an_attempt_that_fails(house: House) {
    let db = house.db;
    everybody(&db).await;
    let link = invitation("guest", "acme", &[Role::Developer]);
    db.add_link(link.clone(), letter("guest")).await.unwrap();
    // The address has an account meanwhile.
    let taken = Person { id: id("guest"), ..person("bob", true) };
    assert!(matches!(db.accept(&link.token, id("guest"), Some(taken), at(5)).await, Err(WriteError::Conflict)));
    assert_eq!(db.person(&id("guest")).await.unwrap(), None);
    assert_eq!(db.link(&link.token, LinkPurpose::Invite, at(5)).await.unwrap(), Some(link.clone()));
    db.accept(&link.token, id("hal"), None, at(6)).await.unwrap();
}

async fn signed_in(sessions: &store::Sessions, person: &str) -> Id {
    let data = [("person".to_owned(), serde_json::json!(person))].into_iter().collect();
    let mut record = Record { id: Id::default(), data, expiry_date: OffsetDateTime::UNIX_EPOCH + time::Duration::days(40_000) };
    sessions.create(&mut record).await.unwrap();
    record.id
}

async fn is_signed_in(sessions: &store::Sessions, id: &tower_sessions::session::Id) -> bool {
    sessions.load(id).await.unwrap().is_some_and(|record| record.data.contains_key("person"))
}

pub async fn a_new_password_ends_other_sessions_and_uses_its_link(house: House) {
    let db = house.db;
    everybody(&db).await;
    let sessions = store::Sessions::new(db.clone());
    let here = signed_in(&sessions, "ada").await;
    let there = signed_in(&sessions, "ada").await;
    let bob = signed_in(&sessions, "bob").await;
    let before = verified(&db).await.len();

    // Signed in: this session stays, and an unproven address stays unproven.
    db.set_password(&id("ada"), "$argon2id$second", Some(&here.to_string()), None, at(5)).await.unwrap();
    let ada = db.person(&id("ada")).await.unwrap().unwrap();
    assert_eq!((ada.password.as_str(), ada.confirmed), ("$argon2id$second", false));
    assert!(is_signed_in(&sessions, &here).await);
    assert!(!is_signed_in(&sessions, &there).await);

    // By a link: every session ends, the address is proven, and every link of that kind is used up.
    let links = ["reset 1", "reset 2"].map(|name| Link { person: Some(id("ada")), ..link(name, LinkPurpose::Reset) });
    for link in &links {
        db.add_link(link.clone(), letter(&link.email)).await.unwrap();
    }
    assert!(
        matches!(db.set_password(&id("bob"), "x", None, Some(&links[0].token), at(6)).await, Err(WriteError::Conflict)),
        "another's link"
    );
    assert!(
        matches!(db.set_password(&id("ada"), "x", None, Some(&links[0].token), at(86_400)).await, Err(WriteError::Conflict)),
        "too late"
    );
    assert!(
        matches!(db.set_password(&id("nobody"), "x", None, None, at(6)).await, Err(WriteError::Conflict)),
        "nobody's password"
    );
    assert!(is_signed_in(&sessions, &here).await, "a refused change ends nothing");
    db.set_password(&id("ada"), "$argon2id$third", None, Some(&links[0].token), at(7)).await.unwrap();
    let ada = db.person(&id("ada")).await.unwrap().unwrap();
    assert_eq!((ada.password.as_str(), ada.confirmed), ("$argon2id$third", true));
    assert!(!is_signed_in(&sessions, &here).await);
    assert!(is_signed_in(&sessions, &bob).await);
    for link in &links {
        let again = db.set_password(&id("ada"), "x", None, Some(&link.token), at(8)).await;
        assert!(matches!(again, Err(WriteError::Conflict)), "a letter from before the change");
    }
    let told = verified(&db).await;
    assert_eq!(
        told[before..],
        [PeopleEvent::PasswordChanged { person: id("ada") }, PeopleEvent::PasswordChanged { person: id("ada") }]
    );
}

/// What anybody may ask for fills nobody's letter box, and tells nobody who has an account.
pub async fn a_link_is_made_once_in_a_while(house: House) {
    let db = house.db;
    everybody(&db).await;
    while let Some(out) = db.next_letter(at(0), at(1)).await.unwrap() {
        db.letter_sent(&out.letter.id, at(0)).await.unwrap();
    }
    let reset = |name: &str, second: i64| Link {
        person: Some(id("ada")),
        email: "ada@example.org".to_owned(),
        created_at: at(second),
        ..link(name, LinkPurpose::Reset)
    };
    // Two at once are one.
    let both: Vec<_> = ["first", "twin"]
        .into_iter()
        .map(|name| {
            let (db, link) = (db.clone(), reset(name, 10));
            tokio::spawn(async move { db.add_link_once(link, Some(letter(name)), at(0)).await.unwrap() })
        })
        .collect();
    let mut kept = 0;
    for one in both {
        kept += usize::from(one.await.unwrap());
    }
    assert_eq!(kept, 1);
    let mut works = 0;
    for name in ["first", "twin"] {
        works += usize::from(db.link(&token(name), LinkPurpose::Reset, at(11)).await.unwrap().is_some());
    }
    assert_eq!(works, 1);
    assert!(!db.add_link_once(reset("soon", 20), Some(letter("soon")), at(5)).await.unwrap());
    assert_eq!(db.link(&token("soon"), LinkPurpose::Reset, at(21)).await.unwrap(), None);
    assert!(db.add_link_once(reset("later", 30), Some(letter("later")), at(10)).await.unwrap());
    // Whoever used it may ask for another at once.
    db.set_password(&id("ada"), "hash", None, Some(&token("later")), at(30)).await.unwrap();
    assert!(db.add_link_once(reset("at once", 30), Some(letter("at once")), at(10)).await.unwrap());
    // Another purpose and another address are others' concern.
    let other = Link { purpose: LinkPurpose::Confirm, ..reset("confirm", 31) };
    assert!(db.add_link_once(other, Some(letter("confirm")), at(10)).await.unwrap());
    let nobody = Link { person: None, email: "nobody@example.org".to_owned(), expires_at: at(32), ..reset("nobody", 32) };
    assert!(db.add_link_once(nobody.clone(), None, at(10)).await.unwrap());
    assert!(!db.add_link_once(Link { token: token("again"), ..nobody.clone() }, None, at(10)).await.unwrap());
    assert_eq!(db.link(&nobody.token, LinkPurpose::Reset, at(32)).await.unwrap(), None, "it opens nothing");
    let mut letters = Vec::new();
    while let Some(out) = db.next_letter(at(99), at(199)).await.unwrap() {
        letters.push(out.letter.id.clone());
        db.letter_sent(&out.letter.id, at(99)).await.unwrap();
    }
    assert_eq!(letters.len(), 4, "{letters:?}");
    assert!(letters.contains(&"later".to_owned()), "{letters:?}");
    assert!(letters.contains(&"confirm".to_owned()), "{letters:?}");
    // What opened nothing is swept, in its time.
    let before = crate::cast::count(&house.url, "links").await;
    let swept = Sessions::new(db.clone()).sweep().await;
    swept.unwrap();
    assert_eq!(crate::cast::count(&house.url, "links").await, before - 1);
}
