//! `/worklist/decided`: what the reader recorded, newest first, on whichever journey.

use jiff::Timestamp;
use journey::{
    base::ids::{JourneyRef, Seq},
    port::Deed,
};
use leptos::prelude::*;

use crate::{
    act::{
        page::{context, page},
        wording,
        worklist::{only_for_teams, teams},
    },
    base::{dates, paths, words::encode},
    design::{Column::Words, Crumbs, Grid, Title, say},
    request::{services::Services, visitor::query},
};

const PAGE: u32 = 50;

/// `/worklist/decided`
#[component]
pub fn Decided() -> impl IntoView {
    page(async {
        let context = context().await?;
        let visitor = context.visitor()?;
        if teams(&visitor).is_empty() {
            return Err(only_for_teams());
        }
        let from = query("after");
        let mut deeds = context.services.store.deeds(&visitor.actor.person, after(&from), PAGE + 1).await?;
        let more = deeds.len() > PAGE as usize;
        deeds.truncate(PAGE as usize);
        let next = deeds.last().filter(|_| more).map(|deed| {
            let place = format!("{} {} {}", deed.at.as_microsecond(), deed.journey, deed.seq);
            format!("{}?after={}", paths::DECIDED, encode(&place))
        });
        let none = deeds.is_empty();
        let rows = deeds.iter().map(|deed| row(&context.services, deed)).collect::<Vec<_>>();
        let body = view! {
            <Crumbs links=vec![(paths::WORKLIST.to_owned(), "Worklist".to_owned())] />
            {say::banner(context.banner)}
            <Title text="What you decided">"Everything that you recorded on a journey, newest first."</Title>
            {if none {
                view! { <div class="gpc-empty"><h2 class="nhsuk-heading-s">"You have recorded nothing yet"</h2><p><a href=paths::WORKLIST>"Go to the worklist"</a></p></div> }.into_any()
            } else {
                view! { <Grid caption="What you decided, newest first" columns=[Words("When"), Words("What"), Words("Product and supplier"), Words("Reference")] rows=rows.into_any() /> }.into_any()
            }}
            <p class="gpc-meta gpc-below">
                {next.map(|to| view! { <a href=to rel="next">"Next page"</a> " " })}
                {(!from.is_empty()).then(|| view! { <a href=paths::DECIDED>"Back to the first page"</a> })}
            </p>
        }
        .into_any();
        Ok(("What you decided".to_owned(), body))
    })
}

fn after(text: &str) -> Option<(Timestamp, JourneyRef, Seq)> {
    let mut parts = text.split(' ');
    let at = Timestamp::from_microsecond(parts.next()?.parse().ok()?).ok()?;
    Some((at, parts.next()?.parse().ok()?, Seq(parts.next()?.parse().ok()?)))
}

fn row(services: &Services, deed: &Deed) -> AnyView {
    let label = deed.event.task().map(|task| (paths::task(&deed.journey, task), services.processes.label(&deed.process, task)));
    let what = format!("You {}", wording::did(&deed.event));
    view! {
        <tr role="row">
            <td role="cell" data-l="When">{dates::moment(deed.at)}</td>
            <th scope="row" role="rowheader">
                {what}
                {label.map(|(to, words)| view! { <br /><a href=to>{words}</a> })}
            </th>
            <td role="cell" data-l="Product">{deed.product.clone()}<br /><span class="gpc-meta">{deed.supplier.clone()}</span></td>
            <td role="cell" data-l="Reference"><a class="gpc-mono" href=format!("{}/history", paths::journey(&deed.journey))>{deed.journey.to_string()}</a></td>
        </tr>
    }
    .into_any()
}
