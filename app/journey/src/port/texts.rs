//! Texts that were signed or issued, kept under their digest: what stood there then, whatever is written today.

use async_trait::async_trait;

use crate::{base::ids::Digest, port::answer::Answer};

/// Texts by their digest. They are written with the event that names them ([`super::Batch::texts`]).
#[async_trait]
pub trait Texts: Send + Sync {
    /// The text with this digest; `None` where the release that recorded the event kept none.
    async fn text(&self, digest: &Digest) -> Answer<Option<String>>;
}
