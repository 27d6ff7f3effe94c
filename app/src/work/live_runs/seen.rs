//! A run for somebody who may read it.

use journey::{
    port::live_runs::MOST_SHOWN,
    practice::run::{self, LiveRun},
};

use crate::{
    act::load::{Loaded, load},
    base::halt::Halt,
    request::{services::Services, visitor::Visitor},
};

/// Runs that are listed.
pub(crate) const MOST_LISTED: u32 = run::MOST_RUNS as u32;

/// Requests on one page of a run.
pub(crate) const ON_A_PAGE: usize = MOST_SHOWN as usize;

/// A journey for somebody who may read its runs.
///
/// # Errors
/// [`Halt::Missing`] for everybody else: they do not even learn whether there are any.
pub async fn journey_with_runs(services: &Services, visitor: &Visitor, reference: &str) -> Result<Loaded, Halt> {
    let loaded = load(services, visitor, reference).await?;
    if !run::may_read(&loaded.journey, &visitor.actor) {
        return Err(Halt::Missing);
    }
    Ok(loaded)
}

/// One of its runs.
///
/// # Errors
/// As [`journey_with_runs`], and when there is no such run.
pub async fn one_run(services: &Services, visitor: &Visitor, reference: &str, id: &str) -> Result<(Loaded, LiveRun), Halt> {
    let loaded = journey_with_runs(services, visitor, reference).await?;
    let run = services.store.live_run(&loaded.journey.reference, id).await?.ok_or(Halt::Missing)?;
    Ok((loaded, run))
}
