//! Public guidance: capabilities with their register of design decisions, and the glossary.

pub mod corrections;

use journey::{
    catalogue::scal,
    guidance::{
        corrections::{read, word},
        pages::{self, Decision, Piece, Status},
        spine::interactions::{self, Area},
    },
    plan::{capability::Capability, opening::Opening},
};
use leptos::prelude::*;

use crate::{
    act::page::{context, page},
    base::{halt::Halt, words::counted},
    design::{Crumbs, Grid, Title},
    request::visitor::{param, query},
};

/// A text in which words of the glossary lead to what they mean.
pub(crate) fn in_place(text: &str) -> AnyView {
    pages::explained(text)
        .into_iter()
        .map(|piece| match piece {
            Piece::Plain(words) => words.to_owned().into_any(),
            Piece::Explained(word, term) => {
                view! { <a class="gpc-term" href=format!("/glossary#{}", term.anchor()) title=term.meaning.clone()>{word.to_owned()}</a> }.into_any()
            }
        })
        .collect_view()
        .into_any()
}

/// `/capabilities`
#[component]
pub fn Capabilities() -> impl IntoView {
    page(async {
        context().await?;
        let items = Capability::ALL
            .iter()
            .map(|capability| {
                let to = format!("/capabilities/{}", capability.name());
                view! {
                    <section class="gpc-below">
                        <h2 class="nhsuk-heading-m"><a href=to>{capability.title()}</a></h2>
                        <p>{capability.about()}</p>
                    </section>
                }
            })
            .collect_view();
        let providers = pages::providers()
            .iter()
            .map(|provider| view! { <li>{format!("{}: {}", provider.name, provider.about.to_lowercase().replace("gp ", "GP "))}</li> })
            .collect_view();
        let body = view! {
            <div class="nhsuk-grid-row"><div class="nhsuk-grid-column-two-thirds">
                <Title text="Capabilities of GP Connect">"What a product can use, and what a GP system can provide."</Title>
                {items}
                <section class="gpc-below" aria-labelledby="providers">
                    <h2 class="nhsuk-heading-m" id="providers">"Who provides GP Connect"</h2>
                    <p>"Suppliers of GP systems that the specification names. Which capabilities a practice has switched on, SDS says."</p>
                    <ul class="nhsuk-list nhsuk-list--bullet">{providers}</ul>
                </section>
                <p class="gpc-below"><a href="/spine">"See how a request travels over Spine"</a></p>
            </div></div>
        }
        .into_any();
        Ok(("Capabilities of GP Connect".to_owned(), body))
    })
}

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
        let all: Vec<&Decision> = pages::decisions_of(capability).collect();
        let shown: Vec<&&Decision> = all.iter().filter(|d| wanted.is_none_or(|status| d.status == status)).collect();
        let here = format!("/capabilities/{}", capability.name());
        let filters = Status::ALL
            .iter()
            .map(|status| {
                let count = all.iter().filter(|decision| decision.status == *status).count();
                let to = format!("{here}?status={}#decisions", status.label().to_lowercase());
                let current = wanted == Some(*status);
                view! { <li><a href=to aria-current=current.then_some("true")>{status.label()}</a>{format!(" ({count}). {}", status.about())}</li> }
            })
            .collect_view();
        let rows = shown
            .iter()
            .map(|decision| {
                view! {
                    <tr role="row" id=decision.id.to_lowercase()>
                        <th scope="row" role="rowheader">{decision.title.clone()}<br /><span class="gpc-meta">{decision.id.clone()}</span></th>
                        <td role="cell" data-l="Status"><strong class="nhsuk-tag nhsuk-tag--white">{decision.status.label()}</strong></td>
                        <td role="cell" data-l="What was chosen">{in_place(&decision.chosen_option)}</td>
                        <td role="cell" data-l="Source">{decision.source_in_words()}</td>
                    </tr>
                }
            })
            .collect_view();
        let table = if shown.is_empty() {
            view! { <p>"No design decision is recorded here."</p> }.into_any()
        } else {
            view! {
                <Grid caption="Design decisions" columns=["Question", "Status", "What was chosen", "Source"] rows=rows.into_any() />
            }
            .into_any()
        };
        let body = view! {
            <Crumbs links=vec![("/".to_owned(), "Start".to_owned()), ("/capabilities".to_owned(), "Capabilities".to_owned())] />
            <Title text=capability.title()>{capability.about()}</Title>
            <dl class="nhsuk-summary-list">
                <div class="nhsuk-summary-list__row"><dt class="nhsuk-summary-list__key">"Versions you can choose"</dt><dd class="nhsuk-summary-list__value">{capability.versions().join(", ")}</dd></div>
                <div class="nhsuk-summary-list__row"><dt class="nhsuk-summary-list__key">"Size of the SCAL"</dt><dd class="nhsuk-summary-list__value">{format!("{} for a consumer that uses nothing else", counted(scal_rows(capability), "row"))}</dd></div>
                <div class="nhsuk-summary-list__row"><dt class="nhsuk-summary-list__key">"What comes first"</dt><dd class="nhsuk-summary-list__value"><a href="/stages/consumer/get-started#w1">"Prerequisites of consumers"</a>", "<a href="/stages/provider/p-get-started#pw">"prerequisites of providers"</a></dd></div>
            </dl>
            {asked(capability)}
            <h2 class="nhsuk-heading-m" id="decisions">"Design decisions"</h2>
            <p>{format!("{} of {}. ", counted(shown.len(), "decision"), all.len())} <a href=format!("{here}#decisions")>"Show all"</a></p>
            <ul class="nhsuk-list nhsuk-list--bullet">{filters}</ul>
            {table}
        }
        .into_any();
        Ok((capability.title().to_owned(), body))
    })
}

/// The interactions of a capability, each leading to its request.
fn asked(capability: Capability) -> AnyView {
    let Some(area) = Area::of(capability) else {
        return view! { <p>"It has no interactions: messages travel over MESH to the registered practice."</p> }.into_any();
    };
    let items = interactions::interactions()
        .iter()
        .filter(|known| known.area == area)
        .map(|known| {
            let to = format!("/spine?step=3&capability={}&interaction={}", area.name(), crate::base::words::encode(&known.id));
            view! { <li><a href=to>{known.operation.clone()}</a>" "<span class="gpc-meta">{format!("{} {}, versions {}", known.method, known.path, known.versions)}</span></li> }
        })
        .collect_view();
    view! {
        <h2 class="nhsuk-heading-m" id="interactions">"Interactions"</h2>
        <ul class="nhsuk-list nhsuk-list--bullet gpc-code">{items}</ul>
    }
    .into_any()
}

/// `/glossary`
#[component]
pub fn Glossary() -> impl IntoView {
    page(async {
        let context = context().await?;
        let corrected = context.services.store.corrected().await?;
        let rows = pages::glossary()
            .iter()
            .map(|term| {
                let meaning = read(&corrected, &word(term), &term.meaning).to_owned();
                view! {
                    <div class="nhsuk-summary-list__row" id=term.anchor()>
                        <dt class="nhsuk-summary-list__key">{term.term.clone()}</dt>
                        <dd class="nhsuk-summary-list__value">{meaning}</dd>
                    </div>
                }
            })
            .collect_view();
        let body = view! {
            <div class="nhsuk-grid-row"><div class="nhsuk-grid-column-two-thirds">
                <Title text="Glossary">"Words of GP Connect and of this service, each in a sentence or two."</Title>
                <dl class="nhsuk-summary-list">{rows}</dl>
            </div></div>
        }
        .into_any();
        Ok(("Glossary".to_owned(), body))
    })
}
