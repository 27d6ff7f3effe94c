//! Rows of the SCAL answered with a run, requests read from a file, and what each row rests on. On both databases.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use crate::common::{
    Browser, HOST, House, Page, multipart,
    world::{Play, Small, register},
};
use app::request::services::Clock as _;
use axum::{body::Body, extract::ConnectInfo, http::Request};
use journey::{
    base::ids::JourneyRef,
    guidance::spine::{
        interactions::{interaction, service_root},
        token,
        worked::{Captured, worked},
    },
};
use tower::ServiceExt as _;

/// The row that the rules of tokens support.
const TOKENS: &str = "gpc-ssp10-01";

const RECORD: &str = "fhir:operation:gpc.getcarerecord";

async fn on_both(story: impl AsyncFn(Small)) {
    story(Small::new().await).await;
    if let Some((house, database)) = House::on_postgres().await {
        story(Small::of(house).await).await;
        database.dropped().await;
    }
}

/// A journey whose SCAL can be answered, with the version that is assessed.
async fn answering(small: &mut Small) -> JourneyRef {
    let mut play = Play::open(&small.house, &small.lead);
    let reference = play.until_ready(&small.cast(), "receive-scal").written(&small.house).await;
    let told = reference.to_string();
    let fields = [("journey", told.as_str()), ("task", "submit-scal"), ("product_version", "4.2")];
    assert!(small.lead.browser.submit("scal/product", &fields).await.done().is_some());
    reference
}

fn said<'a>(reference: &'a str, version: &'a str, environment: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("journey", reference),
        ("answers[version][]", version),
        ("answers[tester][]", "Ada “A” Lovelace"),
        ("answers[environment][]", environment),
        ("answers[areas][]", "html"),
    ]
}

/// Opens a run and sends requests with tokens that live so many seconds.
async fn run(small: &mut Small, reference: &JourneyRef, environment: &str, requests: u32, lives: i64) -> String {
    let told = reference.to_string();
    small.house.clock.forward(60);
    let here = small.lead.browser.post("live-runs/open", &said(&told, "4.2", environment)).await.to().to_owned();
    let page = small.lead.browser.get(&here).await;
    let (_, after) = page.body.split_once(&format!("http://{HOST}/try/")).expect("the page shows the address");
    let address = format!("/try/{}", after.split(['<', '/']).next().unwrap());
    for number in 0..requests {
        let mut captured = worked(interaction(RECORD).unwrap());
        set(&mut captured, "Ssp-TraceID", &format!("{number}9a01679-2564-4fb4-9129-aecc81ea2706"));
        token(&mut captured, small.house.clock.now().as_second(), lives);
        let target = captured.url.split_once(".nhs.uk/").unwrap().1.to_owned();
        let mut request = Request::builder().method(captured.method.as_str()).uri(format!("{address}/{target}"));
        for (name, value) in &captured.headers {
            request = request.header(name, value);
        }
        let mut request = request.body(Body::from(captured.body)).unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 40_000)));
        small.house.app.clone().oneshot(request).await.unwrap();
    }
    here
}

fn set(captured: &mut Captured, header: &str, value: &str) {
    for (name, old) in &mut captured.headers {
        if name.eq_ignore_ascii_case(header) {
            value.clone_into(old);
        }
    }
}

/// A token of this moment that lives so many seconds.
fn token(captured: &mut Captured, now: i64, lives: i64) {
    let known = interaction(RECORD).unwrap();
    let mut claims = token::claims(known, &service_root(known));
    (claims["iat"], claims["exp"]) = (now.into(), (now + lives).into());
    set(captured, "Authorization", &format!("Bearer {}", token::encode(&token::header(), &claims)));
}

async fn closes(browser: &mut Browser, reference: &JourneyRef, run: &str) {
    let (reference, run) = (reference.to_string(), run.rsplit('/').next().unwrap());
    let page = browser.submit("live-runs/close", &[("journey", &reference), ("run", run)]).await;
    assert_eq!(page.done().as_deref(), Some("The run is closed"));
}

async fn answers(browser: &mut Browser, reference: &JourneyRef, run: &str, rows: &[&str], back: &str) -> Page {
    let (reference, run) = (reference.to_string(), run.rsplit('/').next().unwrap().to_owned());
    let mut fields = vec![("journey", reference.as_str()), ("run", run.as_str()), ("back", back)];
    fields.extend(rows.iter().map(|row| ("rows", *row)));
    let page = browser.send(multipart("live-runs/answer", &fields, &[])).await;
    browser.follow(page).await
}

/// The environment in which the row of tokens is closed on this journey.
async fn environment(small: &mut Small, reference: &JourneyRef) -> &'static str {
    let here = run(small, reference, "providers", 1, 300).await;
    closes(&mut small.lead.browser, reference, &here).await;
    let page = small.lead.browser.get(&format!("/journeys/{reference}/tasks/submit-scal/{TOKENS}")).await;
    let (_, after) = page.body.split_once("This row is closed in another environment: ").expect("it says where");
    match after.split('.').next().unwrap() {
        "OpenTest" => "opentest",
        "INT" => "int",
        "Internet-facing" => "internet",
        other => panic!("{other}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_is_answered_with_a_run_whose_rules_passed_and_its_reviewers_see_the_rules() {
    on_both(async |mut small: Small| {
        let reference = answering(&mut small).await;
        let row = format!("/journeys/{reference}/tasks/submit-scal/{TOKENS}");
        let page = small.lead.browser.get(&row).await;
        assert!(page.body.contains("No run has looked at them yet."), "{}", page.body);
        let place = environment(&mut small, &reference).await;
        let here = run(&mut small, &reference, place, 2, 300).await;
        let page = small.lead.browser.get(&row).await;
        assert!(page.body.contains("The run is still open.") && !page.body.contains("Answer with this run"));
        let early = answers(&mut small.lead.browser, &reference, &here, &[TOKENS], "row").await;
        assert_eq!(early.refusal().as_deref(), Some("No row was answered"));
        assert!(early.body.contains("The run is still open."));
        closes(&mut small.lead.browser, &reference, &here).await;
        let page = small.lead.browser.get(&row).await;
        assert!(page.body.contains("Answer with this run"), "{}", page.body);
        // What was written before stays.
        let told = reference.to_string();
        let subject = format!("row.{TOKENS}");
        let typed = [
            ("journey", told.as_str()),
            ("task", "submit-scal"),
            ("row", TOKENS),
            ("subject", subject.as_str()),
            ("version", "0"),
            (&format!("answers[{TOKENS}_words][]"), "See our design, chapter 4."),
        ];
        small.lead.browser.submit("scal/save", &typed).await;
        let done = answers(&mut small.lead.browser, &reference, &here, &[TOKENS], "row").await;
        assert_eq!(done.done().as_deref(), Some("1 row answered with this run"), "{}", done.body);
        assert!(done.body.contains("See our design, chapter 4.") && done.body.contains("2 requests, tested by Ada “A” Lovelace"));
        assert!(done.body.contains("Evidence of this answer") && done.body.contains(&format!("4.2 {}", place_title(place))));
        assert!(!done.body.contains("Nothing is said about it yet."), "environment, version and day of the record are known");
        // The same again changes nothing.
        let again = answers(&mut small.lead.browser, &reference, &here, &[TOKENS], "run").await;
        assert!(again.done().is_some());
        let row_again = small.lead.browser.get(&row).await;
        assert_eq!(row_again.body.matches("See our design").count(), done.body.matches("See our design").count());
        assert_eq!(row_again.body.matches("tested by Ada").count(), done.body.matches("tested by Ada").count(), "said once");
        let page = small.lead.browser.get(&here).await;
        assert!(page.body.contains("Answered with this run."));
        // A later run that fails says so beside the row, and on the page of all rows.
        let bad = run(&mut small, &reference, place, 1, 301).await;
        closes(&mut small.lead.browser, &reference, &bad).await;
        let page = small.lead.browser.get(&row).await;
        assert!(page.body.contains("Not all rules passed: JWT-") && page.body.contains("?rule=JWT-"), "{}", page.body);
        let rule = page.body.split("?rule=").nth(1).unwrap()[..6].to_owned();
        let failing = small.lead.browser.get(&format!("{bad}?rule={rule}")).await;
        assert!(failing.body.contains(&format!("Only where {rule} failed")) && failing.body.contains("1. POST"));
        let passing = small.lead.browser.get(&format!("{here}?rule={rule}")).await;
        assert!(passing.body.contains("No request of this run failed this rule."));
        let trace = small.lead.browser.get(&format!("/journeys/{reference}/traceability")).await;
        assert!(
            trace.body.contains("A rule failed (") && trace.body.contains("The answer rests on an earlier run."),
            "{}",
            trace.body
        );
        let (status, bytes) = small.lead.browser.download(&format!("/journeys/{reference}/traceability.xlsx")).await;
        assert!(status.is_success() && bytes.starts_with(b"PK"));
        // Reviewers read the runs and the page; nobody else learns that there is one.
        let theirs = small.reviewer.browser.get(&format!("/journeys/{reference}/traceability?show=all")).await;
        assert_eq!(theirs.heading(), "Traceability");
        let figures = small.reviewer.browser.get("/worklist/rules").await;
        assert!(figures.body.contains(&rule), "{}", figures.body);
        assert_ne!(small.lead.browser.get("/worklist/rules").await.heading(), "Rules that fail most");
        let mut other = register(&small.house, "Other Care", "olga@other.example").await.browser;
        for path in [format!("/journeys/{reference}/traceability"), format!("/journeys/{reference}/captures")] {
            assert_eq!(other.get(&path).await.status, 404, "{path}");
        }
        let (status, _) = other.download(&format!("/journeys/{reference}/traceability.xlsx")).await;
        assert_eq!(status.as_u16(), 404);
        let refused = answers(&mut small.reviewer.browser, &reference, &here, &[TOKENS], "run").await;
        assert_eq!(refused.refusal().as_deref(), Some("No row was answered"), "{}", refused.heading());
        assert_eq!(answers(&mut other, &reference, &here, &[TOKENS], "run").await.status, 404);
        let missing = answers(&mut small.lead.browser, &reference, &here, &["no-such-row"], "run").await;
        assert_eq!(missing.status, 404);
        let none = answers(&mut small.lead.browser, &reference, &here, &[], "run").await;
        assert!(none.body.contains("Tick at least one row"));
        assert_eq!(small.house.faults().await, Vec::<String>::new());
    })
    .await;
}

fn place_title(place: &str) -> &'static str {
    journey::base::environment::Environment::named(place).unwrap().title()
}

fn raw() -> String {
    let request = worked(interaction(RECORD).unwrap());
    let headers: String = request.headers.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
    format!("{} {} HTTP/1.1\n{headers}\n{}\n", request.method, request.url, request.body)
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_from_a_file_become_a_run_that_says_so() {
    on_both(async |mut small: Small| {
        let reference = answering(&mut small).await;
        let told = reference.to_string();
        let form = small.lead.browser.get(&format!("/journeys/{reference}/captures")).await;
        assert_eq!(form.heading(), "Requests from a file");
        let send = async |browser: &mut Browser, fields: &[(&str, &str)], files: &[(&str, &[u8])]| {
            let page = browser.send(multipart("live-runs/file", fields, files)).await;
            browser.follow(page).await
        };
        let lead = &mut small.lead.browser;
        let fields = said(&told, "4.2", "int");
        // What cannot be read is refused by name and reason, and what was typed stays.
        let nothing = send(lead, &fields, &[("notes “é”.txt", b"Dear all, it works.")]).await;
        assert_eq!(nothing.refusal().as_deref(), Some("There is a problem"));
        assert!(nothing.body.contains("No request can be read in notes “é”.txt.") && nothing.body.contains("Ada “A” Lovelace"));
        let empty = send(lead, &fields, &[]).await;
        assert!(empty.body.contains("Choose a file, or paste requests"));
        let large = vec![b'a'; 10 * 1024 * 1024 + 1];
        let large = send(lead, &fields, &[("large.har", &large)]).await;
        assert!(large.body.contains("large.har is larger than 10 MB"));
        let text = raw().replace("Accept-Encoding: gzip", "X-Patient: 943 476 5919");
        let back = send(lead, &[("journey", &told), ("pasted", &text)], &[]).await;
        assert!(back.body.contains("X-Patient: ") && !back.body.contains("943 476 5919"), "no patient waits in the session");
        let unsaid = send(lead, &[("journey", &told)], &[("a.http", raw().as_bytes())]).await;
        assert!(unsaid.body.contains("Enter the version of the product"));
        let list = lead.get(&format!("/journeys/{reference}/live-runs")).await;
        assert!(list.body.contains("There are none yet."), "nothing of this was kept");
        // Two requests, one with a patient's number.
        let text = format!("{}\n{}", raw(), raw().replace("Accept-Encoding: gzip", "X-Patient: 943 476 5919"));
        let read = send(lead, &fields, &[("two.http", text.as_bytes())]).await;
        assert_eq!(read.done().as_deref(), Some("2 requests read and kept"), "{}", read.body);
        assert!(read.body.contains("REQ-12: NHS numbers") && !read.body.contains("943 476 5919"));
        assert!(read.body.contains("Read from the file two.http: the supplier sent it, and it did not come over the wire."));
        assert!(read.body.contains("no answer in the file") && read.body.contains("All requests together"));
        assert!(read.body.contains("HDR-02") && !read.body.contains("/try/"));
        // Pasted text is a file too.
        let mut pasted = fields.clone();
        let text = raw();
        pasted.push(("pasted", &text));
        let page = send(lead, &pasted, &[]).await;
        assert_eq!(page.done().as_deref(), Some("1 request read and kept"), "{}", page.body);
        let list = lead.get(&format!("/journeys/{reference}/live-runs")).await;
        assert!(list.body.contains("Read from the file two.http") && list.body.contains("Read from the file pasted text"));
        let theirs = send(&mut small.reviewer.browser, &fields, &[("a.http", raw().as_bytes())]).await;
        assert!(theirs.done().is_none(), "reviewers send nothing");
        assert_eq!(small.house.faults().await, Vec::<String>::new(), "the chain of a file is checked as well");
    })
    .await;
}
