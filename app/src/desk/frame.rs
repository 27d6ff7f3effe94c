//! What every task's page has around its middle: title, standing, holder, rounds, closed gate, findings.

use journey::{
    base::actor::{Role, Side},
    guidance::reading,
    ledger::standing::{Standing, State},
    plan::process::{Page, Settle},
    practice::run,
    rule::claims,
    task::version,
    view::turns::{self, Turn},
};
use leptos::prelude::*;

use crate::{
    act::{sent, wording},
    base::{dates, paths, words::counted},
    design::{Crumbs, Hidden, StandingTag, kept_true, live_on, say},
    desk::{again, context::TaskContext, defects, take_back},
    islands::{Wake, count::characters_left},
    site::meetings,
};

/// Title, messages, middle and side column.
pub fn framed(desk: &TaskContext, heading: String, facts: String, middle: AnyView) -> AnyView {
    let journey = desk.journey();
    let product = journey.opening.product.clone();
    let home = paths::journey(&journey.reference);
    // Whoever decides came from the worklist.
    let first = if desk.visitor.is_programme() { (paths::WORKLIST, "Worklist") } else { ("/journeys", "Journeys") };
    let links = vec![(first.0.to_owned(), first.1.to_owned()), (home, product.clone())];
    let conversation = if desk.spec.page == Page::Conversation { desk.talk.whole(None) } else { desk.talk.below_a_task() };
    view! {
        <Crumbs links=links />
        <div class="nhsuk-grid-row">
            <div class="nhsuk-grid-column-two-thirds">
                {say::kept(desk.context.kept.as_ref().or(desk.not_said.as_ref()))}
                {say::banner(desk.context.banner.clone())}
                <crate::design::Title above=format!("{product} {}", journey.reference) text=heading>{facts}</crate::design::Title>
                {live_on(&journey.reference)}
                {take_back::view(desk)}
                {again::view(desk)}
                {finished(desk)}
                {other_version(desk)}
                {defects::view(desk)}
                {middle}
                {conversation}
            </div>
            <div class="nhsuk-grid-column-one-third gpc-aside">{kept_true("aside", aside(desk))}</div>
        </div>
        {characters_left()}
        <Wake />
    }
    .into_any()
}

/// What helps with the task, for whoever does it and has not done it yet: below what it asks.
fn to_read(desk: &TaskContext) -> Option<AnyView> {
    let theirs = desk.spec.by.iter().any(|role| desk.journey().stands_for(&desk.visitor.actor, *role));
    let mut found =
        if theirs && !desk.standing.is_done() { reading::of_task(desk.spec, &desk.journey().opening) } else { Vec::new() };
    if run::helps_with(&desk.spec.id) && run::may_test(desk.journey(), &desk.visitor.actor) {
        let words = "Live runs: send the requests of your product to a simulated practice".to_owned();
        found.insert(0, (paths::live_runs(&desk.journey().reference), words));
    }
    let items = found.into_iter().map(|(to, words)| {
        let outside = to.starts_with("https").then_some("external");
        view! { <li><a href=to rel=outside>{words}</a></li> }
    });
    let items: Vec<_> = items.collect();
    (!items.is_empty()).then(|| {
        view! {
            <nav aria-labelledby="to-read">
                <h2 class="nhsuk-heading-xs" id="to-read">"What helps with this"</h2>
                <ul class="nhsuk-list">{items}</ul>
            </nav>
        }
        .into_any()
    })
}

/// Who of each team has claimed what the task asks of it, for the programme; whoever decides for a team can claim it.
fn claimed(desk: &TaskContext) -> Option<AnyView> {
    let journey = desk.journey();
    let me = &desk.visitor.actor.person;
    let lead = desk.visitor.actor.is(Role::ProgrammeLead);
    let waits = |turn: &&Turn| turn.side == Side::Programme && turn.awaited;
    let teams: Vec<(Role, bool)> = desk
        .turns
        .iter()
        .filter(waits)
        .flat_map(|turn| {
            let mine = wording::is_mine(turn, &desk.visitor, journey);
            turn.roles.iter().map(move |role| (*role, mine && desk.visitor.actor.is(*role)))
        })
        .collect();
    let deciding = teams.iter().any(|(_, mine)| *mine);
    if !desk.visitor.is_programme() {
        return None;
    }
    let several = teams.len() > 1;
    let give = |team: Role| {
        let to = format!("{}/give?role={}", desk.path(), team.name());
        let whose = several.then(|| view! { <span class="nhsuk-u-visually-hidden">{format!(" for {}", team.the())}</span> });
        view! { <p><a href=to>"Give it to a colleague"{whose}</a></p> }
    };
    // Whoever knows it from the round before is asked first.
    let before = |team: Role| {
        let (person, round) = claims::had_before(journey, &desk.spec.id, team)?;
        Some(match person == me {
            true => format!(" You decided on round {round}: it is yours if you claim it."),
            false => format!(" {} decided on round {round}: ask them first.", desk.who(person)),
        })
    };
    let claim = |(team, mine): (Role, bool)| {
        let what = if several { format!(" for {}", team.the()) } else { String::new() };
        let fields = vec![("role", team.name().to_owned()), ("back", desk.path())];
        match desk.loaded.names.claims.get(&(desk.spec.id.clone(), team)) {
            // A lead hands back what a colleague of any team holds: people fall ill.
            Some(person) if deciding || lead || person == me => {
                let name = if person == me { "you".to_owned() } else { desk.who(person) };
                let back = (lead || person == me).then(|| {
                    view! {
                        <form action="/do/worklist/release" method="post">
                            {desk.hidden()}
                            <Hidden values=fields />
                            <button class="gpc-linkbutton">
                                "Hand it back"
                                {several.then(|| view! { <span class="nhsuk-u-visually-hidden">{what.clone()}</span> })}
                            </button>
                        </form>
                    }
                });
                let gives = (lead || person == me).then(|| give(team));
                Some(view! { <p>{format!("Claimed by {name}{what}.")}</p> {back} {gives} }.into_any())
            }
            None if mine => Some(
                view! {
                    <p>{format!("Nobody has claimed it{what}.")}{before(team)}</p>
                    <form action="/do/worklist/claim" method="post">
                        {desk.hidden()}
                        <Hidden values=fields />
                        <crate::design::Button text="Claim it" secondary=true small=true />
                    </form>
                    {lead.then(|| give(team))}
                }
                .into_any(),
            ),
            None if lead => {
                Some(view! { <p>{format!("Nobody has claimed it{what}.")}{before(team)}</p> {give(team)} }.into_any())
            }
            _ => None,
        }
    };
    Some(teams.into_iter().filter_map(claim).collect_view().into_any())
}

/// What was sent last names another version of the product than the one that is assessed: both sides read it.
fn other_version(desk: &TaskContext) -> Option<AnyView> {
    let answers = desk.sent.last().and_then(|last| sent::answers_of(last).ok())?;
    let says = version::other(desk.journey(), &answers)?;
    Some(view! { <div class="nhsuk-inset-text"><p>{says}</p></div> }.into_any())
}

/// The side column of a task: how it stands, whose turn it is, its rounds, and the ways on.
pub fn aside(desk: &TaskContext) -> AnyView {
    let journey = desk.journey();
    let record = journey.submitted_in(desk.spec);
    let mut turns: Vec<&Turn> = desk.turns.iter().collect();
    turns.sort_by_key(|turn| !wording::is_mine(turn, &desk.visitor, journey));
    let holder = turns
        .into_iter()
        .map(|turn| {
            let (mine, text) = wording::held(turn, &desk.visitor, journey, &desk.loaded.names, desk.today);
            view! { <p>{mine.then(|| view! { <b class="gpc-turn">"Your turn "</b> })}{text}</p> }
        })
        .collect_view();
    let how = wording::how(journey, desk.spec, &desk.loaded.names);
    let rounds = record
        .sent
        .iter()
        .rev()
        .map(|sent| view! { <li>{format!("Round {}, sent by {}", sent.round, desk.who(&sent.by))}<time datetime=sent.at.to_string()>{dates::moment(sent.at)}</time></li> })
        .collect_view();
    let claims = claimed(desk);
    let now = desk.context.services.clock.now();
    let thread = (desk.spec.page != Page::Conversation).then_some(&desk.spec.id);
    let meetings = meetings::list::section(journey, &desk.visitor.actor, (&desk.meetings, now), thread);
    view! {
        <section>
            <h2 class="nhsuk-heading-s">"This task"</h2>
            <p><StandingTag standing=desk.shown.clone() /></p>
            {holder}
            {wording::give_the_role(&desk.nobody)}
            {(!how.is_empty()).then(|| view! { <p class="gpc-meta">{how}</p> })}
            {claims}
        </section>
        {meetings}
        {(!record.sent.is_empty()).then(|| view! { <section><h2 class="nhsuk-heading-s">"Rounds"</h2><ol class="gpc-log">{rounds}</ol></section> })}
        <section>
            <h2 class="nhsuk-heading-s">"This journey"</h2>
            <ul class="gpc-links">
                <li><a href=paths::journey(&journey.reference)>"All tasks"</a></li>
                <li><a href=paths::of_journey(&journey.reference, "organisations")>"Organisations taking part"</a></li>
                <li><a href=paths::of_journey(&journey.reference, "messages")>"Messages"</a></li>
                <li><a href=paths::of_journey(&journey.reference, "history")>"History"</a></li>
            </ul>
        </section>
    }
    .into_any()
}

/// What the task asks, with whom it is written to where the reader is somebody else.
pub fn help(desk: &TaskContext) -> AnyView {
    let side = desk.spec.by.first().map_or(Side::Supplier, |role| role.side());
    let told = match side {
        side if wording::side_of(&desk.visitor, desk.journey()) == side => None,
        Side::Supplier => Some("For the supplier: "),
        Side::EndUser => Some("For the end-user group: "),
        _ => None,
    };
    view! { <p>{told.map(|told| view! { <b>{told}</b> })}{desk.spec.help.clone()}</p> {to_read(desk)} }.into_any()
}

/// A closed gate says why, with links: what the reader can do, and what waits for others.
pub fn gate(desk: &TaskContext) -> Option<AnyView> {
    let Standing::Locked { waiting_on } = &desk.standing else { return None };
    let journey = desk.journey();
    let mut mine = Vec::new();
    let mut others = Vec::new();
    for need in waiting_on.iter().filter_map(|need| journey.process.task(need)) {
        let standing = journey.standing(&need.id);
        let turns = turns::turns_on(journey, need, &standing);
        let mine_first = turns.iter().find(|turn| wording::is_mine(turn, &desk.visitor, journey));
        let turn = mine_first.or(turns.first());
        let reads = journey.may_read(&desk.visitor.actor, need);
        let to = reads.then(|| paths::task(&journey.reference, &need.id));
        let yours = mine_first.is_some();
        let who = match turn {
            Some(turn) if yours => format!("Your turn since {}.", dates::day_of(turn.since)),
            Some(turn) => format!("With {}.", wording::holder_for(turn, &desk.visitor, journey, &desk.loaded.names)),
            None => "It cannot start yet either.".to_owned(),
        };
        let item = view! {
            <li class="nhsuk-task-list__item nhsuk-task-list__item--with-link">
                <div class="nhsuk-task-list__name-and-hint">
                    {match to {
                        Some(to) => view! { <a class="nhsuk-task-list__link nhsuk-link" href=to>{need.label.clone()}</a> }.into_any(),
                        None => view! { <div>{need.label.clone()}</div> }.into_any(),
                    }}
                    <div class="nhsuk-task-list__hint">{who}{wording::blocks(journey, desk.spec, &need.id)}</div>
                </div>
                <div class="nhsuk-task-list__status"><StandingTag standing=turns::shown(journey, need, &standing, false) /></div>
            </li>
        };
        if yours { mine.push(item.into_any()) } else { others.push(item.into_any()) }
    }
    let count = counted(waiting_on.len(), "task");
    let kept = if desk.record().round.0 > 0 { "What was sent here is kept." } else { "" };
    let (heading, text) = if turns::begins(journey, desk.spec, &desk.standing) {
        (
            "You can fill this in now, and send it later",
            format!(
                "It can be sent when {count} before it {} completed. What you write is kept.",
                if waiting_on.len() == 1 { "is" } else { "are" }
            ),
        )
    } else {
        (
            "You cannot do this yet",
            if journey.blocked_by(desk.spec).is_empty() {
                format!(
                    "{} to be completed first. {kept}",
                    if waiting_on.len() == 1 { "1 task has".to_owned() } else { format!("{count} have") }
                )
            } else {
                format!(
                    "{} in the way: defects that block the certificate are open. {kept}",
                    if waiting_on.len() == 1 { "1 task is".to_owned() } else { format!("{count} are") }
                )
            },
        )
    };
    Some(
        view! {
            <section class="gpc-gate" aria-labelledby="gate">
                <h2 class="nhsuk-heading-m" id="gate">{heading}</h2>
                <p>{text}</p>
                {(!mine.is_empty()).then(|| view! { <h3 class="nhsuk-heading-s">"What you can do now"</h3><ul class="nhsuk-task-list gpc-tasks">{mine}</ul> })}
                {(!others.is_empty()).then(|| view! { <h3 class="nhsuk-heading-s">"What is waiting for someone else"</h3><ul class="nhsuk-task-list gpc-tasks">{others}</ul> })}
            </section>
        }
        .into_any(),
    )
}

/// Which teams have decided on a round that several look at, for everybody who waits for it.
#[must_use]
pub fn finished(desk: &TaskContext) -> Option<AnyView> {
    let journey = desk.journey();
    let wanted = journey.deciders(desk.spec);
    if wanted.len() < 2 || desk.standing != Standing::Submitted {
        return None;
    }
    let record = desk.record();
    let told = |role: &Role| {
        let title = role.title();
        let asked = record.asked.iter().find(|asked| asked.role == *role);
        match asked {
            Some(asked) => format!("{title}: asked for {}", counted(asked.findings.len(), "change")),
            None if record.has_finished(*role) => format!("{title}: approved"),
            None => format!("{title}: not finished"),
        }
    };
    let done = wanted.iter().filter(|role| record.has_finished(**role)).count();
    let items = wanted.iter().map(|role| view! { <li>{told(role)}</li> }).collect_view();
    let goes_back = (!record.asked.is_empty()).then_some("It goes back to the supplier when every team has finished.");
    Some(
        view! {
            <section class="nhsuk-inset-text" aria-labelledby="teams">
                <h2 class="nhsuk-heading-s" id="teams">{format!("{done} of {} teams have finished", wanted.len())}</h2>
                <ul class="nhsuk-list">{items}</ul>
                {goes_back.map(|text| view! { <p>{text}</p> })}
            </section>
        }
        .into_any(),
    )
}

/// What came back, and why.
pub fn returned(desk: &TaskContext, label_of: impl Fn(&journey::base::ids::FieldId) -> String) -> Option<AnyView> {
    let record = desk.record();
    let State::Returned { by, role, findings, refused } = &record.state else { return None };
    let signed = desk.spec.settle == Settle::BySignatures;
    let side = if role.side() == Side::Programme { "NHS England".to_owned() } else { desk.who(by) };
    let heading = if signed {
        format!("{side} declined to sign")
    } else if *refused {
        "NHS England refused this".to_owned()
    } else {
        format!(
            "{} asked for {}",
            wording::who_asked(record),
            if findings.len() == 1 { "a change".to_owned() } else { format!("{} changes", findings.len()) }
        )
    };
    let items = findings
        .iter()
        .map(|finding| {
            let field = finding.field.as_ref().map(|id| {
                let row = desk.journey().went_along(desk.spec).iter().any(|along| along.row == *id);
                let scal = desk.journey().process.scal().filter(|_| row);
                let to = scal.map_or_else(
                    || format!("#{id}"),
                    |scal| format!("/journeys/{}/tasks/{}/{id}", desk.journey().reference, scal.id),
                );
                let label = label_of(id);
                view! { <a href=to>{label}</a> ": " }
            });
            view! { <li>{field}<span class="gpc-lines">{finding.words.clone()}</span></li> }
        })
        .collect_view();
    let who = if signed {
        format!("{side}, {}", role.title().to_lowercase())
    } else if desk.visitor.is_programme() {
        desk.who(by)
    } else {
        format!("NHS England, {}", role.title().to_lowercase())
    };
    let next = if signed {
        "Correct the details and send them again. No signature that was given counts any more: everybody signs the new words."
    } else if *refused {
        "You can describe a different use case and submit it, or withdraw the journey."
    } else {
        "Change what is asked for, or say below the answer why it stays as it is. What was accepted stays accepted unless you change it."
    };
    Some(
        view! {
            <section class="gpc-finding" aria-labelledby="findings">
                <h2 class="nhsuk-heading-s" id="findings">{heading}</h2>
                <ul class="nhsuk-list nhsuk-list--bullet">{items}</ul>
                <p class="gpc-meta">{format!("{who}, round {}, {}. {next}", record.round, dates::day_of(record.since))}</p>
            </section>
        }
        .into_any(),
    )
}

/// Why it is open again, if it was.
pub fn reopened(desk: &TaskContext) -> Option<AnyView> {
    let record = desk.record();
    let reopening = record.reopened.as_ref()?;
    let who = reopening.by.as_ref().map_or_else(String::new, |by| format!(" Opened again by {}.", desk.who(by)));
    let text = format!("{}{who}", reopening.reason);
    Some(view! { <div class="nhsuk-inset-text"><p>{text}</p></div> }.into_any())
}
