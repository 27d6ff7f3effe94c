//! Who is told of a step of a meeting, and in which words. Whoever does not see the meeting is told nothing of it.

use std::collections::BTreeSet;

use journey::{
    base::{
        actor::{Role, Side},
        ids::PersonId,
    },
    ledger::journey::Journey,
    port::notices::Notice,
    rule::{
        meeting::{self, Act, Meeting, Step},
        meeting_form::length,
    },
};

use crate::{
    act::letters::{asking, notice},
    base::{halt::Halt, paths},
    request::{services::Services, visitor::Visitor},
    site::meetings::words,
};

/// Notices about the last step of a meeting, which this person took.
pub(crate) async fn about(services: &Services, journey: &Journey, visitor: &Visitor, met: &Meeting) -> Result<Vec<Notice>, Halt> {
    let Some(step) = met.steps.last() else { return Ok(Vec::new()) };
    let listeners = services.store.listeners(&journey.reference).await?;
    let known: BTreeSet<&PersonId> = listeners.iter().map(|one| &one.person).collect();
    let mut told: Vec<(PersonId, String, Side)> = Vec::new();
    for one in &listeners {
        let actor = one.actor(&listeners);
        let side = meeting::side_of(journey, &actor, met.task.as_ref()).filter(|side| [met.from, met.with].contains(side));
        if let Some(side) = side.filter(|_| told.iter().all(|(person, ..)| *person != one.person)) {
            told.push((one.person.clone(), one.email.clone(), side));
        }
    }
    if [met.from, met.with].contains(&Side::Programme) {
        let spec = met.task.as_ref().and_then(|task| journey.process.task(task));
        let team = |role: &&Role| role.side() == Side::Programme;
        let mut roles: Vec<Role> =
            spec.map(|spec| spec.by.iter().chain(&spec.decide).filter(team).copied().collect()).unwrap_or_default();
        // While nobody of the programme has anything to do with it, its leads hear of it.
        if roles.is_empty() && told.iter().all(|(.., side)| *side != Side::Programme) {
            roles.push(Role::ProgrammeLead);
        }
        if !roles.is_empty() {
            let others = services.store.addresses(None, &roles).await?;
            // Of those who take part it is known already whether they see it.
            let others = others.into_iter().filter(|(person, _)| !known.contains(person));
            told.extend(others.map(|(person, email)| (person, email, Side::Programme)));
        }
    }
    told.retain(|(person, ..)| *person != visitor.actor.person);
    let one = |(person, to, side): (PersonId, String, Side)| letter(services, journey, visitor, (met, step), person, to, side);
    Ok(told.into_iter().map(one).collect())
}

fn letter(
    services: &Services,
    journey: &Journey,
    visitor: &Visitor,
    (met, step): (&Meeting, &Step),
    person: PersonId,
    to: String,
    side: Side,
) -> Notice {
    let product = &journey.opening.product;
    let about = match &met.task {
        Some(task) => format!("{} – {product}", journey.process.noun(task)),
        None => product.clone(),
    };
    let answers = side != step.side;
    let begins = match step.act {
        Act::Proposed if answers => "Choose a time to meet",
        Act::Proposed => "Meeting proposed",
        Act::Others if answers => "Choose another time to meet",
        Act::Others => "Other times offered",
        Act::Agreed => "Meeting agreed",
        Act::Declined if met.agreed().is_some() => "Meeting stays as agreed",
        Act::Declined => "Meeting declined",
        Act::Moved if answers => "Asked to move a meeting",
        Act::Moved => "Another time asked for",
        Act::Cancelled => "Meeting cancelled",
    };
    let mut text = format!("{}, {}, {}.", visitor.name, visitor.organisation.name, words::did(step));
    text.push_str(&format!("\n\nWhat for:\n{}", met.about));
    if !step.words.is_empty() {
        text.push_str(&format!("\n\nIn their words:\n{}", step.words));
    }
    if step.offers() {
        let times = step.times.iter().map(|start| format!("\n- {}", words::span(step, *start))).collect::<String>();
        text.push_str(&format!("\n\nTimes to choose from (UK time):{times}"));
    }
    if !step.place.is_empty() {
        text.push_str(&format!("\n\nWhere: {}\nHow long: {}", step.place, length(step.minutes)));
    }
    let held = met.held().map(|(start, step)| words::span(step, start));
    let next = match (step.act, held) {
        (Act::Moved, Some(held)) => format!("Until another time is chosen, it stays on {held}."),
        (Act::Declined, Some(held)) => format!("It stays on {held}."),
        (Act::Cancelled, Some(held)) => {
            format!("It was agreed for {held}. The page has a file that takes it out of your calendar.")
        }
        (Act::Agreed, _) => "The page has a file for your calendar.".to_owned(),
        _ => String::new(),
    };
    let asked = match step.act {
        Act::Proposed | Act::Others | Act::Moved if answers => "Choose one of the times, offer others, or say no.",
        _ => "",
    };
    for more in [next.as_str(), asked] {
        if !more.is_empty() {
            text.push_str(&format!("\n\n{more}"));
        }
    }
    let link = format!("{}{}", services.base_url, paths::meeting(&journey.reference, &met.id));
    let id = format!("meeting-{}-{}-{person}", met.id, met.steps.len());
    let notice = notice(services, id, (person, to), &format!("{begins}: {about} ({})", journey.reference), &text, &link);
    // To choose, to be there, or not to go: only that colleagues have offered times, or were told no, asks nothing.
    let asks = answers || matches!(step.act, Act::Agreed | Act::Cancelled);
    if asks { asking(notice) } else { notice }
}
