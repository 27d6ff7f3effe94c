//! The database: how it is opened, how long anybody waits for it, and what its faults are in the words of the port.

use std::str::FromStr as _;
use std::{io::ErrorKind, time::Duration};

use async_trait::async_trait;
use journey::port::{Answer, Store, StoreError, WriteError};
use sqlx::{
    Any, AnyConnection, AnyPool, Connection as _, Transaction,
    any::{AnyConnectOptions, AnyPoolOptions},
};

use crate::{
    change::Changes,
    migrations::{MIGRATIONS, schema},
    reader::{QUEUE, READING, Reader},
};

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// A file beside the server: one writer, several readers.
    Sqlite,
    /// A server: every connection may write.
    Postgres,
}

/// What a program wants of a database that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// To look, and change nothing.
    Read,
    /// To write as well.
    Write,
}

/// The database: a pool to write with, and what only reads.
#[derive(Clone, Debug)]
pub struct Db {
    pub(crate) write: AnyPool,
    pub(crate) read: Reader,
    /// For whoever reads for long in one transaction, and must keep nobody waiting.
    pub(crate) long: AnyPool,
    pub(crate) dialect: Dialect,
    /// How the file is opened anew; nothing for PostgreSQL and for what is only in memory.
    pub(crate) file: Option<AnyConnectOptions>,
    /// Tells those who look what has changed.
    pub(crate) changes: Changes,
}

impl Db {
    /// Connects. `url` is `sqlite://path` or `postgres://…`; a SQLite file is made when there is none.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the address is wrong or nobody answers there.
    pub async fn open(url: &str) -> Answer<Self> {
        sqlx::any::install_default_drivers();
        if url.starts_with("sqlite:") { Self::open_sqlite(url).await } else { Self::open_postgres(url).await }
    }

    /// Connects to what is there, as it is: nothing is made and no schema is brought up to date. See [`Db::migrations`].
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the address is wrong, nothing is there or nobody answers.
    pub async fn existing(url: &str, access: Access) -> Answer<Self> {
        sqlx::any::install_default_drivers();
        match (url.starts_with("sqlite:"), access) {
            (true, Access::Write) => Self::open_sqlite(&format!("{}?mode=rw", bare(url))).await,
            (true, Access::Read) => {
                let file = AnyConnectOptions::from_str(&format!("{}?mode=ro", bare(url))).map_err(unavailable)?;
                let pool = AnyPoolOptions::new().acquire_timeout(QUEUE).max_connections(2).after_connect(|connection, _| {
                    Box::pin(async move { sqlx::raw_sql(READING).execute(connection).await.map(drop) })
                });
                Ok(Self::of_one(pool.connect_with(file).answered().await?, Dialect::Sqlite))
            }
            (false, access) => {
                let db = Self::open_postgres(url).await?;
                if access == Access::Write {
                    return Ok(db);
                }
                // A pool of its own, in which each connection refuses to write.
                let options = (*db.write.connect_options()).clone();
                db.close().await;
                let pool = AnyPoolOptions::new().acquire_timeout(QUEUE).max_connections(4).after_connect(|connection, _| {
                    Box::pin(async move {
                        const SET: &str = "SET statement_timeout = '5s'; SET default_transaction_read_only = on;";
                        sqlx::raw_sql(SET).execute(connection).await.map(drop)
                    })
                });
                Ok(Self::of_one(pool.connect_with(options).answered().await?, Dialect::Postgres))
            }
        }
    }

    /// WAL lets readers go on beside the one writer; FULL makes an acknowledged commit survive power loss.
    async fn open_sqlite(url: &str) -> Answer<Self> {
        let pool = |set: &'static str| {
            let pool = AnyPoolOptions::new().acquire_timeout(QUEUE).idle_timeout(None).max_lifetime(None);
            // A file does not hang up.
            let pool = pool.test_before_acquire(false);
            pool.after_connect(move |connection, _| {
                Box::pin(async move { sqlx::raw_sql(set).execute(connection).await.map(drop) })
            })
        };
        let mode = |mode: &str| match url {
            given if given.contains("mode=") => given.to_owned(),
            given if given.contains('?') => format!("{given}&mode={mode}"),
            given => format!("{given}?mode={mode}"),
        };
        let options = |url: &str| AnyConnectOptions::from_str(url).map_err(unavailable);
        let write = pool(
            "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
             PRAGMA temp_store = MEMORY;",
        )
        .max_connections(1)
        // A commit that finds no room is rolled back by SQLite itself. sqlx then still believes in the transaction, and no
        // other could ever begin on this connection: it is closed, and the next writer gets a new one.
        .after_release(|connection, _| {
            Box::pin(async move {
                // A rollback may still be on its way: it is done before the ping is answered.
                if connection.is_in_transaction() {
                    connection.ping().await?;
                }
                Ok(!connection.is_in_transaction())
            })
        })
        .connect_with(options(&mode("rwc"))?)
        .answered()
        .await?;
        // What is only in memory belongs to its one connection.
        if url.contains(":memory:") {
            return Ok(Self::of_one(write, Dialect::Sqlite));
        }
        // Readers never make a file: one that has gone must not come back empty.
        let file = options(&mode("rw"))?;
        let long = pool(READING).max_connections(2).connect_lazy_with(file.clone());
        let read = Reader::of_file(file.clone());
        Ok(Self { write, read, long, dialect: Dialect::Sqlite, file: Some(file), changes: Changes::new() })
    }

    /// A statement that hangs must not hold a page for ever, nor must a connection that hangs stay in the pool.
    async fn open_postgres(url: &str) -> Answer<Self> {
        let write = AnyPoolOptions::new()
            .acquire_timeout(QUEUE)
            .max_connections(10)
            .after_connect(|connection, _| {
                Box::pin(async move {
                    sqlx::raw_sql("SET statement_timeout = '5s'; SET lock_timeout = '3s';").execute(connection).await.map(drop)
                })
            })
            // sqlx itself asks once more on release and waits for ever: whoever hangs there is gone until TCP gives up.
            .after_release(|connection, _| {
                Box::pin(async move {
                    let alive = tokio::time::timeout(QUEUE, connection.ping()).await;
                    alive.unwrap_or_else(|_| Err(sqlx::Error::Io(ErrorKind::TimedOut.into()))).map(|()| true)
                })
            })
            .connect_with(AnyConnectOptions::from_str(url).map_err(unavailable)?)
            .answered()
            .await?;
        Ok(Self::of_one(write, Dialect::Postgres))
    }

    /// One pool for everything.
    fn of_one(write: AnyPool, dialect: Dialect) -> Self {
        let (read, long) = (Reader::Pool(write.clone()), write.clone());
        Self { write, read, long, dialect, file: None, changes: Changes::new() }
    }

    /// Brings the schema up to date. This may take its time.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] with what went wrong.
    pub async fn migrate(&self) -> Answer<()> {
        self.migrate_to(schema()).await
    }

    /// Brings the schema up to this version and no further: for the rows of a backup that an earlier release wrote, which
    /// later migrations then take along like those of any database.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] with what went wrong.
    pub async fn migrate_to(&self, version: i64) -> Answer<()> {
        let pool = match self.dialect {
            Dialect::Sqlite => self.write.clone(),
            // A connection without time limits: another replica may be at it, and an index over everything takes longer
            // than a page may.
            Dialect::Postgres => {
                let options = (*self.write.connect_options()).clone();
                AnyPoolOptions::new().max_connections(1).connect_with(options).answered().await?
            }
        };
        let wanted = MIGRATIONS.iter().filter(|migration| migration.version <= version).cloned().collect();
        let mut migrator = sqlx::migrate::Migrator::with_migrations(wanted);
        // Whoever asks for less than everything has looked how far the database is.
        migrator.set_ignore_missing(version < schema());
        let done = migrator.run(&pool).await.map_err(|error| StoreError::Unavailable(error.to_string()));
        if self.dialect == Dialect::Postgres {
            pool.close().await;
        }
        done
    }

    /// The version of the schema as it is; 0 when nothing was made yet.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] with what went wrong.
    pub async fn schema_version(&self) -> Answer<i64> {
        let made = match self.dialect {
            Dialect::Sqlite => "SELECT COUNT(*) FROM sqlite_master WHERE name = '_sqlx_migrations'",
            Dialect::Postgres => {
                "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = 'public' AND table_name = '_sqlx_migrations'"
            }
        };
        let (made,): (i64,) = sqlx::query_as(made).fetch_one(&self.write).answered().await?;
        if made == 0 {
            return Ok(0);
        }
        let newest = "SELECT CAST(COALESCE(MAX(version), 0) AS BIGINT) FROM _sqlx_migrations";
        let (version,): (i64,) = sqlx::query_as(newest).fetch_one(&self.write).answered().await?;
        Ok(version)
    }

    /// Which database this is.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Closes every connection, so that SQLite folds its log into the file. One that hangs is not waited for.
    pub async fn close(&self) {
        let all = async {
            self.long.close().await;
            self.read.close().await;
            self.write.close().await;
        };
        drop(tokio::time::timeout(PATIENCE, all).await);
    }

    /// SQLite takes the write lock at once: a read that becomes a write would fail when another writer was there.
    pub(crate) async fn begin(&self) -> Answer<Transaction<'static, Any>> {
        let text = match self.dialect {
            Dialect::Sqlite => "BEGIN IMMEDIATE",
            Dialect::Postgres => "BEGIN",
        };
        self.write.begin_with(text).answered().await
    }
}

#[async_trait]
impl Store for Db {
    async fn ready(&self) -> Answer<()> {
        const READ: &str = "SELECT COUNT(*) FROM organisations WHERE id = ''";
        sqlx::query(READ).execute(&self.read).answered().await?;
        // A file that was taken away lives on in the connections that have it open, until the restart.
        if let Some(file) = &self.file {
            let mut fresh = AnyConnection::connect_with(file).answered().await?;
            sqlx::query(READ).execute(&mut fresh).answered().await?;
            fresh.close().answered().await?;
        }
        sqlx::query("UPDATE organisations SET name = name WHERE id = ''").execute(&self.write).answered().await?;
        Ok(())
    }
}

/// How long anybody waits for an answer. The database ends a statement before that; this is for a network that swallows
/// everything without a word.
pub(crate) const PATIENCE: Duration = Duration::from_secs(6);

/// The address of a file without how it is opened.
pub(crate) fn bare(url: &str) -> &str {
    url.split('?').next().unwrap_or(url)
}

/// The end of every statement: an answer within [`PATIENCE`], in the words of the port.
pub(crate) trait Ending<T>: Sized {
    fn answered(self) -> impl Future<Output = Answer<T>> + Send;
    /// A row that was there first is a conflict; everything else is a fault of the database.
    fn written(self) -> impl Future<Output = Result<T, WriteError>> + Send;
}

impl<T: Send, F: Future<Output = sqlx::Result<T>> + Send> Ending<T> for F {
    async fn answered(self) -> Answer<T> {
        soon(self).await.map_err(unavailable)
    }

    async fn written(self) -> Result<T, WriteError> {
        soon(self).await.map_err(|error| match error.as_database_error() {
            Some(database) if database.is_unique_violation() => WriteError::Conflict,
            _ => WriteError::Store(unavailable(error)),
        })
    }
}

pub(crate) async fn soon<T>(statement: impl Future<Output = sqlx::Result<T>>) -> sqlx::Result<T> {
    tokio::time::timeout(PATIENCE, statement).await.unwrap_or_else(|_| Err(sqlx::Error::Io(ErrorKind::TimedOut.into())))
}

pub(crate) fn unavailable(error: sqlx::Error) -> StoreError {
    match error {
        sqlx::Error::Decode(source) => {
            source.downcast().map_or_else(|other| StoreError::Unavailable(other.to_string()), |known| *known)
        }
        other => StoreError::Unavailable(other.to_string()),
    }
}
