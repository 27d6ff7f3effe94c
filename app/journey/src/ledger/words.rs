//! The words that are signed. A signature binds their digest, so they are made here from the journey alone; the parts enter by
//! the digest under which they were submitted.
//!
//! Topics: connection agreement, domain/journeys.md source CA; data sharing and declaration, domain/end_users.md §3 and §4.
//! The sentences are this product's own.

use crate::{
    ledger::journey::Journey,
    plan::{
        bound::{bound, bound_as},
        process::{Signs, TaskSpec},
    },
};

/// The statements that whoever signs agrees to, in their order. They are the numbered lines of [`words_to_sign`].
#[must_use]
pub fn statements(spec: &TaskSpec) -> &'static [&'static str] {
    match spec.signs {
        Some(Signs::Declaration) => DECLARATION,
        Some(Signs::Witness) => WITNESS,
        Some(Signs::Sharing) => SHARING,
        Some(Signs::Connection) | None => CONNECTION,
    }
}

/// The words to sign for a task, as shown and as hashed.
#[must_use]
pub fn words_to_sign(journey: &Journey, spec: &TaskSpec) -> String {
    let capabilities: Vec<String> =
        journey.opening.capabilities.iter().map(|c| format!("{} {}", c.capability.title(), c.version)).collect();
    let mut text = format!(
        "{}\n\nJourney {}\n{}Product: {}\nCapabilities: {}\n",
        spec.label,
        journey.reference,
        // Ledgers of before do not say who the supplier is; what was signed there keeps its words.
        journey.identity(&journey.organisation).map_or_else(String::new, |it| format!("Supplier: {}\n", it.in_words())),
        journey.named(),
        capabilities.join(", ")
    );
    // A version that was assessed later than the journey was opened is what is signed for.
    if let Some((product, _)) = journey.product_version() {
        text += &format!("Version assessed: {product}\n");
    }
    for task in bound(journey.process, spec) {
        if let Some(sent) = journey.task(&task.id).sent.last() {
            text += &format!("{}: round {}, digest {}\n", bound_as(spec, task), sent.round, sent.digest);
        }
    }
    for (number, statement) in statements(spec).iter().enumerate() {
        text += &format!("\n{}. {statement}", number + 1);
    }
    text
}

const CONNECTION: &[&str] = &[
    "The supplier connects the product to GP Connect as described in the parts filled in, and for nothing else.",
    "Data obtained through GP Connect is used for the direct care of the patient only, and is not sold or used for charging.",
    "The SCAL as accepted is part of this agreement. A change that touches it is submitted before it is released.",
    "The supplier keeps a clinical safety officer, a hazard log and a safety case, and reports a clinical safety incident within 48 hours.",
    "The supplier keeps the standards of the Data Security and Protection Toolkit, and checks them for each organisation before it goes live.",
    "The supplier runs a service desk and joins a high severity incident within 30 minutes.",
    "NHS England may suspend the connection when patients or data are at risk, and says why.",
    "Whoever signs has authority to sign for their organisation.",
];

const SHARING: &[&str] = &[
    "The organisation has read the terms for sharing data through GP Connect and accepts them.",
    "The organisation has met the standards of the Data Security and Protection Toolkit under its own ODS code.",
    "The organisation follows data protection law and the duty of confidentiality; its impact assessment, privacy notice and records say that GP Connect is used.",
    "GP Connect is used for direct care only.",
    "Whoever signs is the Caldicott Guardian, the Senior Information Risk Owner or the Data Protection Officer, or signs with their authority.",
    "NHS England may audit the use.",
];

const WITNESS: &[&str] = &[
    "The tests named in the parts filled in were demonstrated on the product version and in the environment named there.",
    "What was seen is written down in the parts filled in, and nothing that was seen to fail is left out.",
    "Points that stay open are named there, each with an owner.",
    "Whoever signs was present from the first script to the last.",
    "This is the record of what was watched. It is no certificate and no approval to go live.",
];

const DECLARATION: &[&str] = &[
    "This is declared for the organisations named in the parts filled in, with authority to do so.",
    "GP Connect is used for direct care only.",
    "Each organisation has met the standards of the Data Security and Protection Toolkit.",
    "Clinical risk is managed as DCB0160 asks, with the clinical safety officer named in the parts filled in.",
    "The SCAL, the safety case and the hazard log of the supplier were looked at, in the version named above.",
    "Access is controlled by role, and users are trained before they use the product.",
    "Incidents and mistakes in the data are reported to the supplier and to the practice concerned.",
    "The privacy notice tells patients, and audits are answered.",
];
