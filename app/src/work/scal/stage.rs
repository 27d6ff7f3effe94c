//! The rows of the SCAL that go with the record of a test stage.

use std::collections::BTreeSet;

use journey::{
    base::actor::Role,
    catalogue::row,
    plan::process::TaskSpec,
    rule::offers,
    scal::{book::Entry, stage},
    task::testing,
};
use leptos::prelude::*;

use crate::{
    base::{
        halt::Halt,
        paths,
        words::{self, counted},
    },
    desk::{context::TaskContext, working::working_copy},
};

/// What goes along when the record is sent, and what does not yet; nothing where the stage closes no row.
///
/// # Errors
/// When the database does not answer, or a draft cannot be read.
pub async fn rows(desk: &TaskContext) -> Result<Option<AnyView>, Halt> {
    let journey = desk.journey();
    let closes = testing::rows(desk.spec, &journey.opening);
    let (Some(scal), false) = (journey.process.scal(), closes.is_empty()) else { return Ok(None) };
    let entries = working_copy(&desk.context.services, journey, scal, true).await?;
    let of: Vec<&Entry> = entries.iter().filter(|entry| closes.iter().any(|row| row.field == entry.row.field)).collect();
    let (along, missing): (Vec<&Entry>, Vec<&Entry>) = of.into_iter().partition(|entry| stage::goes_along(entry));
    let path = paths::task(&journey.reference, &scal.id);
    // Rows of a stage that the route does without go along here, so one environment does not always name them all.
    let first = closes[0].environment;
    let one = closes.iter().all(|row| row.environment == first);
    let all = if one { format!("{path}?show=all&environment={}", first.name()) } else { format!("{path}?show=all") };
    let links = missing
        .iter()
        .take(SHOWN)
        .map(|entry| view! { <li><a class="gpc-code" href=format!("{path}/{}", entry.row.field)>{entry.row.id.clone()}</a></li> })
        .collect_view();
    let more = missing.len().saturating_sub(SHOWN);
    let bare: Vec<&&Entry> = along.iter().filter(|entry| entry.lacks_evidence()).collect();
    let more_bare = bare.len().saturating_sub(SHOWN);
    let bare_links = bare
        .iter()
        .take(SHOWN)
        .map(|entry| {
            let to = format!("{path}/{}", entry.row.field);
            let expected = format!(": {}", entry.row.evidence.trim_end_matches('.'));
            view! { <li><a class="gpc-code" href=to>{entry.row.id.clone()}</a>{expected}</li> }
        })
        .collect_view();
    let teams: BTreeSet<Role> = along.iter().map(|entry| row::judge_of(entry.row, &entry.answers)).collect();
    let teams = teams.into_iter().filter(|team| !desk.spec.decide.contains(team)).map(|team| team.the());
    let teams = words::listed(teams.collect());
    let also = (!teams.is_empty()).then(|| format!("Because of these rows it goes to {teams} too. "));
    let may_write = offers::may_write(journey, &desk.visitor.actor, &scal.id);
    Ok(Some(
        view! {
            <section class="gpc-below" aria-labelledby="rows-along">
                <h3 class="nhsuk-heading-s" id="rows-along">"Rows of the SCAL that go with it"</h3>
                <p>{format!("This stage closes {}. Answered, so that they go with the record as they stand now: {}.", counted(closes.len(), "row"), along.len())}" "<a href=all>"Open them in the SCAL"</a></p>
                {(!bare.is_empty()).then(|| view! {
                    <div class="gpc-finding">
                        <p><b>{format!("Evidence is missing for {}.", counted(bare.len(), "row"))}</b>" They are said to be met, and name neither a file nor a link. Expected:"</p>
                        <ul class="nhsuk-list nhsuk-list--bullet">{bare_links}{(more_bare > 0).then(|| view! { <li>{format!("and {more_bare} more")}</li> })}</ul>
                    </div>
                })}
                <p>{also}"Each of these rows is judged by its own team before the stage is accepted. What is accepted here is not judged again with the SCAL while its answer stays the same."</p>
                {(!missing.is_empty()).then(|| view! {
                    <p>{if may_write { "Not answered yet; they can follow in another round, or with the whole SCAL:" } else { "Not answered yet:" }}</p>
                    <ul class="gpc-ways">{links}{(more > 0).then(|| view! { <li>{format!("and {more} more")}</li> })}</ul>
                })}
            </section>
        }
        .into_any(),
    ))
}

/// Rows that are named one by one.
const SHOWN: usize = 12;

/// Of a row: how the record of its test stage stands.
#[must_use]
pub fn told(desk: &TaskContext, row: &journey::catalogue::row::Row) -> Option<AnyView> {
    let journey = desk.journey();
    let stage: &TaskSpec =
        journey.plan().find(|spec| spec.closes == Some(testing::closed_in(row.environment, &journey.opening)))?;
    let record = journey.task(&stage.id);
    let sent = record.sent.last()?;
    let to = paths::task(&journey.reference, &stage.id);
    let how = journey.standing(&stage.id).word();
    Some(
        view! {
            <p class="gpc-meta">
                {format!("Test stage: round {} of ", sent.round)}<a href=to>{stage.label.clone()}</a>
                {format!(", sent {}. {how}.", crate::base::dates::day_of(sent.at))}
            </p>
        }
        .into_any(),
    )
}
