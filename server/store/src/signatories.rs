//! People who are asked by letter to sign for a member of a group, and their links and codes.

use async_trait::async_trait;
use jiff::{Timestamp, civil::Date};
use journey::{
    base::{
        identity::Identity,
        ids::{Digest, JourneyRef, PersonId, TaskId},
    },
    port::{
        Answer, Letter, WriteError,
        signatories::{Asked, AskedChange, AskedSince, HowEnded, MOST_ASKED, MOST_CODES, MOST_TRIES, Signatories, SigningLink},
    },
};
use sqlx::{Any, Transaction};

use crate::{
    db::{Db, Ending},
    outbox,
    row::{instant, micros, parsed, plain, row, small, unreadable},
};

macro_rules! asked {
    ($rest:literal) => {
        concat!(
            "SELECT s.id, s.journey, s.task, s.ods_code, s.organisation, s.name, s.email, s.made_by, s.asked_us, s.due, \
             s.opened_us, s.kept, s.letter, s.letter_us, s.reminders, s.remind_us, s.signed_us, s.ended, s.reason, s.ended_us, \
             u.reason AS undelivered FROM signatories s LEFT JOIN undelivered u ON u.letter = s.letter ",
            $rest
        )
    };
}

/// Everybody who was ever asked for a task.
pub const SIGNATORIES: &str =
    asked!("WHERE s.journey = $1 AND s.task = $2 ORDER BY s.ods_code, s.asked_us, s.id LIMIT CAST($3 AS BIGINT)");

/// One of them.
pub const SIGNATORY: &str = asked!("WHERE s.id = $1");

/// Those who are reminded now.
pub const TO_REMIND: &str =
    asked!("WHERE s.remind_us IS NOT NULL AND s.remind_us <= $1 ORDER BY s.remind_us, s.id LIMIT CAST($2 AS BIGINT)");

/// A link, also one that does not work any more.
pub const SIGNING_LINK: &str = "SELECT token, signatory, created_us, expires_us FROM signing_links WHERE token = $1";

row! { AskedRow of "signatories" by id {
    id: String,
    journey: String,
    task: String,
    ods_code: String,
    organisation: String,
    name: String,
    email: String,
    made_by: String,
    asked_us: i64,
    due: String,
    opened_us: Option<i64>,
    kept: String,
    letter: String,
    letter_us: i64,
    reminders: i64,
    remind_us: Option<i64>,
    signed_us: Option<i64>,
    ended: String,
    reason: String,
    ended_us: Option<i64>,
    undelivered: Option<String>,
} }

impl AskedRow {
    fn read(self) -> Answer<AskedSince> {
        const TABLE: &str = "signatories";
        let key = &self.key();
        let moment = |column: &'static str, at: Option<i64>| at.map(|at| instant(TABLE, key, column, at)).transpose();
        let how = |name: &str| HowEnded::named(name).ok_or_else(|| unreadable(TABLE, key, "ended", &name));
        let ended = match moment("ended_us", self.ended_us)? {
            Some(at) => Some((how(&self.ended)?, self.reason, at)),
            None => None,
        };
        Ok(AskedSince {
            opened_at: moment("opened_us", self.opened_us)?,
            reminders: small(TABLE, key, "reminders", self.reminders)?,
            kept: self.kept,
            signed_at: moment("signed_us", self.signed_us)?,
            ended,
            undelivered: self.undelivered.map(|reason| parsed("undelivered", key, "reason", &reason)).transpose()?,
            asked: Asked {
                id: parsed(TABLE, key, "id", &self.id)?,
                journey: parsed(TABLE, key, "journey", &self.journey)?,
                task: parsed(TABLE, key, "task", &self.task)?,
                member: Identity { name: self.organisation, ods_code: self.ods_code },
                name: self.name,
                email: self.email,
                by: parsed(TABLE, key, "made_by", &self.made_by)?,
                at: instant(TABLE, key, "asked_us", self.asked_us)?,
                due: parsed::<Date>(TABLE, key, "due", &self.due)?,
                letter: self.letter,
                sent_at: instant(TABLE, key, "letter_us", self.letter_us)?,
                remind_at: moment("remind_us", self.remind_us)?,
            },
        })
    }
}

row! { LinkRow of "signing_links" by token {
    token: String,
    signatory: String,
    created_us: i64,
    expires_us: i64,
} }

/// Writes what happens to people who are asked, in the order in which it happens.
pub(crate) async fn change(transaction: &mut Transaction<'static, Any>, changes: &[AskedChange]) -> Result<(), WriteError> {
    for change in changes {
        let changed = match change {
            AskedChange::Asked { asked, link } => {
                insert(transaction, asked).await?;
                insert_link(transaction, &asked.id, link).await?;
                1
            }
            AskedChange::Ended { id, how, reason, at } => sqlx::query(
                "UPDATE signatories SET ended = $1, reason = $2, ended_us = $3, code = NULL, remind_us = NULL \
                     WHERE id = $4 AND ended_us IS NULL",
            )
            .bind(how.name())
            .bind(plain(reason))
            .bind(micros(*at))
            .bind(id.to_string())
            .execute(&mut **transaction)
            .written()
            .await?
            .rows_affected(),
            AskedChange::Signed { id, at } => sqlx::query(
                "UPDATE signatories SET signed_us = $1, code = NULL, remind_us = NULL, kept = '' \
                     WHERE id = $2 AND ended_us IS NULL",
            )
            .bind(micros(*at))
            .bind(id.to_string())
            .execute(&mut **transaction)
            .written()
            .await?
            .rows_affected(),
            AskedChange::Later { id, remind_at } => {
                sqlx::query("UPDATE signatories SET remind_us = $1 WHERE id = $2 AND ended_us IS NULL")
                    .bind(remind_at.map(micros))
                    .bind(id.to_string())
                    .execute(&mut **transaction)
                    .written()
                    .await?
                    .rows_affected()
            }
            AskedChange::Again { journey, task, at, due } => {
                sqlx::query(
                    "UPDATE signatories SET remind_us = $1, due = $2, reminders = 0 \
                     WHERE journey = $3 AND task = $4 AND ended_us IS NULL AND signed_us IS NOT NULL",
                )
                .bind(micros(*at))
                .bind(due.to_string())
                .bind(journey.to_string())
                .bind(task.to_string())
                .execute(&mut **transaction)
                .written()
                .await?;
                // However many have signed.
                1
            }
            AskedChange::Sent { id, link, letter, before, remind_at, by_itself } => {
                let changed = sqlx::query(
                    "UPDATE signatories SET letter = $1, letter_us = $2, remind_us = $3, codes = 0, reminders = reminders + $4 \
                     WHERE id = $5 AND ended_us IS NULL AND letter_us = $6",
                )
                .bind(letter.clone())
                .bind(micros(link.created_at))
                .bind(remind_at.map(micros))
                .bind(i64::from(*by_itself))
                .bind(id.to_string())
                .bind(micros(*before))
                .execute(&mut **transaction)
                .written()
                .await?
                .rows_affected();
                insert_link(transaction, id, link).await?;
                changed
            }
        };
        if changed != 1 {
            return Err(WriteError::Conflict);
        }
    }
    Ok(())
}

async fn insert(transaction: &mut Transaction<'static, Any>, asked: &Asked) -> Result<(), WriteError> {
    sqlx::query(
        "INSERT INTO signatories (id, journey, task, ods_code, organisation, name, email, made_by, asked_us, due, code_tries, codes, \
         kept, letter, letter_us, reminders, remind_us, ended, reason) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, 0, '', $11, $12, 0, $13, '', '')",
    )
    .bind(asked.id.to_string())
    .bind(asked.journey.to_string())
    .bind(asked.task.to_string())
    .bind(plain(&asked.member.ods_code))
    .bind(plain(&asked.member.name))
    .bind(plain(&asked.name))
    .bind(plain(&asked.email))
    .bind(asked.by.to_string())
    .bind(micros(asked.at))
    .bind(asked.due.to_string())
    .bind(asked.letter.clone())
    .bind(micros(asked.sent_at))
    .bind(asked.remind_at.map(micros))
    .execute(&mut **transaction)
    .written()
    .await?;
    Ok(())
}

async fn insert_link(transaction: &mut Transaction<'static, Any>, of: &PersonId, link: &SigningLink) -> Result<(), WriteError> {
    sqlx::query("INSERT INTO signing_links (token, signatory, created_us, expires_us) VALUES ($1, $2, $3, $4)")
        .bind(link.token.to_string())
        .bind(of.to_string())
        .bind(micros(link.created_at))
        .bind(micros(link.expires_at))
        .execute(&mut **transaction)
        .written()
        .await?;
    Ok(())
}

#[async_trait]
impl Signatories for Db {
    async fn signatories(&self, journey: &JourneyRef, task: &TaskId) -> Answer<Vec<AskedSince>> {
        let rows: Vec<AskedRow> = sqlx::query_as(SIGNATORIES)
            .bind(journey.to_string())
            .bind(task.to_string())
            .bind(i64::from(MOST_ASKED))
            .fetch_all(&self.read)
            .answered()
            .await?;
        rows.into_iter().map(AskedRow::read).collect()
    }

    async fn signatory_of(&self, token: &Digest) -> Answer<Option<(AskedSince, SigningLink)>> {
        let row: Option<LinkRow> =
            sqlx::query_as(SIGNING_LINK).bind(token.to_string()).fetch_optional(&self.read).answered().await?;
        let Some(row) = row else { return Ok(None) };
        let key = &row.key();
        let link = SigningLink {
            token: token.clone(),
            created_at: instant("signing_links", key, "created_us", row.created_us)?,
            expires_at: instant("signing_links", key, "expires_us", row.expires_us)?,
        };
        let asked = self.signatory(&parsed("signing_links", key, "signatory", &row.signatory)?).await?;
        Ok(asked.map(|asked| (asked, link)))
    }

    async fn signatory(&self, id: &PersonId) -> Answer<Option<AskedSince>> {
        let row: Option<AskedRow> = sqlx::query_as(SIGNATORY).bind(id.to_string()).fetch_optional(&self.read).answered().await?;
        row.map(AskedRow::read).transpose()
    }

    async fn change_signatories(&self, changes: &[AskedChange], letters: &[Letter], at: Timestamp) -> Result<(), WriteError> {
        let mut transaction = self.begin().await?;
        change(&mut transaction, changes).await?;
        outbox::insert(&mut transaction, &letters.iter().collect::<Vec<_>>(), at).await?;
        transaction.commit().written().await
    }

    async fn send_code(
        &self,
        id: &PersonId,
        code: &Digest,
        letter: Letter,
        at: Timestamp,
        not_since: Timestamp,
    ) -> Result<(), WriteError> {
        let mut transaction = self.begin().await?;
        let changed = sqlx::query(
            "UPDATE signatories SET code = $1, code_us = $2, code_tries = 0, codes = codes + 1 \
             WHERE id = $3 AND ended_us IS NULL AND codes < $4 AND (code_us IS NULL OR code_us <= $5)",
        )
        .bind(code.to_string())
        .bind(micros(at))
        .bind(id.to_string())
        .bind(i64::from(MOST_CODES))
        .bind(micros(not_since))
        .execute(&mut *transaction)
        .written()
        .await?
        .rows_affected();
        if changed != 1 {
            return Err(WriteError::Conflict);
        }
        outbox::insert(&mut transaction, &[&letter], at).await?;
        transaction.commit().written().await
    }

    async fn take_code(&self, id: &PersonId, code: &Digest, at: Timestamp, not_before: Timestamp) -> Answer<bool> {
        // The try is counted first, whatever was typed; of two that try at once each counts.
        let counted = sqlx::query(
            "UPDATE signatories SET code_tries = code_tries + 1 \
             WHERE id = $1 AND ended_us IS NULL AND code IS NOT NULL AND code_us > $2 AND code_tries < $3",
        )
        .bind(id.to_string())
        .bind(micros(not_before))
        .bind(i64::from(MOST_TRIES))
        .execute(&self.write)
        .answered()
        .await?
        .rows_affected();
        if counted != 1 {
            return Ok(false);
        }
        let taken =
            sqlx::query("UPDATE signatories SET code = NULL, opened_us = COALESCE(opened_us, $1) WHERE id = $2 AND code = $3")
                .bind(micros(at))
                .bind(id.to_string())
                .bind(code.to_string())
                .execute(&self.write)
                .answered()
                .await?
                .rows_affected();
        Ok(taken == 1)
    }

    async fn keep_typed(&self, id: &PersonId, typed: &str) -> Answer<()> {
        sqlx::query("UPDATE signatories SET kept = $1 WHERE id = $2 AND ended_us IS NULL")
            .bind(plain(typed))
            .bind(id.to_string())
            .execute(&self.write)
            .answered()
            .await
            .map(drop)
    }

    async fn to_remind(&self, now: Timestamp, limit: u32) -> Answer<Vec<AskedSince>> {
        let rows: Vec<AskedRow> =
            sqlx::query_as(TO_REMIND).bind(micros(now)).bind(i64::from(limit)).fetch_all(&self.read).answered().await?;
        rows.into_iter().map(AskedRow::read).collect()
    }
}
