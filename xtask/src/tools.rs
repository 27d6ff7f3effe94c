//! What every step uses: cargo and other programs, as a person would call them.

use std::{env, error::Error, process::Command};

/// Name of the server's binary, and the first part of every file name in `pkg`.
pub(crate) const NAME: &str = "gpc-onboarding";

pub(crate) type Outcome<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;

/// Cargo as the person would call it. Variables that `cargo run` set for this program would make cargo believe that
/// the environment of some build scripts has changed, and compile them again. What is shipped is compiled without the flags
/// of `.cargo/config.toml`, which make views quick to compile and slower to draw.
pub(crate) fn cargo(shipped: bool) -> Command {
    let mut command = Command::new("cargo");
    if shipped && env::var_os("RUSTFLAGS").is_none() {
        command.env("RUSTFLAGS", "");
    }
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text == "CARGO" || text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command
}

pub(crate) fn run(command: &mut Command) -> Outcome {
    let shown = format!("{command:?}").replace('"', "");
    let status = command.status().map_err(|e| format!("cannot start {shown}: {e}"))?;
    if status.success() { Ok(()) } else { Err(format!("{shown}: {status}").into()) }
}
