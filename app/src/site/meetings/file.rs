//! What a calendar gets of a meeting.

use journey::{
    ledger::journey::Journey,
    rule::meeting::{self, Meeting},
    view::calendar_file::{self, Entry},
};

use crate::{
    act::load::load,
    base::{halt::Halt, paths},
    request::{services::Services, visitor::Visitor},
    site::meetings::words,
};

/// The file of a meeting for calendars, with its name, for whoever sees the meeting.
///
/// # Errors
/// [`Halt::Missing`] where there is none for them, or no time was agreed.
pub async fn made(services: &Services, visitor: &Visitor, reference: &str, id: &str) -> Result<(String, String), Halt> {
    let loaded = load(services, visitor, reference).await?;
    let journey = &loaded.journey;
    let meetings = services.store.meetings(&journey.reference).await?;
    let sees = |one: &&Meeting| one.id.as_str() == id && meeting::may_see(journey, &visitor.actor, one);
    let met = meetings.iter().find(sees).ok_or(Halt::Missing)?;
    let file = calendar_file::file(met, &entry(services, journey, met)).ok_or(Halt::Missing)?;
    Ok((format!("meeting-{}.ics", journey.reference), file))
}

fn entry(services: &Services, journey: &Journey, met: &Meeting) -> Entry {
    let page = format!("{}{}", services.base_url, paths::meeting(&journey.reference, &met.id));
    let product = &journey.opening.product;
    let summary = match &met.task {
        Some(task) => format!("{} – {product} ({})", journey.process.noun(task), journey.reference),
        None => format!("Meeting about {product} ({})", journey.reference),
    };
    let between = format!("Between {} and {}.", words::side(journey, met.from), words::side(journey, met.with));
    let host = services.base_url.split("://").last().unwrap_or_default().split(['/', ':']).next().unwrap_or_default().to_owned();
    Entry { summary, description: format!("{}\n\n{between}\n{page}", met.about), page, host }
}
