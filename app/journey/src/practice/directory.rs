//! The first two of the six steps: PDS says which practice a patient has, SDS where its system is (domain/spine.md §2). Both are
//! reached in other ways in earnest, LDAP for SDS; here the same questions are asked in an address, and what comes back has the
//! same names.

use serde_json::{Value, json};

use crate::{
    guidance::spine::{
        formats::{is_nhs_number, is_ods},
        interactions::{Area, Interaction, example, interaction},
        worked::Captured,
    },
    practice::{
        answer::refused_by_proxy,
        ask::Answer,
        people::{ANOTHER, Kind, PRACTICES, Patient},
        refuse::{service_root, short},
    },
};

/// What SDS keeps its services under.
pub const BASE: &str = "ou=services, o=nhs";

fn found(body: &Value) -> Answer {
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let headers = vec![pair("Content-Type", "application/json; charset=utf-8"), pair("Cache-Control", "no-store")];
    Answer { status: 200, headers, body: body.to_string(), change: None }
}

fn query(request: &Captured) -> Vec<(String, String)> {
    let text = request.url.split_once('?').map_or("", |(_, query)| query);
    url::form_urlencoded::parse(text.as_bytes()).into_owned().collect()
}

fn one<'a>(query: &'a [(String, String)], name: &str) -> Option<&'a str> {
    query.iter().find(|(known, _)| known == name).map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
}

/// Traces a patient by NHS number and birth date.
#[must_use]
pub fn pds(request: &Captured) -> Answer {
    if request.method != "GET" {
        return refused_by_proxy(405, "PDS is asked with GET.");
    }
    let query = query(request);
    let (Some(number), Some(born)) = (one(&query, "nhs-number"), one(&query, "birth-date")) else {
        return refused_by_proxy(400, "Give nhs-number and birth-date, such as ?nhs-number=9000000084&birth-date=1952-05-31.");
    };
    if !is_nhs_number(number) {
        return refused_by_proxy(400, "The number is no NHS number: ten digits, of which the last fits.");
    }
    let family = one(&query, "family");
    let same = |patient: &&Patient| {
        patient.born.to_string() == born && family.is_none_or(|family| family.eq_ignore_ascii_case(patient.name[0]))
    };
    let Some(patient) = Patient::with_number(number).filter(same) else {
        return refused_by_proxy(404, "PDS has no patient with these details.");
    };
    let is = |kind: Kind| patient.kind == kind;
    found(&json!({
        "nhsNumber": patient.number, "verified": !is(Kind::Superseded), "birthDate": patient.born.to_string(),
        "family": patient.name[0], "given": patient.name[1], "practice": patient.practice,
        "flags": { "sensitive": is(Kind::Sensitive), "deceased": is(Kind::Deceased), "invalid": is(Kind::Superseded), "business": false },
    }))
}

/// The parts of a filter such as `(&(nhsIDCode=T99999)(objectClass=nhsMhs))`, all of which must hold.
fn parts(filter: &str) -> Option<Vec<(String, String)>> {
    let inner = filter.trim().strip_prefix("(&")?.strip_suffix(')')?;
    let mut parts = Vec::new();
    let mut rest = inner.trim();
    while !rest.is_empty() {
        let (part, after) = rest.strip_prefix('(')?.split_once(')')?;
        let (name, value) = part.split_once('=')?;
        parts.push((name.trim().to_lowercase(), value.trim().to_owned()));
        rest = after.trim_start();
    }
    Some(parts)
}

/// The roots at which an interaction is answered: its own, and for Foundations those of the capabilities that use it.
fn endpoint(ods: &str, known: &Interaction) -> Value {
    let area = if known.area == Area::Appointments { Area::Foundations } else { known.area };
    json!(service_root(ods, known, area))
}

/// Looks up endpoint and party key, or the ASID of a system.
#[must_use]
pub fn sds(request: &Captured) -> Answer {
    if request.method != "GET" {
        return refused_by_proxy(405, "SDS is asked with GET.");
    }
    let query = query(request);
    let Some(parts) = one(&query, "filter").and_then(parts) else {
        return refused_by_proxy(
            400,
            "Give filter, such as (&(nhsIDCode=T99999)(objectClass=nhsMhs)(nhsMhsSvcIA=urn:nhs:names:services:gpconnect:fhir:rest:read:metadata-1)), with & written %26.",
        );
    };
    let of = |name: &str| parts.iter().find(|(known, _)| known == &name.to_lowercase()).map(|(_, value)| value.as_str());
    let Some(ods) = of("nhsIDCode").filter(|ods| is_ods(ods)) else {
        return refused_by_proxy(400, "The filter needs nhsIDCode with the ODS code of the practice.");
    };
    let answers = |entries: Vec<Value>| found(&json!({ "base": BASE, "entries": entries }));
    let is_known = PRACTICES.contains(&ods);
    match of("objectClass").map(str::to_lowercase).as_deref() {
        Some("nhsmhs") => {
            let Some(known) = of("nhsMhsSvcIA").and_then(interaction) else {
                return refused_by_proxy(400, "The filter needs nhsMhsSvcIA with an interaction of GP Connect.");
            };
            let entry = json!({
                "objectClass": "nhsMhs", "nhsIDCode": ods, "nhsMhsSvcIA": known.full_id(),
                "nhsMhsEndPoint": endpoint(ods, known), "nhsMhsPartyKey": party_key(ods),
            });
            answers(if is_known { vec![entry] } else { Vec::new() })
        }
        Some("nhsas") => match (of("nhsMHSPartyKey"), of("nhsAsSvcIA")) {
            (Some(key), _) => {
                let entry = json!({
                    "objectClass": "nhsAs", "nhsIDCode": ods, "nhsMHSPartyKey": key, "uniqueIdentifier": example::PROVIDER_ASID,
                });
                answers(if is_known && key == party_key(ods) { vec![entry] } else { Vec::new() })
            }
            // Its own ASID, which every organisation that asks here is taken to have.
            (None, Some(id)) if interaction(id).is_some() && !is_known && ods != ANOTHER => answers(vec![json!({
                "objectClass": "nhsAs", "nhsIDCode": ods, "nhsAsSvcIA": id, "uniqueIdentifier": example::CONSUMER_ASID,
            })]),
            _ => refused_by_proxy(
                400,
                "The filter needs nhsMHSPartyKey, from the first look-up, or nhsAsSvcIA for the ASID of your own.",
            ),
        },
        other => {
            refused_by_proxy(400, &format!("objectClass is “{}” and must be nhsMhs or nhsAs.", short(other.unwrap_or_default())))
        }
    }
}

fn party_key(ods: &str) -> String {
    if ods == example::PRACTICE { example::PARTY_KEY.to_owned() } else { format!("{ods}-8200001") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(url: &str) -> Captured {
        Captured { method: "GET".to_owned(), url: format!("https://x.example/{url}"), ..Captured::default() }
    }

    fn json(answer: &Answer) -> Value {
        serde_json::from_str(&answer.body).expect("JSON")
    }

    #[test]
    fn a_patient_is_traced_to_their_practice() {
        let jane = pds(&get("pds?nhs-number=9000000084&birth-date=1952-05-31&family=jackson"));
        assert_eq!(jane.status, 200);
        assert_eq!(
            (json(&jane)["practice"].as_str(), json(&jane)["flags"]["sensitive"].as_bool()),
            (Some("T99999"), Some(false))
        );
        assert_eq!(json(&pds(&get("pds?nhs-number=9658220142&birth-date=1987-06-02")))["flags"]["sensitive"], true);
        for (url, status) in [
            ("pds?nhs-number=9000000084&birth-date=1952-06-01", 404),
            ("pds?nhs-number=9000000085&birth-date=1952-05-31", 400),
            ("pds?nhs-number=9000000084", 400),
            ("pds", 400),
        ] {
            let answer = pds(&get(url));
            assert_eq!((answer.status, json(&answer)["resourceType"].as_str()), (status, Some("OperationOutcome")), "{url}");
        }
    }

    #[test]
    fn a_practice_is_looked_up_in_two_steps() {
        let id = "urn:nhs:names:services:gpconnect:fhir:operation:gpc.getstructuredrecord-1";
        let first = sds(&get(&format!(
            "sds?base=ou=services,o=nhs&filter=(%26(nhsIDCode=T99999)(objectClass=nhsMhs)(nhsMhsSvcIA={id}))"
        )));
        let entry = &json(&first)["entries"][0];
        assert_eq!(entry["nhsMhsEndPoint"], "https://provider.example.nhs.uk/T99999/STU3/1/gpconnect/structured");
        assert_eq!(entry["nhsMhsPartyKey"], "T99999-9999999");
        let second = sds(&get("sds?filter=(%26(nhsIDCode=T99999)(objectClass=nhsAs)(nhsMHSPartyKey=T99999-9999999))"));
        assert_eq!(json(&second)["entries"][0]["uniqueIdentifier"], "999999999999");
        let own = sds(&get(&format!(
            "sds?filter=(%26(nhsIDCode=A99999)(objectClass=nhsAs)(nhsAsSvcIA={id})(nhsMhsManufacturerOrg=X26))"
        )));
        assert_eq!(json(&own)["entries"][0]["uniqueIdentifier"], "200000000359");
        let none = sds(&get(&format!("sds?filter=(%26(nhsIDCode=V81997)(objectClass=nhsMhs)(nhsMhsSvcIA={id}))")));
        assert_eq!((none.status, json(&none)["entries"].as_array().map(Vec::len)), (200, Some(0)));
        for url in [
            "sds",
            "sds?filter=x",
            "sds?filter=(%26(objectClass=nhsMhs))",
            "sds?filter=(%26(nhsIDCode=T99999)(objectClass=person))",
        ] {
            assert_eq!(sds(&get(url)).status, 400, "{url}");
        }
    }
}
