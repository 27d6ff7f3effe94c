//! Dates and times as people read them: "3 March 2026", "14:02", UK time.

use jiff::{Timestamp, civil::Date};
use journey::{
    base::calendar,
    form::{Answers, Form, Kind},
};

const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/// "3 March 2026".
#[must_use]
pub fn date(date: Date) -> String {
    let month = MONTHS[usize::try_from(date.month() - 1).unwrap_or(0) % 12];
    format!("{} {month} {}", date.day(), date.year())
}

/// Answers with their days as people read them: "3 March 2026". For pages alone: what is sent, signed and compared keeps
/// the day as it is stored. What is no day stays as it was written.
#[must_use]
pub fn in_answers(form: &Form, answers: &Answers) -> Answers {
    let mut shown = answers.clone();
    for field in form.fields.iter().filter(|field| matches!(field.kind, Kind::Day)) {
        for value in shown.0.get_mut(field.id.as_str()).into_iter().flatten() {
            if let Ok(day) = value.parse() {
                *value = date(day);
            }
        }
    }
    shown
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

/// From when to when: "Tuesday 3 March 2026, 14:00 to 15:30".
#[must_use]
pub fn span(from: Timestamp, to: Timestamp) -> String {
    let day = calendar::date_of(from);
    format!("{} {}, {} to {}", weekday(day), date(day), time_of(from), time_of(to))
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

/// How a due date stands today: late once a working day has begun since, else the day that it is, or so many working days
/// left.
#[must_use]
pub fn due_in(due: Date, today: Date) -> (Due, String) {
    if calendar::is_late(due, today) {
        return (Due::Late, format!("{} late", working_days(calendar::between(due, today))));
    }
    if due <= today {
        let said = past(due, today);
        let near = ["today", "yesterday"].contains(&said.as_str());
        return (Due::Soon, if near { format!("due {said}") } else { format!("was due on {said}") });
    }
    match calendar::between(today, due) {
        // A day of the calendar that falls on a weekend.
        0 if today.tomorrow().is_ok_and(|day| day == due) => (Due::Soon, "due tomorrow".to_owned()),
        0 => (Due::Soon, format!("due on {}", weekday(due))),
        left => (if left == 1 { Due::Soon } else { Due::Later }, format!("{} left", working_days(left))),
    }
}

/// "for 3 working days"; "since today", "since yesterday" or "since Friday" when no working day has passed.
#[must_use]
pub fn waited(since: Date, today: Date) -> String {
    match calendar::between(since, today) {
        0 => format!("since {}", past(since, today)),
        days => format!("for {}", working_days(days)),
    }
}

/// A day a few days ago, by name.
fn past(day: Date, today: Date) -> String {
    if day >= today {
        "today".to_owned()
    } else if day.tomorrow().is_ok_and(|next| next == today) {
        "yesterday".to_owned()
    } else {
        weekday(day).to_owned()
    }
}

fn weekday(day: Date) -> &'static str {
    const NAMES: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    NAMES[usize::try_from(day.weekday().to_monday_zero_offset()).unwrap_or(0) % 7]
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

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use journey::form::Field;

    use super::*;

    #[test]
    fn days_of_answers_are_told_as_people_read_them_and_nothing_else_is_changed() {
        let form = Form::of(vec![Field::new("held", "Held", Kind::Day), Field::new("words", "Words", Kind::Words { max: 99 })]);
        let sent = Answers::default().with("held", "2026-12-04").with("words", "2026-12-04");
        let shown = in_answers(&form, &sent);
        assert_eq!((shown.one("held"), shown.one("words")), ("4 December 2026", "2026-12-04"));
        let unread = Answers::default().with("held", "the 4th");
        assert_eq!(in_answers(&form, &unread), unread);
    }

    #[test]
    fn what_was_due_on_friday_is_not_late_at_the_weekend() {
        let friday = date(2026, 11, 27);
        let said = [26, 27, 28, 29, 30].map(|day| due_in(friday, date(2026, 11, day)).1);
        assert_eq!(said, ["1 working day left", "due today", "due yesterday", "was due on Friday", "1 working day late"]);
        assert_eq!(due_in(friday, date(2026, 11, 28)).0, Due::Soon);
        assert_eq!(due_in(date(2026, 12, 4), date(2026, 11, 28)).1, "5 working days left");
        // 14 days may end on a Sunday.
        let sunday = date(2026, 11, 29);
        let said = [27, 28, 29, 30].map(|day| due_in(sunday, date(2026, 11, day)).1);
        assert_eq!(said, ["due on Sunday", "due tomorrow", "due today", "1 working day late"]);
    }

    #[test]
    fn nothing_waits_for_no_working_days() {
        let friday = date(2026, 11, 27);
        let said = [27, 28, 29, 30].map(|day| waited(friday, date(2026, 11, day)));
        assert_eq!(said, ["since today", "since yesterday", "since Friday", "for 1 working day"]);
    }
}
