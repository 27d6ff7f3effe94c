//! `cargo xtask build`: the browser side (wasm, glue, style sheet, names that change with their content) and the server.
//! `cargo xtask words`: every sentence that people read, with its place.
//!
//! A few steps of our own instead of a build tool that takes longer to install than the whole project takes to build.
//! Everything comes from the two lock files; nothing is downloaded here.

mod browser;
mod fingerprint;
mod site;
mod tools;
mod words;

use std::{
    env,
    path::{Path, PathBuf},
    process::ExitCode,
};

use crate::tools::{NAME, Outcome, cargo, run};

const USAGE: &str = "\
usage: cargo xtask build [--release] [--dev-wasm] [--front]
       cargo xtask words [PLACE]

  --release    the server as it is shipped (target/release); otherwise target/debug
  --dev-wasm   quick, large wasm, for `make watch`; otherwise always the small one
  --front      the browser side only

words prints every sentence that people read as FILE:LINE: TEXT, and what is wrong with it, if anything.

  PLACE        only files whose path begins so, such as app/src/work/scal";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let Some(("words", rest)) = arguments.split_first().map(|(verb, rest)| (verb.as_str(), rest))
        && rest.len() < 2
    {
        let place = rest.first().map_or("", String::as_str);
        return end(root().and_then(|root| words::print(&root, place)));
    }
    let has = |flag: &str| arguments.iter().any(|a| a == flag);
    let known = ["--release", "--dev-wasm", "--front"];
    let understood =
        arguments.split_first().is_some_and(|(verb, flags)| verb == "build" && flags.iter().all(|f| known.contains(&f.as_str())));
    if !understood {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    }
    end(build(has("--release"), has("--dev-wasm"), has("--front")))
}

fn end(outcome: Outcome) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("xtask: {fault}");
            ExitCode::FAILURE
        }
    }
}

/// The root of the repository. Asked now rather than compiled in: the folder may have been moved since.
fn root() -> Outcome<PathBuf> {
    let here = env::var_os("CARGO_MANIFEST_DIR").ok_or("run me as: cargo xtask")?;
    Ok(Path::new(&here).parent().ok_or("xtask has no parent folder")?.to_owned())
}

fn build(release: bool, dev_wasm: bool, front_only: bool) -> Outcome {
    env::set_current_dir(root()?)?;

    // Server and wasm have target folders of their own, so they compile side by side: each alone leaves a core idle
    // while it links.
    std::thread::scope(|scope| {
        let server = (!front_only).then(|| scope.spawn(move || build_server(release)));
        let front = browser::build(release, dev_wasm, !front_only).and_then(|front| site::publish(release, &front));
        let server = server.map_or(Ok(()), |s| s.join().unwrap_or_else(|_| Err("the server build panicked".into())));
        front.and(server)
    })
}

fn build_server(release: bool) -> Outcome {
    let mut command = cargo(release);
    command.args(["build", "--package", "server", "--bin", NAME]);
    if release {
        command.arg("--release");
    }
    run(&mut command)
}
