//! A place where the product is used or will be: what is done there for each capability before its first live call, since when
//! it is live, what the early checks showed, and whether it is suspended (domain/end_users.md §9, "Per-site enablement matrix").

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{
    base::{actor::Side, ids::PersonId, named::named},
    plan::capability::Capability,
};

named! {
    /// What is done for a capability at a site before its first live call, in the order in which it is usually done.
    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum Step {
        /// The system there has its identifier in the Spine Directory Service.
        Asid = ("asid", "ASID registered"),
        /// The Spine Secure Proxy lets the site and the practices share.
        Sharing = ("sharing", "Sharing configured"),
        /// The practice has turned the capability on in its own system: it is off until somebody does.
        Enabled = ("enabled", "Enabled by the practice"),
    }
}

impl Step {
    /// The head of a narrow column.
    #[must_use]
    pub fn short(self) -> &'static str {
        match self {
            Step::Asid => "ASID",
            Step::Sharing => "Sharing",
            Step::Enabled => "Enabled",
        }
    }

    /// The name in the middle of a sentence.
    #[must_use]
    pub fn in_sentence(self) -> &'static str {
        match self {
            Step::Asid => "ASID registered",
            Step::Sharing => "sharing configured",
            Step::Enabled => "enabled by the practice",
        }
    }
}

/// A site for which a step is done.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct StepSite {
    /// Its ODS code.
    pub ods_code: String,
    /// The identifier of the system there, 12 digits; empty for every other step.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub asid: String,
}

/// A step that is done for a capability at a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// The day on which it was done.
    pub on: Date,
    /// The identifier, where that is what was done; empty otherwise.
    pub asid: String,
    /// Who recorded it.
    pub by: PersonId,
}

/// A capability that is suspended at a site: nobody uses it there until it goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suspended {
    /// Since when.
    pub at: Timestamp,
    /// Why.
    pub reason: String,
    /// Who suspended it.
    pub by: PersonId,
    /// For which side: the same side lets it go on.
    pub side: Side,
}

/// What an early check at a site showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EarlyCheck {
    /// The day of the check.
    pub on: Date,
    /// Nothing was found that has to be put right.
    pub fine: bool,
    /// What was looked at and what it showed.
    pub words: String,
    /// Who recorded it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// What was recorded of a place beside the day of its first live call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SiteRecord {
    /// The steps that are done, of each capability.
    pub steps: BTreeMap<(Capability, Step), Done>,
    /// The capabilities that are suspended there.
    pub suspended: BTreeMap<Capability, Suspended>,
    /// Its early checks, oldest first.
    pub checks: Vec<EarlyCheck>,
}

/// A site that is live.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// Its ODS code.
    pub ods_code: String,
    /// Its name, as it was on that day.
    pub name: String,
    /// The day of its first successful live call.
    pub live_on: Date,
    /// What was checked; may be empty.
    pub note: String,
    /// Why it is live though the plan does not name it; empty for a site of the plan.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub outside_plan: String,
    /// What is live there. Empty where all capabilities of the product are, as in ledgers of before for every consumer; for a
    /// provider, a practice turns each one on by itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub capabilities: Vec<Capability>,
}
