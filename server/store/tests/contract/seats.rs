//! Seats: a code is one organisation, a part waits until it is confirmed, an address has one link, and somebody always leads.

use journey::{
    base::{
        actor::{Role, Side},
        identity::Identity,
        ids::{JourneyRef, PartId},
    },
    ledger::event::Event,
    people::rules::{InvitationLimit, PeopleEvent},
    port::{
        Ledger, Letter, Link, LinkPurpose, Outbox as _, People, Undelivered, WriteError,
        seats::{Invited, OpenInvitation, OrganisationFilter, RolesRefused, SeatChange, Seats},
    },
};
use store::Db;

use crate::{
    accounts::verified,
    cast::{Walk, at, by, count, everybody, id, invitation, letter, member, organisation, person},
    support::House,
};

const PLENTY: InvitationLimit = InvitationLimit { of_organisation: 100, to_address: 100 };

fn willow() -> Identity {
    Identity { name: "Willow Lane Surgery".to_owned(), ods_code: "A21471".to_owned() }
}

fn part(name: &str) -> PartId {
    name.parse().unwrap()
}

fn asked(name: &str) -> (Event, SeatChange) {
    let event = Event::PartAsked { part: part(name), side: Side::EndUser, identity: willow() };
    let seat = SeatChange::Asked {
        part: part(name),
        email: "eve@example.org".to_owned(),
        roles: vec![Role::GroupLead, Role::AuthorisedPerson],
    };
    (event, seat)
}

fn given(organisation: &str, answers: &str) -> Event {
    Event::Joined {
        organisation: id(organisation),
        side: Some(Side::EndUser),
        identity: Some(willow()),
        part: Some(part(answers)),
    }
}

fn made(name: &str) -> SeatChange {
    SeatChange::Made(journey::port::Organisation {
        id: id(name),
        name: willow().name,
        ods_code: willow().ods_code,
        side: Side::EndUser,
    })
}

/// A link of an invitation that Grace of the programme made.
fn by_grace(name: &str, organisation: &str) -> Link {
    Link { by: Some(id("grace")), ..invitation(name, organisation, &[Role::GroupLead]) }
}

async fn opened(db: &Db, bits: u64) -> Walk {
    let (walk, batch) = Walk::open(bits, "Bedside 5", at(2));
    db.append(batch).await.unwrap();
    walk
}

pub async fn a_part_waits_with_whom_to_invite_until_it_is_answered(house: House) {
    let db = house.db.clone();
    everybody(&db).await;
    let mut walk = opened(&db, 1).await;
    let reference = walk.0.reference.clone();
    let (event, seat) = asked("first");
    let mut batch = walk.then(vec![event], Some(by("ada", "acme")), at(3));
    batch.seats.push(seat);
    db.append(batch).await.unwrap();
    let waiting = db.waiting_parts(None, 9).await.unwrap();
    assert_eq!((waiting.len(), &waiting[0].part, &waiting[0].journey), (1, &part("first"), &reference));
    let one = &waiting[0];
    assert_eq!((one.side, &one.identity, one.email.as_str(), one.at), (Side::EndUser, &willow(), "eve@example.org", at(3)));
    assert_eq!((one.product.as_str(), one.supplier.as_str()), ("Bedside 5", "acme & Söhne"));
    assert_eq!(one.by, (id("ada"), "Ada O'Neill".to_owned(), "ada@example.org".to_owned()));
    assert_eq!(db.waiting_parts_of(&reference).await.unwrap(), waiting);
    assert_eq!(db.waiting_parts_of(&JourneyRef::from_bits(9)).await.unwrap(), Vec::new());
    assert_eq!(db.waiting_parts(Some((one.at, one.part.clone())), 9).await.unwrap(), Vec::new());
    assert_eq!(db.seats_waiting().await.unwrap(), (1, 0));
    assert!(db.parties_of(&reference, at(3)).await.unwrap().is_empty(), "asked for is not given");

    // The programme confirms: the organisation, its part and its first invitation are one transaction.
    let link = by_grace("eve", "willow");
    let mut batch = walk.then(vec![given("willow", "first")], Some(by("grace", "programme")), at(4));
    batch.seats = vec![
        made("willow"),
        SeatChange::Answered { part: part("first") },
        SeatChange::Invited { link: Box::new(link.clone()), letter: of_link(&link) },
    ];
    db.append(batch).await.unwrap();
    assert_eq!(db.seats_waiting().await.unwrap(), (0, 0));
    let parties = db.parties_of(&reference, at(4)).await.unwrap();
    assert_eq!((parties.len(), parties[0].organisation.name.as_str(), parties[0].people), (1, "Willow Lane Surgery", 0));
    let mut invited = OpenInvitation {
        token: link.token.clone(),
        email: "eve@example.org".to_owned(),
        until: link.expires_at,
        undelivered: None,
    };
    assert_eq!(parties[0].invited, [invited.clone()]);
    invited.undelivered = Some(Undelivered::Refused);
    db.letter_undelivered(&of_link(&link).id, Undelivered::Refused, "550", at(4), None).await.unwrap();
    assert_eq!(db.parties_of(&reference, at(4)).await.unwrap()[0].invited, [invited]);
    assert_eq!(db.parties_of(&reference, at(86_401)).await.unwrap()[0].invited, Vec::new(), "it has expired");
    assert!(db.registered(&id("willow")).await.unwrap().unwrap().confirmed.is_some());
    assert!(verified(&db).await.contains(&PeopleEvent::Invited { organisation: id("willow"), roles: vec![Role::GroupLead] }));
    db.accept(&link.token, id("eve"), Some(person("eve", true)), at(5)).await.unwrap();
    let parties = db.parties_of(&reference, at(5)).await.unwrap();
    assert_eq!((parties[0].people, parties[0].invited.len()), (1, 0));

    // Whom to invite belongs to a request of the same batch.
    let mut stray =
        walk.then(vec![Event::PartDeclined { part: part("first"), reason: "No.".to_owned() }], Some(by("ada", "acme")), at(6));
    stray.seats.push(asked("another").1);
    assert!(matches!(db.append(stray).await, Err(WriteError::Conflict)));
}

pub async fn a_code_is_one_organisation_on_its_side(house: House) {
    let db = house.db.clone();
    everybody(&db).await;
    let mut walk = opened(&db, 1).await;
    let mut batch = walk.then(vec![given("willow", "none")], Some(by("grace", "programme")), at(4));
    batch.seats.push(made("willow"));
    db.append(batch).await.unwrap();
    // Two who confirm the same code at once: one organisation, and nothing of the second is written.
    let mut other = opened(&db, 2).await;
    let mut twin = other.then(vec![given("twin", "none")], Some(by("grace", "programme")), at(5));
    twin.seats.push(made("twin"));
    let events = count(&house.url, "events").await;
    assert!(matches!(db.append(twin).await, Err(WriteError::Conflict)));
    assert_eq!(count(&house.url, "events").await, events);
    let double = journey::port::Organisation { ods_code: "A21471".to_owned(), ..organisation("double", Side::EndUser) };
    assert!(matches!(db.add_organisation(double.clone(), at(5)).await, Err(WriteError::Conflict)));
    // On another side the same code is another part; without a code there is nothing to be one of.
    db.add_organisation(journey::port::Organisation { side: Side::Commissioner, ..double.clone() }, at(5)).await.unwrap();
    for name in ["nameless", "codeless"] {
        let none = journey::port::Organisation { id: id(name), ods_code: String::new(), ..double.clone() };
        db.add_organisation(none, at(5)).await.unwrap();
    }
    let wanted = db.set_details(&id("nameless"), &willow(), by("grace", "programme"), at(6)).await;
    assert!(matches!(wanted, Err(WriteError::Conflict)));
    assert_eq!(db.organisation(&id("nameless")).await.unwrap().unwrap().ods_code, "");
    assert_eq!(db.organisation_coded(Side::EndUser, "A21471").await.unwrap().unwrap().id, id("willow"));
}

pub async fn an_address_has_one_link_to_an_organisation(house: House) {
    let db = house.db.clone();
    everybody(&db).await;
    let link = |name: &str, roles: &[Role], when: i64| Link {
        by: Some(id("ada")),
        email: "eve@example.org".to_owned(),
        created_at: at(when),
        expires_at: at(when + 86_400),
        ..invitation(name, "acme", roles)
    };
    let first = link("first", &[Role::OnboardingLead], 0);
    assert_eq!(db.invite(first.clone(), letter("first"), PLENTY).await.unwrap(), Invited::Sent);
    let letters = count(&house.url, "outbox").await;
    // A second click, and twenty at once: one link, one letter.
    let again = link("again", &[Role::OnboardingLead], 60);
    assert_eq!(db.invite(again, letter("again"), PLENTY).await.unwrap(), Invited::Already(at(0)));
    let clicks: Vec<_> = (0..20)
        .map(|number| {
            let (db, name) = (db.clone(), format!("click{number}"));
            let link = Link { email: "hal@example.org".to_owned(), ..link(&name, &[Role::Developer], 61) };
            tokio::spawn(async move { db.invite(link, letter(&name), PLENTY).await.unwrap() })
        })
        .collect();
    let mut sent = 0;
    for click in clicks {
        sent += usize::from(click.await.unwrap() == Invited::Sent);
    }
    assert_eq!((sent, count(&house.url, "outbox").await), (1, letters + 1));
    // A correction replaces what it corrects: the older link with more roles is dead.
    let corrected = link("corrected", &[Role::Developer], 70);
    assert_eq!(db.invite(corrected.clone(), letter("corrected"), PLENTY).await.unwrap(), Invited::Sent);
    assert_eq!(db.link(&first.token, LinkPurpose::Invite, at(71)).await.unwrap(), None);
    assert!(db.link(&corrected.token, LinkPurpose::Invite, at(71)).await.unwrap().is_some());
    assert_eq!(db.invitations(&id("acme"), at(71)).await.unwrap().len(), 2);
    // After a while the same may be sent again.
    let later = link("later", &[Role::Developer], 70 + 16 * 60);
    assert_eq!(db.invite(later, letter("later"), PLENTY).await.unwrap(), Invited::Sent);
    // Of this organisation four were written today, to this address three.
    let one_more = |when| link("one more", &[Role::Signatory], when);
    let few = InvitationLimit { of_organisation: 4, to_address: 9 };
    assert_eq!(db.invite(one_more(1_200), letter("x"), few).await.unwrap(), Invited::TooManyOfOrganisation);
    let few = InvitationLimit { of_organisation: 9, to_address: 3 };
    assert_eq!(db.invite(one_more(1_200), letter("x"), few).await.unwrap(), Invited::TooManyToAddress);
    assert_eq!(db.invite(one_more(90_000), letter("tomorrow"), few).await.unwrap(), Invited::Sent);
}

pub async fn an_older_invitation_brings_nobody_back(house: House) {
    let db = house.db.clone();
    everybody(&db).await;
    member(&db, "acme", "lea", &[Role::OnboardingLead]).await;
    let link = |name: &str, email: &str, made_by: &str| Link {
        by: Some(id(made_by)),
        email: format!("{email}@example.org"),
        ..invitation(name, "acme", &[Role::OnboardingLead])
    };
    // Written by hand, as releases of before wrote them: two that work at once.
    let (one, two) = (link("one", "eve", "ada"), link("two", "eve", "ada"));
    for link in [&one, &two] {
        house.by_hand(&written_before(link)).await;
    }
    db.accept(&one.token, id("eve"), Some(person("eve", true)), at(5)).await.unwrap();
    assert_eq!(db.link(&two.token, LinkPurpose::Invite, at(6)).await.unwrap(), None, "the others end with the first");
    // Roles held already stay when another invitation is accepted.
    let more = Link { roles: vec![Role::Signatory], ..link("more", "eve", "ada") };
    db.add_link(more.clone(), letter("more")).await.unwrap();
    db.accept(&more.token, id("eve"), None, at(6)).await.unwrap();
    let eve = db.members(&id("acme")).await.unwrap().into_iter().find(|member| member.person == id("eve")).unwrap();
    assert_eq!(eve.roles, [Role::OnboardingLead, Role::Signatory]);
    // A lead who is removed: no link to their address works, and none that they made.
    let (back, friend) = (link("back", "lea", "ada"), link("friend", "private", "lea"));
    for link in [&back, &friend] {
        db.add_link(link.clone(), letter(&link.email)).await.unwrap();
    }
    db.set_roles(&id("acme"), &id("lea"), &[], None, by("ada", "acme"), at(8)).await.unwrap();
    for link in [&back, &friend] {
        assert_eq!(db.link(&link.token, LinkPurpose::Invite, at(9)).await.unwrap(), None, "{}", link.email);
        assert!(matches!(db.accept(&link.token, id("lea"), None, at(9)).await, Err(WriteError::Conflict)));
    }
}

/// An invitation as it was written before addresses had one link.
fn written_before(link: &Link) -> String {
    format!(
        "INSERT INTO links (token, purpose, person, organisation, email, roles, made_by, created_us, expires_us, used_us) \
         VALUES ('{}', 'invite', NULL, 'acme', '{}', 'onboarding_lead', 'ada', {}, {}, NULL)",
        link.token,
        link.email,
        link.created_at.as_microsecond(),
        link.expires_at.as_microsecond()
    )
}

pub async fn invitations_from_outside_end_when_somebody_of_it_has_come(house: House) {
    let db = house.db.clone();
    everybody(&db).await;
    db.add_organisation(organisation("willow", Side::EndUser), at(0)).await.unwrap();
    let (right, slip) = (by_grace("right", "willow"), by_grace("slip", "willow"));
    for link in [&right, &slip] {
        db.add_link(link.clone(), letter(&link.email)).await.unwrap();
    }
    db.accept(&right.token, id("eve"), Some(person("eve", true)), at(5)).await.unwrap();
    assert_eq!(db.link(&slip.token, LinkPurpose::Invite, at(6)).await.unwrap(), None);
    // Its own lead invites whom she likes, and those wait beside each other.
    let own = |name: &str| Link { by: Some(id("eve")), ..invitation(name, "willow", &[Role::AuthorisedPerson]) };
    for name in ["ann", "ben"] {
        db.add_link(own(name), letter(name)).await.unwrap();
    }
    db.accept(&own("ann").token, id("ann"), Some(person("ann", true)), at(7)).await.unwrap();
    assert!(db.link(&own("ben").token, LinkPurpose::Invite, at(8)).await.unwrap().is_some());
}

pub async fn a_part_that_is_taken_back_takes_its_invitation_along(house: House) {
    let db = house.db.clone();
    everybody(&db).await;
    let (mut walk, mut other) = (opened(&db, 1).await, opened(&db, 2).await);
    let (link, twin) = (by_grace("eve", "willow"), by_grace("twin", "willow"));
    for (walk, seats) in [
        (&mut walk, vec![made("willow"), SeatChange::Invited { link: Box::new(link.clone()), letter: letter("eve") }]),
        (&mut other, vec![SeatChange::Invited { link: Box::new(twin.clone()), letter: letter("twin") }]),
    ] {
        let mut batch = walk.then(vec![given("willow", "none")], Some(by("grace", "programme")), at(4));
        batch.seats = seats;
        db.append(batch).await.unwrap();
    }
    let leave = |walk: &mut Walk, when: i64| {
        let event = Event::Left { organisation: id("willow"), reason: "A slip.".to_owned() };
        let mut batch = walk.then(vec![event], Some(by("ada", "acme")), at(when));
        batch.seats.push(SeatChange::Left { organisation: id("willow") });
        batch
    };
    db.append(leave(&mut walk, 5)).await.unwrap();
    assert!(db.link(&link.token, LinkPurpose::Invite, at(6)).await.unwrap().is_some(), "another journey gave it a part too");
    db.append(leave(&mut other, 7)).await.unwrap();
    for link in [&link, &twin] {
        assert_eq!(db.link(&link.token, LinkPurpose::Invite, at(8)).await.unwrap(), None);
    }
}

pub async fn two_leads_who_demote_each_other_leave_one(house: House) {
    let db = house.db.clone();
    everybody(&db).await;
    member(&db, "acme", "lea", &[Role::OnboardingLead]).await;
    for round in 0..10 {
        let demote = |who: &str, by_whom: &str| {
            let (db, who, by_whom) = (db.clone(), id(who), by(by_whom, "acme"));
            tokio::spawn(async move { db.set_roles(&id("acme"), &who, &[Role::Developer], None, by_whom, at(10 + round)).await })
        };
        let (one, two) = (demote("ada", "lea"), demote("lea", "ada"));
        let done = [one.await.unwrap(), two.await.unwrap()];
        assert_eq!(done.iter().filter(|done| done.is_ok()).count(), 1, "{done:?}");
        let members = db.members(&id("acme")).await.unwrap();
        let leads: Vec<_> = members.iter().filter(|member| member.roles.contains(&Role::OnboardingLead)).collect();
        assert_eq!(leads.len(), 1, "somebody leads");
        let (lead, other) = (leads[0].person.clone(), if leads[0].person == id("ada") { "lea" } else { "ada" });
        let by = by(lead.as_str(), "acme");
        db.set_roles(&id("acme"), &id(other), &[Role::OnboardingLead], None, by, at(10 + round)).await.unwrap();
    }
    verified(&db).await;
}

pub async fn roles_change_as_they_were_seen_by_whoever_may(house: House) {
    let db = house.db.clone();
    everybody(&db).await;
    let change = async |who: &str, roles: &[Role], seen: Option<&[Role]>, by_whom: &str| {
        db.set_roles(&id("acme"), &id(who), roles, seen, by(by_whom, "acme"), at(9)).await
    };
    let both = [Role::Developer, Role::Signatory];
    change("bob", &both, Some(&[Role::Developer]), "ada").await.unwrap();
    let stale = change("bob", &[Role::Developer], Some(&[Role::Developer]), "ada").await;
    assert!(matches!(stale, Err(RolesRefused::ChangedSince)), "{stale:?}");
    change("bob", &[Role::Developer], Some(&[Role::Signatory, Role::Developer]), "ada").await.unwrap();
    assert!(matches!(change("ada", &[], None, "bob").await, Err(RolesRefused::NotAKeeper)));
    assert!(matches!(change("ada", &[Role::Developer], None, "ada").await, Err(RolesRefused::LeavesNobody)));
    assert!(matches!(change("nobody", &both, None, "ada").await, Err(RolesRefused::ChangedSince)));
    assert_eq!(db.members(&id("acme")).await.unwrap().len(), 2);
    // Everybody may leave, but the last who looks after its people.
    assert!(matches!(change("ada", &[], None, "ada").await, Err(RolesRefused::LeavesNobody)));
    change("bob", &[], None, "bob").await.unwrap();
    assert!(matches!(change("bob", &[], None, "bob").await, Err(RolesRefused::ChangedSince)));
    assert_eq!(db.members(&id("acme")).await.unwrap().len(), 1);
}

pub async fn the_programme_confirms_who_an_organisation_is(house: House) {
    let db = house.db.clone();
    everybody(&db).await;
    let acme = || async { db.registered(&id("acme")).await.unwrap().unwrap() };
    let before = acme().await;
    assert_eq!((before.confirmed, before.people, before.asked), (None, 2, None));
    assert_eq!(db.registered(&id("nobody")).await.unwrap(), None);
    let told = verified(&db).await.len();
    let wanted = Identity { name: "Ährenfeld Systems".to_owned(), ods_code: "YGA01".to_owned() };
    db.ask_details(&id("acme"), &willow(), by("ada", "acme"), at(3)).await.unwrap();
    db.ask_details(&id("acme"), &wanted, by("ada", "acme"), at(4)).await.unwrap();
    let asked = acme().await.asked.unwrap();
    assert_eq!((asked.identity, asked.by.as_str(), asked.at), (wanted.clone(), "Ada O'Neill", at(4)));
    assert_eq!(db.organisation(&id("acme")).await.unwrap().unwrap().name, "acme & Söhne", "asked for is not changed");
    assert_eq!(db.seats_waiting().await.unwrap(), (0, 1));
    db.decline_details(&id("acme"), "Not in the register.", by("grace", "programme"), at(5)).await.unwrap();
    db.decline_details(&id("acme"), "Twice.", by("grace", "programme"), at(5)).await.unwrap();
    assert_eq!(acme().await.asked, None);
    db.ask_details(&id("acme"), &wanted, by("ada", "acme"), at(6)).await.unwrap();
    db.set_details(&id("acme"), &wanted, by("grace", "programme"), at(7)).await.unwrap();
    let after = acme().await;
    assert_eq!((after.organisation.identity(), after.confirmed, after.asked), (wanted.clone(), Some(at(7)), None));
    let events: Vec<PeopleEvent> = verified(&db).await.split_off(told);
    let tags: Vec<&str> = events
        .iter()
        .map(|event| match event {
            PeopleEvent::DetailsAsked { .. } => "asked",
            PeopleEvent::DetailsDeclined { .. } => "declined",
            PeopleEvent::DetailsChanged { .. } => "changed",
            _ => "else",
        })
        .collect();
    assert_eq!(tags, ["asked", "asked", "declined", "asked", "changed"]);
    // The list: by name, by a part of it, by code, by what waits, page by page.
    let list = |find: &str, asked: bool, after: Option<(String, journey::base::ids::OrganisationId)>, limit: u32| {
        let filter = OrganisationFilter { find: find.to_owned(), asked, after, limit };
        let db = db.clone();
        async move {
            let found = db.organisations(&filter).await.unwrap();
            found
                .into_iter()
                .map(|line| (journey::base::fold::folded(&line.organisation.name), line.organisation.id))
                .collect::<Vec<_>>()
        }
    };
    let all = list("", false, None, 9).await;
    assert_eq!(all.len(), 2);
    assert_eq!(list("ÄHREN", false, None, 9).await[0].1, id("acme"));
    assert_eq!(list("yga0", false, None, 9).await[0].1, id("acme"));
    assert_eq!(list("100%", false, None, 9).await, []);
    assert_eq!(list("", true, None, 9).await, []);
    assert_eq!(list("", false, None, 1).await, all[..1]);
    assert_eq!(list("", false, Some(all[0].clone()), 9).await, all[1..]);
}

/// The letter with a link, under the id that ties them together.
fn of_link(link: &Link) -> Letter {
    Letter { id: format!("invite-{}", link.token), ..letter("eve") }
}
