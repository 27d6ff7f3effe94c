//! `/capabilities/{capability}`: what a capability is, its interactions, and its register of design decisions.

use journey::{
    catalogue::scal,
    guidance::{
        pages::{self, Decision, Status},
        spine::interactions::{self, Area},
    },
    plan::{capability::Capability, opening::Opening},
};
use leptos::prelude::*;

use crate::{
    act::page::{context, page},
    base::{
        halt::Halt,
        words::{counted, encode},
    },
    design::{Crumbs, Grid, Title},
    request::visitor::{param, query},
    site::guidance::{in_place, sourced},
};

/// Rows of the SCAL that a consumer with this capability alone answers.
fn scal_rows(capability: Capability) -> usize {
    scal::rows(&Opening::with_one("", capability)).len()
}

/// `/capabilities/{capability}`
#[component]
pub fn CapabilityPage() -> impl IntoView {
    let name = param("capability");
    page(async move {
        context().await?;
        let capability: Capability = name.parse().map_err(|()| Halt::Missing)?;
        let wanted = query("status");
        let wanted = Status::ALL.iter().copied().find(|status| status.label().eq_ignore_ascii_case(&wanted));
        let rows = format!("/scal/{}", pages::tab_name(capability.title()));
        let body = view! {
            <Crumbs links=vec![("/".to_owned(), "Start".to_owned()), ("/capabilities".to_owned(), "Capabilities".to_owned())] />
            <Title text=capability.title()>{capability.about()}</Title>
            <dl class="nhsuk-summary-list">
                <div class="nhsuk-summary-list__row"><dt class="nhsuk-summary-list__key">"Versions you can choose"</dt><dd class="nhsuk-summary-list__value">{capability.versions().join(", ")}</dd></div>
                <div class="nhsuk-summary-list__row"><dt class="nhsuk-summary-list__key">"Size of the SCAL"</dt><dd class="nhsuk-summary-list__value">{format!("{} for a consumer that uses nothing else. ", counted(scal_rows(capability), "row"))}<a href=rows>"Read the rows of this capability"</a></dd></div>
                <div class="nhsuk-summary-list__row"><dt class="nhsuk-summary-list__key">"What comes first"</dt><dd class="nhsuk-summary-list__value"><a href="/stages/consumer/get-started#w1">"Prerequisites of consumers"</a>", "<a href="/stages/provider/p-get-started#pw">"prerequisites of providers"</a></dd></div>
                <div class="nhsuk-summary-list__row"><dt class="nhsuk-summary-list__key">"Specification"</dt><dd class="nhsuk-summary-list__value">{sourced(capability.specification())}</dd></div>
            </dl>
            {asked(capability)}
            {register(capability, wanted)}
        }
        .into_any();
        Ok((capability.title().to_owned(), body))
    })
}

/// The register of design decisions, all of them or those of one label.
fn register(capability: Capability, wanted: Option<Status>) -> AnyView {
    let all: Vec<&Decision> = pages::decisions_of(capability).collect();
    let heading = view! { <h2 class="nhsuk-heading-m" id="decisions">"Design decisions"</h2> };
    if all.is_empty() {
        return view! { {heading}<p>"The specification has no page of design decisions for this capability."</p> }.into_any();
    }
    let shown: Vec<&&Decision> = all.iter().filter(|d| wanted.is_none_or(|status| d.status == status)).collect();
    let here = format!("/capabilities/{}", capability.name());
    let filters = Status::ALL
        .iter()
        .map(|status| {
            let count = all.iter().filter(|decision| decision.status == *status).count();
            let about = format!(" ({count}). {}", status.about());
            // There is nothing to see behind a label that no decision has.
            if count == 0 {
                return view! { <li>{label(*status)}{about}</li> }.into_any();
            }
            let to = format!("{here}?status={}#decisions", status.label().to_lowercase());
            let current = wanted == Some(*status);
            view! { <li><a href=to aria-current=current.then_some("true")>{label(*status)}</a>{about}</li> }.into_any()
        })
        .collect_view();
    let rows = shown.iter().map(|decision| line(&all, decision)).collect_view();
    let table = if shown.is_empty() {
        view! { <p>"No decision has this label."</p> }.into_any()
    } else {
        view! { <Grid caption="Design decisions" columns=["Question", "Status", "What was chosen", "Source"] rows=rows.into_any() /> }
            .into_any()
    };
    let (some, whole) = (shown.len(), all.len());
    let told = match wanted {
        None => view! { <p>{counted(whole, "decision")}"."</p> }.into_any(),
        Some(_) => {
            view! { <p>{format!("{} of {whole}. ", counted(some, "decision"))} <a href=format!("{here}#decisions")>"Show all"</a></p> }
                .into_any()
        }
    };
    view! {
        {heading}
        {told}
        <ul class="nhsuk-list nhsuk-list--bullet">{filters}</ul>
        {table}
    }
    .into_any()
}

/// The label in the colour of the published legend: green, blue, amber. What was never labelled has none.
fn label(status: Status) -> AnyView {
    let colour = match status {
        Status::Selected => "green",
        Status::Decision => "blue",
        Status::Assumption => "yellow",
        Status::Unlabelled => "white",
        Status::Superseded => "grey",
    };
    view! { <strong class=format!("nhsuk-tag nhsuk-tag--{colour}")>{status.label()}</strong> }.into_any()
}

fn line(all: &[&Decision], decision: &Decision) -> AnyView {
    let rejected: Vec<&str> = pages::rejected(&decision.id).map(|one| one.option.as_str()).collect();
    let rejected = (!rejected.is_empty()).then(|| view! { <br /><b>"Rejected: "</b>{rejected.join(" ")} });
    // What it took the place of: the old decision names the new one.
    let before = (decision.status != Status::Superseded)
        .then(|| all.iter().find(|old| old.status == Status::Superseded && old.id.trim_end_matches('a') == decision.id))
        .flatten()
        .map(|old| view! { <br />"Replaces "<a href=format!("#{}", old.id.to_lowercase())>{old.id.clone()}</a>"." });
    view! {
        <tr role="row" id=decision.id.to_lowercase()>
            <th scope="row" role="rowheader">{decision.title.clone()}<br /><span class="gpc-meta">{decision.id.clone()}</span></th>
            <td role="cell" data-l="Status">{label(decision.status)}</td>
            <td role="cell" data-l="What was chosen">{in_place(&decision.chosen_option)}{before}{rejected}</td>
            <td role="cell" data-l="Source">{sourced(&decision.source)}</td>
        </tr>
    }
    .into_any()
}

/// The interactions of a capability, each leading to its request.
fn asked(capability: Capability) -> AnyView {
    let Some(area) = Area::of(capability) else {
        return view! { <p>"It has no interactions: documents travel over MESH to the registered practice, as ITK3 messages, and the practice sends a receipt back."</p> }.into_any();
    };
    let items = interactions::interactions()
        .iter()
        .filter(|known| known.area == area)
        .map(|known| {
            let to = format!("/spine?step=3&capability={}&interaction={}", area.name(), encode(&known.id));
            view! { <li><a href=to>{known.operation.clone()}</a>" "<span class="gpc-meta">{format!("{} {}, versions {}", known.method, known.path, known.versions)}</span></li> }
        })
        .collect_view();
    view! {
        <h2 class="nhsuk-heading-m" id="interactions">"Interactions"</h2>
        <ul class="nhsuk-list nhsuk-list--bullet gpc-code">{items}</ul>
    }
    .into_any()
}
