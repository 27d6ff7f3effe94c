//! Signing in and out, and the one door that everybody comes in by (`enter`). Unknown and known addresses get the same words in the same time, and guessing is slow.

use jiff::{SignedDuration, Timestamp};
use journey::{
    base::{
        actor::{Role, Side},
        ids::{Digest, PersonId},
    },
    form::{Answers, Problem},
    people::{rules, second_steps},
    port::{
        Letter, Link, LinkPurpose, Person,
        audit::{Act, Noted},
    },
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

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
        visitor::{Caller, SECOND_STEP, Visitor, calling, query},
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
pub(crate) fn home(visitor: Option<&Visitor>) -> String {
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
        enter(&services, &caller, &person, How::Password, &next).await
    })
    .await
}

/// How somebody has shown who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// By a password, or a link in an email: one step.
    Password,
    /// With a second step as well, which they showed then, here or where they come from.
    Strong(Timestamp),
}

/// Lets in somebody who has shown who they are, and answers where they go: to their second step when they have one and have not
/// shown it, to set one up when their roles wait for it, and otherwise to `next`, or where their work is when that is empty. Every
/// way in ends here, so that none leads around the second step.
///
/// # Errors
/// When the session cannot be kept, or the database does not answer.
pub(crate) async fn enter(services: &Services, caller: &Caller, person: &Person, how: How, next: &str) -> Result<String, Halt> {
    let shown = match how {
        How::Strong(at) => Some(at),
        How::Password if services.store.second_step(&person.id).await?.is_some() => {
            wait(services, caller, person).await?;
            return Ok(paths::then(paths::SIGN_IN_SECOND_STEP, next));
        }
        How::Password => None,
    };
    begin(services, caller, person, shown).await?;
    let memberships = services.store.memberships(&person.id).await?;
    let mut roles = memberships.iter().flat_map(|membership| membership.roles.iter().copied());
    if shown.is_none() && second_steps::must(&mut roles) {
        return Ok(paths::then(paths::SET_UP_SECOND_STEP, next));
    }
    if !next.is_empty() {
        return Ok(next.to_owned());
    }
    Ok(home_of(memberships.first().into_iter().flat_map(|first| first.roles.iter().copied())))
}

/// Where a session holds who has given a password and waits for the second step.
const WAITS: &str = "waits";

/// Somebody whose password fitted and who has a second step to show. Nobody is signed in meanwhile.
#[derive(Debug, Serialize, Deserialize)]
struct Waits {
    person: PersonId,
    /// The password that fitted: with another one they begin anew.
    password: Digest,
    since: Timestamp,
}

/// Remembers who waits. Whoever was signed in here before is not any more.
async fn wait(services: &Services, caller: &Caller, person: &Person) -> Result<(), Halt> {
    let session = &caller.session;
    session.cycle_id().await.map_err(Halt::session)?;
    for key in ["person", "organisation", SECOND_STEP] {
        session.remove_value(key).await.map_err(Halt::session)?;
    }
    let password = Digest::of(person.password.as_bytes());
    let waits = Waits { person: person.id.clone(), password, since: services.clock.now() };
    session.insert(WAITS, waits).await.map_err(Halt::session)
}

/// Who waits for their second step here; `None` when nobody does, or for too long, or when they may not come in any more.
///
/// # Errors
/// When the session or the database does not answer.
pub(crate) async fn waiting(services: &Services, caller: &Caller) -> Result<Option<Person>, Halt> {
    let waits: Option<Waits> = caller.session.get(WAITS).await.map_err(Halt::session)?;
    let longest = SignedDuration::from_mins(second_steps::WAITING_MINUTES);
    let Some(waits) = waits.filter(|waits| services.clock.now().duration_since(waits.since) < longest) else { return Ok(None) };
    let person = services.store.person(&waits.person).await?;
    Ok(person.filter(|person| !person.locked && Digest::of(person.password.as_bytes()) == waits.password))
}

/// Makes the session this person's, under a new id: one that was planted before is worth nothing. The browser is known from
/// now on.
async fn begin(services: &Services, caller: &Caller, person: &Person, shown: Option<Timestamp>) -> Result<(), Halt> {
    let session = &caller.session;
    session.cycle_id().await.map_err(Halt::session)?;
    let now = services.clock.now().as_second();
    session.remove_value(WAITS).await.map_err(Halt::session)?;
    session.remove_value(SECOND_STEP).await.map_err(Halt::session)?;
    if let Some(shown) = shown {
        session.insert(SECOND_STEP, shown.as_second()).await.map_err(Halt::session)?;
    }
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
