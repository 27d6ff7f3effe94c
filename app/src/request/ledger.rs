//! Journeys as they are read for a request: from their ledger, or from what is remembered of it.

use journey::{
    base::ids::JourneyRef,
    catalogue::editions,
    ledger::event::{Event, Recorded},
    port::scal::Catalogue,
};

use crate::{
    base::{halt::Halt, remembered::KnownLedger},
    request::{ledger, services::Services},
};

/// What the ledger of a journey says now: what is remembered of it and what was recorded since, or the whole.
///
/// # Errors
/// [`Halt::Missing`] when there is no such journey; a fault when its ledger does not hold.
pub async fn read(services: &Services, reference: &JourneyRef) -> Result<KnownLedger, Halt> {
    let Some(known) = services.remembered.of(reference) else { return whole(services, reference).await };
    let since = services.store.history_from(reference, known.last()).await?;
    learn_editions(services, &since).await?;
    let Some(told) = known.then(&since, services.processes)? else { return whole(services, reference).await };
    if since.len() > 1 {
        services.remembered.keep(&told);
    }
    Ok(told)
}

/// The same with every entry read and verified now. What does not hold is forgotten.
///
/// # Errors
/// As [`read`].
pub async fn whole(services: &Services, reference: &JourneyRef) -> Result<KnownLedger, Halt> {
    services.remembered.forget(reference);
    let history = services.store.history(reference).await?;
    if history.is_empty() {
        return Err(Halt::Missing);
    }
    learn_editions(services, &history).await?;
    let told = KnownLedger::of(reference, history, services.processes)?;
    services.remembered.keep(&told);
    Ok(told)
}

/// An edition that another process published is learned before the ledger that names it is folded.
async fn learn_editions(services: &Services, history: &[Recorded]) -> Result<(), Halt> {
    let named = history.iter().filter_map(|recorded| match &recorded.event {
        Event::Opened { opening, .. } => Some(&opening.catalogue),
        Event::Uplifted { catalogue, .. } => Some(catalogue),
        _ => None,
    });
    if named.into_iter().any(|edition| !editions::knows(edition)) {
        ledger::learn(services).await?;
    }
    Ok(())
}

/// Makes every published edition known to this process: at start, and when a journey names one that is not known yet.
///
/// # Errors
/// When the database does not answer, or an edition cannot be read.
pub async fn learn(services: &Services) -> Result<(), Halt> {
    learn_these(services.store.catalogues().await?).map_err(Halt::Fault)
}

/// The same of these.
///
/// # Errors
/// Which edition cannot be read, and why; those before it are known then.
pub fn learn_these(catalogues: Vec<Catalogue>) -> Result<(), String> {
    for catalogue in catalogues {
        editions::was_published(catalogue.edition.clone(), catalogue.at);
        if catalogue.withdrawn.is_some() {
            editions::was_withdrawn(catalogue.edition.clone());
        }
        if editions::knows(&catalogue.edition) {
            continue;
        }
        let rows = editions::read(&catalogue.body).map_err(|faults| {
            let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
            format!("edition {}: {}", catalogue.edition, faults.join("; "))
        })?;
        editions::learn(catalogue.edition, rows);
    }
    Ok(())
}
