//! Dates and times as people read them: "3 March 2026", "14:02", UK time.

use jiff::{Timestamp, civil::Date};
use journey::calendar;

const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/// "3 March 2026".
#[must_use]
pub fn date(date: Date) -> String {
    let month = MONTHS[usize::try_from(date.month() - 1).unwrap_or(0) % 12];
    format!("{} {month} {}", date.day(), date.year())
}

/// The UK date of an instant: "3 March 2026".
#[must_use]
pub fn day_of(at: Timestamp) -> String {
    date(calendar::date_of(at))
}

/// The UK time of an instant: "14:02".
#[must_use]
pub fn time_of(at: Timestamp) -> String {
    let zoned = at.to_zoned(calendar::uk());
    format!("{:02}:{:02}", zoned.hour(), zoned.minute())
}

/// "3 March 2026, 14:02".
#[must_use]
pub fn moment(at: Timestamp) -> String {
    format!("{}, {}", day_of(at), time_of(at))
}

/// The time when it was today, the day otherwise: for tables, where both would be too much.
#[must_use]
pub fn when(at: Timestamp, today: Date) -> String {
    if calendar::date_of(at) == today { time_of(at) } else { day_of(at) }
}

/// "3 working days".
#[must_use]
pub fn working_days(days: u32) -> String {
    if days == 1 { "1 working day".to_owned() } else { format!("{days} working days") }
}

/// How a due date stands today: late, today, or so many working days left.
#[must_use]
pub fn due_in(due: Date, today: Date) -> (Due, String) {
    if due < today {
        return (Due::Late, format!("{} late", working_days(calendar::between(due, today).max(1))));
    }
    if due == today {
        return (Due::Soon, "due today".to_owned());
    }
    let left = calendar::between(today, due);
    let how = if left <= 1 { Due::Soon } else { Due::Later };
    (how, format!("{} left", working_days(left)))
}

/// How near a due date is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// Past.
    Late,
    /// Today or the next working day.
    Soon,
    /// Later.
    Later,
}

impl Due {
    /// Its class in the style sheet.
    #[must_use]
    pub fn class(self) -> &'static str {
        match self {
            Due::Late => "gpc-late",
            Due::Soon => "gpc-soon",
            Due::Later => "gpc-meta",
        }
    }
}
