//! Reports of test suites, as they were read.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use jiff::Timestamp;
use journey::{
    base::ids::{Digest, JourneyRef, OrganisationId, PersonId, TaskId},
    port::{
        Answer,
        runs::{MOST_ASKED, MOST_MATCHES, Runs},
    },
    task::results::{
        Run,
        scripts::{Script, named},
    },
};

use crate::{
    db::{Db, Ending},
    row::{micros, parsed, plain, row, unreadable},
};

/// The runs of a task by digest. Places that are not used hold a text that is no digest.
pub const RUNS: &str = "SELECT journey, task, digest, body FROM test_runs WHERE journey = $1 AND task = $2 \
     AND digest IN ($3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";

/// The scenarios of a supplier that were matched by hand.
pub const MATCHES: &str = "SELECT scenario, scripts FROM script_matches WHERE organisation = $1 ORDER BY organisation, scenario LIMIT CAST($2 AS BIGINT)";

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

    async fn script_matches(&self, supplier: &OrganisationId) -> Answer<BTreeMap<String, BTreeSet<Script>>> {
        let rows: Vec<(String, String)> = sqlx::query_as(MATCHES)
            .bind(supplier.to_string())
            .bind(i64::try_from(MOST_MATCHES).unwrap_or(i64::MAX))
            .fetch_all(&self.read)
            .answered()
            .await?;
        Ok(rows.into_iter().map(|(scenario, scripts)| (scenario, named(&scripts))).collect())
    }

    async fn match_scripts(
        &self,
        supplier: &OrganisationId,
        scenario: &str,
        scripts: &BTreeSet<Script>,
        by: &PersonId,
        at: Timestamp,
    ) -> Answer<()> {
        if scripts.is_empty() {
            sqlx::query("DELETE FROM script_matches WHERE organisation = $1 AND scenario = $2")
                .bind(supplier.to_string())
                .bind(plain(scenario))
                .execute(&self.write)
                .answered()
                .await?;
            return Ok(());
        }
        let said: Vec<String> = scripts.iter().map(ToString::to_string).collect();
        sqlx::query(
            "INSERT INTO script_matches (organisation, scenario, scripts, person, at_us) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (organisation, scenario) DO UPDATE \
             SET scripts = excluded.scripts, person = excluded.person, at_us = excluded.at_us",
        )
        .bind(supplier.to_string())
        .bind(plain(scenario))
        .bind(said.join("; "))
        .bind(by.to_string())
        .bind(micros(at))
        .execute(&self.write)
        .answered()
        .await?;
        Ok(())
    }
}
