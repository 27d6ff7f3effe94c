//! The worklist: what waits for each team in each order, its figures, who has claimed how much, what somebody recorded, and the views
//! that a person keeps.
//!
//! Long because its statements are read beside the rows that they fill.

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::{Timestamp, civil::Date};
use journey::{
    base::{
        actor::{Role, Side},
        ids::{JourneyRef, PersonId, Round, Seq, TaskId},
    },
    port::{
        Answer, Deed, MOST_VIEWS, WorkFigures, WorkFilter, WorkLine, WorkOrder, WorkShare, Worklist, WriteError,
        work::{MOST_TASKS, NO_DUE, WaitCount},
    },
    view::waits::Wait,
};

use sqlx::{
    Any, FromRow,
    any::{AnyArguments, AnyRow},
    query::QueryAs,
};

use crate::{
    db::{Db, Ending as _},
    lists::{due_of, insert_waits},
    row::{has_words, instant, micros, parsed, patterns, plain, row, seq_of, small, unreadable},
};

/// Later than any due date, for lists that go backwards.
const BEYOND: &str = "99999";

/// Roles that one statement takes: those of the programme, which has the most.
const ROLES: usize = 7;

/// A role more, and its work would be missing from every worklist.
const _: () = {
    let (mut at, mut programme) = (0, 0);
    while at < Role::ALL.len() {
        if matches!(Role::ALL[at].side(), Side::Programme) {
            programme += 1;
        }
        at += 1;
    }
    assert!(programme == ROLES, "the statements of the worklist take every role of the programme");
};

/// The worklist in one order. Each role has an index in that order, so each is read no further than the page goes, and the
/// database merges them; asked for all roles at once it would read and sort whatever waits. The day is asked of a text that no index
/// has, so that it never chooses the order.
macro_rules! work {
    ($key:literal, $after:literal, $beyond:literal, $down:literal) => {
        work!($key, $after, $beyond, $down, "$1", "$2", "$3", "$4", "$5", "$6", "$7")
    };
    ($key:literal, $after:literal, $beyond:literal, $down:literal, $first:literal $(, $role:literal)+) => {
        concat!(
            work!($key, $after, $beyond, $down, $first),
            $(" UNION ALL ", work!($key, $after, $beyond, $down, $role),)+
            " ORDER BY ", $key, $down, ", journey", $down, ", task", $down, ", role", $down, " LIMIT CAST($16 AS BIGINT)"
        )
    };
    ($key:literal, $after:literal, $beyond:literal, $down:literal, $role:literal) => {
        concat!(
            "SELECT t.journey AS journey, t.task AS task, j.process, t.role AS role, j.product, o.name AS supplier, t.round, \
                    t.since_us AS since_us, t.due AS due, c.person AS claimed_by, p.name AS claimed_name, b.person AS before_by, q.name AS before_name \
             FROM turns t JOIN journeys j ON j.ref = t.journey JOIN organisations o ON o.id = j.organisation \
             LEFT JOIN team_claims c ON c.journey = t.journey AND c.task = t.task AND c.role = t.role LEFT JOIN people p ON p.id = c.person \
             LEFT JOIN had_before b ON b.journey = t.journey AND b.task = t.task AND b.role = t.role AND b.round = t.round \
             LEFT JOIN people q ON q.id = b.person \
             WHERE t.awaited = 1 AND t.role = ",
            $role,
            " AND ($8 = '' OR t.task = $8) \
              AND ($9 = '' OR ($9 = 'mine' AND c.person = $10) OR ($9 = 'free' AND c.person IS NULL)) \
              AND ",
            has_words!("(j.folded || ' ' || o.folded || ' ' || LOWER(o.ods_code))", "$11" "$17" "$18" "$19" "$20" "$21"),
            " AND (t.due || '') >= $22 AND (t.due || '') <= $23 \
              AND (t.",
            $key,
            ", t.journey, t.task, t.role) ",
            $beyond,
            " (",
            $after,
            ", $13, $14, $15)"
        )
    };
}

/// The worklist, oldest first.
pub const WORK_BY_AGE: &str = work!("since_us", "CAST($12 AS BIGINT)", ">", "");

/// The worklist, newest first.
pub const WORK_BY_AGE_BACK: &str = work!("since_us", "CAST($12 AS BIGINT)", "<", " DESC");

/// The worklist, first due first.
pub const WORK_BY_DUE: &str = work!("due", "$12", ">", "");

/// The worklist, last due first.
pub const WORK_BY_DUE_BACK: &str = work!("due", "$12", "<", " DESC");

/// The figures above the worklist: all, overdue, soon, mine, free. Each is counted in the part of the index where it stands.
pub const FIGURES: &str = "SELECT w.tasks, w.overdue, w.soon, k.mine, w.tasks - k.claimed FROM \
        (SELECT (SELECT COUNT(*) FROM turns t WHERE t.role IN ($1, $2, $3, $4, $5, $6, $7) AND t.awaited = 1) AS tasks, \
                (SELECT COUNT(*) FROM turns t WHERE t.role IN ($1, $2, $3, $4, $5, $6, $7) AND t.awaited = 1 \
                        AND t.due < $8) AS overdue, \
                (SELECT COUNT(*) FROM turns t WHERE t.role IN ($1, $2, $3, $4, $5, $6, $7) AND t.awaited = 1 \
                        AND t.due >= $8 AND t.due <= $9) AS soon) w, \
        (SELECT CAST(COALESCE(SUM(o.turns), 0) AS BIGINT) AS claimed, \
                CAST(COALESCE(SUM(CASE WHEN o.person = $10 THEN o.turns ELSE 0 END), 0) AS BIGINT) AS mine \
         FROM (SELECT c.person, (SELECT COUNT(*) FROM turns t WHERE t.journey = c.journey AND t.task = c.task \
                                 AND t.role = c.role AND t.role IN ($1, $2, $3, $4, $5, $6, $7) AND t.awaited = 1) AS turns \
               FROM team_claims c) o) k";

/// How what waits for these teams is shared out.
pub const SHARES: &str = "SELECT t.role, COALESCE(c.person, '') AS person, COALESCE(p.name, '') AS name, COUNT(*) AS tasks, \
        CAST(SUM(CASE WHEN t.due < $8 THEN 1 ELSE 0 END) AS BIGINT) AS overdue \
     FROM turns t LEFT JOIN team_claims c ON c.journey = t.journey AND c.task = t.task AND c.role = t.role \
     LEFT JOIN people p ON p.id = c.person \
     WHERE t.role IN ($1, $2, $3, $4, $5, $6, $7) AND t.awaited = 1 GROUP BY t.role, c.person, p.name";

/// How long each of these tasks waited, of what has ended since a time.
pub const WAITED: &str = "SELECT task, days, COUNT(*) FROM waits \
     WHERE task IN ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) AND until_us >= $1 GROUP BY task, days";

/// Waits by month, task and team.
pub const WAIT_COUNTS: &str = "SELECT month, task, role, days, COUNT(*) AS times, \
        CAST(SUM(CASE WHEN round <= 1 THEN 1 ELSE 0 END) AS BIGINT) AS first, \
        CAST(SUM(CASE WHEN due < '9999-12-31' THEN 1 ELSE 0 END) AS BIGINT) AS with_target, CAST(SUM(late) AS BIGINT) AS late \
     FROM waits WHERE month >= $1 GROUP BY month, task, role, days ORDER BY month, task, role, days";

/// What waits for these teams since before a time.
pub const AHEAD: &str = "SELECT COUNT(*) FROM turns t \
     WHERE t.role IN ($1, $2, $3, $4, $5, $6, $7) AND t.awaited = 1 AND t.since_us < $8";

/// What somebody recorded on journeys, newest first.
pub const DEEDS: &str = "SELECT e.stream, e.seq, e.at_us, e.body, j.process, j.product, o.name AS supplier \
     FROM events e JOIN journeys j ON j.ref = e.stream JOIN organisations o ON o.id = j.organisation \
     WHERE e.person = $1 AND (e.at_us, e.stream, e.seq) < ($2, $3, $4) \
     ORDER BY e.at_us DESC, e.stream DESC, e.seq DESC LIMIT CAST($5 AS BIGINT)";

row! { WorkRow of "turns" by journey task {
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
    before_by: Option<String>,
    before_name: Option<String>,
} }

impl WorkRow {
    fn read(self) -> Answer<WorkLine> {
        let key = self.key();
        Ok(WorkLine {
            journey: parsed("turns", &key, "journey", &self.journey)?,
            task: parsed("turns", &key, "task", &self.task)?,
            process: parsed("journeys", &self.journey, "process", &self.process)?,
            role: parsed("turns", &key, "role", &self.role)?,
            product: self.product,
            supplier: self.supplier,
            round: Round(small("turns", &key, "round", self.round)?),
            since: instant("turns", &key, "since_us", self.since_us)?,
            due: due_of(&key, &self.due)?,
            claimed_by: match (self.claimed_by, self.claimed_name) {
                (Some(person), Some(name)) => Some((parsed("team_claims", &key, "person", &person)?, name)),
                _ => None,
            },
            had_before: match (self.before_by, self.before_name) {
                (Some(person), Some(name)) => Some((parsed("had_before", &key, "person", &person)?, name)),
                _ => None,
            },
        })
    }
}

row! { WaitRow of "waits" by month task role {
    month: String,
    task: String,
    role: String,
    days: i64,
    times: i64,
    first: i64,
    with_target: i64,
    late: i64,
} }

impl WaitRow {
    fn read(self) -> Answer<WaitCount> {
        let key = self.key();
        Ok(WaitCount {
            task: parsed("waits", &key, "task", &self.task)?,
            role: parsed("waits", &key, "role", &self.role)?,
            days: small("waits", &key, "days", self.days)?,
            times: small("waits", &key, "days", self.times)?,
            first: small("waits", &key, "round", self.first)?,
            with_target: small("waits", &key, "due", self.with_target)?,
            late: small("waits", &key, "late", self.late)?,
            month: self.month,
        })
    }
}

row! { DeedRow of "events" by stream seq {
    stream: String,
    seq: i64,
    at_us: i64,
    body: String,
    process: String,
    product: String,
    supplier: String,
} }

impl DeedRow {
    fn read(self) -> Answer<Deed> {
        let key = self.key();
        Ok(Deed {
            journey: parsed("events", &key, "stream", &self.stream)?,
            seq: Seq(u64::try_from(self.seq).map_err(|error| unreadable("events", &key, "seq", &error))?),
            at: instant("events", &key, "at_us", self.at_us)?,
            event: serde_json::from_str(&self.body).map_err(|error| unreadable("events", &key, "body", &error))?,
            process: parsed("journeys", &self.stream, "process", &self.process)?,
            product: self.product,
            supplier: self.supplier,
        })
    }
}

/// The roles of a statement; unused places hold a word that is no role.
fn held(roles: &[Role]) -> [&'static str; ROLES] {
    debug_assert!(roles.len() <= ROLES, "a statement takes {ROLES} roles");
    let mut names = [""; ROLES];
    for (place, role) in names.iter_mut().zip(roles) {
        *place = role.name();
    }
    names
}

/// A statement whose first places are roles.
/// Who opened a round first.
pub const OPENED: &str = "SELECT person, at_us FROM opened WHERE journey = $1 AND task = $2 AND round = $3";

fn with_roles<T>(text: &'static str, roles: &[&'static str; ROLES]) -> QueryAs<'static, Any, T, AnyArguments>
where
    T: for<'r> FromRow<'r, AnyRow>,
{
    roles.iter().fold(sqlx::query_as(text), |query, role| query.bind(*role))
}

#[async_trait]
impl Worklist for Db {
    async fn worklist(&self, filter: &WorkFilter) -> Answer<Vec<WorkLine>> {
        let roles = held(&filter.roles);
        let (key, journey, task, role) = match &filter.after {
            Some((key, journey, task, role)) => (plain(key), journey.to_string(), task.to_string(), role.name()),
            None => Default::default(),
        };
        // The key comes back from a page: what is no time begins at the beginning. Backwards that is after everything.
        let from = |first: i64| key.parse().unwrap_or(first).to_string();
        let last = |key: &str| if key.is_empty() { BEYOND.to_owned() } else { key.to_owned() };
        let (text, key) = match filter.order {
            WorkOrder::Oldest => (WORK_BY_AGE, from(i64::MIN)),
            WorkOrder::Newest => (WORK_BY_AGE_BACK, from(i64::MAX)),
            WorkOrder::Due => (WORK_BY_DUE, key),
            WorkOrder::DueLast => (WORK_BY_DUE_BACK, last(&key)),
        };
        let day = |day: Option<Date>, other: &str| day.map_or_else(|| other.to_owned(), |day| day.to_string());
        let [first, words @ ..] = patterns(&filter.find);
        let mut query = with_roles(text, &roles)
            .bind(plain(&filter.task))
            .bind(plain(&filter.claimed))
            .bind(filter.me.as_ref().map_or_else(String::new, ToString::to_string))
            .bind(first)
            .bind(key)
            .bind(journey)
            .bind(task)
            .bind(role)
            .bind(i64::from(filter.limit));
        for word in words {
            query = query.bind(word);
        }
        query = query.bind(day(filter.due.0, "")).bind(day(filter.due.1, NO_DUE));
        let rows: Vec<WorkRow> = query.fetch_all(&self.read).answered().await?;
        rows.into_iter().map(WorkRow::read).collect()
    }

    async fn figures(&self, roles: &[Role], me: &PersonId, today: Date, soon: Date) -> Answer<WorkFigures> {
        let roles = held(roles);
        let row: (i64, i64, i64, i64, i64) = with_roles(FIGURES, &roles)
            .bind(today.to_string())
            .bind(soon.to_string())
            .bind(me.to_string())
            .fetch_one(&self.read)
            .answered()
            .await?;
        let small = |number| small("turns", roles[0], "role", number);
        Ok(WorkFigures {
            all: small(row.0)?,
            overdue: small(row.1)?,
            soon: small(row.2)?,
            mine: small(row.3)?,
            free: small(row.4)?,
        })
    }

    async fn work_shares(&self, roles: &[Role], today: Date) -> Answer<Vec<WorkShare>> {
        let roles = held(roles);
        let rows: Vec<(String, String, String, i64, i64)> =
            with_roles(SHARES, &roles).bind(today.to_string()).fetch_all(&self.read).answered().await?;
        let share = |(role, person, name, all, overdue): (String, String, String, i64, i64)| {
            Ok(WorkShare {
                role: parsed("turns", &role, "role", &role)?,
                person: if person.is_empty() { None } else { Some((parsed("team_claims", &role, "person", &person)?, name)) },
                all: small("turns", &role, "tasks", all)?,
                overdue: small("turns", &role, "overdue", overdue)?,
            })
        };
        rows.into_iter().map(share).collect()
    }

    async fn deeds(&self, person: &PersonId, after: Option<(Timestamp, JourneyRef, Seq)>, limit: u32) -> Answer<Vec<Deed>> {
        let (at, stream, seq) = match &after {
            Some((at, journey, seq)) => (micros(*at), journey.to_string(), seq_of(*seq)),
            None => (i64::MAX, String::new(), 0),
        };
        let rows: Vec<DeedRow> = sqlx::query_as(DEEDS)
            .bind(person.to_string())
            .bind(at)
            .bind(stream)
            .bind(seq)
            .bind(i64::from(limit))
            .fetch_all(&self.read)
            .answered()
            .await?;
        rows.into_iter().map(DeedRow::read).collect()
    }

    async fn waited(&self, tasks: &[TaskId], since: Timestamp) -> Answer<BTreeMap<TaskId, Vec<(u32, u32)>>> {
        debug_assert!(tasks.len() <= MOST_TASKS, "a statement takes {MOST_TASKS} tasks");
        let mut query = sqlx::query_as(WAITED).bind(micros(since));
        for at in 0..MOST_TASKS {
            query = query.bind(tasks.get(at).map_or_else(String::new, ToString::to_string));
        }
        let rows: Vec<(String, i64, i64)> = query.fetch_all(&self.read).answered().await?;
        let mut waited: BTreeMap<TaskId, Vec<(u32, u32)>> = BTreeMap::new();
        for (task, days, times) in rows {
            let pair = (small("waits", &task, "days", days)?, small("waits", &task, "days", times)?);
            waited.entry(parsed("waits", &task, "task", &task)?).or_default().push(pair);
        }
        Ok(waited)
    }

    async fn wait_counts(&self, from: &str) -> Answer<Vec<WaitCount>> {
        let rows: Vec<WaitRow> = sqlx::query_as(WAIT_COUNTS).bind(plain(from)).fetch_all(&self.read).answered().await?;
        rows.into_iter().map(WaitRow::read).collect()
    }

    async fn keep_waits(&self, journey: &JourneyRef, waits: &[Wait]) -> Answer<()> {
        let mut transaction = self.begin().await?;
        insert_waits(&mut transaction, &journey.to_string(), waits).await?;
        transaction.commit().answered().await
    }

    async fn ahead(&self, roles: &[Role], since: Timestamp) -> Answer<u32> {
        let roles = held(roles);
        let (count,): (i64,) = with_roles(AHEAD, &roles).bind(micros(since)).fetch_one(&self.read).answered().await?;
        small("turns", roles[0], "role", count)
    }

    async fn opened(&self, journey: &JourneyRef, task: &TaskId, round: Round) -> Answer<Option<(PersonId, Timestamp)>> {
        let row: Option<(String, i64)> = sqlx::query_as(OPENED)
            .bind(journey.to_string())
            .bind(task.to_string())
            .bind(i64::from(round.0))
            .fetch_optional(&self.read)
            .answered()
            .await?;
        let key = format!("{journey} {task} {round}");
        row.map(|(person, at)| Ok((parsed("opened", &key, "person", &person)?, instant("opened", &key, "at_us", at)?)))
            .transpose()
    }

    async fn note_opened(
        &self,
        journey: &JourneyRef,
        task: &TaskId,
        round: Round,
        person: &PersonId,
        at: Timestamp,
    ) -> Answer<()> {
        sqlx::query(
            "INSERT INTO opened (journey, task, round, person, at_us) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        )
        .bind(journey.to_string())
        .bind(task.to_string())
        .bind(i64::from(round.0))
        .bind(person.to_string())
        .bind(micros(at))
        .execute(&self.write)
        .answered()
        .await?;
        Ok(())
    }

    async fn work_views(&self, person: &PersonId) -> Answer<Vec<(String, String)>> {
        sqlx::query_as("SELECT name, query FROM work_views WHERE person = $1 ORDER BY name")
            .bind(person.to_string())
            .fetch_all(&self.read)
            .answered()
            .await
    }

    async fn keep_view(&self, person: &PersonId, name: &str, query: &str) -> Result<(), WriteError> {
        let most = i64::try_from(MOST_VIEWS).unwrap_or(i64::MAX);
        let kept = sqlx::query(
            "INSERT INTO work_views (person, name, query) SELECT $1, $2, $3 \
             WHERE (SELECT COUNT(*) FROM work_views WHERE person = $1 AND name <> $2) < $4 \
             ON CONFLICT (person, name) DO UPDATE SET query = excluded.query",
        )
        .bind(person.to_string())
        .bind(plain(name))
        .bind(plain(query))
        .bind(most)
        .execute(&self.write)
        .written()
        .await?;
        if kept.rows_affected() == 0 { Err(WriteError::Conflict) } else { Ok(()) }
    }

    async fn drop_view(&self, person: &PersonId, name: &str) -> Answer<()> {
        sqlx::query("DELETE FROM work_views WHERE person = $1 AND name = $2")
            .bind(person.to_string())
            .bind(plain(name))
            .execute(&self.write)
            .answered()
            .await?;
        Ok(())
    }
}
