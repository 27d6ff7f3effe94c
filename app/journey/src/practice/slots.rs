//! When the practice can be booked: on each day from Monday to Friday six slots of ten minutes from nine, the last two of them by
//! telephone. The number of a slot says when it is, so that none has to be kept.

use jiff::{
    Timestamp, Zoned,
    civil::{Date, Weekday, date},
};
use serde_json::{Value, json};

use crate::base::calendar;

const EPOCH: Date = date(2020, 1, 1);
/// Slots of a day.
const OF_A_DAY: i64 = 6;
/// The first one by telephone.
const BY_TELEPHONE: i64 = 4;
/// Minutes of a slot.
const MINUTES: i64 = 10;

/// Days that one search may cover (domain/testing.md §6).
pub(crate) const MOST_DAYS: i32 = 14;

/// A time at which somebody could be seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Slot {
    pub(crate) id: String,
    pub(crate) start: Zoned,
    pub(crate) end: Zoned,
    pub(crate) by_telephone: bool,
}

/// An instant as the specification writes it: UK local time with its offset.
pub(crate) fn written(at: &Zoned) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// The same for now.
pub(crate) fn local(at: Timestamp) -> Zoned {
    at.to_zoned(calendar::uk())
}

fn slot(day: Date, index: i64) -> Option<Slot> {
    if matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) {
        return None;
    }
    let at = |minutes: i64| {
        let time = day.at(9, 0, 0, 0).checked_add(jiff::Span::new().minutes(minutes)).ok()?;
        time.to_zoned(calendar::uk()).ok()
    };
    let days = EPOCH.until(day).ok()?.get_days();
    Some(Slot {
        id: (i64::from(days) * 10 + index).to_string(),
        start: at(index * MINUTES)?,
        end: at((index + 1) * MINUTES)?,
        by_telephone: index >= BY_TELEPHONE,
    })
}

/// The slot with this number.
pub(crate) fn with_id(id: &str) -> Option<Slot> {
    let number: i64 = id.parse().ok()?;
    let (days, index) = (number / 10, number % 10);
    if !(0..OF_A_DAY).contains(&index) || !(0..36_500).contains(&days) {
        return None;
    }
    slot(EPOCH.checked_add(jiff::Span::new().days(days)).ok()?, index)
}

/// Every slot between two instants, both of them included.
pub(crate) fn between(from: &Zoned, until: &Zoned) -> Vec<Slot> {
    let mut slots = Vec::new();
    let mut day = from.date();
    while day <= until.date() && slots.len() < 500 {
        slots.extend((0..OF_A_DAY).filter_map(|index| slot(day, index)).filter(|one| one.start >= *from && one.end <= *until));
        let Ok(next) = day.tomorrow() else { break };
        day = next;
    }
    slots
}

impl Slot {
    pub(crate) fn resource(&self) -> Value {
        let channel = if self.by_telephone { "Telephone" } else { "In-person" };
        json!({
            "resourceType": "Slot", "id": self.id,
            "meta": { "versionId": "1", "profile": ["https://fhir.nhs.uk/STU3/StructureDefinition/GPConnect-Slot-1"] },
            "extension": [{
                "url": "https://fhir.nhs.uk/STU3/StructureDefinition/Extension-GPConnect-DeliveryChannel-2", "valueCode": channel,
            }],
            "serviceType": [{ "text": "General GP Appointment" }],
            "schedule": { "reference": "Schedule/1" }, "status": "free",
            "start": written(&self.start), "end": written(&self.end),
        })
    }
}

/// The schedule that every slot is of.
pub(crate) fn schedule(now: Timestamp) -> Value {
    let today = local(now).date();
    json!({
        "resourceType": "Schedule", "id": "1",
        "meta": { "versionId": "1", "profile": ["https://fhir.nhs.uk/STU3/StructureDefinition/GPConnect-Schedule-1"] },
        "extension": [{
            "url": "https://fhir.nhs.uk/STU3/StructureDefinition/Extension-GPConnect-PractitionerRole-1",
            "valueCodeableConcept": { "coding": [{
                "system": "https://fhir.nhs.uk/STU3/CodeSystem/CareConnect-SDSJobRoleName-1",
                "code": "R0260", "display": "General Medical Practitioner",
            }] },
        }],
        "serviceCategory": { "text": "General GP Appointments" },
        "actor": [{ "reference": "Location/1" }, { "reference": "Practitioner/1" }, { "reference": "HealthcareService/1" }],
        "planningHorizon": { "start": format!("{today}T09:00:00+00:00"), "end": format!("{today}T10:00:00+00:00") },
    })
}
