//! The token that says who asks and why: unsigned, new for each request (domain/spine.md §6). Mutual TLS is what proves
//! who is there; the token is for the record of the practice.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::guidance::spine::interactions::{Interaction, example};

/// Seconds that a token is good for: exactly.
pub const LIFE: i64 = 300;

/// Where a token of 0.x says that it is meant for, whoever the practice is.
pub const OLD_AUDIENCE: &str = "https://authorize.fhir.nhs.net/token";

/// Claims that every token has.
pub const CLAIMS: [&str; 10] = [
    "iss",
    "sub",
    "aud",
    "iat",
    "exp",
    "reason_for_request",
    "requested_scope",
    "requesting_device",
    "requesting_organization",
    "requesting_practitioner",
];

/// Its first part.
#[must_use]
pub fn header() -> Value {
    json!({ "alg": "none", "typ": "JWT" })
}

/// The claims of the worked example.
#[must_use]
pub fn claims(interaction: &Interaction, root: &str) -> Value {
    let old = interaction.is_old();
    let id = |name: &str| format!("{}{name}", if old { "http://fhir.nhs.net/Id/" } else { "https://fhir.nhs.uk/Id/" });
    let (name, scope) = if old {
        (json!({ "family": ["Jones"], "given": ["Claire"], "prefix": ["Dr"] }), interaction.scope.clone())
    } else {
        let scope = match (interaction.sensitive, interaction.migrates()) {
            (true, true) => format!("{} conf/R", interaction.scope),
            (true, false) => format!("{} conf/N", interaction.scope),
            (false, _) => interaction.scope.clone(),
        };
        (json!([{ "family": "Jones", "given": ["Claire"], "prefix": ["Dr"] }]), scope)
    };
    let mut claims = json!({
        "iss": example::CONSUMER_ENDPOINT,
        "sub": example::USER,
        "aud": if old { OLD_AUDIENCE } else { root },
        "iat": example::AT,
        "exp": example::AT + LIFE,
        "reason_for_request": if interaction.migrates() { "migration" } else { "directcare" },
        "requested_scope": scope,
        "requesting_device": {
            "resourceType": "Device",
            "identifier": [{ "system": "https://consumer.example.nhs.uk/Id/device", "value": "surgery-pc-7" }],
            "model": "Example Care Record", "version": "4.2",
        },
        "requesting_organization": {
            "resourceType": "Organization", "name": "Example Hospital",
            "identifier": [{ "system": id("ods-organization-code"), "value": example::CONSUMER_ODS }],
        },
        "requesting_practitioner": {
            "resourceType": "Practitioner", "id": example::USER, "name": name,
            "identifier": [
                { "system": id("sds-user-id"), "value": "111222333444" },
                { "system": id("sds-role-profile-id"), "value": "444555666777" },
                { "system": "https://consumer.example.nhs.uk/Id/user", "value": "cjones" },
            ],
        },
    });
    if old {
        claims["requested_record"] = json!({
            "resourceType": "Patient", "identifier": [{ "system": id("nhs-number"), "value": example::NHS_NUMBER }],
        });
        claims["requesting_device"]["id"] = json!("1");
        claims["requesting_organization"]["id"] = json!("1");
    }
    if interaction.scope.starts_with("organization/") && old {
        claims["requested_record"] = json!({
            "resourceType": "Organization",
            "identifier": [{ "system": id("ods-organization-code"), "value": example::PRACTICE }],
        });
    }
    claims
}

/// Header and claims as they travel. The signature is empty; its dot stays.
#[must_use]
pub fn encode(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.", part(header), part(claims))
}

/// Header and claims out of a token. Signed ones are read too: what is wrong with them is for the checks to say.
///
/// # Errors
/// What keeps it from being read, as a sentence.
pub fn decode(token: &str) -> Result<(Value, Value), &'static str> {
    let mut parts = token.split('.');
    let (Some(header), Some(claims)) = (parts.next(), parts.next()) else {
        return Err("A token has a header and claims with a dot between them.");
    };
    let part = |text: &str| -> Result<Value, &'static str> {
        let bytes = URL_SAFE_NO_PAD
            .decode(text)
            .map_err(|_| "Each part is written in base64url: letters, digits, - and _, without = at the end.")?;
        serde_json::from_slice(&bytes).map_err(|_| "A part does not hold JSON.")
    };
    Ok((part(header)?, part(claims)?))
}
