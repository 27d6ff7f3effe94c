//! Corrected texts: one person proposes, another publishes; every version stays, the newest is read.

use std::collections::BTreeMap;

use async_trait::async_trait;
use journey::port::{
    Answer, Letter, WriteError,
    audit::Noted,
    corrections::{Corrections, Fate, MOST_VERSIONS, NewProposal, Proposal, Version},
};

use crate::{
    audit,
    db::{Db, Ending},
    outbox,
    row::{instant, micros, parsed, plain, row, small, unreadable},
};

/// The newest version of each text: their number is bounded by the texts of a release.
pub const CORRECTED: &str = "SELECT c.subject, c.words FROM corrections c \
     WHERE c.version = (SELECT MAX(n.version) FROM corrections n WHERE n.subject = c.subject)";

const VERSIONS: &str = "SELECT c.subject, c.version, c.words, COALESCE(b.reason, '') AS reason, p.name, q.name AS published_by, c.at_us \
     FROM corrections c JOIN people p ON p.id = c.person \
     LEFT JOIN published_corrections b ON b.subject = c.subject AND b.version = c.version LEFT JOIN people q ON q.id = b.person \
     WHERE c.subject = $1 ORDER BY c.version DESC LIMIT $2";

/// The newest proposal of each text: their number is bounded by the texts of a release.
const PROPOSALS: &str = "SELECT c.subject, c.number, c.follows, c.words, c.reason, c.person, p.name, c.at_us, c.outcome, c.answer, \
            a.name AS answered_by, c.answered_us \
     FROM proposed_corrections c JOIN people p ON p.id = c.person LEFT JOIN people a ON a.id = c.answered_by \
     WHERE c.number = (SELECT MAX(n.number) FROM proposed_corrections n WHERE n.subject = c.subject)";

/// Writes nothing where a newer version was published than the one that was seen.
const PROPOSE: &str = "INSERT INTO proposed_corrections (subject, number, follows, words, reason, person, at_us, outcome, answer) \
     SELECT CAST($1 AS TEXT), (SELECT COALESCE(MAX(number), 0) + 1 FROM proposed_corrections WHERE subject = $1), \
            CAST($2 AS BIGINT), CAST($3 AS TEXT), CAST($4 AS TEXT), CAST($5 AS TEXT), CAST($6 AS BIGINT), 'waiting', '' \
     WHERE CAST($2 AS BIGINT) = (SELECT COALESCE(MAX(version), 0) FROM corrections WHERE subject = $1)";

const ANSWER: &str = "UPDATE proposed_corrections SET outcome = $3, answer = $4, answered_by = $5, answered_us = $6 \
     WHERE subject = $1 AND number = $2 AND outcome = 'waiting'";

/// The key is what makes one of two writers wait for the other, and lose.
const PUBLISH: &str = "INSERT INTO corrections (subject, version, words, person, at_us) \
     SELECT subject, follows + 1, words, person, CAST($3 AS BIGINT) FROM proposed_corrections \
     WHERE subject = $1 AND number = $2 AND follows = (SELECT COALESCE(MAX(version), 0) FROM corrections WHERE subject = $1)";

const PUBLISHED: &str = "INSERT INTO published_corrections (subject, version, reason, person) \
     SELECT subject, follows + 1, reason, CAST($3 AS TEXT) FROM proposed_corrections WHERE subject = $1 AND number = $2";

row! { VersionRow of "corrections" by subject version {
    subject: String,
    version: i64,
    words: String,
    reason: String,
    name: String,
    published_by: Option<String>,
    at_us: i64,
} }

row! { ProposalRow of "proposed_corrections" by subject number {
    subject: String,
    number: i64,
    follows: i64,
    words: String,
    reason: String,
    person: String,
    name: String,
    at_us: i64,
    outcome: String,
    answer: String,
    answered_by: Option<String>,
    answered_us: Option<i64>,
} }

impl ProposalRow {
    fn read(self) -> Answer<Proposal> {
        let (table, key) = ("proposed_corrections", self.key());
        let answered = self.answered_us.map(|at| instant(table, &key, "answered_us", at)).transpose()?;
        Ok(Proposal {
            number: small(table, &key, "number", self.number)?,
            follows: small(table, &key, "follows", self.follows)?,
            by: parsed(table, &key, "person", &self.person)?,
            at: instant(table, &key, "at_us", self.at_us)?,
            fate: Fate::named(&self.outcome).ok_or_else(|| unreadable(table, &key, "outcome", &self.outcome))?,
            answered: self.answered_by.zip(answered),
            subject: self.subject,
            words: self.words,
            reason: self.reason,
            named: self.name,
            answer: self.answer,
        })
    }
}

#[async_trait]
impl Corrections for Db {
    async fn corrected(&self) -> Answer<BTreeMap<String, String>> {
        let rows: Vec<(String, String)> = sqlx::query_as(CORRECTED).fetch_all(&self.read).answered().await?;
        Ok(rows.into_iter().collect())
    }

    async fn versions(&self, subject: &str) -> Answer<Vec<Version>> {
        let rows: Vec<VersionRow> =
            sqlx::query_as(VERSIONS).bind(plain(subject)).bind(i64::from(MOST_VERSIONS)).fetch_all(&self.read).answered().await?;
        rows.into_iter()
            .map(|row| {
                let key = row.key();
                Ok(Version {
                    number: small("corrections", &key, "version", row.version)?,
                    at: instant("corrections", &key, "at_us", row.at_us)?,
                    words: row.words,
                    reason: row.reason,
                    by: row.name,
                    published_by: row.published_by,
                })
            })
            .collect()
    }

    async fn proposals(&self) -> Answer<BTreeMap<String, Proposal>> {
        let rows: Vec<ProposalRow> = sqlx::query_as(PROPOSALS).fetch_all(&self.read).answered().await?;
        rows.into_iter().map(|row| Ok((row.subject.clone(), row.read()?))).collect()
    }

    async fn propose(&self, proposal: NewProposal, noted: Noted, letters: Vec<Letter>) -> Result<(), WriteError> {
        let mut transaction = self.begin().await?;
        let written = sqlx::query(PROPOSE)
            .bind(plain(&proposal.subject))
            .bind(i64::from(proposal.seen))
            .bind(plain(&proposal.words))
            .bind(plain(&proposal.reason))
            .bind(noted.person.as_ref().map(ToString::to_string))
            .bind(micros(noted.at))
            .execute(&mut *transaction)
            .written()
            .await?;
        if written.rows_affected() != 1 {
            return Err(WriteError::Conflict);
        }
        audit::note(&mut transaction, &noted).await?;
        outbox::insert(&mut transaction, &letters.iter().collect::<Vec<_>>(), noted.at).await?;
        transaction.commit().written().await
    }

    async fn answer_proposal(
        &self,
        subject: &str,
        number: u32,
        fate: Fate,
        noted: Noted,
        letter: Option<Letter>,
    ) -> Result<(), WriteError> {
        let mut transaction = self.begin().await?;
        let by = noted.person.as_ref().map(ToString::to_string);
        let answered = sqlx::query(ANSWER)
            .bind(plain(subject))
            .bind(i64::from(number))
            .bind(fate.name())
            .bind(plain(&noted.reason))
            .bind(by.clone())
            .bind(micros(noted.at))
            .execute(&mut *transaction)
            .written()
            .await?;
        if answered.rows_affected() != 1 {
            return Err(WriteError::Conflict);
        }
        if fate == Fate::Published {
            let published = sqlx::query(PUBLISH)
                .bind(plain(subject))
                .bind(i64::from(number))
                .bind(micros(noted.at))
                .execute(&mut *transaction)
                .written()
                .await?;
            if published.rows_affected() != 1 {
                return Err(WriteError::Conflict);
            }
            sqlx::query(PUBLISHED)
                .bind(plain(subject))
                .bind(i64::from(number))
                .bind(by)
                .execute(&mut *transaction)
                .written()
                .await?;
        }
        audit::note(&mut transaction, &noted).await?;
        outbox::insert(&mut transaction, &letter.iter().collect::<Vec<_>>(), noted.at).await?;
        transaction.commit().written().await
    }
}
