//! Names of people and organisations, for pages.

use crate::base::{
    actor::Role,
    ids::{OrganisationId, PersonId, Round, TaskId},
};

/// Names by id.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// People.
    pub people: std::collections::BTreeMap<PersonId, String>,
    /// Organisations.
    pub organisations: std::collections::BTreeMap<OrganisationId, String>,
    /// Who has claimed which task, for which team.
    pub claims: std::collections::BTreeMap<(TaskId, Role), PersonId>,
    /// Rounds that somebody who decides on them has opened.
    pub opened: std::collections::BTreeSet<(TaskId, Round)>,
    /// Whether there was ever a meeting: pages of a journey without one do not ask for them.
    pub meetings: bool,
}
