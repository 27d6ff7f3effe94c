//! Open pages hear of changes: who may listen, what is said (nothing but that something changed), and that a page which
//! keeps itself up to date takes no message from its reader and keeps nobody signed in.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::Duration,
};

use crate::common::{
    Browser, HOST, House,
    world::{Play, Small, admit, register},
};
use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{Request, StatusCode, header, request::Builder},
};
use futures_util::{FutureExt as _, Stream, StreamExt as _};
use journey::base::actor::{Role, Side};
use tower::ServiceExt as _;

/// Opens a stream as the script of a page does.
async fn listen(browser: &Browser, path: &str) -> (StatusCode, impl Stream<Item = String> + Unpin + use<>) {
    listen_with(browser, Request::get(path)).await
}

/// The same with more headers.
async fn listen_with(browser: &Browser, request: Builder) -> (StatusCode, impl Stream<Item = String> + Unpin + use<>) {
    let cookies: Vec<String> = browser.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let mut request = request
        .header(header::HOST, HOST)
        .header(header::COOKIE, cookies.join("; "))
        .header("sec-fetch-dest", "empty")
        .body(Body::empty())
        .unwrap();
    request.extensions_mut().insert(ConnectInfo(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 40_000)));
    let response = browser.app.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let words = response.into_body().into_data_stream().map(|chunk| String::from_utf8(chunk.unwrap().to_vec()).unwrap());
    (status, Box::pin(words))
}

async fn next(stream: &mut (impl Stream<Item = String> + Unpin)) -> Option<String> {
    tokio::time::timeout(Duration::from_secs(5), stream.next()).await.expect("something is said within five seconds")
}

/// What is said is there before the action that caused it is answered.
fn silent(stream: &mut (impl Stream<Item = String> + Unpin)) {
    let said = stream.next().now_or_never();
    assert!(said.is_none(), "{said:?} was said");
}

#[tokio::test]
async fn both_sides_hear_of_their_journey_and_of_no_other() {
    let small = Small::new().await;
    let (mine, other) = (small.submitted().await, small.drafting().await);
    let mut lead = small.lead.browser.clone();
    let path = format!("/live/journeys/{mine}");
    let (status, mut stream) = listen(&lead, &path).await;
    let (_, mut worklist) = listen(&small.reviewer.browser, "/live/worklist").await;
    assert_eq!(status, StatusCode::OK);
    assert!(next(&mut stream).await.unwrap().contains("event: listening"));
    assert!(next(&mut worklist).await.unwrap().contains("event: listening"));
    let again = |journey: String| {
        [
            ("journey", journey),
            ("task", "try-demonstrator".to_owned()),
            ("seen", "99".to_owned()),
            ("reason", "Once more.".to_owned()),
        ]
    };
    let fields = again(other.to_string());
    lead.submit("task/reopen", &fields.each_ref().map(|(k, v)| (*k, v.as_str()))).await;
    silent(&mut stream);
    let fields = again(mine.to_string());
    lead.submit("task/reopen", &fields.each_ref().map(|(k, v)| (*k, v.as_str()))).await;
    let said = next(&mut stream).await.unwrap();
    let lines: Vec<&str> = said.lines().filter(|line| !line.is_empty() && !line.starts_with("id: ")).collect();
    assert_eq!(lines, ["event: changed", "data: 1"], "it says that something changed and nothing of what");
    // In the order of what happened: had the other journey been heard, there would be two.
    silent(&mut stream);
    assert!(next(&mut worklist).await.unwrap().contains("event: changed"));
    // A claim is news for the worklist, though it is no event of the journey.
    let mut reviewer = small.reviewer.browser.clone();
    let text = mine.to_string();
    reviewer.submit("worklist/claim", &[("journey", &text), ("task", "obtain-use-case-approval"), ("back", "/worklist")]).await;
    assert!(next(&mut worklist).await.unwrap().contains("event: changed"));
}

#[tokio::test]
async fn a_team_hears_of_its_own_work_and_of_no_other() {
    let small = Small::new().await;
    let mine = small.submitted().await.to_string();
    let mut safety = admit(&small.house, Side::Programme, "NHS England", "sue@nhs.example", &[Role::ClinicalSafety]).await;
    let (_, mut theirs) = listen(&safety.browser, "/live/worklist").await;
    let (_, mut ours) = listen(&small.reviewer.browser, "/live/worklist").await;
    next(&mut theirs).await;
    next(&mut ours).await;
    // It waits for the programme lead: claimed, handed back by a colleague in vain, handed back, and taken back to be written.
    let on = [("journey", mine.as_str()), ("task", "obtain-use-case-approval"), ("back", "/worklist")];
    small.reviewer.browser.clone().submit("worklist/claim", &on).await;
    assert!(next(&mut ours).await.unwrap().contains("event: changed"));
    safety.browser.submit("worklist/release", &on).await;
    small.reviewer.browser.clone().submit("worklist/release", &on).await;
    assert!(next(&mut ours).await.unwrap().contains("event: changed"));
    let words = [("journey", mine.as_str()), ("task", ""), ("audience", "all"), ("message", "hello"), ("words", "Hello.")];
    small.lead.browser.clone().submit(crate::common::WITH_FILES, &words).await;
    silent(&mut ours);
    silent(&mut theirs);
}

/// Where the script of a page listens.
fn listens_at(page: &crate::common::Page) -> String {
    let (_, after) = page.body.split_once("data-listen=\"").expect("the page listens");
    after.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn what_happens_between_a_page_and_its_stream_is_said_first() {
    let small = Small::new().await;
    let (mine, other) = (small.submitted().await.to_string(), small.drafting().await.to_string());
    let mut lead = small.lead.browser.clone();
    let journey = listens_at(&lead.get(&format!("/journeys/{mine}")).await);
    let worklist = listens_at(&small.reviewer.browser.clone().get("/worklist").await);
    // Nothing has changed, and then only another journey.
    let (_, mut quiet) = listen(&lead, &journey).await;
    assert!(next(&mut quiet).await.unwrap().contains("event: listening"));
    silent(&mut quiet);
    let say = async |journey: &str, id: &str| {
        let fields = [("journey", journey), ("task", ""), ("audience", "all"), ("message", id), ("words", "Hello.")];
        small.lead.browser.clone().submit(crate::common::WITH_FILES, &fields).await;
    };
    say(&other, "first").await;
    let (_, mut stream) = listen(&lead, &journey).await;
    assert!(next(&mut stream).await.unwrap().contains("event: listening"));
    silent(&mut stream);
    // Something of this one, after the page was drawn and before anybody listened.
    say(&mine, "second").await;
    let (_, mut stream) = listen(&lead, &journey).await;
    assert!(next(&mut stream).await.unwrap().contains("event: listening"));
    let said = next(&mut stream).await.unwrap();
    assert!(said.contains("event: changed"), "{said}");
    silent(&mut stream);
    // The other stream heard it as it came: it is said once.
    assert!(next(&mut quiet).await.unwrap().contains("event: changed"));
    silent(&mut quiet);
    // A browser that lost its stream says how far it has heard, and that counts.
    let heard = said.lines().find_map(|line| line.strip_prefix("id: ")).unwrap();
    let again = Request::get(&journey).header("last-event-id", heard);
    let (_, mut stream) = listen_with(&lead, again).await;
    assert!(next(&mut stream).await.unwrap().contains("event: listening"));
    silent(&mut stream);
    // A worklist hears of a claim that came before it listened.
    let on = [("journey", mine.as_str()), ("task", "obtain-use-case-approval"), ("back", "/worklist")];
    small.reviewer.browser.clone().submit("worklist/claim", &on).await;
    let (_, mut stream) = listen(&small.reviewer.browser, &worklist).await;
    assert!(next(&mut stream).await.unwrap().contains("event: listening"));
    assert!(next(&mut stream).await.unwrap().contains("event: changed"));
    // What another server counted says nothing here: the page is fetched once more.
    let (_, mut stream) = listen(&lead, &format!("/live/journeys/{mine}?after=1-1")).await;
    assert!(next(&mut stream).await.unwrap().contains("event: listening"));
    assert!(next(&mut stream).await.unwrap().contains("event: changed"));
}

#[tokio::test]
async fn one_person_listens_twelve_times_and_keeps_nobody_out() {
    let small = Small::new().await;
    let (mine, other) = (small.submitted().await, small.reviewer.browser.clone());
    let path = format!("/live/journeys/{mine}");
    let mut open = Vec::new();
    for number in 0..20 {
        let (status, stream) = listen(&small.lead.browser, &path).await;
        let wanted = if number < server::live::OF_ONE { StatusCode::OK } else { StatusCode::TOO_MANY_REQUESTS };
        assert_eq!(status, wanted, "{number}");
        open.push(stream);
    }
    assert_eq!(listen(&other, &path).await.0, StatusCode::OK);
    // A page that is closed makes room.
    drop(open.remove(0));
    assert_eq!(listen(&small.lead.browser, &path).await.0, StatusCode::OK);
}

#[tokio::test]
async fn nobody_listens_who_may_not_look() {
    let small = Small::new().await;
    let mine = small.drafting().await;
    let stranger = register(&small.house, "Globex", "gil@globex.example").await;
    let path = format!("/live/journeys/{mine}");
    for (browser, path, wanted) in [
        (&stranger.browser, path.as_str(), StatusCode::NOT_FOUND),
        (&stranger.browser, "/live/worklist", StatusCode::NOT_FOUND),
        (&small.lead.browser, "/live/worklist", StatusCode::NOT_FOUND),
        (&small.lead.browser, "/live/journeys/nothing-like-this", StatusCode::NOT_FOUND),
        // "No content" is the answer after which a browser does not come back.
        (&small.house.browser(), path.as_str(), StatusCode::NO_CONTENT),
        (&small.house.browser(), "/live/worklist", StatusCode::NO_CONTENT),
    ] {
        assert_eq!(listen(browser, path).await.0, wanted, "{path}");
    }
}

#[tokio::test]
async fn streams_end_when_the_service_stops() {
    let house = House::new().await;
    let lead = register(&house, "Acme Care", "lena.lead@acme.example").await;
    let mine = Play::open(&house, &lead).written(&house).await;
    let (stop, stopping) = tokio::sync::watch::channel(false);
    let live = server::live::Live::new(house.services.clone(), house.db.clone(), stopping);
    let limits = server::gate::Limits::new(1_000, 0);
    let uploads = server::uploads::Uploads::new(house.config.place.file_store().unwrap(), house.services.clone(), 1);
    let sessions = store::Sessions::new(house.db.clone());
    let app = server::serve::router(&house.config, &house.services, &uploads, live, sessions, limits);
    let (_, mut stream) = listen(&Browser { app, ..lead.browser.clone() }, &format!("/live/journeys/{mine}")).await;
    assert!(next(&mut stream).await.is_some());
    stop.send_replace(true);
    assert_eq!(next(&mut stream).await, None);
}

/// Reads a page as its own script does.
async fn in_background(browser: &mut Browser, path: &str) -> crate::common::Page {
    browser.send(Request::get(path).header("sec-fetch-dest", "empty").body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn a_page_that_reads_itself_again_takes_no_message_and_keeps_nobody_signed_in() {
    let small = Small::new().await;
    let mine = small.drafting().await;
    let mut lead = small.lead.browser.clone();
    let home = format!("/journeys/{mine}/tasks/try-demonstrator");
    let text = mine.to_string();
    let fields = [("journey", text.as_str()), ("task", "try-demonstrator"), ("seen", "99"), ("reason", "Once more.")];
    assert_eq!(lead.post("task/reopen", &fields).await.status, StatusCode::SEE_OTHER);
    assert_eq!(in_background(&mut lead, &home).await.done(), None);
    assert!(lead.get(&home).await.done().is_some(), "the message waits for its reader");
    for _ in 0..7 {
        small.house.clock.forward(5 * 60);
        in_background(&mut lead, &home).await;
    }
    assert!(lead.get(&home).await.to().starts_with("/sign-in"), "35 minutes without the reader end the session");
}
