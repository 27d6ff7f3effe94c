//! Cucumber JSON: features, their scenarios, the steps of each.

use serde::Deserialize;

use crate::{
    base::fault::Fault,
    task::results::rows::{Found, MOST_ROWS, Outcome, Row, Run, marked, name_of},
};

/// Objects of one report: features, scenarios, steps and their results.
const MOST_OBJECTS: usize = 150_000;

#[derive(Deserialize)]
struct Feature {
    name: Option<String>,
    elements: Option<Vec<Element>>,
}

/// Tags of a scenario that are kept.
const MOST_TAGS: usize = 20;

#[derive(Deserialize)]
struct Tag {
    name: Option<String>,
}

#[derive(Deserialize)]
struct Element {
    id: Option<String>,
    name: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    line: Option<usize>,
    tags: Option<Vec<Tag>>,
    steps: Option<Vec<Step>>,
    before: Option<Vec<Step>>,
    after: Option<Vec<Step>>,
}

/// A step, or a hook around a scenario or a step.
#[derive(Deserialize)]
struct Step {
    name: Option<String>,
    result: Option<Result_>,
    before: Option<Vec<Step>>,
    after: Option<Vec<Step>>,
}

#[derive(Deserialize)]
struct Result_ {
    status: Option<String>,
    /// Nanoseconds; what is no number is no time.
    duration: Option<serde_json::Value>,
    error_message: Option<String>,
}

/// What came out of a step.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Came {
    Passed,
    Failed,
    /// Not run, or nobody knows.
    Not,
}

fn listed(steps: Option<&[Step]>) -> std::slice::Iter<'_, Step> {
    steps.unwrap_or_default().iter()
}

impl Step {
    /// The step with the hooks around it, in their order.
    fn all(&self) -> impl Iterator<Item = &Step> {
        listed(self.before.as_deref()).chain(std::iter::once(self)).chain(listed(self.after.as_deref()))
    }

    fn status(&self) -> String {
        self.result.as_ref().and_then(|result| result.status.as_deref()).unwrap_or_default().trim().to_lowercase()
    }

    fn came(&self) -> Came {
        match self.status().as_str() {
            "passed" => Came::Passed,
            "failed" | "ambiguous" | "undefined" => Came::Failed,
            _ => Came::Not,
        }
    }

    fn nanos(&self) -> f64 {
        let duration = self.result.as_ref().and_then(|result| result.duration.as_ref()?.as_f64());
        duration.filter(|duration| duration.is_finite()).unwrap_or(0.0)
    }

    /// What is said of it when it did not pass.
    fn says(&self) -> String {
        let error = self.result.as_ref().and_then(|result| result.error_message.as_deref()).unwrap_or_default();
        if !error.trim().is_empty() {
            return error.to_owned();
        }
        let name = self.name.as_deref().filter(|name| !name.trim().is_empty());
        let name = name.map_or_else(|| "A step without a name".to_owned(), |name| format!("The step “{}”", name_of(name)));
        match self.status().as_str() {
            "" => format!("{name} has no result"),
            "undefined" => format!("{name} is not defined"),
            "skipped" | "pending" | "failed" | "ambiguous" => name,
            other => format!("{name} has the status “{}”", name_of(other)),
        }
    }
}

pub(crate) fn read(text: &str) -> Result<Run, Fault> {
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
    for feature in &features {
        let name = feature.name.as_deref().map_or("", name_of);
        let name = if name.is_empty() { "Unnamed feature" } else { name };
        // The steps of a background belong to each scenario after it, until the next background.
        let mut background: Option<&Element> = None;
        let mut used = true;
        for element in feature.elements.as_deref().unwrap_or_default() {
            if element.kind.as_deref() == Some("background") {
                alone(name, background.filter(|_| !used), &mut rows)?;
                (background, used) = (Some(element), false);
                continue;
            }
            used = true;
            room(&rows)?;
            rows.push(row(name, background, element));
        }
        alone(name, background.filter(|_| !used), &mut rows)?;
    }
    Ok(Run { format: "Cucumber JSON".to_owned(), rows, notes: Vec::new() })
}

fn room(rows: &[Row]) -> Result<(), Fault> {
    if rows.len() < MOST_ROWS {
        return Ok(());
    }
    Err(Fault { line: 1, says: format!("the report has more than {MOST_ROWS} scenarios. Split it by capability") })
}

/// A background with no scenario after it counts when it failed.
fn alone(feature: &str, background: Option<&Element>, rows: &mut Vec<Row>) -> Result<(), Fault> {
    let failed = background.filter(|element| steps(element).any(|step| step.came() == Came::Failed));
    let Some(element) = failed else { return Ok(()) };
    room(rows)?;
    rows.push(row(feature, None, element));
    Ok(())
}

/// Every step of an element, with the hooks around it and them.
fn steps(element: &Element) -> impl Iterator<Item = &Step> {
    [&element.before, &element.steps, &element.after].into_iter().flat_map(|steps| listed(steps.as_deref())).flat_map(Step::all)
}

fn row(feature: &str, background: Option<&Element>, element: &Element) -> Row {
    let all = || background.into_iter().flat_map(steps).chain(steps(element));
    let failed = all().find(|step| step.came() == Came::Failed);
    let not = all().find(|step| step.came() == Came::Not);
    let (outcome, message) = match (failed, not) {
        (Some(step), _) => (Outcome::Failed, step.says()),
        (None, Some(step)) => (Outcome::Skipped, step.says()),
        (None, None) if element.steps.as_ref().is_none_or(Vec::is_empty) => (Outcome::Skipped, "It has no steps".to_owned()),
        (None, None) => (Outcome::Passed, String::new()),
    };
    let unnamed;
    let name = match element.name.as_deref().map(str::trim).filter(|name| !name.is_empty()) {
        Some(name) => name,
        None => {
            let what = if element.kind.as_deref() == Some("background") { "The background" } else { "A scenario" };
            unnamed = format!("{what} without a name (line {})", element.line.unwrap_or(0));
            &unnamed
        }
    };
    // `feature;scenario;;3` is the second row of the first table of examples. A name is as its writer wrote it.
    let (scenario, mut example) = marked(name);
    let numbered;
    let mut place = element.id.as_deref().unwrap_or_default().split(';');
    if let ([Some(_), Some(_), Some(table), Some(line), None], true) = ([(); 5].map(|()| place.next()), example.is_empty()) {
        numbered = format!("{table} {line}");
        example = numbered.trim_start();
    }
    let tags: Vec<&str> =
        element.tags.iter().flatten().take(MOST_TAGS).filter_map(|tag| tag.name.as_deref().map(name_of)).collect();
    let tags = tags.join(" ");
    let nanos: f64 = all().map(Step::nanos).sum();
    Found { feature, name: (scenario, example), outcome, took: nanos / 1e9, message: &message, tags: &tags, retried: false }.row()
}
