//! A SCAL as a file: handed out as a workbook, and taken in again to be looked at before anything is applied.

use std::collections::BTreeMap;

use app::{
    act::{
        action::signed_in,
        load::{Loaded, load},
    },
    base::{halt::Halt, said::RefusedForm, words::encode},
    desk::{drafts, working::working_copy},
    request::{
        flash, ledger,
        visitor::{Caller, Visitor},
    },
    work::scal::{catalogue, import},
};
use axum::{
    Extension,
    extract::{Path, Request, State},
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use journey::{
    base::{
        calendar::date_of,
        ids::{PersonId, TaskId},
    },
    catalogue::editions,
    form::{Answers, Problem},
    plan::process::Page,
    scal::{book::Entry, sheet::Stamp},
};

use crate::{
    downloads::attached,
    enter::enter,
    form::{Form, NO_ROOM, Rules, Stop, Texts, Whole},
    gate::turned_away,
    uploads::{Uploads, one_file},
    workbook,
};

/// Hands the SCAL out: `GET /journeys/{reference}/tasks/{task}/scal.xlsx`.
pub async fn get(
    State(uploads): State<Uploads>,
    Extension(caller): Extension<Caller>,
    Path((reference, task)): Path<(String, String)>,
) -> Response {
    out(written(&uploads, &caller, &reference, &task).await)
}

/// A workbook, or a page that says why there is none.
fn out(written: Result<Response, Halt>) -> Response {
    match written {
        Ok(response) => response,
        Err(Halt::SignIn) => Redirect::to("/sign-in").into_response(),
        Err(Halt::Unavailable(why)) => {
            tracing::warn!(why, "a workbook could not be made");
            turned_away(StatusCode::SERVICE_UNAVAILABLE, "The workbook cannot be made just now", "Wait a moment, then try again.")
        }
        Err(Halt::Fault(why)) => {
            tracing::error!(why, "fault in a workbook");
            turned_away(
                StatusCode::INTERNAL_SERVER_ERROR,
                "The workbook cannot be made",
                "What you wrote is safe. We have noted the fault.",
            )
        }
        Err(_) => turned_away(
            StatusCode::NOT_FOUND,
            "SCAL not found",
            "The link may be wrong, or the journey may belong to another organisation.",
        ),
    }
}

async fn written(uploads: &Uploads, caller: &Caller, reference: &str, task: &str) -> Result<Response, Halt> {
    let visitor = caller.visitor.clone().ok_or(Halt::SignIn)?;
    let loaded = load(&uploads.services, &visitor, reference).await?;
    let task: TaskId = task.parse().map_err(|_| Halt::Missing)?;
    let spec = loaded.journey.process.task(&task).filter(|spec| spec.page == Page::Scal).ok_or(Halt::Missing)?;
    if !spec.applies(&loaded.journey.opening) || !loaded.journey.may_read(&visitor.actor, spec) {
        return Err(Halt::Missing);
    }
    let own = visitor.actor.organisation == loaded.journey.organisation;
    let entries = working_copy(&uploads.services, &loaded.journey, spec, own).await?;
    let members: BTreeMap<PersonId, String> = if own {
        let members = uploads.services.store.members(&loaded.journey.organisation).await?;
        members.into_iter().map(|member| (member.person, member.name)).collect()
    } else {
        BTreeMap::new()
    };
    let of = Stamp {
        journey: loaded.journey.reference.clone(),
        product: loaded.journey.opening.product.clone(),
        edition: loaded.journey.opening.catalogue.clone(),
        day: date_of(uploads.services.clock.now()),
    };
    let made = uploads.parse(move || {
        let assigned =
            |entry: &Entry| entry.assignee.as_ref().and_then(|person| members.get(person)).cloned().unwrap_or_default();
        workbook::write(&entries, &workbook::Beside { assigned: &assigned, own, of })
    });
    let bytes = made.await?.map_err(|error| Halt::Fault(error.to_string()))?;
    attached(bytes, &format!("SCAL {} {}.xlsx", loaded.journey.opening.product, loaded.journey.reference), XLSX)
}

/// What a workbook is.
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Bytes of a form with a workbook: the workbook, the text of a catalogue, and what is around them.
const LONGEST_FORM: u64 = 6_000_000;

/// Characters of a catalogue that is typed; its page says so when they are too many.
const LONGEST_CATALOGUE: usize = 400_000;

/// Takes a workbook in: `POST /do/scal/upload`, a multipart form. Nothing is applied; the next page shows what would change.
pub async fn upload(State(uploads): State<Uploads>, Extension(caller): Extension<Caller>, request: Request) -> Response {
    let rules = Rules::new(LONGEST_FORM, |texts| (import_page(texts), Answers::default()));
    enter(&uploads, &caller, request, rules, async |visitor, form| taken(&uploads, &caller, visitor, form).await).await
}

fn import_page(texts: &Texts) -> String {
    format!("/journeys/{}/tasks/{}/import", encode(texts.one("journey")), encode(texts.one("task")))
}

/// Hands an edition of the catalogue out to those who publish it: `GET /catalogue/{edition}`, as a workbook.
pub async fn catalogue(
    State(uploads): State<Uploads>,
    Extension(caller): Extension<Caller>,
    Path(edition): Path<String>,
) -> Response {
    let missing = || {
        turned_away(StatusCode::NOT_FOUND, "Edition not found", "Operators of this service find the editions under Catalogue.")
    };
    let Some(visitor) = &caller.visitor else { return Redirect::to("/sign-in").into_response() };
    if !editions::may_publish(&visitor.actor) {
        return missing();
    }
    if let Err(halt) = ledger::learn(&uploads.services).await {
        return out(Err(halt));
    }
    let rows = edition.parse().map(|edition| editions::rows(&edition)).unwrap_or_default();
    if rows.is_empty() {
        return missing();
    }
    let written = uploads.parse(move || workbook::write_catalogue(rows).map_err(|error| Halt::Fault(error.to_string()))).await;
    out(written.flatten().and_then(|bytes| attached(bytes, &format!("Catalogue {edition}.xlsx"), XLSX)))
}

/// Takes an edition of the catalogue in: `POST /do/catalogue/file`, a multipart form. It is put into the form of the page as
/// text, to be looked at; nothing is published.
pub async fn take_catalogue(State(uploads): State<Uploads>, Extension(caller): Extension<Caller>, request: Request) -> Response {
    let rules = Rules { longest_text: LONGEST_CATALOGUE, ..Rules::new(LONGEST_FORM, catalogue_typed) };
    let work = async |visitor: &Visitor, form: &mut Form| catalogue_taken(&uploads, &caller, visitor, form).await;
    enter(&uploads, &caller, request, rules, work).await
}

fn catalogue_typed(texts: &Texts) -> (String, Answers) {
    let known = ["edition", "note", "body"].into_iter().filter(|name| texts.0.iter().any(|(there, _)| there == name));
    (catalogue::PAGE.to_owned(), known.fold(Answers::default(), |typed, name| typed.with(name, texts.one(name))))
}

async fn catalogue_taken(uploads: &Uploads, caller: &Caller, visitor: &Visitor, form: &mut Form) -> Result<String, Stop> {
    catalogue::operators_only(&visitor.actor)?;
    let ((), sent) = one_file(uploads, form, |_| std::future::ready(Ok(()))).await?;
    let (page, typed) = catalogue_typed(&form.texts);
    signed_in(caller, &page, &typed).await?;
    let read = match sent {
        None => Err(("No file was chosen".to_owned(), vec!["Choose an Excel or CSV file, then press Read the file".to_owned()])),
        Some((name, Whole::TooLarge)) => Err((format!("{name} was not taken"), vec!["It is larger than 5 MB".to_owned()])),
        Some((name, Whole::NoRoom)) => Err((format!("{name} was not taken"), vec![NO_ROOM.to_owned()])),
        Some((name, Whole::Held(bytes, _room))) => {
            let read = uploads.parse(move || workbook::read_catalogue(bytes)).await?;
            read.map_err(|says| (format!("{name} was not taken"), says))
        }
    };
    match read {
        Ok(text) => Ok(catalogue::look_at(&uploads.services, caller, typed.with("body", &text)).await?),
        Err((heading, says)) => {
            let problems = says.into_iter().map(|says| Problem::new("file", says)).collect();
            let detail = "Nothing was published. Your text is kept below.".to_owned();
            flash::keep(&caller.session, RefusedForm { path: page.clone(), heading, detail, problems, typed }).await?;
            Ok(page)
        }
    }
}

/// The journey and the task that a workbook is for. Whoever may not write there has no workbook read.
async fn import_to(uploads: &Uploads, visitor: &Visitor, texts: &Texts) -> Result<(Loaded, TaskId), Halt> {
    let loaded = load(&uploads.services, visitor, texts.one("journey")).await?;
    let task: TaskId = texts.one("task").parse().map_err(|_| Halt::Missing)?;
    let spec = loaded.journey.process.task(&task).filter(|spec| spec.page == Page::Scal).ok_or(Halt::Missing)?;
    if !drafts::may_write(&loaded.journey, &visitor.actor, spec) {
        return Err(Halt::Missing);
    }
    Ok((loaded, task))
}

async fn taken(uploads: &Uploads, caller: &Caller, visitor: &Visitor, form: &mut Form) -> Result<String, Stop> {
    let may = |texts: Texts| async move { import_to(uploads, visitor, &texts).await };
    let ((loaded, task), sent) = one_file(uploads, form, may).await?;
    let page = import_page(&form.texts);
    let refused = async |heading: String, says: Vec<String>| -> Result<String, Stop> {
        // What is offered below a refusal would be taken for the file that was refused.
        import::forget(&uploads.services, visitor, &loaded.journey, &task).await?;
        let problems = says.into_iter().map(|says| Problem::new("file", says)).collect();
        let detail = "Nothing was changed.".to_owned();
        let kept = RefusedForm { path: page.clone(), heading, detail, problems, typed: Answers::default() };
        flash::keep(&caller.session, kept).await?;
        Ok(page.clone())
    };
    let (name, bytes, _room) = match sent {
        None => {
            return refused("No file was chosen".to_owned(), vec!["Choose an Excel file, then press Upload".to_owned()]).await;
        }
        Some((name, Whole::NoRoom)) => return refused(format!("{name} was not taken"), vec![NO_ROOM.to_owned()]).await,
        Some((name, Whole::TooLarge)) => {
            let says = "It is larger than 5 MB. Send the file that you downloaded, without pictures".to_owned();
            return refused(format!("{name} was not taken"), vec![says]).await;
        }
        Some((name, Whole::Held(bytes, room))) => (name, bytes, room),
    };
    match uploads.parse(move || workbook::read(bytes)).await? {
        Ok(file) => {
            tracing::info!(journey = %loaded.journey.reference, lines = file.lines.len(), "a workbook was read");
            import::keep(&uploads.services, visitor, &loaded.journey, task.as_str(), &name, file).await?;
            Ok(page)
        }
        Err(says) => refused(format!("{name} was not taken"), says).await,
    }
}
