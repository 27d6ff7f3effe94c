//! `/journeys/{ref}`: where are we, what is next, whose turn is it, what is stopping us; the stages and their tasks.

pub mod panel;
pub mod plan;
pub mod scene;

use std::collections::{BTreeMap, BTreeSet};

use journey::{
    base::{
        actor::{Actor, Side},
        calendar,
        ids::TaskId,
    },
    ledger::{
        journey::{Journey, Phase},
        machine::Verb,
        standing::Standing,
    },
    plan::process::Page,
    practice::run,
    rule::{conversation, offers},
    scal::book,
    view::{
        overview::{self, Overview},
        turns,
    },
};
use leptos::prelude::*;

use crate::{
    act::{
        page::{context, page},
        post::load_or_signed,
        usual, wording,
        wording::did,
    },
    base::{dates, halt::Halt, paths, words::counted},
    design::{Button, Crumbs, Hidden, Title, ask, kept_true, live_on, say},
    desk::{unasked, working},
    islands::{Wake, keys::Keys},
    request::{
        services::Services,
        visitor::{Visitor, param, query},
    },
    site::{meetings, messages::thread::unread},
    work::{
        agreement::duties,
        defects::seen::may_read as may_read_defects,
        ecosystem::{public::printed, standing},
        go_live::planned::sent_of,
        journey::scene::Scene,
    },
};

/// `/journeys/{ref}`
#[component]
pub fn JourneyPage() -> impl IntoView {
    let reference = param("reference");
    page(async move {
        let context = context().await?;
        let visitor = context.visitor()?;
        let loaded = load_or_signed(&context.services, &visitor, &reference).await?;
        let drafted: BTreeSet<TaskId> =
            context.services.store.drafted(&loaded.journey.reference, "answers").await?.into_iter().collect();
        let mut now = overview::overview(&loaded.journey);
        usual::expect(&context.services, &mut now.turns).await?;
        let shown = shown(&loaded.journey, &now, &drafted);
        let scal = filled_in(&context.services, &visitor, &loaded.journey, &shown).await?;
        let nobody = wording::held_by_nobody(&context.services, &visitor, &loaded.journey, &now.turns).await?;
        let planned = match loaded.journey.phase {
            Phase::Live { .. } => sent_of(&context.services, &loaded.journey).await?.planned().count(),
            _ => 0,
        };
        let today = calendar::date_of(context.services.clock.now());
        let duties = duties::line(&visitor, &loaded.journey, today);
        let own = conversation::own_side(&loaded.journey, &visitor.actor);
        let unseen = context.services.store.unseen(&visitor.actor.person, &loaded.journey.reference, own).await?;
        let reads = |task: &Option<TaskId>| task.as_ref().is_none_or(|task| loaded.journey.may_read_task(&visitor.actor, task));
        let waits = now.turns.iter().find(|turn| turn.awaited).filter(|turn| turn.side == Side::Programme);
        let ahead = match waits.filter(|_| !visitor.is_programme()) {
            Some(turn) => Some(context.services.store.ahead(&turn.roles, turn.since).await?),
            None => None,
        };
        let meetings = meetings::list::seen(&context.services, &loaded, &visitor.actor).await?;
        let scene = Scene {
            ahead,
            meetings,
            asked_at: context.services.clock.now(),
            unseen: unseen.into_iter().filter(|(task, _)| reads(task)).collect(),
            now,
            shown,
            scal,
            nobody,
            planned,
            duties,
            side: wording::side_of(&visitor, &loaded.journey),
            today,
            visitor,
            loaded,
        };
        let journey = scene.journey();
        let product = journey.opening.product.clone();
        let kept = context.kept.clone();
        let everything = query("show") == "all";
        let facts = facts(&scene);
        let body = view! {
            <Crumbs links=vec![("/journeys".to_owned(), "Journeys".to_owned())] />
            {say::kept(kept.as_ref())}
            {say::banner(context.banner)}
            {say::kept_words(kept.as_ref())}
            <Title text=product.clone()>{facts}</Title>
            {live_on(&journey.reference)}
            {kept_true("panel", panel::panel(&scene))}
            {kept_true("ecosystem", standing::view(journey, &scene.now, &scene.shown, &scene.visitor, scene.today))}
            {printed(&context.services, &paths::journey(&journey.reference))}
            {kept_true("strip", plan::strip(&scene))}
            <div class="nhsuk-grid-row">
                <div class="nhsuk-grid-column-two-thirds">{kept_true("tasks", plan::tasks(&scene, everything))}</div>
                <div class="nhsuk-grid-column-one-third gpc-aside">{aside(&scene)}</div>
            </div>
            <Keys />
            <Wake />
        }
        .into_any();
        Ok((product, body))
    })
}

/// How each task stands for whoever reads, when drafts of these are kept.
pub(crate) fn shown(journey: &Journey, now: &Overview, drafted: &BTreeSet<TaskId>) -> BTreeMap<&'static TaskId, Standing> {
    let of = |(task, standing): (&&'static TaskId, &Standing)| {
        let kept = drafted.contains(*task);
        let shown =
            journey.process.task(task).map_or_else(|| standing.clone(), |spec| turns::shown(journey, spec, standing, kept));
        (*task, shown)
    };
    now.standings.iter().map(of).collect()
}

/// How many rows of the SCAL the supplier has filled in, for whoever may see that, while it is being filled in.
async fn filled_in(
    services: &Services,
    visitor: &Visitor,
    journey: &Journey,
    shown: &BTreeMap<&'static TaskId, Standing>,
) -> Result<Option<(usize, usize)>, Halt> {
    let Some(spec) = journey.plan().find(|spec| spec.page == Page::Scal) else { return Ok(None) };
    let filling = matches!(shown.get(&spec.id), Some(Standing::Draft | Standing::Returned));
    if !filling || visitor.actor.organisation != journey.organisation {
        return Ok(None);
    }
    let told = book::progress(&working::working_copy(services, journey, spec, true).await?);
    Ok(Some((told.ready, told.all)))
}

/// The line below the title.
fn facts(scene: &Scene) -> AnyView {
    let journey = scene.journey();
    let programme = scene.side == Side::Programme;
    let said = scene.unseen.get(&None).map_or_else(|| "Messages".to_owned(), |count| unread(*count));
    let supplier = scene.names().organisations.get(&journey.organisation).cloned().unwrap_or_default();
    view! {
        {programme.then(|| format!("{supplier}. "))}
        "Journey " <b class="gpc-nb">{journey.reference.to_string()}</b> ". " {journey.process.side_title()} " of " <b>{wording::capabilities(journey)}</b>
        {format!(". Started {}.", dates::day_of(journey.opened_at))}
        {programme.then(|| format!(" Process version {}.", journey.process.id))}
        " " <a href=paths::of_journey(&journey.reference, "messages")>{said}</a>
        {scene.duties.as_ref().map(|(to, says)| view! { <br />"Connection agreement: " <a href=to.clone()>{says.clone()}</a> })}
    }
    .into_any()
}

fn aside(scene: &Scene) -> AnyView {
    let journey = scene.journey();
    let reference = &journey.reference;
    let latest = scene
        .loaded
        .history
        .iter()
        .rev()
        .take(4)
        .map(|recorded| {
            let what = recorded.event.task().map(|task| scene.label(task)).unwrap_or_default();
            let who = wording::who(scene.names(), recorded.by.as_ref().map(|by| &by.person));
            view! {
                <li>
                    {format!("{who} {}", did(&recorded.event).replace("this", &what))}
                    <time datetime=recorded.at.to_string()>{dates::moment(recorded.at)}</time>
                </li>
            }
        })
        .collect_view();
    let out: Vec<_> = journey.process.tasks.iter().filter(|task| !task.applies(&journey.opening)).collect();
    let not_in_plan = (!out.is_empty()).then(|| {
        let items = out.iter().map(|task| view! { <li>{task.label.clone()}</li> }).collect_view();
        view! {
            <section>
                <details class="nhsuk-details">
                    <summary class="nhsuk-details__summary"><span class="nhsuk-details__summary-text">{format!("{} not in this plan", counted(out.len(), "task"))}</span></summary>
                    <ul class="gpc-links">{items}</ul>
                </details>
            </section>
        }
    });
    let said = scene.unseen.get(&None).copied();
    let on_tasks: u32 = scene.unseen.iter().filter(|(task, _)| task.is_some()).map(|(_, count)| count).sum();
    view! {
        <section>
            <h2 class="nhsuk-heading-s">"Messages"</h2>
            <div data-live="said">
                <p>
                    <a href=paths::of_journey(&reference, "messages")>"Read and write messages"</a>
                    {said.map(|count| view! { " " <b class="gpc-unread">{unread(count)}</b> })}
                </p>
                {(on_tasks > 0).then(|| view! { <p class="gpc-meta">{format!("And {} on tasks, marked in the list.", unread(on_tasks))}</p> })}
            </div>
        </section>
        {run::may_read(journey, &scene.visitor.actor).then(|| view! {
            <section>
                <h2 class="nhsuk-heading-s">"Live runs"</h2>
                <p><a href=paths::live_runs(reference)>"Try the product against a simulated practice"</a></p>
                {journey.process.scal().is_some().then(|| view! { <p><a href=paths::traceability(reference)>"Traceability of requirements"</a></p> })}
            </section>
        })}
        {may_read_defects(journey, &scene.visitor.actor).then(|| {
            let open = journey.defects().iter().filter(|defect| defect.is_open()).count();
            let blocking = journey.defects().iter().filter(|defect| defect.is_blocking()).count();
            let says = match (open, blocking) {
                (0, _) => "Defects of tests".to_owned(),
                (open, 0) => format!("{} open", counted(open, "defect")),
                (open, blocking) => format!("{} open, {blocking} blocking the certificate", counted(open, "defect")),
            };
            view! {
                <section>
                    <h2 class="nhsuk-heading-s">"Defects"</h2>
                    {kept_true("defects", view! { <p><a href=paths::defects(reference)>{says}</a></p> }.into_any())}
                </section>
            }
        })}
        {kept_true("meetings", meetings::list::section(journey, &scene.visitor.actor, (&scene.meetings, scene.asked_at), None).into_any())}
        <section>
            <h2 class="nhsuk-heading-s">"Latest activity"</h2>
            {kept_true("latest", view! { <ol class="gpc-log">{latest}</ol> }.into_any())}
            <p><a href=paths::of_journey(&reference, "history")>"See the full history"</a></p>
        </section>
        <section>
            <h2 class="nhsuk-heading-s">"Organisations taking part"</h2>
            {kept_true("parties", parties(scene))}
        </section>
        {not_in_plan}
        {whole_journey(journey, &scene.visitor.actor)}
    }
    .into_any()
}

fn parties(scene: &Scene) -> AnyView {
    let journey = scene.journey();
    let named = |id| scene.names().organisations.get(id).cloned().unwrap_or_default();
    let items = journey.parties().map(|(id, _)| view! { <li>{named(id)}</li> }).collect_view();
    let some = journey.parties().next().is_some();
    let offers = offers::offers_on_whole(journey, &scene.visitor.actor);
    let (gives, asks) = (offers.contains(&Verb::Join), offers.contains(&Verb::AskForPart));
    let waiting = journey.asked_parts().count();
    let says = match (waiting, gives) {
        (0, _) => None,
        (1, true) => Some("1 organisation waits until you confirm who it is."),
        (_, true) => Some("Organisations wait until you confirm who they are."),
        (1, false) => Some("1 organisation waits until NHS England has confirmed who it is."),
        (_, false) => Some("Organisations wait until NHS England has confirmed who they are."),
    };
    let to = paths::of_journey(&journey.reference, "organisations");
    let text = match (gives, asks) {
        (true, _) => "Add an organisation",
        (_, true) => "Ask to add an organisation",
        _ => "See who takes part",
    };
    view! {
        {some.then(|| view! { <ul class="gpc-links">{items}</ul> })}
        {(!some).then(|| view! { <p class="gpc-meta">"The supplier and NHS England only."</p> })}
        {says.filter(|_| gives || asks).map(|says| view! { <p>{says}</p> })}
        {unasked::view(journey, &scene.visitor.actor)}
        <p><a href=to>{text}</a></p>
    }
    .into_any()
}

/// What may be done to the journey as a whole, folded away: it is rare and it matters.
fn whole_journey(journey: &Journey, actor: &Actor) -> AnyView {
    let offers = offers::offers_on_whole(journey, actor);
    let offered = |verb: Verb| offers.contains(&verb);
    let form = |action: &'static str, summary: &'static str, label: &'static str, help: &'static str, button: &'static str| {
        view! {
            <section>
                <details class="nhsuk-details">
                    <summary class="nhsuk-details__summary"><span class="nhsuk-details__summary-text">{summary}</span></summary>
                    <form action=action method="post" novalidate>
                        <Hidden values=vec![("journey", journey.reference.to_string())] />
                        {ask::words("reason", "reason", label, help, "", None, 3)}
                        <Button text=button warning=true small=true />
                    </form>
                </details>
            </section>
        }
    };
    view! {
        {offered(Verb::Withdraw)
            .then(|| form("/do/journey/withdraw", "Withdraw this journey", "Why do you withdraw it?", "NHS England reads this. Nothing is deleted; a programme lead can resume it.", "Withdraw the journey"))}
        {offered(Verb::Resume).then(|| form("/do/journey/resume", "Resume this journey", "Why is it resumed?", "The supplier reads this.", "Resume the journey"))}
    }
    .into_any()
}
