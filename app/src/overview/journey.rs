//! `/journeys/{ref}`: where are we, what is next, whose turn is it, what is stopping us; the stages and their tasks.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use journey::{
    actor::{Actor, Side},
    calendar, conversation, decide,
    ids::TaskId,
    journey::{Journey, Phase},
    overview::{self, Overview, StageCount, Turn},
    port::Names,
    process::{Page, Settle, Stage, TaskSpec},
    standing::{Standing, StateKind, Verb},
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::{
    design::{Button, ButtonLink, Crumbs, Hidden, StandingTag, Title, ask, dates, kept_true, live_on, say},
    ecosystem::standing,
    islands::{Wake, keys::Keys},
    letters::{counted, did},
    messages::thread::unread,
    overview::words,
    page::{hall, page},
    post::{Loaded, load},
    visitor::{Visitor, query},
};

/// What the parts of the page look at.
struct Scene {
    visitor: std::sync::Arc<Visitor>,
    loaded: Loaded,
    now: Overview,
    side: Side,
    today: Date,
    drafted: BTreeSet<TaskId>,
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

    fn label(&self, task: &TaskId) -> String {
        self.journey().process.label(task).to_owned()
    }

    fn link(&self, task: &TaskId) -> AnyView {
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
        let loaded = load(&hall.services, &visitor, &reference).await?;
        let drafted = hall.services.store.drafted(&loaded.journey.reference, "answers").await?.into_iter().collect();
        let own = conversation::own_side(&loaded.journey, &visitor.actor);
        let unseen = hall.services.store.unseen(&visitor.actor.person, &loaded.journey.reference, own).await?;
        let scene = Scene {
            unseen: unseen.into_iter().collect(),
            now: overview::overview(&loaded.journey),
            side: words::side_of(&visitor, &loaded.journey),
            today: calendar::date_of(hall.services.clock.now()),
            visitor,
            loaded,
            drafted,
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
            {kept_true("panel", panel(&scene))}
            {kept_true("ecosystem", standing::view(journey, &scene.now, &scene.visitor))}
            {kept_true("strip", strip(&scene))}
            <div class="nhsuk-grid-row">
                <div class="nhsuk-grid-column-two-thirds">{kept_true("tasks", tasks(&scene, everything))}</div>
                <div class="nhsuk-grid-column-one-third gpc-aside">{aside(&scene)}</div>
            </div>
            <Keys save=String::new() />
            <Wake />
        }
        .into_any();
        Ok((product, body))
    })
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

/// The headline: what to do now, or who holds it.
fn panel(scene: &Scene) -> AnyView {
    let journey = scene.journey();
    let now = &scene.now;
    let mine: Vec<&Turn> = now.turns.iter().filter(|turn| words::is_mine(turn, &scene.visitor, journey)).collect();
    let own: Vec<Turn> = mine.iter().map(|turn| (*turn).clone()).collect();
    let first = overview::first_for(journey, &own, own.first().map_or(scene.side, |turn| turn.side)).cloned();
    let (yours, who, headline, text, action) = match (&journey.phase, first) {
        (Phase::Withdrawn { since, reason }, _) => (
            false,
            format!("Withdrawn on {}", dates::day_of(*since)),
            "This journey was withdrawn".to_owned(),
            format!("{reason} Everything that was recorded stays in its history."),
            None,
        ),
        (Phase::Live { since }, None) => (
            false,
            format!("Live since {}", dates::day_of(*since)),
            "The product is live".to_owned(),
            "Every step is kept in the history.".to_owned(),
            None,
        ),
        (_, Some(turn)) => {
            let (headline, text, action) = what_to_do(scene, &turn);
            (true, "Your turn".to_owned(), headline, text, Some((scene.to(&turn.task), action)))
        }
        (_, None) => waiting(scene),
    };
    let class = if yours { "gpc-standing gpc-standing--yours" } else { "gpc-standing gpc-standing--theirs" };
    view! {
        <section class=class aria-label="How this journey stands">
            <div class="gpc-standing__now">
                <p class="gpc-standing__who">{who}</p>
                <h2 class="nhsuk-heading-l">{headline}</h2>
                <p>{text}</p>
                {action.map(|(to, text)| view! { <ButtonLink to=to text=text /> })}
            </div>
            <dl class="gpc-standing__facts">
                <div><dt>"Where are we?"</dt><dd>{where_are_we(scene)}</dd></div>
                <div><dt>"What is next?"</dt><dd>{what_is_next(scene)}</dd></div>
                <div><dt>"Whose turn is it?"</dt><dd>{whose_turn(scene)}</dd></div>
                <div><dt>"What is stopping us?"</dt><dd>{what_stops(scene)}</dd></div>
            </dl>
        </section>
    }
    .into_any()
}

fn what_to_do(scene: &Scene, turn: &Turn) -> (String, String, String) {
    let journey = scene.journey();
    let label = scene.label(&turn.task);
    let record = journey.task(&turn.task);
    let since = dates::day_of(turn.since);
    let offers = decide::offers_on(journey, &scene.visitor.actor, &turn.task);
    let round = record.round;
    match record.state.kind() {
        StateKind::Returned => {
            let findings = match &record.state {
                journey::standing::State::Returned { findings, refused: false, .. } => counted(findings.len(), "finding"),
                _ => "the refusal".to_owned(),
            };
            // What a review said of the answers stands with the task that reviews them.
            let verdicts =
                journey.process.reviewer_of(&turn.task).map_or(record.verdicts, |spec| journey.task(&spec.id).verdicts);
            let accepted = verdicts.values().filter(|v| v.finding.is_none()).count();
            let kept = if accepted > 0 {
                format!(
                    " {} accepted and stay accepted.",
                    if accepted == 1 { "1 answer is".to_owned() } else { format!("{accepted} answers are") }
                )
            } else {
                String::new()
            };
            (
                format!("Answer {findings}: {label}"),
                format!("NHS England returned round {round} on {since}.{kept}"),
                "Answer the findings".to_owned(),
            )
        }
        StateKind::Submitted if offers.contains(&Verb::Acknowledge) => (
            format!("Answer the supplier: {label}"),
            due_text(turn, scene.today, &format!("Sent on {since}.")),
            "Open and answer".to_owned(),
        ),
        StateKind::Submitted => (
            format!("Review round {round}: {label}"),
            due_text(turn, scene.today, &format!("Submitted on {since}.")),
            "Open the review".to_owned(),
        ),
        _ if offers.contains(&Verb::Issue) => (
            label.clone(),
            due_text(turn, scene.today, "Everything before it is done. You can issue it."),
            "Open the task".to_owned(),
        ),
        _ if offers.contains(&Verb::Sign) => {
            (format!("Sign: {label}"), "Read what you sign, then sign.".to_owned(), "Read and sign".to_owned())
        }
        _ => {
            let others = scene.now.turns.iter().filter(|t| words::is_mine(t, &scene.visitor, journey)).count().saturating_sub(1);
            let more =
                if others > 0 { format!(" {} can be done in any order.", counted(others, "more task")) } else { String::new() };
            let draft = scene.drafted.contains(&turn.task);
            let text =
                if draft { format!("You have started. Your draft is kept.{more}") } else { format!("You can start now.{more}") };
            (label.clone(), text, if draft { "Go on".to_owned() } else { "Open the task".to_owned() })
        }
    }
}

fn due_text(turn: &Turn, today: Date, text: &str) -> String {
    turn.due.map_or_else(|| text.to_owned(), |due| format!("{text} Due {} ({}).", dates::date(due), dates::due_in(due, today).1))
}

/// Nothing waits for the reader: who holds it, and for how long.
fn waiting(scene: &Scene) -> (bool, String, String, String, Option<(String, String)>) {
    let journey = scene.journey();
    let awaited = scene.now.turns.iter().find(|turn| turn.awaited).or_else(|| scene.now.turns.first());
    let Some(turn) = awaited else {
        return (false, String::new(), "Nothing waits for anybody".to_owned(), String::new(), None);
    };
    let days = calendar::between(calendar::date_of(turn.since), scene.today);
    let holder = words::holder(turn, journey, scene.names());
    let who = format!("With {holder} for {}", dates::working_days(days));
    let label = scene.label(&turn.task);
    let headline = match (turn.side, journey.task(&turn.task).state.kind()) {
        (Side::Supplier, StateKind::Returned) => format!("The supplier is answering findings: {label}"),
        (Side::Supplier, _) => format!("The supplier can go on with: {label}"),
        (_, StateKind::Submitted) => format!("Being looked at: {label}"),
        _ => label,
    };
    let text = due_text(turn, scene.today, "Nothing waits for you.");
    (false, who, headline, text, None)
}

fn where_are_we(scene: &Scene) -> String {
    let now = &scene.now;
    let ordinal = ["first", "second", "third", "fourth", "fifth", "sixth"];
    let stage = match now.stage.and_then(|at| now.stages.get(at).map(|stage| (at, stage))) {
        Some((at, stage)) => {
            format!("{}, the {} of {} stages. ", stage.title, ordinal.get(at).unwrap_or(&"next"), now.stages.len())
        }
        None => String::new(),
    };
    format!("{stage}{} of {} tasks are completed.", now.count.0, now.count.1)
}

fn what_is_next(scene: &Scene) -> AnyView {
    match &scene.now.next {
        Some((task, _)) => view! { "Then: " {scene.link(task)} "." }.into_any(),
        None => "Every task that is left can be done now.".into_any(),
    }
}

fn whose_turn(scene: &Scene) -> AnyView {
    let journey = scene.journey();
    let mut turns: Vec<&Turn> = scene.now.turns.iter().filter(|turn| turn.awaited).collect();
    if turns.is_empty() {
        turns = scene.now.turns.iter().take(1).collect();
    }
    // Two holders at once is normal: the reader's own first.
    turns.sort_by_key(|turn| !words::is_mine(turn, &scene.visitor, journey));
    if turns.is_empty() {
        return "Nobody's: everything is done.".into_any();
    }
    let all = turns.len();
    let items = turns
        .into_iter()
        .take(5)
        .map(|turn| {
            let (mine, text) = words::held(turn, &scene.visitor, journey, scene.names(), scene.today);
            view! { <li>{mine.then(|| view! { <b>"Your turn "</b> })}{text} " " {scene.link(&turn.task)} "."</li> }
        })
        .collect_view();
    view! { <ul>{items}</ul> {(all > 5).then(|| format!("And {} more below.", counted(all - 5, "task")))} }.into_any()
}

fn what_stops(scene: &Scene) -> AnyView {
    let Some((task, stops)) = &scene.now.next else { return "Nothing.".into_any() };
    let items = stops
        .iter()
        .map(|stop| {
            let who = match stop.side {
                Some(side) if side == scene.side => " (you)".to_owned(),
                Some(side) => format!(" ({})", side.title()),
                None => " (cannot start yet)".to_owned(),
            };
            view! { <li>{scene.link(&stop.task)}{who}</li> }
        })
        .collect_view();
    view! { {format!("“{}” waits for:", scene.label(task))} <ul>{items}</ul> }.into_any()
}

/// The stages as a plain map: names, counts, links.
fn strip(scene: &Scene) -> AnyView {
    let here = scene.now.stage;
    let items = scene
        .now
        .stages
        .iter()
        .enumerate()
        .map(|(at, stage): (usize, &StageCount)| {
            let tenth = (stage.done * 10).checked_div(stage.all).unwrap_or(0) * 10;
            let class = match stage.done {
                n if n == stage.all => "is-done".to_owned(),
                _ if !stage.open && stage.done == 0 => String::new(),
                _ => format!("is-part is-p{tenth}"),
            };
            let text = if !stage.open && stage.done == 0 {
                "Cannot start yet".to_owned()
            } else {
                format!("{} of {} completed", stage.done, stage.all)
            };
            view! {
                <li class=class aria-current=(here == Some(at)).then_some("step")>
                    <a href=format!("#{}", stage.id)>{stage.title.clone()}</a>
                    <span>{text}</span>
                </li>
            }
        })
        .collect_view();
    view! { <ol class="gpc-stages" aria-label="Stages">{items}</ol> }.into_any()
}

fn tasks(scene: &Scene, everything: bool) -> AnyView {
    let journey = scene.journey();
    let stages = journey
        .process
        .stages
        .iter()
        .filter_map(|stage| {
            let count = scene.now.stages.iter().find(|count| count.id == stage.id)?;
            Some(stage_view(scene, stage, count, everything))
        })
        .collect_view();
    let all = scene.now.count.1;
    let switch = if everything {
        view! { "Showing all tasks. " <a href="?#tasks">"Fold the completed ones"</a> }.into_any()
    } else {
        view! { "Completed tasks are folded. " <a href="?show=all#tasks">{format!("Show all {all} tasks")}</a> }.into_any()
    };
    view! {
        <h2 class="nhsuk-heading-m" id="tasks">"Tasks"</h2>
        <p class="gpc-meta">{switch}</p>
        {stages}
    }
    .into_any()
}

fn stage_view(scene: &Scene, stage: &Stage, count: &StageCount, everything: bool) -> AnyView {
    let journey = scene.journey();
    let (done, open): (Vec<_>, Vec<_>) =
        journey.plan().filter(|t| t.stage == stage.id).partition(|t| !everything && scene.now.standings[&t.id].is_done());
    let rows = open.into_iter().map(|task| row(scene, task)).collect_view();
    let folded = (!done.is_empty()).then(|| {
        let words = format!("{} in this stage", counted(done.len(), "completed task"));
        let rows = done.into_iter().map(|task| row(scene, task)).collect_view();
        view! {
            <details class="nhsuk-details gpc-fold">
                <summary class="nhsuk-details__summary"><span class="nhsuk-details__summary-text">{words}</span></summary>
                <ul class="nhsuk-task-list gpc-tasks">{rows}</ul>
            </details>
        }
    });
    view! {
        <div class="gpc-stagehead" id=stage.id.to_string()>
            <h3 class="nhsuk-heading-s">{stage.title.clone()}</h3>
            <span class="gpc-meta">{format!("{} of {} completed", count.done, count.all)}</span>
        </div>
        <ul class="nhsuk-task-list gpc-tasks">{rows}</ul>
        {folded}
    }
    .into_any()
}

fn row(scene: &Scene, task: &'static TaskSpec) -> AnyView {
    let journey = scene.journey();
    let standing = scene.now.standings[&task.id].clone().with_draft(scene.drafted.contains(&task.id));
    let locked = matches!(standing, Standing::Locked { .. });
    let (name_id, status_id) = (format!("{}-hint", task.id), format!("{}-status", task.id));
    let described = format!("{name_id} {status_id}");
    let name = if locked {
        view! { <div>{task.label.clone()}</div> }.into_any()
    } else {
        view! { <a class="nhsuk-task-list__link nhsuk-link" href=scene.to(&task.id) aria-describedby=described>{task.label.clone()}</a> }.into_any()
    };
    let class = if locked { "nhsuk-task-list__item" } else { "nhsuk-task-list__item nhsuk-task-list__item--with-link" };
    let open_channel = task.settle == Settle::WithJourney && standing == Standing::Ready;
    let tag = if open_channel {
        view! { <strong class="nhsuk-tag nhsuk-tag--white">"Open"</strong> }.into_any()
    } else {
        view! { <StandingTag standing=standing.clone() /> }.into_any()
    };
    view! {
        <li class=class>
            <div class="nhsuk-task-list__name-and-hint">
                {name}
                <div class="nhsuk-task-list__hint" id=name_id>{hint(scene, journey, task, &standing)}{news(scene, task)}</div>
            </div>
            <div class="nhsuk-task-list__status" id=status_id>{tag}</div>
        </li>
    }
    .into_any()
}

/// What was said about a task since the reader looked last.
fn news(scene: &Scene, task: &TaskSpec) -> Option<AnyView> {
    let thread = (task.page != Page::Conversation).then(|| task.id.clone());
    let count = *scene.unseen.get(&thread)?;
    let to = format!("{}#conversation", scene.to(&task.id));
    Some(
        view! {
            <span class="gpc-unread">
                <a href=to>{unread(count)}<span class="nhsuk-u-visually-hidden">{format!(" about {}", task.label)}</span></a>
            </span>
        }
        .into_any(),
    )
}

fn hint(scene: &Scene, journey: &Journey, task: &'static TaskSpec, standing: &Standing) -> AnyView {
    if let Standing::Locked { waiting_on } = standing {
        let kept = matches!(journey.task(&task.id).state.kind(), StateKind::Settled | StateKind::Submitted)
            .then_some(" What was done here is kept.");
        if waiting_on.len() > 3 {
            return view! { "Waiting for " <a href=scene.to(&task.id)>{format!("{} things", waiting_on.len())}</a> "." {kept} }
                .into_any();
        }
        let links: Vec<AnyView> = waiting_on.iter().map(|need| scene.link(need)).collect();
        let count = links.len();
        let joined = links
            .into_iter()
            .enumerate()
            .map(|(at, link)| view! { {if at == 0 { "" } else if at + 1 == count { " and " } else { ", " }} {link} })
            .collect_view();
        return view! { "Waiting for " {joined} "." {kept} }.into_any();
    }
    let how = words::how(journey, task, scene.names());
    let turn = scene.now.turns.iter().find(|turn| turn.task == task.id);
    match turn {
        Some(turn) if turn.awaited => {
            let (mine, text) = words::held(turn, &scene.visitor, journey, scene.names(), scene.today);
            let claimed = scene
                .names()
                .claims
                .get(&task.id)
                .filter(|_| scene.side == Side::Programme)
                .map(|person| format!(" Claimed by {}.", words::who(scene.names(), Some(person))));
            view! { {mine.then(|| view! { <b class="gpc-turn">"Your turn "</b> })}{text} " " {how} {claimed} }.into_any()
        }
        Some(_) if !how.is_empty() => how.into_any(),
        Some(turn) if turn.side == scene.side => "".into_any(),
        Some(turn) => format!("With {}.", words::holder(turn, journey, scene.names())).into_any(),
        None => how.into_any(),
    }
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
    let may = decide::offers(journey, &scene.visitor.actor).iter().any(|offer| offer.verb == Verb::Join);
    let to = format!("/journeys/{}/organisations", journey.reference);
    let text = if may { "Give an organisation a part" } else { "See who has a part" };
    view! {
        {some.then(|| view! { <ul class="gpc-links">{items}</ul> })}
        {(!some).then(|| view! { <p class="gpc-meta">"The supplier and NHS England only."</p> })}
        <p><a href=to>{text}</a></p>
    }
    .into_any()
}

/// What may be done to the journey as a whole, folded away: it is rare and it matters.
fn whole_journey(journey: &Journey, actor: &Actor) -> AnyView {
    let offers = decide::offers(journey, actor);
    let offered = |verb: Verb| offers.iter().any(|offer| offer.verb == verb && offer.task.is_none());
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
