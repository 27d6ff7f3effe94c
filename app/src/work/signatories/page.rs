//! `/sign/{token}`: what somebody reads and does who was asked by letter to sign. Opening a page changes nothing, so a program that
//! looks at links in letters uses nothing up; a code is sent when a button is pressed.
//!
//! Long because each state of a link has its sentences here.

use std::sync::Arc;

use jiff::{Timestamp, civil::Date};
use journey::{
    base::ids::{Digest, PersonId},
    form::Answers,
    ledger::{
        journey::Journey,
        refusal::Refusal,
        signing,
        standing::Signature,
        words::{text_of, words_to_sign},
    },
    plan::process::TaskSpec,
    port::signatories::{AskedSince, HowEnded, SigningLink},
    rule::by_link,
    task::{agreement, forms},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    act::{
        page::{PageContext, context, page, titled},
        sent,
    },
    base::{dates, halt::Halt, paths, said::RefusedForm},
    design::{Button, Details, Hidden, SummaryRow, Title, ask, say},
    desk::parts::summary,
    request::{
        ledger,
        services::Services,
        visitor::{Caller, param},
    },
    work::{
        agreement::{beside, text, text::kept as kept_text},
        signatories::about::{About, day, masked, reference},
    },
};

/// Seconds that a code opens the page for.
const OPEN_FOR: i64 = 60 * 60;

/// What a session holds of somebody who entered a code.
const PASS: &str = "signing";

#[derive(Serialize, Deserialize)]
struct Pass {
    id: PersonId,
    since: i64,
}

/// Notes in the session that whoever has it entered the code that was sent to this person, under a new id.
pub(crate) async fn let_in(caller: &Caller, id: &PersonId, now: Timestamp) -> Result<(), Halt> {
    caller.session.cycle_id().await.map_err(Halt::session)?;
    caller.session.insert(PASS, Pass { id: id.clone(), since: now.as_second() }).await.map_err(Halt::session)
}

/// Whether it did, within the hour.
pub(crate) async fn is_in(caller: &Caller, id: &PersonId, now: Timestamp) -> Result<bool, Halt> {
    let pass: Option<Pass> = caller.session.get(PASS).await.map_err(Halt::session)?;
    Ok(pass.is_some_and(|pass| pass.id == *id && now.as_second() - pass.since < OPEN_FOR))
}

/// Somebody who has a link, and what it is about.
pub(crate) struct Reader {
    /// Who was asked, and what has become of it.
    pub(crate) since: AskedSince,
    /// The link.
    pub(crate) link: SigningLink,
    /// The journey.
    pub(crate) journey: Arc<Journey>,
    /// What is signed.
    pub(crate) spec: &'static TaskSpec,
}

impl Reader {
    /// Whoever has this token; `None` for one that was never sent.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(crate) async fn of(services: &Services, token: &str) -> Result<Option<Self>, Halt> {
        let Some((since, link)) = services.store.signatory_of(&Digest::of(token.as_bytes())).await? else { return Ok(None) };
        let journey = ledger::read(services, &since.asked.journey).await?.journey;
        let Some(spec) = journey.process.task(&since.asked.task) else { return Ok(None) };
        Ok(Some(Self { since, link, journey, spec }))
    }

    /// The signature of their organisation that counts.
    pub(crate) fn signature(&self) -> Option<&Signature> {
        let code = &self.since.asked.member.ods_code;
        let theirs = |s: &&Signature| s.by_link && s.identity.as_ref().is_some_and(|identity| identity.ods_code == *code);
        self.journey.signatures(self.spec).into_iter().find(theirs)
    }

    /// Until which day that counts, when it is to be given anew.
    pub(crate) fn renew_by(&self) -> Option<Date> {
        signing::to_renew_by(&self.journey, self.spec, &self.since.asked.member.ods_code)
    }

    /// Whether the link still opens anything.
    pub(crate) fn works(&self, now: Timestamp) -> bool {
        self.since.ended.is_none() && now < self.link.expires_at
    }
}

/// `/sign/{token}`
#[component]
pub fn SignPage() -> impl IntoView {
    let token = param("token");
    page(async move {
        let context = context().await?;
        let Some(reader) = Reader::of(&context.services, &token).await? else { return Ok(unknown()) };
        let now = context.services.clock.now();
        let asked = &reader.since.asked;
        let title = format!("Sign for {}", asked.member.name);
        let kept = context.kept.clone();
        let body = if let Some(stop) = stopped(&context, &reader, &token, now) {
            stop
        } else if is_in(&context.caller, &asked.id, now).await? {
            match reader.signature() {
                Some(signature) if reader.renew_by().is_none() => signed(&context, &reader, &token, signature).await?,
                _ => to_sign(&context, &reader, &token).await?,
            }
        } else {
            beginning(&context, &reader, &token).await?
        };
        Ok((titled(&title, kept.as_ref()), around(&context, body)))
    })
}

/// `/sign/{token}/code`
#[component]
pub fn CodePage() -> impl IntoView {
    let token = param("token");
    page(async move {
        let context = context().await?;
        let Some(reader) = Reader::of(&context.services, &token).await? else { return Ok(unknown()) };
        let now = context.services.clock.now();
        if let Some(stop) = stopped(&context, &reader, &token, now) {
            return Ok(("Sign".to_owned(), around(&context, stop)));
        }
        if is_in(&context.caller, &reader.since.asked.id, now).await? {
            return Err(Halt::Elsewhere(paths::sign(&token)));
        }
        let kept = context.kept.clone();
        let problem = kept.as_ref().and_then(|kept| kept.problem("code"));
        let title = "Enter the code we emailed you";
        let class = crate::design::group_class(problem.is_some());
        let described = if problem.is_some() { "code-hint code-error" } else { "code-hint" };
        let input = if problem.is_some() {
            "nhsuk-input nhsuk-input--width-10 nhsuk-input--error"
        } else {
            "nhsuk-input nhsuk-input--width-10"
        };
        let body = view! {
            <Title text=title />
            <p>"We sent it to " <strong>{masked(&reader.since.asked.email)}</strong> ". It can take a minute to arrive. Check your junk folder too."</p>
            <form action="/do/sign/enter" method="post" novalidate>
                <Hidden values=vec![("token", token.clone())] />
                <div class=class>
                    <label class="nhsuk-label nhsuk-label--s" for="code">"Code"</label>
                    <div class="nhsuk-hint" id="code-hint">"6 digits, like 123456"</div>
                    {ask::message("code", problem)}
                    <input class=input id="code" name="code" type="text" inputmode="numeric" autocomplete="one-time-code" spellcheck="false" aria-describedby=described />
                </div>
                <Button text="Continue" />
            </form>
            <form action="/do/sign/code" method="post">
                <Hidden values=vec![("token", token.clone())] />
                <Button text="Send another code" secondary=true />
            </form>
            <p><a href=paths::sign(&token)>"Back to what you are asked to sign"</a></p>
        }
        .into_any();
        Ok((titled(title, kept.as_ref()), around(&context, body)))
    })
}

/// Messages above, two thirds of the width.
fn around(context: &PageContext, body: AnyView) -> AnyView {
    view! {
        <div class="nhsuk-grid-row">
            <div class="nhsuk-grid-column-two-thirds">
                {say::kept(context.kept.as_ref())}
                {say::banner(context.banner.clone())}
                {body}
            </div>
        </div>
    }
    .into_any()
}

fn unknown() -> (String, AnyView) {
    let title = "This link is not known";
    let body = view! {
        <div class="nhsuk-grid-row">
            <div class="nhsuk-grid-column-two-thirds">
                <Title text=title />
                <p>"Check that you copied the whole link from the email: some programs break it at the end of a line."</p>
                <p>"If it still does not work, ask the person who is named in the email to send it again."</p>
            </div>
        </div>
    }
    .into_any();
    (title.to_owned(), body)
}

/// Why the page of a link goes no further, with the way on; `None` when it does.
fn stopped(context: &PageContext, reader: &Reader, token: &str, now: Timestamp) -> Option<AnyView> {
    let asked = &reader.since.asked;
    let hidden = || view! { <Hidden values=vec![("token", token.to_owned())] /> };
    if let Some(account) = &context.caller.account {
        let says = format!(
            "This email was sent to {} for {}. You are signed in as {}. To sign for {}, sign out and open the link again.",
            asked.name, asked.member.name, account.name, asked.member.name
        );
        return Some(
            view! {
                <Title text=format!("Sign for {}", asked.member.name) />
                <div class="nhsuk-inset-text"><p>{says}</p></div>
                <form action="/do/account/sign-out" method="post">
                    <Hidden values=vec![("next", paths::sign(token))] />
                    <Button text="Sign out and continue" />
                </form>
            }
            .into_any(),
        );
    }
    if let Some((how, reason, at)) = &reader.since.ended {
        let (title, says) = match how {
            HowEnded::Declined => {
                ("You have declined to sign", format!("You declined on {}. {} was told.", day(*at), "Whoever asked you"))
            }
            HowEnded::PassedOn => (
                "You have passed this on",
                format!("You named somebody else on {}, who was sent an email of their own.", day(*at)),
            ),
            HowEnded::TakenBack => (
                "You are not asked to sign any more",
                format!("Whoever asked you took it back on {}. You do not need to do anything.", day(*at)),
            ),
            HowEnded::Replaced => (
                "This link does not work any more",
                format!("Since {} somebody else is asked, or you at another address. Look for a newer email.", day(*at)),
            ),
        };
        let words =
            (!reason.is_empty()).then(|| view! { <div class="nhsuk-inset-text"><p class="gpc-lines">{reason.clone()}</p></div> });
        return Some(
            view! {
                <Title text=title />
                <p>{says}</p>
                {words}
                <p>{format!("If that is wrong, telephone or write to the person who asked you, and quote {}.", reference(asked))}</p>
            }
            .into_any(),
        );
    }
    if now >= reader.link.expires_at {
        return Some(
            view! {
                <Title text="This link is too old" />
                <p>{format!("It worked until {}. We can send a new one to the address that it was sent to, {}.", day(reader.link.expires_at), masked(&asked.email))}</p>
                <form action="/do/sign/new-link" method="post">{hidden()}<Button text="Email me a new link" /></form>
            }
            .into_any(),
        );
    }
    if reader.signature().is_some() {
        return None;
    }
    let refusal = by_link::may_sign(&reader.journey, reader.spec, &asked.member.ods_code).err()?;
    let (title, says) = match refusal {
        Refusal::AlreadyDone => (
            "Somebody has signed for your organisation",
            format!(
                "{} has signed already, by somebody with an account of this service. You do not need to do anything.",
                asked.member.in_words()
            ),
        ),
        Refusal::NothingToDo => (
            "You cannot sign yet",
            "What is signed is being put right. You are written to again when it is ready. You do not need to do anything until then."
                .to_owned(),
        ),
        other => {
            let (heading, detail) = other.sentence(reader.journey.process);
            ("You cannot sign now", format!("{heading}. {detail}"))
        }
    };
    Some(view! { <Title text=title /> <p>{says}</p> <p>{format!("Your reference: {}", reference(asked))}</p> }.into_any())
}

fn facts(about: &About) -> AnyView {
    let rows = about.facts().into_iter().map(|(key, value)| view! { <SummaryRow key=key value=value /> }).collect_view();
    view! { <dl class="nhsuk-summary-list">{rows}</dl> }.into_any()
}

/// The first page: who asks, for which organisation, what it lets whom do; and the button that sends the code.
async fn beginning(context: &PageContext, reader: &Reader, token: &str) -> Result<AnyView, Halt> {
    let asked = &reader.since.asked;
    let about = About::of(&context.services, &reader.journey, reader.spec, asked).await?;
    let signed = reader.signature().filter(|_| reader.renew_by().is_none()).map(|signature| dates::moment(signature.at));
    let (title, intro) = match &signed {
        Some(at) => (
            format!("Signed for {}", asked.member.name),
            format!(
                "{} signed “{}” for {} on {at}. With a code you can read it again, or take the signature back.",
                asked.name,
                about.label,
                asked.member.in_words()
            ),
        ),
        None => (
            format!("Sign for {}", asked.member.name),
            format!("{} Please answer by {}. It takes about 5 minutes, and you need no account.", about.request(), about.due),
        ),
    };
    let shown = signed.is_none().then(|| facts(&about));
    Ok(view! {
        <Title text=title />
        <p>{intro}</p>
        {shown}
        <h2 class="nhsuk-heading-m">"First, a code"</h2>
        <p>"So that nobody else can sign with your link, we email a code to " <strong>{masked(&asked.email)}</strong> ". It works for 15 minutes."</p>
        <form action="/do/sign/code" method="post">
            <Hidden values=vec![("token", token.to_owned())] />
            <Button text="Email me a code" />
        </form>
        <p><a href=format!("{}/code", paths::sign(token))>"I have a code"</a></p>
        <p class="gpc-meta">{format!("This link is for {} alone. Your reference: {}", asked.name, about.reference)}</p>
    }
    .into_any())
}

/// What was filled in before it is signed, as a summary.
async fn parts(services: &Services, reader: &Reader) -> Result<Option<AnyView>, Halt> {
    let Some(submission) = sent::last(services, &reader.journey, &reader.spec.id).await? else { return Ok(None) };
    let answers = sent::answers_of(&submission)?;
    if answers.is_blank() {
        return Ok(None);
    }
    let form = forms::form_of(reader.spec, &reader.journey.opening);
    Ok(Some(view! { <h2 class="nhsuk-heading-m">"What was filled in"</h2> {summary(&form, &answers)} }.into_any()))
}

/// The page on which somebody signs.
async fn to_sign(context: &PageContext, reader: &Reader, token: &str) -> Result<AnyView, Halt> {
    let asked = &reader.since.asked;
    let services = &context.services;
    let about = About::of(services, &reader.journey, reader.spec, asked).await?;
    let digest = signing::words(&reader.journey, reader.spec);
    let now = words_to_sign(&reader.journey, reader.spec);
    let words = if Digest::of(now.as_bytes()) == digest { now } else { kept_text(services, &digest).await? };
    let readable = Digest::of(words.as_bytes()) == digest;
    // What was saved for later, unless something was typed just now.
    let saved: Answers = serde_json::from_str(&reader.since.kept).unwrap_or_default();
    let kept = context.kept.as_ref();
    let answers = kept.filter(|kept| kept.typed.one("form").is_empty()).map_or(saved, |kept| kept.typed.clone());
    let again = reader.since.signed_at.map(|at| {
        let lapsed = signing::organisation_of_member(&asked.member.ods_code)
            .is_some_and(|of| reader.journey.task(&reader.spec.id).lapsed.contains_key(&of));
        let says = match reader.renew_by() {
            Some(by) => {
                format!("You signed on {}. Renew by {}: sign again, and it counts for another year.", day(at), dates::date(by))
            }
            None if lapsed => format!("You signed on {}. That was for one year, so please read it and sign again.", day(at)),
            None => format!("You signed on {}. What is signed has changed since, so please read it and sign again.", day(at)),
        };
        view! { <div class="nhsuk-inset-text"><p>{says}</p></div> }
    });
    let who = format!("Signing as {} for {}", asked.name, asked.member.in_words());
    let form = readable.then(|| {
        view! {
            <h2 class="nhsuk-heading-m">{who}</h2>
            <p>"Your signature is recorded with this name, the organisation and its code, the time and the digest of the words above. Everybody who signs gets a copy that names all who did. Is this not your name? Pass it on to the right person below."</p>
            <form action="/do/sign/sign" method="post" novalidate>
                <Hidden values=vec![("token", token.to_owned()), ("words", digest.to_string())] />
                {ask::questions(&agreement::signing(reader.spec, text_of(&reader.journey, reader.spec)), &answers, kept)}
                <div class="nhsuk-button-group">
                    <Button text=format!("Sign for {}", asked.member.name) />
                    <Button text="Save and come back later" secondary=true action="/do/sign/keep" />
                </div>
            </form>
        }
    });
    let parts = parts(services, reader).await?;
    let history = ledger::read(services, &reader.journey.reference).await?.history;
    let changed = match signing::organisation_of_member(&asked.member.ods_code).filter(|_| readable) {
        Some(own) => beside::view(services, &history, &reader.spec.id, &own, (&words, &digest)).await?,
        None => None,
    };
    Ok(view! {
        <Title text=format!("Sign for {}", asked.member.name) />
        <p>{about.request()}{format!(" Please answer by {}.", about.due)}</p>
        {again}
        {facts(&about)}
        {parts}
        {changed}
        {text::view("What you sign", &words, &digest)}
        {form}
        {otherwise(token, kept, &about)}
        <p class="gpc-meta">{format!("This link is for {} alone and works until {}. Your reference: {}", asked.name, day(reader.link.expires_at), about.reference)}</p>
    }
    .into_any())
}

/// What can be done instead of signing.
fn otherwise(token: &str, kept: Option<&RefusedForm>, about: &About) -> AnyView {
    let hidden = || view! { <Hidden values=vec![("token", token.to_owned())] /> };
    let of = |form: &str| kept.filter(|kept| kept.typed.one("form") == form);
    let typed = |form: &str, field: &str| of(form).map(|kept| kept.typed.one(field).to_owned()).unwrap_or_default();
    let problem = |form: &str, field: &str| of(form).and_then(|kept| kept.problem(field));
    let line = |id: &'static str, label: &'static str, kind: &'static str| {
        let problem = problem("pass", id);
        let class = crate::design::group_class(problem.is_some());
        let input = if problem.is_some() { "nhsuk-input nhsuk-input--error" } else { "nhsuk-input" };
        let described = problem.is_some().then(|| format!("{id}-error"));
        view! {
            <div class=class>
                <label class="nhsuk-label nhsuk-label--s" for=id>{label}</label>
                {ask::message(id, problem)}
                <input class=input id=id name=id type=kind value=typed("pass", id) aria-describedby=described />
            </div>
        }
    };
    let pass = view! {
        <form action="/do/sign/pass-on" method="post" novalidate>
            {hidden()}
            <p>"We send them an email of their own, and your link ends. Whoever asked you is told."</p>
            {line("name", "Name of the person who should sign", "text")}
            {line("email", "Their email address at your organisation", "email")}
            <Button text="Pass it on" secondary=true />
        </form>
    };
    let question = view! {
        <form action="/do/sign/ask" method="post" novalidate>
            {hidden()}
            {ask::words("question", "question", "Your question", "It goes to whoever asked you by email, with your name and address, so that they can answer you.", &typed("ask", "question"), problem("ask", "question"), 4)}
            <Button text="Send the question" secondary=true />
        </form>
    };
    let decline = view! {
        <form action="/do/sign/decline" method="post" novalidate>
            {hidden()}
            <p>"Nobody else is affected: your organisation does not take part. Whoever asked you is told, and can ask again."</p>
            {ask::words("reason", "reason", "Why do you decline?", "Whoever asked you reads this.", &typed("decline", "reason"), problem("decline", "reason"), 3)}
            <Button text="Decline to sign" secondary=true />
        </form>
    };
    view! {
        <h2 class="nhsuk-heading-m">"Not the right person, or not sure?"</h2>
        <Details summary="Pass it on to the right person" open=of("pass").is_some() body=pass.into_any() />
        <Details summary=format!("Ask {} a question", about.asker) open=of("ask").is_some() body=question.into_any() />
        <Details summary="Decline to sign" open=of("decline").is_some() body=decline.into_any() />
    }
    .into_any()
}

/// The page of somebody who has signed.
async fn signed(context: &PageContext, reader: &Reader, token: &str, signature: &Signature) -> Result<AnyView, Halt> {
    let asked = &reader.since.asked;
    let words = kept_text(&context.services, &signature.words).await?;
    let kept = context.kept.as_ref().filter(|kept| kept.typed.one("form") == "take-back");
    let (typed, problem) = kept.map(|kept| (kept.typed.one("reason").to_owned(), kept.problem("reason"))).unwrap_or_default();
    let back = view! {
        <form action="/do/sign/take-back" method="post" novalidate>
            <Hidden values=vec![("token", token.to_owned())] />
            <p>"It does not count any more from then on. The signatures of others stay. Everybody on this journey can read the reason."</p>
            {ask::words("reason", "reason", "Why do you take it back?", "", &typed, problem, 3)}
            <Button text="Take the signature back" secondary=true />
        </form>
    };
    Ok(view! {
        <div class="nhsuk-panel">
            <h1 class="nhsuk-panel__heading">{format!("Signed for {}", asked.member.name)}</h1>
            <div class="nhsuk-panel__body">{format!("{}, {}", signature.name, dates::moment(signature.at))}</div>
        </div>
        <p>{format!("By authority of: {}. A copy is on its way to {}.", signature.authority, masked(&asked.email))}</p>
        <h2 class="nhsuk-heading-m">"What happens next"</h2>
        {signature.renew_by.map(|by| view! { <p>{format!("Your signature counts until {}. We write to you 30 days before, so that you can renew it.", dates::date(by))}</p> })}
        <p>"You do not need to do anything. NHS England signs for its part. Nothing is shared until GP Connect is turned on in each practice's own system."</p>
        {text::view("What you signed", &words, &signature.words)}
        <Details summary="Take the signature back" open=kept.is_some() body=back.into_any() />
        <p class="gpc-meta">{format!("Your reference: {}", reference(asked))}</p>
    }
    .into_any())
}
