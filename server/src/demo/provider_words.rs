//! What a supplier of GP clinical systems writes where a consumer would write something else.

use journey::{ledger::journey::Journey, plan::process::TaskSpec};

/// Answers by question, filled in like those of consumers.
const BY_FIELD: &[(&str, &str)] = &[
    (
        "message",
        "{product} holds the records of 310 practices. We would like to open them through {capability}. Could we agree who our contact is and when the test suite can be run?",
    ),
    ("document", "GP Connect design of {product}, version 2.1, 14 pages"),
    (
        "switches",
        "Both are off when the product is installed. The practice manager turns GP Connect on under Settings, Sharing, and then each capability. Every change is in the audit trail.",
    ),
    (
        "exclusions",
        "Items marked sensitive, items that the practice keeps to itself, patients who dissent and patients who are not registered here are withheld. The answer says that something was withheld, and not what.",
    ),
    (
        "audit",
        "Who asked, in which role and organisation, for which patient, from which system, when, and which sections were returned. Practices can search it and export it.",
    ),
    (
        "load",
        "Each practice has a limit of 20 calls a second. Calls above it wait up to two seconds and are then refused with 429.",
    ),
    ("suite", "Provider test suite 1.6.0"),
    ("endpoint", "https://messagingapi.{domain} through the Spine proxy in the test environment"),
    (
        "traceability",
        "PF-101 to PF-118 prove GPC-STR-01 to GPC-STR-18. PF-130 proves that a withheld item is not counted in a list.",
    ),
    (
        "negative",
        "An expired certificate, a revoked certificate, a wrong identifier, a token without the reason for access, a token from the day before. Each was refused with the documented error.",
    ),
    ("network", "HSCN through Demo Networks, two lines; addresses 192.0.2.40 to 192.0.2.47"),
    ("asid", "ASID 918999198701, party key T9X-820041"),
    ("certificate", "CN=messagingapi.{domain}, issued by the test authority of NHS England, until 30 June 2028"),
    ("pds", "Every patient is traced when registered, and again each night when something has changed."),
    (
        "sds",
        "urn:nhs:names:services:gpconnect:fhir:operation:gpc.getstructuredrecord-1\nurn:nhs:names:services:gpconnect:fhir:rest:read:metadata-1",
    ),
    ("earlier", ""),
    ("practices", "310 practices with 2.9 million patients; 420 practices after 24 months"),
    ("calls", "Structured record: 41,000 a day, 6,800 in the peak hour. Metadata: 3,100 a day."),
    ("peak", "2.4 at the start, 5 after 6 months, 9 after 12 months"),
    (
        "data",
        "A copy of three large practices with every name and number replaced. A tenth of the patients has more than 400 entries.",
    ),
    ("throughput", "9.6 transactions a second at 84 kB"),
    ("scaling", "A node is added when the processor is above 60% for a week. The operations team does it; it takes an hour."),
    ("scope", "Each of the OWASP Top 10, the proxy interface, the settings page and the audit search."),
    ("signed_by", "{officer}, GMC 0000000 (demo)"),
    ("residual", "One of low severity: a record that changes while it is being read. {officer} accepts it."),
    ("training", "Practices read two pages before they turn a capability on: what is shared, and how to withhold an item."),
    ("present", "{developer} and {lead} of {supplier}; Ruth Delaney of NHS England"),
    ("environment", "The assurance environment of {supplier}, version {version}"),
    ("agenda", "Switches, exclusions, audit search, behaviour when the record is locked."),
    (
        "scripts",
        "W1 GPC-CORE-07 passed: both switches are off after installation\nW2 GPC-CORE-09 passed: a sensitive item is withheld and named in the audit\nW3 GPC-CORE-12 passed: the manager finds a call of the day before",
    ),
    ("consumers", "Larkfield Systems, Urgent Care Link 5.0: passed\nNorthmoor Digital Health, Bedside View 4.2: passed"),
    ("pilots", "T99951 Willow Lane Surgery\nT99952 Mill Street Practice"),
    ("out_of_hours", "Duty engineer of {supplier}, 01632 960 177"),
    ("consumer", "Bedside View 4.2 of Northmoor Digital Health; Wenlow Integrated Care Board leads"),
    ("ola", "Operational level agreement between {supplier} and NHS England, version 1.2"),
    ("safety", "Nothing is open."),
    ("monitoring", "Calls, failures and slowest answers of each practice, looked at every morning by the duty engineer."),
    ("incidents", "None."),
    ("sites", "T99951 Willow Lane Surgery\nT99952 Mill Street Practice\nT99953 Harbour View Medical Centre"),
    ("endpoints", "https://messagingapi.{domain}/[ODS code]/STU3/1/gpconnect/structured/fhir/"),
    ("waves", "Wave 2 with 40 practices after four weeks, when no incident of severity 1 or 2 is open."),
    (
        "checks",
        "Forty calls on the first day, each answered and each in the audit trail. No incident. Both practices want to continue.",
    ),
];

/// What is written in this field, where a provider has words of its own for it.
pub(crate) fn own(journey: &Journey, field: &str) -> Option<&'static str> {
    let known = BY_FIELD.iter().find(|(name, _)| *name == field).map(|(_, words)| *words);
    known.filter(|_| journey.process.is_provider())
}

/// A report of the test suite, as the suite itself writes it.
pub(crate) fn report(journey: &Journey, spec: &TaskSpec) -> Vec<u8> {
    let case = |name: &str| format!("    <testcase classname=\"structured\" name=\"{name}\" time=\"0.8\"/>\n");
    let cases: String = [
        "GPC-STR-01 a record without sections",
        "GPC-STR-02 medicines of one year",
        "GPC-STR-03 allergies with those that ended",
        "GPC-STR-04 a patient who dissents",
        "GPC-STR-05 a patient of another practice",
        "GPC-STR-06 a sensitive item is withheld",
        "GPC-STR-07 a token without a reason for access",
        "GPC-STR-08 a request for a record that is locked",
    ]
    .iter()
    .map(|name| case(name))
    .collect();
    let round = journey.task(&spec.id).round.0 + 1;
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite name=\"provider test suite 1.6.0, run {round}\" tests=\"8\" failures=\"0\">\n{cases}  </testsuite>\n</testsuites>\n"
    )
    .into_bytes()
}
