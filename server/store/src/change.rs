//! What has changed, for those who look.

use std::collections::BTreeSet;

use journey::base::{actor::Role, ids::JourneyRef};

/// What changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// This journey, or what is said or claimed about it.
    Journey {
        /// Which one.
        reference: JourneyRef,
        /// Roles whose worklists are other ones now: those that had a turn or have one. Nothing when it is not known.
        roles: Option<BTreeSet<Role>>,
    },
    /// Perhaps everything: something may have been missed.
    Anything,
}

/// Changes that wait for a slow listener; one that falls further behind is told that anything may have changed.
pub(crate) const BACKLOG: usize = 256;
