//! Old data lives on: the database and the backup of each release before open, verify and go on. `fixtures/release-*.zip` holds
//! both, written by that release: its demo, with two organisations more that have the code of a third.
#![expect(clippy::unwrap_used, reason = "a test says what failed by panicking")]

mod common;

use std::{
    fs::File,
    path::{Path, PathBuf},
};

use common::{Folder, postgres};
use journey::{
    actor::{Role, Side},
    agreement,
    ids::Digest,
    port::{
        Ledger as _, People as _,
        seats::{OrganisationFilter, Seats as _},
    },
    process::{Processes, Settle},
};
use server::{commands::backup::restore, commands::verify, vault::Vault};
use store::Db;

const RELEASES: [&str; 1] = ["0.1.0"];

/// Unpacks what a release wrote: the database, and the folder of its backup.
fn unpacked(release: &str, into: &Path) -> (PathBuf, PathBuf) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/release-{release}.zip"));
    zip::ZipArchive::new(File::open(path).unwrap()).unwrap().extract(into).unwrap();
    (into.join("onboarding.sqlite"), into.join("backup"))
}

/// What must be true of it, whichever way it came.
async fn lives_on(db: &Db, vault: &Vault) {
    let found = verify::examine(db, vault).await.unwrap();
    assert_eq!(found.faults, Vec::<String>::new());
    assert!(found.journeys > 10 && found.events > 400 && found.files > 50, "{found:?}");
    // A code is one organisation: the oldest keeps it, the others ask for it and the programme sees them.
    let all = db.organisations(&OrganisationFilter { limit: 99, ..OrganisationFilter::default() }).await.unwrap();
    let asking: Vec<_> = all.iter().filter_map(|line| Some((line.organisation.name.as_str(), line.asked.as_ref()?))).collect();
    let codes: Vec<&str> = asking.iter().map(|(_, asked)| asked.identity.ods_code.as_str()).collect();
    assert_eq!(codes, ["T99911", "T99911"], "{asking:?}");
    assert_eq!(db.organisation_coded(Side::EndUser, "T99911").await.unwrap().unwrap().name, "Eastvale Hospitals NHS Trust");
    assert_eq!(db.seats_waiting().await.unwrap(), (0, 2));
    // What was signed keeps its words, though agreements name the supplier today.
    let processes = Processes::shipped().unwrap();
    let mut signed = 0;
    for reference in db.references(None, 99).await.unwrap() {
        let history = db.history(&reference).await.unwrap();
        let journey = journey::journey::Journey::replay(&reference, &history, processes).unwrap();
        for spec in journey.plan().filter(|spec| spec.settle == Settle::BySignatures) {
            let words = Digest::of(agreement::words_to_sign(&journey, spec).as_bytes());
            for signature in &journey.task(&spec.id).signatures {
                assert_eq!((&signature.words, &signature.identity), (&words, &None), "{reference} {}", spec.id);
                signed += 1;
            }
        }
    }
    assert!(signed > 5, "{signed} signatures");
    // What somebody had claimed is theirs, for the team that has the turn.
    let claims = db.names(&"050J-PN7Y".parse().unwrap()).await.unwrap().claims;
    let of: Vec<_> = claims.keys().map(|(task, team)| (task.as_str(), *team)).collect();
    assert_eq!(of, [("test-int-demonstrator", Role::FunctionalAssurance)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_database_of_every_release_goes_on() {
    for release in RELEASES {
        let folder = Folder::new();
        let (file, backup) = unpacked(release, folder.path());
        let db = Db::open(&format!("sqlite://{}?mode=rwc", file.display())).await.unwrap();
        db.migrate().await.unwrap();
        // As the program does when it opens a database.
        server::lists::renew(&db, Processes::shipped().unwrap()).await.unwrap();
        let files = Vault::folder(&folder.path().join("files")).unwrap();
        // Its files lie in the backup.
        for entry in std::fs::read_dir(backup.join("files")).unwrap() {
            let entry = entry.unwrap();
            let bytes = axum::body::Bytes::from(std::fs::read(entry.path()).unwrap());
            let mut sender = futures_util::stream::iter([Ok::<_, String>(bytes)]);
            let name = entry.file_name().into_string().unwrap();
            files.keep(&mut sender, u64::MAX, &name, |_| Ok("")).await.unwrap().unwrap();
        }
        lives_on(&db, &files).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_backup_of_every_release_is_restored_into_either_database() {
    for release in RELEASES {
        let folder = Folder::new();
        let (_, backup) = unpacked(release, folder.path());
        let mut places = vec![format!("sqlite://{}?mode=rwc", folder.path().join("new.sqlite").display())];
        let fresh = match postgres::server() {
            Some(server) => Some(postgres::Fresh::on(&server).await),
            None => None,
        };
        places.extend(fresh.iter().map(|fresh| fresh.url.clone()));
        for (number, url) in places.iter().enumerate() {
            let db = Db::open(url).await.unwrap();
            let vault = Vault::folder(&folder.path().join(format!("files{number}"))).unwrap();
            let (manifest, _) = restore::restore(&db, &vault, &backup).await.unwrap();
            assert_eq!(manifest.release, release);
            lives_on(&db, &vault).await;
            db.close().await;
        }
        if let Some(fresh) = fresh {
            fresh.dropped().await;
        }
        // Into a database that is further on already it does not go, and says why.
        let db = Db::open(&format!("sqlite://{}?mode=rwc", folder.path().join("further.sqlite").display())).await.unwrap();
        db.migrate().await.unwrap();
        let says = restore::restore(&db, &Vault::folder(&folder.path().join("none")).unwrap(), &backup).await.unwrap_err();
        assert!(says.contains("restore into a new database"), "{says}");
        assert!(db.is_empty().await.unwrap());
    }
}
