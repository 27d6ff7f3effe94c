//! `/organisations`: every organisation as the programme knows it, and what waits for a programme lead to confirm.

pub mod actions;
pub mod one;

use journey::{
    base::{
        actor::{Actor, Side},
        fold,
        ids::OrganisationId,
    },
    people::rules,
    port::seats::{OrganisationFilter, RegisteredOrganisation, WaitingPart},
};
use leptos::prelude::*;

use crate::{
    act::page::{context, page},
    base::{
        dates,
        halt::Halt,
        words::{counted, encode},
    },
    design::{
        Button,
        Column::{Figures, Words},
        Grid, Title, say,
    },
    request::visitor::query,
    work::end_users::organisations::part,
};

/// Lines of a page.
const PAGE: u32 = 50;

/// Only who confirms organisations looks at all of them.
///
/// # Errors
/// [`Halt::NotYours`] for everybody else.
pub fn confirmers_only(actor: &Actor) -> Result<(), Halt> {
    if rules::may_confirm_organisations(actor) {
        return Ok(());
    }
    Err(Halt::NotYours {
        heading: "The list of organisations is for programme leads of NHS England".to_owned(),
        detail: "Your own organisation is under Organisation.".to_owned(),
    })
}

/// `/organisations`
#[component]
pub fn OrganisationsPage() -> impl IntoView {
    page(async {
        let context = context().await?;
        let visitor = context.visitor()?;
        confirmers_only(&visitor.actor)?;
        let store = &context.services.store;
        let filter = OrganisationFilter {
            find: query("find"),
            asked: query("show") == "asked",
            after: query("after").split_once(' ').and_then(|(id, name)| Some((name.to_owned(), id.parse().ok()?))),
            limit: PAGE + 1,
        };
        let paged = filter.after.is_some();
        let parts = if paged { Vec::new() } else { store.waiting_parts(None, PAGE).await? };
        let (all_parts, details) = store.seats_waiting().await?;
        let mut lines = store.organisations(&filter).await?;
        let more = lines.len() > PAGE as usize;
        lines.truncate(PAGE as usize);
        let next = lines.last().filter(|_| more).map(|last| next_link(&filter, last));
        let filtered = paged || filter.asked || !filter.find.is_empty();
        let list = if lines.is_empty() { empty(filtered) } else { table(&lines) };
        let requests = parts.iter().map(request).collect_view();
        let rest = (all_parts as usize).saturating_sub(parts.len());
        let body = view! {
            {say::kept(context.kept.as_ref())}
            {say::banner(context.banner)}
            <Title text="Organisations">"You confirm who an organisation is: it signs under its name and code."</Title>
            {(!paged).then(|| view! {
                <h2 class="nhsuk-heading-m" id="waiting">"Waiting to be added"</h2>
                {if parts.is_empty() {
                    view! { <p>"No request is waiting. When a supplier names an organisation, it is listed here until somebody has confirmed who it is."</p> }.into_any()
                } else {
                    view! {
                        <Grid caption="Requests to add an organisation, oldest first" columns=["Organisation", "Part", "First person", "Asked by", "Since"] rows=requests.into_any() />
                        {(rest > 0).then(|| view! { <p>{format!("And {}: they follow when these are answered.", counted(rest, "request"))}</p> })}
                    }
                    .into_any()
                }}
            })}
            <h2 class="nhsuk-heading-m gpc-below" id="all">"All organisations"</h2>
            <form class="gpc-filters" method="get" action="/organisations" role="search">
                <div class="nhsuk-form-group">
                    <label class="nhsuk-label" for="find">"Name or ODS code"</label>
                    <input class="nhsuk-input nhsuk-input--width-20" id="find" name="find" type="search" value=filter.find.clone() />
                </div>
                <div class="nhsuk-form-group">
                    <label class="nhsuk-label" for="show">"Show"</label>
                    <select class="nhsuk-select" id="show" name="show">
                        <option value="" selected=!filter.asked>"All"</option>
                        <option value="asked" selected=filter.asked>{format!("Changes to confirm ({details})")}</option>
                    </select>
                </div>
                <Button text="Show" secondary=true small=true />
            </form>
            {list}
            <p class="gpc-meta gpc-below">
                {next.map(|to| view! { <a href=to rel="next">"Next page"</a> " " })}
                {filtered.then(|| view! { <a href="/organisations">"Show all from the beginning"</a> })}
            </p>
        }
        .into_any();
        Ok(("Organisations".to_owned(), body))
    })
}

fn next_link(filter: &OrganisationFilter, last: &RegisteredOrganisation) -> String {
    let after = format!("{} {}", last.organisation.id, fold::folded(&last.organisation.name));
    let show = if filter.asked { "asked" } else { "" };
    format!("/organisations?find={}&show={show}&after={}", encode(&filter.find), encode(&after))
}

fn request(waiting: &WaitingPart) -> AnyView {
    let to = format!("/journeys/{}/organisations?part={}", waiting.journey, waiting.part);
    view! {
        <tr role="row">
            <th scope="row" role="rowheader"><a href=to>{waiting.identity.name.clone()}</a><br /><span class="gpc-meta gpc-mono">{waiting.identity.ods_code.clone()}</span></th>
            <td role="cell" data-l="Part">{part(waiting.side)}<br /><span class="gpc-meta">{format!("{} {}", waiting.product, waiting.journey)}</span></td>
            <td role="cell" data-l="First person" class="gpc-break">{waiting.email.clone()}</td>
            <td role="cell" data-l="Asked by">{waiting.by.1.clone()}<br /><span class="gpc-meta">{waiting.supplier.clone()}</span></td>
            <td role="cell" data-l="Since">{dates::day_of(waiting.at)}</td>
        </tr>
    }
    .into_any()
}

fn table(lines: &[RegisteredOrganisation]) -> AnyView {
    let rows = lines
        .iter()
        .map(|line| {
            let organisation = &line.organisation;
            let to = link(&organisation.id);
            let standing = match (&line.asked, line.confirmed) {
                (Some(asked), _) => format!("Asks for {}", asked.identity.in_words()),
                (None, Some(at)) => format!("Confirmed on {}", dates::day_of(at)),
                (None, None) => "Not confirmed".to_owned(),
            };
            view! {
                <tr role="row">
                    <th scope="row" role="rowheader"><a href=to>{organisation.name.clone()}</a></th>
                    <td role="cell" data-l="ODS code" class="gpc-mono">{organisation.ods_code.clone()}</td>
                    <td role="cell" data-l="Side">{side(organisation.side)}</td>
                    <td role="cell" data-l="People" class="gpc-num">{line.people.to_string()}</td>
                    <td role="cell" data-l="Standing">{standing}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Grid caption="Organisations, by name" columns=[Words("Organisation"), Words("ODS code"), Words("Side"), Figures("People"), Words("Standing")] rows=rows.into_any() />
    }
    .into_any()
}

fn empty(filtered: bool) -> AnyView {
    let says = if filtered {
        "No organisation matches. Search for part of its name, or for its code."
    } else {
        "No organisation is here yet."
    };
    view! { <div class="gpc-empty"><p>{says}</p></div> }.into_any()
}

pub(crate) fn link(id: &OrganisationId) -> String {
    format!("/organisations/{id}")
}

/// What an organisation of this side is.
pub(crate) fn side(side: Side) -> &'static str {
    match side {
        Side::Supplier => "Supplier",
        Side::Programme => "Programme",
        Side::EndUser => "End user",
        Side::Commissioner => "Commissioner",
        Side::Operator => "Operator",
    }
}
