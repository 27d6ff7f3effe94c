//! Who an organisation was at a point of the ledger.

use crate::{
    base::{
        identity::Identity,
        ids::{OrganisationId, Seq},
    },
    ledger::event::{Event, Recorded},
};

/// Who an organisation of this ledger was when the event at `seq` was recorded; `None` when the ledger does not say.
#[must_use]
pub fn identity_at(history: &[Recorded], organisation: &OrganisationId, seq: Seq) -> Option<Identity> {
    let mut then = None;
    for recorded in history {
        let (before, after) = match &recorded.event {
            Event::Opened { organisation: supplier, identity, .. } if supplier == organisation => (None, identity.clone()),
            Event::Joined { organisation: party, identity, .. } if party == organisation => (None, identity.clone()),
            Event::Identified { organisation: named, identity, before } if named == organisation => {
                (Some(before.clone()), Some(identity.clone()))
            }
            _ => continue,
        };
        if recorded.seq > seq {
            // A ledger that says nothing until a correction: the correction tells who it was before.
            return then.or(before);
        }
        then = after.or(then);
    }
    then
}
