//! Lists: the right lines, every line once, and words found as they were typed.
//!
//! Long because the stories of every list share what is in them.

use std::collections::BTreeSet;

use jiff::Timestamp;
use journey::{
    base::{
        actor::Role,
        ids::{JourneyRef, TaskId},
    },
    ledger::event::Event,
    port::{
        JourneyFilter, JourneyLine, Ledger, Letter, Outbox, People, WorkFigures, WorkFilter, WorkLine, WorkOrder, Worklist,
        WriteError, notices::Notice,
    },
};
use store::Db;

use crate::{
    cast::{Walk, at, by, everybody, id, listed, organisation_id, submitted, supplier, task, tick, turn},
    support::House,
};

fn of(organisation: Option<&str>) -> JourneyFilter {
    JourneyFilter { organisation: organisation.map(id), limit: 50, ..JourneyFilter::default() }
}

fn products(lines: &[JourneyLine]) -> Vec<&str> {
    lines.iter().map(|line| line.product.as_str()).collect()
}

pub async fn a_supplier_sees_its_own_journeys_last_changed_first(house: House) {
    let db = house.db;
    everybody(&db).await;
    supplier(&db, "other", "zoe").await;
    let turns = vec![
        turn("read-capabilities", &[Role::OnboardingLead, Role::Developer], at(0), None),
        turn("submit-scal", &[Role::ClinicalSafety, Role::FunctionalAssurance], at(0), None),
        journey::view::turns::Turn { awaited: false, ..turn("try-demonstrator", &[Role::Developer], at(0), None) },
        turn("test-opentest", &[Role::FunctionalAssurance], at(0), None),
    ];
    listed(&db, 1, "Oldest", "acme", at(1), turns).await;
    listed(&db, 2, "Theirs", "other", at(2), Vec::new()).await;
    let newest = listed(&db, 3, "Newest", "acme", at(3), Vec::new()).await;

    let ours = db.journeys(&of(Some("acme"))).await.unwrap();
    assert_eq!(products(&ours), ["Newest", "Oldest"]);
    assert_eq!(products(&db.journeys(&of(None)).await.unwrap()), ["Newest", "Theirs", "Oldest"]);
    assert_eq!(db.journeys(&of(Some("nobody"))).await.unwrap(), Vec::new());
    assert_eq!((ours[1].with_supplier, ours[1].with_programme), (1, 2));
    let projection = db.projection(&newest).await.unwrap().unwrap();
    let line = JourneyLine {
        reference: newest,
        product: "Newest".into(),
        supplier: "acme & Söhne".into(),
        phase: "open".into(),
        stage: projection.stage,
        done: projection.done,
        all: projection.all,
        changed_at: at(3),
        with_supplier: 0,
        with_programme: 0,
        known_as: projection.known_as,
    };
    assert_eq!(ours[0], line);
}

pub async fn an_organisation_with_a_part_sees_that_journey_until_its_part_is_taken_back(house: House) {
    let db = house.db;
    everybody(&db).await;
    db.add_organisation(crate::cast::organisation("ward", journey::base::actor::Side::EndUser), at(0)).await.unwrap();
    let (mut walk, opened) = Walk::open(1, "Theirs too", at(0));
    db.append(opened).await.unwrap();
    listed(&db, 2, "Not theirs", "acme", at(2), Vec::new()).await;
    let of_ward = || JourneyFilter { party: Some(id("ward")), limit: 50, ..JourneyFilter::default() };
    assert_eq!(db.journeys(&of_ward()).await.unwrap(), Vec::new());
    let joined = Event::Joined { organisation: id("ward"), side: None, identity: None, part: None };
    db.append(walk.then(vec![joined], Some(by("ada", "acme")), at(3))).await.unwrap();
    assert_eq!(products(&db.journeys(&of_ward()).await.unwrap()), ["Theirs too"]);
    let left = Event::Left { organisation: id("ward"), reason: "It was another ward.".into() };
    db.append(walk.then(vec![left], Some(by("ada", "acme")), at(4))).await.unwrap();
    assert_eq!(db.journeys(&of_ward()).await.unwrap(), Vec::new());
}

/// "Check again" is a filter like a phase, for every kind of list.
pub async fn what_is_to_be_checked_again_narrows_the_list(house: House) {
    let db = house.db;
    everybody(&db).await;
    db.add_organisation(crate::cast::organisation("ward", journey::base::actor::Side::EndUser), at(0)).await.unwrap();
    listed(&db, 1, "As it was", "acme", at(1), Vec::new()).await;
    let (mut walk, mut opened) = Walk::open(2, "Once more", at(1));
    opened.projection.again = 3;
    db.append(opened).await.unwrap();
    let joined = Event::Joined { organisation: id("ward"), side: None, identity: None, part: None };
    let mut batch = walk.then(vec![joined], Some(by("ada", "acme")), at(2));
    batch.projection.again = 1;
    db.append(batch).await.unwrap();
    let of_ward = JourneyFilter { party: Some(id("ward")), limit: 50, ..JourneyFilter::default() };
    for filter in [of(None), of(Some("acme")), of_ward] {
        let again = JourneyFilter { phase: journey::port::AGAIN.into(), ..filter };
        assert_eq!(products(&db.journeys(&again).await.unwrap()), ["Once more"]);
    }
    assert_eq!(db.projection(&walk.0.reference).await.unwrap().map(|line| line.again), Some(1));
    let done = Event::Left { organisation: id("ward"), reason: "No more.".into() };
    db.append(walk.then(vec![done], Some(by("ada", "acme")), at(3))).await.unwrap();
    let again = JourneyFilter { phase: journey::port::AGAIN.into(), ..of(None) };
    assert_eq!(db.journeys(&again).await.unwrap(), Vec::new());
}

/// What was renamed is found by the name of before as well, and so is an organisation with a part.
pub async fn a_journey_is_found_by_every_name_it_has_had(house: House) {
    let db = house.db;
    everybody(&db).await;
    let identity =
        |name: &str, ods_code: &str| journey::base::identity::Identity { name: name.into(), ods_code: ods_code.into() };
    let (mut walk, opened) = Walk::open(1, "Patient view", at(0));
    db.append(opened).await.unwrap();
    listed(&db, 2, "Another", "acme", at(0), Vec::new()).await;
    let ward = || crate::cast::organisation("ward", journey::base::actor::Side::EndUser);
    db.add_organisation(ward(), at(0)).await.unwrap();
    let joined = Event::Joined {
        organisation: id("ward"),
        side: None,
        identity: Some(identity("Saltmarsh Network", "U12345")),
        part: None,
    };
    let renamed = Event::Identified {
        organisation: id("ward"),
        before: identity("Saltmarsh Network", "U12345"),
        identity: identity("Merged Trust", "RXX"),
    };
    let supplier = Event::Identified {
        organisation: id("acme"),
        before: identity("Larkfield", ""),
        identity: identity("Bigco Health", "YGB01"),
    };
    let mut plan = walk.0.opening.plan();
    plan.product = "Bedside view".into();
    let before = walk.0.opening.plan();
    let replanned = Event::Replanned { before, plan };
    db.append(walk.then(vec![joined, renamed, supplier, replanned], Some(by("grace", "programme")), at(1))).await.unwrap();
    for find in ["patient VIEW", "bedside", "saltmarsh", "u12345", "merged trust", "larkfield", "ygb01"] {
        let found = db.journeys(&JourneyFilter { find: find.into(), ..of(None) }).await.unwrap();
        assert_eq!(products(&found), ["Bedside view"], "{find}");
    }
    let found = db.journeys(&JourneyFilter { find: "larkfield".into(), ..of(Some("acme")) }).await.unwrap();
    assert!(found[0].known_as.lines().any(|name| name == "Larkfield"), "{}", found[0].known_as);
}

pub async fn a_phase_narrows_the_list(house: House) {
    let db = house.db;
    everybody(&db).await;
    for (bits, (product, event)) in
        (1..).zip([("Open", None), ("Gone", Some(Event::Withdrawn { reason: String::new() })), ("Live", Some(Event::WentLive))])
    {
        let (mut walk, opened) = Walk::open(bits, product, at(0));
        db.append(opened).await.unwrap();
        if let Some(event) = event {
            db.append(walk.then(vec![event], Some(by("ada", "acme")), at(1))).await.unwrap();
        }
    }
    for (phase, product) in [("open", "Open"), ("withdrawn", "Gone"), ("live", "Live")] {
        for organisation in [None, Some("acme")] {
            let filter = JourneyFilter { phase: phase.into(), ..of(organisation) };
            assert_eq!(products(&db.journeys(&filter).await.unwrap()), [product]);
        }
    }
    let each = [("live", 1), ("open", 1), ("withdrawn", 1)].map(|(phase, count)| (phase.to_owned(), count));
    assert_eq!(db.phases().await.unwrap(), each);
    assert_eq!(db.journeys(&JourneyFilter { phase: "nonsense".into(), ..of(None) }).await.unwrap(), Vec::new());
}

/// Both lists search in the same way.
async fn found(db: &Db, find: &str) -> Vec<String> {
    let journeys = db.journeys(&JourneyFilter { find: find.into(), ..of(None) }).await.unwrap();
    let roles = vec![Role::ProgrammeLead];
    let work =
        db.worklist(&WorkFilter { roles: roles.clone(), find: find.into(), limit: 50, ..WorkFilter::default() }).await.unwrap();
    let due = WorkFilter { roles, find: find.into(), limit: 50, order: WorkOrder::Due, ..WorkFilter::default() };
    let due = db.worklist(&due).await.unwrap();
    let mut products: Vec<String> = journeys.into_iter().map(|line| line.product).collect();
    products.sort();
    for lines in [work, due] {
        let mut same: Vec<String> = lines.into_iter().map(|line| line.product).collect();
        same.sort();
        assert_eq!(products, same, "both lists find the same for {find:?}");
    }
    products
}

pub async fn what_is_typed_is_found_as_it_is_written(house: House) {
    let db = house.db;
    everybody(&db).await;
    supplier(&db, "zeta", "zoe").await;
    let awaited = || vec![turn("contact-gp-connect-team", &[Role::ProgrammeLead], at(0), None)];
    let all = [
        "100% sure",
        "100 sure",
        "a_b",
        "axb",
        "it's",
        "back\\slash",
        "wow!%",
        "CAFÉ Ärzte ΔΟΚΙΜΉ",
        "İstanbul",
        "O’Neill’s Ward – Round",
        "MédiLien 50%",
    ];
    for (bits, product) in (1..).zip(all) {
        listed(&db, bits, product, "acme", at(0), awaited()).await;
    }
    let other = listed(&db, 99, "Theirs", "zeta", at(0), awaited()).await;

    assert_eq!(found(&db, "").await.len(), all.len() + 1);
    assert_eq!(found(&db, "  ").await.len(), all.len() + 1);
    for (find, wanted) in [
        ("100%", vec!["100% sure"]),
        ("%", vec!["100% sure", "MédiLien 50%", "wow!%"]),
        ("!", vec!["wow!%"]),
        ("a_b", vec!["a_b"]),
        ("its", vec!["it's"]),
        ("it’s", vec!["it's"]),
        // Marks alone are no word.
        ("'", vec![]),
        ("–", vec![]),
        ("O'Neill", vec!["O’Neill’s Ward – Round"]),
        ("O’Neill", vec!["O’Neill’s Ward – Round"]),
        ("oneills", vec!["O’Neill’s Ward – Round"]),
        ("Round Ward", vec!["O’Neill’s Ward – Round"]),
        ("  round   o'neill ", vec!["O’Neill’s Ward – Round"]),
        ("medilien", vec!["MédiLien 50%"]),
        ("50%", vec!["MédiLien 50%"]),
        ("cafe arzte", vec!["CAFÉ Ärzte ΔΟΚΙΜΉ"]),
        ("istanbul", vec!["İstanbul"]),
        // Words of product and supplier together, in any order.
        ("sohne theirs", vec!["Theirs"]),
        ("theirs nowhere", vec![]),
        ("a b c d e f g h i j k l m n o p", vec![]),
        ("\\", vec!["back\\slash"]),
        ("SURE", vec!["100 sure", "100% sure"]),
        (" sure ", vec!["100 sure", "100% sure"]),
        ("CAFÉ", vec!["CAFÉ Ärzte ΔΟΚΙΜΉ"]),
        ("café", vec!["CAFÉ Ärzte ΔΟΚΙΜΉ"]),
        ("ärzte", vec!["CAFÉ Ärzte ΔΟΚΙΜΉ"]),
        ("δοκιμή", vec!["CAFÉ Ärzte ΔΟΚΙΜΉ"]),
        ("İSTANBUL", vec!["İstanbul"]),
        ("ZETA & SÖHNE", vec!["Theirs"]),
        (&other.to_string().to_lowercase(), vec!["Theirs"]),
        (&other.to_string().replace('-', ""), vec!["Theirs"]),
        (&other.to_string().replace('-', "–"), vec!["Theirs"]),
        (&other.to_string().replace('-', " "), vec!["Theirs"]),
        ("' OR 1=1 --", vec![]),
        ("nothing like it", vec![]),
        ("nul\0nul", vec![]),
        ("\u{202e}\u{fffd}", vec![]),
    ] {
        assert_eq!(found(&db, find).await, wanted, "looking for {find:?}");
    }
    assert_eq!(found(&db, &"x%".repeat(100_000)).await, Vec::<String>::new());
    // The code of the supplier, as it is now.
    let identity = journey::base::identity::Identity { name: "Zeta & Söhne".into(), ods_code: "T99902".into() };
    journey::port::seats::Seats::set_details(&db, &id("zeta"), &identity, by("grace", "programme"), at(1)).await.unwrap();
    for find in ["T99902", "t99902 sohne"] {
        assert_eq!(found(&db, find).await, ["Theirs"], "looking for {find:?}");
    }
}

pub async fn every_journey_is_on_exactly_one_page(house: House) {
    let db = house.db;
    everybody(&db).await;
    // Many changed in the same microsecond.
    let mut all = Vec::new();
    for number in 0..25u64 {
        let changed = tick(i64::try_from(number % 3).unwrap());
        all.push((
            changed,
            listed(&db, number * 0x0003_1415_9265 % 0x0007_ffff_ffff, "Patient view", "acme", changed, Vec::new()).await,
        ));
    }
    all.sort_by_key(|(changed, reference)| (*changed, reference.to_string()));
    all.reverse();
    for organisation in [None, Some("acme")] {
        for limit in [1, 4, 25, 26] {
            let mut filter = JourneyFilter { limit, ..of(organisation) };
            let mut seen: Vec<(Timestamp, JourneyRef)> = Vec::new();
            loop {
                let page = db.journeys(&filter).await.unwrap();
                assert!(page.len() <= limit as usize);
                seen.extend(page.into_iter().map(|line| (line.changed_at, line.reference)));
                if seen.len() >= all.len() || filter.after == seen.last().cloned() {
                    break;
                }
                filter.after = seen.last().cloned();
            }
            assert_eq!(seen, all, "pages of {limit}");
        }
    }
}

fn for_roles(roles: &[Role]) -> WorkFilter {
    WorkFilter { roles: roles.to_vec(), limit: 50, ..WorkFilter::default() }
}

fn of_programme() -> Vec<Role> {
    Role::ALL.iter().copied().filter(|role| role.side() == journey::base::actor::Side::Programme).collect()
}

/// A lead who holds every team sees the work of every team, counted and listed.
pub async fn the_worklist_knows_every_role_of_the_programme(house: House) {
    let db = house.db;
    everybody(&db).await;
    let roles = of_programme();
    let names: Vec<String> = roles.iter().map(|role| role.name().replace('_', "-")).collect();
    let turns = roles.iter().zip(&names).map(|(role, name)| turn(name, &[*role], at(0), Some("2026-01-06"))).collect();
    listed(&db, 1, "Patient view", "acme", at(0), turns).await;
    for order in WorkOrder::ALL {
        let lines = db.worklist(&WorkFilter { order, ..for_roles(&roles) }).await.unwrap();
        let seen: BTreeSet<Role> = lines.iter().map(|line| line.role).collect();
        assert_eq!(seen, roles.iter().copied().collect(), "{order:?}");
    }
    let figures = db.figures(&roles, &id("grace"), id("2026-01-07"), id("2026-01-09")).await.unwrap();
    let all = u32::try_from(roles.len()).unwrap();
    assert_eq!(figures, WorkFigures { all, overdue: all, soon: 0, mine: 0, free: all });
}

/// What a list says of whose turn it is comes from the fold, and is read for a page of journeys at once.
pub async fn turns_of_a_page_are_those_of_each_journey(house: House) {
    let db = house.db;
    everybody(&db).await;
    db.add_organisation(crate::cast::organisation("trust", journey::base::actor::Side::EndUser), at(0)).await.unwrap();
    let mut references = Vec::new();
    for bits in 1..4 {
        let (mut walk, opened) = Walk::open(bits, "Patient view", at(0));
        db.append(opened).await.unwrap();
        if bits == 2 {
            let joined = Event::Joined { organisation: id("trust"), side: None, identity: None, part: None };
            let sent = vec![submitted("study-prerequisites", 1), submitted("contact-gp-connect-team", 1), joined];
            db.append(walk.then(sent, Some(by("ada", "acme")), at(1))).await.unwrap();
        }
        references.push((walk.0.reference.clone(), walk.0));
    }
    let unknown = JourneyRef::from_bits(99);
    let asked: Vec<JourneyRef> = references.iter().map(|(reference, _)| reference.clone()).chain([unknown]).collect();
    let told = db.turns_of(&asked).await.unwrap();
    assert_eq!(told.len(), references.len(), "of what there is not nothing is said");
    for ((reference, turns, around), (known, fold)) in told.iter().zip(&references) {
        assert_eq!(reference, known);
        assert_eq!(*turns, journey::view::overview::overview(fold).turns);
        let parties: Vec<_> = fold.parties().map(|(organisation, side)| (organisation.clone(), side)).collect();
        assert_eq!((&around.supplier, &around.parties), (&fold.organisation, &parties));
        assert_eq!(around.names[&around.supplier], "acme & Söhne");
    }
    assert!(told[1].1.iter().any(|turn| !turn.not_by.is_empty()), "who sent it does not answer it");
    assert_eq!(told[1].2.names.len(), 2);
    assert!(db.turns_of(&[]).await.unwrap().is_empty());
}

/// It is known by which rules lines were made, and they are made anew unless the journey has gone on meanwhile.
pub async fn lines_of_older_rules_are_made_anew(house: House) {
    let db = house.db.clone();
    everybody(&db).await;
    let (mut walk, opened) = Walk::open(1, "Patient view", at(0));
    let reference = walk.0.reference.clone();
    db.append(opened).await.unwrap();
    assert_eq!(db.lists_made().await.unwrap(), 0);
    db.note_lists_made(journey::view::overview::LISTS).await.unwrap();
    assert_eq!(db.lists_made().await.unwrap(), journey::view::overview::LISTS);
    house.by_hand("UPDATE journeys SET done = 7; UPDATE turns SET since_us = 5; UPDATE turn_hands SET not_by = 'x'").await;
    let projection = journey::view::overview::project(&walk.0);
    assert_ne!(db.projection(&reference).await.unwrap().as_ref(), Some(&projection));
    db.make_again(&reference, walk.0.seq, &projection).await.unwrap();
    assert_eq!(db.projection(&reference).await.unwrap(), Some(projection.clone()));
    // The ledger went on: what was made of it before is not written.
    let seq = walk.0.seq;
    db.append(walk.then(vec![submitted("try-demonstrator", 1)], Some(by("ada", "acme")), at(1))).await.unwrap();
    assert!(matches!(db.make_again(&reference, seq, &projection).await, Err(WriteError::Conflict)));
    assert_ne!(db.projection(&reference).await.unwrap(), Some(projection));
}

fn tasks(lines: &[WorkLine]) -> Vec<(&str, &str)> {
    lines.iter().map(|line| (line.task.as_str(), line.role.name())).collect()
}

pub async fn the_worklist_shows_what_waits_for_these_roles(house: House) {
    let db = house.db;
    everybody(&db).await;
    let (mut walk, opened) = Walk::open(1, "Patient view", at(0));
    let reference = walk.0.reference.clone();
    db.append(opened).await.unwrap();
    let programme = of_programme();
    assert_eq!(db.worklist(&for_roles(&programme)).await.unwrap(), Vec::new(), "nothing was sent");
    let sent = vec![submitted("study-prerequisites", 1), submitted("contact-gp-connect-team", 1)];
    db.append(walk.then(sent, Some(by("ada", "acme")), tick(7))).await.unwrap();
    let lines = db.worklist(&for_roles(&programme)).await.unwrap();
    let line = WorkLine {
        journey: reference.clone(),
        task: id("contact-gp-connect-team"),
        process: walk.0.process.id.clone(),
        role: Role::ProgrammeLead,
        product: "Patient view".into(),
        supplier: "acme & Söhne".into(),
        round: journey::base::ids::Round(1),
        since: tick(7),
        due: None,
        claimed_by: None,
        had_before: None,
    };
    assert_eq!(lines, std::slice::from_ref(&line));
    assert_eq!(db.worklist(&for_roles(&[Role::ClinicalSafety])).await.unwrap(), Vec::new());
    assert_eq!(db.worklist(&for_roles(&[])).await.unwrap(), Vec::new());
    // A task that could merely be started is nobody's wait.
    assert_eq!(db.worklist(&for_roles(&[Role::OnboardingLead, Role::Developer])).await.unwrap(), Vec::new());
    db.claim(&reference, &id("contact-gp-connect-team"), Role::ProgrammeLead, &id("grace"), at(9)).await.unwrap();
    let claimed = WorkLine { claimed_by: Some((id("grace"), "Grace O'Neill".into())), ..line };
    assert_eq!(db.worklist(&for_roles(&programme)).await.unwrap(), [claimed]);
}

pub async fn the_worklist_narrows_by_task_and_by_claim(house: House) {
    let db = house.db;
    everybody(&db).await;
    let (lead, assurance) = (Role::ProgrammeLead, Role::FunctionalAssurance);
    let turns = vec![
        turn("mine", &[lead], at(1), Some("2026-01-09")),
        turn("theirs", &[lead, assurance], at(2), Some("2026-01-07")),
        turn("free", &[assurance], at(3), None),
    ];
    let reference = listed(&db, 1, "Patient view", "acme", at(0), turns).await;
    db.claim(&reference, &id("mine"), lead, &id("grace"), at(0)).await.unwrap();
    for team in [lead, assurance] {
        db.claim(&reference, &id("theirs"), team, &id("hal"), at(0)).await.unwrap();
    }

    let both = || WorkFilter { me: Some(id("grace")), ..for_roles(&[lead, assurance]) };
    let by_age = [("mine", lead.name()), ("theirs", assurance.name()), ("theirs", lead.name()), ("free", assurance.name())];
    let by_due = [("theirs", assurance.name()), ("theirs", lead.name()), ("mine", lead.name()), ("free", assurance.name())];
    for (order, all) in [(WorkOrder::Oldest, by_age), (WorkOrder::Due, by_due)] {
        let both = || WorkFilter { order, ..both() };
        assert_eq!(tasks(&db.worklist(&both()).await.unwrap()), all);
        let only = |names: &[&str]| all.into_iter().filter(|(task, _)| names.contains(task)).collect::<Vec<_>>();
        let mine = WorkFilter { claimed: "mine".into(), ..both() };
        assert_eq!(tasks(&db.worklist(&mine).await.unwrap()), only(&["mine"]));
        let free = WorkFilter { claimed: "free".into(), ..both() };
        assert_eq!(tasks(&db.worklist(&free).await.unwrap()), only(&["free"]));
        let theirs = WorkFilter { task: "theirs".into(), ..both() };
        assert_eq!(tasks(&db.worklist(&theirs).await.unwrap()), only(&["theirs"]));
        let nobody = WorkFilter { claimed: "mine".into(), me: None, ..both() };
        assert_eq!(db.worklist(&nobody).await.unwrap(), Vec::new());
    }
    let lines = db.worklist(&both()).await.unwrap();
    assert_eq!((lines[0].due, lines[3].due), (Some(id("2026-01-09")), None));
}

pub async fn every_line_of_the_worklist_is_on_exactly_one_page(house: House) {
    let db = house.db;
    everybody(&db).await;
    let roles = [Role::ProgrammeLead, Role::FunctionalAssurance, Role::ClinicalSafety];
    // Names that a dictionary and a computer put in a different order, and many ties.
    let names = ["s-cso", "s_cso", "sa", "s-pentest", "submit-scal", "s1", "s-1"];
    let mut all: BTreeSet<(String, String, String)> = BTreeSet::new();
    for bits in 0..4u64 {
        let turns = names
            .iter()
            .enumerate()
            .map(|(number, name)| {
                let due = ["2026-01-07", "2026-01-08"].get(number % 3).copied();
                turn(name, &roles[..=number % 3], tick(i64::try_from(number % 2).unwrap()), due)
            })
            .collect::<Vec<_>>();
        let reference =
            listed(&db, bits * 0x0003_1415_9265 % 0x0007_ffff_ffff, "Patient view", "acme", at(0), turns.clone()).await;
        for turn in turns {
            all.extend(turn.roles.iter().map(|role| (reference.to_string(), turn.task.to_string(), role.name().to_owned())));
        }
    }
    for order in WorkOrder::ALL {
        for limit in [1, 3, 7, 1000] {
            let mut filter = WorkFilter { order, limit, ..for_roles(&roles) };
            let mut seen = Vec::new();
            loop {
                let page = db.worklist(&filter).await.unwrap();
                let Some(last) = page.last() else { break };
                filter.after = Some((last.key(order), last.journey.clone(), last.task.clone(), last.role));
                seen.extend(page);
            }
            let mut keys: Vec<i64> = seen
                .iter()
                .map(|line| match order {
                    WorkOrder::Oldest | WorkOrder::Newest => line.since.as_microsecond(),
                    WorkOrder::Due | WorkOrder::DueLast => line.due.map_or(i64::MAX, |day| i64::from(day.day())),
                })
                .collect();
            if matches!(order, WorkOrder::Newest | WorkOrder::DueLast) {
                keys.reverse();
            }
            assert!(keys.is_sorted(), "pages of {limit}, {order:?}");
            let lines: Vec<_> =
                seen.iter().map(|line| (line.journey.to_string(), line.task.to_string(), line.role.name().to_owned())).collect();
            assert_eq!(lines.len(), all.len(), "pages of {limit}, {order:?}");
            assert_eq!(lines.into_iter().collect::<BTreeSet<_>>(), all);
        }
    }
    // A place that nobody gave out begins at the beginning, or ends; it is never an error.
    for order in WorkOrder::ALL {
        for key in ["", "nonsense", "-1", "1e9", "'", "\0", "99999999999999999999999"] {
            let after = Some((key.to_owned(), JourneyRef::from_bits(0), task("s1"), Role::ProgrammeLead));
            db.worklist(&WorkFilter { order, after, ..for_roles(&roles) }).await.unwrap();
        }
    }
}

pub async fn figures_count_what_waits(house: House) {
    let db = house.db;
    everybody(&db).await;
    let lead = Role::ProgrammeLead;
    let turns = vec![
        turn("late", &[lead], at(0), Some("2026-01-06")),
        turn("today", &[lead], at(0), Some("2026-01-07")),
        turn("soon", &[lead], at(0), Some("2026-01-09")),
        turn("later", &[lead], at(0), Some("2026-01-10")),
        turn("whenever", &[lead], at(0), None),
        turn("others", &[Role::ServiceManagement], at(0), Some("2026-01-06")),
        journey::view::turns::Turn { awaited: false, ..turn("unasked", &[lead], at(0), Some("2026-01-06")) },
    ];
    let reference = listed(&db, 1, "Patient view", "acme", at(0), turns).await;
    db.claim(&reference, &id("late"), lead, &id("grace"), at(0)).await.unwrap();
    db.claim(&reference, &id("today"), lead, &id("hal"), at(0)).await.unwrap();
    let figures = db.figures(&[lead], &id("grace"), id("2026-01-07"), id("2026-01-09")).await.unwrap();
    assert_eq!(figures, WorkFigures { all: 5, overdue: 1, soon: 2, mine: 1, free: 3 });
    let none = db.figures(&[Role::ClinicalSafety], &id("grace"), id("2026-01-07"), id("2026-01-09")).await.unwrap();
    assert_eq!(none, WorkFigures::default());
}

const LEAD: Role = Role::ProgrammeLead;

pub async fn each_team_claims_its_own_part_of_a_task(house: House) {
    let db = house.db;
    everybody(&db).await;
    let (safety, assurance) = (Role::ClinicalSafety, Role::FunctionalAssurance);
    let turns = |roles: &[Role]| vec![turn("submit-scal", roles, at(1), Some("2026-01-06"))];
    let reference = listed(&db, 1, "Patient view", "acme", at(0), turns(&[assurance, safety])).await;
    let scal: TaskId = id("submit-scal");
    db.claim(&reference, &scal, assurance, &id("grace"), at(2)).await.unwrap();
    // For clinical safety it is still free, in the list and in the figures, and one of them takes it as well.
    let free = |roles: &[Role]| WorkFilter { claimed: "free".into(), me: Some(id("hal")), ..for_roles(roles) };
    assert_eq!(tasks(&db.worklist(&free(&[safety, assurance])).await.unwrap()), [("submit-scal", safety.name())]);
    let figures = |roles: Vec<Role>, me: &'static str| {
        let db = &db;
        async move { db.figures(&roles, &id(me), id("2026-01-07"), id("2026-01-09")).await.unwrap() }
    };
    assert_eq!(figures(vec![safety], "hal").await, WorkFigures { all: 1, overdue: 1, soon: 0, mine: 0, free: 1 });
    assert_eq!(figures(vec![assurance], "grace").await, WorkFigures { all: 1, overdue: 1, soon: 0, mine: 1, free: 0 });
    assert!(matches!(db.claim(&reference, &scal, assurance, &id("hal"), at(3)).await, Err(WriteError::Conflict)));
    db.claim(&reference, &scal, safety, &id("hal"), at(3)).await.unwrap();
    assert_eq!(db.worklist(&free(&[safety, assurance])).await.unwrap(), Vec::new());
    let claims = || async { db.names(&reference).await.unwrap().claims.into_iter().collect::<Vec<_>>() };
    assert_eq!(claims().await, [((scal.clone(), assurance), id("grace")), ((scal.clone(), safety), id("hal"))]);
    // One gives hers to a colleague of her team, who is told; whoever saw another holder gives nothing.
    let letter = Letter {
        id: "given".into(),
        to: "hal@programme.example".into(),
        subject: "A task".into(),
        body: "Yours.".into(),
        enclosed: None,
    };
    let notice = || {
        let link = "/journeys/x/tasks/submit-scal".to_owned();
        Some(Notice { person: id("hal"), letter: letter.clone(), link, asks: journey::view::notices::Asks::Act, message: None })
    };
    db.give_claim(&reference, &scal, assurance, Some(&id("grace")), &id("hal"), notice(), at(4)).await.unwrap();
    assert_eq!(claims().await, [((scal.clone(), assurance), id("hal")), ((scal.clone(), safety), id("hal"))]);
    assert!(db.letters_unsent(10).await.unwrap().iter().any(|waiting| waiting.id == "given"));
    for held in [Some(id("grace")), None] {
        let late = db.give_claim(&reference, &scal, assurance, held.as_ref(), &id("grace"), None, at(5)).await;
        assert!(matches!(late, Err(WriteError::Conflict)), "{held:?}");
    }
    db.release(&reference, &scal, assurance).await.unwrap();
    // What is free is given as well.
    db.give_claim(&reference, &scal, assurance, None, &id("grace"), None, at(6)).await.unwrap();
    assert_eq!(claims().await, [((scal.clone(), assurance), id("grace")), ((scal.clone(), safety), id("hal"))]);
    // One hands back; the other's stays.
    db.release(&reference, &scal, assurance).await.unwrap();
    assert_eq!(claims().await, [((scal.clone(), safety), id("hal"))]);
}

pub async fn a_task_is_claimed_by_one_and_the_claim_ends_with_the_turn(house: House) {
    let db = house.db;
    everybody(&db).await;
    let (mut walk, opened) = Walk::open(1, "Patient view", at(0));
    let reference = walk.0.reference.clone();
    db.append(opened).await.unwrap();
    let sent = vec![submitted("study-prerequisites", 1), submitted("contact-gp-connect-team", 1)];
    db.append(walk.then(sent, Some(by("ada", "acme")), at(1))).await.unwrap();
    let contact: TaskId = id("contact-gp-connect-team");

    db.claim(&reference, &contact, LEAD, &id("grace"), at(2)).await.unwrap();
    assert!(matches!(db.claim(&reference, &contact, LEAD, &id("hal"), at(3)).await, Err(WriteError::Conflict)));
    db.release(&reference, &contact, LEAD).await.unwrap();
    db.release(&reference, &contact, LEAD).await.unwrap();
    db.claim(&reference, &contact, LEAD, &id("hal"), at(4)).await.unwrap();

    // Something else changes: the claim stays.
    db.append(walk.then(vec![submitted("try-demonstrator", 1)], Some(by("bob", "acme")), at(5))).await.unwrap();
    assert_eq!(db.names(&reference).await.unwrap().claims.get(&(contact.clone(), LEAD)), Some(&id("hal")));
    // The question goes back to the supplier: the claim is gone.
    let answered = Event::Acknowledged {
        task: contact.clone(),
        round: journey::base::ids::Round(1),
        role: Role::ProgrammeLead,
        note: String::new(),
    };
    db.append(walk.then(vec![answered], Some(by("hal", "programme")), at(6))).await.unwrap();
    assert!(db.names(&reference).await.unwrap().claims.is_empty());
    assert!(db.organisation(&organisation_id("acme")).await.unwrap().is_some());
}
