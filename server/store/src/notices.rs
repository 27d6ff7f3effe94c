//! Letters that go as their reader chose, and the lines that wait for a daily one.

use std::collections::HashMap;

use async_trait::async_trait;
use jiff::Timestamp;
use journey::{
    base::ids::{MessageId, PersonId, Seq},
    port::{
        Answer, Letter,
        notices::{Held, News, Notice, NoticeBook},
    },
    view::notices::{Goes, Notices},
};
use sqlx::{Any, AssertSqlSafe, Transaction};

use crate::{
    db::{Db, Ending},
    outbox,
    row::{AT_ONCE, after_first, instant, micros, parsed, places, plain, row},
};

/// Who is waited for: for the sweep.
pub const HELD_FOR: &str = "SELECT DISTINCT person FROM held WHERE held_us <= $1 ORDER BY person LIMIT CAST($2 AS BIGINT)";

/// What waits for one person, and whether they have seen it on the page meanwhile.
pub const HELD: &str = "SELECT h.id, h.subject, h.link, CAST(CASE WHEN EXISTS ( \
            SELECT 1 FROM messages m JOIN seen s ON s.person = h.person AND s.journey = m.journey AND s.task = m.task \
            WHERE m.id = h.message AND s.seq >= m.seq) THEN 1 ELSE 0 END AS BIGINT) \
     FROM held h WHERE h.person = $1 AND h.held_us <= $2 ORDER BY h.held_us, h.id LIMIT 500";

/// What a person was told of, newest first.
pub const NEWS: &str = "SELECT person, id, at_us, words, link, unseen FROM news \
     WHERE person = $1 AND (at_us, id) < ($2, $3) ORDER BY at_us DESC, id DESC LIMIT CAST($4 AS BIGINT)";

row! { NewsRow of "news" by person id {
    person: String,
    id: String,
    at_us: i64,
    words: String,
    link: String,
    unseen: i64,
} }

/// Writes notices where their readers want them. The choices are read in the same transaction.
pub(crate) async fn insert(transaction: &mut Transaction<'static, Any>, notices: &[Notice], at: Timestamp) -> Answer<()> {
    insert_to_go(transaction, notices, at, at).await
}

/// The same where emails go later than the page tells.
pub(crate) async fn insert_to_go(
    transaction: &mut Transaction<'static, Any>,
    notices: &[Notice],
    at: Timestamp,
    goes: Timestamp,
) -> Answer<()> {
    for some in notices.chunks(AT_ONCE) {
        let choices = choices_of(transaction, some).await?;
        let (mut letters, mut held) = (Vec::new(), Vec::new());
        for notice in some {
            let chosen = choices.get(notice.person.as_str()).copied().unwrap_or_default();
            match chosen.way_of(notice.asks) {
                Goes::OnPages => {}
                Goes::Daily => held.push(notice),
                Goes::AtOnce => letters.push(&notice.letter),
            }
        }
        outbox::insert(transaction, &letters, goes).await?;
        hold(transaction, &held, goes).await?;
        tell(transaction, some, at).await?;
    }
    Ok(())
}

/// Keeps notices for the pages of their readers, whatever emails these chose.
async fn tell(transaction: &mut Transaction<'static, Any>, notices: &[Notice], at: Timestamp) -> Answer<()> {
    let text = format!(
        "INSERT INTO news (person, id, at_us, words, link, message, unseen) VALUES {} ON CONFLICT (person, id) DO NOTHING",
        places(notices.len(), 7)
    );
    let mut insert = sqlx::query(AssertSqlSafe(text));
    for notice in notices {
        insert = insert
            .bind(notice.person.to_string())
            .bind(notice.letter.id.clone())
            .bind(micros(at))
            .bind(plain(&notice.letter.subject))
            .bind(plain(&notice.link))
            .bind(notice.message.as_ref().map_or_else(String::new, ToString::to_string))
            .bind(1_i64);
    }
    insert.execute(&mut **transaction).answered().await?;
    Ok(())
}

/// What the readers of these notices chose, as far as they chose anything.
async fn choices_of(transaction: &mut Transaction<'static, Any>, notices: &[Notice]) -> Answer<HashMap<String, Notices>> {
    let text = format!("SELECT person, choice FROM notices WHERE person IN {}", places(1, notices.len()));
    let mut choices = sqlx::query_as(AssertSqlSafe(text));
    for notice in notices {
        choices = choices.bind(notice.person.to_string());
    }
    let rows: Vec<(String, String)> = choices.fetch_all(&mut **transaction).answered().await?;
    rows.into_iter()
        .map(|(person, choice)| {
            let read = parsed("notices", &person, "choice", &choice)?;
            Ok((person, read))
        })
        .collect()
}

/// Keeps notices for the daily letters of their readers.
async fn hold(transaction: &mut Transaction<'static, Any>, notices: &[&Notice], at: Timestamp) -> Answer<()> {
    if notices.is_empty() {
        return Ok(());
    }
    let text = format!(
        "INSERT INTO held (id, person, held_us, subject, link, message) VALUES {} ON CONFLICT (id) DO NOTHING",
        places(notices.len(), 6)
    );
    let mut insert = sqlx::query(AssertSqlSafe(text));
    for notice in notices {
        insert = insert
            .bind(notice.letter.id.clone())
            .bind(notice.person.to_string())
            .bind(micros(at))
            .bind(plain(&notice.letter.subject))
            .bind(plain(&notice.link))
            .bind(notice.message.as_ref().map_or_else(String::new, ToString::to_string));
    }
    insert.execute(&mut **transaction).answered().await?;
    Ok(())
}

/// Takes away whatever waits to tell of a message that was taken back.
pub(crate) async fn forget(transaction: &mut Transaction<'static, Any>, message: &MessageId) -> Answer<()> {
    for statement in [
        "DELETE FROM held WHERE message = $1",
        "DELETE FROM news WHERE message = $1 AND message <> ''",
        "DELETE FROM undelivered WHERE SUBSTR(letter, 1, LENGTH($1) + 9) = 'message-' || $1 || '-'",
        "DELETE FROM outbox WHERE sent_us IS NULL AND SUBSTR(id, 1, LENGTH($1) + 9) = 'message-' || $1 || '-'",
    ] {
        sqlx::query(statement).bind(message.to_string()).execute(&mut **transaction).answered().await?;
    }
    Ok(())
}

/// Takes away whatever waits to tell of an entry that is taken back, and what pages tell of it.
pub(crate) async fn forget_entry(transaction: &mut Transaction<'static, Any>, journey: &str, seq: Seq) -> Answer<()> {
    let of = format!("{journey}-{seq}-");
    for statement in [
        "DELETE FROM held WHERE SUBSTR(id, 1, LENGTH($1)) = $1",
        "DELETE FROM news WHERE SUBSTR(id, 1, LENGTH($1)) = $1",
        "DELETE FROM undelivered WHERE SUBSTR(letter, 1, LENGTH($1)) = $1",
        "DELETE FROM enclosures WHERE letter IN (SELECT id FROM outbox WHERE sent_us IS NULL AND SUBSTR(id, 1, LENGTH($1)) = $1)",
        "DELETE FROM outbox WHERE sent_us IS NULL AND SUBSTR(id, 1, LENGTH($1)) = $1",
    ] {
        sqlx::query(statement).bind(of.clone()).execute(&mut **transaction).answered().await?;
    }
    Ok(())
}

fn read_choice(person: &PersonId, choice: Option<(String,)>) -> Answer<Notices> {
    choice.map_or(Ok(Notices::default()), |(choice,)| parsed("notices", person.as_str(), "choice", &choice))
}

#[async_trait]
impl NoticeBook for Db {
    async fn notices_of(&self, person: &PersonId) -> Answer<Notices> {
        let choice: Option<(String,)> = sqlx::query_as("SELECT choice FROM notices WHERE person = $1")
            .bind(person.to_string())
            .fetch_optional(&self.read)
            .answered()
            .await?;
        read_choice(person, choice)
    }

    async fn choose_notices(&self, person: &PersonId, choice: Notices) -> Answer<()> {
        let mut transaction = self.begin().await?;
        sqlx::query(
            "INSERT INTO notices (person, choice) VALUES ($1, $2) ON CONFLICT (person) DO UPDATE SET choice = excluded.choice",
        )
        .bind(person.to_string())
        .bind(choice.name())
        .execute(&mut *transaction)
        .answered()
        .await?;
        if choice == Notices::Never {
            sqlx::query("DELETE FROM held WHERE person = $1")
                .bind(person.to_string())
                .execute(&mut *transaction)
                .answered()
                .await?;
        }
        transaction.commit().answered().await
    }

    async fn held_for(&self, before: Timestamp, limit: u32) -> Answer<Vec<PersonId>> {
        let rows: Vec<(String,)> =
            sqlx::query_as(HELD_FOR).bind(micros(before)).bind(i64::from(limit)).fetch_all(&self.read).answered().await?;
        rows.into_iter().map(|(person,)| parsed("held", &person, "person", &person)).collect()
    }

    async fn held(&self, person: &PersonId, before: Timestamp) -> Answer<Vec<Held>> {
        let rows: Vec<(String, String, String, i64)> =
            sqlx::query_as(HELD).bind(person.to_string()).bind(micros(before)).fetch_all(&self.read).answered().await?;
        Ok(rows.into_iter().map(|(id, subject, link, seen)| Held { id, subject, link, seen: seen == 1 }).collect())
    }

    async fn send_held(&self, person: &PersonId, lines: &[String], letter: Option<Letter>, now: Timestamp) -> Answer<bool> {
        if lines.is_empty() {
            return Ok(false);
        }
        let mut transaction = self.begin().await?;
        // Only what was read is taken away: what came meanwhile, or did not fit, waits for the next letter. The second of two who
        // delete the same lines waits for the first and then finds none.
        let mut deleted = 0;
        for some in lines.chunks(AT_ONCE) {
            let text = format!("DELETE FROM held WHERE person = $1 AND id IN ({})", after_first(some.len()));
            let mut delete = sqlx::query(AssertSqlSafe(text)).bind(person.to_string());
            for line in some {
                delete = delete.bind(plain(line));
            }
            deleted += delete.execute(&mut *transaction).answered().await?.rows_affected();
        }
        // Somebody else has told of some of them: nothing is changed, and the rest is read again.
        if deleted < lines.len() as u64 {
            return Ok(false);
        }
        if let Some(letter) = letter {
            outbox::insert(&mut transaction, &[&letter], now).await?;
        }
        transaction.commit().answered().await?;
        Ok(true)
    }

    async fn news(&self, person: &PersonId, after: Option<(Timestamp, String)>, limit: u32) -> Answer<Vec<News>> {
        let (at, id) = after.map_or((i64::MAX, String::new()), |(at, id)| (micros(at), plain(&id)));
        let rows: Vec<NewsRow> = sqlx::query_as(NEWS)
            .bind(person.to_string())
            .bind(at)
            .bind(id)
            .bind(i64::from(limit))
            .fetch_all(&self.read)
            .answered()
            .await?;
        rows.into_iter()
            .map(|row| {
                let at = instant("news", &row.key(), "at_us", row.at_us)?;
                Ok(News { id: row.id, at, words: row.words, link: row.link, unseen: row.unseen == 1 })
            })
            .collect()
    }

    async fn see_news(&self, person: &PersonId, until: Timestamp) -> Answer<()> {
        sqlx::query("UPDATE news SET unseen = 0 WHERE person = $1 AND unseen = 1 AND at_us <= $2")
            .bind(person.to_string())
            .bind(micros(until))
            .execute(&self.write)
            .answered()
            .await?;
        Ok(())
    }

    async fn forget_news(&self, before: Timestamp) -> Answer<u64> {
        let done = sqlx::query("DELETE FROM news WHERE at_us < $1").bind(micros(before)).execute(&self.write).answered().await?;
        Ok(done.rows_affected())
    }
}
