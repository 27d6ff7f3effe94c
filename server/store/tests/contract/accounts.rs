//! Accounts: one address, one person; and a stream that tells of every change.

use journey::{
    base::{
        actor::{Role, Side},
        identity::Identity,
        ids::Seq,
    },
    ledger::event::Recorded,
    people::rules::PeopleEvent,
    port::{Drafts, InHand, Ledger, LinkPurpose, Membership, Outbox, People, Person, SignIns, WriteError, seats::Seats},
    rule::draft::Draft,
};
use store::Db;

use crate::{
    cast::{
        Walk, at, by, count, everybody, id, invitation, letter, link, member, organisation, person, submitted, supplier, token,
    },
    support::House,
};

/// The whole stream of accounts, each link verified from the root.
pub async fn verified(db: &Db) -> Vec<PeopleEvent> {
    let mut told: Vec<Recorded<PeopleEvent>> = Vec::new();
    loop {
        let after = told.last().map_or(Seq(0), |last| last.seq);
        let more = db.people_events(after, 7).await.unwrap();
        if more.is_empty() {
            return told.into_iter().map(|recorded| recorded.event).collect();
        }
        for recorded in more {
            let last = told.last().map(|last| (last.seq, &last.digest));
            assert!(recorded.follows("people", last), "{:?} does not follow", recorded.seq);
            told.push(recorded);
        }
    }
}

pub async fn an_organisation_registers_with_its_first_person(house: House) {
    let db = house.db;
    supplier(&db, "acme", "ada").await;
    assert_eq!(db.person(&id("ada")).await.unwrap(), Some(person("ada", false)));
    assert_eq!(db.person_by_email("ada@example.org").await.unwrap(), Some(person("ada", false)));
    assert_eq!(db.person(&id("nobody")).await.unwrap(), None);
    for unknown in ["ADA@example.org", "nobody@example.org", "", "'", "ada@example.org\0"] {
        assert_eq!(db.person_by_email(unknown).await.unwrap(), None, "{unknown:?}");
    }
    let place =
        Membership { organisation: organisation("acme", Side::Supplier), roles: vec![Role::OnboardingLead, Role::Developer] };
    assert_eq!(db.memberships(&id("ada")).await.unwrap(), std::slice::from_ref(&place));
    assert_eq!(db.account(&id("ada")).await.unwrap(), Some((person("ada", false), vec![place], 0)));
    assert_eq!(db.account(&id("nobody")).await.unwrap(), None);
    assert!(db.link(&token("confirm ada"), LinkPurpose::Confirm, at(1)).await.unwrap().is_some());
    assert_eq!(db.next_letter(at(0), at(9)).await.unwrap().unwrap().letter, letter("confirm-ada"));
    assert_eq!(verified(&db).await, [PeopleEvent::Registered { person: id("ada"), organisation: id("acme") }]);
}

pub async fn an_address_that_is_taken_is_refused_and_nothing_is_half_written(house: House) {
    let db = house.db;
    supplier(&db, "acme", "ada").await;
    let tables = ["organisations", "people", "memberships", "links", "outbox", "events"];
    let mut before = Vec::new();
    for table in tables {
        before.push(count(&house.url, table).await);
    }
    let again = Person { id: id("eve"), ..person("ada", false) };
    let confirm = journey::port::Link { person: Some(id("eve")), ..link("eve", LinkPurpose::Confirm) };
    let taken = db.register(organisation("evil", Side::Supplier), again, vec![Role::Developer], confirm, letter("eve")).await;
    assert!(matches!(taken, Err(WriteError::Conflict)));
    for (table, before) in tables.into_iter().zip(before) {
        assert_eq!(count(&house.url, table).await, before, "{table}");
    }
}

pub async fn of_ten_registrations_of_an_address_one_wins(house: House) {
    let db = house.db;
    let registrations: Vec<_> = (0..10)
        .map(|number| {
            let db = db.clone();
            tokio::spawn(async move {
                let name = format!("eve{number}");
                let person = Person { email: "ada@example.org".into(), ..person(&name, false) };
                let confirm = journey::port::Link { person: Some(person.id.clone()), ..link(&name, LinkPurpose::Confirm) };
                let house = organisation(&format!("house{number}"), Side::Supplier);
                db.register(house, person, vec![Role::OnboardingLead], confirm, letter(&name)).await
            })
        })
        .collect();
    let mut won = 0;
    for registration in registrations {
        match registration.await.unwrap() {
            Ok(()) => won += 1,
            Err(WriteError::Conflict) => {}
            Err(WriteError::Store(error)) => panic!("{error}"),
        }
    }
    assert_eq!(won, 1);
    assert_eq!((count(&house.url, "people").await, count(&house.url, "organisations").await), (1, 1));
    assert_eq!(verified(&db).await.len(), 1);
}

pub async fn organisations_are_found_by_id_and_by_name(house: House) {
    let db = house.db;
    let (supplier, programme) = (organisation("same", Side::Supplier), organisation("programme", Side::Programme));
    db.add_organisation(supplier.clone(), at(0)).await.unwrap();
    db.add_organisation(programme.clone(), at(0)).await.unwrap();
    for side in [Side::EndUser, Side::Commissioner, Side::Operator] {
        let other = organisation(side.name(), side);
        db.add_organisation(other.clone(), at(0)).await.unwrap();
        assert_eq!(db.organisation(&other.id).await.unwrap(), Some(other));
    }
    assert_eq!(db.organisation(&id("same")).await.unwrap(), Some(supplier.clone()));
    assert_eq!(db.organisation(&id("nobody")).await.unwrap(), None);
    assert_eq!(db.organisation_coded(Side::Supplier, &supplier.ods_code).await.unwrap(), Some(supplier.clone()));
    assert_eq!(db.organisation_coded(Side::Commissioner, "no such code").await.unwrap(), None);
    assert_eq!(db.organisation_named(Side::Supplier, "same & Söhne").await.unwrap(), Some(supplier));
    assert_eq!(db.organisation_named(Side::Programme, "programme & Söhne").await.unwrap(), Some(programme));
    assert_eq!(db.organisation_named(Side::Programme, "same & Söhne").await.unwrap(), None);
    assert_eq!(db.organisation_named(Side::Supplier, "\0").await.unwrap(), None);
}

pub async fn what_a_member_has_in_hand_is_counted_where_they_belong(house: House) {
    let db = house.db;
    everybody(&db).await;
    let (mut walk, opened) = Walk::open(1, "Patient view", at(0));
    let reference = walk.0.reference.clone();
    db.append(opened).await.unwrap();
    db.append(walk.then(vec![submitted("contact-gp-connect-team", 1)], Some(by("ada", "acme")), at(1))).await.unwrap();
    for (row, assignee) in [("a", "ada"), ("b", "ada"), ("c", "bob"), ("d", "")] {
        let body = if assignee.is_empty() { "{}".to_owned() } else { format!("{{\"assignee\":[\"{assignee}\"]}}") };
        let draft = Draft {
            task: id("submit-scal"),
            subject: format!("row.{row}"),
            version: 0,
            body,
            by: id("bob"),
            at: at(2),
            sent: false,
        };
        db.save_draft(&reference, draft, 0).await.unwrap();
    }
    db.claim(&reference, &id("contact-gp-connect-team"), Role::ProgrammeLead, &id("grace"), at(3)).await.unwrap();
    let of = async |organisation: &str, person: &str| db.in_hand(&id(organisation), &id(person)).await.unwrap();
    assert_eq!(of("acme", "ada").await, InHand { rows: 2, claims: 0 });
    assert_eq!(of("acme", "bob").await, InHand { rows: 1, claims: 0 });
    assert_eq!(of("programme", "grace").await, InHand { rows: 0, claims: 1 });
    assert_eq!(of("programme", "ada").await, InHand::default(), "of another organisation");
    assert_eq!(of("acme", "grace").await, InHand::default());
}

pub async fn members_stand_by_name_and_memberships_by_age(house: House) {
    let db = house.db;
    everybody(&db).await;
    let said = ["Émile", "eve", "Zoë", "adam", "Ælfric"];
    for (number, name) in said.into_iter().enumerate() {
        let key = format!("p{number}");
        let invite = invitation(&key, "acme", &[Role::Developer]);
        db.add_link(invite.clone(), letter(&key)).await.unwrap();
        db.accept(&invite.token, id(&key), Some(Person { name: name.into(), ..person(&key, true) }), at(5)).await.unwrap();
    }
    let members = db.members(&id("acme")).await.unwrap();
    let names: Vec<&str> = members.iter().map(|member| member.name.as_str()).collect();
    // Folded, then by code points: the same on every database, and accents beside their letters.
    assert_eq!(names, ["Ada O'Neill", "adam", "Ælfric", "Bob O'Neill", "Émile", "eve", "Zoë"]);
    assert_eq!((members[0].email.as_str(), members[0].since), ("ada@example.org", at(0)));
    assert_eq!(members[0].roles, [Role::OnboardingLead, Role::Developer]);
    assert_eq!(db.members(&id("nobody")).await.unwrap(), Vec::new());

    member(&db, "programme", "bob", &[Role::ServiceManagement]).await;
    let places = db.memberships(&id("bob")).await.unwrap();
    let places: Vec<_> = places.iter().map(|place| (place.organisation.id.as_str(), place.roles.as_slice())).collect();
    assert_eq!(places, [("acme", [Role::Developer].as_slice()), ("programme", &[Role::ServiceManagement])]);
    assert_eq!(db.memberships(&id("nobody")).await.unwrap(), Vec::new());
    // What a request asks in one statement is what the two tell apart.
    let told = (db.person(&id("bob")).await.unwrap().unwrap(), db.memberships(&id("bob")).await.unwrap(), 0);
    assert_eq!(db.account(&id("bob")).await.unwrap(), Some(told));
    // Somebody who was taken out everywhere is still somebody.
    db.set_roles(&id("acme"), &id("p1"), &[], None, by("ada", "acme"), at(6)).await.unwrap();
    assert_eq!(db.memberships(&id("p1")).await.unwrap(), Vec::new());
    let alone = db.person(&id("p1")).await.unwrap().unwrap();
    assert_eq!(db.account(&id("p1")).await.unwrap(), Some((alone, Vec::new(), 0)));
}

pub async fn letters_go_to_confirmed_people_with_the_role(house: House) {
    let db = house.db;
    everybody(&db).await;
    let to = |name: &str| (id(name), format!("{name}@example.org"));
    let leads = [Role::OnboardingLead, Role::Developer];
    assert_eq!(db.addresses(Some(&[id("acme")]), &leads).await.unwrap(), [to("bob")], "Ada has not confirmed her address");
    db.confirm(&token("confirm ada"), at(1)).await.unwrap();
    assert_eq!(db.addresses(Some(&[id("acme")]), &leads).await.unwrap(), [to("ada"), to("bob")]);
    assert_eq!(db.addresses(Some(&[id("acme")]), &[Role::Signatory]).await.unwrap(), Vec::new());
    assert_eq!(db.addresses(Some(&[id("acme")]), &[]).await.unwrap(), Vec::new());

    let teams = [Role::ProgrammeLead, Role::ClinicalSafety, Role::FunctionalAssurance];
    assert_eq!(db.addresses(None, &teams).await.unwrap(), [to("grace"), to("hal")]);
    assert_eq!(db.addresses(None, &leads).await.unwrap(), Vec::new(), "only the programme is asked when no organisation is");
    // Nobody is asked of no organisation, and each person once of several.
    assert_eq!(db.addresses(Some(&[]), &leads).await.unwrap(), Vec::new());
    crate::cast::supplier(&db, "beta", "bea").await;
    member(&db, "beta", "bob", &[Role::Developer]).await;
    assert_eq!(db.addresses(Some(&[id("beta"), id("acme")]), &leads).await.unwrap(), [to("ada"), to("bob")]);
    // Who works in two teams still gets one letter.
    db.add_organisation(organisation("region", Side::Programme), at(0)).await.unwrap();
    member(&db, "region", "grace", &[Role::ProgrammeLead]).await;
    assert_eq!(db.addresses(None, &teams).await.unwrap(), [to("grace"), to("hal")]);
}

/// However many work for the programme, the one with the role is told.
pub async fn nobody_is_left_out_because_the_programme_is_large(house: House) {
    everybody(&house.db).await;
    house
        .by_hand(
            "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 599) INSERT INTO people
                 SELECT 'a' || i, 'a' || i || '@example.org', 'A ' || i, '', 0, 0 FROM n;
             WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 599) INSERT INTO memberships
                 SELECT 'a' || i, 'programme', 'service_management', 0 FROM n;",
        )
        .await;
    let leads = house.db.addresses(None, &[Role::ProgrammeLead]).await.unwrap();
    assert_eq!(leads, [(id("grace"), "grace@example.org".to_owned())]);
    assert_eq!(house.db.addresses(None, &[Role::ServiceManagement]).await.unwrap().len(), 600);
}

pub async fn details_are_corrected_and_found_by_the_new_name(house: House) {
    let db = house.db;
    everybody(&db).await;
    let before = verified(&db).await.len();
    let now = Identity { name: "Ährenfeld Systems".to_owned(), ods_code: "YGA01".to_owned() };
    db.set_details(&id("acme"), &now, by("grace", "programme"), at(7)).await.unwrap();
    let acme = db.organisation(&id("acme")).await.unwrap().unwrap();
    assert_eq!((acme.name.as_str(), acme.ods_code.as_str()), ("Ährenfeld Systems", "YGA01"));
    assert!(db.organisation_named(Side::Supplier, "Ährenfeld Systems").await.unwrap().is_some());
    assert_eq!(verified(&db).await[before..], [PeopleEvent::DetailsChanged { organisation: id("acme"), identity: Some(now) }]);
}

pub async fn roles_change_and_end(house: House) {
    let db = house.db;
    everybody(&db).await;
    let before = verified(&db).await.len();
    db.set_roles(&id("acme"), &id("bob"), &[Role::Signatory, Role::Developer], None, by("ada", "acme"), at(7)).await.unwrap();
    let bob = db.members(&id("acme")).await.unwrap().into_iter().find(|member| member.person == id("bob")).unwrap();
    assert_eq!((bob.roles, bob.since), (vec![Role::Signatory, Role::Developer], at(1)));
    db.set_roles(&id("acme"), &id("bob"), &[], None, by("ada", "acme"), at(8)).await.unwrap();
    assert_eq!(db.memberships(&id("bob")).await.unwrap(), Vec::new());
    assert!(db.person(&id("bob")).await.unwrap().is_some(), "the account stays");
    let told = verified(&db).await;
    let roles = vec![Role::Signatory, Role::Developer];
    let wanted = [
        PeopleEvent::RolesChanged { person: id("bob"), organisation: id("acme"), roles },
        PeopleEvent::Removed { person: id("bob"), organisation: id("acme") },
    ];
    assert_eq!(told[before..], wanted);
    let last = db.people_events(Seq(u64::try_from(told.len()).unwrap() - 1), 9).await.unwrap();
    assert_eq!((last[0].by.clone(), last[0].at), (Some(by("ada", "acme")), at(8)));
}

pub async fn the_stream_of_accounts_stays_unbroken_when_twenty_write_at_once(house: House) {
    let db = house.db;
    everybody(&db).await;
    let before = verified(&db).await.len();
    let writers: Vec<_> = (0..40)
        .map(|number| {
            let db = db.clone();
            tokio::spawn(async move {
                if number % 2 == 0 {
                    // Two people in turn, each named in both orders, so that row locks meet as well.
                    let who = id(if number % 4 == 0 { "ada" } else { "bob" });
                    db.set_roles(&id("acme"), &who, &[Role::OnboardingLead], None, by("ada", "acme"), at(number)).await.unwrap();
                } else {
                    let name = format!("guest{number}");
                    db.add_link(invitation(&name, "acme", &[Role::Developer]), letter(&name)).await.unwrap();
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!(verified(&db).await.len(), before + 40);
    assert_eq!(db.invitations(&id("acme"), at(1)).await.unwrap().len(), 20);
}

pub async fn tries_are_counted_and_forgiven(house: House) {
    let db = house.db;
    for (bucket, second, since, wanted) in
        [("a", 0, -10, 1), ("a", 1, -9, 2), ("b", 1, -9, 1), ("a", 5, 1, 2), ("a", 5, 1, 3), ("a", 50, 40, 1), ("\0'", 0, 0, 1)]
    {
        assert_eq!(db.attempt(bucket, at(second), at(since)).await.unwrap(), wanted, "{bucket} at {second}");
    }
    // Two tries at the same moment: one of them was right.
    assert_eq!(db.attempt("a", at(50), at(40)).await.unwrap(), 2);
    db.take_back("a", at(50)).await.unwrap();
    db.take_back("a", at(49)).await.unwrap();
    db.take_back("nobody", at(50)).await.unwrap();
    assert_eq!(db.attempt("a", at(51), at(40)).await.unwrap(), 2);
    db.forgive("a").await.unwrap();
    db.forgive("nobody").await.unwrap();
    assert_eq!(db.attempt("a", at(51), at(40)).await.unwrap(), 1);
    assert_eq!(db.attempt("b", at(51), at(0)).await.unwrap(), 2);
}

/// Guessing in parallel must not be cheaper than guessing in a row.
pub async fn tries_at_once_are_all_counted(house: House) {
    let db = house.db;
    let tries: Vec<_> = (0..20)
        .map(|_| {
            let db = db.clone();
            tokio::spawn(async move { db.attempt("ada@example.org", at(0), at(-1)).await.unwrap() })
        })
        .collect();
    let mut counts = Vec::new();
    for one in tries {
        counts.push(one.await.unwrap());
    }
    for limit in 1..=20u32 {
        let passed = counts.iter().filter(|count| **count <= limit).count();
        assert!(passed <= limit as usize, "{passed} of 20 saw at most {limit}: {counts:?}");
    }
}
