//! The command `ods`: files of the Organisation Data Service are loaded whole or not at all, as often as one likes; what cannot
//! be read is told by file and line.

use std::{io::Write as _, path::PathBuf};

use crate::common::{Folder, House, process::program};
use jiff::Timestamp;
use journey::port::ods::OdsRegister as _;
use server::{commands::ods, ods::load_sample};

fn now() -> Timestamp {
    "2026-03-02T09:00:00Z".parse().unwrap()
}

fn written(folder: &Folder, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::File::create(&path).unwrap().write_all(bytes).unwrap();
    path
}

/// A line in the layout that the files share.
fn line(code: &str, name: &str, closed: &str, status: &str) -> String {
    let fields: Vec<String> = (0..27)
        .map(|at| match at {
            0 => code,
            1 => name,
            2 => "Y63",
            9 => "XX1 1XX",
            10 => "19740401",
            11 => closed,
            12 => status,
            25 => "4",
            _ => "",
        })
        .map(|field| format!("\"{field}\""))
        .collect();
    fields.join(",") + "\r\n"
}

#[tokio::test]
async fn files_are_loaded_twice_and_say_what_is_closed_and_who_came_after() {
    let (house, folder) = (House::new().await, Folder::new());
    let mut practices = line("A81001", "THE DENSHAM SURGERY", "", "A").into_bytes();
    practices.extend(line("A81002", "QUEENS PARK", "20250401", "C").into_bytes());
    practices.extend(b"\"A81003\",\"CAF\xc9 LANE\",,,,,,,,,20100101,\r\n");
    practices.extend(b"A81004,Short\r\n\r\n");
    practices.extend(line("A81005", "ODD DAY", "2025", "C").into_bytes());
    practices.extend(line("not a code", "WRONG", "", "A").into_bytes());
    practices.extend(format!("\"A81006\",\"{}\"\r\n", "x".repeat(40_000)).into_bytes());
    practices.extend(line("A81007", "LAST", "", "A").into_bytes());
    let path = written(&folder, "epraccur.csv", &practices);
    let succession = written(&folder, "succ.csv", b"\"A81002\",\"A81001\",\"R\",\"20250401\",\"1\"\n\"OLD\"\n");
    for round in 0..2 {
        let said = ods::load(&house.db, &path, now()).await.unwrap();
        for says in [
            "epraccur.csv: 4 organisations, 1 of them closed.",
            "4 lines could not be read and were left out:",
            "epraccur.csv, line 4: it has 2 columns",
            "epraccur.csv, line 6: the day on which it closed, “2025”, cannot be read",
            "epraccur.csv, line 7: “not a code” is no ODS code",
            "epraccur.csv, line 8: it is longer than",
        ] {
            assert!(said.contains(says), "{round}, {says}: {said}");
        }
        let said = ods::load(&house.db, &succession, now()).await.unwrap();
        assert!(
            said.contains("succ.csv: 1 successions. 1 lines could not be read") && said.contains("succ.csv, line 2"),
            "{said}"
        );
        let codes = ["A81001", "A81002", "A81003", "A81005", "A81006", "A81007"].map(str::to_owned);
        let register = house.db.ods_codes(&codes).await.unwrap();
        assert_eq!(register.keys().collect::<Vec<_>>(), ["A81001", "A81002", "A81003", "A81007"]);
        assert_eq!(register["A81003"].name, "CAFÉ LANE");
        assert!(register["A81002"].ended && register["A81002"].successors[0].name == "THE DENSHAM SURGERY");
        assert_eq!(register["A81001"].role, "GP practice");
    }
    let said = ods::list(&house.db).await.unwrap();
    assert!(said.contains("epraccur.csv\t4 organisations\tloaded 2026-03-02T09:00:00Z") && said.contains("succ.csv"), "{said}");
}

#[tokio::test]
async fn what_is_no_such_file_loads_nothing() {
    let (house, folder) = (House::new().await, Folder::new());
    for (name, bytes, says) in [
        ("letter.csv", &b"Dear all,\nhello\n"[..], "nothing could be read, so nothing was loaded: line 1: it has 2 columns"),
        ("empty.csv", b"", "nothing was loaded: it is empty"),
        ("egpcur.csv", b"G1234567,A PERSON", "holds people and not organisations"),
        ("zip.csv", b"PK\x03\x04\x00\x00", "nothing could be read"),
    ] {
        let path = written(&folder, name, bytes);
        let said = ods::load(&house.db, &path, now()).await.unwrap_err();
        assert!(said.contains(says), "{name}: {said}");
    }
    let missing = ods::load(&house.db, &folder.path().join("none.csv"), now()).await.unwrap_err();
    assert!(missing.contains("none.csv"), "{missing}");
    assert_eq!(house.db.ods_loaded().await.unwrap(), None);
    assert!(ods::list(&house.db).await.unwrap().contains("No file was loaded"));
}

#[tokio::test]
async fn the_sample_is_there_until_a_real_file_is_loaded() {
    let (house, folder) = (House::new().await, Folder::new());
    load_sample(&house.db, now()).await.unwrap();
    assert!(house.db.ods_loaded().await.unwrap().unwrap().sample);
    let codes = ["T99951", "T99957", "T99911"].map(str::to_owned);
    let register = house.db.ods_codes(&codes).await.unwrap();
    assert_eq!(register["T99957"].successors[0].code, "T99959");
    assert!(register["T99957"].ended && register["T99911"].role == "NHS trust");
    let path = written(&folder, "etr.csv", line("RXQ", "EASTVALE", "", "A").as_bytes());
    ods::load(&house.db, &path, now()).await.unwrap();
    assert_eq!(house.db.ods_codes(&codes).await.unwrap().len(), 0);
}

/// As it is typed at a terminal: the summary, the way it ends, and a database that is not made by it.
#[test]
fn the_command_says_what_it_did() {
    let folder = Folder::new();
    let data = folder.path().join("data");
    let run = |command: &[&str]| {
        let out = program().args(command).env("DATA", &data).output().unwrap();
        (out.status.code(), String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr))
    };
    let path =
        written(&folder, "etr.csv", (line("RXQ", "EASTVALE", "", "A") + &line("RYW", "WESTDALE", "20240331", "")).as_bytes());
    let bad = written(&folder, "letter.csv", b"Dear all\n");
    let (path, bad) = (path.to_str().unwrap(), bad.to_str().unwrap());
    let (code, said) = run(&["ods", "load", path]);
    assert!(code == Some(1) && said.contains("there is no database") && !data.exists(), "{said}");
    assert_eq!(run(&["migrate"]).0, Some(0));
    let (code, said) = run(&["ods", "load", path, path]);
    assert!(code == Some(0) && said.matches("etr.csv: 2 organisations, 0 of them closed.").count() == 2, "{said}");
    let (code, said) = run(&["ods", "load", path, bad]);
    assert!(
        code == Some(1) && said.contains("etr.csv: 2 organisations") && said.contains("letter.csv: nothing could be read"),
        "{said}"
    );
    let (code, said) = run(&["ods", "list"]);
    assert!(code == Some(0) && said.contains("etr.csv\t2 organisations"), "{said}");
}

/// A backup has the register; where there is one already, it is not mixed with another.
#[test]
fn a_backup_is_not_restored_beside_another_register() {
    let folder = Folder::new();
    let path = written(&folder, "etr.csv", line("RXQ", "EASTVALE", "", "A").as_bytes());
    let to = folder.path().join("backup");
    let (path, to) = (path.to_str().unwrap(), to.to_str().unwrap());
    let run = |data: &str, command: &[&str]| {
        let data = folder.path().join(data);
        std::fs::create_dir_all(data.join("files")).unwrap();
        let out = program().args(command).env("DATA", data).output().unwrap();
        (out.status.code(), String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr))
    };
    for data in ["one", "two"] {
        assert_eq!(run(data, &["migrate"]).0, Some(0));
        assert_eq!(run(data, &["ods", "load", path]).0, Some(0));
    }
    let (code, said) = run("one", &["backup", "--to", to]);
    assert_eq!(code, Some(0), "{said}");
    let (code, said) = run("two", &["restore", "--from", to]);
    assert!(code == Some(1) && said.contains("ods_codes: a row is there twice"), "{said}");
    let (code, said) = run("three", &["restore", "--from", to]);
    assert_eq!(code, Some(0), "{said}");
    assert!(run("three", &["ods", "list"]).1.contains("etr.csv\t1 organisations"));
}
