//! Second steps of signing in: set up once, used once, taken away whole.

use journey::{
    people::{
        rules::PeopleEvent,
        second_steps::{AppKey, recovery_digest},
    },
    port::{
        Outbox as _, WriteError,
        second_steps::{Reset, SecondStep, SecondSteps as _},
    },
};

use crate::{
    accounts::verified,
    cast::{at, by, count, everybody, id, letter},
    support::House,
};

/// A second step that was set up so many seconds after the beginning.
pub fn step(token: &str, seconds: i64) -> SecondStep {
    SecondStep { key: AppKey::from_token(token), last: 7, since: at(seconds), codes_left: 2 }
}

/// Two recovery codes of Ada.
pub fn codes() -> Vec<journey::base::ids::Digest> {
    ["one", "two"].map(|code| recovery_digest(&id("ada"), code)).to_vec()
}

pub async fn a_second_step_is_set_up_once_and_replaced_by_whoever_showed_it(house: House) {
    let db = house.db;
    everybody(&db).await;
    let ada = id("ada");
    assert_eq!(db.second_step(&ada).await.unwrap(), None);
    assert!(!db.use_code(&ada, 9).await.unwrap(), "there is nothing to show");
    let nothing = db.make_recovery_codes(&ada, &codes(), letter("codes"), at(1)).await;
    assert!(matches!(nothing, Err(WriteError::Conflict)));
    assert!(matches!(db.remove_second_step(&ada, letter("gone"), at(1)).await, Err(WriteError::Conflict)));

    db.set_up_second_step(&ada, &step("first", 2), &codes(), false, letter("first")).await.unwrap();
    assert_eq!(db.second_step(&ada).await.unwrap(), Some(step("first", 2)));
    // Of two who know the password, the slower one sets up nothing.
    let slower = db.set_up_second_step(&ada, &step("slower", 3), &[], false, letter("slower")).await;
    assert!(matches!(slower, Err(WriteError::Conflict)));
    assert_eq!(db.second_step(&ada).await.unwrap(), Some(step("first", 2)));
    db.set_up_second_step(&ada, &step("second", 4), &codes()[..1], true, letter("second")).await.unwrap();
    assert_eq!(db.second_step(&ada).await.unwrap(), Some(SecondStep { codes_left: 1, ..step("second", 4) }));
    assert_eq!(db.second_step(&id("bob")).await.unwrap(), None);

    db.remove_second_step(&ada, letter("gone"), at(5)).await.unwrap();
    assert_eq!(db.second_step(&ada).await.unwrap(), None);
    assert_eq!(count(&house.url, "recovery_codes").await, 0);
    let told: Vec<String> = db.letters_unsent(50).await.unwrap().into_iter().map(|letter| letter.id).collect();
    for (name, sent) in [("first", true), ("second", true), ("gone", true), ("slower", false), ("codes", false)] {
        assert_eq!(told.iter().any(|told| told == name), sent, "{name}: {told:?}");
    }
    let events = verified(&db).await;
    let (set_up, removed) =
        (PeopleEvent::SecondStepSetUp { person: ada.clone() }, PeopleEvent::SecondStepRemoved { person: ada });
    assert_eq!(events.iter().filter(|event| **event == set_up).count(), 2);
    assert_eq!(events.iter().filter(|event| **event == removed).count(), 1);
}

pub async fn each_code_opens_once(house: House) {
    let db = house.db;
    everybody(&db).await;
    let (ada, bob) = (id("ada"), id("bob"));
    db.set_up_second_step(&ada, &step("a", 2), &codes(), false, letter("first")).await.unwrap();
    db.set_up_second_step(&bob, &step("b", 2), &[], false, letter("first-bob")).await.unwrap();
    for (number, first) in [(7, false), (8, true), (8, false), (6, false), (9, true)] {
        assert_eq!(db.use_code(&ada, number).await.unwrap(), first, "{number}");
    }
    assert_eq!(db.second_step(&bob).await.unwrap().unwrap().last, 7, "nobody else's");
    // Of two who use one code at once, one is let in.
    let (one, other) = tokio::join!(db.use_code(&ada, 10), db.use_code(&ada, 10));
    assert!(one.unwrap() ^ other.unwrap());

    let code = &codes()[0];
    assert!(!db.use_recovery_code(&bob, code, letter("bob"), at(3)).await.unwrap(), "it is another's");
    assert!(db.use_recovery_code(&ada, code, letter("used"), at(3)).await.unwrap());
    assert!(!db.use_recovery_code(&ada, code, letter("again"), at(4)).await.unwrap());
    assert_eq!(db.second_step(&ada).await.unwrap().unwrap().codes_left, 1);
    db.make_recovery_codes(&ada, &[recovery_digest(&ada, "three")], letter("new"), at(5)).await.unwrap();
    assert!(!db.use_recovery_code(&ada, &codes()[1], letter("old"), at(6)).await.unwrap(), "new ones replace the old");
    assert_eq!(db.second_step(&ada).await.unwrap().unwrap().codes_left, 1);
    let told: Vec<String> = db.letters_unsent(50).await.unwrap().into_iter().map(|letter| letter.id).collect();
    for (name, sent) in [("used", true), ("new", true), ("again", false), ("old", false), ("bob", false)] {
        assert_eq!(told.iter().any(|told| told == name), sent, "{name}: {told:?}");
    }
    assert!(verified(&db).await.contains(&PeopleEvent::RecoveryCodesMade { person: ada }));
}

/// A request about somebody of Acme.
pub fn reset(person: &str, asked_by: &str, seconds: i64) -> Reset {
    Reset {
        person: id(person),
        organisation: id("acme"),
        asked_by: id(asked_by),
        reason: "I “know” her é.".to_owned(),
        at: at(seconds),
    }
}

pub async fn a_lost_second_step_is_taken_away_once_and_its_owner_is_signed_out(house: House) {
    let db = house.db;
    everybody(&db).await;
    let (ada, asked) = (id("ada"), reset("ada", "bob", 5));
    let nothing = db.ask_second_step_reset(&asked, by("bob", "acme"), letter("nothing")).await;
    assert!(matches!(nothing, Err(WriteError::Conflict)), "there is none to take away");
    db.set_up_second_step(&ada, &step("first", 2), &codes(), false, letter("first")).await.unwrap();
    db.ask_second_step_reset(&asked, by("bob", "acme"), letter("asked")).await.unwrap();
    let twice = db.ask_second_step_reset(&reset("ada", "bob", 6), by("bob", "acme"), letter("twice")).await;
    assert!(matches!(twice, Err(WriteError::Conflict)));
    assert_eq!(db.second_step_resets(&id("acme")).await.unwrap(), std::slice::from_ref(&asked));
    assert_eq!(db.second_step_reset(&ada).await.unwrap(), Some(asked.clone()));
    assert!(db.second_step_resets(&id("programme")).await.unwrap().is_empty());
    db.drop_second_step_reset(&asked).await.unwrap();
    let gone = db.confirm_second_step_reset(&asked, by("grace", "programme"), letter("gone"), at(7)).await;
    assert!(matches!(gone, Err(WriteError::Conflict)));
    assert!(db.second_step(&ada).await.unwrap().is_some());

    let asked = reset("ada", "bob", 8);
    db.ask_second_step_reset(&asked, by("bob", "acme"), letter("again")).await.unwrap();
    db.confirm_second_step_reset(&asked, by("grace", "programme"), letter("done"), at(9)).await.unwrap();
    assert_eq!((db.second_step(&ada).await.unwrap(), db.second_step_reset(&ada).await.unwrap()), (None, None));
    let told: Vec<String> = db.letters_unsent(50).await.unwrap().into_iter().map(|letter| letter.id).collect();
    for (name, sent) in [("asked", true), ("again", true), ("done", true), ("nothing", false), ("twice", false), ("gone", false)]
    {
        assert_eq!(told.iter().any(|told| told == name), sent, "{name}: {told:?}");
    }
    let reason = asked.reason;
    assert!(verified(&db).await.contains(&PeopleEvent::SecondStepReset { person: ada, reason }));
}
