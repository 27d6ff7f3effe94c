//! The rules about requests for everybody: the list of them, and the page that checks what is pasted and keeps nothing.

use std::fs;

use crate::common::{House, Page};
use axum::http::StatusCode;
use journey::conformance::catalogue::RULES;

fn corpus(name: &str) -> String {
    fs::read_to_string(format!("{}/../app/journey/tests/conformance/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

async fn pasted(house: &House, text: &str) -> Page {
    house.browser().post("spine/check", &[("request", text)]).await
}

#[tokio::test]
async fn every_rule_is_on_the_page_with_where_it_is_written_and_spine_leads_there() {
    let house = House::new().await;
    let page = house.browser().get("/spine/rules").await;
    assert_eq!(page.status, StatusCode::OK);
    for rule in RULES {
        assert!(page.body.contains(&format!("id=\"{}\"", rule.id)), "{} is missing", rule.id);
    }
    assert!(page.body.contains("blob/feature/1.6.2/pages/integration/integration_spine_secure_proxy.md"));
    let spine = house.browser().get("/spine").await.body;
    assert!(spine.contains("href=\"/spine/rules\"") && spine.contains("href=\"/spine/check\""));
    let check = house.browser().get("/spine/check").await;
    assert!(check.body.contains("action=\"/do/spine/check\"") && check.body.contains("<textarea"), "{}", check.body);
}

#[tokio::test]
async fn whoever_pastes_a_request_sees_each_rule_and_nothing_is_kept() {
    let house = House::new().await;
    let page = pasted(&house, &corpus("JWT-06-unlawful.curl")).await;
    assert_eq!(page.status, StatusCode::OK);
    for words in ["Failed", "exp minus iat is 301.", "href=\"/spine/rules#JWT-06\"", "/spine?step=3", "rules that passed"] {
        assert!(page.body.contains(words), "{words} is missing:\n{}", page.body);
    }
    let lawful = pasted(&house, &corpus("JWT-06-lawful.har")).await;
    assert!(lawful.body.contains("No rule has anything to say."), "{}", lawful.body);
    // Numbers of patients are hidden before anything is shown back, and the sender is told.
    let patient = pasted(
        &house,
        &corpus("REQ-12-unlawful.http")
            .replace("4505577104", "9434765919")
            .replace("Accept: ", "X-Note: 943 476 5919\r\nAccept: "),
    )
    .await;
    assert!(!patient.body.contains("9434765919") && !patient.body.contains("943 476 5919"), "{}", patient.body);
    assert!(patient.body.contains("REQ-12: 1 NHS number is not on the list of test patients"), "{}", patient.body);
    assert!(house.files().is_empty(), "nothing is kept");
}

#[tokio::test]
async fn what_cannot_be_read_gets_a_sentence_and_keeps_what_was_typed() {
    let house = House::new().await;
    for (text, says) in [
        ("", "Paste a request"),
        ("We tested in May <b>", "begins no request"),
        ("{\"resourceType\":\"Parameters\"}", "It is a body alone"),
    ] {
        let page = pasted(&house, text).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.contains("nhsuk-error-summary") && page.body.contains(says), "{says}:\n{}", page.body);
    }
    let page = pasted(&house, "We tested in May <b>").await;
    assert!(page.body.contains("We tested in May &lt;b&gt;</textarea>"), "{}", page.body);
    let long = pasted(&house, &"x".repeat(300 * 1024)).await;
    assert!(long.body.contains("longer than 256 kB"), "{}", &long.body[..2000.min(long.body.len())]);
}
