//! What must not be kept, and what must not be shown to others.

use std::collections::BTreeSet;

use crate::{
    conformance::{
        exchange::{Answer, Exchange},
        hidden::{rewritten, without_tokens},
    },
    guidance::spine::worked::Captured,
};

/// What was taken out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Masked {
    /// How many NHS numbers that may be patients.
    pub numbers: usize,
    /// In how many places: address, headers, bodies.
    pub places: usize,
}

impl Masked {
    /// The rule that says so.
    pub const RULE: &'static str = "REQ-12";

    /// What the sender is told; `None` where nothing was taken out.
    #[must_use]
    pub fn words(self) -> Option<String> {
        let (numbers, them) = match self.numbers {
            0 => return None,
            1 => ("1 NHS number is".to_owned(), "it"),
            more => (format!("{more} NHS numbers are"), "them"),
        };
        Some(format!("{}: {numbers} not on the list of test patients. We hid {them} before anything was kept.", Self::RULE))
    }
}

/// The exchange without NHS numbers that may be patients, wherever and however they stand in it.
#[must_use]
pub fn mask(exchange: Exchange) -> (Exchange, Masked) {
    let mut found = BTreeSet::new();
    let mut places = 0;
    let mut clean = |text: String| match rewritten(&text, &mut found, 0) {
        Some(made) => {
            places += 1;
            made
        }
        None => text,
    };
    let exchange = each(exchange, &mut |_, text| clean(text));
    (exchange, Masked { numbers: found.len(), places })
}

/// Every text of an exchange, with the name of its header if it is the value of one.
fn each(exchange: Exchange, change: &mut dyn FnMut(&str, String) -> String) -> Exchange {
    let Exchange { request, answer, at, from, sanitised } = exchange;
    let headers = |list: Vec<(String, String)>, change: &mut dyn FnMut(&str, String) -> String| -> Vec<(String, String)> {
        list.into_iter()
            .map(|(name, value)| {
                let value = change(&name, value);
                (change("", name), value)
            })
            .collect()
    };
    let request = Captured {
        method: change("", request.method),
        url: change("", request.url),
        headers: headers(request.headers, change),
        body: change("", request.body),
    };
    let answer =
        answer.map(|answer| Answer { headers: headers(answer.headers, change), body: change("", answer.body), ..answer });
    Exchange { request, answer, at, from: change("", from), sanitised }
}

/// A header whose value opens a door, or says who stands behind one: which of them it is.
pub(crate) fn secret_of(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    if has(&["cookie"]) {
        Some("cookie")
    } else if has(&["cert", "ssl-client", "ssl_client", "tls-client"]) {
        Some("certificate")
    } else if has(&["authorization", "api-key", "apikey", "secret", "password", "token"]) && !name.contains("token-type") {
        Some("token")
    } else {
        None
    }
}

/// Parameters of an address whose values open a door.
const PARAMETERS: [&str; 10] =
    ["access_token", "id_token", "token", "code", "client_secret", "password", "api_key", "apikey", "signature", "sig"];

/// The exchange as others see it: without tokens, cookies and certificates.
#[must_use]
pub fn shown(exchange: Exchange) -> Exchange {
    each(exchange, &mut |name, text| {
        if let Some(what) = secret_of(name) {
            let bearer = if text.trim_start().get(..7).is_some_and(|start| start.eq_ignore_ascii_case("bearer ")) {
                "Bearer "
            } else {
                ""
            };
            return format!("{bearer}[{what} left out]");
        }
        without_secrets(text)
    })
}

/// A text without the tokens and certificates in it, and without what opens a door in an address.
pub(crate) fn without_secrets(text: String) -> String {
    let text = without_tokens(&text).unwrap_or(text);
    let text = if text.contains("-----BEGIN ") { without_certificates(&text) } else { text };
    if text.contains("://") && text.contains('?') { without_parameters(&text) } else { text }
}

pub(crate) fn without_certificates(text: &str) -> String {
    let mut made = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("-----BEGIN ") {
        made.push_str(&rest[..at]);
        made.push_str("[certificate left out]");
        let end = rest[at..].find("-----END ").map_or(rest.len(), |end| at + end + 9);
        let end = rest[end..].find("-----").map_or(rest.len(), |more| end + more + 5);
        rest = &rest[end..];
    }
    made.push_str(rest);
    made
}

fn without_parameters(text: &str) -> String {
    let mut made = String::with_capacity(text.len());
    for (at, part) in text.split_inclusive(['?', '&']).enumerate() {
        let name = part.split('=').next().unwrap_or_default();
        if at > 0 && part.contains('=') && PARAMETERS.contains(&name.to_ascii_lowercase().as_str()) {
            made.push_str(name);
            made.push_str("=[left out]");
            made.push_str(if part.ends_with('&') { "&" } else { "" });
        } else {
            made.push_str(part);
        }
    }
    made
}
