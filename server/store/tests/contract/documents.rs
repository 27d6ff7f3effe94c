//! Documents for people to keep: each is made once, handed out as it was, and known by its bytes.

use journey::{
    base::ids::{Digest, JourneyRef},
    port::{
        Ledger as _,
        documents::{Document, DocumentAbout, Documents as _},
    },
};

use crate::{
    cast::{Walk, at, count, everybody, id},
    support::House,
};

pub async fn a_document_is_kept_once_and_known_by_its_bytes(house: House) {
    let db = house.db;
    everybody(&db).await;
    let (walk, opened) = Walk::open(1, "Patient view", at(0));
    db.append(opened).await.unwrap();
    let about = |number: &str| DocumentAbout {
        journey: walk.0.reference.clone(),
        task: id("submit-scal"),
        number: number.to_owned(),
        made_at: at(1),
    };
    let content = Digest::of(b"what it says");
    let bytes: Vec<u8> = (0..=255).collect();
    assert_eq!(db.document(&content).await.unwrap(), None);
    assert_eq!(db.document_with(&Digest::of(&bytes)).await.unwrap(), None);
    let first = Document { content: content.clone(), about: about("TCC-1"), bytes: bytes.clone() };
    db.keep_document(first).await.unwrap();
    // A later release sets the same words otherwise: what was handed out stays what it was.
    let second = Document { content: content.clone(), about: about("TCC-1"), bytes: b"other".to_vec() };
    db.keep_document(second).await.unwrap();
    assert_eq!(db.document(&content).await.unwrap(), Some(bytes.clone()));
    assert_eq!(db.document_with(&Digest::of(&bytes)).await.unwrap(), Some(about("TCC-1")));
    assert_eq!(db.document_with(&Digest::of(b"other")).await.unwrap(), None);
    let other = Document { content: Digest::of(b"else"), about: about(""), bytes: Vec::new() };
    db.keep_document(other).await.unwrap();
    assert_eq!(count(&house.url, "documents").await, 2);
    let of = db.documents_of(&walk.0.reference, None, 9).await.unwrap();
    let kept = Document { content: content.clone(), about: about("TCC-1"), bytes: bytes.clone() };
    assert!(of.len() == 2 && of.contains(&kept), "{of:?}");
    assert_eq!(db.documents_of(&walk.0.reference, None, 1).await.unwrap(), of[..1]);
    assert_eq!(db.documents_of(&walk.0.reference, Some(&of[0].content), 9).await.unwrap(), of[1..]);
    assert_eq!(db.documents_of(&JourneyRef::from_bits(9), None, 9).await.unwrap(), []);
    let mut all = Vec::new();
    let mut after = None;
    loop {
        let step = db.documents_after(after.as_ref(), 1).await.unwrap();
        let Some((content, digest, bytes)) = step.into_iter().next() else { break };
        assert_eq!(digest, Digest::of(&bytes));
        after = Some(content);
        all.push(bytes);
    }
    all.sort();
    assert_eq!(all, [Vec::new(), bytes]);
}
