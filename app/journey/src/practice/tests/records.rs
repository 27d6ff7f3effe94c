//! Structured record, sections of the care record, documents.

use super::*;

fn structured(ods: &str, number: &str, more: &[Value]) -> Captured {
    let mut parameters = vec![json!({
        "name": "patientNHSNumber", "valueIdentifier": { "system": "https://fhir.nhs.uk/Id/nhs-number", "value": number },
    })];
    parameters.extend_from_slice(more);
    let body = json!({ "resourceType": "Parameters", "parameter": parameters });
    ask("fhir:operation:gpc.getstructuredrecord-1", ods, "/Patient/$gpc.getstructuredrecord", Some(&body))
}

fn allergies(resolved: bool) -> Value {
    json!({ "name": "includeAllergies", "part": [{ "name": "includeResolvedAllergies", "valueBoolean": resolved }] })
}

fn kinds(answer: &Answer) -> Vec<String> {
    let bundle = body(answer);
    let entries = bundle["entry"].as_array().expect("entries");
    entries.iter().map(|entry| entry["resource"]["resourceType"].as_str().unwrap_or_default().to_owned()).collect()
}

fn count(answer: &Answer, kind: &str) -> usize {
    kinds(answer).iter().filter(|known| *known == kind).count()
}

#[test]
fn a_structured_record_holds_what_was_asked_for() {
    let mut state = Practice::default();
    let bare = send(&mut state, &structured(DEMONSTRATOR, "9658218873", &[]));
    assert_eq!(kinds(&bare), ["Patient", "Organization", "Practitioner", "PractitionerRole"]);
    let some =
        send(&mut state, &structured(DEMONSTRATOR, "9658218873", &[allergies(false), json!({ "name": "includeMedication" })]));
    assert_eq!((count(&some, "List"), count(&some, "AllergyIntolerance"), count(&some, "MedicationStatement")), (2, 1, 1));
    let resolved = send(&mut state, &structured(DEMONSTRATOR, "9658218873", &[allergies(true)]));
    assert_eq!(count(&resolved, "AllergyIntolerance"), 2);
    let none = send(&mut state, &structured(DEMONSTRATOR, "9658218865", &[allergies(true)]));
    assert_eq!(count(&none, "AllergyIntolerance"), 0);
    assert!(none.body.contains("no-content-recorded"));
    let moving = send(&mut state, &structured(DEMONSTRATOR, "9658219705", &[allergies(true)]));
    assert!(moving.body.contains("data-in-transit"));
    let other = send(&mut state, &structured(DEMONSTRATOR, "9658218873", &[json!({ "name": "includeOther" })]));
    assert_eq!((other.status, count(&other, "OperationOutcome")), (200, 1), "what is not known is said, and the rest answered");
}

#[test]
fn a_record_that_may_not_be_seen_is_refused() {
    let mut state = Practice::default();
    let mut code = |ods: &str, number: &str, more: &[Value]| refused(&send(&mut state, &structured(ods, number, more)));
    for number in ["9658220142", "9658220150", "9658220290", "9658219748", "9658220215", "9324926233"] {
        assert_eq!(code(DEMONSTRATOR, number, &[]), with("PATIENT_NOT_FOUND", 404), "{number}");
    }
    assert_eq!(code(DEMONSTRATOR, "9658220169", &[]), with("NO_PATIENT_CONSENT", 403));
    assert_eq!(code(DEMONSTRATOR, "9999999991", &[]), with("INVALID_NHS_NUMBER", 400));
    assert_eq!(code(DEMONSTRATOR, "9658218873", &[json!({ "name": "includeAllergies" })]), with("INVALID_PARAMETER", 422));
    let mut broken = structured(EXAMPLE, "9000000084", &[]);
    broken.body.truncate(20);
    assert_eq!(refused(&send(&mut state, &broken)), with("BAD_REQUEST", 400));
}

#[test]
fn a_record_that_moves_is_whole() {
    let body = json!({ "resourceType": "Parameters", "parameter": [{
        "name": "patientNHSNumber", "valueIdentifier": { "system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9658218873" },
    }] });
    let path = "/Patient/$gpc.migratestructuredrecord";
    let whole =
        send(&mut Practice::default(), &ask("fhir:operation:gpc.migratestructuredrecord-1", DEMONSTRATOR, path, Some(&body)));
    assert_eq!((whole.status, count(&whole, "List")), (200, 9), "{}", whole.body);
}

fn section(number: &str, code: &str) -> Captured {
    let known = known("fhir:operation:gpc.getcarerecord");
    let body = json!({ "resourceType": "Parameters", "parameter": [
        { "name": "patientNHSNumber", "valueIdentifier": { "system": "http://fhir.nhs.net/Id/nhs-number", "value": number } },
        { "name": "recordSection", "valueCodeableConcept": { "coding": [
            { "system": "http://fhir.nhs.net/ValueSet/gpconnect-record-section-1", "code": code },
        ] } },
    ] });
    let mut request = ask(&known.id, DEMONSTRATOR, "/Patient/$gpc.getcarerecord", Some(&body));
    let mut claims = token::claims(known, "");
    claims["requested_record"]["identifier"][0]["value"] = json!(number);
    set(&mut request, "Authorization", &format!("Bearer {}", token::encode(&token::header(), &claims)));
    request
}

#[test]
fn sections_of_the_care_record_are_html_in_a_document() {
    let mut state = Practice::default();
    for code in ["SUM", "PRB", "ENC", "ALL", "CLI", "MED", "REF", "OBS", "IMM", "ADM"] {
        let answer = send(&mut state, &section("9658218873", code));
        assert_eq!((answer.status, body(&answer)["type"].as_str()), (200, Some("document")), "{code}: {}", answer.body);
        assert_eq!(body(&answer)["entry"][0]["resource"]["section"][0]["code"]["coding"][0]["code"], code);
        assert_eq!(header(&answer, "Content-Type"), Some("application/json+fhir; charset=utf-8"));
    }
    assert!(send(&mut state, &section("9658218873", "ALL")).body.contains("Allergy to penicillin"));
    assert!(send(&mut state, &section("9658218865", "ALL")).body.contains("content-banner"));
    assert_eq!(refused(&send(&mut state, &section("9658218873", "XXX"))), with("INVALID_PARAMETER", 422));
    let refusal = send(&mut state, &section("9658220169", "SUM"));
    assert_eq!(refused(&refusal), with("NO_PATIENT_CONSENT", 403));
    assert!(refusal.body.contains("fhir.nhs.net/ValueSet/gpconnect-error-or-warning-code-1"), "codes of 0.x");
}

#[test]
fn documents_are_searched_and_fetched() {
    let mut state = Practice::default();
    let search = |query: &str| {
        ask(
            "documents:fhir:rest:search:documentreference-1",
            DEMONSTRATOR,
            &format!("/Patient/3/DocumentReference?{query}"),
            None,
        )
    };
    let found = send(&mut state, &search("created=ge2025-03-03"));
    assert_eq!(count(&found, "DocumentReference"), 1);
    let url = body(&found)["entry"][1]["resource"]["content"][0]["attachment"]["url"].as_str().expect("an address").to_owned();
    let (_, id) = url.rsplit_once('/').expect("an id");
    let fetch = |id: &str| ask("documents:fhir:rest:read:binary-1", DEMONSTRATOR, &format!("/Binary/{id}"), None);
    assert_eq!(body(&send(&mut state, &fetch(id)))["resourceType"], "Binary");
    assert_eq!(refused(&send(&mut state, &fetch("1"))), with("NO_RECORD_FOUND", 404));
    assert_eq!(kinds(&send(&mut state, &search("created=ge2026-01-01"))), Vec::<String>::new());
    assert_eq!(refused(&send(&mut state, &search("created=ge2026"))), with("INVALID_PARAMETER", 422));
}
