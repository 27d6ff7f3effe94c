//! What `verify` finds in a ledger whose links all hold: somebody who can write to the database can chain whatever they like,
//! and what no lawful act leads to is found all the same. Every walk (`walks.rs`) is the other half: nothing is found in an
//! honest one.

mod common;

use common::{Play, actor, by, id, opening, shipped};
use journey::{
    base::{
        actor::{Actor, Role, Side},
        ids::{Digest, Round},
    },
    ledger::{
        event::{Event, Finding, Recorded},
        machine::Verb,
    },
    rule::{
        audit::{audit, broken_links},
        command::Command,
    },
};

fn ada() -> Actor {
    actor("ada", "acme", &[Role::OnboardingLead, Role::Developer])
}

fn pat() -> Actor {
    actor("pat", "nhs", &[Role::ProgrammeLead])
}

/// A use case that waits for its reviewer.
fn sent() -> Play {
    let process = shipped().newest("consumer").expect("a consumer process");
    let mut play = Play::open(shipped(), process, &ada(), opening());
    let programme: Vec<Role> = Role::ALL.iter().copied().filter(|role| role.side() == Side::Programme).collect();
    let everybody = [ada(), actor("pro", "nhs", &programme)];
    for _ in 0..50 {
        if play.offers(&pat(), Verb::Approve, REVIEW) {
            break;
        }
        let next = everybody.iter().find_map(|actor| {
            let offers = journey::rule::offers::offers(&play.journey, actor);
            let wanted = [Verb::Submit, Verb::Acknowledge, Verb::Issue];
            let offer = offers.into_iter().find(|offer| {
                wanted.contains(&offer.verb) && offer.task.as_ref().is_some_and(|task| !play.journey.standing(task).is_done())
            })?;
            Some((actor.clone(), offer.verb, offer.task?))
        });
        let (actor, verb, task) = next.expect("somebody can go on");
        let command = play.command(verb, &task, "done");
        play.obey(&actor, command).expect("it is offered");
    }
    assert!(play.offers(&pat(), Verb::Approve, REVIEW), "it waits");
    play
}

const WORK: &str = "describe-use-case";
const REVIEW: &str = "obtain-use-case-approval";

/// What is found when this is chained to an honest ledger as if it had happened.
fn found(play: &Play, actor: &Actor, event: Event) -> Vec<String> {
    let recorded = play.journey.record(vec![event], Some(by(actor)), play.now).remove(0);
    let history: Vec<Recorded> = play.history.iter().cloned().chain([recorded]).collect();
    audit(&play.journey.reference, &history, shipped()).faults
}

fn approved(round: u32, role: Role) -> Event {
    Event::Approved {
        task: id(REVIEW),
        round: Round(round),
        role,
        note: String::new(),
        accepted: Vec::new(),
        conditions: Vec::new(),
        facts: None,
    }
}

#[test]
fn what_no_lawful_act_leads_to_is_found() {
    let play = sent();
    assert_eq!(found(&play, &pat(), approved(1, Role::ProgrammeLead)), Vec::<String>::new(), "this one is honest");
    let sent_again = Event::Submitted {
        task: id(WORK),
        round: Round(2),
        digest: Digest::of(b"x"),
        justified: Vec::new(),
        group: None,
        along: Vec::new(),
        judged: Vec::new(),
        text: None,
        use_case: None,
        agrees: Vec::new(),
    };
    let wrong_round = Event::Submitted {
        task: id("submit-scal"),
        round: Round(7),
        digest: Digest::of(b"x"),
        justified: Vec::new(),
        group: None,
        along: Vec::new(),
        judged: Vec::new(),
        text: None,
        use_case: None,
        agrees: Vec::new(),
    };
    let findings = vec![Finding { field: None, words: "Say more".to_owned() }];
    let returned = Event::Returned {
        task: id("submit-scal"),
        round: Round(0),
        role: Role::FunctionalAssurance,
        findings,
        accepted: Vec::new(),
        conditions: Vec::new(),
        gathered: false,
    };
    let reason = || "so that it is gone".to_owned();
    let unlawful = [
        (pat(), approved(2, Role::ProgrammeLead), "names round 2, and it was round 1"),
        (pat(), approved(1, Role::ClinicalSafety), "who has no part in it"),
        // She sent it, and says that she works for the programme.
        (actor("ada", "nhs", &[Role::ProgrammeLead]), approved(1, Role::ProgrammeLead), "somebody who sent a round of it"),
        (ada(), sent_again, "cannot be: the task was settled"),
        (ada(), wrong_round, "names round 7, and it was round 1"),
        (pat(), returned, "cannot be: the task was open"),
        (pat(), Event::Reopened { task: id("submit-scal"), reason: reason() }, "cannot be: the task was open"),
        (pat(), Event::Issued { task: id("submit-scal"), role: Role::ProgrammeLead, note: reason(), facts: None }, "cannot be"),
        (pat(), Event::WentLive, "goes live"),
        (pat(), Event::Resumed { reason: reason() }, "was not withdrawn"),
    ];
    for (actor, event, says) in unlawful {
        let told = format!("{event:?}");
        let faults = found(&play, &actor, event);
        assert!(faults.len() == 1 && faults[0].contains(says), "{told}: {faults:?}");
        assert!(faults[0].starts_with(&format!("event {}", play.journey.seq.next())), "{faults:?}");
    }
}

#[test]
fn nothing_but_going_on_happens_to_a_withdrawn_journey() {
    let mut play = sent();
    play.obey(&ada(), Command::Withdraw { reason: "No money.".to_owned() }).expect("a lead withdraws");
    assert!(found(&play, &pat(), approved(1, Role::ProgrammeLead))[0].contains("withdrawn"));
    assert!(found(&play, &ada(), Event::Withdrawn { reason: "Twice.".to_owned() })[0].contains("not open"));
    assert_eq!(found(&play, &pat(), Event::Resumed { reason: "Money.".to_owned() }), Vec::<String>::new());
}

/// One fault does not hide another, and what only follows from a fault is not told as one.
#[test]
fn every_fault_of_a_ledger_is_told() {
    let play = sent();
    let mut history = play.history.clone();
    let changed = |recorded: &mut Recorded| recorded.body = recorded.body.replacen(':', ": ", 1);
    changed(&mut history[1]);
    changed(&mut history[3]);
    let broken = ["event 2 does not follow from the event before it", "event 4 does not follow from the event before it"];
    let found = audit(&play.journey.reference, &history, shipped());
    assert_eq!(found.faults, broken);
    assert!(found.journey.is_none(), "it cannot be read to its end");
    assert_eq!(broken_links(&play.journey.reference.to_string(), &history), broken);
    // Two unlawful events of a chain that holds.
    let mut play = play;
    play.append(
        vec![approved(2, Role::ProgrammeLead), Event::Reopened { task: id("submit-scal"), reason: "x".to_owned() }],
        Some(by(&pat())),
    );
    let found = audit(&play.journey.reference, &play.history, shipped());
    assert_eq!(found.faults.len(), 2, "{:?}", found.faults);
    assert!(found.journey.is_some());
    assert_eq!(audit(&play.journey.reference, &[], shipped()).faults.len(), 1);
}

/// Which questions take files is told for each round, as the form was when it was sent.
#[test]
fn each_round_names_its_questions_for_files() {
    let play = sent();
    let found = audit(&play.journey.reference, &play.history, shipped());
    let rounds = play.history.iter().filter(|recorded| matches!(recorded.event, Event::Submitted { .. })).count();
    assert_eq!(found.sent.len(), rounds);
    assert!(found.sent.iter().any(|(task, round, ..)| task.as_str() == WORK && *round == Round(1)));
}
