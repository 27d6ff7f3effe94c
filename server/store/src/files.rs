//! What is known of files. Their bytes are the file store's.

use async_trait::async_trait;
use journey::{
    ids::{Digest, JourneyRef, TaskId},
    port::{
        Answer,
        files::{Files, StoredFile},
    },
};

use crate::{
    Db, Ending, micros,
    row::{instant, parsed, row, unreadable},
};

row! { FileRow of "files" by journey task digest {
    journey: String,
    task: String,
    digest: String,
    name: String,
    kind: String,
    bytes: i64,
    person: String,
    uploaded_us: i64,
} }

impl FileRow {
    /// The journey it was added to, as written.
    pub(crate) fn journey(&self) -> &str {
        &self.journey
    }

    pub(crate) fn read(self) -> Answer<StoredFile> {
        let key = self.key();
        Ok(StoredFile {
            digest: parsed("files", &key, "digest", &self.digest)?,
            task: parsed("files", &key, "task", &self.task)?,
            bytes: u64::try_from(self.bytes).map_err(|error| unreadable("files", &key, "bytes", &error))?,
            by: parsed("files", &key, "person", &self.person)?,
            at: instant("files", &key, "uploaded_us", self.uploaded_us)?,
            name: self.name,
            kind: self.kind,
        })
    }
}

#[async_trait]
impl Files for Db {
    async fn add_file(&self, journey: &JourneyRef, file: StoredFile) -> Answer<()> {
        sqlx::query(
            "INSERT INTO files (journey, task, digest, name, kind, bytes, person, uploaded_us) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (journey, task, digest) DO NOTHING",
        )
        .bind(journey.to_string())
        .bind(file.task.to_string())
        .bind(file.digest.to_string())
        .bind(file.name)
        .bind(file.kind)
        .bind(i64::try_from(file.bytes).unwrap_or(i64::MAX))
        .bind(file.by.to_string())
        .bind(micros(file.at))
        .execute(&self.write)
        .answered()
        .await?;
        Ok(())
    }

    async fn file(&self, journey: &JourneyRef, task: &TaskId, digest: &Digest) -> Answer<Option<StoredFile>> {
        let row: Option<FileRow> = sqlx::query_as(
            "SELECT journey, task, digest, name, kind, bytes, person, uploaded_us FROM files \
             WHERE journey = $1 AND task = $2 AND digest = $3",
        )
        .bind(journey.to_string())
        .bind(task.to_string())
        .bind(digest.to_string())
        .fetch_optional(&self.read)
        .answered()
        .await?;
        row.map(FileRow::read).transpose()
    }

    async fn files(&self, journey: &JourneyRef, task: &TaskId) -> Answer<Vec<StoredFile>> {
        let rows: Vec<FileRow> = sqlx::query_as(
            "SELECT journey, task, digest, name, kind, bytes, person, uploaded_us FROM files \
             WHERE journey = $1 AND task = $2 ORDER BY name, digest",
        )
        .bind(journey.to_string())
        .bind(task.to_string())
        .fetch_all(&self.read)
        .answered()
        .await?;
        rows.into_iter().map(FileRow::read).collect()
    }
}
