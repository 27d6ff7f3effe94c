//! What operators do for accounts and organisations, and what protects the last who can.

use crate::{
    base::{
        actor::{Actor, Role, Side},
        ids::{JourneyRef, OrganisationId, PersonId},
    },
    form::{Field, Form, Kind},
    people::rules,
};

/// Whether this person looks after accounts, emails and the audit.
#[must_use]
pub fn may_operate(actor: &Actor) -> bool {
    actor.is(Role::Operator)
}

/// Why an operator does it. It stands in the audit, and the person concerned reads it.
#[must_use]
pub fn reason() -> Form {
    Form::of(vec![
        Field::new("reason", "Why?", Kind::Words { max: 500 })
            .hint("This goes into the audit. The people concerned read it in an email.")
            .required("Give a reason"),
    ])
}

/// The role that looks after the people of an organisation of this side.
#[must_use]
pub fn keeper_of(side: Side) -> Role {
    match side {
        Side::Supplier => Role::OnboardingLead,
        Side::Programme => Role::ProgrammeLead,
        Side::EndUser => Role::GroupLead,
        Side::Commissioner => Role::Commissioner,
        Side::Operator => Role::Operator,
    }
}

/// A place of somebody who is not locked: who, where, as what.
pub type Place = (PersonId, OrganisationId, Vec<Role>);

/// Organisations in which nobody would be left who looks after people, were this person gone. `places` are those of
/// everybody who is not locked, the person included.
#[must_use]
pub fn left_without(places: &[Place], person: &PersonId) -> Vec<OrganisationId> {
    let keeps =
        |of: &OrganisationId| places.iter().any(|(who, at, roles)| who != person && at == of && rules::keeps_people(roles));
    let own = places.iter().filter(|(who, _, roles)| who == person && rules::keeps_people(roles));
    own.filter(|(_, at, _)| !keeps(at)).map(|(_, at, _)| at.clone()).collect()
}

/// Whether nobody could operate this service, were this person gone.
#[must_use]
pub fn is_last_operator(places: &[Place], person: &PersonId) -> bool {
    let operates =
        |wanted: bool| places.iter().any(|(who, _, roles)| (who == person) == wanted && roles.contains(&Role::Operator));
    operates(true) && !operates(false)
}

/// Why two organisations are not merged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MergeRefusal {
    /// They are one.
    Same,
    /// They are of two sides.
    OtherSide,
    /// One of them was merged before.
    Merged,
    /// The one that would go has a part in journeys. What was recorded there names it for ever.
    Journeys(Vec<JourneyRef>),
}

/// What is asked before two organisations become one: their ids and sides, whether one was merged before, and the journeys
/// whose ledgers name the one that would go.
#[must_use]
pub fn merge_refusals(
    goes: (&OrganisationId, Side),
    stays: (&OrganisationId, Side),
    merged: bool,
    journeys: Vec<JourneyRef>,
) -> Vec<MergeRefusal> {
    let mut refusals = Vec::new();
    if goes.0 == stays.0 {
        refusals.push(MergeRefusal::Same);
    }
    if goes.1 != stays.1 {
        refusals.push(MergeRefusal::OtherSide);
    }
    if merged {
        refusals.push(MergeRefusal::Merged);
    }
    if !journeys.is_empty() {
        refusals.push(MergeRefusal::Journeys(journeys));
    }
    refusals
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
        text.parse().expect("an id")
    }

    fn place(who: &str, at: &str, roles: &[Role]) -> Place {
        (id(who), id(at), roles.to_vec())
    }

    #[test]
    fn the_last_keeper_of_each_organisation_is_known() {
        let places = [
            place("ada", "acme", &[Role::OnboardingLead]),
            place("ada", "globex", &[Role::OnboardingLead]),
            place("bob", "acme", &[Role::Developer]),
            place("eve", "globex", &[Role::OnboardingLead, Role::Developer]),
        ];
        assert_eq!(left_without(&places, &id("ada")), [id("acme")]);
        assert_eq!(left_without(&places, &id("bob")), Vec::<OrganisationId>::new());
        assert_eq!(left_without(&places, &id("eve")), Vec::<OrganisationId>::new());
    }

    #[test]
    fn the_last_operator_is_known_wherever_they_operate() {
        let one = [place("olive", "host", &[Role::Operator]), place("ada", "acme", &[Role::OnboardingLead])];
        assert!(is_last_operator(&one, &id("olive")));
        assert!(!is_last_operator(&one, &id("ada")));
        let two = [place("olive", "host", &[Role::Operator]), place("dana", "nhs", &[Role::ProgrammeLead, Role::Operator])];
        assert!(!is_last_operator(&two, &id("olive")));
    }

    #[test]
    fn what_a_ledger_names_is_not_merged_away() {
        let (acme, double) = (id("acme"), id("double"));
        let journey = JourneyRef::from_bits(7);
        let refused = |goes, stays, merged, journeys| merge_refusals(goes, stays, merged, journeys);
        assert!(refused((&double, Side::Supplier), (&acme, Side::Supplier), false, Vec::new()).is_empty());
        assert_eq!(
            refused((&acme, Side::Supplier), (&acme, Side::EndUser), true, vec![journey.clone()]),
            [MergeRefusal::Same, MergeRefusal::OtherSide, MergeRefusal::Merged, MergeRefusal::Journeys(vec![journey])]
        );
    }

    #[test]
    fn every_side_has_a_role_that_keeps_its_people() {
        for side in Side::ALL {
            assert_eq!(keeper_of(*side).side(), *side);
            assert!(rules::keeps_people(&[keeper_of(*side)]), "{side:?}");
        }
    }
}
