//! What is noted beside the ledgers, and the audit: both together, newest first. Each is asked by itself and put together
//! here, so that each keeps to its own index.

use async_trait::async_trait;
use jiff::Timestamp;
use journey::{
    base::ids::PersonId,
    people::rules::PeopleEvent,
    port::{
        Answer,
        audit::{Act, Audit, AuditFilter, AuditKind, AuditLine, Entry, Mark, Noted},
    },
};
use serde::Deserialize;
use sqlx::{Any, Transaction};

use crate::{
    db::{Db, Ending},
    row::{instant, micros, parsed, plain, row, unreadable},
};

/// What was noted, newest first.
const NOTED: &str = "SELECT a.id, a.at_us, a.act, a.person, p.name AS called, a.organisation, o.name AS named, a.journey, a.about, a.reason, \
            a.address \
     FROM audit a LEFT JOIN people p ON p.id = a.person LEFT JOIN organisations o ON o.id = a.organisation \
     WHERE (a.at_us, a.id) < ($1, $2) AND a.at_us >= $3 AND ($4 = '' OR a.person = $4) AND ($5 = '' OR a.organisation = $5) \
       AND ($6 = '' OR a.journey = $6) AND ($7 = '' OR a.act IN ($7, $8, $9)) \
     ORDER BY a.at_us DESC, a.id DESC LIMIT CAST($10 AS BIGINT)";

/// What stands in the ledgers, newest first. What is about somebody or an organisation names it in its text: that is asked of
/// the stream of accounts alone.
const RECORDED: &str = "SELECT e.stream, e.seq, e.at_us, e.person, p.name AS called, e.organisation, o.name AS named, e.body \
     FROM events e LEFT JOIN people p ON p.id = e.person LEFT JOIN organisations o ON o.id = e.organisation \
     WHERE (e.at_us, e.stream, e.seq) < ($1, $2, $3) AND e.at_us >= $4 \
       AND ($5 = '' OR e.person = $5 OR (e.stream = 'people' AND e.body LIKE CAST($6 AS TEXT))) \
       AND ($7 = '' OR e.organisation = $7 OR (e.stream = 'people' AND e.body LIKE CAST($8 AS TEXT))) \
       AND ($9 = '' OR e.stream = $9) AND ($10 = '' OR ($10 = 'people' AND e.stream = 'people') OR ($10 = 'journeys' AND e.stream <> 'people')) \
     ORDER BY e.at_us DESC, e.stream DESC, e.seq DESC LIMIT CAST($11 AS BIGINT)";

/// When somebody last signed in.
const LAST_SIGN_IN: &str = "SELECT MAX(at_us) FROM audit WHERE person = $1 AND act = 'signed_in'";

row! { NotedRow of "audit" by id {
    id: String,
    at_us: i64,
    act: String,
    person: Option<String>,
    called: Option<String>,
    organisation: Option<String>,
    named: Option<String>,
    journey: Option<String>,
    about: String,
    reason: String,
    address: String,
} }

row! { RecordedRow of "events" by stream seq {
    stream: String,
    seq: i64,
    at_us: i64,
    person: Option<String>,
    called: Option<String>,
    organisation: Option<String>,
    named: Option<String>,
    body: String,
} }

/// What is shown of an entry of a journey: what kind it is and of which task.
#[derive(Deserialize)]
struct Told {
    event: String,
    #[serde(default)]
    task: Option<String>,
}

type Called<T> = Option<(T, String)>;

/// Somebody or something with its name. Whoever has none any more is shown by id.
fn called<T: std::str::FromStr<Err: std::fmt::Display>>(
    table: &'static str,
    key: &str,
    column: &'static str,
    id: Option<String>,
    name: Option<String>,
) -> Answer<Called<T>> {
    id.map(|id| Ok((parsed(table, key, column, &id)?, name.unwrap_or(id)))).transpose()
}

impl NotedRow {
    fn read(self) -> Answer<AuditLine> {
        let key = &self.key();
        let act = Act::named(&self.act).ok_or_else(|| unreadable("audit", key, "act", &self.act))?;
        Ok(AuditLine {
            mark: Mark { at: instant("audit", key, "at_us", self.at_us)?, source: 0, key: self.id, seq: 0 },
            entry: Entry::Act(act),
            person: called("audit", key, "person", self.person, self.called)?,
            organisation: called("audit", key, "organisation", self.organisation, self.named)?,
            journey: self.journey.map(|journey| parsed("audit", key, "journey", &journey)).transpose()?,
            about: self.about,
            reason: self.reason,
            address: self.address,
        })
    }
}

impl RecordedRow {
    fn read(self) -> Answer<AuditLine> {
        let key = &self.key();
        let fault = |error: serde_json::Error| unreadable("events", key, "body", &error);
        let (entry, reason, journey) = if self.stream == STREAM {
            let event: PeopleEvent = serde_json::from_str(&self.body).map_err(fault)?;
            let reason = event.reason().to_owned();
            (Entry::People(Box::new(event)), reason, None)
        } else {
            let Told { event, task } = serde_json::from_str(&self.body).map_err(fault)?;
            let journey = parsed("events", key, "stream", &self.stream)?;
            (Entry::Journey { event, task }, String::new(), Some(journey))
        };
        let seq = u64::try_from(self.seq).map_err(|error| unreadable("events", key, "seq", &error))?;
        Ok(AuditLine {
            mark: Mark { at: instant("events", key, "at_us", self.at_us)?, source: 1, key: self.stream.clone(), seq },
            entry,
            person: called("events", key, "person", self.person, self.called)?,
            organisation: called("events", key, "organisation", self.organisation, self.named)?,
            journey,
            about: String::new(),
            reason,
            address: String::new(),
        })
    }
}

/// Where both begin: the instant, the key and the position below which entries are asked for.
fn begins(filter: &AuditFilter, source: u8) -> (i64, String, i64) {
    let end = filter.until.map_or(i64::MAX, micros);
    match &filter.after {
        Some(mark) if mark.at < filter.until.unwrap_or(Timestamp::MAX) => match mark.source.cmp(&source) {
            std::cmp::Ordering::Equal => (micros(mark.at), plain(&mark.key), i64::try_from(mark.seq).unwrap_or(i64::MAX)),
            // What was noted in the same instant stands before what was recorded in it.
            std::cmp::Ordering::Less => (micros(mark.at).saturating_add(1), String::new(), 0),
            std::cmp::Ordering::Greater => (micros(mark.at), String::new(), 0),
        },
        _ => (end, String::new(), 0),
    }
}

/// Notes something in the transaction of what it is about.
pub(crate) async fn note(transaction: &mut Transaction<'static, Any>, noted: &Noted) -> Answer<()> {
    sqlx::query(NOTE)
        .bind(noted.id.clone())
        .bind(micros(noted.at))
        .bind(noted.act.name())
        .bind(noted.person.as_ref().map(ToString::to_string))
        .bind(noted.organisation.as_ref().map(ToString::to_string))
        .bind(noted.journey.as_ref().map(ToString::to_string))
        .bind(plain(&noted.about))
        .bind(plain(&noted.reason))
        .bind(plain(&noted.address))
        .execute(&mut **transaction)
        .answered()
        .await?;
    Ok(())
}

/// The stream of everything that happens to accounts, as `membership` writes it.
const STREAM: &str = "people";

const NOTE: &str = "INSERT INTO audit (id, at_us, act, person, organisation, journey, about, reason, address) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

#[async_trait]
impl Audit for Db {
    async fn note(&self, noted: Noted) -> Answer<()> {
        let mut transaction = self.begin().await?;
        note(&mut transaction, &noted).await?;
        transaction.commit().answered().await
    }

    async fn audit(&self, filter: &AuditFilter) -> Answer<Vec<AuditLine>> {
        let text = |id: Option<String>| id.unwrap_or_default();
        let person = text(filter.person.as_ref().map(ToString::to_string));
        let organisation = text(filter.organisation.as_ref().map(ToString::to_string));
        let journey = text(filter.journey.as_ref().map(ToString::to_string));
        let from = filter.from.map_or(i64::MIN, micros);
        let mut lines = Vec::new();
        if !matches!(filter.kind, Some(AuditKind::Accounts | AuditKind::Journeys)) {
            let acts: Vec<&str> = Act::ALL.iter().filter(|act| Some(act.kind()) == filter.kind).map(|act| act.name()).collect();
            let (at, key, _) = begins(filter, 0);
            let rows: Vec<NotedRow> = sqlx::query_as(NOTED)
                .bind(at)
                .bind(key)
                .bind(from)
                .bind(person.clone())
                .bind(organisation.clone())
                .bind(journey.clone())
                .bind(acts.first().copied().unwrap_or_default())
                .bind(acts.get(1).or(acts.first()).copied().unwrap_or_default())
                .bind(acts.last().copied().unwrap_or_default())
                .bind(i64::from(filter.limit))
                .fetch_all(&self.read)
                .answered()
                .await?;
            lines.extend(rows.into_iter().map(NotedRow::read).collect::<Answer<Vec<_>>>()?);
        }
        if matches!(filter.kind, None | Some(AuditKind::Accounts | AuditKind::Journeys)) {
            let stream = match filter.kind {
                Some(AuditKind::Accounts) => "people",
                Some(AuditKind::Journeys) => "journeys",
                _ => "",
            };
            let (at, key, seq) = begins(filter, 1);
            let within = |id: &str| format!("%\"{id}\"%");
            let rows: Vec<RecordedRow> = sqlx::query_as(RECORDED)
                .bind(at)
                .bind(key)
                .bind(seq)
                .bind(from)
                .bind(person.clone())
                .bind(within(&person))
                .bind(organisation.clone())
                .bind(within(&organisation))
                .bind(journey)
                .bind(stream)
                .bind(i64::from(filter.limit))
                .fetch_all(&self.read)
                .answered()
                .await?;
            lines.extend(rows.into_iter().map(RecordedRow::read).collect::<Answer<Vec<_>>>()?);
        }
        // Each came in its own order, which a stable sort keeps.
        lines.sort_by(|one, other| other.mark.at.cmp(&one.mark.at).then(one.mark.source.cmp(&other.mark.source)));
        lines.truncate(filter.limit as usize);
        Ok(lines)
    }

    async fn last_sign_in(&self, person: &PersonId) -> Answer<Option<Timestamp>> {
        let (at,): (Option<i64>,) =
            sqlx::query_as(LAST_SIGN_IN).bind(person.to_string()).fetch_one(&self.read).answered().await?;
        at.map(|at| instant("audit", person.as_str(), "at_us", at)).transpose()
    }

    async fn forget_noted(&self, addresses: Timestamp, sign_ins: Timestamp) -> Answer<()> {
        sqlx::query("UPDATE audit SET address = '' WHERE at_us < $1 AND address <> ''")
            .bind(micros(addresses))
            .execute(&self.write)
            .answered()
            .await?;
        sqlx::query("DELETE FROM audit WHERE at_us < $1 AND act IN ('signed_in', 'sign_in_failed')")
            .bind(micros(sign_ins))
            .execute(&self.write)
            .answered()
            .await?;
        Ok(())
    }
}
