//! Second thoughts over HTTP: a reviewer undoes a decision before anybody was told, a supplier takes back what nobody has opened.

use crate::common::{
    Page,
    world::{Small, Someone, fields_of},
};
use journey::{base::ids::JourneyRef, form::Answers, port::Worklist as _};

const USE_CASE: &str = "describe-use-case";
const DECISION: &str = "obtain-use-case-approval";

/// The reviewer returns the use case with one finding.
async fn returned(small: &Small, reviewer: &mut Someone, reference: &JourneyRef) -> Page {
    let path = format!("/journeys/{reference}/tasks/{DECISION}");
    let seen = reviewer.browser.get(&path).await.hidden("seen");
    let mut answers = Answers::default().with("decision", "return");
    for (at, field) in journey::task::use_case::form(&crate::common::world::opening()).fields.iter().enumerate() {
        answers = answers.with(&format!("verdict_{}", field.id), if at == 0 { "change" } else { "accept" });
        if at == 0 {
            answers = answers.with(&format!("finding_{}", field.id), "Say which wards.");
        }
    }
    let reference = reference.to_string();
    let mut fields: Vec<(String, String)> =
        [("journey", reference.as_str()), ("task", DECISION), ("seen", &seen)].map(|(k, v)| (k.to_owned(), v.to_owned())).into();
    fields.extend(fields_of(&answers));
    let fields: Vec<(&str, &str)> = fields.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    let page = reviewer.browser.submit("task/review", &fields).await;
    assert_eq!(page.refusal(), None);
    small.house.clock.forward(60);
    page
}

#[tokio::test]
async fn a_decision_is_undone_from_its_banner_before_anybody_was_told_by_email() {
    let small = Small::new().await;
    let (mut reviewer, mut lead) = (small.reviewer.clone(), small.lead.clone());
    let reference = small.submitted().await;
    small.house.letters().await;
    let page = returned(&small, &mut reviewer, &reference).await;
    assert!(page.body.contains("You can undo this until ") && page.body.contains("Undo this decision"), "{}", page.body);
    // The supplier's pages tell it at once; no email goes yet.
    let shown = lead.browser.get(&format!("/journeys/{reference}/tasks/{USE_CASE}")).await;
    assert!(shown.body.contains("Say which wards."), "{}", shown.body);
    assert!(lead.browser.get("/notifications").await.body.contains("Changes requested: "));
    assert_eq!(small.house.letters_due(small.house.services.clock.now()).await.len(), 0);

    let undone = [("journey", reference.to_string()), ("task", DECISION.to_owned())];
    let undone: Vec<(&str, &str)> = undone.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let page = reviewer.browser.submit("task/undo", &undone).await;
    assert_eq!((page.refusal(), page.done().as_deref()), (None, Some("Your decision is undone")));
    assert!(page.body.contains("name=\"answers[decision][]\""), "it can be decided again: {}", page.body);
    let shown = lead.browser.get(&format!("/journeys/{reference}/tasks/{USE_CASE}")).await;
    assert!(!shown.body.contains("Say which wards."), "{}", shown.body);
    assert!(!lead.browser.get("/notifications").await.body.contains("Changes requested: "));
    assert_eq!(small.house.letters().await.len(), 0, "nobody was told");
    assert_eq!(small.house.db.wait_counts("2020-01").await.unwrap(), [], "and no wait has ended");
    let history = lead.browser.get(&format!("/journeys/{reference}/history")).await.body;
    assert!(history.contains("undid their decision") && history.contains("returned this with findings"), "{history}");
    // A second click, and somebody who did not decide.
    let again = reviewer.browser.submit("task/undo", &undone).await;
    assert_eq!(again.refusal().as_deref(), Some("There is nothing to decide here now"));

    // Decided again, it is told, eleven minutes later; then it is too late.
    returned(&small, &mut reviewer, &reference).await;
    small.house.clock.forward(60 * 11);
    let told = small.house.letters_due(small.house.services.clock.now()).await;
    assert!(told.iter().any(|letter| letter.subject.starts_with("Changes requested: ")), "{told:?}");
    let page = reviewer.browser.get(&format!("/journeys/{reference}/tasks/{DECISION}")).await;
    assert!(!page.body.contains("Undo this decision"), "{}", page.body);
    let late = reviewer.browser.submit("task/undo", &undone).await;
    assert!(late.refusal().unwrap().contains("It is too late to undo this"), "{:?}", late.refusal());
    assert_eq!(small.house.faults().await, Vec::<String>::new());
}

#[tokio::test]
async fn what_nobody_has_opened_is_taken_back_with_its_words() {
    let small = Small::new().await;
    let (mut reviewer, mut lead) = (small.reviewer.clone(), small.lead.clone());
    let reference = small.submitted().await;
    let path = format!("/journeys/{reference}/tasks/{USE_CASE}");
    let page = lead.browser.get(&path).await;
    assert!(page.body.contains("Take it back and change it"), "{}", page.body);
    let (reference_text, seen) = (reference.to_string(), page.hidden("seen"));
    let back = [("journey", reference_text.as_str()), ("task", USE_CASE), ("seen", seen.as_str())];
    let page = lead.browser.submit("task/take-back", &back).await;
    assert_eq!((page.refusal(), page.done().as_deref()), (None, Some("You have taken it back")));
    let sent = small.house.letters().await;
    assert!(sent.iter().any(|letter| letter.subject.starts_with("Taken back: ")), "{sent:?}");
    assert!(!sent.iter().any(|letter| letter.subject.starts_with("Received: ")), "{sent:?}");
    // The words that were sent are in the form.
    let words = crate::common::world::answers_to(&journey::task::use_case::form(&crate::common::world::opening()), USE_CASE);
    assert!(page.body.contains("Round 1 was taken back"), "{}", page.body);
    assert!(words.0.values().flatten().any(|word| word.len() > 3 && page.body.contains(word.as_str())), "{}", page.body);
    assert!(!reviewer.browser.get("/worklist").await.body.contains(&reference_text), "nothing waits for a decision");

    // Sent again and opened, it stays with whoever opened it, and the page says so.
    let mut fields: Vec<(String, String)> = vec![
        ("journey".to_owned(), reference_text.clone()),
        ("task".to_owned(), USE_CASE.to_owned()),
        ("seen".to_owned(), lead.browser.get(&path).await.hidden("seen")),
    ];
    fields.extend(fields_of(&words));
    let fields: Vec<(&str, &str)> = fields.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    let page = lead.browser.submit("task/submit", &fields).await;
    assert_eq!(page.refusal(), None);
    let seen = lead.browser.get(&path).await.hidden("seen");
    let opened = reviewer.browser.get(&format!("/journeys/{reference}/tasks/{DECISION}")).await;
    assert_eq!(opened.status, 200);
    let page = lead.browser.get(&path).await;
    assert!(!page.body.contains("Take it back and change it"), "{}", page.body);
    let back = [("journey", reference_text.as_str()), ("task", USE_CASE), ("seen", seen.as_str())];
    let page = lead.browser.submit("task/take-back", &back).await;
    assert!(page.refusal().unwrap().contains("has opened what you sent"), "{:?}", page.refusal());
    assert_eq!(small.house.faults().await, Vec::<String>::new());
}
