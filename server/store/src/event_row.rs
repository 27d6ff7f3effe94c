//! An event as a row, of a journey or of an account.

use journey::{
    base::ids::Seq,
    ledger::event::{By, Recorded},
    port::{Answer, WriteError},
};
use serde::de::DeserializeOwned;
use sqlx::{Any, Transaction};

use crate::db::Ending as _;
use crate::row::{instant, micros, parsed, row, seq_of, unreadable};

row! { EventRow of "events" by stream seq {
    stream: String,
    seq: i64,
    at_us: i64,
    person: Option<String>,
    organisation: Option<String>,
    body: String,
    prev: String,
    digest: String,
} }

impl EventRow {
    pub(crate) fn read<E: DeserializeOwned>(self) -> Answer<Recorded<E>> {
        let key = self.key();
        let by = match (self.person, self.organisation) {
            (Some(person), Some(organisation)) => Some(By {
                person: parsed("events", &key, "person", &person)?,
                organisation: parsed("events", &key, "organisation", &organisation)?,
            }),
            _ => None,
        };
        Ok(Recorded {
            seq: Seq(u64::try_from(self.seq).map_err(|error| unreadable("events", &key, "seq", &error))?),
            at: instant("events", &key, "at_us", self.at_us)?,
            by,
            event: serde_json::from_str(&self.body).map_err(|error| unreadable("events", &key, "body", &error))?,
            body: self.body,
            prev: parsed("events", &key, "prev", &self.prev)?,
            digest: parsed("events", &key, "digest", &self.digest)?,
        })
    }
}

/// Adds one event to its stream. It must follow what is stored there; the primary key decides every race.
pub(crate) async fn insert_event<E: Sync>(
    transaction: &mut Transaction<'static, Any>,
    stream: &str,
    recorded: &Recorded<E>,
) -> Result<(), WriteError> {
    let done = sqlx::query(
        "INSERT INTO events (stream, seq, at_us, person, organisation, body, prev, digest) \
         SELECT $1, $2, $3, $4, $5, $6, $7, $8 \
         WHERE $2 = 1 OR EXISTS (SELECT 1 FROM events WHERE stream = $1 AND seq = $2 - 1 AND digest = $7)",
    )
    .bind(stream.to_owned())
    .bind(seq_of(recorded.seq))
    .bind(micros(recorded.at))
    .bind(recorded.by.as_ref().map(|by| by.person.to_string()))
    .bind(recorded.by.as_ref().map(|by| by.organisation.to_string()))
    .bind(recorded.body.clone())
    .bind(recorded.prev.to_string())
    .bind(recorded.digest.to_string())
    .execute(&mut **transaction)
    .written()
    .await?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(WriteError::Conflict) }
}
