//! Looking for slots and appointments.

use jiff::{Timestamp, Zoned, civil::Date};
use serde_json::{Value, json};

use crate::{
    base::calendar,
    practice::{
        ask::{Ask, Given, found},
        outcome::{Code, Refused},
        people,
        refuse::short,
        slots,
        state::{Appointment, Practice},
    },
};

fn wrong(words: impl Into<String>) -> Refused {
    Refused::by_practice(Code::INVALID_PARAMETER, words)
}

/// The one value of a search parameter with this prefix.
fn one<'a>(ask: &'a Ask<'_>, name: &'a str, prefix: &str) -> Result<&'a str, Refused> {
    let mut given = ask.all(name).filter_map(|value| value.strip_prefix(prefix));
    match (given.next(), given.next()) {
        (Some(value), None) => Ok(value),
        _ => Err(wrong(format!("Give {name}={prefix} once."))),
    }
}

/// A whole date; `None` for anything else.
fn day(text: &str) -> Option<Date> {
    if text.len() == 10 { text.parse().ok() } else { None }
}

/// One end of a search: a whole date, or an instant with its offset.
fn end(text: &str, name: &str, last: bool) -> Result<Zoned, Refused> {
    let refuse = || wrong(format!("{name} is “{}” and must be a whole date, or date and time with an offset.", short(text)));
    if let Some(day) = day(text) {
        let day = if last { day.tomorrow().map_err(|_| refuse())? } else { day };
        return day.to_zoned(calendar::uk()).map_err(|_| refuse());
    }
    // A + that was not written %2B arrives as a space.
    let at: Timestamp = text.replace(' ', "+").parse().map_err(|_| refuse())?;
    Ok(slots::local(at))
}

/// What is free between two instants.
pub(crate) fn free_slots(state: &Practice, ask: &Ask<'_>) -> Result<Given, Refused> {
    let from = end(one(ask, "start", "ge")?, "start", false)?;
    let until = end(one(ask, "end", "le")?, "end", true)?;
    if ask.all("status").collect::<Vec<_>>() != ["free"] {
        return Err(wrong("Give status=free once."));
    }
    if until < from {
        return Err(wrong("The search ends before it starts."));
    }
    // Both days count, and so do instants of the last day.
    if from.date().until(until.date()).map_or(i32::MAX, |span| span.get_days()) > slots::MOST_DAYS + 1 {
        return Err(wrong(format!("One search covers at most {} days.", slots::MOST_DAYS)));
    }
    let free: Vec<Value> = slots::between(&from, &until)
        .into_iter()
        .filter(|slot| state.is_free(ask.ods, &slot.id))
        .map(|slot| slot.resource())
        .collect();
    if free.is_empty() {
        return Ok(Given::ok(found(ask, free)));
    }
    let asked = |what: &str| ask.query.iter().any(|(name, value)| name.starts_with("_include") && value == what);
    let mut resources = free;
    if asked("Slot:schedule") {
        resources.push(slots::schedule(ask.now));
    }
    if asked("Schedule:actor:Practitioner") {
        resources.push(people::practitioner(false));
    }
    if asked("Schedule:actor:Location") {
        resources.push(people::location(ask.ods));
    }
    if asked("Schedule:actor:HealthcareService") {
        resources.push(people::healthcare_service());
    }
    resources.push(people::organisation(ask.ods, false));
    Ok(Given::ok(found(ask, resources)))
}

/// When an appointment starts.
pub(crate) fn starts(appointment: &Value) -> Option<Timestamp> {
    appointment["start"].as_str()?.parse().ok()
}

/// An appointment as it goes back.
pub(crate) fn shown(id: u32, version: u32, body: &Value) -> Value {
    let mut shown = body.clone();
    shown["id"] = json!(id.to_string());
    shown["meta"] = json!({
        "versionId": version.to_string(), "profile": ["https://fhir.nhs.uk/STU3/StructureDefinition/GPConnect-Appointment-1"],
    });
    shown["serviceCategory"] = json!({ "text": "General GP Appointments" });
    shown["serviceType"] = json!([{ "text": "General GP Appointment" }]);
    shown
}

/// An appointment that is still to come; others are not shown to anybody.
pub(crate) fn to_come<'a>(state: &'a Practice, ask: &Ask<'_>) -> Result<(u32, &'a Appointment), Refused> {
    let id = ask.path.last().copied().unwrap_or_default();
    let none =
        || Refused::by_practice(Code::NO_RECORD_FOUND, "The practice has no appointment with this id that is still to come.");
    let (id, appointment) = state.appointment(ask.ods, id).ok_or_else(none)?;
    if starts(&appointment.body).is_none_or(|start| start < ask.now) {
        return Err(none());
    }
    Ok((id, appointment))
}

/// One appointment.
pub(crate) fn read(state: &Practice, ask: &Ask<'_>) -> Result<Given, Refused> {
    let (id, appointment) = to_come(state, ask)?;
    Ok(Given::ok(shown(id, appointment.version, &appointment.body)))
}

/// The appointments of a patient, cancelled ones too, between two days of which none is over.
pub(crate) fn of_patient(state: &Practice, ask: &Ask<'_>) -> Result<Given, Refused> {
    let [_, patient, _] = ask.path[..] else { return Err(Refused::by_practice(Code::BAD_REQUEST, "Name the patient.")) };
    if state.patient_with_id(ask.ods, patient).is_none() {
        return Err(Refused::by_practice(Code::PATIENT_NOT_FOUND, "The practice has no active patient with this id."));
    }
    let whole = |text: &str| {
        day(text).ok_or_else(|| wrong(format!("“{}” is no whole date: give day, month and year, and no time.", short(text))))
    };
    let (from, until) = (whole(one(ask, "start", "ge")?)?, whole(one(ask, "start", "le")?)?);
    if ask.all("start").count() > 2 || until < from {
        return Err(wrong("Give two days of start: from ge, until le."));
    }
    if from < slots::local(ask.now).date() {
        return Err(wrong("Appointments of the past cannot be asked for: start today or later."));
    }
    let within = |appointment: &&Appointment| {
        let start = starts(&appointment.body).map(|at| slots::local(at).date());
        appointment.patient() == Some(patient) && start.is_some_and(|day| (from..=until).contains(&day))
    };
    let mine = state.appointments(ask.ods).filter(within);
    let resources =
        mine.map(|one| shown(one.body["id"].as_str().and_then(|id| id.parse().ok()).unwrap_or_default(), one.version, &one.body));
    Ok(Given::ok(found(ask, resources.collect())))
}
