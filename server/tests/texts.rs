//! A text of the guidance: one operator proposes it and says why, another one publishes it, and it is read by everybody.

use crate::common::{
    House, Page,
    world::{Someone, admit, invite, register},
};
use journey::{
    base::actor::{Role, Side},
    port::Letter,
};

const PAGE: &str = "/guidance/words/asid";

async fn told(house: &House, to: &Someone) -> Vec<Letter> {
    house.letters().await.into_iter().filter(|letter| letter.to == to.email).collect()
}

async fn proposes(by: &mut Someone, seen: &str, words: &str, reason: &str) -> Page {
    let fields = [("subject", "words/asid"), ("seen", seen), ("answers[words][]", words), ("answers[reason][]", reason)];
    by.browser.submit("guidance/propose", &fields).await
}

async fn answers(by: &mut Someone, deed: &str, number: &str, why: &str) -> Page {
    let fields = [("subject", "words/asid"), ("number", number), ("answers[why][]", why)];
    by.browser.submit(&format!("guidance/{deed}"), &fields).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_person_publishes_a_text_on_sqlite() {
    a_second_person_publishes(House::new().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_person_publishes_a_text_on_postgres() {
    let Some((house, database)) = House::on_postgres().await else { return };
    a_second_person_publishes(house).await;
    database.dropped().await;
}

async fn a_second_person_publishes(house: House) {
    let mut olive = admit(&house, Side::Operator, "The host", "olive@host.example", &[Role::Operator]).await;
    let mut omar = invite(&house, &mut olive, "omar@host.example", Role::Operator).await;
    let mut lead = register(&house, "Acme Care", "lead@acme.example").await;
    house.letters().await;

    // Found by what it says; without a reason nothing is proposed, and the words come back.
    let page = olive.browser.get("/guidance?find=asid&kind=Glossary").await;
    assert!(page.body.contains(PAGE) && !page.body.contains("/guidance/words/pds\""), "{}", page.body);
    assert!(olive.browser.get("/guidance?find=marmalade").await.body.contains("No text matches"));
    let page = proposes(&mut olive, "0", "A marmalade number.", " ").await;
    assert!(page.refusal().is_some() && page.body.contains("Say why it is corrected"), "{}", page.body);
    assert!(page.body.contains("A marmalade number."), "{}", page.body);

    let page = proposes(&mut olive, "0", "A marmalade number.", "The handbook says marmalade.").await;
    assert_eq!(page.done().as_deref(), Some("The text is proposed"), "{}", page.body);
    assert!(!page.body.contains("Publish the text"), "not by who wrote it: {}", page.body);
    assert!(!house.browser().get("/glossary").await.body.contains("A marmalade number."), "nobody reads it yet");
    let letters = told(&house, &omar).await;
    let [letter] = &letters[..] else { panic!("the other operator is told once: {letters:?}") };
    assert_eq!(letter.subject, "To publish: guidance text – ASID");
    assert!(letter.body.contains("The handbook says marmalade.") && letter.body.contains(PAGE), "{letter:?}");
    assert!(olive.browser.get("/guidance?show=waiting").await.body.contains("1 waits for a second person"));

    // Nobody publishes their own, whatever they send; nobody else comes near it.
    let page = answers(&mut olive, "publish", "1", "").await;
    assert_eq!(page.refusal().as_deref(), Some("A second person publishes a text"), "{}", page.body);
    assert_eq!(
        answers(&mut olive, "send-back", "1", "No.").await.refusal().as_deref(),
        Some("A second person sends a text back")
    );
    assert_eq!(answers(&mut omar, "take-back", "1", "").await.refusal().as_deref(), Some("This is not your text"));
    assert_eq!(answers(&mut lead, "publish", "1", "").await.status, 403);

    // Whoever writes beside it is told, and keeps the words.
    let page = proposes(&mut omar, "0", "Another number, twelve digits long.", "It has twelve digits.").await;
    assert_eq!(page.refusal().as_deref(), Some("Somebody else was faster"), "{}", page.body);
    assert!(
        page.body.contains("Another number, twelve digits long.") && page.body.contains("It has twelve digits."),
        "{}",
        page.body
    );

    // It is sent back with a reason, and its writer goes on from there.
    let page = answers(&mut omar, "send-back", "1", " ").await;
    assert!(page.body.contains("Say what should be different"), "{}", page.body);
    let page = answers(&mut omar, "send-back", "1", "Say that it has twelve digits.").await;
    assert_eq!(page.done().as_deref(), Some("The text is sent back"), "{}", page.body);
    let letters = told(&house, &olive).await;
    assert!(letters.iter().any(|letter| letter.subject == "Sent back: guidance text – ASID"), "{letters:?}");
    let page = olive.browser.get(PAGE).await;
    for words in ["Say that it has twelve digits.", "A marmalade number.", "The handbook says marmalade."] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    assert_eq!(answers(&mut omar, "publish", "1", "").await.refusal().as_deref(), Some("This text does not wait any more"));

    assert!(proposes(&mut olive, "0", "A marmalade number of twelve digits.", "The handbook says so.").await.done().is_some());
    assert_eq!(answers(&mut omar, "publish", "2", "").await.done().as_deref(), Some("The text is published"));
    assert!(house.browser().get("/glossary").await.body.contains("A marmalade number of twelve digits."));
    let letters = told(&house, &olive).await;
    assert!(letters.iter().any(|letter| letter.subject == "Published: guidance text – ASID"), "{letters:?}");
    let page = olive.browser.get(PAGE).await;
    for words in ["Version 1", "published by", "Why: The handbook says so.", "Preview version 0 again"] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    let page = omar.browser.get("/audit?kind=guidance").await;
    for words in ["Proposed a text", "Published a text", "Sent or took back a text", "The handbook says so."] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }

    // Over a version that was not seen nothing is proposed; what one wrote can be taken back.
    assert!(proposes(&mut omar, "0", "An old page.", "It was old.").await.refusal().is_some());
    assert!(proposes(&mut omar, "1", "A number.", "Shorter.").await.done().is_some());
    assert_eq!(answers(&mut omar, "take-back", "3", "").await.done().as_deref(), Some("The text is taken back"));
    assert!(house.browser().get("/glossary").await.body.contains("A marmalade number of twelve digits."));
    assert!(house.faults().await.is_empty());
}
