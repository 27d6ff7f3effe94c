//! Rules about what is asked: BODY-01 to BODY-05.

use jiff::{Timestamp, civil::Date};
use serde_json::Value;

use crate::{
    conformance::{
        exchange::cut,
        look::token::said,
        reading::{Body, Found, Reading, must, text},
    },
    guidance::spine::interactions::{Area, Interaction},
};

/// BODY-01
pub fn resource(seen: &Reading<'_>) -> Found {
    let known = match seen.interaction() {
        Ok(known) if known.has_body() => known,
        Ok(_) => return Found::Skip("This interaction has no body."),
        Err(why) => return why,
    };
    let body = match &seen.body {
        Body::Json(body) => body,
        Body::Empty => return Found::Wrong("There is no body.".to_owned()),
        Body::Other => return Found::Wrong("The body is neither JSON nor XML.".to_owned()),
        Body::Xml | Body::Long => return seen.json().err().unwrap_or(Found::Held),
    };
    let kind = &body["resourceType"];
    if !known.path.contains('$') {
        return must(kind == "Appointment", || format!("resourceType is {}, not Appointment.", said(kind)));
    }
    if kind != "Parameters" {
        return Found::Wrong(format!("resourceType is {}, not Parameters.", said(kind)));
    }
    let parameters = body["parameter"].as_array().map(Vec::as_slice).unwrap_or_default();
    let one = |name: &str| parameters.iter().find(|parameter| parameter["name"] == name);
    if known.registers() {
        return match one("registerPatient") {
            None => Found::Wrong("There is no parameter registerPatient.".to_owned()),
            Some(one) => must(one["resource"]["resourceType"] == "Patient", || {
                format!("registerPatient holds {}, not a Patient.", said(&one["resource"]["resourceType"]))
            }),
        };
    }
    match one("patientNHSNumber") {
        None => Found::Wrong("There is no parameter patientNHSNumber.".to_owned()),
        Some(one) => {
            must(text(&one["valueIdentifier"]["value"]), || "patientNHSNumber has no valueIdentifier with a value.".to_owned())
        }
    }
}

/// A whole date, or a time on one; `None` for a part of a date, and for what is none.
fn day(text: &str) -> Option<Date> {
    let date = text.get(..10)?;
    let rest = &text[10..];
    let whole = date.bytes().enumerate().all(|(at, b)| if matches!(at, 4 | 7) { b == b'-' } else { b.is_ascii_digit() });
    (whole && (rest.is_empty() || rest.starts_with('T'))).then(|| date.parse().ok()).flatten()
}

/// Days that a search for free slots may span.
const SPAN: i32 = 14;

/// BODY-02
pub fn slots(seen: &Reading<'_>) -> Found {
    match seen.interaction() {
        Ok(known) if known.id.contains("search:slot") => {}
        Ok(_) => return Found::Skip("No slots are searched for."),
        Err(why) => return why,
    }
    let query = seen.query();
    let of = |name: &str| query.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str()).collect::<Vec<_>>();
    let mut wrong = Vec::new();
    let mut bound = |name: &str, prefix: &str| -> Option<Date> {
        let values = of(name);
        let Some(value) = values.iter().find_map(|value| value.strip_prefix(prefix)) else {
            wrong.push(match values.first() {
                Some(other) => format!("{name} is “{}” and begins with {prefix}.", cut(other)),
                None => format!("{name}={prefix}… is missing."),
            });
            return None;
        };
        let read = day(value);
        if read.is_none() {
            wrong.push(format!("{name} is “{}”, which is no whole date.", cut(value)));
        }
        read
    };
    let (start, end) = (bound("start", "ge"), bound("end", "le"));
    let status = of("status");
    if status != ["free"] {
        wrong.push(match status[..] {
            [] => "status=free is missing.".to_owned(),
            _ => format!("status is “{}”.", cut(&status.join(", "))),
        });
    }
    if let (Some(start), Some(end)) = (start, end) {
        let days = (end - start).get_days();
        if days < 0 {
            wrong.push("It ends before it starts.".to_owned());
        } else if days > SPAN {
            wrong.push(format!("It spans {days} days."));
        }
    }
    must(wrong.is_empty(), || wrong.join(" "))
}

/// Dates of a search within the structured record: where each stands.
fn dates(body: &Value) -> Vec<(&str, &Value)> {
    let parts = body["parameter"].as_array().into_iter().flatten().flat_map(|one| one["part"].as_array().into_iter().flatten());
    parts
        .filter_map(|part| Some((part["name"].as_str()?, part)))
        .filter(|(name, _)| name.contains("Search"))
        .flat_map(|(name, part)| {
            let period = &part["valuePeriod"];
            [&part["valueDate"], &part["valueDateTime"], &period["start"], &period["end"]].map(|value| (name, value))
        })
        .filter(|(_, value)| !value.is_null())
        .collect()
}

/// BODY-03
pub fn structured(seen: &Reading<'_>) -> Found {
    match seen.interaction() {
        Ok(known) if known.area == Area::Structured && known.has_body() => {}
        Ok(_) => return Found::Skip("No structured record is asked for."),
        Err(why) => return why,
    }
    let body = match seen.json() {
        Ok(body) => body,
        Err(why) => return why,
    };
    let found = dates(body);
    if found.is_empty() {
        return Found::Skip("No date is asked for.");
    }
    let days = seen.days();
    let mut wrong = Vec::new();
    for (name, value) in found {
        let text = value.as_str().unwrap_or_default();
        let Some(date) = day(text).filter(|_| text.len() == 10) else {
            wrong.push(format!("{name} is {}, which is no whole date.", said(value)));
            continue;
        };
        let Some((first, last)) = days else { continue };
        if name.starts_with("diary") {
            if date < first {
                wrong.push(format!("{name} is {date}, which was past on {first}."));
            }
        } else if date > last {
            wrong.push(format!("{name} is {date}, which was in the future on {last}."));
        }
    }
    must(wrong.is_empty(), || wrong.join(" "))
}

/// BODY-04
pub fn appointments(seen: &Reading<'_>) -> Found {
    match seen.interaction() {
        Ok(known) if known.id.contains("patient_appointments") => {}
        Ok(_) => return Found::Skip("No list of a patient’s appointments is asked for."),
        Err(why) => return why,
    }
    let query = seen.query();
    let starts: Vec<&str> = query.iter().filter(|(name, _)| name == "start").map(|(_, value)| value.as_str()).collect();
    let mut wrong = Vec::new();
    for wanted in ["ge", "le"] {
        let Some(value) = starts.iter().find_map(|value| value.strip_prefix(wanted)) else {
            wrong.push(format!("start={wanted}… is missing."));
            continue;
        };
        let Some(date) = day(value).filter(|_| value.len() == 10) else {
            wrong.push(format!("start is “{}”, which is no date without a time.", cut(value)));
            continue;
        };
        if let Some((today, _)) = seen.days()
            && date < today
        {
            wrong.push(format!("start is {date}, which was past on {today}."));
        }
    }
    must(wrong.is_empty(), || wrong.join(" "))
}

fn books(known: &Interaction) -> bool {
    known.has_body() && known.path.starts_with("/Appointment")
}

/// BODY-05
pub fn booking(seen: &Reading<'_>) -> Found {
    let known = match seen.interaction() {
        Ok(known) if books(known) => known,
        Ok(_) => return Found::Skip("No appointment is booked or changed."),
        Err(why) => return why,
    };
    let body = match seen.json() {
        Ok(body) if body["resourceType"] == "Appointment" => body,
        Ok(_) => return Found::Skip("The body is no Appointment, which BODY-01 says."),
        Err(why) => return why,
    };
    let mut wrong = Vec::new();
    for (field, most) in [("description", 100), ("comment", 500)] {
        let length = body[field].as_str().map_or(0, |text| text.chars().count());
        if length > most {
            wrong.push(format!("{field} has {length} characters."));
        }
    }
    if !known.id.contains("cancel") && !body["reason"].is_null() {
        wrong.push("There is a reason.".to_owned());
    }
    let start = &body["start"];
    let begins = start.as_str().and_then(|text| text.parse::<Timestamp>().ok()).map(|at| at.as_second());
    match begins {
        None => wrong.push(format!("start is {}, which is no time with an offset.", said(start))),
        Some(begins) => {
            if let Some(now) = seen.moment
                && begins <= now
            {
                let found = format!("start is {}, which was past.", said(start));
                if !known.books() && wrong.is_empty() {
                    return Found::Doubt(found);
                }
                wrong.push(found);
            }
        }
    }
    must(wrong.is_empty(), || wrong.join(" "))
}
