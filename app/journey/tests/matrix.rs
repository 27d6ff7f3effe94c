//! The task machine exhaustively: way of settling × state × verb × role → what happens, printed as a committed table, so
//! that a change of policy is a visible difference. `UPDATE_TABLES=1 cargo test -p journey` writes it anew.
//!
//! Long because the table has a row for each verb in each standing.

mod common;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    sync::LazyLock,
};

use common::{Play, actor, also_of, asks, committed, id, joins, opening, shipped};
use journey::{
    base::{
        actor::{Actor, Role, Side},
        ids::Seq,
    },
    form::{Problem, Problems},
    ledger::{
        event::Event,
        journey::Phase,
        machine::{StateKind, TRANSITIONS, Verb, transition},
        refusal::Refusal,
    },
    plan::process::{Process, Processes, Settle},
    rule::{command::Command, offers},
};

static SMALL: LazyLock<Processes> = LazyLock::new(|| {
    // With it comes a second edition of the catalogue.
    shipped();
    Processes::of(vec![Process::read(include_str!("small.toml")).expect("a lawful definition")])
});

/// One way to come to a state: who does what to which task, beginning with an empty journey whose gate is open.
type Scene = (&'static str, &'static str, &'static [(&'static str, Verb, &'static str)]);

/// What brings the last task within reach.
const END: &[(&str, Verb, &str)] =
    &[("sender", Verb::Submit, "describe"), ("team", Verb::Approve, "decide-it"), ("sender", Verb::Submit, "build")];
const A_SITE: &[(&str, Verb, &str)] = &[
    ("sender", Verb::Submit, "describe"),
    ("team", Verb::Approve, "decide-it"),
    ("sender", Verb::Submit, "build"),
    ("sender", Verb::RecordSite, "end"),
];
const LIVE: &[(&str, Verb, &str)] = &[
    ("sender", Verb::Submit, "describe"),
    ("team", Verb::Approve, "decide-it"),
    ("sender", Verb::Submit, "build"),
    ("sender", Verb::RecordSite, "end"),
    ("sender", Verb::Submit, "end"),
];

const A_STEP: &[(&str, Verb, &str)] = &[
    ("sender", Verb::Submit, "describe"),
    ("team", Verb::Approve, "decide-it"),
    ("sender", Verb::Submit, "build"),
    ("sender", Verb::RecordStep, "end"),
];
const SITE_SUSPENDED: &[(&str, Verb, &str)] = &[
    ("sender", Verb::Submit, "describe"),
    ("team", Verb::Approve, "decide-it"),
    ("sender", Verb::Submit, "build"),
    ("sender", Verb::RecordStep, "end"),
    ("sender", Verb::RecordSite, "end"),
    ("sender", Verb::SuspendSite, "end"),
];
const LIVE_SUSPENDED: &[(&str, Verb, &str)] = &[
    ("sender", Verb::Submit, "describe"),
    ("team", Verb::Approve, "decide-it"),
    ("sender", Verb::Submit, "build"),
    ("sender", Verb::RecordStep, "end"),
    ("sender", Verb::RecordSite, "end"),
    ("sender", Verb::Submit, "end"),
    ("sender", Verb::SuspendSite, "end"),
];

const LIVE_AGAIN: &[(&str, Verb, &str)] = &[
    ("sender", Verb::Submit, "describe"),
    ("team", Verb::Approve, "decide-it"),
    ("sender", Verb::Submit, "build"),
    ("sender", Verb::RecordSite, "end"),
    ("sender", Verb::Submit, "end"),
    ("team", Verb::Reopen, "decide-it"),
    ("sender", Verb::Submit, "describe"),
    ("team", Verb::Approve, "decide-it"),
];

const SUSPENDED: &[(&str, Verb, &str)] = &[
    ("team", Verb::Issue, "certified"),
    ("team", Verb::ProposeValidity, "certified"),
    ("colleague", Verb::ConfirmValidity, "certified"),
];

const A_DEFECT: &[(&str, Verb, &str)] = &[("sender", Verb::RaiseDefect, "tested")];

const SURVEYED_AGAIN: &[(&str, Verb, &str)] =
    &[("user", Verb::Submit, "surveyed"), ("sender", Verb::Reopen, "mark"), ("sender", Verb::Submit, "mark")];

const SCENES: &[Scene] = &[
    ("mark", "open", &[("sender", Verb::Reopen, "mark")]),
    ("mark", "proposed", &[("sender", Verb::Reopen, "mark"), ("sender", Verb::ProposeWaiver, "mark")]),
    ("mark", "settled", &[]),
    (
        "mark",
        "waived",
        &[("sender", Verb::Reopen, "mark"), ("sender", Verb::ProposeWaiver, "mark"), ("team", Verb::ConfirmWaiver, "mark")],
    ),
    ("build", "open", &[]),
    ("build", "started", &[("sender", Verb::Start, "build")]),
    ("build", "settled", &[("sender", Verb::Submit, "build")]),
    ("answered", "open", &[]),
    ("answered", "started", &[("sender", Verb::Start, "answered")]),
    ("answered", "proposed", &[("sender", Verb::ProposeWaiver, "answered")]),
    ("answered", "submitted", &[("sender", Verb::Submit, "answered")]),
    ("answered", "returned", &[("sender", Verb::Submit, "answered"), ("team", Verb::Return, "answered")]),
    (
        "answered",
        "returned, waiver proposed",
        &[("sender", Verb::Submit, "answered"), ("team", Verb::Return, "answered"), ("sender", Verb::ProposeWaiver, "answered")],
    ),
    ("answered", "settled", &[("sender", Verb::Submit, "answered"), ("team", Verb::Acknowledge, "answered")]),
    ("answered", "waived", &[("sender", Verb::ProposeWaiver, "answered"), ("team", Verb::ConfirmWaiver, "answered")]),
    ("reviewed", "open", &[]),
    ("reviewed", "proposed", &[("sender", Verb::ProposeWaiver, "reviewed")]),
    ("reviewed", "submitted", &[("sender", Verb::Submit, "reviewed")]),
    (
        "reviewed",
        "submitted, first of two approvals given",
        &[("sender", Verb::Submit, "reviewed"), ("team", Verb::Approve, "reviewed")],
    ),
    (
        "reviewed",
        "submitted, first of two teams has asked for a change",
        &[("sender", Verb::Submit, "reviewed"), ("team", Verb::Return, "reviewed")],
    ),
    (
        "reviewed",
        "returned",
        &[("sender", Verb::Submit, "reviewed"), ("team", Verb::Return, "reviewed"), ("team", Verb::Return, "reviewed")],
    ),
    (
        "reviewed",
        "returned, waiver proposed",
        &[("sender", Verb::Submit, "reviewed"), ("team", Verb::Refuse, "reviewed"), ("sender", Verb::ProposeWaiver, "reviewed")],
    ),
    (
        "reviewed",
        "settled",
        &[("sender", Verb::Submit, "reviewed"), ("team", Verb::Approve, "reviewed"), ("team", Verb::Approve, "reviewed")],
    ),
    ("reviewed", "waived", &[("sender", Verb::ProposeWaiver, "reviewed"), ("team", Verb::ConfirmWaiver, "reviewed")]),
    ("describe", "open", &[]),
    ("describe", "settled, waits for the decision", &[("sender", Verb::Submit, "describe")]),
    ("describe", "returned", &[("sender", Verb::Submit, "describe"), ("team", Verb::Return, "decide-it")]),
    ("describe", "settled and approved", &[("sender", Verb::Submit, "describe"), ("team", Verb::Approve, "decide-it")]),
    ("decide-it", "open", &[]),
    ("decide-it", "open, sent back", &[("sender", Verb::Submit, "describe"), ("team", Verb::Return, "decide-it")]),
    ("decide-it", "submitted", &[("sender", Verb::Submit, "describe")]),
    ("decide-it", "settled", &[("sender", Verb::Submit, "describe"), ("team", Verb::Approve, "decide-it")]),
    ("permitted", "submitted, the commissioner is asked as well", &[("sender", Verb::Submit, "permitted")]),
    (
        "permitted",
        "settled under a condition",
        &[("sender", Verb::Submit, "permitted"), ("team", Verb::Approve, "permitted"), ("board", Verb::Approve, "permitted")],
    ),
    ("issued", "open", &[]),
    ("issued", "proposed", &[("sender", Verb::ProposeWaiver, "issued")]),
    ("issued", "settled", &[("team", Verb::Issue, "issued")]),
    ("issued", "waived", &[("sender", Verb::ProposeWaiver, "issued"), ("team", Verb::ConfirmWaiver, "issued")]),
    ("certified", "settled", &[("team", Verb::Issue, "certified")]),
    (
        "certified",
        "settled, suspension proposed",
        &[("team", Verb::Issue, "certified"), ("team", Verb::ProposeValidity, "certified")],
    ),
    ("certified", "settled, suspended", SUSPENDED),
    ("authorised", "settled", &[("sender", Verb::Submit, "authorised"), ("team", Verb::Approve, "authorised")]),
    (
        "authorised",
        "settled, suspension proposed",
        &[
            ("sender", Verb::Submit, "authorised"),
            ("team", Verb::Approve, "authorised"),
            ("team", Verb::ProposeValidity, "authorised"),
        ],
    ),
    ("signed", "open", &[]),
    ("signed", "open, parts filled in", &[("sender", Verb::Submit, "signed")]),
    ("signed", "open, first of two signatures given", &[("sender", Verb::Submit, "signed"), ("signer", Verb::Sign, "signed")]),
    (
        "signed",
        "declined",
        &[("sender", Verb::Submit, "signed"), ("signer", Verb::Sign, "signed"), ("team", Verb::Decline, "signed")],
    ),
    (
        "signed",
        "declined, waiver proposed",
        &[("sender", Verb::Submit, "signed"), ("sender", Verb::Decline, "signed"), ("sender", Verb::ProposeWaiver, "signed")],
    ),
    (
        "signed",
        "opened again when signed in part",
        &[("sender", Verb::Submit, "signed"), ("signer", Verb::Sign, "signed"), ("sender", Verb::Reopen, "signed")],
    ),
    ("signed", "proposed", &[("sender", Verb::ProposeWaiver, "signed")]),
    (
        "signed",
        "settled",
        &[("sender", Verb::Submit, "signed"), ("signer", Verb::Sign, "signed"), ("team", Verb::Sign, "signed")],
    ),
    (
        "signed",
        "settled, then somebody else named to sign",
        &[
            ("sender", Verb::Submit, "signed"),
            ("signer", Verb::Sign, "signed"),
            ("team", Verb::Sign, "signed"),
            ("sender", Verb::ReplaceSignatory, "signed"),
        ],
    ),
    (
        "signed",
        "settled, then opened again",
        &[
            ("sender", Verb::Submit, "signed"),
            ("signer", Verb::Sign, "signed"),
            ("team", Verb::Sign, "signed"),
            ("team", Verb::Reopen, "signed"),
        ],
    ),
    (
        "signed",
        "settled, then opened again and declined",
        &[
            ("sender", Verb::Submit, "signed"),
            ("signer", Verb::Sign, "signed"),
            ("team", Verb::Sign, "signed"),
            ("team", Verb::Reopen, "signed"),
            ("sender", Verb::Submit, "signed"),
            ("signer", Verb::Decline, "signed"),
        ],
    ),
    ("signed", "waived", &[("sender", Verb::ProposeWaiver, "signed"), ("team", Verb::ConfirmWaiver, "signed")]),
    ("declared", "open", &[]),
    ("declared", "open, parts filled in", &[("user", Verb::Submit, "declared")]),
    (
        "declared",
        "open, parts filled in for a group",
        &[("user", Verb::Submit, "grouped"), ("user", Verb::CheckMembers, "grouped"), ("user", Verb::Submit, "declared")],
    ),
    (
        "declared",
        "open, parts filled in for a group that was asked to sign",
        &[
            ("user", Verb::Submit, "grouped"),
            ("user", Verb::CheckMembers, "grouped"),
            ("user", Verb::Submit, "declared"),
            ("user", Verb::AskToSign, "declared"),
        ],
    ),
    (
        "declared",
        "settled for a group",
        &[
            ("user", Verb::Submit, "grouped"),
            ("user", Verb::CheckMembers, "grouped"),
            ("user", Verb::Submit, "declared"),
            ("user", Verb::Sign, "declared"),
            ("team", Verb::Sign, "declared"),
        ],
    ),
    ("declared", "open, first of two signatures given", &[("user", Verb::Submit, "declared"), ("user", Verb::Sign, "declared")]),
    (
        "declared",
        "settled",
        &[("user", Verb::Submit, "declared"), ("user", Verb::Sign, "declared"), ("team", Verb::Sign, "declared")],
    ),
    (
        "declared",
        "settled, then taken back",
        &[
            ("user", Verb::Submit, "declared"),
            ("user", Verb::Sign, "declared"),
            ("team", Verb::Sign, "declared"),
            ("user", Verb::WithdrawSignature, "declared"),
        ],
    ),
    ("grouped", "submitted", &[("user", Verb::Submit, "grouped")]),
    ("grouped", "settled", &[("user", Verb::Submit, "grouped"), ("team", Verb::Acknowledge, "grouped")]),
    ("tested", "open", &[]),
    ("tested", "open, a defect is new", A_DEFECT),
    (
        "tested",
        "open, the supplier mends a defect",
        &[
            ("sender", Verb::RaiseDefect, "tested"),
            ("team", Verb::AssessDefect, "tested"),
            ("team", Verb::AssessDefect, "tested"),
        ],
    ),
    ("tested", "open, Spine mends a defect", &[("sender", Verb::RaiseDefect, "tested"), ("team", Verb::AssessDefect, "tested")]),
    (
        "tested",
        "open, a defect is said to be mended",
        &[("sender", Verb::RaiseDefect, "tested"), ("sender", Verb::MendDefect, "tested")],
    ),
    (
        "tested",
        "open, a defect is closed",
        &[("sender", Verb::RaiseDefect, "tested"), ("sender", Verb::MendDefect, "tested"), ("team", Verb::CloseDefect, "tested")],
    ),
    ("tested", "submitted, a defect is new", &[("sender", Verb::RaiseDefect, "tested"), ("sender", Verb::Submit, "tested")]),
    (
        "tested",
        "submitted, a defect is said to be mended",
        &[("sender", Verb::RaiseDefect, "tested"), ("sender", Verb::MendDefect, "tested"), ("sender", Verb::Submit, "tested")],
    ),
    (
        "tested",
        "returned, a defect is new",
        &[("sender", Verb::RaiseDefect, "tested"), ("sender", Verb::Submit, "tested"), ("team", Verb::Return, "tested")],
    ),
    (
        "tested",
        "returned, a defect is said to be mended",
        &[
            ("sender", Verb::RaiseDefect, "tested"),
            ("sender", Verb::MendDefect, "tested"),
            ("sender", Verb::Submit, "tested"),
            ("team", Verb::Return, "tested"),
        ],
    ),
    ("tested", "settled", &[("sender", Verb::Submit, "tested"), ("team", Verb::Approve, "tested")]),
    (
        "tested",
        "settled, a defect is new",
        &[("sender", Verb::RaiseDefect, "tested"), ("sender", Verb::Submit, "tested"), ("team", Verb::Approve, "tested")],
    ),
    (
        "tested",
        "settled, a defect is said to be mended",
        &[
            ("sender", Verb::RaiseDefect, "tested"),
            ("sender", Verb::MendDefect, "tested"),
            ("sender", Verb::Submit, "tested"),
            ("team", Verb::Approve, "tested"),
        ],
    ),
    (
        "tested",
        "waived, a defect is new",
        &[
            ("sender", Verb::RaiseDefect, "tested"),
            ("sender", Verb::ProposeWaiver, "tested"),
            ("team", Verb::ConfirmWaiver, "tested"),
        ],
    ),
    (
        "tested",
        "waived, a defect is said to be mended",
        &[
            ("sender", Verb::RaiseDefect, "tested"),
            ("sender", Verb::MendDefect, "tested"),
            ("sender", Verb::ProposeWaiver, "tested"),
            ("team", Verb::ConfirmWaiver, "tested"),
        ],
    ),
    ("proved", "open", &[("sender", Verb::Submit, "tested"), ("team", Verb::Approve, "tested")]),
    (
        "proved",
        "open, a defect blocks it",
        &[("sender", Verb::RaiseDefect, "tested"), ("sender", Verb::Submit, "tested"), ("team", Verb::Approve, "tested")],
    ),
    (
        "proved",
        "settled, a defect that blocks was found since",
        &[
            ("sender", Verb::Submit, "tested"),
            ("team", Verb::Approve, "tested"),
            ("team", Verb::Issue, "proved"),
            ("sender", Verb::RaiseDefect, "tested"),
        ],
    ),
    ("surveyed", "open", &[]),
    ("surveyed", "open, a query waits for the supplier", &[("user", Verb::RaiseQuery, "surveyed")]),
    (
        "surveyed",
        "open, the supplier has replied to a query",
        &[("user", Verb::RaiseQuery, "surveyed"), ("sender", Verb::AnswerQuery, "surveyed")],
    ),
    ("surveyed", "settled", &[("user", Verb::Submit, "surveyed")]),
    ("surveyed", "settled, check again", SURVEYED_AGAIN),
    (
        "surveyed",
        "settled, check again, a query waits for the supplier",
        &[
            ("user", Verb::Submit, "surveyed"),
            ("sender", Verb::Reopen, "mark"),
            ("sender", Verb::Submit, "mark"),
            ("user", Verb::RaiseQuery, "surveyed"),
        ],
    ),
    (
        "surveyed",
        "settled, check again, the supplier has replied to a query",
        &[
            ("user", Verb::Submit, "surveyed"),
            ("sender", Verb::Reopen, "mark"),
            ("sender", Verb::Submit, "mark"),
            ("user", Verb::RaiseQuery, "surveyed"),
            ("sender", Verb::AnswerQuery, "surveyed"),
        ],
    ),
    // What came before is done anew: what was settled on it is checked again.
    (
        "build",
        "settled, check again",
        &[("sender", Verb::Submit, "build"), ("sender", Verb::Reopen, "mark"), ("sender", Verb::Submit, "mark")],
    ),
    (
        "answered",
        "settled, check again",
        &[
            ("sender", Verb::Submit, "answered"),
            ("team", Verb::Acknowledge, "answered"),
            ("sender", Verb::Reopen, "mark"),
            ("sender", Verb::Submit, "mark"),
        ],
    ),
    (
        "reviewed",
        "settled, check again",
        &[
            ("sender", Verb::Submit, "reviewed"),
            ("team", Verb::Approve, "reviewed"),
            ("team", Verb::Approve, "reviewed"),
            ("sender", Verb::Reopen, "mark"),
            ("sender", Verb::Submit, "mark"),
        ],
    ),
    (
        "issued",
        "settled, check again",
        &[("team", Verb::Issue, "issued"), ("sender", Verb::Reopen, "mark"), ("sender", Verb::Submit, "mark")],
    ),
    ("end", "settled and live, check again", LIVE_AGAIN),
    (
        "signed",
        "settled, check again",
        &[
            ("sender", Verb::Submit, "reviewed"),
            ("team", Verb::Approve, "reviewed"),
            ("team", Verb::Approve, "reviewed"),
            ("sender", Verb::Submit, "signed"),
            ("signer", Verb::Sign, "signed"),
            ("team", Verb::Sign, "signed"),
            ("sender", Verb::Reassess, "reviewed"),
        ],
    ),
    ("end", "open", END),
    ("end", "open, a step recorded", A_STEP),
    ("end", "open, a site recorded", A_SITE),
    ("end", "open, a site suspended", SITE_SUSPENDED),
    ("end", "settled and live, a site suspended", LIVE_SUSPENDED),
    ("end", "settled, and the journey live", LIVE),
    ("talk", "open", &[]),
];

/// The people of the columns: one for each role, then those whom the four eyes and the walls are for.
fn columns() -> Vec<(String, Actor)> {
    let short = |role: Role| match role {
        Role::OnboardingLead => "OL",
        Role::Developer => "De",
        Role::ClinicalSafetyOfficer => "So",
        Role::Signatory => "Si",
        Role::ProgrammeLead => "PL",
        Role::FunctionalAssurance => "FA",
        Role::ClinicalSafety => "CS",
        Role::InformationGovernance => "IG",
        Role::TechnicalArchitect => "TA",
        Role::PlatformSupport => "PS",
        Role::ServiceManagement => "SM",
        Role::GroupLead => "GL",
        Role::EndUserCso => "EC",
        Role::AuthorisedPerson => "AP",
        Role::Commissioner => "Co",
        Role::Operator => "Op",
    };
    let mut columns: Vec<(String, Actor)> =
        Role::ALL.iter().map(|role| (short(*role).to_owned(), actor(role.name(), home(role.side()), &[*role]))).collect();
    let all_of = |side: Side| Role::ALL.iter().copied().filter(|role| role.side() == side).collect::<Vec<Role>>();
    columns.push(("SH".to_owned(), actor("sender", "nhs", &all_of(Side::Programme))));
    columns.push(("OO".to_owned(), also_of(actor("double", "nhs", &all_of(Side::Programme)), "acme")));
    columns.push(("XS".to_owned(), actor("other-supplier", "globex", &all_of(Side::Supplier))));
    columns.push(("XU".to_owned(), actor("other-user", "elsewhere", &all_of(Side::EndUser))));
    columns.push(("X0".to_owned(), actor("nobody", "acme", &[])));
    // Whoever did what happened before, and now takes it back.
    columns.push(("S+".to_owned(), before("sender")));
    columns.push(("T+".to_owned(), before("team")));
    columns
}

fn home(side: Side) -> &'static str {
    match side {
        Side::Supplier => "acme",
        Side::Programme => "nhs",
        Side::EndUser => "trust",
        Side::Commissioner => "icb",
        Side::Operator => "host",
    }
}

/// Those who did what happened before the table is asked. `team` holds every role of the programme.
fn before(name: &str) -> Actor {
    let all_of = |side: Side| Role::ALL.iter().copied().filter(|role| role.side() == side).collect::<Vec<Role>>();
    match name {
        "sender" => actor("sender", "acme", &all_of(Side::Supplier)),
        "team" => actor("team", "nhs", &all_of(Side::Programme)),
        "signer" => actor("signer", "acme", &all_of(Side::Supplier)),
        "board" => actor("board", "icb", &[Role::Commissioner]),
        "colleague" => actor("colleague", "nhs", &all_of(Side::Programme)),
        _ => actor("user", "trust", &all_of(Side::EndUser)),
    }
}

fn small() -> &'static Process {
    SMALL.all().next().expect("one process")
}

fn begin() -> Play {
    let mut play = Play::open(&SMALL, small(), &before("sender"), opening());
    for organisation in ["trust", "icb"] {
        play.obey(&before("team"), joins(organisation)).expect("a lead lets join");
    }
    // Somebody else opens the gate, so that "same hands" is about the task itself.
    let marker = actor("marker", "acme", &[Role::OnboardingLead]);
    play.obey(&marker, play.command(Verb::Submit, &id("mark"), "read")).expect("the gate opens");
    play
}

fn scene(steps: &[(&str, Verb, &str)]) -> Play {
    let mut play = begin();
    for (who, verb, task) in steps {
        let command = play.command(*verb, &id(task), "before");
        play.obey(&before(who), command).unwrap_or_else(|refusal| panic!("{who} {verb:?} {task}: {refusal:?}"));
    }
    play
}

fn code(outcome: &Result<Play, Refusal>) -> char {
    match outcome {
        Ok(_) => '●',
        Err(Refusal::NotYours { roles }) => {
            assert!(!roles.is_empty(), "somebody else does it, and is named");
            assert_eq!(roles.iter().collect::<BTreeSet<_>>().len(), roles.len(), "and named once: {roles:?}");
            '·'
        }
        Err(Refusal::NothingToDo) => '-',
        Err(Refusal::AlreadySettled) => 's',
        Err(Refusal::Locked(waiting_on)) => {
            assert!(!waiting_on.is_empty(), "it waits for something, and that is named");
            'L'
        }
        Err(Refusal::SameHands) => 'H',
        Err(Refusal::QueryOpen { .. }) => 'Q',
        Err(Refusal::DefectOpen { .. }) => 'B',
        Err(Refusal::OwnOrganisation) => 'O',
        Err(Refusal::OwnWork) => 'W',
        Err(Refusal::Unknown) => '?',
        Err(Refusal::Closed) => 'x',
        Err(Refusal::AlreadyDone) => 'd',
        Err(Refusal::NotNeeded) => 'n',
        Err(other) => panic!("a lawful wish with good words is not answered by {other:?}"),
    }
}

/// What happens when this person uses this verb with good words; offers and `why_not` must say the same.
fn outcome(play: &Play, actor: &Actor, verb: Verb, task: &str) -> Result<Play, Refusal> {
    let mut after = play.clone();
    let outcome = after.obey(actor, play.command(verb, &id(task), "now")).map(|_| after);
    let offered = play.offers(actor, verb, task);
    let listed = offers::offers(&play.journey, actor).iter().any(|o| o.verb == verb && o.task.as_ref() == Some(&id(task)));
    let why_not = offers::judge(&play.journey, actor, verb, &id(task)).err();
    assert_eq!(outcome.is_ok(), offered, "{verb:?} on {task} by {}", actor.person);
    assert_eq!(listed, offered, "{verb:?} on {task} by {}", actor.person);
    assert_eq!(outcome.as_ref().err(), why_not.as_ref(), "{verb:?} on {task} by {}", actor.person);
    outcome
}

/// The rows of one scene: one for each verb that somebody may use, or may not because of who they are or what is missing.
/// The others share a line for each kind of answer, strangers left out.
fn grid(play: &Play, task: &str) -> String {
    let columns = columns();
    let from = play.journey.task(&id(task)).state.kind();
    let mut rows = String::new();
    let mut idle: BTreeMap<BTreeSet<char>, Vec<&str>> = BTreeMap::new();
    for verb in Verb::ON_TASKS {
        let mut cells = String::new();
        let mut codes = BTreeSet::new();
        let mut leads_to = BTreeSet::new();
        for (_, person) in &columns {
            let outcome = outcome(play, person, *verb, task);
            let code = code(&outcome);
            write!(cells, "{code:>3}").expect("a String takes it");
            if code != '?' {
                codes.insert(code);
            }
            if let Ok(after) = outcome {
                leads_to.insert(lands(play, &after, task, *verb, from).name());
            }
        }
        if codes.iter().any(|code| "●HOLQB".contains(*code)) {
            let to: Vec<&str> = leads_to.into_iter().collect();
            let arrow = if to.is_empty() { String::new() } else { format!("  → {}", to.join(", ")) };
            writeln!(rows, "  {:<16}{cells}{arrow}", verb.name()).expect("a String takes it");
        } else {
            idle.entry(codes).or_default().push(verb.name());
        }
    }
    for (codes, verbs) in idle {
        writeln!(rows, "  {:<4}{}", codes.iter().collect::<String>(), verbs.join(", ")).expect("a String takes it");
    }
    rows
}

/// Where a verb led, which must be where [`TRANSITIONS`] says: the fold and the picture are the same machine.
fn lands(play: &Play, after: &Play, task: &str, verb: Verb, from: StateKind) -> StateKind {
    let spec = play.spec(&id(task));
    let to = after.journey.task(&id(task)).state.kind();
    let drawn = transition(spec.settle, from, verb).expect("an obeyed verb has an edge");
    // The first of the signatures that are given anew opens what the old ones had settled.
    let first_anew = to == StateKind::Open && verb == Verb::Sign;
    // Without a signature of those who use the product nothing is settled.
    let first_anew = first_anew || (to == StateKind::Open && verb == Verb::WithdrawSignature);
    // The last team to finish sends a round back when another one has asked for a change.
    let goes_back = to == StateKind::Returned && verb == Verb::Approve;
    let not_the_last = goes_back || first_anew || (to == from && matches!(verb, Verb::Approve | Verb::Return | Verb::Sign));
    match &spec.reviews {
        Some(other) if matches!(verb, Verb::Return | Verb::Refuse) => {
            assert_eq!((to, after.journey.task(other).state.kind()), (StateKind::Open, drawn), "{task} {verb:?}");
        }
        _ => assert!(to == drawn || not_the_last, "{task} {verb:?}: drawn {drawn:?}, is {to:?}"),
    }
    to
}

#[test]
fn the_table_of_the_task_machine_is_the_committed_one() {
    let mut told = legend();
    for (task, state, steps) in SCENES {
        let settle = small().task(&id(task)).expect("a task").settle;
        write!(told, "\n{} “{task}”: {state}\n{}", settle.name(), grid(&scene(steps), task)).expect("a String takes it");
    }

    let mut locked = begin();
    locked.obey(&before("sender"), locked.command(Verb::Reopen, &id("mark"), "again")).expect("the gate closes");
    write!(told, "\nby_review “reviewed”: open, locked\n{}", grid(&locked, "reviewed")).expect("a String takes it");

    let mut alone = opening();
    alone.other_organisations = false;
    let alone = Play::open(&SMALL, small(), &before("sender"), alone);
    write!(told, "\nby_signatures “declared”: not in the plan\n{}", grid(&alone, "declared")).expect("a String takes it");

    let mut ended = scene(&[("sender", Verb::Submit, "reviewed")]);
    ended.obey(&before("sender"), ended.command(Verb::Withdraw, &id("mark"), "no money")).expect("a lead withdraws");
    write!(told, "\nby_review “reviewed”: submitted, journey withdrawn\n{}", grid(&ended, "reviewed"))
        .expect("a String takes it");

    told += &whole_journey();
    committed("matrix.txt", &told);
}

fn legend() -> String {
    let mut told = String::from(
        "Who may do what, when. Written by `UPDATE_TABLES=1 cargo test -p journey`; read every change of it.\n\n\
         ●  done, and where it leads\n",
    );
    let refusals = [
        ('·', Refusal::NotYours { roles: vec![Role::OnboardingLead, Role::Developer, Role::ClinicalSafety] }),
        ('-', Refusal::NothingToDo),
        ('s', Refusal::AlreadySettled),
        ('L', Refusal::Locked(vec![id("mark")])),
        ('H', Refusal::SameHands),
        ('Q', Refusal::QueryOpen { rows: vec!["GPC-IG1".to_owned()] }),
        ('B', Refusal::DefectOpen { defects: vec!["D-1 “An allergy is missing”".to_owned()] }),
        ('O', Refusal::OwnOrganisation),
        ('W', Refusal::OwnWork),
        ('?', Refusal::Unknown),
        ('x', Refusal::Closed),
        ('n', Refusal::NotNeeded),
        (' ', Refusal::AlreadyDone),
        (' ', Refusal::ChangedSince { seen: Seq(1), now: Seq(2), by: None }),
        (' ', Refusal::WordsChanged),
        (' ', Refusal::BasisChanged),
        (' ', Refusal::Invalid(Problems(vec![Problem::new("note", "Say what you did")]))),
    ];
    for (code, refusal) in refusals {
        let (heading, detail) = refusal.sentence(small());
        writeln!(told, "{code}  {heading}. {detail}").expect("a String takes it");
    }
    told += "\nSH did or sent it before and now works for the programme; OO works for the programme and belongs to the\n\
             supplier; XS is another supplier, XU an end user without a part, X0 has no role at the supplier. S+ and T+ are\n\
             the sender and the team who did what happened before, with every role of their side.\n";
    let people: Vec<String> = columns().iter().map(|(name, _)| format!("{name:>3}")).collect();
    write!(told, "\n  {:<16}{}\n", "", people.join("")).expect("a String takes it");
    told
}

fn whole_journey() -> String {
    let mut told = String::new();
    let mut withdrawn = begin();
    withdrawn.obey(&before("sender"), withdrawn.command(Verb::Withdraw, &id("mark"), "no money")).expect("a lead withdraws");
    for (phase, play) in [("open", begin()), ("live", live()), ("withdrawn", withdrawn)] {
        write!(told, "\nthe whole journey: {phase}\n").expect("a String takes it");
        for verb in Verb::ON_JOURNEYS {
            let mut cells = String::new();
            for (_, person) in columns() {
                let mut after = play.clone();
                // Somebody who has no part yet.
                let command = match play.command(*verb, &id("mark"), "now") {
                    journey::rule::command::Command::Join { .. } => joins("newcomer"),
                    journey::rule::command::Command::AskForPart { .. } => asks("newcomer"),
                    // A commissioner speaks for its own organisation.
                    Command::Leave { reason, .. } if person.on(Side::Commissioner) => {
                        Command::Leave { organisation: person.organisation.clone(), reason }
                    }
                    Command::AskToLeave { reason, .. } if person.on(Side::Commissioner) => {
                        Command::AskToLeave { organisation: person.organisation.clone(), reason }
                    }
                    other => other,
                };
                let outcome = after.obey(&person, command).map(|_| after);
                let listed = offers::offers(&play.journey, &person).iter().any(|o| o.verb == *verb && o.task.is_none());
                assert_eq!(outcome.is_ok(), listed, "{verb:?} by {}", person.person);
                write!(cells, "{:>3}", code(&outcome)).expect("a String takes it");
            }
            writeln!(told, "  {:<16}{cells}", verb.name()).expect("a String takes it");
        }
    }
    write!(told, "\nwith_journey “talk”: live\n{}", grid(&live(), "talk")).expect("a String takes it");
    told
}

fn live() -> Play {
    let play = scene(LIVE);
    assert!(matches!(play.journey.phase, Phase::Live { .. }));
    play
}

/// The gate takes away what could be done to the work, and nothing else: not whose it is, not the moment.
#[test]
fn a_closed_gate_refuses_exactly_the_verbs_that_do_the_work() {
    let past_gates = [
        Verb::ProposeWaiver,
        Verb::ConfirmWaiver,
        Verb::DeclineWaiver,
        Verb::ProposeValidity,
        Verb::ConfirmValidity,
        Verb::DeclineValidity,
        Verb::Reopen,
        Verb::WithdrawSignature,
        Verb::ReplaceSignatory,
        Verb::ReportIncident,
        Verb::Uplift,
        Verb::Reassess,
        Verb::TakeBackSite,
        Verb::RecordStep,
        Verb::TakeBackStep,
        Verb::SuspendSite,
        Verb::ResumeSite,
        Verb::CheckSite,
        Verb::CloseCondition,
        Verb::AnswerQuery,
        Verb::CheckMembers,
        Verb::Undo,
        Verb::TakeBackRound,
        Verb::AssessDefect,
        Verb::MendDefect,
        Verb::CloseDefect,
        Verb::ReopenDefect,
    ];
    let (mut closed_to, mut still_open) = (0, 0);
    for (task, state, steps) in SCENES.iter().filter(|scene| scene.0 != "mark") {
        let open = scene(steps);
        let mut closed = open.clone();
        closed.obey(&before("sender"), open.command(Verb::Reopen, &id("mark"), "again")).expect("the gate closes");
        for (_, person) in columns() {
            for verb in Verb::ON_TASKS {
                let (open, closed) = (outcome(&open, &person, *verb, task), outcome(&closed, &person, *verb, task));
                let (open, closed) = (code(&open), code(&closed));
                let told = format!("{} {verb:?} on “{task}” {state}: {open} becomes {closed}", person.person);
                // Of what was settled, that the gate is closed now is the first reason: it must stand before it is looked at.
                let of_what_holds = matches!(verb, Verb::Submit | Verb::Issue | Verb::Sign | Verb::Decline | Verb::StillHolds);
                let of_what_holds = of_what_holds || *verb == Verb::RaiseQuery;
                // Likewise a defect that blocks it.
                if open == 's' && matches!(closed, 'L' | 'B') && of_what_holds && state.contains("settled") {
                    closed_to += 1;
                    continue;
                }
                // More sites of what is live already.
                let more_sites = *verb == Verb::RecordSite && state.contains("live");
                if past_gates.contains(verb) || more_sites || !matches!(open, '●' | 'H' | 'O' | 'W' | 'L' | 'Q' | '-') {
                    assert_eq!(open, closed, "{told}");
                    still_open += usize::from(closed == '●');
                } else if open == '●' || open == 'L' {
                    assert_eq!(closed, 'L', "{told}");
                    closed_to += 1;
                } else {
                    assert!(closed == open || closed == 'L', "{told}");
                }
            }
        }
    }
    assert!(closed_to > 20 && still_open > 20, "{closed_to} refused, {still_open} go on");
}

/// What a page draws for the journey as a whole: whose verb it is, and nobody can be sent away while nobody takes part.
#[test]
fn the_verbs_of_the_whole_journey_are_offered_to_those_who_may_use_them() {
    let mut play = Play::open(&SMALL, small(), &before("sender"), opening());
    let offered = |play: &Play, who: &str| offers::offers_on_whole(&play.journey, &before(who));
    assert_eq!(offered(&play, "sender"), [Verb::AskForPart, Verb::Withdraw]);
    assert_eq!(offered(&play, "team"), [Verb::Join, Verb::Identify]);
    assert_eq!(offered(&play, "user"), []);
    play.obey(&before("sender"), asks("icb")).expect("it is asked for");
    assert_eq!(offered(&play, "sender"), [Verb::AskForPart, Verb::DeclinePart, Verb::Withdraw]);
    assert_eq!(offered(&play, "team"), [Verb::DeclinePart, Verb::Join, Verb::Identify]);
    let answers = |part: &str| match joins("icb") {
        Command::Join { organisation, side, identity, .. } => {
            Command::Join { organisation, side, identity, part: Some(part.parse().expect("a part")) }
        }
        other => other,
    };
    assert_eq!(play.obey(&before("team"), answers("another")), Err(Refusal::AlreadyDone));
    assert_eq!(play.obey(&before("team"), joins("icb")), Err(Refusal::AlreadyDone), "it waits: the request is answered");
    play.obey(&before("team"), answers("icb")).expect("the programme confirms who it is");
    assert_eq!(play.journey.asked_parts().count(), 0);
    assert_eq!(offered(&play, "sender"), [Verb::AskForPart, Verb::Leave, Verb::Withdraw]);
    play.obey(&before("sender"), play.command(Verb::Withdraw, &id("mark"), "No more.")).expect("withdrawn");
    assert_eq!(offered(&play, "sender"), []);
    assert_eq!(offered(&play, "team"), [Verb::Identify, Verb::Resume]);
}

/// Answers are written by whoever sends them, when their task can be sent; those of a SCAL before its gate is open too.
#[test]
fn answers_may_be_written_by_their_sender_and_those_of_a_scal_beforehand() {
    let mut play = Play::open(&SMALL, small(), &before("sender"), opening());
    let may = |play: &Play, who: &str, task: &str| offers::may_write(&play.journey, &before(who), &id(task));
    for (task, locked) in [("mark", true), ("answered", false), ("reviewed", true), ("no-such-task", false)] {
        assert_eq!(may(&play, "sender", task), locked, "{task} while its gate is closed");
        assert!(!may(&play, "team", task) && !may(&play, "user", task), "{task} is not theirs");
    }
    play.obey(&before("sender"), play.command(Verb::Submit, &id("mark"), "words")).expect("the gate opens");
    assert!(may(&play, "sender", "answered") && may(&play, "sender", "reviewed"));
    play.obey(&before("sender"), play.command(Verb::Submit, &id("reviewed"), "words")).expect("sent");
    assert!(!may(&play, "sender", "reviewed"), "it is being looked at");
}

/// Nothing but the end of the last task makes a journey live: sending it to a review is not yet its end.
#[test]
fn a_last_task_that_is_reviewed_makes_the_journey_live_when_it_is_approved() {
    let (before_end, end) = include_str!("small.toml").split_once("id     = \"end\"").expect("the last task");
    let end = end
        .replace("page   = \"sites\"", "page   = \"go_live\"")
        .replace("settle = \"on_submit\"", "settle = \"by_review\"\ndecide = [\"programme_lead\"]\ntarget = \"none\"");
    let text = format!("{before_end}id     = \"end\"{end}");
    let processes: &'static Processes = Box::leak(Box::new(Processes::of(vec![Process::read(&text).expect("lawful")])));
    let mut play = Play::open(processes, processes.all().next().expect("one"), &before("sender"), opening());
    let steps = [
        ("sender", Verb::Submit, "mark"),
        ("sender", Verb::Submit, "describe"),
        ("team", Verb::Approve, "decide-it"),
        ("sender", Verb::Submit, "build"),
        ("sender", Verb::Submit, "end"),
        ("team", Verb::Return, "end"),
        ("sender", Verb::Submit, "end"),
    ];
    for (who, verb, task) in steps {
        play.obey(&before(who), play.command(verb, &id(task), "words")).expect("a lawful step");
        assert_eq!(play.journey.phase, Phase::Open, "{verb:?} {task}");
    }
    let events = play.obey(&before("team"), play.command(Verb::Approve, &id("end"), "")).expect("approved");
    assert_eq!(events.last(), Some(&Event::WentLive));
    assert!(matches!(play.journey.phase, Phase::Live { .. }));
}

/// Every edge of the drawn machine is walked by somebody in some scene: none is only drawn.
#[test]
fn no_edge_is_drawn_that_nobody_can_walk() {
    let mut walked = BTreeSet::new();
    for (task, _, steps) in SCENES {
        let play = scene(steps);
        let from = play.journey.task(&id(task)).state.kind();
        let settle = play.spec(&id(task)).settle;
        for (_, person) in columns() {
            for verb in offers::offers_on(&play.journey, &person, &id(task)) {
                walked.insert((from, verb, settle));
            }
        }
    }
    for (from, verb, _, settles) in TRANSITIONS {
        for settle in *settles {
            assert!(walked.contains(&(*from, *verb, *settle)), "nobody walks {from:?} {verb:?} {settle:?}");
        }
    }
    let drawn: usize = TRANSITIONS.iter().map(|edge| edge.3.len()).sum();
    assert_eq!(walked.len(), drawn, "and none is walked that is not drawn");
    assert!(Settle::ALL.iter().all(|settle| *settle == Settle::WithJourney || walked.iter().any(|edge| edge.2 == *settle)));
}
