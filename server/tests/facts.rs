//! What both sides say about a journey is on its pages, and facts are held against each other before they are recorded.

use crate::common::{
    House,
    world::{Play, Small, admit, invite, opening, register, task},
};
use journey::{
    base::actor::{Role, Side},
    plan::opening::Opening,
    rule::command::Command,
};

#[tokio::test]
async fn what_the_programme_answers_stands_on_the_page_of_the_task_for_both_sides() {
    let mut small = Small::new().await;
    let mut play = Play::open(&small.house, &small.lead);
    play.until_ready(&small.cast(), "contact-gp-connect-team").submits(&small.lead.actor, "contact-gp-connect-team");
    let note = "Ruth Delaney looks after you.\nShe calls on Monday.".to_owned();
    play.does(&small.reviewer.actor, Command::Acknowledge { task: task("contact-gp-connect-team"), note });
    play.until_ready(&small.cast(), "describe-use-case").submits(&small.lead.actor, "describe-use-case");
    let note = "Approved for direct care only.".to_owned();
    let review = task("obtain-use-case-approval");
    let spec = play.journey.process.task(&review).unwrap();
    let accepted = journey::rule::review::unjudged(&play.journey, spec, Role::ProgrammeLead);
    play.does(&small.reviewer.actor, Command::Approve { task: review, note, accepted, conditions: Vec::new() });
    // The words stay when the task is opened again.
    play.does(
        &small.reviewer.actor,
        Command::Reopen { task: task("contact-gp-connect-team"), reason: "Another product lead.".to_owned() },
    );
    let reference = play.written(&small.house).await;
    for (id, words, about) in [
        ("contact-gp-connect-team", "Ruth Delaney looks after you.\nShe calls on Monday.", "Answer to round 1 by Pia Reviewer"),
        ("describe-use-case", "Approved for direct care only.", "Approval of round 1 by Pia Reviewer"),
        ("obtain-use-case-approval", "Approved for direct care only.", "Approval of round 1 by Pia Reviewer"),
    ] {
        let path = format!("/journeys/{reference}/tasks/{id}");
        for browser in [&mut small.lead.browser, &mut small.reviewer.browser] {
            let page = browser.get(&path).await.body;
            assert!(page.contains(words) && page.contains(about), "{id}: {page}");
        }
    }
}

#[tokio::test]
async fn what_is_confirmed_can_come_back_with_what_to_change_and_mere_contact_is_answered() {
    let mut small = Small::new().await;
    let mut play = Play::open(&small.house, &small.lead);
    play.until_ready(&small.cast(), "contact-gp-connect-team").submits(&small.lead.actor, "contact-gp-connect-team");
    let contacted = play.written(&small.house).await;
    let contact = small.reviewer.browser.get(&format!("/journeys/{contacted}/tasks/contact-gp-connect-team")).await.body;
    assert!(contact.contains("Send the answer") && !contact.contains("Ask for a change"), "{contact}");

    let mut play = Play::open(&small.house, &small.lead);
    play.until_ready(&small.cast(), "start-end-user-engagement").submits(&small.lead.actor, "start-end-user-engagement");
    let reference = play.written(&small.house).await;
    let path = format!("/journeys/{reference}/tasks/start-end-user-engagement");
    let page = small.reviewer.browser.get(&path).await;
    assert!(page.body.contains("Ask for a change") && !page.body.contains("Send the answer"), "{}", page.body);
    let (seen, reference) = (page.hidden("seen"), reference.to_string());
    let with = |note: &'static str| {
        [
            ("journey", reference.clone()),
            ("task", "start-end-user-engagement".to_owned()),
            ("seen", seen.clone()),
            ("note", note.to_owned()),
        ]
    };
    let send = |fields: [(&'static str, String); 4]| fields;
    let empty = send(with(""));
    let empty: Vec<(&str, &str)> = empty.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let page = small.reviewer.browser.post("task/ask-for-a-change", &empty).await;
    assert!(small.reviewer.browser.get(page.to()).await.body.contains("Say what to change"));
    let words = send(with("Name every practice of the group."));
    let words: Vec<(&str, &str)> = words.iter().map(|(name, value)| (*name, value.as_str())).collect();
    small.reviewer.browser.post("task/ask-for-a-change", &words).await;

    let page = small.lead.browser.get(&path).await.body;
    assert!(page.contains("NHS England asked for a change") && page.contains("Name every practice of the group."), "{page}");
    assert!(page.contains("Send to NHS England"), "the round is theirs again: {page}");
}

/// Somebody of the programme who may decide for every team.
const TEAMS: &[Role] = &[
    Role::ProgrammeLead,
    Role::FunctionalAssurance,
    Role::ClinicalSafety,
    Role::InformationGovernance,
    Role::TechnicalArchitect,
    Role::PlatformSupport,
    Role::ServiceManagement,
];

#[tokio::test]
async fn a_site_that_does_not_agree_with_the_journey_comes_back_with_what_was_typed() {
    let house = House::new().await;
    let mut lead = register(&house, "Acme Care", "lena.lead@acme.example").await;
    let developer = invite(&house, &mut lead, "dev@acme.example", Role::Developer).await;
    let officer = invite(&house, &mut lead, "officer@acme.example", Role::ClinicalSafetyOfficer).await;
    let signatory = invite(&house, &mut lead, "sig@acme.example", Role::Signatory).await;
    let all = admit(&house, Side::Programme, "NHS England", "all@nhs.example", TEAMS).await;
    let chief = admit(&house, Side::Programme, "NHS England", "chief@nhs.example", &[Role::ProgrammeLead]).await;
    let opening = Opening { other_organisations: false, supporting_tasks: false, ..opening() };
    let cast = [&lead.actor, &developer.actor, &officer.actor, &signatory.actor, &all.actor, &chief.actor];
    let reference = Play::open_with("consumer", &house, &lead, opening).until_ready(&cast, "go-live").written(&house).await;
    let path = format!("/journeys/{reference}/tasks/go-live");
    let seen = lead.browser.get(&path).await.hidden("seen");
    let reference = reference.to_string();
    let fields = |code: &'static str, day: &'static str, why: &'static str| {
        [
            ("journey", reference.clone()),
            ("task", "go-live".to_owned()),
            ("seen", seen.clone()),
            ("answers[ods_code][]", code.to_owned()),
            ("answers[name][]", "Never Declared Surgery".to_owned()),
            ("answers[live_on][]", day.to_owned()),
            ("answers[outside_plan][]", why.to_owned()),
        ]
    };
    for (code, day, says) in
        [("A21471", "2020-01-01", "A site cannot be live before that day"), ("Z99999", "2026-03-02", "Z99999 is not in the plan")]
    {
        let typed = fields(code, day, "");
        let typed: Vec<(&str, &str)> = typed.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let page = lead.browser.submit("go-live/record-site", &typed).await;
        assert!(page.body.contains(says) && page.body.contains("Never Declared Surgery"), "{code}: {}", page.body);
    }
    let typed = fields("Z99999", "2026-03-02", "It took over a practice of the plan.");
    let typed: Vec<(&str, &str)> = typed.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let page = lead.browser.submit("go-live/record-site", &typed).await;
    assert!(
        page.body.contains("z99999\">Never Declared Surgery") && page.body.contains("Z99999, not in the plan"),
        "{}",
        page.body
    );
    let page = lead.browser.get(&format!("{path}/z99999")).await;
    assert!(page.body.contains("It took over a practice of the plan."), "{}", page.body);
    assert_eq!(house.faults().await, Vec::<String>::new());
}
