//! Every page asks the database a bounded number of questions, however much there is, and writes nothing when it only shows
//! something. One test alone in its process, because what is counted belongs to the process.
#![expect(clippy::unwrap_used, reason = "a test says what failed by panicking")]

mod common;

use std::sync::Mutex;

use common::{
    Browser, WITH_FILES,
    world::{Play, Small, admit, draft},
};
use journey::{
    base::{
        actor::{Role, Side},
        ids::{Digest, JourneyRef},
    },
    conformance::{capture::Capture, exchange::Exchange},
    guidance::spine::{interactions::interaction, worked::worked},
    port::live_runs::LiveRuns as _,
    practice::{
        exchange::rules,
        from_file::run_of,
        run::{Opened, SourceFile},
    },
};
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span,
};

/// Statements of one page, session and visitor included; one of them is the conversation of a task. Where a journey
/// has meetings, its pages ask for them with one more.
const MOST: usize = 8;

static ASKED: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Notes every statement that sqlx reports.
struct Count;

struct Summary(String);

impl Visit for Summary {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        if field.name() == "summary" {
            self.0 = format!("{value:?}");
        }
    }
}

impl Subscriber for Count {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "sqlx::query"
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut summary = Summary(String::new());
        event.record(&mut summary);
        let asks = ["SELECT", "WITH", "INSERT", "UPDATE", "DELETE"]
            .iter()
            .any(|verb| summary.0.trim_start_matches('"').starts_with(verb));
        if asks {
            ASKED.lock().unwrap().push(summary.0);
        }
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

/// What a page asks the second time it is read: nothing is said and nothing is kept.
async fn asked(browser: &mut Browser, path: &str) -> Vec<String> {
    browser.get(path).await;
    ASKED.lock().unwrap().clear();
    let page = browser.get(path).await;
    assert_eq!(page.status, 200, "{path}");
    std::mem::take(&mut *ASKED.lock().unwrap())
}

/// A closed run with a request; the first is called `a-run`.
async fn a_run(small: &Small, journey: &JourneyRef, number: u32) {
    let at = small.house.services.clock.now();
    let opened = Opened {
        id: if number == 0 { "a-run".to_owned() } else { format!("run-{number}") },
        journey: journey.clone(),
        at,
        by: small.lead.actor.person.clone(),
        environment: "int".to_owned(),
        version: "4.2".to_owned(),
        tester: "Ada".to_owned(),
        areas: vec!["html".to_owned()],
        rules: rules(),
        file: Some(SourceFile { name: "a.http".to_owned(), digest: Digest::of(b"a") }),
    };
    let request = worked(interaction("fhir:operation:gpc.getcarerecord").unwrap());
    let exchanges = vec![Exchange::from(request)];
    let made = run_of(opened, Capture { exchanges, ..Capture::default() }, at).unwrap();
    small.house.db.keep_live_run(&made.run, &made.kept).await.unwrap();
}

#[tokio::test]
async fn no_page_asks_more_when_there_is_more() {
    tracing::subscriber::set_global_default(Count).unwrap();
    let small = Small::new().await;
    let mut known = Vec::new();
    let drafting = small.drafting().await;
    let submitted = small.submitted().await;
    let far = Play::open(&small.house, &small.lead).until_ready(&small.cast(), "receive-scal").written(&small.house).await;
    for number in 0..2 {
        a_run(&small, &far, number).await;
    }
    let pages = [
        ("lead", "/journeys".to_owned()),
        ("reviewer", "/journeys".to_owned()),
        ("reviewer", "/worklist".to_owned()),
        ("reviewer", "/worklist?claimed=free&order=due-last".to_owned()),
        ("reviewer", "/worklist/decided".to_owned()),
        ("reviewer", "/worklist/shares".to_owned()),
        ("reviewer", "/worklist/figures".to_owned()),
        ("lead", "/notifications".to_owned()),
        ("reviewer", "/ecosystem/consumer/now?stop=n5".to_owned()),
        ("lead", "/organisation".to_owned()),
        ("lead", "/account".to_owned()),
        ("lead", "/register-of-products".to_owned()),
        ("lead", "/verify/heads".to_owned()),
        ("lead", format!("/journeys/{drafting}")),
        ("reviewer", format!("/journeys/{submitted}")),
        ("lead", format!("/journeys/{far}")),
        ("lead", format!("/journeys/{far}/history")),
        ("lead", format!("/journeys/{far}/messages")),
        ("reviewer", format!("/journeys/{far}/messages")),
        ("lead", format!("/journeys/{far}/tasks/ongoing-communication")),
        ("lead", format!("/journeys/{drafting}/tasks/describe-use-case")),
        ("reviewer", format!("/journeys/{submitted}/tasks/obtain-use-case-approval")),
        ("lead", format!("/journeys/{far}/tasks/s-dspt")),
        ("lead", format!("/journeys/{far}/tasks/submit-scal")),
        ("lead", format!("/journeys/{far}/tasks/submit-scal/gpc-ig1")),
        ("lead", format!("/journeys/{far}/tasks/submit-scal/evidence")),
        ("lead", format!("/journeys/{far}/tasks/submit-scal/gpc-ssp10-01")),
        ("lead", format!("/journeys/{far}/traceability")),
        ("reviewer", format!("/journeys/{far}/traceability?show=all")),
        ("lead", format!("/journeys/{far}/live-runs")),
        ("lead", format!("/journeys/{far}/live-runs/a-run")),
        ("reviewer", "/worklist/rules".to_owned()),
    ];
    let (mut lead, mut reviewer) = (small.lead.browser.clone(), small.reviewer.browser.clone());
    for more in [false, true] {
        if more {
            for number in 2..12 {
                a_run(&small, &far, number).await;
            }
            for _ in 0..14 {
                small.drafting().await;
                small.submitted().await;
            }
            // Something was said everywhere, on the journey and on its tasks, and for one side.
            for journey in [&drafting, &submitted, &far] {
                let journey = journey.to_string();
                for (n, task) in ["", "describe-use-case", "obtain-use-case-approval", "s-dspt"].into_iter().enumerate() {
                    for (who, audience) in [(&lead, "all"), (&reviewer, "all"), (&reviewer, "programme")] {
                        let id = format!("m{n}-{audience}-{}-{}", common::fresh(), journey.to_lowercase());
                        let fields = [
                            ("journey", journey.as_str()),
                            ("task", task),
                            ("audience", audience),
                            ("message", &id),
                            ("words", "Hello."),
                        ];
                        assert!(who.clone().submit(WITH_FILES, &fields).await.done().is_some());
                    }
                }
            }
        }
        for (at, (who, path)) in pages.iter().enumerate() {
            let browser = if *who == "lead" { &mut lead } else { &mut reviewer };
            let asked = asked(browser, path).await;
            assert!(!asked.is_empty(), "statements are counted");
            assert!(asked.len() <= MOST, "{who} {path} asks {}: {asked:#?}", asked.len());
            // On SQLite every write waits for the disk and makes all readers read again.
            let reads = asked
                .iter()
                .all(|statement| ["SELECT", "WITH"].iter().any(|verb| statement.trim_start_matches('"').starts_with(verb)));
            assert!(reads, "{who} {path} writes though it only shows something: {asked:#?}");
            if more {
                assert_eq!(known[at], asked.len(), "{who} {path} asks more when there is more: {asked:#?}");
            } else {
                known.push(asked.len());
            }
        }
    }
    // What follows from an action is told to everybody whom it concerns, in as many statements for forty as for one.
    let mut statements = Vec::new();
    for colleagues in [0, 40] {
        for number in 0..colleagues {
            let email = format!("colleague{number}@nhs.example");
            admit(&small.house, Side::Programme, "NHS England", &email, &[Role::ProgrammeLead]).await;
        }
        let journey = small.drafting().await;
        draft(&small.house, &journey, &small.lead).await;
        small.house.letters().await;
        let journey = journey.to_string();
        let fields = [("journey", journey.as_str()), ("task", "describe-use-case"), ("seen", "1000"), ("version", "1")];
        ASKED.lock().unwrap().clear();
        lead.post("use-case/submit", &fields).await;
        statements.push(std::mem::take(&mut *ASKED.lock().unwrap()));
        let told = small.house.letters().await.iter().filter(|letter| letter.subject.contains("Your turn: ")).count();
        assert_eq!(told, colleagues + 1, "everybody is told");
    }
    assert_eq!(statements[0].len(), statements[1].len(), "{statements:#?}");
    // Nor does it cost less, and so take less time, to ask for an account that nobody has.
    for (action, field) in [("account/forgot-password", "none"), ("account/sign-in", "password")] {
        let mut writes = Vec::new();
        for email in ["lena.lead@acme.example", "nobody@acme.example"] {
            for _ in 0..2 {
                let mut browser = small.house.browser();
                ASKED.lock().unwrap().clear();
                browser.post(action, &[("email", email), (field, "a guess, a guess")]).await;
                let asked = std::mem::take(&mut *ASKED.lock().unwrap());
                writes.push(asked.iter().map(|text| !text.trim_start_matches('"').starts_with("SELECT")).collect::<Vec<_>>());
            }
        }
        assert_eq!(writes[..2], writes[2..], "{action}");
        assert!(writes[0].iter().filter(|one| **one).count() >= 2, "{action}: {writes:?}");
    }
    println!("an action asks {}: {:#?}", statements[0].len(), statements[0]);
    println!("{:?}", pages.iter().map(|(who, path)| format!("{who} {path}")).zip(&known).collect::<Vec<_>>());
}
