//! Those whose turn it has become.

use jiff::civil::Date;
use journey::{
    base::{actor::Side, ids::OrganisationId},
    ledger::{
        event::{Event, Recorded},
        journey::Journey,
        standing::{Signature, Standing},
    },
    plan::process::{Settle, TaskSpec},
    port::{StoreError, notices::Notice},
    rule::queries,
    view::{overview, turns::Turn},
};

use crate::{
    act::letters::made::{asking, notice},
    base::dates,
    request::services::Services,
};

/// Those whose turn it has become by this. What was submitted to the programme or returned to the supplier has a letter
/// of its own, so these are the turns to issue and to sign, and every turn of the end users and the commissioner.
pub(super) async fn turns(
    services: &Services,
    before: &Journey,
    journey: &Journey,
    recorded: &[Recorded],
) -> Result<Vec<Notice>, StoreError> {
    let Some(last) = recorded.last() else { return Ok(Vec::new()) };
    let was = overview::overview(before).turns;
    let mut notices = Vec::new();
    for turn in overview::overview(journey).turns {
        let Some(spec) = journey.process.task(&turn.task) else { continue };
        let before = was
            .iter()
            .find(|old| old.task == turn.task && old.side == turn.side && old.roles == turn.roles && old.round == turn.round);
        let told = before.is_some_and(|old| turn.organisations.iter().all(|id| old.organisations.contains(id)));
        let theirs = matches!(turn.side, Side::EndUser | Side::Commissioner);
        let again = matches!(journey.standing(&spec.id), Standing::CheckAgain { .. });
        let asked = turn.awaited && (again || matches!(spec.settle, Settle::ByIssue | Settle::BySignatures));
        // Of a query both sides are told in its own letter, and whoever was named to sign has one of their own.
        let of_query = matches!(last.event, Event::QueryRaised { .. } | Event::QueryAnswered { .. } | Event::QueryClosed { .. });
        let own_letter = of_query || matches!(last.event, Event::SignatoryReplaced { .. });
        if told || !(theirs || asked) || (own_letter && last.event.task() == Some(&turn.task)) {
            continue;
        }
        // All of them in one question, however many have joined.
        let organisations: Option<Vec<OrganisationId>> = match turn.side {
            Side::Supplier => Some(vec![journey.organisation.clone()]),
            Side::EndUser | Side::Commissioner if turn.organisations.is_empty() => {
                Some(journey.parties().filter(|(_, side)| *side == turn.side).map(|(id, _)| id.clone()).collect())
            }
            // Who was told before is waiting to sign already.
            Side::EndUser | Side::Commissioner => {
                let told = before.map(|old| old.organisations.as_slice()).unwrap_or_default();
                Some(turn.organisations.iter().filter(|id| !told.contains(id)).cloned().collect())
            }
            Side::Programme | Side::Operator => None,
        };
        let product = &journey.opening.product;
        for (person, to) in services.store.addresses(organisations.as_deref(), &turn.roles).await? {
            // Whoever had a hand in it, and whoever did this just now, has nothing to be told.
            if last.by.as_ref().is_some_and(|by| by.person == person) || turn.not_by.contains(&person) {
                continue;
            }
            let id = format!("{}-{}-turn-{}-{person}", journey.reference, last.seq, turn.task);
            let subject = format!("Your turn: {} – {product} ({})", spec.noun, journey.reference);
            let record = journey.task(&spec.id);
            let why = if record.validity.is_some() {
                " A change of the certificate was proposed: please agree to it, or say why not."
            } else if record.stopped.as_ref().is_some_and(|stopped| !stopped.withdrawn) {
                " The certificate is suspended: please reinstate it or withdraw it when you know more."
            } else if turn.side == Side::EndUser && queries::for_group(record).next().is_some() {
                " The supplier has replied to your query about the SCAL: please say that it answers you, or ask again."
            } else if let Some(by) = renew_by(journey, spec, &turn.organisations) {
                &format!(
                    " Your signature counts until {}. Please sign again before, so that it counts for another year.",
                    dates::date(by)
                )
            } else if signed_other_words(journey, spec, &turn.organisations, turn.side) {
                " What you signed has changed since. Please read what changed, and sign again if you agree."
            } else if again {
                " Something that it depends on has changed: please check it again."
            } else {
                ""
            };
            let text = format!("It is your turn: “{}” for {product}.{why}", spec.noun);
            let link = format!("{}/journeys/{}/tasks/{}", services.base_url, journey.reference, turn.task);
            notices.push(asking(notice(services, id, (person, to), &subject, &text, &link)));
        }
    }
    Ok(notices)
}

/// The turns that somebody waits for and that were none before.
pub(super) fn begun(before: &Journey, journey: &Journey) -> Vec<Turn> {
    let was = overview::overview(before).turns;
    let same = |a: &Turn, b: &Turn| a.task == b.task && a.side == b.side && a.round == b.round && a.awaited == b.awaited;
    let new = |turn: &Turn| turn.awaited && !was.iter().any(|old| same(old, turn));
    overview::overview(journey).turns.into_iter().filter(new).collect()
}

/// Whether those who are asked to sign have signed other words, which are not signed any more.
fn signed_other_words(journey: &Journey, spec: &TaskSpec, asked: &[OrganisationId], side: Side) -> bool {
    let signatures = &journey.task(&spec.id).signatures;
    let counts = journey.signatures(spec).len() == signatures.len();
    !counts && signatures.iter().any(|s| s.role.side() == side && (asked.is_empty() || asked.contains(&s.organisation)))
}

/// Until which day the signature of one of these counts that is to be given anew.
fn renew_by(journey: &Journey, spec: &TaskSpec, asked: &[OrganisationId]) -> Option<Date> {
    let one = asked.iter().find(|organisation| journey.is_renewing(spec, organisation))?;
    let of = |signature: &&Signature| journey.is_by(signature, one);
    journey.signatures(spec).into_iter().filter(of).find_map(|signature| signature.renew_by)
}
