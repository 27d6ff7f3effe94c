//! Cucumber JSON: features, their scenarios, the steps of each.

use serde::Deserialize;

use super::{Fault, Found, MOST_ROWS, Outcome, Row, Run, example_of, name_of};

/// Objects of one report: features, scenarios, steps and their results.
const MOST_OBJECTS: usize = 150_000;

#[derive(Deserialize)]
struct Feature {
    name: String,
    #[serde(default)]
    elements: Vec<Element>,
}

#[derive(Deserialize)]
struct Element {
    #[serde(default)]
    id: String,
    #[serde(default)]
    name: String,
    #[serde(default, rename = "type")]
    kind: String,
    #[serde(default)]
    line: usize,
    #[serde(default)]
    steps: Vec<Step>,
    #[serde(default)]
    before: Vec<Step>,
    #[serde(default)]
    after: Vec<Step>,
}

#[derive(Deserialize)]
struct Step {
    #[serde(default)]
    name: String,
    result: Result_,
}

#[derive(Deserialize)]
struct Result_ {
    status: Status,
    /// Nanoseconds.
    #[serde(default)]
    duration: f64,
    #[serde(default)]
    error_message: String,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    Passed,
    Failed,
    Ambiguous,
    Undefined,
    Skipped,
    Pending,
}

pub(super) fn read(text: &str) -> Result<Run, Fault> {
    // The words of the reader name the place after what is wrong; the line is said apart.
    let fault = |error: serde_json::Error| {
        let says = error.to_string();
        let says = says.split(" at line ").next().unwrap_or_default();
        Fault { line: error.line(), says: format!("this is not a Cucumber JSON report: {says}") }
    };
    // An object of three bytes takes a hundred times as many when it is read.
    if text.bytes().filter(|byte| *byte == b'{').count() > MOST_OBJECTS {
        return Err(Fault { line: 1, says: "the report has too many parts. Split it by capability".to_owned() });
    }
    let features: Vec<Feature> = serde_json::from_str(text).map_err(fault)?;
    let mut rows = Vec::new();
    for feature in features {
        let name = name_of(&feature.name);
        for element in feature.elements.iter().filter(|element| element.kind != "background") {
            if rows.len() == MOST_ROWS {
                let says = format!("the report has more than {MOST_ROWS} scenarios. Split it by capability");
                return Err(Fault { line: 1, says });
            }
            if element.name.trim().is_empty() {
                let says = format!("a scenario of “{}” (its line {}) has no name", name, element.line);
                return Err(Fault { line: 1, says });
            }
            rows.push(row(name, element));
        }
    }
    Ok(Run { format: "Cucumber JSON".to_owned(), rows })
}

fn row(feature: &str, element: &Element) -> Row {
    let all = || element.before.iter().chain(&element.steps).chain(&element.after);
    let failed = all().find(|step| matches!(step.result.status, Status::Failed | Status::Ambiguous | Status::Undefined));
    let skipped = all().find(|step| matches!(step.result.status, Status::Skipped | Status::Pending));
    let words = |step: &Step| match (step.result.status, step.result.error_message.is_empty()) {
        (Status::Undefined, true) => format!("The step “{}” is not defined", step.name),
        (_, true) => format!("The step “{}”", step.name),
        (_, false) => step.result.error_message.clone(),
    };
    let (outcome, message) = match (failed, skipped) {
        (Some(step), _) => (Outcome::Failed, words(step)),
        (None, Some(step)) => (Outcome::Skipped, words(step)),
        (None, None) if element.steps.is_empty() => (Outcome::Skipped, "It has no steps".to_owned()),
        (None, None) => (Outcome::Passed, String::new()),
    };
    // `feature;scenario;;3` is the second row of the first table of examples.
    let (scenario, mut example) = example_of(&element.name);
    let numbered;
    let mut place = element.id.split(';');
    if let ([Some(_), Some(_), Some(table), Some(line), None], true) = ([(); 5].map(|()| place.next()), example.is_empty()) {
        numbered = format!("{table} {line}");
        example = numbered.trim_start();
    }
    let nanos: f64 = all().map(|step| step.result.duration).filter(|duration| duration.is_finite()).sum();
    Found { feature, name: (scenario, example), outcome, took: nanos / 1e9, message: &message }.row()
}
