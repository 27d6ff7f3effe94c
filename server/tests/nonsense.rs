//! Whatever is sent: never a fault, never a hang, and every word comes back as a word (design/reliability.md S9, S11).

use std::time::{Duration, Instant};

use crate::common::{
    Browser, House, PASSWORD, Page, WITH_FILES, actions, encoded, form, multipart,
    world::{OPENING, Play, Small, journey_of, task},
};
use axum::{
    body::Body,
    http::{Request, header},
};
use journey::{form::Kind, port::Ledger as _, task::forms};

/// Longest time for one answer.
const SOON: Duration = Duration::from_secs(1);

/// Sends a body twice if the first answer took long: this machine may be busy with something else.
async fn answered(browser: &mut Browser, action: &str, accept: &str, body: &[u8]) -> Page {
    let mut took = Duration::ZERO;
    for _ in 0..2 {
        let mut request = form(action).body(Body::from(body.to_vec())).unwrap();
        request.headers_mut().insert(header::ACCEPT, accept.parse().unwrap());
        let began = Instant::now();
        let page = browser.send(request).await;
        took = began.elapsed();
        let told = || format!("{action} {:?}", String::from_utf8_lossy(&body[..body.len().min(200)]));
        assert!(!page.status.is_server_error(), "{} {}: {}", told(), page.status, page.body);
        assert!(page.to().is_empty() || page.to().starts_with('/'), "{}: {}", told(), page.to());
        assert!(!page.headers.contains_key("x-evil"), "{}", told());
        if took < SOON {
            return page;
        }
    }
    panic!("{action} took {took:?}");
}

/// A small generator (xorshift), so that a failure can be seen again.
fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    (0..length).map(|_| next()).collect()
}

/// Names of fields that our forms send, for some action or other.
const NAMES: &[&str] = &[
    "journey",
    "task",
    "seen",
    "version",
    "subject",
    "answers[words][]",
    "note",
    "reason",
    "decision",
    "name",
    "authority",
    "words",
    "token",
    "email",
    "password",
    "again",
    "current",
    "next",
    "back",
    "organisation",
    "session",
    "person",
    "invitation",
    "answers[note][]",
    "answers[email][]",
    "answers[roles][]",
    "answers[product][]",
    "answers[decision][]",
];

const ODD: &[&str] = &[
    "",
    " ",
    "0",
    "-1",
    "18446744073709551616",
    "NaN",
    "null",
    "abc",
    "../../etc/passwd",
    "'; DROP TABLE events; --",
    "\" OR 1=1 --",
    "<script>canary()</script>",
    "\"'><img src=x onerror=canary()>",
    "a\r\nX-Evil: 1\r\n\r\n<html>",
    "%0d%0aX-Evil: 1",
    "{{7*7}} ${7*7}",
    "=cmd|' /C calc'!A0",
    "\0",
    "\u{202e}nettirw drawkcab\u{202c}",
    "\u{feff}e\u{301}\u{200d}👩‍⚕️𝕌\u{10ffff}",
    "ǅ ﬀ İ ß \u{1}\u{7f}\u{85}\u{2028}",
];

#[tokio::test]
async fn no_body_makes_an_action_stumble() {
    let small = Small::new().await;
    let mut browsers = [small.house.browser(), small.lead.browser.clone(), small.reviewer.browser.clone()];
    let mut many = String::new();
    for n in 0..5000 {
        many.push_str(&format!("answers[field_{n}][]=a&"));
    }
    let mut bodies: Vec<Vec<u8>> = vec![
        Vec::new(),
        b"&&&===&".to_vec(),
        b"%".to_vec(),
        b"%zz=%f".to_vec(),
        b"answers=a".to_vec(),
        b"answers[]=a".to_vec(),
        b"answers[a]=b".to_vec(),
        b"answers[a][b][c][d][e][f][g][h]=i".to_vec(),
        b"answers[a][0]=x&answers[a][18446744073709551615]=y".to_vec(),
        b"answers[[[[=a".to_vec(),
        b"seen=abc&version=-1".to_vec(),
        b"seen=1&seen=2&journey=a&journey=b".to_vec(),
        b"journey[]=a&task[a]=b".to_vec(),
        b"note=%ED%A0%80%FF%FE".to_vec(),
        b"{\"journey\":1}".to_vec(),
        many.into_bytes(),
    ];
    bodies.extend((0..4).map(|seed| noise(seed + 1, 700)));
    for action in actions() {
        for (at, browser) in browsers.iter_mut().enumerate() {
            for body in &bodies {
                // The lead stays signed in.
                if at > 0 && action == "account/sign-out" {
                    continue;
                }
                answered(browser, &action, "text/html", body).await;
            }
            for accept in ["application/json", "*/*"] {
                answered(browser, &action, accept, b"seen=abc&version=x&answers=1").await;
            }
        }
    }
    // Another sort of body than a form.
    for kind in [
        "application/json",
        "multipart/form-data; boundary=a",
        "text/plain",
        "",
        "application/x-www-form-urlencoded; charset=utf-7",
    ] {
        for action in ["task/submit", "account/sign-in"] {
            let request =
                Request::post(format!("/do/{action}")).header("sec-fetch-site", "same-origin").header(header::CONTENT_TYPE, kind);
            let page = browsers[1].send(request.body(Body::from("{\"a\":[1")).unwrap()).await;
            assert!(!page.status.is_server_error(), "{kind}: {}", page.status);
        }
    }
}

#[tokio::test]
async fn no_value_makes_an_action_stumble() {
    let small = Small::new().await;
    let reference = small.drafting().await.to_string();
    let mut browsers = [small.lead.browser.clone(), small.reviewer.browser.clone(), small.house.browser()];
    let before = small.seq(&reference.parse().unwrap()).await;
    for action in actions() {
        if action == "account/sign-out" {
            continue;
        }
        for odd in ODD {
            // Everything odd, and then everything odd on a journey that is there.
            let all: Vec<(&str, &str)> =
                NAMES.iter().filter(|n| !["seen", "version"].contains(n)).map(|name| (*name, *odd)).collect();
            let mut on: Vec<(&str, &str)> = all.iter().copied().filter(|(name, _)| !["journey", "task"].contains(name)).collect();
            on.extend([
                ("journey", reference.as_str()),
                ("task", "describe-use-case"),
                ("seen", "0"),
                ("version", "0"),
                ("subject", "answers"),
            ]);
            for browser in &mut browsers {
                answered(browser, &action, "text/html", encoded(&all).as_bytes()).await;
                let page = answered(browser, &action, "text/html", encoded(&on).as_bytes()).await;
                if page.status.is_redirection() && odd.contains("canary") {
                    let shown = browser.follow(page).await;
                    assert!(!shown.status.is_server_error(), "{action} {odd}");
                    assert!(
                        !shown.body.contains("<script>canary") && !shown.body.contains("<img src=x"),
                        "{action} {odd}: {}",
                        shown.body
                    );
                }
            }
        }
    }
    // A use case cannot be sent like that; withdrawing it with an odd reason can.
    let journey = journey_of(&small.house, &reference.parse().unwrap()).await;
    assert!(journey.seq.0 >= before && journey.task(&task("describe-use-case")).sent.is_empty());
}

#[tokio::test]
async fn no_address_makes_a_page_stumble() {
    let small = Small::new().await;
    let reference = small.drafting().await;
    let mut paths: Vec<String> = [
        "/journeys/%F0%9F%99%88",
        "/journeys/%00",
        "/journeys/..%2f..%2f",
        "/journeys/%FF%FE",
        "/journeys/7K3M-9PX4",
        "/journeys/7k3m-9px4/tasks/x",
        "/journeys?after=99999999999999999999_7K3M-9PX4",
        "/journeys?after=-1_x&phase=%27%20OR%201=1&find=%25_%5C%27",
        "/journeys?find=%00&phase=%00",
        "/worklist?after=a+b+c+d&order=due&team=operator&claimed=%27",
        "/worklist?after=9223372036854775807+7K3M-9PX4+a+programme_lead",
        "/worklist?after=2026-01-01+7K3M-9PX4+a+programme_lead&order=due",
        "/worklist?find=%00&task=%00%F0%9F%99%88",
        "/sign-in?next=%00&why=signed-out",
        "/register/%00",
        "/invitations/%FF",
        "/reset-password/%F0%9F%99%88",
        "/%2e%2e/%2e%2e/etc/passwd",
        "//evil.example",
        "/do/nothing",
        "/do/",
        "/pkg/",
        "/not-yours",
        "/fault",
        "/try-again",
    ]
    .map(str::to_owned)
    .to_vec();
    let long = "a".repeat(8000);
    for tail in [
        "",
        "/history",
        "/tasks",
        "/tasks/",
        "/tasks/no-such-task",
        "/tasks/describe-use-case/none",
        "/tasks/%00/sent",
        "/tasks/s-clinical-meeting-1",
    ] {
        paths.push(format!("/journeys/{reference}{tail}"));
    }
    paths.extend([format!("/journeys/{long}"), format!("/journeys?find={long}"), format!("/register/{long}")]);
    for browser in &mut [small.lead.browser.clone(), small.reviewer.browser.clone(), small.house.browser()] {
        for path in &paths {
            let page = browser.get(path).await;
            assert!(!page.status.is_server_error(), "{path}: {}", page.status);
            assert!(!page.to().starts_with("//") && !page.to().contains("evil.example"), "{path}: {}", page.to());
        }
    }
}

/// Marks that would do harm if they were taken for more than words.
const CANARY: &str = "\"'><script>canary()</script>{{7*7}}";

/// A page without the words of these elements: inside them only their own end is harm, see `words_cannot_end_…` below.
fn without(body: &str, element: &str) -> String {
    let (open, close) = (format!("<{element}"), format!("</{element}>"));
    let mut parts = body.split(open.as_str());
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once(&close).map_or(part, |(_, after)| after))
}

/// What must never be on a page, whatever was typed.
fn harmless(page: &Page, path: &str) {
    assert!(!page.status.is_server_error(), "{path} {}", page.status);
    let body = without(&without(&page.body, "title"), "textarea");
    for harm in ["<script>canary", "\"'>", "{{49}}"] {
        let near = body.find(harm).map(|at| body[..at].chars().skip(at.saturating_sub(300)).collect::<String>());
        assert!(near.is_none(), "{path} has {harm} after {near:?}");
    }
}

#[tokio::test]
async fn whatever_is_written_comes_back_as_words_on_every_page() {
    let house = House::new().await;
    let name = |what: &str| format!("{what} {CANARY}");
    let mut browser = house.browser();
    let (organisation, person) = (name("Org"), name("Person"));
    let register = [
        ("answers[organisation][]", organisation.as_str()),
        ("answers[name][]", &person),
        ("answers[email][]", "lena@acme.example"),
        ("password", PASSWORD),
        ("again", PASSWORD),
    ];
    assert_eq!(browser.post("account/register", &register).await.to(), "/register/sent");
    let link = house.link_for("lena@acme.example").await;
    let token = browser.get(&link).await.hidden("token");
    browser.post("account/confirm", &[("token", &token), ("password", PASSWORD)]).await;
    browser.sign_in("lena@acme.example").await;
    // A journey with such a product, and a use case with such answers.
    let product = name("Product");
    let mut opening = OPENING.to_vec();
    opening[0].1 = &product;
    let shown = browser.submit("journey/plan", &opening).await;
    harmless(&shown, "plan");
    assert!(shown.body.contains("canary()"));
    let opened = browser.post("journey/open", &[]).await;
    let home = opened.to().to_owned();
    let reference = home.rsplit('/').next().unwrap().to_owned();
    let mut lead = crate::common::world::Someone::of(&house, "lena@acme.example", browser).await;
    let mut reviewer = crate::common::world::admit(
        &house,
        journey::base::actor::Side::Programme,
        "NHS England",
        "pia@nhs.example",
        &[journey::base::actor::Role::ProgrammeLead],
    )
    .await;
    let on = |id: &str| {
        vec![
            ("journey".to_owned(), reference.clone()),
            ("task".to_owned(), id.to_owned()),
            ("seen".to_owned(), "1000".to_owned()),
        ]
    };
    async fn sends(browser: &mut Browser, action: &str, fields: Vec<(String, String)>) -> Page {
        let pairs: Vec<(&str, &str)> = fields.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        browser.submit(action, &pairs).await
    }
    for id in ["read-capabilities", "study-prerequisites", "choose-capabilities", "contact-gp-connect-team", "describe-use-case"]
    {
        if id == "describe-use-case" {
            let mut fields = on("contact-gp-connect-team");
            fields.push(("note".to_owned(), name("Note")));
            assert_eq!(sends(&mut reviewer.browser, "task/acknowledge", fields).await.refusal(), None);
        }
        let journey = journey_of(&house, &reference.parse().unwrap()).await;
        let form = forms::form_of(journey.process.task(&task(id)).unwrap(), &journey.opening);
        let mut fields = on(id);
        for field in &form.fields {
            let value = match &field.kind {
                Kind::Line { .. } | Kind::Words { .. } => name(field.id.as_str()),
                _ => field.options().first().map_or_else(String::new, |o| o.0.to_owned()),
            };
            fields.push((format!("answers[{}][]", field.id), value));
        }
        let shown = sends(&mut lead.browser, "task/submit", fields).await;
        assert_eq!(shown.refusal(), None, "{id}");
        harmless(&shown, id);
    }
    // The reviewer returns it with such findings, and waivers and reasons are such words.
    let mut fields = on("obtain-use-case-approval");
    for field in &journey::task::use_case::form(&crate::common::world::opening()).fields {
        fields.push((format!("answers[verdict_{}][]", field.id), "change".to_owned()));
        fields.push((format!("answers[finding_{}][]", field.id), name("Finding")));
    }
    let mut refused = fields.clone();
    refused.push(("answers[decision][]".to_owned(), "approve".to_owned()));
    let shown = sends(&mut reviewer.browser, "task/review", refused).await;
    assert!(shown.refusal().is_some() && shown.body.contains("canary()"));
    harmless(&shown, "refused review");
    fields.push(("answers[decision][]".to_owned(), "return".to_owned()));
    assert_eq!(sends(&mut reviewer.browser, "task/review", fields).await.refusal(), None);
    let mut fields = on("s-pentest");
    fields.push(("reason".to_owned(), name("Reason")));
    assert_eq!(sends(&mut lead.browser, "task/propose-waiver", fields).await.refusal(), None);
    let mut fields = on("read-capabilities");
    fields.push(("reason".to_owned(), name("Reason")));
    assert_eq!(sends(&mut lead.browser, "task/reopen", fields).await.refusal(), None);
    // Something is said by such people, on the journey and on a task, and sent again after it was refused.
    for (id, task) in [("on-the-journey", ""), ("on-a-task", "describe-use-case")] {
        let words = format!("@{person} {CANARY}");
        let fields =
            [("journey", reference.as_str()), ("task", task), ("audience", "all"), ("message", id), ("words", words.as_str())];
        for name in [format!("{CANARY}.exe"), format!("{CANARY}.txt")] {
            let bytes: &[u8] = if name.ends_with("exe") { b"MZ\x90\x00\x03" } else { b"words\n" };
            let answer = lead.browser.send(multipart(WITH_FILES, &fields, &[(&name.replace('"', "%22"), bytes)])).await;
            let shown = lead.browser.follow(answer).await;
            harmless(&shown, id);
            assert_eq!(shown.refusal().is_some(), name.ends_with("exe"), "{}", shown.body);
        }
    }
    // Every page, for both sides.
    let mut paths = vec![
        "/journeys".to_owned(),
        "/account".to_owned(),
        "/organisation".to_owned(),
        "/worklist".to_owned(),
        "/journeys/new".to_owned(),
    ];
    paths.extend([
        home.clone(),
        format!("{home}/history"),
        format!("{home}/messages"),
        format!("{home}/messages?{}", encoded(&[("message", CANARY), ("before", CANARY), ("notes-before", CANARY)])),
        format!("/journeys?{}", encoded(&[("find", CANARY), ("phase", CANARY)])),
    ]);
    paths.push(format!("/worklist?{}", encoded(&[("find", CANARY), ("task", CANARY), ("team", CANARY), ("claimed", CANARY)])));
    paths.push(format!("/sign-in?{}", encoded(&[("next", &format!("/{CANARY}")), ("why", CANARY)])));
    let journey = journey_of(&house, &reference.parse().unwrap()).await;
    paths.extend(journey.plan().map(|spec| format!("{home}/tasks/{}", spec.id)));
    let mut found = 0;
    for browser in [&mut lead.browser, &mut reviewer.browser] {
        browser.agent = format!("Firefox/1 {CANARY}");
        for path in &paths {
            let page = browser.get(path).await;
            harmless(&page, path);
            found += page.body.matches("canary()").count();
        }
    }
    assert!(found > 60, "the words are there: {found}");
    // Letters are plain text; what is in their head stays on its line.
    for letter in house.letters().await {
        assert!(!letter.subject.contains(['\r', '\n']) && !letter.to.contains(['\r', '\n', ' ', ',']), "{letter:?}");
    }
    // And the ledger says exactly what was typed.
    let history = house.db.history(&reference.parse().unwrap()).await.unwrap();
    assert!(history.iter().any(|r| format!("{:?}", r.event).contains("canary()")));
}

#[tokio::test]
async fn words_cannot_end_the_title() {
    let small = Small::new().await;
    let mut lead = small.lead.browser.clone();
    let mut opening = OPENING.to_vec();
    opening[0].1 = "Bedside</title><script src=/pkg/evil.js></script><b>";
    lead.post("journey/plan", &opening).await;
    let shown = lead.submit("journey/open", &[]).await;
    assert!(shown.body.contains("Bedside"));
    assert!(!shown.body.contains("</title><script"), "{}", shown.body);
}

#[tokio::test]
async fn words_cannot_end_their_text_area() {
    let mut small = Small::new().await;
    let mut colleague = crate::common::world::invite(
        &small.house,
        &mut small.lead,
        "lou@acme.example",
        journey::base::actor::Role::OnboardingLead,
    )
    .await;
    let reference = small.drafting().await.to_string();
    let words = "a &lt; b</textarea><form action=/do/journey/withdraw method=post><button>Go on</button></form>";
    let fields = [
        ("journey", reference.as_str()),
        ("task", "describe-use-case"),
        ("version", "0"),
        ("subject", "answers"),
        ("answers[problem][]", words),
    ];
    small.lead.browser.submit("draft/keep", &fields).await;
    // What one person wrote, on the page of another.
    let page = colleague.browser.get(&format!("/journeys/{reference}/tasks/describe-use-case")).await;
    assert!(!page.body.contains("<form action=/do/journey/withdraw"), "{}", page.body);
    assert!(page.body.contains("a &amp;lt; b&lt;/textarea&gt;&lt;form"), "and it comes back as it was typed: {}", page.body);
}

#[tokio::test]
async fn a_line_end_in_a_name_or_an_address_is_refused_with_the_words_kept() {
    let small = Small::new().await;
    let mut browser = small.house.browser();
    for (field, value) in [
        ("answers[organisation][]", "Acme\r\nBcc: everybody@nhs.example"),
        ("answers[name][]", "Eve\nX-Evil: 1"),
        ("answers[email][]", "eve@acme.example\r\nBcc: everybody@nhs.example"),
        ("answers[email][]", "eve@acme.example, everybody@nhs.example"),
    ] {
        let mut fields = vec![
            ("answers[organisation][]", "Globex"),
            ("answers[name][]", "Eve"),
            ("answers[email][]", "eve@globex.example"),
            ("password", PASSWORD),
            ("again", PASSWORD),
        ];
        fields.retain(|(name, _)| *name != field);
        fields.push((field, value));
        let page = browser.submit("account/register", &fields).await;
        assert_eq!(page.refusal().as_deref(), Some("There is a problem"), "{value:?}");
    }
    assert!(small.house.letters().await.is_empty());
}

#[tokio::test]
async fn words_that_are_too_long_come_back_whole() {
    let small = Small::new().await;
    let reference = small.drafting().await.to_string();
    let mut lead = small.lead.browser.clone();
    let on = [
        ("journey", reference.as_str()),
        ("task", "describe-use-case"),
        ("seen", "1000"),
        ("version", "0"),
        ("subject", "answers"),
    ];
    for (length, mark) in [(2_001, "Z"), (60_000, "Y")] {
        let long = format!("{}END{mark}", mark.repeat(length - 4));
        let mut fields = on.to_vec();
        fields.push(("answers[problem][]", &long));
        let page = lead.submit("task/submit", &fields).await;
        assert!(page.body.contains(&long), "{length} characters are on the page");
        assert!(page.body.contains("Shorten “What problem does it solve?”"), "and how many too many");
    }
    // The words that come with a decision.
    let mut play = Play::open(&small.house, &small.lead);
    play.submits(&small.lead.actor, "study-prerequisites").submits(&small.lead.actor, "contact-gp-connect-team");
    let early = play.written(&small.house).await.to_string();
    let long = format!("{}END", "z".repeat(4_000));
    let fields = [("journey", early.as_str()), ("task", "contact-gp-connect-team"), ("seen", "1000"), ("note", &long)];
    let page = small.reviewer.browser.clone().submit("task/acknowledge", &fields).await;
    assert!(page.body.contains(&long) && page.body.contains("Shorten"), "{}", page.body);
}

#[tokio::test]
async fn odd_letters_of_the_world_are_kept_as_they_are() {
    let small = Small::new().await;
    let reference = small.drafting().await.to_string();
    let mut lead = small.lead.browser.clone();
    let words = "Grüße, 東京, עברית, नमस्ते, 👩🏽‍⚕️, e\u{301}, ﬀ, 𝕌, \u{200d}";
    let fields = [
        ("journey", reference.as_str()),
        ("task", "describe-use-case"),
        ("version", "0"),
        ("subject", "answers"),
        ("answers[purpose][]", words),
    ];
    lead.submit("draft/keep", &fields).await;
    let page = lead.get(&format!("/journeys/{reference}/tasks/describe-use-case")).await;
    // One way to write an accent; what joins nothing and is seen by nobody is not kept.
    let kept = "Grüße, 東京, עברית, नमस्ते, 👩🏽‍⚕️, \u{e9}, ﬀ, 𝕌, ";
    assert!(page.body.contains(kept) && !page.body.contains("𝕌, \u{200d}"), "{}", page.body);
}
