//! Old data lives on: the database and the backup of each state before open, verify and go on. `fixtures/release-*.zip` holds
//! both, written by that release: its demo, with two organisations more that have the code of a third. `fixtures/seats-*.zip` is
//! the demo of the state after it, which had seats and did not yet know what a settlement rests on (decision 0015).

use std::{
    fs::File,
    path::{Path, PathBuf},
};

use crate::common::{Folder, postgres};
use journey::{
    base::{
        actor::{Role, Side},
        ids::Digest,
    },
    ledger::{standing::Standing, words},
    plan::process::{Processes, Settle, TaskSpec},
    port::{
        Ledger as _, People as _,
        seats::{OrganisationFilter, Seats as _},
    },
};
use server::{
    commands::{backup::restore, verify},
    file_store::FileStore,
};
use store::Db;

/// A state that data was written in.
struct Before {
    fixture: &'static str,
    release: &'static str,
    /// It knew who an organisation is from the ledger of each journey.
    has_seats: bool,
}

const STATES: [Before; 2] = [
    Before { fixture: "release-0.1.0", release: "0.1.0", has_seats: false },
    Before { fixture: "seats-0.1.0", release: "0.1.0", has_seats: true },
];

/// Unpacks what was written then: the database, and the folder of its backup.
fn unpacked(state: &Before, into: &Path) -> (PathBuf, PathBuf) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/{}.zip", state.fixture));
    zip::ZipArchive::new(File::open(path).unwrap()).unwrap().extract(into).unwrap();
    (into.join("onboarding.sqlite"), into.join("backup"))
}

/// What must be true of it, whichever way it came.
async fn lives_on(db: &Db, file_store: &FileStore, state: &Before) {
    let found = verify::examine(db, file_store).await.unwrap();
    assert_eq!(found.faults, Vec::<String>::new());
    assert!(found.journeys > 10 && found.events > 400 && found.files > 50, "{found:?}");
    if !state.has_seats {
        codes_are_asked_about(db).await;
    }
    let processes = Processes::shipped().unwrap();
    let (mut signed, mut settled) = (0, 0);
    for reference in db.references(None, 99).await.unwrap() {
        let history = db.history(&reference).await.unwrap();
        let journey = journey::ledger::journey::Journey::replay(&reference, &history, processes).unwrap();
        // What was completed then is completed now: nothing that it rests on has changed.
        let again = |spec: &&TaskSpec| matches!(journey.standing(&spec.id), Standing::CheckAgain { .. });
        let doubted: Vec<&str> = journey.plan().filter(again).map(|spec| spec.id.as_str()).collect();
        assert_eq!(doubted, [""; 0], "{reference}");
        settled += journey.plan().filter(|spec| journey.standing(&spec.id) == Standing::Settled).count();
        // What was signed keeps its words, though agreements name the supplier today.
        for spec in journey.plan().filter(|spec| spec.settle == Settle::BySignatures) {
            let words = Digest::of(words::words_to_sign(&journey, spec).as_bytes());
            for signature in &journey.task(&spec.id).signatures {
                assert_eq!(signature.words, words, "{reference} {}", spec.id);
                let of_party = signature.role.side() != Side::Programme;
                assert_eq!(signature.identity.is_some(), state.has_seats && of_party, "{reference} {}", spec.id);
                signed += 1;
            }
        }
    }
    assert!(signed > 5 && settled > 50, "{signed} signatures, {settled} settled");
    // What somebody had claimed is theirs, for the team that has the turn.
    let claims = db.names(&"050J-PN7Y".parse().unwrap()).await.unwrap().claims;
    let of: Vec<_> = claims.keys().map(|(task, team)| (task.as_str(), *team)).collect();
    assert_eq!(of, [("test-int-demonstrator", Role::FunctionalAssurance)]);
}

/// A code is one organisation: the oldest keeps it, the others ask for it and the programme sees them.
async fn codes_are_asked_about(db: &Db) {
    let all = db.organisations(&OrganisationFilter { limit: 99, ..OrganisationFilter::default() }).await.unwrap();
    let asking: Vec<_> = all.iter().filter_map(|line| Some((line.organisation.name.as_str(), line.asked.as_ref()?))).collect();
    let codes: Vec<&str> = asking.iter().map(|(_, asked)| asked.identity.ods_code.as_str()).collect();
    assert_eq!(codes, ["T99911", "T99911"], "{asking:?}");
    assert_eq!(db.organisation_coded(Side::EndUser, "T99911").await.unwrap().unwrap().name, "Eastvale Hospitals NHS Trust");
    assert_eq!(db.seats_waiting().await.unwrap(), (0, 2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_database_of_every_state_goes_on() {
    for state in &STATES {
        let folder = Folder::new();
        let (file, backup) = unpacked(state, folder.path());
        let db = Db::open(&format!("sqlite://{}?mode=rwc", file.display())).await.unwrap();
        db.migrate().await.unwrap();
        // As the program does when it opens a database.
        server::lists::renew(&db, Processes::shipped().unwrap()).await.unwrap();
        let files = FileStore::folder(&folder.path().join("files")).unwrap();
        // Its files lie in the backup.
        for entry in std::fs::read_dir(backup.join("files")).unwrap() {
            let entry = entry.unwrap();
            let bytes = axum::body::Bytes::from(std::fs::read(entry.path()).unwrap());
            let mut sender = futures_util::stream::iter([Ok::<_, String>(bytes)]);
            let name = entry.file_name().into_string().unwrap();
            files.keep(&mut sender, u64::MAX, &name, |_| Ok("")).await.unwrap().unwrap();
        }
        lives_on(&db, &files, state).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_backup_of_every_state_is_restored_into_either_database() {
    for state in &STATES {
        let folder = Folder::new();
        let (_, backup) = unpacked(state, folder.path());
        let mut places = vec![format!("sqlite://{}?mode=rwc", folder.path().join("new.sqlite").display())];
        let fresh = match postgres::server() {
            Some(server) => Some(postgres::Fresh::on(&server).await),
            None => None,
        };
        places.extend(fresh.iter().map(|fresh| fresh.url.clone()));
        for (number, url) in places.iter().enumerate() {
            let db = Db::open(url).await.unwrap();
            let file_store = FileStore::folder(&folder.path().join(format!("files{number}"))).unwrap();
            let (manifest, _) = restore::restore(&db, &file_store, &backup).await.unwrap();
            assert_eq!(manifest.release, state.release);
            lives_on(&db, &file_store, state).await;
            db.close().await;
        }
        if let Some(fresh) = fresh {
            fresh.dropped().await;
        }
        // Into a database that is further on already it does not go, and says why.
        let db = Db::open(&format!("sqlite://{}?mode=rwc", folder.path().join("further.sqlite").display())).await.unwrap();
        db.migrate().await.unwrap();
        let says = restore::restore(&db, &FileStore::folder(&folder.path().join("none")).unwrap(), &backup).await.unwrap_err();
        assert!(says.contains("restore into a new database"), "{says}");
        assert!(db.is_empty().await.unwrap());
    }
}
