//! A request or an answer as somebody pastes it: what must not be kept is taken out, whatever form the text has. What is read as
//! an [`super::exchange::Exchange`] has [`super::mask`].

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{
    conformance::{
        hidden::rewritten,
        mask::{Masked, secret_of, without_certificates, without_secrets},
    },
    form::Answers,
};

/// Text that has nothing in it that must not be kept: no NHS numbers that may be patients, and no tokens, cookies or certificates.
#[must_use]
pub fn kept(text: &str, found: &mut BTreeSet<String>) -> String {
    let text = rewritten(text, found, 0).unwrap_or_else(|| text.to_owned());
    // A certificate goes over several lines.
    let text = if text.contains("-----BEGIN ") { without_certificates(&text) } else { text };
    in_json(&text).map_or_else(|| lines(&text), without_secrets)
}

/// The texts of a defect form without these, and what the sender is told of it.
#[must_use]
pub fn typed(answers: Answers) -> (Answers, Masked) {
    const TEXTS: [&str; 5] = ["title", "happened", "expected", "request", "answer"];
    let (mut found, mut places) = (BTreeSet::new(), 0);
    let clean = answers.0.into_iter().map(|(field, values)| {
        if !TEXTS.contains(&field.as_str()) {
            return (field, values);
        }
        let values = values.iter().map(|value| {
            let made = kept(value, &mut found);
            places += usize::from(made != *value);
            made
        });
        let values = values.collect();
        (field, values)
    });
    let clean = Answers(clean.collect());
    (clean, Masked { numbers: found.len(), places })
}

/// Headers line by line: as they go over the wire, as `curl` shows them, and as they are given to `curl`.
fn lines(text: &str) -> String {
    let mut made = Vec::new();
    let mut hidden = false;
    for line in text.split('\n') {
        // What continues a header that was left out is left out as well.
        if hidden && line.starts_with([' ', '\t']) && !line.trim().is_empty() && !line.trim_start().starts_with('-') {
            continue;
        }
        let made_of = header(line);
        hidden = made_of.is_some();
        made.push(without_secrets(made_of.unwrap_or_else(|| line.to_owned())));
    }
    made.join("\n")
}

/// A line without the secret headers in it; `None` where there are none.
fn header(line: &str) -> Option<String> {
    let mut made = String::new();
    let mut rest = line;
    let mut any = false;
    while let Some(at) = rest.find([':', '=']) {
        let before = &rest[..at];
        let start = before.rfind(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_')).map_or(0, |at| at + 1);
        let name = &before[start..];
        // Of `name=value` only whole lines are headers' likes: parameters of addresses are looked at apart.
        let is_header = rest[at..].starts_with(':') && !rest[at..].starts_with("://");
        let Some(what) = secret_of(name).filter(|_| is_header && name.len() > 2) else {
            made.push_str(&rest[..=at]);
            rest = &rest[at + 1..];
            continue;
        };
        any = true;
        // A header in quotes ends with them; else with its line.
        let quote = before[..start].chars().next_back().filter(|c| matches!(c, '\'' | '"'));
        let value = &rest[at + 1..];
        let value_quote = value.trim_start().trim_start_matches(':').trim_start().chars().next().filter(|c| *c == '"');
        let end = match quote {
            // `-H 'Authorization: …'`
            Some(quote) => value.find(quote).unwrap_or(value.len()),
            None if value_quote.is_some() => value.len(),
            None => value.trim_end_matches('\r').len(),
        };
        made.push_str(before);
        made.push_str(": [");
        made.push_str(what);
        made.push_str(" left out]");
        rest = &value[end..];
    }
    made.push_str(rest);
    any.then_some(made)
}

/// JSON, such as a HAR file: a header is an object with a name and a value. `None` for other text, and where nothing is secret.
fn in_json(text: &str) -> Option<String> {
    if !text.trim_start().starts_with(['{', '[']) {
        return None;
    }
    let mut value: Value = serde_json::from_str(text).ok()?;
    hide(&mut value).then(|| serde_json::to_string_pretty(&value).unwrap_or_default())
}

fn hide(value: &mut Value) -> bool {
    match value {
        Value::Array(all) => all.iter_mut().fold(false, |any, one| hide(one) | any),
        Value::Object(fields) => {
            let named = fields.get("name").or_else(|| fields.get("key")).and_then(Value::as_str).and_then(secret_of);
            let mut any = false;
            for (key, inner) in fields.iter_mut() {
                let what = if key == "value" { named } else { secret_of(key) };
                match what {
                    Some(what) if inner.is_string() => {
                        *inner = Value::String(format!("[{what} left out]"));
                        any = true;
                    }
                    _ => any |= hide(inner),
                }
            }
            any
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clean(text: &str) -> String {
        kept(text, &mut BTreeSet::new())
    }

    #[test]
    fn secrets_are_left_out_of_what_people_paste() {
        let token = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2NvbnN1bWVyIn0.";
        let raw = format!(
            "GET /Patient?identifier=1 HTTP/1.1\r\nAuthorization: Bearer {token}\r\nCookie: session=abc\r\n\tmore=def\r\nSsp-TraceID: 1"
        );
        let made = clean(&raw);
        assert!(!made.contains("eyJ") && !made.contains("abc") && !made.contains("def"), "{made}");
        assert!(made.contains("Authorization: [token left out]") && made.contains("Ssp-TraceID: 1"), "{made}");
        let curl =
            "curl -H 'Authorization: Bearer abcdef' -H 'Accept: application/fhir+json' https://a.example/x?token=secret&a=b";
        let made = clean(curl);
        assert!(
            !made.contains("abcdef") && !made.contains("secret&") && made.contains("Accept: application/fhir+json"),
            "{made}"
        );
        let har = r#"{"headers":[{"name":"Authorization","value":"Bearer abcdef"},{"name":"Accept","value":"*/*"}]}"#;
        let made = clean(har);
        assert!(!made.contains("abcdef") && made.contains("*/*"), "{made}");
        let shown = clean("> authorization: Bearer abcdef\n> accept: */*");
        assert_eq!(shown, "> authorization: [token left out]\n> accept: */*");
        let pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----";
        assert!(!clean(pem).contains("MIIB"));
    }

    #[test]
    fn numbers_of_patients_are_hidden_and_test_numbers_stay() {
        let mut found = BTreeSet::new();
        let made = kept("Patient 943 476 5919 and 9658218873", &mut found);
        assert!(!made.contains("5919") && made.contains("9658218873"), "{made}");
        assert_eq!(found.len(), 1);
    }

    #[test]
    fn what_is_clean_stays_as_it_was_typed() {
        for text in ["", "It answers 500.\n\nEvery time: at 09:30.", "GET https://a.example/b?c=d\nAccept: */*", "{\"a\": 1}"] {
            assert_eq!(clean(text), text);
            assert_eq!(clean(&clean(text)), clean(text));
        }
    }
}
