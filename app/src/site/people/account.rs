//! `/account`: who I am, for whom I act, where I am signed in, my password.

use journey::{
    base::ids::{Digest, OrganisationId},
    people::{rules, second_steps},
    port::WriteError,
    view::notices::Notices,
};
use leptos::prelude::*;

use crate::{
    act::{
        action::{ActionResult, act, signed_in},
        page::{context, page, titled},
    },
    base::{dates, halt::Halt, said::RefusedForm},
    design::{
        Button,
        Column::{Unseen, Words},
        Grid, Hidden, SummaryRow, Title, ask, say,
    },
    request::{flash, services::services, visitor::calling},
    site::people::{
        second_step_set_up,
        tries::{Try, remember},
    },
};

/// `/account`
#[component]
pub fn Account() -> impl IntoView {
    page(async {
        let context = context().await?;
        let visitor = context.visitor()?;
        let now = context.services.clock.now();
        let sessions = context.services.store.sessions(&visitor.actor.person, now).await?;
        let step = context.services.store.second_step(&visitor.actor.person).await?;
        let must = second_steps::must(visitor.memberships.iter().flat_map(|m| m.roles.iter().copied()));
        let chosen = context.services.store.notices_of(&visitor.actor.person).await?;
        let here = context.caller.session.id().map(|id| Digest::of(id.to_string().as_bytes()));
        let roles: Vec<&str> = visitor.actor.roles.iter().map(|role| role.title()).collect();
        let others: Vec<(String, String)> = visitor
            .memberships
            .iter()
            .filter(|m| m.organisation.id != visitor.organisation.id)
            .map(|m| (m.organisation.id.to_string(), m.organisation.name.clone()))
            .collect();
        let switch = others
            .into_iter()
            .map(|(id, name)| {
                view! {
                    <form action="/do/account/switch" method="post">
                        <Hidden values=vec![("organisation", id)] />
                        <Button text=format!("Act for {name}") secondary=true small=true />
                    </form>
                }
            })
            .collect_view();
        let several = sessions.len() > 1;
        let rows = sessions
            .into_iter()
            .map(|session| {
                let current = here.as_ref() == Some(&session.handle);
                let agent = browser(&session.agent);
                let named = agent.clone();
                view! {
                    <tr role="row">
                        <td role="cell" data-l="Browser">{agent}{current.then_some(" (here)")}</td>
                        <td role="cell" data-l="Signed in">{dates::moment(session.since)}</td>
                        <td role="cell" data-l="Last seen">{dates::moment(session.seen)}</td>
                        <td role="cell">
                            {(!current)
                                .then(|| {
                                    view! {
                                        <form action="/do/account/end-session" method="post">
                                            <Hidden values=vec![("session", session.handle.to_string())] />
                                            <button class="gpc-linkbutton">"End"<span class="nhsuk-u-visually-hidden">{format!(" the session in {named}")}</span></button>
                                        </form>
                                    }
                                })}
                        </td>
                    </tr>
                }
            })
            .collect_view();
        let kept = context.kept.clone();
        let body = view! {
            {say::kept(kept.as_ref())}
            {say::banner(context.banner)}
            <Title text="Your account" />
            <dl class="nhsuk-summary-list">
                <SummaryRow key="Name" value=visitor.name.clone() />
                <SummaryRow key="Email address" value=visitor.email.clone() />
                <SummaryRow key="You act for" value=visitor.organisation.name.clone() />
                <SummaryRow key="As" value=roles.join(", ") />
            </dl>
            <p>
                <a href="/account/name">"Change your name"</a>
                <br />
                <a href="/account/leave">{format!("Leave {}", visitor.organisation.name)}</a>
            </p>
            {switch}
            {second_step_set_up::section(step.as_ref(), must)}
            {notices_view(chosen)}
            <h2 class="nhsuk-heading-m">"Where you are signed in"</h2>
            <Grid caption="Your sessions, last seen first" columns=[Words("Browser"), Words("Signed in"), Words("Last seen"), Unseen("End")] rows=rows.into_any() />
            {several
                .then(|| {
                    view! {
                        <form class="gpc-below" action="/do/account/end-other-sessions" method="post">
                            <Button text="Sign out everywhere else" secondary=true small=true />
                        </form>
                    }
                })}
            <h2 class="nhsuk-heading-m gpc-below">"Change your password"</h2>
            <form action="/do/account/change-password" method="post" novalidate>
                // For whatever keeps passwords: whose this one is.
                <input type="email" autocomplete="username" value=visitor.email.clone() hidden />
                {ask::password("current", "Your current password", "", "current-password", kept.as_ref())}
                {ask::password("password", "New password", "At least 12 characters. Three random words are easy to remember.", "new-password", kept.as_ref())}
                {ask::password("again", "The same password again", "", "new-password", kept.as_ref())}
                <p>"You stay signed in here and are signed out everywhere else."</p>
                <Button text="Change the password" secondary=true />
            </form>
        }
        .into_any();
        Ok((titled("Your account", kept.as_ref()), body))
    })
}

/// When letters come.
fn notices_view(chosen: Notices) -> AnyView {
    let options = Notices::ALL
        .iter()
        .map(|&choice| {
            let (label, about) = match choice {
                Notices::Needed => (
                    "At once when something needs you",
                    "An email at once when it is your turn, when somebody waits for your answer and when a message mentions you. One email at 7 in the morning has the rest. This is so until you choose.",
                ),
                Notices::AtOnce => ("At once, whatever it is", "An email for each message, turn and decision, as it happens."),
                Notices::Daily => {
                    ("Once a day", "One email at 7 in the morning, when there is something new, even when it is your turn. A message that mentions you still reaches you at once.")
                }
                Notices::Never => ("No emails", "You see what is new when you sign in. Nobody reminds you, even when it is your turn to sign."),
            };
            let id = format!("notices-{}", choice.name());
            let about_id = format!("{id}-about");
            view! {
                <div class="nhsuk-radios__item">
                    <input class="nhsuk-radios__input" id=id.clone() name="choice" type="radio" value=choice.name() checked=choice == chosen aria-describedby=about_id.clone() />
                    <label class="nhsuk-label nhsuk-radios__label" for=id>{label}</label>
                    <div class="nhsuk-hint nhsuk-radios__hint" id=about_id>{about}</div>
                </div>
            }
        })
        .collect_view();
    view! {
        <form class="gpc-below" action="/do/account/notices" method="post" id="notices" novalidate>
            <div class="nhsuk-form-group">
                <fieldset class="nhsuk-fieldset" aria-describedby="notices-hint">
                    <legend class="nhsuk-fieldset__legend nhsuk-fieldset__legend--m">
                        <h2 class="nhsuk-fieldset__heading">"When do you want emails?"</h2>
                    </legend>
                    <div class="nhsuk-hint" id="notices-hint">
                        "This covers messages, turns and decisions. Emails about your account, invitations and receipts for what you send always come."
                    </div>
                    <div class="nhsuk-radios">{options}</div>
                </fieldset>
            </div>
            <Button text="Save your choice" secondary=true />
        </form>
    }
    .into_any()
}

/// Chooses when letters come.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "account/notices")]
pub async fn choose_notices(#[server(default)] choice: String) -> ActionResult {
    act(async move {
        let (services, caller) = (services()?, calling()?);
        let visitor = signed_in(&caller, "/account", &Default::default()).await?;
        let choice: Notices = choice.parse().map_err(|_| Halt::Missing)?;
        services.store.choose_notices(&visitor.actor.person, choice).await?;
        let text = match choice {
            Notices::Needed => "Emails come at once when something needs you. The rest comes once a day, at 7 in the morning.",
            Notices::AtOnce => "Emails come as things happen.",
            Notices::Daily => "One email a day comes at 7 in the morning, when there is something new.",
            Notices::Never => "No emails come about messages, turns and decisions.",
        };
        flash::say(&caller, "Your choice is saved", text);
        Ok("/account".to_owned())
    })
    .await
}

/// "Firefox on Windows", from what a browser says of itself.
pub(crate) fn browser(agent: &str) -> String {
    let pick = |known: &[(&str, &'static str)]| known.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
    let name =
        pick(&[("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari")]);
    let system = pick(&[
        ("Windows", "Windows"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Mac OS", "Mac"),
        ("Linux", "Linux"),
    ]);
    match (name, system) {
        (Some(name), Some(system)) => format!("{name} on {system}"),
        (Some(name), None) => name.to_owned(),
        _ => "Another program".to_owned(),
    }
}

/// Acts for another organisation of one's own. The session gets a new id.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "account/switch")]
pub async fn switch(#[server(default)] organisation: String) -> ActionResult {
    act(async move {
        let caller = calling()?;
        let visitor = signed_in(&caller, "/account", &Default::default()).await?;
        let wanted: OrganisationId = organisation.parse().map_err(|_| Halt::Missing)?;
        let Some(membership) = visitor.memberships.iter().find(|m| m.organisation.id == wanted) else {
            return Err(Halt::Missing);
        };
        caller.session.cycle_id().await.map_err(Halt::session)?;
        caller.session.insert("organisation", wanted.as_str()).await.map_err(Halt::session)?;
        flash::say(&caller, format!("You now act for {}", membership.organisation.name), "");
        Ok("/account".to_owned())
    })
    .await
}

/// Ends one session of one's own.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "account/end-session")]
pub async fn end_session(#[server(default)] session: String) -> ActionResult {
    act(async move {
        let (services, caller) = (services()?, calling()?);
        let visitor = signed_in(&caller, "/account", &Default::default()).await?;
        let handle: Digest = session.parse().map_err(|_| Halt::Missing)?;
        services.store.end_sessions(&visitor.actor.person, Some(&handle), None).await?;
        flash::say(&caller, "The session was ended", "");
        Ok("/account".to_owned())
    })
    .await
}

/// Ends every session of one's own but this one.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "account/end-other-sessions")]
pub async fn end_other_sessions() -> ActionResult {
    act(async {
        let (services, caller) = (services()?, calling()?);
        let visitor = signed_in(&caller, "/account", &Default::default()).await?;
        let keep = caller.session.id().map(|id| id.to_string());
        services.store.end_sessions(&visitor.actor.person, None, keep.as_deref()).await?;
        flash::say(&caller, "You are signed out everywhere else", "");
        Ok("/account".to_owned())
    })
    .await
}

/// Sets another password; every other session ends with it.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "account/change-password")]
pub async fn change_password(
    #[server(default)] current: String,
    #[server(default)] password: String,
    #[server(default)] again: String,
) -> ActionResult {
    act(async move {
        let (services, caller) = (services()?, calling()?);
        let visitor = signed_in(&caller, "/account", &Default::default()).await?;
        let back = "/account".to_owned();
        let now = services.clock.now();
        let refuse = |problems: Vec<journey::form::Problem>, detail: &str| RefusedForm {
            path: "/account".to_owned(),
            heading: "The password was not changed".to_owned(),
            detail: detail.to_owned(),
            problems,
            ..RefusedForm::default()
        };
        let this = Try::own(&services, &caller, "change", &visitor.email, now);
        if this.too_many().await? {
            flash::keep(&caller.session, refuse(Vec::new(), "There were too many tries. Wait 15 minutes, then try again."))
                .await?;
            return Ok(back);
        }
        let person = services.store.person(&visitor.actor.person).await?.ok_or(Halt::Missing)?;
        let fits =
            services.secrets.fits(current, Some(person.password)).await.map_err(|busy| Halt::Unavailable(busy.to_string()))?;
        let mut problems = rules::password(&password, &again, &visitor.email).err().map(|p| p.0).unwrap_or_default();
        if !fits {
            problems.insert(0, journey::form::Problem::new("current", "Enter the password you use now"));
        }
        if !problems.is_empty() {
            flash::keep(&caller.session, refuse(problems, "")).await?;
            return Ok(back);
        }
        let hash = services.secrets.hash(password).await.map_err(|busy| Halt::Unavailable(busy.to_string()))?;
        caller.session.cycle_id().await.map_err(Halt::session)?;
        caller.session.save().await.map_err(Halt::session)?;
        let keep = caller.session.id().map(|id| id.to_string());
        match services.store.set_password(&visitor.actor.person, &hash, keep.as_deref(), None, now).await {
            Ok(()) => {}
            Err(WriteError::Conflict) => return Err(Halt::Unavailable("many accounts change at once".to_owned())),
            Err(WriteError::Store(error)) => return Err(error.into()),
        }
        this.right().await?;
        remember(&services, &visitor.email, &hash).await?;
        flash::say(&caller, "Your password is changed", "You were signed out everywhere else.");
        Ok(back)
    })
    .await
}
