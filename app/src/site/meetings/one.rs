//! `/journeys/{ref}/meetings/{meeting}`: how a meeting stands, what the reader may do about it, and what was done.

use jiff::Timestamp;
use journey::{
    base::actor::Side,
    ledger::journey::Journey,
    rule::{
        meeting::{self, Act, Meeting, Stage, Step},
        meeting_form::{begun, field, length},
    },
};
use leptos::prelude::*;

use crate::{
    act::{
        load::load,
        page::{context, page, titled},
    },
    base::{dates, halt::Halt, paths, said::RefusedForm},
    design::{Button, Crumbs, Details, Hidden, SummaryRow, Title, kept_true, link_out, live_on, say},
    islands::Wake,
    request::visitor::param,
    site::meetings::{
        new::{questions, radios},
        words,
    },
};

/// `/journeys/{ref}/meetings/{meeting}`
#[component]
pub fn OneMeeting() -> impl IntoView {
    let (reference, id) = (param("reference"), param("meeting"));
    page(async move {
        let context = context().await?;
        let visitor = context.visitor()?;
        let loaded = load(&context.services, &visitor, &reference).await?;
        let journey = &loaded.journey;
        let meetings = context.services.store.meetings(&journey.reference).await?;
        let sees = |one: &&Meeting| one.id.as_str() == id && meeting::may_see(journey, &visitor.actor, one);
        let met = meetings.iter().find(sees).ok_or(Halt::Missing)?;
        let own = meeting::side_of(journey, &visitor.actor, met.task.as_ref()).ok_or(Halt::Missing)?;
        let now = context.services.clock.now();
        let offered = meeting::offered(journey, &visitor.actor, met, now);
        let kept = context.kept.clone();
        let act = kept.as_ref().and_then(|kept| Act::named(kept.typed.one("act")));
        // What was typed into a form that is not offered any more is shown all the same.
        let lost = kept.as_ref().filter(|_| act.is_none_or(|act| !offered.contains(&act)));
        let product = journey.opening.product.clone();
        let title = format!("Meeting about {}", words::subject(journey, met.task.as_ref()));
        let links = vec![
            ("/journeys".to_owned(), "Journeys".to_owned()),
            (paths::journey(&journey.reference), product.clone()),
            (paths::meetings(&journey.reference), "Meetings".to_owned()),
        ];
        let (word, says) = words::stands(journey, met, own, now);
        let forms = offered.iter().map(|act| form(journey, met, *act, now, kept.as_ref())).collect_view();
        let body = view! {
            <Crumbs links=links />
            <div class="nhsuk-grid-row">
                <div class="nhsuk-grid-column-two-thirds">
                    {say::kept(kept.as_ref())}
                    {say::banner(context.banner.clone())}
                    {say::kept_words(lost)}
                    <Title above=format!("{product} {}", journey.reference) text=title.clone()>
                        <strong class=words::tag(word)>{word}</strong>" "{says}
                    </Title>
                    {live_on(&journey.reference)}
                    {kept_true("meeting", facts(journey, met, own))}
                    {forms}
                    {kept_true("steps", done(met))}
                </div>
            </div>
            <Wake />
        }
        .into_any();
        Ok((titled(&title, kept.as_ref()), body))
    })
}

/// When, where, what for, with whom, and the file for calendars.
fn facts(journey: &Journey, met: &Meeting, own: Side) -> AnyView {
    let stage = met.stage();
    let asked = match &stage {
        Some(Stage::Waiting(step) | Stage::Moving { asked: step, .. }) => Some(*step),
        _ => None,
    };
    let held = met.held();
    let shown = held.map(|(_, step)| step).or(asked).or(met.steps.last());
    let (place, long) = shown.map(|step| (step.place.clone(), length(step.minutes))).unwrap_or_default();
    let spans = |step: &Step| step.times.iter().map(|start| words::span(step, *start)).collect::<Vec<_>>().join("\n");
    let cancelled = matches!(stage, Some(Stage::Cancelled(_)));
    let file = paths::meeting_file(&journey.reference, &met.id);
    let task = met.task.as_ref().map(|task| {
        let to = paths::task(&journey.reference, task);
        view! { <p>"About the task "<a href=to>{journey.process.noun(task).to_owned()}</a>"."</p> }
    });
    view! {
        <dl class="nhsuk-summary-list">
            {held.map(|(start, step)| view! { <SummaryRow key=if cancelled { "Was agreed for" } else { "When" } value=words::span(step, start) /> })}
            {asked.map(|step| view! { <SummaryRow key=if held.is_some() { "Asked to move to" } else { "Times offered" } value=spans(step) /> })}
            {asked.filter(|step| held.is_some() && step.place != place).map(|step| view! { <SummaryRow key="Would be at" value=step.place.clone() /> })}
            {(!place.is_empty()).then(|| where_row(&place))}
            {(!place.is_empty()).then(|| view! { <SummaryRow key="How long" value=long /> })}
            <SummaryRow key="What for" value=met.about.clone() />
            <SummaryRow key="Between" value=format!("{} and {}", words::side(journey, own), words::side(journey, met.other(own))) />
        </dl>
        <p class="gpc-meta">"Times are UK times."</p>
        {task}
        {held.map(|_| {
            let text = if cancelled { "Download the cancellation for your calendar (.ics)" } else { "Download it for your calendar (.ics)" };
            view! { <p><a href=file download>{text}</a></p> }
        })}
    }
    .into_any()
}

/// Where: a link can be followed.
fn where_row(place: &str) -> AnyView {
    let is_link = (place.starts_with("https://") || place.starts_with("http://")) && !place.contains(' ');
    if !is_link {
        return view! { <SummaryRow key="Where" value=place.to_owned() /> }.into_any();
    }
    view! {
        <div class="nhsuk-summary-list__row">
            <dt class="nhsuk-summary-list__key">"Where"</dt>
            <dd class="nhsuk-summary-list__value"><ul class="nhsuk-list gpc-breaks">{link_out(place)}</ul></dd>
        </div>
    }
    .into_any()
}

/// The form for one thing that can be done about it.
fn form(journey: &Journey, met: &Meeting, act: Act, now: Timestamp, kept: Option<&RefusedForm>) -> AnyView {
    let kept = kept.filter(|kept| kept.typed.one("act") == act.name());
    let before = met.steps.iter().rev().find(|step| step.offers() || step.act == Act::Agreed);
    let typed = kept.map_or_else(|| begun(act, before), |kept| kept.typed.clone());
    let values = vec![
        ("journey", journey.reference.to_string()),
        ("meeting", met.id.to_string()),
        ("deed", act.name().to_owned()),
        ("seen", met.steps.len().to_string()),
    ];
    let (summary, button, warning) = match act {
        Act::Agreed => ("Choose a time", "Agree to this time", false),
        Act::Others | Act::Proposed => ("Offer other times", "Offer these times", false),
        Act::Declined if met.agreed().is_some() => ("Keep the time that is agreed", "Keep the agreed time", false),
        Act::Declined => ("Say no to the meeting", "Decline the meeting", true),
        Act::Moved => ("Ask for another time", "Ask for another time", false),
        Act::Cancelled => ("Cancel the meeting", "Cancel the meeting", true),
    };
    let asked = if act == Act::Agreed { choice(before, &typed, now, kept) } else { questions(act, &typed, kept) };
    let open = act == Act::Agreed;
    let body = view! {
        <form class="gpc-say" action="/do/meetings/answer" method="post" novalidate>
            <Hidden values=values />
            {asked}
            <Button text=button warning=warning secondary=!open && !warning />
        </form>
    }
    .into_any();
    if open { body } else { view! { <Details summary=summary open=kept.is_some() body=body /> }.into_any() }
}

/// The times to choose from, as far as they are still to come.
fn choice(asked: Option<&Step>, typed: &journey::form::Answers, now: Timestamp, kept: Option<&RefusedForm>) -> AnyView {
    let id = field(Act::Agreed, "time");
    let options: Vec<(String, String)> = asked
        .map(|step| step.ahead(now).map(|start| (start.to_string(), words::span(step, start))).collect())
        .unwrap_or_default();
    // One that nobody has to choose from is chosen.
    let only = (options.len() == 1).then(|| options[0].0.clone());
    let chosen = Some(typed.one(&id).to_owned()).filter(|chosen| !chosen.is_empty()).or(only).unwrap_or_default();
    radios(&id, "Which time do you choose?", options, &chosen, kept.and_then(|kept| kept.problem(&id)))
}

/// What was done about it, oldest first, with how many were told.
fn done(met: &Meeting) -> AnyView {
    let items = met
        .steps
        .iter()
        .map(|step| {
            let told = match step.told {
                0 => "Nobody else was told.".to_owned(),
                1 => "1 other person was told.".to_owned(),
                count => format!("{count} other people were told."),
            };
            let offered = step.offers().then(|| {
                let times = step.times.iter().map(|start| words::span(step, *start)).collect::<Vec<_>>().join("\n");
                view! { <br /><span class="gpc-lines">{times}</span> }
            });
            let words =
                (!step.words.is_empty()).then(|| view! { <br /><span class="gpc-lines">{format!("“{}”", step.words)}</span> });
            view! {
                <li>
                    {format!("{}, {}, {}.", step.name, step.organisation, words::did(step))}
                    {offered}
                    {words}
                    <br />
                    <span class="gpc-meta">{told}</span>
                    <time datetime=step.at.to_string()>{dates::moment(step.at)}</time>
                </li>
            }
        })
        .collect_view();
    view! {
        <section aria-labelledby="done">
            <h2 class="nhsuk-heading-m" id="done">"What was done"</h2>
            <ol class="gpc-log">{items}</ol>
        </section>
    }
    .into_any()
}
