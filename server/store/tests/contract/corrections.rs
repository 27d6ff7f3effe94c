//! Corrected texts: the newest is read, none is lost, and of two who publish one wins.

use journey::port::{
    WriteError,
    corrections::{Corrections, MOST_VERSIONS},
};

use crate::{
    cast::{at, everybody, id},
    support::House,
};

pub async fn the_newest_correction_is_read_and_every_version_stays(house: House) {
    let db = house.db;
    everybody(&db).await;
    assert!(db.corrected().await.unwrap().is_empty());
    assert!(db.versions("words/asid").await.unwrap().is_empty());
    db.publish("words/asid", 0, "First ‘é’.", &id("ada"), at(1)).await.unwrap();
    db.publish("words/asid", 1, "Second.\0", &id("ada"), at(2)).await.unwrap();
    db.publish("words/pds", 0, "Another.", &id("ada"), at(3)).await.unwrap();
    // Whoever has not seen the newest one does not write over it, nor ahead of it.
    for stale in [0, 1, 3, u32::MAX] {
        let late = db.publish("words/asid", stale, "Late.", &id("ada"), at(4)).await;
        assert!(matches!(late, Err(WriteError::Conflict)), "{stale}");
    }
    let corrected = db.corrected().await.unwrap();
    assert_eq!(corrected.len(), 2);
    assert_eq!(corrected["words/asid"], "Second.\u{fffd}");
    let versions = db.versions("words/asid").await.unwrap();
    let seen: Vec<_> = versions.iter().map(|v| (v.number, v.words.as_str(), v.at)).collect();
    assert_eq!(seen, [(2, "Second.\u{fffd}", at(2)), (1, "First ‘é’.", at(1))]);
    assert_eq!(versions[0].by, "Ada O'Neill");
    for number in 2..=MOST_VERSIONS + 2 {
        db.publish("words/asid", number, "More.", &id("ada"), at(5)).await.unwrap();
    }
    assert_eq!(db.versions("words/asid").await.unwrap().len(), MOST_VERSIONS as usize);
}
