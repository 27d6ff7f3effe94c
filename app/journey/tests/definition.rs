//! Static proofs on every shipped process, for every plan that the opening can choose; and the proof that a definition
//! with faults is refused with all of them, each with its line.
//!
//! Long because every proof walks the same definitions, and the published plan stands written out.

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::{committed, every_opening, shipped};
use journey::{
    base::{
        actor::{Role, Side},
        ids::TaskId,
    },
    form::Form,
    ledger::standing::Standing,
    people::rules,
    plan::{
        certificates, check,
        opening::{Condition, Opening},
        opening_form,
        process::{Origin, Process, Processes, Settle, TaskSpec},
    },
    rule::command::Command,
    task::{end_users, forms, testing},
};

/// The tasks of "Getting started" (December 2019) with the two that March 2020 added, as published
/// (domain/journeys.md, consumer journey). The two `(+)` are the added ones.
const OFFICIAL: &[(&str, &str, &str, &str)] = &[
    ("get-started-explore", "read-capabilities", "", "Read about the GP Connect capabilities"),
    ("get-started-explore", "study-prerequisites", "", "Study the prerequisites"),
    ("get-started-explore", "try-demonstrator", "+", "Try out the GP Connect Demonstrator"),
    ("get-started-explore", "choose-capabilities", "+", "Choose capabilities"),
    ("engagement", "contact-gp-connect-team", "", "Contact GP team"),
    ("engagement", "describe-use-case", "", "Describe use case (purpose of your product)"),
    ("engagement", "obtain-use-case-approval", "", "Obtain use case approval"),
    ("engagement", "contact-assurance-team", "", "Contact GP Connect Consumer Assurance team"),
    ("engagement", "receive-scal", "", "Receive Supplier Conformance Assessment List (SCAL)"),
    ("development-assurance", "develop-product", "", "Develop product"),
    ("development-assurance", "ongoing-communication", "", "Communication: ongoing communication with GP Connect"),
    ("development-assurance", "test-internet-demonstrator", "", "Test against internet-facing demonstrator"),
    ("development-assurance", "test-opentest", "", "Test against OpenTest demonstrator"),
    ("development-assurance", "test-int-demonstrator", "", "Test against environment demonstrator in Integration (INT)"),
    ("development-assurance", "submit-scal", "", "Fill in and submit SCAL, including evidence of clinical safety"),
    ("development-assurance", "test-int-providers", "", "Test against providers in INT"),
    (
        "development-assurance",
        "receive-technical-conformance-certificate",
        "",
        "Consumer receives technical conformance certificate",
    ),
    ("development-assurance", "receive-connection-agreement", "", "Receive connection agreement"),
    (
        "end-user-engagement",
        "start-end-user-engagement",
        "",
        "Start of end-user group engagement with GP Connect (e.g. practices sharing with a hospital)",
    ),
    ("end-user-engagement", "data-sharing-agreement", "", "Data sharing agreement"),
    ("end-user-engagement", "end-user-reviews-scal", "", "End-user group reviews SCAL"),
    ("end-user-engagement", "end-user-declaration", "", "End-user declaration signed"),
    ("deployment", "approval-to-go-live", "", "Approval to Go Live"),
    ("deployment", "deployment-approach", "", "Commissioner and Supplier Deployment Approach"),
    ("deployment", "go-live", "", "Go Live"),
];

#[test]
fn the_consumer_process_has_every_official_task_with_its_exact_label() {
    let process = shipped().newest("consumer").expect("a consumer process");
    let told: Vec<_> = process
        .tasks
        .iter()
        .filter(|task| task.origin != Origin::Supporting)
        .map(|task| {
            let added = if task.origin == Origin::Added2020 { "+" } else { "" };
            (task.stage.as_str(), task.id.as_str(), added, task.label.as_str())
        })
        .collect();
    assert_eq!(OFFICIAL.iter().filter(|task| task.2.is_empty()).count(), 23);
    for task in OFFICIAL {
        assert!(told.contains(task), "{task:?} is missing or differs");
    }
    assert_eq!(told.len(), OFFICIAL.len(), "no task but the published ones may call itself official");
}

#[test]
fn no_condition_can_take_an_official_task_away_but_the_ones_published_as_optional() {
    let process = shipped().newest("consumer").expect("a consumer process");
    let optional: BTreeSet<&str> = process
        .tasks
        .iter()
        .filter(|task| task.origin != Origin::Supporting && !task.when.is_empty())
        .map(|task| task.id.as_str())
        .collect();
    // The end-user phase is "if relevant"; the first two test environments depend on the test route.
    let published = [
        "data-sharing-agreement",
        "end-user-declaration",
        "end-user-reviews-scal",
        "start-end-user-engagement",
        "test-internet-demonstrator",
        "test-opentest",
    ];
    assert_eq!(optional, BTreeSet::from(published));
}

/// Supporting tasks that bear on safety. Doing without one takes a second person: as a waiver, or as the plan that the
/// assurance team confirms.
const SAFETY: &[&str] = &[
    "s-cso",
    "s-clinical-meeting-1",
    "s-clinical-meeting-2",
    "s-clinical-meeting-3",
    "s-dspt",
    "s-pentest",
    "s-production-access",
];

#[test]
fn no_answer_at_the_start_leads_around_the_tasks_that_bear_on_safety() {
    for process in shipped().all() {
        let opens: Vec<&TaskSpec> = process.tasks.iter().filter(|task| task.opens_engagement).collect();
        let [opens] = opens[..] else { panic!("{}: one task opens the engagement", process.id) };
        assert!(opens.decide.iter().all(|role| role.side() == Side::Programme) && !opens.waivable && opens.when.is_empty());
        for said in every_opening() {
            // As it is read from the answers of a supplier: nobody has confirmed it.
            let opening = Opening { unconfirmed: true, ..said.clone() };
            let without = Opening { supporting_tasks: false, ..opening.clone() };
            let with = Opening { supporting_tasks: true, ..opening.clone() };
            // Whatever the answer, none of them is gone.
            for task in process.tasks.iter().filter(|task| SAFETY.contains(&task.id.as_str())) {
                assert_eq!(task.applies(&without), task.applies(&with), "{} of {}", task.id, process.id);
            }
            // The journey cannot end before each of them, nor before somebody has confirmed the plan. The gates are those
            // of the definition, followed through tasks that drop out of the plan or may be waived only where they wait.
            let certain = behind(process, &process.last, &opening);
            assert!(certain.contains(&opens.id), "{}: an unconfirmed plan leads to its end", process.id);
            for task in process.tasks.iter().filter(|task| SAFETY.contains(&task.id.as_str()) && task.applies(&opening)) {
                assert!(certain.contains(&task.id), "{}: {} can be left aside", process.id, task.id);
            }
        }
        // And nobody but the programme says that they are not needed.
        for task in process.tasks.iter().filter(|task| SAFETY.contains(&task.id.as_str())) {
            assert!(task.waivable || task.when.is_empty(), "{}", task.id);
            let alone: Vec<&Condition> = task.when.iter().filter(|condition| !STATED.contains(condition)).collect();
            assert!(alone.is_empty(), "{}: left out by {alone:?}", task.id);
        }
    }
    // What a supplier's answers become is unconfirmed.
    let answers = opening_form::plan_answers(&every_opening()[0].plan());
    assert!(opening_form::read("consumer", &answers, Default::default()).expect("complete").unconfirmed);
}

/// Conditions of a safety task: that it may be left out at all, and that it is about a capability.
const STATED: &[Condition] = &[Condition::Safety, Condition::Structured];

/// Everything that must be done before this task, through every gate in the plan.
fn behind(process: &Process, task: &TaskId, opening: &Opening) -> BTreeSet<TaskId> {
    let mut found = BTreeSet::new();
    let mut open = vec![task.clone()];
    while let Some(next) = open.pop() {
        let spec = process.task(&next).expect("a task of the process");
        for need in spec.needs.iter().filter(|need| process.task(need).is_some_and(|need| need.applies(opening))) {
            if found.insert(need.clone()) {
                open.push(need.clone());
            }
        }
    }
    found
}

/// What end users (u) and commissioners (c) read of each process; of everything else they see that it is there.
const READ: &[(&str, &str)] = &[
    ("describe-use-case", "uc"),
    ("obtain-use-case-approval", "uc"),
    ("ongoing-communication", "uc"),
    ("submit-scal", "u"),
    ("receive-technical-conformance-certificate", "uc"),
    ("start-end-user-engagement", "uc"),
    ("data-sharing-agreement", "u"),
    ("end-user-reviews-scal", "u"),
    ("end-user-declaration", "u"),
    ("approval-to-go-live", "uc"),
    ("deployment-approach", "uc"),
    ("go-live", "uc"),
    ("s-first-of-type", "uc"),
    ("p-communication", "uc"),
    ("p-fot-devmac", "uc"),
    ("p-full-rollout-approval", "uc"),
    ("p-approval-go-live", "uc"),
    ("p-fot-pilot", "uc"),
    ("p-enable-practices", "uc"),
    ("p-rollout-live", "uc"),
];

#[test]
fn end_users_and_commissioners_read_what_is_named_here_and_nothing_else() {
    for task in shipped().all().flat_map(|process| &process.tasks) {
        let read = READ.iter().find(|(id, _)| *id == task.id.as_str()).map_or("", |(_, read)| read);
        assert_eq!(task.is_read_by(Side::EndUser), read.contains('u'), "{}", task.id);
        assert_eq!(task.is_read_by(Side::Commissioner), read.contains('c'), "{}", task.id);
        assert!(task.is_read_by(Side::Supplier) && task.is_read_by(Side::Programme) && !task.is_read_by(Side::Operator));
    }
}

/// The provider part of domain/journeys.md, with the gateway of the picture as the task that opens it.
const OFFICIAL_PROVIDER: &[(&str, &str, &str)] = &[
    ("p-get-started-explore", "p-read-capabilities", "Read about the capabilities"),
    ("p-get-started-explore", "p-specifications", "See latest specifications and release notes; evaluate specifications"),
    ("p-get-started-explore", "p-spine-overview", "Read the Spine integration overview"),
    ("p-get-started-explore", "p-engage", "Engagement with GP Connect Provider Assurance team (continuous)"),
    ("p-get-started-explore", "p-prerequisites", "Study GP Connect prerequisites"),
    ("p-develop", "p-design", "Design"),
    ("p-develop", "p-build", "Build"),
    (
        "p-develop",
        "p-self-test",
        "Self-testing with the automated provider test suite and own tests traceable to the specification",
    ),
    ("p-test-assure", "p-technical-accreditation", "Technical accreditation (network, ASID, certificate, PDS, SDS)"),
    (
        "p-test-assure",
        "p-provider-testing-assurance",
        "Provider testing assurance (technical conformance per capability incl. SSP)",
    ),
    ("p-test-assure", "p-witness-test", "Witness testing of requirements that cannot be automated"),
    ("p-test-assure", "p-vp-model", "Volume and performance model"),
    ("p-test-assure", "p-vp-test", "Volume and performance test: LOAD, RAMP (SOAK) results"),
    ("p-test-assure", "p-pentest", "OWASP Top 10 penetration test"),
    ("p-test-assure", "p-clinical-safety", "Clinical safety documents complete"),
    ("p-test-assure", "p-fot-devmac", "First of Type DevMAC"),
    ("p-test-assure", "p-integration-testing", "Integration testing (Spine INT, with consumers)"),
    ("p-test-assure", "p-gateway", "Gateway to Live Spine environment"),
    ("p-test-assure", "p-approval-go-live", "Approval to Go Live"),
    ("p-test-assure", "p-fot-pilot", "First of Type with consumer (pilot): monitored live use"),
    ("p-test-assure", "p-full-rollout-approval", "Full roll-out approval (DevMAC)"),
    ("p-roll-out", "p-register-practices", "Register endpoint, party key, ASID per practice"),
    ("p-roll-out", "p-enable-practices", "Practice turns GP Connect and each capability on (off by default)"),
    ("p-roll-out", "p-rollout-live", "Roll-out begins in Live"),
];

#[test]
fn the_provider_process_has_every_official_task_with_its_exact_label_in_every_plan() {
    let process = shipped().newest("provider").expect("a provider process");
    let official: Vec<_> = process
        .tasks
        .iter()
        .filter(|task| task.origin != Origin::Supporting)
        .map(|task| (task.stage.as_str(), task.id.as_str(), task.label.as_str()))
        .collect();
    assert_eq!(official, OFFICIAL_PROVIDER);
    for task in &process.tasks {
        // Only what a provider is asked may decide on its plan; the official tasks are in all of them.
        let asked = [Condition::Supporting, Condition::Safety, Condition::NoHscn];
        assert!(task.when.iter().all(|condition| asked.contains(condition)), "{}", task.id);
        assert_eq!(task.when.is_empty(), task.origin != Origin::Supporting, "{}", task.id);
    }
}

/// Nothing is live before the gateway, nothing is rolled out before the pilot: whatever is left out of a plan.
#[test]
fn no_way_leads_around_the_two_certificates_and_the_pilot() {
    let process = shipped().newest("provider").expect("a provider process");
    let behind = |task: &'static str| {
        let mut found: BTreeSet<&'static str> = BTreeSet::new();
        let mut open = vec![task];
        while let Some(task) = open.pop() {
            let spec = process.tasks.iter().find(|spec| spec.id.as_str() == task).expect("a task");
            open.extend(spec.needs.iter().map(TaskId::as_str).filter(|need| found.insert(need)));
        }
        found
    };
    for (task, needs) in [
        ("p-gateway", &["p-fot-devmac", "p-integration-testing"][..]),
        ("p-approval-go-live", &["p-gateway"]),
        ("p-fot-pilot", &["p-approval-go-live"]),
        ("p-full-rollout-approval", &["p-fot-pilot", "p-fot-devmac"]),
        ("p-enable-practices", &["p-register-practices", "p-full-rollout-approval"]),
        ("p-rollout-live", &["p-enable-practices", "p-witness-test", "p-vp-test", "p-pentest", "p-clinical-safety"]),
    ] {
        let behind = behind(task);
        for need in needs {
            assert!(behind.contains(need), "{task} can be reached without {need}");
            let spec = process.tasks.iter().find(|spec| spec.id.as_str() == *need).expect("a task");
            assert!(!spec.waivable, "{need} can be waived");
        }
    }
}

#[test]
fn every_shipped_definition_is_whole() {
    for process in shipped().all() {
        assert_eq!(check::lawful(process), [], "{}", process.id);
        let tasks: BTreeSet<&TaskId> = process.tasks.iter().map(|task| &task.id).collect();
        assert_eq!(tasks.len(), process.tasks.len(), "ids are unique");
        let stages: BTreeSet<_> = process.stages.iter().map(|stage| &stage.id).collect();
        assert_eq!(stages.len(), process.stages.len(), "stages are unique");
        for stage in &process.stages {
            assert!(!stage.title.trim().is_empty() && !stage.about.trim().is_empty(), "{} has words", stage.id);
        }
        for task in &process.tasks {
            assert!(stages.contains(&task.stage), "{} has a stage", task.id);
            assert!(check::NODES.contains(&task.node.as_str()), "{} has a node", task.id);
            assert!(!task.label.trim().is_empty() && !task.help.trim().is_empty(), "{} has words", task.id);
            assert!(task.needs.iter().all(|need| tasks.contains(need)), "{}: gates resolve", task.id);
            assert_eq!(task.needs.iter().collect::<BTreeSet<_>>().len(), task.needs.len(), "{}: a gate is named once", task.id);
        }
        // The page reads from top to bottom: what a task waits for, its stage has not yet to come.
        let place = |id: &TaskId| {
            let stage = &process.task(id).expect("gates resolve").stage;
            process.stages.iter().position(|s| s.id == *stage)
        };
        for task in &process.tasks {
            for need in &task.needs {
                assert!(place(need) <= place(&task.id), "{} waits for {need} of a later stage", task.id);
            }
        }
    }
}

#[test]
fn every_plan_can_be_walked_to_its_end() {
    let openings = every_opening();
    let mut plans = BTreeSet::new();
    for process in shipped().all() {
        for opening in &openings {
            let plan: Vec<&TaskSpec> = process.plan(opening).collect();
            plans.insert(plan.iter().map(|task| &task.id).collect::<Vec<_>>());
            let told = format!("{} for {opening:?}", process.id);

            let last = plan.iter().find(|task| task.id == process.last).unwrap_or_else(|| panic!("{told}: no last task"));
            let before_live = order_of_settling(&plan, opening);
            assert!(before_live.contains(&&last.id), "{told}: {} can never be settled", last.id);
            assert_eq!(before_live.len(), plan.len(), "{told}: some task is never unlocked");

            for task in &plan {
                holdable(task, opening, &told);
            }
        }
    }
    assert!(plans.len() >= 20, "the openings choose only {} plans", plans.len());
}

/// Settles whatever is unlocked, again and again; what waits for the journey itself settles after the last task.
fn order_of_settling<'a>(plan: &[&'a TaskSpec], opening: &Opening) -> Vec<&'a TaskId> {
    let in_plan: BTreeSet<&TaskId> = plan.iter().map(|task| &task.id).collect();
    let mut done: Vec<&TaskId> = Vec::new();
    loop {
        let live = plan.iter().filter(|task| task.settle == Settle::WithJourney).count() + done.len() >= plan.len();
        let next = plan.iter().find(|task| {
            !done.contains(&&task.id)
                && task.needs.iter().all(|need| !in_plan.contains(need) || done.contains(&need))
                && (task.settle != Settle::WithJourney || live)
                && task.reviews.as_ref().is_none_or(|other| in_plan.contains(other))
        });
        match next {
            Some(task) => done.push(&task.id),
            None => break,
        }
        assert!(done.len() <= plan.len(), "{opening:?}");
    }
    done
}

/// Roles that somebody of an organisation of this side can come to hold: those of its first person, and those that whoever
/// looks after its people may give. The programme's are given by hand as well, by whoever runs the service.
fn roles_held_at(side: Side) -> BTreeSet<Role> {
    let first: Vec<Role> = match side {
        Side::Supplier => vec![Role::OnboardingLead],
        // Whatever the first person is asked for as: the least of it.
        Side::EndUser => end_users::first_roles(side, &[Role::AuthorisedPerson]),
        Side::Commissioner => end_users::first_roles(side, &[]),
        Side::Programme => Role::ALL.iter().copied().filter(|role| role.side() == side).collect(),
        Side::Operator => Vec::new(),
    };
    let keeper = common::actor("kit", "anybody", &first);
    let given = rules::may_give(&keeper);
    first.into_iter().chain(given).filter(|role| role.side() == side).collect()
}

/// Whoever must act or decide can be found: the supplier and the programme always, end users where there are some; and each
/// role is one that somebody there can come to hold.
fn holdable(task: &TaskSpec, opening: &Opening, told: &str) {
    let held = |role: &Role| {
        let here = match role.side() {
            Side::Supplier | Side::Programme => true,
            Side::EndUser | Side::Commissioner => opening.other_organisations,
            Side::Operator => false,
        };
        here && roles_held_at(role.side()).contains(role)
    };
    if !task.by.is_empty() {
        assert!(task.by.iter().any(held), "{told}: nobody can act on {}", task.id);
    }
    let decides: Vec<bool> = task.decide.iter().map(held).collect();
    let enough = match task.settle {
        Settle::ByReview | Settle::BySignatures => decides.iter().all(|held| *held),
        Settle::ByAcknowledgement | Settle::ByIssue => decides.contains(&true),
        Settle::OnSubmit | Settle::WithJourney => decides.is_empty(),
    };
    assert!(enough, "{told}: nobody can decide on {}", task.id);
}

#[test]
fn a_plan_without_supporting_tasks_has_official_tasks_only() {
    let process = shipped().newest("consumer").expect("a consumer process");
    for opening in every_opening() {
        let supporting = process.plan(&opening).filter(|task| task.origin == Origin::Supporting).count();
        assert_eq!(supporting > 0, opening.supporting_tasks, "{opening:?}");
        let official = process.plan(&opening).count() - supporting;
        assert!((19..=25).contains(&official), "{official} official tasks for {opening:?}");
    }
}

/// Everything wrong with a definition is said at once. The file is read by people who write definitions, so the whole
/// answer is committed.
#[test]
fn a_faulty_definition_is_refused_with_every_fault_and_its_line() {
    let faults = Process::read(include_str!("faulty.toml")).expect_err("it is full of faults");
    let told: String = faults.iter().map(|fault| format!("{fault}\n")).collect();
    committed("faulty.txt", &told);
}

/// Each comment `# fault: words` in the faulty definition stands on the line that must be blamed with these words.
#[test]
fn every_fault_is_blamed_on_the_line_that_has_it() {
    let text = include_str!("faulty.toml");
    let faults = Process::read(text).expect_err("it is full of faults");
    let mut expected: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
    for (line, words) in text.lines().zip(1..).filter_map(|(text, line)| Some((line, text.split_once("# fault: ")?.1))) {
        expected.insert(line, words.split(" / ").collect());
    }
    for (line, all) in &expected {
        for words in all {
            let found = faults.iter().any(|fault| fault.line == *line && fault.says.contains(words));
            assert!(found, "line {line}: nobody says “{words}” in {faults:#?}");
        }
    }
    let count: usize = expected.values().map(Vec::len).sum();
    assert_eq!(faults.len(), count, "a fault is told that no comment expects: {faults:#?}");
}

#[test]
fn a_syntax_error_is_told_with_its_line() {
    let faults = Process::read("id = \"x\"\ntitle = \"X\nside = \"consumer\"\n").expect_err("a text is not closed");
    assert_eq!(faults.len(), 1);
    assert_eq!(faults[0].line, 2, "{}", faults[0]);
    assert!(!faults[0].says.is_empty());
}

#[test]
fn an_empty_definition_names_everything_that_is_missing() {
    let faults = Process::read("").expect_err("nothing is there");
    let told: Vec<&str> = faults.iter().map(|fault| fault.says.as_str()).collect();
    assert_eq!(
        told,
        [
            "[[stage]] is missing",
            "[[task]] is missing",
            "id is missing",
            "last is missing",
            "side is missing",
            "title is missing"
        ]
    );
}

/// Faults of a whole that is otherwise lawful: each text is the smallest definition with one line changed.
#[test]
fn each_law_alone_refuses_a_definition_that_breaks_it() {
    let lawful = include_str!("small.toml");
    Process::read(lawful).expect("the small definition is lawful");
    let cases = [
        ("last  = \"end\"", "last  = \"nowhere\"", "last: there is no task “nowhere”"),
        ("last  = \"end\"", "last  = \"talk\"", "does not settle with_journey"),
        ("help   = \"The end.\"", "help   = \"The end.\"\nwhen = [\"no_pds\"]", "the last one has no when"),
        ("help   = \"The end.\"", "help   = \"The end.\"\nwaivable = true", "is not waivable"),
        ("needs  = [\"decide-it\", \"build\"]", "needs = [\"talk\"]", "needs “talk”, which stays open until the journey is live"),
        ("needs  = [\"decide-it\", \"build\"]", "needs = [\"end\"]", "gates go in a circle: end needs end"),
        ("help   = \"Say what.\"", "help   = \"Say what.\"\nwaivable = true", "“describe” must not be waivable"),
        ("help   = \"Say what.\"", "help   = \"Say what.\"\nwhen = [\"no_pds\"]", "have the same when"),
        ("settle = \"by_issue\"", "settle = \"by_issue\"\ncan_start = true", "only a task that somebody submits can be started"),
        (
            "reviews = \"describe\"",
            "reviews = \"describe\"\ncan_start = true",
            "only a task that somebody submits can be started",
        ),
        ("help   = \"Talk.\"", "help   = \"Talk.\"\ncan_start = true", "only a task that somebody submits can be started"),
        (
            "reviews = \"describe\"",
            "reviews = \"describe\"\nescalate = [\"functional_assurance\"]",
            "only a SCAL that is reviewed can call in another team",
        ),
        ("settle = \"by_issue\"", "settle = \"by_issue\"\nconfirm = true", "only what settles by_acknowledgement is confirmed"),
        ("settle = \"by_issue\"", "settle = \"by_acknowledgement\"", "name in by who acts"),
        ("settle = \"by_issue\"", "settle = \"on_submit\"", "nobody decides on a task that settles by itself"),
        ("decide = [\"programme_lead\"] # reviews", "decide = [\"onboarding_lead\"]", "only a team of the programme can answer"),
        ("decide = [\"programme_lead\"] # reviews", "", "name in decide who answers"),
        ("decide = [\"signatory\", \"programme_lead\"]", "", "name in decide who issues or signs"),
        ("reviews = \"describe\"", "reviews = \"nothing\"", "reviews “nothing” and so must need it"),
        ("reviews = \"describe\"", "reviews = \"describe\"\nby = [\"developer\"]", "settles by_review and has no by"),
        ("reviews = \"describe\"", "", "name in by who acts"),
        ("settle = \"by_issue\"", "settle = \"by_issue\"\nvalid_months = 24", "valid_months: it leaves no certificate"),
        (
            "settle = \"by_issue\"",
            "settle = \"by_issue\"\ncertificate = \"technical_conformance\"\nvalid_months = 121",
            "valid_months: a certificate is valid for 1 to 120 months",
        ),
        (
            "settle = \"by_issue\"",
            "settle = \"by_issue\"\ncertificate = \"technical_conformance\"\nvalid_months = 0",
            "valid_months must be a whole number from 1 to 1000",
        ),
        ("lapses_months = 6", "", "lapses_months and lapses_unless_started go together"),
        ("lapses_months = 6", "lapses_months = 0", "lapses_months must be a whole number from 1 to 1000"),
        ("lapses_months = 6", "lapses_months = 1001", "lapses_months must be a whole number from 1 to 1000"),
        ("lapses_unless_started = \"build\"", "lapses_unless_started = \"end\"", "“end” is started, which cannot be"),
        ("by     = [\"developer\"]", "by     = [\"operator\"]", "an operator has no part in a journey"),
        ("stage  = \"one\" # of the end", "stage  = \"two\"", "there is no stage “two”"),
        ("node   = \"n16\"", "node   = \"n17\"", "the diagram has no node “n17”"),
        ("help   = \"The end.\"", "help   = \"The end.\"\ntarget = \"none\"", "only the programme has a target"),
        (
            "# reviews\ntarget = \"5 working days\"",
            "",
            "say by when it is answered: target = “5 working days”, “14 calendar days” or “none”",
        ),
        (
            "# reviews\ntarget = \"5 working days\"",
            "\ntarget = \"14 days\"",
            "target: say “5 working days” or “14 calendar days”",
        ),
        ("# reviews\ntarget = \"5 working days\"", "\ntarget = \"0 working days\"", "target: say “5 working days”"),
        ("signs  = \"connection\"", "", "signs says what is signed: it goes with by_signatures"),
        (
            "help   = \"The end.\"",
            "help   = \"The end.\"\nsigns = \"witness\"",
            "signs says what is signed: it goes with by_signatures",
        ),
        ("signs  = \"connection\"", "signs = \"connection\"\nbinds = [\"nothing\"]", "binds “nothing”, which does not exist"),
        (
            "help   = \"The end.\"",
            "help   = \"The end.\"\nbinds = [\"build\"]",
            "only what is signed binds the words of other tasks",
        ),
        ("help   = \"The end.\"", "help   = \"The end.\"\ncloses = \"int\"", "only a test stage closes rows of the SCAL"),
        ("help   = \"The end.\"", "help   = \"The end.\"\ncertificate = \"gold\"", "there is no such certificate: write one of"),
    ];
    for (line, instead, says) in cases {
        assert_eq!(lawful.matches(line).count(), 1, "“{line}” stands once in the small definition");
        let faults = Process::read(&lawful.replace(line, instead)).expect_err(says);
        let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
        assert!(told.iter().any(|fault| fault.contains(says)), "“{says}” is not among {told:#?}");
    }
    for (extra, says) in [
        ("[[stage]]\nid = \"one\"\ntitle = \"Twice\"\nabout = \"Twice.\"\n", "stage “one” is defined before"),
        ("[[stage]]\nid = \"idle\"\ntitle = \"Idle\"\nabout = \"Nothing.\"\n", "stage “idle” has no task"),
        (&again(lawful, "end", "end", ""), "task “end” is defined before, in line"),
        (&again(lawful, "decide-it", "decide-again", ""), "“describe” is reviewed by another task already"),
    ] {
        let text = format!("{lawful}\n{extra}");
        let line = lawful.lines().count() + 2;
        let faults = Process::read(&text).expect_err(says);
        assert_eq!(faults.len(), 1, "{faults:#?}");
        assert!(faults[0].says.contains(says), "{faults:#?}");
        assert_eq!(faults[0].line, line, "{faults:#?}");
    }
}

/// A task may be called anything: what it asks, closes, binds and leaves stands in the definition.
#[test]
fn every_task_of_a_process_may_be_called_something_else() {
    let texts = [include_str!("../processes/consumer-2026-1.toml"), include_str!("../processes/provider-2026-1.toml")];
    for text in texts {
        let process = Process::read(text).expect("lawful");
        let mut renamed = text.to_owned();
        for (at, task) in process.tasks.iter().enumerate() {
            renamed = renamed.replace(&format!("\"{}\"", task.id), &format!("\"other-{at}\""));
        }
        let renamed = Process::read(&renamed).expect("lawful");
        assert!(forms::unknown(&renamed).is_empty());
        let opening = common::opening();
        let mut asked = BTreeSet::new();
        for (task, other) in process.tasks.iter().zip(&renamed.tasks) {
            assert!(other.id.as_str().starts_with("other-"), "{}", task.id);
            let (form, same) = (forms::form_of(task, &opening), forms::form_of(other, &opening));
            let questions =
                |form: &Form| form.fields.iter().map(|field| (field.id.to_string(), field.label.clone())).collect::<Vec<_>>();
            assert_eq!(questions(&form), questions(&same), "{}", task.id);
            asked.insert(questions(&form));
            let number = |spec| certificates::kind(spec).map(|kind| kind.prefix);
            assert_eq!(number(task), number(other), "{}", task.id);
            let rows = |spec| testing::rows(spec, &opening).iter().map(|row| row.id.clone()).collect::<Vec<_>>();
            assert_eq!(rows(task), rows(other), "{}", task.id);
            assert_eq!((task.binds.len(), task.plans_sites), (other.binds.len(), other.plans_sites), "{}", task.id);
        }
        // More than the few that the sort of page alone would tell apart.
        assert!(asked.len() > 15, "{}: {}", process.id, asked.len());
    }
}

/// What CONTRIBUTING.md tells a newcomer: a task of the definition with a form of three questions, and nothing else.
#[test]
fn a_task_is_added_by_the_definition_and_its_form_alone() {
    let page = include_str!("../../../CONTRIBUTING.md");
    let task = page.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("the page shows a task");
    // Its questions stand on the page. Here another form of three takes their place.
    let task = task.replace("\"sustainability\"", "\"hscn\"");
    let text = format!("{}\n{task}", include_str!("../processes/consumer-2026-1.toml"));
    let process = Process::read(&text).unwrap_or_else(|faults| panic!("{faults:#?}"));
    assert_eq!(forms::unknown(&process), []);
    let processes: &'static Processes = Box::leak(Box::new(Processes::of(vec![process])));
    let process = processes.newest("consumer").expect("the one");
    let lead = common::actor("ada", "acme", &[Role::OnboardingLead]);
    let mut play = common::Play::open(processes, process, &lead, common::opening());
    let task = common::id("s-sustainability");
    assert_eq!(play.journey.standing(&task), Standing::Ready);
    let form = forms::form_of(process.task(&task).expect("it is there"), &play.journey.opening);
    assert_eq!(form.fields.len(), 3);
    play.obey(&lead, Command::Submit { task: task.clone(), answers: common::answers_to(&form, "Yes.") }).expect("it is offered");
    assert_eq!(play.journey.standing(&task), Standing::Settled);
}

/// A form that nobody wrote is told with its task.
#[test]
fn a_form_that_does_not_exist_is_a_fault() {
    let text = include_str!("../processes/consumer-2026-1.toml").replace("\"hscn\"\nby", "\"hscm\"\nby");
    let process = Process::read(&text).expect("its forms are looked at later");
    let faults = forms::unknown(&process);
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(faults[0].says.contains("“s-hscn”: there is no form “hscm”"), "{faults:?}");
}

/// The table of one task of a definition once more, under another name.
fn again(text: &str, task: &str, name: &str, instead: &str) -> String {
    let start = text.find(&format!("[[task]]\nid     = \"{task}\"")).expect("a task");
    let end = text[start + 8..].find("[[task]]").map_or(text.len(), |at| start + 8 + at);
    text[start..end].replacen(&format!("\"{task}\""), &format!("\"{name}\""), 1) + instead
}
