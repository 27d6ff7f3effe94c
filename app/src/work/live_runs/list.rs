//! `/journeys/{ref}/live-runs`: the runs of a journey, and the form that opens the next.

use journey::practice::run::{self, LiveRun};
use leptos::prelude::*;

use crate::{
    act::page::{context, page, titled},
    base::{dates, paths},
    design::{Button, Column::Words, Crumbs, Grid, Hidden, Title, ask, live_on, say},
    islands::Wake,
    request::visitor::param,
    work::live_runs::{
        look::stands,
        seen::{MOST_LISTED, journey_with_runs},
    },
};

/// `/journeys/{ref}/live-runs`
#[component]
pub fn LiveRuns() -> impl IntoView {
    let reference = param("reference");
    page(async move {
        let context = context().await?;
        let visitor = context.visitor()?;
        let loaded = journey_with_runs(&context.services, &visitor, &reference).await?;
        let journey = &loaded.journey;
        let now = context.services.clock.now();
        let runs = context.services.store.live_runs(&journey.reference, MOST_LISTED).await?;
        let kept = context.kept.clone();
        let product = journey.opening.product.clone();
        let may_test = run::may_test(journey, &visitor.actor);
        let answers = context.typed_or(run::filled_in(journey, &visitor.name));
        let fields = ask::questions(&run::form(), &answers, kept.as_ref());
        let full = run::full(&runs, now);
        let opens = may_test.then(|| match full {
            Some(why) => view! { <p>{why}</p> }.into_any(),
            None => view! {
                <form action="/do/live-runs/open" method="post" novalidate>
                    <Hidden values=vec![("journey", journey.reference.to_string())] />
                    {fields}
                    <Button text="Open a run" />
                </form>
            }
            .into_any(),
        });
        let rows = runs.iter().map(|one| row(one, journey.reference.to_string(), now)).collect_view();
        let none = runs.is_empty();
        let body = view! {
            <Crumbs links=vec![("/journeys".to_owned(), "Journeys".to_owned()), (paths::journey(&journey.reference), product.clone())] />
            <div class="nhsuk-grid-row">
                <div class="nhsuk-grid-column-two-thirds">
                    {say::kept(kept.as_ref())}
                    {say::banner(context.banner.clone())}
                    <Title above=format!("{product} {}", journey.reference) text="Live runs" />
                    {live_on(&journey.reference)}
                    <p>"A run has an address of its own for four hours. Point your product at it as if it were Spine’s proxy: each request is held against the rules the moment it is sent, and a practice that is not there answers with synthetic data. Nothing is sent on to anybody. "<a href="/spine">"How a request is made, step by step"</a></p>
                    <h2 class="nhsuk-heading-m">"Runs"</h2>
                    {may_test.then(|| view! {
                        <ul class="gpc-ways">
                            <li><a href="#open">"Open a run"</a></li>
                            <li><a href=paths::captures(&journey.reference)>"Read requests from a file"</a></li>
                        </ul>
                    })}
                    {none.then(|| view! { <p>"There are none yet."</p> })}
                    {(!none).then(|| view! { <p><a href=paths::traceability(&journey.reference)>"See which rows of the SCAL they support"</a></p> })}
                </div>
            </div>
            <Grid caption="Runs, newest first" columns=[Words("Opened"), Words("Version"), Words("Environment"), Words("What is tried"), Words("How it stands")] rows=rows.into_any() live="runs" />
            {may_test.then(|| view! {
                <div class="nhsuk-grid-row">
                    <div class="nhsuk-grid-column-two-thirds">
                        <h2 class="nhsuk-heading-m" id="open">"Open a run"</h2>
                        {opens}
                    </div>
                </div>
            })}
            <Wake />
        }
        .into_any();
        Ok((titled(&format!("Live runs of {product}"), kept.as_ref()), body))
    })
}

fn row(run: &LiveRun, reference: String, now: jiff::Timestamp) -> AnyView {
    let opened = &run.opened;
    let to = paths::live_run(&reference, &opened.id);
    view! {
        <tr role="row">
            <td role="cell" data-l="Opened"><a href=to>{dates::moment(opened.at)}</a></td>
            <td role="cell" data-l="Version" class="gpc-lines">{opened.version.clone()}</td>
            <td role="cell" data-l="Environment">{opened.environment_title().to_owned()}</td>
            <td role="cell" data-l="What is tried">{opened.areas_in_words()}</td>
            <td role="cell" data-l="How it stands">{stands(run, now)}</td>
        </tr>
    }
    .into_any()
}
