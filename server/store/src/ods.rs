//! The register of ODS codes: looked up by code, and loaded file by file.

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::{Timestamp, civil::Date};
use journey::{
    base::ods::{Listed, Register, Successor},
    port::{
        Answer,
        ods::{Loaded, MOST_CODES, OdsRegister, SAMPLE},
    },
};
use sqlx::{Any, AssertSqlSafe, Transaction};

use crate::{
    db::{Db, Ending},
    row::{AT_ONCE, instant, micros, parsed, places, plain, row, unreadable},
};

/// Codes that are looked up in one statement.
const PLACES: usize = 100;

/// Organisations by their codes, each with who came after it, one line for each of these. Places that are not used hold a text
/// that is no code.
pub const ODS_CODES: &str = "SELECT c.code, c.name, c.role, c.opened, c.closed, c.status, \
     COALESCE(s.successor, '') AS successor, COALESCE(s.since, '') AS since, \
     COALESCE(n.name, '') AS next_name, COALESCE(n.status, '') AS next_status \
     FROM ods_codes c LEFT JOIN ods_successors s ON s.code = c.code LEFT JOIN ods_codes n ON n.code = s.successor \
     WHERE c.code IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, \
     $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, \
     $41, $42, $43, $44, $45, $46, $47, $48, $49, $50, $51, $52, $53, $54, $55, $56, $57, $58, $59, $60, \
     $61, $62, $63, $64, $65, $66, $67, $68, $69, $70, $71, $72, $73, $74, $75, $76, $77, $78, $79, $80, \
     $81, $82, $83, $84, $85, $86, $87, $88, $89, $90, $91, $92, $93, $94, $95, $96, $97, $98, $99, $100) \
     ORDER BY c.code, s.successor";

row! { OdsRow of "ods_codes" by code {
    code: String,
    name: String,
    role: String,
    opened: String,
    closed: String,
    status: String,
    successor: String,
    since: String,
    next_name: String,
    next_status: String,
} }

const CLOSED: &str = "closed";

fn day(key: &str, column: &'static str, text: &str) -> Answer<Option<Date>> {
    if text.is_empty() { Ok(None) } else { parsed("ods_codes", key, column, text).map(Some) }
}

fn in_text(day: Option<Date>) -> String {
    day.map_or_else(String::new, |day| day.to_string())
}

#[async_trait]
impl OdsRegister for Db {
    async fn ods_codes(&self, codes: &[String]) -> Answer<Register> {
        let mut register = Register::new();
        for some in codes[..codes.len().min(MOST_CODES)].chunks(PLACES) {
            let mut query = sqlx::query_as(ODS_CODES);
            for place in 0..PLACES {
                query = query.bind(some.get(place).map(|code| plain(code)).unwrap_or_default());
            }
            let rows: Vec<OdsRow> = query.fetch_all(&self.read).answered().await?;
            for row in rows {
                let key = row.key();
                let successor = Successor {
                    code: row.successor,
                    name: row.next_name,
                    since: day(&key, "since", &row.since)?,
                    ended: row.next_status == CLOSED,
                };
                let listed = Listed {
                    opened: day(&key, "opened", &row.opened)?,
                    closed: day(&key, "closed", &row.closed)?,
                    ended: row.status == CLOSED,
                    code: row.code,
                    name: row.name,
                    role: row.role,
                    successors: Vec::new(),
                };
                let listed = register.entry(listed.code.clone()).or_insert(listed);
                if !successor.code.is_empty() {
                    listed.successors.push(successor);
                }
            }
        }
        Ok(register)
    }

    async fn ods_loaded(&self) -> Answer<Option<Loaded>> {
        let files: Vec<(String, i64)> =
            sqlx::query_as("SELECT name, loaded_us FROM ods_files ORDER BY loaded_us DESC, name LIMIT 1000")
                .fetch_all(&self.read)
                .answered()
                .await?;
        let Some((name, at)) = files.first() else { return Ok(None) };
        let at = instant("ods_files", name, "loaded_us", *at)?;
        Ok(Some(Loaded { at, sample: files.iter().all(|(name, _)| name == SAMPLE) }))
    }
}

/// A file that is being loaded: whole or not at all. What it says takes the place of what was known of the same codes; what it
/// does not name stays. Rows are held until there are many of them, so that others wait for the writing and not for the reading.
pub struct OdsFile {
    db: Db,
    transaction: Option<Transaction<'static, Any>>,
    name: String,
    codes: BTreeMap<String, Listed>,
    successors: BTreeMap<(String, String), Option<Date>>,
    written: i64,
}

/// Rows that are held before any is written: more than most files have, and some ten megabytes.
const HELD: usize = 100_000;

impl Db {
    /// Begins to load a file of this name into the register. The first one that is not the sample takes the sample away.
    #[must_use]
    pub fn load_ods(&self, name: &str) -> OdsFile {
        let (codes, successors) = (BTreeMap::new(), BTreeMap::new());
        OdsFile { db: self.clone(), transaction: None, name: plain(name), codes, successors, written: 0 }
    }

    /// Files of the register with how many codes each had, by name; for whoever looks after it.
    ///
    /// # Errors
    /// An error when one cannot be read.
    pub async fn ods_files(&self) -> Answer<Vec<(String, Timestamp, u64)>> {
        let rows: Vec<(String, i64, i64)> =
            sqlx::query_as("SELECT name, loaded_us, codes FROM ods_files ORDER BY name").fetch_all(&self.read).answered().await?;
        let read = |(name, at, codes): (String, i64, i64)| {
            let at = instant("ods_files", &name, "loaded_us", at)?;
            let codes = u64::try_from(codes).map_err(|error| unreadable("ods_files", &name, "codes", &error))?;
            Ok((name, at, codes))
        };
        rows.into_iter().map(read).collect()
    }
}

impl OdsFile {
    /// An organisation of the file. Who came after it is told by [`OdsFile::succeeded`].
    ///
    /// # Errors
    /// An error with what went wrong.
    pub async fn organisation(&mut self, listed: Listed) -> Answer<()> {
        self.codes.insert(listed.code.clone(), listed);
        if self.codes.len() < HELD { Ok(()) } else { self.write_codes().await }
    }

    /// That one came after another. Of an organisation that no other file has named it is known then that it is closed.
    ///
    /// # Errors
    /// An error with what went wrong.
    pub async fn succeeded(&mut self, code: String, successor: String, since: Option<Date>) -> Answer<()> {
        self.successors.insert((code, successor), since);
        if self.successors.len() < HELD { Ok(()) } else { self.write_successors().await }
    }

    /// Writes all of it, as of now.
    ///
    /// # Errors
    /// An error with what went wrong; then nothing is written.
    pub async fn done(mut self, now: Timestamp) -> Answer<()> {
        self.write_codes().await?;
        self.write_successors().await?;
        let mut transaction = self.begun().await?;
        sqlx::query(
            "INSERT INTO ods_files (name, loaded_us, codes) VALUES ($1, $2, $3) \
             ON CONFLICT (name) DO UPDATE SET loaded_us = excluded.loaded_us, codes = excluded.codes",
        )
        .bind(self.name)
        .bind(micros(now))
        .bind(self.written)
        .execute(&mut *transaction)
        .answered()
        .await?;
        transaction.commit().answered().await
    }

    /// The transaction, taken out to be used and put back.
    async fn begun(&mut self) -> Answer<Transaction<'static, Any>> {
        if let Some(transaction) = self.transaction.take() {
            return Ok(transaction);
        }
        let mut transaction = self.db.begin().await?;
        if self.name != SAMPLE {
            for text in [
                "DELETE FROM ods_successors WHERE file = $1 AND EXISTS (SELECT 1 FROM ods_files WHERE name = $1)",
                "DELETE FROM ods_codes WHERE file = $1 AND EXISTS (SELECT 1 FROM ods_files WHERE name = $1)",
                "DELETE FROM ods_files WHERE name = $1",
            ] {
                sqlx::query(text).bind(SAMPLE).execute(&mut *transaction).answered().await?;
            }
        }
        Ok(transaction)
    }

    async fn write_codes(&mut self) -> Answer<()> {
        let all: Vec<Listed> = std::mem::take(&mut self.codes).into_values().collect();
        if all.is_empty() {
            return Ok(());
        }
        self.written += i64::try_from(all.len()).unwrap_or(0);
        let mut transaction = self.begun().await?;
        for codes in all.chunks(AT_ONCE) {
            let text = format!(
                "INSERT INTO ods_codes (code, name, role, opened, closed, status, file) VALUES {} \
                 ON CONFLICT (code) DO UPDATE SET name = excluded.name, role = excluded.role, opened = excluded.opened, \
                 closed = excluded.closed, status = excluded.status, file = excluded.file",
                places(codes.len(), 7)
            );
            let mut insert = sqlx::query(AssertSqlSafe(text));
            for listed in codes {
                insert = insert
                    .bind(plain(&listed.code))
                    .bind(plain(&listed.name))
                    .bind(plain(&listed.role))
                    .bind(in_text(listed.opened))
                    .bind(in_text(listed.closed))
                    .bind(if listed.ended { CLOSED } else { "open" })
                    .bind(self.name.clone());
            }
            insert.execute(&mut *transaction).answered().await?;
        }
        self.transaction = Some(transaction);
        Ok(())
    }

    async fn write_successors(&mut self) -> Answer<()> {
        let all: Vec<((String, String), Option<Date>)> = std::mem::take(&mut self.successors).into_iter().collect();
        if all.is_empty() {
            return Ok(());
        }
        let mut transaction = self.begun().await?;
        for successors in all.chunks(AT_ONCE) {
            let text = format!(
                "INSERT INTO ods_successors (code, successor, since, file) VALUES {} \
                 ON CONFLICT (code, successor) DO UPDATE SET since = excluded.since, file = excluded.file",
                places(successors.len(), 4)
            );
            let mut insert = sqlx::query(AssertSqlSafe(text));
            let mut before: BTreeMap<&str, Option<Date>> = BTreeMap::new();
            for ((code, successor), since) in successors {
                insert = insert.bind(plain(code)).bind(plain(successor)).bind(in_text(*since)).bind(self.name.clone());
                before.insert(code, *since);
            }
            insert.execute(&mut *transaction).answered().await?;
            let text = format!(
                "INSERT INTO ods_codes (code, name, role, opened, closed, status, file) VALUES {} ON CONFLICT (code) DO NOTHING",
                places(before.len(), 7)
            );
            let mut insert = sqlx::query(AssertSqlSafe(text));
            for (code, since) in before {
                insert =
                    insert.bind(plain(code)).bind("").bind("").bind("").bind(in_text(since)).bind(CLOSED).bind(self.name.clone());
            }
            insert.execute(&mut *transaction).answered().await?;
        }
        self.transaction = Some(transaction);
        Ok(())
    }
}
