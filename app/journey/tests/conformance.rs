//! The rules about captured requests: each has one lawful and one unlawful request in `tests/conformance`, written from the
//! words of the specification; the worked examples pass, and every mutation of them fails its own rule and no other.

mod mutations;

use std::{collections::BTreeSet, fs, path::PathBuf};

use journey::{
    base::environment::Environment,
    catalogue::editions,
    conformance::{
        capture,
        catalogue::{RULES, rule},
        check::{check, check_set},
        exchange::{Context, Exchange},
        mask::{mask, shown},
        report::{Check, Outcome},
        rule::{Holds, Severity},
    },
    guidance::{
        sources::sources,
        spine::{
            interactions::{interaction, interactions},
            worked::worked,
        },
    },
};
use serde_json::Value;

/// The catalogue of the handbook (domain/spine.md §10): its rules with their severity.
const HANDBOOK: &str = "REQ-01 E, REQ-02 E, REQ-03 E, REQ-04 W, REQ-05 W, REQ-06 W, REQ-07 E, REQ-08 E, REQ-09 W, REQ-10 E, REQ-11 E, \
    REQ-12 E, HDR-01 E, HDR-02 E, HDR-03 E, HDR-04 W, HDR-05 E, HDR-06 E, HDR-07 W, HDR-08 E, HDR-09 E, HDR-10 W, HDR-11 I, JWT-01 E, \
    JWT-02 E, JWT-03 E, JWT-04 E, JWT-05 E, JWT-06 E, JWT-07 W, JWT-08 E, JWT-09 W, JWT-10 E, JWT-11 E, JWT-12 E, JWT-13 E, JWT-14 E, \
    JWT-15 W, JWT-16 E, JWT-17 E, JWT-18 E, JWT-19 W, JWT-20 W, JWT-21 E, JWT-22 W, BODY-01 E, BODY-02 E, BODY-03 E, BODY-04 E, \
    BODY-05 E, RSP-01 W, RSP-02 E, RSP-03 E, SET-01 W, SET-02 I";

#[test]
fn the_catalogue_is_the_one_of_the_handbook() {
    let letter = |severity: Severity| match severity {
        Severity::Error => 'E',
        Severity::Warning => 'W',
        Severity::Information => 'I',
    };
    let ours: Vec<String> = RULES.iter().map(|rule| format!("{} {}", rule.id, letter(rule.severity))).collect();
    assert_eq!(ours, HANDBOOK.split(", ").collect::<Vec<_>>());
    assert_eq!(ours.len(), 55);
}

#[test]
fn every_rule_says_where_it_is_written_what_explains_it_and_which_rows_it_supports() {
    let rows: BTreeSet<String> =
        editions::shipped().expect("the catalogue is lawful").iter().map(|row| row.id.to_string()).collect();
    for rule in RULES {
        assert!(!rule.about.is_empty() && !rule.must.is_empty() && !rule.example.is_empty(), "{}", rule.id);
        for source in sources(rule.source) {
            let ours = rule.source == "analyst";
            assert!(ours || source.address.is_some(), "{}: {source:?}", rule.id);
        }
        for row in rule.rows {
            assert!(rows.contains(*row), "{} supports {row}, which is no row", rule.id);
        }
        let known = match (rule.holds, rule.step.1) {
            (Holds::Zero, _) | (_, "requested_record") => "fhir:operation:gpc.getcarerecord",
            _ => "fhir:operation:gpc.getstructuredrecord-1",
        };
        let place = rule.explained(interaction(known).expect("it is known"));
        assert!(!place.ends_with("#shown"), "{} is explained at {place}", rule.id);
    }
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/conformance")
}

fn context(of: &Value) -> Context {
    let text = |name: &str| of[name].as_str().map(str::to_owned);
    let list = |name: &str| -> Vec<String> {
        of[name].as_array().into_iter().flatten().filter_map(|one| one.as_str().map(str::to_owned)).collect()
    };
    let scope: Vec<_> = list("in_scope").iter().map(|name| name.parse().expect("a capability")).collect();
    Context {
        practice_ods: text("practice_ods"),
        asids: list("asids"),
        in_scope: (!scope.is_empty()).then_some(scope),
        shared_topology: of["shared"].as_bool(),
        supplier_ods: list("supplier_ods"),
        product: text("product"),
        version: text("version"),
        provider: of["provider"].as_bool().unwrap_or_default(),
        interactions: list("interactions"),
        ..Context::default()
    }
}

/// Rules that have something to say, of each request and of all together.
fn told(exchanges: &[Exchange], context: &Context, of: &str) -> Vec<(&'static str, Outcome)> {
    let all = exchanges.iter().flat_map(|one| check(one, context)).chain(check_set(exchanges, context));
    let mut told: Vec<(&str, Outcome)> = all
        .filter(|check| !check.outcome.is_quiet() && (!check.rule.starts_with("SET") || check.rule == of))
        .map(|check| (check.rule, check.outcome))
        .collect();
    told.dedup_by(|one, other| one.0 == other.0);
    told
}

#[test]
fn every_rule_has_a_lawful_and_an_unlawful_request_and_tells_them_apart() {
    let contexts: Value =
        serde_json::from_str(&fs::read_to_string(folder().join("contexts.json")).expect("it is there")).expect("JSON");
    let names: Vec<String> = fs::read_dir(folder())
        .expect("it is there")
        .map(|file| file.expect("a file").file_name().into_string().expect("a name"))
        .collect();
    let mut seen = 0;
    for rule in RULES {
        let of = &contexts[rule.id];
        for word in ["lawful", "unlawful"] {
            let start = format!("{}-{word}.", rule.id);
            let found: Vec<&String> = names.iter().filter(|name| name.starts_with(&start)).collect();
            let [name] = found[..] else { panic!("{start}: {found:?}") };
            let bytes = fs::read(folder().join(name)).expect("it is there");
            let mut capture = capture::read(&bytes, name);
            assert!(capture.faults.is_empty() && capture.notes.is_empty(), "{name}: {capture:?}");
            for exchange in &mut capture.exchanges {
                exchange.at = exchange.at.or(of["at"].as_str().map(|at| at.parse().expect("a time")));
            }
            let told = told(&capture.exchanges, &context(of), rule.id);
            if word == "lawful" {
                assert!(told.is_empty(), "{name}: {told:?}");
            } else {
                let [(id, outcome)] = &told[..] else { panic!("{name} breaks its own rule and no other: {told:?}") };
                assert_eq!(*id, rule.id, "{name}: {outcome:?}");
                let right = match rule.severity {
                    Severity::Error => matches!(outcome, Outcome::Failed(_)),
                    Severity::Warning => matches!(outcome, Outcome::Doubtful(_)),
                    Severity::Information => matches!(outcome, Outcome::Noted(_)),
                };
                assert!(right, "{name}: {outcome:?}");
            }
            seen += 1;
        }
    }
    assert_eq!(seen + 1, names.len(), "no file is left over, beside the contexts");
}

fn loud(checks: &[Check]) -> Vec<&'static str> {
    checks.iter().filter(|check| !check.outcome.is_quiet()).map(|check| check.rule).collect()
}

#[test]
fn worked_examples_pass_and_every_mutation_of_them_fails_its_own_rule_alone() {
    let mut hit = BTreeSet::new();
    let mut made = 0;
    for known in interactions() {
        let whole = Exchange::from(worked(known));
        assert_eq!(loud(&check(&whole, &Context::default())), Vec::<&str>::new(), "{}", known.id);
        for (id, what, change) in mutations::MUTATIONS {
            let Some((exchange, context)) = change(known) else { continue };
            let found = loud(&check(&exchange, &context));
            assert_eq!(found, [*id], "{what}, of {}", known.id);
            hit.insert(*id);
            made += 1;
        }
    }
    let single: BTreeSet<&str> = RULES.iter().filter(|rule| !rule.is_of_sets()).map(|rule| rule.id).collect();
    assert_eq!(hit, single, "every rule about one request is mutated");
    println!("{made} mutations, each fails its own rule alone");
}

/// What the specification leaves open, or allows, never fails.
#[test]
fn lawful_requests_that_look_unusual_do_not_fail() {
    let known = interaction("fhir:operation:gpc.getstructuredrecord-1").expect("it is known");
    for (what, exchange, context) in mutations::lawful(known) {
        let checks = check(&exchange, &context);
        let failed: Vec<&Check> = checks.iter().filter(|check| matches!(check.outcome, Outcome::Failed(_))).collect();
        assert!(failed.is_empty(), "{what}: {failed:?}");
    }
    // A clock that is ten minutes slow is not even for a person to judge.
    let mut slow = Exchange::from(worked(known));
    slow.at = jiff::Timestamp::from_second(journey::guidance::spine::interactions::example::AT + 600).ok();
    assert_eq!(loud(&check(&slow, &Context::default())), Vec::<&str>::new());
    let internet = Context { environment: Some(Environment::Internet), ..Context::default() };
    let mut direct = Exchange::from(worked(known));
    direct.request.url = direct.request.url.replacen("https://proxy.example.nhs.uk/", "", 1);
    let checks = check(&direct, &internet);
    assert!(checks.iter().any(|check| check.rule == "REQ-02" && matches!(check.outcome, Outcome::Doubtful(_))));
}

#[test]
fn all_faults_are_told_in_one_go() {
    let known = interaction("fhir:operation:gpc.getstructuredrecord-1").expect("it is known");
    let mut exchange = Exchange::from(worked(known));
    exchange.request.url = exchange.request.url.replace("provider.example.nhs.uk", "10.0.0.1:443");
    exchange.request.headers.retain(|(name, _)| name != "Ssp-TraceID" && name != "Ssp-To");
    exchange.request.body = r#"{"resourceType":"Bundle"}"#.to_owned();
    let found = loud(&check(&exchange, &Context::default()));
    assert_eq!(found, ["REQ-03", "HDR-01", "HDR-05", "JWT-08", "BODY-01"]);
    let device = mutations::with_claims(known, |claims| {
        claims["requesting_device"] = serde_json::json!({ "resourceType": "Thing" });
    });
    let checks = check(&device, &Context::default());
    let words = checks.iter().find(|check| check.rule == "JWT-13").map(|check| check.outcome.words()).unwrap_or_default();
    for part in ["Thing", "identifier", "model", "version"] {
        assert!(words.contains(part), "{words}");
    }
}

#[test]
fn numbers_of_patients_are_hidden_wherever_they_stand_and_the_rule_says_how_many() {
    let known = interaction("fhir:rest:search:patient-1").expect("it is known");
    let mut exchange = Exchange::from(worked(known));
    exchange.request.url = exchange.request.url.replace("9000000084", "9434765919");
    exchange.request.headers.push(("X-Note".to_owned(), "for 450 557 7104".to_owned()));
    exchange.request.body = r#"{"id":"9434765919","text":"ring 943-476-5919"}"#.to_owned();
    let before = check(&exchange, &Context::default());
    let rule = |checks: &[Check]| checks.iter().find(|check| check.rule == "REQ-12").map(|check| check.outcome.clone());
    assert!(matches!(rule(&before), Some(Outcome::Failed(words)) if words.starts_with("2 NHS numbers")));
    let (masked, said) = mask(exchange);
    assert_eq!((said.numbers, said.places), (2, 3));
    assert!(said.words().is_some_and(|words| words.starts_with("REQ-12: 2 NHS numbers")));
    let text = format!("{masked:?}");
    assert!(!text.contains("9434765919") && !text.contains("7104") && !text.contains("5919"), "{text}");
    // What was hidden is still told when the rules are asked again.
    assert!(matches!(rule(&check(&masked, &Context::default())), Some(Outcome::Failed(_))));
    // In a token as well: it stays a token, and loses nothing else.
    let old = interaction("fhir:operation:gpc.getcarerecord").expect("it is known");
    let hidden = mutations::with_claims(old, |claims| {
        claims["requested_record"]["identifier"][0]["value"] = "4505577104".into();
    });
    let (masked, said) = mask(hidden);
    assert_eq!(said.numbers, 1);
    assert_eq!(loud(&check(&masked, &Context::default())), ["REQ-12", "JWT-21"]);
    assert_eq!(mask(masked.clone()), (masked, Default::default()), "once is enough");
    for known in interactions() {
        assert_eq!(mask(Exchange::from(worked(known))).1.numbers, 0, "{}", known.id);
    }
}

#[test]
fn others_see_no_tokens_cookies_or_certificates() {
    let known = interaction("fhir:operation:gpc.getstructuredrecord-1").expect("it is known");
    let mut exchange = Exchange::from(worked(known));
    for (name, value) in [
        ("Cookie", "session=crown-jewels"),
        ("X-SSL-Client-Cert", "crown-jewels"),
        ("X-Forwarded-Client-Cert", "By=crown-jewels"),
        ("X-Api-Key", "crown-jewels"),
    ] {
        exchange.request.headers.push((name.to_owned(), value.to_owned()));
    }
    exchange.request.url.push_str("?access_token=crown-jewels&x=1");
    exchange.request.body = "-----BEGIN CERTIFICATE-----\ncrown-jewels\n-----END CERTIFICATE-----".to_owned();
    let token = exchange.request.header("Authorization").next().expect("a token")[20..60].to_owned();
    let text = format!("{:?}", shown(exchange));
    assert!(!text.contains("crown-jewels") && !text.contains(&token), "{text}");
    assert!(text.contains("Bearer [token left out]") && text.contains("x=1"));
    assert!(rule("REQ-12").is_some());
}
