//! `backup`: database and files as they were at one moment, in a folder that `restore` reads, on either database.
//!
//! `tables/NAME.jsonl` holds a table, one row a line; `files/DIGEST` the bytes of a file; `heads.jsonl` where each chain
//! ends; `manifest.json` is written last and names the length and the digest of everything else. A folder without one is a
//! backup that did not finish. Sessions are left out: people sign in again.

pub mod restore;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::{BufWriter, Write as _},
    path::Path,
};

use app::request::services::Clock as _;
use journey::base::ids::Digest;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use store::{Db, Snapshot, TABLES};

use crate::{
    file_store::{FileStore, hex},
    login::MachineClock,
    terminal::say,
};

/// How the folder is laid out. Another number is another layout.
const FORMAT: u32 = 1;
const MANIFEST: &str = "manifest.json";
const HEADS: &str = "heads.jsonl";

/// What a backup says of itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Manifest {
    /// How the folder is laid out.
    pub format: u32,
    /// The release that wrote it.
    pub release: String,
    /// When, in UTC.
    pub made_at: String,
    /// Newest migration of its database.
    pub schema: i64,
    /// Each table.
    pub tables: BTreeMap<String, Part>,
    /// Where each chain ends.
    pub heads: Part,
    /// Each file, by its digest, with its length.
    pub files: BTreeMap<String, u64>,
}

/// One file of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Lines in it.
    pub rows: u64,
    /// Of its bytes.
    pub sha256: String,
    /// The columns of a table, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
}

/// Lines written to a file and hashed on the way.
struct Lines {
    file: BufWriter<File>,
    hash: Sha256,
    rows: u64,
}

impl Lines {
    fn to(path: &Path) -> Result<Self, String> {
        let file = File::create_new(path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Self { file: BufWriter::new(file), hash: Sha256::new(), rows: 0 })
    }

    fn line(&mut self, line: &str) -> Result<(), String> {
        for bytes in [line.as_bytes(), b"\n"] {
            self.hash.update(bytes);
            self.file.write_all(bytes).map_err(|error| error.to_string())?;
        }
        self.rows += 1;
        Ok(())
    }

    fn done(self, columns: Vec<String>) -> Result<Part, String> {
        let file = self.file.into_inner().map_err(|error| error.to_string())?;
        file.sync_all().map_err(|error| error.to_string())?;
        Ok(Part { rows: self.rows, sha256: hex(&self.hash.finalize()), columns })
    }
}

pub(crate) async fn run(db: &Db, file_store: &FileStore, to: &Path) -> Result<(), String> {
    let manifest = write(db, file_store, to).await?;
    let rows: u64 = manifest.tables.values().map(|part| part.rows).sum();
    say(&format!(
        "{} rows of {} tables and {} files are in {}.",
        rows,
        manifest.tables.len(),
        manifest.files.len(),
        to.display()
    ));
    say(&format!(
        "Everything was hashed while it was written. Try it now and then: restore --from {} into an empty place.",
        to.display()
    ));
    Ok(())
}

/// Writes a backup into a folder that is empty or not there.
///
/// # Errors
/// One sentence. What was written until then has no manifest, so that nobody takes it for a backup.
pub async fn write(db: &Db, file_store: &FileStore, to: &Path) -> Result<Manifest, String> {
    let fault = |error: std::io::Error| format!("{}: {error}", to.display());
    std::fs::create_dir_all(to).map_err(fault)?;
    if std::fs::read_dir(to).map_err(fault)?.next().is_some() {
        return Err(format!("{} is not empty: a backup goes into a folder of its own", to.display()));
    }
    std::fs::create_dir(to.join("tables")).map_err(fault)?;
    std::fs::create_dir(to.join("files")).map_err(fault)?;
    let mut snapshot = db.snapshot().await.map_err(|error| error.to_string())?;
    let mut manifest = Manifest {
        format: FORMAT,
        release: env!("CARGO_PKG_VERSION").to_owned(),
        made_at: MachineClock.now().to_string(),
        schema: store::schema(),
        tables: BTreeMap::new(),
        heads: Part { rows: 0, sha256: String::new(), columns: Vec::new() },
        files: BTreeMap::new(),
    };
    let named = tables(&mut snapshot, to, &mut manifest).await?;
    drop(snapshot);
    for digest in named {
        let path = to.join("files").join(digest.as_str());
        let mut copy = File::create_new(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let read = file_store.read(&digest, |piece| copy.write_all(piece).map_err(|error| error.to_string())).await?;
        match read {
            None => return Err(format!("file {digest} is not in the file store: run verify, it names what is broken")),
            Some((found, _)) if found != digest => {
                return Err(format!("file {digest} has other bytes than it was sent with: run verify, it names what is broken"));
            }
            Some((_, bytes)) => manifest.files.insert(digest.to_string(), bytes),
        };
        copy.sync_all().map_err(|error| error.to_string())?;
    }
    let text = serde_json::to_string_pretty(&manifest).map_err(|error| error.to_string())?;
    let (part, whole) = (to.join("manifest.part"), to.join(MANIFEST));
    std::fs::write(&part, text + "\n").and_then(|()| File::open(&part)?.sync_all()).map_err(fault)?;
    std::fs::rename(&part, &whole).map_err(fault)?;
    Ok(manifest)
}

/// Writes every table and where the chains end. Answers the digests of the files that rows name.
async fn tables(snapshot: &mut Snapshot, to: &Path, manifest: &mut Manifest) -> Result<BTreeSet<Digest>, String> {
    let mut files = BTreeSet::new();
    let mut heads: BTreeMap<String, (i64, String)> = BTreeMap::new();
    for table in TABLES {
        let mut lines = Lines::to(&to.join("tables").join(format!("{}.jsonl", table.name)))?;
        let (name, columns) = (table.name, table.columns().collect::<Vec<_>>());
        let place = |wanted: &str| columns.iter().position(|column| *column == wanted).unwrap_or(usize::MAX);
        let (digest, stream, seq) = (place("digest"), place("stream"), place("seq"));
        snapshot
            .rows(table, |line| {
                lines.line(line)?;
                if !matches!(name, "files" | "uploads" | "events") {
                    return Ok(());
                }
                let row: Vec<serde_json::Value> = serde_json::from_str(line).map_err(|error| error.to_string())?;
                let text = |at: usize| row.get(at).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
                if name != "events" {
                    files.insert(text(digest).parse().map_err(|error| format!("{name}: {error}"))?);
                } else {
                    let seq = row.get(seq).and_then(serde_json::Value::as_i64).unwrap_or(0);
                    heads.insert(text(stream), (seq, text(digest)));
                }
                Ok(())
            })
            .await?;
        let part = lines.done(columns.iter().map(|column| (*column).to_owned()).collect())?;
        manifest.tables.insert(name.to_owned(), part);
    }
    let mut lines = Lines::to(&to.join(HEADS))?;
    for (stream, (seq, digest)) in heads {
        lines.line(&serde_json::json!([stream, seq, digest]).to_string())?;
    }
    manifest.heads = lines.done(Vec::new())?;
    Ok(files)
}
