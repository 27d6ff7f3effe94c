//! The rows of the SCAL that go with the record of a test stage.

use std::collections::BTreeSet;

use journey::{
    actor::Role,
    decide,
    form::Part,
    process::TaskSpec,
    review::Answered,
    scal::{
        self,
        book::Entry,
        verdicts::{self, Says},
    },
    testing,
};
use leptos::prelude::*;

use crate::{
    halt::Halt,
    letters::counted,
    overview::words,
    scal::{decision, judge, typed, working_copy},
    tasks::{frame::Desk, review},
};

/// What goes along when the record is sent, and what does not yet; nothing where the stage closes no row.
///
/// # Errors
/// When the memory does not answer, or a draft cannot be read.
pub async fn rows(desk: &Desk) -> Result<Option<AnyView>, Halt> {
    let journey = desk.journey();
    let closes = testing::rows(desk.spec, &journey.opening);
    let (Some(scal), false) = (journey.process.scal(), closes.is_empty()) else { return Ok(None) };
    let entries = working_copy(&desk.hall.services, journey, scal, true).await?;
    let of: Vec<&Entry> = entries.iter().filter(|entry| closes.iter().any(|row| row.field == entry.row.field)).collect();
    let (along, missing): (Vec<&Entry>, Vec<&Entry>) = of.into_iter().partition(|entry| testing::goes_along(entry));
    let path = format!("/journeys/{}/tasks/{}", journey.reference, scal.id);
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
    let teams: BTreeSet<Role> = along.iter().map(|entry| scal::judge_of(entry.row, &entry.answers)).collect();
    let teams = teams.into_iter().filter(|team| !desk.spec.decide.contains(team)).map(|team| team.title().to_lowercase());
    let teams = words::listed(teams.collect());
    let also = (!teams.is_empty()).then(|| format!("Because of these rows it goes to {teams} too. "));
    let may_write = decide::may_write(journey, &desk.visitor.actor, &scal.id);
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
pub fn told(desk: &Desk, row: &journey::scal::Row) -> Option<AnyView> {
    let journey = desk.journey();
    let stage: &TaskSpec = journey
        .plan()
        .find(|spec| testing::closes(spec.id.as_str()) == Some(testing::closed_in(row.environment, &journey.opening)))?;
    let record = journey.task(&stage.id);
    let sent = record.sent.last()?;
    let to = format!("/journeys/{}/tasks/{}", journey.reference, stage.id);
    let how = journey.standing(&stage.id).word();
    Some(
        view! {
            <p class="gpc-meta">
                {format!("Test stage: round {} of ", sent.round)}<a href=to>{stage.label.clone()}</a>
                {format!(", sent {}. {how}.", crate::design::dates::day_of(sent.at))}
            </p>
        }
        .into_any(),
    )
}

/// Of the record of a test stage: the rows that this team judges at their bench, how far it is, and the way there.
///
/// # Errors
/// When a draft cannot be read.
pub async fn to_judge(desk: &Desk, role: Role, rows: &[(Part, Answered)]) -> Result<Option<AnyView>, Halt> {
    if rows.is_empty() {
        return Ok(None);
    }
    let (kept, _) = typed(desk).await?;
    let path = desk.path();
    let team = review::chosen(desk, role);
    let team = if team.is_empty() { team } else { format!("?{team}") };
    let says: Vec<(&Part, Says)> = rows.iter().map(|(part, stands)| (part, Says::of(&part.id, stands, &kept))).collect();
    let of = |wanted: &[Says]| says.iter().filter(|(_, said)| wanted.contains(said)).count();
    let told = format!(
        "{} of {} judged: {} accepted, {} with a change requested.",
        says.iter().filter(|(_, said)| !said.blocks()).count(),
        counted(rows.len(), "row"),
        of(&[Says::Accept, Says::Condition, Says::Kept]),
        of(&[Says::Change]),
    );
    let listed = |wanted: fn(Says) -> bool| {
        let items = says.iter().filter(|(_, said)| wanted(*said));
        let items = items.map(|(part, _)| {
            let to = format!("{path}/{}{team}", part.id);
            view! { <li id=verdicts::verdict_of(&part.id)><a class="gpc-code" href=to>{part.label.clone()}</a></li> }
        });
        items.collect::<Vec<_>>()
    };
    let (open, changes) = (listed(Says::blocks), listed(|said| said == Says::Change));
    Ok(Some(
        view! {
            <section class="gpc-below" aria-labelledby="rows">
                <h2 class="nhsuk-heading-m" id="rows">"Rows of the SCAL"</h2>
                <p>{told}" "<a href=format!("{path}/rows{team}")>"Judge them one by one"</a></p>
                {(!open.is_empty()).then(|| view! { <p>"Without a verdict. The stage cannot be accepted before each has one:"</p> <ul class="gpc-ways">{open}</ul> })}
                {(!changes.is_empty()).then(|| view! { <p>"A change is requested. The record goes back when you return it:"</p> <ul class="gpc-ways">{changes}</ul> })}
            </section>
        }
        .into_any(),
    ))
}

/// The pages below the record of a test stage: the bench of the rows that went with it, for the teams that judge them.
///
/// # Errors
/// [`Halt::Missing`] when no row went with it, or there is no such row for this team.
pub async fn below(desk: &Desk, subject: &str) -> Result<(String, AnyView), Halt> {
    if testing::went_along(desk.journey(), desk.spec).is_empty() {
        return Err(Halt::Missing);
    }
    let Some(role) = review::team(desk) else { return Err(Halt::Elsewhere(desk.path())) };
    Ok(match subject {
        "rows" => ("Rows of the SCAL".to_owned(), judge::view(desk, role, None).await?),
        "accept" => ("Accept these rows".to_owned(), decision::confirm(desk, role).await?),
        "phrases" => ("Phrase book".to_owned(), decision::phrases(desk, role).await?),
        row => (format!("{}, SCAL", row.to_uppercase()), judge::view(desk, role, Some(row)).await?),
    })
}
