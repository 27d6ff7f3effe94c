//! A forgotten password: a link by letter, used once, which ends every session.

use journey::{
    base::ids::Digest,
    form::Answers,
    people::rules,
    port::{LinkPurpose, WriteError},
};
use leptos::prelude::*;

use crate::{
    act::{
        action::{ActionResult, act},
        letters,
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
    site::people::{
        new_link,
        tries::{Try, a_while_ago, remember},
    },
};

/// `/reset-password`
#[component]
pub fn ForgotPassword() -> impl IntoView {
    page(async {
        let context = context().await?;
        let kept = context.kept.clone();
        let answers = context.typed_or(Answers::default());
        let look = Look { name: "email".to_owned(), autocomplete: "username", ..Look::default() };
        let fields: Vec<AnyView> =
            rules::email_only().fields.iter().map(|f| ask::question(f, &answers, kept.as_ref(), &look)).collect();
        let body = view! {
            <div class="nhsuk-grid-row">
                <div class="nhsuk-grid-column-two-thirds">
                    {say::kept(kept.as_ref())}
                    {say::banner(context.banner)}
                    <Title text="Set a new password" />
                    <p>"We send a link to your email address. It works for one hour."</p>
                    <form action="/do/account/forgot-password" method="post" novalidate>
                        {fields}
                        <Button text="Send the link" />
                    </form>
                </div>
            </div>
        }
        .into_any();
        Ok((titled("Set a new password", kept.as_ref()), body))
    })
}

/// Sends a link, if the address has an account and none was sent in the last 15 minutes: that one still works, and nobody
/// fills a letter box. The answer is the same either way.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "account/forgot-password")]
pub async fn forgot_password(#[server(default)] email: String) -> ActionResult {
    act(async move {
        let (services, caller) = (services()?, calling()?);
        let path = "/reset-password".to_owned();
        let typed = Answers::default().with("email", &email);
        let clean = match rules::email_only().check(&typed) {
            Ok(clean) => clean,
            Err(problems) => {
                let kept = RefusedForm {
                    path: path.clone(),
                    heading: "There is a problem".to_owned(),
                    detail: String::new(),
                    problems: problems.0,
                    typed,
                };
                flash::keep(&caller.session, kept).await?;
                return Ok(path);
            }
        };
        let (email, now) = (clean.one("email"), services.clock.now());
        if Try::of_address(&services, &caller, "reset", now).too_many().await? {
            let kept = RefusedForm {
                path: path.clone(),
                heading: "There were too many tries".to_owned(),
                detail: "Nothing was sent. Wait 15 minutes, then try again.".to_owned(),
                typed,
                ..RefusedForm::default()
            };
            flash::keep(&caller.session, kept).await?;
            return Ok(path);
        }
        // For an address without an account the same is asked and written, so that the time tells nothing: a link that
        // opens nothing, and no letter.
        let person = services.store.person_by_email(email).await?;
        let (mut link, token) = new_link(&services, LinkPurpose::Reset, email);
        let letter = letters::account(
            format!("reset-{}", link.token),
            email,
            "Set a new password",
            "Open this link to set a new password. It works for one hour. You are then signed out everywhere else.",
            &format!("{}/reset-password/{token}", services.base_url),
        );
        if person.is_none() {
            link.expires_at = link.created_at;
        }
        let letter = person.as_ref().map(|_| letter);
        link.person = person.map(|person| person.id);
        services.store.add_link_once(link, letter, a_while_ago(now)).await?;
        let says = "If this address has an account, a link is on its way, or came in the last 15 minutes.";
        flash::say(&caller, "Check your email", says);
        Ok(path)
    })
    .await
}

/// `/reset-password/{token}`
#[component]
pub fn ResetPassword() -> impl IntoView {
    let token = param("token");
    page(async move {
        let context = context().await?;
        let kept = context.kept.clone();
        let link =
            context.services.store.link(&Digest::of(token.as_bytes()), LinkPurpose::Reset, context.services.clock.now()).await?;
        let body = match link {
            Some(link) => view! {
                {say::kept(kept.as_ref())}
                <Title text="Choose a new password" />
                <p>"For " <strong>{link.email}</strong> "."</p>
                <form action="/do/account/reset-password" method="post" novalidate>
                    <Hidden values=vec![("token", token)] />
                    {ask::password("password", "New password", "At least 12 characters. Three random words are easy to remember.", "new-password", kept.as_ref())}
                    {ask::password("again", "The same password again", "", "new-password", kept.as_ref())}
                    <Button text="Set the new password" />
                </form>
            }
            .into_any(),
            None => view! {
                <Title text="This link does not work any more" />
                <p>"It was used before, or it is older than one hour. " <a href="/reset-password">"Ask for a new link"</a> "."</p>
            }
            .into_any(),
        };
        let body = view! { <div class="nhsuk-grid-row"><div class="nhsuk-grid-column-two-thirds">{body}</div></div> }.into_any();
        Ok((titled("Choose a new password", kept.as_ref()), body))
    })
}

/// Sets the new password and ends every session.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "account/reset-password")]
pub async fn reset_password(
    #[server(default)] token: String,
    #[server(default)] password: String,
    #[server(default)] again: String,
) -> ActionResult {
    act(async move {
        let (services, caller) = (services()?, calling()?);
        let digest = Digest::of(token.as_bytes());
        let back = format!("/reset-password/{}", encode(&token).replace('/', ""));
        let now = services.clock.now();
        let Some(link) = services.store.link(&digest, LinkPurpose::Reset, now).await? else { return Ok(back) };
        let Some(person) = link.person else { return Ok(back) };
        if let Err(problems) = rules::password(&password, &again, &link.email) {
            let kept = RefusedForm {
                path: back.clone(),
                heading: "There is a problem".to_owned(),
                problems: problems.0,
                ..RefusedForm::default()
            };
            flash::keep(&caller.session, kept).await?;
            return Ok(back);
        }
        let hash = services.secrets.hash(password).await.map_err(|busy| Halt::Unavailable(busy.to_string()))?;
        match services.store.set_password(&person, &hash, None, Some(&digest), now).await {
            Ok(()) => {
                // Whoever holds the address may try again at once.
                remember(&services, &link.email, &hash).await?;
                flash::say(&caller, "Your password is set", "Sign in with it. You were signed out everywhere else.");
                Ok("/sign-in".to_owned())
            }
            Err(WriteError::Conflict) => Ok(back),
            Err(WriteError::Store(error)) => Err(error.into()),
        }
    })
    .await
}
