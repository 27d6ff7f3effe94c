//! The defects of a journey for somebody who may read them: whoever reads the test stages.

use journey::{
    base::actor::Actor,
    ledger::{defect::DefectRecord, journey::Journey, machine::Verb},
    rule::{defects, offers},
};
use leptos::prelude::*;

use crate::{
    act::load::{Loaded, load},
    base::{halt::Halt, paths, words::encode},
    request::{services::Services, visitor::Visitor},
};

/// Whether this person reads the defects of a journey.
#[must_use]
pub fn may_read(journey: &Journey, actor: &Actor) -> bool {
    defects::stages(journey).any(|spec| journey.may_read(actor, spec))
}

/// A journey for somebody who may read its defects.
///
/// # Errors
/// [`Halt::Missing`] for everybody else.
pub async fn journey_with_defects(services: &Services, visitor: &Visitor, reference: &str) -> Result<Loaded, Halt> {
    let loaded = load(services, visitor, reference).await?;
    if may_read(&loaded.journey, &visitor.actor) { Ok(loaded) } else { Err(Halt::Missing) }
}

/// The defects that this person reads, the newest first.
#[must_use]
pub fn readable<'a>(journey: &'a Journey, actor: &Actor) -> Vec<&'a DefectRecord> {
    journey.defects().iter().rev().filter(|defect| journey.may_read_task(actor, &defect.task)).collect()
}

/// Whether this person may raise a defect on a stage of this journey now.
#[must_use]
pub fn may_raise(journey: &Journey, actor: &Actor) -> bool {
    defects::stages(journey).any(|spec| offers::offers_on(journey, actor, &spec.id).contains(&Verb::RaiseDefect))
}

/// The way from a request of a live run to a defect with the request and the answer in it, for whoever may raise one.
#[must_use]
pub fn raise(journey: &Journey, actor: &Actor, run: &str, number: u32) -> Option<AnyView> {
    let to = paths::new_defect(&journey.reference, &format!("run={}&exchange={number}", encode(run)));
    may_raise(journey, actor).then(|| view! { <p><a href=to>"Raise a defect with this request and answer"</a></p> }.into_any())
}
