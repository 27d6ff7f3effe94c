//! `/journeys/{ref}/defects/new`: the form that raises a defect. From a request of a live run it comes with the request and the
//! answer in it, and from a test stage with the stage.

use journey::{
    base::{actor::Actor, environment::Environment},
    conformance::plain,
    form::Answers,
    ledger::{journey::Journey, machine::Verb},
    plan::process::TaskSpec,
    practice::{exchange::Exchange, run},
    rule::{
        defects::{self, LONGEST_TEXT},
        offers,
    },
};
use leptos::prelude::*;

use crate::{
    act::page::{PageContext, context, page, titled},
    base::{halt::Halt, paths, said::RefusedForm},
    design::{
        Button, Crumbs, Hidden, Title,
        ask::{self, message},
        group_class, say,
    },
    request::visitor::{Visitor, param, query},
    work::defects::seen::journey_with_defects,
};

/// `/journeys/{ref}/defects/new`
#[component]
pub fn NewDefect() -> impl IntoView {
    let reference = param("reference");
    let (task, run, exchange) = (query("task"), query("run"), query("exchange"));
    page(async move {
        let context = context().await?;
        let visitor = context.visitor()?;
        let loaded = journey_with_defects(&context.services, &visitor, &reference).await?;
        let journey = &loaded.journey;
        let stages = raisable(journey, &visitor.actor);
        let kept = context.kept.clone();
        let typed = match &kept {
            Some(kept) => kept.typed.clone(),
            None => begun(&context, &visitor, journey, (&task, &run, &exchange)).await?,
        };
        let product = journey.opening.product.clone();
        let body = view! {
            <Crumbs links=vec![
                ("/journeys".to_owned(), "Journeys".to_owned()),
                (paths::journey(&journey.reference), product.clone()),
                (paths::defects(&journey.reference), "Defects".to_owned()),
            ] />
            <div class="nhsuk-grid-row">
                <div class="nhsuk-grid-column-two-thirds">
                    {say::kept(kept.as_ref())}
                    {say::banner(context.banner.clone())}
                    <Title above=format!("{product} {}", journey.reference) text="Raise a defect">
                        "Whoever reads the test stages reads it. NHS England confirms who mends it and how bad it is."
                    </Title>
                    {if stages.is_empty() { nothing(kept.as_ref()) } else { form(journey, &stages, &typed, kept.as_ref()) }}
                </div>
            </div>
        }
        .into_any();
        Ok((titled(&format!("Raise a defect of {product}"), kept.as_ref()), body))
    })
}

/// The stages on which this person may raise a defect now.
fn raisable(journey: &Journey, actor: &Actor) -> Vec<&'static TaskSpec> {
    let may = |spec: &&TaskSpec| offers::offers_on(journey, actor, &spec.id).contains(&Verb::RaiseDefect);
    defects::stages(journey).filter(may).collect()
}

fn nothing(kept: Option<&RefusedForm>) -> AnyView {
    view! {
        <p>"You cannot raise a defect now. The supplier and the team that judges the tests can, once a test stage has begun."</p>
        {say::kept_words(kept)}
    }
    .into_any()
}

fn form(journey: &Journey, stages: &[&'static TaskSpec], typed: &Answers, kept: Option<&RefusedForm>) -> AnyView {
    let chosen = typed.one("task").to_owned();
    let hidden = ["run", "exchange"].map(|field| {
        let (name, value) = (format!("answers[{field}][]"), typed.one(field).to_owned());
        (!value.is_empty()).then(|| view! { <input type="hidden" name=name value=value /> })
    });
    let run = typed.one("run");
    let from = (!run.is_empty()).then(|| {
        let number = typed.one("exchange").parse().unwrap_or(0);
        let to = paths::live_request(&journey.reference, run, number);
        view! { <p>"About "<a href=to>{format!("request {number} of a live run")}</a>"."</p> }
    });
    view! {
        {from}
        <form action="/do/defects/raise" method="post" novalidate>
            <Hidden values=vec![("journey", journey.reference.to_string())] />
            {hidden.into_iter().collect_view()}
            {stage(stages, &chosen, kept.and_then(|kept| kept.problem("task")))}
            {ask::questions(&defects::form(), typed, kept)}
            <Button text="Raise the defect" />
        </form>
    }
    .into_any()
}

/// On which stage it was seen.
fn stage(stages: &[&'static TaskSpec], chosen: &str, problem: Option<String>) -> AnyView {
    let class = group_class(problem.is_some());
    let described = problem.as_ref().map(|_| "task-error");
    let options = stages
        .iter()
        .map(|spec| {
            let selected = spec.id.as_str() == chosen;
            view! { <option value=spec.id.to_string() selected=selected>{spec.noun.clone()}</option> }
        })
        .collect_view();
    view! {
        <div class=class>
            <label class="nhsuk-label nhsuk-label--s" for="task">"On which test stage?"</label>
            {message("task", problem)}
            <select class="nhsuk-select" id="task" name="task" aria-describedby=described>{options}</select>
        </div>
    }
    .into_any()
}

/// What the form begins with: the version of now, the stage that is worked on, and what a request of a live run says.
async fn begun(
    context: &PageContext,
    visitor: &Visitor,
    journey: &Journey,
    (task, run_id, number): (&str, &str, &str),
) -> Result<Answers, Halt> {
    let stages = raisable(journey, &visitor.actor);
    let named = stages.iter().find(|spec| spec.id.as_str() == task).or(stages.last());
    let mut typed = Answers::default().with("product", journey.product());
    if let Some(spec) = named {
        typed = typed.with("task", spec.id.as_str()).with("environment", spec.closes.unwrap_or(Environment::Int).name());
    }
    let Ok(number) = number.parse::<u32>() else { return Ok(typed) };
    if !run::may_read(journey, &visitor.actor) {
        return Ok(typed);
    }
    let services = &context.services;
    let Some(run) = services.store.live_run(&journey.reference, run_id).await? else { return Ok(typed) };
    let Some(exchange) = services.store.exchange(&run.opened.id, number).await?.and_then(|kept| kept.exchange()) else {
        return Ok(typed);
    };
    let typed = typed.with("run", &run.opened.id).with("exchange", &exchange.number.to_string());
    let typed =
        typed.with("product", &run.opened.version).with("request", &request(&exchange)).with("answer", &answer(&exchange));
    Ok(plain::typed(typed).0)
}

/// As much as is kept.
fn cut(text: String) -> String {
    if text.chars().count() <= LONGEST_TEXT {
        return text;
    }
    let mark = "\n[shortened]";
    text.chars().take(LONGEST_TEXT - mark.len()).collect::<String>() + mark
}

fn headers(all: &[(String, String)]) -> String {
    all.iter().map(|(name, value)| format!("{name}: {value}\n")).collect()
}

fn request(exchange: &Exchange) -> String {
    cut(format!("{} {}\n{}\n{}", exchange.method, exchange.url, headers(&exchange.headers), exchange.body).trim_end().to_owned())
}

fn answer(exchange: &Exchange) -> String {
    cut(format!("{}\n{}\n{}", exchange.status, headers(&exchange.answer_headers), exchange.answer).trim_end().to_owned())
}
