//! The certificates of the seal: what the service signs documents with, for whoever checks one.

use async_trait::async_trait;
use jiff::Timestamp;

use crate::{base::ids::Digest, port::answer::Answer};

/// A certificate that documents are sealed with. All of it is public.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealCertificate {
    /// The SHA-256 digest of the certificate.
    pub fingerprint: Digest,
    /// Whom it names, as certificates write it (RFC 4514).
    pub subject: String,
    /// Who issued it; the same as the subject when nobody else vouches for it.
    pub issuer: String,
    /// From when it may sign.
    pub from: Timestamp,
    /// Until when it may sign. What it signed before stays signed.
    pub until: Timestamp,
    /// The certificate and those above it, the nearest first, as PEM (RFC 7468).
    pub chain: String,
}

impl SealCertificate {
    /// Whether it may sign now.
    #[must_use]
    pub fn holds(&self, now: Timestamp) -> bool {
        self.from <= now && now <= self.until
    }

    /// Whether nobody else vouches for it.
    #[must_use]
    pub fn is_our_own(&self) -> bool {
        self.subject == self.issuer
    }
}

/// A certificate with the time since when the service has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownSeal {
    /// The certificate.
    pub certificate: SealCertificate,
    /// When the service first had it.
    pub since: Timestamp,
}

/// The certificates of the seal.
#[async_trait]
pub trait Seals: Send + Sync {
    /// Keeps a certificate for everybody to see. Since when there is one stays as it was told first.
    async fn keep_seal(&self, certificate: SealCertificate, at: Timestamp) -> Answer<()>;
    /// Those that the service had last, newest first.
    async fn seals(&self, limit: u32) -> Answer<Vec<KnownSeal>>;
    /// The one with this fingerprint.
    async fn seal(&self, fingerprint: &Digest) -> Answer<Option<KnownSeal>>;
}
