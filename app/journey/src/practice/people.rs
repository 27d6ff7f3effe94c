//! Who is at the practice: synthetic patients, by the numbers that the test scripts of consumers name (domain/testing.md §5). Names
//! and birth dates are of this service.

use jiff::civil::{Date, date};
use serde_json::{Value, json};

/// What is special about a patient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nothing.
    Normal,
    /// No allergies are recorded.
    NothingOfAllergies,
    /// It is recorded that there are no known allergies.
    NoKnownAllergies,
    /// No medicines are recorded.
    NoMedicines,
    /// Marked as sensitive on PDS: the practice answers as if it did not know them.
    Sensitive,
    /// Does not want their record shared.
    Dissents,
    /// Has died.
    Deceased,
    /// Has left the practice.
    Inactive,
    /// Their record is on its way from another practice.
    InTransit,
    /// Their number was replaced by another.
    Superseded,
    /// Registered elsewhere.
    Elsewhere,
}

/// A synthetic patient.
#[derive(Clone, Copy, Debug)]
pub struct Patient {
    /// The id at the practice.
    pub id: &'static str,
    /// The NHS number.
    pub number: &'static str,
    /// The practice that PDS names.
    pub practice: &'static str,
    /// Family name, given name, title.
    pub name: [&'static str; 3],
    /// `female` or `male`.
    pub gender: &'static str,
    /// When they were born.
    pub born: Date,
    /// What is special about them.
    pub kind: Kind,
}

/// The practice of the demonstrator.
pub const DEMONSTRATOR: &str = "A20047";
/// The practice of the worked example.
pub const EXAMPLE: &str = "T99999";
/// A practice that the register of SDS knows and that this service does not play.
pub const ANOTHER: &str = "V81997";

/// Practices that are answered for.
pub const PRACTICES: [&str; 2] = [DEMONSTRATOR, EXAMPLE];

const fn one(
    id: &'static str,
    number: &'static str,
    practice: &'static str,
    name: [&'static str; 3],
    born: Date,
    kind: Kind,
) -> Patient {
    let gender = if name[2].len() == 2 { "male" } else { "female" };
    Patient { id, number, practice, name, gender, born, kind }
}

/// Everybody.
pub const PATIENTS: [Patient; 14] = [
    one("2", "9000000084", EXAMPLE, ["Jackson", "Jane", "Mrs"], date(1952, 5, 31), Kind::Normal),
    one("3", "9658218873", DEMONSTRATOR, ["Parsons", "Mike", "Mr"], date(1981, 7, 24), Kind::Normal),
    one("4", "9658218865", DEMONSTRATOR, ["Hughes", "Thomasina", "Mrs"], date(1974, 2, 11), Kind::NothingOfAllergies),
    one("5", "9658218903", DEMONSTRATOR, ["Walker", "Daisy", "Miss"], date(1990, 11, 3), Kind::NoMedicines),
    one("6", "9658218989", DEMONSTRATOR, ["Begum", "Amina", "Mrs"], date(1966, 4, 19), Kind::NoKnownAllergies),
    one("7", "9658219705", DEMONSTRATOR, ["Okoro", "Chidi", "Mr"], date(1979, 9, 30), Kind::InTransit),
    one("8", "9658219691", DEMONSTRATOR, ["Lewis", "Gareth", "Mr"], date(1958, 1, 8), Kind::InTransit),
    one("9", "9658220142", DEMONSTRATOR, ["Novak", "Petra", "Miss"], date(1987, 6, 2), Kind::Sensitive),
    one("10", "9658220150", DEMONSTRATOR, ["Shah", "Dev", "Mr"], date(1993, 12, 15), Kind::Sensitive),
    one("11", "9658220169", DEMONSTRATOR, ["Price", "Ellen", "Mrs"], date(1948, 8, 21), Kind::Dissents),
    one("12", "9658220290", DEMONSTRATOR, ["Cole", "Albert", "Mr"], date(1931, 3, 27), Kind::Deceased),
    one("13", "9658219748", DEMONSTRATOR, ["Grant", "Iris", "Miss"], date(1985, 10, 9), Kind::Inactive),
    one("14", "9658220215", DEMONSTRATOR, ["Reid", "Fiona", "Mrs"], date(1970, 5, 5), Kind::Superseded),
    one("15", "9324926233", ANOTHER, ["Doyle", "Sean", "Mr"], date(1999, 2, 17), Kind::Elsewhere),
];

impl Patient {
    /// The one with this NHS number.
    #[must_use]
    pub fn with_number(number: &str) -> Option<&'static Patient> {
        PATIENTS.iter().find(|patient| patient.number == number)
    }

    /// Whether the practice answers about them. About anybody else it says that it does not know them.
    #[must_use]
    pub fn is_answered_for(&self) -> bool {
        !matches!(self.kind, Kind::Sensitive | Kind::Deceased | Kind::Inactive | Kind::Superseded | Kind::Elsewhere)
    }

    /// The FHIR resource, with the id that the practice gave.
    #[must_use]
    pub fn resource(&self, id: &str, old: bool) -> Value {
        let [family, given, title] = self.name;
        if old {
            return json!({
                "resourceType": "Patient", "id": id,
                "meta": { "profile": ["http://fhir.nhs.net/StructureDefinition/gpconnect-patient-1"] },
                "identifier": [{ "system": "http://fhir.nhs.net/Id/nhs-number", "value": self.number }],
                "name": [{ "use": "official", "text": format!("{title} {given} {family}"), "family": [family], "given": [given], "prefix": [title] }],
                "gender": self.gender, "birthDate": self.born.to_string(),
            });
        }
        json!({
            "resourceType": "Patient", "id": id,
            "meta": { "versionId": "1", "profile": ["https://fhir.nhs.uk/STU3/StructureDefinition/CareConnect-GPC-Patient-1"] },
            "identifier": [{
                "extension": [{
                    "url": "https://fhir.nhs.uk/STU3/StructureDefinition/Extension-CareConnect-GPC-NHSNumberVerificationStatus-1",
                    "valueCodeableConcept": { "coding": [{
                        "system": "https://fhir.nhs.uk/STU3/CodeSystem/CareConnect-NHSNumberVerificationStatus-1",
                        "code": "01", "display": "Number present and verified",
                    }] },
                }],
                "system": "https://fhir.nhs.uk/Id/nhs-number", "value": self.number,
            }],
            "active": true,
            "name": [{ "use": "official", "text": format!("{given} {family}"), "family": family, "given": [given], "prefix": [title] }],
            "gender": self.gender, "birthDate": self.born.to_string(),
            "address": [{ "use": "home", "type": "physical", "line": ["1 Example Street"], "city": "Leeds", "postalCode": "LS1 6AE" }],
            "generalPractitioner": [{ "reference": "Practitioner/1" }],
            "managingOrganization": { "reference": "Organization/1" },
        })
    }
}

fn profile(name: &str, old: bool) -> String {
    if old {
        format!("http://fhir.nhs.net/StructureDefinition/gpconnect-{}-1", name.to_lowercase())
    } else {
        format!("https://fhir.nhs.uk/STU3/StructureDefinition/CareConnect-GPC-{name}-1")
    }
}

fn system(name: &str, old: bool) -> String {
    format!("{}{name}", if old { "http://fhir.nhs.net/Id/" } else { "https://fhir.nhs.uk/Id/" })
}

/// The user id of the practice's doctor.
pub const DOCTOR: &str = "999999999999";

/// The doctor of the practice.
#[must_use]
pub fn practitioner(old: bool) -> Value {
    let name = if old {
        json!({ "use": "usual", "family": ["Gilbert"], "given": ["Nichole"], "prefix": ["Dr"] })
    } else {
        json!([{ "use": "usual", "family": "Gilbert", "given": ["Nichole"], "prefix": ["Dr"] }])
    };
    json!({
        "resourceType": "Practitioner", "id": "1", "meta": { "versionId": "1", "profile": [profile("Practitioner", old)] },
        "identifier": [{ "system": system("sds-user-id", old), "value": DOCTOR }], "name": name, "gender": "female",
    })
}

/// The practice itself.
#[must_use]
pub fn organisation(ods: &str, old: bool) -> Value {
    json!({
        "resourceType": "Organization", "id": "1", "meta": { "versionId": "1", "profile": [profile("Organization", old)] },
        "identifier": [{ "system": system("ods-organization-code", old), "value": ods }],
        "name": "Example Surgery",
        "telecom": [{ "system": "phone", "value": "0300 000 0000", "use": "work" }],
        "address": [{ "use": "work", "line": ["2 Example Street"], "city": "Leeds", "postalCode": "LS1 6AE" }],
    })
}

/// Where the practice is.
#[must_use]
pub fn location(ods: &str) -> Value {
    json!({
        "resourceType": "Location", "id": "1", "meta": { "versionId": "1", "profile": [profile("Location", false)] },
        "identifier": [{ "system": system("ods-site-code", false), "value": ods }],
        "status": "active", "name": "Example Surgery",
        "telecom": [{ "system": "phone", "value": "0300 000 0000", "use": "work" }],
        "address": { "line": ["2 Example Street"], "city": "Leeds", "postalCode": "LS1 6AE" },
        "managingOrganization": { "reference": "Organization/1" },
    })
}

/// The id of the practice's service in the Directory of Services.
pub const SERVICE: &str = "1000123";

/// A service of the practice that can be booked (1.2.8).
#[must_use]
pub fn healthcare_service() -> Value {
    json!({
        "resourceType": "HealthcareService", "id": "1",
        "meta": { "versionId": "1", "profile": ["https://fhir.nhs.uk/STU3/StructureDefinition/GPConnect-HealthcareService-1"] },
        "identifier": [{ "system": "https://fhir.nhs.uk/Id/uec-dos-service-id", "value": SERVICE }],
        "active": true, "providedBy": { "reference": "Organization/1" }, "location": [{ "reference": "Location/1" }],
        "name": "Example Surgery appointments",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guidance::spine::formats::is_nhs_number;

    #[test]
    fn everybody_has_an_nhs_number_of_their_own_and_an_id() {
        let mut numbers: Vec<&str> = PATIENTS.iter().map(|patient| patient.number).collect();
        assert!(numbers.iter().all(|number| is_nhs_number(number)), "{numbers:?}");
        numbers.sort_unstable();
        numbers.dedup();
        let mut ids: Vec<&str> = PATIENTS.iter().map(|patient| patient.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!((numbers.len(), ids.len()), (PATIENTS.len(), PATIENTS.len()));
    }

    #[test]
    fn the_patient_of_the_worked_example_is_the_one_that_is_registered_there() {
        let jane = Patient::with_number("9000000084").expect("she is there");
        assert_eq!((jane.id, jane.practice, jane.name[1], jane.gender), ("2", EXAMPLE, "Jane", "female"));
        assert_eq!(jane.resource("2", false)["birthDate"], "1952-05-31");
    }
}
