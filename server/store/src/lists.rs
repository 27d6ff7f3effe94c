//! What lists show: journeys, the worklist and its figures, made from the fold of each ledger and replaced with it.
//!
//! Long because its statements are read beside the rows that they fill.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Display,
    str::FromStr,
};

use jiff::civil::Date;
use journey::{
    base::{
        actor::{Role, Side},
        calendar,
        ids::{JourneyRef, OrganisationId, Round, Seq, TaskId},
    },
    port::{Answer, JourneyFilter, JourneyLine, MOST_JOURNEYS, StoreError, WriteError, work::NO_DUE},
    view::{
        overview::{HadBefore, Projection},
        register::Registered,
        turns::{Around, Turn},
        waits::{self, Wait},
    },
};
use sqlx::{Any, AssertSqlSafe, FromRow, Transaction, any::AnyRow};

use crate::{
    db::{Db, Ending},
    register,
    row::{AT_ONCE, column, folded, has_words, instant, micros, parsed, patterns, places, plain, row, seq_of, side_of, small},
};

/// `turns.place` counts turns in steps of so many, to leave room for the roles of each.
const STEP: usize = 32;

/// The list of journeys, from these tables and of these. Each is a statement of its own, so that each uses its own index.
macro_rules! journeys {
    ($of:literal, $whose:literal) => {
        concat!(
            "SELECT j.ref AS reference, j.product, o.name AS supplier, j.phase, j.stage, j.done, \
                    j.planned, j.changed_us, j.supplier_turns, j.programme_turns, \
                    COALESCE(m.known_as, '') AS known_as \
             FROM ",
            $of,
            " JOIN organisations o ON o.id = j.organisation LEFT JOIN found_by m ON m.journey = j.ref \
             WHERE ",
            $whose,
            " AND (j.changed_us, j.ref) < ($2, $3) \
               AND ($4 = '' OR j.phase = $4 OR ($4 = 'again' AND m.again > 0)) \
               AND ",
            has_words!("(j.folded || ' ' || o.folded || ' ' || LOWER(o.ods_code))", "$5" "$7" "$8" "$9" "$10" "$11"),
            " ORDER BY j.changed_us DESC, j.ref DESC LIMIT CAST($6 AS BIGINT)"
        )
    };
}

/// Journeys of one supplier.
pub const JOURNEYS_OF_ONE: &str = journeys!("journeys j", "j.organisation = $1");

/// Journeys in which one organisation was given a part.
pub const JOURNEYS_OF_PARTY: &str = journeys!("parties a JOIN journeys j ON j.ref = a.journey", "a.organisation = $1");

/// Journeys of everybody.
pub const JOURNEYS_OF_ALL: &str = journeys!("journeys j", "$1 = ''");

/// What lists show of one journey, but for the register of products, in one statement: two would tear when somebody writes between them.
pub const PROJECTION: &str = "SELECT j.ref AS reference, j.process, j.organisation, j.product, j.phase, j.stage, j.done, \
            j.planned, j.opened_us, j.changed_us, j.lapses_us, CAST(COALESCE(m.again, 0) AS BIGINT) AS again, COALESCE(m.known_as, '') AS known_as, t.task, t.role, t.round, t.awaited, t.since_us, t.due, \
            COALESCE(h.organisations, '') AS organisations, COALESCE(h.not_by, '') AS not_by, \
            CAST(COALESCE(h.each_role, 0) AS BIGINT) AS each_role \
     FROM journeys j LEFT JOIN found_by m ON m.journey = j.ref LEFT JOIN turns t ON t.journey = j.ref \
     LEFT JOIN turn_hands h ON h.journey = t.journey AND h.task = t.task AND h.side = t.side \
     WHERE j.ref = $1 ORDER BY t.place";

/// Who decided on the round before, of what waits in a journey.
pub const HAD_BEFORE: &str = "SELECT b.task, b.role, b.round, b.person FROM had_before b \
     JOIN turns t ON t.journey = b.journey AND t.task = b.task AND t.role = b.role AND t.round = b.round \
     WHERE b.journey = $1 AND t.awaited = 1";

/// Every turn of these journeys.
pub const TURNS_OF: &str = "SELECT t.journey AS reference, t.task, t.role, t.round, t.awaited, t.since_us, t.due, \
            COALESCE(h.organisations, '') AS organisations, COALESCE(h.not_by, '') AS not_by, \
            CAST(COALESCE(h.each_role, 0) AS BIGINT) AS each_role \
     FROM turns t LEFT JOIN turn_hands h ON h.journey = t.journey AND h.task = t.task AND h.side = t.side \
     WHERE t.journey IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, \
                         $24, $25) \
     ORDER BY t.journey, t.place";

/// The supplier of each of these journeys and the organisations with a part in it.
pub const AROUND: &str = "SELECT j.ref AS reference, o.id, o.name, '' AS side \
     FROM journeys j JOIN organisations o ON o.id = j.organisation \
     WHERE j.ref IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, \
                     $24, $25) \
     UNION ALL SELECT a.journey, o.id, o.name, o.side \
     FROM parties a JOIN organisations o ON o.id = a.organisation \
     WHERE a.journey IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, \
                         $24, $25)";

row! { JourneyRow of "journeys" by reference {
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
    known_as: String,
} }

impl JourneyRow {
    fn read(self) -> Answer<JourneyLine> {
        let key = self.key();
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
            known_as: self.known_as,
        })
    }
}

row! { ProjectionRow of "journeys" by reference {
    reference: String,
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
    again: i64,
    known_as: String,
} }

row! { TurnRow of "turns" by reference task {
    reference: String,
    task: String,
    role: String,
    round: i64,
    awaited: i64,
    since_us: i64,
    due: String,
    organisations: String,
    not_by: String,
    each_role: i64,
} }

row! { HadBeforeRow of "had_before" by task role {
    task: String,
    role: String,
    round: i64,
    person: String,
} }

impl HadBeforeRow {
    fn read(self) -> Answer<HadBefore> {
        let key = self.key();
        Ok(HadBefore {
            task: parsed("had_before", &key, "task", &self.task)?,
            role: parsed("had_before", &key, "role", &self.role)?,
            round: Round(small("had_before", &key, "round", self.round)?),
            person: parsed("had_before", &key, "person", &self.person)?,
        })
    }
}

row! { AroundRow of "organisations" by id {
    reference: String,
    id: String,
    name: String,
    side: String,
} }

/// A journey with one of its turns, if it has any.
struct TurnOfJourney(ProjectionRow, Option<TurnRow>);

impl<'r> FromRow<'r, AnyRow> for TurnOfJourney {
    fn from_row(row: &'r AnyRow) -> sqlx::Result<Self> {
        let task: Option<String> = column(row, "turns", &["reference"], "task")?;
        Ok(Self(ProjectionRow::from_row(row)?, task.map(|_| TurnRow::from_row(row)).transpose()?))
    }
}

pub(crate) fn due_of(key: &str, due: &str) -> Answer<Option<Date>> {
    if due == NO_DUE { Ok(None) } else { parsed("turns", key, "due", due).map(Some) }
}

impl ProjectionRow {
    fn read(self, turns: Vec<TurnRow>, had_before: Vec<HadBefore>, registered: Registered) -> Answer<Projection> {
        let key = self.key();
        Ok(Projection {
            process: parsed("journeys", &key, "process", &self.process)?,
            organisation: parsed("journeys", &key, "organisation", &self.organisation)?,
            product: self.product,
            phase: self.phase,
            stage: self.stage,
            done: small("journeys", &key, "done", self.done)?,
            all: small("journeys", &key, "planned", self.planned)?,
            opened_at: instant("journeys", &key, "opened_us", self.opened_us)?,
            changed_at: instant("journeys", &key, "changed_us", self.changed_us)?,
            lapses_at: self.lapses_us.map(|at| instant("journeys", &key, "lapses_us", at)).transpose()?,
            again: small("found_by", &key, "again", self.again)?,
            known_as: self.known_as,
            turns: turns_of(turns)?,
            had_before,
            registered,
        })
    }
}

impl Db {
    pub(crate) async fn list_journeys(&self, filter: &JourneyFilter) -> Answer<Vec<JourneyLine>> {
        let (after_us, after_ref) = filter
            .after
            .as_ref()
            .map_or((i64::MAX, String::new()), |(changed, reference)| (micros(*changed), reference.to_string()));
        let (statement, organisation) = match (&filter.party, &filter.organisation) {
            (Some(party), _) => (JOURNEYS_OF_PARTY, party.to_string()),
            (None, Some(supplier)) => (JOURNEYS_OF_ONE, supplier.to_string()),
            (None, None) => (JOURNEYS_OF_ALL, String::new()),
        };
        let [first, words @ ..] = patterns(&filter.find);
        let mut query = sqlx::query_as(statement)
            .bind(organisation)
            .bind(after_us)
            .bind(after_ref)
            .bind(plain(&filter.phase))
            .bind(first)
            .bind(i64::from(filter.limit));
        for word in words {
            query = query.bind(word);
        }
        let rows: Vec<JourneyRow> = query.fetch_all(&self.read).answered().await?;
        rows.into_iter().map(JourneyRow::read).collect()
    }

    pub(crate) async fn projected(&self, journey: &JourneyRef) -> Answer<Option<Projection>> {
        let rows: Vec<TurnOfJourney> =
            sqlx::query_as(PROJECTION).bind(journey.to_string()).fetch_all(&self.read).answered().await?;
        let (mut head, mut turns) = (None, Vec::new());
        for TurnOfJourney(journey, turn) in rows {
            head = Some(journey);
            turns.extend(turn);
        }
        let registered = self.registered(journey).await?;
        let had_before = self.had_before(journey).await?;
        head.map(|row| row.read(turns, had_before, registered)).transpose()
    }

    async fn had_before(&self, journey: &JourneyRef) -> Answer<Vec<HadBefore>> {
        let rows: Vec<HadBeforeRow> =
            sqlx::query_as(HAD_BEFORE).bind(journey.to_string()).fetch_all(&self.read).answered().await?;
        let mut found = rows.into_iter().map(HadBeforeRow::read).collect::<Answer<Vec<HadBefore>>>()?;
        found.sort();
        Ok(found)
    }

    pub(crate) async fn list_turns(&self, journeys: &[JourneyRef]) -> Answer<Vec<(JourneyRef, Vec<Turn>, Around)>> {
        debug_assert!(journeys.len() <= MOST_JOURNEYS, "a question takes {MOST_JOURNEYS} journeys");
        let (mut turns, mut around) = (sqlx::query_as(TURNS_OF), sqlx::query_as(AROUND));
        for at in 0..MOST_JOURNEYS {
            let reference = journeys.get(at).map_or_else(String::new, ToString::to_string);
            turns = turns.bind(reference.clone());
            around = around.bind(reference);
        }
        let rows: Vec<TurnRow> = turns.fetch_all(&self.read).answered().await?;
        let organisations: Vec<AroundRow> = around.fetch_all(&self.read).answered().await?;
        let mut all = Vec::new();
        let mut of_journey: BTreeMap<String, Vec<TurnRow>> = BTreeMap::new();
        for row in rows {
            of_journey.entry(row.reference.clone()).or_default().push(row);
        }
        for journey in journeys.iter().take(MOST_JOURNEYS) {
            let reference = journey.to_string();
            let mut known: Option<Around> = None;
            let mut parties = Vec::new();
            for row in organisations.iter().filter(|row| row.reference == reference) {
                let key = row.key();
                let id: OrganisationId = parsed("organisations", &key, "id", &row.id)?;
                let around =
                    known.get_or_insert_with(|| Around { supplier: id.clone(), parties: Vec::new(), names: BTreeMap::new() });
                around.names.insert(id.clone(), row.name.clone());
                if row.side.is_empty() {
                    around.supplier = id;
                } else {
                    parties.push((id, side_of("organisations", &key, &row.side)?));
                }
            }
            if let Some(mut around) = known {
                parties.sort();
                around.parties = parties;
                all.push((journey.clone(), turns_of(of_journey.remove(&reference).unwrap_or_default())?, around));
            }
        }
        Ok(all)
    }

    pub(crate) async fn read_lists_made(&self) -> Answer<u32> {
        let (rules,): (i64,) =
            sqlx::query_as("SELECT rules FROM lists_made WHERE one = 1").fetch_one(&self.read).answered().await?;
        small("lists_made", "1", "rules", rules)
    }

    pub(crate) async fn write_lists_made(&self, rules: u32) -> Answer<()> {
        sqlx::query("UPDATE lists_made SET rules = $1 WHERE one = 1")
            .bind(i64::from(rules))
            .execute(&self.write)
            .answered()
            .await?;
        Ok(())
    }

    pub(crate) async fn make_list_again(&self, journey: &JourneyRef, at: Seq, projection: &Projection) -> Result<(), WriteError> {
        let reference = journey.to_string();
        let mut transaction = self.begin().await?;
        // Whoever writes to the journey meanwhile waits for this row, or is waited for and then seen in its ledger.
        sqlx::query("UPDATE journeys SET phase = phase WHERE ref = $1")
            .bind(reference.clone())
            .execute(&mut *transaction)
            .answered()
            .await?;
        let (later,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM events WHERE stream = $1 AND seq > $2")
            .bind(reference.clone())
            .bind(seq_of(at))
            .fetch_one(&mut *transaction)
            .answered()
            .await?;
        if later > 0 {
            return Err(WriteError::Conflict);
        }
        register::replace(&mut transaction, &reference, &projection.registered).await?;
        let roles = project(&mut transaction, &reference, projection, Ended::Nothing).await?;
        self.commit(transaction, &reference, roles).await
    }
}

/// A turn as it stood before: task, role, round, whether it was awaited, since when, due.
type TurnBefore = (String, String, i64, i64, i64, String);

/// What is made of turns that are there no more.
#[derive(Clone, Copy)]
pub(crate) enum Ended {
    /// Somebody acted: these waits have ended.
    Waits,
    /// The lines are made anew by other rules: that ends nothing.
    Nothing,
}

/// Waits that have ended, each once.
pub(crate) async fn insert_waits(transaction: &mut Transaction<'static, Any>, journey: &str, waits: &[Wait]) -> Answer<()> {
    for some in waits.chunks(AT_ONCE) {
        let text = format!(
            "INSERT INTO waits (journey, task, role, round, since_us, until_us, month, days, due, late) VALUES {} \
             ON CONFLICT (journey, task, role, round, since_us) DO NOTHING",
            places(some.len(), 10)
        );
        let mut insert = sqlx::query(AssertSqlSafe(text));
        for wait in some {
            let day = calendar::date_of(wait.until);
            insert = insert
                .bind(journey.to_owned())
                .bind(wait.task.to_string())
                .bind(wait.role.name())
                .bind(i64::from(wait.round.0))
                .bind(micros(wait.since))
                .bind(micros(wait.until))
                .bind(format!("{:04}-{:02}", day.year(), day.month()))
                .bind(i64::from(wait.days()))
                .bind(wait.due.map_or_else(|| NO_DUE.to_owned(), |due| due.to_string()))
                .bind(i64::from(wait.is_late()));
        }
        insert.execute(&mut **transaction).answered().await?;
    }
    Ok(())
}

/// Replaces what lists show of a journey, and drops claims of what no longer waits for the team.
///
/// Answers the roles that had a turn before or have one now: theirs are the worklists that may have changed.
pub(crate) async fn project(
    transaction: &mut Transaction<'static, Any>,
    journey: &str,
    now: &Projection,
    ended: Ended,
) -> Answer<BTreeSet<Role>> {
    let mut roles: BTreeSet<Role> =
        now.turns.iter().filter(|turn| turn.awaited).flat_map(|turn| turn.roles.iter().copied()).collect();
    let waiting = |side: Side| i64::try_from(now.turns.iter().filter(|t| t.side == side && t.awaited).count()).unwrap_or(0);
    sqlx::query(
        "INSERT INTO journeys (ref, process, organisation, product, phase, stage, done, planned, supplier_turns, \
                               programme_turns, opened_us, changed_us, lapses_us, folded) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) \
         ON CONFLICT (ref) DO UPDATE SET process = excluded.process, product = excluded.product, phase = excluded.phase, \
             stage = excluded.stage, done = excluded.done, planned = excluded.planned, \
             supplier_turns = excluded.supplier_turns, programme_turns = excluded.programme_turns, \
             changed_us = excluded.changed_us, lapses_us = excluded.lapses_us, folded = excluded.folded",
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
    .bind(folded(&format!("{} {journey} {}", now.product, now.known_as)))
    .execute(&mut **transaction)
    .answered()
    .await?;
    sqlx::query(
        "INSERT INTO found_by (journey, again, known_as) VALUES ($1, $2, $3) \
         ON CONFLICT (journey) DO UPDATE SET again = excluded.again, known_as = excluded.known_as",
    )
    .bind(journey.to_owned())
    .bind(i64::from(now.again))
    .bind(now.known_as.clone())
    .execute(&mut **transaction)
    .answered()
    .await?;
    let before: Vec<TurnBefore> =
        sqlx::query_as("DELETE FROM turns WHERE journey = $1 RETURNING task, role, round, awaited, since_us, due")
            .bind(journey.to_owned())
            .fetch_all(&mut **transaction)
            .answered()
            .await?;
    let mut waits = Vec::new();
    for (task, role, round, awaited, since, due) in before {
        if awaited != 1 {
            continue;
        }
        let role: Role = parsed("turns", journey, "role", &role)?;
        roles.insert(role);
        let (task, round): (TaskId, _) =
            (parsed("turns", journey, "task", &task)?, Round(small("turns", journey, "round", round)?));
        if role.side() == Side::Programme && waits::has_ended(&task, role, round, &now.turns) {
            let since = instant("turns", journey, "since_us", since)?;
            waits.push(Wait { task, role, round, since, until: now.changed_at, due: due_of(journey, &due)? });
        }
    }
    // What ends because the journey is withdrawn was not answered.
    if matches!(ended, Ended::Waits) && now.phase != "withdrawn" {
        insert_waits(transaction, journey, &waits).await?;
    }
    insert_turns(transaction, journey, &now.turns).await?;
    insert_had_before(transaction, journey, &now.had_before).await?;
    register::write_lines(transaction, journey, &now.registered.lines).await?;
    sqlx::query(
        "DELETE FROM team_claims WHERE journey = $1 AND NOT EXISTS \
         (SELECT 1 FROM turns t WHERE t.journey = team_claims.journey AND t.task = team_claims.task \
             AND t.role = team_claims.role AND t.awaited = 1)",
    )
    .bind(journey.to_owned())
    .execute(&mut **transaction)
    .answered()
    .await?;
    Ok(roles)
}

/// The roles that have a turn in a journey.
pub(crate) async fn awaited(transaction: &mut Transaction<'static, Any>, journey: &str) -> Answer<BTreeSet<Role>> {
    let rows: Vec<(String,)> = sqlx::query_as("SELECT DISTINCT role FROM turns WHERE journey = $1 AND awaited = 1")
        .bind(journey.to_owned())
        .fetch_all(&mut **transaction)
        .answered()
        .await?;
    rows.into_iter().map(|(role,)| parsed("turns", journey, "role", &role)).collect()
}

/// One row for each role that may act. All of them in one statement: a journey has dozens, and one writer at a time.
async fn insert_turns(transaction: &mut Transaction<'static, Any>, journey: &str, turns: &[Turn]) -> Answer<()> {
    let rows: Vec<(usize, &Turn, Role)> = turns
        .iter()
        .enumerate()
        .flat_map(|(place, turn)| turn.roles.iter().enumerate().map(move |(number, role)| (place * STEP + number, turn, *role)))
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    let text = format!(
        "INSERT INTO turns (journey, task, role, side, place, round, awaited, since_us, due) VALUES {}",
        places(rows.len(), 9)
    );
    let mut insert = sqlx::query(AssertSqlSafe(text));
    for (place, turn, role) in rows {
        insert = insert
            .bind(journey.to_owned())
            .bind(turn.task.to_string())
            .bind(role.name())
            .bind(turn.side.name())
            .bind(i64::try_from(place).unwrap_or(i64::MAX))
            .bind(i64::from(turn.round.0))
            .bind(i64::from(turn.awaited))
            .bind(micros(turn.since))
            .bind(turn.due.map_or_else(|| NO_DUE.to_owned(), |due| due.to_string()));
    }
    insert.execute(&mut **transaction).answered().await?;
    insert_hands(transaction, journey, turns).await
}

/// Who of its side each turn asks. A turn that comes back writes over what was said of it before.
async fn insert_hands(transaction: &mut Transaction<'static, Any>, journey: &str, turns: &[Turn]) -> Answer<()> {
    let text = format!(
        "INSERT INTO turn_hands (journey, task, side, organisations, not_by, each_role) VALUES {} \
         ON CONFLICT (journey, task, side) DO UPDATE SET organisations = excluded.organisations, not_by = excluded.not_by, \
             each_role = excluded.each_role",
        places(turns.len(), 6)
    );
    let mut insert = sqlx::query(AssertSqlSafe(text));
    for turn in turns {
        insert = insert
            .bind(journey.to_owned())
            .bind(turn.task.to_string())
            .bind(turn.side.name())
            .bind(words(&turn.organisations))
            .bind(words(&turn.not_by))
            .bind(i64::from(turn.each));
    }
    insert.execute(&mut **transaction).answered().await?;
    Ok(())
}

/// Who decided on the round before. A turn that comes back writes over what was said of it; most journeys have none.
async fn insert_had_before(transaction: &mut Transaction<'static, Any>, journey: &str, had: &[HadBefore]) -> Answer<()> {
    if had.is_empty() {
        return Ok(());
    }
    let text = format!(
        "INSERT INTO had_before (journey, task, role, round, person) VALUES {} \
         ON CONFLICT (journey, task, role) DO UPDATE SET round = excluded.round, person = excluded.person",
        places(had.len(), 5)
    );
    let mut insert = sqlx::query(AssertSqlSafe(text));
    for one in had {
        insert = insert
            .bind(journey.to_owned())
            .bind(one.task.to_string())
            .bind(one.role.name())
            .bind(i64::from(one.round.0))
            .bind(one.person.to_string());
    }
    insert.execute(&mut **transaction).answered().await?;
    Ok(())
}

/// Ids in one text.
fn words<T: ToString>(ids: &[T]) -> String {
    ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

fn ids<T: FromStr<Err: Display>>(key: &str, column: &'static str, text: &str) -> Answer<Vec<T>> {
    text.split_whitespace().map(|id| parsed("turn_hands", key, column, id)).collect()
}

/// Rows of one task become one turn again.
fn turns_of(rows: Vec<TurnRow>) -> Result<Vec<Turn>, StoreError> {
    let mut turns: Vec<Turn> = Vec::new();
    for row in rows {
        let key = row.key();
        let task: TaskId = parsed("turns", &key, "task", &row.task)?;
        let role: Role = parsed("turns", &key, "role", &row.role)?;
        // A task may wait for two sides at once: for its own work, and for an answer to a proposed waiver.
        match turns.last_mut().filter(|turn| turn.task == task && turn.side == role.side()) {
            Some(turn) => turn.roles.push(role),
            None => turns.push(Turn {
                task,
                side: role.side(),
                roles: vec![role],
                since: instant("turns", &key, "since_us", row.since_us)?,
                due: due_of(&key, &row.due)?,
                expected: None,
                round: Round(small("turns", &key, "round", row.round)?),
                awaited: row.awaited == 1,
                organisations: ids(&key, "organisations", &row.organisations)?,
                not_by: ids(&key, "not_by", &row.not_by)?,
                each: row.each_role == 1,
            }),
        }
    }
    Ok(turns)
}
