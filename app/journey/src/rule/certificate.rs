//! Certificates: what each is called, its number and what it says (domain/testing.md §8).

use serde::{Deserialize, Serialize};

use crate::{
    base::{
        actor::Role,
        edition::Edition,
        identity::Identity,
        ids::{Digest, Round, Seq, TaskId},
    },
    ledger::journey::Journey,
    plan::{
        capability::Chosen,
        certificates::{CertificateKind, kind},
        process::{Page, TaskSpec},
    },
};

/// What a certificate says, as it was when it was issued. Its text is kept under its digest, which the event of the issue
/// names; a page shows this and nothing that is true only today.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// The words at its head.
    pub title: String,
    /// The supplier, as the ledger named it; `None` where it did not say.
    pub supplier: Option<Identity>,
    /// The product with its version.
    pub product: String,
    /// The capabilities with their versions.
    pub capabilities: Vec<Chosen>,
    /// The test route, in words; empty for providers.
    pub route: String,
    /// The edition of the SCAL catalogue, the round that was accepted and its digest; `None` where there is no SCAL.
    pub scal: Option<(Edition, Round, Digest)>,
    /// The records of the test stages: which task, which round, which words.
    pub stages: Vec<(TaskId, Round, Digest)>,
    /// Conditions and exceptions; may be empty.
    pub conditions: String,
    /// The team that issued it.
    pub team: Role,
    /// What it does not say.
    pub not: String,
    /// What ends it.
    pub ends: String,
}

/// The facts of the certificate that a task leaves when it is settled now by this team with these words, as the text that is
/// kept; `None` for a task that leaves none.
#[must_use]
pub fn facts(journey: &Journey, spec: &TaskSpec, team: Role, note: &str) -> Option<String> {
    let kind = kind(spec)?;
    let sent = |spec: &TaskSpec| {
        let sent = journey.task(&spec.id).sent.last()?;
        Some((spec.id.clone(), sent.round, sent.digest.clone()))
    };
    let scal = journey.plan().find(|spec| spec.page == Page::Scal).and_then(sent);
    let facts = Facts {
        title: kind.title.to_owned(),
        supplier: journey.identity(&journey.organisation).cloned(),
        product: journey.product().to_owned(),
        capabilities: journey.opening.capabilities.clone(),
        route: if journey.process.is_provider() { String::new() } else { journey.opening.route().about().to_owned() },
        scal: scal.map(|(_, round, digest)| (journey.opening.catalogue.clone(), round, digest)),
        stages: journey.plan().filter(|spec| spec.page == Page::Testing).filter_map(sent).collect(),
        conditions: note.to_owned(),
        team,
        not: kind.not.to_owned(),
        ends: kind.ends.to_owned(),
    };
    serde_json::to_string(&facts).ok()
}

/// The digest of [`facts`].
#[must_use]
pub(crate) fn digest(journey: &Journey, spec: &TaskSpec, team: Role, note: &str) -> Option<Digest> {
    facts(journey, spec, team, note).map(|text| Digest::of(text.as_bytes()))
}

/// The number of a certificate: the journey's reference and the place of its issue in the ledger, so that a certificate
/// issued anew has another number and each can be found in the history.
#[must_use]
pub fn number(kind: CertificateKind, journey: &Journey, issued: Seq) -> String {
    format!("{}-{}-{issued}", kind.prefix, journey.reference)
}
