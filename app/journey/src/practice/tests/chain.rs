//! What is kept of a run.

use super::*;
use crate::{
    base::ids::{Digest, JourneyRef},
    practice::{
        exchange::{Ended, Exchange, Kept, Summary, To, Took, is_whole, keep, rules},
        proof::{Totals, compare},
        run::{LiveRun, Opened},
        seam,
    },
};

fn run() -> LiveRun {
    let opened = Opened {
        id: "r1".to_owned(),
        journey: JourneyRef::from_bits(1),
        at: now(),
        by: "ada".parse().expect("an id"),
        environment: "int".to_owned(),
        version: "4.2".to_owned(),
        tester: "Ada".to_owned(),
        areas: vec!["foundations".to_owned()],
        rules: rules(),
        file: None,
    };
    LiveRun::begin(opened, "key".to_owned())
}

fn took(run: &mut LiveRun, request: Captured) -> Kept {
    let checks = seam::checked(&request, &Default::default(), None);
    let answer = answer(&mut Practice::default(), &request, &checks, now());
    let took = Took { after: (run.count, &run.head), at: now(), to: To::Practice, request, certificate: Vec::new(), checks };
    let kept = keep(&run.opened, took, &answer);
    run.count += 1;
    run.head = kept.digest();
    kept
}

#[test]
fn each_exchange_names_the_one_before_and_nothing_can_be_changed_left_out_or_put_in() {
    let mut run = run();
    let kept: Vec<Kept> = ["/Patient/2", "/Patient/3", "/Patient/2"]
        .into_iter()
        .map(|path| took(&mut run, ask("fhir:rest:read:patient-1", EXAMPLE, path, None)))
        .collect();
    assert!(is_whole(&run.opened, &kept, &run.head));
    assert!(!is_whole(&run.opened, &kept[..2], &run.head), "cut");
    assert!(!is_whole(&run.opened, &kept[1..], &run.head), "the first left out");
    let mut changed = kept.clone();
    changed[1].text = changed[1].text.replace("404", "200");
    assert!(!is_whole(&run.opened, &changed, &run.head));
    let opened = Opened { version: "5".to_owned(), ..run.opened.clone() };
    assert!(!is_whole(&opened, &kept, &run.head), "of another version");
    let exchange = kept[1].exchange().expect("it reads");
    assert_eq!((exchange.number, exchange.product.as_str(), &exchange.rules), (2, "4.2", &rules()));
    assert_eq!((exchange.interaction().as_str(), exchange.asked().as_str()), ("fhir:rest:read:patient-1", "/Patient/3"));
}

#[test]
fn tokens_are_held_back_and_cookies_are_not_kept() {
    let mut request = ask("fhir:rest:read:patient-1", EXAMPLE, "/Patient/2", None);
    let token = request.header("Authorization").next().expect("a token").to_owned();
    request.headers.push(("Cookie".to_owned(), "session=very-secret".to_owned()));
    request.headers.push(("X-Client-Cert".to_owned(), "-----BEGIN".to_owned()));
    let kept = took(&mut run(), request);
    assert!(!kept.text.contains(&token) && !kept.text.contains("very-secret") && !kept.text.contains("BEGIN"));
    assert!(kept.text.contains(&format!("sha256:{}", Digest::of(token.as_bytes()))));
    let names: Vec<&str> = kept.held_back.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["Authorization", "X-Client-Cert"]);
    assert!(!format!("{:?}", kept.held_back).contains("very-secret"));
}

#[test]
fn failed_rules_come_first() {
    let mut request = ask("fhir:rest:read:patient-1", EXAMPLE, "/Patient/2", None);
    set(&mut request, "Ssp-TraceID", "1");
    let exchange: Exchange = took(&mut run(), request).exchange().expect("it reads");
    assert_eq!((exchange.failed_first()[0].rule.as_str(), exchange.count(Ended::Failed)), ("HDR-01", 1));
    assert_eq!(exchange.status, 400);
}

#[test]
fn a_rerun_says_which_rules_end_otherwise() {
    let of = |trace: &str| -> Summary {
        let mut request = ask("fhir:rest:read:patient-1", EXAMPLE, "/Patient/2", None);
        set(&mut request, "Ssp-TraceID", trace);
        took(&mut run(), request).exchange().expect("it reads").summary()
    };
    let (bad, good) = (of("1"), of("09a01679-2564-4fb4-9129-aecc81ea2706"));
    let compare = |before: &[Summary], now: &[Summary]| compare(&Totals::of(before), &Totals::of(now));
    let found = compare(std::slice::from_ref(&bad), std::slice::from_ref(&good));
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].rule.as_str(), found[0].before, found[0].now), ("HDR-01", Ended::Failed, Ended::Passed));
    // What was mended within a run counts as mended.
    assert!(compare(&[bad.clone(), good.clone()], std::slice::from_ref(&good)).is_empty());
    let other = Summary { interaction: "other".to_owned(), ..good };
    assert!(compare(&[bad], &[other]).is_empty(), "what only one of them tried is not compared");
}
