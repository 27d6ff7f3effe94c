//! What stands beside the rows of a SCAL: published editions, phrases, facts about evidence.

use async_trait::async_trait;
use jiff::Timestamp;
use journey::{
    base::{
        actor::Role,
        edition::Edition,
        ids::{Digest, JourneyRef, TaskId},
    },
    ledger::file_sort::Sort,
    port::{
        Answer, WriteError,
        audit::Noted,
        notices::Notice,
        scal::{Catalogue, MOST_PHRASES, Phrase, Scal},
    },
    scal::evidence::Evidence,
};
use sqlx::{Any, Transaction};

use crate::{
    audit,
    db::{Db, Ending},
    notices,
    row::{instant, micros, parsed, plain, row, unreadable},
};

const CATALOGUES: &str = "SELECT c.edition, c.body, c.note, c.person, c.at_us, w.at_us AS withdrawn_us, COALESCE(w.why, '') AS withdrawn_why \
     FROM catalogues c LEFT JOIN withdrawn_catalogues w ON w.edition = c.edition ORDER BY c.at_us, c.edition";

/// Ledgers that name an edition. It can stand in no entry that is older than itself.
pub const JOURNEYS_ON: &str =
    "SELECT COUNT(DISTINCT stream) FROM events WHERE at_us >= $1 AND stream <> 'people' AND body LIKE CAST($2 AS TEXT)";

/// The key is what makes the second one lose.
const WITHDRAW: &str = "INSERT INTO withdrawn_catalogues (edition, at_us, person, why) \
     SELECT edition, CAST($2 AS BIGINT), CAST($3 AS TEXT), CAST($4 AS TEXT) FROM catalogues WHERE edition = $1";

/// The phrases of a team, most used first.
pub const PHRASES: &str = "SELECT id, role, words, used, person, at_us FROM phrases WHERE role = $1 ORDER BY role, used DESC, id LIMIT CAST($2 AS BIGINT)";

/// The facts about the files of a task.
pub const EVIDENCE: &str = "SELECT journey, task, digest, kind, product, environment, effective, tester, replaces, person, at_us \
     FROM evidence WHERE journey = $1 AND task = $2 ORDER BY at_us, digest";

row! { CatalogueRow of "catalogues" by edition {
    edition: String,
    body: String,
    note: String,
    person: String,
    at_us: i64,
    withdrawn_us: Option<i64>,
    withdrawn_why: String,
} }

row! { PhraseRow of "phrases" by id {
    id: String,
    role: String,
    words: String,
    used: i64,
    person: String,
    at_us: i64,
} }

row! { EvidenceRow of "evidence" by journey task digest {
    journey: String,
    task: String,
    digest: String,
    kind: String,
    product: String,
    environment: String,
    effective: String,
    tester: String,
    replaces: String,
    person: String,
    at_us: i64,
} }

impl EvidenceRow {
    fn read(self) -> Answer<Evidence> {
        let key = self.key();
        let strange = |column: &'static str, text: &str| unreadable("evidence", &key, column, &format!("“{text}”"));
        Ok(Evidence {
            digest: parsed("evidence", &key, "digest", &self.digest)?,
            sort: Sort::named(&self.kind).ok_or_else(|| strange("kind", &self.kind))?,
            environment: match self.environment.as_str() {
                "" => None,
                name => Some(journey::base::environment::Environment::named(name).ok_or_else(|| strange("environment", name))?),
            },
            effective: match self.effective.as_str() {
                "" => None,
                day => Some(parsed("evidence", &key, "effective", day)?),
            },
            replaces: match self.replaces.as_str() {
                "" => None,
                digest => Some(parsed("evidence", &key, "replaces", digest)?),
            },
            by: parsed("evidence", &key, "person", &self.person)?,
            at: instant("evidence", &key, "at_us", self.at_us)?,
            product: self.product,
            tester: self.tester,
        })
    }
}

#[async_trait]
impl Scal for Db {
    async fn catalogues(&self) -> Answer<Vec<Catalogue>> {
        let rows: Vec<CatalogueRow> = sqlx::query_as(CATALOGUES).fetch_all(&self.read).answered().await?;
        let read = |row: CatalogueRow| {
            let key = row.key();
            Ok(Catalogue {
                edition: parsed("catalogues", &key, "edition", &row.edition)?,
                by: parsed("catalogues", &key, "person", &row.person)?,
                at: instant("catalogues", &key, "at_us", row.at_us)?,
                withdrawn: match row.withdrawn_us {
                    Some(at) => Some((instant("catalogues", &key, "withdrawn_us", at)?, row.withdrawn_why)),
                    None => None,
                },
                body: row.body,
                note: row.note,
            })
        };
        rows.into_iter().map(read).collect()
    }

    async fn publish_catalogue(&self, catalogue: Catalogue, notices: Vec<Notice>) -> Result<(), WriteError> {
        let mut transaction = self.begin().await?;
        sqlx::query("INSERT INTO catalogues (edition, body, note, person, at_us) VALUES ($1, $2, $3, $4, $5)")
            .bind(catalogue.edition.to_string())
            .bind(catalogue.body)
            .bind(plain(&catalogue.note))
            .bind(catalogue.by.to_string())
            .bind(micros(catalogue.at))
            .execute(&mut *transaction)
            .written()
            .await?;
        notices::insert(&mut transaction, &notices, catalogue.at).await?;
        transaction.commit().written().await
    }

    async fn journeys_on(&self, edition: &Edition, since: Timestamp) -> Answer<u64> {
        let named = format!("%\"catalogue\":\"{edition}\"%");
        let (count,): (i64,) =
            sqlx::query_as(JOURNEYS_ON).bind(micros(since)).bind(named).fetch_one(&self.read).answered().await?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    async fn withdraw_catalogue(&self, edition: &Edition, noted: Noted, notices: Vec<Notice>) -> Result<(), WriteError> {
        let mut transaction = self.begin().await?;
        let withdrawn = sqlx::query(WITHDRAW)
            .bind(edition.to_string())
            .bind(micros(noted.at))
            .bind(noted.person.as_ref().map(ToString::to_string))
            .bind(plain(&noted.reason))
            .execute(&mut *transaction)
            .written()
            .await?;
        if withdrawn.rows_affected() != 1 {
            return Err(WriteError::Conflict);
        }
        audit::note(&mut transaction, &noted).await?;
        notices::insert(&mut transaction, &notices, noted.at).await?;
        transaction.commit().written().await
    }

    async fn journeys_under_way(&self) -> Answer<u64> {
        let (count,): (i64,) =
            sqlx::query_as("SELECT COUNT(*) FROM journeys WHERE phase <> 'withdrawn'").fetch_one(&self.read).answered().await?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    async fn phrases(&self, role: Role) -> Answer<Vec<Phrase>> {
        let rows: Vec<PhraseRow> = sqlx::query_as(PHRASES)
            .bind(role.name())
            .bind(i64::try_from(MOST_PHRASES).unwrap_or(i64::MAX))
            .fetch_all(&self.read)
            .answered()
            .await?;
        let read = |row: PhraseRow| {
            let key = row.key();
            Ok(Phrase {
                role: parsed("phrases", &key, "role", &row.role)?,
                used: u64::try_from(row.used).map_err(|error| unreadable("phrases", &key, "used", &error))?,
                by: parsed("phrases", &key, "person", &row.person)?,
                at: instant("phrases", &key, "at_us", row.at_us)?,
                id: row.id,
                words: row.words,
            })
        };
        rows.into_iter().map(read).collect()
    }

    async fn add_phrase(&self, phrase: Phrase) -> Answer<()> {
        sqlx::query(
            "INSERT INTO phrases (id, role, words, used, person, at_us) VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT (id) DO NOTHING",
        )
        .bind(phrase.id)
        .bind(phrase.role.name())
        .bind(plain(&phrase.words))
        .bind(i64::try_from(phrase.used).unwrap_or(i64::MAX))
        .bind(phrase.by.to_string())
        .bind(micros(phrase.at))
        .execute(&self.write)
        .answered()
        .await
        .map(drop)
    }

    async fn remove_phrase(&self, id: &str, role: Role) -> Answer<bool> {
        let done = sqlx::query("DELETE FROM phrases WHERE id = $1 AND role = $2")
            .bind(id.to_owned())
            .bind(role.name())
            .execute(&self.write)
            .answered()
            .await?;
        Ok(done.rows_affected() > 0)
    }

    async fn phrase_used(&self, id: &str, role: Role) -> Answer<()> {
        sqlx::query("UPDATE phrases SET used = used + 1 WHERE id = $1 AND role = $2")
            .bind(id.to_owned())
            .bind(role.name())
            .execute(&self.write)
            .answered()
            .await
            .map(drop)
    }

    async fn evidence(&self, journey: &JourneyRef, task: &TaskId) -> Answer<Vec<Evidence>> {
        let rows: Vec<EvidenceRow> =
            sqlx::query_as(EVIDENCE).bind(journey.to_string()).bind(task.to_string()).fetch_all(&self.read).answered().await?;
        rows.into_iter().map(EvidenceRow::read).collect()
    }

    async fn tell_evidence(&self, journey: &JourneyRef, task: &TaskId, evidence: Evidence) -> Answer<()> {
        let mut transaction = self.begin().await?;
        insert_evidence(&mut transaction, journey, task, &evidence).await?;
        transaction.commit().answered().await
    }

    async fn evidence_of(&self, journey: &JourneyRef, digest: &Digest) -> Answer<Option<Evidence>> {
        let row: Option<EvidenceRow> = sqlx::query_as(
            "SELECT journey, task, digest, kind, product, environment, effective, tester, replaces, person, at_us \
             FROM evidence WHERE journey = $1 AND digest = $2 ORDER BY at_us DESC LIMIT 1",
        )
        .bind(journey.to_string())
        .bind(digest.to_string())
        .fetch_optional(&self.read)
        .answered()
        .await?;
        row.map(EvidenceRow::read).transpose()
    }
}

/// Writes the facts about one file, over those that were there.
pub(crate) async fn insert_evidence(
    transaction: &mut Transaction<'static, Any>,
    journey: &JourneyRef,
    task: &TaskId,
    evidence: &Evidence,
) -> Answer<()> {
    sqlx::query(
        "INSERT INTO evidence (journey, task, digest, kind, product, environment, effective, tester, replaces, person, at_us) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
         ON CONFLICT (journey, task, digest) DO UPDATE SET kind = excluded.kind, product = excluded.product, \
         environment = excluded.environment, effective = excluded.effective, tester = excluded.tester, \
         replaces = excluded.replaces, person = excluded.person, at_us = excluded.at_us",
    )
    .bind(journey.to_string())
    .bind(task.to_string())
    .bind(evidence.digest.to_string())
    .bind(evidence.sort.name())
    .bind(evidence.product.clone())
    .bind(evidence.environment.map_or("", |e| e.name()))
    .bind(evidence.effective.map_or_else(String::new, |day| day.to_string()))
    .bind(evidence.tester.clone())
    .bind(evidence.replaces.as_ref().map_or_else(String::new, ToString::to_string))
    .bind(evidence.by.to_string())
    .bind(micros(evidence.at))
    .execute(&mut **transaction)
    .answered()
    .await?;
    Ok(())
}
