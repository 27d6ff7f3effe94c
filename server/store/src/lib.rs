//! All the SQL, for SQLite and PostgreSQL, behind the one port `journey::port::Store`. Knows no page and no rule.
//!
//! One text per statement, `'static`, through sqlx `Any`; one folder of migrations. The portable subset: ids, digests,
//! JSON and dates are TEXT, instants BIGINT microseconds UTC, flags BIGINT 0/1, sums are cast back to BIGINT, `$1`
//! placeholders, `ON CONFLICT`, `RETURNING`, partial indexes. No BOOLEAN (SQLite cannot read it through `Any`), no binary,
//! triggers, arrays, JSON operators or `now()`. `tests/contract.rs` runs every function here on both databases.
//!
//! Where the dialects must differ there are two arms side by side: see [`Db::begin_text`], [`Db::open`] and `tests/explain.rs`.

mod drafts;
mod ledger;
mod outbox;
mod people;
mod sessions;

use std::{str::FromStr, time::Duration};

use async_trait::async_trait;
use jiff::Timestamp;
use journey::port::{Answer, Store, StoreError, WriteError};
use sqlx::{
    Any, AnyPool, Transaction,
    any::{AnyConnectOptions, AnyPoolOptions},
};

pub use sessions::Sessions;

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// A file beside the server: one writer, several readers.
    Sqlite,
    /// A server: every connection may write.
    Postgres,
}

/// The memory: a pool to write with and one to read with.
#[derive(Clone, Debug)]
pub struct Db {
    write: AnyPool,
    read: AnyPool,
    dialect: Dialect,
}

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("../../migrations");

impl Db {
    /// Connects. `url` is `sqlite://path` or `postgres://…`; a SQLite file is made when there is none.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the address is wrong or nobody answers there.
    pub async fn open(url: &str) -> Answer<Self> {
        sqlx::any::install_default_drivers();
        let options = AnyConnectOptions::from_str(url).map_err(unavailable)?;
        let dialect = if url.starts_with("sqlite:") { Dialect::Sqlite } else { Dialect::Postgres };
        let pool = || AnyPoolOptions::new().acquire_timeout(Duration::from_secs(3));
        match dialect {
            // WAL lets readers go on beside the one writer; FULL makes an acknowledged commit survive power loss.
            Dialect::Sqlite => {
                let set = |pool: AnyPoolOptions| {
                    pool.after_connect(|connection, _| {
                        Box::pin(async move {
                            sqlx::raw_sql(
                                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
                                 PRAGMA busy_timeout = 5000; PRAGMA temp_store = MEMORY;",
                            )
                            .execute(connection)
                            .await
                            .map(drop)
                        })
                    })
                };
                let write = set(pool()).max_connections(1).connect_with(options.clone()).await.map_err(unavailable)?;
                let read = set(pool()).max_connections(4).connect_lazy_with(options);
                Ok(Self { write, read, dialect })
            }
            // A statement that hangs must not hold a page for ever.
            Dialect::Postgres => {
                let write = pool()
                    .max_connections(10)
                    .after_connect(|connection, _| {
                        Box::pin(async move {
                            sqlx::raw_sql("SET statement_timeout = '5s'; SET lock_timeout = '3s';")
                                .execute(connection)
                                .await
                                .map(drop)
                        })
                    })
                    .connect_with(options)
                    .await
                    .map_err(unavailable)?;
                Ok(Self { read: write.clone(), write, dialect })
            }
        }
    }

    /// Brings the schema up to date.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] with what went wrong.
    pub async fn migrate(&self) -> Answer<()> {
        MIGRATIONS.run(&self.write).await.map_err(|error| StoreError::Unavailable(error.to_string()))
    }

    /// Which database this is.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Closes every connection, so that SQLite folds its log into the file.
    pub async fn close(&self) {
        self.read.close().await;
        self.write.close().await;
    }

    /// SQLite takes the write lock at once: a read that becomes a write would fail when another writer was there.
    fn begin_text(&self) -> &'static str {
        match self.dialect {
            Dialect::Sqlite => "BEGIN IMMEDIATE",
            Dialect::Postgres => "BEGIN",
        }
    }

    async fn begin(&self) -> Answer<Transaction<'static, Any>> {
        self.write.begin_with(self.begin_text()).await.map_err(unavailable)
    }
}

#[async_trait]
impl Store for Db {
    async fn ready(&self) -> Answer<()> {
        sqlx::query("SELECT COUNT(*) FROM organisations WHERE id = ''").execute(&self.read).await.map_err(unavailable)?;
        sqlx::query("UPDATE organisations SET name = name WHERE id = ''").execute(&self.write).await.map_err(unavailable)?;
        Ok(())
    }
}

#[expect(clippy::needless_pass_by_value, reason = "fits map_err")]
fn unavailable(error: sqlx::Error) -> StoreError {
    match error {
        sqlx::Error::ColumnDecode { index, source } => {
            StoreError::Unreadable { table: "row", key: index, column: "", why: source.to_string() }
        }
        other => StoreError::Unavailable(other.to_string()),
    }
}

/// A row that was there first is a conflict; everything else is a fault of the memory.
fn conflict_or(error: sqlx::Error) -> WriteError {
    match error.as_database_error() {
        Some(database) if database.is_unique_violation() => WriteError::Conflict,
        _ => WriteError::Store(unavailable(error)),
    }
}

fn micros(at: Timestamp) -> i64 {
    at.as_microsecond()
}

fn instant(table: &'static str, key: &str, column: &'static str, micros: i64) -> Answer<Timestamp> {
    Timestamp::from_microsecond(micros).map_err(|error| unreadable(table, key, column, &error))
}

fn parsed<T: FromStr<Err: std::fmt::Display>>(table: &'static str, key: &str, column: &'static str, text: &str) -> Answer<T> {
    text.parse().map_err(|error: T::Err| unreadable(table, key, column, &error))
}

fn unreadable(table: &'static str, key: &str, column: &'static str, why: &dyn std::fmt::Display) -> StoreError {
    StoreError::Unreadable { table, key: key.to_owned(), column, why: why.to_string() }
}

fn small(table: &'static str, key: &str, column: &'static str, number: i64) -> Answer<u32> {
    u32::try_from(number).map_err(|error| unreadable(table, key, column, &error))
}
