//! `/register-of-products/{number}`: one product of the register with the sites at which it is live, and why data is shared there, in
//! the words that were written to be published.

use std::ops::Bound;

use journey::{
    base::identity::Identity,
    ledger::{journey::Journey, site::Site},
    port::register::RegisterEntry,
    rule::certificate::{self, CertificateNumber},
    view::register::{ProductSide, RegisterLine, published_reason, registered},
};
use leptos::prelude::*;

use crate::{
    act::{
        load::load_of_certificate,
        page::{context, page},
        sent,
    },
    base::{
        dates,
        halt::Halt,
        paths,
        words::{counted, encode, listed},
    },
    design::{Columns, Crumbs, Grid, SummaryRow, Title},
    request::{
        services::Services,
        visitor::{param, query},
    },
    site::register::{
        asked::PAGE,
        list::{capabilities, in_use, state, supplier},
    },
};

/// `/register-of-products/{number}`
#[component]
pub fn RegisteredProduct() -> impl IntoView {
    let number = param("number");
    page(async move {
        let context = context().await?;
        let number = CertificateNumber::typed(&number).ok_or(Halt::Missing)?;
        let loaded = load_of_certificate(&context.services, &number.journey).await?;
        let lines = registered(&loaded.journey).lines;
        let line = match lines.iter().find(|line| line.number == number) {
            Some(line) => line.clone(),
            // A number of before leads to the certificate that took its place.
            None => {
                let found = certificate::find(context.services.processes, &loaded.journey, &loaded.history, &number);
                let task = &found.ok_or(Halt::Missing)?.spec.id;
                let newest = lines.iter().find(|line| line.task == *task).ok_or(Halt::Missing)?;
                return Err(Halt::Elsewhere(paths::registered(&newest.number)));
            }
        };
        let entry = RegisterEntry { line, supplier_now: supplier_now(&context.services, &loaded.journey).await? };
        let others: Vec<&RegisterLine> = lines.iter().filter(|other| other.number != number).collect();
        let reason = reason(&context.services, &loaded.journey).await?;
        Ok((format!("{}, register of products", entry.line.product), shown(&entry, &others, reason, &loaded.journey)))
    })
}

async fn supplier_now(services: &Services, journey: &Journey) -> Result<Identity, Halt> {
    let now = services.store.organisation(&journey.organisation).await?;
    Ok(now.map(|organisation| organisation.identity()).unwrap_or_default())
}

/// Why data is shared, where its words are public.
async fn reason(services: &Services, journey: &Journey) -> Result<Option<String>, Halt> {
    let Some((task, field)) = published_reason(journey) else { return Ok(None) };
    let Some(submission) = sent::last(services, journey, task).await? else { return Ok(None) };
    let answers = sent::answers_of(&submission)?;
    Ok(Some(answers.one(field).to_owned()).filter(|words| !words.is_empty()))
}

fn shown(entry: &RegisterEntry, others: &[&RegisterLine], reason: Option<String>, journey: &Journey) -> AnyView {
    let line = &entry.line;
    let number = line.number.to_string();
    let others = others
        .iter()
        .map(|other| {
            view! { <li>{other.number.kind().title}": "<a class="gpc-mono" href=paths::registered(&other.number)>{other.number.to_string()}</a>", "{other.validity.title().to_lowercase()}</li> }
        })
        .collect_view();
    let has_others = !others.is_empty();
    view! {
        <Crumbs links=vec![("/".to_owned(), "Start".to_owned()), (paths::REGISTER.to_owned(), "Register of products".to_owned())] />
        <Title above="Register of products" text=line.product.clone() />
        <div class="nhsuk-grid-row"><div class="nhsuk-grid-column-two-thirds">
            <dl class="nhsuk-summary-list">
                <SummaryRow key="Supplier" value=supplier(entry) />
                <SummaryRow key="Type of product" value=line.side.title() />
                <SummaryRow key="Capabilities" value=capabilities(&line.capabilities) />
                <SummaryRow key="Assured on" value=dates::day_of(line.issued_at) />
                <div class="nhsuk-summary-list__row">
                    <dt class="nhsuk-summary-list__key">"Certificate"</dt>
                    <dd class="nhsuk-summary-list__value">
                        {line.number.kind().title}
                        <br />
                        {state(line.validity, line.since.map(dates::day_of))}
                        <br />
                        <a href=paths::certificate(&number)>"Check "<span class="gpc-mono">{number.clone()}</span></a>
                    </dd>
                </div>
                <SummaryRow key="In use" value=in_use(entry) />
                {reason.map(|words| view! { <SummaryRow key="Why data is shared" value=words /> })}
            </dl>
            {has_others.then(|| view! {
                <h2 class="nhsuk-heading-m">"Other certificates of this product"</h2>
                <ul class="nhsuk-list nhsuk-list--bullet">{others}</ul>
            })}
        </div></div>
        {sites(entry, journey)}
    }
    .into_any()
}

/// That a site does not use the product now, or not all of it.
fn paused(journey: &Journey, site: &Site) -> Option<AnyView> {
    let (live, recorded) = (journey.live_at(&site.ods_code), journey.recorded_at(site));
    let text = match live.len() {
        0 => "Suspended".to_owned(),
        some if some < recorded.len() => {
            let stopped = recorded.iter().filter(|it| !live.contains(it)).map(|it| it.title().to_owned());
            format!("Suspended: {}", listed(stopped.collect()))
        }
        _ => return None,
    };
    Some(view! { " "<strong class="nhsuk-tag nhsuk-tag--orange">{text}</strong> }.into_any())
}

/// The sites, by their code.
fn sites(entry: &RegisterEntry, journey: &Journey) -> AnyView {
    let after = query("after");
    let from = if after.is_empty() { Bound::Unbounded } else { Bound::Excluded(after.clone()) };
    let mut page: Vec<&Site> =
        journey.sites.range((from, Bound::Unbounded)).map(|(_, site)| site).take(PAGE as usize + 1).collect();
    let more = page.len() > PAGE as usize;
    page.truncate(PAGE as usize);
    let here = paths::registered(&entry.line.number);
    let next = page.last().filter(|_| more).map(|last| format!("{here}?after={}", encode(&last.ods_code)));
    let provider = entry.line.side == ProductSide::Provider;
    let rows = page
        .iter()
        .map(|site| {
            let turned_on = listed(site.capabilities.iter().map(|capability| capability.title().to_owned()).collect());
            view! {
                <tr role="row">
                    <th scope="row" role="rowheader">{site.name.clone()}{paused(journey, site)}</th>
                    <td role="cell" data-l="ODS code"><span class="gpc-mono">{site.ods_code.clone()}</span></td>
                    <td role="cell" data-l="Live since">{dates::date(site.live_on)}</td>
                    {provider.then(|| view! { <td role="cell" data-l="Turned on">{turned_on}</td> })}
                </tr>
            }
        })
        .collect_view();
    let table = if page.is_empty() {
        let says = if journey.sites.is_empty() {
            "The product is not recorded as live anywhere. Each site is listed here from the day on which it is recorded as live."
        } else {
            "There are no more sites."
        };
        view! { <div class="gpc-empty"><p>{says}</p><p><a href=paths::REGISTER>"Look for another product"</a></p></div> }
            .into_any()
    } else {
        let columns: Columns = ["Organisation", "ODS code", "Live since"].into();
        let columns = columns.and(provider.then_some(crate::design::Column::Words("Turned on")));
        view! { <Grid caption="Sites at which the product is live, by ODS code" columns=columns rows=rows.into_any() /> }
            .into_any()
    };
    view! {
        <h2 class="nhsuk-heading-m" id="sites">"Where it is live"</h2>
        {(!journey.sites.is_empty()).then(|| view! { <p class="gpc-meta">{counted(journey.sites.len(), "site")}", by ODS code. Names are those of the day on which the site went live."</p> })}
        {table}
        <p class="gpc-below">
            {next.map(|to| view! { <a href=to rel="next">"Next page"</a> " " })}
            {(!after.is_empty()).then(|| view! { <a href=here>"Back to the first page"</a> })}
        </p>
    }
    .into_any()
}
