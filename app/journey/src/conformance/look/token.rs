//! Rules about the token: JWT-01 to JWT-12.

use serde_json::Value;

use crate::{
    conformance::{
        exchange::cut,
        reading::{Found, Reading, Token, must, text},
    },
    guidance::spine::token,
};

/// Its scopes; a second word may say whether confidential parts are wanted.
const SCOPES: [&str; 3] = ["patient/*.read", "patient/*.write", "organization/*.read"];

/// The token as it travelled.
fn travelled<'a>(seen: &'a Reading<'_>) -> Result<&'a str, Found> {
    match &seen.token {
        Token::Read(text, ..) | Token::Unreadable(text, _) => Ok(text),
        Token::Missing => Err(Found::Skip("There is no token to read.")),
        Token::LeftOut => Err(Found::Skip("The token was left out of the capture.")),
    }
}

/// JWT-01
pub fn shape(seen: &Reading<'_>) -> Found {
    let text = match travelled(seen) {
        Ok(text) => text,
        Err(why) => return why,
    };
    let parts: Vec<&str> = text.split('.').collect();
    let found = match parts[..] {
        [head, claims, ""] if !head.is_empty() && !claims.is_empty() => return Found::Held,
        [_, _, ""] => "A part of it is empty.".to_owned(),
        [_, _] => "The dot at its end is missing.".to_owned(),
        [_, _, _] => "It has a signature.".to_owned(),
        _ => format!("It has {} dots.", parts.len() - 1),
    };
    Found::Wrong(found)
}

/// JWT-02
pub fn readable(seen: &Reading<'_>) -> Found {
    match (&seen.token, travelled(seen)) {
        (_, Err(why)) => why,
        (Token::Unreadable(_, why), _) => Found::Wrong((*why).to_owned()),
        (Token::Read(_, header, claims), _) => must(header.is_object() && claims.is_object(), || {
            format!("The {} are no JSON object.", if header.is_object() { "claims" } else { "parts" })
        }),
        _ => Found::Held,
    }
}

/// JWT-03
pub fn header(seen: &Reading<'_>) -> Found {
    let Token::Read(_, header, _) = &seen.token else { return seen.claims().err().unwrap_or(Found::Held) };
    must(header["alg"] == "none" && header["typ"] == "JWT", || format!("It says {}.", cut(&header.to_string())))
}

/// JWT-04
pub fn complete(seen: &Reading<'_>) -> Found {
    let claims = match seen.claims() {
        Ok(claims) => claims,
        Err(why) => return why,
    };
    let wanted = token::CLAIMS.into_iter().chain(seen.is_old().then_some("requested_record"));
    let missing: Vec<&str> = wanted.filter(|name| claims.get(name).is_none()).collect();
    must(missing.is_empty(), || format!("Missing: {}.", missing.join(", ")))
}

/// Whole seconds, as far as both times are.
fn times(seen: &Reading<'_>) -> Result<(i64, i64), Found> {
    let (issued, ends) = (seen.claim("iat")?, seen.claim("exp")?);
    let seconds = |value: &Value| value.as_i64().filter(|at| at.unsigned_abs() < 100_000_000_000);
    seconds(issued).zip(seconds(ends)).ok_or(Found::Skip("The times cannot be read, which JWT-05 says."))
}

/// JWT-05
pub fn seconds(seen: &Reading<'_>) -> Found {
    let mut wrong = Vec::new();
    for name in ["iat", "exp"] {
        match seen.claim(name) {
            Ok(value) => match value.as_i64() {
                Some(at) if at.unsigned_abs() < 100_000_000_000 => {}
                Some(_) => wrong.push(format!("{name} has {} digits, as milliseconds have.", value.to_string().len())),
                None => wrong.push(format!("{name} is {}.", cut(&value.to_string()))),
            },
            Err(why) => return why,
        }
    }
    must(wrong.is_empty(), || wrong.join(" "))
}

/// JWT-06
pub fn life(seen: &Reading<'_>) -> Found {
    match times(seen) {
        Ok((issued, ends)) => must(ends - issued == token::LIFE, || format!("exp minus iat is {}.", ends - issued)),
        Err(why) => why,
    }
}

/// A clock may be this slow against the time of receipt, in seconds.
const SLOW: i64 = 600;

/// A clock may be this fast: rounding and the way.
const FAST: i64 = 5;

/// JWT-07
pub fn fresh(seen: &Reading<'_>) -> Found {
    let Some(at) = seen.exchange.at.map(|at| at.as_second()) else { return Found::Skip("The time of receipt is not known.") };
    let issued = match times(seen) {
        Ok((issued, _)) => issued,
        Err(why) => return why,
    };
    let late = at - issued;
    if late > SLOW {
        return Found::Wrong(format!("iat is {} before the time of receipt.", span(late)));
    }
    must(late >= -FAST, || format!("iat is {} after the time of receipt. Providers put up with it.", span(-late)))
}

fn span(seconds: i64) -> String {
    let (count, unit) = match seconds {
        0..=119 => (seconds, "second"),
        120..=7199 => (seconds / 60, "minute"),
        7200..=172_799 => (seconds / 3600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

/// JWT-08
pub fn audience(seen: &Reading<'_>) -> Found {
    let found = match seen.claim("aud") {
        Ok(found) => found,
        Err(why) => return why,
    };
    let wanted = if seen.is_old() { Some(token::OLD_AUDIENCE) } else { seen.address.base };
    let Some(wanted) = wanted else { return Found::Skip("The service root cannot be found in the address.") };
    must(found == wanted, || match found.as_str() {
        Some(found) => format!("It is “{}”, and this request goes to “{}”.", cut(found), cut(wanted)),
        None => format!("It is {}, and this request goes to “{}”.", cut(&found.to_string()), cut(wanted)),
    })
}

/// JWT-09
pub fn issuer(seen: &Reading<'_>) -> Found {
    match seen.claim("iss") {
        Ok(found) => must(found.as_str().is_some_and(|text| text.len() > 8 && text.starts_with("https://")), || {
            format!("It is {}.", cut(&found.to_string()))
        }),
        Err(why) => why,
    }
}

/// JWT-10
pub fn reason(seen: &Reading<'_>) -> Found {
    let found = match seen.claim("reason_for_request") {
        Ok(found) => found,
        Err(why) => return why,
    };
    match found.as_str() {
        Some("directcare") => Found::Held,
        Some("migration") => match seen.known {
            Some(known) => must(known.migrates(), || "It is migration, and no record moves with this interaction.".to_owned()),
            None => Found::Doubt("It is migration, and the interaction is not known.".to_owned()),
        },
        _ => Found::Wrong(format!("It is {}.", cut(&found.to_string()))),
    }
}

fn scope(seen: &Reading<'_>) -> Result<Vec<String>, Found> {
    let found = seen.claim("requested_scope")?;
    Ok(found.as_str().unwrap_or_default().split_whitespace().map(str::to_owned).collect())
}

/// JWT-11
pub fn scope_fits(seen: &Reading<'_>) -> Found {
    let words = match scope(seen) {
        Ok(words) => words,
        Err(why) => return why,
    };
    let shown = || format!("It is “{}”.", cut(&words.join(" ")));
    let (confidential, scopes): (Vec<&String>, Vec<&String>) = words.iter().partition(|word| word.starts_with("conf/"));
    let [one] = scopes[..] else { return Found::Wrong(format!("{} One scope is asked for.", shown())) };
    if confidential.len() > 1 || confidential.iter().any(|word| !matches!(word.as_str(), "conf/N" | "conf/R")) {
        return Found::Wrong(format!("{} After the scope stands conf/N or conf/R, once, or nothing.", shown()));
    }
    if seen.is_old() && !confidential.is_empty() {
        return Found::Wrong(format!("{} Specifications 0.x have no conf.", shown()));
    }
    let Some(known) = seen.known else { return must(SCOPES.contains(&one.as_str()), shown) };
    if *one == known.scope {
        return Found::Held;
    }
    let found = format!("{} This interaction asks for {}.", shown(), known.scope);
    // The specification gives no scope for these: it is inferred from their neighbours.
    if known.id.contains("healthcareservice") && SCOPES.contains(&one.as_str()) {
        Found::Doubt(found)
    } else {
        Found::Wrong(found)
    }
}

/// JWT-12
pub fn restricted(seen: &Reading<'_>) -> Found {
    let words = match scope(seen) {
        Ok(words) => words,
        Err(why) => return why,
    };
    let known = match seen.interaction() {
        Ok(known) => known,
        Err(why) => return why,
    };
    must(!words.iter().any(|word| word == "conf/R") || known.migrates(), || {
        "It has conf/R, and no record moves with this interaction.".to_owned()
    })
}

/// What stands in a claim that should be text, for a sentence.
pub(crate) fn said(value: &Value) -> String {
    if value.is_null() {
        "missing".to_owned()
    } else if text(value) {
        format!("“{}”", cut(value.as_str().unwrap_or_default()))
    } else {
        cut(&value.to_string())
    }
}
