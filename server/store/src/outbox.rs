//! Letters that wait to be sent. They are written with their reason and taken one by one. One that is not tried any more stays
//! where it is, due at no time, and `undelivered` says why.

use async_trait::async_trait;
use jiff::Timestamp;
use journey::{
    base::ids::{Digest, OrganisationId},
    port::{Answer, Letter, Outbox, Outgoing, Undelivered, Unsent, audit::Noted},
};
use sqlx::{Any, AssertSqlSafe, Transaction};

use crate::{
    audit,
    db::{Db, Ending},
    row::{AT_ONCE, instant, micros, parsed, places, plain, row, small},
};

/// The outer test of `due_us` is repeated after the row lock, so that two replicas never take the same letter.
pub const NEXT_LETTER: &str = "UPDATE outbox SET due_us = $2 WHERE sent_us IS NULL AND due_us <= $1 AND id = \
       (SELECT id FROM outbox WHERE sent_us IS NULL AND due_us <= $1 ORDER BY due_us, id LIMIT 1) \
     RETURNING id, address, subject, body, tries, queued_us, \
       (SELECT e.document FROM enclosures e WHERE e.letter = outbox.id) AS enclosed";

/// Letters that wait, and since when the oldest of them.
pub const LETTERS_WAITING: &str = "SELECT COUNT(*), MIN(queued_us) FROM outbox WHERE sent_us IS NULL AND due_us < $1";

/// Letters that were given up since some time.
pub const LETTERS_UNDELIVERED: &str = "SELECT COUNT(*) FROM undelivered WHERE at_us > $1";

/// Open invitations whose letters are not tried any more.
pub const INVITATIONS_UNDELIVERED: &str = "SELECT l.token, u.reason FROM links l JOIN undelivered u ON u.letter = 'invite-' || l.token \
     WHERE l.organisation = $1 AND l.purpose = 'invite' AND l.used_us IS NULL ORDER BY l.created_us, l.token LIMIT 200";

/// Addresses that the audit names of emails that are sent again together.
const MOST_NAMED: usize = 10;

/// When a letter is due that is not tried any more. What is due then is never taken and does not wait.
const NEVER: i64 = i64::MAX;

/// Puts letters into the outbox. The same letter twice is one letter.
pub(crate) async fn insert(transaction: &mut Transaction<'static, Any>, letters: &[&Letter], at: Timestamp) -> Answer<()> {
    for some in letters.chunks(AT_ONCE) {
        let text = format!(
            "INSERT INTO outbox (id, address, subject, body, queued_us, due_us, tries, last_error) VALUES {} \
             ON CONFLICT (id) DO NOTHING",
            places(some.len(), 8)
        );
        let mut insert = sqlx::query(AssertSqlSafe(text));
        for letter in some {
            insert = insert
                .bind(letter.id.clone())
                .bind(plain(&letter.to))
                .bind(plain(&letter.subject))
                .bind(plain(&letter.body))
                .bind(micros(at))
                .bind(micros(at))
                .bind(0i64)
                .bind("");
        }
        insert.execute(&mut **transaction).answered().await?;
    }
    let with: Vec<(&str, String)> =
        letters.iter().filter_map(|letter| Some((letter.id.as_str(), letter.enclosed.as_ref()?.to_string()))).collect();
    for some in with.chunks(AT_ONCE) {
        let text =
            format!("INSERT INTO enclosures (letter, document) VALUES {} ON CONFLICT (letter) DO NOTHING", places(some.len(), 2));
        let mut insert = sqlx::query(AssertSqlSafe(text));
        for (letter, document) in some {
            insert = insert.bind((*letter).to_owned()).bind(document.clone());
        }
        insert.execute(&mut **transaction).answered().await?;
    }
    Ok(())
}

row! { OutboxRow of "outbox" by id {
    id: String,
    address: String,
    subject: String,
    body: String,
    tries: i64,
    queued_us: i64,
    enclosed: Option<String>,
} }

row! { UnsentRow of "outbox" by id {
    id: String,
    address: String,
    subject: String,
    tries: i64,
    queued_us: i64,
    last_error: String,
    reason: Option<String>,
    at_us: Option<i64>,
} }

impl UnsentRow {
    fn read(self) -> Answer<Unsent> {
        let key = &self.key();
        let undelivered = match (&self.reason, self.at_us) {
            (Some(reason), Some(at)) => {
                Some((parsed("undelivered", key, "reason", reason)?, instant("undelivered", key, "at_us", at)?))
            }
            _ => None,
        };
        Ok(Unsent {
            to: self.address,
            subject: self.subject,
            tries: small("outbox", key, "tries", self.tries)?,
            since: instant("outbox", key, "queued_us", self.queued_us)?,
            last_error: self.last_error,
            undelivered,
            id: self.id,
        })
    }
}

/// What was said about a letter, as it is kept.
fn short(why: &str) -> String {
    plain(why).chars().take(300).collect()
}

#[async_trait]
impl Outbox for Db {
    async fn next_letter(&self, now: Timestamp, hidden_until: Timestamp) -> Answer<Option<Outgoing>> {
        let row: Option<OutboxRow> = sqlx::query_as(NEXT_LETTER)
            .bind(micros(now))
            .bind(micros(hidden_until))
            .fetch_optional(&self.write)
            .answered()
            .await?;
        row.map(|row| {
            let key = row.key();
            let tries = small("outbox", &key, "tries", row.tries)?;
            let since = instant("outbox", &key, "queued_us", row.queued_us)?;
            let named = |named: &String| parsed("enclosures", &key, "document", named);
            let enclosed = row.enclosed.as_ref().map(named).transpose()?;
            let letter = Letter { id: row.id, to: row.address, subject: row.subject, body: row.body, enclosed };
            Ok(Outgoing { letter, tries, since })
        })
        .transpose()
    }

    async fn letter_sent(&self, id: &str, at: Timestamp) -> Answer<()> {
        // What was said is between the two; the outbox keeps that it was sent, not the words (they may hold a link).
        sqlx::query("UPDATE outbox SET sent_us = $2, body = '', last_error = '' WHERE id = $1")
            .bind(id.to_owned())
            .bind(micros(at))
            .execute(&self.write)
            .answered()
            .await?;
        Ok(())
    }

    async fn letter_failed(&self, id: &str, why: &str, again: Timestamp) -> Answer<()> {
        sqlx::query("UPDATE outbox SET tries = tries + 1, last_error = $2, due_us = $3 WHERE id = $1")
            .bind(id.to_owned())
            .bind(short(why))
            .bind(micros(again))
            .execute(&self.write)
            .answered()
            .await?;
        Ok(())
    }

    async fn letter_undelivered(
        &self,
        id: &str,
        reason: Undelivered,
        why: &str,
        at: Timestamp,
        tell: Option<Letter>,
    ) -> Answer<()> {
        let mut transaction = self.begin().await?;
        let done = sqlx::query(
            "UPDATE outbox SET tries = tries + 1, last_error = $2, due_us = $3 WHERE id = $1 AND sent_us IS NULL AND due_us < $3",
        )
        .bind(id.to_owned())
        .bind(short(why))
        .bind(NEVER)
        .execute(&mut *transaction)
        .answered()
        .await?;
        // Taken back meanwhile, or given up by somebody else: there is nothing to tell.
        if done.rows_affected() == 0 {
            return Ok(());
        }
        sqlx::query(
            "INSERT INTO undelivered (letter, reason, at_us) VALUES ($1, $2, $3) \
             ON CONFLICT (letter) DO UPDATE SET reason = excluded.reason, at_us = excluded.at_us",
        )
        .bind(id.to_owned())
        .bind(reason.name())
        .bind(micros(at))
        .execute(&mut *transaction)
        .answered()
        .await?;
        if let Some(letter) = tell {
            insert(&mut transaction, &[&letter], at).await?;
        }
        transaction.commit().answered().await
    }

    async fn letters_waiting(&self) -> Answer<(u32, Option<Timestamp>)> {
        let (count, oldest): (i64, Option<i64>) =
            sqlx::query_as(LETTERS_WAITING).bind(NEVER).fetch_one(&self.read).answered().await?;
        let oldest = oldest.map(|at| instant("outbox", "oldest", "queued_us", at)).transpose()?;
        Ok((small("outbox", "", "count", count)?, oldest))
    }

    async fn letters_undelivered(&self, since: Timestamp) -> Answer<u32> {
        let (count,): (i64,) = sqlx::query_as(LETTERS_UNDELIVERED).bind(micros(since)).fetch_one(&self.read).answered().await?;
        small("undelivered", "", "count", count)
    }

    async fn letters_unsent(&self, limit: u32) -> Answer<Vec<Unsent>> {
        let rows: Vec<UnsentRow> = sqlx::query_as(
            "SELECT o.id, o.address, o.subject, o.tries, o.queued_us, o.last_error, u.reason, u.at_us \
             FROM outbox o LEFT JOIN undelivered u ON u.letter = o.id WHERE o.sent_us IS NULL \
             ORDER BY COALESCE(u.at_us, 0) DESC, o.queued_us, o.id LIMIT $1",
        )
        .bind(i64::from(limit))
        .fetch_all(&self.read)
        .answered()
        .await?;
        rows.into_iter().map(UnsentRow::read).collect()
    }

    async fn letter_again(&self, id: &str, now: Timestamp) -> Answer<bool> {
        let mut transaction = self.begin().await?;
        sqlx::query("DELETE FROM undelivered WHERE letter = $1")
            .bind(id.to_owned())
            .execute(&mut *transaction)
            .answered()
            .await?;
        let done = sqlx::query("UPDATE outbox SET queued_us = $2, due_us = $2, tries = 0 WHERE id = $1 AND sent_us IS NULL")
            .bind(id.to_owned())
            .bind(micros(now))
            .execute(&mut *transaction)
            .answered()
            .await?;
        transaction.commit().answered().await?;
        Ok(done.rows_affected() == 1)
    }

    async fn letters_again(&self, ids: &[String], mut noted: Noted) -> Answer<u32> {
        let mut transaction = self.begin().await?;
        let mut wanted = ids.to_vec();
        if wanted.is_empty() {
            let all: Vec<(String,)> = sqlx::query_as("SELECT letter FROM undelivered ORDER BY letter LIMIT 5000")
                .fetch_all(&mut *transaction)
                .answered()
                .await?;
            wanted.extend(all.into_iter().map(|(letter,)| letter));
        }
        let mut addresses = Vec::new();
        for id in wanted {
            let again: Option<(String,)> = sqlx::query_as(
                "UPDATE outbox SET queued_us = $2, due_us = $2, tries = 0 WHERE sent_us IS NULL AND id = $1 RETURNING address",
            )
            .bind(id.clone())
            .bind(micros(noted.at))
            .fetch_optional(&mut *transaction)
            .answered()
            .await?;
            addresses.extend(again.map(|(address,)| address));
            sqlx::query("DELETE FROM undelivered WHERE letter = $1").bind(id).execute(&mut *transaction).answered().await?;
        }
        let count = u32::try_from(addresses.len()).unwrap_or(u32::MAX);
        if count == 0 {
            return Ok(0);
        }
        addresses.sort();
        addresses.dedup();
        let named: Vec<&str> = addresses.iter().take(MOST_NAMED).map(String::as_str).collect();
        let more = addresses.len().saturating_sub(MOST_NAMED);
        noted.about = if more == 0 { named.join(", ") } else { format!("{} and {more} more", named.join(", ")) };
        audit::note(&mut transaction, &noted).await?;
        transaction.commit().answered().await?;
        Ok(count)
    }

    async fn invitations_undelivered(&self, organisation: &OrganisationId) -> Answer<Vec<(Digest, Undelivered)>> {
        let rows: Vec<(String, String)> =
            sqlx::query_as(INVITATIONS_UNDELIVERED).bind(organisation.to_string()).fetch_all(&self.read).answered().await?;
        let read = |(token, reason): (String, String)| {
            Ok((parsed("links", &token, "token", &token)?, parsed("undelivered", &token, "reason", &reason)?))
        };
        rows.into_iter().map(read).collect()
    }
}
