//! JUnit XML and TRX.

use std::collections::BTreeMap;

use quick_xml::{Reader, events::Event};
use roxmltree::{Document, Node, ParsingOptions};

use super::{DEEPEST, Fault, Found, LONGEST_MESSAGE, MOST_ROWS, Outcome, Row, Run, cut, example_of, name_of};

/// Elements and texts of one report, and attributes, bounded before the tree is built.
const MOST_NODES: u32 = 400_000;

/// Attributes of one element, and namespaces of a report.
const MOST_OWN: usize = 100;

pub(super) fn read(text: &str) -> Result<Run, Fault> {
    shallow(text)?;
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options).map_err(|error| {
        let says = match error {
            roxmltree::Error::UnclosedRootNode => "the XML cannot be read: it ends too early".to_owned(),
            roxmltree::Error::DtdDetected => "a document type is not accepted in a report".to_owned(),
            roxmltree::Error::NodesLimitReached => "the report has too many elements. Split it by capability".to_owned(),
            ref other => format!("the XML cannot be read: {other}"),
        };
        // Of a text that only ends too early the reader knows no place: it is the end.
        let cut = matches!(error, roxmltree::Error::UnclosedRootNode);
        Fault { line: if cut { text.lines().count() } else { usize::try_from(error.pos().row).unwrap_or(0) }, says }
    })?;
    let root = document.root_element();
    let (format, rows) = match root.tag_name().name() {
        "testsuites" | "testsuite" => ("JUnit XML", junit(&document)?),
        "TestRun" => ("TRX", trx(&document)?),
        other => {
            let says =
                format!("“{}” is not the beginning of a JUnit XML or TRX report", other.chars().take(40).collect::<String>());
            return Err(Fault { line: line(&document, root), says });
        }
    };
    Ok(Run { format: format.to_owned(), rows })
}

/// Refuses, before a tree is built, what would make it large: depth, attributes and namespaces. The builder of the tree copies
/// the namespaces of an element to each one below it that declares another, and compares each attribute with every other.
fn shallow(text: &str) -> Result<(), Fault> {
    let mut reader = Reader::from_str(text);
    let (mut depth, mut attributes, mut namespaces) = (0, 0, 0);
    loop {
        let event = reader.read_event();
        let at = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX).min(text.len());
        let fault = |says: String| {
            let line = text.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
            Err(Fault { line, says })
        };
        let element = match event {
            Ok(Event::Start(element)) => {
                depth += 1;
                element
            }
            Ok(Event::Empty(element)) => element,
            Ok(Event::End(_)) => {
                depth -= 1;
                continue;
            }
            // The builder of the tree has better words for what is wrong; it is asked next.
            Ok(Event::Eof) | Err(_) => return Ok(()),
            Ok(_) => continue,
        };
        if depth > DEEPEST {
            return fault(format!("elements are nested deeper than {DEEPEST}"));
        }
        let mut own = 0;
        for attribute in element.attributes().with_checks(false).flatten() {
            own += 1;
            namespaces += usize::from(attribute.key.as_ref().starts_with("xmlns"));
            if own > MOST_OWN {
                return fault(format!("an element has more than {MOST_OWN} attributes"));
            }
        }
        attributes += own;
        if namespaces > MOST_OWN || attributes > MOST_NODES as usize {
            return fault("the report has too many attributes. Split it by capability".to_owned());
        }
    }
}

fn line(document: &Document<'_>, node: Node<'_, '_>) -> usize {
    usize::try_from(document.text_pos_at(node.range().start).row).unwrap_or(0)
}

fn attribute<'a>(document: &Document<'_>, node: Node<'a, '_>, name: &str) -> Result<&'a str, Fault> {
    node.attribute(name)
        .filter(|value| !value.trim().is_empty())
        .ok_or_else(|| Fault { line: line(document, node), says: format!("<{}> has no {name}", node.tag_name().name()) })
}

fn room(document: &Document<'_>, node: Node<'_, '_>, rows: &[Row]) -> Result<(), Fault> {
    if rows.len() < MOST_ROWS {
        return Ok(());
    }
    Err(Fault {
        line: line(document, node),
        says: format!("the report has more than {MOST_ROWS} scenarios. Split it by capability"),
    })
}

fn named<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.children().find(|child| child.is_element() && child.tag_name().name() == name)
}

/// What stands in an element, or in its attribute `message`: no more than is shown, with room for the spaces that go.
fn says(node: Node<'_, '_>) -> String {
    let message = node.attribute("message").unwrap_or_default();
    if !message.is_empty() {
        return cut(message, 4 * LONGEST_MESSAGE).to_owned();
    }
    let mut text = String::new();
    let mut left = 4 * LONGEST_MESSAGE;
    for piece in node.descendants().filter(Node::is_text).filter_map(|inner| inner.text()) {
        let piece = cut(piece, left);
        left -= piece.chars().count();
        text.push_str(piece);
        if left == 0 {
            break;
        }
    }
    text
}

/// The cases of a report in their order, each with the feature that the suite around it is named for: one walk down the tree.
fn cases<'a, 'i>(
    document: &Document<'_>,
    node: Node<'a, 'i>,
    suite: Option<&'a str>,
    found: &mut Vec<(Node<'a, 'i>, Option<&'a str>)>,
) -> Result<(), Fault> {
    for child in node.children().filter(Node::is_element) {
        match child.tag_name().name() {
            "testcase" => {
                if let Some(inner) = child.descendants().skip(1).find(|node| node.tag_name().name() == "testcase") {
                    let says = "a <testcase> stands inside another one".to_owned();
                    return Err(Fault { line: line(document, inner), says });
                }
                found.push((child, suite));
            }
            "testsuite" => cases(document, child, child.attribute("name").map(feature_of).or(suite), found)?,
            _ => cases(document, child, suite, found)?,
        }
    }
    Ok(())
}

fn junit(document: &Document<'_>) -> Result<Vec<Row>, Fault> {
    let mut rows = Vec::new();
    let mut found = Vec::new();
    cases(document, document.root(), None, &mut found)?;
    for (case, suite) in found {
        room(document, case, &rows)?;
        let class = case.attribute("classname").filter(|class| !class.trim().is_empty());
        let Some(feature) = class.map(feature_of).or(suite) else {
            return Err(Fault {
                line: line(document, case),
                says: "<testcase> has no classname, and no test suite around it has a name".to_owned(),
            });
        };
        let name = example_of(attribute(document, case, "name")?);
        let failed = ["failure", "error"].into_iter().find_map(|name| named(case, name));
        let skipped = named(case, "skipped");
        let seconds = match case.attribute("time") {
            None | Some("") => 0.0,
            Some(time) => time.replace(',', "").parse::<f64>().map_err(|_| Fault {
                line: line(document, case),
                says: format!("“{}” is not a time in seconds", time.chars().take(40).collect::<String>()),
            })?,
        };
        let (outcome, message) = match (failed, skipped) {
            (Some(node), _) => (Outcome::Failed, says(node)),
            (None, Some(node)) => (Outcome::Skipped, says(node)),
            (None, None) => (Outcome::Passed, String::new()),
        };
        rows.push(Found { feature, name, outcome, took: seconds, message: &message }.row());
    }
    Ok(rows)
}

/// The last part of a class name, without the word that generators add; no more than is shown.
fn feature_of(class: &str) -> &str {
    let last = if class.contains(' ') { class } else { class.rsplit('.').next().unwrap_or(class) };
    name_of(last.strip_suffix("Feature").filter(|rest| !rest.is_empty()).unwrap_or(last))
}

fn trx(document: &Document<'_>) -> Result<Vec<Row>, Fault> {
    // The class of each test, and the feature that it is named for: looked at here, once, however many results name it.
    let mut classes: BTreeMap<&str, (&str, &str)> = BTreeMap::new();
    for test in document.descendants().filter(|node| node.tag_name().name() == "UnitTest") {
        if let (Some(id), Some(method)) = (test.attribute("id"), named(test, "TestMethod")) {
            let class = method.attribute("className").and_then(|class| class.split(',').next()).unwrap_or_default();
            classes.insert(id, (class, feature_of(class)));
        }
    }
    let mut rows = Vec::new();
    for result in document.descendants().filter(|node| node.tag_name().name() == "UnitTestResult") {
        // A result that holds others is their sum.
        if named(result, "InnerResults").is_some() {
            continue;
        }
        room(document, result, &rows)?;
        let (scenario, example) = example_of(attribute(document, result, "testName")?);
        let (class, feature) = result.attribute("testId").and_then(|id| classes.get(id)).copied().unwrap_or_default();
        // Some adapters write "Namespace.Feature.Test" as the name of the test.
        let (feature, scenario) = match scenario.rsplit_once('.') {
            Some((before, short)) if class.is_empty() => (feature_of(before), short),
            Some((before, short)) if before == class => (feature, short),
            _ => (feature, scenario),
        };
        let said = attribute(document, result, "outcome")?;
        let outcome = match said {
            "Passed" | "PassedButRunAborted" | "Warning" => Outcome::Passed,
            "Failed" | "Error" | "Timeout" | "Aborted" | "Disconnected" => Outcome::Failed,
            "NotExecuted" | "Inconclusive" | "NotRunnable" | "Pending" | "InProgress" | "Completed" => Outcome::Skipped,
            other => {
                let says = format!("“{}” is not an outcome that a TRX report has", other.chars().take(40).collect::<String>());
                return Err(Fault { line: line(document, result), says });
            }
        };
        let message = result.descendants().find(|node| node.tag_name().name() == "Message").map(says).unwrap_or_default();
        let took = match result.attribute("duration") {
            None | Some("") => 0.0,
            Some(text) => clock(text).ok_or_else(|| Fault {
                line: line(document, result),
                says: format!("“{}” is not a duration", text.chars().take(40).collect::<String>()),
            })?,
        };
        let message = if outcome == Outcome::Passed { String::new() } else { message };
        let feature = if feature.is_empty() { "Unnamed feature" } else { feature };
        rows.push(Found { feature, name: (scenario, example), outcome, took, message: &message }.row());
    }
    Ok(rows)
}

/// `00:00:01.2345678`, in seconds.
fn clock(text: &str) -> Option<f64> {
    let mut parts = text.split(':');
    let (hours, minutes, seconds) = (parts.next()?, parts.next()?, parts.next()?);
    let hours: f64 = hours.parse::<u32>().ok()?.into();
    let minutes: f64 = minutes.parse::<u32>().ok()?.into();
    let seconds: f64 = seconds.parse().ok()?;
    parts.next().is_none().then_some(hours * 3600.0 + minutes * 60.0 + seconds)
}
