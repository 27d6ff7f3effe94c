//! Where all journeys stand, counted by the database: what comes back grows with places and days, not with journeys.

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::civil::Date;
use journey::{
    base::{calendar, ids::TaskId},
    port::{
        Answer,
        picture::{JourneyAtStop, MOST_PLACES, MOST_TASKS, Picture, Tally},
    },
};

use crate::{
    db::{Db, Ending},
    row::{instant, parsed, row, side_of, small},
};

/// Microseconds of an hour.
const HOUR: i64 = 3_600_000_000;

/// Journeys by place and hour: days begin at midnight in the UK, which is a full hour of UTC, so hours are put together to
/// days here. A journey is at a place once, since the earliest of its turns there. Pairs that are not used
/// hold a text that is no task.
pub const TALLY: &str = "WITH places (task, place) AS (VALUES \
     ($2, $3), ($4, $5), ($6, $7), ($8, $9), ($10, $11), ($12, $13), ($14, $15), ($16, $17), \
     ($18, $19), ($20, $21), ($22, $23), ($24, $25), ($26, $27), ($28, $29), ($30, $31), ($32, $33), \
     ($34, $35), ($36, $37), ($38, $39), ($40, $41), ($42, $43), ($44, $45), ($46, $47), ($48, $49), \
     ($50, $51), ($52, $53), ($54, $55), ($56, $57), ($58, $59), ($60, $61), ($62, $63), ($64, $65), \
     ($66, $67), ($68, $69), ($70, $71), ($72, $73), ($74, $75), ($76, $77), ($78, $79), ($80, $81), \
     ($82, $83), ($84, $85), ($86, $87), ($88, $89), ($90, $91), ($92, $93), ($94, $95), ($96, $97), \
     ($98, $99), ($100, $101), ($102, $103), ($104, $105), ($106, $107), ($108, $109), ($110, $111), ($112, $113), \
     ($114, $115), ($116, $117), ($118, $119), ($120, $121), ($122, $123), ($124, $125), ($126, $127), ($128, $129)) \
     SELECT there.place, there.hour, COUNT(*) AS journeys FROM \
        (SELECT places.place AS place, t.journey, MIN(t.since_us) / 3600000000 AS hour \
         FROM places JOIN turns t ON t.task = places.task JOIN journeys j ON j.ref = t.journey \
         WHERE j.phase = 'open' AND j.process LIKE CAST($1 AS TEXT) GROUP BY places.place, t.journey) there \
     GROUP BY there.place, there.hour";

/// The journeys at one place, longest there first.
pub const STANDING_AT: &str = "SELECT t.journey, j.product, o.name AS supplier, t.task, t.side, MIN(t.since_us) AS since_us \
     FROM turns t JOIN journeys j ON j.ref = t.journey JOIN organisations o ON o.id = j.organisation \
     WHERE t.task IN ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) \
       AND j.phase = 'open' AND j.process LIKE CAST($1 AS TEXT) \
     GROUP BY t.journey, j.product, o.name, t.task, t.side ORDER BY MIN(t.since_us), t.journey, t.task, t.side LIMIT CAST($18 AS BIGINT)";

row! { TallyRow of "turns" by place {
    place: String,
    hour: i64,
    journeys: i64,
} }

row! { StandsRow of "turns" by journey task {
    journey: String,
    product: String,
    supplier: String,
    task: String,
    side: String,
    since_us: i64,
} }

/// Every version of a side's process begins with its name.
fn versions_of(side: &str) -> String {
    format!("{side}-%")
}

#[async_trait]
impl Picture for Db {
    async fn tally(&self, side: &str, places: &[(TaskId, String)]) -> Answer<Vec<Tally>> {
        debug_assert!(places.len() <= MOST_PLACES, "a question takes {MOST_PLACES} pairs");
        let mut query = sqlx::query_as(TALLY).bind(versions_of(side));
        for at in 0..MOST_PLACES {
            let (task, place) = places.get(at).map_or_else(Default::default, |(task, place)| (task.to_string(), place.clone()));
            query = query.bind(task).bind(place);
        }
        let rows: Vec<TallyRow> = query.fetch_all(&self.read).answered().await?;
        let mut days: BTreeMap<(String, Date), u32> = BTreeMap::new();
        for row in rows {
            let key = row.key();
            let since = instant("turns", &key, "since_us", row.hour.saturating_mul(HOUR))?;
            let journeys = small("turns", &key, "journeys", row.journeys)?;
            *days.entry((row.place, calendar::date_of(since))).or_default() += journeys;
        }
        Ok(days.into_iter().map(|((place, since), journeys)| Tally { place, since, journeys }).collect())
    }

    async fn standing_at(&self, side: &str, tasks: &[TaskId], limit: u32) -> Answer<Vec<JourneyAtStop>> {
        let mut query = sqlx::query_as(STANDING_AT).bind(versions_of(side));
        for at in 0..MOST_TASKS {
            query = query.bind(tasks.get(at).map_or_else(String::new, ToString::to_string));
        }
        let rows: Vec<StandsRow> = query.bind(i64::from(limit)).fetch_all(&self.read).answered().await?;
        rows.into_iter()
            .map(|row| {
                let key = row.key();
                Ok(JourneyAtStop {
                    journey: parsed("turns", &key, "journey", &row.journey)?,
                    task: parsed("turns", &key, "task", &row.task)?,
                    side: side_of("turns", &key, &row.side)?,
                    since: instant("turns", &key, "since_us", row.since_us)?,
                    product: row.product,
                    supplier: row.supplier,
                })
            })
            .collect()
    }
}
