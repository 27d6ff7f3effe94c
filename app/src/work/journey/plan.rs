//! The stages and their tasks.

use journey::{
    base::{actor::Side, ids::TaskId},
    ledger::{journey::Journey, machine::StateKind, standing::Standing},
    plan::process::{Page, Settle, Stage, TaskSpec},
    view::{
        overview::StageCount,
        turns::{self, Turn},
    },
};
use leptos::prelude::*;

use crate::{
    act::wording,
    base::words::{self, counted},
    design::StandingTag,
    site::messages::thread::unread,
    work::journey::scene::Scene,
};

/// The stages as a plain map: names, counts, links.
pub(crate) fn strip(scene: &Scene) -> AnyView {
    let here = scene.now.stage;
    let items = scene
        .now
        .stages
        .iter()
        .enumerate()
        .map(|(at, stage): (usize, &StageCount)| {
            let tenth = (stage.done * 10).checked_div(stage.all).unwrap_or(0) * 10;
            // What was completed once and is checked again has started.
            let again = |task: &TaskSpec| matches!(scene.now.standings[&task.id], Standing::CheckAgain { .. });
            let begun = stage.open || stage.done > 0 || scene.journey().plan().any(|task| task.stage == stage.id && again(task));
            let class = match stage.done {
                n if n == stage.all => "is-done".to_owned(),
                _ if !begun => String::new(),
                _ => format!("is-part is-p{tenth}"),
            };
            let text = if !begun { "Cannot start yet".to_owned() } else { format!("{} of {} completed", stage.done, stage.all) };
            view! {
                <li class=class aria-current=(here == Some(at)).then_some("step")>
                    <a href=format!("#{}", stage.id)>{stage.title.clone()}</a>
                    <span>{text}</span>
                </li>
            }
        })
        .collect_view();
    view! { <ol class="gpc-stages" aria-label="Stages">{items}</ol> }.into_any()
}

pub(crate) fn tasks(scene: &Scene, everything: bool) -> AnyView {
    let journey = scene.journey();
    let stages = journey
        .process
        .stages
        .iter()
        .filter_map(|stage| {
            let count = scene.now.stages.iter().find(|count| count.id == stage.id)?;
            Some(stage_view(scene, stage, count, everything))
        })
        .collect_view();
    let all = scene.now.count.1;
    let switch = if everything {
        view! { "Showing all tasks. " <a href="?#tasks">"Fold the completed ones"</a> }.into_any()
    } else {
        view! { "Completed tasks are folded. " <a href="?show=all#tasks">{format!("Show all {all} tasks")}</a> }.into_any()
    };
    view! {
        <h2 class="nhsuk-heading-m" id="tasks">"Tasks"</h2>
        <p class="gpc-meta">{switch}</p>
        {stages}
    }
    .into_any()
}

fn stage_view(scene: &Scene, stage: &Stage, count: &StageCount, everything: bool) -> AnyView {
    let journey = scene.journey();
    // What is signed by the others and waits for one more is done, and not over.
    let waits = |task: &TaskSpec| scene.now.turns.iter().any(|turn| turn.task == task.id);
    let over = |task: &TaskSpec| scene.now.standings[&task.id].is_done() && !waits(task);
    let (done, open): (Vec<_>, Vec<_>) =
        journey.plan().filter(|t| t.stage == stage.id).partition(|task| !everything && over(task));
    let rows = open.into_iter().map(|task| row(scene, task)).collect_view();
    let folded = (!done.is_empty()).then(|| {
        let words = format!("{} in this stage", counted(done.len(), "completed task"));
        let rows = done.into_iter().map(|task| row(scene, task)).collect_view();
        view! {
            <details class="nhsuk-details gpc-fold">
                <summary class="nhsuk-details__summary"><span class="nhsuk-details__summary-text">{words}</span></summary>
                <ul class="nhsuk-task-list gpc-tasks">{rows}</ul>
            </details>
        }
    });
    view! {
        <div class="gpc-stagehead" id=stage.id.to_string()>
            <h3 class="nhsuk-heading-s">{stage.title.clone()}</h3>
            <span class="gpc-meta">{format!("{} of {} completed", count.done, count.all)}</span>
        </div>
        <ul class="nhsuk-task-list gpc-tasks">{rows}</ul>
        {folded}
    }
    .into_any()
}

fn row(scene: &Scene, task: &'static TaskSpec) -> AnyView {
    let journey = scene.journey();
    let standing = scene.shown[&task.id].clone();
    let locked = matches!(standing, Standing::Locked { .. });
    let (name_id, status_id) = (format!("{}-hint", task.id), format!("{}-status", task.id));
    let described = format!("{name_id} {status_id}");
    let name = if locked || !scene.reads(&task.id) {
        view! { <div>{task.label.clone()}</div> }.into_any()
    } else {
        view! { <a class="nhsuk-task-list__link nhsuk-link" href=scene.to(&task.id) aria-describedby=described>{task.label.clone()}</a> }.into_any()
    };
    let class = if locked || !scene.reads(&task.id) {
        "nhsuk-task-list__item"
    } else {
        "nhsuk-task-list__item nhsuk-task-list__item--with-link"
    };
    let open_channel = task.settle == Settle::WithJourney && standing == Standing::Ready;
    let tag = if open_channel {
        view! { <strong class="nhsuk-tag nhsuk-tag--white">"Open"</strong> }.into_any()
    } else {
        let rows = scene.scal.filter(|_| task.page == Page::Scal).map(|(done, all)| {
            view! { <span class="gpc-meta">{format!("{done} of {all} rows")}</span> }
        });
        view! { <StandingTag standing=standing.clone() /> {rows.map(|rows| view! { " " {rows} })} }.into_any()
    };
    view! {
        <li class=class>
            <div class="nhsuk-task-list__name-and-hint">
                {name}
                <div class="nhsuk-task-list__hint" id=name_id>{hint(scene, journey, task, &standing)}{news(scene, task)}</div>
            </div>
            <div class="nhsuk-task-list__status" id=status_id>{tag}</div>
        </li>
    }
    .into_any()
}

/// What was said about a task since the reader looked last.
fn news(scene: &Scene, task: &TaskSpec) -> Option<AnyView> {
    let thread = (task.page != Page::Conversation).then(|| task.id.clone());
    let count = *scene.unseen.get(&thread)?;
    let to = format!("{}#conversation", scene.to(&task.id));
    Some(
        view! {
            <span class="gpc-unread">
                <a href=to>{unread(count)}<span class="nhsuk-u-visually-hidden">{format!(" about {}", task.label)}</span></a>
            </span>
        }
        .into_any(),
    )
}

fn hint(scene: &Scene, journey: &Journey, task: &'static TaskSpec, standing: &Standing) -> AnyView {
    if let Standing::Locked { waiting_on } = standing {
        let kept = matches!(journey.task(&task.id).state.kind(), StateKind::Settled | StateKind::Submitted)
            .then_some(" What was done here is kept.");
        if waiting_on.len() > 3 {
            let things = format!("{} tasks", waiting_on.len());
            if !scene.reads(&task.id) {
                return view! { {format!("Waiting for {things}.")} {kept} }.into_any();
            }
            return view! { "Waiting for " <a href=scene.to(&task.id)>{things}</a> "." {kept} }.into_any();
        }
        let link = |need: &TaskId| view! { {scene.link(need)} {wording::blocks(journey, task, need)} }.into_any();
        let links: Vec<AnyView> = waiting_on.iter().map(link).collect();
        let count = links.len();
        let joined = links
            .into_iter()
            .enumerate()
            .map(|(at, link)| view! { {if at == 0 { "" } else if at + 1 == count { " and " } else { ", " }} {link} })
            .collect_view();
        return view! { "Waiting for " {joined} "." {kept} }.into_any();
    }
    let waiting_on = standing.waiting_on();
    if !waiting_on.is_empty() {
        let names = words::listed(waiting_on.iter().map(|need| journey.process.noun(need).to_owned()).collect());
        return format!("Something it depends on has changed. It can be checked when this is completed: {names}.").into_any();
    }
    // Reasons and findings are words of the task.
    let how = if scene.reads(&task.id) { wording::how(journey, task, scene.names()) } else { String::new() };
    let of_task: Vec<&Turn> = scene.now.turns.iter().filter(|turn| turn.task == task.id).collect();
    // A task of two sides: what the reader can do first, and the others beside it.
    let mine = of_task.iter().copied().find(|turn| wording::is_mine(turn, &scene.visitor, journey));
    let turn = mine.or_else(|| of_task.first().copied());
    let begins = turns::begins(journey, task, &scene.now.standings[&task.id]);
    let beside: Vec<String> = of_task
        .iter()
        .filter(|other| turn.is_some_and(|turn| turn.side != other.side))
        .map(|other| wording::holder_for(other, &scene.visitor, journey, scene.names()))
        .collect();
    let beside = (!beside.is_empty()).then(|| format!(" Also with {}.", words::listed(beside)));
    match turn {
        Some(_) if begins => {
            let who = if mine.is_some() { "You" } else { "The supplier" };
            format!("{who} can fill in its rows now. It is sent when the test stages before it are accepted.").into_any()
        }
        Some(turn) if turn.awaited => {
            let (mine, text) = wording::held(turn, &scene.visitor, journey, scene.names(), scene.today);
            let claimed = if scene.side == Side::Programme { wording::claimed(turn, scene.names()) } else { String::new() };
            view! { {mine.then(|| view! { <b class="gpc-turn">"Your turn "</b> })}{text} {beside} " " {how} {claimed} }.into_any()
        }
        Some(_) if !how.is_empty() => how.into_any(),
        Some(_) if mine.is_some() => beside.unwrap_or_default().into_any(),
        Some(turn) => {
            format!("With {}.{}", wording::holder_for(turn, &scene.visitor, journey, scene.names()), beside.unwrap_or_default())
                .into_any()
        }
        None => how.into_any(),
    }
}
