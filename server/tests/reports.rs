//! Reports of test runs on a consumer's test stage: held against the published scripts, matched by hand where a name says
//! nothing, and read by the reviewer as they were sent.

use crate::common::{
    ADDS_FILES, House, multipart_named,
    world::{Play, admit, invite, register},
};
use journey::{
    base::{
        actor::{Role, Side},
        ids::Digest,
    },
    task::results::FIELD,
};

const STAGE: &str = "test-int-demonstrator";

const JUNIT: &str = r#"<testsuite name="spine" tests="5">
<testcase classname="test_s" name="test_gpcspntst10__jwt_is_valid[EMIS]"/>
<testcase classname="test_s" name="test_gpcspntst10__jwt_is_valid[TPP]"><failure message="exp is 299"/></testcase>
<testcase classname="test_s" name="GPC-SPN-TST-1 look-up"/>
<testcase classname="test_s" name="GPC-SPN-TST-12, 13 headers"><skipped/></testcase>
<testcase classname="test_s" name="The audit is written"/>
</testsuite>"#;

const CUCUMBER: &str = r#"[{"name":"Spine","elements":[
{"name":"Token with a smartcard","tags":[{"name":"@GPC-SPN-TST-10"}],"type":"scenario","steps":[{"name":"it is sent","result":{"status":"passed"}}]}]}]"#;

/// The page as it is read.
fn words(page: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for c in page.chars() {
        match c {
            '<' => inside = true,
            '>' => {
                inside = false;
                text.push(' ');
            }
            c if !inside => text.push(c),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn reports_of_a_test_stage_are_held_against_the_published_scripts() {
    let house = House::new().await;
    let mut supplier = register(&house, "Fernhollow", "lead@fernhollow.example").await;
    let officer = invite(&house, &mut supplier, "officer@fernhollow.example", Role::ClinicalSafetyOfficer).await;
    let teams: Vec<Role> = Role::ALL.iter().copied().filter(|role| role.side() == Side::Programme).collect();
    let programme = admit(&house, Side::Programme, "NHS England", "all@nhs.example", &teams).await;
    let mut play = Play::open(&house, &supplier);
    let cast = [&supplier.actor, &officer.actor, &programme.actor];
    let reference = play.until_ready(&cast, STAGE).written(&house).await.to_string();
    let (mut lead, mut reviewer) = (supplier.browser.clone(), programme.browser.clone());
    let path = format!("/journeys/{reference}/tasks/{STAGE}");
    let about = |version| [("journey", reference.as_str()), ("task", STAGE), ("subject", "answers"), ("version", version)];
    let field = format!("file[{FIELD}][]");

    let answer = lead.send(multipart_named(&field, ADDS_FILES, &about("0"), &[("run.xml", JUNIT.as_bytes())])).await;
    let page = words(&lead.follow(answer).await.body);
    for says in [
        "Published test scripts",
        // The worst row of an outline counts, and every row is seen.
        "GPC-SPN-TST-10 Failed",
        "Passed: test_gpcspntst10__jwt_is_valid[EMIS]",
        "Failed: test_gpcspntst10__jwt_is_valid[TPP]",
        "GPC-SSP10-01",
        "GPC-SPN-TST-01 Passed",
        "GPC-SPN-TST-13 Not run",
        "1 scenario without a script",
        "Which script is “test_s: The audit is written”?",
    ] {
        assert!(page.contains(says), "{says}: {page}");
    }
    let gone = page.split("Not in these reports").nth(1).unwrap().split("Nothing is known").next().unwrap();
    assert!(gone.contains("GPC-SPN-TST-08") && !gone.contains("GPC-SPN-TST-01") && !gone.contains("GPC-SPN-TST-10"), "{gone}");

    // A second report of the same run says something else of one script.
    let there = format!("{} run.xml", Digest::of(JUNIT.as_bytes()));
    let kept = format!("answers[{FIELD}][]");
    let form = [&about("1")[..], &[(kept.as_str(), there.as_str())]].concat();
    let answer = lead.send(multipart_named(&field, ADDS_FILES, &form, &[("run.json", CUCUMBER.as_bytes())])).await;
    let page = words(&lead.follow(answer).await.body);
    assert!(page.contains("These reports disagree"), "{page}");
    assert!(page.contains("GPC-SPN-TST-10: run.xml says “Failed” and run.json says “Passed”."), "{page}");
    assert!(page.contains("1 script stands in more than one report."), "{page}");

    // What names no script is matched by hand; nonsense is refused and comes back.
    let scenario = ("scenario", "test_s: The audit is written");
    let on = [("journey", reference.as_str()), ("task", STAGE), scenario];
    let page = lead.submit("task/match-script", &[&on[..], &[("scripts", "the audit one")]].concat()).await;
    assert!(page.refusal().is_some() && page.body.contains("value=\"the audit one\""), "{}", page.body);
    let page = lead.submit("task/match-script", &[&on[..], &[("scripts", "gpc-spn-tst-8, 09")]].concat()).await;
    assert_eq!(page.done().as_deref(), Some("The scenario is GPC-SPN-TST-08 and GPC-SPN-TST-09"), "{}", page.body);
    let page = words(&page.body);
    assert!(page.contains("GPC-SPN-TST-08 Passed") && page.contains("1 scenario matched by hand"), "{page}");
    assert!(!page.contains("without a script"), "{page}");
    // Whoever does not send the record places nothing.
    let page = reviewer.submit("task/match-script", &[&on[..], &[("scripts", "")]].concat()).await;
    assert!(page.refusal().is_some(), "{}", page.body);
    assert!(words(&lead.get(&path).await.body).contains("GPC-SPN-TST-08 Passed"));
    let page = lead.submit("task/match-script", &[&on[..], &[("scripts", " ")]].concat()).await;
    assert_eq!(page.done().as_deref(), Some("The scenario has no script any more"));
    assert_eq!(house.faults().await, Vec::<String>::new());
}
