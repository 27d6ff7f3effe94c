//! Booking, amending and cancelling. Each version of an appointment has a number of its own, which the next change has to name
//! (`If-Match`), so that nobody changes what they have not seen.

use serde_json::{Value, json};

use crate::practice::{
    appointments::{shown, starts, to_come},
    ask::{Ask, Given},
    outcome::{Code, Refused},
    slots::{self, Slot, written},
    state::{Appointment, Change, Practice, actor, last},
};

const BOOKED_BY: &str = "https://fhir.nhs.uk/STU3/StructureDefinition/Extension-GPConnect-BookingOrganisation-1";
const CANCELLED_FOR: &str = "https://fhir.nhs.uk/STU3/StructureDefinition/Extension-GPConnect-AppointmentCancellationReason-1";

/// Characters of a description and of a comment.
const LONGEST: [(&str, usize); 2] = [("description", 100), ("comment", 500)];

fn invalid(words: impl Into<String>) -> Refused {
    Refused::by_practice(Code::INVALID_RESOURCE, words)
}

fn extension<'a>(appointment: &'a Value, url: &str) -> Option<&'a Value> {
    appointment["extension"].as_array()?.iter().find(|one| one["url"] == url)
}

/// What every appointment holds that is sent here.
fn is_whole(appointment: &Value) -> Result<(), Refused> {
    let mut missing: Vec<&str> = ["start", "end", "created", "description"]
        .into_iter()
        .filter(|name| appointment[*name].as_str().is_none_or(str::is_empty))
        .collect();
    if appointment["slot"].as_array().is_none_or(Vec::is_empty) {
        missing.push("slot");
    }
    let kinds = [("Patient", "a participant who is a Patient"), ("Location", "a participant which is a Location")];
    missing.extend(kinds.into_iter().filter(|(kind, _)| actor(appointment, kind).is_none()).map(|(_, words)| words));
    if !booked_by(appointment) {
        missing.push("the bookingOrganisation extension with a contained Organization that has ODS code, name and telecom");
    }
    if !missing.is_empty() {
        return Err(invalid(format!("The Appointment needs: {}.", missing.join(", "))));
    }
    let surplus: Vec<&str> = ["reason", "specialty"].into_iter().filter(|name| appointment.get(*name).is_some()).collect();
    if !surplus.is_empty() {
        return Err(invalid(format!("The Appointment must not have: {}.", surplus.join(", "))));
    }
    for (name, longest) in LONGEST {
        if appointment[name].as_str().is_some_and(|text| text.chars().count() > longest) {
            return Err(invalid(format!("The {name} has more than {longest} characters.")));
        }
    }
    Ok(())
}

fn booked_by(appointment: &Value) -> bool {
    let reference = extension(appointment, BOOKED_BY).and_then(|one| one["valueReference"]["reference"].as_str());
    let Some(id) = reference.and_then(|reference| reference.strip_prefix('#')) else { return false };
    let contained = appointment["contained"].as_array().map(Vec::as_slice).unwrap_or_default();
    contained.iter().filter(|one| one["resourceType"] == "Organization" && one["id"] == id).any(|one| {
        let identifiers = one["identifier"].as_array().map(Vec::as_slice).unwrap_or_default();
        let coded = identifiers
            .iter()
            .any(|id| id["system"] == "https://fhir.nhs.uk/Id/ods-organization-code" && id["value"].is_string());
        coded && one["name"].is_string() && one["telecom"].as_array().is_some_and(|all| !all.is_empty())
    })
}

fn resource(ask: &Ask<'_>) -> Result<Value, Refused> {
    let body = ask.body()?;
    if body["resourceType"] != "Appointment" {
        return Err(invalid("The body must be an Appointment."));
    }
    Ok(body)
}

/// The slots that an appointment names, which must follow on one another.
fn slots_of(appointment: &Value) -> Result<Vec<Slot>, Refused> {
    let none = |name: &str| {
        Refused::by_practice(Code::REFERENCE_NOT_FOUND, format!("There is no Slot {name}. Look for free slots first."))
    };
    let mut slots: Vec<Slot> = Vec::new();
    for one in appointment["slot"].as_array().into_iter().flatten() {
        let id = last(one["reference"].as_str().unwrap_or_default());
        slots.push(slots::with_id(id).ok_or_else(|| none(&crate::practice::refuse::short(id)))?);
    }
    slots.sort_by(|one, other| one.start.cmp(&other.start));
    let follows = |pair: &[Slot]| pair[0].end == pair[1].start && pair[0].by_telephone == pair[1].by_telephone;
    if !slots.windows(2).all(follows) {
        return Err(invalid("Slots that are booked together follow on one another and have one delivery channel."));
    }
    Ok(slots)
}

/// Books what is free.
pub(crate) fn book(state: &Practice, ask: &Ask<'_>) -> Result<Given, Refused> {
    let mut body = resource(ask)?;
    is_whole(&body)?;
    if body["status"] != "booked" {
        return Err(invalid("The status must be booked."));
    }
    let patient = actor(&body, "Patient").unwrap_or_default();
    if state.patient_with_id(ask.ods, patient).is_none() {
        return Err(Refused::by_practice(
            Code::REFERENCE_NOT_FOUND,
            "The practice has no active patient with this id. Find or register the patient first.",
        ));
    }
    if actor(&body, "Location") != Some("1") {
        return Err(Refused::by_practice(Code::REFERENCE_NOT_FOUND, "The practice has one Location, with the id 1."));
    }
    let slots = slots_of(&body)?;
    let (Some(first), Some(end)) = (slots.first(), slots.last()) else { return Err(invalid("Name a slot.")) };
    let ends: Option<jiff::Timestamp> = body["end"].as_str().and_then(|text| text.parse().ok());
    if starts(&body) != Some(first.start.timestamp()) || ends != Some(end.end.timestamp()) {
        let words = format!("start and end must be those of the slot: {} and {}.", written(&first.start), written(&end.end));
        return Err(invalid(words));
    }
    if first.start.timestamp() <= ask.now {
        return Err(invalid("The appointment would start in the past."));
    }
    if let Some(taken) = slots.iter().find(|slot| !state.is_free(ask.ods, &slot.id)) {
        return Err(Refused::by_practice(Code::DUPLICATE_REJECTED, format!("Slot {} is no longer free.", taken.id)));
    }
    let id = state.next();
    body["id"] = json!(id.to_string());
    let channel = if first.by_telephone { "Telephone" } else { "In-person" };
    let told = json!({ "url": "https://fhir.nhs.uk/STU3/StructureDefinition/Extension-GPConnect-DeliveryChannel-2", "valueCode": channel });
    if let Some(extensions) = body["extension"].as_array_mut() {
        extensions.retain(|one| one["url"] != told["url"]);
        extensions.push(told);
    }
    let given = kept(ask, id, 1, body);
    Ok(Given { status: 201, location: Some(format!("{}/Appointment/{id}", ask.root)), ..given })
}

fn kept(ask: &Ask<'_>, id: u32, version: u32, body: Value) -> Given {
    let shown = shown(id, version, &body);
    let change = Change::Appointment { id, ods: ask.ods.to_owned(), version, body };
    Given { change: Some(change), ..Given::ok(shown) }
}

/// The appointment that is to be changed, when whoever changes it has seen it as it stands.
fn seen<'a>(state: &'a Practice, ask: &Ask<'_>) -> Result<(u32, &'a Appointment, Value), Refused> {
    let body = resource(ask)?;
    let (id, kept) = to_come(state, ask)?;
    if body["id"].as_str().is_some_and(|named| named != id.to_string()) {
        return Err(Refused::by_practice(Code::BAD_REQUEST, "The id in the body is not the one in the address."));
    }
    let Some(tag) = ask.request.header("If-Match").next().map(str::trim) else {
        return Err(Refused::by_practice(Code::BAD_REQUEST, "If-Match is missing. Send the ETag of the version that was read."));
    };
    if tag != format!("W/\"{}\"", kept.version) {
        let words = format!(
            "If-Match is {} and the appointment is at W/\"{}\". Read it again.",
            crate::practice::refuse::short(tag),
            kept.version
        );
        return Err(Refused::by_practice(Code::FHIR_CONSTRAINT_VIOLATION, words));
    }
    if kept.is_cancelled() {
        return Err(invalid("The appointment was cancelled and stays so."));
    }
    is_whole(&body)?;
    Ok((id, kept, body))
}

/// What may not be changed and was.
fn changed(kept: &Value, sent: &Value, also: &[&'static str]) -> Vec<&'static str> {
    let instant = |of: &Value, name: &str| of[name].as_str().and_then(|text| text.parse::<jiff::Timestamp>().ok());
    let slots = |of: &Value| -> Vec<String> {
        let all = of["slot"].as_array().map(Vec::as_slice).unwrap_or_default();
        all.iter().map(|one| last(one["reference"].as_str().unwrap_or_default()).to_owned()).collect()
    };
    let mut found: Vec<&'static str> =
        ["start", "end", "created"].into_iter().filter(|name| instant(kept, name) != instant(sent, name)).collect();
    if slots(kept) != slots(sent) {
        found.push("slot");
    }
    if ["Patient", "Location", "Practitioner"].into_iter().any(|kind| actor(kept, kind) != actor(sent, kind)) {
        found.push("participant");
    }
    found.extend(also.iter().filter(|name| kept[**name] != sent[**name]));
    found
}

/// Changes description and comment, and nothing else.
pub(crate) fn amend(state: &Practice, ask: &Ask<'_>) -> Result<Given, Refused> {
    let (id, appointment, sent) = seen(state, ask)?;
    let changed = changed(&appointment.body, &sent, &["status"]);
    if !changed.is_empty() {
        let words = format!("Only description and comment can be amended; these differ: {}.", changed.join(", "));
        return Err(invalid(words));
    }
    let mut body = appointment.body.clone();
    for (name, _) in LONGEST {
        match sent.get(name) {
            Some(value) => body[name] = value.clone(),
            None => drop(body.as_object_mut().and_then(|all| all.remove(name))),
        }
    }
    Ok(kept(ask, id, appointment.version + 1, body))
}

/// Cancels, with a reason.
pub(crate) fn cancel(state: &Practice, ask: &Ask<'_>) -> Result<Given, Refused> {
    let (id, appointment, sent) = seen(state, ask)?;
    if sent["status"] != "cancelled" {
        return Err(invalid("The status must be cancelled."));
    }
    let reason =
        extension(&sent, CANCELLED_FOR).filter(|one| one["valueString"].as_str().is_some_and(|text| !text.trim().is_empty()));
    let Some(reason) = reason else {
        return Err(invalid("A cancellation needs its reason: the extension AppointmentCancellationReason with a valueString."));
    };
    let changed = changed(&appointment.body, &sent, &["description", "comment"]);
    if !changed.is_empty() {
        let words = format!("Only status and the reason can change with a cancellation; these differ: {}.", changed.join(", "));
        return Err(invalid(words));
    }
    let mut body = appointment.body.clone();
    body["status"] = json!("cancelled");
    if let Some(extensions) = body["extension"].as_array_mut() {
        extensions.push(reason.clone());
    }
    Ok(kept(ask, id, appointment.version + 1, body))
}
