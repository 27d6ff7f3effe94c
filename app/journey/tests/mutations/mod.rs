//! Changes to a worked example: each breaks one rule and no other. A change that does not fit an interaction makes nothing.
//!
//! Long because it has every change.

use journey::{
    base::environment::Environment,
    conformance::exchange::{Answer, Context, Exchange},
    guidance::spine::{
        interactions::{Interaction, example, service_root},
        token,
        worked::worked,
    },
    plan::capability::Capability,
};
use serde_json::{Value, json};

type Made = Option<(Exchange, Context)>;

fn plain(known: &Interaction) -> Exchange {
    Exchange::from(worked(known))
}

fn alone(exchange: Exchange) -> Made {
    Some((exchange, Context::default()))
}

/// The worked example with these claims.
pub fn with_claims(known: &Interaction, change: impl FnOnce(&mut Value)) -> Exchange {
    let mut claims = token::claims(known, &service_root(known));
    change(&mut claims);
    let mut exchange = plain(known);
    set(&mut exchange, "Authorization", &format!("Bearer {}", token::encode(&token::header(), &claims)));
    exchange
}

fn claims(known: &Interaction, change: impl FnOnce(&mut Value)) -> Made {
    alone(with_claims(known, change))
}

fn set(exchange: &mut Exchange, name: &str, value: &str) {
    for (known, old) in &mut exchange.request.headers {
        if known == name {
            value.clone_into(old);
        }
    }
}

fn header(known: &Interaction, name: &str, value: &str) -> Made {
    let mut exchange = plain(known);
    set(&mut exchange, name, value);
    alone(exchange)
}

fn without(known: &Interaction, name: &str) -> Made {
    let mut exchange = plain(known);
    exchange.request.headers.retain(|(known, _)| known != name);
    alone(exchange)
}

fn url(known: &Interaction, from: &str, to: &str) -> Made {
    let mut exchange = plain(known);
    if !exchange.request.url.contains(from) {
        return None;
    }
    exchange.request.url = exchange.request.url.replacen(from, to, 1);
    alone(exchange)
}

/// Another service root, in the address and in the token.
fn root(known: &Interaction, from: &str, to: &str) -> Made {
    let old = service_root(known);
    if !old.contains(from) {
        return None;
    }
    let new = old.replacen(from, to, 1);
    let mut exchange = with_claims(known, |claims| {
        if !known.is_old() {
            claims["aud"] = json!(new);
        }
    });
    exchange.request.url = exchange.request.url.replacen(&old, &new, 1);
    alone(exchange)
}

fn token(known: &Interaction, change: impl FnOnce(String) -> String) -> Made {
    let whole = token::encode(&token::header(), &token::claims(known, &service_root(known)));
    header(known, "Authorization", &format!("Bearer {}", change(whole)))
}

fn body(known: &Interaction, change: impl FnOnce(&mut Value)) -> Made {
    let mut exchange = plain(known);
    let mut body: Value = serde_json::from_str(&exchange.request.body).ok()?;
    change(&mut body);
    exchange.request.body = body.to_string();
    alone(exchange)
}

fn books(known: &Interaction) -> bool {
    known.id.contains("create:appointment")
}

fn structured(known: &Interaction) -> bool {
    known.id.contains("getstructuredrecord")
}

fn asks(known: &Interaction, name: &str, value: Value) -> Made {
    if !structured(known) {
        return None;
    }
    body(known, |body| {
        body["parameter"]
            .as_array_mut()
            .expect("a list")
            .push(json!({ "name": "includeX", "part": [{ "name": name, "valueDate": value.clone() }] }));
    })
}

fn answered(known: &Interaction, status: u16, body: &str, kept: &str, took_ms: u64, provider: bool) -> Made {
    let mut exchange = plain(known);
    let headers = vec![("Cache-Control".to_owned(), kept.to_owned())];
    exchange.answer = Some(Answer { status, headers, body: body.to_owned(), took_ms: Some(took_ms) });
    Some((exchange, Context { provider, ..Context::default() }))
}

fn known_of(known: &Interaction, context: Context) -> Made {
    Some((plain(known), context))
}

fn at(known: &Interaction, later: i64) -> Made {
    let mut exchange = plain(known);
    exchange.at = jiff::Timestamp::from_second(example::AT + later).ok();
    // What is asked for lies a week ahead: only its token is of another time.
    alone(exchange)
}

fn person(known: &Interaction, change: impl FnOnce(&mut Value)) -> Made {
    claims(known, |claims| change(&mut claims["requesting_practitioner"]))
}

fn drop_identifier(person: &mut Value, end: &str) {
    let list = person["identifier"].as_array_mut().expect("a list");
    list.retain(|one| !one["system"].as_str().is_some_and(|system| system.ends_with(end)));
}

fn named(person: &mut Value, family: &str, given: &str) {
    let name = if person["name"].is_array() { &mut person["name"][0] } else { &mut person["name"] };
    name["family"] = json!(family);
    name["given"] = json!([given]);
}

fn only(holds: bool, made: impl FnOnce() -> Made) -> Made {
    if holds { made() } else { None }
}

type Mutation = (&'static str, &'static str, fn(&Interaction) -> Made);

/// Each with the rule that it breaks.
pub const MUTATIONS: &[Mutation] = &[
    ("REQ-01", "http", |k| url(k, "https://", "http://")),
    ("REQ-01", "another scheme", |k| url(k, "https://", "ftp://")),
    ("REQ-02", "no proxy", |k| url(k, "https://proxy.example.nhs.uk/", "")),
    ("REQ-03", "a port", |k| root(k, "provider.example.nhs.uk", "provider.example.nhs.uk:443")),
    ("REQ-03", "a number", |k| root(k, "provider.example.nhs.uk", "10.1.2.3")),
    ("REQ-03", "a longer number", |k| root(k, "provider.example.nhs.uk", "[2001:db8::1]")),
    ("REQ-04", "no major version", |k| {
        root(k, if k.is_old() { "DSTU2/0" } else { "STU3/1" }, if k.is_old() { "DSTU2" } else { "STU3" })
    }),
    ("REQ-04", "a demonstrator", |k| root(k, &service_root(k)[8..], "demo.example.nhs.uk/gpconnect-demonstrator/v1/fhir")),
    ("REQ-05", "another practice", |k| known_of(k, Context { practice_ods: Some("A20047".to_owned()), ..Context::default() })),
    ("REQ-06", "another capability", |k| only(k.area.name() == "structured", || root(k, "/structured", "/documents"))),
    ("REQ-06", "another capability", |k| only(k.area.name() == "documents", || root(k, "gpconnect/documents", "gpconnect"))),
    ("REQ-07", "FHIR DSTU2", |k| root(k, "STU3", "DSTU2")),
    ("REQ-07", "FHIR STU3", |k| root(k, "DSTU2", "STU3")),
    ("REQ-08", "another method", |k| {
        let mut exchange = plain(k);
        exchange.request.method = "PATCH".to_owned();
        alone(exchange)
    }),
    ("REQ-08", "a longer path", |k| {
        let (path, query) =
            k.example.split_once('?').map_or((k.example.as_str(), String::new()), |(path, query)| (path, format!("?{query}")));
        only(!k.path.contains("/Patient/[id]") || !query.is_empty(), || url(k, &k.example, &format!("{path}/history{query}")))
    }),
    ("REQ-09", "a plain bar", |k| url(k, "%7C", "|")),
    ("REQ-10", "the other namespace", |k| {
        only(k.path == "/Patient?identifier=", || url(k, "identifier=https://fhir.nhs.uk", "identifier=http://fhir.nhs.net"))
    }),
    ("REQ-11", "a wrong digit in the address", |k| url(k, "9000000084", "9000000085")),
    ("REQ-11", "a wrong digit in the body", |k| {
        only(!k.is_old() && k.has_body(), || {
            let mut exchange = plain(k);
            let changed = exchange.request.body.replace("9000000084", "9000000048");
            if changed == exchange.request.body {
                return None;
            }
            exchange.request.body = changed;
            alone(exchange)
        })
    }),
    ("REQ-12", "a patient in the address", |k| url(k, "9000000084", "4505577104")),
    ("REQ-12", "a patient in a header", |k| {
        let mut exchange = plain(k);
        exchange.request.headers.push(("X-Correlation".to_owned(), "943 476 5919".to_owned()));
        alone(exchange)
    }),
    ("REQ-12", "a patient in the answer", |k| answered(k, 200, r#"{"value":"9434765919"}"#, "no-store", 1, false)),
    ("REQ-12", "a patient in the token", |k| claims(k, |c| c["requesting_device"]["note"] = json!("for 9434765919"))),
    ("HDR-01", "no UUID", |k| header(k, "Ssp-TraceID", "1234")),
    ("HDR-01", "none", |k| without(k, "Ssp-TraceID")),
    ("HDR-03", "none", |k| without(k, "Ssp-From")),
    ("HDR-03", "letters", |k| header(k, "Ssp-From", "ABC")),
    ("HDR-04", "another ASID", |k| known_of(k, Context { asids: vec!["200000000111".to_owned()], ..Context::default() })),
    ("HDR-05", "none", |k| without(k, "Ssp-To")),
    ("HDR-05", "the same", |k| header(k, "Ssp-To", example::CONSUMER_ASID)),
    ("HDR-06", "without its prefix", |k| header(k, "Ssp-InteractionID", &k.id)),
    ("HDR-07", "another capability", |k| {
        only(!matches!(k.area.name(), "foundations" | "html"), || {
            known_of(k, Context { in_scope: Some(vec![Capability::AccessRecordHtml]), ..Context::default() })
        })
    }),
    ("HDR-08", "twice", |k| {
        let mut exchange = plain(k);
        exchange.request.headers.push(("ssp-to".to_owned(), example::PROVIDER_ASID.to_owned()));
        alone(exchange)
    }),
    ("HDR-09", "none", |k| without(k, "Authorization")),
    ("HDR-09", "of another kind", |k| header(k, "Authorization", "Basic dXNlcjpwYXNz")),
    ("HDR-10", "text", |k| header(k, "Accept", "text/html")),
    ("HDR-10", "the other version", |k| {
        header(k, "Accept", if k.is_old() { "application/fhir+json" } else { "application/json+fhir" })
    }),
    ("HDR-10", "none with a body", |k| only(k.has_body(), || without(k, "Content-Type"))),
    ("HDR-11", "none", |k| without(k, "Accept-Encoding")),
    ("HDR-11", "refused", |k| header(k, "Accept-Encoding", "gzip;q=0, br")),
    ("JWT-01", "a signature", |k| token(k, |whole| format!("{whole}c2ln"))),
    ("JWT-01", "no dot at the end", |k| token(k, |whole| whole.trim_end_matches('.').to_owned())),
    ("JWT-02", "padding", |k| token(k, |whole| whole.replacen('.', "=.", 1))),
    ("JWT-02", "no JSON", |k| token(k, |_| "bm90IGpzb24.bm90IGpzb24.".to_owned())),
    ("JWT-03", "an algorithm", |k| {
        let whole = token::encode(&json!({ "alg": "HS256", "typ": "JWT" }), &token::claims(k, &service_root(k)));
        header(k, "Authorization", &format!("Bearer {whole}"))
    }),
    ("JWT-04", "no iss", |k| claims(k, |c| drop(c.as_object_mut().and_then(|c| c.remove("iss"))))),
    ("JWT-04", "no exp", |k| claims(k, |c| drop(c.as_object_mut().and_then(|c| c.remove("exp"))))),
    ("JWT-04", "no scope", |k| claims(k, |c| drop(c.as_object_mut().and_then(|c| c.remove("requested_scope"))))),
    ("JWT-04", "nobody", |k| claims(k, |c| drop(c.as_object_mut().and_then(|c| c.remove("requesting_practitioner"))))),
    ("JWT-04", "no record", |k| {
        only(k.is_old(), || claims(k, |c| drop(c.as_object_mut().and_then(|c| c.remove("requested_record")))))
    }),
    ("JWT-05", "text", |k| claims(k, |c| c["iat"] = json!("1772532000"))),
    ("JWT-05", "milliseconds", |k| claims(k, |c| c["exp"] = json!((example::AT + 300) * 1000))),
    ("JWT-05", "a part of a second", |k| claims(k, |c| c["iat"] = json!(1_772_532_000.5))),
    ("JWT-06", "299", |k| claims(k, |c| c["exp"] = json!(example::AT + 299))),
    ("JWT-06", "301", |k| claims(k, |c| c["exp"] = json!(example::AT + 301))),
    ("JWT-06", "before", |k| claims(k, |c| c["exp"] = json!(example::AT - 300))),
    ("JWT-07", "an hour old", |k| at(k, 3600)),
    ("JWT-07", "of the future", |k| at(k, -60)),
    ("JWT-08", "another practice", |k| {
        claims(k, |c| c["aud"] = json!("https://provider.example.nhs.uk/A20047/STU3/1/gpconnect"))
    }),
    ("JWT-08", "a slash at the end", |k| claims(k, |c| c["aud"] = json!(format!("{}/", c["aud"].as_str().expect("text"))))),
    ("JWT-09", "a name", |k| claims(k, |c| c["iss"] = json!("consumer"))),
    ("JWT-10", "another reason", |k| claims(k, |c| c["reason_for_request"] = json!("secondaryuses"))),
    ("JWT-10", "migration", |k| only(!k.migrates(), || claims(k, |c| c["reason_for_request"] = json!("migration")))),
    ("JWT-11", "two scopes", |k| claims(k, |c| c["requested_scope"] = json!("patient/*.read patient/*.write"))),
    ("JWT-11", "none", |k| claims(k, |c| c["requested_scope"] = json!(""))),
    ("JWT-11", "another scope", |k| {
        claims(k, |c| {
            c["requested_scope"] = json!(if k.scope == "patient/*.write" { "patient/*.read" } else { "patient/*.write" })
        })
    }),
    ("JWT-11", "conf twice", |k| claims(k, |c| c["requested_scope"] = json!(format!("{} conf/N conf/N", k.scope)))),
    ("JWT-12", "restricted", |k| {
        only(!k.migrates() && !k.is_old(), || claims(k, |c| c["requested_scope"] = json!(format!("{} conf/R", k.scope))))
    }),
    ("JWT-13", "another resource", |k| claims(k, |c| c["requesting_device"]["resourceType"] = json!("Dveice"))),
    ("JWT-13", "no version", |k| claims(k, |c| c["requesting_device"]["version"] = json!(" "))),
    ("JWT-13", "no identifier", |k| claims(k, |c| c["requesting_device"]["identifier"] = json!([]))),
    ("JWT-14", "no name", |k| claims(k, |c| c["requesting_organization"]["name"] = json!(""))),
    ("JWT-14", "no code", |k| claims(k, |c| c["requesting_organization"]["identifier"][0]["value"] = json!("the hospital"))),
    ("JWT-14", "another namespace", |k| {
        claims(k, |c| c["requesting_organization"]["identifier"][0]["system"] = json!("https://example.nhs.uk/codes"))
    }),
    ("JWT-15", "the supplier", |k| {
        let supplier_ods = vec![example::CONSUMER_ODS.to_owned()];
        known_of(k, Context { shared_topology: Some(true), supplier_ods, ..Context::default() })
    }),
    ("JWT-16", "no given name", |k| {
        person(k, |p| if p["name"].is_array() { p["name"][0]["given"] = json!([]) } else { p["name"]["given"] = json!([]) })
    }),
    ("JWT-16", "another resource", |k| person(k, |p| p["resourceType"] = json!("Person"))),
    ("JWT-17", "another", |k| claims(k, |c| c["sub"] = json!("somebody else"))),
    ("JWT-18", "no smartcard and no UNK", |k| person(k, |p| drop_identifier(p, "/sds-user-id"))),
    ("JWT-18", "no role profile", |k| person(k, |p| drop_identifier(p, "/sds-role-profile-id"))),
    ("JWT-18", "no 12 digits", |k| person(k, |p| p["identifier"][0]["value"] = json!("G99999"))),
    ("JWT-19", "no id of its own", |k| person(k, |p| drop_identifier(p, "/Id/user"))),
    ("JWT-20", "admin", |k| person(k, |p| named(p, "Admin", "Claire"))),
    ("JWT-20", "a system", |k| person(k, |p| named(p, "Jones", "SYSTEM"))),
    ("JWT-21", "another resource", |k| {
        only(k.is_old(), || claims(k, |c| c["requested_record"]["resourceType"] = json!("Location")))
    }),
    ("JWT-21", "another patient", |k| {
        only(k.id.contains("getcarerecord"), || {
            claims(k, |c| c["requested_record"]["identifier"][0]["value"] = json!("9658218873"))
        })
    }),
    ("JWT-22", "another version", |k| known_of(k, Context { version: Some("4.3".to_owned()), ..Context::default() })),
    ("JWT-22", "another product", |k| known_of(k, Context { product: Some("Other Record".to_owned()), ..Context::default() })),
    ("BODY-01", "another resource", |k| only(k.has_body(), || body(k, |b| b["resourceType"] = json!("Bundle")))),
    ("BODY-01", "nobody", |k| {
        only(k.path.contains('$') && !k.is_old(), || body(k, |b| b["parameter"][0]["name"] = json!("nhsNumber")))
    }),
    ("BODY-01", "nothing", |k| {
        let mut exchange = plain(k);
        exchange.request.body = String::new();
        only(k.has_body(), || alone(exchange))
    }),
    ("BODY-02", "15 days", |k| url(k, "end=le2026-03-16&status", "end=le2026-03-24&status")),
    ("BODY-02", "not only free ones", |k| url(k, "&status=free", "&status=busy")),
    ("BODY-02", "no end", |k| url(k, "&end=le2026-03-16", "")),
    ("BODY-02", "backwards", |k| url(k, "end=le2026-03-16&status", "end=le2026-03-01&status")),
    ("BODY-03", "a part of a date", |k| asks(k, "medicationSearchFromDate", json!("2025-06"))),
    ("BODY-03", "a time", |k| asks(k, "medicationSearchFromDate", json!("2025-06-01T00:00:00Z"))),
    ("BODY-03", "the future", |k| asks(k, "medicationSearchFromDate", json!("2026-03-04"))),
    ("BODY-03", "a diary of the past", |k| asks(k, "diaryEntriesSearchDate", json!("2026-03-02"))),
    ("BODY-04", "a time", |k| only(k.id.contains("patient_appointments"), || url(k, "ge2026-03-09", "ge2026-03-09T09:00:00Z"))),
    ("BODY-04", "the past", |k| only(k.id.contains("patient_appointments"), || url(k, "ge2026-03-09", "ge2026-03-02"))),
    ("BODY-05", "a long description", |k| only(books(k), || body(k, |b| b["description"] = json!("x".repeat(101))))),
    ("BODY-05", "a long comment", |k| only(books(k), || body(k, |b| b["comment"] = json!("x".repeat(501))))),
    ("BODY-05", "a reason", |k| only(books(k), || body(k, |b| b["reason"] = json!([{ "text": "x" }])))),
    ("BODY-05", "the past", |k| only(books(k), || body(k, |b| b["start"] = json!("2026-03-03T09:00:00+00:00")))),
    ("RSP-01", "204", |k| answered(k, 204, "", "no-store", 1, false)),
    ("RSP-01", "an error without words", |k| answered(k, 500, "Oops", "no-store", 1, false)),
    ("RSP-01", "a code of its own", |k| {
        let body = json!({ "resourceType": "OperationOutcome", "issue": [{ "details": { "coding": [{ "code": "OOPS" }] } }] });
        answered(k, 400, &body.to_string(), "no-store", 1, false)
    }),
    ("RSP-02", "kept", |k| answered(k, 200, "{}", "private", 1, true)),
    ("RSP-03", "slow", |k| answered(k, 200, "{}", "no-store", 3000, true)),
    ("RSP-03", "a slow command", |k| only(k.scope == "patient/*.write", || answered(k, 200, "{}", "no-store", 250, true))),
];

/// Requests that look unusual, and are as the specification allows or leaves open.
pub fn lawful(known: &Interaction) -> Vec<(&'static str, Exchange, Context)> {
    let person = |change: fn(&mut Value)| with_claims(known, |claims| change(&mut claims["requesting_practitioner"]));
    let test = Context { environment: Some(Environment::Int), ..Context::default() };
    let made = |made: Made| made.map(|(exchange, _)| exchange).expect("it can be made");
    let mut list = vec![
        ("UNK", person(|p| p["identifier"][0]["value"] = json!("UNK")), Context::default()),
        ("no role profile", person(|p| drop_identifier(p, "/sds-role-profile-id")), Context::default()),
        ("a user id of a test environment", person(|p| p["identifier"][0]["value"] = json!("G99999")), test),
        ("conf/N", with_claims(known, |c| c["requested_scope"] = json!("patient/*.read conf/N")), Context::default()),
        ("no conf", with_claims(known, |c| c["requested_scope"] = json!("patient/*.read")), Context::default()),
        (
            "the older system of ODS codes",
            with_claims(known, |c| {
                c["requesting_organization"]["identifier"][0]["system"] = json!("http://fhir.nhs.net/Id/ods-organization-code");
            }),
            Context::default(),
        ),
        ("a root that ends in /fhir", made(root(known, "gpconnect/structured", "gpconnect/structured/fhir")), Context::default()),
        ("unknown members", with_claims(known, |c| c["requesting_device"]["udi"] = json!({ "x": [1, 2] })), Context::default()),
        ("unknown claims", with_claims(known, |c| c["jti"] = json!("1")), Context::default()),
        ("unknown parameters", made(body(known, |b| b["parameter"][0]["extension"] = json!([]))), Context::default()),
        ("one given name as text", person(|p| p["name"][0]["given"] = json!("Claire")), Context::default()),
        ("a token without spaces of old consumers", person(|p| drop_identifier(p, "/Id/user")), Context::default()),
        ("an ASID that is longer", made(header(known, "Ssp-From", "2000000003591")), Context::default()),
    ];
    let mut backwards = plain(known);
    let claims = token::claims(known, &service_root(known));
    let members: Vec<String> =
        claims.as_object().expect("an object").iter().rev().map(|(name, value)| format!("{}: {value}", json!(name))).collect();
    let encode = |text: &str| base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, text);
    let whole = format!("{}.{}.", encode(r#"{ "typ": "JWT", "alg": "none" }"#), encode(&format!("{{ {} }}", members.join(", "))));
    set(&mut backwards, "Authorization", &format!("Bearer {whole}"));
    backwards.request.headers.reverse();
    list.push(("every key the other way round", backwards, Context::default()));
    list
}
