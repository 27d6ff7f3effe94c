//! How a person hears of what happens: each chooses for themselves. Letters about an account and receipts always come.

use std::str::FromStr;

use jiff::{Timestamp, ToSpan as _, civil::time};

use crate::base::{calendar, named::named};

named! {
    /// When a person wants letters about messages, turns and decisions.
    #[derive(Default)]
    pub enum Notices {
        /// A letter for each, as it happens.
        #[default]
        AtOnce = "at_once",
        /// One letter a day, when there is something new. Who is mentioned by name is still told at once.
        Daily = "daily",
        /// None. The pages show what is new.
        Never = "never",
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
