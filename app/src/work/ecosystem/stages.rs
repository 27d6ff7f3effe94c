//! `/stages/{side}/{stage}`: what there is to do in a stage of the picture, stop by stop, as the process says it.

use std::collections::BTreeMap;

use journey::{
    base::{
        actor::Role,
        ids::TaskId,
        text::{capital, joined},
    },
    guidance::{corrections::read, pages, sources},
    plan::process::{Origin, Process, Settle, TaskSpec},
    view::ecosystem::{Diagram, Group, diagram},
};
use leptos::prelude::*;

use crate::{
    act::page::{context, page},
    base::{halt::Halt, words},
    design::{Crumbs, Title},
    request::visitor::param,
    site::guidance::{in_place, linked},
    work::ecosystem::public::stage_path,
};

/// `/stages/{side}/{stage}`
#[component]
pub fn Stage() -> impl IntoView {
    let (side, stage) = (param("side"), param("stage"));
    page(async move {
        let context = context().await?;
        let diagram = diagram(&side).ok_or(Halt::Missing)?;
        let group = diagram.group(&stage).ok_or(Halt::Missing)?;
        let process = context.services.processes.newest(&side).ok_or(Halt::Missing)?;
        let corrected = context.services.store.corrected().await?;
        let above = format!("{} journey", process.side_title());
        let title = if group.number.is_empty() { group.title.clone() } else { group.name.clone() };
        let tasks = diagram.tasks_of(group, process);
        let official = tasks.iter().filter(|task| task.origin != Origin::Supporting).count();
        let apart = match tasks.len() - official {
            0 => String::new(),
            supporting => format!(", {official} of them official and {supporting} supporting"),
        };
        let facts = format!("{}{apart}. Process version {}.", words::counted(tasks.len(), "task"), process.id);
        let who = group.who.as_ref().map(|who| format!("The {who} does this."));
        let body = view! {
            <Crumbs links=vec![("/".to_owned(), "Start".to_owned()), (format!("/ecosystem/{side}"), above.clone())] />
            <div class="nhsuk-grid-row"><div class="nhsuk-grid-column-two-thirds">
                <Title above=above text=title.clone()>{facts}</Title>
                {who.map(|who| view! { <p>{who}</p> })}
                {contents(diagram, group, process)}
                {stops(diagram, group, process, &corrected)}
                {goes_wrong(diagram, group)}
                {around(diagram, group)}
            </div></div>
        }
        .into_any();
        Ok((format!("{title}, {} journey", process.side), body))
    })
}

/// Tasks of a page that has a list of them at its top.
const LONG: usize = 4;

/// The tasks of a long page, stop by stop, each leading to its place.
fn contents(diagram: &'static Diagram, group: &'static Group, process: &'static Process) -> Option<AnyView> {
    if diagram.tasks_of(group, process).len() < LONG {
        return None;
    }
    let items_of = |node: &str| {
        let tasks = process.tasks.iter().filter(|task| task.node == node);
        tasks.map(|task| view! { <li><a href=format!("#{}", task.id)>{task.label.clone()}</a></li> }).collect_view()
    };
    let own = items_of(&group.id);
    let stops = diagram
        .nodes_of(group)
        .filter(|node| process.tasks.iter().any(|task| task.node == node.id))
        .map(|node| {
            view! { <li><a href=format!("#{}", node.id)>{node.name.clone()}</a><ul class="nhsuk-list">{items_of(&node.id)}</ul></li> }
        })
        .collect_view();
    Some(
        view! {
            <nav class="gpc-contents" aria-labelledby="contents">
                <h2 class="nhsuk-heading-s" id="contents">"On this page"</h2>
                <ul class="nhsuk-list">{own}{stops}<li><a href="#often">"What often goes wrong"</a></li></ul>
            </nav>
        }
        .into_any(),
    )
}

fn stops(
    diagram: &'static Diagram,
    group: &'static Group,
    process: &'static Process,
    corrected: &BTreeMap<String, String>,
) -> AnyView {
    let own: Vec<&TaskSpec> = process.tasks.iter().filter(|task| task.node == group.id).collect();
    let own = own.into_iter().map(|task| described(diagram, process, task, corrected)).collect_view();
    let stops = diagram
        .nodes_of(group)
        .map(|node| {
            let tasks: Vec<&TaskSpec> = process.tasks.iter().filter(|task| task.node == node.id).collect();
            let tasks = tasks.into_iter().map(|task| described(diagram, process, task, corrected)).collect_view();
            view! {
                <section aria-labelledby=node.id.clone()>
                    <h2 class="nhsuk-heading-m gpc-below" id=node.id.clone()>{node.name.clone()}</h2>
                    {node.why.as_ref().map(|why| view! { <p>{why.clone()}</p> })}
                    {tasks}
                </section>
            }
        })
        .collect_view();
    view! { {own}{stops} }.into_any()
}

fn roles(roles: &[Role], word: &str) -> String {
    let said: Vec<String> = roles.iter().map(|role| format!("{} ({})", role.the(), role.side().title())).collect();
    joined(&said, word)
}

/// Who acts, what is needed first, what it asks, who decides and by when.
fn described(
    diagram: &'static Diagram,
    process: &'static Process,
    task: &'static TaskSpec,
    corrected: &BTreeMap<String, String>,
) -> AnyView {
    let help = read(corrected, &format!("{}/{}", diagram.side, task.id), &task.help).to_owned();
    let row = |key: &'static str, value: AnyView| {
        view! {
            <div class="nhsuk-summary-list__row">
                <dt class="nhsuk-summary-list__key">{key}</dt>
                <dd class="nhsuk-summary-list__value">{value}</dd>
            </div>
        }
    };
    let acts = (!task.by.is_empty()).then(|| row("Who acts", capital(&roles(&task.by, "or")).into_any()));
    let needs = (!task.needs.is_empty()).then(|| {
        let items = task.needs.iter().map(|need| view! { <li>{link(diagram, process, need)}</li> }).collect_view();
        row("What must be done before", view! { <ul class="nhsuk-list">{items}</ul> }.into_any())
    });
    let ends = match task.settle {
        Settle::OnSubmit => "Whoever does it marks it as done.".to_owned(),
        Settle::ByReview => {
            let each = if task.decide.len() == 1 { "approves it or asks" } else { "each approve it or ask" };
            format!("{} {each} for changes.", capital(&roles(&task.decide, "and")))
        }
        Settle::ByAcknowledgement if task.confirm => {
            format!("Confirmed by {}, who may ask for changes first.", roles(&task.decide, "or"))
        }
        Settle::ByAcknowledgement => format!("Answered by {}.", roles(&task.decide, "or")),
        Settle::ByIssue => {
            format!("Issued by {}.", roles(&task.decide, "or"))
        }
        Settle::BySignatures if task.decide.len() == 1 => format!("Signed by {}.", roles(&task.decide, "and")),
        Settle::BySignatures => format!("Signed by {}, in this order.", roles(&task.decide, "and")),
        Settle::WithJourney => "It stays open until the product is live.".to_owned(),
    };
    let target = task.target.map(|target| row("Target", target.in_words().into_any()));
    let when: Vec<String> = task.when.iter().map(|condition| condition.about().to_owned()).collect();
    let only = (!when.is_empty()).then(|| row("Only if", format!("{}.", capital(&when.join("; and "))).into_any()));
    let waived =
        task.waivable.then(|| row("Can be left out", "Yes, with a reason and the agreement of a second person.".into_any()));
    let source = sources::of_task(task).map(|source| row("Source", linked(source)));
    let origin = match task.origin {
        Origin::Source | Origin::Added2020 => "",
        Origin::Supporting => " (supporting)",
    };
    view! {
        <h3 class="nhsuk-heading-s gpc-below" id=task.id.to_string()>{task.label.clone()}<span class="gpc-meta">{origin}</span></h3>
        <p>{in_place(&help)}</p>
        <details class="nhsuk-details gpc-near">
            <summary class="nhsuk-details__summary">
                <span class="nhsuk-details__summary-text">"Who, when and how it ends"<span class="nhsuk-u-visually-hidden">{format!(": {}", task.label)}</span></span>
            </summary>
            <div class="nhsuk-details__text"><dl class="nhsuk-summary-list">
                {acts}
                {needs}
                {row("What ends it", ends.into_any())}
                {target}
                {only}
                {waived}
                {source}
            </dl></div>
        </details>
    }
    .into_any()
}

/// A task as a link to where it is described.
fn link(diagram: &'static Diagram, process: &'static Process, task: &TaskId) -> AnyView {
    let label = process.label(task).to_owned();
    let Some(spec) = process.task(task) else { return label.into_any() };
    let group = diagram.nodes.iter().find(|node| node.id == spec.node).map_or(spec.node.as_str(), |node| &node.group);
    view! { <a href=format!("{}#{task}", stage_path(diagram, group))>{label}</a> }.into_any()
}

/// What often goes wrong here, and what helps.
fn goes_wrong(diagram: &'static Diagram, group: &'static Group) -> AnyView {
    let items = pages::troubles()
        .iter()
        .filter(|trouble| trouble.side == diagram.side && trouble.stage == group.id)
        .map(|trouble| view! { <li><b>{trouble.what.clone()}</b>" "{in_place(&trouble.cure)}</li> })
        .collect_view();
    view! {
        <section class="gpc-below" aria-labelledby="often">
            <h2 class="nhsuk-heading-m" id="often">"What often goes wrong"</h2>
            <ul class="nhsuk-list nhsuk-list--bullet">{items}</ul>
        </section>
    }
    .into_any()
}

/// The stages before and after, in the order of the tour.
fn around(diagram: &'static Diagram, group: &'static Group) -> AnyView {
    let at = diagram.groups.iter().position(|known| known.id == group.id).unwrap_or(0);
    let one = |group: Option<&'static Group>, words: &'static str, rel: &'static str| {
        group.map(|group| view! { <li>{words} <a href=stage_path(diagram, &group.id) rel=rel>{group.name.clone()}</a></li> })
    };
    let before = at.checked_sub(1).and_then(|at| diagram.groups.get(at));
    // What has been read with its parts is not followed by the first of them.
    let after = diagram.groups.iter().skip(at + 1).find(|next| group.inner || !next.inner);
    let parts = diagram.groups.iter().skip(at + 1).take_while(|next| next.inner && !group.inner);
    let parts = parts.map(|part| one(Some(part), "On a page of its own: ", "section")).collect_view();
    view! {
        <nav class="gpc-below" aria-label="Other stages">
            <ul class="nhsuk-list">
                {parts}
                {one(before, "Before: ", "prev")}
                {one(after, "Next: ", "next")}
                <li><a href=format!("/ecosystem/{}", diagram.side)>"The whole picture"</a></li>
            </ul>
        </nav>
    }
    .into_any()
}
