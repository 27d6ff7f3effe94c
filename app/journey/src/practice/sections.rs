//! A section of the care record as HTML, in the form of specifications 0.x.

use serde_json::{Value, json};

use crate::practice::{
    ask::{Ask, Given, of_parameter},
    outcome::{Code, Refused},
    people::{self, Kind, Patient},
    slots::{self, written},
    state::Practice,
    structured::patient_of,
};

/// Sections with their titles.
const SECTIONS: [(&str, &str); 10] = [
    ("SUM", "Summary"),
    ("PRB", "Problems"),
    ("ENC", "Encounters"),
    ("ALL", "Allergies and Adverse Reactions"),
    ("CLI", "Clinical Items"),
    ("MED", "Medications"),
    ("REF", "Referrals"),
    ("OBS", "Observations"),
    ("IMM", "Immunisations"),
    ("ADM", "Administrative Items"),
];

const SYSTEM: &str = "http://fhir.nhs.net/ValueSet/gpconnect-record-section-1";

/// One section, as a document.
pub(crate) fn section(state: &Practice, ask: &Ask<'_>) -> Result<Given, Refused> {
    let body = ask.body()?;
    let patient = patient_of(state, ask, &body)?;
    let coding = of_parameter(&body, "recordSection").map(|one| &one["valueCodeableConcept"]["coding"][0]);
    let Some(coding) = coding else {
        return Err(Refused::by_practice(Code::INVALID_PARAMETER, "recordSection is missing."));
    };
    let known = SECTIONS.iter().find(|(code, _)| coding["code"] == *code && coding["system"] == SYSTEM);
    let Some((code, title)) = known else {
        let codes: Vec<&str> = SECTIONS.iter().map(|(code, _)| *code).collect();
        let words = format!("recordSection must be a code of {SYSTEM}: {}.", codes.join(", "));
        return Err(Refused::by_practice(Code::INVALID_PARAMETER, words));
    };
    let profile = |name: &str| json!({ "profile": [format!("http://fhir.nhs.net/StructureDefinition/gpconnect-{name}-1")] });
    let composition = json!({
        "resourceType": "Composition", "id": "1", "meta": profile("carerecord-composition"),
        "date": written(&slots::local(ask.now)), "title": "Patient Care Record", "status": "final",
        "type": { "coding": [{ "system": "http://snomed.info/sct", "code": "425173008", "display": "record extract (record artifact)" }] },
        "class": { "coding": [{ "system": "http://snomed.info/sct", "code": "700232004", "display": "general medical service (qualifier value)" }] },
        "subject": { "reference": format!("Patient/{}", patient.id) }, "author": [{ "reference": "Device/1" }],
        "custodian": { "reference": "Organization/1" },
        "section": [{
            "title": title, "code": { "coding": [{ "system": SYSTEM, "code": code, "display": title }] },
            "text": { "status": "generated", "div": html(code, title, patient) },
        }],
    });
    let device = json!({ "resourceType": "Device", "id": "1", "meta": profile("device"), "type": { "text": "Simulated practice" }, "version": "1" });
    let resources = [
        composition,
        patient.resource(patient.id, true),
        people::practitioner(true),
        people::organisation(ask.ods, true),
        device,
    ];
    let entries: Vec<Value> = resources.into_iter().map(|resource| json!({ "resource": resource })).collect();
    Ok(Given::ok(json!({ "resourceType": "Bundle", "meta": profile("carerecord-bundle"), "type": "document", "entry": entries })))
}

/// The section as the layout of the specification has it: headings, banner where nothing is there, a table otherwise.
fn html(code: &str, title: &str, patient: &Patient) -> String {
    let table = |heads: &[&str], cells: &[&str]| {
        let heads: String = heads.iter().map(|head| format!("<th>{head}</th>")).collect();
        let cells: String = cells.iter().map(|cell| format!("<td>{cell}</td>")).collect();
        format!("<table><thead><tr>{heads}</tr></thead><tbody><tr>{cells}</tr></tbody></table>")
    };
    let content = match (code, patient.kind) {
        ("ALL", Kind::NoKnownAllergies) => Some(table(&["Start Date", "Details"], &["02-Mar-2015", "No known allergies"])),
        ("ALL", Kind::NothingOfAllergies) | ("MED", Kind::NoMedicines) => None,
        ("ALL", _) => Some(table(&["Start Date", "Details"], &["14-Jun-2011", "Allergy to penicillin"])),
        ("MED", _) => Some(table(
            &["Type", "Start Date", "Medication Item", "Dosage Instruction", "Quantity"],
            &["Repeat", "03-Nov-2025", "Atenolol 50mg tablets", "1 tablet daily", "28 tablets"],
        )),
        ("SUM", _) => Some(format!(
            "<h2>Last 3 Encounters</h2>{}",
            table(&["Date", "Title", "Details"], &["03-Nov-2025", "GP Surgery", "Review of medicines"])
        )),
        _ => None,
    };
    let transit = if patient.kind == Kind::InTransit {
        "<div class=\"gptransfer-banner\"><p>Patient record transfer from previous GP practice not yet complete.</p></div>"
    } else {
        ""
    };
    let content = content
        .unwrap_or_else(|| format!("<div class=\"content-banner\"><p>No '{title}' data is recorded for this patient.</p></div>"));
    format!("<div xmlns=\"http://www.w3.org/1999/xhtml\"><h1>{title}</h1>{transit}{content}</div>")
}
