//! `/spine`: how a request travels, step by step, for the interaction that the reader chooses.

use journey::guidance::spine::{
    interactions::{Area, Interaction, interaction, interactions},
    steps::{Message, Step, Trouble, field_place, steps, trouble_place},
};
use leptos::prelude::*;

use crate::{
    act::page::{context, page},
    base::words::encode,
    design::{Grid, Title},
    islands::{Wake, steps::Steps},
    request::visitor::query,
    work::ecosystem::route,
};

/// What is shown to somebody who has not chosen yet: the example of the specification.
const FIRST: &str = "fhir:operation:gpc.getstructuredrecord-1";

/// What the reader chose, or the nearest to it: an interaction of another capability gives way to the capability.
fn chosen(capability: &str, id: &str) -> &'static Interaction {
    let area: Option<Area> = capability.parse().ok();
    let fits = |known: &&Interaction| area.is_none_or(|area| known.area == area);
    let of_area = || area.and_then(|area| interactions().iter().find(|known| known.area == area));
    interaction(id).filter(|known| fits(known)).or_else(of_area).or_else(|| interaction(FIRST)).unwrap_or(&interactions()[0])
}

/// `/spine`
#[component]
pub fn Spine() -> impl IntoView {
    page(async {
        context().await?;
        let known = chosen(&query("capability"), &query("interaction"));
        let now = query("step").parse::<u8>().ok().filter(|step| (1..=6).contains(step)).unwrap_or(1);
        let steps = steps(known);
        let to = |step: u8| format!("/spine?step={step}&capability={}&interaction={}", known.area.name(), encode(&known.id));
        let picture = route::svg(&steps, now, &to);
        let items = steps
            .iter()
            .map(|step| {
                let current = (step.number == now).then_some("step");
                view! {
                    <li>
                        <a href=format!("{}#shown", to(step.number)) data-to=step.number.to_string() aria-current=current>
                            <b>{step.title}</b>
                            <span>{step.about}</span>
                        </a>
                    </li>
                }
            })
            .collect_view();
        let panels = steps
            .iter()
            .map(|step| {
                let before = step.number.checked_sub(2).and_then(|at| steps.get(usize::from(at)));
                panel(step, step.number == now, before, steps.get(usize::from(step.number)), &to)
            })
            .collect_view();
        let body = view! {
            <Title text="Spine integration in six steps">"How one question travels from your system to a practice and back."</Title>
            {choose(known, now)}
            <div class="gpc-steps-of" data-steps="">
                <div class="gpc-eco" inner_html=picture></div>
                <div class="gpc-walk">
                    <nav aria-label="The six steps">
                        <ol>{items}</ol>
                        <Steps />
                    </nav>
                    <div id="shown">{panels}</div>
                </div>
            </div>
            {more()}
            <Wake />
        }
        .into_any();
        Ok(("Spine integration in six steps".to_owned(), body))
    })
}

/// A reader chooses what is asked for; the request changes with it.
fn choose(known: &'static Interaction, now: u8) -> AnyView {
    let groups = Area::ALL
        .iter()
        .map(|area| {
            let options = interactions()
                .iter()
                .filter(|one| one.area == *area)
                .map(|one| {
                    let selected = one.id == known.id;
                    view! { <option value=one.id.clone() selected=selected>{format!("{} ({})", one.operation, one.versions)}</option> }
                })
                .collect_view();
            view! { <optgroup label=area.title()>{options}</optgroup> }
        })
        .collect_view();
    view! {
        <form class="gpc-filters" action="/spine" method="get" aria-label="Choose what is asked for">
            <input type="hidden" name="step" value=now.to_string() />
            <div>
                <label for="interaction">"Capability and interaction"</label>
                <select class="nhsuk-select" id="interaction" name="interaction">{groups}</select>
            </div>
            <button class="nhsuk-button nhsuk-button--secondary nhsuk-button--small">"Show this request"</button>
        </form>
        <p class="gpc-meta gpc-code">
            {format!("{}: {}. ", known.area.title(), known.operation)}<code>{known.full_id()}</code>
        </p>
    }
    .into_any()
}

fn panel(step: &Step, shown: bool, before: Option<&Step>, after: Option<&Step>, to: &dyn Fn(u8) -> String) -> AnyView {
    let number = step.number;
    let link = |other: &Step, words: &'static str, rel: &'static str| {
        let (to, number) = (format!("{}#shown", to(other.number)), other.number.to_string());
        view! { <a href=to rel=rel data-to=number>{format!("{words}: {}", other.title)}</a> }
    };
    let (before, after) = (before.map(|other| link(other, "Back", "prev")), after.map(|other| link(other, "Next", "next")));
    view! {
        <section class="gpc-step" data-panel=number.to_string() hidden=!shown aria-labelledby=format!("step-{number}")>
            <h2 class="nhsuk-heading-m" id=format!("step-{number}") tabindex="-1">{format!("Step {number} of 6: {}", step.title)}</h2>
            <p>{step.about}". "{step.why}</p>
            {step.messages.iter().enumerate().map(|(at, one)| message(number, at, one)).collect_view()}
            <h3 class="nhsuk-heading-s">"What goes wrong"</h3>
            {troubles(step)}
            <p class="gpc-step__ways">{before}{after}</p>
        </section>
    }
    .into_any()
}

fn message(step: u8, at: usize, message: &Message) -> AnyView {
    let rows = message
        .fields
        .iter()
        .enumerate()
        .map(|(place, field)| {
            view! {
                <div class="nhsuk-summary-list__row" id=field_place(step, at, place)>
                    <dt class="nhsuk-summary-list__key">{field.name.clone()}</dt>
                    <dd class="nhsuk-summary-list__value"><code>{field.value.clone()}</code><span class="gpc-meta">{field.why}</span></dd>
                </div>
            }
        })
        .collect_view();
    let blocks = message
        .blocks
        .iter()
        .map(|(title, text)| {
            view! {
                <h4 class="nhsuk-heading-xs">{*title}</h4>
                <pre class="gpc-code" tabindex="0" role="region" aria-label=*title><code>{text.clone()}</code></pre>
            }
        })
        .collect_view();
    view! {
        <h3 class="nhsuk-heading-s">{message.title}</h3>
        <dl class="nhsuk-summary-list gpc-code">{rows}</dl>
        {blocks}
    }
    .into_any()
}

fn troubles(step: &Step) -> AnyView {
    let rows = step
        .troubles
        .iter()
        .enumerate()
        .map(|(place, Trouble { cause, seen, cure })| {
            view! {
                <tr role="row" id=trouble_place(step.number, place)>
                    <th scope="row" role="rowheader">{*cause}</th>
                    <td role="cell" data-l="What you see">{*seen}</td>
                    <td role="cell" data-l="What to do">{*cure}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Grid caption=format!("What goes wrong in step {}", step.number) columns=["Cause", "What you see", "What to do"] rows=rows.into_any() />
    }
    .into_any()
}

fn more() -> AnyView {
    view! {
        <section class="gpc-below" aria-labelledby="about-example">
            <h2 class="nhsuk-heading-m" id="about-example">"About the example"</h2>
            <p>
                "Patient, practice, party key and provider ASID are those of the specification; the other values are made up for this page. "
                "Every example here passes "<a href="/spine/rules">"the rules for requests"</a>". "
                <a href="/spine/check">"Check a request of your own"</a> ", or "<a href="/spine/check#first-run">"from the command line"</a> "."
            </p>
            <p>
                "Send Document has no request through the proxy: it travels over MESH to the registered practice, which sends a receipt back. "
                <a href="/capabilities/send-document">"Read about Send Document"</a> "."
            </p>
            <ul class="nhsuk-list">
                <li><a href="/capabilities">"Capabilities of GP Connect"</a></li>
                <li><a href="/ecosystem/consumer">"The consumer journey"</a></li>
                <li><a href="/glossary">"Glossary"</a></li>
            </ul>
        </section>
    }
    .into_any()
}
