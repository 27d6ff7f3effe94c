//! The SCAL as a workbook: out and in again without edits changes nothing, with edits exactly these; whatever is no
//! workbook of ours is refused in words, with little memory and in little time, and nothing is applied.
#![expect(clippy::unwrap_used, reason = "a test says what failed by panicking")]

mod common;

use std::{
    io::{Cursor, Write as _},
    time::{Duration, Instant},
};

use axum::http::StatusCode;
use common::{
    Browser, House, multipart_named,
    world::{Play, admit, invite, register, task},
};
use journey::{
    base::{
        actor::{Role, Side},
        edition::Edition,
        ids::JourneyRef,
    },
    form::Answers,
    port::Drafts as _,
    scal::{
        book::{self, Entry, NOTE},
        sheet::{self, COLUMNS, File, Here, Stamp},
    },
};
use rust_xlsxwriter::Workbook;
use server::workbook::{Beside, read, read_catalogue, write, write_catalogue};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// A house with a journey whose SCAL is being answered.
async fn answering() -> (House, Browser, JourneyRef) {
    let house = House::new().await;
    let mut lead = register(&house, "Fernhollow", "lead@fernhollow.example").await;
    let officer = invite(&house, &mut lead, "officer@fernhollow.example", Role::ClinicalSafetyOfficer).await;
    let teams: Vec<Role> = Role::ALL.iter().copied().filter(|role| role.side() == Side::Programme).collect();
    let reviewer = admit(&house, Side::Programme, "NHS England", "all@nhs.example", &teams).await;
    let cast = [&lead.actor, &officer.actor, &reviewer.actor];
    let reference = Play::open(&house, &lead).until_ready(&cast, "submit-scal").written(&house).await;
    (house, lead.browser, reference)
}

async fn entries(house: &House, reference: &JourneyRef) -> Vec<Entry> {
    let journey = common::world::journey_of(house, reference).await;
    let drafts = house.db.drafts(reference, &task("submit-scal"), book::SUBJECT).await.unwrap();
    book::entries(&journey, journey.task(&task("submit-scal")), &[], &drafts).unwrap()
}

fn stamp(reference: &JourneyRef) -> Stamp {
    Stamp {
        journey: reference.clone(),
        product: "Ward Letters".to_owned(),
        edition: Edition::default(),
        day: jiff::civil::date(2026, 3, 2),
    }
}

async fn compared(house: &House, reference: &JourneyRef, entries: &[Entry], file: &File) -> sheet::Comparison {
    let journey = common::world::journey_of(house, reference).await;
    let here = Here { journey: reference, opening: &journey.opening, entries, assigned: &|_| String::new() };
    sheet::compare(&here, file).unwrap()
}

async fn upload(browser: &mut Browser, reference: &JourneyRef, name: &str, bytes: &[u8]) -> common::Page {
    let journey = reference.to_string();
    let words = [("journey", journey.as_str()), ("task", "submit-scal")];
    let page = browser.send(multipart_named("file", "scal/upload", &words, &[(name, bytes)])).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
    browser.follow(page).await
}

async fn download(browser: &Browser, reference: &JourneyRef) -> Vec<u8> {
    let (status, bytes) = browser.download(&format!("/journeys/{reference}/tasks/submit-scal/scal.xlsx")).await;
    assert_eq!(status, StatusCode::OK);
    bytes
}

#[tokio::test]
async fn a_workbook_goes_out_and_comes_back_changed_and_everything_is_shown_before_it_is_applied() {
    let (house, mut lead, reference) = answering().await;
    let path = format!("/journeys/{reference}/tasks/submit-scal");
    let journey = reference.to_string();
    let fields = |row: &'static str, words: &'static str| {
        vec![
            ("journey", journey.clone()),
            ("task", "submit-scal".to_owned()),
            ("row", row.to_owned()),
            (if row == "gpc-ig1" { "answers[gpc-ig1][]" } else { "answers[scal-org-01][]" }, "met".to_owned()),
            (if row == "gpc-ig1" { "answers[gpc-ig1_words][]" } else { "answers[scal-org-01_words][]" }, words.to_owned()),
        ]
    };
    for (row, words) in [("gpc-ig1", "=cmd|' /C calc'!A0"), ("scal-org-01", "Two\nlines, “é” & <b>")] {
        let fields = fields(row, words);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(k, v)| (*k, v.as_str())).collect();
        lead.submit("scal/save", &fields).await;
    }
    // As it went out, so it comes in.
    let out = download(&lead, &reference).await;
    let before = entries(&house, &reference).await;
    let file = read(out.clone()).unwrap();
    assert_eq!(file.lines.len(), before.len());
    assert_eq!(
        file.of.as_ref().map(|of| (&of.journey, of.edition.to_string())),
        Some((&reference, Edition::default().to_string()))
    );
    let same = compared(&house, &reference, &before, &file).await;
    assert_eq!((same.changes.len(), same.faults.len(), same.same), (0, 0, before.len()));
    assert_eq!((same.left_out, same.doubts), (Vec::new(), Vec::new()));
    let page = upload(&mut lead, &reference, "SCAL.xlsx", &out).await;
    assert!(page.body.contains("0 rows would change"), "{}", page.body);

    // Edited: one row changed, one with a word that is no status.
    let mut edited = before.clone();
    let at = edited.iter().position(|entry| entry.row.id == "SCAL-ORG-02").unwrap();
    edited[at].answers = Answers::default().with("scal-org-02", "partly").with("scal-org-02_words", "Signed by the end of May.");
    edited[at].note = "Ask the board.".to_owned();
    let bytes = write(&edited, &Beside { assigned: &|_| String::new(), own: true, of: stamp(&reference) }).unwrap();
    let page = upload(&mut lead, &reference, "SCAL edited.xlsx", &bytes).await;
    assert!(page.body.contains("1 row would change") && page.body.contains("Signed by the end of May."), "{}", page.body);
    assert_eq!(entries(&house, &reference).await[at].words(), "", "nothing is applied yet");
    let applied = lead.submit("scal/apply", &[("journey", &journey), ("task", "submit-scal"), ("rows[]", "scal-org-02")]).await;
    assert!(applied.done().is_some_and(|says| says.contains("1 row changed")), "{}", applied.body);
    let after = entries(&house, &reference).await;
    assert_eq!(
        (after[at].status(), after[at].words(), after[at].note.as_str()),
        ("partly", "Signed by the end of May.", "Ask the board.")
    );
    assert_eq!(after[at].body().one(NOTE), "Ask the board.");
    assert_eq!(lead.get(&format!("{path}/import")).await.status, 200);
}

/// A workbook in which somebody has put these cells on a sheet with our heading.
fn with_cells(rows: usize, extra: impl FnOnce(&mut rust_xlsxwriter::Worksheet)) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (column, title) in COLUMNS.iter().enumerate() {
        sheet.write_string(0, u16::try_from(column).unwrap(), *title).unwrap();
    }
    for row in 0..rows {
        sheet.write_string(u32::try_from(row + 1).unwrap(), 0, format!("ROW-{row}")).unwrap();
    }
    extra(sheet);
    workbook.save_to_buffer().unwrap()
}

fn zipped(parts: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        writer.start_file(*name, SimpleFileOptions::default().compression_method(CompressionMethod::Deflated)).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// The same workbook with one more part.
fn with_part(workbook: &[u8], name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(Cursor::new(workbook)).unwrap();
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..archive.len() {
        writer.raw_copy_file(archive.by_index(at).unwrap()).unwrap();
    }
    writer.start_file(name, SimpleFileOptions::default()).unwrap();
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap().into_inner()
}

#[test]
fn hostile_workbooks_are_refused_in_words_and_soon() {
    let names: Vec<String> = (0..600).map(|n| format!("part{n}")).collect();
    let many: Vec<(&str, Vec<u8>)> = names.iter().map(|name| (name.as_str(), Vec::new())).collect();
    let mountain = vec![b' '; 64 * 1024 * 1024];
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("nothing", Vec::new(), "not an Excel workbook"),
        ("a picture", b"\x89PNG\r\n\x1a\n".repeat(40), "not an Excel workbook"),
        ("a zip of something else", zipped(&[("letter.txt", b"Hello".to_vec())]), "not an Excel workbook"),
        ("a mountain", zipped(&[("xl/sharedStrings.xml", mountain)]), "far larger unpacked"),
        ("many parts", zipped(&many), "more parts"),
        ("macros", with_part(&with_cells(1, |_| {}), "xl/vbaProject.bin", b"x"), "macros"),
        ("a password", vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1], "protected by a password"),
        (
            "more formulas than anybody reads of",
            with_cells(300, |sheet| (1..=300).for_each(|row| drop(sheet.write_formula(row, 6, "=1+1")))),
            "G2: there is a formula",
        ),
        ("another heading", with_cells(1, |sheet| drop(sheet.write_string(0, 5, "State"))), "the column is called “Status”"),
        ("a hundred thousand rows", with_cells(100_000, |_| {}), "more than 2000 rows"),
        ("a far corner", with_cells(1, |sheet| drop(sheet.write_string(1_048_575, 16_383, "x"))), "more than 2000 rows"),
        ("no row at all", with_cells(0, |_| {}), "no row in the file"),
    ];
    for (what, bytes, says) in cases {
        let began = Instant::now();
        let refusals = read(bytes).expect_err(what);
        assert!(refusals.iter().any(|refusal| refusal.contains(says)), "{what}: {refusals:?}");
        assert!(began.elapsed() < Duration::from_secs(20), "{what} took {:?}", began.elapsed());
    }
}

/// A workbook with rows that are ours and everything around them that people put into one.
#[tokio::test]
async fn what_is_strange_is_told_by_its_cell_and_the_rest_is_offered() {
    let (house, mut lead, reference) = answering().await;
    let before = entries(&house, &reference).await;
    let id = |at: usize| before[at].row.id.as_str();
    let date = rust_xlsxwriter::Format::new().set_num_format("dd/mm/yyyy");
    let percent = rust_xlsxwriter::Format::new().set_num_format("0%");
    let mut workbook = Workbook::new();
    let notes = workbook.add_worksheet();
    notes.set_name("Our notes").unwrap();
    notes.write_string(0, 0, "To do").unwrap().write_formula(3, 0, "=1+1").unwrap();
    notes.merge_range(5, 0, 6, 3, "Merged", &percent).unwrap();
    let rows = workbook.add_worksheet();
    rows.set_name("1 Organisation and product").unwrap();
    for (column, title) in (0..).zip(COLUMNS) {
        // In small letters, with a space that does not break.
        rows.write_string(0, column, format!("{}\u{a0}", title.to_lowercase())).unwrap();
    }
    for at in 0..9 {
        rows.write_string(u32::try_from(at + 1).unwrap(), 0, id(at)).unwrap();
    }
    rows.write_formula(1, 5, "=NA()").unwrap();
    rows.write_number_with_format(2, 6, 46266.0, &date).unwrap();
    rows.write_number_with_format(3, 6, 0.35, &percent).unwrap();
    rows.write_number(4, 6, 1.1).unwrap();
    rows.write_boolean(5, 6, true).unwrap();
    rows.merge_range(6, 5, 7, 5, "Met", &percent).unwrap();
    rows.write_string(8, 6, "Taken.\r\nBoth lines.\u{b}").unwrap();
    rows.write_string(9, 8, "nowhere.pdf").unwrap();
    rows.write_string(11, 0, "Total").unwrap().write_formula(11, 6, "=COUNTA(G2:G10)").unwrap();
    rows.write_string(12, 7, "\u{a0}").unwrap().write_string(1_048_575, 25, " ").unwrap().write_formula(2, 20, "=1+1").unwrap();
    let page = upload(&mut lead, &reference, "ours.xlsx", &workbook.save_to_buffer().unwrap()).await;
    for says in [
        "1 row would change",
        "Both lines.",
        "F2</b>: there is a formula",
        "G3</b>: there is a date or a time",
        "G4</b>: there is the number 0.35",
        "G5</b>: there is the number 1.1",
        "G6</b>: there is a value and no text",
        "F7</b>: cells are merged here",
        "F8</b>: cells are merged here",
        "B10</b>: “Level”",
        "“Files and links” reads differently here, and is not taken from a file",
        "A12</b>: “Total” is not a row of this SCAL",
        "The sheet “Our notes”</b>: its first line does not hold",
    ] {
        assert!(page.body.contains(says), "{says}: {}", page.body);
    }
    assert!(!page.body.contains("A13"), "a stray space is nothing: {}", page.body);
    // Another file that is refused takes its place: nothing of the one before is offered any more.
    let page = upload(&mut lead, &reference, "letter.docx", b"PK not really").await;
    assert!(page.body.contains("letter.docx was not taken") && !page.body.contains("ours.xlsx"), "{}", page.body);
    assert!(
        !lead.get(&format!("/journeys/{reference}/tasks/submit-scal/import")).await.body.contains("Apply the ticked changes")
    );
}

#[tokio::test]
async fn a_workbook_says_whose_it_is_and_keeps_its_lines() {
    let (house, mut lead, reference) = answering().await;
    let mut edited = entries(&house, &reference).await;
    edited[0].answers = Answers::default().with("scal-org-01", "not_met").with("scal-org-01_words", "One\r\nTwo\u{b}\u{200b}");
    let other = JourneyRef::from_bits(77);
    let bytes = write(&edited, &Beside { assigned: &|_| String::new(), own: true, of: stamp(&other) }).unwrap();
    let mut archive = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
    let mut parts = String::new();
    for at in 0..archive.len() {
        std::io::Read::read_to_string(&mut archive.by_index(at).unwrap(), &mut parts).unwrap();
    }
    assert!(!parts.contains("_x00") && !parts.contains('\u{200b}'), "nothing that nobody can see goes out");
    assert!(parts.contains(&other.to_string()) && parts.contains("<dc:title>SCAL of Ward Letters</dc:title>"));
    let file = read(bytes.clone()).unwrap();
    assert_eq!((file.lines[0].words.as_str(), file.of.clone().unwrap()), ("One\nTwo", stamp(&other)));
    let page = upload(&mut lead, &reference, "other.xlsx", &bytes).await;
    assert!(page.body.contains(&format!("This file is the SCAL of Ward Letters ({other})")), "{}", page.body);
    assert!(page.body.contains("apply-scal-org-01") && !page.body.contains(" checked"), "nothing is ticked: {}", page.body);
    // With the reason taken away, what is missing is said before anything is applied.
    edited[0].answers = Answers::default().with("scal-org-01", "not_met");
    let bytes = write(&edited, &Beside { assigned: &|_| String::new(), own: true, of: stamp(&reference) }).unwrap();
    let page = upload(&mut lead, &reference, "bare.xlsx", &bytes).await;
    assert!(page.body.contains("Still missing: ") && page.body.contains("Say why for SCAL-ORG-01"), "{}", page.body);
    assert!(page.body.contains(" checked"), "{}", page.body);
}

/// Bytes that are broken anywhere are refused or read, and never end the process. `FUZZ` is a factor.
#[test]
fn broken_workbooks_never_end_the_process() {
    let sound = with_cells(3, |sheet| drop(sheet.write_string(1, 6, "words")));
    let factor: usize = std::env::var("FUZZ").ok().and_then(|factor| factor.parse().ok()).unwrap_or(1);
    let mut seed: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut next = || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed >> 33).unwrap()
    };
    let mut refused = 0;
    for _ in 0..200 * factor {
        let mut bytes = sound.clone();
        for _ in 0..=next() % 8 {
            let at = next() % bytes.len();
            match next() % 3 {
                0 => bytes[at] = u8::try_from(next() % 256).unwrap(),
                1 => bytes.truncate(at.max(1)),
                _ => drop(bytes.splice(at..at, [0xff, 0])),
            }
        }
        refused += usize::from(read(bytes).is_err());
    }
    println!("{refused} of {} broken workbooks refused", 200 * factor);
    assert!(refused > 100 * factor, "{refused} of {}", 200 * factor);
}

#[tokio::test]
async fn a_file_that_is_refused_is_named_and_changes_nothing() {
    let (house, mut lead, reference) = answering().await;
    let page = upload(&mut lead, &reference, "letter.docx", b"PK not really").await;
    assert!(page.body.contains("letter.docx was not taken"), "{}", page.body);
    let strange = with_cells(1, |_| {});
    let page = upload(&mut lead, &reference, "other.xlsx", &strange).await;
    assert!(page.body.contains("other.xlsx cannot be applied") && page.body.contains("ROW-0"), "{}", page.body);
    let journey = reference.to_string();
    let page = lead.submit("scal/apply", &[("journey", &journey), ("task", "submit-scal"), ("rows[]", "gpc-ig1")]).await;
    assert!(page.body.contains("Nothing was changed"), "{}", page.body);
    assert!(entries(&house, &reference).await.iter().all(|entry| entry.version == 0));
}

#[test]
fn an_edition_goes_out_as_a_workbook_and_comes_back_the_same() {
    let shipped = journey::catalogue::editions::shipped().unwrap();
    let text = read_catalogue(write_catalogue(shipped).unwrap()).unwrap();
    let back = journey::catalogue::editions::read(&text).unwrap();
    let told = |rows: &[journey::catalogue::row::Row]| rows.iter().map(journey::catalogue::row::Row::record).collect::<Vec<_>>();
    assert_eq!(told(&back), told(shipped));
    // What goes out is what the file says, who answers a row included.
    let mut written = csv::Reader::from_reader(include_str!("../../app/journey/catalogues/scal.csv").as_bytes());
    let head = written.headers().unwrap().clone();
    for (row, line) in told(shipped).into_iter().zip(written.records()) {
        let line = line.unwrap();
        for (name, value) in journey::catalogue::csv::HEADING.iter().zip(row) {
            let column = head.iter().position(|there| there == *name).unwrap();
            assert_eq!(value, line[column], "{name} of {}", &line[0]);
        }
    }
    // A fault names the line that the spreadsheet program shows.
    let mut rows = shipped.to_vec();
    rows[2].level = journey::catalogue::row::Level::May;
    rows[3].id = "SCAL 3".to_owned();
    let faulty = read_catalogue(write_catalogue(&rows).unwrap()).unwrap();
    assert_eq!(journey::catalogue::editions::read(&faulty).unwrap_err()[0].line, 5);
    // A CSV text is taken as it is; what is neither is refused, and so is what no catalogue has.
    assert_eq!(read_catalogue(b"\xef\xbb\xbfid,capability\n".to_vec()).unwrap(), "id,capability\n");
    for bytes in [b"\xff\xfe\x00".to_vec(), b"PK\x03\x04 nothing".to_vec()] {
        assert!(read_catalogue(bytes).is_err());
    }
    let formula = with_cells(3, |sheet| drop(sheet.write_formula(1, 1, "1+1")));
    assert!(read_catalogue(formula).unwrap_err()[0].contains("there is a formula"));
}
