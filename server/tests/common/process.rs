//! The built program as a process of its own: for what only a process shows.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use super::Folder;

/// Sends a form to a running service; `None` when nobody answers.
pub async fn sent(client: &reqwest::Client, base: &str, action: &str, fields: &[(&str, &str)]) -> Option<reqwest::Response> {
    let request = client.post(format!("{base}/do/{action}")).header("sec-fetch-site", "same-origin");
    request.header(reqwest::header::ACCEPT, "text/html").form(fields).send().await.ok()
}

/// A running service with a folder of its own. It is killed when it is dropped.
pub struct Running {
    child: Child,
    pub address: SocketAddr,
    pub folder: Folder,
    log: PathBuf,
}

/// The built program: the one that `SERVER` names (from the root of the repository), or that of this build.
fn built() -> PathBuf {
    let named = std::env::var_os("SERVER").map(|named| Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(named));
    named.unwrap_or_else(|| env!("CARGO_BIN_EXE_gpc-onboarding").into())
}

/// The program, with nothing of this machine's environment that it would read.
pub fn program() -> Command {
    let mut command = Command::new(built());
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).stdin(Stdio::null());
    command
}

/// A client for the program, with cookies, that follows no redirect.
pub fn client() -> reqwest::Client {
    building().build().unwrap()
}

/// The same, as a proxy passes it on from this address.
pub fn client_from(address: &str) -> reqwest::Client {
    let from = [(reqwest::header::HeaderName::from_static("x-forwarded-for"), address.parse().unwrap())];
    building().default_headers(from.into_iter().collect()).build().unwrap()
}

fn building() -> reqwest::ClientBuilder {
    // Some provider must be there before a client is built, though nothing here speaks TLS.
    drop(rustls::crypto::ring::default_provider().install_default());
    // The program closes a connection that says nothing for a while: nobody shall write to one that is about to go.
    let builder = reqwest::Client::builder().cookie_store(true).pool_idle_timeout(Duration::from_secs(5));
    builder.redirect(reqwest::redirect::Policy::none())
}

/// A group of processes that the machine itself holds to a limit of memory (cgroup v2). It is taken away when it is dropped.
pub struct Fence(PathBuf);

impl Fence {
    /// A group with this limit in MiB, where the machine lets us make one.
    pub fn of(most: u64) -> Option<Self> {
        let root = Path::new("/sys/fs/cgroup");
        let has = |file: &str| {
            std::fs::read_to_string(root.join(file)).is_ok_and(|text| text.split_whitespace().any(|it| it == "memory"))
        };
        if !has("cgroup.controllers") {
            return None;
        }
        if !has("cgroup.subtree_control") {
            std::fs::write(root.join("cgroup.subtree_control"), "+memory").ok()?;
        }
        let fence = Self(root.join(format!("gpc-test-{}-{}", std::process::id(), super::fresh())));
        std::fs::create_dir(&fence.0).ok()?;
        std::fs::write(fence.0.join("memory.max"), (most << 20).to_string()).ok()?;
        // There may be none on this machine.
        drop(std::fs::write(fence.0.join("memory.swap.max"), "0"));
        Some(fence)
    }
}

impl Drop for Fence {
    fn drop(&mut self) {
        // A process that was killed is gone a moment later.
        for _ in 0..100 {
            if std::fs::remove_dir(&self.0).is_ok() {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Running {
    /// Starts `serve` on a free port, on the data of this folder, and waits until it is ready.
    pub fn start(folder: Folder, settings: &[(&str, &str)]) -> Self {
        Self::start_in(None, folder, settings)
    }

    /// The same within a limit of memory.
    pub fn start_in(fence: Option<&Fence>, folder: Folder, settings: &[(&str, &str)]) -> Self {
        let log = folder.path().join("log.txt");
        let out = std::fs::File::create(&log).unwrap();
        // `env` becomes the program; see `may_grow_files`. It enters the fence before, so that all it takes counts.
        let mut command = match fence {
            None => Command::new("env"),
            Some(Fence(group)) => {
                let mut command = Command::new("sh");
                command.args(["-c", "echo $$ >\"$0\" && exec env \"$@\""]).arg(group.join("cgroup.procs"));
                command
            }
        };
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).stdin(Stdio::null());
        command.arg("--ignore-signal=XFSZ").arg(built()).args(["serve", "--listen", "127.0.0.1:0"]);
        command.env("DATA", folder.path()).env("LOG_JSON", "true");
        command.envs(settings.iter().copied()).stdout(out.try_clone().unwrap()).stderr(out);
        let child = command.spawn().unwrap();
        let mut running = Self { child, address: SocketAddr::from(([127, 0, 0, 1], 0)), folder, log };
        let begun = Instant::now();
        loop {
            let said = running.said();
            if let Some(url) = said.split("is ready: http://").nth(1).and_then(|rest| rest.split_whitespace().next()) {
                running.address = url.parse().unwrap();
                return running;
            }
            assert!(running.child.try_wait().unwrap().is_none(), "it ended: {said}");
            assert!(begun.elapsed() < Duration::from_secs(60), "not ready: {said}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Everything it printed.
    pub fn said(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Memory that it holds now and the most it ever held, in MiB.
    pub fn memory(&self) -> (f64, f64) {
        let text = std::fs::read_to_string(Path::new("/proc").join(self.child.id().to_string()).join("status")).unwrap();
        let of = |name: &str| {
            let line = text.lines().find(|line| line.starts_with(name)).unwrap();
            line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
        };
        (of("VmRSS:"), of("VmHWM:"))
    }

    /// Whether the process that was started runs still: nothing here starts another one.
    pub fn lives(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Kills it at once, as a power cut or a full memory does. What it wrote stays.
    pub fn killed(mut self) -> Folder {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        std::mem::replace(&mut self.folder, Folder::new())
    }

    /// Lets no file of the process grow, or any again: for a program that is a disk without room. What it is told then,
    /// it would not survive unasked (SIGXFSZ), so [`Running::start`] has it ignored.
    pub fn may_grow_files(&self, may: bool) {
        let limit = format!("--fsize={}", if may { "unlimited:unlimited" } else { "1:unlimited" });
        let set = Command::new("prlimit").args(["--pid", &self.child.id().to_string(), &limit]).status().unwrap();
        assert!(set.success());
    }

    /// Asks it to stop, as a process manager does.
    pub fn tell_to_stop(&self) {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(told.success());
    }

    /// How it ended, when it does so in time.
    pub fn ended_within(&mut self, patience: Duration) -> Option<ExitStatus> {
        let begun = Instant::now();
        while begun.elapsed() < patience {
            if let Some(status) = self.child.try_wait().unwrap() {
                return Some(status);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        None
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
