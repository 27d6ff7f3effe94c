//! The register of ODS codes: looked up by code, loaded file by file, and never a reason to stop anybody.

use jiff::{Timestamp, civil::date};
use journey::{
    base::ods::{Listed, Register, Successor},
    port::ods::{Loaded, MOST_CODES, OdsRegister as _, SAMPLE},
};
use store::Db;

use crate::{
    cast::{at, count},
    support::House,
};

fn listed(code: &str, name: &str) -> Listed {
    let role = "GP practice".to_owned();
    Listed { code: code.to_owned(), name: name.to_owned(), role, opened: Some(date(1974, 4, 1)), ..Listed::default() }
}

/// A file with one organisation that is open, one that is closed, and one that was succeeded by both an organisation of the
/// register and one that it does not have.
pub(crate) async fn load(db: &Db, name: &str, now: Timestamp) {
    let mut file = db.load_ods(name);
    file.organisation(listed("A21471", "WILLOW LANE “É” SURGERY\0")).await.unwrap();
    let closed = Some(date(2025, 4, 1));
    file.organisation(Listed { closed, ended: true, ..listed("A21472", "MILL STREET PRACTICE") }).await.unwrap();
    file.succeeded("A21472".to_owned(), "A21471".to_owned(), closed).await.unwrap();
    file.succeeded("A21472".to_owned(), "X99999".to_owned(), None).await.unwrap();
    file.succeeded("OLD01".to_owned(), "A21472".to_owned(), closed).await.unwrap();
    file.done(now).await.unwrap();
}

fn codes(codes: &[&str]) -> Vec<String> {
    codes.iter().map(|code| (*code).to_owned()).collect()
}

pub async fn a_code_is_found_with_who_came_after_it(house: House) {
    let db = house.db;
    assert_eq!(db.ods_codes(&codes(&["A21471"])).await.unwrap(), Register::new());
    load(&db, "epraccur.csv", at(1)).await;
    assert_eq!(db.ods_codes(&[]).await.unwrap(), Register::new());
    let found = db.ods_codes(&codes(&["A21471", "A21472", "OLD01", "X99999", "a21471", "", "'", "\0"])).await.unwrap();
    assert_eq!(found.keys().collect::<Vec<_>>(), ["A21471", "A21472", "OLD01"]);
    let willow = "WILLOW LANE “É” SURGERY\u{fffd}";
    assert_eq!(found["A21471"], listed("A21471", willow));
    let since = Some(date(2025, 4, 1));
    let closed = &found["A21472"];
    assert!(closed.ended && closed.closed == since && closed.name == "MILL STREET PRACTICE");
    let next = |code: &str, name: &str| Successor { code: code.to_owned(), name: name.to_owned(), since: None, ended: false };
    assert_eq!(closed.successors, [Successor { since, ..next("A21471", willow) }, next("X99999", "")]);
    // Nothing is known of it but who came after it, and that is closed too.
    let old = &found["OLD01"];
    assert!(old.ended && old.name.is_empty());
    assert_eq!(old.successors, [Successor { since, ended: true, ..next("A21472", "MILL STREET PRACTICE") }]);
    // Of more codes than one statement takes each is found, and no more than a question takes are looked for.
    let mut many: Vec<String> = (0..MOST_CODES - 1).map(|number| format!("Z{number}")).collect();
    many.extend(codes(&["A21471", "A21472"]));
    assert_eq!(db.ods_codes(&many).await.unwrap().keys().collect::<Vec<_>>(), ["A21471"]);
}

pub async fn a_file_is_loaded_whole_or_not_at_all_and_as_often_as_one_likes(house: House) {
    let db = house.db;
    assert_eq!(db.ods_loaded().await.unwrap(), None);
    let mut begun = db.load_ods("epraccur.csv");
    for number in 0..450 {
        begun.organisation(listed(&format!("B{number:05}"), "BEGUN")).await.unwrap();
    }
    drop(begun);
    assert_eq!(db.ods_loaded().await.unwrap(), None);
    assert_eq!(count(&house.url, "ods_codes").await, 0);
    for second in [1, 2] {
        load(&db, "epraccur.csv", at(second)).await;
        assert_eq!(db.ods_loaded().await.unwrap(), Some(Loaded { at: at(second), sample: false }));
        assert_eq!(count(&house.url, "ods_codes").await, 3);
        assert_eq!(count(&house.url, "ods_successors").await, 3);
    }
    // Another file says more of one, and knows another; what it does not name stays.
    let mut file = db.load_ods("other.csv");
    for _ in 0..2 {
        file.organisation(Listed { role: "Pharmacy".to_owned(), ..listed("OLD01", "OLD PHARMACY") }).await.unwrap();
    }
    for number in 0..450 {
        file.organisation(listed(&format!("B{number:05}"), "BULK")).await.unwrap();
    }
    file.done(at(3)).await.unwrap();
    let found = db.ods_codes(&codes(&["OLD01", "A21472", "B00449"])).await.unwrap();
    assert_eq!((found["OLD01"].name.as_str(), found["OLD01"].role.as_str()), ("OLD PHARMACY", "Pharmacy"));
    assert!(!found["OLD01"].ended && found["A21472"].ended && found["B00449"].name == "BULK");
    assert_eq!(db.ods_files().await.unwrap(), [("epraccur.csv".to_owned(), at(2), 2), ("other.csv".to_owned(), at(3), 451)]);
}

pub async fn a_real_file_takes_the_sample_away(house: House) {
    let db = house.db;
    load(&db, SAMPLE, at(1)).await;
    assert_eq!(db.ods_loaded().await.unwrap(), Some(Loaded { at: at(1), sample: true }));
    assert_eq!(db.ods_codes(&codes(&["A21471"])).await.unwrap().len(), 1);
    let mut file = db.load_ods("etr.csv");
    file.organisation(Listed { role: "NHS trust".to_owned(), ..listed("RLP", "LONGSHORE NHS TRUST") }).await.unwrap();
    file.done(at(2)).await.unwrap();
    assert_eq!(db.ods_loaded().await.unwrap(), Some(Loaded { at: at(2), sample: false }));
    let found = db.ods_codes(&codes(&["A21471", "A21472", "OLD01", "RLP"])).await.unwrap();
    assert_eq!(found.keys().collect::<Vec<_>>(), ["RLP"]);
}
