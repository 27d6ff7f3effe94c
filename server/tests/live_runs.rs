//! The pages of live runs: opened, watched, closed and compared by the supplier, read by reviewers. On both databases.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::Duration,
};

use crate::common::{Browser, HOST, House, world::Small};
use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{Request, header},
};
use futures_util::StreamExt as _;
use journey::{
    base::ids::{Digest, JourneyRef},
    guidance::spine::{
        interactions::interaction,
        worked::{Captured, worked},
    },
};
use serde_json::Value;
use tower::ServiceExt as _;

const FORM: [(&str, &str); 4] = [
    ("answers[version][]", "4.2"),
    ("answers[tester][]", "Ada Lovelace"),
    ("answers[environment][]", "int"),
    ("answers[areas][]", "structured"),
];

/// The address of the page of a new run.
async fn opens(browser: &mut Browser, reference: &JourneyRef) -> String {
    let reference = reference.to_string();
    let mut fields = vec![("journey", reference.as_str())];
    fields.extend(FORM);
    browser.post("live-runs/open", &fields).await.to().to_owned()
}

/// The path of the address that a page offers to copy.
fn address(page: &str) -> String {
    let (_, after) = page.split_once(&format!("http://{HOST}/try/")).expect("the page shows the address");
    format!("/try/{}", after.split(['<', '/']).next().unwrap())
}

/// Sends a worked example as a product would.
async fn sends(house: &House, address: &str, id: &str, change: impl FnOnce(&mut Captured)) -> u16 {
    let mut captured = worked(interaction(id).unwrap());
    change(&mut captured);
    let target = captured.url.split_once(".nhs.uk/").unwrap().1.to_owned();
    let mut request = Request::builder().method(captured.method.as_str()).uri(format!("{address}/{target}"));
    for (name, value) in &captured.headers {
        request = request.header(name, value);
    }
    let mut request = request.body(Body::from(captured.body)).unwrap();
    request.extensions_mut().insert(ConnectInfo(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 40_000)));
    house.app.clone().oneshot(request).await.unwrap().status().as_u16()
}

fn without_trace(captured: &mut Captured) {
    captured.headers.retain(|(name, _)| name != "Ssp-TraceID");
}

const READ: &str = "fhir:rest:read:patient-1";

async fn on_both(story: impl AsyncFn(Small)) {
    story(Small::new().await).await;
    if let Some((house, database)) = House::on_postgres().await {
        story(Small::of(house).await).await;
        database.dropped().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supplier_opens_a_run_sends_to_it_and_closes_it() {
    on_both(async |mut small: Small| {
        let reference = small.drafting().await;
        let lead = &mut small.lead.browser;
        let page = lead.get(&format!("/journeys/{reference}")).await;
        assert!(page.body.contains(&format!("/journeys/{reference}/live-runs")));
        let task = lead.get(&format!("/journeys/{reference}/tasks/test-internet-demonstrator")).await;
        assert!(task.body.contains(&format!("/journeys/{reference}/live-runs")), "the tests of a stage lead there");
        let here = opens(lead, &reference).await;
        let page = lead.get(&here).await;
        assert_eq!((page.heading().as_str(), page.done().as_deref()), ("Live run of version 4.2", Some("The run is open")));
        assert!(page.body.contains("Nothing was sent to this run yet"));
        let address = address(&page.body);
        assert_eq!(sends(&small.house, &address, READ, |_| {}).await, 200);
        assert_eq!(sends(&small.house, &address, READ, without_trace).await, 400);
        let page = lead.get(&here).await;
        let (two, one) = (page.body.find("2. GET /Patient/2").unwrap(), page.body.find("1. GET /Patient/2").unwrap());
        assert!(two < one, "the newest first");
        assert!(
            page.body.contains("HDR-01") && page.body.contains("A UUID, so that everybody can find the request in their logs.")
        );
        let failed = lead.get(&format!("{here}?failed=yes")).await;
        assert!(failed.body.contains("2. GET /Patient/2") && !failed.body.contains("1. GET /Patient/2"));
        let single = lead.get(&format!("{here}/2")).await;
        assert!(single.body.contains("Digest of this entry") && single.body.contains("OperationOutcome"));
        let reference = reference.to_string();
        let run = here.rsplit('/').next().unwrap();
        let closed = lead.submit("live-runs/close", &[("journey", &reference), ("run", run)]).await;
        assert_eq!(closed.done().as_deref(), Some("The run is closed"));
        assert!(closed.body.contains("Closed by the supplier. 2 requests.") && !closed.body.contains("/try/"));
        assert_eq!(sends(&small.house, &address, READ, |_| {}).await, 410);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_the_form_is_said_and_what_was_typed_stays() {
    let mut small = Small::new().await;
    let reference = small.drafting().await.to_string();
    let lead = &mut small.lead.browser;
    let fields = [("journey", reference.as_str()), ("answers[version][]", ""), ("answers[tester][]", "Ada “A” Lovelace")];
    let page = lead.submit("live-runs/open", &fields).await;
    for words in
        ["Enter the version of the product", "Select an environment", "Select at least one capability", "Ada “A” Lovelace"]
    {
        assert!(page.body.contains(words), "{words}");
    }
    assert_eq!(page.refusal().as_deref(), Some("There is a problem"));
    let reference: JourneyRef = reference.parse().unwrap();
    for _ in 0..3 {
        assert!(opens(lead, &reference).await.contains("/live-runs/"));
    }
    assert_eq!(opens(lead, &reference).await, format!("/journeys/{reference}/live-runs"), "three are open");
    let page = lead.get(&format!("/journeys/{reference}/live-runs")).await;
    assert!(page.body.contains("Three runs of this journey are open. Close one of them first."));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reviewer_reads_the_run_without_tokens_and_without_the_address() {
    on_both(async |mut small: Small| {
        let reference = small.submitted().await;
        let here = opens(&mut small.lead.browser, &reference).await;
        let page = small.lead.browser.get(&here).await;
        let to = address(&page.body);
        sends(&small.house, &to, READ, |_| {}).await;
        let mine = small.lead.browser.get(&here).await.body;
        let token = worked(interaction(READ).unwrap()).header("Authorization").next().unwrap().to_owned();
        assert!(mine.contains(&token) && mine.contains("surgery-pc-7"));
        let theirs = small.reviewer.browser.get(&here).await.body;
        assert!(theirs.contains("1. GET /Patient/2") && theirs.contains("(shown to the supplier alone)"));
        assert!(!theirs.contains(&token) && !theirs.contains("surgery-pc-7") && !theirs.contains("/try/"));
        assert!(!theirs.contains("Close this run"));
        for (browser, sees) in [(&small.lead.browser, true), (&small.reviewer.browser, false)] {
            let (status, bytes) = browser.download(&format!("{here}/run.json")).await;
            let text = String::from_utf8(bytes).unwrap();
            assert_eq!((status.as_u16(), text.contains(&token)), (200, sees));
            let read: Value = serde_json::from_str(&text).unwrap();
            assert_eq!((&read["run"]["whole"], &read["run"]["entries"]), (&Value::Bool(true), &Value::from(1)));
            // Anybody can take the text out and check its digest.
            let (_, after) = text.split_once("\"exchange\":").unwrap();
            let (exchange, _) = after.rsplit_once("}\n]}").unwrap();
            let digest = read["exchanges"][0]["digest"].as_str().unwrap();
            assert_eq!((Digest::of(exchange.as_bytes()).as_str(), read["run"]["head"].as_str().unwrap()), (digest, digest));
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_page_hears_of_a_request_at_once() {
    on_both(async |mut small: Small| {
        let listening = tokio::spawn(small.house.db.clone().listen());
        let reference = small.drafting().await;
        let here = opens(&mut small.lead.browser, &reference).await;
        let page = small.lead.browser.get(&here).await;
        let (_, listens) = page.body.split_once("data-listen=\"").unwrap();
        let listens = listens.split('"').next().unwrap();
        assert!(
            listens.starts_with(&format!("/live/journeys/{reference}?after=")) && page.body.contains("data-live=\"requests\"")
        );
        // One comes after the page was drawn and before it listens.
        sends(&small.house, &address(&page.body), READ, |_| {}).await;
        let cookies: Vec<String> = small.lead.browser.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = Request::get(listens)
            .header(header::HOST, HOST)
            .header(header::COOKIE, cookies.join("; "))
            .header("sec-fetch-dest", "empty")
            .body(Body::empty())
            .unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 40_000)));
        let mut stream = small.house.app.clone().oneshot(request).await.unwrap().into_body().into_data_stream();
        let mut next = async || {
            let chunk = tokio::time::timeout(Duration::from_secs(1), stream.next()).await.expect("within a second");
            String::from_utf8(chunk.unwrap().unwrap().to_vec()).unwrap()
        };
        assert!(next().await.contains("listening"));
        assert!(next().await.contains("event: changed"), "what came meanwhile is said first");
        // A listener on PostgreSQL may first be told that it has begun.
        tokio::time::sleep(Duration::from_millis(300)).await;
        sends(&small.house, &address(&page.body), READ, |_| {}).await;
        assert!(next().await.contains("event: changed"));
        listening.abort();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rerun_says_what_became_better_and_what_worse() {
    let mut small = Small::new().await;
    let reference = small.drafting().await;
    let lead = &mut small.lead.browser;
    let mut before = String::new();
    for (at, bad) in [true, false, true].into_iter().enumerate() {
        small.house.clock.forward(60);
        let here = opens(lead, &reference).await;
        let to = address(&lead.get(&here).await.body);
        sends(&small.house, &to, READ, |captured| {
            if bad {
                without_trace(captured)
            }
        })
        .await;
        let page = lead.get(&here).await;
        match at {
            0 => assert!(!page.body.contains("Since the last run"), "there is none before"),
            1 => assert!(page.body.contains("1 rule better than before") && page.body.contains(&before)),
            _ => assert!(page.body.contains("1 rule worse than before")),
        }
        before = here;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_product_sends_is_shown_as_words_and_never_as_markup() {
    let mut small = Small::new().await;
    let reference = small.drafting().await;
    let here = opens(&mut small.lead.browser, &reference).await;
    let to = address(&small.lead.browser.get(&here).await.body);
    let evil = "<script>alert(1)</script><img src=x onerror=alert(1)>";
    sends(&small.house, &to, "fhir:operation:gpc.getstructuredrecord-1", |captured| {
        captured.body = format!("{{\"resourceType\":\"{evil}\"}}").replace('\n', "");
        captured.headers.push(("x-evil".to_owned(), evil.to_owned()));
        captured.url.push_str("?a=%3Cscript%3E");
    })
    .await;
    for path in [here.clone(), format!("{here}/1")] {
        let page = small.lead.browser.get(&path).await;
        assert!(
            page.body.contains("&lt;script&gt;alert(1)")
                && !page.body.contains("<script>alert")
                && !page.body.contains("<img src=x")
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_was_changed_is_found_broken() {
    let mut small = Small::new().await;
    let reference = small.drafting().await;
    let here = opens(&mut small.lead.browser, &reference).await;
    let to = address(&small.lead.browser.get(&here).await.body);
    sends(&small.house, &to, READ, without_trace).await;
    sends(&small.house, &to, READ, |_| {}).await;
    assert_eq!(small.house.faults().await, Vec::<String>::new());
    let url = small.house.config.place.database.url().reveal().to_owned();
    let broken = async || small.house.faults().await.iter().filter(|fault| fault.contains("the live run")).count();
    crate::common::postgres::by_hand(&url, "UPDATE live_runs SET body = REPLACE(body, '4.2', '4.9')").await;
    assert_eq!(broken().await, 1, "another version of the product");
    crate::common::postgres::by_hand(&url, "UPDATE live_runs SET body = REPLACE(body, '4.9', '4.2')").await;
    assert_eq!(broken().await, 0);
    crate::common::postgres::by_hand(
        &url,
        "UPDATE live_exchanges SET body = REPLACE(body, 'It is missing', 'It is there') WHERE seq = 1",
    )
    .await;
    assert_eq!(broken().await, 1, "other words");
    crate::common::postgres::by_hand(
        &url,
        "UPDATE live_exchanges SET body = REPLACE(body, 'It is there', 'It is missing') WHERE seq = 1",
    )
    .await;
    assert_eq!(broken().await, 0);
    crate::common::postgres::by_hand(&url, "DELETE FROM live_exchanges WHERE seq = 2").await;
    assert_eq!(broken().await, 1, "the last one is gone");
}
