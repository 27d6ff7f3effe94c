//! What everybody may read of a journey: its certificates, and where the product is live. Nothing else of it is in the register of
//! products: no evidence, no hazard log, nobody's name and nothing that was said (domain/people.md §5).

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};

use crate::{
    base::{
        calendar,
        identity::Identity,
        ids::{OrganisationId, TaskId},
        named::named,
    },
    ledger::{
        journey::{Journey, Phase},
        standing::Standing,
    },
    plan::{capability::Chosen, certificates::kind, process::Signs},
    rule::certificate::{self, CertificateNumber, Validity},
    task::agreement,
};

named! {
    /// What the product does with GP Connect.
    pub enum ProductSide {
        /// It uses the records of others.
        Consumer = ("consumer", "Consumer"),
        /// It holds records and opens them to others.
        Provider = ("provider", "Provider"),
    }
}

/// What the register has of a journey.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Registered {
    /// The newest certificate of each kind, by task; none before one was issued.
    pub lines: Vec<RegisterLine>,
    /// The names of the sites at which the product is live, by code: what else the lines are found by.
    pub sites: BTreeMap<String, String>,
}

/// A certificate in the register, with the product that it was issued for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisterLine {
    /// The task that left it.
    pub task: TaskId,
    /// Its number.
    pub number: CertificateNumber,
    /// Consumer or provider.
    pub side: ProductSide,
    /// The product with its version, as it was certified.
    pub product: String,
    /// The supplier's account.
    pub organisation: OrganisationId,
    /// Who the supplier was when it was issued; `None` in ledgers that never say.
    pub supplier: Option<Identity>,
    /// The capabilities with the versions that were assured.
    pub capabilities: Vec<Chosen>,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// How it stands.
    pub validity: Validity,
    /// Since when, where something happened to it.
    pub since: Option<Timestamp>,
    /// Since when the product is live, if it is: the first day of a site that is live.
    pub live_since: Option<Date>,
    /// At how many sites.
    pub sites: u32,
}

/// What the register has of a journey now.
///
/// Every task of the process is asked, and not only those of the plan: what was issued once stays listed, since people look for it.
#[must_use]
pub fn registered(journey: &Journey) -> Registered {
    let mut lines: Vec<RegisterLine> = journey
        .process
        .tasks
        .iter()
        .filter_map(|spec| {
            let (kind, issued) = (kind(spec)?, journey.task(&spec.id).certificate.as_ref()?);
            let state = certificate::state_of_newest(journey, spec)?;
            Some(RegisterLine {
                task: spec.id.clone(),
                number: CertificateNumber::of(kind, &journey.reference, issued.seq),
                side: if journey.process.is_provider() { ProductSide::Provider } else { ProductSide::Consumer },
                product: issued.product.clone(),
                organisation: journey.organisation.clone(),
                supplier: issued.supplier.as_ref().or_else(|| journey.identity(&journey.organisation)).cloned(),
                capabilities: issued.capabilities.clone(),
                issued_at: issued.at,
                validity: state.validity(),
                since: state.since(),
                live_since: live_since(journey),
                sites: u32::try_from(journey.sites_in_use().count()).unwrap_or(u32::MAX),
            })
        })
        .collect();
    lines.sort_by(|one, other| one.task.cmp(&other.task));
    let sites = journey.sites.values().map(|site| (site.ods_code.clone(), site.name.clone()));
    Registered { lines, sites: sites.collect() }
}

/// Since when a product is live. It is where it is used: a product that is live at no site yet is live since its journey came to its
/// end.
fn live_since(journey: &Journey) -> Option<Date> {
    let first = journey.sites.values().map(|site| site.live_on).min();
    first.or(match journey.phase {
        Phase::Live { since } => Some(calendar::date_of(since)),
        _ => None,
    })
}

/// The task and the answer that say why data is shared in words that were written to be published: those of the data sharing agreement
/// ("The reason is published for patients"), while it is signed by everybody. What the use case says is for those who take part.
#[must_use]
pub fn published_reason(journey: &Journey) -> Option<(&'static TaskId, &'static str)> {
    let agreement = journey.plan().find(|spec| spec.signs == Some(Signs::Sharing))?;
    (journey.standing(&agreement.id) == Standing::Settled).then_some((&agreement.id, agreement::REASON))
}
