//! The group asks the supplier about rows of the accepted SCAL, and what becomes of it.

mod common;

use common::{Play, actor, id, joins, opening, shipped};
use journey::{
    base::actor::{Actor, Role, Side},
    catalogue::scal,
    ledger::{
        event::Event,
        journey::Why,
        machine::{StateKind, Verb},
        refusal::Refusal,
        standing::Standing,
    },
    plan::process::Settle,
    rule::{audit::audit, command::Command, offers, queries},
    scal::book,
    view::{overview::overview, turns},
};

const REVIEW: &str = "end-user-reviews-scal";

fn all(side: Side) -> Vec<Role> {
    Role::ALL.iter().copied().filter(|role| role.side() == side).collect()
}

fn ada() -> Actor {
    actor("ada", "acme", &all(Side::Supplier))
}

fn pat() -> Actor {
    actor("pat", "nhs", &all(Side::Programme))
}

fn officer() -> Actor {
    actor("gil", "trust", &[Role::EndUserCso, Role::GroupLead, Role::AuthorisedPerson])
}

/// A journey whose group can review the SCAL: it was accepted, and the group is known.
fn reviewing() -> Play {
    let process = shipped().newest("consumer").expect("a consumer process");
    let mut play = Play::open(shipped(), process, &ada(), opening());
    play.obey(&pat(), joins("trust")).expect("the programme gives it a part");
    let cast = [ada(), pat(), officer()];
    let ready = |play: &Play| !matches!(play.journey.standing(&id(REVIEW)), Standing::Locked { .. });
    for _ in 0..200 {
        if ready(&play) {
            return play;
        }
        let next = cast.iter().find_map(|who| {
            let offers = offers::offers(&play.journey, who);
            let leads = |verb: Verb| matches!(verb, Verb::Submit | Verb::Approve | Verb::Acknowledge | Verb::Issue);
            let offer = offers.into_iter().find(|offer| {
                let task = offer.task.as_ref();
                let signed = |task| play.spec(task).settle == Settle::BySignatures;
                leads(offer.verb) && task.is_some_and(|task| !signed(task) && !play.journey.standing(task).is_done())
            })?;
            Some((who, offer.verb, offer.task.expect("on a task")))
        });
        let (who, verb, task) = next.expect("somebody can go on");
        let command = play.command(verb, &task, "Done with care.");
        play.obey(who, command).expect("what is offered is obeyed");
    }
    panic!("the group never came to its review");
}

fn row(play: &Play, at: usize) -> String {
    scal::rows(&play.journey.opening)[at].id.clone()
}

fn asks(play: &mut Play, who: &Actor, row: &str, words: &str) -> Result<Vec<Event>, Refusal> {
    play.obey(who, Command::RaiseQuery { task: id(REVIEW), row: row.to_owned(), words: words.to_owned() })
}

fn replies(play: &mut Play, row: &str, words: &str, changes: bool) -> Result<Vec<Event>, Refusal> {
    play.obey(&ada(), Command::AnswerQuery { task: id(REVIEW), row: row.to_owned(), words: words.to_owned(), changes })
}

fn closes(play: &mut Play, row: &str) -> Result<Vec<Event>, Refusal> {
    play.obey(&officer(), Command::CloseQuery { task: id(REVIEW), row: row.to_owned() })
}

/// Whose turn the review is, in the words of a letter.
fn turn(play: &Play) -> Vec<(Side, bool)> {
    let turns = overview(&play.journey).turns.into_iter().filter(|turn| turn.task == id(REVIEW));
    turns.map(|turn| (turn.side, turn.awaited)).collect()
}

#[test]
fn a_query_goes_to_the_supplier_and_its_reply_back_to_the_group() {
    let mut play = reviewing();
    let first = row(&play, 0);
    assert_eq!(turn(&play), [(Side::EndUser, false)], "the group may begin");
    asks(&mut play, &officer(), &first.to_lowercase(), "Who keeps the audit trail?").expect("the officer asks");
    assert_eq!(turn(&play), [(Side::Supplier, true)], "the supplier is waited for");
    assert!(play.offers(&ada(), Verb::AnswerQuery, REVIEW) && !play.offers(&officer(), Verb::Submit, REVIEW));
    assert!(offers::may_write(&play.journey, &officer(), &id(REVIEW)), "a draft can be kept meanwhile");

    replies(&mut play, &first, "The trust, for eight years.", false).expect("the supplier replies");
    assert_eq!(turn(&play), [(Side::EndUser, true)], "the reply waits for the group");
    let asked = overview(&play.journey).turns.into_iter().find(|turn| turn.task == id(REVIEW)).expect("a turn");
    assert!(turns::is_theirs(&asked, &officer(), &play.journey));
    assert!(!play.offers(&officer(), Verb::Submit, REVIEW), "not before somebody says that it is answered");

    asks(&mut play, &officer(), &first, "And who deletes it?").expect("they ask again");
    replies(&mut play, &first, "We do, on their word.", false).expect("the supplier replies again");
    closes(&mut play, &first).expect("that answers it");
    let answers = play.answers(play.spec(&id(REVIEW)), "Looked at.");
    play.obey(&officer(), Command::Submit { task: id(REVIEW), answers }).expect("the review is sent");
    assert_eq!(play.journey.standing(&id(REVIEW)), Standing::Settled);
    let (_, query) = queries::of_row(&play.journey, &scal::rows(&play.journey.opening)[0].field).expect("it stays");
    let told: Vec<&str> = query.words.iter().map(|word| word.words.as_str()).collect();
    assert_eq!(
        told,
        ["Who keeps the audit trail?", "The trust, for eight years.", "And who deletes it?", "We do, on their word."]
    );
    assert_eq!(audit(&play.journey.reference, &play.history, shipped()).faults, Vec::<String>::new());
}

/// "EUO query reopens the SCAL row": what is changed goes to the team of that row, and to it alone.
#[test]
fn an_answer_that_is_changed_is_judged_again_and_every_other_row_keeps_its_verdict() {
    let mut play = reviewing();
    let (first, second) = (row(&play, 0), row(&play, 1));
    let scal_task = play.journey.process.scal().expect("a SCAL").id.clone();
    asks(&mut play, &officer(), &first, "Is that still so?").expect("asked");
    asks(&mut play, &officer(), &second, "And that?").expect("asked");
    let events = replies(&mut play, &first, "No: the answer says it now.", true).expect("the supplier changes it");
    assert!(
        matches!(&events[..], [Event::QueryAnswered { changes: true, .. }, Event::Reopened { task, .. }] if *task == scal_task)
    );
    let rows = scal::rows(&play.journey.opening);
    assert_eq!(play.journey.asked_again(&rows[0].field).map(|again| &again.why), Some(&Why::Query));
    let verdicts = &play.journey.task(&scal_task).verdicts;
    assert!(verdicts.last(&rows[0].field).is_none() && verdicts.last(&rows[1].field).is_some(), "one row is judged again");
    assert!(matches!(play.journey.standing(&id(REVIEW)), Standing::Locked { .. }), "the group waits for the SCAL");
    // The other query is replied to meanwhile.
    replies(&mut play, &second, "Yes.", false).expect("words are no change");
    assert_eq!(turn(&play), [], "the SCAL comes first");

    // The supplier is told why it looks at the row again, and only at that one.
    let record = play.journey.task(&scal_task);
    let before = play.answers(play.spec(&scal_task), "Done with care.");
    let entries = book::entries(&play.journey, record, &[(record.round, before)], &[]).expect("readable");
    let told = book::to_send(&entries).expect_err("a row is asked again").0;
    assert_eq!(
        told.iter().map(|problem| problem.says.as_str()).collect::<Vec<_>>(),
        [format!("Look at {first} again: the group asked about it")]
    );

    let answers = play.answers(play.spec(&scal_task), "Changed.");
    play.obey(&ada(), Command::Submit { task: scal_task.clone(), answers }).expect("the SCAL is sent again");
    let again = replies(&mut play, &first, "Once more.", true);
    assert_eq!(again, Err(Refusal::NothingToDo), "nobody has asked again");
    while play.journey.task(&scal_task).state.kind() != StateKind::Settled {
        let command = play.command(Verb::Approve, &scal_task, "");
        play.obey(&pat(), command).expect("the teams accept it");
    }
    assert_eq!(turn(&play), [(Side::EndUser, true)]);
    closes(&mut play, &first).expect("answered");
    assert!(!play.offers(&officer(), Verb::Submit, REVIEW), "the other one is open");
    closes(&mut play, &second).expect("answered");
    assert!(play.offers(&officer(), Verb::Submit, REVIEW));
}

#[test]
fn while_the_teams_look_at_the_scal_a_reply_is_words_alone() {
    let mut play = reviewing();
    let (first, second) = (row(&play, 0), row(&play, 1));
    let scal_task = play.journey.process.scal().expect("a SCAL").id.clone();
    for row in [&first, &second] {
        asks(&mut play, &officer(), row, "Is that so?").expect("asked");
    }
    replies(&mut play, &first, "No.", true).expect("changed");
    let answers = play.answers(play.spec(&scal_task), "Changed.");
    play.obey(&ada(), Command::Submit { task: scal_task, answers }).expect("sent");
    let Err(Refusal::Invalid(problems)) = replies(&mut play, &second, "No.", true) else { panic!("it is with the teams") };
    assert!(problems.0[0].says.starts_with("The SCAL is with NHS England now"), "{problems:?}");
    replies(&mut play, &second, "Yes.", false).expect("words are taken");
}

#[test]
fn what_cannot_be_asked_is_refused_with_a_sentence() {
    let mut play = reviewing();
    let first = row(&play, 0);
    let says = |result: Result<Vec<Event>, Refusal>| match result {
        Err(Refusal::Invalid(problems)) => problems.0.into_iter().map(|p| (p.field, p.says)).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    let told = says(asks(&mut play, &officer(), "GPC-XX9", " "));
    assert_eq!(told[0], ("row".to_owned(), "“GPC-XX9” is not a row of this SCAL. Enter its id, for example GPC-IG1".to_owned()));
    assert_eq!(told[1].0, "words", "both are told at once");
    asks(&mut play, &officer(), &first, "Who?").expect("asked");
    let told = says(asks(&mut play, &officer(), &first, "Who, please?"));
    assert_eq!(told[0].1, format!("You asked about {first} already. The supplier has not replied yet"));
    // Nobody but the group asks, and nobody but the supplier replies.
    assert!(matches!(asks(&mut play, &ada(), &first, "Me too"), Err(Refusal::NotYours { .. })));
    assert!(matches!(asks(&mut play, &pat(), &first, "Me too"), Err(Refusal::NotYours { .. })));
    let reply = Command::AnswerQuery { task: id(REVIEW), row: first.clone(), words: "We".to_owned(), changes: false };
    assert!(matches!(play.obey(&officer(), reply), Err(Refusal::NotYours { .. })));
    assert_eq!(closes(&mut play, &first), Err(Refusal::NothingToDo), "there is no reply yet");
    let answers = play.answers(play.spec(&id(REVIEW)), "Looked at.");
    let sent = play.obey(&officer(), Command::Submit { task: id(REVIEW), answers });
    assert_eq!(sent, Err(Refusal::QueryOpen { rows: vec![first.to_uppercase()] }));
}
