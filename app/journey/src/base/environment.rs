//! Where a product is tested.

use serde::{Deserialize, Serialize};

use crate::base::named::named;

named! {
    /// Where the evidence for a row is gathered (domain/scal.md, "Columns seen").
    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "lowercase")]
    pub enum Environment {
        /// A statement is enough; no environment is needed.
        Statement = ("statement", "Statement"),
        /// The internet-facing demonstrator.
        Internet = ("internet", "Internet-facing"),
        /// OpenTest, or INT where a journey does without OpenTest.
        OpenTest = ("opentest", "OpenTest"),
        /// INT with the demonstrator.
        Int = ("int", "INT"),
        /// INT with the test systems of providers.
        Providers = ("providers", "INT with providers"),
    }
}
