//! The rows of the SCAL that a run supports, on the page of the run: each with its rules, and those that can be answered with it.

use jiff::Timestamp;
use journey::{
    catalogue::{row::Row, scal},
    ledger::journey::Journey,
    practice::proof::{self, Counted, Held, Unfit},
    scal::book::Entry,
};
use leptos::prelude::*;

use crate::{
    base::{paths, words::counted},
    design::{Column::Words, Grid, Hidden},
    work::live_runs::proofs::{row_page, rules},
};

/// A row that the rules of a run support.
pub(crate) struct Supported {
    pub row: &'static Row,
    pub held: Vec<Held>,
    pub fits: Result<Vec<Held>, Unfit>,
}

/// The rows of a journey that a run supports, in the order of the catalogue.
pub(crate) fn supported(journey: &Journey, one: &Counted, product: &str, now: Timestamp) -> Vec<Supported> {
    scal::rows(&journey.opening)
        .into_iter()
        .filter_map(|row| {
            let held = proof::held(row, &one.run.opened, &one.totals);
            let fits = proof::answers(row, one, &journey.opening, product, now);
            (!held.is_empty()).then_some(Supported { row, held, fits })
        })
        .collect()
}

/// The table of them. `entries` are the rows as they stand, for those who may answer them.
pub(crate) fn view(
    journey: &Journey,
    one: &Counted,
    product: &str,
    entries: Option<&[Entry]>,
    now: Timestamp,
) -> Option<AnyView> {
    let rows = supported(journey, one, product, now);
    if rows.is_empty() {
        return None;
    }
    let run = paths::live_run(&journey.reference, &one.run.opened.id);
    let answered = |row: &Row| entries.into_iter().flatten().find(|entry| entry.row.field == row.field);
    let rests = |row: &Row| {
        answered(row).is_some_and(|entry| !journey::practice::with_run::used(entry.files(), std::slice::from_ref(one)).is_empty())
    };
    let fitting = rows.iter().filter(|one| one.fits.is_ok() && !rests(one.row)).count();
    let offers = entries.is_some() && fitting > 0;
    let lines = rows
        .iter()
        .map(|supported| {
            let row = supported.row;
            let id = row.field.to_string();
            let name = match row_page(journey, row) {
                Some(to) => view! { <a class="gpc-code" href=to>{row.id.clone()}</a> }.into_any(),
                None => view! { <span class="gpc-code">{row.id.clone()}</span> }.into_any(),
            };
            let stands = answered(row).map(|entry| view! { <span class="gpc-meta">{format!("Now: {}. ", entry.stands.word())}</span> });
            let what = match &supported.fits {
                _ if rests(row) => "Answered with this run.".into_any(),
                Ok(_) if offers => {
                    let label = format!("answer-{id}");
                    // What is answered already is left alone unless somebody wants it.
                    let checked = answered(row).is_some_and(|entry| entry.stands.blocks());
                    view! {
                        <div class="nhsuk-checkboxes nhsuk-checkboxes--small"><div class="nhsuk-checkboxes__item">
                            <input class="nhsuk-checkboxes__input" type="checkbox" id=label.clone() name="rows" value=id.clone() form="answer-rows" checked=checked />
                            <label class="nhsuk-label nhsuk-checkboxes__label" for=label>"Answer it"<span class="nhsuk-u-visually-hidden">{format!(": {}", row.id)}</span></label>
                        </div></div>
                    }
                    .into_any()
                }
                Ok(_) => "All rules that were looked at passed.".into_any(),
                Err(unfit) => unfit.words().into_any(),
            };
            view! {
                <tr role="row">
                    <th scope="row" role="rowheader">{name}<div class="gpc-meta">{row.requirement.clone()}</div></th>
                    <td role="cell" data-l="Rules">{rules(&supported.held, &run)}</td>
                    <td role="cell" data-l="Answer">{stands}{what}</td>
                </tr>
            }
        })
        .collect_view();
    let values = vec![("journey", journey.reference.to_string()), ("run", one.run.opened.id.clone()), ("back", "run".to_owned())];
    Some(
        view! {
            <h2 class="nhsuk-heading-m" id="rows">"Rows of the SCAL"</h2>
            <p>{format!("The rules of this run support {}. The last request of each interaction counts. Nothing is accepted by a rule: a reviewer judges each row.", counted(rows.len(), "row"))}</p>
            <Grid caption="Rows that this run supports" columns=[Words("Row"), Words("Rules"), Words("Answer")] rows=lines.into_any() live="rows-of-run" />
            {offers.then(|| view! {
                <form action="/do/live-runs/answer" method="post" enctype="multipart/form-data" id="answer-rows">
                    <Hidden values=values />
                    <p>"A row that you answer is said to be met. The record of the run is added to it as evidence, and what you wrote stays."</p>
                    <button class="nhsuk-button">"Answer the ticked rows with this run"</button>
                </form>
            })}
        }
        .into_any(),
    )
}
