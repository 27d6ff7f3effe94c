//! A second step that is lost: one person asks to take it away, another one agrees, and its owner sets up a new one.

use journey::{
    base::{
        actor::Role,
        ids::{OrganisationId, PersonId},
    },
    form::{Answers, Problem},
    people::{
        operators, rules,
        second_steps::{ResetPlace, may_confirm_reset},
    },
    port::{Member, WriteError, second_steps::Reset},
};
use leptos::prelude::*;

use crate::{
    act::{
        action::{ActionResult, act, signed_in},
        step_up,
    },
    base::{dates, halt::Halt, said::RefusedForm},
    design::{Button, Details, Hidden, ask},
    request::{
        flash,
        services::{Services, services},
        visitor::{Caller, Visitor, calling},
    },
    site::people::second_step::told,
};

const PAGE: &str = "/organisation";

/// What `/organisation` says of it to those who look after its people.
pub(crate) fn section(visitor: &Visitor, members: &[Member], resets: &[Reset], kept: Option<&RefusedForm>) -> AnyView {
    let name = |person: &PersonId| {
        members.iter().find(|member| member.person == *person).map_or_else(|| "Somebody else".to_owned(), |m| m.name.clone())
    };
    let waiting = resets
        .iter()
        .map(|reset| {
            let says = format!(
                "{} asked on {} to take away the second step of {}: {}",
                name(&reset.asked_by),
                dates::day_of(reset.at),
                name(&reset.person),
                reset.reason
            );
            let may = may_confirm_reset(&visitor.actor.person, &place(reset, members), false);
            let hidden = || vec![("person", reset.person.to_string())];
            let confirm = may.then(|| {
                view! {
                    <form action="/do/organisation/confirm-second-step-reset" method="post">
                        <Hidden values=hidden() />
                        <Button text=format!("Take it away from {}", name(&reset.person)) secondary=true small=true />
                    </form>
                }
            });
            let wait = (!may).then(|| view! { <p>"Somebody else who looks after the people of your organisation confirms it, or an operator."</p> });
            view! {
                <div class="nhsuk-inset-text">
                    <p class="gpc-lines">{says}</p>
                    {confirm}
                    {wait}
                    <form action="/do/organisation/take-back-second-step-reset" method="post">
                        <Hidden values=hidden() />
                        <button class="gpc-linkbutton">"Take the request back"<span class="nhsuk-u-visually-hidden">{format!(" about {}", name(&reset.person))}</span></button>
                    </form>
                </div>
            }
        })
        .collect_view();
    let refused = kept.filter(|kept| kept.problem("reset-reason").is_some());
    let chosen = refused.map(|kept| kept.typed.one("person").to_owned()).unwrap_or_default();
    let options = members
        .iter()
        .filter(|member| member.person != visitor.actor.person)
        .map(|member| {
            let id = member.person.to_string();
            let selected = id == chosen;
            view! { <option value=id selected=selected>{member.name.clone()}</option> }
        })
        .collect_view();
    let problem = refused.and_then(|kept| kept.problem("reset-reason"));
    let words = refused.map(|kept| kept.typed.one("reason").to_owned()).unwrap_or_default();
    let form = view! {
        <p>
            "If a colleague has lost their phone and their recovery codes, make sure that it is them who asks. A second person "
            "confirms it; your colleague then signs in with the password and sets up a new second step. Both are told by email."
        </p>
        <form action="/do/organisation/ask-second-step-reset" method="post" novalidate>
            <div class="nhsuk-form-group">
                <label class="nhsuk-label nhsuk-label--s" for="reset-person">"Who has lost it?"</label>
                <select class="nhsuk-select" id="reset-person" name="person">{options}</select>
            </div>
            {ask::words("reset-reason", "reason", "How do you know that it is them?", "Whoever confirms it reads this, and it is recorded.", &words, problem, 3)}
            <Button text="Ask to take it away" secondary=true />
        </form>
    };
    let open = refused.is_some();
    let several = members.len() > 1;
    view! {
        {waiting}
        {several.then(|| view! { <Details summary="A colleague has lost their second step" open=open class="gpc-below" body=form.into_any() /> })}
    }
    .into_any()
}

/// Where a reset is confirmed, as the rules see it.
pub(crate) fn place(reset: &Reset, members: &[Member]) -> ResetPlace {
    let keeps = |member: &&Member| rules::keeps_people(&member.roles);
    ResetPlace {
        person: reset.person.clone(),
        asked_by: reset.asked_by.clone(),
        keepers: members.iter().filter(keeps).map(|member| member.person.clone()).collect(),
        operates: members.iter().any(|member| member.roles.contains(&Role::Operator)),
    }
}

/// Whoever looks after the people of their organisation, and has shown their own second step lately if they have one.
async fn keeper(services: &Services, caller: &Caller, typed: &Answers) -> Result<Result<std::sync::Arc<Visitor>, String>, Halt> {
    let visitor = signed_in(caller, PAGE, typed).await?;
    if !rules::may_keep_people(&visitor.actor) {
        let heading = "You cannot change who belongs to this organisation".to_owned();
        return Err(Halt::NotYours { heading, detail: String::new() });
    }
    Ok(match step_up::stale(services, caller, PAGE, typed).await? {
        Some(to) => Err(to),
        None => Ok(visitor),
    })
}

async fn refuse(caller: &Caller, heading: &str, problems: Vec<Problem>, typed: Answers) -> Result<String, Halt> {
    let kept = RefusedForm {
        path: PAGE.to_owned(),
        heading: heading.to_owned(),
        detail: "Nothing was changed.".to_owned(),
        problems,
        typed,
    };
    flash::keep(&caller.session, kept).await?;
    Ok(PAGE.to_owned())
}

/// Asks to take away the lost second step of a colleague.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "organisation/ask-second-step-reset")]
pub async fn ask_second_step_reset(#[server(default)] person: String, #[server(default)] reason: String) -> ActionResult {
    act(async move {
        let (services, caller) = (services()?, calling()?);
        let typed = Answers::default().with("person", &person).with("reason", &reason);
        let visitor = match keeper(&services, &caller, &typed).await? {
            Ok(visitor) => visitor,
            Err(to) => return Ok(to),
        };
        let person: PersonId = person.parse().map_err(|_| Halt::Missing)?;
        let members = services.store.members(&visitor.organisation.id).await?;
        let member =
            members.iter().find(|member| member.person == person && person != visitor.actor.person).ok_or(Halt::Missing)?;
        let reason = match operators::reason().check(&Answers::default().with("reason", &reason)) {
            Ok(clean) => clean.one("reason").to_owned(),
            Err(_) => {
                let problems = vec![Problem::new("reset-reason", "Say how you know that it is them")];
                return refuse(&caller, "There is a problem", problems, typed).await;
            }
        };
        let reset = Reset {
            person: person.clone(),
            organisation: visitor.organisation.id.clone(),
            asked_by: visitor.actor.person.clone(),
            reason,
            at: services.clock.now(),
        };
        let text = format!("{} asked to take away your second step, because you have lost it.", visitor.name);
        let letter = told(&services, &member.email, "Is your second step lost?", &text);
        match services.store.ask_second_step_reset(&reset, visitor.by(), letter).await {
            Ok(()) => flash::say(&caller, "It is asked for", "Another person has to confirm it."),
            Err(WriteError::Conflict) => {
                return refuse(&caller, "They have no second step, or it was asked for already", Vec::new(), Answers::default())
                    .await;
            }
            Err(WriteError::Store(error)) => return Err(error.into()),
        }
        Ok(PAGE.to_owned())
    })
    .await
}

/// The reset of a person that waits in an organisation.
async fn waiting(services: &Services, organisation: &OrganisationId, person: &str) -> Result<Reset, Halt> {
    let resets = services.store.second_step_resets(organisation).await?;
    resets.into_iter().find(|reset| reset.person.as_str() == person).ok_or(Halt::Missing)
}

/// Agrees that the lost second step of somebody is taken away.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "organisation/confirm-second-step-reset")]
pub async fn confirm_second_step_reset(#[server(default)] person: String) -> ActionResult {
    act(async move {
        let (services, caller) = (services()?, calling()?);
        let visitor = match keeper(&services, &caller, &Answers::default()).await? {
            Ok(visitor) => visitor,
            Err(to) => return Ok(to),
        };
        let reset = waiting(&services, &visitor.organisation.id, &person).await?;
        let members = services.store.members(&visitor.organisation.id).await?;
        if !may_confirm_reset(&visitor.actor.person, &place(&reset, &members), false) {
            return refuse(&caller, "Somebody else has to confirm it", Vec::new(), Answers::default()).await;
        }
        confirm(&services, &caller, &visitor, &reset).await?;
        Ok(PAGE.to_owned())
    })
    .await
}

/// Takes it away, and tells its owner and whoever did it.
///
/// # Errors
/// [`Halt::Missing`] when somebody else was faster.
pub(crate) async fn confirm(services: &Services, caller: &Caller, visitor: &Visitor, reset: &Reset) -> Result<(), Halt> {
    let person = services.store.person(&reset.person).await?.ok_or(Halt::Missing)?;
    let text = "Your second step was taken away, because it was said to be lost. You were signed out everywhere. Sign in with your password and set up a new one.";
    let letter = told(services, &person.email, "Your second step was taken away", text);
    match services.store.confirm_second_step_reset(reset, visitor.by(), letter, services.clock.now()).await {
        Ok(()) => {
            tracing::info!(person = %visitor.actor.person, about = %reset.person, "took a second step away");
            flash::say(
                caller,
                format!("The second step of {} is taken away", person.name),
                "They set up a new one when they sign in.",
            );
            Ok(())
        }
        Err(WriteError::Conflict) => Err(Halt::Missing),
        Err(WriteError::Store(error)) => Err(error.into()),
    }
}

/// Takes a request back.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "organisation/take-back-second-step-reset")]
pub async fn take_back_second_step_reset(#[server(default)] person: String) -> ActionResult {
    act(async move {
        let (services, caller) = (services()?, calling()?);
        let visitor = match keeper(&services, &caller, &Answers::default()).await? {
            Ok(visitor) => visitor,
            Err(to) => return Ok(to),
        };
        let reset = waiting(&services, &visitor.organisation.id, &person).await?;
        services.store.drop_second_step_reset(&reset).await?;
        flash::say(&caller, "The request was taken back", "Their second step stays as it is.");
        Ok(PAGE.to_owned())
    })
    .await
}
