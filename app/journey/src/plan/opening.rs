//! The few questions asked when a journey is opened, and the test route and plan that follow from them
//! (domain/testing.md §2, routes of the consumer test pathways).

use serde::{Deserialize, Serialize};

use crate::{
    base::edition::Edition,
    plan::capability::{Capability, Chosen, PdsRoute},
};

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
    /// A first product that uses one capability in its newest version: connected to HSCN, asking PDS itself, for organisations
    /// of others, with every task in the plan.
    #[must_use]
    pub fn with_one(product: &str, capability: Capability) -> Self {
        Self {
            product: product.to_owned(),
            version: String::new(),
            capabilities: vec![Chosen { capability, version: capability.versions()[0].to_owned() }],
            hscn: true,
            pds: PdsRoute::Own,
            already_conformant: false,
            other_organisations: true,
            supporting_tasks: true,
            catalogue: Edition::default(),
            unconfirmed: false,
        }
    }

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

// A list of its own beside `named!`: a condition has a sentence as well, and what decides it stands beside.
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

            /// When it holds, as a clause: what follows "only if".
            #[must_use]
            pub fn about(self) -> &'static str {
                match self { $(Condition::$variant => $about,)* }
            }
        }
    };
}

conditions! {
    Supporting, "supporting", "the supporting tasks are kept in the plan";
    Safety, "safety", "the supporting tasks are kept in the plan, or the assurance team has not yet agreed to skip them";
    NoHscn, "no_hscn", "the supplier has no HSCN connection yet";
    NoPds, "no_pds", "there is no PDS route yet";
    NeedsOpentest, "needs_opentest", "the test route passes through OpenTest (routes A and B)";
    InternetRoute, "internet_route", "the test route starts at the internet-facing demonstrator (not Send Document alone)";
    SpineRoute, "spine_route", "the product calls GP Connect through Spine (not Send Document alone)";
    Structured, "structured", "Access Record Structured is chosen";
    EndUsers, "end_users", "organisations other than the supplier's own will use the product";
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
