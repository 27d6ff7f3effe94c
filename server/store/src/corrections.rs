//! Corrected texts: every version stays, the newest is read.

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::Timestamp;
use journey::{
    base::ids::PersonId,
    port::{
        Answer, WriteError,
        corrections::{Corrections, MOST_VERSIONS, Version},
    },
};

use crate::{
    db::{Db, Ending},
    row::{instant, micros, plain, row, small},
};

/// The newest version of each text: their number is bounded by the texts of a release.
pub const CORRECTED: &str = "SELECT c.subject, c.words FROM corrections c \
     WHERE c.version = (SELECT MAX(n.version) FROM corrections n WHERE n.subject = c.subject)";

const VERSIONS: &str = "SELECT c.subject, c.version, c.words, p.name, c.at_us FROM corrections c JOIN people p ON p.id = c.person \
     WHERE c.subject = $1 ORDER BY c.version DESC LIMIT $2";

row! { VersionRow of "corrections" by subject version {
    subject: String,
    version: i64,
    words: String,
    name: String,
    at_us: i64,
} }

#[async_trait]
impl Corrections for Db {
    async fn corrected(&self) -> Answer<BTreeMap<String, String>> {
        let rows: Vec<(String, String)> = sqlx::query_as(CORRECTED).fetch_all(&self.read).answered().await?;
        Ok(rows.into_iter().collect())
    }

    async fn versions(&self, subject: &str) -> Answer<Vec<Version>> {
        let rows: Vec<VersionRow> =
            sqlx::query_as(VERSIONS).bind(plain(subject)).bind(i64::from(MOST_VERSIONS)).fetch_all(&self.read).answered().await?;
        rows.into_iter()
            .map(|row| {
                let key = row.key();
                Ok(Version {
                    number: small("corrections", &key, "version", row.version)?,
                    at: instant("corrections", &key, "at_us", row.at_us)?,
                    words: row.words,
                    by: row.name,
                })
            })
            .collect()
    }

    /// The key is what makes one of two writers wait for the other, and lose.
    async fn publish(&self, subject: &str, seen: u32, words: &str, by: &PersonId, at: Timestamp) -> Result<(), WriteError> {
        let written = sqlx::query(
            "INSERT INTO corrections (subject, version, words, person, at_us) \
             SELECT CAST($1 AS TEXT), CAST($2 AS BIGINT), CAST($3 AS TEXT), CAST($4 AS TEXT), CAST($5 AS BIGINT) \
             WHERE CAST($6 AS BIGINT) = (SELECT COALESCE(MAX(version), 0) FROM corrections WHERE subject = $7)",
        )
        .bind(plain(subject))
        .bind(i64::from(seen) + 1)
        .bind(plain(words))
        .bind(by.to_string())
        .bind(micros(at))
        .bind(i64::from(seen))
        .bind(plain(subject))
        .execute(&self.write)
        .written()
        .await?;
        if written.rows_affected() == 1 { Ok(()) } else { Err(WriteError::Conflict) }
    }
}
