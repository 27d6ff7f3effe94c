//! What a row rests on, and where that contradicts what is said of it.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::{
    base::ids::{Digest, JourneyRef},
    form::{Answers, FileRef},
    ledger::{file_sort::Sort, journey::Journey},
    practice::{
        exchange::{Ended, Summary},
        proof::{Counted, Totals, rules_of},
        run::{LiveRun, Opened},
        trace::{Flag, Known, lines},
        with_run,
    },
    scal::{
        book::{Entry, RowStatus, entries},
        evidence::Evidence,
    },
    task::results::{
        Outcome,
        scripts::{Script, of_row},
    },
    view::example::example,
};

fn at() -> Timestamp {
    "2026-03-02T10:00:00Z".parse().expect("an instant")
}

fn journey() -> Journey {
    example("consumer").at(0)
}

/// Rows of the example that rules support and that name a script.
fn some_rows(journey: &Journey) -> Vec<Entry> {
    let scal = journey.process.scal().expect("it has a SCAL");
    let all = entries(journey, journey.task(&scal.id), &[], &[]).expect("nothing to read");
    all.into_iter().filter(|entry| !rules_of(entry.row).is_empty() && !of_row(entry.row).is_empty()).collect()
}

/// A run in which this rule ended so.
fn run(id: &str, rule: &str, ended: Ended) -> Counted {
    let opened = Opened {
        id: id.to_owned(),
        journey: JourneyRef::from_bits(1),
        at: at(),
        by: "ada".parse().expect("an id"),
        environment: "int".to_owned(),
        version: "4.2".to_owned(),
        tester: "Ada".to_owned(),
        areas: Vec::new(),
        rules: Digest::of(b"rules"),
        file: None,
    };
    let rules = [(rule.to_owned(), ended)].into();
    let totals = Totals::of(&[Summary { interaction: "fhir:rest:read:patient-1".to_owned(), rules, seen: None }]);
    let record = Some(Digest::of(id.as_bytes()));
    Counted { run: LiveRun { closed: Some(at()), ..LiveRun::begin(opened, String::new()) }, totals, record }
}

fn flags(entry: &Entry, counted: &[Counted], evidence: &[Evidence], outcomes: &BTreeMap<Script, Outcome>) -> Vec<Flag> {
    let entries = std::slice::from_ref(entry);
    let known = Known { entries, counted, evidence, outcomes, product: "4.2" };
    lines(&journey(), known).remove(0).flags
}

fn met(mut entry: Entry) -> Entry {
    let words = entry.row.words().to_owned();
    entry.answers = Answers::default().with(entry.row.field.as_str(), "met").with(&words, "We do.");
    entry.stands = RowStatus::Answered;
    entry
}

#[test]
fn a_row_says_what_is_missing_and_what_speaks_against_it() {
    let journey = journey();
    let entry = some_rows(&journey).remove(0);
    let rule = rules_of(entry.row)[0].id;
    let none = BTreeMap::new();
    assert_eq!(flags(&entry, &[], &[], &none), [Flag::NoRun]);
    let met = met(entry.clone());
    let bare = if met.lacks_evidence() { vec![Flag::NoEvidence] } else { Vec::new() };
    assert_eq!(flags(&met, &[run("good", rule, Ended::Passed)], &[], &none), bare);
    assert_eq!(flags(&met, &[run("none", rule, Ended::NotMade)], &[], &none), [bare.clone(), vec![Flag::NoRun]].concat());
    let failed = run("bad", rule, Ended::Failed);
    assert_eq!(flags(&met, std::slice::from_ref(&failed), &[], &none), [vec![Flag::Failed], bare.clone()].concat());
    // The newest run counts, not the worst.
    let better = [run("good", rule, Ended::Passed), failed.clone()];
    assert_eq!(flags(&met, &better, &[], &none), bare);
    let accepted = Entry { stands: RowStatus::Accepted, ..met.clone() };
    assert_eq!(flags(&accepted, &[failed], &[], &none)[0], Flag::FailedAccepted);
    let apart = Entry { answers: Answers::default().with(entry.row.field.as_str(), "not_applicable"), ..entry };
    assert!(flags(&apart, &[], &[], &none).is_empty(), "what does not apply needs no run");
}

#[test]
fn evidence_of_an_older_version_and_scripts_that_failed_are_told() {
    let journey = journey();
    let entry = some_rows(&journey).remove(0);
    let rule = rules_of(entry.row)[0].id;
    let counted = [run("good", rule, Ended::Passed)];
    let script = *of_row(entry.row).iter().next().expect("it names one");
    let mut met = met(entry);
    let record = FileRef { digest: Digest::of(b"good"), name: "run.json".to_owned() };
    met.answers.0.insert(met.row.files().to_owned(), vec![record.to_string()]);
    let facts = |version: &str| Evidence {
        digest: record.digest.clone(),
        sort: Sort::default(),
        product: version.to_owned(),
        environment: None,
        effective: None,
        tester: String::new(),
        replaces: None,
        by: "ada".parse().expect("an id"),
        at: at(),
    };
    let none = BTreeMap::new();
    assert!(flags(&met, &counted, &[facts("4.2")], &none).is_empty());
    assert_eq!(flags(&met, &counted, &[facts("4.1")], &none), [Flag::Old]);
    assert_eq!(with_run::used(met.files(), &counted), [0], "the file is the record of the run");
    for (outcome, told) in [(Outcome::Passed, vec![]), (Outcome::Skipped, vec![]), (Outcome::Failed, vec![Flag::Script])] {
        assert_eq!(flags(&met, &counted, &[], &[(script, outcome)].into()), told);
    }
    let accepted = Entry { stands: RowStatus::AcceptedWithCondition, ..met };
    assert_eq!(flags(&accepted, &counted, &[], &[(script, Outcome::Failed)].into()), [Flag::ScriptAccepted]);
}

#[test]
fn a_row_that_is_answered_with_a_run_keeps_what_was_written_and_says_it_once() {
    let journey = journey();
    let entry = met(some_rows(&journey).remove(0));
    let record = FileRef { digest: Digest::of(b"good"), name: "run.json".to_owned() };
    let body = with_run::answered(&entry, "Live run of 2 March 2026.", &record).expect("there is room");
    assert_eq!(body.one(entry.row.words()), "We do.\n\nLive run of 2 March 2026.");
    assert_eq!(body.many(entry.row.files()), [record.to_string()]);
    let again = Entry { answers: body.clone(), ..entry.clone() };
    let twice = with_run::answered(&again, "Live run of 2 March 2026.", &record).expect("there is room");
    assert_eq!(twice.one(entry.row.words()), body.one(entry.row.words()));
    assert_eq!(twice.many(entry.row.files()).len(), 1);
    let words = entry.row.words().to_owned();
    let full = Entry { answers: entry.answers.clone().with(&words, &"x".repeat(3_990)), ..entry };
    let refused = with_run::answered(&full, "Live run of 2 March 2026.", &record).expect_err("no room for the words");
    assert!(format!("{refused:?}").contains("Shorten the answer by 17 characters first"), "{refused:?}");
}
