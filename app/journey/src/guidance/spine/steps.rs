//! The six steps in words: what is asked, what travels, what each field must be and why, what goes wrong
//! (domain/spine.md §2, §3, §7, §9).
//!
//! Long because it has the words of all six steps.

use serde_json::Value;

use crate::guidance::spine::{
    interactions::{Interaction, example, service_root},
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
    pub troubles: &'static [Trouble],
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
    [practice(), endpoint(interaction), send(interaction), pass_on(interaction), answer(interaction), pass_back()]
}

fn practice() -> Step {
    Step {
        number: 1,
        title: "Find the practice",
        about: "Your system asks PDS for the patient’s practice",
        why: "The request must go to the practice where the patient is registered now, and about the right person. PDS knows both. Trace again when the last answer is older than 24 hours.",
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
        troubles: &[
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
        troubles: &[
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
                seen: "Error 400 of the proxy, or no answer, after the practice changed its system.",
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
            _ => "The format of the body.",
        };
        let value = if name == "Authorization" { "Bearer [the token below]." } else { value };
        list.push(field(name, value, why));
    }
    let claims = token::claims(interaction, &service_root(interaction));
    let mut blocks = vec![("Claims of the token, decoded", pretty(&claims))];
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
        troubles: &[
            Trouble {
                cause: "The address differs from the one in SDS: a number instead of the name, or :443 added",
                seen: "400 from the proxy.",
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
        Value::Object(resource) => format!("a {} resource", resource["resourceType"].as_str().unwrap_or_default()),
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
        troubles: &[
            Trouble {
                cause: "Your ASID is not accredited for this interaction",
                seen: "403 from the proxy.",
                cure: "Ask platform support to add the interaction to your system.",
            },
            Trouble {
                cause: "The practice has not agreed to share with your organisation",
                seen: "403 from the proxy: sender not authorised to send to receiver.",
                cure: "Have the data sharing agreement of both put in place.",
            },
            Trouble {
                cause: "A method or a format that the proxy does not know",
                seen: "405 or 415 from the proxy.",
                cure: "Use the method of the interaction and a FHIR media type.",
            },
            Trouble {
                cause: "The practice’s system does not answer",
                seen: "502 from the proxy.",
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
        why: "The practice’s system checks the token, whether the patient is registered there and has not dissented, and whether the practice has this switched on. It writes who asked into its audit trail.",
        messages: vec![fields(
            "What comes back",
            vec![
                field("Status", status, "Everything else comes with an OperationOutcome that says what is wrong."),
                field("Content-Type", interaction.media_type(), "As you asked in Accept."),
                field("Cache-Control", "no-store", "Nobody on the way keeps a copy."),
                field("Body", what, why),
            ],
        )],
        troubles: &[
            Trouble {
                cause: "The NHS number is not one, or its namespace is of another version",
                seen: "400 INVALID_NHS_NUMBER or INVALID_IDENTIFIER_SYSTEM.",
                cure: "Check the number before you send it, and use the namespace of your specification.",
            },
            Trouble {
                cause: "The patient has left, or is not registered there",
                seen: "404 PATIENT_NOT_FOUND.",
                cure: "Begin again with step 1.",
            },
            Trouble {
                cause: "The patient has dissented, or the practice does not share",
                seen: "403 NO_PATIENT_CONSENT or NO_ORGANISATION_CONSENT.",
                cure: "Tell your user that the record is not shared. Do not say more.",
            },
            Trouble {
                cause: "Another system booked the slot first",
                seen: "409 DUPLICATE_REJECTED.",
                cure: "Search for free slots again.",
            },
            Trouble {
                cause: "A parameter is unknown or has the wrong type",
                seen: "422 INVALID_PARAMETER or INVALID_RESOURCE.",
                cure: "Compare with the body of step 3.",
            },
            Trouble {
                cause: "The practice’s system has a fault",
                seen: "500 INTERNAL_SERVER_ERROR or 501 NOT_IMPLEMENTED.",
                cure: "Show that it did not work. Give the trace id when you report it.",
            },
        ],
    }
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

fn pass_back() -> Step {
    Step {
        number: 6,
        title: "Pass the answer back",
        about: "The proxy returns the answer as it is",
        why: "Your system shows it to the person who asked, with where it comes from and when. An error is shown as an error, never as an empty record.",
        messages: vec![fields(
            "What you get",
            vec![
                field(
                    "Status and body",
                    "those of step 5",
                    "The proxy changes nothing. Errors of its own have no OperationOutcome.",
                ),
                field("Ssp-TraceID", example::TRACE, "The one that you sent: keep it with your log."),
            ],
        )],
        troubles: &[
            Trouble {
                cause: "An error is taken for an empty record",
                seen: "The user believes that the patient has no medicines or allergies.",
                cure: "Show errors in words of their own. This is a matter of clinical safety.",
            },
            Trouble {
                cause: "Errors of proxy and provider are not told apart",
                seen: "Support looks in the wrong place.",
                cure: "An OperationOutcome is the provider’s; without one it is the proxy’s.",
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
