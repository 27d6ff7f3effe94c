//! Files: noted once for each task, found there and nowhere else.

use journey::{
    base::ids::{Digest, JourneyRef},
    form::FileRef,
    port::{
        Drafts as _,
        files::{Files, StoredFile},
        messages::{Messages as _, Upload},
    },
    rule::draft::Draft,
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

pub async fn bytes_that_nothing_names_are_let_go_and_what_is_there_is_counted(house: House) {
    let db = house.db;
    everybody(&db).await;
    let one = JourneyRef::from_bits(1);
    let task: journey::base::ids::TaskId = id("s-pentest");
    let digest = Digest::of(b"report");
    let file = StoredFile {
        digest: digest.clone(),
        task: task.clone(),
        name: "a.pdf".to_owned(),
        kind: "application/pdf".to_owned(),
        bytes: 100,
        by: id("ada"),
        at: at(1),
    };
    assert_eq!(db.bytes_of(&id("acme")).await.unwrap(), 0);
    db.add_file(&one, file.clone()).await.unwrap();
    let upload = Upload {
        file: FileRef { digest: Digest::of(b"picture"), name: "b.png".to_owned() },
        kind: "image/png".to_owned(),
        bytes: 11,
        at: at(1),
    };
    db.add_upload(&id("ada"), &id("said"), upload).await.unwrap();
    assert_eq!(db.bytes_of(&id("acme")).await.unwrap(), 111);
    assert_eq!(db.bytes_of(&id("programme")).await.unwrap(), 0);

    // Fresh, or named by a draft, it stays.
    assert!(db.is_in_use(&digest, at(0)).await.unwrap() && !db.is_in_use(&digest, at(1)).await.unwrap());
    assert!(!db.let_go(&digest, at(0)).await.unwrap());
    assert!(!db.is_named(&one, &task, &digest).await.unwrap());
    let draft = |version, body: String| Draft {
        task: task.clone(),
        subject: "answers".to_owned(),
        version,
        body,
        by: id("ada"),
        at: at(2),
        sent: false,
    };
    db.save_draft(&one, draft(0, format!("{{\"files\":[\"{digest} a.pdf\"]}}")), 0).await.unwrap();
    assert!(db.is_named(&one, &task, &digest).await.unwrap());
    assert!(!db.is_named(&one, &id("s-dspt"), &digest).await.unwrap(), "another task does not name it");
    assert!(!db.is_named(&JourneyRef::from_bits(2), &task, &digest).await.unwrap());
    assert!(!db.let_go(&digest, at(9)).await.unwrap());
    // Taken out of the draft, it goes; added again, it is fresh.
    db.save_draft(&one, draft(1, "{}".to_owned()), 1).await.unwrap();
    db.add_file(&one, StoredFile { at: at(10), ..file.clone() }).await.unwrap();
    assert!(!db.let_go(&digest, at(9)).await.unwrap());
    assert!(db.let_go(&digest, at(10)).await.unwrap());
    assert_eq!(db.file(&one, &task, &digest).await.unwrap(), None);
    // A file of a message stays with it; what nobody ever noted is nobody's.
    assert!(!db.let_go(&Digest::of(b"picture"), at(10)).await.unwrap());
    assert!(db.let_go(&Digest::of(b"nothing"), at(10)).await.unwrap());
}
