//! The sites of a journey: those that are live, those that were planned, and the form that records one.

use std::collections::BTreeMap;

use journey::{
    base::ids::TaskId,
    form::{self, Answers, Named},
    ledger::{journey::Journey, machine::Verb},
    plan::{capability::Capability, process::Page},
    rule::go_live::Sent,
    task::go_live,
};
use leptos::prelude::*;

use crate::{
    act::sent,
    base::{
        dates,
        halt::Halt,
        words::{self, counted},
    },
    design::{Button, Column::Words, Columns, Grid, Hidden, ask},
    desk::context::TaskContext,
    request::{services::Services, visitor::query},
};

/// What was sent that sites are held against. The plan is the deployment approach, or the request to go live when there is
/// none; for a provider, the practices that were registered.
///
/// # Errors
/// When it cannot be read.
pub async fn sent_of(services: &Services, journey: &Journey) -> Result<Sent, Halt> {
    let mut planned = Vec::new();
    // Of several plans the last one counts: the approach is agreed after the request.
    for spec in journey.process.tasks.iter().rev().filter(|spec| spec.plans_sites) {
        if let Some(named) = named(services, journey, &spec.id, "sites").await? {
            planned = named;
            break;
        }
    }
    let declaration = journey.plan().find(|spec| spec.page == Page::Declaration);
    let declared = match declaration {
        Some(spec) => named(services, journey, &spec.id, "members").await?.unwrap_or_default(),
        None => Vec::new(),
    };
    Ok(Sent { planned, declared })
}

/// The organisations that the last round of a task names in one of its answers.
async fn named(services: &Services, journey: &Journey, task: &TaskId, field: &str) -> Result<Option<Vec<Named>>, Halt> {
    let Some(last) = sent::last(services, journey, task).await? else { return Ok(None) };
    let answers = sent::answers_of(&last)?;
    Ok(Some(form::organisations(answers.one(field)).unwrap_or_default()))
}

/// The middle of the task that records sites, above its own form.
///
/// # Errors
/// When the plan cannot be read.
pub async fn view(desk: &TaskContext) -> Result<AnyView, Halt> {
    let planned = sent_of(&desk.context.services, desk.journey()).await?.planned;
    let live = &desk.journey().sites;
    let names: BTreeMap<&str, &str> = planned.iter().map(|site| (site.ods_code.as_str(), site.name.as_str())).collect();
    let may = desk.may(Verb::RecordSite);
    let rows = live
        .values()
        .map(|site| {
            let unplanned = !names.is_empty() && !names.contains_key(site.ods_code.as_str());
            let unplanned = unplanned.then(|| match site.outside_plan.as_str() {
                "" => "Not in the plan. ".to_owned(),
                why => format!("Not in the plan: {why}\n"),
            });
            view! {
                <tr role="row">
                    <th scope="row" role="rowheader" class="gpc-mono">{site.ods_code.clone()}</th>
                    <td role="cell" data-l="Site">{site.name.clone()}</td>
                    <td role="cell" data-l="Live since">{dates::date(site.live_on)}</td>
                    <td role="cell" data-l="Checks" class="gpc-lines">{unplanned}{turned_on(&site.capabilities)}{site.note.clone()}</td>
                    {desk.may(Verb::TakeBackSite).then(|| view! { <td role="cell">{take_back(desk, &site.ods_code)}</td> })}
                </tr>
            }
        })
        .collect_view();
    let waiting = planned
        .iter()
        .filter(|site| !live.contains_key(&site.ods_code))
        .map(|site| {
            let to = format!("{}?site={}#record", desk.path(), site.ods_code);
            let name = site.name.clone();
            view! {
                <tr role="row">
                    <th scope="row" role="rowheader" class="gpc-mono">{site.ods_code.clone()}</th>
                    <td role="cell" data-l="Site">{site.name.clone()}</td>
                    <td role="cell" data-l="Live since">"Planned"</td>
                    <td role="cell" data-l="Checks">
                        {may.then(|| view! { <a href=to>"Record"<span class="nhsuk-u-visually-hidden">{format!(" {name} as live")}</span></a> })}
                    </td>
                    {desk.may(Verb::TakeBackSite).then(|| view! { <td role="cell"></td> })}
                </tr>
            }
        })
        .collect_view();
    let some = !live.is_empty() || !planned.is_empty();
    let count = match planned.len() {
        0 => format!("{} live.", counted(live.len(), "site")),
        all => format!("{} live, {} in the plan.", counted(live.len(), "site"), all),
    };
    Ok(view! {
        <h2 class="nhsuk-heading-m">"Sites"</h2>
        <p>{count}</p>
        {some.then(|| view! {
            <Grid
                caption="Sites that are live, and sites that are planned"
                columns=Columns::from(["ODS code", "Site", "Live since", "Checks"]).and(desk.may(Verb::TakeBackSite).then_some(Words("Change")))
                rows={view! { {rows}{waiting} }.into_any()}
            />
        })}
        {may.then(|| record(desk, &names))}
    }
    .into_any())
}

/// "On: Access Record HTML." for a practice of a provider; nothing for a site of a consumer.
fn turned_on(capabilities: &[Capability]) -> String {
    if capabilities.is_empty() {
        return String::new();
    }
    format!("On: {}. ", words::listed(capabilities.iter().map(|c| c.title().to_owned()).collect()))
}

fn record(desk: &TaskContext, names: &BTreeMap<&str, &str>) -> AnyView {
    let asked = query("site");
    let kept =
        desk.context.kept.as_ref().filter(|kept| !kept.typed.one("live_on").is_empty() || kept.typed.0.contains_key("ods_code"));
    let mut before = Answers::default();
    if let Some(name) = names.get(asked.as_str()) {
        before = before.with("ods_code", &asked).with("name", name);
    }
    let answers = kept.map_or(before, |kept| kept.typed.clone());
    view! {
        <section class="gpc-below" aria-labelledby="record">
            <h3 class="nhsuk-heading-s" id="record">"Record a site that is live"</h3>
            <p>"When its first live call has worked and the early checks are done. To correct a site, record it again under the same code."</p>
            <form action="/do/go-live/record-site" method="post" novalidate>
                {desk.hidden()}
                {ask::questions(&go_live::site_form(desk.journey()), &answers, kept)}
                <Button text="Record the site" secondary=true />
            </form>
        </section>
    }
    .into_any()
}

fn take_back(desk: &TaskContext, ods_code: &str) -> AnyView {
    let code = ods_code.to_owned();
    let id = format!("reason-{}", code.to_lowercase());
    view! {
        <details class="nhsuk-details gpc-fold">
            <summary class="nhsuk-details__summary">
                <span class="nhsuk-details__summary-text">"Take back"<span class="nhsuk-u-visually-hidden">{format!(" {code}")}</span></span>
            </summary>
            <div class="nhsuk-details__text">
                <form action="/do/go-live/take-back-site" method="post" novalidate>
                    {desk.hidden()}
                    <Hidden values=vec![("ods_code", code.clone())] />
                    {ask::words(&id, "reason", "Why?", "It was recorded by mistake, or the site has stopped.", "", None, 2)}
                    <Button text=format!("Take {code} back") secondary=true small=true />
                </form>
            </div>
        </details>
    }
    .into_any()
}
