//! Messages and people are found by their words, and nothing of another organisation's journeys.

use journey::{
    base::{
        fold,
        ids::{JourneyRef, OrganisationId},
    },
    port::{
        Ledger, People, WriteError,
        finding::{Finding, SaidFilter},
        messages::{Messages, NewMessage},
        seats::{OrganisationFilter, Seats},
    },
    rule::conversation::Audience,
};
use store::Db;

use crate::{
    cast::{Walk, at, by, everybody, id, supplier},
    support::House,
};

async fn say(db: &Db, name: &str, journey: u64, audience: Audience, second: i64, words: &str) {
    db.say(NewMessage {
        id: id(name),
        journey: JourneyRef::from_bits(journey),
        task: None,
        defect: None,
        audience,
        by: by("ada", "acme"),
        at: at(second),
        words: words.to_owned(),
        mentions: Vec::new(),
        files: Vec::new(),
        notices: Vec::new(),
    })
    .await
    .unwrap();
}

async fn found(db: &Db, find: &str, organisation: Option<&str>, own: Option<Audience>) -> Vec<String> {
    let filter = SaidFilter {
        words: fold::keywords(find),
        organisation: organisation.map(|one| -> OrganisationId { id(one) }),
        own,
        limit: 50,
    };
    db.said(&filter).await.unwrap().into_iter().map(|(_, message)| message.id.to_string()).collect()
}

pub async fn messages_are_found_by_their_words_and_by_nobody_else(house: House) {
    let db = house.db;
    everybody(&db).await;
    supplier(&db, "zeta", "zoe").await;
    let (_walk, opened) = Walk::open(1, "Patient view", at(0));
    db.append(opened).await.unwrap();
    say(&db, "m1", 1, Audience::All, 1, "The hazard logs of O’Hara are in the file — see GPC-SSP04-02").await;
    say(&db, "m2", 1, Audience::Programme, 2, "Noted: the hazard is real").await;
    say(&db, "m3", 1, Audience::All, 3, "Zoë will look at the logs of the hazard tomorrow").await;
    say(&db, "m4", 1, Audience::All, 4, "100% of it is done").await;
    for _ in 0..2 {
        assert_eq!(found(&db, "hazard", None, Some(Audience::Programme)).await, ["m3", "m2", "m1"], "newest first");
        assert_eq!(found(&db, "hazard", None, None).await, ["m3", "m1"], "notes are for their side");
        assert_eq!(found(&db, "hazards LOG", None, None).await, ["m3", "m1"], "in any order, one for many");
        assert_eq!(found(&db, "O'Hara", None, None).await, ["m1"]);
        assert_eq!(found(&db, "ohara", None, None).await, ["m1"]);
        assert_eq!(found(&db, "zoe", None, None).await, ["m3"]);
        assert_eq!(found(&db, "gpc–ssp04–02", None, None).await, ["m1"]);
        assert_eq!(found(&db, "ada", None, None).await.len(), 3, "the writer's name counts");
        assert_eq!(found(&db, "done 100% one two three four five", None, None).await, Vec::<String>::new());
        assert_eq!(
            found(&db, "the look hazard logs tomorrow at zoë", None, None).await,
            ["m3"],
            "more words than a statement has"
        );
        for nothing in ["", "the of", "%", "nul\0nul", "' OR 1=1 --", "nothing"] {
            assert_eq!(found(&db, nothing, None, None).await, Vec::<String>::new(), "{nothing:?}");
        }
        // Deny by default: only whose journey it is.
        assert_eq!(found(&db, "hazard", Some("acme"), Some(Audience::Supplier)).await, ["m3", "m1"]);
        assert_eq!(found(&db, "hazard", Some("zeta"), Some(Audience::Supplier)).await, Vec::<String>::new());
        // Made anew, it is the same.
        db.make_words_again(&JourneyRef::from_bits(1)).await.unwrap();
    }
    db.unsay(&JourneyRef::from_bits(1), &id("m1"), &id("ada"), at(0), at(5)).await.unwrap();
    assert_eq!(found(&db, "ohara", None, None).await, Vec::<String>::new(), "what was taken back is not found");
    assert_eq!(
        db.said(&SaidFilter { words: vec!["hazard".into()], organisation: None, own: None, limit: 1 }).await.unwrap().len(),
        1
    );
}

pub async fn people_are_found_by_name_and_address(house: House) {
    let db = house.db;
    everybody(&db).await;
    supplier(&db, "zeta", "zoe").await;
    let called = async |find: &str| {
        let words = fold::keywords(find);
        let all = db.people_called(&words, 20).await.unwrap();
        all.into_iter().map(|one| (one.person.to_string(), one.organisation.to_string())).collect::<Vec<_>>()
    };
    let zoe = db.person(&id("zoe")).await.unwrap().unwrap();
    for _ in 0..2 {
        assert_eq!(called(&zoe.name).await, [("zoe".to_owned(), "zeta".to_owned())]);
        assert_eq!(called(&zoe.name.to_uppercase()).await, [("zoe".to_owned(), "zeta".to_owned())]);
        assert_eq!(called(&zoe.email).await, [("zoe".to_owned(), "zeta".to_owned())]);
        assert_eq!(called("nobody of this name").await, []);
        assert_eq!(called("").await, []);
        db.make_names_again().await.unwrap();
    }
    // Under a new name they are found, and under the old one no more.
    db.rename(&id("zoe"), "Élodie Marsh", at(9)).await.unwrap();
    for _ in 0..2 {
        assert_eq!(called("elodie").await, [("zoe".to_owned(), "zeta".to_owned())]);
        assert_eq!(called(&zoe.email).await, [("zoe".to_owned(), "zeta".to_owned())]);
        assert_eq!(called(&zoe.name).await, []);
        db.make_names_again().await.unwrap();
    }
    assert_eq!(db.person(&id("zoe")).await.unwrap().unwrap().name, "Élodie Marsh");
    assert!(matches!(db.rename(&id("nobody"), "No Body", at(9)).await, Err(WriteError::Conflict)));
    // Organisations are in the order in which a page asks for the next.
    let all = db.organisations(&OrganisationFilter { limit: 50, ..OrganisationFilter::default() }).await.unwrap();
    let after = all.first().map(|one| (fold::folded(&one.organisation.name), one.organisation.id.clone()));
    let rest = db.organisations(&OrganisationFilter { limit: 50, after, ..OrganisationFilter::default() }).await.unwrap();
    assert_eq!(rest.len() + 1, all.len());
}
