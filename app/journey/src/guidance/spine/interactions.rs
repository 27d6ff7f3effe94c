//! How one question travels to a practice and back: the interactions of GP Connect, and the request of each as it must
//! be (domain/spine.md §2 to §6). `steps` tells it to a reader, `check` holds a captured request against it: one
//! place, so that what is explained is what is checked.

use std::{str::FromStr, sync::LazyLock};

use serde::Deserialize;

use crate::{base::named::named, plan::capability::Capability};

/// What every interaction id begins with.
pub const PREFIX: &str = "urn:nhs:names:services:gpconnect:";

named! {
    /// A part of the specification with interactions of its own.
    #[derive(Deserialize)]
    #[serde(rename_all = "lowercase")]
    pub enum Area {
        /// What every capability builds on: patients, practitioners, organisations, places.
        Foundations = "foundations",
        /// Appointment Management.
        Appointments = "appointments",
        /// Access Record Structured.
        Structured = "structured",
        /// Access Document.
        Documents = "documents",
        /// Access Record HTML, with rules of its own: it is older.
        Html = "html",
    }
}

impl Area {
    /// The words on a page.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Area::Foundations => "Foundations",
            Area::Appointments => Capability::AppointmentManagement.title(),
            Area::Structured => Capability::AccessRecordStructured.title(),
            Area::Documents => Capability::AccessDocument.title(),
            Area::Html => Capability::AccessRecordHtml.title(),
        }
    }

    /// The end of the service root that answers for it.
    #[must_use]
    pub fn segment(self) -> &'static str {
        match self {
            Area::Foundations | Area::Appointments | Area::Html => "gpconnect",
            Area::Structured => "gpconnect/structured",
            Area::Documents => "gpconnect/documents",
        }
    }

    /// The interactions of a capability; none for Send Document, which travels over MESH and not through the proxy.
    #[must_use]
    pub fn of(capability: Capability) -> Option<Area> {
        match capability {
            Capability::AccessRecordHtml => Some(Area::Html),
            Capability::AccessRecordStructured => Some(Area::Structured),
            Capability::AccessDocument => Some(Area::Documents),
            Capability::AppointmentManagement => Some(Area::Appointments),
            Capability::SendDocument => None,
        }
    }
}

impl FromStr for Area {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        Area::named(name).ok_or(())
    }
}

/// One thing that can be asked of a practice's system.
#[derive(Clone, Debug, Deserialize)]
pub struct Interaction {
    /// Where it belongs.
    pub area: Area,
    /// What it does, in words.
    pub operation: String,
    /// The id without [`PREFIX`].
    pub id: String,
    /// `GET`, `POST` or `PUT`.
    pub method: String,
    /// The FHIR request: `[id]` stands for one part of a path.
    pub path: String,
    /// The same with the values of the worked example.
    pub example: String,
    /// The scope that its token asks for.
    pub scope: String,
    /// Its token may say whether confidential parts are wanted.
    pub sensitive: bool,
    /// Versions of the specification that have it.
    pub versions: String,
}

impl Interaction {
    /// The id in full.
    #[must_use]
    pub fn full_id(&self) -> String {
        format!("{PREFIX}{}", self.id)
    }

    /// It belongs to specifications 0.x: its token and its media types are the older ones.
    #[must_use]
    pub fn is_old(&self) -> bool {
        self.area == Area::Html
    }

    /// It moves a whole record from one practice to another.
    #[must_use]
    pub fn migrates(&self) -> bool {
        self.id.contains("migrate")
    }

    /// It reads what is in the record of a patient: consent and sharing are looked at.
    #[must_use]
    pub fn reads_a_record(&self) -> bool {
        matches!(self.area, Area::Structured | Area::Documents | Area::Html) && self.scope.starts_with("patient/")
    }

    /// It registers a patient.
    #[must_use]
    pub fn registers(&self) -> bool {
        self.id.contains("registerpatient")
    }

    /// It books a slot, which somebody else may have booked before.
    #[must_use]
    pub fn books(&self) -> bool {
        self.id.contains("create:appointment")
    }

    /// It says by NHS number which patient is meant.
    #[must_use]
    pub fn names_a_patient(&self) -> bool {
        self.id.contains(":gpc.") || self.example.contains("/nhs-number")
    }

    /// It needs a body.
    #[must_use]
    pub fn has_body(&self) -> bool {
        self.method != "GET"
    }

    /// The media type of its messages.
    #[must_use]
    pub fn media_type(&self) -> &'static str {
        if self.is_old() { "application/json+fhir" } else { "application/fhir+json" }
    }

    /// Version of FHIR and of the interface, as parts of the service root.
    #[must_use]
    pub fn version_path(&self) -> &'static str {
        if self.is_old() { "DSTU2/0" } else { "STU3/1" }
    }

    /// The namespace of NHS numbers, in the specification that it belongs to.
    #[must_use]
    pub fn nhs_number_system(&self) -> &'static str {
        if self.is_old() { "http://fhir.nhs.net/Id/nhs-number" } else { "https://fhir.nhs.uk/Id/nhs-number" }
    }
}

/// Every interaction, by area, in the order of the specification.
///
/// # Panics
/// When the data of this release cannot be read, which the tests rule out.
#[must_use]
pub fn interactions() -> &'static [Interaction] {
    static READ: LazyLock<Vec<Interaction>> = LazyLock::new(|| {
        let rows = csv::Reader::from_reader(include_bytes!("../../../guidance/interactions.csv").as_slice()).into_deserialize();
        rows.collect::<Result<Vec<Interaction>, csv::Error>>().expect("the interactions of this release are lawful")
    });
    &READ
}

/// The interaction with this id, in full or without its prefix.
#[must_use]
pub fn interaction(id: &str) -> Option<&'static Interaction> {
    let id = id.strip_prefix(PREFIX).unwrap_or(id);
    interactions().iter().find(|interaction| interaction.id == id)
}

/// The values of the worked example. Patient, practice, party key and provider ASID are those of the specification; the
/// consumer and the moment are examples of this service.
pub mod example {
    /// A test patient.
    pub const NHS_NUMBER: &str = "9000000084";
    /// The practice.
    pub const PRACTICE: &str = "T99999";
    /// Its message handling server.
    pub const PARTY_KEY: &str = "T99999-9999999";
    /// Its system.
    pub const PROVIDER_ASID: &str = "999999999999";
    /// The host of that system.
    pub const PROVIDER_HOST: &str = "provider.example.nhs.uk";
    /// The system that asks.
    pub const CONSUMER_ASID: &str = "200000000359";
    /// The organisation that asks.
    pub const CONSUMER_ODS: &str = "A99999";
    /// The Spine endpoint of the system that asks.
    pub const CONSUMER_ENDPOINT: &str = "https://consumer.example.nhs.uk/spine";
    /// The proxy. Each environment has its own.
    pub const PROXY_HOST: &str = "proxy.example.nhs.uk";
    /// New for each request.
    pub const TRACE: &str = "09a01679-2564-4fb4-9129-aecc81ea2706";
    /// The person who asks, as their own system knows them.
    pub const USER: &str = "10019";
    /// 3 March 2026, 10:00 UTC, in seconds since 1970.
    pub const AT: i64 = 1_772_532_000;
}

/// Where the practice's system answers for this interaction: what SDS has as `nhsMhsEndPoint`.
#[must_use]
pub fn service_root(interaction: &Interaction) -> String {
    let (host, practice) = (example::PROVIDER_HOST, example::PRACTICE);
    format!("https://{host}/{practice}/{}/{}", interaction.version_path(), interaction.area.segment())
}
