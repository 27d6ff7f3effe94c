//! The second step again: before what others rely on, whoever has one shows it anew unless they did a moment ago.

use journey::{form::Answers, people::second_steps};

use crate::{
    base::{halt::Halt, paths, said::RefusedForm},
    request::{flash, services::Services, visitor::Caller},
};

/// Where to show it, when the one that was shown in this session is too old. The words wait on the page that they came from. `None`
/// where it is fresh, and for whoever has none and need not: a role that must have one is withheld before ([`Caller::nobody`]).
///
/// # Errors
/// When the session cannot be kept.
pub async fn stale(services: &Services, caller: &Caller, page: &str, typed: &Answers) -> Result<Option<String>, Halt> {
    let shown = caller.account.as_ref().and_then(|account| account.second_step);
    let Some(shown) = shown.filter(|shown| !second_steps::is_fresh(*shown, services.clock.now())) else { return Ok(None) };
    tracing::debug!(%shown, "the second step is asked for again");
    let kept = RefusedForm {
        path: page.to_owned(),
        heading: "Nothing has been recorded yet".to_owned(),
        detail: "You were asked for your second step first. Check the words below, then send them again.".to_owned(),
        typed: typed.clone(),
        ..RefusedForm::default()
    };
    flash::keep(&caller.session, kept).await?;
    Ok(Some(paths::then(paths::SECOND_STEP, page)))
}
