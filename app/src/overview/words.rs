//! How holders, dates and standings are said: the same words on every page (reference/pages/notes.md §2).

use jiff::civil::Date;
use journey::{
    actor::Side,
    calendar,
    ids::PersonId,
    journey::Journey,
    overview::{self, Turn},
    port::Names,
    process::TaskSpec,
    standing::{Settlement, State},
};

use crate::{design::dates, letters::counted, visitor::Visitor};

/// The side for which a person reads a page of this journey.
#[must_use]
pub fn side_of(visitor: &Visitor, journey: &Journey) -> Side {
    if visitor.organisation.id == journey.organisation && visitor.actor.on(Side::Supplier) {
        Side::Supplier
    } else if visitor.is_programme() {
        Side::Programme
    } else {
        Side::EndUser
    }
}

/// Whether this turn is one that the person themselves may take.
#[must_use]
pub fn is_mine(turn: &Turn, visitor: &Visitor, journey: &Journey) -> bool {
    overview::is_theirs(turn, &visitor.actor, journey)
}

/// The organisation or side, then the team: "NHS England, functional assurance".
#[must_use]
pub fn holder(turn: &Turn, journey: &Journey, names: &Names) -> String {
    match turn.side {
        Side::Supplier => names.organisations.get(&journey.organisation).cloned().unwrap_or_else(|| "the supplier".to_owned()),
        side => {
            let teams: Vec<String> = turn.roles.iter().map(|role| role.title().to_lowercase()).collect();
            format!("{}, {}", side.title(), teams.join(" and "))
        }
    }
}

/// "Your turn since 26 February 2026." or "With NHS England, functional assurance, since …. Due …."
#[must_use]
pub fn held(turn: &Turn, visitor: &Visitor, journey: &Journey, names: &Names, today: Date) -> (bool, String) {
    let since = dates::day_of(turn.since);
    let due = turn.due.map(|due| format!(" Due {} ({}).", dates::date(due), dates::due_in(due, today).1)).unwrap_or_default();
    if is_mine(turn, visitor, journey) {
        (true, format!("since {since}.{due}"))
    } else {
        (false, format!("With {}, since {since}.{due}", holder(turn, journey, names)))
    }
}

/// A person's name, or a word that hides nothing and invents nothing.
#[must_use]
pub fn who(names: &Names, person: Option<&PersonId>) -> String {
    person.and_then(|id| names.people.get(id)).cloned().unwrap_or_else(|| "the service".to_owned())
}

/// How a task was settled, waived or sent back, as the hint below its name.
#[must_use]
pub fn how(journey: &Journey, spec: &TaskSpec, names: &Names) -> String {
    let record = journey.task(&spec.id);
    let day = dates::day_of(record.since);
    match &record.state {
        State::Settled { how, by, .. } => match how {
            Settlement::Marked if journey.process.reviewer_of(&spec.id).is_some() => {
                format!("Sent by {} on {day}.", who(names, by.as_ref()))
            }
            Settlement::Marked => format!("Marked as done by {} on {day}.", who(names, by.as_ref())),
            Settlement::Approved => format!("Approved by NHS England on {day}.{}", lapses(journey, spec)),
            Settlement::Acknowledged => format!("Answered by NHS England on {day}."),
            Settlement::Issued => format!("Issued by NHS England on {day}."),
            Settlement::Signed => format!("Signed by everybody on {day}."),
            Settlement::Live => String::new(),
        },
        State::Waived { proposed_by, confirmed_by, reason } => {
            format!("{} and {} agreed on {day}: {reason}", who(names, Some(proposed_by)), who(names, Some(confirmed_by)))
        }
        State::Returned { refused: true, .. } => format!("Refused in round {}.", record.round),
        State::Returned { findings, .. } => format!("Round {}: {}.", record.round, counted(findings.len(), "finding")),
        State::Open | State::Submitted => match &record.reopened {
            Some(reopening) => format!("Open again: {}", reopening.reason),
            None => String::new(),
        },
    }
}

/// Until when an approval holds if the work it permits is not started.
fn lapses(journey: &Journey, spec: &TaskSpec) -> String {
    match (journey.lapses(), &spec.lapse) {
        (Some((task, at)), Some(lapse)) if task == spec.id => {
            let last = calendar::date_of(at).yesterday().unwrap_or_else(|_| calendar::date_of(at));
            let work = journey.process.label(&lapse.unless_started);
            format!(" It holds until {} unless “{work}” is started before.", dates::date(last))
        }
        _ => String::new(),
    }
}

/// "A", "A and B", "A, B and C".
#[must_use]
pub fn listed(mut items: Vec<String>) -> String {
    match items.pop() {
        Some(last) if items.is_empty() => last,
        Some(last) => format!("{} and {last}", items.join(", ")),
        None => String::new(),
    }
}

/// "Access Record Structured 1.6.2 and Access Document 1.6.2".
#[must_use]
pub fn capabilities(journey: &Journey) -> String {
    listed(journey.opening.capabilities.iter().map(|c| format!("{} {}", c.capability.title(), c.version)).collect())
}
