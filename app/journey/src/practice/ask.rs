//! A request taken apart, and what goes back.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{
    guidance::spine::{
        interactions::{Area, Interaction},
        worked::Captured,
    },
    practice::{
        outcome::{Code, Refused},
        refuse,
        state::Change,
    },
};

/// An answer of the proxy, of the practice, or of one of the directories.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// JSON.
    pub body: String,
    /// What it changed at the practice.
    pub change: Option<Change>,
}

/// A resource that goes back, with what it changes.
pub(crate) struct Given {
    pub(crate) status: u16,
    pub(crate) body: Value,
    pub(crate) location: Option<String>,
    pub(crate) change: Option<Change>,
}

impl Given {
    pub(crate) fn ok(body: Value) -> Self {
        Self { status: 200, body, location: None, change: None }
    }
}

/// What a request asks for, taken apart.
pub(crate) struct Ask<'a> {
    pub(crate) known: &'static Interaction,
    pub(crate) ods: &'a str,
    /// The service root, with which whole references begin.
    pub(crate) root: &'a str,
    /// The parts of the path.
    pub(crate) path: Vec<&'a str>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) request: &'a Captured,
    pub(crate) now: Timestamp,
}

impl Ask<'_> {
    /// The values of a search parameter.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.query.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The body as JSON.
    pub(crate) fn body(&self) -> Result<Value, Refused> {
        serde_json::from_str(&self.request.body).map_err(|error| {
            Refused::by_practice(
                Code::BAD_REQUEST,
                format!("The body is not JSON: line {}, column {}.", error.line(), error.column()),
            )
        })
    }

    /// The one `identifier` that is searched for, as system and value.
    pub(crate) fn identifier(&self, system: &str) -> Result<String, Refused> {
        let mut given = self.all("identifier");
        let (Some(one), None) = (given.next(), given.next()) else {
            return Err(Refused::by_practice(Code::BAD_REQUEST, "Give one identifier to search for."));
        };
        let Some((of, value)) = one.split_once('|') else {
            return Err(Refused::by_practice(Code::INVALID_PARAMETER, "An identifier is a system, a bar (%7C) and a value."));
        };
        if of != system {
            let words = format!("The system is “{}” and must be {system}.", refuse::short(of));
            return Err(Refused::by_practice(Code::INVALID_IDENTIFIER_SYSTEM, words));
        }
        if value.is_empty() {
            return Err(Refused::by_practice(Code::INVALID_IDENTIFIER_VALUE, "There is no value after the bar."));
        }
        Ok(value.to_owned())
    }
}

/// A bundle of what was found.
pub(crate) fn found(ask: &Ask<'_>, resources: Vec<Value>) -> Value {
    let entries: Vec<Value> = resources
        .into_iter()
        .map(|resource| {
            let of = |name: &str| resource[name].as_str().unwrap_or_default().to_owned();
            json!({ "fullUrl": format!("{}/{}/{}", ask.root, of("resourceType"), of("id")), "resource": resource })
        })
        .collect();
    let mut bundle = json!({ "resourceType": "Bundle", "type": "searchset", "entry": entries });
    if ask.known.area != Area::Html {
        bundle["meta"] = json!({ "profile": ["https://fhir.nhs.uk/STU3/StructureDefinition/GPConnect-Searchset-Bundle-1"] });
    }
    bundle
}

/// The NHS number that a record is asked for with, of a patient whom the practice answers about.
pub(crate) fn of_parameter<'a>(body: &'a Value, name: &str) -> Option<&'a Value> {
    body["parameter"].as_array()?.iter().find(|parameter| parameter["name"] == name)
}
