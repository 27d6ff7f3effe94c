//! Check your decision: what a reviewer is about to record, before it is recorded.

use journey::{
    ledger::event::Finding,
    plan::certificates,
    rule::{answering, command::Command, review, undo},
};
use leptos::prelude::*;

use crate::{
    base::{
        halt::Halt,
        words::{counted, listed},
    },
    design::{Button, Hidden},
    desk::{actions, context::TaskContext, drafts, frame::framed, teams},
    request::visitor,
};

/// The end of its address.
pub const PAGE: &str = "check";

/// What it is called.
pub const TITLE: &str = "Check your decision";

/// `…/tasks/{task}/check`
///
/// # Errors
/// [`Halt::Elsewhere`] where nothing is drafted that could be recorded.
pub async fn view(desk: &TaskContext) -> Result<AnyView, Halt> {
    let elsewhere = || Halt::Elsewhere(desk.path());
    let role = teams::deciding(desk).ok_or_else(elsewhere)?;
    let draft = drafts::load_review(desk, role).await?;
    let typed = draft.answers.clone().ok_or_else(elsewhere)?;
    let command = actions::drafted_decision(desk.journey(), desk.spec, role, typed.clone()).await?.map_err(|_| elsewhere())?;
    let journey = desk.journey();
    let noun = journey.process.noun(&desk.spec.id);
    let supplier = desk.loaded.names.organisations.get(&journey.organisation).map_or("the supplier", String::as_str);
    let (what, told) = match &command {
        Command::Return { findings, accepted, conditions, .. } => (
            format!("Return to {supplier} with {}", counted(findings.len(), "finding")),
            view! {
                {named(desk, "What you ask for", findings)}
                {named(desk, "Conditions", conditions)}
                {accepts(accepted.len())}
            }
            .into_any(),
        ),
        Command::Approve { note, accepted, conditions, .. } => (
            format!("Approve: {noun}"),
            view! {
                {accepts(accepted.len())}
                {named(desk, "Conditions", conditions)}
                {(!note.trim().is_empty()).then(|| view! { <h2 class="nhsuk-heading-s">"Words that go with it"</h2> <p class="gpc-lines">{note.clone()}</p> })}
            }
            .into_any(),
        ),
        Command::Refuse { reason, .. } => (
            format!("Refuse: {noun}"),
            view! { <h2 class="nhsuk-heading-s">"Why"</h2> <p class="gpc-lines">{reason.clone()}</p> }.into_any(),
        ),
        _ => return Err(elsewhere()),
    };
    let left: Vec<String> = journey
        .deciders(desk.spec)
        .into_iter()
        .filter(|other| *other != role && !desk.record().has_finished(*other))
        .map(|other| other.the())
        .collect();
    let others = (!left.is_empty() && !matches!(command, Command::Refuse { .. }))
        .then(|| format!("It goes to the supplier when every team has finished. Still to finish: {}.", listed(left)));
    // What leaves a certificate is in the register at once.
    let certifies = matches!(command, Command::Approve { .. }) && certificates::kind(desk.spec).is_some();
    let later = if certifies {
        "It cannot be undone when it leaves a certificate: that is withdrawn by two people.".to_owned()
    } else {
        format!(
            "Emails about it go after {} minutes. Until then you can undo it, as long as nothing follows from it.",
            undo::MINUTES
        )
    };
    let words = typed.0.iter().flat_map(|(id, values)| {
        values.iter().map(move |value| view! { <input type="hidden" name=format!("answers[{id}][]") value=value.clone() /> })
    });
    let words = words.collect_view();
    let fields = vec![("role", role.name().to_owned()), ("instead", visitor::query("instead"))];
    let warning = matches!(command, Command::Refuse { .. });
    let middle = view! {
        {told}
        {others.map(|text| view! { <p>{text}</p> })}
        <p>{format!("You decide for {}. {later}", role.the())}</p>
        <form action="/do/task/review" method="post">
            {desk.hidden()}
            {draft.hidden(&review::subject_of(role))}
            <Hidden values=fields />
            {words}
            <div class="nhsuk-button-group">
                <Button text=what.clone() warning=warning />
                <a class="nhsuk-button nhsuk-button--secondary" role="button" draggable="false" href=desk.path()>"Go back and change it"</a>
            </div>
        </form>
    }
    .into_any();
    Ok(framed(desk, TITLE.to_owned(), what, middle))
}

fn accepts(count: usize) -> Option<AnyView> {
    let says =
        if count == 1 { "1 answer is accepted.".to_owned() } else { format!("{} are accepted.", counted(count, "answer")) };
    (count > 0).then(|| view! { <p>{says}</p> }.into_any())
}

/// Findings or conditions, each with the answer that it is about.
fn named(desk: &TaskContext, heading: &'static str, findings: &[Finding]) -> Option<AnyView> {
    let journey = desk.journey();
    let work = desk.spec.reviews.as_ref().and_then(|id| journey.process.task(id)).unwrap_or(desk.spec);
    let label =
        |finding: &Finding| finding.field.as_ref().map_or_else(String::new, |id| answering::label_of(work, &journey.opening, id));
    let items = findings
        .iter()
        .map(|finding| view! { <li><b>{label(finding)}</b> <p class="gpc-lines">{finding.words.clone()}</p></li> });
    let items: Vec<_> = items.collect();
    (!items.is_empty()).then(|| {
        view! { <h2 class="nhsuk-heading-s">{heading}</h2> <ol class="nhsuk-list nhsuk-list--number">{items}</ol> }.into_any()
    })
}
