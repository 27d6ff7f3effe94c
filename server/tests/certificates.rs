//! Checking a certificate, for anybody who has its number and no account.

use crate::common::{
    House,
    world::{Play, Small, opening},
};
use journey::{
    base::{
        actor::{Actor, Role},
        ids::JourneyRef,
    },
    plan::{
        opening::Opening,
        process::{Process, Processes},
    },
    port::Letter,
};

const ISSUED: &str = "receive-technical-conformance-certificate";

/// A journey whose certificate is issued.
async fn certified(small: &Small) -> JourneyRef {
    let mut teams = small.assurance.actor.clone();
    teams.roles.extend([Role::ClinicalSafety, Role::InformationGovernance, Role::ServiceManagement]);
    let cast: Vec<Actor> = small.cast().into_iter().cloned().chain([teams]).collect();
    let cast: Vec<&Actor> = cast.iter().collect();
    let opening = Opening { supporting_tasks: false, other_organisations: false, ..opening() };
    let mut play = Play::open_with("consumer", &small.house, &small.lead, opening);
    play.until_ready(&cast, "receive-connection-agreement").written(&small.house).await
}

#[tokio::test]
async fn anybody_checks_a_certificate_by_its_number() {
    let small = Small::new().await;
    let reference = certified(&small).await;
    let on_its_page = small.lead.browser.clone().get(&format!("/journeys/{reference}/tasks/{ISSUED}")).await.body;
    let number = on_its_page.split_once("gpc-cert__number gpc-mono\">").unwrap().1.split_once('<').unwrap().0.to_owned();
    assert!(on_its_page.contains(&format!("href=\"/verify/{number}\"")), "{on_its_page}");

    // As it is read out on the telephone.
    let mut nobody = small.house.browser();
    let answer = nobody.get(&format!("/verify?number={}", number.to_lowercase().replace('-', "+"))).await;
    assert_eq!(answer.to(), format!("/verify/{number}"));
    let page = nobody.follow(answer).await;
    assert_eq!(page.heading(), "This certificate is valid");
    for there in ["Acme Care", "Checked on", "only. Any other version needs its own certificate.", "functional assurance"] {
        assert!(page.body.contains(there), "{there}: {}", page.body);
    }
    // Nobody reads the journey by it.
    assert!(!page.body.contains("/journeys/"), "{}", page.body);
    assert!(nobody.get(&format!("/journeys/{reference}")).await.to().starts_with("/sign-in"));

    let fields = [("journey", &*reference.to_string()), ("task", ISSUED), ("seen", "1000000"), ("reason", "A mistake in it.")];
    small.reviewer.browser.clone().submit("task/reopen", &fields).await;
    let page = nobody.get(&format!("/verify/{number}")).await;
    assert!(page.body.contains("This certificate is no longer valid. Do not rely on it"), "{}", page.body);
    assert!(!page.body.contains("A mistake in it."), "why it was opened again is for those who have a part");
}

/// A certificate is suspended by two people: whoever has the number reads it and why, those who rely on it are written to, and no
/// word that was typed is lost on the way.
#[tokio::test]
async fn two_people_suspend_a_certificate_and_everybody_who_relies_on_it_is_told() {
    let small = Small::new().await;
    let reference = certified(&small).await;
    let task = format!("/journeys/{reference}/tasks/{ISSUED}");
    let (mut assurance, mut reviewer) = (small.assurance.browser.clone(), small.reviewer.browser.clone());
    let page = assurance.get(&task).await.body;
    let number = page.split_once("gpc-cert__number gpc-mono\">").unwrap().1.split_once('<').unwrap().0.to_owned();
    assert!(page.contains("Suspend or withdraw the certificate"), "{page}");
    let supplier = small.lead.browser.clone().get(&task).await.body;
    assert!(!supplier.contains("propose-validity"), "it is not the supplier's: {supplier}");

    let journey = reference.to_string();
    let base = [("journey", journey.as_str()), ("task", ISSUED), ("seen", "1000000")];
    let with = |more: &[(&'static str, &'static str)]| base.iter().copied().chain(more.iter().copied()).collect::<Vec<_>>();
    // Without a choice, the reason that was typed comes back.
    let page = assurance.submit("task/propose-validity", &with(&[("reason", "An incident of 3 May.")])).await;
    assert!(page.body.contains("Choose what should happen to the certificate"), "{}", page.body);
    assert!(page.body.contains("An incident of 3 May."), "{}", page.body);
    let fields = with(&[("change", "suspend"), ("reason", "An incident of 3 May is looked into.")]);
    let page = assurance.submit("task/propose-validity", &fields).await;
    assert!(
        page.body.contains("Proposed: suspend the certificate") && page.body.contains("Take the proposal back"),
        "{}",
        page.body
    );
    assert!(!page.body.contains("confirm-validity"), "nobody agrees to what they proposed: {}", page.body);
    let mut nobody = small.house.browser();
    assert_eq!(nobody.get(&format!("/verify/{number}")).await.heading(), "This certificate is valid");
    small.house.clock.forward(60);
    let mut asked = small.house.letters().await;
    asked.retain(|letter| letter.to == small.reviewer.email);
    assert!(asked.iter().any(|letter| letter.body.contains("A change of the certificate was proposed")), "{asked:?}");

    reviewer.submit("task/confirm-validity", &with(&[])).await;
    let page = nobody.get(&format!("/verify/{number}")).await;
    assert_eq!(page.heading(), "This certificate is suspended. Do not rely on it now");
    assert!(page.body.contains("An incident of 3 May is looked into."), "whoever relies on it reads why: {}", page.body);
    let page = small.lead.browser.clone().get(&task).await.body;
    assert!(page.contains("The certificate is suspended") && page.contains("Suspended on"), "{page}");
    small.house.clock.forward(60);
    let told = small.house.letters().await;
    let to_lead = |letter: &&Letter| letter.to == small.lead.email && letter.subject.contains("Certificate suspended");
    let letter = told.iter().find(to_lead).unwrap_or_else(|| panic!("{told:?}"));
    assert!(letter.body.contains(&format!("/verify/{number}")) && letter.body.contains("An incident of 3 May"), "{letter:?}");

    // It counts again when two people say so.
    let fields = with(&[("change", "reinstate"), ("reason", "Another product was the cause.")]);
    reviewer.submit("task/propose-validity", &fields).await;
    assurance.submit("task/confirm-validity", &with(&[])).await;
    assert_eq!(nobody.get(&format!("/verify/{number}")).await.heading(), "This certificate is valid");
}

#[tokio::test]
async fn what_is_no_number_is_told_and_comes_back() {
    let small = Small::new().await;
    let reference = small.submitted().await.to_string();
    let mut nobody = small.house.browser();
    let page = nobody.get("/verify").await;
    assert!(page.body.contains("Number of the certificate") && !page.body.contains("Check the number"), "{}", page.body);
    for (typed, says) in [
        ("", None),
        ("+", Some("Enter the number of the certificate")),
        ("ABC-123", Some("This is not the number of a certificate.")),
        ("TCC-7K3M-9PX5-23", Some("This is not the number of a certificate.")),
        (&*format!("TCC-{reference}-1"), Some("No certificate has the number")),
        (&*format!("TCC-{reference}-9999"), Some("No certificate has the number")),
        (&*format!("CATR-{reference}-2"), Some("No certificate has the number")),
        ("%3Cscript%3E", Some("This is not the number of a certificate.")),
    ] {
        let page = nobody.get(&format!("/verify?number={typed}")).await;
        assert_eq!(page.status, 200);
        assert_eq!(page.body.contains("Check the number"), says.is_some(), "{typed}");
        assert!(page.body.contains(says.unwrap_or_default()), "{typed}: {}", page.body);
        assert!(!page.body.contains("<script>"));
    }
    let page = nobody.get(&format!("/verify?number=TCC-{reference}-1")).await;
    assert!(page.body.contains(&format!("value=\"TCC-{reference}-1\"")), "what was typed comes back: {}", page.body);
    for path in [format!("/verify/TCC-{reference}-1"), "/verify/nonsense".to_owned(), format!("/verify/{reference}")] {
        assert_eq!(nobody.get(&path).await.status, 404, "{path}");
    }
}

/// Where the process says for how long it is valid: on its page, on the PDF, for whoever checks it, in the register, and in a letter to
/// those who rely on it, when the clock has moved on.
#[tokio::test]
async fn a_certificate_expires_where_the_process_says_so() {
    let text = include_str!("../../app/journey/processes/consumer-2026-1.toml")
        .replace("certificate = \"technical_conformance\"", "certificate = \"technical_conformance\"\nvalid_months = 12");
    let processes: &'static Processes = Box::leak(Box::new(Processes::of(vec![Process::read(&text).unwrap()])));
    let small = Small::of(House::by(processes).await).await;
    let mut teams = small.assurance.actor.clone();
    teams.roles.extend([Role::ClinicalSafety, Role::InformationGovernance, Role::ServiceManagement]);
    let cast: Vec<Actor> = small.cast().into_iter().cloned().chain([teams]).collect();
    let cast: Vec<&Actor> = cast.iter().collect();
    let opening = Opening { supporting_tasks: false, other_organisations: false, ..opening() };
    let mut play = Play::open_in(processes, "consumer", &small.house, &small.lead, opening);
    let reference = play.until_ready(&cast, "receive-connection-agreement").written(&small.house).await;
    let task = format!("/journeys/{reference}/tasks/{ISSUED}");
    let until = |page: &str| page.contains("Valid until") && page.contains("2 March 2027");
    let body = small.lead.browser.clone().get(&task).await.body;
    assert!(until(&body) && body.contains("12 months from the day of issue"), "{body}");
    let number = body.split_once("gpc-cert__number gpc-mono\">").unwrap().1.split_once('<').unwrap().0.to_owned();
    let mut nobody = small.house.browser();
    let page = nobody.get(&format!("/verify/{number}")).await;
    assert!(page.heading() == "This certificate is valid" && until(&page.body), "{}", page.body);
    let (_, before) = small.lead.browser.clone().download(&format!("{task}/certificate.pdf")).await;

    // The last day is 2 March 2027; a year is moved on at once, and the sweep has not come by.
    small.house.clock.forward(366 * 24 * 60 * 60);
    let page = nobody.get(&format!("/verify/{number}")).await;
    assert_eq!(page.heading(), "This certificate has expired. Do not rely on it");
    assert!(page.body.contains(">Expired<") && page.body.contains("It was valid until 2 March 2027."), "{}", page.body);
    small.house.letters().await;
    server::serve::lapse_all(&small.house.services).await;
    let letters = small.house.letters().await;
    let letter = letters.iter().find(|letter| letter.to == small.lead.email).unwrap();
    assert!(
        letter.subject.contains("Certificate expired") && letter.body.contains(&format!("{number} of Bedside View")),
        "{letter:?}"
    );
    let page = nobody.get("/register-of-products").await;
    assert!(page.body.contains(">Expired<") && page.body.contains("since 3 March 2027"), "{}", page.body);
    assert_eq!(nobody.get(&format!("/verify/{number}")).await.heading(), "This certificate has expired. Do not rely on it");
    let mut lead = small.house.browser();
    lead.sign_in(&small.lead.email).await;
    let body = lead.clone().get(&task).await.body;
    assert!(body.contains("Expired") && body.contains("NHS England can issue another"), "{body}");
    let (_, after) = lead.clone().download(&format!("{task}/certificate.pdf")).await;
    assert!(before == after, "the PDF is what it was on the day of issue");
}
