//! Who leaves a journey, and how. Before the programme has answered the end-user group, the supplier puts its own list right.
//! Once the group is answered others rely on it: somebody asks with a reason, a programme lead confirms, and the two are two
//! people. An organisation asks for itself in the same way; its signature it may take back at once (`signing`).
//!
//! Whoever has left keeps reading what it signed, and nothing else.

use crate::{
    base::{
        actor::{Actor, Role, Side},
        ids::OrganisationId,
    },
    ledger::{
        journey::{AskedLeave, Journey, Phase},
        machine::Verb,
        refusal::Refusal,
    },
    plan::process::{Page, TaskSpec},
    rule::conflict::conflicted,
};

/// The task in which the group of organisations that will use the product is named, if it is in the plan.
#[must_use]
pub fn group(journey: &Journey) -> Option<&'static TaskSpec> {
    journey.plan().find(|task| task.page == Page::Group)
}

/// Whether the programme has answered the group: from then on it confirms who leaves.
#[must_use]
pub fn needs_confirmation(journey: &Journey) -> bool {
    group(journey).is_some_and(|spec| journey.task(&spec.id).settled.is_some())
}

/// Whether this person may use a verb about leaving on this organisation now, and in which role.
///
/// # Errors
/// A [`Refusal`], which knows its sentence.
pub fn may(journey: &Journey, actor: &Actor, verb: Verb, organisation: &OrganisationId) -> Result<Role, Refusal> {
    let confirmed = needs_confirmation(journey);
    let asked = journey.asked_leave(organisation);
    let own = *organisation == actor.organisation;
    let mut wanted = match verb {
        Verb::Leave if confirmed => vec![Role::ProgrammeLead],
        Verb::Leave | Verb::AskToLeave => vec![Role::OnboardingLead, Role::ProgrammeLead],
        // The programme declines; whoever asked takes their wish back.
        Verb::DeclineLeave if asked.is_some_and(|asked| asked.of == journey.organisation) => {
            vec![Role::OnboardingLead, Role::ProgrammeLead]
        }
        _ => vec![Role::ProgrammeLead],
    };
    let for_itself = match verb {
        Verb::Leave => own && !confirmed,
        Verb::AskToLeave => own,
        _ => own && asked.is_some_and(|asked| asked.of == *organisation),
    };
    if for_itself {
        wanted.extend([Role::GroupLead, Role::AuthorisedPerson, Role::Commissioner]);
    }
    let Some(role) = wanted.iter().copied().find(|role| journey.stands_for(actor, *role)) else {
        return Err(Refusal::NotYours { roles: wanted });
    };
    if let Some(refusal) = conflicted(journey, actor, role) {
        return Err(refusal);
    }
    let of_supplier = actor.organisation != journey.organisation && actor.member_of.contains(&journey.organisation);
    if matches!(role.side(), Side::EndUser | Side::Commissioner) && of_supplier {
        return Err(Refusal::SignsForAnother);
    }
    match (verb, asked) {
        _ if matches!(journey.phase, Phase::Withdrawn { .. }) => Err(Refusal::Closed),
        (Verb::Leave, None) if confirmed => Err(Refusal::NothingToDo),
        (Verb::Leave, Some(asked)) if confirmed && asked.by == actor.person => Err(Refusal::SameHands),
        // Nobody has to be asked yet, or somebody was.
        (Verb::AskToLeave, asked) if !confirmed || asked.is_some() => Err(Refusal::NothingToDo),
        (Verb::DeclineLeave, None) => Err(Refusal::NothingToDo),
        _ => Ok(role),
    }
}

/// The same of any of the organisations that have a part.
///
/// # Errors
/// As [`may`]; of several reasons the one that is about the moment and not about the person.
pub(crate) fn may_any(journey: &Journey, actor: &Actor, verb: Verb) -> Result<Role, Refusal> {
    let mut why = None;
    for (organisation, _) in journey.parties() {
        match may(journey, actor, verb, organisation) {
            Ok(role) => return Ok(role),
            Err(refusal @ Refusal::NotYours { .. }) => drop(why.get_or_insert(refusal)),
            Err(refusal) => why = Some(refusal),
        }
    }
    let nobody = [Role::OnboardingLead, Role::ProgrammeLead];
    let theirs = nobody.iter().any(|role| journey.stands_for(actor, *role));
    Err(why.unwrap_or(if theirs { Refusal::NothingToDo } else { Refusal::NotYours { roles: nobody.to_vec() } }))
}

/// The wishes that wait for a programme lead, on the task that names the group; none on any other task.
#[must_use]
pub fn waiting<'a>(journey: &'a Journey, spec: &TaskSpec) -> Vec<(&'a OrganisationId, &'a AskedLeave)> {
    let here = spec.page == Page::Group && needs_confirmation(journey);
    journey.parties().filter(|_| here).filter_map(|(id, _)| Some((id, journey.asked_leave(id)?))).collect()
}

/// Whether this person may confirm one of the wishes that wait on this task.
#[must_use]
pub fn may_confirm(journey: &Journey, actor: &Actor, spec: &TaskSpec) -> bool {
    waiting(journey, spec).iter().any(|(organisation, _)| may(journey, actor, Verb::Leave, organisation).is_ok())
}

/// Whether this person may read what their organisation signed on a journey in which it has no part any more.
#[must_use]
pub fn may_read_signed(journey: &Journey, actor: &Actor) -> bool {
    let theirs = actor.on(Side::EndUser) || actor.on(Side::Commissioner);
    theirs && journey.left_after_signing(&actor.organisation)
}
