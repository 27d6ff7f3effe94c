//! `/ecosystem/{side}/now`: where every open journey of a side stands, for the programme; and who stands at one stop.

use std::collections::BTreeMap;

use jiff::civil::Date;
use journey::{
    base::{calendar, ids::TaskId},
    plan::process::{Process, Settle, TaskSpec},
    port::picture::{JourneyAtStop, MOST_TASKS, Tally},
    view::ecosystem::{Diagram, Group, Node, diagram},
};
use leptos::prelude::*;

use crate::{
    act::page::{context, page},
    base::{dates, halt::Halt, paths, words::counted},
    design::{Crumbs, Grid, Title},
    islands::{Wake, keys::Keys},
    request::visitor::{param, query},
    work::ecosystem::{
        picture::{Look, Middle, Picture},
        public::{both, printed, stage_path},
    },
};

/// Lines of the table below the picture.
const LINES: u32 = 50;

/// The journeys of one place: how many, and how many working days half of them have been there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct There {
    journeys: u32,
    median: u32,
}

/// Adds tallies up by place.
fn counted_up(tallies: Vec<Tally>, today: Date) -> BTreeMap<String, There> {
    let mut waits: BTreeMap<String, Vec<(u32, u32)>> = BTreeMap::new();
    for tally in tallies {
        waits.entry(tally.place).or_default().push((calendar::between(tally.since, today), tally.journeys));
    }
    waits.into_iter().map(|(place, waits)| (place, of(waits))).collect()
}

/// Pairs of working days and journeys: their number, and the day on which half of them have been reached.
fn of(mut waits: Vec<(u32, u32)>) -> There {
    waits.sort_unstable();
    let journeys: u32 = waits.iter().map(|(_, count)| count).sum();
    let mut left = journeys.div_ceil(2);
    let median = waits.iter().find(|(_, count)| {
        let reached = *count >= left;
        left = left.saturating_sub(*count);
        reached
    });
    There { journeys, median: median.map_or(0, |(days, _)| *days) }
}

fn tasks_at<'p>(process: &'p Process, place: &str) -> Vec<&'p TaskSpec> {
    process.tasks.iter().filter(|task| task.node == place && task.settle != Settle::WithJourney).collect()
}

/// For each task of the process the place that it belongs to, as `place` says.
fn places(process: &Process, place: impl Fn(&TaskSpec) -> Option<String>) -> Vec<(TaskId, String)> {
    let own = process.tasks.iter().filter(|task| task.settle != Settle::WithJourney);
    own.filter_map(|task| place(task).map(|place| (task.id.clone(), place))).collect()
}

/// The place of everything.
const EVERYWHERE: &str = "*";

/// `/ecosystem/{side}/now`
#[component]
pub fn Now() -> impl IntoView {
    let side = param("side");
    page(async move {
        let context = context().await?;
        if !context.visitor()?.is_programme() {
            return Err(Halt::NotYours {
                heading: "This picture is for the GP Connect teams".to_owned(),
                detail: "It shows where the journeys of all suppliers are. Your own journeys each have a picture of their own."
                    .to_owned(),
            });
        }
        let diagram = diagram(&side).ok_or(Halt::Missing)?;
        let process = context.services.processes.newest(&side).ok_or(Halt::Missing)?;
        let today = calendar::date_of(context.services.clock.now());
        let store = &context.services.store;
        let group_of = |task: &TaskSpec| -> String {
            let node = diagram.nodes.iter().find(|node| node.id == task.node);
            node.map_or_else(|| task.node.clone(), |node| node.group.clone())
        };
        let outer = |id: &str| {
            let at = diagram.groups.iter().position(|group| group.id == id)?;
            diagram.groups[..=at].iter().rev().find(|group| !group.inner).map(|group| group.id.clone())
        };
        let inner = |task: &TaskSpec| diagram.group(&group_of(task)).filter(|group| group.inner).map(|group| group.id.clone());
        let mut there = counted_up(store.tally(&side, &places(process, |task| Some(task.node.clone()))).await?, today);
        there.extend(counted_up(store.tally(&side, &places(process, |task| outer(&group_of(task)))).await?, today));
        there.extend(counted_up(store.tally(&side, &places(process, inner)).await?, today));
        let all = counted_up(store.tally(&side, &places(process, |_| Some(EVERYWHERE.to_owned()))).await?, today);
        let all = all.get(EVERYWHERE).copied().unwrap_or_default();
        let picture = drawn(diagram, process, &there);
        let stop = query("stop");
        let name = diagram.nodes.iter().find(|node| node.id == stop).map(|node| node.name.replace('*', ""));
        let name = name.or_else(|| diagram.engagement().filter(|group| group.id == stop).map(|group| group.title.clone()));
        let table = match name {
            Some(name) => {
                let tasks: Vec<TaskId> = tasks_at(process, &stop).iter().take(MOST_TASKS).map(|task| task.id.clone()).collect();
                let lines = store.standing_at(&side, &tasks, LINES).await?;
                Some(who(&name, process, &stop, lines, today))
            }
            None => None,
        };
        let heading = format!("Where every {side} journey is");
        let facts = format!(
            "{} on {}. A journey with work at several stops counts at each.",
            counted(all.journeys as usize, "open journey"),
            dates::date(today)
        );
        let other = if side == "provider" { "consumer" } else { "provider" };
        let body = view! {
            <Crumbs links=vec![("/worklist".to_owned(), "Worklist".to_owned())] />
            <Title text=heading.clone()>{facts}</Title>
            <p>"Choose a stop to see which journeys are there. Days are working days: half of the journeys have been there longer, half shorter. Where that is longer than the target, the stop is late."</p>
            {both(&picture)}
            {printed(&context.services, &format!("/ecosystem/{side}/now"))}
            {table}
            <Keys />
            <Wake />
            <p class="gpc-below"><a href=format!("/ecosystem/{other}/now")>{format!("See where every {other} journey is")}</a></p>
        }
        .into_any();
        Ok((heading, body))
    })
}

fn drawn(diagram: &'static Diagram, process: &'static Process, there: &BTreeMap<String, There>) -> Picture {
    let at = |place: &str| there.get(place).copied().unwrap_or_default();
    let address = |place: &str| format!("/ecosystem/{}/now?stop={place}#there", diagram.side);
    let stops = |node: &Node| {
        let here = at(&node.id);
        // The programme has targets for its own answers only; a stop without one is never late.
        let target = tasks_at(process, &node.id).iter().filter_map(|task| task.target?.working_days()).max();
        let late = here.journeys > 0 && target.is_some_and(|target| here.median > target);
        let words = match (tasks_at(process, &node.id).is_empty(), here.journeys) {
            (true, _) => String::new(),
            (false, 0) => "none now".to_owned(),
            (false, _) if late => format!("late, {}", counted(here.median as usize, "day")),
            (false, _) => format!("median {}", counted(here.median as usize, "day")),
        };
        let number = (!tasks_at(process, &node.id).is_empty()).then_some(here.journeys);
        Look { words, href: address(&node.id), number, late, ..Look::default() }
    };
    let groups = |group: &Group| {
        let words = counted(at(&group.id).journeys as usize, "journey");
        let href = if group.number.is_empty() { address(&group.id) } else { stage_path(diagram, &group.id) };
        Look { words, href, ..Look::default() }
    };
    let middle = diagram.engagement().map_or_else(Middle::default, |group| {
        let here = at(&group.id);
        let mut lines = vec![counted(here.journeys as usize, "journey")];
        lines.extend((here.journeys > 0).then(|| format!("median {}", counted(here.median as usize, "day"))));
        Middle { tasks: Vec::new(), lines }
    });
    Picture::new(diagram, stops, groups, middle)
}

/// Who stands at a stop, longest first, with the way to each and to the worklist.
fn who(name: &str, process: &'static Process, stop: &str, lines: Vec<JourneyAtStop>, today: Date) -> AnyView {
    let full = lines.len() == LINES as usize;
    let work = tasks_at(process, stop)
        .into_iter()
        .filter(|task| !task.decide.is_empty())
        .map(|task| view! { <li><a href=format!("/worklist?task={}", task.id)>{format!("{} in the worklist", task.label)}</a></li> })
        .collect_view();
    let rows: Vec<AnyView> = lines
        .into_iter()
        .map(|line| {
            let since = calendar::date_of(line.since);
            view! {
                <tr role="row">
                    <th scope="row" role="rowheader"><a href=paths::journey(&line.journey)>{line.product}</a></th>
                    <td role="cell" data-l="Supplier">{line.supplier}</td>
                    <td role="cell" data-l="Task">
                        <a href=paths::task(&line.journey, &line.task)>{process.label(&line.task).to_owned()}</a>
                    </td>
                    <td role="cell" data-l="With">{line.side.title()}</td>
                    <td role="cell" data-l="Since">{format!("{}, {}", dates::date(since), dates::waited(since, today))}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let table = if rows.is_empty() {
        view! { <p>"No journey is at this stop now. Choose another stop in the picture."</p> }.into_any()
    } else {
        view! {
            <Grid caption=format!("Journeys at {name}") columns=["Product", "Supplier", "Task", "With", "Since"] rows=rows.into_any() />
            {full.then(|| view! { <p class="gpc-meta">{format!("The {LINES} that have been here longest.")}</p> })}
        }
        .into_any()
    };
    view! {
        <section class="gpc-below" aria-labelledby="there">
            <h2 class="nhsuk-heading-m" id="there">{format!("At {name}")}</h2>
            {table}
            <ul class="nhsuk-list gpc-below">{work}</ul>
        </section>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_the_journeys_have_been_there_longer() {
        assert_eq!(of(Vec::new()), There::default());
        assert_eq!(of(vec![(4, 1)]), There { journeys: 1, median: 4 });
        assert_eq!(of(vec![(9, 1), (1, 1), (3, 1)]), There { journeys: 3, median: 3 });
        assert_eq!(of(vec![(1, 3), (20, 2)]), There { journeys: 5, median: 1 });
        assert_eq!(of(vec![(1, 2), (20, 3)]), There { journeys: 5, median: 20 });
    }
}
