//! Sessions begin, move and end as promised (design/reliability.md S5). Time is moved, never waited for.

use crate::common::{
    Browser, PASSWORD, Page,
    world::{Small, accept, fields_of, journey_of, register, task},
};
use journey::{
    base::actor::{Role, Side},
    port::{Drafts as _, People as _, SignIns as _},
    task::forms,
};
use sqlx::Connection as _;

const OTHER: &str = "other random words";

#[tokio::test]
async fn the_id_changes_at_sign_in_and_the_planted_one_is_worth_nothing() {
    let small = Small::new().await;
    // A session that has ended, of somebody who then hands its cookie to another: it is the one that is known and nobody's.
    let mut browser = small.reviewer.browser.clone();
    small.house.clock.forward(31 * 60);
    assert!(browser.get("/account").await.to().starts_with("/sign-in"));
    let planted = browser.session().expect("a session");
    let mut attacker = browser.clone();
    assert_eq!(browser.sign_in(&small.lead.email).await.to(), "/journeys");
    assert_ne!(browser.session().unwrap(), planted);
    assert!(attacker.get("/account").await.to().starts_with("/sign-in"));
    assert_eq!(browser.get("/account").await.status, 200);
}

#[tokio::test]
async fn the_id_changes_when_somebody_acts_for_another_organisation() {
    let small = Small::new().await;
    let mut globex = register(&small.house, "Globex", "gus.lead@globex.example").await;
    let fields = [("answers[email][]", small.lead.email.as_str()), ("answers[roles][]", "developer")];
    globex.browser.submit("organisation/invite", &fields).await;
    let link = small.house.link_for(&small.lead.email).await;
    let mut lead = small.lead.clone();
    let token = lead.browser.get(&link).await.hidden("token");
    let before = lead.browser.session().unwrap();
    lead.browser.submit("account/accept-invitation", &[("token", &token)]).await;
    let joined = lead.browser.session().unwrap();
    assert_ne!(joined, before, "joining gives rights");
    let mut old = lead.browser.clone();
    let page = lead.browser.submit("account/switch", &[("organisation", small.lead.actor.organisation.as_str())]).await;
    assert_eq!(page.done().as_deref(), Some("You now act for Acme Care"));
    assert_ne!(lead.browser.session().unwrap(), joined);
    assert!(old.get("/account").await.to().starts_with("/sign-in"), "the id before does not work any more");
    // Not an organisation of theirs: as if it did not exist.
    let page = lead.browser.post("account/switch", &[("organisation", small.reviewer.actor.organisation.as_str())]).await;
    assert_eq!(page.to(), "/not-found");
}

#[tokio::test]
async fn half_an_hour_without_use_ends_a_session_and_use_extends_it() {
    let Small { house, lead, .. } = Small::new().await;
    let mut browser = lead.browser;
    for _ in 0..4 {
        house.clock.forward(29 * 60);
        assert_eq!(browser.get("/journeys").await.status, 200);
    }
    house.clock.forward(30 * 60);
    let page = browser.get("/journeys").await;
    assert_eq!((page.status.as_u16(), page.to()), (303, "/sign-in?next=/journeys"));
    // It is gone for good, not only hidden.
    house.clock.forward(-60 * 60);
    assert!(browser.get("/journeys").await.to().starts_with("/sign-in"));
}

/// What a page says of the end of the session: when, and after how many minutes of being open it says so.
fn ending(page: &Page) -> (String, i64) {
    let after = |mark: &str| page.body.split(mark).nth(1).unwrap_or_else(|| panic!("no {mark}: {}", page.body)).to_owned();
    let minutes = after("gpc-ends--").split('"').next().unwrap().parse().unwrap();
    let at = after("signed out at <strong>").split('<').next().unwrap().to_owned();
    (at, minutes)
}

#[tokio::test]
async fn an_open_page_says_five_minutes_before_when_its_reader_is_signed_out() {
    let Small { house, lead, .. } = Small::new().await;
    let mut browser = lead.browser;
    assert!(!house.browser().get("/").await.body.contains("gpc-ends"), "nobody is signed in");
    house.clock.forward(10 * 60);
    // Ten past nine: half an hour from now, so that the page says so in 25 minutes.
    let page = browser.get("/journeys").await;
    assert_eq!(ending(&page), ("09:40".to_owned(), 25));
    assert!(page.body.contains("href=\"/stay-signed-in\" target=\"_blank\""), "{}", page.body);
    // What a script fetches gives no time: the page that it puts in place says the old one.
    house.clock.forward(20 * 60);
    let request =
        axum::http::Request::get("/journeys").header("sec-fetch-dest", "empty").body(axum::body::Body::empty()).unwrap();
    assert_eq!(ending(&browser.send(request).await), ("09:40".to_owned(), 5));
    house.clock.forward(6 * 60);
    let request =
        axum::http::Request::get("/stay-signed-in").header("sec-purpose", "prefetch").body(axum::body::Body::empty()).unwrap();
    assert_eq!(ending(&browser.send(request).await), ("09:40".to_owned(), 0), "it says so at once");
    // The page beside it, opened by a person, does.
    let page = browser.get("/stay-signed-in").await;
    assert_eq!((page.heading().as_str(), ending(&page).0.as_str()), ("You are signed in until 10:06", "10:06"));
    house.clock.forward(29 * 60);
    assert_eq!(browser.get("/journeys").await.status, 200);
    // Whoever comes too late signs in and is there.
    house.clock.forward(31 * 60);
    assert_eq!(browser.get("/stay-signed-in").await.to(), "/sign-in?next=/stay-signed-in");
}

#[tokio::test]
async fn the_last_half_hour_of_twelve_says_that_nothing_helps() {
    let Small { house, lead, .. } = Small::new().await;
    let mut browser = lead.browser;
    for _ in 0..28 {
        house.clock.forward(25 * 60);
        assert_eq!(browser.get("/journeys").await.status, 200);
    }
    // 11 hours and 40 minutes.
    let page = browser.get("/journeys").await;
    assert_eq!(ending(&page), ("21:00".to_owned(), 15));
    assert!(
        page.body.contains("12 hours after you signed in") && !page.body.contains("href=\"/stay-signed-in\""),
        "{}",
        page.body
    );
    assert!(browser.get("/stay-signed-in").await.body.contains("Then you have to sign in again."));
}

/// What is typed and sent after the end of a session is in its form again when its writer has signed in: whatever kind of form.
#[tokio::test]
async fn what_is_sent_after_the_end_is_in_its_form_again() {
    let small = Small::new().await;
    let journey = small.drafting().await.to_string();
    let submitted = small.submitted().await.to_string();
    let words = "Heron: typed for half an hour.";
    let lead = [
        ("task/propose-waiver", "s-pentest", "reason"),
        ("task/submit", "try-demonstrator", "answers[note][]"),
        ("draft/keep", "describe-use-case", "answers[purpose][]"),
        ("meetings/propose", "", "answers[proposed-words][]"),
    ];
    let cast = lead.map(|form| (&small.lead, &journey, form)).into_iter().chain([
        (&small.reviewer, &submitted, ("task/review", "obtain-use-case-approval", "answers[finding_purpose][]")),
        (&small.reviewer, &submitted, ("task/ask-for-a-change", "obtain-use-case-approval", "note")),
    ]);
    for (someone, journey, (action, task, field)) in cast {
        let mut browser = small.house.browser();
        browser.sign_in(&someone.email).await;
        small.house.clock.forward(31 * 60);
        let fields = [("journey", journey.as_str()), ("task", task), ("subject", "answers"), ("seen", "1000"), (field, words)];
        let page = browser.submit(action, &fields).await;
        assert_eq!(page.heading(), "Sign in", "{action}");
        assert!(page.body.contains("the words you sent are kept until then"), "{action}: {}", page.body);
        let next = page.hidden("next");
        let fields = [("email", someone.email.as_str()), ("password", PASSWORD), ("next", next.as_str())];
        let page = browser.post("account/sign-in", &fields).await;
        let page = browser.through_second_step(page).await;
        let page = browser.follow(page).await;
        assert!(page.body.contains(words), "{action} at {next}: {}", page.body);
        assert!(page.body.contains("You were signed out before this was sent"), "{action}");
    }
}

#[tokio::test]
async fn after_twelve_hours_a_session_ends_whatever_happens() {
    let Small { house, lead, .. } = Small::new().await;
    let mut browser = lead.browser;
    for _ in 0..28 {
        house.clock.forward(25 * 60);
        assert_eq!(browser.get("/account").await.status, 200);
    }
    house.clock.forward(20 * 60 - 1);
    assert_eq!(browser.get("/account").await.status, 200, "one second before");
    house.clock.forward(1);
    assert!(browser.get("/account").await.to().starts_with("/sign-in"), "12 hours");
}

#[tokio::test]
async fn signing_out_ends_the_session_on_the_server() {
    let small = Small::new().await;
    let mut browser = small.lead.browser.clone();
    let mut stolen = browser.clone();
    assert_eq!(stolen.get("/account").await.status, 200);
    assert_eq!(browser.post("account/sign-out", &[]).await.to(), "/");
    assert!(stolen.get("/account").await.to().starts_with("/sign-in"));
    assert!(browser.get("/account").await.to().starts_with("/sign-in"));
}

#[tokio::test]
async fn another_session_can_be_ended_from_the_account_page() {
    let Small { house, mut lead, mut reviewer, .. } = Small::new().await;
    let mut second = house.browser();
    second.sign_in(&lead.email).await;
    let mut third = house.browser();
    third.sign_in(&lead.email).await;
    let sessions = house.db.sessions(&lead.actor.person, house.services.clock.now()).await.unwrap();
    assert_eq!(sessions.len(), 3);
    // Somebody else's handle ends nothing.
    let theirs = lead.browser.get("/account").await.hidden("session");
    reviewer.browser.submit("account/end-session", &[("session", &theirs)]).await;
    assert_eq!(
        (second.get("/account").await.status, third.get("/account").await.status),
        (200.try_into().unwrap(), 200.try_into().unwrap())
    );
    let page = lead.browser.submit("account/end-session", &[("session", &theirs)]).await;
    assert_eq!(page.done().as_deref(), Some("The session was ended"));
    let left = [second.get("/account").await.status == 200, third.get("/account").await.status == 200];
    assert_eq!(left.iter().filter(|works| **works).count(), 1, "one of the two ended");
    lead.browser.submit("account/end-other-sessions", &[]).await;
    for browser in [&mut second, &mut third] {
        assert!(browser.get("/account").await.to().starts_with("/sign-in"));
    }
    assert_eq!(lead.browser.get("/account").await.status, 200);
}

#[tokio::test]
async fn a_new_password_ends_every_other_session_and_changes_the_id_here() {
    let Small { house, mut lead, .. } = Small::new().await;
    let mut second = house.browser();
    second.sign_in(&lead.email).await;
    let before = lead.browser.session().unwrap();
    let mut old = lead.browser.clone();
    // The wrong one first: nothing ends.
    let wrong = [("current", "not my password"), ("password", OTHER), ("again", OTHER)];
    let page = lead.browser.submit("account/change-password", &wrong).await;
    assert!(page.body.contains("Enter the password you use now"));
    assert_eq!(second.get("/account").await.status, 200);
    let fields = [("current", PASSWORD), ("password", OTHER), ("again", OTHER)];
    let page = lead.browser.submit("account/change-password", &fields).await;
    assert_eq!(page.done().as_deref(), Some("Your password is changed"));
    assert_ne!(lead.browser.session().unwrap(), before);
    assert_eq!(lead.browser.get("/account").await.status, 200);
    assert!(second.get("/account").await.to().starts_with("/sign-in"));
    assert!(old.get("/account").await.to().starts_with("/sign-in"));
    assert!(house.browser().sign_in(&lead.email).await.to().starts_with("/sign-in"), "the old password");
}

#[tokio::test]
async fn a_reset_ends_every_session_and_its_link_works_once() {
    let Small { house, mut lead, .. } = Small::new().await;
    let mut browser = house.browser();
    browser.submit("account/forgot-password", &[("email", &lead.email)]).await;
    let link = house.link_for(&lead.email).await;
    let token = browser.get(&link).await.hidden("token");
    let fields = [("token", token.as_str()), ("password", OTHER), ("again", OTHER)];
    assert_eq!(browser.post("account/reset-password", &fields).await.to(), "/sign-in");
    assert!(lead.browser.get("/account").await.to().starts_with("/sign-in"));
    let again = browser.submit("account/reset-password", &fields).await;
    assert_eq!(again.heading(), "This link does not work any more");
    assert_eq!(browser.post("account/sign-in", &[("email", &lead.email), ("password", OTHER)]).await.to(), "/journeys");
    // An hour is an hour.
    browser.submit("account/forgot-password", &[("email", &lead.email)]).await;
    let link = house.link_for(&lead.email).await;
    house.clock.forward(3600);
    assert_eq!(browser.get(&link).await.heading(), "This link does not work any more");
}

#[tokio::test]
async fn roles_that_were_taken_away_are_gone_at_the_next_request() {
    let Small { house, mut lead, .. } = Small::new().await;
    let mut second = crate::common::world::invite(&house, &mut lead, "lou.lead@acme.example", Role::OnboardingLead).await;
    assert_eq!(second.browser.get("/journeys/new").await.status, 200);
    lead.browser
        .submit("organisation/set-roles", &[("person", second.actor.person.as_str()), ("answers[roles][]", "developer")])
        .await;
    assert_eq!(second.browser.get("/journeys/new").await.status, 403);
    lead.browser.submit("organisation/set-roles", &[("person", second.actor.person.as_str()), ("confirm", "yes")]).await;
    assert_eq!(second.browser.get("/journeys").await.to(), "/no-organisation", "who belongs nowhere is told so");
}

#[tokio::test]
async fn words_sent_after_the_session_ended_wait_until_the_sign_in() {
    let small = Small::new().await;
    let reference = small.drafting().await;
    let house = &small.house;
    let mut browser = small.lead.browser.clone();
    let page = format!("/journeys/{reference}/tasks/describe-use-case");
    let shown = browser.get(&page).await;
    let (seen, version) = (shown.hidden("seen"), shown.hidden("version"));
    house.clock.forward(31 * 60);
    let reference = reference.to_string();
    let fields = [
        ("journey", reference.as_str()),
        ("task", "describe-use-case"),
        ("seen", &seen),
        ("version", &version),
        ("subject", "answers"),
        ("answers[purpose][]", "Words of half an hour, a <b> and a ü"),
    ];
    for action in ["use-case/continue", "draft/keep"] {
        let answer = browser.post(action, &fields).await;
        assert!(answer.to().starts_with(&format!("/sign-in?next={page}")), "{}", answer.to());
        let sign_in = browser.follow(answer).await;
        assert!(sign_in.body.contains("the words you sent are kept"), "{}", sign_in.body);
        let next = sign_in.hidden("next");
        let back =
            browser.submit("account/sign-in", &[("email", &small.lead.email), ("password", PASSWORD), ("next", &next)]).await;
        assert_eq!(back.refusal().as_deref(), Some("You were signed out before this was sent"));
        assert!(back.body.contains("Words of half an hour, a &lt;b&gt; and a ü"), "{}", back.body);
        house.clock.forward(31 * 60);
    }
    // Nothing was recorded without a person.
    let known: journey::base::ids::JourneyRef = reference.parse().unwrap();
    assert!(house.db.draft(&known, &task("describe-use-case"), "answers").await.unwrap().is_none());
}

#[tokio::test]
async fn words_of_one_person_are_not_shown_to_the_next_one_on_the_same_machine() {
    let small = Small::new().await;
    let reference = small.drafting().await;
    let journey = journey_of(&small.house, &reference).await;
    let spec = journey.process.task(&task("describe-use-case")).unwrap();
    let mut answers = crate::common::world::answers_to(&forms::form_of(spec, &journey.opening), "Words of Lena alone");
    answers.0.remove("problem");
    let reference = reference.to_string();
    let mut browser = small.lead.browser.clone();
    let mut fields = vec![("journey".to_owned(), reference.clone()), ("task".to_owned(), "describe-use-case".to_owned())];
    fields.extend(fields_of(&answers));
    let fields: Vec<(&str, &str)> = fields.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    // Refused, and never looked at; then she signs out and a reviewer signs in at the same machine.
    browser.post("task/submit", &fields).await;
    browser.post("account/sign-out", &[]).await;
    browser.sign_in(&small.reviewer.email).await;
    let page = browser.get(&format!("/journeys/{reference}/tasks/describe-use-case")).await;
    assert_eq!(page.status, 200);
    assert!(!page.body.contains("Words of Lena alone"));
}

/// A form of a task with these words, sent when the session has ended.
async fn sent_too_late(small: &Small, browser: &mut Browser, reference: &str, words: &str) -> Page {
    small.house.clock.forward(31 * 60);
    let fields = [
        ("journey", reference),
        ("task", "describe-use-case"),
        ("version", "0"),
        ("subject", "answers"),
        ("answers[purpose][]", words),
    ];
    browser.post("draft/keep", &fields).await
}

#[tokio::test]
async fn words_that_wait_for_a_sign_in_are_shown_to_their_writer_and_to_nobody_else() {
    let mut small = Small::new().await;
    let reference = small.drafting().await.to_string();
    let colleague =
        crate::common::world::invite(&small.house, &mut small.lead, "lou.lead@acme.example", Role::OnboardingLead).await;
    let mut browser = small.lead.browser.clone();
    let page = format!("/journeys/{reference}/tasks/describe-use-case");
    let answer = sent_too_late(&small, &mut browser, &reference, "Words of Lena alone").await;
    assert!(answer.to().ends_with("why=signed-out"), "{}", answer.to());
    // A password that is mistyped on the way loses nothing.
    let fields = [("email", small.lead.email.as_str()), ("password", "wrong wrong wrong")];
    assert_eq!(browser.submit("account/sign-in", &fields).await.refusal().as_deref(), Some("There is a problem"));
    // Somebody else of the same organisation signs in at the same machine, and somebody of the programme.
    for other in [&colleague.email, &small.reviewer.email] {
        browser.sign_in(other).await;
        let shown = browser.get(&page).await;
        assert_eq!(shown.status, 200);
        assert!(!shown.body.contains("Words of Lena alone") && shown.refusal().is_none(), "{other}: {}", shown.body);
    }
    browser.sign_in(&small.lead.email).await;
    let shown = browser.get(&page).await;
    assert_eq!(shown.refusal().as_deref(), Some("You were signed out before this was sent"));
    assert!(shown.body.contains("Words of Lena alone"));
    // At a sign-out nothing is left to wait.
    sent_too_late(&small, &mut browser, &reference, "Words of the next day").await;
    browser.sign_in(&colleague.email).await;
    browser.post("account/sign-out", &[]).await;
    browser.sign_in(&small.lead.email).await;
    assert!(!browser.get(&page).await.body.contains("Words of the next day"));
}

#[tokio::test]
async fn words_sent_in_a_session_that_was_ended_elsewhere_wait_too() {
    let small = Small::new().await;
    let reference = small.drafting().await.to_string();
    let (mut browser, mut second) = (small.lead.browser.clone(), small.house.browser());
    second.sign_in(&small.lead.email).await;
    second.submit("account/end-other-sessions", &[]).await;
    let ended = browser.session().unwrap();
    let answer = sent_too_late(&small, &mut browser, &reference, "Words of Lena alone").await;
    assert!(answer.to().ends_with("why=signed-out"), "{}", answer.to());
    browser.sign_in(&small.lead.email).await;
    assert_ne!(browser.session().unwrap(), ended);
    let shown = browser.get(&format!("/journeys/{reference}/tasks/describe-use-case")).await;
    assert!(shown.body.contains("Words of Lena alone"), "{}", shown.body);
}

#[tokio::test]
async fn words_that_are_too_many_to_wait_are_not_kept_and_that_is_said() {
    let small = Small::new().await;
    let reference = small.drafting().await.to_string();
    let mut browser = small.lead.browser.clone();
    let answer = sent_too_late(&small, &mut browser, &reference, &"w".repeat(70_000)).await;
    let page = browser.follow(answer).await;
    assert!(page.body.contains("too long to keep") && page.body.contains("go back"), "{}", page.body);
    browser.sign_in(&small.lead.email).await;
    let shown = browser.get(&format!("/journeys/{reference}/tasks/describe-use-case")).await;
    assert_eq!((shown.refusal(), shown.body.contains("wwww")), (None, false));
}

#[tokio::test]
async fn nothing_that_nobody_sends_makes_a_session() {
    let small = Small::new().await;
    let before = sessions(&small.house).await;
    let long = "w".repeat(100_000);
    for action in crate::common::actions() {
        let mut nobody = small.house.browser();
        let page = nobody.post(&action, &[("email", &long), ("answers[name][]", &long), ("answers[purpose][]", &long)]).await;
        assert!(
            page.status.is_redirection() || page.status.is_client_error() || action == "draft/autosave",
            "{action}: {}",
            page.status
        );
        assert_eq!(nobody.session(), None, "{action}");
    }
    // A form that is refused still says so, with what was typed.
    let mut nobody = small.house.browser();
    let page = nobody.submit("account/sign-in", &[("email", "who@acme.example"), ("password", "wrong wrong wrong")]).await;
    assert_eq!(page.refusal().as_deref(), Some("There is a problem"));
    assert!(page.body.contains("who@acme.example"), "{}", page.body);
    assert_eq!(sessions(&small.house).await, before);
}

/// How many rows there are.
async fn sessions(house: &crate::common::House) -> i64 {
    let mut connection = sqlx::SqliteConnection::connect(&format!("sqlite://{}", house.file().display())).await.unwrap();
    sqlx::query_scalar("SELECT COUNT(*) FROM sessions").fetch_one(&mut connection).await.unwrap()
}

#[tokio::test]
async fn a_sign_in_never_leads_away() {
    let Small { house, lead, .. } = Small::new().await;
    for next in [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "/%2f/evil.example\r\nSet-Cookie: a=b",
        "javascript:alert(1)",
        "/\t/evil.example",
        " /evil",
        "///evil.example",
        "/journeys\nx",
        "/sign-in",
    ] {
        let mut browser = house.browser();
        let page = browser.post("account/sign-in", &[("email", &lead.email), ("password", PASSWORD), ("next", next)]).await;
        assert_eq!(page.to(), "/journeys", "{next:?}");
        // Signed in already, the page itself leads on.
        let shown = browser.get(&format!("/sign-in?{}", crate::common::encoded(&[("next", next)]))).await;
        assert_eq!(shown.to(), "/journeys", "{next:?}");
    }
    let mut browser = house.browser();
    let page = browser.post("account/sign-in", &[("email", &lead.email), ("password", PASSWORD), ("next", "/account?a=b")]).await;
    assert_eq!(page.to(), "/account?a=b");
    // Actions that lead back to where they were asked from.
    for action in ["worklist/claim", "worklist/release"] {
        let page = house.browser().post(action, &[("back", "https://evil.example/")]).await;
        assert!(page.to().starts_with("/sign-in?next=/journeys&"), "{}", page.to());
    }
}

#[tokio::test]
async fn an_invitation_needs_the_account_it_was_sent_to() {
    let Small { house, lead, mut reviewer, .. } = Small::new().await;
    reviewer
        .browser
        .submit(
            "organisation/invite",
            &[("answers[email][]", &lead.email), ("answers[roles][]", "operator"), ("answers[roles][]", "clinical_safety")],
        )
        .await;
    let before = house.letters().await;
    assert!(before.is_empty(), "a role of another side cannot be given: {before:?}");
    let fields = [("answers[email][]", lead.email.as_str()), ("answers[roles][]", "clinical_safety")];
    reviewer.browser.submit("organisation/invite", &fields).await;
    let link = house.link_for(&lead.email).await;
    let token = link.rsplit('/').next().unwrap().to_owned();
    // Whoever finds the letter but is somebody else, or nobody.
    let mut finder = register(&house, "Globex", "gus.lead@globex.example").await;
    for browser in [&mut finder.browser, &mut house.browser()] {
        let answer = browser
            .post(
                "account/accept-invitation",
                &[("token", &token), ("answers[name][]", "Eve"), ("password", OTHER), ("again", OTHER)],
            )
            .await;
        assert_eq!(answer.to(), format!("/invitations/{token}"));
    }
    assert_eq!(house.db.memberships(&lead.actor.person).await.unwrap().len(), 1);
    // Taken back, it is worth nothing.
    let digest = journey::base::ids::Digest::of(token.as_bytes());
    reviewer.browser.submit("organisation/cancel-invitation", &[("invitation", digest.as_str())]).await;
    let mut browser = lead.browser.clone();
    assert_eq!(browser.get(&link).await.heading(), "This invitation does not work any more");
    // A new one for somebody without an account works.
    reviewer
        .browser
        .submit("organisation/invite", &[("answers[email][]", "new@nhs.example"), ("answers[roles][]", "clinical_safety")])
        .await;
    let new = accept(&house, "new@nhs.example").await;
    assert!(new.actor.on(Side::Programme));
}
