//! Members of an end-user group from a file: every row is shown before it is added, what is wrong is told by its row, nothing
//! that was typed is lost, and the register of ODS codes stops nobody.

use crate::common::{
    group_file::{GROUP, many, members, path, register, sends, take, ticked, upload},
    world::{Play, Small, answers_to, journey_of, task},
};
use axum::http::StatusCode;
use journey::{
    base::ids::JourneyRef,
    port::{Drafts as _, ods::SAMPLE},
    task::{end_users::MOST_MEMBERS, forms},
};
use rust_xlsxwriter::Workbook;

/// A journey in which the supplier's lead can form the group.
async fn forming() -> (Small, JourneyRef) {
    let small = Small::new().await;
    let reference = Play::open(&small.house, &small.lead).until_ready(&small.cast(), GROUP).written(&small.house).await;
    (small, reference)
}

#[tokio::test]
async fn a_group_of_240_comes_from_a_file_row_by_row_and_is_sent() {
    let (mut small, reference) = forming().await;
    register(&small.house, "epraccur.csv").await;
    let lead = &mut small.lead.browser;
    let page = lead.get(&path(&reference)).await;
    assert!(page.body.contains("Add members from a file") && page.body.contains("In which care setting"), "{}", page.body);
    // What is typed is saved on the way to the file.
    let journey = journey_of(&small.house, &reference).await;
    let form = forms::form_of(journey.process.task(&task(GROUP)).unwrap(), &journey.opening);
    let typed =
        answers_to(&form, "Typed before.").with("members", "A00003 The third\nnot yet a member").with("lead_ods", "A00001");
    let page = sends(lead, &reference, "end-users/members", 0, &[("then", "file")], &typed).await;
    assert_eq!(page.heading(), "Add members from a file");
    let page = upload(lead, &reference, "members.csv", &many()).await;
    for says in [
        "members.csv: 240 rows",
        "227 can be added, 3 to decide about, 9 cannot be added and 1 in the list already",
        "loaded last on 1 March 2026",
        "Cell C232: “5.00E+01” looks like a number that a spreadsheet changed",
        "Cell C233: “2345” looks like a number that a spreadsheet changed: was it 02345?",
        "Cell C234: “01-Dec” looks like a date",
        "Was it A20047?",
        "“Surgery” is a word, not an ODS code",
        "Cell C237: Enter an ODS code",
        "The same code as in row 11 of the file",
        "Closed since 1 April 2025.",
        "After it came NEW QUAY (B00003)",
        "Add NEW QUAY (B00003) instead",
        "Not in the register that is loaded here",
        "Write the name beside the code",
        "In line 1 of the list",
        "Café H",
        "SURGERY 17",
    ] {
        assert!(page.body.contains(says), "{says}: {}", page.body);
    }
    let rows = ticked(&page);
    assert_eq!(rows.len(), 227);
    // Nothing is added yet, and whoever saw another version of the draft adds nothing.
    assert_eq!(members(&small.house, &reference).await, ("A00003 The third\nnot yet a member".to_owned(), 1));
    let stale = take(lead, &reference, "0", &rows, true).await;
    assert_eq!(stale.refusal().as_deref(), Some("Nothing was added: the draft was changed meanwhile"));
    let nothing = take(lead, &reference, "1", &[], true).await;
    assert_eq!(nothing.refusal().as_deref(), Some("Nothing was added"));
    // The rows that are ticked, whoever came after one, and one that is closed all the same.
    let mut rows = rows;
    rows.extend(["240:B00003".to_owned(), "239".to_owned(), "232".to_owned()]);
    let page = take(lead, &reference, "1", &rows, true).await;
    assert_eq!(page.done().as_deref(), Some("229 members added from members.csv"));
    for says in ["10 rows of members.csv not taken", "Copy them into a spreadsheet", "5.00E+01\tCaf", "It stays", "C242"] {
        let there = page.body.contains(says);
        assert!(there || says == "It stays", "{says}: {}", page.body);
    }
    let (list, version) = members(&small.house, &reference).await;
    assert_eq!(version, 2);
    assert!(list.starts_with("A00003 The third\nnot yet a member\nA00000 Surgery 0\n"), "{list}");
    assert!(list.ends_with("B00001 Café H\nB00003 NEW QUAY"), "{list}");
    // The page of the task has it all, and says what the register says.
    let page = lead.get(&path(&reference)).await;
    for says in [
        "Look at 1 organisation",
        "Line 230, <b>B00001 Café H</b>: closed since 1 April 2025",
        "Typed before.",
        "rows of your file that were not taken (10)",
    ] {
        assert!(page.body.contains(says), "{says}: {}", page.body);
    }
    // The names of the register, put in place with a button; the line that nobody can read stays as it is.
    let typed = typed.with("members", &list);
    let page = sends(lead, &reference, "end-users/members", 2, &[("then", "names")], &typed).await;
    assert!(page.done().is_some_and(|says| says.contains("names are those of the register")), "{}", page.body);
    let (list, version) = members(&small.house, &reference).await;
    assert!(list.starts_with("A00003 SURGERY 3\nnot yet a member\nA00000 Surgery 0"), "{list}");
    // Sent whole, with a warning that stops nobody.
    let list = list.replace("not yet a member\n", "");
    let typed = typed.with("members", &list);
    let page = sends(lead, &reference, "task/submit", version, &[], &typed).await;
    assert!(page.done().is_some_and(|says| says.contains("sent")), "{}", page.body);
    assert!(page.body.contains("does not match 1 organisation:"), "{}", page.body);
    let journey = journey_of(&small.house, &reference).await;
    assert_eq!(journey.group().unwrap().members.len(), 230);
    // Whoever confirms the group reads the same.
    let page = small.reviewer.browser.get(&path(&reference)).await;
    assert!(page.body.contains("Look at 1 organisation") && page.body.contains("closed since 1 April 2025"), "{}", page.body);
    assert_eq!(small.house.faults().await, Vec::<String>::new());
}

/// A workbook with these rows; a number is written as a number.
fn workbook(rows: &[(&str, &str)]) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, (code, name)) in (0..).zip(rows) {
        match code.parse::<f64>() {
            Ok(number) => sheet.write_number(row, 1, number).unwrap(),
            Err(_) => sheet.write_string(row, 1, *code).unwrap(),
        };
        sheet.write_string(row, 0, *name).unwrap();
    }
    book.add_worksheet().write_string(0, 0, "Notes of our own").unwrap();
    book.save_to_buffer().unwrap()
}

#[tokio::test]
async fn a_workbook_is_read_and_what_excel_did_to_codes_is_told_and_not_guessed() {
    let (mut small, reference) = forming().await;
    let lead = &mut small.lead.browser;
    let bytes = workbook(&[
        ("ODS code", "Organisation"),
        ("A20047", "Elm Surgery"),
        ("2345", "Zeros lost"),
        ("50", "Once 5E01"),
        ("b82617", "Mill"),
    ]);
    let page = upload(lead, &reference, "members.xlsx", &bytes).await;
    for says in [
        "2 can be added and 2 cannot be added",
        "No register of ODS codes is loaded here, so codes are looked at by their form alone.",
        "Cell B3: there is the number 2345. Excel takes zeros from the front of a code",
        "Cell B4: there is the number 50.",
        "Only the sheet “Sheet1” was read.",
    ] {
        assert!(page.body.contains(says), "{says}: {}", page.body);
    }
    let rows = ticked(&page);
    let page = take(lead, &reference, "0", &rows, false).await;
    assert_eq!(page.done().as_deref(), Some("2 members added from members.xlsx"));
    // What the journey says beforehand is in the draft as on the page.
    let draft = small.house.db.draft(&reference, &task(GROUP), "answers").await.unwrap().unwrap();
    assert!(draft.body.contains("access-record-html"), "{}", draft.body);
    assert_eq!(members(&small.house, &reference).await.0, "A20047 Elm Surgery\nB82617 Mill");
    // The same file once more adds nothing twice.
    let page = upload(lead, &reference, "members.xlsx", &bytes).await;
    assert!(page.body.contains("2 cannot be added and 2 in the list already"), "{}", page.body);
}

#[tokio::test]
async fn a_file_that_is_no_list_is_refused_in_words_and_adds_nothing() {
    let (mut small, reference) = forming().await;
    let lead = &mut small.lead.browser;
    upload(lead, &reference, "good.csv", b"A20047,Elm Surgery\n").await;
    let bomb = crate::common::bombs::workbooks().remove(0).1;
    for (name, bytes, says) in [
        ("letter.pdf", &b"%PDF-1.7\n\x00\x01"[..], "neither a table as text (CSV) nor an Excel workbook"),
        ("old.xls", &[0xd0, 0xcf, 0x11, 0xe0, 0][..], "old .xls"),
        ("people.csv", b"Claire,Jones\nAnn,Smith\n", "No column holds ODS codes"),
        ("empty.csv", b"", "The file is empty"),
        ("head.csv", b"ODS code,Name\n", "There is no row below the heading"),
        ("large.csv", &vec![b'a'; 1_100_000], "larger than 1 MB"),
        ("larger.csv", &vec![b'a'; 5_500_000], "larger than 5 MB"),
        ("long.csv", "A20047,Elm\n".repeat(2_001).as_bytes(), "more than 2000 rows"),
        ("bomb.xlsx", &bomb, "far more than a list of members"),
        ("broken.xlsx", b"PK\x03\x04 not really", "cannot be read"),
    ] {
        let page = upload(lead, &reference, name, bytes).await;
        assert_eq!(page.refusal(), Some(format!("{name} was not taken")), "{name}: {}", page.body);
        assert!(page.body.contains(says) && page.body.contains("Nothing was added."), "{name}: {}", page.body);
        // What was offered before is not taken for this file.
        assert!(!page.body.contains("good.csv"), "{name}");
    }
    let journey = reference.to_string();
    let page = lead.submit("end-users/members-file", &[("journey", &journey), ("task", GROUP)]).await;
    assert_eq!(page.refusal().as_deref(), Some("No file was chosen"));
    assert!(small.house.db.draft(&reference, &task(GROUP), "answers").await.unwrap().is_none());
}

#[tokio::test]
async fn whoever_may_not_write_the_list_has_no_file_read_and_no_page() {
    let (mut small, reference) = forming().await;
    for browser in [&mut small.reviewer.browser, &mut small.assurance.browser] {
        assert_eq!(browser.get(&format!("{}/members", path(&reference))).await.status, StatusCode::NOT_FOUND);
        let page = upload(browser, &reference, "members.csv", b"A20047,Elm Surgery\n").await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
        let page = take(browser, &reference, "0", &["1".to_owned()], false).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
    }
    // A task that is no group's has no such page either, and no list to add to.
    let elsewhere = format!("/journeys/{reference}/tasks/s-hscn/members");
    assert_eq!(small.lead.browser.get(&elsewhere).await.status, StatusCode::NOT_FOUND);
    // One person's file is not another's.
    upload(&mut small.lead.browser, &reference, "mine.csv", b"A20047,Elm Surgery\n").await;
    let mut colleague = crate::common::world::invite(
        &small.house,
        &mut small.lead,
        "second@acme.example",
        journey::base::actor::Role::OnboardingLead,
    )
    .await;
    let page = colleague.browser.get(&format!("{}/members", path(&reference))).await;
    assert!(page.status == StatusCode::OK && !page.body.contains("mine.csv"), "{}", page.body);
}

#[tokio::test]
async fn what_was_typed_comes_back_where_a_colleague_was_faster() {
    let (mut small, reference) = forming().await;
    register(&small.house, SAMPLE).await;
    let journey = journey_of(&small.house, &reference).await;
    let form = forms::form_of(journey.process.task(&task(GROUP)).unwrap(), &journey.opening);
    let typed = answers_to(&form, "First words.").with("members", "A00003 The third");
    let lead = &mut small.lead.browser;
    let page = sends(lead, &reference, "end-users/members", 0, &[("then", "compare")], &typed).await;
    assert!(page.done().is_some_and(|says| says.contains("compared with the register")), "{}", page.body);
    for says in
        ["is a sample of invented organisations", "the register has the name SURGERY 3", "Line 1, <b>A00003 The third</b>"]
    {
        assert!(page.body.contains(says), "{says}: {}", page.body);
    }
    // Saved again over a version that is not the newest: the words come back, with both names of the line.
    let late = typed.clone().with("purpose", "Late words.");
    for then in ["file", "names", "compare"] {
        let page = sends(lead, &reference, "end-users/members", 0, &[("then", then)], &late).await;
        assert!(page.refusal().is_some_and(|says| says.contains("saved this draft in another window")), "{then}: {}", page.body);
        assert!(page.body.contains("Late words.") && page.body.contains("First words."), "{then}: {}", page.body);
    }
    assert_eq!(members(&small.house, &reference).await, ("A00003 The third".to_owned(), 1));
}

#[tokio::test]
async fn a_full_list_takes_no_more() {
    let (mut small, reference) = forming().await;
    let lead = &mut small.lead.browser;
    let table: String = (0..MOST_MEMBERS + 20).map(|at| format!("A{at:05},Surgery {at}\n")).collect();
    let page = upload(lead, &reference, "all.csv", table.as_bytes()).await;
    assert!(page.body.contains("500 can be added and 20 cannot be added"), "{}", page.body);
    let rows = ticked(&page);
    let page = take(lead, &reference, "0", &rows, false).await;
    assert_eq!(page.done().as_deref(), Some("500 members added from all.csv"));
    assert!(page.body.contains("20 rows of all.csv not taken"), "{}", page.body);
    assert_eq!(members(&small.house, &reference).await.0.lines().count(), MOST_MEMBERS);
}
