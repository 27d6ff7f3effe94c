//! `verify`: replays every ledger, checks every link, compares what lists show with what the ledgers say, and hashes every
//! submission and every file again. What no ledger speaks of (names, passwords, drafts, sessions, letters) is left alone.

use std::collections::{BTreeMap, BTreeSet};

use journey::{
    actor::Role,
    form::{Answers, FileRef},
    ids::{Digest, JourneyRef, OrganisationId, PersonId, Seq},
    journey::Journey,
    overview,
    people::{self, PeopleEvent},
    port::{Ledger as _, People as _},
    process::Processes,
};
use store::Db;

use crate::{serve, vault::Vault};

/// How many are read at a time.
const STEP: u32 = 200;

/// What was looked at, and what is wrong.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Journeys.
    pub journeys: u64,
    /// Events of journeys.
    pub events: u64,
    /// Events of accounts.
    pub accounts: u64,
    /// Submissions.
    pub submissions: u64,
    /// Files.
    pub files: u64,
    /// Where each chain ends: stream, last position, last digest.
    pub heads: BTreeMap<String, (u64, String)>,
    /// One sentence for each fault, with the stream or the row that has it.
    pub faults: Vec<String>,
}

impl Found {
    /// What was looked at, in words.
    #[must_use]
    pub fn in_words(&self) -> String {
        let Found { journeys, events, accounts, submissions, files, .. } = self;
        format!(
            "{journeys} journeys with {events} events and {submissions} submissions, {accounts} events of accounts, {files} files."
        )
    }
}

pub(super) async fn run(db: &Db, vault: &Vault) -> Result<(), String> {
    let found = examine(db, vault).await?;
    println!("{}", found.in_words());
    if found.faults.is_empty() {
        println!("Every link holds, every list says what its ledger says, and words and files are those that were sent.");
        return Ok(());
    }
    for fault in &found.faults {
        println!("BROKEN {fault}");
    }
    Err(format!("{} broken", found.faults.len()))
}

/// Looks at everything. A fault does not end it.
///
/// # Errors
/// Only when the database or the file store does not answer.
pub async fn examine(db: &Db, vault: &Vault) -> Result<Found, String> {
    let processes = serve::processes()?;
    let mut found = Found::default();
    let mut known = BTreeSet::new();
    let mut after = None;
    loop {
        let step = db.references(after.as_ref(), STEP).await;
        let Ok(step) = step.map_err(|fault| found.faults.push(fault.to_string())) else { break };
        for reference in &step {
            found.journeys += 1;
            known.insert(reference.to_string());
            if let Err(fault) = one(db, reference, processes, &mut found).await {
                found.faults.push(format!("{reference}: {fault}"));
            }
        }
        match step.last() {
            Some(last) => after = Some(last.clone()),
            None => break,
        }
    }
    // A ledger that no list names is as wrong as a list that no ledger names.
    let mut last = String::new();
    loop {
        let step = db.streams(&last, STEP).await.map_err(|error| error.to_string())?;
        for stream in step.iter().filter(|stream| *stream != "people" && !known.contains(*stream)) {
            found.faults.push(format!("{stream}: there are events of it, and no journey"));
        }
        match step.into_iter().last() {
            Some(stream) => last = stream,
            None => break,
        }
    }
    if let Err(fault) = accounts(db, &mut found).await {
        found.faults.push(format!("people: {fault}"));
    }
    files(db, vault, &mut found).await?;
    Ok(found)
}

async fn one(db: &Db, reference: &JourneyRef, processes: &'static Processes, found: &mut Found) -> Result<(), String> {
    let history = db.history(reference).await.map_err(|error| error.to_string())?;
    let journey = Journey::replay(reference, &history, processes).map_err(|error| error.to_string())?;
    found.events += history.len() as u64;
    found.heads.insert(reference.to_string(), (journey.seq.0, journey.head.to_string()));
    let stored = db.projection(reference).await.map_err(|error| error.to_string())?;
    if stored != Some(overview::project(&journey)) {
        return Err("the lists show something else than the ledger says".to_owned());
    }
    let parties = db.parties(reference).await.map_err(|error| error.to_string())?;
    if parties != journey.parties().map(|(organisation, _)| organisation.clone()).collect::<BTreeSet<OrganisationId>>() {
        return Err("the list of organisations with a part is not what the ledger says".to_owned());
    }
    // Words that were submitted must still be the words whose digest the ledger holds.
    for spec in &journey.process.tasks {
        let record = journey.task(&spec.id);
        if record.sent.is_empty() {
            continue;
        }
        let kept = db.submissions(reference, &spec.id).await.map_err(|error| error.to_string())?;
        let mut files = BTreeSet::new();
        for lender in journey.process.lends_files(spec) {
            files.extend(db.files_of(reference, &lender.id).await.map_err(|error| error.to_string())?);
        }
        for sent in &record.sent {
            found.submissions += 1;
            let body = kept.iter().find(|submission| submission.round == sent.round);
            let Some(body) = body.filter(|kept| Digest::of(kept.body.as_bytes()) == sent.digest && kept.digest == sent.digest)
            else {
                let says = format!("the words of {}, round {}, are not those that were submitted", spec.id, sent.round);
                found.faults.push(format!("{reference}: {says}"));
                continue;
            };
            let answers: Answers = serde_json::from_str(&body.body).map_err(|error| format!("{}: {error}", spec.id))?;
            for file in answers.0.values().flatten().filter_map(|value| FileRef::parse(value)) {
                if !files.contains(&file.digest) {
                    let says = format!("{}, round {}, names a file that is not known: {}", spec.id, sent.round, file.digest);
                    found.faults.push(format!("{reference}: {says}"));
                }
            }
        }
    }
    Ok(())
}

/// The chain of accounts, and that everybody has the roles that it gave them.
async fn accounts(db: &Db, found: &mut Found) -> Result<(), String> {
    let mut last: Option<(Seq, Digest)> = None;
    let mut events: Vec<PeopleEvent> = Vec::new();
    loop {
        let after = last.as_ref().map_or(Seq(0), |(seq, _)| *seq);
        let step = db.people_events(after, STEP).await.map_err(|error| error.to_string())?;
        if step.is_empty() {
            break;
        }
        for recorded in step {
            if !recorded.follows("people", last.as_ref().map(|(seq, digest)| (*seq, digest))) {
                return Err(format!("event {} does not follow from the event before it", recorded.seq));
            }
            found.accounts += 1;
            last = Some((recorded.seq, recorded.digest));
            events.push(recorded.event);
        }
    }
    if let Some((seq, digest)) = &last {
        found.heads.insert("people".to_owned(), (seq.0, digest.to_string()));
    }
    let recorded = people::memberships(&events);
    let mut stored: BTreeMap<(PersonId, OrganisationId), BTreeSet<Role>> = BTreeMap::new();
    let mut after = (String::new(), String::new());
    loop {
        let step = db.every_membership((&after.0, &after.1), STEP).await.map_err(|error| error.to_string())?;
        let Some((person, organisation, _)) = step.last() else { break };
        after = (person.to_string(), organisation.to_string());
        stored
            .extend(step.into_iter().map(|(person, organisation, roles)| ((person, organisation), roles.into_iter().collect())));
    }
    for key in recorded.keys().chain(stored.keys()).collect::<BTreeSet<_>>() {
        if recorded.get(key) != stored.get(key) {
            found.faults.push(format!("people: the roles of {} at {} are not those that were given", key.0, key.1));
        }
    }
    Ok(())
}

/// Files that were read, by the digest that a row names: the digest and the length of what lies there.
type Read = BTreeMap<Digest, Option<(Digest, u64)>>;

/// Every file that a row names is there, is as long as the row says, and has the digest it lies under.
async fn files(db: &Db, vault: &Vault, found: &mut Found) -> Result<(), String> {
    let mut read = Read::new();
    let mut after = <[String; 3]>::default();
    loop {
        let step = match db.every_file([&after[0], &after[1], &after[2]], STEP).await {
            Ok(step) => step,
            Err(fault) => {
                found.faults.push(fault.to_string());
                break;
            }
        };
        let Some((journey, file)) = step.last() else { break };
        after = [journey.to_string(), file.task.to_string(), file.digest.to_string()];
        for (journey, file) in step {
            found.files += 1;
            if let Some(says) = wrong(vault, &mut read, &file.digest, file.bytes).await? {
                found.faults.push(format!("{journey}: file {} of {} {says}", file.digest, file.task));
            }
        }
    }
    let mut after = <[String; 3]>::default();
    loop {
        let step = match db.every_upload([&after[0], &after[1], &after[2]], STEP).await {
            Ok(step) => step,
            Err(fault) => {
                found.faults.push(fault.to_string());
                return Ok(());
            }
        };
        let Some((last, _)) = step.last() else { return Ok(()) };
        after = last.clone();
        for ([_, message, digest], bytes) in step {
            found.files += 1;
            let says = match digest.parse() {
                Ok(digest) => wrong(vault, &mut read, &digest, bytes).await?,
                Err(_) => Some("has no digest"),
            };
            if let Some(says) = says {
                found.faults.push(format!("file {digest} of message {message} {says}"));
            }
        }
    }
}

/// What is wrong with a file, if anything. Each is read once.
async fn wrong(vault: &Vault, read: &mut Read, digest: &Digest, bytes: u64) -> Result<Option<&'static str>, String> {
    if !read.contains_key(digest) {
        read.insert(digest.clone(), vault.read(digest, |_| Ok(())).await?);
    }
    Ok(match read.get(digest).and_then(Option::as_ref) {
        None => Some("is not there"),
        Some((found, _)) if found != digest => Some("has other bytes than it was sent with"),
        Some((_, length)) if *length != bytes => Some("has another length than is recorded"),
        Some(_) => None,
    })
}
