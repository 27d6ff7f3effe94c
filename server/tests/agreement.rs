//! The connection agreement as pages, letters and files have it: whole before it is sent, somebody else who signs, and what stands
//! after. The rules themselves are proved in `app/journey/tests/agreement.rs`.

use crate::common::{
    Page,
    world::{Play, Small, Someone, fields_of, invite, opening, signing, task},
};
use app::work::agreement::remind;
use axum::http::StatusCode;
use journey::{
    base::{
        actor::{Actor, Role},
        calendar,
        edition::Edition,
        ids::JourneyRef,
    },
    catalogue::editions,
    ledger::machine::Verb,
    plan::opening::Opening,
    port::Letter,
    rule::offers,
};

const AGREEMENT: &str = "receive-connection-agreement";

/// A supplier with two who may sign, whose certificate is issued.
struct Scene {
    small: Small,
    sam: Someone,
    ann: Someone,
    play: Play,
}

async fn certified() -> Scene {
    let mut small = Small::new().await;
    let sam = invite(&small.house, &mut small.lead, "sam@acme.example", Role::Signatory).await;
    let ann = invite(&small.house, &mut small.lead, "ann@acme.example", Role::Signatory).await;
    let mut teams = small.assurance.actor.clone();
    teams.roles.extend([Role::ClinicalSafety, Role::InformationGovernance, Role::ServiceManagement]);
    let cast: Vec<Actor> = small.cast().into_iter().cloned().chain([teams]).collect();
    let cast: Vec<&Actor> = cast.iter().collect();
    let opening = Opening { supporting_tasks: false, other_organisations: false, ..opening() };
    let mut play = Play::open_with("consumer", &small.house, &small.lead, opening);
    play.until_ready(&cast, AGREEMENT);
    play.written(&small.house).await;
    Scene { small, sam, ann, play }
}

/// The same, with the parts sent.
async fn sent() -> (Scene, JourneyRef) {
    let mut scene = certified().await;
    let lead = scene.small.lead.actor.clone();
    let reference = scene.play.submits(&lead, AGREEMENT).written(&scene.small.house).await;
    (scene, reference)
}

fn page_of(reference: &JourneyRef) -> String {
    format!("/journeys/{reference}/tasks/{AGREEMENT}")
}

/// Somebody sends a form of the page of the agreement.
async fn does(someone: &mut Someone, reference: &JourneyRef, action: &str, more: &[(&str, &str)]) -> Page {
    let page = someone.browser.get(&page_of(reference)).await;
    assert!(page.body.contains(&format!("action=\"/do/{action}\"")), "{action} is not offered: {}", page.body);
    let (journey, seen) = (page.hidden("journey"), page.hidden("seen"));
    let base = [("journey", journey.as_str()), ("task", AGREEMENT), ("seen", seen.as_str())];
    let fields: Vec<(&str, &str)> = base.iter().chain(more).copied().collect();
    someone.browser.submit(action, &fields).await
}

async fn signs(someone: &mut Someone, reference: &JourneyRef) -> Page {
    let words = someone.browser.get(&page_of(reference)).await.hidden("words");
    let agreed = fields_of(&signing(AGREEMENT));
    let more: Vec<(&str, &str)> =
        [("words", words.as_str())].into_iter().chain(agreed.iter().map(|(k, v)| (k.as_str(), v.as_str()))).collect();
    does(someone, reference, "task/sign", &more).await
}

/// What was written to somebody under a subject.
fn to<'a>(letters: &'a [Letter], address: &str, subject: &str) -> Vec<&'a str> {
    let theirs = letters.iter().filter(|letter| letter.to == address && letter.subject.contains(subject));
    theirs.map(|letter| letter.body.as_str()).collect()
}

#[tokio::test]
async fn whoever_prepares_the_agreement_reads_it_whole_before_it_is_sent() {
    let mut scene = certified().await;
    let reference = scene.play.written(&scene.small.house).await;
    let page = scene.small.lead.browser.get(&page_of(&reference)).await;
    let document = page.body.split_once("What will be signed").unwrap().1.split_once("</main>").unwrap().0;
    for there in [
        "Connection agreement</h3>",
        "Part A: services form</h4>",
        "Part B: processing form</h4>",
        "Part C: acceptable use policy for organisations that use the product</h4>",
        "Duties after signing</h4>",
        "Annex 1: the parts as the supplier fills them in and sends them",
        "Annex 3: Technical conformance certificate TCC-",
        "Bedside View 4.2",
    ] {
        assert!(document.contains(there), "{there}: {document}");
    }
    for blank in ["{supplier}", "{product}", "{capabilities}", "{parts}", "{scal}", "{certificate}"] {
        assert!(!document.contains(blank), "{blank} is left");
    }
    // Sent, it is what everybody signs; the digests stand folded below.
    let lead = scene.small.lead.actor.clone();
    scene.play.submits(&lead, AGREEMENT).written(&scene.small.house).await;
    let page = scene.sam.browser.get(&page_of(&reference)).await;
    assert!(page.body.contains("Annex 1: the parts as the supplier filled them in, round 1</li>"), "{}", page.body);
    assert!(page.body.contains("Annex 2: the SCAL as accepted, edition 2026-1, round 1, digest "), "{}", page.body);
    assert!(page.body.contains("The supplier passes Part C on to each organisation"), "it is a box to tick: {}", page.body);
}

#[tokio::test]
async fn a_colleague_is_named_to_sign_and_both_get_a_letter() {
    let (mut scene, reference) = sent().await;
    let (sam, ann) = (scene.sam.actor.person.to_string(), scene.ann.actor.person.to_string());
    // Nothing is chosen: what was typed is there still.
    let page =
        does(&mut scene.small.lead, &reference, "task/replace-signatory", &[("from", &sam), ("reason", "Sam is away.")]).await;
    assert!(page.body.contains("Choose who signs instead") && page.body.contains("Sam is away."), "{}", page.body);
    assert!(page.body.contains(&format!("value=\"{sam}\" checked")), "{}", page.body);
    let stranger = scene.small.reviewer.actor.person.to_string();
    let fields = [("from", sam.as_str()), ("to", stranger.as_str()), ("reason", "Sam is away.")];
    let page = does(&mut scene.small.lead, &reference, "task/replace-signatory", &fields).await;
    assert!(page.body.contains("Choose who signs instead"), "nobody of another organisation: {}", page.body);
    scene.small.house.letters().await;

    let fields = [("from", sam.as_str()), ("to", ann.as_str()), ("reason", "Sam is away until May.")];
    let page = does(&mut scene.small.lead, &reference, "task/replace-signatory", &fields).await;
    assert!(page.done().is_some_and(|says| says.contains("Named.")), "{:?}", page.refusal());
    assert!(page.body.contains("in place of") && page.body.contains("Sam is away until May."), "{}", page.body);
    let letters = scene.small.house.letters().await;
    assert_eq!(to(&letters, "ann@acme.example", "Please sign").len(), 1, "{letters:?}");
    let told = to(&letters, "sam@acme.example", "Somebody else signs");
    assert!(
        told.len() == 1 && told[0].contains("Sam is away until May.") && told[0].contains("You do not need to do anything."),
        "{told:?}"
    );
    // Sam is offered nothing, and a form that was open is refused with a sentence.
    let page = scene.sam.browser.get(&page_of(&reference)).await;
    assert!(!page.body.contains("action=\"/do/task/sign\""), "{}", page.body);
    let journey = reference.to_string();
    let words = scene.play.words(AGREEMENT).to_string();
    let agreed = fields_of(&signing(AGREEMENT));
    let base = [("journey", journey.as_str()), ("task", AGREEMENT), ("seen", "1000000"), ("words", words.as_str())];
    let fields: Vec<_> = base.into_iter().chain(agreed.iter().map(|(k, v)| (k.as_str(), v.as_str()))).collect();
    let page = scene.sam.browser.submit("task/sign", &fields).await;
    assert!(page.refusal().is_some_and(|says| says.contains("Somebody else signs in your place")), "{:?}", page.refusal());
    let page = signs(&mut scene.ann, &reference).await;
    assert!(page.done().is_some_and(|says| says.starts_with("Signed")), "{:?}", page.refusal());
    let page = scene.small.lead.browser.get(&format!("/journeys/{reference}/history")).await;
    assert!(page.body.contains("named somebody else to sign this"), "{}", page.body);
}

#[tokio::test]
async fn a_signature_of_the_wrong_person_is_given_again_and_nhs_england_does_not_sign_twice() {
    let (mut scene, reference) = sent().await;
    signs(&mut scene.sam, &reference).await;
    let page = signs(&mut scene.small.reviewer, &reference).await;
    assert!(page.done().is_some(), "{:?}", page.refusal());
    let (_, first) = scene.small.lead.browser.download(&format!("{}/signed.pdf", page_of(&reference))).await;
    assert!(first.starts_with(b"%PDF-"));
    scene.small.house.letters().await;

    let ann = scene.ann.actor.person.to_string();
    let sam = scene.sam.actor.person.to_string();
    let fields = [("from", sam.as_str()), ("to", ann.as_str()), ("reason", "Sam had no authority to sign.")];
    let page = does(&mut scene.small.lead, &reference, "task/replace-signatory", &fields).await;
    assert!(page.body.contains("1 of 2 have signed"), "{}", page.body);
    let email = scene.small.reviewer.email.clone();
    let letters = scene.small.house.letters().await;
    let told = to(&letters, &email, "Signature taken back");
    assert!(told.len() == 1 && told[0].contains("Yours stays as it is."), "{letters:?}");
    assert_eq!(to(&letters, "sam@acme.example", "Your signature does not count any more").len(), 1, "{letters:?}");
    let file = format!("{}/signed.pdf", page_of(&reference));
    assert_eq!(scene.small.lead.browser.download(&file).await.0, StatusCode::NOT_FOUND, "not everybody has signed");
    let page = scene.small.reviewer.browser.get(&page_of(&reference)).await;
    assert!(!page.body.contains("action=\"/do/task/sign\""), "NHS England has signed");

    signs(&mut scene.ann, &reference).await;
    let page = scene.small.lead.browser.get(&page_of(&reference)).await;
    assert!(page.body.contains("2 of 2 have signed"), "{}", page.body);
    let (status, second) = scene.small.lead.browser.download(&file).await;
    assert!(status == StatusCode::OK && first != second, "it names who signed");
    assert_eq!(scene.small.house.faults().await, Vec::<String>::new());
}

#[tokio::test]
async fn after_signing_its_duties_stand_on_its_page_and_an_incident_is_told_at_once() {
    let (mut scene, reference) = sent().await;
    assert!(!scene.small.lead.browser.get(&page_of(&reference)).await.body.contains("Duties under this agreement"));
    signs(&mut scene.sam, &reference).await;
    signs(&mut scene.small.reviewer, &reference).await;
    let page = scene.small.lead.browser.get(&page_of(&reference)).await;
    assert!(
        page.body.contains("Duties under this agreement") && page.body.contains("Look at this agreement together"),
        "{}",
        page.body
    );
    assert!(page.body.contains("No incident has been reported."), "{}", page.body);

    // What cannot be is told by its question, and the words stay.
    let words = "Records of two patients were merged.";
    let page = does(
        &mut scene.small.lead,
        &reference,
        "task/report-incident",
        &[("answers[what][]", words), ("answers[noticed_at][]", "soon")],
    )
    .await;
    assert!(page.body.contains("Enter the day on which it was noticed"), "{}", page.body);
    assert!(page.body.contains(words) && page.body.contains("value=\"soon\""), "{}", page.body);
    scene.small.house.letters().await;
    let day = "2020-03-02";
    let fields = [
        ("answers[what][]", words),
        ("answers[noticed_on][]", day),
        ("answers[noticed_at][]", "14:30"),
        ("answers[sites][]", "A21471 Willow Lane Surgery"),
    ];
    let page = does(&mut scene.small.lead, &reference, "task/report-incident", &fields).await;
    assert!(page.done().is_some_and(|says| says.contains("later than 48 hours")), "{:?}", page.refusal());
    assert!(
        page.body.contains(words) && page.body.contains("hours late.") && page.body.contains("Willow Lane Surgery (A21471)"),
        "{}",
        page.body
    );
    let letters = scene.small.house.letters().await;
    let email = scene.small.reviewer.email.clone();
    let told = to(&letters, &email, "Incident reported");
    assert!(told.len() == 1 && told[0].contains(words) && told[0].contains("later than agreed"), "{letters:?}");
    // The programme reads it, and the page of the journey leads to it.
    let page = scene.small.reviewer.browser.get(&page_of(&reference)).await;
    assert!(page.body.contains(words) && !page.body.contains("action=\"/do/task/report-incident\""), "{}", page.body);
    let page = scene.small.lead.browser.get(&format!("/journeys/{reference}")).await;
    assert!(
        page.body.contains("1 incident reported") && page.body.contains(&format!("{}#duties", page_of(&reference))),
        "{}",
        page.body
    );
    let journey = crate::common::world::journey_of(&scene.small.house, &reference).await;
    assert!(offers::offers_on(&journey, &scene.small.lead.actor, &task(AGREEMENT)).contains(&Verb::ReportIncident));
    assert_eq!(scene.small.house.faults().await, Vec::<String>::new());
}

/// Once on each working day the clock looks at what is late; what it writes twice is one letter.
#[tokio::test]
async fn whoever_is_late_with_a_duty_gets_three_letters_in_working_days_and_the_programme_the_last() {
    let (mut scene, reference) = sent().await;
    signs(&mut scene.sam, &reference).await;
    signs(&mut scene.small.reviewer, &reference).await;
    scene.small.house.letters().await;
    let now = scene.small.house.services.clock.now();
    // An edition that is newer than the one that was accepted.
    let newer: Edition = "2026-2".parse().unwrap();
    editions::learn(newer.clone(), editions::rows(&Edition::default()).to_vec());
    let published = [(newer, now)];
    let signed = calendar::date_of(now);
    let due = signed.checked_add(jiff::Span::new().months(12)).unwrap();
    let (lead, programme) = (scene.small.lead.email.clone(), scene.small.reviewer.email.clone());
    let mut told = Vec::new();
    let mut day = signed;
    for _ in 0..420 {
        day = day.tomorrow().unwrap();
        // Twice, as a service does that is started anew.
        for _ in 0..2 {
            if calendar::is_working_day(day) {
                remind::send_due(&scene.small.house.services, &published, day).await.unwrap();
            }
        }
        for letter in scene.small.house.letters().await {
            assert!(letter.subject.contains("Late since") && letter.body.contains("#duties"), "{letter:?}");
            told.push((calendar::between(due, day), letter.to));
        }
    }
    assert_eq!(told, [(1, lead.clone()), (6, lead.clone()), (11, lead.clone()), (11, programme.clone())]);
    // At night and on Sundays nobody looks.
    let at = |text: &str| remind::day_of(text.parse().unwrap());
    assert_eq!(at("2026-11-30T08:59:00Z"), None);
    assert_eq!(at("2026-11-30T09:00:00Z"), Some("2026-11-30".parse().unwrap()));
    assert_eq!(at("2026-11-29T12:00:00Z"), None, "a Sunday");
}
