//! Who reads what is in a task: hazard logs, penetration tests, toolkit evidence, endpoints and production access are closed
//! to end users and commissioners by every door, and nothing is closed to the supplier and NHS England.

use crate::common::{
    ADDS_FILES, WITH_FILES, multipart, multipart_named,
    world::{Play, Small, Someone, admit, invite, task},
};
use axum::http::StatusCode;
use journey::{
    base::{
        actor::{Role, Side},
        ids::Digest,
    },
    rule::command::Command,
};

/// Tasks of the plan whose content is for the supplier and NHS England alone.
const CLOSED: &[&str] = &[
    "s-cso",
    "s-dspt",
    "s-pentest",
    "s-endpoint",
    "s-fqdn",
    "s-mpv",
    "s-production-access",
    "s-service-desk",
    "test-int-demonstrator",
    "receive-connection-agreement",
];

const PDF: &[u8] = b"%PDF-1.7\nSecret: heron.\n";
const TOLD: &[u8] = b"%PDF-1.7\nSecret: kestrel.\n";

#[tokio::test]
async fn what_is_closed_to_the_other_sides_is_closed_by_every_door() {
    let mut small = Small::new().await;
    let tom = invite(&small.house, &mut small.lead, "tom.developer@acme.example", Role::Developer).await;
    let house = &small.house;
    let user = admit(house, Side::EndUser, "A Trust", "uma@trust.example", &[Role::GroupLead, Role::EndUserCso]).await;
    let signer = admit(house, Side::EndUser, "A Trust", "ann@trust.example", &[Role::AuthorisedPerson]).await;
    let board = admit(house, Side::Commissioner, "A Board", "ian@icb.example", &[Role::Commissioner]).await;
    let mut play = Play::open(house, &small.lead);
    play.joined(&small.reviewer.actor, &[&user, &board]);
    let reason = "Heron: the last report found the door open.".to_owned();
    play.does(&small.lead.actor, Command::ProposeWaiver { task: task("s-pentest"), reason });
    play.submits(&small.lead.actor, "s-cso");
    let reason = "Heron: another officer.".to_owned();
    play.does(&small.lead.actor, Command::Reopen { task: task("s-cso"), reason });
    let reference = play.written(house).await.to_string();
    let home = format!("/journeys/{reference}");
    // A file in a draft of the toolkit task, and something said there with a file.
    let words = [
        ("journey", reference.as_str()),
        ("task", "s-dspt"),
        ("subject", "answers"),
        ("version", "0"),
        ("answers[note][]", "Heron: words of the supplier."),
    ];
    let mut lead = small.lead.browser.clone();
    let answer = lead.send(multipart_named("file[files][]", ADDS_FILES, &words, &[("heron.pdf", PDF)])).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let said = [
        ("journey", reference.as_str()),
        ("task", "s-dspt"),
        ("audience", "all"),
        ("message", "heron-one"),
        ("words", "Heron: the toolkit says so. @Uma should know."),
    ];
    house.letters().await;
    let answer = lead.send(multipart(WITH_FILES, &said, &[("heron-said.pdf", TOLD)])).await;
    let page = lead.follow(answer).await;
    assert!(page.done().is_some(), "{}", page.body);
    for letter in house.letters().await {
        assert!(!letter.to.ends_with("@trust.example") && !letter.to.ends_with("@icb.example"), "{letter:?}");
    }
    let file = format!("/files/{}?journey={reference}&task=s-dspt", Digest::of(PDF));
    let with_message = format!("/files/{}?journey={reference}&message=heron-one", Digest::of(TOLD));
    // Whoever works on it reads all of it.
    let inside: [&Someone; 4] = [&small.lead, &tom, &small.reviewer, &small.assurance];
    for who in inside {
        for id in CLOSED {
            let page = who.browser.clone().get(&format!("{home}/tasks/{id}")).await;
            assert_eq!(page.status, StatusCode::OK, "{} {id}", who.email);
        }
        for path in [&file, &with_message] {
            assert_eq!(who.browser.download(path).await.0, StatusCode::OK, "{} {path}", who.email);
        }
        let history = who.browser.clone().get(&format!("{home}/history")).await.body;
        assert!(history.contains("found the door open") && history.contains("another officer"), "{}", who.email);
    }
    for who in [&user, &signer, &board] {
        let mut browser = who.browser.clone();
        for id in CLOSED {
            for below in ["", "/check", "/print", "/evidence", "/safety", "/sent", "/import"] {
                let page = browser.get(&format!("{home}/tasks/{id}{below}")).await;
                assert_eq!(page.status, StatusCode::NOT_FOUND, "{} {id}{below}", who.email);
            }
            assert_ne!(browser.download(&format!("{home}/tasks/{id}/scal.xlsx")).await.0, StatusCode::OK);
        }
        // By the task itself, and by every task that might lend its files.
        let lent = format!("/files/{}?journey={reference}&task=test-int-demonstrator", Digest::of(PDF));
        for path in [&file, &with_message, &lent] {
            assert_eq!(browser.download(path).await.0, StatusCode::NOT_FOUND, "{} {path}", who.email);
        }
        let mut seen = String::new();
        for path in ["", "?show=all", "/history", "/messages", "/organisations", "/tasks/obtain-use-case-approval"] {
            let page = browser.get(&format!("{home}{path}")).await;
            assert_eq!(page.status, StatusCode::OK, "{} {path}", who.email);
            seen.push_str(&page.body);
        }
        for path in ["/journeys", "/journeys?find=heron", "/search?q=heron", "/account"] {
            seen.push_str(&browser.get(path).await.body);
        }
        assert!(!seen.contains("Heron:") && !seen.contains("heron.pdf") && !seen.contains("heron-said"), "{}", who.email);
        assert!(!seen.contains("unread message"), "{}: even a number tells", who.email);
        for id in CLOSED {
            assert!(!seen.contains(&format!("{home}/tasks/{id}")), "{}: no link leads to what is closed: {id}", who.email);
        }
        // That it is there, and that something happened, is in the plan and in the history.
        assert!(seen.contains("Penetration test and remediation") && seen.contains("asked to skip this"));
        // Nothing is said, kept or added there either.
        let said = [
            ("journey", reference.as_str()),
            ("task", "s-dspt"),
            ("audience", "all"),
            ("message", "theirs"),
            ("words", "Tell us."),
        ];
        let answer = browser.send(multipart(WITH_FILES, &said, &[])).await;
        assert_eq!(browser.follow(answer).await.status, StatusCode::NOT_FOUND, "{}", who.email);
        for action in ["task/submit", "draft/keep", "task/reopen", "task/propose-waiver", "messages/take-back"] {
            let fields = [("journey", reference.as_str()), ("task", "s-dspt"), ("message", "heron-one"), ("reason", "Why?")];
            let page = browser.post(action, &fields).await;
            assert_ne!(page.status, StatusCode::OK, "{} {action}", who.email);
            assert!(!browser.follow(page).await.body.contains("Heron"), "{} {action}", who.email);
        }
    }
}
