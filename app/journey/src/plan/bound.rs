//! The tasks whose words become part of what is signed.

use crate::plan::process::{Page, Process, Signs, TaskSpec};

/// The tasks whose words become part of what is signed for a task: the parts filled in first, then those that it binds.
pub(crate) fn bound<'a>(process: &'a Process, spec: &'a TaskSpec) -> impl Iterator<Item = &'a TaskSpec> {
    let own = process.task(&spec.id);
    own.into_iter().chain(spec.binds.iter().filter_map(|id| process.task(id)))
}

/// What one of them is called in the words that are signed.
pub(crate) fn bound_as<'a>(spec: &TaskSpec, bound: &'a TaskSpec) -> &'a str {
    match (bound.page, bound.signs) {
        (Page::Scal, _) => "SCAL as accepted, which is part of this",
        _ if bound.id == spec.id => "Parts filled in",
        (_, Some(Signs::Sharing)) => "Data sharing agreement",
        _ => &bound.label,
    }
}
