//! What is being typed, kept between requests. The version decides between two writers.

use async_trait::async_trait;
use journey::{
    base::ids::{JourneyRef, TaskId},
    port::{Answer, Drafts, MOST_DRAFTS, WriteError},
    rule::draft::{Draft, DraftSeen},
};
use sqlx::{Any, AnyConnection, AssertSqlSafe, Transaction};

use crate::{
    db::{Db, Ending},
    row::{AT_ONCE, instant, micros, parsed, places, row, unreadable},
};

/// The drafts of a task on subjects that begin alike.
pub const DRAFTS: &str = "SELECT d.journey, d.task, d.subject, d.version, d.body, d.person, d.saved_us, \
     COALESCE(s.version, 0) AS sent FROM drafts d \
     LEFT JOIN drafts_sent s ON s.journey = d.journey AND s.task = d.task AND s.subject = d.subject \
     WHERE d.journey = $1 AND d.task = $2 AND SUBSTR(d.subject, 1, LENGTH($3)) = $3 \
     ORDER BY d.subject LIMIT CAST($4 AS BIGINT)";

const DRAFT: &str = "SELECT d.journey, d.task, d.subject, d.version, d.body, d.person, d.saved_us, \
     COALESCE(s.version, 0) AS sent FROM drafts d \
     LEFT JOIN drafts_sent s ON s.journey = d.journey AND s.task = d.task AND s.subject = d.subject \
     WHERE d.journey = $1 AND d.task = $2 AND d.subject = $3";

const INSERT: &str = "INSERT INTO drafts (journey, task, subject, version, body, person, saved_us) \
     VALUES ($1, $2, $3, 1, $4, $5, $6) ON CONFLICT (journey, task, subject) DO NOTHING RETURNING version";

const UPDATE: &str = "UPDATE drafts SET version = version + 1, body = $4, person = $5, saved_us = $6 \
     WHERE journey = $1 AND task = $2 AND subject = $3 AND version = $7 RETURNING version";

row! { DraftRow of "drafts" by journey task subject {
    journey: String,
    task: String,
    subject: String,
    version: i64,
    body: String,
    person: String,
    saved_us: i64,
    sent: i64,
} }

impl DraftRow {
    fn read(self) -> Answer<Draft> {
        let key = self.key();
        Ok(Draft {
            task: parsed("drafts", &key, "task", &self.task)?,
            version: u64::try_from(self.version).map_err(|error| unreadable("drafts", &key, "version", &error))?,
            by: parsed("drafts", &key, "person", &self.person)?,
            at: instant("drafts", &key, "saved_us", self.saved_us)?,
            sent: self.version <= self.sent,
            subject: self.subject,
            body: self.body,
        })
    }
}

#[async_trait]
impl Drafts for Db {
    async fn draft(&self, journey: &JourneyRef, task: &TaskId, subject: &str) -> Answer<Option<Draft>> {
        let row: Option<DraftRow> = sqlx::query_as(DRAFT)
            .bind(journey.to_string())
            .bind(task.to_string())
            .bind(subject.to_owned())
            .fetch_optional(&self.read)
            .answered()
            .await?;
        row.map(DraftRow::read).transpose()
    }

    async fn drafts(&self, journey: &JourneyRef, task: &TaskId, beginning: &str) -> Answer<Vec<Draft>> {
        let rows: Vec<DraftRow> = sqlx::query_as(DRAFTS)
            .bind(journey.to_string())
            .bind(task.to_string())
            .bind(beginning.to_owned())
            .bind(i64::try_from(MOST_DRAFTS).unwrap_or(i64::MAX))
            .fetch_all(&self.read)
            .answered()
            .await?;
        rows.into_iter().map(DraftRow::read).collect()
    }

    async fn drafted(&self, journey: &JourneyRef, subject: &str) -> Answer<Vec<TaskId>> {
        let rows: Vec<(String,)> = sqlx::query_as(
            "SELECT DISTINCT task FROM drafts \
             WHERE journey = $1 AND (subject = $2 OR ($2 = 'answers' AND SUBSTR(subject, 1, 4) = 'row.'))",
        )
        .bind(journey.to_string())
        .bind(subject.to_owned())
        .fetch_all(&self.read)
        .answered()
        .await?;
        rows.into_iter().map(|(task,)| parsed("drafts", &journey.to_string(), "task", &task)).collect()
    }

    async fn save_draft(&self, journey: &JourneyRef, draft: Draft, seen: u64) -> Result<u64, WriteError> {
        let mut connection = self.write.acquire().answered().await?;
        save(&mut connection, journey, draft, seen).await
    }

    async fn save_drafts(&self, journey: &JourneyRef, drafts: Vec<Draft>) -> Result<(), WriteError> {
        let mut transaction = self.begin().await?;
        for draft in drafts {
            let seen = draft.version;
            save(&mut transaction, journey, draft, seen).await?;
        }
        transaction.commit().answered().await?;
        Ok(())
    }
}

async fn save(connection: &mut AnyConnection, journey: &JourneyRef, draft: Draft, seen: u64) -> Result<u64, WriteError> {
    let seen = i64::try_from(seen).unwrap_or(i64::MAX);
    let mut query = sqlx::query_as(if seen == 0 { INSERT } else { UPDATE })
        .bind(journey.to_string())
        .bind(draft.task.to_string())
        .bind(draft.subject)
        .bind(draft.body)
        .bind(draft.by.to_string())
        .bind(micros(draft.at));
    if seen > 0 {
        query = query.bind(seen);
    }
    let saved: Option<(i64,)> = query.fetch_optional(connection).answered().await?;
    saved.and_then(|(version,)| u64::try_from(version).ok()).ok_or(WriteError::Conflict)
}

/// Takes away a draft that has become something else: exactly the version that was seen, or nothing happens.
pub(crate) async fn done(
    transaction: &mut Transaction<'static, Any>,
    journey: &JourneyRef,
    seen: &DraftSeen,
) -> Result<(), WriteError> {
    if seen.version > 0 {
        let deleted = sqlx::query("DELETE FROM drafts WHERE journey = $1 AND task = $2 AND subject = $3 AND version = $4")
            .bind(journey.to_string())
            .bind(seen.task.to_string())
            .bind(seen.subject.clone())
            .bind(i64::try_from(seen.version).unwrap_or(i64::MAX))
            .execute(&mut **transaction)
            .answered()
            .await?;
        if deleted.rows_affected() == 1 {
            return Ok(());
        }
    }
    let other: Option<(i64,)> = sqlx::query_as("SELECT version FROM drafts WHERE journey = $1 AND task = $2 AND subject = $3")
        .bind(journey.to_string())
        .bind(seen.task.to_string())
        .bind(seen.subject.clone())
        .fetch_optional(&mut **transaction)
        .answered()
        .await?;
    if other.is_some() { Err(WriteError::Conflict) } else { Ok(()) }
}

/// What went into a round that was taken back counts as not sent.
pub(crate) async fn not_sent(transaction: &mut Transaction<'static, Any>, journey: &JourneyRef, task: &TaskId) -> Answer<()> {
    sqlx::query("DELETE FROM drafts_sent WHERE journey = $1 AND task = $2")
        .bind(journey.to_string())
        .bind(task.to_string())
        .execute(&mut **transaction)
        .answered()
        .await?;
    Ok(())
}

/// Notes which versions went into what is sent.
pub(crate) async fn sent(
    transaction: &mut Transaction<'static, Any>,
    journey: &JourneyRef,
    drafts: &[DraftSeen],
) -> Result<(), WriteError> {
    for some in drafts.chunks(AT_ONCE) {
        let text = format!(
            "INSERT INTO drafts_sent (journey, task, subject, version) VALUES {} \
             ON CONFLICT (journey, task, subject) DO UPDATE SET version = excluded.version \
             WHERE drafts_sent.version < excluded.version",
            places(some.len(), 4)
        );
        let mut insert = sqlx::query(AssertSqlSafe(text));
        for seen in some {
            insert = insert
                .bind(journey.to_string())
                .bind(seen.task.to_string())
                .bind(seen.subject.clone())
                .bind(i64::try_from(seen.version).unwrap_or(i64::MAX));
        }
        insert.execute(&mut **transaction).answered().await?;
    }
    Ok(())
}
