//! `/journeys/{ref}/traceability`: requirement, test scripts, runs with their rules, evidence and verdict, side by side.

use journey::{
    practice::{
        exchange::Ended,
        trace::{Flag, Line},
    },
    task::results::Outcome,
};
use leptos::prelude::*;

use crate::{
    act::page::{context, page},
    base::{dates, paths, words::counted},
    design::{Column::Words, Crumbs, Grid, Title, live_on},
    islands::Wake,
    request::visitor::{param, query},
    work::{
        live_runs::proofs::row_page,
        scal::table::stands_tag,
        trace::found::{Found, found},
    },
};

/// `/journeys/{ref}/traceability`
#[component]
pub fn Traceability() -> impl IntoView {
    let reference = param("reference");
    page(async move {
        let context = context().await?;
        let visitor = context.visitor()?;
        let found = found(&context.services, &visitor, &reference).await?;
        let journey = &found.loaded.journey;
        let product = journey.opening.product.clone();
        let lines = found.lines();
        let here = paths::traceability(&journey.reference);
        let asked = query("show");
        let flag = Flag::ALL.iter().copied().find(|flag| flag.name() == asked);
        let all = asked == "all";
        let shown: Vec<&Line<'_>> = lines
            .iter()
            .filter(|line| match flag {
                Some(flag) => line.flags.contains(&flag),
                None => all || !line.flags.is_empty(),
            })
            .collect();
        let rows = shown.iter().map(|line| row(&found, line)).collect_view();
        let none = shown.is_empty();
        let body = view! {
            <Crumbs links=vec![("/journeys".to_owned(), "Journeys".to_owned()), (paths::journey(&journey.reference), product.clone())] />
            <div class="nhsuk-grid-row">
                <div class="nhsuk-grid-column-two-thirds">
                    <Title above=format!("{product} {}", journey.reference) text="Traceability">{format!("Version {}.", found.product)}</Title>
                    {live_on(&journey.reference)}
                    <p>"What each row of the SCAL rests on: the published test scripts that it names, the newest run that looked at its rules, its evidence and its verdict. A row in red says one thing and rests on another."</p>
                </div>
            </div>
            {shows(&here, &lines, flag, all)}
            {none.then(|| view! { <p class="gpc-empty">{if lines.is_empty() { "This journey has no rows." } else { "Nothing is missing and nothing contradicts a verdict." }}</p> })}
            {(!none).then(|| view! {
                <Grid
                    caption=format!("{} of {}", shown.len(), counted(lines.len(), "row"))
                    columns=[Words("Row"), Words("To look at"), Words("Test scripts"), Words("Newest run"), Words("Evidence"), Words("Stands")]
                    rows=rows.into_any()
                    live="traceability"
                />
            })}
            <ul class="gpc-ways">
                <li><a href=format!("{here}.xlsx") download>"Download as Excel"</a></li>
                <li><a href=paths::live_runs(&journey.reference)>"Live runs"</a></li>
            </ul>
            <Wake />
        }
        .into_any();
        Ok((format!("Traceability of {product}"), body))
    })
}

/// What can be shown, with counts.
fn shows(here: &str, lines: &[Line<'_>], flag: Option<Flag>, all: bool) -> AnyView {
    let link = |to: String, words: String, is: bool| {
        if is { view! { <li><b>{words}</b></li> }.into_any() } else { view! { <li><a href=to>{words}</a></li> }.into_any() }
    };
    let flagged = lines.iter().filter(|line| !line.flags.is_empty()).count();
    let mut items = vec![
        link(here.to_owned(), format!("To look at ({flagged})"), flag.is_none() && !all),
        link(format!("{here}?show=all"), format!("All rows ({})", lines.len()), all),
    ];
    for one in Flag::ALL {
        let count = lines.iter().filter(|line| line.flags.contains(one)).count();
        if count > 0 {
            items.push(link(format!("{here}?show={}", one.name()), format!("{} ({count})", one.title()), flag == Some(*one)));
        }
    }
    view! { <nav aria-label="Rows that are shown"><ul class="gpc-ways">{items}</ul></nav> }.into_any()
}

fn row(found: &Found, line: &Line<'_>) -> AnyView {
    let journey = &found.loaded.journey;
    let asked = line.entry.row;
    let name = match row_page(journey, asked) {
        Some(to) => view! { <a class="gpc-code" href=to>{asked.id.clone()}</a> }.into_any(),
        None => view! { <span class="gpc-code">{asked.id.clone()}</span> }.into_any(),
    };
    let flags = line
        .flags
        .iter()
        .map(|flag| {
            let class = if flag.is_grave() { "nhsuk-tag nhsuk-tag--red" } else { "nhsuk-tag nhsuk-tag--yellow" };
            view! { <li><strong class=class>{flag.title()}</strong></li> }
        })
        .collect_view();
    let scripts = line
        .scripts
        .iter()
        .map(|(script, outcome)| {
            let (class, words) = match outcome {
                Some(Outcome::Passed) => ("gpc-meta", "passed"),
                Some(Outcome::Failed) => ("gpc-late", "failed"),
                Some(Outcome::Skipped) => ("gpc-meta", "not run"),
                None => ("gpc-meta", "in no report"),
            };
            view! { <li><span class="gpc-code">{script.to_string()}</span>" "<span class=class>{words}</span></li> }
        })
        .collect_view();
    view! {
        <tr role="row">
            <th scope="row" role="rowheader">{name}<div class="gpc-meta">{format!("{} {}", asked.level.words(), asked.requirement)}</div></th>
            <td role="cell" data-l="To look at"><ul class="nhsuk-list">{flags}</ul></td>
            <td role="cell" data-l="Test scripts"><ul class="nhsuk-list">{scripts}</ul></td>
            <td role="cell" data-l="Newest run">{run(found, line)}</td>
            <td role="cell" data-l="Evidence">{evidence(found, line)}</td>
            <td role="cell" data-l="Stands">{stands_tag(line.entry.stands)}</td>
        </tr>
    }
    .into_any()
}

/// The newest run that looked at the rules of a row: when, which version, and what did not pass.
fn run(found: &Found, line: &Line<'_>) -> AnyView {
    let Some((at, held)) = &line.run else {
        let words = if line.rules == 0 { "" } else { "None" };
        return words.into_any();
    };
    let one = &found.counted[*at];
    let opened = &one.run.opened;
    let to = paths::live_run(&found.loaded.journey.reference, &opened.id);
    let bad: Vec<&str> = held.iter().filter(|held| held.ended == Ended::Failed).map(|held| held.rule).collect();
    let judge: Vec<&str> = held.iter().filter(|held| held.ended == Ended::Doubtful).map(|held| held.rule).collect();
    let passed = held.iter().filter(|held| held.ended == Ended::Passed).count();
    let others = line.used.iter().filter(|used| *used != at).count();
    view! {
        <a href=format!("{to}#rows")>{dates::day_of(opened.at)}</a>
        <div class="gpc-meta">{format!("Version {}, {}. {passed} of {} passed. ", opened.version, opened.environment_title(), counted(held.len(), "rule"))}</div>
        {(!bad.is_empty()).then(|| view! { <span class="gpc-late">{format!("Failed: {}. ", bad.join(", "))}</span> })}
        {(!judge.is_empty()).then(|| view! { <span>{format!("To judge: {}. ", judge.join(", "))}</span> })}
        {line.used.contains(at).then_some("Evidence of the answer.")}
        {(others > 0).then(|| view! { <span class="gpc-meta">{format!("The answer rests on {}.", if others == 1 { "an earlier run".to_owned() } else { format!("{others} earlier runs") })}</span> })}
    }
    .into_any()
}

fn evidence(found: &Found, line: &Line<'_>) -> AnyView {
    let files = line
        .files
        .iter()
        .map(|(file, facts)| {
            let old = facts.filter(|facts| facts.is_stale(&found.product));
            let old = old.map(|facts| view! { " "<span class="gpc-late">{format!("version {}", facts.product)}</span> });
            view! { <li class="gpc-break">{file.name.clone()}{old}</li> }
        })
        .collect_view();
    let links = (line.links > 0).then(|| view! { <li>{counted(line.links, "link")}</li> });
    view! { <ul class="nhsuk-list">{files}{links}</ul> }.into_any()
}
