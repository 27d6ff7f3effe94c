//! Places: how many things of a kind run at once, in all and for one person, so that nobody keeps the others out.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use journey::base::ids::PersonId;
use tokio::{sync::Notify, time::timeout};

/// A number of places.
#[derive(Clone, Debug)]
pub struct Places {
    most: usize,
    each: usize,
    taken: Arc<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    places: Mutex<HashMap<PersonId, usize>>,
    freed: Notify,
}

/// A place that is taken, until it is dropped.
#[derive(Debug)]
pub struct Place {
    person: PersonId,
    taken: Arc<Taken>,
}

/// Why there is no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Full {
    /// This person has all that one person gets.
    OfPerson,
    /// Everybody together has all there are.
    OfAll,
}

impl Places {
    /// So many in all, and so many for one person.
    #[must_use]
    pub fn new(most: usize, each: usize) -> Self {
        Self { most, each, taken: Arc::default() }
    }

    /// A place for this person, if need be after others have left theirs.
    ///
    /// # Errors
    /// When there is none for so long.
    pub async fn wait(&self, person: &PersonId, patience: Duration) -> Result<Place, Full> {
        let mut last = Full::OfAll;
        let waited = timeout(patience, async {
            loop {
                let freed = self.taken.freed.notified();
                match self.take(person) {
                    Ok(place) => return place,
                    Err(full) => last = full,
                }
                freed.await;
            }
        });
        waited.await.map_err(|_| last)
    }

    /// A place for this person, now.
    ///
    /// # Errors
    /// When there is none.
    pub fn take(&self, person: &PersonId) -> Result<Place, Full> {
        let mut taken = self.taken.lock();
        if taken.get(person).is_some_and(|own| *own >= self.each) {
            return Err(Full::OfPerson);
        }
        if taken.values().sum::<usize>() >= self.most {
            return Err(Full::OfAll);
        }
        *taken.entry(person.clone()).or_default() += 1;
        Ok(Place { person: person.clone(), taken: self.taken.clone() })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.taken.lock();
        if let Some(own) = taken.get_mut(&self.person) {
            *own -= 1;
            if *own == 0 {
                taken.remove(&self.person);
            }
        }
        drop(taken);
        self.taken.freed.notify_waiters();
    }
}

impl Taken {
    fn lock(&self) -> MutexGuard<'_, HashMap<PersonId, usize>> {
        // Nobody leaves it half changed.
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_person_never_has_all_the_places_and_gives_theirs_back() {
        let places = Places::new(5, 2);
        let [ada, ben, cem]: [PersonId; 3] = ["ada", "ben", "cem"].map(|id| id.parse().expect("an id"));
        let held: Vec<Place> = [&ada, &ada, &ben, &ben].map(|person| places.take(person).expect("a place")).into();
        assert_eq!(places.take(&ada).expect_err("two are taken"), Full::OfPerson);
        let last = places.take(&cem).expect("the fifth");
        assert_eq!(places.take(&cem).expect_err("five are taken"), Full::OfAll);
        drop((held, last));
        assert!(places.taken.lock().is_empty(), "nobody is remembered");
        assert!(places.take(&ada).is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_waits_gets_the_place_that_is_left_and_waits_no_longer_than_is_fair() {
        let (places, ada) = (Places::new(5, 1), "ada".parse().expect("an id"));
        let first = places.take(&ada).expect("a place");
        let waiting = {
            let (places, ada): (_, PersonId) = (places.clone(), ada.clone());
            tokio::spawn(async move { places.wait(&ada, Duration::from_secs(2)).await })
        };
        tokio::task::yield_now().await;
        drop(first);
        let second = waiting.await.expect("no panic").expect("the place that was left");
        assert_eq!(places.wait(&ada, Duration::from_secs(2)).await.expect_err("it stays taken"), Full::OfPerson);
        drop(second);
    }
}
