//! The digital signature of the service in the documents that it makes: whoever has one sees without this service who made it and
//! that nothing was changed. Asked of OpenSSL as well, where it is installed.

use std::{path::Path, process::Command as Program, sync::Arc};

use crate::common::{
    Folder, House, Quick, settings,
    world::{Play, Small, opening, task},
};
use jiff::{Timestamp, ToSpan as _};
use journey::{
    base::{
        actor::{Actor, Role},
        ids::{Digest, JourneyRef},
    },
    plan::opening::Opening,
    port::{
        documents::{Document, DocumentAbout, Documents as _},
        seals::Seals as _,
    },
};
use paper::{Block, Paper};
use server::{
    commands::verify::examine,
    seal::{Seal, checked},
};
use sqlx::Connection as _;

const ISSUED: &str = "receive-technical-conformance-certificate";

fn now() -> Timestamp {
    "2026-03-02T09:00:00Z".parse().unwrap()
}

/// A document as the service sets it.
fn pdf() -> Vec<u8> {
    let paper = Paper {
        title: "A certificate".to_owned(),
        issuer: "GP Connect onboarding".to_owned(),
        subject: "A product".to_owned(),
        language: "en-GB".to_owned(),
        made: now(),
        foot: "A certificate".to_owned(),
        blocks: vec![Block::Paragraph("It met everything.".into())],
    };
    paper::set(&paper).unwrap()
}

/// The seal of a new data folder.
fn own(folder: &Path) -> Seal {
    Seal::of(&settings(folder), now()).unwrap().unwrap()
}

/// Runs a program in a folder. Answers what it says when it succeeds; `None` when it is not installed.
fn runs(folder: &Path, program: &str, arguments: &[&str]) -> Option<Result<String, String>> {
    let ended = Program::new(program).args(arguments).current_dir(folder).output();
    let ended = match ended {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return None,
        ended => ended.unwrap(),
    };
    let said = String::from_utf8_lossy(&[ended.stdout, ended.stderr].concat()).into_owned();
    Some(if ended.status.success() { Ok(said) } else { Err(said) })
}

/// What OpenSSL says of a document, by the steps that the page gives to everybody; `None` when it is not installed.
async fn by_the_steps(house: &House, document: &[u8]) -> Option<Result<String, String>> {
    let page = house.browser().get("/verify/seal").await;
    let (_, steps) = page.body.split_once("<code>").unwrap();
    let steps = steps.split_once("</code>").unwrap().0;
    let steps =
        steps.replace("<!---->", "").replace("&amp;", "&").replace("&gt;", ">").replace("&lt;", "<").replace("&#x27;", "'");
    let (_, link) = page.body.split_once("href=\"/verify/seal/").unwrap();
    let link = format!("/verify/seal/{}", link.split_once('"').unwrap().0);
    let (status, certificate) = house.browser().download(&link).await;
    assert_eq!(status, 200);
    let folder = Folder::new();
    std::fs::write(folder.path().join("certificate.pem"), certificate).unwrap();
    std::fs::write(folder.path().join("document.pdf"), document).unwrap();
    runs(folder.path(), "openssl", &["version"])?.unwrap();
    runs(folder.path(), "xxd", &["--version"])?.ok();
    runs(folder.path(), "sh", &["-ec", &steps])
}

/// A journey that has left a certificate.
async fn certified(small: &Small) -> JourneyRef {
    let mut teams = small.assurance.actor.clone();
    teams.roles.extend([Role::ClinicalSafety, Role::InformationGovernance, Role::ServiceManagement]);
    let cast: Vec<Actor> = small.cast().into_iter().cloned().chain([teams]).collect();
    let cast: Vec<&Actor> = cast.iter().collect();
    let opening = Opening { supporting_tasks: false, other_organisations: false, ..opening() };
    let mut play = Play::open_with("consumer", &small.house, &small.lead, opening);
    play.until_ready(&cast, "receive-connection-agreement");
    play.written(&small.house).await
}

#[tokio::test]
async fn a_certificate_that_is_downloaded_is_signed_and_anybody_can_check_it() {
    let small = Small::new().await;
    let reference = certified(&small).await;
    let (_, bytes) = small.lead.browser.download(&format!("/journeys/{reference}/tasks/{ISSUED}/certificate.pdf")).await;
    let known = small.house.db.seals(9).await.unwrap();
    let certificate = checked(&bytes).unwrap().unwrap();
    assert_eq!(certificate.fingerprint, known[0].certificate.fingerprint);
    let page = small.house.browser().get("/verify/seal").await;
    assert!(page.body.contains(known[0].certificate.fingerprint.as_str()), "{}", page.body);
    assert!(page.body.contains("Nobody else vouches for it"), "{}", page.body);
    assert_eq!(small.house.browser().get("/verify/seal/none/certificate.pem").await.status, 404);

    if let Some(said) = by_the_steps(&small.house, &bytes).await {
        assert!(said.as_ref().is_ok_and(|said| said.contains("Verification successful")), "{said:?}");
        let mut other = bytes.clone();
        let at = other.windows(6).position(|some| some == b"/Title").unwrap();
        other[at + 1] ^= 1;
        let said = by_the_steps(&small.house, &other).await.unwrap();
        assert!(said.as_ref().is_err_and(|said| said.contains("Verification failure")), "{said:?}");
    }

    // Whoever runs the service finds a document that was changed together with its digest, and one that somebody else signed.
    let place = small.house.config.place.file_store().unwrap();
    let found = examine(&small.house.db, &place).await.unwrap();
    assert_eq!(found.seals.values().map(|(_, count)| *count).collect::<Vec<_>>(), [1]);
    assert!(found.seals_in_words().starts_with("1 document is signed with the certificate "), "{}", found.seals_in_words());
    let mut changed = bytes.clone();
    changed[200] ^= 1;
    let stranger = Folder::new();
    let foreign = own(stranger.path()).sealed(&pdf(), now()).unwrap();
    let kept = small.house.db.documents_after(None, 9).await.unwrap();
    assert_eq!(kept.len(), 1);
    let url = format!("sqlite://{}", small.house.file().display());
    let mut other = sqlx::SqliteConnection::connect(&url).await.unwrap();
    sqlx::query("DELETE FROM documents").execute(&mut other).await.unwrap();
    for (bytes, fault) in [(changed, "not those that were signed"), (foreign, "not among those of the service")] {
        let about = DocumentAbout { journey: reference.clone(), task: task(ISSUED), number: String::new(), made_at: now() };
        let document = Document { content: Digest::of(&bytes), about, bytes };
        small.house.db.keep_document(document).await.unwrap();
        let faults = small.house.faults().await;
        assert!(faults.iter().any(|told| told.contains(fault)), "{faults:?}");
    }
}

#[tokio::test]
async fn when_the_certificate_has_ended_documents_are_made_without_a_signature() {
    let long_ago: Timestamp = "2015-03-02T09:00:00Z".parse().unwrap();
    let house = House::with(|config| drop(Seal::of(config, long_ago).unwrap()), Arc::new(Quick)).await;
    let small = Small::of(house).await;
    let reference = certified(&small).await;
    let (_, bytes) = small.lead.browser.download(&format!("/journeys/{reference}/tasks/{ISSUED}/certificate.pdf")).await;
    assert!(bytes.starts_with(b"%PDF-"));
    assert_eq!(checked(&bytes).unwrap(), None);
    assert!(small.house.browser().get("/verify/seal").await.body.contains("It is not valid today, so documents are not signed"));
}

#[test]
fn a_signature_holds_for_the_bytes_that_were_signed_and_no_others() {
    let folder = Folder::new();
    let seal = own(folder.path());
    let signed = seal.sealed(&pdf(), now()).unwrap();
    assert_eq!(checked(&pdf()), Ok(None), "documents of before have none");
    assert_eq!(checked(&signed).unwrap().as_ref(), Some(seal.certificate()));
    // Each byte counts: of the document, and of what stands around the signature.
    let hole = signed.windows(10).rposition(|some| some == b"/Contents<").unwrap() + 9;
    let end = hole + signed[hole..].iter().position(|byte| *byte == b'>').unwrap();
    for at in (0..hole).step_by(97).chain(end + 1..signed.len()) {
        let mut other = signed.clone();
        other[at] ^= 1;
        assert!(!matches!(checked(&other), Ok(Some(_))), "byte {at}");
    }
    for at in (hole + 1..hole + 1200).step_by(13) {
        let mut other = signed.clone();
        other[at] = if other[at] == b'0' { b'1' } else { b'0' };
        assert!(checked(&other).is_err(), "byte {at} of the signature");
    }
    // The signature of another document.
    let another = paper::set(&Paper { title: "Another".to_owned(), ..paper() }).unwrap();
    let mut swapped = seal.sealed(&another, now()).unwrap();
    let from = swapped.windows(10).rposition(|some| some == b"/Contents<").unwrap() + 9;
    let signature = signed[hole..end].to_vec();
    swapped[from..from + signature.len()].copy_from_slice(&signature);
    assert!(checked(&swapped).is_err_and(|says| says.contains("not those that were signed")));
    let mut longer = signed.clone();
    longer.extend(b"\n1 0 obj\n<<>>\nendobj\n");
    assert!(checked(&longer).is_err());
}

fn paper() -> Paper {
    Paper {
        title: "A certificate".to_owned(),
        issuer: String::new(),
        subject: String::new(),
        language: "en-GB".to_owned(),
        made: now(),
        foot: String::new(),
        blocks: Vec::new(),
    }
}

#[test]
fn the_key_of_a_data_folder_is_made_once_and_can_be_given_instead() {
    let folder = Folder::new();
    let mut config = settings(folder.path());
    let first = own(folder.path()).certificate().clone();
    assert_eq!(own(folder.path()).certificate(), &first, "after a restart it is the same");
    assert!(first.subject.contains("GP Connect onboarding at http://"), "{}", first.subject);
    assert!(first.is_our_own() && first.holds(now()) && !first.holds(now() - 1.hours()));
    let key = folder.path().join("seal.key");
    #[cfg(unix)]
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&key).unwrap().permissions()) & 0o777, 0o600);

    // Beside PostgreSQL it has to be given.
    config.place.database.database_url = Some("postgres://nobody@localhost/none".to_owned().into());
    assert!(Seal::of(&config, now()).unwrap().is_none());
    (config.seal_key, config.seal_chain) = (Some(key.clone()), Some(folder.path().join("seal.pem")));
    assert_eq!(Seal::of(&config, now()).unwrap().unwrap().certificate(), &first);

    let other = Folder::new();
    own(other.path());
    config.seal_chain = Some(other.path().join("seal.pem"));
    let says = Seal::of(&config, now()).err().unwrap();
    assert!(says.contains("seal.key") && says.contains("not that of the key"), "{says}");
    let secret = std::fs::read_to_string(&key).unwrap();
    let secret = secret.lines().nth(1).unwrap();
    std::fs::write(&key, format!("-----BEGIN PRIVATE KEY-----\n{secret}\n-----END PRIVATE KEY-----\n")).unwrap();
    let says = Seal::of(&config, now()).err().unwrap();
    assert!(says.contains("openssl genpkey") && !says.contains(secret), "{says}");
    config.seal_chain = Some(other.path().join("nowhere.pem"));
    assert!(Seal::of(&config, now()).err().unwrap().contains("nowhere.pem"));
}

/// Keys and certificates as an authority would give them, made by OpenSSL: one of RSA below a root, the chain of both.
#[test]
fn a_certificate_that_somebody_else_issued_is_used_with_its_chain() {
    let folder = Folder::new();
    std::fs::write(folder.path().join("of-documents"), "keyUsage=digitalSignature,nonRepudiation\n").unwrap();
    let steps =
        "openssl req -x509 -newkey rsa:2048 -nodes -keyout root.key -out root.pem -days 9000 -subj '/O=An authority/CN=Root'
        openssl req -newkey rsa:2048 -nodes -keyout rsa.key -out rsa.csr -subj '/O=NHS England/CN=GP Connect onboarding'
        openssl x509 -req -in rsa.csr -CA root.pem -CAkey root.key -CAcreateserial -days 8000 -extfile of-documents -out own.pem
        cat own.pem root.pem > chain.pem
        cat root.pem own.pem > upside-down.pem";
    let Some(made) = runs(folder.path(), "openssl", &["version"]).and_then(|_| runs(folder.path(), "sh", &["-ec", steps])) else {
        return;
    };
    made.unwrap();
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    let seal = Seal::read(&read("rsa.key"), &read("chain.pem")).unwrap();
    assert!(seal.certificate().issuer.contains("An authority") && !seal.certificate().is_our_own());
    let signed = seal.sealed(&pdf(), now()).unwrap();
    assert_eq!(checked(&signed).unwrap().unwrap().fingerprint, seal.certificate().fingerprint);
    let found = paper::seal_in(&signed).unwrap().unwrap();
    std::fs::write(folder.path().join("signed"), found.covered.concat()).unwrap();
    std::fs::write(folder.path().join("signature"), &found.signature).unwrap();
    // Trusting the root alone: the certificate itself comes in the signature.
    let steps =
        "openssl cms -verify -binary -inform DER -in signature -content signed -CAfile root.pem -purpose any -out /dev/null";
    let said = runs(folder.path(), "sh", &["-ec", steps]).unwrap();
    assert!(said.as_ref().is_ok_and(|said| said.contains("Verification successful")), "{said:?}");
    assert!(Seal::read(&read("rsa.key"), &read("upside-down.pem")).is_err());
    let wrong = [read("own.pem"), read("own.pem")].concat();
    assert!(Seal::read(&read("rsa.key"), &wrong).err().unwrap().contains("did not issue"));
    assert!(Seal::read(&read("rsa.key"), "").is_err() && Seal::read("", &read("chain.pem")).is_err());
}
