//! A hostile hour: every attack that is known, all at once, against the built program while ten honest people work with it.
//! Short in a test run; `HOSTILE_MINUTES=60` with `SERVER` for the long one (scripts/prove.sh), which also holds the time of
//! the honest people's pages against a quiet time before and one after.
//!
//! Long because all kinds of attack run at once, beside the people who must not notice.
#![expect(clippy::unwrap_used, reason = "a test says what failed by panicking")]

mod common;

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use common::{
    Folder, PASSWORD, bombs, encoded,
    process::{Fence, Running, client_from},
    second_step::code_on,
    wire::{ROUTES, SOON, begins, grown, part, pours},
    world::{self, OPENING, answers_to, fields_of, shipped, task},
};
use journey::{
    form::Kind,
    plan::{opening::Opening, opening_form, process::Page},
    task::{forms, results, use_case},
};
use reqwest::{Client, Response, StatusCode, header};
use server::{commands::verify, demo, file_store::FileStore};
use store::Db;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinSet,
    time::{sleep, timeout},
};

/// Memory that the program may ever hold, in MiB: the smallest machine that it is meant for.
const MOST: u64 = 256;
/// What the database and its log may grow by beside what the honest people write, in bytes: tries that are counted, letters and
/// links as far as they are allowed, drafts of those who have an account, and a log of 4 MB that was not yet put away.
const GROWN: u64 = 16 * 1024 * 1024;
/// And for each hostile minute: what people with an account do to their own organisation is recorded for good.
const GROWN_A_MINUTE: u64 = 512 * 1024;
/// What one thing that an honest person writes may take in the database, in bytes.
const WRITTEN: u64 = 4 * 1024;
/// How many times longer the slowest hundredth of the honest people's pages may take than in the quiet time.
const SLOWER: f64 = 3.0;
/// And in the quiet time after against the one before: what the attackers leave behind makes no page slow.
const SLOWER_AFTER: f64 = 2.0;

/// How long it is quiet, before and after, how long it is not, and whether times count.
struct Plan {
    quiet: Duration,
    hostile: Duration,
    timed: bool,
}

impl Plan {
    fn new() -> Self {
        let minutes: Option<f64> =
            std::env::var("HOSTILE_MINUTES").ok().map(|text| text.parse().expect("HOSTILE_MINUTES: a number"));
        match minutes {
            Some(minutes) => {
                let hostile = Duration::from_secs_f64(minutes * 60.0);
                Self { quiet: (hostile / 10).clamp(Duration::from_secs(60), Duration::from_secs(300)), hostile, timed: true }
            }
            None => Self { quiet: Duration::from_secs(5), hostile: Duration::from_secs(15), timed: false },
        }
    }
}

const WARM: usize = 0;
const QUIET: usize = 1;
const HOSTILE: usize = 2;
/// The attackers have gone, and what they began comes to its end.
const SETTLING: usize = 3;
const AFTER: usize = 4;
const OVER: usize = 5;

/// What everybody knows.
struct Ground {
    address: SocketAddr,
    base: String,
    mail: PathBuf,
    phase: AtomicUsize,
    /// Addresses that strangers had so far.
    strangers: AtomicU64,
    seen: Mutex<Vec<Seen>>,
    attacks: Mutex<BTreeMap<&'static str, u64>>,
    /// What attackers were answered that begins with 5, by kind of attack.
    fives: Mutex<BTreeMap<(&'static str, u16), u64>>,
}

/// One request of an honest person.
struct Seen {
    phase: usize,
    what: &'static str,
    /// 0 when no answer came.
    status: u16,
    took: Duration,
}

type Shared = Arc<Ground>;

impl Ground {
    fn phase(&self) -> usize {
        self.phase.load(Ordering::SeqCst)
    }

    fn is_hostile(&self) -> bool {
        self.phase() == HOSTILE
    }

    /// An address that nobody had before.
    fn stranger(&self) -> String {
        let number = self.strangers.fetch_add(1, Ordering::SeqCst);
        format!("10.{}.{}.{}", (number >> 16) & 255, (number >> 8) & 255, number & 255)
    }

    fn attacked(&self, kind: &'static str, status: Option<StatusCode>) {
        if !self.is_hostile() {
            return;
        }
        *self.attacks.lock().unwrap().entry(kind).or_default() += 1;
        if let Some(status) = status.filter(StatusCode::is_server_error) {
            *self.fives.lock().unwrap().entry((kind, status.as_u16())).or_default() += 1;
        }
    }

    /// The path in a letter of this kind to this address.
    async fn link(&self, email: &str, kind: &str) -> String {
        let begun = Instant::now();
        loop {
            for entry in std::fs::read_dir(&self.mail).into_iter().flatten().flatten() {
                let text = std::fs::read_to_string(entry.path()).unwrap_or_default();
                if text.starts_with(&format!("To: {email}\n")) {
                    let word = text.split_whitespace().find(|word| word.starts_with("http") && word.contains(kind));
                    if let Some(word) = word {
                        return word[word.find(kind).unwrap()..].to_owned();
                    }
                }
            }
            assert!(begun.elapsed() < SOON, "no letter to {email}");
            sleep(Duration::from_millis(100)).await;
        }
    }
}

/// Somebody with a browser and an address of their own.
#[derive(Clone)]
struct Person {
    ground: Shared,
    client: Client,
}

impl Person {
    fn at(ground: &Shared, address: &str) -> Self {
        Self { ground: ground.clone(), client: client_from(address) }
    }

    fn form(&self, action: &str) -> reqwest::RequestBuilder {
        let request = self.client.post(format!("{}/do/{action}", self.ground.base));
        request.header("sec-fetch-site", "same-origin").header(header::ACCEPT, "text/html").timeout(2 * SOON)
    }

    async fn posts(&self, action: &str, fields: &[(&str, &str)]) -> (StatusCode, String) {
        let answer = self.form(action).form(fields).send().await.unwrap();
        (answer.status(), to(&answer))
    }

    async fn gets(&self, path: &str) -> (StatusCode, String) {
        let request = self.client.get(format!("{}{path}", self.ground.base)).header(header::ACCEPT, "text/html");
        let answer = request.timeout(2 * SOON).send().await.unwrap();
        (answer.status(), answer.text().await.unwrap())
    }

    /// Where the password leads, and the second step after it.
    async fn comes_in(&self, email: &str, password: &str) -> String {
        let (_, to) = self.posts("account/sign-in", &[("email", email), ("password", password)]).await;
        if to != app::base::paths::SIGN_IN_SECOND_STEP {
            return to;
        }
        let code = code_on(&self.gets(&to).await.1);
        self.posts("account/second-step", &[("code", &code)]).await.1
    }

    async fn signs_in(&self, email: &str, password: &str) {
        let to = self.comes_in(email, password).await;
        let home = if email.contains("@programme.") { "/worklist" } else { "/journeys" };
        assert_eq!(to, home, "{email}");
    }

    async fn opens(&self, fields: &[(&str, &str)]) -> String {
        assert_eq!(self.posts("journey/plan", fields).await.1, "/journeys/new/plan");
        self.posts("journey/open", &[]).await.1.rsplit('/').next().unwrap().to_owned()
    }

    /// Sends a task, every text as long as it may be when `words` end with a space.
    async fn submits(&self, side: &str, opening: &Opening, reference: &str, id: &str, words: &str) {
        let spec = shipped().newest(side).unwrap().task(&task(id)).unwrap();
        let form = forms::form_of(spec, opening);
        let mut answers = match spec.page {
            Page::Capabilities => forms::beforehand(spec, opening),
            _ => answers_to(&form, words.trim()),
        };
        for field in &form.fields {
            if let (Kind::Words { max }, true) = (&field.kind, words.ends_with(' ')) {
                let numbered: String = (0..*max / words.len()).map(|number| format!("{words}{number} ")).collect();
                answers = answers.with(field.id.as_str(), numbered[..*max].trim_end());
            }
        }
        // No file is named that nobody sent.
        let fields: Vec<(String, String)> = fields_of(&answers).into_iter().filter(|(name, _)| !name.contains("files")).collect();
        let mut fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        fields.extend([("journey", reference), ("task", id), ("seen", "1000000")]);
        let (_, to) = self.posts("task/submit", &fields).await;
        assert_eq!(to, format!("/journeys/{reference}"), "{id}");
    }

    /// A form with one file.
    fn with_file(&self, action: &str, words: &[(&str, &str)], field: &str, name: &str, bytes: &[u8]) -> reqwest::RequestBuilder {
        let mut body: Vec<u8> = words.iter().map(|(name, value)| part(name, value)).collect::<String>().into_bytes();
        body.extend(
            format!("--edge\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\r\n").into_bytes(),
        );
        body.extend(bytes);
        body.extend(b"\r\n--edge--\r\n");
        self.form(action).header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge").body(body)
    }

    /// Makes an account for a supplier of its own, as anybody may.
    async fn registers(ground: &Shared, email: &str) -> Self {
        let person = Self::at(ground, &ground.stranger());
        let fields = [
            ("answers[organisation][]", "Anybody Limited"),
            ("answers[name][]", "Any Body"),
            ("answers[email][]", email),
            ("password", PASSWORD),
            ("again", PASSWORD),
        ];
        assert_eq!(person.posts("account/register", &fields).await.1, "/register/sent");
        let link = ground.link(email, "/register/").await;
        let (_, page) = person.gets(&link).await;
        let token = hidden(&page, "token").unwrap();
        assert_eq!(person.posts("account/confirm", &[("token", &token), ("password", PASSWORD)]).await.1, "/journeys");
        person.signs_in(email, PASSWORD).await;
        person
    }
}

fn to(answer: &Response) -> String {
    answer.headers().get(header::LOCATION).and_then(|to| to.to_str().ok()).unwrap_or_default().to_owned()
}

/// The values of the hidden fields of this name.
fn all_hidden(page: &str, name: &str) -> Vec<String> {
    let mark = format!("name=\"{name}\"");
    let tags = page.split('<').filter(|tag| tag.starts_with("input") && tag.contains(&mark));
    tags.filter_map(|tag| Some(tag.split_once("value=\"")?.1.split('"').next()?.to_owned())).collect()
}

fn hidden(page: &str, name: &str) -> Option<String> {
    all_hidden(page, name).into_iter().next()
}

/// The first link of a page that begins so.
fn link_on(page: &str, begins: &str) -> Option<String> {
    let links = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let mut links = links.map(|link| link.split(['?', '#']).next().unwrap_or_default());
    links.find(|link| link.starts_with(begins) && link.len() > begins.len() && !link.ends_with("/new")).map(str::to_owned)
}

// ── The honest ──────────────────────────────────────────────────────────────────────────────────────

/// Three suppliers, two of their developers, three of the programme, two of organisations that use products. Only a lead
/// writes here.
const HONEST: [&str; 10] = [
    "amara@northmoor.example",
    "priya@larkfield.example",
    "joe@tarn.example",
    "tom@northmoor.example",
    "owen@larkfield.example",
    "dana@programme.example",
    "karim@programme.example",
    "rdelaney@programme.example",
    "lewis@eastvale.example",
    "bea@saltmarsh.example",
];
/// How many of them write.
const LEADS: usize = 3;
/// Files that one journey of theirs gets.
const FILES: usize = 8;
/// Rounds between two files of one person.
const BETWEEN: u64 = 5;

/// What an honest person did, to be looked for afterwards.
#[derive(Default)]
struct Work {
    /// Journey, and the words that were last kept on it.
    draft: Option<(String, String)>,
    /// Journey, digest of a file, its bytes.
    files: Vec<(String, String, String)>,
    written: u64,
}

struct Honest {
    person: Person,
    email: &'static str,
    writes: bool,
    home: &'static str,
    /// Pages that they look at.
    pages: Vec<String>,
    own: String,
    work: Work,
}

impl Honest {
    async fn new(ground: &Shared, number: usize) -> Self {
        let email = HONEST[number];
        let person = Person::at(ground, &format!("192.0.2.{}", number + 1));
        person.signs_in(email, demo::PASSWORD).await;
        let home = if email.contains("@programme.") { "/worklist" } else { "/journeys" };
        let writes = number < LEADS;
        let own = if writes { person.opens(OPENING).await } else { String::new() };
        let (_, list) = person.gets("/journeys").await;
        let journey = link_on(&list, "/journeys/").unwrap_or_else(|| panic!("{email} sees no journey"));
        let journey = journey.split('/').take(3).collect::<Vec<_>>().join("/");
        let (_, page) = person.gets(&journey).await;
        let task = link_on(&page, &format!("{journey}/tasks/")).unwrap_or_else(|| panic!("{email} sees no task of {journey}"));
        let pages = vec!["/journeys".to_owned(), journey, task];
        Self { person, email, writes, home, pages, own, work: Work::default() }
    }

    /// Sends it, and notes how it went.
    async fn does(&self, what: &'static str, request: reqwest::RequestBuilder) -> Option<(StatusCode, String, String)> {
        let (ground, begun) = (&self.person.ground, Instant::now());
        let phase = ground.phase();
        let answered = async {
            let answer = request.send().await.ok()?;
            Some((answer.status(), to(&answer), answer.text().await.ok()?))
        };
        let answered = answered.await;
        let status = answered.as_ref().map_or(0, |(status, ..)| status.as_u16());
        ground.seen.lock().unwrap().push(Seen { phase, what, status, took: begun.elapsed() });
        answered
    }

    async fn looks(&self, what: &'static str, path: &str) -> Option<String> {
        let request = self.person.client.get(format!("{}{path}", self.person.ground.base)).header(header::ACCEPT, "text/html");
        let (status, to, page) = self.does(what, request.timeout(2 * SOON)).await?;
        assert!(!to.starts_with("/sign-in"), "{} was signed out", self.email);
        (status == StatusCode::OK).then_some(page)
    }

    /// Keeps a draft, and now and then adds a small file.
    async fn writes(&mut self, round: u64) -> Option<()> {
        if self.work.files.iter().filter(|(journey, ..)| *journey == self.own).count() == FILES {
            self.own = self.person.opens(OPENING).await;
        }
        let journey = self.own.clone();
        let at = format!("/journeys/{journey}/tasks/s-dspt");
        let page = self.looks("task", &at).await?;
        let version = hidden(&page, "version").unwrap_or_else(|| "0".to_owned());
        let there = all_hidden(&page, "answers[files][]");
        let words = format!("What {} wrote in round {round}.", self.email);
        let mut fields = vec![("journey", journey.as_str()), ("task", "s-dspt"), ("subject", "answers"), ("version", &version)];
        fields.push(("answers[note][]", &words));
        fields.extend(there.iter().map(|file| ("answers[files][]", file.as_str())));
        if round % BETWEEN == 1 {
            let bytes = format!("A file of {}, round {round}.\n", self.email);
            let name = format!("round-{round}.txt");
            let request = self.person.with_file("files/add", &fields, "file[files][]", &name, bytes.as_bytes());
            let (status, ..) = self.does("upload", request).await?;
            if status == StatusCode::SEE_OTHER {
                let digest = journey::base::ids::Digest::of(bytes.as_bytes()).to_string();
                self.work.files.push((journey.clone(), digest, bytes));
            }
        } else {
            let (status, ..) = self.does("draft", self.person.form("draft/keep").form(&fields)).await?;
            assert_eq!(status, StatusCode::SEE_OTHER);
        }
        self.work.draft = Some((journey, words));
        self.work.written += 1;
        Some(())
    }

    async fn works(mut self) -> (Person, &'static str, Work) {
        let ground = self.person.ground.clone();
        let path = if self.home == "/worklist" { "/live/worklist".to_owned() } else { format!("/live{}", self.pages[1]) };
        let listener = tokio::spawn(listens(self.person.clone(), path));
        let mut round = 0;
        while ground.phase() != OVER {
            round += 1;
            self.looks(if self.home == "/worklist" { "worklist" } else { "journeys" }, self.home).await;
            for (what, page) in ["journeys", "journey", "task"].into_iter().zip(&self.pages) {
                sleep(Duration::from_millis(300)).await;
                self.looks(what, page).await;
            }
            if self.writes {
                sleep(Duration::from_millis(300)).await;
                self.writes(round).await;
            }
            sleep(Duration::from_millis(300)).await;
        }
        listener.await.unwrap();
        (self.person, self.email, self.work)
    }
}

/// Holds a stream open, and opens it again when it ends, as browsers do.
async fn listens(person: Person, path: String) {
    let ground = person.ground.clone();
    while ground.phase() != OVER {
        let begun = Instant::now();
        let answer = person.client.get(format!("{}{path}", ground.base)).header("sec-fetch-dest", "empty").send().await;
        let status = answer.as_ref().map_or(0, |answer| answer.status().as_u16());
        ground.seen.lock().unwrap().push(Seen { phase: ground.phase(), what: "stream", status, took: begun.elapsed() });
        let Ok(mut answer) = answer else { continue };
        while ground.phase() != OVER {
            // Whether something was said, or nothing for a second: go on; ended: again.
            if matches!(timeout(Duration::from_secs(1), answer.chunk()).await, Ok(Ok(None) | Err(_))) {
                break;
            }
        }
    }
}

// ── The hostile ─────────────────────────────────────────────────────────────────────────────────────

/// Files that want too much, as workbooks and as reports, by a supplier that anybody may register.
async fn bombs_sent(person: Person, journey: String, provider: String, (workbooks, reports): (Vec<Bomb>, Vec<Bomb>)) {
    let field = format!("file[{}][]", results::FIELD);
    let mut at = 0;
    while person.ground.is_hostile() {
        let (_, workbook, _) = &workbooks[at % workbooks.len()];
        let words = [("journey", journey.as_str()), ("task", "submit-scal")];
        let answer = person.with_file("scal/upload", &words, "file", "scal.xlsx", workbook).send().await;
        person.ground.attacked("workbooks", answer.ok().map(|answer| answer.status()));
        let (_, report, _) = &reports[at % reports.len()];
        let words = [("journey", provider.as_str()), ("task", "p-self-test"), ("subject", "answers"), ("version", "0")];
        let answer = person.with_file("files/add", &words, &field, "report.xml", report).send().await;
        person.ground.attacked("reports", answer.ok().map(|answer| answer.status()));
        at += 1;
        sleep(Duration::from_millis(100)).await;
    }
}

/// One text of 300 MB from nobody.
async fn endless_texts(ground: Shared) {
    let piece = vec![b'w'; 1_000_000];
    for number in 0.. {
        if !ground.is_hostile() {
            return;
        }
        let heads = format!("X-Forwarded-For: {}\r\n", ground.stranger());
        let words = "--edge\r\nContent-Disposition: form-data; name=\"journey\"\r\n\r\n";
        if let Ok(mut stream) = begins(ground.address, ROUTES[number % ROUTES.len()], &heads, 300_000_000, words).await {
            pours(&mut stream, &piece, 300).await;
        }
        ground.attacked("endless texts", None);
        sleep(Duration::from_millis(100)).await;
    }
}

/// A connection that says nothing, or half of a head, until it is closed; then another one.
async fn half_said(ground: Shared, kind: &'static str, says: &'static [u8]) {
    while ground.is_hostile() {
        if let Ok(mut stream) = TcpStream::connect(ground.address).await {
            drop(stream.write_all(says).await);
            ground.attacked(kind, None);
            let until_over = async {
                while ground.is_hostile() {
                    sleep(Duration::from_millis(500)).await;
                }
            };
            let mut said = [0; 64];
            tokio::select! {
                _ = stream.read(&mut said) => {}
                () = until_over => {}
            }
        }
        sleep(Duration::from_millis(100)).await;
    }
}

/// Forms of 500 kB from nobody, from few addresses.
async fn long_forms(ground: Shared) {
    let people: Vec<Person> = (0..8).map(|_| Person::at(&ground, &ground.stranger())).collect();
    let long = "w".repeat(480_000);
    let fields =
        [("journey", "7K3M-9PX4"), ("task", "s-dspt"), ("email", &*long), ("answers[note][]", "x"), ("answers[email][]", "x")];
    let body = axum::body::Bytes::from(encoded(&fields));
    let actions =
        ["draft/keep", "task/submit", "account/register", "account/sign-in", "use-case/continue", "organisation/invite"];
    for number in 0.. {
        if !ground.is_hostile() {
            return;
        }
        let form = people[number % people.len()].form(actions[number % actions.len()]);
        let form = form.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(body.clone());
        ground.attacked("long forms", form.send().await.ok().map(|answer| answer.status()));
        sleep(Duration::from_millis(100)).await;
    }
}

/// Wrong passwords, and links that nobody asked for, for the honest people's accounts, each from another address.
async fn guesses(ground: Shared) {
    for number in 0.. {
        if !ground.is_hostile() {
            return;
        }
        let (person, email) = (Person::at(&ground, &ground.stranger()), HONEST[number % HONEST.len()]);
        let answer = person.form("account/sign-in").form(&[("email", email), ("password", "a guess, a guess")]).send().await;
        ground.attacked("wrong passwords", answer.ok().map(|answer| answer.status()));
        let answer = person.form("account/forgot-password").form(&[("email", email)]).send().await;
        ground.attacked("links asked for", answer.ok().map(|answer| answer.status()));
        sleep(Duration::from_millis(100)).await;
    }
}

/// Sign-ins that hang up while the password is looked at.
async fn abandoned(ground: Shared) {
    for number in 0_u64.. {
        if !ground.is_hostile() {
            return;
        }
        let body = format!("email=nobody-{number}%40example.org&password=a+guess+a+guess");
        let head = format!(
            "POST /do/account/sign-in HTTP/1.1\r\nHost: {}\r\nSec-Fetch-Site: same-origin\r\nAccept: text/html\r\nX-Forwarded-For: {}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            ground.address,
            ground.stranger(),
            body.len()
        );
        if let Ok(mut stream) = TcpStream::connect(ground.address).await {
            drop(stream.write_all(head.as_bytes()).await);
            sleep(Duration::from_millis(15)).await;
        }
        ground.attacked("abandoned sign-ins", None);
        sleep(Duration::from_millis(100)).await;
    }
}

/// Letters without end in our name.
async fn invitations(person: Person, journey: String) {
    for number in 0_u64.. {
        if !person.ground.is_hostile() {
            return;
        }
        let email = format!("invited-{number}@example.org");
        let fields = [("answers[email][]", email.as_str()), ("answers[roles][]", "developer")];
        let answer = person.form("organisation/invite").form(&fields).send().await;
        person.ground.attacked("invitations", answer.ok().map(|answer| answer.status()));
        let (name, code) = (format!("Practice {number}"), format!("C{:05}", number % 100_000));
        let fields = [
            ("journey", journey.as_str()),
            ("answers[side][]", "end_user"),
            ("answers[organisation][]", &name),
            ("answers[ods_code][]", &code),
            ("answers[email][]", &email),
            ("answers[roles][]", "group_lead"),
        ];
        let answer = person.form("end-users/invite").form(&fields).send().await;
        person.ground.attacked("parts asked for", answer.ok().map(|answer| answer.status()));
        sleep(Duration::from_millis(200)).await;
    }
}

/// Fifty streams of one person, again and again.
async fn streams(person: Person, journey: String) {
    let url = format!("{}/live/journeys/{journey}", person.ground.base);
    while person.ground.is_hostile() {
        let mut open = Vec::new();
        for _ in 0..50 {
            let answer = person.client.get(&url).header("sec-fetch-dest", "empty").send().await;
            person.ground.attacked("streams", answer.as_ref().ok().map(Response::status));
            open.push(answer);
        }
        sleep(Duration::from_secs(3)).await;
    }
}

/// What costs whoever asks nothing.
async fn floods(ground: Shared) {
    let person = Person::at(&ground, &ground.stranger());
    for number in 0_usize.. {
        if !ground.is_hostile() {
            return;
        }
        let path = ["/readyz", "/fault", "/try-again", "/metrics"][number % 4];
        let answer = person.client.get(format!("{}{path}", ground.base)).send().await;
        // The two pages in the middle say what they are for with such a status.
        let status =
            answer.ok().map(|answer| answer.status()).filter(|_| number % 2 == 1 && path == "/metrics" || path == "/readyz");
        ground.attacked("floods", status);
        sleep(Duration::from_millis(5)).await;
    }
}

/// Heads of 400 kB.
async fn long_heads(ground: Shared) {
    let head = format!("GET / HTTP/1.1\r\nHost: {}\r\nX-Request-Id: {}\r\n\r\n", ground.address, "x".repeat(400_000));
    while ground.is_hostile() {
        if let Ok(mut stream) = TcpStream::connect(ground.address).await {
            drop(stream.write_all(head.as_bytes()).await);
            drop(timeout(SOON, stream.read(&mut [0; 1024])).await);
        }
        ground.attacked("long heads", None);
        sleep(Duration::from_millis(100)).await;
    }
}

/// Two leads who take the lead from each other at the same moment, and give it back.
async fn races(leads: [Person; 2], ids: [String; 2]) {
    let ground = leads[0].ground.clone();
    while ground.is_hostile() {
        for role in ["developer", "onboarding_lead"] {
            let both = [0, 1].map(|at| {
                let fields = [("person", ids[1 - at].as_str()), ("answers[roles][]", role)];
                leads[at].form("organisation/set-roles").form(&fields).send()
            });
            let [one, two] = both;
            let (one, two) = tokio::join!(one, two);
            for answer in [one, two] {
                ground.attacked("races of two leads", answer.ok().map(|answer| answer.status()));
            }
            sleep(Duration::from_millis(100)).await;
        }
    }
}

/// The page that costs most to make, from several windows at once.
async fn long_reviews(reviewer: Person, page: String) {
    while reviewer.ground.is_hostile() {
        let answer = reviewer.client.get(format!("{}{page}", reviewer.ground.base)).send().await;
        reviewer.ground.attacked("long reviews", answer.ok().map(|answer| answer.status()));
        sleep(Duration::from_millis(300)).await;
    }
}

/// What it is, its bytes, and what its refusal says.
type Bomb = (&'static str, Vec<u8>, &'static str);

/// Everybody hostile who has an account, made before it begins.
struct Hostile {
    supplier: Person,
    journey: String,
    provider: String,
    leads: [Person; 2],
    ids: [String; 2],
    review: (Person, String),
    bombs: (Vec<Bomb>, Vec<Bomb>),
}

impl Hostile {
    async fn new(ground: &Shared) -> Self {
        let supplier = Person::registers(ground, "mallory@anybody.example").await;
        let journey = supplier.opens(OPENING).await;
        let provider = Self::to_self_test(&supplier).await;
        let review = Self::to_long_review(ground, &supplier).await;
        let first = Person::registers(ground, "trudy@anybody.example").await;
        let fields = [("answers[email][]", "trent@anybody.example"), ("answers[roles][]", "onboarding_lead")];
        first.posts("organisation/invite", &fields).await;
        let second = Person::at(ground, &ground.stranger());
        let link = ground.link("trent@anybody.example", "/invitations/").await;
        let token = hidden(&second.gets(&link).await.1, "token").unwrap();
        let fields = [("token", token.as_str()), ("answers[name][]", "Trent"), ("password", PASSWORD), ("again", PASSWORD)];
        assert_eq!(second.posts("account/accept-invitation", &fields).await.1, "/journeys");
        let (_, page) = first.gets("/organisation").await;
        let mut ids = all_hidden(&page, "person");
        ids.dedup();
        let ids: [String; 2] = ids.try_into().expect("two members");
        // Made beforehand: that takes longer than sending them.
        let bombs = tokio::task::spawn_blocking(|| {
            (bombs::workbooks().into_iter().chain(bombs::referred()).collect::<Vec<_>>(), bombs::reports())
        })
        .await
        .unwrap();
        Self { supplier, journey, provider, leads: [first, second], ids, review, bombs }
    }

    /// A provider's journey as far as its supplier brings it alone: to the reports of the national test suite.
    async fn to_self_test(supplier: &Person) -> String {
        let asked = answers_to(&opening_form::form("provider"), "Some product");
        let fields = fields_of(&asked);
        let mut fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        fields.push(("side", "provider"));
        let reference = supplier.opens(&fields).await;
        let opening =
            opening_form::read("provider", &asked, Default::default()).unwrap_or_else(|_| panic!("the opening is whole"));
        for id in ["p-specifications", "p-prerequisites", "p-design", "p-build"] {
            supplier.submits("provider", &opening, &reference, id, "Some words.").await;
        }
        reference
    }

    /// A use case of the longest answers that went back and was sent again with others: its review compares them all.
    /// Answers who reviews it, and where.
    async fn to_long_review(ground: &Shared, supplier: &Person) -> (Person, String) {
        let (reference, opening) = (supplier.opens(OPENING).await, world::opening());
        let reviewer = Person::at(ground, &ground.stranger());
        reviewer.signs_in("dana@programme.example", demo::PASSWORD).await;
        for id in ["read-capabilities", "study-prerequisites", "choose-capabilities", "contact-gp-connect-team"] {
            supplier.submits("consumer", &opening, &reference, id, "Some words.").await;
        }
        let on = |id: &'static str| vec![("journey", reference.as_str()), ("task", id), ("seen", "1000000")];
        let noted = [on("contact-gp-connect-team"), vec![("note", "Welcome.")]].concat();
        // Whether it was taken shows at the next task.
        reviewer.posts("task/acknowledge", &noted).await;
        let page = format!("/journeys/{reference}/tasks/obtain-use-case-approval");
        supplier.submits("consumer", &opening, &reference, "describe-use-case", "before ").await;
        let mut verdicts = vec![("answers[decision][]".to_owned(), "return".to_owned())];
        verdicts.push(("answers[note][]".to_owned(), "Please say more.".to_owned()));
        for field in &use_case::form(&opening).fields {
            // What is chosen stays as it is: only words are longer the next time.
            let words = matches!(field.kind, Kind::Line { .. } | Kind::Words { .. });
            verdicts.push((format!("answers[verdict_{}][]", field.id), if words { "change" } else { "accept" }.to_owned()));
            if words {
                verdicts.push((format!("answers[finding_{}][]", field.id), "Please say more.".to_owned()));
            }
        }
        let mut back = on("obtain-use-case-approval");
        back.extend(verdicts.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        assert_eq!(reviewer.posts("task/review", &back).await.1, format!("/journeys/{reference}"));
        supplier.submits("consumer", &opening, &reference, "describe-use-case", "after a while ").await;
        let (_, shown) = reviewer.gets(&page).await;
        assert!(shown.contains("gpc-diff") && shown.contains("Before"), "both are shown: {shown}");
        (reviewer, page)
    }

    fn begins(self, ground: &Shared) -> JoinSet<()> {
        let mut all = JoinSet::new();
        let Self { supplier, journey, provider, leads, ids, review, bombs } = self;
        all.spawn(bombs_sent(supplier.clone(), journey.clone(), provider, bombs));
        all.spawn(invitations(supplier.clone(), journey.clone()));
        all.spawn(streams(supplier, journey));
        all.spawn(races(leads, ids));
        all.spawn(long_reviews(review.0.clone(), review.1.clone()));
        all.spawn(long_reviews(review.0, review.1));
        for _ in 0..100 {
            all.spawn(half_said(ground.clone(), "silent connections", b""));
            all.spawn(half_said(ground.clone(), "half heads", b"GET / HTTP/1.1\r\nHost: a\r\nX-Half: "));
        }
        all.spawn(endless_texts(ground.clone()));
        all.spawn(long_forms(ground.clone()));
        all.spawn(guesses(ground.clone()));
        all.spawn(abandoned(ground.clone()));
        all.spawn(floods(ground.clone()));
        all.spawn(long_heads(ground.clone()));
        all
    }
}

/// Half of them were faster, and 99 of a hundred, in milliseconds.
fn times(mut took: Vec<Duration>) -> (f64, f64) {
    took.sort();
    let at = |hundredth: usize| took.get((took.len() * hundredth / 100).min(took.len() - 1)).unwrap().as_secs_f64() * 1000.0;
    (at(50), at(99))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_attack_at_once_and_ten_honest_people_do_not_notice() {
    let plan = Plan::new();
    // Limits are those that the service ships with.
    let settings = [("DEMO", "true"), ("TRUST_PROXY", "true"), ("RUST_LOG", "warn")];
    let fence = Fence::of(MOST);
    let mut running = Running::start_in(fence.as_ref(), Folder::new(), &settings);
    let ground = Arc::new(Ground {
        address: running.address,
        base: format!("http://{}", running.address),
        mail: running.folder.path().join("mail"),
        phase: AtomicUsize::new(WARM),
        strangers: AtomicU64::new(1),
        seen: Mutex::default(),
        attacks: Mutex::default(),
        fives: Mutex::default(),
    });
    let hostile = Hostile::new(&ground).await;
    let mut at_work = JoinSet::new();
    for number in 0..HONEST.len() {
        at_work.spawn(Honest::new(&ground, number).await.works());
    }
    sleep(Duration::from_secs(2)).await;
    ground.phase.store(QUIET, Ordering::SeqCst);
    sleep(plan.quiet).await;
    let before = grown(running.folder.path());
    let (idle, _) = running.memory();
    ground.phase.store(HOSTILE, Ordering::SeqCst);
    let mut attackers = hostile.begins(&ground);
    let begun = Instant::now();
    while begun.elapsed() < plan.hostile {
        assert!(running.lives(), "it ended: {}", running.said());
        sleep(Duration::from_secs(1).min(plan.hostile)).await;
    }
    ground.phase.store(SETTLING, Ordering::SeqCst);
    attackers.abort_all();
    while let Some(attacker) = attackers.join_next().await {
        assert!(attacker.is_ok() || attacker.is_err_and(|error| error.is_cancelled()), "an attacker fell over");
    }
    let after = grown(running.folder.path());
    if plan.timed {
        sleep(Duration::from_secs(30)).await;
        ground.phase.store(AFTER, Ordering::SeqCst);
        sleep(plan.quiet).await;
    }
    ground.phase.store(OVER, Ordering::SeqCst);
    let mut done = Vec::new();
    while let Some(honest) = at_work.join_next().await {
        done.push(honest.unwrap());
    }
    let (held, most) = running.memory();

    // What the honest ones wrote is there, word for word and byte for byte.
    let mut written = 0;
    for (person, email, work) in &done {
        written += work.written;
        if let Some((journey, words)) = &work.draft {
            let (_, page) = person.gets(&format!("/journeys/{journey}/tasks/s-dspt")).await;
            assert!(page.contains(words.as_str()), "{email}: “{words}” is lost: {page}");
        }
        for (journey, digest, bytes) in &work.files {
            let page = format!("/files/{digest}?journey={journey}&task=s-dspt");
            let (mut status, mut there) = person.gets(&page).await;
            // Of an hour there are more files than one person may ask for in a moment.
            while status == StatusCode::TOO_MANY_REQUESTS {
                sleep(Duration::from_secs(1)).await;
                (status, there) = person.gets(&page).await;
            }
            assert_eq!((status, &there), (StatusCode::OK, bytes), "{email}: a file of {journey}");
        }
    }
    // Their accounts were tried all the time: they sign in as ever.
    let mut locked_out = Vec::new();
    for (person, email, _) in &done {
        person.posts("account/sign-out", &[]).await;
        let to = person.comes_in(email, demo::PASSWORD).await;
        if !matches!(to.as_str(), "/journeys" | "/worklist") {
            locked_out.push(*email);
        }
    }
    assert!(running.lives(), "it ended: {}", running.said());
    let said = running.said();
    assert!(!said.contains("panicked") && !said.contains("\"ERROR\""), "{said}");

    let seen = std::mem::take(&mut *ground.seen.lock().unwrap());
    let bad: Vec<(usize, &str, u16)> = seen
        .iter()
        .filter(|seen| seen.status == 0 || seen.status >= 400)
        .map(|seen| (seen.phase, seen.what, seen.status))
        .collect();
    let times_in = |phases: &[usize], what: Option<&str>| {
        let pages =
            seen.iter().filter(|seen| phases.contains(&seen.phase) && !["upload", "draft", "stream"].contains(&seen.what));
        let took: Vec<Duration> = pages.filter(|seen| what.is_none_or(|what| seen.what == what)).map(|seen| seen.took).collect();
        if took.is_empty() { (0.0, 0.0) } else { times(took) }
    };
    let (quiet, hostile) = (times_in(&[QUIET, AFTER], None), times_in(&[HOSTILE], None));
    let (earlier, later) = (times_in(&[QUIET], None), times_in(&[AFTER], None));
    // Where the time went: each page by itself, and tenth by tenth of the hostile time, so that what grows is told from what is
    // busy.
    let shown: Vec<&Seen> =
        seen.iter().filter(|seen| seen.phase == HOSTILE && !["upload", "draft", "stream"].contains(&seen.what)).collect();
    let tenth_of = |some: &[&Seen]| times(some.iter().map(|seen| seen.took).collect()).1;
    let tenths: Vec<String> =
        shown.chunks(shown.len().div_ceil(10).max(1)).map(|some| format!("{:.0}", tenth_of(some))).collect();
    println!("p99 by tenths of the hostile time: {} ms", tenths.join(", "));
    for what in shown.iter().map(|seen| seen.what).collect::<BTreeSet<_>>() {
        let (quiet, hostile) = (times_in(&[QUIET, AFTER], Some(what)), times_in(&[HOSTILE], Some(what)));
        println!("{what}: p50 {:.0} and {:.0} ms, p99 {:.0} and {:.0} ms", quiet.0, hostile.0, quiet.1, hostile.1);
    }
    println!("quiet before and after: p50 {:.1} and {:.1} ms, p99 {:.1} and {:.1} ms", earlier.0, later.0, earlier.1, later.1);
    let ratio = hostile.1 / quiet.1;
    let attacks = std::mem::take(&mut *ground.attacks.lock().unwrap());
    let fives = std::mem::take(&mut *ground.fives.lock().unwrap());
    let how = if fence.is_some() { "held by the machine" } else { "as measured, no limit could be set here" };
    println!(
        "idle {idle:.1} MiB, {held:.1} MiB at the end; database from {before} to {after} bytes, {written} honest writes; attackers were told {fives:?}"
    );
    println!(
        "{:.2} minutes: {}; {} honest requests, {} failed; their pages p50 {:.0} and {:.0} ms, p99 {:.0} and {:.0} ms (quiet and hostile), \
         {ratio:.1} times; at most {most:.0} of {MOST} MiB ({how})",
        plan.hostile.as_secs_f64() / 60.0,
        attacks.iter().map(|(kind, count)| format!("{count} {kind}")).collect::<Vec<_>>().join(", "),
        seen.len(),
        bad.len(),
        quiet.0,
        hostile.0,
        quiet.1,
        hostile.1,
    );
    assert_eq!(locked_out, [""; 0], "the owners of accounts were kept out");
    assert_eq!(bad, [], "the honest ones were refused");
    assert!(fives.keys().all(|(_, status)| *status == 503), "a fault of ours was met: {fives:?}");
    assert!(most <= MOST as f64, "it held {most:.1} MiB");
    let bound = GROWN + GROWN_A_MINUTE * plan.hostile.as_secs().div_ceil(60) + written * WRITTEN;
    assert!(after <= before + bound, "the database grew from {before} to {after} bytes");
    let folder = running.killed();
    let db = Db::open(&format!("sqlite://{}?mode=rwc", folder.path().join("onboarding.sqlite").display())).await.unwrap();
    let found = verify::examine(&db, &FileStore::folder(&folder.path().join("files")).unwrap()).await.unwrap();
    assert_eq!(found.faults, Vec::<String>::new());
    db.close().await;
    // Last, so that nothing else goes unlooked at when only the machine was busy.
    if plan.timed {
        assert!(ratio <= SLOWER, "pages took {ratio:.1} times as long");
        let left = later.1 / earlier.1;
        assert!(left <= SLOWER_AFTER, "pages took {left:.1} times as long when all was over");
    }
}
