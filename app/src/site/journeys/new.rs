//! `/journeys/new` asks the few questions that choose the test route; `/journeys/new/plan` shows the plan that follows
//! before anything is recorded.

use journey::{
    base::{actor::Role, ids::JourneyRef},
    catalogue::editions,
    form::Answers,
    plan::{
        capability,
        opening::Opening,
        opening_form,
        process::{Origin, Target, TaskSpec},
        track::{CONSUMER, PROVIDER},
    },
    view::length::{self, Length},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    act::{
        action::{ActionResult, Typed, act, signed_in},
        decided::opened,
        letters::Mail,
        page::{context, page, titled},
        post::{Unwritten, write},
        usual, wording,
    },
    base::{halt::Halt, paths, said::RefusedForm, words::counted},
    design::{Back, Button, Details, Hidden, SummaryRow, Title, ask, say},
    request::{
        flash, ledger,
        services::services,
        visitor::{Visitor, calling, query},
    },
};

/// What waits in the session between the questions and the plan. The reference is made before, so that a second click
/// on "Start the journey" opens the same journey and not another one.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Prepared {
    reference: JourneyRef,
    /// Consumer or provider.
    side: String,
    answers: Answers,
}

/// The side that a form or an address names: a consumer unless it says provider.
fn side_of(named: &str) -> &'static str {
    if named == PROVIDER { PROVIDER } else { CONSUMER }
}

const PREPARED: &str = "opening";

fn lead(visitor: &Visitor) -> Result<(), Halt> {
    if visitor.actor.is(Role::OnboardingLead) {
        return Ok(());
    }
    Err(Halt::NotYours {
        heading: "Only an onboarding lead can start a journey".to_owned(),
        detail: "Ask the onboarding lead of your organisation to start it, or to give you that role.".to_owned(),
    })
}

/// `/journeys/new`
#[component]
pub fn NewJourney() -> impl IntoView {
    page(async {
        let context = context().await?;
        let visitor = context.visitor()?;
        lead(&visitor)?;
        let prepared: Option<Prepared> = context.caller.session.get(PREPARED).await.map_err(Halt::session)?;
        let kept = context.kept.clone();
        let asked = query("side");
        let named = match (&kept, &prepared) {
            (Some(kept), _) => kept.typed.one("side").to_owned(),
            (None, Some(prepared)) if asked.is_empty() => prepared.side.clone(),
            _ => asked,
        };
        if named != CONSUMER && named != PROVIDER {
            return Ok(("Start a journey".to_owned(), which_side(kept.as_ref())));
        }
        let side = side_of(&named);
        // Answers that were given for the other side would be about other questions.
        let before = prepared.filter(|p| p.side == side).map(|p| p.answers).unwrap_or_default();
        let answers = context.typed_or(before);
        let fields = ask::questions(&opening_form::form(side), &answers, kept.as_ref());
        let about = if side == PROVIDER {
            "Your product holds GP records and opens them. Your answers choose the tasks. You see the whole plan before anything is recorded."
        } else {
            "Your answers choose the test route and the tasks. You see the whole plan before anything is recorded."
        };
        let body = view! {
            <Back to="/journeys/new?side=choose" text="Back to what the product does" />
            <div class="nhsuk-grid-row">
                <div class="nhsuk-grid-column-two-thirds">
                    {say::kept(kept.as_ref())}
                    <Title text="Start a journey" />
                    <p>{about}</p>
                    <form action="/do/journey/plan" method="post" novalidate>
                        <Hidden values=vec![("side", side.to_owned())] />
                        {fields}
                        <Button text="Show the plan" />
                    </form>
                </div>
            </div>
        }
        .into_any();
        Ok((titled("Start a journey", kept.as_ref()), body))
    })
}

/// The first question: everything else depends on it.
fn which_side(kept: Option<&RefusedForm>) -> AnyView {
    let option = |side: &'static str, title: &'static str, about: &'static str| {
        let to = format!("/journeys/new?side={side}");
        view! { <li><p class="nhsuk-u-margin-bottom-3"><a href=to class="nhsuk-u-font-weight-bold">{title}</a><br />{about}</p></li> }
    };
    view! {
        <Back to="/journeys" text="Back to journeys" />
        <div class="nhsuk-grid-row">
            <div class="nhsuk-grid-column-two-thirds">
                {say::kept(kept)}
                <Title text="Start a journey" />
                <h2 class="nhsuk-heading-m">"What does your product do?"</h2>
                <ul class="nhsuk-list">
                    {option(CONSUMER, "It uses GP records held elsewhere", "A consumer: it calls GP Connect to see records, book appointments or send documents.")}
                    {option(PROVIDER, "It holds GP records and opens them", "A provider: a GP clinical system that answers calls through GP Connect.")}
                </ul>
                <p>"Not sure? Look at the pictures of the " <a href="/ecosystem/consumer">"consumer journey"</a> " and the " <a href="/ecosystem/provider">"provider journey"</a> "."</p>
            </div>
        </div>
    }
    .into_any()
}

/// Checks the answers and goes on to the plan.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "journey/plan")]
pub async fn plan(#[server(default)] side: String, #[server(default)] answers: Typed) -> ActionResult {
    act(async move {
        let (services, caller) = (services()?, calling()?);
        let typed = Answers(answers);
        let visitor = signed_in(&caller, "/journeys/new", &typed).await?;
        lead(&visitor)?;
        let side = side_of(&side);
        if let Err(problems) = opening_form::read(side, &typed, editions::newest()) {
            let kept = RefusedForm {
                path: "/journeys/new".to_owned(),
                heading: "There is a problem".to_owned(),
                detail: "Your answers are kept.".to_owned(),
                problems: problems.0,
                typed: typed.with("side", side),
            };
            flash::keep(&caller.session, kept).await?;
            return Ok("/journeys/new".to_owned());
        }
        let answers = opening_form::form(side).only(&typed);
        let prepared = Prepared { reference: services.journey_ref(), side: side.to_owned(), answers };
        caller.session.insert(PREPARED, prepared).await.map_err(Halt::session)?;
        Ok("/journeys/new/plan".to_owned())
    })
    .await
}

/// `/journeys/new/plan`
#[component]
pub fn Plan() -> impl IntoView {
    page(async {
        let context = context().await?;
        let visitor = context.visitor()?;
        lead(&visitor)?;
        let prepared: Option<Prepared> = context.caller.session.get(PREPARED).await.map_err(Halt::session)?;
        let Some((side, Ok(opening))) =
            prepared.map(|p| (side_of(&p.side), opening_form::read(&p.side, &p.answers, editions::newest())))
        else {
            return Err(Halt::Elsewhere("/journeys/new".to_owned()));
        };
        let process = context.services.processes.newest(side).ok_or_else(|| Halt::Fault(format!("no {side} process")))?;
        let chosen: Vec<String> =
            opening.capabilities.iter().map(|c| format!("{} {}", c.capability.title(), c.version)).collect();
        let count = process.plan(&opening).filter(|task| task.is_work()).count();
        let waits = process.plan(&opening).filter(|task| !task.decide.is_empty()).map(|task| task.id.clone()).collect();
        let usual = usual::of(&context.services, &waits).await?;
        // Published or measured: how long NHS England takes for a task.
        let takes = |task: &TaskSpec| match (&task.target, usual.get(&task.id)) {
            (Some(target), _) if *target != Target::Unpublished => {
                Some(format!("NHS England aims to answer within {}", target.in_words()))
            }
            (_, Some(usual)) => Some(format!("NHS England usually answers {}", usual.in_words())),
            _ => None,
        };
        let whole = length::of(process, &opening, &usual).map(in_all);
        let stages = process
            .stages
            .iter()
            .map(|stage| {
                let tasks: Vec<_> = process.plan(&opening).filter(|task| task.stage == stage.id).collect();
                if tasks.is_empty() {
                    return ().into_any();
                }
                let number = counted(tasks.iter().filter(|task| task.is_work()).count(), "task");
                let items = tasks
                    .into_iter()
                    .map(|task| {
                        view! {
                            <li>
                                {task.label.clone()}
                                {(task.origin == Origin::Supporting).then(|| view! { <span class="gpc-meta">" (supporting)"</span> })}
                                {takes(task).map(|text| view! { <br /><span class="gpc-meta">{text}"."</span> })}
                            </li>
                        }
                    })
                    .collect_view();
                view! {
                    <div class="gpc-stagehead">
                        <h3 class="nhsuk-heading-s">{stage.title.clone()}</h3>
                        <span class="gpc-meta">{number}</span>
                    </div>
                    <ul class="nhsuk-list nhsuk-list--bullet">{items}</ul>
                }
                .into_any()
            })
            .collect_view();
        let out: Vec<_> = process.tasks.iter().filter(|task| !task.applies(&opening)).collect();
        let left_out = (!out.is_empty()).then(|| {
            let items = out
                .iter()
                .map(|task| {
                    let why = task.when.iter().find(|c| !c.holds(&opening)).map_or("", |c| c.about());
                    view! { <li>{task.label.clone()}<br /><span class="gpc-meta">{format!("Only if {why}.")}</span></li> }
                })
                .collect_view();
            view! {
                <Details summary=format!("{} not in your plan", counted(out.len(), "task")) body=view! { <ul class="nhsuk-list nhsuk-list--bullet">{items}</ul> }.into_any() />
            }
        });
        let body = view! {
            <Back to="/journeys/new" text="Back to the questions" />
            <div class="nhsuk-grid-row">
                <div class="nhsuk-grid-column-two-thirds">
                    {say::kept(context.kept.as_ref())}
                    <Title text="Check the plan" />
                    <dl class="nhsuk-summary-list">
                        <SummaryRow key="Side" value=process.title.clone() change="/journeys/new?side=choose" />
                        <SummaryRow key="Product" value=opening.named() change="/journeys/new#product" />
                        <SummaryRow key="Capabilities" value=chosen.join("\n") change="/journeys/new#capabilities" />
                        <SummaryRow key="HSCN connection" value=yes(opening.hscn) change="/journeys/new#hscn" />
                        {(!process.is_provider()).then(|| view! {
                            <SummaryRow key="Patients found on PDS" value=pds(&opening) change="/journeys/new#pds" />
                            <SummaryRow key="Certificate for another capability" value=yes(opening.already_conformant) change="/journeys/new#already_conformant" />
                            <SummaryRow key="Other organisations use it" value=yes(opening.other_organisations) change="/journeys/new#other_organisations" />
                        })}
                        <SummaryRow key="Supporting tasks" value=yes(opening.supporting_tasks) change="/journeys/new#supporting_tasks" />
                        {(!process.is_provider()).then(|| view! { <SummaryRow key="Test route" value=opening.route().about() /> })}
                    </dl>
                    <h2 class="nhsuk-heading-m">{format!("Your plan: {}", counted(count, "task"))}</h2>
                    {whole}
                    {stages}
                    {left_out}
                    <form action="/do/journey/open" method="post">
                        <Button text="Start the journey" />
                    </form>
                    <p class="gpc-meta">{format!("It follows process version {}. Nothing is sent to NHS England yet.", process.id)}</p>
                </div>
            </div>
        }
        .into_any();
        Ok(("Check the plan".to_owned(), body))
    })
}

/// How long the answers take that follow each other until the product is live.
fn in_all(length: Length) -> AnyView {
    let missing = match length.answers - length.known {
        0 => String::new(),
        1 => " One of them has not been given often enough to be counted.".to_owned(),
        several => format!(" {several} of them have not been given often enough to be counted."),
    };
    view! {
        <p>
            {format!("NHS England answers {} times, one after the other, until your product is live. Together these answers usually take ", length.answers)}
            <b>{length.in_words()}</b>
            {format!(". Your own work is not counted.{missing}")}
        </p>
    }
    .into_any()
}

fn yes(is: bool) -> &'static str {
    if is { "Yes" } else { "No" }
}

fn pds(opening: &Opening) -> &'static str {
    match opening.pds {
        capability::PdsRoute::Own => "PDS compliant itself",
        capability::PdsRoute::ThirdParty => "Through a third party",
        capability::PdsRoute::None => "Not yet",
    }
}

/// Opens the journey that was planned.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "journey/open")]
pub async fn open() -> ActionResult {
    act(async {
        let (services, caller) = (services()?, calling()?);
        let visitor = signed_in(&caller, "/journeys/new", &Answers::default()).await?;
        lead(&visitor)?;
        let prepared: Option<Prepared> = caller.session.get(PREPARED).await.map_err(Halt::session)?;
        let Some(prepared) = prepared else { return Ok("/journeys".to_owned()) };
        let side = side_of(&prepared.side);
        let Ok(opening) = opening_form::read(side, &prepared.answers, editions::newest()) else {
            return Ok("/journeys/new".to_owned());
        };
        let again = Prepared { reference: prepared.reference.clone(), side: side.to_owned(), answers: prepared.answers.clone() };
        let reference = prepared.reference;
        let to = paths::journey(&reference);
        let deed =
            opened(&services, &visitor.actor, side, &reference, opening, visitor.organisation.identity(), services.clock.now())?;
        let journey = deed.after.clone();
        match write(&services, vec![deed], Mail::default()).await {
            Ok(()) => {
                let text = format!(
                    "Its reference is {reference}. Your plan has {} for {}.",
                    counted(journey.plan().filter(|task| task.is_work()).count(), "task"),
                    wording::capabilities(&journey)
                );
                flash::say(&caller, "The journey is open", text);
            }
            // A second click: it is open already. Or another journey has this reference, and then these answers open
            // one under the next.
            Err(Unwritten::Conflict) => {
                let there = ledger::read(&services, &reference).await?;
                let mine = there
                    .history
                    .first()
                    .is_some_and(|first| first.by.as_ref().is_some_and(|by| by.person == visitor.actor.person));
                if !mine {
                    let next = Prepared { reference: services.journey_ref(), ..again };
                    caller.session.insert(PREPARED, next).await.map_err(Halt::session)?;
                    flash::say(&caller, "Start the journey once more", "Nothing has been opened yet. Your answers are kept.");
                    return Ok("/journeys/new/plan".to_owned());
                }
            }
            Err(Unwritten::Halt(halt)) => return Err(halt),
        }
        caller.session.remove_value(PREPARED).await.map_err(Halt::session)?;
        Ok(to)
    })
    .await
}
