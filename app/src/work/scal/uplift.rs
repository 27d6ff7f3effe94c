//! `…/uplift`: what moving to the newest edition of the catalogue would do to this SCAL, to be confirmed.

use journey::{
    catalogue::{
        editions::{self, Difference},
        row, scal,
    },
    ledger::machine::Verb,
};
use leptos::prelude::*;

use crate::{
    base::{diff, halt::Halt, words::counted},
    design::Button,
    desk::{context::TaskContext, working::entries},
    work::scal::frame::framed,
};

/// The page.
///
/// # Errors
/// [`Halt::Missing`] when there is nothing newer for this person to move to.
pub async fn view(desk: &TaskContext) -> Result<AnyView, Halt> {
    if !desk.may(Verb::Uplift) {
        return Err(Halt::Missing);
    }
    let newest = editions::newest();
    let opening = &desk.journey().opening;
    let mut after = opening.clone();
    after.catalogue.clone_from(&newest);
    let (old, new): (Vec<_>, Vec<_>) =
        (scal::rows(opening).into_iter().cloned().collect(), scal::rows(&after).into_iter().cloned().collect());
    let change = Difference::between(&old, &new);
    let entries = entries(desk).await?;
    let answered = |field: &journey::base::ids::FieldId| entries.iter().any(|e| e.row.field == *field && !e.answers.is_blank());
    let kept = entries.len() - change.withdrawn.len() - change.changed.len();
    let patience = diff::Patience::of_page();
    let changed = change
        .changed
        .iter()
        .map(|(before, now)| {
            let (left, right) = editions::beside(before, now);
            let (left, right) = patience.beside(&left, &right);
            let note = if answered(&now.field) { "Your answer is kept, and you are asked to look at it again." } else { "" };
            view! {
                <li>
                    <b class="gpc-code">{now.id.clone()}</b>
                    <div class="gpc-diff"><div><h3>"Asked before"</h3>{left}</div><div><h3>"Asked now"</h3>{right}</div></div>
                    <p class="gpc-meta">{note}</p>
                </li>
            }
        })
        .collect_view();
    let plain = |rows: &[row::Row]| {
        rows.iter()
            .map(|row| view! { <li><b class="gpc-code">{row.id.clone()}</b>{format!(" {}", row.requirement)}</li> })
            .collect_view()
    };
    let part = |count: usize, heading: &'static str, items: AnyView| {
        (count > 0).then(
            || view! { <h2 class="nhsuk-heading-m">{format!("{heading} ({count})")}</h2> <ul class="nhsuk-list">{items}</ul> },
        )
    };
    let body = view! {
        <p>{format!("This journey answers edition {}. {} stay as they are, with answers, evidence and verdicts.", opening.catalogue, counted(kept, "row"))}</p>
        {part(change.new.len(), "New rows", plain(&change.new).into_any())}
        {part(change.changed.len(), "Rows that read differently", changed.into_any())}
        {part(change.withdrawn.len(), "Rows that are no longer asked", plain(&change.withdrawn).into_any())}
        {(!change.withdrawn.is_empty()).then(|| view! { <p class="gpc-meta">"What you answered to them stays, sent or not: see “Rows that are no longer asked” on the SCAL."</p> })}
        <form action="/do/scal/uplift" method="post">
            {desk.hidden()}
            <p>"If the SCAL was accepted already, it is opened again, and what depends on it waits until it is accepted anew."</p>
            <div class="nhsuk-button-group">
                <Button text=format!("Move to edition {newest}") />
                <a href=desk.path()>"Stay with the present edition"</a>
            </div>
        </form>
    };
    Ok(framed(desk, format!("Move to edition {newest} of the catalogue?"), ().into_any(), body.into_any()))
}
