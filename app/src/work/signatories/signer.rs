//! What somebody does who was asked by letter to sign: ask for a code, enter it, sign, keep, decline, pass on, ask, take back.
//!
//! Long because each of their buttons is here.

use jiff::{SignedDuration, Timestamp};
use journey::{
    base::{
        calendar,
        ids::{Digest, PersonId},
        text,
    },
    form::{Answers, Problem},
    ledger::{event::Event, refusal::Refusal, words},
    port::{
        Letter, WriteError,
        signatories::{Asked, AskedChange, HowEnded},
    },
    rule::by_link,
    task::agreement,
};
use leptos::prelude::*;

use crate::{
    act::{
        action::{ActionResult, Typed, act},
        by_link::record,
        letters::complete,
    },
    base::{halt::Halt, paths, said::RefusedForm},
    request::{
        flash,
        services::{Services, services},
        visitor::{Caller, calling},
    },
    site::people::tries::Try,
    work::signatories::{
        about::{About, masked},
        answer_by, changed, letters,
        letters::Occasion,
        new_link,
        page::{Reader, is_in, let_in},
        remind_at,
    },
};

/// How long a code works, and how long it takes until another one is sent.
const CODE_WORKS: SignedDuration = SignedDuration::from_mins(15);
const BETWEEN_CODES: SignedDuration = SignedDuration::from_secs(60);

/// Longest answer that is kept for later, in bytes: the form has a few ticks and two lines.
const MOST_KEPT: usize = 4_000;

fn before(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_sub(by).unwrap_or(Timestamp::MIN)
}

/// A code of six digits as it is kept: its digest, bound to whom it was sent.
fn digest_of(id: &PersonId, code: &str) -> Digest {
    Digest::of(format!("code {code} for {id}").as_bytes())
}

async fn come_back(
    caller: &Caller,
    path: String,
    heading: &str,
    detail: &str,
    problems: Vec<Problem>,
    typed: Answers,
) -> Result<String, Halt> {
    let kept = RefusedForm { path: path.clone(), heading: heading.to_owned(), detail: detail.to_owned(), problems, typed };
    flash::keep(&caller.session, kept).await?;
    Ok(path)
}

/// Whoever has a link that works and nobody signed in beside. Anybody else is shown the page of the link, which says why.
async fn reader(services: &Services, caller: &Caller, token: &str) -> Result<Reader, Halt> {
    let page = paths::sign(token);
    let reader = Reader::of(services, token).await?;
    let now = services.clock.now();
    match reader.filter(|reader| reader.works(now) && caller.account.is_none()) {
        Some(reader) => Ok(reader),
        None => Err(Halt::Elsewhere(page)),
    }
}

/// The same for whoever entered a code within the hour.
async fn let_in_already(services: &Services, caller: &Caller, token: &str) -> Result<Reader, Halt> {
    let reader = reader(services, caller, token).await?;
    if is_in(caller, &reader.since.asked.id, services.clock.now()).await? {
        return Ok(reader);
    }
    flash::say(caller, "Enter a code first", "The page closes an hour after a code was entered. Nothing was recorded.");
    Err(Halt::Elsewhere(paths::sign(token)))
}

/// Sends a code to the address that the letter was sent to.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "sign/code")]
pub async fn send_code(#[server(default)] token: String) -> ActionResult {
    act(async move {
        let (services, caller) = (services()?, calling()?);
        let reader = reader(&services, &caller, &token).await?;
        let asked = &reader.since.asked;
        let now = services.clock.now();
        let page = format!("{}/code", paths::sign(&token));
        if Try::of_address(&services, &caller, "sign-code", now).too_many().await? {
            let detail = "Nothing was sent. Wait 15 minutes, then try again.";
            return come_back(&caller, page, "There were too many tries", detail, Vec::new(), Answers::default()).await;
        }
        let code = format!("{:06}", services.secrets.bits() % 1_000_000);
        let letter = letters::code(asked, &code, now);
        match services.store.send_code(&asked.id, &digest_of(&asked.id, &code), letter, now, before(now, BETWEEN_CODES)).await {
            Ok(()) => flash::say(&caller, "A code is on its way", format!("To {}. It works for 15 minutes.", masked(&asked.email))),
            Err(WriteError::Conflict) => flash::say(
                &caller,
                "No other code was sent",
                "One was sent less than a minute ago, or too many were sent already. Enter the newest one. If none arrives, ask whoever asked you to send the email again.",
            ),
            Err(WriteError::Store(error)) => return Err(error.into()),
        }
        Ok(page)
    })
    .await
}

/// Takes the code.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "sign/enter")]
pub async fn enter_code(#[server(default)] token: String, #[server(default)] code: String) -> ActionResult {
    act(async move {
        let (services, caller) = (services()?, calling()?);
        let reader = reader(&services, &caller, &token).await?;
        let asked = &reader.since.asked;
        let now = services.clock.now();
        let page = format!("{}/code", paths::sign(&token));
        let code: String = code.chars().filter(char::is_ascii_digit).collect();
        let says = |text: &str| vec![Problem::new("code", text)];
        if code.len() != 6 {
            return come_back(
                &caller,
                page,
                "There is a problem",
                "",
                says("Enter the 6 digits of the code"),
                Answers::default(),
            )
            .await;
        }
        let tries = Try::own(&services, &caller, "sign", asked.id.as_str(), now);
        let right = !tries.too_many().await?
            && services.store.take_code(&asked.id, &digest_of(&asked.id, &code), now, before(now, CODE_WORKS)).await?;
        if !right {
            let text =
                "This code does not fit, was used, or is older than 15 minutes. Five wrong tries end a code: send another one";
            return come_back(&caller, page, "There is a problem", "", says(text), Answers::default()).await;
        }
        tries.right().await?;
        let_in(&caller, &asked.id, now).await?;
        Ok(paths::sign(&token))
    })
    .await
}

/// Signs.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "sign/sign")]
pub async fn sign_by_link(
    #[server(default)] token: String,
    #[server(default)] words: String,
    #[server(default)] answers: Typed,
) -> ActionResult {
    act(async move {
        let (services, caller) = (services()?, calling()?);
        let reader = let_in_already(&services, &caller, &token).await?;
        let (asked, page, typed) = (reader.since.asked.clone(), paths::sign(&token), Answers(answers));
        let text = words::text_of(&reader.journey, reader.spec);
        let authority = match agreement::authority_in_words(reader.spec, text, &typed) {
            Ok(authority) => authority,
            Err(problems) => {
                return come_back(&caller, page, "There is a problem", "Nothing has been signed yet.", problems.0, typed).await;
            }
        };
        let shown: Result<Digest, _> = words.parse();
        let now = services.clock.now();
        let code = asked.member.ods_code.clone();
        let copy_of = signed_words(&services, &reader, &words).await?;
        let recorded = record(
            &services,
            &asked,
            |journey, spec| {
                let shown = shown.as_ref().map_err(|_| Refusal::WordsChanged)?;
                by_link::sign(journey, spec, &code, (&asked.name, &authority), shown, calendar::date_of(now))
            },
            &[AskedChange::Signed { id: asked.id.clone(), at: now }],
            |journey, event| match event {
                Event::Signed { words, .. } => {
                    let enclosed = complete(journey, &asked.task);
                    Some(letters::copy(&asked, &reader.spec.noun, &copy_of, &authority, words, now, enclosed))
                }
                _ => None,
            },
        )
        .await?;
        answered(&caller, page, typed, recorded.map(drop), &reader, "Thank you: your signature is recorded").await
    })
    .await
}

/// The words that somebody has before them, for their copy.
async fn signed_words(services: &Services, reader: &Reader, digest: &str) -> Result<String, Halt> {
    let now = words::words_to_sign(&reader.journey, reader.spec);
    match digest.parse::<Digest>() {
        Ok(digest) if Digest::of(now.as_bytes()) != digest => Ok(services.store.text(&digest).await?.unwrap_or(now)),
        _ => Ok(now),
    }
}

async fn answered(
    caller: &Caller,
    page: String,
    typed: Answers,
    done: Result<(), Refusal>,
    reader: &Reader,
    says: &str,
) -> Result<String, Halt> {
    match done {
        Ok(()) => {
            flash::say(caller, says, "You do not need to do anything else.");
            Ok(page)
        }
        Err(Refusal::Invalid(problems)) => {
            come_back(caller, page, "There is a problem", "Nothing has been recorded yet.", problems.0, typed).await
        }
        Err(refusal) => {
            let (heading, detail) = refusal.sentence(reader.journey.process);
            come_back(caller, page, &heading, &detail, Vec::new(), typed).await
        }
    }
}

/// Keeps what was chosen so far.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "sign/keep")]
pub async fn keep_for_later(#[server(default)] token: String, #[server(default)] answers: Typed) -> ActionResult {
    act(async move {
        let (services, caller) = (services()?, calling()?);
        let reader = let_in_already(&services, &caller, &token).await?;
        let asked = &reader.since.asked;
        let typed = Answers(answers);
        let kept = typed.to_json();
        if kept.len() > MOST_KEPT {
            let detail = "What you wrote is too long to keep. Shorten it, or sign now.";
            return come_back(&caller, paths::sign(&token), "Nothing was kept", detail, Vec::new(), typed).await;
        }
        services.store.keep_typed(&asked.id, &kept).await?;
        let reference = crate::work::signatories::about::reference(asked);
        flash::say(&caller, "Kept for later", format!("Open the link in the email to continue. Your reference is {reference}."));
        Ok(paths::sign(&token))
    })
    .await
}

/// Tells whoever asked, whatever they chose about letters: somebody outside waits for them.
async fn tell(services: &Services, asked: &Asked, what: &str, words: &str, at: Timestamp) -> Result<Vec<Letter>, Halt> {
    let asker = services.store.person(&asked.by).await?;
    Ok(asker.iter().map(|person| letters::to_asker(services, (&person.id, &person.email), asked, what, words, at)).collect())
}

/// What somebody wrote, tidied; or the way back to the form that asked for it.
fn written(value: &str, field: &str, form: &str, missing: &str) -> Result<String, (Vec<Problem>, Answers)> {
    let words = text::tidy(value);
    let typed = Answers::default().with("form", form).with(field, value);
    if words.is_empty() {
        return Err((vec![Problem::new(field, missing)], typed));
    }
    if words.chars().count() > by_link::LONGEST_QUESTION {
        return Err((vec![Problem::new(field, format!("Write at most {} characters", by_link::LONGEST_QUESTION))], typed));
    }
    Ok(words)
}

/// Declines, for their organisation alone.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "sign/decline")]
pub async fn decline_by_link(#[server(default)] token: String, #[server(default)] reason: String) -> ActionResult {
    act(async move {
        let (services, caller) = (services()?, calling()?);
        let reader = let_in_already(&services, &caller, &token).await?;
        let (asked, page, now) = (&reader.since.asked, paths::sign(&token), services.clock.now());
        let reason = match written(&reason, "reason", "decline", "Say why you decline") {
            Ok(reason) => reason,
            Err((problems, typed)) => return come_back(&caller, page, "There is a problem", "", problems, typed).await,
        };
        // Whoever has signed takes that back; it is another act.
        if reader.signature().is_some() {
            return Ok(page);
        }
        let told = tell(&services, asked, "declined to sign", &reason, now).await?;
        let ended = AskedChange::Ended { id: asked.id.clone(), how: HowEnded::Declined, reason, at: now };
        changed(&services, &[ended], &told, now).await?;
        Ok(page)
    })
    .await
}

/// Passes it on to somebody else of the same organisation, who gets a letter of their own.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "sign/pass-on")]
pub async fn pass_on(
    #[server(default)] token: String,
    #[server(default)] name: String,
    #[server(default)] email: String,
) -> ActionResult {
    act(async move {
        let (services, caller) = (services()?, calling()?);
        let reader = let_in_already(&services, &caller, &token).await?;
        let (asked, page, now) = (&reader.since.asked, paths::sign(&token), services.clock.now());
        let typed = Answers::default().with("form", "pass").with("name", &name).with("email", &email);
        let line = match by_link::passed_to(&asked.member.ods_code, &name, &email) {
            Ok(line) if line.email == asked.email => {
                let problems = vec![Problem::new("email", "This is your own address. Enter that of the person who should sign")];
                return come_back(&caller, page, "There is a problem", "", problems, typed).await;
            }
            Ok(line) => line,
            Err(problems) => return come_back(&caller, page, "There is a problem", "", problems.0, typed).await,
        };
        if let Some(says) = super::actions::of_the_supplier(&services, &reader.journey, &line.email).await? {
            return come_back(&caller, page, "There is a problem", "", vec![Problem::new("email", says)], typed).await;
        }
        if reader.signature().is_some() {
            return Ok(page);
        }
        let (link, new_token) = new_link(&services, now);
        let next = Asked {
            id: services.person_id(),
            name: line.name.clone(),
            email: line.email.clone(),
            at: now,
            due: answer_by(now),
            letter: letters::id_of(&link),
            sent_at: now,
            remind_at: remind_at(now, 0),
            ..asked.clone()
        };
        let about = About::of(&services, &reader.journey, reader.spec, &next).await?;
        let mut mail = tell(&services, asked, "passed it on", &format!("To {}, {}", line.name, line.email), now).await?;
        mail.push(letters::request(&services, &about, &next, (&link, &new_token), Occasion::First));
        let reason = format!("To {}", line.name);
        let changes = [
            AskedChange::Ended { id: asked.id.clone(), how: HowEnded::PassedOn, reason, at: now },
            AskedChange::Asked { asked: next, link },
        ];
        changed(&services, &changes, &mail, now).await?;
        Ok(page)
    })
    .await
}

/// Asks whoever asked.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "sign/ask")]
pub async fn ask_question(#[server(default)] token: String, #[server(default)] question: String) -> ActionResult {
    act(async move {
        let (services, caller) = (services()?, calling()?);
        let reader = let_in_already(&services, &caller, &token).await?;
        let (asked, page, now) = (&reader.since.asked, paths::sign(&token), services.clock.now());
        let question = match written(&question, "question", "ask", "Enter your question") {
            Ok(question) => question,
            Err((problems, typed)) => return come_back(&caller, page, "There is a problem", "", problems, typed).await,
        };
        let tries = Try::own(&services, &caller, "sign-ask", asked.id.as_str(), now);
        if tries.too_many().await? {
            let typed = Answers::default().with("form", "ask").with("question", &question);
            let detail = "Nothing was sent. Wait 15 minutes, then try again.";
            return come_back(&caller, page, "There were too many questions", detail, Vec::new(), typed).await;
        }
        let words = format!("{question}\n\nAnswer them at {}.", asked.email);
        let told = tell(&services, asked, "has a question", &words, now).await?;
        changed(&services, &[], &told, now).await?;
        let answer = format!("You are answered by email, at {}. Your link still works.", masked(&asked.email));
        flash::say(&caller, "Your question was sent", answer);
        Ok(page)
    })
    .await
}

/// Takes the signature back.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "sign/take-back")]
pub async fn take_back_by_link(#[server(default)] token: String, #[server(default)] reason: String) -> ActionResult {
    act(async move {
        let (services, caller) = (services()?, calling()?);
        let reader = let_in_already(&services, &caller, &token).await?;
        let (asked, page, now) = (reader.since.asked.clone(), paths::sign(&token), services.clock.now());
        let typed = Answers::default().with("form", "take-back").with("reason", &reason);
        let told = tell(&services, &asked, "took the signature back", &text::tidy(&reason), now).await?;
        let recorded = record(
            &services,
            &asked,
            |journey, spec| by_link::take_back(journey, spec, &asked.member.ods_code, &reason),
            &[],
            |_, event| match event {
                Event::SignatureWithdrawn { reason, .. } => Some(letters::taken_back(&asked, &reader.spec.noun, reason, now)),
                _ => None,
            },
        )
        .await?;
        if recorded.is_ok() {
            changed(&services, &[], &told, now).await?;
        }
        answered(&caller, page, typed, recorded.map(drop), &reader, "The signature is taken back").await
    })
    .await
}

/// Sends a new link to the address that an old one was sent to.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "sign/new-link")]
pub async fn send_new_link(#[server(default)] token: String) -> ActionResult {
    act(async move {
        let (services, caller) = (services()?, calling()?);
        let page = paths::sign(&token);
        let now = services.clock.now();
        let Some(reader) = Reader::of(&services, &token).await? else { return Ok(page) };
        let asked = &reader.since.asked;
        if reader.since.ended.is_some() || Try::of_address(&services, &caller, "sign-link", now).too_many().await? {
            return Ok(page);
        }
        let (link, new_token) = new_link(&services, now);
        let about = About::of(&services, &reader.journey, reader.spec, asked).await?;
        let letter = letters::request(&services, &about, asked, (&link, &new_token), Occasion::NewLink);
        let sent = AskedChange::Sent {
            id: asked.id.clone(),
            letter: letters::id_of(&link),
            link,
            before: asked.sent_at,
            remind_at: asked.remind_at,
            by_itself: false,
        };
        // A quarter of an hour between two of them: nobody fills a letter box.
        if before(now, CODE_WORKS) >= asked.sent_at {
            changed(&services, &[sent], &[letter], now).await?;
        }
        flash::say(&caller, "A new link is on its way", format!("To {}, or came in the last 15 minutes.", masked(&asked.email)));
        Ok(page)
    })
    .await
}
