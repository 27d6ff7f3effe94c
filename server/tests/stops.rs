//! An action that stops says why, where it was asked for, and loses nothing that was typed. What could not be recorded at all
//! answers the form itself, so that the browser can send it again.

use crate::common::{
    House,
    world::{Play, Small, admit, answers_to, fields_of, journey_of, register, task},
};
use axum::http::StatusCode;
use journey::{
    base::actor::{Role, Side},
    port::Ledger as _,
    rule::command::Command,
    task::forms,
};
use sqlx::{Connection as _, SqliteConnection};

#[tokio::test]
async fn a_lead_hands_back_what_a_colleague_of_another_team_holds_and_others_are_told_who_can() {
    let small = Small::new().await;
    let reference = Play::open(&small.house, &small.lead).submits(&small.lead.actor, "s-dspt").written(&small.house).await;
    let (reference, task) = (reference.to_string(), "s-dspt");
    let journey = reference.as_str();
    let of_governance = [Role::InformationGovernance];
    let holder = admit(&small.house, Side::Programme, "NHS England", "iga@nhs.example", &of_governance).await;
    let page = format!("/journeys/{journey}/tasks/{task}");
    let on = [("journey", journey), ("task", task), ("back", page.as_str())];
    let mut holder = holder.browser;
    let shown = holder.submit("worklist/claim", &on).await;
    assert!(shown.done().is_some_and(|says| says.starts_with("You have claimed")), "{}", shown.body);
    // A colleague of another team is told who can, on the page where they asked.
    let mut safety = admit(&small.house, Side::Programme, "NHS England", "sue@nhs.example", &[Role::ClinicalSafety]).await;
    let answer = safety.browser.post("worklist/release", &on).await;
    assert_eq!(answer.to(), page);
    let shown = safety.browser.follow(answer).await;
    assert!(shown.refusal().is_some_and(|says| says.contains("or a programme lead can hand it back")), "{}", shown.body);
    // The supplier is not told who holds it.
    let mut lead = small.lead.browser.clone();
    let shown = lead.submit("worklist/release", &on).await;
    assert_eq!(shown.refusal().as_deref(), Some("You cannot hand this task back"));
    // A lead of the programme, whose team this is not, finds the button and hands it back.
    let mut programme = small.reviewer.browser.clone();
    assert!(programme.get(&page).await.body.contains("Hand it back"));
    let shown = programme.submit("worklist/release", &on).await;
    assert!(shown.done().is_some_and(|says| says.starts_with("Handed back")), "{}", shown.body);
    assert!(small.house.db.names(&journey.parse().unwrap()).await.unwrap().claims.is_empty());
    let shown = programme.submit("worklist/release", &on).await;
    assert_eq!(shown.refusal().as_deref(), Some("Nobody holds this task"));
}

#[tokio::test]
async fn a_claim_is_given_to_a_colleague_who_is_told() {
    let small = Small::new().await;
    let reference = Play::open(&small.house, &small.lead).submits(&small.lead.actor, "s-dspt").written(&small.house).await;
    let (reference, task) = (reference.to_string(), "s-dspt");
    let page = format!("/journeys/{reference}/tasks/{task}");
    let of_governance = [Role::InformationGovernance];
    let mut first = admit(&small.house, Side::Programme, "NHS England", "iga@nhs.example", &of_governance).await;
    let mut second = admit(&small.house, Side::Programme, "NHS England", "ivo@nhs.example", &of_governance).await;
    let mut safety = admit(&small.house, Side::Programme, "NHS England", "sue@nhs.example", &[Role::ClinicalSafety]).await;
    let (one, two) = (first.actor.person.to_string(), second.actor.person.to_string());
    let on = |held: &str, person: &str| {
        [
            ("journey", &*reference),
            ("task", task),
            ("role", "information_governance"),
            ("held", held),
            ("person", person),
            ("back", &page),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
    };
    let fields = |pairs: &[(String, String)]| -> Vec<(String, String)> { pairs.to_vec() };
    let sends = async |who: &mut crate::common::Browser, held: &str, person: &str| {
        let pairs = fields(&on(held, person));
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        who.submit("worklist/give", &pairs).await
    };
    // Only who leads the programme gives what nobody has.
    let shown = sends(&mut first.browser, "", &two).await;
    assert_eq!(shown.refusal().as_deref(), Some("You cannot give this to a colleague"));
    let mut lead = small.reviewer.browser.clone();
    assert!(lead.get(&page).await.body.contains("Give it to a colleague"));
    let form = lead.get(&format!("{page}/give?role=information_governance")).await.body;
    assert!(form.contains("Nobody has claimed it.") && form.contains(&format!("value=\"{one}\"")), "{form}");
    let shown = sends(&mut lead, "", "").await;
    assert!(shown.body.contains("Choose who takes it"), "{}", shown.body);
    let shown = sends(&mut lead, "", &one).await;
    assert!(shown.done().is_some_and(|says| says.contains("has it now")), "{:?}", shown.refusal());
    // Whoever has it gives it on; another team cannot, and whoever saw an older page is told.
    let shown = sends(&mut safety.browser, &one, &two).await;
    assert_eq!(shown.refusal().as_deref(), Some("You cannot give this to a colleague"));
    let shown = sends(&mut first.browser, &one, &safety.actor.person.to_string()).await;
    assert!(shown.body.contains("Choose who takes it"), "not of this team: {}", shown.body);
    let shown = sends(&mut first.browser, &one, &two).await;
    assert!(shown.done().is_some_and(|says| says.contains("has it now")), "{:?}", shown.refusal());
    let shown = sends(&mut lead, &one, &one).await;
    assert!(shown.refusal().is_some_and(|says| says.contains("has claimed it meanwhile")), "{:?}", shown.refusal());
    assert!(second.browser.get(&page).await.body.contains("Claimed by you"));
    let told: Vec<String> = small
        .house
        .letters()
        .await
        .into_iter()
        .filter(|letter| letter.id.starts_with("given-"))
        .map(|letter| letter.to)
        .collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told.contains(&"iga@nhs.example".to_owned()) && told.contains(&"ivo@nhs.example".to_owned()), "{told:?}");
}

/// Nobody fills a ledger: what one person records in a journey within a day has a bound, and the words are kept.
#[tokio::test]
async fn a_person_records_so_much_in_a_journey_in_a_day_and_goes_on_the_next() {
    let small = Small::new().await;
    let mut play = Play::open(&small.house, &small.lead);
    for _ in 0..500 {
        play.submits(&small.lead.actor, "read-capabilities");
        let reopens = Command::Reopen { task: task("read-capabilities"), reason: "Once more.".to_owned() };
        play.does(&small.lead.actor, reopens);
    }
    play.submits(&small.lead.actor, "read-capabilities");
    let reference = play.written(&small.house).await;
    let fields = [
        ("journey", reference.to_string()),
        ("task", "read-capabilities".to_owned()),
        ("seen", "1000000".to_owned()),
        ("reason", "Some words.".to_owned()),
    ];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let mut lead = small.lead.browser.clone();
    let shown = lead.submit("task/reopen", &fields).await;
    assert!(shown.refusal().is_some_and(|says| says.contains("1000 entries")), "{}", shown.body);
    small.house.clock.forward(25 * 3600);
    lead.sign_in(&small.lead.email).await;
    let shown = lead.submit("task/reopen", &fields).await;
    assert!(shown.done().is_some_and(|says| says.contains("open again")), "{}", shown.body);
}

#[tokio::test]
async fn what_other_people_do_is_said_on_the_page_it_came_from_with_the_words() {
    let small = Small::new().await;
    let mut lead = small.lead.browser.clone();
    let words = [("edition", "2027-1"), ("note", "A note that was typed."), ("body", "some = text")];
    for action in ["catalogue/preview", "catalogue/file"] {
        let answer = lead.post(action, &words).await;
        assert_eq!(answer.to(), "/catalogue", "{action}");
        let shown = lead.follow(answer).await;
        assert!(shown.body.contains("Operators of this service publish the catalogue"), "{action}: {}", shown.body);
    }
    // Where it is not known what page it was, the reason is said all the same.
    let mut reviewer = small.reviewer.browser.clone();
    let shown = reviewer.submit("journey/open", &[]).await;
    assert!(
        shown.status == StatusCode::FORBIDDEN && !shown.body.contains("Other roles or another organisation do this"),
        "{}",
        shown.body
    );
}

#[tokio::test]
async fn whoever_is_never_first_keeps_their_words() {
    let small = Small::new().await;
    let reference = small.drafting().await;
    let journey = journey_of(&small.house, &reference).await;
    let form = forms::form_of(journey.process.task(&task("describe-use-case")).unwrap(), &journey.opening);
    let reference = reference.to_string();
    let mut fields = vec![("journey".to_owned(), reference.clone()), ("task".to_owned(), "describe-use-case".to_owned())];
    fields.extend(fields_of(&answers_to(&form, "Words of somebody slow.")));
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    // As if others wrote each time just before.
    let mut connection = SqliteConnection::connect(&format!("sqlite://{}", small.house.file().display())).await.unwrap();
    let taken = "CREATE TRIGGER taken BEFORE INSERT ON events BEGIN SELECT RAISE(IGNORE); END";
    sqlx::query(taken).execute(&mut connection).await.unwrap();
    let mut lead = small.lead.browser.clone();
    let answer = lead.post("task/submit", &fields).await;
    assert_eq!(answer.to(), format!("/journeys/{reference}/tasks/describe-use-case"));
    let shown = lead.follow(answer).await;
    assert_eq!(shown.refusal().as_deref(), Some("Many people are writing to this journey at once"));
    assert!(shown.body.contains("Words of somebody slow."), "{}", shown.body);
}

#[tokio::test]
async fn a_memory_that_is_away_answers_the_form_itself() {
    let small = Small::new().await;
    let reference = small.drafting().await.to_string();
    let mut lead = small.lead.browser.clone();
    let fields = [
        ("journey", reference.as_str()),
        ("task", "describe-use-case"),
        ("version", "0"),
        ("subject", "answers"),
        ("answers[purpose][]", "Words."),
    ];
    small.house.db.close().await;
    for action in ["draft/keep", "task/submit", "account/sign-in"] {
        let page = lead.post(action, &fields).await;
        assert_eq!(
            (page.status, page.heading().as_str()),
            (StatusCode::SERVICE_UNAVAILABLE, "Try again in a moment"),
            "{action}"
        );
        assert!(page.to().is_empty() && page.body.contains("your browser offers to send your words again"), "{action}");
    }
}

#[tokio::test]
async fn a_fault_of_ours_answers_the_form_itself() {
    let small = Small::new().await;
    let reference = small.drafting().await.to_string();
    let mut connection = SqliteConnection::connect(&format!("sqlite://{}", small.house.file().display())).await.unwrap();
    let spoilt = sqlx::query("UPDATE events SET prev = digest WHERE stream = $1 AND seq = 2").bind(&reference);
    assert_eq!(spoilt.execute(&mut connection).await.unwrap().rows_affected(), 1);
    let fields = [("journey", reference.as_str()), ("task", "describe-use-case"), ("answers[purpose][]", "Words.")];
    let page = small.lead.browser.clone().post("task/submit", &fields).await;
    assert_eq!((page.status.as_u16(), page.heading().as_str()), (500, "There is a fault in the service"));
    assert!(page.to().is_empty() && page.body.contains("your browser keeps what you typed"), "{}", page.body);
}

#[tokio::test]
async fn nobody_makes_the_service_complain_by_asking_for_a_page() {
    let house = House::new().await;
    let lead = register(&house, "Acme Care", "lena.lead@acme.example").await;
    for browser in &mut [lead.browser.clone(), house.browser()] {
        for path in ["/fault", "/try-again"] {
            assert_eq!(browser.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
    }
}
