//! Whose a decision is by claim: who has claimed what a task asks of a team is asked for before a colleague decides for that team,
//! so that no work is done twice unseen. It forbids nothing: whoever says that they decide in the holder's place may.

use std::collections::BTreeMap;

use crate::{
    base::{
        actor::{Actor, Role, Side},
        ids::{OrganisationId, PersonId, Round, TaskId},
    },
    ledger::{event::Event, journey::Journey},
    rule::leaving,
};

/// What is claimed in a journey, by task and team, and by whom.
pub type Claims = BTreeMap<(TaskId, Role), PersonId>;

/// The task and the team of the programme for which an event decides; `None` for every other event.
#[must_use]
pub fn decides_for(event: &Event) -> Option<(&TaskId, Role)> {
    let (task, role) = match event {
        Event::Approved { task, role, .. }
        | Event::Returned { task, role, .. }
        | Event::Refused { task, role, .. }
        | Event::Acknowledged { task, role, .. }
        | Event::Issued { task, role, .. }
        | Event::Signed { task, role, .. }
        | Event::StillHolds { task, role, .. } => (task, *role),
        // Whoever proposes may be of the same team, and a programme lead decides.
        Event::WaiverConfirmed { task } | Event::WaiverDeclined { task, .. } => (task, Role::ProgrammeLead),
        _ => return None,
    };
    (role.side() == Side::Programme).then_some((task, role))
}

/// Who of a team decided on an earlier round of what waits for it now, and on which: the next one is offered to them first.
#[must_use]
pub fn had_before<'a>(journey: &'a Journey, task: &TaskId, team: Role) -> Option<(&'a PersonId, Round)> {
    let record = journey.task(task);
    let theirs = record.verdicts.each().map(|(_, verdict)| verdict).filter(|verdict| verdict.role == team);
    let last = theirs.filter(|verdict| verdict.round < record.round).max_by_key(|verdict| verdict.at)?;
    Some((&last.by, last.round))
}

/// Who else has claimed what is decided here.
#[must_use]
pub fn of_another<'a>(claims: &'a Claims, journey: &Journey, event: &Event, actor: &Actor) -> Option<&'a PersonId> {
    match event {
        Event::Left { organisation, .. } | Event::LeaveDeclined { organisation, .. } => {
            wish_of_another(claims, journey, organisation, actor)
        }
        _ => task_of_another(claims, event, &actor.person),
    }
}

fn task_of_another<'a>(claims: &'a Claims, event: &Event, person: &PersonId) -> Option<&'a PersonId> {
    let (task, role) = decides_for(event)?;
    claims.get(&(task.clone(), role)).filter(|holder| *holder != person)
}

/// Who else has claimed to decide whether this organisation leaves, where this person could: a wish to leave waits for the
/// programme leads on the task that names the group.
#[must_use]
pub fn wish_of_another<'a>(
    claims: &'a Claims,
    journey: &Journey,
    organisation: &OrganisationId,
    actor: &Actor,
) -> Option<&'a PersonId> {
    let lead = Role::ProgrammeLead;
    // Whoever takes their own wish back decides nothing.
    journey.asked_leave(organisation).filter(|asked| actor.is(lead) && asked.by != actor.person)?;
    claims.get(&(leaving::group(journey)?.id.clone(), lead)).filter(|holder| **holder != actor.person)
}

/// Whether this person may give to a colleague what a task asks of a team, or hand it back: whoever holds it, and a programme
/// lead, because people fall ill.
#[must_use]
pub fn may_give(actor: &Actor, holder: Option<&PersonId>) -> bool {
    actor.is(Role::ProgrammeLead) || holder == Some(&actor.person)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ids::Round;

    fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
        text.parse().expect("an id")
    }

    #[test]
    fn a_claim_is_of_one_task_and_one_team() {
        let refused = |role: Role| Event::Refused { task: id("submit-scal"), round: Round(1), role, reason: "No.".to_owned() };
        let claims = BTreeMap::from([((id("submit-scal"), Role::ClinicalSafety), id("dana"))]);
        let of = |event: &Event, person: &str| task_of_another(&claims, event, &id(person)).map(ToString::to_string);
        assert_eq!(of(&refused(Role::ClinicalSafety), "karim").as_deref(), Some("dana"));
        assert_eq!(of(&refused(Role::ClinicalSafety), "dana"), None, "her own");
        assert_eq!(of(&refused(Role::FunctionalAssurance), "karim"), None, "another team");
        let elsewhere = Event::Issued { task: id("receive-scal"), role: Role::ClinicalSafety, note: String::new(), facts: None };
        assert_eq!(of(&elsewhere, "karim"), None, "another task");
        assert_eq!(decides_for(&Event::WentLive), None);
        let waived = Event::WaiverConfirmed { task: id("submit-scal") };
        assert_eq!(decides_for(&waived).map(|(_, role)| role), Some(Role::ProgrammeLead));
        let of_supplier = Event::StillHolds {
            task: id("submit-scal"),
            role: Role::Developer,
            reason: String::new(),
            basis: crate::base::ids::Digest::of(b""),
        };
        assert_eq!(decides_for(&of_supplier), None, "the supplier claims nothing");
    }
}
