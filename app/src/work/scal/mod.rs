//! The SCAL as a workbench: a table of rows with a pane for the one that is open. Suppliers answer (`answer`), the teams of
//! the programme judge (`judge`), everybody else reads what was sent. Every row has a page of its own, so that all of it
//! works without script; `table` is what both sides share.

pub mod actions;
pub mod answer;
pub mod answering;
pub mod bench;
pub mod catalogue;
pub mod copy;
pub mod decision;
pub mod earlier;
pub mod evidence;
pub mod filter;
pub mod frame;
pub mod import;
pub mod judge;
pub mod judging;
pub mod new_version;
pub mod proofs;
pub mod row;
pub mod safety;
pub mod stage;
pub mod table;
pub mod told;
pub mod uplift;
pub(crate) mod verdict_form;
pub mod withdraw;
pub mod withdrawn;

use leptos::prelude::*;

use crate::{
    base::halt::Halt,
    desk::{context::TaskContext, phrases, teams},
    work::scal::bench::list_path,
};

/// The page of the SCAL, with one row open when `row` names it.
///
/// # Errors
/// [`Halt::Missing`] when there is no such row; otherwise when the database does not answer.
pub async fn view(desk: &TaskContext, row: Option<&str>) -> Result<AnyView, Halt> {
    match teams::deciding(desk) {
        Some(role) => judge::view(desk, role, row).await,
        None => answer::view(desk, row).await,
    }
}

/// A page below the SCAL: its own ones by name, otherwise that of a row. Answers its title too.
///
/// # Errors
/// [`Halt::Missing`] when there is none for this person.
pub async fn below(desk: &TaskContext, subject: &str) -> Result<(String, AnyView), Halt> {
    let role = teams::deciding(desk);
    let titled = |title: &str, body: AnyView| Ok((title.to_owned(), body));
    match (subject, role) {
        ("evidence", _) => titled("Evidence", evidence::view(desk).await?),
        (import::PAGE, _) => titled("Work in Excel", import::view(desk).await?),
        ("copy", _) => titled("Take over answers", copy::view(desk).await?),
        ("uplift", _) => titled("Move to a newer edition", uplift::view(desk).await?),
        ("new-version", _) => titled("Have a new version assessed", new_version::view(desk).await?),
        ("safety", _) => titled("Clinical safety", safety::view(desk).await?),
        (withdrawn::PAGE, _) => titled("Rows that are no longer asked", withdrawn::view(desk).await?),
        ("print", _) => titled("SCAL", row::printed(desk).await?),
        ("finish", Some(role)) => titled("Finish my sections", decision::finish(desk, role).await?),
        ("accept", Some(role)) => titled("Accept these rows", decision::confirm(desk, role).await?),
        (phrases::PAGE, Some(role)) => titled(phrases::TITLE, phrases::view(desk, role, &list_path(desk)).await?),
        (id, _) => match view(desk, Some(id)).await {
            Err(Halt::Missing) => {
                let there = format!("{}/{}#{id}", desk.path(), withdrawn::PAGE);
                Err(if withdrawn::has(desk, id).await? { Halt::Elsewhere(there) } else { Halt::Missing })
            }
            view => Ok((format!("{}, SCAL", id.to_uppercase()), view?)),
        },
    }
}

/// The pages below the record of a test stage: the bench of the rows that went with it, for the teams that judge them.
///
/// # Errors
/// [`Halt::Missing`] when no row went with it, or there is no such row for this team.
pub async fn below_stage(desk: &TaskContext, subject: &str) -> Result<(String, AnyView), Halt> {
    if desk.journey().went_along(desk.spec).is_empty() {
        return Err(Halt::Missing);
    }
    let Some(role) = teams::deciding(desk) else { return Err(Halt::Elsewhere(desk.path())) };
    Ok(match subject {
        "rows" => ("Rows of the SCAL".to_owned(), judge::view(desk, role, None).await?),
        "accept" => ("Accept these rows".to_owned(), decision::confirm(desk, role).await?),
        phrases::PAGE => (phrases::TITLE.to_owned(), phrases::view(desk, role, &list_path(desk)).await?),
        row => (format!("{}, SCAL", row.to_uppercase()), judge::view(desk, role, Some(row)).await?),
    })
}
