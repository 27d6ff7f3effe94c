//! Files: streamed in from a form, hashed on the way, kept under their digest. Nothing is held whole in memory, and no name
//! that a person gave reaches the disk. `downloads` hands them out again.

use std::{sync::Arc, time::Duration};

use app::{
    flash::{self, Kept},
    halt::Halt,
    post::{load, signed_in},
    scal::filter::tail,
    services::Services,
    tasks::{
        drafts::{self, Saving},
        files::page_within,
    },
    visitor::Caller,
};
use axum::{
    Extension,
    body::Bytes,
    extract::{Multipart, State, multipart::Field},
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use futures_util::Stream;
use journey::{
    form::{Answers, FileRef, Kind, LONGEST, Problem},
    forms,
    ids::TaskId,
    port::files::StoredFile,
    results,
};
use tokio::sync::Semaphore;

use crate::{
    gate::turned_away,
    kinds::{kind_of, shown_name},
    reports,
    vault::{Lost, Taken, Vault},
};

/// Uploads that run at once; more are asked to wait.
const AT_ONCE: usize = 64;
/// Longest silence of a sender.
const SILENCE: Duration = Duration::from_secs(60);

/// The files of journeys: where their bytes lie, and the limits.
#[derive(Clone)]
pub struct Shelf {
    /// Where the bytes lie.
    pub vault: Vault,
    /// What the pages are lent too.
    pub services: Services,
    /// Bytes that one file may have.
    pub longest: u64,
    running: Arc<Semaphore>,
}

impl Shelf {
    /// Files up to so many bytes each.
    #[must_use]
    pub fn new(vault: Vault, services: Services, longest: u64) -> Self {
        Self { vault, services, longest, running: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

/// What an upload sends beside its files.
#[derive(Default)]
struct Sent {
    journey: String,
    task: String,
    subject: String,
    page: String,
    filter: String,
    version: u64,
    answers: Answers,
}

/// A file that was not taken, by name and reason.
struct Refused {
    field: String,
    says: String,
}

/// Adds files to a task: `POST /do/files/add`, a multipart form. The other words of the form are kept as a draft.
pub async fn add(State(shelf): State<Shelf>, Extension(caller): Extension<Caller>, form: Multipart) -> Response {
    answered(&shelf, added(&shelf, &caller, form)).await
}

/// Runs an upload and answers with a redirect, or says in a page of its own why there is none.
pub async fn answered(shelf: &Shelf, work: impl Future<Output = Result<String, Halt>>) -> Response {
    let Ok(_running) = shelf.running.try_acquire() else {
        return turned_away(
            StatusCode::SERVICE_UNAVAILABLE,
            "Many files are being added just now",
            "Nothing was changed. Wait a few seconds, then load this page again and let your browser send the form again.",
        );
    };
    match work.await {
        Ok(to) | Err(Halt::Elsewhere(to)) => Redirect::to(&to).into_response(),
        Err(Halt::SignIn) => Redirect::to("/sign-in?why=signed-out").into_response(),
        Err(Halt::Missing) => Redirect::to("/not-found").into_response(),
        Err(Halt::NotYours { .. }) => Redirect::to("/not-yours").into_response(),
        Err(Halt::Away(why)) => {
            tracing::warn!(why, "a file could not be kept");
            turned_away(
                StatusCode::SERVICE_UNAVAILABLE,
                "The file could not be kept",
                "The service cannot write just now. What was recorded before is safe. Wait a moment, go back and add the file again.",
            )
        }
        Err(Halt::Fault(why)) => {
            tracing::warn!(why, "an upload that could not be read");
            turned_away(
                StatusCode::BAD_REQUEST,
                "The files did not arrive whole",
                "Nothing was changed. Go back and add them again.",
            )
        }
    }
}

async fn added(shelf: &Shelf, caller: &Caller, mut form: Multipart) -> Result<String, Halt> {
    let unread = |error: axum::extract::multipart::MultipartError| Halt::Fault(error.to_string());
    let mut sent = Sent::default();
    let mut added: Vec<(String, FileRef)> = Vec::new();
    let mut refused: Vec<Refused> = Vec::new();
    while let Some(part) = form.next_field().await.map_err(unread)? {
        let name = part.name().unwrap_or_default().to_owned();
        match name.strip_prefix("file[").and_then(|rest| rest.strip_suffix("][]")) {
            // A file control that was left empty sends one part without a name.
            Some(_) if part.file_name().unwrap_or_default().is_empty() => {}
            Some(field) => {
                let shown = shown_name(part.file_name().unwrap_or_default());
                let there = sent.answers.many(field).len() + added.iter().filter(|(f, _)| f == field).count();
                match take(shelf, caller, &sent, field, there, shown.clone(), part).await? {
                    Ok(file) => added.push((field.to_owned(), file)),
                    Err(says) => refused.push(Refused { field: field.to_owned(), says: format!("{shown}: {says}") }),
                }
            }
            None => {
                let value = part.text().await.map_err(unread)?;
                let value: String = value.chars().take(LONGEST).collect();
                match name.as_str() {
                    "journey" => sent.journey = value,
                    "task" => sent.task = value,
                    "subject" => sent.subject = value,
                    "page" => sent.page = value,
                    "filter" => sent.filter = value,
                    "version" => sent.version = value.parse().unwrap_or(0),
                    _ => {
                        if let Some(id) = name.strip_prefix("answers[").and_then(|rest| rest.strip_suffix("][]")) {
                            sent.answers.0.entry(id.to_owned()).or_default().push(value);
                        }
                    }
                }
            }
        }
    }
    let count = added.len();
    for (field, file) in added {
        let values = sent.answers.0.entry(field).or_default();
        // The same file twice is one file.
        if !values.iter().filter_map(|v| FileRef::parse(v)).any(|known| known.digest == file.digest) {
            values.push(file.to_string());
        }
    }
    let page = page_within(&sent.journey, &sent.task, &sent.page);
    // A row of a SCAL is shown in the list that it was opened from.
    let back = format!("{page}{}", tail(&sent.filter));
    let visitor = signed_in(caller, &page, &sent.answers).await?;
    let saved =
        drafts::save_for(&shelf.services, &visitor, &sent.journey, &sent.task, &sent.subject, sent.version, &sent.answers)
            .await?;
    if let Saving::Conflict(theirs) = saved {
        drafts::conflict(&shelf.services, caller, &sent.journey, &page, theirs, sent.answers).await?;
        return Ok(back);
    }
    let heading = match count {
        0 => String::new(),
        1 => "1 file is added".to_owned(),
        count => format!("{count} files are added"),
    };
    if refused.is_empty() && count == 0 {
        flash::say(caller, "No file was chosen", "Your words are saved. Choose one or more files, then press Upload.");
    } else if refused.is_empty() {
        flash::say(caller, heading, "Kept in your draft. Nothing is sent until you send the form.");
    } else {
        let kept = Kept {
            path: page.clone(),
            heading: if refused.len() == 1 {
                "1 file was not added".to_owned()
            } else {
                format!("{} files were not added", refused.len())
            },
            detail: if count == 0 { "Your words are saved.".to_owned() } else { format!("{heading}. Your words are saved.") },
            problems: refused.into_iter().map(|r| Problem::new(&r.field, r.says)).collect(),
            typed: sent.answers,
        };
        flash::keep(&caller.session, kept).await?;
    }
    Ok(back)
}

/// Stores one file, or says why not. Bytes of a refused file are thrown away, and the rest of the form goes on.
async fn take(
    shelf: &Shelf,
    caller: &Caller,
    sent: &Sent,
    field: &str,
    there: usize,
    name: String,
    mut part: Field<'_>,
) -> Result<Result<FileRef, String>, Halt> {
    // Signed out: the words are kept until they are signed in again, and the file has to be chosen again.
    let Some(visitor) = caller.visitor.clone() else {
        drained(&mut part).await;
        return Ok(Err("it was not read".to_owned()));
    };
    let loaded = load(&shelf.services, &visitor, &sent.journey).await?;
    let task: TaskId = sent.task.parse().map_err(|_| Halt::Missing)?;
    let spec = loaded.journey.process.task(&task).ok_or(Halt::Missing)?;
    let asked = forms::asked(spec, &loaded.journey.opening);
    let Some(Kind::Files { most }) = asked.field(field).map(|field| field.kind.clone()) else { return Err(Halt::Missing) };
    if !drafts::may_write(&loaded.journey, &visitor.actor, spec) {
        return Ok(Err("this task cannot be written to now".to_owned()));
    }
    if there >= most {
        return Ok(Err(format!("there are {most} files already, which is the limit. Remove one first")));
    }
    // A report of a test suite is read before it is kept, so that a faulty one is refused while its sender is there.
    let bytes = if results::reads(spec.page, field) {
        let (bytes, run) = match reports::taken(shelf, part).await? {
            Ok(taken) => taken,
            Err(says) => return Ok(Err(says)),
        };
        shelf.services.store.add_run(&loaded.journey.reference, &task, &bytes.digest, &run).await?;
        bytes
    } else {
        match stored(shelf, part).await? {
            Ok(bytes) => bytes,
            Err(says) => return Ok(Err(says)),
        }
    };
    let file = StoredFile {
        digest: bytes.digest.clone(),
        task,
        name: name.clone(),
        kind: bytes.kind.to_owned(),
        bytes: bytes.bytes,
        by: visitor.actor.person.clone(),
        at: shelf.services.clock.now(),
    };
    shelf.services.store.add_file(&loaded.journey.reference, file).await?;
    tracing::info!(journey = %loaded.journey.reference, bytes = bytes.bytes, "a file was added");
    Ok(Ok(FileRef { digest: bytes.digest, name }))
}

/// Reads what is left of a file and throws it away, so that what follows it in the form is reached.
pub async fn drained(part: &mut Field<'_>) {
    while let Ok(Ok(Some(_))) = tokio::time::timeout(SILENCE, part.chunk()).await {}
}

/// Streams a file to the vault, or says why it is not taken.
///
/// # Errors
/// When the vault does not answer, or the sender falls silent.
pub async fn stored(shelf: &Shelf, mut part: Field<'_>) -> Result<Result<Taken, String>, Halt> {
    let kept = kept(shelf, &mut part).await?;
    if kept.is_err() {
        drained(&mut part).await;
    }
    Ok(kept)
}

/// Keeps what a sender sends, or says why it is not taken.
///
/// # Errors
/// When the vault does not answer, or the sender falls silent.
pub async fn kept<S, E>(shelf: &Shelf, sender: &mut S) -> Result<Result<Taken, String>, Halt>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
    E: std::fmt::Display,
{
    let temporary = shelf.services.secrets.id();
    match shelf.vault.keep(sender, shelf.longest, &temporary, kind_of).await {
        Ok(kept) => Ok(kept),
        Err(Lost::Sender(why)) => Err(Halt::Fault(why)),
        Err(Lost::Store(why)) => Err(Halt::Away(why)),
    }
}
