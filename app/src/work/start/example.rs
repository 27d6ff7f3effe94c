//! `/example`: a journey to look at before one has any, moment by moment, with the eyes of its supplier. Nobody is signed
//! in, nothing can be sent: it is no journey of the database.

use journey::{
    base::{calendar, ids::TaskId},
    ledger::{
        journey::{Journey, Phase},
        standing::Standing,
    },
    view::{
        example::{Example, example},
        overview::{Overview, first_of, overview},
        turns,
    },
};
use leptos::prelude::*;

use crate::{
    act::{
        page::{context, page},
        wording,
    },
    base::{
        dates,
        words::{self, counted},
    },
    design::{
        Column::{Figures, Words},
        Crumbs, Details, Grid, StandingTag, Title,
    },
    islands::{Wake, keys::Keys},
    request::visitor::query,
    site::journeys::history,
    work::ecosystem::{public::printed, standing},
};

/// Entries of the ledger shown below a moment.
const RECENT: usize = 8;

/// `/example`
#[component]
pub fn ExamplePage() -> impl IntoView {
    page(async {
        let context = context().await?;
        let side = query("side");
        let example = example(&side);
        let last = example.moments.len().saturating_sub(1);
        let at = query("moment").parse::<usize>().ok().and_then(|n| n.checked_sub(1)).unwrap_or(0).min(last);
        let journey = example.at(at);
        let now = overview(&journey);
        let moment = &example.moments[at];
        let to_task = |task: &TaskId| format!("{}&task={task}#task", address(&journey, at));
        let task = query("task").parse::<TaskId>().ok().filter(|task| journey.plan().any(|spec| spec.id == *task));
        let here = format!("Moment {} of {}: {}", at + 1, last + 1, moment.title);
        let other = if journey.process.is_provider() {
            ("/example", "see the example of a consumer")
        } else {
            ("/example?side=provider", "see the example of a provider")
        };
        let body = view! {
            <Crumbs links=vec![("/".to_owned(), "Start".to_owned())] />
            <Title above="An example journey" text=journey.opening.product.clone()>
                {format!("{} of {}. People and organisations are made up.", journey.process.side_title(), wording::capabilities(&journey))}
            </Title>
            <div class="nhsuk-inset-text">
                <p>"You see what the supplier sees. It follows the same rules as every journey here, and nothing in it can be changed."</p>
            </div>
            {moments(example, &journey, at)}
            <section aria-labelledby="now">
                <h2 class="nhsuk-heading-m" id="now">{here.clone()}</h2>
                <p>{moment.about}</p>
                {answers(example, &journey, &now)}
            </section>
            {standing::seen_by(&journey, &now, &shown(&journey, &now), &example.reader, &|task| Some(to_task(task)), calendar::date_of(journey.changed_at))}
            {printed(&context.services, &address(&journey, at))}
            {task.map(|task| about_task(example, &journey, &task, moment.entries))}
            {plan(&journey, &now, &to_task)}
            {recent(example, &journey, moment.entries)}
            <Keys />
            <Wake />
            <p class="gpc-below">
                <a href="/register">"Create an account for your organisation"</a> ", " <a href=format!("/ecosystem/{}", journey.process.side)>"read what each stage asks"</a> ", or " <a href=other.0>{other.1}</a> "."
            </p>
        }
        .into_any();
        Ok((format!("{here}, an example journey"), body))
    })
}

/// Where this moment is shown.
fn address(journey: &Journey, at: usize) -> String {
    let side = if journey.process.is_provider() { "side=provider&" } else { "" };
    format!("/example?{side}moment={}", at + 1)
}

fn moments(example: &Example, journey: &Journey, at: usize) -> AnyView {
    let items = example
        .moments
        .iter()
        .enumerate()
        .map(|(place, moment)| {
            let to = address(journey, place);
            view! { <li><a href=to aria-current=(place == at).then_some("step")>{moment.title}</a></li> }
        })
        .collect_view();
    let link = |place: Option<usize>, words: &'static str, rel: &'static str| {
        place.and_then(|place| Some((place, example.moments.get(place)?))).map(|(place, moment)| {
            view! { <a href=address(journey, place) rel=rel>{format!("{words}: {}", moment.title)}</a> }
        })
    };
    view! {
        <nav class="gpc-moments" aria-label="Moments of the journey">
            <p class="gpc-step__ways">{link(at.checked_sub(1), "Back", "prev")}{link(Some(at + 1), "Next", "next")}</p>
            <details class="nhsuk-details">
                <summary class="nhsuk-details__summary"><span class="nhsuk-details__summary-text">"Show all moments"</span></summary>
                <ol class="nhsuk-list nhsuk-list--number">{items}</ol>
            </details>
        </nav>
    }
    .into_any()
}

/// How each task stands for whoever looks: there are no drafts here.
fn shown(journey: &Journey, now: &Overview) -> standing::Shown {
    let of = |(task, standing): (&&'static TaskId, &Standing)| {
        let shown =
            journey.process.task(task).map_or_else(|| standing.clone(), |spec| turns::shown(journey, spec, standing, false));
        (*task, shown)
    };
    now.standings.iter().map(of).collect()
}

/// The four questions, answered for the moment.
fn answers(example: &Example, journey: &Journey, now: &Overview) -> AnyView {
    let stage = now.stage.and_then(|at| now.stages.get(at)).map_or_else(
        || "Every stage is completed.".to_owned(),
        |stage| format!("{}, {} of {} tasks completed.", stage.title, stage.done, stage.all),
    );
    let noun = |task: &TaskId| journey.process.noun(task).to_owned();
    let summary = turns::in_words(&wording::around(journey, &example.names).held(&now.turns, &example.reader));
    let awaited = now.turns.iter().filter(|turn| turn.awaited).take(3).map(|turn| {
        let due = turn.due.map(|due| format!(" Due {}.", dates::date(due))).unwrap_or_default();
        let since = dates::date(calendar::date_of(turn.since));
        format!("{}: with {}, since {since}.{due}", noun(&turn.task), wording::holder(turn, journey, &example.names))
    });
    let turns: Vec<String> = std::iter::once(summary).filter(|text| !text.is_empty()).chain(awaited).collect();
    let mine = first_of(journey, now.turns.iter().filter(|turn| turns::is_theirs(turn, &example.reader, journey)));
    let next = mine.map_or_else(|| "Nothing for the supplier just now.".to_owned(), |turn| format!("{}.", noun(&turn.task)));
    let stops = match (&now.next, &journey.phase) {
        (_, Phase::Live { .. }) => "Nothing: the product is live.".to_owned(),
        (Some((task, stops)), _) => {
            let waits = words::listed(stops.iter().map(|stop| noun(&stop.task)).collect());
            format!("{} is waiting for: {waits}.", noun(task))
        }
        (None, _) => "Nothing.".to_owned(),
    };
    let turns = if turns.is_empty() { vec!["Nobody's: everything is done.".to_owned()] } else { turns };
    view! {
        <dl class="nhsuk-summary-list">
            <div class="nhsuk-summary-list__row"><dt class="nhsuk-summary-list__key">"Where are we?"</dt><dd class="nhsuk-summary-list__value">{stage}</dd></div>
            <div class="nhsuk-summary-list__row"><dt class="nhsuk-summary-list__key">"What is next?"</dt><dd class="nhsuk-summary-list__value">{next}</dd></div>
            <div class="nhsuk-summary-list__row"><dt class="nhsuk-summary-list__key">"Whose turn is it?"</dt><dd class="nhsuk-summary-list__value gpc-lines">{turns.join("\n")}</dd></div>
            <div class="nhsuk-summary-list__row"><dt class="nhsuk-summary-list__key">"What is stopping us?"</dt><dd class="nhsuk-summary-list__value">{stops}</dd></div>
        </dl>
    }
    .into_any()
}

/// What one task is and what happened on it until now.
fn about_task(example: &Example, journey: &Journey, task: &TaskId, entries: usize) -> AnyView {
    let Some(spec) = journey.process.task(task) else { return ().into_any() };
    let on_it: Vec<_> = example.history[..entries].iter().filter(|recorded| recorded.event.task() == Some(task)).collect();
    let nothing = on_it.is_empty();
    view! {
        <section aria-labelledby="task">
            <h2 class="nhsuk-heading-m" id="task">{spec.label.clone()}" "<StandingTag standing=turns::shown(journey, spec, &journey.standing(task), false) /></h2>
            <p>{spec.help.clone()}</p>
            {if nothing { view! { <p>"Nothing has happened on it yet."</p> }.into_any() } else { entries_of(example, journey, &on_it, "What happened on this task") }}
        </section>
    }
    .into_any()
}

fn plan(journey: &Journey, now: &Overview, to_task: &dyn Fn(&TaskId) -> String) -> AnyView {
    let stages = now
        .stages
        .iter()
        .map(|stage| {
            let tasks = journey
                .plan()
                .filter(|spec| spec.stage == stage.id && spec.is_work())
                .map(|spec| {
                    let standing = turns::shown(journey, spec, &now.standings[&spec.id], false);
                    view! { <li><a href=to_task(&spec.id)>{spec.label.clone()}</a>" "<StandingTag standing=standing /></li> }
                })
                .collect_view();
            let count = format!("{} of {} completed", stage.done, stage.all);
            view! {
                <h3 class="nhsuk-heading-s">{stage.title.clone()}" "<span class="gpc-meta">{count}</span></h3>
                <ul class="nhsuk-list">{tasks}</ul>
            }
        })
        .collect_view();
    view! {
        <Details summary="Show every task of the plan" body=stages.into_any() />
    }
    .into_any()
}

fn recent(example: &Example, journey: &Journey, entries: usize) -> AnyView {
    let last: Vec<_> = example.history[..entries].iter().rev().take(RECENT).collect();
    let more = entries - last.len();
    view! {
        <section class="gpc-below" aria-labelledby="history">
            <h2 class="nhsuk-heading-m" id="history">"What happened last"</h2>
            {entries_of(example, journey, &last, "Entries of the history, newest first")}
            {(more > 0).then(|| view! { <p class="gpc-meta">{format!("{} before these.", counted(more, "earlier deed"))}</p> })}
        </section>
    }
    .into_any()
}

fn entries_of(
    example: &Example,
    journey: &Journey,
    entries: &[&journey::ledger::event::Recorded],
    caption: &'static str,
) -> AnyView {
    let rows = entries.iter().map(|recorded| history::row(journey, &example.names, recorded, None, true)).collect_view();
    view! {
        <Grid caption=caption columns=[Figures("Entry"), Words("When"), Words("Who"), Words("What")] rows=rows.into_any() />
    }
    .into_any()
}
