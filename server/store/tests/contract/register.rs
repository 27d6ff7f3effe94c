//! The register of products: what is written with each journey, found, ordered and counted.

use std::collections::BTreeSet;

use jiff::Timestamp;
use journey::{
    base::{actor::Role, identity::Identity},
    ledger::{event::Event, site::Site},
    plan::capability::{Capability, Chosen},
    port::{
        Ledger as _, WriteError,
        register::{ProductRegister as _, RegisterEntry, RegisterFilter, RegisterOrder, product_key},
    },
    rule::certificate::Validity,
    view::{
        overview::project,
        register::{ProductSide, registered},
    },
};

use crate::{
    cast::{Walk, at, by, everybody, id, supplier},
    support::House,
};

const CERTIFICATE: &str = "receive-technical-conformance-certificate";

pub fn issued() -> Event {
    Event::Issued { task: id(CERTIFICATE), role: Role::FunctionalAssurance, note: String::new(), facts: None }
}

pub fn site(ods_code: &str, name: &str) -> Event {
    let site = Site {
        ods_code: ods_code.to_owned(),
        name: name.to_owned(),
        live_on: id("2026-01-05"),
        note: "Called by Ann.".to_owned(),
        outside_plan: String::new(),
        capabilities: Vec::new(),
    };
    Event::SiteLive { task: id("go-live"), site }
}

/// A product with a certificate, in the register as it is told.
async fn certified(
    db: &store::Db,
    bits: u64,
    product: &str,
    organisation: &str,
    when: Timestamp,
    told: impl Fn(&mut journey::view::register::RegisterLine),
) -> Walk {
    let (mut walk, opened) = Walk::open_for(bits, product, organisation, at(0));
    db.append(opened).await.unwrap();
    let mut batch = walk.then(vec![issued()], Some(by("hal", "programme")), when);
    batch.projection.registered.lines.iter_mut().for_each(told);
    db.append(batch).await.unwrap();
    walk
}

fn all() -> RegisterFilter {
    RegisterFilter { limit: 50, ..RegisterFilter::default() }
}

fn names(entries: &[RegisterEntry]) -> Vec<&str> {
    entries.iter().map(|entry| entry.line.product.as_str()).collect()
}

async fn found(db: &store::Db, filter: RegisterFilter) -> Vec<String> {
    let entries = db.products(&filter).await.unwrap();
    assert_eq!(db.count_products(&filter).await.unwrap() as usize, entries.len(), "{filter:?}");
    names(&entries).into_iter().map(str::to_owned).collect()
}

/// What is in the register is the fold of the ledger, at every step.
pub async fn a_certificate_is_registered_with_its_issue(house: House) {
    let db = house.db;
    everybody(&db).await;
    let (mut walk, opened) = Walk::open(1, "Bedside “View” é", at(0));
    let reference = walk.0.reference.clone();
    db.append(opened).await.unwrap();
    assert_eq!(found(&db, all()).await, Vec::<String>::new());
    let steps = [
        issued(),
        site("A21471", "Willow Lane Surgery"),
        site("B10001", "Park Road"),
        site("A21471", "Willow Lane & Co"),
        Event::SiteTakenBack { task: id("go-live"), ods_code: "B10001".into(), reason: "It was another.".into() },
        Event::Withdrawn { reason: "Not now.".into() },
    ];
    for (second, event) in (1..).zip(steps) {
        db.append(walk.then(vec![event], Some(by("hal", "programme")), at(second))).await.unwrap();
        assert_eq!(db.projection(&reference).await.unwrap(), Some(project(&walk.0)));
        let entries = db.products(&all()).await.unwrap();
        let line = registered(&walk.0).lines.remove(0);
        // Its ledger does not say who the supplier is: then it is who it is today.
        let supplier_now = Identity { name: "acme & Söhne".into(), ods_code: "ACME".into() };
        assert_eq!(entries, [RegisterEntry { line, supplier_now: supplier_now.clone() }]);
        assert_eq!(*entries[0].supplier(), supplier_now);
    }
    let entries = db.products(&all()).await.unwrap();
    assert_eq!((entries[0].line.validity, entries[0].line.since, entries[0].line.sites), (Validity::Ended, Some(at(6)), 1));
    // A site is found by the name that it has now, and where it is no more it is not found.
    for (find, count) in [("willow lane & co", 1), ("a21471", 1), ("surgery", 0), ("park road", 0), ("B10001", 0)] {
        assert_eq!(found(&db, RegisterFilter { find: find.into(), ..all() }).await.len(), count, "{find}");
    }
}

pub async fn the_register_is_searched_and_narrowed(house: House) {
    let db = house.db;
    everybody(&db).await;
    supplier(&db, "globex", "gus").await;
    let identity = |name: &str, code: &str| Some(Identity { name: name.into(), ods_code: code.into() });
    let mut first = certified(&db, 1, "Bedside View 4.2", "acme", at(1), |line| {
        line.validity = Validity::Valid;
        line.supplier = identity("Acme Care", "YGA01");
    })
    .await;
    certified(&db, 2, "100% Booking_!", "globex", at(2), |line| {
        line.validity = Validity::Suspended;
        line.since = Some(at(9));
        line.capabilities = vec![
            Chosen { capability: Capability::AppointmentManagement, version: "1.6.2".into() },
            Chosen { capability: Capability::SendDocument, version: "1.6.0".into() },
        ];
    })
    .await;
    certified(&db, 3, "ÄRZTE System", "globex", at(3), |line| {
        line.validity = Validity::Valid;
        line.side = ProductSide::Provider;
        line.live_since = Some(id("2026-01-05"));
    })
    .await;
    let mut batch = first.then(vec![site("A21471", "Willow Lane Surgery")], Some(by("ada", "acme")), at(4));
    batch.projection.registered.lines[0].validity = Validity::Valid;
    batch.projection.registered.lines[0].supplier = identity("Acme Care", "YGA01");
    db.append(batch).await.unwrap();

    let by_find = async |find: &str| found(&db, RegisterFilter { find: find.to_owned(), ..all() }).await;
    let (view, booking, system) = ("Bedside View 4.2", "100% Booking_!", "ÄRZTE System");
    for (find, expected) in [
        ("bedside", vec![view]),
        ("acme care", vec![view]),
        ("yga01", vec![view]),
        // By the name of today as well.
        ("acme & söhne", vec![view]),
        ("GLOBEX", vec![booking, system]),
        ("ärzte", vec![system]),
        ("100%", vec![booking]),
        ("g_!", vec![booking]),
        ("_", vec![booking]),
        ("willow lane", vec![view]),
        ("a21471", vec![view]),
        ("ann", vec![]),
        ("nobody", vec![]),
        ("tcc-", vec![booking, view, system]),
    ] {
        let found = by_find(find).await;
        assert_eq!(found.iter().map(String::as_str).collect::<BTreeSet<_>>(), expected.into_iter().collect(), "{find}");
    }
    let booked = RegisterFilter { capability: Some(Capability::AppointmentManagement), ..all() };
    assert_eq!(found(&db, booked).await, [booking]);
    let sent = RegisterFilter { capability: Some(Capability::SendDocument), ..all() };
    assert_eq!(found(&db, sent).await, [booking]);
    assert_eq!(found(&db, RegisterFilter { capability: Some(Capability::AccessDocument), ..all() }).await, [""; 0]);
    assert_eq!(found(&db, RegisterFilter { side: Some(ProductSide::Provider), ..all() }).await, [system]);
    assert_eq!(found(&db, RegisterFilter { valid: true, side: Some(ProductSide::Consumer), ..all() }).await, [view]);
    let by_issue = RegisterFilter { order: RegisterOrder::ByIssue(None), ..all() };
    assert_eq!(found(&db, by_issue).await, [system, booking, view]);
    let entries = db.products(&RegisterFilter { find: "booking".into(), ..all() }).await.unwrap();
    assert_eq!((entries[0].line.since, entries[0].line.capabilities.len()), (Some(at(9)), 2));
}

pub async fn every_line_of_the_register_is_on_exactly_one_page(house: House) {
    let db = house.db;
    everybody(&db).await;
    for bits in 1..=23 {
        // Products of one name, and certificates of one moment.
        let product = format!("Product {}", ["a", "B", "é"][usize::try_from(bits % 3).unwrap()]);
        certified(&db, bits, &product, "acme", at(i64::try_from(bits / 4).unwrap() + 1), |_| {}).await;
    }
    for by_issue in [false, true] {
        let mut seen = Vec::new();
        let mut order = if by_issue { RegisterOrder::ByIssue(None) } else { RegisterOrder::ByProduct(None) };
        loop {
            let entries = db.products(&RegisterFilter { order: order.clone(), limit: 5, ..all() }).await.unwrap();
            let Some(last) = entries.last() else { break };
            order = match &order {
                RegisterOrder::ByProduct(_) => {
                    RegisterOrder::ByProduct(Some((product_key(&last.line.product), last.line.number.clone())))
                }
                RegisterOrder::ByIssue(_) => {
                    RegisterOrder::ByIssue(Some((last.line.issued_at.as_microsecond(), last.line.number.clone())))
                }
            };
            seen.extend(entries.into_iter().map(|entry| (entry.line.issued_at, entry.line.number.to_string())));
        }
        assert_eq!(seen.len(), 23);
        assert_eq!(seen.iter().map(|(_, number)| number).collect::<BTreeSet<_>>().len(), 23);
        assert!(!by_issue || seen.is_sorted_by(|one, next| one.0 >= next.0));
    }
    assert_eq!(db.count_products(&RegisterFilter { limit: 5, ..all() }).await.unwrap(), 23, "all of them, whatever the page");
}

/// Lines that an earlier release made, or nobody, are made anew; what the rules do not make any more goes.
pub async fn the_register_is_made_anew(house: House) {
    let db = house.db.clone();
    everybody(&db).await;
    let (mut walk, opened) = Walk::open(1, "Patient view", at(0));
    let reference = walk.0.reference.clone();
    db.append(opened).await.unwrap();
    let sites = (0..450).map(|at| site(&format!("A{at:05}"), "A surgery"));
    let events = [issued()].into_iter().chain(sites).collect();
    db.append(walk.then(events, Some(by("hal", "programme")), at(1))).await.unwrap();
    let projection = project(&walk.0);
    assert_eq!(projection.registered.sites.len(), 450);
    for damage in [
        "DELETE FROM register_lines; DELETE FROM register_sites",
        "UPDATE register_lines SET task = 'another'; UPDATE register_sites SET ods_code = 'X' || ods_code",
        "UPDATE register_lines SET validity = 'withdrawn'; UPDATE register_sites SET name = 'Other'",
    ] {
        house.by_hand(damage).await;
        assert_ne!(db.projection(&reference).await.unwrap().as_ref(), Some(&projection), "{damage}");
        db.make_again(&reference, walk.0.seq, &projection).await.unwrap();
        assert_eq!(db.projection(&reference).await.unwrap().as_ref(), Some(&projection), "{damage}");
    }
    let seq = walk.0.seq;
    db.append(walk.then(vec![Event::Withdrawn { reason: "Not now.".into() }], Some(by("ada", "acme")), at(2))).await.unwrap();
    assert!(matches!(db.make_again(&reference, seq, &projection).await, Err(WriteError::Conflict)));
    house.by_hand("UPDATE register_lines SET number = 'nonsense'").await;
    let unread = db.products(&all()).await.unwrap_err().to_string();
    assert!(unread.contains("register_lines") && unread.contains("number"), "{unread}");
}
