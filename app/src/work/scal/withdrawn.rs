//! `…/no-longer-asked`: what was answered to rows that a newer edition or other capabilities have left out. Nothing that somebody
//! has written is lost with its row.

use journey::{
    catalogue::row,
    ledger::event::Event,
    scal::withdrawn::{Withdrawn, withdrawn},
};
use leptos::prelude::*;

use crate::{
    base::{dates, halt::Halt},
    design::answer_view,
    desk::{context::TaskContext, judged, working::drafts_of},
    work::scal::{frame::framed, table},
};

/// Its name below the SCAL.
pub const PAGE: &str = "no-longer-asked";

/// Whether rows can have gone: the SCAL was moved to a newer edition, or the capabilities were chosen or confirmed anew.
pub fn can_be(desk: &TaskContext) -> bool {
    desk.loaded.history.iter().any(|recorded| match &recorded.event {
        Event::Uplifted { .. } | Event::Rescoped { .. } => true,
        Event::Replanned { before, plan } => before.capabilities != plan.capabilities,
        _ => false,
    })
}

/// What was answered to them, as far as the reader may see it: drafts are for the own side. Every round is on the desk of a page
/// below the SCAL.
async fn all(desk: &TaskContext) -> Result<Vec<Withdrawn>, Halt> {
    let journey = desk.journey();
    let own = desk.visitor.actor.organisation == journey.organisation;
    let drafts = drafts_of(&desk.context.services, journey, desk.spec, own).await?;
    withdrawn(&journey.opening, &judged::rounds(&desk.sent)?, &drafts).map_err(Halt::Fault)
}

/// Whether something was answered to the row of this address, which is no longer asked.
///
/// # Errors
/// When the database does not answer, or something cannot be read.
pub async fn has(desk: &TaskContext, row: &str) -> Result<bool, Halt> {
    Ok(can_be(desk) && all(desk).await?.iter().any(|one| one.row.field.as_str() == row))
}

/// The page.
///
/// # Errors
/// When the database does not answer, or something cannot be read.
pub async fn view(desk: &TaskContext) -> Result<AnyView, Halt> {
    let all = all(desk).await?;
    let says = if all.is_empty() {
        "No row that was answered has been left out."
    } else {
        "The catalogue or the capabilities of this journey have left these rows out since they were answered. Nothing is asked of them, and what was written stays here."
    };
    let items = all.iter().map(|one| row(desk, one)).collect_view();
    let body = view! {
        <p>{says}</p>
        {items}
        <p><a href=desk.path()>"Back to the SCAL"</a></p>
    };
    Ok(framed(desk, "Rows that are no longer asked".to_owned(), ().into_any(), body.into_any()))
}

fn row(desk: &TaskContext, one: &Withdrawn) -> AnyView {
    let form = row::row_form(one.row);
    let told = match (&one.saved, one.round) {
        (Some((by, at)), _) => format!("Not sent. Saved by {} on {}.", desk.who(by), dates::moment(*at)),
        (None, Some(round)) => format!("Sent last in round {round}."),
        (None, None) => String::new(),
    };
    let answers = form
        .fields
        .iter()
        .filter(|field| !one.answers.many(field.id.as_str()).is_empty())
        .map(|field| {
            view! {
                <div class="nhsuk-summary-list__row">
                    <dt class="nhsuk-summary-list__key">{field.label.clone()}</dt>
                    <dd class="nhsuk-summary-list__value gpc-lines">{answer_view(form, field, &one.answers)}</dd>
                </div>
            }
        })
        .collect_view();
    view! {
        <section class="gpc-below" id=one.row.field.to_string() aria-label=one.row.id.clone()>
            <h2 class="nhsuk-heading-m gpc-code">{one.row.id.clone()}</h2>
            {table::asked(one.row)}
            <p class="gpc-meta">{told}</p>
            <dl class="nhsuk-summary-list">{answers}</dl>
        </section>
    }
    .into_any()
}
