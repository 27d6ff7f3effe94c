//! The built program as a process of its own: for what only a process shows.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use super::Folder;

/// A running service with a folder of its own. It is killed when it is dropped.
pub struct Running {
    child: Child,
    pub address: SocketAddr,
    pub folder: Folder,
    log: PathBuf,
}

/// The program, with nothing of this machine's environment that it would read.
pub fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gpc-onboarding"));
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).stdin(Stdio::null());
    command
}

/// A client for the program, with cookies, that follows no redirect.
pub fn client() -> reqwest::Client {
    // Some provider must be there before a client is built, though nothing here speaks TLS.
    drop(rustls::crypto::ring::default_provider().install_default());
    reqwest::Client::builder().cookie_store(true).redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

impl Running {
    /// Starts `serve` on a free port, on the data of this folder, and waits until it is ready.
    pub fn start(folder: Folder, settings: &[(&str, &str)]) -> Self {
        let log = folder.path().join("log.txt");
        let out = std::fs::File::create(&log).unwrap();
        // `env` becomes the program; see `may_grow_files`.
        let mut command = Command::new("env");
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).stdin(Stdio::null());
        command.args(["--ignore-signal=XFSZ", env!("CARGO_BIN_EXE_gpc-onboarding"), "serve", "--listen", "127.0.0.1:0"]);
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
