//! Who looks at a journey hears when it changes, whichever replica wrote. What is heard names the journey and nothing of
//! it: whoever is told asks again, and is answered as far as they may see.
//!
//! On SQLite one process has the file, so a channel in it is enough. On PostgreSQL the change is announced in its own
//! transaction (`NOTIFY`), so it is heard exactly when it can be seen, by every replica that listens.

use std::time::Duration;

use journey::{
    ids::JourneyRef,
    port::{Answer, WriteError},
};
use sqlx::{Any, Transaction, postgres::PgListener};
use tokio::sync::broadcast;

use crate::{Db, Dialect, Ending};

/// The channel of PostgreSQL on which journeys are announced.
const CHANNEL: &str = "journeys";

/// Changes that wait for a slow listener; one that falls further behind is told that anything may have changed.
pub(crate) const BACKLOG: usize = 256;

/// How long a listener waits before it connects again.
const AGAIN: Duration = Duration::from_secs(1);

/// What changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// This journey, or what is said or claimed about it.
    Journey(JourneyRef),
    /// Perhaps everything: something may have been missed.
    Anything,
}

impl Db {
    /// Every change from now on. On PostgreSQL only while [`Db::listen`] runs.
    #[must_use]
    pub fn changes(&self) -> broadcast::Receiver<Change> {
        self.changes.subscribe()
    }

    /// Listens to what other replicas announce, for as long as the service runs; on SQLite there are none.
    pub async fn listen(self) {
        if self.dialect == Dialect::Sqlite {
            return;
        }
        let url = self.write.connect_options().database_url.to_string();
        loop {
            if let Ok(mut listener) = PgListener::connect(&url).await
                && listener.listen(CHANNEL).await.is_ok()
            {
                // What was announced before is lost.
                self.tell(Change::Anything);
                // A connection that breaks is made again by the listener itself, which then answers with nothing.
                while let Ok(heard) = listener.try_recv().await {
                    let reference = heard.and_then(|heard| heard.payload().parse().ok());
                    self.tell(reference.map_or(Change::Anything, Change::Journey));
                }
            }
            tokio::time::sleep(AGAIN).await;
        }
    }

    /// Nobody may be listening, which is as well.
    fn tell(&self, change: Change) {
        drop(self.changes.send(change));
    }

    /// Announces a change of a journey with the transaction that makes it.
    pub(crate) async fn commit(&self, mut transaction: Transaction<'static, Any>, journey: &str) -> Result<(), WriteError> {
        if self.dialect == Dialect::Postgres {
            announce(&mut transaction, journey).await?;
        }
        transaction.commit().written().await?;
        if self.dialect == Dialect::Sqlite
            && let Ok(reference) = journey.parse()
        {
            self.tell(Change::Journey(reference));
        }
        Ok(())
    }
}

/// `pg_notify` answers with nothing at all, which sqlx's `Any` cannot read: hence the cast.
async fn announce(transaction: &mut Transaction<'static, Any>, journey: &str) -> Answer<()> {
    sqlx::query("SELECT CAST(pg_notify('journeys', $1) AS TEXT)")
        .bind(journey.to_owned())
        .execute(&mut **transaction)
        .answered()
        .await
        .map(drop)
}
