//! Who looks at a journey hears when it changes, whichever replica wrote. What is heard names the journey, the roles whose
//! worklists it changes, and nothing else of it: whoever is told asks again, and is answered as far as they may see.
//!
//! On SQLite one process has the file, so a channel in it is enough. On PostgreSQL the change is announced in its own
//! transaction (`NOTIFY`), so it is heard exactly when it can be seen, by every replica that listens.

use std::{collections::BTreeSet, time::Duration};

use journey::{
    base::actor::Role,
    port::{Answer, WriteError},
};
use sqlx::{Any, Transaction, postgres::PgListener};
use tokio::sync::broadcast;

use crate::{
    change::{Change, Heard, Position},
    db::{Db, Dialect, Ending},
};

/// The channel of PostgreSQL on which journeys are announced.
const CHANNEL: &str = "journeys";

/// How long a listener waits before it connects again.
const AGAIN: Duration = Duration::from_secs(1);

impl Db {
    /// Every change from now on. On PostgreSQL only while [`Db::listen`] runs.
    #[must_use]
    pub fn changes(&self) -> broadcast::Receiver<Heard> {
        self.changes.after(None).0
    }

    /// How far changes were heard here by now. Whoever reads first and listens later takes this before reading.
    #[must_use]
    pub fn position(&self) -> Position {
        self.changes.position()
    }

    /// Every change from now on, how far that is, and what was missed since `from`.
    #[must_use]
    pub fn changes_after(&self, from: Option<Position>) -> (broadcast::Receiver<Heard>, Position, Vec<Change>) {
        self.changes.after(from)
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
                self.changes.tell(Change::Anything);
                // A connection that breaks is made again by the listener itself, which then answers with nothing.
                while let Ok(heard) = listener.try_recv().await {
                    self.changes.tell(heard.and_then(|heard| named(heard.payload())).unwrap_or(Change::Anything));
                }
            }
            tokio::time::sleep(AGAIN).await;
        }
    }

    /// Announces a change of a journey with the transaction that makes it. `roles` are those whose worklists it changes.
    pub(crate) async fn commit(
        &self,
        mut transaction: Transaction<'static, Any>,
        journey: &str,
        roles: BTreeSet<Role>,
    ) -> Result<(), WriteError> {
        if self.dialect == Dialect::Postgres {
            let names: Vec<&str> = roles.iter().map(|role| role.name()).collect();
            announce(&mut transaction, &format!("{journey} {}", names.join(","))).await?;
        }
        transaction.commit().written().await?;
        if self.dialect == Dialect::Sqlite
            && let Ok(reference) = journey.parse()
        {
            self.changes.tell(Change::Journey { reference, roles: Some(roles) });
        }
        Ok(())
    }
}

/// What was announced: a journey, a space, and the roles. An older release announces the journey alone.
fn named(announced: &str) -> Option<Change> {
    let (reference, roles) = match announced.split_once(' ') {
        // A role that is not known here is of a newer release: better told to all than to none.
        Some((reference, roles)) => {
            let names = roles.split(',').filter(|name| !name.is_empty());
            (reference, names.map(|name| name.parse().ok()).collect::<Option<BTreeSet<Role>>>())
        }
        None => (announced, None),
    };
    Some(Change::Journey { reference: reference.parse().ok()?, roles })
}

/// `pg_notify` answers with nothing at all, which sqlx's `Any` cannot read: hence the cast.
async fn announce(transaction: &mut Transaction<'static, Any>, what: &str) -> Answer<()> {
    sqlx::query("SELECT CAST(pg_notify('journeys', $1) AS TEXT)")
        .bind(what.to_owned())
        .execute(&mut **transaction)
        .answered()
        .await
        .map(drop)
}

#[cfg(test)]
mod tests {
    use journey::base::ids::JourneyRef;

    use super::*;

    #[test]
    fn what_is_announced_is_read_as_it_was_meant() {
        let reference = JourneyRef::from_bits(1);
        let change = |roles: Option<&[Role]>| {
            Some(Change::Journey { reference: reference.clone(), roles: roles.map(|roles| roles.iter().copied().collect()) })
        };
        assert_eq!(named(&reference.to_string()), change(None), "of an older release");
        assert_eq!(named(&format!("{reference} ")), change(Some(&[])));
        let both = [Role::ClinicalSafety, Role::ProgrammeLead];
        assert_eq!(named(&format!("{reference} {},{}", both[0].name(), both[1].name())), change(Some(&both)));
        assert_eq!(named(&format!("{reference} some_new_role")), change(None), "of a newer release");
        assert_eq!(named("nothing"), None);
    }
}
