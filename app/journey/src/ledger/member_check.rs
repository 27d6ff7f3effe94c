//! What the lead of a group has checked of a member: how it stands in the Data Security and Protection Toolkit (DSPT), and by what
//! agreement it shares data (domain/end_users.md §2 and §9: "DSPT check: status and date at declaration").

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::base::{ids::PersonId, named::named};

named! {
    /// What the published DSPT assessment of an organisation says.
    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum Dspt {
        /// Enough.
        Exceeded = ("exceeded", "Standards exceeded"),
        /// Enough.
        Met = ("met", "Standards met"),
        /// Not enough: an improvement plan is agreed.
        Approaching = ("approaching", "Approaching standards"),
        /// Not enough, or nothing is published.
        NotMet = ("not_met", "Standards not met"),
    }
}

impl Dspt {
    /// Whether an organisation that stands so may be declared for.
    #[must_use]
    pub fn is_enough(self) -> bool {
        matches!(self, Dspt::Exceeded | Dspt::Met)
    }
}

named! {
    /// By what a member shares data: two documents that are not the same.
    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum SharingKind {
        /// Between the practices and the organisation that uses the product.
        Local = ("local", "Local agreement"),
        /// With NHS England, in place of local ones.
        National = ("national", "National arrangement"),
    }
}

/// How a member stood in the DSPT on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DsptCheck {
    /// What was found.
    pub status: Dspt,
    /// The day of the check, in the UK.
    pub on: Date,
}

/// By what a member shares data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sharing {
    /// Which of the two.
    pub kind: SharingKind,
    /// The version of its text, as the lead writes it.
    pub version: String,
}

/// What was recorded of a member at once. What is `None` stays as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberCheck {
    /// Its ODS code, as the group names it.
    pub ods_code: String,
    /// How it stands in the DSPT.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dspt: Option<DsptCheck>,
    /// By what it shares data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sharing: Option<Sharing>,
}

/// What is known of a member, each with who recorded it last and when.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// How it stands in the DSPT.
    pub dspt: Option<(DsptCheck, PersonId, Timestamp)>,
    /// By what it shares data.
    pub sharing: Option<(Sharing, PersonId, Timestamp)>,
}
