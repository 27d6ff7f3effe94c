//! How long the programme takes: waits that have ended, what is usual for a task, and by when an answer may be expected where no
//! target is published. Days are working days, counted as everywhere ([`calendar::between`]).

use jiff::{Timestamp, civil::Date};

use crate::{
    base::{
        actor::{Role, Side},
        calendar,
        ids::{JourneyRef, Round, TaskId},
    },
    ledger::{
        event::Recorded,
        journey::{Corrupt, Journey, Phase},
    },
    plan::process::Processes,
    view::{overview, turns::Turn},
};

/// Fewer waits than this say nothing about what is usual.
pub const FEWEST: u32 = 5;

/// A wait of one team that has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    /// For which task.
    pub task: TaskId,
    /// Of which team.
    pub role: Role,
    /// In which round.
    pub round: Round,
    /// Since when the team could act.
    pub since: Timestamp,
    /// When it had.
    pub until: Timestamp,
    /// By when it aimed to.
    pub due: Option<Date>,
}

impl Wait {
    /// Working days.
    #[must_use]
    pub fn days(&self) -> u32 {
        calendar::between(calendar::date_of(self.since), calendar::date_of(self.until))
    }

    /// Whether it ended after the day it was due; not where there was none.
    #[must_use]
    pub fn is_late(&self) -> bool {
        self.due.is_some_and(|due| calendar::is_late(due, calendar::date_of(self.until)))
    }
}

/// Whether a team that was waited for in this round is waited for no more.
#[must_use]
pub fn has_ended(task: &TaskId, role: Role, round: Round, now: &[Turn]) -> bool {
    !now.iter().any(|turn| turn.awaited && turn.task == *task && turn.round == round && turn.roles.contains(&role))
}

/// Every wait of the programme in a ledger that has ended, oldest first. A wait that ends because the journey is withdrawn is none.
///
/// # Errors
/// When the ledger does not hold.
pub fn of(reference: &JourneyRef, history: &[Recorded], processes: &'static Processes) -> Result<Vec<Wait>, Corrupt> {
    let Some((first, rest)) = history.split_first() else { return Ok(Vec::new()) };
    let mut journey = Journey::open(reference, first, processes)?;
    let (mut before, mut waits) = (overview::overview(&journey).turns, Vec::new());
    // What was recorded at once is one deed: between its entries nobody was waited for.
    for (at, recorded) in rest.iter().enumerate() {
        journey.step(history, at + 1, processes)?;
        if rest.get(at + 1).is_some_and(|next| next.at == recorded.at && next.by == recorded.by) {
            continue;
        }
        // A decision that was undone ended nothing, and what was taken back was not answered.
        if let Some(undone) = recorded.event.takes_back() {
            let decided = history.iter().find(|recorded| recorded.seq == undone);
            waits.retain(|wait: &Wait| Some(wait.until) != decided.map(|decided| decided.at));
            before = overview::overview(&journey).turns;
            continue;
        }
        let now = overview::overview(&journey);
        if !matches!(journey.phase, Phase::Withdrawn { .. }) {
            for turn in before.iter().filter(|turn| turn.awaited && turn.side == Side::Programme) {
                let ended = turn.roles.iter().filter(|role| has_ended(&turn.task, **role, turn.round, &now.turns));
                waits.extend(ended.map(|role| Wait {
                    task: turn.task.clone(),
                    role: *role,
                    round: turn.round,
                    since: turn.since,
                    until: recorded.at,
                    due: turn.due,
                }));
            }
        }
        before = now.turns;
    }
    Ok(waits)
}

/// What is usual for a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usual {
    /// Half of the waits ended within so many working days.
    pub half: u32,
    /// Nine of ten did.
    pub most: u32,
    /// Waits that were counted.
    pub of: u32,
}

impl Usual {
    /// From pairs of working days and how many waits took so long; nothing where there are fewer than [`FEWEST`].
    #[must_use]
    pub fn of(mut waits: Vec<(u32, u32)>) -> Option<Self> {
        waits.sort_unstable();
        let of: u32 = waits.iter().map(|(_, times)| times).sum();
        let within = |share: u32| {
            // The day on which so many hundredths of them have ended, rounded up.
            let wanted = (of * share).div_ceil(100);
            let mut ended = 0;
            waits.iter().find(|(_, times)| {
                ended += times;
                ended >= wanted
            })
        };
        let (half, most) = (within(50)?.0, within(90)?.0);
        (of >= FEWEST).then_some(Self { half, most, of })
    }

    /// By when an answer may be expected to what waits since this day.
    #[must_use]
    pub fn expected(&self, since: Date) -> Date {
        calendar::after(since, self.most)
    }

    /// "within 3 working days, and in 9 of 10 cases within 8 working days", to go with "usually answers"
    #[must_use]
    pub fn in_words(&self) -> String {
        let days = |count: u32| match count {
            0 => "the same day".to_owned(),
            1 => "1 working day".to_owned(),
            count => format!("{count} working days"),
        };
        let within = |count: u32| if count == 0 { days(count) } else { format!("within {}", days(count)) };
        if self.half == self.most {
            within(self.half)
        } else {
            format!("{}, and in 9 of 10 cases {}", within(self.half), within(self.most))
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn what_is_usual_is_said_from_five_on() {
        assert_eq!(Usual::of(vec![(3, 4)]), None);
        assert_eq!(Usual::of(Vec::new()), None);
        assert_eq!(Usual::of(vec![(3, 5)]), Some(Usual { half: 3, most: 3, of: 5 }));
        // Ten waits: 1, 1, 2, 2, 2, 3, 4, 5, 9, 30.
        let ten = vec![(30, 1), (1, 2), (2, 3), (3, 1), (4, 1), (5, 1), (9, 1)];
        let usual = Usual::of(ten).unwrap_or_else(|| panic!("there are ten"));
        assert_eq!((usual.half, usual.most, usual.of), (2, 9, 10));
        assert_eq!(usual.in_words(), "within 2 working days, and in 9 of 10 cases within 9 working days");
        // From a Friday: nine working days later is a Thursday.
        assert_eq!(usual.expected(date(2026, 11, 27)), date(2026, 12, 10));
    }

    #[test]
    fn one_day_and_the_same_day_are_said_as_people_say_them() {
        let said = |half, most| Usual { half, most, of: 9 }.in_words();
        assert_eq!(said(0, 1), "the same day, and in 9 of 10 cases within 1 working day");
        assert_eq!(said(1, 1), "within 1 working day");
    }
}
