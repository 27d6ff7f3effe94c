//! `check` as a build runs it: exit status, what is printed, what cannot be read.

use std::{
    fs,
    io::Write as _,
    path::PathBuf,
    process::{Output, Stdio},
};

use crate::common::{Folder, process::program};
use serde_json::Value;

fn corpus(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../app/journey/tests/conformance").join(name)
}

fn check(arguments: &[&str], input: &[u8]) -> (Output, String) {
    let mut child = program()
        .arg("check")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    let writer = std::thread::spawn(move || {
        let _ = stdin.write_all(&input);
    });
    let out = child.wait_with_output().unwrap();
    writer.join().unwrap();
    let text = String::from_utf8(out.stdout.clone()).unwrap();
    (out, text)
}

fn status(arguments: &[&str], input: &[u8]) -> i32 {
    check(arguments, input).0.status.code().unwrap()
}

fn path(name: &str) -> String {
    corpus(name).display().to_string()
}

#[test]
fn the_exit_status_says_whether_a_rule_failed_or_a_file_could_not_be_read() {
    let (good, bad) = (path("JWT-06-lawful.har"), path("JWT-06-unlawful.curl"));
    assert_eq!(status(&[&good], b""), 0);
    assert_eq!(status(&[&bad], b""), 1);
    assert_eq!(status(&[&good, &bad], b""), 1);
    // What is for a person to judge fails nothing.
    assert_eq!(status(&[&path("JWT-20-unlawful.har")], b""), 0);
    // What cannot be read counts more than what failed, and the rest is looked at all the same.
    let (out, text) = check(&[&bad, "/nowhere/at-all.har"], b"");
    assert_eq!(out.status.code(), Some(2));
    assert!(text.contains("/nowhere/at-all.har") && text.contains("cannot be opened") && text.contains("JWT-06"), "{text}");
    assert_eq!(status(&[], b""), 2, "a file has to be named");
    assert_eq!(status(&["--environment", "moon", &good], b""), 1);
}

#[test]
fn every_pair_of_the_corpus_is_told_apart_by_the_program_too() {
    let of = |name: &str, more: &[&str]| {
        let file = path(name);
        let arguments: Vec<&str> = more.iter().copied().chain([file.as_str()]).collect();
        status(&arguments, b"")
    };
    assert_eq!(of("BODY-02-lawful.har", &[]), 0);
    assert_eq!(of("BODY-02-unlawful.curl", &[]), 1);
    assert_eq!(of("RSP-02-unlawful.har", &[]), 0, "what a provider answers is no fault of a consumer");
    assert_eq!(of("RSP-02-unlawful.har", &["--provider"]), 1);
    assert_eq!(of("HDR-02-unlawful.curl", &[]), 1, "one trace id twice");
}

#[test]
fn the_standard_input_is_read_with_the_time_of_receipt() {
    let file = fs::read(corpus("JWT-07-unlawful.http")).unwrap();
    let (out, text) = check(&["--at", "2026-01-01T00:09:59Z", "-"], &file);
    assert_eq!(out.status.code(), Some(0));
    assert!(text.contains("standard input") && text.contains("TO JUDGE  JWT-07"), "{text}");
    let (_, text) = check(&["-"], &file);
    assert!(!text.contains("JWT-07"), "without a time there is nothing to say:\n{text}");
}

#[test]
fn what_failed_is_found_with_what_must_stand_there_and_where_that_is_written() {
    let (_, text) = check(&[&path("JWT-06-unlawful.curl")], b"");
    for part in [
        "FAILED    JWT-06",
        "Found:  exp minus iat is 301.",
        "Must:   exp is iat and 300",
        "Source: GP Connect specification 1.6.2",
    ] {
        assert!(text.contains(part), "{part} is missing:\n{text}");
    }
    assert!(text.lines().all(|line| line.chars().count() <= 130), "{text}");
    let (_, all) = check(&["--all", &path("JWT-06-unlawful.curl")], b"");
    assert!(all.contains("passed    HDR-01") && all.contains("not made  BODY-02"), "{all}");
}

#[test]
fn json_and_junit_hold_what_programs_need() {
    let (out, text) = check(&["--format", "json", &path("JWT-06-unlawful.curl"), &path("REQ-01-lawful.http")], b"");
    assert_eq!(out.status.code(), Some(1));
    let read: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&read["status"], &read["summary"]["requests"], &read["summary"]["failed"]), (&1.into(), &2.into(), &2.into()));
    assert_eq!(read["set"][0]["rule"], "HDR-02", "both have one trace id");
    let checks = read["files"][0]["requests"][0]["checks"].as_array().unwrap();
    assert_eq!(checks.len() + read["set"].as_array().unwrap().len(), 55);
    let one = checks.iter().find(|check| check["rule"] == "JWT-06").unwrap();
    assert_eq!((&one["outcome"], &one["severity"]), (&"failed".into(), &"error".into()));
    assert!(one["explained"].as_str().unwrap().starts_with("/spine?step=3"));
    // docs/conformance.md describes every member that is there.
    let docs = include_str!("../../docs/conformance.md");
    for member in one
        .as_object()
        .unwrap()
        .keys()
        .chain(read["files"][0].as_object().unwrap().keys())
        .chain(read["summary"].as_object().unwrap().keys())
    {
        assert!(docs.contains(&format!("`{member}`")), "docs/conformance.md does not describe {member}");
    }

    let (out, text) = check(&["--format", "junit", &path("JWT-06-unlawful.curl"), "/nowhere"], b"");
    assert_eq!(out.status.code(), Some(2));
    let run = journey::task::results::read(text.as_bytes()).expect("our own reader of reports takes it");
    let failed: Vec<&str> = run
        .rows
        .iter()
        .filter(|row| row.outcome == journey::task::results::Outcome::Failed)
        .map(|row| row.scenario.as_str())
        .collect();
    assert!(
        failed.iter().any(|name| name.contains("JWT-06")) && failed.iter().any(|name| name.contains("can be read")),
        "{failed:?}"
    );
    assert_eq!(failed.len(), 2, "{failed:?}");
}

#[test]
fn broken_empty_truncated_and_foreign_files_say_what_they_are() {
    let folder = Folder::new();
    let whole = fs::read_to_string(corpus("BODY-02-lawful.har")).unwrap();
    let wide: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain(fs::read_to_string(corpus("REQ-01-lawful.http")).unwrap().encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    for (name, bytes, expected, words) in [
        ("empty.har", Vec::new(), 2, "It is empty."),
        ("cut.har", whole.as_bytes()[..whole.len() - 40].to_vec(), 2, "The file ends too early"),
        ("broken.har", whole.replace("\"entries\":", "\"entries\"").into_bytes(), 2, "The file is no JSON from here on"),
        ("wide.http", wide, 0, "It was written in UTF-16."),
        ("picture.png", b"\x89PNG\r\n\x1a\n".to_vec(), 2, "a picture (PNG)"),
        ("word.docx", b"PK\x03\x04rest".to_vec(), 2, "a document of Word"),
        ("page.html", b"<!doctype html><html>Sign in</html>".to_vec(), 2, "a web page"),
        ("body.json", br#"{"resourceType":"Parameters"}"#.to_vec(), 2, "It is a body alone."),
        ("prose.txt", b"We tested this in May.\n".to_vec(), 2, "begins no request"),
        ("relative.http", b"POST Patient/$gpc.getstructuredrecord\nSsp-From: 1\n".to_vec(), 2, "has no whole address"),
    ] {
        let file = folder.path().join(name);
        fs::write(&file, bytes).unwrap();
        let (out, text) = check(&[&file.display().to_string()], b"");
        assert!(text.contains(words), "{name} says “{words}”:\n{text}");
        assert_eq!(out.status.code(), Some(expected), "{name}:\n{text}");
    }
}

#[test]
fn nothing_secret_and_no_patient_is_printed() {
    let file = fs::read_to_string(corpus("JWT-05-lawful.http")).unwrap();
    let token = file.split("Bearer ").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    let spoiled = file.replace("A20047/STU3", &format!("A20047/STU3/{token}")).replace(
        "Ssp-From: ",
        &format!("Cookie: crown-jewels\r\nX-Note: 943 476 5919\r\nX-Other: 9434765919\r\nSsp-From: {token}"),
    );
    for format in ["text", "json", "junit"] {
        let (out, text) = check(&["--all", "--format", format, "-"], spoiled.as_bytes());
        let all = text + &String::from_utf8_lossy(&out.stderr);
        assert!(!all.contains(&token[..60]) && !all.contains("crown-jewels"), "{all}");
        assert!(!all.contains("9434765919") && !all.contains("943 476 5919"), "{all}");
        assert_eq!(out.status.code(), Some(1));
    }
}
