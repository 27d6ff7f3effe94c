//! A form of a task that was refused by the rules: whoever sent it comes back with every word.

use journey::{
    form::{Answers, Problems},
    ledger::refusal::Refusal,
};

use crate::{
    base::{halt::Halt, said::RefusedForm},
    desk::context::TaskContext,
    request::flash,
};

/// Keeps what was typed for this page, with why it was refused. Answers the page.
///
/// # Errors
/// When the session cannot be kept.
pub(crate) async fn refused(desk: &TaskContext, path: String, refusal: &Refusal, typed: Answers) -> Result<String, Halt> {
    let (heading, detail) = refusal.sentence(desk.journey().process);
    let problems = match refusal {
        Refusal::Invalid(Problems(problems)) => problems.clone(),
        _ => Vec::new(),
    };
    let to = path.split(['?', '#']).next().unwrap_or_default().to_owned();
    flash::keep(&desk.context.caller.session, RefusedForm { path: to, heading, detail, problems, typed }).await?;
    Ok(path)
}
