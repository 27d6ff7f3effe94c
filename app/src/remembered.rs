//! Journeys as they were last read. A page reads only what was recorded since, and only if it follows by digest from
//! what is known; so it shows the same as if the whole ledger had been read and folded again.
//! Changes of older rows behind the service's back are found where the whole is read: on the history page, and by `verify`.

use std::sync::{Arc, Mutex, PoisonError};

use hashlink::LruCache;
use journey::{
    event::{Event, Recorded},
    ids::{JourneyRef, Seq},
    journey::{Corrupt, Journey},
    process::Processes,
    scal::editions,
};

use crate::{halt::Halt, scal::catalogue, services::Services};

/// Journeys that are kept, those last looked at.
const MOST: usize = 64;

/// A ledger that was read and verified, with its fold.
#[derive(Clone)]
pub struct Told {
    /// What is true after the last event.
    pub journey: Arc<Journey>,
    /// Every event, oldest first.
    pub history: Arc<Vec<Recorded>>,
}

impl Told {
    /// What a whole ledger tells, each link verified.
    ///
    /// # Errors
    /// [`Corrupt`] at the first event that cannot be.
    pub fn of(reference: &JourneyRef, history: Vec<Recorded>, processes: &'static Processes) -> Result<Self, Corrupt> {
        let journey = Journey::replay(reference, &history, processes)?;
        Ok(Self { journey: Arc::new(journey), history: Arc::new(history) })
    }

    /// The same after what was recorded `since`: the last event known and those after it. `None` when that event is not
    /// the one known, as after a restored backup: nothing that is remembered counts then.
    ///
    /// # Errors
    /// [`Corrupt`] at the first event that does not follow.
    pub fn then(self, since: &[Recorded]) -> Result<Option<Self>, Corrupt> {
        let Some((first, new)) = since.split_first().filter(|(first, _)| self.history.last() == Some(first)) else {
            return Ok(None);
        };
        debug_assert_eq!(first.digest, self.journey.head);
        if new.is_empty() {
            return Ok(Some(self));
        }
        let mut journey = Journey::clone(&self.journey);
        for recorded in new {
            journey.evolve(recorded)?;
        }
        let history = self.history.iter().chain(new).cloned().collect();
        Ok(Some(Self { journey: Arc::new(journey), history: Arc::new(history) }))
    }

    /// Position of the last event.
    #[must_use]
    pub fn last(&self) -> Seq {
        self.journey.seq
    }
}

/// The journeys that were looked at last.
pub struct Remembered(Mutex<LruCache<JourneyRef, Told>>);

impl Default for Remembered {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(MOST)))
    }
}

impl Remembered {
    /// What is remembered of a journey.
    #[must_use]
    pub fn of(&self, reference: &JourneyRef) -> Option<Told> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(reference).cloned()
    }

    /// Forgets it.
    pub fn forget(&self, reference: &JourneyRef) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(reference);
    }

    /// Remembers it; the one that nobody looked at for longest is forgotten.
    pub fn keep(&self, told: &Told) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(told.journey.reference.clone(), told.clone());
    }
}

/// What the ledger of a journey says now: what is remembered of it and what was recorded since, or the whole.
///
/// # Errors
/// [`Halt::Missing`] when there is no such journey; a fault when its ledger does not hold.
pub async fn read(services: &Services, reference: &JourneyRef) -> Result<Told, Halt> {
    let Some(known) = services.remembered.of(reference) else { return whole(services, reference).await };
    let since = services.store.history_from(reference, known.last()).await?;
    learn_editions(services, &since).await?;
    let Some(told) = known.then(&since)? else { return whole(services, reference).await };
    if since.len() > 1 {
        services.remembered.keep(&told);
    }
    Ok(told)
}

/// The same with every entry read and verified now. What does not hold is forgotten.
///
/// # Errors
/// As [`read`].
pub async fn whole(services: &Services, reference: &JourneyRef) -> Result<Told, Halt> {
    services.remembered.forget(reference);
    let history = services.store.history(reference).await?;
    if history.is_empty() {
        return Err(Halt::Missing);
    }
    learn_editions(services, &history).await?;
    let told = Told::of(reference, history, services.processes)?;
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
        catalogue::learn(services).await?;
    }
    Ok(())
}
