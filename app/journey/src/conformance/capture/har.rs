//! HAR files: of browsers, of proxies for debugging, whole or without what is secret.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use serde::Deserialize;

use crate::{
    conformance::{
        capture::{
            few::{Few, HEADERS},
            files::Capture,
            tidy,
        },
        exchange::{Answer, Exchange, cut},
    },
    guidance::spine::worked::Captured,
};

#[derive(Deserialize)]
struct Entry {
    #[serde(rename = "startedDateTime", default)]
    started: Option<String>,
    #[serde(default)]
    time: Option<f64>,
    request: Request,
    #[serde(default)]
    response: Option<Response>,
}

#[derive(Deserialize)]
struct Request {
    method: String,
    url: String,
    #[serde(default)]
    headers: Few<Pair, HEADERS>,
    #[serde(rename = "postData", default)]
    body: Option<Content>,
}

#[derive(Deserialize)]
struct Response {
    #[serde(default)]
    status: u16,
    #[serde(default)]
    headers: Few<Pair, HEADERS>,
    #[serde(default)]
    content: Option<Content>,
}

#[derive(Deserialize)]
struct Pair {
    name: String,
    #[serde(default)]
    value: String,
}

#[derive(Deserialize)]
struct Content {
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    encoding: Option<String>,
}

fn headers(pairs: Few<Pair, HEADERS>) -> Vec<(String, String)> {
    // What HTTP/2 writes as headers stands in method and address already.
    let plain = pairs.0.into_iter().filter(|pair| !pair.name.starts_with(':'));
    plain.map(|pair| (pair.name, pair.value)).collect()
}

fn text(content: Option<Content>) -> String {
    let Some(content) = content else { return String::new() };
    let text = content.text.unwrap_or_default();
    if content.encoding.as_deref() != Some("base64") {
        return text;
    }
    match STANDARD.decode(text.as_bytes()).map(String::from_utf8) {
        Ok(Ok(text)) => text,
        Ok(Err(bytes)) => format!("[{} bytes that are no text]", bytes.as_bytes().len()),
        Err(_) => text,
    }
}

/// It has to do with GP Connect: a page that sends requests also loads pictures.
fn is_of_gp_connect(request: &Captured) -> bool {
    let url = &request.url;
    request.headers.iter().any(|(name, _)| name.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("ssp-")))
        || url.get(1..).is_some_and(|rest| rest.split('?').next().unwrap_or_default().contains("https://"))
        || ["gpconnect", "$gpc.", "/STU3/", "/DSTU2/"].iter().any(|mark| url.contains(mark))
}

/// One entry, as it stands in the file.
pub(crate) fn entry(capture: &mut Capture, name: &str, number: usize, raw: &str, skipped: &mut usize) {
    let place = format!("entry {number}");
    let entry: Entry = match serde_json::from_str(raw) {
        Ok(entry) => entry,
        Err(error) => return capture.fault(place, reason(&error)),
    };
    let request = Captured {
        method: entry.request.method,
        url: entry.request.url,
        headers: headers(entry.request.headers),
        body: match tidy::body(&text(entry.request.body)) {
            body if body.is_empty() => String::new(),
            body => body.into_owned(),
        },
    };
    if !is_of_gp_connect(&request) || request.method.eq_ignore_ascii_case("OPTIONS") {
        *skipped += 1;
        return;
    }
    // A status of 0 is an answer that never came.
    let answer = entry.response.filter(|response| response.status > 0).map(|response| Answer {
        status: response.status,
        headers: headers(response.headers),
        body: text(response.content),
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a time in milliseconds, and never negative"
        )]
        took_ms: entry.time.filter(|time| (0.0..1e12).contains(time)).map(|time| time as u64),
    });
    let at = entry.started.and_then(|at| at.parse::<Timestamp>().ok());
    capture.take(Exchange { request, answer, at, from: format!("{name}, {place}"), sanitised: false });
}

/// What serde says, without its types of Rust.
pub(crate) fn reason(error: &serde_json::Error) -> String {
    let words = error.to_string();
    let words = words.split(" at line ").next().unwrap_or_default();
    if let Some(field) = words.strip_prefix("missing field ") {
        return format!("It has no {}.", cut(field.trim_matches('`')));
    }
    if error.is_eof() {
        return "It ends too early.".to_owned();
    }
    match words.split_once(", expected ") {
        Some((found, wanted)) if found.starts_with("invalid type: ") => {
            format!("It has {} where {} is expected.", cut(&found["invalid type: ".len()..]), cut(wanted))
        }
        _ => format!("It cannot be read: {}.", cut(words)),
    }
}

/// Programs that leave out tokens and cookies when they save a HAR file, unless they are told otherwise.
const BROWSERS: [&str; 6] = ["WebInspector", "Firefox", "WebKit", "Edge", "Chrome", "Safari"];

/// Says where a browser left the tokens out: their absence is no fault of the request then.
pub(crate) fn saved_by(capture: &mut Capture, creator: &str, skipped: usize) {
    let has = |exchange: &Exchange| exchange.request.header("Authorization").next().is_some();
    if !capture.exchanges.is_empty()
        && BROWSERS.iter().any(|browser| creator.contains(browser))
        && !capture.exchanges.iter().any(has)
    {
        capture.exchanges.iter_mut().for_each(|exchange| exchange.sanitised = true);
        capture.note(
            "The browser left tokens and cookies out when it saved the file. Save it with sensitive data to have tokens checked.",
        );
    }
    if skipped > 0 {
        let are = if skipped == 1 { "1 entry is".to_owned() } else { format!("{skipped} entries are") };
        if capture.exchanges.is_empty() && capture.faults.is_empty() {
            capture.fault("", format!("{are} in it, and none is a request to GP Connect."));
        } else {
            capture.note(format!("{are} no request to GP Connect and left out."));
        }
    }
}
