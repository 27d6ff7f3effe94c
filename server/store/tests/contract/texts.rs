//! What was signed or issued: written with its event or not at all, found under its digest, once.

use journey::{
    base::ids::Digest,
    port::{Ledger as _, WriteError, texts::Texts as _},
};

use crate::{
    cast::{Walk, at, by, count, everybody, submitted},
    support::House,
};

pub async fn a_text_is_kept_with_its_event_and_found_under_its_digest(house: House) {
    let db = house.db;
    everybody(&db).await;
    let (mut walk, opened) = Walk::open(1, "Patient view", at(0));
    let text = "1. “Größe” & 'x' \\ %\n2. €";
    let digest = Digest::of(text.as_bytes());
    assert_eq!(db.text(&digest).await.unwrap(), None);
    db.append(opened).await.unwrap();
    let lost = walk.would(submitted("read-capabilities", 1), by("bob", "acme"), at(1));
    let mut batch = walk.then(vec![submitted("read-capabilities", 1)], Some(by("ada", "acme")), at(1));
    batch.texts = vec![text.to_owned(), text.to_owned()];
    db.append(batch).await.unwrap();
    assert_eq!(db.text(&digest).await.unwrap().as_deref(), Some(text));
    // The same text again is the same; one whose event was not taken is not there.
    let mut batch = walk.then(vec![submitted("study-prerequisites", 1)], Some(by("ada", "acme")), at(2));
    batch.texts = vec![text.to_owned()];
    db.append(batch).await.unwrap();
    let mut lost = lost;
    lost.texts = vec!["Nobody signed this.".to_owned()];
    assert!(matches!(db.append(lost).await, Err(WriteError::Conflict)));
    assert_eq!(count(&house.url, "texts").await, 1);
}
