//! The processes that are measured, and what the kernel says of them.

use std::{
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use axum::{Router, extract::Path as Wanted, routing::get};

/// Ticks of a second in /proc, on Linux.
const TICKS: f64 = 100.0;

/// A process with an address.
pub trait Measured {
    fn id(&self) -> u32;

    /// Seconds of CPU that it has used, its own and the kernel's for it.
    fn cpu(&self) -> f64 {
        let text = std::fs::read_to_string(format!("/proc/{}/stat", self.id())).unwrap();
        let fields: Vec<&str> = text.rsplit_once(')').unwrap().1.split_whitespace().collect();
        (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) / TICKS
    }
}

/// A child that goes with its owner.
struct Owned(Child);

impl Drop for Owned {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gpc-onboarding"));
    command.env_clear().stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// Fills a folder.
pub fn demo(data: &Path, journeys: u32, people: u32) {
    let numbers = [journeys.to_string(), people.to_string()];
    let done = program().args(["demo", "--journeys", &numbers[0], "--people", &numbers[1]]).env("DATA", data).status();
    assert!(done.unwrap().success(), "the demo was not made");
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Waits until somebody answers, and says how many seconds that took.
fn answers(port: u16, path: &str) -> f64 {
    use std::io::{Read as _, Write as _};
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(60) {
        if let Ok(mut stream) = std::net::TcpStream::connect(("127.0.0.1", port)) {
            let mut answer = [0; 12];
            let asked = write!(stream, "GET {path} HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n").is_ok();
            if asked && stream.read_exact(&mut answer).is_ok() && answer.ends_with(b"200") {
                return begun.elapsed().as_secs_f64();
            }
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    panic!("nobody answers on port {port}");
}

/// What a browser says of the most visited pages on a slow line and a slow machine: name and seconds. Empty where Node.js
/// or the browser is missing.
pub fn vitals(base: &str) -> Vec<(String, f64)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../end2end");
    let Ok(said) = Command::new("node").arg("vitals.mjs").arg(base).current_dir(folder).stderr(Stdio::inherit()).output() else {
        return Vec::new();
    };
    let line = |line: &str| line.rsplit_once('\t').and_then(|(name, seconds)| Some((name.to_owned(), seconds.parse().ok()?)));
    String::from_utf8_lossy(&said.stdout).lines().filter_map(line).collect()
}

/// The service, on a folder.
pub struct Service {
    child: Owned,
    pub base: String,
}

impl Service {
    /// Starts it and says how many seconds passed until its first answer.
    pub fn start(data: &Path) -> (Self, f64) {
        let port = free_port();
        let site = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/site");
        let mut command = program();
        command.arg("serve").env("DATA", data).env("LISTEN", format!("127.0.0.1:{port}")).env("SITE", site);
        command.env("RATE_PER_SECOND", "1000000").env("TRIES_PER_ADDRESS", "1000000").env("RUST_LOG", "warn").env("DEMO", "true");
        let child = Owned(command.spawn().unwrap());
        let took = answers(port, "/");
        (Self { child, base: format!("http://127.0.0.1:{port}") }, took)
    }

    /// Memory that it holds, in MiB.
    pub fn memory(&self) -> f64 {
        let text = std::fs::read_to_string(format!("/proc/{}/status", self.id())).unwrap();
        let line = text.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
    }
}

impl Measured for Service {
    fn id(&self) -> u32 {
        self.child.0.id()
    }
}

/// The reference.
pub struct Bare {
    child: Owned,
    pub base: String,
}

impl Bare {
    pub fn start() -> Self {
        let port = free_port();
        let this = std::env::current_exe().unwrap();
        let child = Owned(Command::new(this).env("BARE", port.to_string()).spawn().unwrap());
        answers(port, "/1");
        Self { child, base: format!("http://127.0.0.1:{port}") }
    }
}

impl Measured for Bare {
    fn id(&self) -> u32 {
        self.child.0.id()
    }
}

/// A bare axum handler: so many bytes as the path says.
pub async fn serve_bare(port: u16) {
    let app = Router::new().route("/{bytes}", get(async |Wanted(bytes): Wanted<usize>| "x".repeat(bytes.min(5_000_000))));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.unwrap();
    axum::serve(listener, app).await.unwrap();
}
