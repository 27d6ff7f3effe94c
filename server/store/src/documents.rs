//! Documents that were made for people to keep.

use async_trait::async_trait;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use journey::{
    base::ids::{Digest, JourneyRef},
    port::{
        Answer,
        documents::{Document, DocumentAbout, Documents},
    },
};

use crate::{
    db::{Db, Ending},
    row::{instant, micros, parsed, unreadable},
};

/// The file that says something.
pub const DOCUMENT: &str = "SELECT body FROM documents WHERE content = $1";

/// What a file is about.
pub const DOCUMENT_WITH: &str = "SELECT journey, task, number, made_us FROM documents WHERE digest = $1 LIMIT 1";

/// Files in the order of what they say.
pub const DOCUMENTS: &str =
    "SELECT content, digest, body FROM documents WHERE content > $1 ORDER BY content LIMIT CAST($2 AS BIGINT)";

/// The files of a journey.
pub const DOCUMENTS_OF: &str = "SELECT content, task, number, made_us, body FROM documents \
     WHERE journey = $1 AND content > $2 ORDER BY content LIMIT CAST($3 AS BIGINT)";

fn bytes_of(key: &str, body: &str) -> Answer<Vec<u8>> {
    STANDARD.decode(body).map_err(|error| unreadable("documents", key, "body", &error))
}

#[async_trait]
impl Documents for Db {
    async fn document(&self, content: &Digest) -> Answer<Option<Vec<u8>>> {
        let body: Option<String> =
            sqlx::query_scalar(DOCUMENT).bind(content.to_string()).fetch_optional(&self.read).answered().await?;
        body.map(|body| bytes_of(content.as_str(), &body)).transpose()
    }

    async fn keep_document(&self, document: Document) -> Answer<()> {
        let Document { content, about, bytes } = document;
        sqlx::query(
            "INSERT INTO documents (content, digest, journey, task, number, made_us, body) VALUES ($1, $2, $3, $4, $5, $6, $7) \
             ON CONFLICT (content) DO NOTHING",
        )
        .bind(content.to_string())
        .bind(Digest::of(&bytes).to_string())
        .bind(about.journey.to_string())
        .bind(about.task.to_string())
        .bind(about.number)
        .bind(micros(about.made_at))
        .bind(STANDARD.encode(bytes))
        .execute(&self.write)
        .answered()
        .await?;
        Ok(())
    }

    async fn document_with(&self, digest: &Digest) -> Answer<Option<DocumentAbout>> {
        let row: Option<(String, String, String, i64)> =
            sqlx::query_as(DOCUMENT_WITH).bind(digest.to_string()).fetch_optional(&self.read).answered().await?;
        let Some((journey, task, number, made_us)) = row else { return Ok(None) };
        let key = digest.as_str();
        let made_at: Timestamp = instant("documents", key, "made_us", made_us)?;
        Ok(Some(DocumentAbout {
            journey: parsed("documents", key, "journey", &journey)?,
            task: parsed("documents", key, "task", &task)?,
            number,
            made_at,
        }))
    }

    async fn documents_of(&self, journey: &JourneyRef, after: Option<&Digest>, limit: u32) -> Answer<Vec<Document>> {
        let rows: Vec<(String, String, String, i64, String)> = sqlx::query_as(DOCUMENTS_OF)
            .bind(journey.to_string())
            .bind(after.map(ToString::to_string).unwrap_or_default())
            .bind(i64::from(limit))
            .fetch_all(&self.read)
            .answered()
            .await?;
        let read = |(content, task, number, made_us, body): (String, String, String, i64, String)| {
            let about = DocumentAbout {
                journey: journey.clone(),
                task: parsed("documents", &content, "task", &task)?,
                number,
                made_at: instant("documents", &content, "made_us", made_us)?,
            };
            let bytes = bytes_of(&content, &body)?;
            Ok(Document { content: parsed("documents", &content, "content", &content)?, about, bytes })
        };
        rows.into_iter().map(read).collect()
    }

    async fn documents_after(&self, content: Option<&Digest>, limit: u32) -> Answer<Vec<(Digest, Digest, Vec<u8>)>> {
        let after = content.map(ToString::to_string).unwrap_or_default();
        let rows: Vec<(String, String, String)> =
            sqlx::query_as(DOCUMENTS).bind(after).bind(i64::from(limit)).fetch_all(&self.read).answered().await?;
        let read = |(content, digest, body): (String, String, String)| {
            Ok((
                parsed("documents", &content, "content", &content)?,
                parsed("documents", &content, "digest", &digest)?,
                bytes_of(&content, &body)?,
            ))
        };
        rows.into_iter().map(read).collect()
    }
}
