//! What runs prove of rows of the SCAL.

use jiff::Timestamp;

use crate::{
    base::{
        environment::Environment,
        ids::{Digest, JourneyRef},
    },
    catalogue::{editions, row::Row},
    conformance::catalogue::RULES,
    guidance::spine::{
        interactions::{interaction, service_root},
        token,
        worked::{Captured, worked},
    },
    plan::opening::Opening,
    practice::{
        ask::Answer,
        exchange::{Ended, Kept, To, Took, keep},
        proof::{Counted, Totals, Unfit, answers, held, words},
        run::{LASTS, LiveRun, Opened},
        seam,
    },
    task::testing::closed_in,
};

fn at() -> Timestamp {
    "2026-03-02T10:00:00Z".parse().expect("an instant")
}

fn opened() -> Opened {
    Opened {
        id: "r1".to_owned(),
        journey: JourneyRef::from_bits(1),
        at: at(),
        by: "ada".parse().expect("an id"),
        environment: "opentest".to_owned(),
        version: "4.2".to_owned(),
        tester: "Ada".to_owned(),
        areas: vec!["structured".to_owned()],
        rules: Digest::of(b"rules"),
        file: None,
    }
}

/// A run of these requests, closed.
fn run(opened: Opened, requests: &[Captured]) -> Counted {
    let mut run = LiveRun::begin(opened, String::new());
    let mut totals = Totals::default();
    for request in requests {
        let checks = seam::checked(request, &seam::context(&run.opened), None);
        let answer = Answer { status: 200, headers: Vec::new(), body: String::new(), change: None };
        let request = request.clone();
        let took = Took { after: (run.count, &run.head), at: at(), to: To::Practice, request, certificate: Vec::new(), checks };
        let kept: Kept = keep(&run.opened, took, &answer);
        run.count += 1;
        run.head = kept.digest();
        totals = totals.and(&kept.exchange().expect("it reads").summary());
    }
    run.closed = Some(at());
    Counted { run, totals, record: None }
}

fn structured(trace: &str) -> Captured {
    let mut request = worked(interaction("fhir:operation:gpc.getstructuredrecord-1").expect("known"));
    for (name, value) in &mut request.headers {
        if name == "Ssp-TraceID" {
            trace.clone_into(value);
        }
    }
    request
}

/// With a token that lives 301 seconds.
fn long_lived(mut request: Captured) -> Captured {
    let known = interaction("fhir:operation:gpc.getstructuredrecord-1").expect("known");
    let mut claims = token::claims(known, &service_root(known));
    claims["exp"] = (claims["iat"].as_i64().expect("a time") + 301).into();
    let bearer = format!("Bearer {}", token::encode(&token::header(), &claims));
    for (name, value) in &mut request.headers {
        if name == "Authorization" {
            bearer.clone_into(value);
        }
    }
    request
}

const ONE: &str = "09a01679-2564-4fb4-9129-aecc81ea2706";
const TWO: &str = "19a01679-2564-4fb4-9129-aecc81ea2706";

fn row(id: &str) -> &'static Row {
    let all = editions::all();
    let rows = all.iter().rev().flat_map(|edition| editions::rows(edition));
    rows.into_iter().find(|row| row.id == id).expect("a row of the catalogue")
}

fn opening() -> Opening {
    crate::view::example::example("consumer").at(0).opening
}

#[test]
fn every_row_that_a_rule_names_is_a_row_of_the_catalogue() {
    let all = editions::all();
    let known: std::collections::BTreeSet<&str> =
        all.iter().flat_map(|edition| editions::rows(edition)).map(|row| row.id.as_str()).collect();
    for rule in RULES {
        for row in rule.rows {
            assert!(known.contains(row), "{} names {row}", rule.id);
        }
    }
}

#[test]
fn a_token_that_passed_answers_its_row_and_one_that_was_mended_too() {
    let bad = long_lived(structured(ONE));
    let counted = run(opened(), &[bad.clone(), structured(TWO)]);
    let jwt = row("GPC-SSP10-01");
    let held = held(jwt, &counted.run.opened, &counted.totals);
    assert!(held.iter().all(|held| held.ended != Ended::Failed), "the last request counts: {held:?}");
    assert!(counted.totals.failed.keys().any(|rule| rule.starts_with("JWT")), "what failed on the way is counted");
    let failing = run(opened(), &[structured(TWO), bad]);
    let unfit = answers(jwt, &failing, &opening(), "4.2", at());
    assert!(matches!(&unfit, Err(Unfit::Rules(rules)) if rules.iter().any(|rule| rule.starts_with("JWT"))), "{unfit:?}");
}

#[test]
fn a_trace_id_that_comes_twice_fails_its_row() {
    let twice = run(opened(), &[structured(ONE), structured(ONE)]);
    let together = twice.totals.together(&twice.run.opened);
    let trace = together.iter().find(|looked| looked.rule == "HDR-02").expect("it is looked at");
    assert_eq!(trace.ended, Ended::Failed);
    assert!(trace.words.contains("request 1; request 2"), "{}", trace.words);
    let new = run(opened(), &[structured(ONE), structured(TWO)]);
    let fine = new.totals.together(&new.run.opened);
    assert!(fine.iter().any(|looked| looked.rule == "HDR-02" && looked.ended == Ended::Passed), "{fine:?}");
}

#[test]
fn a_run_that_was_kept_before_they_were_looked_at_says_nothing_about_its_requests_together() {
    let counted = run(opened(), &[structured(ONE), structured(ONE)]);
    let old = Totals { seen: Vec::new(), ..counted.totals };
    assert!(old.together(&counted.run.opened).is_empty());
}

#[test]
fn a_run_answers_a_row_of_its_version_and_environment_once_it_is_closed() {
    let row = RULES.iter().flat_map(|rule| rule.rows).map(|id| row(id)).find(|row| {
        let counted = run(opened(), &[structured(ONE), structured(TWO)]);
        answers(row, &counted, &opening(), "4.2", at()).is_ok() && row.environment != Environment::Statement
    });
    let row = row.expect("a lawful run answers some row");
    let counted = |change: &dyn Fn(&mut Opened)| {
        let mut opened = opened();
        change(&mut opened);
        run(opened, &[structured(ONE), structured(TWO)])
    };
    let says = |counted: &Counted, product: &str| {
        answers(row, counted, &opening(), product, at()).map(drop).map_err(|unfit| unfit.words())
    };
    let good = counted(&|_| {});
    assert_eq!(says(&good, "4.2.0"), Ok(()), "the same version, written otherwise");
    assert!(says(&good, " ").expect_err("no version").starts_with("Say first which version"));
    assert_eq!(says(&good, "4.3"), Err("The version that is assessed is 4.3.".to_owned()));
    let elsewhere = counted(&|opened| opened.environment = "providers".to_owned());
    let needed = closed_in(row.environment, &opening()).title();
    assert_eq!(says(&elsewhere, "4.2"), Err(format!("This row is closed in another environment: {needed}.")));
    let mut open = counted(&|_| {});
    open.run.closed = None;
    assert_eq!(says(&open, "4.2"), Err("The run is still open. Close it, then this row can be answered with it.".to_owned()));
    assert!(answers(row, &open, &opening(), "4.2", at() + LASTS).is_ok(), "it has closed itself");
    let empty = Counted { totals: Totals::default(), ..counted(&|_| {}) };
    assert_eq!(says(&empty, "4.2"), Err("No rule of this row was looked at.".to_owned()));
    let held = answers(row, &good, &opening(), "4.2", at()).expect("it fits");
    let words = words(&good, &held, "2 March 2026");
    assert!(words.starts_with("Live run of 2 March 2026: version 4.2, OpenTest, 2 requests, tested by Ada. Passed: "), "{words}");
    assert!(words.ends_with(&format!("Record of the run: {}.", good.run.head)));
}
