//! The phrase book of a team beside every finding: put in with one click, and what else was typed stays.

use crate::common::{
    Page,
    world::{Small, Someone},
};
use journey::base::ids::JourneyRef;

const DECISION: &str = "obtain-use-case-approval";

struct Desk<'a> {
    by: &'a mut Someone,
    reference: String,
}

impl Desk<'_> {
    fn path(&self) -> String {
        format!("/journeys/{}/tasks/{DECISION}", self.reference)
    }

    async fn page(&mut self) -> Page {
        self.by.browser.get(&self.path()).await
    }

    /// Presses a button of the review with these words typed.
    async fn presses(&mut self, phrase: &str, typed: &[(&str, &str)]) -> Page {
        let page = self.page().await;
        let (version, role, reference) = (page.hidden("version"), page.hidden("role"), self.reference.clone());
        let mut fields = vec![
            ("journey", reference.as_str()),
            ("task", DECISION),
            ("version", version.as_str()),
            ("role", role.as_str()),
            ("phrase", phrase),
        ];
        fields.extend(typed);
        self.by.browser.submit("task/put-phrase", &fields).await
    }

    async fn book(&mut self, deed: &str, field: (&str, &str)) -> Page {
        let role = self.page().await.hidden("role");
        let fields = [("journey", self.reference.as_str()), ("task", DECISION), ("role", role.as_str()), field];
        self.by.browser.submit(&format!("task/{deed}"), &fields).await
    }
}

#[tokio::test]
async fn a_phrase_is_put_into_a_finding_and_nothing_typed_is_lost() {
    let small = Small::new().await;
    let reference: JourneyRef = small.submitted().await;
    let (mut reviewer, mut lead) = (small.reviewer.clone(), small.lead.clone());
    let mut desk = Desk { by: &mut reviewer, reference: reference.to_string() };
    let fields = journey::task::use_case::form(&crate::common::world::opening()).fields;
    let (first, second) = (fields[0].id.to_string(), fields[1].id.to_string());
    let (finding, other) = (format!("answers[finding_{first}][]"), format!("answers[finding_{second}][]"));

    // Without words there is nothing to keep; what was typed elsewhere stays.
    let page = desk.presses(&format!("{first}:"), &[(&finding, " "), (&other, "Which wards are these?")]).await;
    assert!(page.refusal().is_some() && page.body.contains("Write the words first"), "{}", page.body);
    assert!(page.body.contains("Which wards are these?"), "{}", page.body);

    // The words above go into the book, and from there into another finding, behind what stands there.
    let typed = [(finding.as_str(), "Name the clinical setting."), (other.as_str(), "Which wards are these?")];
    let page = desk.presses(&format!("{first}:"), &typed).await;
    assert_eq!(page.done().as_deref(), Some("It is in the phrase book"), "{}", page.body);
    let marked = format!("value=\"{second}:");
    let at = page.body.find(&marked).unwrap();
    let phrase = page.body[at + "value=\"".len()..].split('"').next().unwrap().to_owned();
    assert!(phrase.len() > second.len() + 1, "{phrase}");
    let page = desk.presses(&phrase, &typed).await;
    assert_eq!(page.refusal(), None, "{}", page.body);
    assert!(page.body.contains("Which wards are these?\nName the clinical setting."), "{}", page.body);
    let chosen =
        format!("id=\"verdict_{second}-change\" name=\"answers[verdict_{second}][]\" type=\"radio\" value=\"change\" checked");
    assert!(page.body.contains(&chosen), "a finding asks for a change: {}", page.body);
    assert!(page.body.contains("used once"), "{}", page.body);

    // The whole book, on a page of its own.
    let page = desk.by.browser.get(&format!("{}/phrases", desk.path())).await;
    assert!(page.body.contains("Name the clinical setting.") && page.body.contains("Back to the review"), "{}", page.body);
    let page = desk.book("add-phrase", ("words", " ")).await;
    assert!(page.body.contains("Write the words to keep"), "{}", page.body);
    assert!(desk.book("add-phrase", ("words", "Say who signs.")).await.done().is_some());
    let id = phrase.split_once(':').unwrap().1.to_owned();
    assert_eq!(desk.book("remove-phrase", ("phrase", &id)).await.done().as_deref(), Some("It is out of the phrase book"));
    let page = desk.page().await;
    assert!(!page.body.contains(&phrase) && page.body.contains("Say who signs."), "{}", page.body);

    // The supplier has no book, and reads none.
    let page = lead.browser.get(&desk.path()).await;
    assert!(!page.body.contains("Say who signs.") && !page.body.contains("Phrase book"), "{}", page.body);
    assert_ne!(lead.browser.get(&format!("{}/phrases", desk.path())).await.status, 200);
    assert_eq!(small.house.faults().await, Vec::<String>::new());
}
