//! The sites of a journey: how far each has come with each capability, which steps are done, which are live or suspended, and
//! the forms that record a step at many sites or one site as live.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use journey::{
    form::Answers,
    ledger::{
        event::Event,
        machine::Verb,
        site::{Site, Step},
    },
    rule::go_live::{self, Sent},
    task::go_live as forms,
    view::sites::{self as matrix, Cell, CellState, Progress, Shown, SiteRow},
};
use leptos::prelude::*;

use crate::{
    base::{
        dates,
        halt::Halt,
        paths,
        words::{counted, encode},
    },
    design::{Button, Column, Columns, Details, Grid, Hidden, ask},
    desk::{context::TaskContext, search::Search},
    request::visitor::query,
    work::go_live::{import, planned::sent_of},
};

/// Sites on one page.
const ROWS: usize = 50;

/// For how long whoever recorded a step can undo it with one button.
const UNDO: SignedDuration = SignedDuration::from_mins(10);

/// The page of one site.
#[must_use]
pub fn path_of(desk: &TaskContext, ods_code: &str) -> String {
    format!("{}/{}", desk.path(), encode(&ods_code.to_lowercase()))
}

/// The middle of the task that records sites, above its own form.
///
/// # Errors
/// When the plan cannot be read.
pub async fn view(desk: &TaskContext) -> Result<AnyView, Halt> {
    let sent = sent_of(&desk.context.services, desk.journey()).await?;
    let rows = matrix::rows(desk.journey(), &sent);
    let search = Search::asked();
    let shown = Shown::named(&search.show).unwrap_or(Shown::All);
    let wanted = |row: &&SiteRow<'_>| row.is(shown) && search.finds(&row.site.ods_code, &row.site.name);
    let found: Vec<&SiteRow<'_>> = rows.iter().filter(wanted).collect();
    let steps =
        if desk.may(Verb::RecordStep) { go_live::steps_of(desk.journey(), desk.spec, &desk.visitor.actor) } else { Vec::new() };
    let page = found.iter().skip(search.from).take(ROWS);
    let codes: Vec<String> = page.clone().map(|row| row.site.ods_code.clone()).collect();
    let lines = page.map(|row| line(desk, row, !steps.is_empty())).collect_view();
    let has_waves = sent.waves.len() > 1;
    let count = count_in_words(&rows);
    let waits = go_live::holding(desk.journey()).filter(|_| has_waves).map(|spec| {
        let to = paths::task(&desk.journey().reference, &spec.id);
        view! { <p class="nhsuk-inset-text">"Sites of wave 2 and later go live when "<a href=to>{spec.noun.clone()}</a>" is completed."</p> }
    });
    let table = if rows.is_empty() {
        view! { <div class="gpc-empty"><p>"No site is planned yet. The deployment plan names them."</p></div> }.into_any()
    } else if found.is_empty() {
        view! { <p>"No site matches your search. "<a href=desk.path()>"Show all sites"</a></p> }.into_any()
    } else {
        let mut columns: Vec<Column> = Vec::new();
        columns.extend((!steps.is_empty()).then_some(Column::Unseen("Select")));
        columns.extend([Column::Words("Site"), Column::Words("Signed")]);
        columns.extend(desk.journey().chosen().into_iter().map(|capability| Column::Words(capability.title())));
        columns.push(Column::Words("Live and checked"));
        let columns: Columns = columns.into_iter().collect();
        view! { <Grid caption="How each site stands with each capability" columns=columns rows=lines.into_any() /> }.into_any()
    };
    let csv = format!("{}.csv", paths::sites(&desk.journey().reference, &desk.spec.id));
    let some = !rows.is_empty();
    let records = !steps.is_empty();
    let place = format!("{}#sites", desk.path());
    let pages = search.pages(&place, found.len(), ROWS);
    Ok(view! {
        <h2 class="nhsuk-heading-m" id="sites">"Sites"</h2>
        <p>{count}</p>
        {some.then(|| progress(&matrix::progress(&rows), has_waves))}
        {waits}
        {undo(desk)}
        {(rows.len() > 5).then(|| search.form(&place, "Search the sites", shows(&rows, shown)))}
        {if steps.is_empty() {
            view! { {table} {pages} }.into_any()
        } else {
            view! {
                <form action="/do/go-live/record-step" method="post" novalidate>
                    {desk.hidden()}
                    {table}
                    {pages}
                    {record_step(desk, &steps, codes.len())}
                </form>
            }.into_any()
        }}
        {some.then(|| view! { <p><a href=csv download="">"Download the sites (CSV)"</a></p> })}
        {records.then(|| view! { <p><a href=format!("{}/{}", desk.path(), import::PAGE)>"Record steps from an Excel or CSV file"</a></p> })}
        {desk.may(Verb::RecordSite).then(|| record(desk, &sent))}
    }
    .into_any())
}

/// "12 of 40 sites are live. 1 is suspended. 2 are not in the plan."
fn count_in_words(rows: &[SiteRow<'_>]) -> String {
    let are = |count: usize, what: &str| if count == 1 { format!(" 1 is {what}.") } else { format!(" {count} are {what}.") };
    let live = rows.iter().filter(|row| row.is_in_use()).count();
    let suspended = rows.iter().filter(|row| row.live_on.is_some() && !row.is_in_use()).count();
    let outside = rows.iter().filter(|row| !row.planned).count();
    let planned = rows.iter().any(|row| row.planned);
    let mut text = match rows.len() {
        0 => return String::new(),
        1 => format!("{live} of 1 site is live."),
        all => format!("{live} of {all} sites are live."),
    };
    for (count, what) in [(suspended, "suspended"), (if planned { outside } else { 0 }, "not in the plan")] {
        if count > 0 {
            text += &are(count, what);
        }
    }
    text
}

/// How far the sites have come, as bars with their figures: one row for each wave.
fn progress(waves: &[Progress], has_waves: bool) -> AnyView {
    let bar = |label: &'static str, done: usize, all: usize| {
        view! {
            <td role="cell" data-l=label>
                <progress class="gpc-bar" max=all.to_string() value=done.to_string() aria-label=label>{format!("{done} of {all}")}</progress>
                {format!("{done} of {all}")}
            </td>
        }
    };
    let rows = waves
        .iter()
        .map(|wave| {
            let name = match wave.wave {
                Some(number) => format!("Wave {number}"),
                None if has_waves => "Not in a wave".to_owned(),
                None => "All sites".to_owned(),
            };
            let from = wave.from.map(|day| view! { <br /><span class="gpc-meta">{format!("from {}", dates::date(day))}</span> });
            view! {
                <tr role="row">
                    <th scope="row" role="rowheader">{name}{from}</th>
                    {bar("Signed", wave.signed, wave.sites)}
                    {bar(Step::Asid.short(), wave.steps[0], wave.sites)}
                    {bar(Step::Sharing.short(), wave.steps[1], wave.sites)}
                    {bar(Step::Enabled.short(), wave.steps[2], wave.sites)}
                    {bar("Live", wave.live, wave.sites)}
                </tr>
            }
        })
        .collect_view();
    let columns = ["Sites", "Signed", Step::Asid.short(), Step::Sharing.short(), Step::Enabled.short(), "Live"];
    view! { <Grid caption="Progress of the sites" columns=columns rows=rows.into_any() live="progress" /> }.into_any()
}

/// What can be shown, with how many there are of each.
fn shows(rows: &[SiteRow<'_>], shown: Shown) -> Vec<(&'static str, String)> {
    let counted = Shown::ALL.iter().map(|one| (*one, rows.iter().filter(|row| row.is(*one)).count()));
    let used = counted.filter(|(one, count)| *count > 0 || *one == shown);
    used.map(|(one, count)| (one.name(), format!("{} ({count})", one.title()))).collect()
}

/// The way to the form that records a planned site as live.
fn record_link(desk: &TaskContext, row: &SiteRow<'_>) -> AnyView {
    let to = format!("{}?site={}#record", desk.path(), row.site.ods_code);
    let name = if row.site.name.is_empty() { row.site.ods_code.clone() } else { row.site.name.clone() };
    view! { <a href=to>"Record"<span class="nhsuk-u-visually-hidden">{format!(" {name}")}</span>" as live"</a> }.into_any()
}

fn line(desk: &TaskContext, row: &SiteRow<'_>, selects: bool) -> AnyView {
    let goes_live = row.live_on.is_none() && desk.may(Verb::RecordSite);
    let (code, name) = (row.site.ods_code.clone(), row.site.name.clone());
    let name_of = format!("Select {name} ({code})");
    let tick = selects.then(|| {
        view! {
            <td role="cell" data-l="Select"><input type="checkbox" name="answers[ticked][]" value=code.clone() aria-label=name_of /></td>
        }
    });
    let wave = match (row.wave, row.planned) {
        (Some(number), _) => format!("{code}, wave {number}"),
        (None, true) => code.clone(),
        (None, false) => format!("{code}, not in the plan"),
    };
    let shown = if name.is_empty() { code.clone() } else { name };
    let cells = row
        .cells
        .iter()
        .map(|cell| view! { <td role="cell" data-l=cell.capability.title()>{told(cell, row)}</td> })
        .collect_view();
    view! {
        <tr role="row">
            {tick}
            <th scope="row" role="rowheader"><a href=path_of(desk, &code)>{shown}</a><br /><span class="gpc-meta gpc-mono">{wave}</span></th>
            <td role="cell" data-l="Signed">{signed(row)}</td>
            {cells}
            <td role="cell" data-l="Live and checked">{if goes_live { record_link(desk, row) } else { checks(row).into_any() }}</td>
        </tr>
    }
    .into_any()
}

/// Whether whoever uses the product at a site has signed.
pub(crate) fn signed(row: &SiteRow<'_>) -> &'static str {
    match row.signed {
        Some(true) => "Signed",
        Some(false) => "Not signed",
        None => "Not needed",
    }
}

fn checks(row: &SiteRow<'_>) -> String {
    match row.checks.last() {
        None if row.live_on.is_some() => "None yet".to_owned(),
        None => String::new(),
        Some(last) => {
            let showed = if last.fine { "nothing to put right" } else { "something to put right" };
            format!("{}: {showed}", dates::date(last.on))
        }
    }
}

/// How a capability stands at a site: its tag, and what is missing or since when.
pub(crate) fn told(cell: &Cell<'_>, row: &SiteRow<'_>) -> AnyView {
    let class = match cell.state {
        CellState::Suspended => "nhsuk-tag nhsuk-tag--orange",
        CellState::Live => "nhsuk-tag nhsuk-tag--green",
        CellState::Prepared(0) => "nhsuk-tag nhsuk-tag--grey",
        CellState::Prepared(_) if cell.next().is_none() => "nhsuk-tag nhsuk-tag--blue",
        CellState::Prepared(_) => "nhsuk-tag nhsuk-tag--white",
    };
    let about = match (cell.state, cell.suspended) {
        (CellState::Suspended, Some(suspended)) => format!("since {}", dates::day_of(suspended.at)),
        (CellState::Live, _) => row.live_on.map(|day| format!("since {}", dates::date(day))).unwrap_or_default(),
        _ => cell.next().map(|step| format!("next: {}", step.in_sentence())).unwrap_or_default(),
    };
    view! { <strong class=class>{cell.in_words()}</strong><br /><span class="gpc-meta">{about}</span> }.into_any()
}

/// The questions about a step, below the list in which sites are ticked.
fn record_step(desk: &TaskContext, steps: &[Step], ticks: usize) -> AnyView {
    let form = forms::step_form(desk.journey(), steps);
    let kept = desk.context.kept.as_ref().filter(|kept| kept.typed.0.contains_key(forms::PLACES));
    let answers = kept.map_or_else(|| untouched(desk, steps), |kept| kept.typed.clone());
    let help = if ticks > 0 {
        "Tick the sites in the list, or write their codes. What is recorded here can be taken back on the page of each site."
    } else {
        "Write the codes of the sites. What is recorded here can be taken back on the page of each site."
    };
    let typed = kept.map(|kept| kept.typed.many(forms::TICKED).len()).filter(|count| *count > 0);
    let open = kept.is_some();
    let body = view! {
        <p>{help}</p>
        {typed.map(|count| view! { <p class="nhsuk-inset-text">{format!("{} had been ticked. Tick them again.", counted(count, "site"))}</p> })}
        {ask::questions(&form, &answers, kept)}
        <Button text="Record it" secondary=true />
    };
    view! { <Details summary="Record what was done at sites" open=open body=body.into_any() /> }.into_any()
}

/// What stands in the form before anything is typed: today, and every capability.
pub(crate) fn untouched(desk: &TaskContext, steps: &[Step]) -> Answers {
    let mut answers = Answers::default().with("on", &desk.today.to_string());
    let all = desk.journey().chosen().into_iter().map(|capability| capability.name().to_owned()).collect();
    answers.0.insert(forms::FOR.to_owned(), all);
    if let [one] = steps {
        answers = answers.with("step", one.name());
    }
    answers
}

/// The way back from what the reader has just recorded, while nothing else was recorded of it.
fn undo(desk: &TaskContext) -> Option<AnyView> {
    let now = desk.context.services.clock.now();
    let own = |recorded: &&journey::ledger::event::Recorded| {
        recorded.by.as_ref().is_some_and(|by| by.person == desk.visitor.actor.person) && recorded.at > now - UNDO
    };
    let last = desk.loaded.history.iter().rev().take_while(own).next()?;
    let Event::SiteStep { step, capabilities, sites, on, .. } = &last.event else { return None };
    if !desk.may(Verb::TakeBackStep) {
        return None;
    }
    let mut values = vec![("step", step.name().to_owned()), ("reason", "Undone by whoever had recorded it.".to_owned())];
    values.extend(capabilities.iter().map(|capability| ("answers[capabilities][]", capability.name().to_owned())));
    values.extend(sites.iter().map(|site| ("answers[ticked][]", site.ods_code.clone())));
    let says = format!("You recorded “{}” on {} at {}.", step.title(), dates::date(*on), counted(sites.len(), "site"));
    Some(
        view! {
            <form class="nhsuk-inset-text" action="/do/go-live/take-back-step" method="post">
                {desk.hidden()}
                <Hidden values=values />
                <p>{says}</p>
                <Button text="Undo" secondary=true small=true />
            </form>
        }
        .into_any(),
    )
}

/// The form that records a site as live.
fn record(desk: &TaskContext, sent: &Sent) -> AnyView {
    let names: BTreeMap<&str, &str> = sent.planned().map(|site| (site.ods_code.as_str(), site.name.as_str())).collect();
    let asked = query("site").to_uppercase();
    let kept =
        desk.context.kept.as_ref().filter(|kept| kept.typed.0.contains_key("ods_code") && kept.typed.0.contains_key("live_on"));
    let mut before = Answers::default();
    if let Some(site) = desk.journey().sites.get(&asked) {
        before = as_answers(site);
    } else if let Some(name) = names.get(asked.as_str()) {
        before = before.with("ods_code", &asked).with("name", name);
    }
    let answers = kept.map_or(before, |kept| kept.typed.clone());
    let open = kept.is_some() || !asked.is_empty();
    let body = view! {
        <p>"When its first live call has worked. To correct a site, record it again under the same code."</p>
        <form action="/do/go-live/record-site" method="post" novalidate>
            {desk.hidden()}
            {ask::questions(&forms::site_form(desk.journey()), &answers, kept)}
            <Button text="Record the site" secondary=true />
        </form>
    };
    view! { <div id="record"><Details summary="Record a site that is live" open=open body=body.into_any() /></div> }.into_any()
}

/// A site as it was recorded, as the form asks for it.
fn as_answers(site: &Site) -> Answers {
    let mut answers = Answers::default()
        .with("ods_code", &site.ods_code)
        .with("name", &site.name)
        .with("live_on", &site.live_on.to_string())
        .with("checked", &site.note)
        .with("outside_plan", &site.outside_plan);
    answers.0.insert("capabilities".to_owned(), site.capabilities.iter().map(|it| it.name().to_owned()).collect());
    answers
}
