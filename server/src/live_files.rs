//! Runs and files: requests that a supplier has in a file are made into a run, and rows of the SCAL are answered with a run, whose
//! record becomes a file of the SCAL.

use std::convert::Infallible;

use app::{
    act::action::signed_in,
    base::{
        halt::Halt,
        paths,
        said::RefusedForm,
        words::{counted, listed},
    },
    request::{
        flash,
        visitor::{Caller, Visitor},
    },
    work::live_runs::{
        answering::{self, Came, Planned},
        capture::PASTED,
        from_file,
    },
};
use axum::{
    Extension,
    body::Bytes,
    extract::{Request, State},
    response::Response,
};
use futures_util::stream;
use journey::{
    conformance::{capture::LARGEST, hidden::without_numbers},
    form::{Answers, FileRef, Problem},
    ledger::refusal::Refusal,
    port::{WriteError, files::StoredFile},
    practice::run,
};

use crate::{
    enter::enter,
    form::{Form, NO_ROOM, Rules, Stop, Texts, Whole},
    uploads::{Uploads, kept},
};

/// Bytes of a form with a capture: the largest file, and as much text as any form may have.
const LONGEST_FORM: u64 = LARGEST as u64 + 1_000_000;

/// Characters that may be pasted.
const LONGEST_PASTED: usize = 256_000;

/// Sentences of a capture that are told at once: the page is no place for hundreds.
const TOLD: usize = 8;

/// Makes a run of a capture: `POST /do/live-runs/file`, a multipart form.
pub async fn read(State(uploads): State<Uploads>, Extension(caller): Extension<Caller>, request: Request) -> Response {
    let rules = Rules { longest_text: LONGEST_PASTED, ..Rules::new(LONGEST_FORM, captured_from) };
    enter(&uploads, &caller, request, rules, async |visitor, form| was_read(&uploads, &caller, visitor, form).await).await
}

fn captured_from(texts: &Texts) -> (String, Answers) {
    let page = paths::of_journey(&app::base::words::encode(texts.one("journey")), "captures");
    // What comes back is kept with the session: without numbers of patients.
    (page, texts.answers().with(PASTED, &without_numbers(texts.one(PASTED))))
}

async fn was_read(uploads: &Uploads, caller: &Caller, visitor: &Visitor, form: &mut Form) -> Result<String, Stop> {
    let services = &uploads.services;
    let mut sent = None;
    while let Some(mut part) = form.next_file().await? {
        // Nobody's bytes are read who may not send them.
        from_file::desk(services, visitor, form.texts.one("journey")).await?;
        sent = Some((part.name.clone(), part.bytes.whole(LARGEST as u64, &uploads.room).await?));
    }
    let (page, typed) = captured_from(&form.texts);
    signed_in(caller, &page, &typed).await?;
    let loaded = from_file::desk(services, visitor, form.texts.one("journey")).await?;
    let mut problems = Vec::new();
    let pasted = form.texts.one(PASTED).to_owned();
    let bytes = match sent {
        Some((name, Whole::Held(bytes, room))) => Some((name, bytes, room)),
        Some((name, Whole::TooLarge)) => {
            problems.push(Problem::new("file", format!("{name} is larger than 10 MB. Send it in parts")));
            None
        }
        Some((name, Whole::NoRoom)) => {
            problems.push(Problem::new("file", format!("{name}: {NO_ROOM}")));
            None
        }
        None if form.cut.iter().any(|cut| cut == PASTED) => {
            problems.push(Problem::new(PASTED, "The text is longer than 256,000 characters. Send it as a file"));
            None
        }
        None if pasted.trim().is_empty() => {
            problems.push(Problem::new("file", "Choose a file, or paste requests"));
            None
        }
        None => Some(("pasted text".to_owned(), pasted.into_bytes(), None)),
    };
    let said = run::form().check(&typed);
    let full = from_file::full(services, &loaded).await?;
    if let Err(more) = &said {
        problems.extend(more.0.clone());
    }
    let made = match (bytes, said) {
        (Some((name, bytes, _room)), Ok(said)) if full.is_none() => {
            let (services, visitor) = (services.clone(), visitor.clone());
            let about = loaded.journey.clone();
            let loaded = app::act::load::Loaded { journey: about, history: loaded.history.clone(), names: Default::default() };
            uploads.parse(move || from_file::made(&services, &visitor, &loaded, &said, (&name, &bytes))).await?
        }
        _ => Err(String::new()),
    };
    let made = match made {
        Ok(made) => made,
        Err(says) => {
            if !says.is_empty() {
                problems.push(Problem::new("file", says));
            }
            let heading = full.map_or("There is a problem", |_| "Nothing was read").to_owned();
            let detail = full.unwrap_or_default().to_owned();
            flash::keep(&caller.session, RefusedForm { path: page.clone(), heading, detail, problems, typed }).await?;
            return Ok(page);
        }
    };
    match services.store.keep_live_run(&made.run, &made.kept).await {
        Ok(()) => {}
        Err(WriteError::Conflict) => return Err(Halt::Fault("a random id was taken".to_owned()).into()),
        Err(WriteError::Store(error)) => return Err(Halt::from(error).into()),
    }
    let more = made.told.len().saturating_sub(TOLD);
    let mut told: Vec<String> = made.told.into_iter().take(TOLD).collect();
    if more > 0 {
        told.push(format!("And {more} more of the kind."));
    }
    let heading = format!("{} read and kept", counted(made.run.count as usize, "request"));
    flash::say(caller, heading, told.join(" "));
    Ok(paths::live_run(&loaded.journey.reference, &made.run.opened.id))
}

/// Answers rows of the SCAL with a run: `POST /do/live-runs/answer`, a form without files.
pub async fn answer(State(uploads): State<Uploads>, Extension(caller): Extension<Caller>, request: Request) -> Response {
    let rules = Rules::new(100_000, answered_from);
    enter(&uploads, &caller, request, rules, async |visitor, form| was_answered(&uploads, &caller, visitor, form).await).await
}

fn answered_from(texts: &Texts) -> (String, Answers) {
    let encode = app::base::words::encode;
    let run = paths::live_run(&encode(texts.one("journey")), texts.one("run"));
    (run, Answers::default())
}

async fn was_answered(uploads: &Uploads, caller: &Caller, visitor: &Visitor, form: &mut Form) -> Result<String, Stop> {
    while let Some(mut part) = form.next_file().await? {
        part.bytes.drained().await?;
    }
    let (services, texts) = (&uploads.services, &form.texts);
    let (page, typed) = answered_from(texts);
    signed_in(caller, &page, &typed).await?;
    let rows: Vec<&str> = texts.0.iter().filter(|(name, _)| name == "rows").map(|(_, row)| row.as_str()).collect();
    let planned = answering::planned(services, visitor, texts.one("journey"), texts.one("run"), &rows).await?;
    let planned = match planned {
        Ok(planned) => planned,
        Err(refusal) => return Ok(refused(caller, page, &refusal).await?),
    };
    // Whoever came from a row goes back to it.
    let row = (texts.one("back") == "row").then(|| rows.first().copied()).flatten();
    let back = row.map(|row| {
        let task = paths::task(&planned.loaded.journey.reference, &planned.spec.id);
        format!("{task}/{}#open-row", app::base::words::encode(row))
    });
    let record = match record(uploads, visitor, &planned).await? {
        Ok(record) => record,
        Err(says) => return Ok(refused(caller, page, &Refusal::problem("rows", &says)).await?),
    };
    let spec = planned.spec;
    let reference = planned.loaded.journey.reference.clone();
    services.store.tell_evidence(&reference, &spec.id, planned.evidence(services, visitor, &record)).await.map_err(Halt::from)?;
    match planned.save(services, visitor, &record).await? {
        Came::Answered(ids) => {
            let heading = format!("{} answered with this run", counted(ids.len(), "row"));
            flash::say(
                caller,
                heading,
                format!("{}. The answers are in your draft: nothing is sent until you submit the SCAL.", listed(ids)),
            );
            Ok(back.unwrap_or_else(|| format!("{page}#rows")))
        }
        Came::Refused(refusal) => Ok(refused(caller, page, &refusal).await?),
        Came::Overtaken => {
            let heading = "Nothing was changed: a colleague saved one of these rows meanwhile".to_owned();
            let detail = "Look at the rows as they are now and answer them again.".to_owned();
            flash::keep(&caller.session, RefusedForm { path: page.clone(), heading, detail, ..RefusedForm::default() }).await?;
            Ok(page)
        }
    }
}

async fn refused(caller: &Caller, page: String, refusal: &Refusal) -> Result<String, Halt> {
    let (heading, detail, problems) = match refusal {
        Refusal::Invalid(problems) => ("No row was answered".to_owned(), String::new(), problems.0.clone()),
        _ => ("No row was answered".to_owned(), "The SCAL cannot be written to now, or not by you.".to_owned(), Vec::new()),
    };
    flash::keep(&caller.session, RefusedForm { path: page.clone(), heading, detail, problems, typed: Answers::default() })
        .await?;
    Ok(page)
}

/// The record of a run as a file of the SCAL: the one that was noted before, or a new one.
async fn record(uploads: &Uploads, visitor: &Visitor, planned: &Planned) -> Result<Result<FileRef, String>, Stop> {
    let (services, spec) = (&uploads.services, planned.spec);
    let reference = &planned.loaded.journey.reference;
    if let Some(digest) = &planned.counted.record
        && let Some(file) = services.store.file(reference, &spec.id, digest).await.map_err(Halt::from)?
    {
        // Its age counts from now, so that it is not let go while the row is a draft.
        let file = StoredFile { at: services.clock.now(), ..file };
        let known = FileRef { digest: digest.clone(), name: file.name.clone() };
        services.store.add_file(reference, file).await.map_err(Halt::from)?;
        return Ok(Ok(known));
    }
    let text = planned.record(services);
    let mut bytes = stream::iter([Ok::<Bytes, Infallible>(Bytes::from(text))]);
    let taken = match kept(uploads, visitor, &mut bytes).await? {
        Ok(taken) => taken,
        Err(says) => return Ok(Err(format!("The record of the run: {says}"))),
    };
    let file = StoredFile {
        digest: taken.digest.clone(),
        task: spec.id.clone(),
        name: planned.name.clone(),
        kind: taken.kind.to_owned(),
        bytes: taken.bytes,
        by: visitor.actor.person.clone(),
        at: services.clock.now(),
    };
    services.store.add_file(reference, file).await.map_err(Halt::from)?;
    services.store.note_live_record(&planned.counted.run.opened.id, &taken.digest).await.map_err(Halt::from)?;
    Ok(Ok(FileRef { digest: taken.digest, name: planned.name.clone() }))
}
