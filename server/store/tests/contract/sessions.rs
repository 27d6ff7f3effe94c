//! Sessions: kept through a restart, and ended for good.

use journey::{
    base::ids::{Digest, PersonId},
    port::SignIns,
};
use store::Sessions;
use time::{Duration, OffsetDateTime};
use tower_sessions::{
    SessionStore,
    session::{Id, Record},
};

use crate::{
    cast::{at, id},
    support::House,
};

/// Expires so many days after a moment long past, or far in the future.
fn record(person: Option<&str>, lives: bool) -> Record {
    let mut data = std::collections::HashMap::from([("flash".to_owned(), serde_json::json!({"words": "“é”\u{0} 100%"}))]);
    if let Some(person) = person {
        data.insert("person".to_owned(), serde_json::json!(person));
        data.insert("agent".to_owned(), serde_json::json!("Firefox on Linux"));
    }
    let days = if lives { 40_000 } else { 1 };
    Record { id: Id::default(), data, expiry_date: OffsetDateTime::UNIX_EPOCH + Duration::days(days) }
}

pub async fn a_session_is_kept_and_ended(house: House) {
    let sessions = Sessions::new(house.db);
    let mut mine = record(None, true);
    sessions.create(&mut mine).await.unwrap();
    assert_eq!(sessions.load(&mine.id).await.unwrap(), Some(mine.clone()));
    // An id that is taken is not given twice.
    let mut other = Record { id: mine.id, ..record(Some("ada"), true) };
    sessions.create(&mut other).await.unwrap();
    assert_ne!(other.id, mine.id);
    mine.data.insert("person".to_owned(), serde_json::json!("bob"));
    mine.expiry_date += Duration::minutes(5);
    sessions.save(&mine).await.unwrap();
    assert_eq!(sessions.load(&mine.id).await.unwrap(), Some(mine.clone()));
    sessions.delete(&mine.id).await.unwrap();
    sessions.delete(&mine.id).await.unwrap();
    assert_eq!(sessions.load(&mine.id).await.unwrap(), None);
    assert_eq!(sessions.load(&other.id).await.unwrap(), Some(other));
}

pub async fn an_ended_session_is_not_brought_back_by_saving(house: House) {
    let sessions = Sessions::new(house.db.clone());
    let mut mine = record(Some("ada"), true);
    sessions.create(&mut mine).await.unwrap();
    house.db.end_sessions(&id("ada"), None, None).await.unwrap();
    // A request that was under way writes its session at its end.
    sessions.save(&mine).await.unwrap();
    let mut left = sessions.load(&mine.id).await.unwrap().expect("it stays for its time");
    assert_eq!(left.data, [("was".to_owned(), "ada".into())].into(), "signed out, and it remembers whose it was");
    assert_eq!(house.db.sessions(&id("ada"), at(0)).await.unwrap(), Vec::new());
    // What its person sends too late can be kept in it.
    left.data.insert("kept".to_owned(), "words".into());
    sessions.save(&left).await.unwrap();
    assert_eq!(sessions.load(&mine.id).await.unwrap(), Some(left.clone()));
    // But nobody is signed in again in it.
    left.data.insert("person".to_owned(), "ada".into());
    sessions.save(&left).await.unwrap();
    assert!(!sessions.load(&mine.id).await.unwrap().unwrap().data.contains_key("person"));
}

pub async fn an_expired_session_is_not_loaded_and_is_swept(house: House) {
    let sessions = Sessions::new(house.db.clone());
    let (mut old, mut new) = (record(Some("ada"), false), record(Some("ada"), true));
    sessions.create(&mut old).await.unwrap();
    sessions.create(&mut new).await.unwrap();
    assert_eq!(sessions.load(&old.id).await.unwrap(), None);
    assert_eq!(house.db.sessions(&id("ada"), at(0)).await.unwrap().len(), 1);
    house.db.attempt("long ago", at(-9_000_000), at(-9_000_001)).await.unwrap();
    assert_eq!(sessions.sweep().await.unwrap(), 1);
    assert_eq!(sessions.sweep().await.unwrap(), 0);
    assert_eq!(sessions.load(&new.id).await.unwrap(), Some(new));
    assert_eq!(crate::cast::count(&house.url, "sessions").await, 1);
    assert_eq!(crate::cast::count(&house.url, "attempts").await, 0, "tries of another day are nobody's concern");
}

pub async fn people_see_and_end_where_they_are_signed_in(house: House) {
    let (db, sessions) = (house.db.clone(), Sessions::new(house.db));
    let ada: PersonId = id("ada");
    let mut made = Vec::new();
    for person in ["ada", "ada", "ada", "bob"] {
        let mut one = record(Some(person), true);
        sessions.create(&mut one).await.unwrap();
        made.push(one);
    }
    let handle = |record: &Record| Digest::of(record.id.to_string().as_bytes());
    sessions.save(&made[1]).await.unwrap();
    let lines = db.sessions(&ada, at(0)).await.unwrap();
    assert_eq!((lines.len(), &lines[0].handle), (3, &handle(&made[1])), "last seen first");
    assert_eq!(lines[0].agent, "Firefox on Linux");
    assert!(lines[0].seen >= lines[0].since);
    assert_eq!(db.sessions(&id("nobody"), at(0)).await.unwrap(), Vec::new());

    // Nobody ends another's session, even with its handle.
    db.end_sessions(&ada, Some(&handle(&made[3])), None).await.unwrap();
    assert!(sessions.load(&made[3].id).await.unwrap().is_some());
    db.end_sessions(&ada, Some(&handle(&made[0])), None).await.unwrap();
    assert!(!sessions.load(&made[0].id).await.unwrap().unwrap().data.contains_key("person"));
    assert_eq!(db.sessions(&ada, at(0)).await.unwrap().len(), 2);
    db.end_sessions(&ada, None, Some(&made[2].id.to_string())).await.unwrap();
    assert_eq!(
        db.sessions(&ada, at(0)).await.unwrap().into_iter().map(|line| line.handle).collect::<Vec<_>>(),
        [handle(&made[2])]
    );
    db.end_sessions(&ada, None, None).await.unwrap();
    assert_eq!(db.sessions(&ada, at(0)).await.unwrap(), Vec::new());
    assert!(sessions.load(&made[3].id).await.unwrap().is_some());
}
