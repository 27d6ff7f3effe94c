//! The words that are signed. A signature binds their digest, so they are made here from the journey alone; the parts enter by
//! the digest under which they were submitted.
//!
//! Topics: connection agreement, domain/journeys.md source CA; data sharing and declaration, domain/end_users.md §3 and §4.
//! The sentences are this product's own. A connection agreement is made of a text with parts (`agreement_text`), in the version that
//! its parts were sent with; what was sent before there was one keeps its words.

use crate::{
    base::identity::Identity,
    ledger::{agreement_text::AgreementText, journey::Journey, standing::Sent, use_case::ApprovedUse},
    plan::{
        bound::{bound, bound_as},
        certificates,
        process::{Page, Signs, TaskSpec},
    },
};

/// The statements that whoever signs agrees to, in their order. They are the numbered lines of [`words_to_sign`]. `text` is the
/// version that the parts were sent with, where what is signed has a text of its own.
#[must_use]
pub fn statements(spec: &TaskSpec, text: Option<AgreementText>) -> Vec<&'static str> {
    match (text, spec.signs) {
        (Some(text), _) => text.statements(),
        (None, Some(Signs::Declaration)) => DECLARATION.to_vec(),
        (None, Some(Signs::Witness)) => WITNESS.to_vec(),
        (None, Some(Signs::Sharing)) => SHARING.to_vec(),
        (None, Some(Signs::Connection) | None) => CONNECTION.to_vec(),
    }
}

/// The version of the text that the parts of a task were sent with last. `None` for what has no text of its own, and for parts
/// that were sent before there was one.
#[must_use]
pub fn text_of(journey: &Journey, spec: &TaskSpec) -> Option<AgreementText> {
    journey.task(&spec.id).sent.last().and_then(|sent| sent.text)
}

/// The words to sign for a task, as shown and as hashed.
#[must_use]
pub fn words_to_sign(journey: &Journey, spec: &TaskSpec) -> String {
    match text_of(journey, spec) {
        Some(text) => of_text(journey, spec, text, journey.task(&spec.id).sent.last()),
        None => of_statements(journey, spec, &used_for(named_use(journey, spec), named_setting(journey, spec))),
    }
}

/// The words that would be signed if the parts were sent now: whoever fills them in reads these before.
#[must_use]
pub fn words_to_send(journey: &Journey, spec: &TaskSpec) -> String {
    match AgreementText::to_send(spec) {
        Some(text) => of_text(journey, spec, text, None),
        None if is_for_users(spec) => of_statements(journey, spec, &used_for(journey.approved_use(), setting(journey))),
        None => of_statements(journey, spec, ""),
    }
}

/// What is signed, and what it is about.
fn head(journey: &Journey, title: &str) -> String {
    let mut text = format!(
        "{title}\n\nJourney {}\n{}Product: {}\nCapabilities: {}\n",
        journey.reference,
        // Ledgers of before do not say who the supplier is; what was signed there keeps its words.
        journey.identity(&journey.organisation).map_or_else(String::new, |it| format!("Supplier: {}\n", it.in_words())),
        journey.named(),
        capabilities(journey)
    );
    // A version that was assessed later than the journey was opened is what is signed for.
    if let Some((product, _)) = journey.product_version() {
        text += &format!("Version assessed: {product}\n");
    }
    text
}

fn capabilities(journey: &Journey) -> String {
    let all = journey.opening.capabilities.iter().map(|c| format!("{} {}", c.capability.title(), c.version));
    all.collect::<Vec<_>>().join(", ")
}

/// The words of a text with parts. `parts` are those that were sent; none before they are.
fn of_text(journey: &Journey, spec: &TaskSpec, text: AgreementText, parts: Option<&Sent>) -> String {
    let filled = text.filled(|blank| match blank {
        "supplier" => journey.identity(&journey.organisation).map_or_else(|| "The supplier".to_owned(), Identity::in_words),
        "product" => journey.product().to_owned(),
        "capabilities" => capabilities(journey),
        "parts" => parts.map_or_else(
            || "the parts as the supplier fills them in and sends them".to_owned(),
            |sent| format!("the parts as the supplier filled them in, round {}, digest {}", sent.round, sent.digest),
        ),
        "certificate" => certificate(journey, spec),
        _ => accepted(journey, spec),
    });
    let (title, rest) = filled.split_once('\n').unwrap_or((&filled, ""));
    format!("{}Text: {}\n{rest}", head(journey, title.trim_start_matches("# ")), text.name())
}

/// The SCAL that is part of an agreement, and whatever else it binds.
fn accepted(journey: &Journey, spec: &TaskSpec) -> String {
    let sent = |task: &TaskSpec| {
        let sent = journey.task(&task.id).sent.last()?;
        let what = if task.page == Page::Scal { "the SCAL as accepted" } else { task.label.as_str() };
        Some(format!("{what}, edition {}, round {}, digest {}", sent.edition, sent.round, sent.digest))
    };
    let all: Vec<String> = spec.binds.iter().filter_map(|id| journey.process.task(id)).filter_map(sent).collect();
    if all.is_empty() { "no SCAL was sent for this product".to_owned() } else { all.join(", and ") }
}

/// The certificate that an agreement comes after, with its number.
fn certificate(journey: &Journey, spec: &TaskSpec) -> String {
    let of = |need: &TaskSpec| {
        let (kind, left) = (certificates::kind(need)?, journey.task(&need.id).certificate.as_ref()?);
        let named = format!("{} {}", kind.title, certificates::number(kind.prefix, &journey.reference, left.seq));
        // Ledgers of before did not keep what a certificate says.
        Some(left.facts.as_ref().map_or_else(|| named.clone(), |facts| format!("{named}, digest {facts}")))
    };
    let found = spec.needs.iter().filter_map(|id| journey.process.task(id)).find_map(of);
    found.unwrap_or_else(|| "no certificate was issued for this product".to_owned())
}

/// Whether what is signed for a task is signed for organisations that use the product: it names what they use it for.
fn is_for_users(spec: &TaskSpec) -> bool {
    matches!(spec.signs, Some(Signs::Sharing | Signs::Declaration))
}

/// The use case that the words of a task name: the one approved last, where there was one when the parts were sent. Parts that were
/// sent before keep their words.
pub(crate) fn named_use<'a>(journey: &'a Journey, spec: &TaskSpec) -> Option<&'a ApprovedUse> {
    let named = journey.task(&spec.id).sent.last().is_some_and(|sent| sent.names_use);
    journey.approved_use().filter(|_| named && is_for_users(spec))
}

/// The care setting of the group, which they name likewise.
pub(crate) fn named_setting<'a>(journey: &'a Journey, spec: &TaskSpec) -> Option<&'a str> {
    let named = journey.task(&spec.id).sent.last().is_some_and(|sent| sent.names_setting);
    setting(journey).filter(|_| named && is_for_users(spec))
}

/// The care setting of the group as it was sent last.
pub(crate) fn setting(journey: &Journey) -> Option<&str> {
    journey.group()?.care_setting.as_deref()
}

/// What organisations use the product for, as the words name it.
fn used_for(use_case: Option<&ApprovedUse>, setting: Option<&str>) -> String {
    let mut text = String::new();
    if let Some(ApprovedUse { says, digest }) = use_case {
        text += &format!("Use case as approved: {}\nWhere it is used: {}\n", says.purpose, says.care_settings.join(", "));
        text += &format!("Use case in full: as approved, digest {digest}\n");
    }
    if let Some(setting) = setting {
        text += &format!("Care setting of the group: {setting}\n");
    }
    text
}

/// The words of what has no text of its own: what it is about, the digests of what is part of it, and the statements.
fn of_statements(journey: &Journey, spec: &TaskSpec, used_for: &str) -> String {
    let mut text = head(journey, &spec.label);
    text += used_for;
    for task in bound(journey.process, spec) {
        if let Some(sent) = journey.task(&task.id).sent.last() {
            text += &format!("{}: round {}, digest {}\n", bound_as(spec, task), sent.round, sent.digest);
        }
    }
    for (number, statement) in statements(spec, None).iter().enumerate() {
        text += &format!("\n{}. {statement}", number + 1);
    }
    text
}

/// Of agreements that were sent before there was a text.
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
