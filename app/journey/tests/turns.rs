//! Whose turn it is, since when and by when; and what the picture makes of it. That turns are what `decide` offers is walked
//! in `walks.rs`; here are the cases one by one.

mod common;

use std::collections::BTreeSet;

use common::{Play, actor, chosen, id, joins, opening, shipped};
use jiff::civil::date;
use journey::{
    base::{
        actor::{Actor, Role, Side},
        calendar,
        ids::TaskId,
    },
    ledger::{machine::Verb, standing::Standing},
    plan::{
        capability::{Capability, PdsRoute},
        opening::Opening,
        process::{Process, Processes, Target},
    },
    rule::command::Command,
    view::{
        ecosystem::{diagram, stop},
        overview::overview,
        turns::{self, Around, Turn, Who},
    },
};

fn ada() -> Actor {
    actor("ada", "acme", &[Role::OnboardingLead, Role::Developer])
}

fn pat() -> Actor {
    actor("pat", "nhs", &[Role::ProgrammeLead])
}

fn ray() -> Actor {
    actor("ray", "nhs", &[Role::FunctionalAssurance])
}

fn ian() -> Actor {
    actor("ian", "icb", &[Role::Commissioner])
}

fn gil() -> Actor {
    actor("gil", "trust", &[Role::GroupLead])
}

fn shortest() -> Opening {
    Opening {
        capabilities: vec![chosen(Capability::AccessRecordHtml)],
        hscn: true,
        pds: PdsRoute::Own,
        already_conformant: true,
        other_organisations: false,
        supporting_tasks: false,
        ..opening()
    }
}

fn begin(opening: Opening) -> Play {
    Play::open(shipped(), shipped().newest("consumer").expect("a consumer process"), &ada(), opening)
}

fn does(play: &mut Play, actor: &Actor, verb: Verb, task: &str) {
    play.wait(10);
    let command = play.command(verb, &id(task), "as agreed");
    play.obey(actor, command).unwrap_or_else(|refusal| panic!("{verb:?} {task}: {refusal:?}"));
}

fn approved(opening: Opening) -> Play {
    let mut play = begin(opening);
    for task in ["read-capabilities", "study-prerequisites", "choose-capabilities", "contact-gp-connect-team"] {
        does(&mut play, &ada(), Verb::Submit, task);
    }
    does(&mut play, &pat(), Verb::Acknowledge, "contact-gp-connect-team");
    does(&mut play, &ada(), Verb::Submit, "describe-use-case");
    does(&mut play, &pat(), Verb::Approve, "obtain-use-case-approval");
    play
}

fn on(play: &Play, task: &str) -> Vec<Turn> {
    turns::turns_on(&play.journey, play.spec(&id(task)), &play.journey.standing(&id(task)))
}

fn around(play: &Play) -> Around {
    let names = [("acme".parse().expect("an id"), "Acme Limited".to_owned())];
    Around::of(&play.journey, &names.into())
}

fn told(play: &Play, reader: &Actor, turns: &[Turn]) -> Vec<turns::Held> {
    around(play).held(turns, reader)
}

fn said(play: &Play, reader: &Actor, task: &str) -> Option<String> {
    around(play).said(&on(play, task), reader).map(|(text, _)| text)
}

#[test]
fn the_readers_own_turns_come_first_and_the_others_are_named_with_their_role() {
    let mut play = begin(shortest());
    let now = |play: &Play, reader: &Actor| turns::in_words(&told(play, reader, &overview(&play.journey).turns));
    assert_eq!(now(&play, &ada()), "You: 3 tasks.");
    assert_eq!(now(&play, &pat()), "Acme Limited, onboarding lead or developer: 3 tasks.");
    does(&mut play, &ada(), Verb::Submit, "study-prerequisites");
    does(&mut play, &ada(), Verb::Submit, "contact-gp-connect-team");
    assert_eq!(now(&play, &ada()), "You: 2 tasks. NHS England, programme lead: 1 task.");
    assert_eq!(now(&play, &pat()), "You: 1 task. Acme Limited, onboarding lead or developer: 2 tasks.");
    // Somebody of the supplier who can do nothing here is not "you".
    let signatory = actor("dia", "acme", &[Role::Signatory]);
    let told = now(&play, &signatory);
    assert!(!told.contains("You:") && told.starts_with("Your onboarding lead or developer: 2 tasks."), "{told}");
    let ended = Command::Withdraw { reason: "No more".to_owned() };
    play.obey(&ada(), ended).expect("withdrawn");
    assert_eq!(now(&play, &ada()), "");
}

#[test]
fn a_task_of_two_sides_has_a_turn_for_each_that_is_there() {
    let mut play = approved(opening());
    let sides = |play: &Play, task: &str| on(play, task).iter().map(|turn| turn.side).collect::<Vec<_>>();
    let group = "start-end-user-engagement";
    assert_eq!(sides(&play, group), [Side::Supplier], "nobody of the end users has a part yet");
    play.obey(&pat(), joins("trust")).expect("the trust joins");
    assert_eq!(sides(&play, group), [Side::Supplier, Side::EndUser]);
    assert_eq!(said(&play, &gil(), group).as_deref(), Some("It is your turn, and that of Acme Limited, onboarding lead."));
    assert_eq!(
        said(&play, &pat(), group).as_deref(),
        Some("It is the turn of Acme Limited, onboarding lead; and of The trust, end-user group lead.")
    );
    does(&mut play, &gil(), Verb::Submit, group);
    assert_eq!(sides(&play, group), [Side::Programme]);
    assert_eq!(said(&play, &gil(), group).as_deref(), Some("It is the turn of NHS England, programme lead."));
    assert_eq!(said(&play, &pat(), group).as_deref(), Some("It is your turn."));
    // What comes back, comes back to both.
    let mut play = live_soon();
    play.obey(&pat(), joins("icb")).expect("the commissioner joins");
    let plan = "deployment-approach";
    assert_eq!(sides(&play, plan), [Side::Supplier, Side::Commissioner]);
    does(&mut play, &ian(), Verb::Submit, plan);
    does(&mut play, &pat(), Verb::Return, plan);
    assert_eq!(sides(&play, plan), [Side::Supplier, Side::Commissioner]);
    assert!(on(&play, plan).iter().all(|turn| turn.awaited));
    assert_eq!(said(&play, &ian(), plan).as_deref(), Some("It is your turn, and that of Acme Limited, onboarding lead."));
}

/// On the shortest route, to the day when go live is approved.
fn live_soon() -> Play {
    let mut play = approved(shortest());
    let signatory = actor("ben", "acme", &[Role::Signatory]);
    let all = actor("una", "nhs", &[Role::ClinicalSafety, Role::InformationGovernance, Role::ServiceManagement]);
    let steps: &[(&Actor, Verb, &str)] = &[
        (&ada(), Verb::Submit, "contact-assurance-team"),
        (&ray(), Verb::Acknowledge, "contact-assurance-team"),
        (&ray(), Verb::Issue, "receive-scal"),
        (&ada(), Verb::Submit, "develop-product"),
        (&ada(), Verb::Submit, "test-internet-demonstrator"),
        (&ray(), Verb::Approve, "test-internet-demonstrator"),
        (&all, Verb::Approve, "test-internet-demonstrator"),
        (&ada(), Verb::Submit, "test-int-demonstrator"),
        (&ray(), Verb::Approve, "test-int-demonstrator"),
        (&all, Verb::Approve, "test-int-demonstrator"),
        (&ada(), Verb::Submit, "submit-scal"),
        (&ray(), Verb::Approve, "submit-scal"),
        (&all, Verb::Approve, "submit-scal"),
        (&all, Verb::Approve, "submit-scal"),
        (&ada(), Verb::Submit, "test-int-providers"),
        (&ray(), Verb::Approve, "test-int-providers"),
        (&ray(), Verb::Issue, "receive-technical-conformance-certificate"),
        (&ada(), Verb::Submit, "receive-connection-agreement"),
        (&signatory, Verb::Sign, "receive-connection-agreement"),
        (&pat(), Verb::Sign, "receive-connection-agreement"),
        (&ada(), Verb::Submit, "approval-to-go-live"),
        (&pat(), Verb::Approve, "approval-to-go-live"),
        (&all, Verb::Approve, "approval-to-go-live"),
        (&all, Verb::Approve, "approval-to-go-live"),
    ];
    for (actor, verb, task) in steps {
        does(&mut play, actor, *verb, task);
    }
    play
}

#[test]
fn of_what_is_signed_the_turn_is_that_of_who_has_not_signed() {
    let mut play = approved(Opening { supporting_tasks: false, ..opening() });
    for organisation in ["trust", "hospice"] {
        play.obey(&pat(), joins(organisation)).expect("it joins");
    }
    let (amy, ivo) = (actor("amy", "trust", &[Role::AuthorisedPerson]), actor("ivo", "hospice", &[Role::AuthorisedPerson]));
    does(&mut play, &gil(), Verb::Submit, "start-end-user-engagement");
    does(&mut play, &pat(), Verb::Acknowledge, "start-end-user-engagement");
    let agreement = "data-sharing-agreement";
    does(&mut play, &gil(), Verb::Submit, agreement);
    assert_eq!(
        said(&play, &gil(), agreement).as_deref(),
        Some("It is the turn of The hospice and The trust, authorised person.")
    );
    does(&mut play, &amy, Verb::Sign, agreement);
    assert_eq!(said(&play, &amy, agreement).as_deref(), Some("It is the turn of The hospice, authorised person."));
    assert_eq!(said(&play, &ivo, agreement).as_deref(), Some("It is your turn."));
    does(&mut play, &ivo, Verb::Sign, agreement);
    let of_lead = on(&play, agreement).remove(0);
    assert_eq!((of_lead.side, of_lead.organisations.len()), (Side::Programme, 0));
    // 14 days of the calendar.
    assert_eq!(of_lead.due, Some(calendar::date_of(play.now).saturating_add(jiff::ToSpan::days(14_i64))));
}

/// A wish to leave waits for a lead who did not ask, and everybody is told so where they look: list, journey and worklist.
#[test]
fn a_wish_to_leave_is_the_turn_of_a_lead_who_did_not_ask() {
    let group = "start-end-user-engagement";
    let pam = actor("pam", "nhs", &[Role::ProgrammeLead]);
    let mut play = approved(Opening { supporting_tasks: false, ..opening() });
    for organisation in ["trust", "hospice"] {
        play.obey(&pat(), joins(organisation)).expect("it joins");
    }
    does(&mut play, &gil(), Verb::Submit, group);
    does(&mut play, &pat(), Verb::Acknowledge, group);
    assert!(on(&play, group).is_empty());
    let asks = |organisation: &str| Command::AskToLeave {
        organisation: organisation.parse().expect("an organisation"),
        reason: "It merges.".to_owned(),
    };
    let theirs = |play: &Play, actor: &Actor| {
        let turns = on(play, group);
        let all = overview(&play.journey).turns.into_iter().filter(|turn| turn.task == id(group)).collect::<Vec<_>>();
        assert_eq!(turns, all);
        let is = |turn: &Turn| turns::is_theirs(turn, actor, &play.journey);
        assert!(turns.iter().all(|turn| is(turn) == around(play).gives(turn, actor)), "a list says the same");
        turns.iter().any(is)
    };
    play.wait(60);
    let since = play.now;
    play.obey(&pat(), asks("trust")).expect("a lead asks");
    let turn = on(&play, group).remove(0);
    assert_eq!(
        (turn.side, &turn.roles[..], turn.since, turn.awaited),
        (Side::Programme, &[Role::ProgrammeLead][..], since, true)
    );
    assert_eq!((theirs(&play, &pat()), theirs(&play, &pam), theirs(&play, &gil())), (false, true, false));
    assert_eq!(said(&play, &gil(), group).as_deref(), Some("It is the turn of NHS England, programme lead."));
    // A second wish, of somebody else: whoever asked for the one confirms the other.
    play.wait(60);
    play.obey(&ada(), asks("hospice")).expect("the supplier asks");
    assert_eq!((theirs(&play, &pat()), theirs(&play, &pam)), (true, true));
    assert_eq!(on(&play, group).len(), 1);
    let organisation = || "hospice".parse().expect("an organisation");
    play.obey(&pat(), Command::Leave { organisation: organisation(), reason: String::new() }).expect("confirmed");
    assert_eq!((theirs(&play, &pat()), theirs(&play, &pam)), (false, true));
    let stays = Command::DeclineLeave { organisation: "trust".parse().expect("an organisation"), reason: "No.".to_owned() };
    play.obey(&pam, stays).expect("it stays");
    assert!(on(&play, group).is_empty());
}

#[test]
fn of_many_organisations_three_are_named() {
    let mut play = approved(Opening { supporting_tasks: false, ..opening() });
    for name in ["a", "b", "c", "d", "e"] {
        play.obey(&pat(), joins(name)).expect("it joins");
    }
    let turn = on(&play, "start-end-user-engagement").remove(1);
    let words = around(&play).team(&turn).in_words();
    assert_eq!(words, "The a, The b, The c and 2 more, end-user group lead");
}

#[test]
fn where_nobody_of_the_organisation_holds_the_role_it_is_said() {
    let mut play = begin(shortest());
    let turns = |play: &Play| overview(&play.journey).turns;
    let lead: BTreeSet<Role> = [Role::OnboardingLead].into();
    assert!(turns::held_by_nobody(&turns(&play), &play.journey, &ada(), &lead).is_empty(), "a lead does these as well");
    let signatory: BTreeSet<Role> = [Role::Signatory].into();
    let missing = turns::held_by_nobody(&turns(&play), &play.journey, &ada(), &signatory);
    assert_eq!(missing, [[Role::OnboardingLead, Role::Developer]]);
    assert_eq!(
        turns::nobody_is("Fresh Clinical Systems", &missing[0]),
        "Nobody at Fresh Clinical Systems is an onboarding lead or a developer"
    );
    // What waits for others is theirs to look after.
    does(&mut play, &ada(), Verb::Submit, "study-prerequisites");
    does(&mut play, &ada(), Verb::Submit, "contact-gp-connect-team");
    let of_programme: Vec<Turn> = turns(&play).into_iter().filter(|turn| turn.side == Side::Programme).collect();
    assert!(turns::held_by_nobody(&of_programme, &play.journey, &ada(), &BTreeSet::new()).is_empty());
    assert_eq!(turns::held_by_nobody(&of_programme, &play.journey, &ray(), &BTreeSet::new()), [[Role::ProgrammeLead]]);
    assert_eq!(
        turns::nobody_is("NHS England", &[Role::FunctionalAssurance]),
        "Nobody at NHS England is in the functional assurance team"
    );
}

/// A waiver that is proposed where the programme has a turn of its own waits there too.
#[test]
fn a_proposed_waiver_is_not_lost_beside_a_turn_of_the_same_side() {
    let small = Process::read(include_str!("small.toml")).expect("lawful");
    let processes: &'static Processes = Box::leak(Box::new(Processes::of(vec![small])));
    let mut play = Play::open(processes, processes.all().next().expect("one"), &ada(), opening());
    does(&mut play, &ada(), Verb::Submit, "mark");
    does(&mut play, &ada(), Verb::ProposeWaiver, "issued");
    let turns = on(&play, "issued");
    assert_eq!(turns.len(), 1);
    assert_eq!(turns[0].roles, [Role::FunctionalAssurance, Role::ProgrammeLead]);
    assert!(turns::is_theirs(&turns[0], &pat(), &play.journey) && turns::is_theirs(&turns[0], &ray(), &play.journey));
}

#[test]
fn a_clock_runs_only_while_the_work_can_be_done() {
    let mut play = approved(shortest());
    does(&mut play, &ada(), Verb::Submit, "contact-assurance-team");
    let sent = play.now;
    let since = |play: &Play, task: &str| on(play, task)[0].since;
    assert_eq!(since(&play, "contact-assurance-team"), sent);
    // Three weeks in which the supplier chooses its capabilities again, two gates before.
    does(&mut play, &ada(), Verb::Reopen, "choose-capabilities");
    assert!(on(&play, "contact-assurance-team").is_empty(), "it cannot be answered now");
    play.wait(60 * 24 * 21);
    does(&mut play, &ada(), Verb::Submit, "choose-capabilities");
    // What was described for the choice of before still holds, says whoever described it.
    assert!(on(&play, "contact-assurance-team").is_empty(), "nor now");
    does(&mut play, &ada(), Verb::StillHolds, "describe-use-case");
    assert_eq!(since(&play, "contact-assurance-team"), play.now, "what was sent counts from the day it can be answered");
    assert_eq!(since(&play, "develop-product"), play.now, "and so does what is open");
    let unlocked = play.now;
    does(&mut play, &ray(), Verb::Acknowledge, "contact-assurance-team");
    assert!(unlocked < play.now);
    let answered = play.now;
    assert_eq!(since(&play, "receive-scal"), answered);
    // Withdrawn for a month, and taken up again.
    play.obey(&ada(), Command::Withdraw { reason: "Money".to_owned() }).expect("withdrawn");
    play.wait(60 * 24 * 30);
    play.obey(&pat(), Command::Resume { reason: "Money came".to_owned() }).expect("resumed");
    assert_eq!(since(&play, "receive-scal"), play.now);
    // What is done without waits for nothing that came before it.
    let mut play = approved(Opening { supporting_tasks: true, ..opening() });
    does(&mut play, &ada(), Verb::ProposeWaiver, "s-clinical-meeting-1");
    does(&mut play, &pat(), Verb::ConfirmWaiver, "s-clinical-meeting-1");
    let waived = play.now;
    does(&mut play, &ada(), Verb::Submit, "contact-assurance-team");
    does(&mut play, &ray(), Verb::Acknowledge, "contact-assurance-team");
    assert!(waived < play.now);
    assert_eq!(since(&play, "receive-scal"), play.now);
}

#[test]
fn a_target_is_of_working_days_or_of_days() {
    let use_case = shipped().newest("consumer").and_then(|p| p.task(&id("obtain-use-case-approval"))).expect("a task");
    let target = use_case.target.expect("a target");
    assert_eq!(target, Target::CalendarDays(14));
    assert_eq!(target.in_words(), "14 days");
    // Sent on 18 December 2026: 14 days and no more, whatever holidays there are between.
    assert_eq!(target.due(date(2026, 12, 18)), Some(date(2027, 1, 1)));
    assert_eq!(Target::WorkingDays(10).due(date(2026, 12, 18)), Some(date(2027, 1, 6)));
    assert_eq!(Target::Unpublished.due(date(2026, 12, 18)), None);
    // Every wait of the programme says its target or that there is none.
    for process in shipped().all() {
        for task in &process.tasks {
            let waits = task.decide.iter().any(|role| role.side() == Side::Programme);
            assert_eq!(task.target.is_some(), waits, "{}", task.id);
        }
    }
}

#[test]
fn the_newest_version_of_a_process_is_the_one_with_the_highest_number() {
    let text = include_str!("small.toml");
    let of = |name: &str| {
        let (before, rest) = text.split_once("id    = \"").expect("an id");
        let (_, after) = rest.split_once('"').expect("its end");
        Process::read(&format!("{before}id    = \"{name}\"{after}")).expect("lawful")
    };
    let all = Processes::of(["consumer-2026-10", "consumer-2026-2", "consumer-2026-9", "consumer-2025-11"].map(of).into());
    let side = &all.all().next().expect("one").side;
    assert_eq!(all.newest(side).expect("one").id.as_str(), "consumer-2026-10");
    let order: Vec<&str> = all.all().map(|process| process.id.as_str()).collect();
    assert_eq!(order, ["consumer-2025-11", "consumer-2026-2", "consumer-2026-9", "consumer-2026-10"]);
}

/// From the day it is issued the SCAL stands as what it is, though its submission waits for test stages.
#[test]
fn the_scal_can_be_begun_from_the_day_it_is_issued() {
    let mut play = approved(shortest());
    does(&mut play, &ada(), Verb::Submit, "contact-assurance-team");
    does(&mut play, &ray(), Verb::Acknowledge, "contact-assurance-team");
    let stands = |play: &Play, kept: bool| {
        let task = id("submit-scal");
        turns::shown(&play.journey, play.spec(&task), &play.journey.standing(&task), kept)
    };
    assert!(matches!(stands(&play, true), Standing::Locked { .. }));
    assert!(on(&play, "submit-scal").is_empty());
    does(&mut play, &ray(), Verb::Issue, "receive-scal");
    let issued = play.now;
    assert_eq!((stands(&play, false), stands(&play, true)), (Standing::Ready, Standing::Draft));
    let turn = on(&play, "submit-scal").remove(0);
    assert_eq!((turn.side, turn.since, turn.awaited), (Side::Supplier, issued, false));
    assert!(turns::is_theirs(&turn, &ada(), &play.journey) && !turns::is_theirs(&turn, &ray(), &play.journey));
    assert!(matches!(play.journey.standing(&id("submit-scal")), Standing::Locked { .. }), "the gate itself is as it was");
}

fn stop_of(play: &Play, name: &str) -> journey::view::ecosystem::Stop {
    let picture = diagram("consumer").expect("a picture");
    let node = picture.nodes.iter().find(|node| node.id == name);
    stop(&play.journey, &play.journey.standings(), name, node)
}

#[test]
fn a_stop_stands_as_its_own_task_and_what_supports_it_stands_beside() {
    let mut play = begin(Opening { supporting_tasks: true, ..opening() });
    // On the day of opening nothing of it can be done, whatever supporting task could.
    for (name, own) in [
        ("n10", "submit-scal"),
        ("n9", "test-int-demonstrator"),
        ("n11", "receive-connection-agreement"),
        ("n6", "develop-product"),
    ] {
        let stop = stop_of(&play, name);
        assert!(matches!(stop.standing, Standing::Locked { .. }), "{name} is {:?}", stop.standing);
        assert_eq!(stop.task, Some(id(own)));
        assert!(!stop.beside.is_empty(), "{name} has company");
    }
    let beside = |play: &Play| -> Vec<(TaskId, Standing)> { stop_of(play, "n6").beside };
    assert_eq!(beside(&play), [(id("s-cso"), Standing::Ready)]);
    does(&mut play, &ada(), Verb::Submit, "s-cso");
    assert_eq!(beside(&play), [(id("s-cso"), Standing::Settled)]);
    assert!(matches!(stop_of(&play, "n6").standing, Standing::Locked { .. }), "it makes nothing done");
}

/// The picture, the list of stages and the card count the same.
#[test]
fn the_figures_of_the_picture_are_those_of_the_list() {
    for side in ["consumer", "provider"] {
        let process = shipped().newest(side).expect("a process");
        let play = Play::open(shipped(), process, &ada(), opening());
        let now = overview(&play.journey);
        let picture = diagram(side).expect("a picture");
        let planned = |group: &journey::view::ecosystem::Group| {
            picture.counted(group, process).into_iter().filter(|task| task.applies(&play.journey.opening)).count()
        };
        for group in &picture.groups {
            if let Some(stage) = &group.stage {
                let count = now.stages.iter().find(|count| count.id == *stage).expect("a stage of the list");
                assert_eq!(planned(group), count.all, "{}", group.title);
            }
        }
        let way = picture.groups.iter().filter(|group| !group.inner && (!group.number.is_empty() || group.stage.is_some()));
        assert_eq!(now.count.1, way.map(planned).sum::<usize>(), "nothing is counted twice or left out");
        assert_eq!(now.count.1, now.stages.iter().map(|stage| stage.all).sum::<usize>());
        assert!(now.count.1 < play.journey.plan().count(), "what stays open with the journey is not counted");
    }
}

#[test]
fn you_are_only_somebody_who_can_act() {
    let mut play = begin(shortest());
    does(&mut play, &ada(), Verb::Submit, "study-prerequisites");
    does(&mut play, &ada(), Verb::Submit, "contact-gp-connect-team");
    // A programme lead who belongs to the supplier as well does not decide here.
    let own = common::also_of(actor("vic", "nhs", &[Role::ProgrammeLead]), "acme");
    let turns = on(&play, "contact-gp-connect-team");
    assert!(!turns::is_theirs(&turns[0], &own, &play.journey));
    assert!(told(&play, &own, &turns).iter().all(|held| held.who != Who::You));
}

/// A worklist knows who has worked on a journey for others: Ada, who opened it for the supplier, is not told that it is her
/// turn now that she works for the programme.
#[test]
fn who_opened_the_journey_for_the_supplier_has_no_turn_of_the_programme_on_it() {
    let mut play = begin(shortest());
    let ben = actor("ben", "acme", &[Role::OnboardingLead]);
    for task in ["study-prerequisites", "contact-gp-connect-team"] {
        does(&mut play, &ben, Verb::Submit, task);
    }
    let moved = actor("ada", "nhs", &[Role::ProgrammeLead]);
    let contact = "contact-gp-connect-team";
    assert_eq!(said(&play, &pat(), contact).as_deref(), Some("It is your turn."));
    assert_eq!(said(&play, &moved, contact).as_deref(), Some("It is the turn of NHS England, programme lead."));
}

/// A stop that is named after one of several tasks stands as that one: the group has been acknowledged though nobody has signed
/// yet, and a declaration that waits for its gates is not ready because a review before it is.
#[test]
fn a_stop_that_is_named_after_one_of_its_tasks_stands_as_that_one() {
    let mut play = approved(opening());
    does(&mut play, &ada(), Verb::Submit, "start-end-user-engagement");
    let group = stop_of(&play, "n12");
    assert_eq!((group.standing, group.task), (Standing::Submitted, Some(id("start-end-user-engagement"))));
    does(&mut play, &pat(), Verb::Acknowledge, "start-end-user-engagement");
    let group = stop_of(&play, "n12");
    assert_eq!((group.standing, group.count), (Standing::Settled, (1, 1)));
    assert!(group.beside.iter().any(|(task, standing)| *task == id("data-sharing-agreement") && *standing == Standing::Ready));
    assert!(matches!(stop_of(&play, "n13").standing, Standing::Locked { .. }));
    let scal = stop_of(&play, "n10");
    assert_eq!((scal.task, scal.count), (Some(id("submit-scal")), (0, 1)), "the certificate is no part of its figure");
}
