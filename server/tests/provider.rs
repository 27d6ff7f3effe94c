//! A provider's journey from its opening to the beginning of roll-out, by both sides; its pages; reports of test suites as
//! they are uploaded.

use crate::common::{
    ADDS_FILES, House, multipart_named,
    world::{Play, admit, invite, journey_of, register, task},
};
use journey::{
    base::actor::{Role, Side},
    ledger::{journey::Phase, machine::Verb, standing::Standing},
    port::runs::Runs as _,
    rule::command::Command,
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
    assert!(page.body.contains(&format!("{} of ", journey.process.side_title())), "the side is said: {}", page.body);
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
    let worklist = reviewer.browser.get("/worklist").await;
    assert_eq!((worklist.status.as_u16(), worklist.heading().as_str()), (200, "Worklist"));
    assert_eq!(house.faults().await, Vec::<String>::new());
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
        ("answers[live_on][]", "2026-03-02".to_owned()),
    ];
    let post = |fields: &[(&'static str, String)]| fields.iter().map(|(k, v)| (*k, v.clone())).collect::<Vec<_>>();
    let plain = post(&fields);
    let refused =
        lead.browser.submit("go-live/record-site", &plain.iter().map(|(k, v)| (*k, v.as_str())).collect::<Vec<_>>()).await;
    assert!(refused.body.contains("Select the capabilities that the practice has turned on"), "off by default");
    fields.push(("answers[capabilities][]", "access-record-html".to_owned()));
    let whole = post(&fields);
    let done = lead.browser.submit("go-live/record-site", &whole.iter().map(|(k, v)| (*k, v.as_str())).collect::<Vec<_>>()).await;
    let tags = |class: &str, word: &str| done.body.matches(&format!("nhsuk-tag--{class}\">{word}<")).count();
    assert_eq!((tags("green", "Live"), tags("grey", "Not started")), (1, 0), "{}", done.body);
    let journey = journey_of(&house, &reference).await;
    assert_eq!(journey.sites["A21471"].capabilities.len(), 1);
    assert!(journey::rule::offers::offers_on(&journey, &lead.actor, &task("p-enable-practices")).contains(&Verb::TakeBackSite));
    let taken = Command::TakeBackSite {
        task: task("p-enable-practices"),
        ods_code: "A21471".to_owned(),
        reason: "Off again.".to_owned(),
    };
    assert!(
        journey::rule::decide::decide(&journey, &lead.actor, taken, None, journey::base::calendar::date_of(journey.changed_at))
            .is_ok()
    );
    assert!(
        house
            .db
            .runs(&reference, &task("p-self-test"), &[journey::base::ids::Digest::of(b"nobody added this")])
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(house.faults().await, Vec::<String>::new());
}

/// JUnit and Cucumber of one run, as a provider adds both: what each says of a published script is compared.
#[tokio::test]
async fn two_reports_of_one_run_that_disagree_say_where() {
    let house = House::new().await;
    let mut lead = register(&house, "Harbour Clinical", "lead@harbour.example").await;
    let developer = invite(&house, &mut lead, "developer@harbour.example", Role::Developer).await;
    let reviewer = admit(&house, Side::Programme, "NHS England", "all@nhs.example", TEAMS).await;
    let cast = [&lead.actor, &developer.actor, &reviewer.actor];
    let mut play = Play::open_as("provider", &house, &lead);
    let reference = play.until_ready(&cast, "p-self-test").written(&house).await.to_string();
    let words = [("journey", reference.as_str()), ("task", "p-self-test"), ("subject", "answers"), ("version", "0")];
    let field = format!("file[{}][]", journey::task::results::FIELD);
    let junit = br#"<testsuite name="s"><testcase classname="t" name="test_gpcspntst10__jwt_is_valid"><failure message="exp is 299"/></testcase></testsuite>"#;
    let cucumber = br#"[{"name":"Spine","elements":[{"name":"Token","tags":[{"name":"@GPC-SPN-TST-10"}],"type":"scenario","steps":[{"name":"it is sent","result":{"status":"passed"}}]}]}]"#;
    let files: [(&str, &[u8]); 2] = [("run.xml", junit), ("run.json", cucumber)];
    let answer = lead.browser.send(multipart_named(&field, ADDS_FILES, &words, &files)).await;
    let page = lead.browser.follow(answer).await;
    for says in [
        "These reports disagree",
        "GPC-SPN-TST-10: run.xml says \u{201c}Failed\u{201d} and run.json says \u{201c}Passed\u{201d}.",
        "1 script stands in more than one report. Its scenarios are counted in each.",
    ] {
        assert!(page.body.contains(says), "{says}: {}", page.body);
    }
    assert!(!page.body.contains("Which script is"), "the scenarios of a provider's suites are features, and not placed by hand");
}

#[tokio::test]
async fn of_a_report_that_is_refused_nothing_is_left() {
    let house = House::new().await;
    let mut lead = register(&house, "Harbour Clinical", "lead@harbour.example").await;
    let developer = invite(&house, &mut lead, "developer@harbour.example", Role::Developer).await;
    let reviewer = admit(&house, Side::Programme, "NHS England", "all@nhs.example", TEAMS).await;
    let cast = [&lead.actor, &developer.actor, &reviewer.actor];
    let mut play = Play::open_as("provider", &house, &lead);
    let reference = play.until_ready(&cast, "p-self-test").written(&house).await.to_string();
    let words =
        |version| [("journey", reference.as_str()), ("task", "p-self-test"), ("subject", "answers"), ("version", version)];
    let field = format!("file[{}][]", journey::task::results::FIELD);
    let large = "x".repeat(8_000_001);
    let faulty: [(&str, &[u8]); 4] = [
        ("broken.xml", b"<testsuite>\n<testcase/></testsuite>"),
        ("empty.xml", b""),
        ("tool.xml", b"MZ\x90\x00\x03\x00\x00\x00"),
        ("large.xml", large.as_bytes()),
    ];
    // The limit on one file is lower in tests; on a report it is the report's own.
    let answer = lead.browser.send(multipart_named(&field, ADDS_FILES, &words("0"), &faulty)).await;
    let page = lead.browser.follow(answer).await;
    for says in
        ["broken.xml: ", "line 2", "empty.xml: it is empty", "tool.xml: files of this kind", "large.xml: the report is larger"]
    {
        assert!(page.body.contains(says), "{says}: {}", page.body);
    }
    assert_eq!(house.files(), Vec::<String>::new());
    let sound = br#"<testsuite name="Suite"><testcase classname="Structured" name="Medications are returned"/></testsuite>"#;
    let answer = lead.browser.send(multipart_named(&field, ADDS_FILES, &words("1"), &[("sound.xml", sound)])).await;
    let page = lead.browser.follow(answer).await;
    assert!(page.body.contains("sound.xml") && page.body.contains("No scenario failed."), "{}", page.body);
    assert_eq!(house.files(), [journey::base::ids::Digest::of(sound).to_string()]);
    // What was not run, what passed at the second try and what does not agree is named.
    let odd = "<testsuite name=\"Suite\" tests=\"3\"><testcase classname=\"Structured\" name=\"Left out\" status=\"notrun\"/>\
        <testcase classname=\"Structured\" name=\"Slow\"><flakyFailure message=\"timed out\"/></testcase></testsuite>";
    let odd: Vec<u8> = [0xff, 0xfe].into_iter().chain(odd.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let answer = lead.browser.send(multipart_named(&field, ADDS_FILES, &words("2"), &[("odd.xml", &odd)])).await;
    let page = lead.browser.follow(answer).await;
    for says in [
        "1 scenario not run",
        "Structured: Left out",
        "1 scenario passed only after a retry",
        "timed out",
        "The suite “Suite” says that it has 3 tests, and 2 are in the report.",
        "No scenario failed, and 1 was not run. But not all that the reports say agrees.",
    ] {
        assert!(page.body.contains(says), "{says}: {}", page.body);
    }
    assert_eq!(house.faults().await, Vec::<String>::new());
}
