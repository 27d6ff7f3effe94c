//! `/worklist`: what waits for the reader's teams, in the order and with the filters that they choose, with claim and release.

pub mod claim;
pub mod decided;
pub mod failing;
pub mod figures;
pub mod give;
mod list;

pub mod shares;
pub mod views;

use journey::{
    base::{actor::Role, calendar},
    people::rules,
    plan::{
        process::Processes,
        track::{CONSUMER, PROVIDER},
    },
    port::WorkFigures,
};
use leptos::prelude::*;

use crate::{
    act::{
        page::{context, page},
        usual,
        worklist::{Asked, DueWhen, only_for_teams, remember, teams},
    },
    base::{
        dates, paths,
        words::{self, counted},
    },
    design::{Button, Title, kept_true, say},
    islands::{Wake, live::live_at},
    request::visitor::query,
};

const PAGE: u32 = 25;

/// `/worklist`
#[component]
pub fn Worklist() -> impl IntoView {
    page(async {
        let context = context().await?;
        let visitor = context.visitor()?;
        let mine = teams(&visitor);
        if mine.is_empty() {
            return Err(only_for_teams());
        }
        let today = calendar::date_of(context.services.clock.now());
        let asked = Asked::read(query);
        let (me, roles) = (&visitor.actor.person, asked.roles(&mine));
        let store = &context.services.store;
        let late = calendar::last_working_day(today);
        let figures = store.figures(&roles, me, late, calendar::after(today, 2)).await?;
        let mut lines = store.worklist(&asked.filter(&mine, me, today, PAGE + 1)).await?;
        let more = lines.len() > PAGE as usize;
        lines.truncate(PAGE as usize);
        let next = lines.last().filter(|_| more).map(|line| asked.next(line));
        let shown = lines.len();
        let without = lines.iter().filter(|line| line.due.is_none()).map(|line| line.task.clone()).collect();
        let usual = usual::of(&context.services, &without).await?;
        let views = store.work_views(me).await?;
        let colleague = match asked.claimed.as_str() {
            "" | "mine" | "free" => None,
            person => match person.parse() {
                Ok(id) => store.person(&id).await?.map(|known| (asked.claimed.clone(), known.name)),
                Err(_) => None,
            },
        };
        if !context.caller.in_background {
            remember(&context.caller, &asked).await?;
        }
        let (parts, details) =
            if rules::may_confirm_organisations(&visitor.actor) { store.seats_waiting().await? } else { (0, 0) };
        let names: Vec<String> = roles.iter().map(|role| role.title().to_lowercase()).collect();
        let list = if lines.is_empty() {
            empty(asked.narrows() || asked.goes_on())
        } else {
            list::table(&context.services, lines, &usual, &visitor, &asked, today)
        };
        let body = view! {
            {say::kept(context.kept.as_ref())}
            {say::banner(context.banner.clone())}
            <div class="gpc-head">
                <Title text="Worklist">{format!("For {}. {}.", words::listed(names), dates::date(today))}</Title>
                {(figures.free > 0)
                    .then(|| view! { <form action="/do/worklist/claim-oldest" method="post"><Button text="Claim the oldest free task" /></form> })}
            </div>
            {live_at("/live/worklist")}
            {kept_true("figures", figures_view(figures, &asked))}
            {(parts + details > 0).then(|| view! {
                <div class="nhsuk-inset-text"><p><a href="/organisations">{confirm_first(parts, details)}</a></p></div>
            })}
            {views::kept(&context, &asked, &views)}
            {filters(&asked, &mine, colleague, context.services.processes)}
            {kept_true("list", list)}
            <p class="gpc-meta gpc-below">
                {format!("{shown} of {}. ", counted(figures.all as usize, "task"))}
                {next.map(|to| view! { <a href=to rel="next">"Next page"</a> " " })}
                {asked.goes_on().then(|| view! { <a href=asked.path()>"Back to the first page"</a> " " })}
                "The clock runs only while a task can be worked on. Days are working days in England and Wales."
            </p>
            <ul class="gpc-ways">
                <li><a href=format!("{}.csv{}", paths::WORKLIST, asked.tail())>"Download as CSV"</a></li>
                <li><a href=format!("{}.xlsx{}", paths::WORKLIST, asked.tail())>"Download as Excel"</a></li>
                <li><a href=format!("{}{}", paths::SHARES, team_of(&asked))>"Who has what"</a></li>
                <li><a href=paths::DECIDED>"What you decided"</a></li>
                <li><a href=paths::FIGURES>"Figures"</a></li>
                <li><a href="/ecosystem/consumer/now">"See where every journey is"</a></li>
            </ul>
            <Wake />
        }
        .into_any();
        Ok(("Worklist".to_owned(), body))
    })
}

/// The team that is looked at, as the end of an address.
fn team_of(asked: &Asked) -> String {
    Asked { team: asked.team, ..Asked::default() }.tail()
}

/// What waits for a programme lead beside the tasks.
fn confirm_first(parts: u32, details: u32) -> String {
    let wait = |count: u32, one: &str, many: &str| match count {
        0 => None,
        1 => Some(one.to_owned()),
        count => Some(format!("{count} {many}")),
    };
    let all = [
        wait(parts, "1 organisation is waiting to be added", "organisations are waiting to be added"),
        wait(details, "1 asks for another name or code", "ask for another name or code"),
    ];
    format!("Confirm who it is: {}", all.into_iter().flatten().collect::<Vec<_>>().join(", "))
}

/// The figures, each a way to the tasks that it counts.
fn figures_view(figures: WorkFigures, asked: &Asked) -> AnyView {
    let all = Asked { team: asked.team, order: asked.order, ..Asked::default() };
    let one = |number: u32, words: &'static str, late: bool, to: Asked| {
        let current = (to.due, &to.claimed) == (asked.due, &asked.claimed) && asked.narrows() == to.narrows();
        let class = (late && number > 0).then_some("gpc-late");
        view! {
            <div>
                <dt>{words}</dt>
                <dd class=class><a href=to.path() aria-current=current.then_some("true")>{number.to_string()}<span class="nhsuk-u-visually-hidden">{format!(" {words}")}</span></a></dd>
            </div>
        }
    };
    let due = |due: DueWhen| Asked { due: Some(due), ..all.clone() };
    let claimed = |claimed: &str| Asked { claimed: claimed.to_owned(), ..all.clone() };
    view! {
        <dl class="gpc-figs">
            {one(figures.overdue, "overdue", true, due(DueWhen::Late))}
            {one(figures.soon, "due today or in 2 working days", false, due(DueWhen::Soon))}
            {one(figures.mine, "claimed by you", false, claimed("mine"))}
            {one(figures.free, "claimed by nobody", false, claimed("free"))}
            {one(figures.all, "waiting for your team", false, all.clone())}
        </dl>
    }
    .into_any()
}

/// A select with its options: value and words.
fn select(id: &'static str, label: &'static str, options: Vec<(String, String)>, chosen: &str) -> AnyView {
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
    .into_any()
}

fn filters(asked: &Asked, mine: &[Role], colleague: Option<(String, String)>, processes: &'static Processes) -> AnyView {
    let pair = |value: &str, text: &str| (value.to_owned(), text.to_owned());
    let mut teams = vec![pair("", "All mine")];
    teams.extend(mine.iter().map(|role| pair(role.name(), role.title())));
    let mut tasks = vec![pair("", "Any")];
    // Both sides have some supporting tasks in common: each is listed once, and one name stands once.
    for task in [CONSUMER, PROVIDER].iter().filter_map(|side| processes.newest(side)).flat_map(|process| &process.tasks) {
        let by_them = task.decide.iter().any(|role| mine.contains(role));
        if by_them && !tasks.iter().any(|(id, _)| id == task.id.as_str()) {
            let twice = tasks.iter().any(|(_, label)| *label == task.label);
            let label = if twice { format!("{} (provider)", task.label) } else { task.label.clone() };
            tasks.push(pair(task.id.as_str(), &label));
        }
    }
    let mut claimed = vec![pair("", "Anyone"), pair("mine", "Me"), pair("free", "Nobody")];
    claimed.extend(colleague);
    let due = vec![pair("", "Any day"), pair("late", "Overdue"), pair("soon", "Today or in 2 working days")];
    let orders =
        vec![pair("", "Oldest first"), pair("newest", "Newest first"), pair("due", "Due first"), pair("due-last", "Due last")];
    view! {
        <form class="gpc-filters" action=paths::WORKLIST method="get" role="search" aria-label="Filter the worklist">
            <div>
                <label for="find">"Find"</label>
                <input class="nhsuk-input" id="find" name="find" type="search" value=asked.find.clone() />
            </div>
            {select("team", "Team", teams, asked.team.map_or("", Role::name))}
            {select("task", "Task", tasks, &asked.task)}
            {select("claimed", "Claimed by", claimed, &asked.claimed)}
            {select("due", "Due", due, asked.due.map_or("", DueWhen::name))}
            {select("order", "Order", orders, asked.order.name())}
            <button class="nhsuk-button nhsuk-button--secondary nhsuk-button--small">"Apply"</button>
        </form>
    }
    .into_any()
}

fn empty(filtered: bool) -> AnyView {
    if filtered {
        view! { <div class="gpc-empty"><h2 class="nhsuk-heading-s">"No task matches"</h2><p>"Change what you look for, or " <a href=paths::WORKLIST>"show everything that waits"</a> "."</p></div> }.into_any()
    } else {
        view! { <div class="gpc-empty"><h2 class="nhsuk-heading-s">"Nothing is waiting for your team"</h2><p><a href="/journeys">"See what is with suppliers"</a></p></div> }.into_any()
    }
}
