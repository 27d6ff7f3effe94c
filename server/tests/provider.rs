//! A provider's journey from its opening to the beginning of roll-out, by both sides; its pages; reports of test suites as
//! they are uploaded.
#![expect(clippy::unwrap_used, reason = "a test says what failed by panicking")]

mod common;

use common::{
    House,
    world::{Play, admit, invite, journey_of, register, task},
};
use journey::{
    actor::{Role, Side},
    command::Command,
    journey::Phase,
    port::runs::Runs as _,
    standing::{Standing, Verb},
};

const TEAMS: &[Role] = &[
    Role::ProgrammeLead,
    Role::FunctionalAssurance,
    Role::ClinicalSafety,
    Role::InformationGovernance,
    Role::PlatformSupport,
    Role::ServiceManagement,
];

#[tokio::test]
async fn both_sides_walk_a_provider_to_the_beginning_of_roll_out() {
    let house = House::new().await;
    let mut lead = register(&house, "Harbour Clinical", "lead@harbour.example").await;
    let developer = invite(&house, &mut lead, "developer@harbour.example", Role::Developer).await;
    let mut reviewer = admit(&house, Side::Programme, "NHS England", "all@nhs.example", TEAMS).await;
    let cast = [&lead.actor, &developer.actor, &reviewer.actor];
    let mut play = Play::open_as("provider", &house, &lead);
    play.until_ready(&cast, "p-rollout-live").submits(&lead.actor, "p-rollout-live");
    assert!(matches!(play.journey.phase, Phase::Live { .. }), "roll-out has begun");
    let reference = play.written(&house).await;
    let journey = journey_of(&house, &reference).await;
    assert_eq!(journey.standing(&task("p-full-rollout-approval")), Standing::Settled);

    let (mut mine, mut theirs) = (lead.browser.clone(), reviewer.browser.clone());
    let page = mine.get(&format!("/journeys/{reference}")).await;
    assert!(page.body.contains("Provider of") || page.body.contains("Provider"), "the side is said");
    assert!(page.body.contains("gpc-eco__svg"), "the picture is drawn");
    for spec in journey.plan() {
        for browser in [&mut mine, &mut theirs] {
            let page = browser.get(&format!("/journeys/{reference}/tasks/{}", spec.id)).await;
            assert_eq!(page.status, 200, "{}", spec.id);
            assert!(page.body.contains("<h1"), "{}", spec.id);
        }
    }
    for (id, words) in [
        ("p-clinical-safety", "Clinical Authority To Release (CATR)"),
        ("p-fot-devmac", "Development Milestone Achievement Certificate: First of Type"),
        ("p-full-rollout-approval", "Development Milestone Achievement Certificate: full roll-out"),
    ] {
        let page = mine.get(&format!("/journeys/{reference}/tasks/{id}")).await;
        assert!(page.body.contains(words), "{id} shows its certificate");
    }
    drop(reviewer.browser.get("/worklist").await);
}

#[tokio::test]
async fn a_practice_is_recorded_with_what_it_has_turned_on() {
    let house = House::new().await;
    let mut lead = register(&house, "Harbour Clinical", "lead@harbour.example").await;
    let developer = invite(&house, &mut lead, "developer@harbour.example", Role::Developer).await;
    let reviewer = admit(&house, Side::Programme, "NHS England", "all@nhs.example", TEAMS).await;
    let cast = [&lead.actor, &developer.actor, &reviewer.actor];
    let mut play = Play::open_as("provider", &house, &lead);
    let reference = play.until_ready(&cast, "p-enable-practices").written(&house).await;
    let path = format!("/journeys/{reference}/tasks/p-enable-practices");
    let page = lead.browser.get(&path).await;
    let seen = page.hidden("seen");
    let mut fields = vec![
        ("journey", reference.to_string()),
        ("task", "p-enable-practices".to_owned()),
        ("seen", seen),
        ("answers[ods_code][]", "A21471".to_owned()),
        ("answers[name][]", "Willow Lane Surgery".to_owned()),
        ("answers[live_on][]", "2026-03-01".to_owned()),
    ];
    let post = |fields: &[(&'static str, String)]| fields.iter().map(|(k, v)| (*k, v.clone())).collect::<Vec<_>>();
    let plain = post(&fields);
    let refused =
        lead.browser.submit("go-live/record-site", &plain.iter().map(|(k, v)| (*k, v.as_str())).collect::<Vec<_>>()).await;
    assert!(refused.body.contains("Select the capabilities that the practice has turned on"), "off by default");
    fields.push(("answers[capabilities][]", "access-record-html".to_owned()));
    let whole = post(&fields);
    let done = lead.browser.submit("go-live/record-site", &whole.iter().map(|(k, v)| (*k, v.as_str())).collect::<Vec<_>>()).await;
    assert!(done.body.contains("On: Access Record HTML."), "{}", done.body);
    let journey = journey_of(&house, &reference).await;
    assert_eq!(journey.sites["A21471"].capabilities.len(), 1);
    assert!(journey::decide::offers_on(&journey, &lead.actor, &task("p-enable-practices")).contains(&Verb::TakeBackSite));
    let taken = Command::TakeBackSite {
        task: task("p-enable-practices"),
        ods_code: "A21471".to_owned(),
        reason: "Off again.".to_owned(),
    };
    assert!(journey::decide::decide(&journey, &lead.actor, taken, None).is_ok());
    assert!(house.db.runs(&reference, &task("p-self-test"), &[]).await.unwrap().is_empty());
}
