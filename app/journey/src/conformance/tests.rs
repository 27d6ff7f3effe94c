use serde_json::{Value, json};

use super::{check::*, report::*};
use crate::guidance::spine::{interactions::*, token, worked::*};

fn failed(captured: &Captured) -> Vec<&'static str> {
    let bad = |check: &Check| !check.outcome.is_quiet();
    request(captured).into_iter().filter(bad).map(|check| check.rule).collect()
}

fn structured() -> (&'static Interaction, Captured) {
    let known = interaction("fhir:operation:gpc.getstructuredrecord-1").expect("it is known");
    (known, worked(known))
}

fn set(captured: &mut Captured, name: &str, value: &str) {
    for (known, old) in &mut captured.headers {
        if known == name {
            value.clone_into(old);
        }
    }
}

fn with_claims(change: impl FnOnce(&mut Value)) -> Captured {
    let (known, mut captured) = structured();
    let mut claims = token::claims(known, &service_root(known));
    change(&mut claims);
    set(&mut captured, "Authorization", &format!("Bearer {}", token::encode(&token::header(), &claims)));
    captured
}

#[test]
fn every_worked_example_passes_every_check() {
    for known in interactions() {
        let checks = request(&worked(known));
        assert!(checks.len() > 20, "{} is looked at closely", known.id);
        for check in checks {
            assert!(check.outcome.is_quiet(), "{} of {}: {:?}", check.rule, known.id, check.outcome);
        }
    }
}

#[test]
fn what_is_wrong_with_an_address_is_seen() {
    let changed = |change: fn(&str) -> String| {
        let (_, mut captured) = structured();
        captured.url = change(&captured.url);
        failed(&captured)
    };
    assert_eq!(changed(|url| url.replacen("https://", "http://", 1)), ["REQ-01"]);
    assert_eq!(changed(|url| url.replacen("https://proxy.example.nhs.uk/", "", 1)), ["REQ-02"]);
    assert_eq!(changed(|url| url.replace("provider.example.nhs.uk", "10.0.0.1")), ["REQ-03", "JWT-08"]);
    assert_eq!(changed(|url| url.replace("provider.example.nhs.uk", "provider.example.nhs.uk:443")), ["REQ-03", "JWT-08"]);
    assert_eq!(changed(|url| url.replace("STU3/1", "STU3")), ["REQ-04", "JWT-08"]);
    assert_eq!(changed(|url| url.replace("gpconnect/structured", "gpconnect/documents")), ["REQ-06", "JWT-08"]);
    assert_eq!(changed(|url| url.replace("STU3", "DSTU2")), ["REQ-07", "JWT-08"]);
    assert_eq!(changed(|url| url.replace("getstructured", "other")), ["REQ-08"]);
}

#[test]
fn a_search_for_a_patient_is_written_as_it_must_be() {
    let known = interaction("fhir:rest:search:patient-1").expect("it is known");
    let changed = |from: &str, to: &str| {
        let mut captured = worked(known);
        captured.url = captured.url.replace(from, to);
        failed(&captured)
    };
    assert_eq!(changed("%7C", "|"), ["REQ-09"]);
    assert_eq!(changed("fhir.nhs.uk", "fhir.nhs.net"), ["REQ-10"]);
    assert_eq!(changed("9000000084", "9000000085"), ["REQ-11"]);
}

#[test]
fn what_is_wrong_with_headers_is_seen() {
    let changed = |name: &str, value: &str| {
        let (_, mut captured) = structured();
        set(&mut captured, name, value);
        failed(&captured)
    };
    assert_eq!(changed("Ssp-TraceID", "1"), ["HDR-01"]);
    assert_eq!(changed("Ssp-From", "A"), ["HDR-03"]);
    assert_eq!(changed("Ssp-To", example::CONSUMER_ASID), ["HDR-05"]);
    assert_eq!(changed("Accept", "text/html"), ["HDR-10"]);
    assert_eq!(changed("Authorization", "Basic x"), ["HDR-09"]);
    assert!(changed("Ssp-InteractionID", "urn:x").contains(&"HDR-06"));
    // Without its prefix an id is understood, and still not as it must be.
    assert_eq!(changed("Ssp-InteractionID", "fhir:operation:gpc.getstructuredrecord-1"), ["HDR-06"]);
    let (_, mut captured) = structured();
    captured.headers.push(("ssp-from".to_owned(), example::CONSUMER_ASID.to_owned()));
    assert_eq!(failed(&captured), ["HDR-08"]);
    captured.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("ssp-from"));
    assert_eq!(failed(&captured), ["HDR-03"]);
}

#[test]
fn what_is_wrong_with_a_token_is_seen() {
    let changed = |change: fn(&mut Value)| failed(&with_claims(change));
    assert_eq!(changed(|c| drop(c.as_object_mut().and_then(|c| c.remove("reason_for_request")))), ["JWT-04"]);
    assert_eq!(changed(|c| c["iat"] = json!("1772532000")), ["JWT-05"]);
    assert_eq!(changed(|c| (c["iat"], c["exp"]) = (json!(1_772_532_000_000_i64), json!(1_772_532_000_300_i64))), ["JWT-05"]);
    assert_eq!(changed(|c| c["exp"] = json!(example::AT + 299)), ["JWT-06"]);
    assert_eq!(changed(|c| (c["iat"], c["exp"]) = (json!(i64::MIN), json!(i64::MAX))), ["JWT-05"]);
    assert_eq!(changed(|c| c["aud"] = json!(token::OLD_AUDIENCE)), ["JWT-08"]);
    assert_eq!(changed(|c| c["iss"] = json!("consumer")), ["JWT-09"]);
    assert_eq!(changed(|c| c["reason_for_request"] = json!("migration")), ["JWT-10"]);
    assert_eq!(changed(|c| c["requested_scope"] = json!("patient/*.write")), ["JWT-11"]);
    assert_eq!(changed(|c| c["requested_scope"] = json!("patient/*.read conf/N conf/N")), ["JWT-11"]);
    assert_eq!(changed(|c| c["requested_scope"] = json!("patient/*.read conf/R")), ["JWT-12"]);
    assert_eq!(changed(|c| c["requesting_device"]["version"] = json!(" ")), ["JWT-13"]);
    assert_eq!(changed(|c| c["requesting_organization"]["identifier"][0]["value"] = json!("x")), ["JWT-14"]);
    assert_eq!(changed(|c| c["requesting_practitioner"]["name"][0]["given"] = json!([])), ["JWT-16"]);
    assert_eq!(changed(|c| c["sub"] = json!("x")), ["JWT-17"]);
    assert_eq!(changed(|c| c["requesting_practitioner"]["identifier"][0]["value"] = json!("1")), ["JWT-18"]);
    assert_eq!(
        changed(|c| c["requesting_practitioner"]["identifier"][2]["system"] = json!("https://fhir.nhs.uk/Id/x")),
        ["JWT-19"]
    );
    assert_eq!(changed(|c| c["requesting_practitioner"]["name"][0]["family"] = json!("Admin")), ["JWT-20"]);
}

#[test]
fn a_token_that_cannot_be_read_says_so() {
    let sent = |token: &str| {
        let (_, mut captured) = structured();
        set(&mut captured, "Authorization", &format!("Bearer {token}"));
        failed(&captured)
    };
    assert_eq!(sent("x"), ["JWT-01", "JWT-02"]);
    assert_eq!(sent("e30=.e30=."), ["JWT-02"]);
    assert_eq!(sent("bm8.bm8."), ["JWT-02"]);
    let (known, _) = structured();
    let whole = token::encode(&token::header(), &token::claims(known, &service_root(known)));
    assert_eq!(sent(&format!("{whole}signature")), ["JWT-01"]);
    assert_eq!(sent(whole.trim_end_matches('.')), ["JWT-01"]);
    assert_eq!(
        sent(&token::encode(&json!({ "alg": "HS256", "typ": "JWT" }), &token::claims(known, &service_root(known)))),
        ["JWT-03"]
    );
}

#[test]
fn a_body_is_what_its_interaction_asks_for() {
    let (_, mut captured) = structured();
    captured.body = "{}".to_owned();
    assert_eq!(failed(&captured), ["BODY-01"]);
    captured.body = "<Parameters/>".to_owned();
    assert!(request(&captured).iter().any(|check| check.rule == "BODY-01" && matches!(check.outcome, Outcome::NotMade(_))));
    let known = interaction("fhir:rest:create:appointment-1").expect("it is known");
    let mut captured = worked(known);
    let mut appointment = body_of(&captured);
    appointment["description"] = json!("x".repeat(101));
    captured.body = appointment.to_string();
    assert_eq!(failed(&captured), ["BODY-05"]);
    let old = interaction("fhir:operation:gpc.getcarerecord").expect("it is known");
    let mut captured = worked(old);
    captured.body = captured.body.replace("9000000084", "9658218873");
    assert_eq!(failed(&captured), ["JWT-21"]);
}

fn body_of(captured: &Captured) -> Value {
    serde_json::from_str(&captured.body).expect("the worked example is JSON")
}

/// Whatever is uploaded, the checks answer.
#[test]
fn nonsense_is_answered() {
    for text in ["", "\0", "https://", "é", "https://https://", "a.b.c", "Bearer ", "{", "[]", "null"] {
        let headers = ["Ssp-TraceID", "Ssp-From", "Ssp-To", "Ssp-InteractionID", "Authorization"]
            .map(|name| (name.to_owned(), text.to_owned()));
        let captured =
            Captured { method: text.to_owned(), url: text.to_owned(), headers: headers.to_vec(), body: text.to_owned() };
        assert!(!failed(&captured).is_empty(), "{text:?}");
    }
    assert!(!failed(&Captured::default()).is_empty());
}
