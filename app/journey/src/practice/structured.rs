//! The structured record (domain/spine.md §4): patient, practice, and the lists that were asked for.

use serde_json::{Value, json};

use crate::{
    guidance::spine::formats::is_nhs_number,
    practice::{
        ask::{Ask, Given, of_parameter},
        outcome::{Code, Refused},
        people::{self, Kind, Patient},
        refuse::short,
        slots::{self, written},
        state::Practice,
    },
};

/// What can be asked for, with the title of its list and the code of it.
const PARTS: [(&str, &str, &str); 9] = [
    ("includeAllergies", "Allergies and adverse reactions", "886921000000105"),
    ("includeMedication", "Medications and medical devices", "933361000000108"),
    ("includeImmunisations", "Immunisations", "1102181000000102"),
    ("includeUncategorisedData", "Miscellaneous record", "826501000000100"),
    ("includeConsultations", "List of consultations", "1149501000000101"),
    ("includeProblems", "Problems", "717711000000103"),
    ("includeInvestigations", "Investigations and results", "887191000000108"),
    ("includeReferrals", "Outbound referral", "792931000000107"),
    ("includeDiaryEntries", "Patient recall administration", "714311000000108"),
];

/// The patient whom a record is asked of, by NHS number.
pub(crate) fn patient_of(state: &Practice, ask: &Ask<'_>, body: &Value) -> Result<&'static Patient, Refused> {
    let Some(number) = of_parameter(body, "patientNHSNumber").map(|parameter| &parameter["valueIdentifier"]) else {
        return Err(Refused::by_practice(Code::INVALID_PARAMETER, "patientNHSNumber is missing."));
    };
    let system = ask.known.nhs_number_system();
    if number["system"] != system {
        let words = format!("The system of patientNHSNumber must be {system}.");
        return Err(Refused::by_practice(Code::INVALID_IDENTIFIER_SYSTEM, words));
    }
    let text = number["value"].as_str().unwrap_or_default();
    if !is_nhs_number(text) {
        return Err(Refused::by_practice(
            Code::INVALID_NHS_NUMBER,
            "The number is no NHS number: ten digits, of which the last fits.",
        ));
    }
    let patient = state.patient(ask.ods, text).ok_or_else(|| {
        Refused::by_practice(Code::PATIENT_NOT_FOUND, "The practice has no active patient with this NHS number.")
    })?;
    if patient.kind == Kind::Dissents {
        return Err(Refused::by_practice(Code::NO_PATIENT_CONSENT, "The patient does not want their record shared."));
    }
    Ok(patient)
}

/// The record, as far as it was asked for. A record that moves to another practice is whole.
pub(crate) fn record(state: &Practice, ask: &Ask<'_>) -> Result<Given, Refused> {
    let body = ask.body()?;
    let patient = patient_of(state, ask, &body)?;
    let given = body["parameter"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut names: Vec<&str> =
        given.iter().filter_map(|one| one["name"].as_str()).filter(|name| *name != "patientNHSNumber").collect();
    if ask.known.migrates() {
        names = PARTS.iter().map(|(name, ..)| *name).collect();
    }
    let of_allergies = of_parameter(&body, "includeAllergies").filter(|_| !ask.known.migrates());
    if let Some(asked) = of_allergies
        && part(asked, "includeResolvedAllergies").is_none_or(|resolved| !resolved["valueBoolean"].is_boolean())
    {
        let words = "includeAllergies needs its part includeResolvedAllergies, true or false.";
        return Err(Refused::by_practice(Code::INVALID_PARAMETER, words));
    }
    let resolved =
        of_allergies.and_then(|asked| part(asked, "includeResolvedAllergies")).is_none_or(|one| one["valueBoolean"] == true);
    let mut entries = vec![
        patient.resource(patient.id, false),
        people::organisation(ask.ods, false),
        people::practitioner(false),
        json!({
            "resourceType": "PractitionerRole", "id": "1",
            "meta": { "profile": ["https://fhir.nhs.uk/STU3/StructureDefinition/CareConnect-GPC-PractitionerRole-1"] },
            "practitioner": { "reference": "Practitioner/1" }, "organization": { "reference": "Organization/1" },
        }),
    ];
    let mut unknown = Vec::new();
    for name in names {
        let Some((_, title, code)) = PARTS.iter().find(|(known, ..)| *known == name) else {
            unknown.push(short(name));
            continue;
        };
        let items = match name {
            "includeAllergies" => allergies(patient, resolved),
            "includeMedication" => medicines(patient),
            _ => Vec::new(),
        };
        entries.push(list(ask, patient, title, code, &items));
        entries.extend(items);
    }
    // What a practice does not know is said in the bundle, and the rest is answered.
    entries.extend((!unknown.is_empty()).then(|| {
        json!({
            "resourceType": "OperationOutcome", "id": "1",
            "meta": { "profile": ["https://fhir.nhs.uk/STU3/StructureDefinition/GPConnect-OperationOutcome-1"] },
            "issue": unknown.iter().map(|name| json!({
                "severity": "warning", "code": "not-supported",
                "details": { "coding": [{
                    "system": "https://fhir.nhs.uk/STU3/CodeSystem/Spine-ErrorOrWarningCode-1",
                    "code": "NOT_IMPLEMENTED", "display": "Not implemented",
                }], "text": format!("{name} is an unrecognised parameter") },
            })).collect::<Vec<_>>(),
        })
    }));
    Ok(Given::ok(json!({
        "resourceType": "Bundle",
        "meta": { "profile": ["https://fhir.nhs.uk/STU3/StructureDefinition/GPConnect-StructuredRecord-Bundle-1"] },
        "type": "collection",
        "entry": entries.into_iter().map(|resource| json!({ "resource": resource })).collect::<Vec<_>>(),
    })))
}

fn part<'a>(parameter: &'a Value, name: &str) -> Option<&'a Value> {
    parameter["part"].as_array()?.iter().find(|part| part["name"] == name)
}

fn list(ask: &Ask<'_>, patient: &Patient, title: &str, code: &str, items: &[Value]) -> Value {
    let reference = |item: &Value| {
        let of = |name: &str| item[name].as_str().unwrap_or_default().to_owned();
        json!({ "item": { "reference": format!("{}/{}", of("resourceType"), of("id")) } })
    };
    let mut list = json!({
        "resourceType": "List", "id": code,
        "meta": { "profile": ["https://fhir.nhs.uk/STU3/StructureDefinition/CareConnect-GPC-List-1"] },
        "status": "current", "mode": "snapshot", "title": title,
        "code": { "coding": [{ "system": "http://snomed.info/sct", "code": code, "display": title }] },
        "subject": {
            "reference": format!("Patient/{}", patient.id),
            "identifier": { "system": "https://fhir.nhs.uk/Id/nhs-number", "value": patient.number },
        },
        "date": written(&slots::local(ask.now)), "orderedBy": { "coding": [{ "code": "event-date" }] },
        "entry": items.iter().filter(|item| item["resourceType"] != "Medication").map(reference).collect::<Vec<_>>(),
    });
    if items.is_empty() {
        list["note"] = json!([{ "text": "Information not available" }]);
        list["emptyReason"] = json!({ "coding": [{
            "system": "https://fhir.nhs.uk/STU3/CodeSystem/CareConnect-ListEmptyReasonCode-1",
            "code": "no-content-recorded", "display": "No Content Recorded",
        }] });
    }
    if patient.kind == Kind::InTransit {
        list["extension"] = json!([{
            "url": "https://fhir.nhs.uk/STU3/StructureDefinition/Extension-CareConnect-GPC-ListWarningCode-1",
            "valueCode": "data-in-transit",
        }]);
    }
    list
}

fn allergies(patient: &Patient, resolved: bool) -> Vec<Value> {
    let one = |id: &str, code: &str, name: &str, status: &str, since: &str| {
        json!({
            "resourceType": "AllergyIntolerance", "id": id,
            "meta": { "profile": ["https://fhir.nhs.uk/STU3/StructureDefinition/CareConnect-GPC-AllergyIntolerance-1"] },
            "clinicalStatus": status, "verificationStatus": "unconfirmed",
            "code": { "coding": [{ "system": "http://snomed.info/sct", "code": code, "display": name }] },
            "patient": { "reference": format!("Patient/{}", patient.id) },
            "assertedDate": since, "recorder": { "reference": "Practitioner/1" },
        })
    };
    match patient.kind {
        Kind::NothingOfAllergies => Vec::new(),
        Kind::NoKnownAllergies => vec![one("1", "716186003", "No known allergy", "active", "2015-03-02")],
        _ => {
            let mut all = vec![one("1", "91936005", "Allergy to penicillin", "active", "2011-06-14")];
            all.extend(resolved.then(|| one("2", "232347008", "Dander (animal) allergy", "resolved", "1999-09-01")));
            all
        }
    }
}

fn medicines(patient: &Patient) -> Vec<Value> {
    if patient.kind == Kind::NoMedicines {
        return Vec::new();
    }
    let subject = json!({ "reference": format!("Patient/{}", patient.id) });
    let profile =
        |name: &str| json!({ "profile": [format!("https://fhir.nhs.uk/STU3/StructureDefinition/CareConnect-GPC-{name}-1")] });
    vec![
        json!({
            "resourceType": "MedicationStatement", "id": "1", "meta": profile("MedicationStatement"),
            "basedOn": [{ "reference": "MedicationRequest/1" }], "status": "active",
            "medicationReference": { "reference": "Medication/1" }, "effectivePeriod": { "start": "2025-11-03" },
            "dateAsserted": "2025-11-03", "subject": subject, "taken": "unk",
            "dosage": [{ "text": "1 tablet daily" }],
        }),
        json!({
            "resourceType": "Medication", "id": "1", "meta": profile("Medication"),
            "code": { "coding": [{ "system": "http://snomed.info/sct", "code": "319996000", "display": "Atenolol 50mg tablets" }] },
        }),
    ]
}
