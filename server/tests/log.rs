//! What never reaches the log, a page or the database in the clear (design/reliability.md S12, S15). One test alone in its
//! process, because the log belongs to the process.
#![expect(clippy::unwrap_used, reason = "a test says what failed by panicking")]

mod common;

use std::{
    io::Write,
    sync::{Arc, Mutex},
};

use common::House;

/// What would have been written to the log.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn neither_tokens_nor_passwords_nor_words_reach_the_log_or_a_page() {
    let log = Log::default();
    let writer = log.clone();
    let filter = tracing_subscriber::EnvFilter::new("trace,sqlx=info,hyper=info");
    let subscriber =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(move || writer.clone()).with_ansi(false).finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let house = House::new().await;
    let secret = "horse staple correct";
    let mut browser = house.browser();
    let mut pages = Vec::new();
    let mut tokens = Vec::new();
    let new = [
        ("answers[organisation][]", "Acme Care"),
        ("answers[name][]", "Lena Lead"),
        ("answers[email][]", "lena@acme.example"),
        ("password", secret),
    ];
    // Refused first (passwords differ), then accepted.
    pages.push(browser.submit("account/register", &[&new[..], &[("again", "something else")]].concat()).await);
    pages.push(browser.submit("account/register", &[&new[..], &[("again", secret)]].concat()).await);
    let link = house.link_for("lena@acme.example").await;
    let token = link.rsplit('/').next().unwrap().to_owned();
    browser.get(&link).await;
    pages.push(browser.submit("account/confirm", &[("token", &token), ("password", secret)]).await);
    tokens.push(token);
    pages.push(
        browser.submit("account/sign-in", &[("email", "lena@acme.example"), ("password", &format!("{secret} wrong"))]).await,
    );
    pages.push(browser.submit("account/sign-in", &[("email", "lena@acme.example"), ("password", secret)]).await);
    let change = [("current", "wrong"), ("password", secret), ("again", secret)];
    pages.push(browser.submit("account/change-password", &change).await);
    browser.submit("account/forgot-password", &[("email", "lena@acme.example")]).await;
    let link = house.link_for("lena@acme.example").await;
    let token = link.rsplit('/').next().unwrap().to_owned();
    browser.get(&link).await;
    pages.push(
        browser.submit("account/reset-password", &[("token", &token), ("password", secret), ("again", "different words")]).await,
    );
    tokens.push(token);
    browser.submit("organisation/invite", &[("answers[email][]", "new@acme.example"), ("answers[roles][]", "developer")]).await;
    let link = house.link_for("new@acme.example").await;
    let token = link.rsplit('/').next().unwrap().to_owned();
    let mut invited = house.browser();
    invited.get(&link).await;
    let join = [("token", token.as_str()), ("answers[name][]", ""), ("password", secret), ("again", secret)];
    pages.push(invited.submit("account/accept-invitation", &join).await);
    tokens.push(token);
    // Somebody who sends a token in the wrong place.
    for token in &tokens {
        browser.get(&format!("/reset-password/{token}")).await;
        browser.get(&format!("/register/{token}")).await;
        // A mail program that writes on, or somebody who does so by hand.
        for path in [
            "/invitations/TOKEN/",
            "/invitations/TOKEN/x",
            "//register//TOKEN",
            "/reset-password/TOKEN/x/y",
            "/sign/TOKEN/code",
            "/%72egister/TOKEN",
        ] {
            browser.get(&path.replace("TOKEN", token)).await;
        }
    }
    let reference = house.services.journey_ref();
    browser.get(&format!("/journeys/{reference}/history?q=words+that+were+typed")).await;
    let written = String::from_utf8_lossy(&log.0.lock().unwrap()).into_owned();
    assert!(written.contains("/invitations/…") && written.contains("signed in"), "something was logged: {written}");
    let about = |line: &&str| line.contains(&format!("journey={reference}")) && line.contains(" person=");
    let line = written.lines().find(about).expect("a line about a journey names it and the person");
    assert!(line.contains("request{id="), "and the request: {line}");
    assert!(!written.contains("words+that"), "nor what stands in a query");
    for token in &tokens {
        assert!(!written.contains(token.as_str()), "a token in the log");
        assert!(!written.contains(&token[..20]), "a part of a token in the log");
    }
    assert!(!written.contains(secret), "a password in the log");
    let id = browser.session().unwrap();
    assert!(!written.contains(&id), "a session in the log");
    for page in &pages {
        assert!(!page.body.contains(secret), "a password on the page “{}”", page.heading());
    }
    // Nor in the session's row, where the rest of the form waits.
    let kept = std::fs::read(house.file()).unwrap();
    let wal = std::fs::read(house.folder.path().join("onboarding.sqlite-wal")).unwrap_or_default();
    for bytes in [kept, wal] {
        assert!(!bytes.windows(secret.len()).any(|w| w == secret.as_bytes()), "a password in the database");
    }
}
