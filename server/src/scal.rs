//! A SCAL as a workbook, and the catalogue that it answers: handed out, and taken in to be looked at.

use std::collections::BTreeMap;

use app::{
    act::action::signed_in,
    base::{halt::Halt, said::RefusedForm},
    desk::working::working_copy,
    request::{
        flash, ledger,
        visitor::{Caller, Visitor},
    },
    work::scal::catalogue,
};
use axum::{
    Extension,
    extract::{Path, Request, State},
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use journey::{
    base::{calendar::date_of, ids::PersonId},
    catalogue::editions,
    form::{Answers, Problem},
    plan::process::Page,
    scal::{book::Entry, sheet::Stamp},
};

use crate::{
    downloads::{attached, task_of},
    enter::enter,
    form::{Form, NO_ROOM, Rules, Stop, Texts, Whole},
    gate::turned_away,
    uploads::{Uploads, one_file},
    workbook::{self, list::EXCEL},
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
    let (loaded, visitor, spec) = task_of(uploads, caller, (reference, task), |spec| spec.page == Page::Scal).await?;
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
    attached(bytes, &format!("SCAL {} {}.xlsx", loaded.journey.opening.product, loaded.journey.reference), EXCEL)
}

/// Bytes of a form with a catalogue: the file, the text, and what is around them.
const LONGEST_FORM: u64 = 6_000_000;

/// Characters of a catalogue that is typed; its page says so when they are too many.
const LONGEST_CATALOGUE: usize = 400_000;

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
    out(written.flatten().and_then(|bytes| attached(bytes, &format!("Catalogue {edition}.xlsx"), EXCEL)))
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
