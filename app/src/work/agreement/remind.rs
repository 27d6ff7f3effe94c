//! Letters about duties under a connection agreement that are late: on the first working day after, and two more, five working days
//! apart each. Nothing is stored for it: a letter has the name of its duty and its number, and the same letter twice is one letter.

use jiff::{SignedDuration, Timestamp, civil::Date};
use journey::{
    base::{
        actor::Role,
        calendar,
        edition::Edition,
        ids::{Digest, JourneyRef},
    },
    ledger::journey::Journey,
    port::{Letter, WriteError},
    rule::duties,
};

use crate::{
    act::letters::FOOT,
    base::{dates, halt::Halt, paths},
    request::{ledger, services::Services},
    work::agreement::duties::told,
};

/// Journeys that are read at once.
const STEP: u32 = 200;

/// The hour from which letters are written, UK time.
const FROM_HOUR: i64 = 9;

/// The day whose letters can be written at this time: a working day, from nine in the morning.
#[must_use]
pub fn day_of(now: Timestamp) -> Option<Date> {
    let day = calendar::date_of(now);
    let begins = day.to_zoned(calendar::uk()).ok()?.timestamp().checked_add(SignedDuration::from_hours(FROM_HOUR)).ok()?;
    (calendar::is_working_day(day) && now >= begins).then_some(day)
}

/// Writes the letters of a day. `published` says when editions of the SCAL were published. Says how many letters there are, also those
/// that were written before.
///
/// # Errors
/// When the database does not answer.
pub async fn send_due(services: &Services, published: &[(Edition, Timestamp)], today: Date) -> Result<usize, Halt> {
    // Nothing is late before a year has passed since some edition was published: no ledger is read for that.
    let year_ago = today.yesterday().and_then(|day| day.checked_sub(jiff::Span::new().months(12))).unwrap_or(Date::MIN);
    if !published.iter().any(|(_, at)| calendar::date_of(*at) <= year_ago) {
        return Ok(0);
    }
    let (mut after, mut letters): (Option<JourneyRef>, usize) = (None, 0);
    loop {
        let journeys = services.store.references(after.as_ref(), STEP).await?;
        for reference in &journeys {
            let journey = match ledger::read(services, reference).await {
                Ok(known) => known.journey,
                Err(Halt::Unavailable(why)) => return Err(Halt::Unavailable(why)),
                // One ledger that cannot be read keeps nobody else's letters.
                Err(why) => {
                    tracing::warn!(journey = %reference, ?why, "cannot look for duties that are late");
                    continue;
                }
            };
            let about = about(services, &journey, published, today).await?;
            if about.is_empty() {
                continue;
            }
            letters += about.len();
            match services.store.change_signatories(&[], &about, services.clock.now()).await {
                Ok(()) | Err(WriteError::Conflict) => {}
                Err(WriteError::Store(error)) => return Err(error.into()),
            }
        }
        match journeys.into_iter().last() {
            Some(last) => after = Some(last),
            None => return Ok(letters),
        }
    }
}

/// The letters about one journey today: to those who lead the onboarding for the supplier, and with the last one to the programme leads.
async fn about(
    services: &Services,
    journey: &Journey,
    published: &[(Edition, Timestamp)],
    today: Date,
) -> Result<Vec<Letter>, Halt> {
    let Some(spec) = duties::task(journey) else { return Ok(Vec::new()) };
    let mut letters = Vec::new();
    for duty in duties::of(journey, published, today).into_iter().filter(|duty| duty.is_late(today)) {
        let Some((due, number)) = duty.day().and_then(|due| Some((due, duties::reminder(due, today)?))) else { continue };
        let own = std::slice::from_ref(&journey.organisation);
        let mut people = services.store.addresses(Some(own), &[Role::OnboardingLead]).await?;
        if duties::is_last(number) {
            people.extend(services.store.addresses(None, &[Role::ProgrammeLead]).await?);
        }
        let product = &journey.opening.product;
        let (what, says) = told(&duty);
        let named = Digest::of(format!("{what} {due}").as_bytes());
        let last = if duties::is_last(number) { " This is the last reminder. NHS England gets it too." } else { "" };
        let link = format!("{}{}#duties", services.base_url, paths::task(&journey.reference, &spec.id));
        let body = format!(
            "Hello,\n\nA duty under “{}” for {product} is late.\n\n{what}. It was due on {}. {says}{last}\n\n{link}{FOOT}\n",
            spec.noun,
            dates::date(due),
        );
        letters.extend(people.into_iter().map(|(person, to)| Letter {
            id: format!("duty-{}-{}-{number}-{person}", journey.reference, &named.as_str()[..12]),
            to,
            subject: format!("Late since {}: {what} – {product} ({})", dates::date(due), journey.reference),
            body: body.clone(),
            enclosed: None,
        }));
    }
    Ok(letters)
}
