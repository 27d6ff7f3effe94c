//! Names at the time: what is renamed is found by every name that it has had, and who did something stands there under the name
//! of that day.

use std::collections::BTreeMap;

use crate::{
    base::{
        identity::Identity,
        ids::{OrganisationId, Seq},
    },
    ledger::event::{Event, Recorded},
};

/// The names that an event tells: of the product, of the supplier and of organisations with a part.
pub(crate) fn told_by(event: &Event) -> Vec<String> {
    match event {
        Event::Opened { opening, identity, .. } => {
            identity.iter().map(Identity::in_words).chain([opening.product.clone()]).collect()
        }
        Event::Joined { identity: Some(identity), .. } => vec![identity.in_words()],
        Event::Identified { identity, before, .. } => vec![before.in_words(), identity.in_words()],
        Event::Replanned { before, plan } => vec![before.product.clone(), plan.product.clone()],
        Event::Reassessed { name, .. } if !name.is_empty() => vec![name.clone()],
        _ => Vec::new(),
    }
}

/// Who the organisation that acted was at each entry of a ledger, in their order; `None` where the ledger does not say.
#[must_use]
pub fn acted_as(history: &[Recorded]) -> Vec<Option<Identity>> {
    let mut known: BTreeMap<&OrganisationId, &Identity> = BTreeMap::new();
    // Of an organisation of which nothing was said before, its first correction tells who it was.
    for recorded in history.iter().rev() {
        if let Event::Identified { organisation, before, .. } = &recorded.event {
            known.insert(organisation, before);
        }
    }
    let mut all = Vec::with_capacity(history.len());
    for recorded in history {
        match &recorded.event {
            Event::Opened { organisation, identity: Some(identity), .. }
            | Event::Joined { organisation, identity: Some(identity), .. }
            | Event::Identified { organisation, identity, .. } => {
                known.insert(organisation, identity);
            }
            _ => {}
        }
        let by = recorded.by.as_ref();
        all.push(by.and_then(|by| known.get(&by.organisation)).map(|identity| (*identity).clone()));
    }
    all
}

/// What the product was called when the event at `seq` was recorded, without its version.
#[must_use]
pub fn product_at(history: &[Recorded], seq: Seq) -> Option<&str> {
    history.iter().rev().filter(|recorded| recorded.seq <= seq).find_map(|recorded| match &recorded.event {
        Event::Opened { opening, .. } => Some(opening.product.as_str()),
        Event::Replanned { plan, .. } => Some(plan.product.as_str()),
        Event::Reassessed { name, .. } if !name.is_empty() => Some(name),
        _ => None,
    })
}
