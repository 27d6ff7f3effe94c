//! The program as whoever runs it meets it: its help, what it says at the start, how it stops.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

use crate::common::{
    Folder,
    postgres::by_hand,
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
    for command in
        ["serve", "migrate", "demo", "admin", "verify", "backup", "restore", "letters", "files", "ods", "draw", "routes", "check"]
    {
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
/// As with `| head`: who reads no further is no fault of the program.
#[test]
fn whoever_reads_no_further_ends_nothing() {
    let mut child = program().arg("routes").stdout(std::process::Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert!(child.wait().unwrap().success());
}

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
    assert_eq!(with("").js, "a.js", "names that say nothing of it");
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
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\nExpect: 100-continue\r\n\r\n",
        running.address,
        body.len()
    )
    .unwrap();
    // It asks for the rest when it has begun to read the form: then it is known to run.
    let asks = b"HTTP/1.1 100 Continue\r\n\r\n";
    let mut said = vec![0; asks.len()];
    stream.read_exact(&mut said).unwrap();
    assert_eq!(said, asks, "{}", String::from_utf8_lossy(&said));
    stream.write_all(first.as_bytes()).unwrap();
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

/// How a command ended, and what it said at the end.
fn told(command: &[&str], settings: &[(&str, &str)]) -> (Option<i32>, String) {
    let out = program().args(command).envs(settings.iter().copied()).output().unwrap();
    (out.status.code(), String::from_utf8_lossy(&out.stderr).into_owned() + &String::from_utf8_lossy(&out.stdout))
}

/// A nightly backup of a mistyped folder must not be green and empty.
#[test]
fn what_looks_at_a_database_makes_none() {
    let folder = Folder::new();
    let (mistyped, to) = (folder.path().join("mistyped"), folder.path().join("backup"));
    let (data, to) = (mistyped.to_str().unwrap(), to.to_str().unwrap());
    let invite = ["admin", "invite", "--email", "a@example.org", "--role", "programme_lead"];
    let backup = ["backup", "--to", to];
    for command in
        [&["verify"][..], &backup, &invite, &["letters"], &["files"], &["ods", "list"], &["ods", "load", "epraccur.csv"]]
    {
        for made in [false, true] {
            if made {
                std::fs::create_dir_all(&mistyped).unwrap();
            }
            let (code, says) = told(command, &[("DATA", data)]);
            assert_eq!(code, Some(1), "{command:?}: {says}");
            assert!(says.contains(data) && says.contains("there is no database"), "{command:?}: {says}");
            if made {
                assert_eq!(std::fs::read_dir(&mistyped).unwrap().count(), 0, "{command:?}");
                std::fs::remove_dir(&mistyped).unwrap();
            }
            assert!(!mistyped.exists() && !std::path::Path::new(to).exists(), "{command:?}");
        }
    }
}

/// Two operators who invite the first people of the programme at once make one organisation and not two.
#[test]
fn those_who_are_invited_at_once_come_into_one_organisation() {
    let folder = Folder::new();
    let data = folder.path().to_str().unwrap();
    let (code, says) = told(&["migrate"], &[("DATA", data)]);
    assert_eq!(code, Some(0), "{says}");
    let invite = |number: usize| {
        let email = format!("person{number}@example.org");
        told(&["admin", "invite", "--email", &email, "--role", "programme_lead"], &[("DATA", data)])
    };
    std::thread::scope(|scope| {
        let all: Vec<_> = (0..6).map(|number| scope.spawn(move || invite(number))).collect();
        for one in all {
            let (code, says) = one.join().unwrap();
            assert_eq!(code, Some(0), "{says}");
        }
    });
    let (code, says) = invite(6);
    assert_eq!(code, Some(0), "{says}");
}

/// A newer program that only looks must not bring the schema up to date under the running one.
#[tokio::test]
async fn a_database_of_another_release_is_left_alone() {
    let folder = Folder::new();
    let (data, file) = (folder.path().to_str().unwrap(), folder.path().join("onboarding.sqlite"));
    assert_eq!(told(&["demo"], &[("DATA", data)]).0, Some(0));
    let whole = std::fs::read(&file).unwrap();
    assert_eq!(told(&["verify"], &[("DATA", data)]).0, Some(0));
    let to = folder.path().join("backup");
    assert_eq!(told(&["backup", "--to", to.to_str().unwrap()], &[("DATA", data)]).0, Some(0));
    assert!(std::fs::read(&file).unwrap() == whole, "nothing was written");
    let url = format!("sqlite://{}", file.display());
    let newest = store::schema();
    let cases = [
        (format!("DELETE FROM _sqlx_migrations WHERE version = {newest}"), "is older than this release"),
        (
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'x', 1, x'00', 0)"
                .to_owned(),
            "is newer than this release",
        ),
        ("DROP TABLE _sqlx_migrations".to_owned(), "is no database of the service"),
    ];
    for (number, (change, wanted)) in cases.into_iter().enumerate() {
        std::fs::write(&file, &whole).unwrap();
        by_hand(&url, &change).await;
        let changed = std::fs::read(&file).unwrap();
        let to = folder.path().join(format!("backup{number}"));
        let invite = ["admin", "invite", "--email", "a@example.org", "--role", "programme_lead"];
        for command in [&["verify"][..], &["backup", "--to", to.to_str().unwrap()], &invite, &["letters"], &["files"]] {
            let (code, says) = told(command, &[("DATA", data)]);
            assert_eq!(code, Some(1), "{command:?}: {says}");
            assert!(says.contains(wanted) && says.contains(data), "{command:?}: {says}");
            assert!(std::fs::read(&file).unwrap() == changed, "{command:?} wrote");
        }
        assert!(!to.exists());
    }
}

/// Nobody is left to invite: an operator does it from the machine.
#[test]
fn an_operator_invites_into_any_organisation_that_is_there() {
    let folder = Folder::new();
    let data = folder.path().to_str().unwrap();
    assert_eq!(told(&["demo"], &[("DATA", data)]).0, Some(0));
    let invite = |role: &str, organisation: &str| {
        let options = ["admin", "invite", "--email", "keeper@example.org", "--role", role, "--organisation", organisation];
        told(&options, &[("DATA", data)])
    };
    for named in ["northmoor digital health", "T99901", "t99901"] {
        let (code, says) = invite("onboarding_lead", named);
        assert_eq!(code, Some(0), "{named}: {says}");
        assert!(says.contains("/invitations/"), "{says}");
    }
    for (role, nobody) in [("onboarding_lead", "Northmore"), ("group_lead", "T99901"), ("onboarding_lead", "")] {
        let (code, says) = invite(role, nobody);
        assert_eq!(code, Some(1), "{nobody}: {says}");
        assert!(says.contains("there is no organisation"), "{says}");
    }
    let (code, says) = invite("operator", "A new team");
    assert_eq!(code, Some(0), "{says}");
    assert_eq!(told(&["verify"], &[("DATA", data)]).0, Some(0), "it is recorded like any invitation");
}

#[test]
fn a_setting_that_makes_no_sense_is_named_and_nothing_starts() {
    let folder = Folder::new();
    let data = folder.path().join("data");
    for (setting, value, says) in [
        ("BRAND", "NSH", "possible values: plain, nhs"),
        ("BASE_URL", "onboarding.example.nhs.uk", "write it like https://"),
        ("BASE_URL", "http://onboarding.example.nhs.uk", "use https://"),
        ("BASE_URL", "https://onboarding.example.nhs.uk/gpc", "leave out everything but"),
        ("HELP_ADDRESS", "the help desk", "write it like name@"),
        ("MAIL_FROM", "GP Connect", "write it like “A name"),
        ("TRUST_PROXY", "perhaps", "say true when one proxy"),
    ] {
        let (code, told) = told(&["serve"], &[("DATA", data.to_str().unwrap()), (setting, value)]);
        assert_eq!(code, Some(2), "{setting}={value}: {told}");
        assert!(told.contains(says), "{setting}={value}: {told}");
        assert!(!data.exists());
    }
}
