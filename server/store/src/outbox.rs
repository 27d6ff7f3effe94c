//! Letters that wait to be sent. They are written with their reason and taken one by one.

use async_trait::async_trait;
use jiff::Timestamp;
use journey::port::{Answer, Letter, Outbox, Outgoing};
use sqlx::{Any, AssertSqlSafe, Transaction};

use crate::{
    Db, Ending, micros, plain,
    row::{AT_ONCE, instant, places, row, small},
};

/// The outer test of `due_us` is repeated after the row lock, so that two replicas never take the same letter.
pub const NEXT_LETTER: &str = "UPDATE outbox SET due_us = $2 WHERE sent_us IS NULL AND due_us <= $1 AND id = \
       (SELECT id FROM outbox WHERE sent_us IS NULL AND due_us <= $1 ORDER BY due_us, id LIMIT 1) \
     RETURNING id, address, subject, body, tries";

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
    Ok(())
}

row! { OutboxRow of "outbox" by id {
    id: String,
    address: String,
    subject: String,
    body: String,
    tries: i64,
} }

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
            let tries = small("outbox", &row.key(), "tries", row.tries)?;
            Ok(Outgoing { letter: Letter { id: row.id, to: row.address, subject: row.subject, body: row.body }, tries })
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
            .bind(plain(why).chars().take(300).collect::<String>())
            .bind(micros(again))
            .execute(&self.write)
            .answered()
            .await?;
        Ok(())
    }

    async fn letters_waiting(&self) -> Answer<(u32, Option<Timestamp>)> {
        let (count, oldest): (i64, Option<i64>) =
            sqlx::query_as("SELECT COUNT(*), MIN(queued_us) FROM outbox WHERE sent_us IS NULL")
                .fetch_one(&self.read)
                .answered()
                .await?;
        let oldest = oldest.map(|at| instant("outbox", "oldest", "queued_us", at)).transpose()?;
        Ok((small("outbox", "", "count", count)?, oldest))
    }
}
