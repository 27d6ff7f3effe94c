//! `/journeys/{ref}/meetings/new`: proposes a meeting about the journey or one of its tasks; and the questions that are asked
//! wherever times are offered.

use journey::{
    base::{
        actor::Side,
        ids::{FieldId, TaskId},
    },
    form::{Answers, Kind},
    ledger::journey::Journey,
    rule::{
        meeting::{self, Act, MOST_TIMES},
        meeting_form::{begun, field, other_fields, time_fields},
    },
};
use leptos::prelude::*;

use crate::{
    act::{
        load::load,
        page::{context, page, titled},
    },
    base::{halt::Halt, paths, said::RefusedForm},
    design::{
        Button, Crumbs, Details, Hidden, Title,
        ask::{self, Look, question},
        group_class, say,
    },
    request::visitor::{param, query},
    site::meetings::words,
};

/// The task that an address names: `None` for the journey as a whole.
///
/// # Errors
/// [`Halt::Missing`] when there is no such task.
pub(crate) fn task_of(journey: &Journey, text: &str) -> Result<Option<TaskId>, Halt> {
    if text.is_empty() {
        return Ok(None);
    }
    let id: TaskId = text.parse().map_err(|_| Halt::Missing)?;
    journey.process.task(&id).map(|spec| Some(spec.id.clone())).ok_or(Halt::Missing)
}

/// `/journeys/{ref}/meetings/new`
#[component]
pub fn NewMeeting() -> impl IntoView {
    let reference = param("reference");
    let task = query("task");
    page(async move {
        let context = context().await?;
        let visitor = context.visitor()?;
        let loaded = load(&context.services, &visitor, &reference).await?;
        let journey = &loaded.journey;
        let task = task_of(journey, &task)?;
        let asked = meeting::may_ask(journey, &visitor.actor, task.as_ref());
        let kept = context.kept.clone();
        if asked.is_empty() && (meeting::side_of(journey, &visitor.actor, task.as_ref()).is_none() || kept.is_none()) {
            return Err(Halt::Missing);
        }
        let typed = context.typed_or(begun(Act::Proposed, None));
        let id = match typed.one("meeting") {
            "" => context.services.secrets.id(),
            id => id.to_owned(),
        };
        let values = vec![
            ("journey", journey.reference.to_string()),
            ("task", task.as_ref().map_or_else(String::new, ToString::to_string)),
            ("meeting", id),
        ];
        let product = journey.opening.product.clone();
        let home = paths::journey(&journey.reference);
        let mut links = vec![("/journeys".to_owned(), "Journeys".to_owned()), (home, product.clone())];
        match &task {
            Some(task) => links.push((paths::task(&journey.reference, task), words::subject(journey, Some(task)))),
            None => links.push((paths::meetings(&journey.reference), "Meetings".to_owned())),
        }
        let title = match &task {
            Some(task) => format!("Propose a meeting about {}", words::subject(journey, Some(task))),
            None => "Propose a meeting".to_owned(),
        };
        let tells = match asked.as_slice() {
            [one] => format!(
                "{} is told, and chooses a time, offers others or says no.",
                journey::base::text::capital(&words::side(journey, *one))
            ),
            _ => "Whom you ask is told, and chooses a time, offers others or says no.".to_owned(),
        };
        let body = view! {
            <Crumbs links=links />
            <div class="nhsuk-grid-row">
                <div class="nhsuk-grid-column-two-thirds">
                    {say::kept(kept.as_ref())}
                    {say::banner(context.banner.clone())}
                    <Title above=format!("{product} {}", journey.reference) text=title.clone()>{tells}</Title>
                    <form class="gpc-say" action="/do/meetings/propose" method="post" novalidate>
                        <Hidden values=values />
                        {(asked.len() > 1).then(|| whom(journey, &asked, &typed, kept.as_ref()))}
                        {questions(Act::Proposed, &typed, kept.as_ref())}
                        <Button text="Propose the meeting" />
                    </form>
                </div>
            </div>
        }
        .into_any();
        Ok((titled(&title, kept.as_ref()), body))
    })
}

/// Which side is asked, where there is a choice.
fn whom(journey: &Journey, asked: &[Side], typed: &Answers, kept: Option<&RefusedForm>) -> AnyView {
    let id = field(Act::Proposed, "with");
    let chosen = Side::named(typed.one(&id)).or(asked.first().copied());
    let problem = kept.and_then(|kept| kept.problem(&id));
    let options = asked.iter().map(|side| (side.name().to_owned(), journey::base::text::capital(&words::side(journey, *side))));
    let chosen = chosen.map(|side| side.name().to_owned()).unwrap_or_default();
    radios(&id, "Whom do you want to meet?", options.collect(), &chosen, problem)
}

/// One of a few, each with its words.
pub(crate) fn radios(id: &str, legend: &str, options: Vec<(String, String)>, chosen: &str, problem: Option<String>) -> AnyView {
    let class = group_class(problem.is_some());
    let described = problem.as_ref().map(|_| format!("{id}-error"));
    let items = options
        .into_iter()
        .enumerate()
        .map(|(place, (value, label))| {
            let option = if place == 0 { id.to_owned() } else { format!("{id}-{place}") };
            let checked = chosen == value;
            view! {
                <div class="nhsuk-radios__item">
                    <input class="nhsuk-radios__input" id=option.clone() name=format!("answers[{id}][]") type="radio" value=value checked=checked />
                    <label class="nhsuk-label nhsuk-radios__label" for=option>{label}</label>
                </div>
            }
        })
        .collect_view();
    view! {
        <div class=class>
            <fieldset class="nhsuk-fieldset" aria-describedby=described>
                <legend class="nhsuk-fieldset__legend nhsuk-fieldset__legend--s">{legend.to_owned()}</legend>
                {ask::message(id, problem)}
                <div class="nhsuk-radios">{items}</div>
            </fieldset>
        </div>
    }
    .into_any()
}

/// Everything that is asked of whoever takes this step: times where some are offered, and the questions beside them.
pub(crate) fn questions(act: Act, typed: &Answers, kept: Option<&RefusedForm>) -> AnyView {
    let offers = matches!(act, Act::Proposed | Act::Others | Act::Moved);
    let written = |id: &FieldId| !typed.one(id.as_str()).is_empty();
    let time = |place: usize, legend: &'static str| {
        let fields = time_fields(act, place).map(|field| question(&field, typed, kept, &Look::default()));
        let legend = view! { <legend class="nhsuk-fieldset__legend nhsuk-fieldset__legend--m">{legend}</legend> };
        view! { <fieldset class="nhsuk-fieldset gpc-when">{legend} {fields.into_iter().collect_view()}</fieldset> }.into_any()
    };
    let more = (2..=MOST_TIMES).any(|place| time_fields(act, place).iter().any(|field| written(&field.id)));
    let times = offers.then(|| {
        let others = view! { {time(2, "Second time")} {time(3, "Third time")} }.into_any();
        view! {
            {time(1, "When")}
            <Details summary="Offer a second and a third time to choose from" open=more body=others />
        }
    });
    let rest = other_fields(act).into_iter().map(|field| {
        let rows = if matches!(field.kind, Kind::Words { .. }) { 3 } else { 0 };
        question(&field, typed, kept, &Look { rows, ..Look::default() })
    });
    view! { {times} {rest.collect_view()} }.into_any()
}
