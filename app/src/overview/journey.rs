//! `/journeys/{ref}`: where are we, what is next, whose turn is it, what is stopping us; the stages and their tasks.

mod panel;
mod plan;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use journey::{
    actor::{Actor, Side},
    calendar, conversation, decide,
    ids::TaskId,
    journey::Journey,
    overview::{self, Overview},
    port::Names,
    process::Page,
    scal::book,
    standing::{Standing, Verb},
    turns,
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::{
    design::{Button, Crumbs, Hidden, Title, ask, dates, kept_true, live_on, say},
    ecosystem::standing,
    end_users::unasked,
    halt::Halt,
    islands::{Wake, keys::Keys},
    letters::{counted, did},
    messages::thread::unread,
    overview::words,
    page::{hall, page},
    post::{Loaded, load_or_signed},
    scal,
    services::Services,
    visitor::{Visitor, query},
};

/// What the parts of the page look at.
struct Scene {
    visitor: std::sync::Arc<Visitor>,
    loaded: Loaded,
    now: Overview,
    /// How each task stands for the reader: with drafts that are kept, and the SCAL from the day it is issued.
    shown: BTreeMap<&'static TaskId, Standing>,
    /// Rows of the SCAL that are answered, and all of them, while it is being filled in.
    scal: Option<(usize, usize)>,
    /// What keeps turns of the reader's organisation from being taken.
    nobody: Vec<(String, bool)>,
    side: Side,
    today: Date,
    /// What the reader has not seen of each thread; `None` is the journey's own.
    unseen: BTreeMap<Option<TaskId>, u32>,
}

impl Scene {
    fn journey(&self) -> &Journey {
        &self.loaded.journey
    }

    fn names(&self) -> &Names {
        &self.loaded.names
    }

    fn to(&self, task: &TaskId) -> String {
        format!("/journeys/{}/tasks/{task}", self.journey().reference)
    }

    /// Whether what is in a task is for the reader: otherwise its name and standing are all there is.
    fn reads(&self, task: &TaskId) -> bool {
        self.journey().may_read_task(&self.visitor.actor, task)
    }

    fn is_scal(&self, task: &TaskId) -> bool {
        self.journey().process.task(task).is_some_and(|spec| spec.page == Page::Scal)
    }

    fn label(&self, task: &TaskId) -> String {
        self.journey().process.label(task).to_owned()
    }

    fn link(&self, task: &TaskId) -> AnyView {
        if !self.reads(task) {
            return self.label(task).into_any();
        }
        view! { <a href=self.to(task)>{self.label(task)}</a> }.into_any()
    }
}

/// `/journeys/{ref}`
#[component]
pub fn JourneyPage() -> impl IntoView {
    let reference = use_params_map().with_untracked(|p| p.get("reference").unwrap_or_default());
    page(async move {
        let hall = hall().await?;
        let visitor = hall.visitor()?;
        let loaded = load_or_signed(&hall.services, &visitor, &reference).await?;
        let drafted: BTreeSet<TaskId> =
            hall.services.store.drafted(&loaded.journey.reference, "answers").await?.into_iter().collect();
        let now = overview::overview(&loaded.journey);
        let shown = shown(&loaded.journey, &now, &drafted);
        let scal = filled_in(&hall.services, &visitor, &loaded.journey, &shown).await?;
        let nobody = words::held_by_nobody(&hall.services, &visitor, &loaded.journey, &now.turns).await?;
        let own = conversation::own_side(&loaded.journey, &visitor.actor);
        let unseen = hall.services.store.unseen(&visitor.actor.person, &loaded.journey.reference, own).await?;
        let reads = |task: &Option<TaskId>| task.as_ref().is_none_or(|task| loaded.journey.may_read_task(&visitor.actor, task));
        let scene = Scene {
            unseen: unseen.into_iter().filter(|(task, _)| reads(task)).collect(),
            now,
            shown,
            scal,
            nobody,
            side: words::side_of(&visitor, &loaded.journey),
            today: calendar::date_of(hall.services.clock.now()),
            visitor,
            loaded,
        };
        let journey = scene.journey();
        let product = journey.opening.product.clone();
        let kept = hall.kept.clone();
        let everything = query("show") == "all";
        let facts = facts(&scene);
        let body = view! {
            <Crumbs links=vec![("/journeys".to_owned(), "Journeys".to_owned())] />
            {say::kept(kept.as_ref())}
            {say::banner(hall.banner)}
            {say::kept_words(kept.as_ref())}
            <Title text=product.clone()>{facts}</Title>
            {live_on(&journey.reference)}
            {kept_true("panel", panel::panel(&scene))}
            {kept_true("ecosystem", standing::view(journey, &scene.now, &scene.shown, &scene.visitor))}
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
fn shown(journey: &Journey, now: &Overview, drafted: &BTreeSet<TaskId>) -> BTreeMap<&'static TaskId, Standing> {
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
    let told = book::progress(&scal::working_copy(services, journey, spec, true).await?);
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
        "Journey " <b class="gpc-nb">{journey.reference.to_string()}</b> ". " {journey.process.side_title()} " of " <b>{words::capabilities(journey)}</b>
        {format!(". Started {}.", dates::day_of(journey.opened_at))}
        {programme.then(|| format!(" Process version {}.", journey.process.id))}
        " " <a href=format!("/journeys/{}/messages", journey.reference)>{said}</a>
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
            let who = words::who(scene.names(), recorded.by.as_ref().map(|by| &by.person));
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
                    <a href=format!("/journeys/{reference}/messages")>"Read and write messages"</a>
                    {said.map(|count| view! { " " <b class="gpc-unread">{unread(count)}</b> })}
                </p>
                {(on_tasks > 0).then(|| view! { <p class="gpc-meta">{format!("And {} on tasks, marked in the list.", unread(on_tasks))}</p> })}
            </div>
        </section>
        <section>
            <h2 class="nhsuk-heading-s">"Latest activity"</h2>
            {kept_true("latest", view! { <ol class="gpc-log">{latest}</ol> }.into_any())}
            <p><a href=format!("/journeys/{reference}/history")>"See the full history"</a></p>
        </section>
        <section>
            <h2 class="nhsuk-heading-s">"Organisations with a part"</h2>
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
    let offers = decide::offers_on_whole(journey, &scene.visitor.actor);
    let (gives, asks) = (offers.contains(&Verb::Join), offers.contains(&Verb::AskForPart));
    let waiting = journey.asked_parts().count();
    let says = match (waiting, gives) {
        (0, _) => None,
        (1, true) => Some("1 organisation waits until you confirm who it is."),
        (_, true) => Some("Organisations wait until you confirm who they are."),
        (1, false) => Some("1 organisation waits until NHS England has confirmed who it is."),
        (_, false) => Some("Organisations wait until NHS England has confirmed who they are."),
    };
    let to = format!("/journeys/{}/organisations", journey.reference);
    let text = match (gives, asks) {
        (true, _) => "Give an organisation a part",
        (_, true) => "Ask for a part for an organisation",
        _ => "See who has a part",
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
    let offers = decide::offers_on_whole(journey, actor);
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
        {offered(Verb::Resume).then(|| form("/do/journey/resume", "Resume this journey", "Why does it go on?", "The supplier reads this.", "Resume the journey"))}
    }
    .into_any()
}
