//! How runs and requests look.

use jiff::Timestamp;
use journey::{
    conformance::catalogue::rule,
    guidance::spine::{interactions::PREFIX, token},
    practice::{
        exchange::{Ended, Exchange, Kept, Looked, To},
        run::{Closing, LiveRun, MOST_EXCHANGES},
    },
};
use leptos::prelude::*;

use crate::{
    base::{dates, words::counted},
    design::Details,
    work::conformance::rules::address,
};

/// How a rule ended, in a word with a colour.
pub(super) fn tag(ended: Ended) -> AnyView {
    let class = match ended {
        Ended::Failed => "nhsuk-tag nhsuk-tag--red",
        Ended::Doubtful => "nhsuk-tag nhsuk-tag--yellow",
        Ended::Noted => "nhsuk-tag nhsuk-tag--blue",
        Ended::NotMade => "nhsuk-tag nhsuk-tag--grey",
        Ended::Passed => "nhsuk-tag nhsuk-tag--green",
    };
    view! { <strong class=class>{ended.title()}</strong> }.into_any()
}

/// How a run stands, in a sentence.
pub(super) fn stands(run: &LiveRun, now: Timestamp) -> String {
    let count = counted(run.count as usize, "request");
    match run.closing(now) {
        Some(Closing::File) => {
            let name = run.opened.file.as_ref().map_or("", |file| file.name.as_str());
            format!("Read from the file {name}: the supplier sent it, and it did not come over the wire. {count}.")
        }
        None => format!("Open until {}. {count} of {MOST_EXCHANGES}.", dates::moment(run.ends())),
        Some(closing) => format!("{}. {count}.", capital(closing.title())),
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// What a request asked for, in a line.
pub(super) fn line(exchange: &Exchange) -> String {
    let asked: String = exchange.asked().chars().take(200).collect();
    match exchange.to {
        To::Practice => format!("{}. {} {asked}", exchange.number, exchange.method),
        To::Refused => format!("{}. {}", exchange.number, exchange.answer),
        to => format!("{}. {} {}", exchange.number, exchange.method, to.title()),
    }
}

fn looked(one: &Looked) -> AnyView {
    let words = one.words.clone();
    view! {
        <li>
            {tag(one.ended)} " " <b class="gpc-nb">{rule_link(&one.rule)}</b> " " {one.about.clone()}
            {(!words.is_empty()).then(|| view! { <div class="gpc-lines gpc-meta">{words}</div> })}
        </li>
    }
    .into_any()
}

/// A rule of the catalogue by its number, with a link to where it is read; other checks by their name alone.
fn rule_link(number: &str) -> AnyView {
    match rule(number) {
        Some(rule) => view! { <a href=address(rule.id)>{rule.id}</a> }.into_any(),
        None => number.to_owned().into_any(),
    }
}

/// Rules with how they ended.
pub(super) fn rules(all: &[&Looked]) -> AnyView {
    let items = all.iter().map(|one| looked(one)).collect_view();
    view! { <ul class="nhsuk-list gpc-rules">{items}</ul> }.into_any()
}

fn code(text: String) -> AnyView {
    view! { <pre class="gpc-code" tabindex="0">{text}</pre> }.into_any()
}

/// JSON with its lines, and everything else as it came.
fn laid_out(text: &str) -> String {
    let read: Option<serde_json::Value> = serde_json::from_str(text).ok();
    read.and_then(|value| serde_json::to_string_pretty(&value).ok()).unwrap_or_else(|| text.to_owned())
}

/// The request as it came. Tokens are for the supplier whose they are.
fn request(exchange: &Exchange, kept: &Kept, sees_tokens: bool) -> AnyView {
    let value = |name: &str, shown: &str| match kept.held_back.iter().find(|(known, _)| known == name) {
        Some((_, secret)) if sees_tokens => secret.clone(),
        Some(_) => "(shown to the supplier alone)".to_owned(),
        None => shown.to_owned(),
    };
    let mut text = format!("{} {}\n", exchange.method, exchange.url);
    for (name, shown) in &exchange.headers {
        text.push_str(&format!("{name}: {}\n", value(name, shown)));
    }
    let body = laid_out(&exchange.body);
    let token = kept.held_back.iter().find(|(name, _)| name.eq_ignore_ascii_case("authorization")).filter(|_| sees_tokens);
    let claims = token.and_then(|(_, value)| token::decode(value.trim().strip_prefix("Bearer ")?.trim()).ok());
    let certificate = exchange.certificate.iter().map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join("\n");
    view! {
        {code(text)}
        {(!body.is_empty()).then(|| code(body))}
        {claims.map(|(_, claims)| view! { <p class="gpc-meta">"The claims of its token:"</p> {code(serde_json::to_string_pretty(&claims).unwrap_or_default())} })}
        {(!certificate.is_empty()).then(|| view! { <p class="gpc-meta">"The client certificate, as the proxy in front saw it:"</p> {code(certificate)} })}
    }
    .into_any()
}

fn answer(exchange: &Exchange) -> AnyView {
    if exchange.status == 0 {
        return view! { <p>"The file has none."</p> }.into_any();
    }
    let mut text = format!("{}\n", exchange.status);
    for (name, value) in &exchange.answer_headers {
        text.push_str(&format!("{name}: {value}\n"));
    }
    view! { {code(text)} {code(laid_out(&exchange.answer))} }.into_any()
}

/// One request with its rules and its answer; `whole` when it stands on a page of its own.
pub(super) fn exchange(exchange: &Exchange, kept: &Kept, sees_tokens: bool, to: Option<String>) -> AnyView {
    let whole = to.is_none();
    let (bad, good): (Vec<&Looked>, Vec<&Looked>) =
        exchange.failed_first().into_iter().partition(|one| matches!(one.ended, Ended::Failed | Ended::Doubtful));
    let id = exchange.interaction();
    let named = if id.is_empty() { String::new() } else { format!(" {PREFIX}{id}") };
    // What is not about this request is no check that it missed.
    let made = exchange.checks.len() - exchange.count(Ended::NotMade);
    let summary = match exchange.checks.len() {
        0 if exchange.to == To::Refused => "No rule was asked".to_owned(),
        0 => "No rules are held against a look-up".to_owned(),
        _ => format!("{} of {} passed", exchange.count(Ended::Passed), counted(made, "check")),
    };
    let answered = match exchange.status {
        0 => "no answer in the file".to_owned(),
        status => format!("answered {status}"),
    };
    let heading = to.map(|to| view! { <h3 class="nhsuk-heading-s gpc-lines"><a href=to>{line(exchange)}</a></h3> });
    let passed = (!good.is_empty()).then(|| {
        let summary = match exchange.count(Ended::NotMade) {
            0 => format!("The other {}", counted(good.len(), "check")),
            skipped => {
                format!("The other {}, and {skipped} that are not about this request", counted(good.len() - skipped, "check"))
            }
        };
        view! { <Details summary=summary body=rules(&good) open=whole /> }
    });
    view! {
        <article class="gpc-exchange">
            {heading}
            <p class="gpc-meta gpc-lines">
                {format!("{}, ", dates::moment(exchange.at))}<b>{answered}</b>{format!(". {summary}.{named}")}
            </p>
            {(!bad.is_empty()).then(|| rules(&bad))}
            {passed}
            <Details summary="The request" body=request(exchange, kept, sees_tokens) open=whole />
            <Details summary="The answer" body=answer(exchange) open=whole />
            {whole.then(|| view! {
                <p class="gpc-meta">"Digest of this entry: "<span class="gpc-mono gpc-break">{kept.digest().to_string()}</span><br />"Of the one before: "<span class="gpc-mono gpc-break">{exchange.before.to_string()}</span></p>
            })}
        </article>
    }
    .into_any()
}
