//! A form of a conversation: words and files in one post. Files are streamed to the file store as they come, and wait there under
//! the form's id; if the words are refused they are still there when the form is sent again.

use app::{
    base::halt::Halt,
    request::visitor::{Caller, Visitor},
    site::messages::send::{self, MessageForm},
};
use axum::{
    Extension,
    extract::{Request, State},
    response::Response,
};
use journey::{
    base::ids::{Digest, MessageId},
    form::{Answers, FileRef, LONGEST},
    port::messages::Upload,
    rule::conversation::{Audience, MOST_FILES},
};

use crate::{
    enter::enter,
    form::{Form, Part, Rules, Stop, Texts},
    uploads::{Uploads, stored},
};

/// Says something: `POST /do/messages/send`, a multipart form whose words come before its files.
pub async fn say(State(uploads): State<Uploads>, Extension(caller): Extension<Caller>, request: Request) -> Response {
    let rules = Rules { control, ..Rules::new(uploads.longest_form(), came_from) };
    enter(&uploads, &caller, request, rules, async |visitor, form| said(&uploads, &caller, visitor, form).await).await
}

fn said_by(texts: &Texts) -> MessageForm {
    let one = |name: &str| texts.one(name).to_owned();
    let many = |name: &str| texts.0.iter().filter(|(known, _)| known == name).map(|(_, text)| text.clone()).collect();
    MessageForm {
        journey: one("journey"),
        task: one("task"),
        defect: one("defect"),
        audience: one("audience"),
        message: one("message"),
        words: one("words"),
        keep: many("keep"),
        tell: many("tell"),
        then: one("then"),
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

async fn said(uploads: &Uploads, caller: &Caller, visitor: &Visitor, form: &mut Form) -> Result<String, Stop> {
    let mut added: Vec<Digest> = Vec::new();
    let mut refused: Vec<String> = Vec::new();
    let mut room: Option<Result<MessageId, String>> = None;
    while let Some(mut part) = form.next_file().await? {
        let said = said_by(&form.texts);
        let room = match &room {
            Some(room) => room,
            None => room.insert(send::may_add(&uploads.services, visitor, &said).await?),
        };
        let message = match room {
            Ok(_) if added.len() + said.keep.len() >= MOST_FILES => {
                Err(format!("there are {MOST_FILES} files already, which is the limit"))
            }
            Ok(message) => Ok(message),
            Err(says) => Err(says.clone()),
        };
        let taken = match message {
            Ok(message) => take(uploads, visitor, message, &mut part).await?,
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
    Ok(send::send(&uploads.services, caller, said_by(&form.texts), added, refused).await?)
}

/// Stores one file for this form, or says why not.
async fn take(
    uploads: &Uploads,
    visitor: &Visitor,
    message: &MessageId,
    part: &mut Part,
) -> Result<Result<Digest, String>, Stop> {
    let bytes = match stored(uploads, visitor, part).await? {
        Ok(bytes) => bytes,
        Err(says) => return Ok(Err(says)),
    };
    let upload = Upload {
        file: FileRef { digest: bytes.digest.clone(), name: part.name.clone() },
        kind: bytes.kind.to_owned(),
        bytes: bytes.bytes,
        at: uploads.services.clock.now(),
    };
    uploads.services.store.add_upload(&visitor.actor.person, message, upload).await.map_err(Halt::from)?;
    Ok(Ok(bytes.digest))
}
