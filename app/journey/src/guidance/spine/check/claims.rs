//! The checks of the token.

use serde_json::Value;

use crate::guidance::spine::{
    check::report::{Outcome, Report, cut},
    formats::{Root, is_ods},
    interactions::Interaction,
    token,
};

/// JWT-01 in words.
pub(crate) const SHAPE: &str = "The token has header, claims and an empty signature";

const SCOPES: [&str; 3] = ["patient/*.read", "patient/*.write", "organization/*.read"];

pub(crate) fn token(report: &mut Report, text: &str, root: Option<&Root<'_>>, known: Option<&Interaction>, body: &str) {
    let parts: Vec<&str> = text.split('.').collect();
    report.must(
        "JWT-01",
        SHAPE,
        matches!(parts[..], [_, _, ""]),
        "It must be two parts, each followed by a dot, and nothing after.",
    );
    let (header, claims) = match token::decode(text) {
        Ok(read) => read,
        Err(why) => return report.add("JWT-02", "The token can be read", Outcome::Failed(why.to_owned())),
    };
    report.add("JWT-02", "The token can be read", Outcome::Passed);
    report.must(
        "JWT-03",
        "Its header says alg none and typ JWT",
        header["alg"] == "none" && header["typ"] == "JWT",
        format!("It says {}.", cut(&header.to_string())),
    );
    let old = known.is_some_and(Interaction::is_old);
    let wanted = token::CLAIMS.into_iter().chain(old.then_some("requested_record"));
    let missing: Vec<&str> = wanted.filter(|name| claims.get(name).is_none()).collect();
    report.must("JWT-04", "Every claim is there", missing.is_empty(), format!("Missing: {}.", missing.join(", ")));
    times(report, &claims);
    audience(report, &claims, root, old);
    purpose(report, &claims, known);
    people(report, &claims);
    if old {
        record(report, &claims, body);
    }
}

fn times(report: &mut Report, claims: &Value) {
    let (issued, ends) = (claims["iat"].as_i64(), claims["exp"].as_i64());
    let whole = issued.zip(ends);
    let milliseconds = issued.is_some_and(|at| at > 99_999_999_999);
    report.must(
        "JWT-05",
        "iat and exp are whole seconds since 1970",
        whole.is_some() && !milliseconds,
        if milliseconds {
            "They look like milliseconds: divide by 1,000."
        } else {
            "They must be whole numbers, without quotes."
        },
    );
    if let Some((issued, ends)) = whole {
        report.must(
            "JWT-06",
            "The token is good for exactly 5 minutes",
            ends.checked_sub(issued) == Some(token::LIFE),
            format!("exp minus iat is {} and must be {}.", i128::from(ends) - i128::from(issued), token::LIFE),
        );
    }
}

fn audience(report: &mut Report, claims: &Value, root: Option<&Root<'_>>, old: bool) {
    let found = claims["aud"].as_str().unwrap_or_default();
    let wanted = if old { Some(token::OLD_AUDIENCE) } else { root.map(|root| root.text) };
    match wanted {
        Some(wanted) => report.must(
            "JWT-08",
            "aud is where the token is meant for",
            found == wanted,
            format!("It is “{}” and must be “{wanted}”.", cut(found)),
        ),
        None => report.add(
            "JWT-08",
            "aud is where the token is meant for",
            Outcome::NotMade("The service root is not known.".to_owned()),
        ),
    }
    let issuer = claims["iss"].as_str().unwrap_or_default();
    report.should("JWT-09", "iss is an https address", issuer.starts_with("https://"), format!("It is “{}”.", cut(issuer)));
}

fn purpose(report: &mut Report, claims: &Value, known: Option<&Interaction>) {
    let reason = claims["reason_for_request"].as_str().unwrap_or_default();
    let migrates = known.is_some_and(Interaction::migrates);
    let fits = if migrates { matches!(reason, "directcare" | "migration") } else { reason == "directcare" };
    report.must(
        "JWT-10",
        "reason_for_request is allowed",
        fits,
        format!("It is “{}”. It is directcare; migration only where a record moves to another practice.", cut(reason)),
    );
    let scope: Vec<&str> = claims["requested_scope"].as_str().unwrap_or_default().split(' ').collect();
    let (first, rest) = scope.split_first().map_or(("", &[][..]), |(first, rest)| (*first, rest));
    let old = known.is_some_and(Interaction::is_old);
    let rest_fits = match rest {
        [] => true,
        ["conf/N" | "conf/R"] => !old,
        _ => false,
    };
    let first_fits = known.map_or_else(|| SCOPES.contains(&first), |known| known.scope == first);
    report.must(
        "JWT-11",
        "requested_scope is the one of the interaction",
        first_fits && rest_fits,
        format!("It is “{}”. This interaction asks for {}.", cut(&scope.join(" ")), known.map_or("one scope", |k| &k.scope)),
    );
    report.must(
        "JWT-12",
        "Confidential parts are asked for only when a record moves",
        !rest.contains(&"conf/R") || migrates,
        "conf/R is for migration alone.",
    );
}

/// Whether a text is there and not blank.
fn text(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.trim().is_empty())
}

fn identifiers(resource: &Value) -> &[Value] {
    resource["identifier"].as_array().map(Vec::as_slice).unwrap_or_default()
}

/// The value beside a namespace that ends so.
fn identified<'a>(resource: &'a Value, end: &str) -> Option<&'a str> {
    identifiers(resource)
        .iter()
        .find(|identifier| identifier["system"].as_str().is_some_and(|system| system.ends_with(end)))?["value"]
        .as_str()
}

fn people(report: &mut Report, claims: &Value) {
    let device = &claims["requesting_device"];
    let named = identifiers(device).iter().any(|one| text(&one["system"]) && text(&one["value"]));
    report.must(
        "JWT-13",
        "requesting_device is a Device with identifier, model and version",
        device["resourceType"] == "Device" && named && text(&device["model"]) && text(&device["version"]),
        "It needs resourceType Device, an identifier with system and value, the model and the version of your product.",
    );
    let organisation = &claims["requesting_organization"];
    let code = identified(organisation, "/Id/ods-organization-code");
    report.must(
        "JWT-14",
        "requesting_organization has its name and ODS code",
        organisation["resourceType"] == "Organization" && text(&organisation["name"]) && code.is_some_and(is_ods),
        "It needs resourceType Organization, a name, and the ODS code of the organisation where the request begins.",
    );
    let person = &claims["requesting_practitioner"];
    let name = if person["name"].is_array() { &person["name"][0] } else { &person["name"] };
    let family = text(&name["family"]) || text(&name["family"][0]);
    report.must(
        "JWT-16",
        "requesting_practitioner is a person with a name",
        person["resourceType"] == "Practitioner" && text(&person["id"]) && family && text(&name["given"][0]),
        "It needs resourceType Practitioner, an id, a family name and a given name.",
    );
    report.must(
        "JWT-17",
        "sub is the id of requesting_practitioner",
        claims["sub"].is_string() && claims["sub"] == person["id"],
        format!("sub is {} and the id is {}.", cut(&claims["sub"].to_string()), cut(&person["id"].to_string())),
    );
    let user = identified(person, "/Id/sds-user-id");
    let digits = |text: &str| text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit());
    report.must(
        "JWT-18",
        "requesting_practitioner has an sds-user-id",
        user.is_some_and(|user| user == "UNK" || digits(user)),
        "Give the 12 digits of the smartcard, or UNK when the person has none.",
    );
    report.should(
        "JWT-18",
        "requesting_practitioner has an sds-role-profile-id",
        identified(person, "/Id/sds-role-profile-id").is_some_and(|role| !role.is_empty()),
        "Give the role profile of the smartcard, or UNK.",
    );
    let local = identifiers(person).iter().filter_map(|one| one["system"].as_str());
    report.should(
        "JWT-19",
        "The person is known by an id of your own system too",
        local.clone().any(|system| !system.contains("fhir.nhs.uk") && !system.contains("fhir.nhs.net")),
        "Add an identifier with a namespace of your own.",
    );
    let full = format!("{} {}", name["family"], name["given"]).to_lowercase();
    let placeholder = ["system", "admin", "test", "user"].into_iter().find(|word| full.contains(&format!("\"{word}\"")));
    report.should(
        "JWT-20",
        "The person is not a placeholder",
        placeholder.is_none(),
        format!("“{}” is not the name of a person. Name who asked.", placeholder.unwrap_or_default()),
    );
}

fn record(report: &mut Report, claims: &Value, body: &str) {
    let record = &claims["requested_record"];
    let number = identified(record, "/Id/nhs-number");
    let agrees = match record["resourceType"].as_str() {
        Some("Patient") => number.is_some_and(|number| body.is_empty() || body.contains(number)),
        Some("Organization") => identified(record, "/Id/ods-organization-code").is_some_and(is_ods),
        _ => false,
    };
    report.must(
        "JWT-21",
        "requested_record is what the request is about",
        agrees,
        "It is a Patient with the NHS number of the body, or an Organization with its ODS code.",
    );
}
