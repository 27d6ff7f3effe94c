//! What may be done to a task: each action turns its fields into one command and hands it to `post::perform`.
//!
//! Long because every action on a task is here, each of a few lines.

use journey::{
    base::{actor::Role, ids::TaskId, text},
    form::{Answers, Problem, Problems},
    ledger::{
        event::{Event, Finding},
        journey::Journey,
        machine::Verb,
        refusal::Refusal,
        standing::Standing,
    },
    plan::{
        opening_form,
        process::{Page, Settle, TaskSpec},
    },
    port::{Submission, WriteError},
    rule::{command::Command, draft::DraftSeen, offers, review},
    scal::{book::Entry, stage, verdicts},
};
use leptos::prelude::*;

use crate::{
    act::{
        action::{ActionRequest, ActionResult, Typed, act},
        load::load,
        post::{Along, perform, perform_along},
        sent,
    },
    base::{
        halt::Halt,
        paths,
        words::{counted, encode},
    },
    desk::{drafts, judged::judged, ods, second_thoughts::drafts_again, ticked, working::working_copy},
    request::{
        flash,
        services::{Services, services},
        visitor::calling,
    },
};

/// Fields that every form of a task sends.
pub(crate) fn wish(journey: &str, task: &str, seen: u64, typed: Answers) -> ActionRequest {
    ActionRequest {
        journey: journey.to_owned(),
        task: task.to_owned(),
        seen: Some(seen),
        page: format!("/tasks/{}", encode(task)),
        typed,
        role: None,
        instead: String::new(),
        drafts: Vec::new(),
        sent: Vec::new(),
    }
}

/// The same, with a draft that becomes what is recorded, as it was seen.
fn ending(mut wish: ActionRequest, subject: &str, version: u64) -> ActionRequest {
    if let Ok(task) = wish.task.parse() {
        wish.drafts.push(DraftSeen { task, subject: subject.to_owned(), version });
    }
    wish
}

pub(crate) fn id_of(spec: Option<&TaskSpec>) -> Result<TaskId, Refusal> {
    spec.map(|spec| spec.id.clone()).ok_or(Refusal::Unknown)
}

/// The journey page and what happened. Whose turn it is now is added for whoever reads it (`post::perform`).
pub(crate) fn done(after: &Journey, events: &[Event], heading: String) -> (String, String, String) {
    let live = events.contains(&Event::WentLive);
    let text = if live { format!("{} is live.", after.opening.product) } else { String::new() };
    (paths::journey(&after.reference), heading, text)
}

/// The same, back on the task's own page.
pub(crate) fn stay(after: &Journey, events: &[Event], heading: String) -> (String, String, String) {
    let (home, heading, text) = done(after, events, heading);
    let task = events.first().and_then(Event::task).map(|task| format!("/tasks/{task}")).unwrap_or_default();
    (format!("{home}{task}"), heading, text)
}

/// The SCAL is sent and judged row by row (`scal::actions`): what must be true of its rows is not gone past here.
fn not_the_scal(spec: Option<&TaskSpec>) -> Result<(), Refusal> {
    if spec.is_some_and(|spec| spec.page == Page::Scal) { Err(Refusal::Unknown) } else { Ok(()) }
}

/// Records that work has started.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "task/start")]
pub async fn start(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] seen: u64,
) -> ActionResult {
    act(perform(
        wish(&journey, &task, seen, Answers::default()),
        |_, spec| Ok(Command::Start { task: id_of(spec)? }),
        |after, events| stay(after, events, "It is recorded that work has started".to_owned()),
    ))
    .await
}

/// Submits the words of a task, or marks it as done.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "task/submit")]
pub async fn submit(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] seen: u64,
    #[server(default)] version: u64,
    #[server(default)] answers: Typed,
    #[server(default)] file: Typed,
    #[server(default)] also: Vec<String>,
) -> ActionResult {
    let answers = Answers(answers);
    act(async move {
        let rows = rows_that_go_along(&journey, &task).await?;
        let doubts = doubts_about(&journey, &task, &answers).await?;
        let mut typed = answers.clone();
        if !also.is_empty() {
            typed.0.insert(ticked::ALSO.to_owned(), also.clone());
        }
        let mut settled = None;
        let to = perform(
            ending(wish(&journey, &task, seen, typed), "answers", version),
            |journey, spec| {
                not_the_scal(spec)?;
                // A form that sends words sends of chosen files only their names.
                let chosen = file.iter().flat_map(|(field, names)| names.iter().map(move |name| (field, name)));
                let problems: Vec<Problem> = chosen
                    .filter(|(_, name)| !name.is_empty())
                    .map(|(field, name)| {
                        let says =
                            format!("{name} is chosen but not uploaded. Choose it again and press Upload, then send the form");
                        Problem::new(field, says)
                    })
                    .collect();
                if !problems.is_empty() {
                    return Err(Refusal::Invalid(Problems(problems)));
                }
                let answers = match spec {
                    Some(spec) if spec.closes.is_some() => stage::with_rows(spec, &journey.opening, &answers, &rows),
                    _ => answers.clone(),
                };
                Ok(Command::Submit { task: id_of(spec)?, answers })
            },
            |after, events| {
                let spec = events.first().and_then(Event::task).and_then(|id| after.process.task(id));
                settled = spec;
                let heading = match spec {
                    Some(spec) if spec.settle == Settle::OnSubmit => format!("{}: completed", spec.noun),
                    Some(spec) => format!("{}: sent", spec.noun),
                    None => String::new(),
                };
                if doubts == 0 {
                    return done(after, events, heading);
                }
                let (to, heading, text) = stay(after, events, heading);
                let says = format!("The register of ODS codes does not match {}: see below.", counted(doubts, "organisation"));
                (to, heading, format!("{says} {text}").trim_end().to_owned())
            },
        )
        .await?;
        if let Some(done) = settled.filter(|_| !also.is_empty()) {
            ticked::complete(&journey, done, &also).await?;
        }
        Ok(to)
    })
    .await
}

/// Organisations of a group that is sent of which the register of ODS codes says that something is wrong. It stops nobody.
async fn doubts_about(journey: &str, task: &str, answers: &Answers) -> Result<usize, Halt> {
    let (services, caller) = (services()?, calling()?);
    let (Some(visitor), Ok(id)) = (&caller.visitor, task.parse::<TaskId>()) else { return Ok(0) };
    // Nothing else names members and who leads them.
    if answers.one("lead_ods").is_empty() || answers.one("members").is_empty() {
        return Ok(0);
    }
    let journey = load(&services, visitor, journey).await?.journey;
    match journey.process.task(&id) {
        Some(spec) => ods::doubts(&services, &journey, spec, answers).await,
        None => Ok(0),
    }
}

/// The SCAL as its own side works on it, when the task is a test stage; nothing otherwise, and nothing for anybody else.
async fn rows_that_go_along(journey: &str, task: &str) -> Result<Vec<Entry>, Halt> {
    let (services, caller) = (services()?, calling()?);
    let (Some(visitor), Ok(id)) = (&caller.visitor, task.parse()) else { return Ok(Vec::new()) };
    let journey = load(&services, visitor, journey).await?.journey;
    let stage = journey.process.task(&id).is_some_and(|spec| spec.page == Page::Testing);
    match journey.process.scal() {
        Some(scal) if stage && visitor.actor.organisation == journey.organisation => {
            working_copy(&services, &journey, scal, true).await
        }
        _ => Ok(Vec::new()),
    }
}

/// Answers what was sent.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "task/acknowledge")]
pub async fn acknowledge(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] seen: u64,
    #[server(default)] note: String,
    #[server(default)] answers: Typed,
    #[server(default)] instead: String,
) -> ActionResult {
    let typed = Answers(answers);
    act(perform(
        ActionRequest { instead, ..wish(&journey, &task, seen, typed.clone().with("note", &note)) },
        |journey, spec| match spec {
            // Whoever opens the engagement confirms the plan with it, or corrects it.
            Some(spec) if spec.opens_engagement && !typed.is_blank() => {
                let plan = opening_form::read_plan(&journey.process.side, &typed).map_err(Refusal::Invalid)?;
                Ok(Command::OpenEngagement { task: spec.id.clone(), note: note.clone(), plan })
            }
            spec => Ok(Command::Acknowledge { task: id_of(spec)?, note: note.clone() }),
        },
        |after, events| {
            let spec = events.first().and_then(Event::task).and_then(|task| after.process.task(task));
            let heading = if spec.is_some_and(|spec| spec.confirm) { "It is confirmed" } else { "Your answer is sent" };
            stay(after, events, heading.to_owned())
        },
    ))
    .await
}

/// Sends back what waits to be confirmed, with what to change.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "task/ask-for-a-change")]
pub async fn ask_for_a_change(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] seen: u64,
    #[server(default)] note: String,
    #[server(default)] instead: String,
) -> ActionResult {
    act(perform(
        ActionRequest { instead, ..wish(&journey, &task, seen, Answers::default().with("note", &note)) },
        |_, spec| {
            // What is reviewed is returned on the page of its review, with a verdict on each answer.
            let spec = spec.filter(|spec| spec.confirm).ok_or(Refusal::Unknown)?;
            if text::tidy(&note).is_empty() {
                return Err(Refusal::problem("note", "Say what to change"));
            }
            let findings = vec![Finding { field: None, words: note.clone() }];
            Ok(Command::Return { task: spec.id.clone(), findings, accepted: Vec::new(), conditions: Vec::new() })
        },
        |after, events| stay(after, events, "It went back to the supplier with what to change".to_owned()),
    ))
    .await
}

/// Issues something.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "task/issue")]
pub async fn issue(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] seen: u64,
    #[server(default)] note: String,
    #[server(default)] instead: String,
) -> ActionResult {
    act(perform(
        ActionRequest { instead, ..wish(&journey, &task, seen, Answers::default().with("note", &note)) },
        |_, spec| Ok(Command::Issue { task: id_of(spec)?, note: note.clone() }),
        |after, events| stay(after, events, "It is issued".to_owned()),
    ))
    .await
}

/// Says that what was settled still holds, though something that it rests on has changed.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "task/still-holds")]
pub async fn still_holds(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] seen: u64,
    #[server(default)] reason: String,
    #[server(default)] basis: String,
    #[server(default)] instead: String,
) -> ActionResult {
    act(perform(
        ActionRequest { instead, ..wish(&journey, &task, seen, Answers::default().with("reason", &reason).with("holds", "yes")) },
        |_, spec| {
            let basis = basis.parse().map_err(|_| Refusal::BasisChanged)?;
            Ok(Command::StillHolds { task: id_of(spec)?, reason: reason.clone(), basis })
        },
        |after, events| stay(after, events, "It is recorded that this still holds".to_owned()),
    ))
    .await
}

/// Approves, returns with findings, or refuses.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "task/review")]
pub async fn review(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] seen: u64,
    #[server(default)] role: String,
    #[server(default)] version: u64,
    #[server(default)] answers: Typed,
    #[server(default)] instead: String,
) -> ActionResult {
    act(async move {
        let typed = Answers(answers);
        let team = named_role(&role);
        let mut wish = wish(&journey, &task, seen, typed.clone());
        wish.role = team;
        wish.instead = instead;
        let (make, seen_rows) = judging(&journey, &task, team, typed).await?;
        wish.drafts = seen_rows;
        // The draft of the team that decides; a form that names no team was made of none.
        if let Some(team) = team {
            wish = ending(wish, &review::subject_of(team), version);
        }
        perform(wish, make, |after, events| {
            let heading = decided_heading(after, events);
            done(after, events, heading)
        })
        .await
    })
    .await
}

/// The same looked at and not recorded: what would be decided stands on a page of its own, and its words are kept as the draft.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "task/check")]
pub async fn check(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] seen: u64,
    #[server(default)] role: String,
    #[server(default)] version: u64,
    #[server(default)] answers: Typed,
    #[server(default)] instead: String,
) -> ActionResult {
    act(async move {
        let typed = Answers(answers);
        let Some(team) = named_role(&role) else { return Err(Halt::Missing) };
        let mut wish = wish(&journey, &task, seen, typed.clone());
        wish.role = Some(team);
        wish.instead = instead.clone();
        let page = format!("/journeys/{}{}", encode(&journey), wish.page);
        let (make, _) = judging(&journey, &task, Some(team), typed.clone()).await?;
        let checked = paths::check(&page, team, &instead);
        let along = Along { only_checked: true, ..Along::default() };
        let to = perform_along(wish, make, along, |_, _| (checked.clone(), String::new(), String::new())).await?;
        if to != checked {
            return Ok(to);
        }
        match drafts::save(&journey, &task, &review::subject_of(team), version, &typed).await? {
            drafts::Saving::Saved(_) => Ok(checked),
            unsaved => {
                drafts::keep_unsaved(&journey, &page, unsaved, typed).await?;
                Ok(page)
            }
        }
    })
    .await
}

/// What somebody typed about what was sent, turned into a decision, and the drafts of the rows that it is made of.
async fn judging(
    journey: &str,
    task: &str,
    team: Option<Role>,
    typed: Answers,
) -> Result<(impl Fn(&Journey, Option<&'static TaskSpec>) -> Result<Command, Refusal> + use<>, Vec<DraftSeen>), Halt> {
    let services = services()?;
    let caller = calling()?;
    let sent = submissions(&services, journey, task).await?;
    let (rows, seen_rows) = rows_judged(&services, journey, task, team).await?;
    let make = move |journey: &Journey, spec: Option<&'static TaskSpec>| {
        let spec = spec.ok_or(Refusal::Unknown)?;
        not_the_scal(Some(spec))?;
        let work = spec.reviews.as_ref().and_then(|id| journey.process.task(id)).unwrap_or(spec);
        let last = sent.last().map(sent::answers_of).transpose().map_err(|_| Refusal::NothingToDo)?.unwrap_or_default();
        let form = review::judged_form(journey, work, &last);
        let actor = caller.visitor.as_ref().map(|visitor| &visitor.actor).ok_or(Refusal::Unknown)?;
        // Whoever may not decide is refused by the rules, with their own words about it.
        let role = match team {
            Some(team) => actor.only(team).and_then(|only| offers::judge(journey, &only, Verb::Approve, &spec.id).ok()),
            None => offers::judge(journey, actor, Verb::Approve, &spec.id).ok(),
        };
        let judged = match role {
            Some(role) => judged(&form, role, journey.task(&spec.id), &sent).map_err(|_| Refusal::NothingToDo)?,
            None => Vec::new(),
        };
        // Rows of the SCAL that went along are judged at their bench: what was typed here of one is no verdict on it.
        let typed = review::with_rows(journey.went_along(spec), &judged, &typed, &rows)?;
        let command = review::review(&spec.id, &judged, &typed);
        if role.is_none() && matches!(command, Err(Refusal::Invalid(_))) {
            return Ok(Command::Approve {
                task: spec.id.clone(),
                note: String::new(),
                accepted: Vec::new(),
                conditions: Vec::new(),
            });
        }
        command
    };
    Ok((make, seen_rows))
}

/// The decision that a team's draft makes, and the drafts of rows beside it: for the page that shows it before it is recorded.
///
/// # Errors
/// When the database does not answer. The inner error says why it makes none.
pub(crate) async fn drafted_decision(
    journey: &Journey,
    spec: &'static TaskSpec,
    team: Role,
    typed: Answers,
) -> Result<Result<Command, Refusal>, Halt> {
    let (make, _) = judging(&journey.reference.to_string(), spec.id.as_str(), Some(team), typed).await?;
    Ok(make(journey, Some(spec)))
}

/// What a decision has done: for all, or for one team while others still look.
pub(crate) fn decided_heading(after: &Journey, events: &[Event]) -> String {
    let Some(spec) = events.first().and_then(Event::task).and_then(|task| after.process.task(task)) else {
        return String::new();
    };
    let waits = after.standing(&spec.id) == Standing::Submitted;
    let label = &spec.noun;
    match events.first() {
        Some(Event::Approved { role, .. }) if waits => {
            format!("{label}: approved by {}", role.the())
        }
        Some(Event::Returned { .. }) if waits => {
            "Your findings are recorded. They go to the supplier when every team has finished".to_owned()
        }
        Some(Event::Approved { .. }) if !after.task(&spec.id).asked.is_empty() => {
            "Every team has finished. It goes back to the supplier with what the other teams asked for".to_owned()
        }
        Some(Event::Approved { .. }) => format!("{label}: approved"),
        Some(Event::Returned { .. } | Event::SentBack { .. }) => "Returned to the supplier".to_owned(),
        _ => format!("{label}: refused"),
    }
}

/// A role by the name that a form sends; `None` for an empty or unknown one.
pub(crate) fn named_role(name: &str) -> Option<Role> {
    Role::ALL.iter().copied().find(|role| role.name() == name)
}

/// Undoes the decision that whoever asks has made on a task.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "task/undo")]
pub async fn undo(#[server(default)] journey: String, #[server(default)] task: String) -> ActionResult {
    act(async {
        let (services, caller) = (services()?, calling()?);
        let at = services.clock.now();
        let again = match &caller.visitor {
            Some(visitor) => {
                let loaded = load(&services, visitor, &journey).await?;
                let spec = task.parse().ok().and_then(|id: TaskId| loaded.journey.process.task(&id)).ok_or(Halt::Missing)?;
                let decided = loaded.journey.undoable(spec).map(|deed| deed.seq);
                let event = loaded.history.iter().find(|recorded| Some(recorded.seq) == decided);
                let person = &visitor.actor.person;
                event.map_or_else(Vec::new, |recorded| drafts_again(&loaded.journey, spec, &recorded.event, person, at))
            }
            None => Vec::new(),
        };
        let says = |words: &str| format!("Everything is as it was before, and nobody was told of it by email. {words}");
        // What is written into no draft, such as an answer, and what a colleague has begun to write in its place, is not lost.
        let in_history = says("What you wrote is in the history.");
        let text = if again.is_empty() { in_history.clone() } else { says("Your words are in the form.") };
        // What was recorded since is the rule's to look at, whatever the page showed.
        let wish = ActionRequest { seen: None, ..wish(&journey, &task, 0, Answers::default()) };
        let mut undone = None;
        let heading = "Your decision is undone";
        let to = perform(
            wish,
            |_, spec| Ok(Command::Undo { task: id_of(spec)?, at }),
            |after, events| {
                undone = Some(after.reference.clone());
                let (to, heading, _) = stay(after, events, heading.to_owned());
                (to, heading, text)
            },
        )
        .await?;
        if let Some(reference) = undone.filter(|_| !again.is_empty()) {
            match services.store.save_drafts(&reference, again).await {
                Ok(()) => {}
                Err(WriteError::Conflict) => flash::say(&caller, heading, in_history),
                Err(WriteError::Store(error)) => return Err(error.into()),
            }
        }
        Ok(to)
    })
    .await
}

/// Takes back the round that whoever asks has sent, and goes on with its words.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "task/take-back")]
pub async fn take_back(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] seen: u64,
) -> ActionResult {
    act(async {
        let (services, caller) = (services()?, calling()?);
        // For somebody who may not look at it there is nothing to look up: the rules say so.
        let opened = match &caller.visitor {
            Some(visitor) => {
                let loaded = load(&services, visitor, &journey).await?;
                let id: TaskId = task.parse().map_err(|_| Halt::Missing)?;
                let round = loaded.journey.task(&id).round;
                services.store.opened(&loaded.journey.reference, &id, round).await?.is_some()
            }
            None => false,
        };
        perform(
            wish(&journey, &task, seen, Answers::default()),
            |_, spec| Ok(Command::TakeBackRound { task: id_of(spec)?, opened }),
            |after, events| {
                let (to, heading, _) = stay(after, events, "You have taken it back".to_owned());
                (to, heading, "Your words are in the form. Change them and send them again.".to_owned())
            },
        )
        .await
    })
    .await
}

/// Sends a round back before every team has finished.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "task/send-back")]
pub async fn send_back(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] seen: u64,
    #[server(default)] reason: String,
) -> ActionResult {
    act(perform(
        wish(&journey, &task, seen, Answers::default().with("reason", &reason)),
        |_, spec| Ok(Command::SendBack { task: id_of(spec)?, reason: reason.clone() }),
        |after, events| {
            let heading = decided_heading(after, events);
            stay(after, events, heading)
        },
    ))
    .await
}

/// The submissions that a review task decides on. Whoever may not see the journey learns nothing: `perform` asks first.
async fn submissions(services: &Services, journey: &str, task: &str) -> Result<Vec<Submission>, Halt> {
    let caller = calling()?;
    let (Some(visitor), Ok(id)) = (&caller.visitor, task.parse()) else { return Ok(Vec::new()) };
    let loaded = load(services, visitor, journey).await?;
    let Some(spec) = loaded.journey.process.task(&id) else { return Ok(Vec::new()) };
    sent::needed(services, &loaded.journey, spec).await
}

/// The verdicts that a team has kept on the rows of the SCAL that went with a test stage, with the versions of their drafts:
/// one that a colleague saves meanwhile stops the decision. Nothing for whoever does not decide there.
async fn rows_judged(
    services: &Services,
    journey: &str,
    task: &str,
    team: Option<Role>,
) -> Result<(Answers, Vec<DraftSeen>), Halt> {
    let caller = calling()?;
    let (Some(visitor), Ok(id)) = (&caller.visitor, task.parse::<TaskId>()) else { return Ok(Default::default()) };
    let journey = load(services, visitor, journey).await?.journey;
    let along = journey.process.task(&id).map(|spec| journey.went_along(spec)).unwrap_or_default();
    let role =
        team.or_else(|| offers::judge(&journey, &visitor.actor, Verb::Approve, &id).ok()).filter(|role| visitor.actor.is(*role));
    let Some(role) = role.filter(|_| !along.is_empty()) else { return Ok(Default::default()) };
    let mut drafts = services.store.drafts(&journey.reference, &id, verdicts::SUBJECT).await?;
    let own = |subject: &str| along.iter().any(|along| along.team == role && verdicts::subject_of(&along.row) == subject);
    drafts.retain(|draft| own(&draft.subject));
    let typed = verdicts::typed(&drafts).map_err(Halt::Fault)?;
    let seen = drafts.into_iter().map(|draft| DraftSeen { task: draft.task, subject: draft.subject, version: draft.version });
    Ok((typed, seen.collect()))
}
