//! Somebody else of the supplier signs its connection agreement (domain/end_users.md §9: "Change of signatory alone = notify, not
//! re-sign"). Whoever fills in the parts names them, with a reason: while the signature is missing, and also when it was given by
//! somebody who should not have signed. The words stay the same, so every other signature stays.

use crate::{
    base::{actor::Role, ids::TaskId},
    ledger::{
        event::{Event, Signer},
        journey::Journey,
        machine::StateKind,
        refusal::Refusal,
        signing,
        standing::Signature,
    },
    plan::process::TaskSpec,
    rule::reason::reason_of,
};

/// The question that names who does not sign.
pub const FROM: &str = "from";

/// The question that names who signs instead.
pub const TO: &str = "to";

/// Who names somebody else: whoever fills in the parts.
pub(crate) fn named_by(spec: &TaskSpec) -> Vec<Role> {
    spec.by.clone()
}

/// The signature that the supplier has given and that is there still.
#[must_use]
pub fn given<'a>(journey: &'a Journey, spec: &TaskSpec) -> Option<&'a Signature> {
    let role = signing::replaceable(journey, spec)?;
    journey.task(&spec.id).signatures.iter().find(|signature| signature.role == role)
}

/// Whether somebody else can be named now: the parts were sent, and where the agreement is settled, the supplier has signed it.
pub(crate) fn may_be(journey: &Journey, spec: &TaskSpec) -> bool {
    let settled = journey.task(&spec.id).state.kind() == StateKind::Settled;
    signing::replaceable(journey, spec).is_some() && (!settled || given(journey, spec).is_some())
}

/// Who signs instead of whom, as it is recorded.
///
/// # Errors
/// They are one person, whoever is named filled in the parts, whoever is replaced does not sign, or no reason is given.
pub(crate) fn decided(
    journey: &Journey,
    spec: &TaskSpec,
    task: TaskId,
    (from, to): (Signer, Signer),
    reason: &str,
) -> Result<Event, Refusal> {
    let role = signing::replaceable(journey, spec).ok_or(Refusal::NothingToDo)?;
    if from.person == to.person {
        return Err(Refusal::problem(TO, "Choose somebody other than the person who does not sign"));
    }
    let there = given(journey, spec).map(|signature| &signature.by);
    if there.is_some_and(|by| *by != from.person) {
        return Err(Refusal::problem(
            FROM,
            "Choose the person who has signed: nobody else is asked to sign for the supplier now",
        ));
    }
    if signing::is_replaced(journey, spec, role, &from.person) {
        return Err(Refusal::problem(FROM, "Somebody was named in the place of this person already"));
    }
    if signing::prepared_by(journey, spec, role) == Some(&to.person) {
        return Err(Refusal::problem(TO, "This person completed the details, so somebody else signs them"));
    }
    Ok(Event::SignatoryReplaced { task, role, from, to, reason: reason_of(reason)? })
}
