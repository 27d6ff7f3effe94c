//! The SCAL as a workbench: a table of rows with a pane for the one that is open. Suppliers answer (`answer`), the teams of
//! the programme judge (`judge`), everybody else reads what was sent. Every row has a page of its own, so that all of it
//! works without script; `table` is what both sides share.

pub mod actions;
pub mod answer;
pub mod bench;
pub mod catalogue;
pub mod copy;
pub mod decision;
pub mod earlier;
pub mod evidence;
pub mod filter;
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
pub mod withdrawn;

use journey::{
    decide,
    form::Answers,
    journey::Journey,
    port::{Draft, DraftSeen, Submission},
    process::TaskSpec,
    scal::{
        self,
        book::{self, Entry},
        verdicts,
    },
};
use leptos::prelude::*;

use crate::{
    design::{Crumbs, Title, kept_true, live_on, say},
    halt::Halt,
    islands::Wake,
    services::Services,
    tasks::{
        again,
        frame::{self, Desk, gate, reopened},
        page::more,
        replies, review, sent,
    },
};

/// The page of the SCAL, with one row open when `row` names it.
///
/// # Errors
/// [`Halt::Missing`] when there is no such row; otherwise when the memory does not answer.
pub async fn view(desk: &Desk, row: Option<&str>) -> Result<AnyView, Halt> {
    match review::team(desk) {
        Some(role) => judge::view(desk, role, row).await,
        None => answer::view(desk, row).await,
    }
}

/// A page below the SCAL: its own ones by name, otherwise that of a row. Answers its title too.
///
/// # Errors
/// [`Halt::Missing`] when there is none for this person.
pub async fn below(desk: &Desk, subject: &str) -> Result<(String, AnyView), Halt> {
    let role = review::team(desk);
    let titled = |title: &str, body: AnyView| Ok((title.to_owned(), body));
    match (subject, role) {
        ("evidence", _) => titled("Evidence", evidence::view(desk).await?),
        ("import", _) => titled("Work in Excel", import::view(desk).await?),
        ("copy", _) => titled("Take over answers", copy::view(desk).await?),
        ("uplift", _) => titled("Move to a newer edition", uplift::view(desk).await?),
        ("new-version", _) => titled("Have a new version assessed", new_version::view(desk).await?),
        ("safety", _) => titled("Clinical safety", safety::view(desk).await?),
        (withdrawn::PAGE, _) => titled("Rows that are no longer asked", withdrawn::view(desk).await?),
        ("print", _) => titled("SCAL", row::printed(desk).await?),
        ("finish", Some(role)) => titled("Finish my sections", decision::finish(desk, role).await?),
        ("accept", Some(role)) => titled("Accept these rows", decision::confirm(desk, role).await?),
        ("phrases", Some(role)) => titled("Phrase book", decision::phrases(desk, role).await?),
        (id, _) => match view(desk, Some(id)).await {
            Err(Halt::Missing) => {
                let there = format!("{}/{}#{id}", desk.path(), withdrawn::PAGE);
                Err(if withdrawn::has(desk, id).await? { Halt::Elsewhere(there) } else { Halt::Missing })
            }
            view => Ok((format!("{}, SCAL", id.to_uppercase()), view?)),
        },
    }
}

/// What was sent last.
///
/// # Errors
/// When it cannot be read.
pub fn last_sent(desk: &Desk) -> Result<Answers, Halt> {
    Ok(desk.sent.last().map(Desk::answers_of).transpose()?.unwrap_or_default())
}

/// The working copy of the own side; for everybody else what was sent last.
///
/// # Errors
/// When the memory does not answer, or a draft cannot be read.
pub async fn entries(desk: &Desk) -> Result<Vec<Entry>, Halt> {
    Ok(working(desk).await?.0)
}

/// The same with the product version that is assessed.
///
/// # Errors
/// When the memory does not answer, or a draft cannot be read.
pub async fn working(desk: &Desk) -> Result<(Vec<Entry>, String), Halt> {
    let (entries, product, _) = to_submit(desk).await?;
    Ok((entries, product))
}

/// The same with the versions of the drafts that it was made of: what a round made of it takes.
///
/// # Errors
/// As [`working`].
pub async fn to_submit(desk: &Desk) -> Result<(Vec<Entry>, String, Vec<DraftSeen>), Halt> {
    let journey = desk.journey();
    let own = desk.visitor.actor.organisation == journey.organisation;
    let drafts = drafts_of(&desk.hall.services, journey, desk.spec, own).await?;
    let entries = copy_of(journey, desk.spec, &desk.sent, &drafts)?;
    let taken = book::taken(&drafts);
    // What was written down since the last round; then the version whose assessment began since then; then what was sent.
    let written = drafts.iter().find(|draft| draft.subject == actions::PRODUCT && !draft.sent);
    let written: Option<Answers> = written.and_then(|draft| serde_json::from_str(&draft.body).ok());
    let begun = journey.product_version().filter(|(_, round)| own && *round == desk.record().round);
    let product = match (written, begun) {
        (Some(written), _) => written.one(scal::PRODUCT_VERSION).to_owned(),
        (None, Some((product, _))) => product.to_owned(),
        (None, None) => {
            let sent = last_sent(desk)?.one(scal::PRODUCT_VERSION).to_owned();
            // What was said at the start is not asked again.
            if sent.is_empty() { journey.opening.version.clone() } else { sent }
        }
    };
    Ok((entries, product, taken))
}

/// The same where there is no desk. `own` says whether drafts may be read.
///
/// # Errors
/// When the memory does not answer, or something cannot be read.
pub async fn working_copy(services: &Services, journey: &Journey, spec: &TaskSpec, own: bool) -> Result<Vec<Entry>, Halt> {
    let sent = sent::needed(services, journey, spec).await?;
    copy_of(journey, spec, &sent, &drafts_of(services, journey, spec, own).await?)
}

async fn drafts_of(services: &Services, journey: &Journey, spec: &TaskSpec, own: bool) -> Result<Vec<Draft>, Halt> {
    if !own {
        return Ok(Vec::new());
    }
    Ok(services.store.drafts(&journey.reference, &spec.id, book::SUBJECT).await?)
}

fn copy_of(journey: &Journey, spec: &TaskSpec, sent: &[Submission], drafts: &[Draft]) -> Result<Vec<Entry>, Halt> {
    book::entries(journey, journey.task(&spec.id), &review::rounds(sent)?, drafts).map_err(Halt::Fault)
}

/// What this team has typed so far.
///
/// # Errors
/// When the memory does not answer, or a draft cannot be read.
pub async fn typed(desk: &Desk) -> Result<(Answers, Vec<Draft>), Halt> {
    let drafts = desk.hall.services.store.drafts(&desk.journey().reference, &desk.spec.id, verdicts::SUBJECT).await?;
    Ok((verdicts::typed(&drafts).map_err(Halt::Fault)?, drafts))
}

/// The closed gate and why it is open again. Whoever can answer rows already reads of the gate in one line, folded.
fn closed(desk: &Desk) -> AnyView {
    let gate = gate(desk);
    let early = gate.is_some() && decide::may_write(desk.journey(), &desk.visitor.actor, &desk.spec.id);
    if !early {
        return view! { {gate} {reopened(desk)} }.into_any();
    }
    view! {
        <details class="nhsuk-details">
            <summary class="nhsuk-details__summary">
                <span class="nhsuk-details__summary-text">"You can answer rows now. See what must be done before you can submit"</span>
            </summary>
            {gate}
        </details>
        {reopened(desk)}
    }
    .into_any()
}

/// Crumbs, messages, heading with facts and the way to send, then the two halves, then what every task's page has below.
pub fn framed(desk: &Desk, heading: String, facts: AnyView, halves: AnyView) -> AnyView {
    let journey = desk.journey();
    let product = journey.opening.product.clone();
    let home = format!("/journeys/{}", journey.reference);
    let links = vec![("/journeys".to_owned(), "Journeys".to_owned()), (home, product.clone())];
    view! {
        <Crumbs links=links />
        {say::kept(desk.hall.kept.as_ref().or(desk.not_said.as_ref()))}
        {say::banner(desk.hall.banner.clone())}
        <div class="gpc-head">
            <Title above=format!("{product} {}", journey.reference) text=heading />
            {facts}
        </div>
        {live_on(&journey.reference)}
        {again::view(desk)}
        {frame::finished(desk)}
        {kept_true("gate", closed(desk))}
        {halves}
        <div class="nhsuk-grid-row">
            <div class="nhsuk-grid-column-two-thirds">
                {replies::view(desk)}
                {more(desk)}
                {desk.talk.below_a_task()}
            </div>
            <div class="nhsuk-grid-column-one-third gpc-aside">{kept_true("aside", crate::tasks::frame::aside(desk))}</div>
        </div>
        <Wake />
    }
    .into_any()
}
