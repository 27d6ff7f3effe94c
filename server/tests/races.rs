//! Two people, one task (design/reliability.md R6): exactly one wins, the other one is told and keeps every word. And two
//! clicks are one deed.

use crate::common::{
    Browser, House, Page,
    world::{OPENING, Play, Small, admit, answers_to, draft, fields_of, journey_of, task},
};
use journey::{
    base::{
        actor::{Role, Side},
        ids::JourneyRef,
    },
    port::{Drafts as _, Ledger as _, People as _},
    rule::command::Command,
    task::forms,
};
use tokio::task::JoinSet;

type Fields = Vec<(String, String)>;

fn fields(pairs: &[(&str, &str)]) -> Fields {
    pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
}

async fn post(mut browser: Browser, action: String, fields: Fields) -> (Browser, Page) {
    let pairs: Vec<(&str, &str)> = fields.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    let page = browser.post(&action, &pairs).await;
    (browser, page)
}

/// A verdict on every answer of a use case.
fn verdicts(decision: &str, words: &str) -> Fields {
    let form = journey::task::use_case::form(&crate::common::world::opening());
    let mut all = fields(&[("answers[decision][]", decision)]);
    for (at, field) in form.fields.iter().enumerate() {
        let change = decision == "return" && at == 0;
        all.push((format!("answers[verdict_{}][]", field.id), if change { "change" } else { "accept" }.to_owned()));
        if change {
            all.push((format!("answers[finding_{}][]", field.id), words.to_owned()));
        }
    }
    all.push(("answers[note][]".to_owned(), words.to_owned()));
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_fifty_decisions_on_one_use_case_one_is_recorded_and_the_others_keep_their_words_on_sqlite() {
    of_fifty_decisions_one_is_recorded(House::new().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_fifty_decisions_on_one_use_case_one_is_recorded_and_the_others_keep_their_words_on_postgres() {
    let Some((house, database)) = House::on_postgres().await else { return };
    of_fifty_decisions_one_is_recorded(house).await;
    database.dropped().await;
}

async fn of_fifty_decisions_one_is_recorded(house: House) {
    let small = Small::of(house).await;
    let mut reviewers = vec![small.reviewer.clone()];
    for n in 0..5 {
        let email = format!("reviewer-{n}@nhs.example");
        reviewers.push(admit(&small.house, Side::Programme, "NHS England", &email, &[Role::ProgrammeLead]).await);
    }
    let mut sessions = Vec::new();
    for n in 0..50 {
        let mut browser = small.house.browser();
        browser.sign_in(&reviewers[n % reviewers.len()].email).await;
        sessions.push(browser);
    }
    for round in 0..2 {
        let reference = small.submitted().await;
        let page = format!("/journeys/{reference}/tasks/obtain-use-case-approval");
        let seen = sessions[0].get(&page).await.hidden("seen");
        let before = small.seq(&reference).await;
        let mut all = JoinSet::new();
        for (n, browser) in sessions.iter().enumerate() {
            let decision = if n % 2 == 0 { "approve" } else { "return" };
            let mut sent = fields(&[("journey", &reference.to_string()), ("task", "obtain-use-case-approval"), ("seen", &seen)]);
            sent.extend(verdicts(decision, &format!("The words of number {n} in round {round}.")));
            let browser = browser.clone();
            all.spawn(async move {
                let (mut browser, answer) = post(browser, "task/review".to_owned(), sent).await;
                assert_eq!(answer.status, 303, "{}", answer.body);
                let to = answer.to().to_owned();
                (n, to, browser.follow(answer).await)
            });
        }
        let mut won = 0;
        while let Some(done) = all.join_next().await {
            let (n, to, shown) = done.unwrap();
            assert_eq!(shown.status, 200, "{to}: {}", shown.heading());
            if to == format!("/journeys/{reference}") {
                won += 1;
                continue;
            }
            assert_eq!(to, page);
            let told = shown.refusal().unwrap_or_default();
            assert!(told.contains(" at ") || told.contains("completed already"), "who was faster: {told}");
            assert!(shown.body.contains(&format!("The words of number {n} in round {round}.")), "words are kept: {}", shown.body);
        }
        assert_eq!(won, 1, "one winner");
        assert_eq!(small.seq(&reference).await, before + 1, "one event");
    }
}

/// Sends the same form twice at once, from one browser.
async fn twice(browser: &Browser, action: &str, sent: &Fields) -> Vec<Page> {
    let one = tokio::spawn(post(browser.clone(), action.to_owned(), sent.clone()));
    let two = tokio::spawn(post(browser.clone(), action.to_owned(), sent.clone()));
    let (mut first, one) = one.await.unwrap();
    let (mut second, two) = two.await.unwrap();
    for page in [&one, &two] {
        assert_eq!(page.status, 303, "{action}: {}", page.body);
        assert!(!page.status.is_server_error() && page.to() != "/not-found", "{action}: {} {}", page.status, page.to());
    }
    let shown = vec![first.follow(one).await, second.follow(two).await];
    for page in &shown {
        assert_eq!(page.status, 200, "{action}: {}", page.heading());
    }
    shown
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_double_click_is_one_deed() {
    let mut small = Small::new().await;
    // Open a journey.
    let mut lead = small.lead.browser.clone();
    lead.post("journey/plan", OPENING).await;
    let shown = twice(&lead, "journey/open", &Vec::new()).await;
    let references = small.house.db.references(None, 100).await.unwrap();
    assert_eq!(references.len(), 1, "one journey");
    assert!(shown.iter().any(|page| page.body.contains(&references[0].to_string())));

    // On tasks: who, which action, on which journey and task, with what.
    let cast = small.cast();
    let mut play = Play::open(&small.house, &small.lead);
    play.submits(&small.lead.actor, "study-prerequisites").submits(&small.lead.actor, "contact-gp-connect-team");
    play.submits(&small.lead.actor, "read-capabilities");
    play.does(
        &small.lead.actor,
        Command::ProposeWaiver { task: task("s-pentest"), reason: "It is tested elsewhere.".to_owned() },
    );
    let early = play.written(&small.house).await;
    let issuing = Play::open(&small.house, &small.lead).until_ready(&cast, "receive-scal").written(&small.house).await;
    let drafting = small.drafting().await;
    draft(&small.house, &drafting, &small.lead).await;
    let deciding = small.submitted().await;
    let mut verdict = verdicts("approve", "All is well.");
    verdict.push(("answers[note][]".to_owned(), "All is well.".to_owned()));
    let (lead, reviewer, assurance) = (&small.lead.browser, &small.reviewer.browser, &small.assurance.browser);
    let note = fields(&[("note", "Some words.")]);
    let reason = fields(&[("reason", "Some words.")]);
    let answer = fields(&[("answers[note][]", "Some words.")]);
    let dspt = fields(&[("answers[status][]", "met"), ("answers[ods_code][]", "YGA01"), ("answers[published_on][]", "1 3 2026")]);
    type Deed<'a> = (&'a Browser, &'a str, &'a JourneyRef, &'a str, Fields);
    let deeds: Vec<Deed<'_>> = vec![
        (lead, "task/start", &early, "s-hscn", Vec::new()),
        (lead, "task/submit", &early, "try-demonstrator", answer.clone()),
        (lead, "task/submit", &early, "s-dspt", dspt),
        (reviewer, "task/acknowledge", &early, "contact-gp-connect-team", note.clone()),
        (lead, "task/propose-waiver", &early, "s-hscn", reason.clone()),
        (reviewer, "task/confirm-waiver", &early, "s-pentest", Vec::new()),
        (lead, "task/reopen", &early, "read-capabilities", reason.clone()),
        (assurance, "task/issue", &issuing, "receive-scal", note),
        (lead, "use-case/submit", &drafting, "describe-use-case", fields(&[("version", "1")])),
        (reviewer, "task/review", &deciding, "obtain-use-case-approval", verdict),
        (lead, "journey/withdraw", &early, "", reason.clone()),
        (reviewer, "journey/resume", &early, "", reason),
    ];
    for (browser, action, reference, id, more) in deeds {
        let journey = journey_of(&small.house, reference).await;
        let before = journey.seq.0;
        let mut sent = fields(&[("journey", &reference.to_string()), ("task", id)]);
        if !id.is_empty() {
            sent.push(("seen".to_owned(), journey.changed(&task(id)).to_string()));
        }
        sent.extend(more);
        twice(browser, action, &sent).await;
        assert_eq!(small.seq(reference).await, before + 1, "{action} is recorded once");
        // A third one, later, with the page from before: still once.
        twice(browser, action, &sent).await;
        assert_eq!(small.seq(reference).await, before + 1, "{action} is recorded once, also later");
    }

    // Claims and accounts.
    let free = small.submitted().await;
    let sent = fields(&[("journey", &free.to_string()), ("task", "obtain-use-case-approval")]);
    for page in twice(reviewer, "worklist/claim", &sent).await {
        assert_eq!(page.refusal(), None, "the claim is theirs, both times");
    }
    let names = small.house.db.names(&free).await.unwrap();
    assert_eq!(names.claims.get(&(task("obtain-use-case-approval"), Role::ProgrammeLead)), Some(&small.reviewer.actor.person));
    small.house.letters().await;
    let (email, organisation) = (small.lead.email.clone(), small.lead.actor.organisation.clone());
    let members = small.house.db.members(&organisation).await.unwrap().len();
    let colleague = crate::common::world::invite(&small.house, &mut small.lead, "dev@acme.example", Role::Developer).await;
    assert_eq!(small.house.db.members(&organisation).await.unwrap().len(), members + 1);
    let sent = fields(&[("person", colleague.actor.person.as_str()), ("answers[roles][]", "signatory")]);
    twice(&small.lead.browser, "organisation/set-roles", &sent).await;
    assert_eq!(small.house.db.members(&organisation).await.unwrap().len(), members + 1);
    // Two registrations with one address are one account.
    let new = [
        ("answers[organisation][]", "Initech"),
        ("answers[name][]", "Ida Initech"),
        ("answers[email][]", "ida@initech.example"),
        ("password", crate::common::PASSWORD),
        ("again", crate::common::PASSWORD),
    ];
    twice(&small.house.browser(), "account/register", &fields(&new)).await;
    let letters = small.house.letters().await;
    let subjects: Vec<&str> = letters.iter().filter(|l| l.to == "ida@initech.example").map(|l| l.subject.as_str()).collect();
    assert_eq!(subjects.iter().filter(|s| **s == "Confirm your email address").count(), 1, "{subjects:?}");
    assert!(small.house.db.person_by_email(&email).await.unwrap().is_some());
    assert_eq!(small.house.faults().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_invitation_is_accepted_once() {
    let mut small = Small::new().await;
    let sent = [("answers[email][]", "dev@acme.example"), ("answers[roles][]", "developer")];
    small.lead.browser.submit("organisation/invite", &sent).await;
    let token = small.house.link_for("dev@acme.example").await.rsplit('/').next().unwrap().to_owned();
    let sent = fields(&[
        ("token", &token),
        ("answers[name][]", "Dev"),
        ("password", crate::common::PASSWORD),
        ("again", crate::common::PASSWORD),
    ]);
    let browsers: Vec<Browser> = (0..8).map(|_| small.house.browser()).collect();
    let mut all = JoinSet::new();
    for browser in browsers {
        all.spawn(post(browser, "account/accept-invitation".to_owned(), sent.clone()));
    }
    let mut won = 0;
    while let Some(done) = all.join_next().await {
        let (_, page) = done.unwrap();
        assert_eq!(page.status, 303);
        won += usize::from(page.to() == "/journeys");
    }
    assert_eq!(won, 1);
    assert_eq!(small.house.db.members(&small.lead.actor.organisation).await.unwrap().len(), 2);
    assert_eq!(small.house.faults().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_twelve_claims_one_holds_and_the_others_learn_who() {
    let small = Small::new().await;
    let reference = small.submitted().await;
    let mut all = JoinSet::new();
    for n in 0..12 {
        let email = format!("reviewer-{n}@nhs.example");
        let mut someone = admit(&small.house, Side::Programme, "NHS England", &email, &[Role::ProgrammeLead]).await;
        // The page that says welcome.
        someone.browser.get("/worklist").await;
        let sent = fields(&[("journey", &reference.to_string()), ("task", "obtain-use-case-approval"), ("back", "/worklist")]);
        all.spawn(async move {
            let (mut browser, page) = post(someone.browser, "worklist/claim".to_owned(), sent).await;
            browser.follow(page).await
        });
    }
    let mut won = 0;
    while let Some(page) = all.join_next().await {
        let page = page.unwrap();
        match (page.done(), page.refusal()) {
            (Some(_), None) => won += 1,
            (None, Some(says)) => assert!(says.starts_with("Reviewer") && says.ends_with("has claimed it already"), "{says}"),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(won, 1);
    assert_eq!(small.house.faults().await, Vec::<String>::new());
}

#[tokio::test]
async fn the_second_of_two_who_save_one_draft_keeps_their_words() {
    let mut small = Small::new().await;
    let mut second =
        crate::common::world::invite(&small.house, &mut small.lead, "lou.lead@acme.example", Role::OnboardingLead).await;
    let reference = small.drafting().await;
    let page = format!("/journeys/{reference}/tasks/describe-use-case");
    let journey = journey_of(&small.house, &reference).await;
    let form = forms::form_of(journey.process.task(&task("describe-use-case")).unwrap(), &journey.opening);
    let send = |words: &str, version: &str| {
        let mut all = fields(&[
            ("journey", &reference.to_string()),
            ("task", "describe-use-case"),
            ("subject", "answers"),
            ("version", version),
        ]);
        all.extend(fields_of(&answers_to(&form, words)));
        all
    };
    for browser in [&mut small.lead.browser, &mut second.browser] {
        assert_eq!(browser.get(&page).await.hidden("version"), "0");
    }
    let (_, first) = post(small.lead.browser.clone(), "draft/keep".to_owned(), send("The words of Lena.", "0")).await;
    assert_eq!(first.to(), format!("/journeys/{reference}"));
    for action in ["draft/keep", "use-case/continue"] {
        let (mut browser, answer) = post(second.browser.clone(), action.to_owned(), send("The words of Lou.", "0")).await;
        let shown = browser.follow(answer).await;
        assert!(shown.refusal().is_some_and(|says| says.starts_with("Lena Lead saved this draft at ")), "{:?}", shown.refusal());
        assert!(shown.body.contains("The words of Lou."), "{action}");
        let draft = small.house.db.draft(&reference, &task("describe-use-case"), "answers").await.unwrap().unwrap();
        assert!(draft.body.contains("The words of Lena.") && draft.version == 1, "nothing was overwritten");
        // The page now names the version that was shown: saving again is a decision.
        assert_eq!(shown.hidden("version"), "1");
    }
    let (_, answer) = post(second.browser.clone(), "draft/autosave".to_owned(), send("The words of Lou.", "0")).await;
    assert!(answer.body.contains("Not saved: a colleague saved this draft"), "{}", answer.body);
    let (_, again) = post(second.browser.clone(), "draft/keep".to_owned(), send("The words of Lou.", "1")).await;
    assert_eq!(again.to(), format!("/journeys/{reference}"));
    let draft = small.house.db.draft(&reference, &task("describe-use-case"), "answers").await.unwrap().unwrap();
    assert!(draft.body.contains("The words of Lou.") && draft.version == 2);
    // Checked before the colleague saved: submitting sends nothing that was not seen.
    let sent = fields(&[("journey", &reference.to_string()), ("task", "describe-use-case"), ("seen", "0"), ("version", "1")]);
    let before = small.seq(&reference).await;
    let (mut browser, answer) = post(small.lead.browser.clone(), "use-case/submit".to_owned(), sent).await;
    let shown = browser.follow(answer).await;
    assert_eq!(shown.refusal().as_deref(), Some("The draft changed after you checked it"));
    assert_eq!(small.seq(&reference).await, before);
}

/// Somebody opened the page to decide for one team and has lost that role since: nothing is decided for another one of theirs.
#[tokio::test]
async fn a_decision_is_given_in_the_role_that_was_chosen_or_not_at_all() {
    let small = Small::new().await;
    let reference = small.submitted().await;
    let before = small.seq(&reference).await;
    let page = format!("/journeys/{reference}/tasks/obtain-use-case-approval");
    let seen = small.reviewer.browser.clone().get(&page).await.hidden("seen");
    let mut sent = fields(&[("journey", &reference.to_string()), ("task", "obtain-use-case-approval"), ("seen", &seen)]);
    sent.extend(verdicts("return", "Words for another team."));
    let mut chosen = sent.clone();
    chosen.push(("role".to_owned(), "clinical_safety".to_owned()));
    let (mut browser, answer) = post(small.reviewer.browser.clone(), "task/review".to_owned(), chosen).await;
    let shown = browser.follow(answer).await;
    assert_eq!(small.seq(&reference).await, before, "nothing is recorded");
    assert!(shown.body.contains("You cannot do this in your role"), "{}", shown.body);
    assert!(shown.body.contains("Words for another team."), "and the words are there");
    sent.push(("role".to_owned(), "programme_lead".to_owned()));
    let (_, answer) = post(small.reviewer.browser.clone(), "task/review".to_owned(), sent).await;
    assert_eq!(answer.to(), format!("/journeys/{reference}"));
    assert!(small.seq(&reference).await > before, "in their own role it is");
}

#[tokio::test]
async fn a_decision_on_words_that_were_sent_again_is_refused_and_kept() {
    let small = Small::new().await;
    let reference = small.submitted().await;
    let page = format!("/journeys/{reference}/tasks/obtain-use-case-approval");
    let mut browser = small.reviewer.browser.clone();
    let seen = browser.get(&page).await.hidden("seen");
    // Another reviewer returns it and the supplier sends it again: the first one judged other words.
    let other = admit(&small.house, Side::Programme, "NHS England", "other@nhs.example", &[Role::ProgrammeLead]).await;
    let mut sent = fields(&[("journey", &reference.to_string()), ("task", "obtain-use-case-approval"), ("seen", &seen)]);
    let mut theirs = sent.clone();
    theirs.extend(verdicts("return", "Please say more."));
    let (_, answer) = post(other.browser, "task/review".to_owned(), theirs).await;
    assert_eq!(answer.to(), format!("/journeys/{reference}"));
    let journey = journey_of(&small.house, &reference).await;
    let form = forms::form_of(journey.process.task(&task("describe-use-case")).unwrap(), &journey.opening);
    let mut again = fields(&[
        ("journey", &reference.to_string()),
        ("task", "describe-use-case"),
        ("seen", &journey.changed(&task("describe-use-case")).to_string()),
    ]);
    again.extend(fields_of(&answers_to(&form, "Other words altogether.")));
    let (_, answer) = post(small.lead.browser.clone(), "task/submit".to_owned(), again).await;
    assert_eq!(answer.to(), format!("/journeys/{reference}"));
    let before = small.seq(&reference).await;
    sent.extend(verdicts("return", "Words about what is gone."));
    let (mut browser, answer) = post(browser, "task/review".to_owned(), sent).await;
    let shown = browser.follow(answer).await;
    assert_eq!(small.seq(&reference).await, before, "nothing recorded");
    assert!(shown.refusal().is_some(), "told");
    assert!(shown.body.contains("Words about what is gone."), "and the words are there");
}
