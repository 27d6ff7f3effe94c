//! What is to be read, tried or filled in for a task: pages of this service, and pages of the specification that are published
//! (`sources`). Tasks that ask people to read something lead to it.

use crate::{
    guidance::sources,
    plan::{capability::Capability, opening::Opening, process::TaskSpec},
};

/// One thing to read: its address and what it is.
pub type Reading = (String, String);

/// A page of this service, or a source of the handbook, that helps with a task.
enum About {
    /// A page for everybody.
    Page(&'static str, &'static str),
    /// The page of each capability that was chosen; of all of them before the choice.
    Chosen,
    /// A source of the handbook, as `sources` reads it.
    Source(&'static str),
}

use About::{Chosen, Page, Source};

const ALL: About = Page("/capabilities", "All capabilities and what they need");
const SPINE: About = Page("/spine", "Spine in six steps, with the headers and the token");
const SCAL: About = Page("/scal", "The requirements of the SCAL, tab by tab");
const WORDS: About = Page("/glossary", "What the words mean");
const TOPOLOGIES: About = Source("GPC integration_system_topologies");
const ENDPOINTS: About = Source("GPC sds_registering_endpoints");
const DELIVERABLES: About = Source("GPC testing_deliverables");

/// By task, what helps with it.
const OF_TASKS: &[(&str, &[About])] = &[
    ("read-capabilities", &[ALL, WORDS]),
    ("study-prerequisites", &[Source("GPC overview_getting_started_consumers"), Source("GPC designprinciples_ig"), ALL]),
    ("try-demonstrator", &[SPINE, Source("CSW"), Source("GPC general_api_guidance")]),
    ("choose-capabilities", &[ALL, SCAL]),
    ("contact-gp-connect-team", &[Source("GPC overview_engage")]),
    ("describe-use-case", &[Chosen, Source("GPC designprinciples_ig")]),
    ("contact-assurance-team", &[DELIVERABLES]),
    ("receive-scal", &[SCAL]),
    ("develop-product", &[Chosen, SPINE, SCAL]),
    ("s-mpv", &[ENDPOINTS]),
    ("s-endpoint", &[TOPOLOGIES, ENDPOINTS]),
    ("s-fqdn", &[TOPOLOGIES]),
    ("s-pds-route", &[SPINE]),
    ("test-internet-demonstrator", &[SPINE, Source("CS"), DELIVERABLES]),
    ("test-opentest", &[SPINE, Source("CS")]),
    ("test-int-demonstrator", &[SPINE, DELIVERABLES]),
    ("test-int-providers", &[SPINE, DELIVERABLES]),
    ("submit-scal", &[Chosen, SCAL, DELIVERABLES]),
    ("approval-to-go-live", &[Source("GPC overview_deployment")]),
    ("deployment-approach", &[Source("GPC overview_deployment")]),
    ("s-uplift", &[Chosen, SCAL]),
    ("p-read-capabilities", &[ALL, WORDS]),
    ("p-specifications", &[Chosen, Source("GPC general_api_guidance")]),
    ("p-spine-overview", &[SPINE, Source("GPC integration_spine_secure_proxy")]),
    ("p-engage", &[Source("GPC overview_engage")]),
    ("p-prerequisites", &[Source("GPC designprinciples_ig"), ALL]),
    ("p-design", &[Chosen, SPINE, Source("GPC cross_organisation_audit")]),
    ("p-build", &[Chosen, SPINE]),
    ("p-self-test", &[Source("GPC testing_api_provider_testing"), Source("PT")]),
    ("p-technical-accreditation", &[SPINE, ENDPOINTS]),
    ("p-provider-testing-assurance", &[Source("GPC testing_api_provider_testing"), Source("PT")]),
    ("p-witness-test", &[Source("GPC testing_api_provider_testing")]),
    ("p-vp-model", &[Source("GPC volume_and_performance")]),
    ("p-vp-test", &[Source("GPC volume_and_performance")]),
    ("p-integration-testing", &[SPINE, Chosen]),
    ("p-fot-pilot", &[Source("GPC overview_deployment")]),
    ("p-register-practices", &[ENDPOINTS]),
];

/// What to read for a task of a journey with this opening, in order; nothing where the task explains itself.
#[must_use]
pub fn of_task(task: &TaskSpec, opening: &Opening) -> Vec<Reading> {
    let about = OF_TASKS.iter().find(|(id, _)| task.id.as_str() == *id).map(|(_, about)| *about).unwrap_or_default();
    about.iter().flat_map(|about| readings(about, opening)).collect()
}

fn readings(about: &About, opening: &Opening) -> Vec<Reading> {
    match about {
        Page(to, words) => vec![((*to).to_owned(), (*words).to_owned())],
        Chosen => opening.capabilities.iter().map(|chosen| of_capability(chosen.capability)).collect(),
        Source(text) => {
            let found = sources::sources(text).into_iter();
            found.filter_map(|source| Some((source.address?, source.words))).collect()
        }
    }
}

fn of_capability(capability: Capability) -> Reading {
    (format!("/capabilities/{}", capability.name()), format!("{}: what it needs and what often goes wrong", capability.title()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{plan::process::Processes, view::example};

    #[test]
    fn every_task_that_is_named_is_there_and_leads_somewhere() {
        let opening = example::example("consumer").at(0).opening;
        let processes = Processes::shipped().expect("lawful");
        let tasks: Vec<&TaskSpec> = processes.all().flat_map(|process| &process.tasks).collect();
        for (id, about) in OF_TASKS {
            let task = tasks.iter().find(|task| task.id.as_str() == *id).unwrap_or_else(|| panic!("{id} is no task"));
            let found = of_task(task, &opening);
            assert!(found.len() >= about.len(), "{id}: {found:?}");
            for (to, words) in found {
                let here = ["/capabilities", "/spine", "/scal", "/glossary"].iter().any(|page| to.starts_with(page));
                assert!(here || to.starts_with("https://github.com/nhsconnect/"), "{id}: {to}");
                assert!(!words.is_empty(), "{id}: {to}");
            }
        }
    }

    /// What says "Read …" or "See …" leads to what is to be read.
    #[test]
    fn a_task_that_asks_to_read_leads_to_it() {
        let opening = example::example("consumer").at(0).opening;
        let processes = Processes::shipped().expect("lawful");
        for task in processes.all().flat_map(|process| &process.tasks) {
            // The group reads the SCAL of its own journey: its page leads there.
            let reads = task.help.starts_with("Read ") && task.id.as_str() != "end-user-reviews-scal";
            assert!(!reads || !of_task(task, &opening).is_empty(), "{} says “{}” and leads nowhere", task.id, task.help);
        }
    }
}
