//! A `curl` command as the request that it sends.

use crate::{
    conformance::capture::{shell::command, tidy},
    guidance::spine::worked::Captured,
};

/// Options with a word after them that do not change the request.
const OTHERS: [&str; 47] = [
    "-o",
    "-m",
    "-w",
    "-x",
    "-E",
    "-c",
    "-C",
    "-r",
    "-K",
    "-D",
    "-U",
    "-y",
    "-Y",
    "-z",
    "-P",
    "-Q",
    "-t",
    "--output",
    "--max-time",
    "--connect-timeout",
    "--write-out",
    "--proxy",
    "--cert",
    "--cert-type",
    "--key",
    "--key-type",
    "--pass",
    "--cacert",
    "--capath",
    "--cookie-jar",
    "--resolve",
    "--retry",
    "--retry-delay",
    "--retry-max-time",
    "--ciphers",
    "--tls-max",
    "--tls13-ciphers",
    "--interface",
    "--dump-header",
    "--proxy-header",
    "--proxy-user",
    "--noproxy",
    "--trace",
    "--trace-ascii",
    "--connect-to",
    "--limit-rate",
    "--max-redirs",
];

/// What a command came to, with how many bytes it took.
pub(crate) struct Sent {
    pub request: Captured,
    pub length: usize,
    pub note: Option<String>,
}

/// Why a command cannot be read, with how many bytes it took where that is known.
pub(crate) struct Unread {
    pub why: String,
    pub length: Option<usize>,
}

#[derive(Default)]
struct Asked {
    method: Option<String>,
    url: Option<String>,
    headers: Vec<(String, String)>,
    gone: Vec<String>,
    data: Vec<String>,
    json: bool,
    get: bool,
    head: bool,
    note: Option<String>,
}

impl Asked {
    fn header(&mut self, text: &str) {
        let text = tidy::on_one_line(text);
        if let Some((name, value)) = text.split_once(':') {
            let (name, value) = (tidy::trimmed(name), tidy::trimmed(value));
            if value.is_empty() {
                self.gone.push(name.to_owned())
            } else {
                self.headers.push((name.to_owned(), value.to_owned()))
            }
        } else if let Some(name) = text.strip_suffix(';') {
            self.headers.push((name.to_owned(), String::new()));
        }
    }

    fn has(&self, name: &str) -> bool {
        self.headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name))
            || self.gone.iter().any(|gone| gone.eq_ignore_ascii_case(name))
    }

    fn add(&mut self, name: &str, value: &str) {
        if !self.has(name) {
            self.headers.push((name.to_owned(), value.to_owned()));
        }
    }

    /// An option with what stands after it; whether it took that.
    fn option(&mut self, name: &str, value: &str) -> Result<bool, String> {
        let in_file = |value: &str| -> Result<(), String> {
            value.strip_prefix('@').map_or(Ok(()), |file| {
                Err(format!(
                    "What is sent stands in another file ({}): put it into the command.",
                    crate::conformance::exchange::cut(file)
                ))
            })
        };
        match name {
            "-X" | "--request" => self.method = Some(value.to_owned()),
            "-H" | "--header" => {
                in_file(value)?;
                self.header(value);
            }
            "-d" | "--data" | "--data-ascii" | "--data-binary" => {
                in_file(value)?;
                self.data.push(value.to_owned());
            }
            "--data-raw" => self.data.push(value.to_owned()),
            "--data-urlencode" => {
                let (name, value) = value.split_once('=').unwrap_or(("", value));
                let value: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
                self.data.push(if name.is_empty() { value } else { format!("{name}={value}") });
            }
            "--json" => {
                in_file(value)?;
                self.json = true;
                self.data.push(value.to_owned());
            }
            "--url" => self.url = Some(value.to_owned()),
            "-A" | "--user-agent" => self.headers.push(("User-Agent".to_owned(), value.to_owned())),
            "-e" | "--referer" => self.headers.push(("Referer".to_owned(), value.to_owned())),
            "-b" | "--cookie" => self.headers.push(("Cookie".to_owned(), value.to_owned())),
            "--oauth2-bearer" => self.headers.push(("Authorization".to_owned(), format!("Bearer {value}"))),
            // A name and a password are sent as another kind of authorisation, and need not be known here.
            "-u" | "--user" => self.headers.push(("Authorization".to_owned(), "Basic".to_owned())),
            "-F" | "--form" | "-T" | "--upload-file" => {
                return Err(format!("It sends a form or a file ({name}), as no interaction does."));
            }
            _ => return Ok(OTHERS.contains(&name)),
        }
        Ok(true)
    }

    fn flag(&mut self, name: &str) {
        match name {
            "-G" | "--get" => self.get = true,
            "-I" | "--head" => self.head = true,
            "--compressed" => self.add("Accept-Encoding", "gzip"),
            _ => {}
        }
    }

    fn request(mut self) -> Result<Captured, String> {
        let Some(mut url) = self.url.take().map(|url| tidy::on_one_line(&url)).filter(|url| !url.is_empty()) else {
            return Err("The command has no address.".to_owned());
        };
        if !url.contains("://") {
            url = format!("http://{url}");
        }
        let mut body = self.data.join("&");
        if self.get && !body.is_empty() {
            url = format!("{url}{}{body}", if url.contains('?') { '&' } else { '?' });
            body = String::new();
        }
        if self.json {
            self.add("Content-Type", "application/json");
            self.add("Accept", "application/json");
        }
        if !body.is_empty() {
            self.add("Content-Type", "application/x-www-form-urlencoded");
        }
        // What curl sends when nothing is said.
        self.add("Accept", "*/*");
        let usual = if self.head {
            "HEAD"
        } else if body.is_empty() {
            "GET"
        } else {
            "POST"
        };
        let body = if self.json || body.trim_start().starts_with(['{', '[']) { tidy::body(&body).into_owned() } else { body };
        Ok(Captured { method: self.method.unwrap_or_else(|| usual.to_owned()), url, headers: self.headers, body })
    }
}

/// An option as it was meant: word processors make one long dash of two.
fn plain(word: &str) -> String {
    let mut chars = word.chars();
    match chars.next() {
        Some('\u{2013}' | '\u{2014}') => {
            let rest = chars.as_str();
            let long = rest.chars().take_while(char::is_ascii_lowercase).count() > 1;
            format!("{}{rest}", if long { "--" } else { "-" })
        }
        _ => word.to_owned(),
    }
}

/// Options of one letter with a word after them.
const SHORT: &str = "XHdAbeuFTomwxEcCrKDUyYzPQt";

/// The request of the command that the text begins with.
pub(crate) fn sent(text: &str) -> Result<Sent, Unread> {
    let read = command(text).map_err(|why| Unread { why: why.to_owned(), length: None })?;
    let length = read.length;
    let unread = |why: String| Unread { why, length: Some(length) };
    let mut asked = Asked::default();
    let mut words = read.words.into_iter().skip(1);
    while let Some(word) = words.next() {
        let word = plain(&word);
        if let Some(rest) = word.strip_prefix("--") {
            let (name, attached) =
                rest.split_once('=').map_or((word.clone(), None), |(name, value)| (format!("--{name}"), Some(value)));
            let takes = {
                // Whether it takes a word is asked before one is taken.
                OTHERS.contains(&name.as_str())
                    || matches!(
                        name.as_str(),
                        "--request"
                            | "--header"
                            | "--data"
                            | "--data-ascii"
                            | "--data-binary"
                            | "--data-raw"
                            | "--data-urlencode"
                            | "--json"
                            | "--url"
                            | "--user-agent"
                            | "--referer"
                            | "--cookie"
                            | "--oauth2-bearer"
                            | "--user"
                            | "--form"
                            | "--upload-file"
                    )
            };
            if takes {
                let value = match attached {
                    Some(value) => value.to_owned(),
                    None => words.next().ok_or_else(|| unread(format!("Nothing stands after {name}.")))?,
                };
                asked.option(&name, &value).map_err(unread)?;
            } else {
                asked.flag(&name);
            }
        } else if word.len() > 1 && word.starts_with('-') {
            for (at, letter) in word[1..].char_indices() {
                let name = format!("-{letter}");
                if SHORT.contains(letter) {
                    let attached = &word[1 + at + letter.len_utf8()..];
                    let value = if attached.is_empty() {
                        words.next().ok_or_else(|| unread(format!("Nothing stands after {name}.")))?
                    } else {
                        attached.to_owned()
                    };
                    asked.option(&name, &value).map_err(unread)?;
                    break;
                }
                asked.flag(&name);
            }
        } else if asked.url.is_none() {
            asked.url = Some(word);
        } else if asked.note.is_none() && !tidy::trimmed(&word).is_empty() {
            asked.note = Some("The command has more than one address; the first one was taken.".to_owned());
        }
    }
    let note = asked.note.take();
    Ok(Sent { request: asked.request().map_err(unread)?, length, note })
}
