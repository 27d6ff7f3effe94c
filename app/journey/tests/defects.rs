//! Defects that tests show, as those see them who raise, mend and close them, and who wait for them.

mod common;

use common::{Play, actor, defect, id, joins, opening, seen_as, shipped};
use journey::{
    base::{
        actor::{Actor, Role, Side},
        calendar,
    },
    form::Answers,
    ledger::{
        defect::{Assessment, Closing, DefectState, Owner, Severity},
        event::Event,
        machine::Verb,
        refusal::Refusal,
        standing::Standing,
    },
    plan::process::Settle,
    rule::{
        audit::audit,
        command::Command,
        defects::{self, DefectFilter},
        offers,
    },
    view::{
        ecosystem,
        overview::overview,
        turns::{self, Turn},
    },
};

const DEMONSTRATOR: &str = "test-int-demonstrator";
const PROVIDERS: &str = "test-int-providers";
const CERTIFICATE: &str = "receive-technical-conformance-certificate";

fn all(side: Side) -> Vec<Role> {
    Role::ALL.iter().copied().filter(|role| role.side() == side).collect()
}

fn ada() -> Actor {
    actor("ada", "acme", &all(Side::Supplier))
}

fn ray() -> Actor {
    actor("ray", "nhs", &all(Side::Programme))
}

fn gil() -> Actor {
    actor("gil", "trust", &all(Side::EndUser))
}

/// A journey of this side that has come so far that a task can be worked on.
fn until(side: &str, task: &str) -> Play {
    let process = shipped().newest(side).expect("a process");
    let mut play = Play::open(shipped(), process, &ada(), opening());
    play.obey(&ray(), joins("trust")).expect("the programme gives it a part");
    for _ in 0..200 {
        if !matches!(play.journey.standing(&id(task)), Standing::Locked { .. }) {
            return play;
        }
        goes_on(&mut play);
    }
    panic!("nobody came to {task}");
}

/// Whoever can brings the journey a step on.
fn goes_on(play: &mut Play) {
    let next = [ada(), ray(), gil()].into_iter().find_map(|who| {
        let leads = |verb: Verb| matches!(verb, Verb::Submit | Verb::Approve | Verb::Acknowledge | Verb::Issue | Verb::Sign);
        let offer = offers::offers(&play.journey, &who).into_iter().find(|offer| {
            let done = offer.task.as_ref().is_none_or(|task| play.journey.standing(task).is_done());
            let filled = |task| play.spec(task).settle == Settle::BySignatures && play.journey.task(task).round.0 > 0;
            leads(offer.verb) && !done && !(offer.verb == Verb::Submit && offer.task.as_ref().is_some_and(filled))
        })?;
        Some((who, offer.verb, offer.task.expect("on a task")))
    });
    let (who, verb, task) = next.expect("somebody can go on");
    let command = play.command(verb, &task, "Done with care.");
    play.obey(&who, command).expect("what is offered is obeyed");
}

fn raises(play: &mut Play, who: &Actor, task: &str, assessment: Assessment) -> Result<u32, Refusal> {
    let happened = format!("Seen for the {} time.", play.journey.defects().len() + 1);
    let command = Command::RaiseDefect { task: id(task), defect: defect(&happened), assessment };
    play.obey(who, command).map(|_| u32::try_from(play.journey.defects().len()).expect("a few"))
}

fn assesses(play: &mut Play, task: &str, number: u32, assessment: Assessment, reason: &str) -> Result<Vec<Event>, Refusal> {
    play.obey(&ray(), Command::AssessDefect { task: id(task), number, assessment, reason: reason.to_owned() })
}

fn mends(play: &mut Play, task: &str, number: u32) -> Result<Vec<Event>, Refusal> {
    let (what, version) = ("Every entry is read.".to_owned(), "2.5".to_owned());
    play.obey(&ada(), Command::MendDefect { task: id(task), number, what, version })
}

fn closes(play: &mut Play, task: &str, number: u32, how: Closing) -> Result<Vec<Event>, Refusal> {
    play.obey(&ray(), Command::CloseDefect { task: id(task), number, how, words: "Seen in a new run.".to_owned() })
}

fn turns_on(play: &Play, task: &str) -> Vec<Turn> {
    overview(&play.journey).turns.into_iter().filter(|turn| turn.task == id(task)).collect()
}

fn days(play: &mut Play, days: i64) {
    play.wait(days * 24 * 60);
}

#[test]
fn a_supplier_raises_a_defect_the_team_says_whose_it_is_and_it_is_mended_and_closed() {
    let mut play = until("consumer", DEMONSTRATOR);
    let number = raises(&mut play, &ada(), DEMONSTRATOR, seen_as(Owner::Consumer)).expect("the supplier raises it");
    let known = play.journey.defect(number).expect("it is there");
    assert_eq!((known.name().as_str(), known.standing().as_str(), known.confirmed), ("D-1", "New", false));
    let waits: Vec<(Side, bool)> = turns_on(&play, DEMONSTRATOR).iter().map(|turn| (turn.side, turn.awaited)).collect();
    assert_eq!(waits, [(Side::Supplier, true), (Side::Programme, true)], "the one mends it, the other looks at it");

    assesses(&mut play, DEMONSTRATOR, number, seen_as(Owner::Consumer), "").expect("what is confirmed needs no words");
    assert_eq!(turns_on(&play, DEMONSTRATOR).len(), 1, "the supplier mends it");
    let early = closes(&mut play, DEMONSTRATOR, number, Closing::Mended);
    let Err(Refusal::Invalid(problems)) = early else { panic!("nobody has mended it: {early:?}") };
    assert!(problems.0[0].says.contains("has not said that it is done"), "{problems:?}");

    mends(&mut play, DEMONSTRATOR, number).expect("it is theirs");
    assert_eq!(play.journey.defect(number).expect("there").standing(), "Mended in 2.5, to be agreed");
    play.obey(&ray(), Command::ReopenDefect { task: id(DEMONSTRATOR), number, words: "It is still there.".to_owned() })
        .expect("the team does not agree");
    assert_eq!(mends(&mut play, DEMONSTRATOR, number).map(|_| ()), Ok(()), "and again");
    closes(&mut play, DEMONSTRATOR, number, Closing::Mended).expect("the team agrees");
    let known = play.journey.defect(number).expect("it stays");
    assert_eq!((known.standing().as_str(), known.words.len()), ("Closed: mended", 6), "its history stays");
    assert_eq!(mends(&mut play, DEMONSTRATOR, number), Err(Refusal::NothingToDo));
    play.obey(&ray(), Command::ReopenDefect { task: id(DEMONSTRATOR), number, words: "It is back.".to_owned() }).expect("again");
    closes(&mut play, DEMONSTRATOR, number, Closing::NoFault).expect("no fault needs no mending");
    assert_eq!(audit(&play.journey.reference, &play.history, shipped()).faults, Vec::<String>::new());
}

#[test]
fn each_does_what_is_theirs() {
    let mut play = until("consumer", DEMONSTRATOR);
    let number = raises(&mut play, &ada(), DEMONSTRATOR, seen_as(Owner::Provider)).expect("raised");
    for verb in [Verb::AssessDefect, Verb::CloseDefect] {
        assert!(play.offers(&ray(), verb, DEMONSTRATOR) && !play.offers(&ada(), verb, DEMONSTRATOR), "{verb:?}");
    }
    for verb in Verb::ON_TASKS {
        assert!(!play.offers(&gil(), *verb, DEMONSTRATOR), "those who use the product do not read it: {verb:?}");
    }
    assert!(!play.offers(&ada(), Verb::MendDefect, DEMONSTRATOR), "it is the provider's");
    assert_eq!(mends(&mut play, DEMONSTRATOR, number), Err(Refusal::NothingToDo));
    let wrong = closes(&mut play, PROVIDERS, number, Closing::NoFault);
    assert!(wrong.is_err(), "it was not seen there: {wrong:?}");
    let own = Actor { member_of: vec![ray().organisation, ada().organisation], ..ray() };
    let command = Command::CloseDefect { task: id(DEMONSTRATOR), number, how: Closing::NoFault, words: "No.".to_owned() };
    assert_eq!(play.obey(&own, command), Err(Refusal::OwnOrganisation));
    let locked = raises(&mut play, &ada(), PROVIDERS, seen_as(Owner::Provider));
    assert!(matches!(locked, Err(Refusal::Locked(_))), "nothing was tested there yet: {locked:?}");
    let changed = assesses(&mut play, DEMONSTRATOR, number, seen_as(Owner::Spine), " ");
    assert!(matches!(changed, Err(Refusal::Invalid(_))), "a change has a reason: {changed:?}");
    assert_eq!(assesses(&mut play, DEMONSTRATOR, number, seen_as(Owner::Spine), "The log of Spine.").map(|_| ()), Ok(()));
    assert_eq!(assesses(&mut play, DEMONSTRATOR, number, seen_as(Owner::Spine), "Again."), Err(Refusal::AlreadyDone));
}

#[test]
fn a_second_click_raises_nothing_and_somebody_slower_is_told() {
    let mut play = until("consumer", DEMONSTRATOR);
    let same = Command::RaiseDefect { task: id(DEMONSTRATOR), defect: defect("Once."), assessment: seen_as(Owner::Spine) };
    play.obey(&ada(), same.clone()).expect("once");
    assert_eq!(play.obey(&ada(), same), Err(Refusal::AlreadyDone));
    let seen = play.journey.defect(1).expect("there").changed;
    assesses(&mut play, DEMONSTRATOR, 1, seen_as(Owner::Consumer), "The product.").expect("faster");
    let slow = Command::CloseDefect { task: id(DEMONSTRATOR), number: 1, how: Closing::NoFault, words: "No.".to_owned() };
    let refused = play.obey_seen(&ray(), slow, Some(seen));
    assert!(matches!(refused, Err(Refusal::ChangedSince { .. })), "{refused:?}");
    // What happens to a defect leaves an open page of the stage as true as it was.
    let seen = play.journey.changed(&id(DEMONSTRATOR));
    raises(&mut play, &ada(), DEMONSTRATOR, seen_as(Owner::Spine)).expect("raised");
    let submit = play.command(Verb::Submit, &id(DEMONSTRATOR), "All passed.");
    assert!(play.obey_seen(&ada(), submit, Some(seen)).is_ok());
}

#[test]
fn the_clock_of_the_supplier_stands_still_while_others_mend_it() {
    let mut play = until("consumer", DEMONSTRATOR);
    let since =
        |play: &Play| turns_on(play, DEMONSTRATOR).into_iter().find(|turn| turn.side == Side::Supplier).expect("its turn");
    let began = since(&play).since;
    days(&mut play, 1);
    let number = raises(&mut play, &ada(), DEMONSTRATOR, seen_as(Owner::Provider)).expect("raised");
    assert_eq!(play.journey.paused(&id(DEMONSTRATOR)), None, "what the supplier alone says stops no clock");
    assesses(&mut play, DEMONSTRATOR, number, seen_as(Owner::Provider), "").expect("the team agrees");
    let paused = play.journey.paused(&id(DEMONSTRATOR)).expect("it stands still");
    assert_eq!((paused.number, paused.owner, paused.since), (number, Owner::Provider, play.now));
    assert!(!since(&play).awaited, "nobody waits for the supplier");

    days(&mut play, 7);
    closes(&mut play, DEMONSTRATOR, number, Closing::Mended).expect("the provider has mended it");
    assert_eq!(play.journey.paused(&id(DEMONSTRATOR)), None);
    let worked = |play: &Play| calendar::between(calendar::date_of(since(play).since), play.today());
    let passed = calendar::between(calendar::date_of(began), play.today());
    assert_eq!(passed - worked(&play), 5, "a week of working days is not counted");
    days(&mut play, 2);
    assert_eq!(calendar::between(calendar::date_of(began), play.today()) - worked(&play), 5, "and no more than that");

    // A second time: both pauses count, and two defects at once pause once.
    for owner in [Owner::Spine, Owner::Provider] {
        raises(&mut play, &ray(), DEMONSTRATOR, seen_as(owner)).expect("the team raises it");
    }
    assert!(play.journey.defect(2).expect("there").confirmed, "what the team says counts");
    days(&mut play, 7);
    closes(&mut play, DEMONSTRATOR, 2, Closing::Mended).expect("closed");
    assert!(play.journey.paused(&id(DEMONSTRATOR)).is_some_and(|paused| paused.number == 3), "the other one holds it");
    assesses(&mut play, DEMONSTRATOR, 3, seen_as(Owner::Consumer), "The product after all.").expect("said otherwise");
    assert_eq!(play.journey.paused(&id(DEMONSTRATOR)), None);
    assert_eq!(calendar::between(calendar::date_of(began), play.today()) - worked(&play), 10);
}

/// A defect that blocks holds the certificate of a process: it is neither offered nor issued, and everybody is told what for.
fn holds(side: &str, stage: &str, certificate: &str) {
    let mut play = until(side, certificate);
    let number = raises(&mut play, &ray(), stage, seen_as(Owner::Spine)).expect("raised");
    let issue = play.command(Verb::Issue, &id(certificate), "");
    assert!(!play.offers(&ray(), Verb::Issue, certificate));
    let refused = play.obey(&ray(), issue.clone()).expect_err("it is held");
    let (heading, detail) = refused.sentence(play.journey.process);
    assert_eq!(heading, "A defect that blocks the certificate is open");
    assert!(detail.starts_with("D-1 “An allergy is missing”."), "{detail}");
    assert_eq!(play.journey.standing(&id(certificate)), Standing::Locked { waiting_on: vec![id(stage)] });
    let node = ecosystem::diagram(side).expect("a picture");
    let stop = node.nodes.iter().find(|node| node.id == play.spec(&id(certificate)).node).expect("its stop");
    let shown = ecosystem::stop(&play.journey, &play.journey.standings(), &stop.id, Some(stop));
    // The certificate of a consumer stands beside the SCAL.
    let locked = Standing::Locked { waiting_on: vec![id(stage)] };
    let says = shown.missing == [id(stage)] || shown.beside.contains(&(id(certificate), locked));
    assert!(says, "the picture says what it waits for: {shown:?}");
    assert!(turns_on(&play, certificate).is_empty(), "nobody waits for those who issue it");
    assert!(
        turns_on(&play, stage).iter().any(|turn| turn.side == Side::Programme && turns::is_theirs(turn, &ray(), &play.journey))
    );

    days(&mut play, 3);
    let harmless = Assessment { blocks: false, ..seen_as(Owner::Spine) };
    assesses(&mut play, stage, number, harmless, "There is a way around it.").expect("it does not block");
    assert!(play.offers(&ray(), Verb::Issue, certificate));
    assert_eq!(turns_on(&play, certificate)[0].since, play.now, "their clock begins now");
    assesses(&mut play, stage, number, seen_as(Owner::Spine), "It does after all.").expect("it blocks");
    assert!(play.obey(&ray(), issue.clone()).is_err());
    closes(&mut play, stage, number, Closing::Mended).expect("mended");
    play.obey(&ray(), issue).expect("nothing is in the way");

    // What holds goes on holding: what is found later does not put it into question by itself.
    raises(&mut play, &ada(), stage, seen_as(Owner::Spine)).expect("raised");
    assert_eq!(play.journey.standing(&id(certificate)), Standing::Settled);
    assert_eq!(audit(&play.journey.reference, &play.history, shipped()).faults, Vec::<String>::new());
}

#[test]
fn a_consumer_gets_no_certificate_while_a_defect_blocks_it() {
    holds("consumer", PROVIDERS, CERTIFICATE);
}

#[test]
fn a_provider_gets_no_certificate_while_a_defect_blocks_it() {
    holds("provider", "p-provider-testing-assurance", "p-fot-devmac");
}

#[test]
fn in_a_providers_journey_its_own_defects_are_those_of_the_provider() {
    let mut play = until("provider", "p-provider-testing-assurance");
    let stage = "p-provider-testing-assurance";
    raises(&mut play, &ray(), stage, seen_as(Owner::Provider)).expect("raised");
    assert_eq!(play.journey.paused(&id(stage)), None, "it is the supplier's own");
    assert!(play.offers(&ada(), Verb::MendDefect, stage));
    raises(&mut play, &ray(), stage, seen_as(Owner::Consumer)).expect("raised");
    assert!(play.journey.paused(&id(stage)).is_some_and(|paused| paused.owner == Owner::Consumer));
}

#[test]
fn what_is_typed_is_read_and_every_problem_is_told() {
    let typed = |fields: &[(&str, &str)]| fields.iter().fold(Answers::default(), |answers, (id, value)| answers.with(id, value));
    let whole = [
        ("title", "An allergy is missing"),
        ("happened", "Three of four."),
        ("expected", "Four."),
        ("environment", "providers"),
        ("product", "2.4"),
        ("scripts", "gpc-str-tst-alg-2, GPC-SPN-TST-10"),
        ("owner", "provider"),
        ("severity", "high"),
        ("blocks", "yes"),
        ("run", "8f14e45f"),
        ("exchange", "4"),
    ];
    let (defect, assessment) = defects::read(&typed(&whole)).expect("it is whole");
    assert_eq!(defect.scripts, ["GPC-SPN-TST-10", "GPC-STR-TST-ALG-02"]);
    assert_eq!(defect.run, Some(("8f14e45f".to_owned(), 4)));
    assert_eq!(assessment, seen_as(Owner::Provider));
    let problems = defects::read(&typed(&[("scripts", "the long one"), ("environment", "moon"), ("title", "a\nb")]));
    let told: Vec<String> = problems.expect_err("nonsense").0.into_iter().map(|problem| problem.field).collect();
    for field in ["title", "happened", "expected", "environment", "product", "owner", "severity", "blocks", "scripts"] {
        assert!(told.iter().any(|known| known == field), "{field} is not told: {told:?}");
    }
    let long = typed(&whole).with("request", &"x".repeat(defects::LONGEST_TEXT + 1));
    assert_eq!(defects::read(&long).expect_err("too long").0[0].field, "request");
}

#[test]
fn lists_show_what_is_asked_for() {
    let mut play = until("consumer", DEMONSTRATOR);
    raises(&mut play, &ada(), DEMONSTRATOR, seen_as(Owner::Provider)).expect("raised");
    raises(&mut play, &ada(), DEMONSTRATOR, Assessment { severity: Severity::Low, ..seen_as(Owner::Spine) }).expect("raised");
    closes(&mut play, DEMONSTRATOR, 1, Closing::NoFault).expect("closed");
    let shown = |filter: DefectFilter| -> Vec<u32> {
        play.journey.defects().iter().filter(|defect| filter.shows(defect)).map(|defect| defect.number).collect()
    };
    assert_eq!(shown(DefectFilter::default()), [1, 2]);
    assert_eq!(shown(DefectFilter { open: Some(true), ..DefectFilter::default() }), [2]);
    assert_eq!(shown(DefectFilter { open: Some(false), ..DefectFilter::default() }), [1]);
    assert_eq!(shown(DefectFilter { owner: Some(Owner::Spine), ..DefectFilter::default() }), [2]);
    assert_eq!(shown(DefectFilter { severity: Some(Severity::High), ..DefectFilter::default() }), [1]);
    assert_eq!(play.journey.defect(1).map(|defect| defect.state.clone()), Some(DefectState::Closed(Closing::NoFault)));
}
