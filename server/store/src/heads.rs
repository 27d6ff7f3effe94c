//! The daily lists of heads, and where each ledger was named last.

use async_trait::async_trait;
use jiff::civil::Date;
use journey::{
    base::ids::Seq,
    ledger::heads::SignedList,
    port::{
        Answer, WriteError,
        heads::{HeadLists, KeptList, LedgerEnd, ListFacts, ListKey, ListedHead},
    },
};
use sqlx::{Any, AssertSqlSafe, Transaction};

use crate::{
    db::{Db, Ending},
    membership::STREAM,
    row::{AT_ONCE, instant, micros, parsed, places, row, seq_of, small, unreadable},
};

/// Journeys that are looked at in one statement.
const STEP: i64 = 500;

/// Some journeys, each with where its ledger begins and ends and where a list named it last. The end is looked up, and no event
/// between is read. No time is asked for: clocks go wrong, and what is imported is older than the list before.
pub const ENDS: &str = "SELECT j.ref AS stream, f.digest AS first, l.seq, l.digest, h.seq AS listed \
     FROM (SELECT ref FROM journeys WHERE ref > $1 ORDER BY ref LIMIT CAST($2 AS BIGINT)) j \
     LEFT JOIN events f ON f.stream = j.ref AND f.seq = 1 \
     LEFT JOIN events l ON l.stream = j.ref AND l.seq = (SELECT MAX(e.seq) FROM events e WHERE e.stream = j.ref) \
     LEFT JOIN listed_heads h ON h.stream = j.ref \
     ORDER BY j.ref";

/// The same of one stream.
const END: &str = "SELECT f.stream, f.digest AS first, l.seq, l.digest, h.seq AS listed \
     FROM events f JOIN events l ON l.stream = f.stream AND l.seq = (SELECT MAX(e.seq) FROM events e WHERE e.stream = $1) \
     LEFT JOIN listed_heads h ON h.stream = f.stream \
     WHERE f.stream = $1 AND f.seq = 1";

/// The list of a day.
pub const LIST_OF: &str =
    "SELECT number, day, made_us, digest, public_key, ledgers, body, signature FROM head_lists WHERE day = $1";

/// Lists, newest first, without what they say.
pub const LISTS: &str = "SELECT number, day, made_us, digest, public_key, ledgers, '' AS body, '' AS signature \
     FROM head_lists WHERE number < $1 ORDER BY number DESC LIMIT CAST($2 AS BIGINT)";

/// Lists as they are read from the first to the last.
const LISTS_AFTER: &str = "SELECT number, day, made_us, digest, public_key, ledgers, body, signature FROM head_lists \
     WHERE number > $1 ORDER BY number LIMIT CAST($2 AS BIGINT)";

/// Every key with its days, from the index alone.
const KEYS: &str = "SELECT public_key, MIN(day) AS first_day, MAX(day) AS last_day FROM head_lists GROUP BY public_key";

/// Where a list named a ledger last.
pub const LISTED: &str = "SELECT stream, name, seq, digest, day FROM listed_heads WHERE stream = $1";

row! { EndRow of "events" by stream {
    stream: String,
    first: Option<String>,
    seq: Option<i64>,
    digest: Option<String>,
    listed: Option<i64>,
} }

impl EndRow {
    /// Where the ledger ends, if it has grown since it was named. Of one that has lost its beginning `verify` tells.
    fn grown(self) -> Answer<Option<LedgerEnd>> {
        let key = self.key();
        let (Some(first), Some(seq), Some(digest)) = (self.first, self.seq, self.digest) else { return Ok(None) };
        if self.listed.is_some_and(|listed| listed >= seq) {
            return Ok(None);
        }
        Ok(Some(LedgerEnd {
            first: parsed("events", &key, "digest", &first)?,
            seq: place("events", &key, "seq", seq)?,
            digest: parsed("events", &key, "digest", &digest)?,
            stream: self.stream,
        }))
    }
}

row! { ListRow of "head_lists" by number {
    number: i64,
    day: String,
    made_us: i64,
    digest: String,
    public_key: String,
    ledgers: i64,
    body: String,
    signature: String,
} }

impl ListRow {
    fn read(self) -> Answer<KeptList> {
        let key = self.key();
        let facts = ListFacts {
            number: u64::try_from(self.number).map_err(|error| unreadable("head_lists", &key, "number", &error))?,
            day: parsed("head_lists", &key, "day", &self.day)?,
            made_at: instant("head_lists", &key, "made_us", self.made_us)?,
            digest: parsed("head_lists", &key, "digest", &self.digest)?,
            key: self.public_key,
            ledgers: small("head_lists", &key, "ledgers", self.ledgers)?,
        };
        Ok(KeptList { facts, signed: SignedList { text: self.body, signature: self.signature } })
    }
}

row! { ListedRow of "listed_heads" by stream {
    stream: String,
    name: String,
    seq: i64,
    digest: String,
    day: String,
} }

impl ListedRow {
    fn read(self) -> Answer<ListedHead> {
        let key = self.key();
        Ok(ListedHead {
            ledger: parsed("listed_heads", &key, "name", &self.name)?,
            seq: place("listed_heads", &key, "seq", self.seq)?,
            digest: parsed("listed_heads", &key, "digest", &self.digest)?,
            day: parsed("listed_heads", &key, "day", &self.day)?,
            stream: self.stream,
        })
    }
}

row! { KeyRow of "head_lists" by public_key {
    public_key: String,
    first_day: String,
    last_day: String,
} }

fn place(table: &'static str, key: &str, column: &'static str, number: i64) -> Answer<Seq> {
    u64::try_from(number).map(Seq).map_err(|error| unreadable(table, key, column, &error))
}

/// A number as the databases have it: none is higher.
fn number_of(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Notes where a list names ledgers.
async fn note(transaction: &mut Transaction<'static, Any>, named: &[ListedHead]) -> Answer<()> {
    for some in named.chunks(AT_ONCE) {
        let text = format!(
            "INSERT INTO listed_heads (stream, name, seq, digest, day) VALUES {} ON CONFLICT (stream) DO UPDATE \
             SET name = excluded.name, seq = excluded.seq, digest = excluded.digest, day = excluded.day",
            places(some.len(), 5)
        );
        let mut query = sqlx::query(AssertSqlSafe(text));
        for head in some {
            query = query
                .bind(head.stream.clone())
                .bind(head.ledger.to_string())
                .bind(seq_of(head.seq))
                .bind(head.digest.to_string())
                .bind(head.day.to_string());
        }
        query.execute(&mut **transaction).answered().await?;
    }
    Ok(())
}

#[async_trait]
impl HeadLists for Db {
    async fn grown_ledgers(&self) -> Answer<Vec<LedgerEnd>> {
        let (mut grown, mut after) = (Vec::new(), String::new());
        loop {
            let step: Vec<EndRow> = sqlx::query_as(ENDS).bind(after).bind(STEP).fetch_all(&self.read).answered().await?;
            let Some(last) = step.last() else { break };
            after = last.stream.clone();
            for row in step {
                grown.extend(row.grown()?);
            }
        }
        let people: Option<EndRow> = sqlx::query_as(END).bind(STREAM).fetch_optional(&self.read).answered().await?;
        if let Some(row) = people {
            grown.extend(row.grown()?);
        }
        Ok(grown)
    }

    async fn publish_list(&self, list: KeptList, named: Vec<ListedHead>) -> Result<(), WriteError> {
        let KeptList { facts, signed } = list;
        let mut transaction = self.begin().await?;
        sqlx::query(
            "INSERT INTO head_lists (number, day, made_us, digest, public_key, ledgers, body, signature) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(number_of(facts.number))
        .bind(facts.day.to_string())
        .bind(micros(facts.made_at))
        .bind(facts.digest.to_string())
        .bind(facts.key)
        .bind(i64::from(facts.ledgers))
        .bind(signed.text)
        .bind(signed.signature)
        .execute(&mut *transaction)
        .written()
        .await?;
        note(&mut transaction, &named).await?;
        transaction.commit().written().await
    }

    async fn newest_list(&self) -> Answer<Option<ListFacts>> {
        Ok(self.lists_before(u64::MAX, 1).await?.into_iter().next())
    }

    async fn list_of(&self, day: Date) -> Answer<Option<KeptList>> {
        let row: Option<ListRow> = sqlx::query_as(LIST_OF).bind(day.to_string()).fetch_optional(&self.read).answered().await?;
        row.map(ListRow::read).transpose()
    }

    async fn lists_before(&self, number: u64, limit: u32) -> Answer<Vec<ListFacts>> {
        let rows: Vec<ListRow> =
            sqlx::query_as(LISTS).bind(number_of(number)).bind(i64::from(limit)).fetch_all(&self.read).answered().await?;
        rows.into_iter().map(|row| Ok(row.read()?.facts)).collect()
    }

    async fn lists_after(&self, number: u64, limit: u32) -> Answer<Vec<KeptList>> {
        let rows: Vec<ListRow> =
            sqlx::query_as(LISTS_AFTER).bind(number_of(number)).bind(i64::from(limit)).fetch_all(&self.read).answered().await?;
        rows.into_iter().map(ListRow::read).collect()
    }

    async fn list_keys(&self) -> Answer<Vec<ListKey>> {
        let rows: Vec<KeyRow> = sqlx::query_as(KEYS).fetch_all(&self.read).answered().await?;
        let read = |row: KeyRow| {
            let key = row.key();
            Ok(ListKey {
                from: parsed("head_lists", &key, "day", &row.first_day)?,
                until: parsed("head_lists", &key, "day", &row.last_day)?,
                key: row.public_key,
            })
        };
        let mut keys = rows.into_iter().map(read).collect::<Answer<Vec<ListKey>>>()?;
        keys.sort_by(|a, b| (b.until, b.from, &a.key).cmp(&(a.until, a.from, &b.key)));
        Ok(keys)
    }

    async fn listed_head(&self, stream: &str) -> Answer<Option<ListedHead>> {
        let row: Option<ListedRow> = sqlx::query_as(LISTED).bind(stream.to_owned()).fetch_optional(&self.read).answered().await?;
        row.map(ListedRow::read).transpose()
    }

    async fn listed_heads(&self, after: &str, limit: u32) -> Answer<Vec<ListedHead>> {
        let rows: Vec<ListedRow> = sqlx::query_as(
            "SELECT stream, name, seq, digest, day FROM listed_heads WHERE stream > $1 ORDER BY stream LIMIT CAST($2 AS BIGINT)",
        )
        .bind(after.to_owned())
        .bind(i64::from(limit))
        .fetch_all(&self.read)
        .answered()
        .await?;
        rows.into_iter().map(ListedRow::read).collect()
    }
}
