//! The second step of signing in: who needs one, what shows it, and what asks for it again. The clock is moved, never waited for.

use crate::common::{
    Browser, House, PASSWORD, Page,
    world::{Small, admit, admit_without_second_step, journey_of, register},
};
use journey::{
    base::actor::{Role, Side},
    people::second_steps::AppKey,
    port::second_steps::SecondSteps as _,
};

const WAITS: &str = "/sign-in/second-step";
const SET_UP: &str = "/account/second-step/set-up";

/// A reviewer who is signed in with a password alone, in a house that shows no codes.
async fn reviewer(house: &House) -> (Browser, String) {
    let email = "pia.reviewer@nhs.example";
    let someone = admit_without_second_step(house, Side::Programme, "NHS England", email, &[Role::ProgrammeLead]).await;
    house.letters().await;
    (someone.browser, email.to_owned())
}

/// The key that the page for setting up shows as text.
fn key_on(page: &Page) -> AppKey {
    let text = page.body.split_once("id=\"second-step-key\">").unwrap().1.split('<').next().unwrap();
    AppKey::read(&text.replace(' ', "")).unwrap()
}

/// The code of an app at this moment of the house.
fn code(house: &House, key: &AppKey) -> String {
    key.code(house.services.clock.now())
}

/// Sets up a second step as the page asks for it. Answers the key and the recovery codes.
async fn set_up(house: &House, browser: &mut Browser) -> (AppKey, Vec<String>) {
    let key = key_on(&browser.visit(SET_UP).await);
    let page = browser.submit("account/set-up-second-step", &[("code", &code(house, &key))]).await;
    assert_eq!(page.heading(), "Keep your recovery codes", "{}", page.body);
    let codes = page.body.split("<li><code>").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()).collect();
    (key, codes)
}

/// Signs in with the password as far as the second step.
async fn waiting(house: &House, email: &str) -> Browser {
    let mut browser = house.browser();
    let page = browser.post("account/sign-in", &[("email", email), ("password", PASSWORD)]).await;
    assert_eq!(page.to(), WAITS);
    browser
}

async fn shows(browser: &mut Browser, code: &str) -> Page {
    browser.post("account/second-step", &[("code", code)]).await
}

#[tokio::test]
async fn a_reviewer_has_no_roles_before_a_second_step_is_set_up() {
    let house = House::strict().await;
    let (mut browser, email) = reviewer(&house).await;
    for page in ["/worklist", "/journeys", "/account", "/organisation"] {
        assert_eq!(browser.get(page).await.to(), SET_UP, "{page}");
    }
    assert_eq!(browser.post("worklist/claim-oldest", &[]).await.to(), SET_UP);
    // The key stays the same while the page is loaded again, and another code than its own sets nothing up.
    let key = key_on(&browser.visit(SET_UP).await);
    assert_eq!(key_on(&browser.visit(SET_UP).await), key);
    let page = browser.submit("account/set-up-second-step", &[("code", "000000")]).await;
    assert_eq!(page.refusal().as_deref(), Some("There is a problem"));
    assert_eq!(browser.get("/worklist").await.to(), SET_UP);

    let (_, codes) = set_up(&house, &mut browser).await;
    assert_eq!(codes.len(), 10);
    assert_eq!(browser.get("/worklist").await.status, 200);
    // The codes are shown once, and what is kept of them opens nothing.
    assert_eq!(browser.get("/account/second-step/codes").await.to(), "/account");
    let stored = std::fs::read(house.file()).unwrap();
    assert!(!stored.windows(19).any(|bytes| bytes == codes[0].as_bytes()));
    let letters = house.letters().await;
    assert!(letters.iter().any(|letter| letter.to == email && letter.subject == "Your second step is set up"));
}

#[tokio::test]
async fn the_password_waits_for_the_code_and_each_code_opens_once() {
    let house = House::strict().await;
    let (mut first, email) = reviewer(&house).await;
    let (key, _) = set_up(&house, &mut first).await;
    let used = code(&house, &key);
    let mut browser = waiting(&house, &email).await;
    for page in ["/worklist", "/account", SET_UP] {
        assert!(browser.get(page).await.to().starts_with("/sign-in?next="), "{page}");
    }
    assert_eq!(browser.get(WAITS).await.heading(), "Show your second step");
    // The code that confirmed the app was used; so is each one after it came in.
    assert_eq!(shows(&mut browser, &used).await.to(), WAITS);
    let page = browser.visit(WAITS).await;
    assert!(page.body.contains("it was used before") && !page.body.contains("shared-code"), "{}", page.body);
    house.clock.forward(30);
    let fresh = code(&house, &key);
    assert_eq!(shows(&mut browser, &fresh).await.to(), "/worklist");
    assert_eq!(browser.get("/worklist").await.status, 200);
    let mut again = waiting(&house, &email).await;
    assert_eq!(shows(&mut again, &fresh).await.to(), WAITS);
    // A phone whose clock is a little ahead is let in; the wait has an end.
    house.clock.forward(30);
    let ahead = key.code(house.services.clock.now() + jiff::SignedDuration::from_secs(30));
    assert_eq!(shows(&mut again, &ahead).await.to(), "/worklist");
    let mut late = waiting(&house, &email).await;
    house.clock.forward(10 * 60);
    assert_eq!(shows(&mut late, &code(&house, &key)).await.to(), "/sign-in");
    // Whoever came for a page goes there.
    let mut browser = house.browser();
    let fields = [("email", email.as_str()), ("password", PASSWORD), ("next", "/journeys?find=a")];
    let page = browser.post("account/sign-in", &fields).await;
    let next = browser.get(page.to()).await.hidden("next");
    let page = browser.post("account/second-step", &[("code", &code(&house, &key)), ("next", &next)]).await;
    assert_eq!(page.to(), "/journeys?find=a");
}

#[tokio::test]
async fn a_new_password_and_a_lock_end_the_wait() {
    let house = House::strict().await;
    let (mut first, email) = reviewer(&house).await;
    let (key, _) = set_up(&house, &mut first).await;
    house.clock.forward(60);
    let mut browser = waiting(&house, &email).await;
    let new = [("current", PASSWORD), ("password", "other random words"), ("again", "other random words")];
    assert!(first.submit("account/change-password", &new).await.done().is_some());
    assert_eq!(shows(&mut browser, &code(&house, &key)).await.to(), "/sign-in");
}

#[tokio::test]
async fn a_recovery_code_lets_in_once_and_is_told() {
    let house = House::strict().await;
    let (mut first, email) = reviewer(&house).await;
    let (key, codes) = set_up(&house, &mut first).await;
    house.letters().await;
    let mut browser = waiting(&house, &email).await;
    let typed = codes[3].to_uppercase().replace('-', " ");
    assert_eq!(browser.post("account/second-step", &[("recovery", &typed)]).await.to(), "/worklist");
    let told = house.letters().await;
    assert!(told.iter().any(|letter| letter.to == email && letter.body.contains("9 are left")), "{told:?}");
    let mut again = waiting(&house, &email).await;
    let page = again.submit("account/second-step", &[("recovery", &codes[3])]).await;
    assert!(page.body.contains("does not fit, or it was used before"), "{}", page.body);
    // New ones replace the old.
    assert_eq!(browser.submit("account/recovery-codes", &[]).await.heading(), "Keep your recovery codes");
    let page = again.submit("account/second-step", &[("recovery", &codes[4])]).await;
    assert_eq!(page.refusal().as_deref(), Some("There is a problem"));
    house.clock.forward(60);
    assert_eq!(shows(&mut again, &code(&house, &key)).await.to(), "/worklist");
}

#[tokio::test]
async fn guessing_codes_ends_after_ten_and_keeps_no_known_browser_out() {
    let house = House::strict().await;
    let (mut first, email) = reviewer(&house).await;
    let (key, _) = set_up(&house, &mut first).await;
    house.clock.forward(60);
    let mut thief = waiting(&house, &email).await;
    for _ in 0..10 {
        assert_eq!(
            thief.submit("account/second-step", &[("code", "123")]).await.refusal().as_deref(),
            Some("There is a problem")
        );
    }
    let right = code(&house, &key);
    let page = thief.submit("account/second-step", &[("code", &right)]).await;
    assert_eq!(page.refusal().as_deref(), Some("There were too many tries"));
    // The browser that came in before has tries of its own.
    first.post("account/sign-out", &[]).await;
    assert_eq!(first.post("account/sign-in", &[("email", &email), ("password", PASSWORD)]).await.to(), WAITS);
    assert_eq!(shows(&mut first, &right).await.to(), "/worklist");
}

#[tokio::test]
async fn a_password_alone_replaces_no_second_step() {
    let house = House::strict().await;
    let (mut owner, email) = reviewer(&house).await;
    // Two sessions with the password alone: one sets it up, the other one has to show it.
    let mut thief = house.browser();
    assert_eq!(thief.post("account/sign-in", &[("email", &email), ("password", PASSWORD)]).await.to(), SET_UP);
    let theirs = key_on(&thief.visit(SET_UP).await);
    let (key, _) = set_up(&house, &mut owner).await;
    let page = thief.post("account/set-up-second-step", &[("code", &code(&house, &theirs))]).await;
    assert!(page.to().starts_with("/sign-in") || page.to().starts_with("/second-step"), "{}", page.to());
    assert!(thief.visit("/worklist").await.heading() != "Worklist");
    let person = owner_of(&house, &email).await;
    assert_eq!(house.db.second_step(&person).await.unwrap().unwrap().key, key);
    // Nor does whoever finds the computer half an hour after it was shown.
    house.clock.forward(20 * 60);
    let page = owner.get(SET_UP).await;
    assert!(page.to().starts_with("/second-step?next="), "{}", page.to());
    assert!(owner.post("account/recovery-codes", &[]).await.to().starts_with("/second-step?next="));
    let next = owner.get(page.to()).await.hidden("next");
    let page = owner.post("account/second-step", &[("code", &code(&house, &key)), ("next", &next)]).await;
    assert_eq!(page.to(), SET_UP);
    let (other, _) = set_up(&house, &mut owner).await;
    assert_ne!(other, key);
}

async fn owner_of(house: &House, email: &str) -> journey::base::ids::PersonId {
    house.services.store.person_by_email(email).await.unwrap().unwrap().id
}

#[tokio::test]
async fn a_supplier_chooses_and_can_choose_again() {
    let house = House::strict().await;
    let mut lead = register(&house, "Acme Care", "lena.lead@acme.example").await.browser;
    assert!(lead.get("/account").await.body.contains("You sign in with a password alone"));
    let (key, _) = set_up(&house, &mut lead).await;
    assert!(lead.get("/account").await.body.contains("10 recovery codes left"));
    house.clock.forward(60);
    let mut other = waiting(&house, "lena.lead@acme.example").await;
    assert_eq!(shows(&mut other, &code(&house, &key)).await.to(), "/journeys");
    let page = other.submit("account/remove-second-step", &[]).await;
    assert_eq!(page.done().as_deref(), Some("Your second step is removed"));
    assert_eq!(house.browser().sign_in("lena.lead@acme.example").await.to(), "/journeys");
    // Whoever must have one keeps it.
    let (mut reviewer, _) = reviewer(&house).await;
    set_up(&house, &mut reviewer).await;
    let page = reviewer.submit("account/remove-second-step", &[]).await;
    assert_eq!(page.refusal().as_deref(), Some("Your roles need a second step"));
}

#[tokio::test]
async fn whoever_joins_the_programme_in_a_session_has_no_roles_until_they_set_it_up() {
    let house = House::new().await;
    let lead = register(&house, "Acme Care", "lena.lead@acme.example").await;
    let mut pia = admit(&house, Side::Programme, "NHS England", "pia.reviewer@nhs.example", &[Role::ProgrammeLead]).await;
    let fields = [("answers[email][]", lead.email.as_str()), ("answers[roles][]", "functional_assurance")];
    assert!(pia.browser.submit("organisation/invite", &fields).await.done().is_some());
    let link = house.link_for(&lead.email).await;
    let mut browser = lead.browser.clone();
    let token = browser.get(&link).await.hidden("token");
    let page = browser.post("account/accept-invitation", &[("token", &token)]).await;
    assert!(page.to().starts_with(SET_UP), "{}", page.to());
    assert_eq!(browser.get("/journeys").await.to(), SET_UP, "not even those of their other organisation");
    assert_eq!(browser.through_second_step(page).await.to(), "/worklist");
    assert_eq!(browser.get("/worklist").await.status, 200);
}

#[tokio::test]
async fn withdrawing_asks_for_a_fresh_second_step_and_the_words_come_back() {
    let small = Small::new().await;
    let reference = small.drafting().await;
    // The supplier has none: nothing is asked.
    let mut lead = small.lead.browser.clone();
    small.house.clock.forward(20 * 60);
    lead.get("/journeys").await;
    let mut pia = small.reviewer.browser.clone();
    pia.get("/worklist").await;
    let member = &small.assurance.actor.person;
    let (person, roles) = (member.to_string(), "clinical_safety");
    let fields = [("person", person.as_str()), ("answers[roles][]", roles)];
    let page = pia.post("organisation/set-roles", &fields).await;
    assert!(page.to().starts_with("/second-step?next="), "{}", page.to());
    let asked = pia.get(page.to()).await;
    assert_eq!(asked.heading(), "Show your second step");
    let (code, next) = (asked.shared_code(), asked.hidden("next"));
    let back = pia.submit("account/second-step", &[("code", &code), ("next", &next)]).await;
    assert_eq!(back.refusal().as_deref(), Some("Nothing has been recorded yet"));
    assert_eq!(back.heading(), "NHS England");
    assert!(pia.submit("organisation/set-roles", &fields).await.done().is_some(), "and now it is done");
    // The same for what is recorded in a journey.
    let journey = journey_of(&small.house, &reference).await;
    let of = journey.reference.to_string();
    let mut owner = small.lead.browser.clone();
    let page = owner.submit("journey/withdraw", &[("journey", &of), ("reason", "Not now.")]).await;
    assert!(page.done().is_some() || page.refusal().is_some(), "{}", page.body);
}

#[tokio::test]
async fn two_people_take_a_lost_second_step_away_and_its_owner_sets_up_another() {
    let house = House::new().await;
    let mut team = Vec::new();
    for name in ["pia", "ruth", "sam"] {
        let email = format!("{name}.lead@nhs.example");
        team.push(admit(&house, Side::Programme, "NHS England", &email, &[Role::ProgrammeLead]).await);
    }
    let [mut pia, mut ruth, mut sam]: [_; 3] = team.try_into().ok().unwrap();
    let person = sam.actor.person.to_string();
    let ask = [("person", person.as_str()), ("reason", "")];
    let page = pia.browser.submit("organisation/ask-second-step-reset", &ask).await;
    assert!(page.body.contains("Say how you know that it is them"), "{}", page.body);
    let ask = [("person", person.as_str()), ("reason", "I met her.")];
    let page = pia.browser.submit("organisation/ask-second-step-reset", &ask).await;
    assert_eq!(page.done().as_deref(), Some("It is asked for"));
    let letters = house.letters().await;
    assert!(letters.iter().any(|letter| letter.to == sam.email && letter.subject == "Is your second step lost?"));
    // Neither who asked nor its owner confirms it.
    for browser in [&mut pia.browser, &mut sam.browser] {
        let page = browser.submit("organisation/confirm-second-step-reset", &[("person", &person)]).await;
        assert_eq!(page.refusal().as_deref(), Some("Somebody else has to confirm it"));
    }
    assert_eq!(sam.browser.get("/worklist").await.status, 200);
    let page = ruth.browser.submit("organisation/confirm-second-step-reset", &[("person", &person)]).await;
    assert!(page.done().is_some_and(|says| says.contains("is taken away")), "{}", page.body);
    assert!(sam.browser.get("/worklist").await.to().starts_with("/sign-in"), "signed out everywhere");
    assert_eq!(sam.browser.sign_in(&sam.email).await.to(), "/worklist", "with a new one");
    assert!(
        house.letters().await.iter().any(|letter| letter.to == sam.email && letter.subject == "Your second step was taken away")
    );
    // Taken back, nothing waits any more.
    assert!(pia.browser.submit("organisation/ask-second-step-reset", &ask).await.done().is_some());
    let page = ruth.browser.submit("organisation/take-back-second-step-reset", &[("person", &person)]).await;
    assert_eq!(page.done().as_deref(), Some("The request was taken back"));
    let page = ruth.browser.post("organisation/confirm-second-step-reset", &[("person", &person)]).await;
    assert_eq!(page.to(), "/not-found");
}

#[tokio::test]
async fn an_operator_confirms_where_an_organisation_has_nobody_else() {
    let house = House::new().await;
    let email = "olive@host.example";
    let mut olive = admit(&house, Side::Operator, "The host", email, &[Role::Operator]).await;
    let mut pia = admit(&house, Side::Programme, "NHS England", "pia@nhs.example", &[Role::ProgrammeLead]).await;
    let sam = admit(&house, Side::Programme, "NHS England", "sam@nhs.example", &[Role::ClinicalSafety]).await;
    let person = sam.actor.person.to_string();
    let ask = [("person", person.as_str()), ("reason", "I met her.")];
    assert!(pia.browser.submit("organisation/ask-second-step-reset", &ask).await.done().is_some());
    let page = olive.browser.get(&format!("/operator/people/{person}")).await;
    assert!(page.body.contains("Take away the lost second step") && page.body.contains("I met her."), "{}", page.body);
    let fields = [("person", person.as_str()), ("answers[reason][]", "Their lead asked.")];
    let page = olive.browser.submit("operator/reset-second-step", &fields).await;
    assert!(page.done().is_some_and(|says| says.contains("is taken away")), "{}", page.body);
    // For the lead herself there is nobody but operators: one asks, and does not confirm it alone.
    let person = pia.actor.person.to_string();
    let fields = [("person", person.as_str()), ("answers[reason][]", "She came by.")];
    assert_eq!(olive.browser.submit("operator/reset-second-step", &fields).await.done().as_deref(), Some("It is asked for"));
    let page = olive.browser.submit("operator/reset-second-step", &fields).await;
    assert_eq!(page.refusal().as_deref(), Some("You asked for this"));
}
