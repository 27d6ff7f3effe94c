//! `/journeys/{ref}/defects`: the defects of a journey, filtered.

use journey::{
    ledger::{
        defect::{DefectRecord, Owner, Severity},
        journey::Journey,
    },
    rule::defects::DefectFilter,
};
use leptos::prelude::*;

use crate::{
    act::page::{context, page},
    base::{dates, paths},
    design::{ButtonLink, Crumbs, Grid, Title, kept_true, live_on, say},
    islands::Wake,
    request::visitor::{param, query},
    work::defects::seen::{journey_with_defects, may_raise, readable},
};

/// `/journeys/{ref}/defects`
#[component]
pub fn Defects() -> impl IntoView {
    let reference = param("reference");
    page(async move {
        let context = context().await?;
        let visitor = context.visitor()?;
        let loaded = journey_with_defects(&context.services, &visitor, &reference).await?;
        let journey = &loaded.journey;
        let filter = DefectFilter {
            open: match query("open").as_str() {
                "open" => Some(true),
                "closed" => Some(false),
                _ => None,
            },
            owner: Owner::named(&query("owner")),
            severity: Severity::named(&query("severity")),
        };
        let all = readable(journey, &visitor.actor);
        let shown: Vec<&DefectRecord> = all.iter().copied().filter(|defect| filter.shows(defect)).collect();
        let product = journey.opening.product.clone();
        let raises = may_raise(journey, &visitor.actor);
        let list = match (all.is_empty(), shown.is_empty()) {
            (true, _) => empty(),
            (false, true) => none_match(journey),
            _ => table(journey, &shown),
        };
        let file = (!all.is_empty()).then(|| {
            view! { <p><a href=paths::defects_file(&journey.reference) download>"Download all defects (CSV)"</a></p> }
        });
        let body = view! {
            <Crumbs links=vec![("/journeys".to_owned(), "Journeys".to_owned()), (paths::journey(&journey.reference), product.clone())] />
            {say::kept(context.kept.as_ref())}
            {say::banner(context.banner.clone())}
            <div class="gpc-head">
                <Title above=format!("{product} {}", journey.reference) text="Defects">"What went wrong in tests, who mends it, and what waits for it."</Title>
                {raises.then(|| view! { <ButtonLink to=paths::new_defect(&journey.reference, "") text="Raise a defect" /> })}
            </div>
            {live_on(&journey.reference)}
            {(!all.is_empty()).then(|| filters(journey, filter))}
            {kept_true("defects", list)}
            {file}
            <Wake />
        }
        .into_any();
        Ok((format!("Defects of {product}"), body))
    })
}

fn empty() -> AnyView {
    view! {
        <div class="gpc-empty">
            <h2 class="nhsuk-heading-s">"No defect has been raised"</h2>
            <p>"When something goes wrong in a test, raise it here with the request and the answer. NHS England then says who mends it."</p>
        </div>
    }
    .into_any()
}

fn none_match(journey: &Journey) -> AnyView {
    let to = paths::defects(&journey.reference);
    view! {
        <div class="gpc-empty">
            <h2 class="nhsuk-heading-s">"No defect matches"</h2>
            <p>"Change what you look for, or " <a href=to>"show all defects"</a> "."</p>
        </div>
    }
    .into_any()
}

fn pick(id: &'static str, label: &'static str, chosen: &str, options: Vec<(&'static str, &'static str)>) -> AnyView {
    let options = options
        .into_iter()
        .map(|(value, text)| {
            let selected = value == chosen;
            view! { <option value=value selected=selected>{text}</option> }
        })
        .collect_view();
    view! {
        <div>
            <label for=id>{label}</label>
            <select class="nhsuk-select" id=id name=id>{options}</select>
        </div>
    }
    .into_any()
}

fn filters(journey: &Journey, filter: DefectFilter) -> AnyView {
    let open = filter.open.map_or("", |open| if open { "open" } else { "closed" });
    let all = |titles: Vec<(&'static str, &'static str)>| [vec![("", "All")], titles].concat();
    let owners = Owner::ALL.iter().map(|owner| (owner.name(), owner.title())).collect();
    let severities = Severity::ALL.iter().map(|severity| (severity.name(), severity.title())).collect();
    view! {
        <form class="gpc-filters" action=paths::defects(&journey.reference) method="get" role="search" aria-label="Filter defects">
            {pick("open", "Standing", open, all(vec![("open", "Open"), ("closed", "Closed")]))}
            {pick("owner", "Who mends it", filter.owner.map_or("", Owner::name), all(owners))}
            {pick("severity", "Severity", filter.severity.map_or("", Severity::name), all(severities))}
            <button class="nhsuk-button nhsuk-button--secondary nhsuk-button--small">"Apply"</button>
        </form>
    }
    .into_any()
}

/// How a defect stands, in a word with a colour.
pub(super) fn tag(defect: &DefectRecord) -> AnyView {
    let class = match (defect.is_open(), defect.assessment.blocks) {
        (true, true) => "nhsuk-tag nhsuk-tag--red",
        (true, false) => "nhsuk-tag nhsuk-tag--yellow",
        (false, _) => "nhsuk-tag nhsuk-tag--grey",
    };
    view! { <strong class=class>{defect.standing()}</strong> }.into_any()
}

fn table(journey: &Journey, shown: &[&DefectRecord]) -> AnyView {
    let rows = shown.iter().map(|defect| {
        let to = paths::defect(&journey.reference, defect.number);
        let blocks = if defect.assessment.blocks { "Yes" } else { "No" };
        view! {
            <tr role="row">
                <th scope="row" role="rowheader"><a href=to>{format!("{} {}", defect.name(), defect.defect.title)}</a></th>
                <td role="cell" data-l="Standing">{tag(defect)}</td>
                <td role="cell" data-l="Who mends it">{defect.assessment.owner.title()}</td>
                <td role="cell" data-l="Severity">{defect.assessment.severity.title()}</td>
                <td role="cell" data-l="Blocks">{blocks}</td>
                <td role="cell" data-l="Seen in">{journey.process.noun(&defect.task).to_owned()}</td>
                <td role="cell" data-l="Raised">{dates::day_of(defect.at())}</td>
            </tr>
        }
    });
    let columns = ["Defect", "Standing", "Who mends it", "Severity", "Blocks", "Seen in", "Raised"];
    view! { <Grid caption="Defects, the newest first" columns=columns rows=rows.collect_view().into_any() /> }.into_any()
}
