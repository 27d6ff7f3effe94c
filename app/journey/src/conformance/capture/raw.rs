//! Requests as text: raw HTTP with the whole address in its first line, as it travelled or as it was pasted, with the answer
//! after it where it was kept; and `curl` commands. One text may have many of both.

use jiff::{Timestamp, fmt::rfc2822};

use crate::{
    conformance::{
        capture::{
            curl,
            few::HEADERS,
            files::{Capture, MOST},
            tidy::{self, is_space, trimmed},
        },
        exchange::{Answer, Exchange, cut},
    },
    guidance::spine::worked::Captured,
};

const METHODS: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

/// Commands that may be broken before the rest is left.
const BROKEN: usize = 20;

/// Bytes of one command.
const COMMAND: usize = 1 << 20;

/// What a line begins.
enum Begins<'a> {
    Request(&'a str, &'a str),
    /// The headers of HTTP/2 that say what the first line says in HTTP/1.1.
    Pseudo,
    Curl(usize),
    Answer,
    Separator,
    Nothing,
}

/// Method and address of a first line.
fn request_line(line: &str) -> Option<(&str, &str)> {
    let line = trimmed(line);
    let (method, rest) = line.split_once(is_space)?;
    let rest = trimmed(rest);
    let target = rest.split(is_space).next().unwrap_or_default();
    let target = target.trim_matches(|c| matches!(c, '<' | '>' | '"' | '\u{201c}' | '\u{201d}'));
    let addressed = ["http://", "https://", "/"].iter().any(|begin| target.starts_with(begin));
    (METHODS.contains(&method) && addressed).then_some((method, target))
}

fn begins(line: &str) -> Begins<'_> {
    if line.is_empty() {
        return Begins::Nothing;
    }
    let text = trimmed(line);
    // Most lines of a body begin with none of these.
    if !text.starts_with(['#', 'H', ':', 'G', 'P', 'D', 'O', 'c', '$', '>', '%']) {
        return Begins::Nothing;
    }
    if text.starts_with("###") {
        return Begins::Separator;
    }
    if text.starts_with("HTTP/") && text.get(5..6).is_some_and(|c| c.bytes().all(|b| b.is_ascii_digit())) {
        return Begins::Answer;
    }
    if [":method:", ":authority:", ":path:", ":scheme:"].iter().any(|name| text.starts_with(name)) {
        return Begins::Pseudo;
    }
    if let Some((method, target)) = request_line(text) {
        return Begins::Request(method, target);
    }
    let bare = text.trim_start_matches(['$', '#', '>', '%']).trim_start_matches(is_space);
    let after = bare.strip_prefix("curl.exe").or_else(|| bare.strip_prefix("curl"));
    if after.is_some_and(|rest| rest.starts_with(is_space) || rest.starts_with(['\\', '^'])) {
        return Begins::Curl(line.len() - line.trim_start_matches(|c| is_space(c) || matches!(c, '$' | '#' | '>' | '%')).len());
    }
    Begins::Nothing
}

/// The lines of a text with where each begins.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    number: usize,
}

impl<'a> Lines<'a> {
    fn peek(&self) -> Option<&'a str> {
        if self.at >= self.text.len() {
            return None;
        }
        self.text[self.at..].split('\n').next()
    }

    fn skip(&mut self) {
        if let Some(line) = self.peek() {
            self.at = (self.at + line.len() + 1).min(self.text.len());
            self.number += 1;
        }
    }

    /// Past so many bytes, and past the rest of a line that is blank.
    fn skip_bytes(&mut self, bytes: usize) {
        let end = (self.at + bytes).min(self.text.len());
        self.number += self.text[self.at..end].matches('\n').count();
        self.at = end;
        let at_start = end == 0 || self.text.as_bytes().get(end - 1) == Some(&b'\n');
        if !at_start {
            self.skip();
        }
    }
}

/// Reads all requests of a text.
pub(crate) fn read(capture: &mut Capture, name: &str, text: &str) {
    let mut lines = Lines { text, at: 0, number: 1 };
    let mut broken = 0;
    let mut strange: Option<(usize, String)> = None;
    while let Some(line) = lines.peek() {
        let number = lines.number;
        // Not of every line: there may be millions.
        let from = || format!("{name}, line {number}");
        match begins(line) {
            Begins::Request(method, target) => {
                lines.skip();
                let (method, target) = (method.to_owned(), target.to_owned());
                let whole = trimmed(line).contains(" HTTP/");
                message(capture, &mut lines, &from(), number, method, target, !whole);
            }
            Begins::Pseudo => message(capture, &mut lines, &from(), number, String::new(), String::new(), false),
            Begins::Curl(indent) => {
                lines.at += indent;
                let rest = &text[lines.at..];
                let mut end = rest.len().min(COMMAND);
                while !rest.is_char_boundary(end) {
                    end -= 1;
                }
                match curl::sent(&rest[..end]) {
                    Ok(sent) => {
                        lines.skip_bytes(sent.length);
                        if let Some(note) = sent.note {
                            capture.note(format!("Line {number}: {note}"));
                        }
                        let answer = answer_after(&mut lines);
                        let at = answer.as_ref().and_then(date);
                        take(capture, Exchange { request: sent.request, answer, at, from: from(), sanitised: false });
                    }
                    Err(unread) => {
                        broken += 1;
                        capture.fault(format!("line {number}"), unread.why);
                        match unread.length {
                            Some(length) => lines.skip_bytes(length),
                            None => lines.skip(),
                        }
                        if broken > BROKEN {
                            return capture.fault(
                                format!("line {number}"),
                                "Too many commands before it are broken: what stands after it was not read.",
                            );
                        }
                    }
                }
            }
            Begins::Answer => {
                capture.fault(format!("line {number}"), "An answer is here without its request.");
                lines.skip();
                let _ = answer(&mut lines, 0);
            }
            Begins::Separator => lines.skip(),
            Begins::Nothing if line.is_empty() || strange.is_some() && !line.contains(' ') => lines.skip(),
            Begins::Nothing => {
                let text = trimmed(line);
                let comment = text.is_empty() || text.starts_with(['#', '/', '*']) || text.chars().all(|c| !c.is_alphanumeric());
                let looks = METHODS.iter().any(|method| text.strip_prefix(method).is_some_and(|rest| rest.starts_with(is_space)));
                if looks {
                    capture.fault(
                        format!("line {number}"),
                        format!("“{}” has no whole address: write https:// and all of it.", cut(text)),
                    );
                } else if !comment && strange.is_none() {
                    strange = Some((number, cut(text)));
                }
                lines.skip();
            }
        }
    }
    if let Some((number, text)) = strange {
        if capture.exchanges.is_empty() && capture.faults.is_empty() {
            capture.fault(
                format!("line {number}"),
                format!("“{text}” begins no request. {}", crate::conformance::capture::decode::TAKEN),
            );
        } else {
            capture.note(format!("Line {number}: “{text}” belongs to no request and was left out."));
        }
    }
}

fn take(capture: &mut Capture, exchange: Exchange) {
    if capture.exchanges.len() < MOST { capture.take(exchange) } else { capture.more += 1 }
}

/// A header as it is written; `None` for what is none.
fn header(line: &str) -> Option<(&str, &str)> {
    let text = trimmed(line);
    let (name, value) = text.split_once(':').or_else(|| text.split_once('\u{ff1a}'))?;
    let name = name.trim_end_matches(is_space);
    let of_name = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+.^_`|~-".contains(&b);
    let lawful = !name.is_empty() && name.len() <= 64 && name.bytes().all(of_name) && !value.starts_with("//");
    lawful.then(|| (name, trimmed(value)))
}

/// Names that stand in every request: what is double-spaced goes on where one follows.
fn is_usual(line: &str) -> bool {
    let usual = ["ssp-", "authorization", "accept", "content-", "host", "user-agent", "cache-control", "connection", "date"];
    header(line).is_some_and(|(name, _)| {
        let name = name.to_ascii_lowercase();
        usual.iter().any(|start| name.starts_with(start))
    })
}

/// The headers from here on; `wrapped` is a value before them that may go on.
fn head(lines: &mut Lines<'_>, wrapped: Option<&mut String>, pseudo: &mut Vec<(String, String)>) -> Vec<(String, String)> {
    let mut headers: Vec<(String, String)> = Vec::new();
    let mut wrapped = wrapped;
    while let Some(line) = lines.peek() {
        if trimmed(line).is_empty() {
            lines.skip();
            let mut ahead = Lines { text: lines.text, at: lines.at, number: lines.number };
            while ahead.peek().is_some_and(|line| trimmed(line).is_empty()) {
                ahead.skip();
            }
            // Blank lines between all lines come from word processors.
            if ahead.peek().is_some_and(is_usual) && !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-length"))
            {
                (lines.at, lines.number) = (ahead.at, ahead.number);
                continue;
            }
            break;
        }
        match begins(line) {
            Begins::Pseudo => {
                let (name, value) = trimmed(line)[1..].split_once(':').unwrap_or_default();
                pseudo.push((name.to_owned(), trimmed(value).to_owned()));
                lines.skip();
                continue;
            }
            Begins::Nothing => {}
            _ => break,
        }
        if let Some((name, value)) = header(line) {
            if headers.len() < HEADERS {
                headers.push((name.to_owned(), value.to_owned()));
            }
            wrapped = None;
        } else if trimmed(line).starts_with(['{', '<']) {
            // The body begins without a blank line before it.
            break;
        } else if let Some((_, value)) = headers.last_mut() {
            if value.len() < 1 << 20 {
                tidy::joined(value, line);
            }
        } else if let Some(target) = wrapped.as_deref_mut()
            && target.len() < 1 << 16
        {
            target.push_str(trimmed(line));
        }
        lines.skip();
    }
    headers
}

/// What stands until the next request or answer.
fn body<'a>(lines: &mut Lines<'a>) -> &'a str {
    let start = lines.at;
    while let Some(line) = lines.peek() {
        if !matches!(begins(line), Begins::Nothing) {
            break;
        }
        lines.skip();
    }
    trimmed(&lines.text[start..lines.at])
}

/// A body in pieces, as it travelled: what stands between the lengths.
fn whole<'a>(text: &'a str, headers: &[(String, String)]) -> &'a str {
    let chunked = headers
        .iter()
        .any(|(name, value)| name.eq_ignore_ascii_case("transfer-encoding") && value.to_ascii_lowercase().contains("chunked"));
    let first = text.lines().next().unwrap_or_default().trim();
    if !chunked || first.is_empty() || !first.bytes().all(|b| b.is_ascii_hexdigit()) {
        return text;
    }
    match (text.find(['{', '[', '<']), text.rfind(['}', ']', '>'])) {
        (Some(start), Some(end)) if start < end => &text[start..=end],
        _ => text,
    }
}

fn message(
    capture: &mut Capture,
    lines: &mut Lines<'_>,
    from: &str,
    number: usize,
    method: String,
    target: String,
    may_wrap: bool,
) {
    let (mut method, mut target, mut pseudo) = (method, target, Vec::new());
    let headers = head(lines, may_wrap.then_some(&mut target), &mut pseudo);
    let of = |name: &str| pseudo.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
    if method.is_empty() {
        method = of("method").unwrap_or_default();
        let path = of("path").unwrap_or_default();
        target =
            format!("{}://{}{path}", of("scheme").unwrap_or_else(|| "https".to_owned()), of("authority").unwrap_or_default());
    }
    // As it travelled: the host stands in a header.
    let host = headers
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("host"))
        .map(|(_, host)| host.clone())
        .or_else(|| of("authority"));
    if target.starts_with('/') {
        let Some(host) = host.filter(|host| !host.is_empty()) else {
            let _ = (body(lines), answer_after(lines));
            return capture.fault(format!("line {number}"), "The first line has no whole address, and there is no Host header.");
        };
        target = format!("https://{host}{target}");
    }
    let text = tidy::body(whole(body(lines), &headers)).into_owned();
    let answer = answer_after(lines);
    let sent = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("date")).and_then(|(_, value)| moment(value));
    let at = answer.as_ref().and_then(date).or(sent);
    let request = Captured { method, url: target, headers, body: text };
    take(capture, Exchange { request, answer, at, from: from.to_owned(), sanitised: false });
}

fn moment(text: &str) -> Option<Timestamp> {
    rfc2822::DateTimeParser::new().parse_timestamp(text).ok()
}

/// When an answer was given, by its own words.
fn date(answer: &Answer) -> Option<Timestamp> {
    answer.header("Date").next().and_then(moment)
}

/// The answer that follows, after blank lines.
fn answer_after(lines: &mut Lines<'_>) -> Option<Answer> {
    let mut ahead = Lines { text: lines.text, at: lines.at, number: lines.number };
    while ahead.peek().is_some_and(|line| trimmed(line).is_empty()) {
        ahead.skip();
    }
    let line = ahead.peek()?;
    if !matches!(begins(line), Begins::Answer) {
        return None;
    }
    let status = trimmed(line).split(is_space).nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    ahead.skip();
    (lines.at, lines.number) = (ahead.at, ahead.number);
    Some(answer(lines, status))
}

fn answer(lines: &mut Lines<'_>, status: u16) -> Answer {
    let headers = head(lines, None, &mut Vec::new());
    let text = whole(body(lines), &headers).to_owned();
    Answer { status, headers, body: text, took_ms: None }
}
