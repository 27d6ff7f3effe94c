//! What every capability builds on: what the system can do, and who is at the practice.

use serde_json::{Value, json};

use crate::{
    guidance::spine::{formats::is_nhs_number, interactions::interactions},
    practice::{
        ask::{Ask, Given, found, of_parameter},
        outcome::{Code, Refused},
        people::{self, Kind, Patient},
        state::{Change, Practice},
    },
};

/// What this practice can do, by the table of interactions.
pub(crate) fn metadata(ask: &Ask<'_>) -> Given {
    let old = ask.known.is_old();
    let of = |method: &str| interactions().iter().filter(|one| one.is_old() == old && one.method == method).collect::<Vec<_>>();
    let mut resources: Vec<(&str, Vec<Value>)> = Vec::new();
    for one in of("GET").into_iter().chain(of("POST")).chain(of("PUT")) {
        let kind = one.path.trim_start_matches('/').split(['/', '?']).next().unwrap_or_default();
        let does = match (one.method.as_str(), one.path.contains('?')) {
            _ if one.path.contains('$') || kind == "metadata" => continue,
            ("POST", _) => "create",
            ("PUT", _) => "update",
            (_, true) => "search-type",
            (_, false) => "read",
        };
        let told = json!({ "code": does });
        match resources.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, codes)) if codes.contains(&told) => {}
            Some((_, codes)) => codes.push(told),
            None => resources.push((kind, vec![told])),
        }
    }
    let operations: Vec<Value> = of("POST")
        .into_iter()
        .filter_map(|one| one.path.split_once('$'))
        .map(|(_, name)| json!({ "name": name, "definition": { "reference": format!("OperationDefinition/{name}") } }))
        .collect();
    let resources: Vec<Value> = resources.into_iter().map(|(kind, does)| json!({ "type": kind, "interaction": does })).collect();
    let rest = json!([{ "mode": "server", "security": { "cors": true }, "resource": resources, "operation": operations }]);
    let (kind, fhir, version, format) = if old {
        ("Conformance", "1.0.2", "0.7.4", "application/json+fhir")
    } else {
        ("CapabilityStatement", "3.0.1", "1.6.2", "application/fhir+json")
    };
    Given::ok(json!({
        "resourceType": kind, "version": version, "name": "GP Connect simulated practice", "status": "active",
        "date": ask.now.to_string(), "publisher": "GP Connect onboarding", "kind": "instance",
        "software": { "name": "Simulated practice of GP Connect onboarding", "version": "1" },
        "fhirVersion": fhir, "acceptUnknown": "both", "format": [format], "rest": rest,
    }))
}

/// A patient by the id that the practice gave them.
pub(crate) fn read_patient(state: &Practice, ask: &Ask<'_>) -> Result<Given, Refused> {
    let id = ask.path.last().copied().unwrap_or_default();
    let patient = state.patient_with_id(ask.ods, id).ok_or_else(|| {
        Refused::by_practice(
            Code::PATIENT_NOT_FOUND,
            "The practice has no active patient with this id. Find the patient by NHS number first.",
        )
    })?;
    Ok(Given::ok(patient.resource(id, ask.known.is_old())))
}

/// A patient by NHS number: one or none.
pub(crate) fn find_patient(state: &Practice, ask: &Ask<'_>) -> Result<Given, Refused> {
    let number = ask.identifier(ask.known.nhs_number_system())?;
    if !is_nhs_number(&number) {
        return Err(Refused::by_practice(
            Code::INVALID_NHS_NUMBER,
            "The number is no NHS number: ten digits, of which the last fits.",
        ));
    }
    let patients = state.patient(ask.ods, &number).map(|patient| patient.resource(patient.id, ask.known.is_old()));
    Ok(Given::ok(found(ask, patients.into_iter().collect())))
}

/// What else can be read, by the id 1: each practice has one of each.
pub(crate) fn read(ask: &Ask<'_>) -> Result<Given, Refused> {
    let [kind, id] = ask.path[..] else { return Err(Refused::by_practice(Code::BAD_REQUEST, "Name what is to be read.")) };
    let (resource, none) = match kind {
        "Practitioner" => (people::practitioner(false), Code::PRACTITIONER_NOT_FOUND),
        "Organization" => (people::organisation(ask.ods, false), Code::ORGANISATION_NOT_FOUND),
        "Location" => (people::location(ask.ods), Code::NO_RECORD_FOUND),
        _ => (people::healthcare_service(), Code::NO_RECORD_FOUND),
    };
    if id == "1" {
        return Ok(Given::ok(resource));
    }
    Err(Refused::by_practice(none, format!("This practice has one {kind}, with the id 1.")))
}

/// A practitioner, an organisation or a service by its identifier: one or none.
pub(crate) fn find(ask: &Ask<'_>) -> Result<Given, Refused> {
    let (system, own, resource) = match ask.path.first().copied() {
        Some("Practitioner") => ("https://fhir.nhs.uk/Id/sds-user-id", people::DOCTOR, people::practitioner(false)),
        Some("Organization") => ("https://fhir.nhs.uk/Id/ods-organization-code", ask.ods, people::organisation(ask.ods, false)),
        _ => ("https://fhir.nhs.uk/Id/uec-dos-service-id", people::SERVICE, people::healthcare_service()),
    };
    // The table of interactions names the service's system as inferred from its siblings: both names are taken.
    let older = "https://fhir.nhs.uk/Id/dos-service-id";
    let value = match ask.identifier(system) {
        Err(_) if system.contains("dos-service-id") => ask.identifier(older)?,
        value => value?,
    };
    Ok(Given::ok(found(ask, if value == own { vec![resource] } else { Vec::new() })))
}

/// Registers a patient for a while. PDS must know them by the same details.
pub(crate) fn register(state: &Practice, ask: &Ask<'_>) -> Result<Given, Refused> {
    let body = ask.body()?;
    let given = of_parameter(&body, "registerPatient").map(|parameter| &parameter["resource"]);
    let Some(given) = given.filter(|resource| resource["resourceType"] == "Patient") else {
        return Err(Refused::by_practice(Code::INVALID_PARAMETER, "registerPatient must hold a Patient."));
    };
    let identifiers = given["identifier"].as_array().map(Vec::as_slice).unwrap_or_default();
    let system = ask.known.nhs_number_system();
    let mut numbers = identifiers.iter().filter(|one| one["system"] == system).filter_map(|one| one["value"].as_str());
    let (Some(number), None) = (numbers.next(), numbers.next()) else {
        return Err(Refused::by_practice(Code::BAD_REQUEST, format!("The Patient needs one identifier of {system}.")));
    };
    if !is_nhs_number(number) {
        return Err(Refused::by_practice(
            Code::INVALID_NHS_NUMBER,
            "The number is no NHS number: ten digits, of which the last fits.",
        ));
    }
    let names = given["name"].as_array().map(Vec::as_slice).unwrap_or_default();
    let official = names.iter().find(|name| name["use"] == "official");
    let Some(family) = official.and_then(|name| name["family"].as_str()) else {
        return Err(Refused::by_practice(Code::INVALID_RESOURCE, "The Patient needs an official name with a family name."));
    };
    let same = |patient: &&Patient| {
        let gender = given["gender"].as_str().is_none_or(|gender| gender == patient.gender);
        let known = !matches!(patient.kind, Kind::Deceased | Kind::Superseded);
        known && gender && given["birthDate"] == patient.born.to_string() && family.eq_ignore_ascii_case(patient.name[0])
    };
    let patient = Patient::with_number(number).filter(same).ok_or_else(|| {
        let words = "PDS does not know a patient with this number, family name, birth date and gender.";
        Refused::by_practice(Code::INVALID_PATIENT_DEMOGRAPHICS, words)
    })?;
    if state.patient(ask.ods, number).is_some() {
        return Err(Refused::by_practice(Code::DUPLICATE_REJECTED, "This patient is registered at the practice already."));
    }
    let mut resource = patient.resource(patient.id, false);
    resource["extension"] = json!([{
        "url": "https://fhir.nhs.uk/STU3/StructureDefinition/Extension-CareConnect-GPC-RegistrationDetails-1",
        "extension": [{ "url": "registrationType", "valueCodeableConcept": { "coding": [{
            "system": "https://fhir.nhs.uk/STU3/CodeSystem/CareConnect-RegistrationType-1", "code": "T", "display": "Temporary",
        }] } }],
    }]);
    let change = Change::Registered { ods: ask.ods.to_owned(), number: number.to_owned() };
    Ok(Given { change: Some(change), ..Given::ok(found(ask, vec![resource])) })
}
