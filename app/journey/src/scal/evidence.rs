//! What is known of a file that proves something: on which product version, in which environment, when and by whom it was
//! made (domain/testing.md §9: "Evidence must name environment, date, product version, tester; evidence from a lower
//! product version turns stale"), and who may read it.

use std::cmp::Ordering;

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::Environment;
use crate::{
    actor::{Actor, Role, Side},
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

/// Two versions as people write them: numbers by their value, words by their letters, part by part.
#[must_use]
pub fn compare(one: &str, other: &str) -> Ordering {
    let parts = |text: &str| -> Vec<(u64, String)> {
        text.split(|c: char| c == '.' || c == '-' || c == '_' || c.is_whitespace())
            .filter(|part| !part.is_empty())
            .map(|part| {
                let part = part.trim_start_matches(['v', 'V']);
                let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
                (digits.parse().unwrap_or(0), part[digits.len()..].to_lowercase())
            })
            .collect()
    };
    let (mut one, mut other) = (parts(one), parts(other));
    // 4.2 is 4.2.0.
    let longest = one.len().max(other.len());
    one.resize(longest, (0, String::new()));
    other.resize(longest, (0, String::new()));
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
        Field::new("effective", "Day it was made", Kind::Day).required("Enter the day it was made"),
        Field::new("tester", "Who made it", Kind::Line { max: 100 }),
    ])
}

/// Reads the facts about a file.
///
/// # Errors
/// [`Refusal::Invalid`] with every problem.
pub fn read(digest: Digest, typed: &Answers, replaces: Option<Digest>, by: PersonId, at: Timestamp) -> Result<Evidence, Refusal> {
    let clean = form().check(typed).map_err(Refusal::Invalid)?;
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
        for (old, new) in
            [("4.2", "4.2.1"), ("4.2.9", "4.2.10"), ("4.9", "5"), ("v4.2", "4.3"), ("4.2-a", "4.2-b"), ("4.2 1", "4.2 2")]
        {
            assert_eq!(compare(old, new), Ordering::Less, "{old} {new}");
            assert_eq!(compare(new, old), Ordering::Greater, "{new} {old}");
        }
        for (one, other) in [("4.2", "4.2.0"), ("V4.2", "4.2"), ("4..2", "4.2")] {
            assert_eq!(compare(one, other), Ordering::Equal, "{one} {other}");
        }
    }

    #[test]
    fn evidence_of_an_older_version_is_stale_and_nothing_else_is() {
        let of = |product: &str| {
            let typed = Answers::default()
                .with("product", product)
                .with("environment", "int")
                .with("effective", "2 3 2026")
                .with("sort", "plain");
            let by = "ada".parse().expect("an id");
            read(Digest::of(b"x"), &typed, None, by, Timestamp::UNIX_EPOCH).expect("complete")
        };
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
