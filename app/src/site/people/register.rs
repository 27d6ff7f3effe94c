//! Registering an organisation with its first person, and confirming the address.

use journey::{
    base::{
        actor::{Role, Side},
        ids::Digest,
    },
    form::{Answers, Problem},
    people::rules,
    port::{LinkPurpose, Organisation, Person, WriteError},
};
use leptos::prelude::*;

use crate::{
    act::{
        action::{ActionResult, Typed, act},
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
        sign_in::{How, confirmation, enter},
        tries::{Try, a_while_ago},
    },
};

/// `/register`
#[component]
pub fn Register() -> impl IntoView {
    page(async {
        let context = context().await?;
        let kept = context.kept.clone();
        let answers = context.typed_or(Answers::default());
        let fields: Vec<AnyView> = rules::registration()
            .fields
            .iter()
            .map(|field| {
                let autocomplete = match field.id.as_str() {
                    "organisation" => "organization",
                    "name" => "name",
                    "email" => "email",
                    _ => "",
                };
                ask::question(field, &answers, kept.as_ref(), &Look { autocomplete, ..Look::default() })
            })
            .collect();
        let body = view! {
            <div class="nhsuk-grid-row">
                <div class="nhsuk-grid-column-two-thirds">
                    {say::kept(kept.as_ref())}
                    <Title text="Create an account for your organisation" />
                    <p>
                        "For suppliers who want to connect a product to GP Connect. If a colleague is already here, ask them to invite you. "
                        "If you were sent a link to sign or to join, open that link instead."
                    </p>
                    <form action="/do/account/register" method="post" novalidate>
                        {fields}
                        {ask::password(
                            "password",
                            "Choose a password",
                            "At least 12 characters. Three random words are easy to remember and hard to guess.",
                            "new-password",
                            kept.as_ref(),
                        )}
                        <Button text="Create the account" />
                    </form>
                </div>
            </div>
        }
        .into_any();
        Ok((titled("Create an account", kept.as_ref()), body))
    })
}

/// Registers. Whether the address was known is told to its owner alone, by letter.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "account/register")]
pub async fn register(#[server(default)] answers: Typed, #[server(default)] password: String) -> ActionResult {
    act(async move {
        let (services, caller) = (services()?, calling()?);
        let typed = Answers(answers);
        let checked = rules::registration().check(&typed);
        let mut problems: Vec<Problem> = checked.as_ref().err().map(|p| p.0.clone()).unwrap_or_default();
        // It is typed a second time where the address is confirmed.
        if let Err(more) = rules::password(&password, &password, typed.one("email")) {
            problems.extend(more.0);
        }
        let Ok(clean) = checked.map_err(drop).and_then(|clean| if problems.is_empty() { Ok(clean) } else { Err(()) }) else {
            let detail = "Your answers are kept. Enter the password again.".to_owned();
            let kept = RefusedForm { path: "/register".to_owned(), heading: "There is a problem".to_owned(), detail, problems, typed };
            flash::keep(&caller.session, kept).await?;
            return Ok("/register".to_owned());
        };
        let email = clean.one("email").to_owned();
        let now = services.clock.now();
        if Try::of_address(&services, &caller, "register", now).too_many().await? {
            let kept = RefusedForm {
                path: "/register".to_owned(),
                heading: "There were too many tries".to_owned(),
                detail: "Wait 15 minutes, then try again.".to_owned(),
                typed,
                ..RefusedForm::default()
            };
            flash::keep(&caller.session, kept).await?;
            return Ok("/register".to_owned());
        }
        // Codes are public: that one is taken tells nothing about a person.
        let code = clean.one("ods_code");
        if !code.is_empty() && services.store.organisation_coded(Side::Supplier, code).await?.is_some() {
            let says = "An organisation with this ODS code is registered. Ask a colleague there to invite you, or leave the code empty: NHS England can confirm it later";
            let kept = RefusedForm {
                path: "/register".to_owned(),
                heading: "There is a problem".to_owned(),
                detail: "Enter the password again.".to_owned(),
                problems: vec![Problem::new("ods_code", says)],
                typed,
            };
            flash::keep(&caller.session, kept).await?;
            return Ok("/register".to_owned());
        }
        let hash = services.secrets.hash(password).await.map_err(|busy| Halt::Unavailable(busy.to_string()))?;
        let person = Person { id: services.person_id(), email: email.clone(), name: clean.one("name").to_owned(), password: hash, confirmed: false, locked: false };
        let organisation = Organisation {
            id: services.organisation_id(),
            name: clean.one("organisation").to_owned(),
            ods_code: clean.one("ods_code").to_owned(),
            side: Side::Supplier,
        };
        let (link, letter) = confirmation(&services, &person);
        match services.store.register(organisation, person, vec![Role::OnboardingLead], link, letter).await {
            Ok(()) => {}
            Err(WriteError::Conflict) => {
                let (mut link, _) = crate::site::people::new_link(&services, LinkPurpose::Confirm, &email);
                link.expires_at = link.created_at;
                let letter = letters::account(
                    format!("known-{}", link.token),
                    &email,
                    "You already have an account",
                    "Somebody, perhaps you, tried to register with this address. It has an account: sign in, or set a new password there.",
                    &format!("{}/sign-in", services.base_url),
                );
                // A form that is sent twice at once is one registration, and its letter has just gone.
                services.store.add_link_once(link, Some(letter), a_while_ago(now)).await?;
            }
            Err(WriteError::Store(error)) => return Err(error.into()),
        }
        let typed = Answers::default().with("email", &email);
        caller.said.refuse(RefusedForm { path: "/register/sent".to_owned(), typed, ..RefusedForm::default() });
        Ok("/register/sent".to_owned())
    })
    .await
}

/// `/register/{token}`: the address is confirmed by a button, because mail scanners open links.
#[component]
pub fn Confirm() -> impl IntoView {
    let token = param("token");
    page(async move {
        let context = context().await?;
        if token == "sent" {
            let email = context.kept.map(|kept| kept.typed.one("email").to_owned()).filter(|email| !email.is_empty());
            let email = email.unwrap_or_else(|| "your address".to_owned());
            let body = view! {
                <div class="nhsuk-grid-row">
                    <div class="nhsuk-grid-column-two-thirds">
                        <Title text="Check your email" />
                        <p>"We sent an email to " <strong>{email}</strong> ". Open the link in it to confirm that the address is yours. It works for 48 hours."</p>
                        <p>"Nothing there after a few minutes? Check your junk folder, or "<a href="/register">"register again"</a>"."</p>
                    </div>
                </div>
            }
            .into_any();
            return Ok(("Check your email".to_owned(), body));
        }
        let digest = Digest::of(token.as_bytes());
        let link = context.services.store.link(&digest, LinkPurpose::Confirm, context.services.clock.now()).await?;
        let body = match link {
            Some(link) => view! {
                {say::kept(context.kept.as_ref())}
                <Title text="Confirm your email address" />
                <p>
                    "This confirms that " <strong>{link.email}</strong> " is yours. Enter the password that you chose when you registered. "
                    "If you did not register, close this page: without the password nothing happens."
                </p>
                <form action="/do/account/confirm" method="post" novalidate>
                    <Hidden values=vec![("token", token)] />
                    {ask::password("password", "Password", "", "current-password", context.kept.as_ref())}
                    <Button text="Confirm and sign in" />
                </form>
                <p>"You do not know it any more? "<a href="/reset-password">"Set a new password"</a>", then open the link in our first email again."</p>
            }
            .into_any(),
            None => view! {
                <Title text="This link does not work any more" />
                <p>"It was used before, or it is older than 48 hours. " <a href="/sign-in">"Sign in"</a> ": if your address is not confirmed yet, we send you a new link."</p>
            }
            .into_any(),
        };
        let body = view! { <div class="nhsuk-grid-row"><div class="nhsuk-grid-column-two-thirds">{body}</div></div> }.into_any();
        Ok(("Confirm your email address".to_owned(), body))
    })
}

/// Confirms an address and signs in. The link alone is not enough: somebody else may have registered with this address and
/// a password of theirs, and its owner must not open the door for them.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "account/confirm")]
pub async fn confirm(#[server(default)] token: String, #[server(default)] password: String) -> ActionResult {
    act(async move {
        let (services, caller) = (services()?, calling()?);
        let digest = Digest::of(token.as_bytes());
        let back = format!("/register/{}", encode(&token).replace('/', ""));
        let now = services.clock.now();
        let Some(link) = services.store.link(&digest, LinkPurpose::Confirm, now).await? else { return Ok(back) };
        let refuse = |heading: &str, detail: &str, problems: Vec<Problem>| RefusedForm {
            path: back.clone(),
            heading: heading.to_owned(),
            detail: detail.to_owned(),
            problems,
            ..RefusedForm::default()
        };
        let this = Try::own(&services, &caller, "confirm", &link.email, now);
        if this.too_many().await? {
            flash::keep(&caller.session, refuse("There were too many tries", "Wait 15 minutes, then try again.", Vec::new()))
                .await?;
            return Ok(back);
        }
        let person = services.store.person_by_email(&link.email).await?;
        let hash = person.as_ref().map(|p| p.password.clone());
        let fits = services.secrets.fits(password, hash).await.map_err(|busy| Halt::Unavailable(busy.to_string()))?;
        let Some(person) = person.filter(|_| fits) else {
            let problems = vec![Problem::new("password", "Enter the password that you chose when you registered")];
            flash::keep(&caller.session, refuse("There is a problem", "The address has not been confirmed yet.", problems))
                .await?;
            return Ok(back);
        };
        match services.store.confirm(&digest, now).await {
            Ok(()) => {}
            Err(WriteError::Conflict) => return Ok(back),
            Err(WriteError::Store(error)) => return Err(error.into()),
        }
        this.right().await?;
        let to = enter(&services, &caller, &person, How::Password, "/journeys").await?;
        flash::say(&caller, "Your email address is confirmed", "You are signed in. Open your first journey.");
        Ok(to)
    })
    .await
}
