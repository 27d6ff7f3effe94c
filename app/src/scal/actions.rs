//! What may be done to a SCAL. Rows and verdicts are drafts until they are sent: each is saved by itself, over the version
//! that was seen, so that many people can work on one SCAL.

use journey::{
    actor::Role,
    command::{Command, Refusal},
    decide,
    event::Event,
    form::{Answers, Field, Form, Kind, Problem, Problems},
    ids::{Digest, PersonId},
    journey::Journey,
    port::{Draft, WriteError, scal::Phrase},
    process::Page,
    review,
    scal::{
        self, Row,
        book::{self, ASSIGNEE, Entry},
        editions, evidence as facts,
        verdicts::{self, Says},
    },
    standing::Verb,
};
use leptos::prelude::*;

use crate::{
    flash::{self, Kept},
    halt::Halt,
    letters::counted,
    post::{Done, Typed, act, encode, perform, signed_in},
    scal::{filter::carried, judge::Bench, table},
    tasks::{
        actions::{done, id_of, stay, wish},
        drafts::{self, Saving},
        frame::Desk,
    },
    visitor::calling,
};

/// The draft that holds the product version: beside the rows, and never one of them.
pub(super) const PRODUCT: &str = "row.product";

/// The desk of a SCAL for an action, or the way to sign in. A refused form waits for `page`.
pub(super) async fn desk(journey: &str, task: &str, page: &str, typed: &Answers) -> Result<Desk, Halt> {
    let caller = calling()?;
    signed_in(&caller, page, typed).await?;
    let hall = crate::page::Hall { services: crate::services::services()?, caller, banner: None, kept: None };
    let desk = Desk::load(hall, journey, task).await?;
    if desk.spec.page != Page::Scal { Err(Halt::Missing) } else { Ok(desk) }
}

pub(super) fn path_of(journey: &str, task: &str) -> String {
    format!("/journeys/{}/tasks/{}", encode(journey), encode(task))
}

/// A filter as it may follow an address: never another address.
fn tail(filter: &str) -> String {
    let lawful = filter.starts_with('?') && filter.len() < 1_000 && filter.bytes().all(|b| b.is_ascii_graphic() && b != b'#');
    if lawful { filter.to_owned() } else { String::new() }
}

fn row_of(journey: &Journey, id: &str) -> Result<&'static Row, Halt> {
    scal::rows(&journey.opening).into_iter().find(|row| row.field.as_str() == id).ok_or(Halt::Missing)
}

async fn refused(desk: &Desk, path: String, refusal: &Refusal, typed: Answers) -> Result<String, Halt> {
    let (heading, detail) = refusal.sentence(desk.journey().process);
    let problems = match refusal {
        Refusal::Invalid(Problems(problems)) => problems.clone(),
        _ => Vec::new(),
    };
    let to = path.split(['?', '#']).next().unwrap_or_default().to_owned();
    flash::keep(&desk.hall.caller.session, Kept { path: to, heading, detail, problems, typed }).await?;
    Ok(path)
}

/// Why this person may not write answers now.
fn closed(desk: &Desk) -> Refusal {
    decide::why_not(desk.journey(), &desk.visitor.actor, Verb::Submit, &desk.spec.id).unwrap_or(Refusal::NothingToDo)
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
) -> Done {
    act(async move {
        let typed = Answers(answers);
        let (path, tail) = (path_of(&journey, &task), tail(&filter));
        let page = format!("{path}/{}", encode(&row));
        let desk = desk(&journey, &task, &page, &typed).await?;
        let asked = row_of(desk.journey(), &row)?;
        // The list as the writer saw it: once it is saved, the row may no longer be in it.
        let filter = carried(&filter);
        let entries = crate::scal::entries(&desk).await?;
        let list: Vec<&Row> =
            entries.iter().filter(|e| filter.lets_pass(e, &desk.visitor.actor.person)).map(|entry| entry.row).collect();
        let all: Vec<&Row> = entries.iter().map(|entry| entry.row).collect();
        let next = table::neighbours(&all, &list, asked).2;
        match drafts::save(&journey, &task, &book::subject_of(&asked.field), version, &typed).await? {
            Saving::Saved(_) => {}
            Saving::Conflict(theirs) => {
                drafts::keep_conflict(&journey, &page, theirs, typed).await?;
                return Ok(format!("{page}{tail}"));
            }
        }
        let complete = scal::is_answered(asked, &typed) || typed.one(asked.field.as_str()).is_empty();
        if !complete {
            let problems = scal::row_form(asked).check(&typed).err().unwrap_or_default();
            let heading = "Saved, and something is missing".to_owned();
            let detail = "Your words are saved. The row counts as answered when this is done.".to_owned();
            flash::keep(&desk.hall.caller.session, Kept { path: page.clone(), heading, detail, problems: problems.0, typed })
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
) -> Done {
    act(async move {
        let typed = Answers::default().with("status", &status).with("words", &words);
        let path = path_of(&journey, &task);
        let page = format!("{path}{}", tail(&filter));
        let desk = desk(&journey, &task, &path, &typed).await?;
        if !decide::may_write(desk.journey(), &desk.visitor.actor, &desk.spec.id) {
            return refused(&desk, page, &closed(&desk), typed).await;
        }
        let filter = carried(&filter);
        let entries = crate::scal::entries(&desk).await?;
        let chosen: Vec<&Entry> = entries
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
        let change: Box<dyn Fn(&Entry) -> Answers + Send> = if deed == "answer" {
            let check = |entry: &Entry| {
                let answers = Answers::default().with(entry.row.field.as_str(), &status).with(&entry.row.words(), &words);
                scal::row_form(entry.row).check(&answers)
            };
            if let Err(Problems(problems)) = check(chosen[0]) {
                let says = problems
                    .first()
                    .map(|problem| problem.says.replace(&format!(" for {}", chosen[0].row.id), ""))
                    .unwrap_or_default();
                return refused(&desk, page, &Refusal::problem("words", &says), typed).await;
            }
            Box::new(|entry| entry.body().with(entry.row.field.as_str(), &status).with(&entry.row.words(), &words))
        } else {
            let person = assignee_of(&desk, &assignee).await?;
            Box::new(move |entry| entry.body().with(ASSIGNEE, person.as_ref().map_or("", PersonId::as_str)))
        };
        let drafts: Vec<Draft> = chosen.iter().map(|entry| draft(&desk, entry, &change(entry))).collect();
        drop(change);
        let count = counted(drafts.len(), "row");
        match desk.hall.services.store.save_drafts(&desk.journey().reference, drafts).await {
            Ok(()) => {
                let (heading, text) = match deed.as_str() {
                    "answer" => {
                        (format!("{count} answered"), "They are in your draft. Nothing is sent until you submit the SCAL.")
                    }
                    _ => (format!("{count} assigned"), ""),
                };
                flash::say(&desk.hall.caller.session, heading, text).await?;
                Ok(page)
            }
            Err(WriteError::Conflict) => {
                let heading = "Nothing was changed: a colleague saved one of these rows meanwhile".to_owned();
                let detail = "The table shows the rows as they are now. Do it again if it still fits.".to_owned();
                flash::keep(&desk.hall.caller.session, Kept { path, heading, detail, problems: Vec::new(), typed }).await?;
                Ok(page)
            }
            Err(WriteError::Store(error)) => Err(error.into()),
        }
    })
    .await
}

/// The draft that a change of an entry makes, over the version that was loaded.
pub(super) fn draft(desk: &Desk, entry: &Entry, body: &Answers) -> Draft {
    Draft {
        task: desk.spec.id.clone(),
        subject: book::subject_of(&entry.row.field),
        version: entry.version,
        body: book::draft_form(entry.row).keep(body).to_json(),
        by: desk.visitor.actor.person.clone(),
        at: desk.hall.services.clock.now(),
    }
}

/// A colleague of the supplier by id; nobody for any other word.
async fn assignee_of(desk: &Desk, id: &str) -> Result<Option<PersonId>, Halt> {
    let members = desk.hall.services.store.members(&desk.journey().organisation).await?;
    Ok(members.into_iter().map(|member| member.person).find(|person| person.as_str() == id))
}

/// Sends the working copy as it is.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "scal/submit")]
pub async fn submit(#[server(default)] journey: String, #[server(default)] task: String, #[server(default)] seen: u64) -> Done {
    act(async move {
        let path = path_of(&journey, &task);
        let desk = desk(&journey, &task, &path, &Answers::default()).await?;
        let (entries, product) = crate::scal::working(&desk).await?;
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
                let kept = Kept {
                    path: path.clone(),
                    heading: format!("You cannot submit the SCAL yet: {count} to go"),
                    detail: "Everything you wrote is saved. Answer these rows, then submit.".to_owned(),
                    problems,
                    typed: Answers::default(),
                };
                flash::keep(&desk.hall.caller.session, kept).await?;
                return Ok(format!("{path}?show=todo"));
            }
        };
        perform(
            wish(&journey, &task, seen, Answers::default()),
            |_, spec| Ok(Command::Submit { task: id_of(spec)?, answers: answers.clone() }),
            |after, events| done(after, events, "The SCAL is submitted".to_owned()),
        )
        .await
    })
    .await
}

/// Says which product version is assessed.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "scal/product")]
pub async fn set_product(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] product_version: String,
) -> Done {
    act(async move {
        let page = format!("{}/evidence", path_of(&journey, &task));
        let typed = Answers::default().with(scal::PRODUCT_VERSION, &product_version);
        let desk = desk(&journey, &task, &page, &typed).await?;
        if !decide::may_write(desk.journey(), &desk.visitor.actor, &desk.spec.id) {
            return refused(&desk, page, &closed(&desk), typed).await;
        }
        let asked =
            Field::new(scal::PRODUCT_VERSION, "Product version", Kind::Line { max: 40 }).required("Enter the product version");
        let clean = match Form::of(vec![asked]).check(&typed) {
            Ok(clean) => clean,
            Err(problems) => return refused(&desk, page, &Refusal::Invalid(problems), typed).await,
        };
        let (store, reference) = (&desk.hall.services.store, &desk.journey().reference);
        let before = store.draft(reference, &desk.spec.id, PRODUCT).await?;
        let seen = before.as_ref().map_or(0, |draft| draft.version);
        let draft = Draft {
            task: desk.spec.id.clone(),
            subject: PRODUCT.to_owned(),
            version: seen,
            body: clean.to_json(),
            by: desk.visitor.actor.person.clone(),
            at: desk.hall.services.clock.now(),
        };
        match store.save_draft(reference, draft, seen).await {
            // A colleague saved a version in the same moment: the page shows which.
            Ok(_) | Err(WriteError::Conflict) => {}
            Err(WriteError::Store(error)) => return Err(error.into()),
        }
        flash::say(&desk.hall.caller.session, "The product version is saved", "Evidence of older versions is marked.").await?;
        Ok(page)
    })
    .await
}

/// Writes what is known of a file.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "scal/evidence")]
pub async fn tell_evidence(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] file: String,
    #[server(default)] replaces: String,
    #[server(default)] answers: Typed,
) -> Done {
    act(async move {
        let typed = Answers(answers);
        let path = format!("{}/evidence", path_of(&journey, &task));
        let desk = desk(&journey, &task, &path, &typed).await?;
        let page = format!("{path}?file={}", encode(&file));
        if !decide::may_write(desk.journey(), &desk.visitor.actor, &desk.spec.id) {
            return refused(&desk, page, &closed(&desk), typed).await;
        }
        let (store, reference) = (&desk.hall.services.store, &desk.journey().reference);
        let files = store.files(reference, &desk.spec.id).await?;
        let known = |text: &str| files.iter().map(|file| &file.digest).find(|digest| digest.as_str() == text).cloned();
        let digest: Digest = known(&file).ok_or(Halt::Missing)?;
        let replaces = known(&replaces).filter(|other| *other != digest);
        let (by, at) = (desk.visitor.actor.person.clone(), desk.hall.services.clock.now());
        match facts::read(digest, &typed, replaces, by, at) {
            Ok(evidence) => {
                store.tell_evidence(reference, &desk.spec.id, evidence).await?;
                flash::say(&desk.hall.caller.session, "It is saved", "").await?;
                Ok(path)
            }
            Err(refusal) => refused(&desk, page, &refusal, typed).await,
        }
    })
    .await
}

/// Moves the journey to the newest edition of the catalogue.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "scal/uplift")]
pub async fn uplift(#[server(default)] journey: String, #[server(default)] task: String, #[server(default)] seen: u64) -> Done {
    act(perform(
        wish(&journey, &task, seen, Answers::default()),
        |_, spec| Ok(Command::Uplift { task: id_of(spec)? }),
        |after, events| stay(after, events, format!("The SCAL answers edition {} now", editions::newest())),
    ))
    .await
}

/// Saves a verdict on one row, puts a phrase into its words, or adds its words to the phrase book.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "scal/judge")]
pub async fn judge(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] row: String,
    #[server(default)] version: u64,
    #[server(default)] filter: String,
    #[server(default)] then: String,
    #[server(default)] phrase: String,
    #[server(default)] answers: Typed,
) -> Done {
    act(async move {
        let mut typed = Answers(answers);
        let (path, tail) = (path_of(&journey, &task), tail(&filter));
        let page = format!("{path}/{}", encode(&row));
        let here = format!("{page}{tail}");
        let desk = desk(&journey, &task, &page, &typed).await?;
        let asked = row_of(desk.journey(), &row)?;
        let Some(role) = decide::role_on(desk.journey(), &desk.visitor.actor, Verb::Approve, &desk.spec.id) else {
            return refused(&desk, here, &may_not_judge(&desk), typed).await;
        };
        let bench = Bench::load(&desk, role).await?;
        let Some(judged) = bench.rows.iter().find(|judged| judged.row.field == asked.field) else { return Err(Halt::Missing) };
        let finding = verdicts::finding_of(&asked.field);
        let store = &desk.hall.services.store;
        if !phrase.is_empty() {
            let phrases = store.phrases(role).await?;
            if let Some(phrase) = phrases.iter().find(|known| known.id == phrase) {
                let words = format!("{}\n{}", typed.one(&finding), phrase.words);
                typed = typed.with(&finding, words.trim());
                if matches!(typed.one(&verdicts::verdict_of(&asked.field)), "" | "accept") {
                    typed = typed.with(&verdicts::verdict_of(&asked.field), "change");
                }
                store.phrase_used(&phrase.id, role).await?;
            }
        }
        if then == "phrase" {
            match add(&desk, role, typed.one(&finding)).await? {
                Ok(()) => flash::say(&desk.hall.caller.session, "It is in the phrase book", "").await?,
                Err(refusal) => {
                    let problems = vec![Problem::new(&finding, "Write the words first")];
                    let (heading, detail) = refusal.sentence(desk.journey().process);
                    flash::keep(&desk.hall.caller.session, Kept { path: page.clone(), heading, detail, problems, typed }).await?;
                    return Ok(here);
                }
            }
        }
        // Seen before it was saved: afterwards the row may no longer be in the list.
        let list: Vec<&Row> = bench.shown(&carried(&tail), &show_of(&tail)).into_iter().map(|judged| judged.row).collect();
        let all: Vec<&Row> = bench.rows.iter().map(|judged| judged.row).collect();
        let next = table::neighbours(&all, &list, asked).2;
        match drafts::save(&journey, &task, &verdicts::subject_of(&asked.field), version, &typed).await? {
            Saving::Saved(_) => {}
            Saving::Conflict(theirs) => {
                drafts::keep_conflict(&journey, &page, theirs, typed).await?;
                return Ok(here);
            }
        }
        if Says::of(&asked.field, &judged.stands, &typed) == Says::WordsMissing {
            let says = if typed.one(&verdicts::verdict_of(&asked.field)) == "condition" {
                "Say under what condition"
            } else {
                "Say what to change"
            };
            return refused(&desk, here, &Refusal::problem(&finding, says), typed).await;
        }
        Ok(match next.filter(|_| then == "next") {
            Some(next) => format!("{path}/{}{tail}#open-row", next.field),
            None if then == "next" => format!("{path}{tail}"),
            None => here,
        })
    })
    .await
}

/// The word of the reviewer's first select in a filter.
fn show_of(tail: &str) -> String {
    let mut pairs = form_urlencoded::parse(tail.trim_start_matches('?').as_bytes());
    pairs.find(|(key, _)| key == "show").map(|(_, value)| value.into_owned()).unwrap_or_default()
}

fn may_not_judge(desk: &Desk) -> Refusal {
    decide::why_not(desk.journey(), &desk.visitor.actor, Verb::Approve, &desk.spec.id).unwrap_or(Refusal::NothingToDo)
}

/// Accepts rows together: first shows them, then does it.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "scal/accept")]
pub async fn accept(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] rows: Vec<String>,
    #[server(default)] filter: String,
    #[server(default)] scope: String,
    #[server(default)] sure: String,
) -> Done {
    act(async move {
        let (path, tail) = (path_of(&journey, &task), tail(&filter));
        let page = format!("{path}{tail}");
        let desk = desk(&journey, &task, &path, &Answers::default()).await?;
        let Some(role) = decide::role_on(desk.journey(), &desk.visitor.actor, Verb::Approve, &desk.spec.id) else {
            return refused(&desk, page, &may_not_judge(&desk), Answers::default()).await;
        };
        let bench = Bench::load(&desk, role).await?;
        let rows = if scope == "shown" {
            let shown = bench.shown(&carried(&tail), &show_of(&tail));
            shown.into_iter().filter(|judged| judged.says == Says::None).map(|judged| judged.row.field.to_string()).collect()
        } else {
            rows
        };
        if rows.is_empty() {
            return refused(&desk, page, &Refusal::problem("accept", "Tick the rows that you accept"), Answers::default()).await;
        }
        if sure != "yes" {
            let typed = Answers([("rows".to_owned(), rows), ("filter".to_owned(), vec![tail])].into());
            // Kept to be looked at, with nothing to complain of.
            let path = format!("{path}/accept");
            flash::keep(&desk.hall.caller.session, Kept { path: path.clone(), typed, ..Kept::default() }).await?;
            return Ok(path);
        }
        let at = desk.hall.services.clock.now();
        // Only rows of this team without a verdict: what a colleague has judged meanwhile stays.
        let drafts: Vec<Draft> = bench
            .rows
            .iter()
            .filter(|judged| judged.says == Says::None && rows.iter().any(|id| *id == judged.row.field.as_str()))
            .map(|judged| Draft {
                task: desk.spec.id.clone(),
                subject: verdicts::subject_of(&judged.row.field),
                version: bench.version(&judged.row.field),
                body: Answers::default().with(&verdicts::verdict_of(&judged.row.field), "accept").to_json(),
                by: desk.visitor.actor.person.clone(),
                at,
            })
            .collect();
        let count = drafts.len();
        match desk.hall.services.store.save_drafts(&desk.journey().reference, drafts).await {
            Ok(()) => {
                let text = if count < rows.len() { "Rows that had a verdict already keep it." } else { "" };
                flash::say(&desk.hall.caller.session, format!("{} accepted", counted(count, "row")), text).await?;
            }
            Err(WriteError::Conflict) => {
                flash::say(
                    &desk.hall.caller.session,
                    "Nothing was changed",
                    "A colleague judged one of these rows in the same moment. Look at the table and do it again.",
                )
                .await?;
            }
            Err(WriteError::Store(error)) => return Err(error.into()),
        }
        Ok(page)
    })
    .await
}

/// Finishes the sections of a team: signs them off, or returns the SCAL with its findings.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "scal/finish")]
pub async fn finish(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] seen: u64,
    #[server(default)] note: String,
) -> Done {
    act(async move {
        let page = format!("{}/finish", path_of(&journey, &task));
        let said = Answers::default().with("note", &note);
        let desk = desk(&journey, &task, &page, &said).await?;
        let Some(role) = decide::role_on(desk.journey(), &desk.visitor.actor, Verb::Approve, &desk.spec.id) else {
            return refused(&desk, path_of(&journey, &task), &may_not_judge(&desk), said).await;
        };
        let bench = Bench::load(&desk, role).await?;
        let decision = Says::decision(bench.rows.iter().map(|judged| judged.says));
        let typed = bench.typed.clone().with("decision", decision).with("note", &note);
        let form = scal::judged_form(&desk.journey().opening, &bench.answers);
        let judged = crate::tasks::review::judged(&form, role, &desk.record(), &desk.sent)?;
        let mut wish = wish(&journey, &task, seen, said);
        wish.page.push_str("/finish");
        perform(
            wish,
            |_, spec| review::review(&id_of(spec)?, &judged, &typed),
            |after, events| {
                let heading = match events.first() {
                    Some(Event::Returned { .. }) => "Returned to the supplier",
                    _ => "Your sections are signed off",
                };
                done(after, events, heading.to_owned())
            },
        )
        .await
    })
    .await
}

/// Adds to the phrase book of the own team.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "scal/add-phrase")]
pub async fn add_phrase(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] words: String,
) -> Done {
    act(async move {
        let page = format!("{}/phrases", path_of(&journey, &task));
        let typed = Answers::default().with("words", &words);
        let desk = desk(&journey, &task, &page, &typed).await?;
        let Some(role) = decide::role_on(desk.journey(), &desk.visitor.actor, Verb::Approve, &desk.spec.id) else {
            return refused(&desk, path_of(&journey, &task), &may_not_judge(&desk), typed).await;
        };
        match add(&desk, role, &words).await? {
            Ok(()) => {
                flash::say(&desk.hall.caller.session, "It is in the phrase book", "").await?;
                Ok(page)
            }
            Err(refusal) => refused(&desk, page, &refusal, typed).await,
        }
    })
    .await
}

async fn add(desk: &Desk, role: Role, words: &str) -> Result<Result<(), Refusal>, Halt> {
    let asked = Field::new("words", "A finding to keep", Kind::Words { max: 1_000 }).required("Write the words to keep");
    let clean = match Form::of(vec![asked]).check(&Answers::default().with("words", words)) {
        Ok(clean) => clean,
        Err(problems) => return Ok(Err(Refusal::Invalid(problems))),
    };
    let services = &desk.hall.services;
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

/// Takes a phrase out of the book of the own team.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "scal/remove-phrase")]
pub async fn remove_phrase(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] phrase: String,
) -> Done {
    act(async move {
        let page = format!("{}/phrases", path_of(&journey, &task));
        let desk = desk(&journey, &task, &page, &Answers::default()).await?;
        let Some(role) = decide::role_on(desk.journey(), &desk.visitor.actor, Verb::Approve, &desk.spec.id) else {
            return refused(&desk, path_of(&journey, &task), &may_not_judge(&desk), Answers::default()).await;
        };
        if desk.hall.services.store.remove_phrase(&phrase, role).await? {
            flash::say(&desk.hall.caller.session, "It is out of the phrase book", "").await?;
        }
        Ok(page)
    })
    .await
}
