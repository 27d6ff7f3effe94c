//! Signing in and out. Unknown and known addresses get the same words in the same time, and guessing is slow.

use journey::{
    base::actor::{Role, Side},
    form::{Answers, Problem},
    people::rules,
    port::{
        Letter, Link, LinkPurpose, Person,
        audit::{Act, Noted},
    },
};
use leptos::prelude::*;

use crate::{
    act::{
        action::{ActionResult, act, why_sign_in},
        letters,
        page::{context, page, titled},
    },
    base::{halt::Halt, paths, said::RefusedForm, words::encode},
    design::{
        Button, Hidden, Title,
        ask::{self, Look},
        say,
    },
    request::{
        flash,
        services::{Services, services},
        visitor::{Caller, Visitor, calling, query},
    },
    site::people::{
        new_link,
        tries::{Try, a_while_ago, is_known, remember},
    },
};

/// `/sign-in`
#[component]
pub fn SignIn() -> impl IntoView {
    page(async {
        let context = context().await?;
        let next = query("next");
        if context.caller.account.is_some() {
            return Err(Halt::Elsewhere(if next.is_empty() { home(context.caller.visitor.as_deref()) } else { local(&next) }));
        }
        let form = rules::email_only();
        let kept = context.kept.clone();
        let answers = context.typed_or(Answers::default());
        let why = why_sign_in(&query("why"));
        let fields: Vec<AnyView> = form
            .fields
            .iter()
            .map(|field| {
                ask::question(
                    field,
                    &answers,
                    kept.as_ref(),
                    &Look { name: "email".to_owned(), autocomplete: "username", ..Look::default() },
                )
            })
            .collect();
        let body = view! {
            <div class="nhsuk-grid-row">
                <div class="nhsuk-grid-column-two-thirds">
                    {say::kept(kept.as_ref())}
                    {say::banner(context.banner)}
                    {why.map(|why| view! { <div class="nhsuk-inset-text"><p>{why}</p></div> })}
                    <Title text="Sign in" />
                    <form action="/do/account/sign-in" method="post" novalidate>
                        <Hidden values=vec![("next", next)] />
                        {fields}
                        {ask::password("password", "Password", "", "current-password", kept.as_ref())}
                        <Button text="Sign in" />
                    </form>
                    <p><a href="/reset-password">"I cannot remember my password"</a></p>
                    <p>"New here? " <a href="/register">"Create an account for your organisation"</a> "."</p>
                </div>
            </div>
        }
        .into_any();
        Ok((titled("Sign in", kept.as_ref()), body))
    })
}

/// A path of this service, or the journeys: a link never leads a signed-in person elsewhere.
#[must_use]
pub fn local(next: &str) -> String {
    let fits = next.starts_with('/') && !next.starts_with("//") && !next.contains('\\') && !next.contains(char::is_control);
    if fits && !next.starts_with("/sign-in") { next.to_owned() } else { "/journeys".to_owned() }
}

/// Where the work of a signed-in person is.
fn home(visitor: Option<&Visitor>) -> String {
    home_of(visitor.into_iter().flat_map(|visitor| visitor.actor.roles.iter().copied()))
}

/// Where the work of somebody with these roles is: the worklist for the teams of the programme, the desk for operators, and the
/// journeys for everybody else.
pub(crate) fn home_of(mut roles: impl Iterator<Item = Role>) -> String {
    let home = roles.find_map(|role| match role.side() {
        Side::Programme => Some(paths::WORKLIST),
        Side::Operator => Some("/operator"),
        _ => None,
    });
    home.unwrap_or("/journeys").to_owned()
}

/// Signs a person in.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "account/sign-in")]
pub async fn sign_in(
    #[server(default)] email: String,
    #[server(default)] password: String,
    #[server(default)] next: String,
) -> ActionResult {
    act(async move {
        let (services, caller) = (services()?, calling()?);
        // Whoever came for a page goes there; whoever only signs in goes where their work is.
        let next = if next.is_empty() { next } else { local(&next) };
        let back = if next.is_empty() { "/sign-in".to_owned() } else { format!("/sign-in?next={}", encode(&next)) };
        let typed = Answers::default().with("email", &email);
        let refuse = |problems: Vec<Problem>, heading: &str, detail: &str| RefusedForm {
            path: "/sign-in".to_owned(),
            heading: heading.to_owned(),
            detail: detail.to_owned(),
            problems,
            typed: typed.clone(),
        };
        let clean = match rules::email_only().check(&typed) {
            Ok(clean) if !password.is_empty() => clean,
            checked => {
                let mut problems = checked.err().map(|p| p.0).unwrap_or_default();
                if password.is_empty() {
                    problems.push(Problem::new("password", "Enter your password"));
                }
                flash::keep(&caller.session, refuse(problems, "There is a problem", "")).await?;
                return Ok(back);
            }
        };
        let email = clean.one("email").to_owned();
        let now = services.clock.now();
        let person = services.store.person_by_email(&email).await?;
        let known = is_known(&services, &email, person.as_ref());
        let this = Try::sign_in(&services, &caller, &email, known, now);
        if this.too_many().await? {
            let detail = "Wait 15 minutes, then try again. You can also set a new password.";
            flash::keep(&caller.session, refuse(Vec::new(), "There were too many tries", detail)).await?;
            return Ok(back);
        }
        let hash = person.as_ref().map(|p| p.password.clone());
        let fits = services.secrets.fits(password, hash).await.map_err(|busy| Halt::Unavailable(busy.to_string()))?;
        let known_as = person.as_ref().map(|person| person.id.clone());
        let failed = |about: &str| Noted {
            id: services.secrets.id(),
            at: now,
            act: Act::SignInFailed,
            person: known_as.clone(),
            organisation: None,
            journey: None,
            about: about.to_owned(),
            reason: String::new(),
            address: caller.address.clone(),
        };
        let Some(person) = person.filter(|_| fits) else {
            // What was typed as an address may be a password: of an unknown one nothing is kept.
            services.store.note(failed("the password was wrong, or nobody has this address")).await?;
            let problems = vec![Problem::new("email", "Check the email address and the password: they do not belong together")];
            flash::keep(&caller.session, refuse(problems, "There is a problem", "")).await?;
            return Ok(back);
        };
        this.right().await?;
        if person.locked {
            services.store.note(failed("the account is locked")).await?;
            let detail = format!("The email that told you says why. Write to {} if you have questions.", services.help_address);
            flash::keep(&caller.session, refuse(Vec::new(), "Your account is locked", &detail)).await?;
            return Ok(back);
        }
        if !person.confirmed {
            let (link, letter) = confirmation(&services, &person);
            services.store.add_link_once(link, Some(letter), a_while_ago(now)).await?;
            let detail = "Open the link in our email, then sign in. No email? Check your junk folder, wait 15 minutes and sign in again: we then send a new one.";
            flash::keep(&caller.session, refuse(Vec::new(), "Confirm your email address first", detail)).await?;
            return Ok(back);
        }
        begin(&services, &caller, &person).await?;
        if !next.is_empty() {
            return Ok(next);
        }
        let account = services.store.account(&person.id).await?;
        let first = account.as_ref().and_then(|(_, memberships, _)| memberships.first());
        Ok(home_of(first.into_iter().flat_map(|first| first.roles.iter().copied())))
    })
    .await
}

/// Makes the session this person's, under a new id: one that was planted before is worth nothing. The browser is known from
/// now on.
pub(crate) async fn begin(services: &Services, caller: &Caller, person: &Person) -> Result<(), Halt> {
    let session = &caller.session;
    session.cycle_id().await.map_err(Halt::session)?;
    let now = services.clock.now().as_second();
    session.insert("person", person.id.as_str()).await.map_err(Halt::session)?;
    session.insert("agent", &caller.agent).await.map_err(Halt::session)?;
    session.insert("since", now).await.map_err(Halt::session)?;
    session.insert("seen", now).await.map_err(Halt::session)?;
    remember(services, &person.email, &person.password).await?;
    let noted = Noted {
        id: services.secrets.id(),
        at: services.clock.now(),
        act: Act::SignedIn,
        person: Some(person.id.clone()),
        organisation: None,
        journey: None,
        about: String::new(),
        reason: String::new(),
        address: caller.address.clone(),
    };
    services.store.note(noted).await?;
    tracing::info!(person = %person.id, "signed in");
    Ok(())
}

/// A link that proves an address, and its letter.
pub(crate) fn confirmation(services: &Services, person: &Person) -> (Link, Letter) {
    let (mut link, token) = new_link(services, LinkPurpose::Confirm, &person.email);
    link.person = Some(person.id.clone());
    let letter = letters::account(
        format!("confirm-{}", link.token),
        &person.email,
        "Confirm your email address",
        "Please confirm that this address is yours. The link works for 48 hours.",
        &format!("{}/register/{token}", services.base_url),
    );
    (link, letter)
}

/// Signs out here. `next` is where to go on as somebody else; the start page when it is empty.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "account/sign-out")]
pub async fn sign_out(#[server(default)] next: String) -> ActionResult {
    act(async move {
        let caller = calling()?;
        caller.session.flush().await.map_err(Halt::session)?;
        // Whoever sits here next is not told what was done.
        drop(flash::heard(&caller));
        Ok(if next.is_empty() { "/".to_owned() } else { local(&next) })
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::local;

    #[test]
    fn nobody_is_led_away() {
        for bad in ["", "https://example.org", "//example.org", "/\\example.org", "/a\nb", "/sign-in?next=/sign-in"] {
            assert_eq!(local(bad), "/journeys", "{bad}");
        }
        assert_eq!(local("/journeys/7K3M-9PX4/tasks/a?x=1"), "/journeys/7K3M-9PX4/tasks/a?x=1");
    }
}
