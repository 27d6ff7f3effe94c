//! The operator's desk: accounts are found, locked and unlocked, doubles become one, emails are sent again, and all of it is
//! read in the audit.

use crate::common::{
    House, Page,
    world::{Play, Someone, admit, invite, register},
};
use journey::{
    base::actor::{Role, Side},
    port::{Letter, Outbox as _, People as _, Undelivered, accounts::Accounts as _},
};

const WHY: &str = "Their laptop was stolen.";

async fn operator(house: &House) -> Someone {
    admit(house, Side::Operator, "The host", "olive@host.example", &[Role::Operator]).await
}

async fn doing(by: &mut Someone, deed: &str, person: &Someone, reason: &str) -> Page {
    let fields = [("person", person.actor.person.as_str()), ("answers[reason][]", reason)];
    by.browser.submit(&format!("operator/{deed}"), &fields).await
}

async fn told(house: &House, to: &str) -> Vec<Letter> {
    house.letters().await.into_iter().filter(|letter| letter.to == to).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_finds_locks_and_unlocks_somebody_on_sqlite() {
    finds_locks_and_unlocks(House::new().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_finds_locks_and_unlocks_somebody_on_postgres() {
    let Some((house, database)) = House::on_postgres().await else { return };
    finds_locks_and_unlocks(house).await;
    database.dropped().await;
}

async fn finds_locks_and_unlocks(house: House) {
    let mut olive = operator(&house).await;
    let mut lead = register(&house, "Acme Care", "lead@acme.example").await;
    let mut developer = invite(&house, &mut lead, "dev@acme.example", Role::Developer).await;
    house.letters().await;

    // Whoever operates the service lands on the desk, and finds people by whatever is known of them.
    assert_eq!(olive.browser.get("/journeys").await.to(), "/operator");
    assert!(olive.browser.get("/operator").await.body.contains("How the service is"));
    for find in ["dev", "DEV@ACME", "acme+care"] {
        let page = olive.browser.get(&format!("/operator/people?find={find}")).await;
        assert!(page.body.contains("dev@acme.example"), "{find}: {}", page.body);
    }
    assert!(!olive.browser.get("/operator/people?find=nobody").await.body.contains("dev@acme.example"));

    // Without a reason nothing happens.
    let page = doing(&mut olive, "lock", &developer, " ").await;
    assert!(page.refusal().is_some() && page.body.contains("Give a reason"), "{}", page.body);
    assert!(house.letters().await.is_empty());

    let page = doing(&mut olive, "lock", &developer, WHY).await;
    assert_eq!(page.done().as_deref(), Some("The account is locked"), "{}", page.body);
    assert!(page.body.contains(WHY) && page.body.contains("Unlock the account"));
    let letters = told(&house, "dev@acme.example").await;
    assert_eq!(letters.len(), 1);
    assert!(letters[0].subject == "Your account is locked" && letters[0].body.contains(WHY));
    // Signed out at once, and nobody signs in; a wrong password learns nothing of it.
    assert_eq!(developer.browser.get("/account").await.to(), "/sign-in?next=/account");
    let page = developer.browser.sign_in("dev@acme.example").await;
    let page = developer.browser.follow(page).await;
    assert_eq!(page.refusal().as_deref(), Some("Your account is locked"), "{}", page.body);
    let page = developer.browser.submit("account/sign-in", &[("email", "dev@acme.example"), ("password", "wrong")]).await;
    assert!(!page.body.contains("locked"), "{}", page.body);
    // A page that is old says so.
    let page = doing(&mut olive, "lock", &developer, WHY).await;
    assert_eq!(page.refusal().as_deref(), Some("This was changed meanwhile"));

    let page = doing(&mut olive, "unlock", &developer, "It was found.").await;
    assert_eq!(page.done().as_deref(), Some("The account is unlocked"), "{}", page.body);
    assert_eq!(told(&house, "dev@acme.example").await[0].subject, "Your account is unlocked");
    assert_eq!(developer.browser.sign_in("dev@acme.example").await.to(), "/journeys");

    // A link is sent to its owner, and signed out is signed out.
    let page = doing(&mut olive, "send-reset", &developer, "They asked by telephone.").await;
    assert_eq!(page.done().as_deref(), Some("The link is on its way"), "{}", page.body);
    let letters = told(&house, "dev@acme.example").await;
    let link = crate::common::path_in(&letters[0].body);
    assert!(!page.body.contains(&link) && link.starts_with("/reset-password/"), "{link}");
    let page = doing(&mut olive, "end-sessions", &developer, "They asked by telephone.").await;
    assert_eq!(page.done().as_deref(), Some("Every session has ended"), "{}", page.body);
    assert_eq!(developer.browser.get("/account").await.to(), "/sign-in?next=/account");

    // All of it stands in the audit, newest first, with who, why and from where.
    let page = olive.browser.get("/audit?person=dev@acme.example").await;
    for says in [
        "Locked the account of Dev",
        WHY,
        "Unlocked the account of Dev",
        "Sent Dev a link to set a new password",
        "Signed Dev out everywhere",
        "Could not sign in: the account is locked",
        "127.0.0.1",
        "Olive",
    ] {
        assert!(page.body.contains(says), "{says}: {}", page.body);
    }
    let page = olive.browser.get("/audit?kind=sign_ins").await;
    assert!(page.body.contains("Signed in") && !page.body.contains("Locked the account"), "{}", page.body);
    let page = olive.browser.get("/audit?person=nobody@acme.example").await;
    assert!(page.refusal().is_some(), "{}", page.body);
    let (status, file) = olive.browser.download("/audit.csv?kind=accounts").await;
    let file = String::from_utf8(file).unwrap();
    assert!(status == 200 && file.contains("Locked the account of Dev") && !file.contains("Could not sign in"), "{file}");
    assert!(olive.browser.get("/audit?kind=exports").await.body.contains("audit.csv"), "that it was taken is noted");
    assert_eq!(lead.browser.get("/audit").await.status, 403);
    assert_eq!(lead.browser.download("/audit.csv").await.0, 404);
    assert_eq!(house.faults().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_operator_and_the_last_lead_are_protected() {
    let house = House::new().await;
    let mut olive = operator(&house).await;
    let lead = register(&house, "Acme Care", "lead@acme.example").await;
    let oneself = olive.clone();
    let page = doing(&mut olive, "lock", &oneself, WHY).await;
    assert_eq!(page.refusal().as_deref(), Some("You cannot lock your own account"));
    let page = doing(&mut olive, "lock", &lead, WHY).await;
    assert_eq!(page.refusal().as_deref(), Some("Nobody else looks after the people of an organisation"));
    // What is refused is not offered.
    let page = olive.browser.get(&format!("/operator/people/{}", lead.actor.person)).await;
    assert!(page.body.contains("This account cannot be locked") && !page.body.contains("operator/lock\""), "{}", page.body);
    // An operator invites another one; then either can be locked, and the other is the last.
    let fields = [("answers[email][]", "oscar@host.example"), ("answers[roles][]", "operator")];
    let page = olive.browser.submit("organisation/invite", &fields).await;
    assert!(page.done().is_some(), "{}", page.body);
    let mut oscar = crate::common::world::accept(&house, "oscar@host.example").await;
    let page = doing(&mut olive, "lock", &oscar, WHY).await;
    assert!(page.done().is_some(), "{}", page.body);
    let page = doing(&mut oscar, "unlock", &oneself, WHY).await;
    assert_eq!(page.heading(), "Sign in", "whoever is locked does nothing");
    let fields = [("person", olive.actor.person.as_str())];
    let page = olive.browser.submit("organisation/set-roles", &fields).await;
    assert!(page.done().is_none(), "the last operator stays: {}", page.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn doubles_are_merged_as_the_page_showed_and_a_role_is_given_back() {
    let house = House::new().await;
    let mut olive = operator(&house).await;
    let mut lead = register(&house, "Acme Care", "lead@acme.example").await;
    Play::open(&house, &lead).written(&house).await;
    let mut again = register(&house, "Acme Care Ltd", "again@acme.example").await;
    let (acme, double) = (lead.actor.organisation.to_string(), again.actor.organisation.to_string());
    house.letters().await;

    // The one with a journey does not go, and the page names the journey; the other way round it shows who moves.
    let page = olive.browser.get(&format!("/operator/organisations/{acme}/merge?into={double}")).await;
    assert!(page.body.contains("They cannot be merged this way") && page.body.contains("1 journey"), "{}", page.body);
    let fields = [("goes", acme.as_str()), ("answers[into][]", double.as_str()), ("answers[reason][]", "A double.")];
    let page = olive.browser.submit("operator/merge", &fields).await;
    assert_eq!(page.refusal().as_deref(), Some("These organisations cannot be merged"));
    let found = olive.browser.get(&format!("/operator/organisations/{double}/merge")).await;
    assert!(found.body.contains(&format!("merge?into={acme}")), "the likely one is offered: {}", found.body);
    let page = olive.browser.get(&format!("/operator/organisations/{double}/merge?into={acme}")).await;
    assert!(page.body.contains("again@acme.example") && page.body.contains("Merge into Acme Care"), "{}", page.body);
    let seen = page.hidden("seen");
    let merge = [
        ("goes", double.as_str()),
        ("seen", seen.as_str()),
        ("answers[into][]", acme.as_str()),
        ("answers[reason][]", "Registered a second time."),
    ];
    let mut forgot = merge;
    forgot[3].1 = "";
    let page = olive.browser.submit("operator/merge", &forgot).await;
    assert!(
        page.body.contains("Give a reason") && page.body.contains("Merge into Acme Care"),
        "what they were about to do stays"
    );
    let mut stale = merge;
    stale[1].1 = "";
    let page = olive.browser.submit("operator/merge", &stale).await;
    assert_eq!(page.refusal().as_deref(), Some("This was changed meanwhile"));
    let page = olive.browser.submit("operator/merge", &merge).await;
    assert_eq!(page.done().as_deref(), Some("Acme Care Ltd and Acme Care are one"), "{}", page.body);
    let letters = house.letters().await;
    let subject = |to: &str| letters.iter().find(|letter| letter.to == to).map(|letter| letter.subject.as_str());
    assert_eq!(subject("again@acme.example"), Some("Your organisation was merged with its double"));
    assert_eq!(subject("lead@acme.example"), Some("People have joined your organisation"));
    // Whoever moved acts for the one that stays, from the next page on.
    assert!(again.browser.get("/journeys").await.body.contains("Bedside View"));
    assert!(!olive.browser.get("/operator/organisations?find=acme").await.body.contains("Acme Care Ltd"));
    assert!(olive.browser.get(&format!("/operator/organisations/{double}")).await.body.contains("Merged on"));

    // In a trust nobody leads; the role goes to somebody of it, and only while nobody has it.
    let member = admit(&house, Side::EndUser, "A Trust", "tess@trust.example", &[Role::AuthorisedPerson]).await;
    let trust = member.actor.organisation.to_string();
    let page = olive.browser.get(&format!("/operator/organisations/{trust}")).await;
    assert!(page.body.contains("Nobody looks after the people of this organisation"), "{}", page.body);
    let give = [
        ("organisation", trust.as_str()),
        ("answers[person][]", member.actor.person.as_str()),
        ("answers[reason][]", "Their lead left."),
    ];
    let page = olive.browser.submit("operator/give-back", &give[..1]).await;
    assert!(page.body.contains("Give a reason"), "{}", page.body);
    let page = olive.browser.submit("operator/give-back", &give).await;
    assert!(page.done().is_some_and(|says| says.contains("is an end-user group lead now")), "{}", page.body);
    let page = olive.browser.submit("operator/give-back", &give).await;
    assert_eq!(page.refusal().as_deref(), Some("Somebody looks after the people of this organisation"));
    assert!(lead.browser.get(&format!("/operator/organisations/{trust}")).await.status == 403);
    assert!(house.db.merged(&again.actor.organisation).await.unwrap().is_some());
    assert_eq!(house.faults().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn emails_that_failed_are_seen_with_the_reason_and_sent_again() {
    let house = House::new().await;
    let mut olive = operator(&house).await;
    let mut lead = register(&house, "Acme Care", "lead@acme.example").await;
    house.letters().await;
    for to in ["one@acme.example", "two@acme.example"] {
        lead.browser.submit("organisation/invite", &[("answers[email][]", to), ("answers[roles][]", "developer")]).await;
    }
    let now = house.services.clock.now();
    let mut ids = Vec::new();
    let mut secret = String::new();
    while let Some(out) = house.db.next_letter(now, jiff::Timestamp::MAX).await.unwrap() {
        secret = crate::common::path_in(&out.letter.body);
        house.db.letter_undelivered(&out.letter.id, Undelivered::Refused, "550 no such box", now, None).await.unwrap();
        ids.push(out.letter.id);
    }
    assert_eq!(ids.len(), 2);
    let page = olive.browser.get("/operator/emails").await;
    for says in
        ["2 emails cannot be delivered", "one@acme.example", "two@acme.example", "550 no such box", "knows no such mailbox"]
    {
        assert!(page.body.contains(says), "{says}: {}", page.body);
    }
    assert!(!page.body.contains(&secret), "no words, no link");
    assert!(olive.browser.get("/operator").await.body.contains("2 emails of the last 7 days cannot be delivered"));

    let none = [("answers[reason][]", "The server was mended.")];
    let page = olive.browser.submit("operator/send-again", &none).await;
    assert!(page.body.contains("Choose at least one email"), "{}", page.body);
    let chosen = [("answers[letters][]", ids[0].as_str()), none[0]];
    let page = olive.browser.submit("operator/send-again", &chosen).await;
    assert_eq!(page.done().as_deref(), Some("1 email is sent again"), "{}", page.body);
    let page = olive.browser.submit("operator/send-again", &[("all", "yes"), none[0]]).await;
    assert_eq!(page.done().as_deref(), Some("1 email is sent again"), "{}", page.body);
    assert_eq!(house.letters().await.len(), 2, "both go again");
    let page = olive.browser.submit("operator/send-again", &[("all", "yes"), none[0]]).await;
    assert_eq!(page.refusal().as_deref(), Some("Nothing was sent again"));
    let page = olive.browser.get("/audit?kind=emails").await;
    assert!(page.body.contains("The server was mended.") && page.body.contains("one@acme.example"), "{}", page.body);
    assert!(house.db.person_by_email("one@acme.example").await.unwrap().is_none());
}
