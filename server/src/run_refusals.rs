//! Requests of a live run that were turned away before they were read: too many, too long, too slow. The run says how many there were,
//! so that a supplier does not look for a request that nobody kept; a flood of them writes once a minute, and no more than so often.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Mutex, PoisonError},
};

use jiff::{SignedDuration, Timestamp};

/// How often a run says anew what was turned away.
const PAUSE: SignedDuration = SignedDuration::from_secs(60);

/// How often a run says so in all: the rest of its entries are for requests.
const MOST_SAID: u32 = 30;

/// Runs that are remembered; the ones with nothing to say are forgotten first.
const MOST_RUNS: usize = 1_000;

/// What was turned away since it was said last: how many with which status.
pub type Counts = BTreeMap<u16, u32>;

#[derive(Debug)]
struct OfRun {
    counts: Counts,
    said: u32,
    next: Timestamp,
}

/// What was turned away, by run.
#[derive(Debug, Default)]
pub struct Refusals(Mutex<HashMap<String, OfRun>>);

impl Refusals {
    /// Remembers a run, so that what is turned away before anybody looks for it is counted.
    pub fn know(&self, key: &str) {
        let mut runs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if runs.contains_key(key) {
            return;
        }
        if runs.len() >= MOST_RUNS {
            runs.retain(|_, run| !run.counts.is_empty());
        }
        if runs.len() < MOST_RUNS {
            runs.insert(key.to_owned(), OfRun { counts: Counts::new(), said: 0, next: Timestamp::MIN });
        }
    }

    /// Counts one that is turned away, of a run that is known.
    pub fn count(&self, key: &str, status: u16) {
        let mut runs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(run) = runs.get_mut(key) {
            let count = run.counts.entry(status).or_default();
            *count = count.saturating_add(1);
        }
    }

    /// What is to be said of a run now, once.
    pub fn due(&self, key: &str, now: Timestamp) -> Option<Counts> {
        let mut runs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let run = runs.get_mut(key).filter(|run| !run.counts.is_empty() && run.next <= now && run.said < MOST_SAID)?;
        run.said += 1;
        run.next = now.checked_add(PAUSE).unwrap_or(Timestamp::MAX);
        Some(std::mem::take(&mut run.counts))
    }

    /// It is forgotten when its run takes nothing more.
    pub fn forget(&self, key: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_said_once_a_minute_and_not_for_ever() {
        let refusals = Refusals::default();
        let mut now = Timestamp::UNIX_EPOCH;
        refusals.count("unknown", 429);
        assert_eq!(refusals.due("unknown", now), None);
        refusals.know("run");
        assert_eq!(refusals.due("run", now), None, "nothing was turned away");
        refusals.count("run", 413);
        assert_eq!(refusals.due("run", now), Some(Counts::from([(413, 1)])));
        let mut said = 1;
        for _ in 0..100 {
            for status in [429, 429, 431] {
                refusals.count("run", status);
                assert_eq!(refusals.due("run", now), None, "within the minute");
            }
            now = now.checked_add(PAUSE).unwrap();
            match refusals.due("run", now) {
                Some(counts) => assert_eq!((counts.get(&429), counts.get(&431)), (Some(&2), Some(&1))),
                None => assert_eq!(said, MOST_SAID),
            }
            said = (said + 1).min(MOST_SAID);
        }
        refusals.forget("run");
        refusals.count("run", 429);
        assert_eq!(refusals.due("run", now), None);
    }
}
