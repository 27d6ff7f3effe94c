//! Captures as people have them: what is read of each kind, what is put right, what is refused with its place; that nothing
//! makes a reader panic.
//!
//! `FUZZ` is a factor: `scripts/prove.sh captures` runs longer.
//!
//! Long because every kind of capture has its examples here.

use std::time::Instant;

use journey::conformance::{
    capture::{Capture, LARGEST, MOST, read},
    check::check,
    exchange::Context,
    mask::{mask, shown},
    report::Outcome,
    told::{Report, as_json, junit, text},
};
use serde_json::json;

const URL: &str = "https://msg.proxy.example/https://gpsystem.willow.example/A20047/STU3/1/gpconnect/metadata";

fn one(text: &str) -> Capture {
    let capture = read(text.as_bytes(), "file");
    assert_eq!(capture.exchanges.len(), 1, "{text}\n{capture:?}");
    capture
}

fn clean(text: &str) -> Capture {
    let capture = one(text);
    assert!(capture.faults.is_empty(), "{text}\n{:?}", capture.faults);
    capture
}

fn header<'a>(capture: &'a Capture, name: &'a str) -> &'a str {
    capture.exchanges[0].request.header(name).next().unwrap_or_default()
}

#[test]
fn raw_http_is_read_with_its_answer_and_several_requests_in_one_file() {
    let text = format!(
        "GET {URL} HTTP/1.1\r\nSsp-From: 1\r\n\r\nHTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 2026 00:00:01 GMT\r\nCache-Control: no-store\r\n\r\n{{\"resourceType\":\"CapabilityStatement\"}}\r\n\r\n### the second\r\nPOST {URL}\r\nssp-from: 2\r\ncontent-type: application/fhir+json\r\n\r\n{{\"a\":1}}\r\n"
    );
    let capture = read(text.as_bytes(), "two.http");
    assert!(capture.faults.is_empty() && capture.notes.is_empty(), "{capture:?}");
    let [first, second] = &capture.exchanges[..] else { panic!("{capture:?}") };
    assert_eq!((first.request.method.as_str(), first.from.as_str()), ("GET", "two.http, line 1"));
    let answer = first.answer.as_ref().expect("an answer");
    assert_eq!((answer.status, answer.body.as_str()), (200, r#"{"resourceType":"CapabilityStatement"}"#));
    assert_eq!(first.at.map(|at| at.to_string()).as_deref(), Some("2026-01-01T00:00:01Z"));
    assert_eq!((second.request.body.as_str(), second.from.as_str()), (r#"{"a":1}"#, "two.http, line 11"));
    // As it travelled: the host stands in a header, and the proxy is in front.
    let travelled =
        clean("GET /https://gp.example/A20047/STU3/1/gpconnect/metadata HTTP/1.1\nHost: proxy.example\nAccept: x\n\n");
    assert_eq!(travelled.exchanges[0].request.url, "https://proxy.example/https://gp.example/A20047/STU3/1/gpconnect/metadata");
    let second = clean(":method: GET\n:authority: proxy.example\n:scheme: https\n:path: /https://gp.example/x\nssp-from: 1\n\n");
    assert_eq!(second.exchanges[0].request.url, "https://proxy.example/https://gp.example/x");
    assert_eq!(header(&second, "Ssp-From"), "1");
    let chunked = clean(&format!("POST {URL}\nTransfer-Encoding: chunked\n\n7\n{{\"a\":1}}\n0\n\n"));
    assert_eq!(chunked.exchanges[0].request.body, r#"{"a":1}"#);
}

#[test]
fn what_word_processors_do_to_a_request_is_put_right() {
    let wrapped = format!(
        "GET {}\n{}\nSsp-From:\u{a0}918999198738\u{a0}\n\nAuthorization: Bearer eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJpc3MiOiJodHRwczovL3Bhcy5u\nb3J0aG1vb3IuZXhhbXBsZS9zcGluZS1lbmRwb2ludCJ9.\nAccept: application/fhir+json\n\n{{\u{201c}resourceType\u{201d}:\u{a0}\u{201c}Para\nmeters\u{201d}}}",
        &URL[..60],
        &URL[60..]
    );
    let capture = clean(&wrapped);
    let request = &capture.exchanges[0].request;
    assert_eq!(request.url, URL);
    assert_eq!(header(&capture, "Ssp-From"), "918999198738");
    assert!(
        header(&capture, "Authorization").ends_with("IjoiaHR0cHM6Ly9wYXMubm9ydGhtb29yLmV4YW1wbGUvc3BpbmUtZW5kcG9pbnQifQ.")
            || !header(&capture, "Authorization").contains(' ')
            || header(&capture, "Authorization").matches(' ').count() == 1
    );
    assert_eq!(header(&capture, "Authorization").matches(' ').count(), 1, "the token is one word again");
    assert_eq!(header(&capture, "Accept"), "application/fhir+json");
    assert_eq!(request.body, r#"{"resourceType": "Parameters"}"#);
    let command = format!(
        "curl \u{2013}X POST \u{201c}{URL}\u{201d} \u{2013}H \u{201c}Ssp\u{2011}x: 1\u{201d}\n\u{2013}H \u{2018}Ssp-From: 7\u{2019} \u{2014}data \u{2018}{{\u{201c}a\u{201d}:\u{201c}it\u{2019}s\u{201d}}}\u{2019}"
    );
    let capture = clean(&command);
    assert_eq!((capture.exchanges[0].request.method.as_str(), header(&capture, "Ssp-From")), ("POST", "7"));
    assert_eq!(capture.exchanges[0].request.body, r#"{"a":"it's"}"#);
    // What is right stays as it is, with the curly quotes of its words.
    let kept = clean(&format!("POST {URL}\nSsp-From: 1\n\n{{\"description\":\"Patient\u{2019}s \u{201c}review\u{201d}\"}}"));
    assert_eq!(kept.exchanges[0].request.body, "{\"description\":\"Patient\u{2019}s \u{201c}review\u{201d}\"}");
}

#[test]
fn curl_commands_are_read_as_the_shell_reads_them() {
    for (command, method, body) in [
        (format!("curl '{URL}' -H 'Ssp-From: 7'"), "GET", ""),
        (format!("$ curl -sSkX POST {URL} -H\"Ssp-From: 7\" --data-raw '{{\"a\":1}}' | jq ."), "POST", r#"{"a":1}"#),
        (format!("curl --url {URL} --header 'Ssp-From: 7' --json '{{\"a\":1}}'"), "POST", r#"{"a":1}"#),
        (format!("curl {URL} \\\n  -H 'Ssp-From: 7' \\\n  -d $'{{\"a\":\"it\\'s\\u0021\"}}'"), "POST", r#"{"a":"it's!"}"#),
        (format!("curl {URL} \\ \n  --header='Ssp-From: 7' --compressed -o out.json --max-time 5"), "GET", ""),
        (format!("curl \"{URL}\" ^\n  -H \"Ssp-From: 7\" ^\n  --data-raw \"{{\\\"a\\\":1}}\""), "POST", r#"{"a":1}"#),
        (format!("curl ^\"{URL}^\" ^\n  -H ^\"Ssp-From: 7^\" ^\n  --data-raw ^\"^{{^\\^\"a^\\^\":1^}}^\""), "POST", r#"{"a":1}"#),
        (format!("curl.exe {URL} `\n -H 'Ssp-From: 7' `\n -X PUT"), "PUT", ""),
        (format!("curl -G {URL} -H 'Ssp-From: 7'"), "GET", ""),
    ] {
        let capture = clean(&command);
        let request = &capture.exchanges[0].request;
        assert_eq!((request.method.as_str(), request.body.as_str()), (method, body), "{command}");
        assert_eq!((request.url.as_str(), header(&capture, "Ssp-From")), (URL, "7"), "{command}");
    }
    let searched = clean(
        "curl -G https://proxy.example/https://gp.example/Patient --data-urlencode 'identifier=https://fhir.nhs.uk/Id/nhs-number|1'",
    );
    assert!(searched.exchanges[0].request.url.ends_with("/Patient?identifier=https%3A%2F%2Ffhir.nhs.uk%2FId%2Fnhs-number%7C1"));
    // What curl adds when nothing is said is what was sent.
    let bare = clean(&format!("curl -d a=b {URL}"));
    assert_eq!((header(&bare, "Content-Type"), header(&bare, "Accept")), ("application/x-www-form-urlencoded", "*/*"));
    let many =
        read(format!("curl '{URL}'\n\ncurl '{URL}' -H 'A: b'\nHTTP/2 404\nX: y\n\nnot found\ncurl '{URL}").as_bytes(), "many");
    assert_eq!((many.exchanges.len(), many.faults.len()), (2, 1), "{many:?}");
    assert_eq!(many.exchanges[1].answer.as_ref().map(|answer| answer.status), Some(404));
    assert_eq!((many.faults[0].at.as_str(), many.faults[0].why.as_str()), ("line 8", "A quote that opens here is not closed."));
    let file = read(format!("curl '{URL}' -d @body.json").as_bytes(), "file");
    assert!(file.faults[0].why.contains("body.json"), "{file:?}");
}

fn har(entries: &serde_json::Value, creator: &str) -> String {
    json!({ "log": { "version": "1.2", "creator": { "name": creator, "version": "1" }, "entries": entries } }).to_string()
}

#[test]
fn har_files_are_read_whole_or_as_browsers_save_them() {
    let request = json!({ "method": "POST", "url": URL, "headers": [{ "name": ":authority", "value": "x" }, { "name": "ssp-from", "value": "7" }],
        "postData": { "mimeType": "application/fhir+json", "text": "{\"a\":1}" } });
    let response = json!({ "status": 200, "headers": [], "content": { "text": "eyJhIjoxfQ==", "encoding": "base64" } });
    let picture = json!({ "request": { "method": "GET", "url": "https://pas.example/logo.png", "headers": [] } });
    let entries = json!([
        { "startedDateTime": "2026-01-01T01:00:00.000+01:00", "time": 12.7, "request": request, "response": response },
        picture,
        { "request": { "method": "GET" } },
        { "request": { "method": "GET", "url": 7 } },
    ]);
    let capture = read(har(&entries, "WebInspector").as_bytes(), "a.har");
    let [exchange] = &capture.exchanges[..] else { panic!("{capture:?}") };
    assert_eq!((exchange.from.as_str(), exchange.request.body.as_str()), ("a.har, entry 1", r#"{"a":1}"#));
    assert_eq!(exchange.at.map(|at| at.to_string()).as_deref(), Some("2026-01-01T00:00:00Z"));
    let answer = exchange.answer.as_ref().expect("an answer");
    assert_eq!((answer.body.as_str(), answer.took_ms), (r#"{"a":1}"#, Some(12)));
    assert_eq!(exchange.request.headers.len(), 1, "what HTTP/2 adds is no header");
    let faults: Vec<_> = capture.faults.iter().map(|fault| (fault.at.as_str(), fault.why.as_str())).collect();
    assert_eq!(faults[0], ("entry 3", "It has no url."));
    assert_eq!(faults[1].0, "entry 4");
    // The browser left the tokens out: that there is none is no fault of the request.
    assert!(exchange.sanitised && capture.notes.iter().any(|note| note.contains("left tokens and cookies out")), "{capture:?}");
    assert!(capture.notes.iter().any(|note| note.starts_with("1 entry is no request to GP Connect")), "{capture:?}");
    let checks = check(exchange, &Context::default());
    assert!(
        checks
            .iter()
            .filter(|check| check.rule.starts_with("JWT") || check.rule == "HDR-09")
            .all(|check| check.outcome.is_quiet())
    );
    let other = read(har(&json!([{ "request": request }]), "Fiddler").as_bytes(), "b.har");
    assert!(
        check(&other.exchanges[0], &Context::default())
            .iter()
            .any(|check| check.rule == "HDR-09" && matches!(check.outcome, Outcome::Failed(_)))
    );
    // Cut off: what stands before is kept, and the place is told.
    let whole = har(&json!([{ "request": request }, { "request": request }]), "x");
    let cut = read(&whole.as_bytes()[..whole.len() - 30], "cut.har");
    assert_eq!(cut.exchanges.len(), 1, "{cut:?}");
    assert!(cut.faults[0].at.contains("after entry 1") && cut.faults[0].why.contains("too early"), "{cut:?}");
    let none = read(har(&json!([picture]), "x").as_bytes(), "n.har");
    assert!(none.faults[0].why.contains("none is a request to GP Connect"), "{none:?}");
}

#[test]
fn postman_collections_and_runs_are_read() {
    let request = json!({ "method": "GET", "header": [{ "key": "Ssp-From", "value": "7" }, { "key": "X", "value": "y", "disabled": true }],
        "url": { "raw": "{{proxy}}/https://gp.example/A20047/STU3/1/gpconnect/metadata" },
        "auth": { "type": "bearer", "bearer": [{ "key": "token", "value": "a.b." }] } });
    let open = json!({ "method": "GET", "url": "{{unknown}}/metadata" });
    let collection = json!({
        "info": { "name": "Ours", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json" },
        "item": [
            { "name": "Folder", "item": [{ "name": "Metadata", "request": request, "response": [{ "code": 200, "body": "{}", "header": [] }] }] },
            { "name": "Open", "request": open },
        ],
        "variable": [{ "key": "proxy", "value": "https://proxy.example" }],
    });
    let capture = read(collection.to_string().as_bytes(), "c.json");
    let [exchange] = &capture.exchanges[..] else { panic!("{capture:?}") };
    assert_eq!(exchange.request.url, "https://proxy.example/https://gp.example/A20047/STU3/1/gpconnect/metadata");
    assert_eq!(exchange.from, "c.json, request 1 “Metadata”");
    assert_eq!(exchange.request.headers.len(), 2, "{exchange:?}");
    assert_eq!(exchange.answer.as_ref().map(|answer| answer.status), Some(200));
    assert!(capture.faults[0].at.starts_with("request 2") && capture.faults[0].why.contains("variables"), "{capture:?}");
    let sent = json!({ "method": "POST", "header": [{ "key": "Ssp-From", "value": "7" }], "body": { "mode": "raw", "raw": "{}" },
        "url": { "protocol": "https", "host": ["proxy", "example"], "path": ["https:", "", "gp.example", "A20047", "STU3", "1", "gpconnect", "Patient", "$gpc.x"], "query": [{ "key": "a", "value": "b" }] } });
    let run = json!({ "collection": collection, "run": { "executions": [
        { "item": { "name": "Sent" }, "request": sent, "response": { "code": 201, "responseTime": 31, "header": [], "stream": { "type": "Buffer", "data": [123, 125] } } },
        { "item": { "name": "Broken" } },
    ] } });
    let capture = read(run.to_string().as_bytes(), "r.json");
    let [exchange] = &capture.exchanges[..] else { panic!("{capture:?}") };
    assert_eq!(exchange.request.url, "https://proxy.example/https://gp.example/A20047/STU3/1/gpconnect/Patient/$gpc.x?a=b");
    let answer = exchange.answer.as_ref().expect("an answer");
    assert_eq!((answer.status, answer.body.as_str(), answer.took_ms), (201, "{}", Some(31)));
    assert_eq!((capture.format, capture.faults.len()), ("Postman run", 1));
    let results =
        json!({ "id": "1", "name": "Run", "results": [{ "name": "x", "url": "https://x", "responseCode": { "code": 200 } }] });
    assert!(read(results.to_string().as_bytes(), "x").faults[0].why.contains("without its requests"));
}

#[test]
fn no_more_requests_are_read_than_are_said() {
    let many = format!("GET {URL}\nSsp-From: 1\n\n").repeat(MOST + 3);
    let capture = read(many.as_bytes(), "many");
    assert_eq!(capture.exchanges.len(), MOST);
    assert!(capture.faults[0].why.contains(&format!("It has {} requests", MOST + 3)), "{:?}", capture.faults);
    assert!(read(&vec![b'x'; LARGEST + 1], "x").faults[0].why.contains("larger than 10 MB"));
}

/// Everything that is done to a capture: read it, ask the rules, hide, show, tell.
fn whole(bytes: &[u8]) -> usize {
    let capture = read(bytes, "fuzz");
    for exchange in &capture.exchanges {
        let _ = shown(mask(exchange.clone()).0);
    }
    let report = Report::of(vec![("fuzz".to_owned(), capture)], &Context::default());
    let made = text(&report, true).len() + as_json(&report).to_string().len();
    let _ = roxmltree::Document::parse(&junit(&report)).expect("what is written for builds is XML");
    made
}

/// A generator of its own, so that a run can be repeated.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(sides.max(1)).expect("small")).expect("small")
    }
}

/// Files of the corpus, changed at random: bytes, words, quotes, pieces of each other.
#[test]
fn no_change_to_a_capture_makes_a_reader_panic() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/conformance");
    let mut files: Vec<_> = std::fs::read_dir(folder).expect("it is there").map(|file| file.expect("a file").path()).collect();
    files.sort();
    let files: Vec<Vec<u8>> = files.iter().map(|file| std::fs::read(file).expect("it is there")).collect();
    let words: [&[u8]; 26] = [
        b"'",
        b"\"",
        b"\\",
        b"\n",
        b"\r\n\r\n",
        b"$'",
        b"^",
        b"`",
        b"{",
        b"}",
        b"[",
        b"]",
        b":",
        b",",
        b"%",
        b"\\u",
        b"&#",
        b"eyJ",
        b"curl ",
        b"HTTP/1.1 200 ",
        b"POST https://",
        "\u{201c}".as_bytes(),
        "\u{a0}".as_bytes(),
        b"9434765919",
        b"-----BEGIN ",
        b"\0",
    ];
    let factor: usize = std::env::var("FUZZ").ok().and_then(|factor| factor.parse().ok()).unwrap_or(1);
    let (mut dice, mut slowest) = (Dice(0x9e37_79b9_7f4a_7c15), 0);
    let count = 400 * factor;
    for _ in 0..count {
        let mut bytes = files[dice.throw(files.len())].clone();
        for _ in 0..=dice.throw(6) {
            let at = dice.throw(bytes.len() + 1);
            match dice.throw(6) {
                0 => bytes.truncate(at),
                1 if at < bytes.len() => bytes[at] = u8::try_from(dice.throw(256)).expect("a byte"),
                2 => drop(bytes.splice(at..at, words[dice.throw(words.len())].iter().copied())),
                3 => {
                    let other = &files[dice.throw(files.len())];
                    let from = dice.throw(other.len());
                    let to = (from + dice.throw(400)).min(other.len());
                    drop(bytes.splice(at..at, other[from..to].iter().copied()));
                }
                4 => {
                    let to = (at + dice.throw(60)).min(bytes.len());
                    bytes.drain(at..to);
                }
                _ => {
                    let to = (at + dice.throw(200)).min(bytes.len());
                    let piece = bytes[at..to].repeat(dice.throw(4));
                    drop(bytes.splice(at..at, piece));
                }
            }
        }
        let begun = Instant::now();
        assert!(whole(&bytes) > 0);
        slowest = slowest.max(begun.elapsed().as_millis());
    }
    println!("{count} changed captures read or refused, the slowest in {slowest} ms");
}
