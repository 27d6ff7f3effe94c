//! Beside the rows of a SCAL: drafts by row, editions, phrases, facts about evidence.

use journey::{
    base::{
        actor::Role,
        ids::{Digest, JourneyRef},
    },
    ledger::file_sort::Sort,
    port::{
        Drafts, Ledger, WriteError,
        audit::Act,
        scal::{Catalogue, Phrase, Scal},
    },
    rule::draft::Draft,
    scal::evidence::Evidence,
};

use crate::{
    cast::{Walk, at, everybody, id},
    messages::{letters, notice},
    support::House,
};

fn row(row: &str, version: u64, body: &str, by: &str, second: i64) -> Draft {
    Draft {
        task: id("submit-scal"),
        subject: format!("row.{row}"),
        version,
        body: body.into(),
        by: id(by),
        at: at(second),
        sent: false,
    }
}

pub async fn rows_are_saved_together_or_not_at_all(house: House) {
    let db = house.db;
    everybody(&db).await;
    let journey = JourneyRef::from_bits(1);
    let task = id("submit-scal");
    db.save_drafts(&journey, vec![row("a", 0, "[1]", "ada", 1), row("b", 0, "[2]", "ada", 1)]).await.unwrap();
    // The second one is stale, so the first one is not written either.
    let late = db.save_drafts(&journey, vec![row("a", 1, "[3]", "bob", 2), row("b", 7, "[4]", "bob", 2)]).await;
    assert!(matches!(late, Err(WriteError::Conflict)));
    db.save_draft(&journey, Draft { subject: "verdict.a".into(), ..row("a", 0, "[5]", "grace", 3) }, 0).await.unwrap();
    let kept = db.drafts(&journey, &task, "row.").await.unwrap();
    let told: Vec<(&str, u64, &str)> = kept.iter().map(|d| (d.subject.as_str(), d.version, d.body.as_str())).collect();
    assert_eq!(told, [("row.a", 1, "[1]"), ("row.b", 1, "[2]")]);
    assert_eq!(db.drafts(&journey, &task, "verdict.").await.unwrap().len(), 1);
    assert_eq!(db.drafts(&JourneyRef::from_bits(2), &task, "row.").await.unwrap(), []);
    assert_eq!(db.drafted(&journey, "answers").await.unwrap(), [task], "a row is work on the answers");
    assert_eq!(db.drafted(&journey, "review").await.unwrap(), []);
}

pub async fn an_edition_is_published_once(house: House) {
    let db = house.db;
    everybody(&db).await;
    let edition = |body: &str, second: i64| Catalogue {
        edition: "2026-2".parse().unwrap(),
        body: body.to_owned(),
        note: "One row is new.".to_owned(),
        by: id("grace"),
        at: at(second),
        withdrawn: None,
    };
    db.publish_catalogue(edition("id,capability\n", 1), vec![notice("edition", "bob", false)]).await.unwrap();
    let again = db.publish_catalogue(edition("other", 2), vec![notice("again", "bob", false)]).await;
    assert!(matches!(again, Err(WriteError::Conflict)));
    let told: Vec<String> = letters(&db).await.into_iter().filter(|letter| letter.starts_with("bob@")).collect();
    assert_eq!(told, ["bob@example.org: About edition"], "what is not published is told to nobody");
    assert_eq!(db.catalogues().await.unwrap(), [edition("id,capability\n", 1)]);
    assert_eq!(db.journeys_under_way().await.unwrap(), 0);
    let (_, opened) = Walk::open(3, "Bedside", at(3));
    db.append(opened).await.unwrap();
    assert_eq!(db.journeys_under_way().await.unwrap(), 1);
    // Nobody names it: it goes, and stays readable.
    assert_eq!(db.journeys_on(&"2026-2".parse().unwrap(), at(1)).await.unwrap(), 0);
    let gone = |name: &str| crate::operator::noted(name, Act::EditionWithdrawn, Some("grace"), 5);
    db.withdraw_catalogue(&"2026-2".parse().unwrap(), gone("first"), vec![notice("gone", "bob", false)]).await.unwrap();
    for edition in ["2026-2", "2026-3"] {
        let again = db.withdraw_catalogue(&edition.parse().unwrap(), gone("again"), Vec::new()).await;
        assert!(matches!(again, Err(WriteError::Conflict)), "{edition}");
    }
    let kept = db.catalogues().await.unwrap().remove(0);
    assert_eq!((kept.body.as_str(), kept.withdrawn), ("id,capability\n", Some((at(5), "A reason.".to_owned()))));
}

pub async fn a_phrase_belongs_to_its_team_and_counts_its_uses(house: House) {
    let db = house.db;
    everybody(&db).await;
    let phrase = |name: &str, role: Role| Phrase {
        id: name.to_owned(),
        role,
        words: format!("{name}: a header is missing “é”"),
        used: 0,
        by: id("grace"),
        at: at(1),
    };
    for name in ["one", "two"] {
        db.add_phrase(phrase(name, Role::FunctionalAssurance)).await.unwrap();
    }
    db.add_phrase(phrase("three", Role::ClinicalSafety)).await.unwrap();
    db.phrase_used("two", Role::FunctionalAssurance).await.unwrap();
    db.phrase_used("two", Role::ClinicalSafety).await.unwrap();
    let of = |role| {
        let db = db.clone();
        async move { db.phrases(role).await.unwrap().into_iter().map(|p| (p.id, p.used)).collect::<Vec<_>>() }
    };
    assert_eq!(of(Role::FunctionalAssurance).await, [("two".to_owned(), 1), ("one".to_owned(), 0)]);
    assert!(!db.remove_phrase("two", Role::ClinicalSafety).await.unwrap(), "of another team");
    assert!(db.remove_phrase("two", Role::FunctionalAssurance).await.unwrap());
    assert_eq!(of(Role::FunctionalAssurance).await.len(), 1);
    assert_eq!(of(Role::ClinicalSafety).await, [("three".to_owned(), 0)]);
}

pub async fn the_last_word_about_a_file_stands(house: House) {
    let db = house.db;
    everybody(&db).await;
    let (journey, task) = (JourneyRef::from_bits(1), id("submit-scal"));
    let facts = |product: &str, sort: Sort, second: i64| Evidence {
        digest: Digest::of(b"capture"),
        sort,
        product: product.to_owned(),
        environment: Some(journey::base::environment::Environment::Int),
        effective: "2026-03-02".parse().ok(),
        tester: "T Achebe".to_owned(),
        replaces: Some(Digest::of(b"older")),
        by: id("ada"),
        at: at(second),
    };
    assert_eq!(db.evidence_of(&journey, &Digest::of(b"capture")).await.unwrap(), None);
    db.tell_evidence(&journey, &task, facts("4.2.1", Sort::Plain, 1)).await.unwrap();
    db.tell_evidence(&journey, &task, facts("4.2.3", Sort::HazardLog, 2)).await.unwrap();
    let bare = Evidence {
        digest: Digest::of(b"other"),
        environment: None,
        effective: None,
        replaces: None,
        ..facts("4", Sort::Plain, 3)
    };
    db.tell_evidence(&journey, &task, bare.clone()).await.unwrap();
    assert_eq!(db.evidence(&journey, &task).await.unwrap(), [facts("4.2.3", Sort::HazardLog, 2), bare]);
    assert_eq!(db.evidence(&journey, &id("s-cso")).await.unwrap(), []);
    assert_eq!(db.evidence_of(&journey, &Digest::of(b"capture")).await.unwrap(), Some(facts("4.2.3", Sort::HazardLog, 2)));
    assert_eq!(db.evidence_of(&JourneyRef::from_bits(2), &Digest::of(b"capture")).await.unwrap(), None);
}
