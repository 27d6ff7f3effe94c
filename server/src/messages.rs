//! A form of a conversation: words and files in one post. Files are streamed to the shelf as they come, and wait there under
//! the form's id; if the words are refused they are still there when the form is sent again.

use app::{
    halt::Halt,
    messages::send::{self, Said},
    visitor::{Caller, Visitor},
};
use axum::{
    Extension,
    extract::{Request, State},
    response::Response,
};
use journey::{
    conversation::{Audience, MOST_FILES},
    form::{Answers, FileRef, LONGEST},
    ids::{Digest, MessageId},
    port::messages::Upload,
};

use crate::{
    enter::enter,
    form::{Form, Part, Rules, Stop, Texts},
    shelf::{Shelf, stored},
};

/// Says something: `POST /do/messages/send`, a multipart form whose words come before its files.
pub async fn say(State(shelf): State<Shelf>, Extension(caller): Extension<Caller>, request: Request) -> Response {
    let rules = Rules { control, ..Rules::new(shelf.longest_form(), came_from) };
    enter(&shelf, &caller, request, rules, async |visitor, form| said(&shelf, &caller, visitor, form).await).await
}

fn said_by(texts: &Texts) -> Said {
    let one = |name: &str| texts.one(name).to_owned();
    Said {
        journey: one("journey"),
        task: one("task"),
        audience: one("audience"),
        message: one("message"),
        words: one("words"),
        keep: texts.0.iter().filter(|(name, _)| name == "keep").map(|(_, text)| text.clone()).collect(),
    }
}

fn came_from(texts: &Texts) -> (String, Answers) {
    let said = said_by(texts);
    (said.page(), said.typed())
}

fn control(texts: &Texts) -> String {
    let audience: Audience = texts.one("audience").parse().unwrap_or(Audience::All);
    format!("{}-files", audience.field())
}

async fn said(shelf: &Shelf, caller: &Caller, visitor: &Visitor, form: &mut Form) -> Result<String, Stop> {
    let mut added: Vec<Digest> = Vec::new();
    let mut refused: Vec<String> = Vec::new();
    let mut room: Option<Result<MessageId, String>> = None;
    while let Some(mut part) = form.next_file().await? {
        let said = said_by(&form.texts);
        let room = match &room {
            Some(room) => room,
            None => room.insert(send::may_add(&shelf.services, visitor, &said).await?),
        };
        let message = match room {
            Ok(_) if added.len() + said.keep.len() >= MOST_FILES => {
                Err(format!("there are {MOST_FILES} files already, which is the limit"))
            }
            Ok(message) => Ok(message),
            Err(says) => Err(says.clone()),
        };
        let taken = match message {
            Ok(message) => take(shelf, visitor, message, &mut part).await?,
            Err(says) => {
                part.bytes.drained().await?;
                Err(says)
            }
        };
        match taken {
            Ok(digest) => added.push(digest),
            Err(says) => refused.push(format!("{}: {says}", part.name)),
        }
    }
    if form.cut.iter().any(|field| field == "words") {
        refused.push(format!(
            "Your words were longer than {LONGEST} characters. Their end was not kept: go back, your browser has it"
        ));
    }
    Ok(send::send(&shelf.services, caller, said_by(&form.texts), added, refused).await?)
}

/// Stores one file for this form, or says why not.
async fn take(shelf: &Shelf, visitor: &Visitor, message: &MessageId, part: &mut Part) -> Result<Result<Digest, String>, Stop> {
    let bytes = match stored(shelf, visitor, part).await? {
        Ok(bytes) => bytes,
        Err(says) => return Ok(Err(says)),
    };
    let upload = Upload {
        file: FileRef { digest: bytes.digest.clone(), name: part.name.clone() },
        kind: bytes.kind.to_owned(),
        bytes: bytes.bytes,
        at: shelf.services.clock.now(),
    };
    shelf.services.store.add_upload(&visitor.actor.person, message, upload).await.map_err(Halt::from)?;
    Ok(Ok(bytes.digest))
}
