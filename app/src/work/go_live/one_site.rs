//! `/journeys/{ref}/tasks/{task}/{ODS code}`: one site. What is done there for each capability, since when it is live, its early
//! checks, and the ways to suspend it, to let it go on and to take it back.

use journey::{
    base::actor::Side,
    form::Answers,
    ledger::{
        machine::Verb,
        site::{Done, Step},
    },
    plan::capability::Capability,
    rule::go_live,
    task::go_live as forms,
    view::sites::{self as matrix, Cell, CellState, SiteRow},
};
use leptos::prelude::*;

use crate::{
    base::{dates, halt::Halt},
    design::{Button, ButtonLink, Details, Grid, Hidden, SummaryRow, ask},
    desk::{context::TaskContext, frame::framed},
    work::go_live::{
        planned::sent_of,
        sites::{signed, told, untouched},
    },
};

/// Title and body of the page.
///
/// # Errors
/// [`Halt::Missing`] for a code that neither the plan names nor anybody has recorded.
pub async fn view(desk: &TaskContext, code: &str) -> Result<(String, AnyView), Halt> {
    let sent = sent_of(&desk.context.services, desk.journey()).await?;
    let rows = matrix::rows(desk.journey(), &sent);
    let row = rows.iter().find(|row| row.site.ods_code.eq_ignore_ascii_case(code)).ok_or(Halt::Missing)?;
    let code = row.site.ods_code.clone();
    let name = if row.site.name.is_empty() { code.clone() } else { row.site.name.clone() };
    let wave = match (row.wave, row.from) {
        (Some(number), Some(from)) => format!("Wave {number}, from {}", dates::date(from)),
        (Some(number), None) => format!("Wave {number}"),
        (None, _) if row.planned => "The plan has no waves".to_owned(),
        _ => "Not in the plan".to_owned(),
    };
    let live = desk.journey().sites.get(&code);
    let middle = view! {
        <dl class="nhsuk-summary-list">
            <SummaryRow key="ODS code" value=code.clone() />
            <SummaryRow key="In the plan" value=wave />
            {live.filter(|site| !site.outside_plan.is_empty()).map(|site| view! { <SummaryRow key="Why it is live outside the plan" value=site.outside_plan.clone() /> })}
            <SummaryRow key="Agreements and declaration" value=signed(row) />
            <SummaryRow key="Live since" value=row.live_on.map_or_else(|| "Not live yet".to_owned(), dates::date) />
            {live.filter(|site| !site.note.is_empty()).map(|site| view! { <SummaryRow key="What was checked" value=site.note.clone() /> })}
        </dl>
        {capabilities(desk, row)}
        {stopped(desk, row)}
        {step_form(desk, &code)}
        {record_live(desk, row)}
        {checks(desk, row)}
        {suspend(desk, row)}
        {take_back(desk, row)}
        <p><a href=format!("{}#sites", desk.path())>"Back to all sites"</a></p>
    }
    .into_any();
    let title = format!("{name}, {}", desk.journey().opening.product);
    Ok((title, framed(desk, name, format!("{}, ", desk.spec.label) + &code, middle)))
}

/// Each capability with its steps: when, by whom, and the way to take one back.
fn capabilities(desk: &TaskContext, row: &SiteRow<'_>) -> AnyView {
    let rows = row
        .cells
        .iter()
        .map(|cell| {
            let steps = Step::ALL
                .iter()
                .map(|step| view! { <td role="cell" data-l=step.short()>{step_told(desk, cell, row, *step)}</td> })
                .collect_view();
            view! {
                <tr role="row">
                    <th scope="row" role="rowheader">{cell.capability.title()}</th>
                    <td role="cell" data-l="How it stands">{told(cell, row)}</td>
                    {steps}
                </tr>
            }
        })
        .collect_view();
    let columns = ["Capability", "How it stands", Step::Asid.short(), Step::Sharing.short(), Step::Enabled.short()];
    view! {
        <h2 class="nhsuk-heading-m">"Capabilities"</h2>
        <Grid caption="What is done for each capability" columns=columns rows=rows.into_any() live="cells" />
    }
    .into_any()
}

fn step_told(desk: &TaskContext, cell: &Cell<'_>, row: &SiteRow<'_>, step: Step) -> AnyView {
    let Some(done) = cell.steps.get(&step) else {
        let says = if matches!(cell.state, CellState::Prepared(_)) { "Not yet" } else { "Not recorded" };
        return says.into_any();
    };
    let Done { on, asid, by } = done;
    let asid = (!asid.is_empty()).then(|| view! { <span class="gpc-mono">{asid.clone()}</span><br /> });
    let who = format!("{}, by {}", dates::date(*on), desk.who(by));
    let may = desk.may(Verb::TakeBackStep) && go_live::steps_of(desk.journey(), desk.spec, &desk.visitor.actor).contains(&step);
    view! { {asid}{who}{may.then(|| step_back(desk, cell.capability, row, step))} }.into_any()
}

fn step_back(desk: &TaskContext, capability: Capability, row: &SiteRow<'_>, step: Step) -> AnyView {
    let code = row.site.ods_code.clone();
    let id = format!("back-{}-{}-{}", code.to_lowercase(), capability.name(), step.name());
    let values = vec![
        ("step", step.name().to_owned()),
        ("from", code.clone()),
        ("answers[capabilities][]", capability.name().to_owned()),
        ("answers[ticked][]", code),
    ];
    let about = format!("{}, {}", step.title(), capability.title());
    let body = view! {
        <form action="/do/go-live/take-back-step" method="post" novalidate>
            {desk.hidden()}
            <Hidden values=values />
            {ask::words(&id, "reason", &format!("Why is “{about}” not done?"), "", "", None, 2)}
            <Button text="Remove it" secondary=true small=true />
        </form>
    };
    view! { <Details class="gpc-fold" summary="Take back" body=body.into_any() /> }.into_any()
}

/// Why something is suspended, and the way to let it go on.
fn stopped(desk: &TaskContext, row: &SiteRow<'_>) -> Option<AnyView> {
    let suspended: Vec<&Cell<'_>> = row.cells.iter().filter(|cell| cell.state == CellState::Suspended).collect();
    if suspended.is_empty() {
        return None;
    }
    let items = suspended
        .iter()
        .filter_map(|cell| {
            let why = cell.suspended?;
            let who = format!("{} ({}), {}: ", desk.who(&why.by), side_of(why.side), dates::day_of(why.at));
            Some(view! { <li><b>{cell.capability.title()}</b>": "{who}<span class="gpc-lines">{why.reason.clone()}</span></li> })
        })
        .collect_view();
    let theirs = desk.may(Verb::ResumeSite) && go_live::can_resume(desk.journey(), &desk.visitor.actor, &row.site.ods_code);
    Some(
        view! {
            <section class="gpc-finding" aria-labelledby="suspended">
                <h2 class="nhsuk-heading-s" id="suspended">"Suspended here"</h2>
                <ul class="nhsuk-list nhsuk-list--bullet">{items}</ul>
                {theirs.then(|| site_form(desk, row, ("/do/go-live/resume-site", "resume", "Resume it", "What was put right?", "Everybody concerned gets an email."), false))}
                {(!theirs).then(|| view! { <p>"Whoever suspended it resumes it."</p> })}
            </section>
        }
        .into_any(),
    )
}

/// The side of whoever suspended something, in the middle of a sentence.
fn side_of(side: Side) -> String {
    if side == Side::Programme { side.title().to_owned() } else { side.title().to_lowercase() }
}

/// A short form about this site with a reason.
fn site_form(
    desk: &TaskContext,
    row: &SiteRow<'_>,
    (action, id, button, label, help): (&'static str, &'static str, &'static str, &'static str, &'static str),
    warning: bool,
) -> AnyView {
    let kept = desk.context.kept.as_ref().filter(|kept| kept.typed.one("form") == id);
    let problem = kept.and_then(|kept| kept.problem("reason"));
    let typed = kept.map(|kept| kept.typed.one("reason").to_owned()).unwrap_or_default();
    view! {
        <form action=action method="post" novalidate>
            {desk.hidden()}
            <Hidden values=vec![("ods_code", row.site.ods_code.clone())] />
            {(id == "suspend" && row.cells.len() > 1).then(|| which(row))}
            {ask::words(&format!("{id}-reason"), "reason", label, help, &typed, problem, 2)}
            <Button text=button warning=warning secondary=!warning small=true />
        </form>
    }
    .into_any()
}

/// Which capabilities are suspended: all that are live, unless some are ticked.
fn which(row: &SiteRow<'_>) -> AnyView {
    let live = row.cells.iter().filter(|cell| cell.state == CellState::Live);
    let items = live
        .map(|cell| {
            let id = format!("suspend-{}", cell.capability.name());
            view! {
                <div class="nhsuk-checkboxes__item">
                    <input class="nhsuk-checkboxes__input" id=id.clone() type="checkbox" name="answers[capabilities][]" value=cell.capability.name() />
                    <label class="nhsuk-label nhsuk-checkboxes__label" for=id>{cell.capability.title()}</label>
                </div>
            }
        })
        .collect_view();
    view! {
        <div class="nhsuk-form-group">
            <fieldset class="nhsuk-fieldset" aria-describedby="suspend-which">
                <legend class="nhsuk-fieldset__legend nhsuk-fieldset__legend--s">"Which capabilities?"</legend>
                <div class="nhsuk-hint" id="suspend-which">"Tick none to suspend all that are live here."</div>
                <div class="nhsuk-checkboxes nhsuk-checkboxes--small">{items}</div>
            </fieldset>
        </div>
    }
    .into_any()
}

/// The form for a step at this site.
fn step_form(desk: &TaskContext, code: &str) -> Option<AnyView> {
    let steps = go_live::steps_of(desk.journey(), desk.spec, &desk.visitor.actor);
    if !desk.may(Verb::RecordStep) || steps.is_empty() {
        return None;
    }
    let mut form = forms::step_form(desk.journey(), &steps);
    form.fields.retain(|field| field.id.as_str() != forms::PLACES);
    let kept = desk.context.kept.as_ref().filter(|kept| kept.typed.0.contains_key("step"));
    let answers = kept.map_or_else(|| untouched(desk, &steps), |kept| kept.typed.clone());
    let asid = steps.contains(&Step::Asid).then(|| {
        let form = forms::asid_form();
        ask::questions(&form, &answers, kept)
    });
    let hidden = vec![("from", code.to_owned()), ("answers[ticked][]", code.to_owned())];
    let open = kept.is_some();
    let body = view! {
        <form action="/do/go-live/record-step" method="post" novalidate>
            {desk.hidden()}
            <Hidden values=hidden />
            {ask::questions(&form, &answers, kept)}
            {asid}
            <Button text="Record it" secondary=true />
        </form>
    };
    Some(view! { <Details summary="Record what was done here" open=open body=body.into_any() /> }.into_any())
}

fn record_live(desk: &TaskContext, row: &SiteRow<'_>) -> Option<AnyView> {
    let text = if row.live_on.is_some() { "Correct what was recorded" } else { "Record this site as live" };
    let to = format!("{}?site={}#record", desk.path(), row.site.ods_code);
    desk.may(Verb::RecordSite).then(|| view! { <p><ButtonLink to=to text=text secondary=true /></p> }.into_any())
}

/// The early checks so far, and the form for the next one.
fn checks(desk: &TaskContext, row: &SiteRow<'_>) -> Option<AnyView> {
    row.live_on?;
    let rows = row
        .checks
        .iter()
        .rev()
        .map(|check| {
            let (class, word) = if check.fine {
                ("nhsuk-tag nhsuk-tag--green", "Nothing to put right")
            } else {
                ("nhsuk-tag nhsuk-tag--orange", "Something to put right")
            };
            view! {
                <tr role="row">
                    <th scope="row" role="rowheader">{dates::date(check.on)}</th>
                    <td role="cell" data-l="It showed"><strong class=class>{word}</strong></td>
                    <td role="cell" data-l="What was looked at" class="gpc-lines">{check.words.clone()}</td>
                    <td role="cell" data-l="By">{desk.who(&check.by)}</td>
                </tr>
            }
        })
        .collect_view();
    let some = !row.checks.is_empty();
    let table = view! { <Grid caption="Early checks, newest first" columns=["Day", "It showed", "What was looked at", "By"] rows=rows.into_any() live="checks" /> };
    let form = desk.may(Verb::CheckSite).then(|| {
        let kept = desk.context.kept.as_ref().filter(|kept| kept.typed.0.contains_key("checked_on"));
        let answers =
            kept.map_or_else(|| Answers::default().with("checked_on", &desk.today.to_string()), |kept| kept.typed.clone());
        let open = kept.is_some();
        let body = view! {
            <form action="/do/go-live/check-site" method="post" novalidate>
                {desk.hidden()}
                <Hidden values=vec![("ods_code", row.site.ods_code.clone())] />
                {ask::questions(&forms::check_form(), &answers, kept)}
                <Button text="Record the check" secondary=true />
            </form>
        };
        view! { <Details summary="Record an early check" open=open body=body.into_any() /> }
    });
    Some(
        view! {
            <section aria-labelledby="checks">
                <h2 class="nhsuk-heading-m" id="checks">"Early checks"</h2>
                {if some { table.into_any() } else { view! { <p>"None has been recorded yet."</p> }.into_any() }}
                {form}
            </section>
        }
        .into_any(),
    )
}

fn suspend(desk: &TaskContext, row: &SiteRow<'_>) -> Option<AnyView> {
    (desk.may(Verb::SuspendSite) && row.is_in_use()).then(|| {
        let form = site_form(
            desk,
            row,
            (
                "/do/go-live/suspend-site",
                "suspend",
                "Suspend",
                "Why is it suspended?",
                "The supplier, NHS England and every organisation that takes part read this in an email, at once.",
            ),
            true,
        );
        let open = desk.context.kept.as_ref().is_some_and(|kept| kept.typed.one("form") == "suspend");
        view! { <Details summary="Suspend the product here" open=open body=form /> }.into_any()
    })
}

fn take_back(desk: &TaskContext, row: &SiteRow<'_>) -> Option<AnyView> {
    (desk.may(Verb::TakeBackSite) && row.live_on.is_some()).then(|| {
        let form = site_form(
            desk,
            row,
            (
                "/do/go-live/take-back-site",
                "take-back",
                "Remove it",
                "Why?",
                "It was recorded by mistake, or the site has stopped using the product. Its record stays in the history.",
            ),
            false,
        );
        let open = desk.context.kept.as_ref().is_some_and(|kept| kept.typed.one("form") == "take-back");
        view! { <Details summary="Take this site back" open=open body=form /> }.into_any()
    })
}
