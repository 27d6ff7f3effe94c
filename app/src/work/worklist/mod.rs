//! `/worklist`: what waits for the reader's roles, oldest first, with claim and release.
//!
//! Long because it draws one page with its filters and its actions on claims.

pub mod give;

use jiff::civil::Date;
use journey::{
    base::{
        actor::{Actor, Role, Side},
        calendar,
        ids::{JourneyRef, PersonId, TaskId},
    },
    ledger::journey::Journey,
    people::rules,
    plan::{
        process::Processes,
        track::{CONSUMER, PROVIDER},
    },
    port::{WorkFigures, WorkFilter, WorkLine, WriteError},
    rule::claims,
    view::turns::{self, Turn},
};
use leptos::prelude::*;

use crate::{
    act::{
        action::{ActionResult, act, signed_in},
        load::load,
        page::{context, page},
        wording,
    },
    base::{
        dates,
        halt::Halt,
        paths,
        said::RefusedForm,
        words::{self, counted, encode},
    },
    design::{
        Button,
        Column::{Figures, Words},
        Grid, Hidden, Title, kept_true, say,
    },
    islands::{Wake, live::live_at},
    request::{
        flash,
        services::services,
        visitor::{Visitor, calling, query},
    },
    site::people::sign_in::local,
};

const PAGE: u32 = 25;

/// The programme's roles held by a person: the teams whose work they see.
fn teams(visitor: &Visitor) -> Vec<Role> {
    visitor.actor.roles.iter().copied().filter(|role| role.side() == Side::Programme).collect()
}

/// `/worklist`
#[component]
pub fn Worklist() -> impl IntoView {
    page(async {
        let context = context().await?;
        let visitor = context.visitor()?;
        let mine = teams(&visitor);
        if mine.is_empty() {
            return Err(Halt::NotYours {
                heading: "The worklist is for the GP Connect teams".to_owned(),
                detail: "Your own tasks stand on the page of each journey.".to_owned(),
            });
        }
        let today = calendar::date_of(context.services.clock.now());
        let team = query("team");
        let roles: Vec<Role> = match team.parse::<Role>() {
            Ok(role) if mine.contains(&role) => vec![role],
            _ => mine.clone(),
        };
        let by_due = query("order") == "due";
        let filter = WorkFilter {
            roles: roles.clone(),
            find: query("find"),
            task: query("task"),
            claimed: query("claimed"),
            me: Some(visitor.actor.person.clone()),
            by_due,
            after: after(&query("after")),
            limit: PAGE + 1,
        };
        let paged = filter.after.is_some();
        let store = &context.services.store;
        let figures =
            store.figures(&roles, &visitor.actor.person, calendar::last_working_day(today), calendar::after(today, 2)).await?;
        let mut lines = store.worklist(&filter).await?;
        let more = lines.len() > PAGE as usize;
        lines.truncate(PAGE as usize);
        let next = lines.last().filter(|_| more).map(|line| next_link(&filter, &team, line, by_due));
        let shown = lines.len();
        let (parts, details) =
            if rules::may_confirm_organisations(&visitor.actor) { store.seats_waiting().await? } else { (0, 0) };
        let names: Vec<String> = roles.iter().map(|role| role.title().to_lowercase()).collect();
        let processes = context.services.processes;
        let filtered = paged || !filter.find.is_empty() || !filter.task.is_empty() || !filter.claimed.is_empty();
        let list = if lines.is_empty() { empty(filtered) } else { table(&context.services, lines, &visitor, today) };
        let body = view! {
            {say::kept(context.kept.as_ref())}
            {say::banner(context.banner)}
            <div class="gpc-head">
                <Title text="Worklist">{format!("For {}. {}.", words::listed(names), dates::date(today))}</Title>
                {(figures.free > 0)
                    .then(|| view! { <form action="/do/worklist/claim-oldest" method="post"><Button text="Claim the oldest free task" /></form> })}
            </div>
            {live_at("/live/worklist")}
            {kept_true("figures", figures_view(figures))}
            {(parts + details > 0).then(|| view! {
                <div class="nhsuk-inset-text"><p><a href="/organisations">{confirm_first(parts, details)}</a></p></div>
            })}
            {filters(&filter, &mine, &team, processes)}
            {kept_true("list", list)}
            <p class="gpc-meta gpc-below">
                {format!("{shown} of {}. ", counted(figures.all as usize, "task"))}
                {next.map(|to| view! { <a href=to rel="next">"Next page"</a> " " })}
                {paged.then(|| view! { <a href="/worklist">"Back to the first page"</a> " " })}
                <a href="/ecosystem/consumer/now">"See where every journey is"</a> ". "
                "The clock runs only while a task can be worked on. Days are working days in England and Wales."
            </p>
            <Wake />
        }
        .into_any();
        Ok(("Worklist".to_owned(), body))
    })
}

fn after(text: &str) -> Option<(String, journey::base::ids::JourneyRef, TaskId, Role)> {
    let mut parts = text.split(' ');
    let key = parts.next()?.to_owned();
    let fits = key.parse::<i64>().is_ok() || key.parse::<Date>().is_ok();
    Some((key, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?)).filter(|_| fits)
}

fn next_link(filter: &WorkFilter, team: &str, line: &WorkLine, by_due: bool) -> String {
    let key = if by_due {
        line.due.map_or_else(|| "9999-12-31".to_owned(), |due| due.to_string())
    } else {
        line.since.as_microsecond().to_string()
    };
    let after = format!("{key} {} {} {}", line.journey, line.task, line.role.name());
    let order = if by_due { "due" } else { "" };
    format!(
        "/worklist?find={}&team={}&task={}&claimed={}&order={order}&after={}",
        encode(&filter.find),
        encode(team),
        encode(&filter.task),
        encode(&filter.claimed),
        encode(&after)
    )
}

/// What waits for a programme lead beside the tasks.
fn confirm_first(parts: u32, details: u32) -> String {
    let wait = |count: u32, one: &str, many: &str| match count {
        0 => None,
        1 => Some(one.to_owned()),
        count => Some(format!("{count} {many}")),
    };
    let all = [
        wait(parts, "1 organisation waits for a part", "organisations wait for a part"),
        wait(details, "1 asks for another name or code", "ask for another name or code"),
    ];
    format!("Confirm who it is: {}", all.into_iter().flatten().collect::<Vec<_>>().join(", "))
}

fn figures_view(figures: WorkFigures) -> AnyView {
    let one = |number: u32, words: &'static str, late: bool| {
        view! { <div><dt>{words}</dt><dd class=(late && number > 0).then_some("gpc-late")>{number.to_string()}</dd></div> }
    };
    view! {
        <dl class="gpc-figs">
            {one(figures.overdue, "overdue", true)}
            {one(figures.soon, "due today or in 2 working days", false)}
            {one(figures.mine, "claimed by you", false)}
            {one(figures.free, "claimed by nobody", false)}
            {one(figures.all, "wait for your team", false)}
        </dl>
    }
    .into_any()
}

fn filters(filter: &WorkFilter, mine: &[Role], team: &str, processes: &'static Processes) -> AnyView {
    let select = |id: &'static str, label: &'static str, options: Vec<(String, String)>, chosen: &str| {
        let chosen = chosen.to_owned();
        let options = options
            .into_iter()
            .map(|(value, text)| {
                let selected = value == chosen;
                view! { <option value=value selected=selected>{text}</option> }
            })
            .collect_view();
        view! {
            <div>
                <label for=id>{label}</label>
                <select class="nhsuk-select" id=id name=id>{options}</select>
            </div>
        }
    };
    let pair = |value: &str, text: &str| (value.to_owned(), text.to_owned());
    let mut teams = vec![pair("", "All mine")];
    teams.extend(mine.iter().map(|role| pair(role.name(), role.title())));
    let mut tasks = vec![pair("", "Any")];
    // Both sides have some supporting tasks in common: each is listed once.
    for task in [CONSUMER, PROVIDER].iter().filter_map(|side| processes.newest(side)).flat_map(|process| &process.tasks) {
        let asked = task.decide.iter().any(|role| mine.contains(role));
        if asked && !tasks.iter().any(|(id, _)| id == task.id.as_str()) {
            tasks.push(pair(task.id.as_str(), &task.label));
        }
    }
    let claimed = vec![pair("", "Anyone"), pair("mine", "Me"), pair("free", "Nobody")];
    let orders = vec![pair("", "Oldest first"), pair("due", "Due first")];
    view! {
        <form class="gpc-filters" action="/worklist" method="get" role="search" aria-label="Filter the worklist">
            <div>
                <label for="find">"Find"</label>
                <input class="nhsuk-input" id="find" name="find" type="search" value=filter.find.clone() />
            </div>
            {select("team", "Team", teams, team)}
            {select("task", "Task", tasks, &filter.task)}
            {select("claimed", "Claimed by", claimed, &filter.claimed)}
            {select("order", "Order", orders, if filter.by_due { "due" } else { "" })}
            <button class="nhsuk-button nhsuk-button--secondary nhsuk-button--small">"Apply"</button>
        </form>
    }
    .into_any()
}

fn empty(filtered: bool) -> AnyView {
    if filtered {
        view! { <div class="gpc-empty"><h2 class="nhsuk-heading-s">"No task fits"</h2><p>"Change what you look for, or " <a href="/worklist">"show everything that waits"</a> "."</p></div> }.into_any()
    } else {
        view! { <div class="gpc-empty"><h2 class="nhsuk-heading-s">"Nothing waits for your team"</h2><p><a href="/journeys">"See what is with suppliers"</a></p></div> }.into_any()
    }
}

fn table(services: &crate::request::services::Services, lines: Vec<WorkLine>, visitor: &Visitor, today: Date) -> AnyView {
    let rows = lines
        .into_iter()
        .map(|line| {
            let label = services.processes.get(&line.process).map_or_else(|| line.task.to_string(), |process| process.label(&line.task).to_owned());
            let to = paths::task(&line.journey, &line.task);
            let waited = dates::waited(calendar::date_of(line.since), today);
            let due = match line.due {
                Some(due) => {
                    let (how, text) = dates::due_in(due, today);
                    view! { {dates::date(due)} <br /> <span class=how.class()>{text}</span> }.into_any()
                }
                None => view! { <span class="gpc-meta">"No target"</span> }.into_any(),
            };
            let hidden = label.clone();
            let form = |action: &'static str, text: &'static str| {
                view! {
                    <form action=action method="post">
                        <Hidden values=vec![
                            ("journey", line.journey.to_string()),
                            ("task", line.task.to_string()),
                            ("role", line.role.name().to_owned()),
                            ("back", "/worklist".to_owned()),
                        ] />
                        <button class="nhsuk-button nhsuk-button--secondary nhsuk-button--small">
                            {text}<span class="nhsuk-u-visually-hidden">{format!(" {hidden} of {}", line.product)}</span>
                        </button>
                    </form>
                }
                .into_any()
            };
            let claimed = match &line.claimed_by {
                Some((person, name)) if *person == visitor.actor.person => view! { {format!("{name} (you)")} {form("/do/worklist/release", "Release")} }.into_any(),
                Some((_, name)) => name.clone().into_any(),
                None => form("/do/worklist/claim", "Claim"),
            };
            view! {
                <tr role="row">
                    <th scope="row" role="rowheader">
                        <a href=to>{label}</a>
                        <br />
                        <span class="gpc-meta">{line.role.title()}</span>
                    </th>
                    <td role="cell" data-l="Product">{line.product.clone()}<br /><span class="gpc-meta">{line.supplier.clone()}</span></td>
                    <td role="cell" data-l="Reference"><span class="gpc-mono">{line.journey.to_string()}</span></td>
                    <td role="cell" data-l="Round" class="gpc-num">{if line.round.0 == 0 { String::new() } else { line.round.to_string() }}</td>
                    <td role="cell" data-l="With us since">{dates::day_of(line.since)}<br /><span class="gpc-meta">{waited}</span></td>
                    <td role="cell" data-l="Due">{due}</td>
                    <td role="cell" data-l="Claimed by">{claimed}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Grid
            caption="Tasks that wait for your team"
            columns=[
                Words("Task"),
                Words("Product and supplier"),
                Words("Reference"),
                Figures("Round"),
                Words("With us since"),
                Words("Due"),
                Words("Claimed by"),
            ]
            rows=rows.into_any()
        />
    }
    .into_any()
}

/// What somebody claims: what a task asks of one team.
struct Share {
    journey: JourneyRef,
    task: TaskId,
    team: Role,
    label: String,
}

/// Whether this is a turn that the person may take in this role.
fn is_mine(turn: &Turn, actor: &Actor, role: Role, journey: &Journey) -> bool {
    actor.only(role).is_some_and(|only| turns::is_theirs(turn, &only, journey))
}

/// Whether a task waits for this person now in this team, so that they may claim it. For the first of their teams when the form
/// names none.
async fn may_claim(visitor: &Visitor, journey: &str, task: &str, team: Option<Role>) -> Result<Share, Halt> {
    let services = services()?;
    let loaded = load(&services, visitor, journey).await?;
    let id: TaskId = task.parse().map_err(|_| Halt::Missing)?;
    let (journey, actor) = (&loaded.journey, &visitor.actor);
    let spec = journey.process.task(&id).ok_or(Halt::Missing)?;
    let turns = turns::turns_on(journey, spec, &journey.standing(&id));
    let own = turns.iter().filter(|turn| turn.side == Side::Programme);
    let mut may = own.flat_map(|turn| turn.roles.iter().copied().filter(move |role| is_mine(turn, actor, *role, journey)));
    let Some(team) = may.find(|role| team.is_none_or(|team| team == *role)) else {
        return Err(Halt::NotYours {
            heading: "You cannot claim this task".to_owned(),
            detail: "It does not wait for you now.".to_owned(),
        });
    };
    let label = spec.label.clone();
    Ok(Share { journey: journey.reference.clone(), task: id, team, label })
}

/// What may be handed back: one's own claim, and any for a programme lead, because people fall ill. Whether the caller could
/// decide on the task is not asked.
async fn may_release(visitor: &Visitor, journey: &str, task: &str, team: Option<Role>) -> Result<Share, Halt> {
    let services = services()?;
    let loaded = load(&services, visitor, journey).await?;
    let id: TaskId = task.parse().map_err(|_| Halt::Missing)?;
    let spec = loaded.journey.process.task(&id).ok_or(Halt::Missing)?;
    let me = &visitor.actor.person;
    let held: Vec<(Role, &PersonId)> = loaded
        .names
        .claims
        .iter()
        .filter(|((of, role), _)| *of == id && team.is_none_or(|team| team == *role))
        .map(|((_, role), holder)| (*role, holder))
        .collect();
    let mine = held.iter().find(|(_, holder)| *holder == me);
    let given = |held: &&(Role, &PersonId)| claims::may_give(&visitor.actor, Some(held.1));
    if let Some((team, _)) = mine.or_else(|| held.first().filter(given)) {
        let (journey, label) = (loaded.journey.reference.clone(), spec.label.clone());
        return Ok(Share { journey, task: id, team: *team, label });
    }
    let holder = held.first().map(|(_, holder)| *holder);
    let (heading, detail) = match holder {
        Some(_) if visitor.is_programme() => (
            format!("Only {} or a programme lead can hand it back", wording::who(&loaded.names, holder)),
            "Ask one of them. Nothing was changed.",
        ),
        Some(_) => ("You cannot hand this task back".to_owned(), "The GP Connect teams do that. Nothing was changed."),
        None => ("Nobody holds this task".to_owned(), "It was handed back already, or decided on."),
    };
    Err(Halt::NotYours { heading, detail: detail.to_owned() })
}

/// Claims a task. The first of two gets it; the other one is told who has it.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "worklist/claim")]
pub async fn claim(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] role: String,
    #[server(default)] back: String,
) -> ActionResult {
    act(async move {
        let (services, caller) = (services()?, calling()?);
        let back = local(if back.is_empty() { "/worklist" } else { &back });
        let visitor = signed_in(&caller, &back, &Default::default()).await?;
        let Share { journey, task, team, label } = may_claim(&visitor, &journey, &task, role.parse().ok()).await?;
        match services.store.claim(&journey, &task, team, &visitor.actor.person, services.clock.now()).await {
            Ok(()) => flash::say(
                &caller,
                format!("You have claimed: {label}"),
                "Your colleagues see that. Hand it back if you cannot go on.",
            ),
            Err(WriteError::Conflict) => {
                let names = services.store.names(&journey).await?;
                let holder = names.claims.get(&(task, team)).cloned();
                if holder.as_ref() != Some(&visitor.actor.person) {
                    let heading = format!("{} has claimed it already", wording::who(&names, holder.as_ref()));
                    let kept = RefusedForm {
                        path: back.clone(),
                        heading,
                        detail: "Choose another task, or ask them to hand it back.".to_owned(),
                        ..RefusedForm::default()
                    };
                    flash::keep(&caller.session, kept).await?;
                }
            }
            Err(WriteError::Store(error)) => return Err(error.into()),
        }
        Ok(back)
    })
    .await
}

/// Hands a task back to the queue.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "worklist/release")]
pub async fn release(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] role: String,
    #[server(default)] back: String,
) -> ActionResult {
    act(async move {
        let (services, caller) = (services()?, calling()?);
        let back = local(if back.is_empty() { "/worklist" } else { &back });
        let visitor = signed_in(&caller, &back, &Default::default()).await?;
        let Share { journey, task, team, label } = may_release(&visitor, &journey, &task, role.parse().ok()).await?;
        services.store.release(&journey, &task, team).await?;
        flash::say(&caller, format!("Handed back: {label}"), "It keeps its place in the queue.");
        Ok(back)
    })
    .await
}

/// Claims the oldest task that nobody has.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "worklist/claim-oldest")]
pub async fn claim_oldest() -> ActionResult {
    act(async {
        let (services, caller) = (services()?, calling()?);
        let visitor = signed_in(&caller, "/worklist", &Default::default()).await?;
        let filter = WorkFilter {
            roles: teams(&visitor),
            claimed: "free".to_owned(),
            limit: 20,
            me: Some(visitor.actor.person.clone()),
            ..WorkFilter::default()
        };
        for line in services.store.worklist(&filter).await? {
            // Work of their own organisation, or already taken by somebody else: the next one.
            let claim = may_claim(&visitor, &line.journey.to_string(), line.task.as_str(), Some(line.role)).await;
            let Ok(Share { journey, task, team, label }) = claim else { continue };
            match services.store.claim(&journey, &task, team, &visitor.actor.person, services.clock.now()).await {
                Ok(()) => {
                    flash::say(&caller, format!("You have claimed: {label}"), "");
                    return Ok(paths::task(&journey, &task));
                }
                Err(WriteError::Conflict) => {}
                Err(WriteError::Store(error)) => return Err(error.into()),
            }
        }
        let kept = RefusedForm {
            path: "/worklist".to_owned(),
            heading: "Nothing is free now".to_owned(),
            detail: "Every task that waits is claimed by somebody.".to_owned(),
            ..RefusedForm::default()
        };
        flash::keep(&caller.session, kept).await?;
        Ok("/worklist".to_owned())
    })
    .await
}
