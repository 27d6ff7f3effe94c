//! Postman: collections (version 2) with their saved answers, and runs that newman wrote as JSON.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{
    conformance::{
        capture::{
            few::{Few, HEADERS},
            files::Capture,
            har::reason,
            tidy,
        },
        exchange::{Answer, Exchange, cut},
    },
    guidance::spine::worked::Captured,
};

/// Folders within folders that are followed.
const DEEPEST: u8 = 16;

/// Items of a folder, saved answers of a request, parts of an address.
const PARTS: usize = 2000;

#[derive(Deserialize)]
struct Item<'a> {
    #[serde(default)]
    name: Option<String>,
    #[serde(default, borrow)]
    item: Option<Few<&'a RawValue, PARTS>>,
    #[serde(default, borrow)]
    request: Option<&'a RawValue>,
    #[serde(default, borrow)]
    response: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Whole<'a> {
    #[serde(default)]
    method: Option<String>,
    #[serde(default, borrow)]
    url: Option<&'a RawValue>,
    #[serde(default, borrow)]
    header: Option<&'a RawValue>,
    #[serde(default)]
    body: Option<Body>,
    #[serde(default)]
    auth: Option<Auth>,
}

#[derive(Deserialize)]
struct Parts<'a> {
    #[serde(default)]
    raw: Option<String>,
    #[serde(default)]
    protocol: Option<String>,
    #[serde(default, borrow)]
    host: Option<&'a RawValue>,
    #[serde(default)]
    port: Option<String>,
    #[serde(default, borrow)]
    path: Option<&'a RawValue>,
    #[serde(default)]
    query: Few<Pair, HEADERS>,
}

#[derive(Deserialize)]
struct Pair {
    #[serde(default)]
    key: Option<String>,
    #[serde(default)]
    value: Option<String>,
    #[serde(default)]
    disabled: bool,
}

#[derive(Deserialize)]
struct Body {
    #[serde(default)]
    raw: Option<String>,
}

#[derive(Deserialize)]
struct Auth {
    #[serde(default)]
    bearer: Few<Pair, HEADERS>,
}

#[derive(Deserialize)]
struct Response<'a> {
    #[serde(rename = "originalRequest", default, borrow)]
    request: Option<&'a RawValue>,
    #[serde(default)]
    code: Option<u16>,
    #[serde(default, borrow)]
    header: Option<&'a RawValue>,
    #[serde(default)]
    body: Option<String>,
    #[serde(default, borrow)]
    stream: Option<&'a RawValue>,
    #[serde(rename = "responseTime", default)]
    took: Option<u64>,
}

#[derive(Deserialize)]
struct Bytes {
    data: Vec<u8>,
}

type Read<T> = Result<T, serde_json::Error>;

fn is_text(raw: &RawValue) -> bool {
    raw.get().starts_with('"')
}

fn headers(raw: Option<&RawValue>) -> Read<Vec<(String, String)>> {
    let Some(raw) = raw else { return Ok(Vec::new()) };
    if is_text(raw) {
        let text: String = serde_json::from_str(raw.get())?;
        let pairs = text.lines().filter_map(|line| line.split_once(':'));
        return Ok(pairs.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())).take(HEADERS).collect());
    }
    let pairs: Few<Pair, HEADERS> = serde_json::from_str(raw.get())?;
    let sent = pairs.0.into_iter().filter(|pair| !pair.disabled);
    Ok(sent.filter_map(|pair| Some((pair.key?, pair.value.unwrap_or_default()))).collect())
}

fn words(raw: Option<&RawValue>, between: &str) -> Read<String> {
    match raw {
        Some(raw) if is_text(raw) => serde_json::from_str(raw.get()),
        Some(raw) => Ok(serde_json::from_str::<Few<String, PARTS>>(raw.get())?.0.join(between)),
        None => Ok(String::new()),
    }
}

fn address(raw: Option<&RawValue>) -> Read<String> {
    let Some(raw) = raw else { return Ok(String::new()) };
    if is_text(raw) {
        return serde_json::from_str(raw.get());
    }
    let parts: Parts<'_> = serde_json::from_str(raw.get())?;
    if let Some(raw) = parts.raw.filter(|raw| !raw.is_empty()) {
        return Ok(raw);
    }
    let protocol = parts.protocol.unwrap_or_else(|| "https".to_owned());
    let port = parts.port.map_or_else(String::new, |port| format!(":{port}"));
    let path = words(parts.path, "/")?;
    let sent = parts.query.0.into_iter().filter(|pair| !pair.disabled);
    let pairs: Vec<String> = sent
        .filter_map(|pair| {
            let key = pair.key?;
            Some(pair.value.map_or(key.clone(), |value| format!("{key}={value}")))
        })
        .collect();
    let query = if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) };
    let host = words(parts.host, ".")?;
    Ok(format!("{}://{host}{port}/{}{query}", protocol.trim_end_matches("://"), path.trim_start_matches('/')))
}

fn captured(raw: &RawValue) -> Read<Captured> {
    if is_text(raw) {
        return Ok(Captured { method: "GET".to_owned(), url: serde_json::from_str(raw.get())?, ..Captured::default() });
    }
    let whole: Whole<'_> = serde_json::from_str(raw.get())?;
    let mut headers = headers(whole.header)?;
    let token = whole.auth.and_then(|auth| auth.bearer.0.into_iter().find(|pair| pair.key.as_deref() == Some("token"))?.value);
    if let Some(token) = token
        && !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("authorization"))
    {
        headers.push(("Authorization".to_owned(), format!("Bearer {token}")));
    }
    let body = whole.body.and_then(|body| body.raw).unwrap_or_default();
    Ok(Captured {
        method: whole.method.unwrap_or_else(|| "GET".to_owned()),
        url: address(whole.url)?,
        headers,
        body: tidy::body(&body).into_owned(),
    })
}

fn answered(raw: &RawValue) -> Read<(Option<Captured>, Option<Answer>)> {
    let response: Response<'_> = serde_json::from_str(raw.get())?;
    let body = match (response.body, response.stream) {
        (Some(body), _) => body,
        (None, Some(raw)) if is_text(raw) => serde_json::from_str(raw.get())?,
        (None, Some(raw)) => {
            let bytes: Bytes = serde_json::from_str(raw.get())?;
            String::from_utf8(bytes.data).unwrap_or_else(|bytes| format!("[{} bytes that are no text]", bytes.as_bytes().len()))
        }
        (None, None) => String::new(),
    };
    let headers = headers(response.header)?;
    let answer = response.code.map(|status| Answer { status, headers, body, took_ms: response.took });
    Ok((response.request.map(captured).transpose()?, answer))
}

/// A request with its answers: saved ones of a collection, or the one of a run.
fn exchanges(request: &RawValue, response: Option<&RawValue>) -> Read<Vec<(Captured, Option<Answer>)>> {
    let request = captured(request)?;
    let Some(response) = response else { return Ok(vec![(request, None)]) };
    if response.get().starts_with('{') {
        return Ok(vec![(request, answered(response)?.1)]);
    }
    let saved: Few<&RawValue, 50> = serde_json::from_str(response.get())?;
    if saved.0.is_empty() {
        return Ok(vec![(request, None)]);
    }
    let one = |raw: &&RawValue| answered(raw).map(|(original, answer)| (original.unwrap_or_else(|| request.clone()), answer));
    saved.0.iter().map(one).collect()
}

/// One item of a collection with everything below it, or one execution of a run.
pub(crate) fn item(capture: &mut Capture, name: &str, number: &mut usize, raw: &str, depth: u8) {
    let item: Item<'_> = match serde_json::from_str(raw) {
        Ok(item) => item,
        Err(error) => {
            *number += 1;
            return capture.fault(format!("request {number}"), reason(&error));
        }
    };
    if let Some(items) = item.item {
        if depth >= DEEPEST {
            return capture.fault(format!("after request {number}"), format!("Folders are nested more than {DEEPEST} deep."));
        }
        return items.0.into_iter().for_each(|one| self::item(capture, name, number, one.get(), depth + 1));
    }
    let Some(request) = item.request else { return };
    take(capture, name, number, item.name, exchanges(request, item.response));
}

fn take(
    capture: &mut Capture,
    name: &str,
    number: &mut usize,
    title: Option<String>,
    read: Read<Vec<(Captured, Option<Answer>)>>,
) {
    *number += 1;
    match read {
        Ok(list) => {
            let title = title.map_or_else(String::new, |title| format!(" “{}”", cut(&title)));
            for (request, answer) in list {
                let from = format!("{name}, request {number}{title}");
                capture.take(Exchange { request, answer, at: None, from, sanitised: false });
            }
        }
        Err(error) => capture.fault(format!("request {number}"), reason(&error)),
    }
}

/// One execution of a run: its item says the name, and the request is as it was sent.
pub(crate) fn execution(capture: &mut Capture, name: &str, number: &mut usize, raw: &str) {
    #[derive(Deserialize)]
    struct Execution<'a> {
        #[serde(default)]
        item: Option<Named>,
        #[serde(borrow)]
        request: &'a RawValue,
        #[serde(default, borrow)]
        response: Option<&'a RawValue>,
    }
    #[derive(Deserialize)]
    struct Named {
        #[serde(default)]
        name: Option<String>,
    }
    match serde_json::from_str::<Execution<'_>>(raw) {
        Ok(one) => {
            let title = one.item.and_then(|item| item.name);
            take(capture, name, number, title, exchanges(one.request, one.response));
        }
        Err(error) => {
            *number += 1;
            capture.fault(format!("request {number}"), reason(&error));
        }
    }
}

/// Values of a collection in the place of their names; what keeps a name in its address is left out, and says so.
pub(crate) fn with_values(capture: &mut Capture, values: &[(String, String)]) {
    let put = |text: &mut String| {
        for (key, value) in values {
            let mark = format!("{{{{{key}}}}}");
            if text.contains(&mark) && text.len() + value.len() < 1 << 20 {
                *text = text.replacen(&mark, value, 20);
            }
        }
    };
    for exchange in &mut capture.exchanges {
        put(&mut exchange.request.url);
        put(&mut exchange.request.body);
        exchange.request.headers.iter_mut().for_each(|(_, value)| put(value));
    }
    let (open, whole) =
        std::mem::take(&mut capture.exchanges).into_iter().partition(|one: &Exchange| one.request.url.contains("{{"));
    capture.exchanges = whole;
    let open: Vec<Exchange> = open;
    for one in open {
        let place = one.from.split_once(", ").map_or("", |(_, place)| place).to_owned();
        capture.fault(
            place,
            "Its address has variables, which are not in the file. Export a run of newman instead, which has their values.",
        );
    }
}
