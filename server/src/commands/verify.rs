//! `verify`: replays every ledger, checks every link, compares what lists show with what the ledgers say.

use journey::{
    ids::{Digest, Seq},
    journey::Journey,
    overview,
    port::{Ledger as _, People as _},
    process::Processes,
};
use store::Db;

/// How many are read at a time.
const STEP: u32 = 200;

pub(super) async fn run(db: &Db) -> Result<(), String> {
    let processes =
        Processes::shipped().map_err(|faults| faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))?;
    let mut faults = Vec::new();
    let (mut journeys, mut events) = (0u64, 0u64);
    let mut after = None;
    loop {
        let step = db.references(after.as_ref(), STEP).await.map_err(|e| e.to_string())?;
        for reference in &step {
            journeys += 1;
            match one(db, reference, processes).await {
                Ok(count) => events += count,
                Err(fault) => faults.push(format!("{reference}: {fault}")),
            }
        }
        match step.last() {
            Some(last) => after = Some(last.clone()),
            None => break,
        }
    }
    let accounts = people(db).await.unwrap_or_else(|fault| {
        faults.push(format!("people: {fault}"));
        0
    });
    println!("{journeys} journeys with {events} events, and {accounts} events of accounts.");
    if faults.is_empty() {
        println!("Every link holds, and every list says what its ledger says.");
        return Ok(());
    }
    for fault in &faults {
        println!("BROKEN {fault}");
    }
    Err(format!("{} broken", faults.len()))
}

async fn one(db: &Db, reference: &journey::ids::JourneyRef, processes: &'static Processes) -> Result<u64, String> {
    let history = db.history(reference).await.map_err(|e| e.to_string())?;
    let journey = Journey::replay(reference, &history, processes).map_err(|e| e.to_string())?;
    let stored = db.projection(reference).await.map_err(|e| e.to_string())?;
    let folded = overview::project(&journey);
    if stored.as_ref() != Some(&folded) {
        return Err("the lists show something else than the ledger says".to_owned());
    }
    // Words that were submitted must still be the words whose digest the ledger holds.
    for spec in &journey.process.tasks {
        let record = journey.task(&spec.id);
        if record.sent.is_empty() {
            continue;
        }
        let kept = db.submissions(reference, &spec.id).await.map_err(|e| e.to_string())?;
        for sent in &record.sent {
            let body = kept.iter().find(|s| s.round == sent.round).map(|s| Digest::of(s.body.as_bytes()));
            if body.as_ref() != Some(&sent.digest) {
                return Err(format!("the words of {}, round {}, are not those that were submitted", spec.id, sent.round));
            }
        }
    }
    Ok(history.len() as u64)
}

async fn people(db: &Db) -> Result<u64, String> {
    let mut last: Option<(Seq, Digest)> = None;
    let mut count = 0;
    loop {
        let step = db.people_events(last.as_ref().map_or(Seq(0), |(seq, _)| *seq), STEP).await.map_err(|e| e.to_string())?;
        if step.is_empty() {
            return Ok(count);
        }
        for recorded in step {
            if !recorded.follows("people", last.as_ref().map(|(seq, digest)| (*seq, digest))) {
                return Err(format!("event {} does not follow from the event before it", recorded.seq));
            }
            count += 1;
            last = Some((recorded.seq, recorded.digest));
        }
    }
}
