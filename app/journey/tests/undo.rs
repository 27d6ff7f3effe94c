//! Second thoughts: what whoever did it last may take back, until when, and what it is as if it had not been.

mod common;

use common::{Play, actor, id, opening, shipped};
use journey::{
    base::{
        actor::{Actor, Role},
        ids::{Round, Seq},
    },
    ledger::{
        event::{Event, Recorded},
        journey::{Corrupt, Journey},
        machine::{StateKind, Verb},
        refusal::Refusal,
    },
    rule::{audit::audit, command::Command, undo},
    view::{overview, waits},
};

const USE_CASE: &str = "describe-use-case";
const DECISION: &str = "obtain-use-case-approval";

fn ada() -> Actor {
    actor("ada", "acme", &[Role::OnboardingLead, Role::Developer])
}

fn pat() -> Actor {
    actor("pat", "nhs", &[Role::ProgrammeLead])
}

fn ray() -> Actor {
    actor("ray", "nhs", &[Role::ProgrammeLead])
}

/// Ten minutes after whatever was before.
fn does(play: &mut Play, actor: &Actor, verb: Verb, task: &str) {
    play.wait(10);
    asks(play, actor, verb, task).unwrap_or_else(|refusal| panic!("{verb:?} {task}: {refusal:?}"));
}

/// In this moment.
fn asks(play: &mut Play, actor: &Actor, verb: Verb, task: &str) -> Result<Vec<Event>, Refusal> {
    let command = play.command(verb, &id(task), "as agreed");
    play.obey(actor, command)
}

/// The use case lies before the programme. A programme lead decides on it.
fn sent() -> Play {
    let process = shipped().newest("consumer").expect("a consumer process");
    let mut play = Play::open(shipped(), process, &ada(), opening());
    for task in ["read-capabilities", "study-prerequisites", "choose-capabilities", "contact-gp-connect-team"] {
        does(&mut play, &ada(), Verb::Submit, task);
    }
    does(&mut play, &pat(), Verb::Acknowledge, "contact-gp-connect-team");
    does(&mut play, &ada(), Verb::Submit, USE_CASE);
    play
}

fn kind(play: &Play, task: &str) -> StateKind {
    play.journey.task(&id(task)).state.kind()
}

/// The whole ledger is honest, and tells the same from its first entry.
fn holds(play: &Play) {
    let reference = &play.journey.reference;
    let told = Journey::replay(reference, &play.history, shipped()).expect("an honest ledger");
    assert_eq!(overview::project(&told), overview::project(&play.journey));
    assert_eq!(audit(reference, &play.history, shipped()).faults, Vec::<String>::new());
}

#[test]
fn a_decision_is_undone_as_if_it_had_not_been_made_and_made_again() {
    let mut play = sent();
    let before = overview::overview(&play.journey).turns;
    does(&mut play, &ray(), Verb::Return, DECISION);
    assert_eq!(kind(&play, USE_CASE), StateKind::Returned);
    play.wait(9);
    asks(&mut play, &ray(), Verb::Undo, DECISION).expect("nine minutes later");
    // The same people are waited for, since the same moment and until the same day.
    assert_eq!(overview::overview(&play.journey).turns, before);
    assert!(play.journey.task(&id(USE_CASE)).verdicts.is_empty(), "nobody found anything");
    holds(&play);
    does(&mut play, &ray(), Verb::Approve, DECISION);
    assert_eq!(kind(&play, DECISION), StateKind::Settled);
    asks(&mut play, &ray(), Verb::Undo, DECISION).expect("at once");
    assert_eq!(kind(&play, DECISION), StateKind::Submitted);
    holds(&play);
}

#[test]
fn it_is_undone_within_ten_minutes_and_by_nobody_else() {
    let mut play = sent();
    does(&mut play, &ray(), Verb::Approve, DECISION);
    play.wait(10);
    let other = actor("roz", "nhs", &[Role::ProgrammeLead]);
    assert_eq!(asks(&mut play.clone(), &other, Verb::Undo, DECISION), Err(Refusal::NothingToDo));
    assert!(!play.offers(&other, Verb::Undo, DECISION) && play.offers(&ray(), Verb::Undo, DECISION));
    asks(&mut play.clone(), &ray(), Verb::Undo, DECISION).expect("ten minutes are within ten minutes");
    let spec = play.spec(&id(DECISION));
    assert!(undo::undoable_until(&play.journey, spec, play.now).is_some());
    play.wait(1);
    assert_eq!(asks(&mut play, &ray(), Verb::Undo, DECISION), Err(Refusal::TooLateToUndo));
    assert_eq!(undo::undoable_until(&play.journey, spec, play.now), None, "no button either");
}

#[test]
fn what_something_was_built_on_is_not_undone() {
    // The supplier answers what was returned.
    let mut play = sent();
    does(&mut play, &ray(), Verb::Return, DECISION);
    does(&mut play, &ada(), Verb::Submit, USE_CASE);
    assert_eq!(asks(&mut play, &ray(), Verb::Undo, DECISION), Err(Refusal::NothingToDo));
    // Work that the approval let begin has begun.
    let mut play = sent();
    does(&mut play, &ray(), Verb::Approve, DECISION);
    let next = play
        .journey
        .plan()
        .find(|spec| spec.needs.contains(&id(DECISION)) && spec.by.contains(&Role::OnboardingLead))
        .map(|spec| spec.id.clone())
        .expect("something follows");
    let begin = [Verb::Start, Verb::Submit].into_iter().find(|verb| play.offers(&ada(), *verb, next.as_str()));
    let mut idle = play.clone();
    asks(&mut idle, &ray(), Verb::Undo, DECISION).expect("nothing has begun");
    asks(&mut play, &ada(), begin.expect("it can begin"), next.as_str()).expect("it begins");
    assert_eq!(asks(&mut play, &ray(), Verb::Undo, DECISION), Err(Refusal::NothingToDo));
    // What does not rest on it is in nobody's way.
    let mut play = sent();
    does(&mut play, &ray(), Verb::Approve, DECISION);
    let command = Command::ProposeWaiver { task: id("s-hscn"), reason: "We have it.".to_owned() };
    if play.obey(&ada(), command).is_ok() {
        asks(&mut play, &ray(), Verb::Undo, DECISION).expect("another task");
        assert!(play.journey.task(&id("s-hscn")).proposal.is_some(), "what was recorded since stays");
        holds(&play);
    }
}

#[test]
fn a_round_is_taken_back_until_it_was_opened_and_the_next_one_has_its_own_number() {
    let mut play = sent();
    let words = play.journey.task(&id(USE_CASE)).sent.last().expect("sent").digest.clone();
    let opened = Command::TakeBackRound { task: id(USE_CASE), opened: true };
    assert_eq!(play.obey(&ada(), opened), Err(Refusal::Opened));
    play.wait(60 * 24);
    asks(&mut play, &ada(), Verb::TakeBackRound, USE_CASE).expect("a day later, and nobody has looked");
    let record = play.journey.task(&id(USE_CASE));
    assert_eq!((record.state.kind(), record.sent.len()), (StateKind::Open, 0));
    assert_eq!(record.kept_back, Some((Round(1), words)), "its words are where one goes on");
    assert_eq!(kind(&play, DECISION), StateKind::Open, "nothing waits for anybody");
    assert!(!play.offers(&ray(), Verb::Approve, DECISION));
    holds(&play);
    does(&mut play, &ada(), Verb::Submit, USE_CASE);
    assert_eq!(play.journey.task(&id(USE_CASE)).round, Round(2));
    does(&mut play, &ray(), Verb::Approve, DECISION);
    assert_eq!(asks(&mut play, &ada(), Verb::TakeBackRound, USE_CASE), Err(Refusal::AlreadySettled));
    holds(&play);
}

#[test]
fn the_time_that_the_programme_took_is_counted_once() {
    let mut play = sent();
    play.wait(60 * 24 * 7);
    does(&mut play, &ray(), Verb::Approve, DECISION);
    asks(&mut play, &ray(), Verb::Undo, DECISION).expect("at once");
    let waited = |play: &Play| {
        let waits = waits::of(&play.journey.reference, &play.history, shipped()).expect("an honest ledger");
        waits.into_iter().filter(|wait| wait.task == id(DECISION)).map(|wait| wait.until).collect::<Vec<_>>()
    };
    assert_eq!(waited(&play), [], "nothing was answered");
    does(&mut play, &ray(), Verb::Approve, DECISION);
    assert_eq!(waited(&play), [play.now]);
    // What was taken back was not answered either.
    let mut play = sent();
    asks(&mut play, &ada(), Verb::TakeBackRound, USE_CASE).expect("nobody has looked");
    assert_eq!(waited(&play), []);
}

#[test]
fn letters_wait_a_little_longer_than_the_decision_can_be_undone() {
    let mut play = sent();
    does(&mut play, &ray(), Verb::Approve, DECISION);
    let last = &play.history[play.history.len() - 1..];
    let goes = undo::letters_wait(&play.journey, last).expect("they wait");
    assert!(goes > undo::until(play.now) && goes <= play.now + jiff::SignedDuration::from_mins(12));
    let mut play = sent();
    does(&mut play, &ada(), Verb::Submit, "s-dspt");
    assert_eq!(
        undo::letters_wait(&play.journey, &play.history[play.history.len() - 1..]),
        None,
        "of what is sent they go at once"
    );
}

#[test]
fn nobody_takes_back_by_hand_what_could_not_be() {
    let mut play = sent();
    does(&mut play, &ray(), Verb::Approve, DECISION);
    let last = play.history.last().expect("an entry").clone();
    let tell = |event: Event, by: &Actor| {
        let entry = Recorded::chain(
            &play.journey.reference.to_string(),
            Some((last.seq, &last.digest)),
            play.now,
            Some(common::by(by)),
            event,
        );
        let mut history = play.history.clone();
        history.push(entry);
        history
    };
    let reference = &play.journey.reference;
    // Of an entry that is not there, that is later, or that is no decision.
    for of in [Seq(99), last.seq.next(), Seq(1), Seq(2)] {
        let history = tell(Event::Undone { task: id(DECISION), of }, &ray());
        let told = Journey::replay(reference, &history, shipped()).map(|journey| journey.seq);
        assert!(matches!(told, Err(Corrupt::Misplaced(_))), "{of}: {told:?}");
    }
    // By somebody else it can be read, and `verify` tells it.
    let history = tell(Event::Undone { task: id(DECISION), of: last.seq }, &pat());
    assert_eq!(audit(reference, &history, shipped()).faults.len(), 1);
    let history = tell(Event::Undone { task: id(DECISION), of: last.seq }, &ray());
    assert_eq!(audit(reference, &history, shipped()).faults, Vec::<String>::new());
}
