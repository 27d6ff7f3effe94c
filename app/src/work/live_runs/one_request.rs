//! `/journeys/{ref}/live-runs/{run}/{number}`: one request, at an address that stays.

use journey::practice::run;
use leptos::prelude::*;

use crate::{
    act::page::{context, page},
    base::{dates, halt::Halt, paths},
    design::{Crumbs, Title},
    request::visitor::param,
    work::{
        defects::seen::raise,
        live_runs::{look, seen::one_run},
    },
};

/// `/journeys/{ref}/live-runs/{run}/{number}`
#[component]
pub fn OneRequest() -> impl IntoView {
    let (reference, id, number) = (param("reference"), param("run"), param("number"));
    page(async move {
        let context = context().await?;
        let visitor = context.visitor()?;
        let (loaded, run) = one_run(&context.services, &visitor, &reference, &id).await?;
        let journey = &loaded.journey;
        let number: u32 = number.parse().map_err(|_| Halt::Missing)?;
        let kept = context.services.store.exchange(&run.opened.id, number).await?.ok_or(Halt::Missing)?;
        let exchange = kept.exchange().ok_or_else(|| Halt::Fault("an exchange cannot be read".to_owned()))?;
        let product = journey.opening.product.clone();
        let view = look::exchange(&exchange, &kept, run::may_see_tokens(journey, &visitor.actor), None);
        let body = view! {
            <Crumbs links=vec![
                ("/journeys".to_owned(), "Journeys".to_owned()),
                (paths::journey(&journey.reference), product.clone()),
                (paths::live_runs(&journey.reference), "Live runs".to_owned()),
                (paths::live_run(&journey.reference, &run.opened.id), format!("Run of {}", dates::moment(run.opened.at))),
            ] />
            <Title above=format!("{product} {}, version {}", journey.reference, run.opened.version) text=format!("Request {}", look::line(&exchange)) />
            {view}
            {raise(journey, &visitor.actor, &run.opened.id, number)}
        }
        .into_any();
        Ok((format!("Request {number} of a live run"), body))
    })
}
