//! Rules about the answer: RSP-01 to RSP-03.

use serde_json::Value;

use crate::conformance::{
    exchange::cut,
    reading::{BODY_LIMIT, Found, Reading, must},
};

/// What providers say in an OperationOutcome (domain/spine.md §9).
const CODES: [&str; 23] = [
    "INVALID_NHS_NUMBER",
    "INVALID_IDENTIFIER_SYSTEM",
    "INVALID_IDENTIFIER_VALUE",
    "INVALID_PATIENT_DEMOGRAPHICS",
    "BAD_REQUEST",
    "CONFLICTING_VALUES",
    "NO_PATIENT_CONSENT",
    "NO_ORGANISATION_CONSENT",
    "ACCESS DENIED",
    "ACCESS_DENIED",
    "NOT_AUTHORISED",
    "NO_RELATIONSHIP",
    "PATIENT_NOT_FOUND",
    "ORGANISATION_NOT_FOUND",
    "PRACTITIONER_NOT_FOUND",
    "NO_RECORD_FOUND",
    "DUPLICATE_REJECTED",
    "INVALID_RESOURCE",
    "INVALID_PARAMETER",
    "REFERENCE_NOT_FOUND",
    "INTERNAL_SERVER_ERROR",
    "NOT_IMPLEMENTED",
    "RESOURCE_NOT_FOUND",
];

/// The proxy says its HTTP status instead.
const PROXY: [&str; 6] = ["400", "403", "405", "415", "502", "504"];

/// RSP-01
pub fn status_and_outcome(seen: &Reading<'_>) -> Found {
    let answer = match seen.answer() {
        Ok(answer) => answer,
        Err(why) => return why,
    };
    if answer.status < 400 {
        return must(matches!(answer.status, 200 | 201), || format!("The status is {}.", answer.status));
    }
    let body = answer.body.trim();
    if body.len() > BODY_LIMIT {
        return Found::Skip("The answer is longer than 1 MB and is not taken apart here.");
    }
    let codes: Vec<String> = if body.starts_with('<') {
        if !body.contains("OperationOutcome") {
            return Found::Wrong(format!("{} came without an OperationOutcome.", answer.status));
        }
        body.split("<code value=").skip(1).filter_map(|rest| rest.split(['"', '\'']).nth(1).map(str::to_owned)).collect()
    } else {
        let read: Value = serde_json::from_str(body).unwrap_or_default();
        if read["resourceType"] != "OperationOutcome" {
            return Found::Wrong(format!("{} came without an OperationOutcome.", answer.status));
        }
        let issues = read["issue"].as_array().into_iter().flatten();
        let codings = issues.flat_map(|issue| issue["details"]["coding"].as_array().into_iter().flatten());
        codings.filter_map(|coding| coding["code"].as_str().map(str::to_owned)).collect()
    };
    must(codes.iter().any(|code| CODES.contains(&code.as_str()) || PROXY.contains(&code.as_str())), || match &codes[..] {
        [] => "The OperationOutcome has no code.".to_owned(),
        list => format!("The OperationOutcome has {}.", cut(&list.join(", "))),
    })
}

/// The answer, where it is evidence of a provider.
fn of_provider<'a>(seen: &Reading<'a>) -> Result<&'a crate::conformance::exchange::Answer, Found> {
    if !seen.context.provider {
        return Err(Found::Skip("It is a rule for evidence of a provider."));
    }
    seen.answer()
}

/// RSP-02
pub fn no_store(seen: &Reading<'_>) -> Found {
    let answer = match of_provider(seen) {
        Ok(answer) => answer,
        Err(why) => return why,
    };
    let values = answer.header("Cache-Control").collect::<Vec<_>>().join(", ");
    must(values.split(',').any(|one| one.trim().eq_ignore_ascii_case("no-store")), || {
        if values.is_empty() { "Cache-Control is missing.".to_owned() } else { format!("It is “{}”.", cut(&values)) }
    })
}

/// RSP-03
pub fn in_time(seen: &Reading<'_>) -> Found {
    let answer = match of_provider(seen) {
        Ok(answer) => answer,
        Err(why) => return why,
    };
    let Some(took) = answer.took_ms else { return Found::Skip("The capture does not say how long it took.") };
    let known = match seen.interaction() {
        Ok(known) => known,
        Err(why) => return why,
    };
    let (what, limit) = if known.scope == "patient/*.write" { ("command", 250) } else { ("query", 3000) };
    must(took < limit, || format!("It took {took} ms, and a {what} takes less than {limit} ms."))
}
