//! What is known of a file that proves something: on which product version, in which environment, when and by whom it was
//! made (domain/testing.md §9: "Evidence must name environment, date, product version, tester; evidence from a lower
//! product version turns stale"), and who may read it.

use std::cmp::Ordering;

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::Environment;
use crate::{
    actor::{Actor, Role, Side},
    calendar,
    command::Refusal,
    form::{Answers, Choice, Field, Form, Kind},
    ids::{Digest, PersonId},
};

/// What a file is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// A capture, a screenshot, a statement.
    #[default]
    Plain,
    /// A hazard log: for those who answer for clinical safety.
    HazardLog,
    /// The report of a penetration test: for those who answer for security.
    PenetrationTest,
}

impl Sort {
    /// Every sort.
    pub const ALL: &'static [Sort] = &[Sort::Plain, Sort::HazardLog, Sort::PenetrationTest];

    /// The name in the database.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Sort::Plain => "plain",
            Sort::HazardLog => "hazard_log",
            Sort::PenetrationTest => "penetration_test",
        }
    }

    /// The words on a page.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Sort::Plain => "Evidence",
            Sort::HazardLog => "Hazard log",
            Sort::PenetrationTest => "Penetration test report",
        }
    }

    /// The one with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|known| known.name() == name)
    }

    /// Whether somebody who may see the journey may read a file of this sort. Whoever reviews it and whoever answers for it
    /// may; everybody else sees only that it is there.
    #[must_use]
    pub fn may_be_read_by(self, actor: &Actor) -> bool {
        let wanted: &[Role] = match self {
            Sort::Plain => return true,
            Sort::HazardLog => {
                &[Role::OnboardingLead, Role::ClinicalSafetyOfficer, Role::ClinicalSafety, Role::ProgrammeLead, Role::EndUserCso]
            }
            Sort::PenetrationTest => &[
                Role::OnboardingLead,
                Role::Developer,
                Role::InformationGovernance,
                Role::TechnicalArchitect,
                Role::ProgrammeLead,
            ],
        };
        wanted.iter().any(|role| actor.is(*role))
    }
}

/// The facts about one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// SHA-256 of its bytes.
    pub digest: Digest,
    /// What it is.
    pub sort: Sort,
    /// The product version it was made on, as the supplier writes it.
    pub product: String,
    /// Where it was made.
    pub environment: Option<Environment>,
    /// The day it was made.
    pub effective: Option<Date>,
    /// Who made it; may be empty.
    pub tester: String,
    /// The earlier file that it takes the place of.
    pub replaces: Option<Digest>,
    /// Who said so.
    pub by: PersonId,
    /// When it was received.
    pub at: Timestamp,
}

impl Evidence {
    /// Whether it was made on an older version than the one that is assessed now. What names no version is not judged.
    #[must_use]
    pub fn is_stale(&self, now: &str) -> bool {
        !self.product.is_empty() && !now.is_empty() && compare(&self.product, now) == Ordering::Less
    }
}

/// A part of a version, in the order in which they follow what stands before them.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    /// What is made before a release: how near it is, and the word.
    Before(usize, String),
    /// Nothing more, which is as much as 0.
    End,
    /// A word or letter that stands for something later.
    Word(String),
    /// A number that is not 0, of whatever length: how many digits, and which.
    Number(usize, String),
}

/// Words for what is made before a release, farthest first.
const BEFORE: &[&[&str]] =
    &[&["dev", "snapshot", "nightly"], &["alpha"], &["beta"], &["pre", "preview", "milestone"], &["rc", "cr", "candidate"]];

fn steps(version: &str) -> Vec<Step> {
    let version = version.to_lowercase();
    let mut steps: Vec<Step> = Vec::new();
    let mut rest = version.as_str();
    while let Some(first) = rest.chars().next() {
        let same = |c: char| if first.is_ascii_digit() { c.is_ascii_digit() } else { c.is_alphabetic() };
        let end = rest.find(|c: char| !same(c)).unwrap_or(rest.len());
        if end == 0 {
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let (part, after) = rest.split_at(end);
        rest = after;
        if first.is_ascii_digit() {
            let digits = part.trim_start_matches('0');
            steps.push(if digits.is_empty() { Step::End } else { Step::Number(digits.len(), digits.to_owned()) });
        } else if let Some(rank) = BEFORE.iter().position(|words| words.contains(&part)) {
            // 4.2.0-rc1 is 4.2-rc1.
            while steps.last() == Some(&Step::End) {
                steps.pop();
            }
            steps.push(Step::Before(rank, part.to_owned()));
        } else if !(steps.is_empty() && matches!(part, "v" | "version" | "release")) {
            steps.push(Step::Word(part.to_owned()));
        }
    }
    steps
}

/// Two versions as people write them: numbers by their value, words by their letters, part by part; a candidate before its
/// release.
#[must_use]
pub fn compare(one: &str, other: &str) -> Ordering {
    let (mut one, mut other) = (steps(one), steps(other));
    // 4.2 is 4.2.0.
    let longest = one.len().max(other.len());
    one.resize_with(longest, || Step::End);
    other.resize_with(longest, || Step::End);
    one.cmp(&other)
}

/// The questions about a file.
#[must_use]
pub fn form() -> Form {
    let environments: Vec<Choice> = Environment::ALL.iter().map(|e| (e.name(), e.title(), "")).collect();
    let sorts: Vec<Choice> = Sort::ALL.iter().map(|s| (s.name(), s.title(), "")).collect();
    Form::of(vec![
        Field::new("sort", "What is it?", Kind::Pick(sorts)),
        Field::new("product", "Product version", Kind::Line { max: 40 })
            .hint("As registered with Spine, for example 4.2.3.")
            .required("Enter the product version it was made on"),
        Field::new("environment", "Environment", Kind::Pick(environments)).required("Choose where it was made"),
        Field::new("effective", "Day it was made", Kind::Day).required("Enter the day it was made").past(),
        Field::new("tester", "Who made it", Kind::Line { max: 100 }),
    ])
}

/// Reads the facts about a file.
///
/// # Errors
/// [`Refusal::Invalid`] with every problem.
pub fn read(digest: Digest, typed: &Answers, replaces: Option<Digest>, by: PersonId, at: Timestamp) -> Result<Evidence, Refusal> {
    let clean = form().check(typed).map_err(Refusal::Invalid)?;
    form().days(&clean, calendar::date_of(at), None).map_err(Refusal::Invalid)?;
    Ok(Evidence {
        digest,
        sort: Sort::named(clean.one("sort")).unwrap_or_default(),
        product: clean.one("product").to_owned(),
        environment: Environment::named(clean.one("environment")),
        effective: clean.one("effective").parse().ok(),
        tester: clean.one("tester").to_owned(),
        replaces,
        by,
        at,
    })
}

/// Roles outside a side that a sort of evidence is kept from: for the sentence on the page.
#[must_use]
pub fn readers(sort: Sort) -> Vec<Role> {
    let alone = |role: Role| Actor {
        person: "reader".parse().expect("an id written in the source"),
        organisation: "reader".parse().expect("an id written in the source"),
        member_of: Vec::new(),
        roles: [role].into(),
    };
    Role::ALL.iter().copied().filter(|role| role.side() != Side::Operator && sort.may_be_read_by(&alone(*role))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_part_by_part() {
        for (old, new) in [
            ("4.2", "4.2.1"),
            ("4.2.9", "4.2.10"),
            ("4.9", "5"),
            ("v4.2", "4.3"),
            ("4.2-a", "4.2-b"),
            ("4.2 1", "4.2 2"),
            ("4.2", "4.2a"),
            ("4.2a", "4.2.1"),
            ("4.2-rc1", "4.2"),
            ("4.2-rc1", "4.2.0"),
            ("4.2.0-rc.1", "4.2"),
            ("4.1", "4.2-rc1"),
            ("4.2 RC2", "4.2 RC10"),
            ("4.2-beta.3", "4.2-rc1"),
            ("4.2-alpha", "4.2-beta"),
            ("4.2-SNAPSHOT", "4.2-alpha"),
            ("4.99999999999999999999", "4.100000000000000000000"),
            ("4.2.20261128093000123456789", "4.2.20261128093000123456790"),
        ] {
            assert_eq!(compare(old, new), Ordering::Less, "{old} {new}");
            assert_eq!(compare(new, old), Ordering::Greater, "{new} {old}");
        }
        for (one, other) in
            [("4.2", "4.2.0"), ("V4.2", "4.2"), ("4..2", "4.2"), ("4.02", "4.2"), ("4.2.0-rc1", "4.2-RC.1"), ("version 4", "4")]
        {
            assert_eq!(compare(one, other), Ordering::Equal, "{one} {other}");
        }
    }

    #[test]
    fn evidence_of_an_older_version_is_stale_and_nothing_else_is() {
        let made = |product: &str, day: &str| {
            let typed = Answers::default()
                .with("product", product)
                .with("environment", "int")
                .with("effective", day)
                .with("sort", "plain");
            let by = "ada".parse().expect("an id");
            read(Digest::of(b"x"), &typed, None, by, "2026-03-02T09:00:00Z".parse().expect("an instant"))
        };
        let of = |product: &str| made(product, "2 3 2026").expect("complete");
        assert!(made("4.2.1", "3 3 2026").is_err(), "nothing is made tomorrow");
        assert!(of("4.2.1").is_stale("4.2.3"));
        assert!(!of("4.2.3").is_stale("4.2.3") && !of("4.3").is_stale("4.2.3") && !of("4.2.1").is_stale(""));
        assert_eq!(of("4.2.1").environment, Some(Environment::Int));
    }

    #[test]
    fn a_hazard_log_is_for_clinical_safety_and_a_penetration_test_for_security() {
        let reads = |sort: Sort, role: Role| readers(sort).contains(&role);
        assert!(reads(Sort::HazardLog, Role::ClinicalSafety) && reads(Sort::HazardLog, Role::EndUserCso));
        assert!(!reads(Sort::HazardLog, Role::Signatory) && !reads(Sort::HazardLog, Role::ServiceManagement));
        assert!(reads(Sort::PenetrationTest, Role::InformationGovernance));
        assert!(!reads(Sort::PenetrationTest, Role::GroupLead) && !reads(Sort::PenetrationTest, Role::ClinicalSafety));
        assert!(reads(Sort::Plain, Role::GroupLead));
    }
}
