//! Setting up a second step, the recovery codes, and what `/account` says of them.

use journey::{
    base::ids::Digest,
    form::Problem,
    people::second_steps::{self, AppKey, RECOVERY_CODES as HOW_MANY, recovery_code, recovery_digest},
    port::{WriteError, second_steps::SecondStep},
};
use leptos::prelude::*;
use qrcodegen::{QrCode, QrCodeEcc};

use crate::{
    act::{
        action::{ActionResult, act},
        page::{PageContext, context, page, titled},
    },
    base::{dates, halt::Halt, paths, said::RefusedForm, words},
    design::{Button, ButtonLink, Hidden, Title, ask, say},
    request::{
        flash,
        services::{Services, services},
        visitor::{Account, Caller, SECOND_STEP, calling, in_background, query},
    },
    site::people::{
        second_step::{shared_code, told},
        sign_in::{home, local},
    },
};

/// Where a session holds the key that is being set up, and recovery codes until their page was shown.
const KEY: &str = "second_step_key";
const CODES: &str = "recovery_codes";

/// Where to show the second step first, for whoever has one and did not a moment ago: nobody replaces it with a password alone.
fn first(services: &Services, account: &Account, step: Option<&SecondStep>, next: &str) -> Option<String> {
    let fresh = account.second_step.is_some_and(|shown| second_steps::is_fresh(shown, services.clock.now()));
    (step.is_some() && !fresh).then(|| paths::then(paths::SECOND_STEP, next))
}

/// `/account/second-step/set-up`
#[component]
pub fn SetUpSecondStep() -> impl IntoView {
    page(async {
        let context = context().await?;
        let (services, next) = (&context.services, query("next"));
        let account = context.caller.account.clone().ok_or(Halt::SignIn)?;
        let step = services.store.second_step(&account.person).await?;
        let here = paths::then(paths::SET_UP_SECOND_STEP, &next);
        // Whoever has shown none in this session and has one, goes on once they have.
        let after = if account.withheld && step.is_some() { &next } else { &here };
        if let Some(to) = first(services, &account, step.as_ref(), after) {
            return Err(Halt::Elsewhere(to));
        }
        let key = key_of(&context).await?;
        let why = if account.withheld {
            "Your roles need a second step besides your password. You can use the service once it is set up."
        } else {
            "With a second step nobody signs in with your password alone."
        };
        let typed = grouped(&key.text());
        let kept = context.kept.clone();
        let body = view! {
            <div class="nhsuk-grid-row">
                <div class="nhsuk-grid-column-two-thirds">
                    {say::kept(kept.as_ref())}
                    {say::banner(context.banner)}
                    <Title text="Set up your second step" />
                    <p>{why}</p>
                    <ol class="nhsuk-list nhsuk-list--number">
                        <li>"Open an authenticator app on your phone or computer. Any app that shows 6-digit codes works."</li>
                        <li>"Scan this picture with it, or type the key into it."</li>
                        <li>"Enter the code that the app shows."</li>
                    </ol>
                    {picture(&key.address(&account.email))}
                    <p>"Key: " <code id="second-step-key">{typed}</code></p>
                    {shared_code(services, &key)}
                    <form action="/do/account/set-up-second-step" method="post" novalidate>
                        <Hidden values=vec![("next", next)] />
                        {ask::code("code", "Code", "6 digits. The app shows another code every 30 seconds.", kept.as_ref())}
                        <Button text="Set it up" />
                    </form>
                    <form action="/do/account/sign-out" method="post"><Button text="Sign out" secondary=true /></form>
                </div>
            </div>
        }
        .into_any();
        Ok((titled("Set up your second step", kept.as_ref()), body))
    })
}

/// The key that is being set up in this session, the same each time the page is loaded.
async fn key_of(context: &PageContext) -> Result<AppKey, Halt> {
    let session = &context.caller.session;
    let known: Option<String> = session.get(KEY).await.map_err(Halt::session)?;
    if let Some(key) = known.and_then(|text| AppKey::read(&text)) {
        return Ok(key);
    }
    let key = AppKey::from_token(&context.services.secrets.token());
    if !in_background() {
        session.insert(KEY, key.text()).await.map_err(Halt::session)?;
    }
    Ok(key)
}

/// In groups of four, as people read and type it.
fn grouped(key: &str) -> String {
    let groups: Vec<String> = key.chars().collect::<Vec<_>>().chunks(4).map(|group| group.iter().collect()).collect();
    groups.join(" ")
}

/// The picture that an app scans.
fn picture(address: &str) -> Option<AnyView> {
    let code = QrCode::encode_text(address, QrCodeEcc::Medium).ok()?;
    let size = code.size();
    let dark = (0..size).flat_map(|y| (0..size).map(move |x| (x, y))).filter(|(x, y)| code.get_module(*x, *y));
    let path: String = dark.map(|(x, y)| format!("M{x},{y}h1v1h-1z")).collect();
    let frame = format!("-4 -4 {0} {0}", size + 8);
    Some(
        view! {
            <svg viewBox=frame width="200" height="200" role="img" aria-label="The key as a QR code" shape-rendering="crispEdges">
                <rect x="-4" y="-4" width="100%" height="100%" fill="#ffffff" />
                <path d=path fill="#000000" />
            </svg>
        }
        .into_any(),
    )
}

/// Sets up the second step whose key the page showed, once its first code fits.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "account/set-up-second-step")]
pub async fn set_up_second_step(#[server(default)] code: String, #[server(default)] next: String) -> ActionResult {
    act(async move {
        let (services, caller) = (services()?, calling()?);
        let next = if next.is_empty() { next } else { local(&next) };
        let back = paths::then(paths::SET_UP_SECOND_STEP, &next);
        let account = caller.account.clone().ok_or(Halt::SignIn)?;
        let key: Option<String> = caller.session.get(KEY).await.map_err(Halt::session)?;
        let Some(key) = key.and_then(|text| AppKey::read(&text)) else { return Ok(back) };
        let before = services.store.second_step(&account.person).await?;
        if let Some(to) = first(&services, &account, before.as_ref(), &back) {
            return Ok(to);
        }
        let now = services.clock.now();
        let Some(last) = key.accepts(&code, now, 0) else {
            let says = "Enter the 6 digits that your app shows now for this key";
            let kept = RefusedForm {
                path: paths::SET_UP_SECOND_STEP.to_owned(),
                heading: "There is a problem".to_owned(),
                detail: "If codes keep being refused, check that the clock of your phone is right.".to_owned(),
                problems: vec![Problem::new("code", says)],
                ..RefusedForm::default()
            };
            flash::keep(&caller.session, kept).await?;
            return Ok(back);
        };
        let (codes, digests) = new_codes(&services, &account);
        let letter = told(
            &services,
            &account.email,
            "Your second step is set up",
            "A second step was set up for your account. You are signed out everywhere else.",
        );
        let step = SecondStep { key, last, since: now, codes_left: 0 };
        match services.store.set_up_second_step(&account.person, &step, &digests, before.is_some(), letter).await {
            Ok(()) => {}
            // Somebody who knows the password was faster: whoever has that one shows it.
            Err(WriteError::Conflict) => return Ok(paths::then(paths::SECOND_STEP, &next)),
            Err(WriteError::Store(error)) => return Err(error.into()),
        }
        let session = &caller.session;
        session.cycle_id().await.map_err(Halt::session)?;
        session.remove_value(KEY).await.map_err(Halt::session)?;
        session.insert(SECOND_STEP, now.as_second()).await.map_err(Halt::session)?;
        session.insert(CODES, codes).await.map_err(Halt::session)?;
        session.save().await.map_err(Halt::session)?;
        let keep = session.id().map(|id| id.to_string());
        services.store.end_sessions(&account.person, None, keep.as_deref()).await?;
        tracing::info!(person = %account.person, "set up a second step");
        Ok(paths::then(paths::RECOVERY_CODES, &next))
    })
    .await
}

/// New recovery codes, and what is kept of them.
fn new_codes(services: &Services, account: &Account) -> (Vec<String>, Vec<Digest>) {
    let codes: Vec<String> = (0..HOW_MANY).map(|_| recovery_code(&services.secrets.token())).collect();
    let digests = codes.iter().map(|code| recovery_digest(&account.person, code)).collect();
    (codes, digests)
}

/// `/account/second-step/codes`
#[component]
pub fn RecoveryCodes() -> impl IntoView {
    page(async {
        let context = context().await?;
        let next = query("next");
        if context.caller.account.is_none() {
            return Err(Halt::SignIn);
        }
        let session = &context.caller.session;
        let codes: Vec<String> = session.get(CODES).await.map_err(Halt::session)?.unwrap_or_default();
        if codes.is_empty() || context.caller.in_background {
            return Err(Halt::Elsewhere("/account".to_owned()));
        }
        session.remove_value(CODES).await.map_err(Halt::session)?;
        let to = if next.is_empty() { home(context.caller.visitor.as_deref()) } else { local(&next) };
        let lines = codes.into_iter().map(|code| view! { <li><code>{code}</code></li> }).collect_view();
        let body = view! {
            <div class="nhsuk-grid-row">
                <div class="nhsuk-grid-column-two-thirds">
                    {say::banner(context.banner)}
                    <Title text="Keep your recovery codes" />
                    <p>
                        "Your second step is set up. If you lose your phone, one of these codes lets you in instead. Each works once. "
                        "Print them or write them down, and keep them apart from your password: "
                        <strong>"this page shows them only now"</strong> "."
                    </p>
                    <ul class="nhsuk-list" id="recovery-codes">{lines}</ul>
                    <ButtonLink to=to text="I have kept them" />
                </div>
            </div>
        }
        .into_any();
        Ok(("Keep your recovery codes".to_owned(), body))
    })
}

/// What `/account` says of a second step. `must` says whether the roles of its reader need one.
pub(crate) fn section(step: Option<&SecondStep>, must: bool) -> AnyView {
    let Some(step) = step else {
        return view! {
            <h2 class="nhsuk-heading-m gpc-below" id="second-step">"Second step"</h2>
            <p>"You sign in with a password alone. With a second step, a code from an app, nobody gets in who only knows your password."</p>
            <ButtonLink to=paths::SET_UP_SECOND_STEP text="Set up a second step" secondary=true />
        }
        .into_any();
    };
    let left = words::counted(step.codes_left as usize, "recovery code");
    let remove = (!must).then(|| {
        view! {
            <form action="/do/account/remove-second-step" method="post">
                <Button text="Remove the second step" secondary=true small=true />
            </form>
        }
    });
    view! {
        <h2 class="nhsuk-heading-m gpc-below" id="second-step">"Second step"</h2>
        <p>{format!("An authenticator app, set up {}. You have {left} left.", dates::moment(step.since))}</p>
        <p><a href=paths::SET_UP_SECOND_STEP>"Set up another app in its place"</a></p>
        <form action="/do/account/recovery-codes" method="post">
            <Button text="Make new recovery codes" secondary=true small=true />
        </form>
        {remove}
    }
    .into_any()
}

/// Whose second step it is, for what nobody does with a password alone; or where they show it first.
async fn own(services: &Services, caller: &Caller) -> Result<Result<Account, String>, Halt> {
    let account = caller.account.clone().ok_or(Halt::SignIn)?;
    let step = services.store.second_step(&account.person).await?;
    Ok(match first(services, &account, step.as_ref(), "/account") {
        Some(to) => Err(to),
        None if step.is_none() => Err("/account".to_owned()),
        None => Ok(account),
    })
}

/// Makes new recovery codes in place of the old ones.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "account/recovery-codes")]
pub async fn make_recovery_codes() -> ActionResult {
    act(async {
        let (services, caller) = (services()?, calling()?);
        let account = match own(&services, &caller).await? {
            Ok(account) => account,
            Err(to) => return Ok(to),
        };
        let (codes, digests) = new_codes(&services, &account);
        let text = "New recovery codes were made for your account. The old ones do not work any more.";
        let letter = told(&services, &account.email, "You have new recovery codes", text);
        match services.store.make_recovery_codes(&account.person, &digests, letter, services.clock.now()).await {
            Ok(()) => {}
            Err(WriteError::Conflict) => return Ok("/account".to_owned()),
            Err(WriteError::Store(error)) => return Err(error.into()),
        }
        caller.session.insert(CODES, codes).await.map_err(Halt::session)?;
        Ok(paths::then(paths::RECOVERY_CODES, "/account"))
    })
    .await
}

/// Removes one's own second step, where no role needs it.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "account/remove-second-step")]
pub async fn remove_second_step() -> ActionResult {
    act(async {
        let (services, caller) = (services()?, calling()?);
        let account = match own(&services, &caller).await? {
            Ok(account) => account,
            Err(to) => return Ok(to),
        };
        let memberships = services.store.memberships(&account.person).await?;
        if second_steps::must(memberships.iter().flat_map(|membership| membership.roles.iter().copied())) {
            let kept = RefusedForm {
                path: "/account".to_owned(),
                heading: "Your roles need a second step".to_owned(),
                detail: "It was not removed. You can set up another app in its place.".to_owned(),
                ..RefusedForm::default()
            };
            flash::keep(&caller.session, kept).await?;
            return Ok("/account".to_owned());
        }
        let text = "The second step of your account was removed. From now on you sign in with your password alone.";
        let letter = told(&services, &account.email, "Your second step was removed", text);
        match services.store.remove_second_step(&account.person, letter, services.clock.now()).await {
            Ok(()) => {}
            Err(WriteError::Conflict) => return Ok("/account".to_owned()),
            Err(WriteError::Store(error)) => return Err(error.into()),
        }
        caller.session.remove_value(SECOND_STEP).await.map_err(Halt::session)?;
        flash::say(&caller, "Your second step is removed", "You sign in with your password alone.");
        Ok("/account".to_owned())
    })
    .await
}
