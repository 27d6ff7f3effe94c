//! What the tests of the server share: a house (database, clock, router) per test, a browser without script, the people
//! who visit, and journeys in every state that a test needs.
#![expect(dead_code, reason = "each file of tests uses its part")]

pub mod bombs;
pub mod by_link;
pub mod group_file;
pub mod postgres;
pub mod process;
pub mod said;
pub mod second_step;
pub mod wire;
pub mod world;

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};

use app::request::services::{Busy, Clock, Secrets, Services};
use async_trait::async_trait;
use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use jiff::Timestamp;
use journey::{
    base::ids::Digest,
    plan::process::Processes,
    port::{Outbox as _, Store},
};
use server::{
    config::{Brand, Database, Files, Letters, Place, Serve},
    gate::Limits,
    serve,
};
use store::{Db, Sessions};
use tower::ServiceExt as _;

/// The password of everybody.
pub const PASSWORD: &str = "three random words";
/// Where the service is reached in tests.
pub const HOST: &str = "onboarding.example";

static COUNT: AtomicU64 = AtomicU64::new(1);

/// A number that no other test in this process has.
pub fn fresh() -> u64 {
    COUNT.fetch_add(1, Ordering::Relaxed)
}

/// A clock that a test moves. It begins on a Monday morning.
pub struct Hand(AtomicI64);

impl Hand {
    pub fn new() -> Arc<Self> {
        let start: Timestamp = "2026-03-02T09:00:00Z".parse().unwrap();
        Arc::new(Self(AtomicI64::new(start.as_microsecond())))
    }

    pub fn forward(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }
}

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

/// Secrets for tests in which hashing is not the subject: at once, and never the same twice.
pub struct Quick;

#[async_trait]
impl Secrets for Quick {
    fn token(&self) -> String {
        Digest::of(format!("token {} {}", std::process::id(), fresh()).as_bytes()).to_string()
    }

    fn id(&self) -> String {
        format!("id{:08}", fresh())
    }

    fn bits(&self) -> u64 {
        fresh().wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 8
    }

    async fn hash(&self, password: String) -> Result<String, Busy> {
        Ok(Digest::of(password.as_bytes()).to_string())
    }

    async fn fits(&self, password: String, hash: Option<String>) -> Result<bool, Busy> {
        Ok(hash.as_deref() == Some(Digest::of(password.as_bytes()).as_str()))
    }
}

/// A folder that goes with its owner.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("gpc-test-{}-{}", std::process::id(), fresh()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// The configuration of a test: everything in one folder, and limits that only the tests about limits feel.
pub fn settings(folder: &Path) -> Serve {
    Serve {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        place: Place { database: Database { data: folder.to_owned(), database_url: None }, files: Files::default() },
        base_url: Some(format!("http://{HOST}")),
        site: folder.join("site"),
        letters: Letters {
            smtp_url: None,
            mail_from: "GP Connect onboarding <onboarding@example.org>".to_owned(),
            mail_dir: None,
        },
        stop_within: 5,
        demo: false,
        metrics_token: None,
        heads_key: None,
        seal_key: None,
        seal_chain: None,
        longest_file_mb: 1,
        quota_mb: 5000,
        help_address: "help@example.org".to_owned(),
        brand: Brand::Plain,
        trust_proxy: 0,
        client_certificate_header: None,
        rate_per_second: 100_000,
        tries_per_address: 100_000,
        log_json: false,
    }
}

/// Built files as `cargo xtask build` names them, so that no test needs a build.
fn site(folder: &Path) {
    let pkg = folder.join("site/pkg");
    std::fs::create_dir_all(&pkg).unwrap();
    std::fs::write(pkg.join("names.json"), r#"{"css":"a.0.css","js":"a.0.js","wasm":"a.0.wasm"}"#).unwrap();
    std::fs::write(pkg.join("a.0.css"), "body{}").unwrap();
    std::fs::write(folder.join("site/robots.txt"), "User-agent: *\nDisallow: /\n").unwrap();
}

/// One running service with its own database.
pub struct House {
    pub folder: Folder,
    pub config: Serve,
    pub db: Db,
    pub clock: Arc<Hand>,
    pub services: Services,
    pub uploads: server::uploads::Uploads,
    pub app: Router,
    /// Streams last for as long as this does.
    pub running: tokio::sync::watch::Sender<bool>,
}

impl House {
    /// The names under which files lie in the file_store, in order.
    pub fn files(&self) -> Vec<String> {
        let (mut names, mut folders) = (Vec::new(), vec![self.config.place.files_in()]);
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
                if entry.file_type().unwrap().is_dir() {
                    folders.push(entry.path());
                } else {
                    names.push(entry.file_name().into_string().unwrap());
                }
            }
        }
        names.sort();
        names
    }

    /// A house in which journeys go by these processes.
    pub async fn by(processes: &'static Processes) -> Self {
        let folder = Folder::new();
        let config = settings(folder.path());
        Self::going_by(folder, config, Arc::new(Quick), Hand::new(), |db| db, (processes, true)).await
    }

    pub async fn new() -> Self {
        Self::with(|_| {}, Arc::new(Quick)).await
    }

    pub async fn with(change: impl FnOnce(&mut Serve), secrets: Arc<dyn Secrets>) -> Self {
        let folder = Folder::new();
        let mut config = settings(folder.path());
        change(&mut config);
        Self::built(folder, config, secrets, Hand::new(), |db| db).await
    }

    /// A house that begins with the database of another one, which was closed. They share the files, which are never changed.
    pub async fn copy_of(file: &Path, clock: Arc<Hand>) -> Self {
        let folder = Folder::new();
        std::fs::copy(file, folder.path().join("onboarding.sqlite")).unwrap();
        std::os::unix::fs::symlink(file.with_file_name("files"), folder.path().join("files")).unwrap();
        let config = settings(folder.path());
        Self::built(folder, config, Arc::new(Quick), clock, |db| db).await
    }

    /// With something in front of the database.
    pub async fn built(
        folder: Folder,
        config: Serve,
        secrets: Arc<dyn Secrets>,
        clock: Arc<Hand>,
        wrap: impl FnOnce(Arc<dyn Store>) -> Arc<dyn Store>,
    ) -> Self {
        Self::going_by(folder, config, secrets, clock, wrap, (server::start::processes().unwrap(), true)).await
    }

    /// A house that shows no codes of second steps, as a service does that is no demo.
    pub async fn strict() -> Self {
        let folder = Folder::new();
        let config = settings(folder.path());
        Self::going_by(folder, config, Arc::new(Quick), Hand::new(), |db| db, (server::start::processes().unwrap(), false)).await
    }

    async fn going_by(
        folder: Folder,
        config: Serve,
        secrets: Arc<dyn Secrets>,
        clock: Arc<Hand>,
        wrap: impl FnOnce(Arc<dyn Store>) -> Arc<dyn Store>,
        (processes, shows_codes): (&'static Processes, bool),
    ) -> Self {
        site(folder.path());
        let db = Db::open(config.place.database.url().reveal()).await.unwrap();
        db.migrate().await.unwrap();
        let mut services = serve::services(&config, db.clone()).unwrap();
        services.clock = clock.clone();
        services.processes = processes;
        services.shows_codes = shows_codes;
        services.secrets = secrets;
        services.store = wrap(services.store);
        let seal = server::seal::Seal::of(&config, services.clock.now()).unwrap();
        if let Some(seal) = &seal {
            services.store.keep_seal(seal.certificate().clone(), services.clock.now()).await.unwrap();
        }
        let limits = Limits::new(config.rate_per_second, config.trust_proxy);
        let longest = config.longest_file_mb * 1_000_000;
        let uploads = server::uploads::Uploads::new(config.place.file_store().unwrap(), services.clone(), longest)
            .with_quota(config.quota_mb * 1_000_000)
            .with_seal(seal);
        let (running, stopping) = tokio::sync::watch::channel(false);
        let live = server::live::Live::new(services.clone(), db.clone(), stopping);
        let app = serve::router(&config, &services, &uploads, live, Sessions::new(db.clone()), limits);
        Self { folder, config, db, clock, services, uploads, app, running }
    }

    /// What `verify` finds wrong here, beside the file that answers of tests name and nobody added (`world::answers_to`).
    pub async fn faults(&self) -> Vec<String> {
        let file_store = self.config.place.file_store().unwrap();
        let faults = server::commands::verify::examine(&self.db, &file_store).await.unwrap().faults;
        faults.into_iter().filter(|fault| !fault.contains("names a file that is not known: abab")).collect()
    }

    pub fn file(&self) -> PathBuf {
        self.folder.path().join("onboarding.sqlite")
    }

    pub fn browser(&self) -> Browser {
        Browser { app: self.app.clone(), cookies: Vec::new(), address: IpAddr::V4(Ipv4Addr::LOCALHOST), agent: AGENT.to_owned() }
    }

    /// The same service behind a port of its own.
    pub async fn listening(&self) -> SocketAddr {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(server::listen::serve(listener, self.app.clone(), self.running.subscribe()));
        address
    }

    /// Every letter that waits, taken out and counted as sent: those about a decision that can still be undone as well.
    pub async fn letters(&self) -> Vec<journey::port::Letter> {
        self.letters_due(self.services.clock.now() + jiff::SignedDuration::from_mins(15)).await
    }

    /// The same of those that are due by now.
    pub async fn letters_due(&self, by: Timestamp) -> Vec<journey::port::Letter> {
        let mut letters = Vec::new();
        let now = self.services.clock.now();
        while let Some(out) = self.db.next_letter(by, Timestamp::MAX).await.unwrap() {
            self.db.letter_sent(&out.letter.id, now).await.unwrap();
            said::well(&out.letter);
            letters.push(out.letter);
        }
        letters
    }

    /// The path in the only letter to this address; letters to others are thrown away.
    pub async fn link_for(&self, email: &str) -> String {
        let letters = self.letters().await;
        let letter = letters.iter().rev().find(|letter| letter.to == email).unwrap_or_else(|| panic!("no letter to {email}"));
        path_in(&letter.body)
    }
}

/// The path of the first link in a letter.
pub fn path_in(body: &str) -> String {
    let link = body.split_whitespace().find_map(|word| Some(word.strip_prefix("http")?.split_once(HOST)?.1));
    link.expect("a letter with a link").to_owned()
}

const AGENT: &str = "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0";

/// A browser without script: keeps its cookies and sends forms from our own pages.
#[derive(Clone)]
pub struct Browser {
    pub app: Router,
    pub cookies: Vec<(String, String)>,
    pub address: IpAddr,
    pub agent: String,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Page {
    /// Where it leads, if it does.
    pub fn to(&self) -> &str {
        self.headers.get(header::LOCATION).and_then(|to| to.to_str().ok()).unwrap_or_default()
    }

    /// The heading of the page.
    pub fn heading(&self) -> String {
        let inner = self.body.split_once("<h1").and_then(|(_, after)| after.split_once("</h1>")).map_or("", |(inner, _)| inner);
        // What it belongs to stands above it, in spans.
        let text =
            inner.rsplit_once("</span>").map_or_else(|| inner.split_once('>').map_or("", |(_, text)| text), |(_, text)| text);
        words_of(text)
    }

    /// What the error box says first.
    pub fn refusal(&self) -> Option<String> {
        self.text_of("nhsuk-error-summary__heading")
    }

    /// What the banner says was done.
    pub fn done(&self) -> Option<String> {
        self.text_of("nhsuk-notification-banner__heading")
    }

    fn text_of(&self, mark: &str) -> Option<String> {
        let (_, after) = self.body.split_once(mark)?;
        let (_, text) = after.split_once('>')?;
        Some(words_of(text.trim_start_matches("<!---->").split('<').next()?))
    }

    /// The value of a hidden field of the form that posts there.
    pub fn hidden(&self, name: &str) -> String {
        let mark = format!("name=\"{name}\"");
        let tag = self.body.split('<').find(|tag| tag.starts_with("input") && tag.contains(&mark));
        let value = tag.and_then(|tag| tag.split_once("value=\"")).and_then(|(_, value)| value.split('"').next());
        value.unwrap_or_else(|| panic!("no field {name} on “{}”", self.heading())).to_owned()
    }
}

/// The text of a piece of a page, as people read it.
fn words_of(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            c if !inside => text.push(c),
            _ => {}
        }
    }
    let text =
        text.replace("&#x27;", "'").replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    text.trim().to_owned()
}

impl Browser {
    pub async fn send(&mut self, mut request: Request<Body>) -> Page {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let headers = request.headers_mut();
        if !cookies.is_empty() {
            headers.insert(header::COOKIE, cookies.join("; ").parse().unwrap());
        }
        headers.entry(header::HOST).or_insert(HOST.parse().unwrap());
        headers.entry(header::ACCEPT).or_insert("text/html,application/xhtml+xml".parse().unwrap());
        headers.entry(header::USER_AGENT).or_insert(self.agent.parse().unwrap());
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(self.address, 40_000)));
        let response = self.app.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.retain(|(known, _)| known != name);
            if !value.is_empty() && !cookie.contains("Max-Age=0") {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        let bytes = axum::body::to_bytes(body, 64 << 20).await.unwrap();
        // While views are one type they have marks between them, which nobody sees (docs/decisions/0012-views-of-one-type.md).
        let body = String::from_utf8_lossy(&bytes).replace("<!>", "");
        Page { status: parts.status, headers: parts.headers, body }
    }

    pub async fn get(&mut self, path: &str) -> Page {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// The head of an answer whose body may never end: its status and where it leads.
    pub async fn begun(&self, path: &str) -> (StatusCode, String) {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = Request::get(path).header(header::HOST, HOST).header(header::COOKIE, cookies.join("; "));
        request = request.extension(ConnectInfo(SocketAddr::new(self.address, 40_000)));
        let answer = self.app.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let to = answer.headers().get(header::LOCATION).map(|to| to.to_str().unwrap().to_owned());
        (answer.status(), to.unwrap_or_default())
    }

    /// The bytes of a file that is handed out.
    pub async fn download(&self, path: &str) -> (StatusCode, Vec<u8>) {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = Request::get(path).header(header::HOST, HOST).header(header::COOKIE, cookies.join("; "));
        request = request.extension(ConnectInfo(SocketAddr::new(self.address, 40_000)));
        let answer = self.app.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let status = answer.status();
        (status, axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap().to_vec())
    }

    /// A page after its redirects.
    pub async fn visit(&mut self, path: &str) -> Page {
        let page = self.get(path).await;
        self.follow(page).await
    }

    pub async fn follow(&mut self, mut page: Page) -> Page {
        for _ in 0..5 {
            if !page.status.is_redirection() {
                return page;
            }
            let to = page.to().to_owned();
            assert!(to.starts_with('/'), "led away to {to}");
            page = self.get(&to).await;
        }
        panic!("redirects without end, last to {}", page.to());
    }

    /// Sends a form as a page of ours does.
    pub async fn post(&mut self, action: &str, fields: &[(&str, &str)]) -> Page {
        if [
            WITH_FILES,
            ADDS_FILES,
            "scal/upload",
            "end-users/members-file",
            "catalogue/file",
            "verify/file",
            "live-runs/file",
            "live-runs/answer",
        ]
        .contains(&action)
        {
            return self.send(multipart(action, fields, &[])).await;
        }
        self.send(form(action).body(Body::from(encoded(fields))).unwrap()).await
    }

    /// Sends a form and looks at the page that follows.
    pub async fn submit(&mut self, action: &str, fields: &[(&str, &str)]) -> Page {
        let page = self.post(action, fields).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{action}: {}", page.body);
        self.follow(page).await
    }

    pub async fn sign_in(&mut self, email: &str) -> Page {
        let page = self.post("account/sign-in", &[("email", email), ("password", PASSWORD)]).await;
        self.through_second_step(page).await
    }

    pub fn session(&self) -> Option<String> {
        self.cookies.iter().find(|(name, _)| name.ends_with("session")).map(|(_, value)| value.clone())
    }
}

/// The head of a form that a page of ours sends.
pub fn form(action: &str) -> axum::http::request::Builder {
    // The island that saves while typing is the one caller that is not a form.
    let accept = if action == "draft/autosave" { "application/json" } else { "text/html,application/xhtml+xml" };
    Request::builder()
        .method(Method::POST)
        .uri(format!("/do/{action}"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ACCEPT, accept)
        .header("sec-fetch-site", "same-origin")
}

pub fn encoded(fields: &[(&str, &str)]) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    let encode = |text: &str| -> String {
        text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
    };
    fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect::<Vec<_>>().join("&")
}

/// The action whose form always takes files, beside those that are server functions.
pub const WITH_FILES: &str = "messages/send";

/// The action that adds files to a task.
pub const ADDS_FILES: &str = "files/add";

const EDGE: &str = "an-edge-that-no-file-has";

/// A multipart form: words, then files under the name `file`, as a browser without script sends them.
pub fn multipart(action: &str, words: &[(&str, &str)], files: &[(&str, &[u8])]) -> Request<Body> {
    multipart_named("file", action, words, files)
}

/// The same with files under another name. Each claims to be a page, which nobody shall believe.
pub fn multipart_named(field: &str, action: &str, words: &[(&str, &str)], files: &[(&str, &[u8])]) -> Request<Body> {
    let mut body: Vec<u8> = Vec::new();
    for (name, value) in words {
        body.extend(format!("--{EDGE}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").into_bytes());
    }
    for (name, bytes) in files {
        let head = format!(
            "--{EDGE}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\nContent-Type: text/html\r\n\r\n"
        );
        body.extend(head.into_bytes());
        body.extend(*bytes);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{EDGE}--\r\n").into_bytes());
    Request::post(format!("/do/{action}"))
        .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={EDGE}"))
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(body))
        .unwrap()
}

/// Every action of the service, without `/do/`.
pub fn actions() -> Vec<String> {
    let mut all: Vec<String> =
        server_fn::axum::server_fn_paths().map(|(path, _)| path.trim_start_matches("/do/").to_owned()).collect();
    all.sort();
    all.dedup();
    assert!(all.len() > 30, "actions are registered by linking the app: {all:?}");
    all
}

/// Compares with the committed text, or writes it when UPDATE_TABLES is set.
pub fn committed(name: &str, made: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name);
    if std::env::var_os("UPDATE_TABLES").is_some() && std::env::var_os("CI").is_none() {
        std::fs::write(&file, made).unwrap();
        return;
    }
    let known = std::fs::read_to_string(&file).unwrap_or_default();
    let differs = made.lines().zip(known.lines()).find(|(a, b)| a != b);
    let more = made.lines().count().cmp(&known.lines().count());
    assert!(
        made == known,
        "server/tests/{name} is not what the service does (review it, then UPDATE_TABLES=1). First difference: {differs:?}, lines: {more:?}"
    );
}
