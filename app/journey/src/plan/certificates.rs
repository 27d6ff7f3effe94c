//! Which tasks leave a certificate, what each is called and what it says (domain/testing.md §8).

use serde::{Deserialize, Serialize};

use crate::{
    base::{
        ids::{JourneyRef, Seq},
        named::named,
    },
    plan::process::TaskSpec,
};

named! {
    /// What may become of a certificate that was issued, beside a new one in its place. Two people of the programme agree on it.
    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum ValidityChange {
        /// Nobody relies on it until it is looked at: it can be reinstated.
        Suspend = ("suspend", "Suspend it"),
        /// It never counts again. Another can be issued in its place.
        Withdraw = ("withdraw", "Withdraw it"),
        /// A suspended one counts again.
        Reinstate = ("reinstate", "Reinstate it"),
    }
}

/// A kind of certificate: what a task leaves when it is settled.
#[derive(Clone, Copy, Debug)]
pub struct CertificateKind {
    /// The words at its head.
    pub title: &'static str,
    /// The beginning of its number.
    pub prefix: &'static str,
    /// What it does not say. Stands on every one.
    pub not: &'static str,
    /// What ends it.
    pub ends: &'static str,
}

/// Every kind, by its name in a definition.
const KINDS: &[(&str, CertificateKind)] = &[
    (
        "technical_conformance",
        CertificateKind { title: "Technical conformance certificate", prefix: "TCC", not: NOT, ends: ENDS },
    ),
    (
        "clinical_authority",
        CertificateKind {
            title: "Clinical Authority To Release (CATR)",
            prefix: "CATR",
            not: "This authority says that the clinical safety documents of the product version named here are complete. It is no \
certificate of its tests, and it is not an approval to go live.",
            ends: "It no longer holds when the product, its safety case or its hazard log changes. The clinical safety officer then \
submits the documents again.",
        },
    ),
    (
        "first_of_type",
        CertificateKind {
            title: "Development Milestone Achievement Certificate: First of Type",
            prefix: "DEVMAC-FOT",
            not: "This certificate says that the interfaces of the product version named here meet the requirements and may be \
deployed as a pilot. It is not an approval to go live, and it does not permit roll-out beyond the pilot.",
            ends: PROVIDER_ENDS,
        },
    ),
    (
        "full_roll_out",
        CertificateKind {
            title: "Development Milestone Achievement Certificate: full roll-out",
            prefix: "DEVMAC-ROLLOUT",
            not: "This certificate says that the pilot of the product version named here met its exit criteria and that the product \
may be rolled out. Each practice still decides by itself what it turns on.",
            ends: PROVIDER_ENDS,
        },
    ),
];

/// The names that a definition may use.
pub fn names() -> impl Iterator<Item = &'static str> {
    KINDS.iter().map(|(name, _)| *name)
}

/// How the numbers begin. None is the beginning of another.
pub fn prefixes() -> impl Iterator<Item = &'static str> {
    KINDS.iter().map(|(_, kind)| kind.prefix)
}

/// The kind whose numbers begin so.
#[must_use]
pub fn of_prefix(prefix: &str) -> Option<CertificateKind> {
    KINDS.iter().find(|(_, kind)| kind.prefix == prefix).map(|(_, kind)| *kind)
}

/// The certificate that a task leaves, if it leaves one.
#[must_use]
pub fn kind(spec: &TaskSpec) -> Option<CertificateKind> {
    let name = spec.certificate.as_deref()?;
    KINDS.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind)
}

/// The number of what an event of a journey issued, as it is written.
#[must_use]
pub fn number(prefix: &str, journey: &JourneyRef, issued: Seq) -> String {
    format!("{prefix}-{journey}-{issued}")
}

const PROVIDER_ENDS: &str = "It no longer holds when an incident shows that a requirement is not met, or when a new major version of the \
specification replaces the one named here. The work is then assured again, and the pilot repeated where it has to be.";

const NOT: &str = "This certificate says that the product version named here met the technical requirements of GP Connect in the tests \
named here. It is not a clinical acceptance by an organisation that uses the product, and it is not an approval to go live.";

const ENDS: &str = "It no longer holds when the product changes in a way that touches GP Connect, or when a new major version of the \
specification replaces the one named here. The supplier then submits what changed.";
