//! Reports of test suites, which are read before they are kept: of one that cannot be read nothing is left.

use std::{convert::Infallible, time::Duration};

use app::halt::Halt;
use axum::{body::Bytes, extract::multipart::Field};
use futures_util::stream;
use journey::results::{self, Run};
use tokio::time::timeout;

use crate::{
    files::{Shelf, drained, kept},
    kinds::kind_of,
    vault::{HEAD, Taken},
};

/// Longest silence of a sender.
const SILENCE: Duration = Duration::from_secs(60);

/// Takes a report, or says why not. It is held in memory, [`results::LONGEST`] bytes at most.
///
/// # Errors
/// When the sender falls silent, or the vault does not answer.
pub async fn taken(shelf: &Shelf, mut part: Field<'_>) -> Result<Result<(Taken, Run), String>, Halt> {
    let mut whole = Vec::new();
    loop {
        let chunk = timeout(SILENCE, part.chunk()).await.map_err(|_| Halt::Fault("silence".to_owned()))?;
        let Some(chunk) = chunk.map_err(|error| Halt::Fault(error.to_string()))? else { break };
        whole.extend_from_slice(&chunk);
        if whole.len() as u64 > results::LONGEST {
            drained(&mut part).await;
            return Ok(Err("the report is larger than 8 MB. Split it by capability".to_owned()));
        }
    }
    // What is no text at all gets the same words as on every other task.
    if !whole.is_empty()
        && let Err(says) = kind_of(&whole[..whole.len().min(HEAD)])
    {
        return Ok(Err(says.to_owned()));
    }
    let whole = Bytes::from(whole);
    let bytes = whole.clone();
    let read = tokio::task::spawn_blocking(move || results::read(&bytes)).await;
    let run = match read.map_err(|error| Halt::Fault(error.to_string()))? {
        Ok(run) => run,
        Err(_) if whole.is_empty() => return Ok(Err("it is empty".to_owned())),
        Err(fault) => return Ok(Err(fault.to_string())),
    };
    let kept = kept(shelf, &mut stream::iter([Ok::<Bytes, Infallible>(whole)])).await?;
    Ok(kept.map(|taken| (taken, run)))
}
