//! What is being typed, kept between requests. The version decides between two writers.

use crate::{
    Db, Ending, micros,
    row::{instant, parsed, row, unreadable},
};
use async_trait::async_trait;
use journey::{
    ids::{JourneyRef, TaskId},
    port::{Answer, Draft, Drafts, WriteError},
};

row! { DraftRow of "drafts" by journey task subject {
    journey: String,
    task: String,
    subject: String,
    version: i64,
    body: String,
    person: String,
    saved_us: i64,
} }

impl DraftRow {
    fn read(self) -> Answer<Draft> {
        let key = self.key();
        Ok(Draft {
            task: parsed("drafts", &key, "task", &self.task)?,
            version: u64::try_from(self.version).map_err(|error| unreadable("drafts", &key, "version", &error))?,
            by: parsed("drafts", &key, "person", &self.person)?,
            at: instant("drafts", &key, "saved_us", self.saved_us)?,
            subject: self.subject,
            body: self.body,
        })
    }
}

#[async_trait]
impl Drafts for Db {
    async fn draft(&self, journey: &JourneyRef, task: &TaskId, subject: &str) -> Answer<Option<Draft>> {
        let row: Option<DraftRow> = sqlx::query_as(
            "SELECT journey, task, subject, version, body, person, saved_us FROM drafts \
             WHERE journey = $1 AND task = $2 AND subject = $3",
        )
        .bind(journey.to_string())
        .bind(task.to_string())
        .bind(subject.to_owned())
        .fetch_optional(&self.read)
        .answered()
        .await?;
        row.map(DraftRow::read).transpose()
    }

    async fn drafted(&self, journey: &JourneyRef, subject: &str) -> Answer<Vec<TaskId>> {
        let rows: Vec<(String,)> = sqlx::query_as("SELECT task FROM drafts WHERE journey = $1 AND subject = $2")
            .bind(journey.to_string())
            .bind(subject.to_owned())
            .fetch_all(&self.read)
            .answered()
            .await?;
        rows.into_iter().map(|(task,)| parsed("drafts", &journey.to_string(), "task", &task)).collect()
    }

    async fn save_draft(&self, journey: &JourneyRef, draft: Draft, seen: u64) -> Result<u64, WriteError> {
        let seen = i64::try_from(seen).unwrap_or(i64::MAX);
        let saved: Option<(i64,)> = if seen == 0 {
            sqlx::query_as(
                "INSERT INTO drafts (journey, task, subject, version, body, person, saved_us) VALUES ($1, $2, $3, 1, $4, $5, $6) \
                 ON CONFLICT (journey, task, subject) DO NOTHING RETURNING version",
            )
            .bind(journey.to_string())
            .bind(draft.task.to_string())
            .bind(draft.subject)
            .bind(draft.body)
            .bind(draft.by.to_string())
            .bind(micros(draft.at))
            .fetch_optional(&self.write)
            .answered()
            .await?
        } else {
            sqlx::query_as(
                "UPDATE drafts SET version = version + 1, body = $4, person = $5, saved_us = $6 \
                 WHERE journey = $1 AND task = $2 AND subject = $3 AND version = $7 RETURNING version",
            )
            .bind(journey.to_string())
            .bind(draft.task.to_string())
            .bind(draft.subject)
            .bind(draft.body)
            .bind(draft.by.to_string())
            .bind(micros(draft.at))
            .bind(seen)
            .fetch_optional(&self.write)
            .answered()
            .await?
        };
        saved.and_then(|(version,)| u64::try_from(version).ok()).ok_or(WriteError::Conflict)
    }
}
