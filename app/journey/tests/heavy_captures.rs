//! Captures of 10 MB, made to take memory or time: within 64 MiB and a second of the processor. Alone in its file, because what
//! other tests take would be counted.

use std::{
    fs,
    sync::OnceLock,
    time::{Duration, Instant},
};

use journey::conformance::{
    capture::{LARGEST, read},
    exchange::Context,
    told::{Report, text},
};
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const URL: &str = "https://msg.proxy.example/https://gpsystem.willow.example/A20047/STU3/1/gpconnect/metadata";

/// What this thread has had of a processor: others on the machine do not count. Where the system does not say, the time of day.
fn spent() -> Duration {
    static BEGUN: OnceLock<Instant> = OnceLock::new();
    let said = fs::read_to_string("/proc/thread-self/schedstat").ok();
    let spent = said.and_then(|said| said.split(' ').next().and_then(|nanos| nanos.parse().ok()));
    spent.map_or_else(|| BEGUN.get_or_init(Instant::now).elapsed(), Duration::from_nanos)
}

/// Files of 10 MB that are made to take memory or time.
#[test]
fn ten_megabytes_stay_within_64_mib() {
    let fill = |head: &str, piece: &str, tail: &str| -> Vec<u8> {
        let mut made = String::with_capacity(LARGEST);
        made.push_str(head);
        while made.len() + piece.len() + tail.len() < LARGEST {
            made.push_str(piece);
        }
        made.push_str(tail);
        made.into_bytes()
    };
    let request =
        |body: &str| format!(r#"{{"request":{{"method":"POST","url":"{URL}","headers":[],"postData":{{"text":"{body}"}}}}}},"#);
    let answer = "eyJpZCI6Ijk0MzQ3NjU5MTkifSwg".repeat(3000);
    let records = format!(
        r#"{{"request":{{"method":"GET","url":"{URL}","headers":[]}},"response":{{"status":200,"headers":[],"content":{{"encoding":"base64","text":"{answer}"}}}}}},"#
    );
    let last = format!(r#"{{"request":{{"method":"GET","url":"{URL}","headers":[]}}}}"#);
    let log = r#"{"log":{"creator":{"name":"x"},"entries":["#;
    let digits = "943 476 5919 ".repeat(1000);
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("records in a HAR file", fill(log, &records, &format!("{last}]}}}}"))),
        ("small entries", fill(log, r#"{"request":{"method":"","url":""}},"#, &format!("{last}]}}}}"))),
        ("lists in bodies", fill(log, &request(&format!("[{}0]", "0,".repeat(9000))), &format!("{last}]}}}}"))),
        ("numbers", fill(log, &request(&digits), &format!("{last}]}}}}"))),
        (
            "headers",
            fill(
                &format!(r#"{{"log":{{"entries":[{{"request":{{"method":"GET","url":"{URL}","headers":["#),
                r#"{"name":"","value":""},"#,
                r#"{"name":"","value":""}]}}]}}"#,
            ),
        ),
        ("nothing in a list", fill(r#"{"item":["#, "0,", "0]}")),
        ("deep", fill("", r#"{"item":["#, "")),
        ("deeper", fill("", "[", "")),
        ("items", fill(r#"{"item":["#, &format!(r#"{{"request":"{URL}"}},"#), r#"{"request":""}]}"#)),
        (
            "a stream of bytes",
            fill(
                &format!(r#"{{"run":{{"executions":[{{"request":"{URL}","response":{{"code":200,"stream":{{"data":["#),
                "7,",
                "7]}}}]}}",
            ),
        ),
        ("commands", fill("", &format!("curl '{URL}' -H 'Ssp-From: 1'\n"), "")),
        ("open quotes", fill("", "curl '\n", "")),
        ("one command", fill("curl '", "x ", "'")),
        ("raw requests", fill("", &format!("POST {URL}\nSsp-From: 1\n\n{{\"a\":[1,2,3]}}\n"), "")),
        ("one long header", fill(&format!("POST {URL}\nSsp-From: 1\nX: "), "abc def\n", "")),
        ("one long body", fill(&format!("POST {URL}\nSsp-From: 1\n\n"), "[0,\n", "")),
        ("blank lines", fill("", "\n", "x")),
        ("blank lines of a request", fill(&format!("POST {URL}\nSsp-From: 1\n\n{{"), "\n", "}")),
        ("short lines", fill("", "x\n", "x")),
    ];
    let released = !cfg!(debug_assertions);
    let mut worst = (0, 0);
    for (name, bytes) in cases {
        assert!(bytes.len() > LARGEST - 200_000, "{name}");
        MEMORY.reset_peak_usage();
        let (before, begun) = (MEMORY.current_usage(), spent());
        // What the program does: the bytes are read, then judged, then told.
        let capture = read(&bytes, name);
        let read_in = spent() - begun;
        let report = Report::of(vec![(name.to_owned(), capture)], &Context::default());
        let made = text(&report, false).len();
        let (took, peak) = ((spent() - begun).as_millis(), (MEMORY.peak_usage() - before) >> 20);
        println!(
            "{name}: {made} bytes told, read in {} ms, all in {took} ms, {peak} MiB beside the {} MiB of the file",
            read_in.as_millis(),
            bytes.len() >> 20
        );
        assert!(peak + (LARGEST >> 20) <= 64, "{name} takes {peak} MiB");
        assert!(took <= if released { 1000 } else { 30_000 }, "{name} takes {took} ms");
        worst = (worst.0.max(took), worst.1.max(peak + (LARGEST >> 20)));
    }
    println!("19 captures of 10 MB: at most {} ms and {} MiB", worst.0, worst.1);
}
