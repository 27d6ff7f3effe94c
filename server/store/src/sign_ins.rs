//! Where people are signed in, how often somebody tried to, and the links that anybody may ask for. The sessions themselves are those of `sessions`.

use async_trait::async_trait;
use jiff::Timestamp;
use journey::{
    base::ids::{Digest, PersonId},
    port::{Answer, Letter, Link, SessionLine, SignIns},
};

use crate::{
    db::{Db, Ending},
    links::insert_link,
    outbox,
    row::{instant, micros, parsed, plain, row, small},
    sessions::{END, ended},
};

/// Where a person is signed in.
pub const SESSIONS_OF_PERSON: &str = "SELECT handle, created_us, seen_us, agent FROM sessions \
     WHERE person = $1 AND expires_us > $2 ORDER BY seen_us DESC LIMIT 50";

/// Tries of a bucket since a time.
pub const TRIES: &str = "SELECT CAST(COALESCE(SUM(tries), 0) AS BIGINT) FROM attempts WHERE bucket = $1 AND at_us >= $2";

/// Whether a link of a purpose was made for an address since a time, and nobody has used it.
pub const LINKS_SINCE: &str =
    "SELECT token FROM links WHERE email = $1 AND purpose = $2 AND created_us > $3 AND used_us IS NULL LIMIT 1";

row! { SessionRow of "sessions" by handle {
    handle: String,
    created_us: i64,
    seen_us: i64,
    agent: String,
} }

#[async_trait]
impl SignIns for Db {
    async fn sessions(&self, person: &PersonId, now: Timestamp) -> Answer<Vec<SessionLine>> {
        let rows: Vec<SessionRow> = sqlx::query_as(SESSIONS_OF_PERSON)
            .bind(person.to_string())
            .bind(micros(now))
            .fetch_all(&self.read)
            .answered()
            .await?;
        let read = |row: SessionRow| {
            let key = row.key();
            Ok(SessionLine {
                since: instant("sessions", &key, "created_us", row.created_us)?,
                seen: instant("sessions", &key, "seen_us", row.seen_us)?,
                handle: parsed("sessions", &key, "handle", &row.handle)?,
                agent: row.agent,
            })
        };
        rows.into_iter().map(read).collect()
    }

    async fn end_sessions(&self, person: &PersonId, handle: Option<&Digest>, keep: Option<&str>) -> Answer<()> {
        sqlx::query(END)
            .bind(person.to_string())
            .bind(handle.map_or_else(String::new, ToString::to_string))
            .bind(keep.unwrap_or_default().to_owned())
            .bind(ended(person))
            .execute(&self.write)
            .answered()
            .await?;
        Ok(())
    }

    async fn attempt(&self, bucket: &str, now: Timestamp, since: Timestamp) -> Answer<u32> {
        // Written before it is counted, each by itself: of tries at the same time, the last sees them all.
        sqlx::query(
            "INSERT INTO attempts (bucket, at_us, tries) VALUES ($1, $2, 1) \
             ON CONFLICT (bucket, at_us) DO UPDATE SET tries = attempts.tries + 1",
        )
        .bind(plain(bucket))
        .bind(micros(now))
        .execute(&self.write)
        .answered()
        .await?;
        let (count,): (i64,) =
            sqlx::query_as(TRIES).bind(plain(bucket)).bind(micros(since)).fetch_one(&self.read).answered().await?;
        small("attempts", bucket, "tries", count)
    }

    async fn forgive(&self, bucket: &str) -> Answer<()> {
        sqlx::query("DELETE FROM attempts WHERE bucket = $1").bind(plain(bucket)).execute(&self.write).answered().await?;
        Ok(())
    }

    async fn take_back(&self, bucket: &str, at: Timestamp) -> Answer<()> {
        sqlx::query("UPDATE attempts SET tries = tries - 1 WHERE bucket = $1 AND at_us = $2 AND tries > 0")
            .bind(plain(bucket))
            .bind(micros(at))
            .execute(&self.write)
            .answered()
            .await?;
        Ok(())
    }

    async fn add_link_once(&self, link: Link, letter: Option<Letter>, since: Timestamp) -> Answer<bool> {
        let mut transaction = self.begin().await?;
        // Whoever asks for the same account waits here until the other's link can be seen.
        sqlx::query("UPDATE people SET name = name WHERE email = $1")
            .bind(plain(&link.email))
            .execute(&mut *transaction)
            .answered()
            .await?;
        let made: Option<(String,)> = sqlx::query_as(LINKS_SINCE)
            .bind(plain(&link.email))
            .bind(link.purpose.name())
            .bind(micros(since))
            .fetch_optional(&mut *transaction)
            .answered()
            .await?;
        if made.is_some() {
            return Ok(false);
        }
        insert_link(&mut transaction, &link).await?;
        match &letter {
            Some(letter) => outbox::insert(&mut transaction, &[letter], link.created_at).await?,
            // As many statements as with a letter, so that the time tells nothing.
            None => {
                sqlx::query("DELETE FROM outbox WHERE id = ''").execute(&mut *transaction).answered().await?;
            }
        }
        transaction.commit().answered().await?;
        Ok(true)
    }
}
