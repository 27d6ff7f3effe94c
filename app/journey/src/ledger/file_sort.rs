//! What a file is, and who may read it.

use serde::{Deserialize, Serialize};

use crate::base::{
    actor::{Actor, Role, Side},
    named::named,
};

named! {
    /// What a file is.
    #[derive(Default, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum Sort {
        /// A capture, a screenshot, a statement.
        #[default]
        Plain = ("plain", "Evidence"),
        /// A hazard log: for those who answer for clinical safety.
        HazardLog = ("hazard_log", "Hazard log"),
        /// The report of a penetration test: for those who answer for security.
        PenetrationTest = ("penetration_test", "Penetration test report"),
        /// The safety case or hazard log of a group that uses the product (DCB0160): for its own people and those who answer for
        /// clinical safety at NHS England.
        LocalSafety = ("local_safety", "Safety case or hazard log of the group"),
    }
}

impl Sort {
    /// Whether somebody who may see the journey may read a file of this sort. Whoever reviews it and whoever answers for it
    /// may; everybody else sees only that it is there.
    #[must_use]
    pub fn may_be_read_by(self, actor: &Actor) -> bool {
        let wanted: &[Role] = match self {
            Sort::Plain => return true,
            Sort::HazardLog => {
                &[Role::OnboardingLead, Role::ClinicalSafetyOfficer, Role::ClinicalSafety, Role::ProgrammeLead, Role::EndUserCso]
            }
            Sort::LocalSafety => &[Role::EndUserCso, Role::GroupLead, Role::ClinicalSafety, Role::ProgrammeLead],
            Sort::PenetrationTest => &[
                Role::OnboardingLead,
                Role::Developer,
                Role::InformationGovernance,
                Role::TechnicalArchitect,
                Role::ProgrammeLead,
            ],
        };
        wanted.iter().any(|role| actor.is(*role))
    }
}

/// Roles outside a side that a sort of evidence is kept from: for the sentence on the page.
#[must_use]
pub fn readers(sort: Sort) -> Vec<Role> {
    let alone = |role: Role| Actor {
        person: "reader".parse().expect("an id written in the source"),
        organisation: "reader".parse().expect("an id written in the source"),
        member_of: Vec::new(),
        roles: [role].into(),
    };
    Role::ALL.iter().copied().filter(|role| role.side() != Side::Operator && sort.may_be_read_by(&alone(*role))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hazard_log_is_for_clinical_safety_and_a_penetration_test_for_security() {
        let reads = |sort: Sort, role: Role| readers(sort).contains(&role);
        assert!(reads(Sort::HazardLog, Role::ClinicalSafety) && reads(Sort::HazardLog, Role::EndUserCso));
        assert!(!reads(Sort::HazardLog, Role::Signatory) && !reads(Sort::HazardLog, Role::ServiceManagement));
        assert!(reads(Sort::PenetrationTest, Role::InformationGovernance));
        assert!(!reads(Sort::PenetrationTest, Role::GroupLead) && !reads(Sort::PenetrationTest, Role::ClinicalSafety));
        assert!(reads(Sort::Plain, Role::GroupLead));
        assert!(reads(Sort::LocalSafety, Role::EndUserCso) && reads(Sort::LocalSafety, Role::ClinicalSafety));
        assert!(!reads(Sort::LocalSafety, Role::OnboardingLead) && !reads(Sort::LocalSafety, Role::ClinicalSafetyOfficer));
    }
}
