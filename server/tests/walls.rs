//! The walls that every request passes: same-site posts, limits, headers, cookies
//! (design/reliability.md S4, S7).

use std::{
    net::IpAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use crate::common::{
    Browser, HOST, House, Page, Quick, actions, committed,
    world::{Small, a_list_of_heads, register},
};
use axum::{
    body::Body,
    http::{Request, header},
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// A post as another site, an old browser or a program would send it.
async fn foreign(browser: &mut Browser, action: &str, headers: &[(&str, &str)]) -> Page {
    let mut request = Request::post(format!("/do/{action}")).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    browser.send(request.body(Body::from("journey=7K3M-9PX4&task=describe-use-case")).unwrap()).await
}

#[tokio::test]
async fn no_action_obeys_another_site() {
    let mut small = Small::new().await;
    let reference = small.submitted().await;
    let before = small.seq(&reference).await;
    let cases: &[&[(&str, &str)]] = &[
        &[],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "none")],
        &[("sec-fetch-site", "same-origin, cross-site")],
        &[("sec-fetch-site", "cross-site"), ("origin", "http://onboarding.example")],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[("origin", "http://onboarding.example.evil.example")],
        &[("origin", "http://evil.onboarding.example")],
        &[("origin", "https://onboarding.example")],
        &[("origin", "http://onboarding.example:8080")],
        &[("origin", "")],
        &[("referer", "http://onboarding.example/account")],
    ];
    for action in actions() {
        for headers in cases {
            let page = foreign(&mut small.reviewer.browser, &action, headers).await;
            assert_eq!(page.status, 403, "{action} {headers:?}");
            assert_eq!(page.heading(), "This did not come from our own pages");
        }
    }
    assert_eq!(small.seq(&reference).await, before);
    // Still signed in: not even the sign-out of another site works.
    assert_eq!(small.reviewer.browser.get("/account").await.status, 200);
    // The host that a request names is its own word.
    let headers = [("host", "evil.example"), ("origin", "http://evil.example")];
    assert_eq!(foreign(&mut small.reviewer.browser, "account/end-other-sessions", &headers).await.status, 403);
    // Browsers without Sec-Fetch-Site are known by their origin, and a page of ours by both.
    for headers in [&[("origin", "http://onboarding.example")][..], &[("sec-fetch-site", "same-origin")]] {
        let page = foreign(&mut small.reviewer.browser, "account/end-other-sessions", headers).await;
        assert_eq!(page.to(), "/account");
    }
}

#[tokio::test]
async fn other_methods_change_nothing() {
    let mut small = Small::new().await;
    for action in actions() {
        for method in ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "HEAD"] {
            let request = Request::builder().method(method).uri(format!("/do/{action}?token=a&journey=b&email=c"));
            let request = request.header("sec-fetch-site", "same-origin").body(Body::empty()).unwrap();
            let page = small.lead.browser.send(request).await;
            let refused = [400, 403, 404, 405].contains(&page.status.as_u16());
            assert!(refused, "{method} {action}: {} {}", page.status, page.to());
        }
    }
    assert_eq!(small.lead.browser.get("/account").await.status, 200, "a link signs nobody out");
}

/// Headers that every answer has with one value.
const ALWAYS: &[&str] = &[
    "cross-origin-opener-policy: same-origin",
    "cross-origin-resource-policy: same-origin",
    "permissions-policy: camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "referrer-policy: same-origin",
    "x-content-type-options: nosniff",
    "x-frame-options: DENY",
    "x-request-id: {id}",
];

/// The policy of every answer; the nonce is only in that of a page.
const POLICY: &str = "default-src 'none'; script-src {origin}/pkg/{nonce} 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
                      font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The headers of an answer in order, with what differs each time taken out and what is always the same left out.
fn printed(name: &str, page: &Page) -> String {
    let mut lines: Vec<String> = page
        .headers
        .iter()
        .filter(|(name, _)| *name != "content-security-policy")
        .map(|(name, value)| {
            let value = value.to_str().unwrap();
            let value = match name.as_str() {
                "x-request-id" => "{id}".to_owned(),
                "set-cookie" => format!("{}={{id}}{}", value.split('=').next().unwrap(), &value[value.find(';').unwrap()..]),
                "last-modified" => "{date}".to_owned(),
                "content-length" => "{n}".to_owned(),
                "location" => value.split('/').map(without_reference).collect::<Vec<_>>().join("/"),
                _ => value.to_owned(),
            };
            format!("{name}: {value}")
        })
        .collect();
    for always in ALWAYS {
        let known = lines.len();
        lines.retain(|line| line != always);
        assert_eq!(lines.len() + 1, known, "{name} lacks “{always}”, or has it twice");
    }
    assert_eq!(page.headers.get_all("content-security-policy").iter().count(), 1, "{name}");
    let policy = without_nonce(page.headers["content-security-policy"].to_str().unwrap());
    let script = policy.contains(" 'nonce-{nonce}'");
    let origin =
        format!("{}://{HOST}", if page.headers.contains_key(header::STRICT_TRANSPORT_SECURITY) { "https" } else { "http" });
    let wanted = POLICY.replace("{origin}", &origin).replace("{nonce}", "");
    assert_eq!(policy.replace(" 'nonce-{nonce}'", ""), wanted, "{name}");
    lines.push(format!("policy: {}", if script { "with a nonce" } else { "without a nonce" }));
    lines.sort();
    lines.into_iter().map(|line| format!("  {line}\n")).collect()
}

fn without_reference(part: &str) -> String {
    if part.parse::<journey::base::ids::JourneyRef>().is_ok() { "{reference}".to_owned() } else { part.to_owned() }
}

fn without_nonce(policy: &str) -> String {
    match policy.split_once("'nonce-").and_then(|(before, after)| Some((before, after.split_once('\'')?.1))) {
        Some((before, after)) => format!("{before}'nonce-{{nonce}}'{after}"),
        None => policy.to_owned(),
    }
}

#[tokio::test]
async fn every_answer_has_its_headers() {
    let small = Small::new().await;
    let reference = small.drafting().await;
    a_list_of_heads(&small.house).await;
    let mut text = String::from("Made by server/tests/walls.rs; review a change, then UPDATE_TABLES=1.\n\nevery answer\n");
    text.push_str(&ALWAYS.iter().map(|line| format!("  {line}\n")).collect::<String>());
    text.push_str(&format!("  content-security-policy: {}\n", POLICY.replace("{nonce}", " 'nonce-…'")));
    let mut seen: Vec<(String, Vec<String>)> = Vec::new();
    let mut note = |name: String, page: &Page| {
        assert!(!page.headers.contains_key("server") && !page.headers.contains_key("x-csp-nonce"), "{name}");
        let mut block = format!("  {}\n", page.status.as_u16());
        block.push_str(&printed(&name, page));
        match seen.iter_mut().find(|(known, _)| *known == block) {
            Some((_, names)) => names.push(name),
            None => seen.push((block, vec![name])),
        }
    };
    let mut listed = server::serve::pages();
    listed.sort_by(|a, b| a.path().cmp(b.path()));
    for (who, someone) in [("nobody", None), ("lead", Some(&small.lead)), ("reviewer", Some(&small.reviewer))] {
        for page in &listed {
            let path = page.path().replace("{reference}", &reference.to_string()).replace("{task}", "describe-use-case");
            let path = path
                .replace("{side}", "provider")
                .replace("{stage}", "p-develop")
                .replace("{capability}", "send-document")
                .replace("{tab}", "spine");
            let path = path.replace("{subject}", "check").replace("{token}", "0123").replace("{day}", "2026-03-02");
            let mut browser = someone.map_or_else(|| small.house.browser(), |s| s.browser.clone());
            // What is said once is said before.
            browser.visit("/account").await;
            let answer = browser.get(&path).await;
            note(format!("GET {} {who}", page.path()), &answer);
        }
    }
    let mut browser = small.house.browser();
    for (name, path) in [
        ("no such page", "/no/such/page"),
        ("no such file", "/pkg/none.js"),
        ("style sheet", "/pkg/a.0.css"),
        ("robots", "/robots.txt"),
        ("health", "/healthz"),
        ("readiness", "/readyz"),
        ("metrics", "/metrics"),
        ("out of the folder", "/pkg/..%2f..%2fonboarding.sqlite"),
        ("out of the folder again", "/assets/../../onboarding.sqlite"),
    ] {
        let page = browser.get(path).await;
        assert!(!page.body.contains("SQLite format"), "{path}");
        note(name.to_owned(), &page);
    }
    note("a refused form".to_owned(), &browser.post("account/sign-in", &[("email", "a")]).await);
    note("another site".to_owned(), &foreign(&mut browser, "account/sign-in", &[]).await);
    let request = crate::common::form("account/register");
    let request = request.header(header::CONTENT_LENGTH, 600 * 1024).body(Body::from("a".repeat(600 * 1024))).unwrap();
    note("too long".to_owned(), &browser.send(request).await);
    // The database goes away under a signed-in person.
    let mut lead = small.lead.browser.clone();
    small.house.db.close().await;
    let page = lead.get("/journeys").await;
    assert_eq!((page.status.as_u16(), page.heading().as_str()), (503, "Try again in a moment"));
    assert!(!page.body.contains("sql") && !page.body.contains("pool"), "{}", page.body);
    note("no database".to_owned(), &page);
    let page = lead.post("journey/withdraw", &[("journey", &reference.to_string())]).await;
    assert_eq!(page.status, 503, "{}", page.to());
    note("no database, a form".to_owned(), &page);
    // What was found is good for a second.
    let begun = Instant::now();
    let not_ready = loop {
        let page = browser.get("/readyz").await;
        if page.status != 200 || begun.elapsed() > Duration::from_secs(5) {
            break page;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    note("not ready".to_owned(), &not_ready);
    for (block, names) in seen {
        text.push_str(&format!("\n{}\n{block}", names.join("\n")));
    }
    // Over TLS.
    let secure = House::with(|config| config.base_url = Some(format!("https://{HOST}")), Arc::new(Quick)).await;
    let mut browser = secure.browser();
    text.push_str(&format!("\nover TLS: GET /\n{}", printed("TLS", &browser.get("/").await)));
    text.push_str(&format!(
        "\nover TLS: a refused form\n{}",
        printed("TLS", &browser.post("account/sign-in", &[("email", "a")]).await)
    ));
    committed("headers.txt", &text);
}

#[tokio::test]
async fn the_nonce_is_new_each_time_and_is_the_one_of_the_script() {
    let small = Small::new().await;
    let reference = small.drafting().await;
    let mut browser = small.lead.browser.clone();
    let mut nonces = std::collections::BTreeSet::new();
    for _ in 0..5 {
        let page = browser.get(&format!("/journeys/{reference}/tasks/describe-use-case")).await;
        let policy = page.headers["content-security-policy"].to_str().unwrap().to_owned();
        let nonce = policy.split_once("'nonce-").unwrap().1.split_once('\'').unwrap().0.to_owned();
        assert!(nonce.len() >= 16, "{nonce}");
        let scripts: Vec<&str> = page.body.split("<script").skip(1).collect();
        assert!(!scripts.is_empty(), "a page with an island");
        for script in scripts {
            let tag = script.split('>').next().unwrap();
            assert!(tag.contains(&format!("nonce=\"{nonce}\"")), "{tag}");
        }
        assert!(!page.body.contains(" onclick=") && !page.body.contains(" style=\""), "the policy would refuse it");
        assert!(nonces.insert(nonce));
    }
}

#[tokio::test]
async fn a_body_over_the_limit_gets_a_sentence() {
    let small = Small::new().await;
    let mut browser = small.lead.browser.clone();
    for size in [512 * 1024 + 1, 5 << 20] {
        let request =
            crate::common::form("draft/keep").header(header::CONTENT_LENGTH, size).body(Body::from("a".repeat(size))).unwrap();
        let page = browser.send(request).await;
        assert_eq!((page.status.as_u16(), page.heading().as_str()), (413, "That is too long"));
        assert!(page.body.contains("Nothing was changed") && page.body.contains("lang=\"en-GB\""));
    }
    // The same without a length said before: chunks that never end.
    let address = small.house.listening().await;
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let head = "POST /do/draft/keep HTTP/1.1\r\nhost: onboarding.example\r\nsec-fetch-site: same-origin\r\naccept: text/html\r\n\
                content-type: application/x-www-form-urlencoded\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let chunk = format!("10000\r\n{}\r\n", "a".repeat(0x10000));
    for _ in 0..12 {
        // The service may have hung up by now, which is an answer as well.
        if stream.write_all(chunk.as_bytes()).await.is_err() {
            break;
        }
    }
    let mut answer = Vec::new();
    drop(stream.read_to_end(&mut answer).await);
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.starts_with("HTTP/1.1 4") && answer.contains("<h1"), "a sentence: {answer}");
}

#[tokio::test]
async fn an_address_that_asks_too_often_waits_and_others_do_not() {
    let house = House::with(|config| config.rate_per_second = 2, Arc::new(Quick)).await;
    let mut browser = house.browser();
    let mut answers = Vec::new();
    for _ in 0..14 {
        answers.push(browser.get("/").await);
    }
    let refused: Vec<&Page> = answers.iter().filter(|page| page.status == 429).collect();
    assert!(answers[..10].iter().all(|page| page.status == 200), "five seconds' worth at once");
    assert!(!refused.is_empty());
    assert_eq!(refused[0].headers[header::RETRY_AFTER], "5");
    assert_eq!(refused[0].heading(), "Too many requests");
    let mut other = house.browser();
    other.address = IpAddr::from([192, 0, 2, 7]);
    assert_eq!(other.get("/").await.status, 200);
    // What a visitor writes into X-Forwarded-For is not believed.
    let request = Request::get("/").header("x-forwarded-for", "198.51.100.1").body(Body::empty()).unwrap();
    assert_eq!(browser.send(request).await.status, 429);
    // Health is asked by machines, as often as they like.
    assert_eq!(browser.get("/healthz").await.status, 200);
}

#[tokio::test]
async fn behind_a_proxy_only_its_own_word_counts() {
    let change = |config: &mut server::config::Serve| {
        config.rate_per_second = 1;
        config.trust_proxy = 1;
    };
    let house = House::with(change, Arc::new(Quick)).await;
    let mut browser = house.browser();
    let ask = |first: usize, last: &str| {
        Request::get("/").header("x-forwarded-for", format!("10.0.0.{first}, {last}")).body(Body::empty()).unwrap()
    };
    let mut refused = 0;
    for n in 0..10 {
        refused += usize::from(browser.send(ask(n, "192.0.2.1")).await.status == 429);
    }
    assert!(refused >= 3, "the first entries are the visitor's own words");
    assert_eq!(browser.send(ask(1, "192.0.2.2")).await.status, 200);
    // A proxy that adds a line of its own leaves the visitor's line first.
    let ask = |first: usize, last: &str| {
        let request = Request::get("/").header("x-forwarded-for", format!("10.0.0.{first}")).header("x-forwarded-for", last);
        request.body(Body::empty()).unwrap()
    };
    let mut refused = 0;
    for n in 0..10 {
        // Whoever has a network of IPv6 has as many addresses as they like, and as many ports.
        let last = format!("[2001:db8:1:2::{n}]:{}", 5_000 + n);
        refused += usize::from(browser.send(ask(n, &last)).await.status == 429);
    }
    assert!(refused >= 3, "{refused}");
    assert_eq!(browser.send(ask(1, "2001:db8:1:3::1")).await.status, 200, "the neighbours go on");
}

/// The id of a request stands in every line about it: nobody else writes it.
#[tokio::test]
async fn a_request_has_an_id_of_ours() {
    let forged = "00} 2026 INFO request{id=1}: signed in person=FORGED";
    let of = async |house: &House, id: &str| {
        let page = house.browser().send(Request::get("/healthz").header("x-request-id", id).body(Body::empty()).unwrap()).await;
        page.headers["x-request-id"].to_str().unwrap().to_owned()
    };
    let house = House::new().await;
    let proxied = House::with(|config| config.trust_proxy = 1, Arc::new(Quick)).await;
    let good = "0123-abcdef";
    assert_ne!(of(&house, good).await, good);
    assert_eq!(of(&proxied, good).await, good);
    for id in [forged, "ABC", "", &"a".repeat(65)] {
        assert_eq!(of(&house, id).await.len(), 36, "{id}");
        assert_eq!(of(&proxied, id).await.len(), 36, "{id}");
    }
}

/// What a request says of itself leads nobody anywhere.
#[tokio::test]
async fn no_action_leads_to_the_page_that_the_request_names() {
    let small = Small::new().await;
    for action in actions() {
        let headers = [("sec-fetch-site", "same-origin"), ("accept", "text/html"), ("referer", "https://evil.example/page")];
        let page = foreign(&mut small.lead.browser.clone(), &action, &headers).await;
        assert!(!page.to().contains("evil.example"), "{action}: {}", page.to());
    }
}

#[tokio::test]
async fn the_session_cookie_travels_safely() {
    for (base, name, secure) in
        [(format!("https://{HOST}"), "__Host-session", true), (format!("http://{HOST}"), "session", false)]
    {
        let house = House::with(|config| config.base_url = Some(base), Arc::new(Quick)).await;
        let lead = register(&house, "Acme Care", "lena@acme.example").await;
        let mut browser = house.browser();
        let page = browser.sign_in(&lead.email).await;
        let known = name.replace("session", "known");
        for (name, site) in [(name, "SameSite=Lax"), (known.as_str(), "SameSite=Strict")] {
            let mut all = page.headers.get_all(header::SET_COOKIE).iter().map(|cookie| cookie.to_str().unwrap());
            let cookie = all.find(|cookie| cookie.starts_with(&format!("{name}="))).unwrap();
            let parts: Vec<&str> = cookie.split("; ").collect();
            for wanted in ["HttpOnly", site, "Path=/"] {
                assert!(parts.contains(&wanted), "{cookie}");
            }
            assert_eq!(parts.contains(&"Secure"), secure, "{cookie}");
            assert!(!parts.iter().any(|part| part.starts_with("Domain")), "{cookie}");
        }
        let hsts = page.headers.contains_key(header::STRICT_TRANSPORT_SECURITY);
        assert_eq!(hsts, secure);
        // Pages for everybody need no cookie.
        assert!(house.browser().get("/").await.headers.get(header::SET_COOKIE).is_none());
    }
}

/// What was done is said on the next page, once; the cookie that carries it is as safe as the session's.
#[tokio::test]
async fn what_was_done_is_said_once() {
    for (base, name, secure) in [(format!("https://{HOST}"), "__Host-said", true), (format!("http://{HOST}"), "said", false)] {
        let house = House::with(|config| config.base_url = Some(base), Arc::new(Quick)).await;
        let lead = register(&house, "Acme Care", "lena@acme.example").await;
        let mut browser = house.browser();
        browser.sign_in(&lead.email).await;
        let page = browser.post("account/notices", &[("choice", "daily")]).await;
        let cookie = page.headers[header::SET_COOKIE].to_str().unwrap();
        let parts: Vec<&str> = cookie.split("; ").collect();
        assert!(parts[0].starts_with(&format!("{name}=heading=")), "{cookie}");
        for wanted in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=300"] {
            assert!(parts.contains(&wanted), "{cookie}");
        }
        assert_eq!(parts.contains(&"Secure"), secure, "{cookie}");
        let page = browser.get("/account").await;
        assert!(page.body.contains("Your choice is saved"), "it is said");
        assert!(page.headers[header::SET_COOKIE].to_str().unwrap().contains("Max-Age=0"), "and over");
        assert!(!browser.get("/account").await.body.contains("Your choice is saved"), "it is said once");
        browser.cookies.push((name.to_owned(), "heading=%3Cb%3EHello&text=%3Cb%3E".to_owned()));
        let page = browser.get("/account").await;
        assert!(page.body.contains("&lt;b&gt;Hello") && !page.body.contains("<b>"), "whoever wrote the cookie: it is text");
        browser.post("account/notices", &[("choice", "daily")]).await;
        browser.post("account/sign-out", &[]).await;
        assert!(!browser.get("/").await.body.contains("Your choice is saved"), "nothing is said to whoever comes next");
    }
}

#[tokio::test]
async fn nothing_of_a_page_is_kept_by_a_cache() {
    let mut small = Small::new().await;
    for path in ["/", "/account", "/journeys", "/organisation", "/no/such/page"] {
        assert_eq!(small.lead.browser.get(path).await.headers[header::CACHE_CONTROL], "no-store", "{path}");
    }
    let page = small.lead.browser.get("/pkg/a.0.css").await;
    assert_eq!(page.headers[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
    let page = small.lead.browser.get("/pkg/none.css").await;
    assert_eq!(page.status, 404);
    assert_eq!(page.headers[header::CACHE_CONTROL], "no-store", "a file that is missing now may be there tomorrow");
}
