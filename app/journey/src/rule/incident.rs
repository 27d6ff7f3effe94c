//! Reporting an incident under a connection agreement (domain/people.md §2: 48 hours, CA 8.8). It is reported once the agreement has
//! been settled, however it stands since.

use jiff::{
    Timestamp,
    civil::{Date, Time},
};

use crate::{
    base::{actor::Role, calendar, identity::Identity, text},
    form::{
        self, Answers, Field, Form, Kind, Problem, Problems,
        short::{line, past_day, words},
    },
    ledger::{incident::Incident, refusal::Refusal},
    rule::reason::words as written,
};

/// Sites that one report names.
const MOST_SITES: usize = 200;

/// Who reports one: whoever leads the onboarding of the supplier, and its clinical safety officer.
pub(crate) const REPORTED_BY: &[Role] = &[Role::OnboardingLead, Role::ClinicalSafetyOfficer];

/// What is asked of an incident.
#[must_use]
pub fn form() -> Form {
    Form::of(vec![
        words(
            "what",
            "What happened?",
            "What it means for patients and for the service, and what you have done so far. No patient data.",
            "Say what happened",
        ),
        past_day("noticed_on", "On which day was it noticed?", "Enter the day on which it was noticed"),
        line("noticed_at", "At what time was it noticed?", "UK time, like 14:30.", "Enter the time at which it was noticed"),
        past_day("reported_on", "If you have told NHS England already: on which day?", "")
            .hint("Leave it empty when this is the report."),
        line("reported_at", "And at what time?", "UK time, like 14:30.", ""),
        Field::new("sites", "At which sites?", Kind::Organisations { most: MOST_SITES })
            .hint("Optional. One per line: the ODS code, then the name. Leave it empty when it is about no site in particular."),
    ])
}

/// A time of the day as people write it: `14:30`, `9.05`, `2:30 pm`. `None` for anything else.
#[must_use]
pub fn time(typed: &str) -> Option<Time> {
    let typed: String = text::line(typed).to_lowercase().chars().filter(|c| !c.is_whitespace()).collect();
    let (digits, half) = match (typed.strip_suffix("am"), typed.strip_suffix("pm")) {
        (Some(digits), _) => (digits, Some(0)),
        (_, Some(digits)) => (digits, Some(12)),
        _ => (typed.as_str(), None),
    };
    let (hour, minute) = digits.split_once([':', '.'])?;
    let number = |text: &str, most: usize| {
        let fits = (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        fits.then(|| text.parse::<i8>().ok()).flatten()
    };
    let (hour, minute) = (number(hour, 2)?, number(minute, 2).filter(|_| minute.len() == 2)?);
    let hour = match half {
        None => hour,
        Some(half) if (1..=12).contains(&hour) => hour % 12 + half,
        Some(_) => return None,
    };
    Time::new(hour, minute, 0, 0).ok()
}

fn moment(day: Date, time: Time) -> Option<Timestamp> {
    day.to_datetime(time).to_zoned(calendar::uk()).ok().map(|zoned| zoned.timestamp())
}

/// Reads what was typed about an incident. `now` is when it is reported, where nothing else is said.
///
/// # Errors
/// Every problem, with its question.
pub fn read(typed: &Answers, now: Timestamp) -> Result<Incident, Problems> {
    let clean = form().check(typed)?;
    let mut problems = Vec::new();
    let mut at = |on: &str, at: &str| {
        let day = form::day(clean.one(on)).ok();
        let time = time(clean.one(at));
        if time.is_none() {
            problems.push(Problem::new(at, "Enter a time like 14:30"));
        }
        day.zip(time).and_then(|(day, time)| moment(day, time)).filter(|moment| {
            let past = *moment <= now;
            if !past {
                problems.push(Problem::new(on, "The day and time cannot be in the future"));
            }
            past
        })
    };
    let noticed = at("noticed_on", "noticed_at");
    let told = [clean.one("reported_on"), clean.one("reported_at")].map(str::is_empty);
    let reported = match told {
        [true, true] => Some(now),
        [false, false] => at("reported_on", "reported_at"),
        [true, false] => {
            problems.push(Problem::new("reported_on", "Enter the day as well, or leave both empty"));
            None
        }
        [false, true] => {
            problems.push(Problem::new("reported_at", "Enter the time as well, or leave both empty"));
            None
        }
    };
    let (Some(noticed), Some(reported), true) = (noticed, reported, problems.is_empty()) else { return Err(Problems(problems)) };
    let named = form::organisations(clean.one("sites")).unwrap_or_default();
    let sites = named.into_iter().map(|site| Identity { name: site.name, ods_code: site.ods_code }).collect();
    ordered(Incident { what: clean.one("what").to_owned(), noticed, reported, sites }).map_err(|problem| Problems(vec![problem]))
}

fn ordered(incident: Incident) -> Result<Incident, Problem> {
    if incident.reported < incident.noticed {
        return Err(Problem::new("reported_on", "It cannot have been reported before it was noticed"));
    }
    Ok(incident)
}

/// An incident as it is recorded. `today` is the last day that can be meant.
///
/// # Errors
/// Nothing is said, or its times cannot be.
pub(crate) fn agreed(incident: Incident, today: Date) -> Result<Incident, Refusal> {
    let what = written(&incident.what, "what", "Say what happened")?;
    let incident = ordered(Incident { what, ..incident }).map_err(|problem| Refusal::Invalid(Problems(vec![problem])))?;
    if calendar::date_of(incident.reported) > today {
        return Err(Refusal::problem("reported_on", "The day and time cannot be in the future"));
    }
    Ok(incident)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(fields: &[(&str, &str)]) -> Answers {
        fields
            .iter()
            .fold(Answers::default().with("what", "Records were merged."), |answers, (id, value)| answers.with(id, value))
    }

    fn now() -> Timestamp {
        "2026-07-03T12:00:00Z".parse().expect("an instant")
    }

    #[test]
    fn times_are_read_as_people_write_them() {
        for (text, hour, minute) in
            [("14:30", 14, 30), ("9.05", 9, 5), (" 2:30 pm", 14, 30), ("12:00am", 0, 0), ("12:15 PM", 12, 15)]
        {
            assert_eq!(time(text), Time::new(hour, minute, 0, 0).ok(), "{text}");
        }
        for text in ["", "half two", "24:00", "14:60", "14:5", "13:00 pm", "1430", "-1:30", "14:30:00"] {
            assert_eq!(time(text), None, "{text}");
        }
    }

    #[test]
    fn an_incident_is_noticed_in_uk_time_and_reported_now_unless_it_was_before() {
        let incident =
            read(&typed(&[("noticed_on", "1 July 2026"), ("noticed_at", "13:00"), ("sites", "A21471 Willow Lane")]), now());
        let incident = incident.expect("it is whole");
        assert_eq!(incident.noticed.to_string(), "2026-07-01T12:00:00Z", "summer time");
        assert_eq!((incident.reported, incident.late_by()), (now(), None), "48 hours to the minute");
        assert_eq!(incident.sites, [Identity { name: "Willow Lane".to_owned(), ods_code: "A21471".to_owned() }]);
        let late = read(&typed(&[("noticed_on", "1 July 2026"), ("noticed_at", "10:00")]), now()).expect("it is whole");
        assert_eq!(late.late_by().map(|late| late.as_hours()), Some(3));
        let before =
            [("noticed_on", "1 July 2026"), ("noticed_at", "10:00"), ("reported_on", "2 July 2026"), ("reported_at", "9:00")];
        let told = read(&typed(&before), now()).expect("it is whole");
        assert_eq!((told.reported.to_string().as_str(), told.late_by()), ("2026-07-02T08:00:00Z", None));
    }

    #[test]
    fn what_cannot_be_is_told_by_its_question() {
        let field = |fields: &[(&str, &str)]| read(&typed(fields), now()).expect_err("it cannot be").0[0].field.clone();
        assert_eq!(field(&[("noticed_at", "10:00")]), "noticed_on");
        assert_eq!(field(&[("noticed_on", "1 July 2026")]), "noticed_at");
        assert_eq!(field(&[("noticed_on", "1 July 2026"), ("noticed_at", "soon")]), "noticed_at");
        assert_eq!(field(&[("noticed_on", "3 July 2026"), ("noticed_at", "18:00")]), "noticed_on");
        let noticed = [("noticed_on", "2 July 2026"), ("noticed_at", "10:00")];
        assert_eq!(field(&[noticed.as_slice(), &[("reported_on", "2 July 2026")]].concat()), "reported_at");
        assert_eq!(field(&[noticed.as_slice(), &[("reported_at", "11:00")]].concat()), "reported_on");
        assert_eq!(
            field(&[noticed.as_slice(), &[("reported_on", "1 July 2026"), ("reported_at", "11:00")]].concat()),
            "reported_on"
        );
    }
}
