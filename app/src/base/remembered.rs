//! Journeys as they were last read. A page reads only what was recorded since, and only if it follows by digest from
//! what is known; so it shows the same as if the whole ledger had been read and folded again.
//! Changes of older rows behind the service's back are found where the whole is read: on the history page, and by `verify`.

use std::sync::{Arc, Mutex, PoisonError};

use hashlink::LruCache;
use journey::{
    base::ids::{JourneyRef, Seq},
    ledger::{
        event::Recorded,
        journey::{Corrupt, Journey},
    },
    plan::process::Processes,
};

/// Journeys that are kept, those last looked at.
const MOST: usize = 64;

/// A ledger that was read and verified, with its fold.
#[derive(Clone)]
pub struct KnownLedger {
    /// What is true after the last event.
    pub journey: Arc<Journey>,
    /// Every event, oldest first.
    pub history: Arc<Vec<Recorded>>,
}

impl KnownLedger {
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
    pub fn then(self, since: &[Recorded], processes: &'static Processes) -> Result<Option<Self>, Corrupt> {
        let Some((first, new)) = since.split_first().filter(|(first, _)| self.history.last() == Some(first)) else {
            return Ok(None);
        };
        debug_assert_eq!(first.digest, self.journey.head);
        if new.is_empty() {
            return Ok(Some(self));
        }
        let journey = self.journey.then(&self.history, new, processes)?;
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
pub struct Remembered(Mutex<LruCache<JourneyRef, KnownLedger>>);

impl Default for Remembered {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(MOST)))
    }
}

impl Remembered {
    /// What is remembered of a journey.
    #[must_use]
    pub fn of(&self, reference: &JourneyRef) -> Option<KnownLedger> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(reference).cloned()
    }

    /// Forgets it.
    pub fn forget(&self, reference: &JourneyRef) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(reference);
    }

    /// Remembers it; the one that nobody looked at for longest is forgotten.
    pub fn keep(&self, told: &KnownLedger) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(told.journey.reference.clone(), told.clone());
    }
}
