//! Sessions of `tower-sessions`, kept in the database: a restart signs nobody out, and any replica knows them all.

use std::collections::HashMap;

use async_trait::async_trait;
use journey::{
    base::ids::{Digest, PersonId},
    port::StoreError,
};
use time::OffsetDateTime;
use tower_sessions::{
    SessionStore,
    session::{Id, Record},
    session_store::{Error, Result},
};

use crate::db::{Db, Ending};

/// A session that has not expired.
pub const SESSION: &str = "SELECT data, expires_us FROM sessions WHERE id = $1 AND expires_us > $2";

/// Ends sessions of a person, all of them or the one with this handle, except one. Each stays for its time, signed out, and
/// remembers whose it was ([`ended`]): words that its person sends too late can wait for them.
pub(crate) const END: &str = "UPDATE sessions SET person = NULL, ended = 1, data = $4 \
     WHERE person = $1 AND ($2 = '' OR handle = $2) AND id <> $3";

/// What a session holds that was ended elsewhere: whose it was, under the name that `app::flash` reads.
pub(crate) fn ended(person: &PersonId) -> String {
    serde_json::json!({ "was": person.as_str() }).to_string()
}

/// How long tries to sign in are kept: longer than anybody counts them.
const TRIES_KEPT: time::Duration = time::Duration::days(2);

/// The store that the session layer uses.
#[derive(Clone, Debug)]
pub struct Sessions(Db);

impl Sessions {
    /// Sessions in this database.
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self(db)
    }

    /// Forgets sessions that have expired, and of long ago tries to sign in and links that opened nothing. Says how many
    /// sessions there were.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn sweep(&self) -> Result<u64> {
        let done = sqlx::query("DELETE FROM sessions WHERE expires_us <= $1")
            .bind(micros(now()))
            .execute(&self.0.write)
            .answered()
            .await
            .map_err(backend)?;
        sqlx::query("DELETE FROM attempts WHERE at_us < $1")
            .bind(micros(now() - TRIES_KEPT))
            .execute(&self.0.write)
            .answered()
            .await
            .map_err(backend)?;
        // Made for addresses without an account (`SignIns::add_link_once`).
        sqlx::query("DELETE FROM links WHERE person IS NULL AND purpose <> 'invite' AND expires_us < $1")
            .bind(micros(now() - TRIES_KEPT))
            .execute(&self.0.write)
            .answered()
            .await
            .map_err(backend)?;
        Ok(done.rows_affected())
    }

    async fn write(&self, record: &Record, statement: &'static str) -> Result<u64> {
        let data = serde_json::to_string(&record.data).map_err(|e| Error::Encode(e.to_string()))?;
        let text = |key: &str| record.data.get(key).and_then(|v| v.as_str()).map(str::to_owned);
        let now = micros(now());
        let done = sqlx::query(statement)
            .bind(record.id.to_string())
            .bind(Digest::of(record.id.to_string().as_bytes()).to_string())
            .bind(text("person"))
            .bind(text("agent").unwrap_or_default())
            .bind(data)
            .bind(now)
            .bind(micros(record.expiry_date))
            .execute(&self.0.write)
            .answered()
            .await
            .map_err(backend)?;
        Ok(done.rows_affected())
    }
}

#[expect(clippy::needless_pass_by_value, reason = "fits map_err")]
fn backend(error: StoreError) -> Error {
    Error::Backend(error.to_string())
}

#[expect(clippy::disallowed_methods, reason = "tower-sessions itself measures expiry by the machine's clock")]
fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

fn micros(at: OffsetDateTime) -> i64 {
    i64::try_from(at.unix_timestamp_nanos() / 1000).unwrap_or(i64::MAX)
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        const INSERT: &str = "INSERT INTO sessions (id, handle, person, agent, data, created_us, seen_us, expires_us) \
                              VALUES ($1, $2, $3, $4, $5, $6, $6, $7) ON CONFLICT (id) DO NOTHING";
        while self.write(record, INSERT).await? == 0 {
            record.id = Id::default();
        }
        Ok(())
    }

    /// A session that was ended elsewhere stays ended: saving never brings anybody back into it.
    async fn save(&self, record: &Record) -> Result<()> {
        const UPDATE: &str = "UPDATE sessions SET handle = $2, person = $3, agent = $4, data = $5, seen_us = $6, expires_us = $7 \
                              WHERE id = $1 AND (ended = 0 OR CAST($3 AS TEXT) IS NULL)";
        self.write(record, UPDATE).await.map(drop)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let row: Option<(String, i64)> = sqlx::query_as(SESSION)
            .bind(id.to_string())
            .bind(micros(now()))
            .fetch_optional(&self.0.read)
            .answered()
            .await
            .map_err(backend)?;
        let Some((data, expires)) = row else { return Ok(None) };
        let data: HashMap<String, serde_json::Value> = serde_json::from_str(&data).map_err(|e| Error::Decode(e.to_string()))?;
        let expiry_date =
            OffsetDateTime::from_unix_timestamp_nanos(i128::from(expires) * 1000).map_err(|e| Error::Decode(e.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        sqlx::query("DELETE FROM sessions WHERE id = $1")
            .bind(id.to_string())
            .execute(&self.0.write)
            .answered()
            .await
            .map_err(backend)?;
        Ok(())
    }
}
