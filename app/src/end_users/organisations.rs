//! `/journeys/{ref}/organisations`: who has a part in a journey beside the supplier, and how another one gets it.

use journey::{actor::Side, decide, end_users, form::Answers, ids::OrganisationId, journey::Journey, standing::Verb};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::{
    design::{Button, Crumbs, Hidden, Title, ask, say},
    page::{hall, page, titled},
    post::load,
};

/// `/journeys/{ref}/organisations`
#[component]
pub fn Organisations() -> impl IntoView {
    let reference = use_params_map().with_untracked(|p| p.get("reference").unwrap_or_default());
    page(async move {
        let hall = hall().await?;
        let visitor = hall.visitor()?;
        let loaded = load(&hall.services, &visitor, &reference).await?;
        let journey = &loaded.journey;
        let offers = decide::offers_on_whole(journey, &visitor.actor);
        let (joins, leaves) = (offers.contains(&Verb::Join), offers.contains(&Verb::Leave));
        let named = |id: &OrganisationId| loaded.names.organisations.get(id).cloned().unwrap_or_default();
        let rows = journey
            .parties()
            .map(|(id, side)| {
                let name = named(id);
                view! {
                    <tr role="row">
                        <th scope="row" role="rowheader">{name.clone()}</th>
                        <td role="cell" data-l="Part">{part(side)}</td>
                        {leaves.then(|| view! { <td role="cell">{leave_view(journey, id, &name)}</td> })}
                    </tr>
                }
            })
            .collect_view();
        let some = journey.parties().next().is_some();
        let kept = hall.kept.clone();
        let answers = hall.typed_or(Answers::default());
        let home = format!("/journeys/{}", journey.reference);
        let product = journey.opening.product.clone();
        let hidden = vec![("journey", journey.reference.to_string())];
        let body = view! {
            <Crumbs links=vec![("/journeys".to_owned(), "Journeys".to_owned()), (home, product.clone())] />
            <div class="nhsuk-grid-row">
                <div class="nhsuk-grid-column-two-thirds">
                    {say::kept(kept.as_ref())}
                    {say::banner(hall.banner.clone())}
                    <Title above=format!("{product} {}", journey.reference) text="Organisations with a part">
                        {format!("{} is the supplier. The GP Connect teams of NHS England have a part in every journey.", named(&journey.organisation))}
                    </Title>
                    {if some {
                        view! {
                            <table class="gpc-grid" role="table">
                                <caption class="nhsuk-u-visually-hidden">"Organisations with a part in this journey"</caption>
                                <thead role="rowgroup">
                                    <tr role="row">
                                        <th scope="col" role="columnheader">"Organisation"</th>
                                        <th scope="col" role="columnheader">"Part"</th>
                                        {leaves.then(|| view! { <th scope="col" role="columnheader">"Change"</th> })}
                                    </tr>
                                </thead>
                                <tbody role="rowgroup">{rows}</tbody>
                            </table>
                        }
                        .into_any()
                    } else {
                        view! {
                            <div class="gpc-empty">
                                <h2 class="nhsuk-heading-s">"No other organisation has a part yet"</h2>
                                <p>"Those that will use the product read the SCAL and sign for its use; whoever leads the deployment agrees the plan. They see this journey and no other."</p>
                            </div>
                        }
                        .into_any()
                    }}
                    {joins
                        .then(|| {
                            view! {
                                <h2 class="nhsuk-heading-m gpc-below" id="give">"Give an organisation a part"</h2>
                                <form action="/do/end-users/invite" method="post" novalidate>
                                    <Hidden values=hidden />
                                    {ask::questions(&end_users::invitation(), &answers, kept.as_ref())}
                                    <Button text="Give it a part" />
                                </form>
                            }
                        })}
                    {(!joins).then(|| view! { <p class="gpc-below">"An onboarding lead of the supplier or a programme lead of NHS England can give an organisation a part."</p> })}
                </div>
            </div>
        }
        .into_any();
        Ok((titled(&format!("Organisations of {product}"), kept.as_ref()), body))
    })
}

fn part(side: Side) -> &'static str {
    match side {
        Side::Commissioner => "Leads the deployment",
        _ => "Will use the product",
    }
}

fn leave_view(journey: &Journey, id: &OrganisationId, name: &str) -> AnyView {
    let hidden = vec![("journey", journey.reference.to_string()), ("organisation", id.to_string())];
    let (field, said) = (format!("reason-{id}"), name.to_owned());
    view! {
        <details class="nhsuk-details gpc-fold">
            <summary class="nhsuk-details__summary">
                <span class="nhsuk-details__summary-text">"Take back"<span class="nhsuk-u-visually-hidden">{format!(" the part of {said}")}</span></span>
            </summary>
            <div class="nhsuk-details__text">
                <form action="/do/end-users/take-back" method="post" novalidate>
                    <Hidden values=hidden />
                    {ask::words(&field, "reason", "Why?", "Its people cannot open this journey any more. What they signed and wrote stays in the history.", "", None, 2)}
                    <Button text="Take the part back" secondary=true small=true />
                </form>
            </div>
        </details>
    }
    .into_any()
}
