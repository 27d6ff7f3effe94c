//! Messages and people by their words (`words`). Each statement reads what has one of them, through an index and no further than a bound,
//! and asks it for the others.

use async_trait::async_trait;
use journey::{
    base::ids::JourneyRef,
    port::{
        Answer,
        finding::{Called, Finding, SaidFilter},
        messages::Message,
    },
};

use crate::{
    db::{Db, Ending},
    messages::{MessageRow, own_text},
    row::{folded, parsed, plain, row},
    words,
};

/// Words of a question that statements look for; what has them is read for the others.
const ASKED: usize = 4;

/// Messages that have the first word, of which the others are asked: so many and no more, the newest.
macro_rules! said {
    ($some:literal) => {
        concat!(
            "SELECT m.id, m.journey, m.seq, m.task, m.audience, m.person, p.name AS person_name, m.organisation, \
                    o.name AS organisation_name, m.said_us, m.words, m.mentions, m.files, m.taken_us, CAST(0 AS BIGINT) AS seen_seq, \
                    COALESCE(d.defect, 0) AS defect \
             FROM (",
            $some,
            ") AS w JOIN messages m ON m.journey = w.journey AND m.seq = w.seq \
             JOIN people p ON p.id = m.person JOIN organisations o ON o.id = m.organisation \
             LEFT JOIN defect_messages d ON d.message = m.id \
             WHERE m.taken_us IS NULL AND m.audience IN ('all', $5) \
               AND ($2 = '' OR EXISTS (SELECT 1 FROM message_words b WHERE b.word = $2 AND b.journey = w.journey AND b.seq = w.seq)) \
               AND ($3 = '' OR EXISTS (SELECT 1 FROM message_words b WHERE b.word = $3 AND b.journey = w.journey AND b.seq = w.seq)) \
               AND ($4 = '' OR EXISTS (SELECT 1 FROM message_words b WHERE b.word = $4 AND b.journey = w.journey AND b.seq = w.seq)) \
             ORDER BY w.said_us DESC, w.journey DESC, w.seq DESC LIMIT CAST($6 AS BIGINT)"
        )
    };
}

/// Messages with some words, of every journey.
pub const SAID: &str = said!(
    "SELECT journey, seq, said_us FROM message_words WHERE word = $1 ORDER BY said_us DESC, journey DESC, seq DESC LIMIT 2000"
);

/// The same of the journeys of one organisation.
pub const SAID_OF: &str = said!(
    "SELECT f.journey, f.seq, f.said_us FROM (SELECT j.ref AS journey FROM journeys j WHERE j.organisation = $7 \
            UNION SELECT a.journey FROM parties a WHERE a.organisation = $7) AS own \
     JOIN message_words f ON f.word = $1 AND f.journey = own.journey ORDER BY f.said_us DESC, f.journey DESC, f.seq DESC LIMIT 2000"
);

/// Words of a name that the statement looks for; further ones are left out.
const NAMES_ASKED: usize = 4;

/// People by name.
pub const CALLED: &str = "SELECT p.id AS person, p.name, o.id AS organisation, o.name AS organisation_name \
     FROM (SELECT person FROM person_words WHERE word = $1 ORDER BY person LIMIT 500) AS w \
     JOIN people p ON p.id = w.person JOIN memberships m ON m.person = p.id JOIN organisations o ON o.id = m.organisation \
     WHERE ($2 = '' OR EXISTS (SELECT 1 FROM person_words b WHERE b.word = $2 AND b.person = w.person)) \
       AND ($3 = '' OR EXISTS (SELECT 1 FROM person_words b WHERE b.word = $3 AND b.person = w.person)) \
       AND ($4 = '' OR EXISTS (SELECT 1 FROM person_words b WHERE b.word = $4 AND b.person = w.person)) \
     ORDER BY p.id, o.id LIMIT CAST($5 AS BIGINT)";

row! { CalledRow of "people" by person organisation {
    person: String,
    name: String,
    organisation: String,
    organisation_name: String,
} }

#[async_trait]
impl Finding for Db {
    async fn said(&self, filter: &SaidFilter) -> Answer<Vec<(JourneyRef, Message)>> {
        // The longest first: it is the rarest, as a rule.
        let mut words = filter.words.clone();
        words.sort_by_key(|word| (std::cmp::Reverse(word.len()), word.clone()));
        let Some(first) = words.first() else { return Ok(Vec::new()) };
        let mut query = sqlx::query_as(if filter.organisation.is_some() { SAID_OF } else { SAID }).bind(plain(first));
        for at in 1..ASKED {
            query = query.bind(words.get(at).map_or_else(String::new, |word| plain(word)));
        }
        query = query.bind(own_text(filter.own)).bind(i64::from(filter.limit));
        if let Some(organisation) = &filter.organisation {
            query = query.bind(organisation.to_string());
        }
        let rows: Vec<MessageRow> = query.fetch_all(&self.read).answered().await?;
        let mut found = Vec::new();
        for row in rows {
            let journey: JourneyRef = row.journey()?;
            let (message, _) = row.read()?;
            let known = words::of_message(&message.name, &message.words);
            if words.iter().all(|word| known.contains(word)) {
                found.push((journey, message));
            }
        }
        Ok(found)
    }

    async fn make_words_again(&self, journey: &JourneyRef) -> Answer<()> {
        let key = journey.to_string();
        let mut transaction = self.begin().await?;
        let all: Vec<(i64, i64, String, String)> = sqlx::query_as(
            "SELECT m.seq, m.said_us, p.name, m.words FROM messages m JOIN people p ON p.id = m.person \
             WHERE m.journey = $1 AND m.taken_us IS NULL ORDER BY m.seq",
        )
        .bind(key.clone())
        .fetch_all(&mut *transaction)
        .answered()
        .await?;
        sqlx::query("DELETE FROM message_words WHERE journey = $1")
            .bind(key.clone())
            .execute(&mut *transaction)
            .answered()
            .await?;
        for (seq, said_us, name, said) in all {
            words::put_message(&mut transaction, &key, (seq, said_us), &words::of_message(&name, &said)).await?;
        }
        transaction.commit().answered().await
    }

    async fn people_called(&self, words: &[String], limit: u32) -> Answer<Vec<Called>> {
        let mut words = words.to_vec();
        words.sort_by_key(|word| (std::cmp::Reverse(word.len()), word.clone()));
        if words.is_empty() {
            return Ok(Vec::new());
        }
        let mut query = sqlx::query_as(CALLED);
        for at in 0..NAMES_ASKED {
            query = query.bind(words.get(at).map_or_else(String::new, |word| plain(word)));
        }
        let rows: Vec<CalledRow> = query.bind(i64::from(limit)).fetch_all(&self.read).answered().await?;
        let read = |row: CalledRow| {
            let key = row.key();
            Ok(Called {
                person: parsed("people", &key, "id", &row.person)?,
                name: row.name,
                organisation: parsed("organisations", &key, "id", &row.organisation)?,
                organisation_name: row.organisation_name,
            })
        };
        let mut called = rows.into_iter().map(read).collect::<Answer<Vec<Called>>>()?;
        called.sort_by_cached_key(|one| folded(&one.name));
        Ok(called)
    }

    async fn make_names_again(&self) -> Answer<()> {
        let mut transaction = self.begin().await?;
        let people: Vec<(String, String, String)> =
            sqlx::query_as("SELECT id, name, email FROM people ORDER BY id").fetch_all(&mut *transaction).answered().await?;
        sqlx::query("DELETE FROM person_words").execute(&mut *transaction).answered().await?;
        for (id, name, email) in people {
            words::put_person(&mut transaction, &id, &name, &email).await?;
        }
        let organisations: Vec<(String, String)> =
            sqlx::query_as("SELECT id, name FROM organisations ORDER BY id").fetch_all(&mut *transaction).answered().await?;
        for (id, name) in organisations {
            sqlx::query("UPDATE organisations SET folded = $2 WHERE id = $1 AND folded <> $2")
                .bind(id)
                .bind(folded(&name))
                .execute(&mut *transaction)
                .answered()
                .await?;
        }
        transaction.commit().answered().await
    }
}
