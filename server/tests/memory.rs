//! Memory stays flat while ten people add large files at once: nothing is ever held whole (design/product.md, files).
//! `FULL_UPLOADS=1` sends 100 MB each instead of 20 (scripts/prove.sh).
#![expect(clippy::unwrap_used, reason = "a test says what failed by panicking")]

mod common;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::body::Bytes;
use common::{
    Folder,
    process::{Running, client},
    world::OPENING,
};
use futures_util::stream;
use reqwest::{Client, StatusCode, header};
use server::demo::PASSWORD;

const PEOPLE: usize = 10;
/// Who may open journeys and send files, each for another supplier.
const LEADS: [&str; 3] = ["amara@northmoor.example", "priya@larkfield.example", "joe@tarn.example"];
/// What ten uploads may take beside what the idle service holds, in MiB.
const MORE: f64 = 60.0;
const EDGE: &str = "an-edge-that-no-file-has";

/// Signed in, with a journey of their own. Answers its reference.
async fn signed_in(base: &str, email: &str) -> (Client, String) {
    let client = client();
    let post = async |action: &str, fields: &[(&str, &str)]| {
        let request = client.post(format!("{base}/do/{action}")).header("sec-fetch-site", "same-origin");
        let answer = request.header(header::ACCEPT, "text/html").form(fields).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{action}");
        answer.headers()[header::LOCATION].to_str().unwrap().to_owned()
    };
    assert_eq!(post("account/sign-in", &[("email", email), ("password", PASSWORD)]).await, "/journeys");
    assert_eq!(post("journey/plan", OPENING).await, "/journeys/new/plan");
    let to = post("journey/open", &[]).await;
    let reference = to.rsplit('/').next().unwrap().to_owned();
    (client, reference)
}

/// Sends a file of this size, piece by piece, and looks at the page that follows.
async fn adds(client: &Client, base: &str, reference: &str, number: usize, bytes: usize) -> String {
    let piece = Bytes::from(vec![b' '; 64 * 1024]);
    let field =
        |name: &str, value: &str| format!("--{EDGE}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    let mut head = field("journey", reference) + &field("task", "s-dspt") + &field("subject", "answers") + &field("version", "0");
    head += &format!(
        "--{EDGE}\r\nContent-Disposition: form-data; name=\"file[files][]\"; filename=\"large-{number}.pdf\"\r\n\r\n%PDF-1.7 {number}\n"
    );
    let rest = bytes.saturating_sub(32);
    let mut pieces: Vec<Bytes> = vec![head.into()];
    pieces.extend(std::iter::repeat_n(piece.clone(), rest / piece.len()));
    pieces.push(piece.slice(..rest % piece.len()));
    pieces.push(format!("\r\n--{EDGE}--\r\n").into());
    let body = reqwest::Body::wrap_stream(stream::iter(pieces.into_iter().map(Ok::<Bytes, std::io::Error>)));
    let request = client.post(format!("{base}/do/files/add")).header("sec-fetch-site", "same-origin");
    let request = request.header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={EDGE}"));
    let answer = request.body(body).timeout(Duration::from_secs(300)).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let to = answer.headers()[header::LOCATION].to_str().unwrap().to_owned();
    client.get(format!("{base}{to}")).send().await.unwrap().text().await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_people_add_large_files_at_once_and_memory_stays_flat() {
    let full = std::env::var("FULL_UPLOADS").is_ok_and(|set| set == "1");
    let size = if full { 100_000_000 } else { 20_000_000 };
    let running = Running::start(Folder::new(), &[("DEMO", "true"), ("LONGEST_FILE_MB", "100"), ("RUST_LOG", "warn")]);
    let base = format!("http://{}", running.address);
    let mut people = Vec::new();
    // One person sends four forms with files at once, and no more.
    for email in LEADS.iter().cycle().take(PEOPLE) {
        people.push(signed_in(&base, email).await);
    }
    // What is made once is made before: pools, threads, caches.
    let page = adds(&people[0].0, &base, &people[0].1, 99, 100_000).await;
    assert!(page.contains("large-99.pdf"), "{page}");
    let (idle, _) = running.memory();
    let done = Arc::new(AtomicBool::new(false));
    let uploads = async {
        let all = people.iter().enumerate().map(|(number, (client, reference))| adds(client, &base, reference, number, size));
        let pages = futures_util::future::join_all(all).await;
        done.store(true, Ordering::SeqCst);
        pages
    };
    let watched = async {
        let mut most = idle;
        while !done.load(Ordering::SeqCst) {
            most = most.max(running.memory().0);
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        most
    };
    let (pages, most) = tokio::join!(uploads, watched);
    println!("{PEOPLE} files of {} MB at once: idle {idle:.1} MiB, at most {most:.1} MiB", size / 1_000_000);
    assert!(most - idle <= MORE, "idle {idle:.1} MiB, at most {most:.1} MiB while files were added");
    // The first person's draft has moved on since the warm-up: their file is stored, and the page says so.
    for (number, page) in pages.iter().enumerate().skip(1) {
        assert!(page.contains(&format!("large-{number}.pdf")), "{page}");
    }
    let mut stored = Vec::new();
    let mut folders = vec![running.folder.path().join("files")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let meta = entry.metadata().unwrap();
            if meta.is_dir() { folders.push(entry.path()) } else { stored.push(meta.len()) }
        }
    }
    assert_eq!(stored.iter().filter(|bytes| **bytes > size as u64 / 2).count(), PEOPLE, "each arrived whole");
}
