//! What was found, told to people in a terminal, to programs as JSON, and to a build as JUnit. Nothing of a request is told
//! but its first line and what its rules found, without tokens and without NHS numbers that may be of patients.
//!
//! Long because all forms of one report are told together.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::{
    conformance::{
        capture::{Capture, Fault},
        catalogue::{VERSION, rule},
        check::{check, check_set},
        exchange::{Context, Exchange},
        hidden::told,
        mask::{Masked, mask},
        report::{Check, Outcome},
    },
    guidance::{
        sources::sources,
        spine::interactions::{Interaction, interaction, interactions},
    },
};

/// What came of one request.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The request, with nothing in it that must not be kept.
    pub exchange: Exchange,
    /// What was taken out of it.
    pub masked: Masked,
    /// What each rule says.
    pub checks: Vec<Check>,
}

impl Judged {
    /// One exchange held against the rules as it came; what is kept of it is masked.
    #[must_use]
    pub fn of(exchange: Exchange, context: &Context) -> Self {
        let checks = check(&exchange, context);
        let (exchange, masked) = mask(exchange);
        Self { exchange, masked, checks }
    }

    /// Its first line.
    #[must_use]
    pub fn title(&self) -> String {
        told(self.exchange.to_string())
    }

    /// Its interaction, or the one that `/spine` shows first.
    #[must_use]
    pub fn interaction(&self) -> &'static Interaction {
        let id = self.exchange.request.header("Ssp-InteractionID").next().map(str::trim);
        let first = || interactions().iter().find(|one| one.id.contains("getstructuredrecord")).unwrap_or(&interactions()[0]);
        id.and_then(interaction).unwrap_or_else(first)
    }
}

/// What came of one file.
#[derive(Clone, Debug, Default)]
pub struct File {
    /// What it is called.
    pub name: String,
    /// What it is.
    pub format: &'static str,
    /// Its requests.
    pub requests: Vec<Judged>,
    /// What could not be read.
    pub faults: Vec<Fault>,
    /// What was left out or put right.
    pub notes: Vec<String>,
}

/// What came of all files.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// File by file.
    pub files: Vec<File>,
    /// What the rules say of all requests together.
    pub set: Vec<Check>,
}

/// How often each outcome came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// As it must be.
    pub passed: usize,
    /// Not as it must be.
    pub failed: usize,
    /// For a person to judge.
    pub doubtful: usize,
    /// For information.
    pub noted: usize,
    /// Not looked at.
    pub not_made: usize,
}

impl Tally {
    /// Of these checks.
    #[must_use]
    pub fn of(checks: &[Check]) -> Self {
        let mut tally = Self::default();
        for check in checks {
            *match check.outcome {
                Outcome::Passed => &mut tally.passed,
                Outcome::Failed(_) => &mut tally.failed,
                Outcome::Doubtful(_) => &mut tally.doubtful,
                Outcome::Noted(_) => &mut tally.noted,
                Outcome::NotMade(_) => &mut tally.not_made,
            } += 1;
        }
        tally
    }

    fn add(self, other: Self) -> Self {
        Self {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
            doubtful: self.doubtful + other.doubtful,
            noted: self.noted + other.noted,
            not_made: self.not_made + other.not_made,
        }
    }

    /// In words.
    #[must_use]
    pub fn words(self) -> String {
        let rules = |count: usize| format!("{count} {}", if count == 1 { "rule" } else { "rules" });
        format!(
            "{} passed, {} failed, {} for a person to judge, {} for information, {} not looked at.",
            rules(self.passed),
            self.failed,
            self.doubtful,
            self.noted,
            self.not_made
        )
    }
}

impl Report {
    /// Captures held against the rules, each by its name.
    #[must_use]
    pub fn of(captures: Vec<(String, Capture)>, context: &Context) -> Self {
        let mut all = Vec::new();
        let mut files = Vec::new();
        for (name, capture) in captures {
            let count = capture.exchanges.len();
            all.extend(capture.exchanges);
            files.push((
                File {
                    name: told(name),
                    format: capture.format,
                    faults: capture.faults,
                    notes: capture.notes,
                    ..File::default()
                },
                count,
            ));
        }
        let set = check_set(&all, context);
        let mut exchanges = all.into_iter();
        let files = files
            .into_iter()
            .map(|(file, count)| File {
                requests: exchanges.by_ref().take(count).map(|one| Judged::of(one, context)).collect(),
                ..file
            })
            .collect();
        Self { files, set }
    }

    /// Of everything.
    #[must_use]
    pub fn tally(&self) -> Tally {
        let requests = self.files.iter().flat_map(|file| &file.requests);
        requests.map(|one| Tally::of(&one.checks)).fold(Tally::of(&self.set), Tally::add)
    }

    /// 0 when no rule failed, 1 when one failed, 2 when something could not be read.
    #[must_use]
    pub fn status(&self) -> u8 {
        if self.files.is_empty() || self.files.iter().any(|file| !file.faults.is_empty()) {
            2
        } else {
            u8::from(self.tally().failed > 0)
        }
    }
}

/// Where a rule is written, in words.
#[must_use]
pub fn source_of(check: &Check) -> String {
    let of = |text: &str| sources(text).into_iter().map(|source| source.words).collect::<Vec<_>>().join("; ");
    rule(check.rule).map_or_else(String::new, |rule| of(rule.source))
}

/// How wide a line is at most.
const WIDTH: usize = 100;

/// Words on lines, after a mark.
fn wrapped(made: &mut String, mark: &str, text: &str) {
    let indent = " ".repeat(mark.chars().count());
    let mut line = mark.to_owned();
    let mut empty = true;
    for word in text.split_whitespace() {
        if !empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
            let _ = writeln!(made, "{}", line.trim_end());
            line.clone_from(&indent);
            empty = true;
        }
        if !empty {
            line.push(' ');
        }
        line.push_str(word);
        empty = false;
    }
    let _ = writeln!(made, "{}", line.trim_end());
}

fn listed(made: &mut String, checks: &[Check], everything: bool) {
    let order = |check: &Check| match check.outcome {
        Outcome::Failed(_) => 0,
        Outcome::Doubtful(_) => 1,
        Outcome::Noted(_) => 2,
        Outcome::Passed => 3,
        Outcome::NotMade(_) => 4,
    };
    let mut sorted: Vec<&Check> = checks.iter().filter(|check| everything || !check.outcome.is_quiet()).collect();
    sorted.sort_by_key(|check| order(check));
    for check in sorted {
        let word = ["FAILED  ", "TO JUDGE", "NOTE    ", "passed  ", "not made"][order(check)];
        wrapped(made, &format!("   {word}  {:<8}", check.rule), check.about);
        if matches!(check.outcome, Outcome::Passed) {
            continue;
        }
        if let Outcome::NotMade(why) = &check.outcome {
            wrapped(made, "             ", why);
            continue;
        }
        wrapped(made, "             Found:  ", check.outcome.words());
        wrapped(made, "             Must:   ", check.must);
        wrapped(made, "             Source: ", &source_of(check));
    }
    wrapped(made, "   ", &Tally::of(checks).words());
}

/// For a terminal. With `everything`, rules that passed or were not looked at are listed as well.
#[must_use]
pub fn text(report: &Report, everything: bool) -> String {
    let mut made = String::new();
    for file in &report.files {
        let what = if file.format.is_empty() { String::new() } else { format!(" ({})", file.format) };
        let count = file.requests.len();
        let _ = writeln!(made, "{}{what}: {count} {}", file.name, if count == 1 { "request" } else { "requests" });
        for fault in &file.faults {
            let place = if fault.at.is_empty() { String::new() } else { format!("{}: ", fault.at) };
            wrapped(&mut made, "   NOT READ  ", &told(format!("{place}{}", fault.why)));
        }
        for note in &file.notes {
            wrapped(&mut made, "   Note:     ", &told(note.clone()));
        }
        for one in &file.requests {
            let _ = writeln!(made);
            wrapped(&mut made, "", &one.title());
            let _ = writeln!(made, "   {}", told(one.exchange.from.clone()));
            if let Some(words) = one.masked.words() {
                wrapped(&mut made, "   HIDDEN    ", &words);
            }
            listed(&mut made, &one.checks, everything);
        }
        let _ = writeln!(made);
    }
    if report.set.iter().any(|check| everything || !check.outcome.is_quiet()) {
        let _ = writeln!(made, "All requests together");
        listed(&mut made, &report.set, everything);
        let _ = writeln!(made);
    }
    let unread: usize = report.files.iter().map(|file| file.faults.len()).sum();
    wrapped(&mut made, "Rules of version ", &format!("{VERSION}: {}", report.tally().words()));
    if unread > 0 {
        let _ = writeln!(made, "{unread} could not be read: see NOT READ above.");
    }
    made
}

fn checks(list: &[Check], interaction: Option<&Interaction>) -> Vec<Value> {
    list.iter()
        .map(|check| {
            let rule = rule(check.rule);
            json!({
                "rule": check.rule,
                "about": check.about,
                "outcome": check.outcome.name(),
                "found": check.outcome.words(),
                "must": check.must,
                "severity": rule.map(|rule| rule.severity.name()),
                "specifications": rule.map(|rule| rule.holds.title()),
                "source": source_of(check),
                "rows": rule.map_or(&[][..], |rule| rule.rows),
                "explained": rule.zip(interaction).map(|(rule, interaction)| rule.explained(interaction)),
            })
        })
        .collect()
}

/// For programs. Members are added in later releases and none is taken away; docs/conformance.md describes them.
#[must_use]
pub fn as_json(report: &Report) -> Value {
    let tally = report.tally();
    let files: Vec<Value> = report
        .files
        .iter()
        .map(|file| {
            let requests: Vec<Value> = file
                .requests
                .iter()
                .map(|one| {
                    json!({
                        "request": one.title(),
                        "from": told(one.exchange.from.clone()),
                        "interaction": one.exchange.request.header("Ssp-InteractionID").next().map(|id| told(id.to_owned())),
                        "at": one.exchange.at.map(|at| at.to_string()),
                        "hidden": { "numbers": one.masked.numbers, "places": one.masked.places },
                        "checks": checks(&one.checks, Some(one.interaction())),
                    })
                })
                .collect();
            let unread: Vec<Value> =
                file.faults.iter().map(|fault| json!({ "at": fault.at, "why": told(fault.why.clone()) })).collect();
            let notes: Vec<String> = file.notes.iter().map(|note| told(note.clone())).collect();
            json!({ "file": file.name, "format": file.format, "unread": unread, "notes": notes, "requests": requests })
        })
        .collect();
    json!({
        "rules": VERSION,
        "status": report.status(),
        "summary": {
            "files": report.files.len(),
            "requests": report.files.iter().map(|file| file.requests.len()).sum::<usize>(),
            "unread": report.files.iter().map(|file| file.faults.len()).sum::<usize>(),
            "passed": tally.passed, "failed": tally.failed, "doubtful": tally.doubtful,
            "noted": tally.noted, "notMade": tally.not_made,
        },
        "files": files,
        "set": checks(&report.set, None),
    })
}

/// Text within XML.
fn escaped(text: &str) -> String {
    let mut made = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => made.push_str("&amp;"),
            '<' => made.push_str("&lt;"),
            '>' => made.push_str("&gt;"),
            '"' => made.push_str("&quot;"),
            '\n' => made.push_str("&#10;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => made.push(' '),
            c => made.push(c),
        }
    }
    made
}

fn suite(made: &mut String, name: &str, place: &str, list: &[Check]) {
    let tally = Tally::of(list);
    let (name, place) = (escaped(name), escaped(place));
    let _ = writeln!(
        made,
        r#"  <testsuite name="{name}" tests="{}" failures="{}" errors="0" skipped="{}">"#,
        list.len(),
        tally.failed,
        tally.not_made
    );
    for check in list {
        let head = format!(r#"    <testcase classname="{place}" name="{} {}""#, check.rule, escaped(check.about));
        let words = escaped(check.outcome.words());
        let more = escaped(&format!("{}\nSource: {}", check.must, source_of(check)));
        let _ = match &check.outcome {
            Outcome::Passed => writeln!(made, "{head}/>"),
            Outcome::Failed(_) => {
                writeln!(made, r#"{head}><failure type="{}" message="{words}">{more}</failure></testcase>"#, check.rule)
            }
            Outcome::NotMade(_) => writeln!(made, r#"{head}><skipped message="{words}"/></testcase>"#),
            Outcome::Doubtful(_) => {
                writeln!(made, "{head}><system-out>For a person to judge: {words}&#10;{more}</system-out></testcase>")
            }
            Outcome::Noted(_) => writeln!(made, "{head}><system-out>For information: {words}&#10;{more}</system-out></testcase>"),
        };
    }
    let _ = writeln!(made, "  </testsuite>");
}

/// For a build: a suite for each request, a case for each rule. What is for a person to judge passes and says so.
#[must_use]
pub fn junit(report: &Report) -> String {
    let mut inner = String::new();
    for file in &report.files {
        if !file.faults.is_empty() {
            let (name, count) = (escaped(&file.name), file.faults.len());
            let _ = writeln!(inner, r#"  <testsuite name="{name}" tests="{count}" failures="0" errors="{count}" skipped="0">"#);
            for fault in &file.faults {
                let at = if fault.at.is_empty() { "the file" } else { &fault.at };
                let (at, why) = (escaped(at), escaped(&told(fault.why.clone())));
                let _ = writeln!(
                    inner,
                    r#"    <testcase classname="{name}" name="{at} can be read"><error type="unread" message="{why}"/></testcase>"#
                );
            }
            let _ = writeln!(inner, "  </testsuite>");
        }
        for one in &file.requests {
            suite(&mut inner, &one.title(), &told(one.exchange.from.clone()), &one.checks);
        }
    }
    suite(&mut inner, "All requests together", "all requests", &report.set);
    let tally = report.tally();
    let errors: usize = report.files.iter().map(|file| file.faults.len()).sum();
    let tests = tally.passed + tally.failed + tally.doubtful + tally.noted + tally.not_made + errors;
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"gpc-onboarding check\" tests=\"{tests}\" failures=\"{}\" errors=\"{errors}\" skipped=\"{}\">\n{inner}</testsuites>\n",
        tally.failed, tally.not_made
    )
}
