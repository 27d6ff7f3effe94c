//! The register of ODS codes: a copy of what the Organisation Data Service publishes, loaded by the command `ods load`. Where
//! nothing was loaded nobody is stopped: codes are looked at by their form alone.

use async_trait::async_trait;
use jiff::Timestamp;

use crate::{base::ods::Register, port::answer::Answer};

/// Codes that one question takes: those of a file, of a list, and of who came after them.
pub const MOST_CODES: usize = 2_500;

/// The name under which the sample of invented organisations is loaded.
pub const SAMPLE: &str = "sample";

/// How the register was loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loaded {
    /// When a file was loaded last.
    pub at: Timestamp,
    /// It holds invented organisations and nothing else.
    pub sample: bool,
}

/// The register of ODS codes.
#[async_trait]
pub trait OdsRegister: Send + Sync {
    /// What the register says of these codes, as they are kept: in capitals. Codes that it does not have are left out; of more
    /// than [`MOST_CODES`] the first are looked up.
    async fn ods_codes(&self, codes: &[String]) -> Answer<Register>;
    /// How the register was loaded; `None` while it never was.
    async fn ods_loaded(&self) -> Answer<Option<Loaded>>;
}
