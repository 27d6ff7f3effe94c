//! Files: streamed in from a form, hashed on the way, kept under their digest. Nothing is held whole in memory, and no name
//! that a person gave reaches the disk. `downloads` hands them out again.

use crate::{
    enter::enter,
    form::{Form, Part, Rules, Stop, Texts},
    reports,
    shelf::{Shelf, stored},
};
use app::{
    flash::{self, Kept},
    halt::Halt,
    post::{Loaded, load, signed_in},
    scal::filter::tail,
    services::Services,
    tasks::{
        drafts::{self, Saving},
        files::page_within,
    },
    visitor::{Caller, Visitor},
};
use axum::{
    Extension,
    extract::{Request, State},
    response::Response,
};
use journey::{
    answering,
    form::{Answers, FileRef, Form as Asked, Kind, LONGEST, Problem},
    ids::TaskId,
    port::files::StoredFile,
    process::TaskSpec,
    results,
};

/// A file that was not taken, by name and reason.
struct Refused {
    field: String,
    says: String,
}

/// Adds files to a task: `POST /do/files/add`, a multipart form. The other words of the form are kept as a draft.
pub async fn add(State(shelf): State<Shelf>, Extension(caller): Extension<Caller>, request: Request) -> Response {
    let rules = Rules::new(shelf.longest_form(), came_from);
    enter(&shelf, &caller, request, rules, async |visitor, form| added(&shelf, &caller, visitor, form).await).await
}

fn came_from(texts: &Texts) -> (String, Answers) {
    (page_within(texts.one("journey"), texts.one("task"), texts.one("page")), texts.answers())
}

/// The task that files are added to, and what it asks for.
struct Desk {
    loaded: Loaded,
    spec: &'static TaskSpec,
    asked: Asked,
}

/// Which task it is, if this person may write there. The fields that name it come before every file.
async fn desk(services: &Services, visitor: &Visitor, texts: &Texts) -> Result<Desk, Halt> {
    let loaded = load(services, visitor, texts.one("journey")).await?;
    let task: TaskId = texts.one("task").parse().map_err(|_| Halt::Missing)?;
    let spec = loaded.journey.process.task(&task).ok_or(Halt::Missing)?;
    let asked = answering::asked(&loaded.journey, spec);
    Ok(Desk { loaded, spec, asked })
}

async fn added(shelf: &Shelf, caller: &Caller, visitor: &Visitor, form: &mut Form) -> Result<String, Stop> {
    let mut added: Vec<(String, FileRef)> = Vec::new();
    let mut refused: Vec<Refused> = Vec::new();
    let mut at: Option<Desk> = None;
    while let Some(part) = form.next_file().await? {
        let desk = match &at {
            Some(desk) => desk,
            None => at.insert(desk(&shelf.services, visitor, &form.texts).await?),
        };
        let (field, name) = (part.question().to_owned(), part.name.clone());
        let there = form.texts.answers().many(&field).len() + added.iter().filter(|(f, _)| *f == field).count();
        match take(shelf, visitor, desk, there, part).await? {
            Ok(file) => added.push((field, file)),
            Err(says) => refused.push(Refused { field, says: format!("{name}: {says}") }),
        }
    }
    let sent = &form.texts;
    let (page, mut answers) = came_from(sent);
    let (journey, task) = (sent.one("journey"), sent.one("task"));
    let cut = form.cut.iter().filter(|field| !answers.many(field).is_empty());
    let cut: Vec<Problem> = cut
        .map(|field| {
            let says =
                format!("An answer was longer than {LONGEST} characters. Its end was not kept: go back, your browser has it");
            Problem::new(field, says)
        })
        .collect();
    let count = added.len();
    for (field, file) in added {
        let values = answers.0.entry(field).or_default();
        // The same file twice is one file.
        if !values.iter().filter_map(|v| FileRef::parse(v)).any(|known| known.digest == file.digest) {
            values.push(file.to_string());
        }
    }
    // A row of a SCAL is shown in the list that it was opened from.
    let back = format!("{page}{}", tail(sent.one("filter")));
    signed_in(caller, &page, &answers).await?;
    let version = sent.one("version").parse().unwrap_or(0);
    let saved = drafts::save_for(&shelf.services, visitor, journey, task, sent.one("subject"), version, &answers).await?;
    if !matches!(saved, Saving::Saved(_)) {
        drafts::unsaved(&shelf.services, caller, journey, &page, saved, answers).await?;
        return Ok(back);
    }
    let heading = match count {
        0 => String::new(),
        1 => "1 file is added".to_owned(),
        count => format!("{count} files are added"),
    };
    if refused.is_empty() && cut.is_empty() && count == 0 {
        flash::say(caller, "No file was chosen", "Your words are saved. Choose one or more files, then press Upload.");
    } else if refused.is_empty() && cut.is_empty() {
        flash::say(caller, heading, "Kept in your draft. Nothing is sent until you send the form.");
    } else {
        let kept = Kept {
            path: page.clone(),
            heading: match refused.len() {
                0 => "Not everything was kept".to_owned(),
                1 => "1 file was not added".to_owned(),
                count => format!("{count} files were not added"),
            },
            detail: if count == 0 { "Your words are saved.".to_owned() } else { format!("{heading}. Your words are saved.") },
            problems: refused.into_iter().map(|r| Problem::new(&r.field, r.says)).chain(cut).collect(),
            typed: answers,
        };
        flash::keep(&caller.session, kept).await?;
    }
    Ok(back)
}

/// Stores one file, or says why not. Bytes of a refused file are thrown away, and the rest of the form goes on.
async fn take(
    shelf: &Shelf,
    visitor: &Visitor,
    desk: &Desk,
    there: usize,
    mut part: Part,
) -> Result<Result<FileRef, String>, Stop> {
    let (journey, spec) = (&desk.loaded.journey, desk.spec);
    let Some(Kind::Files { most }) = desk.asked.field(part.question()).map(|field| field.kind.clone()) else {
        return Err(Halt::Missing.into());
    };
    let refusal = if !drafts::may_write(journey, &visitor.actor, spec) {
        Some("this task cannot be written to now".to_owned())
    } else if there >= most {
        Some(format!("there are {most} files already, which is the limit. Remove one first"))
    } else {
        None
    };
    if let Some(says) = refusal {
        part.bytes.drained().await?;
        return Ok(Err(says));
    }
    // A report of a test suite is read before it is kept, so that a faulty one is refused while its sender is there.
    let bytes = if results::reads(spec.page, part.question()) {
        let (bytes, run) = match reports::taken(shelf, visitor, &mut part.bytes).await? {
            Ok(taken) => taken,
            Err(says) => return Ok(Err(says)),
        };
        shelf.services.store.add_run(&journey.reference, &spec.id, &bytes.digest, &run).await?;
        bytes
    } else {
        match stored(shelf, visitor, &mut part).await? {
            Ok(bytes) => bytes,
            Err(says) => return Ok(Err(says)),
        }
    };
    let file = StoredFile {
        digest: bytes.digest.clone(),
        task: spec.id.clone(),
        name: part.name.clone(),
        kind: bytes.kind.to_owned(),
        bytes: bytes.bytes,
        by: visitor.actor.person.clone(),
        at: shelf.services.clock.now(),
    };
    shelf.services.store.add_file(&journey.reference, file).await?;
    tracing::info!(journey = %journey.reference, bytes = bytes.bytes, "a file was added");
    Ok(Ok(FileRef { digest: bytes.digest, name: part.name }))
}
