//! What may be done to a SCAL. Rows and verdicts are drafts until they are sent: each is saved by itself, over the version
//! that was seen, so that many people can work on one SCAL.

use journey::{
    base::ids::{PersonId, Seq},
    catalogue::{
        editions,
        row::{self, Row},
        scal,
    },
    form::{Answers, Problem, Problems},
    ledger::{journey::Journey, machine::Verb, refusal::Refusal},
    plan::process::Page,
    port::WriteError,
    rule::{command::Command, draft::Draft, offers},
    scal::book::{self, ASSIGNEE, CONFIRMED, Entry},
};
use leptos::prelude::*;

use crate::{
    act::{
        action::{ActionRequest, ActionResult, Typed, act},
        post::perform,
    },
    base::{
        halt::Halt,
        paths,
        said::RefusedForm,
        words::{counted, encode, tail},
    },
    desk::refused::refused,
    desk::{
        actions::{done, id_of, stay, wish},
        context::TaskContext,
        drafts::{self, Saving},
    },
    request::flash,
    work::scal::{filter::carried, table},
};

/// The desk of a SCAL for an action, or the way to sign in. A refused form waits for `page`.
pub(crate) async fn desk(journey: &str, task: &str, page: &str, typed: &Answers) -> Result<TaskContext, Halt> {
    let desk = TaskContext::of_form(journey, task, page, typed).await?;
    if desk.spec.page != Page::Scal { Err(Halt::Missing) } else { Ok(desk) }
}

/// The desk at which rows are judged: of a SCAL, or of a test stage that rows went with.
pub(crate) async fn bench_desk(journey: &str, task: &str, page: &str, typed: &Answers) -> Result<TaskContext, Halt> {
    let desk = TaskContext::of_form(journey, task, page, typed).await?;
    let judged = desk.spec.page == Page::Scal || !desk.journey().went_along(desk.spec).is_empty();
    if judged { Ok(desk) } else { Err(Halt::Missing) }
}

pub(crate) fn path_of(journey: &str, task: &str) -> String {
    paths::task(&encode(journey), &encode(task))
}

pub(crate) fn row_of(journey: &Journey, id: &str) -> Result<&'static Row, Halt> {
    scal::rows(&journey.opening).into_iter().find(|row| row.field.as_str() == id).ok_or(Halt::Missing)
}

/// Why this person may not write answers now.
pub(crate) fn closed(desk: &TaskContext) -> Refusal {
    offers::judge(desk.journey(), &desk.visitor.actor, Verb::Submit, &desk.spec.id).err().unwrap_or(Refusal::NothingToDo)
}

/// Saves the answer of one row, and goes on to the next one when asked to.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "scal/save")]
pub async fn save(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] row: String,
    #[server(default)] version: u64,
    #[server(default)] filter: String,
    #[server(default)] then: String,
    #[server(default)] answers: Typed,
) -> ActionResult {
    act(async move {
        let typed = Answers(answers);
        let (path, tail) = (path_of(&journey, &task), tail(&filter));
        let page = format!("{path}/{}", encode(&row));
        let desk = desk(&journey, &task, &page, &typed).await?;
        let asked = row_of(desk.journey(), &row)?;
        // The list as the writer saw it: once it is saved, the row may no longer be in it.
        let filter = carried(&filter);
        let entries = crate::desk::working::entries(&desk).await?;
        let list: Vec<&Row> =
            entries.iter().filter(|e| filter.lets_pass(e, &desk.visitor.actor.person)).map(|entry| entry.row).collect();
        let all: Vec<&Row> = entries.iter().map(|entry| entry.row).collect();
        let next = table::neighbours(&all, &list, asked).2;
        match drafts::save(&journey, &task, &book::subject_of(&asked.field), version, &typed).await? {
            Saving::Saved(_) => {}
            unsaved => {
                drafts::keep_unsaved(&journey, &page, unsaved, typed).await?;
                return Ok(format!("{page}{tail}"));
            }
        }
        // Saved, and still asked again: nothing but a confirmation ends that.
        if let Some(again) = desk.journey().asked_again(&asked.field)
            && row::is_answered(asked, &typed)
            && typed.one(CONFIRMED).parse::<u64>().map_or(Seq(0), Seq) < again.since
        {
            let text = "Press “Confirm the answer” when it is right for what is asked now.";
            flash::say(&desk.context.caller, "Saved. The row is still asked again", text);
            return Ok(format!("{page}{tail}"));
        }
        let complete = row::is_answered(asked, &typed) || typed.one(asked.field.as_str()).is_empty();
        if !complete {
            let problems = row::row_form(asked).check(&typed).err().unwrap_or_default();
            let heading = "Saved, and something is missing".to_owned();
            let detail = "Your words are saved. The row counts as answered when this is done.".to_owned();
            flash::keep(
                &desk.context.caller.session,
                RefusedForm { path: page.clone(), heading, detail, problems: problems.0, typed },
            )
            .await?;
            return Ok(format!("{page}{tail}"));
        }
        Ok(match next.filter(|_| then == "next") {
            Some(next) => format!("{path}/{}{tail}#open-row", next.field),
            None if then == "next" => format!("{path}{tail}"),
            None => format!("{page}{tail}"),
        })
    })
    .await
}

/// One deed for many rows: assigns them, or gives them the same answer.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "scal/many")]
pub async fn many(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] filter: String,
    #[server(default)] scope: String,
    #[server(default)] rows: Vec<String>,
    #[server(default)] deed: String,
    #[server(default)] assignee: String,
    #[server(default)] status: String,
    #[server(default)] words: String,
) -> ActionResult {
    act(async move {
        let typed = Answers::default().with("status", &status).with("words", &words);
        let path = path_of(&journey, &task);
        let page = format!("{path}{}", tail(&filter));
        let desk = desk(&journey, &task, &path, &typed).await?;
        if !offers::may_write(desk.journey(), &desk.visitor.actor, &desk.spec.id) {
            return refused(&desk, page, &closed(&desk), typed).await;
        }
        let filter = carried(&filter);
        let mut entries = crate::desk::working::entries(&desk).await?;
        if filter.assigned == book::NOBODY {
            let members = desk.context.services.store.members(&desk.journey().organisation).await?;
            book::find_left(&mut entries, members.iter().map(|member| &member.person));
        }
        let mut chosen: Vec<&Entry> = entries
            .iter()
            .filter(|entry| match scope.as_str() {
                "shown" => filter.lets_pass(entry, &desk.visitor.actor.person),
                _ => rows.iter().any(|id| *id == entry.row.field.as_str()),
            })
            .collect();
        if chosen.is_empty() {
            return refused(
                &desk,
                page,
                &Refusal::problem("bulk", "Tick the rows first, or choose all rows in the table"),
                typed,
            )
            .await;
        }
        let change: Box<dyn Fn(&Entry) -> Answers + Send> = if deed == "confirm" {
            if !chosen.iter().any(|entry| entry.again.is_some()) {
                let says = "Choose rows that are asked again: none of these is";
                return refused(&desk, page, &Refusal::problem("bulk", says), typed).await;
            }
            chosen.retain(|entry| entry.again.is_some());
            Box::new(Entry::confirmed_body)
        } else if deed == "answer" {
            let check = |entry: &Entry| {
                let answers = Answers::default().with(entry.row.field.as_str(), &status).with(entry.row.words(), &words);
                row::row_form(entry.row).check(&answers)
            };
            if let Err(Problems(problems)) = check(chosen[0]) {
                let says = problems
                    .first()
                    .map(|problem| problem.says.replace(&format!(" for {}", chosen[0].row.id), ""))
                    .unwrap_or_default();
                return refused(&desk, page, &Refusal::problem("words", &says), typed).await;
            }
            Box::new(|entry| entry.body().with(entry.row.field.as_str(), &status).with(entry.row.words(), &words))
        } else {
            let person = assignee_of(&desk, &assignee).await?;
            Box::new(move |entry| entry.body().with(ASSIGNEE, person.as_ref().map_or("", PersonId::as_str)))
        };
        let drafts: Result<Vec<Draft>, Refusal> = chosen.iter().map(|entry| draft(&desk, entry, &change(entry))).collect();
        drop(change);
        let drafts = match drafts {
            Ok(drafts) => drafts,
            Err(refusal) => return refused(&desk, page, &refusal, typed).await,
        };
        let count = counted(drafts.len(), "row");
        match desk.context.services.store.save_drafts(&desk.journey().reference, drafts).await {
            Ok(()) => {
                let (heading, text) = match deed.as_str() {
                    "answer" if status == row::NOT_APPLICABLE => (
                        format!("{count} answered: does not apply"),
                        "A reviewer looks at why. They are in your draft. Nothing is sent until you submit the SCAL.",
                    ),
                    "answer" => {
                        (format!("{count} answered"), "They are in your draft. Nothing is sent until you submit the SCAL.")
                    }
                    "confirm" => (format!("{count} confirmed"), "Their answers stand for what is asked now."),
                    _ => (format!("{count} assigned"), ""),
                };
                flash::say(&desk.context.caller, heading, text);
                Ok(page)
            }
            Err(WriteError::Conflict) => {
                let heading = "Nothing was changed: a colleague saved one of these rows meanwhile".to_owned();
                let detail = "The table shows the rows as they are now. Do it again if it still fits.".to_owned();
                flash::keep(&desk.context.caller.session, RefusedForm { path, heading, detail, problems: Vec::new(), typed })
                    .await?;
                Ok(page)
            }
            Err(WriteError::Store(error)) => Err(error.into()),
        }
    })
    .await
}

/// The draft that a change of an entry makes, over the version that was loaded.
///
/// # Errors
/// [`Refusal::Invalid`] when an answer is longer than can be kept.
pub(crate) fn draft(desk: &TaskContext, entry: &Entry, body: &Answers) -> Result<Draft, Refusal> {
    Ok(Draft {
        task: desk.spec.id.clone(),
        subject: book::subject_of(&entry.row.field),
        version: entry.version,
        body: book::draft_form(entry.row).keep(body).map_err(Refusal::Invalid)?.to_json(),
        by: desk.visitor.actor.person.clone(),
        at: desk.context.services.clock.now(),
        sent: false,
    })
}

/// A colleague of the supplier by id; nobody for any other word.
async fn assignee_of(desk: &TaskContext, id: &str) -> Result<Option<PersonId>, Halt> {
    let members = desk.context.services.store.members(&desk.journey().organisation).await?;
    Ok(members.into_iter().map(|member| member.person).find(|person| person.as_str() == id))
}

/// Sends the working copy as it is.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "scal/submit")]
pub async fn submit(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] seen: u64,
) -> ActionResult {
    act(async move {
        let path = path_of(&journey, &task);
        let desk = desk(&journey, &task, &path, &Answers::default()).await?;
        let (entries, product, taken) = crate::desk::working::to_submit(&desk).await?;
        if !desk.may(Verb::Submit) {
            return refused(&desk, path, &closed(&desk), Answers::default()).await;
        }
        let answers = match book::to_send(&entries) {
            Ok(answers) if product.is_empty() => answers,
            Ok(answers) => answers.with(scal::PRODUCT_VERSION, &product),
            Err(Problems(problems)) => {
                let count = counted(problems.len(), "row");
                // A link for each row that blocks; the table below holds them all.
                let problems = problems.into_iter().take(20).map(|p| Problem::new(&format!("row-{}", p.field), p.says)).collect();
                let kept = RefusedForm {
                    path: path.clone(),
                    heading: format!("You cannot submit the SCAL yet: {count} to go"),
                    detail: "Everything you wrote is saved. Answer these rows, then submit.".to_owned(),
                    problems,
                    typed: Answers::default(),
                };
                flash::keep(&desk.context.caller.session, kept).await?;
                return Ok(format!("{path}?show=todo"));
            }
        };
        perform(
            // Exactly what was read goes in: a row that somebody saves meanwhile is not in this round, and stays.
            ActionRequest { sent: taken, ..wish(&journey, &task, seen, Answers::default()) },
            |_, spec| Ok(Command::Submit { task: id_of(spec)?, answers: answers.clone() }),
            |after, events| done(after, events, "The SCAL is submitted".to_owned()),
        )
        .await
    })
    .await
}

/// Moves the journey to the newest edition of the catalogue.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "scal/uplift")]
pub async fn uplift(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] seen: u64,
) -> ActionResult {
    act(perform(
        wish(&journey, &task, seen, Answers::default()),
        |_, spec| Ok(Command::Uplift { task: id_of(spec)? }),
        |after, events| stay(after, events, format!("The SCAL answers edition {} now", editions::newest())),
    ))
    .await
}
