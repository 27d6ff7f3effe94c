//! Nobody takes another's place: parts wait for the programme, an address has one link, removed people stay out, and what
//! is signed and issued names who it was. Over HTTP, as people do it.

use crate::common::{
    Browser, House, PASSWORD, multipart_named, path_in,
    world::{Play, Small, accept, admit, invite, journey_of, register, task},
};
use journey::{
    base::{
        actor::{Role, Side},
        identity::Identity,
        ids::JourneyRef,
    },
    ledger::event::Event,
    port::{
        Ledger as _, Outbox as _, People as _, Undelivered,
        files::Files as _,
        seats::{OrganisationFilter, Seats as _},
    },
};

const TRUST: &str = "Leeds Teaching Hospitals NHS Trust";

/// The fields that ask for a part.
fn wanted<'a>(journey: &'a str, name: &'a str, code: &'a str, email: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("journey", journey),
        ("answers[side][]", "end_user"),
        ("answers[organisation][]", name),
        ("answers[ods_code][]", code),
        ("answers[email][]", email),
        ("answers[roles][]", "group_lead"),
        ("answers[roles][]", "authorised_person"),
    ]
}

async fn letters_to(house: &House, email: &str) -> usize {
    house.letters().await.iter().filter(|letter| letter.to == email).count()
}

/// The request that waits on a journey.
async fn waiting(house: &House, journey: &JourneyRef) -> String {
    house.db.waiting_parts_of(journey).await.unwrap().first().expect("a request waits").part.to_string()
}

async fn confirm(lead: &mut Browser, house: &House, journey: &JourneyRef, email: &str) -> crate::common::Page {
    let part = waiting(house, journey).await;
    let (journey, waits) = (journey.to_string(), house.db.waiting_parts_of(journey).await.unwrap().remove(0));
    let fields = [
        ("journey", journey.as_str()),
        ("part", &part),
        ("answers[organisation][]", &waits.identity.name),
        ("answers[ods_code][]", &waits.identity.ods_code),
        ("answers[email][]", email),
    ];
    lead.submit("end-users/confirm", &fields).await
}

/// A supplier takes a code first; another one names it later. Neither gives anybody a seat.
#[tokio::test]
async fn whoever_is_first_with_a_code_does_not_sit_in_its_seat() {
    let mut small = Small::new().await;
    let mut mallory = register(&small.house, "Mallory Systems", "mallory@evil.example").await;
    let theirs = Play::open(&small.house, &mallory).written(&small.house).await.to_string();
    let page = mallory.browser.submit("end-users/invite", &wanted(&theirs, TRUST, "RR8", "squatter@private.example")).await;
    assert_eq!(page.done().as_deref(), Some(&*format!("You asked to add {TRUST}")), "{}", page.body);
    assert_eq!(letters_to(&small.house, "squatter@private.example").await, 0, "nobody is invited before it is confirmed");
    assert!(small.house.db.organisation_coded(Side::EndUser, "RR8").await.unwrap().is_none());

    // An honest supplier names the same code; the programme confirms that one, and nothing of the other counts.
    let journey = small.submitted().await;
    let reference = journey.to_string();
    let page = small.lead.browser.submit("end-users/invite", &wanted(&reference, TRUST, "RR8", "real.lead@leeds.example")).await;
    assert!(page.done().is_some(), "{}", page.body);
    assert!(letters_to(&small.house, &small.reviewer.email).await > 0, "the programme is told");
    let page = small.reviewer.browser.get("/organisations").await;
    assert!(page.body.contains("squatter@private.example") && page.body.contains("real.lead@leeds.example"), "{}", page.body);
    let page = confirm(&mut small.reviewer.browser, &small.house, &journey, "real.lead@leeds.example").await;
    assert_eq!(page.done().as_deref(), Some(&*format!("{TRUST} takes part in this journey")), "{}", page.body);
    let mut real = accept(&small.house, "real.lead@leeds.example").await;
    assert_eq!(real.browser.get(&format!("/journeys/{reference}")).await.status, 200);
    assert_eq!(real.browser.get(&format!("/journeys/{theirs}")).await.status, 404);

    // The other request is confirmed by mistake, with the address that was typed: its people are told, nobody is put in.
    let theirs: JourneyRef = theirs.parse().unwrap();
    let page = confirm(&mut small.reviewer.browser, &small.house, &theirs, "squatter@private.example").await;
    assert!(page.body.contains("It is here already"), "{}", page.body);
    assert_eq!(letters_to(&small.house, "squatter@private.example").await, 0);
    assert_eq!(real.browser.get(&format!("/journeys/{theirs}")).await.status, 200);
}

/// Another name or code of an organisation counts when the programme has confirmed it, and not before.
#[tokio::test]
async fn nobody_renames_themselves_into_anothers_seat() {
    let mut small = Small::new().await;
    let journey = small.submitted().await;
    let mut bea = admit(&small.house, Side::EndUser, "Saltmarsh Network", "bea@saltmarsh.example", &[Role::GroupLead]).await;
    let fields = [("answers[organisation][]", "Cambridge University Hospitals"), ("answers[ods_code][]", "RGT")];
    let page = bea.browser.submit("organisation/set-details", &fields).await;
    assert_eq!(page.done().as_deref(), Some("NHS England is asked to confirm it"));
    assert!(page.body.contains("Asked for on"), "{}", page.body);
    let reference = journey.to_string();
    small.lead.browser.submit("end-users/invite", &wanted(&reference, "Cambridge Hospitals", "RGT", "real@cuh.example")).await;
    confirm(&mut small.reviewer.browser, &small.house, &journey, "real@cuh.example").await;
    assert_eq!(bea.browser.get(&format!("/journeys/{reference}")).await.status, 404);
    // The programme sees what was asked, and that the code has an organisation.
    let id = bea.actor.organisation.to_string();
    let page = small.reviewer.browser.get(&format!("/organisations/{id}")).await;
    assert!(page.body.contains("Cambridge University Hospitals (RGT)"), "{}", page.body);
    let fields = [
        ("organisation", id.as_str()),
        ("answers[organisation][]", "Cambridge University Hospitals"),
        ("answers[ods_code][]", "RGT"),
    ];
    let page = small.reviewer.browser.submit("organisations/set-details", &fields).await;
    assert!(page.body.contains("Cambridge Hospitals has this code"), "{}", page.body);
    let page =
        small.reviewer.browser.submit("organisations/decline-details", &[("organisation", id.as_str()), ("reason", " ")]).await;
    assert!(page.body.contains("Give a reason"), "{}", page.body);
    let fields = [("organisation", id.as_str()), ("reason", "The code is of another organisation.")];
    let page = small.reviewer.browser.submit("organisations/decline-details", &fields).await;
    assert_eq!(page.done().as_deref(), Some("Name and code stay as they are"));
    // What is not a programme lead's is nobody else's.
    for other in [&mut bea.browser, &mut small.assurance.browser, &mut small.lead.browser] {
        assert_eq!(other.get("/organisations").await.status, 403);
        assert_eq!(other.get(&format!("/organisations/{id}")).await.status, 403);
        other.submit("organisations/set-details", &[("organisation", id.as_str()), ("answers[organisation][]", "Mine")]).await;
    }
    assert_eq!(small.house.db.organisation(&bea.actor.organisation).await.unwrap().unwrap().name, "Saltmarsh Network");
}

/// A certificate says to whom it was issued, whatever that is called today; the history says when it got another name.
#[tokio::test]
async fn what_was_signed_and_issued_keeps_its_names() {
    let mut small = Small::new().await;
    let journey = small.submitted().await;
    let id = small.lead.actor.organisation.to_string();
    let fields =
        [("organisation", id.as_str()), ("answers[organisation][]", "Bigco Health plc"), ("answers[ods_code][]", "YGB01")];
    let page = small.reviewer.browser.submit("organisations/set-details", &fields).await;
    assert_eq!(page.done().as_deref(), Some("Bigco Health plc (YGB01) is confirmed"));
    assert!(page.body.contains("1 journey of it records the change"), "{}", page.body);
    let history = small.house.db.history(&journey).await.unwrap();
    let Event::Identified { identity, before, .. } = &history.last().unwrap().event else { panic!("recorded last") };
    assert_eq!((identity.in_words().as_str(), before.name.as_str()), ("Bigco Health plc (YGB01)", "Acme Care"));
    let page = small.lead.browser.get(&format!("/journeys/{journey}/history")).await;
    assert!(page.body.contains("Acme Care is Bigco Health plc (YGB01) from now on."), "{}", page.body);
    assert!(page.body.contains("Acme Care, now Bigco Health plc"), "what it did stands under its name of then: {}", page.body);
    // By its old name it is found, and it is said why.
    for browser in [&mut small.lead.browser, &mut small.reviewer.browser] {
        let page = browser.get("/journeys?find=acme").await;
        assert!(page.body.contains(&journey.to_string()) && page.body.contains("Its history names: Acme Care"), "{}", page.body);
        let page = browser.get("/journeys?find=Bigco").await;
        assert!(page.body.contains(&journey.to_string()) && !page.body.contains("Its history names"), "{}", page.body);
    }
    let then = journey::ledger::identity::identity_at(&history, &small.lead.actor.organisation, journey::base::ids::Seq(2));
    assert_eq!(then, Some(Identity { name: "Acme Care".to_owned(), ods_code: String::new() }));
    // Pressed again it changes nothing.
    let page = small.reviewer.browser.submit("organisations/set-details", &fields).await;
    assert!(page.done().is_some());
    assert_eq!(small.house.db.history(&journey).await.unwrap().len(), history.len());
}

/// A supplier's own address does not sign for a practice.
#[tokio::test]
async fn the_first_person_of_an_organisation_is_not_of_the_supplier() {
    let mut small = Small::new().await;
    let journey = small.submitted().await.to_string();
    let address = small.lead.email.clone();
    let page = small.lead.browser.submit("end-users/invite", &wanted(&journey, "Puppet Surgery", "B82999", &address)).await;
    assert!(page.body.contains("This address belongs to somebody of the supplier"), "{}", page.body);
    assert!(page.body.contains("Puppet Surgery") && page.body.contains("B82999"), "what was typed is there");
    assert!(small.house.db.waiting_parts(None, 9).await.unwrap().is_empty());
}

/// Pressed twice at once: one request, one organisation, one link, one letter.
#[tokio::test]
async fn a_doubled_request_is_one() {
    let small = Small::new().await;
    let journey = small.submitted().await;
    let reference = journey.to_string();
    let twice = async |browser: &Browser, action: &str, fields: &[(&str, &str)]| {
        let (mut one, mut two) = (browser.clone(), browser.clone());
        tokio::join!(one.submit(action, fields), two.submit(action, fields))
    };
    let fields = wanted(&reference, "Twice Practice", "C81002", "lead@twice.example");
    twice(&small.lead.browser, "end-users/invite", &fields).await;
    assert_eq!(small.house.db.waiting_parts(None, 9).await.unwrap().len(), 1);
    let part = waiting(&small.house, &journey).await;
    let fields = [
        ("journey", reference.as_str()),
        ("part", &part),
        ("answers[organisation][]", "Twice Practice"),
        ("answers[ods_code][]", "C81002"),
        ("answers[email][]", "lead@twice.example"),
    ];
    twice(&small.reviewer.browser, "end-users/confirm", &fields).await;
    let joined =
        small.house.db.history(&journey).await.unwrap().iter().filter(|r| matches!(r.event, Event::Joined { .. })).count();
    assert_eq!((joined, letters_to(&small.house, "lead@twice.example").await), (1, 1));
    let twice_named = OrganisationFilter { find: "Twice".to_owned(), limit: 9, ..OrganisationFilter::default() };
    assert_eq!(small.house.db.organisations(&twice_named).await.unwrap().len(), 1);
    // A colleague.
    let fields = [("answers[email][]", "new@acme.example"), ("answers[roles][]", "developer")];
    twice(&small.lead.browser, "organisation/invite", &fields).await;
    assert_eq!(letters_to(&small.house, "new@acme.example").await, 1);
    let now = small.house.services.clock.now();
    assert_eq!(small.house.db.invitations(&small.lead.actor.organisation, now).await.unwrap().len(), 1);
}

/// A slip in an address: the older link dies with its correction, and with the part that is taken back.
#[tokio::test]
async fn a_corrected_invitation_and_a_part_that_is_taken_back_leave_no_link() {
    let mut small = Small::new().await;
    let journey = small.submitted().await;
    let reference = journey.to_string();
    small.lead.browser.submit("end-users/invite", &wanted(&reference, "Next Practice", "B81001", "mgr@nhs.ent")).await;
    confirm(&mut small.reviewer.browser, &small.house, &journey, "mgr@nhs.ent").await;
    let page = small.lead.browser.get(&format!("/journeys/{reference}/organisations")).await;
    assert!(page.body.contains("Nobody has joined yet. Invited: mgr@nhs.ent"), "the slip can be noticed: {}", page.body);
    let id = small.house.db.organisation_coded(Side::EndUser, "B81001").await.unwrap().unwrap().id.to_string();
    // Nobody takes the letter: whoever may see addresses reads which one.
    let now = small.house.services.clock.now();
    let lost = loop {
        let letter = small.house.db.next_letter(now, jiff::Timestamp::MAX).await.unwrap().expect("the invitation").letter;
        if letter.to == "mgr@nhs.ent" {
            break letter;
        }
    };
    let slip = path_in(&lost.body);
    small.house.db.letter_undelivered(&lost.id, Undelivered::NoAddress, "no such domain", now, None).await.unwrap();
    for browser in [&mut small.lead.browser, &mut small.reviewer.browser] {
        let page = browser.get(&format!("/journeys/{reference}/organisations")).await;
        assert!(page.body.contains("Could not be delivered to mgr@nhs.ent: this is not an address"), "{}", page.body);
    }
    // Only the programme invites again: it has confirmed whom.
    let again = [
        ("journey", reference.as_str()),
        ("organisation", &id),
        ("answers[email][]", "mgr@nhs.example"),
        ("answers[roles][]", "group_lead"),
    ];
    assert_eq!(small.lead.browser.submit("end-users/invite-again", &again).await.status, 404);
    let page = small.reviewer.browser.submit("end-users/invite-again", &again).await;
    assert_eq!(page.done().as_deref(), Some("mgr@nhs.example was invited"), "{}", page.body);
    let right = small.house.link_for("mgr@nhs.example").await;
    assert!(small.house.browser().get(&slip).await.body.contains("does not work any more"), "the correction ends it");
    assert!(!small.house.browser().get(&right).await.body.contains("does not work any more"));
    // Somebody else instead: again the newest link alone works.
    let instead = again.map(|(field, value)| (field, if value == "mgr@nhs.example" { "deputy@nhs.example" } else { value }));
    let page = small.reviewer.browser.submit("end-users/invite-again", &instead).await;
    assert_eq!(page.done().as_deref(), Some("deputy@nhs.example was invited"), "{}", page.body);
    assert!(small.house.browser().get(&right).await.body.contains("does not work any more"), "the newest one stands alone");
    let newest = small.house.link_for("deputy@nhs.example").await;
    let fields = [("journey", reference.as_str()), ("organisation", &id), ("reason", "A slip.")];
    let page = small.lead.browser.submit("end-users/take-back", &fields).await;
    assert_eq!(page.done().as_deref(), Some("The organisation has left"));
    for link in [&slip, &right, &newest] {
        let page = small.house.browser().get(link).await;
        assert!(page.body.contains("does not work any more"), "{}", page.body);
    }
}

/// Letters in the service's name: not without end, and not with a sender's own address in a name.
#[tokio::test]
async fn invitations_have_a_limit_and_names_are_names() {
    let mut small = Small::new().await;
    for number in 0..20 {
        let email = format!("stranger{number}@example.org");
        let page = small
            .lead
            .browser
            .submit("organisation/invite", &[("answers[email][]", &email), ("answers[roles][]", "developer")])
            .await;
        assert!(page.done().is_some(), "{number}: {}", page.body);
    }
    let page = small
        .lead
        .browser
        .submit("organisation/invite", &[("answers[email][]", "one.more@example.org"), ("answers[roles][]", "developer")])
        .await;
    assert!(
        page.body.contains("has invited as many people today as it may") && page.body.contains("one.more@example.org"),
        "{}",
        page.body
    );
    assert_eq!(letters_to(&small.house, "one.more@example.org").await, 0);
    small.house.clock.forward(25 * 3600);
    small.lead.browser.sign_in(&small.lead.email.clone()).await;
    let page = small
        .lead
        .browser
        .submit("organisation/invite", &[("answers[email][]", "one.more@example.org"), ("answers[roles][]", "developer")])
        .await;
    assert!(page.done().is_some(), "the next day: {}", page.body);
    let mut browser = small.house.browser();
    let name = "Visit https://evil.example/login to keep your NHS access";
    let fields = [
        ("answers[organisation][]", name),
        ("answers[name][]", "Mal Lory"),
        ("answers[email][]", "mal@evil.example"),
        ("password", PASSWORD),
        ("again", PASSWORD),
    ];
    let page = browser.submit("account/register", &fields).await;
    assert!(page.body.contains("Write the name without a web or email address"), "{}", page.body);
    let journey = small.submitted().await.to_string();
    let page = small.lead.browser.submit("end-users/invite", &wanted(&journey, name, "A20047", "x@example.org")).await;
    assert!(page.body.contains("Write the name without a web or email address"), "{}", page.body);
    for letter in small.house.letters().await {
        assert!(!letter.subject.contains("Acme Care"), "a name somebody typed is no subject: {}", letter.subject);
    }
}

/// Removed, invited again by nobody: an older link to the same address opens nothing.
#[tokio::test]
async fn a_removed_colleague_stays_out() {
    let mut small = Small::new().await;
    let fields = [("answers[email][]", "own@acme.example"), ("answers[roles][]", "onboarding_lead")];
    small.lead.browser.submit("organisation/invite", &fields).await;
    let first = small.house.link_for("own@acme.example").await;
    small.house.clock.forward(16 * 60);
    small.lead.browser.submit("organisation/invite", &fields).await;
    assert!(small.house.browser().get(&first).await.body.contains("does not work any more"), "one address, one link");
    let own = accept(&small.house, "own@acme.example").await;
    // A link that was written before they were removed, with other roles.
    small.house.clock.forward(16 * 60);
    let person = own.actor.person.to_string();
    let page = small.lead.browser.submit("organisation/set-roles", &[("person", &person), ("confirm", "yes")]).await;
    assert!(page.done().is_some_and(|says| says.contains("left the organisation")), "{}", page.body);
    let now = small.house.services.clock.now();
    assert!(small.house.db.invitations(&small.lead.actor.organisation, now).await.unwrap().is_empty());
}

/// Somebody without an organisation is told so, and can accept an invitation.
#[tokio::test]
async fn whoever_belongs_nowhere_can_come_back() {
    let mut small = Small::new().await;
    let mut claire = invite(&small.house, &mut small.lead, "claire@acme.example", Role::Developer).await;
    let person = claire.actor.person.to_string();
    small.lead.browser.submit("organisation/set-roles", &[("person", &person), ("confirm", "yes")]).await;
    let page = claire.browser.visit("/journeys").await;
    assert!(
        page.body.contains("You belong to no organisation here") && page.body.contains("claire@acme.example"),
        "{}",
        page.body
    );
    let page = claire.browser.visit("/account").await;
    assert!(page.body.contains("You belong to no organisation here"), "{}", page.body);
    small.house.clock.forward(16 * 60);
    let fields = [("answers[email][]", "claire@acme.example"), ("answers[roles][]", "signatory")];
    small.lead.browser.submit("organisation/invite", &fields).await;
    let link = small.house.link_for("claire@acme.example").await;
    // Signed out: sign in first, and come back to the invitation.
    let mut fresh = small.house.browser();
    let page = fresh.get(&link).await;
    assert!(page.body.contains("Sign in to accept"), "{}", page.body);
    let fields = [("email", "claire@acme.example"), ("password", PASSWORD), ("next", link.as_str())];
    let page = fresh.submit("account/sign-in", &fields).await;
    let token = page.hidden("token");
    let page = fresh.submit("account/accept-invitation", &[("token", &token)]).await;
    assert_eq!(page.done().as_deref(), Some("Welcome"), "{}", page.body);
    assert_eq!(fresh.get("/organisation").await.status, 200);
}

/// Opened while signed in as somebody else: both are named, and there is a way.
#[tokio::test]
async fn an_invitation_for_somebody_else_names_both() {
    let mut small = Small::new().await;
    let mut owen = invite(&small.house, &mut small.lead, "owen@acme.example", Role::Developer).await;
    let mut globex = register(&small.house, "Globex", "gus@globex.example").await;
    let mut links = Vec::new();
    for email in ["owen@acme.example", "nobody.yet@acme.example"] {
        globex.browser.submit("organisation/invite", &[("answers[email][]", email), ("answers[roles][]", "developer")]).await;
        let link = small.house.link_for(email).await;
        let page = small.lead.browser.get(&link).await;
        assert!(page.body.contains(email) && page.body.contains(&small.lead.email), "both are named: {}", page.body);
        assert!(page.body.contains("Sign out and continue"), "{}", page.body);
        // It swaps nobody: accepting does nothing while somebody else sits there.
        let token = link.rsplit('/').next().unwrap().to_owned();
        let fields = [("token", token.as_str()), ("answers[name][]", "No Body"), ("password", PASSWORD), ("again", PASSWORD)];
        small.lead.browser.submit("account/accept-invitation", &fields).await;
        assert!(small.lead.browser.get("/account").await.body.contains(&small.lead.email));
        let mut leaving = small.lead.browser.clone();
        let page = leaving.post("account/sign-out", &[("next", &link)]).await;
        assert_eq!(page.to(), link);
        let email = small.lead.email.clone();
        small.lead.browser.sign_in(&email).await;
        links.push(link);
    }
    // The right person, signed in, joins with one press.
    let token = owen.browser.get(&links[0]).await.hidden("token");
    let page = owen.browser.submit("account/accept-invitation", &[("token", &token)]).await;
    assert_eq!(page.done().as_deref(), Some("Welcome"), "{}", page.body);
}

/// Two colleagues change the same roles: the second is told, and nothing is overwritten unseen.
#[tokio::test]
async fn roles_are_changed_as_they_were_seen() {
    let mut small = Small::new().await;
    let bob = invite(&small.house, &mut small.lead, "bob@acme.example", Role::Developer).await;
    let person = bob.actor.person.to_string();
    let fields = [("person", person.as_str()), ("seen", "developer"), ("answers[roles][]", "signatory")];
    assert!(small.lead.browser.submit("organisation/set-roles", &fields).await.done().is_some());
    let fields = [("person", person.as_str()), ("seen", "developer"), ("answers[roles][]", "developer")];
    let page = small.lead.browser.submit("organisation/set-roles", &fields).await;
    assert!(page.body.contains("A colleague changed the roles of"), "{}", page.body);
    let now = small.house.db.members(&small.lead.actor.organisation).await.unwrap();
    assert_eq!(now.iter().find(|member| member.person == bob.actor.person).unwrap().roles, [Role::Signatory]);
}

/// A code that another supplier registered is not taken twice.
#[tokio::test]
async fn a_supplier_registers_no_code_that_another_has() {
    let small = Small::new().await;
    let register = async |name: &str, email: &str| {
        let fields = [
            ("answers[organisation][]", name),
            ("answers[ods_code][]", "YGX01"),
            ("answers[name][]", "Some Body"),
            ("answers[email][]", email),
            ("password", PASSWORD),
            ("again", PASSWORD),
        ];
        small.house.browser().submit("account/register", &fields).await
    };
    assert!(register("First Ltd", "one@first.example").await.body.contains("Check your email"));
    let page = register("Second Ltd", "two@second.example").await;
    assert!(page.body.contains("An organisation with this ODS code is registered"), "{}", page.body);
    assert!(page.body.contains("Second Ltd"), "what was typed is there");
    assert!(small.house.db.person_by_email("two@second.example").await.unwrap().is_none());
}

/// Whoever may not read a hazard log does not make it plain to read it.
#[tokio::test]
async fn a_hazard_log_is_lowered_by_its_readers_only_and_it_is_recorded() {
    let mut small = Small::new().await;
    // A SCAL is written before its gate is open.
    let journey = small.submitted().await;
    let reference = journey.to_string();
    let mut tom = invite(&small.house, &mut small.lead, "tom@acme.example", Role::Developer).await;
    let scal = journey_of(&small.house, &journey).await;
    let row = journey::catalogue::scal::rows(&scal.opening)[0];
    let subject = format!("row.{}", row.field);
    let words = [("journey", reference.as_str()), ("task", "submit-scal"), ("subject", &subject), ("version", "0")];
    let field = row.files();
    let sent = multipart_named(&format!("file[{field}][]"), "files/add", &words, &[("hazards.txt", b"SECRET HAZARD LOG")]);
    let answer = small.lead.browser.send(sent).await;
    small.lead.browser.follow(answer).await;
    let file = small.house.db.files(&journey, &task("submit-scal")).await.unwrap().remove(0).digest;
    let tell = |sort: &'static str| {
        let (journey, file) = (reference.clone(), file.to_string());
        vec![
            ("journey".to_owned(), journey),
            ("task".to_owned(), "submit-scal".to_owned()),
            ("file".to_owned(), file),
            ("answers[sort][]".to_owned(), sort.to_owned()),
            ("answers[product][]".to_owned(), "4.2".to_owned()),
            ("answers[environment][]".to_owned(), "internet".to_owned()),
            ("answers[effective][]".to_owned(), "1 3 2026".to_owned()),
        ]
    };
    let post = async |browser: &mut Browser, sort: &'static str| {
        let fields = tell(sort);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        browser.submit("scal/evidence", &fields).await
    };
    assert_eq!(post(&mut small.lead.browser, "hazard_log").await.done().as_deref(), Some("It is saved"));
    let path = format!("/files/{file}?journey={reference}&task=submit-scal");
    let read = async |browser: &Browser| browser.download(&path).await.0;
    assert_eq!(read(&tom.browser).await, 404);
    let page = post(&mut tom.browser, "plain").await;
    assert!(page.body.contains("You cannot do this in your role"), "{}", page.body);
    assert_eq!(read(&tom.browser).await, 404, "nothing was lowered");
    assert_eq!(post(&mut small.lead.browser, "plain").await.done().as_deref(), Some("It is saved"));
    assert_eq!(read(&tom.browser).await, 200);
    let history = small.house.db.history(&journey).await.unwrap();
    let changes = history.iter().filter(|recorded| matches!(recorded.event, Event::Reclassified { .. })).count();
    assert_eq!(changes, 2, "up and down are recorded");
    let page = small.lead.browser.get(&format!("/journeys/{reference}/history")).await;
    assert!(page.body.contains("Hazard log until then, Evidence from now on"), "{}", page.body);
}
