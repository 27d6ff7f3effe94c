//! Who may not decide for the programme on a journey, because a part of it is their own: one rule for every verb of the
//! programme, whether it decides, issues, signs, opens again, takes a part back or resumes (domain/people.md §5).

use crate::{
    base::actor::{Actor, Role, Side},
    ledger::{
        journey::{Journey, has_part},
        refusal::Refusal,
    },
};

/// Why somebody does nothing for the programme here, if so: they belong to the supplier or to an organisation with a part,
/// or they have done something on this journey for one, also if they have left it since. Of roles of other sides it says
/// nothing: people act for their own organisation.
#[must_use]
pub fn conflicted(journey: &Journey, actor: &Actor, role: Role) -> Option<Refusal> {
    if role.side() != Side::Programme {
        return None;
    }
    if actor.member_of.iter().any(|organisation| has_part(journey, organisation)) {
        return Some(Refusal::OwnOrganisation);
    }
    journey.acted_for_others(&actor.person).then_some(Refusal::OwnWork)
}
