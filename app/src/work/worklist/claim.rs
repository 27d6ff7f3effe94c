//! Claims: a task is taken, handed back, or the oldest that is free is taken.

use journey::{
    base::{
        actor::{Actor, Role, Side},
        ids::{JourneyRef, PersonId, TaskId},
    },
    ledger::journey::Journey,
    port::{WorkFilter, WriteError},
    rule::claims,
    view::turns::{self, Turn},
};
use leptos::prelude::*;

use crate::{
    act::{
        action::{ActionResult, act, signed_in},
        load::load,
        wording,
        worklist::teams,
    },
    base::{halt::Halt, paths, said::RefusedForm},
    request::{
        flash,
        services::services,
        visitor::{Visitor, calling},
    },
    site::people::sign_in::local,
};

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
            detail: "It is not waiting for you now.".to_owned(),
        });
    };
    let label = spec.noun.clone();
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
        let (journey, label) = (loaded.journey.reference.clone(), spec.noun.clone());
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
                "Your colleagues see that. Hand it back if you cannot continue.",
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
            detail: "Every task that is waiting has been claimed.".to_owned(),
            ..RefusedForm::default()
        };
        flash::keep(&caller.session, kept).await?;
        Ok("/worklist".to_owned())
    })
    .await
}
