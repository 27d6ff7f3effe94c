//! What a provider supplier is asked: design, test records, performance, witness record, pilot, practices
//! (domain/journeys.md, provider journey; domain/testing.md §3 and §6).
//!
//! Long because it has the questions of every form of the provider process.

use crate::{
    form::{
        Choice, Field, Form, Kind, Rule,
        short::{MOST_FILES, choice, day, files, in_order, line, needs, past_day, words},
    },
    plan::opening::Opening,
    task::results,
};

/// Practices of one wave.
const MOST_PRACTICES: usize = 500;

/// Organisations of a First of Type: "2 to 4 organisations per tranche", with room for more than one tranche.
const MOST_PILOTS: usize = 20;

fn practices(id: &str, label: &str, most: usize) -> Field {
    Field::new(id, label, Kind::Organisations { most })
        .hint("One per line: the ODS code, then the name. Like: A21471 Willow Lane Surgery.")
        .required("Enter the practices")
}

fn version() -> Field {
    line(
        "version",
        "Product version",
        "The version under assurance: evidence of an older one goes stale.",
        "Enter the product version",
    )
}

/// "design incl. enablement switches, exclusions, audit".
pub(crate) fn design() -> Form {
    Form::of(vec![
        line("document", "Design document: title, version and date", "", "Enter the title, version and date of the design"),
        words(
            "switches",
            "How does a practice turn GP Connect and each capability on and off?",
            "Both are off until the practice decides. Say who may turn them on and where.",
            "Say how a practice turns capabilities on and off",
        ),
        words(
            "exclusions",
            "What is withheld, and how?",
            "Sensitive and practice-confidential items, dissent, patients that are not registered here.",
            "Say what is withheld and how",
        ),
        words(
            "audit",
            "What does the audit trail record of each call?",
            "Who asked, for whom, from where, what was returned.",
            "Say what the audit trail records",
        ),
        words("load", "How does the system protect itself from too many calls?", "Optional. Limits and queues.", ""),
        files("Optional. The design, diagrams."),
    ])
}

/// The record of a run of test suites: self-testing and provider testing assurance ask the same.
#[must_use]
pub fn run(assurance: bool) -> Form {
    let mut fields = vec![
        line("suite", "Test suite and its version", "Such as provider test suite 1.6.0.", "Enter the test suite and its version"),
        line("endpoint", "Which endpoint was tested?", "Its address, and through which environment.", "Enter the endpoint"),
        past_day("from", "First day of the run", "Enter the first day of the run"),
        past_day("to", "Last day of the run", "Enter the last day of the run"),
        version(),
        Field::new(results::FIELD, "Reports of the test suite", Kind::Files { most: results::MOST })
            .hint("JUnit XML, TRX or Cucumber JSON. Each is read when you add it; the results are shown below.")
            .required("Add the report of the test suite"),
        words(
            "traceability",
            "Your own tests: which requirements do they prove?",
            "The suite does not cover everything. Name each test and the requirement of the specification.",
            "Say which requirements your own tests prove",
        ),
        words("open_points", "What is open?", "Each failure that remains, with its owner and the day it will be fixed.", ""),
    ];
    if assurance {
        fields.push(words(
            "negative",
            "Which negative tests did you run through the proxy?",
            "Certificates that are expired or revoked, wrong identifiers, claims that are missing or out of date.",
            "Say which negative tests you ran",
        ));
    }
    fields.push(files("Optional. Traceability matrix, logs, captured messages. No data of real patients."));
    in_order(Form::of(fields))
}

/// "Network, ASID, certificate, PDS, SDS", each on its own line, so that a reviewer can return one of them.
pub(crate) fn accreditation() -> Form {
    Form::of(vec![
        line("network", "Network: HSCN connection and addresses", "", "Describe the network connection"),
        line("asid", "ASID and party key in the test environment", "", "Enter the ASID and the party key"),
        line(
            "certificate",
            "Endpoint certificate",
            "Its subject, issuer and the day it expires. Never send a private key.",
            "Enter the subject, issuer and expiry of the certificate",
        ),
        words("pds", "PDS: how are patients traced and kept up to date?", "", "Say how patients are traced"),
        words("sds", "SDS: how is the system registered, and with which interactions?", "One per line.", "Name the interactions"),
        words("earlier", "Is this from an earlier project?", "Optional. Which one, when, and what has changed since.", ""),
        files("Optional. Letters of accreditation, registrations."),
    ])
}

pub(crate) fn model() -> Form {
    Form::of(vec![
        line("document", "Model document: title, version and date", "", "Enter the title, version and date of the model"),
        line("practices", "Practices and registered patients in scope", "At the start and after 24 months.", "Enter the numbers"),
        words(
            "calls",
            "Calls that you expect, by kind",
            "Record look-up, appointment search, book, cancel and the like; per day and at the peak hour.",
            "Say which calls you expect",
        ),
        line("peak", "Peak in transactions per second", "At the start, after 6 and after 12 months.", "Enter the peak"),
        words(
            "data",
            "Test data",
            "Realistic in complexity and volume, healthy and complex patients mixed, without effects of a cache.",
            "Describe the test data",
        ),
        files("The model as a document or workbook."),
    ])
}

/// Targets: command APIs below 250 ms, queries below 3000 ms (domain/testing.md §6).
pub(crate) fn performance() -> Form {
    const COMMANDS: u32 = 250;
    const QUERIES: u32 = 3000;
    const MISSED: &str = "Say what was not met and what you do about it";
    const OUTCOMES: &[Choice] = &[
        ("met", "Met", ""),
        ("partly", "Partly met", "Say below which figure was not met, and what you do about it."),
        ("not_run", "Not run", ""),
    ];
    in_order(
        Form::of(vec![
            past_day("from", "First day of testing", "Enter the first day of testing"),
            past_day("to", "Last day of testing", "Enter the last day of testing"),
            version(),
            choice("load", "LOAD: the peak of the model for an hour", "", OUTCOMES, "Say what LOAD showed"),
            choice("ramp", "RAMP: more and more until it gives way", "Should be run.", OUTCOMES, "Say what RAMP showed"),
            choice("soak", "SOAK: a day of usual load", "Ideally run.", OUTCOMES, "Say what SOAK showed"),
            Field::new("commands", "Slowest answer to a command, in milliseconds", Kind::Figure { must: COMMANDS, should: 100 })
                .hint("Booking, registering: must be below 250, should be below 100.")
                .required("Enter the slowest answer to a command"),
            Field::new("queries", "Slowest answer to a query, in milliseconds", Kind::Figure { must: QUERIES, should: 1000 })
                .hint("Must be below 3000, should be below 1000.")
                .required("Enter the slowest answer to a query"),
            line("throughput", "Transactions per second and message size", "Both at the peak.", "Enter both figures"),
            words(
                "scaling",
                "What is your plan for growth?",
                "What is added when, and by whom.",
                "Say what your plan for growth is",
            ),
            words("open_points", "What was not met, and what do you do about it?", "", ""),
            files("The report with all figures."),
        ])
        .rule(Rule::Not { field: "load", is: "not_run", says: "LOAD must be run. Your draft is kept" })
        .rule(Rule::Explained { figure: "commands", must: COMMANDS, by: "open_points", says: MISSED })
        .rule(Rule::Explained { figure: "queries", must: QUERIES, by: "open_points", says: MISSED })
        .rule(needs("load", &["partly"], "open_points", MISSED))
        .rule(needs("ramp", &["partly"], "open_points", MISSED))
        .rule(needs("soak", &["partly"], "open_points", MISSED)),
    )
}

pub(crate) fn penetration() -> Form {
    let scope = words(
        "scope",
        "What was tested?",
        "Each of the OWASP Top 10, and every interface that GP Connect opens.",
        "Say what was tested",
    );
    penetration_test([version(), scope], "the pilot")
}

/// The questions about a penetration test, with those of the one process alone, and what its findings have to be closed before.
pub(crate) fn penetration_test<const N: usize>(own: [Field; N], before: &str) -> Form {
    let mut fields = vec![
        line("tester", "Who tested it?", "An organisation independent of the developers.", "Enter who tested it"),
        past_day("from", "First day of the test", "Enter the first day of the test"),
        past_day("to", "Last day of the test", "Enter the last day of the test"),
    ];
    fields.extend(own);
    fields.extend([
        line(
            "findings",
            "Critical and high findings",
            "How many there were, and how many are still open.",
            "Say how many findings there were and how many are open",
        ),
        words(
            "note",
            "What did you do about each finding?",
            &format!("Critical and high findings must be closed or formally accepted before {before}."),
            "Say what you did about the findings",
        ),
        files("The summary of the report and the remediation list."),
    ]);
    in_order(Form::of(fields))
}

pub(crate) fn safety() -> Form {
    Form::of(vec![
        line("safety_case", "Clinical safety case: reference, version and date", "", "Enter the reference of the safety case"),
        line("hazard_log", "Hazard log: reference, version and date", "", "Enter the reference of the hazard log"),
        line(
            "signed_by",
            "Which clinical safety officer signed both?",
            "Name, professional body and registration number.",
            "Enter who signed both",
        ),
        version(),
        words("residual", "Which risks remain, and who accepts them?", "Write “none” if none remain.", "Say which risks remain"),
        words("training", "What must practices do about it?", "Training, local controls. Optional.", ""),
        Field::new("files", "Safety case and hazard log", Kind::Files { most: MOST_FILES })
            .hint("As signed by the clinical safety officer.")
            .required("Add the safety case and the hazard log"),
    ])
}

/// The record of witness testing: agenda, scripts, what was seen. It is signed, not reviewed.
#[must_use]
pub fn witness() -> Form {
    Form::of(vec![
        past_day("held_on", "When was it held?", "Enter the day"),
        line("present", "Who was present?", "Names and roles, from your side and from NHS England.", "Say who was present"),
        version(),
        line("environment", "Environment", "Where the product ran.", "Enter the environment"),
        words("agenda", "Agenda", "What was to be shown, in which order.", "Write the agenda"),
        words(
            "scripts",
            "Scripts and what was seen",
            "One per line: number of the script, requirement, passed or failed, what was seen.",
            "Write down each script and what was seen",
        ),
        choice(
            "outcome",
            "What was the result?",
            "",
            &[
                ("passed", "Every script passed", ""),
                ("open", "Passed, with points that stay open", "Name them below, each with an owner and a day."),
                ("failed", "Not passed", "Change the product first. Then hold the test again."),
            ],
            "Say what the result was",
        ),
        words("open_points", "Points that stay open", "", ""),
        files("Optional. Screenshots, recordings of the screen, messages. No data of real patients."),
    ])
    .rule(needs("outcome", &["open"], "open_points", "Name the points that stay open"))
    .rule(Rule::Not {
        field: "outcome",
        is: "failed",
        says: "Hold the test again when the product has changed. Your draft is kept",
    })
}

pub(crate) fn integration() -> Form {
    in_order(
        Form::of(vec![
            line("endpoint", "Which endpoint in INT was called?", "", "Enter the endpoint"),
            past_day("from", "First day of testing", "Enter the first day of testing"),
            past_day("to", "Last day of testing", "Enter the last day of testing"),
            version(),
            words(
                "consumers",
                "Which consumer products called it, and how did it go?",
                "One per line: supplier, product, version, passed or failed.",
                "Name the consumer products and how it went",
            ),
            choice(
                "outcome",
                "What was the result?",
                "",
                &[
                    ("passed", "Passed", "At least one consumer has passed every test it could run."),
                    ("open", "Passed, with open points", "Name them below."),
                    ("failed", "Not passed yet", "Continue testing. Send the record when the tests pass."),
                ],
                "Say what the result was",
            ),
            words("open_points", "What is open?", "Each point, and whether it is yours, the consumer's or Spine's.", ""),
            files("Requests and responses with all headers. No data of real patients."),
        ])
        .rule(needs("outcome", &["open"], "open_points", "Say what is open"))
        .rule(Rule::Not {
            field: "outcome",
            is: "failed",
            says: "Send the record when the tests pass. Your draft is kept",
        }),
    )
}

pub(crate) fn gateway() -> Form {
    Form::of(vec![
        version(),
        words("endpoints", "Production endpoints", "Domain names and addresses.", "Enter the production endpoints"),
        words(
            "request",
            "Certificate signing request for production",
            "Paste the PEM text, or add it as a file. Never send a private key.",
            "",
        ),
        practices("pilots", "Practices of the pilot that need an ASID", MOST_PILOTS),
        line("out_of_hours", "Who can be called when something goes wrong?", "Name and telephone number.", "Enter whom to call"),
        files("Certificate signing requests, endpoint forms."),
    ])
}

pub(crate) fn go_live() -> Form {
    Form::of(vec![
        practices("sites", "Practices of the pilot", MOST_PILOTS),
        line(
            "consumer",
            "Consumer product of the pilot, and who leads it",
            "A commissioning body must lead; sharing agreements must exist.",
            "Enter the consumer product and who leads the pilot",
        ),
        day("first_on", "When is the first practice planned to go live?", "Enter the planned date"),
        words(
            "support",
            "How are the practices supported?",
            "Who answers, in which hours, and how an incident reaches you.",
            "Say how the practices are supported",
        ),
        line("ola", "Operational level agreement", "Its title, version and date.", "Enter the operational level agreement"),
        words("safety", "What is open in clinical safety?", "Write “nothing” if nothing is open.", "Say what is open"),
        words(
            "monitoring",
            "How is the pilot watched?",
            "What is measured, how often, who looks.",
            "Say how the pilot is watched",
        ),
        words("note", "Anything to add", "Optional.", ""),
        files("Optional. The agreement, the support model, the pilot plan."),
    ])
}

/// Exit criteria of the pilot: each must be met, and the report says how it was measured.
const CRITERIA: [(&str, &str); 5] = [
    ("exit_calls", "Calls were answered correctly, and each can be found in the audit trail"),
    ("exit_speed", "Response times and availability were as agreed"),
    ("exit_incidents", "No incident of severity 1 or 2 is open"),
    ("exit_safety", "No hazard is open without a control, and the safety case is up to date"),
    ("exit_practices", "The practices and the consumer want to continue"),
];

pub(crate) fn pilot() -> Form {
    let state = || Kind::Choice(vec![("met", "Met", ""), ("not_met", "Not met yet", "Continue the pilot.")]);
    let mut fields = vec![
        practices("sites", "At which practices did the pilot run?", MOST_PILOTS),
        line("consumer", "With which consumer product?", "Supplier, product and version.", "Enter the consumer product"),
        past_day("from", "First day", "Enter the first day"),
        past_day("to", "Last day", "Enter the last day"),
        words(
            "monitoring",
            "What did the monitoring show?",
            "One per line for each week: calls, failures, slowest answers, feedback.",
            "Say what the monitoring showed",
        ),
        words(
            "incidents",
            "Incidents",
            "One per line: day, severity, what happened, what was changed. Write “none” if there were none.",
            "List the incidents",
        ),
    ];
    let mut form = Form::default();
    for (id, label) in CRITERIA {
        fields.push(Field::new(id, label, state()).required(&format!("Say whether this is met: {label}")));
        form.rules.push(Rule::Not { field: id, is: "not_met", says: "Send the report when this is met. Your draft is kept" });
    }
    fields.push(files("The monitoring reports."));
    form.fields = fields;
    in_order(form)
}

pub(crate) fn registration(opening: &Opening) -> Form {
    let capabilities = opening.capabilities.iter().map(|c| (c.capability.name(), c.capability.title(), c.capability.about()));
    Form::of(vec![
        practices("sites", "Practices of the first wave", MOST_PRACTICES),
        line(
            "endpoints",
            "Endpoint pattern",
            "How the service root address of a practice is made from its code.",
            "Enter the endpoint pattern",
        ),
        Field::new("capabilities", "Capabilities that will be offered to them", Kind::Choices(capabilities.collect()))
            .hint("They are registered, not turned on: each practice does that.")
            .required("Select the capabilities"),
        words(
            "waves",
            "Which waves follow, and when?",
            "Optional. Practices, dates, and what must be true before the next wave begins.",
            "",
        ),
        files("Optional. The list as a workbook, certificate signing requests."),
    ])
}

pub(crate) fn roll_out() -> Form {
    Form::of(vec![
        past_day("began_on", "When did the first wave begin?", "Enter the day"),
        words(
            "checks",
            "What did the early checks show?",
            "First calls, audit entries, incidents, feedback of practices.",
            "Say what the early checks showed",
        ),
        words("next", "Which waves follow?", "Optional.", ""),
    ])
}
