//! What was signed beside what is to be signed now, for whoever signs again.

use journey::{
    base::ids::{Digest, OrganisationId, TaskId},
    ledger::event::{Event, Recorded},
};
use leptos::prelude::*;

use crate::{
    base::{
        dates,
        diff::{Patience, changed_lines},
        halt::Halt,
    },
    design::Grid,
    request::services::Services,
    work::agreement::text::kept,
};

/// What an organisation signed last under other words than these, and what differs. `None` where it has signed no others.
///
/// # Errors
/// When the words that were signed cannot be read.
pub async fn view(
    services: &Services,
    history: &[Recorded],
    task: &TaskId,
    organisation: &OrganisationId,
    (now, digest): (&str, &Digest),
) -> Result<Option<AnyView>, Halt> {
    let of = |recorded: &&Recorded| {
        let own = recorded.by.as_ref().is_some_and(|by| by.organisation == *organisation);
        own && matches!(&recorded.event, Event::Signed { task: of, .. } if of == task)
    };
    let Some(last) = history.iter().rev().find(of) else { return Ok(None) };
    let Event::Signed { words, .. } = &last.event else { return Ok(None) };
    if words == digest {
        return Ok(None);
    }
    let then = kept(services, words).await?;
    let patience = Patience::of_page();
    let row = |(old, new): (String, String)| {
        let (old, new) = patience.beside(&short(&old), &short(&new));
        view! {
            <tr role="row">
                <td role="cell" data-l="When you signed">{old}</td>
                <td role="cell" data-l="Now">{new}</td>
            </tr>
        }
    };
    let rows = changed_lines(&then, now).into_iter().map(row).collect_view();
    Ok(Some(
        view! {
            <h2 class="nhsuk-heading-m" id="what-changed">"What has changed since you signed"</h2>
            <p>{format!("Your organisation signed on {}. These lines of the words are different now. Everything else is the same.", dates::day_of(last.at))}</p>
            <Grid caption="The lines that changed" columns=["When you signed", "Now"] rows=rows.into_any() />
        }
        .into_any(),
    ))
}

/// The lines as people compare them: of a digest its beginning is enough.
fn short(lines: &str) -> String {
    let shorter = |word: &str| {
        let is_digest = word.len() == 64 && word.bytes().all(|b| b.is_ascii_hexdigit());
        if is_digest { format!("{}…", &word[..12]) } else { word.to_owned() }
    };
    let line = |line: &str| line.split(' ').map(shorter).collect::<Vec<_>>().join(" ");
    lines.trim_end().lines().map(line).collect::<Vec<_>>().join("\n")
}
