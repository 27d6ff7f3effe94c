//! What is known of files. Their bytes are the file store's.

use async_trait::async_trait;
use jiff::Timestamp;
use journey::{
    base::ids::{Digest, JourneyRef, OrganisationId, TaskId},
    port::{
        Answer,
        files::{Files, StoredFile},
    },
};

use crate::{
    db::{Db, Ending},
    row::{instant, micros, parsed, row, unreadable},
};

/// Whether words or events name a file of a task.
pub const NAMED: &str = "SELECT CAST(CASE WHEN \
       EXISTS (SELECT 1 FROM drafts WHERE journey = $1 AND task = $2 AND body LIKE CAST($3 AS TEXT)) OR \
       EXISTS (SELECT 1 FROM submissions WHERE journey = $1 AND task = $2 AND body LIKE CAST($3 AS TEXT)) OR \
       EXISTS (SELECT 1 FROM events WHERE stream = $1 AND body LIKE CAST($3 AS TEXT)) \
     THEN 1 ELSE 0 END AS BIGINT)";

/// Bytes of the people of an organisation.
pub const BYTES_OF: &str = "SELECT CAST(COALESCE(SUM(b.bytes), 0) AS BIGINT) FROM ( \
       SELECT f.bytes FROM memberships m JOIN files f ON f.person = m.person WHERE m.organisation = $1 \
       UNION ALL \
       SELECT u.bytes FROM memberships m JOIN uploads u ON u.person = m.person WHERE m.organisation = $1) b";

/// Whether anything names these bytes.
pub const IN_USE: &str = "SELECT CAST(CASE WHEN EXISTS (SELECT 1 FROM uploads WHERE digest = $1) OR EXISTS ( \
       SELECT 1 FROM files f WHERE f.digest = $1 AND (f.uploaded_us > $2 OR \
         EXISTS (SELECT 1 FROM drafts d WHERE d.journey = f.journey AND d.body LIKE CAST($3 AS TEXT)) OR \
         EXISTS (SELECT 1 FROM submissions s WHERE s.journey = f.journey AND s.body LIKE CAST($3 AS TEXT)) OR \
         EXISTS (SELECT 1 FROM events v WHERE v.stream = f.journey AND v.body LIKE CAST($3 AS TEXT)) OR \
         EXISTS (SELECT 1 FROM evidence e WHERE e.journey = f.journey AND e.replaces = $1))) \
     THEN 1 ELSE 0 END AS BIGINT)";

/// A digest within a text. It is hexadecimal: nothing in it means anything to `LIKE`.
fn within(digest: &Digest) -> String {
    format!("%{digest}%")
}

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
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (journey, task, digest) DO UPDATE SET uploaded_us = excluded.uploaded_us",
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

    async fn is_named(&self, journey: &JourneyRef, task: &TaskId, digest: &Digest) -> Answer<bool> {
        let (named,): (i64,) = sqlx::query_as(NAMED)
            .bind(journey.to_string())
            .bind(task.to_string())
            .bind(within(digest))
            .fetch_one(&self.read)
            .answered()
            .await?;
        Ok(named == 1)
    }

    async fn bytes_of(&self, organisation: &OrganisationId) -> Answer<u64> {
        let (bytes,): (i64,) = sqlx::query_as(BYTES_OF).bind(organisation.to_string()).fetch_one(&self.read).answered().await?;
        u64::try_from(bytes).map_err(|error| unreadable("files", organisation.as_str(), "bytes", &error))
    }

    async fn is_in_use(&self, digest: &Digest, fresh: Timestamp) -> Answer<bool> {
        let (used,): (i64,) = sqlx::query_as(IN_USE)
            .bind(digest.to_string())
            .bind(micros(fresh))
            .bind(within(digest))
            .fetch_one(&self.read)
            .answered()
            .await?;
        Ok(used == 1)
    }

    async fn let_go(&self, digest: &Digest, fresh: Timestamp) -> Answer<bool> {
        let mut transaction = self.begin().await?;
        let (used,): (i64,) = sqlx::query_as(IN_USE)
            .bind(digest.to_string())
            .bind(micros(fresh))
            .bind(within(digest))
            .fetch_one(&mut *transaction)
            .answered()
            .await?;
        if used == 1 {
            return Ok(false);
        }
        let rows: Vec<(String, String)> = sqlx::query_as("DELETE FROM files WHERE digest = $1 RETURNING journey, task")
            .bind(digest.to_string())
            .fetch_all(&mut *transaction)
            .answered()
            .await?;
        for (journey, task) in rows {
            for statement in [
                "DELETE FROM test_runs WHERE journey = $1 AND task = $2 AND digest = $3",
                "DELETE FROM evidence WHERE journey = $1 AND task = $2 AND digest = $3",
            ] {
                sqlx::query(statement)
                    .bind(journey.clone())
                    .bind(task.clone())
                    .bind(digest.to_string())
                    .execute(&mut *transaction)
                    .answered()
                    .await?;
            }
        }
        transaction.commit().answered().await?;
        Ok(true)
    }
}
