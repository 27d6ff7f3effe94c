//! What is asked of whoever proposes, answers, moves or cancels a meeting, and how it is read: days and times as people write
//! them, in UK time. A time that the clocks skip, or that comes twice, is sent back: nobody should have to guess it.

use jiff::{Timestamp, ToSpan as _, civil::Time, tz::AmbiguousOffset};

use crate::{
    base::{
        actor::{Actor, Side},
        calendar,
        ids::TaskId,
        text,
    },
    form::{Answers, Field, Form, Kind, Problem, Problems, day},
    ledger::{event::By, journey::Journey, refusal::Refusal},
    rule::meeting::{Act, MOST_TIMES, Meeting, Step, is_place, may_ask, offered, side_of},
};

/// Characters of a place or a link.
const LONGEST_PLACE: usize = 300;

/// Characters of what a meeting is for, and of a reason.
const LONGEST_WORDS: usize = 1_000;

/// How long a meeting can be.
const LENGTHS: &[(&str, &str, &str)] = &[
    ("15", "15 minutes", ""),
    ("30", "30 minutes", ""),
    ("45", "45 minutes", ""),
    ("60", "1 hour", ""),
    ("90", "1 hour 30 minutes", ""),
    ("120", "2 hours", ""),
    ("180", "3 hours", ""),
    ("240", "4 hours", ""),
    ("480", "8 hours", ""),
];

/// How long a meeting is, in words: "1 hour 30 minutes".
#[must_use]
pub fn length(minutes: u32) -> String {
    let written = minutes.to_string();
    let known = LENGTHS.iter().find(|(value, ..)| *value == written);
    known.map_or_else(|| format!("{minutes} minutes"), |(_, words, _)| (*words).to_owned())
}

/// The id of a question in the form of an act: a page has several of these forms.
#[must_use]
pub fn field(act: Act, name: &str) -> String {
    format!("{}-{name}", act.name())
}

/// The questions for the day and the time of one of the times that are offered, from 1.
#[must_use]
pub fn time_fields(act: Act, place: usize) -> [Field; 2] {
    let line = Kind::Line { max: 40 };
    let at = |name: &str| field(act, &format!("{name}{place}"));
    [
        Field::new(&at("day"), "Day", line.clone()).hint("For example, 24 11 2026"),
        Field::new(&at("time"), "Start, UK time", line).hint("For example, 14:30"),
    ]
}

/// The questions beside the times.
#[must_use]
pub fn other_fields(act: Act) -> Vec<Field> {
    let words = Kind::Words { max: LONGEST_WORDS };
    let named = |name: &str| field(act, name);
    let mut fields = Vec::new();
    if matches!(act, Act::Proposed | Act::Others | Act::Moved) {
        fields.push(Field::new(&named("minutes"), "How long", Kind::Pick(LENGTHS.to_vec())));
        fields.push(
            Field::new(&named("place"), "Where, or the link to join", Kind::Line { max: LONGEST_PLACE })
                .required("Say where you meet, or give the link to join"),
        );
    }
    match act {
        Act::Proposed => fields.push(
            Field::new(&named("words"), "What is it for?", words)
                .hint("What you want to talk about, and who should be there.")
                .required("Say what the meeting is for"),
        ),
        Act::Others => fields.push(Field::new(&named("words"), "A word about it (optional)", words)),
        Act::Moved => fields.push(
            Field::new(&named("words"), "Why do you want to move it?", words).required("Say why you want to move the meeting"),
        ),
        Act::Declined => {
            fields.push(Field::new(&named("words"), "Why does it not suit?", words).required("Say why you decline the meeting"))
        }
        Act::Cancelled => {
            fields.push(Field::new(&named("words"), "Why is it cancelled?", words).required("Say why you cancel the meeting"));
        }
        Act::Agreed => {}
    }
    fields
}

/// What is typed into the form of an act by whoever has not typed anything yet: what was said before.
#[must_use]
pub fn begun(act: Act, before: Option<&Step>) -> Answers {
    let (minutes, place) = before.map_or((60, String::new()), |step| (step.minutes, step.place.clone()));
    Answers::default().with(&field(act, "minutes"), &minutes.to_string()).with(&field(act, "place"), &place)
}

/// A time of the day as people write it: `14:30`, `14.30`, `1430`, `2:30pm`, `2 pm`, `noon`.
#[must_use]
pub fn time_of_day(typed: &str) -> Option<Time> {
    let typed = text::line(typed).to_lowercase().replace([' ', '\u{a0}'], "");
    if matches!(typed.as_str(), "noon" | "midday" | "12noon") {
        return Time::new(12, 0, 0, 0).ok();
    }
    let bare = typed.replace("a.m.", "am").replace("p.m.", "pm");
    let (digits, half) = match (bare.strip_suffix("am"), bare.strip_suffix("pm")) {
        (Some(digits), _) => (digits, Some(0)),
        (_, Some(digits)) => (digits, Some(12)),
        _ => (bare.as_str(), None),
    };
    let (hour, minute) = match digits.split_once([':', '.']) {
        Some((hour, minute)) if minute.len() == 2 => (hour, minute),
        Some(_) => return None,
        None if digits.len() == 4 => digits.split_at_checked(2)?,
        // "2" alone could be the morning or the afternoon.
        None if half.is_some() => (digits, "00"),
        None => return None,
    };
    let number = |part: &str| {
        let plain = (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| part.parse::<i8>().ok()).flatten()
    };
    let (hour, minute) = (number(hour)?, number(minute)?);
    let hour = match half {
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some(half) => hour % 12 + half,
        None => hour,
    };
    Time::new(hour, minute, 0, 0).ok()
}

/// An instant from a day and a time as they were typed, or what is wrong with which of the two (0 the day, 1 the time).
fn instant(typed_day: &str, typed_time: &str, now: Timestamp) -> Result<Timestamp, (usize, String)> {
    if text::is_blank(typed_day) {
        return Err((0, "Enter the day of the meeting, like 24 11 2026".to_owned()));
    }
    let date = day(typed_day).map_err(|why| (0, why.says("Day")))?;
    if text::is_blank(typed_time) {
        return Err((1, "Enter the time at which the meeting starts, like 14:30".to_owned()));
    }
    let time = time_of_day(typed_time).ok_or((1, "Enter a time like 14:30 or 2:30pm".to_owned()))?;
    let shown = format!("{:02}:{:02} on {} {}", time.hour(), time.minute(), date.day(), date.strftime("%B %Y"));
    let ambiguous = calendar::uk().to_ambiguous_timestamp(date.to_datetime(time));
    match ambiguous.offset() {
        AmbiguousOffset::Gap { .. } => {
            return Err((1, format!("There is no {shown}: the clocks go forward that night. Choose another time")));
        }
        AmbiguousOffset::Fold { .. } => {
            return Err((1, format!("{shown} comes twice: the clocks go back that night. Choose another time")));
        }
        AmbiguousOffset::Unambiguous { .. } => {}
    }
    let at = ambiguous.unambiguous().map_err(|_| (0, "Enter a day that can be reckoned with".to_owned()))?;
    if at <= now {
        return Err((0, format!("{shown} has passed. Choose a time to come")));
    }
    if date > calendar::date_of(now).saturating_add(1.year()) {
        return Err((0, "Choose a day within a year from now".to_owned()));
    }
    Ok(at)
}

/// What is read of a form: the times, how long, where, and the words.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Read {
    times: Vec<Timestamp>,
    minutes: u32,
    place: String,
    words: String,
}

/// Reads the form of an act. Every problem at once, in page order.
fn read(act: Act, typed: &Answers, now: Timestamp) -> Result<Read, Refusal> {
    let form = Form::of(other_fields(act));
    let (mut problems, mut times) = (Vec::new(), Vec::new());
    if matches!(act, Act::Proposed | Act::Others | Act::Moved) {
        for place in 1..=MOST_TIMES {
            let fields = time_fields(act, place);
            let [day, time] = [0, 1].map(|at| typed.one(fields[at].id.as_str()));
            if place > 1 && text::is_blank(day) && text::is_blank(time) {
                continue;
            }
            match instant(day, time, now) {
                Ok(at) if times.contains(&at) => {
                    problems.push(Problem::new(fields[1].id.as_str(), "You have offered this time already: choose another one"));
                }
                Ok(at) => times.push(at),
                Err((at, says)) => problems.push(Problem::new(fields[at].id.as_str(), says)),
            }
        }
    }
    let clean = match form.check(typed) {
        Ok(clean) => clean,
        Err(Problems(more)) => {
            problems.extend(more);
            Answers::default()
        }
    };
    if !problems.is_empty() {
        return Err(Refusal::Invalid(Problems(problems)));
    }
    times.sort();
    let minutes = clean.one(&field(act, "minutes")).parse().unwrap_or(60);
    let one = |name: &str| clean.one(&field(act, name)).to_owned();
    Ok(Read { times, minutes, place: one("place"), words: one("words") })
}

/// A meeting that a person proposes: with which side, what for, and its first step.
///
/// # Errors
/// [`Refusal::Unknown`] where they may not know of the place, [`Refusal::Closed`] where no meeting is proposed any more, and
/// [`Refusal::Invalid`] when the words need a change.
pub fn propose(
    journey: &Journey,
    actor: &Actor,
    task: Option<&TaskId>,
    typed: &Answers,
    now: Timestamp,
) -> Result<(Side, String, Step), Refusal> {
    let side = side_of(journey, actor, task).filter(|_| is_place(journey, task)).ok_or(Refusal::Unknown)?;
    let asked = may_ask(journey, actor, task);
    let first = *asked.first().ok_or(Refusal::Closed)?;
    let named = field(Act::Proposed, "with");
    let with = match typed.one(&named) {
        "" => first,
        name => {
            let known = Side::named(name).filter(|side| asked.contains(side));
            known.ok_or_else(|| Refusal::problem(&named, "Choose whom you want to meet"))?
        }
    };
    let Read { times, minutes, place, words: about } = read(Act::Proposed, typed, now)?;
    Ok((with, about, step(actor, side, Act::Proposed, now, Read { times, minutes, place, words: String::new() })))
}

/// The next step of a meeting, when this person may take it.
///
/// # Errors
/// [`Refusal::Unknown`] for whoever may not see the meeting, [`Refusal::NothingToDo`] when this cannot be done about it (any
/// more), and [`Refusal::Invalid`] when the words need a change.
pub fn answer(
    journey: &Journey,
    actor: &Actor,
    meeting: &Meeting,
    act: Act,
    typed: &Answers,
    now: Timestamp,
) -> Result<Step, Refusal> {
    let sides = [meeting.from, meeting.with];
    let side = side_of(journey, actor, meeting.task.as_ref()).filter(|side| sides.contains(side)).ok_or(Refusal::Unknown)?;
    if !offered(journey, actor, meeting, now).contains(&act) {
        return Err(Refusal::NothingToDo);
    }
    let Read { mut times, mut minutes, mut place, words } = read(act, typed, now)?;
    if act == Act::Agreed {
        let asked = meeting.steps.iter().rev().find(|step| step.offers()).ok_or(Refusal::NothingToDo)?;
        let named = field(act, "time");
        let chosen = typed.one(&named).parse::<Timestamp>().ok().filter(|at| asked.times.contains(at));
        let chosen = chosen.ok_or_else(|| Refusal::problem(&named, "Choose one of the times"))?;
        if chosen <= now {
            return Err(Refusal::problem(&named, "This time has passed. Choose another one, or offer other times"));
        }
        (times, minutes, place) = (vec![chosen], asked.minutes, asked.place.clone());
    }
    Ok(step(actor, side, act, now, Read { times, minutes, place, words }))
}

fn step(actor: &Actor, side: Side, act: Act, at: Timestamp, read: Read) -> Step {
    let by = By { person: actor.person.clone(), organisation: actor.organisation.clone() };
    let Read { times, minutes, place, words } = read;
    Step { act, side, by, at, times, minutes, place, words, told: 0, name: String::new(), organisation: String::new() }
}
