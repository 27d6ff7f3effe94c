//! The four questions: where are we, what is next, whose turn is it, what is stopping us.

use jiff::civil::Date;
use journey::{
    base::{
        actor::Side,
        calendar,
        ids::{FieldId, Round, TaskId},
    },
    ledger::{
        defect::{DefectRecord, DefectState},
        journey::{Journey, Phase},
        machine::{StateKind, Verb},
        standing::{QueryWord, Standing, State},
    },
    plan::process::{Page, Settle},
    rule::{defects, leaving, offers, queries},
    view::{
        overview,
        turns::{self, Turn, Who},
    },
};
use leptos::prelude::*;

use crate::{
    act::wording,
    base::{
        dates,
        words::{self, counted},
    },
    design::ButtonLink,
    work::journey::scene::Scene,
};

/// The headline: what to do now, or who holds it.
pub(crate) fn panel(scene: &Scene) -> AnyView {
    let journey = scene.journey();
    let now = &scene.now;
    let mine: Vec<&Turn> = now.turns.iter().filter(|turn| wording::is_mine(turn, &scene.visitor, journey)).collect();
    let first = overview::first_of(journey, mine.iter().copied()).cloned();
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
            live_at(journey.sites_in_use().count(), scene.planned),
            suspended_now(journey) + "Every step is kept in the history.",
            journey.plan().find(|spec| spec.page == Page::Sites).map(|spec| (scene.to(&spec.id), "See the sites".to_owned())),
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

/// "1 site is suspended. "; empty when none is.
fn suspended_now(journey: &Journey) -> String {
    match journey.sites.len() - journey.sites_in_use().count() {
        0 => String::new(),
        1 => "1 site is suspended. ".to_owned(),
        some => format!("{some} sites are suspended. "),
    }
}

/// How far a product that is live has come.
fn live_at(sites: usize, planned: usize) -> String {
    match (sites, planned) {
        (0, _) => "The product is live".to_owned(),
        (sites, planned) if planned >= sites => format!("The product is live at {sites} of {}", counted(planned, "planned site")),
        (sites, _) => format!("The product is live at {}", counted(sites, "site")),
    }
}

fn what_to_do(scene: &Scene, turn: &Turn) -> (String, String, String) {
    let journey = scene.journey();
    let (label, noun) = (scene.label(&turn.task), scene.noun(&turn.task));
    let record = journey.task(&turn.task);
    let since = dates::day_of(turn.since);
    let offers = offers::offers_on(journey, &scene.visitor.actor, &turn.task);
    let round = record.round;
    let signed = journey.process.task(&turn.task).is_some_and(|spec| spec.settle == Settle::BySignatures);
    // What waits for a lead beside the work itself.
    let beside = turn.side == Side::Programme && record.state.kind() != StateKind::Submitted && !offers.contains(&Verb::Issue);
    let spec = journey.process.task(&turn.task).filter(|_| beside);
    if spec.is_some_and(|spec| leaving::may_confirm(journey, &scene.visitor.actor, spec)) {
        return (
            "Decide: may an organisation leave?".to_owned(),
            format!("Somebody asked for it on {since}."),
            "Open and decide".to_owned(),
        );
    }
    if beside && offers.contains(&Verb::ConfirmWaiver) {
        return (format!("Decide: skip “{noun}”?"), format!("Somebody asked for it on {since}."), "Open and decide".to_owned());
    }
    match record.state.kind() {
        StateKind::Returned if signed => (
            format!("Correct: {noun}"),
            format!("It was declined on {since}. What was filled in is kept."),
            "Correct it".to_owned(),
        ),
        StateKind::Returned => {
            let findings = match &record.state {
                State::Returned { findings, refused: false, .. } => counted(findings.len(), "finding"),
                _ => "the refusal".to_owned(),
            };
            // What a review said of the answers stands with the task that reviews them.
            let verdicts =
                journey.process.reviewer_of(&turn.task).map_or(&record.verdicts, |spec| &journey.task(&spec.id).verdicts);
            let accepted = verdicts.each().filter(|(_, verdict)| verdict.finding.is_none()).count();
            let kept = if accepted > 0 {
                format!(
                    " {} accepted and stay accepted.",
                    if accepted == 1 { "1 answer is".to_owned() } else { format!("{accepted} answers are") }
                )
            } else {
                String::new()
            };
            (
                format!("Answer {findings}: {noun}"),
                format!("{} returned round {round} on {since}.{kept}", wording::who_asked(record)),
                "Answer the findings".to_owned(),
            )
        }
        StateKind::Submitted if offers.contains(&Verb::Acknowledge) && offers.contains(&Verb::Return) => (
            format!("Confirm or ask for a change: {noun}"),
            due_text(turn, scene.today, &format!("Sent on {since}.")),
            "Open and decide".to_owned(),
        ),
        StateKind::Submitted if offers.contains(&Verb::Acknowledge) => (
            format!("Answer the supplier: {noun}"),
            due_text(turn, scene.today, &format!("Sent on {since}.")),
            "Open and answer".to_owned(),
        ),
        StateKind::Submitted => (
            format!("Review round {round}: {noun}"),
            due_text(turn, scene.today, &format!("Submitted on {since}.")),
            "Open the review".to_owned(),
        ),
        _ if of_defect(scene, turn).is_some() => of_defect(scene, turn).unwrap_or_default(),
        _ if offers.contains(&Verb::Issue) => (
            label.clone(),
            due_text(turn, scene.today, "Everything before it is done. You can issue it."),
            "Open the task".to_owned(),
        ),
        _ if offers.contains(&Verb::Sign) => {
            (format!("Sign: {noun}"), "Read what you sign, then sign.".to_owned(), "Read and sign".to_owned())
        }
        _ if offers.contains(&Verb::AnswerQuery) => (
            format!("Reply to a query about {}", rows_of(queries::for_supplier(record))),
            format!("The group that will use the product asked on {since}."),
            "Open and reply".to_owned(),
        ),
        _ if offers.contains(&Verb::CloseQuery) => (
            format!("Read the reply about {}", rows_of(queries::for_group(record))),
            format!("The supplier replied on {since}. Say that it answers you, or ask again."),
            "Open the reply".to_owned(),
        ),
        _ => {
            let others =
                scene.now.turns.iter().filter(|t| wording::is_mine(t, &scene.visitor, journey)).count().saturating_sub(1);
            let more =
                if others > 0 { format!(" {} can be done in any order.", counted(others, "more task")) } else { String::new() };
            let draft = scene.shown.get(&turn.task) == Some(&Standing::Draft);
            let rows = scene.scal.filter(|_| scene.is_scal(&turn.task));
            let text = match rows {
                Some((done, all)) => format!("{done} of {all} rows are filled in. Your answers are kept.{more}"),
                None if draft => format!("You have started. Your draft is kept.{more}"),
                None => format!("You can start now.{more}"),
            };
            (label.clone(), text, if draft { "Continue".to_owned() } else { "Open the task".to_owned() })
        }
    }
}

/// What a defect of a stage asks of the reader, where the stage itself asks nothing of them.
fn of_defect(scene: &Scene, turn: &Turn) -> Option<(String, String, String)> {
    let journey = scene.journey();
    let spec = journey.process.task(&turn.task).filter(|_| turn.round == Round(0) && turn.awaited)?;
    let mut waits: Vec<&DefectRecord> = match turn.side {
        Side::Programme => defects::for_team(journey, spec).collect(),
        _ => defects::for_supplier(journey, spec).collect(),
    };
    waits.sort_by_key(|defect| !defect.is_blocking());
    let first = waits.first()?;
    let what = match (&first.state, turn.side) {
        (DefectState::Mended { .. }, _) => "Say whether it is mended",
        (_, Side::Programme) if !first.confirmed => "Look at a new defect",
        (_, Side::Programme) => "Follow a defect that others mend",
        _ => "Mend a defect",
    };
    let more = match waits.len() - 1 {
        0 => String::new(),
        more => format!(" {} waits beside it.", counted(more, "defect")),
    };
    let blocks = if first.is_blocking() { " It blocks the certificate." } else { "" };
    let text = format!("{}: {}.{blocks}{more}", first.name(), first.defect.title);
    Some((format!("{what}: {}", scene.noun(&turn.task)), text, "Open the task".to_owned()))
}

/// "GPC-IG1 and GPC-IG2": the rows that queries are about.
fn rows_of<'a>(queries: impl Iterator<Item = (&'a FieldId, &'a QueryWord)>) -> String {
    words::listed(queries.map(|(row, _)| row.as_str().to_uppercase()).collect())
}

fn due_text(turn: &Turn, today: Date, text: &str) -> String {
    let expected = turn.expected.map_or_else(String::new, |day| format!(" Usually answered by {}.", dates::date(day)));
    let due = turn.due.map_or(expected, |due| format!(" Due {} ({}).", dates::date(due), dates::due_in(due, today).1));
    format!("{text}{due}")
}

/// Nothing waits for the reader: who holds it, and for how long.
fn waiting(scene: &Scene) -> (bool, String, String, String, Option<(String, String)>) {
    let journey = scene.journey();
    let awaited = scene.now.turns.iter().find(|turn| turn.awaited).or_else(|| scene.now.turns.first());
    let Some(turn) = awaited else {
        return (false, String::new(), "Nobody is waiting for anything".to_owned(), String::new(), None);
    };
    let holder = wording::holder_for(turn, &scene.visitor, journey, scene.names());
    let paused = if turn.side == Side::Supplier { wording::paused(journey, &turn.task) } else { None };
    let who = paused.map_or_else(
        || format!("With {holder} {}", dates::waited(calendar::date_of(turn.since), scene.today)),
        |paused| format!("With {holder}. {paused}"),
    );
    let noun = scene.noun(&turn.task);
    let headline = match (turn.side, journey.task(&turn.task).state.kind()) {
        (Side::Supplier, StateKind::Returned) => format!("The supplier is answering findings: {noun}"),
        (Side::Supplier, _) => format!("The supplier can continue with: {noun}"),
        (_, StateKind::Submitted) => format!("Being looked at: {noun}"),
        _ => noun,
    };
    let ahead = match scene.ahead {
        Some(0) => "Nothing is waiting for you, and nothing else has to be done first.".to_owned(),
        Some(1) => "Nothing is waiting for you. Somebody else has 1 task to do first.".to_owned(),
        Some(count) => format!("Nothing is waiting for you. Others have {count} tasks to do first."),
        None => "Nothing is waiting for you.".to_owned(),
    };
    let text = due_text(turn, scene.today, &ahead);
    (false, who, headline, text, None)
}

fn where_are_we(scene: &Scene) -> AnyView {
    let journey = scene.journey();
    let live = match journey.phase {
        Phase::Live { since } => {
            Some(format!("Live since {}. {}. ", dates::day_of(since), live_at(journey.sites_in_use().count(), scene.planned)))
        }
        _ => None,
    };
    let sites = live.as_ref().and_then(|_| journey.plan().find(|spec| spec.page == Page::Sites)).map(|spec| scene.link(&spec.id));
    let open = journey
        .plan()
        .map(|spec| (spec, journey.task(&spec.id).open_conditions().count()))
        .find(|(spec, count)| spec.page == Page::GoLive && *count > 0);
    let open =
        open.map(|(spec, count)| view! { <p>{format!("{} open: ", counted(count, "condition"))}{scene.link(&spec.id)}"."</p> });
    let live = live.map(|text| view! { <p>{text}{suspended_now(journey)}{sites.map(|link| view! { {link} "." })}</p> });
    view! { {live} <p>{stage_of(scene)}</p> {open} }.into_any()
}

fn stage_of(scene: &Scene) -> String {
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

/// What else the reader can do now, else what comes when that is done.
fn what_is_next(scene: &Scene) -> AnyView {
    let journey = scene.journey();
    let mine: Vec<&Turn> = scene.now.turns.iter().filter(|turn| wording::is_mine(turn, &scene.visitor, journey)).collect();
    let first = overview::first_of(journey, mine.iter().copied()).map(|turn| &turn.task);
    let others: Vec<&TaskId> = mine.iter().map(|turn| &turn.task).filter(|task| Some(*task) != first).collect();
    if !others.is_empty() {
        let more = others.len().saturating_sub(OTHERS);
        let links = others.iter().take(OTHERS).map(|task| view! { <li>{scene.link(task)}</li> }).collect_view();
        return view! {
            "You can also do: " <ul>{links}</ul> {(more > 0).then(|| format!("And {} below.", counted(more, "more task")))}
        }
        .into_any();
    }
    match &scene.now.next {
        Some((task, _)) => view! { {scene.link(task)} "." }.into_any(),
        None => "Every task that is left can be done now.".into_any(),
    }
}

/// Other tasks of the reader that are named.
const OTHERS: usize = 4;

/// Who has how many tasks, the reader first; then what is waited for, since when and by when.
fn whose_turn(scene: &Scene) -> AnyView {
    let journey = scene.journey();
    let around = wording::around(journey, scene.names());
    let summary = turns::in_words(&around.held(&scene.now.turns, &scene.visitor.actor));
    let mut awaited: Vec<&Turn> = scene.now.turns.iter().filter(|turn| turn.awaited).collect();
    // Two holders at once is normal: the reader's own first.
    awaited.sort_by_key(|turn| !wording::is_mine(turn, &scene.visitor, journey));
    if summary.is_empty() {
        return "Nobody's: everything is done.".into_any();
    }
    let all = awaited.len();
    let items = awaited
        .into_iter()
        .take(5)
        .map(|turn| {
            let (mine, text) = wording::held(turn, &scene.visitor, journey, scene.names(), scene.today);
            view! { <li>{mine.then(|| view! { <b>"Your turn "</b> })}{text} " " {scene.link(&turn.task)} "."</li> }
        })
        .collect_view();
    view! {
        <b>{summary}</b>
        {(all > 0).then(|| view! { <ul>{items}</ul> })}
        {(all > 5).then(|| format!("And {} below.", counted(all - 5, "more task")))}
        {wording::give_the_role(&scene.nobody)}
    }
    .into_any()
}

fn what_stops(scene: &Scene) -> AnyView {
    let journey = scene.journey();
    let Some((task, stops)) = &scene.now.next else { return "Nothing.".into_any() };
    let items = stops
        .iter()
        .map(|stop| {
            let turns: Vec<Turn> = scene.now.turns.iter().filter(|turn| turn.task == stop.task).cloned().collect();
            let held = wording::around(journey, scene.names()).held(&turns, &scene.visitor.actor);
            let who: Vec<String> =
                held.iter().map(|held| if held.who == Who::You { "you".to_owned() } else { held.who.in_words() }).collect();
            let who = if who.is_empty() { " (cannot start yet)".to_owned() } else { format!(" ({})", words::listed(who)) };
            let blocks = journey.process.task(task).map(|spec| wording::blocks(journey, spec, &stop.task));
            view! { <li>{scene.link(&stop.task)}{blocks}{who}</li> }
        })
        .collect_view();
    view! { {format!("“{}” is waiting for:", scene.noun(task))} <ul>{items}</ul> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_live_product_says_how_far_it_has_come() {
        assert_eq!(live_at(0, 40), "The product is live");
        assert_eq!(live_at(12, 40), "The product is live at 12 of 40 planned sites");
        assert_eq!(live_at(1, 1), "The product is live at 1 of 1 planned site");
        assert_eq!(live_at(3, 2), "The product is live at 3 sites", "more than were planned");
        assert_eq!(live_at(1, 0), "The product is live at 1 site");
    }
}
