//! The certificates that documents are sealed with.

use async_trait::async_trait;
use jiff::Timestamp;
use journey::{
    base::ids::Digest,
    port::{
        Answer,
        seals::{KnownSeal, SealCertificate, Seals},
    },
};

use crate::{
    db::{Db, Ending},
    row::{instant, micros, parsed, row},
};

/// The certificate with a fingerprint.
pub const SEAL: &str =
    "SELECT fingerprint, subject, issuer, from_us, until_us, since_us, chain FROM seal_certificates WHERE fingerprint = $1";

/// Certificates, newest first. There are a few: a key lasts for years.
const SEALS: &str = "SELECT fingerprint, subject, issuer, from_us, until_us, since_us, chain FROM seal_certificates \
     ORDER BY since_us DESC, fingerprint LIMIT CAST($1 AS BIGINT)";

row! { SealRow of "seal_certificates" by fingerprint {
    fingerprint: String,
    subject: String,
    issuer: String,
    from_us: i64,
    until_us: i64,
    since_us: i64,
    chain: String,
} }

impl SealRow {
    fn read(self) -> Answer<KnownSeal> {
        let key = self.key();
        let at = |column, micros| instant("seal_certificates", &key, column, micros);
        Ok(KnownSeal {
            since: at("since_us", self.since_us)?,
            certificate: SealCertificate {
                fingerprint: parsed("seal_certificates", &key, "fingerprint", &self.fingerprint)?,
                from: at("from_us", self.from_us)?,
                until: at("until_us", self.until_us)?,
                subject: self.subject,
                issuer: self.issuer,
                chain: self.chain,
            },
        })
    }
}

#[async_trait]
impl Seals for Db {
    async fn keep_seal(&self, certificate: SealCertificate, at: Timestamp) -> Answer<()> {
        sqlx::query(
            "INSERT INTO seal_certificates (fingerprint, subject, issuer, from_us, until_us, since_us, chain) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (fingerprint) DO NOTHING",
        )
        .bind(certificate.fingerprint.to_string())
        .bind(certificate.subject)
        .bind(certificate.issuer)
        .bind(micros(certificate.from))
        .bind(micros(certificate.until))
        .bind(micros(at))
        .bind(certificate.chain)
        .execute(&self.write)
        .answered()
        .await?;
        Ok(())
    }

    async fn seals(&self, limit: u32) -> Answer<Vec<KnownSeal>> {
        let rows: Vec<SealRow> = sqlx::query_as(SEALS).bind(i64::from(limit)).fetch_all(&self.read).answered().await?;
        rows.into_iter().map(SealRow::read).collect()
    }

    async fn seal(&self, fingerprint: &Digest) -> Answer<Option<KnownSeal>> {
        let row: Option<SealRow> =
            sqlx::query_as(SEAL).bind(fingerprint.to_string()).fetch_optional(&self.read).answered().await?;
        row.map(SealRow::read).transpose()
    }
}
