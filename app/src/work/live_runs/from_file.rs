//! Requests that a supplier has in a file, made into a run: the form, and what is kept of it.

use journey::{
    base::ids::Digest,
    conformance::capture::read,
    form::Answers,
    practice::{
        exchange::rules,
        from_file::{FromFile, named, run_of},
        run::{self, Opened, SourceFile},
    },
};

use crate::{
    act::load::Loaded,
    base::halt::Halt,
    request::{services::Services, visitor::Visitor},
    work::live_runs::{
        actions::tests,
        seen::{MOST_LISTED, journey_with_runs},
    },
};

/// A journey whose requests this person may send, and whether it has room for another run.
///
/// # Errors
/// [`Halt::Missing`] or [`Halt::NotYours`] when they may not.
pub async fn desk(services: &Services, visitor: &Visitor, reference: &str) -> Result<Loaded, Halt> {
    let loaded = journey_with_runs(services, visitor, reference).await?;
    tests(&loaded, visitor)?;
    Ok(loaded)
}

/// Why no run can be added; `None` when one can.
///
/// # Errors
/// When the database does not answer.
pub async fn full(services: &Services, loaded: &Loaded) -> Result<Option<&'static str>, Halt> {
    let runs = services.store.live_runs(&loaded.journey.reference, MOST_LISTED).await?;
    Ok(run::no_room(runs.len()))
}

/// A capture read, checked and put together. `said` are the answers of the form, which were checked.
///
/// # Errors
/// A sentence when it cannot be read or is too much.
pub fn made(
    services: &Services,
    visitor: &Visitor,
    loaded: &Loaded,
    said: &Answers,
    (name, bytes): (&str, &[u8]),
) -> Result<FromFile, String> {
    let now = services.clock.now();
    let file = Some(SourceFile { name: named(name), digest: Digest::of(bytes) });
    let (reference, by) = (&loaded.journey.reference, &visitor.actor.person);
    let opened = Opened::said(services.secrets.id(), reference, (by, now), said, rules(), file);
    run_of(opened, read(bytes, name), now)
}
