//! What the end-user group reviews before it declares: the accepted SCAL in short, what was accepted although it is not met, and the
//! safety case and hazard log in the version that was accepted.

use journey::{
    catalogue::row::{self, Row},
    form::{Answers, FileRef},
    ledger::{file_sort::Sort, standing::Standing},
    plan::process::TaskSpec,
    rule::queries,
    scal::{
        evidence::Evidence,
        summary::{OfTeam, Summary, ToKnow, summary},
    },
};
use leptos::prelude::*;

use crate::{
    act::sent,
    base::{dates, halt::Halt, paths, words::counted},
    design::{Column, Details, Grid},
    desk::context::TaskContext,
};

/// Exceptions that stand open on the page; more are folded.
const OPEN: usize = 10;

/// What is reviewed, above the questions; nothing on any other task, or while no SCAL is accepted.
///
/// # Errors
/// When the database does not answer, or what was accepted cannot be read.
pub async fn view(desk: &TaskContext) -> Result<Option<AnyView>, Halt> {
    let journey = desk.journey();
    let reviews = queries::reviews(journey, desk.spec);
    let Some(scal) = journey.process.scal().filter(|_| reviews && !matches!(desk.standing, Standing::Locked { .. })) else {
        return Ok(None);
    };
    let Some(accepted) = sent::last(&desk.context.services, journey, &scal.id).await? else { return Ok(None) };
    let answers = sent::answers_of(&accepted)?;
    let facts = desk.context.services.store.evidence(&journey.reference, &scal.id).await?;
    let told = summary(journey, &answers);
    let record = journey.task(&scal.id);
    let to = paths::task(&journey.reference, &scal.id);
    let intro = format!(
        "The SCAL of {}, edition {}, round {}, accepted on {}.",
        journey.product(),
        journey.opening.catalogue,
        accepted.round,
        dates::day_of(record.since)
    );
    Ok(Some(
        view! {
            <h2 class="nhsuk-heading-m">"What the group reviews"</h2>
            <p>{intro}" "<a href=to.clone()>"Read every row of it"</a>", or "<a href=format!("{to}/safety")>"clinical safety by itself"</a>"."</p>
            {teams(&told.teams)}
            {exceptions(&told, &to)}
            {documents(desk, scal, &told, &answers, &facts)}
        }
        .into_any(),
    ))
}

fn teams(teams: &[OfTeam]) -> AnyView {
    let cell = |count: usize, label: &'static str| view! { <td role="cell" class="gpc-num" data-l=label>{count}</td> };
    let rows = teams
        .iter()
        .map(|of| {
            view! {
                <tr role="row">
                    <th scope="row" role="rowheader">{of.team.title()}</th>
                    {cell(of.all, "Requirements")}
                    {cell(of.met, "Met")}
                    {cell(of.partly, "In part")}
                    {cell(of.not_met, "Not met")}
                    {cell(of.not_applicable, "Not applicable")}
                </tr>
            }
        })
        .collect_view();
    let columns = [
        Column::Words("Accepted by"),
        Column::Figures("Requirements"),
        Column::Figures("Met"),
        Column::Figures("In part"),
        Column::Figures("Not met"),
        Column::Figures("Not applicable"),
    ];
    view! { <Grid caption="Requirements of the SCAL by the team that accepted them" columns=columns rows=rows.into_any() /> }
        .into_any()
}

fn item(about: &ToKnow, to: &str) -> AnyView {
    let conditions = about
        .conditions
        .iter()
        .map(|words| view! { <br /><span class="gpc-lines">{format!("{}’s condition: {words}", about.row.owner.title())}</span> })
        .collect_view();
    let said = (!about.words.is_empty())
        .then(|| view! { <br /><span class="gpc-lines">{format!("The supplier says: {}", about.words)}</span> });
    let how = if about.partly { " (met in part)" } else { "" };
    view! {
        <li>
            <a class="gpc-code" href=format!("{to}/{}", about.row.field)>{about.row.id.clone()}</a>{how}" "{about.row.requirement.clone()}
            {said}
            {conditions}
        </li>
    }
    .into_any()
}

fn listed(title: &'static str, none: &'static str, all: &[ToKnow], to: &str) -> AnyView {
    if all.is_empty() {
        return view! { <h3 class="nhsuk-heading-s">{title}</h3> <p>{none}</p> }.into_any();
    }
    let items = |some: &[ToKnow]| some.iter().map(|about| item(about, to)).collect_view();
    let (open, more) = all.split_at(all.len().min(OPEN));
    let folded = (!more.is_empty()).then(|| {
        view! { <Details summary=format!("And {} more", counted(more.len(), "requirement")) body=view! { <ul class="nhsuk-list nhsuk-list--bullet">{items(more)}</ul> }.into_any() /> }
    });
    view! { <h3 class="nhsuk-heading-s">{title}</h3> <ul class="nhsuk-list nhsuk-list--bullet">{items(open)}</ul> {folded} }
        .into_any()
}

fn exceptions(told: &Summary, to: &str) -> AnyView {
    view! {
        {listed("Accepted although not met", "Every requirement that applies is met.", &told.not_met, to)}
        {listed("Accepted under a condition", "No condition was made.", &told.under_condition, to)}
    }
    .into_any()
}

/// The documents that were handed over, each as a link for whoever may open it.
fn documents(desk: &TaskContext, scal: &TaskSpec, told: &Summary, answers: &Answers, facts: &[Evidence]) -> AnyView {
    if told.documents.is_empty() {
        return ().into_any();
    }
    let reference = &desk.journey().reference;
    let file = |value: &String| {
        let file = FileRef::parse(value)?;
        let sort = facts.iter().rev().find(|known| known.digest == file.digest).map_or(Sort::Plain, |known| known.sort);
        let name = file.name.clone();
        Some(if sort.may_be_read_by(&desk.visitor.actor) {
            let to = format!("/files/{}?journey={reference}&task={}", file.digest, scal.id);
            view! { <a href=to download>{name}</a>" " }.into_any()
        } else {
            view! { {name}" (only the clinical safety officer of the group can open it) " }.into_any()
        })
    };
    let items = told
        .documents
        .iter()
        .map(|row: &&'static Row| {
            let files: Vec<AnyView> = answers.many(row.files()).iter().filter_map(file).collect();
            let links: Vec<AnyView> = answers
                .one(row.links())
                .lines()
                .map(|link| view! { <a href=link.to_owned() target="_blank" rel="noopener noreferrer nofollow">{link.to_owned()}<span class="nhsuk-u-visually-hidden">" (opens in a new tab)"</span></a>" " }.into_any())
                .collect();
            let none = (files.is_empty() && links.is_empty()).then_some("Nothing was handed over.");
            let name = row::document(row).map(journey::base::text::capital).unwrap_or_default();
            view! { <li>{format!("{name} ({}): ", row.id)}{files}{links}{none}</li> }
        })
        .collect_view();
    view! { <h3 class="nhsuk-heading-s">"Documents of the supplier"</h3> <ul class="nhsuk-list nhsuk-list--bullet">{items}</ul> }
        .into_any()
}
