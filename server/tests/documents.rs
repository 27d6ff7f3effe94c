//! What people keep as a PDF: made once, handed out the same ever after to those who read the task, and told from every other file
//! by anybody.

use crate::common::{
    Page, multipart,
    world::{Play, Small, admit, fields_of, invite, opening, signing, task},
};
use axum::http::StatusCode;
use journey::{
    base::{
        actor::{Actor, Role, Side},
        ids::{Digest, JourneyRef},
    },
    ledger::agreement_text::AgreementText,
    plan::opening::Opening,
    port::documents::Documents as _,
    rule::command::Command,
    task::agreement,
};
use sqlx::Connection as _;

const ISSUED: &str = "receive-technical-conformance-certificate";
const AGREEMENT: &str = "receive-connection-agreement";

/// A journey whose certificate is issued; its agreement waits to be signed by the supplier, then by the programme.
async fn certified(small: &Small, signatory: &Actor) -> (Play, JourneyRef) {
    let mut teams = small.assurance.actor.clone();
    teams.roles.extend([Role::ClinicalSafety, Role::InformationGovernance, Role::ServiceManagement]);
    let cast: Vec<Actor> = small.cast().into_iter().cloned().chain([teams, signatory.clone()]).collect();
    let cast: Vec<&Actor> = cast.iter().collect();
    let opening = Opening { supporting_tasks: false, other_organisations: false, ..opening() };
    let mut play = Play::open_with("consumer", &small.house, &small.lead, opening);
    play.until_ready(&cast, AGREEMENT).submits(&small.lead.actor, AGREEMENT);
    let reference = play.written(&small.house).await;
    (play, reference)
}

/// Somebody without an account asks whether this file was made here.
async fn checked(small: &Small, bytes: &[u8]) -> Page {
    let mut nobody = small.house.browser();
    let answer = nobody.send(multipart("verify/file", &[], &[("kept.pdf", bytes)])).await;
    nobody.follow(answer).await
}

#[tokio::test]
async fn a_certificate_is_handed_out_the_same_and_known_by_its_bytes() {
    let mut small = Small::new().await;
    let signatory = invite(&small.house, &mut small.lead, "signe@acme.example", Role::Signatory).await;
    let (_, reference) = certified(&small, &signatory.actor).await;
    let page = format!("/journeys/{reference}/tasks/{ISSUED}");
    let body = small.lead.browser.clone().get(&page).await.body;
    assert!(body.contains(&format!("href=\"{page}/certificate.pdf\"")), "{body}");
    let number = body.split_once("gpc-cert__number gpc-mono\">").unwrap().1.split_once('<').unwrap().0.to_owned();

    let (status, first) = small.lead.browser.download(&format!("{page}/certificate.pdf")).await;
    assert_eq!(status, StatusCode::OK);
    assert!(first.starts_with(b"%PDF-"), "{:?}", &first[..8]);
    let (_, again) = small.assurance.browser.download(&format!("{page}/certificate.pdf")).await;
    assert!(first == again, "whoever asks, the bytes are the same");
    let stranger = admit(&small.house, Side::EndUser, "Willow Lane Surgery", "bea@willow.example", &[Role::GroupLead]).await;
    assert_eq!(stranger.browser.download(&format!("{page}/certificate.pdf")).await.0, StatusCode::NOT_FOUND);
    assert_eq!(small.house.browser().get(&format!("{page}/certificate.pdf")).await.to(), "/sign-in");

    let seen = checked(&small, &first).await;
    assert_eq!(seen.heading(), "This certificate is valid");
    assert!(
        seen.body.contains("Your file was made here, and not changed since.") && seen.body.contains(&number),
        "{}",
        seen.body
    );
    // One byte more, one less, one other.
    let mut other = first.clone();
    let last = other.len() - 10;
    other[last] ^= 1;
    for changed in [&first[..first.len() - 1], &[first.as_slice(), b"\n"].concat(), &other] {
        let seen = checked(&small, changed).await;
        assert!(seen.body.contains("We did not make this file, or it was changed since."), "{}", seen.body);
    }
    let mut nobody = small.house.browser();
    let answer = nobody.send(multipart("verify/file", &[], &[])).await;
    assert!(nobody.follow(answer).await.body.contains("Choose a file"));
    // A digest that somebody put into an address says nothing that is not so.
    let told = nobody.get(&format!("/verify/{number}?file={}", "a".repeat(64))).await;
    assert!(!told.body.contains("Your file was made here"), "{}", told.body);

    // Who is suspended is told with the file too.
    let journey = reference.to_string();
    let fields = [("journey", journey.as_str()), ("task", ISSUED), ("seen", "1000000")];
    let propose: Vec<_> = fields.into_iter().chain([("change", "suspend"), ("reason", "An incident.")]).collect();
    small.assurance.browser.clone().submit("task/propose-validity", &propose).await;
    small.reviewer.browser.clone().submit("task/confirm-validity", &fields).await;
    let seen = checked(&small, &first).await;
    assert_eq!(seen.heading(), "This certificate is suspended. Do not rely on it now");
    assert!(seen.body.contains("Your file was made here, and not changed since."), "{}", seen.body);
}

#[tokio::test]
async fn what_is_signed_is_handed_out_when_everybody_has_signed_and_not_before() {
    let mut small = Small::new().await;
    let signatory = invite(&small.house, &mut small.lead, "signe@acme.example", Role::Signatory).await;
    let (mut play, reference) = certified(&small, &signatory.actor).await;
    let page = format!("/journeys/{reference}/tasks/{AGREEMENT}");
    let file = format!("{page}/signed.pdf");
    assert_eq!(small.lead.browser.download(&file).await.0, StatusCode::NOT_FOUND, "nobody has signed");
    let words = play.words(AGREEMENT);
    let spec = play.journey.process.task(&task(AGREEMENT)).unwrap();
    let authority = agreement::authority_in_words(spec, AgreementText::to_send(spec), &signing(AGREEMENT)).unwrap();
    let sign = Command::Sign { task: task(AGREEMENT), name: "Signe Holm".to_owned(), authority, words };
    play.does(&signatory.actor, sign).written(&small.house).await;
    assert_eq!(small.lead.browser.download(&file).await.0, StatusCode::NOT_FOUND, "one of two has signed");
    assert!(!small.lead.browser.clone().get(&page).await.body.contains("signed.pdf"));

    let mut reviewer = small.reviewer.browser.clone();
    let shown = reviewer.get(&page).await;
    let (journey, seen, words) = (reference.to_string(), shown.hidden("seen"), shown.hidden("words"));
    let answers = fields_of(&signing(AGREEMENT));
    let base = [("journey", journey.as_str()), ("task", AGREEMENT), ("seen", seen.as_str()), ("words", words.as_str())];
    let fields: Vec<_> = base.into_iter().chain(answers.iter().map(|(k, v)| (k.as_str(), v.as_str()))).collect();
    reviewer.submit("task/sign", &fields).await;
    assert!(small.lead.browser.clone().get(&page).await.body.contains("signed.pdf"));
    let (status, bytes) = small.lead.browser.download(&file).await;
    assert_eq!(status, StatusCode::OK);
    assert!(bytes.starts_with(b"%PDF-"));
    let told = checked(&small, &bytes).await;
    assert!(told.body.contains("This file was made here, and not changed since"), "{}", told.body);
    assert!(
        told.body.contains("connection agreement for Bedside View 4.2 as everybody had signed it")
            && told.body.contains("Bedside View 4.2"),
        "{}",
        told.body
    );
    assert!(!told.body.contains("/journeys/"), "nobody reads the journey by it: {}", told.body);

    // What is kept is looked at by `verify`: a changed byte is found.
    let kept = small.house.db.documents_after(None, 9).await.unwrap();
    assert_eq!(kept.len(), 1);
    // The pack has it, byte for byte, and the certificate, which nobody had asked for.
    let (_, pack) = small.lead.browser.download(&format!("/journeys/{reference}/pack.zip")).await;
    let pack = std::io::Cursor::new(pack);
    let checked = server::pack::check(pack.clone(), crate::common::world::shipped()).unwrap();
    assert_eq!((checked.documents, checked.faults), (2, Vec::new()));
    let name = format!("documents/{AGREEMENT}-{}.pdf", &Digest::of(&bytes).as_str()[..12]);
    assert_eq!(zip::ZipArchive::new(pack).unwrap().by_name(&name).unwrap().size(), bytes.len() as u64);
    assert_eq!(small.house.faults().await, Vec::<String>::new());
    let url = format!("sqlite://{}", small.house.file().display());
    let mut other = sqlx::SqliteConnection::connect(&url).await.unwrap();
    sqlx::query("UPDATE documents SET body = 'AAAA'").execute(&mut other).await.unwrap();
    let found = small.house.faults().await;
    assert!(found.iter().any(|fault| fault.contains("its bytes are not those that were made")), "{found:?}");
    sqlx::query("DELETE FROM documents").execute(&mut other).await.unwrap();
}
