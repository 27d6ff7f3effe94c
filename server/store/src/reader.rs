//! Who reads. A pool asks each connection whether it is alive before and after every statement. For a file that is two
//! hand-overs between threads for nothing, about a third of what a statement costs: here connections are kept without being
//! asked.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures_util::{
    FutureExt as _, StreamExt as _, TryStreamExt as _,
    future::BoxFuture,
    stream::{self, BoxStream},
};
use sqlx::{
    Any, AnyConnection, AnyPool, Connection as _, Describe, Either, Error, Execute, Executor, SqlStr,
    any::{AnyConnectOptions, AnyQueryResult, AnyRow, AnyStatement, AnyTypeInfo},
};
use tokio::sync::Semaphore;

/// How many read a file at once.
const READERS: usize = 4;

/// What each connection is told first.
pub(crate) const READING: &str = "PRAGMA busy_timeout = 5000; PRAGMA query_only = ON; PRAGMA temp_store = MEMORY;";

/// Statements that only read run here, as on a pool.
#[derive(Clone, Debug)]
pub(crate) enum Reader {
    /// A server, or what is only in memory.
    Pool(AnyPool),
    /// A file.
    File(Arc<Readers>),
}

/// Connections to a file, opened when they are needed.
#[derive(Debug)]
pub(crate) struct Readers {
    file: AnyConnectOptions,
    /// Those that nobody uses, the last used on top: its thread is awake and its pages are at hand.
    free: Mutex<Vec<AnyConnection>>,
    /// A place for each of them. Closed when nothing is read any more.
    places: Semaphore,
}

impl Readers {
    fn free(&self) -> std::sync::MutexGuard<'_, Vec<AnyConnection>> {
        // Nobody leaves it half changed.
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs one statement. Only a connection that answered, be it with a fault of the statement, is used again: not one that
    /// nobody waited for.
    async fn run<T>(&self, work: impl AsyncFnOnce(&mut AnyConnection) -> sqlx::Result<T>) -> sqlx::Result<T> {
        let place = tokio::time::timeout(QUEUE, self.places.acquire()).await.map_err(|_| Error::PoolTimedOut)?;
        let _place = place.map_err(|_| Error::PoolClosed)?;
        let kept = self.free().pop();
        let mut connection = match kept {
            Some(connection) => connection,
            None => {
                let mut fresh = AnyConnection::connect_with(&self.file).await?;
                sqlx::raw_sql(READING).execute(&mut fresh).await?;
                fresh
            }
        };
        let done = work(&mut connection).await;
        if done.as_ref().err().is_none_or(|error| error.as_database_error().is_some()) && !self.places.is_closed() {
            self.free().push(connection);
        }
        done
    }
}

impl Reader {
    /// A file that is there.
    pub(crate) fn of_file(file: AnyConnectOptions) -> Self {
        Self::File(Arc::new(Readers { file, free: Mutex::default(), places: Semaphore::new(READERS) }))
    }

    /// Closes every connection. Nothing is read afterwards.
    pub(crate) async fn close(&self) {
        match self {
            Reader::Pool(pool) => pool.close().await,
            Reader::File(file) => {
                file.places.close();
                let free = std::mem::take(&mut *file.free());
                for connection in free {
                    // Whatever it says: it is not asked again.
                    drop(connection.close().await);
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
            Reader::File(file) => stream::once(async move {
                let all: Vec<_> = file.run(async |one: &mut AnyConnection| one.fetch_many(query).try_collect().await).await?;
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
            Reader::File(file) => file.run(async |one: &mut AnyConnection| one.fetch_optional(query).await).boxed(),
        }
    }

    fn prepare_with<'e>(self, sql: SqlStr, parameters: &'e [AnyTypeInfo]) -> BoxFuture<'e, sqlx::Result<AnyStatement>>
    where
        'p: 'e,
    {
        match self {
            Reader::Pool(pool) => pool.prepare_with(sql, parameters),
            Reader::File(file) => file.run(async move |one: &mut AnyConnection| one.prepare_with(sql, parameters).await).boxed(),
        }
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, sqlx::Result<Describe<Any>>>
    where
        'p: 'e,
    {
        match self {
            Reader::Pool(pool) => pool.describe(sql),
            Reader::File(file) => file.run(async move |one: &mut AnyConnection| one.describe(sql).await).boxed(),
        }
    }
}

/// How long anybody waits for a free connection.
pub(crate) const QUEUE: Duration = Duration::from_secs(3);
