//! Raising, assessing, mending, closing and opening a defect again: each turns its fields into one command.

use journey::{
    conformance::plain,
    form::Answers,
    ledger::{event::Event, journey::Journey, machine::Verb, refusal::Refusal},
    plan::process::TaskSpec,
    rule::{command::Command, defects, offers},
};
use leptos::prelude::*;

use crate::{
    act::{
        action::{ActionRequest, ActionResult, Typed, act},
        post::perform,
    },
    base::{halt::Halt, paths},
    desk::actions::{id_of, wish},
    request::visitor::calling,
};

/// Raises a defect.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "defects/raise")]
pub async fn raise(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] answers: Typed,
) -> ActionResult {
    act(async move {
        // What must not be kept is taken out before anything is: also of what comes back refused.
        let (typed, masked) = plain::typed(Answers(answers).with("task", &task));
        let request = ActionRequest { seen: None, page: "/defects/new".to_owned(), ..wish(&journey, &task, 0, typed.clone()) };
        let visitor = calling()?.visitor;
        perform(
            request,
            |journey, spec| {
                let task = id_of(spec)?;
                let visitor = visitor.as_ref().ok_or(Refusal::Unknown)?;
                offers::judge(journey, &visitor.actor, Verb::RaiseDefect, &task)?;
                let (defect, assessment) = defects::read(&typed).map_err(Refusal::Invalid)?;
                Ok(Command::RaiseDefect { task, defect, assessment })
            },
            |after, events| {
                let number = events.first().and_then(Event::defect).unwrap_or(0);
                let hidden = masked.words().map(|words| format!(" {words}")).unwrap_or_default();
                let told = "Whoever has to act on it gets an email.";
                (paths::defect(&after.reference, number), format!("Defect D-{number} is raised"), format!("{told}{hidden}"))
            },
        )
        .await
    })
    .await
}

/// What is done about one defect: its page is where it comes back to.
async fn about(
    (journey, task, number, seen): (&str, &str, u32, u64),
    verb: Verb,
    typed: Answers,
    make: impl Fn(&Journey, Option<&'static TaskSpec>) -> Result<Command, Refusal>,
) -> Result<String, Halt> {
    let request =
        ActionRequest { page: format!("/defects/{number}"), ..wish(journey, task, seen, typed.with("form", verb.name())) };
    perform(request, make, |after, _| {
        let known = after.defect(number);
        let heading = match (verb, known) {
            (Verb::AssessDefect, Some(known)) => format!("Recorded: {}", known.assessment.in_words()),
            (Verb::MendDefect, _) => "It is recorded as mended".to_owned(),
            (Verb::CloseDefect, _) => format!("Defect D-{number} is closed"),
            _ => format!("Defect D-{number} is open again"),
        };
        let paused = known.and_then(|known| crate::act::wording::paused(after, &known.task));
        let text = paused.map_or_else(String::new, |paused| format!("The time of the supplier: {paused}"));
        (paths::defect(&after.reference, number), heading, text)
    })
    .await
}

/// Says who mends a defect, how bad it is and whether it blocks.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "defects/assess")]
pub async fn assess(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] number: u32,
    #[server(default)] seen: u64,
    #[server(default)] answers: Typed,
) -> ActionResult {
    act(async move {
        let typed = Answers(answers);
        about((&journey, &task, number, seen), Verb::AssessDefect, typed.clone(), |journey, spec| {
            let task = judged(journey, spec, Verb::AssessDefect)?;
            let (assessment, reason) = defects::read_assessment(&typed).map_err(Refusal::Invalid)?;
            Ok(Command::AssessDefect { task, number, assessment, reason })
        })
        .await
    })
    .await
}

/// Says that a defect is mended.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "defects/mend")]
pub async fn mend(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] number: u32,
    #[server(default)] seen: u64,
    #[server(default)] answers: Typed,
) -> ActionResult {
    act(async move {
        let typed = Answers(answers);
        about((&journey, &task, number, seen), Verb::MendDefect, typed.clone(), |_, spec| {
            let (what, version) = (typed.one("what").to_owned(), typed.one("version").to_owned());
            Ok(Command::MendDefect { task: id_of(spec)?, number, what, version })
        })
        .await
    })
    .await
}

/// Closes a defect.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "defects/close")]
pub async fn close(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] number: u32,
    #[server(default)] seen: u64,
    #[server(default)] answers: Typed,
) -> ActionResult {
    act(async move {
        let typed = Answers(answers);
        about((&journey, &task, number, seen), Verb::CloseDefect, typed.clone(), |journey, spec| {
            let task = judged(journey, spec, Verb::CloseDefect)?;
            let (how, words) = defects::read_closing(&typed).map_err(Refusal::Invalid)?;
            Ok(Command::CloseDefect { task, number, how, words })
        })
        .await
    })
    .await
}

/// Opens a defect again.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "defects/reopen")]
pub async fn reopen(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] number: u32,
    #[server(default)] seen: u64,
    #[server(default)] answers: Typed,
) -> ActionResult {
    act(async move {
        let typed = Answers(answers);
        about((&journey, &task, number, seen), Verb::ReopenDefect, typed.clone(), |_, spec| {
            Ok(Command::ReopenDefect { task: id_of(spec)?, number, words: typed.one("again").to_owned() })
        })
        .await
    })
    .await
}

/// The task, for whoever may do this there: nobody else is told what is wrong with their words.
fn judged(journey: &Journey, spec: Option<&'static TaskSpec>, verb: Verb) -> Result<journey::base::ids::TaskId, Refusal> {
    let task = id_of(spec)?;
    let visitor = calling().ok().and_then(|caller| caller.visitor);
    let visitor = visitor.ok_or(Refusal::Unknown)?;
    offers::judge(journey, &visitor.actor, verb, &task)?;
    Ok(task)
}
