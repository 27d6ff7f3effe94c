//! Who reads. A pool asks each connection whether it is alive before and after every statement. For a file that is two
//! hand-overs between threads for nothing, and they take longer than most statements: a few connections that stay open
//! are enough there.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use futures_util::{FutureExt as _, StreamExt as _, TryStreamExt as _, future::BoxFuture, stream, stream::BoxStream};
use sqlx::{
    Any, AnyConnection, AnyPool, Connection as _, Describe, Either, Error, Execute, Executor, SqlStr,
    any::{AnyConnectOptions, AnyQueryResult, AnyRow, AnyStatement, AnyTypeInfo},
};
use tokio::sync::{Mutex, MutexGuard};

use crate::QUEUE;

/// Connections to a file. More of them read no faster: a reader is seldom away for longer than a hand-over.
const CONNECTIONS: usize = 4;

/// What each of them is told first.
pub(crate) const READING: &str = "PRAGMA busy_timeout = 5000; PRAGMA query_only = ON; PRAGMA temp_store = MEMORY;";

/// Statements that only read run here, as on a pool.
#[derive(Clone, Debug)]
pub(crate) enum Reader {
    /// A server, or what is only in memory.
    Pool(AnyPool),
    /// A file.
    File(Arc<Readers>),
}

/// Connections that are opened when they are first needed and stay open.
pub(crate) struct Readers {
    file: AnyConnectOptions,
    all: [Mutex<Option<AnyConnection>>; CONNECTIONS],
    /// Where whoever finds none free waits.
    next: AtomicUsize,
    closed: AtomicBool,
}

impl fmt::Debug for Readers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Readers").field("file", &self.file).finish_non_exhaustive()
    }
}

impl Readers {
    async fn one(&self) -> sqlx::Result<MutexGuard<'_, Option<AnyConnection>>> {
        if self.closed.load(Ordering::Relaxed) {
            return Err(Error::PoolClosed);
        }
        // The first that is free: its thread is awake and its pages are at hand.
        let mut held = match self.all.iter().find_map(|one| one.try_lock().ok()) {
            Some(held) => held,
            None => {
                let one = &self.all[self.next.fetch_add(1, Ordering::Relaxed) % CONNECTIONS];
                tokio::time::timeout(QUEUE, one.lock()).await.map_err(|_| Error::PoolTimedOut)?
            }
        };
        if held.is_none() {
            let mut fresh = AnyConnection::connect_with(&self.file).await?;
            sqlx::raw_sql(READING).execute(&mut fresh).await?;
            *held = Some(fresh);
        }
        Ok(held)
    }

    /// Runs one statement. A connection that answers with anything but a fault of the statement is not used again.
    async fn run<T>(&self, work: impl AsyncFnOnce(&mut AnyConnection) -> sqlx::Result<T>) -> sqlx::Result<T> {
        let mut held = self.one().await?;
        let Some(connection) = held.as_mut() else { return Err(Error::PoolClosed) };
        let done = work(connection).await;
        if done.as_ref().is_err_and(|error| error.as_database_error().is_none()) {
            *held = None;
        }
        done
    }
}

impl Reader {
    /// A file that is there.
    pub(crate) fn of_file(file: AnyConnectOptions) -> Self {
        let (next, closed) = (AtomicUsize::new(0), AtomicBool::new(false));
        Self::File(Arc::new(Readers { file, all: Default::default(), next, closed }))
    }

    /// Closes every connection. Nothing is read afterwards.
    pub(crate) async fn close(&self) {
        match self {
            Reader::Pool(pool) => pool.close().await,
            Reader::File(readers) => {
                readers.closed.store(true, Ordering::Relaxed);
                for one in &readers.all {
                    if let Some(connection) = one.lock().await.take() {
                        // Whatever it says: it is not asked again.
                        drop(connection.close().await);
                    }
                }
            }
        }
    }
}

impl<'p> Executor<'p> for &'p Reader {
    type Database = Any;

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, sqlx::Result<Either<AnyQueryResult, AnyRow>>>
    where
        'p: 'e,
        E: 'q + Execute<'q, Any>,
    {
        match self {
            Reader::Pool(pool) => pool.fetch_many(query),
            // Read to the end at once, so that the connection is free again before anybody looks at the rows.
            Reader::File(readers) => stream::once(async move {
                let all: Vec<_> = readers.run(async |one: &mut AnyConnection| one.fetch_many(query).try_collect().await).await?;
                Ok::<_, Error>(stream::iter(all.into_iter().map(Ok)))
            })
            .try_flatten()
            .boxed(),
        }
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, sqlx::Result<Option<AnyRow>>>
    where
        'p: 'e,
        E: 'q + Execute<'q, Any>,
    {
        match self {
            Reader::Pool(pool) => pool.fetch_optional(query),
            Reader::File(readers) => readers.run(async |one: &mut AnyConnection| one.fetch_optional(query).await).boxed(),
        }
    }

    fn prepare_with<'e>(self, sql: SqlStr, parameters: &'e [AnyTypeInfo]) -> BoxFuture<'e, sqlx::Result<AnyStatement>>
    where
        'p: 'e,
    {
        match self {
            Reader::Pool(pool) => pool.prepare_with(sql, parameters),
            Reader::File(readers) => {
                readers.run(async move |one: &mut AnyConnection| one.prepare_with(sql, parameters).await).boxed()
            }
        }
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, sqlx::Result<Describe<Any>>>
    where
        'p: 'e,
    {
        match self {
            Reader::Pool(pool) => pool.describe(sql),
            Reader::File(readers) => readers.run(async move |one: &mut AnyConnection| one.describe(sql).await).boxed(),
        }
    }
}
