//! Free slots and appointments, with their states.

use super::*;

fn slots(query: &str) -> Captured {
    ask("fhir:rest:search:slot-1", DEMONSTRATOR, &format!("/Slot?{query}"), None)
}

const WEEK: &str = "start=ge2026-03-09&end=le2026-03-13&status=free&_include=Slot:schedule";

/// The free slots of a week.
fn free(state: &mut Practice) -> Vec<Value> {
    let bundle = body(&send(state, &slots(WEEK)));
    let entries = bundle["entry"].as_array().expect("entries").clone();
    entries.into_iter().map(|entry| entry["resource"].clone()).filter(|one| one["resourceType"] == "Slot").collect()
}

/// An appointment as a consumer sends it.
fn appointment(slots: &[Value]) -> Value {
    let (first, last) = (&slots[0], &slots[slots.len() - 1]);
    json!({
        "resourceType": "Appointment",
        "contained": [{
            "resourceType": "Organization", "id": "1", "name": "Example Hospital",
            "identifier": [{ "system": "https://fhir.nhs.uk/Id/ods-organization-code", "value": "A99999" }],
            "telecom": [{ "system": "phone", "value": "0300 111 1111" }],
        }],
        "extension": [{
            "url": "https://fhir.nhs.uk/STU3/StructureDefinition/Extension-GPConnect-BookingOrganisation-1",
            "valueReference": { "reference": "#1" },
        }],
        "status": "booked", "description": "Review of medicines", "comment": "Prefers the morning",
        "start": first["start"], "end": last["end"], "created": "2026-03-02T10:00:00+00:00",
        "slot": slots.iter().map(|slot| json!({ "reference": format!("Slot/{}", slot["id"].as_str().unwrap()) })).collect::<Vec<_>>(),
        "participant": [
            { "actor": { "reference": "Patient/3" }, "status": "accepted" },
            { "actor": { "reference": "Location/1" }, "status": "accepted" },
        ],
    })
}

fn book(state: &mut Practice, body: &Value) -> Answer {
    send(state, &ask("fhir:rest:create:appointment-1", DEMONSTRATOR, "/Appointment", Some(body)))
}

fn put(state: &mut Practice, id: &str, what: &str, body: &Value, tag: Option<&str>) -> Answer {
    let mut request = ask(&format!("fhir:rest:{what}:appointment-1"), DEMONSTRATOR, &format!("/Appointment/{id}"), Some(body));
    if let Some(tag) = tag {
        set(&mut request, "If-Match", tag);
    }
    send(state, &request)
}

fn cancelled(booked: &Value) -> Value {
    let mut sent = booked.clone();
    sent["status"] = json!("cancelled");
    sent["extension"].as_array_mut().expect("extensions").push(json!({
        "url": "https://fhir.nhs.uk/STU3/StructureDefinition/Extension-GPConnect-AppointmentCancellationReason-1",
        "valueString": "The patient is away",
    }));
    sent
}

#[test]
fn free_slots_lie_within_the_search_and_bring_what_was_asked_for() {
    let mut state = Practice::default();
    let found = send(&mut state, &slots(WEEK));
    let kinds: Vec<String> =
        body(&found)["entry"].as_array().expect("entries").iter().map(|e| e["resource"]["resourceType"].to_string()).collect();
    assert_eq!(kinds.iter().filter(|kind| kind.contains("Slot")).count(), 30, "five days of six");
    assert!(kinds.iter().any(|kind| kind.contains("Organization")) && !kinds.iter().any(|kind| kind.contains("Location")));
    let more = send(&mut state, &slots(&format!("{WEEK}&_include:recurse=Schedule:actor:Location&searchFilter=x%7Cy")));
    assert!(more.body.contains("\"Location\""));
    let hour = "start=ge2026-03-09T09:00:00%2B00:00&end=le2026-03-09T09:20:00%2B00:00&status=free";
    assert_eq!(
        body(&send(&mut state, &slots(hour)))["entry"].as_array().map(Vec::len),
        Some(3),
        "two slots and the organisation"
    );
    let weekend = send(&mut state, &slots("start=ge2026-03-14&end=le2026-03-15&status=free"));
    assert_eq!((weekend.status, body(&weekend)["entry"].as_array().map(Vec::len)), (200, Some(0)));
    // In summer the offset is another one, and nine o'clock is nine o'clock.
    let summer = send(&mut state, &slots("start=ge2026-06-01&end=le2026-06-01&status=free"));
    assert_eq!(body(&summer)["entry"][0]["resource"]["start"], "2026-06-01T09:00:00+01:00");
    for wrong in [
        "start=ge2026-03-09&end=le2026-03-13",
        "start=ge2026-03-09&end=le2026-03-13&status=busy",
        "start=2026-03-09&end=le2026-03-13&status=free",
        "start=ge2026-03&end=le2026-03-13&status=free",
        "start=ge2026-03-09&end=le2026-03-30&status=free",
        "start=ge2026-03-09&start=ge2026-03-10&end=le2026-03-13&status=free",
        "start=ge2026-03-13&end=le2026-03-09&status=free",
    ] {
        assert_eq!(refused(&send(&mut state, &slots(wrong))), with("INVALID_PARAMETER", 422), "{wrong}");
    }
    assert_eq!(send(&mut state, &slots("start=ge2026-03-09&end=le2026-03-23&status=free")).status, 200, "two weeks are allowed");
}

#[test]
fn what_is_booked_is_no_longer_free_can_be_read_and_stands_in_the_list() {
    let mut state = Practice::default();
    let slot = free(&mut state)[0].clone();
    let booked = book(&mut state, &appointment(std::slice::from_ref(&slot)));
    assert_eq!(booked.status, 201, "{}", booked.body);
    assert_eq!(header(&booked, "Location"), Some("https://provider.example.nhs.uk/A20047/STU3/1/gpconnect/Appointment/9"));
    assert_eq!(header(&booked, "ETag"), Some("W/\"1\""));
    assert_eq!(free(&mut state).len(), 29);
    let read = send(&mut state, &ask("fhir:rest:read:appointment-1", DEMONSTRATOR, "/Appointment/9", None));
    assert_eq!((body(&read), header(&read, "ETag")), (body(&booked), Some("W/\"1\"")));
    assert_eq!(body(&read)["comment"], "Prefers the morning");
    let list = |query: &str, state: &mut Practice| {
        send(
            state,
            &ask("fhir:rest:search:patient_appointments-1", DEMONSTRATOR, &format!("/Patient/3/Appointment?{query}"), None),
        )
    };
    let mine = list("start=ge2026-03-02&start=le2026-03-20", &mut state);
    assert_eq!(body(&mine)["entry"][0]["resource"]["id"], "9", "{}", mine.body);
    assert_eq!(body(&list("start=ge2026-03-10&start=le2026-03-20", &mut state))["entry"].as_array().map(Vec::len), Some(0));
    for wrong in
        ["start=ge2026-03-02", "start=ge2026-03-01&start=le2026-03-20", "start=ge2026-03-02T00:00:00Z&start=le2026-03-20"]
    {
        assert_eq!(refused(&list(wrong, &mut state)), with("INVALID_PARAMETER", 422), "{wrong}");
    }
    let other = send(&mut state, &ask("fhir:rest:read:appointment-1", EXAMPLE, "/Appointment/9", None));
    assert_eq!(refused(&other), with("NO_RECORD_FOUND", 404), "the other practice does not know it");
}

#[test]
fn nobody_books_what_is_taken_past_unknown_or_incomplete() {
    let mut state = Practice::default();
    let slots = free(&mut state);
    let one = appointment(&slots[..1]);
    assert_eq!(book(&mut state, &one).status, 201);
    assert_eq!(refused(&book(&mut state, &one)), with("DUPLICATE_REJECTED", 409));
    let changed = |change: &dyn Fn(&mut Value), state: &mut Practice| {
        let mut body = appointment(&slots[1..2]);
        change(&mut body);
        refused(&book(state, &body))
    };
    let invalid = with("INVALID_RESOURCE", 422);
    assert_eq!(changed(&|body| body["slot"][0]["reference"] = json!("Slot/7"), &mut state), with("REFERENCE_NOT_FOUND", 422));
    assert_eq!(
        changed(&|body| body["participant"][0]["actor"]["reference"] = json!("Patient/99"), &mut state),
        with("REFERENCE_NOT_FOUND", 422)
    );
    assert_eq!(changed(&|body| body["start"] = json!("2026-03-09T09:05:00+00:00"), &mut state), invalid);
    assert_eq!(changed(&|body| body["status"] = json!("pending"), &mut state), invalid);
    assert_eq!(changed(&|body| body["reason"] = json!([]), &mut state), invalid);
    assert_eq!(changed(&|body| body["specialty"] = json!([]), &mut state), invalid);
    assert_eq!(changed(&|body| body["description"] = json!("x".repeat(101)), &mut state), invalid);
    assert_eq!(changed(&|body| body["comment"] = json!("x".repeat(501)), &mut state), invalid);
    for needed in ["contained", "extension", "created", "description", "participant", "slot", "end"] {
        assert_eq!(changed(&|body| drop(body.as_object_mut().map(|all| all.remove(needed))), &mut state), invalid, "{needed}");
    }
    let past = appointment(&[json!({ "id": "22490", "start": "2026-02-27T09:00:00+00:00", "end": "2026-02-27T09:10:00+00:00" })]);
    assert_eq!(refused(&book(&mut state, &past)), invalid);
    // An unknown member is not looked at.
    let mut more = appointment(&slots[1..2]);
    more["supportingInformation"] = json!([{ "reference": "x/1" }]);
    assert_eq!(book(&mut state, &more).status, 201);
}

#[test]
fn slots_that_follow_on_one_another_are_booked_together() {
    let mut state = Practice::default();
    let slots = free(&mut state);
    assert_eq!(book(&mut state, &appointment(&slots[..2])).status, 201);
    assert_eq!(free(&mut state).len(), 28);
    let apart = appointment(&[slots[2].clone(), slots[7].clone()]);
    assert_eq!(refused(&book(&mut state, &apart)), with("INVALID_RESOURCE", 422));
    let channels = appointment(&slots[3..5]);
    assert_eq!(refused(&book(&mut state, &channels)), with("INVALID_RESOURCE", 422), "one in person, one by telephone");
}

#[test]
fn whoever_changes_an_appointment_has_seen_its_newest_version() {
    let mut state = Practice::default();
    let slots = free(&mut state);
    let booked = body(&book(&mut state, &appointment(&slots[..1])));
    let mut changed = booked.clone();
    changed["description"] = json!("Review, longer");
    let first = Some("W/\"1\"");
    assert_eq!(refused(&put(&mut state, "9", "update", &changed, None)), with("BAD_REQUEST", 400));
    assert_eq!(refused(&put(&mut state, "9", "update", &changed, Some("W/\"7\""))), with("FHIR_CONSTRAINT_VIOLATION", 409));
    assert_eq!(refused(&put(&mut state, "10", "update", &changed, first)), with("NO_RECORD_FOUND", 404));
    let amended = put(&mut state, "9", "update", &changed, first);
    assert_eq!((amended.status, header(&amended, "ETag")), (200, Some("W/\"2\"")), "{}", amended.body);
    assert_eq!(body(&amended)["description"], "Review, longer");
    assert_eq!(
        refused(&put(&mut state, "9", "update", &changed, first)),
        with("FHIR_CONSTRAINT_VIOLATION", 409),
        "the old version"
    );
    for (name, value) in [
        ("start", json!("2026-03-10T09:00:00+00:00")),
        ("status", json!("cancelled")),
        ("slot", json!([{ "reference": "Slot/1" }])),
    ] {
        let mut other = changed.clone();
        other[name] = value;
        assert_eq!(refused(&put(&mut state, "9", "update", &other, Some("W/\"2\""))), with("INVALID_RESOURCE", 422), "{name}");
    }
}

#[test]
fn what_is_cancelled_is_free_again_and_stays_cancelled() {
    let mut state = Practice::default();
    let slots = free(&mut state);
    let booked = body(&book(&mut state, &appointment(&slots[..1])));
    let first = Some("W/\"1\"");
    let mut without_reason = booked.clone();
    without_reason["status"] = json!("cancelled");
    assert_eq!(refused(&put(&mut state, "9", "cancel", &without_reason, first)), with("INVALID_RESOURCE", 422));
    let mut with_more = cancelled(&booked);
    with_more["description"] = json!("Something else");
    assert_eq!(refused(&put(&mut state, "9", "cancel", &with_more, first)), with("INVALID_RESOURCE", 422));
    assert_eq!(refused(&put(&mut state, "9", "cancel", &booked, first)), with("INVALID_RESOURCE", 422), "not cancelled");
    let done = put(&mut state, "9", "cancel", &cancelled(&booked), first);
    assert_eq!((done.status, body(&done)["status"].as_str()), (200, Some("cancelled")), "{}", done.body);
    assert!(done.body.contains("The patient is away"));
    assert_eq!(free(&mut state).len(), 30);
    assert_eq!(refused(&put(&mut state, "9", "update", &body(&done), Some("W/\"2\""))), with("INVALID_RESOURCE", 422));
    let again = book(&mut state, &appointment(&slots[..1]));
    assert_eq!((again.status, body(&again)["id"].as_str()), (201, Some("10")));
    let list = ask(
        "fhir:rest:search:patient_appointments-1",
        DEMONSTRATOR,
        "/Patient/3/Appointment?start=ge2026-03-02&start=le2026-03-20",
        None,
    );
    assert_eq!(body(&send(&mut state, &list))["entry"].as_array().map(Vec::len), Some(2), "cancelled ones are in the list");
}

#[test]
fn the_practice_is_what_its_changes_made_of_it() {
    let mut state = Practice::default();
    let slots = free(&mut state);
    let mut changes = Vec::new();
    let booked = book(&mut state, &appointment(&slots[..1]));
    changes.extend(booked.change.clone());
    changes.extend(put(&mut state, "9", "cancel", &cancelled(&body(&booked)), Some("W/\"1\"")).change);
    assert_eq!((changes.len(), Practice::after(&changes)), (2, state));
    let text = serde_json::to_string(&changes).expect("JSON");
    let read: Vec<crate::practice::state::Change> = serde_json::from_str(&text).expect("it reads again");
    assert_eq!(read, changes);
}
