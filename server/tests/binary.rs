//! The program as whoever runs it meets it: its help, what it says at the start, how it stops.
#![expect(clippy::unwrap_used, reason = "a test says what failed by panicking")]

mod common;

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

use common::{
    Folder,
    process::{Running, program},
};

fn help(command: &[&str]) -> String {
    let out = program().args(command).arg("--help").output().unwrap();
    assert!(out.status.success(), "{command:?}");
    String::from_utf8(out.stdout).unwrap()
}

#[test]
fn every_command_has_help_and_every_setting_a_heading() {
    let all = help(&[]);
    for command in ["serve", "migrate", "demo", "admin", "verify", "backup", "restore", "letters", "files", "draw", "routes"] {
        assert!(all.contains(&format!("\n  {command}")), "{command} is missing:\n{all}");
        help(&[command]);
    }
    let serve = help(&["serve"]);
    for heading in ["Address:", "Database:", "Files:", "Letters:", "Pages:", "Limits:", "Watching:"] {
        assert!(serve.contains(heading), "{heading} is missing:\n{serve}");
    }
    assert_eq!(serve.matches("\nOptions:").count(), 1, "what has no heading is the help itself:\n{serve}");
    let rest = serve.split("\nOptions:").nth(1).unwrap().split("\n\n").next().unwrap();
    assert_eq!(rest.matches("  -").count(), 1, "{rest}");
}

/// `docs/operations.md` tells of every setting that `serve --help` has, and of no other.
#[test]
fn the_table_of_settings_is_the_help() {
    let serve = help(&["serve"]);
    let named = |text: &str| -> Vec<String> {
        let mut names: Vec<String> =
            text.split("[env:").skip(1).map(|rest| rest.trim_start().split(['=', ']']).next().unwrap().to_owned()).collect();
        names.sort();
        names
    };
    let docs = include_str!("../../docs/operations.md");
    let mut table: Vec<String> = docs
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
        .filter(|name| name.chars().all(|c| c.is_ascii_uppercase() || c == '_'))
        .map(str::to_owned)
        .collect();
    table.sort();
    assert_eq!(table, named(&serve), "docs/operations.md");
}

#[test]
fn it_says_how_it_is_configured_and_keeps_secrets() {
    let running = Running::start(
        Folder::new(),
        &[("METRICS_TOKEN", "a-secret-of-the-watcher"), ("SMTP_URL", "smtp://me:a-secret-of-mail@127.0.0.1:1"), ("BRAND", "nhs")],
    );
    let said = running.said();
    for setting in ["METRICS_TOKEN", "SMTP_URL", "DATABASE_URL", "LISTEN", "DATA", "BRAND"] {
        assert!(said.contains(&format!("\"setting\":\"{setting}\"")), "{setting} is not told:\n{said}");
    }
    assert!(said.contains("\"value\":\"nhs\"") && said.contains("\"value\":\"set, not shown\""), "{said}");
    assert!(!said.contains("a-secret"), "{said}");
    // Every setting of the help is told, and nothing else.
    let serve = help(&["serve"]);
    for rest in serve.split("[env:").skip(1) {
        let name = rest.trim_start().split(['=', ']']).next().unwrap();
        assert!(said.contains(&format!("\"setting\":\"{name}\"")), "{name} is not told");
    }
}

/// `make test` after `make build` leaves scripts that the released server must not send.
#[test]
fn scripts_of_another_build_are_left_out() {
    let folder = Folder::new();
    std::fs::create_dir(folder.path().join("pkg")).unwrap();
    let with = |views: &str| {
        let names = format!(r#"{{"css":"a.css","js":"a.js","wasm":"a.wasm"{views}}}"#);
        std::fs::write(folder.path().join("pkg/names.json"), names).unwrap();
        server::serve::assets(folder.path())
    };
    let both = [with(r#","views":"one""#), with(r#","views":"each""#)];
    assert_eq!(both.iter().filter(|assets| assets.js == "a.js" && assets.wasm == "a.wasm").count(), 1);
    assert_eq!(both.iter().filter(|assets| assets.js.is_empty() && assets.wasm.is_empty()).count(), 1);
    assert!(both.iter().all(|assets| assets.css == "a.css"));
    assert_eq!(with("").js, "a.js", "cargo-leptos says nothing of it");
}

/// The first half of a form; the second comes later.
fn half_sent(running: &Running) -> (TcpStream, &'static str) {
    let body = "email=nobody%40example.org&password=a+password+of+nobody";
    let (first, second) = body.split_at(20);
    let mut stream = TcpStream::connect(running.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    write!(
        stream,
        "POST /do/account/sign-in HTTP/1.1\r\nHost: {}\r\nAccept: text/html\r\nSec-Fetch-Site: same-origin\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{first}",
        running.address,
        body.len()
    )
    .unwrap();
    std::thread::sleep(Duration::from_millis(300));
    (stream, second)
}

#[test]
fn a_request_that_runs_is_finished_before_it_stops() {
    let mut running = Running::start(Folder::new(), &[("STOP_WITHIN", "20")]);
    let (mut stream, rest) = half_sent(&running);
    running.tell_to_stop();
    assert_eq!(running.ended_within(Duration::from_millis(500)), None, "it waits for what runs");
    stream.write_all(rest.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    let ended = running.ended_within(Duration::from_secs(5));
    assert!(ended.is_some_and(|status| status.success()), "{ended:?} {}", running.said());
}

#[test]
fn whoever_never_finishes_does_not_hold_it_up() {
    let mut running = Running::start(Folder::new(), &[("STOP_WITHIN", "1")]);
    let (_stream, _) = half_sent(&running);
    running.tell_to_stop();
    let ended = running.ended_within(Duration::from_secs(8));
    assert!(ended.is_some_and(|status| status.success()), "{ended:?} {}", running.said());
    assert!(running.said().contains("broken off"));
}

#[test]
fn a_demo_is_served_and_verify_tells_by_its_exit_code() {
    let running = Running::start(Folder::new(), &[("DEMO", "true")]);
    assert!(running.said().contains("river copper lantern"), "{}", running.said());
    let verify = |data: &std::path::Path| program().arg("verify").env("DATA", data).output().unwrap();
    let good = verify(running.folder.path());
    assert!(good.status.success(), "{}", String::from_utf8_lossy(&good.stdout));
    let again = program().arg("demo").env("DATA", running.folder.path()).output().unwrap();
    assert!(!again.status.success() && String::from_utf8_lossy(&again.stderr).contains("not empty"));
    // One file is not what it was.
    let mut folder = running.folder.path().join("files");
    while folder.is_dir() {
        folder =
            std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).find(|p| !p.ends_with("incoming")).unwrap();
    }
    std::fs::write(&folder, "something else").unwrap();
    let bad = verify(running.folder.path());
    assert_eq!(bad.status.code(), Some(1));
    let name = folder.file_name().unwrap().to_str().unwrap();
    assert!(String::from_utf8_lossy(&bad.stdout).contains(name), "{}", String::from_utf8_lossy(&bad.stdout));
}
