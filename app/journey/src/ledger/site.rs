//! A place where the product is in use.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::plan::capability::Capability;

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
    /// What is turned on there. Empty for a consumer, whose product uses all of its capabilities at each site; for a
    /// provider, a practice turns each one on by itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub capabilities: Vec<Capability>,
}
