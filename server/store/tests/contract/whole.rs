//! The whole database: walked to its end, and carried out of one database and into another, row by row.

use std::collections::BTreeSet;

use journey::{
    base::{
        actor::{Role, Side},
        ids::{Digest, JourneyRef, Round},
    },
    form::FileRef,
    ledger::{event::Event, file_sort::Sort},
    port::{
        Drafts as _, Ledger as _, LinkPurpose, Organisation, Outbox as _, People as _, Undelivered, Worklist as _,
        accounts::Accounts as _,
        audit::{Act, Audit as _},
        corrections::{Corrections as _, Fate},
        documents::{Document, DocumentAbout, Documents as _},
        files::{Files as _, StoredFile},
        heads::HeadLists as _,
        live_runs::LiveRuns as _,
        meetings::Meetings as _,
        messages::{Messages as _, NewMessage, Upload},
        notices::NoticeBook as _,
        runs::Runs as _,
        scal::{Catalogue, Phrase, Scal as _},
        seals::Seals as _,
        seats::{SeatChange, Seats as _},
        second_steps::SecondSteps as _,
        signatories::{AskedChange, Signatories as _},
    },
    rule::conversation::Audience,
    scal::evidence::Evidence,
    view::{notices::Notices, overview::HadBefore, waits::Wait},
};
use store::{Access, Db, LEFT_OUT, StoredSubmission, TABLES};

use crate::{
    cast::{Walk, at, by, everybody, id, letter, listed, organisation, seen, turn},
    messages::notice,
    support::House,
};

/// Something in every table of a backup.
async fn lived_in(db: &Db) -> JourneyRef {
    everybody(db).await;
    let (mut walk, opened) = Walk::open(5, "Bedside “View” é", at(1));
    db.append(opened).await.unwrap();
    db.add_organisation(organisation("trust", Side::EndUser), at(1)).await.unwrap();
    let joined = Event::Joined { organisation: id("trust"), side: None, identity: None, part: None };
    let mut batch = walk.then(vec![joined], Some(by("ada", "acme")), at(2));
    batch.submissions.push(journey::port::Submission {
        digest: Digest::of(b"{}"),
        task: id("s-dspt"),
        round: journey::base::ids::Round(1),
        body: "{}".to_owned(),
    });
    batch.texts = vec!["What was signed, “é”.".to_owned()];
    batch.drafts_sent.push(seen("submit-scal", "row.a", 1));
    db.append(batch).await.unwrap();
    // The programme knows one organisation, which asks for another name; a part waits for somebody else.
    let identity = organisation("trust", Side::EndUser).identity();
    db.set_details(&id("trust"), &identity, by("grace", "programme"), at(2)).await.unwrap();
    db.ask_details(&id("acme"), &identity, by("ada", "acme"), at(2)).await.unwrap();
    let asked = Event::PartAsked { part: id("part"), side: Side::EndUser, identity };
    let mut batch = walk.then(vec![asked], Some(by("ada", "acme")), at(2));
    batch.seats.push(SeatChange::Asked { part: id("part"), email: "é@example.org".to_owned(), roles: vec![Role::GroupLead] });
    db.append(batch).await.unwrap();
    let certified = vec![crate::register::issued(), crate::register::site("A21471", "Willow “Lane” é")];
    db.append(walk.then(certified, Some(by("hal", "programme")), at(2))).await.unwrap();
    let reference = walk.0.reference;
    db.note_opened(&reference, &id("s-dspt"), Round(1), &id("grace"), at(2)).await.unwrap();
    let about = DocumentAbout { journey: reference.clone(), task: id("s-dspt"), number: "é".to_owned(), made_at: at(2) };
    db.keep_document(Document { content: Digest::of(b"said"), about, bytes: vec![0, 255, 13, 10] }).await.unwrap();
    let (asked, link) = crate::signatories::asked("rae", "A21471", 2);
    db.change_signatories(&[AskedChange::Asked { asked, link }], &[], at(2)).await.unwrap();
    let file = StoredFile {
        digest: Digest::of(b"report"),
        task: id("s-dspt"),
        name: "Report “é”.pdf".to_owned(),
        kind: "application/pdf".to_owned(),
        bytes: 6,
        by: id("ada"),
        at: at(3),
    };
    db.add_file(&reference, file).await.unwrap();
    let report = b"<testsuite name=\"Patient Read\"><testcase name=\"a\"/></testsuite>";
    let run = journey::task::results::read(report).unwrap();
    db.add_run(&reference, &id("p-self-test"), &Digest::of(report), &run).await.unwrap();
    let catalogue = Catalogue {
        edition: "2026-2".parse().unwrap(),
        body: "id\n".to_owned(),
        note: String::new(),
        by: id("grace"),
        at: at(3),
        withdrawn: None,
    };
    let edition = catalogue.edition.clone();
    db.publish_catalogue(catalogue, Vec::new()).await.unwrap();
    db.withdraw_catalogue(&edition, crate::operator::noted("withdrawn", Act::EditionWithdrawn, Some("grace"), 4), Vec::new())
        .await
        .unwrap();
    let scripts = journey::task::results::scripts::named("GPC-SPN-TST-10");
    db.match_scripts(&id("acme"), "Spine: é", &scripts, &id("ada"), at(4)).await.unwrap();
    let lost = db.next_letter(at(9), at(99)).await.unwrap().unwrap().letter.id;
    db.letter_undelivered(&lost, Undelivered::Refused, "550 “é”", at(9), None).await.unwrap();
    let words = "A header is missing.".to_owned();
    let phrase = Phrase { id: "p1".to_owned(), role: Role::FunctionalAssurance, words, used: 2, by: id("grace"), at: at(3) };
    db.add_phrase(phrase).await.unwrap();
    let facts = Evidence {
        digest: Digest::of(b"report"),
        sort: Sort::PenetrationTest,
        product: "4.2".to_owned(),
        environment: None,
        effective: None,
        tester: String::new(),
        replaces: None,
        by: id("ada"),
        at: at(3),
    };
    db.tell_evidence(&reference, &id("s-dspt"), facts).await.unwrap();
    db.propose_meeting(&reference, &crate::meetings::meeting("met", Some("s-dspt"), 3), &[]).await.unwrap();
    let draft = journey::rule::draft::Draft {
        task: id("s-dspt"),
        subject: "answers".to_owned(),
        version: 0,
        body: "{}".to_owned(),
        by: id("ada"),
        at: at(3),
        sent: false,
    };
    db.save_draft(&reference, draft, 0).await.unwrap();
    let live = crate::live_runs::begun("live", &reference, 3);
    db.open_live_run(&live).await.unwrap();
    db.add_exchange(&live, &crate::live_runs::exchanged(&live, false, None)).await.unwrap();
    db.note_live_record("live", &journey::base::ids::Digest::of(b"record")).await.unwrap();
    // Something is said, with a file, and waits for the daily letter of somebody who has seen the thread.
    db.choose_notices(&id("grace"), Notices::Daily).await.unwrap();
    let report = FileRef { digest: Digest::of(b"report"), name: "report.pdf".to_owned() };
    let upload = Upload { file: report.clone(), kind: "application/pdf".to_owned(), bytes: 6, at: at(3) };
    db.add_upload(&id("ada"), &id("said"), upload).await.unwrap();
    let said = NewMessage {
        id: id("said"),
        journey: reference.clone(),
        task: None,
        defect: Some(1),
        audience: Audience::All,
        by: by("ada", "acme"),
        at: at(3),
        words: "“Words” é".to_owned(),
        mentions: vec!["Grace O'Neill".to_owned()],
        files: vec![report.digest],
        notices: vec![notice("said", "grace", false)],
    };
    db.say(said).await.unwrap();
    db.mark_seen(&id("grace"), &reference, None, 1).await.unwrap();
    let waits = vec![turn("obtain-use-case-approval", &[Role::ProgrammeLead], at(4), Some("2026-03-09"))];
    let other = listed(db, 6, "Ward Round", "acme", at(4), waits).await;
    let had = HadBefore { task: id("ask-for-text"), role: Role::ProgrammeLead, round: Round(2), person: id("grace") };
    let (_, mut batch) = Walk::open_for(7, "Handover", "acme", at(4));
    batch.projection.had_before = vec![had];
    db.append(batch).await.unwrap();
    crate::ods::load(db, "epraccur.csv", at(5)).await;
    let text = crate::corrections::text("A “number” é.", 0);
    db.propose(text.clone(), crate::operator::noted("proposed", Act::TextProposed, Some("ada"), 5), Vec::new()).await.unwrap();
    let published = crate::operator::noted("published", Act::TextPublished, Some("grace"), 5);
    db.answer_proposal(&text.subject, 1, Fate::Published, published, None).await.unwrap();
    let day = jiff::civil::date(2026, 3, 2);
    let ends = db.grown_ledgers().await.unwrap();
    db.publish_list(crate::heads::list(1, day, "key"), crate::heads::noted(ends, day)).await.unwrap();
    db.keep_seal(crate::seals::certificate("one"), at(5)).await.unwrap();
    // One letter goes with a document.
    db.add_link(crate::cast::link("letter-01", LinkPurpose::Reset), letter("letter-01")).await.unwrap();
    db.claim(&other, &id("obtain-use-case-approval"), Role::ProgrammeLead, &id("grace"), at(5)).await.unwrap();
    db.keep_view(&id("grace"), "Late", "?due=late").await.unwrap();
    let wait =
        Wait { task: id("submit-scal"), role: Role::ProgrammeLead, round: Round(1), since: at(1), until: at(5), due: None };
    db.keep_waits(&reference, &[wait]).await.unwrap();
    // An operator locked somebody and merged a double, and somebody signed in.
    db.add_organisation(organisation("host", Side::Operator), at(0)).await.unwrap();
    crate::cast::member(db, "host", "olive", &[Role::Operator]).await;
    crate::cast::supplier(db, "double", "eve").await;
    let olive = || by("olive", "host");
    db.lock(&id("hal"), "“Lost” é.", olive(), at(6), letter("locked")).await.unwrap();
    db.merge(&id("double"), &id("acme"), &[id("eve")], "A double.", olive(), at(6), Vec::new()).await.unwrap();
    let (step, codes) = (crate::second_steps::step("é", 6), crate::second_steps::codes());
    db.set_up_second_step(&id("ada"), &step, &codes, false, letter("set-up")).await.unwrap();
    let reset = crate::second_steps::reset("ada", "bob", 7);
    db.ask_second_step_reset(&reset, by("bob", "acme"), letter("lost")).await.unwrap();
    db.note(crate::operator::noted("noted", Act::SignedIn, Some("ada"), 6)).await.unwrap();
    reference
}

async fn lines_of(db: &Db) -> Vec<Vec<String>> {
    let mut snapshot = db.snapshot().await.unwrap();
    let mut all = Vec::new();
    for table in TABLES {
        let mut lines = Vec::new();
        let keep = |line: &str| {
            lines.push(line.to_owned());
            Ok(())
        };
        let count = snapshot.rows(table, keep).await.unwrap();
        assert_eq!(count as usize, lines.len());
        // Claims of before are in the table of each team's.
        assert_eq!(count > 0, table.name != "claims", "{} has a row in this story", table.name);
        all.push(lines);
    }
    all
}

pub async fn every_row_is_carried_into_an_empty_memory(house: House) {
    assert!(house.db.is_empty().await.unwrap());
    let reference = lived_in(&house.db).await;
    assert!(!house.db.is_empty().await.unwrap());
    let before = lines_of(&house.db).await;
    crate::support::on_sqlite(async |other| {
        // Begun and given up: nothing of it is there.
        let mut filling = other.db.fill().await.unwrap();
        filling.row(&TABLES[0], &before[0][0]).await.unwrap();
        drop(filling);
        assert!(other.db.is_empty().await.unwrap());
        let mut filling = other.db.fill().await.unwrap();
        for (table, lines) in TABLES.iter().zip(&before) {
            for line in lines {
                filling.row(table, line).await.unwrap();
            }
        }
        // What is no row of the table is refused and named.
        for bad in ["nonsense", "[]", "[1, 2, 3, 4, 5, 6]"] {
            assert!(filling.row(&TABLES[0], bad).await.is_err_and(|why| why.contains("organisations")), "{bad}");
        }
        filling.done().await.unwrap();
        let sorted = |mut all: Vec<Vec<String>>| {
            all.iter_mut().for_each(|lines| lines.sort());
            all
        };
        assert_eq!(sorted(lines_of(&other.db).await), sorted(before));
        assert_eq!(other.db.history(&reference).await.unwrap(), house.db.history(&reference).await.unwrap());
        let mut filling = other.db.fill().await.unwrap();
        let first = lines_of(&house.db).await[0][0].clone();
        assert!(filling.row(&TABLES[0], &first).await.is_err_and(|why| why.contains("twice")));
    })
    .await;
}

pub async fn a_snapshot_does_not_see_what_is_written_after_it(house: House) {
    everybody(&house.db).await;
    let mut snapshot = house.db.snapshot().await.unwrap();
    let before = snapshot.rows(&TABLES[0], |_| Ok(())).await.unwrap();
    house.db.add_organisation(organisation("later", Side::EndUser), at(9)).await.unwrap();
    assert_eq!(snapshot.rows(&TABLES[0], |_| Ok(())).await.unwrap(), before);
    drop(snapshot);
    let mut snapshot = house.db.snapshot().await.unwrap();
    assert_eq!(snapshot.rows(&TABLES[0], |_| Ok(())).await.unwrap(), before + 1);
    // Whoever takes the rows may break off.
    assert_eq!(snapshot.rows(&TABLES[0], |_| Err("the disk is full".to_owned())).await, Err("the disk is full".to_owned()));
}

pub async fn a_backup_knows_every_table_and_every_column(house: House) {
    let there: BTreeSet<(String, String)> =
        house.db.schema_of().await.unwrap().into_iter().filter(|(table, _)| !LEFT_OUT.contains(&table.as_str())).collect();
    let known: BTreeSet<(String, String)> =
        TABLES.iter().flat_map(|table| table.columns().map(|column| (table.name.to_owned(), column.to_owned()))).collect();
    assert_eq!(there, known, "store/src/whole.rs names every table and column of the migrations");
    assert!(store::schema() >= 3);
}

pub async fn everything_is_walked_once_in_steps(house: House) {
    let db = &house.db;
    let reference = lived_in(db).await;
    let mut streams = Vec::new();
    let mut last = String::new();
    while let Some(stream) = db.streams(&last, 1).await.unwrap().into_iter().next() {
        last = stream.clone();
        streams.push(stream);
    }
    assert_eq!(streams.len(), 4, "three journeys and the accounts: {streams:?}");
    assert_eq!(db.parties(&reference).await.unwrap(), BTreeSet::from([id("trust")]));
    let mut members = Vec::new();
    let mut after = (String::new(), String::new());
    while let Some((person, organisation, roles)) = db.every_membership((&after.0, &after.1), 1).await.unwrap().into_iter().next()
    {
        after = (person.to_string(), organisation.to_string());
        members.push((person.to_string(), roles));
    }
    let names: BTreeSet<&str> = members.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, BTreeSet::from(["ada", "bob", "eve", "grace", "hal", "olive"]));
    assert_eq!(members.len(), 6);
    let (journey, file) = db.every_file(["", "", ""], 10).await.unwrap()[0].clone();
    assert_eq!((journey.clone(), file.name.as_str()), (reference.clone(), "Report “é”.pdf"));
    assert_eq!(db.every_file([&journey.to_string(), file.task.as_str(), file.digest.as_str()], 10).await.unwrap(), []);
    assert_eq!(db.files_of(&reference, &file.task).await.unwrap(), BTreeSet::from([file.digest]));
    let uploads = db.every_upload(["", "", ""], 10).await.unwrap();
    assert_eq!(uploads, [(["ada".to_owned(), "said".to_owned(), Digest::of(b"report").to_string()], 6)]);
    let [person, message, digest] = &uploads[0].0;
    assert_eq!(db.every_upload([person, message, digest], 10).await.unwrap(), []);
    assert_eq!(db.files_of(&reference, &id("s-pentest")).await.unwrap(), BTreeSet::new());
    assert_eq!(db.submitters("", 10).await.unwrap(), [reference.to_string()]);
    assert_eq!(db.submitters(&reference.to_string(), 10).await.unwrap(), Vec::<String>::new());
    // Whatever stands there, read or not.
    let strange = JourneyRef::from_bits(77);
    let insert = "INSERT INTO submissions (journey, task, round, digest, body) VALUES";
    house.by_hand(&format!("{insert} ('{strange}', 'No task!', -7, '', 'x')")).await;
    let odd = StoredSubmission { task: "No task!".to_owned(), round: -7, digest: String::new(), body: "x".to_owned() };
    assert_eq!(db.submitters("", 10).await.unwrap().len(), 2);
    assert_eq!(db.every_submission(&strange, ("", i64::MIN), 10).await.unwrap(), [odd]);
    assert_eq!(db.every_submission(&strange, ("No task!", -7), 10).await.unwrap(), []);
}

/// What a command does that looks at a database: it makes nothing, changes nothing, and tells which schema is there.
pub async fn what_is_there_is_opened_as_it_is(house: House) {
    let db = house.db;
    everybody(&db).await;
    assert_eq!(db.migrations().await.unwrap(), store::migrations());
    assert_eq!(store::migrations().last(), Some(&store::schema()));
    let looks = Db::existing(&house.url, Access::Read).await.unwrap();
    assert_eq!(looks.migrations().await.unwrap(), store::migrations());
    assert!(looks.person(&id("ada")).await.unwrap().is_some());
    assert!(looks.snapshot().await.is_ok());
    assert!(looks.add_organisation(organisation("new", Side::EndUser), at(1)).await.is_err(), "it only looks");
    looks.close().await;
    let writes = Db::existing(&house.url, Access::Write).await.unwrap();
    writes.add_organisation(organisation("new", Side::EndUser), at(1)).await.unwrap();
    writes.close().await;
    assert!(db.organisation(&id("new")).await.unwrap().is_some());
    // A server makes no database by itself; a file would be made.
    if db.dialect() == store::Dialect::Sqlite {
        let elsewhere = format!("{}.none", house.url);
        for access in [Access::Read, Access::Write, Access::Read] {
            assert!(Db::existing(&elsewhere, access).await.is_err());
        }
    }
}

pub async fn an_organisation_is_found_by_whatever_names_it(house: House) {
    let db = house.db;
    for (number, (name, code, side)) in [
        ("Willow Lane Surgery", "A21471", Side::EndUser),
        ("WILLOW LANE SURGERY", "", Side::EndUser),
        ("Äther Praxis", "A99999", Side::EndUser),
        ("Willow Lane Surgery", "A21471", Side::Commissioner),
    ]
    .into_iter()
    .enumerate()
    {
        let new = organisation(&format!("org{number}"), side);
        db.add_organisation(Organisation { name: name.to_owned(), ods_code: code.to_owned(), ..new }, at(0)).await.unwrap();
    }
    let called = async |side: Side, text: &str| {
        let mut ids: Vec<String> =
            db.organisations_called(side, text).await.unwrap().into_iter().map(|one| one.id.to_string()).collect();
        ids.sort();
        ids
    };
    assert_eq!(called(Side::EndUser, "willow lane surgery").await, ["org0", "org1"], "it is said that there are two");
    assert_eq!(called(Side::EndUser, "a21471").await, ["org0"]);
    assert_eq!(called(Side::EndUser, "org1").await, ["org1"]);
    assert_eq!(called(Side::EndUser, "äTHER praxis").await, ["org2"]);
    assert_eq!(called(Side::Commissioner, "A21471").await, ["org3"]);
    for nobody in ["", "Willow", "%", "' OR 1=1", "\0"] {
        assert_eq!(called(Side::EndUser, nobody).await, Vec::<String>::new(), "{nobody}");
    }
}
