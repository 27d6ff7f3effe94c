//! Where the bytes of files lie: in a folder, or in an S3-compatible bucket. Each file lies under the digest of its bytes,
//! so that one which is there already is the same one. Bytes are streamed in and out and never held whole, and no name
//! that a person gave reaches the store.

use std::{
    path::{Path as FsPath, PathBuf},
    sync::Arc,
};

use axum::body::Bytes;
use futures_util::{Stream, StreamExt as _, TryStreamExt as _};
use jiff::Timestamp;
use journey::base::ids::Digest;
use object_store::{
    GetResult, MultipartUpload, ObjectMeta, ObjectStore, ObjectStoreExt as _, PutPayload, aws::AmazonS3Builder,
    local::LocalFileSystem, path::Path as ObjectPath, prefix::PrefixStore,
};
use sha2::{Digest as _, Sha256};

/// A part of a file is written when so many bytes have come: as few as a folder likes, so that many uploads at once stay
/// small, and as many as S3 wants of each part but the last.
const PART_OF_FOLDER: usize = 512 * 1024;
const PART_OF_BUCKET: usize = 5 * 1024 * 1024;
/// What the kind is read from.
pub(crate) const HEAD: usize = 8 * 1024;
/// Seconds after which a broken upload is thrown away: a day.
const STALE: i64 = 24 * 60 * 60;

/// The store of bytes.
#[derive(Clone, Debug)]
pub struct FileStore {
    store: Arc<dyn ObjectStore>,
    part: usize,
    /// The folder, when it is one: what is half written there is not listed by the store.
    folder: Option<PathBuf>,
}

/// Bytes that lie here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileInStore {
    /// Of the bytes.
    pub digest: Digest,
    /// How many.
    pub bytes: u64,
    /// When they were put here last.
    pub at: Timestamp,
}

/// A file that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Of its bytes.
    pub digest: Digest,
    /// How many.
    pub bytes: u64,
    /// What `judge` said of its first bytes.
    pub kind: &'static str,
}

/// Why a file could not be kept.
#[derive(Debug, thiserror::Error)]
pub enum Lost {
    /// Whoever sends it broke off.
    #[error("the sender broke off: {0}")]
    Sender(String),
    /// The store does not take it.
    #[error("the file store does not answer: {0}")]
    Store(String),
}

impl From<object_store::Error> for Lost {
    fn from(error: object_store::Error) -> Self {
        Self::Store(error.to_string())
    }
}

impl FileStore {
    /// A folder, made when it is not there.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn folder(folder: &FsPath) -> Result<Self, String> {
        std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let store = LocalFileSystem::new_with_prefix(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        Ok(Self { store: Arc::new(store), part: PART_OF_FOLDER, folder: Some(folder.to_owned()) })
    }

    /// A bucket, as `s3://bucket/prefix`. Keys, region and another endpoint come from the usual `AWS_…` variables.
    ///
    /// # Errors
    /// When the address or one of the variables makes no sense. Nobody is asked yet: see [`FileStore::ready`].
    pub fn bucket(url: &str) -> Result<Self, String> {
        Self::opened(url, AmazonS3Builder::from_env())
    }

    /// The same, with the variables that `given` answers and no others: for tests, whose environment is everybody's.
    ///
    /// # Errors
    /// When the address or one of the variables makes no sense.
    pub fn bucket_with(url: &str, given: impl Fn(&str) -> Option<String>) -> Result<Self, String> {
        let names = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION", "AWS_ENDPOINT", "AWS_ALLOW_HTTP"];
        let mut builder = AmazonS3Builder::new();
        for name in names {
            if let (Ok(key), Some(value)) = (name.to_lowercase().parse(), given(name)) {
                builder = builder.with_config(key, value);
            }
        }
        Self::opened(url, builder)
    }

    fn opened(url: &str, builder: AmazonS3Builder) -> Result<Self, String> {
        let named = url.strip_prefix("s3://").ok_or("FILES_URL begins with s3://, like s3://bucket/prefix")?;
        let (bucket, prefix) = named.split_once('/').unwrap_or((named, ""));
        if bucket.is_empty() {
            return Err("FILES_URL names no bucket: write s3://bucket/prefix".to_owned());
        }
        // Whoever was first is the same one: it is the only provider that is built in.
        drop(rustls::crypto::ring::default_provider().install_default());
        let store =
            builder.with_bucket_name(bucket).build().map_err(|error| format!("FILES_URL or an AWS_… variable: {error}"))?;
        let prefix = prefix.trim_matches('/');
        let store: Arc<dyn ObjectStore> =
            if prefix.is_empty() { Arc::new(store) } else { Arc::new(PrefixStore::new(store, prefix)) };
        Ok(Self { store, part: PART_OF_BUCKET, folder: None })
    }

    /// Asks the store for something that is not there: whoever may not read it, or cannot reach it, learns so at the start
    /// and not from the first person who adds a file.
    ///
    /// # Errors
    /// What the store says.
    pub async fn ready(&self) -> Result<(), String> {
        match self.store.head(&ObjectPath::from("incoming/ready")).await {
            Ok(_) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Keeps what the sender sends, under the digest of it. `judge` looks at the first bytes and names their kind, or says
    /// why not; `temporary` is an id that nobody else uses. What is refused, and what breaks off, leaves nothing.
    ///
    /// # Errors
    /// [`Lost`]. The inner error is for the person who sent it.
    pub async fn keep<S, E>(
        &self,
        sender: &mut S,
        longest: u64,
        temporary: &str,
        judge: impl Fn(&[u8]) -> Result<&'static str, &'static str>,
    ) -> Result<Result<Taken, String>, Lost>
    where
        S: Stream<Item = Result<Bytes, E>> + Unpin,
        E: std::fmt::Display,
    {
        let temporary = ObjectPath::from(format!("incoming/{temporary}"));
        let mut writing: Option<Box<dyn MultipartUpload>> = None;
        let outcome = self.written(sender, longest, &temporary, judge, &mut writing).await;
        match (outcome, writing) {
            (Ok(Ok(taken)), Some(mut upload)) => {
                upload.complete().await?;
                let to = place(&taken.digest);
                // The same bytes may be there already. They are put there anew: what is new is not swept away meanwhile.
                self.store.rename(&temporary, &to).await?;
                Ok(Ok(taken))
            }
            (outcome, writing) => {
                if let Some(mut upload) = writing
                    && let Err(error) = upload.abort().await
                {
                    tracing::debug!(%error, "an upload that was given up");
                }
                outcome
            }
        }
    }

    async fn written<S, E>(
        &self,
        sender: &mut S,
        longest: u64,
        temporary: &ObjectPath,
        judge: impl Fn(&[u8]) -> Result<&'static str, &'static str>,
        writing: &mut Option<Box<dyn MultipartUpload>>,
    ) -> Result<Result<Taken, String>, Lost>
    where
        S: Stream<Item = Result<Bytes, E>> + Unpin,
        E: std::fmt::Display,
    {
        let mut digest = Sha256::new();
        let (mut bytes, mut kind) = (0u64, None);
        let mut waiting: Vec<u8> = Vec::new();
        loop {
            // How long a sender may be silent is counted where a form is read.
            let chunk = sender.next().await.transpose().map_err(|error| Lost::Sender(error.to_string()))?;
            let last = chunk.is_none();
            if let Some(chunk) = chunk {
                bytes += chunk.len() as u64;
                if bytes > longest {
                    return Ok(Err(too_large(longest)));
                }
                digest.update(&chunk);
                if waiting.capacity() == 0 {
                    // Grown once: doubling would take twice as much as is needed, for each upload that runs.
                    waiting.reserve_exact(if kind.is_none() { HEAD } else { self.part } + chunk.len());
                }
                waiting.extend_from_slice(&chunk);
            }
            if kind.is_none() && (waiting.len() >= HEAD || last) {
                if bytes == 0 {
                    return Ok(Err("it is empty".to_owned()));
                }
                match judge(&waiting) {
                    Ok(found) => kind = Some(found),
                    Err(says) => return Ok(Err(says.to_owned())),
                }
            }
            if kind.is_some() && (waiting.len() >= self.part || last) && !waiting.is_empty() {
                let upload = match writing {
                    Some(upload) => upload,
                    None => writing.insert(self.store.put_multipart(temporary).await?),
                };
                upload.put_part(PutPayload::from(std::mem::take(&mut waiting))).await?;
            }
            if last {
                let digest = hex(&digest.finalize()).parse().map_err(|_| Lost::Store("a digest".to_owned()))?;
                return Ok(Ok(Taken { digest, bytes, kind: kind.unwrap_or_default() }));
            }
        }
    }

    /// The bytes of a file; `None` when they are not there.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn get(&self, digest: &Digest) -> Result<Option<GetResult>, Lost> {
        match self.store.get(&place(digest)).await {
            Ok(found) => Ok(Some(found)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Reads a file to its end and gives every piece to `each`. Answers the digest and the length of what was read; `None`
    /// when it is not there.
    ///
    /// # Errors
    /// When the store or `each` does not answer.
    pub async fn read(
        &self,
        digest: &Digest,
        mut each: impl FnMut(&[u8]) -> Result<(), String>,
    ) -> Result<Option<(Digest, u64)>, String> {
        let Some(found) = self.get(digest).await.map_err(|lost| lost.to_string())? else { return Ok(None) };
        let mut pieces = found.into_stream();
        let (mut hash, mut bytes) = (Sha256::new(), 0u64);
        while let Some(piece) = pieces.try_next().await.map_err(|error| error.to_string())? {
            hash.update(&piece);
            bytes += piece.len() as u64;
            each(&piece)?;
        }
        let digest = hex(&hash.finalize()).parse().map_err(|_| "a digest".to_owned())?;
        Ok(Some((digest, bytes)))
    }

    /// Whether nothing lies here.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn is_empty(&self) -> Result<bool, String> {
        let first = self.store.list(None).try_next().await.map_err(|error| error.to_string())?;
        Ok(first.is_none())
    }

    /// Throws away what uploads left behind that were broken off: nothing under `incoming/` is older than a day.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn sweep(&self, now: Timestamp) -> Result<usize, String> {
        let left: Vec<ObjectMeta> = self
            .store
            .list(Some(&ObjectPath::from("incoming")))
            .try_collect()
            .await
            .map_err(|error: object_store::Error| error.to_string())?;
        let mut gone = 0;
        for meta in left {
            if meta.last_modified.timestamp() < now.as_second().saturating_sub(STALE) {
                self.store.delete(&meta.location).await.map_err(|error| error.to_string())?;
                gone += 1;
            }
        }
        if let Some(folder) = self.folder.clone() {
            let half = tokio::task::spawn_blocking(move || half_written(&folder.join("incoming"), now)).await;
            gone += half.map_err(|error| error.to_string())??;
        }
        Ok(gone)
    }

    /// What lies under digests that begin with these two digits.
    pub(crate) fn kept_in(&self, beginning: &str) -> impl Stream<Item = Result<FileInStore, String>> + use<'_> {
        self.store.list(Some(&ObjectPath::from(beginning))).map_err(|error| error.to_string()).try_filter_map(
            async |meta: ObjectMeta| {
                // What somebody else put here is theirs.
                let digest = meta.location.filename().and_then(|name| name.parse::<Digest>().ok());
                let digest = digest.filter(|digest| meta.location == place(digest));
                let Ok(at) = Timestamp::from_second(meta.last_modified.timestamp()) else { return Ok(None) };
                Ok(digest.map(|digest| FileInStore { digest, bytes: meta.size, at }))
            },
        )
    }

    /// Removes bytes that were put here before `fresh`; answers whether they were.
    ///
    /// # Errors
    /// When the store does not answer.
    pub(crate) async fn remove(&self, digest: &Digest, fresh: Timestamp) -> Result<bool, String> {
        let at = place(digest);
        match self.store.head(&at).await {
            Ok(meta) if meta.last_modified.timestamp() < fresh.as_second() => {
                self.store.delete(&at).await.map(|()| true).map_err(|error| error.to_string())
            }
            Ok(_) | Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(error.to_string()),
        }
    }
}

/// Removes what a program that was killed left half written: the store itself does not list it.
fn half_written(incoming: &FsPath, now: Timestamp) -> Result<usize, String> {
    let fault = |error: std::io::Error| format!("{}: {error}", incoming.display());
    let entries = match std::fs::read_dir(incoming) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(fault(error)),
    };
    let mut gone = 0;
    for entry in entries {
        let entry = entry.map_err(fault)?;
        let changed = entry.metadata().and_then(|meta| meta.modified());
        // Ended meanwhile.
        let Ok(changed) = changed else { continue };
        let changed = Timestamp::try_from(changed).map_err(|error| error.to_string())?;
        if changed.as_second() < now.as_second().saturating_sub(STALE) && std::fs::remove_file(entry.path()).is_ok() {
            gone += 1;
        }
    }
    Ok(gone)
}

/// What somebody reads whose file has more bytes than this.
pub(crate) fn too_large(longest: u64) -> String {
    format!("it is larger than {}. Split it, or leave out what is not needed", size(longest))
}

/// Where the bytes of a digest lie.
fn place(digest: &Digest) -> ObjectPath {
    let text = digest.as_str();
    // Digests in rows are names like any other until somebody looks: a short one is no path into the folder above.
    let (first, second) = (text.get(..2).unwrap_or("__"), text.get(2..4).unwrap_or("__"));
    ObjectPath::from(format!("{first}/{second}/{text}"))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A size in words that a person uses.
pub(crate) fn size(bytes: u64) -> String {
    if bytes >= 1_000_000 { format!("{} MB", bytes / 1_000_000) } else { format!("{} kB", bytes / 1_000) }
}
