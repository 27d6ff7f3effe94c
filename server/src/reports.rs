//! Reports of test suites, which are read before they are kept: of one that cannot be read nothing is left.

use std::convert::Infallible;

use app::request::visitor::Visitor;
use axum::body::Bytes;
use futures_util::stream;
use journey::task::results::{self, Run};

use crate::{
    file_store::{HEAD, Taken},
    form::{Sent, Stop, Whole},
    kinds::kind_of,
    uploads::{Uploads, kept},
};

/// Takes a report, or says why not. It is held in memory, [`results::LONGEST`] bytes at most.
///
/// # Errors
/// When the sender breaks off, or the file store does not answer.
pub async fn taken(uploads: &Uploads, visitor: &Visitor, sent: &mut Sent) -> Result<Result<(Taken, Run), String>, Stop> {
    let (whole, _room) = match sent.whole(results::LONGEST, &uploads.room).await? {
        Whole::Held(whole, room) => (whole, room),
        Whole::TooLarge => return Ok(Err("the report is larger than 8 MB. Split it by capability".to_owned())),
        Whole::NoRoom => return Ok(Err("many reports are being read just now. Wait a minute, then add it again".to_owned())),
    };
    // What is no text at all gets the same words as on every other task.
    if !whole.is_empty()
        && let Err(says) = kind_of(&whole[..whole.len().min(HEAD)])
    {
        return Ok(Err(says.to_owned()));
    }
    let whole = Bytes::from(whole);
    let bytes = whole.clone();
    let run = match uploads.parse(move || results::read(&bytes)).await? {
        Ok(run) => run,
        Err(_) if whole.is_empty() => return Ok(Err("it is empty".to_owned())),
        Err(fault) => return Ok(Err(fault.to_string())),
    };
    let kept = kept(uploads, visitor, &mut stream::iter([Ok::<Bytes, Infallible>(whole)])).await?;
    Ok(kept.map(|taken| (taken, run)))
}
