//! The few questions asked when a journey is opened, and the test route and plan that follow from them
//! (domain/testing.md §2, routes of the consumer test pathways).

use std::{collections::BTreeSet, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    form::{Answers, Field, Form, Kind, Problem, Problems, Rule},
    process::PROVIDER,
    scal::{Edition, editions},
};

/// A business area of GP Connect with a specification and tests of its own (domain/glossary.md).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Capability {
    /// Read-only sections of the GP record as XHTML.
    AccessRecordHtml,
    /// Coded record by clinical area.
    AccessRecordStructured,
    /// Search and retrieve documents of the GP record.
    AccessDocument,
    /// Search slots, book, amend, cancel, view appointments.
    AppointmentManagement,
    /// Send a consultation report to the registered practice.
    SendDocument,
}

impl Capability {
    /// Every capability a journey may choose.
    pub const ALL: &'static [Capability] = &[
        Capability::AccessRecordHtml,
        Capability::AccessRecordStructured,
        Capability::AccessDocument,
        Capability::AppointmentManagement,
        Capability::SendDocument,
    ];

    /// The name in URLs, forms and the ledger.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Capability::AccessRecordHtml => "access-record-html",
            Capability::AccessRecordStructured => "access-record-structured",
            Capability::AccessDocument => "access-document",
            Capability::AppointmentManagement => "appointment-management",
            Capability::SendDocument => "send-document",
        }
    }

    /// The words on a page.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Capability::AccessRecordHtml => "Access Record HTML",
            Capability::AccessRecordStructured => "Access Record Structured",
            Capability::AccessDocument => "Access Document",
            Capability::AppointmentManagement => "Appointment Management",
            Capability::SendDocument => "Send Document",
        }
    }

    /// What it does, in one line.
    #[must_use]
    pub fn about(self) -> &'static str {
        match self {
            Capability::AccessRecordHtml => "Show sections of the GP record, ready formatted.",
            Capability::AccessRecordStructured => "Read coded data: medicines, allergies, problems and more.",
            Capability::AccessDocument => "Find and open documents of the GP record.",
            Capability::AppointmentManagement => "Search, book, amend and cancel appointments at a practice.",
            Capability::SendDocument => "Send a report of a consultation to the registered practice.",
        }
    }

    /// Specification versions that may be chosen, newest first (domain/testing.md §4, domain/scal.md sources).
    #[must_use]
    pub fn versions(self) -> &'static [&'static str] {
        match self {
            Capability::AccessRecordHtml => &["0.7.4", "0.7.3"],
            Capability::AccessRecordStructured => &["1.6.2", "1.6.0", "1.5.1"],
            Capability::AccessDocument => &["1.6.2", "1.6.0", "1.5.1"],
            Capability::AppointmentManagement => &["1.6.2", "1.2.8", "1.2.7"],
            Capability::SendDocument => &["1.6.0"],
        }
    }
}

impl FromStr for Capability {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        Self::ALL.iter().copied().find(|c| c.name() == name).ok_or(())
    }
}

/// A capability at one version of its specification.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Chosen {
    /// Which.
    pub capability: Capability,
    /// Version of the specification, such as `1.6.2`.
    pub version: String,
}

/// How the product finds patients on PDS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PdsRoute {
    /// The product itself is PDS compliant.
    Own,
    /// Through a mini service provider or another third party.
    ThirdParty,
    /// Not decided or not available yet.
    None,
}

impl PdsRoute {
    /// Every route.
    pub const ALL: &'static [PdsRoute] = &[PdsRoute::Own, PdsRoute::ThirdParty, PdsRoute::None];

    /// The name in forms.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            PdsRoute::Own => "own",
            PdsRoute::ThirdParty => "third_party",
            PdsRoute::None => "none",
        }
    }

    /// The words on a page.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            PdsRoute::Own => "by the product itself",
            PdsRoute::ThirdParty => "through a third party",
            PdsRoute::None => "not yet",
        }
    }
}

/// The answers that open a journey. They are recorded in its first event and decide which tasks it has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// Name of the product, as people will read it everywhere. Journeys that were opened before the version was asked by
    /// itself have it in here.
    pub product: String,
    /// The version of the product that is assessed; empty while it is not known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub version: String,
    /// What it will use, at least one.
    pub capabilities: Vec<Chosen>,
    /// Connected to the Health and Social Care Network.
    pub hscn: bool,
    /// How patients are found on PDS.
    pub pds: PdsRoute,
    /// Already conformant for another GP Connect capability.
    pub already_conformant: bool,
    /// Organisations other than the supplier's own will use the product.
    pub other_organisations: bool,
    /// Show the supporting tasks (network, clinical safety, registrations) in the plan.
    pub supporting_tasks: bool,
    /// The edition of the SCAL catalogue that this journey answers.
    #[serde(default, skip_serializing_if = "Edition::is_first")]
    pub catalogue: Edition,
    /// Nobody of the programme has confirmed these answers yet ([`Plan`]). Journeys that were opened before they were
    /// confirmed at all do not wait for it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unconfirmed: bool,
}

/// The answers given at the start, as the assurance team confirms or corrects them when it opens the engagement: it chooses
/// the test route (domain/testing.md §2). A typing error in the name of the product is put right with them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Name of the product.
    pub product: String,
    /// Its version; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub version: String,
    /// What the product will use or provide, at least one.
    pub capabilities: Vec<Chosen>,
    /// Connected to the Health and Social Care Network.
    pub hscn: bool,
    /// How patients are found on PDS.
    pub pds: PdsRoute,
    /// Already conformant for another GP Connect capability.
    pub already_conformant: bool,
    /// Organisations other than the supplier's own will use the product.
    pub other_organisations: bool,
    /// The supporting tasks are in the plan.
    pub supporting_tasks: bool,
}

impl Opening {
    /// Name and version of the product.
    #[must_use]
    pub fn named(&self) -> String {
        if self.version.is_empty() { self.product.clone() } else { format!("{} {}", self.product, self.version) }
    }

    /// What the assurance team confirms or corrects.
    #[must_use]
    pub fn plan(&self) -> Plan {
        Plan {
            product: self.product.clone(),
            version: self.version.clone(),
            capabilities: self.capabilities.clone(),
            hscn: self.hscn,
            pds: self.pds,
            already_conformant: self.already_conformant,
            other_organisations: self.other_organisations,
            supporting_tasks: self.supporting_tasks,
        }
    }

    /// Takes over what was confirmed.
    pub fn confirm(&mut self, plan: &Plan) {
        let Plan { product, version, capabilities, hscn, pds, already_conformant, other_organisations, supporting_tasks } =
            plan.clone();
        self.product = product;
        self.version = version;
        self.capabilities = capabilities;
        self.hscn = hscn;
        self.pds = pds;
        self.already_conformant = already_conformant;
        self.other_organisations = other_organisations;
        self.supporting_tasks = supporting_tasks;
        self.unconfirmed = false;
    }
}

impl Plan {
    /// What stands in this one and not in that, each as "what: this", for whoever reads what was corrected.
    #[must_use]
    pub fn unlike(&self, other: &Plan) -> Vec<String> {
        let listed = |plan: &Plan| {
            let all = plan.capabilities.iter().map(|chosen| format!("{} {}", chosen.capability.title(), chosen.version));
            all.collect::<Vec<_>>().join(", ")
        };
        let yes = |value: bool| if value { "yes" } else { "no" }.to_owned();
        let told = |plan: &Plan| {
            [
                ("product", plan.product.clone()),
                ("version", if plan.version.is_empty() { "not named".to_owned() } else { plan.version.clone() }),
                ("capabilities", listed(plan)),
                ("connected to HSCN", yes(plan.hscn)),
                ("patients are found on PDS", plan.pds.title().to_owned()),
                ("certificate for another capability", yes(plan.already_conformant)),
                ("other organisations will use it", yes(plan.other_organisations)),
                ("supporting tasks in the plan", yes(plan.supporting_tasks)),
            ]
        };
        let pairs = told(self).into_iter().zip(told(other));
        pairs.filter(|(own, other)| own != other).map(|((what, own), _)| format!("{what}: {own}")).collect()
    }
}

/// The way through the test environments (domain/testing.md §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Route {
    /// No network, PDS by a third party: internet, OpenTest, INT, providers.
    A,
    /// No PDS route yet: that comes first, then as A.
    B,
    /// Network and PDS exist: internet, INT, providers.
    C,
    /// Conformant for one capability, adding another: as C.
    D,
    /// Send Document with its prerequisites in place: INT only.
    H,
    /// Send Document without them: prerequisites first, then INT only.
    I,
}

impl Route {
    /// The words on a page.
    #[must_use]
    pub fn about(self) -> &'static str {
        match self {
            Route::A => "Route A: internet-facing demonstrator, OpenTest, INT, then providers in INT.",
            Route::B => {
                "Route B: settle how you reach PDS first, then internet-facing demonstrator, OpenTest, INT and providers in INT."
            }
            Route::C => "Route C: internet-facing demonstrator, INT, then providers in INT. You do not need OpenTest.",
            Route::D => {
                "Route D: adding a capability to a conformant product. Internet-facing demonstrator, INT, then providers in INT."
            }
            Route::H => "Route H: Send Document is tested in INT only.",
            Route::I => "Route I: Send Document is tested in INT only, after its network and PDS prerequisites.",
        }
    }
}

impl Opening {
    /// The test route that these answers choose.
    #[must_use]
    pub fn route(&self) -> Route {
        let send_only = self.capabilities.iter().all(|c| c.capability == Capability::SendDocument);
        let ready = self.hscn && self.pds != PdsRoute::None;
        match (send_only, self.already_conformant, ready) {
            (true, _, true) => Route::H,
            (true, _, false) => Route::I,
            (false, true, _) => Route::D,
            (false, false, true) => Route::C,
            (false, false, false) if self.pds == PdsRoute::None => Route::B,
            (false, false, false) => Route::A,
        }
    }
}

macro_rules! conditions {
    ($($variant:ident, $name:literal, $about:literal;)*) => {
        /// The closed list of words that a definition may use in `when`. Each is decided by the opening alone.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Condition { $(#[doc = $about] $variant,)* }

        impl Condition {
            /// Every condition there is.
            pub const ALL: &'static [Condition] = &[$(Condition::$variant),*];

            /// The word in a definition.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Condition::$variant => $name,)* }
            }

            /// When it holds, in words.
            #[must_use]
            pub fn about(self) -> &'static str {
                match self { $(Condition::$variant => $about,)* }
            }
        }
    };
}

conditions! {
    Supporting, "supporting", "The supporting tasks are kept in the plan.";
    Safety, "safety", "The supporting tasks are kept in the plan, or the assurance team has not agreed yet to do without them.";
    NoHscn, "no_hscn", "The supplier has no HSCN connection yet.";
    NoPds, "no_pds", "There is no PDS route yet.";
    NeedsOpentest, "needs_opentest", "The test route passes OpenTest (routes A and B).";
    InternetRoute, "internet_route", "The test route starts at the internet-facing demonstrator (not Send Document alone).";
    SpineRoute, "spine_route", "The product calls GP Connect through Spine (not Send Document alone).";
    Structured, "structured", "Access Record Structured is chosen.";
    EndUsers, "end_users", "Organisations other than the supplier's own will use the product.";
}

impl Condition {
    /// Whether it holds for these answers.
    #[must_use]
    pub fn holds(self, opening: &Opening) -> bool {
        let route = opening.route();
        match self {
            Condition::Supporting => opening.supporting_tasks,
            Condition::Safety => opening.supporting_tasks || opening.unconfirmed,
            Condition::NoHscn => !opening.hscn,
            Condition::NoPds => opening.pds == PdsRoute::None,
            Condition::NeedsOpentest => matches!(route, Route::A | Route::B),
            Condition::InternetRoute | Condition::SpineRoute => !matches!(route, Route::H | Route::I),
            Condition::Structured => opening.capabilities.iter().any(|c| c.capability == Capability::AccessRecordStructured),
            Condition::EndUsers => opening.other_organisations,
        }
    }
}

/// The questions that open a journey of this side, with their help and messages. A provider is asked only what its plan
/// depends on.
#[must_use]
pub fn form(side: &str) -> Form {
    let mut fields = vec![
        Field::new("product", "What is the product called?", Kind::Line { max: 80 })
            .hint("Its name, for example Bedside View.")
            .required("Enter the name of the product"),
        Field::new("version", "Which version is to be assessed?", Kind::Line { max: 40 })
            .hint("Optional, for example 4.2.1. It is filled in wherever a version is asked for."),
    ];
    fields.extend(capability_form(side).fields);
    fields.push(yes_or_no(
        "hscn",
        "Are you connected to the Health and Social Care Network (HSCN)?",
        "Needed for the INT environment and for live use.",
        "Select yes if you are connected to HSCN",
    ));
    let supporting = yes_or_no(
        "supporting_tasks",
        "Should the plan include the supporting tasks?",
        "Network, clinical safety, registrations with Spine. If you say no, those that bear on safety stay in the plan until \
the assurance team agrees.",
        "Select yes if the plan should include the supporting tasks",
    );
    if side == PROVIDER {
        fields.push(supporting);
        return Form::of(fields).rule(PRODUCT);
    }
    fields.extend([
        Field::new(
            "pds",
            "How does the product find patients on PDS?",
            Kind::Choice(vec![
                ("own", "It is PDS compliant itself", ""),
                ("third_party", "Through a mini service provider (SMSP) or another third party", ""),
                ("none", "It cannot yet", "We add the choice of a PDS route to your plan."),
            ]),
        )
        .hint("The Personal Demographics Service confirms who a patient is and where they are registered.")
        .required("Select how the product finds patients on PDS"),
        yes_or_no(
            "already_conformant",
            "Does the product already have a certificate for a GP Connect capability?",
            "",
            "Select yes if the product already has a certificate",
        ),
        yes_or_no(
            "other_organisations",
            "Will organisations other than your own use it?",
            "For example practices, trusts or a hub. They read and sign before go-live.",
            "Select yes if other organisations will use it",
        ),
        supporting,
    ]);
    Form::of(fields).rule(PRODUCT)
}

/// The name of a product stands in the subject of emails.
const PRODUCT: Rule = Rule::NoAddress { field: "product" };

/// Which capabilities, each at which version. Asked when a journey is opened and again by `choose-capabilities` or, of a
/// provider, by `p-specifications`.
#[must_use]
pub fn capability_form(side: &str) -> Form {
    let (asked, hint) = if side == PROVIDER {
        ("Which capabilities will it provide?", "Select all that apply. You can change them later.")
    } else {
        (
            "Which capabilities will it use?",
            "Select all that apply. You can change them later; an approved use case is then looked at again.",
        )
    };
    let options = Capability::ALL.iter();
    let mut fields = vec![
        Field::new("capabilities", asked, Kind::Choices(options.clone().map(|c| (c.name(), c.title(), c.about())).collect()))
            .hint(hint)
            .required("Select at least one capability"),
    ];
    for capability in options {
        fields.push(Field::new(
            &version_field(*capability),
            &format!("Version of {}", capability.title()),
            Kind::Pick(capability.versions().iter().map(|v| (*v, *v, "")).collect()),
        ));
    }
    Form::of(fields)
}

/// The capabilities that checked answers of [`capability_form`] name; the newest version where none was picked.
#[must_use]
pub fn chosen(answers: &Answers) -> Vec<Chosen> {
    let named: BTreeSet<Capability> = answers.many("capabilities").iter().filter_map(|c| c.parse().ok()).collect();
    let version = |capability: Capability| {
        let picked = answers.one(&version_field(capability));
        if picked.is_empty() { capability.versions()[0].to_owned() } else { picked.to_owned() }
    };
    named.into_iter().map(|capability| Chosen { capability, version: version(capability) }).collect()
}

/// The answers of [`capability_form`] that name these capabilities.
#[must_use]
pub fn as_answers(capabilities: &[Chosen]) -> Answers {
    let mut answers = Answers::default();
    answers.0.insert("capabilities".to_owned(), capabilities.iter().map(|c| c.capability.name().to_owned()).collect());
    for chosen in capabilities {
        answers.0.insert(version_field(chosen.capability), vec![chosen.version.clone()]);
    }
    answers
}

fn yes_or_no(id: &str, label: &str, hint: &str, missing: &str) -> Field {
    Field::new(id, label, Kind::Choice(vec![("yes", "Yes", ""), ("no", "No", "")])).hint(hint).required(missing)
}

fn version_field(capability: Capability) -> String {
    format!("version_{}", capability.name().replace('-', "_"))
}

/// Reads the answers of [`form`]; every problem at once. What a provider is not asked is set so that it asks for nothing:
/// such a product is called, it calls nobody, and practices use it.
///
/// # Errors
/// The problems, in page order.
pub fn read(side: &str, answers: &Answers) -> Result<Opening, Problems> {
    let Plan { product, version, capabilities, hscn, pds, already_conformant, other_organisations, supporting_tasks } =
        read_plan(side, answers)?;
    Ok(Opening {
        product,
        version,
        capabilities,
        hscn,
        pds,
        already_conformant,
        other_organisations,
        supporting_tasks,
        catalogue: editions::newest(),
        unconfirmed: true,
    })
}

/// The same as the assurance team confirms or corrects it.
///
/// # Errors
/// The problems, in page order.
pub fn read_plan(side: &str, answers: &Answers) -> Result<Plan, Problems> {
    let answers = form(side).check(answers)?;
    let provider = side == PROVIDER;
    let one = |id: &str| answers.one(id).to_owned();
    let capabilities = chosen(&answers);
    if capabilities.is_empty() {
        return Err(Problems(vec![Problem::new("capabilities", "Select at least one capability")]));
    }
    Ok(Plan {
        product: one("product"),
        version: one("version"),
        capabilities,
        hscn: one("hscn") == "yes",
        pds: match one("pds").as_str() {
            _ if provider => PdsRoute::Own,
            "own" => PdsRoute::Own,
            "third_party" => PdsRoute::ThirdParty,
            _ => PdsRoute::None,
        },
        already_conformant: one("already_conformant") == "yes",
        other_organisations: provider || one("other_organisations") == "yes",
        supporting_tasks: one("supporting_tasks") == "yes",
    })
}

/// The answers of [`form`] that say this.
#[must_use]
pub fn plan_answers(plan: &Plan) -> Answers {
    let yes = |value: bool| if value { "yes" } else { "no" };
    as_answers(&plan.capabilities)
        .with("product", &plan.product)
        .with("version", &plan.version)
        .with("hscn", yes(plan.hscn))
        .with("pds", plan.pds.name())
        .with("already_conformant", yes(plan.already_conformant))
        .with("other_organisations", yes(plan.other_organisations))
        .with("supporting_tasks", yes(plan.supporting_tasks))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::CONSUMER;

    fn opening(capability: Capability, hscn: bool, pds: PdsRoute, conformant: bool) -> Route {
        Opening {
            product: "Bedside 1".into(),
            version: String::new(),
            capabilities: vec![Chosen { capability, version: capability.versions()[0].into() }],
            hscn,
            pds,
            already_conformant: conformant,
            other_organisations: true,
            supporting_tasks: true,
            catalogue: Default::default(),
            unconfirmed: false,
        }
        .route()
    }

    #[test]
    fn the_questionnaire_chooses_the_route_of_the_test_pathways() {
        use Capability::{AccessRecordHtml, SendDocument};
        assert_eq!(opening(AccessRecordHtml, false, PdsRoute::ThirdParty, false), Route::A);
        assert_eq!(opening(AccessRecordHtml, true, PdsRoute::None, false), Route::B);
        assert_eq!(opening(AccessRecordHtml, true, PdsRoute::Own, false), Route::C);
        assert_eq!(opening(AccessRecordHtml, true, PdsRoute::Own, true), Route::D);
        assert_eq!(opening(SendDocument, true, PdsRoute::ThirdParty, false), Route::H);
        assert_eq!(opening(SendDocument, false, PdsRoute::Own, false), Route::I);
    }

    #[test]
    fn nothing_filled_in_names_every_missing_answer_once() {
        let problems = read(CONSUMER, &Answers::default()).expect_err("nothing was answered").0;
        let fields: Vec<&str> = problems.iter().map(|p| p.field.as_str()).collect();
        assert_eq!(
            fields,
            ["product", "capabilities", "hscn", "pds", "already_conformant", "other_organisations", "supporting_tasks"]
        );
    }

    #[test]
    fn a_provider_is_asked_only_what_its_plan_depends_on() {
        let problems = read(PROVIDER, &Answers::default()).expect_err("nothing was answered").0;
        let fields: Vec<&str> = problems.iter().map(|p| p.field.as_str()).collect();
        assert_eq!(fields, ["product", "capabilities", "hscn", "supporting_tasks"]);
        let answers = Answers::default()
            .with("product", "Practice One 9")
            .with("capabilities", "access-record-structured")
            .with("hscn", "yes")
            .with("supporting_tasks", "no");
        let opening = read(PROVIDER, &answers).expect("complete");
        assert!(opening.other_organisations && opening.hscn && !opening.supporting_tasks);
    }
}
