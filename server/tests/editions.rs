//! A new edition of the SCAL catalogue: whom it concerns is told, and what was answered to a row that it leaves out stays
//! readable. In a program of its own, because an edition is known to a whole process once it is published.
#![expect(clippy::unwrap_used, reason = "a test says what failed by panicking")]

mod common;

use common::world::{Play, Small, admit, journey_of, opening, task};
use journey::{
    base::{
        actor::{Role, Side},
        edition::Edition,
    },
    catalogue::{
        csv::HEADING,
        editions,
        row::{self, Row},
        scal,
    },
    form::Answers,
    plan::opening::Opening,
    port::Drafts as _,
    rule::{command::Command, draft::Draft},
    scal::book,
};

/// A catalogue as operators write it.
fn written(rows: &[Row]) -> String {
    let quoted = |text: &String| format!("\"{}\"", text.replace('"', "\"\""));
    let line = |row: &Row| row.record().iter().map(quoted).collect::<Vec<_>>().join(",");
    let lines: Vec<String> = rows.iter().map(line).collect();
    format!("{}\n{}\n", HEADING.join(","), lines.join("\n"))
}

#[tokio::test]
async fn an_edition_is_told_to_whom_it_concerns_and_loses_no_answer() {
    let mut small = Small::new().await;
    let mut operator = admit(&small.house, Side::Operator, "The host", "olive@host.example", &[Role::Operator]).await;
    let cast = small.cast();
    let short = Opening { supporting_tasks: false, other_organisations: false, hscn: true, ..opening() };
    let mut play = Play::open_with("consumer", &small.house, &small.lead, short);
    play.until_ready(&cast, "receive-scal");
    play.does(&small.assurance.actor, Command::Issue { task: task("receive-scal"), note: "Here it is.".to_owned() });
    let reference = play.written(&small.house).await;
    let ended = Play::open(&small.house, &small.lead)
        .does(&small.lead.actor, Command::Withdraw { reason: "No more.".to_owned() })
        .written(&small.house)
        .await;
    let mut rows = editions::rows(&Edition::default()).to_vec();
    let gone = rows.remove(4);
    rows[0].requirement.push_str(" And its website.");
    let journey = journey_of(&small.house, &reference).await;
    assert!(scal::rows(&journey.opening).iter().any(|row| row.field == gone.field), "it is asked here");
    let answer = Answers::default().with(gone.field.as_str(), row::NOT_MET).with(gone.words(), "Only written down.");
    let draft = Draft {
        task: task("submit-scal"),
        subject: book::subject_of(&gone.field),
        version: 0,
        body: answer.to_json(),
        by: small.lead.actor.person.clone(),
        at: small.house.services.clock.now(),
        sent: false,
    };
    small.house.db.save_draft(&reference, draft, 0).await.unwrap();
    drop(small.house.letters().await);

    let body = written(&rows);
    let fields = [("edition", "2026-2"), ("note", "One row is gone."), ("body", body.as_str())];
    let page = operator.browser.submit("catalogue/publish", &fields).await;
    assert_eq!(page.done().as_deref(), Some("Edition 2026-2 is published"), "{}", page.body);
    let letters = small.house.letters().await;
    let told: Vec<_> = letters.iter().filter(|letter| letter.subject.contains("New edition of the SCAL catalogue")).collect();
    let [letter] = told[..] else { panic!("one journey of one supplier: {told:?}") };
    assert_eq!(letter.to, small.lead.email);
    for words in ["0 new rows", "1 row in other words", "leave out 1 row", "on edition 2026-1", reference.to_string().as_str()] {
        assert!(letter.body.contains(words) || letter.subject.contains(words), "{words}: {letter:?}");
    }
    assert!(!letter.body.contains(&ended.to_string()), "what has ended is not moved");

    let scal = format!("/journeys/{reference}/tasks/submit-scal");
    let row = format!("{scal}/{}", gone.field);
    let there = format!("{scal}/no-longer-asked");
    assert!(small.lead.browser.get(&row).await.body.contains("Only written down."));
    assert!(!small.lead.browser.get(&scal).await.body.contains(&there), "nothing is left out yet");
    let seen = small.lead.browser.get(&format!("{scal}/uplift")).await.hidden("seen");
    let fields = [("journey", reference.to_string()), ("task", "submit-scal".to_owned()), ("seen", seen)];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let page = small.lead.browser.submit("scal/uplift", &fields).await;
    assert!(page.done().is_some(), "{}", page.body);
    assert!(small.lead.browser.get(&scal).await.body.contains(&there), "it is linked");
    assert_eq!(small.lead.browser.get(&row).await.to(), format!("{there}#{}", gone.field), "its old address leads there");
    let page = small.lead.browser.get(&there).await;
    assert!(page.body.contains("Only written down.") && page.body.contains("Not sent. Saved by"), "{}", page.body);
    // A draft is for the own side.
    let page = small.assurance.browser.get(&there).await;
    assert!(page.status.is_success() && !page.body.contains("Only written down."), "{}", page.body);
    assert_eq!(small.assurance.browser.get(&row).await.status, 404);

    // What a journey answers stays. What nobody took up can go, and its name is not used again.
    let withdraw = |edition: &'static str, why: &'static str| [("edition", edition), ("answers[reason][]", why)];
    let page = operator.browser.submit("catalogue/withdraw", &withdraw("2026-2", "It was a mistake.")).await;
    assert_eq!(page.refusal().as_deref(), Some("1 journey answers edition 2026-2"), "{}", page.body);
    let page = operator.browser.submit("catalogue/withdraw", &withdraw("2026-1", "It was a mistake.")).await;
    assert_eq!(page.refusal().as_deref(), Some("Edition 2026-1 came with the release"), "{}", page.body);
    rows[0].requirement.push_str(" And its telephone number.");
    let body = written(&rows);
    let fields = [("edition", "2026-3"), ("note", "One row more."), ("body", body.as_str())];
    assert!(operator.browser.submit("catalogue/publish", &fields).await.done().is_some());
    assert_eq!(editions::newest().to_string(), "2026-3");
    drop(small.house.letters().await);
    let page = operator.browser.submit("catalogue/withdraw", &withdraw("2026-3", " ")).await;
    assert!(page.refusal().is_some() && page.body.contains("Give a reason"), "{}", page.body);
    let page = operator.browser.submit("catalogue/withdraw", &withdraw("2026-3", "A telephone number is too much.")).await;
    assert_eq!(page.done().as_deref(), Some("Edition 2026-3 is withdrawn"), "{}", page.body);
    assert!(page.body.contains("Withdrawn on ") && page.body.contains("A telephone number is too much."), "{}", page.body);
    assert_eq!(editions::newest().to_string(), "2026-2");
    let told: Vec<_> = small.house.letters().await.into_iter().filter(|letter| letter.to == small.lead.email).collect();
    let [letter] = &told[..] else { panic!("who was told of it is told that it went: {told:?}") };
    assert!(letter.subject.starts_with("Withdrawn: edition of the SCAL catalogue"), "{letter:?}");
    assert!(letter.body.contains("on edition 2026-2") && letter.body.contains("A telephone number is too much."), "{letter:?}");
    assert!(!small.lead.browser.get(&scal).await.body.contains("See what would change"), "there is nothing to move to");
    let page = operator.browser.submit("catalogue/withdraw", &withdraw("2026-3", "Again.")).await;
    assert_eq!(page.refusal().as_deref(), Some("Edition 2026-3 is withdrawn already"));
    let page = operator.browser.submit("catalogue/publish", &fields).await;
    assert!(page.body.contains("Name it later than 2026-3"), "{}", page.body);
    let page = operator.browser.get("/audit?kind=catalogue").await;
    assert!(page.body.contains("Withdrew an edition of the catalogue"), "{}", page.body);
}
