//! Dashboard and alert rules (`server/packaging/watch`) ask for figures that the service writes, by the labels and values that it
//! writes, and for all of them: a figure with another name fails here, not on the night on which it is missed.

use std::collections::{BTreeMap, BTreeSet};

use crate::common::world::Small;
use serde_json::Value;

const ALERTS: &str = include_str!("../packaging/watch/alerts.yml");
const DASHBOARD: &str = include_str!("../packaging/watch/dashboard.json");

/// What Prometheus itself adds to each figure.
const ADDED: [&str; 2] = ["job", "instance"];

/// Each figure at `/metrics` with its labels and the values that they had.
type Figures = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

/// `a="b",c="d"` as pairs. No value of ours has a quotation mark in it.
fn labels(text: &str) -> Vec<(String, String)> {
    let parts: Vec<&str> = text.split('"').collect();
    let name = |text: &str| text.trim_start_matches(',').trim().trim_end_matches(['=', '!', '~']).to_owned();
    parts.chunks_exact(2).map(|pair| (name(pair[0]), pair[1].to_owned())).collect()
}

fn written(text: &str) -> Figures {
    let mut figures = Figures::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let name = line.split(['{', ' ']).next().unwrap();
        let found = figures.entry(name.to_owned()).or_default();
        let within = line.split_once('{').and_then(|(_, rest)| rest.rsplit_once('}')).map_or("", |(within, _)| within);
        for (label, value) in labels(within) {
            found.entry(label).or_default().insert(value);
        }
    }
    figures
}

/// Every figure of ours in a question to Prometheus, with what it is narrowed to.
fn asked(question: &str) -> Vec<(String, Vec<(String, String)>)> {
    let mut found = Vec::new();
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    for (at, _) in question.match_indices("gpc_") {
        if question[..at].ends_with(word) {
            continue;
        }
        let rest = &question[at..];
        let (name, rest) = rest.split_at(rest.find(|c| !word(c)).unwrap_or(rest.len()));
        let within = rest.strip_prefix('{').and_then(|rest| rest.split_once('}')).map_or("", |(within, _)| within);
        found.push((name.to_owned(), labels(within)));
    }
    found
}

/// The labels that a question groups by, and those that a legend shows.
fn named(text: &str) -> Vec<String> {
    let groups = text.split("by (").skip(1).filter_map(|rest| rest.split(')').next());
    let shown = text.split("{{").skip(1).filter_map(|rest| rest.split("}}").next());
    let names = groups.flat_map(|group| group.split(',')).chain(shown);
    names.map(|name| name.trim().to_owned()).collect()
}

/// The questions of the dashboard, each with its legend.
fn panels() -> Vec<(String, String)> {
    let dashboard: Value = serde_json::from_str(DASHBOARD).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let mut ids = BTreeSet::new();
    let mut questions = Vec::new();
    for panel in panels {
        assert!(ids.insert(panel["id"].as_u64().unwrap()), "two panels have the id {}", panel["id"]);
        assert!(!panel["title"].as_str().unwrap().is_empty() && !panel["description"].as_str().unwrap().is_empty());
        for target in panel["targets"].as_array().unwrap() {
            let [question, legend] = ["expr", "legendFormat"].map(|key| target[key].as_str().unwrap().to_owned());
            questions.push((question, legend));
        }
    }
    questions.push((dashboard["templating"]["list"][1]["query"]["query"].as_str().unwrap().to_owned(), String::new()));
    questions
}

#[tokio::test]
async fn dashboard_and_alerts_ask_for_what_the_service_writes_and_for_all_of_it() {
    let small = Small::new().await;
    small.submitted().await;
    let text = small.house.browser().get("/metrics").await.body;
    let figures = written(&text);
    assert!(figures.len() >= 9 && figures["gpc_journeys"].contains_key("phase"), "{text}");
    // Nothing failed in this house; what a failure would be called stands beside where the others get their names.
    let kinds = ["1xx", "2xx", "3xx", "4xx", "5xx"];

    let panels = panels();
    let alerts: String = ALERTS.lines().filter(|line| !line.trim_start().starts_with('#')).collect::<Vec<_>>().join("\n");
    let mut asked_for = BTreeSet::new();
    for (place, question) in panels.iter().map(|(question, _)| ("dashboard", question)).chain([("alerts", &alerts)]) {
        for (name, narrowed) in asked(question) {
            let Some(has) = figures.get(&name) else { panic!("{place}: no {name} at /metrics:\n{text}") };
            for (label, value) in narrowed {
                match label.as_str() {
                    "job" => assert!(["gpc-onboarding", "$job"].contains(&value.as_str()), "{place}: {value}"),
                    "status" => assert!(kinds.contains(&value.as_str()), "{place}: {name} by the status {value}"),
                    _ => {
                        assert!(has.get(&label).is_some_and(|values| values.contains(&value)), "{place}: {name} {label}={value}")
                    }
                }
            }
            asked_for.insert(name);
        }
    }
    let known: BTreeSet<&str> = figures.values().flat_map(BTreeMap::keys).map(String::as_str).chain(ADDED).collect();
    for (question, legend) in &panels {
        let grouped = named(question);
        for name in &grouped {
            assert!(known.contains(name.as_str()), "no figure has the label {name}: {question}");
        }
        for name in named(legend) {
            assert!(grouped.contains(&name), "the legend {legend} shows what {question} leaves out");
        }
    }
    for name in figures.keys() {
        assert!(asked_for.contains(name), "nobody looks at {name}: give it a panel in server/packaging/watch/dashboard.json");
    }
}

#[test]
fn the_status_of_a_failure_is_written_as_the_alarm_has_it() {
    let source = include_str!("../src/metrics.rs");
    assert!(source.contains("5 => \"5xx\"") && ALERTS.contains("status=\"5xx\"") && DASHBOARD.contains("status=\\\"5xx\\\""));
}

/// Each alarm is tried: with figures at which it speaks (`promtool`, by `scripts/prove.sh alerts`).
#[test]
fn each_alarm_has_a_case_and_says_what_to_do() {
    let cases = include_str!("../packaging/watch/alerts.test.yml");
    let names: Vec<&str> = ALERTS.split("- alert: ").skip(1).map(|rest| rest.lines().next().unwrap()).collect();
    assert!(names.len() >= 8);
    for (name, rule) in names.iter().zip(ALERTS.split("- alert: ").skip(1)) {
        assert!(cases.contains(&format!("alertname=\"{name}\"")), "{name} has no case in alerts.test.yml");
        for part in ["severity: ", "summary: ", "description: "] {
            assert!(rule.contains(part), "{name} has no {part}");
        }
    }
}
