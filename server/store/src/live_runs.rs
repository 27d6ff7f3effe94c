//! Live runs and what was sent to them.
//!
//! Long because a run, its exchanges and what they come to are written in one transaction.

use std::collections::BTreeSet;

use async_trait::async_trait;
use jiff::Timestamp;
use journey::{
    base::ids::{Digest, JourneyRef},
    port::{
        Answer, WriteError,
        live_runs::{Failures, LiveRuns, MOST_COUNTED, MOST_SHOWN, Shown},
    },
    practice::{
        exchange::{Ended, Kept, Summary},
        proof::{Counted, Totals},
        run::{LiveRun, MOST_EXCHANGES, Opened},
        state::Change,
    },
};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    db::{Db, Ending},
    row::{instant, micros, parsed, row, small, unreadable},
};

/// The run whose key has a digest.
pub const BY_KEY: &str = "SELECT id, body, key, count, bytes, head, closed_us FROM live_runs WHERE key_hash = $1";

/// A run of a journey.
pub const OF_JOURNEY: &str = "SELECT id, body, key, count, bytes, head, closed_us FROM live_runs WHERE journey = $1 AND id = $2";

/// The runs of a journey, newest first.
pub const ALL_OF_JOURNEY: &str = "SELECT id, body, key, count, bytes, head, closed_us FROM live_runs WHERE journey = $1 \
     ORDER BY opened_us DESC, id DESC LIMIT CAST($2 AS BIGINT)";

/// Exchanges before a number, newest first; those that failed only, when the second number is 1.
pub const EXCHANGES: &str = "SELECT run, seq, digest, body, held_back FROM live_exchanges \
     WHERE run = $1 AND seq < $2 AND failed >= $3 AND summary LIKE CAST($4 AS TEXT) ORDER BY seq DESC LIMIT CAST($5 AS BIGINT)";

/// Every exchange of a run in order.
pub const WHOLE: &str = "SELECT run, seq, digest, body, held_back FROM live_exchanges WHERE run = $1 ORDER BY seq";

/// One exchange.
pub const EXCHANGE: &str = "SELECT run, seq, digest, body, held_back FROM live_exchanges WHERE run = $1 AND seq = $2";

/// Exchanges that changed something, in order.
pub const CHANGES: &str =
    "SELECT run, seq, digest, body, held_back FROM live_exchanges WHERE run = $1 AND changed = 1 ORDER BY seq";

/// How rules ended, in order.
pub const SUMMARIES: &str = "SELECT run, seq, summary FROM live_exchanges WHERE run = $1 ORDER BY seq";

/// The newest runs of a journey with what they came to.
pub const COUNTED: &str = "SELECT r.id, r.body, r.key, r.count, r.bytes, r.head, r.closed_us, t.body AS totals, d.digest AS record FROM live_runs r \
     LEFT JOIN live_totals t ON t.run = r.id LEFT JOIN live_records d ON d.run = r.id WHERE r.journey = $1 ORDER BY r.opened_us DESC, r.id DESC LIMIT CAST($2 AS BIGINT)";

/// What the requests of a run came to.
pub const TOTALS: &str = "SELECT body FROM live_totals WHERE run = $1";

/// What failed in runs since a moment.
pub const FAILURES: &str = "SELECT run, journey, failed FROM live_totals WHERE opened_us >= $1 \
     ORDER BY opened_us DESC, run DESC LIMIT CAST($2 AS BIGINT)";

row! { RunRow of "live_runs" by id {
    id: String,
    body: String,
    key: String,
    count: i64,
    bytes: i64,
    head: String,
    closed_us: Option<i64>,
} }

row! { ExchangeRow of "live_exchanges" by run seq {
    run: String,
    seq: i64,
    digest: String,
    body: String,
    held_back: String,
} }

row! { CountedRow of "live_runs" by id {
    id: String,
    body: String,
    key: String,
    count: i64,
    bytes: i64,
    head: String,
    closed_us: Option<i64>,
    totals: Option<String>,
    record: Option<String>,
} }

row! { FailuresRow of "live_totals" by run {
    run: String,
    journey: String,
    failed: String,
} }

row! { SummaryRow of "live_exchanges" by run seq {
    run: String,
    seq: i64,
    summary: String,
} }

impl RunRow {
    fn read(self) -> Answer<LiveRun> {
        let key = self.key();
        let opened: Opened = read("live_runs", &key, "body", &self.body)?;
        Ok(LiveRun {
            opened,
            count: small("live_runs", &key, "count", self.count)?,
            bytes: u64::try_from(self.bytes).map_err(|error| unreadable("live_runs", &key, "bytes", &error))?,
            head: parsed("live_runs", &key, "head", &self.head)?,
            closed: self.closed_us.map(|at| instant("live_runs", &key, "closed_us", at)).transpose()?,
            key: Some(self.key).filter(|key| !key.is_empty()),
        })
    }
}

impl ExchangeRow {
    /// The digest is checked here: a text that was changed is never shown as what it was.
    fn read(self) -> Answer<Kept> {
        let key = self.key();
        let held_back = read("live_exchanges", &key, "held_back", &self.held_back)?;
        let kept = Kept { text: self.body, held_back };
        if kept.digest().as_str() != self.digest {
            return Err(unreadable("live_exchanges", &key, "body", &"it does not fit its digest"));
        }
        Ok(kept)
    }
}

fn read<T: DeserializeOwned>(table: &'static str, key: &str, column: &'static str, text: &str) -> Answer<T> {
    serde_json::from_str(text).map_err(|error| unreadable(table, key, column, &error))
}

/// Adds an exchange to the tables beside the run; the run itself was moved on by the caller, who holds it.
async fn add(connection: &mut sqlx::AnyConnection, run: &LiveRun, number: u32, kept: &Kept, totals: Totals) -> Answer<Totals> {
    let exchange = read::<journey::practice::exchange::Exchange>("live_exchanges", &run.opened.id, "body", &kept.text)?;
    let summary = exchange.summary();
    sqlx::query(
        "INSERT INTO live_exchanges (run, seq, digest, body, held_back, summary, changed, failed) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(run.opened.id.clone())
    .bind(i64::from(number))
    .bind(kept.digest().to_string())
    .bind(kept.text.clone())
    .bind(written("held_back", &kept.held_back)?)
    .bind(written("summary", &summary)?)
    .bind(i64::from(exchange.change.is_some()))
    .bind(i64::from(exchange.count(Ended::Failed) > 0))
    .execute(connection)
    .answered()
    .await?;
    Ok(totals.and(&summary))
}

async fn keep_totals(connection: &mut sqlx::AnyConnection, run: &LiveRun, totals: &Totals) -> Answer<()> {
    sqlx::query(
        "INSERT INTO live_totals (run, journey, opened_us, body, failed) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (run) DO UPDATE SET body = excluded.body, failed = excluded.failed",
    )
    .bind(run.opened.id.clone())
    .bind(run.opened.journey.to_string())
    .bind(micros(run.opened.at))
    .bind(written("body", totals)?)
    .bind(written("failed", &totals.failed)?)
    .execute(connection)
    .answered()
    .await?;
    Ok(())
}

/// What the requests of a run came to, as it is kept; found from its exchanges where it is not.
async fn totals_of(connection: &mut sqlx::AnyConnection, id: &str) -> Answer<Totals> {
    let body: Option<String> = sqlx::query_scalar(TOTALS).bind(id.to_owned()).fetch_optional(&mut *connection).answered().await?;
    if let Some(body) = body {
        return read("live_totals", id, "body", &body);
    }
    let rows: Vec<SummaryRow> = sqlx::query_as(SUMMARIES).bind(id.to_owned()).fetch_all(connection).answered().await?;
    let summaries = rows.into_iter().map(SummaryRow::read).collect::<Answer<Vec<Summary>>>()?;
    Ok(Totals::of(&summaries))
}

impl SummaryRow {
    fn read(self) -> Answer<Summary> {
        let key = self.key();
        read("live_exchanges", &key, "summary", &self.summary)
    }
}

fn written<T: Serialize>(column: &'static str, what: &T) -> Answer<String> {
    serde_json::to_string(what).map_err(|error| unreadable("live_exchanges", "", column, &error))
}

#[async_trait]
impl LiveRuns for Db {
    async fn open_live_run(&self, run: &LiveRun) -> Result<(), WriteError> {
        let mut transaction = self.begin().await?;
        let key = run.key.clone().unwrap_or_default();
        let added = sqlx::query(
            "INSERT INTO live_runs (id, journey, opened_us, ends_us, body, key_hash, key, count, bytes, head, closed_us) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, $8, NULL) ON CONFLICT DO NOTHING",
        )
        .bind(run.opened.id.clone())
        .bind(run.opened.journey.to_string())
        .bind(micros(run.opened.at))
        .bind(micros(run.ends()))
        .bind(run.opened.text())
        .bind(Digest::of(key.as_bytes()).to_string())
        .bind(key)
        .bind(run.head.to_string())
        .execute(&mut *transaction)
        .answered()
        .await?;
        if added.rows_affected() == 0 {
            return Err(WriteError::Conflict);
        }
        self.commit(transaction, &run.opened.journey.to_string(), BTreeSet::new()).await
    }

    async fn live_run_by_key(&self, key: &Digest) -> Answer<Option<LiveRun>> {
        let row: Option<RunRow> = sqlx::query_as(BY_KEY).bind(key.to_string()).fetch_optional(&self.read).answered().await?;
        row.map(RunRow::read).transpose()
    }

    async fn live_run(&self, journey: &JourneyRef, id: &str) -> Answer<Option<LiveRun>> {
        let asked = sqlx::query_as(OF_JOURNEY).bind(journey.to_string()).bind(id.to_owned());
        let row: Option<RunRow> = asked.fetch_optional(&self.read).answered().await?;
        row.map(RunRow::read).transpose()
    }

    async fn live_runs(&self, journey: &JourneyRef, limit: u32) -> Answer<Vec<LiveRun>> {
        let asked = sqlx::query_as(ALL_OF_JOURNEY).bind(journey.to_string()).bind(i64::from(limit));
        let rows: Vec<RunRow> = asked.fetch_all(&self.read).answered().await?;
        rows.into_iter().map(RunRow::read).collect()
    }

    async fn add_exchange(&self, run: &LiveRun, kept: &Kept) -> Result<(), WriteError> {
        let bytes = i64::try_from(kept.bytes()).unwrap_or(i64::MAX);
        let mut transaction = self.begin().await?;
        let moved = sqlx::query(
            "UPDATE live_runs SET count = count + 1, bytes = bytes + $1, head = $2 \
             WHERE id = $3 AND count = $4 AND head = $5 AND closed_us IS NULL",
        )
        .bind(bytes)
        .bind(kept.digest().to_string())
        .bind(run.opened.id.clone())
        .bind(i64::from(run.count))
        .bind(run.head.to_string())
        .execute(&mut *transaction)
        .answered()
        .await?;
        if moved.rows_affected() == 0 {
            return Err(WriteError::Conflict);
        }
        // Found before the exchange is there, so that it is not counted twice where the totals are made anew.
        let totals = totals_of(&mut transaction, &run.opened.id).await?;
        let totals = add(&mut transaction, run, run.count + 1, kept, totals).await?;
        keep_totals(&mut transaction, run, &totals).await?;
        self.commit(transaction, &run.opened.journey.to_string(), BTreeSet::new()).await
    }

    async fn close_live_run(&self, journey: &JourneyRef, id: &str, at: Timestamp) -> Result<(), WriteError> {
        let mut transaction = self.begin().await?;
        sqlx::query("UPDATE live_runs SET closed_us = $1, key = '' WHERE journey = $2 AND id = $3 AND closed_us IS NULL")
            .bind(micros(at))
            .bind(journey.to_string())
            .bind(id.to_owned())
            .execute(&mut *transaction)
            .answered()
            .await?;
        self.commit(transaction, &journey.to_string(), BTreeSet::new()).await
    }

    async fn forget_live_keys(&self, now: Timestamp) -> Answer<u64> {
        let forgotten = sqlx::query("UPDATE live_runs SET key = '' WHERE ends_us <= $1 AND key <> ''")
            .bind(micros(now))
            .execute(&self.write)
            .answered()
            .await?;
        Ok(forgotten.rows_affected())
    }

    async fn live_changes(&self, id: &str) -> Answer<Vec<Change>> {
        let rows: Vec<ExchangeRow> = sqlx::query_as(CHANGES).bind(id.to_owned()).fetch_all(&self.read).answered().await?;
        let mut changes = Vec::new();
        for row in rows {
            changes.extend(row.read()?.exchange().and_then(|exchange| exchange.change));
        }
        Ok(changes)
    }

    async fn exchanges(&self, id: &str, shown: Shown) -> Answer<Vec<Kept>> {
        let rows: Vec<ExchangeRow> = sqlx::query_as(EXCHANGES)
            .bind(id.to_owned())
            .bind(i64::from(shown.before.unwrap_or(MOST_EXCHANGES + 1)))
            .bind(i64::from(shown.failed))
            .bind(shown.rule.map_or_else(|| "%".to_owned(), |rule| format!("%\"{rule}\":\"failed\"%")))
            .bind(i64::from(MOST_SHOWN))
            .fetch_all(&self.read)
            .answered()
            .await?;
        rows.into_iter().map(ExchangeRow::read).collect()
    }

    async fn exchange(&self, id: &str, number: u32) -> Answer<Option<Kept>> {
        let asked = sqlx::query_as(EXCHANGE).bind(id.to_owned()).bind(i64::from(number));
        let row: Option<ExchangeRow> = asked.fetch_optional(&self.read).answered().await?;
        row.map(ExchangeRow::read).transpose()
    }

    async fn whole_live_run(&self, id: &str) -> Answer<Vec<Kept>> {
        let rows: Vec<ExchangeRow> = sqlx::query_as(WHOLE).bind(id.to_owned()).fetch_all(&self.read).answered().await?;
        rows.into_iter().map(ExchangeRow::read).collect()
    }

    async fn live_summaries(&self, id: &str) -> Answer<Vec<Summary>> {
        let rows: Vec<SummaryRow> = sqlx::query_as(SUMMARIES).bind(id.to_owned()).fetch_all(&self.read).answered().await?;
        rows.into_iter().map(SummaryRow::read).collect()
    }

    async fn keep_live_run(&self, run: &LiveRun, kept: &[Kept]) -> Result<(), WriteError> {
        let mut transaction = self.begin().await?;
        // Nobody sends to it: it has no key, and the digest in its place is of what nobody can have as one.
        let key_hash = Digest::of(format!("file {}", run.opened.id).as_bytes()).to_string();
        let added = sqlx::query(
            "INSERT INTO live_runs (id, journey, opened_us, ends_us, body, key_hash, key, count, bytes, head, closed_us) \
             VALUES ($1, $2, $3, $4, $5, $6, '', $7, $8, $9, $10) ON CONFLICT DO NOTHING",
        )
        .bind(run.opened.id.clone())
        .bind(run.opened.journey.to_string())
        .bind(micros(run.opened.at))
        .bind(micros(run.ends()))
        .bind(run.opened.text())
        .bind(key_hash)
        .bind(i64::from(run.count))
        .bind(i64::try_from(run.bytes).unwrap_or(i64::MAX))
        .bind(run.head.to_string())
        .bind(run.closed.map(micros))
        .execute(&mut *transaction)
        .answered()
        .await?;
        if added.rows_affected() == 0 {
            return Err(WriteError::Conflict);
        }
        let mut totals = Totals::default();
        for (number, one) in (1..).zip(kept) {
            totals = add(&mut transaction, run, number, one, totals).await?;
        }
        keep_totals(&mut transaction, run, &totals).await?;
        self.commit(transaction, &run.opened.journey.to_string(), BTreeSet::new()).await
    }

    async fn counted_runs(&self, journey: &JourneyRef, limit: u32) -> Answer<Vec<Counted>> {
        let asked = sqlx::query_as(COUNTED).bind(journey.to_string()).bind(i64::from(limit));
        let rows: Vec<CountedRow> = asked.fetch_all(&self.read).answered().await?;
        let mut counted = Vec::with_capacity(rows.len());
        for row in rows {
            let at = row.key();
            let CountedRow { id, body, key, count, bytes, head, closed_us, totals, record } = row;
            let totals = match totals {
                Some(text) => read("live_totals", &at, "body", &text)?,
                None => self.live_totals(&id).await?,
            };
            let run = RunRow { id, body, key, count, bytes, head, closed_us }.read()?;
            let record = record.map(|digest| parsed("live_records", &at, "digest", &digest)).transpose()?;
            counted.push(Counted { run, totals, record });
        }
        Ok(counted)
    }

    async fn live_totals(&self, id: &str) -> Answer<Totals> {
        let body: Option<String> = sqlx::query_scalar(TOTALS).bind(id.to_owned()).fetch_optional(&self.read).answered().await?;
        match body {
            Some(body) => read("live_totals", id, "body", &body),
            None => Ok(Totals::of(&self.live_summaries(id).await?)),
        }
    }

    async fn rule_failures(&self, since: Timestamp) -> Answer<Vec<Failures>> {
        let asked = sqlx::query_as(FAILURES).bind(micros(since)).bind(i64::from(MOST_COUNTED));
        let rows: Vec<FailuresRow> = asked.fetch_all(&self.read).answered().await?;
        let failures = |row: FailuresRow| {
            let key = row.key();
            Ok(Failures {
                journey: parsed("live_totals", &key, "journey", &row.journey)?,
                failed: read("live_totals", &key, "failed", &row.failed)?,
            })
        };
        rows.into_iter().map(failures).collect()
    }

    async fn note_live_record(&self, id: &str, file: &Digest) -> Answer<()> {
        sqlx::query(
            "INSERT INTO live_records (run, digest) VALUES ($1, $2) ON CONFLICT (run) DO UPDATE SET digest = excluded.digest",
        )
        .bind(id.to_owned())
        .bind(file.to_string())
        .execute(&self.write)
        .answered()
        .await?;
        Ok(())
    }
}
