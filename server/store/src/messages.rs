//! What was said on journeys, who has seen it, and the files that came with it.
//!
//! Long because its statements are read beside the rows that they fill.

use std::collections::BTreeSet;

use async_trait::async_trait;
use jiff::Timestamp;
use journey::{
    base::ids::{JourneyRef, MessageId, PersonId, TaskId},
    form::FileRef,
    ledger::event::By,
    port::{
        Answer, StoreError, WriteError,
        messages::{Listener, Message, Messages, NewMessage, Thread, ThreadFilter, Upload},
    },
    rule::conversation::Audience,
};

use crate::{
    db::{Db, Ending},
    links::roles_of,
    notices,
    row::{instant, micros, parsed, plain, row, small, unreadable},
    words,
};

/// The last messages of a thread: to everybody, and to the reader's own side. Each part walks the index from its end.
pub const THREAD: &str = "SELECT m.id, m.journey, m.seq, m.task, m.audience, m.person, p.name AS person_name, m.organisation, \
            o.name AS organisation_name, m.said_us, m.words, m.mentions, m.files, m.taken_us, COALESCE(s.seq, 0) AS seen_seq, \
            COALESCE(d.defect, 0) AS defect \
     FROM (SELECT * FROM (SELECT * FROM messages WHERE journey = $1 AND task = $2 AND audience = 'all' AND seq < $3 \
                          ORDER BY seq DESC LIMIT CAST($4 AS BIGINT)) AS everybody \
           UNION ALL SELECT * FROM (SELECT * FROM messages WHERE journey = $1 AND task = $2 AND audience = $5 AND seq < $6 \
                          ORDER BY seq DESC LIMIT CAST($4 AS BIGINT)) AS own) AS m \
     JOIN people p ON p.id = m.person JOIN organisations o ON o.id = m.organisation \
     LEFT JOIN seen s ON s.person = $7 AND s.journey = $1 AND s.task = $2 \
     LEFT JOIN defect_messages d ON d.message = m.id \
     ORDER BY m.seq";

/// The last messages about a defect.
pub const ABOUT_DEFECT: &str = "SELECT m.id, m.journey, m.seq, m.task, m.audience, m.person, p.name AS person_name, m.organisation, \
            o.name AS organisation_name, m.said_us, m.words, m.mentions, m.files, m.taken_us, CAST(0 AS BIGINT) AS seen_seq, d.defect \
     FROM defect_messages d JOIN messages m ON m.id = d.message \
     JOIN people p ON p.id = m.person JOIN organisations o ON o.id = m.organisation \
     WHERE d.journey = $1 AND d.defect = $2 AND m.audience IN ('all', $3) \
     ORDER BY m.seq DESC LIMIT CAST($4 AS BIGINT)";

/// What a person has not seen of a journey, by thread.
pub const UNSEEN: &str = "SELECT m.task, COUNT(*) FROM messages m \
     LEFT JOIN seen s ON s.person = $2 AND s.journey = m.journey AND s.task = m.task \
     WHERE m.journey = $1 AND m.seq > COALESCE(s.seq, 0) AND m.person <> $2 AND m.taken_us IS NULL \
       AND m.audience IN ('all', $3) \
     GROUP BY m.task ORDER BY m.task";

/// Journeys that one statement of [`UNSEEN_OF`] takes: a page of the list.
pub const MANY: usize = 25;

/// The same for a page of journeys.
pub const UNSEEN_OF: &str = "SELECT m.journey, m.task, COUNT(*) FROM messages m \
     LEFT JOIN seen s ON s.person = $1 AND s.journey = m.journey AND s.task = m.task \
     WHERE m.journey IN ($3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, \
                         $24, $25, $26, $27) \
       AND m.seq > COALESCE(s.seq, 0) AND m.person <> $1 AND m.taken_us IS NULL AND m.audience IN ('all', $2) \
     GROUP BY m.journey, m.task ORDER BY m.journey, m.task";

/// Who takes part in a journey: two halves, so that each uses its own index.
pub const LISTENERS: &str = "SELECT m.person, p.name, p.email, m.organisation, o.name AS organisation_name, m.roles \
     FROM memberships m JOIN people p ON p.id = m.person JOIN organisations o ON o.id = m.organisation \
     WHERE p.confirmed_us IS NOT NULL \
       AND m.organisation IN (SELECT j.organisation FROM journeys j WHERE j.ref = $1 \
                              UNION ALL SELECT a.organisation FROM parties a WHERE a.journey = $1) \
     UNION SELECT m.person, p.name, p.email, m.organisation, o.name, m.roles \
     FROM memberships m JOIN people p ON p.id = m.person JOIN organisations o ON o.id = m.organisation \
     WHERE p.confirmed_us IS NOT NULL AND o.side = 'programme' \
       AND m.person IN (SELECT e.person FROM events e WHERE e.stream = $1 \
                        UNION ALL SELECT c.person FROM team_claims c WHERE c.journey = $1 \
                        UNION ALL SELECT w.person FROM messages w WHERE w.journey = $1 \
                        UNION ALL SELECT s.person FROM meetings t JOIN meeting_steps s ON s.meeting = t.id WHERE t.journey = $1) \
     ORDER BY 1, 4 LIMIT 2000";

row! { MessageRow of "messages" by id {
    id: String,
    journey: String,
    seq: i64,
    task: String,
    audience: String,
    person: String,
    person_name: String,
    organisation: String,
    organisation_name: String,
    said_us: i64,
    words: String,
    mentions: String,
    files: String,
    taken_us: Option<i64>,
    seen_seq: i64,
    defect: i64,
} }

impl MessageRow {
    /// On which journey.
    pub(crate) fn journey(&self) -> Answer<JourneyRef> {
        parsed("messages", &self.id, "journey", &self.journey)
    }

    pub(crate) fn read(self) -> Answer<(Message, u64)> {
        let key = self.key();
        let files: Vec<String> = list(&key, "files", &self.files)?;
        let count = |column, number: i64| u64::try_from(number).map_err(|error| unreadable("messages", &key, column, &error));
        let message = Message {
            id: parsed("messages", &key, "id", &self.id)?,
            seq: count("seq", self.seq)?,
            task: task_of(&self.journey, &self.task)?,
            audience: parsed("messages", &key, "audience", &self.audience)?,
            by: By {
                person: parsed("messages", &key, "person", &self.person)?,
                organisation: parsed("messages", &key, "organisation", &self.organisation)?,
            },
            name: self.person_name,
            organisation: self.organisation_name,
            at: instant("messages", &key, "said_us", self.said_us)?,
            words: self.words,
            mentions: list(&key, "mentions", &self.mentions)?,
            files: files.iter().filter_map(|file| FileRef::parse(file)).collect(),
            defect: u32::try_from(self.defect).ok().filter(|defect| *defect > 0),
            taken_back: self.taken_us.map(|at| instant("messages", &key, "taken_us", at)).transpose()?,
        };
        Ok((message, count("seen_seq", self.seen_seq)?))
    }
}

fn list(key: &str, column: &'static str, text: &str) -> Answer<Vec<String>> {
    serde_json::from_str(text).map_err(|error| unreadable("messages", key, column, &error))
}

fn json(list: &[String]) -> String {
    serde_json::Value::from(list.to_vec()).to_string()
}

/// The thread of the journey as a whole has no task.
fn task_of(key: &str, task: &str) -> Answer<Option<TaskId>> {
    (!task.is_empty()).then(|| parsed("messages", key, "task", task)).transpose()
}

fn task_text(task: Option<&TaskId>) -> String {
    task.map_or_else(String::new, ToString::to_string)
}

pub(crate) fn own_text(own: Option<Audience>) -> &'static str {
    own.map_or("", Audience::name)
}

fn position(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}

row! { ListenerRow of "memberships" by person organisation {
    person: String,
    name: String,
    email: String,
    organisation: String,
    organisation_name: String,
    roles: String,
} }

row! { UploadRow of "uploads" by digest {
    digest: String,
    name: String,
    kind: String,
    bytes: i64,
    uploaded_us: i64,
} }

impl UploadRow {
    fn read(self) -> Answer<Upload> {
        let key = self.key();
        Ok(Upload {
            file: FileRef { digest: parsed("uploads", &key, "digest", &self.digest)?, name: self.name },
            kind: self.kind,
            bytes: u64::try_from(self.bytes).map_err(|error| unreadable("uploads", &key, "bytes", &error))?,
            at: instant("uploads", &key, "uploaded_us", self.uploaded_us)?,
        })
    }
}

const UPLOADS: &str = "SELECT digest, name, kind, bytes, uploaded_us FROM uploads \
     WHERE person = $1 AND message = $2 ORDER BY uploaded_us, name, digest";

#[async_trait]
impl Messages for Db {
    async fn say(&self, message: NewMessage) -> Result<u64, WriteError> {
        let mut transaction = self.begin().await?;
        let (seq,): (i64,) = sqlx::query_as(
            "INSERT INTO conversations (journey, last) VALUES ($1, 1) \
             ON CONFLICT (journey) DO UPDATE SET last = conversations.last + 1 RETURNING last",
        )
        .bind(message.journey.to_string())
        .fetch_one(&mut *transaction)
        .answered()
        .await?;
        let uploads: Vec<UploadRow> = sqlx::query_as(UPLOADS)
            .bind(message.by.person.to_string())
            .bind(message.id.to_string())
            .fetch_all(&mut *transaction)
            .answered()
            .await?;
        let uploads = uploads.into_iter().map(UploadRow::read).collect::<Answer<Vec<Upload>>>()?;
        let (with, without): (Vec<Upload>, Vec<Upload>) =
            uploads.into_iter().partition(|upload| message.files.contains(&upload.file.digest));
        let files: Vec<String> = with.iter().map(|upload| upload.file.to_string()).collect();
        sqlx::query(
            "INSERT INTO messages (id, journey, seq, task, audience, person, organisation, said_us, words, mentions, files, taken_us) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, NULL)",
        )
        .bind(message.id.to_string())
        .bind(message.journey.to_string())
        .bind(seq)
        .bind(task_text(message.task.as_ref()))
        .bind(message.audience.name())
        .bind(message.by.person.to_string())
        .bind(message.by.organisation.to_string())
        .bind(micros(message.at))
        .bind(plain(&message.words))
        .bind(json(&message.mentions))
        .bind(json(&files))
        .execute(&mut *transaction)
        .written()
        .await?;
        if let Some(defect) = message.defect {
            sqlx::query("INSERT INTO defect_messages (message, journey, defect) VALUES ($1, $2, $3)")
                .bind(message.id.to_string())
                .bind(message.journey.to_string())
                .bind(i64::from(defect))
                .execute(&mut *transaction)
                .answered()
                .await?;
        }
        let at = (seq, micros(message.at));
        words::note_message(&mut transaction, &message.journey.to_string(), at, &message.by.person, &message.words).await?;
        for upload in without {
            sqlx::query("DELETE FROM uploads WHERE person = $1 AND message = $2 AND digest = $3")
                .bind(message.by.person.to_string())
                .bind(message.id.to_string())
                .bind(upload.file.digest.to_string())
                .execute(&mut *transaction)
                .answered()
                .await?;
        }
        notices::insert(&mut transaction, &message.notices, message.at).await?;
        self.commit(transaction, &message.journey.to_string(), BTreeSet::new()).await?;
        u64::try_from(seq).map_err(|error| unreadable("conversations", &message.journey.to_string(), "last", &error).into())
    }

    async fn message(&self, journey: &JourneyRef, id: &MessageId) -> Answer<Option<Message>> {
        let row: Option<MessageRow> = sqlx::query_as(
            "SELECT m.id, m.journey, m.seq, m.task, m.audience, m.person, p.name AS person_name, m.organisation, \
                    o.name AS organisation_name, m.said_us, m.words, m.mentions, m.files, m.taken_us, \
                    CAST(0 AS BIGINT) AS seen_seq, COALESCE(d.defect, 0) AS defect \
             FROM messages m JOIN people p ON p.id = m.person JOIN organisations o ON o.id = m.organisation \
             LEFT JOIN defect_messages d ON d.message = m.id \
             WHERE m.id = $2 AND m.journey = $1",
        )
        .bind(journey.to_string())
        .bind(id.to_string())
        .fetch_optional(&self.read)
        .answered()
        .await?;
        row.map(|row| row.read().map(|(message, _)| message)).transpose()
    }

    async fn thread(&self, filter: &ThreadFilter) -> Answer<Thread> {
        let rows: Vec<MessageRow> = sqlx::query_as(THREAD)
            .bind(filter.journey.to_string())
            .bind(task_text(filter.task.as_ref()))
            .bind(filter.before.map_or(i64::MAX, position))
            .bind(i64::from(filter.limit))
            .bind(own_text(filter.own))
            .bind(filter.notes_before.map_or(i64::MAX, position))
            .bind(filter.reader.to_string())
            .fetch_all(&self.read)
            .answered()
            .await?;
        let mut thread = Thread::default();
        for row in rows {
            let (message, seen) = row.read()?;
            thread.seen = seen;
            if message.audience == Audience::All { thread.all.push(message) } else { thread.notes.push(message) }
        }
        Ok(thread)
    }

    async fn about_defect(&self, journey: &JourneyRef, defect: u32, own: Option<Audience>, limit: u32) -> Answer<Vec<Message>> {
        let rows: Vec<MessageRow> = sqlx::query_as(ABOUT_DEFECT)
            .bind(journey.to_string())
            .bind(i64::from(defect))
            .bind(own_text(own))
            .bind(i64::from(limit))
            .fetch_all(&self.read)
            .answered()
            .await?;
        rows.into_iter().rev().map(|row| row.read().map(|(message, _)| message)).collect()
    }

    async fn unsay(
        &self,
        journey: &JourneyRef,
        id: &MessageId,
        person: &PersonId,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<(), WriteError> {
        let mut transaction = self.begin().await?;
        let done = sqlx::query(
            "UPDATE messages SET words = '', mentions = '[]', files = '[]', taken_us = $5 \
             WHERE id = $1 AND journey = $2 AND person = $3 AND said_us > $4 AND taken_us IS NULL",
        )
        .bind(id.to_string())
        .bind(journey.to_string())
        .bind(person.to_string())
        .bind(micros(since))
        .bind(micros(now))
        .execute(&mut *transaction)
        .answered()
        .await?;
        if done.rows_affected() != 1 {
            return Err(WriteError::Conflict);
        }
        sqlx::query("DELETE FROM uploads WHERE person = $1 AND message = $2")
            .bind(person.to_string())
            .bind(id.to_string())
            .execute(&mut *transaction)
            .answered()
            .await?;
        words::forget_message(&mut transaction, &journey.to_string(), id.as_str()).await?;
        notices::forget(&mut transaction, id).await?;
        self.commit(transaction, &journey.to_string(), BTreeSet::new()).await
    }

    async fn mark_seen(&self, person: &PersonId, journey: &JourneyRef, task: Option<&TaskId>, seen: u64) -> Answer<()> {
        sqlx::query(
            "INSERT INTO seen (person, journey, task, seq) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (person, journey, task) DO UPDATE SET seq = excluded.seq WHERE seen.seq < excluded.seq",
        )
        .bind(person.to_string())
        .bind(journey.to_string())
        .bind(task_text(task))
        .bind(position(seen))
        .execute(&self.write)
        .answered()
        .await?;
        // Whoever has read a message needs not be told of it.
        sqlx::query(
            "UPDATE news SET unseen = 0 WHERE person = $1 AND unseen = 1 AND message IN \
             (SELECT m.id FROM messages m WHERE m.journey = $2 AND m.task = $3 AND m.seq <= $4)",
        )
        .bind(person.to_string())
        .bind(journey.to_string())
        .bind(task_text(task))
        .bind(position(seen))
        .execute(&self.write)
        .answered()
        .await?;
        Ok(())
    }

    async fn unseen(&self, person: &PersonId, journey: &JourneyRef, own: Option<Audience>) -> Answer<Vec<(Option<TaskId>, u32)>> {
        let rows: Vec<(String, i64)> = sqlx::query_as(UNSEEN)
            .bind(journey.to_string())
            .bind(person.to_string())
            .bind(own_text(own))
            .fetch_all(&self.read)
            .answered()
            .await?;
        let key = journey.to_string();
        rows.into_iter().map(|(task, count)| Ok((task_of(&key, &task)?, small("messages", &key, "seq", count)?))).collect()
    }

    async fn unseen_of(
        &self,
        person: &PersonId,
        journeys: &[JourneyRef],
        own: Option<Audience>,
    ) -> Answer<Vec<(JourneyRef, Option<TaskId>, u32)>> {
        let mut found = Vec::new();
        for page in journeys.chunks(MANY) {
            let mut query = sqlx::query_as(UNSEEN_OF).bind(person.to_string()).bind(own_text(own));
            // Unused places hold a word that is no reference.
            for place in 0..MANY {
                query = query.bind(page.get(place).map_or_else(String::new, ToString::to_string));
            }
            let rows: Vec<(String, String, i64)> = query.fetch_all(&self.read).answered().await?;
            for (journey, task, count) in rows {
                let count = small("messages", &journey, "seq", count)?;
                found.push((parsed("messages", &journey, "journey", &journey)?, task_of(&journey, &task)?, count));
            }
        }
        Ok(found)
    }

    async fn listeners(&self, journey: &JourneyRef) -> Answer<Vec<Listener>> {
        let rows: Vec<ListenerRow> = sqlx::query_as(LISTENERS).bind(journey.to_string()).fetch_all(&self.read).answered().await?;
        let read = |row: ListenerRow| {
            let key = row.key();
            Ok(Listener {
                person: parsed("memberships", &key, "person", &row.person)?,
                organisation: parsed("memberships", &key, "organisation", &row.organisation)?,
                roles: roles_of("memberships", &key, &row.roles)?,
                name: row.name,
                email: row.email,
                organisation_name: row.organisation_name,
            })
        };
        let mut listeners = rows.into_iter().map(read).collect::<Result<Vec<Listener>, StoreError>>()?;
        listeners.sort_by_cached_key(|one| (crate::row::folded(&one.name), one.person.clone(), one.organisation.clone()));
        Ok(listeners)
    }

    async fn add_upload(&self, person: &PersonId, message: &MessageId, upload: Upload) -> Answer<()> {
        sqlx::query(
            "INSERT INTO uploads (person, message, digest, name, kind, bytes, uploaded_us) VALUES ($1, $2, $3, $4, $5, $6, $7) \
             ON CONFLICT (person, message, digest) DO NOTHING",
        )
        .bind(person.to_string())
        .bind(message.to_string())
        .bind(upload.file.digest.to_string())
        .bind(upload.file.name)
        .bind(upload.kind)
        .bind(i64::try_from(upload.bytes).unwrap_or(i64::MAX))
        .bind(micros(upload.at))
        .execute(&self.write)
        .answered()
        .await?;
        Ok(())
    }

    async fn uploads(&self, person: &PersonId, message: &MessageId) -> Answer<Vec<Upload>> {
        let rows: Vec<UploadRow> =
            sqlx::query_as(UPLOADS).bind(person.to_string()).bind(message.to_string()).fetch_all(&self.read).answered().await?;
        rows.into_iter().map(UploadRow::read).collect()
    }

    async fn forget_uploads(&self, before: Timestamp) -> Answer<u64> {
        let done = sqlx::query(
            "DELETE FROM uploads WHERE uploaded_us < $1 \
             AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.id = uploads.message AND m.person = uploads.person)",
        )
        .bind(micros(before))
        .execute(&self.write)
        .answered()
        .await?;
        Ok(done.rows_affected())
    }
}
