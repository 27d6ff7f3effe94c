//! What a run proves: how the rules of a row of the SCAL ended in it, and whether the row can be answered with it. Nothing is
//! accepted by that: a person judges.

use std::{cmp::Ordering, collections::BTreeMap, sync::LazyLock};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    base::{environment::Environment, ids::Digest, version_order},
    catalogue::row::Row,
    conformance::{catalogue::RULES, check::check_briefs, exchange::Context, reading::Brief, rule::Rule},
    guidance::spine::interactions::{Area, interaction},
    plan::{capability::Capability, opening::Opening},
    practice::{
        exchange::{Ended, Looked, Seen, Summary},
        run::{LiveRun, Opened},
        seam,
    },
    task::testing::closed_in,
};

/// Runs of a journey that rows are held against: the newest ones.
pub const MOST_RUNS_READ: u32 = 50;

/// What the requests of a run came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// How the last request of each interaction ended, rule by rule: what was mended during a run counts as it was mended.
    pub last: BTreeMap<String, BTreeMap<String, Ended>>,
    /// In how many requests each rule failed, mended or not.
    pub failed: BTreeMap<String, u32>,
    /// Requests to the practice.
    pub requests: u32,
    /// What the rules about several requests look at.
    pub seen: Vec<Seen>,
    /// The number of the last request of each interaction, where it is known.
    #[serde(default)]
    pub at: BTreeMap<String, u32>,
}

impl Totals {
    /// With one request more.
    #[must_use]
    pub fn and(mut self, summary: &Summary) -> Self {
        if summary.rules.is_empty() {
            return self;
        }
        self.requests += 1;
        self.last.insert(summary.interaction.clone(), summary.rules.clone());
        for (rule, _) in summary.rules.iter().filter(|(_, ended)| **ended == Ended::Failed) {
            *self.failed.entry(rule.clone()).or_default() += 1;
        }
        if let Some(seen) = &summary.seen {
            self.at.insert(summary.interaction.clone(), seen.number);
            self.seen.push(seen.clone());
        }
        self
    }

    /// Of a whole run.
    #[must_use]
    pub fn of(summaries: &[Summary]) -> Self {
        summaries.iter().fold(Self::default(), Self::and)
    }

    /// The rules about several requests held against all of them; none where a run was kept before they were looked at.
    #[must_use]
    pub fn together(&self, opened: &Opened) -> Vec<Looked> {
        if self.seen.len() != self.requests as usize || self.seen.is_empty() {
            return Vec::new();
        }
        let context = Context { in_scope: Some(capabilities(opened)), ..seam::context(opened) };
        let from: Vec<String> = self.seen.iter().map(|seen| format!("request {}", seen.number)).collect();
        let known: Vec<_> = self.last.keys().filter_map(|id| interaction(id)).collect();
        let briefs = self.seen.iter().zip(&from).enumerate().map(|(at, (seen, from))| Brief {
            from,
            context: &context,
            trace: Some(seen.trace.as_str()).filter(|trace| !trace.is_empty()),
            // Which request named which interaction does not matter to a rule about all of them, and there are never more of them
            // than requests.
            known: known.get(at).copied(),
            user: seen.smartcard.map(|smartcard| if smartcard { "somebody" } else { "UNK" }.to_owned()),
        });
        let briefs: Vec<Brief<'_>> = briefs.collect();
        check_briefs(&briefs).iter().map(Looked::from).collect()
    }
}

fn capabilities(opened: &Opened) -> Vec<Capability> {
    let tried = |capability: &Capability| Area::of(*capability).is_some_and(|area| opened.areas.iter().any(|a| a == area.name()));
    Capability::ALL.iter().copied().filter(tried).collect()
}

/// A run with what its requests came to.
#[derive(Clone, Debug)]
pub struct Counted {
    /// The run.
    pub run: LiveRun,
    /// What its requests came to.
    pub totals: Totals,
    /// The file that is its record, when a row was answered with it.
    pub record: Option<Digest>,
}

/// A rule that ends otherwise than in the run before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The interaction.
    pub interaction: String,
    /// The rule.
    pub rule: String,
    /// How it ended before.
    pub before: Ended,
    /// How it ends now.
    pub now: Ended,
}

/// What a rerun changed, by the last request of each interaction that both runs tried.
#[must_use]
pub fn compare(before: &Totals, now: &Totals) -> Vec<Difference> {
    let mut changed = Vec::new();
    for (interaction, rules) in &now.last {
        let Some(then) = before.last.get(interaction) else { continue };
        for (rule, now) in rules {
            if let Some(before) = then.get(rule).filter(|before| *before != now) {
                let (interaction, rule) = (interaction.clone(), rule.clone());
                changed.push(Difference { interaction, rule, before: *before, now: *now });
            }
        }
    }
    changed
}

/// A rule that supports a row, with how it ended in a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Its number.
    pub rule: &'static str,
    /// What must hold.
    pub about: &'static str,
    /// The worst that the last request of each interaction came to.
    pub ended: Ended,
    /// The interactions in which it ended so; none for a rule about several requests.
    pub interactions: Vec<String>,
}

/// The rules that support each row, by its published id.
#[must_use]
pub fn rules_of(row: &Row) -> &'static [&'static Rule] {
    static BY_ROW: LazyLock<BTreeMap<String, Vec<&'static Rule>>> = LazyLock::new(|| {
        let mut by_row: BTreeMap<String, Vec<&'static Rule>> = BTreeMap::new();
        for rule in RULES {
            for row in rule.rows {
                by_row.entry(row.to_ascii_uppercase()).or_default().push(rule);
            }
        }
        by_row
    });
    BY_ROW.get(&row.id.to_ascii_uppercase()).map_or(&[], Vec::as_slice)
}

/// How the rules of a row ended in a run, gravest first; what was not looked at is left out.
#[must_use]
pub fn held(row: &Row, opened: &Opened, totals: &Totals) -> Vec<Held> {
    let rules = rules_of(row);
    let together = if rules.iter().any(|rule| rule.is_of_sets()) { totals.together(opened) } else { Vec::new() };
    let mut found: Vec<Held> = Vec::new();
    for rule in rules {
        let ends: Vec<(&str, Ended)> = if rule.is_of_sets() {
            together.iter().filter(|looked| looked.rule == rule.id).map(|looked| ("", looked.ended)).collect()
        } else {
            totals.last.iter().filter_map(|(id, rules)| Some((id.as_str(), *rules.get(rule.id)?))).collect()
        };
        let looked = ends.iter().filter(|(_, ended)| *ended != Ended::NotMade);
        let Some(worst) = looked.clone().map(|(_, ended)| *ended).min() else { continue };
        let of: Vec<String> =
            looked.filter(|(id, ended)| *ended == worst && !id.is_empty()).map(|(id, _)| (*id).to_owned()).collect();
        found.push(Held { rule: rule.id, about: rule.about, ended: worst, interactions: of });
    }
    found.sort_by_key(|held| (held.ended, held.rule));
    found
}

/// Why a row cannot be answered with a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// No rule of the row was looked at.
    Nothing,
    /// It can still change.
    Open,
    /// Nobody has said which version of the product is assessed.
    NoVersion,
    /// It was made with another version than the one that is assessed.
    Version(String),
    /// It was made for another environment than the one in which the row is closed.
    Environment(Environment),
    /// Rules that did not pass.
    Rules(Vec<&'static str>),
}

impl Unfit {
    /// A sentence.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Unfit::Nothing => "No rule of this row was looked at.".to_owned(),
            Unfit::Open => "The run is still open. Close it, then this row can be answered with it.".to_owned(),
            Unfit::NoVersion => "Say first which version of the product is assessed: in the SCAL, under Evidence.".to_owned(),
            Unfit::Version(product) => format!("The version that is assessed is {product}."),
            Unfit::Environment(needed) => format!("This row is closed in another environment: {}.", needed.title()),
            Unfit::Rules(rules) => format!("Not all rules passed: {}.", rules.join(", ")),
        }
    }
}

/// Whether a row can be answered with a run, and with which rules: all that were looked at passed, in a closed run of the version
/// that is assessed and of the environment in which the row is closed.
///
/// # Errors
/// Why not: the first reason.
pub fn answers(row: &Row, counted: &Counted, opening: &Opening, product: &str, now: Timestamp) -> Result<Vec<Held>, Unfit> {
    let opened = &counted.run.opened;
    let held = held(row, opened, &counted.totals);
    if held.is_empty() {
        return Err(Unfit::Nothing);
    }
    let bad: Vec<&str> =
        held.iter().filter(|held| !matches!(held.ended, Ended::Passed | Ended::Noted)).map(|held| held.rule).collect();
    if !bad.is_empty() {
        return Err(Unfit::Rules(bad));
    }
    let needed = closed_in(row.environment, opening);
    let at = Environment::named(&opened.environment);
    if needed != Environment::Statement && at != Some(needed) && at != Some(row.environment) {
        return Err(Unfit::Environment(needed));
    }
    if product.trim().is_empty() {
        return Err(Unfit::NoVersion);
    }
    if version_order::compare(&opened.version, product) != Ordering::Equal {
        return Err(Unfit::Version(product.to_owned()));
    }
    if counted.run.closing(now).is_none() {
        return Err(Unfit::Open);
    }
    Ok(held)
}

/// The words that a row is answered with. `day` is the day of the run as people read it.
#[must_use]
pub fn words(counted: &Counted, held: &[Held], day: &str) -> String {
    let opened = &counted.run.opened;
    let ended = |is: Ended| held.iter().filter(|held| held.ended == is).map(|held| held.rule).collect::<Vec<_>>().join(", ");
    let (passed, noted) = (ended(Ended::Passed), ended(Ended::Noted));
    let noted = if noted.is_empty() { noted } else { format!(" Noted: {noted}.") };
    let how = match &opened.file {
        Some(file) => format!("Requests from the file {}, read on {day}", file.name),
        None => format!("Live run of {day}"),
    };
    let requests =
        if counted.totals.requests == 1 { "1 request".to_owned() } else { format!("{} requests", counted.totals.requests) };
    format!(
        "{how}: version {}, {}, {requests}, tested by {}. Passed: {passed}.{noted} Record of the run: {}.",
        opened.version,
        opened.environment_title(),
        opened.tester,
        counted.run.head
    )
}
