//! What each requirement of a journey rests on: test scripts, runs with the rules that they looked at, evidence, and the verdict;
//! and where one of these is missing, out of date, or says otherwise than the verdict (domain/testing.md §9).

use std::collections::BTreeMap;

use crate::{
    base::{ids::Digest, named::named},
    catalogue::row::Row,
    form::FileRef,
    ledger::journey::Journey,
    practice::{
        exchange::Ended,
        proof::{self, Counted, Held},
        with_run,
    },
    scal::{
        book::{Entry, RowStatus},
        evidence::Evidence,
    },
    task::results::{
        Outcome,
        scripts::{Script, of_row},
    },
};

named! {
    /// What a reader must know of a row. Listed gravest first.
    pub enum Flag {
        /// It was accepted, and a rule that supports it failed in the newest run that looked at it.
        FailedAccepted = ("failed-accepted", "Accepted, and a rule failed"),
        /// It was accepted, and a script that it names failed.
        ScriptAccepted = ("script-accepted", "Accepted, and a test script failed"),
        /// A rule that supports it failed in the newest run.
        Failed = ("failed", "A rule failed"),
        /// A script that it names failed.
        Script = ("script", "A test script failed"),
        /// It rests on evidence of an older version of the product.
        Old = ("old", "Evidence of an older version"),
        /// It is said to be met, and nothing that is expected was handed over.
        NoEvidence = ("no-evidence", "No evidence"),
        /// Rules support it, and no run has looked at them.
        NoRun = ("no-run", "No run"),
    }
}

impl Flag {
    /// Whether it contradicts what was accepted or claimed.
    #[must_use]
    pub fn is_grave(self) -> bool {
        matches!(self, Flag::FailedAccepted | Flag::ScriptAccepted | Flag::Failed | Flag::Script | Flag::Old)
    }
}

/// One requirement with what it rests on.
#[derive(Clone, Debug)]
pub struct Line<'a> {
    /// The row with its answer and its verdict.
    pub entry: &'a Entry,
    /// The published scripts that it names, each with what the reports of the test stages say; `None` for nothing.
    pub scripts: Vec<(Script, Option<Outcome>)>,
    /// How many rules support it.
    pub rules: usize,
    /// The newest run that looked at one of them, by its place in the list, with how they ended.
    pub run: Option<(usize, Vec<Held>)>,
    /// The runs whose records are among its evidence, by their places in the list.
    pub used: Vec<usize>,
    /// Its files with what is known of them.
    pub files: Vec<(FileRef, Option<&'a Evidence>)>,
    /// Links to evidence that is kept elsewhere.
    pub links: usize,
    /// What a reader must know, gravest first.
    pub flags: Vec<Flag>,
}

/// Everything that lines are made of.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// The rows.
    pub entries: &'a [Entry],
    /// The runs, newest first.
    pub counted: &'a [Counted],
    /// What is known of files.
    pub evidence: &'a [Evidence],
    /// What the reports of the test stages say of the scripts.
    pub outcomes: &'a BTreeMap<Script, Outcome>,
    /// The version that is assessed.
    pub product: &'a str,
}

/// Whether a row was accepted, with or without a condition.
fn accepted(journey: &Journey, entry: &Entry) -> bool {
    let with_stage = || entry.verdict.is_none() && journey.verdict_of_stage(&entry.row.field).is_some();
    matches!(entry.stands, RowStatus::Accepted | RowStatus::AcceptedWithCondition) || with_stage()
}

fn outcome_of(script: &Script, outcomes: &BTreeMap<Script, Outcome>) -> Option<Outcome> {
    let about = outcomes.iter().filter(|(known, _)| known.is_of(script) || script.is_of(known));
    about.map(|(_, outcome)| *outcome).max_by_key(|outcome| match outcome {
        Outcome::Failed => 2,
        Outcome::Skipped => 1,
        Outcome::Passed => 0,
    })
}

/// One line for each row.
#[must_use]
pub fn lines<'a>(journey: &Journey, known: Known<'a>) -> Vec<Line<'a>> {
    known.entries.iter().map(|entry| line(journey, known, entry)).collect()
}

fn line<'a>(journey: &Journey, known: Known<'a>, entry: &'a Entry) -> Line<'a> {
    let row: &Row = entry.row;
    let scripts: Vec<(Script, Option<Outcome>)> =
        of_row(row).into_iter().map(|script| (script, outcome_of(&script, known.outcomes))).collect();
    let rules = proof::rules_of(row).len();
    let held = |(at, counted): (usize, &Counted)| {
        let held = proof::held(row, &counted.run.opened, &counted.totals);
        (!held.is_empty()).then_some((at, held))
    };
    let run = if rules == 0 { None } else { known.counted.iter().enumerate().find_map(held) };
    let about = |digest: &Digest| known.evidence.iter().find(|facts| facts.digest == *digest);
    let files: Vec<(FileRef, Option<&Evidence>)> = entry
        .files()
        .iter()
        .filter_map(|value| FileRef::parse(value))
        .map(|file| {
            let facts = about(&file.digest);
            (file, facts)
        })
        .collect();
    let failed = run.as_ref().is_some_and(|(_, held)| held.iter().any(|one| one.ended == Ended::Failed));
    let script_failed = scripts.iter().any(|(_, outcome)| *outcome == Some(Outcome::Failed));
    let accepted = accepted(journey, entry);
    let claimed = entry.status() == "met" || entry.status() == "partly";
    let old = files.iter().any(|(_, facts)| facts.is_some_and(|facts| facts.is_stale(known.product)));
    // What does not apply, or is not met and says so, needs no run.
    let concerns = claimed || entry.status().is_empty();
    let flags = [
        (Flag::FailedAccepted, failed && accepted),
        (Flag::ScriptAccepted, script_failed && accepted),
        (Flag::Failed, failed && !accepted && concerns),
        (Flag::Script, script_failed && !accepted && concerns),
        (Flag::Old, old),
        (Flag::NoEvidence, entry.lacks_evidence()),
        (Flag::NoRun, rules > 0 && run.is_none() && concerns),
    ];
    let flags = flags.into_iter().filter(|(_, is)| *is).map(|(flag, _)| flag).collect();
    let used = with_run::used(entry.files(), known.counted);
    Line { entry, scripts, rules, run, used, files, links: entry.links().len(), flags }
}
