//! Who acts: sides, roles, and the person at the keyboard.

use std::{collections::BTreeSet, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::base::{
    ids::{OrganisationId, PersonId},
    named::named,
};

named! {
    /// One of the parties of a journey. People of one side see the same things.
    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum Side {
        /// The organisation that makes the product.
        Supplier = ("supplier", "Supplier"),
        /// The GP Connect teams of NHS England.
        Programme = ("programme", "NHS England"),
        /// The organisations that will use the product.
        EndUser = ("end_user", "End-user group"),
        /// The organisation that leads the deployment.
        Commissioner = ("commissioner", "Commissioner"),
        /// Whoever runs this service. Sees accounts, never the content of a journey.
        Operator = ("operator", "Operator"),
    }
}

// A list of its own beside `named!`: a role has a side and a sentence as well.
macro_rules! roles {
    ($($variant:ident, $name:literal, $side:ident, $title:literal, $about:literal;)*) => {
        /// What a person does for an organisation (domain/people.md §1). A person may hold several.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Role { $(#[doc = $about] $variant,)* }

        impl Role {
            /// Every role there is.
            pub const ALL: &'static [Role] = &[$(Role::$variant),*];

            /// The name in definitions, forms and the database.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Role::$variant => $name,)* }
            }

            /// The side that this role belongs to.
            #[must_use]
            pub const fn side(self) -> Side {
                match self { $(Role::$variant => Side::$side,)* }
            }

            /// The words on a page.
            #[must_use]
            pub fn title(self) -> &'static str {
                match self { $(Role::$variant => $title,)* }
            }

            /// One sentence that says what a person with this role does here.
            #[must_use]
            pub fn about(self) -> &'static str {
                match self { $(Role::$variant => $about,)* }
            }
        }

        impl FromStr for Role {
            type Err = UnknownRole;

            fn from_str(name: &str) -> Result<Self, UnknownRole> {
                match name { $($name => Ok(Role::$variant),)* _ => Err(UnknownRole(name.chars().take(40).collect())) }
            }
        }
    };
}

/// A word that names no role.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a role")]
pub struct UnknownRole(String);

roles! {
    OnboardingLead, "onboarding_lead", Supplier, "Onboarding lead", "Opens journeys, submits, invites colleagues.";
    Developer, "developer", Supplier, "Developer", "Builds the product, tests it and keeps the evidence.";
    ClinicalSafetyOfficer, "clinical_safety_officer", Supplier, "Clinical safety officer", "Keeps the hazard log and signs the safety case.";
    Signatory, "signatory", Supplier, "Signatory", "Signs agreements for the supplier.";
    ProgrammeLead, "programme_lead", Programme, "Programme lead", "Decides on use cases, waivers and go-live.";
    FunctionalAssurance, "functional_assurance", Programme, "Functional assurance", "Issues the SCAL, reviews tests and evidence.";
    ClinicalSafety, "clinical_safety", Programme, "Clinical safety", "Reviews hazard logs and safety cases.";
    InformationGovernance, "information_governance", Programme, "Information governance", "Reviews data protection and security.";
    TechnicalArchitect, "technical_architect", Programme, "Technical architect", "Decides on requirements that a product does not meet.";
    PlatformSupport, "platform_support", Programme, "Platform support", "Opens environments and registers endpoints.";
    ServiceManagement, "service_management", Programme, "Service management", "Takes products into live service.";
    GroupLead, "group_lead", EndUser, "End-user group lead", "Leads the organisations that will use a product.";
    EndUserCso, "end_user_cso", EndUser, "End-user clinical safety officer", "Reviews the safety of the deployment.";
    AuthorisedPerson, "authorised_person", EndUser, "Authorised person", "Signs for an organisation that will use a product.";
    Commissioner, "commissioner", Commissioner, "Commissioner", "Agrees the deployment.";
    Operator, "operator", Operator, "Operator", "Looks after accounts and this service.";
}

impl Role {
    /// A team rather than a person.
    #[must_use]
    pub fn is_team(self) -> bool {
        matches!(
            self,
            Role::FunctionalAssurance
                | Role::ClinicalSafety
                | Role::InformationGovernance
                | Role::PlatformSupport
                | Role::ServiceManagement
        )
    }

    /// In a sentence: "the programme lead", "the clinical safety team".
    #[must_use]
    pub fn the(self) -> String {
        let title = self.title().to_lowercase();
        if self.is_team() { format!("the {title} team") } else { format!("the {title}") }
    }

    /// Any who hold it, in a sentence: "a developer", "an onboarding lead", "the clinical safety team".
    #[must_use]
    pub fn any(self) -> String {
        let title = self.title().to_lowercase();
        match self {
            team if team.is_team() => team.the(),
            _ if title.starts_with(['a', 'e', 'i', 'o', 'u']) => format!("an {title}"),
            _ => format!("a {title}"),
        }
    }

    /// What somebody is who holds it: "a developer", "an onboarding lead", "in the clinical safety team".
    #[must_use]
    pub fn held(self) -> String {
        if self.is_team() { format!("in {}", self.the()) } else { self.any() }
    }
}

/// The person who asks, for one organisation, with the roles held there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// Who.
    pub person: PersonId,
    /// For which organisation they act now.
    pub organisation: OrganisationId,
    /// Every organisation they belong to: nobody reviews the work of their own (domain/people.md §5).
    pub member_of: Vec<OrganisationId>,
    /// The roles they hold in `organisation`.
    pub roles: BTreeSet<Role>,
}

impl Actor {
    /// Whether they hold this role in the organisation they act for.
    #[must_use]
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// Whether they act for this side.
    #[must_use]
    pub fn on(&self, side: Side) -> bool {
        self.roles.iter().any(|role| role.side() == side)
    }

    /// The same person in one of their roles, as whoever holds several chooses to act; `None` for a role they do not hold.
    #[must_use]
    pub fn only(&self, role: Role) -> Option<Self> {
        self.is(role).then(|| Self { roles: BTreeSet::from([role]), ..self.clone() })
    }

    /// Roles held here that are in this list, in the order of the list.
    #[must_use]
    pub fn roles_among(&self, wanted: &[Role]) -> Vec<Role> {
        wanted.iter().copied().filter(|role| self.is(*role)).collect()
    }
}
