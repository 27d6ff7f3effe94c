//! What a use case says that was sent, and the one that counts: whoever signs for an organisation that uses the product signs for it.

use serde::{Deserialize, Serialize};

use crate::base::ids::Digest;

/// What a use case says, as far as it stands in what is signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UseCase {
    /// What the product is for, in one sentence.
    pub purpose: String,
    /// Where it is used, in words.
    pub care_settings: Vec<String>,
}

/// A use case that was approved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ApprovedUse {
    /// What it says.
    pub says: UseCase,
    /// Digest of all that was sent.
    pub digest: Digest,
}
