//! Who an organisation is: its name and its ODS code, as they were confirmed. A journey keeps them as facts of its ledger,
//! so that what was signed and issued names the organisation as it was then, whatever it is called later
//! (domain/end_users.md §8: "store code, name at signing").

use serde::{Deserialize, Serialize};

/// An organisation by name and code.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Its name.
    pub name: String,
    /// Its ODS code; empty when it has none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub ods_code: String,
}

impl Identity {
    /// On a page and in what is signed: `Willow Lane Surgery (A21471)`.
    #[must_use]
    pub fn in_words(&self) -> String {
        if self.ods_code.is_empty() { self.name.clone() } else { format!("{} ({})", self.name, self.ods_code) }
    }
}
