//! What the practice answers, interaction by interaction, in the words of the specification.

mod booking;
mod chain;
mod proof;
mod records;
mod trace;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{
    guidance::spine::{
        interactions::{Area, Interaction, example, interaction, interactions},
        token,
        worked::{Captured, worked},
    },
    practice::{
        answer::answer,
        ask::Answer,
        people::{DEMONSTRATOR, EXAMPLE},
        refuse::service_root,
        seam,
        state::Practice,
    },
};

/// A Monday, in winter: UK time is UTC.
pub(super) const NOW: &str = "2026-03-02T10:00:00Z";

pub(super) fn now() -> Timestamp {
    NOW.parse().expect("an instant")
}

pub(super) fn known(id: &str) -> &'static Interaction {
    interaction(id).expect("it is known")
}

/// A request as it must be, to a practice, with this path and body.
pub(super) fn ask(id: &str, ods: &str, path: &str, body: Option<&Value>) -> Captured {
    let known = known(id);
    let root = service_root(ods, known, known.area);
    let mut request = worked(known);
    request.url = format!("https://{}/{root}{path}", example::PROXY_HOST);
    let text = token::encode(&token::header(), &token::claims(known, &root));
    set(&mut request, "Authorization", &format!("Bearer {text}"));
    if let Some(body) = body {
        request.body = body.to_string();
    }
    request
}

pub(super) fn set(request: &mut Captured, name: &str, value: &str) {
    request.headers.retain(|(known, _)| known != name);
    request.headers.push((name.to_owned(), value.to_owned()));
}

pub(super) fn send(state: &mut Practice, request: &Captured) -> Answer {
    answer(state, request, &seam::checked(request, &Default::default(), Some(now())), now())
}

pub(super) fn body(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).expect("JSON")
}

pub(super) fn header<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    answer.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

/// Status and code of a refusal.
pub(super) fn refused(answer: &Answer) -> (u16, Option<String>) {
    let told = body(answer);
    assert_eq!(told["resourceType"], "OperationOutcome", "{}", answer.body);
    (answer.status, told["issue"][0]["details"]["coding"][0]["code"].as_str().map(str::to_owned))
}

fn with(code: &str, status: u16) -> (u16, Option<String>) {
    (status, Some(code.to_owned()))
}

fn find(ods: &str, number: &str) -> Captured {
    ask("fhir:rest:search:patient-1", ods, &format!("/Patient?identifier=https://fhir.nhs.uk/Id/nhs-number%7C{number}"), None)
}

#[test]
fn every_worked_example_that_reads_is_answered_and_is_never_kept_by_anybody() {
    for known in interactions().iter().filter(|known| known.area != Area::Appointments && !known.registers()) {
        let answer = send(&mut Practice::default(), &worked(known));
        assert_eq!(answer.status, 200, "{}: {}", known.id, answer.body);
        assert_eq!(header(&answer, "Cache-Control"), Some("no-store"));
        assert_eq!(header(&answer, "Content-Type").map(|kind| kind.starts_with(known.media_type())), Some(true), "{}", known.id);
        assert!(answer.change.is_none());
    }
}

#[test]
fn the_proxy_refuses_what_it_looks_at_without_a_code_and_the_practice_with_one() {
    let refusal = |change: &dyn Fn(&mut Captured)| {
        let mut request = ask("fhir:rest:read:patient-1", EXAMPLE, "/Patient/2", None);
        change(&mut request);
        refused(&send(&mut Practice::default(), &request))
    };
    let header = |name: &'static str, value: &'static str| refusal(&|request| set(request, name, value));
    assert_eq!(header("Ssp-TraceID", "1"), (400, None));
    assert_eq!(header("Ssp-To", "999999999998"), (403, None));
    assert_eq!(header("Ssp-InteractionID", "urn:nhs:names:services:gpconnect:other"), (400, None));
    assert_eq!(header("Accept", "application/fhir+xml"), (415, None));
    assert_eq!(refusal(&|request| request.method = "PATCH".to_owned()), (405, None));
    assert_eq!(refusal(&|request| request.url = request.url.replace("provider.example.nhs.uk", "10.0.0.1")), (400, None));
    assert_eq!(refusal(&|request| request.url = request.url.replace(".nhs.uk/T99999", ".nhs.uk/B83002")), (400, None));
    assert_eq!(refusal(&|request| request.url = request.url.replace("/Patient/2", "/Slot")), with("BAD_REQUEST", 400));
    assert_eq!(header("Authorization", "Basic x"), with("BAD_REQUEST", 400));
}

#[test]
fn a_token_that_is_wrong_is_refused_by_the_practice() {
    let with_claims = |change: &dyn Fn(&mut Value)| {
        let mut request = ask("fhir:rest:read:patient-1", EXAMPLE, "/Patient/2", None);
        let known = known("fhir:rest:read:patient-1");
        let mut claims = token::claims(known, &service_root(EXAMPLE, known, known.area));
        change(&mut claims);
        set(&mut request, "Authorization", &format!("Bearer {}", token::encode(&token::header(), &claims)));
        refused(&send(&mut Practice::default(), &request))
    };
    // domain/spine.md §6: another life gives 400, a wrong type of resource 422, a missing claim 400.
    assert_eq!(with_claims(&|claims| claims["exp"] = json!(example::AT + 301)), with("BAD_REQUEST", 400));
    assert_eq!(
        with_claims(&|claims| claims["requesting_device"]["resourceType"] = json!("Patient")),
        with("INVALID_RESOURCE", 422)
    );
    assert_eq!(
        with_claims(&|claims| claims["requesting_practitioner"]["resourceType"] = json!("X")),
        with("INVALID_RESOURCE", 422)
    );
    assert_eq!(
        with_claims(&|claims| drop(claims.as_object_mut().map(|all| all.remove("requesting_device")))),
        with("BAD_REQUEST", 400)
    );
}

#[test]
fn every_fault_is_told_in_one_answer() {
    let mut request = ask("fhir:rest:read:patient-1", EXAMPLE, "/Patient/2", None);
    set(&mut request, "Ssp-TraceID", "1");
    set(&mut request, "Authorization", "Bearer x");
    let answer = send(&mut Practice::default(), &request);
    let told: Vec<String> =
        body(&answer)["issue"].as_array().expect("issues").iter().map(|one| one["diagnostics"].to_string()).collect();
    assert_eq!(answer.status, 400);
    assert!(told.iter().any(|words| words.contains("HDR-01")) && told.iter().any(|words| words.contains("JWT-0")), "{told:?}");
}

#[test]
fn a_patient_is_found_by_number_and_read_by_id() {
    let mut state = Practice::default();
    let found = send(&mut state, &find(DEMONSTRATOR, "9658218873"));
    let patient = body(&found)["entry"][0]["resource"].clone();
    assert_eq!((found.status, patient["name"][0]["family"].as_str()), (200, Some("Parsons")));
    let id = patient["id"].as_str().expect("an id");
    let read = send(&mut state, &ask("fhir:rest:read:patient-1", DEMONSTRATOR, &format!("/Patient/{id}"), None));
    assert_eq!((read.status, body(&read)["identifier"][0]["value"].as_str()), (200, Some("9658218873")));
    assert_eq!(header(&read, "ETag"), Some("W/\"1\""));
    // Sensitive, dead, gone, replaced, elsewhere, or of the other practice: nobody is found.
    for number in ["9658220142", "9658220290", "9658219748", "9658220215", "9324926233", "9000000084"] {
        let found = send(&mut state, &find(DEMONSTRATOR, number));
        assert_eq!((found.status, body(&found)["entry"].as_array().map(Vec::len)), (200, Some(0)), "{number}");
    }
    let read = send(&mut state, &ask("fhir:rest:read:patient-1", DEMONSTRATOR, "/Patient/9", None));
    assert_eq!(refused(&read), with("PATIENT_NOT_FOUND", 404));
}

#[test]
fn what_is_wrong_with_a_search_has_its_own_code() {
    let mut state = Practice::default();
    assert_eq!(refused(&send(&mut state, &find(EXAMPLE, "9000000085"))), with("INVALID_NHS_NUMBER", 400));
    let mut old = find(EXAMPLE, "9000000084");
    old.url = old.url.replace("fhir.nhs.uk/Id", "fhir.nhs.net/Id");
    assert_eq!(refused(&send(&mut state, &old)), with("INVALID_IDENTIFIER_SYSTEM", 400));
    let empty = ask(
        "fhir:rest:search:organization-1",
        EXAMPLE,
        "/Organization?identifier=https://fhir.nhs.uk/Id/ods-organization-code%7C",
        None,
    );
    assert_eq!(refused(&send(&mut state, &empty)), with("INVALID_IDENTIFIER_VALUE", 400));
    let system = ask("fhir:rest:search:practitioner-1", EXAMPLE, "/Practitioner?identifier=x%7C1", None);
    assert_eq!(refused(&send(&mut state, &system)), with("INVALID_IDENTIFIER_SYSTEM", 400));
}

#[test]
fn practitioner_organisation_place_and_service_are_read_and_found() {
    let mut state = Practice::default();
    for (id, path, none) in [
        ("fhir:rest:read:practitioner-1", "/Practitioner/", "PRACTITIONER_NOT_FOUND"),
        ("fhir:rest:read:organization-1", "/Organization/", "ORGANISATION_NOT_FOUND"),
        ("fhir:rest:read:location-1", "/Location/", "NO_RECORD_FOUND"),
        ("fhir:rest:read:healthcareservice-1", "/HealthcareService/", "NO_RECORD_FOUND"),
    ] {
        let read = send(&mut state, &ask(id, EXAMPLE, &format!("{path}1"), None));
        assert_eq!((read.status, body(&read)["id"].as_str()), (200, Some("1")), "{id}");
        assert_eq!(refused(&send(&mut state, &ask(id, EXAMPLE, &format!("{path}2"), None))), with(none, 404));
    }
    for (id, path, value) in [
        ("fhir:rest:search:practitioner-1", "/Practitioner?identifier=https://fhir.nhs.uk/Id/sds-user-id%7C", "999999999999"),
        ("fhir:rest:search:organization-1", "/Organization?identifier=https://fhir.nhs.uk/Id/ods-organization-code%7C", "T99999"),
        (
            "fhir:rest:search:healthcareservice-1",
            "/HealthcareService?identifier=https://fhir.nhs.uk/Id/uec-dos-service-id%7C",
            "1000123",
        ),
    ] {
        let found = |value: &str, state: &mut Practice| {
            let answer = send(state, &ask(id, EXAMPLE, &format!("{path}{value}"), None));
            (answer.status, body(&answer)["entry"].as_array().map(Vec::len))
        };
        assert_eq!(found(value, &mut state), (200, Some(1)), "{id}");
        assert_eq!(found("123456", &mut state), (200, Some(0)), "{id}");
    }
}

#[test]
fn metadata_lists_what_is_answered() {
    for (id, kind, operation) in [
        ("fhir:rest:read:metadata-1", "CapabilityStatement", "gpc.registerpatient"),
        ("fhir:rest:read:metadata", "Conformance", "gpc.getcarerecord"),
    ] {
        let told = body(&send(&mut Practice::default(), &ask(id, EXAMPLE, "/metadata", None)));
        assert_eq!(told["resourceType"], kind);
        let operations = told["rest"][0]["operation"].as_array().expect("operations");
        assert!(operations.iter().any(|one| one["name"] == operation), "{told}");
    }
}

fn registration(number: &str, family: &str, born: &str) -> Value {
    json!({ "resourceType": "Parameters", "parameter": [{ "name": "registerPatient", "resource": {
        "resourceType": "Patient", "identifier": [{ "system": "https://fhir.nhs.uk/Id/nhs-number", "value": number }],
        "name": [{ "use": "official", "family": family, "given": ["Sean"] }], "birthDate": born, "gender": "male",
    } }] })
}

#[test]
fn who_is_registered_is_found_afterwards_and_only_once() {
    let mut state = Practice::default();
    let register =
        |body: &Value| ask("fhir:operation:gpc.registerpatient-1", DEMONSTRATOR, "/Patient/$gpc.registerpatient", Some(body));
    let sean = registration("9324926233", "Doyle", "1999-02-17");
    let done = send(&mut state, &register(&sean));
    assert_eq!(done.status, 200, "{}", done.body);
    assert_eq!(body(&done)["entry"][0]["resource"]["id"], "15");
    assert_eq!(body(&send(&mut state, &find(DEMONSTRATOR, "9324926233")))["entry"].as_array().map(Vec::len), Some(1));
    assert_eq!(refused(&send(&mut state, &register(&sean))), with("DUPLICATE_REJECTED", 409));
    for (wrong, code) in [
        (registration("9324926233", "Other", "1999-02-17"), with("INVALID_PATIENT_DEMOGRAPHICS", 400)),
        (registration("9324926233", "Doyle", "1999-02-18"), with("INVALID_PATIENT_DEMOGRAPHICS", 400)),
        (registration("9324926234", "Doyle", "1999-02-17"), with("INVALID_NHS_NUMBER", 400)),
        (json!({ "resourceType": "Parameters", "parameter": [] }), with("INVALID_PARAMETER", 422)),
        (json!({ "resourceType": "Patient" }), with("INVALID_RESOURCE", 422)),
    ] {
        assert_eq!(refused(&send(&mut Practice::default(), &register(&wrong))), code, "{wrong}");
    }
    // The same practice again, out of what was changed.
    let change = done.change.expect("it changed something");
    assert_eq!(Practice::after([&change]), state);
}
