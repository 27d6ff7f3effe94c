//! An incident that the supplier reports under its connection agreement, and the clock that it has.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::base::identity::Identity;

/// Hours in which an incident is reported, from when it was noticed (domain/people.md §2, CA 8.8).
pub const HOURS: i64 = 48;

/// What happened, and when it was noticed and reported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    /// In words.
    pub what: String,
    /// When somebody of the supplier noticed it.
    pub noticed: Timestamp,
    /// When NHS England was told: with this report, or before it in another way.
    pub reported: Timestamp,
    /// The sites it is about; empty where it is about none in particular.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sites: Vec<Identity>,
}

impl Incident {
    /// Until when it had to be reported.
    #[must_use]
    pub fn due(&self) -> Timestamp {
        self.noticed.checked_add(SignedDuration::from_hours(HOURS)).unwrap_or(Timestamp::MAX)
    }

    /// By how much it was reported too late; `None` when it was in time.
    #[must_use]
    pub fn late_by(&self) -> Option<SignedDuration> {
        let late = self.reported.duration_since(self.due());
        (late > SignedDuration::ZERO).then_some(late)
    }
}
