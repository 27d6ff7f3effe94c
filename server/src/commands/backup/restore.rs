//! `restore`: a backup into an empty database and an empty file store. First everything in the folder is hashed; then the
//! files go in, then the rows, all in one piece; then the whole is looked at as `verify` does, and the chains must end where
//! the backup says they end.

use std::{
    fs::File,
    io::{BufRead as _, BufReader, Read as _},
    path::Path,
};

use axum::body::Bytes;
use futures_util::stream;
use journey::port::heads::HeadLists as _;
use sha2::{Digest as _, Sha256};
use store::{Db, TABLES};

use crate::{
    commands::{
        backup::{FORMAT, HEADS, MANIFEST, Manifest, Part},
        verify::{self, Found},
    },
    file_store::{FileStore, hex},
    lists, start,
    terminal::say,
};

/// What is read at a time.
const PIECE: usize = 64 * 1024;

pub(crate) async fn run(db: &Db, file_store: &FileStore, from: &Path) -> Result<(), String> {
    let (manifest, found) = restore(db, file_store, from).await?;
    say(&format!("Restored what was written at {} by release {}.", manifest.made_at, manifest.release));
    say(&found.in_words());
    say("Every link holds, every chain ends where it did, every list says what its ledger says.");
    if let Some(newest) = db.newest_list().await.map_err(|error| error.to_string())? {
        say(&format!(
            "The newest list of heads is of {}. Lists that were published after the backup went with what was recorded after it: whoever \
             kept one finds that, so tell them. `verify --heads FILE` says what is missing.",
            newest.day
        ));
    }
    say("Nobody is signed in: people sign in again with their own passwords.");
    Ok(())
}

/// Restores a backup.
///
/// # Errors
/// One sentence that names what is wrong with the backup or with the place. A damaged or newer backup changes nothing.
pub async fn restore(db: &Db, file_store: &FileStore, from: &Path) -> Result<(Manifest, Found), String> {
    let manifest = checked(from)?;
    // Rows of an earlier release go into tables of that release, and are then brought along as any database is.
    if db.schema_version().await.map_err(|error| error.to_string())? > manifest.schema && manifest.schema < store::schema() {
        return Err(format!(
            "the schema of the database is newer than that of the backup ({}): restore into a new database, on which nothing was run yet",
            manifest.schema
        ));
    }
    db.migrate_to(manifest.schema).await.map_err(|error| error.to_string())?;
    if !db.is_empty().await.map_err(|error| error.to_string())? {
        return Err("the database is not empty: restore into a new one".to_owned());
    }
    if !file_store.is_empty().await? {
        return Err("the file store is not empty: restore into a new one".to_owned());
    }
    for digest in manifest.files.keys() {
        let path = from.join("files").join(digest);
        let file = File::open(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        // A file that was taken once is taken again, whatever is accepted from people today.
        let mut pieces = stream::iter(Pieces(file));
        let kept = file_store.keep(&mut pieces, u64::MAX, digest, |_| Ok("")).await.map_err(|lost| lost.to_string())?;
        let taken = kept.map_err(|says| format!("file {digest}: {says}"))?;
        if taken.digest.as_str() != digest {
            return Err(format!("file {digest} changed while it was read"));
        }
    }
    let mut filling = db.fill().await.map_err(|error| error.to_string())?;
    for table in TABLES.iter().filter(|table| manifest.tables.contains_key(table.name)) {
        for line in lines(&from.join("tables").join(format!("{}.jsonl", table.name)))? {
            filling.row(table, &line.map_err(|error| format!("{}: {error}", table.name))?).await?;
        }
    }
    filling.done().await.map_err(|error| error.to_string())?;
    db.migrate().await.map_err(|error| error.to_string())?;
    lists::renew(db, start::processes()?).await.map_err(|error| error.to_string())?;
    let found = verify::examine(db, file_store).await?;
    let mut faults = found.faults.clone();
    for line in lines(&from.join(HEADS))? {
        let line = line.map_err(|error| error.to_string())?;
        let (stream, seq, digest): (String, u64, String) = serde_json::from_str(&line).map_err(|error| error.to_string())?;
        if found.heads.get(&stream) != Some(&(seq, digest)) {
            faults.push(format!("{stream}: the chain does not end where the backup says"));
        }
    }
    if faults.is_empty() {
        return Ok((manifest, found));
    }
    Err(format!("everything was restored as it was backed up, and this was broken already:\n{}", faults.join("\n")))
}

/// The pieces of a file.
struct Pieces(File);

impl Iterator for Pieces {
    type Item = std::io::Result<Bytes>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut piece = vec![0; PIECE];
        match self.0.read(&mut piece) {
            Ok(0) => None,
            Ok(read) => {
                piece.truncate(read);
                Some(Ok(piece.into()))
            }
            Err(error) => Some(Err(error)),
        }
    }
}

fn lines(path: &Path) -> Result<impl Iterator<Item = std::io::Result<String>> + use<>, String> {
    let file = File::open(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(BufReader::new(file).lines())
}

/// The manifest, when this release can read the backup and every part of it is what the manifest says.
fn checked(from: &Path) -> Result<Manifest, String> {
    let path = from.join(MANIFEST);
    let text = std::fs::read_to_string(&path).map_err(|error| {
        format!("{}: {error}. A folder without a manifest is no backup, or one that did not finish", path.display())
    })?;
    let manifest: Manifest = serde_json::from_str(&text).map_err(|error| format!("{} is damaged: {error}", path.display()))?;
    if manifest.format > FORMAT || manifest.schema > store::schema() {
        return Err(format!(
            "this backup is newer than this release: it has schema {} and layout {}, this release knows schema {} and layout {FORMAT}. \
             Restore it with release {} or later",
            manifest.schema,
            manifest.format,
            store::schema(),
            manifest.release
        ));
    }
    for table in TABLES {
        // A table that came with a later release is not in the backup.
        let fits = match manifest.tables.get(table.name) {
            Some(part) => part.columns.iter().eq(table.columns()),
            None => manifest.schema < store::schema(),
        };
        if !fits {
            return Err(format!(
                "this backup is older than this release: its table {} has other columns. Restore it with release {}, then upgrade",
                table.name, manifest.release
            ));
        }
    }
    for (name, part) in &manifest.tables {
        let path = from.join("tables").join(format!("{name}.jsonl"));
        intact(&path, part)?;
    }
    intact(&from.join(HEADS), &manifest.heads)?;
    for (digest, bytes) in &manifest.files {
        let path = from.join("files").join(digest);
        let (found, length, _) = hashed(&path)?;
        if found != *digest || length != *bytes {
            return Err(format!("{} is damaged: it has other bytes than the manifest says", path.display()));
        }
    }
    Ok(manifest)
}

fn intact(path: &Path, part: &Part) -> Result<(), String> {
    let (found, _, rows) = hashed(path)?;
    if found == part.sha256 && rows == part.rows {
        return Ok(());
    }
    Err(format!("{} is damaged: it has other bytes than the manifest says", path.display()))
}

/// Digest, length and number of lines.
fn hashed(path: &Path) -> Result<(String, u64, u64), String> {
    let file = File::open(path).map_err(|error| format!("{} is missing: {error}", path.display()))?;
    let (mut hash, mut length, mut rows) = (Sha256::new(), 0u64, 0u64);
    for piece in Pieces(file) {
        let piece = piece.map_err(|error| format!("{}: {error}", path.display()))?;
        hash.update(&piece);
        length += piece.len() as u64;
        rows += piece.iter().filter(|byte| **byte == b'\n').count() as u64;
    }
    Ok((hex(&hash.finalize()), length, rows))
}
