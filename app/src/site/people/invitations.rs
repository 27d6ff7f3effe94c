//! Accepting an invitation: with a new account, or with the one that the person already has.

use journey::{
    base::ids::Digest,
    form::{Answers, Problem},
    people::rules,
    port::{LinkPurpose, Person, WriteError},
};
use leptos::prelude::*;

use crate::{
    act::{
        action::{ActionResult, Typed, act},
        page::{context, page, titled},
    },
    base::{halt::Halt, said::RefusedForm, words::encode},
    design::{
        Button, Hidden, Title,
        ask::{self, Look},
        say,
    },
    request::{
        flash,
        services::services,
        visitor::{calling, param},
    },
    site::people::sign_in::{How, enter},
};

/// `/invitations/{token}`
#[component]
pub fn Invitation() -> impl IntoView {
    let token = param("token");
    page(async move {
        let context = context().await?;
        let kept = context.kept.clone();
        let store = &context.services.store;
        let link = store.link(&Digest::of(token.as_bytes()), LinkPurpose::Invite, context.services.clock.now()).await?;
        let Some((link, organisation)) = (match link {
            Some(link) => match &link.organisation {
                Some(id) => store.organisation(id).await?.map(|organisation| (link.clone(), organisation)),
                None => None,
            },
            None => None,
        }) else {
            let body = view! {
                <Title text="This invitation does not work any more" />
                <p>"It was accepted before, taken back, or it is older than 14 days. Ask the person who invited you for a new one."</p>
                <p><a href="/sign-in">"Sign in"</a></p>
            }
            .into_any();
            return Ok(("Invitation".to_owned(), body));
        };
        let known = store.person_by_email(&link.email).await?;
        let roles: Vec<&str> = link.roles.iter().map(|role| role.title()).collect();
        let account = context.caller.account.clone();
        let here = format!("/invitations/{token}");
        let what = match (&known, &account) {
            (Some(person), Some(account)) if person.id == account.person => view! {
                <form action="/do/account/accept-invitation" method="post">
                    <Hidden values=vec![("token", token)] />
                    <Button text=format!("Join {}", organisation.name) />
                </form>
            }
            .into_any(),
            // Nobody is swapped for somebody else without being told.
            (_, Some(account)) => {
                let says = format!(
                    "This invitation is for {}. You are signed in as {}, {}. To accept it, sign out and continue as the person it is for.",
                    link.email, account.name, account.email
                );
                view! {
                    <div class="nhsuk-inset-text"><p>{says}</p></div>
                    <form action="/do/account/sign-out" method="post">
                        <Hidden values=vec![("next", here)] />
                        <Button text="Sign out and continue" />
                    </form>
                    <p><a href="/journeys">"Stay signed in, and go to your journeys"</a></p>
                }
                .into_any()
            }
            (Some(_), None) => view! {
                <p>"This address already has an account. Sign in with it, then accept."</p>
                <a class="nhsuk-button" role="button" draggable="false" href=format!("/sign-in?next={}", encode(&here))>"Sign in to accept"</a>
            }
            .into_any(),
            (None, None) => {
                let answers = context.typed_or(Answers::default());
                let look = Look { autocomplete: "name", ..Look::default() };
                let fields: Vec<AnyView> = rules::acceptance().fields.iter().map(|f| ask::question(f, &answers, kept.as_ref(), &look)).collect();
                view! {
                    <form action="/do/account/accept-invitation" method="post" novalidate>
                        <Hidden values=vec![("token", token)] />
                        {fields}
                        {ask::password("password", "Choose a password", "At least 12 characters. Three random words are easy to remember.", "new-password", kept.as_ref())}
                        {ask::password("again", "The same password again", "", "new-password", kept.as_ref())}
                        <Button text=format!("Join {}", organisation.name) />
                    </form>
                }
                .into_any()
            }
        };
        let title = format!("Join {}", organisation.name);
        let body = view! {
            <div class="nhsuk-grid-row">
                <div class="nhsuk-grid-column-two-thirds">
                    {say::kept(kept.as_ref())}
                    <Title text=title.clone() />
                    <p>"You were invited as " <strong>{roles.join(", ")}</strong> ", with the address " <strong>{link.email.clone()}</strong> "."</p>
                    {what}
                </div>
            </div>
        }
        .into_any();
        Ok((titled(&title, kept.as_ref()), body))
    })
}

/// Accepts an invitation and signs the person in.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "account/accept-invitation")]
pub async fn accept_invitation(
    #[server(default)] token: String,
    #[server(default)] answers: Typed,
    #[server(default)] password: String,
    #[server(default)] again: String,
) -> ActionResult {
    act(async move {
        let (services, caller) = (services()?, calling()?);
        let digest = Digest::of(token.as_bytes());
        let back = format!("/invitations/{}", encode(&token).replace('/', ""));
        let now = services.clock.now();
        let Some(link) = services.store.link(&digest, LinkPurpose::Invite, now).await? else { return Ok(back) };
        let known = services.store.person_by_email(&link.email).await?;
        let (person, new) = match known {
            Some(person) => {
                // The link alone is not enough: it may have been passed on. Whoever is signed in may belong nowhere yet.
                if caller.account.as_ref().is_none_or(|account| account.person != person.id) {
                    return Ok(back);
                }
                (person, None)
            }
            // Signed in as somebody else: the page names both.
            None if caller.account.is_some() => return Ok(back),
            None => {
                let typed = Answers(answers);
                let checked = rules::acceptance().check(&typed);
                let mut problems: Vec<Problem> = checked.as_ref().err().map(|p| p.0.clone()).unwrap_or_default();
                if let Err(more) = rules::password(&password, &again, &link.email) {
                    problems.extend(more.0);
                }
                let Ok(clean) = checked.map_err(drop).and_then(|clean| if problems.is_empty() { Ok(clean) } else { Err(()) })
                else {
                    let kept = RefusedForm {
                        path: back.clone(),
                        heading: "There is a problem".to_owned(),
                        detail: "Enter the password again.".to_owned(),
                        problems,
                        typed,
                    };
                    flash::keep(&caller.session, kept).await?;
                    return Ok(back);
                };
                let hash = services.secrets.hash(password).await.map_err(|busy| Halt::Unavailable(busy.to_string()))?;
                // The letter reached them: the address is theirs.
                let person = Person {
                    id: services.person_id(),
                    email: link.email.clone(),
                    name: clean.one("name").to_owned(),
                    password: hash,
                    confirmed: true,
                    locked: false,
                };
                (person.clone(), Some(person))
            }
        };
        match services.store.accept(&digest, person.id.clone(), new, now).await {
            Ok(()) => {}
            Err(WriteError::Conflict) => return Ok(back),
            Err(WriteError::Store(error)) => return Err(error.into()),
        }
        // Whoever is signed in has shown who they are, and a second step if they have one.
        let shown = caller.account.as_ref().and_then(|account| account.second_step);
        let programme = link.roles.iter().any(|role| role.side() == journey::base::actor::Side::Programme);
        let next = if programme { "/worklist" } else { "/journeys" };
        let how = shown.map_or(How::Password, How::Strong);
        let to = enter(&services, &caller, &person, how, next).await?;
        if let Some(organisation) = &link.organisation {
            caller.session.insert("organisation", organisation.as_str()).await.map_err(Halt::session)?;
        }
        flash::say(&caller, "Welcome", "You have joined. Your journeys are below.");
        Ok(to)
    })
    .await
}

/// `/no-organisation`: for whoever is signed in and belongs nowhere.
#[component]
pub fn NoOrganisation() -> impl IntoView {
    page(async {
        let context = context().await?;
        let Some(account) = context.caller.account.clone() else { return Err(Halt::SignIn) };
        if context.caller.visitor.is_some() {
            return Err(Halt::Elsewhere("/journeys".to_owned()));
        }
        if account.withheld {
            return Err(context.caller.nobody());
        }
        let body = view! {
            <div class="nhsuk-grid-row">
                <div class="nhsuk-grid-column-two-thirds">
                    {say::kept(context.kept.as_ref())}
                    {say::banner(context.banner)}
                    <Title text="You belong to no organisation here" />
                    <p>"You are signed in as " <strong>{account.name}</strong> ", " {account.email} ". Journeys are seen by people of the organisations that take part in them, and you belong to none now."</p>
                    <p>"Were you invited? Open the link in the email: it was sent to this address. Otherwise ask the lead of your organisation to invite you."</p>
                    <form action="/do/account/sign-out" method="post"><Button text="Sign out" secondary=true /></form>
                </div>
            </div>
        }
        .into_any();
        Ok(("You belong to no organisation here".to_owned(), body))
    })
}
