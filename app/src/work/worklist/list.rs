//! The tasks of the worklist as a table whose heads sort it.

use std::collections::BTreeMap;

use jiff::civil::Date;
use journey::{
    base::{calendar, ids::TaskId},
    port::{WorkLine, WorkOrder},
    view::{turns, waits::Usual},
};
use leptos::prelude::*;

use crate::{
    act::worklist::Asked,
    base::{dates, paths},
    design::{
        Column::{self, Figures, Words},
        Grid, Hidden,
    },
    request::{services::Services, visitor::Visitor},
};

/// A head that sorts: by the first of these orders, and by the next where it is sorted by one of them already.
fn sorted(text: &'static str, asked: &Asked, orders: &[WorkOrder]) -> Column {
    let at = orders.iter().position(|order| *order == asked.order);
    let next = at.map_or(0, |at| (at + 1) % orders.len());
    let to = Asked { order: orders[next], ..asked.clone() }.path();
    let sorted = at.map(|at| if at == 0 { "ascending" } else { "descending" });
    Column::Sorted { text, to, sorted }
}

/// The tasks of one page.
pub fn table(
    services: &Services,
    lines: Vec<WorkLine>,
    usual: &BTreeMap<TaskId, Usual>,
    visitor: &Visitor,
    asked: &Asked,
    today: Date,
) -> AnyView {
    let back = asked.path();
    let rows = lines
        .into_iter()
        .map(|line| {
            let label = services.processes.label(&line.process, &line.task);
            let spec = services.processes.get(&line.process).and_then(|process| process.task(&line.task));
            let label = match spec.and_then(|spec| turns::beside(spec, line.role, line.round)) {
                Some(decides) => format!("{label}: {decides}"),
                None => label,
            };
            let to = paths::task(&line.journey, &line.task);
            let waited = dates::waited(calendar::date_of(line.since), today);
            let due = match line.due {
                Some(due) => {
                    let (how, text) = dates::due_in(due, today);
                    view! { {dates::date(due)} <br /> <span class=how.class()>{text}</span> }.into_any()
                }
                None => {
                    let expected = usual.get(&line.task).map(|usual| usual.expected(calendar::date_of(line.since)));
                    let text = expected.map_or_else(|| "No target".to_owned(), |day| format!("No target, usually by {}", dates::date(day)));
                    view! { <span class="gpc-meta">{text}</span> }.into_any()
                }
            };
            let hidden = label.clone();
            let form = |action: &'static str, text: &'static str| {
                view! {
                    <form action=action method="post">
                        <Hidden values=vec![
                            ("journey", line.journey.to_string()),
                            ("task", line.task.to_string()),
                            ("role", line.role.name().to_owned()),
                            ("back", back.clone()),
                        ] />
                        <button class="nhsuk-button nhsuk-button--secondary nhsuk-button--small">
                            {text}<span class="nhsuk-u-visually-hidden">{format!(" {hidden} of {}", line.product)}</span>
                        </button>
                    </form>
                }
                .into_any()
            };
            let claimed = match &line.claimed_by {
                Some((person, name)) if *person == visitor.actor.person => view! { {format!("{name} (you)")} {form("/do/worklist/release", "Hand back")} }.into_any(),
                Some((_, name)) => name.clone().into_any(),
                // The next round is offered first to whoever had the one before.
                None => {
                    let before = line.had_before.as_ref().map(|(person, name)| {
                        let whose = if *person == visitor.actor.person { "You".to_owned() } else { name.clone() };
                        view! { <span class="gpc-meta">{format!("{whose} had the round before")}</span> <br /> }
                    });
                    view! { {before} {form("/do/worklist/claim", "Claim")} }.into_any()
                }
            };
            view! {
                <tr role="row">
                    <th scope="row" role="rowheader">
                        <a href=to>{label}</a>
                        <br />
                        <span class="gpc-meta">{line.role.title()}</span>
                    </th>
                    <td role="cell" data-l="Product">{line.product.clone()}<br /><span class="gpc-meta">{line.supplier.clone()}</span></td>
                    <td role="cell" data-l="Reference"><span class="gpc-mono">{line.journey.to_string()}</span></td>
                    <td role="cell" data-l="Round" class="gpc-num">{if line.round.0 == 0 { String::new() } else { line.round.to_string() }}</td>
                    <td role="cell" data-l="With us since">{dates::day_of(line.since)}<br /><span class="gpc-meta">{waited}</span></td>
                    <td role="cell" data-l="Due">{due}</td>
                    <td role="cell" data-l="Claimed by">{claimed}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Grid
            caption="Tasks waiting for your team"
            columns=[
                Words("Task"),
                Words("Product and supplier"),
                Words("Reference"),
                Figures("Round"),
                sorted("With us since", asked, &[WorkOrder::Oldest, WorkOrder::Newest]),
                sorted("Due", asked, &[WorkOrder::Due, WorkOrder::DueLast]),
                Words("Claimed by"),
            ]
            rows=rows.into_any()
        />
    }
    .into_any()
}
