//! The rows of the SCAL that go with the record of a test stage.

use journey::{decide, process::TaskSpec, scal::book::Entry, testing};
use leptos::prelude::*;

use crate::{halt::Halt, letters::counted, scal::working_copy, tasks::frame::Desk};

/// What goes along when the record is sent, and what does not yet; nothing where the stage closes no row.
///
/// # Errors
/// When the memory does not answer, or a draft cannot be read.
pub async fn rows(desk: &Desk) -> Result<Option<AnyView>, Halt> {
    let journey = desk.journey();
    let closes = testing::rows(desk.spec, &journey.opening);
    let (Some(scal), false) = (journey.process.scal(), closes.is_empty()) else { return Ok(None) };
    let entries = working_copy(&desk.hall.services, journey, scal, true).await?;
    let of: Vec<&Entry> = entries.iter().filter(|entry| closes.iter().any(|row| row.field == entry.row.field)).collect();
    let (along, missing): (Vec<&Entry>, Vec<&Entry>) = of.into_iter().partition(|entry| testing::goes_along(entry));
    let path = format!("/journeys/{}/tasks/{}", journey.reference, scal.id);
    // Rows of a stage that the route does without go along here, so one environment does not always name them all.
    let first = closes[0].environment;
    let one = closes.iter().all(|row| row.environment == first);
    let all = if one { format!("{path}?show=all&environment={}", first.name()) } else { format!("{path}?show=all") };
    let links = missing
        .iter()
        .take(SHOWN)
        .map(|entry| view! { <li><a class="gpc-code" href=format!("{path}/{}", entry.row.field)>{entry.row.id.clone()}</a></li> })
        .collect_view();
    let more = missing.len().saturating_sub(SHOWN);
    let may_write = decide::may_write(journey, &desk.visitor.actor, &scal.id);
    Ok(Some(
        view! {
            <section class="gpc-below" aria-labelledby="rows-along">
                <h3 class="nhsuk-heading-s" id="rows-along">"Rows of the SCAL that go with it"</h3>
                <p>{format!("This stage closes {}. Answered, so that they go with the record as they stand now: {}.", counted(closes.len(), "row"), along.len())}" "<a href=all>"Open them in the SCAL"</a></p>
                {(!missing.is_empty()).then(|| view! {
                    <p>{if may_write { "Not answered yet; they can follow in another round, or with the whole SCAL:" } else { "Not answered yet:" }}</p>
                    <ul class="gpc-ways">{links}{(more > 0).then(|| view! { <li>{format!("and {more} more")}</li> })}</ul>
                })}
            </section>
        }
        .into_any(),
    ))
}

/// Rows that are named one by one.
const SHOWN: usize = 12;

/// Of a row: how the record of its test stage stands.
#[must_use]
pub fn told(desk: &Desk, row: &journey::scal::Row) -> Option<AnyView> {
    let journey = desk.journey();
    let stage: &TaskSpec = journey
        .plan()
        .find(|spec| testing::closes(spec.id.as_str()) == Some(testing::closed_in(row.environment, &journey.opening)))?;
    let record = journey.task(&stage.id);
    let sent = record.sent.last()?;
    let to = format!("/journeys/{}/tasks/{}", journey.reference, stage.id);
    let how = journey.standing(&stage.id).word();
    Some(
        view! {
            <p class="gpc-meta">
                {format!("Test stage: round {} of ", sent.round)}<a href=to>{stage.label.clone()}</a>
                {format!(", sent {}. {how}.", crate::design::dates::day_of(sent.at))}
            </p>
        }
        .into_any(),
    )
}
