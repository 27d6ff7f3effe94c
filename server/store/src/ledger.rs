//! Journeys: the ledger and the words of submissions. What lists show of them is written in the same transaction.

use async_trait::async_trait;
use jiff::Timestamp;
use journey::{
    base::{
        actor::Role,
        ids::{JourneyRef, OrganisationId, PersonId, Round, Seq, TaskId},
    },
    ledger::event::{Event, Recorded},
    port::{Answer, Batch, JourneyFilter, JourneyLine, Ledger, Submission, WriteError, notices::Notice},
    view::{
        names::Names,
        overview::Projection,
        turns::{Around, Turn},
    },
};
use sqlx::{Any, AssertSqlSafe, Transaction};

use crate::{
    db::{Db, Ending},
    drafts,
    event_row::{EventRow, insert_event},
    lists, notices, outbox, register,
    row::{AT_ONCE, micros, parsed, places, row, seq_of, small},
    scal::insert_evidence,
    seats, signatories, texts,
};

/// A ledger from one event on.
pub const HISTORY: &str = "SELECT stream, seq, at_us, person, organisation, body, prev, digest FROM events \
     WHERE stream = $1 AND seq >= $2 ORDER BY seq";

/// What was submitted for one task.
pub const SUBMISSIONS: &str =
    "SELECT journey, task, round, digest, body FROM submissions WHERE journey = $1 AND task = $2 ORDER BY round";

/// Everybody who appears in a ledger, in its drafts or its claims.
pub const NAMES: &str = "SELECT 'person' AS kind, p.id AS id, p.name AS name FROM people p \
       WHERE p.id IN (SELECT e.person FROM events e WHERE e.stream = $1 \
                      UNION ALL SELECT d.person FROM drafts d WHERE d.journey = $1 \
                      UNION ALL SELECT c.person FROM team_claims c WHERE c.journey = $1) \
     UNION ALL SELECT 'organisation', o.id, o.name FROM organisations o \
       WHERE o.id IN (SELECT e.organisation FROM events e WHERE e.stream = $1 \
                      UNION ALL SELECT j.organisation FROM journeys j WHERE j.ref = $1 \
                      UNION ALL SELECT a.organisation FROM parties a WHERE a.journey = $1) \
     UNION ALL SELECT 'claim', c.person, c.task || ' ' || c.role FROM team_claims c WHERE c.journey = $1 \
     UNION ALL SELECT 'opened', o.person, o.task || ' ' || CAST(o.round AS TEXT) FROM opened o WHERE o.journey = $1 \
     UNION ALL SELECT 'meeting', m.id, m.task FROM meetings m WHERE m.journey = $1";

row! { SubmissionRow of "submissions" by journey task round {
    journey: String,
    task: String,
    round: i64,
    digest: String,
    body: String,
} }

impl SubmissionRow {
    fn read(self) -> Answer<Submission> {
        let key = self.key();
        Ok(Submission {
            digest: parsed("submissions", &key, "digest", &self.digest)?,
            task: parsed("submissions", &key, "task", &self.task)?,
            round: Round(small("submissions", &key, "round", self.round)?),
            body: self.body,
        })
    }
}

row! { NameRow of "people" by id {
    kind: String,
    id: String,
    name: String,
} }

#[async_trait]
impl Ledger for Db {
    async fn history_from(&self, journey: &JourneyRef, from: Seq) -> Answer<Vec<Recorded>> {
        let rows: Vec<EventRow> =
            sqlx::query_as(HISTORY).bind(journey.to_string()).bind(seq_of(from)).fetch_all(&self.read).answered().await?;
        rows.into_iter().map(EventRow::read::<Event>).collect()
    }

    async fn append(&self, batch: Batch) -> Result<(), WriteError> {
        let stream = batch.journey.to_string();
        // Whatever changes seats passes the turnstile of accounts before anything else is locked.
        let mut transaction = if batch.seats.is_empty() { self.begin().await? } else { self.begin_accounts().await? };
        // An organisation is there before it has a part.
        seats::change(&mut transaction, &batch.journey, &batch.recorded, &batch.seats).await?;
        // What is taken back was not answered.
        let mut ended = lists::Ended::Waits;
        for recorded in &batch.recorded {
            insert_event(&mut transaction, &stream, recorded).await?;
            match &recorded.event {
                Event::Joined { organisation, .. } => insert_party(&mut transaction, &stream, organisation).await?,
                Event::Left { organisation, .. } => delete_party(&mut transaction, &stream, organisation).await?,
                Event::Undone { of, .. } => take_back(&mut transaction, &stream, *of).await?,
                Event::RoundTakenBack { task, of, .. } => {
                    take_back(&mut transaction, &stream, *of).await?;
                    drafts::not_sent(&mut transaction, &batch.journey, task).await?;
                    ended = lists::Ended::Nothing;
                }
                _ => {}
            }
        }
        register::follow_sites(&mut transaction, &stream, &batch.recorded).await?;
        for submission in &batch.submissions {
            sqlx::query("INSERT INTO submissions (journey, task, round, digest, body) VALUES ($1, $2, $3, $4, $5)")
                .bind(stream.clone())
                .bind(submission.task.to_string())
                .bind(i64::from(submission.round.0))
                .bind(submission.digest.to_string())
                .bind(submission.body.clone())
                .execute(&mut *transaction)
                .written()
                .await?;
        }
        signatories::change(&mut transaction, &batch.signatories).await?;
        texts::insert(&mut transaction, &batch.texts).await?;
        for (task, evidence) in &batch.evidence {
            insert_evidence(&mut transaction, &batch.journey, task, evidence).await?;
        }
        for seen in &batch.drafts_done {
            drafts::done(&mut transaction, &batch.journey, seen).await?;
        }
        drafts::sent(&mut transaction, &batch.journey, &batch.drafts_sent).await?;
        let roles = lists::project(&mut transaction, &stream, &batch.projection, ended).await?;
        let letters: Vec<_> = batch.letters.iter().collect();
        let goes = batch.letters_go.unwrap_or(batch.projection.changed_at);
        outbox::insert(&mut transaction, &letters, goes).await?;
        notices::insert_to_go(&mut transaction, &batch.notices, batch.projection.changed_at, goes).await?;
        self.commit(transaction, &stream, roles).await
    }

    async fn submissions(&self, journey: &JourneyRef, task: &TaskId) -> Answer<Vec<Submission>> {
        let rows: Vec<SubmissionRow> =
            sqlx::query_as(SUBMISSIONS).bind(journey.to_string()).bind(task.to_string()).fetch_all(&self.read).answered().await?;
        rows.into_iter().map(SubmissionRow::read).collect()
    }

    async fn rounds(&self, journey: &JourneyRef, task: &TaskId, rounds: &[Round]) -> Answer<Vec<Submission>> {
        let mut found = Vec::with_capacity(rounds.len());
        for some in rounds.chunks(AT_ONCE) {
            let text = format!(
                "SELECT journey, task, round, digest, body FROM submissions \
                 WHERE round IN {} AND journey = ${} AND task = ${} ORDER BY round",
                places(1, some.len()),
                some.len() + 1,
                some.len() + 2
            );
            let mut query = sqlx::query_as(AssertSqlSafe(text));
            for round in some {
                query = query.bind(i64::from(round.0));
            }
            let rows: Vec<SubmissionRow> =
                query.bind(journey.to_string()).bind(task.to_string()).fetch_all(&self.read).answered().await?;
            for row in rows {
                found.push(row.read()?);
            }
        }
        Ok(found)
    }

    async fn names(&self, journey: &JourneyRef) -> Answer<Names> {
        let rows: Vec<NameRow> = sqlx::query_as(NAMES).bind(journey.to_string()).fetch_all(&self.read).answered().await?;
        let mut names = Names::default();
        for row in rows {
            let key = row.key();
            match row.kind.as_str() {
                "person" => drop(names.people.insert(parsed("people", &key, "id", &row.id)?, row.name)),
                "claim" => {
                    let key = format!("{journey} {}", row.name);
                    let (task, team) = row.name.split_once(' ').unwrap_or_default();
                    let (task, team) = (parsed("team_claims", &key, "task", task)?, parsed("team_claims", &key, "role", team)?);
                    names.claims.insert((task, team), parsed("team_claims", &key, "person", &row.id)?);
                }
                "meeting" => names.meetings = true,
                "opened" => {
                    let key = format!("{journey} {}", row.name);
                    let (task, round) = row.name.split_once(' ').unwrap_or_default();
                    let round = Round(parsed("opened", &key, "round", round)?);
                    names.opened.insert((parsed("opened", &key, "task", task)?, round));
                }
                _ => drop(names.organisations.insert(parsed("organisations", &key, "id", &row.id)?, row.name)),
            }
        }
        Ok(names)
    }

    async fn journeys(&self, filter: &JourneyFilter) -> Answer<Vec<JourneyLine>> {
        self.list_journeys(filter).await
    }

    async fn references(&self, after: Option<&JourneyRef>, limit: u32) -> Answer<Vec<JourneyRef>> {
        let rows: Vec<(String,)> =
            sqlx::query_as("SELECT ref FROM journeys WHERE ref > $1 ORDER BY ref LIMIT CAST($2 AS BIGINT)")
                .bind(after.map_or_else(String::new, ToString::to_string))
                .bind(i64::from(limit))
                .fetch_all(&self.read)
                .answered()
                .await?;
        rows.into_iter().map(|(reference,)| parsed("journeys", &reference, "ref", &reference)).collect()
    }

    async fn lapsing(&self, now: Timestamp, after: Option<&JourneyRef>, limit: u32) -> Answer<Vec<JourneyRef>> {
        let rows: Vec<(String,)> = sqlx::query_as(
            "SELECT ref FROM journeys WHERE lapses_us IS NOT NULL AND lapses_us <= $1 AND ref > $2 ORDER BY ref LIMIT CAST($3 AS BIGINT)",
        )
        .bind(micros(now))
        .bind(after.map_or_else(String::new, ToString::to_string))
        .bind(i64::from(limit))
        .fetch_all(&self.read)
        .answered()
        .await?;
        rows.into_iter().map(|(reference,)| parsed("journeys", &reference, "ref", &reference)).collect()
    }

    async fn phases(&self) -> Answer<Vec<(String, u32)>> {
        let rows: Vec<(String, i64)> = sqlx::query_as("SELECT phase, COUNT(*) FROM journeys GROUP BY phase ORDER BY phase")
            .fetch_all(&self.read)
            .answered()
            .await?;
        rows.into_iter().map(|(phase, count)| Ok((phase, small("journeys", "", "count", count)?))).collect()
    }

    async fn projection(&self, journey: &JourneyRef) -> Answer<Option<Projection>> {
        self.projected(journey).await
    }

    async fn turns_of(&self, journeys: &[JourneyRef]) -> Answer<Vec<(JourneyRef, Vec<Turn>, Around)>> {
        self.list_turns(journeys).await
    }

    async fn lists_made(&self) -> Answer<u32> {
        self.read_lists_made().await
    }

    async fn note_lists_made(&self, rules: u32) -> Answer<()> {
        self.write_lists_made(rules).await
    }

    async fn make_again(&self, journey: &JourneyRef, at: Seq, projection: &Projection) -> Result<(), WriteError> {
        self.make_list_again(journey, at, projection).await
    }

    async fn claim(
        &self,
        journey: &JourneyRef,
        task: &TaskId,
        team: Role,
        person: &PersonId,
        at: Timestamp,
    ) -> Result<(), WriteError> {
        let mut transaction = self.begin().await?;
        sqlx::query("INSERT INTO team_claims (journey, task, role, person, at_us) VALUES ($1, $2, $3, $4, $5)")
            .bind(journey.to_string())
            .bind(task.to_string())
            .bind(team.name())
            .bind(person.to_string())
            .bind(micros(at))
            .execute(&mut *transaction)
            .written()
            .await?;
        let roles = lists::awaited(&mut transaction, &journey.to_string()).await?;
        self.commit(transaction, &journey.to_string(), roles).await
    }

    async fn give_claim(
        &self,
        journey: &JourneyRef,
        task: &TaskId,
        team: Role,
        held: Option<&PersonId>,
        person: &PersonId,
        notice: Option<Notice>,
        at: Timestamp,
    ) -> Result<(), WriteError> {
        const TAKEN: &str =
            "UPDATE team_claims SET person = $4, at_us = $5 WHERE journey = $1 AND task = $2 AND role = $3 AND person = $6";
        const FREE: &str = "INSERT INTO team_claims (journey, task, role, person, at_us) VALUES ($1, $2, $3, $4, $5)";
        let mut transaction = self.begin().await?;
        let mut query = sqlx::query(if held.is_some() { TAKEN } else { FREE })
            .bind(journey.to_string())
            .bind(task.to_string())
            .bind(team.name())
            .bind(person.to_string())
            .bind(micros(at));
        if let Some(held) = held {
            query = query.bind(held.to_string());
        }
        if query.execute(&mut *transaction).written().await?.rows_affected() == 0 {
            return Err(WriteError::Conflict);
        }
        notices::insert(&mut transaction, notice.as_slice(), at).await?;
        let roles = lists::awaited(&mut transaction, &journey.to_string()).await?;
        self.commit(transaction, &journey.to_string(), roles).await
    }

    async fn release(&self, journey: &JourneyRef, task: &TaskId, team: Role) -> Result<(), WriteError> {
        let mut transaction = self.begin().await?;
        sqlx::query("DELETE FROM team_claims WHERE journey = $1 AND task = $2 AND role = $3")
            .bind(journey.to_string())
            .bind(task.to_string())
            .bind(team.name())
            .execute(&mut *transaction)
            .answered()
            .await?;
        let roles = lists::awaited(&mut transaction, &journey.to_string()).await?;
        self.commit(transaction, &journey.to_string(), roles).await
    }
}

/// What follows from an entry beside the ledger, when it is taken back: emails that have not gone, notifications, the wait that it
/// ended.
async fn take_back(transaction: &mut Transaction<'static, Any>, journey: &str, of: Seq) -> Answer<()> {
    notices::forget_entry(transaction, journey, of).await?;
    sqlx::query("DELETE FROM waits WHERE journey = $1 AND until_us = (SELECT at_us FROM events WHERE stream = $1 AND seq = $2)")
        .bind(journey.to_owned())
        .bind(seq_of(of))
        .execute(&mut **transaction)
        .answered()
        .await?;
    Ok(())
}

/// An organisation whose part was taken back.
async fn delete_party(transaction: &mut Transaction<'static, Any>, journey: &str, organisation: &OrganisationId) -> Answer<()> {
    sqlx::query("DELETE FROM parties WHERE journey = $1 AND organisation = $2")
        .bind(journey.to_owned())
        .bind(organisation.to_string())
        .execute(&mut **transaction)
        .answered()
        .await?;
    Ok(())
}

/// An organisation that was given a part. Its name is asked for before it has done anything.
async fn insert_party(transaction: &mut Transaction<'static, Any>, journey: &str, organisation: &OrganisationId) -> Answer<()> {
    sqlx::query("INSERT INTO parties (journey, organisation) VALUES ($1, $2) ON CONFLICT (journey, organisation) DO NOTHING")
        .bind(journey.to_owned())
        .bind(organisation.to_string())
        .execute(&mut **transaction)
        .answered()
        .await?;
    Ok(())
}
