//! `verify`: replays every ledger, checks every link and that every step was a lawful one, compares what lists show with what
//! the ledgers say, and hashes every submission and every file again; and holds the ledgers against the daily lists of heads
//! (`listed`). Everything that is wrong is told, not only the first. What no ledger speaks of (names, passwords, drafts, sessions, letters) is left alone.
//!
//! Long because everything that is kept has its check here.

use std::collections::{BTreeMap, BTreeSet};

use app::request::ledger::learn_these;
use journey::{
    base::{
        actor::Role,
        ids::{Digest, FieldId, JourneyRef, OrganisationId, PersonId, Seq},
    },
    form::{Answers, FileRef},
    people::rules::{self, PeopleEvent},
    plan::process::Processes,
    port::heads::ListKey,
    port::{
        Ledger as _, People as _, StoreError,
        documents::Documents as _,
        live_runs::LiveRuns as _,
        scal::Scal as _,
        seals::{SealCertificate, Seals as _},
    },
    practice::{exchange::is_whole, run::MOST_RUNS},
    rule::audit::{Audit, audit},
    view::overview,
};
use store::Db;

use crate::{
    commands::listed::{Listed, Outside},
    file_store::FileStore,
    seal, start,
    terminal::say,
};

/// How many are read at a time.
const STEP: u32 = 200;

/// How many submissions are read at a time: a SCAL has some hundred kilobytes.
const FEW: u32 = 20;

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
    /// Documents that were made for people to keep.
    pub documents: u64,
    /// Daily lists of heads.
    pub lists: u64,
    /// How many documents each certificate of the seal has signed, by what it says of itself.
    pub seals: BTreeMap<Digest, (String, u64)>,
    /// The keys that the lists are signed with, the newest first.
    pub keys: Vec<ListKey>,
    /// Where each chain ends: stream, last position, last digest.
    pub heads: BTreeMap<String, (u64, String)>,
    /// One sentence for each fault, with the stream or the row that has it.
    pub faults: Vec<String>,
}

impl Found {
    /// What was looked at, in words.
    #[must_use]
    pub fn in_words(&self) -> String {
        let Found { journeys, events, accounts, submissions, files, documents, lists, .. } = self;
        format!(
            "{journeys} journeys with {events} events and {submissions} submissions, {accounts} events of accounts, {files} files, {documents} documents, {lists} lists of heads."
        )
    }

    /// The certificates that documents are signed with, one a line: whoever checks compares them with what was told.
    #[must_use]
    pub fn seals_in_words(&self) -> String {
        self.seals.iter().map(|(fingerprint, (subject, count))| seal::in_words(fingerprint, subject, *count)).collect()
    }

    /// The keys that the lists are signed with, one a line: whoever keeps lists compares them with what was told.
    #[must_use]
    pub fn keys_in_words(&self) -> String {
        let line = |key: &ListKey| format!("Lists of {} to {} are signed with the key {}.\n", key.from, key.until, key.key);
        self.keys.iter().map(line).collect()
    }
}

pub(crate) async fn run(db: &Db, file_store: &FileStore, kept: Option<&Outside>) -> Result<(), String> {
    let found = examine_with(db, file_store, kept).await?;
    say(&found.in_words());
    print!("{}", found.keys_in_words());
    print!("{}", found.seals_in_words());
    if found.faults.is_empty() {
        say("Every link holds, every list says what its ledger says, and words and files are those that were sent.");
        if let Some(kept) = kept {
            say(&format!("The list of {} that was kept is among the lists, and every ledger has what it names.", kept.list.day));
        } else if found.lists > 0 {
            say("Every ledger has what the lists name. Compare with a list that was kept elsewhere, too: --heads FILE.");
        }
        return Ok(());
    }
    for fault in &found.faults {
        say(&format!("BROKEN {fault}"));
    }
    Err(format!("{} broken", found.faults.len()))
}

/// Looks at everything. A fault does not end it.
///
/// # Errors
/// Only when the database or the file store does not answer.
pub async fn examine(db: &Db, file_store: &FileStore) -> Result<Found, String> {
    examine_with(db, file_store, None).await
}

/// The same with a list of heads that somebody kept outside the database.
///
/// # Errors
/// As [`examine`].
pub async fn examine_with(db: &Db, file_store: &FileStore, kept: Option<&Outside>) -> Result<Found, String> {
    let processes = start::processes()?;
    let mut found = Found::default();
    // Before the ledgers: what is recorded meanwhile is in no list, and does not have to be.
    let mut listed = Listed::read(db, kept).await?;
    (found.lists, found.keys) = (listed.lists, std::mem::take(&mut listed.keys));
    found.faults.append(&mut listed.faults);
    // What was published here is known before the ledgers that name it are read.
    let published = db.catalogues().await.map_err(|error| error.to_string()).and_then(learn_these);
    found.faults.extend(published.err());
    let mut known = BTreeSet::new();
    let mut after = None;
    loop {
        let step = db.references(after.as_ref(), STEP).await;
        let Ok(step) = step.map_err(|fault| found.faults.push(fault.to_string())) else { break };
        for reference in &step {
            found.journeys += 1;
            known.insert(reference.to_string());
            one(db, reference, processes, &mut listed, &mut found).await;
            let broken = live_runs(db, reference).await.unwrap_or_else(|fault| vec![format!("{reference}: {fault}")]);
            found.faults.extend(broken);
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
    let mut last = String::new();
    loop {
        let step = db.submitters(&last, STEP).await.map_err(|error| error.to_string())?;
        for journey in step.iter().filter(|journey| !known.contains(*journey)) {
            found.faults.push(format!("{journey}: there are words that were submitted, and no journey"));
        }
        match step.into_iter().last() {
            Some(journey) => last = journey,
            None => break,
        }
    }
    if let Err(fault) = accounts(db, &mut listed, &mut found).await {
        listed.unread("people");
        found.faults.push(format!("people: {fault}"));
    }
    found.faults.extend(listed.gone());
    documents(db, &mut found).await?;
    files(db, file_store, &mut found).await?;
    Ok(found)
}

/// What is wrong with the live runs of a journey: a link that does not hold, or a count that is another.
async fn live_runs(db: &Db, reference: &JourneyRef) -> Result<Vec<String>, StoreError> {
    let mut faults = Vec::new();
    for run in db.live_runs(reference, MOST_RUNS as u32).await? {
        let name = format!("{reference}: the live run {}", run.opened.id);
        match db.whole_live_run(&run.opened.id).await {
            Ok(kept) if kept.len() == run.count as usize && is_whole(&run.opened, &kept, &run.head) => {}
            Ok(_) => faults.push(format!("{name} is not what was recorded: a link of its chain does not hold")),
            Err(fault) => faults.push(format!("{name}: {fault}")),
        }
    }
    Ok(faults)
}

/// One journey, with everything that is wrong with it.
async fn one(db: &Db, reference: &JourneyRef, processes: &'static Processes, listed: &mut Listed, found: &mut Found) {
    let mut faults = Vec::new();
    let audit = match db.history(reference).await {
        Ok(history) => {
            found.events += history.len() as u64;
            if let Some(last) = history.last() {
                found.heads.insert(reference.to_string(), (last.seq.0, last.digest.to_string()));
            }
            let digests: Vec<Digest> = history.iter().map(|recorded| recorded.digest.clone()).collect();
            faults.extend(listed.compare(&reference.to_string(), &digests));
            audit(reference, &history, processes)
        }
        Err(fault) => {
            listed.unread(&reference.to_string());
            Audit { faults: vec![fault.to_string()], ..Audit::default() }
        }
    };
    faults.extend(audit.faults.iter().cloned());
    // What a ledger that cannot be read to its end would say of lists and submissions is not known.
    if let Some(journey) = &audit.journey {
        match db.projection(reference).await {
            Ok(stored) if stored == Some(overview::project(journey)) => {}
            Ok(_) => faults.push("the lists show something else than the ledger says".to_owned()),
            Err(fault) => faults.push(fault.to_string()),
        }
        match db.parties(reference).await {
            Ok(parties) if parties == journey.parties().map(|(organisation, _)| organisation.clone()).collect() => {}
            Ok(_) => faults.push("the list of organisations with a part is not what the ledger says".to_owned()),
            Err(fault) => faults.push(fault.to_string()),
        }
    }
    if let Err(fault) = submissions(db, reference, &audit, found, &mut faults).await {
        faults.push(fault);
    }
    found.faults.extend(faults.into_iter().map(|fault| format!("{reference}: {fault}")));
}

/// Words that were submitted are the words whose digest the ledger holds, and nothing else lies beside them.
async fn submissions(
    db: &Db,
    reference: &JourneyRef,
    audit: &Audit,
    found: &mut Found,
    faults: &mut Vec<String>,
) -> Result<(), String> {
    let mut missing: BTreeMap<(String, i64), (&Digest, &[FieldId])> = BTreeMap::new();
    let mut lent: BTreeMap<&str, BTreeSet<Digest>> = BTreeMap::new();
    if audit.journey.is_some() {
        for (task, round, digest, fields) in &audit.sent {
            missing.insert((task.to_string(), i64::from(round.0)), (digest, fields));
        }
    }
    let mut after = (String::new(), i64::MIN);
    loop {
        let step = db.every_submission(reference, (&after.0, after.1), FEW).await.map_err(|error| error.to_string())?;
        let Some(last) = step.last() else { break };
        after = (last.task.clone(), last.round);
        for kept in step {
            found.submissions += 1;
            let digest = Digest::of(kept.body.as_bytes());
            let Some(journey) = &audit.journey else {
                if digest.as_str() != kept.digest {
                    faults.push(format!("the words of {}, round {}, do not fit their digest", kept.task, kept.round));
                }
                continue;
            };
            let Some((sent, fields)) = missing.remove(&(kept.task.clone(), kept.round)) else {
                faults.push(format!("there are words of {}, round {}, of which the ledger says nothing", kept.task, kept.round));
                continue;
            };
            if digest != *sent || kept.digest != sent.as_str() {
                faults.push(format!("the words of {}, round {}, are not those that were submitted", kept.task, kept.round));
                continue;
            }
            let answers: Answers = match serde_json::from_str(&kept.body) {
                Ok(answers) => answers,
                Err(error) => {
                    faults.push(format!("the words of {}, round {}, cannot be read: {error}", kept.task, kept.round));
                    continue;
                }
            };
            let Some(spec) = journey.process.tasks.iter().find(|spec| spec.id.as_str() == kept.task) else { continue };
            let named = fields.iter().flat_map(|field| answers.many(field.as_str())).filter_map(|value| FileRef::parse(value));
            for file in named {
                if !lent.contains_key(spec.id.as_str()) {
                    let mut files = BTreeSet::new();
                    for lender in journey.process.lends_files(spec) {
                        files.extend(db.files_of(reference, &lender.id).await.map_err(|error| error.to_string())?);
                    }
                    lent.insert(spec.id.as_str(), files);
                }
                if lent.get(spec.id.as_str()).is_none_or(|files| !files.contains(&file.digest)) {
                    faults.push(format!("{}, round {}, names a file that is not known: {}", kept.task, kept.round, file.digest));
                }
            }
        }
    }
    for (task, round) in missing.into_keys() {
        faults.push(format!("the words of {task}, round {round}, are not there"));
    }
    Ok(())
}

/// Documents that were made are what they were when they were made, and those with a digital signature have it from a certificate that
/// anybody can see.
async fn documents(db: &Db, found: &mut Found) -> Result<(), String> {
    let known = db.seals(u32::MAX).await.map_err(|error| error.to_string())?;
    let known: BTreeSet<Digest> = known.into_iter().map(|seal| seal.certificate.fingerprint).collect();
    let mut after = None;
    loop {
        let step = db.documents_after(after.as_ref(), FEW).await.map_err(|error| error.to_string())?;
        for (content, digest, bytes) in &step {
            found.documents += 1;
            if Digest::of(bytes) != *digest {
                found.faults.push(format!("document {content}: its bytes are not those that were made"));
                continue;
            }
            match seal::checked(bytes) {
                Ok(None) => {}
                Ok(Some(certificate)) => {
                    let SealCertificate { fingerprint, subject, .. } = certificate;
                    if !known.contains(&fingerprint) {
                        let fault = "it is signed with a certificate that is not among those of the service";
                        found.faults.push(format!("document {content}: {fault}: {fingerprint}"));
                    }
                    found.seals.entry(fingerprint).or_insert((subject, 0)).1 += 1;
                }
                Err(says) => found.faults.push(format!("document {content}: {says}")),
            }
        }
        match step.into_iter().last() {
            Some((content, ..)) => after = Some(content),
            None => return Ok(()),
        }
    }
}

/// The chain of accounts, and that everybody has the roles that it gave them.
async fn accounts(db: &Db, listed: &mut Listed, found: &mut Found) -> Result<(), String> {
    let mut last: Option<(Seq, Digest)> = None;
    let mut broken = Vec::new();
    let mut events: Vec<PeopleEvent> = Vec::new();
    let mut digests = Vec::new();
    loop {
        let after = last.as_ref().map_or(Seq(0), |(seq, _)| *seq);
        let step = db.people_events(after, STEP).await.map_err(|error| error.to_string())?;
        if step.is_empty() {
            break;
        }
        for recorded in step {
            if !recorded.follows("people", last.as_ref().map(|(seq, digest)| (*seq, digest))) {
                broken.push(format!("people: event {} does not follow from the event before it", recorded.seq));
            }
            found.accounts += 1;
            digests.push(recorded.digest.clone());
            last = Some((recorded.seq, recorded.digest));
            events.push(recorded.event);
        }
    }
    found.faults.extend(broken);
    found.faults.extend(listed.compare("people", &digests).into_iter().map(|fault| format!("people: {fault}")));
    if let Some((seq, digest)) = &last {
        found.heads.insert("people".to_owned(), (seq.0, digest.to_string()));
    }
    let recorded = rules::memberships(&events);
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
async fn files(db: &Db, file_store: &FileStore, found: &mut Found) -> Result<(), String> {
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
            if let Some(says) = wrong(file_store, &mut read, &file.digest, file.bytes).await? {
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
                Ok(digest) => wrong(file_store, &mut read, &digest, bytes).await?,
                Err(_) => Some("has no digest"),
            };
            if let Some(says) = says {
                found.faults.push(format!("file {digest} of message {message} {says}"));
            }
        }
    }
}

/// What is wrong with a file, if anything. Each is read once.
async fn wrong(file_store: &FileStore, read: &mut Read, digest: &Digest, bytes: u64) -> Result<Option<&'static str>, String> {
    if !read.contains_key(digest) {
        read.insert(digest.clone(), file_store.read(digest, |_| Ok(())).await?);
    }
    Ok(match read.get(digest).and_then(Option::as_ref) {
        None => Some("is not there"),
        Some((found, _)) if found != digest => Some("has other bytes than it was sent with"),
        Some((_, length)) if *length != bytes => Some("has another length than is recorded"),
        Some(_) => None,
    })
}
