//! The six steps in words: what is asked, what travels, what each field must be and why, what goes wrong
//! (domain/spine.md §2, §3, §7, §9).
//!
//! Long because it has the words of all six steps.

use serde_json::Value;

use crate::guidance::spine::{
    interactions::{Area, Interaction, example, service_root},
    token,
    worked::{body, worked},
};

/// A field of a message: its name, the value of the worked example, and what it must be and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// As it is written.
    pub name: String,
    /// In the worked example.
    pub value: String,
    /// What it must be, and why.
    pub why: &'static str,
}

/// What goes wrong on a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// What was done, or what is missing.
    pub cause: &'static str,
    /// What is seen then.
    pub seen: &'static str,
    /// How it is put right.
    pub cure: &'static str,
}

/// A message of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// What it is.
    pub title: &'static str,
    /// Its fields.
    pub fields: Vec<Field>,
    /// Text that travels as one piece, with what it is: a decoded token, a body.
    pub blocks: Vec<(&'static str, String)>,
}

/// A step of the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// 1 to 6.
    pub number: u8,
    /// In three words.
    pub title: &'static str,
    /// Who asks whom, in a line.
    pub about: &'static str,
    /// What happens and why.
    pub why: &'static str,
    /// What travels.
    pub messages: Vec<Message>,
    /// What goes wrong.
    pub troubles: Vec<Trouble>,
}

/// The place on the page where a field of a message of a step is read.
#[must_use]
pub fn field_place(step: u8, message: usize, field: usize) -> String {
    format!("step-{step}-field-{}-{}", message + 1, field + 1)
}

/// The place on the page where an error of a step is read.
#[must_use]
pub fn trouble_place(step: u8, trouble: usize) -> String {
    format!("step-{step}-error-{}", trouble + 1)
}

fn field(name: &str, value: impl Into<String>, why: &'static str) -> Field {
    Field { name: name.to_owned(), value: value.into(), why }
}

fn fields(title: &'static str, fields: Vec<Field>) -> Message {
    Message { title, fields, blocks: Vec::new() }
}

/// The steps for one interaction.
#[must_use]
pub fn steps(interaction: &Interaction) -> [Step; 6] {
    [practice(interaction), endpoint(interaction), send(interaction), pass_on(interaction), answer(interaction), pass_back()]
}

fn practice(interaction: &Interaction) -> Step {
    // Where an appointment is booked is not always where the patient is registered (domain/spine.md §2).
    let why = if interaction.area == Area::Appointments {
        "PDS confirms that you mean the right person, and names the practice where the patient is registered now. When you book at another practice, you find its ODS code in another way; the check with PDS is needed all the same. Trace again when the last answer is older than 24 hours."
    } else {
        "The request must go to the practice where the patient is registered now, and about the right person. PDS knows both. Trace again when the last answer is older than 24 hours."
    };
    Step {
        number: 1,
        title: "Find the practice",
        about: "Your system asks PDS for the patient’s practice",
        why,
        messages: vec![
            fields(
                "What you ask",
                vec![
                    field("NHS number", example::NHS_NUMBER, "10 digits, the last of which is a check digit."),
                    field(
                        "Date of birth",
                        "1952-05-31",
                        "Together with the number it shows that you mean this person. Names may be added.",
                    ),
                ],
            ),
            fields(
                "What you get",
                vec![
                    field("NHS number", example::NHS_NUMBER, "Verified. It may differ from the one you sent: use this one."),
                    field("Practice", example::PRACTICE, "ODS code of the practice where the patient is registered."),
                    field(
                        "Flags",
                        "none",
                        "Sensitive, deceased, invalid and business flags stop you here: do not ask the practice.",
                    ),
                ],
            ),
        ],
        troubles: vec![
            Trouble {
                cause: "The patient has no registered practice",
                seen: "There is no ODS code in the answer.",
                cure: "Tell your user that there is no GP record to ask for.",
            },
            Trouble {
                cause: "An old trace is used",
                seen: "The old practice answers, or PATIENT_NOT_FOUND comes in step 5.",
                cure: "Trace again, then repeat step 2: the patient may have moved.",
            },
            Trouble {
                cause: "The record is marked sensitive",
                seen: "PDS answers without a practice.",
                cure: "Stop. Where the patient lives must not be given away.",
            },
        ],
    }
}

fn endpoint(interaction: &Interaction) -> Step {
    let (practice, key) = (example::PRACTICE, example::PARTY_KEY);
    Step {
        number: 2,
        title: "Find the endpoint",
        about: "Your system asks SDS where that practice answers",
        why: "Each practice has an address and a system id of its own, and both can change when it moves to another system. SDS holds them as two records: first the message handling server, then the system.",
        messages: vec![
            fields(
                "First: the address",
                vec![
                    field("Base", "ou=services, o=nhs", "LDAP over TLS with your client certificate, port 636."),
                    field(
                        "Filter",
                        format!("(&(nhsIDCode={practice})(objectClass=nhsMhs)(nhsMhsSvcIA={}))", interaction.full_id()),
                        "The practice of step 1 and the interaction that you want. Only providers carry an interaction on this record.",
                    ),
                    field(
                        "nhsMhsEndPoint",
                        service_root(interaction),
                        "The service root: use it as it is, without a slash at the end.",
                    ),
                    field("nhsMhsPartyKey", key, "Leads to the second record."),
                ],
            ),
            fields(
                "Then: the system",
                vec![
                    field(
                        "Filter",
                        format!("(&(nhsIDCode={practice})(objectClass=nhsAs)(nhsMHSPartyKey={key}))"),
                        "The same practice, with the party key that you were just given.",
                    ),
                    field("uniqueIdentifier", example::PROVIDER_ASID, "The ASID of the practice’s system: it goes into Ssp-To."),
                ],
            ),
        ],
        troubles: vec![
            Trouble {
                cause: "The practice does not offer this interaction",
                seen: "No record is found.",
                cure: "Tell your user that this practice has not switched it on. Do not try an address of an earlier day.",
            },
            Trouble {
                cause: "The two look-ups are made the other way round",
                seen: "Several systems are found and the choice between them is a guess.",
                cure: "Ask for the message handling server first. The order changed with specification 1.2.3.",
            },
            Trouble {
                cause: "The address is kept for long",
                seen: "400 from the proxy, ENDPOINT_…_VARIES_FROM_TARGETURL_…, or no answer, after the practice changed its system.",
                cure: "Look it up again, at least once a day.",
            },
        ],
    }
}

fn send(interaction: &Interaction) -> Step {
    let captured = worked(interaction);
    let mut list = vec![field(
        &interaction.method,
        captured.url.clone(),
        "The proxy first, then the whole address from step 2, then the FHIR request.",
    )];
    for (name, value) in &captured.headers {
        let why = match name.as_str() {
            "Ssp-TraceID" => "A UUID, new for each request, so that everybody can find it in their logs.",
            "Ssp-From" => "Your ASID: of the organisation where the request begins, not of whoever hosts the portal.",
            "Ssp-To" => "The ASID from step 2. A provider refuses what is not meant for it.",
            "Ssp-InteractionID" => "It matches method, path and capability, and both sides are accredited for it.",
            "Authorization" => "Bearer and the token: who asks, why, for 5 minutes. It is not signed and ends with a dot.",
            "Accept" => "The format of the answer. JSON is recommended.",
            "Accept-Encoding" => "The answer may be compressed: records are long.",
            _ => "The format of the body.",
        };
        let value = if name == "Authorization" { "Bearer [the token below]." } else { value };
        list.push(field(name, value, why));
    }
    let claims = token::claims(interaction, &service_root(interaction));
    let mut blocks = vec![("Claims of the token (JWT), decoded", pretty(&claims))];
    blocks.extend(body(interaction).map(|body| ("Body", pretty(&body))));
    Step {
        number: 3,
        title: "Send the request",
        about: "Your system sends one request to the proxy",
        why: "It travels over TLS 1.2, and both sides show certificates. The certificates prove who is there; the token is for the audit trail of the practice.",
        messages: vec![
            Message { title: "What you send", fields: list, blocks },
            fields("What each claim must be", claim_fields(interaction)),
        ],
        troubles: vec![
            Trouble {
                cause: "The address differs from the one in SDS: a number instead of the name, or :443 added",
                seen: "400 from the proxy: ENDPOINT_…_VARIES_FROM_TARGETURL_….",
                cure: "Use nhsMhsEndPoint letter by letter.",
            },
            Trouble {
                cause: "exp is not exactly 300 seconds after iat",
                seen: "400 BAD_REQUEST from the provider; 299 and 301 are refused as well.",
                cure: "Make the token for this one request, and count in seconds.",
            },
            Trouble {
                cause: "A claim is missing",
                seen: "400 BAD_REQUEST from the provider.",
                cure: "Compare with the claims above.",
            },
            Trouble {
                cause: "The token names a device or a practitioner of the wrong type",
                seen: "422 INVALID_RESOURCE from the provider.",
                cure: "Use resourceType Device, Organization and Practitioner.",
            },
            Trouble {
                cause: "One user “system” stands for everybody",
                seen: "Your evidence is returned in the assurance.",
                cure: "Name the person who asked: their practice has to be able to tell the patient.",
            },
        ],
    }
}

fn claim_fields(interaction: &Interaction) -> Vec<Field> {
    let claims = token::claims(interaction, &service_root(interaction));
    let rules: [(&str, &'static str); 11] = [
        ("iss", "Address of your Spine endpoint."),
        ("sub", "Id of the user: the same as requesting_practitioner.id."),
        (
            "aud",
            if interaction.is_old() { "Always this address in specifications 0.x." } else { "The service root from step 2." },
        ),
        ("iat", "Whole seconds since 1970, the moment of the request."),
        ("exp", "iat and 300 seconds, exactly."),
        (
            "reason_for_request",
            if interaction.migrates() {
                "migration when a record moves to another practice, otherwise directcare."
            } else {
                "Always directcare."
            },
        ),
        (
            "requested_scope",
            if interaction.sensitive {
                "One scope, and conf/N when the answer may hold what is confidential; conf/R for migration alone."
            } else {
                "One scope: this one for this interaction."
            },
        ),
        ("requesting_device", "The product with its version, as in the assurance, and which device it runs on."),
        ("requesting_organization", "Name and ODS code of the organisation where the request begins."),
        (
            "requesting_practitioner",
            "The person: name, smartcard user id and role profile (UNK without a smartcard), and the id in your system.",
        ),
        ("requested_record", "The patient or the organisation that the request is about. Specifications 0.x only."),
    ];
    let shown = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Object(resource) => {
            let kind = resource["resourceType"].as_str().unwrap_or_default();
            format!("{} {kind} resource", if kind.starts_with(['A', 'E', 'I', 'O', 'U']) { "an" } else { "a" })
        }
        other => other.to_string(),
    };
    rules.iter().filter_map(|(name, why)| claims.get(name).map(|value| field(name, shown(value), why))).collect()
}

fn pass_on(interaction: &Interaction) -> Step {
    Step {
        number: 4,
        title: "Pass it on",
        about: "The proxy checks, then passes the request on",
        why: "It asks three things: are both systems accredited for this interaction, has the practice agreed to share with this organisation, and is the address the one in SDS. It does not read what is in the request.",
        messages: vec![fields(
            "What the provider gets",
            vec![
                field(
                    &interaction.method,
                    format!("{}{}", service_root(interaction), interaction.example),
                    "The same request without the proxy in front.",
                ),
                field(
                    "Ssp-From and Ssp-To",
                    format!("{} and {}", example::CONSUMER_ASID, example::PROVIDER_ASID),
                    "Unchanged. The provider checks that Ssp-To is itself.",
                ),
                field(
                    "Authorization",
                    "Bearer [the same token].",
                    "Unchanged. The provider checks it and keeps it for the audit trail.",
                ),
            ],
        )],
        troubles: vec![
            Trouble {
                cause: "Your ASID is not accredited for this interaction",
                seen: "403 from the proxy: ASID_CHECK_FAILED_MESSAGESENDER_….",
                cure: "Ask platform support to add the interaction to your system.",
            },
            Trouble {
                cause: "The practice’s system is not accredited for this interaction",
                seen: "403 from the proxy: PARTYKEY_INTERACTION_CHECK_FAILED_MESSAGERECEIVER_….",
                cure: "Look the practice up in SDS again. If it still fails, tell platform support.",
            },
            Trouble {
                cause: "The practice has not agreed to share with your organisation",
                seen: "403 from the proxy: FOT_CHECK_FAILED_MESSAGESENDER_…_MESSAGERECEIVER_….",
                cure: "Have the data sharing agreement of both put in place.",
            },
            Trouble {
                cause: "A method or a format that the proxy does not know",
                seen: "405 or 415 from the proxy.",
                cure: "Use the method of the interaction and a FHIR media type.",
            },
            Trouble {
                cause: "The practice’s system does not answer",
                seen: "502 or 504 from the proxy: it cannot reach the target, or waited too long.",
                cure: "Tell your user to try later. Do not repeat a booking without looking whether it was made.",
            },
        ],
    }
}

fn answer(interaction: &Interaction) -> Step {
    let (status, what, why) = match interaction.id.as_str() {
        id if id.contains("create") => ("201 Created", "Appointment", "The booked appointment with its id and version."),
        id if id.contains("update") || id.contains("cancel") => ("200 OK", "Appointment", "The appointment as it is now."),
        id if id.contains("metadata") => (
            "200 OK",
            if interaction.is_old() { "Conformance" } else { "CapabilityStatement" },
            "What this practice offers, and in which version.",
        ),
        id if id.contains("search") || id.contains("operation") => {
            ("200 OK", "Bundle", "What was found. An empty Bundle is an answer, not an error.")
        }
        id if id.contains("binary") => ("200 OK", "Binary", "The document, encoded in base64."),
        id => ("200 OK", id.rsplit(':').next().map_or("", resource_of), "The resource that was asked for."),
    };
    Step {
        number: 5,
        title: "Answer",
        about: "The provider checks and returns the resource",
        why: checked(interaction),
        messages: vec![fields(
            "What comes back",
            vec![
                field("Status", status, "Everything else comes with an OperationOutcome that says what is wrong."),
                field("Content-Type", interaction.media_type(), "As you asked in Accept."),
                field("Cache-Control", "no-store", "Nobody on the way keeps a copy."),
                field("Body", what, why),
            ],
        )],
        troubles: refused(interaction),
    }
}

/// What the provider looks at before it answers.
fn checked(interaction: &Interaction) -> &'static str {
    if interaction.migrates() {
        "The practice’s system checks the token and whether the patient is registered there. It answers even where the practice has the capability switched off: a record that moves must arrive. It writes who asked into its audit trail."
    } else if interaction.reads_a_record() {
        "The practice’s system checks the token, whether the patient is registered there and has not dissented, and whether the practice has this switched on. It writes who asked into its audit trail."
    } else if interaction.area == Area::Appointments {
        "The practice’s system checks the token and whether the practice has this switched on. Dissent to share does not apply to appointments (DEC-APT-07). It writes who asked into its audit trail."
    } else {
        "The practice’s system checks the token and the request. It writes who asked into its audit trail."
    }
}

/// What the provider answers when it cannot do what is asked, of this interaction alone.
fn refused(interaction: &Interaction) -> Vec<Trouble> {
    let mut troubles = Vec::new();
    if interaction.names_a_patient() {
        troubles.push(Trouble {
            cause: "The NHS number is not one, or its namespace is of another version",
            seen: "400 INVALID_NHS_NUMBER or INVALID_IDENTIFIER_SYSTEM.",
            cure: "Check the number before you send it, and use the namespace of your specification.",
        });
    }
    if interaction.registers() {
        troubles.push(Trouble {
            cause: "What you say of the patient differs from PDS",
            seen: "400 INVALID_PATIENT_DEMOGRAPHICS.",
            cure: "Begin again with step 1 and send what PDS says.",
        });
        troubles.push(Trouble {
            cause: "The patient is registered there already",
            seen: "409 DUPLICATE_REJECTED.",
            cure: "Find the patient instead of registering them.",
        });
    } else if interaction.scope.starts_with("patient/") {
        troubles.push(Trouble {
            cause: "The patient has left, or is not registered there",
            seen: "404 PATIENT_NOT_FOUND.",
            cure: "Begin again with step 1.",
        });
    }
    if interaction.migrates() {
        troubles.push(Trouble {
            cause: "The record has confidential parts, and the token asks for conf/N",
            seen: "NOT_AUTHORISED.",
            cure: "Ask with conf/R when a whole record moves.",
        });
    } else if interaction.reads_a_record() {
        troubles.push(Trouble {
            cause: "The patient has dissented, or the practice does not share",
            seen: "403 NO_PATIENT_CONSENT or NO_ORGANISATION_CONSENT.",
            cure: "Tell your user that the record is not shared. Do not say more.",
        });
    }
    if interaction.books() {
        troubles.push(Trouble {
            cause: "Another system booked the slot first",
            seen: "409 DUPLICATE_REJECTED.",
            cure: "Search for free slots again.",
        });
    }
    if interaction.has_body() {
        troubles.push(Trouble {
            cause: "A parameter is unknown or has the wrong type",
            seen: "422 INVALID_PARAMETER or INVALID_RESOURCE.",
            cure: "Compare with the body of step 3.",
        });
    } else if interaction.path.contains('?') {
        troubles.push(Trouble {
            cause: "A parameter is unknown or has the wrong type",
            seen: "422 INVALID_PARAMETER.",
            cure: "Compare with the address of step 3.",
        });
    } else if interaction.path.contains("[id]") {
        troubles.push(Trouble {
            cause: "Nothing has this id",
            seen: "404 NO_RECORD_FOUND, or what is not found: PRACTITIONER_NOT_FOUND, ORGANISATION_NOT_FOUND.",
            cure: "Search for it again: ids are those of one system and do not go with a practice that moves.",
        });
    }
    troubles.push(Trouble {
        cause: "The practice’s system has a fault",
        seen: "500 INTERNAL_SERVER_ERROR or 501 NOT_IMPLEMENTED.",
        cure: "Show that it did not work. Give the trace id when you report it.",
    });
    troubles
}

fn resource_of(subject: &str) -> &'static str {
    match subject.trim_end_matches("-1") {
        "patient" => "Patient",
        "practitioner" => "Practitioner",
        "organization" => "Organization",
        "location" => "Location",
        "healthcareservice" => "HealthcareService",
        "appointment" => "Appointment",
        _ => "Resource",
    }
}

/// Status, what `display` says, and what it means: the answers of the proxy itself (error handling guidance of the specification).
const PROXY_ERRORS: [(&str, &str, &str); 8] = [
    ("400", "ENDPOINT_…_VARIES_FROM_TARGETURL_…", "The address differs from the one that SDS has."),
    ("403", "ASID_CHECK_FAILED_MESSAGESENDER_…", "Your system is not accredited for this interaction."),
    (
        "403",
        "PARTYKEY_INTERACTION_CHECK_FAILED_MESSAGERECEIVER_…",
        "The practice’s system is not accredited for this interaction.",
    ),
    (
        "403",
        "FOT_CHECK_FAILED_MESSAGESENDER_…_MESSAGERECEIVER_…",
        "Your system may not send this interaction to that system: there is no sharing agreement.",
    ),
    ("405", "Method not allowed", "The proxy does not know this method."),
    ("415", "Unsupported_Media_Type", "The proxy does not know this format."),
    ("502", "ERROR_COMMUNICATING_TO_ENDPOINT_URL_…", "The practice’s system cannot be reached."),
    ("504", "Server at target URL timed out", "The practice’s system did not answer in time."),
];

/// What the proxy sends with its second error, as the specification shows it.
fn proxy_outcome() -> Value {
    let said = format!("ASID_CHECK_FAILED_MESSAGESENDER_{}", example::CONSUMER_ASID);
    serde_json::json!({
        "resourceType": "OperationOutcome",
        "issue": [{
            "severity": "error",
            "code": "forbidden",
            "details": { "coding": [{
                "system": "http://fhir.nhs.net/ValueSet/gpconnect-schedule-response-code-1-0",
                "code": "403",
                "display": said,
            }] },
            "diagnostics": said,
        }],
    })
}

fn pass_back() -> Step {
    Step {
        number: 6,
        title: "Pass the answer back",
        about: "The proxy returns the answer as it is",
        why: "Your system shows it to the person who asked, with where it comes from and when. An error is shown as an error, never as an empty record.",
        messages: vec![
            fields(
                "What you get",
                vec![
                    field(
                        "Status and body",
                        "those of step 5",
                        "The proxy does not change what the provider answers. When it answers itself, that is an OperationOutcome too.",
                    ),
                    field("Ssp-TraceID", example::TRACE, "The one that you sent: keep it with your log."),
                ],
            ),
            Message {
                title: "When the proxy answers itself",
                fields: PROXY_ERRORS.iter().map(|(status, display, why)| field(status, *display, why)).collect(),
                blocks: vec![("An OperationOutcome of the proxy", pretty(&proxy_outcome()))],
            },
        ],
        troubles: vec![
            Trouble {
                cause: "An error is taken for an empty record",
                seen: "The user believes that the patient has no medicines or allergies.",
                cure: "Show errors in words of their own. This is a matter of clinical safety.",
            },
            Trouble {
                cause: "Errors of proxy and provider are not told apart",
                seen: "Support looks in the wrong place.",
                cure: "Read details.coding: the proxy gives the HTTP status as its code, such as 403, and says more in display. The provider gives a word, such as PATIENT_NOT_FOUND.",
            },
            Trouble {
                cause: "Your system does not wait long enough",
                seen: "Your own time-out, while the provider still works.",
                cure: "Wait for the time that the specification names, then say so and offer to try again.",
            },
        ],
    }
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guidance::spine::interactions::interactions;

    #[test]
    fn every_interaction_has_six_steps_with_something_to_read_in_each() {
        for interaction in interactions() {
            let steps = steps(interaction);
            for (number, step) in (1..).zip(&steps) {
                assert_eq!(step.number, number);
                assert!(!step.messages.is_empty() && !step.troubles.is_empty(), "step {number} of {}", interaction.id);
                let fields = step.messages.iter().flat_map(|message| &message.fields);
                assert!(
                    fields.clone().count() >= 2 && fields.clone().all(|f| !f.value.is_empty()),
                    "step {number} of {}",
                    interaction.id
                );
            }
            assert!(
                steps[4].messages[0].fields.iter().all(|field| field.value != "Resource"),
                "{} names its answer",
                interaction.id
            );
        }
    }

    fn told(id: &str) -> String {
        let known = interactions().iter().find(|known| known.id == id).unwrap_or_else(|| panic!("{id} is known"));
        let all = steps(known);
        let one = |step: &Step| {
            let troubles = step.troubles.iter().map(|trouble| format!("{} {} {}", trouble.cause, trouble.seen, trouble.cure));
            format!("{} {}", step.why, troubles.collect::<Vec<_>>().join(" "))
        };
        all.iter().map(one).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn each_interaction_is_told_what_is_true_of_it_alone() {
        // DEC-APT-07: dissent does not apply to appointments.
        for id in ["fhir:rest:search:slot-1", "fhir:rest:create:appointment-1", "fhir:rest:read:appointment-1"] {
            let told = told(id);
            assert!(!told.contains("has dissented") && !told.contains("not dissented"), "{id}");
            assert!(told.contains("Dissent to share does not apply"), "{id}");
            assert!(told.contains("you find its ODS code in another way"), "{id}");
        }
        let structured = told("fhir:operation:gpc.getstructuredrecord-1");
        assert!(structured.contains("has not dissented") && structured.contains("NO_PATIENT_CONSENT"));
        assert!(!structured.contains("in another way") && !structured.contains("slot"));
        // domain/spine.md §4: migrating works where the capability is switched off, and is refused with conf/N.
        for id in ["fhir:operation:gpc.migratestructuredrecord-1", "documents:fhir:rest:migrate:binary-1"] {
            let told = told(id);
            assert!(told.contains("even where the practice has the capability switched off"), "{id}");
            assert!(told.contains("NOT_AUTHORISED") && !told.contains("has this switched on"), "{id}");
        }
        let slots: Vec<&str> = interactions()
            .iter()
            .map(|known| known.id.as_str())
            .filter(|id| told(id).contains("booked the slot first"))
            .collect();
        assert_eq!(slots, ["fhir:rest:create:appointment-1"], "only who books can be too late");
        for known in interactions().iter().filter(|known| known.id.contains("metadata")) {
            let told = told(&known.id);
            for word in ["INVALID_NHS_NUMBER", "PATIENT_CONSENT", "dissented", "INVALID_PARAMETER"] {
                let told = told.replace("PATIENT_NOT_FOUND comes in step 5", "").replace("code: the proxy", "");
                assert!(!told.contains(word), "{word} of {}", known.id);
            }
        }
    }

    /// The proxy answers with an OperationOutcome as the provider does: only what stands in it tells who refused.
    #[test]
    fn errors_of_the_proxy_are_told_apart_by_their_code() {
        let step = pass_back();
        let text = format!("{step:?}");
        assert!(!text.contains("no OperationOutcome") && !text.contains("without one"));
        for display in ["VARIES_FROM_TARGETURL", "ASID_CHECK_FAILED_MESSAGESENDER", "FOT_CHECK_FAILED"] {
            assert!(step.messages[1].fields.iter().any(|field| field.value.contains(display)), "{display}");
        }
        let statuses: Vec<&str> = step.messages[1].fields.iter().map(|field| field.name.as_str()).collect();
        assert_eq!(statuses, ["400", "403", "403", "403", "405", "415", "502", "504"]);
        assert!(step.messages[1].blocks[0].1.contains("OperationOutcome"));
    }

    /// What is told of the request is the request that passes the checks.
    #[test]
    fn every_header_and_claim_of_the_worked_example_is_explained() {
        for interaction in interactions() {
            let step = send(interaction);
            for (name, _) in worked(interaction).headers {
                assert!(step.messages[0].fields.iter().any(|field| field.name == name), "{name} of {}", interaction.id);
            }
            let claims = token::claims(interaction, &service_root(interaction));
            for name in claims.as_object().expect("claims are an object").keys() {
                assert!(step.messages[1].fields.iter().any(|field| field.name == *name), "{name} of {}", interaction.id);
            }
            assert_eq!(step.messages[0].blocks.len(), 1 + usize::from(interaction.has_body()));
        }
    }
}
