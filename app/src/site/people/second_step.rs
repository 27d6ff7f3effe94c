//! Showing the second step: after the password, and again before what others rely on.

use journey::{
    base::ids::PersonId,
    form::Problem,
    people::second_steps,
    port::{
        Letter, Person,
        audit::{Act, Noted},
        second_steps::SecondStep,
    },
};
use leptos::prelude::*;

use crate::{
    act::{
        action::{ActionResult, act},
        page::{context, page, titled},
    },
    base::{halt::Halt, paths, said::RefusedForm},
    design::{Button, Details, Hidden, Title, ask, say},
    request::{
        flash,
        services::{Services, services},
        visitor::{Caller, SECOND_STEP, calling, path, query},
    },
    site::people::{
        sign_in::{How, enter, local, waiting},
        tries::{Try, is_known},
    },
};

/// Who is asked for a second step.
struct Asked {
    id: PersonId,
    email: String,
    /// The whole account of somebody whose password fitted and who is not signed in yet.
    waits: Option<Person>,
}

impl Asked {
    /// Whoever is signed in, or waits to be.
    async fn of(services: &Services, caller: &Caller) -> Result<Option<Self>, Halt> {
        if let Some(account) = &caller.account {
            return Ok(Some(Self { id: account.person.clone(), email: account.email.clone(), waits: None }));
        }
        let waits = waiting(services, caller).await?;
        Ok(waits.map(|person| Self { id: person.id.clone(), email: person.email.clone(), waits: Some(person) }))
    }

    /// The page on which they are asked.
    fn page(&self) -> &'static str {
        if self.waits.is_some() { paths::SIGN_IN_SECOND_STEP } else { paths::SECOND_STEP }
    }
}

/// Where to begin anew when nobody is asked for anything.
fn to_sign_in(next: &str) -> String {
    paths::then("/sign-in", next)
}

/// Where somebody goes who is signed in and has no second step to show.
fn without(caller: &Caller, next: &str) -> String {
    match &caller.account {
        Some(account) if account.withheld => paths::then(paths::SET_UP_SECOND_STEP, next),
        _ if next.is_empty() => "/account".to_owned(),
        _ => local(next),
    }
}

/// `/sign-in/second-step` and `/second-step`
#[component]
pub fn SecondStepPage() -> impl IntoView {
    page(async {
        let context = context().await?;
        let (services, next) = (&context.services, query("next"));
        let Some(asked) = Asked::of(services, &context.caller).await? else { return Err(Halt::Elsewhere(to_sign_in(&next))) };
        if path() != asked.page() {
            return Err(Halt::Elsewhere(paths::then(asked.page(), &next)));
        }
        let Some(step) = services.store.second_step(&asked.id).await? else {
            return Err(Halt::Elsewhere(without(&context.caller, &next)));
        };
        let kept = context.kept.clone();
        let why = match &asked.waits {
            Some(_) => "Your password is right. Now enter the code that your authenticator app shows.",
            None => "What you are about to do needs a second step that is less than 15 minutes old. What you typed is kept.",
        };
        let recovery = view! {
            <form action="/do/account/second-step" method="post" novalidate>
                <Hidden values=vec![("next", next.clone())] />
                {ask::code("recovery", "Recovery code", "16 letters and digits, in four groups. Each code works once.", kept.as_ref())}
                <Button text="Continue with a recovery code" secondary=true />
            </form>
            <p>
                "No recovery codes either? Ask a colleague who looks after the people of your organisation, or write to "
                {services.help_address.to_string()} "."
            </p>
        };
        let in_recovery = kept.as_ref().is_some_and(|kept| kept.problem("recovery").is_some());
        let body = view! {
            <div class="nhsuk-grid-row">
                <div class="nhsuk-grid-column-two-thirds">
                    {say::kept(kept.as_ref())}
                    {say::banner(context.banner)}
                    <Title text="Show your second step" />
                    <p>{why}</p>
                    {shared_code(services, &step.key)}
                    <form action="/do/account/second-step" method="post" novalidate>
                        <Hidden values=vec![("next", next)] />
                        {ask::code("code", "Code", "6 digits. The app shows another code every 30 seconds.", kept.as_ref())}
                        <Button text="Continue" />
                    </form>
                    <Details summary="I cannot use my app" open=in_recovery body=recovery.into_any() />
                    {asked.waits.is_some().then(|| view! { <p><a href="/sign-in">"Sign in as somebody else"</a></p> })}
                </div>
            </div>
        }
        .into_any();
        Ok((titled("Show your second step", kept.as_ref()), body))
    })
}

/// The code of this moment, in the demo, where everybody may sign in as everybody.
pub(crate) fn shared_code(services: &Services, key: &second_steps::AppKey) -> Option<AnyView> {
    services.shows_codes.then(|| {
        let code = key.code(services.clock.now());
        view! {
            <div class="nhsuk-inset-text">
                <p>"This is a demo, so the code is here: " <strong id="shared-code">{code}</strong></p>
            </div>
        }
        .into_any()
    })
}

/// Shows the second step: the code of an app, or a recovery code.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "account/second-step")]
pub async fn show_second_step(
    #[server(default)] code: String,
    #[server(default)] recovery: String,
    #[server(default)] next: String,
) -> ActionResult {
    act(async move {
        let (services, caller) = (services()?, calling()?);
        let next = if next.is_empty() { next } else { local(&next) };
        let Some(asked) = Asked::of(&services, &caller).await? else { return Ok(to_sign_in(&next)) };
        let Some(step) = services.store.second_step(&asked.id).await? else { return Ok(without(&caller, &next)) };
        let (now, back) = (services.clock.now(), paths::then(asked.page(), &next));
        let known = is_known(&services, &asked.email, asked.waits.as_ref());
        let this = match &asked.waits {
            Some(_) => Try::second_step(&services, &caller, &asked.email, known, now),
            None => Try::own(&services, &caller, "second-step again", &asked.email, now),
        };
        let refuse = |heading: &str, detail: &str, problems| RefusedForm {
            path: asked.page().to_owned(),
            heading: heading.to_owned(),
            detail: detail.to_owned(),
            problems,
            ..RefusedForm::default()
        };
        if this.too_many().await? {
            let kept = refuse("There were too many tries", "Wait 15 minutes, then try again.", Vec::new());
            flash::keep(&caller.session, kept).await?;
            return Ok(back);
        }
        let by_recovery = !recovery.trim().is_empty();
        let fits = if by_recovery {
            let digest = second_steps::recovery_digest(&asked.id, &recovery);
            let left = match step.codes_left.saturating_sub(1) {
                0 => "None is left: make new ones on your account page.".to_owned(),
                1 => "One is left.".to_owned(),
                more => format!("{more} are left."),
            };
            let text = format!("Somebody, probably you, signed in with one of your recovery codes. {left}");
            let letter = told(&services, &asked.email, "A recovery code was used", &text);
            services.store.use_recovery_code(&asked.id, &digest, letter, now).await?
        } else {
            fits(&services, &asked.id, &step, &code).await?
        };
        if !fits {
            let noted = Noted {
                id: services.secrets.id(),
                at: now,
                act: Act::SignInFailed,
                person: Some(asked.id.clone()),
                organisation: None,
                journey: None,
                about: "the second step was wrong".to_owned(),
                reason: String::new(),
                address: caller.address.clone(),
            };
            services.store.note(noted).await?;
            let problem = match (by_recovery, code.trim().is_empty()) {
                (true, _) => Problem::new("recovery", "Check the recovery code: it does not fit, or it was used before"),
                (false, true) => Problem::new("code", "Enter the 6 digits that your app shows"),
                (false, false) => {
                    Problem::new("code", "Enter the code that your app shows now: this one does not fit, or it was used before")
                }
            };
            flash::keep(&caller.session, refuse("There is a problem", "", vec![problem])).await?;
            return Ok(back);
        }
        this.right().await?;
        match &asked.waits {
            Some(person) => enter(&services, &caller, person, How::Strong(now), &next).await,
            None => {
                caller.session.cycle_id().await.map_err(Halt::session)?;
                caller.session.insert(SECOND_STEP, now.as_second()).await.map_err(Halt::session)?;
                Ok(if next.is_empty() { "/account".to_owned() } else { next })
            }
        }
    })
    .await
}

/// Whether this is a code of the app that nobody has used, and uses it.
async fn fits(services: &Services, person: &PersonId, step: &SecondStep, code: &str) -> Result<bool, Halt> {
    // Of the demo everybody shares the accounts, and the codes.
    let last = if services.shows_codes { 0 } else { step.last };
    let Some(used) = step.key.accepts(code, services.clock.now(), last) else { return Ok(false) };
    Ok(services.store.use_code(person, used).await? || services.shows_codes)
}

/// An email about somebody's own second step. It has no link: whoever did not expect it writes.
pub(crate) fn told(services: &Services, email: &str, subject: &str, text: &str) -> Letter {
    Letter {
        id: format!("second-step-{}", services.secrets.id()),
        to: email.to_owned(),
        subject: subject.to_owned(),
        body: format!(
            "Hello,\n\n{text}\n\nIf this was not you, set a new password at once and write to {}.\n\n{}/reset-password\n",
            services.help_address, services.base_url
        ),
        enclosed: None,
    }
}
