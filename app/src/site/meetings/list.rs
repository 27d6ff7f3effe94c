//! `/journeys/{ref}/meetings`: the meetings of a journey that the reader takes part in; and the same as a few lines on the page
//! of a task and of the journey.

use jiff::Timestamp;
use journey::{
    base::{actor::Actor, ids::TaskId},
    ledger::journey::Journey,
    rule::meeting::{self, Meeting},
};
use leptos::prelude::*;

use crate::{
    act::{
        load::{Loaded, load},
        page::{context, page},
    },
    base::{halt::Halt, paths},
    design::{Crumbs, Title, kept_true, live_on, say},
    islands::Wake,
    request::{services::Services, visitor::param},
    site::meetings::words,
};

/// Meetings that a part of a page shows before it leads to the others.
const SHOWN: usize = 5;

/// The meetings of a journey that this person sees: first those from which something is still to come, the newest first.
///
/// # Errors
/// When the database does not answer.
pub async fn seen(services: &Services, loaded: &Loaded, actor: &Actor) -> Result<Vec<Meeting>, Halt> {
    let (journey, now) = (&loaded.journey, services.clock.now());
    if !loaded.names.meetings {
        return Ok(Vec::new());
    }
    let mut meetings = services.store.meetings(&journey.reference).await?;
    meetings.retain(|one| meeting::may_see(journey, actor, one));
    meetings.reverse();
    meetings.sort_by_key(|one| one.is_over(now));
    Ok(meetings)
}

/// `/journeys/{ref}/meetings`
#[component]
pub fn Meetings() -> impl IntoView {
    let reference = param("reference");
    page(async move {
        let context = context().await?;
        let visitor = context.visitor()?;
        let loaded = load(&context.services, &visitor, &reference).await?;
        let journey = &loaded.journey;
        // Whoever stands on no side has no meetings.
        meeting::side_of(journey, &visitor.actor, None).ok_or(Halt::Missing)?;
        let product = journey.opening.product.clone();
        let meetings = seen(&context.services, &loaded, &visitor.actor).await?;
        let now = context.services.clock.now();
        let none = meetings.is_empty();
        let may = !meeting::may_ask(journey, &visitor.actor, None).is_empty();
        let to = paths::new_meeting(&journey.reference, None);
        let body = view! {
            <Crumbs links=vec![("/journeys".to_owned(), "Journeys".to_owned()), (paths::journey(&journey.reference), product.clone())] />
            <div class="nhsuk-grid-row">
                <div class="nhsuk-grid-column-two-thirds">
                    {say::kept(context.kept.as_ref())}
                    {say::banner(context.banner.clone())}
                    <Title above=format!("{product} {}", journey.reference) text="Meetings" />
                    {live_on(&journey.reference)}
                    {kept_true(
                        "meetings",
                        view! {
                            {none.then(|| view! { <p>"No meeting has been proposed yet."</p> })}
                            {lines(journey, &visitor.actor, &meetings, now)}
                        }
                        .into_any(),
                    )}
                    {may.then(|| view! { <p><a href=to>"Propose a meeting"</a></p> })}
                    {may.then(|| view! { <p class="gpc-meta">"To meet about one task, open the task and propose the meeting there."</p> })}
                </div>
            </div>
            <Wake />
        }
        .into_any();
        Ok((format!("Meetings about {product}"), body))
    })
}

/// A line for each of these meetings.
fn lines(journey: &Journey, actor: &Actor, meetings: &[Meeting], now: Timestamp) -> Option<AnyView> {
    let items = meetings.iter().filter_map(|one| {
        let own = meeting::side_of(journey, actor, one.task.as_ref())?;
        let (word, says) = words::stands(journey, one, own, now);
        let to = paths::meeting(&journey.reference, &one.id);
        let with = words::side(journey, one.other(own));
        let about = format!("Meeting with {with} about {}", words::subject(journey, one.task.as_ref()));
        Some(view! {
            <li>
                <a href=to>{about}</a>
                " "
                <strong class=words::tag(word)>{word}</strong>
                <br />
                <span class="gpc-meta">{says}</span>
            </li>
        })
    });
    let items: Vec<_> = items.collect();
    (!items.is_empty()).then(|| view! { <ul class="nhsuk-list gpc-news gpc-meetings">{items}</ul> }.into_any())
}

/// The meetings about a task, or of the whole journey for `None`, as a section of another page, with the way to propose one.
/// Nothing for whoever takes no part in meetings there, and where there is neither.
pub fn section(
    journey: &Journey,
    actor: &Actor,
    (meetings, now): (&[Meeting], Timestamp),
    task: Option<&TaskId>,
) -> Option<AnyView> {
    meeting::side_of(journey, actor, task)?;
    let here: Vec<Meeting> = match task {
        Some(_) => meetings.iter().filter(|one| one.task.as_ref() == task).cloned().collect(),
        None => meetings.iter().filter(|one| !one.is_over(now)).cloned().collect(),
    };
    let may = !meeting::may_ask(journey, actor, task).is_empty();
    if !may && meetings.is_empty() {
        return None;
    }
    let more = here.len().saturating_sub(SHOWN);
    let all = paths::meetings(&journey.reference);
    let others = match (more, task) {
        (0, Some(_)) => None,
        (0, None) if meetings.is_empty() => None,
        (0, None) => Some("All meetings".to_owned()),
        (1, _) => Some("1 more meeting".to_owned()),
        _ => Some(format!("{more} more meetings")),
    };
    let to = paths::new_meeting(&journey.reference, task.as_ref().map(|task| *task as &dyn std::fmt::Display));
    let lines = lines(journey, actor, &here[..here.len().min(SHOWN)], now);
    Some(
        view! {
            <section aria-labelledby="meetings">
                <h2 class="nhsuk-heading-s" id="meetings">"Meetings"</h2>
                {lines}
                {may.then(|| view! { <p><a href=to>"Propose a meeting"</a></p> })}
                {others.map(|text| view! { <p><a href=all>{text}</a></p> })}
            </section>
        }
        .into_any(),
    )
}
