//! Rules about headers: HDR-01 to HDR-11, but for HDR-02, which is about a set.

use crate::{
    conformance::{
        exchange::cut,
        reading::{Found, Reading, Token, must},
    },
    guidance::spine::{
        formats::{is_asid, is_uuid},
        interactions::{Area, PREFIX},
    },
};

/// The headers that the proxy reads.
pub const SSP: [&str; 4] = ["Ssp-TraceID", "Ssp-From", "Ssp-To", "Ssp-InteractionID"];

/// Names that are often written for them.
fn instead(seen: &Reading<'_>, name: &str) -> String {
    let plain = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    let near = seen.exchange.request.headers.iter().find(|(known, _)| plain(known) == plain(name));
    near.map_or_else(|| "It is missing.".to_owned(), |(known, _)| format!("It is missing; “{}” is there instead.", cut(known)))
}

fn shown(value: &str) -> String {
    if value.is_empty() { "It is empty.".to_owned() } else { format!("It is “{}”.", cut(value)) }
}

/// HDR-01
pub fn trace(seen: &Reading<'_>) -> Found {
    match seen.header("Ssp-TraceID") {
        Some(value) => must(is_uuid(value), || shown(value)),
        None => Found::Wrong(instead(seen, "Ssp-TraceID")),
    }
}

/// HDR-03
pub fn from(seen: &Reading<'_>) -> Found {
    match seen.header("Ssp-From") {
        None | Some("") => Found::Wrong(instead(seen, "Ssp-From")),
        Some(value) if is_asid(value) => Found::Held,
        Some(value) => Found::Doubt(format!("{} An ASID has 12 digits in every example.", shown(value))),
    }
}

/// HDR-04
pub fn registered(seen: &Reading<'_>) -> Found {
    let asids = &seen.context.asids;
    if asids.is_empty() {
        return Found::Skip("The ASIDs of the supplier are not known.");
    }
    let Some(from) = seen.header("Ssp-From") else { return Found::Skip("Ssp-From is missing, which HDR-03 says.") };
    must(asids.iter().any(|asid| asid.trim() == from), || shown(from))
}

/// HDR-05
pub fn to(seen: &Reading<'_>) -> Found {
    let Some(to) = seen.header("Ssp-To").filter(|to| !to.is_empty()) else { return Found::Wrong(instead(seen, "Ssp-To")) };
    let mut doubts = Vec::new();
    if !is_asid(to) {
        doubts.push(format!("{} An ASID has 12 digits in every example.", shown(to)));
    }
    if seen.header("Ssp-From") == Some(to) {
        doubts.push("It is the same as Ssp-From: right only for one system that is both consumer and provider.".to_owned());
    }
    if doubts.is_empty() { Found::Held } else { Found::Doubt(doubts.join(" ")) }
}

/// HDR-06
pub fn interaction(seen: &Reading<'_>) -> Found {
    let Some(id) = seen.header("Ssp-InteractionID") else { return Found::Wrong(instead(seen, "Ssp-InteractionID")) };
    must(seen.known.is_some() && id.starts_with(PREFIX), || match seen.known {
        Some(_) => format!("{} It lacks “{PREFIX}”.", shown(id)),
        None => shown(id),
    })
}

/// HDR-07
pub fn in_scope(seen: &Reading<'_>) -> Found {
    let known = match seen.interaction() {
        Ok(known) => known,
        Err(why) => return why,
    };
    let Some(scope) = &seen.context.in_scope else { return Found::Skip("The capabilities of the supplier are not known.") };
    let right = known.area == Area::Foundations || scope.iter().any(|capability| Area::of(*capability) == Some(known.area));
    must(right, || format!("It belongs to {}.", known.area.title()))
}

/// HDR-08
pub fn once(seen: &Reading<'_>) -> Found {
    let twice: Vec<&str> = SSP.into_iter().filter(|name| seen.exchange.request.header(name).count() > 1).collect();
    must(twice.is_empty(), || format!("More than once: {}.", twice.join(", ")))
}

/// HDR-09
pub fn bearer(seen: &Reading<'_>) -> Found {
    if seen.token == Token::LeftOut {
        return Found::Skip("The token was left out when the capture was saved. Save it with everything in it.");
    }
    let values: Vec<&str> = seen.exchange.request.header("Authorization").map(str::trim).collect();
    match values[..] {
        [] => Found::Wrong("There is no Authorization header.".to_owned()),
        [one] if seen.token == Token::Missing => {
            let scheme = one.split(' ').next().unwrap_or_default();
            // What may be a password is not shown again.
            let scheme = if scheme.len() > 12 { "something else" } else { scheme };
            Found::Wrong(format!("It begins with “{}” and carries no token.", cut(scheme)))
        }
        [one] if one.starts_with("Bearer ") => Found::Held,
        [_] => Found::Doubt("The word before the token is not written “Bearer”.".to_owned()),
        _ => Found::Wrong("Authorization is there more than once.".to_owned()),
    }
}

/// HDR-10
pub fn media(seen: &Reading<'_>) -> Found {
    let right = |value: &str| {
        value.split(',').any(|one| {
            let kind = one.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
            if seen.is_old() {
                matches!(kind.as_str(), "application/json+fhir" | "application/xml+fhir")
            } else {
                matches!(kind.as_str(), "application/fhir+json" | "application/fhir+xml")
            }
        })
    };
    let mut wrong = Vec::new();
    if let Some(accept) = seen.header("Accept").filter(|value| !right(value)) {
        wrong.push(format!("Accept is “{}”.", cut(accept)));
    }
    let has_body = seen.known.is_some_and(|known| known.has_body()) || !seen.exchange.request.body.trim().is_empty();
    match seen.header("Content-Type") {
        Some(kind) if has_body && !right(kind) => wrong.push(format!("Content-Type is “{}”.", cut(kind))),
        None if has_body => wrong.push("There is a body and no Content-Type.".to_owned()),
        _ => {}
    }
    must(wrong.is_empty(), || {
        let kind = if seen.is_old() { "application/json+fhir" } else { "application/fhir+json" };
        format!("{} This version has {kind}.", wrong.join(" "))
    })
}

/// HDR-11
pub fn gzip(seen: &Reading<'_>) -> Found {
    let values = seen.exchange.request.header("Accept-Encoding").collect::<Vec<_>>().join(",").to_ascii_lowercase();
    let offers = values.split(',').any(|one| {
        let mut parts = one.split(';').map(str::trim);
        matches!(parts.next(), Some("gzip" | "x-gzip" | "*")) && !parts.any(|part| matches!(part, "q=0" | "q=0.0"))
    });
    must(offers, || if values.is_empty() { "Accept-Encoding is missing.".to_owned() } else { shown(&values) })
}
