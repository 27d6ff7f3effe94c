//! A backup is a restore (design/reliability.md R9): made while others write, put into an empty place on either database,
//! compared by digest. And what was tampered with is found and named (R7).

use std::path::Path;

use crate::common::{
    Folder, House,
    postgres::{self, by_hand},
};
use jiff::Timestamp;
use journey::{
    base::ids::{Digest, JourneyRef},
    form::FileRef,
    port::{
        Ledger as _, Link, LinkPurpose, Organisation, People as _,
        messages::{Messages as _, Upload},
    },
};
use server::{
    commands::{
        backup::{self, restore},
        verify,
    },
    demo::{self, PASSWORD, Size},
    file_store::FileStore,
    login::MachineSecrets,
};
use store::Db;

fn now() -> Timestamp {
    "2026-11-24T15:00:00Z".parse().unwrap()
}

fn sqlite(folder: &Path) -> String {
    format!("sqlite://{}?mode=rwc", folder.join("onboarding.sqlite").display())
}

async fn opened(url: &str) -> Db {
    let db = Db::open(url).await.unwrap();
    db.migrate().await.unwrap();
    db
}

/// A place with the demo in it.
struct Filled {
    folder: Folder,
    url: String,
    db: Db,
    file_store: FileStore,
}

impl Filled {
    async fn new() -> Self {
        let folder = Folder::new();
        let url = sqlite(folder.path());
        let db = opened(&url).await;
        let file_store = FileStore::folder(&folder.path().join("files")).unwrap();
        demo::fill(&db, &file_store, Size::default(), now()).await.unwrap();
        Self { folder, url, db, file_store }
    }

    async fn faults(&self) -> Vec<String> {
        verify::examine(&self.db, &self.file_store).await.unwrap().faults
    }
}

async fn invites(db: Db, organisation: Organisation) {
    for number in 0..40 {
        let id = format!("org-during-{number}").parse().unwrap();
        let ods_code = format!("T98{number:03}");
        db.add_organisation(Organisation { id, ods_code, ..organisation.clone() }, now()).await.unwrap();
        let link = Link {
            token: journey::base::ids::Digest::of(format!("{number}").as_bytes()),
            purpose: LinkPurpose::Invite,
            person: None,
            organisation: Some(organisation.id.clone()),
            email: format!("during{number}@example.org"),
            roles: vec![journey::base::actor::Role::Developer],
            by: None,
            created_at: now(),
            expires_at: now(),
        };
        let letter = journey::port::Letter {
            id: format!("l{number}"),
            to: String::new(),
            subject: String::new(),
            body: String::new(),
            enclosed: None,
        };
        db.add_link(link, letter).await.unwrap();
    }
}

/// Adds a file to a message, as the form of a conversation does.
async fn says_with_a_file(filled: &Filled) -> Digest {
    let bytes = b"%PDF-1.7\nA file that came with a message.\n";
    let mut sender = futures_util::stream::iter([Ok::<_, String>(axum::body::Bytes::from_static(bytes))]);
    let taken = filled.file_store.keep(&mut sender, 1_000, "message", |_| Ok("application/pdf")).await.unwrap().unwrap();
    let amara = filled.db.person_by_email("amara@northmoor.example").await.unwrap().unwrap();
    let file = FileRef { digest: taken.digest.clone(), name: "said.pdf".to_owned() };
    let upload = Upload { file, kind: taken.kind.to_owned(), bytes: taken.bytes, at: now() };
    filled.db.add_upload(&amara.id, &"a-message".parse().unwrap(), upload).await.unwrap();
    taken.digest
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_made_while_others_write_is_restored_and_people_go_on() {
    let filled = Filled::new().await;
    let to = filled.folder.path().join("backup");
    let said = says_with_a_file(&filled).await;
    let company = filled.db.organisation_coded(journey::base::actor::Side::Supplier, "T99901").await.unwrap().unwrap();
    let writing = tokio::spawn(invites(filled.db.clone(), company));
    let manifest = backup::write(&filled.db, &filled.file_store, &to).await.unwrap();
    writing.await.unwrap();
    let before = verify::examine(&filled.db, &filled.file_store).await.unwrap();
    assert_eq!(before.faults, Vec::<String>::new());
    assert!(manifest.files.len() > 20 && manifest.tables["events"].rows > 400, "{manifest:?}");
    assert!(manifest.files.contains_key(said.as_str()), "files of messages travel too");
    // A second backup does not go over the first.
    assert!(backup::write(&filled.db, &filled.file_store, &to).await.is_err_and(|why| why.contains("not empty")));

    let place = Folder::new();
    let db = opened(&sqlite(place.path())).await;
    let file_store = FileStore::folder(&place.path().join("files")).unwrap();
    let (_, after) = restore::restore(&db, &file_store, &to).await.unwrap();
    let journeys = |found: &verify::Found| found.heads.clone().into_iter().filter(|(s, _)| s != "people").collect::<Vec<_>>();
    assert_eq!(journeys(&before), journeys(&after));
    assert_eq!(before.files, after.files);
    // What is restored and backed up again is the same, byte for byte.
    let again = backup::write(&db, &file_store, &place.path().join("again")).await.unwrap();
    assert_eq!((&again.tables, &again.heads, &again.files), (&manifest.tables, &manifest.heads, &manifest.files));
    // Not twice into the same place.
    assert!(restore::restore(&db, &file_store, &to).await.is_err_and(|why| why.contains("not empty")));
    db.close().await;

    let change = |config: &mut server::config::Serve| config.place.database.data = place.path().to_owned();
    let house = House::with(change, std::sync::Arc::new(MachineSecrets::new())).await;
    let mut browser = house.browser();
    let page = browser.post("account/sign-in", &[("email", "amara@northmoor.example"), ("password", PASSWORD)]).await;
    assert_eq!(page.to(), "/journeys", "{}", page.body);
    assert!(browser.visit("/journeys").await.body.contains("Bedside View 4.2"));
}

/// SQLite into PostgreSQL, and back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_of_one_database_is_restored_into_the_other() {
    let Some(server) = postgres::server() else { return };
    let database = postgres::Fresh::on(&server).await;
    let filled = Filled::new().await;
    let (first, second) = (filled.folder.path().join("one"), filled.folder.path().join("two"));
    let manifest = backup::write(&filled.db, &filled.file_store, &first).await.unwrap();
    let postgres = opened(&database.url).await;
    let place = Folder::new();
    let file_store = FileStore::folder(&place.path().join("files")).unwrap();
    restore::restore(&postgres, &file_store, &first).await.unwrap();
    let back = backup::write(&postgres, &file_store, &second).await.unwrap();
    // The order of text is the database's own, so that digests of tables may differ; what is in them may not.
    for (table, part) in &manifest.tables {
        let sorted = |folder: &Path| {
            let text = std::fs::read_to_string(folder.join("tables").join(format!("{table}.jsonl"))).unwrap();
            let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
            lines.sort();
            lines
        };
        assert_eq!(part.rows, back.tables[table].rows, "{table}");
        assert_eq!(sorted(&first), sorted(&second), "{table}");
    }
    assert_eq!(manifest.files, back.files);
    postgres.close().await;
    database.dropped().await;
}

#[tokio::test]
async fn a_damaged_or_newer_backup_is_refused_by_name_and_changes_nothing() {
    let filled = Filled::new().await;
    let to = filled.folder.path().join("backup");
    backup::write(&filled.db, &filled.file_store, &to).await.unwrap();
    let place = Folder::new();
    let db = opened(&sqlite(place.path())).await;
    let file_store = FileStore::folder(&place.path().join("files")).unwrap();
    let file = std::fs::read_dir(to.join("files")).unwrap().next().unwrap().unwrap().path();
    let parts = [to.join("tables/events.jsonl"), to.join("tables/people.jsonl"), to.join("heads.jsonl"), file];
    for part in parts {
        let whole = std::fs::read(&part).unwrap();
        let mut bad = whole.clone();
        let middle = bad.len() / 2;
        bad[middle] ^= 1;
        std::fs::write(&part, &bad).unwrap();
        let why = restore::restore(&db, &file_store, &to).await.unwrap_err();
        let name = part.file_name().unwrap().to_str().unwrap();
        assert!(why.contains(name) && why.contains("damaged"), "{name}: {why}");
        std::fs::remove_file(&part).unwrap();
        let why = restore::restore(&db, &file_store, &to).await.unwrap_err();
        assert!(why.contains(name) && why.contains("missing"), "{name}: {why}");
        std::fs::write(&part, &whole).unwrap();
    }
    let manifest = to.join("manifest.json");
    let whole = std::fs::read_to_string(&manifest).unwrap();
    for (from, into, says) in [
        (format!("\"schema\": {}", store::schema()), "\"schema\": 9999".to_owned(), "newer than this release"),
        ("\"ods_code\"".to_owned(), "\"code\"".to_owned(), "older than this release"),
        ("{".to_owned(), "[".to_owned(), "damaged"),
    ] {
        assert!(whole.contains(&from), "{from}");
        std::fs::write(&manifest, whole.replacen(&from, &into, 1)).unwrap();
        let why = restore::restore(&db, &file_store, &to).await.unwrap_err();
        assert!(why.contains(says), "{says}: {why}");
    }
    std::fs::remove_file(&manifest).unwrap();
    let why = restore::restore(&db, &file_store, &to).await.unwrap_err();
    assert!(why.contains("no backup"), "{why}");
    assert!(db.is_empty().await.unwrap() && file_store.is_empty().await.unwrap(), "nothing was changed");
}

/// One change in each table that a ledger speaks of; each is found, and named.
#[tokio::test]
async fn whatever_was_tampered_with_is_named() {
    let filled = Filled::new().await;
    says_with_a_file(&filled).await;
    assert_eq!(filled.faults().await, Vec::<String>::new());
    let reference: JourneyRef = filled.db.references(None, 1).await.unwrap()[0].clone();
    let first = format!("stream = '{reference}' AND seq = 3");
    let same = |table: &str, column: &str, at: &str| {
        // The third character becomes another one of the same kind.
        format!(
            "UPDATE {table} SET {column} = substr({column}, 1, 2) || CASE substr({column}, 3, 1) WHEN 'a' THEN 'b' ELSE 'a' END || \
             substr({column}, 4) WHERE {at}"
        )
    };
    let any = |table: &str, key: &str| format!("{key} = (SELECT {key} FROM {table} ORDER BY {key} LIMIT 1)");
    let file = any("files", "digest");
    let cases: Vec<(&str, String, String)> = vec![
        ("an event", format!("UPDATE events SET body = replace(body, 'task', 'tusk') WHERE {first}"), format!("{reference}")),
        (
            "its spelling",
            format!("UPDATE events SET body = replace(body, ',', ', ') WHERE {first}"),
            format!("{reference}: event 3"),
        ),
        (
            "words that nobody sent",
            "INSERT INTO submissions SELECT journey, task, 99, digest, body FROM submissions LIMIT 1".to_owned(),
            "round 99, of which the ledger says nothing".to_owned(),
        ),
        (
            "words of no task",
            "INSERT INTO submissions SELECT journey, 'no-such-task', 1, digest, body FROM submissions LIMIT 1".to_owned(),
            "words of no-such-task, round 1, of which the ledger says nothing".to_owned(),
        ),
        (
            "words of no journey",
            "INSERT INTO submissions SELECT '0000-0000', task, round, digest, body FROM submissions LIMIT 1".to_owned(),
            "0000-0000: there are words that were submitted, and no journey".to_owned(),
        ),
        ("missing words", "DELETE FROM submissions WHERE round = 1".to_owned(), "round 1, are not there".to_owned()),
        ("its time", format!("UPDATE events SET at_us = at_us + 1 WHERE {first}"), format!("{reference}: event 3")),
        ("its person", same("events", "person", &first), format!("{reference}: event 3")),
        ("its digest", same("events", "digest", &first), format!("{reference}: event 3")),
        ("a missing event", format!("DELETE FROM events WHERE {first}"), format!("{reference}: event 4")),
        (
            "an event of accounts",
            "UPDATE events SET at_us = at_us + 1 WHERE stream = 'people' AND seq = 7".to_owned(),
            "people: event 7".to_owned(),
        ),
        (
            "a submission",
            "UPDATE submissions SET body = body || ' ' WHERE round = 1".to_owned(),
            "are not those that were submitted".to_owned(),
        ),
        ("its digest alone", same("submissions", "digest", "round = 1"), "are not those that were submitted".to_owned()),
        ("a list", format!("UPDATE journeys SET done = done + 1 WHERE ref = '{reference}'"), format!("{reference}: the lists")),
        ("a turn", "UPDATE turns SET since_us = since_us + 1".to_owned(), "the lists show something else".to_owned()),
        ("a part", "DELETE FROM parties".to_owned(), "organisations with a part".to_owned()),
        (
            "a role",
            "UPDATE memberships SET roles = 'programme_lead' WHERE roles = 'developer'".to_owned(),
            "people: the roles of".to_owned(),
        ),
        ("a membership", "DELETE FROM memberships WHERE roles = 'operator'".to_owned(), "people: the roles of".to_owned()),
        ("a file's row", same("files", "digest", &file), "is not".to_owned()),
        (
            "a message's file",
            "UPDATE uploads SET bytes = bytes + 1".to_owned(),
            "of message a-message has another length".to_owned(),
        ),
        ("a file's length", format!("UPDATE files SET bytes = bytes + 1 WHERE {file}"), "another length".to_owned()),
        (
            "a journey that no list names",
            format!("DELETE FROM turns WHERE journey = '{reference}'; DELETE FROM journeys WHERE ref = '{reference}'"),
            format!("{reference}: there are events"),
        ),
    ];
    let clean = filled.folder.path().join("clean");
    std::fs::create_dir(&clean).unwrap();
    filled.db.close().await;
    let original = filled.folder.path().join("onboarding.sqlite");
    std::fs::copy(&original, clean.join("onboarding.sqlite")).unwrap();
    for (what, statement, says) in cases {
        std::fs::copy(clean.join("onboarding.sqlite"), &original).unwrap();
        for rest in ["onboarding.sqlite-wal", "onboarding.sqlite-shm"] {
            drop(std::fs::remove_file(filled.folder.path().join(rest)));
        }
        by_hand(&filled.url, &statement).await;
        let db = opened(&filled.url).await;
        let faults = verify::examine(&db, &filled.file_store).await.unwrap().faults;
        db.close().await;
        assert!(faults.iter().any(|fault| fault.contains(&says)), "{what}: no “{says}” in {faults:?}");
    }
    // The bytes themselves.
    std::fs::copy(clean.join("onboarding.sqlite"), &original).unwrap();
    let db = opened(&filled.url).await;
    let (_, file) = db.every_file(["", "", ""], 1).await.unwrap()[0].clone();
    let digest = file.digest.as_str();
    let path = filled.folder.path().join("files").join(&digest[..2]).join(&digest[2..4]).join(digest);
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[0] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let faults = verify::examine(&db, &filled.file_store).await.unwrap().faults;
    assert!(faults.iter().any(|fault| fault.contains(digest) && fault.contains("other bytes")), "{faults:?}");
}
