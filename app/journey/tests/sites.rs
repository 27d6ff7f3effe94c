//! Single sites: what is done there before the first live call, waves, suspensions, early checks; and who agrees to the plan.

mod common;

use common::{
    Play, actor, answers_to,
    deployment::{cast, deploying, deploying_with, until},
    id, in_waves, joins, opening,
};
use jiff::civil::date;
use journey::{
    base::actor::{Actor, Role, Side},
    form::{Answers, Named},
    ledger::{
        event::{Event, Finding},
        machine::Verb,
        refusal::Refusal,
        site::{Site, Step},
        standing::{Standing, State},
    },
    plan::capability::Capability,
    rule::{
        command::Command,
        go_live::{self, Sent},
        offers, review,
        site_file::{self, JudgedSite, OfSite},
    },
    task::{
        go_live as forms,
        member_file::{self, text},
    },
    view::{
        register::registered,
        sites::{self, CellState, Shown},
        turns,
    },
};

fn lead() -> Actor {
    actor("lee", "acme", &[Role::OnboardingLead])
}

fn support() -> Actor {
    actor("pip", "nhs", &[Role::PlatformSupport])
}

fn programme() -> Actor {
    actor("pru", "nhs", &[Role::ProgrammeLead])
}

/// Two sites in the first wave and one in the second; the declaration names all of them.
fn plan() -> Sent {
    let sent = in_waves(&[&["A21471", "B82617"], &["C81002"]]);
    let declared = sent.planned().cloned().collect();
    Sent { declared, ..sent }
}

fn records(play: &Play, code: &str, sent: &Sent) -> Command {
    let site = Site { live_on: play.today(), ..common::site(code, "") };
    Command::RecordSite { task: id("go-live"), site, sent: sent.clone() }
}

fn done(step: &str, places: &str) -> Answers {
    Answers::default()
        .with("step", step)
        .with(forms::FOR, "access-record-html")
        .with("on", "16 3 2026")
        .with(forms::PLACES, places)
}

/// Records a step as the page does: the questions are read, then it is decided.
fn step(play: &mut Play, who: &Actor, typed: &Answers) -> Result<Vec<Event>, Refusal> {
    let steps = go_live::steps_of(&play.journey, play.spec(&id("go-live")), who);
    let done = go_live::read_step(&play.journey, &steps, typed).map_err(Refusal::Invalid)?;
    play.obey(who, Command::RecordStep { task: id("go-live"), done, sent: plan() })
}

fn problems(refused: Result<Vec<Event>, Refusal>) -> Vec<(String, String)> {
    match refused {
        Err(Refusal::Invalid(problems)) => problems.0.into_iter().map(|problem| (problem.field, problem.says)).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn sites_of_later_waves_go_live_when_the_pilot_is_accepted() {
    let mut play = deploying_with(opening());
    play.obey(&lead(), records(&play, "A21471", &plan())).expect("the first wave");
    let told = problems(play.obey(&lead(), records(&play, "C81002", &plan())));
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].0, "ods_code");
    assert!(told[0].1.contains("C81002 is in wave 2") && told[0].1.contains("First of Type pilot"), "{told:?}");
    let outside = Site { outside_plan: "It took over a ward.".to_owned(), ..common::site("RJ1", "") };
    let outside = Site { live_on: play.today(), ..outside };
    let command = Command::RecordSite { task: id("go-live"), site: outside, sent: plan() };
    assert!(problems(play.obey(&lead(), command))[0].1.contains("is in no wave"), "what the plan does not name waits as well");
    let one_wave = Sent { waves: plan().waves.into_iter().take(1).collect(), ..plan() };
    play.clone().obey(&lead(), records(&play, "B82617", &one_wave)).expect("a plan of one wave holds nothing back");
    let pilot = play.command(Verb::Submit, &id("s-first-of-type"), "It went well.");
    play.obey(&lead(), pilot).expect("the pilot is told of");
    assert!(play.obey(&lead(), records(&play, "C81002", &plan())).is_err(), "sent is not accepted");
    let accept = play.command(Verb::Approve, &id("s-first-of-type"), "Go on.");
    play.obey(&programme(), accept).expect("the pilot is accepted");
    play.obey(&lead(), records(&play, "C81002", &plan())).expect("the second wave goes live");
    // A journey without the supporting tasks has no pilot.
    let mut short = deploying();
    short.obey(&lead(), records(&short, "C81002", &plan())).expect("nothing holds it back");
}

#[test]
fn a_step_is_recorded_at_many_sites_by_whoever_knows_and_what_is_wrong_is_told_by_line() {
    let mut play = deploying();
    let asids = done("asid", "A21471 918999198738\nB82617, Mill Street, 918999198739\n\"C81002\";918999198740");
    let events = step(&mut play, &support(), &asids).expect("three sites at once");
    assert!(matches!(&events[..], [Event::SiteStep { step: Step::Asid, sites, .. }] if sites.len() == 3));
    let steps = &play.journey.site_record("B82617").expect("recorded").steps;
    assert_eq!(steps[&(Capability::AccessRecordHtml, Step::Asid)].asid, "918999198739");
    assert_eq!(step(&mut play, &support(), &asids), Err(Refusal::AlreadyDone));
    for (typed, field, says) in [
        (done("asid", "A21471 9.18999E+11"), "places", "line 1: “9.18999E+11” looks like a number that a spreadsheet changed"),
        (done("asid", "A21471\nB82617 12345"), "places", "line 1: write the ASID of A21471 at the end: 12 digits; line 2:"),
        (done("asid", "A21471 918999198738\nA21471 918999198738"), "places", "line 2: A21471 is there already"),
        (done("asid", "Willow Lane 918999198738"), "places", "line 1: “Willow” is a word"),
        (done("sharing", "D81001"), "places", "D81001 is not in the plan"),
        (done("sharing", ""), "places", "Tick at least one site"),
        (done("sharing", "A21471").with("on", "17 3 2026"), "on", "the day cannot be in the future"),
        (done("sharing", "A21471").with(forms::FOR, "send-document"), "for_capabilities", "Select one of the answers"),
        (done("enabled", "A21471"), "step", "Select one of the answers"),
    ] {
        let told = problems(step(&mut play, &support(), &typed));
        assert!(told.iter().any(|(of, told)| of == field && told.contains(says)), "{typed:?}: {told:?}");
    }
    // Ticked in the list, and the identifier of one site in a field of its own.
    let mut ticked = done("enabled", "");
    ticked.0.insert(forms::TICKED.to_owned(), vec!["A21471".to_owned(), "C81002".to_owned()]);
    step(&mut play, &lead(), &ticked).expect("the supplier knows what a practice has turned on");
    let mut one = done("asid", "").with("asid", "12").with("on", "15 3 2026");
    one.0.insert(forms::TICKED.to_owned(), vec!["A21471".to_owned()]);
    assert_eq!(problems(step(&mut play, &lead(), &one))[0].0, "asid");
    step(&mut play, &lead(), &one.clone().with("asid", " 918999198738 ")).expect("with its twelve digits");

    let sent = plan();
    let rows = sites::rows(&play.journey, &sent);
    assert_eq!(
        rows.iter().map(|row| (row.site.ods_code.as_str(), row.wave)).collect::<Vec<_>>(),
        [("A21471", Some(1)), ("B82617", Some(1)), ("C81002", Some(2))]
    );
    let html = |row: &sites::SiteRow<'_>| (row.cells[0].state, row.cells[0].next());
    assert_eq!(html(&rows[0]), (CellState::Prepared(2), Some(Step::Sharing)));
    assert_eq!(html(&rows[1]), (CellState::Prepared(1), Some(Step::Sharing)));
    assert_eq!(rows[0].cells[1].state, CellState::Prepared(0), "the other capability is untouched");
    let shown = |shown: Shown| rows.iter().filter(|row| row.is(shown)).count();
    assert_eq!((shown(Shown::Asid), shown(Shown::Sharing), shown(Shown::Enabled), shown(Shown::Live)), (3, 3, 3, 0));

    // Taken back by whoever may record it, with a reason.
    let back = |who: &Actor, play: &mut Play| {
        let capabilities = vec![Capability::AccessRecordHtml];
        let (sites, reason) = (vec!["A21471".to_owned()], "It was another practice.".to_owned());
        play.obey(who, Command::TakeBackStep { task: id("go-live"), step: Step::Enabled, capabilities, sites, reason })
    };
    assert_eq!(problems(back(&support(), &mut play))[0].0, "step");
    back(&lead(), &mut play).expect("taken back");
    assert_eq!(back(&lead(), &mut play), Err(Refusal::AlreadyDone));
}

#[test]
fn nothing_is_prepared_before_a_plan_was_accepted() {
    let mut play = Play::open(common::shipped(), common::shipped().newest("consumer").expect("one"), &lead(), opening());
    assert!(!play.offers(&lead(), Verb::RecordStep, "go-live"));
    until(&mut play, &cast()[..3], "obtain-use-case-approval");
    let command = play.command(Verb::RecordStep, &id("go-live"), "");
    assert!(matches!(play.obey(&lead(), command), Err(Refusal::Locked(waiting)) if !waiting.is_empty()));
}

#[test]
fn a_site_is_suspended_by_one_side_and_goes_on_by_the_same() {
    let mut play = deploying();
    for code in ["A21471", "B82617"] {
        play.obey(&lead(), records(&play, code, &plan())).expect("recorded");
    }
    let suspend = |code: &str, only: &[Capability]| Command::SuspendSite {
        task: id("go-live"),
        ods_code: code.to_owned(),
        capabilities: only.to_vec(),
        reason: "An incident.".to_owned(),
    };
    let resume = |code: &str| Command::ResumeSite {
        task: id("go-live"),
        ods_code: code.to_owned(),
        capabilities: Vec::new(),
        reason: "It was put right.".to_owned(),
    };
    play.obey(&programme(), suspend("A21471", &[Capability::AccessRecordHtml])).expect("one capability");
    assert_eq!(play.journey.live_at("A21471"), [Capability::AccessRecordStructured]);
    assert_eq!(play.journey.sites_in_use().count(), 2, "the other one goes on");
    play.obey(&programme(), suspend("A21471", &[])).expect("what is left of it");
    assert_eq!(play.obey(&programme(), suspend("A21471", &[])), Err(Refusal::AlreadyDone));
    assert_eq!(play.journey.sites_in_use().map(|site| site.ods_code.as_str()).collect::<Vec<_>>(), ["B82617"]);
    assert!(registered(&play.journey).lines.iter().all(|line| line.sites == 1), "the register counts what is in use");
    assert!(play.obey(&lead(), suspend("C81002", &[])).is_err(), "it is not live");
    assert_eq!(play.obey(&lead(), resume("A21471")), Err(Refusal::NothingToDo), "the supplier suspended nothing");
    play.obey(&lead(), suspend("B82617", &[])).expect("the supplier suspends one itself");
    let told = problems(play.obey(&lead(), resume("A21471")));
    assert!(told[0].1.contains("NHS England suspended this"), "{told:?}");
    play.obey(&programme(), resume("A21471")).expect("whoever suspended it lets it go on");
    play.obey(&lead(), resume("B82617")).expect("and so does the supplier");
    assert_eq!(play.journey.sites_in_use().count(), 2);
    // Whatever is open upstream: it can be stopped.
    let again = play.command(Verb::Reopen, &id("approval-to-go-live"), "A hazard.");
    play.obey(&programme(), again).expect("opened again");
    play.obey(&programme(), suspend("A21471", &[])).expect("suspended");
    let taken = play.command(Verb::TakeBackSite, &id("go-live"), "It stopped.");
    play.obey(&lead(), taken).expect("taken back");
    assert!(play.journey.site_record("A21471").is_some_and(|record| record.suspended.is_empty()));
}

#[test]
fn a_lead_of_end_users_acts_for_the_group_that_they_lead_and_for_no_other() {
    let mut play = deploying();
    play.obey(&lead(), records(&play, "A21471", &plan())).expect("recorded");
    let amy = actor("amy", "rj1", &[Role::GroupLead]);
    assert_eq!(offers::judge(&play.journey, &amy, Verb::SuspendSite, &id("go-live")), Err(Refusal::ForLead));
    // The group names the trust as its lead.
    let spec = play.spec(&id("start-end-user-engagement"));
    let answers = play.answers(spec, "words").with("lead_ods", "RJ1");
    let again = play.command(Verb::Reopen, &spec.id, "Another lead.");
    play.obey(&programme(), again).expect("opened again");
    play.obey(&lead(), Command::Submit { task: spec.id.clone(), answers }).expect("sent");
    assert_eq!(offers::judge(&play.journey, &amy, Verb::SuspendSite, &id("go-live")), Ok(Role::GroupLead));
    let steps = go_live::steps_of(&play.journey, play.spec(&id("go-live")), &amy);
    assert_eq!(steps, [Step::Enabled], "what is turned on in practices, and nothing of the Spine");
}

#[test]
fn early_checks_are_records_of_a_live_site() {
    let mut play = deploying();
    play.obey(&lead(), records(&play, "A21471", &plan())).expect("recorded");
    let check = |code: &str, on: &str, outcome: &str, words: &str| Command::CheckSite {
        task: id("go-live"),
        ods_code: code.to_owned(),
        answers: Answers::default().with("checked_on", on).with("outcome", outcome).with("looked_at", words),
    };
    for (command, field) in [
        (check("A21471", "15 3 2026", "fine", "Three calls."), "checked_on"),
        (check("A21471", "17 3 2026", "fine", "Three calls."), "checked_on"),
        (check("A21471", "16 3 2026", "", "Three calls."), "outcome"),
        (check("A21471", "16 3 2026", "fine", " "), "looked_at"),
        (check("B82617", "16 3 2026", "fine", "Three calls."), "ods_code"),
    ] {
        assert_eq!(problems(play.obey(&lead(), command))[0].0, field);
    }
    play.obey(&lead(), check("A21471", "16 3 2026", "fine", "Three calls.")).expect("recorded");
    play.obey(&lead(), check("A21471", "16 3 2026", "found", "One timed out.")).expect("recorded");
    let sent = plan();
    let rows = sites::rows(&play.journey, &sent);
    assert_eq!(rows[0].checks.iter().map(|check| check.fine).collect::<Vec<_>>(), [true, false]);
    assert!(rows[0].is(Shown::Found) && !rows[0].is(Shown::Unchecked) && !rows[1].is(Shown::Found));
}

#[test]
fn what_is_live_counts_as_prepared_and_progress_is_told_by_wave() {
    let mut play = deploying();
    let only = Site { capabilities: vec![Capability::AccessRecordHtml], live_on: play.today(), ..common::site("A21471", "") };
    play.obey(&lead(), Command::RecordSite { task: id("go-live"), site: only, sent: plan() }).expect("one of two capabilities");
    play.obey(&lead(), records(&play, "C81002", &plan())).expect("all of them");
    let sent = plan();
    let rows = sites::rows(&play.journey, &sent);
    let states: Vec<_> = rows.iter().map(|row| row.cells.iter().map(sites::Cell::in_words).collect::<Vec<_>>()).collect();
    assert_eq!(states, [["Live", "Not started"], ["Not started", "Not started"], ["Live", "Live"]]);
    let waves = sites::progress(&rows);
    assert_eq!(
        waves.iter().map(|wave| (wave.wave, wave.sites, wave.steps, wave.live)).collect::<Vec<_>>(),
        [(Some(1), 2, [0, 0, 0], 1), (Some(2), 1, [1, 1, 1], 1)]
    );
    // A site that no plan names stands last.
    let outside = Sent { waves: plan().waves.into_iter().take(1).collect(), ..plan() };
    let rows = sites::rows(&play.journey, &outside);
    assert_eq!(rows.last().map(|row| (row.site.ods_code.as_str(), row.planned)), Some(("C81002", false)));
}

#[test]
fn a_condition_of_an_approval_is_closed_by_the_team_that_set_it() {
    let process = common::shipped().newest("consumer").expect("one");
    let mut play = Play::open(common::shipped(), process, &lead(), opening());
    let task = id("approval-to-go-live");
    until(&mut play, &cast()[..3], "start-end-user-engagement");
    play.obey(&cast()[2], joins("rj1")).expect("the trust joins");
    until(&mut play, &cast(), "approval-to-go-live");
    let send = play.command(Verb::Submit, &task, "words");
    play.obey(&lead(), send).expect("sent");
    let team = |role: Role| actor(role.name(), "nhs", &[role]);
    let approve = |play: &mut Play, role: Role, condition: bool| {
        let mut accepted = review::unjudged(&play.journey, play.spec(&task), role);
        let under = Finding { field: Some(accepted[0].clone()), words: "Train both shifts.".to_owned() };
        let conditions: Vec<Finding> = condition.then_some(under).into_iter().collect();
        accepted.drain(..conditions.len());
        play.obey(&team(role), Command::Approve { task: task.clone(), note: String::new(), accepted, conditions })
            .expect("approved");
    };
    approve(&mut play, Role::ProgrammeLead, false);
    approve(&mut play, Role::ServiceManagement, false);
    approve(&mut play, Role::ClinicalSafety, true);
    assert_eq!(play.journey.standing(&task), Standing::Settled, "it is approved, under a condition");
    let field = play.journey.task(&task).open_conditions().map(|(field, _)| field.clone()).next().expect("one is open");
    let close = |note: &str| Command::CloseCondition { task: task.clone(), field: field.clone(), note: note.to_owned() };
    for other in [team(Role::ProgrammeLead), lead()] {
        assert!(matches!(play.obey(&other, close("Done.")), Err(Refusal::NotYours { roles }) if roles == [Role::ClinicalSafety]));
    }
    assert_eq!(problems(play.obey(&team(Role::ClinicalSafety), close(" ")))[0].0, "note");
    play.obey(&team(Role::ClinicalSafety), close("Both shifts are trained.")).expect("closed");
    assert_eq!(play.journey.task(&task).open_conditions().count(), 0);
    assert!(!play.offers(&team(Role::ClinicalSafety), Verb::CloseCondition, "approval-to-go-live"));
}

/// A plan that was sent by this side while a commissioner has a part; who decides is the last of it.
fn planned_by(sender: &Actor) -> Play {
    let process = common::shipped().newest("consumer").expect("one");
    let mut play =
        Play::open(common::shipped(), process, &lead(), journey::plan::opening::Opening { supporting_tasks: false, ..opening() });
    until(&mut play, &cast()[..3], "start-end-user-engagement");
    for organisation in ["rj1", "icb"] {
        play.obey(&cast()[2], joins(organisation)).expect("it joins");
    }
    until(&mut play, &cast(), "deployment-approach");
    let answers = answers_to(&forms::approach(), "words");
    play.obey(sender, Command::Submit { task: id("deployment-approach"), answers }).expect("sent");
    play
}

fn board() -> Actor {
    actor("cam", "icb", &[Role::Commissioner])
}

#[test]
fn a_commissioner_with_a_part_agrees_to_the_plan_itself() {
    let task = id("deployment-approach");
    let mut play = planned_by(&lead());
    let spec = play.spec(&task);
    assert_eq!(play.journey.deciders(spec), [Role::ProgrammeLead, Role::Commissioner]);
    let turns = turns::turns_on(&play.journey, spec, &play.journey.standing(&task));
    assert!(turns.iter().any(|turn| turns::is_theirs(turn, &board(), &play.journey)), "it has the turn: {turns:?}");
    assert!(!play.offers(&board(), Verb::Refuse, "deployment-approach"), "it agrees or asks for changes");
    let refuse = play.command(Verb::Refuse, &task, "Not here.");
    assert!(matches!(play.obey(&board(), refuse), Err(Refusal::NotYours { .. })));
    assert!(play.offers(&programme(), Verb::Refuse, "deployment-approach"), "NHS England may refuse");
    let accept = |play: &Play| play.command(Verb::Approve, &task, "Agreed.");
    let mut alone = play.clone();
    alone.obey(&programme(), accept(&alone)).expect("NHS England confirms");
    assert_eq!(alone.journey.standing(&task), Standing::Submitted, "the commissioner has not agreed");
    // It asks for a change, and NHS England has finished: it goes back.
    let change = alone.command(Verb::Return, &task, "Begin with two sites.");
    alone.obey(&board(), change).expect("it asks for a change");
    assert!(matches!(&alone.journey.task(&task).state, State::Returned { findings, .. } if findings.len() == 1));
    play.obey(&board(), accept(&play)).expect("it agrees");
    play.obey(&programme(), accept(&play)).expect("and NHS England confirms");
    assert_eq!(play.journey.standing(&task), Standing::Settled);
}

#[test]
fn a_plan_that_the_commissioner_sends_is_its_own_word() {
    let mut play = planned_by(&board());
    let task = id("deployment-approach");
    assert_eq!(play.journey.deciders(play.spec(&task)), [Role::ProgrammeLead]);
    let accept = play.command(Verb::Approve, &task, "Agreed.");
    play.obey(&programme(), accept).expect("confirmed");
    assert_eq!(play.journey.standing(&task), Standing::Settled);
}

#[test]
fn nobody_waits_for_a_commissioner_that_has_left() {
    let mut play = planned_by(&lead());
    let task = id("deployment-approach");
    let accept = play.command(Verb::Approve, &task, "Agreed.");
    play.obey(&programme(), accept).expect("NHS England confirms");
    let organisation: journey::base::ids::OrganisationId = "icb".parse().expect("an id");
    let reason = || "It merged.".to_owned();
    play.obey(&lead(), Command::AskToLeave { organisation: organisation.clone(), reason: reason() }).expect("asked");
    play.obey(&programme(), Command::Leave { organisation, reason: reason() }).expect("it has left");
    assert_eq!(play.journey.standing(&task), Standing::Settled, "what NHS England decided counts");
}

#[test]
fn a_plan_has_its_waves_as_they_were_written() {
    let typed = answers_to(&forms::approach(), "words")
        .with("sites", "wave 1: from 12/1/2027\na21471, Willow Lane\nWave 2\nRLP Longshore");
    let kept = forms::approach().check(&typed).expect("a plan in two waves");
    assert_eq!(kept.one("sites"), "Wave 1 from 12 January 2027\nA21471 Willow Lane\nWave 2\nRLP Longshore");
    let waves = journey::form::waves(kept.one("sites")).expect("as it is kept");
    assert_eq!(waves[0].from, Some(date(2027, 1, 12)));
    assert_eq!(waves[1].sites, [Named { ods_code: "RLP".to_owned(), name: "Longshore".to_owned() }]);
}

#[test]
fn a_code_is_known_on_the_side_on_which_it_has_a_part_and_on_no_other() {
    let play = planned_by(&lead());
    let knows = |side: Side, code: &str| play.journey.knows_code(side, code);
    assert!(knows(Side::EndUser, "RJ1") && knows(Side::Commissioner, "ICB"));
    assert!(!knows(Side::Commissioner, "RJ1") && !knows(Side::EndUser, "ICB"), "a part on the other side is another part");
    assert!(!knows(Side::EndUser, "RLP"));
}

#[test]
fn nobody_is_asked_to_agree_where_no_commissioner_has_a_part() {
    let asked = |play: &Play| {
        let sent = play.history.iter().filter_map(|recorded| match &recorded.event {
            Event::Submitted { agrees, .. } => Some(agrees.clone()),
            _ => None,
        });
        sent.flatten().collect::<Vec<_>>()
    };
    assert_eq!(asked(&deploying()), [], "a trust has a part, and no commissioner");
    assert_eq!(asked(&planned_by(&lead())), [Role::Commissioner]);
}

/// A file is judged row by row for whoever sent it, and what is right in it is recorded at once: each step once for the sites that
/// have it on the same day.
#[test]
fn steps_of_a_file_are_recorded_at_once_by_whoever_may_and_told_by_row() {
    let mut play = deploying();
    let table = "ODS code,Capability,ASID,ASID registered on,Sharing configured on,Enabled by the practice on\n\
                 A21471,,918999198738,2026-03-01,2026-03-02,\nB82617,,918999198739,2026-03-01,,2026-03-02\nC81002,,,,2026-03-02,\n\
                 C81002,,,,,2026-03-02\nX99999,,,,2026-03-02,\nA21471,,,,,\n";
    let file = |table: &str| {
        let lines = text::lines(table.as_bytes()).expect("a table");
        member_file::sites::find(&lines).expect("columns")
    };
    let judged = |play: &Play, who: &Actor| {
        let spec = play.spec(&id("go-live"));
        site_file::judge_file(&play.journey, spec, who, &file(table), (play.today(), &plan()))
    };
    let words = |judged: &[JudgedSite]| -> Vec<String> {
        let word = |one: &JudgedSite| match &one.verdict {
            OfSite::Good(steps) => format!("{} good", steps.len()),
            OfSite::Known => "known".to_owned(),
            OfSite::Bad(why) => why.clone(),
        };
        judged.iter().map(word).collect()
    };
    let double = "The same site and capability as in row 4 of the file";
    assert_eq!(words(&judged(&play, &lead())), ["2 good", "2 good", "1 good", double, "X99999 is not in the plan", "known"]);
    // Platform support knows no practice's own system.
    let told = words(&judged(&play, &support()));
    assert!(told[1].contains("is recorded by others"), "{told:?}");
    let done = site_file::recorded(judged(&play, &lead()));
    assert_eq!(
        done.iter().map(|done| (done.step, done.sites.len())).collect::<Vec<_>>(),
        [(Step::Asid, 2), (Step::Sharing, 2), (Step::Enabled, 1)]
    );
    let command = Command::RecordSteps { task: id("go-live"), done, sent: plan() };
    assert_eq!(play.obey(&lead(), command.clone()).expect("recorded").len(), 3, "three entries for five steps");
    assert_eq!(words(&judged(&play, &lead()))[..3], ["known", "known", "known"]);
    assert_eq!(play.obey(&lead(), command), Err(Refusal::AlreadyDone));
    assert_eq!(play.journey.site_record("B82617").map(|record| record.steps.len()), Some(2 * play.journey.chosen().len()));
}
