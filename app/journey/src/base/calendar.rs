//! Working days in England and Wales: not Saturday, Sunday or a bank holiday (domain/people.md §2).
//!
//! The bank holidays follow their rules (Banking and Financial Dealings Act 1971 and the usual substitute days), so any
//! year from 1990 on works; days moved or added by proclamation are listed, from that year on.

use std::{ops::RangeInclusive, sync::LazyLock};

use jiff::{
    Timestamp, ToSpan as _,
    civil::{Date, Weekday},
    tz::TimeZone,
};

/// UK civil time. The rule is written out, so that no time zone database is needed.
#[must_use]
pub fn uk() -> TimeZone {
    static UK: LazyLock<TimeZone> =
        LazyLock::new(|| TimeZone::posix("GMT0BST,M3.5.0/1,M10.5.0").expect("the UK rule is a POSIX rule"));
    UK.clone()
}

/// The UK date of an instant.
#[must_use]
pub fn date_of(at: Timestamp) -> Date {
    at.to_zoned(uk()).date()
}

/// Year, month, day.
type Day = (i16, i8, i8);

/// Days added or moved by proclamation: (taken away, given).
const PROCLAIMED: &[(Option<Day>, Day)] = &[
    (Some((1995, 5, 1)), (1995, 5, 8)),
    (None, (1999, 12, 31)),
    (Some((2002, 5, 27)), (2002, 6, 4)),
    (None, (2002, 6, 3)),
    (None, (2011, 4, 29)),
    (Some((2012, 5, 28)), (2012, 6, 4)),
    (None, (2012, 6, 5)),
    (Some((2020, 5, 4)), (2020, 5, 8)),
    (Some((2022, 5, 30)), (2022, 6, 2)),
    (None, (2022, 6, 3)),
    (None, (2022, 9, 19)),
    (None, (2023, 5, 8)),
];

/// Whether this is a bank holiday in England and Wales.
#[must_use]
pub fn is_bank_holiday(date: Date) -> bool {
    let key = (date.year(), date.month(), date.day());
    if PROCLAIMED.iter().any(|(_, given)| *given == key) {
        return true;
    }
    if PROCLAIMED.iter().any(|(taken, _)| *taken == Some(key)) {
        return false;
    }
    let (year, month, day) = key;
    let monday = date.weekday() == Weekday::Monday;
    match (month, day) {
        // New Year's Day, or the Monday after a weekend one.
        (1, 1) => !is_weekend(date),
        (1, 2 | 3) if monday => true,
        // First and last Monday of May, last Monday of August.
        (5, 1..=7 | 25..=31) | (8, 25..=31) if monday => true,
        // Christmas and Boxing Day, each with its own substitute.
        (12, 25 | 26) => !is_weekend(date),
        (12, 27) => matches!(date.weekday(), Weekday::Monday | Weekday::Tuesday),
        (12, 28) => matches!(date.weekday(), Weekday::Monday | Weekday::Tuesday),
        // Good Friday and Easter Monday: 20 March to 26 April.
        (3 | 4, _) => easter(year).until(date).is_ok_and(|span| matches!(span.get_days(), -2 | 1)),
        _ => false,
    }
}

fn is_weekend(date: Date) -> bool {
    matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// Western Easter Sunday (the anonymous Gregorian algorithm).
fn easter(year: i16) -> Date {
    let y = i32::from(year);
    let (a, b, c) = (y % 19, y / 100, y % 100);
    let (d, e) = (b / 4, b % 4);
    let g = (8 * b + 13) / 25;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 19 * l) / 433;
    let month = (h + l - 7 * m + 90) / 25;
    let day = (h + l - 7 * m + 33 * month + 19) % 32;
    Date::new(year, i8::try_from(month).unwrap_or(4), i8::try_from(day).unwrap_or(1)).unwrap_or(Date::constant(year, 4, 1))
}

/// Whether work is done on this day.
#[must_use]
pub fn is_working_day(date: Date) -> bool {
    !is_weekend(date) && !is_bank_holiday(date)
}

/// The date so many working days after this one: something sent on Monday with a target of 1 is due on Tuesday.
#[must_use]
pub fn after(from: Date, working_days: u32) -> Date {
    let mut date = from;
    let mut left = working_days;
    while left > 0 {
        let Ok(next) = date.tomorrow() else { return date };
        date = next;
        if is_working_day(date) {
            left -= 1;
        }
    }
    date
}

/// The years of [`BANK_HOLIDAYS`]: nothing that is counted here began before or ends after.
const COUNTED: RangeInclusive<i16> = 1990..=2190;

/// Bank holidays that fall on a weekday, in order: a list shows the working days of each of its lines.
static BANK_HOLIDAYS: LazyLock<Vec<Date>> = LazyLock::new(|| {
    let days = Date::constant(*COUNTED.start(), 1, 1).series(1.day());
    let counted = days.take_while(|day| day.year() <= *COUNTED.end());
    counted.filter(|day| is_bank_holiday(*day) && !is_weekend(*day)).collect()
});

/// The first instant after a day, as it is in the UK; `None` beyond the calendar.
#[must_use]
pub fn first_instant_after(day: Date) -> Option<Timestamp> {
    Some(day.tomorrow().ok()?.to_zoned(uk()).ok()?.timestamp())
}

/// Working days that have passed from one date to a later one: 0 on the same day. Bounded to three years.
#[must_use]
pub fn between(from: Date, to: Date) -> u32 {
    let to = to.min(from.saturating_add(1100.days()));
    if to <= from || !COUNTED.contains(&from.year()) {
        return 0;
    }
    // Days since the Monday of the first week; of those up to one of them, so many are weekdays.
    let weekdays = |day: i64| day / 7 * 5 + (day % 7 + 1).min(5);
    let first = i64::from(from.weekday().to_monday_zero_offset());
    let last = first + from.duration_until(to).as_hours() / 24;
    let known = |day: Date| BANK_HOLIDAYS.partition_point(|holiday| *holiday <= day);
    let holidays = known(to) - known(from);
    u32::try_from(weekdays(last) - weekdays(first)).unwrap_or(0).saturating_sub(u32::try_from(holidays).unwrap_or(0))
}

/// Whether something that was due on this date is late: a working day has begun since. What was due on a Friday is not late
/// at the weekend.
#[must_use]
pub fn is_late(due: Date, today: Date) -> bool {
    due < today && between(due, today) > 0
}

/// The last working day up to this date, itself included. What was due before it is late ([`is_late`]): for questions that
/// compare dates.
#[must_use]
pub fn last_working_day(date: Date) -> Date {
    let mut day = date;
    while !is_working_day(day) {
        let Ok(before) = day.yesterday() else { return day };
        day = before;
    }
    day
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    /// The list that GOV.UK publishes for England and Wales.
    #[test]
    fn the_rules_give_the_published_bank_holidays() {
        let published = [
            (1995, vec![(1, 2), (4, 14), (4, 17), (5, 8), (5, 29), (8, 28), (12, 25), (12, 26)]),
            (1999, vec![(1, 1), (4, 2), (4, 5), (5, 3), (5, 31), (8, 30), (12, 27), (12, 28), (12, 31)]),
            (2002, vec![(1, 1), (3, 29), (4, 1), (5, 6), (6, 3), (6, 4), (8, 26), (12, 25), (12, 26)]),
            (2011, vec![(1, 3), (4, 22), (4, 25), (4, 29), (5, 2), (5, 30), (8, 29), (12, 26), (12, 27)]),
            (2012, vec![(1, 2), (4, 6), (4, 9), (5, 7), (6, 4), (6, 5), (8, 27), (12, 25), (12, 26)]),
            (2020, vec![(1, 1), (4, 10), (4, 13), (5, 8), (5, 25), (8, 31), (12, 25), (12, 28)]),
            (2021, vec![(1, 1), (4, 2), (4, 5), (5, 3), (5, 31), (8, 30), (12, 27), (12, 28)]),
            (2022, vec![(1, 3), (4, 15), (4, 18), (5, 2), (6, 2), (6, 3), (8, 29), (9, 19), (12, 26), (12, 27)]),
            (2023, vec![(1, 2), (4, 7), (4, 10), (5, 1), (5, 8), (5, 29), (8, 28), (12, 25), (12, 26)]),
            (2024, vec![(1, 1), (3, 29), (4, 1), (5, 6), (5, 27), (8, 26), (12, 25), (12, 26)]),
            (2025, vec![(1, 1), (4, 18), (4, 21), (5, 5), (5, 26), (8, 25), (12, 25), (12, 26)]),
            (2026, vec![(1, 1), (4, 3), (4, 6), (5, 4), (5, 25), (8, 31), (12, 25), (12, 28)]),
            (2027, vec![(1, 1), (3, 26), (3, 29), (5, 3), (5, 31), (8, 30), (12, 27), (12, 28)]),
        ];
        for (year, days) in published {
            let mut day = date(year, 1, 1);
            let mut found = Vec::new();
            while day.year() == year {
                if is_bank_holiday(day) {
                    found.push((day.month(), day.day()));
                }
                day = day.tomorrow().expect("no end of time here");
            }
            assert_eq!(found, days, "{year}");
        }
    }

    #[test]
    fn a_target_passes_over_weekends_and_bank_holidays() {
        // Thursday before Good Friday 2026: Friday and Monday are bank holidays.
        assert_eq!(after(date(2026, 4, 2), 1), date(2026, 4, 7));
        assert_eq!(between(date(2026, 4, 2), date(2026, 4, 7)), 1);
        assert_eq!(after(date(2026, 2, 26), 5), date(2026, 3, 5));
        assert_eq!(between(date(2026, 3, 3), date(2026, 3, 3)), 0);
        assert_eq!(between(date(2026, 3, 5), date(2026, 3, 3)), 0);
    }

    #[test]
    fn what_was_due_on_friday_is_late_on_monday() {
        let friday = date(2026, 11, 27);
        assert_eq!([27, 28, 29, 30].map(|day| is_late(friday, date(2026, 11, day))), [false, false, false, true]);
        assert_eq!(last_working_day(date(2026, 11, 29)), friday);
        // Good Friday and Easter Monday; a day of the calendar that falls on a Sunday.
        assert!(!is_late(date(2026, 4, 2), date(2026, 4, 6)) && is_late(date(2026, 4, 2), date(2026, 4, 7)));
        assert!(!is_late(date(2026, 11, 29), date(2026, 11, 29)) && is_late(date(2026, 11, 29), date(2026, 11, 30)));
        // The question that compares dates finds the same.
        let mut today = date(2026, 1, 1);
        while today < date(2027, 1, 10) {
            for ago in 0..12 {
                let due = today.saturating_sub(ago.days());
                assert_eq!(is_late(due, today), due < last_working_day(today), "{due} on {today}");
            }
            today = today.tomorrow().expect("no end of time here");
        }
    }

    #[test]
    fn working_days_are_counted_as_if_one_by_one() {
        let mut from = date(2019, 12, 20);
        while from < date(2027, 1, 10) {
            for days in [0, 1, 2, 3, 5, 6, 7, 8, 13, 30, 90, 365, 800, 1100, 1200] {
                let to = from.saturating_add(days.days());
                let one_by_one = from.series(1.day()).skip(1).take_while(|day| *day <= to).take(1100);
                let counted = one_by_one.filter(|day| is_working_day(*day)).count();
                assert_eq!(between(from, to) as usize, counted, "{from} to {to}");
            }
            from = from.saturating_add(5.days());
        }
    }

    #[test]
    fn a_day_ends_at_midnight_in_london() {
        let winter: Timestamp = "2026-01-15T23:30:00Z".parse().expect("an instant");
        let summer: Timestamp = "2026-07-15T23:30:00Z".parse().expect("an instant");
        assert_eq!(date_of(winter), date(2026, 1, 15));
        assert_eq!(date_of(summer), date(2026, 7, 16));
    }
}
