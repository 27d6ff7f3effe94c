//! Hands a whole journey out as one ZIP file that can be checked without this service.

use std::collections::BTreeMap;

use app::{
    act::load::load_whole,
    base::{halt::Halt, paths},
    request::visitor::Caller,
};
use axum::{
    Extension,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use journey::{
    base::ids::{Round, TaskId},
    ledger::event::{Event, Recorded},
    port::documents::Document,
};

use crate::{
    documents,
    downloads::{answered, attached},
    gate::turned_away,
    pack::{self, Contents, PackedDocument},
    uploads::Uploads,
};

/// Bytes of words and documents in one pack. A long journey of an honest supplier has a few millions.
const MOST_BYTES: u32 = 16_000_000;

/// Rounds of a task that are read at once.
const ROUNDS: usize = 8;

/// Documents that are read at once: some hundred kilobytes each.
const AT_ONCE: u32 = 8;

/// Hands a journey out: `GET /journeys/{reference}/pack.zip`, for those to whom nothing of it is closed.
pub async fn get(
    State(uploads): State<Uploads>,
    Extension(caller): Extension<Caller>,
    Path(reference): Path<String>,
) -> Response {
    answered(packed(&uploads, &caller, &reference).await)
}

async fn packed(uploads: &Uploads, caller: &Caller, reference: &str) -> Result<Response, Halt> {
    let visitor = caller.visitor.clone().ok_or(Halt::SignIn)?;
    let loaded = load_whole(&uploads.services, &visitor, reference).await?;
    let (journey, history) = (&loaded.journey, &loaded.history);
    if !journey.reads_everything(&visitor.actor) {
        return Err(Halt::Missing);
    }
    // The words, the documents and the file made of them have their place in what is held of everybody together.
    let Ok(_held) = uploads.room.clone().try_acquire_many_owned(2 * MOST_BYTES) else {
        return Err(Halt::Unavailable("others hold too much for a journey to be handed out".to_owned()));
    };
    let store = &uploads.services.store;
    let mut left = MOST_BYTES as usize;
    let mut fits = |bytes: &[u8]| {
        left.checked_sub(bytes.len()).is_some_and(|rest| {
            left = rest;
            true
        })
    };
    let mut submissions = BTreeMap::new();
    for (task, rounds) in sent_in(history) {
        for some in rounds.chunks(ROUNDS) {
            for one in store.rounds(&journey.reference, task, some).await? {
                if !fits(one.body.as_bytes()) {
                    return Ok(too_long());
                }
                submissions.insert(one.digest, one.body);
            }
        }
    }
    let mut texts = BTreeMap::new();
    for digest in pack::texts_named(history) {
        let Some(text) = store.text(&digest).await? else { continue };
        if !fits(text.as_bytes()) {
            return Ok(too_long());
        }
        texts.insert(digest, text);
    }
    // Those that nobody has asked for yet are made now: there are a few in a journey, one after the other.
    documents::make_all(uploads, &loaded).await?;
    let (mut made, mut signed) = (Vec::new(), BTreeMap::new());
    let mut last = None;
    loop {
        let step = store.documents_of(&journey.reference, last.as_ref(), AT_ONCE).await?;
        let Some(end) = step.last() else { break };
        last = Some(end.content.clone());
        for Document { about, bytes, .. } in step {
            if about.number.is_empty() {
                // Of what was signed there is one after each signature that came late. The newest has all of them.
                match signed.get(&about.task) {
                    Some((at, _)) if *at >= about.made_at => {}
                    _ => drop(signed.insert(about.task, (about.made_at, bytes))),
                }
            } else if fits(&bytes) {
                made.push(PackedDocument { called: about.number, bytes });
            } else {
                return Ok(too_long());
            }
        }
    }
    for (task, (_, bytes)) in signed {
        if !fits(&bytes) {
            return Ok(too_long());
        }
        made.push(PackedDocument { called: task.to_string(), bytes });
    }
    let named = pack::editions_of(history);
    let published = store.catalogues().await?.into_iter().filter(|published| named.contains(&published.edition));
    let contents = Contents {
        journey: journey.reference.clone(),
        history: history.to_vec(),
        submissions,
        texts,
        documents: made,
        editions: published.map(|published| (published.edition, published.body)).collect(),
        names: loaded.names.clone(),
        lists: format!("{}{}", uploads.services.base_url, paths::HEADS),
    };
    let name = format!("Journey {} {}.zip", journey.opening.product, journey.reference);
    let bytes = uploads.parse(move || pack::write(&contents)).await?.map_err(Halt::Fault)?;
    attached(bytes, &name, "application/zip")
}

/// Every round that was sent, by task.
fn sent_in(history: &[Recorded]) -> BTreeMap<&TaskId, Vec<Round>> {
    let mut sent: BTreeMap<&TaskId, Vec<Round>> = BTreeMap::new();
    for recorded in history {
        if let Event::Submitted { task, round, .. } = &recorded.event {
            sent.entry(task).or_default().push(*round);
        }
    }
    sent
}

fn too_long() -> Response {
    turned_away(
        StatusCode::PAYLOAD_TOO_LARGE,
        "This journey is too long for one file",
        "What was sent in it has more than 16 MB of words and documents. Ask whoever runs the service for a backup.",
    )
}
