//! Rules about several requests together: HDR-02, SET-01, SET-02.

use std::collections::BTreeMap;

use crate::{
    conformance::{
        exchange::cut,
        reading::{Brief, Found, must},
    },
    guidance::spine::interactions::{Area, Interaction, interaction, interactions},
};

/// HDR-02
pub fn new_traces(all: &[Brief<'_>]) -> Found {
    let mut seen: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for one in all {
        if let Some(trace) = one.trace {
            seen.entry(trace.to_ascii_lowercase()).or_default().push(one.from);
        }
    }
    if all.len() < 2 {
        return Found::Skip("There is one request, and nothing to compare it with.");
    }
    let twice: Vec<String> = seen
        .iter()
        .filter(|(_, places)| places.len() > 1)
        .map(|(trace, places)| {
            let shown: Vec<&str> = places.iter().take(5).copied().collect();
            let more = places.len().checked_sub(6).map_or(String::new(), |more| format!(" and {} more", more + 1));
            format!("“{}” is in {} requests: {}{more}.", cut(trace), places.len(), shown.join("; "))
        })
        .take(5)
        .collect();
    must(twice.is_empty(), || twice.join(" "))
}

/// What the supplier declared, or all that belongs to its capabilities in every version of them.
fn declared(one: &Brief<'_>) -> Vec<&'static Interaction> {
    let context = one.context;
    if !context.interactions.is_empty() {
        return context.interactions.iter().filter_map(|id| interaction(id.trim())).collect();
    }
    let areas: Vec<Area> = context.in_scope.iter().flatten().filter_map(|capability| Area::of(*capability)).collect();
    interactions().iter().filter(|one| areas.contains(&one.area) && matches!(one.versions.as_str(), "1.x" | "0.x")).collect()
}

/// SET-01
pub fn covers(all: &[Brief<'_>]) -> Found {
    let Some(first) = all.first() else { return Found::Skip("There is no request.") };
    let declared = declared(first);
    if declared.is_empty() {
        return Found::Skip("The interactions of the supplier are not known.");
    }
    let missing: Vec<&str> = declared
        .iter()
        .filter(|wanted| !all.iter().any(|one| one.known.is_some_and(|known| known.id == wanted.id)))
        .map(|wanted| wanted.id.as_str())
        .collect();
    must(missing.is_empty(), || format!("Not in it: {}.", missing.join(", ")))
}

/// SET-02
pub fn with_and_without_smartcard(all: &[Brief<'_>]) -> Found {
    if all.len() < 2 {
        return Found::Skip("There is one request: a set has several.");
    }
    let users: Vec<&str> = all.iter().filter_map(|one| one.user.as_deref()).collect();
    if users.is_empty() {
        return Found::Skip("No token says who asks.");
    }
    let without = users.contains(&"UNK");
    let with = users.iter().any(|user| *user != "UNK");
    must(with && without, || {
        if with { "Every token is of a person with a smartcard." } else { "Every token is of a person without a smartcard." }
            .to_owned()
    })
}
