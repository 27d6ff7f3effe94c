//! Defects as pages, emails and files have them: raised by a supplier, given to somebody else by the team, mended and closed, and the
//! certificate that waits for them. The rules themselves are proved in `app/journey/tests/defects.rs`. On both databases.

use crate::common::{
    House, WITH_FILES, multipart,
    world::{Play, Small, opening},
};
use axum::http::StatusCode;
use journey::{
    base::{
        actor::{Actor, Role},
        ids::JourneyRef,
    },
    plan::opening::Opening,
};

const CERTIFICATE: &str = "receive-technical-conformance-certificate";
const STAGE: &str = "test-int-providers";

/// A journey whose certificate can be issued.
async fn ready(small: &Small) -> JourneyRef {
    let mut teams = small.assurance.actor.clone();
    teams.roles.extend([Role::ClinicalSafety, Role::InformationGovernance, Role::ServiceManagement]);
    let cast: Vec<Actor> = small.cast().into_iter().cloned().chain([teams]).collect();
    let cast: Vec<&Actor> = cast.iter().collect();
    let opening = Opening { supporting_tasks: false, other_organisations: false, ..opening() };
    let mut play = Play::open_with("consumer", &small.house, &small.lead, opening);
    play.until_ready(&cast, CERTIFICATE).written(&small.house).await
}

async fn on_both(story: impl AsyncFn(Small)) {
    story(Small::new().await).await;
    if let Some((house, database)) = House::on_postgres().await {
        story(Small::of(house).await).await;
        database.dropped().await;
    }
}

const DEFECT: [(&str, &str); 10] = [
    ("task", STAGE),
    ("answers[title][]", "An allergy is missing"),
    ("answers[happened][]", "Three of four, for 943 476 5919."),
    ("answers[expected][]", "All four."),
    ("answers[environment][]", "providers"),
    ("answers[product][]", "4.2"),
    ("answers[request][]", "POST /Patient HTTP/1.1\r\nAuthorization: Bearer opensadoor\r\nAccept: */*"),
    ("answers[owner][]", "consumer"),
    ("answers[severity][]", "high"),
    ("answers[blocks][]", "yes"),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_defect_goes_from_the_supplier_to_spine_and_the_certificate_waits_for_it() {
    on_both(async |mut small: Small| {
        let reference = ready(&small).await.to_string();
        let journey = [("journey", reference.as_str())];
        let list = format!("/journeys/{reference}/defects");
        let page = small.lead.browser.get(&list).await;
        assert!(page.body.contains("No defect has been raised") && page.body.contains("Raise a defect"), "{}", page.body);

        // Nonsense comes back with every word, and without what must not be kept.
        let nonsense: Vec<(&str, &str)> =
            journey.into_iter().chain(DEFECT).filter(|(field, _)| *field != "answers[expected][]").collect();
        let page = small.lead.browser.submit("defects/raise", &nonsense).await;
        assert_eq!(page.refusal().as_deref(), Some("There is a problem"), "{}", page.body);
        assert!(page.body.contains("Say what you expected") && page.body.contains("An allergy is missing"), "{}", page.body);
        assert!(!page.body.contains("opensadoor") && !page.body.contains("476 5919"), "{}", page.body);

        let fields: Vec<(&str, &str)> = journey.into_iter().chain(DEFECT).collect();
        let page = small.lead.browser.submit("defects/raise", &fields).await;
        assert_eq!(page.done().as_deref(), Some("Defect D-1 is raised"), "{}", page.body);
        assert!(page.body.contains("1 NHS number is not on the list of test patients"), "{}", page.body);
        assert!(page.body.contains("Authorization: [token left out]") && page.body.contains("Accept: */*"), "{}", page.body);
        assert!(!page.body.contains("opensadoor") && !page.body.contains("476 5919"), "{}", page.body);
        let letters = small.house.letters().await;
        let told = letters.iter().find(|letter| letter.to == small.assurance.email).unwrap_or_else(|| panic!("{letters:?}"));
        assert!(told.subject.contains("Defect D-1") && told.body.contains(&format!("{list}/1")), "{told:?}");

        // The certificate waits, and says for what.
        let mut team = small.assurance.browser.clone();
        let certificate = format!("/journeys/{reference}/tasks/{CERTIFICATE}");
        let page = team.get(&certificate).await;
        assert!(page.body.contains("A defect that blocks the certificate is open"), "{}", page.body);
        assert!(page.body.contains(&format!("href=\"{list}/1\"")) && !page.body.contains("/do/task/issue"), "{}", page.body);
        let issue = [("journey", reference.as_str()), ("task", CERTIFICATE), ("seen", "100000")];
        let page = team.submit("task/issue", &issue).await;
        assert!(page.body.contains("D-1 “An allergy is missing”. Close it"), "{}", page.body);
        let page = team.get(&format!("/journeys/{reference}")).await;
        assert!(page.body.contains("(defect D-1 blocks it)"), "{}", page.body);
        let page = team.get("/worklist").await;
        assert!(page.body.contains(STAGE), "it is on the worklist of the team: {}", page.body);

        // Given to Spine: the clock of the supplier stands still.
        let about =
            |seen: &'static str| [("journey", reference.as_str()), ("task", STAGE), ("number", "1"), ("seen", seen)].to_vec();
        let spine = [("answers[owner][]", "spine"), ("answers[severity][]", "high"), ("answers[blocks][]", "yes")];
        let with = |more: &[(&'static str, &'static str)]| [about("100000"), more.to_vec()].concat();
        let page = team.submit("defects/assess", &with(&spine)).await;
        assert!(page.body.contains("Say why you change it"), "{}", page.body);
        let why = [spine.as_slice(), &[("answers[reason][]", "Its log has the fault.")]].concat();
        let page = team.submit("defects/assess", &with(&why)).await;
        assert!(page.done().unwrap().starts_with("Recorded: Spine, high, blocks the certificate"), "{}", page.body);
        let page = small.lead.browser.get(&format!("/journeys/{reference}/tasks/{STAGE}")).await;
        assert!(page.body.contains("Paused since ") && page.body.contains("defect D-1 belongs to Spine."), "{}", page.body);
        let page = small.lead.browser.get(&format!("{list}/1")).await;
        assert!(!page.body.contains("/do/defects/mend"), "it is not theirs: {}", page.body);

        // Something is said about it, and stands on the stage as well.
        let words = [("task", STAGE), ("defect", "1"), ("audience", "all"), ("message", "about-it"), ("words", "Any news?")];
        let words: Vec<(&str, &str)> = journey.into_iter().chain(words).collect();
        let answer = small.lead.browser.send(multipart(WITH_FILES, &words, &[])).await;
        assert_eq!(answer.to(), format!("{list}/1#message-about-it"));
        let page = team.get(&format!("{list}/1")).await;
        assert!(page.body.contains("Any news?"), "{}", page.body);
        let page = team.get(&format!("/journeys/{reference}/tasks/{STAGE}")).await;
        assert!(page.body.contains("Any news?") && page.body.contains("defect D-1</a>"), "{}", page.body);

        // Closed, and the certificate is issued.
        let closes = [("answers[how][]", "mended"), ("answers[known][]", "A new run passed.")];
        let page = team.submit("defects/close", &with(&closes)).await;
        assert_eq!(page.done().as_deref(), Some("Defect D-1 is closed"), "{}", page.body);
        let page = team.get(&certificate).await;
        assert!(page.body.contains("/do/task/issue"), "{}", page.body);
        let seen = page.hidden("seen");
        let issue = [("journey", reference.as_str()), ("task", CERTIFICATE), ("seen", seen.as_str())];
        let page = team.submit("task/issue", &issue).await;
        assert!(page.done().is_some(), "{}", page.body);

        let page = small.lead.browser.get(&format!("{list}?open=open")).await;
        assert!(page.body.contains("No defect matches"), "{}", page.body);
        let page = small.lead.browser.get(&format!("{list}?owner=spine&severity=high")).await;
        assert!(page.body.contains("D-1 An allergy is missing"), "{}", page.body);
        let (status, file) = small.lead.browser.download(&format!("{list}.csv")).await;
        let file = String::from_utf8(file).unwrap();
        assert_eq!(status, StatusCode::OK);
        assert!(file.contains("D-1,An allergy is missing,") && file.contains("Spine,High,yes,Closed: mended"), "{file}");
        let page = small.lead.browser.get(&format!("/journeys/{reference}/history")).await;
        assert!(page.body.contains("closed a defect") && page.body.contains("D-1: mended. A new run passed."), "{}", page.body);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_uses_the_product_reads_no_defect() {
    let mut small = Small::new().await;
    let reference = ready(&small).await.to_string();
    let fields: Vec<(&str, &str)> = [("journey", reference.as_str())].into_iter().chain(DEFECT).collect();
    small.lead.browser.submit("defects/raise", &fields).await;
    let mut stranger = crate::common::world::register(&small.house, "Globex", "gus@globex.example").await;
    for page in ["defects", "defects/1", "defects/new", "defects.csv"] {
        let answer = stranger.browser.get(&format!("/journeys/{reference}/{page}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{page}");
    }
    // What is no defect is no page.
    for page in ["defects/2", "defects/0", "defects/-1", "defects/x"] {
        assert_eq!(
            small.lead.browser.get(&format!("/journeys/{reference}/{page}")).await.status,
            StatusCode::NOT_FOUND,
            "{page}"
        );
    }
}
