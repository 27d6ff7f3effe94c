//! Second steps of signing in. Changes pass the turnstile of accounts; using a code is one statement, which says who was first.

use async_trait::async_trait;
use jiff::Timestamp;
use journey::{
    base::ids::{Digest, OrganisationId, PersonId},
    ledger::event::By,
    people::{rules::PeopleEvent, second_steps::AppKey},
    port::{
        Answer, Letter, WriteError,
        second_steps::{Reset, SecondStep, SecondSteps},
    },
};
use sqlx::{Any, Transaction};

use crate::{
    db::{Db, Ending},
    membership::append,
    outbox,
    row::{instant, micros, parsed, places, plain, row, small, unreadable},
    sessions,
};

/// The second step of a person.
pub const SECOND_STEP: &str = "SELECT s.person, s.key, s.last_step, s.made_us, \
            (SELECT COUNT(*) FROM recovery_codes c WHERE c.person = $1 AND c.used_us IS NULL) AS codes \
     FROM second_steps s WHERE s.person = $1";

row! { SecondStepRow of "second_steps" by person {
    person: String,
    key: String,
    last_step: i64,
    made_us: i64,
    codes: i64,
} }

impl SecondStepRow {
    fn read(self) -> Answer<SecondStep> {
        let (table, at) = ("second_steps", &self.key());
        // The key itself is named nowhere.
        let key = AppKey::read(&self.key).ok_or_else(|| unreadable(table, at, "key", &"it is no key"))?;
        Ok(SecondStep {
            key,
            last: self.last_step,
            since: instant(table, at, "made_us", self.made_us)?,
            codes_left: small(table, at, "codes", self.codes)?,
        })
    }
}

/// What waits in an organisation.
pub const RESETS: &str = "SELECT person, organisation, asked_by, reason, at_us FROM second_step_resets \
     WHERE organisation = $1 ORDER BY at_us, person LIMIT 200";

row! { ResetRow of "second_step_resets" by person {
    person: String,
    organisation: String,
    asked_by: String,
    reason: String,
    at_us: i64,
} }

impl ResetRow {
    fn read(self) -> Answer<Reset> {
        let (table, key) = ("second_step_resets", &self.key());
        Ok(Reset {
            person: parsed(table, key, "person", &self.person)?,
            organisation: parsed(table, key, "organisation", &self.organisation)?,
            asked_by: parsed(table, key, "asked_by", &self.asked_by)?,
            at: instant(table, key, "at_us", self.at_us)?,
            reason: self.reason,
        })
    }
}

/// Whether this very request waited; it does no more.
async fn end_reset(transaction: &mut Transaction<'static, Any>, reset: &Reset) -> Answer<bool> {
    let done = sqlx::query("DELETE FROM second_step_resets WHERE person = $1 AND asked_by = $2 AND at_us = $3")
        .bind(reset.person.to_string())
        .bind(reset.asked_by.to_string())
        .bind(micros(reset.at))
        .execute(&mut **transaction)
        .answered()
        .await?;
    Ok(done.rows_affected() == 1)
}

async fn forget_codes(transaction: &mut Transaction<'static, Any>, person: &PersonId) -> Answer<()> {
    sqlx::query("DELETE FROM recovery_codes WHERE person = $1")
        .bind(person.to_string())
        .execute(&mut **transaction)
        .answered()
        .await?;
    Ok(())
}

/// Codes in place of those before.
async fn put_codes(transaction: &mut Transaction<'static, Any>, person: &PersonId, codes: &[Digest]) -> Result<(), WriteError> {
    forget_codes(transaction, person).await?;
    if codes.is_empty() {
        return Ok(());
    }
    let text = format!("INSERT INTO recovery_codes (person, digest) VALUES {}", places(codes.len(), 2));
    let mut insert = sqlx::query(sqlx::AssertSqlSafe(text));
    for code in codes {
        insert = insert.bind(person.to_string()).bind(code.to_string());
    }
    insert.execute(&mut **transaction).written().await?;
    Ok(())
}

/// Takes the step and its codes away. Says whether there was one.
async fn take_away(transaction: &mut Transaction<'static, Any>, person: &PersonId) -> Answer<bool> {
    forget_codes(transaction, person).await?;
    let done = sqlx::query("DELETE FROM second_steps WHERE person = $1")
        .bind(person.to_string())
        .execute(&mut **transaction)
        .answered()
        .await?;
    Ok(done.rows_affected() == 1)
}

#[async_trait]
impl SecondSteps for Db {
    async fn second_step(&self, person: &PersonId) -> Answer<Option<SecondStep>> {
        let row: Option<SecondStepRow> =
            sqlx::query_as(SECOND_STEP).bind(person.to_string()).fetch_optional(&self.read).answered().await?;
        row.map(SecondStepRow::read).transpose()
    }

    async fn set_up_second_step(
        &self,
        person: &PersonId,
        step: &SecondStep,
        codes: &[Digest],
        replaces: bool,
        letter: Letter,
    ) -> Result<(), WriteError> {
        let mut transaction = self.begin_accounts().await?;
        if replaces {
            take_away(&mut transaction, person).await?;
        }
        sqlx::query("INSERT INTO second_steps (person, key, last_step, made_us) VALUES ($1, $2, $3, $4)")
            .bind(person.to_string())
            .bind(step.key.text())
            .bind(step.last)
            .bind(micros(step.since))
            .execute(&mut *transaction)
            .written()
            .await?;
        put_codes(&mut transaction, person, codes).await?;
        outbox::insert(&mut transaction, &[&letter], step.since).await?;
        append(&mut transaction, step.since, None, PeopleEvent::SecondStepSetUp { person: person.clone() }).await?;
        transaction.commit().written().await
    }

    async fn use_code(&self, person: &PersonId, step: i64) -> Answer<bool> {
        let done = sqlx::query("UPDATE second_steps SET last_step = $2 WHERE person = $1 AND last_step < $2")
            .bind(person.to_string())
            .bind(step)
            .execute(&self.write)
            .answered()
            .await?;
        Ok(done.rows_affected() == 1)
    }

    async fn use_recovery_code(&self, person: &PersonId, code: &Digest, letter: Letter, now: Timestamp) -> Answer<bool> {
        let mut transaction = self.begin().await?;
        let done = sqlx::query("UPDATE recovery_codes SET used_us = $3 WHERE person = $1 AND digest = $2 AND used_us IS NULL")
            .bind(person.to_string())
            .bind(code.to_string())
            .bind(micros(now))
            .execute(&mut *transaction)
            .answered()
            .await?;
        if done.rows_affected() != 1 {
            return Ok(false);
        }
        outbox::insert(&mut transaction, &[&letter], now).await?;
        transaction.commit().answered().await?;
        Ok(true)
    }

    async fn make_recovery_codes(
        &self,
        person: &PersonId,
        codes: &[Digest],
        letter: Letter,
        now: Timestamp,
    ) -> Result<(), WriteError> {
        let mut transaction = self.begin_accounts().await?;
        let there: Option<(String,)> = sqlx::query_as("SELECT person FROM second_steps WHERE person = $1")
            .bind(person.to_string())
            .fetch_optional(&mut *transaction)
            .answered()
            .await?;
        if there.is_none() {
            return Err(WriteError::Conflict);
        }
        put_codes(&mut transaction, person, codes).await?;
        outbox::insert(&mut transaction, &[&letter], now).await?;
        append(&mut transaction, now, None, PeopleEvent::RecoveryCodesMade { person: person.clone() }).await?;
        transaction.commit().written().await
    }

    async fn remove_second_step(&self, person: &PersonId, letter: Letter, now: Timestamp) -> Result<(), WriteError> {
        let mut transaction = self.begin_accounts().await?;
        if !take_away(&mut transaction, person).await? {
            return Err(WriteError::Conflict);
        }
        outbox::insert(&mut transaction, &[&letter], now).await?;
        append(&mut transaction, now, None, PeopleEvent::SecondStepRemoved { person: person.clone() }).await?;
        transaction.commit().written().await
    }

    async fn second_step_resets(&self, organisation: &OrganisationId) -> Answer<Vec<Reset>> {
        let rows: Vec<ResetRow> = sqlx::query_as(RESETS).bind(organisation.to_string()).fetch_all(&self.read).answered().await?;
        rows.into_iter().map(ResetRow::read).collect()
    }

    async fn second_step_reset(&self, person: &PersonId) -> Answer<Option<Reset>> {
        let row: Option<ResetRow> =
            sqlx::query_as("SELECT person, organisation, asked_by, reason, at_us FROM second_step_resets WHERE person = $1")
                .bind(person.to_string())
                .fetch_optional(&self.read)
                .answered()
                .await?;
        row.map(ResetRow::read).transpose()
    }

    async fn ask_second_step_reset(&self, reset: &Reset, by: By, letter: Letter) -> Result<(), WriteError> {
        let mut transaction = self.begin_accounts().await?;
        let done = sqlx::query(
            "INSERT INTO second_step_resets (person, organisation, asked_by, reason, at_us) \
             SELECT s.person, CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS TEXT), CAST($5 AS BIGINT) \
             FROM second_steps s WHERE s.person = $1",
        )
        .bind(reset.person.to_string())
        .bind(reset.organisation.to_string())
        .bind(reset.asked_by.to_string())
        .bind(plain(&reset.reason))
        .bind(micros(reset.at))
        .execute(&mut *transaction)
        .written()
        .await?;
        if done.rows_affected() != 1 {
            return Err(WriteError::Conflict);
        }
        outbox::insert(&mut transaction, &[&letter], reset.at).await?;
        let event = PeopleEvent::SecondStepResetAsked { person: reset.person.clone(), reason: reset.reason.clone() };
        append(&mut transaction, reset.at, Some(by), event).await?;
        transaction.commit().written().await
    }

    async fn drop_second_step_reset(&self, reset: &Reset) -> Answer<()> {
        let mut transaction = self.begin().await?;
        end_reset(&mut transaction, reset).await?;
        transaction.commit().answered().await
    }

    async fn confirm_second_step_reset(&self, reset: &Reset, by: By, letter: Letter, now: Timestamp) -> Result<(), WriteError> {
        let mut transaction = self.begin_accounts().await?;
        if !end_reset(&mut transaction, reset).await? || !take_away(&mut transaction, &reset.person).await? {
            return Err(WriteError::Conflict);
        }
        sqlx::query(sessions::END)
            .bind(reset.person.to_string())
            .bind(String::new())
            .bind(String::new())
            .bind(sessions::ended(&reset.person))
            .execute(&mut *transaction)
            .answered()
            .await?;
        outbox::insert(&mut transaction, &[&letter], now).await?;
        let event = PeopleEvent::SecondStepReset { person: reset.person.clone(), reason: reset.reason.clone() };
        append(&mut transaction, now, Some(by), event).await?;
        transaction.commit().written().await
    }
}
