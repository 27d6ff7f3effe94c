//! Figures about the service: what they count, what they do not give away, and who may read them.
#![expect(clippy::unwrap_used, reason = "a test says what failed by panicking")]

mod common;

use axum::{body::Body, http::Request};
use common::{
    House, Quick,
    world::{Small, register},
};
use journey::port::{Outbox as _, Undelivered};

async fn figures(house: &House) -> String {
    let page = house.browser().get("/metrics").await;
    assert_eq!(page.status, 200);
    page.body
}

/// The figure behind this name and these labels.
fn figure(text: &str, start: &str) -> f64 {
    let line = text.lines().find(|line| line.starts_with(start)).unwrap_or_else(|| panic!("no {start} in\n{text}"));
    line.rsplit(' ').next().unwrap().parse().unwrap()
}

#[tokio::test]
async fn requests_are_counted_by_route_and_outcome_and_nothing_else_is_told() {
    let small = Small::new().await;
    let reference = small.submitted().await;
    let mut lead = small.lead.browser.clone();
    for _ in 0..3 {
        assert_eq!(lead.get(&format!("/journeys/{reference}")).await.status, 200);
    }
    assert_eq!(lead.get("/journeys/0000-0000").await.status, 404);
    lead.get("/invitations/a-token-that-is-a-secret").await;
    let wrong = [("email", "lena.lead@acme.example"), ("password", "not the right one")];
    small.house.browser().post("account/sign-in", &wrong).await;
    small.house.browser().sign_in("lena.lead@acme.example").await;
    let text = figures(&small.house).await;
    let count = |route: &str, method: &str, status: &str| {
        let labels = format!("route=\"{route}\",method=\"{method}\",status=\"{status}\"");
        figure(&text, &format!("gpc_request_seconds_count{{{labels}}}"))
    };
    assert_eq!(count("/journeys/{reference}", "GET", "2xx"), 3.0, "{text}");
    assert_eq!(count("/journeys/{reference}", "GET", "4xx"), 1.0);
    assert!(count("/do/account/sign-in", "POST", "3xx") >= 2.0);
    assert_eq!(figure(&text, "gpc_sign_in_failures_total"), 1.0);
    assert_eq!(figure(&text, "gpc_journeys{phase=\"open\"}"), 1.0);
    assert_eq!(figure(&text, "gpc_database_up"), 1.0);
    assert_eq!(figure(&text, "gpc_panics_total"), 0.0);
    let before = figure(&text, "gpc_letters_waiting");
    for secret in [reference.to_string().as_str(), "a-token", "acme", "Bedside"] {
        assert!(!text.contains(secret), "{secret} in the figures");
    }
    // A letter that waits is seen, and how long.
    register(&small.house, "Globex", "gil@globex.example").await;
    small.house.browser().submit("account/forgot-password", &[("email", "gil@globex.example")]).await;
    small.house.clock.forward(600);
    let text = figures(&small.house).await;
    assert!(figure(&text, "gpc_letters_waiting") >= 1.0, "{before}");
    assert!(figure(&text, "gpc_letters_oldest_seconds") >= 600.0);
    // One that cannot be delivered is a figure of its own, for a week.
    let waits = figure(&text, "gpc_letters_waiting");
    assert_eq!(figure(&text, "gpc_letters_undelivered"), 0.0);
    let now = small.house.services.clock.now();
    let lost = small.house.db.next_letter(now, now).await.unwrap().unwrap().letter.id;
    small.house.db.letter_undelivered(&lost, Undelivered::Refused, "550", now, None).await.unwrap();
    let text = figures(&small.house).await;
    assert_eq!((figure(&text, "gpc_letters_undelivered"), figure(&text, "gpc_letters_waiting")), (1.0, waits - 1.0));
    small.house.clock.forward(7 * 24 * 3600);
    assert_eq!(figure(&figures(&small.house).await, "gpc_letters_undelivered"), 0.0);
    small.house.db.close().await;
    assert_eq!(figure(&figures(&small.house).await, "gpc_database_up"), 0.0, "and says when the database is away");
}

#[tokio::test]
async fn only_this_machine_or_whoever_has_the_token_reads_them() {
    let house = House::new().await;
    let mut far = house.browser();
    far.address = "203.0.113.9".parse().unwrap();
    assert_eq!(far.get("/metrics").await.status, 404);
    // Through a proxy on this machine.
    for header in ["x-forwarded-for", "x-real-ip", "forwarded", "via"] {
        let passed_on = Request::get("/metrics").header(header, "203.0.113.9").body(Body::empty()).unwrap();
        assert_eq!(house.browser().send(passed_on).await.status, 404, "{header}");
    }
    assert_eq!(house.browser().get("/metrics").await.status, 200);

    let guarded =
        House::with(|config| config.metrics_token = Some("token of the watcher".to_owned().into()), std::sync::Arc::new(Quick))
            .await;
    assert_eq!(guarded.browser().get("/metrics").await.status, 404, "not even this machine without it");
    for (sent, status) in [
        ("Bearer token of the watcher", 200),
        ("Bearer token of the watche", 404),
        ("token of the watcher", 404),
        ("Bearer ", 404),
    ] {
        let request = Request::get("/metrics").header("authorization", sent).body(Body::empty()).unwrap();
        let mut far = guarded.browser();
        far.address = "203.0.113.9".parse().unwrap();
        assert_eq!(far.send(request).await.status, status, "{sent}");
    }
}
