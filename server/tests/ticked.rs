//! Tasks that are completed with the form of another one.

use crate::common::{
    Page,
    world::{OPENING, Small, Someone, answers_to, fields_of, journey_of, opening},
};
use journey::{base::ids::JourneyRef, port::Ledger as _};

/// Sends the form of a task with these fields.
async fn sends(lead: &mut Someone, reference: &JourneyRef, task: &str, fields: &[(&str, &str)]) -> Page {
    let seen = lead.browser.get(&format!("/journeys/{reference}/tasks/{task}")).await.hidden("seen");
    let reference = reference.to_string();
    let mut all = vec![("journey", reference.as_str()), ("task", task), ("seen", seen.as_str())];
    all.extend(fields);
    lead.browser.submit("task/submit", &all).await
}

async fn opened() -> (Small, Someone, JourneyRef) {
    let small = Small::new().await;
    let mut lead = small.lead.clone();
    lead.browser.post("journey/plan", OPENING).await;
    let page = lead.browser.post("journey/open", &[]).await;
    let reference = page.to().split(['/', '?']).nth(2).unwrap().parse().unwrap();
    (small, lead, reference)
}

#[tokio::test]
async fn what_is_ticked_is_completed_with_one_form() {
    let (small, mut lead, reference) = opened().await;
    let page = lead.browser.get(&format!("/journeys/{reference}/tasks/read-capabilities")).await;
    assert!(page.body.contains("Have you done any of these as well?"), "{}", page.body);
    assert!(page.body.contains("As you said at the start: "), "what would be chosen is said: {}", page.body);
    let ticked = [("also[]", "try-demonstrator"), ("also[]", "choose-capabilities")];
    let page = sends(&mut lead, &reference, "read-capabilities", &ticked).await;
    let says = "Reading about the capabilities, Demonstrator try-out and Choice of capabilities: completed";
    assert_eq!((page.refusal(), page.done().as_deref()), (None, Some(says)));
    let journey = journey_of(&small.house, &reference).await;
    assert_eq!(journey.opening.capabilities, opening().capabilities);
    for task in ["read-capabilities", "try-demonstrator", "choose-capabilities"] {
        let shown = lead.browser.get(&format!("/journeys/{reference}/tasks/{task}")).await;
        assert!(shown.body.contains("Completed"), "{task}: {}", shown.body);
    }
    assert_eq!(small.house.faults().await, Vec::<String>::new());
}

/// A version is asked of each capability; what was sent tells of those that were chosen.
#[tokio::test]
async fn what_was_chosen_is_told_without_what_was_not() {
    let (_small, mut lead, reference) = opened().await;
    sends(&mut lead, &reference, "read-capabilities", &[]).await;
    let choice = [("answers[capabilities][]", "access-record-html"), ("answers[version_send_document][]", "1.6.0")];
    assert_eq!(sends(&mut lead, &reference, "choose-capabilities", &choice).await.refusal(), None);
    let shown = lead.browser.get(&format!("/journeys/{reference}/tasks/choose-capabilities")).await.body;
    let (_, sent) = shown.split_once("What was sent, round").unwrap();
    let (sent, _) = sent.split_once("</dl>").unwrap();
    assert!(sent.contains("Access Record HTML") && !sent.contains("Version of Send Document"), "{sent}");
}

#[tokio::test]
async fn what_cannot_be_completed_is_named_and_the_others_are_kept() {
    let (small, mut lead, reference) = opened().await;
    sends(&mut lead, &reference, "try-demonstrator", &[]).await;
    // Done already, not to be sent without its words, and made up.
    let ticked =
        [("also[]", "try-demonstrator"), ("also[]", "study-prerequisites"), ("also[]", "x"), ("also[]", "choose-capabilities")];
    let page = sends(&mut lead, &reference, "read-capabilities", &ticked).await;
    assert_eq!(page.done().as_deref(), Some("Reading about the capabilities and Choice of capabilities: completed"));
    assert!(
        page.body.contains("Not completed with it: Demonstrator try-out and Prerequisites. Open each to see why."),
        "{}",
        page.body
    );
    let length = small.house.db.history(&reference).await.unwrap().len();
    // Whoever may not do it records nothing, and a refused form keeps what was ticked.
    let long = "x".repeat(20_001);
    let page =
        sends(&mut lead, &reference, "read-capabilities", &[("answers[note][]", &long), ("also[]", "try-demonstrator")]).await;
    assert!(page.refusal().is_some(), "{}", page.body);
    assert_eq!(small.house.db.history(&reference).await.unwrap().len(), length);
}

/// From the first task to the use case that is sent.
#[tokio::test]
async fn five_forms_lead_to_a_use_case_that_is_sent() {
    let (small, mut lead, reference) = opened().await;
    let form = |task: &str| {
        let spec = crate::common::world::shipped().newest("consumer").unwrap().task(&crate::common::world::task(task)).unwrap();
        fields_of(&answers_to(&journey::task::forms::form_of(spec, &opening()), "Some words."))
    };
    let mut forms = 0;
    let mut send = async |page: &str, action: &str, fields: &[(String, String)]| {
        forms += 1;
        let task = page.split('/').next().unwrap();
        let page = lead.browser.get(&format!("/journeys/{reference}/tasks/{page}")).await;
        let (seen, version, reference) = (page.hidden("seen"), page.hidden("version"), reference.to_string());
        let mut all = vec![("journey", reference.as_str()), ("task", task), ("seen", &seen), ("version", &version)];
        all.extend(fields.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let page = lead.browser.submit(action, &all).await;
        assert_eq!(page.refusal(), None, "{task}: {}", page.body);
    };
    let also = ["try-demonstrator", "choose-capabilities"].map(|task| ("also[]".to_owned(), task.to_owned()));
    send("read-capabilities", "task/submit", &also).await;
    send("study-prerequisites", "task/submit", &form("study-prerequisites")).await;
    send("contact-gp-connect-team", "task/submit", &form("contact-gp-connect-team")).await;
    let path = format!("/journeys/{reference}/tasks/contact-gp-connect-team");
    let mut reviewer = small.reviewer.clone();
    let (seen, of) = (reviewer.browser.get(&path).await.hidden("seen"), reference.to_string());
    let fields = [("journey", of.as_str()), ("task", "contact-gp-connect-team"), ("seen", &seen), ("note", "Welcome.")];
    assert_eq!(reviewer.browser.submit("task/acknowledge", &fields).await.refusal(), None);
    send("describe-use-case", "use-case/continue", &form("describe-use-case")).await;
    send("describe-use-case/check", "use-case/submit", &[]).await;
    assert_eq!(forms, 5);
    let journey = journey_of(&small.house, &reference).await;
    assert_eq!(journey.task(&crate::common::world::task("describe-use-case")).round.0, 1);
}
