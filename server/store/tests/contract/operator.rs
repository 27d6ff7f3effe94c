//! What operators do for accounts and organisations, and the audit of it.

use journey::{
    base::{
        actor::{Role, Side},
        ids::{OrganisationId, PersonId},
    },
    ledger::event::By,
    people::{operators::MergeRefusal, rules::PeopleEvent},
    port::{
        Ledger as _, LinkPurpose, Organisation, Outbox as _, People as _, SignIns as _,
        accounts::{Accounts as _, AccountsRefused, PeopleFilter},
        audit::{Act, Audit as _, AuditFilter, AuditKind, AuditLine, Entry, Noted},
        seats::{OrganisationFilter, RolesRefused, Seats as _},
    },
};
use store::Db;

use crate::{
    accounts::verified,
    cast::{Walk, at, by, everybody, id, invitation, letter, link, member, organisation, supplier, token},
    support::House,
};

/// Everybody, and Olive, who operates the service; Oscar may as well.
async fn with_operators(db: &Db) {
    everybody(db).await;
    db.add_organisation(organisation("host", Side::Operator), at(0)).await.unwrap();
    member(db, "host", "olive", &[Role::Operator]).await;
}

fn olive() -> By {
    by("olive", "host")
}

fn find(text: &str, after: &str, limit: u32) -> PeopleFilter {
    PeopleFilter { find: text.to_owned(), after: after.to_owned(), limit, ..PeopleFilter::default() }
}

async fn found(db: &Db, text: &str) -> Vec<String> {
    db.find_people(&find(text, "", 50)).await.unwrap().into_iter().map(|line| line.person.to_string()).collect()
}

async fn lock(db: &Db, who: &str, who_by: By) -> Result<(), AccountsRefused> {
    db.lock(&id(who), "Lost their laptop.", who_by, at(10), letter(&format!("locked-{who}"))).await
}

pub async fn people_are_found_by_name_address_organisation_and_code(house: House) {
    let db = house.db;
    with_operators(&db).await;
    assert_eq!(found(&db, "").await, ["ada", "bob", "grace", "hal", "olive"], "by address");
    assert_eq!(found(&db, "aDa").await, ["ada"]);
    assert_eq!(found(&db, "bob@EXAMPLE").await, ["bob"]);
    assert_eq!(found(&db, "acme & SÖHNE").await, ["ada", "bob"], "by the name of the organisation");
    assert_eq!(found(&db, "programme").await, ["grace", "hal"], "by its code");
    assert_eq!(found(&db, "%").await, Vec::<String>::new());
    // Every one is on exactly one page.
    let mut after = String::new();
    let mut seen = Vec::new();
    loop {
        let page = db.find_people(&find("", &after, 2)).await.unwrap();
        let Some(last) = page.last() else { break };
        after.clone_from(&last.email);
        seen.extend(page.into_iter().map(|line| line.person.to_string()));
    }
    assert_eq!(seen, ["ada", "bob", "grace", "hal", "olive"]);
    let ada = &db.find_people(&find("ada", "", 1)).await.unwrap()[0];
    assert_eq!((ada.organisation.as_str(), ada.organisations), ("acme & Söhne", 1));
    assert!(!ada.confirmed && !ada.locked);
    let file = db.account_file(&id("hal")).await.unwrap().unwrap();
    assert_eq!((file.person.name.as_str(), file.created, file.lock), ("Hal O'Neill", at(1), None));
    assert_eq!(file.places[0].roles, [Role::FunctionalAssurance, Role::ClinicalSafety]);
    assert_eq!(db.account_file(&id("nobody")).await.unwrap(), None);
    let mut names = db.names_of(&[id("ada"), id("nobody")], &[id("acme")]).await.unwrap();
    names.sort();
    assert_eq!(names, [("acme".to_owned(), "acme & Söhne".to_owned()), ("ada".to_owned(), "Ada O'Neill".to_owned())]);
}

pub async fn an_account_is_locked_and_unlocked_and_the_last_is_protected(house: House) {
    let db = house.db;
    with_operators(&db).await;
    // Nobody locks themselves, nor the last operator, nor the last who can invite; and nobody but an operator locks.
    assert!(matches!(lock(&db, "olive", olive()).await, Err(AccountsRefused::Oneself)));
    assert!(matches!(lock(&db, "bob", by("ada", "acme")).await, Err(AccountsRefused::NotAnOperator)));
    assert!(matches!(lock(&db, "bob", by("olive", "acme")).await, Err(AccountsRefused::NotAnOperator)));
    match lock(&db, "grace", olive()).await {
        Err(AccountsRefused::LastKeeper(names)) => assert_eq!(names, ["programme & Söhne"]),
        other => panic!("{other:?}"),
    }
    assert_eq!(found(&db, "").await.len(), 5);
    let locked = PeopleFilter { locked: true, limit: 9, ..PeopleFilter::default() };
    assert!(db.find_people(&locked).await.unwrap().is_empty());

    assert!(db.can_lock(&id("hal"), &olive()).await.is_ok());
    lock(&db, "hal", olive()).await.unwrap();
    assert!(db.person(&id("hal")).await.unwrap().unwrap().locked);
    assert!(db.person_by_email("hal@example.org").await.unwrap().unwrap().locked);
    assert!(db.account(&id("hal")).await.unwrap().unwrap().0.locked);
    let file = db.account_file(&id("hal")).await.unwrap().unwrap().lock.unwrap();
    assert_eq!((file.reason.as_str(), file.by.as_str(), file.at), ("Lost their laptop.", "Olive O'Neill", at(10)));
    assert_eq!(db.find_people(&locked).await.unwrap()[0].person, id::<PersonId>("hal"));
    let told = db.letters_unsent(50).await.unwrap();
    assert!(told.iter().any(|letter| letter.id == "locked-hal"), "they are told in the same transaction");
    // Twice is once; what is refused writes no letter.
    assert!(matches!(lock(&db, "hal", olive()).await, Err(AccountsRefused::ChangedSince)));
    assert!(!told.iter().any(|letter| letter.id == "locked-grace"));
    // Whoever is locked gets no letters about journeys, and looks after nobody.
    let reviewers = db.addresses(None, &[Role::ClinicalSafety]).await.unwrap();
    assert!(reviewers.is_empty(), "{reviewers:?}");
    member(&db, "programme", "ian", &[Role::ProgrammeLead]).await;
    lock(&db, "ian", olive()).await.unwrap();
    assert!(matches!(lock(&db, "grace", olive()).await, Err(AccountsRefused::LastKeeper(_))));
    let demoted =
        db.set_roles(&id("programme"), &id("grace"), &[Role::ClinicalSafety], None, by("grace", "programme"), at(11)).await;
    assert!(matches!(demoted, Err(RolesRefused::LeavesNobody)), "the other lead is locked");

    db.unlock(&id("hal"), "They found it.", olive(), at(12), letter("unlocked-hal")).await.unwrap();
    let again = db.unlock(&id("hal"), "They found it.", olive(), at(12), letter("unlocked-again")).await;
    assert!(matches!(again, Err(AccountsRefused::ChangedSince)));
    assert!(!db.account(&id("hal")).await.unwrap().unwrap().0.locked);
    assert_eq!(db.addresses(None, &[Role::ClinicalSafety]).await.unwrap().len(), 1);

    // A second operator can be locked; then the first is the last again, and keeps the role.
    member(&db, "host", "oscar", &[Role::Operator]).await;
    lock(&db, "oscar", olive()).await.unwrap();
    let strip = db.set_roles(&id("host"), &id("olive"), &[], None, olive(), at(13)).await;
    assert!(matches!(strip, Err(RolesRefused::LeavesNobody)));
    let events = verified(&db).await;
    let locked = PeopleEvent::Locked { person: id("hal"), reason: "Lost their laptop.".to_owned() };
    let unlocked = PeopleEvent::Unlocked { person: id("hal"), reason: "They found it.".to_owned() };
    assert_eq!(events.iter().filter(|event| **event == locked || **event == unlocked).count(), 2);
}

pub async fn of_two_operators_who_lock_each_other_one_stays(house: House) {
    let db = house.db;
    with_operators(&db).await;
    member(&db, "host", "oscar", &[Role::Operator]).await;
    let (one, other) = (db.clone(), db.clone());
    let one = tokio::spawn(async move { lock(&one, "oscar", olive()).await.is_ok() });
    let other = tokio::spawn(async move { lock(&other, "olive", by("oscar", "host")).await.is_ok() });
    let done = (one.await.unwrap(), other.await.unwrap());
    assert!(done.0 ^ done.1, "{done:?}");
}

pub async fn sessions_end_and_a_link_is_sent_with_a_reason(house: House) {
    let db = house.db;
    with_operators(&db).await;
    let reason = "They asked by telephone.";
    db.end_all_sessions(&id("bob"), reason, olive(), at(10), letter("ended-bob")).await.unwrap();
    assert!(db.sessions(&id("bob"), at(10)).await.unwrap().is_empty());
    let mut reset = link("reset-bob", LinkPurpose::Reset);
    reset.person = Some(id("bob"));
    db.send_reset(reset.clone(), letter("reset-bob"), reason, olive()).await.unwrap();
    assert!(db.link(&token("reset-bob"), LinkPurpose::Reset, at(1)).await.unwrap().is_some());
    // A link of another purpose, or of nobody, is not sent.
    let wrong = link("confirm-bob", LinkPurpose::Confirm);
    assert!(db.send_reset(wrong, letter("x"), reason, olive()).await.is_err());
    let denied = db.send_reset(reset, letter("y"), reason, by("ada", "acme")).await;
    assert!(matches!(denied, Err(AccountsRefused::NotAnOperator)));
    let events = verified(&db).await;
    assert_eq!(
        events[events.len() - 2..],
        [
            PeopleEvent::SessionsEnded { person: id("bob"), reason: reason.to_owned() },
            PeopleEvent::ResetSent { person: id("bob"), reason: reason.to_owned() },
        ]
    );
}

pub async fn a_role_is_given_back_when_nobody_has_it(house: House) {
    let db = house.db;
    with_operators(&db).await;
    db.add_organisation(organisation("trust", Side::EndUser), at(0)).await.unwrap();
    member(&db, "trust", "tess", &[Role::AuthorisedPerson]).await;
    let give = async |organisation: &str, person: &str| {
        db.give_back(&id(organisation), &id(person), "Their lead left.", olive(), at(10), letter("given")).await
    };
    assert!(matches!(give("acme", "bob").await, Err(AccountsRefused::HasAKeeper)), "Ada leads there");
    assert!(matches!(give("trust", "bob").await, Err(AccountsRefused::ChangedSince)), "Bob is not of it");
    assert_eq!(give("trust", "tess").await.unwrap(), Role::GroupLead);
    assert!(matches!(give("trust", "tess").await, Err(AccountsRefused::HasAKeeper)));
    let people = db.people_of(&id("trust")).await.unwrap();
    assert_eq!(people[0].0.roles, [Role::AuthorisedPerson, Role::GroupLead]);
    assert!(!people[0].1);
    let held = journey::people::rules::memberships(&verified(&db).await);
    assert_eq!(held[&(id("tess"), id("trust"))].len(), 2, "the stream says the same as the list");
}

pub async fn doubles_become_one_and_a_ledger_is_never_merged_away(house: House) {
    let db = house.db;
    with_operators(&db).await;
    supplier(&db, "double", "eve").await;
    member(&db, "double", "bob", &[Role::Signatory]).await;
    let (_, opened) = Walk::open(5, "Bedside View", at(1));
    db.append(opened).await.unwrap();
    // Each has an open invitation to the same address, and one has another.
    for (name, organisation, email) in
        [("i1", "acme", "fay@example.org"), ("i2", "double", "fay@example.org"), ("i3", "double", "gus@example.org")]
    {
        let mut link = invitation(name, organisation, &[Role::Developer]);
        link.email = email.to_owned();
        db.add_link(link, letter(name)).await.unwrap();
    }
    let (acme, double): (OrganisationId, OrganisationId) = (id("acme"), id("double"));
    let reason = "Eve registered it a second time.";
    let merge = async |goes: &OrganisationId, stays: &OrganisationId, seen: &[PersonId]| {
        db.merge(goes, stays, seen, reason, olive(), at(10), vec![letter("merged-eve")]).await
    };
    // The one with a journey cannot go; nor can one of another side, nor one that is not there.
    let shown = db.merge_shown(&acme, &double, at(5)).await.unwrap().unwrap();
    assert!(matches!(&shown.refusals[..], [MergeRefusal::Journeys(journeys)] if journeys.len() == 1), "{:?}", shown.refusals);
    assert_eq!(db.journeys_naming(&acme, 9).await.unwrap().len(), 1);
    assert!(matches!(merge(&acme, &double, &[id("ada"), id("bob")]).await, Err(AccountsRefused::NotMerged(_))));
    let shown = db.merge_shown(&double, &id("programme"), at(5)).await.unwrap().unwrap();
    assert_eq!(shown.refusals, [MergeRefusal::OtherSide]);
    assert_eq!(db.merge_shown(&double, &id("nothing"), at(5)).await.unwrap(), None);

    let shown = db.merge_shown(&double, &acme, at(5)).await.unwrap().unwrap();
    assert_eq!(shown.refusals, []);
    let moves: Vec<(String, Vec<Role>)> = shown.moves.iter().map(|m| (m.person.to_string(), m.roles.clone())).collect();
    assert_eq!(
        moves,
        [
            ("bob".to_owned(), vec![Role::Developer, Role::Signatory]),
            ("eve".to_owned(), vec![Role::OnboardingLead, Role::Developer])
        ],
        "with the roles of both"
    );
    assert_eq!((shown.invitations, shown.keepers.len()), (2, 1), "Ada leads there");
    // Somebody came after the page was opened.
    assert!(matches!(merge(&double, &acme, &[id("eve")]).await, Err(AccountsRefused::ChangedSince)));
    assert!(db.merged(&double).await.unwrap().is_none());
    merge(&double, &acme, &[id("eve"), id("bob")]).await.unwrap();
    assert!(db.members(&double).await.unwrap().is_empty());
    let of_acme: Vec<String> = db.people_of(&acme).await.unwrap().into_iter().map(|(m, _)| m.person.to_string()).collect();
    assert_eq!(of_acme, ["ada", "bob", "eve"]);
    let open: Vec<String> = db.invitations(&acme, at(11)).await.unwrap().into_iter().map(|link| link.email).collect();
    assert_eq!(open, ["fay@example.org", "gus@example.org"], "an address has one link");
    assert!(db.invitations(&double, at(11)).await.unwrap().is_empty());
    // It is in no list any more, its code is free, and its page says where it went.
    let all = OrganisationFilter { limit: 99, ..OrganisationFilter::default() };
    let listed = db.organisations(&all).await.unwrap();
    assert!(!listed.iter().any(|line| line.organisation.id == double));
    assert!(db.organisation_coded(Side::Supplier, "DOUBLE").await.unwrap().is_none());
    let merged = db.merged(&double).await.unwrap().unwrap();
    assert_eq!((merged.kept.id, merged.reason.as_str(), merged.at), (acme.clone(), reason, at(10)));
    assert!(matches!(merge(&double, &acme, &[]).await, Err(AccountsRefused::NotMerged(_))), "once");
    let held = journey::people::rules::memberships(&verified(&db).await);
    assert_eq!(held[&(id("bob"), acme.clone())].len(), 2);
    assert!(!held.contains_key(&(id("eve"), double)));
    let kept: Organisation = db.organisation(&acme).await.unwrap().unwrap();
    assert_eq!(kept.ods_code, "ACME");
}

pub fn noted(name: &str, act: Act, person: Option<&str>, second: i64) -> Noted {
    Noted {
        id: name.to_owned(),
        at: at(second),
        act,
        person: person.map(id),
        organisation: person.map(|_| id("acme")),
        journey: None,
        about: "é".to_owned(),
        reason: "A reason.".to_owned(),
        address: "192.0.2.7".to_owned(),
    }
}

pub async fn the_audit_is_read_newest_first_and_in_pages(house: House) {
    let db = house.db;
    with_operators(&db).await;
    let (walk, opened) = Walk::open(5, "Bedside View", at(20));
    db.append(opened).await.unwrap();
    db.note(noted("n1", Act::SignedIn, Some("ada"), 20)).await.unwrap();
    db.note(noted("n2", Act::SignInFailed, None, 20)).await.unwrap();
    db.note(noted("n3", Act::Exported, Some("ada"), 30)).await.unwrap();
    lock(&db, "bob", olive()).await.unwrap();
    let ask = async |filter: AuditFilter| db.audit(&AuditFilter { limit: 500, ..filter }).await.unwrap();
    let all = ask(AuditFilter::default()).await;
    let at_once: Vec<String> = all.iter().take(4).map(kind_of).collect();
    assert_eq!(at_once, ["exported", "sign_in_failed", "signed_in", "opened"]);
    assert_eq!(all[3].journey.as_ref(), Some(&walk.0.reference));
    assert_eq!(all[3].person.as_ref().unwrap().1, "Ada O'Neill");
    let locked = all.iter().find(|line| kind_of(line) == "people" && line.reason == "Lost their laptop.").unwrap();
    assert_eq!(locked.person.as_ref().unwrap().0, id::<PersonId>("olive"));
    assert_eq!((all[0].address.as_str(), all[0].about.as_str(), all[0].reason.as_str()), ("192.0.2.7", "é", "A reason."));
    // Whatever the length of a page, each entry is on one, also where several are of one instant.
    for limit in 1..5 {
        let mut filter = AuditFilter { limit, ..AuditFilter::default() };
        let mut seen: Vec<AuditLine> = Vec::new();
        loop {
            let page = db.audit(&filter).await.unwrap();
            let Some(last) = page.last() else { break };
            filter.after = Some(last.mark.clone());
            seen.extend(page);
        }
        assert_eq!(seen, all, "{limit} a page");
    }
    // By and about a person; by organisation, journey, kind and time.
    let bob = ask(AuditFilter { person: Some(id("bob")), ..AuditFilter::default() }).await;
    assert!(bob.iter().any(|line| line.reason == "Lost their laptop."), "what was done to him");
    assert!(bob.iter().all(|line| matches!(line.entry, Entry::People(_))), "{bob:?}");
    let ada = ask(AuditFilter { person: Some(id("ada")), kind: Some(AuditKind::SignIns), ..AuditFilter::default() }).await;
    assert_eq!(ada.iter().map(kind_of).collect::<Vec<_>>(), ["signed_in"]);
    let journey = ask(AuditFilter { journey: Some(walk.0.reference.clone()), ..AuditFilter::default() }).await;
    assert_eq!(journey.iter().map(kind_of).collect::<Vec<_>>(), ["opened"]);
    let kinds = |lines: &[AuditLine]| lines.iter().map(|line| line.entry.kind()).collect::<std::collections::BTreeSet<_>>();
    for kind in [AuditKind::SignIns, AuditKind::Accounts, AuditKind::Journeys, AuditKind::Exports] {
        let lines = ask(AuditFilter { kind: Some(kind), ..AuditFilter::default() }).await;
        assert_eq!(kinds(&lines).into_iter().collect::<Vec<_>>(), [kind]);
    }
    assert!(ask(AuditFilter { kind: Some(AuditKind::Guidance), ..AuditFilter::default() }).await.is_empty());
    let host = ask(AuditFilter { organisation: Some(id("host")), ..AuditFilter::default() }).await;
    assert!(host.iter().any(|line| line.reason == "Lost their laptop."));
    let day = AuditFilter { from: Some(at(20)), until: Some(at(30)), ..AuditFilter::default() };
    assert_eq!(ask(day).await.iter().map(kind_of).collect::<Vec<_>>(), ["sign_in_failed", "signed_in", "opened"]);
    assert_eq!(db.last_sign_in(&id("ada")).await.unwrap(), Some(at(20)));
    assert_eq!(db.last_sign_in(&id("bob")).await.unwrap(), None);

    // Addresses go first, then sign-ins; what else was done stays.
    db.forget_noted(at(30), at(0)).await.unwrap();
    let left = ask(AuditFilter::default()).await;
    assert_eq!((left.len(), left[0].address.as_str(), left[1].address.as_str()), (all.len(), "192.0.2.7", ""));
    db.forget_noted(at(99), at(99)).await.unwrap();
    let left = ask(AuditFilter::default()).await;
    assert_eq!(left.len(), all.len() - 2);
    assert_eq!((kind_of(&left[0]).as_str(), left[0].address.as_str()), ("exported", ""));
}

fn kind_of(line: &AuditLine) -> String {
    match &line.entry {
        Entry::Act(act) => act.name().to_owned(),
        Entry::People(_) => "people".to_owned(),
        Entry::Journey { event, .. } => event.clone(),
    }
}

pub async fn emails_that_failed_are_sent_again_and_it_is_noted(house: House) {
    let db = house.db;
    with_operators(&db).await;
    let mut lost = Vec::new();
    for _ in 0..3 {
        let letter = db.next_letter(at(50), at(99)).await.unwrap().unwrap().letter;
        db.letter_undelivered(&letter.id, journey::port::Undelivered::Refused, "550 no", at(51), None).await.unwrap();
        lost.push(letter.id);
    }
    let note = |name: &str| noted(name, Act::EmailAgain, Some("olive"), 60);
    assert_eq!(db.letters_again(&lost[..1], note("one")).await.unwrap(), 1);
    assert_eq!(db.letters_undelivered(at(0)).await.unwrap(), 2);
    assert_eq!(db.letters_again(&["nothing".to_owned()], note("none")).await.unwrap(), 0);
    assert_eq!(db.letters_again(&[], note("all")).await.unwrap(), 2);
    assert_eq!(db.letters_again(&[], note("again")).await.unwrap(), 0);
    assert_eq!(db.letters_undelivered(at(0)).await.unwrap(), 0);
    assert!(db.next_letter(at(60), at(99)).await.unwrap().is_some(), "they wait again");
    let filter = AuditFilter { kind: Some(AuditKind::Emails), limit: 9, ..AuditFilter::default() };
    let lines = db.audit(&filter).await.unwrap();
    assert_eq!(lines.len(), 2, "nothing is noted where nothing was sent");
    assert!(lines.iter().all(|line| line.about.contains("@example.org")), "{lines:?}");
}
