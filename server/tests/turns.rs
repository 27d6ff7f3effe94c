//! Whose turn it is and how tasks stand, as pages, banners and letters say it. The rule itself is proved in
//! `app/journey/tests`; here is seen that everybody asks it.

use crate::common::{
    Browser,
    world::{Play, Small, admit, draft, fields_of, invite, journey_of, opening, task},
};
use journey::{
    base::{
        actor::{Actor, Role, Side},
        ids::{JourneyRef, PersonId},
    },
    catalogue::{row, scal},
    form::Answers,
    ledger::{
        event::{Event, Finding},
        journey::Journey,
        machine::Verb,
    },
    plan::opening::Opening,
    port::{Drafts as _, Ledger as _, People as _},
    rule::{command::Command, draft::Draft},
    scal::book,
    task::forms,
};

/// The text of a part of a page, without marks.
fn text(body: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for letter in body.chars() {
        match letter {
            '<' => {
                inside = true;
                out.push(' ');
            }
            '>' => inside = false,
            letter if !inside => out.push(letter),
            _ => {}
        }
    }
    out.replace("&#x27;", "'").replace("&amp;", "&").split_whitespace().collect::<Vec<_>>().join(" ")
}

async fn reads(browser: &mut Browser, path: &str) -> String {
    text(&browser.get(path).await.body)
}

#[tokio::test]
async fn the_list_and_the_card_say_the_same_to_everybody() {
    let mut small = Small::new().await;
    let reference = small.submitted().await;
    let card = format!("/journeys/{reference}");
    for path in ["/journeys", card.as_str()] {
        let lead = reads(&mut small.lead.browser, path).await;
        assert!(lead.contains("You: ") && lead.contains("NHS England, programme lead: 1 task."), "{path}: {lead}");
        let reviewer = reads(&mut small.reviewer.browser, path).await;
        assert!(reviewer.contains("You: 1 task. Acme Care, "), "{path}: {reviewer}");
        // Who can do nothing here is not "you".
        let assurance = reads(&mut small.assurance.browser, path).await;
        assert!(
            !assurance.contains("You: ") && assurance.contains("NHS England, programme lead: 1 task."),
            "{path}: {assurance}"
        );
    }
}

#[tokio::test]
async fn a_saved_draft_is_in_progress_on_its_own_page_too() {
    let mut small = Small::new().await;
    let reference = small.drafting().await;
    let path = format!("/journeys/{reference}/tasks/describe-use-case");
    assert!(reads(&mut small.lead.browser, &path).await.contains("This task Ready to start"));
    draft(&small.house, &reference, &small.lead).await;
    assert!(reads(&mut small.lead.browser, &path).await.contains("This task In progress"));
}

#[tokio::test]
async fn the_scal_is_found_from_the_day_it_is_issued() {
    let mut small = Small::new().await;
    let cast = small.cast();
    let mut play = Play::open_with("consumer", &small.house, &small.lead, short());
    let reference = play.until_ready(&cast, "receive-scal").written(&small.house).await;
    let (home, receive) = (format!("/journeys/{reference}"), format!("/journeys/{reference}/tasks/receive-scal"));
    let link = format!("{home}/tasks/submit-scal\"");
    play.does(&small.assurance.actor, Command::Issue { task: task("receive-scal"), note: "Here it is.".to_owned() });
    play.written(&small.house).await;
    assert!(small.lead.browser.get(&receive).await.body.contains(&link), "what was issued leads to it");
    let page = small.lead.browser.get(&home).await.body;
    assert!(page.contains(&link) && text(&page).contains("You can fill in its rows now"), "{page}");
    // A row is answered: it is in progress, and how far.
    let journey = journey_of(&small.house, &reference).await;
    let row = &scal::rows(&journey.opening)[0];
    let answers = Answers::default().with(row.field.as_str(), row::NOT_MET).with(row.words(), "Not yet.");
    let kept = Draft {
        task: task("submit-scal"),
        subject: format!("{}{}", book::SUBJECT, row.field),
        version: 0,
        body: answers.to_json(),
        by: small.lead.actor.person.clone(),
        at: small.house.services.clock.now(),
        sent: false,
    };
    small.house.db.save_draft(&reference, kept, 0).await.unwrap();
    let page = reads(&mut small.lead.browser, &home).await;
    let all = scal::rows(&journey.opening).len();
    assert!(page.contains(&format!("In progress 1 of {all} rows")), "{page}");
    assert!(reads(&mut small.lead.browser, &format!("{home}/tasks/submit-scal")).await.contains("1 of"));
}

/// What a colleague has claimed is decided by whoever says that they do so in their place, and by nobody in passing.
#[tokio::test]
async fn what_a_colleague_has_claimed_is_decided_in_their_place_or_not_at_all() {
    let mut small = Small::new().await;
    let contact = "contact-gp-connect-team";
    let mut karim = admit(&small.house, Side::Programme, "NHS England", "karim.lead@nhs.example", &[Role::ProgrammeLead]).await;
    let cast = small.cast();
    let mut play = Play::open_with("consumer", &small.house, &small.lead, short());
    let reference = play.until_ready(&cast, contact).submits(&small.lead.actor, contact).written(&small.house).await;
    let path = format!("/journeys/{reference}/tasks/{contact}");
    let page = karim.browser.get(&path).await;
    assert!(!page.body.contains("name=\"instead\""), "nobody has claimed it: {}", page.body);
    let claim = [("journey", reference.to_string()), ("task", contact.to_owned()), ("role", "programme_lead".to_owned())];
    let claim: Vec<(&str, &str)> = claim.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert!(small.reviewer.browser.submit("worklist/claim", &claim).await.done().is_some());

    let page = karim.browser.get(&path).await;
    let holder = small.house.db.person(&small.reviewer.actor.person).await.unwrap().unwrap().name;
    assert!(text(&page.body).contains(&format!("{holder} has claimed it for the programme lead.")), "{}", page.body);
    let (instead, seen) = (page.hidden("instead"), page.hidden("seen"));
    let sent = |instead: &str| {
        let fields = [("journey", reference.to_string()), ("task", contact.to_owned()), ("seen", seen.clone())];
        let words = [("note", "Welcome aboard.".to_owned()), ("instead", instead.to_owned())];
        fields.into_iter().chain(words).collect::<Vec<_>>()
    };
    let before = journey_of(&small.house, &reference).await.seq;
    for wrong in ["", "yes", karim.actor.person.as_str()] {
        let fields = sent(wrong);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let page = karim.browser.submit("task/acknowledge", &fields).await;
        assert_eq!(page.refusal().as_deref(), Some(format!("{holder} has claimed this").as_str()), "{}", page.body);
        assert!(page.body.contains("Welcome aboard.") && page.body.contains("Select this to decide in their place"));
    }
    assert_eq!(journey_of(&small.house, &reference).await.seq, before, "nothing was recorded");
    let fields = sent(&instead);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let page = karim.browser.submit("task/acknowledge", &fields).await;
    assert_eq!(page.done().as_deref(), Some("Your answer is sent"), "{}", page.body);
}

/// A reviewer reads days as people write them, in the answers to judge and in those that are only looked at.
#[tokio::test]
async fn days_are_told_as_people_read_them() {
    let mut small = Small::new().await;
    let stage = "test-internet-demonstrator";
    let cast = small.cast();
    let mut play = Play::open_with("consumer", &small.house, &small.lead, Opening { hscn: false, ..short() });
    play.until_ready(&cast, stage).submits(&small.lead.actor, stage);
    let sent = play.sent(stage);
    assert!(sent.contains("2026-03-02"), "{sent}");
    let reference = play.written(&small.house).await;
    let path = format!("/journeys/{reference}/tasks/{stage}");
    for (browser, decides) in [(&mut small.assurance.browser, true), (&mut small.lead.browser, false)] {
        let page = browser.get(&path).await.body;
        assert_eq!(page.contains("action=\"/do/task/review\""), decides);
        let read = text(&page);
        assert!(read.contains("2 March 2026") && !read.contains("2026-03-02"), "{read}");
    }
}

fn short() -> Opening {
    Opening { supporting_tasks: false, other_organisations: false, hscn: true, ..opening() }
}

#[tokio::test]
async fn after_the_end_users_act_it_is_said_whose_turn_it_is() {
    let small = Small::new().await;
    let house = &small.house;
    let mut gil = admit(house, Side::EndUser, "Saltmarsh Network", "gil@saltmarsh.example", &[Role::GroupLead]).await;
    let mut play = Play::open_with("consumer", house, &small.lead, Opening { supporting_tasks: false, ..opening() });
    play.joined(&small.reviewer.actor, &[&gil]);
    let cast: Vec<&Actor> = small.cast().into_iter().chain([&gil.actor]).collect();
    let reference = play.until_ready(&cast, "data-sharing-agreement").written(house).await;
    let path = format!("/journeys/{reference}/tasks/data-sharing-agreement");
    let page = gil.browser.get(&path).await;
    let journey = journey_of(house, &reference).await;
    let form = forms::form_of(journey.process.task(&task("data-sharing-agreement")).unwrap(), &journey.opening);
    let seen = page.hidden("seen");
    let mut fields =
        vec![("journey".to_owned(), reference.to_string()), ("task".to_owned(), "data-sharing-agreement".to_owned())];
    fields.push(("seen".to_owned(), seen));
    let answers = fields_of(&crate::common::world::answers_to(&form, "Some words of a test."));
    fields.extend(answers.into_iter().filter(|(name, _)| name != "answers[files][]"));
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let page = gil.browser.submit("task/submit", &fields).await;
    let said = text(&page.body);
    assert!(said.contains("It is the turn of your authorised person."), "{said}");
    // The receipt says the same, and not that it is somebody else's turn.
    let receipt = house.letters().await.into_iter().find(|letter| letter.subject.starts_with("Received: ")).unwrap();
    assert!(receipt.body.contains("It is the turn of Saltmarsh Network, authorised person."), "{}", receipt.body);
    // Nobody there is one: it says so, and where to give the role.
    let missing = "Nobody at Saltmarsh Network is an authorised person";
    for path in [path.clone(), format!("/journeys/{reference}")] {
        let page = gil.browser.get(&path).await.body;
        assert!(text(&page).contains(missing) && page.contains("href=\"/organisation\""), "{path}: {page}");
    }
    let mut ann = invite(house, &mut gil, "ann@saltmarsh.example", Role::AuthorisedPerson).await;
    assert!(!reads(&mut gil.browser, &path).await.contains(missing));
    assert!(reads(&mut ann.browser, "/journeys").await.contains("You: 1 task."));
}

/// Who is told by letter of the last event of a journey.
async fn told(small: &Small, reference: &JourneyRef) -> Vec<PersonId> {
    let history = small.house.db.history(reference).await.unwrap();
    let (last, before) = history.split_last().unwrap();
    let processes = small.house.services.processes;
    let before = Journey::replay(reference, before, processes).unwrap();
    let after = Journey::replay(reference, &history, processes).unwrap();
    let mail = app::act::letters::about(&small.house.services, &before, &after, std::slice::from_ref(last)).await.unwrap();
    mail.notices.into_iter().map(|notice| notice.person).collect()
}

/// The commissioner may set out the plan as well as the supplier: both are told that it can be done, and that it came back.
#[tokio::test]
async fn a_task_of_two_sides_is_told_to_both() {
    let mut small = Small::new().await;
    let signatory = invite(&small.house, &mut small.lead, "sig@acme.example", Role::Signatory).await;
    let teams = [Role::ClinicalSafety, Role::InformationGovernance, Role::ServiceManagement];
    let team = admit(&small.house, Side::Programme, "NHS England", "tess@nhs.example", &teams).await;
    let ian = admit(&small.house, Side::Commissioner, "Wenlow Board", "ian@wenlow.example", &[Role::Commissioner]).await;
    let mut play = Play::open_with("consumer", &small.house, &small.lead, short());
    play.joined(&small.reviewer.actor, &[&ian]);
    let cast: Vec<&Actor> = small.cast().into_iter().chain([&signatory.actor, &team.actor]).collect();
    let reference = play.until_ready(&cast, "deployment-approach").written(&small.house).await;
    assert!(told(&small, &reference).await.contains(&ian.actor.person), "it can be done now");
    let Small { ref lead, ref reviewer, ref house, .. } = small;
    play.submits(&ian.actor, "deployment-approach");
    let findings = vec![Finding { field: None, words: "Say more.".to_owned() }];
    let back = Command::Return { task: task("deployment-approach"), findings, accepted: Vec::new(), conditions: Vec::new() };
    play.does(&reviewer.actor, back).written(house).await;
    assert!(matches!(house.db.history(&reference).await.unwrap().last().unwrap().event, Event::Returned { .. }));
    let told = told(&small, &reference).await;
    assert!(told.contains(&ian.actor.person) && told.contains(&lead.actor.person), "{told:?}");
    assert!(journey::rule::offers::offers_on(&play.journey, &ian.actor, &task("deployment-approach")).contains(&Verb::Submit));
}

/// Whoever opens the engagement confirms what the supplier said at the start, or corrects it; both are in the history.
#[tokio::test]
async fn the_assurance_team_corrects_what_was_said_at_the_start_with_its_answer() {
    let small = Small::new().await;
    let house = &small.house;
    let said = Opening { unconfirmed: true, product: "Bedsde View".to_owned(), version: "4.2".to_owned(), ..short() };
    let mut play = Play::open_with("consumer", house, &small.lead, said);
    play.until_ready(&small.cast(), "contact-assurance-team").submits(&small.lead.actor, "contact-assurance-team");
    let reference = play.written(house).await;
    let path = format!("/journeys/{reference}/tasks/contact-assurance-team");
    let mut assurance = small.assurance.browser.clone();
    let page = assurance.get(&path).await;
    assert!(page.body.contains("What the supplier said at the start") && page.body.contains("Bedsde View"), "{}", page.body);
    assert!(page.body.contains("The supplier asks to skip the supporting tasks"), "{}", page.body);
    let plan = journey::plan::opening_form::plan_answers(&play.journey.opening.plan())
        .with("product", "Bedside View")
        .with("supporting_tasks", "yes");
    let mut fields = fields_of(&plan);
    fields.extend([
        ("journey".to_owned(), reference.to_string()),
        ("task".to_owned(), "contact-assurance-team".to_owned()),
        ("seen".to_owned(), page.hidden("seen")),
    ]);
    let answer = |note: &str, without: &str| -> Vec<(String, String)> {
        let kept = fields.iter().filter(|(name, _)| without.is_empty() || !name.contains(without)).cloned();
        kept.chain([("note".to_owned(), note.to_owned())]).collect()
    };
    // What is missing is said, and nothing typed is lost.
    let incomplete = answer("Welcome to the engagement.", "hscn");
    let incomplete: Vec<(&str, &str)> = incomplete.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let page = assurance.submit("task/acknowledge", &incomplete).await;
    assert!(page.body.contains("Select yes if you are connected to HSCN"), "{}", page.body);
    assert!(page.body.contains("Welcome to the engagement."), "{}", page.body);
    let whole = answer("Welcome to the engagement.", "");
    let whole: Vec<(&str, &str)> = whole.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let page = assurance.submit("task/acknowledge", &whole).await;
    assert_eq!(page.done().as_deref(), Some("Your answer is sent"), "{}", page.body);
    let journey = journey_of(house, &reference).await;
    assert_eq!(journey.product(), "Bedside View 4.2");
    assert!(journey.opening.supporting_tasks && !journey.opening.unconfirmed);
    let history = small.lead.browser.clone().get(&format!("/journeys/{reference}/history")).await.body;
    for words in ["Until then: product: Bedsde View; supporting tasks in the plan: no.", "product: Bedside View"] {
        assert!(text(&history).contains(words), "{words}: {history}");
    }
    assert!(small.house.faults().await.is_empty());
}
