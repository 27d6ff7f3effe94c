//! What stands after a connection agreement was signed, with the days that the ledger knows (domain/people.md §2: Special Terms 5.3;
//! domain/journeys.md: S-uplift). Nothing is stored: whoever opens a page sees what is due today. What the ledger cannot know, an
//! incident, is reported (`incident`).

use jiff::{Timestamp, ToSpan as _, civil::Date};

use crate::{
    base::{calendar, edition::Edition},
    catalogue::editions,
    ledger::{
        journey::{Journey, Phase},
        words,
    },
    plan::process::{Signs, TaskSpec},
};

/// Months in which the supplier moves to a newer edition of the SCAL, and for which a version before is supported.
const MONTHS: i32 = 12;

/// Something that the supplier, or both parties, must do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Duty {
    /// Move to a newer edition of the SCAL, and answer what it asks anew.
    Uplift {
        /// The oldest that is newer than the one that was accepted.
        edition: Edition,
        /// By when; `None` where nobody knows when it was published.
        due: Option<Date>,
    },
    /// Support the version before the one that is certified now.
    Support {
        /// The product with that version.
        version: String,
        /// The last day of it.
        until: Date,
    },
    /// Look at the agreement together.
    Review {
        /// The next time.
        on: Date,
    },
}

impl Duty {
    /// The day that matters: by when, or until when.
    #[must_use]
    pub fn day(&self) -> Option<Date> {
        match self {
            Duty::Uplift { due, .. } => *due,
            Duty::Support { until, .. } => Some(*until),
            Duty::Review { on } => Some(*on),
        }
    }

    /// Whether it should have been done before today.
    #[must_use]
    pub fn is_late(&self, today: Date) -> bool {
        matches!(self, Duty::Uplift { due: Some(due), .. } if *due < today)
    }
}

/// Working days between two reminders of a duty that is late, and how many there are.
const REMIND_AFTER: u32 = 5;
const MOST_REMINDERS: u32 = 3;

/// The reminder of a late duty whose time is today, from 1: the first goes on the first working day after it was due. `None` before, and
/// once the time of the last is over.
#[must_use]
pub fn reminder(due: Date, today: Date) -> Option<u32> {
    let number = calendar::between(due, today).checked_sub(1)? / REMIND_AFTER + 1;
    (number <= MOST_REMINDERS).then_some(number)
}

/// Whether this is the last reminder.
#[must_use]
pub fn is_last(number: u32) -> bool {
    number == MOST_REMINDERS
}

/// The task of a journey whose connection agreement has been settled once: its duties stand since.
#[must_use]
pub fn task(journey: &Journey) -> Option<&'static TaskSpec> {
    let signed = |spec: &&TaskSpec| spec.signs == Some(Signs::Connection) && journey.task(&spec.id).first_settled.is_some();
    journey.plan().find(signed)
}

/// The edition that the SCAL answered when it was accepted last. That the journey has moved to a newer one is not enough: what that
/// asks anew is answered and accepted.
fn accepted(journey: &Journey) -> Option<Edition> {
    let basis = journey.task(&journey.process.scal()?.id).basis.as_ref();
    Some(basis.and_then(|basis| basis.edition.clone()).unwrap_or_else(|| journey.opening.catalogue.clone()))
}

/// What stands today, the nearest first. `published` says when editions were published
/// ([`editions::published`]). None where the agreement was signed before
/// its text named any, or the journey was withdrawn.
#[must_use]
pub fn of(journey: &Journey, published: &[(Edition, Timestamp)], today: Date) -> Vec<Duty> {
    let Some(spec) = task(journey).filter(|_| !matches!(journey.phase, Phase::Withdrawn { .. })) else { return Vec::new() };
    let record = journey.task(&spec.id);
    let (Some(_), Some(first)) = (words::text_of(journey, spec), record.first_settled) else { return Vec::new() };
    let signed = calendar::date_of(first);
    let mut duties = Vec::new();
    let newer = accepted(journey)
        .and_then(|accepted| editions::all().into_iter().find(|edition| *edition > accepted && !editions::is_withdrawn(edition)));
    if let Some(edition) = newer {
        // Nobody is late with what was published before they had signed that they would.
        let known = published.iter().find(|(known, _)| *known == edition).map(|(_, at)| calendar::date_of(*at).max(signed));
        duties.push(Duty::Uplift { edition, due: known.map(a_year_after) });
    }
    for spec in journey.plan() {
        for pair in journey.task(&spec.id).versions.windows(2) {
            let until = a_year_after(calendar::date_of(pair[1].at));
            if pair[1].at >= first && until >= today {
                duties.push(Duty::Support { version: pair[0].product.clone(), until });
            }
        }
    }
    duties.push(Duty::Review { on: next_year(signed, today) });
    duties.sort_by_key(|duty| duty.day().unwrap_or(Date::MAX));
    duties
}

fn a_year_after(day: Date) -> Date {
    day.checked_add(MONTHS.months()).unwrap_or(Date::MAX)
}

/// The first anniversary that is today or later.
fn next_year(signed: Date, today: Date) -> Date {
    let years = i32::from(today.year()).saturating_sub(i32::from(signed.year())).max(1);
    let on = |years: i32| signed.checked_add(years.years()).unwrap_or(Date::MAX);
    if on(years) < today { on(years.saturating_add(1)) } else { on(years) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_late_duty_is_reminded_of_three_times_five_working_days_apart() {
        let day = |text: &str| text.parse::<Date>().expect("a day");
        // Due on a Friday.
        let due = day("2027-05-07");
        for (today, number) in [
            ("2027-05-07", None),
            ("2027-05-09", None),
            ("2027-05-10", Some(1)),
            ("2027-05-14", Some(1)),
            ("2027-05-17", Some(2)),
            ("2027-05-24", Some(3)),
            ("2027-05-28", Some(3)),
            // The Monday after is a bank holiday.
            ("2027-05-31", Some(3)),
            ("2027-06-01", None),
            ("2028-06-01", None),
        ] {
            assert_eq!(reminder(due, day(today)), number, "{today}");
        }
        assert!(is_last(3) && !is_last(2));
    }

    #[test]
    fn the_agreement_is_looked_at_once_a_year() {
        let day = |text: &str| text.parse::<Date>().expect("a day");
        for (signed, today, next) in [
            ("2026-03-02", "2026-03-02", "2027-03-02"),
            ("2026-03-02", "2027-03-01", "2027-03-02"),
            ("2026-03-02", "2027-03-02", "2027-03-02"),
            ("2026-03-02", "2027-03-03", "2028-03-02"),
            ("2024-02-29", "2025-06-01", "2026-02-28"),
        ] {
            assert_eq!(next_year(day(signed), day(today)), day(next), "{signed} seen on {today}");
        }
    }
}
