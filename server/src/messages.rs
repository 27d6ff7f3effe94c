//! A form of a conversation: words and files in one post. Files are streamed to the shelf as they come, and wait there under
//! the form's id; if the words are refused they are still there when the form is sent again.

use app::{
    halt::Halt,
    messages::send::{self, Said},
    visitor::Caller,
};
use axum::{
    Extension,
    extract::{Multipart, State, multipart::Field},
    response::Response,
};
use journey::{
    conversation::MOST_FILES,
    form::{FileRef, LONGEST},
    ids::{Digest, MessageId},
    port::messages::Upload,
};

use crate::{
    files::{Shelf, answered, drained, stored},
    kinds::shown_name,
};

/// Fields that a form may repeat, so that nobody fills the memory with them.
const MOST_FIELDS: usize = 200;

/// Says something: `POST /do/messages/send`, a multipart form whose words come before its files.
pub async fn say(State(shelf): State<Shelf>, Extension(caller): Extension<Caller>, form: Multipart) -> Response {
    answered(&shelf, said(&shelf, &caller, form)).await
}

async fn said(shelf: &Shelf, caller: &Caller, mut form: Multipart) -> Result<String, Halt> {
    let unread = |error: axum::extract::multipart::MultipartError| Halt::Fault(error.to_string());
    let mut said = Said::default();
    let mut added: Vec<Digest> = Vec::new();
    let mut refused: Vec<String> = Vec::new();
    let mut fields = 0;
    while let Some(part) = form.next_field().await.map_err(unread)? {
        fields += 1;
        if fields > MOST_FIELDS {
            return Err(Halt::Fault("a form with too many fields".to_owned()));
        }
        let name = part.name().unwrap_or_default().to_owned();
        if name == "file" {
            // A file control that was left empty sends one part without a name.
            if part.file_name().unwrap_or_default().is_empty() {
                continue;
            }
            let shown = shown_name(part.file_name().unwrap_or_default());
            match take(shelf, caller, &said, added.len() + said.keep.len(), &shown, part).await? {
                Ok(digest) => added.push(digest),
                Err(says) => refused.push(format!("{shown}: {says}")),
            }
            continue;
        }
        let value: String = part.text().await.map_err(unread)?.chars().take(LONGEST).collect();
        match name.as_str() {
            "journey" => said.journey = value,
            "task" => said.task = value,
            "audience" => said.audience = value,
            "message" => said.message = value,
            "words" => said.words = value,
            "keep" => said.keep.push(value),
            _ => {}
        }
    }
    send::send(&shelf.services, caller, said, added, refused).await
}

/// Stores one file for this form, or says why not; the rest of the form goes on.
async fn take(
    shelf: &Shelf,
    caller: &Caller,
    said: &Said,
    there: usize,
    name: &str,
    mut part: Field<'_>,
) -> Result<Result<Digest, String>, Halt> {
    // Signed out: the words are kept, and the file has to be chosen again.
    let Some(visitor) = caller.visitor.clone() else {
        drained(&mut part).await;
        return Ok(Err("you were signed out".to_owned()));
    };
    let message: MessageId = match send::may_add(&shelf.services, &visitor, said).await? {
        Ok(message) => message,
        Err(says) => {
            drained(&mut part).await;
            return Ok(Err(says));
        }
    };
    if there >= MOST_FILES {
        drained(&mut part).await;
        return Ok(Err(format!("there are {MOST_FILES} files already, which is the limit")));
    }
    let bytes = match stored(shelf, part).await? {
        Ok(bytes) => bytes,
        Err(says) => return Ok(Err(says)),
    };
    let upload = Upload {
        file: FileRef { digest: bytes.digest.clone(), name: name.to_owned() },
        kind: bytes.kind.to_owned(),
        bytes: bytes.bytes,
        at: shelf.services.clock.now(),
    };
    shelf.services.store.add_upload(&visitor.actor.person, &message, upload).await?;
    Ok(Ok(bytes.digest))
}
