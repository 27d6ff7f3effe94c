//! The phrase book of a team: what it writes often is kept here, and put into a finding with one click.

use journey::{
    base::{
        actor::{Role, Side},
        ids::FieldId,
    },
    form::{Answers, Field, Form, Kind, Problem, Problems},
    ledger::refusal::Refusal,
    port::scal::Phrase,
    rule::review,
};
use leptos::prelude::*;

use crate::{
    act::action::{ActionResult, Typed, act},
    base::{dates, halt::Halt, paths, words::encode},
    design::{Button, Details, Hidden, ask},
    desk::{context::TaskContext, drafts, frame::framed, refused::refused, teams},
    request::flash,
};

/// The end of its address.
pub const PAGE: &str = "phrases";

/// What it is called.
pub const TITLE: &str = "Phrase book";

/// Phrases that stand beside a finding, most used first.
const BESIDE: usize = 8;

/// Longest phrase, in characters.
const LONGEST: usize = 1_000;

/// Whether a team has a phrase book: a role of the programme is one team, a role of other sides is one of each organisation.
#[must_use]
pub fn has_one(role: Role) -> bool {
    role.side() == Side::Programme
}

/// The phrases of a team; none of a role that has no book.
///
/// # Errors
/// When the database does not answer.
pub async fn of(desk: &TaskContext, role: Role) -> Result<Vec<Phrase>, Halt> {
    Ok(if has_one(role) { desk.context.services.store.phrases(role).await? } else { Vec::new() })
}

fn used(phrase: &Phrase) -> String {
    match phrase.used {
        0 => "not used yet".to_owned(),
        1 => "used once".to_owned(),
        times => format!("used {times} times"),
    }
}

/// `…/tasks/{task}/phrases`: the whole book. `back` is the review that it belongs to.
///
/// # Errors
/// [`Halt::Missing`] for a role without a book; otherwise when the database does not answer.
pub async fn view(desk: &TaskContext, role: Role, back: &str) -> Result<AnyView, Halt> {
    if !has_one(role) {
        return Err(Halt::Missing);
    }
    let phrases = of(desk, role).await?;
    let kept = desk.context.kept.as_ref();
    let typed = kept.map(|kept| kept.typed.one("words").to_owned()).unwrap_or_default();
    let team = || ("role", role.name().to_owned());
    let items = phrases
        .iter()
        .map(|phrase| {
            let about = format!("Added by {} on {}, {}.", desk.who(&phrase.by), dates::day_of(phrase.at), used(phrase));
            view! {
                <li>
                    <span class="gpc-lines">{phrase.words.clone()}</span>
                    " "<span class="gpc-meta">{about}</span>
                    <form action="/do/task/remove-phrase" method="post">
                        {desk.hidden()}
                        <Hidden values=vec![("phrase", phrase.id.clone()), team()] />
                        <button class="gpc-linkbutton">"Remove"<span class="nhsuk-u-visually-hidden">{format!(" “{}”", phrase.words)}</span></button>
                    </form>
                </li>
            }
        })
        .collect_view();
    let middle = view! {
        {if phrases.is_empty() {
            view! { <p>"Nothing yet. Add what your team writes often; it can then be put into a finding with one click."</p> }.into_any()
        } else {
            view! { <ul class="nhsuk-list">{items}</ul> }.into_any()
        }}
        <form action="/do/task/add-phrase" method="post" novalidate>
            {desk.hidden()}
            <Hidden values=vec![team()] />
            {ask::words("words", "words", "A finding to keep", "Everybody in your team can use and remove it.", &typed, kept.and_then(|kept| kept.problem("words")), 3)}
            <Button text="Add to the phrase book" secondary=true />
        </form>
        <p><a href=teams::for_the_same(desk, role, back)>"Back to the review"</a></p>
    }
    .into_any();
    Ok(framed(desk, format!("Phrase book of {}", role.the()), String::new(), middle))
}

/// The phrases beside the finding on one answer, each a button of the form that the answer stands in.
#[must_use]
pub fn beside(desk: &TaskContext, role: Role, phrases: &[Phrase], part: &FieldId) -> Option<AnyView> {
    if !has_one(role) {
        return None;
    }
    let items = phrases
        .iter()
        .take(BESIDE)
        .map(|phrase| {
            let value = format!("{part}:{}", phrase.id);
            view! {
                <li>
                    <button class="gpc-linkbutton" name="phrase" value=value formaction="/do/task/put-phrase" formnovalidate>{phrase.words.clone()}</button>
                    " "<span class="gpc-meta">{used(phrase)}</span>
                </li>
            }
        })
        .collect_view();
    let list = if phrases.is_empty() {
        view! { <p class="gpc-meta">"Nothing yet. What your team writes often can be kept here."</p> }.into_any()
    } else {
        view! { <ul class="nhsuk-list">{items}</ul> }.into_any()
    };
    let all = teams::for_the_same(desk, role, &format!("{}/{PAGE}", desk.path()));
    Some(
        view! {
            <Details summary="Phrase book" body=view! {
                {list}
                <p>
                    <button class="gpc-linkbutton" name="phrase" value=format!("{part}:") formaction="/do/task/put-phrase" formnovalidate>"Add the words above to the phrase book"</button>
                </p>
                <p><a href=all>"See and change the whole phrase book"</a></p>
            }.into_any() />
        }
        .into_any(),
    )
}

/// The words of a phrase at the end of the finding on one answer, which is then a finding.
///
/// # Errors
/// When the database does not answer.
pub async fn put_in(desk: &TaskContext, role: Role, phrase: &str, part: &FieldId, typed: Answers) -> Result<Answers, Halt> {
    let phrases = of(desk, role).await?;
    let Some(phrase) = phrases.iter().find(|known| known.id == phrase) else { return Ok(typed) };
    let (finding, verdict) = (review::finding_of(part), review::verdict_of(part));
    let words = format!("{}\n{}", typed.one(&finding), phrase.words);
    let mut typed = typed.with(&finding, words.trim());
    if matches!(typed.one(&verdict), "" | "accept") {
        typed = typed.with(&verdict, "change");
    }
    desk.context.services.store.phrase_used(&phrase.id, role).await?;
    Ok(typed)
}

/// Adds to the phrase book of a team.
///
/// # Errors
/// When the database does not answer. The inner error says what is wrong with the words.
pub async fn add(desk: &TaskContext, role: Role, words: &str) -> Result<Result<(), Refusal>, Halt> {
    let asked = Field::new("words", "A finding to keep", Kind::Words { max: LONGEST }).required("Write the words to keep");
    let clean = match Form::of(vec![asked]).check(&Answers::default().with("words", words)) {
        Ok(clean) => clean,
        Err(problems) => return Ok(Err(Refusal::Invalid(problems))),
    };
    let services = &desk.context.services;
    let phrase = Phrase {
        id: services.secrets.id(),
        role,
        words: clean.one("words").to_owned(),
        used: 0,
        by: desk.visitor.actor.person.clone(),
        at: services.clock.now(),
    };
    services.store.add_phrase(phrase).await?;
    Ok(Ok(()))
}

/// The task of a form and the team that it is judged for; or the page that says why not.
async fn judging(journey: &str, task: &str, team: &str, typed: &Answers) -> Result<Result<(TaskContext, Role), String>, Halt> {
    let path = paths::task(&encode(journey), &encode(task));
    let desk = TaskContext::of_form(journey, task, &path, typed).await?;
    match teams::judging(&desk, team) {
        Ok(role) if has_one(role) => Ok(Ok((desk, role))),
        Ok(_) => Err(Halt::Missing),
        Err(refusal) => Ok(Err(refused(&desk, path, &refusal, typed.clone()).await?)),
    }
}

/// Adds to the phrase book of the own team.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "task/add-phrase")]
pub async fn add_phrase(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] words: String,
    #[server(default)] role: String,
) -> ActionResult {
    act(async move {
        let typed = Answers::default().with("words", &words);
        let (desk, role) = match judging(&journey, &task, &role, &typed).await? {
            Ok(at) => at,
            Err(page) => return Ok(page),
        };
        let page = teams::for_the_same(&desk, role, &format!("{}/{PAGE}", desk.path()));
        match add(&desk, role, &words).await? {
            Ok(()) => flash::say(&desk.context.caller, "It is in the phrase book", ""),
            Err(refusal) => return refused(&desk, page, &refusal, typed).await,
        }
        Ok(page)
    })
    .await
}

/// Takes a phrase out of the book of the own team.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "task/remove-phrase")]
pub async fn remove_phrase(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] phrase: String,
    #[server(default)] role: String,
) -> ActionResult {
    act(async move {
        let (desk, role) = match judging(&journey, &task, &role, &Answers::default()).await? {
            Ok(at) => at,
            Err(page) => return Ok(page),
        };
        if desk.context.services.store.remove_phrase(&phrase, role).await? {
            flash::say(&desk.context.caller, "It is out of the phrase book", "");
        }
        Ok(teams::for_the_same(&desk, role, &format!("{}/{PAGE}", desk.path())))
    })
    .await
}

/// Puts a phrase into the finding on one answer of a review, or adds the words of that finding to the phrase book. What is
/// typed is kept as the draft of the team.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "task/put-phrase")]
pub async fn put_phrase(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] role: String,
    #[server(default)] version: u64,
    #[server(default)] phrase: String,
    #[server(default)] answers: Typed,
) -> ActionResult {
    act(async move {
        let mut typed = Answers(answers);
        let (desk, role) = match judging(&journey, &task, &role, &typed).await? {
            Ok(at) => at,
            Err(page) => return Ok(page),
        };
        let (part, phrase) = phrase.split_once(':').ok_or(Halt::Missing)?;
        let part: FieldId = part.parse().map_err(|_| Halt::Missing)?;
        let finding = review::finding_of(&part);
        let page = desk.path();
        if phrase.is_empty() {
            match add(&desk, role, typed.one(&finding)).await? {
                Ok(()) => flash::say(&desk.context.caller, "It is in the phrase book", ""),
                Err(_) => {
                    let refusal = Refusal::Invalid(Problems(vec![Problem::new(&finding, "Write the words first")]));
                    return refused(&desk, teams::for_the_same(&desk, role, &page), &refusal, typed).await;
                }
            }
        } else {
            typed = put_in(&desk, role, phrase, &part, typed).await?;
        }
        match drafts::save(&journey, &task, &review::subject_of(role), version, &typed).await? {
            drafts::Saving::Saved(_) => {}
            unsaved => drafts::keep_unsaved(&journey, &page, unsaved, typed).await?,
        }
        Ok(format!("{}#{finding}", teams::for_the_same(&desk, role, &page)))
    })
    .await
}
