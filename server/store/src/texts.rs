//! Texts that were signed or issued, under their digest.

use async_trait::async_trait;
use journey::{
    base::ids::Digest,
    port::{Answer, texts::Texts},
};
use sqlx::{Any, Transaction};

use crate::db::{Db, Ending};

/// A text by its digest.
pub const TEXT: &str = "SELECT body FROM texts WHERE digest = $1";

/// Writes texts that are not there yet.
pub(crate) async fn insert(transaction: &mut Transaction<'static, Any>, texts: &[String]) -> Answer<()> {
    for text in texts {
        sqlx::query("INSERT INTO texts (digest, body) VALUES ($1, $2) ON CONFLICT (digest) DO NOTHING")
            .bind(Digest::of(text.as_bytes()).to_string())
            .bind(text.clone())
            .execute(&mut **transaction)
            .answered()
            .await?;
    }
    Ok(())
}

#[async_trait]
impl Texts for Db {
    async fn text(&self, digest: &Digest) -> Answer<Option<String>> {
        sqlx::query_scalar(TEXT).bind(digest.to_string()).fetch_optional(&self.read).answered().await
    }
}
