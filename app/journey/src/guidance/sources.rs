//! Where decisions, rows and tasks come from: the short sources of the handbook in words, with the address of each that is published
//! in a repository (domain/scal.md, "Sources"; domain/decisions.md; domain/journeys.md). What has no address there gets none here.

use crate::plan::process::{Origin, TaskSpec};

/// One source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// What it is, in words.
    pub words: String,
    /// Where it is published.
    pub address: Option<String>,
}

/// The specification.
const SPECIFICATION: &str = "https://github.com/nhsconnect/gpconnect/blob";

/// Requirements for Access Record Structured, below a release of the specification.
const STRUCTURED: &str =
    "pages/accessrecord_structured/GP%20Connect%20Req%20Cat%20-%20Access%20Record%20Structured%20Data%20v2.4.xlsx";

/// Requirements for Appointment Management, below a release of the specification.
const APPOINTMENTS: &str =
    "pages/appointments/GP%20Connect%20Appointment%20Mgmt%20Capability%20Requirements%20-%20Developer%20Portal.xlsx";

/// The release that is meant where none is named.
const RELEASE: &str = "feature/1.6.2";

/// Pages of the specification as sources name them, with their title and their folder and name.
const PAGES: &[(&str, &str, &str)] = &[
    ("accessrecord", "Access Record HTML", "accessrecord/accessrecord"),
    ("accessrecord_structured", "Access Record Structured", "accessrecord_structured/accessrecord_structured"),
    ("access_documents", "Access Document", "access_documents/access_documents"),
    ("appointments", "Appointment Management", "appointments/appointments"),
    ("accessrecord_design", "design decisions of Access Record HTML", "accessrecord/accessrecord_design"),
    (
        "accessrecord_structured_design",
        "design decisions of Access Record Structured",
        "accessrecord_structured/accessrecord_structured_design",
    ),
    (
        "structured_design",
        "design decisions of Access Record Structured",
        "accessrecord_structured/accessrecord_structured_design",
    ),
    ("appointments_design", "design decisions of Appointment Management", "appointments/appointments_design"),
    ("foundations_design", "design decisions of Foundations", "foundations/foundations_design"),
    ("support_faq", "answers to frequent questions", "support/support_faq"),
    ("api_security_guidance", "security guidance", "development/development_api_security_guidance"),
    ("volume_and_performance", "volume and performance", "development/development_api_volume_and_performance"),
    ("api_non_functional_requirements", "non-functional requirements", "development/development_api_non_functional_requirements"),
    ("general_api_guidance", "general API guidance", "development/development_general_api_guidance"),
    (
        "cross_organisation_audit",
        "audit and provenance across organisations",
        "integration/integration_cross_organisation_audit_and_provenance",
    ),
    ("spine_directory_service", "Spine Directory Service", "integration/integration_spine_directory_service"),
    ("sds_registering_endpoints", "registering endpoints in SDS", "integration/integration_sds_registering_endpoints"),
    ("integration_system_topologies", "system topologies", "integration/integration_system_topologies"),
    ("integration_spine_secure_proxy", "Spine Secure Proxy", "integration/integration_spine_secure_proxy"),
    (
        "search_patient_documents",
        "search for a patient’s documents",
        "access_documents/access_documents_development_search_patient_documents",
    ),
    ("documents_guidance", "guidance for documents", "access_documents/access_documents_development_documents_guidance"),
    (
        "access_documents_use_case_find_a_patient",
        "find a patient for documents",
        "access_documents/access_documents_use_case_find_a_patient",
    ),
    ("integration_interaction_ids", "interaction ids", "integration/integration_interaction_ids"),
    ("fhir_error_handling_guidance", "error handling", "development/development_fhir_error_handling_guidance"),
    ("find_a_patient", "find a patient", "foundations/foundations_use_case_find_a_patient"),
    (
        "retrieve_patient_record",
        "retrieve a patient’s structured record",
        "accessrecord_structured/accessrecord_structured_development_retrieve_patient_record",
    ),
    ("search_for_free_slots", "search for free slots", "appointments/appointments_use_case_search_for_free_slots"),
    (
        "retrieve_a_patients_appointments",
        "retrieve a patient’s appointments",
        "appointments/appointments_use_case_retrieve_a_patients_appointments",
    ),
    ("book_an_appointment", "book an appointment", "appointments/appointments_use_case_book_an_appointment"),
    ("designprinciples_ig", "principles of information governance", "designprinciples/designprinciples_ig_principles"),
    ("overview_engage", "engage with GP Connect", "overview/overview_engage"),
    ("overview_deployment", "deployment", "overview/overview_deployment"),
    ("overview_getting_started_consumers", "getting started, consumers", "overview/overview_getting_started_consumers"),
    ("testing_deliverables", "deliverables of testing", "testing/testing_deliverables"),
    ("testing_api_provider_testing", "testing of providers", "testing/testing_api_provider_testing"),
];

fn page_of(release: &str, name: &str) -> Option<(&'static str, String)> {
    let (_, title, path) = PAGES.iter().find(|(known, ..)| *known == name)?;
    Some((title, format!("{SPECIFICATION}/{release}/pages/{path}.md")))
}

/// What a source that begins with this mark is, and where.
const MARKS: &[(&str, &str, &str)] = &[
    ("CSW", "GP Connect consumer support wiki", "https://github.com/nhsconnect/gpc-consumer-support/wiki"),
    ("CS", "GP Connect consumer support", "https://github.com/nhsconnect/gpc-consumer-support"),
    ("CA", "Connection agreement template 4.1", "https://github.com/nhsconnect/gpc-consumer-support"),
    ("PT", "GP Connect provider tests", "https://github.com/nhsconnect/gpconnect-provider-testing"),
    (
        "MSG",
        "Requirements for Send Document",
        "https://github.com/nhsconnect/gpconnect-messaging/blob/release/1.6.0/_data/senddoc_requirements.yml",
    ),
    ("SUG", "SCAL user guide", ""),
    ("WEB", "", ""),
];

fn source(text: &str) -> Source {
    let (mark, rest) = text.split_once(' ').unwrap_or((text, ""));
    let none = |words: String| Source { words, address: None };
    let some = |words: String, address: String| Source { words, address: Some(address) };
    match mark {
        "GPC" => {
            let (release, name) = rest.split_once(' ').filter(|(release, _)| release.contains('/')).unwrap_or((RELEASE, rest));
            let (name, part) = name.split_once(' ').unwrap_or((name, ""));
            let version = release.rsplit('/').next().unwrap_or(release);
            match page_of(release, name) {
                Some((title, address)) if part.is_empty() => {
                    some(format!("GP Connect specification {version}, {title}"), address)
                }
                Some((title, address)) => some(format!("GP Connect specification {version}, {title}, {part}"), address),
                None => none(format!("GP Connect specification, {}", rest.replace('_', " "))),
            }
        }
        "REQ-S" => {
            some(format!("Requirements for Access Record Structured, {rest}"), format!("{SPECIFICATION}/{RELEASE}/{STRUCTURED}"))
        }
        "REQ-A" => {
            some(format!("Requirements for Appointment Management, {rest}"), format!("{SPECIFICATION}/{RELEASE}/{APPOINTMENTS}"))
        }
        "analyst" => none("Added by this service".to_owned()),
        "structured_design" => source("GPC structured_design"),
        _ => match MARKS.iter().find(|(known, ..)| *known == mark) {
            Some((_, words, address)) => {
                let words = [*words, rest].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
                if address.is_empty() { none(words) } else { some(words, (*address).to_owned()) }
            }
            None => none(text.replace('_', " ")),
        },
    }
}

/// The sources of a row or a decision, as the handbook writes them.
#[must_use]
pub fn sources(text: &str) -> Vec<Source> {
    text.split("; ").map(source).collect()
}

/// Where the handbook has the tasks of the provider journey from, as far as it is a page.
const OF_PROVIDERS: &[(&str, &str)] = &[
    ("p-provider-testing-assurance", "testing_api_provider_testing"),
    ("p-witness-test", "testing_api_provider_testing"),
    ("p-vp-model", "volume_and_performance"),
    ("p-vp-test", "volume_and_performance"),
    ("p-fot-devmac", "overview_deployment"),
    ("p-fot-pilot", "overview_deployment"),
    ("p-full-rollout-approval", "overview_deployment"),
    ("p-register-practices", "overview_deployment"),
    ("p-enable-practices", "overview_deployment"),
    ("p-rollout-live", "overview_deployment"),
];

/// Where a task comes from. Pages that are gone are named as they were (domain/journeys.md, "Sources").
#[must_use]
pub fn of_task(task: &TaskSpec) -> Option<Source> {
    let at = |commit: &str, name: &str, when: &str| {
        let (title, address) = page_of(commit, name)?;
        Some(Source { words: format!("GP Connect specification, {title}, {when}"), address: Some(address) })
    };
    if let Some((_, name)) = OF_PROVIDERS.iter().find(|(id, _)| task.id.as_str() == *id) {
        return match *name {
            "overview_deployment" => at("a3ed3ae4", name, "March 2020"),
            name => Some(source(&format!("GPC {name}"))),
        };
    }
    match task.origin {
        _ if task.id.as_str().starts_with("p-") => None,
        Origin::Source => at("335ed5b6", "overview_engage", "December 2019"),
        Origin::Added2020 => at("83afaf6d", "overview_getting_started_consumers", "March 2020"),
        Origin::Supporting => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        catalogue::editions,
        guidance::pages,
        plan::{capability::Capability, process::Processes, track::CONSUMER},
    };

    #[test]
    fn every_page_that_the_handbook_names_has_its_address() {
        let all: Vec<String> = editions::shipped()
            .expect("the catalogue is lawful")
            .iter()
            .map(|row| row.source.clone())
            .chain(pages::decisions().iter().map(|decision| decision.source.clone()))
            .collect();
        let mut without: Vec<String> = all
            .iter()
            .flat_map(|text| sources(text))
            .filter(|source| source.address.is_none())
            .map(|source| source.words)
            .collect();
        without.sort();
        without.dedup();
        for words in &without {
            assert!(!words.contains(['_', '/']) || words.contains("glossary.yml"), "{words}");
        }
        let of_page = |words: &&String| words.starts_with("GP Connect specification");
        let gone: Vec<&String> = without.iter().filter(of_page).collect();
        assert_eq!(
            gone,
            ["GP Connect specification, 0.7.4 SSP implementation guide", "GP Connect specification, glossary.yml CATR"]
        );
    }

    #[test]
    fn sources_are_said_in_words_with_their_address() {
        let of = |text: &str| sources(text).into_iter().map(|s| (s.words, s.address.unwrap_or_default())).collect::<Vec<_>>();
        assert_eq!(
            of("GPC release/0.7.4 accessrecord_design"),
            [(
                "GP Connect specification 0.7.4, design decisions of Access Record HTML".to_owned(),
                "https://github.com/nhsconnect/gpconnect/blob/release/0.7.4/pages/accessrecord/accessrecord_design.md".to_owned()
            )]
        );
        let two = of("REQ-S CORE07; CSW GEN-10");
        assert_eq!(two.len(), 2);
        assert!(two[0].1.ends_with(".xlsx") && two[1].1.ends_with("/wiki"), "{two:?}");
        assert_eq!(of("DCB0129 (general knowledge)"), [("DCB0129 (general knowledge)".to_owned(), String::new())]);
        assert!(of("CA 7.1(d)")[0].0.ends_with("4.1, 7.1(d)"));
    }

    #[test]
    fn every_capability_leads_to_its_specification() {
        for capability in Capability::ALL {
            let of = sources(capability.specification());
            assert!(of.len() == 1 && of[0].address.is_some(), "{}", capability.title());
        }
    }

    #[test]
    fn every_official_task_of_consumers_has_its_page() {
        let process = Processes::shipped().expect("lawful").newest(CONSUMER).expect("one");
        for task in &process.tasks {
            let of = of_task(task);
            assert_eq!(of.is_some(), task.origin != Origin::Supporting, "{}", task.id);
            assert!(of.is_none_or(|source| source.address.is_some()), "{}", task.id);
        }
    }
}
