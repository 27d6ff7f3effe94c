//! The rows of the SCAL that went with the record of a test stage, on the page where the record is judged.

use journey::{
    base::actor::Role,
    form::Part,
    rule::review::{self, Answered},
    scal::verdicts::VerdictStatus,
};
use leptos::prelude::*;

use crate::{
    base::{halt::Halt, words::counted},
    desk::{context::TaskContext, teams, working::typed},
};

/// Of the record of a test stage: the rows that this team judges at their bench, how far it is, and the way there.
///
/// # Errors
/// When a draft cannot be read.
pub async fn to_judge(desk: &TaskContext, role: Role, rows: &[(Part, Answered)]) -> Result<Option<AnyView>, Halt> {
    if rows.is_empty() {
        return Ok(None);
    }
    let (kept, _) = typed(desk).await?;
    let path = desk.path();
    let team = teams::chosen(desk, role);
    let team = if team.is_empty() { team } else { format!("?{team}") };
    let says: Vec<(&Part, VerdictStatus)> =
        rows.iter().map(|(part, stands)| (part, VerdictStatus::of(&part.id, stands, &kept))).collect();
    let of = |wanted: &[VerdictStatus]| says.iter().filter(|(_, said)| wanted.contains(said)).count();
    let told = format!(
        "{} of {} judged: {} accepted, {} with a change requested.",
        says.iter().filter(|(_, said)| !said.blocks()).count(),
        counted(rows.len(), "row"),
        of(&[VerdictStatus::Accept, VerdictStatus::Condition, VerdictStatus::Kept]),
        of(&[VerdictStatus::Change]),
    );
    let listed = |wanted: fn(VerdictStatus) -> bool| {
        let items = says.iter().filter(|(_, said)| wanted(*said));
        let items = items.map(|(part, _)| {
            let to = format!("{path}/{}{team}", part.id);
            view! { <li id=review::verdict_of(&part.id)><a class="gpc-code" href=to>{part.label.clone()}</a></li> }
        });
        items.collect::<Vec<_>>()
    };
    let (open, changes) = (listed(VerdictStatus::blocks), listed(|said| said == VerdictStatus::Change));
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
