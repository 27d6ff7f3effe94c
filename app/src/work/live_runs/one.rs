//! `/journeys/{ref}/live-runs/{run}`: the address to copy, each request as it comes, and what changed since the last run like it.

use journey::{
    conformance::catalogue::rule,
    ledger::journey::Journey,
    port::live_runs::Shown,
    practice::{
        exchange::{Ended, Looked},
        people::PRACTICES,
        proof::{Counted, Difference, MOST_RUNS_READ, compare},
        run::{self, LiveRun, MOST_EXCHANGES},
    },
    rule::offers,
};
use leptos::prelude::*;

use crate::{
    act::{
        page::{context, page, titled},
        sent,
    },
    base::{dates, halt::Halt, paths, words::counted},
    design::{Button, Crumbs, Hidden, Title, kept_true, live_on, say},
    desk::working::{copy_of, drafts_of, product_of},
    islands::Wake,
    request::{
        services::Services,
        visitor::{Visitor, param, query},
    },
    work::live_runs::{
        look, rows,
        seen::{ON_A_PAGE, one_run},
    },
};

/// `/journeys/{ref}/live-runs/{run}`
#[component]
pub fn OneRun() -> impl IntoView {
    let (reference, id) = (param("reference"), param("run"));
    page(async move {
        let context = context().await?;
        let visitor = context.visitor()?;
        let services = &context.services;
        let (loaded, run) = one_run(services, &visitor, &reference, &id).await?;
        let journey = &loaded.journey;
        let now = services.clock.now();
        let shown = Shown {
            failed: query("failed") == "yes",
            rule: rule(&query("rule")).map(|rule| rule.id),
            before: query("before").parse().ok(),
        };
        let found = services.store.exchanges(&run.opened.id, shown).await?;
        let sees_tokens = run::may_see_tokens(journey, &visitor.actor);
        let here = paths::live_run(&journey.reference, &run.opened.id);
        let last = found.last().and_then(|kept| kept.exchange()).map(|exchange| exchange.number);
        let items: Vec<AnyView> = found
            .iter()
            .filter_map(|kept| {
                let exchange = kept.exchange()?;
                let to = paths::live_request(&journey.reference, &run.opened.id, exchange.number);
                Some(look::exchange(&exchange, kept, sees_tokens, Some(to)))
            })
            .collect();
        let older = last.filter(|last| items.len() == ON_A_PAGE && *last > 1).map(|last| {
            let failed = if shown.failed { "&failed=yes".to_owned() } else { String::new() };
            let failed = shown.rule.map_or(failed, |rule| format!("&rule={rule}"));
            view! { <p><a href=format!("{here}?before={last}{failed}")>"Earlier requests"</a></p> }
        });
        let nothing = items.is_empty().then(|| {
            let words = if run.count == 0 {
                "Nothing was sent to this run yet. What is sent appears here within a second."
            } else if shown.rule.is_some() {
                "No request of this run failed this rule."
            } else {
                "No request here has a rule that failed."
            };
            view! { <p>{words}</p> }
        });
        let runs = services.store.counted_runs(&journey.reference, MOST_RUNS_READ).await?;
        let known = runs.iter().find(|one| one.run.opened.id == run.opened.id).cloned();
        let totals = match &known {
            Some(known) => known.totals.clone(),
            None => services.store.live_totals(&run.opened.id).await?,
        };
        let whole = known.unwrap_or(Counted { run: run.clone(), totals, record: None });
        let together = together(&whole);
        let compared = compared(journey, &whole, &runs);
        let supported = supported(services, &visitor, journey, &whole).await?;
        let kept = context.kept.clone();
        let product = journey.opening.product.clone();
        let opened = &run.opened;
        let open = run.closing(now).is_none();
        let address = run.key.clone().filter(|_| open && run::may_test(journey, &visitor.actor));
        let address = address.map(|key| address_of(services, &key));
        let closes = (open && run::may_test(journey, &visitor.actor)).then(|| {
            view! {
                <form action="/do/live-runs/close" method="post">
                    <Hidden values=vec![("journey", journey.reference.to_string()), ("run", opened.id.clone())] />
                    <p>"A closed run takes no more requests and cannot be changed. It stays here as your record."</p>
                    <Button text="Close this run" secondary=true />
                </form>
            }
        });
        let by = loaded.names.people.get(&opened.by).cloned().unwrap_or_default();
        let list = view! { {nothing} {items.collect_view()} {older} };
        let body = view! {
            <Crumbs links=vec![
                ("/journeys".to_owned(), "Journeys".to_owned()),
                (paths::journey(&journey.reference), product.clone()),
                (paths::live_runs(&journey.reference), "Live runs".to_owned()),
            ] />
            {say::kept(kept.as_ref())}
            {say::banner(context.banner.clone())}
            <Title above=format!("{product} {}", journey.reference) text=format!("Live run of version {}", opened.version)>
                {format!("{}, for {}. Opened {} by {by}. Tester: {}.", opened.areas_in_words(), opened.environment_title(), dates::moment(opened.at), opened.tester)}
            </Title>
            {live_on(&journey.reference)}
            {kept_true("stands", view! { <div class="nhsuk-inset-text"><p>{look::stands(&run, now)}</p></div> }.into_any())}
            {kept_true("address", view! { {address} {closes} }.into_any())}
            {kept_true("compared", compared)}
            {kept_true("rows", supported)}
            {kept_true("together", together)}
            <h2 class="nhsuk-heading-m" id="requests">"Requests, newest first"</h2>
            <p>
                {filter(&here, "All", !shown.failed && shown.rule.is_none())} " | " {filter(&format!("{here}?failed=yes"), "Only with a rule that failed", shown.failed)}
                {shown.rule.map(|rule| view! { " | " <b>{format!("Only where {rule} failed")}</b> })}
                {shown.before.map(|_| view! { " | " <a href=here.clone()>"The newest"</a> })}
            </p>
            {kept_true("requests", list.into_any())}
            <h2 class="nhsuk-heading-m">"The record"</h2>
            {kept_true("record", record(journey, &run))}
            <Wake />
        }
        .into_any();
        Ok((titled(&format!("Live run of {product}"), kept.as_ref()), body))
    })
}

fn filter(to: &str, text: &'static str, here: bool) -> AnyView {
    if here { view! { <b>{text}</b> }.into_any() } else { view! { <a href=to.to_owned()>{text}</a> }.into_any() }
}

/// What is copied into the settings of a product.
fn address_of(services: &Services, key: &str) -> AnyView {
    let base = format!("{}/try/{key}", services.base_url);
    let line = |what: &'static str, value: String| {
        view! {
            <div class="nhsuk-summary-list__row">
                <dt class="nhsuk-summary-list__key">{what}</dt>
                <dd class="nhsuk-summary-list__value gpc-mono gpc-break">{value}</dd>
            </div>
        }
    };
    let example = PRACTICES[1];
    view! {
        <h2 class="nhsuk-heading-m">"Where your product sends its requests"</h2>
        <dl class="nhsuk-summary-list">
            {line("Instead of Spine’s proxy", base.clone())}
            {line("PDS, for the first step", format!("{base}/pds?nhs-number=9000000084&birth-date=1952-05-31"))}
            {line("SDS, for the second", format!("{base}/sds?filter=(%26(nhsIDCode={example})(objectClass=nhsMhs)(nhsMhsSvcIA=…))"))}
            {line("A whole request", format!("{base}/https://provider.example.nhs.uk/{example}/STU3/1/gpconnect/metadata"))}
        </dl>
        <p>"Whoever knows this address can send to this run: keep it to yourselves. Send no details of real patients."</p>
    }
    .into_any()
}

/// The rules about several requests.
fn together(whole: &Counted) -> AnyView {
    let found = whole.totals.together(&whole.run.opened);
    if found.is_empty() {
        return ().into_any();
    }
    let mut found: Vec<&Looked> = found.iter().collect();
    found.sort_by_key(|looked| looked.ended);
    view! { <h2 class="nhsuk-heading-m">"All requests together"</h2> {look::rules(&found)} }.into_any()
}

/// The rows of the SCAL that the run supports. Their answers are read for those who may write them, once the run is closed.
async fn supported(services: &Services, visitor: &Visitor, journey: &Journey, whole: &Counted) -> Result<AnyView, Halt> {
    let now = services.clock.now();
    let Some(spec) = journey.process.scal() else { return Ok(().into_any()) };
    let own = visitor.actor.organisation == journey.organisation;
    let sent = sent::needed(services, journey, spec).await?;
    let drafts = drafts_of(services, journey, spec, own).await?;
    let product = product_of(journey, spec, &sent, &drafts, own)?;
    let writes = whole.run.closing(now).is_some() && offers::may_write(journey, &visitor.actor, &spec.id);
    let entries = if writes { Some(copy_of(journey, spec, &sent, &drafts)?) } else { None };
    Ok(rows::view(journey, whole, &product, entries.as_deref(), now).into_any())
}

/// What became of the rules since the last run like this one.
fn compared(journey: &Journey, whole: &Counted, runs: &[Counted]) -> AnyView {
    let run = &whole.run;
    let before = runs
        .iter()
        .find(|other| other.run.opened.at < run.opened.at && other.run.count > 0 && other.run.opened.is_like(&run.opened));
    let Some(then) = before.filter(|_| run.count > 0) else { return ().into_any() };
    let before = &then.run;
    let differences = compare(&then.totals, &whole.totals);
    let (worse, better): (Vec<Difference>, Vec<Difference>) = differences.into_iter().partition(|one| one.now < one.before);
    let items = |all: Vec<Difference>| {
        all.into_iter()
            .map(|one| view! { <li class="gpc-lines">{look::tag(one.now)} " " {format!("{}, {}: was “{}”", one.rule, one.interaction, Ended::title(one.before))}</li> })
            .collect_view()
    };
    let to = paths::live_run(&journey.reference, &before.opened.id);
    let none = worse.is_empty() && better.is_empty();
    let (fewer, more) = (counted(better.len(), "rule"), counted(worse.len(), "rule"));
    let view = view! {
        <h2 class="nhsuk-heading-m">"Since the last run"</h2>
        <p>"Compared with "<a href=to>{format!("the run of {}, version {}", dates::moment(before.opened.at), before.opened.version)}</a>", by the last request of each interaction that both tried."</p>
        {none.then(|| view! { <p>"No rule ends otherwise."</p> })}
        {(!worse.is_empty()).then(|| view! { <p>{format!("{more} worse than before:")}</p> <ul class="nhsuk-list">{items(worse)}</ul> })}
        {(!better.is_empty()).then(|| view! { <p>{format!("{fewer} better than before:")}</p> <ul class="nhsuk-list">{items(better)}</ul> })}
    };
    view.into_any()
}

fn record(journey: &Journey, run: &LiveRun) -> AnyView {
    let file = paths::live_run_file(&journey.reference, &run.opened.id);
    view! {
        <p>
            {format!("Each entry names the digest of the one before; the first names what was said when the run was opened, at most {MOST_EXCHANGES} follow. The digest of the last is the record of this run: ")}
            <span class="gpc-mono gpc-break">{run.head.to_string()}</span>
        </p>
        <p class="gpc-meta">"Rules by which it was checked: "<span class="gpc-mono gpc-break">{run.opened.rules.to_string()}</span></p>
        <p><a href=file download>"Download the run (JSON)"</a></p>
    }
    .into_any()
}
