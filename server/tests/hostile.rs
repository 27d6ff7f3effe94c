//! The table of bounds in docs/security.md, walked by somebody hostile against the built program: whatever they send, the
//! others are served, the memory of the process stays flat, and the database does not grow.
#![expect(clippy::unwrap_used, reason = "a test says what failed by panicking")]

mod common;

use std::time::Duration;

use common::{
    Folder,
    process::{Running, client},
    wire::{ROUTES, SOON, begins, grown, part, pours},
    world::OPENING,
};
use reqwest::{Client, StatusCode, header};
use server::{demo::PASSWORD, listen::HEAD_WITHIN, live, uploads};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::{Instant, timeout},
};

/// What all of it may take beside what the idle service holds, in MiB.
const MORE: f64 = 64.0;
/// What the database may grow by while nobody who is signed in writes, in bytes.
const GROWN: u64 = 256 * 1024;

/// Somebody who is signed in, with the cookies that the program gave them.
struct Person {
    client: Client,
    cookie: String,
}

impl Person {
    async fn signed_in(base: &str, email: &str) -> Self {
        let client = client();
        let request = client.post(format!("{base}/do/account/sign-in")).header("sec-fetch-site", "same-origin");
        let answer = request.header(header::ACCEPT, "text/html").form(&[("email", email), ("password", PASSWORD)]).send().await;
        let answer = answer.unwrap();
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        let set = answer.headers().get_all(header::SET_COOKIE).iter();
        let cookies: Vec<&str> = set.map(|set| set.to_str().unwrap().split(';').next().unwrap()).collect();
        Self { client, cookie: cookies.join("; ") }
    }

    /// A journey of theirs, newly opened.
    async fn journey(&self, base: &str) -> String {
        self.posts(base, "journey/plan", OPENING).await;
        self.posts(base, "journey/open", &[]).await.rsplit('/').next().unwrap().to_owned()
    }

    async fn posts(&self, base: &str, action: &str, fields: &[(&str, &str)]) -> String {
        let request = self.client.post(format!("{base}/do/{action}")).header("sec-fetch-site", "same-origin");
        let answer = request.header(header::ACCEPT, "text/html").form(fields).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{action}");
        answer.headers()[header::LOCATION].to_str().unwrap().to_owned()
    }

    /// An ordinary upload, and whether the page that follows shows it.
    async fn adds(&self, base: &str, reference: &str, name: &str) -> bool {
        let mut words = String::new();
        for (field, value) in [("journey", reference), ("task", "s-dspt"), ("subject", "answers"), ("version", "0")] {
            words += &part(field, value);
        }
        words += &format!(
            "--edge\r\nContent-Disposition: form-data; name=\"file[files][]\"; filename=\"{name}\"\r\n\r\n{name}\n\r\n--edge--\r\n"
        );
        let request = self.client.post(format!("{base}/do/files/add")).header("sec-fetch-site", "same-origin");
        let request = request.header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge");
        let answer = timeout(SOON, request.body(words).send()).await.expect("an honest person is answered").unwrap();
        if answer.status() != StatusCode::SEE_OTHER {
            return false;
        }
        let to = answer.headers()[header::LOCATION].to_str().unwrap().to_owned();
        self.client.get(format!("{base}{to}")).send().await.unwrap().text().await.unwrap().contains(name)
    }
}

/// The head of an answer.
async fn answer(stream: &mut TcpStream) -> String {
    let mut head = vec![0; 4096];
    let read = timeout(SOON, stream.read(&mut head)).await.expect("an answer").unwrap();
    String::from_utf8_lossy(&head[..read]).into_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_sent_the_others_are_served_and_nothing_grows() {
    let settings = [("DEMO", "true"), ("LONGEST_FILE_MB", "100"), ("RATE_PER_SECOND", "100000"), ("RUST_LOG", "warn")];
    let running = Running::start(Folder::new(), &settings);
    let (address, base) = (running.address, format!("http://{}", running.address));
    let honest = Person::signed_in(&base, "amara@northmoor.example").await;
    let hostile = Person::signed_in(&base, "priya@larkfield.example").await;
    let (mine, theirs) = (honest.journey(&base).await, hostile.journey(&base).await);
    let second = honest.journey(&base).await;
    assert!(honest.adds(&base, &mine, "warm.txt").await);
    let (idle, _) = running.memory();
    let before = grown(running.folder.path());

    // Half of a head, and nothing at all: closed at the end of this test at the latest.
    let begun = Instant::now();
    let mut halves = Vec::new();
    for number in 0..200 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let half: &[u8] = if number % 2 == 0 { b"GET / HTTP/1.1\r\nHost: a\r\nX-Half: " } else { b"" };
        stream.write_all(half).await.unwrap();
        halves.push(stream);
    }

    // Nobody is signed in: 300 MB of one text, on each route. Answered at once, and not taken.
    let piece = vec![b'w'; 1_000_000];
    for action in ROUTES {
        let text = "--edge\r\nContent-Disposition: form-data; name=\"journey\"\r\n\r\n";
        let mut stream = begins(address, action, "Cookie: session=nobody\r\n", 300_000_000, text).await.unwrap();
        let head = answer(&mut stream).await;
        assert!(head.starts_with("HTTP/1.1 303") && head.to_lowercase().contains("location: /sign-in"), "{action}: {head}");
        let taken = pours(&mut stream, &piece, 300).await;
        assert!(taken < 20_000_000, "{action}: {taken} bytes were taken");
    }
    // Nor do they leave anything: forms without files of 500 kB, and silent ones with.
    let nobody = client();
    let long = "w".repeat(500_000);
    for _ in 0..40 {
        let request = nobody.post(format!("{base}/do/draft/keep")).header("sec-fetch-site", "same-origin");
        let fields = [("journey", theirs.as_str()), ("task", "s-dspt"), ("answers[note][]", long.as_str())];
        let answer = request.header(header::ACCEPT, "text/html").form(&fields).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    }
    assert!(grown(running.folder.path()) <= before + GROWN, "from {before} to {}", grown(running.folder.path()));

    // Signed in: silent forms on every route. As many as one person has places for wait, the others are told.
    let cookie = format!("Cookie: {}\r\n", hostile.cookie);
    let mut silent = Vec::new();
    for number in 0..80 {
        silent.push(begins(address, ROUTES[number % ROUTES.len()], &cookie, 1_000, "--edge\r\nContent-Dis").await.unwrap());
    }
    let mut waiting = 0;
    for stream in &mut silent {
        let mut head = [0; 12];
        match timeout(Duration::from_secs(3), stream.read_exact(&mut head)).await {
            Ok(read) => assert_eq!((read.unwrap(), &head), (12, b"HTTP/1.1 429")),
            Err(_) => waiting += 1,
        }
    }
    assert_eq!(waiting, uploads::OF_ONE);
    assert!(honest.adds(&base, &second, "among-silent-ones.txt").await);
    drop(silent);

    // Texts and parts without end, by somebody who may write: thrown away as they come, and said.
    let head = part("journey", &theirs) + &part("task", "s-dspt") + &part("subject", "answers");
    let text = head.clone() + "--edge\r\nContent-Disposition: form-data; name=\"answers[note][]\"\r\n\r\n";
    let parts = part("answers[note][]", "x").repeat(10_000);
    for (words, piece, times) in [(&text, &piece[..], 100), (&head, parts.as_bytes(), 20)] {
        let end = "\r\n--edge--\r\n";
        let length = words.len() + piece.len() * times + end.len();
        let mut stream = begins(address, "files/add", &cookie, length, words).await.unwrap();
        assert_eq!(pours(&mut stream, piece, times).await, piece.len() * times);
        stream.write_all(end.as_bytes()).await.unwrap();
        let head = answer(&mut stream).await;
        assert!(head.starts_with("HTTP/1.1 303"), "{head}");
        let page =
            hostile.client.get(format!("{base}/journeys/{theirs}/tasks/s-dspt")).send().await.unwrap().text().await.unwrap();
        assert!(page.contains("This form is longer than can be kept"), "{page}");
    }

    // Streams: as many as one person gets, and one for somebody else.
    let listen =
        async |person: &Person, journey: &str| person.client.get(format!("{base}/live/journeys/{journey}")).send().await.unwrap();
    let mut streams = Vec::new();
    for _ in 0..40 {
        streams.push(listen(&hostile, &theirs).await);
    }
    assert_eq!(streams.iter().filter(|stream| stream.status() == StatusCode::OK).count(), live::OF_ONE);
    assert_eq!(listen(&honest, &mine).await.status(), StatusCode::OK);

    // A flood of questions whether it is ready.
    for _ in 0..300 {
        assert_eq!(nobody.get(format!("{base}/readyz")).send().await.unwrap().status(), StatusCode::OK);
    }

    // Whoever said half of something is gone.
    for mut stream in halves {
        let mut rest = Vec::new();
        let left = (HEAD_WITHIN + Duration::from_secs(10)).saturating_sub(begun.elapsed()).max(Duration::from_secs(1));
        timeout(left, stream.read_to_end(&mut rest)).await.expect("it is closed").ok();
    }
    assert_eq!(honest.client.get(format!("{base}/journeys/{mine}")).send().await.unwrap().status(), StatusCode::OK);
    let (_, most) = running.memory();
    println!("idle {idle:.1} MiB, at most {most:.1} MiB");
    assert!(most - idle <= MORE, "idle {idle:.1} MiB, at most {most:.1} MiB");
    let said = running.said();
    assert!(!said.contains("\"ERROR\""), "{said}");
}
