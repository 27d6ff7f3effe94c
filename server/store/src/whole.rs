//! The whole database: walked from one end to the other by `verify`, written down row by row by `backup`, taken in again by
//! `restore`. The rows are the same on both databases, so that a backup of the one can be restored into the other.
//!
//! Long because it has every table with its columns, for backups.

use std::collections::BTreeSet;

use futures_util::TryStreamExt as _;
use journey::{
    base::{
        actor::{Role, Side},
        ids::{Digest, JourneyRef, OrganisationId, PersonId, TaskId},
    },
    port::{Answer, Organisation, WriteError, files::StoredFile},
};
use serde_json::Value;
use sqlx::{Any, Row as _, Transaction};

use crate::{
    db::{Db, Dialect, Ending},
    files::FileRow,
    links::roles_of,
    row::{folded, parsed, plain, row, unreadable},
};

/// What a column holds. Either may be empty where the schema allows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
}

/// A table that a backup holds.
#[derive(Debug)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    columns: &'static [(&'static str, Kind)],
    select: &'static str,
    insert: &'static str,
}

impl Table {
    /// Its columns, in order.
    pub fn columns(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.columns.iter().map(|(name, _)| *name)
    }
}

macro_rules! table {
    ($name:literal by $key:literal { 1 $first:ident $kind:ident, $($number:literal $column:ident $of:ident,)+ }) => {
        Table {
            name: $name,
            columns: &[(stringify!($first), Kind::$kind), $((stringify!($column), Kind::$of)),+],
            select: concat!("SELECT ", stringify!($first), $(", ", stringify!($column),)+ " FROM ", $name, " ORDER BY ", $key),
            insert: concat!(
                "INSERT INTO ", $name, " (", stringify!($first), $(", ", stringify!($column),)+ ") VALUES ($1",
                $(", $", $number,)+ ")"
            ),
        }
    };
}

/// Every table of a backup, in the order in which they can be filled.
pub const TABLES: &[Table] = &[
    table!("organisations" by "id" { 1 id Text, 2 name Text, 3 ods_code Text, 4 side Text, 5 created_us Number, 6 folded Text, }),
    table!("people" by "id" { 1 id Text, 2 email Text, 3 name Text, 4 password Text, 5 confirmed_us Number, 6 created_us Number, }),
    table!("memberships" by "person, organisation" { 1 person Text, 2 organisation Text, 3 roles Text, 4 since_us Number, }),
    table!("links" by "token" {
        1 token Text, 2 purpose Text, 3 person Text, 4 organisation Text, 5 email Text, 6 roles Text, 7 made_by Text,
        8 created_us Number, 9 expires_us Number, 10 used_us Number,
    }),
    table!("events" by "stream, seq" {
        1 stream Text, 2 seq Number, 3 at_us Number, 4 person Text, 5 organisation Text, 6 body Text, 7 prev Text, 8 digest Text,
    }),
    table!("submissions" by "journey, task, round" { 1 journey Text, 2 task Text, 3 round Number, 4 digest Text, 5 body Text, }),
    table!("confirmed_organisations" by "organisation" { 1 organisation Text, 2 person Text, 3 at_us Number, }),
    table!("asked_details" by "organisation" { 1 organisation Text, 2 name Text, 3 ods_code Text, 4 person Text, 5 at_us Number, }),
    table!("locked_people" by "person" { 1 person Text, 2 reason Text, 3 locked_by Text, 4 at_us Number, }),
    table!("merged_organisations" by "organisation" {
        1 organisation Text, 2 kept Text, 3 reason Text, 4 merged_by Text, 5 at_us Number,
    }),
    table!("second_steps" by "person" { 1 person Text, 2 key Text, 3 last_step Number, 4 made_us Number, }),
    table!("recovery_codes" by "person, digest" { 1 person Text, 2 digest Text, 3 used_us Number, }),
    table!("second_step_resets" by "person" {
        1 person Text, 2 organisation Text, 3 asked_by Text, 4 reason Text, 5 at_us Number,
    }),
    table!("people_found" by "person" { 1 person Text, 2 folded Text, }),
    table!("audit" by "id" {
        1 id Text, 2 at_us Number, 3 act Text, 4 person Text, 5 organisation Text, 6 journey Text, 7 about Text, 8 reason Text,
        9 address Text,
    }),
    table!("journeys" by "ref" {
        1 ref Text, 2 process Text, 3 organisation Text, 4 product Text, 5 phase Text, 6 stage Text, 7 done Number,
        8 planned Number, 9 supplier_turns Number, 10 programme_turns Number, 11 opened_us Number, 12 changed_us Number,
        13 lapses_us Number, 14 folded Text,
    }),
    table!("parties" by "journey, organisation" { 1 journey Text, 2 organisation Text, }),
    table!("asked_parts" by "part" {
        1 part Text, 2 journey Text, 3 side Text, 4 name Text, 5 ods_code Text, 6 email Text, 7 roles Text, 8 person Text,
        9 at_us Number,
    }),
    table!("turns" by "journey, task, role" {
        1 journey Text, 2 task Text, 3 role Text, 4 side Text, 5 place Number, 6 round Number, 7 awaited Number, 8 since_us Number,
        9 due Text,
    }),
    table!("found_by" by "journey" { 1 journey Text, 2 again Number, 3 known_as Text, }),
    table!("turn_hands" by "journey, task, side" {
        1 journey Text, 2 task Text, 3 side Text, 4 organisations Text, 5 not_by Text, 6 each_role Number,
    }),
    table!("had_before" by "journey, task, role" { 1 journey Text, 2 task Text, 3 role Text, 4 round Number, 5 person Text, }),
    table!("register_lines" by "journey, task" {
        1 journey Text, 2 task Text, 3 number Text, 4 side Text, 5 product Text, 6 organisation Text, 7 supplier Text,
        8 supplier_code Text, 9 capabilities Text, 10 issued_us Number, 11 validity Text, 12 since_us Number, 13 live_since Text,
        14 sites Number, 15 folded Text, 16 by_product Text,
    }),
    table!("register_sites" by "journey, ods_code" { 1 journey Text, 2 ods_code Text, 3 name Text, 4 folded Text, }),
    // Of before; empty since each team has its own.
    table!("claims" by "journey, task" { 1 journey Text, 2 task Text, 3 person Text, 4 at_us Number, }),
    table!("team_claims" by "journey, task, role" { 1 journey Text, 2 task Text, 3 role Text, 4 person Text, 5 at_us Number, }),
    table!("waits" by "journey, task, role, round, since_us" {
        1 journey Text, 2 task Text, 3 role Text, 4 round Number, 5 since_us Number, 6 until_us Number, 7 month Text, 8 days Number,
        9 due Text, 10 late Number,
    }),
    table!("opened" by "journey, task, round" { 1 journey Text, 2 task Text, 3 round Number, 4 person Text, 5 at_us Number, }),
    table!("work_views" by "person, name" { 1 person Text, 2 name Text, 3 query Text, }),
    table!("drafts" by "journey, task, subject" {
        1 journey Text, 2 task Text, 3 subject Text, 4 version Number, 5 body Text, 6 person Text, 7 saved_us Number,
    }),
    table!("drafts_sent" by "journey, task, subject" { 1 journey Text, 2 task Text, 3 subject Text, 4 version Number, }),
    table!("outbox" by "id" {
        1 id Text, 2 address Text, 3 subject Text, 4 body Text, 5 queued_us Number, 6 due_us Number, 7 tries Number,
        8 sent_us Number, 9 last_error Text,
    }),
    table!("enclosures" by "letter" { 1 letter Text, 2 document Text, }),
    table!("undelivered" by "letter" { 1 letter Text, 2 reason Text, 3 at_us Number, }),
    table!("files" by "journey, task, digest" {
        1 journey Text, 2 task Text, 3 digest Text, 4 name Text, 5 kind Text, 6 bytes Number, 7 person Text, 8 uploaded_us Number,
    }),
    table!("messages" by "id" {
        1 id Text, 2 journey Text, 3 seq Number, 4 task Text, 5 audience Text, 6 person Text, 7 organisation Text, 8 said_us Number,
        9 words Text, 10 mentions Text, 11 files Text, 12 taken_us Number,
    }),
    table!("meetings" by "id" {
        1 id Text, 2 journey Text, 3 task Text, 4 side Text, 5 with_side Text, 6 about Text, 7 made_us Number,
    }),
    table!("meeting_steps" by "meeting, step" {
        1 meeting Text, 2 step Number, 3 act Text, 4 side Text, 5 person Text, 6 organisation Text, 7 at_us Number, 8 times Text,
        9 minutes Number, 10 place Text, 11 words Text, 12 told Number,
    }),
    table!("signatories" by "id" {
        1 id Text, 2 journey Text, 3 task Text, 4 ods_code Text, 5 organisation Text, 6 name Text, 7 email Text, 8 made_by Text,
        9 asked_us Number, 10 due Text, 11 opened_us Number, 12 code Text, 13 code_us Number, 14 code_tries Number, 15 codes Number,
        16 kept Text, 17 letter Text, 18 letter_us Number, 19 reminders Number, 20 remind_us Number, 21 signed_us Number,
        22 ended Text, 23 reason Text, 24 ended_us Number,
    }),
    table!("signing_links" by "token" { 1 token Text, 2 signatory Text, 3 created_us Number, 4 expires_us Number, }),
    table!("documents" by "content" {
        1 content Text, 2 digest Text, 3 journey Text, 4 task Text, 5 number Text, 6 made_us Number, 7 body Text,
    }),
    table!("head_lists" by "number" {
        1 number Number, 2 day Text, 3 made_us Number, 4 digest Text, 5 public_key Text, 6 ledgers Number, 7 body Text,
        8 signature Text,
    }),
    table!("listed_heads" by "stream" { 1 stream Text, 2 name Text, 3 seq Number, 4 digest Text, 5 day Text, }),
    table!("seal_certificates" by "fingerprint" {
        1 fingerprint Text, 2 subject Text, 3 issuer Text, 4 from_us Number, 5 until_us Number, 6 since_us Number, 7 chain Text,
    }),
    table!("texts" by "digest" { 1 digest Text, 2 body Text, }),
    table!("live_runs" by "id" {
        1 id Text, 2 journey Text, 3 opened_us Number, 4 ends_us Number, 5 body Text, 6 key_hash Text, 7 key Text, 8 count Number,
        9 bytes Number, 10 head Text, 11 closed_us Number,
    }),
    table!("live_exchanges" by "run, seq" {
        1 run Text, 2 seq Number, 3 digest Text, 4 body Text, 5 held_back Text, 6 summary Text, 7 changed Number, 8 failed Number,
    }),
    table!("live_totals" by "run" { 1 run Text, 2 journey Text, 3 opened_us Number, 4 body Text, 5 failed Text, }),
    table!("live_records" by "run" { 1 run Text, 2 digest Text, }),
    table!("test_runs" by "journey, task, digest" { 1 journey Text, 2 task Text, 3 digest Text, 4 body Text, }),
    table!("defect_messages" by "message" { 1 message Text, 2 journey Text, 3 defect Number, }),
    table!("script_matches" by "organisation, scenario" {
        1 organisation Text, 2 scenario Text, 3 scripts Text, 4 person Text, 5 at_us Number,
    }),
    table!("catalogues" by "edition" { 1 edition Text, 2 body Text, 3 note Text, 4 person Text, 5 at_us Number, }),
    table!("withdrawn_catalogues" by "edition" { 1 edition Text, 2 at_us Number, 3 person Text, 4 why Text, }),
    table!("phrases" by "id" { 1 id Text, 2 role Text, 3 words Text, 4 used Number, 5 person Text, 6 at_us Number, }),
    table!("evidence" by "journey, task, digest" {
        1 journey Text, 2 task Text, 3 digest Text, 4 kind Text, 5 product Text, 6 environment Text, 7 effective Text,
        8 tester Text, 9 replaces Text, 10 person Text, 11 at_us Number,
    }),
    table!("corrections" by "subject, version" { 1 subject Text, 2 version Number, 3 words Text, 4 person Text, 5 at_us Number, }),
    table!("published_corrections" by "subject, version" { 1 subject Text, 2 version Number, 3 reason Text, 4 person Text, }),
    table!("proposed_corrections" by "subject, number" {
        1 subject Text, 2 number Number, 3 follows Number, 4 words Text, 5 reason Text, 6 person Text, 7 at_us Number,
        8 outcome Text, 9 answer Text, 10 answered_by Text, 11 answered_us Number,
    }),
    table!("conversations" by "journey" { 1 journey Text, 2 last Number, }),
    table!("seen" by "person, journey, task" { 1 person Text, 2 journey Text, 3 task Text, 4 seq Number, }),
    table!("uploads" by "person, message, digest" {
        1 person Text, 2 message Text, 3 digest Text, 4 name Text, 5 kind Text, 6 bytes Number, 7 uploaded_us Number,
    }),
    table!("ods_codes" by "code" {
        1 code Text, 2 name Text, 3 role Text, 4 opened Text, 5 closed Text, 6 status Text, 7 file Text,
    }),
    table!("ods_successors" by "code, successor" { 1 code Text, 2 successor Text, 3 since Text, 4 file Text, }),
    table!("ods_files" by "name" { 1 name Text, 2 loaded_us Number, 3 codes Number, }),
    table!("notices" by "person" { 1 person Text, 2 choice Text, }),
    table!("news" by "person, id" {
        1 person Text, 2 id Text, 3 at_us Number, 4 words Text, 5 link Text, 6 message Text, 7 unseen Number,
    }),
    table!("held" by "id" { 1 id Text, 2 person Text, 3 held_us Number, 4 subject Text, 5 link Text, 6 message Text, }),
];

/// Tables that no backup holds: people sign in again, tries to sign in are forgotten, a turnstile only counts, and what is
/// restored is listed, and found, by the rules of the release that restores it.
pub const LEFT_OUT: &[&str] = &["sessions", "attempts", "turnstiles", "lists_made", "message_words", "person_words"];

/// The memory as it was at one moment, while others go on writing.
pub struct Snapshot(Transaction<'static, Any>);

impl Snapshot {
    /// Gives every row of a table to `each`, as one line of JSON: the values in the order of the columns.
    ///
    /// # Errors
    /// When the database or `each` does not answer.
    pub async fn rows(&mut self, table: &Table, mut each: impl FnMut(&str) -> Result<(), String> + Send) -> Result<u64, String> {
        let mut rows = sqlx::query(table.select).fetch(&mut *self.0);
        let mut count = 0;
        while let Some(row) = rows.try_next().await.map_err(|error| error.to_string())? {
            let mut values = Vec::with_capacity(table.columns.len());
            for (place, (name, kind)) in table.columns.iter().enumerate() {
                let value = match kind {
                    Kind::Text => row.try_get::<Option<String>, _>(place).map(|text| text.map_or(Value::Null, Value::String)),
                    Kind::Number => row.try_get::<Option<i64>, _>(place).map(|n| n.map_or(Value::Null, Value::from)),
                };
                values.push(value.map_err(|error| format!("{}, row {}, {name}: {error}", table.name, count + 1))?);
            }
            each(&Value::Array(values).to_string())?;
            count += 1;
        }
        Ok(count)
    }
}

/// An empty memory that is being filled: whole or not at all.
pub struct Filling(Transaction<'static, Any>);

impl Filling {
    /// Takes in a row as [`Snapshot::rows`] wrote it.
    ///
    /// # Errors
    /// When it is no row of this table.
    pub async fn row(&mut self, table: &Table, line: &str) -> Result<(), String> {
        let values: Vec<Value> = serde_json::from_str(line).map_err(|error| format!("{}: {error}", table.name))?;
        if values.len() != table.columns.len() {
            return Err(format!("{}: a row has {} values instead of {}", table.name, values.len(), table.columns.len()));
        }
        let mut insert = sqlx::query(table.insert);
        for (value, (name, kind)) in values.into_iter().zip(table.columns) {
            insert = match (kind, value) {
                (Kind::Text, Value::Null) => insert.bind(None::<String>),
                (Kind::Text, Value::String(text)) => insert.bind(Some(text)),
                (Kind::Number, Value::Null) => insert.bind(None::<i64>),
                (Kind::Number, Value::Number(number)) if number.is_i64() => insert.bind(number.as_i64()),
                (_, other) => return Err(format!("{}: {name} cannot be {other}", table.name)),
            };
        }
        insert.execute(&mut *self.0).written().await.map(drop).map_err(|error| match error {
            WriteError::Conflict => format!("{}: a row is there twice", table.name),
            WriteError::Store(error) => format!("{}: {error}", table.name),
        })
    }

    /// Writes all of it.
    ///
    /// # Errors
    /// An error with what went wrong; then nothing is written.
    pub async fn done(self) -> Answer<()> {
        self.0.commit().answered().await
    }
}

row! { UploadOf of "uploads" by person message digest {
    person: String,
    message: String,
    digest: String,
    bytes: i64,
} }

/// A submission as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct StoredSubmission {
    /// The task that it says it is of.
    pub task: String,
    /// Its round.
    pub round: i64,
    /// The digest that stands with it.
    pub digest: String,
    /// Its words, as JSON.
    pub body: String,
}

row! { OrganisationOf of "organisations" by id {
    id: String,
    name: String,
    ods_code: String,
} }

row! { MembershipOf of "memberships" by person organisation {
    person: String,
    organisation: String,
    roles: String,
} }

impl Db {
    /// The migrations that made this database, in order; none where there never was one.
    ///
    /// # Errors
    /// An error with what went wrong.
    pub async fn migrations(&self) -> Answer<Vec<i64>> {
        let table = match self.dialect {
            Dialect::Sqlite => "SELECT name FROM sqlite_master WHERE name = '_sqlx_migrations'",
            Dialect::Postgres => {
                "SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = CURRENT_SCHEMA() AND tablename = '_sqlx_migrations'"
            }
        };
        let table: Option<(String,)> = sqlx::query_as(table).fetch_optional(&self.read).answered().await?;
        if table.is_none() {
            return Ok(Vec::new());
        }
        let rows: Vec<(i64,)> =
            sqlx::query_as("SELECT version FROM _sqlx_migrations ORDER BY version").fetch_all(&self.read).answered().await?;
        Ok(rows.into_iter().map(|(version,)| version).collect())
    }

    /// Organisations of a side that somebody may mean: by their id, their code or their name, in whatever case.
    ///
    /// # Errors
    /// An error when one cannot be read.
    pub async fn organisations_called(&self, side: Side, text: &str) -> Answer<Vec<Organisation>> {
        let rows: Vec<OrganisationOf> = sqlx::query_as(
            "SELECT id, name, ods_code FROM organisations WHERE side = $1 AND (id = $2 OR (ods_code = $3 AND ods_code <> '') OR folded = $4) \
               AND NOT EXISTS (SELECT 1 FROM merged_organisations x WHERE x.organisation = organisations.id) \
             ORDER BY name, id",
        )
        .bind(side.name())
        .bind(plain(text))
        .bind(plain(&text.to_uppercase()))
        .bind(folded(text))
        .fetch_all(&self.read)
        .answered()
        .await?;
        let read = |row: OrganisationOf| {
            let id = parsed("organisations", &row.key(), "id", &row.id)?;
            Ok(Organisation { id, name: row.name, ods_code: row.ods_code, side })
        };
        rows.into_iter().map(read).collect()
    }

    /// The memory as it is now, to be read in peace.
    ///
    /// # Errors
    /// An error with what went wrong.
    pub async fn snapshot(&self) -> Answer<Snapshot> {
        match self.dialect {
            // In the write-ahead log a reader sees what was there at its first question, for as long as it asks.
            Dialect::Sqlite => Ok(Snapshot(self.long.begin_with("BEGIN").answered().await?)),
            // A whole table takes longer than a page may.
            Dialect::Postgres => {
                let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
                let mut transaction = self.long.begin_with(begin).answered().await?;
                sqlx::query("SET LOCAL statement_timeout = 0").execute(&mut *transaction).answered().await?;
                Ok(Snapshot(transaction))
            }
        }
    }

    /// Begins to fill an empty memory.
    ///
    /// # Errors
    /// An error with what went wrong.
    pub async fn fill(&self) -> Answer<Filling> {
        Ok(Filling(self.begin().await?))
    }

    /// Whether nothing was ever recorded here: no organisation and no event.
    ///
    /// # Errors
    /// An error with what went wrong.
    pub async fn is_empty(&self) -> Answer<bool> {
        const ANY: &str = "SELECT id FROM organisations UNION ALL SELECT stream FROM events LIMIT 1";
        let any: Option<(String,)> = sqlx::query_as(ANY).fetch_optional(&self.read).answered().await?;
        Ok(any.is_none())
    }

    /// Names of streams after this one, in order.
    ///
    /// # Errors
    /// An error with what went wrong.
    pub async fn streams(&self, after: &str, limit: u32) -> Answer<Vec<String>> {
        let rows: Vec<(String,)> =
            sqlx::query_as("SELECT DISTINCT stream FROM events WHERE stream > $1 ORDER BY stream LIMIT $2")
                .bind(after.to_owned())
                .bind(i64::from(limit))
                .fetch_all(&self.read)
                .answered()
                .await?;
        Ok(rows.into_iter().map(|(stream,)| stream).collect())
    }

    /// The organisations that lists show as having a part in a journey.
    ///
    /// # Errors
    /// An error when it cannot be read.
    pub async fn parties(&self, journey: &JourneyRef) -> Answer<BTreeSet<OrganisationId>> {
        let rows: Vec<(String,)> = sqlx::query_as("SELECT organisation FROM parties WHERE journey = $1")
            .bind(journey.to_string())
            .fetch_all(&self.read)
            .answered()
            .await?;
        let key = journey.to_string();
        rows.into_iter().map(|(organisation,)| parsed("parties", &key, "organisation", &organisation)).collect()
    }

    /// Memberships after this one, by person and organisation.
    ///
    /// # Errors
    /// An error when one cannot be read.
    pub async fn every_membership(
        &self,
        (person, organisation): (&str, &str),
        limit: u32,
    ) -> Answer<Vec<(PersonId, OrganisationId, Vec<Role>)>> {
        let rows: Vec<MembershipOf> = sqlx::query_as(
            "SELECT person, organisation, roles FROM memberships \
             WHERE person > $1 OR (person = $1 AND organisation > $2) ORDER BY person, organisation LIMIT $3",
        )
        .bind(person.to_owned())
        .bind(organisation.to_owned())
        .bind(i64::from(limit))
        .fetch_all(&self.read)
        .answered()
        .await?;
        let read = |row: MembershipOf| {
            let key = row.key();
            Ok((
                parsed("memberships", &key, "person", &row.person)?,
                parsed("memberships", &key, "organisation", &row.organisation)?,
                roles_of("memberships", &key, &row.roles)?,
            ))
        };
        rows.into_iter().map(read).collect()
    }

    /// Files after this one, by journey, task and digest.
    ///
    /// # Errors
    /// An error when one cannot be read.
    pub async fn every_file(&self, [journey, task, digest]: [&str; 3], limit: u32) -> Answer<Vec<(JourneyRef, StoredFile)>> {
        let rows: Vec<FileRow> = sqlx::query_as(
            "SELECT journey, task, digest, name, kind, bytes, person, uploaded_us FROM files \
             WHERE journey > $1 OR (journey = $1 AND (task > $2 OR (task = $2 AND digest > $3))) \
             ORDER BY journey, task, digest LIMIT $4",
        )
        .bind(journey.to_owned())
        .bind(task.to_owned())
        .bind(digest.to_owned())
        .bind(i64::from(limit))
        .fetch_all(&self.read)
        .answered()
        .await?;
        let read = |row: FileRow| {
            let journey = row.journey().parse::<JourneyRef>();
            let journey = journey.map_err(|error| unreadable("files", row.journey(), "journey", &error))?;
            Ok((journey, row.read()?))
        };
        rows.into_iter().map(read).collect()
    }

    /// Files of messages after this one, by person, message and digest: which message, which digest, how many bytes.
    ///
    /// # Errors
    /// An error when one cannot be read.
    pub async fn every_upload(&self, [person, message, digest]: [&str; 3], limit: u32) -> Answer<Vec<([String; 3], u64)>> {
        let rows: Vec<UploadOf> = sqlx::query_as(
            "SELECT person, message, digest, bytes FROM uploads \
             WHERE person > $1 OR (person = $1 AND (message > $2 OR (message = $2 AND digest > $3))) \
             ORDER BY person, message, digest LIMIT $4",
        )
        .bind(person.to_owned())
        .bind(message.to_owned())
        .bind(digest.to_owned())
        .bind(i64::from(limit))
        .fetch_all(&self.read)
        .answered()
        .await?;
        let read = |row: UploadOf| {
            let bytes = u64::try_from(row.bytes).map_err(|error| unreadable("uploads", &row.key(), "bytes", &error))?;
            Ok(([row.person, row.message, row.digest], bytes))
        };
        rows.into_iter().map(read).collect()
    }

    /// Submissions of a journey after this task and round, as they are stored, whether or not they can be read.
    ///
    /// # Errors
    /// An error with what went wrong.
    pub async fn every_submission(
        &self,
        journey: &JourneyRef,
        (task, round): (&str, i64),
        limit: u32,
    ) -> Answer<Vec<StoredSubmission>> {
        sqlx::query_as(
            "SELECT task, round, digest, body FROM submissions \
             WHERE journey = $1 AND (task > $2 OR (task = $2 AND round > $3)) ORDER BY task, round LIMIT $4",
        )
        .bind(journey.to_string())
        .bind(task.to_owned())
        .bind(round)
        .bind(i64::from(limit))
        .fetch_all(&self.read)
        .answered()
        .await
    }

    /// Journeys of which there are submissions after this one, in order.
    ///
    /// # Errors
    /// An error with what went wrong.
    pub async fn submitters(&self, after: &str, limit: u32) -> Answer<Vec<String>> {
        let rows: Vec<(String,)> =
            sqlx::query_as("SELECT DISTINCT journey FROM submissions WHERE journey > $1 ORDER BY journey LIMIT $2")
                .bind(after.to_owned())
                .bind(i64::from(limit))
                .fetch_all(&self.read)
                .answered()
                .await?;
        Ok(rows.into_iter().map(|(journey,)| journey).collect())
    }

    /// Digests of the files of a task.
    ///
    /// # Errors
    /// An error when one cannot be read.
    pub async fn files_of(&self, journey: &JourneyRef, task: &TaskId) -> Answer<BTreeSet<Digest>> {
        let rows: Vec<(String,)> = sqlx::query_as("SELECT digest FROM files WHERE journey = $1 AND task = $2")
            .bind(journey.to_string())
            .bind(task.to_string())
            .fetch_all(&self.read)
            .answered()
            .await?;
        let key = format!("{journey} {task}");
        rows.into_iter().map(|(digest,)| parsed("files", &key, "digest", &digest)).collect()
    }

    /// The columns of a table as the database has them: so that a test notices a column that no backup holds.
    ///
    /// # Errors
    /// An error with what went wrong.
    pub async fn schema_of(&self) -> Answer<BTreeSet<(String, String)>> {
        let text = match self.dialect {
            Dialect::Sqlite => {
                "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c \
                 WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite!_%' ESCAPE '!' AND m.name NOT LIKE '!_%' ESCAPE '!'"
            }
            Dialect::Postgres => {
                "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT) FROM information_schema.columns \
                 WHERE table_schema = 'public' AND table_name NOT LIKE '!_%' ESCAPE '!'"
            }
        };
        let rows: Vec<(String, String)> = sqlx::query_as(text).fetch_all(&self.read).answered().await?;
        Ok(rows.into_iter().collect())
    }
}
