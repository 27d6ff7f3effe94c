//! Journeys as pages and actions load them.

use std::sync::Arc;

use jiff::Timestamp;
use journey::{
    base::ids::{JourneyRef, Seq},
    ledger::{
        event::{Event, Recorded},
        journey::Journey,
    },
    rule::leaving,
    view::names::Names,
};

use crate::{
    act::decided,
    base::{halt::Halt, remembered::KnownLedger},
    request::{ledger, services::Services, visitor::Visitor},
};

/// A journey as a page or an action needs it.
pub struct Loaded {
    /// What is true now.
    pub journey: Arc<Journey>,
    /// Its ledger.
    pub history: Arc<Vec<Recorded>>,
    /// Who is who.
    pub names: Names,
}

impl Loaded {
    /// Whoever signed by a link has no account: the ledger says who they are.
    fn name_signatories(&mut self) {
        for recorded in self.history.iter() {
            if let (Event::Signed { name, member: Some(member), .. }, Some(by)) = (&recorded.event, &recorded.by) {
                self.names.people.entry(by.person.clone()).or_insert_with(|| name.clone());
                self.names.organisations.entry(by.organisation.clone()).or_insert_with(|| member.in_words());
            }
        }
    }

    /// Goes on to what time has brought by now.
    fn pass_time(&mut self, now: Timestamp) -> Result<(), Halt> {
        if let Some(deed) = decided::brought(&self.journey, now)? {
            let all = self.history.iter().chain(&deed.recorded).cloned().collect();
            self.history = Arc::new(all);
            self.journey = Arc::new(deed.after);
        }
        Ok(())
    }
}

/// The journey with this reference as it is now, if this person may know of it. What time has brought is shown with it and not
/// recorded: reading writes nothing. The sweep records it, or whoever writes next.
///
/// # Errors
/// [`Halt::Missing`] when there is none for them.
pub async fn load(services: &Services, visitor: &Visitor, reference: &str) -> Result<Loaded, Halt> {
    let reference: JourneyRef = reference.parse().map_err(|_| Halt::Missing)?;
    let mut loaded = read(services, &reference).await?;
    if !loaded.journey.may_see(&visitor.actor) {
        return Err(Halt::Missing);
    }
    loaded.pass_time(services.clock.now())?;
    Ok(loaded)
}

/// The same for somebody who has the number of a certificate of it, and reads nothing else: who asks is not looked at.
///
/// # Errors
/// [`Halt::Missing`] when there is no such journey.
pub async fn load_of_certificate(services: &Services, reference: &JourneyRef) -> Result<Loaded, Halt> {
    let mut loaded = read(services, reference).await?;
    loaded.pass_time(services.clock.now())?;
    Ok(loaded)
}

/// A journey as it was with one of its entries, whatever came after, for a document that goes with a letter: who asks is not looked at.
///
/// # Errors
/// [`Halt::Missing`] when there is no such journey or no such entry.
pub async fn load_as_of(services: &Services, reference: &JourneyRef, seq: Seq) -> Result<Loaded, Halt> {
    let mut loaded = read(services, reference).await?;
    let at = loaded.history.iter().position(|recorded| recorded.seq == seq).ok_or(Halt::Missing)?;
    let history = loaded.history[..=at].to_vec();
    let then = Journey::replay(reference, &history, services.processes).map_err(|error| Halt::Fault(format!("{error:?}")))?;
    (loaded.journey, loaded.history) = (Arc::new(then), Arc::new(history));
    Ok(loaded)
}

/// The same as it is recorded, for whoever writes next.
///
/// # Errors
/// As [`load`].
pub(crate) async fn load_recorded(services: &Services, visitor: &Visitor, reference: &str) -> Result<Loaded, Halt> {
    let reference: JourneyRef = reference.parse().map_err(|_| Halt::Missing)?;
    let loaded = read(services, &reference).await?;
    if loaded.journey.may_see(&visitor.actor) { Ok(loaded) } else { Err(Halt::Missing) }
}

/// A journey of which the visitor's organisation is no part any more and reads what it signed: not for whatever else.
///
/// # Errors
/// [`Halt::Missing`] for everybody else.
pub async fn load_signed(services: &Services, visitor: &Visitor, reference: &str) -> Result<Loaded, Halt> {
    let reference: JourneyRef = reference.parse().map_err(|_| Halt::Missing)?;
    let loaded = read(services, &reference).await?;
    if leaving::may_read_signed(&loaded.journey, &visitor.actor) { Ok(loaded) } else { Err(Halt::Missing) }
}

/// The same as it is recorded, with every entry of its ledger read and verified now, whatever is remembered: what time has brought
/// has no entry and no digest yet.
///
/// # Errors
/// As [`load`].
pub async fn load_whole(services: &Services, visitor: &Visitor, reference: &str) -> Result<Loaded, Halt> {
    let loaded = load_recorded(services, visitor, reference).await?;
    let told = ledger::whole(services, &loaded.journey.reference).await?;
    Ok(Loaded { journey: told.journey, history: told.history, names: loaded.names })
}

async fn read(services: &Services, reference: &JourneyRef) -> Result<Loaded, Halt> {
    let KnownLedger { journey, history } = ledger::read(services, reference).await?;
    let names = services.store.names(reference).await?;
    let mut loaded = Loaded { journey, history, names };
    loaded.name_signatories();
    Ok(loaded)
}
