//! Files: noted once for each task, found there and nowhere else.

use journey::{
    ids::{Digest, JourneyRef},
    port::files::{Files, StoredFile},
};

use crate::{
    cast::{at, everybody, id},
    support::House,
};

pub async fn a_file_is_noted_once_and_found_on_its_task_only(house: House) {
    let db = house.db;
    everybody(&db).await;
    let (one, other) = (JourneyRef::from_bits(1), JourneyRef::from_bits(2));
    let file = |bytes: &[u8], name: &str| StoredFile {
        digest: Digest::of(bytes),
        task: id("s-pentest"),
        name: name.to_owned(),
        kind: "application/pdf".to_owned(),
        bytes: bytes.len() as u64,
        by: id("ada"),
        at: at(1),
    };
    let (report, list) = (file(b"report", "Report “é”.pdf"), file(b"list", "A list.pdf"));
    db.add_file(&one, report.clone()).await.unwrap();
    db.add_file(&one, StoredFile { name: "again.pdf".to_owned(), ..report.clone() }).await.unwrap();
    db.add_file(&one, list.clone()).await.unwrap();
    assert_eq!(db.files(&one, &id("s-pentest")).await.unwrap(), [list, report.clone()]);
    assert_eq!(db.file(&one, &id("s-pentest"), &report.digest).await.unwrap(), Some(report.clone()));
    assert_eq!(db.file(&one, &id("s-dspt"), &report.digest).await.unwrap(), None);
    assert_eq!(db.file(&other, &id("s-pentest"), &report.digest).await.unwrap(), None);
    assert_eq!(db.files(&other, &id("s-pentest")).await.unwrap(), []);
}
