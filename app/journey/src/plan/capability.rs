//! What a product can use GP Connect for, and how it finds patients.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::base::named::named;

named! {
    /// A business area of GP Connect with a specification and tests of its own (domain/glossary.md).
    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "kebab-case")]
    pub enum Capability {
        /// Read-only sections of the GP record as XHTML.
        AccessRecordHtml = ("access-record-html", "Access Record HTML"),
        /// Coded record by clinical area.
        AccessRecordStructured = ("access-record-structured", "Access Record Structured"),
        /// Search and retrieve documents of the GP record.
        AccessDocument = ("access-document", "Access Document"),
        /// Search slots, book, amend, cancel, view appointments.
        AppointmentManagement = ("appointment-management", "Appointment Management"),
        /// Send a consultation report to the registered practice.
        SendDocument = ("send-document", "Send Document"),
    }
}

impl Capability {
    /// What it does, in one line.
    #[must_use]
    pub fn about(self) -> &'static str {
        match self {
            Capability::AccessRecordHtml => "Show sections of the GP record, ready formatted.",
            Capability::AccessRecordStructured => "Read coded data: medicines, allergies, problems and more.",
            Capability::AccessDocument => "Find and open documents of the GP record.",
            Capability::AppointmentManagement => "Search, book, amend and cancel appointments at a practice.",
            Capability::SendDocument => "Send a report of a consultation to the registered practice.",
        }
    }

    /// Where its specification is, as the sources of rows and decisions say it.
    #[must_use]
    pub fn specification(self) -> &'static str {
        match self {
            Capability::AccessRecordHtml => "GPC release/0.7.4 accessrecord",
            Capability::AccessRecordStructured => "GPC accessrecord_structured",
            Capability::AccessDocument => "GPC access_documents",
            Capability::AppointmentManagement => "GPC appointments",
            Capability::SendDocument => "MSG",
        }
    }

    /// Specification versions that may be chosen, newest first (domain/testing.md §4, domain/scal.md sources).
    #[must_use]
    pub fn versions(self) -> &'static [&'static str] {
        match self {
            Capability::AccessRecordHtml => &["0.7.4", "0.7.3"],
            Capability::AccessRecordStructured => &["1.6.2", "1.6.0", "1.5.1"],
            Capability::AccessDocument => &["1.6.2", "1.6.0", "1.5.1"],
            Capability::AppointmentManagement => &["1.6.2", "1.2.8", "1.2.7"],
            Capability::SendDocument => &["1.6.0"],
        }
    }
}

impl FromStr for Capability {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        Self::named(name).ok_or(())
    }
}

/// A capability at one version of its specification.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Chosen {
    /// Which.
    pub capability: Capability,
    /// Version of the specification, such as `1.6.2`.
    pub version: String,
}

named! {
    /// How the product finds patients on PDS.
    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum PdsRoute {
        /// The product itself is PDS compliant.
        Own = ("own", "by the product itself"),
        /// Through a mini service provider or another third party.
        ThirdParty = ("third_party", "through a third party"),
        /// Not decided or not available yet.
        None = ("none", "not yet"),
    }
}
