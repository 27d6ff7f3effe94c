//! The address of a live run: what it takes from anybody who has the key, what it refuses, and that hostile input does nothing but be
//! told so. On both databases.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use crate::common::{House, Quick};
use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{HeaderMap, HeaderName, Request, StatusCode},
};
use journey::{
    base::ids::JourneyRef,
    guidance::spine::{
        interactions::{interaction, service_root},
        worked::{Captured, worked},
    },
    port::live_runs::{LiveRuns as _, Shown},
    practice::{
        exchange::{Ended, Exchange, To, is_whole, rules},
        run::{LASTS, LONGEST_BODY, LiveRun, MOST_BYTES, MOST_EXCHANGES, Opened},
    },
};
use serde_json::Value;
use std::sync::Arc;
use tower::ServiceExt as _;

const KEY: &str = "a-key-that-nobody-guesses";

async fn opened(house: &House) -> LiveRun {
    let opened = Opened {
        id: "run1".to_owned(),
        journey: JourneyRef::from_bits(1),
        at: house.services.clock.now(),
        by: "ada".parse().unwrap(),
        environment: "int".to_owned(),
        version: "4.2".to_owned(),
        tester: "Ada".to_owned(),
        areas: vec!["foundations".to_owned()],
        rules: rules(),
        file: None,
    };
    let run = LiveRun::begin(opened, KEY.to_owned());
    house.db.open_live_run(&run).await.unwrap();
    run
}

async fn now(house: &House) -> LiveRun {
    house.db.live_run(&JourneyRef::from_bits(1), "run1").await.unwrap().unwrap()
}

struct Answered {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Answered {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// What an OperationOutcome says.
    fn words(&self) -> String {
        let read: Value = serde_json::from_str(&self.body).unwrap();
        assert_eq!(read["resourceType"], "OperationOutcome", "{}", self.body);
        read["issue"][0]["diagnostics"].as_str().unwrap_or_default().to_owned()
    }
}

async fn send(house: &House, request: Request<Body>) -> Answered {
    let mut request = request;
    request.extensions_mut().insert(ConnectInfo(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 40_000)));
    let response = house.app.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, 8 << 20).await.unwrap();
    Answered { status: parts.status, headers: parts.headers, body: String::from_utf8(body.to_vec()).unwrap() }
}

/// A worked example as it is sent to the address of a run.
fn to_run(captured: &Captured, key: &str) -> Request<Body> {
    let target = captured.url.split_once(".nhs.uk/").unwrap().1;
    let mut request = Request::builder().method(captured.method.as_str()).uri(format!("/try/{key}/{target}"));
    for (name, value) in &captured.headers {
        request = request.header(name, value);
    }
    request.body(Body::from(captured.body.clone())).unwrap()
}

fn example(id: &str) -> Captured {
    worked(interaction(id).unwrap())
}

async fn exchanges(house: &House) -> Vec<Exchange> {
    let kept = house.db.exchanges("run1", Shown::default()).await.unwrap();
    kept.iter().map(|one| one.exchange().unwrap()).collect()
}

/// What was answered to requests of one kind, newest first.
async fn exchanges_of(house: &House, to: To) -> Vec<String> {
    let kept = house.db.whole_live_run("run1").await.unwrap();
    kept.iter().rev().filter_map(|one| one.exchange()).filter(|one| one.to == to).map(|one| one.answer).collect()
}

/// Runs a story on SQLite and on PostgreSQL.
async fn on_both(story: impl AsyncFn(&House)) {
    story(&House::new().await).await;
    if let Some((house, database)) = House::on_postgres().await {
        story(&house).await;
        drop(house);
        database.dropped().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_checked_answered_and_kept_whoever_sends_it() {
    on_both(async |house| {
        let run = opened(house).await;
        let good = send(house, to_run(&example("fhir:rest:read:patient-1"), KEY)).await;
        assert_eq!((good.status, good.header("etag")), (StatusCode::OK, "W/\"1\""), "{}", good.body);
        assert_eq!(good.header("content-type"), "application/fhir+json; charset=utf-8");
        assert_eq!((good.header("cache-control"), good.header("x-content-type-options")), ("no-store", "nosniff"));
        assert_eq!(good.header("content-security-policy"), "default-src 'none'; sandbox");
        assert_eq!(good.header("access-control-allow-origin"), "*");
        // A post of another site, without a session: that is what this address is for. And an address that a client tidied.
        let mut bad = example("fhir:operation:gpc.getstructuredrecord-1");
        bad.headers.retain(|(name, _)| name != "Ssp-TraceID");
        bad.url = bad.url.replace(".nhs.uk/https://", ".nhs.uk/https:/");
        let mut request = to_run(&bad, KEY);
        for (name, value) in
            [("origin", "https://elsewhere.example"), ("sec-fetch-site", "cross-site"), ("x-forwarded-for", "9.9.9.9")]
        {
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        let refused = send(house, request).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);
        assert!(refused.words().contains("HDR-01"), "{}", refused.body);
        let kept = exchanges(house).await;
        assert_eq!(kept.iter().map(|one| (one.number, one.status)).collect::<Vec<_>>(), [(2, 400), (1, 200)]);
        assert_eq!((kept[0].count(Ended::Failed), kept[1].count(Ended::Failed)), (1, 0));
        assert!(
            kept[0].url.starts_with("https://proxy.example.nhs.uk/https://provider.example.nhs.uk/T99999/"),
            "{}",
            kept[0].url
        );
        assert!(!kept[0].headers.iter().any(|(name, _)| name == "x-forwarded-for"));
        let whole = house.db.whole_live_run("run1").await.unwrap();
        assert!(is_whole(&run.opened, &whole, &now(house).await.head));
        assert!(!whole.iter().any(|one| one.text.contains(KEY)), "the key is in nothing that is kept");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn six_steps_lead_to_a_record() {
    on_both(async |house| {
        opened(house).await;
        let get = |path: &str| Request::get(format!("/try/{KEY}/{path}")).body(Body::empty()).unwrap();
        let traced = send(house, get("pds?nhs-number=9000000084&birth-date=1952-05-31")).await;
        assert!(traced.body.contains("\"practice\":\"T99999\""), "{}", traced.body);
        let known = interaction("fhir:operation:gpc.getstructuredrecord-1").unwrap();
        let filter = format!("(%26(nhsIDCode=T99999)(objectClass=nhsMhs)(nhsMhsSvcIA={}))", known.full_id());
        let found = send(house, get(&format!("sds?filter={filter}"))).await;
        assert!(found.body.contains(&service_root(known)), "{}", found.body);
        let record = send(house, to_run(&worked(known), KEY)).await;
        assert_eq!(record.status, StatusCode::OK);
        let to: Vec<&str> = exchanges(house).await.iter().rev().map(|one| one.to.name()).collect();
        assert_eq!(to, ["pds", "sds", "practice"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_unknown_closed_or_over_says_so_and_keeps_nothing() {
    on_both(async |house| {
        let run = opened(house).await;
        let good = example("fhir:rest:read:patient-1");
        for key in ["nothing", "%00", "..", "a-key-that-nobody-guesse", "A-KEY-THAT-NOBODY-GUESSES"] {
            let answer = send(house, to_run(&good, key)).await;
            assert_eq!(
                (answer.status, answer.words().contains("no run with this address")),
                (StatusCode::NOT_FOUND, true),
                "{key}"
            );
        }
        let empty = send(house, Request::get(format!("/try/{KEY}")).body(Body::empty()).unwrap()).await;
        assert_eq!(empty.status, StatusCode::BAD_REQUEST);
        assert_eq!(now(house).await.count, 0);
        house.db.close_live_run(&run.opened.journey, "run1", house.services.clock.now()).await.unwrap();
        let closed = send(house, to_run(&good, KEY)).await;
        assert_eq!(closed.status, StatusCode::GONE);
        assert!(closed.words().contains("closed by the supplier"), "{}", closed.body);
        assert_eq!(now(house).await.count, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_closes_itself_by_time_count_and_bytes() {
    on_both(async |house| {
        let run = opened(house).await;
        let good = example("fhir:rest:read:patient-1");
        for (column, most, words) in
            [("count", u64::from(MOST_EXCHANGES), "as many requests"), ("bytes", MOST_BYTES, "as many bytes")]
        {
            let by_hand = |value: u64| format!("UPDATE live_runs SET {column} = {value} WHERE id = 'run1'");
            by_hand_on(house, &by_hand(most)).await;
            let answer = send(house, to_run(&good, KEY)).await;
            assert_eq!((answer.status, answer.words().contains(words)), (StatusCode::GONE, true), "{}", answer.body);
            by_hand_on(house, &by_hand(0)).await;
        }
        house.clock.forward(LASTS.as_secs() - 1);
        assert_eq!(send(house, to_run(&good, KEY)).await.status, StatusCode::OK);
        house.clock.forward(1);
        assert!(send(house, to_run(&good, KEY)).await.words().contains("its time was over"));
        assert_eq!(house.db.forget_live_keys(house.services.clock.now()).await.unwrap(), 1);
        assert_eq!((now(house).await.key, now(house).await.count, run.count), (None, 1, 0));
    })
    .await;
}

async fn by_hand_on(house: &House, statement: &str) {
    crate::common::postgres::by_hand(house.config.place.database.url().reveal(), statement).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_requests_are_answered_and_bring_nothing_down() {
    on_both(async |house| {
        opened(house).await;
        let target = "https://provider.example.nhs.uk/T99999/STU3/1/gpconnect/Patient/2";
        let long = "x".repeat(LONGEST_BODY + 1);
        let deep = "[".repeat(60_000);
        for (method, path, headers, body, status) in [
            ("POST", target.to_owned(), vec![], long, 413),
            ("POST", target.to_owned(), vec![("content-type", "application/fhir+json")], deep, 400),
            ("GET", format!("{target}?{}", "a=b&".repeat(5_000)), vec![], String::new(), 400),
            ("GET", target.to_owned(), vec![("x-long", "y".repeat(17_000).leak() as &str)], String::new(), 431),
            ("TRACE", target.to_owned(), vec![], String::new(), 405),
            ("HEAD", target.to_owned(), vec![], String::new(), 405),
            ("PATCH", target.to_owned(), vec![], "<script>alert(1)</script>".to_owned(), 405),
            ("GET", "http://169.254.169.254/latest/meta-data".to_owned(), vec![], String::new(), 400),
            ("GET", "https://127.0.0.1:1/T99999/STU3/1/gpconnect/Patient/2".to_owned(), vec![], String::new(), 400),
            ("GET", "..%2f..%2fetc/passwd".to_owned(), vec![], String::new(), 400),
            ("GET", "sds?filter=((((".to_owned(), vec![], String::new(), 400),
            ("GET", "pds?nhs-number=%00&birth-date='--".to_owned(), vec![], String::new(), 400),
            ("GET", "<script>alert(1)</script>".replace('<', "%3C").replace('>', "%3E"), vec![], String::new(), 400),
        ] {
            let mut request = Request::builder().method(method).uri(format!("/try/{KEY}/{path}"));
            for (name, value) in headers {
                request = request.header(name, value);
            }
            let answer = send(house, request.body(Body::from(body)).unwrap()).await;
            assert_eq!(answer.status.as_u16(), status, "{method} {}: {}", path.get(..60).unwrap_or(&path), answer.body);
            assert!(answer.header("content-type").contains("json"), "never HTML");
            assert_eq!(answer.header("content-security-policy"), "default-src 'none'; sandbox");
        }
        // What is no text is kept as well as it can be.
        let odd = Request::post(format!("/try/{KEY}/{target}"))
            .header("ssp-traceid", axum::http::HeaderValue::from_bytes(b"\xff\xfe").unwrap())
            .body(Body::from(vec![0, 159, 146, 150]))
            .unwrap();
        assert_eq!(send(house, odd).await.status.as_u16(), 400);
        let whole = house.db.whole_live_run("run1").await.unwrap();
        assert!(is_whole(&now(house).await.opened, &whole, &now(house).await.head));
        // The first that was turned away is said at once, and the next ones once a minute.
        let told = exchanges_of(house, To::Refused).await;
        assert_eq!(told, ["1 request was turned away and not kept. 1 with 413: the body was too long."]);
        house.clock.forward(60);
        send(house, to_run(&example("fhir:rest:read:patient-1"), KEY)).await;
        let told = exchanges_of(house, To::Refused).await;
        assert_eq!(told[0], "1 request was turned away and not kept. 1 with 431: the headers were too long.");
        let whole = house.db.whole_live_run("run1").await.unwrap();
        assert!(is_whole(&now(house).await.opened, &whole, &now(house).await.head));
        // What was too long was never kept.
        assert!(whole.iter().all(|one| one.bytes() < 2 * LONGEST_BODY as u64));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_run_sends_no_more_than_a_product_does() {
    let house = House::new().await;
    opened(&house).await;
    let mut last = StatusCode::OK;
    for _ in 0..200 {
        let answer = send(&house, Request::get(format!("/try/{KEY}/pds")).body(Body::empty()).unwrap()).await;
        last = answer.status;
        if last == StatusCode::TOO_MANY_REQUESTS {
            assert_eq!(answer.header("retry-after"), "5");
            assert!(answer.words().contains("10 requests a second"));
            break;
        }
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    for _ in 0..50 {
        send(&house, Request::get(format!("/try/{KEY}/pds")).body(Body::empty()).unwrap()).await;
    }
    let kept = exchanges_of(&house, To::Refused).await;
    assert_eq!(
        kept,
        ["1 request was turned away and not kept. 1 with 429: too many came at once."],
        "a flood writes once a minute"
    );
    assert!(now(&house).await.count <= 131, "what was refused is not kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_network_address_does_not_flood_it() {
    let house = House::with(|config| config.rate_per_second = 2, Arc::new(Quick)).await;
    let mut seen = Vec::new();
    for _ in 0..12 {
        seen.push(send(&house, to_run(&example("fhir:rest:read:patient-1"), "unknown")).await.status.as_u16());
    }
    assert!(seen[0] == 404 && seen[11] == 429, "{seen:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_somebody_else_may_ask_first() {
    let house = House::new().await;
    let asked = Request::builder()
        .method("OPTIONS")
        .uri(format!("/try/{KEY}/https://provider.example.nhs.uk/x"))
        .header("origin", "https://consumer.example")
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "ssp-from,authorization")
        .body(Body::empty())
        .unwrap();
    let answer = send(&house, asked).await;
    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::NO_CONTENT, ""));
    assert!(answer.header("access-control-allow-headers").contains("ssp-interactionid"));
    assert_eq!(answer.header("access-control-allow-credentials"), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_believed_only_from_the_proxy_that_was_configured() {
    let said = "Subject=\"CN=consumer.example.nhs.uk\";Hash=abc";
    for (hops, header, rule) in [(0, true, None), (1, false, Some(Ended::Doubtful)), (1, true, Some(Ended::Passed))] {
        let house = House::with(
            |config| {
                config.trust_proxy = hops;
                config.client_certificate_header = Some(HeaderName::from_static("x-client-certificate"));
            },
            Arc::new(Quick),
        )
        .await;
        opened(&house).await;
        let mut request = to_run(&example("fhir:rest:read:patient-1"), KEY);
        if header {
            request.headers_mut().insert("x-client-certificate", said.parse().unwrap());
        }
        assert_eq!(send(&house, request).await.status, StatusCode::OK);
        let kept = exchanges(&house).await.remove(0);
        assert_eq!(kept.checks.iter().find(|one| one.rule == "TLS-01").map(|one| one.ended), rule, "{hops} {header}");
        assert_eq!(kept.certificate.is_empty(), !(hops == 1 && header));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_who_send_at_once_stand_in_one_chain() {
    on_both(async |house| {
        let run = opened(house).await;
        let senders = (0..50).map(|_| send(house, to_run(&example("fhir:rest:read:patient-1"), KEY)));
        let answers = futures_util::future::join_all(senders).await;
        assert!(answers.iter().all(|answer| answer.status == StatusCode::OK));
        let whole = house.db.whole_live_run("run1").await.unwrap();
        assert_eq!(whole.len(), 50);
        assert!(is_whole(&run.opened, &whole, &now(house).await.head));
    })
    .await;
}
