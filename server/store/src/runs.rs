//! Reports of test suites, as they were read.

use std::collections::BTreeMap;

use async_trait::async_trait;
use journey::{
    base::ids::{Digest, JourneyRef, TaskId},
    port::{
        Answer,
        runs::{MOST_ASKED, Runs},
    },
    task::results::Run,
};

use crate::{
    db::{Db, Ending},
    row::{parsed, row, unreadable},
};

/// The runs of a task by digest. Places that are not used hold a text that is no digest.
pub const RUNS: &str = "SELECT journey, task, digest, body FROM test_runs WHERE journey = $1 AND task = $2 \
     AND digest IN ($3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";

row! { RunRow of "test_runs" by journey task digest {
    journey: String,
    task: String,
    digest: String,
    body: String,
} }

#[async_trait]
impl Runs for Db {
    async fn add_run(&self, journey: &JourneyRef, task: &TaskId, digest: &Digest, run: &Run) -> Answer<()> {
        let body = serde_json::to_string(run).map_err(|error| unreadable("test_runs", digest.as_str(), "body", &error))?;
        sqlx::query(
            "INSERT INTO test_runs (journey, task, digest, body) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (journey, task, digest) DO UPDATE SET body = excluded.body",
        )
        .bind(journey.to_string())
        .bind(task.to_string())
        .bind(digest.to_string())
        .bind(body)
        .execute(&self.write)
        .answered()
        .await?;
        Ok(())
    }

    async fn runs(&self, journey: &JourneyRef, task: &TaskId, digests: &[Digest]) -> Answer<BTreeMap<Digest, Run>> {
        if digests.is_empty() {
            return Ok(BTreeMap::new());
        }
        let mut query = sqlx::query_as(RUNS).bind(journey.to_string()).bind(task.to_string());
        for place in 0..MOST_ASKED {
            query = query.bind(digests.get(place).map_or_else(String::new, ToString::to_string));
        }
        let rows: Vec<RunRow> = query.fetch_all(&self.read).answered().await?;
        let mut runs = BTreeMap::new();
        for row in rows {
            let key = row.key();
            let digest = parsed("test_runs", &key, "digest", &row.digest)?;
            let run = serde_json::from_str(&row.body).map_err(|error| unreadable("test_runs", &key, "body", &error))?;
            runs.insert(digest, run);
        }
        Ok(runs)
    }
}
