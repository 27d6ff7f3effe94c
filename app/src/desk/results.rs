//! The results of a run of test suites: totals by capability, failures, and the run before beside it. `scripts` holds them
//! against the published test scripts.

use journey::{
    base::ids::Digest,
    form::{Answers, FileRef},
    ledger::machine::Verb,
    plan::process::Page,
    task::results::{self, Row, Run, matched},
};
use leptos::prelude::*;

use crate::{
    act::sent,
    base::{halt::Halt, words::counted},
    design::{
        Column::{Figures, Words},
        Details, Grid,
    },
    desk::{context::TaskContext, drafts, scripts},
};

/// Failures that one page lists; the report itself has them all.
const MOST_LISTED: usize = 200;

fn reports(answers: &Answers) -> Vec<FileRef> {
    answers.many(results::FIELD).iter().filter_map(|value| FileRef::parse(value)).collect()
}

fn digests(files: &[FileRef]) -> Vec<Digest> {
    files.iter().map(|file| file.digest.clone()).collect()
}

/// The results of the run that is being prepared or was sent last, compared with the round before.
///
/// # Errors
/// When the database does not answer.
pub async fn view(desk: &TaskContext) -> Result<Option<AnyView>, Halt> {
    if !matches!(desk.spec.page, Page::Results | Page::Testing) {
        return Ok(None);
    }
    let mut rounds = desk.sent.iter().map(|sent| sent::answers_of(sent).map(|answers| reports(&answers)));
    let mut sent: Vec<Vec<FileRef>> = rounds.by_ref().collect::<Result<_, _>>()?;
    if desk.may(Verb::Submit)
        && let Some(draft) = drafts::load(desk, "answers").await?.answers
    {
        let draft = reports(&draft);
        if !draft.is_empty() && sent.last() != Some(&draft) {
            sent.push(draft);
        }
    }
    let Some(now) = sent.pop() else { return Ok(None) };
    let before = sent.pop().unwrap_or_default();
    let asked: Vec<Digest> = digests(&now).into_iter().chain(digests(&before)).collect();
    let runs = desk.context.services.store.runs(&desk.journey().reference, &desk.spec.id, &asked).await?;
    let reports: Vec<(String, &Run)> = now.iter().filter_map(|file| Some((file.name.clone(), runs.get(&file.digest)?))).collect();
    let scripts = scripts::view(desk, &reports).await?;
    let claim = matched::claim(&reports.iter().map(|(_, run)| *run).collect::<Vec<_>>());
    let (now, before) = (digests(&now), digests(&before));
    let notes: Vec<String> = now.iter().filter_map(|digest| runs.get(digest)).flat_map(|run| run.notes.clone()).collect();
    let rows = |digests: &[Digest]| -> Vec<Row> {
        digests.iter().filter_map(|digest| runs.get(digest)).flat_map(|run| run.rows.clone()).collect()
    };
    let (now, before) = (rows(&now), rows(&before));
    if now.is_empty() {
        return Ok(None);
    }
    Ok(Some(
        view! {
            <section class="gpc-below" aria-labelledby="results-of-run">
                <h2 class="nhsuk-heading-m" id="results-of-run">"Results of the run"</h2>
                {claim.map(|says| view! { <div class="nhsuk-inset-text"><p>{says}</p></div> })}
                {totals(&now)}
                {doubts(&notes)}
                {scripts}
                {rerun(&before, &now)}
                {failures(&now, !notes.is_empty())}
                {named(&now, "not run", |row| row.outcome == results::Outcome::Skipped)}
                {named(&now, "passed only after a retry", |row| row.retried)}
            </section>
        }
        .into_any(),
    ))
}

fn totals(rows: &[Row]) -> AnyView {
    let (by_area, all) = results::totals(rows);
    let line = |title: &'static str, count: results::Count| {
        let seconds = count.millis.div_ceil(1000);
        view! {
            <tr role="row">
                <th scope="row" role="rowheader">{title}</th>
                <td role="cell" data-l="Passed" class="gpc-num">{count.passed}</td>
                <td role="cell" data-l="Failed" class="gpc-num"><span class=(count.failed > 0).then_some("gpc-late")>{count.failed}</span></td>
                <td role="cell" data-l="Not run" class="gpc-num">{count.skipped}</td>
                <td role="cell" data-l="All" class="gpc-num">{count.all()}</td>
                <td role="cell" data-l="Seconds" class="gpc-num">{seconds}</td>
            </tr>
        }
    };
    let lines = by_area.into_iter().map(|(area, count)| line(area.title(), count)).collect_view();
    view! {
        <Grid
            caption="Scenarios by capability and outcome"
            columns=[Words("Capability"), Figures("Passed"), Figures("Failed"), Figures("Not run"), Figures("All"), Figures("Seconds")]
            rows={view! { {lines}{line("Total", all)} }.into_any()}
        />
    }
    .into_any()
}

/// What in the reports does not agree, or could not be read.
fn doubts(notes: &[String]) -> Option<AnyView> {
    let items = notes.iter().map(|note| view! { <li class="gpc-break">{note.clone()}</li> }).collect_view();
    (!notes.is_empty()).then(|| {
        view! {
            <section class="gpc-finding gpc-below" aria-labelledby="doubts">
                <h3 class="nhsuk-heading-s" id="doubts">"Look at the reports again"</h3>
                <ul class="nhsuk-list nhsuk-list--bullet">{items}</ul>
            </section>
        }
        .into_any()
    })
}

/// The scenarios of one kind by name, with what the suite said of them.
fn named(rows: &[Row], what: &str, fits: fn(&Row) -> bool) -> Option<AnyView> {
    let found: Vec<&Row> = rows.iter().filter(|row| fits(row)).collect();
    let more = found.len().saturating_sub(MOST_LISTED);
    let items = found
        .iter()
        .take(MOST_LISTED)
        .map(|row| {
            let said = if row.message.is_empty() { String::new() } else { format!(": {}", row.message) };
            view! { <li class="gpc-break">{name(row)}{said}</li> }
        })
        .collect_view();
    (!found.is_empty()).then(|| {
        view! {
            <Details summary=format!("{} {what}", counted(found.len(), "scenario")) class="gpc-below" body=view! { <ul class="nhsuk-list nhsuk-list--bullet">{items}</ul>
                    {(more > 0).then(|| view! { <p>{format!("And {more} more in the reports.")}</p> })} }.into_any() />
        }
        .into_any()
    })
}

fn names(rows: &[&Row]) -> AnyView {
    let items = rows.iter().take(MOST_LISTED).map(|row| view! { <li>{name(row)}</li> }).collect_view();
    view! { <ul class="nhsuk-list nhsuk-list--bullet">{items}</ul> }.into_any()
}

fn name(row: &Row) -> String {
    let example = if row.example.is_empty() { String::new() } else { format!(" ({})", row.example) };
    format!("{}: {}{example}", row.feature, row.scenario)
}

fn rerun(before: &[Row], now: &[Row]) -> Option<AnyView> {
    if before.is_empty() {
        return None;
    }
    let rerun = results::compare(before, now);
    let part = |title: &'static str, rows: &[&Row]| {
        let summary = format!("{title}: {}", rows.len());
        if rows.is_empty() {
            return view! { <p>{summary}</p> }.into_any();
        }
        view! {
            <Details summary=summary body=view! { {names(rows)} }.into_any() />
        }
        .into_any()
    };
    Some(
        view! {
            <h3 class="nhsuk-heading-s gpc-below">"Compared with the run before"</h3>
            {part("Fixed", &rerun.fixed)}
            {part("New failures", &rerun.broken)}
            {part("Still failing", &rerun.still)}
            {part("Not run any more", &rerun.unrun)}
            {part("No longer in the run", &rerun.gone)}
        }
        .into_any(),
    )
}

fn failures(rows: &[Row], doubtful: bool) -> AnyView {
    let failed: Vec<&Row> = rows.iter().filter(|row| row.outcome == results::Outcome::Failed).collect();
    if failed.is_empty() {
        let says = results::totals(rows).1.without_failure(doubtful);
        return view! { <p class="gpc-below">{says}</p> }.into_any();
    }
    let more = failed.len().saturating_sub(MOST_LISTED);
    let lines = failed
        .iter()
        .take(MOST_LISTED)
        .map(|row| {
            view! {
                <tr role="row">
                    <th scope="row" role="rowheader">{name(row)}</th>
                    <td role="cell" data-l="What was said" class="gpc-break">{row.message.clone()}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <h3 class="nhsuk-heading-s gpc-below">{counted(failed.len(), "failure")}</h3>
        <Grid caption="Scenarios that failed, with what the suite said" columns=["Scenario", "What was said"] rows=lines.into_any() />
        {(more > 0).then(|| view! { <p class="gpc-meta">{format!("And {more} more in the reports.")}</p> })}
    }
    .into_any()
}
