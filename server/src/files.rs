//! Files: streamed in from a form, hashed on the way, kept under their digest; streamed out again as attachments to those
//! who may see the task. Nothing is held whole in memory, and no name that a person gave reaches the disk.

use std::{path::Path as FsPath, sync::Arc, time::Duration};

use app::{
    flash::{self, Kept},
    halt::Halt,
    post::{encode, load},
    services::Services,
    tasks::drafts::{self, Saving},
    visitor::Caller,
};
use axum::{
    Extension,
    body::Body,
    extract::{Multipart, Path, Query, State, multipart::Field},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Redirect, Response},
};
use futures_util::TryStreamExt as _;
use journey::{
    form::{Answers, FileRef, Kind, LONGEST, LONGEST_NAME, Problem},
    forms,
    ids::{Digest, TaskId},
    port::files::StoredFile,
    results,
};
use object_store::{
    MultipartUpload, ObjectStore, ObjectStoreExt as _, PutPayload, local::LocalFileSystem, path::Path as ObjectPath,
};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;

use crate::gate::turned_away;

/// Uploads that run at once; more are asked to wait.
const AT_ONCE: usize = 64;
/// A part of a file is written when so many bytes have come.
const PART: usize = 5 * 1024 * 1024;
/// What the kind is read from.
const HEAD: usize = 8 * 1024;
/// Longest silence of a sender.
const SILENCE: Duration = Duration::from_secs(60);

/// The file store and its limits.
#[derive(Clone)]
pub struct Shelf {
    store: Arc<dyn ObjectStore>,
    services: Services,
    /// Bytes that one file may have.
    pub longest: u64,
    running: Arc<Semaphore>,
}

impl Shelf {
    /// A folder, made when it is not there.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn folder(folder: &FsPath, services: Services, longest: u64) -> Result<Self, String> {
        std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let store = LocalFileSystem::new_with_prefix(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        Ok(Self { store: Arc::new(store), services, longest, running: Arc::new(Semaphore::new(AT_ONCE)) })
    }
}

/// Where the bytes of a digest lie.
fn place(digest: &Digest) -> ObjectPath {
    let text = digest.as_str();
    ObjectPath::from(format!("{}/{}/{text}", &text[..2], &text[2..4]))
}

/// What an upload sends beside its files.
#[derive(Default)]
struct Sent {
    journey: String,
    task: String,
    subject: String,
    page: String,
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
    let Ok(_running) = shelf.running.try_acquire() else {
        return turned_away(
            StatusCode::SERVICE_UNAVAILABLE,
            "Many files are being added just now",
            "Nothing was changed. Wait a few seconds, then load this page again and let your browser send the form again.",
        );
    };
    match added(&shelf, &caller, form).await {
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
    let page = page_of(&sent);
    let visitor = caller.visitor.clone().ok_or_else(|| Halt::Elsewhere(format!("/sign-in?next={}", encode(&page))))?;
    let saved =
        drafts::save_for(&shelf.services, &visitor, &sent.journey, &sent.task, &sent.subject, sent.version, &sent.answers)
            .await?;
    if let Saving::Conflict(theirs) = saved {
        drafts::conflict(&shelf.services, caller, &sent.journey, &page, theirs, sent.answers).await?;
        return Ok(page);
    }
    let heading = match count {
        0 => String::new(),
        1 => "1 file is added".to_owned(),
        count => format!("{count} files are added"),
    };
    if refused.is_empty() && count == 0 {
        flash::say(&caller.session, "No file was chosen", "Your words are saved. Choose one or more files, then press Upload.")
            .await?;
    } else if refused.is_empty() {
        flash::say(&caller.session, heading, "They are in your draft. Nothing is sent until you send the form.").await?;
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
    Ok(page)
}

/// The page to come back to: below the journey's own path, never anywhere else.
fn page_of(sent: &Sent) -> String {
    let task = format!("/tasks/{}", encode(&sent.task));
    let lawful = sent.page.starts_with(&task) && sent.page.chars().all(|c| c.is_ascii_alphanumeric() || "/-_".contains(c));
    format!("/journeys/{}{}", encode(&sent.journey), if lawful { &sent.page } else { &task })
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
    let visitor = caller.visitor.clone().ok_or(Halt::SignIn)?;
    let loaded = load(&shelf.services, &visitor, &sent.journey).await?;
    let task: TaskId = sent.task.parse().map_err(|_| Halt::Missing)?;
    let spec = loaded.journey.process.task(&task).ok_or(Halt::Missing)?;
    let asked = forms::form_of(spec, &loaded.journey.opening);
    let Some(Kind::Files { most }) = asked.field(field).map(|field| field.kind.clone()) else { return Err(Halt::Missing) };
    if !drafts::may_write(&loaded.journey, &visitor.actor, spec) {
        return Ok(Err("this task cannot be written to now".to_owned()));
    }
    if there >= most {
        return Ok(Err(format!("there are {most} files already, which is the limit. Remove one first")));
    }
    let temporary = ObjectPath::from(format!("incoming/{}", shelf.services.secrets.id()));
    let mut writing: Option<Box<dyn MultipartUpload>> = None;
    let mut digest = Sha256::new();
    let (mut bytes, mut kind) = (0u64, None);
    let mut waiting: Vec<u8> = Vec::new();
    let away = |error: object_store::Error| Halt::Away(error.to_string());
    let outcome: Result<Result<(), String>, Halt> = async {
        loop {
            let next = tokio::time::timeout(SILENCE, part.chunk()).await.map_err(|_| Halt::Fault("silence".to_owned()))?;
            let chunk = next.map_err(|error| Halt::Fault(error.to_string()))?;
            let last = chunk.is_none();
            if let Some(chunk) = chunk {
                bytes += chunk.len() as u64;
                if bytes > shelf.longest {
                    return Ok(Err(format!(
                        "it is larger than {}. Split it, or leave out what is not needed",
                        size(shelf.longest)
                    )));
                }
                digest.update(&chunk);
                waiting.extend_from_slice(&chunk);
            }
            if kind.is_none() && (waiting.len() >= HEAD || last) {
                if bytes == 0 {
                    return Ok(Err("it is empty".to_owned()));
                }
                match kind_of(&waiting) {
                    Ok(found) => kind = Some(found),
                    Err(says) => return Ok(Err(says.to_owned())),
                }
            }
            if kind.is_some() && (waiting.len() >= PART || last) && !waiting.is_empty() {
                let upload = match &mut writing {
                    Some(upload) => upload,
                    None => writing.insert(shelf.store.put_multipart(&temporary).await.map_err(away)?),
                };
                let block = PutPayload::from(std::mem::take(&mut waiting));
                upload.put_part(block).await.map_err(away)?;
            }
            if last {
                return Ok(Ok(()));
            }
        }
    }
    .await;
    if !matches!(outcome, Ok(Ok(()))) {
        if let Some(mut upload) = writing.take()
            && let Err(error) = upload.abort().await
        {
            tracing::debug!(%error, "an upload that was given up");
        }
        if let Err(halt) = outcome {
            return Err(halt);
        }
    }
    if let Ok(Err(says)) = outcome {
        // The rest of this file is read and thrown away, so that what follows it in the form is reached.
        while let Ok(Ok(Some(_))) = tokio::time::timeout(SILENCE, part.chunk()).await {}
        return Ok(Err(says));
    }
    let Some(mut upload) = writing else { return Ok(Err("it is empty".to_owned())) };
    upload.complete().await.map_err(away)?;
    // A report of a test suite is read at once, so that a faulty one is refused while its sender is there.
    let run = if results::reads(spec.page, field) {
        match report(shelf, &temporary, bytes).await? {
            Ok(run) => Some(run),
            Err(says) => {
                shelf.store.delete(&temporary).await.map_err(away)?;
                return Ok(Err(says));
            }
        }
    } else {
        None
    };
    let digest: Digest = hex(&digest.finalize()).parse().map_err(|_| Halt::Fault("a digest".to_owned()))?;
    shelf.store.rename(&temporary, &place(&digest)).await.map_err(away)?;
    if let Some(run) = run {
        shelf.services.store.add_run(&loaded.journey.reference, &task, &digest, &run).await?;
    }
    let file = StoredFile {
        digest: digest.clone(),
        task,
        name: name.clone(),
        kind: kind.unwrap_or("application/octet-stream").to_owned(),
        bytes,
        by: visitor.actor.person.clone(),
        at: shelf.services.clock.now(),
    };
    shelf.services.store.add_file(&loaded.journey.reference, file).await?;
    tracing::info!(journey = %loaded.journey.reference, bytes, "a file was added");
    Ok(Ok(FileRef { digest, name }))
}

/// The scenarios of a report that was just stored. Its size is bounded before it is held in memory.
async fn report(shelf: &Shelf, place: &ObjectPath, bytes: u64) -> Result<Result<results::Run, String>, Halt> {
    if bytes > results::LONGEST {
        return Ok(Err("the report is larger than 8 MB. Split it by capability".to_owned()));
    }
    let away = |error: object_store::Error| Halt::Away(error.to_string());
    let bytes = shelf.store.get(place).await.map_err(away)?.bytes().await.map_err(away)?;
    let read = tokio::task::spawn_blocking(move || results::read(&bytes));
    Ok(read.await.map_err(|error| Halt::Fault(error.to_string()))?.map_err(|fault| fault.to_string()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A size in words that a person uses.
fn size(bytes: u64) -> String {
    if bytes >= 1_000_000 { format!("{} MB", bytes / 1_000_000) } else { format!("{} kB", bytes / 1_000) }
}

/// A name fit to be shown: without folders, control characters or characters that turn the direction of writing.
fn shown_name(sent: &str) -> String {
    let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain =
        |c: &char| !c.is_control() && !matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let name: String = last.chars().filter(plain).take(LONGEST_NAME).collect();
    let name = name.trim().to_owned();
    if name.is_empty() { "file".to_owned() } else { name }
}

/// Media types that are kept. Everything else is refused, whatever its name says.
const KEPT: &[&str] = &[
    "application/pdf",
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "application/zip",
    "application/gzip",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "application/vnd.oasis.opendocument.text",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.tcpdump.pcap",
];

/// The test file of virus scanners: who sends it wants to see it refused.
const EICAR: &[u8] = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE";

/// The kind of a file by its first bytes; its name says nothing.
fn kind_of(head: &[u8]) -> Result<&'static str, &'static str> {
    if head.windows(EICAR.len()).any(|window| window == EICAR) {
        return Err("it looks harmful");
    }
    if let Some(kind) = infer::get(head) {
        let known = KEPT.iter().find(|known| **known == kind.mime_type()).copied();
        // A text that begins like markup or a script is still a text; it is only ever handed out as an attachment.
        let text = matches!(kind.matcher_type(), infer::MatcherType::Text);
        return known.or_else(|| text.then_some("text/plain")).ok_or(OTHER);
    }
    // pcap next generation: the kind of network captures that the list of signatures leaves out.
    if head.starts_with(&[0x0a, 0x0d, 0x0d, 0x0a]) {
        return Ok("application/vnd.tcpdump.pcap");
    }
    let text = match std::str::from_utf8(head) {
        Ok(_) => true,
        // A character may be cut at the end of what was read.
        Err(error) => error.error_len().is_none(),
    };
    if text && !head.contains(&0) { Ok("text/plain") } else { Err(OTHER) }
}

const OTHER: &str =
    "files of this kind are not accepted. Send a PDF, a picture, a text, a log, an Office document, a ZIP or a network capture";

/// Which task a file is asked for from.
#[derive(Deserialize)]
pub struct From {
    #[serde(default)]
    journey: String,
    #[serde(default)]
    task: String,
}

/// Hands a file out: `GET /files/{digest}?journey=…&task=…`, as an attachment that no browser opens in our name.
pub async fn get(
    State(shelf): State<Shelf>,
    Extension(caller): Extension<Caller>,
    Path(digest): Path<String>,
    Query(from): Query<From>,
) -> Response {
    match handed_out(&shelf, &caller, &digest, &from).await {
        Ok(response) => response,
        Err(Halt::SignIn) => Redirect::to("/sign-in").into_response(),
        Err(Halt::Away(why)) => {
            tracing::warn!(why, "a file could not be read");
            turned_away(
                StatusCode::SERVICE_UNAVAILABLE,
                "The file cannot be read just now",
                "Nothing is lost. Wait a moment, then try again.",
            )
        }
        Err(_) => turned_away(
            StatusCode::NOT_FOUND,
            "File not found",
            "The link may be wrong, or the file may belong to another organisation.",
        ),
    }
}

async fn handed_out(shelf: &Shelf, caller: &Caller, digest: &str, from: &From) -> Result<Response, Halt> {
    let visitor = caller.visitor.clone().ok_or(Halt::SignIn)?;
    let loaded = load(&shelf.services, &visitor, &from.journey).await?;
    let digest: Digest = digest.parse().map_err(|_| Halt::Missing)?;
    let task: TaskId = from.task.parse().map_err(|_| Halt::Missing)?;
    let reference = &loaded.journey.reference;
    let file = shelf.services.store.file(reference, &task, &digest).await?.ok_or(Halt::Missing)?;
    let found = shelf.store.get(&place(&digest)).await.map_err(|error| match error {
        object_store::Error::NotFound { .. } => Halt::Away(format!("the bytes of {digest} are not there")),
        other => Halt::Away(other.to_string()),
    })?;
    let length = found.meta.size;
    let body = Body::from_stream(found.into_stream().map_err(std::io::Error::other));
    let disposition = format!("attachment; filename*=UTF-8''{}", encode(&file.name).replace('/', "%2F"));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_str(&file.kind)),
        (header::CONTENT_DISPOSITION, HeaderValue::from_str(&disposition)),
        (header::CONTENT_LENGTH, HeaderValue::from_str(&length.to_string())),
        (header::HeaderName::from_static(crate::headers::SANDBOX), Ok(HeaderValue::from_static("1"))),
    ];
    let mut response = body.into_response();
    for (name, value) in headers {
        let value = value.map_err(|error| Halt::Fault(error.to_string()))?;
        response.headers_mut().insert(name, value);
    }
    Ok(response)
}

/// Throws away what uploads left behind that were broken off: nothing under `incoming/` is older than a day.
///
/// # Errors
/// When the store does not answer.
pub async fn sweep(shelf: &Shelf) -> Result<usize, String> {
    let day = u64::try_from(shelf.services.clock.now().as_second()).unwrap_or(0).saturating_sub(24 * 60 * 60);
    let left: Vec<object_store::ObjectMeta> = shelf
        .store
        .list(Some(&ObjectPath::from("incoming")))
        .try_collect()
        .await
        .map_err(|error: object_store::Error| error.to_string())?;
    let mut gone = 0;
    for meta in left {
        if u64::try_from(meta.last_modified.timestamp()).unwrap_or(0) < day {
            shelf.store.delete(&meta.location).await.map_err(|error| error.to_string())?;
            gone += 1;
        }
    }
    Ok(gone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_is_read_from_the_bytes_and_not_from_the_name() {
        assert_eq!(kind_of(b"%PDF-1.7\n..."), Ok("application/pdf"));
        assert_eq!(kind_of("caf\u{e9} log line\n".as_bytes()), Ok("text/plain"));
        assert_eq!(kind_of(&"é".as_bytes()[..1]), Ok("text/plain"), "a character that was cut is no fault");
        assert_eq!(kind_of(b"<html><script>alert(1)</script>"), Ok("text/plain"), "and is handed out as a text");
        for bad in
            [&b"MZ\x90\x00\x03"[..], b"\x7fELF\x02\x01\x01", b"\x00\x01\x02\x03", b"X5O!EICAR-STANDARD-ANTIVIRUS-TEST-FILE!"]
        {
            assert!(kind_of(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn names_lose_what_could_deceive() {
        assert_eq!(shown_name("..\\..\\etc/passwd"), "passwd");
        assert_eq!(shown_name("gpj.\u{202e}exe\u{0}"), "gpj.exe");
        assert_eq!(shown_name("///"), "file");
        assert_eq!(shown_name(&"x".repeat(500)).len(), LONGEST_NAME);
    }
}
