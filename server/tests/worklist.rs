//! A reviewer's morning over HTTP: where they land, what they look for, how they go on after a decision, what they keep and take
//! away. The database's side is in its contract (`server/store/tests/contract/work.rs`).

use crate::common::world::{Play, Small, admit, opening};
use journey::{
    base::actor::{Role, Side},
    port::{Ledger as _, Worklist as _},
    view::waits,
};

const CONTACT: &str = "contact-gp-connect-team";

/// Two journeys that wait for the programme lead.
async fn two() -> (Small, [String; 2]) {
    let small = Small::new().await;
    let mut references = Vec::new();
    for _ in 0..2 {
        let mut play = Play::open_with("consumer", &small.house, &small.lead, opening());
        play.until_ready(&small.cast(), CONTACT).submits(&small.lead.actor, CONTACT);
        references.push(play.written(&small.house).await.to_string());
        small.house.clock.forward(60);
    }
    (small, references.try_into().unwrap())
}

fn texts(csv: &[u8]) -> String {
    String::from_utf8(csv.to_vec()).unwrap()
}

#[tokio::test]
async fn whoever_signs_in_lands_where_their_work_is() {
    let small = Small::new().await;
    for (someone, home) in [(&small.reviewer, "/worklist"), (&small.lead, "/journeys")] {
        let mut browser = small.house.browser();
        assert_eq!(browser.sign_in(&someone.email).await.to(), home);
        assert_eq!(browser.get("/sign-in").await.to(), home, "and so does whoever is signed in already");
        // Whoever came for a page goes there.
        let mut browser = small.house.browser();
        let fields = [("email", someone.email.as_str()), ("password", crate::common::PASSWORD), ("next", "/account")];
        let page = browser.post("account/sign-in", &fields).await;
        assert_eq!(browser.through_second_step(page).await.to(), "/account");
    }
}

#[tokio::test]
async fn after_a_decision_the_next_task_and_the_way_back_stand_there_with_the_filter() {
    let (small, [first, second]) = two().await;
    let mut reviewer = small.reviewer.browser.clone();
    reviewer.get("/worklist?claimed=free&order=newest").await;
    let path = format!("/journeys/{first}/tasks/{CONTACT}");
    let seen = reviewer.get(&path).await.hidden("seen");
    let fields = [("journey", first.as_str()), ("task", CONTACT), ("seen", seen.as_str()), ("note", "Dana looks after you.")];
    let page = reviewer.submit("task/acknowledge", &fields).await;
    assert!(page.done().is_some(), "{:?}", page.refusal());
    assert!(page.body.contains(&format!("href=\"/journeys/{second}/tasks/{CONTACT}\"")), "{}", page.body);
    assert!(page.body.contains("Next in your worklist: "), "{}", page.body);
    assert!(page.body.contains("href=\"/worklist?claimed=free&amp;order=newest\""), "{}", page.body);
    assert!(page.body.contains("Back to the worklist: 1 task is waiting"), "{}", page.body);
    // It is said once.
    assert!(!reviewer.get(&format!("/journeys/{first}")).await.body.contains("Next in your worklist"));
    // A supplier is not sent to a list that is not theirs.
    let page = small.lead.browser.clone().get(&format!("/journeys/{first}")).await;
    assert!(!page.body.contains("worklist"), "{}", page.body);

    let page = reviewer.get("/worklist/decided").await;
    assert!(page.body.contains("You answered this") && page.body.contains(&first), "{}", page.body);
    assert!(!page.body.contains(&second), "{}", page.body);
    let mut finn = small.assurance.browser.clone();
    assert!(finn.get("/worklist/decided").await.body.contains("You have recorded nothing yet"));
}

#[tokio::test]
async fn what_is_filtered_is_what_is_counted_shared_out_and_taken_away() {
    let (small, [first, second]) = two().await;
    let mut reviewer = small.reviewer.browser.clone();
    let claim = [("journey", first.as_str()), ("task", CONTACT), ("role", "programme_lead"), ("back", "/worklist?claimed=free")];
    let page = reviewer.submit("worklist/claim", &claim).await;
    assert!(!page.body.contains(&first) && page.body.contains(&second), "the filter stays: {}", page.body);
    let (status, csv) = reviewer.download("/worklist.csv?claimed=free").await;
    assert_eq!(status, 200);
    let csv = texts(&csv);
    assert!(csv.contains(&second) && !csv.contains(&first) && csv.lines().count() == 2, "{csv}");
    let (status, excel) = reviewer.download("/worklist.xlsx?claimed=mine").await;
    assert!(status == 200 && excel.starts_with(b"PK"));
    let mut book: calamine::Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(excel)).unwrap();
    let sheet = calamine::Reader::worksheet_range(&mut book, "Worklist").unwrap();
    let cells: Vec<String> = sheet.rows().flatten().map(ToString::to_string).collect();
    assert!(cells.contains(&first) && !cells.contains(&second), "{cells:?}");

    // A colleague of the same team sees who has what, and looks at it.
    let karim = admit(&small.house, Side::Programme, "NHS England", "karim.lead@nhs.example", &[Role::ProgrammeLead]).await;
    let mut karim = karim.browser;
    let holder = &small.reviewer.actor.person;
    let page = karim.get("/worklist/shares").await;
    assert!(page.body.contains(&format!("href=\"/worklist?claimed={holder}\"")), "{}", page.body);
    let page = karim.get(&format!("/worklist?claimed={holder}")).await;
    assert!(page.body.contains(&first) && !page.body.contains(&second), "{}", page.body);
    // Nothing of it is for suppliers.
    let mut lead = small.lead.browser.clone();
    for path in ["/worklist", "/worklist/shares", "/worklist/decided"] {
        assert_eq!(lead.get(path).await.status, 403, "{path}");
    }
    assert_eq!(lead.download("/worklist.csv").await.0, 404);
    assert_eq!(small.house.faults().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_view_is_kept_under_a_name_and_removed_again() {
    let (small, _) = two().await;
    let mut reviewer = small.reviewer.browser.clone();
    assert!(!reviewer.get("/worklist").await.body.contains("Keep this view"), "there is nothing to keep of all of it");
    let page = reviewer.get("/worklist?due=late").await;
    assert!(page.body.contains("Keep this view"), "{}", page.body);
    let query = page.hidden("query");
    let page = reviewer.submit("worklist/keep-view", &[("name", "  "), ("query", &query)]).await;
    assert!(page.body.contains("Enter a name for the view"), "{}", page.body);
    let long = "x".repeat(61);
    let page = reviewer.submit("worklist/keep-view", &[("name", &long), ("query", &query)]).await;
    assert!(page.body.contains("60 characters or fewer") && page.body.contains(&long), "{}", page.body);
    let page = reviewer.submit("worklist/keep-view", &[("name", "Late <first>"), ("query", &query)]).await;
    assert_eq!(page.done().as_deref(), Some("View kept: Late <first>"));
    let page = reviewer.get("/worklist").await;
    assert!(page.body.contains("href=\"/worklist?due=late\"") && page.body.contains("Late &lt;first&gt;"), "{}", page.body);
    // What is kept is a question to the worklist, whatever was sent.
    let page = reviewer.submit("worklist/keep-view", &[("name", "Odd"), ("query", "?order=due&next=//evil.test")]).await;
    assert!(page.body.contains("href=\"/worklist?order=due\"") && !page.body.contains("evil"), "{}", page.body);
    let page = reviewer.submit("worklist/drop-view", &[("name", "Odd"), ("back", "//evil.test")]).await;
    assert_eq!(page.done().as_deref(), Some("View removed: Odd"));
    assert!(!reviewer.get("/worklist").await.body.contains("Odd"));
    // Nobody else has it.
    let mut finn = small.assurance.browser.clone();
    assert!(!finn.get("/worklist").await.body.contains("Late &lt;first&gt;"));
}

/// Where no target is published, the programme's own times say by when an answer may be expected, once enough is known.
#[tokio::test]
async fn what_is_usual_is_said_where_no_target_is_published() {
    let small = Small::new().await;
    let (mut reviewer, mut lead) = (small.reviewer.browser.clone(), small.lead.browser.clone());
    let waiting = async || {
        let mut play = Play::open_with("consumer", &small.house, &small.lead, opening());
        play.until_ready(&small.cast(), CONTACT).submits(&small.lead.actor, CONTACT);
        play.written(&small.house).await.to_string()
    };
    for number in 0..5 {
        let journey = waiting().await;
        let page = lead.get(&format!("/journeys/{journey}")).await;
        assert!(!page.body.contains("Usually answered by"), "{number} are not enough: {}", page.body);
        // Two days later it is answered.
        small.house.clock.forward(2 * 24 * 60 * 60);
        reviewer.sign_in(&small.reviewer.email).await;
        lead.sign_in(&small.lead.email).await;
        let path = format!("/journeys/{journey}/tasks/{CONTACT}");
        let seen = reviewer.get(&path).await.hidden("seen");
        let fields = [("journey", journey.as_str()), ("task", CONTACT), ("seen", seen.as_str()), ("note", "Hello.")];
        assert!(reviewer.submit("task/acknowledge", &fields).await.done().is_some());
    }
    let (first, second) = (waiting().await, waiting().await);
    let page = lead.get(&format!("/journeys/{second}")).await;
    assert!(page.body.contains("Usually answered by"), "{}", page.body);
    for path in [format!("/journeys/{first}/tasks/{CONTACT}"), "/worklist".to_owned()] {
        let page = reviewer.get(&path).await;
        assert!(page.body.to_lowercase().contains("usually"), "{path}: {}", page.body);
    }
    // The figures say the same, and so does the file.
    let page = reviewer.get("/worklist/figures").await;
    assert!(page.body.contains("First contact with the GP Connect team") && page.body.contains(">5<"), "{}", page.body);
    let (status, csv) = reviewer.download("/worklist/figures.csv").await;
    assert!(status == 200 && texts(&csv).contains("First contact with the GP Connect team"), "{}", texts(&csv));
    assert_eq!(lead.get("/worklist/figures").await.status, 403);
    assert_eq!(small.house.faults().await, Vec::<String>::new());
}

/// A ledger of before, which was written without its waits being counted, is counted once when the lines of lists are made anew; and
/// what is counted while people act is what the ledger tells.
#[tokio::test]
async fn waits_of_a_ledger_of_before_are_counted_once() {
    let small = Small::new().await;
    let (store, processes) = (&small.house.db, small.house.services.processes);
    let mut play = Play::open_with("consumer", &small.house, &small.lead, opening());
    play.until_ready(&small.cast(), "describe-use-case");
    // Written at once: nobody was waited for between two writes.
    let old = play.written(&small.house).await;
    assert_eq!(store.wait_counts("2000-01").await.unwrap(), []);
    for _ in 0..2 {
        store.note_lists_made(0).await.unwrap();
        server::lists::renew(store, processes).await.unwrap();
    }
    let tasks = || async {
        let counts = store.wait_counts("2000-01").await.unwrap();
        counts.iter().map(|one| (one.task.to_string(), one.times)).collect::<Vec<_>>()
    };
    assert_eq!(tasks().await, [(CONTACT.to_owned(), 1)], "the answer to the first contact, and it alone");
    let told = waits::of(&old, &store.history(&old).await.unwrap(), processes).unwrap();
    assert_eq!(told.iter().map(|wait| (wait.task.as_str(), wait.role)).collect::<Vec<_>>(), [(CONTACT, Role::ProgrammeLead)]);

    // Another, answered by somebody on a page: the ledger tells the same.
    let mut play = Play::open_with("consumer", &small.house, &small.lead, opening());
    play.until_ready(&small.cast(), CONTACT).submits(&small.lead.actor, CONTACT);
    let new = play.written(&small.house).await;
    let mut reviewer = small.reviewer.browser.clone();
    let seen = reviewer.get(&format!("/journeys/{new}/tasks/{CONTACT}")).await.hidden("seen");
    let journey = new.to_string();
    let fields = [("journey", journey.as_str()), ("task", CONTACT), ("seen", seen.as_str()), ("note", "Hello.")];
    assert!(reviewer.submit("task/acknowledge", &fields).await.done().is_some());
    assert_eq!(tasks().await.iter().map(|(_, times)| times).sum::<u32>(), 2);
    let told = waits::of(&new, &store.history(&new).await.unwrap(), processes).unwrap();
    assert_eq!(told.len(), 1);
    store.keep_waits(&new, &told).await.unwrap();
    assert_eq!(tasks().await.iter().map(|(_, times)| times).sum::<u32>(), 2, "it is the same wait");
}
