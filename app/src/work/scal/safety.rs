//! `…/safety`: clinical safety as a lane of its own. Safety case, hazard log, meetings with their minutes, and the sign-off
//! of the clinical safety team, gathered from where each of them is kept (domain/scal.md; domain/testing.md).

use journey::{
    base::actor::Role,
    form::FileRef,
    ledger::{file_sort::Sort, machine::Verb},
    plan::process::TaskSpec,
    rule::offers,
    scal::{
        book::{self, Entry},
        evidence::Evidence,
    },
    task::forms,
};
use leptos::prelude::*;

use crate::{
    act::sent,
    base::{dates, halt::Halt, paths, words::counted},
    design::{
        Column::{Figures, Words},
        Grid, StandingTag, file_link,
    },
    desk::{context::TaskContext, working::working},
    work::scal::{evidence, frame::framed, table::stands_tag},
};

/// The page.
///
/// # Errors
/// When the database does not answer, or something cannot be read.
pub async fn view(desk: &TaskContext) -> Result<AnyView, Halt> {
    let (entries, product) = working(desk).await?;
    let clinical: Vec<&Entry> = entries.iter().filter(|entry| entry.row.owner == Role::ClinicalSafety).collect();
    let facts = desk.context.services.store.evidence(&desk.journey().reference, &desk.spec.id).await?;
    let body = view! {
        <p>"What makes the product safe for patients, in one place: rows of the SCAL, the safety case and hazard log, the clinical meetings, and the decision of the clinical safety team."</p>
        <h2 class="nhsuk-heading-m">"Sign-off"</h2>
        {signed_off(desk)}
        <h2 class="nhsuk-heading-m">"Rows of the SCAL"</h2>
        {rows(desk, &clinical)}
        <h2 class="nhsuk-heading-m">"Hazard log"</h2>
        {hazard_log(desk, &entries, &facts, &product)}
        <h2 class="nhsuk-heading-m">"Officer and meetings"</h2>
        {meetings(desk).await?}
        <p><a href=desk.path()>"Back to the SCAL"</a></p>
    };
    Ok(framed(desk, "Clinical safety".to_owned(), ().into_any(), body.into_any()))
}

/// What the clinical safety team has said of the round that was sent last.
fn signed_off(desk: &TaskContext) -> AnyView {
    let record = desk.record();
    let given = record.approvals.iter().find(|approval| approval.role == Role::ClinicalSafety);
    let finish = format!("{}/finish", desk.path());
    let role = offers::judge(desk.journey(), &desk.visitor.actor, Verb::Approve, &desk.spec.id).ok();
    match given {
        Some(approval) => {
            let who = if desk.visitor.is_programme() { desk.who(&approval.by) } else { "The clinical safety team".to_owned() };
            view! { <p>{format!("{who} accepted round {} on {}.", record.round, dates::day_of(approval.at))}</p> }.into_any()
        }
        None if record.sent.is_empty() => view! { <p>"The SCAL has not been submitted yet."</p> }.into_any(),
        None if role == Some(Role::ClinicalSafety) => {
            view! { <p>{format!("Round {} waits for your team. ", record.round)}<a href=finish>"Finish your sections"</a></p> }
                .into_any()
        }
        None => view! { <p>{format!("Round {} is not accepted by the clinical safety team.", record.round)}</p> }.into_any(),
    }
}

fn rows(desk: &TaskContext, clinical: &[&Entry]) -> AnyView {
    let told = book::progress(clinical.iter().copied());
    let path = desk.path();
    let lines = clinical
        .iter()
        .map(|entry| {
            let to = format!("{path}/{}", entry.row.field);
            view! {
                <tr role="row">
                    <th scope="row" role="rowheader"><a class="gpc-code" href=to>{entry.row.id.clone()}</a><span class="gpc-req">{entry.row.requirement.clone()}</span></th>
                    <td role="cell" data-l="Status">{stands_tag(entry.stands)}</td>
                    <td role="cell" class="gpc-num" data-l="Evidence">{entry.proofs()}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <p class="gpc-meta">{format!("{}, {} ready, {} accepted.", counted(told.all, "row"), told.ready, told.accepted)}</p>
        <Grid caption="Rows that the clinical safety team settles" columns=[Words("Row and requirement"), Words("Status"), Figures("Evidence")] rows=lines.into_any() />
    }
    .into_any()
}

/// The newest file that is a hazard log, and those that it replaced.
fn hazard_log(desk: &TaskContext, entries: &[Entry], facts: &[Evidence], product: &str) -> AnyView {
    let mut logs: Vec<&Evidence> = facts.iter().filter(|facts| facts.sort == Sort::HazardLog).collect();
    logs.sort_by_key(|facts| std::cmp::Reverse(facts.at));
    if logs.is_empty() {
        let to = format!("{}/evidence", desk.path());
        return view! { <p>"No file is marked as hazard log. "<a href=to>"Say under Evidence which file it is"</a>"; then only those who answer for clinical safety can open it."</p> }
            .into_any();
    }
    let name = |log: &Evidence| {
        entries.iter().flat_map(Entry::files).filter_map(|value| FileRef::parse(value)).find(|file| file.digest == log.digest)
    };
    let items = logs
        .into_iter()
        .map(|log| {
            let reads = log.sort.may_be_read_by(&desk.visitor.actor);
            let file = name(log);
            let shown = match file {
                Some(file) if reads => file_link(&file.to_string()),
                Some(file) => file.name.into_any(),
                None => "A file that no row names any more".into_any(),
            };
            let stale = log.is_stale(product).then(|| view! { " "<strong class="nhsuk-tag nhsuk-tag--grey">"Old version"</strong> });
            view! { <li>{shown}{stale}<span class="gpc-meta">{format!(" {} Received {}.", evidence::in_words(log), dates::day_of(log.at))}</span></li> }
        })
        .collect_view();
    view! { <ul class="nhsuk-list">{items}</ul> }.into_any()
}

/// The tasks of the clinical lane with what was agreed.
async fn meetings(desk: &TaskContext) -> Result<AnyView, Halt> {
    let journey = desk.journey();
    let lane: Vec<&TaskSpec> = journey.plan().filter(|spec| forms::is_clinical(spec)).collect();
    if lane.is_empty() {
        return Ok(view! { <p>"This plan has no tasks for them. Meetings and their minutes are in the messages of the journey, and are evidence for the rows above."</p> }.into_any());
    }
    let mut items = Vec::new();
    for spec in lane {
        let record = journey.task(&spec.id);
        let sent = sent::last(&desk.context.services, journey, &spec.id).await?.as_ref().map(sent::answers_of).transpose()?;
        let standing = journey.standing(&spec.id);
        let to = paths::task(&journey.reference, &spec.id);
        let minutes = sent.filter(|answers| !answers.one("minutes").is_empty()).map(|answers| {
            let held =
                answers.one("held_on").parse().map_or_else(|_| String::new(), |day| format!("Held on {}. ", dates::date(day)));
            let actions = answers.one("actions").to_owned();
            view! {
                <p class="gpc-meta">{format!("{held}Attended by: {}", answers.one("attended"))}</p>
                <p class="gpc-lines">{answers.one("minutes").to_owned()}</p>
                {(!actions.is_empty()).then(|| view! { <p><b>"Open actions"</b></p><p class="gpc-lines">{actions}</p> })}
            }
        });
        let answer = match &record.state {
            journey::ledger::standing::State::Settled { note, .. } if !note.is_empty() => {
                Some(view! { <p class="gpc-lines"><b>"NHS England: "</b>{note.clone()}</p> })
            }
            _ => None,
        };
        items.push(view! {
            <section class="gpc-below">
                <h3 class="nhsuk-heading-s"><a href=to>{spec.label.clone()}</a>" "<StandingTag standing=standing /></h3>
                {minutes}
                {answer}
            </section>
        });
    }
    Ok(items.collect_view().into_any())
}
