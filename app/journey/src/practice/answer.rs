//! What comes back.

use jiff::Timestamp;

use crate::{
    conformance::report::Check,
    guidance::spine::{interactions::Interaction, worked::Captured},
    practice::{
        appointments,
        ask::{Answer, Ask, Given},
        booking, documents, foundations,
        outcome::{Code, Refused},
        refuse::{self, Asked},
        sections,
        state::Practice,
        structured,
    },
};

/// What the practice answers to a request, which was checked. What it changes is taken into `state`.
pub fn answer(state: &mut Practice, request: &Captured, checks: &[Check], now: Timestamp) -> Answer {
    let old = refuse::named(request).is_some_and(Interaction::is_old);
    let given = refuse::look(request, checks).and_then(|asked| give(state, request, &asked, now));
    match given {
        Ok(given) => {
            if let Some(change) = &given.change {
                state.take(change);
            }
            with_headers(given, old)
        }
        Err(refused) => refusal(&refused, old),
    }
}

/// A refusal that has nothing to do with the practice: the run is closed, the body is too long.
#[must_use]
pub fn refused_by_proxy(status: u16, words: &str) -> Answer {
    refusal(&Refused::by_proxy(status, words), false)
}

fn refusal(refused: &Refused, old: bool) -> Answer {
    with_headers(Given { status: refused.status, body: refused.resource(old), location: None, change: None }, old)
}

fn with_headers(given: Given, old: bool) -> Answer {
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let kind = if old { "application/json+fhir; charset=utf-8" } else { "application/fhir+json; charset=utf-8" };
    let mut headers = vec![pair("Content-Type", kind), pair("Cache-Control", "no-store")];
    if let Some(version) = given.body["meta"]["versionId"].as_str() {
        headers.push(pair("ETag", &format!("W/\"{version}\"")));
    }
    headers.extend(given.location.map(|location| pair("Location", &location)));
    Answer { status: given.status, headers, body: given.body.to_string(), change: given.change }
}

fn give(state: &Practice, request: &Captured, asked: &Asked<'_>, now: Timestamp) -> Result<Given, Refused> {
    let (path, query) = asked.root.request.split_once('?').unwrap_or((asked.root.request, ""));
    let ask = Ask {
        known: asked.known,
        ods: asked.root.ods,
        root: asked.root.text,
        path: path.split('/').filter(|part| !part.is_empty()).collect(),
        query: url::form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
        request,
        now,
    };
    // The id says what is asked: `…:read:patient-1`, `…gpc.registerpatient-1`.
    match asked.known.id.trim_end_matches("-1").rsplit(':').take(2).collect::<Vec<_>>()[..] {
        ["metadata", ..] => Ok(foundations::metadata(&ask)),
        ["patient", "read"] => foundations::read_patient(state, &ask),
        ["patient", ..] => foundations::find_patient(state, &ask),
        ["practitioner", "read"] => foundations::read(&ask),
        ["organization" | "location" | "healthcareservice", "read"] => foundations::read(&ask),
        ["practitioner" | "organization" | "healthcareservice", ..] => foundations::find(&ask),
        ["gpc.registerpatient", ..] => foundations::register(state, &ask),
        ["slot", ..] => appointments::free_slots(state, &ask),
        ["appointment", "read"] => appointments::read(state, &ask),
        ["appointment", "create"] => booking::book(state, &ask),
        ["appointment", "update"] => booking::amend(state, &ask),
        ["appointment", "cancel"] => booking::cancel(state, &ask),
        ["patient_appointments", ..] => appointments::of_patient(state, &ask),
        ["gpc.getstructuredrecord" | "gpc.migratestructuredrecord", ..] => structured::record(state, &ask),
        ["gpc.getcarerecord", ..] => sections::section(state, &ask),
        ["documentreference", ..] => documents::search(state, &ask),
        ["binary", ..] => documents::binary(&ask),
        _ => Err(Refused::by_practice(Code::BAD_REQUEST, "This interaction is not answered.")),
    }
}
