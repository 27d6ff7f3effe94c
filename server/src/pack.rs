//! A journey as one ZIP file that stands by itself: the ledger, the words that were submitted, the texts that were signed and
//! issued, the documents that were made of them, and a page that says how anybody checks them without this service.
//! `gpc-onboarding verify --pack` does it.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{Cursor, Read, Seek, Write as _},
};

use jiff::Timestamp;
use journey::{
    base::{
        edition::Edition,
        ids::{Digest, JourneyRef, Seq},
    },
    catalogue::editions,
    ledger::{
        event::{By, Event, Recorded},
        heads::name_of,
    },
    plan::process::Processes,
    rule::audit::audit,
    view::names::Names,
};
use serde::{Deserialize, Serialize};
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

use crate::seal;

/// Bytes of all parts that are read when a pack is checked, so that a small file cannot hold a large one.
const MOST_BYTES: u64 = 512 * 1024 * 1024;

/// Parts of a pack.
const MOST_PARTS: usize = 100_000;

const ABOUT: &str = "journey.json";
const LEDGER: &str = "ledger.jsonl";
const NAMES: &str = "names.json";
const README: &str = "README.txt";
const SUBMISSIONS: &str = "submissions/";
const TEXTS: &str = "texts/";
const DOCUMENTS: &str = "documents/";
const EDITIONS: &str = "catalogue/";

/// What goes into a pack.
pub struct Contents {
    /// The journey.
    pub journey: JourneyRef,
    /// Its whole ledger, oldest event first.
    pub history: Vec<Recorded>,
    /// The words of each round that was sent, by their digest.
    pub submissions: BTreeMap<Digest, String>,
    /// What was signed and issued, by its digest.
    pub texts: BTreeMap<Digest, String>,
    /// What was made of it for people to keep.
    pub documents: Vec<PackedDocument>,
    /// The published editions of the catalogue that the ledger names.
    pub editions: BTreeMap<Edition, String>,
    /// Who the people and organisations of the ledger are.
    pub names: Names,
    /// The address at which the daily lists of heads are published.
    pub lists: String,
}

/// A document in a pack: a certificate, or what was signed.
pub struct PackedDocument {
    /// The number of the certificate, or the task on which it was signed.
    pub called: String,
    /// The file, a PDF.
    pub bytes: Vec<u8>,
}

/// What a pack says of itself.
#[derive(Serialize, Deserialize)]
struct About {
    journey: JourneyRef,
    /// Digests of texts that a release of before did not keep.
    not_kept: Vec<Digest>,
    /// The digest of each document by the name of its file. Packs of before have none.
    #[serde(default)]
    documents: BTreeMap<String, Digest>,
}

/// One event as a line of the ledger.
#[derive(Serialize, Deserialize)]
struct Line {
    seq: u64,
    at: Timestamp,
    /// Microseconds since 1970: what the digest is of.
    at_us: i64,
    by: Option<By>,
    /// The event as it is stored, as a text: its bytes count.
    event: String,
    prev: Digest,
    digest: Digest,
}

/// The digests of texts that an event names.
fn texts_of(event: &Event) -> Option<&Digest> {
    match event {
        Event::Signed { words, .. } => Some(words),
        Event::Issued { facts, .. } | Event::Approved { facts, .. } => facts.as_ref(),
        _ => None,
    }
}

/// The editions of the catalogue that a ledger names.
pub fn editions_of(history: &[Recorded]) -> BTreeSet<Edition> {
    let named = history.iter().filter_map(|recorded| match &recorded.event {
        Event::Opened { opening, .. } => Some(opening.catalogue.clone()),
        Event::Uplifted { catalogue, .. } => Some(catalogue.clone()),
        _ => None,
    });
    named.collect()
}

/// The texts that a ledger names.
pub fn texts_named(history: &[Recorded]) -> BTreeSet<Digest> {
    history.iter().filter_map(|recorded| texts_of(&recorded.event).cloned()).collect()
}

/// The pack, as a ZIP file.
///
/// # Errors
/// When it cannot be written.
pub fn write(contents: &Contents) -> Result<Vec<u8>, String> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let mut part = |name: &str, bytes: &[u8]| -> Result<(), String> {
        zip.start_file(name, SimpleFileOptions::default()).map_err(|error| error.to_string())?;
        zip.write_all(bytes).map_err(|error| error.to_string())
    };
    let mut files = BTreeMap::new();
    for document in &contents.documents {
        let digest = Digest::of(&document.bytes);
        // Two releases may have made a file each of one certificate.
        let name = format!("{DOCUMENTS}{}-{}.pdf", document.called, &digest.as_str()[..12]);
        files.insert(name, (digest, &document.bytes));
    }
    for (name, (_, bytes)) in &files {
        part(name, bytes)?;
    }
    let documents = files.into_iter().map(|(name, (digest, _))| (name, digest)).collect();
    part(README, readme(contents, &documents).as_bytes())?;
    let not_kept = texts_named(&contents.history).into_iter().filter(|digest| !contents.texts.contains_key(digest)).collect();
    part(ABOUT, json(&About { journey: contents.journey.clone(), not_kept, documents })?.as_bytes())?;
    let mut lines = String::new();
    for recorded in &contents.history {
        let line = Line {
            seq: recorded.seq.0,
            at: recorded.at,
            at_us: recorded.at.as_microsecond(),
            by: recorded.by.clone(),
            event: recorded.body.clone(),
            prev: recorded.prev.clone(),
            digest: recorded.digest.clone(),
        };
        lines.push_str(&json(&line)?);
        lines.push('\n');
    }
    part(LEDGER, lines.as_bytes())?;
    part(NAMES, json(&(&contents.names.people, &contents.names.organisations))?.as_bytes())?;
    for (digest, body) in &contents.submissions {
        part(&format!("{SUBMISSIONS}{digest}.json"), body.as_bytes())?;
    }
    for (digest, text) in &contents.texts {
        part(&format!("{TEXTS}{digest}.txt"), text.as_bytes())?;
    }
    for (edition, body) in &contents.editions {
        part(&format!("{EDITIONS}{edition}.csv"), body.as_bytes())?;
    }
    zip.finish().map(Cursor::into_inner).map_err(|error| error.to_string())
}

fn json(value: &impl Serialize) -> Result<String, String> {
    serde_json::to_string(value).map_err(|error| error.to_string())
}

/// What was looked at, and what is wrong.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The journey.
    pub journey: JourneyRef,
    /// What its ledger is called in the daily lists of heads; `None` where it has no entry.
    pub ledger: Option<Digest>,
    /// The digests of its entries, the first one first.
    pub digests: Vec<Digest>,
    /// Its documents.
    pub documents: usize,
    /// How many of them each certificate has signed, by what it says of itself.
    pub seals: BTreeMap<Digest, (String, u64)>,
    /// One sentence for each fault.
    pub faults: Vec<String>,
}

impl Checked {
    /// The digest of the last entry.
    #[must_use]
    pub fn head(&self) -> Digest {
        self.digests.last().cloned().unwrap_or_else(Digest::root)
    }
}

/// Checks a pack with nothing but itself: every link of the ledger, that each step was a lawful one, that the words and
/// texts in it are those whose digests the ledger names, all of them and no others, and that the documents are those that it says
/// it has.
///
/// # Errors
/// Why it is no pack at all.
pub fn check(file: impl Read + Seek, processes: &'static Processes) -> Result<Checked, String> {
    let mut zip = ZipArchive::new(file).map_err(|error| format!("this is no ZIP file: {error}"))?;
    if zip.len() > MOST_PARTS {
        return Err(format!("it has more than {MOST_PARTS} parts"));
    }
    let mut parts: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let mut faults = Vec::new();
    let mut left = MOST_BYTES;
    for at in 0..zip.len() {
        let part = zip.by_index(at).map_err(|error| format!("part {at} cannot be read: {error}"))?;
        let name = part.name().map_err(|error| format!("part {at} has no name: {error}"))?.into_owned();
        let mut bytes = Vec::new();
        let read = part.take(left + 1).read_to_end(&mut bytes);
        read.map_err(|error| format!("{name} cannot be read: {error}"))?;
        left = left.checked_sub(bytes.len() as u64).ok_or_else(|| format!("its parts have more than {MOST_BYTES} bytes"))?;
        if parts.insert(name.clone(), bytes).is_some() {
            faults.push(format!("{name} is there twice"));
        }
    }
    let mut taken = |name: &str| {
        let bytes = parts.remove(name).ok_or_else(|| format!("{name} is missing: this is no pack of a journey"))?;
        String::from_utf8(bytes).map_err(|error| format!("{name} cannot be read: {error}"))
    };
    let about: About = serde_json::from_str(&taken(ABOUT)?).map_err(|error| format!("{ABOUT}: {error}"))?;
    let ledger = taken(LEDGER)?;
    // Who is who, and how to read it, is told beside what is recorded, and no digest speaks of it.
    drop((taken(NAMES)?, taken(README)?));
    let mut history = Vec::new();
    for (number, line) in ledger.lines().enumerate() {
        let told = |error: serde_json::Error| format!("line {} of {LEDGER}: {error}", number + 1);
        let line: Line = serde_json::from_str(line).map_err(told)?;
        let at = Timestamp::from_microsecond(line.at_us).map_err(|error| format!("line {} of {LEDGER}: {error}", number + 1))?;
        if at != line.at {
            faults.push(format!("event {} tells two times", line.seq));
        }
        let event: Event = serde_json::from_str(&line.event).map_err(told)?;
        let Line { seq, by, event: body, prev, digest, .. } = line;
        history.push(Recorded { seq: Seq(seq), at, by, event, body, prev, digest });
    }
    for edition in editions_of(&history) {
        let name = format!("{EDITIONS}{edition}.csv");
        let Some(body) = parts.remove(&name) else { continue };
        if !editions::knows(&edition) {
            match editions::read(&String::from_utf8_lossy(&body)) {
                Ok(rows) => editions::learn(edition, rows),
                Err(found) => faults.extend(found.iter().take(20).map(|fault| format!("{name}: {fault}"))),
            }
        }
    }
    faults.extend(audit(&about.journey, &history, processes).faults);
    let mut named: Vec<(String, &Digest)> = Vec::new();
    for recorded in &history {
        if let Event::Submitted { digest, .. } = &recorded.event {
            named.push((format!("{SUBMISSIONS}{digest}.json"), digest));
        }
        if let Some(digest) = texts_of(&recorded.event).filter(|digest| !about.not_kept.contains(digest)) {
            named.push((format!("{TEXTS}{digest}.txt"), digest));
        }
    }
    let mut seals: BTreeMap<Digest, (String, u64)> = BTreeMap::new();
    for (name, digest) in &about.documents {
        match parts.remove(name) {
            None => faults.push(format!("{name} is not there, and {ABOUT} names it")),
            Some(bytes) if Digest::of(&bytes) != *digest => {
                faults.push(format!("{name} is not the file that was made: its bytes were changed"));
            }
            Some(bytes) => match seal::checked(&bytes) {
                Ok(None) => {}
                Ok(Some(certificate)) => {
                    seals.entry(certificate.fingerprint).or_insert((certificate.subject, 0)).1 += 1;
                }
                Err(says) => faults.push(format!("{name}: {says}")),
            },
        }
    }
    let known: BTreeSet<String> = named.iter().map(|(name, _)| name.clone()).collect();
    let mut seen = BTreeSet::new();
    for (name, digest) in &named {
        if !seen.insert(name.clone()) {
            continue;
        }
        match parts.get(name) {
            None => faults.push(format!("{name} is not there, and the ledger names it")),
            Some(bytes) if Digest::of(bytes) != **digest => {
                faults.push(format!("{name} has other words than the ledger names"));
            }
            Some(_) => {}
        }
    }
    faults.extend(parts.keys().filter(|name| !known.contains(*name)).map(|name| format!("the ledger does not speak of {name}")));
    let ledger = history.first().map(|first| name_of(&about.journey.to_string(), &first.digest));
    let digests = history.into_iter().map(|recorded| recorded.digest).collect();
    Ok(Checked { journey: about.journey, ledger, digests, documents: about.documents.len(), seals, faults })
}

fn readme(contents: &Contents, documents: &BTreeMap<String, Digest>) -> String {
    let Contents { journey, history, lists, .. } = contents;
    let events = history.len();
    let head = history.last().map_or_else(Digest::root, |last| last.digest.clone());
    let ledger = history.first().map_or_else(Digest::root, |first| name_of(&journey.to_string(), &first.digest));
    let files: String = documents.iter().map(|(name, digest)| format!("  {name}\n    SHA-256 {digest}\n")).collect();
    let files = if files.is_empty() { "  None: nothing was certified or signed by everybody yet.\n" } else { &files };
    format!(
        "Journey {journey} of GP Connect onboarding, with {events} entries. The digest of the last one is
{head}

What is in here
  {LEDGER}   one entry a line, oldest first: place, time, who, what, the digest before and its own
  {SUBMISSIONS}   the words of each round that was sent, under their SHA-256
  {TEXTS}         the words that were signed and the facts of certificates, under their SHA-256
  {DOCUMENTS}     certificates and signed agreements as PDFs, as anybody can download them
  {EDITIONS}     the editions of the SCAL catalogue that the entries name
  {NAMES}     people and organisations by the ids that the entries name. No digest speaks of it.
  {ABOUT}   which journey this is, the documents with their SHA-256, and the digests of texts that an
                 earlier release did not keep
Files that people added are not in here. The words that were sent name them by their SHA-256.

The documents
{files}
How to check it
  With the program of this service, on any machine and without its database:
    gpc-onboarding verify --pack FILE

  By hand: the digest of an entry is the SHA-256, in hexadecimal, of one line of JSON without spaces,
    [\"{journey}\",seq,at_us,by,event,\"prev\"]
  where seq and at_us are numbers; by is null or {{\"person\":…,\"organisation\":…}}; event is the text of the
  field of that name, put there as it is and not as a string; and prev is the digest of the entry before, for
  the first one 64 noughts. Each entry names as prev the digest of the one before it. The name of each file in
  {SUBMISSIONS} and {TEXTS} is the SHA-256 of its bytes, and an entry names it.
  The SHA-256 of each PDF (sha256sum FILE) stands above and in {ABOUT}. No entry names it, so whoever changed
  a PDF could change it here as well: the page /verify of the service says of each PDF whether it is, byte for
  byte, the one that was made. What has a digital signature of the service can be checked without it: the page
  /verify/seal has the certificate and says how.

Whether the end is missing
  The service publishes every day where all ledgers end that moved since the day before, signed, at
    {lists}
  In these lists this ledger is called, by the SHA-256 of \"GP Connect onboarding ledger {journey} \" and the digest
  of its first entry,
    {ledger}
  The history page of the journey says which list names it last. A line of a list has this name, the place of
  an entry and the digest of that entry: it must stand in {LEDGER}. With a list that you have kept:
    gpc-onboarding verify --pack FILE --heads LIST

What this proves: nobody changed, removed or put in an entry before the last one without the digests telling, and
the words are those that were sent and signed. What it does not prove by itself: that no later entry was cut off.
Compare it with a list as above, or the last digest with the one on the history page of the journey.
"
    )
}
