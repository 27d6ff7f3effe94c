//! A worked example of each interaction.

use serde_json::{Value, json};

use crate::{
    guidance::spine::interactions::example,
    guidance::spine::{
        interactions::{Interaction, service_root},
        token,
    },
};

/// A request as it was sent: what an evidence check reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Captured {
    /// `GET`, `POST` or `PUT`.
    pub method: String,
    /// The whole address, with the proxy.
    pub url: String,
    /// Names as they were written, in their order.
    pub headers: Vec<(String, String)>,
    /// What was sent along; empty for nothing.
    pub body: String,
}

impl Captured {
    /// The values of a header, whose name may be written in any case.
    pub fn header<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// The worked example of an interaction: a request that passes every check.
#[must_use]
pub fn worked(interaction: &Interaction) -> Captured {
    let root = service_root(interaction);
    let token = token::encode(&token::header(), &token::claims(interaction, &root));
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let mut headers = vec![
        pair("Ssp-TraceID", example::TRACE),
        pair("Ssp-From", example::CONSUMER_ASID),
        pair("Ssp-To", example::PROVIDER_ASID),
        pair("Ssp-InteractionID", &interaction.full_id()),
        pair("Authorization", &format!("Bearer {token}")),
        pair("Accept", interaction.media_type()),
        pair("Accept-Encoding", "gzip"),
    ];
    if interaction.has_body() {
        headers.push(pair("Content-Type", interaction.media_type()));
    }
    Captured {
        method: interaction.method.clone(),
        url: format!("https://{}/{root}{}", example::PROXY_HOST, interaction.example),
        headers,
        body: body(interaction).map_or_else(String::new, |body| body.to_string()),
    }
}

/// The body of the worked example; `None` where there is none.
#[must_use]
pub fn body(interaction: &Interaction) -> Option<Value> {
    let number = json!({ "system": interaction.nhs_number_system(), "value": example::NHS_NUMBER });
    let asks = |more: &[Value]| {
        let mut parameters = vec![json!({ "name": "patientNHSNumber", "valueIdentifier": number })];
        parameters.extend_from_slice(more);
        json!({ "resourceType": "Parameters", "parameter": parameters })
    };
    let appointment = |status: &str| {
        json!({
            "resourceType": "Appointment", "status": status, "start": "2026-03-10T09:00:00+00:00",
            "end": "2026-03-10T09:10:00+00:00", "slot": [{ "reference": "Slot/5" }], "description": "Review of medicines",
            "participant": [
                { "actor": { "reference": "Patient/2" }, "status": "accepted" },
                { "actor": { "reference": "Location/1" }, "status": "accepted" },
            ],
        })
    };
    if !interaction.has_body() {
        return None;
    }
    Some(match interaction.id.rsplit(':').next().unwrap_or_default() {
        "gpc.registerpatient-1" => json!({
            "resourceType": "Parameters",
            "parameter": [{ "name": "registerPatient", "resource": {
                "resourceType": "Patient", "identifier": [number],
                "name": [{ "use": "official", "family": "Jackson", "given": ["Jane"] }], "birthDate": "1952-05-31",
            } }],
        }),
        "gpc.getcarerecord" => asks(&[json!({ "name": "recordSection", "valueCodeableConcept": { "coding": [
            { "system": "http://fhir.nhs.net/ValueSet/gpconnect-record-section-1", "code": "SUM" }
        ] } })]),
        "gpc.getstructuredrecord-1" => asks(&[json!({ "name": "includeAllergies", "part": [
            { "name": "includeResolvedAllergies", "valueBoolean": true }
        ] })]),
        "appointment-1" if interaction.id.contains("cancel") => appointment("cancelled"),
        "appointment-1" => appointment("booked"),
        _ => asks(&[]),
    })
}
