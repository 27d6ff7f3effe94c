//! Files: what is taken, what is refused by name and reason while the rest stays, who may read them, and how they are
//! handed out (design/reliability.md S10).

use crate::common::{
    ADDS_FILES, Browser, Page, multipart_named,
    world::{Play, Small, Someone, admit, register, task},
};
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use journey::{
    base::{
        actor::{Role, Side},
        ids::{Digest, JourneyRef},
    },
    port::Ledger as _,
};

const EDGE: &str = "an-edge-that-no-file-has";
const PDF: &[u8] = b"%PDF-1.7\nA report.\n";

fn upload(words: &[(&str, &str)], files: &[(&str, &[u8])]) -> Request<Body> {
    multipart_named("file[files][]", ADDS_FILES, words, files)
}

async fn sends(browser: &mut Browser, reference: &JourneyRef, version: &str, files: &[(&str, &[u8])]) -> Page {
    let reference = reference.to_string();
    let words = [
        ("journey", reference.as_str()),
        ("task", "s-dspt"),
        ("subject", "answers"),
        ("version", version),
        ("answers[note][]", "Words that were typed."),
    ];
    let answer = browser.send(upload(&words, files)).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    browser.follow(answer).await
}

async fn early(small: &Small) -> JourneyRef {
    Play::open(&small.house, &small.lead).written(&small.house).await
}

async fn of_information_governance(small: &Small) -> Someone {
    admit(&small.house, Side::Programme, "NHS England", "iga@nhs.example", &[Role::InformationGovernance]).await
}

fn link_to(reference: &JourneyRef, bytes: &[u8]) -> String {
    format!("/files/{}?journey={reference}&task=s-dspt", Digest::of(bytes))
}

#[tokio::test]
async fn whoever_was_signed_out_finds_the_words_again_after_signing_in_and_each_file_named() {
    let small = Small::new().await;
    let reference = early(&small).await;
    let mut browser = small.lead.browser.clone();
    small.house.clock.forward(31 * 60);
    let page = sends(&mut browser, &reference, "0", &[("report.pdf", PDF), ("large.pdf", &vec![b' '; 900_000])]).await;
    assert!(page.body.contains("the words you sent are kept"), "{}", page.body);
    browser.sign_in(&small.lead.email).await;
    let page = browser.get(&format!("/journeys/{reference}/tasks/s-dspt")).await;
    assert_eq!(page.refusal().as_deref(), Some("You were signed out before this was sent"));
    assert!(page.body.contains("Words that were typed."), "{}", page.body);
    for name in ["report.pdf", "large.pdf"] {
        assert!(page.body.contains(&format!("{name} was not kept: choose it again")), "{}", page.body);
    }
    assert_eq!(small.house.files(), Vec::<String>::new());
}

#[tokio::test]
async fn whoever_never_was_signed_in_is_answered_at_once_and_leaves_nothing() {
    let small = Small::new().await;
    let reference = early(&small).await;
    let mut browser = small.house.browser();
    let page = sends(&mut browser, &reference, "0", &[("report.pdf", PDF)]).await;
    assert!(page.body.contains("Nothing of what you sent was kept"), "{}", page.body);
    assert_eq!(browser.session(), None);
    // Nor is a body waited for that never comes.
    for action in
        [ADDS_FILES, crate::common::WITH_FILES, "scal/upload", "end-users/members-file", "catalogue/file", "live-runs/file"]
    {
        let request = Request::post(format!("/do/{action}"))
            .header("content-type", format!("multipart/form-data; boundary={EDGE}"))
            .header("sec-fetch-site", "same-origin")
            .body(Body::from_stream(futures_util::stream::pending::<Result<axum::body::Bytes, std::io::Error>>()))
            .unwrap();
        let page = tokio::time::timeout(std::time::Duration::from_secs(5), browser.send(request)).await.expect("at once");
        assert!(page.to().starts_with("/sign-in?"), "{action}: {}", page.to());
    }
}

#[tokio::test]
async fn a_file_before_its_task_and_a_file_without_the_right_are_not_read() {
    let small = Small::new().await;
    let reference = early(&small).await;
    let mut reviewer = of_information_governance(&small).await.browser;
    let answer = reviewer
        .send(upload(&[("journey", &reference.to_string()), ("task", "s-dspt"), ("subject", "answers")], &[("a.pdf", PDF)]))
        .await;
    let page = reviewer.follow(answer).await;
    assert!(page.refusal().is_some() || page.body.contains("a.pdf: this task cannot be written to now"), "{}", page.body);
    // The parts the wrong way round: which task the file is for is not known when it comes.
    let mut lead = small.lead.browser.clone();
    let file = multipart_named("file[files][]", ADDS_FILES, &[], &[("early.pdf", PDF)]);
    let words = upload(&[("journey", &reference.to_string()), ("task", "s-dspt")], &[]);
    let bytes = async |request: Request<Body>| axum::body::to_bytes(request.into_body(), 1 << 20).await.unwrap().to_vec();
    let (file, words) = (bytes(file).await, bytes(words).await);
    let turned =
        [&file[..file.len() - b"--\r\n".len()], b"\r\n", &words[words.iter().position(|b| *b == b'\n').unwrap() + 1..]].concat();
    let mut request = upload(&[], &[]);
    *request.body_mut() = Body::from(turned);
    assert_eq!(lead.send(request).await.to(), "/not-found");
    assert_eq!(small.house.files(), Vec::<String>::new());
}

#[tokio::test]
async fn a_form_beyond_its_bounds_comes_back_with_what_fits() {
    let small = Small::new().await;
    let reference = early(&small).await.to_string();
    let mut lead = small.lead.browser.clone();
    let on = [("journey", reference.as_str()), ("task", "s-dspt"), ("subject", "answers"), ("version", "0")];
    let long = "w".repeat(600_000);
    let words = [&on[..], &[("answers[ods_code][]", "YGA01"), ("answers[note][]", &long)]].concat();
    let many: Vec<(&str, &str)> = std::iter::repeat_n(("answers[more][]", "x"), 400).collect();
    for fields in [words, [&on[..], &[("answers[ods_code][]", "YGA01")], &many].concat()] {
        let answer = lead.send(upload(&fields, &[("report.pdf", PDF)])).await;
        let page = lead.follow(answer).await;
        assert_eq!(page.refusal().as_deref(), Some("This form is longer than can be kept"));
        assert!(page.body.contains("YGA01"), "{}", page.body);
    }
    // One text that is too long loses its end, and that is said.
    let long = format!("BEGIN{}", "w".repeat(30_000));
    let answer = lead.send(upload(&[&on[..], &[("answers[note][]", &long)]].concat(), &[("report.pdf", PDF)])).await;
    let page = lead.follow(answer).await;
    assert!(page.body.contains("BEGIN") && page.body.contains("Its end was not kept"), "{}", page.body);
    assert!(page.body.contains("report.pdf"), "{}", page.body);
    // More than any form of ours: said at once by its length.
    let mut request = upload(&on, &[]);
    request.headers_mut().insert("content-length", "99999999999".parse().unwrap());
    assert_eq!(lead.send(request).await.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn nobody_is_kept_out_by_the_silent_forms_of_another() {
    let small = Small::new().await;
    let reference = early(&small).await;
    let stranger = register(&small.house, "Globex", "gil@globex.example").await;
    let mut silent = tokio::task::JoinSet::new();
    for _ in 0..80 {
        let mut browser = stranger.browser.clone();
        let body = Body::from_stream(futures_util::stream::pending::<Result<axum::body::Bytes, std::io::Error>>());
        let mut request = upload(&[], &[]);
        *request.body_mut() = body;
        silent.spawn(async move { browser.send(request).await });
    }
    // Four of them wait, the others are told so.
    for _ in 0..76 {
        let page = silent.join_next().await.unwrap().unwrap();
        assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(page.heading(), "You are sending several forms with files already");
    }
    let mut lead = small.lead.browser.clone();
    assert!(sends(&mut lead, &reference, "0", &[("report.pdf", PDF)]).await.body.contains("1 file is added"));
    assert!(silent.try_join_next().is_none(), "four still wait");
    silent.abort_all();
}

#[tokio::test]
async fn a_bad_file_is_refused_by_name_and_the_rest_stays() {
    let small = Small::new().await;
    let reference = early(&small).await;
    let mut lead = small.lead.browser.clone();
    let page = sends(
        &mut lead,
        &reference,
        "0",
        &[("report.pdf", PDF), ("tool.pdf", b"MZ\x90\x00\x03\x00\x00\x00"), ("nothing.txt", b""), ("../../log.txt", b"a line\n")],
    )
    .await;
    assert!(page.body.contains("2 files were not added") && page.body.contains("2 files are added"), "{}", page.body);
    assert!(page.body.contains("tool.pdf: files of this kind are not accepted"), "{}", page.body);
    assert!(page.body.contains("nothing.txt: it is empty"), "{}", page.body);
    assert!(page.body.contains("report.pdf") && page.body.contains("log.txt") && !page.body.contains(".."), "{}", page.body);
    assert!(page.body.contains("Words that were typed."), "the other words are kept");
    // The draft has them, so they are there again after a new start of the page.
    let page = lead.get(&format!("/journeys/{reference}/tasks/s-dspt")).await;
    assert!(page.body.contains("report.pdf") && page.body.contains("Words that were typed."), "{}", page.body);
    // No name reached the disk: bytes lie under their digest, and nothing is left of what was refused.
    let mut wanted = [Digest::of(PDF).to_string(), Digest::of(b"a line\n").to_string()];
    wanted.sort();
    assert_eq!(small.house.files(), wanted);
}

#[tokio::test]
async fn a_file_at_the_limit_is_taken_and_one_byte_more_is_not() {
    let small = Small::new().await;
    let reference = early(&small).await;
    let mut lead = small.lead.browser.clone();
    let most = 1_000_000;
    let fits = [b"%PDF-1.7".as_slice(), &vec![b' '; most - 8]].concat();
    let over = [fits.as_slice(), b" "].concat();
    let page = sends(&mut lead, &reference, "0", &[("over.pdf", &over), ("fits.pdf", &fits)]).await;
    assert!(page.body.contains("over.pdf: it is larger than 1 MB"), "{}", page.body);
    assert_eq!(lead.get(&link_to(&reference, &fits)).await.body.len(), most);
    assert_eq!(lead.get(&link_to(&reference, &over)).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_file_is_an_attachment_for_those_who_may_see_the_task_and_for_nobody_else() {
    let small = Small::new().await;
    let reference = early(&small).await;
    let other = early(&small).await;
    let mut lead = small.lead.browser.clone();
    sends(&mut lead, &reference, "0", &[("A “report” é.pdf", PDF)]).await;
    let link = link_to(&reference, PDF);
    let mut reviewer = of_information_governance(&small).await;
    for browser in [&mut lead, &mut reviewer.browser] {
        let file = browser.get(&link).await;
        assert_eq!((file.status, file.body.as_bytes()), (StatusCode::OK, PDF));
        let says = |name: &str| file.headers.get(name).unwrap().to_str().unwrap().to_owned();
        assert!(says("content-disposition").starts_with("attachment; filename*=UTF-8''A%20"), "{}", says("content-disposition"));
        assert_eq!(says("content-security-policy"), "default-src 'none'; sandbox");
        assert_eq!((says("x-content-type-options").as_str(), says("cache-control").as_str()), ("nosniff", "no-store"));
        assert_eq!((says("content-type").as_str(), says("content-length")), ("application/pdf", PDF.len().to_string()));
        assert!(file.headers.get("x-sandbox").is_none());
    }
    let mut stranger = register(&small.house, "Globex", "gil@globex.example").await;
    assert_eq!(stranger.browser.get(&link).await.status, StatusCode::NOT_FOUND);
    assert_eq!(small.house.browser().get(&link).await.to(), "/sign-in");
    // The same digest on another journey, or on another task, names nothing.
    for elsewhere in [link_to(&other, PDF), link.replace("s-dspt", "s-pentest"), link.replace(&Digest::of(PDF).to_string(), "..")]
    {
        assert_eq!(lead.get(&elsewhere).await.status, StatusCode::NOT_FOUND, "{elsewhere}");
    }
    // A stranger cannot add to it either, nor reach the bytes by naming their digest on a journey of their own.
    let foreign = sends_to_missing(&mut stranger.browser, &reference).await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND, "{}", foreign.body);
    let own = Play::open(&small.house, &stranger).written(&small.house).await;
    let value = format!("{} report.pdf", Digest::of(PDF));
    let fields = [
        ("journey", own.to_string()),
        ("task", "s-dspt".to_owned()),
        ("seen", "1".to_owned()),
        ("answers[status][]", "met".to_owned()),
        ("answers[ods_code][]", "YGA01".to_owned()),
        ("answers[published_on][]", "1 3 2026".to_owned()),
        ("answers[files][]", value),
    ];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let page = stranger.browser.submit("task/submit", &fields).await;
    assert!(page.body.contains("Add the files again"), "{}", page.body);
    assert_eq!(stranger.browser.get(&link_to(&own, PDF)).await.status, StatusCode::NOT_FOUND);
    assert_eq!(small.house.db.history(&own).await.unwrap().len(), 1, "nothing was submitted");
}

async fn sends_to_missing(browser: &mut Browser, reference: &JourneyRef) -> Page {
    let reference = reference.to_string();
    let words = [("journey", reference.as_str()), ("task", "s-dspt"), ("subject", "answers"), ("version", "0")];
    let answer = browser.send(upload(&words, &[("report.pdf", PDF)])).await;
    browser.follow(answer).await
}

#[tokio::test]
async fn a_file_is_removed_submitted_and_bound_by_its_digest() {
    let small = Small::new().await;
    let reference = early(&small).await;
    let mut lead = small.lead.browser.clone();
    sends(&mut lead, &reference, "0", &[("one.pdf", PDF), ("two.txt", b"two\n")]).await;
    let page = lead.get(&format!("/journeys/{reference}/tasks/s-dspt")).await;
    let (seen, version) = (page.hidden("seen"), page.hidden("version"));
    let (one, two) = (format!("{} one.pdf", Digest::of(PDF)), format!("{} two.txt", Digest::of(b"two\n")));
    let text = reference.to_string();
    let mut fields = vec![
        ("journey", text.as_str()),
        ("task", "s-dspt"),
        ("seen", &seen),
        ("subject", "answers"),
        ("version", &version),
        ("answers[status][]", "met"),
        ("answers[ods_code][]", "YGA01"),
        ("answers[published_on][]", "1 3 2026"),
        ("answers[files][]", &one),
        ("answers[files][]", &two),
        ("remove", &two),
    ];
    let page = lead.submit("files/remove", &fields).await;
    assert!(page.body.contains("two.txt is removed") && page.body.contains("one.pdf"), "{}", page.body);
    fields.truncate(9);
    // A file that was chosen and not uploaded would be lost without a word.
    let forgotten = [fields.clone(), vec![("file[files][]", "three.pdf")]].concat();
    let page = lead.submit("task/submit", &forgotten).await;
    assert!(page.body.contains("three.pdf is chosen but not uploaded"), "{}", page.body);
    assert_eq!(lead.submit("task/submit", &fields).await.status, StatusCode::OK);
    let sent = small.house.db.submissions(&reference, &task("s-dspt")).await.unwrap();
    assert!(sent[0].body.contains(&one) && !sent[0].body.contains("two.txt"), "{}", sent[0].body);
    assert_eq!(Digest::of(sent[0].body.as_bytes()), sent[0].digest);
    // Once it is sent, nothing can be added until it comes back.
    let page = sends(&mut lead, &reference, "0", &[("late.pdf", PDF)]).await;
    assert!(
        page.body.contains("late.pdf: this task cannot be written to now") || page.body.contains("was not saved"),
        "{}",
        page.body
    );
    assert_eq!(small.house.faults().await, Vec::<String>::new());
}

#[tokio::test]
async fn an_upload_from_another_site_or_broken_off_changes_nothing() {
    let small = Small::new().await;
    let reference = early(&small).await.to_string();
    let mut lead = small.lead.browser.clone();
    let words = [("journey", reference.as_str()), ("task", "s-dspt"), ("subject", "answers"), ("version", "0")];
    let mut foreign = upload(&words, &[("report.pdf", PDF)]);
    foreign.headers_mut().insert("sec-fetch-site", "cross-site".parse().unwrap());
    assert_eq!(lead.send(foreign).await.status, StatusCode::FORBIDDEN);
    let (parts, _) = upload(&words, &[]).into_parts();
    let cut = format!(
        "--{EDGE}\r\nContent-Disposition: form-data; name=\"file[files][]\"; filename=\"a.pdf\"\r\n\r\n%PDF-1.7 and then"
    );
    let answer = lead.send(Request::from_parts(parts, Body::from(cut))).await;
    assert!(answer.status.is_client_error() || answer.status.is_redirection(), "{}", answer.status);
    let page = lead.get(&format!("/journeys/{reference}/tasks/s-dspt")).await;
    assert!(!page.body.contains("report.pdf") && !page.body.contains("a.pdf"), "{}", page.body);
}
