//! Rules about who asks: JWT-13 to JWT-22.

use serde_json::Value;

use crate::{
    conformance::{
        exchange::cut,
        look::token::said,
        reading::{Found, Reading, identified, identifiers, must, text},
    },
    guidance::spine::formats::is_ods,
};

/// Where ODS codes of organisations are namespaced: today, and before.
const ODS_SYSTEMS: [&str; 2] = ["https://fhir.nhs.uk/Id/ods-organization-code", "http://fhir.nhs.net/Id/ods-organization-code"];

/// Faults of one resource, told together.
fn all(wrong: &[String]) -> Found {
    must(wrong.is_empty(), || wrong.join(" "))
}

fn kind(resource: &Value, wanted: &str, wrong: &mut Vec<String>) {
    if resource["resourceType"] != wanted {
        wrong.push(format!("resourceType is {}, not {wanted}.", said(&resource["resourceType"])));
    }
}

/// JWT-13
pub fn device(seen: &Reading<'_>) -> Found {
    let device = match seen.claim("requesting_device") {
        Ok(device) => device,
        Err(why) => return why,
    };
    let mut wrong = Vec::new();
    kind(device, "Device", &mut wrong);
    if !identifiers(device).iter().any(|one| text(&one["system"]) && text(&one["value"])) {
        wrong.push("There is no identifier with system and value.".to_owned());
    }
    for name in ["model", "version"] {
        if !text(&device[name]) {
            wrong.push(format!("{name} is {}.", said(&device[name])));
        }
    }
    all(&wrong)
}

/// JWT-14
pub fn organisation(seen: &Reading<'_>) -> Found {
    let organisation = match seen.claim("requesting_organization") {
        Ok(organisation) => organisation,
        Err(why) => return why,
    };
    let mut wrong = Vec::new();
    kind(organisation, "Organization", &mut wrong);
    if !text(&organisation["name"]) {
        wrong.push(format!("name is {}.", said(&organisation["name"])));
    }
    let all_of = identifiers(organisation);
    let code = all_of.iter().find(|one| one["system"].as_str().is_some_and(|system| ODS_SYSTEMS.contains(&system)));
    match code {
        Some(one) if one["value"].as_str().is_some_and(is_ods) => {}
        Some(one) => wrong.push(format!("The ODS code is {}.", said(&one["value"]))),
        None => match all_of.first() {
            Some(other) => {
                wrong.push(format!("No identifier has the namespace of ODS codes; it has {}.", said(&other["system"])))
            }
            None => wrong.push("There is no identifier.".to_owned()),
        },
    }
    all(&wrong)
}

fn originating(organisation: &Value) -> Option<&str> {
    identified(organisation, "/Id/ods-organization-code")
}

/// JWT-15
pub fn originates(seen: &Reading<'_>) -> Found {
    let context = seen.context;
    if context.shared_topology != Some(true) {
        return Found::Skip("The topology is not known to be shared.");
    }
    if context.supplier_ods.is_empty() {
        return Found::Skip("The ODS codes of supplier and host are not known.");
    }
    let organisation = match seen.claim("requesting_organization") {
        Ok(organisation) => organisation,
        Err(why) => return why,
    };
    let Some(code) = originating(organisation) else { return Found::Skip("There is no ODS code, which JWT-14 says.") };
    must(!context.supplier_ods.iter().any(|own| own.trim().eq_ignore_ascii_case(code)), || {
        format!("{} is the code of the supplier or of its host.", cut(code))
    })
}

/// The name of a person: a list in 1.x, one in 0.x.
fn name(person: &Value) -> &Value {
    if person["name"].is_array() { &person["name"][0] } else { &person["name"] }
}

/// JWT-16
pub fn practitioner(seen: &Reading<'_>) -> Found {
    let person = match seen.claim("requesting_practitioner") {
        Ok(person) => person,
        Err(why) => return why,
    };
    let mut wrong = Vec::new();
    kind(person, "Practitioner", &mut wrong);
    if !text(&person["id"]) {
        wrong.push(format!("id is {}.", said(&person["id"])));
    }
    let name = name(person);
    let one = |value: &Value| text(value) || value.as_array().is_some_and(|list| list.iter().any(text));
    for part in ["family", "given"] {
        if !one(&name[part]) {
            wrong.push(format!("The {part} name is {}.", said(&name[part])));
        }
    }
    all(&wrong)
}

/// JWT-17
pub fn subject(seen: &Reading<'_>) -> Found {
    let (subject, person) = match (seen.claim("sub"), seen.claim("requesting_practitioner")) {
        (Ok(subject), Ok(person)) => (subject, person),
        (Err(why), _) | (_, Err(why)) => return why,
    };
    if !text(&person["id"]) {
        return Found::Skip("The person has no id, which JWT-16 says.");
    }
    must(*subject == person["id"], || format!("sub is {}, and the id is {}.", said(subject), said(&person["id"])))
}

/// JWT-18
pub fn national_ids(seen: &Reading<'_>) -> Found {
    let person = match seen.claim("requesting_practitioner") {
        Ok(person) => person,
        Err(why) => return why,
    };
    let user = identified(person, "/Id/sds-user-id").map(str::trim).unwrap_or_default();
    if user.is_empty() {
        return Found::Wrong("There is no sds-user-id.".to_owned());
    }
    let digits = user.len() == 12 && user.bytes().all(|b| b.is_ascii_digit());
    if user != "UNK" && !digits && seen.context.environment.is_none() {
        // Test environments give out others. Every environment that a product is tested in is one.
        return Found::Doubt(format!(
            "sds-user-id is “{}”, which has not 12 digits: right in a test environment only.",
            cut(user)
        ));
    }
    // Whoever has no smartcard has no role profile either.
    let role = identified(person, "/Id/sds-role-profile-id").is_some_and(|role| !role.trim().is_empty());
    if role || user == "UNK" { Found::Held } else { Found::Doubt("There is no sds-role-profile-id.".to_owned()) }
}

/// JWT-19
pub fn local_id(seen: &Reading<'_>) -> Found {
    let person = match seen.claim("requesting_practitioner") {
        Ok(person) => person,
        Err(why) => return why,
    };
    let own = |one: &Value| {
        one["system"].as_str().is_some_and(|system| {
            !system.trim().is_empty() && !system.contains("fhir.nhs.uk") && !system.contains("fhir.nhs.net")
        }) && text(&one["value"])
    };
    must(identifiers(person).iter().any(own), || "There is no identifier with a namespace of your own.".to_owned())
}

/// Words that stand for nobody.
const NOBODY: [&str; 10] =
    ["system", "admin", "administrator", "test", "user", "tester", "system user", "test user", "generic", "service account"];

/// JWT-20
pub fn somebody(seen: &Reading<'_>) -> Found {
    let person = match seen.claim("requesting_practitioner") {
        Ok(person) => person,
        Err(why) => return why,
    };
    let name = name(person);
    let words = |value: &Value| -> Vec<String> {
        let list = value.as_array().map_or_else(|| std::slice::from_ref(value), Vec::as_slice);
        list.iter().filter_map(|one| Some(one.as_str()?.trim().to_lowercase())).collect()
    };
    let found = words(&name["family"]).into_iter().chain(words(&name["given"])).find(|word| NOBODY.contains(&word.as_str()));
    must(found.is_none(), || format!("“{}” is not the name of a person.", cut(&found.unwrap_or_default())))
}

/// JWT-21
pub fn record(seen: &Reading<'_>) -> Found {
    if !seen.is_old() {
        return Found::Skip("Tokens of 1.x name no record.");
    }
    let record = match seen.claim("requested_record") {
        Ok(record) => record,
        Err(why) => return why,
    };
    let known = match seen.interaction() {
        Ok(known) => known,
        Err(why) => return why,
    };
    let wanted = if known.scope.starts_with("organization/") { "Organization" } else { "Patient" };
    if record["resourceType"] != wanted {
        return Found::Wrong(format!("resourceType is {}, and this request is about a {wanted}.", said(&record["resourceType"])));
    }
    if wanted == "Organization" {
        let Some(code) = originating(record) else { return Found::Wrong("There is no ODS code.".to_owned()) };
        let practice = seen.address.root.as_ref().map(|root| root.ods);
        return match practice {
            Some(practice) if practice != code => {
                Found::Doubt(format!("It names {}, and the address names {practice}.", cut(code)))
            }
            _ => must(is_ods(code), || format!("The ODS code is “{}”.", cut(code))),
        };
    }
    let Some(number) = identified(record, "/Id/nhs-number") else { return Found::Wrong("There is no NHS number.".to_owned()) };
    let asked = seen.json().ok().and_then(|body| {
        let parameters = body["parameter"].as_array()?;
        let one = parameters.iter().find(|one| one["name"] == "patientNHSNumber")?;
        one["valueIdentifier"]["value"].as_str()
    });
    must(asked.is_none_or(|asked| asked == number), || "It names another NHS number than the body.".to_owned())
}

/// JWT-22
pub fn product(seen: &Reading<'_>) -> Found {
    let context = seen.context;
    if context.product.is_none() && context.version.is_none() {
        return Found::Skip("The product under assurance is not known.");
    }
    let device = match seen.claim("requesting_device") {
        Ok(device) => device,
        Err(why) => return why,
    };
    let mut wrong = Vec::new();
    for (name, wanted) in [("model", &context.product), ("version", &context.version)] {
        let Some(wanted) = wanted else { continue };
        let found = device[name].as_str().unwrap_or_default().trim();
        if !found.eq_ignore_ascii_case(wanted.trim()) {
            wrong.push(format!("{name} is {}, and “{}” is under assurance.", said(&device[name]), cut(wanted)));
        }
    }
    all(&wrong)
}
