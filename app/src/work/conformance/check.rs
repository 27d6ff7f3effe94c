//! `/spine/check`: anybody pastes a request and sees what each rule says of it. Nothing is kept: what was pasted travels with the one
//! request that shows what came of it.

use journey::{
    conformance::{
        capture::{Fault, read},
        exchange::Context,
        hidden::{told, without_numbers},
        report::{Check, Outcome},
        told::{Judged, Report, Tally, source_of},
    },
    form::Problem,
};
use leptos::prelude::*;

use crate::{
    act::page::{context, page, titled},
    base::said::RefusedForm,
    design::{Crumbs, Title, ask, say},
    request::pasted::{Pasted, pasted},
    work::conformance::rules::address,
};

/// What a supplier does with the command, as the document about it says.
fn first_run() -> &'static str {
    let guide = include_str!("../../../../docs/conformance.md");
    let after = guide.split_once("## The first run").map_or("", |(_, after)| after);
    after.split("```").nth(1).unwrap_or_default().trim()
}

/// The name of the field, and its place on the page.
const FIELD: &str = "request";

/// `/spine/check`
#[component]
pub fn CheckRequest() -> impl IntoView {
    page(async {
        context().await?;
        let pasted = pasted();
        let report = pasted.as_ref().filter(|pasted| !pasted.too_long).map(|pasted| {
            Report::of(vec![("Your text".to_owned(), read(pasted.text.as_bytes(), "Your text"))], &Context::default())
        });
        let refused = refused(pasted.as_ref(), report.as_ref());
        let typed = pasted.map(|pasted| without_numbers(&pasted.text)).unwrap_or_default();
        let title = titled("Check a request", refused.as_ref());
        let body = view! {
            <Crumbs links=vec![("/spine".to_owned(), "Spine integration in six steps".to_owned())] />
            {say::kept(refused.as_ref())}
            <Title text="Check a request">"For anybody who builds a product. You do not need an account, and nothing that you paste is kept."</Title>
            {report.as_ref().map(results)}
            {form(&typed, refused.as_ref())}
        }
        .into_any();
        Ok((title, body))
    })
}

/// What keeps the text from being checked.
fn refused(pasted: Option<&Pasted>, report: Option<&Report>) -> Option<RefusedForm> {
    let says = match (pasted?, report) {
        (pasted, _) if pasted.too_long => {
            "The text is longer than 256 kB. Check larger captures with the command gpc-onboarding check".to_owned()
        }
        (pasted, _) if pasted.text.trim().is_empty() => "Paste a request".to_owned(),
        (_, Some(report)) if report.files.iter().all(|file| file.requests.is_empty()) => {
            let fault = report.files.iter().flat_map(|file| &file.faults).next().map(words).unwrap_or_default();
            format!("No request can be read. {fault}")
        }
        _ => return None,
    };
    Some(RefusedForm {
        heading: "Check your request".to_owned(),
        problems: vec![Problem::new(FIELD, says)],
        ..RefusedForm::default()
    })
}

fn words(fault: &Fault) -> String {
    let place = if fault.at.is_empty() { String::new() } else { format!("In {}: ", fault.at) };
    told(format!("{place}{}", fault.why))
}

fn form(typed: &str, refused: Option<&RefusedForm>) -> AnyView {
    let problem = refused.and_then(|refused| refused.problem(FIELD));
    let help = "Raw HTTP with the whole address in its first line, a curl command, a HAR file or a Postman collection, as text. Use test patients only.";
    view! {
        <form action="/do/spine/check" method="post" novalidate>
            {ask::words(FIELD, FIELD, "Your request", help, typed, problem, 12)}
            <button class="nhsuk-button">"Check it"</button>
        </form>
        <h2 class="nhsuk-heading-m">"What is looked at"</h2>
        <p>"Address, headers, token, body and the answer, if you paste it as well. "<a href="/spine/rules">"Read the rules"</a>". Rules that need to know your product, your ASIDs or your practice are not looked at here."</p>
        <p>"NHS numbers that are not of test patients are hidden before the page is shown."</p>
        <h2 class="nhsuk-heading-m" id="first-run">"In a shell and in a build"</h2>
        <p>"The program of this service holds captures against the same rules on your own machine. It needs no account and sends nothing."</p>
        <pre class="gpc-code" tabindex="0" aria-label="Commands of a first run">{first_run()}</pre>
    }
    .into_any()
}

fn results(report: &Report) -> AnyView {
    let requests: Vec<&Judged> = report.files.iter().flat_map(|file| &file.requests).collect();
    if requests.is_empty() {
        return ().into_any();
    }
    let faults = report.files.iter().flat_map(|file| file.faults.iter().map(words).chain(file.notes.iter().cloned().map(told)));
    let faults: Vec<_> = faults.map(|words| view! { <li>{words}</li> }).collect();
    let aside = (!faults.is_empty()).then(|| {
        view! {
            <h3 class="nhsuk-heading-s">"What was not read, or put right"</h3>
            <ul class="nhsuk-list nhsuk-list--bullet">{faults}</ul>
        }
    });
    let sections = requests.iter().enumerate().map(|(at, one)| request(at, one)).collect_view();
    let together = report.set.iter().any(|check| !check.outcome.is_quiet()).then(|| {
        view! { <h3 class="nhsuk-heading-s">"All requests together"</h3> {listed(&report.set, None)} }
    });
    view! {
        <section aria-labelledby="found">
            <h2 class="nhsuk-heading-m" id="found">{report.tally().words()}</h2>
            {aside}
            {sections}
            {together}
        </section>
    }
    .into_any()
}

fn request(at: usize, one: &Judged) -> AnyView {
    let hidden = one.masked.words().map(|words| view! { <p><strong>{words}</strong></p> });
    let quiet: Vec<&Check> = one.checks.iter().filter(|check| check.outcome.is_quiet()).collect();
    let rest = quiet
        .iter()
        .map(|check| {
            let said = match &check.outcome {
                Outcome::NotMade(why) => format!("not looked at. {why}"),
                _ => "passed.".to_owned(),
            };
            view! { <li><a href=address(check.rule)>{check.rule}</a>" "{check.about}": "{said}</li> }
        })
        .collect_view();
    let tally = Tally::of(&one.checks);
    view! {
        <h3 class="nhsuk-heading-s gpc-break">{format!("{}. {}", at + 1, one.title())}</h3>
        {hidden}
        {listed(&one.checks, Some(one))}
        <details class="nhsuk-details">
            <summary class="nhsuk-details__summary">
                <span class="nhsuk-details__summary-text">
                    {format!("{} rules that passed, {} that were not looked at", tally.passed, tally.not_made)}
                </span>
            </summary>
            <div class="nhsuk-details__text"><ul class="nhsuk-list">{rest}</ul></div>
        </details>
    }
    .into_any()
}

/// What is not as it must be, failures first.
fn listed(checks: &[Check], of: Option<&Judged>) -> AnyView {
    let order = |check: &Check| match check.outcome {
        Outcome::Failed(_) => (0, "Failed"),
        Outcome::Doubtful(_) => (1, "For a person to judge"),
        _ => (2, "For information"),
    };
    let mut loud: Vec<&Check> = checks.iter().filter(|check| !check.outcome.is_quiet()).collect();
    loud.sort_by_key(|check| order(check).0);
    if loud.is_empty() {
        return view! { <p>"No rule has anything to say."</p> }.into_any();
    }
    let rows = loud
        .into_iter()
        .map(|check| {
            let explained =
                of.zip(journey::conformance::catalogue::rule(check.rule)).map(|(one, rule)| rule.explained(one.interaction()));
            let explained = explained.map(|to| view! { " "<a href=to>"See it in the request"</a>"." });
            view! {
                <div class="nhsuk-summary-list__row">
                    <dt class="nhsuk-summary-list__key">
                        {order(check).1}": "<a href=address(check.rule)>{check.rule}</a>
                        <br />
                        {check.about}
                    </dt>
                    <dd class="nhsuk-summary-list__value">
                        {check.outcome.words().to_owned()}
                        <br />
                        {check.must}
                        <span class="gpc-meta">{source_of(check)}"."{explained}</span>
                    </dd>
                </div>
            }
        })
        .collect_view();
    view! { <dl class="nhsuk-summary-list gpc-break">{rows}</dl> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_shows_the_first_run_of_the_document() {
        let lines: Vec<&str> = first_run().lines().collect();
        assert_eq!(lines.len(), 10, "{lines:?}");
        assert!(lines[0].starts_with("$ gpc-onboarding check capture.har"));
    }
}
