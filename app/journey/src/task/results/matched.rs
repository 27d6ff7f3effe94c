//! Scenarios of reports beside the published test scripts: what each report says of a script, what it does not name, what
//! nobody can place, and where two reports disagree.

use std::collections::{BTreeMap, BTreeSet};

use crate::task::results::{
    rows::{Outcome, Row, Run},
    scripts::{Script, named},
};

/// What a scenario is called, whichever of its examples: so it is remembered where somebody matched it by hand.
#[must_use]
pub fn called(row: &Row) -> String {
    format!("{}: {}", row.feature, row.scenario)
}

/// The worse of two outcomes: what failed stays failed, and what was not run proves nothing.
fn worse(one: Outcome, other: Outcome) -> Outcome {
    let weight = |outcome: Outcome| match outcome {
        Outcome::Failed => 2,
        Outcome::Skipped => 1,
        Outcome::Passed => 0,
    };
    if weight(one) >= weight(other) { one } else { other }
}

/// Scenarios of some reports by script. Reports are named by their place.
#[derive(Clone, Debug, Default)]
pub struct Matched<'a> {
    scripts: BTreeMap<Script, Vec<(usize, &'a Row)>>,
    /// Scenarios that name no script, each once.
    pub unmatched: Vec<&'a Row>,
}

/// Holds reports against the scripts. `by_hand` is what people said of scenarios by what they are [`called`]; it counts
/// before what stands in a name.
#[must_use]
pub fn matched<'a>(reports: &[&'a Run], by_hand: &BTreeMap<String, BTreeSet<Script>>) -> Matched<'a> {
    let mut found = Matched::default();
    let mut without: BTreeSet<(&str, &str)> = BTreeSet::new();
    for (report, run) in reports.iter().enumerate() {
        for row in &run.rows {
            let said = by_hand.get(&called(row)).cloned().unwrap_or_default();
            let own = [&row.scenario, &row.tags, &row.example, &row.feature].map(|text| named(text));
            let scripts = std::iter::once(said).chain(own).find(|scripts| !scripts.is_empty()).unwrap_or_default();
            if scripts.is_empty() && without.insert((&row.feature, &row.scenario)) {
                found.unmatched.push(row);
            }
            for script in scripts {
                found.scripts.entry(script).or_default().push((report, row));
            }
        }
    }
    found
}

impl<'a> Matched<'a> {
    /// The scripts that are named, with every scenario of each: its report and its row.
    pub fn scripts(&self) -> impl Iterator<Item = (Script, &[(usize, &'a Row)])> {
        self.scripts.iter().map(|(script, rows)| (*script, rows.as_slice()))
    }

    /// What came out of a script in all reports together, or in one of them: the worst of its scenarios. `None` where none
    /// is named.
    #[must_use]
    pub fn outcome(&self, script: Script, report: Option<usize>) -> Option<Outcome> {
        let rows = self.scripts.get(&script)?.iter().filter(|(place, _)| report.is_none_or(|wanted| wanted == *place));
        rows.map(|(_, row)| row.outcome).reduce(worse)
    }

    /// The scripts of which two reports say something else, with what each says.
    #[must_use]
    pub fn disagreeing(&self) -> Vec<(Script, Vec<(usize, Outcome)>)> {
        let of = |script: Script, rows: &[(usize, &Row)]| {
            let places: BTreeSet<usize> = rows.iter().map(|(place, _)| *place).collect();
            let said: Vec<_> = places.into_iter().filter_map(|place| Some((place, self.outcome(script, Some(place))?))).collect();
            let differ = said.windows(2).any(|two| matches!(two, [(_, one), (_, other)] if one != other));
            differ.then_some((script, said))
        };
        self.scripts().filter_map(|(script, rows)| of(script, rows)).collect()
    }

    /// How many scripts stand in more than one report: their scenarios are counted in each.
    #[must_use]
    pub fn repeated(&self) -> usize {
        let twice = |rows: &[(usize, &Row)]| rows.iter().map(|(place, _)| place).collect::<BTreeSet<_>>().len() > 1;
        self.scripts().filter(|(_, rows)| twice(rows)).count()
    }

    /// Those of `asked` that no scenario names: nothing is known of them.
    #[must_use]
    pub fn missing(&self, asked: &BTreeSet<Script>) -> Vec<Script> {
        let there = |wanted: &Script| self.scripts.keys().any(|script| script.is_of(wanted) || wanted.is_of(script));
        asked.iter().filter(|script| !there(script)).copied().collect()
    }
}

/// What is to be kept in mind of reports of a kind that leaves things out; `None` when there is nothing.
#[must_use]
pub fn claim(reports: &[&Run]) -> Option<&'static str> {
    let (json, other) = reports.iter().partition::<Vec<&&Run>, _>(|run| run.format.starts_with("Cucumber"));
    let whole = json.iter().any(|run| run.rows.iter().any(|row| row.outcome == Outcome::Skipped));
    (!json.is_empty() && other.is_empty() && !whole).then_some(
        "This is a claim to check: no step in it was skipped or undefined, and some tools leave such steps and whole scenarios out \
         of Cucumber JSON. A JUnit report of the same run shows them.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(scenario: &str, example: &str, outcome: Outcome) -> Row {
        Row {
            feature: "Spine".to_owned(),
            scenario: scenario.to_owned(),
            example: example.to_owned(),
            tags: String::new(),
            outcome,
            millis: 1,
            message: String::new(),
            retried: false,
        }
    }

    fn run(rows: Vec<Row>) -> Run {
        Run { format: "JUnit XML".to_owned(), rows, notes: Vec::new() }
    }

    fn script(text: &str) -> Script {
        named(text).into_iter().next().expect("an id")
    }

    #[test]
    fn the_worst_row_of_an_outline_counts_and_every_row_is_seen() {
        let run = run(vec![
            row("GPC-SPN-TST-10 token", "EMIS", Outcome::Passed),
            row("GPC-SPN-TST-10 token", "TPP", Outcome::Failed),
            row("GPC-SPN-TST-1 look-up", "", Outcome::Passed),
            row("GPC-SPN-TST-12, 13 headers", "", Outcome::Skipped),
        ]);
        let found = matched(&[&run], &BTreeMap::new());
        assert_eq!(found.outcome(script("GPC-SPN-TST-10"), None), Some(Outcome::Failed));
        assert_eq!(found.scripts().find(|(id, _)| *id == script("GPC-SPN-TST-10")).map(|(_, rows)| rows.len()), Some(2));
        assert_eq!(found.outcome(script("GPC-SPN-TST-01"), None), Some(Outcome::Passed));
        assert_eq!(found.outcome(script("GPC-SPN-TST-13"), None), Some(Outcome::Skipped), "one scenario, two scripts");
        assert!(found.unmatched.is_empty());
        let asked = ["GPC-SPN-TST-09", "GPC-SPN-TST-10"].map(script).into();
        assert_eq!(found.missing(&asked), [script("GPC-SPN-TST-09")]);
    }

    #[test]
    fn what_names_no_script_is_listed_once_and_what_a_person_said_of_it_counts() {
        let mut tagged = row("A header is sent", "", Outcome::Passed);
        tagged.tags = "@smoke @GPC-SPN-TST-13".to_owned();
        let run = run(vec![
            row("The token is right", "1", Outcome::Passed),
            row("The token is right", "2", Outcome::Failed),
            row("GPC-STR-MED14-(03-17)", "", Outcome::Passed),
            tagged,
        ]);
        let found = matched(&[&run], &BTreeMap::new());
        let names: Vec<&str> = found.unmatched.iter().map(|row| row.scenario.as_str()).collect();
        assert_eq!(names, ["The token is right", "GPC-STR-MED14-(03-17)"]);
        assert_eq!(found.outcome(script("GPC-SPN-TST-13"), None), Some(Outcome::Passed), "its tag names it");
        let said = BTreeMap::from([("Spine: The token is right".to_owned(), BTreeSet::from([script("GPC-SPN-TST-10")]))]);
        let found = matched(&[&run], &said);
        assert_eq!(found.unmatched.len(), 1);
        assert_eq!(found.outcome(script("GPC-SPN-TST-10"), None), Some(Outcome::Failed));
    }

    #[test]
    fn two_reports_that_disagree_say_where() {
        let junit = run(vec![row("GPC-SPN-TST-10", "", Outcome::Failed), row("GPC-SPN-TST-11", "", Outcome::Skipped)]);
        let json = run(vec![row("gpcspntst10", "", Outcome::Passed), row("GPC-SPN-TST-01", "", Outcome::Passed)]);
        let found = matched(&[&junit, &json], &BTreeMap::new());
        assert_eq!(found.disagreeing(), [(script("GPC-SPN-TST-10"), vec![(0, Outcome::Failed), (1, Outcome::Passed)])]);
        assert_eq!(found.repeated(), 1);
    }

    #[test]
    fn cucumber_json_without_a_skipped_step_is_a_claim() {
        let json = |outcome| Run { format: "Cucumber JSON".to_owned(), ..run(vec![row("GPC-SPN-TST-10", "", outcome)]) };
        let (passed, skipped) = (json(Outcome::Passed), json(Outcome::Skipped));
        assert!(claim(&[&passed]).is_some_and(|says| says.contains("JUnit")));
        assert!(claim(&[&skipped]).is_none(), "it tells what was skipped");
        assert!(claim(&[&passed, &run(Vec::new())]).is_none(), "the other report of the run is there");
    }
}
