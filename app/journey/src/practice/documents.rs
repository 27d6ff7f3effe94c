//! Documents in the record of a patient.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::json;

use crate::practice::{
    ask::{Ask, Given, found},
    outcome::{Code, Refused},
    people::{self, Kind},
    state::Practice,
};

/// The one document that everybody has: its id is that of the worked example.
const DOCUMENT: &str = "07a6483f-732b-461e-86b6-edb665c45510";
const CREATED: jiff::civil::Date = jiff::civil::date(2025, 10, 6);
const TEXT: &str = "Report of a clinic. This is an example for tests and says nothing about anybody.";

/// What documents a patient has, created between two days.
pub(crate) fn search(state: &Practice, ask: &Ask<'_>) -> Result<Given, Refused> {
    let [_, id, _] = ask.path[..] else { return Err(Refused::by_practice(Code::BAD_REQUEST, "Name the patient.")) };
    let patient = state
        .patient_with_id(ask.ods, id)
        .ok_or_else(|| Refused::by_practice(Code::PATIENT_NOT_FOUND, "The practice has no active patient with this id."))?;
    if patient.kind == Kind::Dissents {
        return Err(Refused::by_practice(Code::NO_PATIENT_CONSENT, "The patient does not want their record shared."));
    }
    let mut is_within = true;
    for value in ask.all("created") {
        let bound =
            value.get(..2).zip(value.get(2..)).and_then(|(prefix, day)| Some((prefix, day.parse::<jiff::civil::Date>().ok()?)));
        is_within &= match bound {
            Some(("ge", day)) => CREATED >= day,
            Some(("le", day)) => CREATED <= day,
            _ => {
                let words = "created takes ge or le and a whole date, such as created=ge2025-03-03.";
                return Err(Refused::by_practice(Code::INVALID_PARAMETER, words));
            }
        };
    }
    if !is_within {
        return Ok(Given::ok(found(ask, Vec::new())));
    }
    let document = json!({
        "resourceType": "DocumentReference", "id": DOCUMENT,
        "meta": { "versionId": "1", "profile": ["https://fhir.nhs.uk/STU3/StructureDefinition/CareConnect-GPC-DocumentReference-1"] },
        "identifier": [{ "system": "https://practice.example.nhs.uk/Id/document", "value": DOCUMENT }],
        "status": "current", "type": { "text": "Clinic report" }, "subject": { "reference": format!("Patient/{id}") },
        "created": format!("{CREATED}T09:00:00+01:00"), "indexed": format!("{CREATED}T09:00:00+01:00"),
        "author": [{ "reference": "Organization/1" }], "custodian": { "reference": "Organization/1" },
        "description": "Report of a clinic",
        "content": [{ "attachment": {
            "contentType": "text/plain", "url": format!("{}/Binary/{DOCUMENT}", ask.root), "size": TEXT.len(),
        } }],
    });
    let resources = vec![patient.resource(id, false), document, people::organisation(ask.ods, false)];
    Ok(Given::ok(found(ask, resources)))
}

/// The document itself.
pub(crate) fn binary(ask: &Ask<'_>) -> Result<Given, Refused> {
    if ask.path.last() != Some(&DOCUMENT) {
        return Err(Refused::by_practice(
            Code::NO_RECORD_FOUND,
            "There is no document with this id. Search for documents first.",
        ));
    }
    Ok(Given::ok(json!({
        "resourceType": "Binary", "id": DOCUMENT, "contentType": "text/plain", "content": STANDARD.encode(TEXT),
    })))
}
