//! How a person hears of what happens: each chooses for themselves. Letters about an account and receipts always come.

use std::str::FromStr;

use jiff::{Timestamp, ToSpan as _, civil::time};

use crate::base::{calendar, named::named};

named! {
    /// When a person wants letters about messages, turns and decisions.
    #[derive(Default)]
    pub enum Notices {
        /// What asks something of them as it happens, and everything else in one letter a day.
        #[default]
        Needed = "needed",
        /// A letter for each, as it happens.
        AtOnce = "at_once",
        /// One letter a day, when there is something new. Who is mentioned by name is still told at once.
        Daily = "daily",
        /// None. The pages show what is new.
        Never = "never",
    }
}

/// What a notice asks of its reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Asks {
    /// Nothing: something has happened.
    Nothing,
    /// An act of theirs: it is their turn, or somebody waits for their answer.
    Act,
    /// To be read now: it speaks to them by name, or bears on the safety of patients. It waits for no daily letter.
    Now,
}

/// How a notice goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goes {
    /// As a letter of its own, as it happens.
    AtOnce,
    /// As a line of the daily letter.
    Daily,
    /// Not by letter: the pages show it.
    OnPages,
}

impl Notices {
    /// How a notice goes to whoever chose this.
    #[must_use]
    pub fn way_of(self, asks: Asks) -> Goes {
        match (self, asks) {
            (Notices::Never, _) => Goes::OnPages,
            (Notices::Needed, Asks::Nothing) | (Notices::Daily, Asks::Nothing | Asks::Act) => Goes::Daily,
            (Notices::AtOnce, _) | (Notices::Needed, Asks::Act | Asks::Now) | (Notices::Daily, Asks::Now) => Goes::AtOnce,
        }
    }
}

/// A word that names no choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not a choice of notices")]
pub struct NotAChoice;

impl FromStr for Notices {
    type Err = NotAChoice;

    fn from_str(name: &str) -> Result<Self, NotAChoice> {
        Notices::named(name).ok_or(NotAChoice)
    }
}

/// The last time that the daily letter was due: seven in the morning, UK time.
#[must_use]
pub fn last_daily(now: Timestamp) -> Timestamp {
    let today = calendar::date_of(now);
    let seven = |date: jiff::civil::Date| date.to_datetime(time(7, 0, 0, 0)).to_zoned(calendar::uk()).map(|z| z.timestamp());
    match seven(today) {
        Ok(due) if due <= now => due,
        _ => today.checked_sub(1.day()).ok().and_then(|day| seven(day).ok()).unwrap_or(Timestamp::MIN),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_asks_nothing_waits_for_the_daily_letter_unless_it_is_wanted_at_once() {
        let ways = |chosen: Notices| [Asks::Nothing, Asks::Act, Asks::Now].map(|asks| chosen.way_of(asks));
        assert_eq!(Notices::default(), Notices::Needed);
        assert_eq!(ways(Notices::Needed), [Goes::Daily, Goes::AtOnce, Goes::AtOnce]);
        assert_eq!(ways(Notices::AtOnce), [Goes::AtOnce; 3]);
        assert_eq!(ways(Notices::Daily), [Goes::Daily, Goes::Daily, Goes::AtOnce]);
        assert_eq!(ways(Notices::Never), [Goes::OnPages; 3]);
    }

    #[test]
    fn the_daily_letter_is_due_at_seven_in_the_uk_in_summer_and_in_winter() {
        let due = |now: &str| last_daily(now.parse().expect("a time")).to_string();
        assert_eq!(due("2026-01-15T06:59:59Z"), "2026-01-14T07:00:00Z");
        assert_eq!(due("2026-01-15T07:00:00Z"), "2026-01-15T07:00:00Z");
        assert_eq!(due("2026-07-15T05:59:59Z"), "2026-07-14T06:00:00Z");
        assert_eq!(due("2026-07-15T06:00:00Z"), "2026-07-15T06:00:00Z");
        // The clocks go forward on 29 March 2026.
        assert_eq!(due("2026-03-29T06:30:00Z"), "2026-03-29T06:00:00Z");
        assert_eq!(due("2026-03-29T05:30:00Z"), "2026-03-28T07:00:00Z");
    }
}
