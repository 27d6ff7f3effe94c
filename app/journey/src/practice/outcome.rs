//! What goes wrong, in the words of the specification: an `OperationOutcome` with a code (domain/spine.md §9).

use serde_json::{Value, json};

/// A code of a provider, with its status, the kind of issue that FHIR calls it, and its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Code(u16, &'static str, &'static str, &'static str);

impl Code {
    pub(crate) const BAD_REQUEST: Code = Code(400, "invalid", "BAD_REQUEST", "Bad request");
    pub(crate) const INVALID_NHS_NUMBER: Code = Code(400, "value", "INVALID_NHS_NUMBER", "Invalid NHS number");
    pub(crate) const INVALID_IDENTIFIER_SYSTEM: Code =
        Code(400, "value", "INVALID_IDENTIFIER_SYSTEM", "Invalid identifier system");
    pub(crate) const INVALID_IDENTIFIER_VALUE: Code = Code(400, "value", "INVALID_IDENTIFIER_VALUE", "Invalid identifier value");
    pub(crate) const INVALID_PATIENT_DEMOGRAPHICS: Code =
        Code(400, "invalid", "INVALID_PATIENT_DEMOGRAPHICS", "Invalid patient demographics (that is, PDS trace failed)");
    pub(crate) const NO_PATIENT_CONSENT: Code =
        Code(403, "forbidden", "NO_PATIENT_CONSENT", "Patient has not provided consent to share data");
    pub(crate) const PATIENT_NOT_FOUND: Code = Code(404, "not-found", "PATIENT_NOT_FOUND", "Patient not found");
    pub(crate) const ORGANISATION_NOT_FOUND: Code = Code(404, "not-found", "ORGANISATION_NOT_FOUND", "Organisation not found");
    pub(crate) const PRACTITIONER_NOT_FOUND: Code = Code(404, "not-found", "PRACTITIONER_NOT_FOUND", "Practitioner not found");
    pub(crate) const NO_RECORD_FOUND: Code = Code(404, "not-found", "NO_RECORD_FOUND", "No record found");
    pub(crate) const DUPLICATE_REJECTED: Code =
        Code(409, "duplicate", "DUPLICATE_REJECTED", "Create would lead to creation of a duplicate resource");
    pub(crate) const FHIR_CONSTRAINT_VIOLATION: Code =
        Code(409, "conflict", "FHIR_CONSTRAINT_VIOLATION", "FHIR constraint violated");
    pub(crate) const INVALID_RESOURCE: Code = Code(422, "invalid", "INVALID_RESOURCE", "Invalid validation of resource");
    pub(crate) const INVALID_PARAMETER: Code = Code(422, "invalid", "INVALID_PARAMETER", "Invalid parameter");
    pub(crate) const REFERENCE_NOT_FOUND: Code = Code(422, "invalid", "REFERENCE_NOT_FOUND", "Reference not found");
}

/// A request that is refused: with which status, and why. The first reason decides; those after it are told as well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) status: u16,
    why: Vec<(&'static str, Option<Code>, String)>,
}

impl Refused {
    /// By the system of the practice.
    pub(crate) fn by_practice(code: Code, words: impl Into<String>) -> Self {
        Self { status: code.0, why: vec![(code.1, Some(code), words.into())] }
    }

    /// By the proxy, which gives no codes of its own.
    pub(crate) fn by_proxy(status: u16, words: impl Into<String>) -> Self {
        let issue = match status {
            403 => "forbidden",
            405 | 415 => "not-supported",
            429 | 502 | 503 => "transient",
            _ => "invalid",
        };
        Self { status, why: vec![(issue, None, words.into())] }
    }

    /// Tells what else is wrong.
    pub(crate) fn and(mut self, other: Refused) -> Self {
        self.why.extend(other.why);
        self
    }

    /// The resource that says so.
    pub(crate) fn resource(&self, old: bool) -> Value {
        let system = if old {
            "http://fhir.nhs.net/ValueSet/gpconnect-error-or-warning-code-1"
        } else {
            "https://fhir.nhs.uk/STU3/CodeSystem/Spine-ErrorOrWarningCode-1"
        };
        let issues: Vec<Value> = self
            .why
            .iter()
            .map(|(issue, code, words)| {
                let mut told = json!({ "severity": "error", "code": issue, "diagnostics": words });
                if let Some(Code(_, _, name, display)) = code {
                    told["details"] = json!({ "coding": [{ "system": system, "code": name, "display": display }] });
                }
                told
            })
            .collect();
        let mut outcome = json!({ "resourceType": "OperationOutcome", "issue": issues });
        if self.why.first().is_some_and(|(_, code, _)| code.is_some()) {
            let profile = if old {
                "http://fhir.nhs.net/StructureDefinition/gpconnect-operationoutcome-1"
            } else {
                "https://fhir.nhs.uk/STU3/StructureDefinition/GPConnect-OperationOutcome-1"
            };
            outcome["meta"] = json!({ "profile": [profile] });
        }
        outcome
    }
}
