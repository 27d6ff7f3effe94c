//! JUnit XML and TRX.
//!
//! Long because two reports of one family share how names, times and places are found.

use std::{borrow::Cow, collections::BTreeMap, ops::AddAssign};

use quick_xml::{Reader, events::Event};
use roxmltree::{Document, Node, ParsingOptions};

use crate::{
    base::fault::Fault,
    task::results::rows::{
        DEEPEST, Found, LONGEST_MESSAGE, MOST_ROWS, Outcome, Row, Run, cut, example_of, name_of, note, note_of_times, seconds,
    },
};

/// Elements and texts of one report, and attributes, bounded before the tree is built.
const MOST_NODES: u32 = 400_000;

/// Attributes of one element, and namespaces of a report.
const MOST_OWN: usize = 100;

pub(crate) fn read(text: &str) -> Result<Run, Fault> {
    let beginning = cut(text.trim_start(), 100).to_lowercase();
    if ["<!doctype html", "<html"].iter().any(|page| beginning.starts_with(page)) {
        let says = "“html” is not the beginning of a JUnit XML or TRX report: this is a web page, perhaps one to sign in";
        return Err(Fault { line: 1, says: says.to_owned() });
    }
    let text = &*without_controls(text);
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
    match root.tag_name().name() {
        "testsuites" | "testsuite" => junit(&document),
        "TestRun" => trx(&document),
        other => {
            let says =
                format!("“{}” is not the beginning of a JUnit XML or TRX report", other.chars().take(40).collect::<String>());
            Err(Fault { line: line(&document, root), says })
        }
    }
}

/// XML has no control characters, not even as references (`&#27;`), and suites write them all the same: the colours of a
/// terminal above all. They are left out, and so is a colour that one begins. No line end is touched.
fn without_controls(text: &str) -> Cow<'_, str> {
    let known = |value: u32| value >= 0x20 && !matches!(value, 0xd800..=0xdfff | 0xfffe | 0xffff) || matches!(value, 9 | 10 | 13);
    let mut left = String::new();
    let (mut from, mut at) = (0, 0);
    while let Some(found) = text[at..].find(|c: char| c == '&' || !known(u32::from(c))) {
        let start = at + found;
        let rest = &text[start..];
        let (value, length) = match rest.chars().next() {
            Some('&') => match reference(rest) {
                Some(read) if !known(read.0) => read,
                _ => {
                    at = start + 1;
                    continue;
                }
            },
            other => other.map_or((0, 1), |c| (u32::from(c), c.len_utf8())),
        };
        left.push_str(&text[from..start]);
        at = start + length;
        if value == 27 {
            at += colour(&text[at..]);
        }
        from = at;
    }
    if from == 0 {
        return Cow::Borrowed(text);
    }
    left.push_str(&text[from..]);
    Cow::Owned(left)
}

/// The number of a reference like `&#27;` or `&#x1b;` at the beginning of a text, and how many bytes it takes.
fn reference(text: &str) -> Option<(u32, usize)> {
    let inner = text.get(2..text.char_indices().take(12).find(|(_, c)| *c == ';')?.0)?;
    let digits = text.strip_prefix("&#").map(|_| inner)?;
    let number = match digits.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16),
        None => digits.parse(),
    };
    Some((number.ok()?, inner.len() + 3))
}

/// How many bytes of `[31m` or its kind stand at the beginning of a text.
fn colour(text: &str) -> usize {
    let Some(rest) = text.strip_prefix('[') else { return 0 };
    let digits = rest.bytes().take_while(|b| b.is_ascii_digit() || matches!(b, b';' | b'?')).count();
    if rest.as_bytes().get(digits).is_some_and(u8::is_ascii_alphabetic) { digits + 2 } else { 0 }
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

/// What stands in a suite.
#[derive(Clone, Copy, Default)]
struct Tally {
    cases: usize,
    failed: usize,
    /// Failures and errors: a case may have one of each.
    faults: usize,
    skipped: usize,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.cases += other.cases;
        self.failed += other.failed;
        self.faults += other.faults;
        self.skipped += other.skipped;
    }
}

/// What was read of a JUnit report so far.
#[derive(Default)]
struct Junit {
    rows: Vec<Row>,
    notes: Vec<String>,
    lost: usize,
}

fn junit(document: &Document<'_>) -> Result<Run, Fault> {
    let mut read = Junit::default();
    read.inside(document, document.root(), None)?;
    note_of_times(&mut read.notes, read.lost);
    Ok(Run { format: "JUnit XML".to_owned(), rows: read.rows, notes: read.notes })
}

impl Junit {
    /// Reads what stands in an element, in its order, each case with the feature that the suite around it is named for: one
    /// walk down the tree. What it holds itself, and with the suites in it.
    fn inside(&mut self, document: &Document<'_>, node: Node<'_, '_>, suite: Option<&str>) -> Result<(Tally, Tally), Fault> {
        let (mut own, mut whole) = (Tally::default(), Tally::default());
        for child in node.children().filter(Node::is_element) {
            match child.tag_name().name() {
                "testcase" => own += self.case(document, child, suite)?,
                "testsuite" | "testsuites" => {
                    let named = child.attribute("name").filter(|name| !name.trim().is_empty());
                    let (inner, all) = self.inside(document, child, named.map(feature_of).or(suite))?;
                    self.agree(child, named, inner, all);
                    whole += all;
                }
                // What broke before or after the cases of a suite stands beside them.
                "failure" | "error" if node.tag_name().name().starts_with("testsuite") => {
                    room(document, child, &self.rows)?;
                    let feature = suite.unwrap_or("Unnamed suite");
                    let found = Found {
                        feature,
                        name: ("The suite itself", ""),
                        outcome: Outcome::Failed,
                        took: 0.0,
                        message: &says(child),
                        tags: "",
                        retried: false,
                    };
                    self.rows.push(found.row());
                    own += Tally { failed: 1, faults: 1, ..Tally::default() };
                }
                _ => {
                    let (inner, all) = self.inside(document, child, suite)?;
                    own += inner;
                    // Its own are counted with ours.
                    whole += Tally {
                        cases: all.cases - inner.cases,
                        failed: all.failed - inner.failed,
                        faults: all.faults - inner.faults,
                        skipped: all.skipped - inner.skipped,
                    };
                }
            }
        }
        whole += own;
        Ok((own, whole))
    }

    fn case(&mut self, document: &Document<'_>, case: Node<'_, '_>, suite: Option<&str>) -> Result<Tally, Fault> {
        if let Some(inner) = case.descendants().skip(1).find(|node| node.tag_name().name() == "testcase") {
            return Err(Fault { line: line(document, inner), says: "a <testcase> stands inside another one".to_owned() });
        }
        room(document, case, &self.rows)?;
        let class = case.attribute("classname").filter(|class| !class.trim().is_empty());
        let Some(feature) = class.map(feature_of).or(suite) else {
            return Err(Fault {
                line: line(document, case),
                says: "<testcase> has no classname, and no test suite around it has a name".to_owned(),
            });
        };
        let name = example_of(attribute(document, case, "name")?);
        let any = |names: &[&str]| names.iter().find_map(|name| named(case, name));
        let took = match case.attribute("time").filter(|time| !time.trim().is_empty()) {
            None => 0.0,
            Some(time) => seconds(time).unwrap_or_else(|| {
                self.lost += 1;
                0.0
            }),
        };
        let failed = any(&["failure", "error"]);
        let skipped = any(&["skipped", "disabled", "ignored"]);
        let before = any(&["flakyFailure", "flakyError", "rerunFailure", "rerunError"]);
        let (outcome, message, retried) = match (failed, skipped, status(case)) {
            (Some(node), ..) => (Outcome::Failed, says(node), false),
            (None, Some(node), _) => (Outcome::Skipped, says(node), false),
            (None, None, Some((Outcome::Passed, said))) => (Outcome::Passed, said, true),
            (None, None, Some((outcome, said))) => (outcome, said, false),
            (None, None, None) => (Outcome::Passed, before.map(says).unwrap_or_default(), before.is_some()),
        };
        self.rows.push(Found { feature, name, outcome, took, message: &message, tags: "", retried }.row());
        let faults = case.children().filter(|child| matches!(child.tag_name().name(), "failure" | "error")).count();
        Ok(Tally {
            cases: 1,
            failed: usize::from(outcome == Outcome::Failed),
            faults,
            skipped: usize::from(outcome == Outcome::Skipped),
        })
    }

    /// Says where the numbers that a suite gives of itself are not those of its cases. Some writers count the suites inside,
    /// some do not; some count what was not run among their tests, some do not; some count failures, some failed tests.
    fn agree(&mut self, suite: Node<'_, '_>, name: Option<&str>, own: Tally, whole: Tally) {
        let stated = |names: &[&str]| {
            let numbers: Vec<usize> = names
                .iter()
                .filter_map(|name| suite.attribute(*name)?.trim().parse::<usize>().ok())
                .map(|n| n.min(1_000_000_000))
                .collect();
            (!numbers.is_empty()).then(|| numbers.iter().sum::<usize>())
        };
        let who =
            name.map_or_else(|| "A suite without a name".to_owned(), |name| format!("The suite “{}”", cut(name.trim(), 100)));
        let both = [own, whole];
        let mut differs = |what: &str, said: usize, there: usize| {
            note(&mut self.notes, format!("{who} says that it has {said} {what}, and {there} are in the report."));
        };
        if let Some(said) = stated(&["tests"])
            && !both.iter().any(|tally| said == tally.cases || said == tally.cases - tally.skipped)
        {
            differs("tests", said, whole.cases);
        }
        if let Some(said) = stated(&["failures", "errors"])
            && !both.iter().any(|tally| said == tally.failed || said == tally.faults)
        {
            differs("failures and errors", said, whole.failed);
        }
        // What is said to be run and was not is found among the cases; only the other way something stands as passed.
        if let Some(said) = stated(&["skipped", "disabled"])
            && said > whole.skipped
        {
            differs("tests that were not run", said, whole.skipped);
        }
    }
}

/// What a case says of itself in an attribute, when that is no plain pass: what comes of it, and in its words. `Passed`
/// stands for one that passed after a retry. A word that nobody knows proves nothing: it was not run.
fn status(case: Node<'_, '_>) -> Option<(Outcome, String)> {
    ["status", "result"].into_iter().find_map(|name| {
        let said = case.attribute(name)?.trim();
        let outcome = match said.to_lowercase().as_str() {
            "" | "run" | "completed" | "complete" | "pass" | "passed" | "ok" | "success" | "successful" | "succeeded" => {
                return None;
            }
            "fail" | "failed" | "failure" | "error" | "errored" | "broken" | "timeout" | "undefined" | "ambiguous" => {
                Outcome::Failed
            }
            "flaky" => Outcome::Passed,
            _ => Outcome::Skipped,
        };
        Some((outcome, format!("Its {name} is “{}”", cut(said, 40))))
    })
}

/// The last part of a class name, without the word that generators add; no more than is shown.
fn feature_of(class: &str) -> &str {
    let last = if class.contains(' ') { class } else { class.rsplit('.').next().unwrap_or(class) };
    name_of(last.strip_suffix("Feature").filter(|rest| !rest.is_empty()).unwrap_or(last))
}

fn trx(document: &Document<'_>) -> Result<Run, Fault> {
    // The class of each test, and the feature that it is named for: looked at here, once, however many results name it.
    let mut classes: BTreeMap<&str, (&str, &str)> = BTreeMap::new();
    for test in document.descendants().filter(|node| node.tag_name().name() == "UnitTest") {
        if let (Some(id), Some(method)) = (test.attribute("id"), named(test, "TestMethod")) {
            let class = method.attribute("className").and_then(|class| class.split(',').next()).unwrap_or_default();
            classes.insert(id, (class, feature_of(class)));
        }
    }
    let mut rows = Vec::new();
    let mut notes = Vec::new();
    let mut lost = 0;
    for result in document.descendants().filter(|node| node.tag_name().name() == "UnitTestResult") {
        let (outcome, unknown) = outcome_of(result);
        // A result that holds others is their sum, unless it says that something failed which none of them says.
        if let Some(inner) = named(result, "InnerResults") {
            let mut inner = inner.descendants().filter(|node| node.tag_name().name() == "UnitTestResult");
            if outcome != Outcome::Failed || inner.any(|one| outcome_of(one).0 == Outcome::Failed) {
                continue;
            }
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
        let message = result.descendants().find(|node| node.tag_name().name() == "Message").map(says).unwrap_or_default();
        let took = match result.attribute("duration").filter(|text| !text.trim().is_empty()) {
            None => 0.0,
            Some(text) => seconds(text).unwrap_or_else(|| {
                lost += 1;
                0.0
            }),
        };
        let message = match outcome {
            Outcome::Passed => String::new(),
            _ if message.is_empty() => unknown,
            _ => message,
        };
        let feature = if feature.is_empty() { "Unnamed feature" } else { feature };
        rows.push(Found { feature, name: (scenario, example), outcome, took, message: &message, tags: "", retried: false }.row());
    }
    summary(document, &mut rows, &mut notes);
    note_of_times(&mut notes, lost);
    Ok(Run { format: "TRX".to_owned(), rows, notes })
}

/// What came out of a result, and the words for what it does not say plainly. MSTest writes no outcome for a test that
/// broke; a word that nobody knows proves nothing.
fn outcome_of(result: Node<'_, '_>) -> (Outcome, String) {
    match result.attribute("outcome").map_or("", str::trim) {
        "Passed" | "PassedButRunAborted" | "Warning" => (Outcome::Passed, String::new()),
        "Failed" | "Error" | "Timeout" | "Aborted" | "Disconnected" => (Outcome::Failed, String::new()),
        "" => (Outcome::Failed, "It has no outcome, which stands for an error".to_owned()),
        "NotExecuted" | "Inconclusive" | "NotRunnable" | "Pending" | "InProgress" | "Completed" => {
            (Outcome::Skipped, String::new())
        }
        other => (Outcome::Skipped, format!("Its outcome is “{}”", cut(other, 40))),
    }
}

/// What a run says of itself: a run that broke while every scenario passed has not passed, and numbers must agree.
fn summary(document: &Document<'_>, rows: &mut Vec<Row>, notes: &mut Vec<String>) {
    let Some(summary) = document.root_element().children().find(|node| node.tag_name().name() == "ResultSummary") else { return };
    let count = |outcome: Outcome| rows.iter().filter(|row| row.outcome == outcome).count();
    let (failed, skipped) = (count(Outcome::Failed), count(Outcome::Skipped));
    if let Some(counters) = named(summary, "Counters") {
        let stated = |names: &[&str]| -> usize {
            names
                .iter()
                .filter_map(|name| counters.attribute(*name)?.trim().parse::<usize>().ok())
                .map(|n| n.min(1_000_000_000))
                .sum()
        };
        for (what, said, there) in [
            ("failures and errors", stated(&["failed", "error", "timeout", "aborted", "disconnected"]), failed),
            ("tests that were not run", stated(&["notExecuted", "notRunnable", "inconclusive", "pending"]), skipped),
        ] {
            if said > there {
                note(notes, format!("The run says that it has {said} {what}, and {there} are in the report."));
            }
        }
    }
    let broken = |said: Option<&str>| matches!(said, Some("Failed" | "Error" | "Aborted" | "Timeout" | "Disconnected"));
    let why = summary.descendants().find(|node| node.tag_name().name() == "RunInfo" && broken(node.attribute("outcome")));
    if failed == 0 && (why.is_some() || broken(summary.attribute("outcome"))) && rows.len() < MOST_ROWS {
        let message = why.map(says).filter(|message| !message.is_empty()).unwrap_or_else(|| {
            format!("The run ended with “{}”, and no scenario in it did", summary.attribute("outcome").unwrap_or("Error"))
        });
        let name = ("The run itself", "");
        let found =
            Found { feature: "Test run", name, outcome: Outcome::Failed, took: 0.0, message: &message, tags: "", retried: false };
        rows.push(found.row());
    }
}
