//! Journeys: the ledger, and what lists show of it, written in one transaction.

use async_trait::async_trait;
use jiff::{Timestamp, civil::Date};
use journey::{
    actor::{Role, Side},
    event::{By, Event, Recorded},
    ids::{JourneyRef, PersonId, Round, Seq, TaskId},
    overview::Turn,
    port::{
        Answer, Batch, JourneyFilter, JourneyLine, Ledger, Names, Projection, StoreError, Submission, WorkFigures, WorkFilter,
        WorkLine, WriteError,
    },
};
use serde::{Serialize, de::DeserializeOwned};
use sqlx::{Any, FromRow, Transaction};

use crate::{Db, conflict_or, instant, micros, outbox, parsed, small, unavailable, unreadable};

/// What a list shows as "no due date": after every real one.
const NO_DUE: &str = "9999-12-31";

#[derive(FromRow)]
pub(crate) struct EventRow {
    stream: String,
    seq: i64,
    at_us: i64,
    person: Option<String>,
    organisation: Option<String>,
    body: String,
    prev: String,
    digest: String,
}

impl EventRow {
    pub(crate) fn read<E: DeserializeOwned>(self) -> Answer<Recorded<E>> {
        let key = format!("{} {}", self.stream, self.seq);
        let by = match (self.person, self.organisation) {
            (Some(person), Some(organisation)) => Some(By {
                person: parsed("events", &key, "person", &person)?,
                organisation: parsed("events", &key, "organisation", &organisation)?,
            }),
            _ => None,
        };
        Ok(Recorded {
            seq: Seq(u64::try_from(self.seq).map_err(|error| unreadable("events", &key, "seq", &error))?),
            at: instant("events", &key, "at_us", self.at_us)?,
            by,
            event: serde_json::from_str(&self.body).map_err(|error| unreadable("events", &key, "body", &error))?,
            prev: parsed("events", &key, "prev", &self.prev)?,
            digest: parsed("events", &key, "digest", &self.digest)?,
        })
    }
}

/// Adds one event to its stream. The primary key decides every race.
pub(crate) async fn insert_event<E: Serialize + Sync>(
    transaction: &mut Transaction<'static, Any>,
    stream: &str,
    recorded: &Recorded<E>,
) -> Result<(), WriteError> {
    let body = serde_json::to_string(&recorded.event).map_err(|error| unreadable("events", stream, "body", &error))?;
    sqlx::query(
        "INSERT INTO events (stream, seq, at_us, person, organisation, body, prev, digest) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(stream.to_owned())
    .bind(seq_of(recorded.seq))
    .bind(micros(recorded.at))
    .bind(recorded.by.as_ref().map(|by| by.person.to_string()))
    .bind(recorded.by.as_ref().map(|by| by.organisation.to_string()))
    .bind(body)
    .bind(recorded.prev.to_string())
    .bind(recorded.digest.to_string())
    .execute(&mut **transaction)
    .await
    .map_err(conflict_or)?;
    Ok(())
}

pub(crate) fn seq_of(seq: Seq) -> i64 {
    i64::try_from(seq.0).unwrap_or(i64::MAX)
}

#[derive(FromRow)]
struct SubmissionRow {
    task: String,
    round: i64,
    digest: String,
    body: String,
}

#[derive(FromRow)]
struct NameRow {
    kind: String,
    id: String,
    name: String,
}

#[derive(FromRow)]
struct JourneyRow {
    reference: String,
    product: String,
    supplier: String,
    phase: String,
    stage: String,
    done: i64,
    planned: i64,
    changed_us: i64,
    supplier_turns: i64,
    programme_turns: i64,
}

impl JourneyRow {
    fn read(self) -> Answer<JourneyLine> {
        let key = self.reference;
        Ok(JourneyLine {
            reference: parsed("journeys", &key, "ref", &key)?,
            product: self.product,
            supplier: self.supplier,
            phase: self.phase,
            stage: self.stage,
            done: small("journeys", &key, "done", self.done)?,
            all: small("journeys", &key, "planned", self.planned)?,
            changed_at: instant("journeys", &key, "changed_us", self.changed_us)?,
            with_supplier: small("journeys", &key, "supplier_turns", self.supplier_turns)?,
            with_programme: small("journeys", &key, "programme_turns", self.programme_turns)?,
        })
    }
}

#[derive(FromRow)]
struct ProjectionRow {
    process: String,
    organisation: String,
    product: String,
    phase: String,
    stage: String,
    done: i64,
    planned: i64,
    opened_us: i64,
    changed_us: i64,
    lapses_us: Option<i64>,
}

#[derive(FromRow)]
struct TurnRow {
    task: String,
    role: String,
    round: i64,
    awaited: i64,
    since_us: i64,
    due: String,
}

#[derive(FromRow)]
struct WorkRow {
    journey: String,
    task: String,
    process: String,
    role: String,
    product: String,
    supplier: String,
    round: i64,
    since_us: i64,
    due: String,
    claimed_by: Option<String>,
    claimed_name: Option<String>,
}

impl WorkRow {
    fn read(self) -> Answer<WorkLine> {
        let key = format!("{} {}", self.journey, self.task);
        Ok(WorkLine {
            journey: parsed("turns", &key, "journey", &self.journey)?,
            task: parsed("turns", &key, "task", &self.task)?,
            process: parsed("journeys", &key, "process", &self.process)?,
            role: parsed("turns", &key, "role", &self.role)?,
            product: self.product,
            supplier: self.supplier,
            round: Round(small("turns", &key, "round", self.round)?),
            since: instant("turns", &key, "since_us", self.since_us)?,
            due: due_of(&key, &self.due)?,
            claimed_by: match (self.claimed_by, self.claimed_name) {
                (Some(person), Some(name)) => Some((parsed("claims", &key, "person", &person)?, name)),
                _ => None,
            },
        })
    }
}

fn due_of(key: &str, due: &str) -> Answer<Option<Date>> {
    if due == NO_DUE { Ok(None) } else { parsed("turns", key, "due", due).map(Some) }
}

#[derive(FromRow)]
struct FiguresRow {
    all_turns: i64,
    overdue: i64,
    soon: i64,
    mine: i64,
    free: i64,
}

/// A statement takes a fixed number of roles; unused places hold a word that is no role.
fn six(roles: &[Role]) -> [&'static str; 6] {
    let mut names = [""; 6];
    for (place, role) in names.iter_mut().zip(roles) {
        *place = role.name();
    }
    names
}

/// `%text%` with the wildcards of LIKE taken literally; `%` for nothing, which finds all.
fn pattern(find: &str) -> String {
    let literal = find.trim().to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{literal}%")
}

#[async_trait]
impl Ledger for Db {
    async fn history(&self, journey: &JourneyRef) -> Answer<Vec<Recorded>> {
        let rows: Vec<EventRow> = sqlx::query_as(
            "SELECT stream, seq, at_us, person, organisation, body, prev, digest FROM events WHERE stream = $1 ORDER BY seq",
        )
        .bind(journey.to_string())
        .fetch_all(&self.read)
        .await
        .map_err(unavailable)?;
        rows.into_iter().map(EventRow::read::<Event>).collect()
    }

    async fn append(&self, batch: Batch) -> Result<(), WriteError> {
        let stream = batch.journey.to_string();
        let mut transaction = self.begin().await?;
        for recorded in &batch.recorded {
            insert_event(&mut transaction, &stream, recorded).await?;
        }
        for submission in &batch.submissions {
            sqlx::query("INSERT INTO submissions (journey, task, round, digest, body) VALUES ($1, $2, $3, $4, $5)")
                .bind(stream.clone())
                .bind(submission.task.to_string())
                .bind(i64::from(submission.round.0))
                .bind(submission.digest.to_string())
                .bind(submission.body.clone())
                .execute(&mut *transaction)
                .await
                .map_err(conflict_or)?;
        }
        for (task, subject) in &batch.drafts_done {
            sqlx::query("DELETE FROM drafts WHERE journey = $1 AND task = $2 AND subject = $3")
                .bind(stream.clone())
                .bind(task.to_string())
                .bind(subject.clone())
                .execute(&mut *transaction)
                .await
                .map_err(unavailable)?;
        }
        project(&mut transaction, &stream, &batch.projection).await?;
        for letter in &batch.letters {
            outbox::insert(&mut transaction, letter, batch.projection.changed_at).await?;
        }
        transaction.commit().await.map_err(conflict_or)
    }

    async fn submissions(&self, journey: &JourneyRef, task: &TaskId) -> Answer<Vec<Submission>> {
        let rows: Vec<SubmissionRow> =
            sqlx::query_as("SELECT task, round, digest, body FROM submissions WHERE journey = $1 AND task = $2 ORDER BY round")
                .bind(journey.to_string())
                .bind(task.to_string())
                .fetch_all(&self.read)
                .await
                .map_err(unavailable)?;
        let read = |row: SubmissionRow| {
            let key = format!("{journey} {} {}", row.task, row.round);
            Ok(Submission {
                digest: parsed("submissions", &key, "digest", &row.digest)?,
                task: parsed("submissions", &key, "task", &row.task)?,
                round: Round(small("submissions", &key, "round", row.round)?),
                body: row.body,
            })
        };
        rows.into_iter().map(read).collect()
    }

    async fn names(&self, journey: &JourneyRef) -> Answer<Names> {
        let rows: Vec<NameRow> = sqlx::query_as(
            "SELECT 'person' AS kind, p.id AS id, p.name AS name FROM people p \
               WHERE p.id IN (SELECT e.person FROM events e WHERE e.stream = $1) \
             UNION ALL SELECT 'person', p.id, p.name FROM people p \
               WHERE p.id IN (SELECT d.person FROM drafts d WHERE d.journey = $1) \
             UNION ALL SELECT 'organisation', o.id, o.name FROM organisations o \
               WHERE o.id IN (SELECT e.organisation FROM events e WHERE e.stream = $1) \
             UNION ALL SELECT 'claim', c.person, c.task FROM claims c WHERE c.journey = $1 \
             UNION ALL SELECT 'person', p.id, p.name FROM people p \
               WHERE p.id IN (SELECT c.person FROM claims c WHERE c.journey = $1)",
        )
        .bind(journey.to_string())
        .fetch_all(&self.read)
        .await
        .map_err(unavailable)?;
        let mut names = Names::default();
        for row in rows {
            let key = format!("{journey} {}", row.id);
            match row.kind.as_str() {
                "person" => drop(names.people.insert(parsed("people", &key, "id", &row.id)?, row.name)),
                "claim" => {
                    let task = parsed("claims", &key, "task", &row.name)?;
                    names.claims.insert(task, parsed("claims", &key, "person", &row.id)?);
                }
                _ => drop(names.organisations.insert(parsed("organisations", &key, "id", &row.id)?, row.name)),
            }
        }
        Ok(names)
    }

    async fn journeys(&self, filter: &JourneyFilter) -> Answer<Vec<JourneyLine>> {
        let (after_us, after_ref) = filter
            .after
            .as_ref()
            .map_or((i64::MAX, String::new()), |(changed, reference)| (micros(*changed), reference.to_string()));
        let organisation = filter.organisation.as_ref().map_or_else(String::new, ToString::to_string);
        // Two statements, so that each can use its own index.
        let of_one = "SELECT j.ref AS reference, j.product, o.name AS supplier, j.phase, j.stage, j.done, j.planned, j.changed_us, \
                             j.supplier_turns, j.programme_turns \
                      FROM journeys j JOIN organisations o ON o.id = j.organisation \
                      WHERE j.organisation = $1 AND (j.changed_us < $2 OR (j.changed_us = $2 AND j.ref < $3)) \
                        AND ($4 = '' OR j.phase = $4) \
                        AND (LOWER(j.product) LIKE $5 ESCAPE '\\' OR LOWER(o.name) LIKE $5 ESCAPE '\\' OR LOWER(j.ref) LIKE $5 ESCAPE '\\') \
                      ORDER BY j.changed_us DESC, j.ref DESC LIMIT $6";
        let of_all = "SELECT j.ref AS reference, j.product, o.name AS supplier, j.phase, j.stage, j.done, j.planned, j.changed_us, \
                             j.supplier_turns, j.programme_turns \
                      FROM journeys j JOIN organisations o ON o.id = j.organisation \
                      WHERE $1 = $1 AND (j.changed_us < $2 OR (j.changed_us = $2 AND j.ref < $3)) \
                        AND ($4 = '' OR j.phase = $4) \
                        AND (LOWER(j.product) LIKE $5 ESCAPE '\\' OR LOWER(o.name) LIKE $5 ESCAPE '\\' OR LOWER(j.ref) LIKE $5 ESCAPE '\\') \
                      ORDER BY j.changed_us DESC, j.ref DESC LIMIT $6";
        let rows: Vec<JourneyRow> = sqlx::query_as(if organisation.is_empty() { of_all } else { of_one })
            .bind(organisation)
            .bind(after_us)
            .bind(after_ref)
            .bind(filter.phase.clone())
            .bind(pattern(&filter.find))
            .bind(i64::from(filter.limit))
            .fetch_all(&self.read)
            .await
            .map_err(unavailable)?;
        rows.into_iter().map(JourneyRow::read).collect()
    }

    async fn references(&self, after: Option<&JourneyRef>, limit: u32) -> Answer<Vec<JourneyRef>> {
        let rows: Vec<(String,)> = sqlx::query_as("SELECT ref FROM journeys WHERE ref > $1 ORDER BY ref LIMIT $2")
            .bind(after.map_or_else(String::new, ToString::to_string))
            .bind(i64::from(limit))
            .fetch_all(&self.read)
            .await
            .map_err(unavailable)?;
        rows.into_iter().map(|(reference,)| parsed("journeys", &reference, "ref", &reference)).collect()
    }

    async fn lapsing(&self, now: Timestamp, limit: u32) -> Answer<Vec<JourneyRef>> {
        let rows: Vec<(String,)> = sqlx::query_as(
            "SELECT ref FROM journeys WHERE lapses_us IS NOT NULL AND lapses_us <= $1 ORDER BY lapses_us LIMIT $2",
        )
        .bind(micros(now))
        .bind(i64::from(limit))
        .fetch_all(&self.read)
        .await
        .map_err(unavailable)?;
        rows.into_iter().map(|(reference,)| parsed("journeys", &reference, "ref", &reference)).collect()
    }

    async fn projection(&self, journey: &JourneyRef) -> Answer<Option<Projection>> {
        let key = journey.to_string();
        let row: Option<ProjectionRow> = sqlx::query_as(
            "SELECT process, organisation, product, phase, stage, done, planned, opened_us, changed_us, lapses_us \
             FROM journeys WHERE ref = $1",
        )
        .bind(key.clone())
        .fetch_optional(&self.read)
        .await
        .map_err(unavailable)?;
        let Some(row) = row else { return Ok(None) };
        let turns: Vec<TurnRow> =
            sqlx::query_as("SELECT task, role, round, awaited, since_us, due FROM turns WHERE journey = $1 ORDER BY place")
                .bind(key.clone())
                .fetch_all(&self.read)
                .await
                .map_err(unavailable)?;
        Ok(Some(Projection {
            process: parsed("journeys", &key, "process", &row.process)?,
            organisation: parsed("journeys", &key, "organisation", &row.organisation)?,
            product: row.product,
            phase: row.phase,
            stage: row.stage,
            done: small("journeys", &key, "done", row.done)?,
            all: small("journeys", &key, "planned", row.planned)?,
            opened_at: instant("journeys", &key, "opened_us", row.opened_us)?,
            changed_at: instant("journeys", &key, "changed_us", row.changed_us)?,
            lapses_at: row.lapses_us.map(|at| instant("journeys", &key, "lapses_us", at)).transpose()?,
            turns: turns_of(&key, turns)?,
        }))
    }

    async fn worklist(&self, filter: &WorkFilter) -> Answer<Vec<WorkLine>> {
        let by_age = "SELECT t.journey, t.task, j.process, t.role, j.product, o.name AS supplier, t.round, t.since_us, t.due, \
                             c.person AS claimed_by, p.name AS claimed_name \
                      FROM turns t JOIN journeys j ON j.ref = t.journey JOIN organisations o ON o.id = j.organisation \
                      LEFT JOIN claims c ON c.journey = t.journey AND c.task = t.task LEFT JOIN people p ON p.id = c.person \
                      WHERE t.role IN ($1, $2, $3, $4, $5, $6) AND t.awaited = 1 \
                        AND ($7 = '' OR t.task = $7) \
                        AND ($8 = '' OR ($8 = 'mine' AND c.person = $9) OR ($8 = 'free' AND c.person IS NULL)) \
                        AND (LOWER(j.product) LIKE $10 ESCAPE '\\' OR LOWER(o.name) LIKE $10 ESCAPE '\\' OR LOWER(j.ref) LIKE $10 ESCAPE '\\') \
                        AND (t.since_us > CAST($11 AS BIGINT) OR (t.since_us = CAST($11 AS BIGINT) \
                             AND (t.journey > $12 OR (t.journey = $12 AND (t.task > $13 OR (t.task = $13 AND t.role > $14)))))) \
                      ORDER BY t.since_us, t.journey, t.task, t.role LIMIT $15";
        let by_due = "SELECT t.journey, t.task, j.process, t.role, j.product, o.name AS supplier, t.round, t.since_us, t.due, \
                             c.person AS claimed_by, p.name AS claimed_name \
                      FROM turns t JOIN journeys j ON j.ref = t.journey JOIN organisations o ON o.id = j.organisation \
                      LEFT JOIN claims c ON c.journey = t.journey AND c.task = t.task LEFT JOIN people p ON p.id = c.person \
                      WHERE t.role IN ($1, $2, $3, $4, $5, $6) AND t.awaited = 1 \
                        AND ($7 = '' OR t.task = $7) \
                        AND ($8 = '' OR ($8 = 'mine' AND c.person = $9) OR ($8 = 'free' AND c.person IS NULL)) \
                        AND (LOWER(j.product) LIKE $10 ESCAPE '\\' OR LOWER(o.name) LIKE $10 ESCAPE '\\' OR LOWER(j.ref) LIKE $10 ESCAPE '\\') \
                        AND (t.due > $11 OR (t.due = $11 \
                             AND (t.journey > $12 OR (t.journey = $12 AND (t.task > $13 OR (t.task = $13 AND t.role > $14)))))) \
                      ORDER BY t.due, t.journey, t.task, t.role LIMIT $15";
        let roles = six(&filter.roles);
        let start = if filter.by_due { String::new() } else { i64::MIN.to_string() };
        let (key, journey, task, role) = filter.after.as_ref().map_or_else(
            || (start, String::new(), String::new(), String::new()),
            |(key, journey, task, role)| (key.clone(), journey.to_string(), task.to_string(), role.name().to_owned()),
        );
        let rows: Vec<WorkRow> = sqlx::query_as(if filter.by_due { by_due } else { by_age })
            .bind(roles[0])
            .bind(roles[1])
            .bind(roles[2])
            .bind(roles[3])
            .bind(roles[4])
            .bind(roles[5])
            .bind(filter.task.clone())
            .bind(filter.claimed.clone())
            .bind(filter.me.as_ref().map_or_else(String::new, ToString::to_string))
            .bind(pattern(&filter.find))
            .bind(key)
            .bind(journey)
            .bind(task)
            .bind(role)
            .bind(i64::from(filter.limit))
            .fetch_all(&self.read)
            .await
            .map_err(unavailable)?;
        rows.into_iter().map(WorkRow::read).collect()
    }

    async fn figures(&self, roles: &[Role], me: &PersonId, today: Date, soon: Date) -> Answer<WorkFigures> {
        let roles = six(roles);
        let row: FiguresRow = sqlx::query_as(
            "SELECT COUNT(*) AS all_turns, \
                    CAST(COALESCE(SUM(CASE WHEN t.due < $7 THEN 1 ELSE 0 END), 0) AS BIGINT) AS overdue, \
                    CAST(COALESCE(SUM(CASE WHEN t.due >= $7 AND t.due <= $8 THEN 1 ELSE 0 END), 0) AS BIGINT) AS soon, \
                    CAST(COALESCE(SUM(CASE WHEN c.person = $9 THEN 1 ELSE 0 END), 0) AS BIGINT) AS mine, \
                    CAST(COALESCE(SUM(CASE WHEN c.person IS NULL THEN 1 ELSE 0 END), 0) AS BIGINT) AS free \
             FROM turns t LEFT JOIN claims c ON c.journey = t.journey AND c.task = t.task \
             WHERE t.role IN ($1, $2, $3, $4, $5, $6) AND t.awaited = 1",
        )
        .bind(roles[0])
        .bind(roles[1])
        .bind(roles[2])
        .bind(roles[3])
        .bind(roles[4])
        .bind(roles[5])
        .bind(today.to_string())
        .bind(soon.to_string())
        .bind(me.to_string())
        .fetch_one(&self.read)
        .await
        .map_err(unavailable)?;
        Ok(WorkFigures {
            all: small("turns", "", "count", row.all_turns)?,
            overdue: small("turns", "", "count", row.overdue)?,
            soon: small("turns", "", "count", row.soon)?,
            mine: small("turns", "", "count", row.mine)?,
            free: small("turns", "", "count", row.free)?,
        })
    }

    async fn claim(&self, journey: &JourneyRef, task: &TaskId, person: &PersonId, at: Timestamp) -> Result<(), WriteError> {
        sqlx::query("INSERT INTO claims (journey, task, person, at_us) VALUES ($1, $2, $3, $4)")
            .bind(journey.to_string())
            .bind(task.to_string())
            .bind(person.to_string())
            .bind(micros(at))
            .execute(&self.write)
            .await
            .map_err(conflict_or)?;
        Ok(())
    }

    async fn release(&self, journey: &JourneyRef, task: &TaskId) -> Answer<()> {
        sqlx::query("DELETE FROM claims WHERE journey = $1 AND task = $2")
            .bind(journey.to_string())
            .bind(task.to_string())
            .execute(&self.write)
            .await
            .map_err(unavailable)?;
        Ok(())
    }
}

/// Replaces what lists show of a journey, and drops claims of tasks that no longer wait for the programme.
async fn project(transaction: &mut Transaction<'static, Any>, journey: &str, now: &Projection) -> Result<(), WriteError> {
    let waiting = |side: Side| i64::try_from(now.turns.iter().filter(|t| t.side == side && t.awaited).count()).unwrap_or(0);
    sqlx::query(
        "INSERT INTO journeys (ref, process, organisation, product, phase, stage, done, planned, supplier_turns, programme_turns, \
                               opened_us, changed_us, lapses_us) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) \
         ON CONFLICT (ref) DO UPDATE SET process = excluded.process, product = excluded.product, phase = excluded.phase, \
             stage = excluded.stage, done = excluded.done, planned = excluded.planned, supplier_turns = excluded.supplier_turns, \
             programme_turns = excluded.programme_turns, changed_us = excluded.changed_us, lapses_us = excluded.lapses_us",
    )
    .bind(journey.to_owned())
    .bind(now.process.to_string())
    .bind(now.organisation.to_string())
    .bind(now.product.clone())
    .bind(now.phase.clone())
    .bind(now.stage.clone())
    .bind(i64::from(now.done))
    .bind(i64::from(now.all))
    .bind(waiting(Side::Supplier))
    .bind(waiting(Side::Programme))
    .bind(micros(now.opened_at))
    .bind(micros(now.changed_at))
    .bind(now.lapses_at.map(micros))
    .execute(&mut **transaction)
    .await
    .map_err(unavailable)?;
    sqlx::query("DELETE FROM turns WHERE journey = $1")
        .bind(journey.to_owned())
        .execute(&mut **transaction)
        .await
        .map_err(unavailable)?;
    for (place, turn) in now.turns.iter().enumerate() {
        for role in &turn.roles {
            insert_turn(transaction, journey, place, turn, *role).await?;
        }
    }
    sqlx::query(
        "DELETE FROM claims WHERE journey = $1 AND task NOT IN \
         (SELECT task FROM turns WHERE journey = $1 AND side = 'programme' AND awaited = 1)",
    )
    .bind(journey.to_owned())
    .execute(&mut **transaction)
    .await
    .map_err(unavailable)?;
    Ok(())
}

async fn insert_turn(
    transaction: &mut Transaction<'static, Any>,
    journey: &str,
    place: usize,
    turn: &Turn,
    role: Role,
) -> Answer<()> {
    sqlx::query(
        "INSERT INTO turns (journey, task, role, side, place, round, awaited, since_us, due) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(journey.to_owned())
    .bind(turn.task.to_string())
    .bind(role.name())
    .bind(turn.side.name())
    .bind(i64::try_from(place).unwrap_or(i64::MAX))
    .bind(i64::from(turn.round.0))
    .bind(i64::from(turn.awaited))
    .bind(micros(turn.since))
    .bind(turn.due.map_or_else(|| NO_DUE.to_owned(), |due| due.to_string()))
    .execute(&mut **transaction)
    .await
    .map_err(unavailable)?;
    Ok(())
}

/// Rows of one task become one turn again.
fn turns_of(journey: &str, rows: Vec<TurnRow>) -> Result<Vec<Turn>, StoreError> {
    let mut turns: Vec<Turn> = Vec::new();
    for row in rows {
        let key = format!("{journey} {}", row.task);
        let task: TaskId = parsed("turns", &key, "task", &row.task)?;
        let role: Role = parsed("turns", &key, "role", &row.role)?;
        match turns.last_mut().filter(|turn| turn.task == task) {
            Some(turn) => turn.roles.push(role),
            None => turns.push(Turn {
                task,
                side: role.side(),
                roles: vec![role],
                since: instant("turns", &key, "since_us", row.since_us)?,
                due: due_of(&key, &row.due)?,
                round: Round(small("turns", &key, "round", row.round)?),
                awaited: row.awaited == 1,
            }),
        }
    }
    for turn in &mut turns {
        turn.roles.sort();
    }
    Ok(turns)
}

/// Compares projections: the order of roles within a turn means nothing.
#[must_use]
pub fn same_projection(a: &Projection, b: &Projection) -> bool {
    let sorted = |projection: &Projection| {
        let mut projection = projection.clone();
        for turn in &mut projection.turns {
            turn.roles.sort();
        }
        projection
    };
    sorted(a) == sorted(b)
}
