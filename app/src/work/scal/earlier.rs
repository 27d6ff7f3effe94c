//! What was answered and said about a row in earlier rounds: it stays with the row.

use journey::{
    base::ids::FieldId,
    catalogue::row::row_form,
    ledger::event::{Event, Finding},
};
use leptos::prelude::*;

use crate::{
    act::sent,
    base::{dates, halt::Halt},
    desk::context::TaskContext,
};

/// One thing that happened to a row.
struct Step {
    heading: String,
    words: String,
    at: jiff::Timestamp,
}

/// Every round of a row: its answer, where it changed, and what reviewers said of it.
///
/// # Errors
/// When a submission cannot be read.
pub fn view(desk: &TaskContext, row: &journey::catalogue::row::Row) -> Result<Option<AnyView>, Halt> {
    let form = row_form(row);
    let part = &form.parts[0];
    let mut steps: Vec<Step> = Vec::new();
    let mut before = String::new();
    for sent in &desk.sent {
        let words = form.part_in_words(part, &sent::answers_of(sent)?);
        let Some(round) = desk.record().sent.iter().find(|known| known.round == sent.round) else { continue };
        if words != before && !words.is_empty() {
            let who = desk.who(&round.by);
            steps.push(Step { heading: format!("Answer in round {}, {who}", round.round), words: words.clone(), at: round.at });
        }
        before = words;
    }
    let says = |findings: &[Finding], field: &FieldId| {
        findings.iter().find(|finding| finding.field.as_ref() == Some(field)).map(|finding| finding.words.clone())
    };
    for recorded in desk.loaded.history.iter().filter(|recorded| recorded.event.task() == Some(&desk.spec.id)) {
        let who = recorded.by.as_ref().map_or_else(String::new, |by| {
            if desk.visitor.is_programme() { format!(", {}", desk.who(&by.person)) } else { String::new() }
        });
        let mut add = |round: &journey::base::ids::Round, role: &journey::base::actor::Role, what: &str, words: String| {
            steps.push(Step {
                heading: format!("{what} in round {round}, {}{who}", role.title().to_lowercase()),
                words,
                at: recorded.at,
            });
        };
        match &recorded.event {
            Event::Returned { round, role, findings, conditions, accepted, .. } => {
                if let Some(words) = says(findings, &row.field) {
                    add(round, role, "Change requested", words);
                }
                if let Some(words) = says(conditions, &row.field) {
                    add(round, role, "Accepted with condition", words);
                }
                if accepted.contains(&row.field) {
                    add(round, role, "Accepted", String::new());
                }
            }
            Event::Approved { round, role, conditions, accepted, .. } => {
                if let Some(words) = says(conditions, &row.field) {
                    add(round, role, "Accepted with condition", words);
                }
                if accepted.contains(&row.field) {
                    add(round, role, "Accepted", String::new());
                }
            }
            _ => {}
        }
    }
    if steps.is_empty() {
        return Ok(None);
    }
    steps.sort_by_key(|step| step.at);
    let count = steps.len();
    let items = steps
        .into_iter()
        .map(|step| {
            view! {
                <li>
                    <b>{step.heading}</b>
                    <time datetime=step.at.to_string()>{dates::moment(step.at)}</time>
                    {(!step.words.is_empty()).then(|| view! { <p class="gpc-lines">{step.words}</p> })}
                </li>
            }
        })
        .collect_view();
    Ok(Some(
        view! {
            <details class="nhsuk-details">
                <summary class="nhsuk-details__summary"><span class="nhsuk-details__summary-text">{format!("Earlier answers and verdicts ({count})")}</span></summary>
                <ol class="gpc-log">{items}</ol>
            </details>
        }
        .into_any(),
    ))
}
