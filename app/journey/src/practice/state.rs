//! What has been changed at the practice since the run began: who was registered, and what was booked, amended and cancelled.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::practice::people::{PATIENTS, Patient};

/// What one request changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Change {
    /// A patient was registered.
    Registered {
        /// The practice.
        ods: String,
        /// The NHS number.
        number: String,
    },
    /// An appointment was booked, or is other than it was.
    Appointment {
        /// Its id.
        id: u32,
        /// The practice.
        ods: String,
        /// How often it was written, from 1.
        version: u32,
        /// The resource, as the practice keeps it.
        body: Value,
    },
}

/// An appointment as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Appointment {
    pub(crate) ods: String,
    pub(crate) version: u32,
    pub(crate) body: Value,
}

impl Appointment {
    pub(crate) fn is_cancelled(&self) -> bool {
        self.body["status"] == "cancelled"
    }

    /// Whether this slot is its own while it stands.
    pub(crate) fn holds(&self, slot: &str) -> bool {
        let slots = self.body["slot"].as_array().map(Vec::as_slice).unwrap_or_default();
        !self.is_cancelled() && slots.iter().any(|one| one["reference"].as_str().is_some_and(|name| last(name) == slot))
    }

    /// The id of its patient.
    pub(crate) fn patient(&self) -> Option<&str> {
        actor(&self.body, "Patient")
    }
}

/// The id at the end of a reference, relative or whole.
pub(crate) fn last(reference: &str) -> &str {
    reference.rsplit('/').next().unwrap_or_default()
}

/// The id of the participant of this kind.
pub(crate) fn actor<'a>(appointment: &'a Value, kind: &str) -> Option<&'a str> {
    let participants = appointment["participant"].as_array()?;
    participants.iter().find_map(|one| {
        let reference = one["actor"]["reference"].as_str()?;
        let (before, id) = reference.rsplit_once('/')?;
        (last(before) == kind).then_some(id)
    })
}

/// The practice as its run left it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Practice {
    registered: Vec<(String, String)>,
    appointments: BTreeMap<u32, Appointment>,
}

/// The first appointment has this number.
const FIRST: u32 = 9;

impl Practice {
    /// The practice after these changes, in their order.
    pub fn after<'a>(changes: impl IntoIterator<Item = &'a Change>) -> Self {
        let mut practice = Self::default();
        changes.into_iter().for_each(|change| practice.take(change));
        practice
    }

    /// Takes a change in.
    pub fn take(&mut self, change: &Change) {
        match change {
            Change::Registered { ods, number } => self.registered.push((ods.clone(), number.clone())),
            Change::Appointment { id, ods, version, body } => {
                let kept = Appointment { ods: ods.clone(), version: *version, body: body.clone() };
                self.appointments.insert(*id, kept);
            }
        }
    }

    /// The patient with this NHS number, when a practice answers about them: its own, and whoever was registered there.
    pub(crate) fn patient(&self, ods: &str, number: &str) -> Option<&'static Patient> {
        Patient::with_number(number).filter(|patient| self.is_at(ods, patient))
    }

    /// The same by the id that the practice gave.
    pub(crate) fn patient_with_id(&self, ods: &str, id: &str) -> Option<&'static Patient> {
        PATIENTS.iter().find(|patient| patient.id == id && self.is_at(ods, patient))
    }

    fn is_at(&self, ods: &str, patient: &Patient) -> bool {
        let registered = self.registered.iter().any(|(at, number)| at == ods && number == patient.number);
        registered || (patient.practice == ods && patient.is_answered_for())
    }

    /// The number of the next appointment.
    pub(crate) fn next(&self) -> u32 {
        self.appointments.keys().next_back().map_or(FIRST, |last| last + 1)
    }

    /// An appointment by its number.
    pub(crate) fn appointment(&self, ods: &str, id: &str) -> Option<(u32, &Appointment)> {
        let id: u32 = id.parse().ok()?;
        self.appointments.get(&id).filter(|appointment| appointment.ods == ods).map(|appointment| (id, appointment))
    }

    /// Every appointment there.
    pub(crate) fn appointments<'a>(&'a self, ods: &'a str) -> impl Iterator<Item = &'a Appointment> {
        self.appointments.values().filter(move |appointment| appointment.ods == ods)
    }

    /// Whether nobody has this slot.
    pub(crate) fn is_free(&self, ods: &str, slot: &str) -> bool {
        !self.appointments(ods).any(|appointment| appointment.holds(slot))
    }
}
