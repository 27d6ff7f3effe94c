//! Files: streamed in from a form, hashed on the way, kept under their digest. Nothing is held whole in memory, and no name
//! that a person gave reaches the disk. `downloads` hands them out again.

use app::{
    act::{
        action::signed_in,
        load::{Loaded, load},
    },
    base::{halt::Halt, said::RefusedForm, words::tail},
    desk::{
        drafts::{self, Saving},
        files::page_within,
    },
    request::{
        flash,
        services::Services,
        visitor::{Caller, Visitor},
    },
};
use axum::{
    Extension,
    extract::{Request, State},
    response::Response,
};
use journey::{
    base::ids::TaskId,
    form::{Answers, FileRef, Form as Asked, Kind, LONGEST, Problem},
    plan::process::TaskSpec,
    port::files::StoredFile,
    rule::answering,
    task::results,
};

use crate::{
    enter::enter,
    form::{Form, Part, Rules, Stop, Texts},
    reports,
    uploads::{Uploads, stored},
};

/// A file that was not taken, by name and reason.
struct Refused {
    field: String,
    says: String,
}

/// Adds files to a task: `POST /do/files/add`, a multipart form. The other words of the form are kept as a draft.
pub async fn add(State(uploads): State<Uploads>, Extension(caller): Extension<Caller>, request: Request) -> Response {
    let rules = Rules::new(uploads.longest_form(), came_from);
    enter(&uploads, &caller, request, rules, async |visitor, form| added(&uploads, &caller, visitor, form).await).await
}

fn came_from(texts: &Texts) -> (String, Answers) {
    (page_within(texts.one("journey"), texts.one("task"), texts.one("page")), texts.answers())
}

/// The task that files are added to, and what it asks for.
struct UploadTarget {
    loaded: Loaded,
    spec: &'static TaskSpec,
    asked: Asked,
}

/// Which task it is, if this person may write there. The fields that name it come before every file.
async fn desk(services: &Services, visitor: &Visitor, texts: &Texts) -> Result<UploadTarget, Halt> {
    let loaded = load(services, visitor, texts.one("journey")).await?;
    let task: TaskId = texts.one("task").parse().map_err(|_| Halt::Missing)?;
    let spec = loaded.journey.process.task(&task).ok_or(Halt::Missing)?;
    let asked = answering::asked(&loaded.journey, spec);
    Ok(UploadTarget { loaded, spec, asked })
}

async fn added(uploads: &Uploads, caller: &Caller, visitor: &Visitor, form: &mut Form) -> Result<String, Stop> {
    let mut added: Vec<(String, FileRef)> = Vec::new();
    let mut refused: Vec<Refused> = Vec::new();
    let mut at: Option<UploadTarget> = None;
    while let Some(part) = form.next_file().await? {
        let desk = match &at {
            Some(desk) => desk,
            None => at.insert(desk(&uploads.services, visitor, &form.texts).await?),
        };
        let (field, name) = (part.question().to_owned(), part.name.clone());
        let there = form.texts.answers().many(&field).len() + added.iter().filter(|(f, _)| *f == field).count();
        match take(uploads, visitor, desk, there, part).await? {
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
    let saved = drafts::save_for(&uploads.services, visitor, journey, task, sent.one("subject"), version, &answers).await?;
    if !matches!(saved, Saving::Saved(_)) {
        drafts::unsaved(&uploads.services, caller, journey, &page, saved, answers).await?;
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
        let kept = RefusedForm {
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
    uploads: &Uploads,
    visitor: &Visitor,
    desk: &UploadTarget,
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
        let (bytes, run) = match reports::taken(uploads, visitor, &mut part.bytes).await? {
            Ok(taken) => taken,
            Err(says) => return Ok(Err(says)),
        };
        uploads.services.store.add_run(&journey.reference, &spec.id, &bytes.digest, &run).await?;
        bytes
    } else {
        match stored(uploads, visitor, &mut part).await? {
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
        at: uploads.services.clock.now(),
    };
    uploads.services.store.add_file(&journey.reference, file).await?;
    tracing::info!(journey = %journey.reference, bytes = bytes.bytes, "a file was added");
    Ok(Ok(FileRef { digest: bytes.digest, name: part.name }))
}
