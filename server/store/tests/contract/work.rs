//! The worklist beyond its lines: what is due when, how the work is shared out, what somebody recorded, and views that are kept.

use journey::{
    base::{
        actor::Role,
        ids::{JourneyRef, Round},
    },
    ledger::{event::Event, journey::Journey},
    port::{Ledger, MOST_VIEWS, Outbox as _, WorkFilter, WorkShare, Worklist, WriteError, notices::NoticeBook as _},
    view::{
        notices::Notices,
        overview::{self, HadBefore},
        turns::Turn,
        waits::Wait,
    },
};

use crate::{
    cast::{Walk, at, by, everybody, id, listed, processes, seen, submitted, turn},
    messages::notice,
    support::House,
};

pub async fn what_is_late_and_what_is_due_soon_can_be_looked_at_alone(house: House) {
    let db = house.db;
    everybody(&db).await;
    let lead = Role::ProgrammeLead;
    let turns = vec![
        turn("late", &[lead], at(3), Some("2026-01-06")),
        turn("today", &[lead], at(2), Some("2026-01-07")),
        turn("soon", &[lead], at(1), Some("2026-01-09")),
        turn("whenever", &[lead], at(0), None),
    ];
    listed(&db, 1, "Patient view", "acme", at(0), turns).await;
    let of = async |from: Option<&str>, to: Option<&str>| {
        let due = (from.map(id), to.map(id));
        let lines = db.worklist(&WorkFilter { roles: vec![lead], due, limit: 9, ..WorkFilter::default() }).await.unwrap();
        lines.iter().map(|line| line.task.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(of(None, Some("2026-01-06")).await, ["late"]);
    assert_eq!(of(Some("2026-01-07"), Some("2026-01-09")).await, ["soon", "today"], "still oldest first");
    assert_eq!(of(None, None).await, ["whenever", "soon", "today", "late"]);
    assert_eq!(of(Some("2026-02-01"), Some("2026-03-01")).await, Vec::<String>::new());
}

pub async fn work_is_counted_by_team_and_by_who_has_claimed_it(house: House) {
    let db = house.db;
    everybody(&db).await;
    let (safety, assurance) = (Role::ClinicalSafety, Role::FunctionalAssurance);
    let turns = vec![
        turn("one", &[safety, assurance], at(0), Some("2026-01-06")),
        turn("two", &[assurance], at(0), Some("2026-01-07")),
        turn("three", &[assurance], at(0), None),
        journey::view::turns::Turn { awaited: false, ..turn("unasked", &[assurance], at(0), None) },
    ];
    let reference = listed(&db, 1, "Patient view", "acme", at(0), turns).await;
    db.claim(&reference, &id("one"), assurance, &id("grace"), at(0)).await.unwrap();
    db.claim(&reference, &id("two"), assurance, &id("grace"), at(0)).await.unwrap();
    let mut shares = db.work_shares(&[safety, assurance], id("2026-01-07")).await.unwrap();
    shares.sort_by_key(|share| (share.role, share.person.is_none()));
    let name = shares[0].person.clone().unwrap().1;
    let share = |role, person: Option<&str>, all, overdue| WorkShare {
        role,
        person: person.map(|person| (id(person), name.clone())),
        all,
        overdue,
    };
    let mut meant = vec![share(assurance, Some("grace"), 2, 1), share(assurance, None, 1, 0), share(safety, None, 1, 1)];
    meant.sort_by_key(|share| (share.role, share.person.is_none()));
    assert_eq!(shares, meant);
    assert_eq!(db.work_shares(&[Role::ServiceManagement], id("2026-01-07")).await.unwrap(), Vec::new());
}

pub async fn what_somebody_recorded_stands_newest_first_and_each_once(house: House) {
    let db = house.db;
    everybody(&db).await;
    let mut entries = Vec::new();
    for bits in 1..=3 {
        let (mut walk, batch) = Walk::open(bits, "Patient view", at(0));
        db.append(batch).await.unwrap();
        let started = |task: &str| vec![Event::Started { task: id(task) }];
        db.append(walk.then(started("read-capabilities"), Some(by("grace", "acme")), at(1))).await.unwrap();
        db.append(walk.then(started("try-demonstrator"), Some(by("hal", "acme")), at(2))).await.unwrap();
        entries.push(walk.0.reference.clone());
    }
    let mut seen: Vec<(JourneyRef, String)> = Vec::new();
    let mut after = None;
    loop {
        let page = db.deeds(&id("grace"), after, 2).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some((last.at, last.journey.clone(), last.seq));
        assert!(page.len() <= 2 && page.is_sorted_by(|one, next| one.at >= next.at));
        for deed in page {
            assert!(!deed.product.is_empty() && !deed.supplier.is_empty());
            seen.push((deed.journey, deed.event.task().unwrap().to_string()));
        }
    }
    let own: Vec<&(JourneyRef, String)> = seen.iter().filter(|(_, task)| task == "read-capabilities").collect();
    assert_eq!(own.len(), 3, "{seen:?}");
    assert!(seen.iter().all(|(_, task)| task != "try-demonstrator"), "what others did is theirs: {seen:?}");
    assert!(entries.iter().all(|reference| own.iter().any(|(journey, _)| journey == reference)));
    assert_eq!(db.deeds(&id("nobody"), None, 9).await.unwrap(), Vec::new());
}

pub async fn a_person_keeps_some_views_of_the_worklist(house: House) {
    let db = house.db;
    everybody(&db).await;
    let (grace, hal) = (id("grace"), id("hal"));
    for number in 0..MOST_VIEWS {
        db.keep_view(&grace, &format!("View {number:02}"), "claimed=mine").await.unwrap();
    }
    assert!(matches!(db.keep_view(&grace, "One more", "").await, Err(WriteError::Conflict)), "there is an end to it");
    db.keep_view(&grace, "View 03", "due=late").await.unwrap();
    let views = db.work_views(&grace).await.unwrap();
    assert_eq!((views.len(), views[3].clone()), (MOST_VIEWS, ("View 03".to_owned(), "due=late".to_owned())));
    assert_eq!(db.work_views(&hal).await.unwrap(), Vec::new());
    db.drop_view(&hal, "View 03").await.unwrap();
    db.drop_view(&grace, "View 00").await.unwrap();
    assert_eq!(db.work_views(&grace).await.unwrap().len(), MOST_VIEWS - 1);
    db.keep_view(&grace, "One more", "").await.unwrap();
}

/// What a team was waited for is counted when it has acted, and not when it still has to, or when the journey is withdrawn.
pub async fn how_long_a_team_took_is_counted_when_it_has_acted(house: House) {
    let db = house.db;
    everybody(&db).await;
    let (lead, safety) = (Role::ProgrammeLead, Role::ClinicalSafety);
    let (mut walk, mut batch) = Walk::open(1, "Patient view", at(0));
    let turns = vec![
        turn("obtain-use-case-approval", &[lead], at(0), Some("2025-10-10")),
        turn("submit-scal", &[lead, safety], at(0), None),
    ];
    batch.projection.turns = turns;
    db.append(batch).await.unwrap();
    assert_eq!(db.wait_counts("2025-10").await.unwrap(), Vec::new(), "nobody has acted");
    let started = |task: &str| vec![Event::Started { task: id(task) }];
    // Five days later, on a Tuesday, one team has finished; the other is still waited for.
    let later = at(5 * 24 * 60 * 60);
    let mut batch = walk.then(started("read-capabilities"), Some(by("grace", "acme")), later);
    batch.projection.turns = vec![turn("submit-scal", &[safety], at(0), None)];
    batch.projection.changed_at = later;
    db.append(batch).await.unwrap();
    let counts = db.wait_counts("2025-10").await.unwrap();
    let told: Vec<(&str, Role, u32, u32, u32)> =
        counts.iter().map(|one| (one.task.as_str(), one.role, one.times, one.with_target, one.late)).collect();
    assert_eq!(told, [("obtain-use-case-approval", lead, 1, 1, 1), ("submit-scal", lead, 1, 0, 0)]);
    // From a Thursday to a Tuesday.
    let days = 3;
    assert_eq!(counts[0].days, days);
    let tasks = [id("submit-scal"), id("obtain-use-case-approval")];
    let waited = db.waited(&tasks, at(0)).await.unwrap();
    assert_eq!(waited.values().flatten().copied().collect::<Vec<_>>(), [(days, 1), (days, 1)]);
    assert!(db.waited(&tasks, at(6 * 24 * 60 * 60)).await.unwrap().is_empty(), "it ended before");
    // One that is withdrawn was not answered.
    let mut batch = walk.then(started("try-demonstrator"), Some(by("grace", "acme")), later);
    batch.projection.turns = Vec::new();
    batch.projection.phase = "withdrawn".to_owned();
    db.append(batch).await.unwrap();
    assert_eq!(db.wait_counts("2025-10").await.unwrap().len(), 2);
    assert_eq!(db.wait_counts("2025-11").await.unwrap(), Vec::new());
    // Told again, each stands once.
    let again = Wait { task: id("submit-scal"), role: lead, round: Round(1), since: at(0), until: later, due: None };
    db.keep_waits(&walk.0.reference, &[again]).await.unwrap();
    assert_eq!(db.wait_counts("2025-10").await.unwrap().iter().map(|one| one.times).sum::<u32>(), 2);
    assert_eq!(db.ahead(&[safety], at(1)).await.unwrap(), 0, "its turn was withdrawn with it");
    listed(&db, 2, "Another", "acme", at(0), vec![turn("submit-scal", &[safety], at(0), None)]).await;
    assert_eq!((db.ahead(&[safety], at(1)).await.unwrap(), db.ahead(&[safety], at(0)).await.unwrap()), (1, 0));
}

/// The worklist names who had the round before, as long as that round waits.
pub async fn who_had_the_round_before_is_named(house: House) {
    let db = house.db;
    everybody(&db).await;
    let (lead, safety) = (Role::ProgrammeLead, Role::ClinicalSafety);
    let (mut walk, mut batch) = Walk::open(1, "Patient view", at(0));
    let second = |turn: Turn| Turn { round: Round(2), ..turn };
    batch.projection.turns = vec![second(turn("submit-scal", &[lead, safety], at(0), None))];
    let had = HadBefore { task: id("submit-scal"), role: safety, round: Round(2), person: id("hal") };
    batch.projection.had_before = vec![had.clone()];
    db.append(batch).await.unwrap();
    let named = async || {
        let filter = WorkFilter { roles: vec![lead, safety], limit: 9, ..WorkFilter::default() };
        let lines = db.worklist(&filter).await.unwrap();
        lines.into_iter().map(|line| (line.role, line.had_before.map(|(_, name)| name))).collect::<Vec<_>>()
    };
    assert_eq!(named().await, [(safety, Some("Hal O'Neill".to_owned())), (lead, None)]);
    assert_eq!(db.projection(&walk.0.reference).await.unwrap().unwrap().had_before, [had]);
    // Of the third round nothing was said yet.
    let mut batch = walk.then(vec![Event::Started { task: id("read-capabilities") }], Some(by("grace", "acme")), at(1));
    batch.projection.turns = vec![Turn { round: Round(3), ..turn("submit-scal", &[safety], at(1), None) }];
    db.append(batch).await.unwrap();
    assert_eq!(named().await, [(safety, None)]);
    assert_eq!(db.projection(&walk.0.reference).await.unwrap().unwrap().had_before, []);
}

/// The first who opened a round stays the first.
pub async fn who_opened_a_round_first_is_kept(house: House) {
    let db = house.db;
    everybody(&db).await;
    let (walk, batch) = Walk::open(1, "Patient view", at(0));
    db.append(batch).await.unwrap();
    let reference = walk.0.reference.clone();
    let opened = async |round| db.opened(&reference, &id("describe-use-case"), Round(round)).await.unwrap();
    assert_eq!(opened(1).await, None);
    for (person, second) in [("grace", 5), ("bob", 9)] {
        db.note_opened(&reference, &id("describe-use-case"), Round(1), &id(person), at(second)).await.unwrap();
    }
    assert_eq!(opened(1).await, Some((id("grace"), at(5))));
    assert_eq!(opened(2).await, None, "another round is another");
}

/// What is taken back takes its emails, notifications and its wait along; what was sent stays sent.
pub async fn what_is_taken_back_takes_along_what_followed_from_it(house: House) {
    let db = house.db;
    everybody(&db).await;
    let (mut walk, batch) = Walk::open(1, "Patient view", at(0));
    db.append(batch).await.unwrap();
    let reference = walk.0.reference.clone();
    let task = "contact-gp-connect-team";
    // Whatever the cast was sent before.
    while let Some(out) = db.next_letter(at(0), at(9999)).await.unwrap() {
        db.letter_sent(&out.letter.id, at(0)).await.unwrap();
    }
    let mut batch = walk.then(vec![submitted(task, 1)], Some(by("ada", "acme")), at(1));
    batch.drafts_sent = vec![seen(task, "row-one", 3)];
    batch.projection.turns = vec![turn(task, &[Role::ProgrammeLead], at(1), None)];
    db.append(batch).await.unwrap();
    let answered = Event::Acknowledged {
        task: id(task),
        round: Round(1),
        role: Role::ProgrammeLead,
        note: "Grace looks after you.".to_owned(),
    };
    let mut batch = walk.then(vec![answered], Some(by("grace", "nhs")), at(2));
    let of = walk.0.seq;
    let named = |name: &str, person: &str| {
        let mut notice = notice(name, person, false);
        notice.letter.id = format!("{reference}-{of}-{name}");
        notice
    };
    batch.notices = vec![named("ada", "ada"), named("bob", "bob")];
    batch.letters_go = Some(at(60));
    batch.projection.turns = Vec::new();
    db.choose_notices(&id("bob"), Notices::Daily).await.unwrap();
    db.append(batch).await.unwrap();
    assert_eq!(db.news(&id("ada"), None, 9).await.unwrap().len(), 1, "pages tell it at once");
    assert!(db.next_letter(at(59), at(61)).await.unwrap().is_none(), "emails wait");
    assert_eq!(db.held_for(at(59), 9).await.unwrap(), [], "the daily one too");
    assert_eq!(db.wait_counts("2020-01").await.unwrap().len(), 1);

    let recorded = walk.0.record(vec![Event::Undone { task: id(task), of }], Some(by("grace", "nhs")), at(3));
    let before = db.history(&reference).await.unwrap();
    walk.0 = walk.0.then(&before, &recorded, processes()).unwrap();
    let mut batch = walk.would(Event::Started { task: id(task) }, by("ada", "acme"), at(3));
    (batch.recorded, batch.projection) = (recorded, overview::project(&walk.0));
    db.append(batch).await.unwrap();
    assert_eq!(db.news(&id("ada"), None, 9).await.unwrap(), []);
    assert!(db.next_letter(at(999), at(1000)).await.unwrap().is_none(), "nobody is told");
    assert_eq!(db.held_for(at(999), 9).await.unwrap(), []);
    assert_eq!(db.wait_counts("2020-01").await.unwrap(), [], "nothing was answered");
    let told = db.history(&reference).await.unwrap();
    assert_eq!(told.len(), 4, "the ledger keeps all of it");
    assert_eq!(Journey::replay(&reference, &told, processes()).unwrap().head, walk.0.head);
}
